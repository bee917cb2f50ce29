//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::ladder::{Filter, Since};

/// Reads the command line. Wrong use ends the program with code 2.
pub(crate) fn read() -> Cli {
    Cli::parse()
}

/// Shows SIP messages and session descriptions, and checks them against the RFCs.
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
    /// Show a session description: sections, codecs, addresses, ICE, DTLS, bundles; or answer it
    ///
    /// Prints a tree for people, or with --json one JSON object per description. With --answer it
    /// is taken as an offer, and the answer to it is printed (RFC 3264).
    #[command(after_help = SDP_EXAMPLES)]
    Sdp(SdpOptions),
    /// Draw the call flows of a capture, and say what went wrong in them
    ///
    /// Reads pcap and pcapng, finds SIP over UDP, TCP and WebSocket on any port, and draws each call
    /// as a ladder: who sends what to whom, when, with the session in short. What went wrong is said
    /// below the message that shows it: of the call, such as a missing ACK, an answer without a
    /// codec of the offer or a BYE that goes to the wrong place, and of the message itself. Calls
    /// come out when they are done, in the order in which they begin.
    #[command(after_help = LADDER_EXAMPLES)]
    Ladder(LadderOptions),
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The files are byte streams, as on TCP: messages one behind the other, told apart by their
    /// Content-Length, with keep-alives between them
    #[arg(long)]
    pub(crate) stream: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SdpOptions {
    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Take each file as an offer, and print the answer of a side that can do what CAPS says: a
    /// session description with what it would offer itself
    #[arg(long, value_name = "CAPS")]
    pub(crate) answer: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LadderOptions {
    /// The capture, pcap or pcapng; `-` is standard input
    #[arg(value_name = "CAPTURE")]
    pub(crate) capture: PathBuf,

    /// Take Call-IDs together that belong together: by Replaces, Join, Target-Dialog, REFER,
    /// Session-ID, or the same tags
    #[arg(long)]
    pub(crate) related: bool,

    /// Only calls whose Call-ID contains this
    #[arg(long, value_name = "TEXT")]
    call: Option<String>,

    /// Only calls with a message whose From contains this
    #[arg(long, value_name = "TEXT")]
    from: Option<String>,

    /// Only calls with a message whose To contains this
    #[arg(long, value_name = "TEXT")]
    to: Option<String>,

    /// Only calls with a message of this method
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,

    /// Only calls that begin at this time or later, in UTC: HH:MM or HH:MM:SS on the day of the
    /// first packet, YYYY-MM-DDTHH:MM:SSZ, or +SECONDS after the first packet
    #[arg(long, value_name = "TIME", value_parser = Since::parse)]
    since: Option<Since>,

    /// Only calls with findings that are warnings or errors
    #[arg(long)]
    only_problems: bool,

    /// One line a call
    #[arg(long, group = "form")]
    pub(crate) list: bool,

    /// Print JSON Lines for programs: one object per call
    #[arg(long, group = "form")]
    pub(crate) json: bool,

    /// Write the ladders into a file as one picture
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) svg: Option<PathBuf>,

    /// Write the ladders into a file as a page, with the messages
    #[arg(long, value_name = "FILE", group = "form")]
    pub(crate) html: Option<PathBuf>,

    /// How many characters wide ladders are, if not as wide as the terminal
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    pub(crate) width: Option<u16>,

    /// Go on reading a file that grows, or a pipe as packets come, until interrupted
    #[arg(long)]
    pub(crate) follow: bool,

    /// Accept nothing but what the RFCs allow: what departs from them is shown as unreadable
    #[arg(long)]
    strict: bool,
}

impl LadderOptions {
    /// Those of a monitor, which wants to see everything.
    pub(crate) fn tolerances(&self) -> Tolerances {
        match self.strict {
            true => Tolerances {
                sip: sip_message::Tolerances::strict(),
                sdp: sdp::Tolerances::strict(),
            },
            false => Tolerances {
                sip: sip_message::Tolerances::lenient(),
                sdp: sdp::Tolerances::lenient(),
            },
        }
    }

    pub(crate) fn filter(&self) -> Filter {
        Filter {
            call: self.call.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            method: self.method.clone(),
            since: self.since.clone(),
            only_problems: self.only_problems,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Files to read, each with one message as it comes in a datagram, or one description; `-` is
    /// standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Accept nothing but what the RFCs allow
    #[arg(long, conflicts_with = "lenient")]
    strict: bool,

    /// Accept everything that can be made sense of, for looking at broken messages
    #[arg(long)]
    lenient: bool,

    /// Print JSON Lines for programs: one object per message, description or finding
    #[arg(long)]
    pub(crate) json: bool,
}

impl Reading {
    /// The tolerances for messages, and those for descriptions.
    pub(crate) fn tolerances(&self) -> Tolerances {
        match (self.strict, self.lenient) {
            (true, _) => Tolerances {
                sip: sip_message::Tolerances::strict(),
                sdp: sdp::Tolerances::strict(),
            },
            (_, true) => Tolerances {
                sip: sip_message::Tolerances::lenient(),
                sdp: sdp::Tolerances::lenient(),
            },
            _ => Tolerances::default(),
        }
    }
}

/// What is let through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tolerances {
    pub(crate) sip: sip_message::Tolerances,
    pub(crate) sdp: sdp::Tolerances,
}

/// The help behind the options; the long form says more.
macro_rules! after {
    () => {
        "\
Examples:
  sip parse invite.sip            show a message as a tree
  sip lint invite.sip             say what is wrong with it
  sip parse --json - < invite.sip | jq .headers
  sip sdp offer.sdp               show a session description

Exit codes:
  0  fine
  1  a message or description was refused, or a finding is an error (lint)
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

const SDP_EXAMPLES: &str = "\
Examples:
  sip sdp offer.sdp                     sections and codecs, addresses, ICE, DTLS, bundles
  sip sdp --json offer.sdp | jq '.media[].codecs'
  sip sdp --answer phone.sdp offer.sdp  the answer of a telephone that could offer phone.sdp

Exit codes: 0 fine, 1 a description was refused, or every section of an offer was, 2 wrong use or
a file that cannot be read. The fields of the JSON objects are described in docs/JSON.md.";

const LADDER_EXAMPLES: &str = "\
Examples:
  sip ladder call.pcap                          every call as a ladder
  sip ladder --list call.pcap                   one line a call
  sip ladder --only-problems --related call.pcap
  sip ladder --from alice --since 14:30 --html alice.html call.pcapng
  tcpdump -i any -U -w - | sip ladder --follow -
  sip ladder --json call.pcap | jq 'select(.outcome == \"failed\") | .status'

Exit codes: 0 fine, 1 a message could not be read, 2 wrong use, or the capture cannot be read or
ends before it should. The fields of the JSON objects are described in docs/JSON.md.";
