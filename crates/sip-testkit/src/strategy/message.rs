//! Whole messages: RFC 3261 §7, with every mandatory header (§8.1.1) and random others.

use std::fmt;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::value::{Address, CSeq, Contacts, MediaType, Number, UriParts, Via};

use super::Sample;
use super::address::{address, contacts, route_list, tagged_address};
use super::row::{Row, Style, arrange, style, unknown_row};
use super::simple::{call_id, cseq, media_type, number, token_list};
use super::text::{text_line, utf8_nonascii};
use super::uri::{absolute_uri, sip_uri};
use super::via::via_list;

/// A valid message and what it must be read as. `Debug` shows the bytes, escaped.
#[derive(Clone)]
pub struct GeneratedMessage {
    /// The message.
    pub bytes: Vec<u8>,
    /// Its start line.
    pub start: GeneratedStart,
    /// Name and trimmed value of each header line, in order.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the body starts.
    pub head_len: usize,
    /// The body: the bytes after the head, as many as Content-Length says.
    pub body: Vec<u8>,
    /// The values of the headers that have a grammar.
    pub expect: Expected,
}

impl fmt::Debug for GeneratedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeneratedMessage(\"{}\")", self.bytes.escape_ascii())
    }
}

/// The parts of a start line.
#[derive(Debug, Clone)]
pub enum GeneratedStart {
    /// A request's.
    Request {
        /// The method.
        method: Vec<u8>,
        /// The Request-URI.
        uri: Vec<u8>,
        /// Its components, if it is a SIP or SIPS URI.
        parts: Option<UriParts>,
    },
    /// A response's.
    Response {
        /// The status code.
        code: u16,
        /// The reason phrase.
        reason: Vec<u8>,
    },
}

/// The values of a message's headers, lists joined over all their lines.
#[derive(Debug, Clone)]
pub struct Expected {
    /// All Via values, the topmost first.
    pub via: Vec<Via>,
    /// From, always with a tag.
    pub from: Address,
    /// To.
    pub to: Address,
    /// Call-ID.
    pub call_id: Vec<u8>,
    /// CSeq.
    pub cseq: CSeq,
    /// Max-Forwards, in every request.
    pub max_forwards: Option<Number>,
    /// The value of each Contact line.
    pub contacts: Vec<Contacts>,
    /// All Route values.
    pub route: Vec<Address>,
    /// All Record-Route values.
    pub record_route: Vec<Address>,
    /// All Supported values.
    pub supported: Vec<Vec<u8>>,
    /// All Require values.
    pub require: Vec<Vec<u8>>,
    /// Expires.
    pub expires: Option<Number>,
    /// Content-Type, where there is a body.
    pub content_type: Option<MediaType>,
    /// Content-Length, in every message.
    pub content_length: Number,
}

/// A request or a response.
pub fn message() -> BoxedStrategy<GeneratedMessage> {
    prop_oneof![request(), response()].boxed()
}

/// A request.
pub fn request() -> BoxedStrategy<GeneratedMessage> {
    let sip = sip_uri(false).prop_map(|uri| (uri.text, Some(uri.expect)));
    let target = prop_oneof![4 => sip, 1 => absolute_uri().prop_map(|uri| (uri, None))];
    (target, parts())
        .prop_map(|((uri, uri_parts), parts)| {
            let method = parts.cseq.expect.method.clone();
            build(GeneratedStart::Request { method, uri, parts: uri_parts }, parts)
        })
        .boxed()
}

/// A response.
pub fn response() -> BoxedStrategy<GeneratedMessage> {
    let plain = prop::sample::select(vec!["OK", "Ringing", "Not Found", "", " ", "= 2**3 * 5**2"]);
    let reason = prop_oneof![
        4 => plain.prop_map(|reason| reason.as_bytes().to_vec()),
        1 => vec(utf8_nonascii(), 1..6).prop_map(|letters| letters.concat()),
    ];
    (100..700u16, reason, parts())
        .prop_map(|(code, reason, parts)| build(GeneratedStart::Response { code, reason }, parts))
        .boxed()
}

/// Everything below the start line.
#[derive(Debug)]
struct Parts {
    via: Vec<Sample<Vec<Via>>>,
    from: Sample<Address>,
    to: Sample<Address>,
    call_id: Vec<u8>,
    cseq: Sample<CSeq>,
    max_forwards: Sample<Number>,
    contacts: Vec<Sample<Contacts>>,
    route: Vec<Sample<Vec<Address>>>,
    record_route: Vec<Sample<Vec<Address>>>,
    supported: Vec<Sample<Vec<Vec<u8>>>>,
    require: Vec<Sample<Vec<Vec<u8>>>>,
    expires: Option<Sample<Number>>,
    subject: Option<Vec<u8>>,
    media_type: Sample<MediaType>,
    unknown: Vec<Row>,
    body: Vec<u8>,
    styles: Vec<Style>,
}

