//! Length arithmetic.

use super::*;

/// A message whose body is `length` octets, of which only some come.
fn announced(length: &str, there: usize) -> Vec<u8> {
    [&request(&format!("Content-Length: {length}\r\n"))[..], &vec![b'x'; there]].concat()
}

#[test]
fn a_body_across_many_reads() {
    let bytes = announced("100000", 100_000);
    for size in [1, 7, 1460, 65536] {
        let mut decoder = StreamDecoder::new();
        let mut messages = Vec::new();
        for piece in bytes.chunks(size) {
            decoder.push(piece);
            if let Some(frame) = decoder.next_frame().unwrap() {
                messages.push(frame);
            }
        }
        let [Frame::Message(message)] = &messages[..] else { panic!("one message") };
        assert_eq!((message.as_bytes(), message.body().len()), (&bytes[..], 100_000));
        assert_eq!(decoder.pending(), 0);
    }
}

#[test]
fn a_length_beyond_all_limits_reserves_nothing() {
    let at = announced("", 0).len() - 4;
    for length in ["1048577", "2147483648", "4294967295"] {
        let bytes = announced(length, 10);
        let mut decoder = StreamDecoder::new();
        decoder.push(&bytes);
        let error = decoder.next_frame().unwrap_err();
        assert_eq!(error.kind(), K::LimitExceeded(Limit::Message), "{length}");
        assert_eq!((error.offset(), error.rfc()), (at, "RFC 3261 §21.5.7"), "{length}");
        assert_eq!(decoder.pending(), 0);
        // A datagram has what it has.
        let error = parse(&bytes).unwrap_err();
        assert_eq!((error.kind(), error.rfc()), (K::ShortBody, "RFC 3261 §18.3"));
        let lenient = Parser::new().tolerances(Tolerances::lenient()).parse(bytes).unwrap();
        assert_eq!(lenient.body().len(), 10);
    }
    // Sums do not wrap where the limits are as far away as they can be.
    let mut decoder = StreamDecoder::new().limits(Limits::none());
    decoder.push(&announced("4294967295", 10));
    let error = decoder.next_frame().unwrap_err();
    assert_eq!(error.kind(), K::LimitExceeded(Limit::Message));
}

#[test]
fn numbers_past_their_range() {
    // What is past its range, and what it is read as where that is tolerated.
    for (name, value) in [
        ("CSeq", "!4294967296 INVITE"),
        ("CSeq", "!18446744073709551617 INVITE"),
        ("RAck", "1 !4294967296 INVITE"),
        ("RSeq", "!4294967296"),
        ("Max-Forwards", "!256"),
        ("Expires", "!4294967296"),
        ("Min-Expires", "!99999999999999999999999999999999"),
        ("Session-Expires", "!4294967296;refresher=uac"),
        ("Retry-After", "!4294967296 (never)"),
        ("Via", "SIP/2.0/UDP h;ttl=!256"),
        ("Via", "SIP/2.0/UDP h;rport=!65536"),
        ("Via", "SIP/2.0/UDP h : !65536"),
    ] {
        let at = value.find('!').unwrap();
        let value = value.replacen('!', "", 1);
        for tolerances in [Tolerances::strict(), Tolerances::default()] {
            let expected = Some((ValueErrorKind::NumberOutOfRange, at));
            assert_eq!(refused(name, &value, tolerances), expected, "{name}: {value}");
        }
        assert_eq!(refused(name, &value, Tolerances::lenient()), None, "{name}: {value}");
    }
    let message = with_line("CSeq", b"4294967296 INVITE", Tolerances::lenient());
    assert_eq!(message.headers().require(header::CSeq).unwrap().number(), u32::MAX);
    // A port is part of a host, and a q-value has no larger one.
    for set in SETS {
        let (kind, at) = refused("Via", "SIP/2.0/UDP h:65536", set()).unwrap();
        assert!(matches!(kind, ValueErrorKind::Uri(_)) && at >= 13, "{kind:?} at {at}");
        let (kind, at) = refused("From", "<sip:a@h:65536>", set()).unwrap();
        assert!(matches!(kind, ValueErrorKind::Uri(_)) && at >= 8, "{kind:?} at {at}");
    }
    all_refuse(
        ValueErrorKind::UnexpectedByte,
        &[
            ("CSeq", "!-1 INVITE"),
            ("CSeq", "!+1 INVITE"),
            ("CSeq", "0!x10 INVITE"),
            ("Expires", "!-1"),
            ("Expires", "6!.5"),
            ("Max-Forwards", "70!x"),
            ("Via", "SIP/2.0/UDP h;ttl=!x"),
            ("Contact", "<sip:a@h>;q=!2"),
            ("Contact", "<sip:a@h>;q=0.123!4"),
        ],
    );
}
