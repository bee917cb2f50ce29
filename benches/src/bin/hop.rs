//! What a hop of a proxy costs beside parsing alone, in one run.
//!
//! `cargo run --profile bench -p trapezoid-benches --bin hop -- [ROUNDS]`
//!
//! It prints Markdown: nanoseconds a message (minimum of the rounds) and their ratio, for each
//! request of the eight messages and for all requests of VARY.

use std::hint::black_box;

use sip_message::Message;
use trapezoid_benches::{corpus, edits::WRITERS, race::Lanes, sample::Sample, vary};

/// A lane: a name, messages, and whether they are sent on.
type Work<'a> = (&'a [Sample], bool);

fn main() {
    let rounds = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(100);
    let ours = &WRITERS[0];
    let requests = |samples: Vec<Sample>| {
        samples.into_iter().filter(|it| (ours.hop)(it).is_ok()).collect::<Vec<_>>()
    };
    let eight = requests(corpus::samples());
    let varied = requests(vary::variants(vary::SEED));
    let mut lanes: Lanes<Work<'_>> = Lanes::default();
    let mut rows = Vec::new();
    let sets = eight.iter().map(|it| (it.name, std::slice::from_ref(it)));
    for (name, samples) in sets.chain([("all eight", &eight[..]), ("VARY", &varied[..])]) {
        rows.push((name, samples.len(), lanes.add((samples, false)), lanes.add((samples, true))));
    }
    lanes.run(rounds, |(samples, is_hop)| {
        for sample in *samples {
            if *is_hop {
                let _ = black_box((ours.hop)(black_box(sample)));
            } else {
                let _ = black_box(Message::parse(black_box(sample).bytes.clone()));
            }
        }
    });
    println!("| requests | L1 | hop | hop / L1 |\n|---|--:|--:|--:|");
    for (name, count, parse, hop) in rows {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand messages")]
        let count = count as f64;
        let (parse, hop) = (lanes.minimum(parse) / count, lanes.minimum(hop) / count);
        println!("| {name} | {parse:.0} ns | {hop:.0} ns | {:.2} |", hop / parse);
    }
}
