//! Each limit, and what happens at it.

use std::time::Duration;

use sip_message::{Method, Request, header};
use sip_transaction::{Cause, Config, Event, Flow, SendError, ServerTransaction, Timers};

use super::support::{LOCAL, Rig, incoming, request, tcp, udp};

fn arrive(rig: &mut Rig, method: &str, number: u32) -> Option<(ServerTransaction, Request)> {
    let text = incoming(method, &format!("z9hG4bK{number}"))
        .replace("CSeq: 1", &format!("CSeq: {number}"));
    rig.receive_bytes(&text);
    match rig.events().pop() {
        Some(Event::Request { transaction, request, .. }) => Some((transaction, request)),
        _ => None,
    }
}

#[test]
fn when_all_places_wait_for_answers_a_request_is_refused_with_503() {
    let mut config = Config::default();
    config.limits.server_transactions = 3;
    config.retry_after = Duration::from_secs(17);
    let mut rig = Rig::with(udp(), config);
    for number in 0..3 {
        assert!(arrive(&mut rig, "OPTIONS", number).is_some());
    }
    assert!(arrive(&mut rig, "OPTIONS", 3).is_none());
    let refusal = rig.sent_one();
    let refusal = refusal.as_response().unwrap();
    assert_eq!(refusal.status().code(), 503);
    assert_eq!(refusal.headers().raw("Retry-After"), Some(&b"17"[..]));
    assert!(refusal.headers().require(header::To).unwrap().tag().is_some());
    assert_eq!(rig.endpoint.len(), 3);
    // The ACK of such an INVITE matches nothing, and does no harm.
    assert!(arrive(&mut rig, "INVITE", 4).is_none());
    assert_eq!(rig.endpoint.metrics().overloads, 2);
}

#[test]
fn the_oldest_that_has_been_answered_makes_room() {
    let mut config = Config::default();
    config.limits.server_transactions = 3;
    let mut rig = Rig::with(udp(), config);
    let live: Vec<_> = (0..3).map(|number| arrive(&mut rig, "OPTIONS", number).unwrap()).collect();
    // Not the oldest transaction, but the one that was answered first.
    for place in [1, 0] {
        rig.respond(live[place].0, &live[place].1, 200);
    }
    rig.sent();
    let text = incoming("OPTIONS", "z9hG4bKnew").replace("CSeq: 1", "CSeq: 9");
    rig.receive_bytes(&text);
    let events = rig.events();
    let transaction = live[1].0.into();
    assert_eq!(events[0], Event::Terminated { transaction, cause: Cause::Displaced });
    assert!(matches!(events[1], Event::Request { .. }));
    assert_eq!(rig.state(live[0].0), "Completed");
    assert_eq!(rig.endpoint.metrics().displaced, 1);
    assert!(arrive(&mut rig, "OPTIONS", 10).is_some());
    assert!(arrive(&mut rig, "OPTIONS", 11).is_none(), "none is left that has been answered");
}

#[test]
fn invites_that_are_never_acknowledged_are_displaced_by_new_ones() {
    let mut config = Config::default();
    config.limits.server_transactions = 100;
    let mut rig = Rig::with(udp(), config);
    for number in 0..10_000 {
        let (transaction, request) = arrive(&mut rig, "INVITE", number).unwrap();
        rig.respond(transaction, &request, 486);
        rig.sent();
        assert!(rig.endpoint.len() <= 100);
    }
    assert_eq!(rig.endpoint.metrics().displaced, 9_900);
    assert!(rig.endpoint.metrics().timers <= 200);
}

#[test]
fn a_source_has_a_limit_of_its_own() {
    let mut config = Config::default();
    config.limits.per_source = 2;
    let mut rig = Rig::with(udp(), config);
    assert!(arrive(&mut rig, "OPTIONS", 0).is_some());
    let (transaction, request) = arrive(&mut rig, "OPTIONS", 1).unwrap();
    rig.respond(transaction, &request, 200);
    rig.sent();
    assert!(arrive(&mut rig, "OPTIONS", 2).is_none());
    assert_eq!(rig.sent_lines(), ["SIP/2.0 503 Service Unavailable"]);
    // Another port is the same source, another address is not.
    rig.flow = Flow::udp(LOCAL.parse().unwrap(), "192.0.2.1:7070".parse().unwrap());
    assert!(arrive(&mut rig, "OPTIONS", 3).is_none());
    rig.flow = Flow::udp(LOCAL.parse().unwrap(), "192.0.2.2:5060".parse().unwrap());
    assert!(arrive(&mut rig, "OPTIONS", 4).is_some());
    assert_eq!(rig.endpoint.metrics().sources, 2);
}

#[test]
fn client_transactions_have_a_limit() {
    let mut config = Config::default();
    config.limits.client_transactions = 2;
    let mut rig = Rig::with(udp(), config);
    rig.send(Method::OPTIONS);
    rig.send(Method::OPTIONS);
    let refused = rig.endpoint.send_request(rig.now, rig.flow, &request(Method::OPTIONS));
    assert_eq!(refused, Err(SendError::Full));
    rig.run_to(32_000);
    rig.send(Method::OPTIONS);
}

