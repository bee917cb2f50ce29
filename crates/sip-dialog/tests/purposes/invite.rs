//! DLG-014 to DLG-018, DLG-027 to DLG-031 and DLG-033: how calls begin and end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sip_dialog::{AgentError, EndCause, Event, Extra, InviteOptions, Phase};
use sip_message::{HeaderName, Method, StatusCode, header};
use sip_testkit::stage::{cseq, lists, raw, to_tag};

use super::support::{
    CONTACT, SDP, T1, callee, caller, calling, hang_up, invite, sdp, stage, status, to_caller,
    with, within,
};

#[test]
fn dlg_014_early_dialogs_without_a_2xx_end_64_t1_after_the_first_2xx() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    for tag in ["alice", "carol", "dora"] {
        stage.answer(&invite, 180, tag, &[CONTACT], "");
        assert!(matches!(stage.next_event(), Event::Progress { .. }));
    }
    assert_eq!(stage.agent.early_dialogs(call).unwrap().count(), 3);
    stage.answer(&invite, 200, "carol", &[CONTACT], SDP);
    assert!(matches!(stage.next_event(), Event::Answered { .. }));
    stage.pass(64 * T1 - Duration::from_millis(1));
    assert_eq!(stage.agent.early_dialogs(call).unwrap().count(), 2);
    stage.nothing_told();
    stage.pass(Duration::from_millis(1));
    for tag in ["alice", "dora"] {
        let Event::EarlyDialogEnded { remote_tag, .. } = stage.next_event() else { panic!() };
        assert!([tag, "alice", "dora"].contains(&remote_tag.as_str()));
    }
    assert_eq!(stage.agent.counts().dialogs, 1);
    assert_eq!(stage.agent.dialog(call).unwrap().id().remote_tag, "carol");
}

#[test]
fn dlg_014_an_early_dialog_that_is_over_by_199_ends_at_once() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    for tag in ["alice", "carol"] {
        stage.answer(&invite, 180, tag, &[CONTACT], "");
        stage.next_event();
    }
    stage.answer(&invite, 199, "alice", &["Reason: SIP;cause=486"], "");
    let Event::EarlyDialogEnded { remote_tag, .. } = stage.next_event() else { panic!() };
    assert_eq!(remote_tag, "alice");
    assert_eq!(stage.agent.early_dialogs(call).unwrap().count(), 1);
}

#[test]
fn dlg_015_a_2xx_that_comes_again_brings_the_same_ack_again() {
    let mut stage = stage();
    let (_, invite) = calling(&mut stage);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    let first = stage.next_request(Method::ACK);
    for _ in 0..3 {
        stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
        assert_eq!(stage.next_request(Method::ACK).as_bytes(), first.as_bytes());
    }
    // The ACK has a branch of its own (RFC 3261 §17.1.1.3).
    assert_ne!(raw(&first, "Via"), raw(&invite, "Via"));
}

#[test]
fn dlg_015_even_when_the_call_is_over() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.nothing_sent();
}

#[test]
fn dlg_016_a_2xx_is_sent_again_until_its_ack() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    let ok = stage.next_response(200);
    stage.pass(Duration::from_secs(10));
    let times: Vec<_> = stage.sent.iter().map(|(at, _)| at.as_millis()).collect();
    assert_eq!(times, [500, 1_500, 3_500, 7_500]);
    for (_, message) in stage.sent.drain(..) {
        assert_eq!(message.as_response().unwrap().as_bytes(), ok.as_bytes());
    }
    stage.receive_text(&within("ACK", 1, &to_tag(&ok), "", ""));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    stage.pass(Duration::from_secs(60));
    stage.nothing_sent();
    hang_up(&mut stage, call);
}

