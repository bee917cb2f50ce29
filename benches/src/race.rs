//! A race: every parser over every set of messages, interleaved round by round in one process.
//!
//! Neighbours on a machine slow whole stretches of time. Interleaving (ABAB…) lets such a stretch
//! fall on all parsers alike, and the minimum of many rounds forgets it.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock; no protocol code does")]

use std::{hint::black_box, time::Instant};

use crate::{
    peers::{Level, Peer},
    sample::Sample,
};

/// A lane is timed at least this long in each round, by repetition: long enough that the caches and
/// the branch predictor, which another parser has just filled, are not what is timed.
const LEAST_SECONDS: f64 = 200e-6;

/// Something that is timed, and how long it took in each round.
#[derive(Clone, Debug)]
struct Lane<W> {
    work: W,
    repeats: u32,
    /// Nanoseconds, one entry a round.
    rounds: Vec<f64>,
}

/// Names a lane within its race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneId(usize);

/// Lanes that are run in turn, whatever their work is.
#[derive(Clone, Debug)]
pub struct Lanes<W>(Vec<Lane<W>>);

impl<W> Default for Lanes<W> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<W> Lanes<W> {
    /// Adds a lane.
    pub fn add(&mut self, work: W) -> LaneId {
        self.0.push(Lane { work, repeats: 1, rounds: Vec::new() });
        LaneId(self.0.len() - 1)
    }

    /// Runs every lane once a round, by `pass`. Before that the number of repetitions is found.
    pub fn run(&mut self, rounds: usize, mut pass: impl FnMut(&mut W)) {
        let lanes = &mut self.0;
        for lane in &mut *lanes {
            while lane.seconds(&mut pass) < LEAST_SECONDS {
                lane.repeats *= 2;
            }
        }
        for round in 0..rounds {
            // Another lane begins each round, so that none has the same neighbour all the time.
            for step in 0..lanes.len() {
                let index = (step + round * 7) % lanes.len();
                let lane = &mut lanes[index];
                let seconds = lane.seconds(&mut pass);
                lane.rounds.push(seconds * 1e9 / f64::from(lane.repeats));
            }
        }
        for lane in lanes {
            lane.rounds.sort_by(f64::total_cmp);
        }
    }

    /// The least time of a lane in nanoseconds.
    pub fn minimum(&self, lane: LaneId) -> f64 {
        self.0[lane.0].rounds.first().copied().unwrap_or(f64::NAN)
    }

    /// The median time of a lane in nanoseconds.
    pub fn median(&self, lane: LaneId) -> f64 {
        let rounds = &self.0[lane.0].rounds;
        rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl<W> Lane<W> {
    fn seconds(&mut self, pass: &mut impl FnMut(&mut W)) -> f64 {
        pass(&mut self.work);
        let start = Instant::now();
        for _ in 0..self.repeats {
            pass(&mut self.work);
        }
        start.elapsed().as_secs_f64()
    }
}

/// One parser at one level over one set of messages.
#[derive(Clone, Debug, PartialEq)]
struct Pass {
    peer: usize,
    level: Level,
    set: Vec<usize>,
}

/// Parsers, messages and the lanes between them.
#[derive(Debug)]
pub struct Race {
    peers: Vec<Peer>,
    samples: Vec<Sample>,
    lanes: Lanes<Pass>,
}

impl Race {
    /// A race without lanes yet.
    pub fn new(peers: Vec<Peer>, samples: Vec<Sample>) -> Self {
        Self { peers, samples, lanes: Lanes::default() }
    }

    /// The parsers, in order.
    pub fn peers(&self) -> &[Peer] {
        &self.peers
    }

    /// Those of the messages of `set` that the parser accepts at this level.
    pub fn accepted(&mut self, peer: usize, level: Level, set: &[usize]) -> Vec<usize> {
        let (peer, samples) = (&mut self.peers[peer], &self.samples);
        set.iter().copied().filter(|&sample| peer.run(level, &samples[sample]).is_ok()).collect()
    }

    /// The lane of a parser, a level and a set of messages; the same three name the same lane.
    pub fn lane(&mut self, peer: usize, level: Level, set: &[usize]) -> LaneId {
        let pass = Pass { peer, level, set: set.into() };
        let known = self.lanes.0.iter().position(|lane| lane.work == pass);
        known.map_or_else(|| self.lanes.add(pass), LaneId)
    }

    /// Runs every lane once a round.
    pub fn run(&mut self, rounds: usize) {
        let Self { peers, samples, lanes } = self;
        lanes.run(rounds, |pass| {
            for &sample in &pass.set {
                let _ = black_box(peers[pass.peer].run(pass.level, black_box(&samples[sample])));
            }
        });
    }

    /// The least time of a lane, nanoseconds a message.
    pub fn minimum(&self, lane: LaneId) -> f64 {
        self.lanes.minimum(lane) / self.messages(lane)
    }

    /// The median time of a lane, nanoseconds a message.
    pub fn median(&self, lane: LaneId) -> f64 {
        self.lanes.median(lane) / self.messages(lane)
    }

    fn messages(&self, lane: LaneId) -> f64 {
        self.lanes.0[lane.0].work.set.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Race;
    use crate::{
        corpus,
        peers::{self, Level},
    };

    #[test]
    fn a_race_times_each_lane_in_each_round() {
        let mut race = Race::new(peers::all(), corpus::samples());
        assert_eq!(race.accepted(0, Level::L1, &[0, 3]), [0, 3]);
        assert!(race.accepted(0, Level::L2, &[0, 3]).is_empty(), "the floor has no L2");
        let lane = race.lane(0, Level::L1, &[0, 3]);
        assert_eq!(race.lane(0, Level::L1, &[0, 3]), lane);
        assert_ne!(race.lane(0, Level::L1, &[0]), lane);
        race.run(3);
        assert!(race.minimum(lane) > 0.0);
        assert!(race.minimum(lane) <= race.median(lane));
    }
}
