//! Slots by digest: where a look-up by [`Key`](crate::key::Key) starts.
//!
//! An open table with linear probing. Each entry has 32 bits of the digest beside the slot, so that
//! a look-up takes one cache line here, and then nearly always only those of the transaction that
//! it finds. For the same reason a table that grows looks at no transaction. No peer can choose
//! what digests are, so none can make long runs.

use crate::id::NONE;

#[derive(Clone, Copy, Debug)]
struct Entry {
    digest: u32,
    /// [`NONE`] where the place is empty.
    slot: u32,
}

const EMPTY: Entry = Entry { digest: 0, slot: NONE };

/// Some slots, each by a digest that need not be its alone.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// As many as a power of two, of which at most three quarters are taken.
    entries: Vec<Entry>,
    len: usize,
}

impl Index {
    /// How many slots are in it.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The slot with this digest that is the right one.
    pub(crate) fn find(&self, digest: u64, is_right: impl Fn(u32) -> bool) -> Option<u32> {
        let place = self.place(short(digest), is_right)?;
        Some(self.entries[place].slot)
    }

    /// Puts a slot in, which is not in it.
    pub(crate) fn insert(&mut self, digest: u64, slot: u32) {
        if (self.len + 1) * 4 > self.entries.len() * 3 {
            self.grow();
        }
        self.put(Entry { digest: short(digest), slot });
        self.len += 1;
    }

    /// Takes a slot out, if it is in.
    pub(crate) fn remove(&mut self, digest: u64, slot: u32) {
        let Some(mut hole) = self.place(short(digest), |other| other == slot) else { return };
        // Whoever stands behind and could stand here moves up, so that no run has a gap.
        let mut next = self.after(hole);
        while self.entries[next].slot != NONE {
            let home = self.home(self.entries[next].digest);
            if self.distance(home, next) >= self.distance(hole, next) {
                self.entries[hole] = self.entries[next];
                hole = next;
            }
            next = self.after(next);
        }
        self.entries[hole] = EMPTY;
        self.len -= 1;
    }

    fn place(&self, digest: u32, is_right: impl Fn(u32) -> bool) -> Option<usize> {
        if self.len == 0 {
            return None;
        }
        let mut place = self.home(digest);
        loop {
            let entry = self.entries[place];
            if entry.slot == NONE {
                return None;
            }
            if entry.digest == digest && is_right(entry.slot) {
                return Some(place);
            }
            place = self.after(place);
        }
    }

    fn put(&mut self, entry: Entry) {
        let mut place = self.home(entry.digest);
        while self.entries[place].slot != NONE {
            place = self.after(place);
        }
        self.entries[place] = entry;
    }

    fn grow(&mut self) {
        let size = (self.entries.len() * 2).max(16);
        let old = std::mem::replace(&mut self.entries, vec![EMPTY; size]);
        old.into_iter().filter(|entry| entry.slot != NONE).for_each(|entry| self.put(entry));
    }

    /// Where the run of a digest starts.
    fn home(&self, digest: u32) -> usize {
        digest as usize & (self.entries.len() - 1)
    }

    fn after(&self, place: usize) -> usize {
        (place + 1) & (self.entries.len() - 1)
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.entries.len() - 1)
    }
}

/// What is kept of a digest.
fn short(digest: u64) -> u32 {
    let [a, b, c, d, ..] = digest.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Digests of few values, so that runs are long and go around the end.
        #[test]
        fn an_index_finds_what_is_in_it_and_nothing_else(
            works in prop::collection::vec((any::<bool>(), 0u64..24, 0u32..8), 0..400),
        ) {
            let (mut index, mut model) = (Index::default(), BTreeSet::new());
            for (insert, value, which) in works {
                // Some are at the end of any table.
                let digest = if value < 12 { value } else { u64::MAX - value };
                let slot = u32::try_from(value).unwrap_or(0) * 8 + which;
                if insert && model.insert((digest, slot)) {
                    index.insert(digest, slot);
                } else if !insert {
                    index.remove(digest, slot);
                    model.remove(&(digest, slot));
                }
                prop_assert_eq!(index.len(), model.len());
            }
            for value in 0u64..24 {
                let digest = if value < 12 { value } else { u64::MAX - value };
                for which in 0..8 {
                    let slot = u32::try_from(value).unwrap_or(0) * 8 + which;
                    let found = index.find(digest, |other| other == slot);
                    prop_assert_eq!(found.is_some(), model.contains(&(digest, slot)));
                }
            }
        }
    }

    /// At most three quarters are in use, and at least three eighths; and where an entry is has to do
    /// with its digest, so that no look-up goes far.
    #[test]
    fn an_index_is_neither_full_nor_empty_nor_a_list() {
        let mut index = Index::default();
        for slot in 0..5_000 {
            index.insert(ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one(slot), slot);
            let (len, room) = (index.len(), index.entries.len());
            assert!(len * 4 <= room * 3, "{len} of {room}");
            assert!(room == 16 || len * 8 >= room * 3, "{len} of {room}");
        }
        let runs = index.entries.split(|entry| entry.slot == NONE).map(<[Entry]>::len);
        assert!(runs.max() < Some(200));
    }

    #[test]
    fn an_entry_is_eight_bytes() {
        assert_eq!(size_of::<Entry>(), 8);
    }
}
