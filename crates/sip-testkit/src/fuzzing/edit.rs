//! Edits of messages, and messages built from scratch.

use sip_message::encode::Encode;
use sip_message::{
    Edit, HeaderName, Limits, Message, Method, Parser, Request, StatusCode, Tolerances, header,
    respond_to_malformed,
};

/// The first byte says how many operations the next bytes are; the rest is a message.
///
/// - A value that is refused changes nothing.
/// - What comes out parses again to the same lines, and `write_to` and `to_bytes` write the same bytes.
/// - Every line of a header that no operation named is byte for byte the same, and in order.
pub fn edit(data: &[u8]) {
    let Some((&count, data)) = data.split_first() else { return };
    let (operations, datagram) = data.split_at(data.len().min(4 * usize::from(count % 8)));
    let mut parser = Parser::new().tolerances(Tolerances::lenient());
    let Ok(Message::Request(request)) = parser.parse(datagram.to_vec()) else { return };
    let mut edit = request.edit();
    let mut named = Vec::new();
    for operation in operations.chunks_exact(4) {
        if let Some(name) = operate(&mut edit, operation) {
            named.push(name);
        }
    }
    let mut written = Vec::new();
    let Ok(sent) = edit.finish() else { return };
    edit.write_to(&mut written).expect("what can be finished can be written");
    assert_eq!(edit.to_bytes().expect("and made of a piece"), written);
    assert_eq!(written, sent.as_bytes());
    assert_eq!(edit.encoded_len(), written.len());
    let again = parser.parse(written).expect("an edited message can be read again");
    let places = |message: &sip_message::Parts| -> Vec<_> {
        message.headers().iter().map(|line| (line.range(), line.value_range())).collect()
    };
    assert_eq!(places(&again), places(&sent));
    let others = |request: &Request| -> Vec<Vec<u8>> {
        let lines = request.headers();
        let lines = lines.iter().filter(|line| !named.contains(&line.name()));
        lines.map(|line| line.as_bytes().to_vec()).collect()
    };
    // A message that ended without its last line end has got one.
    if request.deviations().is_empty() {
        assert_eq!(others(&sent), others(&request));
    }
}

/// Carries out an operation of four bytes, and names the header that it is about.
fn operate<'a>(edit: &mut Edit<'a, Request>, operation: &[u8]) -> Option<HeaderName<'static>> {
    let [what, which, a, b] = *operation else { return None };
    let name = HeaderName::known_names().nth(usize::from(which) % 8)?;
    let value = format!("<sip:{a}.example;x={b}>");
    match what % 10 {
        0 => edit.set_raw(name.as_str(), &value),
        1 => edit.prepend_raw(name.as_str(), &value),
        2 => edit.append_raw(name.as_str(), &value),
        3 => edit.remove_first_raw(name.as_str()),
        4 => edit.remove_all_raw(name.as_str()),
        5 => {
            edit.remove_where(header::Route, |route| {
                route.uri_bytes().len() % 3 == usize::from(a % 3)
            });
            return Some(HeaderName::ROUTE);
        }
        6 => {
            edit.replace_nth(header::RecordRoute, usize::from(a % 4), "<sip:r.example;lr>");
            return Some(HeaderName::RECORD_ROUTE);
        }
        7 => edit.set_raw(name.as_str(), [a, b, b'x']),
        8 => {
            edit.set_uri("sip:next.example;lr");
            return None;
        }
        _ => {
            edit.set(header::MaxForwards, u32::from(a));
            return Some(HeaderName::MAX_FORWARDS);
        }
    };
    Some(name)
}

/// Takes bytes apart into names and values for a builder, and answers what no parser takes.
///
/// - What a builder lets through is a message in which every line that was given is one line, with
///   the value that was given: no value makes a second line, or ends the head.
/// - The answer to a request that cannot be parsed can be.
pub fn builder(data: &[u8]) {
    build(data);
    let mut parser = Parser::new();
    match parser.parse(data.to_vec()) {
        Err(error) => {
            if let Some(mut answer) = respond_to_malformed(data, &error)
                && let Ok(answer) = answer.to_tag("t").build()
            {
                let again = parser.parse(answer.to_bytes()).expect("an answer can be read");
                assert_eq!(again.as_bytes(), answer.as_bytes());
                assert!(answer.headers().raw("Via").is_some());
            }
        }
        Ok(Message::Request(request)) => {
            if let Ok(answer) = request.respond(StatusCode::BAD_REQUEST).to_tag("t").build() {
                let again = parser.parse(answer.to_bytes()).expect("an answer can be read");
                let vias = |parts: &sip_message::Parts| parts.headers().lines("Via").count();
                assert_eq!(vias(&again), vias(&request));
            }
            let _ = request.cancel().build();
        }
        Ok(Message::Response(_)) => {}
    }
}

fn build(data: &[u8]) {
    let mut fields = data.split(|b| *b == 0xff);
    let mut builder = Request::builder(Method::OPTIONS, "sip:b.example");
    builder
        .header(header::Via, "SIP/2.0/UDP a.example;branch=z9hG4bK1")
        .header(header::From, "<sip:a@a.example>;tag=1")
        .header(header::To, "<sip:b@b.example>")
        .header(header::CallId, "x")
        .cseq(1);
    let mut given = Vec::new();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        let Ok(name) = std::str::from_utf8(name) else { continue };
        // What a builder writes itself has tests of its own.
        if HeaderName::new(name).is_some_and(HeaderName::is_known) {
            continue;
        }
        builder.header_raw(name, value);
        if builder.error().is_some() {
            assert!(builder.build().is_err());
            return;
        }
        given.push((name.to_owned(), value.to_value().expect("the builder has taken it")));
    }
    let Ok(request) = builder.build() else { return };
    // What is built may be more than a parser takes that is not told otherwise: longer names are
    // what the fuzzer has found.
    let mut parser = Parser::new().limits(Limits::none());
    let again = parser.parse(request.to_bytes()).expect("what was built can be read");
    let lines: Vec<_> = again
        .headers()
        .iter()
        .filter(|line| !line.name().is_known())
        .map(|line| (line.name_str().to_owned(), line.value().to_vec()))
        .collect();
    let trimmed = |value: &Vec<u8>| -> Vec<u8> {
        let blank = |b: &u8| matches!(b, b' ' | b'\t');
        let start = value.iter().take_while(|b| blank(b)).count();
        let end = value.len() - value[start..].iter().rev().take_while(|b| blank(b)).count();
        value[start..end].to_vec()
    };
    let given: Vec<_> = given.iter().map(|(name, value)| (name.clone(), trimmed(value))).collect();
    assert_eq!(lines, given);
    assert!(again.deviations().is_empty());
}
