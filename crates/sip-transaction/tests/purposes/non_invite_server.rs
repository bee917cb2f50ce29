//! RFC 3261 §17.2.2, RFC 4320 §4.

use sip_message::Request;
use sip_transaction::{Cause, Event, SendError, ServerTransaction, Timer};

use super::support::{Rig, incoming, tcp, udp};

const BRANCH: &str = "z9hG4bKnashds8";

fn trying(rig: &mut Rig) -> (ServerTransaction, Request) {
    rig.receive_bytes(&incoming("OPTIONS", BRANCH));
    rig.request()
}

#[test]
fn nist_001_in_trying_a_retransmission_is_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = trying(&mut rig);
    rig.receive_bytes(&incoming("OPTIONS", BRANCH));
    assert!(rig.sent().is_empty() && rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Trying");
    assert_eq!(rig.endpoint.metrics().absorbed, 1);
}

#[test]
fn nist_002_a_100_is_sent_and_it_is_proceeding() {
    let mut rig = Rig::new(tcp());
    let (transaction, request) = trying(&mut rig);
    rig.respond(transaction, &request, 100);
    assert_eq!(rig.sent_lines(), ["SIP/2.0 100 Trying"]);
    assert_eq!(rig.state(transaction), "Proceeding");
}

#[test]
fn nist_003_in_proceeding_a_retransmission_gets_the_100_again() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = trying(&mut rig);
    assert_eq!(rig.run_to(3_500), [(3_500, "SIP/2.0 100 Trying".to_owned())]);
    assert_eq!(rig.state(transaction), "Proceeding");
    rig.receive_bytes(&incoming("OPTIONS", BRANCH));
    assert_eq!(rig.sent_lines(), ["SIP/2.0 100 Trying"]);
    assert!(rig.events().is_empty());
}

#[test]
fn nist_004_a_final_response_is_sent_and_timer_j_runs() {
    for status in [200, 302, 404, 503, 603] {
        let mut rig = Rig::new(udp());
        let (transaction, request) = trying(&mut rig);
        rig.respond(transaction, &request, status);
        assert_eq!(rig.sent().len(), 1);
        assert_eq!(rig.state(transaction), "Completed");
        rig.run_to(31_999);
        assert_eq!(rig.state(transaction), "Completed");
        rig.run_to(32_000);
        let transaction = transaction.into();
        assert_eq!(rig.events(), [Event::Terminated { transaction, cause: Cause::Finished }]);
        assert!(rig.endpoint.is_empty());

        let mut rig = Rig::new(tcp());
        let (transaction, request) = trying(&mut rig);
        rig.respond(transaction, &request, status);
        assert_eq!(rig.state(transaction), "Terminated", "Timer J is zero");
    }
}

#[test]
fn nist_005_in_completed_a_retransmission_gets_the_response_again() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.respond(transaction, &request, 200);
    let first = rig.sent_one();
    rig.receive_bytes(&incoming("OPTIONS", BRANCH));
    assert_eq!(rig.sent_one(), first);
    assert!(rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Completed");
}

#[test]
fn nist_006_a_second_final_response_is_refused() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.respond(transaction, &request, 200);
    rig.sent();
    for status in [100, 200, 404] {
        let refused = rig.try_respond(transaction, &request, status);
        assert_eq!(refused, Err(SendError::State("Completed")));
    }
    assert!(rig.sent().is_empty());
}

#[test]
fn nist_007_other_provisional_responses_are_refused() {
    for flow in [udp(), tcp()] {
        let mut rig = Rig::new(flow);
        let (transaction, request) = trying(&mut rig);
        for status in [101, 180, 183, 199] {
            let refused = rig.try_respond(transaction, &request, status);
            assert_eq!(refused, Err(SendError::Provisional));
        }
        assert!(rig.sent().is_empty());
        assert_eq!(rig.state(transaction), "Trying");
    }
}

#[test]
fn nist_008_over_udp_100_is_too_early_before_timer_e_is_t2_and_due_then() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.run_to(3_499);
    assert_eq!(rig.try_respond(transaction, &request, 100), Err(SendError::TooEarly));
    assert_eq!(rig.run_to(3_500), [(3_500, "SIP/2.0 100 Trying".to_owned())]);
    rig.respond(transaction, &request, 100);
    rig.respond(transaction, &request, 200);
}

#[test]
fn nist_008_over_tcp_100_is_due_as_well() {
    let mut rig = Rig::new(tcp());
    trying(&mut rig);
    assert_eq!(rig.run_to(10_000), [(3_500, "SIP/2.0 100 Trying".to_owned())]);
}

#[test]
fn nist_009_408_is_refused() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    assert_eq!(rig.try_respond(transaction, &request, 408), Err(SendError::RequestTimeout));
    assert!(rig.sent().is_empty());
    rig.respond(transaction, &request, 480);
}

#[test]
fn a_request_that_nobody_answers_is_over_when_its_client_has_given_up() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    assert_eq!(rig.run_to(31_999).len(), 1, "the 100");
    assert_eq!(rig.state(transaction), "Proceeding");
    rig.run_to(32_000);
    let over = transaction.into();
    assert_eq!(
        rig.events(),
        [
            Event::Timeout { transaction: over, timer: Timer::Unanswered },
            Event::Terminated { transaction: over, cause: Cause::Timeout },
        ]
    );
    let refused = rig.try_respond(transaction, &request, 200);
    assert_eq!(refused, Err(SendError::NoTransaction));
}

#[test]
fn a_transport_error_is_told_and_ends_it() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.respond(transaction, &request, 200);
    rig.fail(transaction);
    assert!(matches!(rig.events()[..], [Event::TransportFailed { .. }, Event::Terminated { .. }]));
    assert!(rig.endpoint.is_empty());
}
