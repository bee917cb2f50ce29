//! What the views of lines and attributes say, getter by getter. The values are those of the RFCs'
//! examples where they have one.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

use std::net::{IpAddr, Ipv4Addr};

use sdp::attribute::{self, Attribute, Level};
use sdp::value::{FilterMode, Key, RidDirection, StatusType, Strength, ZoneAdjustment};
use sdp::{
    Address, CodecSpec, DescriptionBuilder, Direction, MediaBuilder, SessionDescription, Tolerances,
};

/// What `see` sees in an attribute of a section.
fn of<A: Attribute, R>(attribute: A, value: &str, see: impl FnOnce(A::Value<'_>) -> R) -> R {
    let text = format!("v=0\r\nm=audio 9 RTP/AVP 0\r\na={}:{value}\r\n", A::NAME);
    let description = SessionDescription::parse(text).unwrap();
    let media = description.media_at(0).unwrap();
    see(media.attributes().require(attribute).unwrap())
}

fn all<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.collect::<Vec<_>>().join(" ")
}

/// RFC 8866 §5.
#[test]
fn lines_of_the_session() {
    let text = "v=0\r\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\ns=Call to John Smith\r\n\
        i=SDP Offer #1\r\nu=http://www.jdoe.example.com/home.html\r\n\
        e=Jane Doe <jane@jdoe.example.com>\r\ne=j@example.com\r\np=+1 617 555-6011\r\n\
        c=IN IP4 233.252.0.1/127/3\r\nb=AS:128\r\nb=TIAS:64000\r\nb=X-YZ:7\r\n\
        t=3034423619 3042462419\r\nr=604800 3600 0 90000\r\nr=7d 1h 0 25h\r\n\
        t=0 0\r\nz=2882844526 -1h 2898848070 0\r\nk=clear:secret\r\n\
        m=audio 49170/2 RTP/AVP 0\r\ni=speech\r\nc=IN IP6 ff00::db8:0:101/3\r\nb=CT:1\r\nk=prompt\r\n";
    let description = SessionDescription::parse(text).unwrap();
    let origin = description.origin().unwrap().unwrap();
    assert_eq!((origin.username(), origin.network_type()), (&b"jdoe"[..], "IN"));
    assert_eq!((origin.session_id(), origin.session_id_str()), (Some(3_724_394_400), "3724394400"));
    assert_eq!(origin.session_version(), Some(3_724_394_405));
    assert_eq!(origin.session_version_str(), "3724394405");
    assert_eq!((origin.address_type(), origin.address()), ("IP4", "198.51.100.1"));
    let text_of = |text: Option<sdp::value::Text<'_>>| text.unwrap().to_str().unwrap().to_owned();
    assert_eq!(text_of(description.session_name().unwrap()), "Call to John Smith");
    assert_eq!(text_of(description.information().unwrap()), "SDP Offer #1");
    assert_eq!(text_of(description.uri().unwrap()), "http://www.jdoe.example.com/home.html");
    let emails: Vec<_> = description.emails().map(|it| text_of(it.ok())).collect();
    assert_eq!(emails, ["Jane Doe <jane@jdoe.example.com>", "j@example.com"]);
    let phones: Vec<_> = description.phones().map(|it| text_of(it.ok())).collect();
    assert_eq!(phones, ["+1 617 555-6011"]);

    let connection = description.connection().unwrap().unwrap();
    assert_eq!((connection.network_type(), connection.address_type()), ("IN", "IP4"));
    assert_eq!((connection.address(), connection.ttl()), ("233.252.0.1", Some(127)));
    assert_eq!((connection.address_count(), connection.is_multicast()), (Some(3), true));
    assert!(!connection.is_unspecified());

    let rates: Vec<_> = description
        .bandwidths()
        .map(Result::unwrap)
        .map(|it| (it.modifier(), it.value(), it.bits_per_second()))
        .collect();
    assert_eq!(
        rates,
        [("AS", 128, Some(128_000)), ("TIAS", 64_000, Some(64_000)), ("X-YZ", 7, None)]
    );
    let first = description.bandwidths().next().unwrap().unwrap();
    assert_eq!(first.to_string(), "AS:128");

    let times: Vec<_> = description.times().map(Result::unwrap).collect();
    assert_eq!((times[0].start(), times[0].stop()), (3_034_423_619, 3_042_462_419));
    assert_eq!(times[0].start_unix(), Some(825_434_819));
    assert_eq!(times[0].stop_unix(), Some(833_473_619));
    assert_eq!((times[1].start_unix(), times[1].repeats().count()), (None, 0), "no bound");
    assert_eq!(times[0].to_string(), "3034423619 3042462419");
    let repeats: Vec<_> = times[0].repeats().map(Result::unwrap).collect();
    let in_seconds = |it: &sdp::value::Repeat<'_>| {
        (it.interval(), it.duration(), it.offsets().collect::<Vec<_>>(), it.to_string())
    };
    assert_eq!(repeats.len(), 2);
    assert_eq!(in_seconds(&repeats[0]), in_seconds(&repeats[1]), "the units are seconds");
    assert_eq!(
        in_seconds(&repeats[0]),
        (604_800, 3_600, vec![0, 90_000], "604800 3600 0 90000".to_owned())
    );
    let zones = description.zone_adjustments().unwrap().unwrap();
    let shifts: Vec<_> =
        zones.iter().map(|ZoneAdjustment { time, offset }| (time, offset)).collect();
    assert_eq!(shifts, [(2_882_844_526, -3_600), (2_898_848_070, 0)]);
    assert_eq!(zones.to_string(), "2882844526 -3600 2898848070 0");
    assert_eq!(description.key().unwrap(), Some(Key::Clear(b"secret")));

    let media = description.media_at(0).unwrap();
    assert_eq!((media.port(), media.port_count(), media.index()), (49_170, Some(2), 0));
    assert_eq!(text_of(media.information().unwrap()), "speech");
    let own = media.connection().unwrap().unwrap();
    assert_eq!((own.address_type(), own.ttl(), own.address_count()), ("IP6", None, Some(3)));
    assert_eq!(media.bandwidths().count(), 1);
    assert_eq!(media.key().unwrap(), Some(Key::Prompt));
    assert_eq!(description.to_bytes(), text.as_bytes());
    assert!(format!("{description:?}").contains("jdoe"));
}

