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

/// One parser at one level over one set of messages, and how long it took in each round.
#[derive(Clone, Debug)]
struct Lane {
    peer: usize,
    level: Level,
    set: Vec<usize>,
    repeats: u32,
    /// Nanoseconds a message, one entry a round.
    rounds: Vec<f64>,
}

/// Names a lane within its race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneId(usize);

/// Parsers, messages and the lanes between them.
#[derive(Debug)]
pub struct Race {
    peers: Vec<Peer>,
    samples: Vec<Sample>,
    lanes: Vec<Lane>,
}

impl Race {
    /// A race without lanes yet.
    pub fn new(peers: Vec<Peer>, samples: Vec<Sample>) -> Self {
        Self { peers, samples, lanes: Vec::new() }
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
        let known = self
            .lanes
            .iter()
            .position(|lane| lane.peer == peer && lane.level == level && lane.set == set);
        LaneId(known.unwrap_or_else(|| {
            self.lanes.push(Lane { peer, level, set: set.into(), repeats: 1, rounds: Vec::new() });
            self.lanes.len() - 1
        }))
    }

    /// Runs every lane once a round. Before that the number of repetitions is found.
    pub fn run(&mut self, rounds: usize) {
        let Self { peers, samples, lanes } = self;
        for lane in &mut *lanes {
            while lane.seconds(&mut peers[lane.peer], samples) < LEAST_SECONDS {
                lane.repeats *= 2;
            }
        }
        for round in 0..rounds {
            // Another lane begins each round, so that none has the same neighbour all the time.
            for step in 0..lanes.len() {
                let index = (step + round * 7) % lanes.len();
                let lane = &mut lanes[index];
                let seconds = lane.seconds(&mut peers[lane.peer], samples);
                let messages = f64::from(lane.repeats) * lane.set.len() as f64;
                lane.rounds.push(seconds * 1e9 / messages);
            }
        }
        for lane in lanes {
            lane.rounds.sort_by(f64::total_cmp);
        }
    }

    /// The least time of a lane, nanoseconds a message.
    pub fn minimum(&self, lane: LaneId) -> f64 {
        self.lanes[lane.0].rounds.first().copied().unwrap_or(f64::NAN)
    }

    /// The median time of a lane, nanoseconds a message.
    pub fn median(&self, lane: LaneId) -> f64 {
        let rounds = &self.lanes[lane.0].rounds;
        rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl Lane {
    fn seconds(&self, peer: &mut Peer, samples: &[Sample]) -> f64 {
        let mut pass = || {
            for &sample in &self.set {
                let _ = black_box(peer.run(self.level, black_box(&samples[sample])));
            }
        };
        pass();
        let start = Instant::now();
        for _ in 0..self.repeats {
            pass();
        }
        start.elapsed().as_secs_f64()
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
