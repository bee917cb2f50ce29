//! The timers that run.
//!
//! SIP's timers have few durations, and each that is started ends after all that were started
//! before with the same duration. So there is a first-in-first-out queue for each duration, and a
//! timer costs a push and a pop. One that is stopped stays in its queue until it comes to the
//! front, or until most of the queue is such.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Nanoseconds since the endpoint was first told the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) u64);

impl Time {
    /// So much later; at most in five hundred years.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
    }
}

/// A timer that runs, as its transaction remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Armed {
    /// Tells it from all that were started before.
    pub(crate) serial: u32,
    queue: u16,
}

/// What a queue holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    at: Time,
    /// The slot of the transaction.
    pub(crate) slot: u32,
    pub(crate) serial: u32,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    /// How many of the entries still run.
    live: usize,
}

/// All timers of an endpoint.
#[derive(Debug, Default)]
pub(crate) struct Timeouts {
    queues: Vec<Queue>,
    /// Which queue a duration has.
    by_duration: BTreeMap<Duration, u16>,
    /// The last serial given.
    serial: u32,
}

/// So many queues have a duration of their own. Beyond, durations share the last one, which is
/// kept in order by insertion.
const QUEUES: u16 = 64;

impl Timeouts {
    /// Starts a timer. `is_live` tells whether an entry still runs.
    pub(crate) fn start(
        &mut self,
        now: Time,
        after: Duration,
        slot: u32,
        is_live: impl Fn(&Entry) -> bool,
    ) -> Armed {
        let number = self.queue_of(after);
        self.serial = self.serial.wrapping_add(1);
        let at = now.after(after);
        let entry = Entry { at, slot, serial: self.serial };
        let queue = &mut self.queues[usize::from(number)];
        if queue.entries.len() >= 2 * queue.live + 64 {
            queue.entries.retain(is_live);
        }
        // In the queue of one duration this is the end.
        let behind = queue.entries.iter().rev().take_while(|other| other.at > at).count();
        match behind {
            0 => queue.entries.push_back(entry),
            _ => queue.entries.insert(queue.entries.len() - behind, entry),
        }
        queue.live += 1;
        Armed { serial: self.serial, queue: number }
    }

    fn queue_of(&mut self, after: Duration) -> u16 {
        if let Some(number) = self.by_duration.get(&after) {
            return *number;
        }
        let next = u16::try_from(self.queues.len()).unwrap_or(QUEUES);
        if next > QUEUES {
            return QUEUES;
        }
        self.queues.push(Queue::default());
        if next < QUEUES {
            self.by_duration.insert(after, next);
        }
        next
    }

    /// Forgets a timer that was stopped, or has fired. What has come to the front of its queue and
    /// does not run is dropped.
    pub(crate) fn stop(&mut self, armed: Armed, is_live: impl Fn(&Entry) -> bool) {
        let queue = &mut self.queues[usize::from(armed.queue)];
        queue.live -= 1;
        while queue.entries.front().is_some_and(|entry| !is_live(entry)) {
            queue.entries.pop_front();
        }
    }

    /// The earliest timer that runs.
    pub(crate) fn next(&self) -> Option<Time> {
        self.fronts().map(|entry| entry.at).min()
    }

    /// The earliest timer, if it is due. It stays in its queue until it is stopped.
    pub(crate) fn due(&self, now: Time) -> Option<Entry> {
        let entry = self.fronts().min_by_key(|entry| (entry.at, entry.serial))?;
        (entry.at <= now).then_some(*entry)
    }

    fn fronts(&self) -> impl Iterator<Item = &Entry> {
        self.queues.iter().filter_map(|queue| queue.entries.front())
    }

    /// How many timers run.
    pub(crate) fn live(&self) -> usize {
        self.queues.iter().map(|queue| queue.live).sum()
    }
}