#[test]
fn lines_of_the_session_that_are_bad() {
    for (line, at) in [
        ("r=7d", 4),
        ("r=7d 1h", 7),
        ("r=x 1h 0", 2),
        ("r=7d 1h 0 x", 10),
        ("z=1", 3),
        ("z=1 x", 4),
        ("z=1 -1h 2", 9),
        ("k=none", 2),
        ("b=AS", 4),
        ("b=AS:x", 5),
        ("t=1", 3),
    ] {
        let before = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";
        let text = format!("{before}{line}\r\n");
        let description = sdp::Parser::new().tolerances(Tolerances::lenient()).parse(text).unwrap();
        let error = match line.as_bytes()[0] {
            b'r' => {
                let time = description.times().next().unwrap().unwrap();
                time.repeats().next().unwrap().unwrap_err()
            }
            b'z' => description.zone_adjustments().unwrap_err(),
            b'k' => description.key().unwrap_err(),
            b'b' => description.bandwidths().next().unwrap().unwrap_err(),
            _ => description.times().last().unwrap().unwrap_err(),
        };
        assert_eq!(error.offset(), Some(before.len() + at), "{line}: {error}");
        assert_eq!((error.line(), error.column()), (5, at + 1), "{line}");
    }
}

/// RFC 8839 §5.
#[test]
fn ice() {
    let value = "2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998 \
        generation 0 tcptype active";
    of(attribute::Candidate, value, |it| {
        assert_eq!((it.foundation(), it.component(), it.transport()), ("2", 1, "UDP"));
        assert_eq!((it.priority(), it.address(), it.port()), (1_694_498_815, "192.0.2.3", 45_664));
        assert_eq!((it.ip(), it.kind()), (Some(IpAddr::from([192, 0, 2, 3])), "srflx"));
        assert_eq!((it.related_address(), it.related_port()), (Some("203.0.113.141"), Some(8_998)));
        assert_eq!((it.tcp_type(), it.extension("generation")), (Some("active"), Some("0")));
        let extensions: Vec<_> = it.extensions().collect();
        assert_eq!(extensions, [("generation", "0"), ("tcptype", "active")]);
        assert_eq!(it.to_string(), value);
    });
    of(attribute::Candidate, "a 1 udp 7 d1f3.local 9 typ host", |it| {
        assert_eq!((it.ip(), it.address(), it.extensions().count()), (None, "d1f3.local", 0));
        assert_eq!((it.related_address(), it.related_port()), (None, None));
    });
    of(attribute::RemoteCandidates, "1 192.0.2.3 45664 2 192.0.2.3 45665", |it| {
        let found: Vec<_> = it.iter().map(|one| (one.component, one.address, one.port)).collect();
        assert_eq!(found, [(1, "192.0.2.3", 45_664), (2, "192.0.2.3", 45_665)]);
    });
}

