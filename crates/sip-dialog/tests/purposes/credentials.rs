//! RFC 3261 §22: whatever request is challenged goes on with credentials, or fails.

use std::time::Duration;

use sip_dialog::{
    AgentError, Challenge, Event, Extra, SubscribeOptions, SubscriptionEnd, SubscriptionState,
};
use sip_message::{Method, Request};
use sip_testkit::stage::{Stage, cseq, from_tag, raw};
use sip_transaction::TransportFailure;

use super::support::{
    CONTACT, SDP, callee, caller, calling, hang_up, invite, sdp, stage, stage_with, status, with,
    within,
};

const PROXY: &str = "Proxy-Authenticate: Digest realm=\"a\", nonce=\"b\"";

fn credentials() -> Extra {
    Extra::new().header("Proxy-Authorization", "Digest username=\"bob\"")
}

/// The peer wants credentials for a request.
fn challenged(stage: &mut Stage, request: &Request) -> Challenge {
    stage.answer(request, 407, "x", &[PROXY], "");
    if request.method() == Method::INVITE {
        stage.next_request(Method::ACK);
    }
    let Event::Challenged { challenge, request: again, response } = stage.next_event() else {
        panic!()
    };
    assert_eq!((cseq(&again), response.status().code()), (cseq(request), 407));
    challenge
}

/// The same request once more, with credentials and the next CSeq.
fn resent(stage: &mut Stage, request: &Request) -> Request {
    let challenge = challenged(stage, request);
    stage.agent.resend(stage.now, challenge, credentials()).unwrap();
    let again = stage.next_request(request.method());
    assert_eq!(cseq(&again), cseq(request) + 1);
    assert_eq!(raw(&again, "Call-ID"), raw(request, "Call-ID"));
    assert_eq!(raw(&again, "Proxy-Authorization"), "Digest username=\"bob\"");
    assert_eq!((from_tag(&again), again.body()), (from_tag(request), request.body()));
    let spent = stage.agent.resend(stage.now, challenge, credentials());
    assert_eq!(spent, Err(AgentError::Gone), "a challenge is answered once");
    again
}

#[test]
fn a_reinvite() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let reinvite = stage.next_request(Method::INVITE);
    let again = resent(&mut stage, &reinvite);
    stage.answer(&again, 200, "alice", &[CONTACT], SDP);
    let ack = stage.next_request(Method::ACK);
    assert_eq!(cseq(&ack), cseq(&again));
    assert!(matches!(stage.next_event(), Event::Changed { .. }));
    hang_up(&mut stage, call);
}

#[test]
fn a_reinvite_that_is_given_up_leaves_the_call_as_it_was() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let reinvite = stage.next_request(Method::INVITE);
    let challenge = challenged(&mut stage, &reinvite);
    stage.agent.abandon(stage.now, challenge).unwrap();
    let Event::ChangeFailed { status: code, response: Some(_), .. } = stage.next_event() else {
        panic!()
    };
    assert_eq!(code, status(407));
    assert_eq!(stage.agent.abandon(stage.now, challenge), Err(AgentError::Gone));
    // Another change can be made.
    stage.agent.update(stage.now, call, sdp()).unwrap();
    let update = stage.next_request(Method::UPDATE);
    let again = resent(&mut stage, &update);
    stage.answer(&again, 200, "alice", &[CONTACT], SDP);
    assert!(matches!(stage.next_event(), Event::Changed { .. }));
    hang_up(&mut stage, call);
}

#[test]
fn a_challenge_of_a_call_that_is_over_is_gone() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let reinvite = stage.next_request(Method::INVITE);
    let challenge = challenged(&mut stage, &reinvite);
    hang_up(&mut stage, call);
    assert_eq!(stage.agent.resend(stage.now, challenge, credentials()), Err(AgentError::Gone));
    stage.nothing_sent();
}

fn subscribing(stage: &mut Stage) -> Request {
    let mut options = SubscribeOptions::default();
    options.expires = 600;
    let target = "sip:alice@192.0.2.1";
    stage.agent.subscribe(stage.now, stage.flow, target, "presence", options).unwrap();
    stage.next_request(Method::SUBSCRIBE)
}

fn notify_of(subscribe: &Request, number: u32, state: &str) -> String {
    let lines = format!("{CONTACT}\nEvent: presence\nSubscription-State: {state}");
    within("NOTIFY", number, &from_tag(subscribe), &lines, "")
        .replace("call1", raw(subscribe, "Call-ID"))
}

#[test]
fn a_subscribe_and_its_refresh() {
    let mut stage = stage();
    let first = subscribing(&mut stage);
    let subscribe = resent(&mut stage, &first);
    stage.answer(&subscribe, 200, "alice", &[CONTACT, "Expires: 600"], "");
    assert!(matches!(stage.next_event(), Event::Subscribed { .. }));
    stage.receive_text(&notify_of(&subscribe, 1, "active;expires=600"));
    stage.next_response(200);
    assert!(matches!(stage.next_event(), Event::Notified { .. }));
    stage.pass(Duration::from_millis(567_500));
    let refresh = stage.next_request(Method::SUBSCRIBE);
    assert_eq!(cseq(&refresh), cseq(&subscribe) + 1);
    let again = resent(&mut stage, &refresh);
    stage.answer(&again, 200, "alice", &[CONTACT, "Expires: 600"], "");
    stage.receive_text(&notify_of(&subscribe, 2, "terminated;reason=noresource"));
    stage.next_response(200);
    let ended = std::iter::from_fn(|| {
        stage.settle();
        stage.events.pop_front()
    });
    assert!(ended.into_iter().any(|it| matches!(it, Event::Unsubscribed { .. })));
    stage.nothing_left();
}

