//! Where transactions come from, or go: how many a source has, and which they are.
//!
//! The transactions of a source are a list whose links are in an array of their own. To put one in
//! or take one out writes to its neighbours, of which nothing else is wanted then.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::id::NONE;

/// All sources that have transactions.
#[derive(Debug)]
pub(crate) struct Sources {
    by_address: HashMap<IpAddr, Source, ahash::RandomState>,
    /// By slot.
    links: Vec<Links>,
}

/// What a source has.
#[derive(Debug)]
struct Source {
    servers: usize,
    /// The first of its transactions.
    head: u32,
}

/// The neighbours of a transaction; [`NONE`] where there is none.
#[derive(Clone, Copy, Debug)]
struct Links {
    previous: u32,
    next: u32,
}

const ALONE: Links = Links { previous: NONE, next: NONE };

impl Sources {
    pub(crate) fn new(hash: ahash::RandomState) -> Self {
        Self { by_address: HashMap::with_hasher(hash), links: Vec::new() }
    }

    /// How many have transactions.
    pub(crate) fn len(&self) -> usize {
        self.by_address.len()
    }

    /// How many server transactions a source has.
    pub(crate) fn servers_of(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, |source| source.servers)
    }

    /// The slots of all transactions of a source, the youngest first.
    pub(crate) fn slots_of(&self, address: IpAddr) -> impl Iterator<Item = u32> {
        let head = self.by_address.get(&address).map_or(NONE, |source| source.head);
        let there = |slot: u32| (slot != NONE).then_some(slot);
        std::iter::successors(there(head), move |slot| there(self.links[*slot as usize].next))
    }

    /// Adds a transaction.
    pub(crate) fn add(&mut self, address: IpAddr, slot: u32, is_server: bool) {
        let source = self.by_address.entry(address).or_insert(Source { servers: 0, head: NONE });
        source.servers += usize::from(is_server);
        let next = std::mem::replace(&mut source.head, slot);
        let place = slot as usize;
        if place >= self.links.len() {
            self.links.resize(place + 1, ALONE);
        }
        self.links[place] = Links { previous: NONE, next };
        if next != NONE {
            self.links[next as usize].previous = slot;
        }
    }

    /// Takes a transaction out, which was added.
    pub(crate) fn remove(&mut self, address: IpAddr, slot: u32, is_server: bool) {
        let Links { previous, next } = self.links[slot as usize];
        if next != NONE {
            self.links[next as usize].previous = previous;
        }
        if previous != NONE {
            self.links[previous as usize].next = next;
        }
        let Some(source) = self.by_address.get_mut(&address) else { return };
        source.servers -= usize::from(is_server);
        if previous == NONE {
            source.head = next;
        }
        if source.head == NONE {
            self.by_address.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn sources() -> Sources {
        Sources::new(ahash::RandomState::with_seeds(1, 2, 3, 4))
    }

    #[test]
    fn a_source_lists_its_own_from_wherever_one_is_taken_out() {
        let [one, other] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(192, 0, 2, last)));
        // The youngest, one in the middle, the oldest.
        for (gone, rest) in [(4, [2, 0]), (2, [4, 0]), (0, [4, 2])] {
            let mut sources = sources();
            for (slot, address) in [(0, one), (1, other), (2, one), (4, one)] {
                sources.add(address, slot, slot != 2);
            }
            sources.remove(one, gone, gone != 2);
            assert_eq!(sources.slots_of(one).collect::<Vec<_>>(), rest);
            assert_eq!(sources.servers_of(one), rest.iter().filter(|slot| **slot != 2).count());
            assert_eq!(sources.slots_of(other).collect::<Vec<_>>(), [1]);
        }
    }

    #[test]
    fn a_source_without_transactions_is_forgotten() {
        let address = IpAddr::from(Ipv4Addr::LOCALHOST);
        let mut sources = sources();
        sources.add(address, 7, true);
        assert_eq!((sources.len(), sources.servers_of(address)), (1, 1));
        sources.remove(address, 7, true);
        assert_eq!((sources.len(), sources.servers_of(address)), (0, 0));
        assert_eq!(sources.slots_of(address).count(), 0);
    }
}