/// RFC 5888, RFC 5576, RFC 8830.
#[test]
fn what_belongs_together() {
    of(attribute::Group, "LS 1 2", |it| {
        assert_eq!((it.semantics(), all(it.mids())), ("LS", "1 2".to_owned()));
    });
    of(attribute::Ssrc, "314159 cname:user@example.com", |it| {
        assert_eq!(
            (it.id(), it.name(), it.value()),
            (314_159, "cname", Some(&b"user@example.com"[..]))
        );
    });
    of(attribute::Ssrc, "1 flag", |it| assert_eq!((it.name(), it.value()), ("flag", None)));
    of(attribute::SsrcGroup, "FID 1 2", |it| {
        assert_eq!((it.semantics(), it.ids().collect::<Vec<_>>()), ("FID", vec![1, 2]));
    });
    of(attribute::Msid, "examplefoo examplebar", |it| {
        assert_eq!((it.id(), it.app_data()), (Some("examplefoo"), Some("examplebar")));
    });
    of(attribute::Msid, "-", |it| assert_eq!((it.id(), it.app_data()), (None, None)));
}

/// RFC 4568, RFC 4567, RFC 8122.
#[test]
fn keys() {
    let value = "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32;\
        inline:QUJjZA==|1048576 KDR=1 UNENCRYPTED_SRTP";
    of(attribute::Crypto, value, |it| {
        assert_eq!((it.tag(), it.suite()), (1, "AES_CM_128_HMAC_SHA1_80"));
        assert!(it.key_parameters().starts_with("inline:d0Rm"));
        let keys: Vec<_> = it.keys().collect();
        assert_eq!((keys[0].method(), keys[0].lifetime()), ("inline", Some(1 << 20)));
        assert_eq!((keys[0].key_salt().len(), keys[0].mki()), (40, Some((1, 32))));
        assert_eq!((keys[1].key_salt(), keys[1].lifetime()), ("QUJjZA==", Some(1 << 20)));
        assert_eq!(keys[1].mki(), None);
        assert_eq!(all(it.session_parameters()), "KDR=1 UNENCRYPTED_SRTP");
    });
    // A power that no number has.
    of(attribute::Crypto, "1 X inline:a|2^64", |it| {
        assert_eq!(it.keys().next().unwrap().lifetime(), None);
    });
    of(attribute::KeyMgmt, "mikey AQAFgM0X", |it| {
        assert_eq!((it.protocol(), it.data()), ("mikey", "AQAFgM0X"));
    });
    of(attribute::Fingerprint, "SHA-1 4A:AD:B9:B1", |it| {
        assert_eq!((it.hash_function(), it.digest()), ("SHA-1", "4A:AD:B9:B1"));
        assert_eq!(it.bytes().collect::<Vec<_>>(), [0x4a, 0xad, 0xb9, 0xb1]);
    });
}

