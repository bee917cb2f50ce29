//! The timers that run.
//!
//! SIP's timers have few durations, and each that is started ends after all that were started
//! before with the same duration. So there is a first-in-first-out queue for each duration, and a
//! timer costs a push and a pop. One that is stopped stays in its queue until it comes to the
//! front, or until most of the queue is such.
//!
//! Entries come to the front in an order that is known long before. So the transactions of the next
//! few are read together, before the first of them is needed: see [`Table::fetch`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::Timer;
use crate::table::Table;

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
    pub(crate) timer: Timer,
    queue: u8,
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
    /// How many of the entries, from the front on, have transactions that were fetched.
    fetched: usize,
}

/// All timers of an endpoint.
#[derive(Debug, Default)]
pub(crate) struct Timeouts {
    queues: Vec<Queue>,
    /// Which queue a duration has.
    by_duration: BTreeMap<Duration, u8>,
    /// The last serial given.
    serial: u32,
}

/// So many queues have a duration of their own. Beyond, durations share the last one, which is
/// kept in order by insertion.
const QUEUES: u8 = 64;

/// So many transactions are fetched together: enough that the processor waits for all at once, and
/// few enough that none is gone from its cache when its turn comes.
const FETCH: usize = 32;

impl Timeouts {
    /// Starts a timer of the transaction in a slot.
    pub(crate) fn start(
        &mut self,
        now: Time,
        timer: Timer,
        after: Duration,
        slot: u32,
        table: &Table,
    ) -> Armed {
        let number = self.queue_of(after);
        self.serial = self.serial.wrapping_add(1);
        let at = now.after(after);
        let entry = Entry { at, slot, serial: self.serial };
        let queue = &mut self.queues[usize::from(number)];
        if queue.entries.len() >= 2 * queue.live + 64 {
            queue.entries.retain(|entry| table.runs(entry).is_some());
            queue.fetched = 0;
        }
        // In the queue of one duration this is the end.
        let behind = queue.entries.iter().rev().take_while(|other| other.at > at).count();
        match behind {
            0 => queue.entries.push_back(entry),
            _ => queue.entries.insert(queue.entries.len() - behind, entry),
        }
        queue.live += 1;
        Armed { serial: self.serial, timer, queue: number }
    }

    fn queue_of(&mut self, after: Duration) -> u8 {
        if let Some(number) = self.by_duration.get(&after) {
            return *number;
        }
        let next = u8::try_from(self.queues.len()).unwrap_or(QUEUES);
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
    pub(crate) fn stop(&mut self, armed: Armed, table: &Table) {
        let queue = &mut self.queues[usize::from(armed.queue)];
        queue.live -= 1;
        while let Some(entry) = queue.entries.front() {
            if queue.fetched == 0 {
                queue.fetched = queue.entries.len().min(FETCH);
                table.fetch(queue.entries.range(..queue.fetched).map(|entry| entry.slot));
            }
            if table.runs(entry).is_some() {
                break;
            }
            queue.entries.pop_front();
            queue.fetched -= 1;
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

    /// How many entries are kept, those of timers that were stopped among them.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.queues.iter().map(|queue| queue.entries.len()).sum()
    }

    /// How many queues there are.
    #[cfg(test)]
    pub(crate) fn queues(&self) -> usize {
        self.queues.len()
    }

    /// How many timers run.
    pub(crate) fn live(&self) -> usize {
        self.queues.iter().map(|queue| queue.live).sum()
    }
}
