//! The INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2).
//!
//! ```text
//!                           | INVITE from TU
//!          Timer A          v INVITE sent         Timer B or transport error
//!       +-----------> +-----------+               tell the TU
//!       | INVITE sent |  Calling  |---------------------------------+
//!       +-------------+-----------+                                 |
//!            300-699    |    |   | 2xx                              |
//!            ACK sent   |    |   | 2xx to TU                        |
//!            to TU      |    |   +-----------------+                |
//!         +-------------+    | 1xx                 |                |
//!         |                  v 1xx to TU           |                |
//!         |           +------------+               |  64*T1 after CANCEL
//!         |     +---->| Proceeding |---------------|----------------+
//!         |     +-----+------------+               |  tell the TU   |
//!         |     Timer C or TU: CANCEL sent         |                |
//!         |     1xx      |      | 2xx              |                |
//!         |     to TU    |      | to TU            |                |
//!         |     300-699  |      +------------------+                |
//!         |     ACK sent |                         |                |
//!         v     to TU    v                         v                |
//!       +------------------+               +-----------+            |
//!  +--->|     Completed    |          +--->| Accepted  |            |
//!  +----+------------------+          +----+-----------+            |
//! 300-699   | Timer D                 2xx    | Timer M              |
//! ACK sent  | or transport error      to TU  |                      |
//!           v                                v                      |
//!       +------------------------------------------+                |
//!       |                Terminated                |<---------------+
//!       +------------------------------------------+
//! ```
//!
//! Timer B acts in Calling only, as the text says; in Proceeding it is Timer C that keeps the
//! state from living for ever (RFC 3261 §16.6 step 11). Erratum 5653, held, asks about B there.

use std::time::Duration;

use super::{Change, Send, Step, Surroundings, Tell};
use crate::Timer;

/// The states. Terminated is a [`Step`] that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InviteClient {
    /// The INVITE was sent; nothing has come.
    Calling {
        /// What Timer A waits for.
        interval: Duration,
    },
    /// A provisional response has come.
    Proceeding {
        /// Whether CANCEL was sent. Then no response but a final one gives more time.
        cancelled: bool,
    },
    /// A final response other than 2xx has come, and was acknowledged.
    Completed,
    /// A 2xx has come. More may come, from other branches of a fork.
    Accepted,
}

impl InviteClient {
    /// Sends the INVITE.
    pub fn start(around: Surroundings<'_>) -> (Self, Step) {
        let interval = around.timers.t1;
        let mut step = Step::send(Send::Request).end_with(Timer::B, around.timers.b);
        if !around.reliable {
            step = step.repeat_with(Timer::A, interval);
        }
        (Self::Calling { interval }, step)
    }

    /// A response with this status has come.
    pub fn response(&mut self, status: u16, around: Surroundings<'_>) -> Step {
        match self {
            Self::Calling { .. } => match status {
                100..200 => self.proceed(status, around),
                200..300 => self.accept(around),
                _ => self.complete(around),
            },
            Self::Proceeding { .. } => match status {
                100..200 => self.proceed(status, around),
                200..300 => self.accept(around),
                _ => self.complete(around),
            },
            Self::Completed => match status {
                300.. => Step::send(Send::Ack),
                _ => Step::NOTHING,
            },
            Self::Accepted => match status {
                200..300 => Step::tell(Tell::Message),
                _ => Step::NOTHING,
            },
        }
    }

    fn proceed(&mut self, status: u16, around: Surroundings<'_>) -> Step {
        let step = Step::tell(Tell::Message).no_repeat();
        let first = match self {
            Self::Proceeding { cancelled: true } => return step,
            Self::Proceeding { cancelled: false } => false,
            _ => true,
        };
        *self = Self::Proceeding { cancelled: false };
        match around.timers.c {
            // §16.7 step 2: any provisional response but 100 resets it.
            Some(c) if first || status > 100 => step.end_with(Timer::C, c),
            Some(_) => step,
            None => Step { end: Change::Stop, ..step },
        }
    }

    fn accept(&mut self, around: Surroundings<'_>) -> Step {
        *self = Self::Accepted;
        Step::tell(Tell::Message).no_repeat().end_with(Timer::M, around.timers.m)
    }

    fn complete(&mut self, around: Surroundings<'_>) -> Step {
        *self = Self::Completed;
        let linger = around.linger(around.timers.d);
        Step::send(Send::Ack).and_tell(Tell::Message).no_repeat().end_after(Timer::D, linger)
    }

    /// The user takes the INVITE back. CANCEL must not be sent before a provisional response has
    /// come; once it was sent, it is over in 64\*T1 (RFC 3261 §9.1).
    pub fn cancel(&mut self, around: Surroundings<'_>) -> Step {
        match self {
            Self::Proceeding { cancelled: cancelled @ false } => {
                *cancelled = true;
                Step::send(Send::Cancel).end_with(Timer::Cancelled, around.timers.cancelled)
            }
            _ => Step::NOTHING,
        }
    }

    /// A timer has fired.
    pub fn timer(&mut self, timer: Timer, around: Surroundings<'_>) -> Step {
        match (&mut *self, timer) {
            (Self::Calling { interval }, Timer::A) => {
                *interval = interval.saturating_mul(2);
                Step::send(Send::Request).repeat_with(Timer::A, *interval)
            }
            // §16.8: who has had a provisional response must be sent a CANCEL.
            (Self::Proceeding { .. }, Timer::C) => self.cancel(around),
            (Self::Calling { .. }, Timer::B) | (Self::Proceeding { .. }, Timer::Cancelled) => {
                Step::tell(Tell::Timeout(timer)).terminate()
            }
            (Self::Completed, Timer::D) | (Self::Accepted, Timer::M) => Step::NOTHING.terminate(),
            _ => Step::NOTHING,
        }
    }

    /// The transport could not send the INVITE or the ACK (RFC 3261 §17.1.4).
    pub fn transport_error(&mut self) -> Step {
        match self {
            Self::Calling { .. } | Self::Proceeding { .. } | Self::Completed => {
                Step::tell(Tell::TransportError).terminate()
            }
            // Nothing is sent in Accepted, and what comes of other branches may come elsewhere.
            Self::Accepted => Step::NOTHING,
        }
    }

    /// The RFC's name of the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Calling { .. } => "Calling",
            Self::Proceeding { .. } => "Proceeding",
            Self::Completed => "Completed",
            Self::Accepted => "Accepted",
        }
    }
}
