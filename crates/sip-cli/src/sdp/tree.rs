//! A description as a tree for people.

use sdp::{
    Attributes, FindingKind, Line as SdpLine, Media, SessionDescription, TransportAddress,
    attribute,
};

use super::bodies::Body;
use crate::diagnostics::Diagnosis;
use crate::position::Cursor;
use crate::text::show;
use crate::tree::row::{Row, connected};
use crate::tree::style::{self, Line};
use crate::tree::{detail, finding_row};
use crate::value_tree::error_line;
use crate::wording::counted;

/// Attributes that the tree shows in words of its own.
const SHOWN: &[&str] = &[
    "rtpmap",
    "fmtp",
    "rtcp-fb",
    "sendrecv",
    "sendonly",
    "recvonly",
    "inactive",
    "mid",
    "bundle-only",
    "rtcp",
    "rtcp-mux",
    "candidate",
    "end-of-candidates",
    "ice-ufrag",
    "ice-pwd",
    "ice-options",
    "ice-lite",
    "fingerprint",
    "setup",
    "crypto",
    "ssrc",
    "ssrc-group",
];

/// A description in the body of a message, or why there is none.
pub(crate) fn body_lines(body: &Body, cursor: &mut Cursor<'_>) -> Vec<Line> {
    match &body.description {
        Ok(description) => description_lines(description, body.start, cursor),
        Err(error) => {
            let place = cursor.place(body.start + error.offset());
            vec![error_line(&format!("{error:#}"), &detail(place, error.rfc()))]
        }
    }
}

/// A description that starts at `start` of the file.
pub(crate) fn description_lines(
    description: &SessionDescription,
    start: usize,
    cursor: &mut Cursor<'_>,
) -> Vec<Line> {
    let mut rows: Vec<Row> = description.session_lines().filter_map(session_row).collect();
    rows.extend(description.bundles().map(|bundle| {
        let mids: Vec<_> = bundle.mids().map(|mid| show(mid.as_bytes())).collect();
        let mut line = Line::plain(&mids.join(" "));
        if let Some(mid) = description.tagged(bundle).and_then(|media| media.mid()) {
            line.paint(style::DIM, &format!(", carried by {}", show(mid.as_bytes())));
        }
        Row::new(Line::styled(style::NAME, "bundle"), vec![line])
    }));
    rows.extend(description.media().map(|media| section(&media)));
    for finding in sdp::lint(description) {
        let name = match finding.kind() {
            FindingKind::Deviation(_) => "deviation",
            FindingKind::Value(_) => "error",
            _ => continue,
        };
        rows.push(finding_row(name, &Diagnosis::of_sdp(&finding, start), cursor));
    }
    let mut lines = vec![title(description)];
    lines.append(&mut connected(rows));
    lines
}

/// Who has made the description, and which one it is.
fn title(description: &SessionDescription) -> Line {
    let mut line = Line::styled(style::STRONG, "session description");
    if let Ok(Some(origin)) = description.origin() {
        line.push(&format!(
            " of {} at {}, id {}, version {}",
            show(origin.username()),
            show(origin.address().as_bytes()),
            show(origin.session_id_str().as_bytes()),
            show(origin.session_version_str().as_bytes())
        ));
    }
    line
}

