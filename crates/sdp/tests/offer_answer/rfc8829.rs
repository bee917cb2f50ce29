//! RFC 8829 §7: what browsers say to each other.

use sdp::offer_answer::{
    BundlePolicy, Dtls, HeaderExtension, Ice, MediaCapability, OfferAnswer, Rid, RtcpMux, Sctp,
    Session, Setup,
};
use sdp::{Address, CodecSpec, Direction};

use crate::{assert_is, essence, example};

fn extension(uri: &str) -> HeaderExtension {
    let uri = format!("urn:ietf:params:rtp-hdrext:{uri}");
    HeaderExtension { uri, direction: Direction::SendRecv }
}

fn audio(port: u16, msid: &str) -> MediaCapability {
    let mut audio = MediaCapability::audio(port)
        .codec(96, CodecSpec::new("opus", 48_000).with_channels(2))
        .codec(0, CodecSpec::new("PCMU", 8000))
        .codec(8, CodecSpec::new("PCMA", 8000))
        .codec(97, CodecSpec::new("telephone-event", 8000).with_fmtp("0-15"))
        .codec(98, CodecSpec::new("telephone-event", 48_000).with_fmtp("0-15"));
    audio.mid = Some("a1".into());
    audio.maxptime = Some(120);
    audio.extensions = vec![extension("sdes:mid"), extension("ssrc-audio-level")];
    audio.msids.push(msid.into());
    audio
}

fn video(port: u16, mid: &str, msid: &str) -> MediaCapability {
    let vp8 = CodecSpec::new("VP8", 90_000)
        .with_feedback("ccm fir")
        .with_feedback("nack")
        .with_feedback("nack pli");
    let h264 =
        CodecSpec::new("H264", 90_000).with_fmtp("packetization-mode=1;profile-level-id=42e01f");
    let mut video = MediaCapability::video(port)
        .codec(100, vp8)
        .codec(101, h264)
        .codec(102, CodecSpec::new("rtx", 90_000).with_fmtp("apt=100"))
        .codec(103, CodecSpec::new("rtx", 90_000).with_fmtp("apt=101"));
    video.mid = Some(mid.into());
    video.extensions = vec![extension("sdes:mid"), extension("sdes:rtp-stream-id")];
    video.msids.push(msid.into());
    video
}

fn secured(
    section: MediaCapability,
    (ufrag, pwd): (&str, &str),
    (fingerprint, tls_id): (&str, &str),
    candidates: &[&str],
) -> MediaCapability {
    let ice = Ice {
        ufrag: ufrag.into(),
        pwd: pwd.into(),
        options: vec!["trickle".into(), "ice2".into()],
        candidates: candidates.iter().map(|candidate| (*candidate).into()).collect(),
        complete: !candidates.is_empty(),
    };
    let dtls = Dtls {
        fingerprints: vec![format!("sha-256 {fingerprint}")],
        tls_id: Some(tls_id.into()),
        answers: Setup::Active,
    };
    section.webrtc(ice, dtls)
}

fn browser(id: u64, bundle: BundlePolicy, sections: Vec<MediaCapability>) -> OfferAnswer {
    let mut session = Session::webrtc(id);
    session.bundle = bundle;
    OfferAnswer::new(session, sections)
}

fn at(mut section: MediaCapability, host: &str) -> MediaCapability {
    section.connection = Some(Address::name(host));
    section
}

const ALICE: (&str, &str) = (
    "19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2",
    "91bbf309c0990a6bec11e38ba2933cee",
);
const BOB: (&str, &str) = (
    "6B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
    "eec3392ab83e11ceb6a0990c903fbb19",
);

