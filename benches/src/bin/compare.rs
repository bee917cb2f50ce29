//! The gate: every parser at L1, L2 and L3 over the eight messages and over VARY, in one run; then
//! every parser of session descriptions.
//!
//! ```text
//! cargo run --profile bench -p trapezoid-benches --bin compare -- [FLAGS]
//!   --quick            10 rounds instead of 100
//!   --rounds N         N rounds
//!   --seed N           other variants
//!   --gate LEVEL=RATIO fail when ours takes more than RATIO times the floor at LEVEL (repeatable)
//! ```
//!
//! It prints Markdown: nanoseconds a message (minimum and median of the rounds; the geometric mean
//! of the eight messages, the mean of VARY), ratios of minima, and what it asks of the allocator.
//! The program `allocations` gives the last two columns.
//! A message that a parser refuses is left out of its row, and out of what the row is compared with.

use std::{
    env,
    hint::black_box,
    process::{Command, ExitCode},
};

use trapezoid_benches::{
    corpus,
    descriptions::{self, DESCRIBERS, Work},
    peers::{self, Level},
    race::{LaneId, Lanes, Race},
    vary,
};

fn main() -> ExitCode {
    let flags = match Flags::parse(env::args().skip(1)) {
        Ok(flags) => flags,
        Err(flag) => {
            eprintln!("compare: {flag}: see the head of src/bin/compare.rs");
            return ExitCode::from(2);
        }
    };
    let mut samples = corpus::samples();
    let fixed: Vec<_> = (0..samples.len()).map(|index| vec![index]).collect();
    samples.extend(vary::variants(flags.seed));
    let varied = vec![(fixed.len()..samples.len()).collect()];

    let mut race = Race::new(peers::all(), samples);
    let fixed = rows(&mut race, &fixed);
    let varied = rows(&mut race, &varied);
    race.run(flags.rounds);

    println!("{} rounds, seed {:#x}\n", flags.rounds, flags.seed);
    let allocations = allocations(flags.seed);
    print("The eight messages", &race, &fixed, &allocations, "fixed");
    print("VARY", &race, &varied, &allocations, "vary");
    describe(flags.rounds, &allocations);
    let mut good = true;
    for &(level, limit) in &flags.gates {
        for row in fixed.iter().chain(&varied) {
            if race.peers()[row.peer].name == "ours" && row.level == level {
                let ratio = row.ratio(&race, Reference::Floor);
                let verdict = if ratio <= limit { "within" } else { "ABOVE" };
                println!("gate {level}: {ratio:.2} times the floor, {verdict} {limit}");
                good &= ratio <= limit;
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Debug)]
struct Flags {
    rounds: usize,
    seed: u64,
    gates: Vec<(Level, f64)>,
}

impl Flags {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut flags = Self { rounds: 100, seed: vary::SEED, gates: Vec::new() };
        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or_else(|| flag.clone());
            match flag.as_str() {
                "--quick" => flags.rounds = 10,
                "--rounds" => flags.rounds = value()?.parse().map_err(|_| flag)?,
                "--seed" => flags.seed = value()?.parse().map_err(|_| flag)?,
                "--gate" => flags.gates.push(gate(&value()?).ok_or(flag)?),
                _ => return Err(flag),
            }
        }
        Ok(flags)
    }
}

fn gate(text: &str) -> Option<(Level, f64)> {
    let (name, limit) = text.split_once('=')?;
    let level = Level::ALL.into_iter().find(|level| level.to_string() == name)?;
    Some((level, limit.parse().ok()?))
}

/// What a row is compared with, over the same messages: ours at the same level, the others at L1.
#[derive(Clone, Copy, Debug)]
enum Reference {
    Ours,
    Httparse,
    Floor,
}

const REFERENCES: [(Reference, &str); 3] =
    [(Reference::Ours, "ours"), (Reference::Httparse, "httparse"), (Reference::Floor, "floor")];

/// One parser at one level, over sets of messages.
#[derive(Debug)]
struct Row {
    peer: usize,
    level: Level,
    /// Of each set, the lane of the parser and those of the references.
    lanes: Vec<(LaneId, [Option<LaneId>; 3])>,
    accepted: usize,
    asked: usize,
}

