//! What is seen of dialogs: targets, route sets, tags, order, session timers, PRACK.

use crate::scene::{ALICE, BOB, PROXY, Scene, invite, request};

const NONE: [String; 0] = [];

#[test]
fn a_bye_to_another_place_than_contact_is_said() {
    let mut scene = Scene::new();
    scene.call();
    scene.out(&request("BYE", 2).within("b").with_uri("sip:bob@198.51.100.7"));
    assert_eq!(
        scene.found(),
        ["wrong-target: BYE goes to sip:bob@198.51.100.7, where Contact was sip:bob@192.0.2.4"]
    );
}

#[test]
fn the_callee_s_requests_go_to_the_caller_s_contact() {
    let mut scene = Scene::new();
    scene.call();
    scene.back(&request("BYE", 1).of_bob("b").with_uri("sip:alice@atlanta.example"));
    assert_eq!(
        scene.found(),
        [
            "wrong-target: BYE goes to sip:alice@atlanta.example, where Contact was sip:alice@192.0.2.1"
        ]
    );
}

#[test]
fn parameters_of_the_contact_may_be_left_out() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let ok = invite().answer(200, "b").contact("sip:bob@192.0.2.4;transport=udp;ob");
    scene.back(&ok.sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b"));
    assert_eq!(scene.found(), NONE);
}

#[test]
fn a_refreshed_target_is_the_one_that_counts() {
    let mut scene = Scene::new();
    scene.call();
    let again =
        request("INVITE", 2).within("b").contact("sip:alice@192.0.2.77").sdp(&["PCMU"], &[]);
    scene.out(&again);
    scene.back(&again.answer(200, "b").contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 2).within("b"));
    let options = |number| request("OPTIONS", number).of_bob("b");
    // It may have been sent before.
    scene.back(&options(1).with_uri("sip:alice@192.0.2.1"));
    assert_eq!(scene.found(), NONE);
    scene.wait(3.0);
    scene.back(&options(2).with_uri("sip:alice@192.0.2.77"));
    assert_eq!(scene.found(), NONE);
    scene.back(&options(3).with_uri("sip:alice@192.0.2.1"));
    assert_eq!(
        scene.found(),
        [
            "wrong-target: OPTIONS goes to sip:alice@192.0.2.1, where Contact was sip:alice@192.0.2.77"
        ]
    );
}

/// A call over a proxy that has recorded itself, up to the 200.
fn over_a_proxy(record: &str) -> Scene {
    let mut scene = Scene::new();
    let recorded = format!("Record-Route: <{record}>");
    scene.seen(ALICE, PROXY, &invite());
    let on = invite().forwarded();
    scene.seen(PROXY, BOB, &on.clone().header(&recorded));
    let ok = |it: crate::scene::Draft| {
        it.answer(200, "b").header(&recorded).contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[])
    };
    scene.seen(BOB, PROXY, &ok(on));
    scene.seen(PROXY, ALICE, &ok(invite()));
    scene
}

#[test]
fn requests_follow_the_route_set_in_both_directions() {
    let mut scene = over_a_proxy("sip:proxy.invalid;lr");
    let route = "Route: <sip:proxy.invalid;lr>";
    let ack = request("ACK", 1).within("b");
    scene.seen(ALICE, PROXY, &ack.clone().header(route));
    scene.seen(PROXY, BOB, &ack.forwarded());
    let bye = request("BYE", 1).of_bob("b");
    scene.seen(BOB, PROXY, &bye.clone().header(route));
    scene.seen(PROXY, ALICE, &bye.forwarded());
    assert_eq!(scene.found(), NONE);
}

#[test]
fn a_request_that_leaves_a_proxy_out_is_said_on_either_side() {
    let mut scene = over_a_proxy("sip:proxy.invalid;lr");
    scene.seen(ALICE, BOB, &request("ACK", 1).within("b"));
    scene.seen(BOB, ALICE, &request("BYE", 1).of_bob("b"));
    assert_eq!(
        scene.found(),
        [
            "route-set-not-followed: ACK has 0 of Route for a route set of 1",
            "route-set-not-followed: BYE has 0 of Route for a route set of 1",
        ]
    );
}

