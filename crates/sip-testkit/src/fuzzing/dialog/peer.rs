//! What a hostile peer writes: messages that are in a dialog or nearly so, with any lines.

use std::fmt::Write as _;

use arbitrary::Arbitrary;
use sip_message::{Message, Method, Request};

use super::{Model, pick};

/// What a message of the peer has beyond what it must have.
#[derive(Arbitrary, Debug, Default)]
pub(super) struct Adorned {
    lines: Vec<Line>,
    body: u8,
}

/// A header line.
#[derive(Arbitrary, Debug)]
pub(super) enum Line {
    Contact { strange: u8 },
    RecordRoute { loose: bool },
    Reliable { rseq: u8 },
    Rack { rseq: u8, cseq: u8 },
    SessionExpires { seconds: u16, refresher: u8 },
    MinSe { seconds: u16 },
    Supported { which: u8 },
    Require { which: u8 },
    Allow,
    Event { which: u8, id: bool },
    State { which: u8, seconds: u16 },
    Expires { seconds: u16 },
    MinExpires { seconds: u16 },
    Replaces { dialog: u8, early: bool, mirrored: bool },
    Join { dialog: u8 },
    TargetDialog { dialog: u8 },
    ReferTo { which: u8 },
    ReferSub,
    Etag,
    RetryAfter,
    Package,
    Challenge,
    Raw { bytes: Vec<u8> },
}

/// What a request of the peer has.
pub(super) struct Head {
    pub(super) uri: String,
    pub(super) branch: u32,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) call_id: String,
    pub(super) cseq: u32,
}

const TAGS: [&str; 6] = ["100rel", "timer", "replaces", "norefersub", "tdialog", "unheard-of"];

impl Model {
    pub(super) fn answer(&mut self, which: u8, status: u16, tag: u8, adorned: &Adorned) {
        let requests = self.sent.iter().filter_map(Message::as_request);
        let requests: Vec<Request> = requests.cloned().collect();
        let Some(request) = pick(&requests, which) else { return };
        if request.method() == Method::ACK {
            return;
        }
        let line = format!("SIP/2.0 {} R\r\n", 100 + status % 600);
        let mut text = line;
        for line in request.headers().iter() {
            let name = line.name_str();
            if ["Via", "From", "To", "Call-ID", "CSeq"].contains(&name) {
                let value = String::from_utf8_lossy(line.value()).into_owned();
                let tagged = name == "To" && !value.contains(";tag=") && !tag.is_multiple_of(5);
                let tag = if tagged { format!(";tag=t{}", tag % 5) } else { String::new() };
                let _ = write!(text, "{name}: {value}{tag}\r\n");
            }
        }
        let text = self.adorn(text, adorned);
        self.agent.handle_datagram(self.now, self.flow, text);
    }

    pub(super) fn inside(
        &mut self,
        method: &str,
        dialog: u8,
        cseq: u8,
        branch: u8,
        adorned: &Adorned,
    ) -> Option<Vec<u8>> {
        let dialogs: Vec<_> = self.agent.dialogs().collect();
        let dialog = pick(&dialogs, dialog)?;
        let id = dialog.id();
        let last = dialog.remote_sequence().unwrap_or(1);
        let head = Head {
            uri: "sip:bob@192.0.2.4:5060".to_owned(),
            branch: 100 + u32::from(branch),
            from: format!("{};tag={}", dialog.remote(), id.remote_tag),
            to: format!("{};tag={}", dialog.local(), id.local_tag),
            call_id: id.call_id.to_owned(),
            cseq: last.wrapping_add(u32::from(cseq % 4)).wrapping_sub(1),
        };
        Some(self.request(method, &head, adorned))
    }

