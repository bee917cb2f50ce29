//! Calls, changes and subscriptions between two user agents, from their beginnings to their ends.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use sip_dialog::{
    AgentConfig, Body, Call, EndCause, Event, Extra, InviteOptions, Phase, ReferOptions,
    SubscribeOptions, SubscriptionEnd, SubscriptionState, refer_status,
};
use sip_message::StatusCode;
use sip_testkit::stage::Pair;

fn pair() -> Pair {
    let mut bob = AgentConfig::new("<sip:bob@192.0.2.4>");
    bob.event_packages = vec!["presence".into()];
    Pair::new([AgentConfig::new("<sip:alice@192.0.2.1>"), bob])
}

fn sdp(version: u32) -> Extra {
    Extra::new()
        .body(Body::sdp(format!("v=0\r\no=- 1 {version} IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n")))
}

/// An established call: its handles at both sides.
fn call(pair: &mut Pair) -> (Call, Call) {
    let (now, flow) = (pair.now, pair.flow(0));
    let ours =
        pair.agents[0].invite(now, flow, "sip:bob@192.0.2.4", InviteOptions::new(sdp(1))).unwrap();
    let Event::Incoming { call: theirs, .. } = pair.next_event(1) else { panic!() };
    pair.agents[1].ring(now, theirs, StatusCode::RINGING, Extra::new()).unwrap();
    assert!(matches!(pair.next_event(0), Event::Progress { acknowledge: false, .. }));
    pair.agents[1].accept(now, theirs, sdp(1)).unwrap();
    assert!(matches!(pair.next_event(0), Event::Answered { acknowledge: false, .. }));
    assert!(matches!(pair.next_event(1), Event::Confirmed { .. }));
    (ours, theirs)
}

#[test]
fn a_call_begins_and_ends_and_leaves_nothing() {
    let mut pair = pair();
    let (ours, theirs) = call(&mut pair);
    assert_eq!(pair.agents[0].call(ours).unwrap().phase, Phase::Established);
    assert_eq!(pair.agents[1].call(theirs).unwrap().phase, Phase::Established);
    let now = pair.now;
    pair.agents[1].hang_up(now, theirs).unwrap();
    assert!(matches!(pair.next_event(0), Event::Ended { cause: EndCause::PeerHungUp, .. }));
    assert!(matches!(pair.next_event(1), Event::Ended { cause: EndCause::HungUp, .. }));
    pair.nothing_left();
}

#[test]
fn a_reinvite_and_an_update_change_the_session() {
    let mut pair = pair();
    let (ours, theirs) = call(&mut pair);
    let now = pair.now;
    pair.agents[0].reinvite(now, ours, sdp(2)).unwrap();
    assert!(matches!(pair.next_event(1), Event::Reinvited { .. }));
    pair.agents[1].accept(now, theirs, sdp(2)).unwrap();
    assert!(matches!(pair.next_event(0), Event::Changed { .. }));
    assert!(matches!(pair.next_event(1), Event::Confirmed { .. }));
    pair.agents[1].update(now, theirs, sdp(3)).unwrap();
    assert!(matches!(pair.next_event(0), Event::Offered { .. }));
    pair.agents[0].accept_offer(now, ours, sdp(3)).unwrap();
    assert!(matches!(pair.next_event(1), Event::Changed { .. }));
    pair.agents[0].hang_up(now, ours).unwrap();
    pair.nothing_left();
}

#[test]
fn a_subscription_is_told_and_ended() {
    let mut pair = pair();
    let (now, flow) = (pair.now, pair.flow(0));
    let target = "sip:bob@192.0.2.4";
    let subscription = pair.agents[0]
        .subscribe(now, flow, target, "presence", SubscribeOptions::default())
        .unwrap();
    let Event::SubscriptionAsked { notification, .. } = pair.next_event(1) else { panic!() };
    pair.agents[1].accept_subscription(now, notification, Extra::new()).unwrap();
    pair.agents[1].notify(now, notification, SubscriptionState::Active, Extra::new()).unwrap();
    assert!(matches!(pair.next_event(0), Event::Subscribed { .. }));
    assert!(matches!(pair.next_event(0), Event::Notified { .. }));
    pair.pass(Duration::from_secs(3_590));
    assert!(matches!(pair.next_event(1), Event::SubscriptionRefreshed { .. }));
    let now = pair.now;
    pair.agents[1].notify(now, notification, SubscriptionState::Active, Extra::new()).unwrap();
    assert!(matches!(pair.next_event(0), Event::Subscribed { .. }));
    assert!(matches!(pair.next_event(0), Event::Notified { .. }));
    pair.agents[0].unsubscribe(now, subscription).unwrap();
    assert!(matches!(pair.next_event(1), Event::SubscriptionRefreshed { .. }));
    pair.agents[1].notify(now, notification, SubscriptionState::Active, Extra::new()).unwrap();
    assert!(matches!(pair.next_event(0), Event::Subscribed { .. }));
    assert!(matches!(pair.next_event(0), Event::Notified { .. }));
    let Event::Unsubscribed { cause, .. } = pair.next_event(0) else { panic!() };
    assert_eq!(cause, SubscriptionEnd::Unsubscribed);
    let Event::NotificationEnded { cause, .. } = pair.next_event(1) else { panic!() };
    assert_eq!(cause, SubscriptionEnd::Unsubscribed);
    pair.nothing_left();
}

#[test]
fn a_refer_is_followed_and_told() {
    let mut pair = pair();
    let (ours, _) = call(&mut pair);
    let (now, flow) = (pair.now, pair.flow(0));
    let mut options = ReferOptions::default();
    options.call = Some(ours);
    // Bob is to call Alice once more.
    let subscription = pair.agents[0].refer(now, flow, "", "sip:alice@192.0.2.1", options).unwrap();
    let Event::ReferAsked { notification, call: Some(_), .. } = pair.next_event(1) else {
        panic!()
    };
    pair.agents[1].accept_subscription(now, notification, Extra::new()).unwrap();
    assert!(matches!(pair.next_event(0), Event::Subscribed { .. }));
    let Event::Notified { request, .. } = pair.next_event(0) else { panic!() };
    assert_eq!(refer_status(&request), Some(StatusCode::TRYING));
    let flow = pair.flow(1);
    pair.agents[1].follow_refer(now, notification, flow, InviteOptions::new(sdp(1))).unwrap();
    let Event::Incoming { call: second, .. } = pair.next_event(0) else { panic!() };
    pair.agents[0].accept(now, second, sdp(1)).unwrap();
    pair.settle();
    let told: Vec<_> = pair.events[0]
        .iter()
        .filter_map(|event| match event {
            Event::Notified { request, subscription: it } if *it == subscription => {
                refer_status(request)
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, [StatusCode::OK]);
    assert!(pair.events[0].iter().any(|event| matches!(event, Event::Unsubscribed { .. })));
    assert!(pair.events[1].iter().any(|event| matches!(event, Event::NotificationEnded { .. })));
}
