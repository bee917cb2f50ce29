//! What the tests have in common.

use std::net::SocketAddr;

use sip_capture::{Captured, Content, Dissector, Reader, Statistics};
use sip_testkit::pcap::{Capture, ETHERNET, Form, ethernet};

pub(crate) const REQUEST: &[u8] = b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776\r\nMax-Forwards: 70\r\n\
    From: <sip:alice@atlanta.example>;tag=1\r\nTo: <sip:bob@biloxi.example>\r\n\
    Call-ID: a84b4c76e66710\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
pub(crate) const RESPONSE: &[u8] = b"SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776\r\n\
    From: <sip:alice@atlanta.example>;tag=1\r\nTo: <sip:bob@biloxi.example>;tag=2\r\n\
    Call-ID: a84b4c76e66710\r\nCSeq: 1 OPTIONS\r\nContent-Length: 4\r\n\r\nbody";

pub(crate) fn alice() -> SocketAddr {
    "192.0.2.1:5060".parse().unwrap()
}

pub(crate) fn bob() -> SocketAddr {
    "192.0.2.4:5080".parse().unwrap()
}

pub(crate) fn alice6() -> SocketAddr {
    "[2001:db8::1]:5060".parse().unwrap()
}

pub(crate) fn bob6() -> SocketAddr {
    "[2001:db8::4]:5060".parse().unwrap()
}

/// All that a file has.
pub(crate) fn dissect(file: &[u8]) -> (Vec<Captured>, Statistics) {
    let mut reader = Reader::new(file);
    let mut dissector = Dissector::default();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        dissector.push(&packet);
        all.extend(std::iter::from_fn(|| dissector.next_captured()));
    }
    dissector.finish();
    all.extend(std::iter::from_fn(|| dissector.next_captured()));
    (all, dissector.statistics())
}

/// All that is in these IP packets, each a millisecond after the other.
pub(crate) fn dissect_ip(
    packets: impl IntoIterator<Item = Vec<u8>>,
) -> (Vec<Captured>, Statistics) {
    let mut capture = Capture::new(Form::Micros, ETHERNET);
    for (at, packet) in packets.into_iter().enumerate() {
        capture.packet(1_000_000 * (at as u64 + 1), &ethernet(&[], &packet));
    }
    dissect(&capture.into_bytes())
}

/// These messages came out, and no others.
pub(crate) fn assert_all(captured: &[Captured], expected: &[&[u8]]) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let captured = captured.iter().map(|it| match &it.content {
        Content::Message(message) => text(message.as_bytes()),
        Content::Malformed { error, .. } => panic!("{error}"),
    });
    let expected: Vec<String> = expected.iter().map(|it| text(it)).collect();
    assert_eq!(captured.collect::<Vec<_>>(), expected);
}
