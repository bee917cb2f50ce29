//! Every rule, on and off: on, the message is accepted and the deviation spans what is odd; off, it
//! is an error at the same byte.

use sip_message::{FindingKind, Message, Parser, Rule, Tolerances, lint};

/// A rule, a message that bends it, with `[` and `]` around what is odd. Lines are joined by CRLF
/// unless they end in LF.
struct Case {
    rule: Rule,
    message: &'static str,
}

/// The other lines that a response needs so that lint has nothing else to say.
const REST: &str =
    "\r\nFrom: <sip:a@a.example>;tag=1\r\nTo: <sip:b@b.example>;tag=2\r\nCall-ID: x\r\n";

fn cases() -> Vec<Case> {
    let case = |rule, message| Case { rule, message };
    vec![
        case(Rule::BareLf, "SIP/2.0 200 OK[\n]Via: SIP/2.0/UDP a.example\n\n"),
        case(Rule::MixedLineEnds, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example[\n]X: 1\r\n\r\n"),
        case(Rule::MissingEmptyLine, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example\r\n[]"),
        case(Rule::StartLineSpace, "OPTIONS [ ]sip:a@b.example SIP/2.0\r\n\r\n"),
        case(Rule::StartLineSpace, "OPTIONS sip:a@b.example [  ]SIP/2.0\r\n\r\n"),
        case(Rule::StartLineSpace, "OPTIONS sip:a@b.example SIP/2.0[ ]\r\n\r\n"),
        case(Rule::StartLineSpace, "SIP/2.0 [ ]200 OK\r\n\r\n"),
        case(Rule::RequestUriSpace, "OPTIONS sip:a@b.example;[ ]lr SIP/2.0\r\n\r\n"),
        case(Rule::MissingReasonSpace, "SIP/2.0 200[]\r\n\r\n"),
        case(Rule::DuplicateContentLength, "SIP/2.0 200 OK\r\nl: 0\r\nContent-Length: [0]\r\n\r\n"),
        case(Rule::ShortBody, "SIP/2.0 200 OK\r\nContent-Length: []9\r\n\r\nabc"),
        case(Rule::EmptyListElement, "SIP/2.0 200 OK\r\nSupported: [,]outbound\r\n\r\n"),
        case(Rule::EmptyListElement, "SIP/2.0 200 OK\r\nSupported: a,[,] b\r\n\r\n"),
        case(Rule::EmptyListElement, "SIP/2.0 200 OK\r\nRequire: outbound,[]\r\n\r\n"),
        case(Rule::EmptyParameter, "SIP/2.0 200 OK\r\nm: <sip:a@b.example>[;];q=1\r\n\r\n"),
        case(Rule::EmptyParameter, "SIP/2.0 200 OK\r\nm: <sip:a@b.example>;q=1[;]\r\n\r\n"),
        case(Rule::UnquotedParameter, "SIP/2.0 200 OK\r\nm: <sip:a@b.example>;x=a[/b]\r\n\r\n"),
        case(
            Rule::DuplicateParameter,
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1;x=1;[X]=2\r\n\r\n",
        ),
        case(
            Rule::UnquotedDisplayName,
            "SIP/2.0 200 OK\r\nm: Bob [(home)] <sip:a@b.example>\r\n\r\n",
        ),
        case(
            Rule::DoubledQuotes,
            "SIP/2.0 200 OK\r\nm: [\"\"unknown\"\"] <sip:a@b.example>\r\n\r\n",
        ),
        case(
            Rule::MissingAngleBrackets,
            "SIP/2.0 200 OK\r\nRecord-Route: [sip:a@b.example];lr\r\n\r\n",
        ),
        case(Rule::MissingAngleBrackets, "SIP/2.0 200 OK\r\nm: sip:a@b.example[?]x=y\r\n\r\n"),
        case(Rule::AngleBracketSpace, "SIP/2.0 200 OK\r\nm: <[ ]sip:a@b.example>\r\n\r\n"),
        case(Rule::AngleBracketSpace, "SIP/2.0 200 OK\r\nm: <sip:a@b.example[ ]>\r\n\r\n"),
        case(
            Rule::BracketedReceived,
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example;received=[@2001:db8::1@]\r\n\r\n",
        ),
        case(Rule::LooseCallId, "SIP/2.0 200 OK\r\nCall-ID: 1[=2]\r\n\r\n"),
        case(Rule::LooseProduct, "SIP/2.0 200 OK\r\nServer: FPBX-14[(13.2)]\r\n\r\n"),
        case(Rule::NonUtf8Text, "SIP/2.0 200 OK\r\nSubject: caf[@e9]!\r\n\r\n"),
        case(Rule::NonUtf8Text, "SIP/2.0 200 OK\r\nm: \"caf[@e9]!\" <sip:a@b.example>\r\n\r\n"),
        case(Rule::ControlInText, "SIP/2.0 200 OK\r\nSubject: a[@07]b\r\n\r\n"),
        case(Rule::ControlInText, "SIP/2.0 200 OK\r\nm: \"a[@07]b\" <sip:a@b.example>\r\n\r\n"),
        case(Rule::NumberOutOfRange, "SIP/2.0 200 OK\r\nExpires: [4294967296]\r\n\r\n"),
        case(Rule::NumberOutOfRange, "OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: [256]\r\n\r\n"),
        case(
            Rule::MissingParameterValue,
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example;branch[]\r\n\r\n",
        ),
        case(Rule::MissingParameterValue, "SIP/2.0 200 OK\r\nTo: <sip:b@b.example>;tag[]\r\n\r\n"),
        case(
            Rule::MissingParameterValue,
            "SIP/2.0 200 OK\r\nContent-Type: text/plain;charset[]\r\n\r\n",
        ),
        case(
            Rule::AuthQuoting,
            "SIP/2.0 401 U\r\nWWW-Authenticate: Digest realm=\"a\", algorithm=[\"MD5\"]\r\n\r\n",
        ),
        case(
            Rule::AuthQuoting,
            "SIP/2.0 401 U\r\nWWW-Authenticate: Digest realm=\"a\", qop=[auth]\r\n\r\n",
        ),
        case(Rule::DateZone, "SIP/2.0 200 OK\r\nDate: Sat, 13 Nov 2010 23:29:00 [UTC]\r\n\r\n"),
        case(
            Rule::MultipartBareLf,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b[\n]\nx\n--b--",
        ),
        case(
            Rule::MultipartBareLf,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\nx[\n]--b--",
        ),
        case(
            Rule::UnclosedMultipart,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\nx\r\n[]",
        ),
        case(
            Rule::LooseBoundary,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=\"a[*]\"\r\n\r\n--a*\r\n\r\n\r\n--a*--",
        ),
        case(
            Rule::BoundaryPrefix,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\n\r\n[--b]b\r\n--b--",
        ),
        case(
            Rule::AdjacentDelimiters,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\n[--b]--",
        ),
        case(
            Rule::MissingLineEnd,
            "SIP/2.0 200 OK\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\nX: y[]\r\n--b--",
        ),
        case(
            Rule::Uri(sip_uri::Rule::UserHash),
            "SIP/2.0 200 OK\r\nm: <sip:a[#]b@b.example>\r\n\r\n",
        ),
        case(
            Rule::Uri(sip_uri::Rule::DuplicateParam),
            "OPTIONS sip:b.example;x;[x] SIP/2.0\r\n\r\n",
        ),
    ]
}

impl Case {
    /// The bytes, and where what is odd starts and ends.
    fn bytes(&self) -> (Vec<u8>, usize, usize) {
        let mut bytes = Vec::new();
        let (mut start, mut end) = (None, None);
        let mut rest = self.message;
        while let Some(c) = rest.chars().next() {
            let mut used = c.len_utf8();
            match c {
                '[' if start.is_none() => start = Some(bytes.len()),
                ']' if end.is_none() && !rest.starts_with("]]") => end = Some(bytes.len()),
                // `@e9` is that byte, and `@` before `2001` or behind it a bracket.
                '@' if rest[1..].starts_with("2001") => bytes.push(b'['),
                '@' if rest[1..].starts_with(']') => bytes.push(b']'),
                '@' if rest[1..].starts_with("e9") => {
                    bytes.push(0xe9);
                    used = 3;
                }
                '@' if rest[1..].starts_with("07") => {
                    bytes.push(7);
                    used = 3;
                }
                _ => bytes.extend_from_slice(c.to_string().as_bytes()),
            }
            rest = &rest[used..];
        }
        (bytes, start.expect("a `[`"), end.expect("a `]`"))
    }
}

fn parse(bytes: &[u8], tolerances: Tolerances) -> Result<Message, sip_message::ParseError> {
    Parser::new().tolerances(tolerances).parse(bytes.to_vec())
}

#[test]
fn every_rule_of_the_crate_has_a_case() {
    let cases = cases();
    for &rule in Rule::ALL.iter().filter(|rule| !matches!(rule, Rule::Uri(_))) {
        assert!(cases.iter().any(|case| case.rule == rule), "{rule}");
    }
}

#[test]
fn on_the_deviation_spans_what_is_odd() {
    for case in cases() {
        let (bytes, start, end) = case.bytes();
        let tolerances = Tolerances::strict().with(case.rule);
        // White space in a URI is a rule of URIs as well.
        let tolerances = tolerances.with(Rule::Uri(sip_uri::Rule::WhiteSpace));
        let message =
            parse(&bytes, tolerances).unwrap_or_else(|error| panic!("{}: {error}", case.message));
        let found: Vec<_> = lint(&message)
            .into_iter()
            .filter_map(|finding| match finding.kind() {
                FindingKind::Deviation(deviation) => Some(deviation),
                _ => None,
            })
            .filter(|deviation| deviation.rule == case.rule)
            .map(|deviation| {
                (deviation.offset as usize, (deviation.offset + deviation.len) as usize)
            })
            .collect();
        assert_eq!(found, [(start, end)], "{} in {}", case.rule, case.message);
    }
}

#[test]
fn off_it_is_an_error_at_the_same_byte() {
    for case in cases() {
        let (bytes, start, _) = case.bytes();
        let tolerances = Tolerances::lenient().without(case.rule);
        match parse(&bytes, tolerances) {
            Err(error) => assert_eq!(error.offset(), start, "{}: {error}", case.message),
            Ok(message) => {
                let errors: Vec<_> = lint(&message)
                    .iter()
                    .filter(|finding| {
                        matches!(finding.name(), "bad-value" | "bad-body" | "request-uri")
                    })
                    .map(sip_message::Finding::offset)
                    .collect();
                assert_eq!(errors, [start], "{} in {}", case.rule, case.message);
            }
        }
    }
}

#[test]
fn nothing_is_written_down_for_a_message_that_follows_the_rfc() {
    let text = format!(
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1{REST}CSeq: 1 BYE\r\n\r\n"
    );
    let message = parse(text.as_bytes(), Tolerances::lenient()).unwrap();
    assert!(lint(&message).is_empty(), "{:?}", lint(&message));
    assert_eq!(message.deviations(), []);
}

#[test]
fn what_is_tolerated_is_read_as_it_was_meant() {
    use sip_message::header;
    let message = parse(
        b"SIP/2.0 200\n\
          Via: SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1;received=[2001:db8::1];branch=x\n\
          From: \"\"unknown\"\" <sip:anonymous@a.example>;tag=a/b\n\
          Supported: ,outbound,, gruu,\n\
          Record-Route: sip:p.example;lr\n\n",
        Tolerances::default(),
    )
    .unwrap();
    let headers = message.headers();
    let via = headers.require(header::Via).unwrap();
    assert_eq!(via.received(), Some("2001:db8::1".parse().unwrap()));
    assert_eq!(via.branch(), Some("z9hG4bK1"));
    let from = headers.require(header::From).unwrap();
    assert_eq!(from.display_name().unwrap().to_str().unwrap(), "unknown");
    assert_eq!(from.tag(), Some("a/b"));
    let tags: Vec<_> =
        headers.each(header::Supported).map(|tag| tag.unwrap().to_string()).collect();
    assert_eq!(tags, ["outbound", "gruu"]);
    let route = headers.require(header::RecordRoute).unwrap();
    assert_eq!(route.uri_bytes(), b"sip:p.example");
    assert!(route.params().get("lr").is_some());
}
