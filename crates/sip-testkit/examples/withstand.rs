//! Withstands one attack: `withstand NAME N`. Without arguments it lists the names.
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
    println!("{}", attacks::withstand(attack, &(attack.make)(n).into()));
    ExitCode::SUCCESS
}
