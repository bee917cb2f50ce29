//! DLG-021 to DLG-026 and DLG-032: what changes within a call, and session timers.

use std::time::Duration;

use sip_dialog::{
    AgentError, EndCause, Event, Extra, InviteOptions, Negotiator, Phase, Sender,
    SessionTimerConfig,
};
use sip_message::{HeaderName, Method, StatusCode};
use sip_testkit::simulation::Random;
use sip_testkit::stage::{Stage, cseq, lists, raw, to_tag};
use sip_testkit::telephony::Media;

use super::support::{
    CONTACT, SDP, T1, callee, callee_with, caller, calling, hang_up, invite, sdp, stage,
    stage_with, status, to_caller, within,
};

#[test]
fn dlg_021_while_an_invite_is_under_way_there_is_no_other() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    assert!(matches!(stage.agent.reinvite(stage.now, call, sdp()), Err(AgentError::State(_))));
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    stage.next_request(Method::INVITE);
    assert!(stage.agent.reinvite(stage.now, call, sdp()).is_err());
    stage.nothing_sent();
    // Nor while the peer's has no final response, or our 2xx no ACK.
    let mut stage = super::support::stage();
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&within("INVITE", 2, &tag, CONTACT, SDP));
    assert!(stage.agent.reinvite(stage.now, call, sdp()).is_err());
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    assert!(stage.agent.reinvite(stage.now, call, sdp()).is_err());
}

#[test]
fn dlg_022_a_second_invite_before_the_first_is_answered_gets_500_and_retry_after() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("INVITE", 2, &tag, CONTACT, SDP));
    assert!(matches!(stage.next_event(), Event::Reinvited { .. }));
    stage.receive_text(&within("INVITE", 3, &tag, CONTACT, SDP));
    let refused = stage.next_response(500);
    assert!(raw(&refused, "Retry-After").parse::<u32>().unwrap() <= 10);
    assert_eq!(raw(&refused, "CSeq"), "3 INVITE");
}

/// Glare: our re-INVITE and the peer's cross. When ours is tried again, after its 491.
fn glare(stage: &mut Stage, call: sip_dialog::Call, peers: &str) -> Duration {
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let ours = stage.next_request(Method::INVITE);
    stage.receive_text(peers);
    stage.next_response(491);
    // The ACK of the transaction, which has the branch of the INVITE.
    stage.receive_text(
        &peers
            .split("\nContent-Type")
            .next()
            .unwrap()
            .replace("INVITE sip", "ACK sip")
            .replace(" INVITE", " ACK"),
    );
    stage.answer(&ours, 491, "", &[], "");
    stage.next_request(Method::ACK);
    let Event::ChangeFailed { status: code, retried: true, .. } = stage.next_event() else {
        panic!()
    };
    assert_eq!(code, status(491));
    let before = stage.now - stage.start;
    while stage.sent.is_empty() {
        let next = stage.agent.poll_timeout().unwrap();
        stage.pass(next - stage.now);
    }
    let after = stage.now - stage.start - before;
    let again = stage.next_request(Method::INVITE);
    assert_eq!((cseq(&again), again.body()), (cseq(&ours) + 1, ours.body()));
    after
}

#[test]
fn dlg_023_the_owner_of_the_call_id_waits_longer_in_glare() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    let peers = to_caller(&invite, "INVITE", 1, CONTACT, SDP);
    let after = glare(&mut stage, call, &peers);
    assert!((2_100..=4_000).contains(&after.as_millis()), "{after:?}");
    assert_eq!(after.as_millis() % 10, 0);
}

#[test]
fn dlg_023_the_other_side_waits_less() {
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    let after = glare(&mut stage, call, &within("INVITE", 2, &tag, CONTACT, SDP));
    assert!(after.as_millis() <= 2_000, "{after:?}");
    assert_eq!(after.as_millis() % 10, 0);
}

