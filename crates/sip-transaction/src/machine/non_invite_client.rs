//! The non-INVITE client transaction (RFC 3261 §17.1.2).
//!
//! ```text
//!                           | request from TU
//!          Timer E          v request sent        Timer F or transport error
//!       +-----------> +-----------+               tell the TU
//!       | sent again  |  Trying   |---------------------------------+
//!       +-------------+-----------+                                 |
//!            200-699    |    | 1xx                                  |
//!            to TU      |    v 1xx to TU                            |
//!         +-------------+  +------------+                           |
//!         |       +------->| Proceeding |---------------------------+
//!         |       +--------+------------+  Timer F or               |
//!         |       Timer E: sent again   |  transport error          |
//!         |       1xx: to TU            | 200-699                   |
//!         v                             | to TU                     |
//!       +------------+                  |                           |
//!       | Completed  |<-----------------+                           |
//!       +------------+                                              |
//!            | Timer K                                              |
//!            v                                                      |
//!       +------------+                                              |
//!       | Terminated |<---------------------------------------------+
//!       +------------+
//! ```

use std::time::Duration;

use super::{Send, Step, Surroundings, Tell};
use crate::Timer;

/// The states. Terminated is a [`Step`] that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NonInviteClient {
    /// The request was sent; nothing has come.
    Trying {
        /// What Timer E waits for.
        interval: Duration,
    },
    /// A provisional response has come.
    Proceeding,
    /// The final response has come.
    Completed,
}

impl NonInviteClient {
    /// Sends the request.
    pub fn start(around: Surroundings<'_>) -> (Self, Step) {
        let interval = around.timers.t1;
        let mut step = Step::send(Send::Request).end_with(Timer::F, around.timers.f);
        if !around.reliable {
            step = step.repeat_with(Timer::E, interval);
        }
        (Self::Trying { interval }, step)
    }

    /// A response with this status has come.
    pub fn response(&mut self, status: u16, around: Surroundings<'_>) -> Step {
        match (*self, status) {
            (Self::Trying { .. }, 100..200) => {
                *self = Self::Proceeding;
                let step = Step::tell(Tell::Message);
                // Timer E goes on, and is T2 from its next firing on.
                if around.reliable { step.no_repeat() } else { step }
            }
            (Self::Proceeding, 100..200) => Step::tell(Tell::Message),
            (Self::Trying { .. } | Self::Proceeding, _) => {
                *self = Self::Completed;
                let linger = around.linger(around.timers.k);
                Step::tell(Tell::Message).no_repeat().end_after(Timer::K, linger)
            }
            (Self::Completed, _) => Step::NOTHING,
        }
    }

    /// A timer has fired.
    pub fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step {
        match (self, timer) {
            (Self::Trying { interval }, Timer::E) => {
                *interval = around.back_off(*interval);
                Step::send(Send::Request).repeat_with(Timer::E, *interval)
            }
            (Self::Proceeding, Timer::E) => {
                Step::send(Send::Request).repeat_with(Timer::E, around.timers.t2)
            }
            (Self::Trying { .. } | Self::Proceeding, Timer::F) => {
                Step::tell(Tell::Timeout(timer)).terminate()
            }
            (Self::Completed, Timer::K) => Step::NOTHING.terminate(),
            _ => Step::NOTHING,
        }
    }

    /// The transport could not send the request (RFC 3261 §17.1.4).
    pub fn transport_error(&mut self) -> Step {
        match self {
            Self::Trying { .. } | Self::Proceeding => Step::tell(Tell::TransportError).terminate(),
            // The user has its answer.
            Self::Completed => Step::NOTHING,
        }
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
