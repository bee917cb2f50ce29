//! Properties of every row of the header table, of messages, and of builders: what stricter rules
//! take, looser ones take and read the same; what is written is read as it was; what is built is
//! what was asked for.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "common/rows.rs"]
mod rows;

use proptest::prelude::*;
use sip_message::encode::{Encode, EncodeError, EncodeErrorKind};
use sip_message::header::ListKind;
use sip_message::value::{NameAddr, QValue, Value};
use sip_message::{
    HeaderName, Message, Method, Parser, Request, Response, Rule, Sipfrag, StatusCode,
    StreamDecoder, Tolerances, header,
};
use sip_testkit::{mutate, strategy};

use rows::ROWS;

const SETS: [fn() -> Tolerances; 3] =
    [Tolerances::strict, Tolerances::default, Tolerances::lenient];

/// What a value is, whatever it was read under: the family, the parts, the value as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    parts: String,
    /// `None` for a value that no line may have, since a NUL is in it.
    written: Option<Vec<u8>>,
}

fn see(value: &Value<'_>) -> Seen {
    let address = |address: &NameAddr<'_>| {
        let name = address.display_name().map(|name| name.unquoted().into_owned());
        // The URI is compared as it came and by what it means.
        let uri = address.uri().map(|uri| uri.to_string()).ok();
        let params: Vec<_> = address
            .params()
            .iter()
            .map(|param| (param.name(), param.value().map(std::borrow::Cow::into_owned)))
            .collect();
        format!("{name:?} {uri:?} {params:?} {:?} {}", address.tag(), address.has_brackets())
    };
    let parts = match value {
        // These keep the rules that they were read under, for the URI to be read later.
        Value::NameAddr(found) => address(found),
        Value::Contact(found) => {
            let q = found.q().map(|q| q.ok().map(QValue::thousandths));
            let expires = found.expires().map(Result::ok);
            format!("{:?} {q:?} {expires:?}", found.address().map(|found| address(&found)))
        }
        other => format!("{other:?}"),
    };
    let written = value.to_value();
    let nul = written.as_ref().err().map(EncodeError::kind);
    assert!(nul.is_none_or(|kind| kind == EncodeErrorKind::Nul), "{value:?}: {written:?}");
    Seen { parts, written: written.ok() }
}

/// A message of one line of this row; `None` when it is not one line.
fn carry(name: &str, value: &[u8], tolerances: Tolerances) -> Option<Message> {
    let bytes = [b"SIP/2.0 200 OK\r\n", name.as_bytes(), b": ", value, b"\r\n\r\n"].concat();
    // A Content-Length is a value like any other here.
    let tolerances = tolerances.with(Rule::ShortBody);
    let message = Parser::new().tolerances(tolerances).parse(bytes).ok()?;
    let lines = message.headers().len();
    let whole = message.headers().iter().next()?.range().end == message.empty_line_offset();
    (lines == 1 && whole).then_some(message)
}

/// What the line of a message decodes to, all of it or nothing.
fn decode(message: &Message) -> Option<Vec<Seen>> {
    let line = message.headers().iter().next()?;
    let mut deviations = Vec::new();
    let checked: Option<Vec<_>> = line.values_checked(&mut deviations)?.map(Result::ok).collect();
    checked?;
    line.values()?.map(|value| value.map(|value| see(&value)).ok()).collect()
}

