//! What every parser asks of the allocator: allocations (with reallocations) and bytes a message, the
//! mean over what it accepts of the eight messages ("fixed") and of VARY; and a description, work by
//! work.
//!
//! ```text
//! cargo run --profile bench -p trapezoid-benches --bin allocations -- [SEED]
//! ```
//!
//! `compare` runs this program for its last columns instead of counting by itself: even at rest, a
//! counting allocator costs about 3 ns a call, a tenth of the time of a peer that allocates much.

use std::env;

use trapezoid_benches::{
    alloc::{COUNTING, Counting, count},
    corpus,
    descriptions::{DESCRIBERS, Work, bodies},
    peers::{self, Level},
    vary,
};

#[global_allocator]
static ALLOCATOR: Counting = COUNTING;

fn main() {
    let seed = env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(vary::SEED);
    let sets = [("fixed", corpus::samples()), ("vary", vary::variants(seed))];
    for mut peer in peers::all() {
        for level in Level::ALL.into_iter().filter(|&level| peer.has(level)).collect::<Vec<_>>() {
            for (set, samples) in &sets {
                // This pass also warms up what a parser keeps between messages.
                let accepted: Vec<_> =
                    samples.iter().filter(|sample| peer.run(level, sample).is_ok()).collect();
                let counts = count(|| {
                    for sample in &accepted {
                        let _ = peer.run(level, sample);
                    }
                });
                let messages = accepted.len() as f64;
                let calls = counts.calls as f64 / messages;
                let bytes = counts.bytes as f64 / messages;
                println!("{} {level} {set} | {calls:.1} | {bytes:.0}", peer.name);
            }
        }
    }
    for (body, bytes) in bodies() {
        for work in Work::ALL {
            for describer in &DESCRIBERS {
                let Some(mut run) = describer.run(work, &bytes) else { continue };
                run();
                let counts = count(|| {
                    run();
                });
                println!("{} {work} {body} | {} | {}", describer.name, counts.calls, counts.bytes);
            }
        }
    }
}
