//! RFC 3261 §17.2.1, §17.2.3, §9.2, §8.2.2.2, RFC 6026 §7.1.

use sip_message::{Method, Request, StatusCode, header};
use sip_transaction::{Cause, Config, Event, Role, SendError, ServerTransaction, Timer};

use super::support::{Rig, incoming, incoming_ack, response, tcp, udp};

const BRANCH: &str = "z9hG4bKnashds8";

fn proceeding(rig: &mut Rig) -> (ServerTransaction, Request) {
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    rig.request()
}

#[test]
fn ist_001_a_silent_user_means_100_after_200_ms() {
    let mut rig = Rig::new(udp());
    rig.receive_bytes(&incoming("INVITE", BRANCH).replace("Contact", "Timestamp: 54\r\nContact"));
    let (transaction, _) = rig.request();
    assert!(rig.run_to(199).is_empty());
    rig.now += std::time::Duration::from_millis(1);
    rig.endpoint.handle_timeout(rig.now);
    let trying = rig.sent_one();
    let trying = trying.as_response().unwrap();
    assert_eq!(trying.status(), StatusCode::TRYING);
    assert_eq!(trying.headers().require(header::To).unwrap().tag(), None);
    assert_eq!(trying.headers().raw("Timestamp"), Some(&b"54"[..]));
    assert_eq!(rig.state(transaction), "Proceeding");
    assert!(rig.run_to(10_000).is_empty(), "once");
}

#[test]
fn ist_001_an_answer_within_200_ms_means_no_100() {
    for status in [180, 200, 486] {
        let mut rig = Rig::new(tcp());
        let (transaction, request) = proceeding(&mut rig);
        rig.run_to(150);
        rig.respond(transaction, &request, status);
        assert_eq!(rig.sent().len(), 1);
        assert!(rig.run_to(1_000).is_empty());
    }
}

#[test]
fn ist_002_provisional_responses_are_sent() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    for status in [101, 180, 183, 199] {
        rig.respond(transaction, &request, status);
        assert_eq!(rig.sent_one().as_response().unwrap().status().code(), status);
        assert_eq!(rig.state(transaction), "Proceeding");
    }
}

#[test]
fn ist_003_a_retransmission_gets_the_last_provisional_response() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    assert!(rig.sent().is_empty() && rig.events().is_empty(), "there is none yet");
    rig.respond(transaction, &request, 180);
    rig.respond(transaction, &request, 183);
    rig.sent();
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    assert_eq!(rig.sent_one().as_response().unwrap().status().code(), 183);
    assert!(rig.events().is_empty());
}

#[test]
fn ist_004_a_refusal_is_sent_and_timers_g_and_h_run() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    assert_eq!(rig.sent().len(), 1);
    assert_eq!(rig.state(transaction), "Completed");
    assert_eq!(rig.endpoint.metrics().timers, 2);
}

#[test]
fn ist_005_without_ack_a_refusal_is_sent_again_until_timer_h() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    rig.sent();
    let times: Vec<u128> = rig.run_to(31_999).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    rig.run_to(32_000);
    let transaction = transaction.into();
    assert_eq!(
        rig.events(),
        [
            Event::Timeout { transaction, timer: Timer::H },
            Event::Terminated { transaction, cause: Cause::Timeout },
        ]
    );
    assert!(rig.endpoint.is_empty());
}

#[test]
fn ist_006_over_tcp_a_refusal_is_sent_once_and_timer_h_runs() {
    let mut rig = Rig::new(tcp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    rig.sent();
    assert!(rig.run_to(31_999).is_empty());
    assert_eq!(rig.state(transaction), "Completed");
    rig.run_to(32_000);
    assert!(matches!(rig.events()[0], Event::Timeout { timer: Timer::H, .. }));
}

#[test]
fn ist_007_a_retransmission_gets_the_refusal_again() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    let first = rig.sent_one();
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    assert_eq!(rig.sent_one(), first);
    assert!(rig.events().is_empty());
    assert_eq!(rig.try_respond(transaction, &request, 603), Err(SendError::State("Completed")));
    assert!(rig.sent().is_empty());
}

#[test]
fn ist_008_an_ack_ends_retransmission_and_is_not_passed_up() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    rig.sent();
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    assert_eq!(rig.state(transaction), "Confirmed");
    assert!(rig.run_to(4_999).is_empty());
    assert!(rig.events().is_empty());
    rig.run_to(5_000);
    let transaction = transaction.into();
    assert_eq!(rig.events(), [Event::Terminated { transaction, cause: Cause::Finished }]);

    let mut rig = Rig::new(tcp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    assert_eq!(rig.state(transaction), "Terminated", "Timer I is zero");
}

#[test]
fn ist_009_in_confirmed_everything_is_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    rig.sent();
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    assert!(rig.sent().is_empty() && rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Confirmed");
}

#[test]
fn ist_010_a_2xx_is_sent_once_and_timer_l_runs() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 200);
    assert_eq!(rig.sent().len(), 1);
    assert_eq!(rig.state(transaction), "Accepted");
    assert!(rig.run_to(31_999).is_empty(), "the user sends it again");
    assert_eq!(rig.state(transaction), "Accepted");
}

