//! Early end: what is open stays open, and is said to be where it was opened.

use sip_testkit::corpus;

use super::*;

use ValueErrorKind as V;

#[test]
fn quotes() {
    all_refuse(
        V::UnterminatedQuote,
        &[
            ("From", "!\"Bob <sip:b@b.example>;tag=1"),
            ("From", "!\""),
            ("Contact", "!\"Bob\\\" <sip:b@b.example>"),
            ("Contact", "<sip:b@b.example>;x=!\"y"),
            ("Via", "SIP/2.0/UDP h;branch=z9hG4bK1;x=!\"y;z"),
            ("Content-Type", "multipart/mixed;boundary=!\""),
            ("Warning", "399 h !\"a"),
            ("WWW-Authenticate", "Digest realm=!\"a, nonce=x"),
            ("Reason", "SIP;text=!\"a"),
        ],
    );
}

#[test]
fn angle_brackets() {
    all_refuse(
        V::UnterminatedAngle,
        &[
            ("From", "!<sip:b@b.example;tag=1"),
            ("From", "Bob !<"),
            ("Route", "!<sip:b@b.example;lr"),
            ("Contact", "\"Bob\" !<sip:b@b.example, x"),
            ("Call-Info", "!<http://b.example"),
            ("Identity", "abc;info=!<https://b.example"),
        ],
    );
}

#[test]
fn comments() {
    all_refuse(
        V::UnterminatedComment,
        &[("Retry-After", "5 !(a"), ("Retry-After", "5 !(a (b)"), ("Retry-After", "5 !(((")],
    );
    let rule = sip_message::Rule::LooseProduct;
    for value in ["x (a", "x ((a)", "x (a\\)"] {
        let strict = refused("Server", value, Tolerances::strict());
        assert_eq!(strict, Some((V::NotTolerated(rule), 2)), "{value}");
        assert_eq!(refused("Server", value, Tolerances::default()), None, "{value}");
    }
    // Depth costs nothing: no call is made for it.
    let deep = format!("5 {}a{}", "(".repeat(8000), ")".repeat(8000));
    assert_eq!(refused("Retry-After", &deep, Tolerances::strict()), None);
}

#[test]
fn escapes() {
    all_refuse(
        V::UnterminatedQuote,
        &[("From", "!\"a\\"), ("Contact", "<sip:b>;x=!\"\\"), ("Warning", "399 h !\"\\\"")],
    );
    // The end and a line end are no characters to be escaped.
    all_refuse(V::UnexpectedEnd, &[("Retry-After", "5 (a\\!")]);
    all_refuse(
        V::UnexpectedByte,
        &[("Retry-After", "5 (a\\!\r\n b)"), ("From", "\"a\\!\r\n b\" <sip:b>")],
    );
}

#[test]
fn percent_escapes() {
    for uri in ["sip:a%@b", "sip:a%4@b", "sip:%", "sip:a@b;x=%4", "sip:a@b?x=%", "sip:%zz@b"] {
        let at = uri.find('%').unwrap();
        for set in [Tolerances::strict, Tolerances::default] {
            let (kind, found) = refused("From", &format!("<{uri}>"), set()).unwrap();
            assert!(matches!(kind, V::Uri(_)), "{uri}: {kind:?}");
            assert!((at..=at + 3).contains(&(found - 1)), "{uri}: {found}");
        }
        let bytes = format!("OPTIONS {uri} SIP/2.0\r\n\r\n").into_bytes();
        let message = parse(&bytes).unwrap();
        let error = message.as_request().unwrap().uri().unwrap_err();
        assert!((at..=at + 3).contains(&error.offset()), "{uri}: {error}");
        sound(&message);
    }
}

#[test]
fn the_end_in_a_via() {
    // A Via is whole where its host, its port and each parameter is, and nowhere else.
    let value = "SIP / 2.0 / UDP [2001:db8::9:1] : 50 ; branch = z9 ; x = \"";
    let good: Vec<_> = (0..=value.len())
        .map(|end| &value[..end])
        .filter(|cut| !cut.ends_with(' ') && refused("Via", cut, Tolerances::strict()).is_none())
        .map(|cut| &cut[cut.len() - 2..])
        .collect();
    // `branch` without its value is none.
    assert_eq!(good, ["1]", " 5", "50", " b", "br", "ra", "an", "nc", " z", "z9", " x"]);
    all_refuse(
        V::UnexpectedEnd,
        &[
            ("Via", "SIP!"),
            ("Via", "SIP/!"),
            ("Via", "SIP/2.0!"),
            ("Via", "SIP/2.0/!"),
            ("Via", "SIP/2.0/UDP h:5060;branch=!"),
            ("Via", "SIP/2.0/UDP h :!"),
        ],
    );
    assert!(refused("Via", "SIP/2.0/UDP", Tolerances::lenient()).is_some());
    assert!(refused("Via", "SIP/2.0/UDP [2001:db8::9", Tolerances::lenient()).is_some());
}

