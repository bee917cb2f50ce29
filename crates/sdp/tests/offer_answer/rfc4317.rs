//! RFC 4317: every case, from both sides.

use sdp::offer_answer::{MediaCapability, OfferAnswer};
use sdp::{Address, Direction};

use crate::{assert_is, example, exchange, section, side};

const PCMU: (u8, &str) = (0, "PCMU/8000");
const PCMA: (u8, &str) = (8, "PCMA/8000");
const ILBC: (u8, &str) = (97, "iLBC/8000");
const DTMF: (u8, &str) = (98, "telephone-event/8000");
const H261: (u8, &str) = (31, "H261/90000");
const MPV: (u8, &str) = (32, "MPV/90000");

fn alice(capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("alice", (2_890_844_526, 2_890_844_526), "host.atlanta.example.com", capabilities)
}

fn bob(capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("bob", (2_808_844_564, 2_808_844_564), "host.biloxi.example.com", capabilities)
}

fn directed(capability: MediaCapability, direction: Direction) -> MediaCapability {
    let mut capability = capability;
    capability.direction = direction;
    capability
}

#[test]
fn section_2_1_one_codec_of_each_section_is_picked() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, PCMA, ILBC]),
        section("video", 51372, &[H261, MPV]),
    ]);
    let mut bob = bob([section("audio", 49174, &[PCMU]), section("video", 49170, &[MPV])]);
    exchange(&mut alice, &mut bob, "4317-001.sdp", "4317-002.sdp");
    let codec = &alice.streams()[0].codecs()[0];
    assert_eq!((codec.ours.encoding.as_str(), codec.send, codec.receive), ("PCMU", 0, 0));
}

#[test]
fn section_2_2_a_refused_section_stays_and_an_offer_settles_the_codec() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, PCMA, ILBC]),
        section("video", 51372, &[H261, MPV]),
    ]);
    let mut bob = bob([section("audio", 49172, &[PCMU, PCMA])]);
    exchange(&mut alice, &mut bob, "4317-003.sdp", "4317-004.sdp");
    assert!(!alice.streams()[1].is_active());
    *alice.capability_mut(0).unwrap() = section("audio", 51372, &[PCMU]);
    exchange(&mut alice, &mut bob, "4317-005.sdp", "4317-006.sdp");
}

#[test]
fn section_2_3_an_answer_may_give_a_codec_another_number() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, PCMA, ILBC]),
        section("video", 51372, &[H261, MPV]),
    ]);
    assert_is(&alice.create_offer().unwrap(), "4317-007.sdp");
    alice.receive_answer(example("4317-008.sdp")).unwrap();
    let codec = &alice.streams()[0].codecs()[0];
    assert_eq!((codec.ours.encoding.as_str(), codec.receive, codec.send), ("iLBC", 97, 99));

    // Our own answers keep the numbers of the offer, as RFC 3264 §6.1 would have it.
    let mut bob =
        bob([section("audio", 49172, &[(99, "iLBC/8000")]), section("video", 51374, &[H261])]);
    bob.receive_offer(example("4317-007.sdp")).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_eq!(answer.media_at(0).unwrap().payload_types().collect::<Vec<_>>(), [97]);
}

#[test]
fn section_2_4_digits_go_in_a_stream_of_their_own() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, ILBC]),
        directed(section("audio", 49172, &[DTMF]), Direction::SendOnly),
    ]);
    let mut bob = bob([section("audio", 49172, &[ILBC]), section("audio", 49174, &[DTMF])]);
    exchange(&mut alice, &mut bob, "4317-009.sdp", "4317-010.sdp");
    assert!(alice.streams()[1].may_send() && !bob.streams()[1].may_send());
}

#[test]
fn section_2_5_a_peer_moves_and_what_has_not_changed_keeps_its_version() {
    let mut alice = alice([section("audio", 49170, &[ILBC]), section("video", 51372, &[H261])]);
    let mut bob = bob([section("audio", 49174, &[ILBC]), section("video", 49170, &[H261])]);
    exchange(&mut alice, &mut bob, "4317-011.sdp", "4317-012.sdp");
    bob.session_mut().connection = Some(Address::name("newhost.biloxi.example.com"));
    bob.capability_mut(0).unwrap().port = 49178;
    bob.capability_mut(1).unwrap().port = 49188;
    exchange(&mut bob, &mut alice, "4317-013.sdp", "4317-014.sdp");
}

