//! The short story of a call.

use std::time::Duration;

use sip_dialog::observe::{Outcome, Side};
use sip_message::StatusCode;

use crate::scene::{ALICE, BOB, PROXY, Scene, invite, request};

const fn ms(count: u64) -> Option<Duration> {
    Some(Duration::from_millis(count))
}

#[test]
fn a_call_is_told_from_invite_to_bye() {
    let mut scene = Scene::new();
    let invite = invite().header("User-Agent: Phone/1");
    scene.out(&invite);
    scene.back(&invite.answer(100, ""));
    scene.wait(0.5);
    scene.back(&invite.answer(180, "b").header("Server: Gateway/2"));
    scene.wait(2.0);
    scene.back(&invite.answer(200, "b").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.observer.account().unwrap().outcome(), Outcome::Answered);
    scene.wait(10.0);
    let bye = request("BYE", 1).of_bob("b").header("Reason: Q.850;cause=16");
    scene.back(&bye);
    let account = scene.observer.account().unwrap();
    assert_eq!(account.outcome(), Outcome::Ended(Side::Callee));
    assert_eq!(
        (account.from(), account.to()),
        ("sip:alice@atlanta.example", "sip:bob@biloxi.example")
    );
    assert_eq!(account.post_dial_delay(), ms(540));
    assert_eq!(account.ring_time(), ms(2_020));
    assert_eq!(account.duration(), ms(10_040));
    assert_eq!(account.reason_header(), Some("Q.850;cause=16"));
    assert_eq!(account.agent(Side::Caller), Some("Phone/1"));
    assert_eq!(account.agent(Side::Callee), Some("Gateway/2"));
    assert_eq!((account.method(), account.messages()), ("INVITE", 6));
}

#[test]
fn a_challenge_is_not_the_end_of_the_story() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(407, "p"));
    scene.out(&invite().same_branch("ACK"));
    let outcome = |scene: &Scene| scene.observer.account().unwrap().outcome();
    assert_eq!(outcome(&scene), Outcome::Failed(StatusCode::new(407).unwrap()));
    let again = request("INVITE", 2).sdp(&["PCMU"], &[]);
    scene.out(&again);
    assert_eq!(outcome(&scene), Outcome::Pending);
    scene.back(&again.answer(180, "b"));
    assert_eq!(outcome(&scene), Outcome::Ringing);
    scene.back(&again.answer(200, "b").sdp(&["PCMU"], &[]));
    assert_eq!(outcome(&scene), Outcome::Answered);
}

#[test]
fn what_a_caller_takes_back_is_cancelled() {
    let mut scene = Scene::new();
    let cancel = invite().same_branch("CANCEL");
    scene.out(&invite());
    scene.back(&invite().answer(180, "b"));
    scene.wait(3.0);
    scene.out(&cancel);
    scene.back(&cancel.answer(200, "b"));
    scene.back(&invite().answer(487, "b"));
    let account = scene.observer.account().unwrap();
    assert_eq!(account.outcome(), Outcome::Cancelled);
    assert_eq!((account.ring_time(), account.duration()), (ms(3_060), None));
}

#[test]
fn the_story_is_that_of_the_first_hop() {
    let mut scene = Scene::new();
    scene.seen(ALICE, PROXY, &invite());
    let on = invite().forwarded();
    scene.seen(PROXY, BOB, &on);
    scene.seen(BOB, PROXY, &on.answer(486, "b"));
    // The proxy has not given up yet.
    assert_eq!(scene.observer.account().unwrap().outcome(), Outcome::Pending);
    scene.seen(PROXY, ALICE, &invite().answer(480, "b"));
    let failed = Outcome::Failed(StatusCode::new(480).unwrap());
    assert_eq!(scene.observer.account().unwrap().outcome(), failed);
}

#[test]
fn a_request_that_makes_no_call_is_done() {
    let mut scene = Scene::new();
    let register = request("REGISTER", 1);
    scene.out(&register);
    scene.back(&register.answer(401, "r"));
    let register = request("REGISTER", 2);
    scene.out(&register);
    scene.back(&register.answer(200, "r"));
    let account = scene.observer.account().unwrap();
    assert_eq!(account.outcome(), Outcome::Done(StatusCode::new(200).unwrap()));
    assert_eq!((account.method(), account.post_dial_delay()), ("REGISTER", None));
}

#[test]
fn a_call_that_was_not_seen_from_the_beginning_is_unknown_until_it_ends() {
    let mut scene = Scene::new();
    scene.out(&request("INFO", 5).within("b"));
    assert_eq!(scene.observer.account().unwrap().outcome(), Outcome::Unknown);
    scene.out(&request("BYE", 6).within("b"));
    let account = scene.observer.account().unwrap();
    assert_eq!(account.outcome(), Outcome::Ended(Side::Caller));
    assert_eq!(account.duration(), None);
}
