//! Captures to be read.

use std::net::SocketAddr;

/// The packets of `testdata/captures/trapezoid.pcap` that are SIP, with the number of the call as
/// `@@@@@@@@` in Call-ID, tags and branches.
///
/// # Panics
/// When the file is not there.
#[must_use]
pub fn call() -> Vec<(SocketAddr, SocketAddr, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/captures/trapezoid.pcap");
    let bytes = std::fs::read(path).expect("the capture is there");
    let mut reader = sip_capture::Reader::new(&bytes[..]);
    let mut dissector = sip_capture::Dissector::default();
    let mut messages = Vec::new();
    while let Some(packet) = reader.next_packet().expect("a capture") {
        dissector.push(&packet);
        while let Some(captured) = dissector.next_captured() {
            let sip_capture::Content::Message(message) = &captured.content else { continue };
            let text = String::from_utf8_lossy(message.as_bytes());
            let text = text
                .replace("a84b4c76e66710", "a84b4c@@@@@@@@")
                .replace("branch=z9hG4bK", "branch=z9hG4bK@@@@@@@@")
                .replace("tag=", "tag=@@@@@@@@");
            messages.push((captured.source, captured.destination, text));
        }
    }
    messages
}