#[test]
fn a_strict_router_is_the_request_uri() {
    let mut scene = over_a_proxy("sip:proxy.invalid");
    let ack = request("ACK", 1).within("b").with_uri("sip:proxy.invalid");
    scene.seen(ALICE, PROXY, &ack.header("Route: <sip:bob@192.0.2.4>"));
    assert_eq!(scene.found(), NONE);
    let bye = request("BYE", 2).within("b").header("Route: <sip:proxy.invalid>");
    scene.seen(ALICE, PROXY, &bye);
    assert_eq!(scene.found(), ["route-set-not-followed: BYE has 1 of Route for a route set of 1"]);
}

#[test]
fn a_tag_that_changes_is_said_in_requests_and_responses() {
    let mut scene = Scene::new();
    scene.call();
    scene.out(&request("BYE", 2).within("other"));
    let mut found = scene.found();
    assert_eq!(found.pop().as_deref(), Some("tag-changed: the tag in To is another"));

    let mut scene = Scene::new();
    scene.call();
    scene.out(&request("BYE", 2).tag("other", "b"));
    let mut found = scene.found();
    assert_eq!(found.pop().as_deref(), Some("tag-changed: the tag in From is another"));

    let mut scene = Scene::new();
    scene.call();
    let bye = request("BYE", 2).within("b");
    scene.out(&bye);
    scene.back(&bye.answer(200, "").within("other"));
    assert_eq!(scene.found(), ["tag-changed: the tag in To is another"]);

    let mut scene = Scene::new();
    scene.out(&request("OPTIONS", 1));
    scene.back(&request("OPTIONS", 1).answer(200, "").tag("x", "b"));
    assert_eq!(scene.found(), ["tag-changed: the tag in From is another"]);
}

#[test]
fn two_phones_that_a_proxy_rings_are_two_dialogs_and_no_changed_tag() {
    let mut scene = Scene::new();
    scene.out(&invite());
    scene.back(&invite().answer(180, "b1").contact("sip:bob@192.0.2.4"));
    scene.back(&invite().answer(180, "b2").contact("sip:bob@192.0.2.5"));
    scene.back(&invite().answer(200, "b2").contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b2"));
    let bye = request("BYE", 1).of_bob("b2");
    scene.back(&bye);
    scene.out(&bye.answer(200, "a"));
    assert_eq!(scene.found(), NONE);
    assert!(scene.observer.is_over());
}

#[test]
fn a_request_that_is_numbered_below_the_one_before_is_said() {
    let mut scene = Scene::new();
    scene.call();
    scene.out(&request("INFO", 9).within("b"));
    scene.out(&request("INFO", 5).within("b"));
    assert_eq!(scene.found(), ["out-of-order: CSeq 5 comes after 9"]);
}

#[test]
fn a_session_that_is_not_refreshed_is_said_when_it_expires() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let ok = invite().answer(200, "b").header("Session-Expires: 90;refresher=uac");
    scene.back(&ok.contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b"));
    scene.wait(60.0);
    let update = request("UPDATE", 2).within("b").contact("sip:alice@192.0.2.1");
    scene.out(&update);
    scene.back(&update.answer(200, "b").header("Session-Expires: 90;refresher=uac"));
    scene.wait(60.0);
    assert_eq!(scene.found(), NONE);
    scene.wait(31.0);
    let all = scene.all();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].to_string(), "no refresh within 90 s (RFC 4028 §10)");
    // The message that it counts from: the 200 to UPDATE.
    assert_eq!(all[0].message(), 4);
}

#[test]
fn a_session_that_has_ended_does_not_expire() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let ok = invite().answer(200, "b").header("Session-Expires: 90;refresher=uac");
    scene.back(&ok.contact("sip:bob@192.0.2.4").sdp(&["PCMU"], &[]));
    scene.out(&request("ACK", 1).within("b"));
    let bye = request("BYE", 2).within("b");
    scene.out(&bye);
    scene.back(&bye.answer(200, "b"));
    scene.wait(200.0);
    assert_eq!(scene.found(), NONE);
}

