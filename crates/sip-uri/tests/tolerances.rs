//! Each rule on and off: what is let through, the exact span, and the error in its place.

use std::collections::BTreeSet;

use sip_uri::{Deviation, Host, Rule, Severity, Tolerances, UriErrorKind, UriRef};

/// A text that breaks one rule, and where.
const CASES: &[(Rule, &str, u32, u32)] = &[
    (Rule::UserHash, "sip:*67#1@example.com", 7, 1),
    (Rule::UserHash, "sip:a:p#1@example.com", 7, 1),
    (Rule::UserCharacter, "sip:dom\\user@example.com", 7, 1),
    (Rule::UserCharacter, "sip:a:b:c@example.com", 7, 1),
    (Rule::UserCharacter, "sip:a:b;c@example.com", 7, 1),
    (Rule::EmptyUser, "sip:@example.com", 4, 0),
    (Rule::NonAscii, "sip:jürgen@example.com", 5, 2),
    (Rule::NonAscii, "sip:a@example.com;x=日本", 20, 6),
    (Rule::NonAscii, "sip:a@example.com?x=é", 20, 2),
    (Rule::NonAscii, "urn:é", 4, 2),
    (Rule::BadEscape, "sip:100%@example.com", 7, 1),
    (Rule::BadEscape, "sip:a@example.com;x=%zz", 20, 1),
    (Rule::BadEscape, "sip:a@example.com?x=%4", 20, 1),
    (Rule::WhiteSpace, "sip:user@example.com; lr", 21, 1),
    (Rule::WhiteSpace, "sip:user@example.com \t;lr", 20, 2),
    (Rule::WhiteSpace, "sip:user@example.com;x =1", 22, 1),
    (Rule::WhiteSpace, "sip:user@example.com;x= 1", 23, 1),
    (Rule::WhiteSpace, "sip:user@example.com;x=1 ;lr", 24, 1),
    (Rule::WhiteSpace, "sip:user@example.com? a=1", 21, 1),
    (Rule::WhiteSpace, "sip:user@example.com?a =1&b=2", 22, 1),
    (Rule::WhiteSpace, "sip:user@example.com?a=1 &b=2", 24, 1),
    (Rule::WhiteSpace, " sip:user@example.com", 0, 1),
    (Rule::WhiteSpace, "sip:user@example.com  ", 20, 2),
    (Rule::HostUnderscore, "sip:a@my_host.example.com", 8, 1),
    (Rule::HostUnderscore, "sip:a@_sip.example.com", 6, 1),
    (Rule::HostDigitLabel, "sip:a@3f2a9c:5060", 6, 6),
    (Rule::HostDigitLabel, "sip:a@host.3com.", 11, 4),
    (Rule::HostHyphen, "sip:a@-a.example.com", 6, 2),
    (Rule::HostHyphen, "sip:a@example.com-", 14, 4),
    (Rule::Ipv4LeadingZero, "sip:a@192.0.02.1", 12, 2),
    (Rule::BareIpv6, "sip:2001:db8::10", 4, 12),
    (Rule::BareIpv6, "sip:a@::1;lr", 6, 3),
    (Rule::BareIpv6, "sip:a@fe80::1:5060", 6, 12),
    (Rule::BareIpv6, "sip:a@1:2:3:4:5:6:7:8", 6, 15),
    (Rule::BareIpv6, "sip:a@2a00:1450::1", 6, 12),
    (Rule::BareIpv6, "sip:a@::ffff:192.0.2.1", 6, 16),
    (Rule::Ipv6Zone, "sip:a@[fe80::1%eth0]:5060", 14, 5),
    (Rule::ThreeColons, "sip:user@[2001:db8:::192.0.2.1]", 20, 1),
    (Rule::ThreeColons, "sip:user@[:::192.0.2.1]", 12, 1),
    (Rule::EmptyPort, "sip:a@example.com:", 17, 1),
    (Rule::EmptyPort, "sip:a@example.com:;lr", 17, 1),
    (Rule::EmptyParam, "sip:a@example.com;", 17, 1),
    (Rule::EmptyParam, "sip:a@example.com;;lr", 17, 1),
    (Rule::EmptyParam, "sip:a@example.com;lr;?a=1", 20, 1),
    (Rule::EmptyParam, "tel:+1;;ext=1", 6, 1),
    (Rule::EmptyValue, "sip:a@example.com;x=", 19, 1),
    (Rule::EmptyValue, "sip:a@example.com;x=;lr", 19, 1),
    (Rule::DuplicateParam, "sip:a@example.com;x=1;y;X=2", 24, 1),
    (Rule::DuplicateParam, "sip:a@example.com;lr;%6cr", 21, 4),
    (Rule::DuplicateParam, "tel:+1;ext=1;ext=2", 13, 3),
    (Rule::QuotedValue, "sip:a@example.com;thinfo=\"a;b@c\";lr", 25, 7),
    (Rule::QuotedValue, "sip:example.com;thinfo=\"a;b@c\"", 23, 7),
    (Rule::QuotedValue, "sip:a@example.com;x=\"a\\\"b ?\"", 20, 8),
    (Rule::ParamCharacter, "sip:a@example.com;x=a@b", 21, 1),
    (Rule::ParamCharacter, "sip:a@example.com;x=a=b", 21, 1),
    (Rule::ParamCharacter, "sip:a@example.com;{x}=1;", 18, 1),
    (Rule::ParamCharacter, "tel:+1;a_b=1", 8, 1),
    (Rule::ParamCharacter, "tel:+1;g%30=1", 8, 3),
    (Rule::EmptyHeader, "sip:a@example.com?", 17, 1),
    (Rule::EmptyHeader, "sip:a@example.com?a=1&&b=2", 21, 1),
    (Rule::HeaderWithoutValue, "sip:a@example.com?abc&b=2", 18, 3),
    (Rule::HeaderCharacter, "sip:a@example.com?Replaces=1@2", 28, 1),
    (Rule::HeaderCharacter, "sip:a@example.com?Replaces=1;a=2", 28, 1),
    (Rule::OpaqueCharacter, "http://example.com/#top", 19, 1),
    (Rule::NumberEscape, "tel:%2B1-201", 4, 3),
    (Rule::NumberEscape, "tel:*67%23;phone-context=example.com", 7, 3),
    (Rule::LocalWithoutContext, "tel:911", 4, 3),
    (Rule::ContextForm, "tel:911;phone-context=1.2.3", 22, 5),
    (Rule::ContextForm, "tel:911;phone-context=+x", 22, 2),
    (Rule::TelParamOrder, "tel:+1;b=1;a=2", 11, 1),
    (Rule::TelParamOrder, "tel:9;a;phone-context=x.y", 8, 13),
    (Rule::IsubWithExt, "tel:+1;isub=1;ext=2", 14, 3),
];

