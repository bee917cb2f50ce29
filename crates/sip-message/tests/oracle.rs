//! The value parsers beside the plain grammar, under strict rules, on generated and on edited
//! values: both take the same values, and read the same out of them.

use proptest::prelude::*;
use sip_message::header::{self, Header};
use sip_message::value::{Contact, MediaType, NameAddr, Via};
use sip_message::{Params, Parser, Tolerances};
use sip_testkit::value::{Address, Contacts, Display, Param, ParamValue};
use sip_testkit::{mutate, oracle, strategy, value};
use sip_uri::UriRef;

/// One value after the other as both see it; `None` where one is refused.
type Read<T> = Option<Vec<T>>;

/// Reads the values of `H` in a message that has the line; `None` in the outer place when the
/// line does not come out as it went in, since it holds a line end.
fn ours<H: Header, T>(header: H, value: &[u8], see: impl Fn(H::Value<'_>) -> T) -> Option<Read<T>> {
    let datagram = [b"SIP/2.0 200 OK\r\n", H::NAME.as_bytes(), b": ", value, b"\r\n\r\n"].concat();
    let message = Parser::new().tolerances(Tolerances::strict()).parse(datagram).ok()?;
    let mut lines = message.headers().iter();
    let line = lines.next()?;
    let whole = line.value() == &value[oracle::trim_lws(value)];
    if !whole || lines.next().is_some() {
        return None;
    }
    Some(message.headers().each(header).map(|value| value.map(&see)).collect::<Result<_, _>>().ok())
}

type Seen = (Option<Vec<u8>>, Vec<u8>, bool, Vec<SeenParam>);
type SeenParam = (Vec<u8>, Option<Vec<u8>>);

fn see_params(params: Params<'_>) -> Vec<SeenParam> {
    params
        .iter()
        .map(|param| (param.name().into(), param.value().map(std::borrow::Cow::into_owned)))
        .collect()
}

fn expect_params(params: &[Param]) -> Vec<SeenParam> {
    let text = |value: &ParamValue| value.text().to_vec();
    params.iter().map(|param| (param.name.clone(), param.value.as_ref().map(text))).collect()
}

fn see_address(address: &NameAddr<'_>) -> Seen {
    let display = address.display_name().map(|name| name.unquoted().into_owned());
    (display, address.uri_bytes().into(), address.has_brackets(), see_params(address.params()))
}

fn expect_address(address: &Address) -> Seen {
    let display = address.display.as_ref().map(Display::text);
    (display, address.uri.clone(), address.bracketed, expect_params(&address.params))
}

/// Whether a value is beyond the grammar of values: its URI is no URI, or a name is there twice.
/// And `received` may have a bare IPv6 address, wherever it stands: that is Via's grammar.
fn beyond(address: &Seen) -> bool {
    let mut names: Vec<_> = address.3.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
    let strict = sip_uri::Tolerances::strict();
    let received = names.iter().any(|name| name == b"received");
    received || twice || UriRef::parse_with(&address.1, strict, &mut |_| {}).is_err()
}

fn check_addresses<H>(header: H, value: &[u8], expected: Read<Address>)
where
    H: for<'a> Header<Value<'a> = NameAddr<'a>>,
{
    let Some(found) = ours(header, value, |address| see_address(&address)) else { return };
    compare(value, found, expected.map(|list| list.iter().map(expect_address).collect()));
}

fn compare(value: &[u8], found: Read<Seen>, expected: Read<Seen>) {
    // The oracle delimits URIs and the parser reads them when asked: where they are none, or a
    // parameter is there twice, each may stop elsewhere.
    if found.iter().chain(&expected).flatten().any(beyond) {
        return;
    }
    assert_eq!(found, expected, "{}", value.escape_ascii());
}

fn check_contacts(value: &[u8]) {
    let see = |contact: Contact<'_>| contact.address().map(|address| see_address(&address));
    let Some(found) = ours(header::Contact, value, see) else { return };
    match oracle::contact(value) {
        Some(Contacts::Star) => assert_eq!(found, Some(vec![None])),
        expected => {
            // A list with a star in it: lint says so, not the grammar of one value.
            let Some(found) = found.map(|list| list.into_iter().collect::<Option<_>>()) else {
                return compare(value, None, expected.and_then(listed));
            };
            if let Some(found) = found {
                compare(value, Some(found), expected.and_then(listed));
            }
        }
    }
}

fn listed(contacts: Contacts) -> Read<Seen> {
    match contacts {
        Contacts::Star => None,
        Contacts::List(list) => Some(list.iter().map(expect_address).collect()),
    }
}

type SeenVia = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Option<u16>, Vec<SeenParam>);

