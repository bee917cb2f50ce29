//! The oracle reads the messages of `testdata/messages` and `testdata/peers`.

use sip_testkit::corpus;
use sip_testkit::facts::{fact, lines, lines_of};
use sip_testkit::oracle;

/// Whether the head and every value of a header with a grammar are valid, and the body complete.
fn is_valid(message: &[u8]) -> bool {
    let Some(head) = oracle::message_head(message) else { return false };
    let all = |name: &str, rule: &dyn Fn(&[u8]) -> bool| {
        lines_of(message, &head, name).into_iter().all(rule)
    };
    let length = lines_of(message, &head, "content-length");
    let body = message.len() - head.head_len;
    all("via", &|value| oracle::via(value).is_some())
        && all("from", &|value| oracle::from_spec(value).is_some())
        && all("to", &|value| oracle::from_spec(value).is_some())
        && all("contact", &|value| oracle::contact(value).is_some())
        && all("route", &|value| oracle::route(value).is_some())
        && all("record-route", &|value| oracle::route(value).is_some())
        && all("cseq", &|value| oracle::cseq(value).is_some())
        && all("call-id", &|value| oracle::call_id(value).is_some())
        && all("max-forwards", &|value| oracle::number(value).is_some())
        && all("expires", &|value| oracle::number(value).is_some())
        && all("content-type", &|value| oracle::media_type(value).is_some())
        && all("supported", &|value| oracle::token_list_or_empty(value).is_some())
        && all("allow", &|value| oracle::token_list_or_empty(value).is_some())
        && length.len() <= 1
        && all("content-length", &|value| {
            oracle::number(value).and_then(|length| length.value()) == Some(body as u64)
        })
}

#[test]
fn good_messages_are_valid_to_the_letter() {
    let mut good = 0;
    for (name, bytes) in corpus::files("messages") {
        if name.ends_with(".sip") && !name.starts_with("bad-") {
            assert!(is_valid(&bytes), "{name}");
            good += 1;
        }
    }
    assert_eq!(good, 8);
}

#[test]
fn bad_messages_have_the_mistake_of_their_name() {
    let text = |name: &str| corpus::read(&format!("messages/bad-{name}.sip"));
    let head_ok = |name: &str| oracle::message_head(&text(name)).is_some();
    for name in ["no-colon", "spaces", "bare-cr", "lf-only"] {
        assert!(!head_ok(name), "{name}");
    }
    let of = |name: &str, header: &str| -> Vec<Vec<u8>> {
        let bytes = text(name);
        let head = oracle::message_head(&bytes).unwrap();
        lines_of(&bytes, &head, header).into_iter().map(<[u8]>::to_vec).collect()
    };
    let says =
        |name: &str, path: &str| String::from_utf8(fact(&text(name), path).unwrap()).unwrap();
    assert_eq!(of("length-negative", "content-length"), [b"-1"]);
    assert_eq!(
        (says("length-large", "content-length"), says("length-large", "body_len")),
        ("500".into(), "6".into())
    );
    assert_eq!(of("length-twice", "content-length"), [b"6", b"0"]);
    assert_eq!(oracle::from_spec(&of("quote", "from")[0]), None);
    assert_eq!(oracle::via(&of("via", "via")[0]), None);
    assert!(of("missing", "call-id").is_empty());
    assert_ne!(says("cseq", "method"), says("cseq", "cseq.method"));
    assert_eq!(says("version", "version"), "SIP/3.0");
    for header in ["from", "to", "contact"] {
        assert_eq!(oracle::from_spec(&of("many", header)[0]), None, "{header}");
    }
    assert_eq!(oracle::via(&of("many", "via")[0]), None);
    assert_eq!(oracle::call_id(&of("many", "call-id")[0]), None);
    assert_eq!(oracle::token_list_or_empty(&of("many", "supported")[0]), None);
}

#[test]
fn the_stream_is_the_call_of_section_24_2() {
    let stream = corpus::read("messages/trapezoid.stream");
    let (mut at, mut starts) = (0, Vec::new());
    loop {
        at += oracle::leading_crlf(&stream[at..]);
        if at == stream.len() {
            break;
        }
        let message = &stream[at..];
        let head = oracle::message_head(message).expect("a head");
        let length = oracle::number(lines_of(message, &head, "content-length")[0]).unwrap();
        let end = head.head_len + usize::try_from(length.value().unwrap()).unwrap();
        assert!(is_valid(&message[..end]));
        let start = fact(message, "method").or_else(|| fact(message, "status")).unwrap();
        starts.push(String::from_utf8(start).unwrap());
        at += end;
    }
    let flow = "INVITE INVITE 100 INVITE 100 180 180 180 200 200 200 ACK BYE 200";
    assert_eq!(starts.join(" "), flow);
}

#[test]
fn peers_are_read_right_by_the_oracle() {
    let peers = corpus::peers();
    assert_eq!(peers.len(), corpus::files("peers").len());
    for peer in &peers {
        for (path, expected) in &peer.facts {
            let answer = fact(&peer.bytes, path).unwrap_or_else(|| panic!("{} {path}", peer.file));
            assert_eq!(
                answer.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "{} {path}",
                peer.file
            );
        }
        let skipped = oracle::leading_crlf(&peer.bytes);
        assert_eq!(skipped, if peer.file == "leading-crlf.sip" { 6 } else { 0 }, "{}", peer.file);
        let valid = is_valid(&peer.bytes[skipped..]);
        assert_eq!(valid, peer.file != "contact-bad-entry.sip", "{}", peer.file);
    }
}

#[test]
fn many_unknown_headers() {
    let message = corpus::unknown_headers(4096);
    assert!(is_valid(&message));
    let head = oracle::message_head(&message).unwrap();
    assert_eq!(lines(&message, &head).len(), 4096 + 7);
}
