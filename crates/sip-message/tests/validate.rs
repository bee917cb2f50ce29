//! What a receiver must refuse, beyond the torture messages.

use sip_message::{Message, Method, Validator, lint};

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
