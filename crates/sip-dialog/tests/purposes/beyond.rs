//! What a user agent does beyond the rows: §8.2, credentials, redirection, PUBLISH, limits,
//! snapshots, session descriptions.

use std::time::Duration;

use sip_dialog::{AgentError, EndCause, Event, Extra, InviteOptions, Phase, SubscriptionEnd};
use sip_message::{Method, StatusCode, header};
use sip_testkit::simulation::Random;
use sip_testkit::stage::{Stage, cseq, message, raw, respond, to_tag};
use sip_testkit::telephony::Media;

use super::support::{
    CONTACT, SDP, callee, caller, calling, hang_up, invite, sdp, stage, stage_with, status, with,
    within,
};

#[test]
fn what_rfc_3261_8_2_does_not_let_pass_is_answered_with_the_right_headers() {
    let table = [
        ("REGISTER", "", "", 405, "Allow"),
        ("FROBNICATE", "", "", 501, "Allow"),
        ("INVITE", "Require: unheard-of, 100rel", "", 420, "Unsupported"),
        ("MESSAGE", "Content-Type: application/x-strange", "x", 415, "Accept"),
    ];
    for (method, lines, body, code, name) in table {
        let mut stage = stage();
        let text = within(method, 1, "", &format!("{CONTACT}\n{lines}"), "");
        let text = format!("{}{body}", text.replace(";tag=\n", "\n").replace("\n\n\n", "\n\n"));
        stage.receive_text(&text);
        let refused = stage.next_response(code);
        let value = raw(&refused, name);
        match name {
            "Unsupported" => assert_eq!(value, "unheard-of"),
            "Allow" => assert!(value.contains("INVITE") && value.contains("BYE"), "{value}"),
            _ => assert!(value.contains("application/sdp"), "{value}"),
        }
        stage.nothing_told();
        stage.nothing_left();
    }
    let mut stage = stage();
    let strange = with(&["INVITE", "", SDP]);
    let strange =
        strange.as_request().unwrap().edit().set_uri("mailto:bob@biloxi.example").finish();
    stage.receive(strange.unwrap());
    stage.next_response(416);
}

#[test]
fn a_program_that_takes_over_answers_itself() {
    let mut stage = stage_with(|config| config.take_over = true);
    stage.receive(with(&["REGISTER", "", ""]));
    let Event::Request { incoming, request, .. } = stage.next_event() else { panic!() };
    assert_eq!(request.method(), Method::REGISTER);
    stage.agent.respond(stage.now, incoming, StatusCode::OK, Extra::new()).unwrap();
    stage.next_response(200);
    assert_eq!(
        stage.agent.respond(stage.now, incoming, StatusCode::OK, Extra::new()),
        Err(AgentError::Gone)
    );
}

#[test]
fn options_is_answered_with_what_we_can_do_outside_and_within() {
    let mut stage = stage();
    stage.receive(with(&["OPTIONS", "", ""]));
    let ok = stage.next_response(200);
    assert!(raw(&ok, "Allow").contains("PRACK"));
    assert!(raw(&ok, "Supported").contains("replaces"));
    assert!(raw(&ok, "Accept").contains("application/sdp"));
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("OPTIONS", 2, &tag, "", ""));
    stage.next_response(200);
}

#[test]
fn an_info_package_that_is_not_taken_gets_469() {
    let mut stage = stage_with(|config| config.info_packages = vec!["dtmf".into()]);
    let (_, tag) = callee(&mut stage);
    stage.receive_text(&within("INFO", 2, &tag, "Info-Package: other", ""));
    assert_eq!(raw(&stage.next_response(469), "Recv-Info"), "dtmf");
    stage.receive_text(&within("INFO", 3, &tag, "Info-Package: dtmf", ""));
    assert!(matches!(stage.next_event(), Event::Request { call: Some(_), .. }));
    // The kind that has no package.
    stage.receive_text(&within("INFO", 4, &tag, "", ""));
    assert!(matches!(stage.next_event(), Event::Request { .. }));
}

