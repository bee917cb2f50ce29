//! What peers send that is not as the RFCs want it: each kind by its name, read all the same.

#![allow(clippy::unwrap_used)]

use sdp::attribute::{self, find};
use sdp::codec::{CodecPolicy, DefaultPolicy};
use sdp::{
    CodecSpec, Direction, FindingKind, Media, ParseErrorKind, Parser, Rule, SessionDescription,
    Tolerances, lint,
};

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

fn read(text: &str) -> SessionDescription {
    let description = SessionDescription::parse(text.to_owned()).unwrap();
    assert_eq!(description.as_bytes(), text.as_bytes(), "it is kept as it came");
    description
}

fn section(lines: &str) -> SessionDescription {
    read(&format!("{HEAD}{}\r\n", lines.replace('\n', "\r\n")))
}

fn first(description: &SessionDescription) -> Media<'_> {
    description.media_at(0).unwrap()
}

/// Every line that is known can be read.
fn assert_reads(description: &SessionDescription) {
    let bad: Vec<_> = lint(description)
        .into_iter()
        .filter(|f| matches!(f.kind(), FindingKind::Value(_)))
        .collect();
    assert_eq!(bad, []);
}

fn names(description: &SessionDescription) -> Vec<&'static str> {
    lint(description).iter().map(sdp::Finding::name).collect()
}

#[test]
fn a_description_starts_with_its_section() {
    let description = read("m=audio 9 RTP/AVP 0\r\na=sendonly\r\n");
    assert_eq!(first(&description).direction(), Direction::SendOnly);
    assert_eq!(names(&description)[..2], ["missing-version", "missing-origin"]);
}

#[test]
fn lines_come_in_any_order() {
    let text = "v=0\r\na=early\r\nt=0 0\r\nc=IN IP4 192.0.2.1\r\ns=-\r\no=- 1 1 IN IP4 192.0.2.1\r\n\
        m=audio 9 RTP/AVP 0\r\na=x\r\nb=AS:64\r\ni=title\r\n";
    let description = read(text);
    assert_reads(&description);
    assert!(description.connection().unwrap().is_some());
    assert_eq!(first(&description).bandwidth("AS"), Some(64));
    assert_eq!(first(&description).information().unwrap().unwrap().as_bytes(), b"title");
    assert!(names(&description).contains(&"line-order"));
    // `t=` behind a section is that of the session.
    let description = read(&HEAD.replace("t=0 0\r\n", "m=audio 9 RTP/AVP 0\r\nt=1 2\r\n"));
    assert_eq!(description.times().next().unwrap().unwrap().start(), 1);
}

#[test]
fn a_refused_section_needs_no_address() {
    let no_address = HEAD.replace("c=IN IP4 192.0.2.1\r\n", "");
    let description = read(&format!("{no_address}m=audio 0 RTP/AVP 0\r\n"));
    assert_eq!(names(&description), [""; 0]);
    assert_eq!(first(&description).address().unwrap(), None);
}

#[test]
fn an_address_is_that_of_the_section_or_of_the_session() {
    let no_address = HEAD.replace("c=IN IP4 192.0.2.1\r\n", "");
    let own = read(&format!("{no_address}m=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.7\r\n"));
    assert_eq!(first(&own).address().unwrap().unwrap().host, "192.0.2.7");
    let session = section("m=audio 9 RTP/AVP 0");
    assert_eq!(first(&session).address().unwrap().unwrap().host, "192.0.2.1");
}

#[test]
fn an_address_is_cut_off_or_the_wrong_way_around() {
    let cut = read(&HEAD.replace("c=IN IP4 192.0.2.1", "c=IN "));
    assert!(cut.connection().is_err());
    assert_eq!(cut.lines().nth(3).unwrap().value(), b"IN ");
    let turned = read(&HEAD.replace("c=IN IP4 192.0.2.1", "c=IN 192.0.2.1 IP4"));
    assert_eq!(turned.connection().unwrap().unwrap().address(), "192.0.2.1");
}

