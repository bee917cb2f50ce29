//! Hosts: RFC 3261 §25.1 `host` with the addresses of RFC 5954.

use std::net::Ipv6Addr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::text::text_of;

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABC";
const LETTERS_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const INNER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789--";

/// `hostname`: labels, the last of which begins with a letter; now and then a final dot.
pub fn host_name() -> BoxedStrategy<Vec<u8>> {
    let label = |first| {
        (text_of(first, 1..3), text_of(INNER, 0..8), text_of(LETTERS_AND_DIGITS, 1..3))
            .prop_map(|(first, inner, last)| [first, inner, last].concat())
    };
    (vec(label(LETTERS_AND_DIGITS), 0..3), label(LETTERS), prop::bool::weighted(0.05))
        .prop_map(|(mut labels, top, dot)| {
            labels.push(top);
            let mut name = labels.join(&b'.');
            if dot {
                name.push(b'.');
            }
            name
        })
        .boxed()
}

/// `IPv4address`
pub fn ipv4() -> BoxedStrategy<Vec<u8>> {
    any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}").into_bytes()).boxed()
}

/// `IPv6address` without brackets: compressed, written out, with upper-case digits, with an IPv4
/// tail.
pub fn ipv6() -> BoxedStrategy<Vec<u8>> {
    let group = || prop_oneof![2 => Just(0u16), 3 => any::<u16>()];
    let groups = [group(), group(), group(), group(), group(), group(), group(), group()];
    (groups, 0..4u8)
        .prop_map(|(groups, form)| {
            let address = Ipv6Addr::from(groups);
            let text = match form {
                0 => groups.map(|group| format!("{group:04X}")).join(":"),
                1 => groups.map(|group| format!("{group:x}")).join(":"),
                2 => {
                    let [.., a, b, c, d] = address.octets();
                    let head = groups.map(|group| format!("{group:x}"))[..6].join(":");
                    format!("{head}:{a}.{b}.{c}.{d}")
                }
                _ => address.to_string(),
            };
            text.into_bytes()
        })
        .boxed()
}

/// `host`: a name, an IPv4 address, or an IPv6 address in brackets.
pub fn host() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        3 => host_name(),
        1 => ipv4(),
        1 => ipv6().prop_map(|address| [b"[", &address[..], b"]"].concat()),
    ]
    .boxed()
}