    pub(super) fn request(&mut self, method: &str, head: &Head, adorned: &Adorned) -> Vec<u8> {
        let Head { uri, branch, from, to, call_id, cseq } = head;
        let text = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch}\r\n\
             Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
             CSeq: {cseq} {method}\r\n"
        );
        self.adorn(text, adorned)
    }

    fn adorn(&self, text: String, adorned: &Adorned) -> Vec<u8> {
        let mut bytes = text.into_bytes();
        for line in adorned.lines.iter().take(8) {
            bytes.extend(self.line(line));
            bytes.extend(b"\r\n");
        }
        let body = match adorned.body % 4 {
            0 => String::new(),
            number => format!("v=0\r\no=a 1 {number} IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"),
        };
        if !body.is_empty() {
            bytes.extend(b"Content-Type: application/sdp\r\n");
        }
        bytes.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
        bytes
    }

    fn line(&self, line: &Line) -> Vec<u8> {
        let dialogs: Vec<_> = self.agent.dialogs().collect();
        let named = |which: u8| pick(&dialogs, which).map(|dialog| dialog.id());
        let text = match line {
            Line::Contact { strange } => match strange % 6 {
                0 => "Contact: *".to_owned(),
                1 => "Contact: <tel:+1>".to_owned(),
                2 => "Contact: <sip:alice@192.0.2.1?Subject=x>".to_owned(),
                3 => "Contact: <sip:alice@host.invalid;transport=ws>".to_owned(),
                _ => "Contact: <sip:alice@192.0.2.1:5060>".to_owned(),
            },
            Line::RecordRoute { loose: true } => "Record-Route: <sip:192.0.2.1;lr>".to_owned(),
            Line::RecordRoute { loose: false } => {
                "Record-Route: \"a <b\" <sip:192.0.2.1;method=BYE>;x".to_owned()
            }
            Line::Reliable { rseq } => format!("Require: 100rel\r\nRSeq: {}", rseq % 4),
            Line::Rack { rseq, cseq } => {
                // What was sent reliably, or something near it.
                let responses = self.sent.iter().filter_map(Message::as_response);
                let last = responses.filter_map(sip_dialog::rseq_of).last().unwrap_or(1);
                format!("RAck: {} {} INVITE", last + u32::from(rseq % 2), cseq % 8)
            }
            Line::SessionExpires { seconds, refresher } => match refresher % 3 {
                0 => format!("Session-Expires: {seconds}"),
                1 => format!("Session-Expires: {seconds};refresher=uac"),
                _ => format!("Session-Expires: {seconds};refresher=uas"),
            },
            Line::MinSe { seconds } => format!("Min-SE: {seconds}"),
            Line::Supported { which } => {
                format!("Supported: {}", TAGS[usize::from(*which) % TAGS.len()])
            }
            Line::Require { which } => {
                format!("Require: {}", TAGS[usize::from(*which) % TAGS.len()])
            }
            Line::Allow => "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK".to_owned(),
            Line::Event { which, id } => {
                let package = ["presence", "refer", "dialog"][usize::from(*which) % 3];
                format!("Event: {package}{}", if *id { ";id=1" } else { "" })
            }
            Line::State { which, seconds } => match which % 4 {
                0 => format!("Subscription-State: active;expires={seconds}"),
                1 => "Subscription-State: pending".to_owned(),
                2 => {
                    format!("Subscription-State: terminated;reason=probation;retry-after={seconds}")
                }
                _ => "Subscription-State: terminated".to_owned(),
            },
            Line::Expires { seconds } => format!("Expires: {seconds}"),
            Line::MinExpires { seconds } => format!("Min-Expires: {seconds}"),
            Line::Replaces { dialog, early, mirrored } => {
                let Some(id) = named(*dialog) else { return b"X: y".to_vec() };
                let early = if *early { ";early-only" } else { "" };
                let (to, from) = match mirrored {
                    true => (id.local_tag, id.remote_tag),
                    false => (id.remote_tag, id.local_tag),
                };
                format!("Replaces: {};to-tag={to};from-tag={from}{early}", id.call_id)
            }
            Line::Join { dialog } => {
                let Some(id) = named(*dialog) else { return b"X: y".to_vec() };
                format!("Join: {};to-tag={};from-tag={}", id.call_id, id.local_tag, id.remote_tag)
            }
            Line::TargetDialog { dialog } => {
                let Some(id) = named(*dialog) else { return b"X: y".to_vec() };
                let (local, remote) = (id.remote_tag, id.local_tag);
                format!("Target-Dialog: {};local-tag={local};remote-tag={remote}", id.call_id)
            }
            Line::ReferTo { which } => match which % 4 {
                0 => "Refer-To: <sip:carol@192.0.2.9>".to_owned(),
                1 => "Refer-To: <sip:carol@192.0.2.9?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>"
                    .to_owned(),
                2 => "Refer-To: <sip:carol@192.0.2.9;method=BYE>".to_owned(),
                _ => "Refer-To: <http://example.com>".to_owned(),
            },
            Line::ReferSub => "Refer-Sub: false".to_owned(),
            Line::Etag => "SIP-ETag: e1".to_owned(),
            Line::RetryAfter => "Retry-After: 5".to_owned(),
            Line::Package => "Info-Package: dtmf".to_owned(),
            Line::Challenge => "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"".to_owned(),
            Line::Raw { bytes } => {
                let bytes = bytes.iter().copied().filter(|byte| *byte != b'\r' && *byte != b'\n');
                return b"Subject: ".iter().copied().chain(bytes.take(64)).collect();
            }
        };
        text.into_bytes()
    }
}