#[test]
fn origins_are_broken_in_many_ways() {
    for (origin, id) in [
        ("- 1 1 IN", Some(1)),
        ("- 1 1 IN IP4", Some(1)),
        ("SIP user 1 1 IN IP4 192.0.2.1", Some(1)),
        ("- 1 1 IN IPV4 192.0.2.1", Some(1)),
        ("- -1 1 IN IP4 192.0.2.1", None),
        ("- 1.5 1 IN IP4 192.0.2.1", None),
        ("- 0x1f 1 IN IP4 192.0.2.1", None),
        ("- 99999999999999999999 1 IN IP4 192.0.2.1", None),
    ] {
        let description = read(&HEAD.replace("- 1 1 IN IP4 192.0.2.1", origin));
        let read = description.origin().unwrap().unwrap();
        assert_eq!(read.session_id(), id, "{origin}");
    }
}

#[test]
fn the_name_of_the_session_is_empty() {
    let description = read(&HEAD.replace("s=-", "s="));
    assert_eq!(names(&description), ["empty-text"]);
    let written = description.edit().set_session_name("-").finish().unwrap();
    assert_eq!(names(&written), [""; 0]);
    // A single space is what RFC 8866 §5.3 has for sessions without a name.
    assert_eq!(names(&read(&HEAD.replace("s=-", "s= "))), [""; 0]);
}

#[test]
fn line_ends_are_those_of_other_systems() {
    let lf = HEAD.replace("\r\n", "\n");
    for text in [
        lf.clone(),
        format!("\r\n{HEAD}"),
        format!("{HEAD}\r\n\r\n"),
        HEAD.replace("t=0 0", "\r\nt=0 0"),
        HEAD.trim_end().to_owned(),
        lf.trim_end().to_owned(),
    ] {
        let description = read(&text);
        assert_eq!(description.lines().count(), 5, "{text:?}");
        assert_reads(&description);
    }
}

#[test]
fn white_space_stands_behind_values() {
    let description = read(&format!(
        "{}m=audio 9 RTP/AVP 0 8\t \r\na=ptime:20 \r\na=sendonly \r\na=fmtp:8  x=1;  y=2\r\n",
        HEAD.replace("v=0", "v=0 ")
    ));
    assert_reads(&description);
    let media = first(&description);
    assert_eq!(media.payload_types().collect::<Vec<_>>(), [0, 8]);
    assert_eq!(media.attributes().find(attribute::Ptime).unwrap().unwrap().as_str(), "20");
    assert_eq!(media.direction(), Direction::SendOnly);
    let fmtp = media.attributes().find(attribute::Fmtp).unwrap().unwrap();
    assert_eq!((fmtp.number("x"), fmtp.number("y")), (Some(1), Some(2)));
}

#[test]
fn lines_have_letters_of_other_standards() {
    let description =
        section("m=video 9 RTP/AVP 96\na=rtpmap:96 PS/90000\ny=0100000001\nf=v/2/4///");
    let letters: Vec<_> = first(&description).lines().filter_map(|line| line.letter()).collect();
    assert_eq!(letters, *b"mayf");
    assert_reads(&description);
}

#[test]
fn a_refused_section_has_any_format() {
    for formats in ["255", "0 0", "96", ""] {
        let description = section(&format!("m=video 0 RTP/AVP {formats}"));
        assert!(first(&description).is_rejected());
        assert!(!names(&description).contains(&"no-rtpmap"), "{formats}");
    }
    assert!(names(&section("m=video 9 RTP/AVP 96")).contains(&"no-rtpmap"));
}

#[test]
fn a_payload_type_is_listed_twice() {
    let description = section("m=audio 9 RTP/AVP 0 8 0");
    assert_eq!(names(&description), ["repeated-format"]);
    assert_eq!(first(&description).payload_types().collect::<Vec<_>>(), [0, 8, 0]);
}

#[test]
fn a_codec_comes_without_its_clock_rate() {
    let description = section("m=audio 9 RTP/AVP 96 97\na=rtpmap:96 opus\na=rtpmap:97");
    let codecs = first(&description).codecs();
    assert_eq!(codecs.get(96).unwrap().encoding(), Some("opus"));
    assert_eq!(codecs.get(96).unwrap().rtpmap().unwrap().clock_rate(), None);
    assert_eq!(codecs.get(96).unwrap().clock_rate(), Some(8000), "the default of audio");
    assert_eq!(names(&description), ["short-rtpmap", "short-rtpmap"]);
}

#[test]
fn one_channel_is_said_or_not() {
    let (plain, said) =
        (CodecSpec::new("PCMA", 8000), CodecSpec::new("pcma", 8000).with_channels(1));
    assert!(DefaultPolicy.agree(&plain, &said).is_some());
    let description = section("m=audio 9 RTP/AVP 8\na=rtpmap:8 PCMA/8000/1");
    assert_eq!(first(&description).codecs().get(8).unwrap().channels(), 1);
}

