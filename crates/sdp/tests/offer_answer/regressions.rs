//! Mistakes that were found by two sides that negotiate at random; each had an exchange after
//! which they thought differently.

use sdp::offer_answer::{
    BundlePolicy, Dtls, Ice, MediaCapability, OfferAnswer, Rid, RtcpMux, Session, Setup,
};
use sdp::{CodecSpec, Direction, attribute};

const FINGERPRINT: &str = "sha-256 AA:BB";

fn side(
    id: u64,
    bundle: BundlePolicy,
    sections: impl IntoIterator<Item = MediaCapability>,
) -> OfferAnswer {
    let mut session = Session::new(id, std::net::Ipv4Addr::new(192, 0, 2, 1));
    session.bundle = bundle;
    OfferAnswer::new(session, sections)
}

fn exchange(offerer: &mut OfferAnswer, answerer: &mut OfferAnswer) {
    answerer.receive_offer(offerer.create_offer().unwrap()).unwrap();
    offerer.receive_answer(answerer.create_answer().unwrap()).unwrap();
}

fn audio(port: u16, rtcp_mux: RtcpMux) -> MediaCapability {
    let mut audio = MediaCapability::audio(port).codec(0, CodecSpec::new("PCMU", 8000));
    audio.rtcp_mux = rtcp_mux;
    audio
}

fn protected(section: MediaCapability) -> MediaCapability {
    let dtls =
        Dtls { fingerprints: vec![FINGERPRINT.into()], tls_id: None, answers: Setup::Active };
    section.webrtc(Ice { ufrag: "abcd".into(), pwd: "e".repeat(22), ..Ice::default() }, dtls)
}

#[test]
fn data_channels_have_no_direction() {
    let channel = || protected(MediaCapability::data_channel(9));
    let mut alice = side(1, BundlePolicy::Disabled, [channel()]);
    let mut bob = side(2, BundlePolicy::Disabled, [channel()]);
    exchange(&mut alice, &mut bob);
    bob.capability_mut(0).unwrap().direction = Direction::Inactive;
    bob.hold(0).unwrap();
    exchange(&mut bob, &mut alice);
    for side in [&alice, &bob] {
        assert_eq!(side.streams()[0].direction(), Direction::SendRecv);
    }
    assert!(bob.local().unwrap().media_at(0).unwrap().attributes().direction().is_none());
}

#[test]
fn a_section_whose_rtcp_has_a_port_of_its_own_is_in_no_bundle() {
    let mux = RtcpMux::Negotiate;
    let mut alice = side(1, BundlePolicy::MaxCompat, [audio(5000, mux), audio(5002, mux)]);
    let mut bob = side(2, BundlePolicy::MaxCompat, [audio(6000, RtcpMux::Never), audio(6002, mux)]);
    exchange(&mut alice, &mut bob);
    for side in [&alice, &bob] {
        let bundles: Vec<_> = side.streams().iter().map(|s| (s.bundle(), s.rtcp_mux())).collect();
        assert_eq!(bundles, [(None, false), (Some(1), true)]);
    }
    let mut carol = side(3, BundlePolicy::MaxCompat, [audio(7000, RtcpMux::Never)]);
    assert!(carol.create_offer().unwrap().media_at(0).unwrap().bundle().is_none());
}

#[test]
fn a_data_channel_that_carries_a_bundle_says_that_rtcp_shares_the_port() {
    let sections =
        || [MediaCapability::data_channel(9), audio(9, RtcpMux::Negotiate)].map(protected);
    let mut alice = side(1, BundlePolicy::MaxBundle, sections());
    let mut bob = side(2, BundlePolicy::MaxBundle, sections());
    exchange(&mut alice, &mut bob);
    for side in [&alice, &bob] {
        let tagged = side.local().unwrap().media_at(0).unwrap();
        assert!(tagged.attributes().has(attribute::RtcpMux));
        assert!(side.streams()[1].rtcp_mux());
    }
}

#[test]
fn a_section_is_protected_as_the_one_is_that_carries_it_after_refusals() {
    // The channel has keys and carries the bundle; the audio has none of its own.
    let mut alice = side(
        1,
        BundlePolicy::MaxCompat,
        [protected(MediaCapability::data_channel(9)), audio(5000, RtcpMux::Negotiate)],
    );
    let mut bob = side(2, BundlePolicy::MaxCompat, [audio(6000, RtcpMux::Negotiate)]);
    exchange(&mut alice, &mut bob);
    assert!(!bob.streams()[0].is_active() && bob.streams()[1].is_active());
    assert_eq!((alice.streams()[1].setup(), bob.streams()[1].setup()), (None, None));
    // The same when it is the program that refuses the channel.
    let mut alice = side(
        1,
        BundlePolicy::MaxCompat,
        [protected(MediaCapability::data_channel(9)), audio(5000, RtcpMux::Negotiate)],
    );
    let channel = protected(MediaCapability::data_channel(9));
    let mut bob =
        side(2, BundlePolicy::MaxCompat, [channel, protected(audio(9, RtcpMux::Negotiate))]);
    bob.receive_offer(alice.create_offer().unwrap()).unwrap();
    assert!(bob.proposed()[1].setup().is_some());
    bob.reject_media(0).unwrap();
    assert!(!bob.proposed()[1].is_active(), "there are no keys for it");
}

