//! RFC 3261 §17.1.1, RFC 6026 §7.2, RFC 3261 §9.1.

use sip_message::{Message, Method, Request, header};
use sip_transaction::{Cause, Config, Event, SendError, StrayReason, Timer, Transaction};

use super::support::{Rig, response, tcp, udp};

/// An INVITE that was sent, as the peer sees it.
fn calling(rig: &mut Rig) -> (sip_transaction::ClientTransaction, Request) {
    let transaction = rig.send(Method::INVITE);
    let sent = rig.sent_one();
    (transaction, sent.as_request().unwrap().clone())
}

fn timeout(transaction: impl Into<Transaction>, timer: Timer) -> [Event; 2] {
    let transaction = transaction.into();
    [
        Event::Timeout { transaction, timer },
        Event::Terminated { transaction, cause: Cause::Timeout },
    ]
}

#[test]
fn ict_001_an_invite_is_sent_once_and_timers_a_and_b_run() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = calling(&mut rig);
    assert_eq!(rig.state(transaction), "Calling");
    assert_eq!(rig.endpoint.metrics().timers, 2);
    assert_eq!(
        rig.endpoint.poll_timeout().unwrap() - rig.now,
        std::time::Duration::from_millis(500)
    );
}

#[test]
fn ict_002_over_udp_silence_is_seven_invites_and_timer_b() {
    let mut rig = Rig::new(udp());
    let (transaction, _) = calling(&mut rig);
    let times: Vec<u128> = rig.run_to(31_999).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert!(rig.events().is_empty());
    assert!(rig.run_to(60_000).is_empty(), "neither ACK nor INVITE");
    assert_eq!(rig.events(), timeout(transaction, Timer::B));
    assert!(rig.endpoint.is_empty());
}

#[test]
fn ict_003_over_tcp_silence_is_one_invite_and_timer_b() {
    let mut rig = Rig::new(tcp());
    let (transaction, _) = calling(&mut rig);
    assert!(rig.run_to(31_999).is_empty());
    assert_eq!(rig.state(transaction), "Calling");
    rig.run_to(32_000);
    assert_eq!(rig.events(), timeout(transaction, Timer::B));
}

#[test]
fn ict_004_a_provisional_response_is_passed_up_and_stops_timer_a() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    assert_eq!(rig.statuses(), [180]);
    assert_eq!(rig.state(transaction), "Proceeding");
    assert!(rig.run_to(31_999).is_empty());
}

#[test]
fn ict_005_each_provisional_response_is_passed_up() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    for status in [100, 180, 183, 180] {
        rig.receive(response(&invite, status, "b"));
    }
    assert_eq!(rig.statuses(), [100, 180, 183, 180]);
    assert_eq!(rig.state(transaction), "Proceeding");
}

#[test]
fn ict_006_proceeding_outlives_timer_b_and_timer_c_cancels() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    assert!(rig.run_to(150_000).is_empty());
    assert_eq!(rig.state(transaction), "Proceeding");
    // Any provisional response but 100 gives more time (§16.7 step 2).
    rig.receive(response(&invite, 180, "b"));
    rig.run_to(170_000);
    rig.receive(response(&invite, 100, "b"));
    assert!(rig.run_to(150_000 + 180_999).is_empty());
    let sent = rig.run_to(150_000 + 181_000);
    assert_eq!(sent, [(331_000, "CANCEL sip:bob@biloxi.example SIP/2.0".to_owned())]);
    rig.events();
    rig.run_to(331_000 + 32_000);
    assert_eq!(rig.events(), timeout(transaction, Timer::Cancelled));
    assert!(rig.endpoint.is_empty());
}

#[test]
fn ict_006_without_timer_c_an_invite_rings_for_ever() {
    let mut config = Config::default();
    config.timers.c = None;
    let mut rig = Rig::with(udp(), config);
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    assert_eq!(rig.endpoint.poll_timeout(), None);
    assert!(rig.run_to(3_600_000).is_empty());
    assert_eq!(rig.state(transaction), "Proceeding");
}

