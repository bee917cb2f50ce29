//! DLG-001 to DLG-013, DLG-019 and DLG-020: the dialog, and what its end is.

use sip_dialog::{Dialog, DialogError, Effect, EndCause, Event, Extra, State, failure_effect};
use sip_message::{Method, Request, Response, StatusCode};
use sip_testkit::stage::{cseq, message, raw, respond, to_tag};

use super::support::{
    CONTACT, SDP, callee, caller, calling, hang_up, invite, sdp, stage, status, to_caller, within,
};

const ROUTED: &str = "INVITE sips:bob@biloxi.example SIP/2.0
    Via: SIP/2.0/TLS p2.example;branch=z9hG4bK1
    Record-Route: <sip:p2.example;lr;x=y>, \"P 1\" <sips:p1.example;lr>
    Max-Forwards: 68
    To: <sip:bob@biloxi.example>
    From: \"Alice\" <sip:alice@atlanta.example>;tag=88sja8x
    Call-ID: 987asjd97y7atg
    CSeq: 986759 INVITE
    Contact: <sip:alice@pc33.atlanta.example;transport=tcp>";

fn routed() -> Request {
    message(ROUTED).as_request().unwrap().clone()
}

fn answer(code: u16, lines: &[&str]) -> Response {
    respond(&routed(), code, "314159", lines, "")
}

#[test]
fn dlg_001_a_server_makes_its_dialog_of_the_request() {
    let dialog = Dialog::uas(&routed(), "314159", State::Early, true).unwrap();
    let id = dialog.id();
    assert_eq!((id.call_id, id.local_tag, id.remote_tag), ("987asjd97y7atg", "314159", "88sja8x"));
    let routes: Vec<_> = dialog.route_set().collect();
    assert_eq!(routes, ["<sip:p2.example;lr;x=y>", "\"P 1\" <sips:p1.example;lr>"]);
    assert_eq!(dialog.remote_target(), "sip:alice@pc33.atlanta.example;transport=tcp");
    assert_eq!(dialog.remote_sequence(), Some(986_759));
    assert_eq!(dialog.local_sequence(), None);
    assert_eq!(dialog.local(), "<sip:bob@biloxi.example>");
    assert_eq!(dialog.remote(), "\"Alice\" <sip:alice@atlanta.example>");
    assert_eq!(dialog.state(), State::Early);
    assert!(dialog.is_secure());
    // Secure only over TLS.
    assert!(!Dialog::uas(&routed(), "314159", State::Early, false).unwrap().is_secure());
}

#[test]
fn dlg_001_a_request_without_contact_makes_none() {
    let text = ROUTED.replace("Contact", "X-Contact");
    let message = message(&text);
    let error = Dialog::uas(message.as_request().unwrap(), "1", State::Early, true).unwrap_err();
    assert_eq!(error.to_string(), "Contact is missing or bad (RFC 3261 §12.1)");
}

#[test]
fn dlg_002_a_client_makes_its_dialog_of_the_response_with_the_routes_reversed() {
    let response = answer(180, &["Contact: <sip:bob@192.0.2.4>"]);
    let dialog = Dialog::uac(&routed(), &response, true).unwrap();
    let id = dialog.id();
    assert_eq!((id.call_id, id.local_tag, id.remote_tag), ("987asjd97y7atg", "88sja8x", "314159"));
    let routes: Vec<_> = dialog.route_set().collect();
    assert_eq!(routes, ["\"P 1\" <sips:p1.example;lr>", "<sip:p2.example;lr;x=y>"]);
    assert_eq!(dialog.remote_target(), "sip:bob@192.0.2.4");
    assert_eq!(dialog.local_sequence(), Some(986_759));
    assert_eq!(dialog.remote_sequence(), None);
    assert_eq!(dialog.state(), State::Early);
    assert!(dialog.is_secure());
    let confirmed = answer(200, &["Contact: <sip:bob@192.0.2.4>"]);
    assert_eq!(Dialog::uac(&routed(), &confirmed, true).unwrap().state(), State::Confirmed);
}

