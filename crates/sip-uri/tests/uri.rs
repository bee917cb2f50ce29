//! The owned URI, hosts alone, typed parameters, limits.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use sip_uri::{
    Component, Host, HostPort, MAX_LEN, MaybeValue, Rule, Scheme, Tolerances, Uri, UriErrorKind,
    UriRef, escape,
};

#[test]
fn owned_and_borrowed_agree() {
    let text = "sip:alice@atlanta.example:5060;transport=tcp?a=b";
    let uri = Uri::parse(text).unwrap();
    let borrowed = uri.as_uri_ref();
    assert_eq!(uri, borrowed);
    assert_eq!(borrowed, uri);
    assert_eq!(uri.user(), borrowed.user());
    assert_eq!(uri.host(), borrowed.host());
    assert_eq!(uri.to_string(), text);
    assert_eq!(format!("{uri:?}"), format!("Uri({text:?})"));
    assert_eq!(uri, text.parse::<Uri>().unwrap());
    assert_eq!(uri, Uri::try_from(text).unwrap());
    assert_eq!(uri, Uri::from(borrowed));
    assert_eq!(UriRef::from(&uri), borrowed);
    assert!(
        uri.equivalent(&UriRef::parse("sip:alice@ATLANTA.example:5060;transport=TCP?A=B").unwrap())
    );
    assert_eq!(uri.clone().into_bytes(), text);
    assert_eq!(HashSet::from([uri.clone(), uri]).len(), 1);
}

#[test]
fn a_slice_of_a_buffer_is_not_copied() {
    let buffer = Bytes::from_static(b"Contact: <sip:bob@biloxi.example>");
    let borrowed = UriRef::parse(&buffer[10..32]).unwrap();
    let shared = Uri::from_ref_in(&buffer, borrowed);
    assert_eq!(shared.as_str(), "sip:bob@biloxi.example");
    assert_eq!(shared.as_bytes().as_ptr(), buffer[10..].as_ptr());
    let elsewhere = "sip:bob@biloxi.example".to_owned();
    let copied = Uri::from_ref_in(&buffer, UriRef::parse(&elsewhere).unwrap());
    assert_eq!(copied, shared);
    assert_ne!(copied.as_bytes().as_ptr(), elsewhere.as_ptr());
    assert_ne!(borrowed.to_uri().as_bytes().as_ptr(), buffer[10..].as_ptr());
}

#[test]
fn schemes_ignore_case_and_keep_it() {
    let uri = UriRef::parse("SIPS:a@b").unwrap();
    assert_eq!(uri.scheme(), Scheme::SIPS);
    assert_eq!(uri.scheme().as_str(), "SIPS");
    assert!(uri.is_sips() && uri.scheme().is_sips() && !uri.scheme().is_sip());
    assert!(UriRef::parse("TEL:+1").unwrap().scheme().is_tel());
    assert!(UriRef::parse("sipx:a").unwrap().opaque().is_some());
    assert_eq!(HashSet::from([Scheme::SIP, UriRef::parse("SIP:a").unwrap().scheme()]).len(), 1);
}

#[test]
fn the_longest_uri() {
    let text = format!("sip:{}@b", "a".repeat(MAX_LEN - 6));
    assert_eq!(UriRef::parse(&text).unwrap().user().unwrap().len(), MAX_LEN - 6);
    let error = UriRef::parse(&format!("{text}c")).unwrap_err();
    assert_eq!((error.kind(), error.component()), (UriErrorKind::TooLong, Component::Uri));
    assert_eq!(error.offset(), MAX_LEN);
}

