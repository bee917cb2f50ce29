//! The four state machines (RFC 3261 §17, RFC 6026, RFC 4320), without messages, matching and
//! clocks: what comes goes in as a method, what has to be done comes out as a [`Step`].
//!
//! [`Endpoint`](crate::Endpoint) drives them. They are public for those who have a matching of
//! their own, and for proofs: a state is `Eq` and `Hash`, and small.
//!
//! | file | machine | figure |
//! |---|---|---|
//! | [`invite_client`] | [`InviteClient`] | RFC 6026 §8.4, Figure 5 |
//! | [`non_invite_client`] | [`NonInviteClient`] | RFC 3261 §17.1.2.2, Figure 6 |
//! | [`invite_server`] | [`InviteServer`] | RFC 6026 §8.6, Figure 7 |
//! | [`non_invite_server`] | [`NonInviteServer`] | RFC 3261 §17.2.2, Figure 8 |

use std::time::Duration;

use crate::{Timer, Timers};

pub mod invite_client;
pub mod invite_server;
pub mod non_invite_client;
pub mod non_invite_server;

pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use non_invite_client::NonInviteClient;
pub use non_invite_server::NonInviteServer;

/// What a machine knows of its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// How long the timers are.
    pub timers: &'a Timers,
    /// Whether the transport retransmits by itself: all but UDP do.
    pub reliable: bool,
}

impl Surroundings<'_> {
    /// What is waited for stray messages: nothing on a reliable transport.
    fn linger(&self, time: Duration) -> Duration {
        if self.reliable { Duration::ZERO } else { time }
    }

    /// The next interval of timers E and G: doubled, up to T2.
    fn back_off(&self, interval: Duration) -> Duration {
        interval.saturating_mul(2).min(self.timers.t2)
    }
}

/// What has to be done after an input, in the order of the fields.
///
/// Each machine has at most two timers: one that repeats and one that ends a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Step {
    /// What to give to the transport.
    pub send: Option<Send>,
    /// What to tell the transaction user.
    pub tell: Option<Tell>,
    /// The timer that sends again: A, E, G and Trying.
    pub repeat: Change,
    /// The timer that ends the state: all others.
    pub end: Change,
    /// Whether the machine has reached Terminated: it must be destroyed.
    pub terminated: bool,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Send {
    /// The request of the client, again or for the first time.
    Request,
    /// The ACK for the final response that has just come (RFC 3261 §17.1.1.3).
    Ack,
    /// The CANCEL of the request (RFC 3261 §9.1), by a transaction of its own.
    Cancel,
    /// The response that the user has just given.
    Response,
    /// The last response once more.
    LastResponse,
    /// A 100 that nobody has given (RFC 3261 §17.2.1, RFC 4320 §4.1).
    Trying,
}

/// What the user gets to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tell {
    /// The message that has just come.
    Message,
    /// A timer has ended the transaction.
    Timeout(Timer),
    /// The transport could not send.
    TransportError,
}

/// What becomes of a timer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Change {
    /// It goes on, if it runs.
    #[default]
    Keep,
    /// It is stopped.
    Stop,
    /// It starts anew.
    Start(Timer, Duration),
}

impl Step {
    /// Nothing is to be done.
    pub const NOTHING: Self =
        Self { send: None, tell: None, repeat: Change::Keep, end: Change::Keep, terminated: false };

    fn send(what: Send) -> Self {
        Self { send: Some(what), ..Self::NOTHING }
    }

    fn tell(what: Tell) -> Self {
        Self { tell: Some(what), ..Self::NOTHING }
    }

    fn and_tell(self, what: Tell) -> Self {
        Self { tell: Some(what), ..self }
    }

    /// Repeats after a time; after a millisecond at least, so that a T1 of nothing does not send
    /// without end.
    fn repeat_with(self, timer: Timer, after: Duration) -> Self {
        let after = after.max(Duration::from_millis(1));
        Self { repeat: Change::Start(timer, after), ..self }
    }

    fn no_repeat(self) -> Self {
        Self { repeat: Change::Stop, ..self }
    }

    fn end_with(self, timer: Timer, after: Duration) -> Self {
        Self { end: Change::Start(timer, after), ..self }
    }

    fn terminate(self) -> Self {
        Self { repeat: Change::Stop, end: Change::Stop, terminated: true, ..self }
    }

    /// Ends the state after a time, and at once where there is none.
    fn end_after(self, timer: Timer, after: Duration) -> Self {
        if after.is_zero() { self.terminate() } else { self.end_with(timer, after) }
    }
}

/// Why a machine did not take a response from its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A response was given before that cannot be followed by this one. The state is named.
    State(&'static str),
    /// A provisional response other than 100 to a non-INVITE request (RFC 4320 §4.1).
    Provisional,
    /// A 100 to a non-INVITE request over an unreliable transport, before the client's Timer E has
    /// reached T2 (RFC 4320 §4.1).
    TooEarly,
    /// A 408 to a non-INVITE request (RFC 4320 §4.2).
    RequestTimeout,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever uses a machine alone is told that its timers are over with it.
    #[test]
    fn a_machine_that_has_terminated_runs_no_timer() {
        let timers = Timers::default();
        let around = Surroundings { timers: &timers, reliable: false };
        let (mut client, _) = NonInviteClient::start(around);
        let (mut caller, _) = InviteClient::start(around);
        let (mut server, _) = NonInviteServer::start(around);
        for (step, timer) in [
            (client.timer(Timer::F, around), Timer::F),
            (caller.timer(Timer::B, around), Timer::B),
            (server.timer(Timer::Unanswered, around), Timer::Unanswered),
        ] {
            let (repeat, end) = (Change::Stop, Change::Stop);
            let tell = Some(Tell::Timeout(timer));
            assert_eq!(step, Step { send: None, tell, repeat, end, terminated: true });
        }
    }
}
