//! Files: their forms, and what can be wrong with them.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use sip_capture::{CaptureError, LinkType, Reader};
use sip_testkit::pcap::{Capture, ETHERNET, Form, ethernet, udp};

use crate::tools::{REQUEST, RESPONSE, alice, assert_all, bob, dissect};

const FORMS: [Form; 5] = [Form::Micros, Form::Nanos, Form::BigEndian, Form::Ng, Form::NgBigEndian];

/// 2026-01-01, and a bit.
const START: u64 = 1_767_225_600_000_000_000;

fn two(form: Form) -> Vec<u8> {
    let mut capture = Capture::new(form, ETHERNET);
    capture.packet(START, &ethernet(&[], &udp(alice(), bob(), REQUEST)));
    capture.packet(START + 1_234_567, &ethernet(&[], &udp(bob(), alice(), RESPONSE)));
    capture.into_bytes()
}

#[test]
fn every_form_gives_the_same_packets_with_their_times() {
    for form in FORMS {
        let (captured, statistics) = dissect(&two(form));
        assert_all(&captured, &[REQUEST, RESPONSE]);
        let nanos = matches!(form, Form::Nanos | Form::NgBigEndian);
        let later = START + if nanos { 1_234_567 } else { 1_234_000 };
        assert_eq!(captured[0].time.as_nanos(), START);
        assert_eq!(captured[1].time.as_nanos(), later, "{form:?}");
        assert_eq!((captured[0].packet, captured[1].packet), (1, 2));
        assert_eq!((captured[1].source, captured[1].destination), (bob(), alice()));
        assert_eq!((statistics.packets, statistics.messages), (2, 2));
    }
}

#[test]
fn the_file_of_the_documentation_is_what_it_says() {
    let mut capture = Capture::new(Form::Micros, ETHERNET);
    let (alice, bob) = ("192.0.2.1:5060".parse().unwrap(), "192.0.2.4:5060".parse().unwrap());
    capture.packet(START, &ethernet(&[], &udp(alice, bob, REQUEST)));
    capture.packet(START + 12_000_000, &ethernet(&[], &udp(bob, alice, RESPONSE)));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/options.pcap");
    let bytes = capture.into_bytes();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &bytes).unwrap();
    }
    assert!(std::fs::read(file).unwrap() == bytes, "run with UPDATE=1 to write it");
}

#[test]
fn sections_start_anew_and_unknown_blocks_are_passed_over() {
    let mut capture = Capture::new(Form::Ng, 276);
    capture.section(ETHERNET);
    capture.unknown_block([0xff; 8]);
    capture.packet(START, &ethernet(&[], &udp(alice(), bob(), REQUEST)));
    let mut bytes = capture.into_bytes();
    // Another section, in the other byte order.
    bytes.extend(two(Form::NgBigEndian));
    let (captured, _) = dissect(&bytes);
    assert_all(&captured, &[REQUEST, REQUEST, RESPONSE]);
}

#[test]
fn a_simple_packet_has_no_time_and_the_first_interface() {
    let frame = ethernet(&[], &udp(alice(), bob(), REQUEST));
    let mut bytes = Capture::new(Form::Ng, ETHERNET).into_bytes();
    let len = u32::try_from(frame.len().next_multiple_of(4) + 16).unwrap();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.extend(u32::try_from(frame.len()).unwrap().to_le_bytes());
    bytes.extend(&frame);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend(len.to_le_bytes());
    let packet = Reader::new(&bytes[..]).next_packet().unwrap().unwrap();
    assert_eq!((packet.time.as_nanos(), packet.link), (0, LinkType::Ethernet));
    assert_eq!(packet.data, frame);
}

/// The packets that come before an error, and the error.
fn until_error(bytes: &[u8]) -> (usize, CaptureError) {
    let mut reader = Reader::new(bytes);
    for count in 0.. {
        match reader.next_packet() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no error after {count} packets"),
            Err(error) => return (count, error),
        }
    }
    unreachable!()
}

#[test]
fn an_empty_file_and_one_that_is_no_capture_are_told_apart() {
    assert!(matches!(until_error(b""), (0, CaptureError::Empty)));
    for bytes in [
        &b"hello world, this is text"[..],
        b"hi",
        b"\x7fELF",
        b"\xd4\xc3\xb2\xa2aaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert!(matches!(until_error(bytes), (0, CaptureError::NotACapture)), "{bytes:?}");
    }
}

#[test]
fn a_file_that_is_cut_anywhere_gives_what_is_whole_and_says_where() {
    for form in FORMS {
        let whole = two(form);
        let mut ends = vec![];
        let mut reader = Reader::new(&whole[..]);
        while reader.next_packet().unwrap().is_some() {
            ends.push(usize::try_from(reader.position()).unwrap());
        }
        for cut in 1..whole.len() {
            let mut reader = Reader::new(&whole[..cut]);
            let expected = ends.iter().filter(|end| **end <= cut).count();
            let mut count = 0;
            let end = loop {
                match reader.next_packet() {
                    Ok(Some(_)) => count += 1,
                    end => break end,
                }
            };
            assert_eq!(count, expected, "{form:?} cut at {cut}");
            match end {
                Ok(_) => assert_eq!(reader.position(), cut as u64),
                Err(CaptureError::Cut { offset }) => assert_eq!(offset, reader.position()),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn lengths_that_cannot_be_are_corrupt_at_their_place() {
    for form in FORMS {
        let whole = two(form);
        let mut reader = Reader::new(&whole[..]);
        reader.next_packet().unwrap();
        let second = usize::try_from(reader.position()).unwrap();
        let mut bytes = whole.clone();
        // The length of a packet, or of a block.
        let length = match form {
            Form::Ng | Form::NgBigEndian => second + 4,
            _ => second + 8,
        };
        bytes[length..length + 4].fill(0xff);
        let (count, error) = until_error(&bytes);
        assert_eq!(count, 1);
        assert!(
            matches!(error, CaptureError::Corrupt { offset, .. } if offset == second as u64),
            "{form:?}: {error}"
        );
    }
}

#[test]
fn packets_of_an_interface_that_nobody_has_described_are_corrupt() {
    let mut bytes = two(Form::Ng);
    // The interface of the first packet.
    bytes[28 + 20 + 8] = 9;
    let (count, error) = until_error(&bytes);
    assert_eq!(count, 0);
    assert_eq!(
        error.to_string(),
        "the capture is corrupt at byte 48: a packet of an interface that is not described"
    );
}

/// Gives as many bytes as it is allowed to, and nothing in between.
struct Growing {
    bytes: Vec<u8>,
    at: usize,
    allowed: Rc<Cell<usize>>,
}

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = (self.allowed.get() - self.at).min(buffer.len());
        buffer[..len].copy_from_slice(&self.bytes[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

#[test]
fn a_file_that_grows_is_read_on_without_loss() {
    for form in FORMS {
        let bytes = two(form);
        let allowed = Rc::new(Cell::new(0));
        let mut reader =
            Reader::new(Growing { bytes: bytes.clone(), at: 0, allowed: allowed.clone() });
        let mut packets = Vec::new();
        for len in 0..=bytes.len() {
            allowed.set(len);
            loop {
                match reader.next_packet() {
                    Ok(Some(packet)) => packets.push(packet),
                    Ok(None) | Err(CaptureError::Cut { .. } | CaptureError::Empty) => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        let expected: Vec<_> = {
            let mut reader = Reader::new(&bytes[..]);
            std::iter::from_fn(|| reader.next_packet().unwrap()).collect()
        };
        assert_eq!(packets, expected);
    }
}
