//! What is seen of transactions.

use sip_message::Severity;

use crate::scene::{ALICE, BOB, PROXY, Scene, invite, request};

const NONE: [String; 0] = [];

#[test]
fn a_call_as_it_should_be_has_no_findings() {
    let mut scene = Scene::new();
    scene.call();
    let bye = request("BYE", 2).within("b");
    scene.out(&bye);
    assert!(!scene.observer.is_over());
    scene.back(&bye.answer(200, "b"));
    assert!(scene.observer.is_over());
    assert_eq!(scene.found_at_the_end(), NONE);
}

#[test]
fn retransmissions_are_counted_at_each_hop() {
    let mut scene = Scene::new();
    let invite = invite();
    assert_eq!(scene.seen(ALICE, PROXY, &invite).retransmission, 0);
    assert_eq!(scene.seen(ALICE, PROXY, &invite).retransmission, 1);
    assert_eq!(scene.seen(ALICE, PROXY, &invite).retransmission, 2);
    // At another hop it is the first.
    assert_eq!(scene.seen(PROXY, BOB, &invite.clone().forwarded()).retransmission, 0);
    let busy = invite.answer(486, "b");
    assert_eq!(scene.seen(PROXY, ALICE, &busy).retransmission, 0);
    assert_eq!(scene.seen(PROXY, ALICE, &busy).retransmission, 1);
    let ack = invite.same_branch("ACK");
    assert_eq!(scene.seen(ALICE, PROXY, &ack).retransmission, 0);
    assert_eq!(scene.seen(ALICE, PROXY, &ack).retransmission, 1);
    assert_eq!(scene.observer.account().unwrap().retransmissions(), 4);
}

#[test]
fn a_request_without_any_response_is_said_after_64_times_t1() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.out(&invite());
    scene.out(&invite());
    scene.wait(31.0);
    assert_eq!(scene.found(), NONE);
    scene.wait(1.0);
    assert_eq!(scene.found(), ["unanswered: INVITE has no response in 32.0 s, sent again 2 times"]);
    scene.wait(100.0);
    assert_eq!(scene.found(), NONE);
    assert!(scene.observer.is_over());
}

#[test]
fn a_provisional_response_is_a_response() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(100, ""));
    scene.wait(40.0);
    assert_eq!(scene.found(), NONE);
    assert!(!scene.observer.is_over());
}

#[test]
fn a_2xx_without_ack_is_said_with_its_retransmissions() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let ok = invite().answer(200, "b").sdp(&["PCMU"], &[]);
    scene.back(&ok);
    for _ in 0..10 {
        scene.wait(4.0);
        scene.back(&ok);
    }
    assert_eq!(scene.found(), ["no-ack: no ACK for 200 in 32.1 s, sent again 7 times"]);
    assert!(!scene.observer.is_over());
}

#[test]
fn a_failure_without_ack_is_said_too() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(486, "b"));
    // An ACK of another branch is none for it.
    scene.out(&request("ACK", 1).branch("other").within("b"));
    let found = scene.found_at_the_end();
    assert_eq!(found, ["no-ack: no ACK for 486 in 40.0 s"]);
}

#[test]
fn an_ack_that_gets_lost_shows_in_the_2xx_after_it() {
    let mut scene = Scene::new();
    scene.call();
    let ok = invite().answer(200, "b").contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]);
    // This one has crossed the ACK.
    assert_eq!(scene.back(&ok).retransmission, 1);
    assert_eq!(scene.found(), NONE);
    scene.wait(1.0);
    scene.back(&ok);
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.found(), ["ack-not-heard: sent again after its ACK: the ACK gets lost"]);
}

#[test]
fn an_ack_for_no_invite_is_said() {
    let mut scene = Scene::new();
    scene.call();
    scene.out(&request("ACK", 7).within("b"));
    assert_eq!(scene.found(), ["stray-ack: ACK with CSeq 7, which no INVITE has"]);
}

#[test]
fn a_cancel_that_crosses_the_2xx_is_said_in_either_order() {
    for cancel_first in [true, false] {
        let mut scene = Scene::new();
        let (cancel, ok) =
            (invite().same_branch("CANCEL"), invite().answer(200, "b").sdp(&["PCMU"], &[]));
        scene.out(&invite());
        if cancel_first {
            scene.out(&cancel);
            scene.back(&ok);
        } else {
            scene.back(&ok);
            scene.out(&cancel);
        }
        assert_eq!(scene.found(), ["cancel-raced: CANCEL and a 2xx have crossed"]);
    }
}

#[test]
fn a_cancel_that_succeeds_is_no_finding() {
    let mut scene = Scene::new();
    let cancel = invite().same_branch("CANCEL");
    scene.out(&invite());
    scene.back(&invite().answer(180, "b"));
    scene.out(&cancel);
    scene.back(&cancel.answer(200, "b"));
    scene.back(&invite().answer(487, "b"));
    scene.out(&invite().same_branch("ACK"));
    assert!(scene.observer.is_over());
    assert_eq!(scene.found_at_the_end(), NONE);
}

#[test]
fn a_branch_for_two_requests_is_said() {
    let mut scene = Scene::new();
    let first = request("OPTIONS", 1);
    scene.out(&first);
    scene.back(&first.answer(401, "b"));
    scene.out(&request("OPTIONS", 2).via_of(&first));
    assert_eq!(scene.found(), ["branch-reused: another request has this branch"]);
}

#[test]
fn loops_and_481_are_said() {
    let mut scene = Scene::new();
    scene.out(&request("OPTIONS", 1));
    scene.back(&request("OPTIONS", 1).answer(483, "b"));
    scene.out(&request("OPTIONS", 2));
    scene.back(&request("OPTIONS", 2).answer(482, "b"));
    scene.out(&request("OPTIONS", 3));
    scene.back(&request("OPTIONS", 3).answer(481, "b"));
    assert_eq!(
        scene.found(),
        [
            "loop: the request went over too many hops",
            "loop: the request went in a circle",
            "unknown-dialog: the other side does not know what OPTIONS is for",
        ]
    );
}

#[test]
fn a_message_that_belongs_nowhere_is_said() {
    let mut scene = Scene::new();
    scene.out(&request("OPTIONS", 1).without_via());
    let all = scene.all();
    assert_eq!(all[0].to_string(), "Via is missing or bad (RFC 3261 §8.1.1)");
    assert_eq!(all[0].severity(), Severity::Error);
}

#[test]
fn what_a_call_may_hold_is_bounded() {
    let mut scene = Scene::new();
    for number in 1..2_000 {
        scene.out(&request("OPTIONS", number));
    }
    assert!(scene.found_at_the_end().len() <= 256);
}