#[test]
fn ist_011_in_accepted_a_retransmission_is_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 200);
    rig.sent();
    rig.receive_bytes(&incoming("INVITE", BRANCH));
    assert!(rig.sent().is_empty() && rig.events().is_empty());
}

#[test]
fn ist_012_the_user_sends_the_2xx_again() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    for _ in 0..3 {
        rig.respond(transaction, &request, 200);
        assert_eq!(rig.sent_one().as_response().unwrap().status(), StatusCode::OK);
    }
    for status in [180, 486] {
        let refused = rig.try_respond(transaction, &request, status);
        assert_eq!(refused, Err(SendError::State("Accepted")));
    }
}

#[test]
fn ist_013_in_accepted_an_ack_is_passed_up() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 200);
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    assert!(
        matches!(rig.events()[..], [Event::Ack { transaction: Some(it), .. }] if it == transaction)
    );
    // The ACK of most peers has a branch of its own.
    rig.receive_bytes(&incoming_ack("z9hG4bKother", "callee"));
    assert!(matches!(rig.events()[..], [Event::Ack { transaction: None, .. }]));
}

#[test]
fn ist_014_timer_l_ends_accepted() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 200);
    rig.run_to(32_000);
    let transaction = transaction.into();
    assert_eq!(rig.events(), [Event::Terminated { transaction, cause: Cause::Finished }]);
    assert!(rig.endpoint.is_empty());
}

#[test]
fn ist_015_a_transport_error_is_told_and_the_state_stays() {
    for status in [180, 200, 486] {
        let mut rig = Rig::new(udp());
        let (transaction, request) = proceeding(&mut rig);
        rig.respond(transaction, &request, status);
        let state = rig.state(transaction);
        rig.fail(transaction);
        assert_eq!(rig.events(), [Event::TransportFailed { transaction: transaction.into() }]);
        assert_eq!(rig.state(transaction), state);
    }
}

#[test]
fn ist_016_an_ack_matches_by_branch_and_sent_by() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 486);
    for wrong in [
        incoming_ack("z9hG4bKother", "callee"),
        incoming_ack(BRANCH, "callee").replace("UDP 192.0.2.1:5060", "UDP 192.0.2.1:5062"),
        incoming_ack(BRANCH, "callee").replace("UDP 192.0.2.1:5060", "UDP other.example"),
    ] {
        rig.receive_bytes(&wrong);
        assert!(matches!(rig.events()[..], [Event::Ack { transaction: None, .. }]));
        assert_eq!(rig.state(transaction), "Completed");
    }
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    assert_eq!(rig.state(transaction), "Confirmed");
}

#[test]
fn ist_017_the_same_branch_of_another_sent_by_is_another_transaction() {
    let mut config = Config::default();
    config.role = Role::Proxy;
    let mut rig = Rig::with(udp(), config);
    let (first, _) = proceeding(&mut rig);
    rig.receive_bytes(
        &incoming("INVITE", BRANCH).replace("UDP 192.0.2.1:5060", "UDP 192.0.2.1:5062"),
    );
    let (second, _) = rig.request();
    assert_ne!(first, second);
    // Names are compared without case.
    let named = incoming("INVITE", BRANCH).replace("UDP 192.0.2.1:5060", "UDP A.example:5060");
    rig.receive_bytes(&named);
    rig.request();
    rig.receive_bytes(&named.replace("A.example", "a.EXAMPLE"));
    assert!(rig.events().is_empty());
}

#[test]
fn ist_018_a_peer_of_rfc_2543_is_matched_by_its_headers() {
    for branch in ["", ";branch=1", ";branch=z9hG4bK"] {
        let text =
            |method: &str| incoming(method, BRANCH).replace(&format!(";branch={BRANCH}"), branch);
        let mut rig = Rig::new(udp());
        rig.receive_bytes(&text("INVITE"));
        let (transaction, request) = rig.request();
        rig.receive_bytes(&text("INVITE"));
        assert!(rig.events().is_empty(), "a retransmission");
        rig.respond(transaction, &request, 486);
        rig.sent();
        let ack = |tag: &str| {
            text("ACK")
                .replace("To: <sip:bob@192.0.2.4>", &format!("To: <sip:bob@192.0.2.4>;tag={tag}"))
        };
        rig.receive_bytes(&ack("somebody"));
        assert!(matches!(rig.events()[..], [Event::Ack { transaction: None, .. }]));
        rig.receive_bytes(&ack("callee"));
        assert!(rig.events().is_empty());
        assert_eq!(rig.state(transaction), "Confirmed");
        // Another Request-URI is another request.
        rig.receive_bytes(
            &text("INVITE")
                .replace("sip:bob@192.0.2.4 SIP", "sip:carol@192.0.2.4 SIP")
                .replace("CSeq: 1", "CSeq: 2"),
        );
        rig.request();
    }
}