#[test]
fn dlg_016_without_an_ack_it_ends_in_bye_after_64_t1_over_any_transport() {
    use sip_transaction::{ConnectionId, Flow, Transport};
    let (local, remote) =
        (sip_testkit::stage::AGENT.parse().unwrap(), sip_testkit::stage::PEER.parse().unwrap());
    let tcp = Flow::connection(Transport::Tcp, local, remote, ConnectionId(1));
    for flow in [Flow::udp(local, remote), tcp] {
        let mut stage = sip_testkit::stage::Stage::over(sip_testkit::stage::config(), flow);
        let call = invite(&mut stage, "", SDP);
        stage.agent.accept(stage.now, call, sdp()).unwrap();
        stage.next_response(200);
        stage.pass(64 * T1);
        let sent: Vec<_> = stage.sent.drain(..).collect();
        let times: Vec<_> = sent.iter().map(|(at, _)| at.as_millis()).collect();
        // At T1, doubling up to T2 (4 s), until 32 s.
        let again = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
        assert_eq!(times[..10], again);
        assert_eq!(times[10..], [32_000]);
        let bye = sent[10].1.as_request().unwrap();
        assert_eq!(bye.method(), Method::BYE);
        stage.answer(bye, 200, "", &[], "");
        let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
        assert_eq!(cause, EndCause::NoAck);
        stage.nothing_left();
    }
}

#[test]
fn dlg_017_a_callee_says_no_bye_before_the_ack() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    let tag = to_tag(&stage.next_response(200));
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.nothing_sent();
    assert!(stage.agent.hang_up(stage.now, call).is_err());
    stage.receive_text(&within("ACK", 1, &tag, "", ""));
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::HungUp, .. }));
    stage.nothing_left();
}

#[test]
fn dlg_017_a_callee_that_hangs_up_before_the_2xx_refuses() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    stage.next_response(180);
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.next_response(603);
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Declined(status(603)));
    stage.nothing_left();
}

#[test]
fn dlg_017_a_caller_may_end_one_early_dialog_by_bye() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    for tag in ["alice", "carol"] {
        stage.answer(&invite, 180, tag, &[CONTACT], "");
        stage.next_event();
    }
    stage.agent.hang_up_early(stage.now, call, "alice").unwrap();
    let bye = stage.next_request(Method::BYE);
    assert_eq!(to_tag(&bye), "alice");
    assert!(matches!(stage.next_event(), Event::EarlyDialogEnded { .. }));
    stage.answer(&bye, 200, "", &[], "");
    stage.answer(&invite, 200, "carol", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    hang_up(&mut stage, call);
}

#[test]
fn dlg_018_a_bye_is_answered_with_200_and_what_waits_with_487() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    let tag = to_tag(&stage.next_response(180));
    stage.receive_text(&within("BYE", 2, &tag, "", ""));
    let bye = stage.next_response(200);
    assert_eq!(raw(&bye, "CSeq"), "2 BYE");
    let invite = stage.next_response(487);
    assert_eq!(raw(&invite, "CSeq"), "1 INVITE");
    assert_eq!(to_tag(&invite), tag);
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::PeerHungUp, .. }));
    stage.nothing_left();
}

#[test]
fn dlg_018_a_bye_ends_an_established_call() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("BYE", 2, &tag, "Reason: Q.850;cause=16", ""));
    stage.next_response(200);
    let Event::Ended { cause, message: Some(bye), .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::PeerHungUp);
    assert_eq!(raw(bye.as_request().unwrap(), "Reason"), "Q.850;cause=16");
    stage.nothing_left();
}

#[test]
fn dlg_027_reliable_responses_count_up_from_a_random_number_one_at_a_time() {
    let mut stage = stage();
    let call = invite(&mut stage, "Require: 100rel", SDP);
    for code in [180, 183] {
        stage.agent.ring(stage.now, call, status(code), Extra::new()).unwrap();
    }
    let first = stage.next_response(180);
    assert!(lists(&first, &HeaderName::REQUIRE, "100rel"));
    let rseq: u32 = raw(&first, "RSeq").parse().unwrap();
    assert!((1..1 << 31).contains(&rseq));
    // The second waits for the PRACK of the first.
    stage.nothing_sent();
    let tag = to_tag(&first);
    let rack = format!("RAck: {rseq} 1 INVITE");
    stage.receive_text(&within("PRACK", 2, &tag, &rack, ""));
    let prack = stage.next_response(200);
    assert_eq!(raw(&prack, "CSeq"), "2 PRACK");
    let second = stage.next_response(183);
    assert_eq!(raw(&second, "RSeq").parse::<u32>().unwrap(), rseq + 1);
    assert!(matches!(stage.next_event(), Event::Acknowledged { .. }));
}

