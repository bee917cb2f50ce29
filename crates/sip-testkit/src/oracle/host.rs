//! Hosts: RFC 3261 §25.1 `host`, `hostname`, with the addresses of RFC 5954 (that is, RFC 3986).
//!
//! Addresses are checked with the standard library's parsers, which follow the same grammar: an
//! IPv4 address is four numbers up to 255 without leading zeros, an IPv6 address has at most one
//! `::`, may end in an IPv4 address, and has no zone.

use std::net::{Ipv4Addr, Ipv6Addr};

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{recognize, verify};

use super::Parsed;

/// `host = hostname / IPv4address / IPv6reference`
pub(super) fn host(input: &[u8]) -> Parsed<'_, &[u8]> {
    alt((name_or_ipv4, ipv6_reference)).parse(input)
}

/// `hostname / IPv4address`: one run of letters, digits, dots and hyphens.
fn name_or_ipv4(input: &[u8]) -> Parsed<'_, &[u8]> {
    let run = take_while1(|byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    verify(run, |run: &[u8]| is_hostname(run) || is_ipv4(run)).parse(input)
}

/// `IPv6reference = "[" IPv6address "]"`
pub(super) fn ipv6_reference(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((tag(&b"["[..]), ipv6_address, tag(&b"]"[..]))).parse(input)
}

/// `IPv6address`
pub(super) fn ipv6_address(input: &[u8]) -> Parsed<'_, &[u8]> {
    let run = take_while1(|byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    verify(run, is_ipv6).parse(input)
}

/// `IPv4address`
pub(super) fn is_ipv4(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok())
}

/// Whether the bytes are an IPv6 address without brackets.
pub fn is_ipv6(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// Whether the bytes are one `host`: a name, an IPv4 address, or an IPv6 address in brackets.
pub fn is_host(text: &[u8]) -> bool {
    super::whole(host, text).is_some()
}

/// `hostname = *( domainlabel "." ) toplabel [ "." ]`: labels begin and end with a letter or
/// digit, and the last one begins with a letter.
fn is_hostname(text: &[u8]) -> bool {
    let text = text.strip_suffix(b".").unwrap_or(text);
    let mut top = None;
    for label in text.split(|&byte| byte == b'.') {
        let (Some(first), Some(last)) = (label.first(), label.last()) else { return false };
        if !first.is_ascii_alphanumeric() || !last.is_ascii_alphanumeric() {
            return false;
        }
        top = Some(*first);
    }
    top.is_some_and(|first| first.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for good in [
            &b"a"[..],
            b"example.com",
            b"example.com.",
            b"3com.example",
            b"a-b.c--d",
            b"0.a",
            b"192.0.2.1",
            b"[::]",
            b"[2001:db8::192.0.2.1]",
            b"[1:2:3:4:5:6:7::]",
        ] {
            assert!(is_host(good), "{}", String::from_utf8_lossy(good));
        }
        for bad in [
            &b""[..],
            b".",
            b"a..b",
            b"-a",
            b"a-.b",
            b"a.b-",
            b"a.1",
            b"a_b",
            b"444.555.666.777",
            b"192.0.2.01",
            b"192.0.2",
            b"192.0.2.1.",
            b"2001:db8::1",
            b"[2001:db8:::192.0.2.1]",
            b"[fe80::1%25eth0]",
            b"[1:2:3:4:5:6:7:8::]",
            b"[]",
            b"[::1",
            b"b\xFCcher.example",
        ] {
            assert!(!is_host(bad), "{}", String::from_utf8_lossy(bad));
        }
    }
}
