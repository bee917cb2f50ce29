//! The rules of RFC 3264, 9143 and 8829, each by the name of what it asks for.

use sdp::offer_answer::{
    BundlePolicy, Dtls, Formats, HeaderExtension, Ice, MediaCapability, NegotiationError,
    OfferAnswer, Refusal, RtcpMux, SdesKey, Session, Setup, State, Stream, StreamState,
};
use sdp::{Address, CodecSpec, Direction, SessionDescription, attribute};

use crate::{section, side};

const PCMU: (u8, &str) = (0, "PCMU/8000");
const PCMA: (u8, &str) = (8, "PCMA/8000");
const ILBC: (u8, &str) = (97, "iLBC/8000");

fn alice(capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("-", (1, 1), "192.0.2.1", capabilities)
}

fn bob(capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("-", (2, 2), "192.0.2.2", capabilities)
}

/// A description with this behind `t=0 0`.
fn description(rest: &str) -> SessionDescription {
    let head = "v=0\r\no=- 9 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";
    SessionDescription::parse(format!("{head}{}", rest.replace('\n', "\r\n"))).unwrap()
}

fn answer(answerer: &mut OfferAnswer, offer: SessionDescription) -> SessionDescription {
    answerer.receive_offer(offer).unwrap();
    answerer.create_answer().unwrap()
}

fn exchange(offerer: &mut OfferAnswer, answerer: &mut OfferAnswer) {
    let made = answer(answerer, offerer.create_offer().unwrap());
    offerer.receive_answer(made).unwrap();
}

fn version(description: &SessionDescription) -> u64 {
    description.origin().unwrap().unwrap().session_version().unwrap()
}

fn numbers(description: &SessionDescription, section: usize) -> Vec<u8> {
    description.media_at(section).unwrap().payload_types().collect()
}

fn text(description: &SessionDescription) -> String {
    String::from_utf8(description.as_bytes().to_vec()).unwrap()
}

// Offers (RFC 3264 §5).

#[test]
fn o1_id_and_version_fit_signed_numbers_and_the_first_version_leaves_room() {
    let session = Session::new(u64::MAX, Address::name("h"));
    assert_eq!(session.id, (1 << 63) - 1);
    assert_eq!(session.version, (1 << 62) - 2);
    let two = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nv=0\r\n";
    assert!(SessionDescription::parse(two).is_err(), "exactly one session");
}

#[test]
fn o2_o3_an_offer_needs_neither_a_name_nor_a_section() {
    let offer = alice([]).create_offer().unwrap();
    assert_eq!(
        text(&offer),
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    );
}

#[test]
fn o4_formats_are_in_order_of_preference_and_dynamic_ones_have_a_codec() {
    let offer = alice([section("audio", 9, &[ILBC, PCMA, PCMU])]).create_offer().unwrap();
    assert_eq!(numbers(&offer, 0), [97, 8, 0]);
    let codecs = offer.media_at(0).unwrap().codecs();
    assert!(codecs.iter().all(|codec| codec.rtpmap().is_some()));
}

#[test]
fn o5_the_direction_is_said_in_each_section_and_none_means_both() {
    let mut sending = section("audio", 9, &[PCMU]);
    sending.direction = Direction::SendOnly;
    let offer = alice([sending, section("audio", 11, &[PCMU])]).create_offer().unwrap();
    let directions: Vec<_> = offer.media().map(|media| media.attributes().direction()).collect();
    assert_eq!(directions, [Some(Direction::SendOnly), Some(Direction::SendRecv)]);
    assert_eq!(
        description("m=audio 9 RTP/AVP 0\n").media_at(0).unwrap().direction(),
        Direction::SendRecv
    );
}

#[test]
fn o6_a_packet_time_of_0_is_refused() {
    let mut audio = section("audio", 9, &[PCMU]);
    audio.ptime = Some(0);
    let error = alice([audio]).create_offer().unwrap_err();
    assert!(matches!(error, NegotiationError::Line(_)), "{error}");
}

#[test]
fn o8_what_may_come_before_the_answer_is_known() {
    let mut alice = alice([section("audio", 9, &[PCMU, ILBC])]);
    alice.create_offer().unwrap();
    let expected: Vec<_> = alice.proposed()[0].codecs().iter().map(|codec| codec.receive).collect();
    assert_eq!(expected, [0, 97]);
    assert!(alice.streams().is_empty(), "nothing is agreed on yet");
}

// Answers (RFC 3264 §6).

#[test]
fn a1_an_answer_has_the_sections_of_the_offer_in_its_order() {
    let offer = description("m=video 9 RTP/AVP 31\nm=audio 11 RTP/AVP 0\nm=x-new 13 x/y z\n");
    let answer = answer(&mut bob([section("audio", 9, &[PCMU])]), offer);
    let lines: Vec<_> = answer
        .media()
        .map(|m| (m.media_type().to_owned(), m.port(), m.protocol().to_owned()))
        .collect();
    assert_eq!(
        lines,
        [
            ("video".into(), 0, "RTP/AVP".into()),
            ("audio".into(), 9, "RTP/AVP".into()),
            ("x-new".into(), 0, "x/y".into()),
        ]
    );
    let none = self::answer(&mut bob([section("audio", 9, &[PCMU])]), description(""));
    assert_eq!(none.media().len(), 0);
}

