//! `message/sipfrag`: the examples of RFC 3420 §3 and RFC 3515 §4.1, valid and invalid.

use sip_message::{
    BodyError, HeaderError, Limit, Limits, Message, Method, ParseErrorKind, Rule, Sipfrag,
    StatusCode, Tolerances, header,
};
use sip_uri::UriRef;

fn read(text: &str) -> Sipfrag {
    Sipfrag::parse(text.as_bytes().to_vec()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn refused(text: &str) -> (ParseErrorKind, usize) {
    let error = Sipfrag::parse(text.as_bytes().to_vec()).expect_err(text);
    (error.kind(), error.offset())
}

/// What is wrong with the header values, under the rules of the RFC.
fn bad_values(fragment: &Sipfrag) -> Vec<HeaderError<'_>> {
    let values = fragment.headers().iter().filter_map(|line| line.values()).flatten();
    values.filter_map(Result::err).collect()
}

fn strict(text: &str) -> Sipfrag {
    let (limits, tolerances) = (Limits::default(), Tolerances::strict());
    Sipfrag::parse_with(text.as_bytes().to_vec(), limits, tolerances).expect("a fragment")
}

#[test]
fn valid_parts_of_rfc_3420() {
    let fragment = strict("INVITE sip:alice@atlanta.com SIP/2.0\r\n");
    assert_eq!(fragment.method(), Some(Method::INVITE));
    assert_eq!(fragment.uri().unwrap().unwrap().host_str(), Some("atlanta.com"));
    assert_eq!((fragment.status(), fragment.reason()), (None, None));

    let fragment = strict("SIP/2.0 603 Declined\r\n");
    assert_eq!(fragment.status().map(StatusCode::code), Some(603));
    assert_eq!(fragment.reason(), Some(&b"Declined"[..]));
    assert_eq!(fragment.start_line(), Some(&b"SIP/2.0 603 Declined\r\n"[..]));
    assert!(fragment.headers().is_empty() && fragment.body().is_empty());

    let fragment = strict(
        "REGISTER sip:atlanta.com SIP/2.0\r\n\
         To: sip:alice@atlanta.com\r\n\
         Contact: <sip:alicepc@atlanta.com>;q=0.9,\r\n         <sip:alicemobile@atlanta.com>;q=0.1\r\n",
    );
    assert_eq!(fragment.method(), Some(Method::REGISTER));
    assert_eq!(fragment.headers().each(header::Contact).count(), 2);
    assert_eq!(bad_values(&fragment), []);

    let fragment = strict(
        "SIP/2.0 400 Bad Request\r\n\
         Warning: 399 atlanta.com \"Your Event header field was malformed\"\r\n",
    );
    assert_eq!(fragment.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(bad_values(&fragment), []);

    let fragment = strict(
        "From: Alice <sip:alice@atlanta.com>\r\n\
         To: Bob <sip:bob@biloxi.com>\r\n\
         Contact: <sip:alice@pc33.atlanta.com>\r\n\
         Date: Thu, 21 Feb 2002 13:02:03 GMT\r\n\
         Call-ID: a84b4c76e66710\r\n\
         Cseq: 314159 INVITE\r\n",
    );
    assert_eq!((fragment.start_line(), fragment.method()), (None, None));
    assert_eq!(fragment.headers().require(header::CSeq).unwrap().number(), 314_159);
    assert_eq!(fragment.headers().len(), 6);
    assert_eq!(bad_values(&fragment), []);
    assert_eq!(fragment.deviations(), []);

    let sdp = "v=0\r\no=alice 2890844526 2890844526 IN IP4 host.anywhere.com\r\ns=\r\n\
         c=IN IP4 host.anywhere.com\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n\
         a=rtpmap:0 PCMU/8000\r\nm=video 51372 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n\
         m=video 53000 RTP/AVP 32\r\na=rtpmap:32 MPV/90000\r\n";
    let length = sdp.len();
    let fragment = strict(&format!(
        "SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{sdp}"
    ));
    assert_eq!(fragment.body(), sdp.as_bytes());
    assert_eq!(fragment.body_bytes().len(), length);

    let fragment = strict("Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nHi There!\r\n");
    assert_eq!(fragment.body(), b"Hi There!\r\n");
    assert_eq!(fragment.start_line(), None);
}

#[test]
fn invalid_parts_of_rfc_3420() {
    use ParseErrorKind as K;
    assert_eq!(refused("INVITE\r\n").0, K::StartLine);
    assert_eq!(refused("INVITE").0, K::StartLine);
    assert_eq!(refused("INVITE sip:alice@atlanta.com SIP/1.09\r\n"), (K::Version, 29));
    assert_eq!(refused("SIP/2.0\r\n"), (K::StatusCode, 7));
    assert_eq!(refused("404 Not Found\r\n"), (K::Version, 8));
    let fragment = "MESSAGE sip:alice@atlanta.com SIP/2.0\r\nHi There!\r\n";
    assert_eq!(refused(fragment).0, K::MissingColon);

    let fragment = strict(
        "INVITE sip:alice@atlanta.com SIP/2.0\r\n\
         Via: SIP/2.0/UDP ;branch=z9hG4bK29342a\r\n\
         To: <>;tag=39234\r\n",
    );
    assert!(fragment.headers().require(header::Via).is_err());
    let to = fragment.headers().require(header::To);
    assert!(to.is_err() || to.unwrap().uri().is_err());

    let fragment = strict(
        "To: sip:alice@atlanta.com\r\n\
         From: sip:bob@biloxi.com;tag=1992312\r\n\
         Call-ID: this is invalid\r\n",
    );
    let [error] = bad_values(&fragment)[..] else { panic!("one") };
    assert_eq!(error.name().as_str(), "Call-ID");

    let fragment = strict(
        "INVITE sip:alice@atlanta.com SIP/2.0\r\n\
         From: <sip:bob@biloxi.com>;tag=z9hG4bK2912;tag=z9hG4bK99234\r\n",
    );
    assert_eq!(bad_values(&fragment).len(), 1);
}

#[test]
fn what_rfc_3515_notifies() {
    // The lengths of §4.1 count the line end.
    for (text, length, code) in
        [("SIP/2.0 100 Trying\r\n", 20, 100), ("SIP/2.0 200 OK\r\n", 16, 200)]
    {
        let notify = format!(
            "NOTIFY sip:a@atlanta.example.com SIP/2.0\r\n\
             Event: refer\r\n\
             Subscription-State: terminated;reason=noresource\r\n\
             Content-Type: message/sipfrag;version=2.0\r\n\
             Content-Length: {length}\r\n\r\n{text}"
        );
        let message = Message::parse(notify.into_bytes()).unwrap();
        assert_eq!(message.body().len(), length);
        let fragment = Sipfrag::parse(message.body_bytes()).unwrap();
        assert_eq!(fragment.status().unwrap().code(), code);
        assert_eq!(fragment.deviations(), []);
        let built = Sipfrag::builder().status(StatusCode::new(code).unwrap()).build().unwrap();
        assert_eq!(&built[..], text.as_bytes());
    }
}

#[test]
fn the_last_line_may_lack_its_end() {
    for text in ["SIP/2.0 200 OK", "SIP/2.0 200 OK\r\nX: y", "X: y", "X: a\r\n b", "X:"] {
        let fragment = read(text);
        let [deviation] = fragment.deviations() else { panic!("one in {text:?}") };
        assert_eq!(deviation.rule, Rule::MissingLineEnd);
        assert_eq!(deviation.offset as usize, text.len());
        let tolerances = Tolerances::lenient().without(Rule::MissingLineEnd);
        let error = Sipfrag::parse_with(text.as_bytes().to_vec(), Limits::default(), tolerances);
        assert_eq!(error.unwrap_err().offset(), text.len());
        assert_eq!(fragment.as_bytes(), text.as_bytes());
    }
    assert_eq!(read("X: a\r\n b").headers().raw("X"), Some(&b"a\r\n b"[..]));
    use ParseErrorKind as K;
    assert_eq!(refused("SIP/2.0 200 OK\r"), (K::UnexpectedEnd, 15));
    assert_eq!(refused("X: y\r"), (K::UnexpectedEnd, 5));
    assert_eq!(refused("SIP/2.0 200 OK\r\nX"), (K::UnexpectedEnd, 17));
}

#[test]
fn nothing_an_empty_line_and_a_body_are_fragments() {
    assert_eq!(strict("").body(), b"");
    assert_eq!(strict("\r\n").body(), b"");
    let fragment = strict("\r\nbody");
    assert_eq!((fragment.body(), fragment.headers().len()), (&b"body"[..], 0));
}

#[test]
fn lines_that_end_in_lf() {
    for text in ["SIP/2.0 200 OK\nX: y\n\nbody\r\n", "X: y\nZ: z\n\nbody\r\n"] {
        let fragment = read(text);
        assert_eq!(fragment.headers().raw("X"), Some(&b"y"[..]));
        assert_eq!(fragment.body(), b"body\r\n");
        assert_eq!(fragment.deviations()[0].rule, Rule::BareLf);
        let at = text.find('\n').unwrap();
        let tolerances = Tolerances::lenient().without(Rule::BareLf);
        let error = Sipfrag::parse_with(text, Limits::default(), tolerances).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ParseErrorKind::BareLf, at));
    }
    assert_eq!(refused("X: y\r\nZ: z\n"), (ParseErrorKind::BareLf, 10));
}

