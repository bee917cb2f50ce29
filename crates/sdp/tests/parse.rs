//! Lines and sections: what is read, what is tolerated, what is refused, and where.

#![allow(clippy::unwrap_used)]

use sdp::{Limit, Limits, ParseErrorKind, Parser, Rule, SessionDescription, Tolerances, lint};

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

fn read(text: &str) -> SessionDescription {
    SessionDescription::parse(text.to_owned()).unwrap()
}

fn rules(description: &SessionDescription) -> Vec<&'static str> {
    description.deviations().iter().map(|deviation| deviation.rule.name()).collect()
}

/// Reads `text` with and without `rule`: it must be let through under it, and refused at `offset`
/// without it.
fn bends(text: &str, rule: Rule, offset: usize) {
    let with = Tolerances::default().with(rule);
    let description = Parser::new().tolerances(with).parse(text.to_owned()).unwrap();
    let found: Vec<_> = description.deviations().iter().filter(|d| d.rule == rule).collect();
    assert!(!found.is_empty(), "{rule} is not recorded for {text:?}");
    assert_eq!(found[0].offset as usize, offset, "{rule} in {text:?}");
    assert_eq!(description.as_bytes(), text.as_bytes());

    let without = with.without(rule);
    let error = Parser::new().tolerances(without).parse(text.to_owned()).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ParseErrorKind::NotTolerated(rule), offset),
        "{text:?}"
    );
}

#[test]
fn a_strict_description_bends_nothing() {
    let text =
        format!("{HEAD}k=prompt\r\na=x\r\nm=audio 9 RTP/AVP 0\r\ni=x\r\nb=AS:1\r\na=sendrecv\r\n");
    let strict = Parser::new().tolerances(Tolerances::strict()).parse(text.clone()).unwrap();
    assert_eq!(strict.deviations(), []);
    assert_eq!(strict.lines().len(), 11);
    assert_eq!(strict.lines().map(|line| line.as_bytes().len()).sum::<usize>(), text.len());
}

#[test]
fn line_ends_that_are_tolerated() {
    bends(&HEAD.replacen("\r\n", "\n", 1), Rule::BareLf, 3);
    bends(&format!("\r\n{HEAD}"), Rule::BlankLine, 0);
    bends(&format!("{HEAD}\n"), Rule::BlankLine, HEAD.len());
    bends(HEAD.trim_end(), Rule::MissingLineEnd, HEAD.len() - 2);
    bends(&format!("{HEAD}a=x\ry\r\n"), Rule::BareCr, HEAD.len() + 3);
    bends(&format!("{HEAD}a=x\0y\r\n"), Rule::Nul, HEAD.len() + 3);
    bends(&HEAD.replace("v=0", "v=0 "), Rule::SurroundingSpace, 3);
}

#[test]
fn lines_that_are_tolerated() {
    bends(&format!("{HEAD}y=0100000001\r\n"), Rule::UnknownLineType, HEAD.len());
    bends(&format!("{HEAD}hello\r\n"), Rule::NotALine, HEAD.len());
    bends(&format!("{HEAD}a=x\r\nb=AS:1\r\n"), Rule::LineOrder, HEAD.len() + 5);
    bends(
        &format!("{HEAD}m=audio 9 RTP/AVP 0\r\na=x\r\nb=AS:1\r\n"),
        Rule::LineOrder,
        HEAD.len() + 26,
    );
    bends(&format!("{HEAD}m=audio 9 RTP/AVP 0\r\nt=0 0\r\n"), Rule::MisplacedLine, HEAD.len() + 21);
    bends(&format!("{HEAD}z=0 0\r\n"), Rule::LineOrder, HEAD.len());
    bends(&HEAD.replace("t=0 0\r\n", "t=0 0\r\ns=again\r\n"), Rule::RepeatedLine, HEAD.len());
    bends(&format!("{HEAD}{HEAD}"), Rule::SecondDescription, HEAD.len());
}