#[test]
fn dlg_027_without_a_prack_it_is_sent_again_and_the_invite_refused_after_64_t1() {
    let mut stage = stage();
    let call = invite(&mut stage, "Require: 100rel", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    stage.next_response(180);
    stage.pass(64 * T1);
    let sent: Vec<_> = stage.sent.drain(..).collect();
    let times: Vec<_> = sent.iter().map(|(at, _)| at.as_millis()).collect();
    // Doubling, and not held down to T2 (RFC 3262 §3).
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 15_500, 31_500, 32_000]);
    let code = sent[6].1.as_response().unwrap().status().code();
    assert!((500..600).contains(&code), "{code}");
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::NoPrack, .. }));
}

#[test]
fn dlg_028_a_prack_that_names_nothing_is_answered_with_481() {
    let mut stage = stage();
    let call = invite(&mut stage, "Require: 100rel", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    let ringing = stage.next_response(180);
    let (tag, rseq) = (to_tag(&ringing), raw(&ringing, "RSeq").parse::<u32>().unwrap());
    let wrong = [
        format!("RAck: {} 1 INVITE", rseq + 1),
        format!("RAck: {rseq} 2 INVITE"),
        format!("RAck: {rseq} 1 UPDATE"),
        "X-RAck: 1".to_owned(),
    ];
    for (place, rack) in (2..).zip(&wrong) {
        stage.receive_text(&within("PRACK", place, &tag, rack, ""));
        stage.next_response(481);
    }
    let right = format!("RAck: {rseq} 1 INVITE");
    stage.receive_text(&within("PRACK", 9, &tag, &right, ""));
    stage.next_response(200);
    // Once more, with a CSeq of its own: nothing waits any more.
    stage.receive_text(&within("PRACK", 10, &tag, &right, ""));
    stage.next_response(481);
}

#[test]
fn dlg_029_a_reliable_response_out_of_order_is_dropped() {
    let mut stage = stage();
    let (_, invite) = calling(&mut stage);
    let reliable = |rseq: u32| format!("RSeq: {rseq}");
    let require = "Require: 100rel";
    stage.answer(&invite, 180, "alice", &[CONTACT, require, &reliable(10)], "");
    let prack = stage.next_request(Method::PRACK);
    assert_eq!(raw(&prack, "RAck"), format!("10 {} INVITE", cseq(&invite)));
    assert!(matches!(stage.next_event(), Event::Progress { .. }));
    for dropped in [10, 9, 12] {
        stage.answer(&invite, 183, "alice", &[CONTACT, require, &reliable(dropped)], "");
        stage.nothing_sent();
        stage.nothing_told();
    }
    stage.answer(&invite, 183, "alice", &[CONTACT, require, &reliable(11)], "");
    assert!(raw(&stage.next_request(Method::PRACK), "RAck").starts_with("11 "));
    // Each early dialog has a count of its own.
    stage.answer(&invite, 180, "carol", &[CONTACT, require, &reliable(500)], "");
    assert!(raw(&stage.next_request(Method::PRACK), "RAck").starts_with("500 "));
}

#[test]
fn dlg_030_a_2xx_waits_for_the_prack_of_a_response_with_a_description() {
    let mut stage = stage();
    let call = invite(&mut stage, "Supported: 100rel", SDP);
    stage.agent.ring(stage.now, call, StatusCode::SESSION_PROGRESS, sdp()).unwrap();
    let progress = stage.next_response(183);
    stage.agent.accept(stage.now, call, Extra::new()).unwrap();
    stage.nothing_sent();
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Ringing);
    let rack = format!("RAck: {} 1 INVITE", raw(&progress, "RSeq"));
    stage.receive_text(&within("PRACK", 2, &to_tag(&progress), &rack, ""));
    stage.next_response(200);
    let ok = stage.next_response(200);
    assert_eq!(raw(&ok, "CSeq"), "1 INVITE");
    // The answer was in the 183.
    assert!(ok.body().is_empty());
}

