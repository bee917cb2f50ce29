//! The builder: what goes in comes out of the parser.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

#[path = "strategy/uri.rs"]
mod strategy;

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::prelude::*;
use sip_uri::{Host, Telephone, Tolerances, Uri, UriBuilder, UriErrorKind, UriRef};

#[test]
fn sip() {
    let uri = UriBuilder::sips("2001:db8::1")
        .user("+1-212-555-1212")
        .password("a:b;c")
        .port(0)
        .param("transport", "tls")
        .flag("lr")
        .param("x y", "ü=;")
        .header("a&b", "")
        .build()
        .unwrap();
    assert_eq!(
        uri.as_str(),
        "sips:+1-212-555-1212:a%3Ab%3Bc@[2001:db8::1]:0\
         ;transport=tls;lr;x%20y=%C3%BC%3D%3B?a%26b="
    );
    let plain = UriBuilder::sip(Host::V4([192, 0, 2, 1].into())).build().unwrap();
    assert_eq!(plain.as_str(), "sip:192.0.2.1");
    let user = UriBuilder::sip("b").user_escaped("a%3Bb;c").build().unwrap();
    assert_eq!(user.as_str(), "sip:a%3Bb;c@b");
}

/// `+49…` stays `+49…`, and an IPv6 host keeps its brackets.
#[test]
fn nothing_is_escaped_without_need() {
    let user = "azAZ09-_.!~*'()&=+$,;?/";
    let uri = UriBuilder::sip("[::1]").user(user).build().unwrap();
    assert_eq!(uri.as_str(), format!("sip:{user}@[::1]"));
}

#[test]
fn tel() {
    let uri = UriBuilder::tel("+1-201-555-0123")
        .param("z", "1")
        .param("a", "2")
        .param("ext", "17")
        .build()
        .unwrap();
    assert_eq!(uri.as_str(), "tel:+1-201-555-0123;ext=17;a=2;z=1");
    let local = UriBuilder::tel("*67#");
    assert_eq!(local.clone().build().unwrap_err().kind(), UriErrorKind::MissingContext);
    let local = local.param("phone-context", "example.com").build().unwrap();
    assert_eq!(local.as_str(), "tel:*67#;phone-context=example.com");
}

/// RFC 3261 §19.1.6.
#[test]
fn tel_in_sip() {
    for (number, user) in [
        ("+358-555-1234567;postd=pp22", "+358-555-1234567;postd=pp22"),
        ("+358-555-1234567;POSTD=PP22", "+358-555-1234567;postd=pp22"),
        ("+1;tsp=a.b;phone-context=+5", "+1;phone-context=+5;tsp=a.b"),
        ("*67#;phone-context=example.com", "*67%23;phone-context=example.com"),
        ("+1;isub=[a]:1", "+1;isub=%5Ba%5D%3A1"),
    ] {
        let parsed = Telephone::parse(number).unwrap();
        let uri = UriBuilder::sip("foo.com").telephone(&parsed).build().unwrap();
        assert_eq!(uri.as_str(), format!("sip:{user}@foo.com;user=phone"));
        let read = uri.telephone().unwrap().unwrap();
        assert_eq!(read.digits(), parsed.digits());
        assert_eq!(read.phone_context(), parsed.phone_context());
        assert_eq!(read.isub(), parsed.isub());
    }
}

#[test]
fn other() {
    let uri = UriBuilder::other("urn", "service:sos").build().unwrap();
    assert_eq!(uri.as_str(), "urn:service:sos");
    assert_eq!(uri.opaque(), Some("service:sos"));
    assert!(UriBuilder::other("sip", "a@b").error().is_some());
    assert!(UriBuilder::other("", "a").error().is_some());
    assert!(UriBuilder::other("urn", "a b").error().is_some());
    assert!(UriBuilder::other("urn", "").error().is_some());
}

#[test]
fn refusals() {
    use UriErrorKind as K;
    let sip = || UriBuilder::sip("example.com");
    let tel = || UriBuilder::tel("+1");
    for bad in ["a\rb", "a\nb", "a\0b"] {
        for error in [
            sip().user(bad).build().unwrap_err(),
            sip().password(bad).build().unwrap_err(),
            sip().param(bad, "x").build().unwrap_err(),
            sip().param("x", bad).build().unwrap_err(),
            sip().flag(bad).build().unwrap_err(),
            sip().header(bad, "x").build().unwrap_err(),
            sip().header("x", bad).build().unwrap_err(),
            tel().param("x", bad).build().unwrap_err(),
            UriBuilder::sip(bad).build().unwrap_err(),
            UriBuilder::other("urn", bad).build().unwrap_err(),
        ] {
            assert_eq!(
                (error.kind(), error.offset() % 3),
                (K::ControlCharacter, bad_offset(&error))
            );
        }
        assert!(UriBuilder::tel(bad).error().is_some());
        assert!(UriBuilder::other(bad, "x").error().is_some());
    }
    for escape in ["%00", "%0d", "a%0A"] {
        assert_eq!(sip().user_escaped(escape).build().unwrap_err().kind(), K::ControlCharacter);
    }
    let hostile = Telephone::parse("+1;isub=%0d%0a").unwrap();
    assert_eq!(sip().telephone(&hostile).build().unwrap_err().kind(), K::ControlCharacter);

    assert_eq!(sip().user("").build().unwrap_err().kind(), K::EmptyUser);
    assert_eq!(sip().user_escaped("a@b").build().unwrap_err().offset(), 1);
    assert_eq!(sip().user_escaped("a%4").build().unwrap_err().kind(), K::InvalidEscape);
    assert_eq!(sip().param("", "x").build().unwrap_err().kind(), K::EmptyParam);
    assert_eq!(sip().param("x", "").build().unwrap_err().kind(), K::EmptyValue);
    assert_eq!(sip().header("", "x").build().unwrap_err().kind(), K::EmptyHeader);
    let twice = sip().flag("lr").param("LR", "on").build().unwrap_err();
    assert_eq!(twice.kind(), K::DuplicateParam);
    assert_eq!(tel().flag("a_b").build().unwrap_err().kind(), K::InvalidCharacter);
    for error in [
        tel().user("a").build().unwrap_err(),
        tel().password("a").build().unwrap_err(),
        tel().port(1).build().unwrap_err(),
        tel().header("a", "b").build().unwrap_err(),
        UriBuilder::other("urn", "a").flag("a").build().unwrap_err(),
    ] {
        assert_eq!(error.kind(), K::WrongScheme);
    }
    for host in ["", "a b", "1.2.3", "a@b", "a;b", "a:5060", "[::1", "[fe80::1%eth0]", "exämple"] {
        assert!(UriBuilder::sip(host).error().is_some(), "{host}");
    }
    for number in ["", "+", "1 2", "+1;ext=2", "+1x"] {
        assert!(UriBuilder::tel(number).error().is_some(), "{number}");
    }
    let bad = tel().param("ext", "x").build().unwrap_err();
    assert_eq!(bad.kind(), K::InvalidValue);
    let long = sip().user("a".repeat(65_535)).build().unwrap_err();
    assert_eq!(long.kind(), K::TooLong);
}

