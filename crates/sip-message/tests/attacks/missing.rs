//! Missing mandatory headers: each is named, and an answer is made of what is there.

use sip_message::encode::BuildErrorKind;
use sip_message::{HeaderName, ProblemKind, Request, StatusCode, Validator, respond_to_malformed};

use super::*;

const MANDATORY: [&str; 5] = ["Via", "From", "To", "Call-ID", "CSeq"];

/// A message without the lines of this name.
fn without(bytes: &[u8], name: &str) -> Message {
    let text = std::str::from_utf8(bytes).unwrap();
    let gone = |line: &&str| line.split(':').next() != Some(name);
    parse(text.split_inclusive("\r\n").filter(gone).collect::<String>().as_bytes()).unwrap()
}

/// What is said to be missing, and the status to answer.
fn missing(message: &Message, validator: &Validator<'_>) -> Vec<(String, Option<u16>)> {
    let problems = validator.check(message);
    let missing = problems.iter().filter(|problem| problem.kind() == ProblemKind::MissingHeader);
    missing
        .map(|problem| {
            assert_eq!((problem.offset(), problem.rfc()), (None, "RFC 3261 §8.1.1"));
            (problem.header().unwrap().to_string(), problem.status().map(StatusCode::code))
        })
        .collect()
}

#[test]
fn of_a_request() {
    let bytes = request("Content-Length: 0\r\n");
    for name in MANDATORY {
        let message = without(&bytes, name);
        for validator in [Validator::user_agent(), Validator::proxy()] {
            assert_eq!(missing(&message, &validator), [(name.to_owned(), Some(400))]);
        }
        let error = message.headers().raw(name);
        assert_eq!(error, None);
        let answer = answer(message.as_request().unwrap());
        if name == "Via" {
            assert_eq!(answer.unwrap_err(), BuildErrorKind::Missing);
        } else {
            assert_eq!(answer.unwrap().headers().raw(name), None);
        }
        sound(&message);
    }
    // RFC 3261 §8.1.1.8 asks it of the sender, and no receiver refuses it.
    let message = without(&bytes, "Contact");
    assert_eq!(Validator::user_agent().check(&message), []);
    assert!(lint(&message).iter().any(|finding| finding.name() == "missing-contact"));
    // Nothing at all.
    let message = parse(b"INVITE sip:b SIP/2.0\r\n\r\n").unwrap();
    let all = MANDATORY.map(|name| (name.to_owned(), Some(400)));
    assert_eq!(missing(&message, &Validator::proxy()), all);
    for (error, name) in [
        (message.headers().require(header::Via).unwrap_err(), HeaderName::VIA),
        (message.headers().require(header::CSeq).unwrap_err(), HeaderName::CSEQ),
    ] {
        assert_eq!((error.kind(), error.name()), (HeaderErrorKind::Missing, name));
        assert_eq!(error.offset(), None);
    }
    let request = message.as_request().unwrap();
    assert!(request.cancel().build().is_err());
    assert!(request.edit().remove_first(header::Via).finish().is_ok());
}

/// The 400 for a request.
fn answer(request: &Request) -> Result<sip_message::Response, BuildErrorKind> {
    let answer = request.respond(StatusCode::BAD_REQUEST).to_tag("1").build();
    answer.map_err(|error| error.kind())
}

#[test]
fn of_a_response() {
    let text = request("").to_vec();
    let text = [b"SIP/2.0 200 OK", &text[text.iter().position(|b| *b == b'\r').unwrap()..]];
    let bytes = text.concat();
    for name in MANDATORY {
        let message = without(&bytes, name);
        // What is wrong with a response is not answered.
        let expected = [(name.to_owned(), None)];
        assert_eq!(missing(&message, &Validator::user_agent()), expected);
        sound(&message);
    }
    assert_eq!(Validator::proxy().check(&without(&bytes, "X")), []);
}

#[test]
fn an_ack_is_never_answered() {
    let ack = "ACK sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n";
    let message = parse(format!("{ack}\r\n").as_bytes()).unwrap();
    let answer = answer(message.as_request().unwrap());
    assert_eq!(answer.unwrap_err(), BuildErrorKind::AckIsNotAnswered);
    let bad = format!("{ack}bad\r\n\r\n");
    let error = parse(bad.as_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::MissingColon, ack.len() + 3));
    assert!(respond_to_malformed(bad.as_bytes(), &error).is_none());
    // Nor is a response that cannot be read.
    let bad = bad.replacen("ACK sip:b SIP/2.0", "SIP/2.0 200 OK", 1);
    let error = parse(bad.as_bytes()).unwrap_err();
    assert_eq!(error.status(), None);
    assert!(respond_to_malformed(bad.as_bytes(), &error).is_none());
}

#[test]
fn what_came_with_a_fold_or_a_control_is_answered_without() {
    let bytes = b"OPTIONS sip:b SIP/2.0\r\n\
        Via: SIP/2.0/UDP h\r\n ;branch=z9hG4bK1\r\n\
        From: \"a\x01\0b\" <sip:a>;tag=1\r\n\
        To: <sip:b>\r\n\tX: y\r\n\
        bad\r\n\r\nEvil: yes\r\n";
    let error = parse(bytes).unwrap_err();
    let answer = respond_to_malformed(bytes, &error).unwrap().to_tag("2").build().unwrap();
    let lines = answer.headers();
    let names: Vec<_> = lines.iter().map(|line| line.name_str()).collect();
    assert_eq!(names, ["Via", "From", "To", "Content-Length"]);
    let head = answer.head();
    assert!(!head.iter().any(|b| *b < b' ' && !b"\r\n".contains(b)), "{answer:?}");
    assert!(lines.iter().all(|line| !line.is_folded()));
}