#[test]
fn dlg_023_a_hold_that_meets_glare_is_a_hold_when_it_is_tried_again() {
    #[derive(Clone, Debug, Default)]
    struct Held(bool, u32);
    impl Negotiator for Held {
        fn fork(&self) -> Box<dyn Negotiator> {
            Box::new(self.clone())
        }
        fn offer(&mut self) -> Result<sip_dialog::Body, sip_dialog::Unacceptable> {
            self.1 += 1;
            Ok(sip_dialog::Body::sdp(format!("held={} {}", self.0, self.1)))
        }
        fn answer(
            &mut self,
            _: &sip_dialog::Body,
        ) -> Result<sip_dialog::Body, sip_dialog::Unacceptable> {
            Ok(sip_dialog::Body::sdp(SDP))
        }
        fn take_answer(&mut self, _: &sip_dialog::Body) -> Result<(), sip_dialog::Unacceptable> {
            Ok(())
        }
        fn cancel_offer(&mut self) {
            self.0 = false;
        }
        fn hold(&mut self, held: bool) {
            self.0 = held;
        }
    }
    let mut stage = stage();
    let options = InviteOptions::negotiated(Held::default());
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    assert_eq!(invite.body(), b"held=false 1");
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.agent.hold(stage.now, call).unwrap();
    let hold = stage.next_request(Method::INVITE);
    assert_eq!(hold.body(), b"held=true 2");
    stage.answer(&hold, 491, "", &[], "");
    stage.next_request(Method::ACK);
    stage.pass(Duration::from_secs(4));
    let again = stage.next_request(Method::INVITE);
    assert_eq!(again.body(), b"held=true 3");
    assert_eq!(stage.agent.negotiator::<Held>(call).unwrap().1, 3);
}

#[test]
fn dlg_024_a_reinvite_that_fails_changes_nothing() {
    let mut stage = stage();
    let media = Media::new("m", 0, Random::new(1));
    let options = InviteOptions::negotiated(media);
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    let agreed = stage.agent.negotiator::<Media>(call).unwrap().agreed.clone();
    assert!(agreed.is_some());
    for code in [488, 606, 503, 415] {
        stage.agent.reinvite(stage.now, call, Extra::new()).unwrap();
        let again = stage.next_request(Method::INVITE);
        stage.answer(&again, code, "", &[], "");
        stage.next_request(Method::ACK);
        let Event::ChangeFailed { executed: false, retried: false, .. } = stage.next_event() else {
            panic!("{code}")
        };
        let info = stage.agent.call(call).unwrap();
        assert_eq!(info.phase, Phase::Established);
        assert!(!info.offer_answer.unwrap().is_open());
        assert_eq!(stage.agent.negotiator::<Media>(call).unwrap().agreed, agreed);
    }
    hang_up(&mut stage, call);
}

#[test]
fn dlg_025_what_an_exchange_within_a_failed_reinvite_has_changed_is_brought_together() {
    let mut stage = stage();
    let media = Media::new("m", 0, Random::new(1));
    let options = InviteOptions::negotiated(media);
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.agent.reinvite(stage.now, call, Extra::new()).unwrap();
    let again = stage.next_request(Method::INVITE);
    // The answer in a reliable response has taken effect.
    let reliable = [CONTACT, "Require: 100rel", "RSeq: 1"];
    stage.answer(&again, 183, "", &reliable, SDP);
    let prack = stage.next_request(Method::PRACK);
    stage.answer(&prack, 200, "", &[], "");
    stage.next_event();
    stage.answer(&again, 488, "", &[], "");
    stage.next_request(Method::ACK);
    let Event::ChangeFailed { executed: true, .. } = stage.next_event() else { panic!() };
    // RFC 6141 §3.4: a new offer.
    let offer = stage.next_request(Method::INVITE);
    assert!(!offer.body().is_empty());
}

