//! The examples of the RFCs.

use super::*;

#[test]
fn rfc_2046_section_5_1_1() {
    let media = MediaType::decode(b"multipart/mixed; boundary=\"simple boundary\"").unwrap();
    let body = "This is the preamble.  It is to be ignored, though it\r\n\
        is a handy place for composition agents to include an\r\n\
        explanatory note to non-MIME conformant readers.\r\n\
        \r\n\
        --simple boundary\r\n\
        \r\n\
        This is implicitly typed plain US-ASCII text.\r\n\
        It does NOT end with a linebreak.\r\n\
        --simple boundary\r\n\
        Content-type: text/plain; charset=us-ascii\r\n\
        \r\n\
        This is explicitly typed plain US-ASCII text.\r\n\
        It DOES end with a linebreak.\r\n\
        \r\n\
        --simple boundary--\r\n\
        \r\n\
        This is the epilogue.  It is also to be ignored.\r\n";
    let strict = Tolerances::strict();
    let multipart = Multipart::parse_with(body, media, MultipartLimits::default(), strict).unwrap();
    assert_eq!((multipart.subtype(), multipart.boundary()), ("mixed", &b"simple boundary"[..]));
    assert!(multipart.preamble().unwrap().starts_with(b"This is the preamble."));
    assert!(multipart.preamble().unwrap().ends_with(b"conformant readers.\r\n"));
    let epilogue = b"\r\nThis is the epilogue.  It is also to be ignored.\r\n";
    assert_eq!(multipart.epilogue(), Some(&epilogue[..]));
    let [implicit, explicit] = multipart.parts().collect::<Vec<_>>()[..] else { panic!() };
    assert!(implicit.headers().is_empty());
    assert!(implicit.content_type().unwrap().is("text", "plain"));
    assert!(implicit.body().ends_with(b"It does NOT end with a linebreak."));
    let charset = explicit.content_type().unwrap().params().get("charset").unwrap();
    assert_eq!(charset.value_str(), Some("us-ascii"));
    assert!(explicit.body().ends_with(b"It DOES end with a linebreak.\r\n"));
    assert_eq!(multipart.deviations(), []);
}

#[test]
fn rfc_4475_mpart01() {
    let bytes = Bytes::from(corpus::read("torture/rfc4475/mpart01.dat"));
    let message = Message::parse(bytes.clone()).unwrap();
    let multipart = message.multipart().unwrap().unwrap();
    let [text, signature] = multipart.parts().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(text.body(), b"Hello");
    assert!(text.content_type().unwrap().is("text", "plain"));
    assert_eq!(text.transfer_encoding(), b"binary");
    assert!(!signature.is_encoded());
    assert!(signature.content_type().unwrap().is("application", "octet-stream"));
    assert_eq!(signature.body().len(), 342);
    assert!(signature.body().starts_with(&[0x30, 0x82, 1, 0x52]));
    assert!(signature.body().contains(&0) && signature.body().contains(&b'\n'));
    // Nothing was copied, and places are places in the datagram.
    assert_eq!(signature.body(), &bytes[signature.body_range()]);
    assert_eq!(signature.body_bytes().as_ptr(), bytes[signature.body_range()].as_ptr());
    assert_eq!((multipart.preamble(), multipart.epilogue()), (None, Some(&b""[..])));
}

#[test]
fn rfc_5621_figure_2() {
    let body = "--boundary1\r\nContent-Type: application/sdp\r\n\r\n\
        v=0\r\n\
        o=alice 2890844526 2890842807 IN IP4 atlanta.example.com\r\n\
        s=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n\
        m=video 20002 RTP/AVP 31\r\na=rtpmap:31 H261/90000\r\n\r\n\
        --boundary1\r\n\
        Content-Type: application/resource-lists+xml\r\n\
        Content-Disposition: recipient-list\r\n\r\n\
        <?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
        <resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\r\n\
        </resource-lists>\r\n\
        --boundary1--\r\n";
    let message = message("multipart/mixed;boundary=\"boundary1\"", body);
    let multipart = message.multipart().unwrap().unwrap();
    let [sdp, list] = multipart.parts().collect::<Vec<_>>()[..] else { panic!() };
    assert!(sdp.body().starts_with(b"v=0\r\n") && sdp.body().ends_with(b"H261/90000\r\n"));
    assert_eq!(sdp.disposition().unwrap().kind(), "session");
    assert_eq!(sdp.disposition().unwrap().handling(), Handling::Required);
    assert_eq!(list.disposition().unwrap().kind(), "recipient-list");
    assert!(list.body().ends_with(b"</resource-lists>"));
    // The type of the whole has the default disposition.
    assert_eq!(message.disposition().unwrap().kind(), "render");
}

