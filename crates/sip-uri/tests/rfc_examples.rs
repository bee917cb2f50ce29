//! The examples of the RFCs, as they stand there.

use sip_uri::{Host, Scheme, Tolerances, UriErrorKind, UriRef};

fn strict(text: &str) -> UriRef<'_> {
    let uri = UriRef::parse_with(text.as_bytes(), Tolerances::strict(), &mut |_| {});
    uri.unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn rfc3261_section_19_1_3() {
    let uri = strict("sip:alice@atlanta.com");
    assert_eq!(uri.scheme(), Scheme::SIP);
    assert_eq!(uri.user(), Some("alice"));
    assert_eq!(uri.host(), Some(Host::Name("atlanta.com")));
    assert_eq!((uri.port(), uri.password()), (None, None));

    let uri = strict("sip:alice:secretword@atlanta.com;transport=tcp");
    assert_eq!(uri.user(), Some("alice"));
    assert_eq!(uri.password(), Some("secretword"));
    assert_eq!(uri.transport().unwrap().as_deref(), Some("tcp"));

    let uri = strict("sips:alice@atlanta.com?subject=project%20x&priority=urgent");
    assert!(uri.is_sips() && !uri.is_sip());
    let subject = uri.headers().get("Subject").unwrap();
    assert_eq!(subject.value, "project%20x");
    assert_eq!(*subject.value_decoded(), *b"project x");
    assert_eq!(uri.headers().get("priority").unwrap().value, "urgent");
    assert_eq!(uri.headers().count(), 2);

    let uri = strict("sip:+1-212-555-1212:1234@gateway.com;user=phone");
    assert_eq!(uri.user(), Some("+1-212-555-1212"));
    assert_eq!(uri.password(), Some("1234"));
    let number = uri.telephone().unwrap().unwrap();
    assert!(number.is_global());
    assert_eq!(number.digits(), "+12125551212");

    let uri = strict("sips:1212@gateway.com");
    assert_eq!(uri.user(), Some("1212"));
    assert_eq!(uri.telephone(), Ok(None));

    let uri = strict("sip:alice@192.0.2.4");
    assert_eq!(uri.host(), Some(Host::V4([192, 0, 2, 4].into())));

    let uri = strict("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com");
    assert_eq!(uri.user(), None);
    assert_eq!(uri.host_str(), Some("atlanta.com"));
    assert_eq!(uri.method().unwrap().as_deref(), Some("REGISTER"));
    assert_eq!(*uri.headers().next().unwrap().value_decoded(), *b"alice@atlanta.com");

    let uri = strict("sip:alice;day=tuesday@atlanta.com");
    assert_eq!(uri.user(), Some("alice;day=tuesday"));
    assert_eq!(uri.params().count(), 0);
}

#[test]
fn rfc3261_section_19_1_1_multicast() {
    let uri = strict("sip:alice@atlanta.com;maddr=239.255.255.1;ttl=15");
    assert_eq!(uri.maddr(), Ok(Some(Host::V4([239, 255, 255, 1].into()))));
    assert_eq!(uri.ttl(), Ok(Some(15)));
}

#[test]
fn rfc3261_section_19_1_2_escapes() {
    assert_eq!(*strict("sip:j%40s0n@example.com").user_decoded().unwrap(), *b"j@s0n");
    // The host has no escapes.
    let error = UriRef::parse("sip:alice@ex%61mple.com").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::InvalidCharacter, 12));
}

