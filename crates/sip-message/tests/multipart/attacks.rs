//! Attacks: each ends in a clear error.

use super::*;

#[test]
fn a_part_of_no_length() {
    // A part may be empty, but the line end before a delimiter is its own.
    let multipart = read("--b\r\n\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b""]);
    assert!(multipart.root().headers().is_empty() && multipart.root().as_bytes().is_empty());
    assert_eq!(refused("--b\r\n--b--"), (K::AdjacentDelimiters, 5));
    assert_eq!(refused("--b\r\n--b\r\n\r\nx\r\n--b--"), (K::AdjacentDelimiters, 5));
    let multipart = read_with(b"--b\r\n--b--", Tolerances::lenient()).unwrap();
    assert_eq!(bodies(&multipart), [b""]);
}

#[test]
fn no_parts() {
    assert_eq!(refused("--b--"), (K::NoParts, 0));
    assert_eq!(refused("preamble\r\n--b--\r\n--b\r\n\r\nx\r\n--b--"), (K::NoParts, 10));
    assert_eq!(refused(""), (K::NoDelimiter, 0));
    assert_eq!(refused("no delimiter at all"), (K::NoDelimiter, 0));
    assert_eq!(refused("--b"), (K::NoDelimiter, 0));
}

#[test]
fn headers_without_a_body() {
    // By the grammar the empty line belongs to the body, and a part need not have one.
    let multipart = read("--b\r\nContent-Type: a/b\r\n\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b""]);
    assert!(multipart.root().content_type().unwrap().is("a", "b"));
    let multipart = read("--b\r\nContent-Type: a/b\r\n--b--").unwrap();
    assert_eq!(multipart.deviations()[0].rule, Rule::MissingLineEnd);
    assert!(multipart.root().content_type().unwrap().is("a", "b"));
    let strict = read_with(b"--b\r\nX: y\r\n--b--", Tolerances::strict()).unwrap_err();
    assert_eq!(strict.kind(), K::PartHead(ParseErrorKind::UnexpectedEnd));
    assert_eq!(strict.offset(), 9);
    let head = |kind, at| (K::PartHead(kind), at);
    assert_eq!(refused("--b\r\nHello\r\n--b--"), head(ParseErrorKind::UnexpectedEnd, 10));
    assert_eq!(refused("--b\r\nHello\r\n\r\n\r\n--b--"), head(ParseErrorKind::MissingColon, 10));
    assert_eq!(refused("--b\r\n: x\r\n\r\n\r\n--b--"), head(ParseErrorKind::HeaderName, 5));
    assert_eq!(refused("--b\r\n x\r\n\r\n\r\n--b--"), head(ParseErrorKind::LeadingSpace, 5));
    assert_eq!(refused("--b\r\nX: a\rb\r\n\r\n\r\n--b--"), head(ParseErrorKind::BareCr, 9));
}

#[test]
fn a_boundary_that_is_never_closed() {
    assert_eq!(refused("--b\r\n\r\nx"), (K::Unclosed, 8));
    assert_eq!(refused("--b\r\n\r\nx\r\n--b"), (K::Unclosed, 13));
    assert_eq!(refused("--b\r\n\r\nx\r\n--b-"), (K::Unclosed, 14));
    assert_eq!(refused("--b\r\n"), (K::Unclosed, 5));
}

#[test]
fn a_boundary_inside_a_header() {
    let multipart = read("--b\r\nX: --b--\r\nY: --b\r\n\r\nx\r\n--b--").unwrap();
    assert_eq!(multipart.root().raw("Y"), Some(&b"--b"[..]));
    // At the start of a line it is a delimiter, wherever the line is.
    let multipart = read("--b\r\nX: y\r\n--b\r\n\r\nz\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b"".as_slice(), b"z"]);
    // A fold starts with white space, so it hides nothing.
    let multipart = read("--b\r\nX: y\r\n --b--\r\n\r\nz\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b"z"]);
}

#[test]
fn nesting_without_end() {
    // No boundary is the start of another: the outer one would end the inner one.
    let name = |level: usize| format!("n{level:04}");
    let mut body = String::from("deep");
    for level in (0..1000).rev() {
        let (own, inner) = (name(level), name(level + 1));
        body = format!(
            "--{own}\r\nContent-Type: multipart/mixed;boundary={inner}\r\n\r\n{body}\r\n--{own}--"
        );
    }
    let message = message("multipart/mixed;boundary=n0000", &body);
    let multipart = message.multipart().unwrap().unwrap();
    let deepest = multipart.walk().last().unwrap();
    let error = deepest.multipart().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.rfc()), (K::TooDeep, "RFC 3261 §21.5.7"));
    assert_eq!(multipart.walk().count(), MultipartLimits::default().depth);
    assert!(lint(&message).iter().any(|finding| finding.name() == "bad-body"));
    // A multipart inside itself, by the same boundary, is none.
    let body = "--b\r\nc: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b--";
    let multipart = read(body).unwrap();
    assert_eq!(multipart.parts().len(), 2);
    let error = multipart.root().multipart().unwrap().unwrap_err();
    assert_eq!(error.kind(), K::NoDelimiter);
}

#[test]
fn boundaries_that_are_none() {
    let unterminated = K::ContentType(ValueErrorKind::UnterminatedQuote);
    assert_eq!(refused_type("multipart/mixed;boundary=\""), (unterminated, "\"".into()));
    assert_eq!(refused_type("multipart/mixed;boundary=\"\""), (K::BoundaryLength, "\"\"".into()));
    assert_eq!(refused_type("multipart/mixed;boundary").0, K::MissingBoundary);
    assert_eq!(refused_type("multipart/mixed").0, K::MissingBoundary);
    assert!(matches!(refused_type("multipart/mixed;boundary=").0, K::ContentType(_)));
    assert!(matches!(refused_type("multipart").0, K::ContentType(_)));
    let conflict = refused_type("multipart/mixed;boundary=b;boundary=c");
    assert_eq!(conflict, (K::BoundaryConflict, "c".into()));
    for (bad, at) in [("\"b \"", " \""), ("\"b\\\0\"", "\"b\\\0\""), ("\"a\\\tb\\\t\"", "\"a\\")] {
        let (kind, rest) = refused_type(&format!("multipart/mixed;boundary={bad}"));
        assert_eq!(kind, K::BoundaryCharacter, "{bad}");
        assert!(rest.starts_with(at), "{rest}");
    }
    assert!(message("text/plain;boundary=\"", "x").multipart().is_none());
    assert!(message("text/plain", "--b\r\n").multipart().is_none());
    let media = MediaType::decode(b"text/plain;boundary=b").unwrap();
    assert_eq!(Multipart::parse(&b""[..], media).unwrap_err().kind(), K::NotMultipart);
}

#[test]
fn very_long_boundaries() {
    for (length, good) in [(70, true), (71, false), (100_000, false)] {
        let boundary = "x".repeat(length);
        let media = format!("multipart/mixed;boundary={boundary}");
        let media = MediaType::decode(media.as_bytes()).unwrap();
        let body = format!("--{boundary}\r\n\r\ny\r\n--{boundary}--");
        match Multipart::parse(body, media) {
            Ok(multipart) => assert!(good && bodies(&multipart) == [b"y"]),
            Err(error) => assert!(!good && error.kind() == K::BoundaryLength),
        }
    }
}

#[test]
fn ten_thousand_boundaries() {
    let body = format!("{}--b--", "--b\r\n\r\nx\r\n".repeat(10_000));
    let parts = MultipartLimits::default().parts;
    assert_eq!(refused(&body), (K::TooManyParts, parts * 10 + 5));
    let media = MediaType::decode(b"multipart/mixed;boundary=b").unwrap();
    let mut limits = MultipartLimits::default();
    limits.parts = 10_000;
    let multipart = Multipart::parse_with(body, media, limits, Tolerances::default()).unwrap();
    assert_eq!(multipart.parts().len(), 10_000);
    // The parts of nested multiparts count.
    let inner = format!("{}--i--", "--i\r\n\r\nx\r\n".repeat(200));
    let part = format!("--b\r\nc: multipart/mixed;boundary=i\r\n\r\n{inner}\r\n");
    let multipart = read(&format!("{part}{part}--b--")).unwrap();
    let [first, second] = multipart.parts().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(first.multipart().unwrap().unwrap().len(), 200);
    assert_eq!(second.multipart().unwrap().unwrap_err().kind(), K::TooManyParts);
}

#[test]
fn heads_beyond_the_limits() {
    let limit = |head: String| read(&format!("--b\r\n{head}\r\n\r\n--b--"));
    let refused = |head: String| match limit(head).unwrap_err().kind() {
        K::PartHead(ParseErrorKind::LimitExceeded(limit)) => format!("{limit:?}"),
        other => panic!("{other:?}"),
    };
    let limits = MultipartLimits::default();
    assert!(limit("X: y\r\n".repeat(limits.headers)).is_ok());
    assert_eq!(refused("X: y\r\n".repeat(limits.headers + 1)), "Headers");
    assert_eq!(refused(format!("X: {}\r\n", "y".repeat(limits.head))), "HeaderLine");
    assert_eq!(refused(format!("{}: y\r\n", "X".repeat(limits.header_name + 1))), "HeaderName");
    let line = format!("X: {}\r\n", "y".repeat(limits.head / 3));
    assert_eq!(refused(line.repeat(4)), "Head");
}

#[test]
fn a_length_inside_a_part_means_nothing() {
    let multipart = read("--b\r\nl: 99\r\nContent-Length: -1\r\n\r\nx\r\n--b--").unwrap();
    assert_eq!(bodies(&multipart), [b"x"]);
    assert_eq!(multipart.root().headers().lines("Content-Length").count(), 2);
}

#[test]
fn encoded_bodies_are_not_taken_apart() {
    for line in ["e: gzip", "Content-Encoding: gzip", "Content-Transfer-Encoding: base64"] {
        let text = format!(
            "MESSAGE sip:b@b.example SIP/2.0\r\nc: multipart/mixed;boundary=b\r\n{line}\r\n\r\n\
             \x1f\u{8b}"
        );
        let message = Message::parse(text.into_bytes()).unwrap();
        assert_eq!(message.multipart().unwrap().unwrap_err().kind(), K::Encoded);
        let body = format!("--b\r\nc: multipart/mixed;boundary=i\r\n{line}\r\n\r\nH4sI\r\n--b--");
        let multipart = read(&body).unwrap();
        let part = multipart.root();
        assert_eq!(part.multipart().unwrap().unwrap_err().kind(), K::Encoded);
        assert!(part.is_encoded() && part.body() == b"H4sI");
    }
    let body =
        "--b\r\nContent-Transfer-Encoding: 8BIT\r\nContent-Encoding: identity\r\n\r\n\r\n--b--";
    assert!(!read(body).unwrap().root().is_encoded());
}

#[test]
fn a_type_that_stands_elsewhere_has_no_place_in_the_body() {
    let media = MediaType::decode(b"multipart/mixed;boundary=m*au").unwrap();
    let limits = MultipartLimits::default();
    let parse = |body: &'static [u8], tolerances| {
        Multipart::parse_with(Bytes::from_static(body), media, limits, tolerances)
    };
    let error = parse(b"", Tolerances::strict()).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (K::BoundaryCharacter, 0));
    let found = parse(b"--m*au\r\n\r\n\r\n--m*au--", Tolerances::default()).unwrap();
    let [deviation] = found.deviations() else { panic!("one") };
    assert_eq!((deviation.rule, deviation.offset), (Rule::LooseBoundary, 3));
}

/// The head of a part is measured from where it starts, however far into the body that is.
#[test]
fn a_part_behind_a_long_one_is_no_longer_for_it() {
    let long = "x".repeat(MultipartLimits::default().head * 2);
    let body = format!("--b\r\n\r\n{long}\r\n--b\r\nSubject: a\r\n\r\ny\r\n--b--");
    let media = MediaType::decode(b"multipart/mixed;boundary=b").unwrap();
    let multipart = Multipart::parse(body, media).unwrap();
    assert_eq!(multipart.parts().map(|part| part.headers().len()).collect::<Vec<_>>(), [0, 1]);
}