#[test]
fn a_reliable_provisional_response_without_prack_is_said() {
    let mut scene = Scene::new();
    let progress = |rseq: u32| {
        let response = invite().answer(183, "b").contact("sip:bob@192.0.2.4");
        response.header("Require: 100rel").header(&format!("RSeq: {rseq}"))
    };
    scene.out(&invite());
    scene.back(&progress(7).sdp(&["PCMU"], &[]));
    let prack = request("PRACK", 2).within("b").header("RAck: 7 1 INVITE");
    scene.out(&prack);
    scene.back(&prack.answer(200, "b"));
    scene.back(&progress(8));
    scene.wait(33.0);
    assert_eq!(scene.found(), ["no-prack: no PRACK for the response with RSeq 8"]);
}

#[test]
fn requests_that_change_the_session_from_both_sides_at_once_are_glare() {
    let mut scene = Scene::new();
    scene.call();
    let ours = request("INVITE", 2).within("b").sdp(&["PCMU"], &[]);
    let theirs = request("INVITE", 1).of_bob("b").sdp(&["PCMU"], &[]);
    scene.out(&ours);
    scene.back(&theirs);
    assert_eq!(scene.found(), ["glare: both sides change the session at once"]);
    // The 491s say it once more, of the other request only.
    scene.back(&ours.answer(491, "b"));
    scene.out(&theirs.answer(491, "a"));
    assert_eq!(scene.found(), ["glare: both sides change the session at once"]);
}

#[test]
fn a_subscription_ends_with_its_last_notify() {
    let mut scene = Scene::new();
    let subscribe =
        request("SUBSCRIBE", 1).contact("sip:alice@192.0.2.1").header("Event: presence");
    let notify = |number, state: &str| {
        let notify = request("NOTIFY", number).of_bob("b").contact("sip:bob@192.0.2.4");
        notify.header("Event: presence").header(&format!("Subscription-State: {state}"))
    };
    scene.out(&subscribe);
    // It overtakes the 200.
    scene.back(&notify(1, "active;expires=60"));
    scene.out(&notify(1, "").answer(200, "a"));
    scene.back(&subscribe.answer(200, "b").contact("sip:bob@192.0.2.4"));
    assert!(!scene.observer.is_over());
    scene.back(&notify(2, "terminated;reason=timeout"));
    scene.out(&notify(2, "").answer(200, "a"));
    assert!(scene.observer.is_over());
    assert_eq!(scene.found_at_the_end(), NONE);
}

#[test]
fn a_call_whose_beginning_was_not_seen_is_followed_without_complaint() {
    let mut scene = Scene::new();
    scene.out(&request("ACK", 1).within("b"));
    let hold = request("INVITE", 2).within("b").sdp(&["PCMU"], &["sendonly"]);
    scene.out(&hold);
    scene.back(&hold.answer(200, "b").sdp(&["PCMU"], &["recvonly"]));
    scene.out(&request("ACK", 2).within("b"));
    let bye = request("BYE", 3).within("b");
    scene.out(&bye);
    scene.back(&bye.answer(200, "b"));
    assert_eq!(scene.found(), ["ended-on-hold: ended on hold"]);
    assert!(scene.observer.is_over());
}

#[test]
fn regression_the_answer_to_a_prack_confirms_no_dialog() {
    let mut scene = Scene::new();
    scene.out(&invite());
    let progress = invite().answer(183, "b").header("Require: 100rel").header("RSeq: 1");
    scene.back(&progress);
    let prack = request("PRACK", 2).within("b").header("RAck: 1 1 INVITE");
    scene.out(&prack);
    scene.back(&prack.answer(200, "b"));
    scene.back(&invite().answer(603, "b"));
    scene.out(&invite().same_branch("ACK"));
    assert!(scene.observer.is_over());
    assert_eq!(scene.found_at_the_end(), NONE);
}
