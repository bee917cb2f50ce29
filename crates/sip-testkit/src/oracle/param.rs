//! Parameters: RFC 3261 §25.1 `generic-param`, `gen-value`, `tag-param`.

use nom::Parser as _;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::many0;
use nom::sequence::preceded;

use crate::value::{Param, ParamValue, param};

use super::Parsed;
use super::basic::{quoted_string, token};
use super::host::ipv6_reference;
use super::line::separator;

/// `*( SEMI generic-param )`
pub(super) fn params(input: &[u8]) -> Parsed<'_, Vec<Param>> {
    many0(preceded(separator(b";"), generic_param)).parse(input)
}

/// `generic-param = token [ EQUAL gen-value ]`
pub(super) fn generic_param(input: &[u8]) -> Parsed<'_, Param> {
    let value = opt(preceded(separator(b"="), gen_value));
    map((token, value), |(name, value)| Param { name: name.to_vec(), value }).parse(input)
}

/// `gen-value = token / host / quoted-string`; of the hosts only the IPv6 reference is no token.
pub(super) fn gen_value(input: &[u8]) -> Parsed<'_, ParamValue> {
    alt((
        map(token, |token: &[u8]| ParamValue::Token(token.to_vec())),
        map(ipv6_reference, |host: &[u8]| ParamValue::Host(host.to_vec())),
        map(quoted_string, ParamValue::Quoted),
    ))
    .parse(input)
}

/// The tag, `tag-param = "tag" EQUAL token`: `None` if there is no tag parameter, and
/// `Some(None)` if there is one that is no token.
pub fn tag(params: &[Param]) -> Option<Option<&[u8]>> {
    let found = param(params, b"tag")?;
    Some(match &found.value {
        Some(ParamValue::Token(token)) => Some(token),
        _ => None,
    })
}

/// The first parameter whose name came before: §7.3.1 forbids it, the grammar does not.
pub fn duplicate_param(params: &[Param]) -> Option<&Param> {
    params
        .iter()
        .enumerate()
        .find(|(at, this)| param(&params[..*at], &this.name).is_some())
        .map(|(_, this)| this)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Option<Vec<Param>> {
        crate::oracle::whole(params, input)
    }

    #[test]
    fn names_values_and_white_space() {
        let found = all(b";a ; b = 1;\r\n c=\"x;y\\\"\";d=[::1]").unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(found[0].value, None);
        assert_eq!(found[1].value, Some(ParamValue::Token(b"1".to_vec())));
        assert_eq!(found[2].value.as_ref().unwrap().text(), b"x;y\"");
        assert_eq!(found[3].value, Some(ParamValue::Host(b"[::1]".to_vec())));
        for bad in [&b";"[..], b";a=", b";=1", b";;a", b"a", b";a=b@c", b";a=<b>", b";a b"] {
            assert_eq!(all(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_tag_is_a_token() {
        assert_eq!(tag(&all(b";x;TAG=1").unwrap()), Some(Some(&b"1"[..])));
        assert_eq!(tag(&all(b";tag=\"1\"").unwrap()), Some(None));
        assert_eq!(tag(&all(b";tag").unwrap()), Some(None));
        assert_eq!(tag(&all(b";tagx=1").unwrap()), None);
    }

    #[test]
    fn duplicates_are_found_whatever_their_case() {
        assert_eq!(duplicate_param(&all(b";a;b;A=1").unwrap()).unwrap().name, b"A");
        assert_eq!(duplicate_param(&all(b";a;b").unwrap()), None);
    }
}