fn check_via(value: &[u8]) {
    let see = |via: Via<'_>| -> SeenVia {
        (
            via.protocol().into(),
            via.version().into(),
            via.transport().into(),
            via.host_str().into(),
            via.port(),
            see_params(via.params()),
        )
    };
    let Some(found) = ours(header::Via, value, see) else { return };
    let expected = oracle::via(value).filter(|list| {
        list.iter().all(|via| {
            oracle::known_via_params_hold(via) && oracle::duplicate_param(&via.params).is_none()
        })
    });
    let port = |digits: &Vec<u8>| std::str::from_utf8(digits).ok()?.parse::<u16>().ok();
    let expected = expected.and_then(|list| {
        list.into_iter()
            .map(|via| {
                let known = match &via.port {
                    None => None,
                    Some(digits) => Some(port(digits)?),
                };
                let params = expect_params(&via.params);
                Some((via.protocol, via.version, via.transport, via.host, known, params))
            })
            .collect::<Option<Vec<SeenVia>>>()
    });
    // RFC 3581 wants a number of `rport`, which the oracle does not look at.
    let rport = |via: &SeenVia| via.5.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"rport"));
    if found != expected && expected.iter().flatten().any(rport) {
        return;
    }
    assert_eq!(found, expected, "{}", value.escape_ascii());
}

fn check_media_type(value: &[u8]) {
    let see = |media: MediaType<'_>| {
        (media.type_().into(), media.subtype().into(), see_params(media.params()))
    };
    let Some(found) = ours(header::ContentType, value, see) else { return };
    let expected = oracle::media_type(value)
        .filter(|media| oracle::duplicate_param(&media.params).is_none())
        .map(|media| vec![(media.kind, media.subtype, expect_params(&media.params))]);
    assert_eq!(found, expected, "{}", value.escape_ascii());
}

fn check_tokens(value: &[u8]) {
    if let Some(found) = ours(header::Supported, value, |tag| tag.as_str().as_bytes().to_vec()) {
        assert_eq!(found, oracle::token_list_or_empty(value), "{}", value.escape_ascii());
    }
    if let Some(found) = ours(header::Require, value, |tag| tag.as_str().as_bytes().to_vec()) {
        assert_eq!(found, oracle::token_list(value), "{}", value.escape_ascii());
    }
}

fn check_simple(value: &[u8]) {
    if let Some(found) = ours(header::CallId, value, |id| id.as_bytes().to_vec()) {
        let expected = oracle::call_id(value).map(|id| vec![id]);
        assert_eq!(found, expected, "{}", value.escape_ascii());
    }
    let in_range = |number: &value::Number| number.value().and_then(|n| u32::try_from(n).ok());
    let see = |cseq: sip_message::value::CSeq<'_>| {
        (cseq.number(), cseq.method().as_str().as_bytes().to_vec())
    };
    if let Some(found) = ours(header::CSeq, value, see) {
        let expected =
            oracle::cseq(value).and_then(|cseq| Some(vec![(in_range(&cseq.number)?, cseq.method)]));
        assert_eq!(found, expected, "{}", value.escape_ascii());
    }
    if let Some(found) = ours(header::Expires, value, sip_message::value::Number::get) {
        let expected = oracle::number(value).and_then(|number| Some(vec![in_range(&number)?]));
        assert_eq!(found, expected, "{}", value.escape_ascii());
    }
}

fn check_all(value: &[u8]) {
    // RFC 3261's own grammar of UTF-8 takes more than Unicode's; `quirks.rs` has what is not UTF-8.
    if std::str::from_utf8(value).is_err() {
        return;
    }
    let value = &value[oracle::trim_lws(value)];
    let one = |address: Option<Address>| address.map(|address| vec![address]);
    // From wants its tag to be a token, which `from_spec` leaves to `tag`.
    let from = oracle::from_spec(value);
    if from.as_ref().is_none_or(|from| oracle::tag(&from.params) != Some(None)) {
        check_addresses(header::From, value, one(from));
    }
    check_addresses(header::Route, value, oracle::route(value));
    check_contacts(value);
    check_via(value);
    check_media_type(value);
    check_tokens(value);
    check_simple(value);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn addresses(sample in strategy::address_list(), edits in strategy::edits()) {
        check_all(&sample.text);
        check_all(&mutate::apply_all(&edits, &sample.text));
    }

    #[test]
    fn one_address(sample in strategy::tagged_address(), edits in strategy::edits()) {
        check_all(&sample.text);
        check_all(&mutate::apply_all(&edits, &sample.text));
    }

    #[test]
    fn contacts(sample in strategy::contacts(), edits in strategy::edits()) {
        check_all(&sample.text);
        check_all(&mutate::apply_all(&edits, &sample.text));
    }

    #[test]
    fn vias(sample in strategy::via_list(), edits in strategy::edits()) {
        check_all(&sample.text);
        check_all(&mutate::apply_all(&edits, &sample.text));
    }

    #[test]
    fn media_types(sample in strategy::media_type(), edits in strategy::edits()) {
        check_all(&sample.text);
        check_all(&mutate::apply_all(&edits, &sample.text));
    }

    #[test]
    fn simple_values(
        cseq in strategy::cseq(),
        tokens in strategy::token_list(),
        id in strategy::call_id(),
        edits in strategy::edits(),
    ) {
        for value in [cseq.text, tokens.text, id] {
            check_all(&value);
            check_all(&mutate::apply_all(&edits, &value));
        }
    }
}