#[test]
fn ist_019_cancel_is_answered_with_the_tag_of_the_invite_and_told() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.respond(transaction, &request, 180);
    rig.sent();
    rig.receive_bytes(&incoming("CANCEL", BRANCH));
    let ok = rig.sent_one();
    let ok = ok.as_response().unwrap();
    assert_eq!(ok.status(), StatusCode::OK);
    assert_eq!(ok.headers().require(header::CSeq).unwrap().method(), Method::CANCEL);
    assert_eq!(ok.headers().require(header::To).unwrap().tag(), Some("callee"));
    let events = rig.events();
    assert!(matches!(&events[..], [Event::Cancelled { transaction: it, to_tag, .. }]
        if *it == transaction && to_tag == "callee"));
    // A retransmission gets the same answer.
    rig.receive_bytes(&incoming("CANCEL", BRANCH));
    assert_eq!(rig.sent_one().as_bytes(), ok.as_bytes());
    assert!(rig.events().is_empty());
    rig.respond(transaction, &request, 487);
    assert_eq!(rig.sent_lines(), ["SIP/2.0 487 Request Terminated"]);
}

#[test]
fn ist_019_before_any_response_cancel_fixes_the_tag() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = proceeding(&mut rig);
    rig.receive_bytes(&incoming("CANCEL", BRANCH));
    let ok = rig.sent_one();
    let tag = ok.headers().require(header::To).unwrap().tag().unwrap().to_owned();
    assert_eq!(rig.endpoint.to_tag(transaction), Some(&*tag));
    let response = response(&request, 487, &tag);
    rig.endpoint.send_response(rig.now, transaction, &response).unwrap();
}

#[test]
fn ist_020_cancel_after_the_final_response_changes_nothing() {
    for status in [200, 486] {
        let mut rig = Rig::new(udp());
        let (transaction, request) = proceeding(&mut rig);
        rig.respond(transaction, &request, status);
        rig.sent();
        let state = rig.state(transaction);
        rig.receive_bytes(&incoming("CANCEL", BRANCH));
        assert_eq!(rig.sent_lines(), ["SIP/2.0 200 OK"]);
        assert!(rig.events().is_empty());
        assert_eq!(rig.state(transaction), state);
    }
}

#[test]
fn ist_021_cancel_of_nothing_is_answered_with_481() {
    let mut rig = Rig::new(udp());
    proceeding(&mut rig);
    rig.receive_bytes(&incoming("CANCEL", "z9hG4bKother"));
    assert_eq!(rig.sent_lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
    assert!(rig.events().is_empty());
}

#[test]
fn ist_021_a_proxy_is_told_of_a_cancel_of_nothing() {
    let mut config = Config::default();
    config.role = Role::Proxy;
    let mut rig = Rig::with(udp(), config);
    rig.receive_bytes(&incoming("CANCEL", "z9hG4bKother"));
    assert!(rig.sent().is_empty());
    assert!(matches!(rig.events()[..], [Event::UnmatchedCancel { .. }]));
    assert!(rig.endpoint.is_empty());
}

#[test]
fn ist_022_a_merged_request_is_answered_with_482() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = proceeding(&mut rig);
    let other = incoming("INVITE", "z9hG4bKother");
    rig.receive_bytes(&other);
    assert_eq!(rig.sent_lines(), ["SIP/2.0 482 Loop Detected"]);
    assert!(rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Proceeding");
    // It is a transaction like any other: sent again, and acknowledged.
    assert_eq!(rig.run_to(600).len(), 2, "100 for the first, 482 again");
    rig.receive_bytes(&incoming_ack("z9hG4bKother", "any"));
    assert!(rig.events().is_empty());
    // Inside a dialog, or with another CSeq number, nothing is merged.
    rig.receive_bytes(&other.replace("z9hG4bKother", "z9hG4bKthird").replace("CSeq: 1", "CSeq: 2"));
    rig.request();
    let dialog = other
        .replace("z9hG4bKother", "z9hG4bK4")
        .replace("bob@192.0.2.4>\r", "bob@192.0.2.4>;tag=x\r");
    rig.receive_bytes(&dialog);
    rig.request();
}

#[test]
fn ist_022_a_proxy_takes_a_merged_request_for_another() {
    let mut config = Config::default();
    config.role = Role::Proxy;
    let mut rig = Rig::with(udp(), config);
    proceeding(&mut rig);
    rig.receive_bytes(&incoming("INVITE", "z9hG4bKother"));
    rig.request();
}

#[test]
fn one_branch_for_two_requests_makes_two_transactions() {
    let mut rig = Rig::new(udp());
    let (first, request) = proceeding(&mut rig);
    let second_text = incoming("INVITE", BRANCH).replace("a84b4c76e66710", "another-call");
    rig.receive_bytes(&second_text);
    let (second, _) = rig.request();
    assert_ne!(first, second);
    rig.respond(first, &request, 486);
    rig.receive_bytes(&incoming_ack(BRANCH, "callee"));
    assert_eq!((rig.state(first), rig.state(second)), ("Confirmed", "Proceeding"));
}