/// What comes behind the first error changes nothing.
#[test]
fn the_first_error_is_kept() {
    let builder = UriBuilder::sip("example.com").user("").port(1).param("", "x").flag("lr");
    assert_eq!(builder.error().map(|error| error.kind()), Some(UriErrorKind::EmptyUser));
    assert_eq!(builder.build().unwrap_err().kind(), UriErrorKind::EmptyUser);
    let builder = UriBuilder::tel("").flag("lr");
    assert_eq!(builder.build().unwrap_err().kind(), UriErrorKind::EmptyNumber);
}

fn bad_offset(error: &sip_uri::UriError) -> usize {
    // In the value alone the bad byte is at 1; `other` counts from the start of the URI.
    if error.component() == sip_uri::Component::Opaque { 5 % 3 } else { 1 }
}

fn sip_builder() -> impl Strategy<Value = (Parts, Uri)> {
    let params = vec(("[a-z]{1,4}", prop::option::of(strategy::plain(1..6))), 0..4);
    (
        prop::option::of(strategy::plain(1..8)),
        prop::option::of(strategy::plain(0..6)),
        strategy::host(),
        prop::option::of(any::<u16>()),
        params,
        vec(("[a-zA-Z &=]{1,4}", strategy::plain(0..6)), 0..3),
    )
        .prop_map(|(user, password, host, port, mut params, headers)| {
            params.sort();
            params.dedup_by(|a, b| a.0 == b.0);
            let parts = Parts { user, password, host, port, params, headers };
            let uri = parts.build().unwrap();
            (parts, uri)
        })
}

#[derive(Debug, Clone)]
struct Parts {
    user: Option<Vec<u8>>,
    password: Option<Vec<u8>>,
    host: String,
    port: Option<u16>,
    params: Vec<(String, Option<Vec<u8>>)>,
    headers: Vec<(String, Vec<u8>)>,
}

impl Parts {
    fn build(&self) -> Result<Uri, sip_uri::UriError> {
        let mut builder = UriBuilder::sip(&self.host);
        if let Some(user) = &self.user {
            builder = builder.user(user);
        }
        if let Some(password) = &self.password {
            builder = builder.password(password);
        }
        if let Some(port) = self.port {
            builder = builder.port(port);
        }
        for (name, value) in &self.params {
            builder = match value {
                Some(value) => builder.param(name, value),
                None => builder.flag(name),
            };
        }
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        builder.build()
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read((parts, uri) in sip_builder()) {
        let uri = UriRef::parse_with(uri.as_bytes(), Tolerances::strict(), &mut |_| {}).unwrap();
        prop_assert_eq!(uri.user_decoded().map(Cow::into_owned), parts.user.clone());
        let password = parts.password.filter(|_| parts.user.is_some());
        prop_assert_eq!(uri.password_decoded().map(Cow::into_owned), password);
        let host = Host::parse(parts.host.as_bytes(), Tolerances::strict(), &mut |_| {}).unwrap();
        prop_assert_eq!(uri.host(), Some(host));
        prop_assert_eq!(uri.port(), parts.port);
        let params: Vec<_> = uri
            .params()
            .map(|p| (p.name.to_owned(), p.value_decoded().map(Cow::into_owned)))
            .collect();
        prop_assert_eq!(params, parts.params);
        let headers: Vec<_> = uri
            .headers()
            .map(|h| {
                let name = String::from_utf8(h.name_decoded().into_owned()).unwrap();
                (name, h.value_decoded().into_owned())
            })
            .collect();
        prop_assert_eq!(headers, parts.headers);
    }

    #[test]
    fn escapes_come_back(bytes in vec(any::<u8>(), 0..20)) {
        use sip_uri::escape::{self, decode, encode};
        for set in [
            escape::USER, escape::PASSWORD, escape::PARAM, escape::HEADER, escape::URIC,
            escape::UNRESERVED,
        ] {
            let text = encode(&bytes, set).into_owned();
            prop_assert_eq!(&*decode(&text).unwrap(), &bytes[..]);
        }
    }
}