fn parse<'a>(
    text: &'a str,
    tolerances: Tolerances,
    deviations: &mut Vec<Deviation>,
) -> Result<UriRef<'a>, sip_uri::UriError> {
    UriRef::parse_with(text.as_bytes(), tolerances, &mut |d| deviations.push(d))
}

#[test]
fn on_it_is_let_through_with_its_span() {
    for &(rule, text, offset, len) in CASES {
        let mut deviations = Vec::new();
        let uri = parse(text, Tolerances::lenient(), &mut deviations);
        let uri = uri.unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected = Deviation::new(rule, offset, len);
        assert!(deviations.contains(&expected), "{text}: {deviations:?}");
        assert!(text.contains(uri.as_str()));
    }
}

#[test]
fn off_it_is_refused_at_its_offset() {
    for &(rule, text, offset, _) in CASES {
        let error = parse(text, Tolerances::lenient().without(rule), &mut Vec::new());
        let error = error.expect_err(text);
        assert_eq!(error.kind(), rule.error_kind(), "{text}");
        assert_eq!(error.offset(), usize::try_from(offset).unwrap(), "{text}: {error}");
        let printed = format!("{}: {} at byte {offset} ", error.component(), error.kind());
        assert!(error.to_string().starts_with(&printed), "{error}");
        assert!(error.rfc().starts_with("RFC "), "{error}");
    }
}

#[test]
fn a_single_rule_is_enough() {
    for &(rule, text, offset, len) in CASES {
        // These texts need another rule for the same thing.
        let tolerances = match text {
            "sip:a@example.com;{x}=1;" => continue,
            "sip:a@example.com?Replaces=1;a=2" | "sip:a@example.com;x=\"a\\\"b ?\"" => {
                Tolerances::strict().with(rule)
            }
            _ if text.starts_with("tel:9") => {
                Tolerances::strict().with(rule).with(Rule::LocalWithoutContext)
            }
            _ => Tolerances::strict().with(rule),
        };
        let mut deviations = Vec::new();
        parse(text, tolerances, &mut deviations).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(deviations[0], Deviation::new(rule, offset, len), "{text}");
    }
}

#[test]
fn defaults_decide() {
    for &(rule, text, ..) in CASES {
        let accepted = UriRef::parse(text).is_ok();
        let other = matches!(text, "sip:a@example.com;{x}=1;");
        assert!(accepted == rule.is_default() || other, "{rule}: {text}");
    }
}

#[test]
fn every_rule_has_a_case() {
    let covered: BTreeSet<_> = CASES.iter().map(|case| case.0).collect();
    let all: BTreeSet<_> = Rule::ALL.iter().copied().collect();
    assert_eq!(covered, all);
}

