//! RFC 9143 §7 and §18: bundles.

use sdp::offer_answer::{BundlePolicy, HeaderExtension, MediaCapability, OfferAnswer, RtcpMux};
use sdp::{Address, Direction, SessionDescription};

use crate::{assert_is, essence, example, exchange, section, side};

const AUDIO: &[(u8, &str)] = &[(0, "PCMU/8000"), (8, "PCMA/8000"), (97, "iLBC/8000")];
const VIDEO: &[(u8, &str)] = &[(31, "H261/90000"), (32, "MPV/90000")];

fn bundled(media_type: &str, port: u16, mid: &str, codecs: &[(u8, &str)]) -> MediaCapability {
    let mut capability = section(media_type, port, codecs);
    capability.mid = Some(mid.into());
    capability.rtcp_mux = RtcpMux::Negotiate;
    let bandwidth = if media_type == "audio" { 200 } else { 1000 };
    capability.bandwidths.push(("AS".into(), bandwidth));
    capability.extensions.push(HeaderExtension {
        uri: "urn:ietf:params:rtp-hdrext:sdes:mid".into(),
        direction: Direction::SendRecv,
    });
    capability
}

fn address(host: &str) -> Address {
    Address { address_type: "IP6".into(), host: host.into() }
}

fn with_policy(mut side: OfferAnswer, host: &str, bundle: BundlePolicy) -> OfferAnswer {
    let session = side.session_mut();
    session.bundle = bundle;
    session.origin = address(host);
    session.connection = Some(address(host));
    side
}

fn alice(bundle: BundlePolicy) -> OfferAnswer {
    let id = 2_890_844_526;
    let sections = [bundled("audio", 10000, "foo", AUDIO), bundled("video", 10002, "bar", VIDEO)];
    with_policy(side("alice", (id, id), "", sections), "2001:db8::3", bundle)
}

fn bob(bundle: BundlePolicy) -> OfferAnswer {
    let id = 2_808_844_564;
    let sections =
        [bundled("audio", 20000, "", &AUDIO[..1]), bundled("video", 30000, "", &VIDEO[1..])];
    with_policy(side("bob", (id, id), "", sections), "2001:db8::1", bundle)
}

/// The same description with another version, which the RFC leaves as it was, and with the formats
/// of its video in another order: RFC 8829 §5.2.2 has those that were agreed on first.
#[track_caller]
fn assert_is_but_for_version(description: &SessionDescription, name: &str) {
    let without = |description: &SessionDescription| {
        let mut essence = essence(description);
        essence[0] = essence[0].lines().filter(|line| !line.starts_with("o=")).collect();
        essence.iter_mut().for_each(|lines| *lines = lines.replace("AVP 32 31", "AVP 31 32"));
        essence
    };
    let text = String::from_utf8_lossy(description.as_bytes()).into_owned();
    assert_eq!(without(description), without(&example(name)), "{name}:\n{text}");
}

#[test]
fn sections_7_2_2_and_7_3_4_each_section_of_the_first_offer_has_its_own_port() {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxCompat), bob(BundlePolicy::MaxCompat));
    exchange(&mut alice, &mut bob, "9143-001.sdp", "9143-003.sdp");
    assert_eq!(alice.streams()[1].bundle(), Some(0));
    assert!(alice.streams()[1].rtcp_mux(), "that of the section that carries the bundle");
    let transport = alice.remote_transport(1).unwrap();
    assert_eq!((transport.index(), transport.port()), (0, 20000));
}

#[test]
fn section_7_2_2_a_section_is_there_with_the_bundle_alone() {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxBundle), bob(BundlePolicy::MaxBundle));
    exchange(&mut alice, &mut bob, "9143-002.sdp", "9143-003.sdp");
    // Without bundles there is no place for it (RFC 9143 §6).
    let (mut alice, mut bob) =
        (self::alice(BundlePolicy::MaxBundle), self::bob(BundlePolicy::Disabled));
    bob.receive_offer(alice.create_offer().unwrap()).unwrap();
    alice.receive_answer(bob.create_answer().unwrap()).unwrap();
    assert!(alice.streams()[0].is_active() && !alice.streams()[1].is_active());
}

#[test]
fn sections_7_3_5_and_7_4_1_the_ports_of_rfc_8843_are_taken() {
    let mut bob = bob(BundlePolicy::Balanced);
    bob.receive_offer(example("9143-004.sdp")).unwrap();
    assert_is(&bob.create_answer().unwrap(), "9143-003.sdp");
    let mut alice = alice(BundlePolicy::MaxCompat);
    alice.create_offer().unwrap();
    alice.receive_answer(example("9143-005.sdp")).unwrap();
    assert!(alice.streams()[1].is_active());
    assert_eq!(alice.streams()[1].bundle(), Some(0));
}