#[test]
fn dlg_031_pattern_1_offer_in_invite_answer_in_2xx() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    let missing = stage.agent.accept(stage.now, call, Extra::new());
    assert!(matches!(missing, Err(AgentError::OfferAnswer(_))));
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
    // At the caller, a 2xx without the answer makes no call.
    let mut stage = super::support::stage();
    let (_, invite) = calling(&mut stage);
    stage.answer(&invite, 200, "alice", &[CONTACT], "");
    stage.next_request(Method::ACK);
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::NoDescription, .. }));
    stage.nothing_left();
}

#[test]
fn dlg_031_pattern_2_offer_in_2xx_answer_in_ack() {
    let mut stage = stage();
    let call = invite(&mut stage, "", "");
    assert!(stage.agent.accept(stage.now, call, Extra::new()).is_err());
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    let tag = to_tag(&stage.next_response(200));
    stage.receive_text(&within("ACK", 1, &tag, "", SDP));
    let Event::Confirmed { ack, .. } = stage.next_event() else { panic!() };
    assert!(!ack.body().is_empty());
    // At the caller the program makes the answer, and the ACK waits for it.
    let mut stage = super::support::stage();
    let options = InviteOptions::default();
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    assert!(invite.body().is_empty());
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.nothing_sent();
    assert!(matches!(stage.next_event(), Event::Answered { acknowledge: true, .. }));
    // It comes again, and still waits.
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.nothing_sent();
    assert!(stage.agent.acknowledge(stage.now, call, Extra::new()).is_err());
    stage.agent.acknowledge(stage.now, call, sdp()).unwrap();
    assert!(!stage.next_request(Method::ACK).body().is_empty());
    hang_up(&mut stage, call);
}

#[test]
fn dlg_031_pattern_2_an_ack_without_the_answer_ends_the_call() {
    let mut stage = stage();
    let call = invite(&mut stage, "", "");
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    let tag = to_tag(&stage.next_response(200));
    stage.receive_text(&within("ACK", 1, &tag, "", ""));
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::NoDescription, .. }));
    stage.nothing_left();
}

#[test]
fn dlg_031_pattern_3_offer_in_invite_answer_in_a_reliable_response() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    let reliable = [CONTACT, "Require: 100rel", "RSeq: 1"];
    stage.answer(&invite, 183, "alice", &reliable, SDP);
    assert!(stage.next_request(Method::PRACK).body().is_empty());
    stage.next_event();
    assert!(!stage.agent.call(call).unwrap().offer_answer.unwrap().is_open());
    // The 2xx needs no description then.
    stage.answer(&invite, 200, "alice", &[CONTACT], "");
    stage.next_request(Method::ACK);
    assert!(matches!(stage.next_event(), Event::Answered { acknowledge: false, .. }));
}

#[test]
fn dlg_031_pattern_4_offer_in_a_reliable_response_answer_in_prack() {
    let mut stage = stage();
    let options = InviteOptions::default();
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    let reliable = [CONTACT, "Require: 100rel", "RSeq: 1"];
    stage.answer(&invite, 183, "alice", &reliable, SDP);
    stage.nothing_sent();
    assert!(matches!(stage.next_event(), Event::Progress { acknowledge: true, .. }));
    stage.agent.acknowledge(stage.now, call, sdp()).unwrap();
    assert!(!stage.next_request(Method::PRACK).body().is_empty());
    // At the callee.
    let mut stage = super::support::stage();
    let call = super::support::invite(&mut stage, "Supported: 100rel", "");
    stage.agent.ring(stage.now, call, StatusCode::SESSION_PROGRESS, sdp()).unwrap();
    let progress = stage.next_response(183);
    let rack = format!("RAck: {} 1 INVITE", raw(&progress, "RSeq"));
    stage.receive_text(&within("PRACK", 2, &to_tag(&progress), &rack, SDP));
    stage.next_response(200);
    stage.agent.accept(stage.now, call, Extra::new()).unwrap();
    stage.next_response(200);
}