#[test]
fn rfc_5621_nested_alternatives() {
    // §4.1: a location object, and a session description in two forms.
    let body = "--outer\r\nContent-Type: application/pidf+xml\r\n\
        Content-ID: <target123@atlanta.example.com>\r\n\r\n<presence/>\r\n\
        --outer\r\n\
        Content-Type: multipart/alternative; boundary=inner\r\n\
        Content-Disposition: session; handling=optional\r\n\r\n\
        --inner\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n\
        --inner\r\nContent-Type: application/newer\r\n\r\nv=1\r\n--inner--\r\n\
        --outer--\r\n";
    let message = message("multipart/mixed;boundary=outer", body);
    let multipart = message.multipart().unwrap().unwrap();
    let place = multipart.by_content_id(b"target123@atlanta.example.com").unwrap();
    assert_eq!(place.body(), b"<presence/>");
    assert!(multipart.by_content_id(b"other").is_none());
    let choice = multipart.parts().nth(1).unwrap();
    assert_eq!(choice.disposition().unwrap().handling(), Handling::Optional);
    let inner = choice.multipart().unwrap().unwrap();
    assert_eq!((inner.subtype(), inner.len(), inner.depth()), ("alternative", 2, 2));
    assert_eq!(inner.as_bytes(), choice.body());
    // The richest form is the last one.
    let best = inner.parts().last().unwrap();
    assert_eq!(best.body(), b"v=1");
    assert_eq!(&message.source()[best.body_range()], b"v=1");
    let types: Vec<_> =
        multipart.walk().map(|part| part.content_type().unwrap().subtype().to_owned()).collect();
    assert_eq!(types, ["pidf+xml", "alternative", "sdp", "newer"]);
}

#[test]
fn rfc_3204_section_4_1_and_folding() {
    let body = "--unique-boundary-1\r\n\
        Content-Type: application/SDP; charset=ISO-10646\r\n\r\n\
        v=0\r\n\
        --unique-boundary-1\r\n\
        content-type:application/ISUP; version=nxv3;\r\n base=etsi121\r\n\
        CONTENT-DISPOSITION: signal;\r\n\thandling=optional\r\n\
        X-Odd: kept\r\n\r\n\
        \x01\0I\0\0\x03\r\n\r\n\
        --unique-boundary-1--\r\n";
    let message = message("multipart/mixed; boundary=unique-boundary-1", body);
    let multipart = message.multipart().unwrap().unwrap();
    let isup = multipart.parts().nth(1).unwrap();
    assert_eq!(isup.body(), b"\x01\0I\0\0\x03\r\n");
    let media = isup.content_type().unwrap();
    assert!(media.is("application", "isup"));
    assert_eq!(media.params().get("base").unwrap().value_str(), Some("etsi121"));
    assert_eq!(isup.disposition().unwrap().handling(), Handling::Optional);
    assert_eq!(isup.raw("x-odd"), Some(&b"kept"[..]));
    assert!(isup.headers().iter().next().unwrap().is_folded());
}

#[test]
fn rfc_3261_signed_with_a_tunnelled_message() {
    let body = "--boundary42\r\nContent-Type: message/sip\r\n\r\n\
        INVITE sip:bob@biloxi.example SIP/2.0\r\nCall-ID: a84b4c76e66710\r\n\r\n\
        \r\n--boundary42\r\n\
        Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\
        Content-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=smime.p7s;\r\n   handling=required\r\n\r\n\
        ghyHhHUujhJhjH77n8HHGTrfvbnj756tbB9HG4VQpfyF467GhIGfHfYT6\r\n\
        --boundary42--";
    let kind = "multipart/signed;\r\n protocol=\"application/pkcs7-signature\";\r\n \
        micalg=sha1; boundary=boundary42";
    let message = message(kind, body);
    let multipart = message.multipart().unwrap().unwrap();
    assert_eq!((multipart.subtype(), multipart.epilogue()), ("signed", None));
    let inner = Message::parse(multipart.root().body_bytes()).unwrap();
    assert_eq!(inner.headers().raw("i"), Some(&b"a84b4c76e66710"[..]));
    let signature = multipart.parts().nth(1).unwrap();
    assert!(signature.is_encoded());
    let disposition = signature.disposition().unwrap();
    assert_eq!(disposition.params().get("filename").unwrap().value_str(), Some("smime.p7s"));
    assert!(disposition.is("Attachment"));
}

#[test]
fn rfc_2387_root_and_rfc_2046_digest() {
    let body =
        "--b\r\nContent-ID: <one@x>\r\n\r\n1\r\n--b\r\nContent-ID: <two@x>\r\n\r\n2\r\n--b--";
    for (kind, root) in [
        ("multipart/related;boundary=b;start=\"<two@x>\";type=\"text/plain\"", b"2"),
        ("multipart/related;boundary=b;start=\"<three@x>\"", b"1"),
        ("multipart/related;boundary=b", b"1"),
        ("multipart/mixed;boundary=b;start=\"<two@x>\"", b"1"),
    ] {
        let message = message(kind, body);
        assert_eq!(message.multipart().unwrap().unwrap().root().body(), root, "{kind}");
    }
    let message = message("multipart/Digest;boundary=b", body);
    let multipart = message.multipart().unwrap().unwrap();
    assert!(multipart.root().content_type().unwrap().is("message", "rfc822"));
}

#[test]
fn what_is_wrong_in_the_head_of_a_part_is_found_there() {
    let text = "MESSAGE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
        From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 MESSAGE\r\n\
        Content-Type: multipart/mixed;boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain;;charset=x\r\nContent-Length: x\r\nX-Mine: ;;\r\n\r\na\r\n--b--\r\n";
    let message = Message::parse(text.as_bytes().to_vec()).unwrap();
    let found: Vec<_> = lint(&message)
        .iter()
        .map(|f| (f.name(), f.header().map(HeaderName::as_str), f.offset()))
        .collect();
    let at = |part: &str| text.find(part).unwrap();
    let (empty, bad) = (at("text/plain;;") + 10, at("Length: x") + 8);
    assert_eq!(
        found,
        [
            ("empty-parameter", Some("Content-Type"), empty),
            ("bad-value", Some("Content-Length"), bad)
        ]
    );
}