#[test]
fn a_challenge_is_answered_by_the_same_request_with_credentials() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    let challenge = "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"";
    stage.answer(&invite, 401, "x", &[challenge], "");
    stage.next_request(Method::ACK);
    let Event::Challenged { challenge, request, response } = stage.next_event() else { panic!() };
    assert_eq!((cseq(&request), response.status().code()), (cseq(&invite), 401));
    let extra = Extra::new().header("Authorization", "Digest username=\"bob\"");
    stage.agent.resend(stage.now, challenge, extra).unwrap();
    let again = stage.next_request(Method::INVITE);
    assert_eq!(cseq(&again), cseq(&invite) + 1);
    assert_eq!(raw(&again, "Call-ID"), raw(&invite, "Call-ID"));
    assert_eq!(raw(&again, "From"), raw(&invite, "From"));
    assert_eq!(again.body(), invite.body());
    assert_eq!(raw(&again, "Authorization"), "Digest username=\"bob\"");
    stage.answer(&again, 200, "alice", &[CONTACT], SDP);
    // RFC 3261 §22.1: the ACK has the credentials of its INVITE.
    let ack = stage.next_request(Method::ACK);
    assert_eq!(raw(&ack, "Authorization"), "Digest username=\"bob\"");
    stage.next_event();
    hang_up(&mut stage, call);
}

#[test]
fn a_challenge_that_nobody_answers_is_a_refusal() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 407, "x", &[], "");
    stage.next_request(Method::ACK);
    let Event::Challenged { challenge, .. } = stage.next_event() else { panic!() };
    stage.agent.abandon(stage.now, challenge).unwrap();
    let Event::Ended { call: ended, cause, message } = stage.next_event() else { panic!() };
    assert_eq!((ended, cause), (call, EndCause::Rejected(status(407))));
    assert!(message.is_some());
    // Time does it too.
    let (_, invite) = calling(&mut stage);
    stage.answer(&invite, 401, "x", &[], "");
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.pass(Duration::from_secs(32));
    assert!(matches!(stage.next_event(), Event::Ended { .. }));
    stage.nothing_left();
}

#[test]
fn a_bye_that_is_challenged_is_sent_again_with_the_next_cseq() {
    let mut stage = stage();
    let (call, _) = caller(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 407, "", &[], "");
    let Event::Challenged { challenge, .. } = stage.next_event() else { panic!() };
    let extra = Extra::new().header("Proxy-Authorization", "Digest username=\"bob\"");
    stage.agent.resend(stage.now, challenge, extra).unwrap();
    let again = stage.next_request(Method::BYE);
    assert_eq!(cseq(&again), cseq(&bye) + 1);
    stage.answer(&again, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::HungUp, .. }));
    stage.nothing_left();
}

#[test]
fn a_redirection_is_followed_by_the_program_or_by_itself() {
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    let contacts = ["Contact: <sip:a@192.0.2.8>;q=0.2, <sip:b@192.0.2.9>;q=0.9"];
    stage.answer(&invite, 302, "x", &contacts, "");
    stage.next_request(Method::ACK);
    assert!(matches!(stage.next_event(), Event::Redirected { .. }));
    stage.agent.follow(stage.now, call, stage.flow, "sip:b@192.0.2.9").unwrap();
    let again = stage.next_request(Method::INVITE);
    assert_eq!(again.uri_bytes(), b"sip:b@192.0.2.9");
    assert_eq!(raw(&again, "To"), raw(&invite, "To"));
    assert_eq!(raw(&again, "Call-ID"), raw(&invite, "Call-ID"));
    let mut stage = stage_with(|config| config.follow_redirects = 1);
    let (_, invite) = calling(&mut stage);
    stage.answer(&invite, 302, "x", &contacts, "");
    stage.next_request(Method::ACK);
    // The best first, and no more often than it may.
    let again = stage.next_request(Method::INVITE);
    assert_eq!(again.uri_bytes(), b"sip:b@192.0.2.9");
    stage.answer(&again, 302, "x", &contacts, "");
    stage.next_request(Method::ACK);
    stage.nothing_sent();
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Rejected(status(302)));
}

