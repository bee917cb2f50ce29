//! WebSockets.

use sip_capture::{Captured, Transport};
use sip_testkit::pcap::{ACK, SYN, frame, tcp};

use crate::tools::{REQUEST, RESPONSE, alice, assert_all, bob, dissect_ip};

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nHost: proxy.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Protocol: mqtt, sip\r\nSec-WebSocket-Version: 13\r\n\r\n";
const SWITCHING: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: sip\r\n\r\n";
const MASK: Option<[u8; 4]> = Some([0x37, 0xfa, 0x21, 0x3d]);

/// A direction that starts with its handshake, in segments of this many bytes.
fn run(stream: &[u8], size: usize) -> Vec<Captured> {
    let mut packets = vec![tcp(alice(), bob(), 0, SYN, b"")];
    for (at, part) in stream.chunks(size).enumerate() {
        let sequence = u32::try_from(1 + at * size).unwrap();
        packets.push(tcp(alice(), bob(), sequence, ACK, part));
    }
    dissect_ip(packets).0
}

#[test]
fn messages_of_both_sides_are_taken_out_of_their_frames() {
    let client =
        [UPGRADE, &frame(true, 1, MASK, REQUEST), &frame(true, 2, MASK, RESPONSE)].concat();
    let server =
        [SWITCHING, &frame(true, 1, None, REQUEST), &frame(true, 2, None, RESPONSE)].concat();
    for stream in [client, server] {
        for size in [1, 3, 100, 10_000] {
            let captured = run(&stream, size);
            assert_all(&captured, &[REQUEST, RESPONSE]);
            assert_eq!(captured[0].transport, Transport::WebSocket);
        }
    }
}

#[test]
fn fragmented_messages_are_whole_and_control_frames_between_them_do_not_matter() {
    let stream = [
        UPGRADE,
        &frame(false, 1, MASK, &REQUEST[..30]),
        &frame(true, 9, MASK, b"ping"),
        &frame(false, 0, MASK, &REQUEST[30..60]),
        &frame(true, 10, MASK, b""),
        &frame(true, 0, MASK, &REQUEST[60..]),
        &frame(true, 1, MASK, b"\r\n\r\n"),
        &frame(true, 1, MASK, RESPONSE),
        &frame(true, 8, MASK, &[3, 232]),
    ]
    .concat();
    assert_all(&run(&stream, 50), &[REQUEST, RESPONSE]);
}

#[test]
fn every_form_of_the_length_is_read() {
    let long = |len: usize| {
        let head = std::str::from_utf8(RESPONSE).unwrap().split("Content-Length").next().unwrap();
        format!("{head}Content-Length: {len}\r\n\r\n{}", "x".repeat(len)).into_bytes()
    };
    for message in [REQUEST.to_vec(), long(100), long(70_000)] {
        let stream =
            [UPGRADE, &frame(true, 1, MASK, &message), &frame(true, 1, MASK, REQUEST)].concat();
        let captured = run(&stream, 1_400);
        assert_eq!(captured.len(), 2, "{}", message.len());
        assert_all(&captured[1..], &[REQUEST]);
    }
}

#[test]
fn a_websocket_whose_handshake_was_not_seen_is_known_by_its_first_frame() {
    for mask in [MASK, None] {
        let stream = [frame(true, 1, mask, REQUEST), frame(true, 1, mask, RESPONSE)].concat();
        let packets = vec![tcp(alice(), bob(), 500, ACK, &stream)];
        assert_all(&dissect_ip(packets).0, &[REQUEST, RESPONSE]);
    }
}

#[test]
fn a_websocket_of_another_subprotocol_is_passed_over() {
    let upgrade = String::from_utf8(UPGRADE.to_vec()).unwrap().replace("mqtt, sip", "mqtt");
    let stream = [upgrade.as_bytes(), &frame(true, 1, MASK, REQUEST)].concat();
    assert!(run(&stream, 100).is_empty());
}

#[test]
fn frames_that_are_none_end_it() {
    // A reserved bit: compressed.
    let mut compressed = frame(true, 1, MASK, REQUEST);
    compressed[0] |= 0x40;
    let continuation = frame(true, 0, MASK, REQUEST);
    let endless = [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0].to_vec();
    for bad in [compressed, continuation, endless] {
        let stream = [UPGRADE, &frame(true, 1, MASK, REQUEST), &bad].concat();
        assert_all(&run(&stream, 100), &[REQUEST]);
    }
}
