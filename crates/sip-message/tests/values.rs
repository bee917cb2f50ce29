//! What the views of values say, getter by getter: values from RFCs, and what is wrong with bad ones.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

use std::net::IpAddr;

use sip_message::value::{
    Algorithm, CSeq, Challenge, Credentials, HeaderValue, Product, RAck, RetryAfter, Text, Via,
};
use sip_message::{Message, Method, Parser, Tolerances, Version, header};

fn error<'a, T: HeaderValue<'a> + std::fmt::Debug>(value: &'a str) -> (usize, &'static str) {
    let error = T::decode(value.as_bytes()).unwrap_err();
    (error.offset(), error.expected())
}

/// RFC 3261 §22.4, RFC 7616 §3.9.1.
#[test]
fn digest() {
    let challenge = Challenge::decode(
        b"Digest realm=\"biloxi.com\", qop=\"auth,auth-int\", \
          nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", \
          stale=TRUE, algorithm=SHA-256, userhash=true",
    )
    .unwrap();
    let params = challenge.params();
    assert!(challenge.is_digest());
    assert_eq!(params.realm().unwrap(), &b"biloxi.com"[..]);
    assert_eq!(params.nonce().unwrap(), &b"dcd98b7102dd2f0e8b11d0f600bfb0c093"[..]);
    assert_eq!(params.opaque().unwrap(), &b"5ccc069c403ebaf9f0171e9517f40e41"[..]);
    assert!(params.offers_qop("auth") && params.offers_qop("AUTH-INT"));
    assert!(!params.offers_qop("auth-conf"));
    assert!(params.stale() && params.userhash());
    assert_eq!(params.algorithm(), Algorithm::Sha256);
    assert_eq!((params.username(), params.nc()), (None, None));

    let credentials = Credentials::decode(
        b"digest username=\"b\\\"ob\", realm=\"biloxi.com\", nonce=\"n\", uri=\"sip:bob@biloxi.com\", \
          qop=auth, nc=0000001a, cnonce=\"0a4f113b\", response=\"6629fae4\", opaque=\"\", auts=\"x\"",
    )
    .unwrap();
    let params = credentials.params();
    assert!(credentials.is_digest());
    assert_eq!((credentials.scheme(), params.nc()), ("digest", Some(0x1a)));
    assert_eq!(params.username().unwrap(), &b"b\"ob"[..]);
    assert_eq!(params.uri().unwrap(), &b"sip:bob@biloxi.com"[..]);
    assert_eq!(params.cnonce().unwrap(), &b"0a4f113b"[..]);
    assert_eq!(params.response().unwrap(), &b"6629fae4"[..]);
    assert_eq!(params.opaque().unwrap(), &b""[..]);
    assert_eq!(params.auts().unwrap(), &b"x"[..]);
    assert_eq!(params.algorithm(), Algorithm::Md5, "where it is missing");
    assert!(!params.stale() && !params.userhash());
    let username = params.get("USERNAME").unwrap();
    assert_eq!((username.name(), username.raw_value()), ("username", &b"\"b\\\"ob\""[..]));
    // Neither names nor numbers of those who call go into logs.
    let printed = format!("{credentials:?} {username:?}");
    assert!(printed.contains("username") && !printed.contains("ob"), "{printed}");
}

/// RFC 7616 §3.3, RFC 8760 §2.1, RFC 3310 §3.1.
#[test]
fn digest_algorithms() {
    for (name, algorithm) in [
        ("MD5", Algorithm::Md5),
        ("md5-SESS", Algorithm::Md5Sess),
        ("SHA-256", Algorithm::Sha256),
        ("SHA-256-sess", Algorithm::Sha256Sess),
        ("SHA-512-256", Algorithm::Sha512_256),
        ("SHA-512-256-sess", Algorithm::Sha512_256Sess),
        ("AKAv1-MD5", Algorithm::AkaV1Md5),
        ("SHA-3", Algorithm::Unknown),
    ] {
        let text = format!("Digest realm=\"a\", nonce=\"b\", algorithm={name}");
        assert_eq!(Challenge::decode(text.as_bytes()).unwrap().params().algorithm(), algorithm);
    }
    for nc in ["1", "0000000g", "000000001", "\"00000001\""] {
        let text = format!("Digest username=\"a\", nc={nc}");
        let nc =
            Credentials::decode_with(text.as_bytes(), Tolerances::lenient()).unwrap().params().nc();
        assert_eq!(nc, text.contains('"').then_some(1).filter(|_| text.ends_with("1\"")));
    }
}

/// RFC 3261 §20.42, RFC 3581 §4, RFC 5118 §4.5.
#[test]
fn via() {
    let via = Via::decode(
        b"SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1;\
          received=192.0.2.1;rport",
    )
    .unwrap();
    assert_eq!((via.protocol(), via.version(), via.transport()), ("SIP", "2.0", "UDP"));
    assert_eq!(
        (via.host().name(), via.host_str()),
        (Some("first.example.com"), "first.example.com")
    );
    assert_eq!((via.port(), via.ttl(), via.maddr()), (Some(4000), Some(16), Some("224.2.0.1")));
    assert_eq!(via.received(), Some(IpAddr::from([192, 0, 2, 1])));
    assert_eq!(via.rport(), Some(None), "asked for, not told");
    let via = Via::decode(b"SIP/2.0/TCP [2001:db8::9:1];branch=z9hG4bK1;rport=9988").unwrap();
    assert_eq!((via.rport(), via.received(), via.maddr()), (Some(Some(9988)), None, None));
    assert_eq!(via.host().address(), Some("2001:db8::9:1".parse().unwrap()));

    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP h;branch=\"x\"").0, 21);
    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP h;ttl=256").0, 18);
    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP h;received=x").0, 23);
    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP h:70000").0, 14);
    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP ?").0, 12);
}