/// A row, and a value for it: its own sample, that of another row, or a generated one; most often
/// edited.
fn row_and_value() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let sample = || prop::sample::select(ROWS);
    let generated = prop_oneof![
        strategy::address_list().prop_map(|sample| sample.text),
        strategy::route_list().prop_map(|sample| sample.text),
        strategy::contacts().prop_map(|sample| sample.text),
        strategy::via_list().prop_map(|sample| sample.text),
        strategy::cseq().prop_map(|sample| sample.text),
        strategy::token_list().prop_map(|sample| sample.text),
        strategy::media_type().prop_map(|sample| sample.text),
        strategy::number(u32::MAX).prop_map(|sample| sample.text),
        strategy::call_id(),
        strategy::text_line(),
    ];
    let with_params = (sample(), strategy::params())
        .prop_map(|(row, params)| (row.0, [row.1.as_bytes(), &params.text].concat()));
    let value = prop_oneof![
        4 => sample().prop_map(|row| (row.0, row.1.as_bytes().to_vec())),
        2 => with_params,
        1 => (sample(), sample()).prop_map(|(row, other)| (row.0, other.1.as_bytes().to_vec())),
        3 => (sample(), generated).prop_map(|(row, value)| (row.0, value)),
    ];
    let edits = prop_oneof![1 => Just(Vec::new()), 3 => strategy::edits()];
    (value, edits).prop_map(|((name, value), edits)| (name, mutate::apply_all(&edits, &value)))
}

/// Each value that a line has, written alone, is one value and the same.
fn round_trip(name: &str, value: &[u8], tolerances: Tolerances) {
    let Some(message) = carry(name, value, tolerances) else { return };
    let Some(seen) = decode(&message) else { return };
    let folded = message.headers().iter().next().unwrap().is_folded();
    for seen in seen {
        let Some(written) = &seen.written else { continue };
        let again = carry(name, written, tolerances);
        let again = again.unwrap_or_else(|| panic!("{name}: {}", written.escape_ascii()));
        let read = decode(&again).unwrap_or_else(|| panic!("{name}: {again:?}"));
        let [again] = &read[..] else { panic!("{name}: {again:?}") };
        assert_eq!(again.written, seen.written, "{name}");
        // A fold is white space, and is written as a space.
        if !folded {
            assert_eq!(again, &seen, "{name}");
        }
    }
}

#[test]
fn the_sample_of_every_row_is_written_as_it_is_read() {
    for (name, value, _) in ROWS {
        for set in SETS {
            let message = carry(name, value.as_bytes(), set()).expect(name);
            assert!(decode(&message).is_some_and(|seen| !seen.is_empty()), "{name}");
            round_trip(name, value.as_bytes(), set());
        }
        // One value of the line, put into a message by its type's name, comes out again.
        let message = carry(name, value.as_bytes(), Tolerances::strict()).unwrap();
        let response = message.as_response().unwrap();
        let lines = response.headers();
        let values: Vec<_> = lines.iter().next().unwrap().values().unwrap().flatten().collect();
        let list = values.iter().map(|value| value.to_value().unwrap()).collect::<Vec<_>>();
        let edited = response.edit().set_raw(name, list.join(&b", "[..])).finish();
        // The sample of Content-Length is that of this message.
        let edited: Message = edited.unwrap().into();
        assert_eq!(decode(&edited), decode(&message), "{name}");
    }
}

/// There are many rows, and each wants its share.
fn many() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { failure_persistence: None, cases: default.cases * 8, ..default }
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn looser_rules_read_every_row_as_stricter_ones_do((name, value) in row_and_value()) {
        let mut stricter = None;
        for set in SETS {
            let read = carry(name, &value, set()).as_ref().and_then(decode);
            if let Some(before) = stricter {
                prop_assert_eq!(read.as_ref(), Some(&before), "{}", name);
            }
            stricter = read;
        }
    }

    #[test]
    fn every_row_is_written_as_it_is_read((name, value) in row_and_value()) {
        for set in SETS {
            round_trip(name, &value, set());
        }
    }
}

type Lines = Vec<(String, Vec<u8>)>;

/// The start line, the header lines, the body, and the Request-URI as it was understood.
type Whole = (Vec<u8>, Lines, Vec<u8>, Option<String>);