#[test]
fn an_rtpmap_beats_the_table_of_static_types() {
    let description = section("m=audio 9 RTP/AVP 10\na=rtpmap:10 telephone-event/8000");
    let media = first(&description);
    let codecs = media.codecs();
    let codec = codecs.get(10).unwrap();
    assert_eq!((codec.encoding(), codec.clock_rate()), (Some("telephone-event"), Some(8000)));
}

#[test]
fn a_media_type_has_a_slash() {
    let description = section("m=application/TP-LINK 0 RTP/AVP smart/1/90000");
    let media = first(&description);
    assert_eq!(media.media_type(), "application/TP-LINK");
    assert_eq!(media.formats().collect::<Vec<_>>(), [b"smart/1/90000"]);
}

#[test]
fn a_refused_section_has_a_protocol_that_is_none() {
    let description = section("m=audio 0 unknown 0");
    assert_eq!(first(&description).protocol(), "unknown");
    assert_reads(&description);
}

#[test]
fn hold_is_said_by_an_address() {
    for (address, is_hold) in
        [("IP4 0.0.0.0", true), ("IP6 ::", true), ("IP4 192.0.2.1", false), ("IP4 0.0.0.1", false)]
    {
        let text = HEAD.replace("c=IN IP4 192.0.2.1", &format!("c=IN {address}"));
        let description = read(&format!("{text}m=audio 4000 RTP/AVP 0\r\n"));
        assert_eq!(first(&description).is_hold(), is_hold, "{address}");
    }
    // Until ICE has found one, browsers have no address, which is no hold.
    let ice = section(
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\nc=IN IP4 0.0.0.0\na=ice-ufrag:abcd\n\
         a=ice-pwd:0123456789abcdef012345",
    );
    assert!(!first(&ice).is_hold());
}

#[test]
fn the_direction_of_the_session_goes_for_its_sections() {
    let description = read(&format!("{HEAD}a=inactive\r\nm=audio 9 RTP/AVP 0\r\n"));
    assert_eq!(first(&description).direction(), Direction::Inactive);
}

#[test]
fn a_bundle_has_sections_without_port() {
    let description = section(
        "a=group:BUNDLE 0 1\nm=audio 9 RTP/AVP 0\na=mid:0\nm=video 0 RTP/AVP 31\na=mid:1\n\
         a=bundle-only",
    );
    let video = description.media_at(1).unwrap();
    assert!(video.is_bundle_only() && !video.is_rejected());
}

#[test]
fn keys_have_a_lifetime_and_an_mki() {
    let key = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
    for (parameters, lifetime, mki) in [
        ("", None, None),
        ("|2^31", Some(1 << 31), None),
        ("|2^31|1:1", Some(1 << 31), Some((1, 1))),
        ("|1048576|1:4", Some(1 << 20), Some((1, 4))),
    ] {
        let line = format!(
            "m=audio 9 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}{parameters}"
        );
        let description = section(&line);
        let crypto = first(&description).attributes().find(attribute::Crypto).unwrap().unwrap();
        let first = crypto.keys().next().unwrap();
        assert_eq!((first.key_salt(), first.lifetime(), first.mki()), (key, lifetime, mki));
    }
}

#[test]
fn long_keys_come_with_and_without_padding() {
    for key in [
        "kFEb0+Ls3Q5n8ILSnPTyBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB8Q==",
        "kFEb0+Ls3Q5n8ILSnPTy8Q",
    ] {
        let line = format!("m=audio 9 RTP/SAVP 0\na=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{key}");
        let description = section(&line);
        assert_reads(&description);
        let crypto = first(&description).attributes().find(attribute::Crypto).unwrap().unwrap();
        assert_eq!(crypto.keys().next().unwrap().key_salt(), key);
    }
}

#[test]
fn fax_is_described_in_many_ways() {
    let description = section(
        "m=image 4000 udptl t38\na=T38FaxFillBitRemoval\na=T38FaxUdpEC:t38UDPFEC\n\
         a=T38FaxUdpEC:t38UDPRedundancy\na=direction:both",
    );
    assert_reads(&description);
    let both = first(&description).attributes().lines("T38FaxUdpEC").count();
    assert_eq!(both, 2);
}