#[test]
fn section_2_6_the_first_of_two_sections_is_refused() {
    let events = (101, "telephone-event/8000");
    let mut alice =
        alice([section("audio", 49170, &[PCMU]), section("audio", 51372, &[ILBC, events])]);
    let mut bob = bob([section("audio", 49170, &[ILBC, events])]);
    exchange(&mut alice, &mut bob, "4317-015.sdp", "4317-016.sdp");
}

#[test]
fn section_2_7_a_codec_is_added() {
    let ilbc = (99, "iLBC/8000");
    let mut alice = alice([section("audio", 49170, &[ilbc]), section("video", 51372, &[H261])]);
    let mut bob = bob([section("audio", 49172, &[ilbc]), section("video", 51374, &[H261, MPV])]);
    exchange(&mut alice, &mut bob, "4317-017.sdp", "4317-018.sdp");
    *alice.capability_mut(1).unwrap() = section("video", 51372, &[H261, MPV]);
    exchange(&mut alice, &mut bob, "4317-019.sdp", "4317-020.sdp");
}

#[test]
fn section_2_8_a_section_has_an_address_of_its_own() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, PCMA, ILBC]),
        section("video", 51372, &[H261, MPV]),
    ]);
    let mut video = section("video", 49172, &[MPV]);
    video.connection = Some(Address::name("otherhost.biloxi.example.com"));
    let mut bob = bob([section("audio", 49174, &[PCMU]), video]);
    exchange(&mut alice, &mut bob, "4317-021.sdp", "4317-022.sdp");
    assert_eq!(
        alice.remote_transport(1).unwrap().address().unwrap().unwrap().host,
        "otherhost.biloxi.example.com"
    );
}

#[test]
fn section_3_1_an_answer_holds_and_an_offer_resumes() {
    let mut alice = alice([section("audio", 49170, &[PCMU, ILBC])]);
    let mut bob = bob([section("audio", 49172, &[ILBC])]);
    bob.session_mut().connection = Some(Address::name("placeholder.biloxi.example.com"));
    let offer = alice.create_offer().unwrap();
    assert_is(&offer, "4317-023.sdp");
    bob.receive_offer(offer).unwrap();
    bob.hold(0).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_is(&answer, "4317-024.sdp");
    alice.receive_answer(answer).unwrap();
    assert!(alice.streams()[0].is_held_by_peer() && !alice.streams()[0].may_send());

    bob.session_mut().connection = Some(Address::name("host.biloxi.example.com"));
    bob.capability_mut(0).unwrap().port = 49170;
    bob.resume(0).unwrap();
    alice.capability_mut(0).unwrap().port = 49178;
    exchange(&mut bob, &mut alice, "4317-025.sdp", "4317-026.sdp");
    assert!(alice.streams()[0].may_send());
}

#[test]
fn section_3_2_one_of_two_streams_is_held() {
    let mut alice = alice([
        section("audio", 49170, &[PCMU, ILBC]),
        directed(section("audio", 49172, &[DTMF]), Direction::SendOnly),
    ]);
    let mut bob = bob([
        section("audio", 49172, &[ILBC]),
        directed(section("audio", 49174, &[DTMF]), Direction::RecvOnly),
    ]);
    exchange(&mut alice, &mut bob, "4317-027.sdp", "4317-028.sdp");
    bob.hold(0).unwrap();
    let offer = bob.create_offer().unwrap();
    assert_is(&offer, "4317-029.sdp");
    alice.receive_offer(offer).unwrap();
    let answer = alice.create_answer().unwrap();
    // The RFC prints an answer without direction to an offer that only sends, with a codec that
    // was not offered, and a version that went up though the text calls it the same. RFC 3264 §6.1
    // wants the stream to be received only, and both are what we say.
    let audio = answer.media_at(0).unwrap();
    assert_eq!(audio.direction(), Direction::RecvOnly);
    assert_eq!(audio.payload_types().collect::<Vec<_>>(), [97]);
    bob.receive_answer(example("4317-030.sdp")).unwrap();
    assert_eq!(bob.streams()[0].direction(), Direction::SendOnly, "the answer cannot widen it");
}