#[test]
fn a_redirection_that_the_program_forgets_ends_with_its_time() {
    let mut stage = stage();
    let (_, invite) = calling(&mut stage);
    stage.answer(&invite, 302, "x", &["Contact: <sip:a@192.0.2.8>"], "");
    stage.next_request(Method::ACK);
    stage.next_event();
    stage.pass(Duration::from_secs(180));
    assert!(matches!(stage.next_event(), Event::Ended { .. }));
    stage.nothing_left();
}

#[test]
fn a_call_that_nobody_answers_is_given_up_and_says_that_it_rings_meanwhile() {
    let mut stage = stage();
    let call = invite(&mut stage, "", SDP);
    stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
    stage.next_response(180);
    stage.pass(Duration::from_secs(179));
    let again: Vec<_> = stage.sent.drain(..).map(|(at, _)| at.as_secs()).collect();
    assert_eq!(again, [60, 120]);
    stage.pass(Duration::from_secs(1));
    stage.next_response(480);
    let Event::Ended { cause, .. } = stage.next_event() else { panic!() };
    assert_eq!(cause, EndCause::Declined(status(480)));
    stage.nothing_left();
}

#[test]
fn limits_hold() {
    let mut stage = stage_with(|config| {
        config.limits.calls = 1;
        config.limits.early_dialogs = 2;
        config.limits.subscriptions = 1;
        config.event_packages = vec!["presence".into()];
    });
    let (call, invite) = calling(&mut stage);
    let options = InviteOptions::new(sdp());
    let refused = stage.agent.invite(stage.now, stage.flow, "sip:c@192.0.2.1", options);
    assert_eq!(refused, Err(AgentError::Full));
    stage.receive(with(&["INVITE", "", SDP]));
    stage.next_response(486);
    for tag in ["a", "b", "c"] {
        stage.answer(&invite, 180, tag, &[CONTACT], "");
    }
    assert_eq!(stage.agent.early_dialogs(call).unwrap().count(), 2);
    stage.receive(with(&["SUBSCRIBE", "Event: presence", ""]));
    stage.receive(with(&["REFER", "Refer-To: <sip:c@192.0.2.9>", ""]));
    let last = stage.sent.pop_back().unwrap().1;
    assert_eq!(last.as_response().unwrap().status().code(), 503);
}

#[test]
fn limits_hold_for_each_source() {
    let mut stage = stage_with(|config| config.limits.calls_per_source = 1);
    let (call, _) = callee(&mut stage);
    let other = with(&["INVITE", "", SDP]);
    let other = other.as_request().unwrap().edit().set(header::CallId, "other").finish().unwrap();
    stage.receive(other);
    stage.next_response(486);
    hang_up(&mut stage, call);
}

#[test]
fn publications_are_refreshed_changed_and_taken_back() {
    let mut stage = stage();
    let target = "sip:bob@192.0.2.1";
    let it = stage.agent.publish(stage.now, stage.flow, target, "presence", 600, sdp()).unwrap();
    let first = stage.next_request(Method::PUBLISH);
    assert!(first.headers().raw("SIP-If-Match").is_none());
    stage.answer(&first, 423, "x", &["Min-Expires: 900"], "");
    let first = stage.next_request(Method::PUBLISH);
    assert_eq!(raw(&first, "Expires"), "900");
    stage.answer(&first, 200, "x", &["SIP-ETag: e1", "Expires: 900"], "");
    assert!(matches!(stage.next_event(), Event::Published { .. }));
    stage.pass(Duration::from_millis(867_500));
    let refresh = stage.next_request(Method::PUBLISH);
    assert_eq!(raw(&refresh, "SIP-If-Match"), "e1");
    assert!(refresh.body().is_empty());
    // The server has forgotten it: it is published anew.
    stage.answer(&refresh, 412, "x", &[], "");
    let anew = stage.next_request(Method::PUBLISH);
    assert!(anew.headers().raw("SIP-If-Match").is_none() && !anew.body().is_empty());
    stage.answer(&anew, 200, "x", &["SIP-ETag: e2", "Expires: 900"], "");
    stage.next_event();
    stage.agent.republish(stage.now, it, sdp()).unwrap();
    let changed = stage.next_request(Method::PUBLISH);
    assert_eq!(raw(&changed, "SIP-If-Match"), "e2");
    stage.answer(&changed, 200, "x", &["SIP-ETag: e3", "Expires: 900"], "");
    stage.next_event();
    stage.agent.unpublish(stage.now, it).unwrap();
    let last = stage.next_request(Method::PUBLISH);
    assert_eq!((raw(&last, "Expires"), raw(&last, "SIP-If-Match")), ("0", "e3"));
    stage.answer(&last, 200, "x", &["Expires: 0"], "");
    assert!(matches!(stage.next_event(), Event::PublicationEnded { status: None, .. }));
    stage.nothing_left();
}

