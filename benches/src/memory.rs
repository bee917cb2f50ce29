//! What it costs to read memory that is in no cache.

use std::hint::black_box;

use crate::random::Random;
use crate::transactions::start;

/// Reads of a round.
const READS: u32 = 200_000;
const ROUNDS: u32 = 7;

/// Nanoseconds to read one of the cache lines of so many MiB, in no order: where each says which is
/// the next, and where all are known before. The least of some rounds.
#[must_use]
pub fn read(mebibytes: usize) -> (f64, f64) {
    let count = mebibytes * 1024 * 1024 / 64;
    let mut random = Random::new(1);
    let mut order: Vec<usize> = (0..count).collect();
    random.shuffle(&mut order);
    let mut lines = vec![[0usize; 8]; count];
    for (place, line) in order.iter().enumerate() {
        lines[*line][0] = order[(place + 1) % count];
    }
    drop(order);
    let mut at = 0;
    let dependent = least(|| at = lines[at][0]);
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let mut sum = 0usize;
    let independent = least(|| {
        let line = usize::try_from(random.next_u64() % count).unwrap_or(0);
        sum = sum.wrapping_add(lines[line][0]);
    });
    black_box((at, sum));
    (dependent, independent)
}

fn least(mut one: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let before = start();
        (0..READS).for_each(|_| one());
        before.elapsed().as_secs_f64() * 1e9 / f64::from(READS)
    });
    rounds.fold(f64::INFINITY, f64::min)
}