#[test]
fn section_4_1_a_second_stream_is_added() {
    let mut dtmf = directed(section("audio", 49172, &[DTMF]), Direction::SendOnly);
    let mut alice = alice([section("audio", 49170, &[PCMU, ILBC])]);
    let mut bob = bob([section("audio", 49170, &[ILBC])]);
    exchange(&mut alice, &mut bob, "4317-031.sdp", "4317-032.sdp");
    let mut added = directed(section("audio", 48282, &[DTMF]), Direction::RecvOnly);
    added.connection = Some(Address::name("mediaserver.biloxi.example.com"));
    assert_eq!(bob.add_media(added), 1);
    // Alice learns what a second stream could be only now.
    dtmf.port = 49172;
    alice.add_capability(dtmf);
    exchange(&mut bob, &mut alice, "4317-033.sdp", "4317-034.sdp");
}

#[test]
fn section_4_2_video_is_added() {
    let mut alice = alice([section("audio", 49170, &[PCMU])]);
    let mut bob = bob([section("audio", 49172, &[PCMU]), section("video", 49168, &[H261])]);
    exchange(&mut alice, &mut bob, "4317-035.sdp", "4317-036.sdp");
    alice.add_media(section("video", 49172, &[H261]));
    exchange(&mut alice, &mut bob, "4317-037.sdp", "4317-038.sdp");
}

#[test]
fn section_4_3_video_is_ended() {
    let mut alice = alice([section("audio", 49170, &[ILBC]), section("video", 51372, &[H261])]);
    let mut bob = bob([section("audio", 49174, &[ILBC]), section("video", 49170, &[H261])]);
    exchange(&mut alice, &mut bob, "4317-039.sdp", "4317-040.sdp");
    bob.remove_media(1).unwrap();
    exchange(&mut bob, &mut alice, "4317-041.sdp", "4317-042.sdp");
    assert!(!alice.streams()[1].is_active());
}

#[test]
fn section_5_1_a_session_begins_without_any_section() {
    let mut alice = alice([]);
    let mut bob = bob([section("audio", 49172, &[ILBC])]);
    exchange(&mut alice, &mut bob, "4317-043.sdp", "4317-044.sdp");
    alice.add_media(section("audio", 49170, &[ILBC]));
    exchange(&mut alice, &mut bob, "4317-045.sdp", "4317-046.sdp");
}

#[test]
fn section_5_2_an_offer_holds_by_its_address() {
    let mut alice = alice([section("audio", 23442, &[ILBC])]);
    let mut bob = bob([section("audio", 49170, &[ILBC])]);
    alice.session_mut().connection = Some(Address::name("0.0.0.0"));
    exchange(&mut alice, &mut bob, "4317-047.sdp", "4317-048.sdp");
    assert!(bob.streams()[0].is_held_by_peer() && !bob.streams()[0].may_send());
    alice.session_mut().connection = Some(Address::name("host.atlanta.example.com"));
    alice.capability_mut(0).unwrap().port = 49170;
    exchange(&mut alice, &mut bob, "4317-049.sdp", "4317-050.sdp");
    assert!(bob.streams()[0].may_send());
}

#[test]
fn section_5_3_an_answer_holds_by_its_address() {
    let mut alice = alice([section("audio", 49170, &[ILBC])]);
    let mut bob = bob([section("audio", 9322, &[ILBC])]);
    bob.session_mut().connection = Some(Address::name("0.0.0.0"));
    exchange(&mut alice, &mut bob, "4317-051.sdp", "4317-052.sdp");
    assert!(!alice.streams()[0].may_send());
    bob.session_mut().connection = Some(Address::name("host.biloxi.example.com"));
    bob.capability_mut(0).unwrap().port = 49172;
    exchange(&mut bob, &mut alice, "4317-053.sdp", "4317-054.sdp");
    assert!(alice.streams()[0].may_send());
}