#[test]
fn dlg_025_a_cancelled_reinvite_whose_changes_have_taken_effect_is_not_refused() {
    let mut stage = stage();
    let (call, tag) = callee_with(&mut stage, "Supported: 100rel");
    let lines = format!("{CONTACT}\nSupported: 100rel");
    stage.receive_text(&within("INVITE", 2, &tag, &lines, SDP));
    stage.next_event();
    stage.agent.ring(stage.now, call, StatusCode::SESSION_PROGRESS, sdp()).unwrap();
    let progress = stage.next_response(183);
    let rack = format!("RAck: {} 2 INVITE", raw(&progress, "RSeq"));
    stage.receive_text(&within("PRACK", 3, &tag, &rack, ""));
    stage.next_response(200);
    stage.next_event();
    let cancel = within("CANCEL", 2, &tag, "", "").replace("z9hG4bKCANCEL2", "z9hG4bKINVITE2");
    stage.receive_text(&cancel);
    stage.next_response(200);
    // No 487: the program accepts (RFC 6141 §3.8).
    stage.nothing_sent();
    stage.agent.accept(stage.now, call, Extra::new()).unwrap();
    stage.next_response(200);
    // Without such changes there is a 487.
    let mut stage = super::support::stage();
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&within("INVITE", 2, &tag, CONTACT, SDP));
    stage.next_event();
    let cancel = within("CANCEL", 2, &tag, "", "").replace("z9hG4bKCANCEL2", "z9hG4bKINVITE2");
    stage.receive_text(&cancel);
    stage.next_response(200);
    stage.next_response(487);
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn dlg_026_an_offer_in_update_while_ours_is_open_gets_491() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    stage.agent.update(stage.now, call, sdp()).unwrap();
    stage.next_request(Method::UPDATE);
    stage.receive_text(&to_caller(&invite, "UPDATE", 1, CONTACT, SDP));
    stage.next_response(491);
    // One without an offer is taken.
    stage.receive_text(&to_caller(&invite, "UPDATE", 2, CONTACT, ""));
    stage.next_response(200);
}

#[test]
fn dlg_026_an_offer_in_update_while_the_peers_is_open_gets_500_and_retry_after() {
    let mut stage = stage();
    let call = invite(&mut stage, "Allow: UPDATE", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    let tag = to_tag(&stage.next_response(180));
    stage.receive_text(&within("UPDATE", 2, &tag, CONTACT, SDP));
    let refused = stage.next_response(500);
    assert!(raw(&refused, "Retry-After").parse::<u32>().unwrap() <= 10);
    // And one UPDATE while another waits for the program.
    let mut stage = super::support::stage();
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("UPDATE", 2, &tag, CONTACT, SDP));
    stage.next_event();
    stage.receive_text(&within("UPDATE", 3, &tag, CONTACT, SDP));
    stage.next_response(500);
}

#[test]
fn dlg_026_we_make_no_offer_while_one_is_open() {
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&within("UPDATE", 2, &tag, CONTACT, SDP));
    stage.next_event();
    assert!(stage.agent.update(stage.now, call, sdp()).is_err());
    stage.agent.reject_offer(stage.now, call, status(488), Extra::new()).unwrap();
    stage.next_response(488);
    stage.agent.update(stage.now, call, sdp()).unwrap();
    stage.next_request(Method::UPDATE);
}

fn timed(change: impl FnOnce(&mut SessionTimerConfig)) -> Stage {
    stage_with(|config| {
        let mut timer = SessionTimerConfig::default();
        change(&mut timer);
        config.session_timer = Some(timer);
    })
}

#[test]
fn dlg_032_an_interval_that_is_too_small_gets_422_and_min_se() {
    let mut stage = timed(|timer| timer.min_se = 120);
    let lines = "Supported: timer\nSession-Expires: 100";
    stage.receive(super::support::with(&["INVITE", lines, SDP]));
    let refused = stage.next_response(422);
    assert_eq!(raw(&refused, "Min-SE"), "120");
    stage.nothing_told();
}

