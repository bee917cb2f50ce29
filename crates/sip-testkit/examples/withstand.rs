//! Withstands one attack: `withstand NAME N`. Says how many things were found, in how many octets.
//! Without arguments it lists the names.
//!
//! `.ci/linear` counts what it costs; under a profiler it shows where the cost is.

use std::process::ExitCode;

use sip_testkit::attacks;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (attack, n) = match &arguments[..] {
        [] => {
            attacks::all().for_each(|attack| println!("{}", attack.name));
            return ExitCode::SUCCESS;
        }
        [name, n] => (attacks::find(name), n.parse().ok()),
        _ => (None, None),
    };
    let (Some(attack), Some(n)) = (attack, n) else {
        eprintln!("usage: withstand [NAME N]");
        return ExitCode::FAILURE;
    };
    let bytes = (attack.make)(n).into();
    // How much was found, so that nothing is left out of it, and how much came.
    println!("{} {}", attacks::withstand(attack, &bytes), bytes.len());
    ExitCode::SUCCESS
}