#[test]
fn typed_parameters() {
    let uri = |params: &str| Uri::parse(format!("sip:a@b;{params}")).unwrap();

    assert_eq!(uri("transport=UDP").transport().unwrap().as_deref(), Some("UDP"));
    assert_eq!(uri("Transport=%74cp").transport().unwrap().as_deref(), Some("tcp"));
    assert_eq!(uri("x").transport(), Ok(None));
    for (params, kind, offset) in [
        ("transport", UriErrorKind::MissingValue, 17),
        ("transport=", UriErrorKind::MissingValue, 18),
        ("transport=a/b", UriErrorKind::InvalidValue, 18),
        ("transport=%ff", UriErrorKind::InvalidValue, 18),
    ] {
        let error = uri(params).transport().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{params}");
        assert_eq!(error.component(), Component::Param);
    }

    assert_eq!(uri("ttl=0").ttl(), Ok(Some(0)));
    assert_eq!(uri("ttl=255").ttl(), Ok(Some(255)));
    assert_eq!(uri("x").ttl(), Ok(None));
    for bad in ["ttl", "ttl=256", "ttl=0001", "ttl=+5", "ttl=-1", "ttl=1a", "ttl=99999999999"] {
        assert!(uri(bad).ttl().is_err(), "{bad}");
    }
    assert_eq!(uri("cause=486").cause(), Ok(Some(486)));
    for bad in ["cause=42", "cause=1000", "cause=4x6", "cause"] {
        assert!(uri(bad).cause().is_err(), "{bad}");
    }

    assert_eq!(uri("maddr=[::1]").maddr(), Ok(Some(Host::V6("::1".parse().unwrap()))));
    assert_eq!(uri("maddr=example.com").maddr(), Ok(Some(Host::Name("example.com"))));
    let error = uri("maddr=256.1.1.1").maddr().unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::InvalidIpv4, 14));
    assert_eq!(uri("maddr").maddr().unwrap_err().offset(), 13);

    for lr in ["lr", "lr=on", "lr=true", "LR", "%6c%72"] {
        assert!(uri(lr).lr(), "{lr}");
    }
    assert!(!uri("lrx").lr() && !uri("xlr=lr").lr());
    assert!(uri("ob").ob());

    assert_eq!(uri("gr").gr(), Ok(Some(MaybeValue::NoValue)));
    assert_eq!(
        uri("gr=urn:uuid:f81d4fae").gr(),
        Ok(Some(MaybeValue::Value("urn:uuid:f81d4fae".into())))
    );
    assert_eq!(uri("x").gr(), Ok(None));
    assert_eq!(uri("comp=sigcomp").comp().unwrap().as_deref(), Some("sigcomp"));
    assert_eq!(uri("sigcomp-id=urn:x").sigcomp_id().unwrap().as_deref(), Some("urn:x"));
    assert_eq!(uri("method=INVITE").method().unwrap().as_deref(), Some("INVITE"));
    let target = uri("target=sip%3a%2B1%40x.example;cause=302");
    assert_eq!(target.target().unwrap().as_deref(), Some("sip:+1@x.example"));
    assert_eq!(uri("pn-provider").pn_provider(), Ok(Some(MaybeValue::NoValue)));
    assert!(uri("pn-prid").pn_prid().is_err());
    assert_eq!(uri("pn-purr=x").pn_purr().unwrap().as_deref(), Some("x"));
    assert_eq!(uri("user=Phone").user_param().unwrap().as_deref(), Some("Phone"));
}

#[test]
fn telephone_in_a_user_part() {
    let uri = UriRef::parse("sip:*67%23;phone-context=%2B1@x;user=PHONE").unwrap();
    let number = uri.telephone().unwrap().unwrap();
    assert_eq!(number.number(), "*67%23");
    assert_eq!(number.digits(), "*67#");
    assert_eq!(number.phone_context().as_deref(), Some("+1"));

    let uri = UriRef::parse("sip:alice@x;user=phone").unwrap();
    let error = uri.telephone().unwrap_err();
    assert_eq!((error.component(), error.offset()), (Component::Number, 5));
    assert!(UriRef::parse("sip:+1@x;user").unwrap().telephone().is_err());
    assert_eq!(UriRef::parse("sip:+1@x").unwrap().telephone(), Ok(None));
    assert_eq!(UriRef::parse("sip:x;user=phone").unwrap().telephone(), Ok(None));

    let uri = UriRef::parse("tel:+1-2;ext=(3)4;a=%41").unwrap();
    let number = uri.telephone().unwrap().unwrap();
    assert_eq!(number.ext().as_deref(), Some("34"));
    assert_eq!(number.isub(), None);
    assert_eq!(number.params().count(), 2);
    assert_eq!(uri.params().count(), 2);
    assert_eq!((uri.user(), uri.host()), (None, None));
}

#[test]
fn host_and_port_as_a_prefix() {
    let strict = Tolerances::strict();
    for (text, host, port, end) in [
        ("192.0.2.1:5060;branch=x", "192.0.2.1", Some(5060), 14),
        ("192.0.2.1 ;branch=x", "192.0.2.1", None, 9),
        ("host.example , SIP/2.0", "host.example", None, 12),
        ("a.example.", "a.example.", None, 10),
        ("[2001:db8::1]:05070, x", "[2001:db8::1]", Some(5070), 19),
        ("h:1:2", "h", Some(1), 3),
        ("h: 1", "h", None, 1),
        ("h:", "h", None, 1),
    ] {
        let (parsed, at) = HostPort::parse_prefix(text.as_bytes(), strict, &mut |_| {}).unwrap();
        assert_eq!((parsed.host_str(), parsed.port(), at), (host, port, end));
    }
    let (host, end) = Host::parse_prefix(b"example.com : 5060", strict, &mut |_| {}).unwrap();
    assert_eq!((host, end), (Host::Name("example.com"), 11));

    let bare = strict.with(Rule::BareIpv6);
    let (parsed, end) = HostPort::parse_prefix(b"2001:db8::1;x", bare, &mut |_| {}).unwrap();
    assert_eq!(parsed.host(), Host::V6("2001:db8::1".parse().unwrap()));
    assert_eq!((parsed.port(), end), (None, 11));
    let (host, end) = Host::parse_prefix(b"fe80::1;x", bare, &mut |_| {}).unwrap();
    assert_eq!((host, end), (Host::V6("fe80::1".parse().unwrap()), 7));
    // Latin-1 behind the host is no business of the host's.
    assert!(HostPort::parse_prefix(b"a.b;\xe9", strict, &mut |_| {}).is_ok());
}

