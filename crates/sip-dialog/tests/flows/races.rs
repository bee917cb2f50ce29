//! The races of RFC 5407, each from the sides that our agent can be at. The number is that of the
//! row in the list of purposes; the section is in the comment.

use std::time::Duration;

use sip_dialog::{Body, Call, EndCause, Event, Extra, InviteOptions, Phase};
use sip_message::{Method, Request};
use sip_testkit::stage::{Stage, config, cseq, from_tag, raw, to_tag};

const SDP: &str = "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";
const CONTACT: &str = "Contact: <sip:alice@192.0.2.1>";

fn sdp() -> Extra {
    Extra::new().body(Body::sdp(SDP))
}

fn stage() -> Stage {
    Stage::new(config())
}

/// A request of the peer, with the tag that our agent has in To, if it has one yet.
fn request(method: &str, cseq: u32, tag: &str, body: &str) -> String {
    let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    let kind = if body.is_empty() { "" } else { "\nContent-Type: application/sdp" };
    // A CANCEL, and the ACK for a refusal, have the branch of their INVITE.
    let branch = if method == "CANCEL" { "INVITE" } else { method };
    format!(
        "{method} sip:bob@192.0.2.4 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch}{cseq}
Max-Forwards: 70
To: <sip:bob@biloxi.example>{tag}
From: <sip:alice@atlanta.example>;tag=alice
Call-ID: call1
CSeq: {cseq} {method}
{CONTACT}{kind}

{body}"
    )
}

/// The peer's INVITE was accepted, and our 200 not acknowledged.
fn accepted(stage: &mut Stage, offer: &str, answer: Extra) -> (Call, String) {
    stage.receive_text(&request("INVITE", 1, "", offer));
    let call = stage.next_incoming();
    stage.agent.accept(stage.now, call, answer).unwrap();
    (call, to_tag(&stage.next_response(200)))
}

fn callee(stage: &mut Stage) -> (Call, String) {
    let (call, tag) = accepted(stage, SDP, sdp());
    stage.receive_text(&request("ACK", 1, &tag, ""));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    (call, tag)
}

fn calling(stage: &mut Stage) -> (Call, Request) {
    let options = InviteOptions::new(sdp());
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    (call, stage.next_request(Method::INVITE))
}

fn caller(stage: &mut Stage) -> (Call, Request) {
    let (call, invite) = calling(stage);
    stage.answer(&invite, 200, "alice", &[CONTACT, "Allow: UPDATE"], SDP);
    stage.next_request(Method::ACK);
    stage.next_event();
    (call, invite)
}

fn to_caller(invite: &Request, method: &str, cseq: u32, body: &str) -> String {
    request(method, cseq, &from_tag(invite), body).replace("call1", raw(invite, "Call-ID"))
}