#[test]
fn section_18_1_the_first_section_carries_the_bundle() {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxCompat), bob(BundlePolicy::MaxCompat));
    exchange(&mut alice, &mut bob, "9143-006.sdp", "9143-007.sdp");
}

#[test]
fn section_18_2_who_does_not_bundle_answers_as_ever() {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxCompat), bob(BundlePolicy::Disabled));
    let offer = alice.create_offer().unwrap();
    assert_is(&offer, "9143-008.sdp");
    bob.receive_offer(offer).unwrap();
    let answer = bob.create_answer().unwrap();
    // The RFC's answerer does not know `a=mid` and `a=extmap` either.
    let printed = example("9143-009.sdp");
    for (ours, theirs) in answer.media().zip(printed.media()) {
        assert_eq!(
            (ours.port(), ours.payload_types().next()),
            (theirs.port(), theirs.payload_types().next())
        );
    }
    assert_eq!(answer.bundles().count(), 0);
    alice.receive_answer(printed).unwrap();
    assert!(alice.streams().iter().all(|stream| stream.is_active() && stream.bundle().is_none()));
}

#[test]
fn section_18_3_a_section_is_added_to_the_bundle() {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxCompat), bob(BundlePolicy::MaxCompat));
    exchange(&mut alice, &mut bob, "9143-006.sdp", "9143-007.sdp");
    // As an answer to what the RFC prints, where the new section carries the bundle …
    bob.add_capability(bundled("video", 20000, "", &[(66, "H261/90000")]));
    let mut other = bob.clone();
    other.receive_offer(example("9143-010.sdp")).unwrap();
    assert_is_but_for_version(&other.create_answer().unwrap(), "9143-011.sdp");
    // … and as an offer, where it is the old one.
    alice.add_media(bundled("video", 9, "zen", &[(66, "H261/90000")]));
    let offer = alice.create_offer().unwrap();
    assert!(offer.media().all(|media| media.port() == 10000), "one address for all");
    let group = offer.bundles().next().unwrap();
    assert_eq!(group.mids().collect::<Vec<_>>(), ["foo", "bar", "zen"]);
    let muxed: Vec<_> =
        offer.media().map(|media| media.attributes().has(sdp::attribute::RtcpMux)).collect();
    assert_eq!(muxed, [true, false, false], "said once for the transport");
    bob.receive_offer(offer).unwrap();
    alice.receive_answer(bob.create_answer().unwrap()).unwrap();
    assert_eq!(alice.streams()[2].bundle(), Some(0));
}

/// Both sides with three sections in one bundle.
fn three() -> (OfferAnswer, OfferAnswer) {
    let (mut alice, mut bob) = (alice(BundlePolicy::MaxCompat), bob(BundlePolicy::MaxCompat));
    let mut zen = bundled("video", 50000, "zen", &[(66, "H261/90000")]);
    alice.add_media(zen.clone());
    zen.port = 60000;
    bob.add_capability(zen);
    bob.receive_offer(alice.create_offer().unwrap()).unwrap();
    alice.receive_answer(bob.create_answer().unwrap()).unwrap();
    assert_eq!(alice.streams()[2].bundle(), Some(0));
    (alice, bob)
}

#[test]
fn section_18_4_a_section_is_moved_out_of_the_bundle() {
    let (mut alice, mut bob) = three();
    let zen = alice.capability_mut(2).unwrap();
    zen.bundled = false;
    zen.extensions.clear();
    let offer = alice.create_offer().unwrap();
    assert_is_but_for_version(&offer, "9143-012.sdp");
    bob.receive_offer(offer).unwrap();
    let answer = bob.create_answer().unwrap();
    assert_is_but_for_version(&answer, "9143-013.sdp");
    alice.receive_answer(answer).unwrap();
    assert_eq!((alice.streams()[1].bundle(), alice.streams()[2].bundle()), (Some(0), None));
}

#[test]
fn section_18_5_a_section_of_the_bundle_is_disabled() {
    let (mut alice, mut bob) = three();
    alice.remove_media(2).unwrap();
    let offer = alice.create_offer().unwrap();
    assert_is_but_for_version(&offer, "9143-014.sdp");
    bob.receive_offer(offer).unwrap();
    assert_is_but_for_version(&bob.create_answer().unwrap(), "9143-015.sdp");
}
