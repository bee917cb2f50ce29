//! What attackers send: each ends in an error that says where, or in a value within bounds.
//!
//! | attack | where |
//! |---|---|
//! | arithmetic with lengths, framers that disagree, control characters in names | `framing.rs` |
//! | numbers beyond their range, sizes, ends that come early, what must be there and is not | here |
//! | multiparts | `multipart/attacks.rs` |
//! | line ends and NUL in what is built | `build.rs`, `multipart/building.rs` |
//! | descriptions in bodies | `crates/sdp/tests/quirks.rs` |
//! | work that grows faster than the input | `sip_testkit::attacks`, counted by `.ci/linear` |

#![allow(clippy::unwrap_used)]

use sip_message::header::{self, Header};
use sip_message::{
    HeaderErrorKind, Limit, Message, MultipartErrorKind, ParseErrorKind, StatusCode, StreamDecoder,
    Validator, lint,
};

const HEAD: &str = "OPTIONS sip:a@b.example SIP/2.0\r\n";

fn parse(rest: &str) -> Result<Message, sip_message::ParseError> {
    Message::parse(format!("{HEAD}{rest}\r\n").into_bytes())
}

/// A message with one header line.
fn with(line: &str) -> Message {
    parse(&format!("{line}\r\n")).unwrap()
}

/// The first value of the only line is bad; `!` stands before the byte where it goes wrong.
#[track_caller]
fn bad<H: Header>(line: &str, header: H) {
    let at = line.find('!').unwrap();
    let line = line.replacen('!', "", 1);
    let message = with(&line);
    let Some(Err(error)) = message.headers().each(header).next() else {
        panic!("{line} is read");
    };
    assert_eq!(error.offset(), Some(HEAD.len() + at), "{line}: {error}");
    assert!(matches!(error.kind(), HeaderErrorKind::Value(_)));
    assert_eq!(error.rfc(), H::RFC);
    let found = lint(&message);
    let found = found.iter().find(|finding| finding.name() == "bad-value").unwrap();
    assert_eq!(found.offset(), HEAD.len() + at, "lint says the same");
}

// Numbers beyond their range (AST-2017-009 and its kin).

#[test]
fn a_sequence_number_has_31_bits_and_what_is_beyond_is_refused() {
    assert_eq!(
        with("CSeq: 4294967295 OPTIONS").headers().require(header::CSeq).unwrap().number(),
        u32::MAX
    );
    bad("CSeq: !4294967296 OPTIONS", header::CSeq);
    bad("CSeq: !99999999999999999999 OPTIONS", header::CSeq);
    bad("CSeq: !-1 OPTIONS", header::CSeq);
    bad("CSeq: !+1 OPTIONS", header::CSeq);
    bad("CSeq: 0!x1 OPTIONS", header::CSeq);
}

#[test]
fn ports_hops_and_times_are_within_their_range() {
    bad("Via: SIP/2.0/UDP h:!65536", header::Via);
    bad("Via: SIP/2.0/UDP h:!4294967297", header::Via);
    bad("Max-Forwards: !256", header::MaxForwards);
    bad("Expires: !4294967296", header::Expires);
    bad("Expires: !-1", header::Expires);
    bad("Min-Expires: !18446744073709551617", header::MinExpires);
    let message = with("Contact: <sip:a@h:99999>");
    let contact = message.headers().require(header::Contact).unwrap();
    let error = contact.address().unwrap().uri().unwrap_err();
    assert_eq!(error.offset(), "sip:a@h:".len(), "{error}");
}

#[test]
fn numbers_of_parameters_are_within_their_range() {
    for (line, what) in [
        ("Contact: <sip:a@h>;expires=4294967296", "expires"),
        ("Contact: <sip:a@h>;q=1.1", "q"),
        ("Contact: <sip:a@h>;q=0.0001", "q"),
    ] {
        let message = with(line);
        let findings = lint(&message);
        assert!(findings.iter().any(|f| f.name() == "bad-value"), "{what}: {findings:?}");
    }
    let message = with("Via: SIP/2.0/UDP h;ttl=256;rport=65536");
    assert!(lint(&message).iter().any(|f| f.name() == "bad-value"));
}

