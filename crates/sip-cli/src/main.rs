//! The program `sip`: shows SIP messages and session descriptions, and checks them against the RFCs.
//!
//! The libraries do the work; here are files, positions in them, and output.
#![forbid(unsafe_code)]

mod args;
mod diagnostics;
mod input;
mod json;
mod ladder;
mod lint;
mod output;
mod parse;
mod position;
mod run;
mod sdp;
mod text;
mod tree;
mod value_json;
mod value_tree;
mod wording;

use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(&args::read())
}