#[test]
fn lines_that_may_be_missing() {
    bends(&HEAD.replace("v=0\r\n", ""), Rule::MissingVersion, 0);
    let no_origin = HEAD.replace("o=- 1 1 IN IP4 192.0.2.1\r\n", "");
    bends(&no_origin, Rule::MissingOrigin, no_origin.len());
    bends(&HEAD.replace("s=-\r\n", ""), Rule::MissingSessionName, HEAD.len() - 5);
    bends(&HEAD.replace("t=0 0\r\n", ""), Rule::MissingTiming, HEAD.len() - 7);
    let no_address = HEAD.replace("c=IN IP4 192.0.2.1\r\n", "");
    let media = format!("{no_address}m=audio 9 RTP/AVP 0\r\n");
    bends(&media, Rule::MissingConnection, no_address.len());
    assert_eq!(rules(&read(&no_address)), [""; 0], "no section needs an address");
    assert_eq!(rules(&read(&media.replace(" 9 ", " 0 "))), [""; 0], "a refused section needs none");
    assert_eq!(rules(&read(&format!("{media}c=IN IP4 192.0.2.2\r\n"))), [""; 0]);
    assert_eq!(
        rules(&read("m=audio 9 RTP/AVP 0\r\n")),
        [
            "missing-version",
            "missing-origin",
            "missing-session-name",
            "missing-timing",
            "missing-connection"
        ]
    );
}

#[test]
fn media_lines_that_are_tolerated() {
    let at = HEAD.len();
    bends(&format!("{HEAD}m=audio 9 RTP/AVP\r\n"), Rule::MissingFormat, at + 17);
    bends(&format!("{HEAD}m=audio 9 RTP/AVP 0 8 0\r\n"), Rule::RepeatedFormat, at + 22);
    bends(&format!("{HEAD}m=audio 9 RTP/AVP 0  8\r\n"), Rule::ExtraSpace, at + 19);
    bends(&format!("{HEAD}m=audio 9 RTP/AVP 0 8\t \r\n"), Rule::SurroundingSpace, at + 21);
    bends(
        &format!("{HEAD}m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\n"),
        Rule::LooseMedia,
        at + 13,
    );
    bends(&format!("{HEAD}m=audio 99999 RTP/AVP 0\r\n"), Rule::NumberOutOfRange, at + 8);
}

#[test]
fn a_media_line_is_taken_apart_as_it_stands() {
    let text = format!("{HEAD}m=application/TP-LINK 0/2 RTP/AVP  smart/1/90000 \r\n");
    let description = read(&text);
    let media = description.media().next().unwrap();
    assert_eq!(media.media_type(), "application/TP-LINK");
    assert_eq!((media.port(), media.port_count(), media.protocol()), (0, Some(2), "RTP/AVP"));
    assert_eq!(media.formats().collect::<Vec<_>>(), [b"smart/1/90000"]);
    assert_eq!(media.payload_types().count(), 0);
}

#[test]
fn what_is_no_description_is_refused_where_it_goes_wrong() {
    for (text, message) in [
        ("", "there is no description at line 1 column 1 (RFC 8866 §5)"),
        ("\r\n\n", "there is no description at line 1 column 1 (RFC 8866 §5)"),
        ("v=1\r\n", "expected the version 0 at line 1 column 3 (RFC 8866 §5.1)"),
        ("v=\r\n", "expected the version 0 at line 1 column 3 (RFC 8866 §5.1)"),
        ("v=0\nm=audio\n", "expected a space at line 2 column 8 (RFC 8866 §5.14)"),
        (
            "v=0\nm=audio 9 RTP/AVP \u{e9}\u{e9}\nm= 9 x 0\n",
            "expected a port at line 3 column 6 (RFC 8866 §5.14)",
        ),
    ] {
        let error = SessionDescription::parse(text.to_owned()).unwrap_err();
        assert_eq!(error.to_string(), message, "{text:?}");
    }
}

#[test]
fn each_limit_is_an_error_that_names_it() {
    let text = format!("{HEAD}m=audio 9 RTP/AVP 0 8 9\r\na=x\r\na=y\r\nm=video 9 RTP/AVP 31\r\n");
    let mut generous = Limits::default();
    generous.description = text.len();
    generous.line = 24;
    generous.lines = 9;
    generous.session_lines = 5;
    generous.media = 2;
    generous.attributes = 2;
    generous.formats = 3;
    let with = |set: fn(&mut Limits)| {
        let mut limits = generous;
        set(&mut limits);
        limits
    };
    let parse = |limits| Parser::new().limits(limits).parse(text.clone());
    assert!(parse(generous).is_ok());
    let media = HEAD.len();
    for (limits, limit, offset) in [
        (with(|limits| limits.description -= 1), Limit::Description, text.len() - 1),
        (with(|limits| limits.line = 23), Limit::Line, 5 + 23),
        (with(|limits| limits.lines = 8), Limit::Lines, media + 35),
        (with(|limits| limits.session_lines = 4), Limit::SessionLines, media - 7),
        (with(|limits| limits.media = 1), Limit::Media, media + 35),
        (with(|limits| limits.attributes = 1), Limit::Attributes, media + 30),
        (with(|limits| limits.formats = 2), Limit::Formats, media + 22),
    ] {
        let error = parse(limits).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(limit));
        assert_eq!(error.offset(), offset, "{limit:?}");
    }
}