// Sizes.

#[test]
fn a_method_of_ten_thousand_letters_is_beyond_no_buffer() {
    // CVE-2017-9372.
    let method = "A".repeat(10_000);
    let message = with(&format!("CSeq: 1 {method}"));
    assert_eq!(message.headers().require(header::CSeq).unwrap().method().as_str(), method);
    let error =
        Message::parse(format!("{method} sip:a@b SIP/2.0\r\n\r\n").into_bytes()).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::StartLine));
}

#[test]
fn many_headers_of_a_kind_end_at_a_limit() {
    // CVE-2018-7284: fifty are fine, fifty thousand are not.
    let lines = |n: usize| "Accept: text/plain\r\n".repeat(n);
    assert_eq!(parse(&lines(50)).unwrap().headers().each(header::Accept).count(), 50);
    let error = parse(&lines(50_000)).unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::MESSAGE_TOO_LARGE));
    assert!(matches!(error.kind(), ParseErrorKind::LimitExceeded(_)), "{error}");
    let error = parse(&"Service-Route: <sip:h;lr>\r\n".repeat(600)).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::Headers));
    // The same on a stream, before the end of the head has come.
    let mut decoder = StreamDecoder::new();
    decoder.push(HEAD.as_bytes());
    let mut pushed = 0;
    let error = loop {
        decoder.push(b"Accept: text/plain\r\n");
        pushed += 1;
        match decoder.next_frame() {
            Ok(frame) => assert!(frame.is_none() && pushed < 10_000),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.kind(), ParseErrorKind::LimitExceeded(_)));
    assert!(pushed <= 600);
}

#[test]
fn long_uris_branches_tags_and_call_ids_are_kept_up_to_the_limit_of_their_line() {
    // AST-2016-004, CVE-2018-8828, sngrep#512.
    let long = "a".repeat(4096);
    let message = with(&format!("Call-ID: {long}"));
    assert_eq!(message.headers().require(header::CallId).unwrap().as_bytes(), long.as_bytes());
    let message = with(&format!("Via: SIP/2.0/UDP h;branch={long}"));
    assert_eq!(message.headers().require(header::Via).unwrap().branch(), Some(&*long));
    let message = with(&format!("From: <sip:{long}@h>;tag={long}"));
    assert_eq!(message.headers().require(header::From).unwrap().tag(), Some(&*long));
    let too_long = "a".repeat(17 << 10);
    let error = parse(&format!("Call-ID: {too_long}\r\n")).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::HeaderLine));
    let error =
        Message::parse(format!("OPTIONS sip:{too_long} SIP/2.0\r\n\r\n").into_bytes()).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::StartLine));
}

// Ends that come early, and pairs of which one is missing (OpenSIPS audit of 2022, pjsip and sofia
// advisories).

#[test]
fn quotes_brackets_and_escapes_that_are_never_closed() {
    bad("Contact: !\"never<sip:a@h>", header::Contact);
    bad("Contact: !\"escaped\\", header::Contact);
    bad("Contact: !\"", header::Contact);
    bad("Contact: !<sip:a@h", header::Contact);
    bad("Contact: !<", header::Contact);
    bad("To: \"a\"! ", header::To);
    bad("Retry-After: 5 !(never", header::RetryAfter);
    bad("Retry-After: 5 !(nested (twice)", header::RetryAfter);
    bad("Authorization: Digest realm=!\"x", header::Authorization);
    bad("Warning: 399 h !\"x", header::Warning);
}

#[test]
fn brackets_the_wrong_way_around() {
    bad("Contact: !>sip:a@h<", header::Contact);
    bad("Route: !>sip:a@h<", header::Route);
}