#[test]
fn a_section_has_many_attributes() {
    let many: Vec<_> = (0..500).map(|n| format!("a=x{n}:{n}")).collect();
    let description = section(&format!("m=audio 9 RTP/AVP 0\n{}", many.join("\n")));
    assert_eq!(first(&description).attributes().iter().count(), 500);
}

#[test]
fn the_name_of_an_attribute_has_all_characters_of_a_token() {
    let description = section("m=audio 9 RTP/AVP 0\na=+g.poc.talkburst\na=x!#$%&'*.^_`{|}~:1");
    let attributes = first(&description).attributes();
    assert_eq!(attributes.raw("+g.poc.talkburst"), Some(&b""[..]));
    assert_eq!(attributes.raw("x!#$%&'*.^_`{|}~"), Some(&b"1"[..]));
    assert_eq!(names(&description), [""; 0]);
}

#[test]
fn feedback_stays_behind_its_codec() {
    let text = format!(
        "{HEAD}m=video 9 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n\
         a=rtpmap:97 VP9/90000\r\na=rtcp-fb:97 nack\r\n"
    );
    let edited = read(&text).edit().set_port(0, 4000).finish().unwrap();
    let order: Vec<_> = edited
        .media_at(0)
        .unwrap()
        .attributes()
        .iter()
        .map(|line| line.attribute().unwrap().0.to_vec())
        .collect();
    assert_eq!(order, [&b"rtpmap"[..], b"rtcp-fb", b"rtpmap", b"rtcp-fb"]);
}

// Attacks: each ends in an error that says where, or in a value that is within bounds.

#[test]
fn a_nul_in_an_fmtp_is_refused_where_it_is() {
    let text = format!("{HEAD}{}", "m=audio 9 RTP/AVP 0\r\na=fmtp:0 a\0b\r\n");
    let error = SessionDescription::parse(text.clone()).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::NotTolerated(Rule::Nul));
    assert_eq!((error.line(), error.column(), error.rfc()), (7, 11, "RFC 8866 §9"));
    let lenient = Parser::new().tolerances(Tolerances::lenient()).parse(text).unwrap();
    let fmtp = first(&lenient).attributes().find(attribute::Fmtp).unwrap().unwrap();
    assert_eq!(fmtp.as_bytes(), b"a\0b");
}

#[test]
fn payload_types_beyond_their_range_are_no_payload_types() {
    for number in ["128", "255", "256", "65535", "4294967296", "-1", "18446744073709551616"] {
        let description = section(&format!(
            "m=audio 9 RTP/AVP {number}\na=rtpmap:{number} x/8000\na=fmtp:{number} y"
        ));
        let media = first(&description);
        assert_eq!(media.formats().collect::<Vec<_>>(), [number.as_bytes()], "it is kept");
        for codec in media.codecs().iter() {
            assert_eq!(codec.payload_type().to_string(), number);
        }
        if number.len() > 3 || number == "256" || number == "-1" {
            assert_eq!(media.payload_types().count(), 0, "{number}");
            assert!(names(&description).contains(&"bad-value"), "{number}");
        }
    }
}

#[test]
fn a_description_without_sections_is_one() {
    let description = read(HEAD);
    assert_eq!((description.media().len(), names(&description).len()), (0, 0));
    let mut side = sdp::offer_answer::OfferAnswer::new(
        sdp::offer_answer::Session::new(1, std::net::Ipv4Addr::LOCALHOST),
        [],
    );
    side.receive_offer(description).unwrap();
    assert_eq!(side.create_answer().unwrap().media().len(), 0);
}

#[test]
fn names_and_types_of_any_length_are_bounded_by_the_line() {
    let long = "m".repeat(1024);
    let description = section(&format!("m={long} 9 RTP/AVP 0\na={long}:1"));
    assert_eq!(first(&description).media_type(), long);
    let too_long = format!("{HEAD}m={} 9 RTP/AVP 0\r\n", "m".repeat(17 << 10));
    let error = SessionDescription::parse(too_long).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(sdp::Limit::Line));
    let many: String = (0..20_000).map(|n| format!("a=crypto:{n} A inline:b\r\n")).collect();
    let error =
        SessionDescription::parse(format!("{HEAD}m=audio 9 RTP/SAVP 0\r\n{many}")).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(sdp::Limit::Attributes));
}