fn rows(race: &mut Race, sets: &[Vec<usize>]) -> Vec<Row> {
    let references =
        REFERENCES.map(|(_, name)| race.peers().iter().position(|peer| peer.name == name));
    let mut rows = Vec::new();
    for level in Level::ALL {
        for peer in 0..race.peers().len() {
            if !race.peers()[peer].has(level) {
                continue;
            }
            let mut row = Row {
                peer,
                level,
                lanes: Vec::new(),
                accepted: 0,
                asked: sets.iter().map(Vec::len).sum(),
            };
            for set in sets {
                let set = race.accepted(peer, level, set);
                if set.is_empty() {
                    continue;
                }
                let [ours, httparse, floor] = references;
                let others = [
                    ours.map(|ours| race.lane(ours, level, &set)),
                    httparse.map(|httparse| race.lane(httparse, Level::L1, &set)),
                    floor.map(|floor| race.lane(floor, Level::L1, &set)),
                ];
                row.lanes.push((race.lane(peer, level, &set), others));
                row.accepted += set.len();
            }
            rows.push(row);
        }
    }
    rows
}

impl Row {
    fn ratio(&self, race: &Race, reference: Reference) -> f64 {
        geometric_mean(self.lanes.iter().map(|(own, others)| {
            others[reference as usize]
                .map_or(f64::NAN, |other| race.minimum(*own) / race.minimum(other))
        }))
    }
}

fn print(title: &str, race: &Race, rows: &[Row], allocations: &str, set: &str) {
    println!("## {title}\n");
    println!(
        "| level | parser | ns | median | / ours | / httparse L1 | / floor | refused | allocations | bytes |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let minimum = geometric_mean(row.lanes.iter().map(|(own, _)| race.minimum(*own)));
        let median = geometric_mean(row.lanes.iter().map(|(own, _)| race.median(*own)));
        let ratios = REFERENCES.map(|(reference, _)| shown(row.ratio(race, reference)));
        let ratios = ratios.join(" | ");
        let (level, peer) = (row.level, race.peers()[row.peer].name);
        let refused = match row.asked - row.accepted {
            0 => String::new(),
            refused => format!("{refused} of {}", row.asked),
        };
        let key = format!("{peer} {level} {set} ");
        let counts = allocations.lines().find_map(|line| line.strip_prefix(&key));
        println!(
            "| {level} | {peer} | {minimum:.0} | {median:.0} | {ratios} | {refused} {} |",
            counts.unwrap_or("| | "),
        );
    }
    println!();
}

/// What is done with session descriptions: a table of its own for each.
fn describe(rounds: usize, allocations: &str) {
    let mut lanes = Lanes::default();
    let mut rows = Vec::new();
    for (body, bytes) in descriptions::bodies() {
        for work in Work::ALL {
            for describer in &DESCRIBERS {
                if let Some(run) = describer.run(work, &bytes) {
                    rows.push((body, work, describer.name, lanes.add(run)));
                }
            }
        }
    }
    lanes.run(rounds, |run| {
        black_box(run());
    });
    for (body, bytes) in descriptions::bodies() {
        println!("## {body}.sdp, {} octets\n", bytes.len());
        println!("| work | parser | ns | median | / ours | / floor | allocations | bytes |");
        println!("|---|---|--:|--:|--:|--:|--:|--:|");
        let of = |wanted_work: Work, name: &str| {
            let found = rows
                .iter()
                .find(|(b, work, parser, _)| *b == body && *work == wanted_work && *parser == name);
            found.map_or(f64::NAN, |(.., lane)| lanes.minimum(*lane))
        };
        for (_, work, name, lane) in rows.iter().filter(|(b, ..)| *b == body) {
            let (minimum, median) = (lanes.minimum(*lane), lanes.median(*lane));
            let ours = shown(minimum / of(*work, "ours"));
            let floor = shown(minimum / of(Work::Parse, "floor"));
            let key = format!("{name} {work} {body} | ");
            let counts = allocations.lines().find_map(|line| line.strip_prefix(&key));
            println!(
                "| {work} | {name} | {minimum:.0} | {median:.0} | {ours} | {floor} | {} |",
                counts.unwrap_or("| "),
            );
        }
        println!();
    }
}

/// The output of the program `allocations`, which counts in a process of its own; none if it fails.
fn allocations(seed: u64) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--profile", "bench", "--bin", "allocations", &seed.to_string()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into(),
        _ => {
            eprintln!("compare: the program `allocations` does not run: its columns stay empty");
            String::new()
        }
    }
}

fn shown(ratio: f64) -> String {
    if ratio.is_nan() { String::new() } else { format!("{ratio:.2}") }
}

fn geometric_mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) =
        values.fold((0.0, 0.0), |(sum, count), value| (sum + value.ln(), count + 1.0));
    f64::exp(sum / count)
}