fn ended(stage: &mut Stage, cause: EndCause) {
    loop {
        match stage.next_event() {
            Event::Ended { cause: told, .. } => return assert_eq!(told, cause),
            Event::Changed { .. } | Event::Confirmed { .. } | Event::ChangeFailed { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The peer answers our BYE, and nothing is left.
fn finish(stage: &mut Stage, cause: EndCause) {
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    ended(stage, cause);
    stage.nothing_left();
}

#[test]
fn race_001_the_invite_comes_again_after_the_200() {
    // §3.1.1, as the callee.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, SDP, sdp());
    stage.receive_text(&request("INVITE", 1, "", SDP));
    stage.nothing_sent();
    stage.nothing_told();
    stage.receive_text(&request("ACK", 1, &tag, ""));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    stage.agent.hang_up(stage.now, call).unwrap();
    finish(&mut stage, EndCause::HungUp);
}

#[test]
fn race_001_all_provisional_responses_are_lost() {
    // §3.1.1, as the caller: the INVITE is sent again, and the 200 comes.
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.pass(Duration::from_millis(500));
    assert_eq!(stage.next_request(Method::INVITE).as_bytes(), invite.as_bytes());
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn race_002_cancel_crosses_200() {
    // §3.1.2, as the caller: the 200 is acknowledged, and the session ended by BYE.
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 180, "alice", &[CONTACT], "");
    stage.agent.cancel(stage.now, call, None).unwrap();
    let cancel = stage.next_request(Method::CANCEL);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    let ack = stage.next_request(Method::ACK);
    assert_eq!(cseq(&ack), cseq(&invite));
    let bye = stage.next_request(Method::BYE);
    // A server that knows RFC 6026 says 200, another 481.
    stage.answer(&cancel, 481, "alice", &[], "");
    stage.nothing_sent();
    stage.answer(&bye, 200, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Progress { .. }));
    ended(&mut stage, EndCause::Cancelled);
    stage.nothing_left();
}

#[test]
fn race_002_cancel_comes_after_our_200() {
    // §3.1.2, as the callee: it changes nothing.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, SDP, sdp());
    stage.receive_text(&request("CANCEL", 1, "", ""));
    stage.next_response(200);
    stage.nothing_told();
    stage.receive_text(&request("ACK", 1, &tag, ""));
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.nothing_left();
}

#[test]
fn race_003_an_early_bye_crosses_our_200() {
    // §3.1.3, as the callee.
    let mut stage = stage();
    let (_, tag) = accepted(&mut stage, SDP, sdp());
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    // The ACK comes all the same, and no 200 is sent again.
    stage.receive_text(&request("ACK", 1, &tag, ""));
    stage.pass(Duration::from_secs(40));
    stage.nothing_sent();
    stage.nothing_told();
    stage.nothing_left();
}

#[test]
fn race_003_our_early_bye_crosses_the_200() {
    // §3.1.3, as the caller: the 200 is acknowledged although the dialog is over.
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 180, "alice", &[CONTACT], "");
    stage.next_event();
    stage.agent.hang_up_early(stage.now, call, "alice").unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.next_event();
    stage.agent.cancel(stage.now, call, None).unwrap();
    stage.next_request(Method::CANCEL);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    assert_eq!(to_tag(&stage.next_request(Method::ACK)), "alice");
    ended(&mut stage, EndCause::Cancelled);
    stage.answer(&bye, 200, "", &[], "");
    stage.nothing_left();
}

#[test]
fn race_003_the_only_early_dialog_is_left_and_answers() {
    // §3.1.3, as the caller, without CANCEL.
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 180, "alice", &[CONTACT], "");
    stage.next_event();
    stage.agent.hang_up_early(stage.now, call, "alice").unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.next_event();
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    assert_eq!(to_tag(&stage.next_request(Method::ACK)), "alice");
    stage.nothing_sent();
    ended(&mut stage, EndCause::HungUp);
    stage.answer(&bye, 200, "", &[], "");
    stage.nothing_left();
}

#[test]
fn race_004_a_reinvite_before_the_ack_where_the_offer_is_answered() {
    // §3.1.4, as the callee: the re-INVITE is taken, and the first 200 not sent again.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, SDP, sdp());
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    assert!(matches!(stage.next_event(), Event::Reinvited { .. }));
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    assert_eq!(raw(&stage.next_response(200), "CSeq"), "2 INVITE");
    // The first ACK, late.
    stage.receive_text(&request("ACK", 1, &tag, ""));
    stage.nothing_told();
    stage.receive_text(&request("ACK", 2, &tag, ""));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    stage.pass(Duration::from_secs(40));
    stage.nothing_sent();
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn race_004_a_reinvite_before_the_ack_that_our_bye_waits_for() {
    // §3.1.4, as a callee that has hung up: the ACK was sent, so the BYE is.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, SDP, sdp());
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.nothing_sent();
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_response(481);
    finish(&mut stage, EndCause::HungUp);
}

#[test]
fn race_005_a_reinvite_before_the_ack_that_has_the_answer() {
    // §3.1.5, as the callee: 491, since the answer is still to come.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, "", sdp());
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_response(491);
    stage.receive_text(&request("ACK", 1, &tag, SDP));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    stage.receive_text(&request("INVITE", 3, &tag, SDP));
    assert!(matches!(stage.next_event(), Event::Reinvited { .. }));
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn race_006_bye_before_the_ack_has_come() {
    // §3.1.6, as the caller: the BYE is answered, and a 200 that comes again acknowledged.
    let mut stage = stage();
    let (_, invite) = caller(&mut stage);
    stage.receive_text(&to_caller(&invite, "BYE", 1, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.answer(&invite, 200, "alice", &[CONTACT, "Allow: UPDATE"], SDP);
    stage.next_request(Method::ACK);
    stage.nothing_told();
    stage.nothing_left();
}

#[test]
fn race_006_we_wait_for_the_ack_before_bye() {
    // §3.1.6, as the callee: RFC 3261 §15 wants the ACK first.
    let mut stage = stage();
    let (call, tag) = accepted(&mut stage, SDP, sdp());
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.nothing_sent();
    stage.receive_text(&request("ACK", 1, &tag, ""));
    finish(&mut stage, EndCause::HungUp);
}

#[test]
fn race_007_bye_crosses_bye() {
    // §3.2.1.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    stage.answer(&bye, 200, "", &[], "");
    ended(&mut stage, EndCause::HungUp);
    stage.nothing_left();
}

#[test]
fn race_008_a_reinvite_crosses_our_bye() {
    // §3.2.2, as the side that hangs up: 481.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_response(481);
    stage.answer(&bye, 200, "", &[], "");
    ended(&mut stage, EndCause::HungUp);
}

#[test]
fn race_008_our_reinvite_crosses_a_bye() {
    // §3.2.2, as the other side: the BYE is answered, and the 481 acknowledged.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let invite = stage.next_request(Method::INVITE);
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.answer(&invite, 481, "", &[], "");
    stage.next_request(Method::ACK);
    stage.nothing_told();
    stage.nothing_left();
}

#[test]
fn race_009_the_200_to_our_reinvite_crosses_our_bye() {
    // §3.2.3, as the side that hangs up: the 200 is acknowledged although it has.
    for bye_first in [false, true] {
        let mut stage = stage();
        let (call, _) = callee(&mut stage);
        stage.agent.reinvite(stage.now, call, sdp()).unwrap();
        let invite = stage.next_request(Method::INVITE);
        stage.agent.hang_up(stage.now, call).unwrap();
        let bye = stage.next_request(Method::BYE);
        if bye_first {
            stage.answer(&bye, 200, "", &[], "");
        }
        stage.answer(&invite, 200, "", &[CONTACT], SDP);
        let ack = stage.next_request(Method::ACK);
        assert_eq!((cseq(&ack), to_tag(&ack).as_str()), (cseq(&invite), "alice"));
        if !bye_first {
            stage.answer(&bye, 200, "", &[], "");
        }
        ended(&mut stage, EndCause::HungUp);
        stage.nothing_left();
    }
}

#[test]
fn race_009_a_bye_comes_after_our_200_to_a_reinvite() {
    // §3.2.3, as the other side.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_event();
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
    stage.receive_text(&request("BYE", 3, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.receive_text(&request("ACK", 2, &tag, ""));
    stage.pass(Duration::from_secs(40));
    stage.nothing_sent();
    stage.nothing_left();
}

#[test]
fn race_010_the_ack_comes_after_the_bye() {
    // §3.2.4, as the side that gets both: the answer in the ACK is ignored.
    let mut stage = stage();
    let (_, tag) = accepted(&mut stage, "", sdp());
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.receive_text(&request("ACK", 1, &tag, SDP));
    stage.nothing_told();
    stage.nothing_sent();
    stage.nothing_left();
}

#[test]
fn race_011_reinvite_crosses_reinvite() {
    // §3.3.1: 491 both ways; then each is tried again, that of the other side first.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    let ours = stage.next_request(Method::INVITE);
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_response(491);
    stage.receive_text(&request("ACK", 2, &tag, "").replace("z9hG4bKACK2", "z9hG4bKINVITE2"));
    stage.answer(&ours, 491, "", &[], "");
    stage.next_request(Method::ACK);
    assert!(matches!(stage.next_event(), Event::ChangeFailed { retried: true, .. }));
    // We do not own the Call-ID: ours is the first.
    stage.pass(Duration::from_secs(2));
    let again = stage.next_request(Method::INVITE);
    stage.answer(&again, 200, "", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    assert!(matches!(stage.next_event(), Event::Changed { .. }));
    stage.receive_text(&request("INVITE", 3, &tag, SDP));
    assert!(matches!(stage.next_event(), Event::Reinvited { .. }));
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    stage.next_response(200);
}

#[test]
fn race_012_our_update_crosses_a_reinvite() {
    // §3.3.2, as the side that updates: the re-INVITE gets 491.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.update(stage.now, call, sdp()).unwrap();
    let update = stage.next_request(Method::UPDATE);
    stage.receive_text(&request("INVITE", 2, &tag, SDP));
    stage.next_response(491);
    stage.answer(&update, 491, "", &[], "");
    assert!(matches!(stage.next_event(), Event::ChangeFailed { retried: true, .. }));
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}

#[test]
fn race_012_an_update_crosses_our_reinvite() {
    // §3.3.2, as the other side.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.reinvite(stage.now, call, sdp()).unwrap();
    stage.next_request(Method::INVITE);
    stage.receive_text(&request("UPDATE", 2, &tag, SDP));
    stage.next_response(491);
    // Without an offer there is no glare.
    stage.receive_text(&request("UPDATE", 3, &tag, ""));
    stage.next_response(200);
}

#[test]
fn race_013_a_refer_comes_after_our_bye() {
    // §3.3.3, as the side that hangs up: 481.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    stage.next_request(Method::BYE);
    let refer = request("REFER", 2, &tag, "")
        .replace(CONTACT, &format!("{CONTACT}\nRefer-To: <sip:carol@192.0.2.9>"));
    stage.receive_text(&refer);
    stage.next_response(481);
    stage.nothing_told();
}

#[test]
fn race_013_our_refer_crosses_a_bye() {
    // §3.3.3, as the other side: the REFER fails, and nothing is left of it.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    let mut options = sip_dialog::ReferOptions::default();
    options.call = Some(call);
    let target = "sip:carol@192.0.2.9";
    stage.agent.refer(stage.now, stage.flow, "", target, options).unwrap();
    let refer = stage.next_request(Method::REFER);
    stage.receive_text(&request("BYE", 2, &tag, ""));
    stage.next_response(200);
    ended(&mut stage, EndCause::PeerHungUp);
    stage.answer(&refer, 481, "", &[], "");
    assert!(matches!(stage.next_event(), Event::Unsubscribed { .. }));
    stage.nothing_left();
}

#[test]
fn bye_is_challenged_in_the_mortal_state() {
    // RFC 5407, appendix A: it is sent again with credentials, and the call is over all the same.
    let mut stage = stage();
    let (call, tag) = callee(&mut stage);
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 401, "", &[], "");
    let Event::Challenged { challenge, .. } = stage.next_event() else { panic!() };
    stage.receive_text(&request("INFO", 2, &tag, ""));
    stage.next_response(481);
    stage.agent.resend(stage.now, challenge, Extra::new()).unwrap();
    finish(&mut stage, EndCause::HungUp);
}

#[test]
fn several_2xx_without_any_provisional_response() {
    // RFC 5407, appendix B: the first is the call, the others are ended.
    let mut stage = stage();
    let (call, invite) = calling(&mut stage);
    stage.answer(&invite, 200, "alice", &[CONTACT], SDP);
    stage.next_request(Method::ACK);
    for tag in ["carol", "dora"] {
        stage.answer(&invite, 200, tag, &[CONTACT], SDP);
        stage.next_request(Method::ACK);
        let bye = stage.next_request(Method::BYE);
        assert_eq!(to_tag(&bye), tag);
        stage.answer(&bye, 200, "", &[], "");
    }
    assert_eq!(stage.agent.counts().dialogs, 1);
    assert_eq!(stage.agent.call(call).unwrap().phase, Phase::Established);
}
