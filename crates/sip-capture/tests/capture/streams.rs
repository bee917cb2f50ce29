//! TCP.

use sip_capture::{Captured, Content, Statistics, Transport};
use sip_testkit::pcap::{ACK, FIN, RST, SYN, tcp};

use crate::tools::{REQUEST, RESPONSE, alice, assert_all, bob, dissect_ip};

fn two() -> Vec<u8> {
    [RESPONSE, REQUEST].concat()
}

/// A SYN, and segments of `stream` that end at these places, starting at this sequence number.
fn segments(first: u32, stream: &[u8], ends: &[usize]) -> Vec<Vec<u8>> {
    let mut packets = vec![tcp(alice(), bob(), first.wrapping_sub(1), SYN, b"")];
    let mut start = 0;
    for end in ends.iter().copied().chain([stream.len()]) {
        let sequence = first.wrapping_add(u32::try_from(start).unwrap());
        packets.push(tcp(alice(), bob(), sequence, ACK, &stream[start..end]));
        start = end;
    }
    packets
}

fn run(packets: Vec<Vec<u8>>) -> (Vec<Captured>, Statistics) {
    dissect_ip(packets)
}

#[test]
fn messages_come_out_with_the_packet_that_completes_them() {
    let (captured, statistics) = run(segments(1, &two(), &[10, 300]));
    assert_all(&captured, &[RESPONSE, REQUEST]);
    assert_eq!((captured[0].packet, captured[1].packet), (3, 4));
    assert_eq!(captured[0].transport, Transport::Tcp);
    assert_eq!((captured[0].source, captured[0].destination), (alice(), bob()));
    assert_eq!((statistics.segments, statistics.gaps), (4, 0));
}

#[test]
fn both_directions_are_followed() {
    let packets = vec![
        tcp(alice(), bob(), 0, SYN, b""),
        tcp(bob(), alice(), 99, SYN | ACK, b""),
        tcp(alice(), bob(), 1, ACK, REQUEST),
        tcp(bob(), alice(), 100, ACK, RESPONSE),
    ];
    let (captured, _) = run(packets);
    assert_all(&captured, &[REQUEST, RESPONSE]);
    assert_eq!(captured[1].source, bob());
}

#[test]
fn segments_are_put_in_order() {
    let mut packets = segments(1, &two(), &[50, 100, 150, 200, 250]);
    packets.swap(2, 5);
    packets.swap(3, 4);
    let (captured, statistics) = run(packets);
    assert_all(&captured, &[RESPONSE, REQUEST]);
    assert_eq!(statistics.gaps, 0);
}

#[test]
fn sequence_numbers_wrap_in_the_middle_of_a_message() {
    let (captured, _) = run(segments(u32::MAX - 100, &two(), &[50, 100, 150, 200]));
    assert_all(&captured, &[RESPONSE, REQUEST]);
}

#[test]
fn retransmissions_and_keep_alives_change_nothing() {
    let mut packets = segments(1, &two(), &[50, 100]);
    packets.push(packets[1].clone());
    packets.insert(3, packets[2].clone());
    // A probe: the last byte once more.
    packets.push(tcp(alice(), bob(), u32::try_from(two().len()).unwrap(), ACK, b"\n"));
    assert_all(&run(packets).0, &[RESPONSE, REQUEST]);
}

#[test]
fn after_a_gap_the_next_message_is_found() {
    let stream = [two(), two(), two()].concat();
    let ends: Vec<usize> = (1..stream.len() / 100).map(|at| at * 100).collect();
    let mut packets = segments(1, &stream, &ends);
    packets.remove(3);
    let (captured, statistics) = run(packets);
    assert_eq!(statistics.gaps, 1);
    // The gap has the end of the first message and the start of the second.
    assert_all(&captured, &[RESPONSE, REQUEST, RESPONSE, REQUEST]);
}

#[test]
fn a_connection_that_was_there_before_the_capture_is_joined_at_the_next_message() {
    let stream = [&REQUEST[100..], RESPONSE, REQUEST].concat();
    for chunk in [7, 40, 200, 2_000] {
        let ends: Vec<usize> = (1..stream.len().div_ceil(chunk)).map(|at| at * chunk).collect();
        let mut packets = segments(77, &stream, &ends);
        packets.remove(0);
        let (captured, _) = run(packets);
        assert_all(&captured, &[RESPONSE, REQUEST]);
    }
}

#[test]
fn a_new_connection_with_the_same_ports_starts_anew() {
    let mut packets = segments(1, &RESPONSE[..100], &[]);
    packets.extend(segments(5_000, REQUEST, &[9]));
    let (captured, statistics) = run(packets);
    assert_all(&captured, &[REQUEST]);
    // The first message has never come.
    assert_eq!(statistics.unreadable, 1);
}

#[test]
fn the_end_of_a_connection_forgets_it() {
    for flag in [FIN, RST] {
        let mut packets = segments(1, REQUEST, &[]);
        let end = 1 + u32::try_from(REQUEST.len()).unwrap();
        packets.push(tcp(alice(), bob(), end, flag, b""));
        packets.extend(segments(9, RESPONSE, &[]).split_off(1));
        assert_all(&run(packets).0, &[REQUEST, RESPONSE]);
    }
}

#[test]
fn keep_alives_between_messages_are_passed_over() {
    let stream = [&b"\r\n\r\n"[..], REQUEST, b"\r\n\r\n\r\n", RESPONSE, b"\r\n"].concat();
    assert_all(&run(segments(1, &stream, &[2, 4, 5])).0, &[REQUEST, RESPONSE]);
}

#[test]
fn another_protocol_is_passed_over() {
    let (captured, statistics) = run(segments(1, &[b'x'; 5_000], &[100, 200]));
    assert_eq!((captured.len(), statistics.unreadable), (0, 0));
    let (captured, _) = run(segments(1, b"EHLO atlanta.example\r\n", &[3]));
    assert!(captured.is_empty());
    let http = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert!(run(segments(1, http, &[2, 9])).0.is_empty());
}

#[test]
fn a_message_that_is_broken_comes_out_with_the_error_and_the_next_is_found() {
    let mut packets = segments(1, b"INVITE sip:a SIP/2.0\r\n:\r\n\r\n", &[]);
    packets.push(tcp(alice(), bob(), 28, ACK, REQUEST));
    let (captured, _) = run(packets);
    assert!(matches!(&captured[0].content, Content::Malformed { .. }));
    assert_all(&captured[1..], &[REQUEST]);
}

#[test]
fn what_is_missing_at_the_end_of_the_capture_is_said() {
    let mut packets = segments(1, &two(), &[50, 100]);
    packets.remove(2);
    let (captured, statistics) = run(packets);
    assert_eq!((captured.len(), statistics.gaps), (1, 1));
    assert_all(&captured, &[REQUEST]);
}
