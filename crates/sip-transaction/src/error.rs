//! Why a command was refused.

use std::fmt;

use sip_message::HeaderName;
use sip_message::encode::BuildError;

use crate::machine::Refusal;

/// Why a message was not sent. Nothing has changed then. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The transaction is no more.
    NoTransaction,
    /// The transaction is in a state that does not allow it: its name in the RFC.
    State(&'static str),
    /// A provisional response other than 100 to a non-INVITE request.
    Provisional,
    /// A 100 to a non-INVITE request over UDP, before a client's Timer E has reached T2.
    TooEarly,
    /// A 408 to a non-INVITE request.
    RequestTimeout,
    /// ACK has no transaction: the ACK for a 2xx is sent by
    /// [`send_stateless`](crate::Endpoint::send_stateless), the one for another response by the
    /// transaction.
    Ack,
    /// CANCEL is sent by [`cancel`](crate::Endpoint::cancel).
    Cancel,
    /// Only INVITE is cancelled.
    NotInvite,
    /// What is put behind the branch is no token.
    BranchSuffix,
    /// [`Limits::client_transactions`](crate::Limits::client_transactions) is reached.
    Full,
    /// A header that a request must have is missing or cannot be read.
    Unreadable(HeaderName<'static>),
    /// The message could not be made.
    Build(BuildError),
}

impl SendError {
    /// The section that says so; `None` when it is not about the protocol.
    #[must_use]
    pub fn rfc(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoTransaction | Self::Full => return None,
            Self::State(_) => "RFC 3261 §17",
            Self::Provisional | Self::TooEarly => "RFC 4320 §4.1",
            Self::RequestTimeout => "RFC 4320 §4.2",
            Self::Ack => "RFC 3261 §17.1.1.3",
            Self::Cancel | Self::NotInvite => "RFC 3261 §9.1",
            Self::BranchSuffix => "RFC 3261 §8.1.1.7",
            Self::Unreadable(_) => "RFC 3261 §8.1.1",
            Self::Build(error) => error.rfc(),
        })
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTransaction => f.write_str("the transaction is no more")?,
            Self::State(state) => write!(f, "not in the state {state}")?,
            Self::Provisional => {
                f.write_str("only 100 is a provisional response to this method")?;
            }
            Self::TooEarly => f.write_str("too early for 100 over an unreliable transport")?,
            Self::RequestTimeout => f.write_str("408 is no response to this method")?,
            Self::Ack => f.write_str("ACK has no transaction")?,
            Self::Cancel => f.write_str("CANCEL belongs to the transaction of its INVITE")?,
            Self::NotInvite => f.write_str("only INVITE can be cancelled")?,
            Self::BranchSuffix => f.write_str("what is behind the branch must be a token")?,
            Self::Full => f.write_str("there are as many client transactions as there may be")?,
            Self::Unreadable(name) => write!(f, "{} is missing or bad", name.as_str())?,
            Self::Build(error) => write!(f, "{error:#}")?,
        }
        match self.rfc() {
            Some(rfc) if !f.alternate() => write!(f, " ({rfc})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for SendError {}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::State(state) => Self::State(state),
            Refusal::Provisional => Self::Provisional,
            Refusal::TooEarly => Self::TooEarly,
            Refusal::RequestTimeout => Self::RequestTimeout,
        }
    }
}

impl From<BuildError> for SendError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}