#[test]
fn dlg_032_a_422_brings_the_invite_again_with_a_longer_interval() {
    let mut stage = timed(|timer| timer.interval = 100);
    let (call, invite) = calling(&mut stage);
    assert_eq!(raw(&invite, "Session-Expires"), "100");
    stage.answer(&invite, 422, "x", &["Min-SE: 300"], "");
    stage.next_request(Method::ACK);
    let again = stage.next_request(Method::INVITE);
    assert_eq!((raw(&again, "Session-Expires"), raw(&again, "Min-SE")), ("300", "300"));
    assert_eq!(raw(&again, "Call-ID"), raw(&invite, "Call-ID"));
    assert_eq!(cseq(&again), cseq(&invite) + 1);
    // Not for ever.
    let mut last = again;
    for min_se in [400, 500] {
        let line = format!("Min-SE: {min_se}");
        stage.answer(&last, 422, "x", &[&line], "");
        stage.next_request(Method::ACK);
        last = stage.next_request(Method::INVITE);
    }
    stage.answer(&last, 422, "x", &["Min-SE: 600"], "");
    stage.next_request(Method::ACK);
    stage.nothing_sent();
    let Event::Ended { call: ended, cause, .. } = stage.next_event() else { panic!() };
    assert_eq!((ended, cause), (call, EndCause::Rejected(status(422))));
}

#[test]
fn dlg_032_the_server_chooses_the_refresher_by_table_2() {
    // What comes, and what the 200 says.
    let table = [
        ("Supported: timer\nSession-Expires: 200", "200;refresher=uac", true),
        ("Supported: timer\nSession-Expires: 200;refresher=uac", "200;refresher=uac", true),
        ("Supported: timer\nSession-Expires: 200;refresher=uas", "200;refresher=uas", false),
        ("Session-Expires: 200", "200;refresher=uas", false),
        ("", "1800;refresher=uas", false),
        ("Supported: timer\nSession-Expires: 4000\nMin-SE: 2000", "2000;refresher=uac", true),
    ];
    for (lines, expected, requires) in table {
        let mut stage = timed(|_| {});
        let call = invite(&mut stage, lines, SDP);
        stage.agent.accept(stage.now, call, sdp()).unwrap();
        let ok = stage.next_response(200);
        assert_eq!(raw(&ok, "Session-Expires"), expected, "{lines}");
        assert_eq!(lists(&ok, &HeaderName::REQUIRE, "timer"), requires, "{lines}");
    }
}

#[test]
fn dlg_032_the_refresher_sends_update_after_half_the_interval() {
    let mut stage = timed(|_| {});
    let (call, invite) = calling(&mut stage);
    let lines = [CONTACT, "Allow: UPDATE", "Session-Expires: 200;refresher=uac", "Require: timer"];
    stage.answer(&invite, 200, "alice", &lines, SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    let timer = stage.agent.call(call).unwrap().session_timer.unwrap();
    assert_eq!((timer.interval, timer.refresher), (200, Sender::Us));
    for _ in 0..3 {
        stage.pass(Duration::from_millis(99_999));
        stage.nothing_sent();
        stage.pass(Duration::from_millis(1));
        let update = stage.next_request(Method::UPDATE);
        assert!(update.body().is_empty());
        assert_eq!(raw(&update, "Session-Expires"), "200;refresher=uac");
        stage.answer(&update, 200, "", &[CONTACT, "Session-Expires: 200;refresher=uac"], "");
        assert!(matches!(stage.next_event(), Event::Changed { .. }));
    }
    hang_up(&mut stage, call);
}

#[test]
fn dlg_032_without_update_the_program_or_its_negotiator_refreshes_by_invite() {
    let mut stage = timed(|_| {});
    let (_, invite) = calling(&mut stage);
    let lines = [CONTACT, "Session-Expires: 200;refresher=uac"];
    stage.answer(&invite, 200, "alice", &lines, SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.pass(Duration::from_secs(100));
    assert!(matches!(stage.next_event(), Event::RefreshDue { .. }));
    let mut stage = timed(|_| {});
    let options = InviteOptions::negotiated(Media::new("m", 0, Random::new(1)));
    stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    stage.answer(&invite, 200, "alice", &lines, SDP);
    stage.next_request(Method::ACK);
    stage.pass(Duration::from_secs(100));
    assert!(!stage.next_request(Method::INVITE).body().is_empty());
}

#[test]
fn dlg_032_a_session_that_is_not_refreshed_ends_in_bye() {
    // 32 s before the interval is over, or a third of it where that is less.
    for (interval, seconds) in [(200, 168), (90, 60)] {
        let mut stage = timed(|_| {});
        let lines = format!("Supported: timer\nSession-Expires: {interval};refresher=uac");
        callee_with(&mut stage, &lines);
        stage.pass(Duration::from_secs(seconds) - Duration::from_millis(1));
        stage.nothing_sent();
        stage.pass(Duration::from_millis(1));
        let bye = stage.next_request(Method::BYE);
        stage.answer(&bye, 200, "", &[], "");
        assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::Expired, .. }));
        stage.nothing_left();
    }
}