#[test]
fn rfc4475_torture() {
    let text = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*\
                :&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com";
    let uri = strict(text);
    assert_eq!(uri.user(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(uri.host_str(), Some("example.com"));

    // esc01: decoded once, and the name too.
    let uri = strict("sip:sips%3Auser%40example.com@example.net");
    assert_eq!(*uri.user_decoded().unwrap(), *b"sips:user@example.com");
    assert_eq!(uri.host_str(), Some("example.net"));
    let uri = strict("sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
    assert_eq!(*uri.user_decoded().unwrap(), *b"caller");
    assert!(uri.lr());
    let name = uri.param("name").unwrap();
    assert_eq!(*name.name_decoded(), *b"name");
    assert_eq!(name.value_decoded().as_deref(), Some(b"value%41".as_slice()));

    // escnull: NUL neither truncates nor is dropped.
    let one = strict("sip:%00@host5.example.com");
    let two = strict("sip:%00%00@host5.example.com");
    assert_eq!(*one.user_decoded().unwrap(), *b"\0");
    assert!(!one.equivalent(&two));
    assert_ne!(one.binding_key(), two.binding_key());
    assert_ne!(one.aor_key(), two.aor_key());

    // semiuri
    let uri = strict("sip:user;par=u%40example.net@example.com");
    assert_eq!(*uri.user_decoded().unwrap(), *b"user;par=u@example.net");
    assert_eq!(uri.host_str(), Some("example.com"));
    assert_eq!(uri.params().count(), 0);

    // unkscm, novelsc, unksm2
    for (text, scheme, opaque) in [
        (
            "nobodyKnowsThisScheme:totallyopaquecontent",
            "nobodyknowsthisscheme",
            "totallyopaquecontent",
        ),
        ("soap.beep://192.0.2.103:3002", "soap.beep", "//192.0.2.103:3002"),
        ("isbn:2983792873", "isbn", "2983792873"),
        ("http://www.example.com", "http", "//www.example.com"),
        ("name:John_Smith", "name", "John_Smith"),
        ("http://user@[2001:db8::1]:80/a?b", "http", "//user@[2001:db8::1]:80/a?b"),
    ] {
        let uri = strict(text);
        assert!(uri.scheme() == scheme);
        assert_eq!(uri.opaque(), Some(opaque));
        assert_eq!((uri.host(), uri.user(), uri.port()), (None, None, None));
        assert_eq!(uri.to_string(), text);
    }

    // lwsruri, ltgtruri
    let error = UriRef::parse("sip:user@example.com; lr").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::WhiteSpace, 21));
    let error = UriRef::parse("<sip:user@example.com>").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::InvalidScheme, 0));
}

#[test]
fn rfc5118_ipv6() {
    // 4.1
    let uri = strict("sip:[2001:db8::10]");
    assert_eq!(uri.host(), Some(Host::V6("2001:db8::10".parse().unwrap())));
    assert_eq!(uri.host_str(), Some("[2001:db8::10]"));
    // 4.2: refused, and the place is where the bracket is missing.
    let error = UriRef::parse("sip:2001:db8::10").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (UriErrorKind::BareIpv6, 4));
    assert_eq!(error.rfc(), "RFC 5954 §4.1");
    // 4.3: the port inside the brackets is a group of the address.
    let uri = strict("sip:[2001:db8::10:5070]");
    assert_eq!(uri.host(), Some(Host::V6("2001:db8::10:5070".parse().unwrap())));
    assert_eq!(uri.port(), None);
    // 4.4
    let uri = strict("sip:[2001:db8::10]:5070");
    assert_eq!(uri.host(), Some(Host::V6("2001:db8::10".parse().unwrap())));
    assert_eq!(uri.port(), Some(5070));
    // 4.9
    let uri = strict("sip:user@[::ffff:192.0.2.10]");
    assert_eq!(uri.host(), Some(Host::V6("::ffff:192.0.2.10".parse().unwrap())));
    // 4.10
    let two = strict("sip:user@[2001:db8::192.0.2.1]");
    let three = UriRef::parse("sip:user@[2001:db8:::192.0.2.1]").unwrap();
    assert_eq!(two.host(), three.host());
    assert!(two.equivalent(&three));
    assert_eq!(three.as_str(), "sip:user@[2001:db8:::192.0.2.1]");
}

#[test]
fn rfc3966_section_6() {
    let number = |text| strict(text).telephone().unwrap().unwrap();

    let global = number("tel:+1-201-555-0123");
    assert!(global.is_global());
    assert_eq!(global.number(), "+1-201-555-0123");
    assert_eq!(global.digits(), "+12015550123");

    let local = number("tel:7042;phone-context=example.com");
    assert!(!local.is_global());
    assert_eq!(local.phone_context().as_deref(), Some("example.com"));

    let local = number("tel:863-1234;phone-context=+1-914-555");
    assert_eq!(local.digits(), "8631234");
    assert_eq!(local.phone_context().as_deref(), Some("+1-914-555"));
}

#[test]
fn rfc8599_push_parameters() {
    let uri =
        strict("sip:alice@alice.example.com;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4Z");
    assert_eq!(uri.pn_provider(), Ok(Some(sip_uri::MaybeValue::Value("acme".into()))));
    assert_eq!(uri.pn_param().unwrap().as_deref(), Some("acme-param"));
    assert_eq!(uri.pn_prid().unwrap().as_deref(), Some("ZTY4Z"));
    assert_eq!(uri.pn_purr(), Ok(None));
}