/// Regression: the place was the end of all parameters.
#[test]
fn a_bad_tag_or_branch_is_found_where_it_stands() {
    assert_eq!(error::<Via<'_>>("SIP/2.0/UDP h;branch=\"x\";ttl=1"), (21, "a token as the branch"));
    for (from, at) in [("<sip:a@b>;tag=\"x\";y=z", 14), ("<sip:a@b>;tag;y=z", 13)] {
        let text = format!("SIP/2.0 200 OK\r\nFrom: {from}\r\n\r\n");
        let message = Parser::new().tolerances(Tolerances::strict()).parse(text).unwrap();
        let error = message.headers().require(header::From).unwrap_err();
        assert_eq!(error.offset(), Some(22 + at), "{from}: {error}");
    }
}

/// RFC 3261 §20.33, §20.16, RFC 3262 §7.2.
#[test]
fn numbers_with_something_behind() {
    let retry = RetryAfter::decode(b"120 (I'm in a \\(long\\) meeting);duration=3600").unwrap();
    assert_eq!(retry.seconds(), 120);
    assert_eq!(retry.comment().unwrap(), &b"I'm in a (long) meeting"[..]);
    assert_eq!(retry.params().get("duration").unwrap().value_str(), Some("3600"));
    assert_eq!(RetryAfter::decode(b"18000;duration=3600").unwrap().comment(), None);

    let rack = RAck::decode(b"776656 1 INVITE").unwrap();
    assert_eq!((rack.rseq(), rack.cseq(), rack.method()), (776_656, 1, Method::INVITE));
    assert_eq!(error::<RAck<'_>>("776656"), (6, "white space behind the response number"));
    assert_eq!(error::<RAck<'_>>("x"), (0, "a response number"));
    let cseq = CSeq::decode(b"4711 INVITE").unwrap();
    assert_eq!((cseq.number(), cseq.method() == "INVITE"), (4711, true));
}

/// RFC 3261 §20.35, §20.41.
#[test]
fn products() {
    let server = Text::decode(b"HomeServer/v2 (a \\(nested\\) one) Softphone").unwrap();
    let products: Vec<_> = server.products().map(Result::unwrap).collect();
    let product = |name, version| Product::Product { name, version };
    assert_eq!(products[0], product("HomeServer", Some("v2")));
    assert_eq!(products[1].comment().unwrap(), &b"a (nested) one"[..]);
    assert_eq!((products[2], products[2].comment()), (product("Softphone", None), None));
    assert_eq!(server.to_str(), Ok("HomeServer/v2 (a \\(nested\\) one) Softphone"));

    let latin = Text::decode_with(b"caf\xe9", Tolerances::lenient()).unwrap();
    assert!(latin.to_str().is_err());
    assert_eq!(latin.to_str_lossy(), "caf\u{fffd}");
}

#[test]
fn values_with_parameters() {
    let message = Message::parse(
        &b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
           Session-Expires: 1800;refresher=uac\r\n\
           Contact: \"B\\\"ob\" <sip:bob@192.0.2.4>;q=0.25\r\n\
           Reason: SIP;cause=200;text=\"Call \\\"completed\\\"\", Q.850;cause=16\r\n\
           Call-ID: a84b4c76e66710\r\n\r\n"[..],
    )
    .unwrap();
    let headers = message.headers();
    let interval = headers.require(header::SessionExpires).unwrap();
    assert_eq!((interval.number(), interval.value()), (Some(1800), b"1800"[..].into()));
    let reason = headers.each(header::Reason).next().unwrap().unwrap();
    assert_eq!((reason.number(), reason.value_str()), (None, Some("SIP")));
    let text = reason.params().get("text").unwrap();
    assert_eq!(text.value().unwrap(), &b"Call \"completed\""[..]);
    let contact = headers.require(header::Contact).unwrap();
    assert_eq!(contact.q().unwrap().unwrap().to_string(), "0.250");
    assert_eq!(contact.address().unwrap().display_name().unwrap().to_str_lossy(), "B\"ob");
    let call_id = headers.require(header::CallId).unwrap();
    assert_eq!(call_id.to_str(), Ok("a84b4c76e66710"));
}

#[test]
fn versions() {
    let message = Message::parse(&b"OPTIONS sip:a@b SIP/7.12\r\n\r\n"[..]).unwrap();
    assert_eq!((message.version().major(), message.version().minor()), (7, 12));
    assert!(message.version() > Version::SIP_2_0);
    assert_eq!(message.version().to_string(), "SIP/7.12");
}

/// An index is used again, and what it held is forgotten.
#[test]
fn recycling_changes_nothing() {
    let long = format!("OPTIONS sip:a@b SIP/2.0\r\n{}\r\n", "Via: SIP/2.0/UDP h\r\n".repeat(50));
    let mut parser = Parser::default();
    for text in [long.as_str(), "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n"] {
        let fresh = Message::parse(text.to_owned()).unwrap();
        let message = parser.parse(text.to_owned()).unwrap();
        assert_eq!(
            format!("{:?}", message.headers().iter().collect::<Vec<_>>()),
            format!("{:?}", fresh.headers().iter().collect::<Vec<_>>())
        );
        assert_eq!(
            (message.as_request().is_some(), message.as_response().is_some()),
            (text == long, text != long)
        );
        parser.recycle(message);
    }
}
