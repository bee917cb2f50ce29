//! DLG-034 to DLG-036: REFER and subscriptions.

use std::time::Duration;

use sip_dialog::{
    Event, Extra, InviteOptions, ReferOptions, SubscribeOptions, Subscription, SubscriptionEnd,
    SubscriptionState, refer_status,
};
use sip_message::{Method, Request};
use sip_testkit::stage::{Stage, cseq, from_tag, raw, to_tag};

use super::support::{
    CONTACT, SDP, T1, callee, caller, sdp, stage, stage_with, status, with, within,
};

/// A NOTIFY of the peer in the dialog of a SUBSCRIBE or REFER of ours.
fn notify(request: &Request, tag: &str, number: u32, lines: &str, body: &str) -> String {
    let (call_id, ours) = (raw(request, "Call-ID"), from_tag(request));
    let kind = if body.is_empty() { "" } else { "\nContent-Type: message/sipfrag;version=2.0" };
    within("NOTIFY", number, &ours, &format!("{CONTACT}\n{lines}{kind}"), "")
        .replace("call1", call_id)
        .replace("tag=alice", &format!("tag={tag}"))
        .replace("z9hG4bKNOTIFY", &format!("z9hG4bKN{tag}"))
        + body
}

#[test]
fn dlg_034_a_refer_is_accepted_and_told_of_from_100_to_the_end() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    let lines = format!(
        "{CONTACT}\nRefer-To: <sip:carol@192.0.2.9?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc&From=evil>\nReferred-By: <sip:alice@atlanta.example>"
    );
    stage.receive_text(&within("REFER", 2, &tag, &lines, ""));
    let Event::ReferAsked { notification, call: Some(_), .. } = stage.next_event() else {
        panic!()
    };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    stage.next_response(202);
    let trying = stage.next_request(Method::NOTIFY);
    assert_eq!(trying.body(), b"SIP/2.0 100 Trying\r\n");
    assert_eq!(raw(&trying, "Event"), "refer;id=2");
    assert!(raw(&trying, "Subscription-State").starts_with("active;expires="));
    assert!(raw(&trying, "Content-Type").starts_with("message/sipfrag"));
    // The call that follows has what Refer-To says, but not who it would be from.
    let options = InviteOptions::new(sdp());
    stage.agent.follow_refer(stage.now, notification, stage.flow, options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    assert_eq!(invite.uri_bytes(), b"sip:carol@192.0.2.9");
    assert_eq!(raw(&invite, "Replaces"), "a;to-tag=b;from-tag=c");
    assert_eq!(raw(&invite, "Referred-By"), "<sip:alice@atlanta.example>");
    assert!(raw(&invite, "From").contains("bob"));
    stage.answer(&invite, 180, "carol", &[CONTACT], "");
    // One NOTIFY after the other.
    stage.nothing_sent();
    stage.answer(&trying, 200, "", &[], "");
    let ringing = stage.next_request(Method::NOTIFY);
    assert_eq!(refer_status(&ringing), Some(status(180)));
    stage.answer(&ringing, 200, "", &[], "");
    stage.answer(&invite, 200, "carol", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    let ok = stage.next_request(Method::NOTIFY);
    assert_eq!(ok.body(), b"SIP/2.0 200 OK\r\n");
    assert_eq!(raw(&ok, "Subscription-State"), "terminated;reason=noresource");
    stage.answer(&ok, 200, "", &[], "");
    assert_eq!(stage.agent.counts().notifications, 0);
}

#[test]
fn dlg_034_a_refer_without_a_subscription_is_not_told_of() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    let lines = format!("{CONTACT}\nRefer-To: <sip:carol@192.0.2.9>\nRefer-Sub: false");
    stage.receive_text(&within("REFER", 2, &tag, &lines, ""));
    let Event::ReferAsked { notification, .. } = stage.next_event() else { panic!() };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    let accepted = stage.next_response(202);
    assert_eq!(raw(&accepted, "Refer-Sub"), "false");
    stage.nothing_sent();
    let Event::NotificationEnded { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::NoSubscription);
}

#[test]
fn dlg_034_two_refer_to_or_none_get_400() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("REFER", 2, &tag, CONTACT, ""));
    stage.next_response(400);
    let lines = format!("{CONTACT}\nRefer-To: <sip:a@192.0.2.9>\nRefer-To: <sip:b@192.0.2.9>");
    stage.receive_text(&within("REFER", 3, &tag, &lines, ""));
    stage.next_response(400);
    stage.nothing_told();
}