/// RFC 8285, RFC 8851, RFC 8853, RFC 6236.
#[test]
fn extensions_and_simulcast() {
    of(attribute::Extmap, "4/recvonly http://example.com/ext.htm short", |it| {
        assert_eq!((it.id(), it.direction()), (4, Some(Direction::RecvOnly)));
        assert_eq!((it.uri(), it.attributes()), ("http://example.com/ext.htm", &b"short"[..]));
    });
    of(attribute::Rid, "5 send pt=99,102;max-br=64000;max-width=1280;flag", |it| {
        assert_eq!((it.id(), it.direction()), ("5", RidDirection::Send));
        assert_eq!(all(it.formats()), "99 102");
        assert_eq!((it.restriction("max-br"), it.restriction("flag")), (Some("64000"), Some("")));
        assert_eq!((it.restriction("max-fps"), it.restrictions().count()), (None, 4));
    });
    of(attribute::Rid, "a recv", |it| {
        assert_eq!(
            (it.direction(), it.formats().count(), it.restrictions().count()),
            (RidDirection::Recv, 0, 0)
        );
    });
    for (value, send, recv) in [
        ("send 1,2;~3 recv 4", "1,2;~3", "4"),
        ("recv 4", "", "4"),
        ("send 1", "1", ""),
        ("recv a;b send ~c,d", "~c,d", "a;b"),
    ] {
        of(attribute::Simulcast, value, |it| {
            let list = |direction| {
                let streams = it.streams(direction).map(|ways| {
                    let ways =
                        ways.map(|way| format!("{}{}", if way.paused { "~" } else { "" }, way.id));
                    ways.collect::<Vec<_>>().join(",")
                });
                streams.collect::<Vec<_>>().join(";")
            };
            assert_eq!(
                (list(RidDirection::Send), list(RidDirection::Recv)),
                (send.into(), recv.into())
            );
            assert_eq!(it.to_string(), value);
        });
    }
    for (value, payload_type, send, recv) in [
        (
            "97 send [x=800,y=640] [x=480,y=320] recv [x=330,y=250]",
            Some(97),
            "x=800,y=640 x=480,y=320",
            "x=330,y=250",
        ),
        ("* recv [x=1,y=2] send *", None, "*", "x=1,y=2"),
        ("97 recv *", Some(97), "", "*"),
    ] {
        of(attribute::ImageAttr, value, |it| {
            assert_eq!(it.payload_type(), payload_type);
            assert_eq!(all(it.sets(RidDirection::Send)), send, "{value}");
            assert_eq!(all(it.sets(RidDirection::Recv)), recv, "{value}");
            assert_eq!(it.to_string(), value);
        });
    }
}

