//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sip_message::Tolerances;

/// Reads the command line. Wrong use ends the program with code 2.
pub(crate) fn read() -> Cli {
    Cli::parse()
}

/// Shows SIP messages and checks them against RFC 3261.
#[derive(Debug, Parser)]
#[command(name = "sip", version, arg_required_else_help = true, after_help = AFTER, after_long_help = AFTER_LONG)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is in a message: start line, headers with their parts, body
    ///
    /// Prints a tree for people, or with --json one JSON object per message. Headers that the
    /// program does not know are shown as they came; a header that cannot be read is shown with
    /// the reason, and the rest of the message all the same.
    #[command(after_help = PARSE_EXAMPLES)]
    Parse(Options),
    /// Say what is wrong with a message, and where
    ///
    /// Finds every place where a message departs from the RFCs: what robust software accepts all
    /// the same (info, warning) and what it must not (error), each with its line, column and
    /// byte offset, the name of its rule and the section of the RFC.
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Options),
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files to read, each with one message as it comes in a datagram; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The files are byte streams, as on TCP: messages one behind the other, told apart by their
    /// Content-Length, with keep-alives between them
    #[arg(long)]
    pub(crate) stream: bool,

    /// Accept nothing but what the RFCs allow
    #[arg(long, conflicts_with = "lenient")]
    strict: bool,

    /// Accept everything that can be made sense of, for looking at broken messages
    #[arg(long)]
    lenient: bool,

    /// Print JSON Lines for programs: one object per message (parse) or finding (lint)
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn tolerances(&self) -> Tolerances {
        match (self.strict, self.lenient) {
            (true, _) => Tolerances::strict(),
            (_, true) => Tolerances::lenient(),
            _ => Tolerances::default(),
        }
    }
}

/// The help behind the options; the long form says more.
macro_rules! after {
    () => {
        "\
Examples:
  sip parse invite.sip            show a message as a tree
  sip lint invite.sip             say what is wrong with it
  sip parse --json - < invite.sip | jq .headers

Exit codes:
  0  fine
  1  a message was refused (parse), or a finding is an error (lint)
  2  wrong use, or a file that cannot be read"
    };
}

const AFTER: &str = after!();

const AFTER_LONG: &str = concat!(
    after!(),
    "\n\n\
Of several files all are handled, and the highest code wins. A file may have up to 64 MiB.

Colour is used on a terminal, unless the environment variable NO_COLOR is set;
CLICOLOR_FORCE=1 forces it."
);

const PARSE_EXAMPLES: &str = "\
Examples:
  sip parse invite.sip                  a tree for people
  sip parse --json *.sip                one JSON object per file
  sip parse --stream capture.bin        every message of a TCP stream
  cat invite.sip | sip parse -          from standard input

Exit codes: 0 fine, 1 a message was refused, 2 wrong use or a file that cannot be read.
The fields of the JSON objects are described in docs/JSON.md.";

const LINT_EXAMPLES: &str = "\
Examples:
  sip lint invite.sip                   findings with their source lines
  sip lint --strict *.sip               what default tolerance lets pass is refused
  sip lint --lenient broken.sip         look behind the first thing that is broken
  sip lint --json invite.sip | jq -r 'select(.severity == \"error\") | .message'

Exit codes: 0 no finding is an error, 1 some are, 2 wrong use or a file that cannot be read.
The fields of the JSON objects are described in docs/JSON.md.";