#[test]
fn lengths() {
    // The body is one of the things that may be taken away.
    assert_eq!(strict("SIP/2.0 200 OK\r\nContent-Length: 247\r\n").body(), b"");
    assert_eq!(strict("SIP/2.0 200 OK\r\nContent-Length: 247\r\n\r\n").body(), b"");
    assert_eq!(strict("l: 2\r\n\r\nabc").body(), b"ab");
    let text = "l: 4\r\n\r\nabc";
    assert_eq!(refused(text), (ParseErrorKind::ShortBody, 3));
    let fragment = Sipfrag::parse_with(text, Limits::default(), Tolerances::lenient()).unwrap();
    assert_eq!((fragment.body(), fragment.deviations()[0].rule), (&b"abc"[..], Rule::ShortBody));
    assert_eq!(refused("l: 4\r\nl: 5\r\n").0, ParseErrorKind::ContentLengthConflict);
    assert_eq!(refused("l: 4\r\nl: 5").0, ParseErrorKind::ContentLengthConflict);
    assert_eq!(refused("l: x").0, ParseErrorKind::ContentLength);
}

#[test]
fn limits_hold() {
    let limit = |text: &str, limits: Limits| {
        let text = text.as_bytes().to_vec();
        match Sipfrag::parse_with(text, limits, Tolerances::lenient()).unwrap_err().kind() {
            ParseErrorKind::LimitExceeded(limit) => limit,
            other => panic!("{other:?}"),
        }
    };
    let mut limits = Limits::default();
    limits.start_line = 20;
    limits.header_line = 9;
    limits.headers = 2;
    limits.header_name = 4;
    limits.head = 60;
    limits.message = 70;
    assert_eq!(limit("SIP/2.0 200 OK                ", limits), Limit::StartLine);
    assert_eq!(limit("SIP/2.0 200 OK                \r\n", limits), Limit::StartLine);
    for end in ["", "\r\n"] {
        assert_eq!(limit(&format!("X: 23456789{end}"), limits), Limit::HeaderLine);
        assert_eq!(limit(&format!("Xxxxx: y{end}"), limits), Limit::HeaderName);
        assert_eq!(limit(&format!("X: y\r\nX: y\r\nX: y{end}"), limits), Limit::Headers);
    }
    assert_eq!(limit(&"x".repeat(71), limits), Limit::Message);

    // A start line without its end is as long as what is there.
    let read = |start_line: usize| {
        let mut limits = Limits::default();
        limits.start_line = start_line;
        let text = &b"SIP/2.0 200 OK"[..];
        let fragment = Sipfrag::parse_with(text, limits, Tolerances::lenient());
        fragment.map(|it| it.status()).map_err(|error| (error.kind(), error.offset()))
    };
    assert_eq!(read(14), Ok(Some(StatusCode::OK)));
    assert_eq!(read(13), Err((ParseErrorKind::LimitExceeded(Limit::StartLine), 13)));
}