/// A line of the session, but for those that are in the title and the bundles, and those that say
/// nothing.
fn session_row(line: SdpLine<'_>) -> Option<Row> {
    let name = match line.letter() {
        Some(b'v' | b'o') => return None,
        Some(b's') if line.value() == b"-" => return None,
        Some(b't') if line.value() == b"0 0" => return None,
        Some(b's') => "name",
        Some(b'i') => "information",
        Some(b'u') => "URI",
        Some(b'e') => "e-mail",
        Some(b'p') => "phone",
        Some(b'c') => "connection",
        Some(b'b') => "bandwidth",
        Some(b't') => "time",
        Some(b'r') => "repeat",
        Some(b'z') => "zones",
        Some(b'k') => "key",
        Some(b'a') => {
            let (name, value) = line.attribute()?;
            let is_bundle = name == b"group" && value.is_some_and(|v| v.starts_with(b"BUNDLE"));
            return (!is_bundle).then(|| {
                let value = value.map(|value| Line::plain(&show(value)));
                Row::new(
                    Line::styled(style::UNKNOWN_NAME, &show(name)),
                    value.into_iter().collect(),
                )
            });
        }
        // An unknown type, or no line at all, as it came.
        _ => {
            let text = line.as_bytes().trim_ascii_end();
            let value = vec![Line::plain(&show(text))];
            return Some(Row::new(Line::styled(style::UNKNOWN_NAME, "?"), value));
        }
    };
    Some(Row::new(Line::styled(style::NAME, name), vec![Line::plain(&show(line.value()))]))
}

fn section(media: &Media<'_>) -> Row {
    let mut name = Line::styled(style::NAME, &show(media.media_type().as_bytes()));
    name.paint(style::DIM, &format!(" {}", media.index()));
    let mut lines = vec![first_line(media)];
    lines.extend(addresses(media));
    lines.append(&mut formats(media));
    lines.extend(ice(media));
    lines.extend(dtls(media));
    for crypto in media.attributes().each(attribute::Crypto).flatten() {
        lines.push(labelled(
            "SDES",
            &format!("{} {}", crypto.tag(), show(crypto.suite().as_bytes())),
        ));
    }
    for bandwidth in media.bandwidths().flatten() {
        lines.push(labelled("bandwidth", &bandwidth.to_string()));
    }
    lines.extend(sources(media.attributes()));
    lines.extend(media.lines().skip(1).filter_map(other));
    Row::new(name, lines)
}

fn labelled(label: &str, text: &str) -> Line {
    let mut line = Line::styled(style::PARAM, label);
    line.push(" ");
    line.push(text);
    line
}

/// Port, protocol, direction, and what becomes of the section.
fn first_line(media: &Media<'_>) -> Line {
    let mut line = Line::plain(&format!("port {}", media.port()));
    if let Some(count) = media.port_count() {
        line.push(&format!("/{count}"));
    }
    line.push(&format!(", {}, ", show(media.protocol().as_bytes())));
    line.paint(style::STRONG, media.direction().name());
    if let Some(mid) = media.mid() {
        line.push(&format!(", mid {}", show(mid.as_bytes())));
    }
    if media.is_bundle_only() {
        line.push(", with its bundle only");
    } else if media.is_rejected() {
        line.push(", ");
        line.paint(style::WARNING, "rejected");
    } else if media.is_hold() {
        line.push(", ");
        line.paint(style::WARNING, "on hold");
    }
    line
}

/// Where RTP and RTCP, or whatever it is, go to.
fn addresses(media: &Media<'_>) -> Option<Line> {
    if media.port() == 0 {
        return None;
    }
    let text = |address: TransportAddress<'_>| {
        let host = show(address.host.as_bytes());
        if host.contains(':') {
            format!("[{host}]:{}", address.port)
        } else {
            format!("{host}:{}", address.port)
        }
    };
    let address = text(media.address().ok()??);
    if !media.is_rtp() {
        return Some(labelled("to", &address));
    }
    let rtcp = media.rtcp_address().ok().flatten().map(text);
    Some(match rtcp {
        Some(rtcp) if rtcp != address => {
            let mut line = labelled("RTP to", &address);
            line.push(", ");
            line.append(labelled("RTCP to", &rtcp));
            line
        }
        _ if media.attributes().has(attribute::RtcpMux) => labelled("RTP and RTCP to", &address),
        _ => labelled("RTP to", &address),
    })
}

