//! The timers of transactions, by letter (RFC 3261 §17 and its table 4, RFC 6026 §8.11).

use std::fmt;
use std::time::Duration;

/// A timer, by its letter where the RFC gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// INVITE client, Calling, unreliable: the INVITE is sent again. T1, doubled each time.
    A,
    /// INVITE client, Calling: nobody answers. 64\*T1.
    B,
    /// INVITE client, Proceeding: no final response in more than three minutes since the last
    /// provisional one (RFC 3261 §16.6 step 11, §16.8).
    C,
    /// INVITE client, Completed: how long retransmissions of the final response are acknowledged.
    /// At least 32 s; 0 on a reliable transport.
    D,
    /// Non-INVITE client, unreliable: the request is sent again. T1, doubled up to T2.
    E,
    /// Non-INVITE client: no final response. 64\*T1.
    F,
    /// INVITE server, Completed, unreliable: the final response is sent again. T1, doubled up to T2.
    G,
    /// INVITE server, Completed: no ACK comes. 64\*T1.
    H,
    /// INVITE server, Confirmed: how long further ACKs are absorbed. T4; 0 on a reliable transport.
    I,
    /// Non-INVITE server, Completed: how long retransmissions of the request are answered. 64\*T1; 0
    /// on a reliable transport.
    J,
    /// Non-INVITE client, Completed: how long retransmissions of the response are absorbed. T4; 0 on
    /// a reliable transport.
    K,
    /// INVITE server, Accepted: how long retransmissions of the INVITE are absorbed (RFC 6026 §7.1).
    /// 64\*T1.
    L,
    /// INVITE client, Accepted: how long 2xx responses are passed up (RFC 6026 §7.2). 64\*T1.
    M,
    /// INVITE server, Proceeding: 100 is due 200 ms after the INVITE (RFC 3261 §17.2.1).
    /// Non-INVITE server, Trying: 100 is due when Timer E of the client has reached T2 (RFC 4320
    /// §4.1).
    Trying,
    /// INVITE client: 64\*T1 after CANCEL was sent, without a final response (RFC 3261 §9.1).
    Cancelled,
    /// Non-INVITE server: 64\*T1 after the request came nobody has answered it. The Timer F of the
    /// client has fired, and an answer would be of no use (RFC 4320 §4.2).
    Unanswered,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How long the timers are, for an endpoint or for one transaction.
///
/// ```
/// use sip_transaction::Timers;
/// use std::time::Duration;
///
/// let timers = Timers::default();
/// assert_eq!((timers.t1, timers.b), (Duration::from_millis(500), Duration::from_secs(32)));
///
/// // A network whose round trips take two seconds.
/// let slow = Timers::derived(Duration::from_secs(2), Duration::from_secs(8), Duration::from_secs(10));
/// assert_eq!(slow.b, Duration::from_secs(128));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timers {
    /// T1, the estimate of the round-trip time: Timer A, E and G start with it, and are a
    /// millisecond where it is less. 500 ms.
    pub t1: Duration,
    /// T2, the longest time between retransmissions of a non-INVITE request or of a final response
    /// to INVITE. 4 s.
    pub t2: Duration,
    /// T4, how long a message can stay in the network. 5 s.
    pub t4: Duration,
    /// [`Timer::B`]. 64\*T1.
    pub b: Duration,
    /// [`Timer::C`]. 181 s; with `None` an INVITE that rings does so until somebody ends it.
    pub c: Option<Duration>,
    /// [`Timer::D`] on an unreliable transport. 64\*T1, and at least 32 s.
    pub d: Duration,
    /// [`Timer::F`]. 64\*T1.
    pub f: Duration,
    /// [`Timer::H`]. 64\*T1.
    pub h: Duration,
    /// [`Timer::I`] on an unreliable transport. T4.
    pub i: Duration,
    /// [`Timer::J`] on an unreliable transport. 64\*T1.
    pub j: Duration,
    /// [`Timer::K`] on an unreliable transport. T4.
    pub k: Duration,
    /// [`Timer::L`]. 64\*T1.
    pub l: Duration,
    /// [`Timer::M`]. 64\*T1.
    pub m: Duration,
    /// [`Timer::Trying`] of an INVITE server. 200 ms; with `None` 100 is left to the user, as
    /// RFC 3261 §17.2.1 allows where an answer is known to come in time.
    pub trying: Option<Duration>,
    /// [`Timer::Cancelled`]. 64\*T1.
    pub cancelled: Duration,
    /// [`Timer::Unanswered`]. 64\*T1.
    pub unanswered: Duration,
}

impl Default for Timers {
    /// The values of RFC 3261, table 4.
    fn default() -> Self {
        let (t1, t2, t4) =
            (Duration::from_millis(500), Duration::from_secs(4), Duration::from_secs(5));
        Self::derived(t1, t2, t4)
    }
}

impl Timers {
    /// The timers that follow from T1, T2 and T4 (RFC 3261, table 4).
    #[must_use]
    pub fn derived(t1: Duration, t2: Duration, t4: Duration) -> Self {
        let long = t1.saturating_mul(64);
        Self {
            t1,
            t2,
            t4,
            b: long,
            c: Some(Duration::from_secs(181)),
            d: long.max(Duration::from_secs(32)),
            f: long,
            h: long,
            i: t4,
            j: long,
            k: t4,
            l: long,
            m: long,
            trying: Some(Duration::from_millis(200)),
            cancelled: long,
            unanswered: long,
        }
    }

    /// How long a client's Timer E takes to be reset to T2 (RFC 4320 §4.1): 3.5 s where T1 and T2
    /// have their defaults.
    ///
    /// ```
    /// # use sip_transaction::Timers;
    /// assert_eq!(Timers::default().until_t2().as_millis(), 3_500);
    /// ```
    #[must_use]
    pub fn until_t2(&self) -> Duration {
        let (mut interval, mut sum) = (self.t1, Duration::ZERO);
        // A T1 of nothing never becomes T2.
        while interval < self.t2 && !interval.is_zero() {
            sum = sum.saturating_add(interval);
            interval = interval.saturating_mul(2);
        }
        sum
    }
}
