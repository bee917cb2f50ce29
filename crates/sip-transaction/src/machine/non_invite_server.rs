//! The non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320 §4).
//!
//! ```text
//!                         | request
//!                         v to TU
//!                   +------------+
//!                   |   Trying   |  request: absorbed
//!                   +------------+
//!     200-699 from TU |    | 100 from TU, or due because Timer E of the client
//!     sent            |    v has reached T2; sent
//!         +-----------+  +------------+
//!         |    +-------->| Proceeding |  request: 100 sent again
//!         |    +---------+------------+
//!         |   100 from TU       | 200-699 from TU
//!         |   sent              | sent
//!         v                     |
//!     +-----------+             |
//!     | Completed |<------------+
//!     +-----------+
//!      ^  |   | request: final response sent again
//!      |  |   | responses from TU: refused
//!      +--+   |
//!             | Timer J
//!             v
//!     +------------+   Trying, Proceeding: 64*T1 without an answer, tell the TU;
//!     | Terminated |   Trying, Proceeding, Completed: transport error, tell the TU
//!     +------------+
//! ```

use super::{Refusal, Send, Step, Surroundings, Tell};
use crate::Timer;

/// The states. Terminated is a [`Step`] that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NonInviteServer {
    /// The request was passed to the user, who has not answered.
    Trying {
        /// Whether a 100 would be too early: Timer E of the client has not reached T2.
        early: bool,
    },
    /// A 100 was sent.
    Proceeding,
    /// The final response was sent.
    Completed,
}

impl NonInviteServer {
    /// A request has come that matches no transaction.
    pub fn start(around: Surroundings<'_>) -> (Self, Step) {
        let step = Step::tell(Tell::Message)
            .repeat_with(Timer::Trying, around.timers.until_t2())
            .end_with(Timer::Unanswered, around.timers.unanswered);
        (Self::Trying { early: !around.reliable }, step)
    }

    /// The request has come once more.
    pub fn request(&mut self) -> Step {
        match self {
            Self::Trying { .. } => Step::NOTHING,
            Self::Proceeding | Self::Completed => Step::send(Send::LastResponse),
        }
    }

    /// The user gives a response.
    ///
    /// # Errors
    /// When the final response was given before; what RFC 4320 forbids.
    pub fn respond(&mut self, status: u16, around: Surroundings<'_>) -> Result<Step, Refusal> {
        match (*self, status) {
            (Self::Completed, _) => Err(Refusal::State(self.name())),
            (_, 101..200) => Err(Refusal::Provisional),
            (_, 408) => Err(Refusal::RequestTimeout),
            (Self::Trying { early: true }, 100) => Err(Refusal::TooEarly),
            (Self::Trying { .. } | Self::Proceeding, 100) => {
                *self = Self::Proceeding;
                Ok(Step::send(Send::Response).no_repeat())
            }
            (Self::Trying { .. } | Self::Proceeding, _) => {
                *self = Self::Completed;
                let linger = around.linger(around.timers.j);
                Ok(Step::send(Send::Response).no_repeat().end_after(Timer::J, linger))
            }
        }
    }

    /// A timer has fired.
    pub fn timer(&mut self, timer: Timer, _: Surroundings<'_>) -> Step {
        match (*self, timer) {
            (Self::Trying { .. }, Timer::Trying) => {
                *self = Self::Proceeding;
                Step::send(Send::Trying)
            }
            (Self::Trying { .. } | Self::Proceeding, Timer::Unanswered) => {
                Step::tell(Tell::Timeout(timer)).terminate()
            }
            (Self::Completed, Timer::J) => Step::NOTHING.terminate(),
            _ => Step::NOTHING,
        }
    }

    /// The transport could not send a response (RFC 3261 §17.2.4).
    pub fn transport_error(&mut self) -> Step {
        Step::tell(Tell::TransportError).terminate()
    }

    /// The RFC's name of the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trying { .. } => "Trying",
            Self::Proceeding => "Proceeding",
            Self::Completed => "Completed",
        }
    }
}