/// Each set of RFC 3261 §19.1.4 that the RFC calls equivalent.
const EQUIVALENT: &[&[&str]] = &[
    &["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
    &["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
    &["sip:carol@chicago.com", "sip:carol@chicago.com;security=on"],
    &["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"],
    &[
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ],
    &[
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ],
    // RFC 5954 §4.2.
    &["sip:bob@[::ffff:192.0.2.128]", "sip:bob@[::ffff:c000:280]"],
    &["sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:01]"],
    &["sip:bob@[0:0:0:0:0:FFFF:129.144.52.38]", "sip:bob@[::FFFF:129.144.52.38]"],
    // RFC 3261 §19.1.6, RFC 3966 §4.
    &["tel:+358-555-1234567;postd=pp22", "tel:+358-555-1234567;POSTD=PP22"],
    &["tel:+358-555-1234567;postd=pp22;isub=1411", "tel:+358-555-1234567;isub=1411;postd=pp22"],
    &["tel:+1(201)555.0123", "tel:+1-201-5550123"],
    &["tel:7042;phone-context=example.com", "TEL:70-42;Phone-Context=Example.COM"],
    &["tel:7042;phone-context=+1-914", "tel:7042;phone-context=+1914"],
    &["tel:+1;ext=1-7", "tel:+1;ext=17"],
    &["HTTP://example.com/%7euser%2f", "http://example.com/~user%2F"],
];

/// And the ones that it calls not equivalent.
const DIFFERENT: &[&[&str]] = &[
    &["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
    &["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
    &["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
    &["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
    &["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
    &["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
    // The rules, one by one.
    &["sip:alice@atlanta.com", "sips:alice@atlanta.com"],
    &["sip:alice@atlanta.com", "sip:atlanta.com"],
    &["sip:alice:@atlanta.com", "sip:alice@atlanta.com"],
    &["sip:alice:a@atlanta.com", "sip:alice:A@atlanta.com"],
    &["sip:a;b@atlanta.com", "sip:a%3Bb@atlanta.com"],
    &["sip:atlanta.com;user=ip", "sip:atlanta.com"],
    &["sip:atlanta.com;ttl=1", "sip:atlanta.com"],
    &["sip:atlanta.com;method=INVITE", "sip:atlanta.com"],
    &["sip:atlanta.com;maddr=192.0.2.1", "sip:atlanta.com"],
    &["sip:atlanta.com;lr", "sip:atlanta.com;lr=on"],
    &["sip:atlanta.com?a=1&a=2", "sip:atlanta.com?a=1"],
    &["sip:atlanta.com?body=x", "sip:atlanta.com?body=X"],
    &["sip:192.0.2.4", "sip:[::ffff:192.0.2.4]"],
    // RFC 3261 §19.1.6: the user part is compared with its case and order.
    &[
        "sip:+358-555-1234567;postd=pp22@foo.com;user=phone",
        "sip:+358-555-1234567;POSTD=PP22@foo.com;user=phone",
    ],
    &[
        "sip:+358-555-1234567;postd=pp22;isub=1411@foo.com;user=phone",
        "sip:+358-555-1234567;isub=1411;postd=pp22@foo.com;user=phone",
    ],
    &["tel:+7042", "tel:7042;phone-context=example.com"],
    &["tel:+1", "tel:+1;ext=1"],
    &["tel:+1;x=1", "tel:+1"],
    &["tel:+1", "sip:+1@example.com;user=phone"],
    &["urn:a", "urn:A"],
    &["urn:a%3A", "urn:a:"],
];

#[test]
fn equivalent_examples() {
    for set in EQUIVALENT {
        for (a, b) in set.iter().flat_map(|a| set.iter().map(move |b| (a, b))) {
            assert!(UriRef::parse(a).unwrap().equivalent(&UriRef::parse(b).unwrap()), "{a} {b}");
        }
    }
}

#[test]
fn different_examples() {
    for set in DIFFERENT {
        let (a, b) = (UriRef::parse(set[0]).unwrap(), UriRef::parse(set[1]).unwrap());
        assert!(!a.equivalent(&b) && !b.equivalent(&a), "{a} {b}");
        assert!(a.equivalent(&a) && b.equivalent(&b));
    }
}

#[test]
fn equivalence_is_not_transitive() {
    let plain = strict("sip:carol@chicago.com");
    let on = strict("sip:carol@chicago.com;security=on");
    let off = strict("sip:carol@chicago.com;security=off");
    assert!(plain.equivalent(&on) && plain.equivalent(&off));
    assert!(!on.equivalent(&off));
    // One bucket of a binding table holds all three; `equivalent` tells them apart.
    assert_eq!(on.binding_key(), off.binding_key());
}