#[test]
fn requests_are_dropped_while_nobody_polls() {
    let mut config = Config::default();
    config.limits.backlog = 2;
    let mut rig = Rig::with(udp(), config);
    for number in 0..4 {
        rig.receive_bytes(
            &incoming("OPTIONS", &format!("z9hG4bK{number}"))
                .replace("CSeq: 1", &format!("CSeq: {number}")),
        );
    }
    assert_eq!((rig.endpoint.len(), rig.endpoint.metrics().dropped), (2, 2));
    assert_eq!(rig.events().len(), 2);
    assert!(arrive(&mut rig, "OPTIONS", 9).is_some());
}

#[test]
fn a_transaction_may_have_timers_of_its_own() {
    let mut rig = Rig::new(udp());
    let mut options = sip_transaction::RequestOptions::default();
    let fast = Timers::derived(
        Duration::from_millis(10),
        Duration::from_millis(40),
        Duration::from_millis(50),
    );
    options.timers = Some(fast);
    let message = request(Method::OPTIONS);
    let transaction = rig.endpoint.send_request_with(rig.now, rig.flow, &message, options).unwrap();
    rig.sent();
    let times: Vec<u128> = rig.run_to(200).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [10, 30, 70, 110, 150, 190]);
    rig.run_to(640);
    assert_eq!(rig.state(transaction), "Terminated");
}

#[test]
fn a_t1_of_nothing_does_not_send_without_end() {
    for method in [Method::INVITE, Method::OPTIONS] {
        let mut config = Config::default();
        config.timers.t1 = Duration::ZERO;
        config.timers.t2 = Duration::ZERO;
        let mut rig = Rig::with(udp(), config);
        rig.send(method);
        assert_eq!(rig.run_to(100).len(), 101, "once at the start, and each millisecond");
        let (transaction, request) = arrive(&mut rig, "INVITE", 1).unwrap();
        rig.respond(transaction, &request, 486);
        rig.run_to(200);
    }
}

#[test]
fn more_durations_than_there_are_queues_keep_their_order() {
    let mut rig = Rig::new(tcp());
    let message = request(Method::OPTIONS);
    // 200 durations, in no order.
    let mut ends = Vec::new();
    for number in 0..200u64 {
        let millis = 100 + (number * 7_919) % 1_009;
        let mut options = sip_transaction::RequestOptions::default();
        options.timers = Some(Timers { f: Duration::from_millis(millis), ..Timers::default() });
        rig.endpoint.send_request_with(rig.now, rig.flow, &message, options).unwrap();
        ends.push(u128::from(millis));
    }
    rig.sent();
    ends.sort_unstable();
    let mut seen = Vec::new();
    while let Some(next) = rig.endpoint.poll_timeout() {
        rig.now = next;
        rig.endpoint.handle_timeout(next);
        let over = rig.events().iter().filter(|it| matches!(it, Event::Timeout { .. })).count();
        assert!(over > 0, "a timer that fires does something");
        seen.extend(std::iter::repeat_n(rig.millis(), over));
    }
    assert_eq!(seen, ends);
}

#[test]
fn stopped_timers_do_not_pile_up() {
    let mut rig = Rig::new(udp());
    for number in 0..20_000 {
        let (transaction, request) = arrive(&mut rig, "INVITE", number).unwrap();
        rig.respond(transaction, &request, 486);
        rig.receive_bytes(
            &incoming("ACK", &format!("z9hG4bK{number}"))
                .replace("CSeq: 1", &format!("CSeq: {number}")),
        );
        rig.run_to(u64::from(number) * 10);
    }
    // Timer I is 5 s: so many live at once, each with one timer.
    assert!(rig.endpoint.len() <= 502);
    assert_eq!(rig.endpoint.metrics().timers, u64::try_from(rig.endpoint.len()).unwrap());
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let mut rig = Rig::new(udp());
    rig.run_to(10_000);
    rig.send(Method::OPTIONS);
    let at = rig.now;
    rig.endpoint.handle_timeout(at.checked_sub(Duration::from_secs(9)).unwrap());
    assert_eq!(rig.endpoint.poll_timeout(), Some(at + Duration::from_millis(500)));
}

#[test]
fn an_operator_sees_what_there_is() {
    let mut rig = Rig::new(udp());
    rig.send(Method::INVITE);
    let (transaction, _) = arrive(&mut rig, "OPTIONS", 1).unwrap();
    rig.run_to(250);
    let all: Vec<_> = rig.endpoint.transactions().collect();
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].state, all[1].state), ("Calling", "Trying"));
    assert_eq!(all[1].transaction, transaction.into());
    assert_eq!(all[0].age, Duration::from_millis(250));
    assert_eq!(rig.endpoint.states().len(), 2);
    let metrics = rig.endpoint.metrics();
    assert_eq!((metrics.client_transactions, metrics.server_transactions), (1, 1));
    assert!(metrics.iter().any(|counter| counter == ("received", 1)));
}