#[test]
fn dlg_032_a_refresh_of_the_peer_starts_the_time_anew() {
    let mut stage = timed(|_| {});
    let (call, tag) =
        callee_with(&mut stage, "Supported: timer\nSession-Expires: 90;refresher=uac");
    for cseq in 2..6 {
        stage.pass(Duration::from_secs(45));
        let lines = format!("{CONTACT}\nSupported: timer\nSession-Expires: 90;refresher=uac");
        stage.receive_text(&within("UPDATE", cseq, &tag, &lines, ""));
        assert_eq!(raw(&stage.next_response(200), "Session-Expires"), "90;refresher=uac");
        stage.next_event();
    }
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn dlg_032_a_422_to_a_refresh_is_answered_with_a_longer_one() {
    let mut stage = timed(|_| {});
    let (call, invite) = calling(&mut stage);
    let lines = [CONTACT, "Allow: UPDATE", "Session-Expires: 100;refresher=uac"];
    stage.answer(&invite, 200, "alice", &lines, SDP);
    stage.next_request(Method::ACK);
    stage.pass(Duration::from_secs(50));
    let update = stage.next_request(Method::UPDATE);
    stage.answer(&update, 422, "", &["Min-SE: 150"], "");
    let again = stage.next_request(Method::UPDATE);
    assert_eq!(raw(&again, "Session-Expires"), "150;refresher=uac");
    stage.answer(&again, 200, "", &[CONTACT, "Session-Expires: 150;refresher=uac"], "");
    assert_eq!(stage.agent.call(call).unwrap().session_timer.unwrap().interval, 150);
}

#[test]
fn dlg_032_a_refresh_without_an_answer_ends_the_call() {
    let mut stage = timed(|_| {});
    let (_, invite) = calling(&mut stage);
    let lines = [CONTACT, "Allow: UPDATE", "Session-Expires: 200;refresher=uac"];
    stage.answer(&invite, 200, "alice", &lines, SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.pass(Duration::from_secs(100) + 64 * T1);
    let byes = stage.sent.iter().filter_map(|(_, it)| it.as_request());
    assert_eq!(byes.filter(|it| it.method() == Method::BYE).count(), 1);
}

#[test]
fn an_update_in_an_early_dialog_that_loses_changes_nothing_in_the_one_that_wins() {
    for code in [200, 481, 488] {
        let mut stage = stage();
        let (call, invite) = calling(&mut stage);
        // The offer is answered in a reliable response, so that there can be another.
        let reliable = ["Contact: <sip:carol@192.0.2.9>", "Require: 100rel", "RSeq: 1"];
        stage.answer(&invite, 183, "carol", &reliable, SDP);
        let prack = stage.next_request(Method::PRACK);
        stage.answer(&prack, 200, "", &[], "");
        stage.agent.update(stage.now, call, sdp()).unwrap();
        let update = stage.next_request(Method::UPDATE);
        assert_eq!(to_tag(&update), "carol");
        stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
        stage.next_request(Method::ACK);
        stage.answer(&update, code, "", &["Contact: <sip:carol@192.0.2.9>"], SDP);
        stage.nothing_sent();
        let dialog = stage.agent.dialog(call).unwrap();
        assert_eq!(dialog.id().remote_tag, "alice");
        assert_eq!(dialog.remote_target(), "sip:alice@192.0.2.1");
        let info = stage.agent.call(call).unwrap();
        assert_eq!((info.phase, info.changing), (Phase::Established, false));
        hang_up(&mut stage, call);
    }
}