/// RFC 8866 §6, RFC 3605, RFC 4585.
#[test]
fn codecs_and_rtcp() {
    of(attribute::Rtpmap, "98 L16/16000/2", |it| {
        assert_eq!((it.payload_type(), it.encoding(), it.clock_rate()), (98, "L16", Some(16_000)));
        assert_eq!((it.parameters(), it.channels()), (Some("2"), 2));
    });
    of(attribute::Fmtp, "18 annexb=yes; bitrate = 6300", |it| {
        assert_eq!((it.format(), it.payload_type()), ("18", Some(18)));
        assert_eq!(it.parameter("AnnexB"), Some(&b"yes"[..]));
        assert_eq!((it.number("bitrate"), it.number("annexb")), (Some(6_300), None));
        assert_eq!(it.parameters().count(), 2);
    });
    of(attribute::Rtcp, "53020 IN IP4 126.16.64.4", |it| {
        assert_eq!((it.port(), it.address()), (53_020, Some("126.16.64.4")));
        assert_eq!(it.connection().unwrap().ip(), Some(IpAddr::from([126, 16, 64, 4])));
    });
    of(attribute::Rtcp, "53020", |it| assert_eq!((it.address(), it.connection()), (None, None)));
    of(attribute::RtcpFb, "98 nack rpsi", |it| {
        assert_eq!(
            (it.payload_type(), it.kind(), it.parameter()),
            (Some(98), "nack", Some("rpsi"))
        );
        assert_eq!(it.feedback(), b"nack rpsi");
    });
    of(attribute::RtcpFb, "* trr-int 100", |it| {
        assert_eq!((it.payload_type(), it.kind(), it.parameter()), (None, "trr-int", Some("100")));
    });
    of(attribute::Framerate, "29.97", |it| {
        assert_eq!(it.as_str(), "29.97");
        assert!((it.to_f64() - 29.97).abs() < 1e-9);
    });
}

/// RFC 8864, draft-ietf-mmusic-sctp-sdp-05, RFC 8856.
#[test]
fn channels_and_floors() {
    of(attribute::DcMap, "0 subprotocol=\"bfcp\";label=\"a;b\";max-retr=3;ordered=false", |it| {
        assert_eq!((it.stream_id(), it.option("subprotocol")), (0, Some("bfcp")));
        assert_eq!((it.option("label"), it.option("max-retr")), (Some("a;b"), Some("3")));
        assert_eq!((it.option("priority"), it.options().count()), (None, 4));
    });
    of(attribute::Dcsa, "2 accept-types:text/plain", |it| {
        assert_eq!((it.stream_id(), it.name()), (2, "accept-types"));
        assert_eq!(it.value(), Some(&b"text/plain"[..]));
    });
    of(attribute::SctpMap, "5000 webrtc-datachannel 1024", |it| {
        assert_eq!(
            (it.port(), it.application(), it.streams()),
            (5_000, "webrtc-datachannel", Some(1_024))
        );
    });
    of(attribute::FloorId, "1 mstrm:10 11", |it| {
        assert_eq!((it.id(), all(it.labels())), (1, "10 11".to_owned()));
    });
    of(attribute::FloorId, "7", |it| assert_eq!((it.id(), it.labels().count()), (7, 0)));
}

/// RFC 3312, RFC 3108, RFC 4570, RFC 7273, RFC 5939, RFC 6871.
#[test]
fn conditions_filters_clocks_and_capabilities() {
    of(attribute::CurrentStatus, "qos e2e none", |it| {
        assert_eq!((it.kind(), it.status()), ("qos", StatusType::EndToEnd));
        assert_eq!(it.direction(), Direction::Inactive);
    });
    of(attribute::DesiredStatus, "qos optional remote sendrecv", |it| {
        assert_eq!((it.kind(), it.strength()), ("qos", Strength::Optional));
        assert_eq!((it.status(), it.direction()), (StatusType::Remote, Direction::SendRecv));
    });
    of(attribute::SilenceSupp, "off - - - -", |it| {
        assert_eq!((it.enabled(), it.timer(), it.preference()), (Some(false), None, None));
        assert_eq!((it.sid_use(), it.noise_level()), (None, None));
    });
    of(attribute::SilenceSupp, "on 100 standard No_SID 50", |it| {
        assert_eq!(
            (it.enabled(), it.timer(), it.preference()),
            (Some(true), Some("100"), Some("standard"))
        );
        assert_eq!((it.sid_use(), it.noise_level()), (Some("No_SID"), Some(50)));
    });
    of(attribute::SourceFilter, " incl IN IP4 233.252.0.1 192.0.2.11 192.0.2.12", |it| {
        assert_eq!(
            (it.mode(), it.network_type(), it.address_type()),
            (FilterMode::Include, "IN", "IP4")
        );
        assert_eq!(
            (it.destination(), all(it.sources())),
            ("233.252.0.1", "192.0.2.11 192.0.2.12".into())
        );
    });
    of(attribute::TsRefClk, "ntp=203.0.113.10", |it| {
        assert_eq!((it.source(), it.parameter()), ("ntp", Some("203.0.113.10")));
    });
    of(attribute::MediaClk, "direct=963214424 rate=1000/1001", |it| {
        assert_eq!((it.id(), it.source()), (None, "direct"));
        assert_eq!((it.parameter(), it.rate()), (Some("963214424"), Some((1_000, 1_001))));
    });
    of(attribute::Tcap, "1 RTP/SAVPF RTP/SAVP", |it| {
        assert_eq!((it.number(), it.text()), (1, &b"RTP/SAVPF RTP/SAVP"[..]));
    });
    of(attribute::Mfcap, "1,3-5 annexb=no", |it| {
        assert_eq!(it.numbers().collect::<Vec<_>>(), [1, 3, 4, 5]);
    });
    of(attribute::Csup, "foo,bar", |it| assert_eq!(all(it.iter()), "foo bar"));
}