#[test]
fn a2_a3_the_time_is_that_of_the_offer_and_the_origin_is_our_own() {
    let offer = "v=0\r\no=- 9 1 IN IP4 192.0.2.9\r\ns=-\r\nt=3724394400 3724398000\r\n";
    let answer = answer(&mut bob([]), SessionDescription::parse(offer).unwrap());
    assert_eq!(
        text(&answer),
        "v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=3724394400 3724398000\r\n"
    );
}

#[test]
fn a4_the_direction_of_an_answer_is_one_that_the_offer_allows() {
    for (offered, wanted, answered) in [
        ("sendonly", Direction::SendRecv, Direction::RecvOnly),
        ("sendonly", Direction::SendOnly, Direction::Inactive),
        ("recvonly", Direction::SendRecv, Direction::SendOnly),
        ("inactive", Direction::SendRecv, Direction::Inactive),
        ("sendrecv", Direction::RecvOnly, Direction::RecvOnly),
    ] {
        let mut audio = section("audio", 9, &[PCMU]);
        audio.direction = wanted;
        let offer = description(&format!("m=audio 9 RTP/AVP 0\na={offered}\n"));
        assert_eq!(answer(&mut bob([audio]), offer).media_at(0).unwrap().direction(), answered);
    }
    // Said for the session, it holds for each section.
    let offer = description("a=sendonly\nm=audio 9 RTP/AVP 0\n");
    let answer = answer(&mut bob([section("audio", 9, &[PCMU])]), offer);
    assert_eq!(answer.media_at(0).unwrap().direction(), Direction::RecvOnly);
}

#[test]
fn a5_without_a_format_in_common_a_section_is_refused_and_keeps_a_format() {
    let mut bob = bob([section("audio", 9, &[ILBC])]);
    bob.receive_offer(description("m=audio 9 RTP/AVP 0 8\n")).unwrap();
    assert!(bob.is_unacceptable(), "nothing is left of the session");
    assert_eq!(bob.proposed()[0].state(), StreamState::Rejected(Refusal::NoFormat));
    let answer = bob.create_answer().unwrap();
    assert_eq!((answer.media_at(0).unwrap().port(), numbers(&answer, 0)), (0, vec![0]));
}

#[test]
fn a5_events_alone_are_no_stream_where_speech_was_offered() {
    let events = (101, "telephone-event/8000");
    let offer = "m=audio 9 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n";
    let mut bob = bob([section("audio", 9, &[PCMU, events])]);
    bob.receive_offer(description(offer)).unwrap();
    assert!(bob.is_unacceptable());
}

#[test]
fn a6_an_answer_keeps_the_numbers_and_the_order_of_the_offer() {
    let offer = "m=audio 9 RTP/AVP 112 8 0\na=rtpmap:112 iLBC/8000\n";
    let answer = answer(&mut bob([section("audio", 9, &[PCMU, PCMA, ILBC])]), description(offer));
    assert_eq!(numbers(&answer, 0), [112, 8, 0]);
    assert!(text(&answer).contains("a=rtpmap:112 iLBC/8000\r\n"));
}

#[test]
fn a7_we_send_with_the_numbers_of_the_other_side() {
    let mut alice = alice([section("audio", 9, &[ILBC])]);
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 99\na=rtpmap:99 ILBC/8000/1\n")).unwrap();
    let codec = &alice.streams()[0].codecs()[0];
    assert_eq!((codec.receive, codec.send), (97, 99));
}

#[test]
fn a8_what_configures_a_codec_must_be_the_same() {
    let h264 = |mode| {
        CodecSpec::new("H264", 90_000)
            .with_fmtp(format!("profile-level-id=42e01f;packetization-mode={mode}"))
    };
    let video = MediaCapability::video(9).codec(96, h264(0)).codec(97, h264(1));
    let offer = "m=video 9 RTP/AVP 120 121\na=rtpmap:120 H264/90000\n\
        a=fmtp:120 packetization-mode=1;profile-level-id=42e015\n\
        a=rtpmap:121 H264/90000\na=fmtp:121 profile-level-id=64001f\n";
    let answer = answer(&mut bob([video]), description(offer));
    assert_eq!(numbers(&answer, 0), [120], "not the high profile");
    assert!(text(&answer).contains("a=fmtp:120 packetization-mode=1;profile-level-id=42e015\r\n"));
}