#[test]
fn a_subscribe_that_is_given_up_ends_its_subscription() {
    let mut stage = stage();
    let first = subscribing(&mut stage);
    let challenge = challenged(&mut stage, &first);
    stage.agent.abandon(stage.now, challenge).unwrap();
    let Event::Unsubscribed { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, SubscriptionEnd::Failed(status(407)));
    stage.nothing_left();
}

#[test]
fn a_notify() {
    let mut stage = stage_with(|config| config.event_packages = vec!["presence".into()]);
    stage.receive(with(&["SUBSCRIBE", "Event: presence\nExpires: 600", ""]));
    let Event::SubscriptionAsked { notification, .. } = stage.next_event() else { panic!() };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    stage.next_response(200);
    let state = SubscriptionState::Active;
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    let notify = stage.next_request(Method::NOTIFY);
    let again = resent(&mut stage, &notify);
    // The next one waits for the answer, whichever request it is for.
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    stage.nothing_sent();
    stage.answer(&again, 200, "", &[], "");
    let next = stage.next_request(Method::NOTIFY);
    assert_eq!(cseq(&next), cseq(&again) + 1);
    let challenge = challenged(&mut stage, &next);
    stage.agent.abandon(stage.now, challenge).unwrap();
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    let last = stage.next_request(Method::NOTIFY);
    stage.answer(&last, 481, "", &[], "");
    assert!(matches!(stage.next_event(), Event::NotificationEnded { .. }));
    stage.nothing_left();
}

#[test]
fn a_publication() {
    let mut stage = stage();
    let publish = |stage: &mut Stage| {
        let (now, flow) = (stage.now, stage.flow);
        let it = stage.agent.publish(now, flow, "sip:bob@192.0.2.1", "presence", 600, sdp());
        (it.unwrap(), stage.next_request(Method::PUBLISH))
    };
    let (publication, first) = publish(&mut stage);
    let challenge = challenged(&mut stage, &first);
    // A change meanwhile waits.
    stage.agent.republish(stage.now, publication, sdp()).unwrap();
    stage.nothing_sent();
    stage.agent.resend(stage.now, challenge, credentials()).unwrap();
    let again = stage.next_request(Method::PUBLISH);
    stage.answer(&again, 200, "x", &["SIP-ETag: e1", "Expires: 600"], "");
    assert!(matches!(stage.next_event(), Event::Published { .. }));
    let changed = stage.next_request(Method::PUBLISH);
    assert_eq!((raw(&changed, "SIP-If-Match"), cseq(&changed)), ("e1", cseq(&again) + 1));
    stage.answer(&changed, 200, "x", &["SIP-ETag: e2", "Expires: 600"], "");
    stage.next_event();
    stage.agent.unpublish(stage.now, publication).unwrap();
    let last = stage.next_request(Method::PUBLISH);
    let last = resent(&mut stage, &last);
    stage.answer(&last, 200, "x", &["Expires: 0"], "");
    assert!(matches!(stage.next_event(), Event::PublicationEnded { status: None, .. }));

    let (_, first) = publish(&mut stage);
    let challenge = challenged(&mut stage, &first);
    stage.agent.abandon(stage.now, challenge).unwrap();
    let Event::PublicationEnded { status: code, response: Some(_), .. } = stage.next_event() else {
        panic!()
    };
    assert_eq!(code, Some(status(407)));
    stage.nothing_left();
}

#[test]
fn a_message() {
    let mut stage = stage();
    let target = "sip:alice@192.0.2.1";
    stage.agent.message(stage.now, stage.flow, target, sdp()).unwrap();
    let first = stage.next_request(Method::MESSAGE);
    let again = resent(&mut stage, &first);
    stage.answer(&again, 200, "x", &[], "");
    assert!(matches!(stage.next_event(), Event::Response { .. }));
    stage.agent.options(stage.now, stage.flow, target, Extra::new()).unwrap();
    let options = stage.next_request(Method::OPTIONS);
    let challenge = challenged(&mut stage, &options);
    stage.agent.abandon(stage.now, challenge).unwrap();
    let Event::Response { response, .. } = stage.next_event() else { panic!() };
    assert_eq!(response.status(), status(407));
    stage.nothing_left();
}

/// RFC 3261 §17.1.4, §17.2.4: what a broken connection ends, and how that is told.
#[test]
fn a_broken_connection_ends_what_went_over_it() {
    let mut stage = stage();
    let failure = TransportFailure::Flow(stage.flow);
    // An INVITE of ours.
    let (call, _) = calling(&mut stage);
    stage.agent.handle_transport_error(stage.now, failure);
    let Event::Ended { call: ended, .. } = stage.next_event() else { panic!() };
    assert_eq!(ended, call);
    // One of the peer that rings: it is over when the program has refused it.
    let ringing = invite(&mut stage, "", SDP);
    stage.agent.handle_transport_error(stage.now, failure);
    stage.nothing_told();
    stage.agent.reject(stage.now, ringing, status(486), Extra::new()).unwrap();
    let Event::Ended { call: ended, .. } = stage.next_event() else { panic!() };
    assert_eq!(ended, ringing);
    stage.pass_all(Duration::from_secs(64));
    stage.sent.clear();
    // A call that stands is not over: the next request says whether the peer is there.
    let (call, _) = callee(&mut stage);
    stage.agent.handle_transport_error(stage.now, failure);
    stage.nothing_told();
    hang_up(&mut stage, call);
}
