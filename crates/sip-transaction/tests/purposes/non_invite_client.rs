//! RFC 3261 §17.1.2, RFC 4320.

use sip_message::{Method, Request};
use sip_transaction::{Cause, ClientTransaction, Event, StrayReason, Timer};

use super::support::{Rig, response, tcp, udp};

fn trying(rig: &mut Rig) -> (ClientTransaction, Request) {
    let transaction = rig.send(Method::OPTIONS);
    let sent = rig.sent_one();
    (transaction, sent.as_request().unwrap().clone())
}

#[test]
fn nict_001_over_udp_silence_is_eleven_requests_and_timer_f() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = trying(&mut rig);
    let times: Vec<u128> = rig.run_to(31_999).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(rig.state(transaction), "Trying");
    assert!(rig.run_to(40_000).is_empty());
    let transaction = transaction.into();
    assert_eq!(
        rig.events(),
        [
            Event::Timeout { transaction, timer: Timer::F },
            Event::Terminated { transaction, cause: Cause::Timeout },
        ]
    );
    assert!(rig.endpoint.is_empty());
}

#[test]
fn nict_002_over_tcp_nothing_is_sent_again() {
    let mut rig = Rig::new(tcp());
    let (transaction, _) = trying(&mut rig);
    assert!(rig.run_to(32_000).is_empty());
    let events = rig.events();
    assert!(matches!(events[0], Event::Timeout { timer: Timer::F, .. }));
    assert_eq!(rig.state(transaction), "Terminated");
}

#[test]
fn nict_003_after_a_provisional_response_timer_e_is_t2() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.run_to(600);
    rig.receive(response(&request, 100, "b"));
    assert_eq!(rig.statuses(), [100]);
    assert_eq!(rig.state(transaction), "Proceeding");
    // The one that runs goes on (it fires at 1.5 s), and is T2 from there.
    let times: Vec<u128> = rig.run_to(14_000).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [1_500, 5_500, 9_500, 13_500]);
}

#[test]
fn nict_004_timer_f_ends_proceeding() {
    for flow in [udp(), tcp()] {
        let mut rig = Rig::new(flow);
        let (transaction, request) = trying(&mut rig);
        rig.receive(response(&request, 100, "b"));
        rig.events();
        rig.run_to(31_999);
        assert_eq!(rig.state(transaction), "Proceeding");
        rig.run_to(32_000);
        assert!(matches!(rig.events()[0], Event::Timeout { timer: Timer::F, .. }));
        assert!(rig.endpoint.is_empty());
    }
}

#[test]
fn nict_005_a_final_response_is_passed_up_once() {
    for provisional in [false, true] {
        for status in [200, 302, 404, 503, 603] {
            let mut rig = Rig::new(udp());
            let (transaction, request) = trying(&mut rig);
            if provisional {
                rig.receive(response(&request, 100, "b"));
                rig.events();
            }
            rig.receive(response(&request, status, "b"));
            assert_eq!(rig.statuses(), [status]);
            assert_eq!(rig.state(transaction), "Completed");
            assert!(rig.run_to(4_999).is_empty());
            assert_eq!(rig.state(transaction), "Completed");
        }
    }
    let mut rig = Rig::new(tcp());
    let (transaction, request) = trying(&mut rig);
    rig.receive(response(&request, 200, "b"));
    assert!(matches!(rig.events()[..], [Event::Response { .. }, Event::Terminated { .. }]));
    assert_eq!(rig.state(transaction), "Terminated");
}

#[test]
fn nict_006_in_completed_any_response_is_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.receive(response(&request, 200, "b"));
    rig.events();
    for status in [100, 200, 404] {
        rig.receive(response(&request, status, "b"));
    }
    assert!(rig.events().is_empty() && rig.sent().is_empty());
    assert_eq!(rig.state(transaction), "Completed");
    assert_eq!(rig.endpoint.metrics().absorbed, 3);
}

#[test]
fn nict_007_timer_k_ends_it() {
    let mut rig = Rig::new(udp());
    let (transaction, request) = trying(&mut rig);
    rig.receive(response(&request, 200, "b"));
    rig.events();
    rig.run_to(5_000);
    let transaction = transaction.into();
    assert_eq!(rig.events(), [Event::Terminated { transaction, cause: Cause::Finished }]);
    rig.receive(response(&request, 200, "b"));
    assert!(matches!(rig.events()[..], [Event::Stray { reason: StrayReason::NoTransaction, .. }]));
}

#[test]
fn nict_008_a_transport_error_is_told_and_ends_it() {
    for provisional in [false, true] {
        let mut rig = Rig::new(udp());
        let (transaction, request) = trying(&mut rig);
        if provisional {
            rig.receive(response(&request, 100, "b"));
            rig.events();
        }
        rig.fail(transaction);
        assert!(matches!(
            rig.events()[..],
            [
                Event::TransportFailed { .. },
                Event::Terminated { cause: Cause::TransportFailed, .. }
            ]
        ));
        assert!(rig.endpoint.is_empty());
    }
}

#[test]
fn nict_009_a_timeout_is_told_without_a_response() {
    let mut rig = Rig::new(udp());
    trying(&mut rig);
    rig.run_to(32_000);
    let events = rig.events();
    assert!(events.iter().any(|event| matches!(event, Event::Timeout { timer: Timer::F, .. })));
    assert!(!events.iter().any(|event| matches!(event, Event::Response { .. })));
}