#[test]
fn a_host_alone() {
    let strict = Tolerances::strict();
    let parse =
        |text: &'static str, tolerances| Host::parse(text.as_bytes(), tolerances, &mut |_| {});
    assert_eq!(parse("a.b", strict), Ok(Host::Name("a.b")));
    assert!(parse("a.b:1", strict).is_err());
    assert!(parse("::1", strict).is_err());
    assert!(parse("::1", strict.with(Rule::BareIpv6)).is_ok());
    assert_eq!(Host::parse_address(b"192.0.2.1").unwrap().to_string(), "192.0.2.1");
    assert_eq!(Host::parse_address(b"2001:db8::9:255").unwrap().to_string(), "2001:db8::9:255");
    assert_eq!(Host::parse_address(b"fe80::1").unwrap().to_string(), "fe80::1");
    assert!(Host::parse_address(b"a.b").is_err());
    assert!(Host::parse_address(b"[::1]:5060").is_err());
    assert_eq!(Host::V6("::1".parse().unwrap()).to_string(), "[::1]");
    assert!(Host::Name("A").equivalent(&Host::Name("a")));
    assert_ne!(Host::Name("A"), Host::Name("a"));
}

#[test]
fn a_host_is_a_name_or_an_address() {
    let (v4, v6): (Ipv4Addr, Ipv6Addr) = ([192, 0, 2, 1].into(), "2001:db8::1".parse().unwrap());
    for address in [IpAddr::from(v4), IpAddr::from(v6)] {
        let host = Host::from(address);
        assert_eq!((host.address(), host.name()), (Some(address), None));
    }
    assert_eq!((Host::from(v4), Host::from(v6)), (Host::V4(v4), Host::V6(v6)));
    let name = Host::Name("Example.com");
    assert_eq!((name.address(), name.name()), (None, Some("Example.com")));
    assert_eq!(name.to_string(), "Example.com");

    let strict = Tolerances::strict();
    let (sent_by, _) = HostPort::parse_prefix(b"a.b:1", strict, &mut |_| {}).unwrap();
    let other = sent_by.with_port(Some(2));
    assert_eq!((other.host(), other.port()), (Host::Name("a.b"), Some(2)));
    assert_eq!(other.with_port(Some(1)), sent_by);
}

/// A zone makes another key, as it makes another address.
#[test]
fn keys_know_zones() {
    let zoned = |zone: &str| {
        let text = format!("sip:a@[fe80::1%{zone}]:5070");
        Uri::parse_with(text, Tolerances::lenient(), &mut |_| {}).unwrap().aor_key()
    };
    assert_eq!(zoned("eth0"), zoned("eth0"));
    assert_ne!(zoned("eth0"), zoned("eth1"));
    assert_ne!(zoned("eth0"), Uri::parse("sip:a@[fe80::1]:5070").unwrap().aor_key());
    let key = Uri::parse("sip:Alice@Atlanta.example").unwrap().aor_key();
    assert_eq!((key.to_string().as_str(), key.as_ref()), (key.as_str(), key.as_str()));
    let table = HashSet::from([key.clone()]);
    assert!(table.contains(key.as_str()), "a table is asked without an owned key");
}

#[test]
fn a_quoted_value_is_utf8() {
    let text = b"sip:a@example.com;x=\"a\xff\"";
    let error = UriRef::parse_with(text, Tolerances::lenient(), &mut |_| {}).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::InvalidUtf8, 22));
    assert_eq!(error.component(), Component::Param);
}

#[test]
fn a_uri_is_read_from_what_is_at_hand() {
    let text = "sip:alice@atlanta.example";
    let uri = UriRef::try_from(text).unwrap();
    assert_eq!(uri, UriRef::try_from(text.as_bytes()).unwrap());
    assert!(UriRef::try_from("sip:").is_err() && UriRef::try_from(&b"sip:"[..]).is_err());
    assert_eq!(format!("{uri:?}"), format!("UriRef({text:?})"));
    assert_eq!((uri.scheme() == *"SIP", uri.scheme().to_string()), (true, "sip".to_owned()));
}

#[test]
fn errors_say_where_and_why() {
    let error = UriRef::parse("sip:alice@atlanta.example:99999").unwrap_err();
    assert_eq!(
        error.to_string(),
        "port: expected a port of at most 65,535 at byte 26 (RFC 3261 §25.1)"
    );
    assert_eq!(error.shifted(100).offset(), 126);
    let error = escape::decode("a%4").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::InvalidEscape, 1));
}

/// `sip:user;par@host`, `a?b@gw`: what peers got wrong.
#[test]
fn the_user_ends_at_the_at_sign() {
    for user in ["user;par=u", "a?b", "a&b", "a/b", "a,b", "a=b", "a+b", "a$b", "a;b:"] {
        let text = format!("sip:{user}@gw.example:5060;lr?x=y");
        let uri = UriRef::parse(&text).unwrap();
        assert_eq!(uri.user(), Some(user.trim_end_matches(':')));
        assert_eq!(uri.host_str(), Some("gw.example"));
    }
}
