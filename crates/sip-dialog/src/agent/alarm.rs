//! The times at which a user agent has to do something.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use super::id::{Call, Challenge, Notification, Publication, Subscription};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Alarm {
    /// Send the 2xx again (RFC 3261 §13.3.1.4).
    Success(Call),
    /// Give up on the ACK.
    NoAck(Call),
    /// Send the reliable provisional response again (RFC 3262 §3).
    Provisional(Call),
    /// Give up on the PRACK.
    NoPrack(Call),
    /// The INVITE has rung for long enough.
    Ring(Call),
    /// Say once more that it rings (RFC 3261 §13.3.1.1).
    RingAgain(Call),
    /// The early dialogs that the 2xx did not come from are over.
    OtherDialogs(Call),
    /// Refresh the session (RFC 4028 §7.2).
    Refresh(Call),
    /// The session was not refreshed.
    Expire(Call),
    /// Try the re-INVITE or UPDATE again that was glare.
    Retry(Call),
    /// No credentials have come.
    Abandon(Challenge),
    /// Timer N: no NOTIFY has come (RFC 6665 §4.1.2).
    NoNotify(Subscription),
    /// Refresh the subscription.
    Resubscribe(Subscription),
    /// The subscription was not refreshed.
    Unsubscribe(Subscription),
    /// The peer has not refreshed its subscription.
    NotificationExpires(Notification),
    /// Publish again.
    Republish(Publication),
}

impl Alarm {
    /// All that belong to a call.
    pub(crate) fn of_call(call: Call) -> [Self; 10] {
        [
            Self::Success(call),
            Self::NoAck(call),
            Self::Provisional(call),
            Self::NoPrack(call),
            Self::Ring(call),
            Self::RingAgain(call),
            Self::OtherDialogs(call),
            Self::Refresh(call),
            Self::Expire(call),
            Self::Retry(call),
        ]
    }
}

/// One time for each thing that is to be done: setting it again moves it.
#[derive(Debug)]
pub(crate) struct Alarms {
    by_time: BTreeMap<(Instant, u64), Alarm>,
    by_alarm: HashMap<Alarm, (Instant, u64), ahash::RandomState>,
    serial: u64,
}

impl Alarms {
    pub(crate) fn new(hash: ahash::RandomState) -> Self {
        Self { by_time: BTreeMap::new(), by_alarm: HashMap::with_hasher(hash), serial: 0 }
    }

    pub(crate) fn set(&mut self, alarm: Alarm, at: Instant) {
        self.serial += 1;
        let key = (at, self.serial);
        if let Some(former) = self.by_alarm.insert(alarm, key) {
            self.by_time.remove(&former);
        }
        self.by_time.insert(key, alarm);
    }

    pub(crate) fn clear(&mut self, alarm: Alarm) {
        if let Some(key) = self.by_alarm.remove(&alarm) {
            self.by_time.remove(&key);
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_time.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next that is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Alarm> {
        let first = self.by_time.first_entry().filter(|first| first.key().0 <= now)?;
        let alarm = first.remove();
        self.by_alarm.remove(&alarm);
        Some(alarm)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_alarm.len()
    }
}