#[test]
fn section_7_1_audio_and_video() {
    let msid = "47017fee-b6c1-4162-929c-a25110252400";
    let mut a1 = at(audio(10100, msid), "203.0.113.100");
    a1.rtcp = Some("10101 IN IP4 203.0.113.100".into());
    let mut v1 = at(video(10102, "v1", msid), "203.0.113.100");
    v1.rtcp = Some("10103 IN IP4 203.0.113.100".into());
    let mut alice = browser(
        4_962_303_333_179_871_722,
        BundlePolicy::MaxCompat,
        vec![
            secured(
                a1,
                ("ETEn", "OtSK0WpNtpUjkY4+86js7ZQl"),
                ALICE,
                &[
                    "1 1 udp 2113929471 203.0.113.100 10100 typ host",
                    "1 2 udp 2113929470 203.0.113.100 10101 typ host",
                ],
            ),
            secured(
                v1,
                ("BGKk", "mqyWsAjvtKwTGnvhPztQ9mIf"),
                ALICE,
                &[
                    "1 1 udp 2113929471 203.0.113.100 10102 typ host",
                    "1 2 udp 2113929470 203.0.113.100 10103 typ host",
                ],
            ),
        ],
    );
    alice.session_mut().attributes.push(("group".into(), Some("LS a1 v1".into())));
    let msid = "61317484-2ed4-49d7-9eb7-1414322a7aae";
    let host = "203.0.113.200";
    let mut bob = browser(
        6_729_291_447_651_054_566,
        BundlePolicy::MaxCompat,
        vec![
            secured(
                at(audio(10200, msid), host),
                ("6sFv", "cOTZKZNVlO9RSGsEGM63JXT2"),
                BOB,
                &["1 1 udp 2113929471 203.0.113.200 10200 typ host"],
            ),
            secured(at(video(9, "v1", msid), host), ("xxxx", "xxxxxxxxxxxxxxxxxxxxxxxx"), BOB, &[]),
        ],
    );
    crate::exchange(&mut alice, &mut bob, "8829-001.sdp", "8829-002.sdp");
    assert_eq!(
        (alice.streams()[0].setup(), bob.streams()[0].setup()),
        (Some(Setup::Passive), Some(Setup::Active))
    );
    assert_eq!(alice.streams()[1].setup(), Some(Setup::Passive), "that of the bundle");
    assert!(bob.streams()[1].codecs()[0].ours.feedback.contains(&"nack pli".into()));
}

/// The RFC prints `a=rtcp-mux-only` in answers, where RFC 8858 §4.3 does not allow it.
fn without_mux_only(essence: Vec<String>) -> Vec<String> {
    essence.into_iter().map(|lines| lines.replace("a=rtcp-mux-only\n", "")).collect()
}

