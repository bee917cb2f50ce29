//! Builders: what RFC 3261 §8.1.1, §8.2.6, §9.1, §12.1.1 and §17.1.1.3 ask of requests and
//! responses, and that nothing can be smuggled into one.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use proptest::prelude::*;
use sip_message::encode::{
    BuildErrorKind, Encode, EncodeErrorKind, NameAddrBuilder, ValueWriter, ViaBuilder,
};
use sip_message::header;
use sip_message::value::{CSeq, HeaderValue, NameAddr, RAck, Value, Via};
use sip_message::{
    Builder, HeaderName, Message, Method, ParseErrorKind, Parser, Request, Response, Rule,
    StatusCode, Tolerances, respond_to_malformed,
};
use sip_testkit::{corpus, strategy};

fn parse(bytes: &[u8]) -> Message {
    Message::parse(bytes.to_vec()).expect("a message")
}

fn request(bytes: &[u8]) -> Request {
    parse(bytes).as_request().expect("a request").clone()
}

fn response(bytes: &[u8]) -> Response {
    parse(bytes).as_response().expect("a response").clone()
}

/// A message of RFC 3665.
fn example(file: &str) -> Vec<u8> {
    corpus::read(&format!("rfc-messages/rfc3665/{file}"))
}

/// Names and values, folds made spaces, in order of the names.
fn lines(message: &Message) -> Vec<(String, String)> {
    let mut lines: Vec<_> = message
        .headers()
        .iter()
        .map(|line| {
            let value = String::from_utf8_lossy(line.value());
            let words: Vec<_> = value.split_ascii_whitespace().collect();
            (line.name().to_string(), words.join(" ").replace(" ;", ";"))
        })
        .collect();
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    lines
}

/// What was built is what the parser reads.
fn check(message: &Message) {
    let again = Parser::new()
        .tolerances(Tolerances::strict())
        .parse(message.to_bytes())
        .expect("what is built follows the grammar");
    assert_eq!(&again, message);
    let places = |message: &Message| -> Vec<_> {
        let headers = message.headers();
        headers
            .iter()
            .map(|line| (line.range(), line.value_range(), line.name_str().len()))
            .collect()
    };
    assert_eq!(places(&again), places(message));
    assert_eq!(again.start_line(), message.start_line());
    assert_eq!(again.body_range(), message.body_range());
    assert!(message.headers().iter().all(|line| !line.is_folded()));
}

const INVITE: &[u8] = b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP bigbox3.site3.atlanta.example;branch=z9hG4bK77ef4c2312983.1\r\n\
    v: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n ;received=192.0.2.1\r\n\
    Max-Forwards: 69\r\n\
    Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\n\
    To: Bob <sip:bob@biloxi.example>\r\n\
    From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
    Call-ID: a84b4c76e66710\r\n\
    CSeq: 314159 INVITE\r\n\
    Timestamp: 54\r\n\
    Require: 100rel\r\n\
    Contact: <sip:alice@pc33.atlanta.example>\r\n\
    Content-Length: 0\r\n\r\n";

fn builder<'a>() -> Builder<'a, Request> {
    let mut builder = Request::builder(Method::OPTIONS, "sip:bob@biloxi.example");
    builder
        .header(header::Via, "SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds")
        .header(header::To, "<sip:bob@biloxi.example>")
        .header(header::From, "<sip:alice@atlanta.example>;tag=1")
        .header(header::CallId, "a84b4c76e66710")
        .cseq(1);
    builder
}

#[test]
fn the_200_of_rfc_3261_24_2() {
    // F8, as it comes to Bob from server10.biloxi.com.
    let invite = request(
        b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n\
        Via: SIP/2.0/UDP server10.biloxi.com;branch=z9hG4bK4b43c2ff8.1\r\n\
        Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1\r\n ;received=192.0.2.2\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\r\n ;received=192.0.2.1\r\n\
        Max-Forwards: 68\r\n\
        To: Bob <sip:bob@biloxi.com>\r\n\
        From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Contact: <sip:alice@pc33.atlanta.com>\r\n\
        Content-Type: application/sdp\r\n\
        Content-Length: 0\r\n\r\n",
    );
    let top = invite.headers().require(header::Via).unwrap();
    let seen = ViaBuilder::from_view(top).received("192.0.2.3".parse().unwrap());
    let invite = invite.edit().replace_nth(header::Via, 0, seen).finish().unwrap();
    let body = [b'x'; 131];
    let ok = invite
        .respond(StatusCode::OK)
        .to_tag("a6c85cf")
        .header(header::Contact, "<sip:bob@192.0.2.4>")
        .body("application/sdp", &body)
        .build()
        .unwrap();
    let expected = parse(&[
        b"SIP/2.0 200 OK\r\n\
        Via: SIP/2.0/UDP server10.biloxi.com;branch=z9hG4bK4b43c2ff8.1\r\n ;received=192.0.2.3\r\n\
        Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1\r\n ;received=192.0.2.2\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\r\n ;received=192.0.2.1\r\n\
        To: Bob <sip:bob@biloxi.com>;tag=a6c85cf\r\n\
        From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Contact: <sip:bob@192.0.2.4>\r\n\
        Content-Type: application/sdp\r\n\
        Content-Length: 131\r\n\r\n",
        &body[..],
    ].concat());
    let ok = Message::from(ok);
    check(&ok);
    assert_eq!(ok.start_line(), expected.start_line());
    assert_eq!(lines(&ok), lines(&expected));
    assert_eq!(ok.body(), expected.body());
}

