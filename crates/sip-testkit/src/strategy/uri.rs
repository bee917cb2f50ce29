//! URIs: RFC 3261 §19.1.1, each with its components; and a few of other schemes.

use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::value::UriParts;

use super::Sample;
use super::host::host;
use super::text::{text_of, token};

/// What may stand in every part: `unreserved`.
const UNRESERVED: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.!~*'()";

/// Text of the plain alphabet, the marks given, and escapes.
fn escaped_text(marks: &'static [u8], size: Range<usize>) -> BoxedStrategy<Vec<u8>> {
    let escape = (any::<u8>(), any::<bool>()).prop_map(|(byte, upper)| {
        if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }.into_bytes()
    });
    let odd = prop_oneof![text_of(marks, 1..2), escape];
    let plain = (text_of(UNRESERVED, size), option::weighted(0.3, (any::<Index>(), odd)));
    plain
        .prop_map(|(mut text, odd)| {
            if let Some((at, odd)) = odd {
                let at = at.index(text.len() + 1);
                text.splice(at..at, odd);
            }
            text
        })
        .boxed()
}

/// One URI parameter: a well-known one with a value of its kind, or any other.
fn uri_param() -> BoxedStrategy<(Vec<u8>, Option<Vec<u8>>)> {
    let known = |name: &'static str, value: BoxedStrategy<Vec<u8>>| {
        value.prop_map(move |value| (name.as_bytes().to_vec(), Some(value))).boxed()
    };
    let transports = prop::sample::select(vec!["udp", "TCP", "tls", "sctp", "ws", "x-own"]);
    let paramchar = b"[]/:&+$";
    prop_oneof![
        2 => Just((b"lr".to_vec(), None)),
        2 => known("transport", transports.prop_map(|name| name.as_bytes().to_vec()).boxed()),
        1 => known("user", prop_oneof![Just(b"phone".to_vec()), uri_token()].boxed()),
        1 => known("method", uri_token()),
        1 => known("ttl", any::<u8>().prop_map(|ttl| ttl.to_string().into_bytes()).boxed()),
        1 => known("maddr", host()),
        3 => (escaped_text(paramchar, 1..8), option::of(escaped_text(paramchar, 1..8)))
            .prop_filter("names with rules of their own", |(name, _)| !has_own_rule(name)),
    ]
    .boxed()
}

/// A token as the value of a URI parameter. The letter of the RFC allows a backquote and a lone
/// percent sign here, which no other part of a URI may hold; nothing is gained by sending them.
fn uri_token() -> BoxedStrategy<Vec<u8>> {
    token()
        .prop_map(|mut token| {
            token
                .iter_mut()
                .filter(|byte| matches!(byte, b'`' | b'%'))
                .for_each(|byte| *byte = b'-');
            token
        })
        .boxed()
}

fn has_own_rule(name: &[u8]) -> bool {
    let known: [&[u8]; 6] = [b"lr", b"transport", b"user", b"method", b"ttl", b"maddr"];
    known.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// A SIP or SIPS URI; `headers` says whether it may have some (a Request-URI may not, §19.1.1).
pub fn sip_uri(headers: bool) -> BoxedStrategy<Sample<UriParts>> {
    let scheme = prop::sample::select(vec!["sip", "sip", "sip", "sips", "SIP", "Sips"]);
    let user = escaped_text(b"&=+$,;?/", 1..10);
    let password = option::weighted(0.2, escaped_text(b"&=+$,", 0..6));
    let hname = b"[]/?:+$";
    let header = (escaped_text(hname, 1..8), escaped_text(hname, 0..8));
    let headers = if headers { vec(header, 0..3).boxed() } else { Just(Vec::new()).boxed() };
    let headers = prop_oneof![4 => Just(Vec::new()), 1 => headers];
    let userinfo = option::weighted(0.8, (user, password));
    let port = option::weighted(0.3, any::<u16>());
    (scheme, userinfo, host(), port, vec(uri_param(), 0..4), headers)
        .prop_map(|(scheme, userinfo, host, port, mut params, headers)| {
            let mut seen: Vec<Vec<u8>> = Vec::new();
            params.retain(|(name, _)| {
                let name = name.to_ascii_lowercase();
                let new = !seen.contains(&name);
                seen.push(name);
                new
            });
            let (user, password) = userinfo.unzip();
            let expect = UriParts {
                scheme: scheme.as_bytes().to_vec(),
                user,
                password: password.flatten(),
                host,
                port,
                params,
                headers,
            };
            Sample { text: write(&expect), expect }
        })
        .boxed()
}

fn write(uri: &UriParts) -> Vec<u8> {
    let mut text = [&uri.scheme[..], b":"].concat();
    if let Some(user) = &uri.user {
        text.extend_from_slice(user);
        if let Some(password) = &uri.password {
            text.push(b':');
            text.extend_from_slice(password);
        }
        text.push(b'@');
    }
    text.extend_from_slice(&uri.host);
    if let Some(port) = uri.port {
        text.extend_from_slice(format!(":{port}").as_bytes());
    }
    for (name, value) in &uri.params {
        text.push(b';');
        text.extend_from_slice(name);
        if let Some(value) = value {
            text.push(b'=');
            text.extend_from_slice(value);
        }
    }
    for (at, (name, value)) in uri.headers.iter().enumerate() {
        text.push(if at == 0 { b'?' } else { b'&' });
        text.extend_from_slice(name);
        text.push(b'=');
        text.extend_from_slice(value);
    }
    text
}

/// A URI of another scheme: tel, urn, http, and ones nobody knows.
pub fn absolute_uri() -> BoxedStrategy<Vec<u8>> {
    let fixed = prop::sample::select(vec![
        "tel:+1-201-555-0123",
        "tel:7042;phone-context=example.com",
        "urn:service:sos",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "http://www.example.com/photos/alice.jpg",
        "https://user@[2001:db8::1]:8443/a;b/c?d=e",
        "im:alice@example.com",
        "soap.beep://192.0.2.103:3002",
        "isbn:2983792873",
    ])
    .prop_map(|uri| uri.as_bytes().to_vec());
    let opaque = (token(), escaped_text(b";?:@&=+$,/", 1..12)).prop_map(|(scheme, rest)| {
        let scheme: Vec<u8> = scheme.into_iter().filter(u8::is_ascii_alphanumeric).collect();
        [&b"x"[..], &scheme, b":o", &rest].concat()
    });
    prop_oneof![4 => fixed, 1 => opaque].boxed()
}

/// Any URI as it may stand in angle brackets.
pub fn uri() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![4 => sip_uri(true).prop_map(|uri| uri.text), 1 => absolute_uri()].boxed()
}

/// A URI that may stand without angle brackets: no comma, question mark or semicolon (§20.10).
pub(super) fn bare_uri() -> BoxedStrategy<Vec<u8>> {
    let outlaw = |byte: &u8| matches!(byte, b',' | b'?' | b';');
    let sip = sip_uri(false).prop_map(move |uri| {
        let mut parts = uri.expect;
        parts.params.clear();
        let userinfo = parts.user.as_mut().into_iter().chain(parts.password.as_mut());
        userinfo.for_each(|text| text.retain(|byte| !outlaw(byte)));
        if parts.user.as_ref().is_some_and(Vec::is_empty) {
            parts.user = Some(b"anonymous".to_vec());
        }
        write(&parts)
    });
    let other =
        absolute_uri().prop_map(move |uri| uri.split(outlaw).next().unwrap_or(b"").to_vec());
    prop_oneof![3 => sip, 1 => other].boxed()
}
