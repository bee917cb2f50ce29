//! One parser's work, repeated, to be counted under callgrind; `benches/instructions.sh` runs it.
//!
//! ```text
//! instructions PARSER WORK SET TIMES
//!   PARSER  a name of `peers::all`: floor, httparse, ours, rsipstack, ezk, rsip …
//!   WORK    L1, L2, L3, or (ours only) stream-whole, stream-bytes, hop, respond
//!   SET     fixed or vary
//!   TIMES   how often the set is gone through
//! ```
//!
//! It prints the number of bytes of one pass: of the heads, or for a stream of everything, because a
//! stream has to take the bodies too. The caller runs it with two numbers of passes, so that what the
//! start costs falls out of the difference.

use std::{env, hint::black_box, process::ExitCode};

use trapezoid_benches::{
    corpus,
    edits::{WRITERS, Written},
    peers::{self, Level, Outcome, ours},
    sample::{Sample, head_bytes},
    vary,
};

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let Some((samples, times, mut work)) = plan(&args) else {
        eprintln!("usage: instructions PARSER WORK SET TIMES");
        return ExitCode::from(2);
    };
    // What a parser refuses is neither repeated nor counted.
    let samples: Vec<_> = samples.into_iter().filter(|sample| work(sample).is_ok()).collect();
    for _ in 0..times {
        for sample in &samples {
            let _ = black_box(work(black_box(sample)));
        }
    }
    let streamed = args[1].starts_with("stream");
    let whole = samples.iter().map(|sample| sample.bytes.len()).sum();
    println!("{}", if streamed { whole } else { head_bytes(&samples) });
    ExitCode::SUCCESS
}

type Work = Box<dyn FnMut(&Sample) -> Outcome>;

fn plan(args: &[String]) -> Option<(Vec<Sample>, u32, Work)> {
    let [parser, work, set, times] = args else { return None };
    let samples = match set.as_str() {
        "fixed" => corpus::samples(),
        "vary" => vary::variants(vary::SEED),
        _ => return None,
    };
    Some((samples, times.parse().ok()?, find_work(parser, work)?))
}

fn written(work: fn(&Sample) -> Written) -> Work {
    Box::new(move |sample| work(sample).map(|octets| octets.len() as u64))
}

fn find_work(parser: &str, work: &str) -> Option<Work> {
    match (parser, work) {
        ("ours", "stream-whole") => return Some(Box::new(ours::stream(usize::MAX))),
        ("ours", "stream-bytes") => return Some(Box::new(ours::stream(1))),
        ("ours", "hop") => return Some(written(WRITERS[0].hop)),
        ("ours", "respond") => return Some(written(WRITERS[0].respond)),
        _ => {}
    }
    let level = Level::ALL.into_iter().find(|level| level.to_string() == work)?;
    let mut peer = peers::named(parser).filter(|peer| peer.has(level))?;
    Some(Box::new(move |sample| peer.run(level, sample)))
}