#[test]
fn dlg_031_an_offer_cannot_be_in_an_unreliable_response() {
    let mut stage = stage();
    let call = invite(&mut stage, "", "");
    let refused = stage.agent.ring(stage.now, call, StatusCode::SESSION_PROGRESS, sdp());
    assert_eq!(refused, Err(AgentError::Unsupported("100rel")));
    stage.nothing_sent();
}

#[test]
fn dlg_031_pattern_5_offer_in_prack_answer_in_its_200() {
    let mut stage = stage();
    let call = invite(&mut stage, "Supported: 100rel", SDP);
    stage.agent.ring(stage.now, call, StatusCode::SESSION_PROGRESS, sdp()).unwrap();
    let progress = stage.next_response(183);
    let rack = format!("RAck: {} 1 INVITE", raw(&progress, "RSeq"));
    stage.receive_text(&within("PRACK", 2, &to_tag(&progress), &rack, SDP));
    assert!(matches!(stage.next_event(), Event::Acknowledged { .. }));
    assert!(matches!(stage.next_event(), Event::Offered { .. }));
    stage.nothing_sent();
    assert!(stage.agent.accept_offer(stage.now, call, Extra::new()).is_err());
    stage.agent.accept_offer(stage.now, call, sdp()).unwrap();
    assert!(!stage.next_response(200).body().is_empty());
    // At the caller, which sends its PRACKs itself.
    let mut stage = super::support::stage();
    let mut options = InviteOptions::new(sdp());
    options.acknowledge = true;
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    let reliable = [CONTACT, "Require: 100rel", "RSeq: 1"];
    stage.answer(&invite, 183, "alice", &reliable, SDP);
    stage.next_event();
    stage.agent.acknowledge(stage.now, call, sdp()).unwrap();
    let prack = stage.next_request(Method::PRACK);
    assert!(!prack.body().is_empty());
    assert!(stage.agent.call(call).unwrap().offer_answer.unwrap().is_open());
    stage.answer(&prack, 200, "", &[], SDP);
    assert!(!stage.agent.call(call).unwrap().offer_answer.unwrap().is_open());
    assert!(matches!(stage.next_event(), Event::Changed { .. }));
}

#[test]
fn dlg_031_pattern_6_offer_in_update_answer_in_its_200() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    stage.receive_text(&to_caller(&invite, "UPDATE", 1, CONTACT, SDP));
    assert!(matches!(stage.next_event(), Event::Offered { .. }));
    stage.agent.accept_offer(stage.now, call, sdp()).unwrap();
    assert!(!stage.next_response(200).body().is_empty());
    stage.agent.update(stage.now, call, sdp()).unwrap();
    let update = stage.next_request(Method::UPDATE);
    stage.answer(&update, 200, "", &[CONTACT], SDP);
    assert!(matches!(stage.next_event(), Event::Changed { .. }));
    hang_up(&mut stage, call);
}

/// Replaces for the call of `invite`, which our agent has begun, from outside: to-tag is ours.
fn replaces(dialog: sip_dialog::DialogId<'_>, more: &str) -> String {
    let sip_dialog::DialogId { call_id, local_tag, remote_tag } = dialog;
    format!("Replaces: {call_id};to-tag={local_tag};from-tag={remote_tag}{more}")
}

/// An INVITE of somebody else, with Replaces: each is a new one.
fn replacing(lines: &str) -> sip_message::Message {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let text = with(&["INVITE", lines, SDP]);
    let request = text.as_request().unwrap();
    let edited = request
        .edit()
        .set(header::Via, format_args!("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKr{serial}"))
        .set(header::CallId, format_args!("replacing{serial}"))
        .set(header::From, "<sip:carol@example.com>;tag=carol")
        .finish()
        .unwrap();
    edited.into()
}

#[test]
fn dlg_033_an_established_call_is_replaced_and_ended_by_bye() {
    let mut stage = stage();
    let (old, _) = caller(&mut stage);
    let line = replaces(stage.agent.dialog(old).unwrap().id(), "");
    stage.receive(replacing(&line));
    let Event::Incoming { call, replaces: Some(replaced), .. } = stage.next_event() else {
        panic!()
    };
    assert_eq!(replaced, old);
    stage.nothing_sent();
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    let Event::Ended { call: ended, cause, .. } = stage.next_event() else { panic!() };
    assert_eq!((ended, cause), (old, EndCause::Replaced));
}