#[test]
fn session_lines_behind_a_section_are_those_of_the_session() {
    let text = "v=0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\no=x 7 8 IN IP4 192.0.2.9\r\ns=late\r\nt=0 0\r\n";
    let description = read(text);
    assert_eq!(description.origin().unwrap().unwrap().session_id(), Some(7));
    assert_eq!(description.session_name().unwrap().unwrap().as_bytes(), b"late");
    assert_eq!(description.times().count(), 1);
    assert_eq!(description.connection().unwrap(), None, "c= is the section's own");
}

#[test]
fn origins_of_all_kinds_are_told_apart() {
    for (value, username, id, version, address) in [
        ("alice 1 2 IN IP4 192.0.2.1", "alice", Some(1), Some(2), "192.0.2.1"),
        ("a b c 1 2 IN IP4 192.0.2.1", "a b c", Some(1), Some(2), "192.0.2.1"),
        ("- 1 2 IN IPV4 192.0.2.1", "-", Some(1), Some(2), "192.0.2.1"),
        ("- -5 0x1f IN IP4 h", "-", None, None, "h"),
        ("- 99999999999999999999 1.5 IN IP4 h", "-", None, None, "h"),
        ("- 1 2 IN IP4", "-", Some(1), Some(2), ""),
        ("- 1 IN IP4 h", "-", Some(1), None, "h"),
        ("1 2", "1", Some(2), None, ""),
        ("", "", None, None, ""),
    ] {
        let text = format!("v=0\r\no={value}\r\ns=-\r\nt=0 0\r\n");
        let description = read(&text);
        let origin = description.origin().unwrap().unwrap();
        assert_eq!(origin.username(), username.as_bytes(), "{value}");
        assert_eq!(origin.session_id(), id, "{value}");
        assert_eq!(origin.session_version(), version, "{value}");
        assert_eq!(origin.address(), address, "{value}");
    }
}

#[test]
fn an_address_the_wrong_way_around_is_read() {
    let description = read(&HEAD.replace("IN IP4 192.0.2.1\r\nt", "IN 192.0.2.1 IP4\r\nt"));
    let connection = description.connection().unwrap().unwrap();
    assert_eq!((connection.address_type(), connection.address()), ("IP4", "192.0.2.1"));
    let description = read(&HEAD.replace("c=IN IP4 192.0.2.1", "c=IN "));
    assert_eq!(
        description.connection().unwrap_err().to_string(),
        "c=: expected an address type at line 4 column 6 (RFC 8866 §5.7)"
    );
    let line = description.lines().nth(3).unwrap();
    assert_eq!(line.value(), b"IN ", "the line is there as it came");
}

#[test]
fn bytes_that_are_not_utf8_are_data() {
    let mut bytes = HEAD.replace("s=-", "s=").into_bytes();
    let at = bytes.windows(4).position(|window| window == b"s=\r\n").unwrap() + 2;
    bytes.splice(at..at, *b"caf\xe9");
    let description = SessionDescription::parse(bytes).unwrap();
    let name = description.session_name().unwrap().unwrap();
    assert_eq!((name.as_bytes(), name.to_str()), (&b"caf\xe9"[..], None));
    assert_eq!(name.to_str_lossy(), "caf\u{fffd}");
    let findings = lint(&description);
    assert_eq!((findings[0].name(), findings[0].offset()), ("non-utf8-text", at + 3));
}

#[test]
fn lint_reports_everything_and_not_the_last_alone() {
    let text = "v=0\no=- x 1 IN IP4 h\ns=\nc=IN\nt=0\nm=audio 9 RTP/AVP 0 0\na=rtpmap:\na=:x\na=RTPMAP:0 PCMU\n";
    let description = read(text);
    let findings = lint(&description);
    let names: Vec<_> =
        findings.iter().map(sdp::Finding::name).filter(|n| *n != "bare-lf").collect();
    assert_eq!(
        names,
        [
            "loose-origin",
            "empty-text",
            "bad-value",
            "bad-value",
            "repeated-format",
            "bad-value",
            "empty-attribute",
            "attribute-case",
            "short-rtpmap"
        ]
    );
    assert!(findings.is_sorted_by_key(sdp::Finding::offset));
}