fn parts() -> BoxedStrategy<Parts> {
    let mandatory =
        (vec(via_list(), 1..4), tagged_address(), address(), call_id(), cseq(), number(255));
    let lists = (
        vec(contacts(), 0..3).prop_map(star_alone),
        vec(route_list(), 0..3),
        vec(route_list(), 0..3),
        vec(token_list(), 0..3),
        vec(token_list(), 0..2),
    );
    let others = (
        option::weighted(0.3, number(u32::MAX)),
        option::weighted(0.3, text_line()),
        media_type(),
        vec(unknown_row(), 0..4),
        body(),
        vec(style(), 12..24),
    );
    (mandatory, lists, others)
        .prop_map(|(mandatory, lists, others)| {
            let (via, from, to, call_id, cseq, max_forwards) = mandatory;
            let (contacts, route, record_route, supported, require) = lists;
            let (expires, subject, media_type, unknown, body, styles) = others;
            Parts {
                via,
                from,
                to,
                call_id,
                cseq,
                max_forwards,
                contacts,
                route,
                record_route,
                supported,
                require,
                expires,
                subject,
                media_type,
                unknown,
                body,
                styles,
            }
        })
        .boxed()
}

/// A star is the only Contact of its message (§7.3.1).
fn star_alone(lines: Vec<Sample<Contacts>>) -> Vec<Sample<Contacts>> {
    match lines.iter().position(|line| line.expect == Contacts::Star) {
        Some(at) => vec![lines[at].clone()],
        None => lines,
    }
}

/// A body: nothing, text with empty lines, or any bytes at all.
fn body() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        3 => Just(Vec::new()),
        1 => Just(b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n".to_vec()),
        1 => Just(b"\r\n\r\nBYE sip:not@a.message SIP/2.0\r\nl: 5\r\n\r\n".to_vec()),
        2 => vec(any::<u8>(), 1..80),
    ]
    .boxed()
}

fn build(start: GeneratedStart, parts: Parts) -> GeneratedMessage {
    let is_request = matches!(start, GeneratedStart::Request { .. });
    let max_forwards = is_request.then_some(parts.max_forwards);
    let content_type = (!parts.body.is_empty()).then_some(parts.media_type);
    let content_length = parts.body.len().to_string().into_bytes();

    let mut rows = Vec::new();
    let mut add = |long, compact, text: &[u8]| rows.push(Row::new(long, compact, text));
    parts.via.iter().for_each(|line| add("Via", Some("v"), &line.text));
    max_forwards.iter().for_each(|value| add("Max-Forwards", None, &value.text));
    add("From", Some("f"), &parts.from.text);
    add("To", Some("t"), &parts.to.text);
    add("Call-ID", Some("i"), &parts.call_id);
    add("CSeq", None, &parts.cseq.text);
    parts.contacts.iter().for_each(|line| add("Contact", Some("m"), &line.text));
    parts.route.iter().for_each(|line| add("Route", None, &line.text));
    parts.record_route.iter().for_each(|line| add("Record-Route", None, &line.text));
    parts.supported.iter().for_each(|line| add("Supported", Some("k"), &line.text));
    parts.require.iter().for_each(|line| add("Require", None, &line.text));
    parts.expires.iter().for_each(|value| add("Expires", None, &value.text));
    parts.subject.iter().for_each(|value| add("Subject", Some("s"), value));
    content_type.iter().for_each(|value| add("Content-Type", Some("c"), &value.text));
    add("Content-Length", Some("l"), &content_length);
    rows.extend(parts.unknown);

    let expect = Expected {
        via: flat(parts.via),
        from: parts.from.expect,
        to: parts.to.expect,
        call_id: parts.call_id,
        cseq: parts.cseq.expect,
        max_forwards: max_forwards.map(|value| value.expect),
        contacts: parts.contacts.into_iter().map(|line| line.expect).collect(),
        route: flat(parts.route),
        record_route: flat(parts.record_route),
        supported: flat(parts.supported),
        require: flat(parts.require),
        expires: parts.expires.map(|value| value.expect),
        content_type: content_type.map(|value| value.expect),
        content_length: Number { digits: content_length },
    };
    write(start, &arrange(rows, &parts.styles), parts.body, expect)
}

/// The values of all lines of a list header.
fn flat<T>(lines: Vec<Sample<Vec<T>>>) -> Vec<T> {
    lines.into_iter().flat_map(|line| line.expect).collect()
}

fn write(
    start: GeneratedStart,
    rows: &[(Row, &Style)],
    body: Vec<u8>,
    expect: Expected,
) -> GeneratedMessage {
    let mut bytes = match &start {
        GeneratedStart::Request { method, uri, .. } => {
            [method, &b" "[..], uri, b" SIP/2.0\r\n"].concat()
        }
        GeneratedStart::Response { code, reason } => {
            [format!("SIP/2.0 {code} ").as_bytes(), reason, b"\r\n"].concat()
        }
    };
    let mut headers = Vec::new();
    for (row, style) in rows {
        let name = style.name(row);
        for part in [&name, &style.colon, &row.value, &row.trailing, &b"\r\n".to_vec()] {
            bytes.extend_from_slice(part);
        }
        headers.push((name, row.value.clone()));
    }
    bytes.extend_from_slice(b"\r\n");
    let head_len = bytes.len();
    bytes.extend_from_slice(&body);
    GeneratedMessage { bytes, start, headers, head_len, body, expect }
}