#[test]
fn dlg_003_neither_100_nor_a_failure_makes_a_dialog() {
    for code in [100, 302, 404, 600] {
        let error = Dialog::uac(&routed(), &answer(code, &[CONTACT]), true).unwrap_err();
        assert_eq!(error, DialogError::NoDialog, "{code}");
    }
}

#[test]
fn dlg_003_a_100_with_a_tag_makes_no_early_dialog() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 100, "alice", &[CONTACT], "");
    assert_eq!(stage.agent.early_dialogs(call).unwrap().count(), 0);
    stage.nothing_told();
}

#[test]
fn dlg_004_responses_that_make_a_dialog_copy_record_route_and_have_contact() {
    let mut stage = stage();
    let routes = "Record-Route: <sip:p2.example;lr;x=\"y\">\nRecord-Route: <sip:p1.example;lr>";
    let call = invite(&mut stage, routes, SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    for code in [180, 200] {
        let response = stage.next_response(code);
        let copied: Vec<_> =
            response.headers().lines("Record-Route").map(|line| line.value()).collect();
        assert_eq!(copied, [&b"<sip:p2.example;lr;x=\"y\">"[..], b"<sip:p1.example;lr>"]);
        assert_eq!(raw(&response, "Contact"), "<sip:192.0.2.4:5060>".replace("sip:", "sip:bob@"));
    }
}

#[test]
fn dlg_005_a_loose_router_comes_first_in_route_and_the_target_is_the_request_uri() {
    let mut dialog = Dialog::uas(&routed(), "314159", State::Confirmed, true).unwrap();
    let bye = dialog.request(Method::BYE).without_via().build().unwrap();
    assert_eq!(bye.uri_bytes(), b"sip:alice@pc33.atlanta.example;transport=tcp");
    let routes: Vec<_> = bye.headers().lines("Route").map(|line| line.value()).collect();
    assert_eq!(routes, [&b"<sip:p2.example;lr;x=y>"[..], b"\"P 1\" <sips:p1.example;lr>"]);
    assert_eq!(dialog.next_hop(), "sip:p2.example;lr;x=y");
}

#[test]
fn dlg_006_a_strict_router_becomes_the_request_uri_and_the_target_the_last_route() {
    let text = ROUTED.replace(
        "<sip:p2.example;lr;x=y>",
        "\"a <b>\" <sip:p2.example;method=INVITE;x=y?Subject=z>",
    );
    let message = message(&text);
    let request = message.as_request().unwrap();
    let mut dialog = Dialog::uas(request, "314159", State::Confirmed, true).unwrap();
    let bye = dialog.request(Method::BYE).without_via().build().unwrap();
    // Without what no Request-URI may have.
    assert_eq!(bye.uri_bytes(), b"sip:p2.example;x=y");
    let routes: Vec<_> = bye.headers().lines("Route").map(|line| line.value()).collect();
    let target = &b"<sip:alice@pc33.atlanta.example;transport=tcp>"[..];
    assert_eq!(routes, [&b"\"P 1\" <sips:p1.example;lr>"[..], target]);
}

#[test]
fn dlg_007_each_request_has_the_next_cseq_and_ack_that_of_its_invite() {
    let response = answer(200, &["Contact: <sip:bob@192.0.2.4>"]);
    let mut dialog = Dialog::uac(&routed(), &response, true).unwrap();
    let info = dialog.request(Method::INFO).without_via().build().unwrap();
    assert_eq!(cseq(&info), 986_760);
    let ack = dialog.ack(986_759).without_via().build().unwrap();
    assert_eq!(cseq(&ack), 986_759);
    assert_eq!(raw(&ack, "CSeq"), "986759 ACK");
    let bye = dialog.request(Method::BYE).without_via().build().unwrap();
    assert_eq!(cseq(&bye), 986_761);
    for request in [&info, &ack, &bye] {
        assert_eq!(raw(request, "Call-ID"), "987asjd97y7atg");
        assert_eq!(raw(request, "From"), "\"Alice\" <sip:alice@atlanta.example>;tag=88sja8x");
        assert_eq!(raw(request, "To"), "<sip:bob@biloxi.example>;tag=314159");
    }
}

#[test]
fn dlg_008_a_request_that_comes_too_late_is_answered_with_500() {
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&within("INFO", 9, &tag, "", ""));
    assert!(matches!(stage.next_event(), Event::Request { .. }));
    for late in [8, 9] {
        stage.receive_text(&within("MESSAGE", late, &tag, "", ""));
        stage.next_response(500);
        stage.nothing_told();
    }
    assert!(stage.agent.call(call).is_some());
}

