//! Addresses: RFC 3261 §25.1 `name-addr`, `addr-spec`, and the headers built on them.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::combinator::{map, opt, recognize};
use nom::multi::separated_list1;

use crate::value::{Address, Contacts, Display};

use super::Parsed;
use super::basic::{quoted_string, token};
use super::line::{lws, separator, sws};
use super::param::params;

/// `from-spec`, and with it the values of To and Reply-To:
/// `( name-addr / addr-spec ) *( SEMI generic-param )`.
pub fn from_spec(value: &[u8]) -> Option<Address> {
    super::whole(address, value)
}

/// The value of a Contact: `STAR / (contact-param *(COMMA contact-param))`.
///
/// The star must be the whole value: `* <sip:a@b>` is an address whose display name is the token
/// `*`.
pub fn contact(value: &[u8]) -> Option<Contacts> {
    if super::whole(separator(b"*"), value).is_some() {
        return Some(Contacts::Star);
    }
    super::whole(separated_list1(separator(b","), address), value).map(Contacts::List)
}

/// The value of a Route or Record-Route: `name-addr *( SEMI rr-param )`, a list. Here the angle
/// brackets are no choice.
pub fn route(value: &[u8]) -> Option<Vec<Address>> {
    let route_param = map((name_addr, params), |(mut address, params)| {
        address.params = params;
        address
    });
    super::whole(separated_list1(separator(b","), route_param), value)
}

/// `( name-addr / addr-spec ) *( SEMI generic-param )`
fn address(input: &[u8]) -> Parsed<'_, Address> {
    let (rest, (mut address, params)) = (alt((name_addr, bare_addr_spec)), params).parse(input)?;
    address.params = params;
    Ok((rest, address))
}

/// `name-addr = [ display-name ] LAQUOT addr-spec RAQUOT`, without parameters.
fn name_addr(input: &[u8]) -> Parsed<'_, Address> {
    let laquot = (sws, tag(&b"<"[..]));
    let raquot = (tag(&b">"[..]), sws);
    map((opt(display_name), laquot, addr_spec, raquot), |(display, _, uri, _)| Address {
        display,
        uri: uri.to_vec(),
        bracketed: true,
        params: Vec::new(),
    })
    .parse(input)
}

/// `addr-spec` without brackets: it ends at a comma, question mark or semicolon (§20.10).
fn bare_addr_spec(input: &[u8]) -> Parsed<'_, Address> {
    let plain = take_while1(|byte: u8| is_uri(byte) && !matches!(byte, b',' | b'?' | b';'));
    map(recognize((scheme, plain)), |uri: &[u8]| Address {
        display: None,
        uri: uri.to_vec(),
        bracketed: false,
        params: Vec::new(),
    })
    .parse(input)
}

/// `display-name = token *(LWS token) / quoted-string` (erratum 5598)
fn display_name(input: &[u8]) -> Parsed<'_, Display> {
    let tokens = separated_list1(lws, map(token, <[u8]>::to_vec));
    alt((map(tokens, Display::Tokens), map(quoted_string, Display::Quoted))).parse(input)
}

/// `addr-spec`, delimited: a scheme, a colon, and bytes of the URI alphabet.
fn addr_spec(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((scheme, take_while1(is_uri))).parse(input)
}

/// `scheme ":"`
fn scheme(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((
        take_while_m_n(1, 1, |byte: u8| byte.is_ascii_alphabetic()),
        take_while(|byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')),
        tag(&b":"[..]),
    ))
    .parse(input)
}

/// A byte that some part of a URI may hold: `reserved / unreserved / "%"`, the brackets of an IPv6
/// reference, and the backquote, which `transport=`, `user=` and `method=` allow by way of `token`.
fn is_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,%[]`".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_an_address() {
        let found = from_spec(b"Mr  Watson<sip:w@a;lr>;tag=1").unwrap();
        assert_eq!(found.display.unwrap().text(), b"Mr Watson");
        assert_eq!(found.uri, b"sip:w@a;lr");
        assert_eq!(found.params.len(), 1);
        let found = from_spec(b"sip:w@a;lr").unwrap();
        assert_eq!((found.uri, found.params.len()), (b"sip:w@a".to_vec(), 1));
        let found = from_spec(b"\"a <sip:evil@x>;tag=evil\" <sip:a@a> ;tag=f1").unwrap();
        assert_eq!(found.uri, b"sip:a@a");
        assert!(from_spec(b"\"\"<tel:1>").is_some());
        for bad in [
            &b"sip:user@example.com?Route=%3Csip:a%3E"[..],
            b"< sip:a@b >",
            b"<sip:a@b >",
            b"Bell, Alexander <sip:a@b>",
            b"\"Mr. J. User <sip:j@b>",
            b"\"\"x\"\" <sip:a@b>",
            b"<sip:a@b",
            b"<>",
            b"<a@b>",
            b"a@b",
            b"",
            b"<sip:a@b>;",
            b"<sip:a@b> x",
            b"<sip:a@b>,<sip:a@b>",
            b"sip:a,b@c",
            b"\xFC <sip:a@b>",
            b"Caf\xC3\xA9 <sip:a@b>",
        ] {
            assert_eq!(from_spec(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn contacts_and_routes() {
        assert_eq!(contact(b"*"), Some(Contacts::Star));
        assert_eq!(contact(b"*;expires=0"), None);
        assert!(matches!(contact(b"*<sip:a@b>"), Some(Contacts::List(list)) if list.len() == 1));
        let Some(Contacts::List(list)) =
            contact(b"\"a,b\" <sip:a@b;x,y>;q=0.1 , sip:c@d;expires=1,<sip:e>")
        else {
            panic!("three contacts")
        };
        assert_eq!(list.iter().map(|one| one.params.len()).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!(route(b"<sip:p1;lr>,<sip:p2;lr>").unwrap().len(), 2);
        assert_eq!(route(b"sip:p1"), None);
        assert_eq!(route(b"<sip:p1>,"), None);
        assert_eq!(route(b""), None);
    }
}