#[test]
fn a9_what_is_offered_as_ended_stays_so() {
    let answer =
        answer(&mut bob([section("audio", 9, &[PCMU])]), description("m=audio 0 RTP/AVP 0\n"));
    assert_eq!(answer.media_at(0).unwrap().port(), 0);
    // `a=bundle-only` outside of a bundle means nothing (RFC 9143 §6): B9.
    let offer = description("m=audio 0 RTP/AVP 0\na=mid:a\na=bundle-only\n");
    let answer = self::answer(&mut bob([section("audio", 9, &[PCMU])]), offer);
    assert_eq!(answer.media_at(0).unwrap().port(), 0);
}

#[test]
fn a10_a_multicast_stream_has_one_address_and_port_for_all() {
    let offer = description("m=audio 5000 RTP/AVP 0\nc=IN IP4 233.252.0.1/127\na=recvonly\n");
    let answer = answer(&mut bob([section("audio", 9, &[PCMU])]), offer);
    let media = answer.media_at(0).unwrap();
    assert_eq!(
        (media.port(), media.connection().unwrap().unwrap().to_string()),
        (5000, "IN IP4 233.252.0.1/127".into())
    );
}

#[test]
fn a11_who_only_sends_has_an_address_all_the_same() {
    let mut audio = section("audio", 4000, &[PCMU]);
    audio.direction = Direction::SendOnly;
    let answer = answer(&mut bob([audio]), description("m=audio 9 RTP/AVP 0\n"));
    assert_eq!(answer.media_at(0).unwrap().address().unwrap().unwrap().port, 4000);
}

#[test]
fn a12_hold_is_not_answered_with_hold() {
    let answer = answer(
        &mut bob([section("audio", 9, &[PCMU])]),
        description("m=audio 9 RTP/AVP 0\na=sendonly\n"),
    );
    assert_eq!(answer.media_at(0).unwrap().direction(), Direction::RecvOnly);
}

// Reading answers (RFC 3264 §7).

#[test]
fn p1_the_first_format_of_the_answer_is_preferred() {
    let mut alice = alice([section("audio", 9, &[PCMU, PCMA, ILBC])]);
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 97 8\na=rtpmap:97 iLBC/8000\n")).unwrap();
    let sent: Vec<_> = alice.streams()[0].codecs().iter().map(|codec| codec.send).collect();
    assert_eq!(sent, [97, 8]);
}

#[test]
fn p2_sections_that_are_missing_are_refused_ones_unless_the_session_is_strict() {
    let two = || [section("audio", 9, &[PCMU]), section("video", 11, &[(31, "H261/90000")])];
    let short = description("m=audio 9 RTP/AVP 0\n");
    let mut alice = alice(two());
    alice.create_offer().unwrap();
    alice.receive_answer(short.clone()).unwrap();
    assert!(alice.streams()[0].is_active() && !alice.streams()[1].is_active());

    let mut strict = self::alice(two());
    strict.session_mut().strict = true;
    strict.create_offer().unwrap();
    assert_eq!(strict.receive_answer(short), Err(NegotiationError::SectionCount));
    assert_eq!(strict.state(), State::OfferSent, "the offer is still open");
    let long = description("m=audio 9 RTP/AVP 0\nm=video 0 RTP/AVP 31\nm=text 0 RTP/AVP 98\n");
    assert_eq!(strict.receive_answer(long), Err(NegotiationError::SectionCount));
}

#[test]
fn p3_p4_a_section_that_was_offered_as_ended_stays_so_whatever_the_answer_says() {
    let mut alice = alice([section("audio", 9, &[PCMU]), section("audio", 11, &[PCMU])]);
    exchange(&mut alice, &mut bob([section("audio", 9, &[PCMU]), section("audio", 11, &[PCMU])]));
    alice.remove_media(1).unwrap();
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 0\nm=unknown 4000 what/ever 0\n")).unwrap();
    assert_eq!(alice.streams()[1].state(), StreamState::Removed);
}

#[test]
fn p5_a_format_that_was_not_offered_is_stepped_over() {
    let mut alice = alice([section("audio", 9, &[PCMU])]);
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 9 0\n")).unwrap();
    assert_eq!(alice.streams()[0].codecs().len(), 1);
    let mut alice = self::alice([section("audio", 9, &[PCMU])]);
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 9\n")).unwrap();
    assert_eq!(alice.streams()[0].state(), StreamState::Rejected(Refusal::NoFormat));
}

#[test]
fn an_answer_with_another_medium_is_none() {
    let mut alice = alice([section("audio", 9, &[PCMU])]);
    alice.create_offer().unwrap();
    let error = alice.receive_answer(description("m=video 9 RTP/AVP 0\n")).unwrap_err();
    assert_eq!((error, error.media_index()), (NegotiationError::MediaType(0), Some(0)));
}

// Changing the session (RFC 3264 §8).

#[test]
fn m1_the_version_goes_up_when_something_has_changed_and_only_then() {
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU])]));
    exchange(&mut alice, &mut bob);
    let same = alice.create_offer().unwrap();
    assert_eq!(Some(&same), alice.local());
    let answer = answer(&mut bob, same);
    assert_eq!(version(&answer), 2, "an offer with the version that is known gets its answer");
    alice.receive_answer(answer).unwrap();
    alice.hold(0).unwrap();
    assert_eq!(version(&alice.create_offer().unwrap()), 2);
}