#[test]
fn dlg_034_our_refer_is_told_of_by_notify() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    let mut options = ReferOptions::default();
    options.call = Some(call);
    let target = "sip:carol@192.0.2.9";
    let subscription = stage.agent.refer(stage.now, stage.flow, "", target, options).unwrap();
    let refer = stage.next_request(Method::REFER);
    assert_eq!(raw(&refer, "Refer-To"), "<sip:carol@192.0.2.9>");
    stage.answer(&refer, 202, "", &[CONTACT], "");
    assert!(matches!(stage.next_event(), Event::Subscribed { .. }));
    let id = cseq(&refer);
    let lines = format!("Event: refer;id={id}\nSubscription-State: active;expires=60");
    stage.receive_text(&notify(&refer, "alice", 1, &lines, "SIP/2.0 100 Trying"));
    stage.next_response(200);
    let Event::Notified { subscription: told, request } = stage.next_event() else { panic!() };
    assert_eq!((told, refer_status(&request)), (subscription, Some(status(100))));
    let lines = "Event: refer\nSubscription-State: terminated;reason=noresource";
    stage.receive_text(&notify(&refer, "alice", 2, lines, "SIP/2.0 486 Busy Here"));
    stage.next_response(200);
    let Event::Notified { request, .. } = stage.next_event() else { panic!() };
    assert_eq!(refer_status(&request), Some(status(486)));
    let Event::Unsubscribed { cause, retry_after, .. } = stage.next_event() else { panic!() };
    assert_eq!((cause, retry_after), (SubscriptionEnd::NoResource, None));
    assert_eq!(stage.agent.counts().subscriptions, 0);
}

#[test]
fn dlg_034_a_2xx_that_says_refer_sub_false_ends_the_subscription() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    let mut options = ReferOptions::default();
    options.call = Some(call);
    options.without_subscription = true;
    stage.agent.refer(stage.now, stage.flow, "", "sip:carol@192.0.2.9", options).unwrap();
    let refer = stage.next_request(Method::REFER);
    assert_eq!(raw(&refer, "Refer-Sub"), "false");
    stage.answer(&refer, 202, "", &[CONTACT, "Refer-Sub: false"], "");
    assert!(matches!(stage.next_event(), Event::Subscribed { .. }));
    let Event::Unsubscribed { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::NoSubscription);
}

#[test]
fn dlg_034_an_attended_transfer_names_the_other_call() {
    let mut stage = stage();
    let (call, _) = callee(&mut stage);
    let (other, _) = caller(&mut stage);
    let mut options = ReferOptions::default();
    options.call = Some(call);
    options.replacing = Some(other);
    stage.agent.refer(stage.now, stage.flow, "", "sip:alice@192.0.2.1", options).unwrap();
    let refer = stage.next_request(Method::REFER);
    let id = stage.agent.dialog(other).unwrap().id();
    let expected = format!(
        "<sip:alice@192.0.2.1?Replaces={}%3Bto-tag%3D{}%3Bfrom-tag%3D{}>",
        id.call_id, id.remote_tag, id.local_tag
    );
    assert_eq!(raw(&refer, "Refer-To"), expected);
}

fn subscribed(stage: &mut Stage, expires: u32) -> (Subscription, Request) {
    let mut options = SubscribeOptions::default();
    options.expires = expires;
    let target = "sip:alice@192.0.2.1";
    let it = stage.agent.subscribe(stage.now, stage.flow, target, "presence", options).unwrap();
    (it, stage.next_request(Method::SUBSCRIBE))
}

const ACTIVE: &str = "Event: presence\nSubscription-State: active;expires=600";

