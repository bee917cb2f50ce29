//! What a receiver must refuse, beyond the torture messages.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

use sip_message::{Message, Method, ParseError, Validator, lint};

fn request(lines: &str) -> Message {
    let text = format!(
        "REGISTER sip:b.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\n\
         From: <sip:a@a.example>;tag=1\r\nTo: <sip:a@a.example>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\n\
         Max-Forwards: 70\r\n{lines}\r\n"
    );
    Message::parse(text.into_bytes()).expect("a readable message")
}

fn names(message: &Message) -> Vec<(&'static str, Option<u16>)> {
    let problems = Validator::user_agent().check(message);
    problems.iter().map(|p| (p.name(), p.status().map(sip_message::StatusCode::code))).collect()
}

#[test]
fn a_star_stands_alone_and_with_expires_0() {
    assert_eq!(names(&request("Contact: *\r\nExpires: 0\r\n")), []);
    for lines in [
        "Contact: *\r\n",
        "Contact: *\r\nExpires: 1\r\n",
        "Contact: <sip:a@b.example>, *\r\nExpires: 0\r\n",
        "Contact: *\r\nm: *\r\nExpires: 0\r\n",
    ] {
        assert_eq!(names(&request(lines)), [("star-contact", Some(400))], "{lines}");
    }
}

#[test]
fn a_contact_whose_typed_parameters_are_bad_is_found() {
    for (lines, bad) in [
        ("Contact: <sip:a@b.example>;q=7\r\n", "7"),
        ("Contact: <sip:a@b.example>;q=0.5;expires=x\r\n", "x\r"),
        ("Contact: <sip:a@b.example>;q=1.001\r\n", "1\r\n\r\n"),
    ] {
        let message = request(lines);
        assert_eq!(names(&message), [("value", Some(400))], "{lines}");
        let finding = lint(&message)[0];
        assert!(
            message.source()[finding.offset()..].starts_with(bad.as_bytes()),
            "{lines} {finding}"
        );
    }
}

#[test]
fn a_method_that_is_not_allowed_is_405_and_one_that_nobody_knows_501() {
    let message = request("");
    for (methods, status) in [(&[Method::REGISTER][..], None), (&[Method::INVITE][..], Some(405))] {
        let problems = Validator::user_agent().methods(methods).check(&message);
        assert_eq!(
            problems
                .first()
                .and_then(sip_message::Problem::status)
                .map(sip_message::StatusCode::code),
            status
        );
    }
    // A proxy forwards what it does not know (RFC 3261 §16.3).
    assert!(Validator::proxy().methods(&[]).check(&message).is_empty());
}

#[test]
fn a_body_without_a_type_is_400() {
    assert_eq!(names(&request("\r\nbody")), [("missing-header", Some(400))]);
    assert_eq!(names(&request("Content-Type: text/plain\r\n\r\nbody")), []);
}

#[test]
fn what_is_missing_has_no_place_and_what_is_double_has_the_second() {
    let message =
        Message::parse(&b"SIP/2.0 200 OK\r\nFrom: <sip:a@b>\r\nFrom: <sip:a@b>\r\n\r\n"[..])
            .expect("a readable message");
    let problems = Validator::proxy().check(&message);
    let found: Vec<_> = problems
        .iter()
        .map(|p| (p.header().map(sip_message::HeaderName::as_str), p.offset()))
        .collect();
    let missing = ["Via", "To", "Call-ID", "CSeq"].map(|name| (Some(name), None));
    for missing in missing {
        assert!(found.contains(&missing), "{found:?}");
    }
    assert!(found.contains(&(Some("From"), Some(33))), "{found:?}");
    assert!(problems.iter().all(|problem| problem.status().is_none()), "a response is dropped");
}