#[test]
fn ict_007_a_refusal_is_passed_up_and_acknowledged() {
    for provisional in [false, true] {
        for status in [300, 302, 404, 486, 503, 603, 699] {
            let mut rig = Rig::new(udp());
            let (transaction, invite) = calling(&mut rig);
            if provisional {
                rig.receive(response(&invite, 180, "b"));
                assert_eq!(rig.statuses(), [180]);
            }
            rig.receive(response(&invite, status, "b"));
            assert_eq!(rig.statuses(), [status]);
            assert_eq!(rig.state(transaction), "Completed");
            let sent = rig.sent();
            assert_eq!(sent.len(), 1);
            assert_eq!(sent[0].flow, udp());
            assert!(sent[0].bytes.starts_with(b"ACK "));
            assert!(rig.run_to(31_999).is_empty());
            assert_eq!(rig.state(transaction), "Completed");
        }
    }
}

#[test]
fn ict_008_over_tcp_a_refusal_is_acknowledged_and_it_is_over() {
    let mut rig = Rig::new(tcp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 486, "b"));
    assert_eq!(rig.sent_one().as_request().unwrap().method(), Method::ACK);
    assert!(matches!(
        rig.events()[..],
        [Event::Response { .. }, Event::Terminated { cause: Cause::Finished, .. }]
    ));
    assert_eq!(rig.state(transaction), "Terminated");
    assert_eq!(rig.endpoint.poll_timeout(), None);
}

#[test]
fn ict_009_a_refusal_that_comes_again_is_acknowledged_again_and_not_passed_up() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 486, "b"));
    let ack = rig.sent_one();
    assert_eq!(rig.statuses(), [486]);
    for _ in 0..3 {
        rig.receive(response(&invite, 486, "b"));
        assert_eq!(rig.sent_one(), ack);
    }
    assert!(rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Completed");
}

#[test]
fn ict_010_other_responses_in_completed_are_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 486, "b"));
    rig.sent();
    rig.events();
    for status in [100, 180, 200, 202] {
        rig.receive(response(&invite, status, "b"));
    }
    assert!(rig.events().is_empty() && rig.sent().is_empty());
    assert_eq!(rig.state(transaction), "Completed");
}

#[test]
fn ict_011_timer_d_ends_it_and_a_later_refusal_is_a_stray() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 486, "b"));
    rig.sent();
    rig.events();
    rig.run_to(32_000);
    let transaction = transaction.into();
    assert_eq!(rig.events(), [Event::Terminated { transaction, cause: Cause::Finished }]);
    rig.receive(response(&invite, 486, "b"));
    assert!(matches!(rig.events()[..], [Event::Stray { reason: StrayReason::NoTransaction, .. }]));
    assert!(rig.sent().is_empty());
}

#[test]
fn ict_012_the_ack_for_a_refusal_is_built_from_the_invite_and_the_response() {
    let mut rig = Rig::new(udp());
    let (_, invite) = calling(&mut rig);
    rig.receive(response(&invite, 486, "bobs-tag"));
    let ack = rig.sent_one();
    let ack = ack.as_request().unwrap();
    assert_eq!(ack.uri_bytes(), invite.uri_bytes());
    for name in ["Call-ID", "From", "Route", "Via"] {
        let values = |request: &Request| -> Vec<Vec<u8>> {
            request.headers().lines(name).map(|line| line.value().to_vec()).collect()
        };
        assert_eq!(values(ack), values(&invite), "{name}");
    }
    assert_eq!(ack.headers().each(header::Via).count(), 1);
    assert_eq!(ack.headers().require(header::To).unwrap().tag(), Some("bobs-tag"));
    let cseq = ack.headers().require(header::CSeq).unwrap();
    assert_eq!((cseq.number(), cseq.method()), (314_159, Method::ACK));
}

