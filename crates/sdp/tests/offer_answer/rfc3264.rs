//! RFC 3264 §9 and §10.

use sdp::offer_answer::{MediaCapability, OfferAnswer};
use sdp::{Address, Direction};

use crate::{assert_is, exchange, section, side};

fn alice(capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("alice", (2_890_844_526, 2_890_844_526), "host.anywhere.com", capabilities)
}

fn bob(version: u64, capabilities: impl IntoIterator<Item = MediaCapability>) -> OfferAnswer {
    side("bob", (2_890_844_730, version), "host.example.com", capabilities)
}

#[test]
fn section_9_capabilities_are_told_with_ports_of_0() {
    let id = 28_908_764_872;
    let mut carol = side(
        "carol",
        (id, id),
        "100.3.6.6",
        [
            section("audio", 49170, &[(0, "PCMU/8000"), (1, "1016/8000"), (3, "GSM/8000")]),
            section("video", 51372, &[(31, "H261/90000"), (34, "H263/90000")]),
        ],
    );
    carol.session_mut().connection = Some(Address::name("192.0.2.4"));
    let told = carol.capabilities().unwrap();
    let printed = crate::example("3264-001.sdp");
    // The RFC prints `t=` in front of `c=`, which its own grammar does not allow.
    let lines = |description: &sdp::SessionDescription| -> Vec<String> {
        let lines = description.lines().filter(|line| line.letter() != Some(b's'));
        let lines = lines.map(|line| format!("{line:?}")).filter(|line| line != "a=sendrecv");
        let mut lines: Vec<_> = lines.collect();
        lines[2..4].sort();
        lines
    };
    assert_eq!(lines(&told), lines(&printed));
    assert!(carol.streams().is_empty(), "nothing has begun");
}

#[test]
fn section_10_1_the_basic_exchange() {
    let pcmu = [(0, "PCMU/8000")];
    let events = [(110, "telephone-events/8000")];
    let mut alice = alice([
        section("audio", 49170, &pcmu),
        section("video", 51372, &[(31, "H261/90000")]),
        section("video", 53000, &[(32, "MPV/90000")]),
    ]);
    let mut bob = bob(
        2_890_844_730,
        [section("audio", 49920, &pcmu), section("video", 53000, &[(32, "MPV/90000")])],
    );
    exchange(&mut alice, &mut bob, "3264-002.sdp", "3264-003.sdp");
    assert!(!alice.streams()[1].is_active());

    bob.capability_mut(0).unwrap().port = 65422;
    let mut recvonly = section("audio", 51434, &events);
    recvonly.direction = Direction::RecvOnly;
    // The place of a section that was refused is not used again here, as in the RFC.
    assert_eq!(bob.append_media(recvonly), 3);
    alice.add_capability(section("audio", 53122, &events));
    exchange(&mut bob, &mut alice, "3264-004.sdp", "3264-005.sdp");
    assert!(alice.streams()[3].may_send() && !bob.streams()[3].may_send());
}

#[test]
fn section_10_2_one_of_n_codecs_is_selected() {
    let codecs = [(0, "PCMU/8000"), (4, "G723/8000"), (18, "G729/8000")];
    let mut audio = section("audio", 62986, &codecs);
    audio.direction = Direction::Inactive;
    let mut alice = alice([audio]);
    let mut bob = bob(2_890_844_731, [section("audio", 54344, &codecs[..2])]);
    exchange(&mut alice, &mut bob, "3264-006.sdp", "3264-007.sdp");
    *alice.capability_mut(0).unwrap() = section("audio", 62986, &codecs[1..2]);
    exchange(&mut alice, &mut bob, "3264-008.sdp", "3264-009.sdp");
    assert!(alice.streams()[0].may_send() && bob.streams()[0].may_send());
    assert_is(alice.local().unwrap(), "3264-008.sdp");
}