/// A rule that is about the values of lines: the line, and the byte of it that bends the rule.
const VALUE_RULES: &[(Rule, &str, usize)] = &[
    (Rule::EmptyText, "s=", 2),
    (Rule::EmptyText, "i=", 2),
    (Rule::NonUtf8Text, "i=caf\u{e9}", 5),
    (Rule::SurroundingSpace, "a=ptime: 20", 8),
    (Rule::SurroundingSpace, "a=sendonly\t", 10),
    (Rule::ExtraSpace, "a=rtpmap:0  PCMU/8000", 10),
    (Rule::LooseOrigin, "o=- x 1 IN IP4 192.0.2.1", 2),
    (Rule::LooseAddress, "c=IN ip4 192.0.2.1", 2),
    (Rule::LooseAddress, "c=IN IP4 300.1.1.1", 2),
    (Rule::NumberOutOfRange, "a=rtcp:99999", 7),
    (Rule::FlagValue, "a=rtcp-mux:x", 11),
    (Rule::ShortRtpmap, "a=rtpmap:0 PCMU", 15),
    (Rule::LooseValue, "a=extmap:300 urn:x", 9),
];

/// The line in a description of its own, as the first of its type, and where it starts there.
fn with_line(line: &str) -> (Vec<u8>, usize) {
    // One character of the table stands for a byte that is not UTF-8.
    let bytes =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(c).unwrap()).collect() };
    let same = HEAD.lines().find(|known| known[..2] == line[..2]);
    match (same, &line[..2]) {
        (Some(known), _) => {
            let text = HEAD.replace(known, line);
            let at = text.find(line).unwrap();
            (bytes(&text), at)
        }
        (None, "i=") => {
            let text = HEAD.replace("c=IN", &format!("{line}\r\nc=IN"));
            let at = text.find(line).unwrap();
            (bytes(&text), at)
        }
        _ => {
            let head = format!("{HEAD}m=audio 9 RTP/AVP 0\r\n");
            (bytes(&format!("{head}{line}\r\n")), head.len())
        }
    }
}

#[test]
fn values_that_are_tolerated_are_found_with_the_rule_and_refused_without() {
    for &(rule, line, offset) in VALUE_RULES {
        let (text, at) = with_line(line);
        let found = |tolerances: Tolerances| {
            let description = Parser::new().tolerances(tolerances).parse(text.clone()).unwrap();
            lint(&description)
        };
        let with = Tolerances::default().with(rule);
        let tolerated = found(with);
        let deviation = tolerated.iter().find(|f| f.kind() == FindingKind::Deviation(rule));
        let deviation = deviation.unwrap_or_else(|| panic!("{rule} in {line}: {tolerated:?}"));
        assert_eq!(deviation.offset(), at + offset, "{rule} in {line}");
        assert_eq!(deviation.severity(), rule.severity());
        let refused = found(with.without(rule));
        let error = refused.iter().find(|f| matches!(f.kind(), FindingKind::Value(_)));
        assert!(error.is_some_and(|e| e.offset() >= at), "{rule} in {line}: {refused:?}");
        assert!(!refused.iter().any(|f| f.kind() == FindingKind::Deviation(rule)));
    }
}

#[test]
fn names_of_attributes_that_are_tolerated() {
    for (rule, line) in [
        (Rule::EmptyAttribute, "a="),
        (Rule::EmptyAttribute, "a=:x"),
        (Rule::LooseAttributeName, "a=x(y):1"),
        (Rule::AttributeCase, "a=RTPMAP:0 PCMU/8000"),
    ] {
        let (text, _) = with_line(line);
        let parse = |tolerances| Parser::new().tolerances(tolerances).parse(text.clone());
        let with = Tolerances::default();
        let description = parse(with).unwrap();
        assert!(names(&description).contains(&rule.name()), "{line}");
        match parse(with.without(rule)) {
            Err(error) => assert_eq!(error.kind(), ParseErrorKind::NotTolerated(rule)),
            // A name in another case is the name of an attribute that nobody knows.
            Ok(strict) if rule == Rule::AttributeCase => {
                assert!(!names(&strict).contains(&rule.name()), "{line}");
                let found = |d: &SessionDescription| first(d).attributes().has(attribute::Rtpmap);
                assert_eq!((found(&description), found(&strict)), (true, false));
            }
            Ok(strict) => assert_eq!(names(&strict), ["bad-value"], "{line}"),
        }
    }
    assert!(find("RTPMAP").is_some());
}
