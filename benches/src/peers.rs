//! The parsers under measurement, behind one face: a name and, for each level, a function from a
//! sample to a checksum.
//!
//! Each module does the cheapest idiomatic parse that its peer offers from bytes, and the L2 sums of
//! all of them are equal (see the test), which says that they read the same values.

pub mod ezk;
pub mod httparse;
pub mod ours;
pub mod rsip;
pub mod rsipstack;

use std::fmt;

use crate::{floor, sample::Sample};

/// How much of a message is parsed; see the crate's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The ordinary parse of a datagram.
    L1,
    /// The values that a proxy or an endpoint reads of every message.
    L2,
    /// Every header that the parser can type.
    L3,
}

impl Level {
    /// All levels, in order.
    pub const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The parser did not accept a message that is valid. It holds nothing: making a text of the
/// reason would be timed as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl<E: std::error::Error> From<E> for Refused {
    fn from(_: E) -> Self {
        Self
    }
}

/// The checksum of what was read, or a refusal.
pub type Outcome = Result<u64, Refused>;

type Run = Box<dyn FnMut(&Sample) -> Outcome>;

/// One parser.
pub struct Peer {
    /// The name in a table.
    pub name: &'static str,
    levels: [Option<Run>; 3],
}

impl Peer {
    fn new(name: &'static str) -> Self {
        Self { name, levels: [None, None, None] }
    }

    fn at(mut self, level: Level, run: impl FnMut(&Sample) -> Outcome + 'static) -> Self {
        self.levels[level as usize] = Some(Box::new(run));
        self
    }

    /// Whether the parser has anything to do at this level.
    pub fn has(&self, level: Level) -> bool {
        self.levels[level as usize].is_some()
    }

    /// Does the work of `level`; a parser that has no such level refuses.
    #[inline]
    pub fn run(&mut self, level: Level, sample: &Sample) -> Outcome {
        match &mut self.levels[level as usize] {
            Some(run) => run(sample),
            None => Err(Refused),
        }
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Every parser, the floor first and ours before the peers.
pub fn all() -> Vec<Peer> {
    let mut all = vec![
        Peer::new("floor").at(Level::L1, floor::l1),
        Peer::new("httparse").at(Level::L1, httparse::l1),
    ];
    all.extend(ours::peers());
    all.extend([
        Peer::new("rsipstack")
            .at(Level::L1, rsipstack::l1)
            .at(Level::L2, rsipstack::l2)
            .at(Level::L3, rsipstack::l3),
        Peer::new("ezk").at(Level::L1, ezk::l1).at(Level::L2, ezk::l2).at(Level::L3, ezk::l3),
        Peer::new("rsip").at(Level::L1, rsip::l1).at(Level::L2, rsip::l2).at(Level::L3, rsip::l3),
    ]);
    all
}

/// The parser of that name.
pub fn named(name: &str) -> Option<Peer> {
    all().into_iter().find(|peer| peer.name == name)
}

#[cfg(test)]
mod tests {
    use super::{Level, all};
    use crate::{corpus, vary};

    #[test]
    fn who_accepts_a_message_reads_the_same_values() {
        for sample in corpus::samples().iter().chain(&vary::variants(vary::SEED)) {
            let sums: Vec<_> = all()
                .iter_mut()
                .filter_map(|peer| Some((peer.name, peer.run(Level::L2, sample).ok()?)))
                .collect();
            let text = String::from_utf8_lossy(sample.head());
            assert!(sums.iter().all(|(_, sum)| *sum == sums[0].1), "{sums:?}\n{text}");
            for peer in ["ours", "ours-reused", "rsipstack", "ezk"] {
                assert!(sums.iter().any(|(name, _)| *name == peer), "{peer} refuses\n{text}");
            }
        }
    }
}
