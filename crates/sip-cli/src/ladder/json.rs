//! One object a call, as `docs/JSON.md` describes it.

use std::time::Duration;

use serde_json::{Value, json};
use sip_capture::Transport;
use sip_dialog::observe::{Outcome, Side};

use super::call::Call;
use super::entry::{Entry, Remark};
use crate::text::lossy;

pub(crate) fn call_json(call: &Call) -> Value {
    let account = call.account();
    let seconds = |time: Option<Duration>| time.map(|it| it.as_secs_f64());
    let (outcome, status) = account.map_or(("unreadable", None), |it| named(it.outcome()));
    json!({
        "number": call.number,
        "call_ids": call.legs.iter().map(|leg| lossy(&leg.call_id)).collect::<Vec<_>>(),
        "method": account.map(sip_dialog::observe::Account::method),
        "from": account.map(sip_dialog::observe::Account::from),
        "to": account.map(sip_dialog::observe::Account::to),
        "started": call.started().to_string(),
        "outcome": outcome,
        "status": status,
        "post_dial_delay": seconds(account.and_then(sip_dialog::observe::Account::post_dial_delay)),
        "ring_time": seconds(account.and_then(sip_dialog::observe::Account::ring_time)),
        "duration": seconds(account.and_then(sip_dialog::observe::Account::duration)),
        "reason": account.and_then(|it| it.reason_header()),
        "caller_agent": account.and_then(|it| it.agent(Side::Caller)),
        "callee_agent": account.and_then(|it| it.agent(Side::Callee)),
        "messages": call.entries.iter().map(message_json).collect::<Vec<_>>(),
        "messages_left_out": call.left_out,
        "findings": call.remarks.iter().map(remark_json).collect::<Vec<_>>(),
    })
}

fn message_json(entry: &Entry) -> Value {
    json!({
        "packet": entry.packet,
        "time": entry.time.to_string(),
        "source": entry.source.to_string(),
        "destination": entry.destination.to_string(),
        "transport": transport(entry.transport),
        "kind": entry.kind.name(),
        "label": entry.label,
        "session": entry.session,
        "retransmission": entry.retransmission,
        "leg": entry.leg,
        "findings": entry.remarks.iter().map(remark_json).collect::<Vec<_>>(),
    })
}

fn remark_json(remark: &Remark) -> Value {
    json!({
        "rule": remark.name,
        "severity": remark.severity.to_string(),
        "message": remark.text,
        "rfc": remark.rfc,
        "of": if remark.of_call { "call" } else { "message" },
    })
}

pub(crate) fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::WebSocket => "WS",
        _ => "?",
    }
}

fn named(outcome: Outcome) -> (&'static str, Option<u16>) {
    match outcome {
        Outcome::Pending => ("pending", None),
        Outcome::Ringing => ("ringing", None),
        Outcome::Answered => ("answered", None),
        Outcome::Ended(Side::Caller) => ("ended-by-caller", None),
        Outcome::Ended(Side::Callee) => ("ended-by-callee", None),
        Outcome::Cancelled => ("cancelled", None),
        Outcome::Failed(status) => ("failed", Some(status.code())),
        Outcome::Done(status) => ("done", Some(status.code())),
        _ => ("unknown", None),
    }
}