#[test]
fn levels_are_sets() {
    let level = Level::SESSION.or(Level::MEDIA);
    assert!(level.contains(Level::MEDIA) && !level.contains(Level::SOURCE));
    assert_eq!(format!("{level:?}"), "SESSION | MEDIA");
}

/// Everything a builder can write is read as it was meant.
#[test]
fn builders_write_every_kind_of_line() {
    let here = Address::from(Ipv4Addr::new(192, 0, 2, 1));
    let opus = CodecSpec::new("opus", 48_000)
        .with_channels(2)
        .with_fmtp("useinbandfec=1")
        .with_feedback("transport-cc");
    let media = MediaBuilder::audio(49_170)
        .ports(2)
        .protocol("UDP/TLS/RTP/SAVPF")
        .codec(111, &opus)
        .information("speech")
        .connection(&Address::name("media.example"))
        .bandwidth("AS", 64)
        .direction(Direction::RecvOnly)
        .attribute_raw("x-note", Some("a b"))
        .attribute_raw("x-flag", None);
    let description = DescriptionBuilder::new("-", 1, 2, &here)
        .session_name("call")
        .information("about")
        .uri("http://example.com")
        .email("a@example.com")
        .phone("+1")
        .connection(&here)
        .bandwidth("CT", 128)
        .time(3_724_394_400, 3_724_398_000)
        .repeat("7d 1h 0")
        .zone_adjustments("3724394400 -1h")
        .attribute_raw("tool", Some("test"))
        .media(media)
        .build()
        .unwrap();
    assert_eq!(
        std::str::from_utf8(description.as_bytes()).unwrap(),
        "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=call\r\ni=about\r\nu=http://example.com\r\n\
         e=a@example.com\r\np=+1\r\nc=IN IP4 192.0.2.1\r\nb=CT:128\r\nt=3724394400 3724398000\r\n\
         r=7d 1h 0\r\nz=3724394400 -1h\r\na=tool:test\r\n\
         m=audio 49170/2 UDP/TLS/RTP/SAVPF 111\r\ni=speech\r\nc=IN IP4 media.example\r\nb=AS:64\r\n\
         a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtcp-fb:111 transport-cc\r\n\
         a=recvonly\r\na=x-note:a b\r\na=x-flag\r\n"
    );
    assert_eq!(description.deviations(), []);
    let bad =
        DescriptionBuilder::new("-", 1, 2, &here).attribute_raw("a b", None).build().unwrap_err();
    assert_eq!(bad.line_name().unwrap().to_string(), "a=");
    let bad = DescriptionBuilder::new("-", 1, 2, &here).session_name("a\r\nb").build().unwrap_err();
    assert_eq!(bad.to_string(), "s=: a line end in a value (RFC 8866 §9)");
}