#[test]
fn uris_and_percent_escapes_that_end_early() {
    for uri in ["sip:", "sip:a@", "sip:%", "sip:%4", "sip:a%zz@h", "sip:a@[::1", "sip:a@h:;x?%"] {
        let message = with(&format!("To: <{uri}>"));
        let to = message.headers().each(header::To).next().unwrap();
        assert!(to.is_err() || to.unwrap().uri().is_err(), "{uri}");
        let request = Message::parse(format!("OPTIONS {uri} SIP/2.0\r\n\r\n").into_bytes());
        if let Ok(Message::Request(request)) = request {
            let error = request.uri().unwrap_err();
            assert!(error.offset() <= uri.len(), "{uri}: {error}");
        }
    }
}

#[test]
fn a_via_that_ends_anywhere_is_bad_or_whole() {
    let line = "Via: SIP/2.0/UDP h.example:5060;branch=z9hG4bK1;received=192.0.2.1;rport=5";
    for end in 4..line.len() {
        let message = with(&line[..end]);
        for via in message.headers().each(header::Via) {
            match via {
                Ok(via) => assert!(line.contains(via.host_str())),
                Err(error) => assert!(error.offset().unwrap() <= HEAD.len() + end),
            }
        }
    }
}

#[test]
fn messages_that_are_cut_anywhere_are_refused_or_whole() {
    let whole = b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
        From: \"A\" <sip:alice@atlanta.example>;tag=1\r\nTo: <sip:bob@biloxi.example>\r\n\
        Call-ID: a84b4c76e66710\r\nCSeq: 314159 INVITE\r\nContent-Length: 4\r\n\r\nbody";
    for end in 0..whole.len() {
        match Message::parse(whole[..end].to_vec()) {
            Ok(message) => assert!(message.as_bytes().len() <= end),
            Err(error) => assert!(error.offset() <= end, "{error} in {end} octets"),
        }
        let mut decoder = StreamDecoder::new();
        decoder.push(&whole[..end]);
        assert!(decoder.next_frame().unwrap().is_none(), "nothing is whole yet");
    }
}

#[test]
fn nothing_but_white_space_is_no_message() {
    for bytes in [&b""[..], b" ", b"\t \t", b"\r\n", b"\r\n\r\n\r\n", b"\n\n", b" \r\n\r\n"] {
        let error = Message::parse(bytes.to_vec()).unwrap_err();
        assert!(error.offset() <= bytes.len(), "{error}");
    }
}

#[test]
fn a_lone_quote_is_no_boundary() {
    let message = with("Content-Type: multipart/mixed;boundary=\"");
    let error = message.multipart().unwrap().unwrap_err();
    assert!(matches!(error.kind(), MultipartErrorKind::ContentType(_)), "{error}");
}

// What must be there and is not.

#[test]
fn what_must_be_there_is_missed_and_what_is_missing_is_named() {
    let lines = [
        "Via: SIP/2.0/UDP h;branch=z9hG4bK1",
        "Max-Forwards: 70",
        "From: <sip:a@h>;tag=1",
        "To: <sip:b@h>",
        "Call-ID: x",
        "CSeq: 1 INVITE",
        "Contact: <sip:a@h>",
    ];
    for missing in lines {
        let name = missing.split(':').next().unwrap();
        let rest: Vec<_> = lines.into_iter().filter(|line| *line != missing).collect();
        let text = format!("INVITE sip:b@h SIP/2.0\r\n{}\r\n\r\n", rest.join("\r\n"));
        let message = Message::parse(text.clone().into_bytes()).unwrap();
        let missed = lint(&message).iter().any(|finding| {
            finding.header().is_some_and(|header| header.as_str() == name) && finding.is_empty()
                || finding.to_string().contains(name)
        });
        assert!(missed, "{name}: {:?}", lint(&message));
        let problems = Validator::user_agent().check(&message);
        let needed = !matches!(name, "Max-Forwards" | "Contact");
        assert_eq!(
            problems.iter().any(|p| p.status() == Some(StatusCode::BAD_REQUEST)),
            needed,
            "{name}"
        );
        // The same of a response: without a Via nobody can send it on.
        let response = text.replacen("INVITE sip:b@h SIP/2.0", "SIP/2.0 200 OK", 1);
        let response = Message::parse(response.into_bytes()).unwrap();
        let problems = Validator::user_agent().check(&response);
        assert_eq!(problems.is_empty(), !needed, "{name}");
    }
}
