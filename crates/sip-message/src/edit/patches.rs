//! The list of changes, with cheap insertion where the last one was.
//!
//! An operation on every line of a header puts its changes between those that are there, one
//! behind the other. A plain vector would move all that is behind each of them, which a message of
//! many lines makes expensive; so what is behind the place of work stands apart, in reverse.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::overlay::Patch;

/// Changes in the order in which their text goes out.
#[derive(Clone, Debug)]
pub(super) struct Patches {
    front: SmallVec<[Patch; 8]>,
    /// What is behind `front`, the last one first.
    back: Vec<Patch>,
}

/// How many changes are moved rather than set apart: an ordinary edit has fewer.
const FEW: usize = 32;

impl Patches {
    pub(super) fn new() -> Self {
        Self { front: SmallVec::new(), back: Vec::new() }
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.front.len() + self.back.len()
    }

    #[inline(always)]
    pub(super) fn get(&self, at: usize) -> Option<&Patch> {
        match self.front.get(at) {
            None if self.back.is_empty() => None,
            None => self.back.get(self.len().checked_sub(at + 1)?),
            found => found,
        }
    }

    #[inline(always)]
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Patch> {
        let front = self.front.len();
        if at < front {
            return self.front.get_mut(at);
        }
        let from_end = (front + self.back.len()).checked_sub(at + 1)?;
        self.back.get_mut(from_end)
    }

    /// Puts a change before the one at `at`, or behind all.
    #[inline(always)]
    pub(super) fn insert(&mut self, at: usize, patch: Patch) {
        self.reach(at);
        self.front.insert(at, patch);
    }

    /// Takes the change at `at` out.
    pub(super) fn remove(&mut self, at: usize) {
        self.reach(at + 1);
        self.front.remove(at);
    }

    /// Sees to it that `front` ends at `at` or not far behind it.
    #[inline(always)]
    fn reach(&mut self, at: usize) {
        let len = self.front.len();
        if at > len || len - at > FEW {
            self.move_gap(at);
        }
    }

    #[cold]
    fn move_gap(&mut self, at: usize) {
        if let Some(more) = at.checked_sub(self.front.len()) {
            let from = self.back.len().saturating_sub(more);
            self.front.extend(self.back.drain(from..).rev());
        } else {
            self.back.extend(self.front.drain(at..).rev());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::overlay::Change;

    fn patch(line: u32) -> Patch {
        Patch { line, change: Change::Drop }
    }

    /// The same as a vector, wherever things are put in and taken out.
    #[test]
    fn changes_are_where_a_vector_has_them() {
        let (mut patches, mut plain) = (Patches::new(), Vec::new());
        let mut seed = 7u32;
        for step in 0..2000 {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
            let at = (seed >> 16) as usize % (plain.len() + 1);
            if step % 3 == 2 && at < plain.len() {
                patches.remove(at);
                plain.remove(at);
            } else {
                patches.insert(at, patch(step));
                plain.insert(at, step);
            }
            if at < plain.len() {
                patches.get_mut(at).unwrap().line += 1;
                plain[at] += 1;
            }
            assert_eq!(patches.len(), plain.len());
            let found = (0..).map_while(|at| patches.get(at).map(|patch| patch.line));
            assert_eq!(found.collect::<Vec<_>>(), plain);
            assert!(patches.get_mut(plain.len()).is_none());
        }
    }
}
