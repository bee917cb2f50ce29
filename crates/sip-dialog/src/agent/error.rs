//! Why a command was refused.

use std::fmt;

use sip_message::encode::{BuildError, EncodeError};
use sip_transaction::SendError;

use crate::{DialogError, OfferAnswerError, Unacceptable};

/// Why a user agent does not do what it is told. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentError {
    /// The handle is of something that is over.
    Gone,
    /// It cannot be done now: the state, in words.
    State(&'static str),
    /// As much is held as may be.
    Full,
    /// The peer has not said that it knows how.
    Unsupported(&'static str),
    /// An offer or an answer is due, or is not.
    OfferAnswer(OfferAnswerError),
    /// The negotiator makes no description.
    Unacceptable(Unacceptable),
    /// There is no such dialog.
    Dialog(DialogError),
    /// An address or a URI cannot be written.
    Value(EncodeError),
    /// The message could not be made.
    Build(BuildError),
    /// The message could not be sent.
    Send(SendError),
}

impl AgentError {
    /// The section that says so; empty for what is ours.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self {
            Self::Gone | Self::State(_) | Self::Full | Self::Unsupported(_) => "",
            Self::Value(_) => "RFC 3261 §25.1",
            Self::Unacceptable(_) => "RFC 3264",
            Self::OfferAnswer(error) => error.rfc(),
            Self::Dialog(error) => error.rfc(),
            Self::Build(error) => error.rfc(),
            Self::Send(error) => error.rfc(),
        }
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("it is over"),
            Self::State(state) => f.write_str(state),
            Self::Full => f.write_str("as much is held as may be"),
            Self::Unsupported(what) => write!(f, "the peer does not know {what}"),
            Self::OfferAnswer(error) => error.fmt(f),
            Self::Unacceptable(error) => error.fmt(f),
            Self::Dialog(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
            Self::Build(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AgentError {}

macro_rules! from {
    ($($error:ident $variant:ident;)+) => {$(
        impl From<$error> for AgentError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from! {
    OfferAnswerError OfferAnswer;
    Unacceptable Unacceptable;
    DialogError Dialog;
    EncodeError Value;
    BuildError Build;
    SendError Send;
}
