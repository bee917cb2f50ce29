//! Edits: what they name changes, and nothing else does.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sdp::{
    Address, At, BuildErrorKind, CodecSpec, DescriptionBuilder, Direction, Edit, MediaBuilder,
    SessionDescription, attribute,
};

const OFFER: &str = "v=0\r\no=- 7 1 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n\
    a=group:BUNDLE 0 1\r\nm=audio 49170 RTP/AVP 0 97 101\r\na=mid:0\r\na=rtpmap:97 iLBC/8000\r\n\
    a=fmtp:97 mode=20\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:49171\r\n\
    m=video 49174/2 RTP/AVP 96 98 99\r\nb=AS:512\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n\
    a=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=96\r\na=rtcp-fb:* nack\r\na=rtcp-fb:96 nack pli\r\n\
    a=rtpmap:99 H264/90000\r\na=recvonly\r\n";

fn edited(text: &str, edit: impl Fn(&mut Edit<'_>)) -> String {
    let description = SessionDescription::parse(text.to_owned()).unwrap();
    let mut changes = description.edit();
    edit(&mut changes);
    let edited = changes.finish().unwrap();
    assert_eq!(edited.as_bytes().len(), changes.encoded_len());
    String::from_utf8(edited.as_bytes().to_vec()).unwrap()
}

/// The lines of `after` that `before` does not have, and those that it has lost.
fn changes(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let missing = |from: &[String], of: &[String]| {
        of.iter().filter(|line| !from.contains(line)).cloned().collect::<Vec<_>>()
    };
    (missing(&before, &after), missing(&after, &before))
}

#[test]
fn an_edit_of_nothing_is_the_original() {
    assert_eq!(edited(OFFER, |_| {}), OFFER);
}

#[test]
fn new_lines_stand_where_their_type_belongs_and_end_as_the_others_do() {
    let text = "v=0\no=- 7 1 IN IP4 h\ns=-\nt=0 0\na=x\nm=audio 9 RTP/AVP 0\na=y";
    let edited = edited(text, |edit| {
        edit.set_connection(At::Session, &Address::name("h"))
            .set_bandwidth(At::Media(0), "AS", 64)
            .set_connection(At::Media(0), &Address::name("k"))
            .append(At::Media(0), attribute::Ptime, "20")
            .append(At::Session, attribute::Tool, "t");
    });
    assert_eq!(
        edited,
        "v=0\no=- 7 1 IN IP4 h\ns=-\nc=IN IP4 h\nt=0 0\na=x\na=tool:t\n\
         m=audio 9 RTP/AVP 0\nc=IN IP4 k\nb=AS:64\na=y\na=ptime:20\n"
    );
}

#[test]
fn blank_lines_and_other_oddities_stay_with_their_lines() {
    let text = "\r\nv=0\r\n\r\no=- 1 IN IP4 h\ns=x\r\ny=1\r\nt=0 0\r\n\r\nm=audio  9 RTP/AVP 0\r\n";
    let after = edited(text, |edit| {
        edit.set_session_name("other").bump_version();
    });
    assert_eq!(
        after,
        "\r\nv=0\r\n\r\no=- 1 1 IN IP4 h\ns=other\r\ny=1\r\nt=0 0\r\n\r\nm=audio  9 RTP/AVP 0\r\n"
    );
}

#[test]
fn a_codec_is_dropped_with_its_lines_and_with_what_repairs_it() {
    let after = edited(OFFER, |edit| {
        edit.retain_formats(1, |format| format != b"96");
    });
    let (added, lost) = changes(OFFER, &after);
    assert_eq!(added, ["m=video 49174/2 RTP/AVP 99"]);
    assert_eq!(
        lost,
        [
            "m=video 49174/2 RTP/AVP 96 98 99",
            "a=rtpmap:96 VP8/90000",
            "a=rtpmap:98 rtx/90000",
            "a=fmtp:98 apt=96",
            "a=rtcp-fb:96 nack pli",
        ]
    );
}

#[test]
fn formats_are_put_into_another_order() {
    let after = edited(OFFER, |edit| {
        edit.reorder_formats(0, &["101", "7", "97"]);
    });
    assert_eq!(changes(OFFER, &after).0, ["m=audio 49170 RTP/AVP 101 97 0"]);
}

#[test]
fn hold_and_resume_are_those_of_rfc_3264_section_8_4() {
    let held = edited(OFFER, |edit| {
        edit.hold(0).hold(1);
    });
    let description = SessionDescription::parse(held.clone()).unwrap();
    let directions: Vec<_> = description.media().map(|media| media.direction()).collect();
    assert_eq!(directions, [Direction::SendOnly, Direction::Inactive]);
    assert!(description.media().all(|media| media.is_hold()));
    let resumed = edited(&held, |edit| {
        edit.resume(0).resume(1);
    });
    let description = SessionDescription::parse(resumed).unwrap();
    let directions: Vec<_> = description.media().map(|media| media.direction()).collect();
    assert_eq!(directions, [Direction::SendRecv, Direction::RecvOnly]);
}

#[test]
fn a_border_element_takes_the_media() {
    let after = edited(OFFER, |edit| {
        let own = Address::from(std::net::Ipv4Addr::new(192, 0, 2, 9));
        edit.set_media_address(0, &own, 30000).set_media_address(1, &own, 30002);
    });
    assert_eq!(
        changes(OFFER, &after).0,
        [
            "m=audio 30000 RTP/AVP 0 97 101",
            "c=IN IP4 192.0.2.9",
            "a=rtcp:30001 IN IP4 192.0.2.9",
            "m=video 30002/2 RTP/AVP 96 98 99",
            "c=IN IP4 192.0.2.9",
        ]
    );
}

#[test]
fn a_rejected_section_leaves_its_bundle() {
    let after = edited(OFFER, |edit| {
        edit.reject(1);
    });
    assert_eq!(changes(OFFER, &after).0, ["a=group:BUNDLE 0", "m=video 0/2 RTP/AVP 96 98 99"]);
}

#[test]
fn what_is_refused_changes_nothing_and_the_first_error_is_told() {
    let description = SessionDescription::parse(OFFER).unwrap();
    let refused = |edit: &dyn Fn(&mut Edit<'_>)| {
        let mut changes = description.edit();
        edit(&mut changes);
        changes.set_session_name("fine");
        let error = changes.error().unwrap();
        assert_eq!(changes.finish().unwrap_err(), error);
        error.to_string()
    };
    for (message, edit) in [
        ("s=: a line end in a value (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.set_session_name("a\r\na=x");
        }),
        ("s=: a NUL in a value (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.set_session_name("a\0");
        }),
        ("a=: expected a token (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.append_raw(At::Session, "x y", None);
        }),
        // An attribute that the table does not have is told by its type alone.
        ("a=: a line end in a value (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.append_raw(At::Session, "x", Some("\n"));
        }),
        ("a=ptime: expected a number above 0 (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.set(At::Media(0), attribute::Ptime, "soon");
        }),
        ("section 2: is not there (RFC 8866 §5.14)", &|e: &mut Edit<'_>| {
            e.set_port(2, 1);
        }),
        ("section 0: one format must stay (RFC 8866 §5.14)", &|e: &mut Edit<'_>| {
            e.retain_formats(0, |_| false);
        }),
        ("m=: expected a token (RFC 8866 §9)", &|e: &mut Edit<'_>| {
            e.set_protocol(0, "").set_protocol(0, "RTP/AVP");
        }),
    ] as [(&str, &dyn Fn(&mut Edit<'_>)); 8]
    {
        let found = refused(edit);
        assert_eq!(found, message);
    }
    let mut small = [0u8; 10];
    let error = description.edit().write_to(&mut &mut small[..]).unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::NoRoom);
}

/// An operation, and the lines that it names.
#[derive(Clone, Debug)]
enum Operation {
    BumpVersion,
    SessionName,
    Connection(Option<usize>),
    Port(usize),
    Reorder(usize),
    DropFormat(usize, usize),
    Set(Option<usize>, &'static str),
    Add(Option<usize>, &'static str),
    Remove(Option<usize>, &'static str),
    Direct(Option<usize>),
    Reject(usize),
}

const NAMES: &[&str] = &["ptime", "sendrecv", "candidate", "rtpmap", "group", "X-odd", "mid"];

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let at = || prop::option::of(0..4usize);
    let name = || prop::sample::select(NAMES);
    let one = prop_oneof![
        Just(Operation::BumpVersion),
        Just(Operation::SessionName),
        at().prop_map(Operation::Connection),
        (0..4usize).prop_map(Operation::Port),
        (0..4usize).prop_map(Operation::Reorder),
        (0..4usize, 0..3usize).prop_map(|(section, n)| Operation::DropFormat(section, n)),
        (at(), name()).prop_map(|(at, name)| Operation::Set(at, name)),
        (at(), name()).prop_map(|(at, name)| Operation::Add(at, name)),
        (at(), name()).prop_map(|(at, name)| Operation::Remove(at, name)),
        at().prop_map(Operation::Direct),
        (0..4usize).prop_map(Operation::Reject),
    ];
    prop::collection::vec(one, 0..8)
}

fn level(at: Option<usize>) -> At {
    at.map_or(At::Session, At::Media)
}

impl Operation {
    fn apply(&self, edit: &mut Edit<'_>) {
        match *self {
            Self::BumpVersion => edit.bump_version(),
            Self::SessionName => edit.set_session_name("new"),
            Self::Connection(at) => edit.set_connection(level(at), &Address::name("new.example")),
            Self::Port(section) => edit.set_port(section, 4321),
            Self::Reorder(section) => edit.reorder_formats(section, &["97", "8", "0"]),
            Self::DropFormat(section, n) => {
                let mut at = 0;
                edit.retain_formats(section, |_| {
                    at += 1;
                    at != n + 1
                })
            }
            Self::Set(at, name) => edit.set_raw(level(at), name, Some("x")),
            Self::Add(at, name) => edit.append_raw(level(at), name, None),
            Self::Remove(at, name) => edit.remove_all_raw(level(at), name),
            Self::Direct(at) => edit.set_direction(level(at), Direction::Inactive),
            Self::Reject(section) => edit.reject(section),
        };
    }

    /// Whether it names a line of the original.
    fn names(&self, at: Option<usize>, letter: u8, attribute: &str) -> bool {
        let is = |names: &[&str]| {
            letter == b'a' && names.iter().any(|name| name.eq_ignore_ascii_case(attribute))
        };
        match *self {
            Self::BumpVersion => letter == b'o',
            Self::SessionName => letter == b's',
            Self::Connection(level) => level == at && letter == b'c',
            Self::Port(section) | Self::Reorder(section) => at == Some(section) && letter == b'm',
            Self::DropFormat(section, _) => {
                at == Some(section)
                    && (letter == b'm' || is(&["rtpmap", "fmtp", "rtcp-fb", "imageattr"]))
            }
            Self::Set(level, name) | Self::Remove(level, name) => level == at && is(&[name]),
            Self::Add(..) => false,
            Self::Direct(level) => {
                level == at && is(&["sendrecv", "sendonly", "recvonly", "inactive"])
            }
            Self::Reject(section) => {
                (at == Some(section) && (letter == b'm' || is(&["bundle-only"])))
                    || (at.is_none() && is(&["group"]))
            }
        }
    }
}

/// Descriptions of the RFCs, with CRLF, LF or a few blank lines.
fn originals() -> impl Strategy<Value = String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/sdp");
    let mut files: Vec<_> = std::fs::read_dir(folder.join("rfc"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .filter(|text| SessionDescription::parse(text.clone()).is_ok())
        .collect();
    files.sort();
    files.push(std::fs::read_to_string(folder.join("webrtc.sdp")).unwrap());
    (prop::sample::select(files), 0..4u8).prop_map(|(text, style)| match style {
        0 => text.replace("\r\n", "\n"),
        1 => text.replace("t=0 0\r\n", "t=0 0\r\n\r\n\n"),
        2 => text.trim_end().to_owned(),
        _ => text,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_no_operation_names_stays_as_it_came(text in originals(), operations in operations()) {
        let original = SessionDescription::parse(text.clone()).unwrap();
        let mut edit = original.edit();
        let mut done = Vec::new();
        for operation in operations {
            let before = edit.clone();
            operation.apply(&mut edit);
            // A section that is not there, or a last format that must stay.
            if edit.error().is_some() {
                edit = before;
            } else {
                done.push(operation);
            }
        }
        let result = edit.finish().unwrap();
        prop_assert_eq!(result.media().len(), original.media().len());

        let firsts: Vec<_> = original.media().map(|media| media.line().range().start).collect();
        let named = |line: &sdp::Line<'_>| {
            let after = firsts.partition_point(|first| *first <= line.range().start);
            let (name, _) = line.attribute().unwrap_or_default();
            let name = String::from_utf8_lossy(name);
            let letter = line.letter().unwrap_or_default();
            done.iter().any(|operation| operation.names(after.checked_sub(1), letter, &name))
        };
        let mut left = result.lines();
        let count = original.lines().len();
        for (place, line) in original.lines().enumerate().filter(|(_, line)| !named(line)) {
            let kept = left.by_ref().find(|kept| {
                kept.value() == line.value() && kept.letter() == line.letter()
            });
            let Some(kept) = kept else {
                panic!("{line:?} is lost in\n{}", String::from_utf8_lossy(result.as_bytes()));
            };
            // The last line may have lacked its end.
            if place + 1 < count {
                prop_assert_eq!(kept.as_bytes(), line.as_bytes());
            }
        }
        // An edit can be written any number of times.
        prop_assert_eq!(&edit.finish().unwrap(), &result);
    }
}

#[test]
fn the_example_of_rfc_8866_section_5_is_built_as_it_is_printed() {
    let host = |host: &str| Address { address_type: "IP4".into(), host: host.into() };
    let h263 = CodecSpec::new("h263-1998", 90_000);
    let built =
        DescriptionBuilder::new("jdoe", 3_724_394_400, 3_724_394_405, &host("198.51.100.1"))
            .media(MediaBuilder::audio(49170).format("0"))
            .media(MediaBuilder::audio(49180).format("0"))
            .media(
                MediaBuilder::video(51372).codec(99, &h263).connection(&Address {
                    address_type: "IP6".into(),
                    host: "2001:db8::2".into(),
                }),
            )
            .session_name("Call to John Smith")
            .information("SDP Offer #1")
            .uri("http://www.jdoe.example.com/home.html")
            .email("Jane Doe <jane@jdoe.example.com>")
            .phone("+1 617 555-6011")
            .connection(&host("198.51.100.1"))
            .build()
            .unwrap();
    let printed = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/sdp/rfc/8866-001.sdp");
    let printed = std::fs::read_to_string(printed).unwrap();
    assert_eq!(String::from_utf8_lossy(built.as_bytes()), printed);
}

#[test]
fn sections_without_rtp_are_built() {
    let own = Address::name("alice.example.com");
    let built = DescriptionBuilder::new("-", 1, 1, &own)
        .connection(&own)
        .media(
            MediaBuilder::fax(40_000)
                .attribute(attribute::T38FaxVersion, "0")
                .attribute(attribute::T38FaxUdpEc, "t38UDPRedundancy"),
        )
        .media(MediaBuilder::message(
            7654,
            "msrp://alice.example.com:7654/jshA7weztas;tcp",
            "message/cpim",
        ))
        .media(
            MediaBuilder::data_channel(54111, 5000)
                .attribute(attribute::Setup, "actpass")
                .attribute(attribute::MaxMessageSize, "100000"),
        )
        .media(
            MediaBuilder::floor_control(50_000, "TCP/TLS/BFCP", "c-only s-only")
                .attribute(attribute::FloorId, "1 mstrm:10"),
        )
        .build()
        .unwrap();
    let lines: Vec<_> =
        built.media().map(|media| String::from_utf8_lossy(media.line().value())).collect();
    assert_eq!(
        lines,
        [
            "image 40000 udptl t38",
            "message 7654 TCP/MSRP *",
            "application 54111 UDP/DTLS/SCTP webrtc-datachannel",
            "application 50000 TCP/TLS/BFCP *",
        ]
    );
    assert_eq!(built.deviations(), []);
}

#[test]
fn what_cannot_be_a_description_is_not_built() {
    let own = Address::name("alice.example.com");
    let head = || DescriptionBuilder::new("-", 1, 1, &own).connection(&own);
    for (builder, message) in [
        (
            head().session_name("a\r\nm=audio 1 RTP/AVP 0"),
            "s=: a line end in a value (RFC 8866 §9)",
        ),
        (DescriptionBuilder::new("a b", 1, 1, &own), "o=: expected a session id (RFC 8866 §9)"),
        (head().connection(&own), "A second line of a type that may be there once (RFC 8866 §5)"),
        (head().media(MediaBuilder::audio(9)), "section 0: one format must stay (RFC 8866 §5.14)"),
        (
            head().media(MediaBuilder::audio(9).format("96")),
            "section 0: payload type 96 needs a codec (RFC 8866 §6.6)",
        ),
        (
            head().media(MediaBuilder::new("audio video", 9, "RTP/AVP").format("0")),
            "expected a port (RFC 8866 §5.14)",
        ),
        (
            head().media(MediaBuilder::audio(9).codec(96, &CodecSpec::new("a b", 8000))),
            "section 0: a=rtpmap: expected a slash and the clock rate (RFC 8866 §9)",
        ),
        (head().attribute(attribute::SendOnly, "x"), "a=sendonly: expected no value (RFC 8866 §9)"),
        (
            DescriptionBuilder::new("-", 1, 1, &own).media(MediaBuilder::audio(9).format("0")),
            "No `c=` line, neither for the session nor for a media section (RFC 8866 §5.7)",
        ),
        (head().time(1, 2), "t=: expected a start time (RFC 8866 §9)"),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), message);
    }
}

#[test]
fn a_line_that_is_none_is_no_group_to_leave() {
    let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na!group:BUNDLE x\r\n\
        m=audio 9 RTP/AVP 0\r\na=mid:x\r\n";
    let mut parser = sdp::Parser::new().tolerances(sdp::Tolerances::lenient());
    let edited = parser.parse(text).unwrap().edit().reject(0).finish().unwrap();
    assert!(String::from_utf8_lossy(edited.as_bytes()).contains("a!group:BUNDLE x\r\n"));
}

#[test]
fn a_carriage_return_at_the_end_of_the_last_line_stays_one() {
    let text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\na=x\r\r";
    let mut parser = sdp::Parser::new().tolerances(sdp::Tolerances::lenient());
    let description = parser.parse(text).unwrap();
    let last = description.lines().last().unwrap().value().to_vec();
    let edited = description.edit().append_raw(At::Session, "y", None).finish().unwrap();
    let values: Vec<_> = edited.lines().map(|line| line.value().to_vec()).collect();
    assert_eq!(values[values.len() - 2..], [last, b"y".to_vec()]);
}