/// The colon of its URI is no colon of a header.
#[test]
fn a_request_line_alone_is_a_fragment() {
    let text = &b"INVITE sip:alice@atlanta.example SIP/2.0"[..];
    let fragment = Sipfrag::parse_with(text, Limits::default(), Tolerances::lenient()).unwrap();
    assert_eq!(fragment.method(), Some(Method::INVITE));
    assert_eq!((fragment.headers().len(), fragment.body()), (0, &b""[..]));
    assert_eq!(fragment.deviations().len(), 1);
}

#[test]
fn building() {
    let uri = UriRef::parse(b"sip:alice@atlanta.example").unwrap();
    let built = Sipfrag::builder()
        .request(Method::INVITE, &uri)
        .header("Content-Length", "9")
        .header("Subject", "  hello  ")
        .body("text/plain", "Hi There!\r\n")
        .build()
        .unwrap();
    assert_eq!(
        String::from_utf8(built.to_vec()).unwrap(),
        "INVITE sip:alice@atlanta.example SIP/2.0\r\nSubject: hello\r\n\
         Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nHi There!\r\n"
    );
    let fragment = Sipfrag::parse(built).unwrap();
    assert_eq!(fragment.body(), b"Hi There!\r\n");
    assert_eq!(fragment.deviations(), []);

    for bad in ["a\r\nb: c", "a\nb", "a\0b"] {
        let builder = Sipfrag::builder;
        assert_eq!(builder().header("X", bad).build(), Err(BodyError::Control));
        assert_eq!(builder().header(bad, "x").build(), Err(BodyError::Name));
        let ok = StatusCode::OK;
        assert_eq!(builder().status_with_reason(ok, bad).build(), Err(BodyError::Control));
        assert_eq!(builder().body(bad, "x").build(), Err(BodyError::ContentType));
    }
    let odd = StatusCode::new(299).unwrap();
    assert_eq!(&Sipfrag::builder().status(odd).build().unwrap()[..], b"SIP/2.0 299 \r\n");
    assert_eq!(read("SIP/2.0 299 \r\n").reason(), Some(&b""[..]));
}

#[test]
fn a_fragment_of_a_message() {
    let message = Message::parse(
        &b"SIP/2.0 302 Moved\nVia: SIP/2.0/UDP a.example\nContact: <sip:a@b.example>,\n <sip:c@d.example>\nl: 0\n\n"[..],
    )
    .unwrap();
    let mut builder = Sipfrag::builder().start_line_of(&message);
    for line in message.headers().iter().filter(|line| line.name().as_str() != "Via") {
        builder = builder.line(&line);
    }
    let built = builder.build().unwrap();
    let expected = "SIP/2.0 302 Moved\r\nContact: <sip:a@b.example>, <sip:c@d.example>\r\nl: 0\r\n";
    assert_eq!(String::from_utf8(built.to_vec()).unwrap(), expected);
    let fragment = strict(expected);
    let contacts = fragment.headers().each(header::Contact).flatten();
    let uris: Vec<_> = contacts.filter_map(|c| Some(c.address()?.uri_bytes())).collect();
    assert_eq!(uris, [b"sip:a@b.example", b"sip:c@d.example"]);
}