#[test]
fn m2_after_an_offer_that_was_refused_the_version_goes_up_all_the_same() {
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU])]));
    exchange(&mut alice, &mut bob);
    alice.hold(0).unwrap();
    assert_eq!(version(&alice.create_offer().unwrap()), 2);
    alice.offer_rejected().unwrap();
    let again = alice.create_offer().unwrap();
    assert_eq!((version(&again), again.media_at(0).unwrap().direction()), (3, Direction::SendRecv));
}

#[test]
fn m3_an_offer_with_fewer_sections_is_refused() {
    let mut bob = bob([section("audio", 9, &[PCMU])]);
    answer(&mut bob, description("m=audio 9 RTP/AVP 0\n"));
    assert_eq!(bob.receive_offer(description("")), Err(NegotiationError::FewerSections));
    assert_eq!(bob.state(), State::Stable);
}

#[test]
fn m4_m5_a_section_that_ended_keeps_its_place_until_another_takes_it() {
    let two = || [section("audio", 9, &[PCMU]), section("video", 11, &[(31, "H261/90000")])];
    let (mut alice, mut bob) = (alice(two()), bob(two()));
    exchange(&mut alice, &mut bob);
    alice.remove_media(1).unwrap();
    let offer = alice.create_offer().unwrap();
    assert!(text(&offer).ends_with("m=video 0 RTP/AVP 31\r\n"));
    let made = answer(&mut bob, offer);
    alice.receive_answer(made).unwrap();
    // The place is used again, and the next section is below.
    let dtmf = section("audio", 13, &[(101, "telephone-event/8000")]);
    bob.add_capability(dtmf.clone());
    bob.add_capability(section("audio", 15, &[PCMA]));
    assert_eq!(alice.add_media(dtmf), 1);
    assert_eq!(alice.add_media(section("audio", 17, &[PCMA])), 2);
    exchange(&mut alice, &mut bob);
    assert!(alice.streams().iter().all(Stream::is_active));
}

#[test]
fn m6_a_number_stands_for_one_codec_as_long_as_the_session_lasts() {
    let speex = (97, "speex/8000");
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[ILBC])]), bob([section("audio", 9, &[ILBC, speex])]));
    exchange(&mut alice, &mut bob);
    *alice.capability_mut(0).unwrap() = section("audio", 9, &[speex]);
    let offer = alice.create_offer().unwrap();
    assert_ne!(numbers(&offer, 0), [97], "97 was iLBC");
    assert!(text(&offer).contains("speex/8000"));
    let made = answer(&mut bob, offer);
    alice.receive_answer(made).unwrap();
    // And back: the number of iLBC is still its own.
    *alice.capability_mut(0).unwrap() = section("audio", 9, &[ILBC]);
    assert_eq!(numbers(&alice.create_offer().unwrap(), 0), [97]);
}

#[test]
fn m7_audio_becomes_fax_and_comes_back() {
    let fax = || MediaCapability::fax(4000).attribute("T38FaxVersion", Some("0"));
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU]), fax()]));
    exchange(&mut alice, &mut bob);
    *alice.capability_mut(0).unwrap() = fax();
    let offer = alice.create_offer().unwrap();
    assert!(text(&offer).contains("m=image 4000 udptl t38\r\n"));
    let made = answer(&mut bob, offer);
    assert_eq!(made.media().len(), 1);
    assert!(made.media_at(0).unwrap().attributes().has(attribute::T38FaxVersion));
    alice.receive_answer(made).unwrap();
    assert_eq!(alice.streams()[0].formats(), ["t38"]);
    *alice.capability_mut(0).unwrap() = section("audio", 9, &[PCMU]);
    exchange(&mut alice, &mut bob);
    assert_eq!((bob.streams()[0].media_type(), bob.streams()[0].codecs().len()), ("audio", 1));
}

#[test]
fn m8_a_new_address_is_part_of_the_next_description() {
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU])]));
    exchange(&mut alice, &mut bob);
    alice.capability_mut(0).unwrap().port = 5002;
    alice.create_offer().unwrap();
    let old = alice.local().unwrap().media_at(0).unwrap().port();
    let new = alice.proposed()[0].capability().port;
    assert_eq!((old, new), (9, 5002), "both are listened on until the answer is there");
}

