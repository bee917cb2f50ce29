//! The grammar written plainly in nom, one parser an ABNF rule, and the crate's scanner against it.
//!
//! RFC 3261 §25.1, RFC 3966 §3 with errata 203 and 4376, RFC 5954 §4.1. Two things are beyond ABNF
//! and so are plain code at the end: a name appears once, and RFC 3966's order of parameters.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "strategy/uri.rs"]
mod strategy;

use nom::branch::alt;
use nom::bytes::complete::{is_a, tag, tag_no_case, take_while_m_n, take_while1};
use nom::combinator::{all_consuming, map, not, opt, peek, recognize, verify};
use nom::multi::{many0, many0_count, many1_count, separated_list1};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};
use proptest::prelude::*;
use sip_uri::{Tolerances, UriRef};

type Bytes<'a> = &'a [u8];
type Parsed<'a, T = Bytes<'a>> = IResult<Bytes<'a>, T>;

fn alphanum(i: Bytes<'_>) -> Parsed<'_> {
    take_while1(|b: u8| b.is_ascii_alphanumeric()).parse(i)
}

fn mark(i: Bytes<'_>) -> Parsed<'_> {
    is_a("-_.!~*'()").parse(i)
}

fn unreserved(i: Bytes<'_>) -> Parsed<'_> {
    alt((alphanum, mark)).parse(i)
}

fn escaped(i: Bytes<'_>) -> Parsed<'_> {
    recognize((tag("%"), take_while_m_n(2, 2, |b: u8| b.is_ascii_hexdigit()))).parse(i)
}

fn user(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many1_count(alt((unreserved, escaped, is_a("&=+$,;?/"))))).parse(i)
}

fn password(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many0_count(alt((unreserved, escaped, is_a("&=+$,"))))).parse(i)
}

fn userinfo(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Option<Bytes<'_>>)> {
    terminated(pair(user, opt(preceded(tag(":"), password))), tag("@")).parse(i)
}

/// `alphanum / alphanum *( alphanum / "-" ) alphanum`: no greedy parser can take the last one.
fn domainlabel(i: Bytes<'_>) -> Parsed<'_> {
    verify(take_while1(|b: u8| b.is_ascii_alphanumeric() || b == b'-'), |label: &[u8]| {
        label[0] != b'-' && label[label.len() - 1] != b'-'
    })
    .parse(i)
}

fn toplabel(i: Bytes<'_>) -> Parsed<'_> {
    verify(domainlabel, |label: &[u8]| label[0].is_ascii_alphabetic()).parse(i)
}

/// `*( domainlabel "." ) toplabel [ "." ]`: the last label is the top label.
fn hostname(i: Bytes<'_>) -> Parsed<'_> {
    recognize((
        many0_count(terminated(domainlabel, (tag("."), peek(domainlabel)))),
        toplabel,
        opt(tag(".")),
    ))
    .parse(i)
}

fn dec_octet(i: Bytes<'_>) -> Parsed<'_> {
    verify(take_while1(|b: u8| b.is_ascii_digit()), |octet: &[u8]| {
        let text = std::str::from_utf8(octet).unwrap();
        (octet.len() == 1 || octet[0] != b'0') && text.parse::<u8>().is_ok()
    })
    .parse(i)
}

fn ipv4address(i: Bytes<'_>) -> Parsed<'_> {
    recognize((dec_octet, tag("."), dec_octet, tag("."), dec_octet, tag("."), dec_octet)).parse(i)
}

/// The nine alternatives of RFC 3986, which are what the standard library reads.
fn ipv6address(i: Bytes<'_>) -> Parsed<'_> {
    verify(take_while1(|b: u8| b.is_ascii_hexdigit() || b == b':' || b == b'.'), |text: &[u8]| {
        std::str::from_utf8(text).unwrap().parse::<std::net::Ipv6Addr>().is_ok()
    })
    .parse(i)
}

fn ipv6reference(i: Bytes<'_>) -> Parsed<'_> {
    recognize(delimited(tag("["), ipv6address, tag("]"))).parse(i)
}

fn host(i: Bytes<'_>) -> Parsed<'_> {
    let end = not(take_while_m_n(1, 1, |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b)));
    alt((hostname, terminated(ipv4address, end), ipv6reference)).parse(i)
}

fn port(i: Bytes<'_>) -> Parsed<'_, u16> {
    let digits = take_while1(|b: u8| b.is_ascii_digit());
    nom::combinator::map_opt(digits, |digits: &[u8]| {
        let value = digits.iter().try_fold(0u32, |value, digit| {
            let value = value * 10 + u32::from(digit - b'0');
            (value <= 65_535).then_some(value)
        });
        value.and_then(|value| u16::try_from(value).ok())
    })
    .parse(i)
}

fn hostport(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Option<u16>)> {
    pair(host, opt(preceded(tag(":"), port))).parse(i)
}

fn paramchar1(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many1_count(alt((is_a("[]/:&+$"), unreserved, escaped)))).parse(i)
}

fn uri_parameter(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Option<Bytes<'_>>)> {
    pair(paramchar1, opt(preceded(tag("="), paramchar1))).parse(i)
}

fn uri_parameters(i: Bytes<'_>) -> Parsed<'_, Vec<(Bytes<'_>, Option<Bytes<'_>>)>> {
    many0(preceded(tag(";"), uri_parameter)).parse(i)
}

fn hnv1(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many1_count(alt((is_a("[]/?:+$"), unreserved, escaped)))).parse(i)
}

fn hnv0(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many0_count(alt((is_a("[]/?:+$"), unreserved, escaped)))).parse(i)
}

fn header(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Bytes<'_>)> {
    pair(terminated(hnv1, tag("=")), hnv0).parse(i)
}

fn headers(i: Bytes<'_>) -> Parsed<'_, Vec<(Bytes<'_>, Bytes<'_>)>> {
    preceded(tag("?"), separated_list1(tag("&"), header)).parse(i)
}

#[derive(Debug, PartialEq, Default)]
struct Parts<'a> {
    user: Option<&'a [u8]>,
    password: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    port: Option<u16>,
    number: Option<&'a [u8]>,
    params: Vec<(&'a [u8], Option<&'a [u8]>)>,
    headers: Vec<(&'a [u8], &'a [u8])>,
    opaque: Option<&'a [u8]>,
}

fn sip_uri(i: Bytes<'_>) -> Parsed<'_, Parts<'_>> {
    let scheme = alt((tag_no_case("sips:"), tag_no_case("sip:")));
    map(
        preceded(scheme, (opt(userinfo), hostport, uri_parameters, opt(headers))),
        |(userinfo, (host, port), params, headers)| Parts {
            user: userinfo.map(|(user, _)| user),
            password: userinfo.and_then(|(_, password)| password),
            host: Some(host),
            port,
            params,
            headers: headers.unwrap_or_default(),
            ..Parts::default()
        },
    )
    .parse(i)
}

fn global_number_digits(i: Bytes<'_>) -> Parsed<'_> {
    let digits = verify(is_a("0123456789-.()"), |d: &[u8]| d.iter().any(u8::is_ascii_digit));
    recognize((tag("+"), digits)).parse(i)
}

fn local_number_digits(i: Bytes<'_>) -> Parsed<'_> {
    verify(is_a("0123456789abcdefABCDEF*#-.()"), |d: &[u8]| {
        d.iter().any(|b| b.is_ascii_hexdigit() || b"*#".contains(b))
    })
    .parse(i)
}

fn descriptor(i: Bytes<'_>) -> Parsed<'_> {
    alt((global_number_digits, hostname)).parse(i)
}

fn tel_pname(i: Bytes<'_>) -> Parsed<'_> {
    take_while1(|b: u8| b.is_ascii_alphanumeric() || b == b'-').parse(i)
}

fn tel_parameter(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Option<Bytes<'_>>)> {
    pair(tel_pname, opt(preceded(tag("="), paramchar1))).parse(i)
}

fn whole(parser: impl Fn(Bytes<'_>) -> Parsed<'_>, text: &[u8]) -> bool {
    all_consuming(parser).parse(text).is_ok()
}

/// `par` and `context`: a defined name must have the value of its definition.
fn par(i: Bytes<'_>) -> Parsed<'_, (Bytes<'_>, Option<Bytes<'_>>)> {
    verify(preceded(tag(";"), tel_parameter), |(name, value): &(&[u8], Option<&[u8]>)| {
        match name.to_ascii_lowercase().as_slice() {
            b"ext" => value.is_some_and(|value| whole(|i| is_a("0123456789-.()").parse(i), value)),
            b"isub" => value.is_some(),
            b"phone-context" => value.is_some_and(|value| whole(descriptor, value)),
            _ => true,
        }
    })
    .parse(i)
}

fn telephone_uri(i: Bytes<'_>) -> Parsed<'_, Parts<'_>> {
    let number = alt((global_number_digits, local_number_digits));
    map(preceded(tag_no_case("tel:"), (number, many0(par))), |(number, params)| Parts {
        number: Some(number),
        params,
        ..Parts::default()
    })
    .parse(i)
}

fn reserved(i: Bytes<'_>) -> Parsed<'_> {
    is_a(";/?:@&=+$,").parse(i)
}

fn uric1(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many1_count(alt((reserved, unreserved, escaped)))).parse(i)
}

fn uric0(i: Bytes<'_>) -> Parsed<'_> {
    recognize(many0_count(alt((reserved, unreserved, escaped)))).parse(i)
}

/// `opaque-part`, or a `hier-part` whose authority has no brackets: any `uric`. A `hier-part` with
/// them: `"//" [ userinfo ] IPv6reference [ ":" port ]` and a path or query.
fn absolute_uri(i: Bytes<'_>) -> Parsed<'_, Parts<'_>> {
    let scheme = recognize((
        take_while_m_n(1, 1, |b: u8| b.is_ascii_alphabetic()),
        many0_count(alt((alphanum, is_a("+-.")))),
        tag(":"),
    ));
    let known = alt((tag_no_case("sips:"), tag_no_case("sip:"), tag_no_case("tel:")));
    let bracketed =
        recognize((tag("//"), opt(userinfo), ipv6reference, opt(preceded(tag(":"), port)), uric0));
    map(preceded((not(known), scheme), alt((bracketed, uric1))), |opaque| Parts {
        opaque: Some(opaque),
        ..Parts::default()
    })
    .parse(i)
}

/// What a name is without its case and needless escapes, as far as repetition goes.
fn folded(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = name;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, tail @ ..]) = (first, tail) {
            let hex = [*high, *low];
            let byte = u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap();
            rest = tail;
            if b";/?:@&=+$,".contains(&byte) {
                out.push(0);
            }
            out.push(byte.to_ascii_lowercase());
        } else {
            out.push(first.to_ascii_lowercase());
        }
    }
    out
}

fn oracle(bytes: &[u8]) -> Option<Parts<'_>> {
    let parser = alt((sip_uri, telephone_uri, absolute_uri));
    let (_, parts) = all_consuming(parser).parse(bytes).ok()?;
    let names: Vec<_> = parts.params.iter().map(|(name, _)| folded(name)).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    if sorted.len() < names.len() {
        return None;
    }
    if let Some(number) = parts.number {
        let place = |name: &[u8]| match name {
            b"isub" | b"ext" => 0,
            b"phone-context" => 1,
            _ => 2,
        };
        let order: Vec<_> = names
            .iter()
            .map(|n| (place(n), if place(n) == 2 { n.as_slice() } else { b"" }))
            .collect();
        let stations = order.iter().filter(|(place, _)| *place == 0).count();
        let context = order.iter().any(|(place, _)| *place == 1);
        if !order.is_sorted() || stations > 1 || !(context || number.starts_with(b"+")) {
            return None;
        }
    }
    Some(parts)
}

fn parts(uri: UriRef<'_>) -> Parts<'_> {
    let number = if uri.is_tel() { uri.telephone().unwrap() } else { None };
    Parts {
        user: uri.user().map(str::as_bytes),
        password: uri.password().map(str::as_bytes),
        host: uri.host_str().map(str::as_bytes),
        port: uri.port(),
        number: number.map(|number| number.number().as_bytes()),
        params: uri.params().map(|p| (p.name.as_bytes(), p.value.map(str::as_bytes))).collect(),
        headers: uri.headers().map(|h| (h.name.as_bytes(), h.value.as_bytes())).collect(),
        opaque: uri.opaque().map(str::as_bytes),
    }
}

fn agree(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let mut deviations = 0;
    let uri = UriRef::parse_with(bytes, Tolerances::strict(), &mut |_| deviations += 1);
    prop_assert_eq!(deviations, 0, "strict lets nothing through");
    match (uri, oracle(bytes)) {
        (Ok(uri), Some(expected)) => {
            prop_assert_eq!(parts(uri), expected);
            Ok(true)
        }
        (Err(_), None) => Ok(false),
        (uri, expected) => {
            let text = bytes.escape_ascii();
            Err(TestCaseError::fail(format!("{text}: {uri:?}, the oracle: {expected:?}")))
        }
    }
}

proptest! {
    #![proptest_config(strategy::config())]

    #[test]
    fn valid_uris(text in strategy::any_uri()) {
        prop_assert!(agree(text.as_bytes())?, "{text} is valid");
    }

    #[test]
    fn mutated_uris(bytes in strategy::nearly_a_uri()) {
        agree(&bytes)?;
    }

    #[test]
    fn delimiter_soup(bytes in "sips?:[a1@:;?&=%\\[\\].\"/ü-]{0,12}") {
        agree(bytes.as_bytes())?;
    }

    #[test]
    fn tel_soup(bytes in "tel:[+1a*#-]{0,3}(;(isub|ext|phone-context|a|b)(=[+1a%.]{0,3})?){0,3}") {
        agree(bytes.as_bytes())?;
    }

    #[test]
    fn ipv6_soup(host in "[0-9a-f:.]{0,24}") {
        agree(format!("sip:[{host}]").as_bytes())?;
    }

    #[test]
    fn ipv6_groups(host in "(1?:){0,9}(1|1.2.3.4)?") {
        agree(format!("sip:[{host}]").as_bytes())?;
    }

    #[test]
    fn ipv4_soup(host in "[0-9]{1,3}(\\.(0|25[0-9]|[0-9]{1,3})){0,4}") {
        agree(format!("sip:{host}").as_bytes())?;
    }

    #[test]
    fn parts_come_back(parts in strategy::sip_parts()) {
        let text = parts.text();
        let uri = UriRef::parse(&text).unwrap();
        prop_assert_eq!(uri.scheme().as_str(), parts.scheme);
        prop_assert_eq!(uri.user(), parts.user.as_deref());
        prop_assert_eq!(uri.password(), parts.password.as_deref());
        prop_assert_eq!(uri.host_str(), Some(parts.host.as_str()));
        prop_assert_eq!(uri.port(), parts.port.map(|port| port.parse().unwrap()));
        let params: Vec<_> =
            uri.params().map(|p| (p.name.to_owned(), p.value.map(str::to_owned))).collect();
        prop_assert_eq!(params, parts.params);
        let headers: Vec<_> =
            uri.headers().map(|h| (h.name.to_owned(), h.value.to_owned())).collect();
        prop_assert_eq!(headers, parts.headers);
    }
}
