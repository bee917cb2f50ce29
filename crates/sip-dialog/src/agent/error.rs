//! Why a command was refused.

use std::fmt;

use sip_message::encode::{BuildError, EncodeError};
use sip_transaction::SendError;

use crate::{DialogError, OfferAnswerError, Unacceptable};

/// Why a user agent does not do what it is told. Nothing has changed then. `{:#}` prints it without
/// the section.
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
    /// The section that says so; `None` when it is not about the protocol.
    #[must_use]
    pub fn rfc(&self) -> Option<&'static str> {
        Some(match self {
            Self::Gone | Self::State(_) | Self::Full | Self::Unsupported(_) => return None,
            Self::Value(_) => "RFC 3261 §25.1",
            Self::Unacceptable(_) => "RFC 3264 §6",
            Self::OfferAnswer(error) => error.rfc(),
            Self::Dialog(error) => error.rfc(),
            Self::Build(error) => error.rfc(),
            Self::Send(error) => return error.rfc(),
        })
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("it is over")?,
            Self::State(state) => f.write_str(state)?,
            Self::Full => f.write_str("as much is held as may be")?,
            Self::Unsupported(what) => write!(f, "the peer does not know {what}")?,
            Self::OfferAnswer(error) => write!(f, "{error:#}")?,
            Self::Unacceptable(error) => write!(f, "{error:#}")?,
            Self::Dialog(error) => write!(f, "{error:#}")?,
            Self::Value(error) => write!(f, "{error:#}")?,
            Self::Build(error) => write!(f, "{error:#}")?,
            Self::Send(error) => write!(f, "{error:#}")?,
        }
        match self.rfc() {
            Some(rfc) if !f.alternate() => write!(f, " ({rfc})"),
            _ => Ok(()),
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