#[test]
fn m9_m10_streams_are_held_each_alone_and_an_address_of_0_is_hold() {
    let two = || [section("audio", 9, &[PCMU]), section("audio", 11, &[PCMA])];
    let (mut alice, mut bob) = (alice(two()), bob(two()));
    exchange(&mut alice, &mut bob);
    alice.hold(1).unwrap();
    exchange(&mut alice, &mut bob);
    let held: Vec<_> = bob.streams().iter().map(Stream::is_held_by_peer).collect();
    assert_eq!(held, [false, true]);
    assert_eq!(alice.streams()[1].direction(), Direction::SendOnly);
    alice.resume(1).unwrap();
    exchange(&mut alice, &mut bob);
    assert!(bob.streams().iter().all(Stream::may_send));
    let zero = "v=0\r\no=- 1 9 IN IP4 h\r\ns=-\r\nc=IN IP6 ::\r\nt=0 0\r\n\
        m=audio 9 RTP/AVP 0\r\nm=audio 11 RTP/AVP 8\r\n";
    answer(&mut bob, SessionDescription::parse(zero).unwrap());
    assert!(bob.streams().iter().all(|stream| stream.is_held_by_peer() && !stream.may_send()));
}

#[test]
fn m11_an_offer_that_fails_leaves_everything_as_it_was() {
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU])]));
    exchange(&mut alice, &mut bob);
    let before = alice.local().cloned();
    alice.hold(0).unwrap();
    alice.add_media(section("video", 13, &[(31, "H261/90000")]));
    let offer = alice.create_offer().unwrap();
    bob.receive_offer(offer).unwrap();
    bob.reject_offer().unwrap();
    alice.offer_rejected().unwrap();
    assert_eq!((alice.state(), bob.state()), (State::Stable, State::Stable));
    assert_eq!(alice.local(), before.as_ref());
    let again = alice.create_offer().unwrap();
    assert_eq!(again.media().len(), 1);
    assert_eq!(again.media_at(0).unwrap().direction(), Direction::SendRecv);
}

// One offer at a time (RFC 3264 §4).

#[test]
fn g1_offers_that_cross_are_glare_and_one_can_be_taken_back() {
    let (mut alice, mut bob) =
        (alice([section("audio", 9, &[PCMU])]), bob([section("audio", 9, &[PCMU])]));
    let (a, b) = (alice.create_offer().unwrap(), bob.create_offer().unwrap());
    assert_eq!(alice.receive_offer(b.clone()), Err(NegotiationError::OfferSent));
    assert_eq!(alice.create_offer(), Err(NegotiationError::OfferSent));
    assert_eq!(bob.receive_offer(a), Err(NegotiationError::OfferSent));
    alice.roll_back().unwrap();
    alice.receive_offer(b).unwrap();
    assert_eq!(alice.create_offer(), Err(NegotiationError::OfferReceived));
    assert_eq!(alice.receive_offer(description("")), Err(NegotiationError::OfferReceived));
    bob.receive_answer(alice.create_answer().unwrap()).unwrap();
    assert_eq!(alice.roll_back(), Err(NegotiationError::NoOffer));
    assert_eq!(alice.create_answer(), Err(NegotiationError::NoOffer));
    assert_eq!(alice.receive_answer(description("")), Err(NegotiationError::NoOffer));
    assert_eq!(alice.reject_media(0), Err(NegotiationError::NoOffer));
    assert_eq!(alice.hold(7), Err(NegotiationError::NoSection(7)));
}

// Bundles (RFC 9143).

fn bundling(mut side: OfferAnswer, bundle: BundlePolicy) -> OfferAnswer {
    side.session_mut().bundle = bundle;
    side
}

fn muxed(mut section: MediaCapability) -> MediaCapability {
    section.rtcp_mux = RtcpMux::Negotiate;
    section
}

fn two() -> [MediaCapability; 2] {
    [muxed(section("audio", 5000, &[PCMU])), muxed(section("video", 5002, &[(31, "H261/90000")]))]
}

#[test]
fn b1_sections_of_a_first_offer_have_ports_of_their_own_and_those_without_have_no_transport() {
    let mut same = two();
    same[1].port = 5000;
    let error = bundling(alice(same), BundlePolicy::MaxCompat).create_offer().unwrap_err();
    assert_eq!(error, NegotiationError::PortNotUnique(1));
    let offer = bundling(alice(two()), BundlePolicy::MaxBundle).create_offer().unwrap();
    let video = offer.media_at(1).unwrap();
    assert!(video.is_bundle_only() && !video.attributes().has(attribute::RtcpMux));
    let tagged = offer.tagged(offer.bundles().next().unwrap()).unwrap();
    assert_eq!(tagged.index(), 0);
}

#[test]
fn b2_an_answer_that_bundles_what_was_not_offered_so_is_refused() {
    let mut alice = bundling(alice(two()), BundlePolicy::MaxCompat);
    alice.capability_mut(1).unwrap().bundled = false;
    alice.create_offer().unwrap();
    let answer = description(
        "a=group:BUNDLE 0 x\nm=audio 9 RTP/AVP 0\na=mid:0\nm=video 9 RTP/AVP 31\na=mid:x\n",
    );
    assert_eq!(alice.receive_answer(answer), Err(NegotiationError::Bundle));
}