/// What is said of each problem, to whom it is answered, and where it is. `^` is the place; what is
/// missing has none.
#[test]
fn every_problem_has_its_words_its_status_and_its_place() {
    const CORE: &str = "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\nFrom: <sip:a@a.example>;tag=1\r\n\
        To: <sip:a@a.example>\r\nCall-ID: x\r\n";
    let agent = Validator::user_agent()
        .methods(&[Method::INVITE, Method::REGISTER])
        .schemes(&["sip", "urn"])
        .extensions(&["100rel"])
        .content_types(&[("application", "sdp")]);
    let proxy = Validator::proxy().extensions(&["path"]);
    let cases = [
        (
            &agent,
            "INVITE sip:b SIP/3.0",
            "CSeq: 1 INVITE|",
            "version",
            505,
            "the version is not SIP/2.0 (RFC 3261 §21.5.6)",
        ),
        (
            &agent,
            "^BYE sip:b SIP/2.0",
            "CSeq: 1 BYE|",
            "method-not-allowed",
            405,
            "the method is not allowed (RFC 3261 §8.2.1)",
        ),
        (
            &agent,
            "^NEWER sip:b SIP/2.0",
            "CSeq: 1 NEWER|",
            "method-not-allowed",
            501,
            "the method is not allowed (RFC 3261 §8.2.1)",
        ),
        (
            &agent,
            "INVITE sip:b@^ SIP/2.0",
            "CSeq: 1 INVITE|",
            "request-uri",
            400,
            "Request-URI: host: expected a host at byte 6 (RFC 3261 §25.1)",
        ),
        (
            &agent,
            "INVITE ^tel:+1 SIP/2.0",
            "CSeq: 1 INVITE|",
            "scheme",
            416,
            "the scheme of the Request-URI is not supported (RFC 3261 §8.2.2.1)",
        ),
        (
            &agent,
            "INVITE sip:b^?a=b SIP/2.0",
            "CSeq: 1 INVITE|",
            "request-uri-headers",
            400,
            "the Request-URI has headers (RFC 3261 §19.1.1)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "",
            "missing-header",
            400,
            "CSeq is missing (RFC 3261 §8.1.1)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|^i: y|",
            "duplicate-header",
            400,
            "Call-ID is there more than once (RFC 3261 §7.3.1)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: ^x INVITE|",
            "value",
            400,
            "CSeq: expected a sequence number at byte 138 (RFC 3261 §20.16)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: ^1 BYE|",
            "cseq-method",
            400,
            "CSeq has another method than the request (RFC 3261 §8.1.1.5)",
        ),
        (
            &proxy,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|Max-Forwards: ^0|",
            "no-forwards",
            483,
            "Max-Forwards is used up (RFC 3261 §16.3)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|Require: ^100rel, path|",
            "extension",
            420,
            "Require asks for an extension that is not supported (RFC 3261 §8.2.2.3)",
        ),
        (
            &proxy,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|Proxy-Require: ^x|",
            "extension",
            420,
            "Proxy-Require asks for an extension that is not supported (RFC 3261 §8.2.2.3)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|c: ^text/plain||x",
            "media-type",
            415,
            "Content-Type is not supported (RFC 3261 §8.2.3)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE||x",
            "missing-header",
            400,
            "Content-Type is missing (RFC 3261 §20.15)",
        ),
        (
            &agent,
            "INVITE sip:b SIP/2.0",
            "CSeq: 1 INVITE|m: ^*|",
            "star-contact",
            400,
            "Contact is `*` where it may not be (RFC 3261 §10.3)",
        ),
        (
            &agent,
            "SIP/3.0 200 OK",
            "CSeq: 1 INVITE|",
            "version",
            0,
            "the version is not SIP/2.0 (RFC 3261 §21.5.6)",
        ),
        (
            &agent,
            "SIP/2.0 200 OK",
            "CSeq: 1 INVITE|Via: SIP/2.0/UDP b.example|",
            "not-for-us",
            0,
            "Via has more than one value in a response (RFC 3261 §8.1.3.3)",
        ),
    ];
    for (validator, start, lines, name, status, words) in cases {
        let lines = lines.replace('|', "\r\n");
        let end = if lines.contains("\r\n\r\n") { "" } else { "\r\n" };
        let text = format!("{start}\r\n{CORE}{lines}{end}");
        let place = text.find('^');
        let message: Result<_, ParseError> = Message::parse(text.replace('^', ""));
        let message = message.unwrap_or_else(|error| panic!("{text}: {error}"));
        let problems = validator.check(&message);
        let [problem] = problems[..] else { panic!("{text}: {problems:?}") };
        let found = problem.status().map_or(0, sip_message::StatusCode::code);
        assert_eq!((problem.name(), found), (name, status), "{text}");
        assert_eq!(problem.to_string(), words);
        assert!(words.starts_with(&format!("{problem:#}")), "{problem:#}");
        if let Some(place) = place {
            assert_eq!(problem.offset(), Some(place), "{text}");
        }
    }
}