/// What a message is, whatever it was read under.
fn whole(message: &Message) -> Whole {
    let lines = message.headers();
    let lines = lines.iter().map(|line| (line.name().to_string(), line.value().to_vec())).collect();
    let first = match message {
        Message::Request(request) => {
            [request.method().as_str().as_bytes(), b" ", request.uri_bytes()].concat()
        }
        Message::Response(response) => {
            [response.status().to_string().as_bytes(), b" ", response.reason()].concat()
        }
    };
    let uri = message.as_request().and_then(|request| request.uri().ok());
    (first, lines, message.body().to_vec(), uri.map(|uri| uri.to_string()))
}

/// A line for a builder: a row's sample or an unknown header.
fn line() -> impl Strategy<Value = (String, Vec<u8>)> {
    let text = |(name, value): (Vec<u8>, Vec<u8>)| (String::from_utf8(name).unwrap(), value);
    prop_oneof![
        3 => prop::sample::select(ROWS).prop_map(|row| (row.0.to_owned(), row.1.into())),
        1 => strategy::unknown_header().prop_map(text),
        1 => ("X-[A-Za-z0-9]{1,12}", prop::collection::vec(any::<u8>(), 0..30)),
    ]
}

/// Which of the lines a builder takes: a header that may be there once is there once, and no value
/// ends a line.
fn taken(lines: &[(String, Vec<u8>)], there: &[HeaderName<'_>]) -> Lines {
    let mut taken: Lines = Vec::new();
    for (name, value) in lines {
        let known = HeaderName::new(name).unwrap();
        let row = ROWS.iter().find(|row| row.0 == name);
        let single = row.is_some_and(|row| list_kind(row.0) == ListKind::Single);
        let twice = taken.iter().any(|(other, _)| HeaderName::new(other) == Some(known));
        let ends = value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        if !(there.contains(&known) || ends || single && twice) {
            taken.push((name.clone(), value.clone()));
        }
    }
    taken
}

fn list_kind(name: &str) -> ListKind {
    let sample = ROWS.iter().find(|row| row.0 == name).unwrap().1;
    let message = carry(name, sample.as_bytes(), Tolerances::lenient()).unwrap();
    message.headers().iter().next().unwrap().list_kind().unwrap()
}

/// What a parser makes of a value: no white space around it.
fn trimmed(lines: &Lines) -> Lines {
    let trim = |value: &[u8]| {
        let start = value.iter().take_while(|byte| b" \t".contains(byte)).count();
        let behind = value[start..].iter().rev().take_while(|byte| b" \t".contains(byte)).count();
        value[start..value.len() - behind].to_vec()
    };
    lines.iter().map(|(name, value)| (name.clone(), trim(value))).collect()
}

/// What is built is read under strict rules as it was asked for.
fn read_again(built: &Message, lines: &Lines, body: &[u8]) {
    let mut parser = Parser::new().tolerances(Tolerances::strict());
    let again = parser.parse(built.to_bytes()).unwrap();
    assert_eq!(again.deviations(), []);
    assert_eq!(whole(&again), whole(built));
    assert_eq!(again.body(), body);
    let headers = again.headers();
    let found: Lines =
        headers.iter().map(|line| (line.name().to_string(), line.value().to_vec())).collect();
    let asked: Vec<_> = found.iter().filter(|line| lines.contains(line)).collect();
    assert!(asked.iter().copied().eq(lines), "{found:?} for {lines:?}");
    // A stream frames it as the datagram did.
    let mut decoder = StreamDecoder::new().tolerances(Tolerances::strict());
    decoder.push(built.as_bytes());
    let Ok(Some(sip_message::Frame::Message(streamed))) = decoder.next_frame() else {
        panic!("a message")
    };
    assert_eq!(whole(&streamed), whole(built));
}

const REQUIRED: [HeaderName<'static>; 9] = [
    HeaderName::VIA,
    HeaderName::FROM,
    HeaderName::TO,
    HeaderName::CALL_ID,
    HeaderName::CSEQ,
    HeaderName::MAX_FORWARDS,
    HeaderName::CONTACT,
    HeaderName::CONTENT_TYPE,
    HeaderName::CONTENT_LENGTH,
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn looser_rules_read_messages_as_stricter_ones_do(
        message in prop_oneof![strategy::mutated(), strategy::message().prop_map(|m| m.bytes)],
    ) {
        let (mut stricter, mut fragment) = (None::<Whole>, None);
        for set in SETS {
            let read = Parser::new().tolerances(set()).parse(message.clone()).ok();
            let read = read.as_ref().map(whole);
            if let Some(before) = &stricter {
                let mut read = read.clone();
                // A Request-URI is read when it is asked for: stricter rules may not.
                if let (Some(read), (.., None)) = (&mut read, before) {
                    read.3 = None;
                }
                prop_assert_eq!(read.as_ref(), Some(before));
            }
            stricter = read;
            let limits = sip_message::Limits::default();
            let part = Sipfrag::parse_with(message.clone(), limits, set()).ok();
            let part = part.map(|part| {
                let lines = part.headers().iter().map(|line| line.range()).collect::<Vec<_>>();
                (lines, part.body_range(), part.status(), part.start_line().map(<[u8]>::to_vec))
            });
            if let Some(before) = fragment {
                prop_assert_eq!(part.as_ref(), Some(&before));
            }
            fragment = part;
        }
    }

    #[test]
    fn a_request_is_read_as_it_was_built(
        method in strategy::method(), uri in strategy::sip_uri(false),
        lines in prop::collection::vec(line(), 0..8),
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
    ) {
        let method = std::str::from_utf8(&method).unwrap();
        let uri_text = std::str::from_utf8(&uri.text).unwrap();
        let lines = taken(&lines, &REQUIRED);
        let mut builder = Request::builder(Method::new(method).unwrap(), uri_text);
        builder
            .header(header::Via, "SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds")
            .header(header::To, "<sip:bob@biloxi.example>")
            .header(header::From, "<sip:alice@atlanta.example>;tag=1")
            .header(header::CallId, "a84b4c76e66710")
            .header(header::Contact, "<sip:alice@pc33.atlanta.example>")
            .cseq(7);
        for (name, value) in &lines {
            builder.header_raw(name, &value[..]);
        }
        if let Some(body) = &body {
            builder.body("application/octet-stream", body);
        }
        let built: Message = builder.build().unwrap().into();
        let request = built.as_request().unwrap();
        prop_assert_eq!(request.method().as_str(), method);
        prop_assert_eq!(request.uri_bytes(), &uri.text[..]);
        read_again(&built, &trimmed(&lines), &body.unwrap_or_default());
    }

    #[test]
    fn a_response_is_read_as_it_was_built(
        code in 100..700u16, reason in prop::option::of("[ -~é]{0,20}"),
        lines in prop::collection::vec(line(), 0..8),
        body in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
    ) {
        let lines = taken(&lines, &REQUIRED);
        let status = StatusCode::new(code).unwrap();
        let mut builder = Response::builder(status);
        builder
            .header(header::Via, "SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds")
            .header(header::To, "<sip:bob@biloxi.example>;tag=2")
            .header(header::From, "<sip:alice@atlanta.example>;tag=1")
            .header(header::CallId, "a84b4c76e66710")
            .header(header::CSeq, "7 OPTIONS");
        if let Some(reason) = &reason {
            builder.reason(reason);
        }
        for (name, value) in &lines {
            builder.header_raw(name, &value[..]);
        }
        if let Some(body) = &body {
            builder.body("application/octet-stream", body);
        }
        let built: Message = builder.build().unwrap().into();
        prop_assert_eq!(built.as_response().unwrap().status(), status);
        if let Some(reason) = &reason {
            let written = reason.trim_matches([' ', '\t']);
            prop_assert_eq!(built.as_response().unwrap().reason(), written.as_bytes());
        }
        read_again(&built, &trimmed(&lines), &body.unwrap_or_default());
    }
}