#[test]
fn dlg_009_a_gap_is_no_fault() {
    let mut stage = stage();
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("INFO", 5_000, &tag, "", ""));
    assert!(matches!(stage.next_event(), Event::Request { .. }));
}

#[test]
fn dlg_010_a_request_for_no_dialog_is_answered_with_481() {
    let mut stage = stage();
    for method in ["INVITE", "BYE", "INFO", "UPDATE", "PRACK", "NOTIFY", "REFER", "MESSAGE"] {
        stage.receive_text(&within(method, 2, "nobody", CONTACT, ""));
        stage.next_response(481);
        stage.nothing_told();
    }
    // An ACK is never answered.
    stage.receive_text(&within("ACK", 2, "nobody", "", ""));
    stage.nothing_sent();
    stage.nothing_left();
}

#[test]
fn dlg_011_a_reinvite_and_an_update_move_the_target_and_never_the_route_set() {
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    let moved = "Contact: <sip:alice@192.0.2.77>\nRecord-Route: <sip:evil.example;lr>";
    stage.receive_text(&within("UPDATE", 2, &tag, moved, ""));
    stage.next_response(200);
    let dialog = stage.agent.dialog(call).unwrap();
    assert_eq!(dialog.remote_target(), "sip:alice@192.0.2.77");
    assert_eq!(dialog.route_set().len(), 0);
    stage.next_event();
    stage.receive_text(&within("INVITE", 3, &tag, "Contact: <sip:alice@192.0.2.78>", SDP));
    assert!(matches!(stage.next_event(), Event::Reinvited { .. }));
    // RFC 6141 §4.6: whatever the answer will be.
    stage.agent.reject(stage.now, call, status(488), Extra::new()).unwrap();
    stage.next_response(488);
    assert_eq!(stage.agent.dialog(call).unwrap().remote_target(), "sip:alice@192.0.2.78");
}

#[test]
fn dlg_011_the_2xx_to_an_update_of_ours_moves_the_target() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.update(stage.now, call, Extra::new()).unwrap();
    let update = stage.next_request(Method::UPDATE);
    stage.answer(&update, 200, "", &["Contact: <sip:alice@192.0.2.79>"], "");
    assert_eq!(stage.agent.dialog(call).unwrap().remote_target(), "sip:alice@192.0.2.79");
}

#[test]
fn dlg_012_the_2xx_has_the_route_set_that_counts() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    let early = ["Record-Route: <sip:p1.example;lr>", CONTACT];
    stage.answer(&invite, 180, "alice", &early, "");
    let confirmed = ["Record-Route: <sip:p3.example;lr>, <sip:p2.example;lr>", CONTACT];
    stage.answer(&invite, 200, "alice", &confirmed, SDP);
    let ack = stage.next_request(Method::ACK);
    let routes: Vec<_> = ack.headers().lines("Route").map(|line| line.value()).collect();
    assert_eq!(routes, [&b"<sip:p2.example;lr>"[..], b"<sip:p3.example;lr>"]);
    assert_eq!(ack.uri_bytes(), b"sip:alice@192.0.2.1");
    assert_eq!(stage.agent.dialog(call).unwrap().state(), State::Confirmed);
}

#[test]
fn dlg_013_a_second_2xx_is_acknowledged_and_ended() {
    let mut stage = stage();
    let (call, invite) = caller(&mut stage);
    stage.answer(&invite, 200, "carol", &["Contact: <sip:carol@192.0.2.9>"], SDP);
    let ack = stage.next_request(Method::ACK);
    assert_eq!((to_tag(&ack).as_str(), ack.uri_bytes()), ("carol", &b"sip:carol@192.0.2.9"[..]));
    assert_eq!(cseq(&ack), cseq(&invite));
    let bye = stage.next_request(Method::BYE);
    assert_eq!((to_tag(&bye).as_str(), cseq(&bye)), ("carol", cseq(&invite) + 1));
    stage.nothing_told();
    // The first call goes on.
    assert_eq!(stage.agent.dialog(call).unwrap().id().remote_tag, "alice");
    stage.answer(&bye, 200, "", &[], "");
    hang_up(&mut stage, call);
}

