//! Offers and answers: the worked examples of the RFCs, the checklist of RFC 3264 and its kin, and
//! properties of pairs that negotiate at random.

#![allow(clippy::unwrap_used)]

mod checklist;
mod described;
mod regressions;
mod rfc3264;
mod rfc4317;
mod rfc8829;
mod rfc9143;

use sdp::offer_answer::{MediaCapability, OfferAnswer, Session};
use sdp::{Address, CodecSpec, SessionDescription};

/// A description that an RFC prints.
pub fn example(name: &str) -> SessionDescription {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/sdp/rfc");
    SessionDescription::parse(std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// What matters of a description: the lines of the session and of each section, attributes in any
/// order, `a=sendrecv` as good as nothing, the address of each section, and of a section without
/// port its `m=` line alone.
pub fn essence(description: &SessionDescription) -> Vec<String> {
    let line = |line: sdp::Line<'_>| {
        let letter = char::from(line.letter().unwrap());
        format!("{letter}={}", String::from_utf8_lossy(line.value()))
    };
    let sorted = |lines: Vec<String>| {
        let mut lines: Vec<_> = lines.into_iter().filter(|line| line != "a=sendrecv").collect();
        lines.sort();
        lines.join("\n")
    };
    let session = description
        .session_lines()
        .filter(|line| !matches!(line.letter(), Some(b's' | b'c' | b'v')))
        .map(line);
    let mut essence = vec![sorted(session.collect())];
    for media in description.media() {
        if media.port() == 0 && media.is_rejected() {
            let format = media.formats().next().unwrap();
            let format = String::from_utf8_lossy(format);
            essence.push(format!("m={} 0 {} {format}", media.media_type(), media.protocol()));
            continue;
        }
        let own = media.lines().filter(|line| line.letter() != Some(b'c')).map(line);
        let connection = media.connection().unwrap().unwrap();
        essence.push(sorted(own.chain([format!("c={connection}")]).collect()));
    }
    essence
}

/// Checks that a description is what an RFC prints.
#[track_caller]
pub fn assert_is(description: &SessionDescription, name: &str) {
    let text = String::from_utf8_lossy(description.as_bytes()).into_owned();
    assert_eq!(essence(description), essence(&example(name)), "{name}:\n{text}");
}

/// A section with codecs as `a=rtpmap` has them.
pub fn section(media_type: &str, port: u16, codecs: &[(u8, &str)]) -> MediaCapability {
    let section = match media_type {
        "audio" => MediaCapability::audio(port),
        _ => MediaCapability::video(port),
    };
    codecs.iter().fold(section, |section, (number, rtpmap)| {
        let (encoding, clock_rate) = rtpmap.split_once('/').unwrap();
        section.codec(*number, CodecSpec::new(encoding, clock_rate.parse().unwrap()))
    })
}

/// One side of the examples.
pub fn side(
    username: &str,
    (id, version): (u64, u64),
    host: &str,
    capabilities: impl IntoIterator<Item = MediaCapability>,
) -> OfferAnswer {
    let mut session = Session::new(id, Address::name(host));
    session.username = username.into();
    session.version = version;
    OfferAnswer::new(session, capabilities)
}

/// Has one side make an offer and the other one answer it; both must be what the RFC prints.
#[track_caller]
pub fn exchange(offerer: &mut OfferAnswer, answerer: &mut OfferAnswer, offer: &str, answer: &str) {
    let made = offerer.create_offer().unwrap();
    assert_is(&made, offer);
    answerer.receive_offer(made).unwrap();
    let made = answerer.create_answer().unwrap();
    assert_is(&made, answer);
    offerer.receive_answer(made).unwrap();
}