/// A message of the peer, and its buffer.
fn kept(stage: &mut Stage, message: sip_message::Message) -> bytes::Bytes {
    let buffer = message.source().clone();
    stage.receive(message);
    buffer
}

#[test]
fn a_call_that_stands_keeps_no_message() {
    let mut stage = stage();
    let mut buffers = vec![kept(&mut stage, with(&["INVITE", "Allow: UPDATE", SDP]))];
    let call = stage.next_incoming();
    stage.agent.set_negotiator(call, Media::new("m", 0, Random::new(1))).unwrap();
    stage.agent.accept(stage.now, call, Extra::new()).unwrap();
    let tag = to_tag(&stage.next_response(200));
    buffers.push(kept(&mut stage, message(&within("ACK", 1, &tag, "", ""))));
    buffers.push(kept(&mut stage, message(&within("UPDATE", 2, &tag, CONTACT, SDP))));
    stage.next_response(200);
    // And one of ours, whose answers are kept no longer.
    let (_, invite) = calling(&mut stage);
    let ok = respond(&invite, 200, "alice", &[CONTACT], SDP);
    buffers.push(kept(&mut stage, ok.into()));
    drop(invite);
    stage.sent.clear();
    stage.events.clear();
    stage.pass(Duration::from_secs(40));
    assert_eq!(stage.agent.counts().calls, 2);
    for buffer in buffers {
        assert!(buffer.is_unique(), "{}", String::from_utf8_lossy(&buffer));
    }
}

/// A call moves to another user agent.
fn moved(stage: &mut Stage, call: sip_dialog::Call) -> (Stage, sip_dialog::Call) {
    let snapshot = stage.agent.snapshot(call).unwrap();
    let mut other = super::support::stage();
    let again = other.agent.restore(other.now, other.flow, snapshot.clone()).unwrap();
    assert!(other.agent.restore(other.now, other.flow, snapshot).is_err());
    (other, again)
}

#[test]
fn a_call_moves_to_another_user_agent() {
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    let (mut other, again) = moved(&mut stage, call);
    other.receive_text(&within("INFO", 2, &tag, "", ""));
    assert!(matches!(other.next_event(), Event::Request { call: Some(it), .. } if it == again));
    assert_eq!(other.agent.call(again).unwrap().phase, Phase::Established);
    other.receive_text(&within("BYE", 3, &tag, "", ""));
    other.next_response(200);
    assert!(matches!(other.next_event(), Event::Ended { cause: EndCause::PeerHungUp, .. }));
    other.sent.clear();
}

#[cfg(feature = "serde")]
#[test]
fn a_call_is_written_out_and_read_back() {
    let mut stage = stage();
    let (call, _) = callee(&mut stage);
    let snapshot = stage.agent.snapshot(call).unwrap();
    let text = serde_json::to_string(&snapshot).unwrap();
    let back: sip_dialog::CallSnapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(back, snapshot);
    // Nothing of it is borrowed from a message.
    assert!(text.len() < 600, "{text}");
}

#[cfg(feature = "sdp")]
mod descriptions {
    use sdp::CodecSpec;
    use sdp::offer_answer::{MediaCapability, OfferAnswer, Session};

    use super::*;

    fn media() -> OfferAnswer {
        let address: std::net::IpAddr = "192.0.2.4".parse().unwrap();
        let audio = MediaCapability::audio(4_000).codec(0, CodecSpec::new("PCMU", 8_000));
        OfferAnswer::new(Session::new(7, address), [audio])
    }