#[test]
fn the_table_is_sound() {
    let names: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for &rule in Rule::ALL {
        assert!(rule.rfc().starts_with("RFC "));
        assert!(rule.name().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        assert_eq!(Rule::from_name(rule.name()), Some(rule));
        assert_eq!(rule.to_string(), rule.name());
        assert_eq!(Tolerances::default().allows(rule), rule.is_default());
        assert!(Tolerances::lenient().allows(rule));
        assert!(!Tolerances::strict().allows(rule));
        assert!(!Tolerances::lenient().without(rule).allows(rule));
        // What is a guess is never a default.
        assert!(!rule.is_default() || rule.severity() < Severity::Error);
    }
    assert!(Tolerances::lenient().contains(Tolerances::default()));
    assert!(Tolerances::default().contains(Tolerances::strict()));
    assert!(!Tolerances::default().contains(Tolerances::lenient()));
}

/// With a rule on, the value means what the sender meant.
#[test]
fn what_is_let_through_is_read() {
    let lenient = |text| parse(text, Tolerances::lenient(), &mut Vec::new()).unwrap();

    let uri = lenient("sip:user@example.com; lr ; x = 1 ? a = b & c = d ");
    assert!(uri.lr());
    assert_eq!(uri.param("x").unwrap().value, Some("1"));
    assert_eq!(uri.headers().get("a").unwrap().value, "b");
    assert_eq!(uri.headers().get("c").unwrap().value, "d");
    assert_eq!(lenient(" sip:a@b ").as_str(), "sip:a@b");

    let uri = lenient("sip:a@example.com;thinfo=\"a;\\\"b@c\";lr");
    assert_eq!(uri.param("thinfo").unwrap().value, Some("\"a;\\\"b@c\""));
    assert_eq!(uri.param("thinfo").unwrap().value_decoded().unwrap(), b"a;\"b@c".as_slice());
    assert!(uri.lr());

    let uri = lenient("sip:example.com;thinfo=\"a@b\"");
    assert_eq!((uri.user(), uri.host_str()), (None, Some("example.com")));

    assert_eq!(*lenient("sip:100%@b").user_decoded().unwrap(), *b"100%");
    assert_eq!(lenient("sip:@b").user(), Some(""));
    assert_eq!(lenient("sip:a@b:").port(), None);
    assert_eq!(lenient("sip:a@b;x=").param("x").unwrap().value, Some(""));
    assert_eq!(lenient("sip:a@b;x=1;x=2").param("x").unwrap().value, Some("1"));
    assert_eq!(lenient("sip:a@b;x=1=2").param("x").unwrap().value, Some("1=2"));
    assert_eq!(lenient("sip:a@b?x=1=2").headers().next().unwrap().value, "1=2");
    assert_eq!(lenient("sip:a@010.0.0.1").host(), Some(Host::V4([10, 0, 0, 1].into())));

    let uri = lenient("sip:a@[fe80::1%eth0]:5060");
    assert_eq!(uri.host(), Some(Host::V6("fe80::1".parse().unwrap())));
    assert_eq!(uri.host_str(), Some("[fe80::1%eth0]"));
    assert_eq!(uri.port(), Some(5060));
    assert!(!uri.equivalent(&lenient("sip:a@[fe80::1%eth1]:5060")));

    // All of it is the address: a port cannot be told from a group.
    let uri = lenient("sip:a@fe80::1:5060");
    assert_eq!(uri.host(), Some(Host::V6("fe80::1:5060".parse().unwrap())));
    assert_eq!(uri.port(), None);

    let mut deviations = Vec::new();
    parse("tel:+1;phone-context=a_b", Tolerances::default(), &mut deviations).unwrap();
    assert_eq!(deviations, [Deviation::new(Rule::HostUnderscore, 22, 1)]);

    let number = lenient("tel:*67%23").telephone().unwrap().unwrap();
    assert_eq!(number.digits(), "*67#");
}

/// No tolerance lets these through.
#[test]
fn always_refused() {
    use UriErrorKind as K;
    for (text, kind, offset) in [
        ("", K::Empty, 0),
        ("sip", K::InvalidScheme, 3),
        ("1sip:a", K::InvalidScheme, 0),
        (":a", K::InvalidScheme, 0),
        ("s ip:a", K::InvalidScheme, 1),
        ("sip:", K::EmptyHost, 4),
        ("sip:alice@", K::EmptyHost, 10),
        ("sip:alice@:5060", K::EmptyHost, 10),
        ("sip:alice@;lr", K::EmptyHost, 10),
        ("sip:?a=1", K::EmptyHost, 4),
        ("sip:a@b@c", K::InvalidCharacter, 7),
        ("sip:a@.b", K::InvalidHostName, 6),
        ("sip:a@b..c", K::InvalidCharacter, 8),
        ("sip:a b@c", K::WhiteSpace, 5),
        ("sip:a\"b@c", K::InvalidCharacter, 5),
        ("sip:a<b@c", K::InvalidCharacter, 5),
        ("sip:a@b c", K::InvalidCharacter, 8),
        ("sip:a@b>", K::InvalidCharacter, 7),
        ("sip:a@exämple.com", K::InvalidCharacter, 8),
        ("sip:a@b/c", K::InvalidCharacter, 7),
        ("sip:a@b:5060x", K::InvalidCharacter, 12),
        ("sip:a@b:65536", K::PortOutOfRange, 8),
        ("sip:a@b:99999999999999999999", K::PortOutOfRange, 8),
        ("sip:a@b:-1", K::InvalidCharacter, 8),
        ("sip:a@b:+5", K::InvalidCharacter, 8),
        ("sip:1.2.3", K::InvalidIpv4, 9),
        ("sip:256.1.1.1", K::InvalidIpv4, 4),
        ("sip:bob@444.555.666.777", K::InvalidIpv4, 8),
        ("sip:1.2.3.4.5", K::InvalidIpv4, 11),
        ("sip:1.2.3.4.", K::InvalidIpv4, 11),
        ("sip:1.2.3.0004", K::InvalidIpv4, 13),
        ("sip:12345", K::InvalidIpv4, 7),
        ("sip:example.123", K::InvalidHostName, 12),
        ("sip:[::1", K::UnclosedBracket, 8),
        ("sip:[::1;lr", K::UnclosedBracket, 8),
        ("sip:[]", K::InvalidIpv6, 5),
        ("sip:[v1.a:b]", K::InvalidIpv6, 5),
        ("sip:[1:2:3:4:5:6:7]", K::InvalidIpv6, 18),
        ("sip:[1:2:3:4:5:6:7:8:9]", K::InvalidIpv6, 21),
        ("sip:[1::2::3]", K::InvalidIpv6, 10),
        ("sip:[12345::]", K::InvalidIpv6, 9),
        ("sip:[1:2:3:4:5:6:7::8]", K::InvalidIpv6, 21),
        ("sip:[1:::2]", K::InvalidIpv6, 8),
        ("sip:[::1]x", K::InvalidCharacter, 9),
        ("sip:[::1.2.3.256]", K::InvalidIpv4, 13),
        ("sip:a@b;=1", K::EmptyParam, 8),
        ("sip:a@b?=1", K::EmptyHeader, 8),
        ("sip:a@b;x=\"abc", K::UnclosedQuote, 14),
        ("sip:a@b;x=\"abc\"d", K::InvalidCharacter, 15),
        ("sip:a@b;x=a\"bc\"", K::InvalidCharacter, 11),
        ("sip:a@b;x y", K::InvalidCharacter, 10),
        ("sip:a\rb@c", K::ControlCharacter, 5),
        ("sip:a\nb@c", K::ControlCharacter, 5),
        ("sip:a\0b@c", K::ControlCharacter, 5),
        ("sip:a\x7fb@c", K::ControlCharacter, 5),
        ("sip:a@b\r\n", K::ControlCharacter, 7),
        ("sip:a@b\0", K::ControlCharacter, 7),
        ("sip:a@b:5\n", K::ControlCharacter, 9),
        ("sip:a@b;x=1\r\nEvil: 1", K::ControlCharacter, 11),
        ("sip:a@b;x=\"1\r\n\"", K::ControlCharacter, 12),
        ("sip:a@b;\n", K::ControlCharacter, 8),
        ("sip:a@b?a=1\nb", K::ControlCharacter, 11),
        ("tel:+1\n", K::ControlCharacter, 6),
        ("urn:a\0", K::ControlCharacter, 5),
        ("urn:", K::Empty, 4),
        ("urn:<a>", K::InvalidCharacter, 4),
        ("tel:", K::EmptyNumber, 4),
        ("tel:+", K::EmptyNumber, 5),
        ("tel:-.()", K::EmptyNumber, 8),
        ("tel:+1A", K::InvalidCharacter, 6),
        ("tel:1800FLOWERS", K::InvalidCharacter, 9),
        ("tel:+1 2", K::WhiteSpace, 6),
        ("tel:+1?a=b", K::InvalidCharacter, 6),
        ("tel:+1;ext", K::MissingValue, 10),
        ("tel:+1;ext=12x", K::InvalidValue, 13),
        ("tel:+1;isub=", K::MissingValue, 11),
        ("tel:9;phone-context", K::MissingValue, 19),
    ] {
        let error = parse(text, Tolerances::lenient(), &mut Vec::new()).expect_err(text);
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{text}: {error}");
    }
    let error = UriRef::parse(b"sip:a\xff\xfe@b").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::InvalidUtf8, 5));
    let error = UriRef::parse(b"sip:a\xc3@b").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::InvalidUtf8, 5));
}