#[test]
fn ict_013_a_2xx_is_passed_up_and_not_acknowledged() {
    for provisional in [false, true] {
        let mut rig = Rig::new(udp());
        let (transaction, invite) = calling(&mut rig);
        if provisional {
            rig.receive(response(&invite, 180, "b"));
            rig.events();
        }
        rig.receive(response(&invite, 200, "b"));
        assert_eq!(rig.statuses(), [200]);
        assert_eq!(rig.state(transaction), "Accepted");
        assert!(rig.sent().is_empty());
        assert_eq!(rig.endpoint.metrics().timers, 1);
        assert_eq!(
            rig.endpoint.poll_timeout().unwrap() - rig.now,
            std::time::Duration::from_secs(32)
        );
    }
}

#[test]
fn ict_014_each_2xx_of_each_fork_is_passed_up() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    for (status, tag) in [(200, "b"), (200, "b"), (200, "c"), (202, "d")] {
        rig.receive(response(&invite, status, tag));
    }
    assert_eq!(rig.statuses(), [200, 200, 200, 202]);
    assert_eq!(rig.state(transaction), "Accepted");
}

#[test]
fn ict_015_other_responses_in_accepted_are_absorbed() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 200, "b"));
    rig.events();
    for status in [100, 180, 302, 486, 603] {
        rig.receive(response(&invite, status, "c"));
    }
    assert!(rig.events().is_empty() && rig.sent().is_empty());
    assert_eq!(rig.state(transaction), "Accepted");
}

#[test]
fn ict_016_timer_m_ends_it_and_a_later_2xx_is_a_stray() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 200, "b"));
    rig.events();
    rig.run_to(31_999);
    assert_eq!(rig.state(transaction), "Accepted");
    rig.run_to(32_000);
    assert_eq!(rig.state(transaction), "Terminated");
    rig.events();
    rig.receive(response(&invite, 200, "b"));
    assert!(matches!(rig.events()[..], [Event::Stray { reason: StrayReason::NoTransaction, .. }]));
}

#[test]
fn ict_017_a_transport_error_is_told_and_ends_it() {
    for status in [None, Some(180), Some(486)] {
        let mut rig = Rig::new(udp());
        let (transaction, invite) = calling(&mut rig);
        if let Some(status) = status {
            rig.receive(response(&invite, status, "b"));
        }
        rig.sent();
        rig.events();
        rig.fail(transaction);
        let transaction = transaction.into();
        let cause = Cause::TransportFailed;
        assert_eq!(
            rig.events(),
            [Event::TransportFailed { transaction }, Event::Terminated { transaction, cause }]
        );
        assert!(rig.endpoint.is_empty() && rig.endpoint.poll_timeout().is_none());
    }
}

#[test]
fn ict_018_a_response_to_cancel_is_not_one_to_the_invite() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    rig.endpoint.cancel(rig.now, transaction, None).unwrap();
    let cancel = rig.sent_one();
    rig.events();
    rig.receive(response(cancel.as_request().unwrap(), 200, "b"));
    assert!(rig.events().is_empty());
    assert_eq!(rig.state(transaction), "Proceeding");
    // A BYE with this branch is nobody's.
    let bye = String::from_utf8(response(&invite, 200, "b").as_bytes().to_vec()).unwrap();
    rig.receive_bytes(&bye.replace("314159 INVITE", "314159 BYE"));
    assert!(matches!(rig.events()[..], [Event::Stray { .. }]));
    // So is an answer to an ACK.
    rig.receive_bytes(&bye.replace("314159 INVITE", "314159 ACK"));
    assert!(matches!(rig.events()[..], [Event::Stray { .. }]));
}

#[test]
fn ict_019_a_response_with_an_unknown_branch_is_dropped() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    let via = invite.headers().require(header::Via).unwrap();
    let branch = via.branch().unwrap();
    let text = String::from_utf8(response(&invite, 200, "b").as_bytes().to_vec()).unwrap();
    for other in ["z9hG4bKnashds8", "z9hG4bK", "1", &format!("{}0", &branch[..branch.len() - 1])] {
        if other != branch {
            rig.receive_bytes(&text.replace(branch, other));
            assert!(matches!(
                rig.events()[..],
                [Event::Stray { reason: StrayReason::NoTransaction, .. }]
            ));
        }
    }
    assert_eq!(rig.state(transaction), "Calling");
}