#[test]
fn b3_b5_the_first_section_that_is_taken_carries_the_bundle_and_others_leave_the_list() {
    let offer = description(
        "a=group:BUNDLE z a v\nm=text 9 RTP/AVP 98\na=mid:z\na=rtcp-mux\n\
         m=audio 11 RTP/AVP 0\na=mid:a\na=rtcp-mux\nm=video 13 RTP/AVP 31\na=mid:v\na=rtcp-mux\n",
    );
    let answer = answer(&mut bundling(bob(two()), BundlePolicy::Balanced), offer);
    let group = answer.bundles().next().unwrap();
    assert_eq!(group.mids().collect::<Vec<_>>(), ["a", "v"]);
    assert_eq!(answer.tagged(group).unwrap().index(), 1);
    let none = description("a=group:BUNDLE z\nm=text 9 RTP/AVP 98\na=mid:z\n");
    let answer = self::answer(&mut bundling(bob(two()), BundlePolicy::Balanced), none);
    assert_eq!(answer.bundles().count(), 0);
}

#[test]
fn b4_b8_all_sections_of_an_answer_have_one_port_and_one_has_the_transport() {
    let offer = bundling(alice(two()), BundlePolicy::MaxCompat).create_offer().unwrap();
    let answer = answer(&mut bundling(bob(two()), BundlePolicy::MaxCompat), offer);
    assert!(answer.media().all(|media| media.port() == 5000));
    let muxed: Vec<_> = answer.media().map(|m| m.attributes().has(attribute::RtcpMux)).collect();
    assert_eq!(muxed, [true, false]);
    assert!(answer.media().all(|media| !media.attributes().has(attribute::Rtcp)));
    assert!(answer.media().all(|media| !media.attributes().has(attribute::BundleOnly)));
}

#[test]
fn b6_the_section_that_carries_a_bundle_is_not_refused_alone() {
    let (mut alice, mut bob) = (
        bundling(alice(two()), BundlePolicy::MaxCompat),
        bundling(bob(two()), BundlePolicy::MaxCompat),
    );
    exchange(&mut alice, &mut bob);
    bob.receive_offer(alice.create_offer().unwrap()).unwrap();
    assert_eq!(bob.reject_media(0), Err(NegotiationError::TaggedSection(0)));
    bob.reject_media(1).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_eq!(answer.bundles().next().unwrap().mids().count(), 1);
}

#[test]
fn b7_a_number_means_one_codec_in_all_sections_of_a_bundle() {
    let sections = [
        muxed(section("audio", 5000, &[(96, "opus/48000")])),
        muxed(section("video", 5002, &[(96, "VP8/90000")])),
    ];
    let offer = bundling(alice(sections.clone()), BundlePolicy::MaxCompat).create_offer().unwrap();
    assert_eq!(numbers(&offer, 0), [96]);
    assert_ne!(numbers(&offer, 1), [96]);
    let apart = alice(sections).create_offer().unwrap();
    assert_eq!(numbers(&apart, 1), [96], "apart they may be the same");
}

// Browsers (RFC 8829).

fn ice(name: &str) -> Ice {
    Ice {
        ufrag: format!("{name}{name}"),
        pwd: name.repeat(12),
        options: vec!["trickle".into(), "ice2".into()],
        candidates: vec![],
        complete: false,
    }
}

fn dtls() -> Dtls {
    Dtls { fingerprints: vec!["sha-256 AA:BB".into()], tls_id: None, answers: Setup::Active }
}

fn browser(name: &str) -> OfferAnswer {
    let audio =
        MediaCapability::audio(9).codec(111, CodecSpec::new("opus", 48_000).with_channels(2));
    let video = MediaCapability::video(9)
        .codec(96, CodecSpec::new("VP8", 90_000).with_feedback("nack").with_feedback("ccm fir"))
        .codec(97, CodecSpec::new("rtx", 90_000).with_fmtp("apt=96"));
    let sections = [audio, video, MediaCapability::data_channel(9)];
    let sections = sections.map(|section| section.webrtc(ice(name), dtls()));
    OfferAnswer::new(Session::webrtc(4_611_731_400_430_051_336), sections)
}