#[test]
fn the_ack_of_rfc_3261_17_1_1_3() {
    let invite = request(
        b"INVITE sip:bob@biloxi.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n\
        To: Bob <sip:bob@biloxi.com>\r\n\
        From: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\n\
        Max-Forwards: 70\r\n\
        Call-ID: 987asjd97y7atg\r\n\
        CSeq: 986759 INVITE\r\n\r\n",
    );
    let busy = invite.respond(StatusCode::BUSY_HERE).to_tag("99sa0xk").build().unwrap();
    let ack = invite.ack(&busy).build().unwrap();
    assert_eq!(
        ack.as_bytes(),
        b"ACK sip:bob@biloxi.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n\
        To: Bob <sip:bob@biloxi.com>;tag=99sa0xk\r\n\
        From: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\n\
        Max-Forwards: 70\r\n\
        Call-ID: 987asjd97y7atg\r\n\
        CSeq: 986759 ACK\r\n\
        Content-Length: 0\r\n\r\n",
    );
    check(&ack.into());
}

#[test]
fn the_acks_and_cancels_of_rfc_3665() {
    for (invite, derived, answer) in [
        ("128-INVITE.sip", "136-CANCEL.sip", None),
        ("131-INVITE.sip", "140-CANCEL.sip", None),
        ("131-INVITE.sip", "143-ACK.sip", Some("142-487-Request-Terminated.sip")),
    ] {
        let invite = request(&example(invite));
        let built = match answer {
            None => invite.cancel().build(),
            Some(answer) => invite.ack(&response(&example(answer))).build(),
        };
        let (built, expected) = (Message::from(built.unwrap()), parse(&example(derived)));
        check(&built);
        assert_eq!(built.start_line(), expected.start_line());
        assert_eq!(lines(&built), lines(&expected), "{derived}");
    }
}

#[test]
fn an_ack_or_cancel_has_the_top_via_alone_and_every_route() {
    let invite = request(
        b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP  b ; branch=z9hG4bK2 ,SIP/2.0/UDP a;branch=z9hG4bK1\r\n\
        Route: <sip:p1.example;lr>\r\n\
        Route: <sip:p2.example;lr>,\r\n <sip:p3.example;lr>\r\n\
        To: <sip:bob@biloxi.example>\r\n\
        From: <sip:alice@atlanta.example>;tag=1\r\n\
        Call-ID: a\r\n\
        CSeq: 7 INVITE\r\n\
        Proxy-Require: x\r\n\r\n",
    );
    let cancel = invite.cancel().header(header::Reason, "SIP;cause=200").build().unwrap();
    assert_eq!(
        cancel.as_bytes(),
        b"CANCEL sip:bob@biloxi.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP  b ; branch=z9hG4bK2\r\n\
        Route: <sip:p1.example;lr>\r\n\
        Route: <sip:p2.example;lr>, <sip:p3.example;lr>\r\n\
        To: <sip:bob@biloxi.example>\r\n\
        From: <sip:alice@atlanta.example>;tag=1\r\n\
        Max-Forwards: 70\r\n\
        Call-ID: a\r\n\
        CSeq: 7 CANCEL\r\n\
        Reason: SIP;cause=200\r\n\
        Content-Length: 0\r\n\r\n",
    );
    check(&cancel.into());
}

#[test]
fn an_ack_needs_an_invite_and_a_refusal() {
    let invite = request(INVITE);
    let kind = |result: Result<Request, _>| {
        result.map_err(|error: sip_message::encode::BuildError| error.kind()).unwrap_err()
    };
    for (status, right) in [(183, false), (200, false), (299, false), (302, true), (603, true)] {
        let status = StatusCode::new(status).unwrap();
        let answer = invite.respond(status).to_tag("1").build().unwrap();
        assert_eq!(invite.ack(&answer).build().is_ok(), right);
        if !right {
            assert_eq!(kind(invite.ack(&answer).build()), BuildErrorKind::NotRefused);
        }
    }
    let options = builder().build().unwrap();
    let answer = options.respond(StatusCode::NOT_FOUND).to_tag("1").build().unwrap();
    assert_eq!(kind(options.ack(&answer).build()), BuildErrorKind::NotInvite);
    assert_eq!(kind(options.cancel().build()), BuildErrorKind::NotInvite);
    let ack = invite.ack(&invite.respond(StatusCode::DECLINE).to_tag("1").build().unwrap());
    let ack = { ack }.build().unwrap();
    let error = ack.respond(StatusCode::OK).to_tag("1").build().unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::AckIsNotAnswered);
}

