//! The peers as oracles: what a message says to them and to us.
//!
//! They stay out of the workspace that is published, so this body is here and not in
//! `sip_testkit::fuzzing`. Where they read a message otherwise than we do, and why that is their
//! mistake or a matter of taste, is written down in `DIFFERENCES.md`, by the names used here.

use bytes::Bytes;
use sip_message::{HeaderLine, Message, Method, Parser, Tolerances, header, lint};

mod ezk;
mod rsip;

/// What two readers of a message must agree on, as far as each of them reads it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    status: Option<u16>,
    branch: Option<Vec<u8>>,
    port: Option<u16>,
    from_tag: Option<Vec<u8>>,
    to_tag: Option<Vec<u8>>,
    call_id: Option<Vec<u8>>,
    cseq: Option<u32>,
    method: Option<Vec<u8>>,
    max_forwards: Option<u32>,
}

/// Reads a datagram under strict rules; what is left of it is good to the letter.
///
/// - A peer that accepts it reads the same values, but for the differences that are written down.
pub fn differential(data: &[u8]) {
    let Some((message, ours)) = ours(data) else { return };
    for (peer, read) in [("rsip", rsip::facts as fn(&Bytes) -> Option<Facts>), ("ezk", ezk::facts)]
    {
        let Some(theirs) = read(&Bytes::copy_from_slice(data)) else { continue };
        if known(peer, &message, &ours) {
            continue;
        }
        assert_eq!(theirs, ours, "{peer}:\n{}", data.escape_ascii());
    }
}

/// What we read, of a message against which there is nothing to be said.
fn ours(data: &[u8]) -> Option<(Message, Facts)> {
    let message = Parser::new().tolerances(Tolerances::strict()).parse(data.to_vec()).ok()?;
    if lint(&message).iter().any(|finding| finding.severity() == sip_message::Severity::Error) {
        return None;
    }
    let headers = message.headers();
    let via = headers.require(header::Via).ok()?;
    let cseq = headers.require(header::CSeq).ok()?;
    let text = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
    let facts = Facts {
        status: message.as_response().map(|response| response.status().code()),
        branch: text(via.branch()),
        port: via.port(),
        from_tag: text(headers.require(header::From).ok()?.tag()),
        to_tag: text(headers.require(header::To).ok()?.tag()),
        call_id: Some(headers.require(header::CallId).ok()?.as_bytes().to_vec()),
        cseq: Some(cseq.number()),
        method: text(Some(cseq.method().as_str())),
        max_forwards: headers.find(header::MaxForwards).ok()?.map(|hops| hops.get()),
    };
    Some((message, facts))
}

/// Whether a message is one of those that a peer is known to read otherwise.
fn known(peer: &str, message: &Message, ours: &Facts) -> bool {
    let lines = || message.headers().iter();
    let folded = lines().any(|line| line.value().contains(&b'\n'));
    let method = ours.method.as_deref().unwrap_or_default();
    let other_method = method.iter().any(u8::is_ascii_lowercase);
    match peer {
        "rsip" => {
            let spaced = |line: HeaderLine<'_>| {
                let text = line.as_bytes().trim_ascii_end();
                line.as_bytes()[text.len()..].iter().any(|byte| matches!(byte, b' ' | b'\t'))
            };
            let spaced_semicolon = message.headers().lines("Via").any(|line| {
                let mut pairs = line.value().windows(2);
                pairs.any(|pair| matches!(pair, b" ;" | b"\t;" | b"; " | b";\t"))
            });
            // rsip-compact-names, rsip-trailing-space, rsip-method-case, rsip-spaces-at-semicolon.
            lines().any(|line| line.name_str().len() == 1)
                || lines().any(spaced)
                || other_method
                || spaced_semicolon
        }
        _ => {
            let escaped = [&ours.branch, &ours.from_tag, &ours.to_tag]
                .into_iter()
                .flatten()
                .any(|value| value.contains(&b'%'));
            let other_case = lines().any(|line| {
                ["tag", "branch"].iter().any(|name| {
                    let mut windows = line.value().windows(name.len());
                    windows.any(|w| w.eq_ignore_ascii_case(name.as_bytes()) && w != name.as_bytes())
                })
            });
            let empty = lines().any(|line| line.value().windows(2).any(|pair| pair == b"\"\""));
            let spaced_port = message.headers().lines("Via").any(|line| {
                let mut pairs = line.value().windows(2);
                pairs.any(|pair| matches!(pair, b" :" | b"\t:" | b": " | b":\t"))
            });
            let prefixed = Method::REGISTERED.iter().any(|known| {
                let known = known.as_str().as_bytes();
                method.len() > known.len() && method.starts_with(known)
            });
            let numbered = message.headers().find(header::Via).ok().flatten().is_some_and(|via| {
                let name = via.host_str();
                let mut labels = name.split('.');
                labels.by_ref().take(3).filter(|it| it.parse::<u8>().is_ok()).count() == 3
                    && labels.next().is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()))
                    && name.parse::<core::net::Ipv4Addr>().is_err()
            });
            // ezk-folds, ezk-escapes, ezk-empty-quotes, ezk-parameter-case, ezk-spaces-at-port,
            // ezk-method-case, ezk-method-prefix, ezk-address-in-name.
            folded
                || escaped
                || empty
                || spaced_port
                || other_case
                || other_method
                || prefixed
                || numbered
        }
    }
}