#[test]
fn j1_j2_j3_j4_j5_j9_a_browser_says_who_it_is_and_where_it_is_not() {
    let offer = browser("ab").create_offer().unwrap();
    let origin = offer.origin().unwrap().unwrap();
    assert_eq!((origin.username(), origin.address()), (&b"-"[..], "0.0.0.0"));
    assert_eq!(offer.connection().unwrap(), None);
    let options = offer.attributes().require(attribute::IceOptions).unwrap();
    assert_eq!(options.as_str(), "trickle ice2");
    let protocols: Vec<_> = offer.media().map(|media| media.protocol()).collect();
    assert_eq!(protocols, ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"]);
    for media in offer.media() {
        assert_eq!(media.port(), 9);
        assert_eq!(media.connection().unwrap().unwrap().address(), "0.0.0.0");
        assert!(!media.is_hold(), "an address that is not known yet is no hold");
        assert_eq!(media.attributes().require(attribute::Setup).unwrap().name(), "actpass");
        assert!(!media.attributes().has(attribute::Crypto));
    }
    assert!(!offer.attributes().has(attribute::IceLite));
}

#[test]
fn j4_the_role_in_dtls_is_taken_once_and_kept() {
    let (mut alice, mut bob) = (browser("ab"), browser("cd"));
    exchange(&mut alice, &mut bob);
    assert_eq!(bob.streams()[0].setup(), Some(Setup::Active));
    assert_eq!(alice.streams()[2].setup(), Some(Setup::Passive));
    exchange(&mut bob, &mut alice);
    assert_eq!(
        alice
            .local()
            .unwrap()
            .media_at(0)
            .unwrap()
            .attributes()
            .require(attribute::Setup)
            .unwrap()
            .name(),
        "passive"
    );
    for (offered, role) in [("active", Setup::Passive), ("passive", Setup::Active)] {
        let offer = alice.create_offer().unwrap();
        alice.roll_back().unwrap();
        let offer = SessionDescription::parse(text(&offer).replace("actpass", offered)).unwrap();
        let mut other = browser("ef");
        answer(&mut other, offer);
        assert_eq!(other.streams()[0].setup(), Some(role), "{offered}");
    }
}

#[test]
fn j6_retransmission_feedback_and_extensions_are_at_most_those_of_the_offer() {
    let mut bob = browser("cd");
    let extension = |uri: &str| HeaderExtension { uri: uri.into(), direction: Direction::SendRecv };
    bob.capability_mut(1).unwrap().extensions = vec![extension("urn:a"), extension("urn:b")];
    let offer = description(
        "a=ice-ufrag:xxxx\na=ice-pwd:xxxxxxxxxxxxxxxxxxxxxx\na=fingerprint:sha-256 AA:BB\na=setup:actpass\n\
         m=audio 0 RTP/AVP 0\nm=video 9 UDP/TLS/RTP/SAVPF 100\na=rtcp-mux\na=rtpmap:100 VP8/90000\n\
         a=rtcp-fb:100 nack\na=rtcp-fb:100 nack pli\na=extmap:5 urn:b\na=extmap:7/recvonly urn:c\n",
    );
    // Its own capability is chosen for the section: the wish above is for its own offers.
    let mut video = browser("cd").capability_mut(1).unwrap().clone();
    video.extensions = vec![extension("urn:a"), extension("urn:b")];
    let mut bob = OfferAnswer::new(Session::webrtc(7), [video]);
    let answer = answer(&mut bob, offer);
    let media = answer.media_at(1).unwrap();
    assert_eq!(media.payload_types().collect::<Vec<_>>(), [100], "no retransmission was offered");
    let feedback: Vec<_> = media.attributes().lines("rtcp-fb").map(|line| line.value()).collect();
    assert_eq!(feedback, [b"rtcp-fb:100 nack"]);
    let extensions: Vec<_> = media.attributes().lines("extmap").map(|line| line.value()).collect();
    assert_eq!(extensions, [b"extmap:5 urn:b"]);
}

#[test]
fn j7_a_later_offer_has_the_order_of_the_answer_and_what_is_new_behind() {
    let mut alice = alice([section("audio", 9, &[PCMU, PCMA])]);
    alice.create_offer().unwrap();
    alice.receive_answer(description("m=audio 9 RTP/AVP 8 0\n")).unwrap();
    *alice.capability_mut(0).unwrap() = section("audio", 9, &[ILBC, PCMU, PCMA]);
    assert_eq!(numbers(&alice.create_offer().unwrap(), 0), [8, 0, 97]);
}

#[test]
fn j8_a_section_that_stopped_loses_its_media_stream_and_its_place_is_used_with_a_new_name() {
    let (mut alice, mut bob) = (browser("ab"), browser("cd"));
    alice.capability_mut(1).unwrap().msids.push("stream".into());
    exchange(&mut alice, &mut bob);
    let mid = alice.streams()[1].mid().unwrap().to_owned();
    alice.remove_media(1).unwrap();
    let offer = alice.create_offer().unwrap();
    let media = offer.media_at(1).unwrap();
    assert_eq!((media.port(), media.attributes().has(attribute::Msid)), (0, false));
    let made = answer(&mut bob, offer);
    alice.receive_answer(made).unwrap();
    let mut video = browser("ab").capability_mut(1).unwrap().clone();
    video.mid = None;
    assert_eq!(alice.add_media(video), 1);
    let offer = alice.create_offer().unwrap();
    assert_ne!(offer.media_at(1).unwrap().mid().unwrap(), mid);
}

#[test]
fn j10_groups_for_lip_synchronization_are_kept_as_far_as_their_sections_are() {
    let offer = description(
        "a=group:LS a v\na=group:FID v w\nm=audio 9 RTP/AVP 0\na=mid:a\nm=video 9 RTP/AVP 31\na=mid:v\n\
         m=video 9 RTP/AVP 96\na=mid:w\n",
    );
    let answer = answer(&mut bob(two()), offer);
    let groups: Vec<_> = answer
        .attributes()
        .lines("group")
        .map(|line| String::from_utf8_lossy(line.value()).into_owned())
        .collect();
    assert_eq!(groups, ["group:LS a v", "group:FID v"]);
}

#[test]
fn j11_new_credentials_are_a_restart_of_ice() {
    let (mut alice, mut bob) = (browser("ab"), browser("cd"));
    exchange(&mut alice, &mut bob);
    exchange(&mut alice, &mut bob);
    assert!(!bob.streams()[0].is_ice_restarted());
    for section in 0..3 {
        alice.capability_mut(section).unwrap().ice = Some(ice("ef"));
    }
    bob.receive_offer(alice.create_offer().unwrap()).unwrap();
    assert!(bob.proposed().iter().all(Stream::is_ice_restarted));
}

#[test]
fn the_offer_of_chrome_is_answered() {
    let offer = include_str!("../../../../testdata/sdp/webrtc.sdp");
    let mut bob = browser("cd");
    let answer = answer(&mut bob, SessionDescription::parse(offer).unwrap());
    let sections: Vec<_> =
        answer.media().map(|m| (m.port(), m.payload_types().collect::<Vec<_>>())).collect();
    assert_eq!(sections[0], (9, vec![111]));
    assert_eq!(sections[1].0, 9);
    assert_eq!(answer.bundles().next().unwrap().mids().collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(sdp::lint(&answer), []);
}

// Keys of SDES (RFC 4568).

fn sdes(suite: &str, key: &str) -> SdesKey {
    SdesKey { suite: suite.into(), parameters: format!("inline:{key}") }
}

fn encrypted(keys: &[SdesKey]) -> MediaCapability {
    let mut audio = section("audio", 9, &[PCMU]);
    audio.protocol = "RTP/SAVP".into();
    audio.sdes = keys.to_vec();
    audio
}

#[test]
fn sdes_takes_the_first_suite_that_both_have_under_its_tag() {
    let mut alice = alice([encrypted(&[
        sdes("AES_256_CM_HMAC_SHA1_80", "a256"),
        sdes("AES_CM_128_HMAC_SHA1_80", "a128"),
    ])]);
    let mut bob = bob([encrypted(&[
        sdes("AES_CM_128_HMAC_SHA1_32", "b32"),
        sdes("AES_CM_128_HMAC_SHA1_80", "b80"),
    ])]);
    let offer = alice.create_offer().unwrap();
    assert!(text(&offer).contains("a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:a256\r\n"));
    let made = answer(&mut bob, offer);
    assert!(text(&made).contains("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:b80\r\n"));
    alice.receive_answer(made).unwrap();
    let keys = alice.streams()[0].sdes().unwrap();
    assert_eq!(
        (keys.ours.parameters.as_str(), keys.theirs.parameters.as_str()),
        ("inline:a128", "inline:b80")
    );
}

#[test]
fn media_that_must_be_protected_are_not_agreed_on_in_clear() {
    let mut bob = bob([encrypted(&[sdes("AES_CM_128_HMAC_SHA1_80", "b80")])]);
    bob.receive_offer(description("m=audio 9 RTP/AVP 0\n")).unwrap();
    assert_eq!(bob.proposed()[0].state(), StreamState::Rejected(Refusal::Security));
    let mut plain = self::bob([section("audio", 9, &[PCMU])]);
    plain
        .receive_offer(description(
            "m=audio 9 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n",
        ))
        .unwrap();
    assert_eq!(plain.proposed()[0].state(), StreamState::Rejected(Refusal::Security));
}

#[test]
fn profiles_are_mixed_up_by_peers_and_taken_unless_that_is_off() {
    let offer = || description("m=audio 9 RTP/AVPF 0\n");
    let mut bob = bob([section("audio", 9, &[PCMU])]);
    let made = answer(&mut bob, offer());
    assert_eq!(made.media_at(0).unwrap().protocol(), "RTP/AVPF", "that of the offer");
    let mut strict = self::bob([section("audio", 9, &[PCMU])]);
    strict.session_mut().any_profile = false;
    strict.receive_offer(offer()).unwrap();
    assert_eq!(strict.proposed()[0].state(), StreamState::Rejected(Refusal::Protocol));
}

#[test]
fn nothing_can_be_smuggled_into_a_description() {
    let mut audio = section("audio", 9, &[PCMU]);
    audio.attributes.push(("x".into(), Some("y\r\na=inactive".into())));
    assert!(matches!(alice([audio]).create_offer(), Err(NegotiationError::Value(_))));
    let mut side = alice([]);
    side.session_mut().name = "a\0b".into();
    assert!(matches!(side.create_offer(), Err(NegotiationError::Value(_))));
    let bad = MediaCapability::new("audio", 9, "RTP/AVP", Formats::Other(vec!["a b\tc".into()]));
    assert!(alice([bad]).create_offer().is_err());
}