#[test]
fn a_response_copies_what_it_must_and_nothing_else() {
    let invite = request(INVITE);
    let names = |status| {
        let status = StatusCode::new(status).unwrap();
        let response = invite.respond(status).to_tag("1").build().unwrap();
        let headers = response.headers();
        headers.iter().map(|line| line.name_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    // RFC 3261 §12.1.1, §8.2.6.1.
    assert_eq!(names(100), "Via Via To From Call-ID CSeq Timestamp Content-Length");
    for dialog in [101, 180, 199, 200, 202, 299] {
        assert_eq!(names(dialog), "Via Via Record-Route To From Call-ID CSeq Content-Length");
    }
    for other in [300, 404, 503, 600] {
        assert_eq!(names(other), "Via Via To From Call-ID CSeq Content-Length");
    }
    let response = invite.respond(StatusCode::OK).to_tag("1").build().unwrap();
    for name in ["Record-Route", "From", "Call-ID", "CSeq"] {
        assert_eq!(response.headers().raw(name), invite.headers().raw(name));
    }
    let vias: Vec<_> = response.headers().lines("Via").map(|line| line.value()).collect();
    assert_eq!(
        vias,
        [
            &b"SIP/2.0/UDP bigbox3.site3.atlanta.example;branch=z9hG4bK77ef4c2312983.1"[..],
            b"SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8 ;received=192.0.2.1",
        ]
    );
    assert_eq!(response.headers().raw("To").unwrap(), b"Bob <sip:bob@biloxi.example>;tag=1");
}

#[test]
fn record_route_is_copied_where_a_dialog_may_start() {
    for (method, copied) in
        [("SUBSCRIBE", true), ("NOTIFY", true), ("REFER", true), ("OPTIONS", false), ("BYE", false)]
    {
        let text = String::from_utf8(INVITE.to_vec()).unwrap().replace("INVITE", method);
        let response =
            request(text.as_bytes()).respond(StatusCode::OK).to_tag("1").build().unwrap();
        assert_eq!(response.headers().raw("Record-Route").is_some(), copied, "{method}");
    }
}

#[test]
fn a_to_tag_is_added_once_and_demanded() {
    let invite = request(INVITE);
    let error = invite.respond(StatusCode::OK).build().unwrap_err();
    assert_eq!((error.kind(), error.header()), (BuildErrorKind::NoTag, Some(HeaderName::TO)));
    assert!(invite.respond(StatusCode::TRYING).build().is_ok());
    let twice = invite.respond(StatusCode::OK).to_tag("1").to_tag("2").build().unwrap();
    assert_eq!(twice.headers().require(header::To).unwrap().tag(), Some("1"));
    let bye = request(
        &String::from_utf8(INVITE.to_vec())
            .unwrap()
            .replace("To: Bob <sip:bob@biloxi.example>", "t: sip:bob@biloxi.example ; TAG=7")
            .into_bytes(),
    );
    let response = bye.respond(StatusCode::OK).to_tag("8").build().unwrap();
    assert_eq!(response.headers().raw("To").unwrap(), b"sip:bob@biloxi.example ; TAG=7");
}

#[test]
fn a_request_that_lacks_much_or_cannot_be_read_is_answered() {
    let odd = request(
        b"OPTIONS sip:b SIP/2.0\r\n\
        Via: nonsense\r\n\
        From: \"unbalanced <sip:a@b>\r\n\
        From: <sip:second@b>\r\n\
        CSeq: x\r\n\r\n",
    );
    let response = odd.respond(StatusCode::BAD_REQUEST).to_tag("1").build().unwrap();
    assert_eq!(
        response.as_bytes(),
        b"SIP/2.0 400 Bad Request\r\nVia: nonsense\r\nFrom: \"unbalanced <sip:a@b>\r\nCSeq: x\r\n\
        Content-Length: 0\r\n\r\n",
    );
    let lost = request(b"OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n");
    let error = lost.respond(StatusCode::BAD_REQUEST).build().unwrap_err();
    assert_eq!((error.kind(), error.header()), (BuildErrorKind::Missing, Some(HeaderName::VIA)));
}

#[test]
fn what_8_1_1_demands_is_filled_in_or_refused() {
    let complete = builder().build().unwrap();
    check(&complete.clone().into());
    assert_eq!(complete.headers().require(header::MaxForwards).unwrap().get(), 70);
    assert_eq!(complete.headers().require(header::ContentLength).unwrap().get(), 0);
    for missing in ["Via", "To", "From", "Call-ID", "CSeq"] {
        let mut partial = Request::builder(Method::OPTIONS, "sip:bob@biloxi.example");
        for line in complete.headers().iter().filter(|line| line.name_str() != missing) {
            partial.header_raw(line.name_str(), line.value());
        }
        let error = partial.build().unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::Missing);
        assert_eq!(error.header(), HeaderName::new(missing));
        let later = partial.without_via().build();
        assert_eq!(later.is_ok(), missing == "Via");
    }
    let with = |name, value: &str| {
        let mut built = Request::builder(Method::INVITE, "sip:bob@biloxi.example");
        for line in complete.headers().iter().filter(|line| line.name_str() != name) {
            if line.name_str() != "CSeq" {
                built.header_raw(line.name_str(), line.value());
            }
        }
        if name != "CSeq" {
            built.cseq(1);
        }
        built.header_raw(name, value).build().map_err(|error| (error.kind(), error.header()))
    };
    // An INVITE must tell where its dialog is.
    assert_eq!(
        with("Subject", "x").unwrap_err(),
        (BuildErrorKind::Missing, Some(HeaderName::CONTACT)),
    );
    assert_eq!(
        with("From", "<sip:a@b.c>").unwrap_err(),
        (BuildErrorKind::NoTag, Some(HeaderName::FROM)),
    );
    assert_eq!(
        with("CSeq", "1 OPTIONS").unwrap_err(),
        (BuildErrorKind::CSeqMethod, Some(HeaderName::CSEQ)),
    );
    assert!(matches!(with("To", "<sip:a@b").unwrap_err().0, BuildErrorKind::Value(_)));
    assert!(with("Contact", "<sip:a@192.0.2.1>").is_ok());
}

#[test]
fn a_response_from_nothing_demands_8_2_6_2() {
    let mut response = Response::builder(StatusCode::OK);
    let complete = builder().build().unwrap();
    for (name, next) in
        [("", "Via"), ("Via", "From"), ("From", "To"), ("To", "Call-ID"), ("Call-ID", "CSeq")]
    {
        if let Some(value) = complete.headers().raw(name) {
            response.header_raw(name, value);
        }
        let error = response.build().unwrap_err();
        assert_eq!(
            (error.kind(), error.header()),
            (BuildErrorKind::Missing, HeaderName::new(next))
        );
    }
    response.header(header::CSeq, CSeq::new(1, Method::OPTIONS));
    assert_eq!(response.build().unwrap_err().kind(), BuildErrorKind::NoTag);
    let built = response.to_tag("1").reason("Fine").build().unwrap();
    assert_eq!((built.status(), built.reason()), (StatusCode::OK, &b"Fine"[..]));
    check(&built.into());
}

#[test]
fn content_length_is_always_right() {
    let built = builder().body("text/plain", "hello").build().unwrap();
    assert_eq!(built.body(), b"hello");
    assert_eq!(built.headers().require(header::ContentLength).unwrap().get(), 5);
    let placed = builder().header(header::ContentLength, 5).body("text/plain", b"hello").build();
    assert_eq!(placed.unwrap().headers().raw("l"), Some(&b"5"[..]));
    for wrong in ["4", "6", "05x", "", "+5", "5, 5"] {
        let error = builder().header_raw("l", wrong).body("text/plain", "hello").build();
        assert_eq!(error.unwrap_err().kind(), BuildErrorKind::ContentLength, "{wrong}");
    }
    let twice = builder().header_raw("l", "0").header_raw("Content-Length", "0").build();
    assert_eq!(twice.unwrap_err().kind(), BuildErrorKind::Duplicate);
}

#[test]
fn compact_forms_are_written_on_demand() {
    let mut builder = builder();
    builder
        .header(header::Supported, ["timer"])
        .header_raw("SUBJECT", "hi")
        .header_raw("X-Long", "x")
        .body("text/plain", "hello");
    let names = |message: &Request| {
        let headers = message.headers();
        headers.iter().map(|line| line.name_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let long = builder.build().unwrap();
    let short = builder.compact_forms(true).build().unwrap();
    assert_eq!(
        names(&long),
        "Via To From Call-ID CSeq Supported Subject X-Long Content-Type Max-Forwards Content-Length",
    );
    assert_eq!(names(&short), "v t f i CSeq k s X-Long c Max-Forwards l");
    check(&short.into());
}

/// What ends a line or a string.
const INJECTIONS: [&str; 7] =
    ["\r\nEvil: yes", "\nEvil: yes", "\rEvil: yes", "a\0b", "a\r\n b", "\r\n\r\nBYE", "\\\0"];

#[test]
fn no_entry_point_lets_a_line_end_or_nul_through() {
    let request = builder().build().unwrap();
    let answer = request.respond(StatusCode::OK).to_tag("1").build().unwrap();
    for evil in INJECTIONS {
        let with = |text: &str| format!("{text}{evil}");
        let mut refused = vec![
            builder().header(header::Subject, evil).build().is_err(),
            builder().header(header::Subject, evil.to_owned()).build().is_err(),
            builder().header(header::Subject, evil.as_bytes()).build().is_err(),
            builder().header(header::Subject, bytes(evil)).build().is_err(),
            builder().header(header::Subject, format_args!("x{evil}")).build().is_err(),
            builder().header(header::Supported, ["a", evil]).build().is_err(),
            builder().header(header::Supported, vec![evil]).build().is_err(),
            builder().header_raw("X", evil).build().is_err(),
            builder().header_raw(&with("X"), "x").build().is_err(),
            builder().body(with("text/plain").as_str(), "x").build().is_err(),
            Request::builder(Method::OPTIONS, with("sip:b").as_str()).error().is_some(),
            Request::builder(Method::OPTIONS, with("http:b").as_str()).error().is_some(),
            Method::new(&with("INVITE")).is_none(),
            HeaderName::new(&with("X")).is_none(),
            request.respond(StatusCode::OK).to_tag(evil).error().is_some(),
            request.respond(StatusCode::OK).reason(evil).error().is_some(),
            ViaBuilder::new(&with("UDP"), "h").is_err(),
            ViaBuilder::new("UDP", &with("h")).is_err(),
            ViaBuilder::new("UDP", "h").unwrap().branch(&with("z9hG4bK")).is_err(),
            ViaBuilder::new("UDP", "h").unwrap().param("x", evil).is_err(),
            ViaBuilder::new("UDP", "h").unwrap().param(evil, "x").is_err(),
            ViaBuilder::new("UDP", "h").unwrap().flag(evil).is_err(),
            NameAddrBuilder::new(with("sip:b").as_str()).is_err(),
            NameAddrBuilder::new(with("urn:b").as_str()).is_err(),
            NameAddrBuilder::new("sip:b").unwrap().display_name(evil).is_err(),
            NameAddrBuilder::new("sip:b").unwrap().tag(evil).is_err(),
            NameAddrBuilder::new("sip:b").unwrap().param("x", evil).is_err(),
            NameAddrBuilder::new("sip:b").unwrap().param(evil, "x").is_err(),
            NameAddrBuilder::new("sip:b").unwrap().flag(evil).is_err(),
            NameAddrBuilder::new("sip:b").unwrap().number(evil, 1).is_err(),
        ];
        struct Writes<F>(F);
        impl<F: Fn(&mut ValueWriter<'_>) -> bool> Encode for Writes<F> {
            fn encode(
                &self,
                out: &mut ValueWriter<'_>,
            ) -> Result<(), sip_message::encode::EncodeError> {
                assert!(!(self.0)(out), "the writer let it through");
                Ok(())
            }
        }
        for writes in [
            Writes(
                &(|out: &mut ValueWriter<'_>| out.text(evil.as_bytes()).is_ok())
                    as &dyn Fn(&mut ValueWriter<'_>) -> bool,
            ),
            Writes(&|out| out.token(evil).is_ok()),
            Writes(&|out| out.quoted(evil).is_ok()),
            Writes(&|out| std::fmt::Write::write_str(out, evil).is_ok()),
        ] {
            assert_eq!(writes.to_value().unwrap(), b"");
        }
        // Edits of both kinds.
        let mut edits = vec![request.edit(); 10];
        edits[0].set(header::Subject, evil);
        edits[1].set_raw("X", evil);
        edits[2].set_raw(&with("X"), "x");
        edits[3].prepend_raw("X", evil);
        edits[4].append(header::Subject, evil);
        edits[5].append_raw(evil, "x");
        edits[6].insert_before_raw("To", "X", evil);
        edits[7].insert_after(header::To, header::Subject, evil);
        edits[8].replace_nth(header::Via, 0, with("SIP/2.0/UDP h").as_str());
        edits[9].set_uri(with("sip:b").as_str());
        refused.extend(edits.iter().map(|edit| edit.error().is_some() && edit.finish().is_err()));
        refused.push(request.edit().set_body(with("text/plain").as_str(), "x").finish().is_err());
        refused.push(answer.edit().set_reason(evil).finish().is_err());
        for (at, refused) in refused.iter().enumerate() {
            assert!(refused, "number {at} took {evil:?}");
        }
    }
}

fn bytes(text: &str) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(text.as_bytes())
}

#[test]
fn a_view_of_a_folded_value_is_written_unfolded() {
    let message = parse(
        b"OPTIONS sip:b SIP/2.0\r\n\
        From: \"A\r\n  B\"\r\n <sip:a@b>;x=\"1\r\n\t2\";tag=1\r\n\
        Subject: one\r\n two\r\n\tthree\r\n\
        Via: SIP\r\n /\r\n 2.0/UDP\r\n h:\r\n 5060;\r\n branch=1\r\n\r\n",
    );
    let headers = message.headers();
    let from = headers.require(header::From).unwrap().to_value().unwrap();
    assert_eq!(from, b"\"A B\" <sip:a@b>;x=\"1 2\";tag=1");
    assert_eq!(headers.require(header::Subject).unwrap().to_value().unwrap(), b"one two three");
    let via = headers.require(header::Via).unwrap().to_value().unwrap();
    assert_eq!(via, b"SIP / 2.0/UDP h:5060; branch=1");
}

#[test]
fn a_quoted_nul_of_a_view_stays_and_a_bare_one_does_not() {
    // RFC 4475 §3.1.1.2.
    let to = NameAddr::decode(b"\"NUL:\\\0 DEL:\\\x7f\" <sip:a@b>;tag=1").unwrap();
    assert_eq!(to.to_value().unwrap(), b"\"NUL:\\\0 DEL:\\\x7f\" <sip:a@b>;tag=1");
    let bare = NameAddr::decode_with(b"\"\\\\\0\" <sip:a@b>", Tolerances::lenient()).unwrap();
    assert_eq!(bare.to_value().unwrap_err().kind(), EncodeErrorKind::Nul);
}

#[test]
fn addresses_and_vias_are_quoted_as_they_must_be() {
    let name = |name: &str| {
        let value = NameAddrBuilder::new("sip:a@b").unwrap().display_name(name).unwrap().to_value();
        String::from_utf8(value.unwrap()).unwrap()
    };
    assert_eq!(name("Bob"), "Bob <sip:a@b>");
    assert_eq!(name("Mr. Bob B"), "Mr. Bob B <sip:a@b>");
    for quoted in ["", " ", "a  b", "a ", "Bob, B", "caf\u{e9}", "<", "a@b"] {
        assert_eq!(name(quoted), format!("\"{quoted}\" <sip:a@b>"));
    }
    assert_eq!(name("\"\\\x07"), "\"\\\"\\\\\\\x07\" <sip:a@b>");
    let via = |via: ViaBuilder<'_>| String::from_utf8(via.to_value().unwrap()).unwrap();
    let base = || ViaBuilder::at("TLS", "[2001:db8::1]:5061".parse().unwrap()).unwrap();
    assert_eq!(via(base()), "SIP/2.0/TLS [2001:db8::1]:5061");
    assert_eq!(
        via(base().param("x", "a b").unwrap().param("y", "[::1]").unwrap().flag("alias").unwrap()),
        "SIP/2.0/TLS [2001:db8::1]:5061;x=\"a b\";y=[::1];alias",
    );
    assert_eq!(
        via(base().received("2001:db8::2".parse().unwrap()).rport().rport_is(7)),
        "SIP/2.0/TLS [2001:db8::1]:5061;received=2001:db8::2;rport=7",
    );
    for bad in ["", "a b", "2001:db8::1", "h;x", "h,h", "h:5060"] {
        assert!(ViaBuilder::new("UDP", bad).is_err(), "{bad}");
    }
    for bad in ["", "bob", "sip:", "sip:a@b>", "sip:a b@c"] {
        assert!(NameAddrBuilder::new(bad).is_err(), "{bad}");
    }
    assert_eq!(RAck::new(1, CSeq::new(2, Method::INVITE)).to_value().unwrap(), b"1 2 INVITE");
}

#[test]
fn a_typed_header_takes_its_own_values_only() {
    for (built, at) in [
        (builder().header(header::MaxForwards, "seventy").error(), 0),
        (builder().header(header::MaxForwards, 256).error(), 0),
        (builder().header(header::Require, "100rel timer").error(), 7),
        (builder().header(header::Route, "<sip:p;lr>;;x=;").error(), 14),
        (builder().header(header::Event, "a, b").error(), 1),
        (builder().header(header::RecordRoute, "").error(), 0),
    ] {
        let BuildErrorKind::Value(error) = built.unwrap().kind() else { panic!("{built:?}") };
        assert_eq!(error.offset(), at, "{error}");
    }
    assert!(builder().header(header::Supported, "").error().is_none());
    assert!(builder().header(header::Subject, " trimmed ").error().is_none());
}

#[test]
fn malformed_requests_are_answered_from_what_can_be_made_out() {
    let answer = |bytes: &[u8]| {
        let error = Message::parse(bytes.to_vec()).unwrap_err();
        let response = respond_to_malformed(bytes, &error)?.to_tag("1").build().unwrap();
        check(&response.clone().into());
        Some((error.kind(), response))
    };
    let lines = "Via: SIP/2.0/UDP b;branch=z9hG4bK2\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\
        f : <sip:a@b>;tag=7\r\nTo: \"T\"\r\n <sip:b@c>\r\nCall-ID: x\r\nCSeq: 1 BYE\r\n";
    let text = format!("BYE sip:b SIP/2.0\r\n{lines}bad name: x\r\nFrom: second\r\n\r\n");
    let (kind, response) = answer(text.as_bytes()).unwrap();
    assert_eq!(kind, ParseErrorKind::MissingColon);
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        response.as_bytes(),
        b"SIP/2.0 400 Bad Request: expected a colon in the header line\r\n\
        Via: SIP/2.0/UDP b;branch=z9hG4bK2\r\n\
        Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\
        From: <sip:a@b>;tag=7\r\n\
        To: \"T\" <sip:b@c>;tag=1\r\n\
        Call-ID: x\r\n\
        CSeq: 1 BYE\r\n\
        Content-Length: 0\r\n\r\n",
    );
    // A bare CR is no line end and no part of an answer; a truncated line is not copied.
    let text = "BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP b\rEvil: yes\r\nCall-ID: a\0b\r\nFrom: <si";
    let (_, response) = answer(text.as_bytes()).unwrap();
    assert_eq!(
        response.as_bytes().split(|b| *b == b'\n').skip(1).collect::<Vec<_>>().join(&b'\n'),
        b"Via: SIP/2.0/UDP b Evil: yes\r\nCall-ID: a b\r\nContent-Length: 0\r\n\r\n",
    );
    let long = format!("BYE sip:{} SIP/2.0\r\n{lines}\r\n", "b".repeat(9000));
    assert_eq!(answer(long.as_bytes()).unwrap().1.status(), StatusCode::URI_TOO_LONG);
    // Nothing to answer to.
    for nothing in [
        "BYE sip:b SIP/2.0\r\nbad\r\nFrom: x\r\n\r\n".to_owned(),
        format!("ACK sip:b SIP/2.0\r\n{lines}bad\r\n\r\n"),
        format!("SIP/2.0 200 OK\r\n{lines}bad\r\n\r\n"),
        format!("BYE\r\n{lines}\r\n"),
        "\r\n\r\n".to_owned(),
    ] {
        assert!(answer(nothing.as_bytes()).is_none(), "{nothing}");
    }
}

#[test]
fn every_refused_request_of_the_corpora_has_a_sound_answer() {
    let mut answers = 0;
    for row in corpus::torture() {
        for tolerances in [Tolerances::strict(), Tolerances::default()] {
            let Err(error) = Parser::new().tolerances(tolerances).parse(row.bytes.clone()) else {
                continue;
            };
            if let Some(mut response) = respond_to_malformed(&row.bytes, &error) {
                check(&response.to_tag("1").build().unwrap().into());
                answers += 1;
            }
        }
    }
    assert!(answers > 5, "{answers}");
}

#[test]
fn every_request_of_the_corpora_can_be_answered() {
    let torture = corpus::torture().into_iter().map(|row| row.bytes);
    let examples = corpus::files("rfc-messages/rfc3665").into_iter().map(|(_, bytes)| bytes);
    for bytes in torture.chain(examples) {
        let Ok(message) = Message::parse(bytes) else { continue };
        let Some(request) = message.as_request() else { continue };
        if request.method() == Method::ACK || request.headers().raw("Via").is_none() {
            continue;
        }
        let response =
            request.respond(StatusCode::SERVER_INTERNAL_ERROR).to_tag("x").build().unwrap();
        for name in ["From", "Call-ID", "CSeq"] {
            let there = |headers: sip_message::Headers<'_>| headers.raw(name).map(<[u8]>::to_vec);
            if !request.headers().lines(name).next().is_some_and(|line| line.is_folded()) {
                assert_eq!(there(response.headers()), there(request.headers()));
            }
        }
        let vias = |headers: sip_message::Headers<'_>| headers.lines("Via").count();
        assert_eq!(vias(response.headers()), vias(request.headers()));
    }
}

/// Every view written and read again.
fn round_trip(message: &Message) {
    // A Content-Length is a value like any other here.
    let tolerances = message.tolerances().with(Rule::ShortBody);
    for line in message.headers().iter() {
        for value in line.values().into_iter().flatten().flatten() {
            let written = value.to_value().expect("a view can be written");
            let mut carrier = Response::builder(StatusCode::OK);
            // Typed headers only have rows: the name leads back to the same family.
            let carried =
                carrier.header(header::Via, "SIP/2.0/UDP h").header(header::To, "<sip:a@b>;tag=1");
            let _ = carried;
            let name = line.name().as_str();
            let text =
                [b"SIP/2.0 200 OK\r\n", name.as_bytes(), b": ", &written, b"\r\n\r\n"].concat();
            let again = Parser::new().tolerances(tolerances).parse(text).unwrap();
            let again_line = again.headers().iter().next().unwrap();
            let values: Vec<_> = again_line.values().unwrap().collect();
            assert_eq!(values.len(), 1, "{name}: {}", written.escape_ascii());
            let again: Value<'_> = values[0].expect("what is written can be read");
            assert_eq!(again.to_value().unwrap(), written);
            if !line.is_folded() {
                assert_eq!(format!("{again:?}"), format!("{value:?}"));
            }
        }
    }
}

#[test]
fn every_view_of_the_corpora_is_written_as_it_came() {
    let folders = std::fs::read_dir(corpus::testdata().join("rfc-messages")).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        for (_, bytes) in corpus::files(&format!("rfc-messages/{name}")) {
            Message::parse(bytes).iter().for_each(round_trip);
        }
    }
    for row in corpus::torture() {
        Message::parse(row.bytes).iter().for_each(round_trip);
    }
    for folder in ["messages", "peers"] {
        for (_, bytes) in corpus::files(folder) {
            Message::parse(bytes).iter().for_each(round_trip);
        }
    }
}

#[test]
fn regression_a_to_whose_tag_has_no_value_gets_one() {
    let request = parse(
        b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\n\
          To: <sip:bob@biloxi.example>;tag;x=y\r\nFrom: <sip:alice@atlanta.example>;tag=2\r\n\
          Call-ID: 3\r\nCSeq: 4 OPTIONS\r\n\r\n",
    );
    let request = request.as_request().unwrap();
    let response = request.respond(StatusCode::OK).to_tag("1").build().unwrap();
    let to = response.headers().raw("To").unwrap();
    assert_eq!(to, b"<sip:bob@biloxi.example>;tag=1;x=y");
    assert_eq!(response.headers().require(header::To).unwrap().tag(), Some("1"));
}

proptest! {
    #[test]
    fn every_view_is_written_as_it_came(message in strategy::message()) {
        round_trip(&parse(&message.bytes));
    }

    #[test]
    fn what_is_built_is_what_is_read(
        display in any::<String>(), tag in "[a-z0-9]{1,8}", text in any::<String>(),
        body in prop::collection::vec(any::<u8>(), 0..50), number in any::<u32>(),
        compact in any::<bool>(),
    ) {
        let display = display.replace(['\r', '\n', '\0'], "");
        let text = text.replace(['\r', '\n', '\0'], "");
        let from = NameAddrBuilder::new("sip:alice@atlanta.example").unwrap()
            .display_name(&display).unwrap().tag(&tag).unwrap().param("x", &text).unwrap();
        let via = ViaBuilder::new("WSS", "df7jal23ls0d.invalid").unwrap()
            .branch(&tag).unwrap().param("y", &text).unwrap();
        let built = Request::builder(Method::MESSAGE, "sip:bob@biloxi.example")
            .compact_forms(compact)
            .header(header::Via, via)
            .header(header::From, from)
            .header(header::To, "<sip:bob@biloxi.example>")
            .header(header::CallId, &tag)
            .header_raw("X-Text", &text)
            .cseq(number)
            .body("application/octet-stream", &body)
            .build().unwrap();
        check(&built.clone().into());
        let headers = built.headers();
        let from = headers.require(header::From).unwrap();
        prop_assert_eq!(&*from.display_name().unwrap().to_str().unwrap(), &display[..]);
        prop_assert_eq!(from.tag(), Some(&tag[..]));
        let x = from.params().get("x").unwrap();
        prop_assert_eq!(x.value().unwrap(), text.as_bytes());
        let via: Via<'_> = headers.require(header::Via).unwrap();
        prop_assert_eq!(via.branch(), Some(&tag[..]));
        prop_assert_eq!(via.params().get("y").unwrap().value().unwrap(), text.as_bytes());
        let trimmed = text.trim_matches([' ', '\t']);
        prop_assert_eq!(headers.raw("x-text").unwrap(), trimmed.as_bytes());
        prop_assert_eq!(headers.require(header::CSeq).unwrap().number(), number);
        prop_assert_eq!(built.body(), &body);
    }

    #[test]
    fn any_text_is_written_or_refused_and_never_ends_a_line(text in any::<Vec<u8>>()) {
        match text[..].to_value() {
            Ok(value) => {
                prop_assert!(!text.iter().any(|b| matches!(b, 0 | b'\r' | b'\n')));
                prop_assert!(text.ends_with(&value) || text.windows(value.len().max(1)).any(|part| part == value));
            }
            Err(_) => prop_assert!(text.iter().any(|b| matches!(b, 0 | b'\r' | b'\n'))),
        }
    }

    #[test]
    fn an_answer_to_anything_malformed_is_sound(
        message in strategy::mutated(),
    ) {
        if let Err(error) = Message::parse(message.clone())
            && let Some(mut response) = respond_to_malformed(&message, &error)
        {
            check(&response.to_tag("1").build().unwrap().into());
        }
    }
}