#[test]
fn dlg_019_a_timeout_and_a_481_to_a_request_within_end_the_call_by_bye() {
    for code in [481, 408] {
        let mut stage = stage();
        let (call, _) = caller(&mut stage);
        stage.agent.update(stage.now, call, Extra::new()).unwrap();
        let update = stage.next_request(Method::UPDATE);
        stage.answer(&update, code, "", &[], "");
        let bye = stage.next_request(Method::BYE);
        stage.answer(&bye, 200, "", &[], "");
        let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
        assert_eq!(cause, EndCause::Failed(status(code)));
        stage.nothing_left();
    }
    // No answer at all counts as 408.
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.info(stage.now, call, Extra::new()).unwrap();
    stage.pass(64 * super::support::T1);
    assert!(matches!(stage.next_event(), Event::NoResponse { .. }));
    stage.pass(64 * super::support::T1);
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Failed(status(408)));
    stage.nothing_left();
}

#[test]
fn dlg_020_each_failure_ends_what_rfc_5057_says() {
    let usage = [405, 480, 481, 489, 501];
    let dialog = [404, 410, 416, 482, 483, 484, 485, 502, 604];
    for code in 400..700 {
        let expected = match code {
            // RFC 5057 §5.2: a timeout.
            408 => Effect::Usage,
            _ if usage.contains(&code) => Effect::Usage,
            _ if dialog.contains(&code) => Effect::Dialog,
            _ => Effect::Transaction,
        };
        assert_eq!(failure_effect(status(code), true), expected, "{code}");
    }
    // A method that the usage can do without.
    for code in [405, 489, 501] {
        assert_eq!(failure_effect(status(code), false), Effect::Transaction);
    }
}

#[test]
fn dlg_020_a_404_to_a_request_in_a_dialog_ends_all_that_is_in_it() {
    let mut stage = super::support::stage_with(|config| {
        config.event_packages = vec!["presence".into()];
    });
    let (call, invite) = caller(&mut stage);
    let lines = format!("{CONTACT}\nEvent: presence\nExpires: 600");
    stage.receive_text(&to_caller(&invite, "SUBSCRIBE", 1, &lines, ""));
    let Event::SubscriptionAsked { notification, call: in_call, .. } = stage.next_event() else {
        panic!()
    };
    assert_eq!(in_call, Some(call));
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    stage.next_response(200);
    stage.agent.info(stage.now, call, Extra::new()).unwrap();
    let info = stage.next_request(Method::INFO);
    stage.answer(&info, 404, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Response { .. }));
    assert!(matches!(stage.next_event(), Event::NotificationEnded { .. }));
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 404, "", &[], "");
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Failed(status(404)));
    stage.nothing_left();
}

#[test]
fn dlg_020_a_bye_ends_the_call_and_leaves_the_subscription() {
    let mut stage = super::support::stage_with(|config| {
        config.event_packages = vec!["presence".into()];
    });
    let (call, invite) = caller(&mut stage);
    let lines = format!("{CONTACT}\nEvent: presence\nExpires: 600");
    stage.receive_text(&to_caller(&invite, "SUBSCRIBE", 1, &lines, ""));
    let Event::SubscriptionAsked { notification, .. } = stage.next_event() else { panic!() };
    stage.agent.accept_subscription(stage.now, notification, Extra::new()).unwrap();
    stage.next_response(200);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::HungUp, .. }));
    let state = sip_dialog::SubscriptionState::Active;
    stage.agent.notify(stage.now, notification, state, Extra::new()).unwrap();
    stage.next_request(Method::NOTIFY);
    assert_eq!(stage.agent.counts().dialogs, 1);
}
