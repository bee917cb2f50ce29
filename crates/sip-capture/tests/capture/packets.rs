//! Link layers, IP, fragments, datagrams.

use sip_capture::{Config, Content, Dissector, LinkType, Packet, Timestamp, Transport};
use sip_testkit::pcap::{
    Capture, ETHERNET, Form, ethernet, fragments, ip, linux_sll, linux_sll2, loopback, udp,
};

use crate::tools::{REQUEST, RESPONSE, alice, alice6, assert_all, bob, bob6, dissect, dissect_ip};

/// One packet of this link type.
fn one(link: u32, frame: &[u8]) -> Vec<u8> {
    let mut capture = Capture::new(Form::Micros, link);
    capture.packet(1, frame);
    capture.into_bytes()
}

/// Whether the request is found in a frame with IPv4 and one with IPv6.
fn is_found(link: u32, frame: impl Fn(&[u8]) -> Vec<u8>) {
    for packet in [udp(alice(), bob(), REQUEST), udp(alice6(), bob6(), REQUEST)] {
        let (captured, _) = dissect(&one(link, &frame(&packet)));
        assert_all(&captured, &[REQUEST]);
        assert_eq!(captured[0].transport, Transport::Udp);
    }
}

#[test]
fn ethernet_is_read() {
    is_found(ETHERNET, |ip| ethernet(&[], ip));
}

#[test]
fn vlan_tags_are_looked_behind() {
    is_found(ETHERNET, |ip| ethernet(&[(0x8100, 7)], ip));
    is_found(ETHERNET, |ip| ethernet(&[(0x88a8, 7), (0x8100, 8)], ip));
}

#[test]
fn linux_cooked_captures_are_read() {
    is_found(113, linux_sll);
    is_found(276, linux_sll2);
}

#[test]
fn loopback_is_read() {
    is_found(0, loopback);
    is_found(108, loopback);
}

#[test]
fn raw_ip_is_read() {
    for link in [12, 14, 101] {
        is_found(link, <[u8]>::to_vec);
    }
    let (captured, _) = dissect(&one(228, &udp(alice(), bob(), REQUEST)));
    assert_eq!(captured.len(), 1);
    let (captured, _) = dissect(&one(229, &udp(alice6(), bob6(), REQUEST)));
    assert_eq!(captured.len(), 1);
}

#[test]
fn what_is_no_ip_is_counted() {
    let (captured, statistics) = dissect(&one(127, &ethernet(&[], &udp(alice(), bob(), REQUEST))));
    assert_eq!((captured.len(), statistics.not_ip), (0, 1));
    let arp = [&[0xff; 12][..], &[0x08, 0x06], &[0; 28]].concat();
    let (captured, statistics) = dissect(&one(ETHERNET, &arp));
    assert_eq!((captured.len(), statistics.not_ip), (0, 1));
    for short in 0..14 {
        assert_eq!(dissect(&one(ETHERNET, &vec![8; short])).1.not_ip, 1);
    }
}

#[test]
fn padding_of_short_frames_is_no_part_of_the_datagram() {
    let mut frame = ethernet(&[], &udp(alice(), bob(), RESPONSE));
    frame.extend([0; 20]);
    let (captured, _) = dissect(&one(ETHERNET, &frame));
    assert_all(&captured, &[RESPONSE]);
}

#[test]
fn fragments_are_put_together_in_any_order() {
    for packet in [udp(alice(), bob(), RESPONSE), udp(alice6(), bob6(), RESPONSE)] {
        let mut parts = fragments(&packet, 64);
        assert!(parts.len() > 3);
        let (captured, statistics) = dissect_ip(parts.clone());
        assert_all(&captured, &[RESPONSE]);
        assert_eq!(statistics.fragments, parts.len() as u64);
        parts.reverse();
        assert_all(&dissect_ip(parts.clone()).0, &[RESPONSE]);
        // One twice.
        parts.push(parts[1].clone());
        assert_all(&dissect_ip(parts.clone()).0, &[RESPONSE]);
        // One missing.
        parts.remove(1);
        parts.pop();
        assert!(dissect_ip(parts).0.is_empty());
    }
}

#[test]
fn fragments_that_wait_are_bounded() {
    let mut config = Config::default();
    config.limits.fragmented = 8;
    let mut dissector = Dissector::new(config);
    for number in 0..1_000_u16 {
        let mut fragment = fragments(&udp(alice(), bob(), REQUEST), 64).swap_remove(0);
        fragment[4..6].copy_from_slice(&number.to_be_bytes());
        dissector.push(&Packet {
            number: u64::from(number),
            time: Timestamp::from_nanos(u64::from(number)),
            link: LinkType::RawIp,
            original_len: 0,
            data: fragment.into(),
        });
    }
    assert!(dissector.statistics().fragmented_lost >= 990);
}

#[test]
fn a_datagram_that_the_capture_has_cut_is_malformed_and_counted() {
    let frame = ethernet(&[], &udp(alice(), bob(), RESPONSE));
    let mut capture = Capture::new(Form::Micros, ETHERNET);
    capture.cut_packet(1, &frame[..150], frame.len());
    let (captured, statistics) = dissect(&capture.into_bytes());
    assert_eq!((statistics.cut, statistics.unreadable), (1, 1));
    assert!(
        matches!(&captured[0].content, Content::Malformed { bytes, .. } if bytes.len() == 150 - 42)
    );
}

#[test]
fn datagrams_that_are_no_sip_are_passed_over() {
    let rtp = [&[0x80, 0, 0x12, 0x34][..], &[0; 168]].concat();
    let stun = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
    for payload in [&rtp[..], &stun, b"", b"\r\n\r\n", b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n"] {
        let (captured, statistics) = dissect_ip([udp(alice(), bob(), payload)]);
        assert_eq!((captured.len(), statistics.datagrams), (0, 1));
        assert_eq!(statistics.unreadable, 0);
    }
}

#[test]
fn what_has_the_first_line_of_sip_and_is_none_comes_out_with_the_error() {
    let (captured, statistics) =
        dissect_ip([udp(alice(), bob(), b"INVITE sip:a SIP/2.0\r\n:\r\n\r\n")]);
    assert_eq!(statistics.unreadable, 1);
    assert!(matches!(&captured[0].content, Content::Malformed { .. }));
}

#[test]
fn headers_that_are_cut_off_are_counted() {
    for protocol in [6, 17] {
        for len in 0..8 {
            let packet = ip(alice().ip(), bob().ip(), protocol, &vec![1; len]);
            let (_, statistics) = dissect_ip([packet]);
            assert_eq!(statistics.malformed, 1, "protocol {protocol}, {len} bytes");
        }
    }
}