    fn description(codec: u8, version: u32, direction: &str) -> String {
        format!(
            "v=0\r\no=a 1 {version} IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
             m=audio 5000 RTP/AVP {codec}\r\na={direction}\r\n"
        )
    }

    #[test]
    fn offers_and_answers_are_made_by_sdp() {
        let mut stage = stage();
        let call = invite(&mut stage, "", &description(0, 1, "sendrecv"));
        stage.agent.set_negotiator(call, media()).unwrap();
        stage.agent.accept(stage.now, call, Extra::new()).unwrap();
        let ok = stage.next_response(200);
        let answer = String::from_utf8_lossy(ok.body()).into_owned();
        assert!(answer.contains("m=audio 4000 RTP/AVP 0\r\n"), "{answer}");
        let tag = to_tag(&ok);
        stage.receive_text(&within("ACK", 1, &tag, "", ""));
        stage.next_event();
        let agreed = stage.agent.negotiator::<OfferAnswer>(call).unwrap();
        assert!(agreed.streams()[0].may_send());
        // The peer puts us on hold, and the answer is made.
        stage.receive_text(&within("INVITE", 2, &tag, CONTACT, &description(0, 2, "sendonly")));
        let ok = stage.next_response(200);
        assert!(String::from_utf8_lossy(ok.body()).contains("a=recvonly"));
        stage.receive_text(&within("ACK", 2, &tag, "", ""));
        assert!(
            stage.agent.negotiator::<OfferAnswer>(call).unwrap().streams()[0].is_held_by_peer()
        );
    }

    #[test]
    fn an_offer_without_anything_that_we_know_gets_488_and_a_warning() {
        let mut stage = stage();
        let (call, tag) = {
            let call = invite(&mut stage, "", &description(0, 1, "sendrecv"));
            stage.agent.set_negotiator(call, media()).unwrap();
            stage.agent.accept(stage.now, call, Extra::new()).unwrap();
            let tag = to_tag(&stage.next_response(200));
            stage.receive_text(&within("ACK", 1, &tag, "", ""));
            stage.next_event();
            (call, tag)
        };
        stage.receive_text(&within("UPDATE", 2, &tag, CONTACT, &description(9, 2, "sendrecv")));
        let refused = stage.next_response(488);
        assert!(raw(&refused, "Warning").starts_with("399 "));
        stage.receive_text(&within("INVITE", 3, &tag, CONTACT, "v=nonsense\n"));
        stage.next_response(488);
        assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
        hang_up(&mut stage, call);
    }

    #[test]
    fn hold_and_resume_are_offers() {
        let mut stage = stage();
        let options = InviteOptions::negotiated(media());
        let target = "sip:alice@192.0.2.1";
        let call = stage.agent.invite(stage.now, stage.flow, target, options).unwrap();
        let invite = stage.next_request(Method::INVITE);
        stage.answer(&invite, 200, "alice", &[CONTACT], &description(0, 1, "sendrecv"));
        stage.next_request(Method::ACK);
        stage.agent.hold(stage.now, call).unwrap();
        let hold = stage.next_request(Method::INVITE);
        assert!(String::from_utf8_lossy(hold.body()).contains("a=sendonly"));
        // Refused: it was not put on hold, and the next offer is none.
        stage.answer(&hold, 488, "", &[], "");
        stage.next_request(Method::ACK);
        assert!(!stage.agent.negotiator::<OfferAnswer>(call).unwrap().streams()[0].is_held());
        stage.agent.hold(stage.now, call).unwrap();
        let hold = stage.next_request(Method::INVITE);
        stage.answer(&hold, 200, "", &[CONTACT], &description(0, 2, "recvonly"));
        stage.next_request(Method::ACK);
        assert!(stage.agent.negotiator::<OfferAnswer>(call).unwrap().streams()[0].is_held());
        stage.agent.resume(stage.now, call).unwrap();
        let resume = stage.next_request(Method::INVITE);
        assert!(String::from_utf8_lossy(resume.body()).contains("a=sendrecv"));
    }
}

