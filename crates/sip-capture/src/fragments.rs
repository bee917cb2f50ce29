//! IP packets that came in fragments (RFC 791 §3.2, RFC 8200 §4.5).

use std::net::IpAddr;
use std::time::Duration;

use ahash::RandomState;
use etherparse::defrag::IpDefragBuf;
use etherparse::{IpFragOffset, IpNumber};
use hashbrown::HashMap;

use crate::Timestamp;

/// After so long the rest does not come any more (RFC 8200 §4.5).
const PATIENCE: Duration = Duration::from_secs(60);

/// What fragments of one packet have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FragmentKey {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) identification: u32,
}

/// One fragment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fragment<'a> {
    pub(crate) key: FragmentKey,
    /// Where it belongs, in units of eight bytes.
    pub(crate) offset: IpFragOffset,
    pub(crate) more: bool,
    pub(crate) payload: &'a [u8],
}

/// Packets of which something is missing. Each takes 64 KiB at most.
#[derive(Debug)]
pub(crate) struct Fragments {
    waiting: HashMap<FragmentKey, (Timestamp, IpDefragBuf), RandomState>,
    most: usize,
}

impl Fragments {
    pub(crate) fn new(most: usize, hasher: RandomState) -> Self {
        Self { waiting: HashMap::with_hasher(hasher), most: most.max(1) }
    }

    /// Takes a fragment. The whole packet behind its IP header, when it was the last that was
    /// missing. `lost` counts the packets that are given up.
    pub(crate) fn push(
        &mut self,
        now: Timestamp,
        fragment: Fragment<'_>,
        lost: &mut u64,
    ) -> Option<Vec<u8>> {
        if !self.waiting.contains_key(&fragment.key) {
            self.make_room(now, lost);
        }
        let new = || IpDefragBuf::new(IpNumber(fragment.key.protocol), Vec::new(), Vec::new());
        let entry = self.waiting.entry(fragment.key).or_insert_with(|| (now, new()));
        if now.since(entry.0) > PATIENCE {
            // The identification is used again.
            *lost += 1;
            *entry = (now, new());
        }
        if entry.1.add(fragment.offset, fragment.more, fragment.payload).is_err() {
            *lost += 1;
            self.waiting.remove(&fragment.key);
            return None;
        }
        if !entry.1.is_complete() {
            return None;
        }
        let (_, whole) = self.waiting.remove(&fragment.key)?;
        Some(whole.take_bufs().0)
    }

    fn make_room(&mut self, now: Timestamp, lost: &mut u64) {
        if self.waiting.len() < self.most {
            return;
        }
        let before = self.waiting.len();
        self.waiting.retain(|_, (since, _)| now.since(*since) <= PATIENCE);
        if self.waiting.len() >= self.most {
            // A quarter goes at once, so that this is seldom done.
            let mut times: Vec<Timestamp> = self.waiting.values().map(|it| it.0).collect();
            times.sort_unstable();
            let until = times[times.len() / 4];
            self.waiting.retain(|_, (since, _)| *since > until);
        }
        *lost += (before - self.waiting.len()) as u64;
    }
}