#[test]
fn section_7_2_data_first_then_video_with_simulcast() {
    let alice_dtls = (
        "29:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2",
        "17f0f4ba8a5f1213faca591b58ba52a7",
    );
    let bob_dtls = (
        "7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
        "7a25ab85b195acaf3121f5a8ab4f0f71",
    );
    let alice_ice = ("ATEn", "AtSK0WpNtpUjkY4+86js7ZQl");
    let bob_ice = ("7sFv", "dOTZKZNVlO9RSGsEGM63JXT2");
    let data = || {
        let mut data = MediaCapability::data_channel(9);
        data.mid = Some("d1".into());
        data.sctp = Some(Sctp { port: 5000, max_message_size: Some(65_536) });
        data
    };
    let sections = |msid: &str, ice, dtls| {
        let mut audio = secured(audio(9, msid), ice, dtls, &[]);
        audio.rtcp_mux = RtcpMux::Require;
        vec![audio, secured(data(), ice, dtls, &[])]
    };
    let mut alice = browser(
        4_962_303_333_179_871_723,
        BundlePolicy::MaxBundle,
        sections("57017fee-b6c1-4162-929c-a25110252400", alice_ice, alice_dtls),
    );
    let msid = "71317484-2ed4-49d7-9eb7-1414322a7aae";
    let mut bob = browser(
        7_729_291_447_651_054_566,
        BundlePolicy::MaxBundle,
        sections(msid, bob_ice, bob_dtls),
    );

    let offer = alice.create_offer().unwrap();
    assert_is(&offer, "8829-003.sdp");
    bob.receive_offer(offer).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_eq!(essence(&answer), without_mux_only(essence(&example("8829-004.sdp"))));
    alice.receive_answer(answer).unwrap();
    assert_eq!(alice.streams()[1].setup(), Some(Setup::Passive));

    // Bob has his candidates, and adds two videos, one of them as a simulcast.
    let audio = bob.capability_mut(0).unwrap();
    audio.port = 12200;
    audio.connection = Some(Address::name("192.0.2.200"));
    let ice = audio.ice.as_mut().unwrap();
    ice.candidates = vec![
        "1 1 udp 2113929471 203.0.113.200 10200 typ host".into(),
        "1 1 udp 1845494015 198.51.100.200 11200 typ srflx raddr 203.0.113.200 rport 10200".into(),
        "1 1 udp 255 192.0.2.200 12200 typ relay raddr 198.51.100.200 rport 11200".into(),
    ];
    ice.complete = true;
    bob.capability_mut(1).unwrap().connection = Some(Address::name("192.0.2.200"));
    for (mid, msid) in [("v1", msid), ("v2", "81317484-2ed4-49d7-9eb7-1414322a7aae")] {
        let mut video = secured(at(video(9, mid, msid), "192.0.2.200"), bob_ice, bob_dtls, &[])
            .codec(104, CodecSpec::new("flexfec", 90_000));
        video.rtcp_mux = RtcpMux::Require;
        if mid == "v1" {
            let rid = |id: &str| Rid { id: id.into(), restrictions: String::new() };
            video.simulcast = ["1", "2", "3"].map(rid).into();
        }
        bob.add_media(video);
    }
    bob.session_mut().attributes.push(("group".into(), Some("LS a1 v1".into())));
    let offer = bob.create_offer().unwrap();
    assert_is(&offer, "8829-005.sdp");

    // Alice takes them, and does not send any of her own.
    let connection = Some(Address::name("192.0.2.100"));
    for mid in ["v1", "v2"] {
        let mut video = secured(video(9, mid, "-"), alice_ice, alice_dtls, &[]);
        video.direction = Direction::RecvOnly;
        video.msids.clear();
        video.connection.clone_from(&connection);
        video.rtcp_mux = RtcpMux::Require;
        let sizes = "100 recv [x=[48:1920],y=[48:1080],q=1.0]";
        alice.add_capability(video.attribute("imageattr", Some(sizes)));
    }
    alice.receive_offer(offer).unwrap();
    let audio = alice.capability_mut(0).unwrap();
    audio.port = 12100;
    audio.connection.clone_from(&connection);
    let ice = audio.ice.as_mut().unwrap();
    ice.candidates = vec![
        "1 1 udp 2113929471 203.0.113.100 10100 typ host".into(),
        "1 1 udp 1845494015 198.51.100.100 11100 typ srflx raddr 203.0.113.100 rport 10100".into(),
        "1 1 udp 255 192.0.2.100 12100 typ relay raddr 198.51.100.100 rport 11100".into(),
    ];
    ice.complete = true;
    alice.capability_mut(1).unwrap().connection = connection;
    let answer = alice.create_answer().unwrap();
    assert_eq!(essence(&answer), without_mux_only(essence(&example("8829-006.sdp"))));
    bob.receive_answer(answer).unwrap();
    assert!(bob.streams()[2].simulcast_sent().is_empty(), "she takes no simulcast");
    assert_eq!(bob.streams()[3].direction(), Direction::SendOnly);
    assert_eq!(alice.streams()[0].setup(), Some(Setup::Passive), "the association is kept");
}

#[test]
fn section_7_3_the_transport_warms_up_before_media_flow() {
    let mut bob = browser(7_729_291_447_651_054_567, BundlePolicy::MaxBundle, vec![]);
    let offer = example("8829-007.sdp");
    for (section, mid) in [("audio", "a1"), ("video", "v1")] {
        let capability = match section {
            "audio" => audio(9, "-"),
            _ => video(9, mid, "-"),
        };
        let ice = ("4bOT", "ZFzEIvKgHh9z2ZqTLfDmHk7r");
        let mut capability = secured(capability, ice, BOB, &[]);
        capability.rtcp_mux = RtcpMux::Require;
        capability.direction = Direction::SendOnly;
        bob.add_capability(capability);
    }
    bob.receive_offer(offer.clone()).unwrap();
    let answer = bob.create_answer().unwrap();
    let printed = example("8829-008.sdp");
    let facts = |description: &sdp::SessionDescription| -> Vec<_> {
        description
            .media()
            .map(|media| {
                let codecs: Vec<_> = media.payload_types().collect();
                (
                    media.mid().unwrap().to_owned(),
                    media.direction(),
                    codecs,
                    media.bundle().is_some(),
                )
            })
            .collect()
    };
    assert_eq!(facts(&answer), facts(&printed));
}
