//! Messages of a peer, and calls that stand.

use std::time::Duration;

use sip_dialog::{AgentConfig, Body, Call, Event, Extra, InviteOptions};
use sip_message::{Method, Request, StatusCode};
use sip_testkit::stage::{Stage, config, from_tag, message, raw, to_tag};

pub(crate) const SDP: &str = "v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";
pub(crate) const CONTACT: &str = "Contact: <sip:alice@192.0.2.1>";
pub(crate) const T1: Duration = Duration::from_millis(500);

pub(crate) fn sdp() -> Extra {
    Extra::new().body(Body::sdp(SDP))
}

pub(crate) fn stage() -> Stage {
    Stage::new(config())
}

/// A request of the peer in the call that it has begun.
pub(crate) fn within(method: &str, cseq: u32, tag: &str, lines: &str, body: &str) -> String {
    let kind = if body.is_empty() { "" } else { "\nContent-Type: application/sdp" };
    let lines = if lines.is_empty() { String::new() } else { format!("\n{lines}") };
    format!(
        "{method} sip:bob@192.0.2.4:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{method}{cseq}
Max-Forwards: 70
To: <sip:bob@biloxi.example>;tag={tag}
From: <sip:alice@atlanta.example>;tag=alice
Call-ID: call1
CSeq: {cseq} {method}{lines}{kind}

{body}"
    )
}

/// An INVITE of the peer, with lines and a body.
pub(crate) fn invite(stage: &mut Stage, lines: &str, body: &str) -> Call {
    stage.receive(with(&["INVITE", lines, body]));
    stage.next_incoming()
}

/// A request outside any dialog: method, lines, body.
pub(crate) fn with(parts: &[&str; 3]) -> sip_message::Message {
    let [method, lines, body] = parts;
    let lines = format!("{CONTACT}\n{lines}");
    message(&within(method, 1, "", lines.trim_end(), body).replace(";tag=\n", "\n"))
}

/// A call of the peer that is established; our tag in it.
pub(crate) fn callee(stage: &mut Stage) -> (Call, String) {
    callee_with(stage, "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK")
}

pub(crate) fn callee_with(stage: &mut Stage, lines: &str) -> (Call, String) {
    let call = invite(stage, lines, SDP);
    stage.agent.accept(stage.now, call, sdp()).unwrap();
    let ok = stage.next_response(200);
    let tag = to_tag(&ok);
    stage.receive_text(&within("ACK", 1, &tag, "", ""));
    assert!(matches!(stage.next_event(), Event::Confirmed { .. }));
    (call, tag)
}

/// A call of ours whose INVITE was sent.
pub(crate) fn calling(stage: &mut Stage) -> (Call, Request) {
    let options = InviteOptions::new(sdp());
    let call = stage.agent.invite(stage.now, stage.flow, "sip:alice@192.0.2.1", options).unwrap();
    (call, stage.next_request(Method::INVITE))
}

/// A call of ours that is established; its INVITE.
pub(crate) fn caller(stage: &mut Stage) -> (Call, Request) {
    let (call, invite) = calling(stage);
    stage.answer(&invite, 200, "alice", &[CONTACT, "Allow: UPDATE"], SDP);
    stage.next_request(Method::ACK);
    assert!(matches!(stage.next_event(), Event::Answered { acknowledge: false, .. }));
    (call, invite)
}

/// A request of the peer in a call of ours.
pub(crate) fn to_caller(
    invite: &Request,
    method: &str,
    cseq: u32,
    lines: &str,
    body: &str,
) -> String {
    let (call_id, tag) = (raw(invite, "Call-ID"), from_tag(invite));
    within(method, cseq, &tag, lines, body).replace("call1", call_id)
}

/// An agent with changes to its configuration.
pub(crate) fn stage_with(change: impl FnOnce(&mut AgentConfig)) -> Stage {
    let mut config = config();
    change(&mut config);
    Stage::new(config)
}

/// The peer hangs up, and nothing is left.
pub(crate) fn hang_up(stage: &mut Stage, call: Call) {
    stage.agent.hang_up(stage.now, call).unwrap();
    let bye = stage.next_request(Method::BYE);
    stage.answer(&bye, 200, "", &[], "");
    loop {
        if let Event::Ended { .. } = stage.next_event() {
            break;
        }
    }
    stage.nothing_left();
}

pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::new(code).unwrap()
}
