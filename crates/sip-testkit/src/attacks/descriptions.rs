//! Attacks on session descriptions, and all that a program does with one.

use bytes::Bytes;
use sdp::offer_answer::{BundlePolicy, MediaCapability, OfferAnswer, Session};
use sdp::{At, CodecSpec, SessionDescription, diff};

use super::{Attack, Channel};

const fn attack(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Description, make }
}

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
const AUDIO: &str = "m=audio 9 RTP/AVP 0\r\n";

/// `n` lines behind the lines of a session.
fn description(n: usize, section: &str, line: impl Fn(usize) -> String) -> Vec<u8> {
    let lines: String = (0..n).map(|place| line(place) + "\r\n").collect();
    format!("{HEAD}{section}{lines}").into()
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("sdp-lines", |n| description(n, AUDIO, |place| format!("a=x{place}:y"))),
    attack("sdp-empty-lines-inside", |n| description(n, AUDIO, |_| String::new())),
    attack("sdp-times", |n| description(n, "", |_| "t=1 2".into())),
    attack("sdp-repeats", |n| format!("{HEAD}r=7d 1h {}\r\n", "0 ".repeat(8 * n)).into()),
    attack("sdp-zones", |n| format!("{HEAD}z={}\r\n", "1 -1h ".repeat(8 * n)).into()),
    attack("sdp-unknown-lines", |n| description(n, "", |_| "y=1".into())),
    attack("sdp-formats", |n| format!("{HEAD}m=audio 9 RTP/AVP{}\r\n", " 0".repeat(n)).into()),
    attack("sdp-different-formats", |n| {
        let formats: String = (0..n).map(|place| format!(" f{place}")).collect();
        format!("{HEAD}m=message 9 TCP/MSRP{formats}\r\n").into()
    }),
    attack("sdp-rtpmaps", |n| description(n, AUDIO, |n| format!("a=rtpmap:{} x/8000", n % 128))),
    attack("sdp-bad-values", |n| description(n, AUDIO, |_| "a=rtpmap:x".into())),
    attack("sdp-bad-values-and-blank-lines", |n| description(n, AUDIO, |_| "\r\na=ptime:x".into())),
    attack("sdp-fmtps", |n| description(n, AUDIO, |_| "a=fmtp:0 a=b;c=d".into())),
    attack("sdp-feedback", |n| description(n, AUDIO, |_| "a=rtcp-fb:* nack".into())),
    attack("sdp-fmtp-parameters", |n| {
        format!("{HEAD}{AUDIO}a=fmtp:0 {}\r\n", "a=b;".repeat(n)).into()
    }),
    attack("sdp-candidates", |n| {
        description(n, AUDIO, |n| format!("a=candidate:{n} 1 udp 1 192.0.2.1 9 typ host"))
    }),
    attack("sdp-candidate-extensions", |n| {
        format!("{HEAD}{AUDIO}a=candidate:1 1 udp 1 h 9 typ host{}\r\n", " a b".repeat(n)).into()
    }),
    attack("sdp-sources", |n| description(n, AUDIO, |n| format!("a=ssrc:{n} cname:x"))),
    attack("sdp-sections", |n| description(n, "", |_| "m=audio 9 RTP/AVP 0".into())),
    attack("sdp-bundled-sections", |n| {
        let mids: String = (0..n).map(|place| format!(" {place}")).collect();
        let line = |n| format!("m=audio 9 RTP/AVP 0\r\na=mid:{n}\r\na=rtcp-mux");
        description(n, &format!("a=group:BUNDLE{mids}\r\n"), line)
    }),
    attack("sdp-session-lines-and-sections", |n| {
        // As many as the limit lets through: the time is their product.
        let session: String = (0..1000).map(|place| format!("a=se{place}\r\n")).collect();
        description(n / 16, &session, |_| "m=audio 9 RTP/AVP 0".into())
    }),
    attack("sdp-groups", |n| description(n, "", |n| format!("a=group:BUNDLE {n}"))),
    attack("sdp-equal-mids", |n| description(n, "", |_| "m=audio 9 RTP/AVP 0\r\na=mid:x".into())),
    attack("sdp-header-extensions", |n| {
        description(n, AUDIO, |n| format!("a=extmap:{} urn:x{n}", n % 250 + 1))
    }),
    attack("sdp-simulcast", |n| {
        format!("{HEAD}{AUDIO}a=simulcast:send a{}\r\n", ";b".repeat(n)).into()
    }),
    attack("sdp-preconditions", |n| description(n, AUDIO, |_| "a=curr:qos e2e none".into())),
];

/// Reads a description without limits under default and lenient tolerances, checks, edits and
/// answers it.
pub(super) fn withstand(bytes: &Bytes) -> usize {
    let all = [sdp::Tolerances::default(), sdp::Tolerances::lenient()];
    all.into_iter().map(|tolerances| read(bytes, tolerances)).sum()
}

fn read(bytes: &Bytes, tolerances: sdp::Tolerances) -> usize {
    let parsed =
        sdp::Parser::new().limits(sdp::Limits::none()).tolerances(tolerances).parse(bytes.clone());
    let Ok(description) = parsed else { return 0 };
    let mut sum = sdp::lint(&description).len() + description.times().count();
    sum += description.bundles().filter_map(|bundle| description.tagged(bundle)).count();
    for media in description.media() {
        sum += media.codecs().iter().filter_map(|codec| codec.to_spec()).count();
        sum += usize::from(media.is_hold()) + usize::from(media.default_candidate().is_some());
        sum += sdp::precondition::StatusTable::of(&media, "qos").map_or(0, |t| t.rows().len());
    }
    sum += diff(&description, &description).len();
    let mut edit = description.edit();
    edit.bump_version()
        .set_connection(At::Session, &std::net::Ipv4Addr::LOCALHOST.into())
        .retain_formats(0, |format| format != b"8")
        .remove_ice(At::Media(0))
        .hold(0);
    sum += edit.finish().map_or(0, |edited| edited.as_bytes().len());
    sum + answer(description)
}

fn answer(offer: SessionDescription) -> usize {
    let mut session = Session::new(1, std::net::Ipv4Addr::LOCALHOST);
    session.bundle = BundlePolicy::Balanced;
    let mut audio = MediaCapability::audio(9).codec(0, CodecSpec::new("PCMU", 8000));
    audio.rtcp_mux = sdp::offer_answer::RtcpMux::Negotiate;
    let mut side = OfferAnswer::new(session, [audio]);
    let answered = side.receive_offer(offer).and_then(|()| side.create_answer());
    answered.map_or(0, |answer| answer.as_bytes().len())
}