#[test]
fn ict_020_cancel_waits_for_a_provisional_response() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.endpoint.cancel(rig.now, transaction, None).unwrap();
    assert!(rig.endpoint.is_cancelled(transaction));
    assert!(rig.sent().is_empty());
    assert_eq!(rig.run_to(600), [(500, "INVITE sip:bob@biloxi.example SIP/2.0".to_owned())]);
    rig.receive(response(&invite, 100, "b"));
    assert_eq!(rig.sent_lines(), ["CANCEL sip:bob@biloxi.example SIP/2.0"]);
}

#[test]
fn ict_020_cancel_is_not_sent_when_a_final_response_comes_first() {
    for status in [200, 486] {
        let mut rig = Rig::new(udp());
        let (transaction, invite) = calling(&mut rig);
        rig.endpoint.cancel(rig.now, transaction, None).unwrap();
        rig.receive(response(&invite, status, "b"));
        let sent = rig.sent_lines();
        assert!(sent.iter().all(|line| line.starts_with("ACK")), "{sent:?}");
        let state = rig.state(transaction);
        let again = rig.endpoint.cancel(rig.now, transaction, None);
        assert_eq!(again, Err(SendError::State(state)));
    }
}

#[test]
fn ict_021_cancel_is_built_from_the_invite_and_is_a_transaction_of_its_own() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    rig.endpoint.cancel(rig.now, transaction, Some("SIP;cause=200")).unwrap();
    rig.endpoint.cancel(rig.now, transaction, None).unwrap();
    let cancel = rig.sent_one();
    let cancel = cancel.as_request().unwrap();
    assert_eq!(cancel.uri_bytes(), invite.uri_bytes());
    for name in ["Call-ID", "From", "To", "Route", "Via"] {
        let values = |request: &Request| -> Vec<Vec<u8>> {
            request.headers().lines(name).map(|line| line.value().to_vec()).collect()
        };
        assert_eq!(values(cancel), values(&invite), "{name}");
    }
    assert_eq!(cancel.headers().require(header::CSeq).unwrap().number(), 314_159);
    assert_eq!(cancel.headers().raw("Reason"), Some(&b"SIP;cause=200"[..]));
    // Sent again until it has its answer.
    assert_eq!(rig.run_to(1_600).len(), 2);
    rig.receive(response(cancel, 200, "b"));
    assert!(rig.run_to(20_000).is_empty());
    rig.receive(response(&invite, 487, "b"));
    assert_eq!(rig.sent_lines(), ["ACK sip:bob@biloxi.example SIP/2.0"]);
    let statuses: Vec<u16> = rig.statuses();
    assert_eq!(statuses, [180, 487]);
}

#[test]
fn ict_022_an_invite_without_final_response_is_over_64_t1_after_its_cancel() {
    let mut rig = Rig::new(udp());
    let (transaction, invite) = calling(&mut rig);
    rig.receive(response(&invite, 180, "b"));
    rig.run_to(1_000);
    rig.endpoint.cancel(rig.now, transaction, None).unwrap();
    let cancel = rig.sent_one();
    rig.receive(response(cancel.as_request().unwrap(), 200, "b"));
    // More ringing gives no more time.
    rig.run_to(20_000);
    rig.receive(response(&invite, 180, "b"));
    rig.events();
    rig.run_to(32_999);
    assert_eq!(rig.state(transaction), "Proceeding");
    rig.run_to(33_000);
    assert_eq!(rig.events(), timeout(transaction, Timer::Cancelled));
    assert!(rig.endpoint.is_empty());
}

#[test]
fn only_an_invite_is_cancelled() {
    let mut rig = Rig::new(udp());
    let transaction = rig.send(Method::OPTIONS);
    assert_eq!(rig.endpoint.cancel(rig.now, transaction, None), Err(SendError::NotInvite));
    rig.fail(transaction);
    assert_eq!(rig.endpoint.cancel(rig.now, transaction, None), Err(SendError::NoTransaction));
    let ack = Message::from(super::support::request(Method::ACK));
    let sent = rig.endpoint.send_request(rig.now, rig.flow, ack.as_request().unwrap());
    assert_eq!(sent, Err(SendError::Ack));
}