#[test]
fn where_a_negotiator_makes_the_descriptions_the_program_makes_none() {
    let mut stage = stage();
    let media = || Media::new("m", 0, Random::new(1));
    let mut options = InviteOptions::negotiated(media());
    options.extra = sdp();
    let target = "sip:alice@192.0.2.1";
    let refused = stage.agent.invite(stage.now, stage.flow, target, options);
    assert!(matches!(refused, Err(AgentError::State(_))));
    let options = InviteOptions::negotiated(media());
    let call = stage.agent.invite(stage.now, stage.flow, target, options).unwrap();
    let invite = stage.next_request(Method::INVITE);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    assert!(stage.agent.reinvite(stage.now, call, sdp()).is_err());
    assert!(stage.agent.update(stage.now, call, sdp()).is_err());
    stage.nothing_sent();
    // None comes in while an offer of the program's own is open, whose answer it would get.
    let (other, _) = caller(&mut stage);
    stage.agent.update(stage.now, other, sdp()).unwrap();
    assert!(stage.agent.set_negotiator(other, media()).is_err());
}

#[test]
fn the_answers_to_a_cancel_and_to_its_invite_have_one_tag() {
    for rings in [true, false] {
        let mut stage = stage();
        let call = invite(&mut stage, "", SDP);
        if rings {
            stage.agent.ring(stage.now, call, StatusCode::RINGING, Extra::new()).unwrap();
            stage.next_response(180);
        }
        let cancel = within("CANCEL", 1, "", "", "").replace("z9hG4bKCANCEL1", "z9hG4bKINVITE1");
        stage.receive_text(&cancel.replace(";tag=\n", "\n"));
        let tag = to_tag(&stage.next_response(200));
        assert_eq!(to_tag(&stage.next_response(487)), tag, "RFC 3261 §9.2");
        assert!(matches!(stage.next_event(), Event::Ended { cause: EndCause::PeerCancelled, .. }));
        stage.nothing_left();
    }
}

/// What the program never answers does not stay for ever: the time is `Timers::unanswered`.
#[test]
fn what_the_program_forgets_is_given_up() {
    let mut stage = stage_with(|config| {
        config.event_packages = vec!["presence".into()];
        config.endpoint.timers.unanswered = Duration::from_secs(60);
    });
    // A request for the program.
    stage.receive_text(&within("MESSAGE", 1, "", "", "").replace(";tag=\n", "\n"));
    let Event::Request { incoming, .. } = stage.next_event() else { panic!() };
    // A subscription that is asked for.
    stage.receive(with(&["SUBSCRIBE", "Event: presence\nExpires: 600", ""]));
    assert!(matches!(stage.next_event(), Event::SubscriptionAsked { .. }));
    // An offer in a call that stands.
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&within("UPDATE", 2, &tag, CONTACT, SDP));
    assert!(matches!(stage.next_event(), Event::Offered { .. }));
    stage.pass(Duration::from_secs(61));
    let mut told = Vec::new();
    stage.settle();
    while let Some(event) = stage.events.pop_front() {
        told.push(match event {
            Event::RequestGone { incoming: gone } => {
                assert_eq!(gone, incoming);
                "request"
            }
            Event::NotificationEnded { cause: SubscriptionEnd::Failed(code), .. } => {
                assert_eq!(code, status(408));
                "subscription"
            }
            other => panic!("{other:?}"),
        });
    }
    told.sort_unstable();
    assert_eq!(told, ["request", "subscription"]);
    let late = stage.agent.respond(stage.now, incoming, status(200), Extra::new());
    assert_eq!(late, Err(AgentError::Gone));
    // The call goes on, and another offer can be made.
    stage.sent.clear();
    assert!(!stage.agent.call(call).unwrap().offer_answer.unwrap().is_open());
    hang_up(&mut stage, call);

    // A call that nobody takes.
    let ringing = invite(&mut stage, "", SDP);
    stage.pass(Duration::from_secs(200));
    loop {
        if let Event::Ended { call: ended, .. } = stage.next_event() {
            assert_eq!(ended, ringing);
            break;
        }
    }
    stage.sent.clear();
    stage.nothing_left();
}
