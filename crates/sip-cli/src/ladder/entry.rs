//! One message of a call, in short.

use std::net::SocketAddr;

use bytes::Bytes;
use sip_capture::{Captured, Content, Timestamp, Transport};
use sip_message::{Message, Method, Severity, header};

use crate::diagnostics::Diagnosis;
use crate::sdp::bodies::bodies;
use crate::text::show;

/// Something to say of a message.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    pub(crate) severity: Severity,
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) rfc: &'static str,
    /// Whether the observer says it, of the call, and not `lint`, of the message.
    pub(crate) of_call: bool,
}

/// What a message is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Provisional,
    Success,
    Failure,
    /// It could not be read.
    Malformed,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Provisional => "provisional",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Malformed => "malformed",
        }
    }
}

/// A message of a call.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) packet: u64,
    pub(crate) time: Timestamp,
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) transport: Transport,
    pub(crate) kind: Kind,
    /// `INVITE`, `180 Ringing`, `200 OK (BYE)`.
    pub(crate) label: String,
    /// The session that it describes: `PCMU PCMA, hold`.
    pub(crate) session: Option<String>,
    /// How often it was seen before.
    pub(crate) retransmission: u32,
    pub(crate) remarks: Vec<Remark>,
    /// Which Call-ID of those that belong together.
    pub(crate) leg: usize,
    /// How many messages of this Call-ID came before.
    pub(crate) number: u64,
    /// The message itself, where it is shown.
    pub(crate) raw: Option<Bytes>,
}

/// How much is wanted of each message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    /// What is drawn: label, session, findings of lint.
    pub(crate) drawn: bool,
    /// The whole message.
    pub(crate) raw: bool,
    pub(crate) sdp: sdp::Tolerances,
}

impl Entry {
    pub(crate) fn new(captured: &Captured, depth: Depth) -> Self {
        let mut entry = Self {
            packet: captured.packet,
            time: captured.time,
            source: captured.source,
            destination: captured.destination,
            transport: captured.transport,
            kind: Kind::Malformed,
            label: String::new(),
            session: None,
            retransmission: 0,
            remarks: Vec::new(),
            leg: 0,
            number: 0,
            raw: None,
        };
        if !depth.drawn {
            return entry;
        }
        match &captured.content {
            Content::Message(message) => {
                (entry.kind, entry.label) = label(message);
                let described = bodies(message, 0, depth.sdp);
                let mut diagnoses = Diagnosis::of_message(message, 0);
                for body in &described {
                    diagnoses.append(&mut body.findings(message.as_bytes()));
                }
                entry.session = session(&described);
                entry.remarks = diagnoses.into_iter().filter_map(remark).collect();
                if depth.raw {
                    entry.raw = Some(Bytes::copy_from_slice(message.as_bytes()));
                }
            }
            Content::Malformed { bytes, error } => {
                let line = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next();
                let line = show(line.unwrap_or_default().trim_ascii_end());
                entry.label = shortened(line, 40);
                let diagnosis = Diagnosis::of_refusal(error, 0, bytes);
                entry.remarks.extend(remark(diagnosis));
                if depth.raw {
                    entry.raw = Some(Bytes::copy_from_slice(bytes));
                }
            }
        }
        entry
    }
}

/// What is worth a line in a ladder: no more than what other software may stumble over.
fn remark(diagnosis: Diagnosis) -> Option<Remark> {
    let Diagnosis { severity, rule, message, rfc, header, .. } = diagnosis;
    if severity == Severity::Info {
        return None;
    }
    // Some texts have the header's name already.
    let text = match header {
        Some(name) if !message.starts_with(&name) => format!("{name}: {message}"),
        _ => message,
    };
    Some(Remark { severity, name: rule, text, rfc, of_call: false })
}

fn label(message: &Message) -> (Kind, String) {
    match message {
        Message::Request(request) => (Kind::Request, show(request.method().as_str().as_bytes())),
        Message::Response(response) => {
            let status = response.status();
            let kind = match status.code() {
                100..=199 => Kind::Provisional,
                200..=299 => Kind::Success,
                _ => Kind::Failure,
            };
            let reason = shortened(show(response.reason()), 30);
            let mut label = format!("{} {reason}", status.code()).trim_end().to_owned();
            let cseq = response.headers().find(header::CSeq).ok().flatten();
            if let Some(method) = cseq.map(|it| it.method()).filter(|it| *it != Method::INVITE) {
                label.push_str(&format!(" ({})", show(method.as_str().as_bytes())));
            }
            (kind, label)
        }
    }
}

/// Codecs, media and direction of the first description.
fn session(bodies: &[crate::sdp::bodies::Body]) -> Option<String> {
    let body = bodies.first()?;
    let Ok(description) = &body.description else { return Some("unreadable SDP".to_owned()) };
    let media: Vec<_> = description.media().collect();
    let mut parts = Vec::new();
    for section in &media {
        let kind = show(section.media_type().as_bytes());
        let mut words = Vec::new();
        if media.len() > 1 || kind != "audio" {
            words.push(kind);
        }
        if section.is_rejected() {
            words.push("refused".to_owned());
        } else if section.is_rtp() {
            let codecs = section.codecs();
            let names = codecs.iter().filter_map(|codec| codec.encoding());
            let names: Vec<_> = names.filter(|it| !it.eq_ignore_ascii_case("rtx")).collect();
            let more = names.len().saturating_sub(4);
            let names = names.iter().take(4).map(|name| match *name {
                "telephone-event" => "DTMF".to_owned(),
                name => show(name.as_bytes()),
            });
            words.extend(names);
            if more > 0 {
                words.push(format!("+{more}"));
            }
        }
        if section.is_hold() && !section.is_rejected() {
            words.push(format!("hold ({})", section.direction()));
        } else if section.direction() != sdp::Direction::SendRecv && !section.is_rejected() {
            words.push(section.direction().to_string());
        }
        parts.push(words.join(" "));
    }
    Some(if parts.is_empty() { "no media".to_owned() } else { parts.join(", ") })
}

/// Text that is cut where it is too long.
pub(crate) fn shortened(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}