#[test]
fn dlg_035_a_notify_before_the_2xx_makes_the_dialog() {
    let mut stage = stage();
    let (subscription, subscribe) = subscribed(&mut stage, 600);
    let lines = format!("{ACTIVE}\nRecord-Route: <sip:p1.example;lr>, <sip:p2.example;lr>");
    stage.receive_text(&notify(&subscribe, "n1", 7, &lines, ""));
    stage.next_response(200);
    let Event::Notified { subscription: told, .. } = stage.next_event() else { panic!() };
    assert_eq!(told, subscription);
    let dialog = stage.agent.subscription(subscription).unwrap().dialog.unwrap();
    assert_eq!(dialog.id().remote_tag, "n1");
    assert_eq!(dialog.remote_sequence(), Some(7));
    let routes: Vec<_> = dialog.route_set().collect();
    // As a server has it: in order.
    assert_eq!(routes, ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
    stage.answer(&subscribe, 200, "n1", &[CONTACT, "Expires: 600"], "");
    assert!(matches!(stage.next_event(), Event::Subscribed { .. }));
    assert_eq!(stage.agent.counts().dialogs, 1);
}

#[test]
fn dlg_035_without_a_notify_it_ends_64_t1_after_the_2xx() {
    let mut stage = stage();
    let (_, subscribe) = subscribed(&mut stage, 600);
    stage.answer(&subscribe, 200, "n1", &[CONTACT, "Expires: 600"], "");
    stage.next_event();
    stage.pass(64 * T1 - Duration::from_millis(1));
    stage.nothing_told();
    stage.pass(Duration::from_millis(1));
    let Event::Unsubscribed { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::NoNotify);
    stage.nothing_left();
}

#[test]
fn dlg_035_a_second_notifier_of_a_fork_makes_one_more_subscription() {
    let mut stage = stage();
    let (first, subscribe) = subscribed(&mut stage, 600);
    stage.answer(&subscribe, 200, "n1", &[CONTACT, "Expires: 600"], "");
    stage.next_event();
    stage.receive_text(&notify(&subscribe, "n2", 1, ACTIVE, ""));
    stage.next_response(200);
    let Event::SubscriptionForked { subscription, of } = stage.next_event() else { panic!() };
    assert_eq!(of, first);
    let Event::Notified { subscription: told, .. } = stage.next_event() else { panic!() };
    assert_eq!(told, subscription);
    let dialog = stage.agent.subscription(subscription).unwrap().dialog.unwrap();
    assert_eq!(dialog.id().remote_tag, "n2");
}

#[test]
fn dlg_035_a_notify_for_another_event_gets_481() {
    let mut stage = stage();
    let (_, subscribe) = subscribed(&mut stage, 600);
    let lines = "Event: dialog\nSubscription-State: active";
    stage.receive_text(&notify(&subscribe, "n1", 1, lines, ""));
    stage.next_response(481);
    let lines = "Event: presence;id=7\nSubscription-State: active";
    stage.receive_text(&notify(&subscribe, "n3", 1, lines, ""));
    stage.next_response(481);
    stage.receive_text(&notify(&subscribe, "n2", 1, "Event: presence", ""));
    stage.next_response(400);
}

#[test]
fn dlg_035_a_subscription_is_refreshed_before_it_ends() {
    let mut stage = stage();
    let (_, subscribe) = subscribed(&mut stage, 600);
    stage.answer(&subscribe, 200, "n1", &[CONTACT, "Expires: 600"], "");
    stage.receive_text(&notify(&subscribe, "n1", 1, ACTIVE, ""));
    stage.next_response(200);
    stage.pass(Duration::from_secs(566));
    stage.nothing_sent();
    stage.pass(Duration::from_secs(2));
    let refresh = stage.next_request(Method::SUBSCRIBE);
    assert_eq!(cseq(&refresh), cseq(&subscribe) + 1);
    assert_eq!(to_tag(&refresh), "n1");
    assert_eq!(raw(&refresh, "Expires"), "600");
    // A refresh that fails for a reason of its own leaves it as it is; a 481 ends it.
    stage.answer(&refresh, 503, "", &[], "");
    assert_eq!(stage.agent.counts().subscriptions, 1);
}

#[test]
fn dlg_036_each_reason_says_whether_and_when_to_try_again() {
    let table = [
        ("deactivated", SubscriptionEnd::Deactivated, Some(0)),
        ("probation;retry-after=30", SubscriptionEnd::Probation, Some(30)),
        ("rejected", SubscriptionEnd::Rejected, None),
        ("timeout", SubscriptionEnd::Timeout, Some(0)),
        ("giveup;retry-after=40", SubscriptionEnd::GiveUp, Some(40)),
        ("noresource", SubscriptionEnd::NoResource, None),
        ("invariant", SubscriptionEnd::Invariant, None),
        ("something-new", SubscriptionEnd::Unknown, Some(0)),
    ];
    for (reason, expected, retry) in table {
        let mut stage = stage();
        let (_, subscribe) = subscribed(&mut stage, 600);
        stage.answer(&subscribe, 200, "n1", &[CONTACT, "Expires: 600"], "");
        stage.next_event();
        let lines = format!("Event: presence\nSubscription-State: terminated;reason={reason}");
        stage.receive_text(&notify(&subscribe, "n1", 1, &lines, ""));
        stage.next_response(200);
        assert!(matches!(stage.next_event(), Event::Notified { .. }));
        let Event::Unsubscribed { cause, retry_after, .. } = stage.next_event() else { panic!() };
        assert_eq!((cause, retry_after), (expected, retry), "{reason}");
        stage.nothing_left();
    }
}

fn notifier() -> Stage {
    stage_with(|config| config.event_packages = vec!["presence".into()])
}

#[test]
fn dlg_036_a_notifier_tells_refreshes_and_ends() {
    let mut stage = notifier();
    stage.receive(with(&["SUBSCRIBE", "Event: presence\nExpires: 600", ""]));
    let Event::SubscriptionAsked { notification, call: None, .. } = stage.next_event() else {
        panic!()
    };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    let ok = stage.next_response(200);
    assert_eq!(raw(&ok, "Expires"), "600");
    let tag = to_tag(&ok);
    let state = SubscriptionState::Pending;
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    let pending = stage.next_request(Method::NOTIFY);
    assert_eq!(raw(&pending, "Subscription-State"), "pending;expires=600");
    stage.answer(&pending, 200, "", &[], "");
    stage.pass(Duration::from_secs(100));
    let lines = format!("{CONTACT}\nEvent: presence\nExpires: 600");
    stage.receive_text(&within("SUBSCRIBE", 2, &tag, &lines, ""));
    stage.next_response(200);
    assert!(matches!(stage.next_event(), Event::SubscriptionRefreshed { .. }));
    // It runs out, and the peer is told.
    stage.pass(Duration::from_secs(600));
    let last = stage.next_request(Method::NOTIFY);
    assert_eq!(raw(&last, "Subscription-State"), "terminated;reason=timeout");
    stage.answer(&last, 200, "", &[], "");
    let Event::NotificationEnded { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::Timeout);
    stage.nothing_left();
}

#[test]
fn dlg_036_a_481_to_a_notify_ends_the_subscription() {
    let mut stage = notifier();
    stage.receive(with(&["SUBSCRIBE", "Event: presence\nExpires: 600", ""]));
    let Event::SubscriptionAsked { notification, .. } = stage.next_event() else { panic!() };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    stage.next_response(200);
    let state = SubscriptionState::Active;
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    let notify = stage.next_request(Method::NOTIFY);
    stage.answer(&notify, 481, "", &[], "");
    let Event::NotificationEnded { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::Failed(status(481)));
    stage.nothing_left();
}

#[test]
fn dlg_036_an_unknown_event_gets_489_and_a_short_one_423() {
    let mut stage = notifier();
    stage.receive(with(&["SUBSCRIBE", "Event: dialog\nExpires: 600", ""]));
    let refused = stage.next_response(489);
    assert_eq!(raw(&refused, "Allow-Events"), "presence, refer");
    let mut stage = notifier();
    stage.receive(with(&["SUBSCRIBE", "Event: presence\nExpires: 5", ""]));
    assert_eq!(raw(&stage.next_response(423), "Min-Expires"), "60");
    stage.nothing_told();
    // Our own SUBSCRIBE takes the time that a 423 asks for.
    let mut stage = notifier();
    let (_, subscribe) = subscribed(&mut stage, 60);
    stage.answer(&subscribe, 423, "x", &["Min-Expires: 120"], "");
    let again = stage.next_request(Method::SUBSCRIBE);
    assert_eq!(raw(&again, "Expires"), "120");
}

#[test]
fn dlg_036_target_dialog_names_a_call_from_outside() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    let (call_id, ours) = (raw(&invite, "Call-ID").to_owned(), from_tag(&invite));
    let lines = format!(
        "Refer-To: <sip:carol@192.0.2.9>\nTarget-Dialog: {call_id};local-tag=alice;remote-tag={ours}"
    );
    stage.receive(with(&["REFER", &lines, ""]));
    let Event::ReferAsked { call: named, .. } = stage.next_event() else { panic!() };
    assert_eq!(named, Some(call));
}