#[test]
fn parameter_names() {
    let rule = sip_message::Rule::EmptyParameter;
    for value in ["<sip:b>;", "<sip:b> ; ", "<sip:b>;x=1;", "<sip:b>;;"] {
        let (kind, _) = refused("Contact", value, Tolerances::strict()).unwrap();
        assert_eq!(kind, V::NotTolerated(rule), "{value}");
        assert_eq!(refused("Contact", value, Tolerances::default()), None, "{value}");
    }
    all_refuse(V::UnexpectedEnd, &[("Contact", "<sip:b>;x=!"), ("To", "<sip:b>;tag =!")]);
    all_refuse(V::UnexpectedByte, &[("Contact", "<sip:b>;!=x"), ("Contact", "<sip:b>;!\"x\"")]);
}

#[test]
fn white_space_only() {
    for (text, kind, at) in [
        ("", K::Empty, 0),
        ("\r\n\r\n\r\n", K::Empty, 0),
        (" ", K::UnexpectedEnd, 1),
        ("\t \t", K::UnexpectedEnd, 3),
        (" \r\n \r\n\r\n", K::Method, 0),
        ("\r\n \r\n", K::Method, 2),
    ] {
        for set in SETS {
            let error =
                Parser::new().tolerances(set()).parse(text.as_bytes().to_vec()).unwrap_err();
            assert_eq!(
                (error.kind(), error.offset(), error.status()),
                (kind, at, None),
                "{text:?}"
            );
        }
    }
    for name in ["Via", "From", "Contact", "CSeq", "Call-ID", "Max-Forwards", "Content-Type"] {
        for set in SETS {
            assert!(refused(name, " \t\r\n \r\n\t", set()).is_some(), "{name}");
        }
    }
}

#[test]
fn reversed_angle_brackets() {
    for value in [">sip:b@b.example<", "Bob >sip:b@b.example<", "\"B\" ><", "><", ">"] {
        for set in SETS {
            let (_, at) = refused("Contact", value, set()).unwrap();
            assert!(at <= value.len(), "{value}: {at}");
        }
    }
    // A bracket too many behind a value that is whole.
    all_refuse(V::UnexpectedByte, &[("From", "<sip:b>!>"), ("Route", "<sip:b;lr>!<sip:c>")]);
}

/// Every message of the corpora, cut at every byte: an error inside of it, or a message that lint
/// can be asked about.
#[test]
fn messages_cut_at_every_byte() {
    for (file, bytes) in corpus::files("torture/rfc4475") {
        for end in 0..bytes.len().min(1500) {
            for set in SETS {
                match Parser::new().tolerances(set()).parse(bytes[..end].to_vec()) {
                    Ok(message) if end % 7 == 0 => sound(&message),
                    Ok(_) => {}
                    Err(error) => assert!(error.offset() <= end, "{file}: {end}: {error}"),
                }
            }
        }
    }
}

/// The same for every value alone: what is wrong with a value that was cut lies in what is left.
#[test]
fn values_cut_at_every_byte() {
    let files = ["torture/rfc4475", "torture/rfc5118"].into_iter().flat_map(corpus::files);
    for (file, bytes) in files {
        let Ok(message) = parse(&bytes) else { continue };
        for line in message.headers().iter().filter(|line| line.list_kind().is_some()) {
            let value = line.value();
            // A length that is cut is another length.
            if line.name() == sip_message::HeaderName::CONTENT_LENGTH {
                continue;
            }
            for end in 0..value.len().min(300) {
                let bytes = [
                    b"SIP/2.0 200 OK\r\n",
                    line.name_str().as_bytes(),
                    b": ",
                    &value[..end],
                    b"\r\n\r\n",
                ];
                let parser = Parser::new().tolerances(Tolerances::lenient()).parse(bytes.concat());
                let Ok(cut) = parser else { continue };
                let cut_line = cut.headers().iter().next().unwrap();
                let place = cut_line.value_range().start..=cut_line.value_range().end;
                let mut deviations = Vec::new();
                for value in cut_line.values_checked(&mut deviations).into_iter().flatten() {
                    let at = value.err().and_then(|error| error.offset());
                    assert!(at.is_none_or(|at| place.contains(&at)), "{file}: {end}: {line:?}");
                }
            }
        }
    }
}