#[test]
fn dlg_033_an_early_call_of_ours_is_replaced_and_cancelled() {
    let mut stage = stage();
    let (old, invite) = calling(&mut stage);
    stage.answer(&invite, 180, "alice", &[CONTACT], "");
    stage.next_event();
    let line = replaces(stage.agent.dialog(old).unwrap().id(), ";early-only");
    stage.receive(replacing(&line));
    let call = stage.next_incoming();
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
    let cancel = stage.next_request(Method::CANCEL);
    stage.answer(&cancel, 200, "x", &[], "");
    stage.answer(&invite, 487, "alice", &[], "");
    let Event::Ended { call: ended, cause, .. } = stage.next_event() else { panic!() };
    assert_eq!((ended, cause), (old, EndCause::Replaced));
}

#[test]
fn dlg_033_what_cannot_be_replaced_is_refused() {
    // Early-only for a confirmed one.
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    let id = stage.agent.dialog(call).unwrap().id();
    let (early_only, twice) = (replaces(id, ";early-only"), replaces(id, ""));
    stage.receive(replacing(&early_only));
    stage.next_response(486);
    // Unknown, and the tags the wrong way round.
    stage.receive(replacing("Replaces: nothing;to-tag=1;from-tag=2"));
    stage.next_response(481);
    let join = twice.replace("Replaces", "Join");
    stage.receive(replacing(&format!("{twice}\n{join}")));
    stage.next_response(400);
    // One that is being ended.
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.next_request(Method::BYE);
    stage.receive(replacing(&twice));
    stage.next_response(603);
    // An early one that the peer has begun.
    let mut stage = super::support::stage();
    let old = invite(&mut stage, "", SDP);
    stage.agent.ring(stage.now, old, StatusCode::RINGING, Extra::new()).unwrap();
    stage.next_response(180);
    let line = replaces(stage.agent.dialog(old).unwrap().id(), "");
    stage.receive(replacing(&line));
    stage.next_response(481);
}

#[test]
fn dlg_033_join_names_a_call_that_goes_on() {
    let mut stage = stage();
    let (old, _) = caller(&mut stage);
    let line = replaces(stage.agent.dialog(old).unwrap().id(), "").replace("Replaces", "Join");
    stage.receive(replacing(&line));
    let Event::Incoming { call, joins, replaces: None, .. } = stage.next_event() else { panic!() };
    assert_eq!(joins, Some(old));
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
    stage.nothing_sent();
    assert_eq!(stage.agent.call(old).unwrap().phase, Phase::Established);
}

#[test]
fn a_dialog_that_a_2xx_makes_again_goes_on_with_the_sequence_numbers() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    let reliable = [CONTACT, "Require: 100rel", "RSeq: 1"];
    stage.answer(&invite, 180, "alice", &reliable, "");
    let prack = stage.next_request(Method::PRACK);
    stage.answer(&prack, 481, "", &[], "");
    stage.next_event();
    assert!(matches!(stage.next_event(), Event::EarlyDialogEnded { .. }));
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.agent.info(stage.now, call, Extra::new()).unwrap();
    assert_eq!(cseq(&stage.next_request(Method::INFO)), cseq(&prack) + 1);
}

#[test]
fn a_call_that_was_taken_back_ends_with_a_2xx_that_makes_no_dialog() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    // Nothing can be acknowledged along this route.
    stage.answer(&invite, 200, "alice", &[CONTACT, "Record-Route: <>"], SDP);
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Cancelled);
    stage.nothing_left();
    // A Contact that is none is as good as none: the request goes where the INVITE has gone.
    let mut stage = super::support::stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 200, "alice", &["Contact: *"], SDP);
    assert_eq!(stage.next_request(Method::ACK).uri_bytes(), invite.uri_bytes());
    stage.next_event();
    hang_up(&mut stage, call);
}