#[test]
fn a_simulcast_that_the_other_side_no_longer_sends_is_not_waited_for() {
    let rid = Rid { id: "hi".into(), restrictions: String::new() };
    let mut sends = audio(5000, RtcpMux::Negotiate);
    sends.simulcast.push(rid.clone());
    let mut receives = audio(6000, RtcpMux::Negotiate);
    receives.simulcast_received = 1;
    let mut alice = side(1, BundlePolicy::Disabled, [sends]);
    let mut bob = side(2, BundlePolicy::Disabled, [receives]);
    exchange(&mut alice, &mut bob);
    assert_eq!(bob.streams()[0].simulcast_received(), [rid]);
    alice.capability_mut(0).unwrap().simulcast.clear();
    exchange(&mut bob, &mut alice);
    assert_eq!(alice.streams()[0].simulcast_sent(), []);
    assert_eq!(bob.streams()[0].simulcast_received(), []);
}

#[test]
fn codecs_that_come_twice_keep_numbers_of_their_own() {
    let video = |vp8: u8, vp9: u8| {
        let rtx = |apt: u8| CodecSpec::new("rtx", 90_000).with_fmtp(format!("apt={apt}"));
        MediaCapability::video(5000)
            .codec(vp8, CodecSpec::new("VP8", 90_000))
            .codec(vp8 + 1, rtx(vp8))
            .codec(vp9, CodecSpec::new("VP9", 90_000))
            .codec(vp9 + 1, rtx(vp9))
    };
    let mut alice = side(1, BundlePolicy::Disabled, [video(96, 98)]);
    let mut bob = side(2, BundlePolicy::Disabled, [video(98, 96)]);
    exchange(&mut alice, &mut bob);
    // Bob's next offer has Alice's numbers, each with what it repairs.
    let offer = bob.create_offer().unwrap();
    let media = offer.media_at(0).unwrap();
    let codecs = media.codecs();
    let numbers: Vec<_> = media.payload_types().collect();
    assert_eq!(numbers, [96, 97, 98, 99]);
    for (rtx, repaired) in [(97, "VP8"), (99, "VP9")] {
        let apt = codecs.get(rtx).unwrap().parameters::<sdp::codec::Rtx>().unwrap().apt;
        assert_eq!(codecs.get(apt).unwrap().encoding(), Some(repaired));
    }
}

#[test]
fn an_answer_writes_the_media_type_as_the_offer_did() {
    let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=Audio 9 RTP/AVP 0\r\n";
    let mut bob = side(2, BundlePolicy::Disabled, [audio(6000, RtcpMux::Never)]);
    bob.receive_offer(sdp::SessionDescription::parse(offer).unwrap()).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_eq!(answer.media_at(0).unwrap().media_type(), "Audio");
}

#[test]
fn an_offer_with_loose_names_is_answered() {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    let offers = [
        "m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\nm=audio 9 RTP/AVP 0\r\n",
        "m=au/dio 9 RTP/AVP 0\r\nm=audio 9 RTP/AVP 0\r\n",
        "m=audio 9 RTP/AVP 0 0\r\n",
        "m=audio 9 RTP/AVP 0\r\na=mid:a(b)\r\n",
    ];
    for offer in offers {
        let mut bob = side(2, BundlePolicy::Disabled, [audio(6000, RtcpMux::Never)]);
        let offer = sdp::Parser::new()
            .tolerances(sdp::Tolerances::lenient())
            .parse(format!("{head}{offer}"))
            .unwrap();
        let sections = offer.media().len();
        bob.receive_offer(offer.clone()).unwrap();
        let answer = bob.create_answer().unwrap_or_else(|error| panic!("{error}: {offer:?}"));
        assert_eq!(answer.media().len(), sections);
        assert!(answer.media().any(|media| media.port() == 6000));
        // What is the program's own has to be right all the same.
        let mut bob = side(
            2,
            BundlePolicy::Disabled,
            [audio(6000, RtcpMux::Never).attribute("ptime", Some(" 20 "))],
        );
        bob.receive_offer(offer).unwrap();
        assert!(bob.create_answer().is_err());
    }
}

#[test]
fn rtcp_of_reduced_size_is_answered_where_it_was_offered() {
    let reduced = |reduced: bool| {
        let mut audio = audio(5000, RtcpMux::Never);
        audio.rtcp_rsize = reduced;
        audio
    };
    for (offered, ours) in [(true, true), (true, false), (false, true)] {
        let mut alice = side(1, BundlePolicy::Disabled, [reduced(offered)]);
        let mut bob = side(2, BundlePolicy::Disabled, [reduced(ours)]);
        exchange(&mut alice, &mut bob);
        let answer = bob.local().unwrap().media_at(0).unwrap();
        assert_eq!(answer.attributes().has(attribute::RtcpRsize), offered && ours);
        assert_eq!(alice.streams()[0].rtcp_rsize(), offered && ours);
    }
}
