//! The INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1).
//!
//! ```text
//!                          | INVITE
//!                          v to TU; 100 if the TU is silent for 200 ms
//!        INVITE      +------------+ 101-199 from TU
//!       +----------->|            |------------+
//!       | last 1xx   | Proceeding | sent       |
//!       +------------|            |<-----------+
//!                    +------------+  a transport error is told to the TU
//!      300-699 from TU |        | 2xx from TU
//!      sent            |        | sent
//!           +----------+        +------------+
//!           v                                v
//!     +-----------+ Timer G or INVITE  +------------+ INVITE: absorbed
//!     |           |---+                |            |---+ 2xx from TU: sent
//!     | Completed |   | sent again     |  Accepted  |   | ACK: to TU
//!     |           |<--+                |            |<--+
//!     +-----------+                    +------------+
//!       |      | ACK                        | Timer L
//!       |      v                            |
//!       |  +-----------+                    |
//!       |  | Confirmed |  ACK, INVITE:      |
//!       |  +-----------+  absorbed          |
//!       |      | Timer I                    |
//!       | Timer H: tell the TU              |
//!       v      v                            v
//!     +----------------------------------------+
//!     |               Terminated               |
//!     +----------------------------------------+
//! ```

use std::time::Duration;

use super::{Refusal, Send, Step, Surroundings, Tell};
use crate::Timer;

/// The states. Terminated is a [`Step`] that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InviteServer {
    /// The INVITE was passed to the user, who has not given a final response.
    Proceeding {
        /// Whether a response was sent that can be sent again.
        answered: bool,
    },
    /// A final response other than 2xx was sent; it is sent again until an ACK comes.
    Completed {
        /// What Timer G waits for.
        interval: Duration,
    },
    /// An ACK has come.
    Confirmed,
    /// A 2xx was sent. The user sends it again until an ACK comes.
    Accepted,
}

impl InviteServer {
    /// An INVITE has come that matches no transaction.
    pub fn start(around: Surroundings<'_>) -> (Self, Step) {
        let mut step = Step::tell(Tell::Message);
        if let Some(trying) = around.timers.trying {
            step = step.repeat_with(Timer::Trying, trying);
        }
        (Self::Proceeding { answered: false }, step)
    }

    /// The INVITE has come once more.
    pub fn request(&mut self) -> Step {
        match self {
            Self::Proceeding { answered: true } | Self::Completed { .. } => {
                Step::send(Send::LastResponse)
            }
            Self::Proceeding { answered: false } | Self::Confirmed | Self::Accepted => {
                Step::NOTHING
            }
        }
    }

    /// An ACK has come.
    pub fn ack(&mut self, around: Surroundings<'_>) -> Step {
        match self {
            Self::Completed { .. } => {
                *self = Self::Confirmed;
                Step::NOTHING.no_repeat().end_after(Timer::I, around.linger(around.timers.i))
            }
            Self::Accepted => Step::tell(Tell::Message),
            Self::Proceeding { .. } | Self::Confirmed => Step::NOTHING,
        }
    }

    /// The user gives a response.
    ///
    /// # Errors
    /// When a final response was given before; only a 2xx may follow a 2xx.
    pub fn respond(&mut self, status: u16, around: Surroundings<'_>) -> Result<Step, Refusal> {
        match (*self, status) {
            (Self::Proceeding { .. }, 100..200) => {
                *self = Self::Proceeding { answered: true };
                Ok(Step::send(Send::Response).no_repeat())
            }
            (Self::Proceeding { .. }, 200..300) => {
                *self = Self::Accepted;
                Ok(Step::send(Send::Response).no_repeat().end_with(Timer::L, around.timers.l))
            }
            (Self::Proceeding { .. }, _) => {
                let interval = around.timers.t1;
                *self = Self::Completed { interval };
                let step = Step::send(Send::Response).end_with(Timer::H, around.timers.h);
                Ok(match around.reliable {
                    true => step.no_repeat(),
                    false => step.repeat_with(Timer::G, interval),
                })
            }
            (Self::Accepted, 200..300) => Ok(Step::send(Send::Response)),
            _ => Err(Refusal::State(self.name())),
        }
    }

    /// A timer has fired.
    pub fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step {
        match (self, timer) {
            (Self::Proceeding { answered: answered @ false }, Timer::Trying) => {
                *answered = true;
                Step::send(Send::Trying)
            }
            (Self::Completed { interval }, Timer::G) => {
                *interval = around.back_off(*interval);
                Step::send(Send::LastResponse).repeat_with(Timer::G, *interval)
            }
            (Self::Completed { .. }, Timer::H) => Step::tell(Tell::Timeout(timer)).terminate(),
            (Self::Confirmed, Timer::I) | (Self::Accepted, Timer::L) => Step::NOTHING.terminate(),
            _ => Step::NOTHING,
        }
    }

    /// The transport could not send a response: the user is told, the state stays (RFC 6026 §7.1).
    pub fn transport_error(&mut self) -> Step {
        match self {
            Self::Confirmed => Step::NOTHING,
            _ => Step::tell(Tell::TransportError),
        }
    }

    /// The RFC's name of the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proceeding { .. } => "Proceeding",
            Self::Completed { .. } => "Completed",
            Self::Confirmed => "Confirmed",
            Self::Accepted => "Accepted",
        }
    }
}
