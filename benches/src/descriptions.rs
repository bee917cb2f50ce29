//! Session descriptions: the same work on `testdata/sdp/webrtc.sdp` and `audio.sdp`, done by ours and by
//! the peers that parse descriptions.
//!
//! Each work starts at octets or, to write, at what was parsed. Peers that check each attribute
//! as they parse (webrtc-sdp, ezk) do then what others do when they are asked.

use std::fmt;

use bytes::Bytes;
use memchr::memchr;

mod ours;
mod peers;

/// What is done with a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Parse it.
    Parse,
    /// Parse it, and read all `a=rtpmap`, `a=candidate` and `a=ssrc`.
    Read,
    /// Write what was parsed before.
    Write,
    /// Parse it, set the addresses and ports of all sections, write it.
    Edit,
    /// Parse it and answer it.
    Answer,
}

impl Work {
    /// All works, in order.
    pub const ALL: [Self; 5] = [Self::Parse, Self::Read, Self::Write, Self::Edit, Self::Answer];
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parse => "parse",
            Self::Read => "parse and read",
            Self::Write => "write",
            Self::Edit => "set addresses",
            Self::Answer => "answer",
        })
    }
}

/// Something to be timed: what comes out is a checksum, or the number of octets that were written.
pub type Run = Box<dyn FnMut() -> u64>;

/// A parser by its name, and what it can do with a description.
#[derive(Clone, Copy, Debug)]
pub struct Describer {
    /// The name in a table.
    pub name: &'static str,
    make: fn(Work, &Bytes) -> Option<Run>,
}

impl Describer {
    /// The work on a description; `None` when the parser has nothing for it, or refuses.
    pub fn run(&self, work: Work, body: &Bytes) -> Option<Run> {
        (self.make)(work, body)
    }
}

/// The floor, ours, and the peers.
pub const DESCRIBERS: [Describer; 7] = [
    Describer { name: "floor", make: floor },
    Describer { name: "ours", make: ours::run },
    Describer { name: "ours-reused", make: ours::run_reused },
    Describer { name: "sdp-types", make: peers::sdp_types },
    Describer { name: "webrtc-sdp", make: peers::webrtc_sdp },
    Describer { name: "ezk-sdp-types", make: peers::ezk },
    Describer { name: "sdp (webrtc-rs)", make: peers::webrtc_rs },
];

/// Name and octets of each description.
pub fn bodies() -> [(&'static str, Bytes); 2] {
    [
        ("webrtc", Bytes::from_static(include_bytes!("../../testdata/sdp/webrtc.sdp"))),
        ("audio", Bytes::from_static(include_bytes!("../../testdata/sdp/audio.sdp"))),
    ]
}

/// The address that sections get, and the port of the first one.
const ADDRESS: std::net::Ipv4Addr = std::net::Ipv4Addr::new(192, 0, 2, 9);
const PORT: u16 = 30_000;

/// A port for each section.
fn ports() -> impl Iterator<Item = u16> {
    (PORT..).step_by(2)
}

/// A memchr for each line, the type in front of it and the colon of its attribute, in an index of
/// a size that is known before.
fn floor(work: Work, body: &Bytes) -> Option<Run> {
    let body = body.clone();
    let lines = body.iter().filter(|byte| **byte == b'\n').count();
    (work == Work::Parse).then(|| -> Run {
        Box::new(move || {
            let mut index: Vec<(u8, u32)> = Vec::with_capacity(lines);
            let mut start = 0;
            while let Some(end) = memchr(b'\n', &body[start..]) {
                index.push((body[start], u32::try_from(start).unwrap_or_default()));
                start += end + 1;
            }
            std::hint::black_box(index).len() as u64
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{DESCRIBERS, Work, bodies};

    #[test]
    fn all_read_the_same_and_set_the_same_addresses() {
        for (name, body) in bodies() {
            let sum = |describer: &super::Describer, work| {
                describer.run(work, &body).map(|mut run| (run(), run()))
            };
            let ours = sum(&DESCRIBERS[1], Work::Read).unwrap();
            assert_eq!(ours.0, ours.1);
            for describer in &DESCRIBERS[2..] {
                if let Some(theirs) = sum(describer, Work::Read) {
                    assert_eq!(theirs, ours, "{} on {name}", describer.name);
                }
                for work in [Work::Parse, Work::Write, Work::Edit] {
                    assert!(sum(describer, work).is_some(), "{} {work} {name}", describer.name);
                }
            }
        }
    }

    #[test]
    fn the_answer_takes_sections() {
        for (_, body) in bodies() {
            assert!(DESCRIBERS[1].run(Work::Answer, &body).unwrap()() > 100);
        }
    }
}