/// What each format is.
fn formats(media: &Media<'_>) -> Vec<Line> {
    if !media.is_rtp() {
        let formats: Vec<_> = media.formats().map(show).collect();
        return vec![labelled("formats", &formats.join(" "))];
    }
    let codecs = media.codecs();
    media
        .formats()
        .map(|format| {
            let mut line = Line::styled(style::DISPLAY, &show(format));
            let number = std::str::from_utf8(format).ok().and_then(|format| format.parse().ok());
            let Some(codec) = number.and_then(|number| codecs.get(number)) else { return line };
            line.push(" ");
            line.paint(style::STRONG, &show(codec.encoding().unwrap_or("?").as_bytes()));
            if let Some(clock_rate) = codec.clock_rate() {
                line.push(&format!("/{clock_rate}"));
            }
            if codec.channels() > 1 {
                line.push(&format!("/{}", codec.channels()));
            }
            for fmtp in codec.fmtps() {
                line.push("  ");
                line.push(&show(fmtp.as_bytes()));
            }
            let feedback: Vec<_> = codec.feedback().map(|line| show(line.feedback())).collect();
            if !feedback.is_empty() {
                line.paint(style::DIM, &format!("  ({})", feedback.join(", ")));
            }
            line
        })
        .collect()
}

fn ice(media: &Media<'_>) -> Option<Line> {
    let candidates: Vec<_> = media.attributes().each(attribute::Candidate).flatten().collect();
    let credentials = media.ice_credentials();
    if candidates.is_empty() && credentials.is_none() {
        return None;
    }
    let mut parts = Vec::new();
    if media.description().attributes().has(attribute::IceLite) {
        parts.push("lite".to_owned());
    }
    if let Some(credentials) = credentials {
        parts.push(format!("ufrag {}", show(credentials.ufrag.as_bytes())));
    }
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for candidate in &candidates {
        match kinds.iter_mut().find(|(kind, _)| *kind == candidate.kind()) {
            Some((_, count)) => *count += 1,
            None => kinds.push((candidate.kind(), 1)),
        }
    }
    let kinds: Vec<_> =
        kinds.iter().map(|(kind, count)| format!("{count} {}", show(kind.as_bytes()))).collect();
    let mut text = counted(candidates.len(), "candidate", "candidates");
    if !kinds.is_empty() {
        text.push_str(&format!(" ({})", kinds.join(", ")));
    }
    parts.push(text);
    if media.has_inherited(attribute::EndOfCandidates) {
        parts.push("no more to come".to_owned());
    }
    if let Ok(Some(options)) = media.inherited(attribute::IceOptions) {
        parts.push(format!("options {}", show(options.as_str().as_bytes())));
    }
    Some(labelled("ICE", &parts.join(", ")))
}

fn dtls(media: &Media<'_>) -> Vec<Line> {
    let setup = media.inherited(attribute::Setup).ok().flatten();
    let role = setup.map(|setup| format!("{setup}, ")).unwrap_or_default();
    let fingerprints = media.fingerprints().flatten();
    fingerprints
        .map(|fingerprint| labelled("DTLS", &show(format!("{role}{fingerprint}").as_bytes())))
        .collect()
}

/// How many sources there are.
fn sources(attributes: Attributes<'_>) -> Option<Line> {
    let mut ids: Vec<_> =
        attributes.each(attribute::Ssrc).flatten().map(|ssrc| ssrc.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
    (!ids.is_empty()).then(|| labelled("sources", &ids.join(" ")))
}

/// A line that nothing above has shown.
fn other(line: SdpLine<'_>) -> Option<Line> {
    if matches!(line.letter(), Some(b'b' | b'c')) {
        return None;
    }
    let Some((name, value)) = line.attribute() else {
        return Some(Line::plain(&show(line.as_bytes().trim_ascii_end())));
    };
    if SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown.as_bytes())) {
        return None;
    }
    let mut shown = Line::styled(style::UNKNOWN_NAME, &show(name));
    if let Some(value) = value {
        shown.push(" ");
        shown.push(&show(value));
    }
    Some(shown)
}
