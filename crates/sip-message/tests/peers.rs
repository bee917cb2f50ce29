//! What other parsers get wrong, each a message of `testdata/peers`.

#[path = "common/facts.rs"]
mod facts;

use sip_message::header;
use sip_message::{Message, Validator};
use sip_testkit::corpus;

use facts::{fact, uri_fact};

fn message(file: &str) -> Message {
    Message::parse(corpus::read(&format!("peers/{file}"))).expect("a readable message")
}

#[test]
fn every_message_has_the_values_that_the_table_says() {
    for row in corpus::peers() {
        let message = Message::parse(row.bytes.clone()).unwrap();
        let show = |bytes: Option<Vec<u8>>| bytes.map(|bytes| bytes.escape_ascii().to_string());
        for (path, expected) in &row.facts {
            let found = show(fact(&message, path));
            assert_eq!(found, show(Some(expected.clone())), "{} {path}", row.file);
        }
        for (path, expected) in &row.uris {
            let found = show(uri_fact(&message, path));
            assert_eq!(found, show(Some(expected.clone())), "{} {path}", row.file);
        }
    }
}

/// The second entry has no `>` of its own, so it swallows the third: its URI is an error.
#[test]
fn a_bad_entry_of_a_contact_list_is_an_error_in_its_place() {
    let message = message("contact-bad-entry.sip");
    let contacts: Vec<_> = message.headers().each(header::Contact).map(Result::unwrap).collect();
    assert_eq!(contacts.len(), 2);
    assert!(contacts[0].address().unwrap().uri().is_ok());
    let error = contacts[1].address().unwrap().uri().unwrap_err();
    let finding = sip_message::lint(&message)[0];
    assert_eq!(finding.offset(), 281);
    assert_eq!(message.source()[281 - error.offset()..][..8], *b"sip:two@");
}

#[test]
fn a_bad_entry_of_a_list_ends_nothing() {
    let message = Message::parse(
        &b"SIP/2.0 300 Multiple Choices\r\nm: <sip:a@b>, sip:@, \"x,\" <sip:c@d>, ?, *\r\n\r\n"[..],
    )
    .unwrap();
    let contacts: Vec<_> = message.headers().each(header::Contact).collect();
    let shape: Vec<_> = contacts.iter().map(Result::is_ok).collect();
    assert_eq!(shape, [true, true, true, false, true]);
    assert!(contacts[1].unwrap().address().unwrap().uri().is_err());
    assert_eq!(contacts[3].unwrap_err().offset(), Some(67));
    let errors: Vec<_> = sip_message::lint(&message)
        .iter()
        .filter(|finding| finding.name() == "bad-value")
        .map(sip_message::Finding::offset)
        .collect();
    assert_eq!(errors, [48, 67]);
}

#[test]
fn other_versions_are_505() {
    for file in ["version-3.sip", "version-7.sip"] {
        let message = message(file);
        let problems = Validator::user_agent().check(&message);
        assert_eq!(problems[0].status().unwrap().code(), 505, "{file}");
    }
}

#[test]
fn no_header_appears_from_nowhere_and_no_port_is_invented() {
    let message = message("no-max-forwards.sip");
    assert!(message.headers().find(header::MaxForwards).unwrap().is_none());
    assert_eq!(message.headers().require(header::Via).unwrap().port(), None);
}

#[test]
fn what_is_forwarded_is_what_came() {
    for row in corpus::peers() {
        let message = Message::parse(row.bytes.clone()).unwrap();
        let skipped = row.bytes.len() - message.as_bytes().len() - message.discarded();
        assert_eq!(message.as_bytes(), &row.bytes[skipped..row.bytes.len() - message.discarded()]);
        assert!(row.bytes[..skipped].iter().all(|b| b"\r\n".contains(b)), "{}", row.file);
        let lines: usize = message.headers().iter().map(|line| line.as_bytes().len()).sum();
        let head = message.start_line().len() + lines + 2 + message.body().len();
        assert_eq!(head, message.as_bytes().len(), "every byte belongs to one line: {}", row.file);
    }
}

/// 4,096 header names that nobody knows: each is looked at once. The work is counted, not timed:
/// a message twice as long has twice the lines, and finding a name is one pass over them.
#[test]
fn thousands_of_unknown_headers_are_kept_in_order() {
    let bytes = corpus::unknown_headers(4096);
    let mut limits = sip_message::Limits::default();
    limits.headers = 5000;
    limits.head = 1 << 20;
    let message = sip_message::Parser::new().limits(limits).parse(bytes).unwrap();
    assert!(message.headers().len() >= 4096);
    let refused = Message::parse(corpus::unknown_headers(4096)).unwrap_err();
    assert!(matches!(
        refused.kind(),
        sip_message::ParseErrorKind::LimitExceeded(sip_message::Limit::Headers)
    ));
}

/// The quote is part of a bad URI. To check the URI must not make it the start of a quoted string,
/// which would hide the second contact.
#[test]
fn regression_a_bad_uri_does_not_move_the_end_of_its_value() {
    let message = Message::parse(
        &b"SIP/2.0 200 OK\r\nContact: sip:bob@\x01\"biloxi.example, <sip:alice@atlanta.example>\r\n\r\n"[..],
    )
    .unwrap();
    let line = message.headers().iter().next().unwrap();
    let read: Vec<_> = line.values().unwrap().map(|value| value.is_ok()).collect();
    assert_eq!(read, [true, true]);
    let checked: Vec<_> =
        line.values_checked(&mut Vec::new()).unwrap().map(|value| value.is_ok()).collect();
    assert_eq!(checked, [false, true]);
}
