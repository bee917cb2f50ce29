//! What Criterion has measured, as Markdown: a table for each group, with a row for each input and a
//! column for each program, and how many times as long as ours the others take.
//!
//! ```text
//! cargo bench -p trapezoid-benches                                # everything, or some of it
//! cargo run --release -p trapezoid-benches --bin tables [GROUP…]
//! ```
//!
//! A benchmark is named group/program/input or group/program; one that has no program called `ours`
//! gets no ratios.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// Nanoseconds by input and program.
type Group = BTreeMap<String, BTreeMap<String, f64>>;

fn main() -> ExitCode {
    let wanted: BTreeSet<String> = env::args().skip(1).collect();
    let folder = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    read(&folder.join("criterion"), &mut groups);
    groups.retain(|name, _| wanted.is_empty() || wanted.contains(name));
    if groups.is_empty() {
        eprintln!("tables: nothing was measured yet: cargo bench -p trapezoid-benches");
        return ExitCode::FAILURE;
    }
    for (name, group) in &groups {
        println!("{}", table(name, group));
    }
    ExitCode::SUCCESS
}

/// Finds the results below a folder: each is beside what it is called.
fn read(folder: &Path, groups: &mut BTreeMap<String, Group>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.ends_with("new") {
            if let Some((names, nanos)) = result(&path) {
                let group = groups.entry(names.group).or_default();
                group.entry(names.input).or_default().insert(names.program, nanos);
            }
        } else {
            read(&path, groups);
        }
    }
}

struct Names {
    group: String,
    program: String,
    input: String,
}

fn result(folder: &Path) -> Option<(Names, f64)> {
    let json = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        serde_json::from_str::<serde_json::Value>(&text).ok()
    };
    let (name, estimates) = (json("benchmark.json")?, json("estimates.json")?);
    let text = |key: &str| name[key].as_str().unwrap_or_default().to_owned();
    let nanos = estimates["median"]["point_estimate"].as_f64()?;
    let names =
        Names { group: text("group_id"), program: text("function_id"), input: text("value_str") };
    Some((names, nanos))
}

fn table(name: &str, group: &Group) -> String {
    let mut programs: Vec<&String> = group.values().flat_map(BTreeMap::keys).collect();
    // Ours first, the others by name.
    programs.sort_by_key(|it| (!it.starts_with("ours"), *it));
    programs.dedup();
    let mut out = format!("### {name}\n\n| input |");
    programs.iter().for_each(|it| out.push_str(&format!(" {it} |")));
    out.push_str("\n|---|");
    out.push_str(&"--:|".repeat(programs.len()));
    for (input, row) in group {
        out.push_str(&format!("\n| {input} |"));
        let ours = row.get("ours");
        for program in &programs {
            let cell = row.get(*program).map_or_else(String::new, |nanos| {
                let time = time(*nanos);
                match ours {
                    Some(ours) if *program != "ours" => format!("{time}, {:.2}×", nanos / ours),
                    _ => time,
                }
            });
            out.push_str(&format!(" {cell} |"));
        }
    }
    out.push('\n');
    out
}

fn time(nanos: f64) -> String {
    match nanos {
        ..1e3 => format!("{nanos:.0} ns"),
        1e3..1e6 => format!("{:.2} µs", nanos / 1e3),
        _ => format!("{:.2} ms", nanos / 1e6),
    }
}
