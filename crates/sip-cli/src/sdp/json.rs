//! Descriptions as JSON objects; `docs/JSON.md` describes every field.

use sdp::codec::Codec;
use sdp::{
    Attributes, FindingKind, Line, Media, ParseError, SessionDescription, TransportAddress,
    attribute,
};
use serde_json::{Map, Value, json};

use super::bodies::Body;
use crate::diagnostics::Diagnosis;
use crate::json::{deviation_json, placed, raw};
use crate::position::Cursor;
use crate::text::lossy;

/// A description in the body of a message, or why there is none.
pub(crate) fn body_json(body: &Body, cursor: &mut Cursor<'_>) -> Value {
    match &body.description {
        Ok(description) => description_json(description, body.start, cursor),
        Err(error) => refusal_json(error, body.start, cursor),
    }
}

/// Why a description was refused.
pub(crate) fn refusal_json(error: &ParseError, start: usize, cursor: &mut Cursor<'_>) -> Value {
    let mut object = Map::new();
    object.insert("kind".to_owned(), error.kind().name().into());
    let message = format!("{error:#}");
    object.append(&mut placed(&message, start + error.offset(), error.rfc(), cursor));
    json!({ "error": object })
}

/// A description that starts at `start` of the file.
pub(crate) fn description_json(
    description: &SessionDescription,
    start: usize,
    cursor: &mut Cursor<'_>,
) -> Value {
    let mut place = |line: &Line<'_>| {
        let offset = start + line.range().start;
        (offset, cursor.place(offset).line)
    };
    let lines: Vec<_> =
        description.session_lines().map(|line| line_json(&line, place(&line))).collect();
    let media: Vec<_> = description.media().map(|media| media_json(&media, &mut place)).collect();
    let bundles: Vec<_> = description
        .bundles()
        .map(|bundle| {
            let tagged = description.tagged(bundle).and_then(|media| media.mid());
            json!({ "mids": bundle.mids().collect::<Vec<_>>(), "tagged": tagged })
        })
        .collect();
    let (mut deviations, mut errors) = (Vec::new(), Vec::new());
    for finding in sdp::lint(description) {
        let placed_at = Diagnosis::of_sdp(&finding, start);
        match finding.kind() {
            FindingKind::Deviation(_) => deviations.push(deviation_json(&placed_at)),
            FindingKind::Value(_) => errors.push(Value::from(placed(
                &placed_at.message,
                placed_at.offset,
                placed_at.rfc,
                cursor,
            ))),
            _ => {}
        }
    }
    json!({
        "kind": "description",
        "offset": start,
        "origin": origin(description),
        "name": description.session_name().ok().flatten().map(|name| name.to_str_lossy().into_owned()),
        "lines": lines,
        "bundles": bundles,
        "media": media,
        "errors": errors,
        "deviations": deviations,
    })
}

fn origin(description: &SessionDescription) -> Value {
    let Ok(Some(origin)) = description.origin() else { return Value::Null };
    json!({
        "username": lossy(origin.username()),
        "session_id": origin.session_id_str(),
        "session_version": origin.session_version_str(),
        "network_type": origin.network_type(),
        "address_type": origin.address_type(),
        "address": origin.address(),
    })
}

/// A line as it came: its type, and of an attribute name and value.
fn line_json(line: &Line<'_>, (offset, number): (usize, usize)) -> Value {
    let mut object = Map::new();
    let letter = line.letter().map(|letter| char::from(letter).to_string());
    object.insert("type".to_owned(), letter.into());
    object.insert("offset".to_owned(), offset.into());
    object.insert("line".to_owned(), number.into());
    if let Some((name, value)) = line.attribute() {
        object.insert("attribute".to_owned(), lossy(name).into());
        object.insert("value".to_owned(), value.map(lossy).into());
    }
    object.append(&mut raw(line.value()));
    object.into()
}

fn media_json(media: &Media<'_>, place: &mut impl FnMut(&Line<'_>) -> (usize, usize)) -> Value {
    let (offset, line) = place(&media.line());
    let lines: Vec<_> = media.lines().skip(1).map(|line| line_json(&line, place(&line))).collect();
    let codecs = media.codecs();
    let codecs = media.is_rtp().then(|| codecs.iter().map(|codec| codec_json(&codec)).collect());
    let bandwidths: Vec<_> = media
        .bandwidths()
        .flatten()
        .map(|b| json!({ "modifier": b.modifier(), "value": b.value() }))
        .collect();
    json!({
        "index": media.index(),
        "offset": offset,
        "line": line,
        "type": media.media_type(),
        "port": media.port(),
        "port_count": media.port_count(),
        "protocol": media.protocol(),
        "formats": media.formats().map(lossy).collect::<Vec<_>>(),
        "mid": media.mid(),
        "direction": media.direction().name(),
        "hold": media.is_hold(),
        "rejected": media.is_rejected(),
        "bundle_only": media.is_bundle_only(),
        "address": address_json(media.address().ok().flatten()),
        "rtcp_address": address_json(media.rtcp_address().ok().flatten()),
        "rtcp_mux": media.attributes().has(attribute::RtcpMux),
        "codecs": codecs.map(Value::Array),
        "bandwidths": bandwidths,
        "ice": ice_json(media),
        "dtls": dtls_json(media),
        "sdes": sdes_json(media.attributes()),
        "lines": lines,
    })
}

fn address_json(address: Option<TransportAddress<'_>>) -> Value {
    let address = address.map(|address| json!({ "host": address.host, "port": address.port }));
    address.unwrap_or_default()
}

fn codec_json(codec: &Codec<'_, '_>) -> Value {
    let fmtp: Vec<_> = codec.fmtps().map(|fmtp| lossy(fmtp.as_bytes())).collect();
    let feedback: Vec<_> = codec.feedback().map(|line| lossy(line.feedback())).collect();
    json!({
        "payload_type": codec.payload_type(),
        "encoding": codec.encoding(),
        "clock_rate": codec.clock_rate(),
        "channels": codec.channels(),
        "fmtp": fmtp,
        "feedback": feedback,
    })
}

fn ice_json(media: &Media<'_>) -> Value {
    let credentials = media.ice_credentials();
    let candidates: Vec<_> = media
        .attributes()
        .each(attribute::Candidate)
        .flatten()
        .map(|candidate| {
            json!({
                "foundation": candidate.foundation(),
                "component": candidate.component(),
                "transport": candidate.transport(),
                "priority": candidate.priority(),
                "address": candidate.address(),
                "port": candidate.port(),
                "type": candidate.kind(),
                "related_address": candidate.related_address(),
                "related_port": candidate.related_port(),
            })
        })
        .collect();
    if credentials.is_none() && candidates.is_empty() {
        return Value::Null;
    }
    let options = media.inherited(attribute::IceOptions).ok().flatten();
    json!({
        "ufrag": credentials.map(|credentials| credentials.ufrag),
        "pwd": credentials.map(|credentials| credentials.pwd),
        "lite": media.description().attributes().has(attribute::IceLite),
        "options": options.map(|words| words.iter().collect::<Vec<_>>()).unwrap_or_default(),
        "candidates": candidates,
        "complete": media.has_inherited(attribute::EndOfCandidates),
    })
}

fn dtls_json(media: &Media<'_>) -> Value {
    let fingerprints: Vec<_> = media
        .fingerprints()
        .flatten()
        .map(|f| json!({ "hash": f.hash_function(), "digest": f.digest() }))
        .collect();
    if fingerprints.is_empty() {
        return Value::Null;
    }
    let setup = media.inherited(attribute::Setup).ok().flatten();
    json!({ "setup": setup.map(|setup| setup.to_string()), "fingerprints": fingerprints })
}

/// The crypto suites; their keys are in the lines alone.
fn sdes_json(attributes: Attributes<'_>) -> Value {
    let each = attributes.each(attribute::Crypto).flatten();
    each.map(|crypto| json!({ "tag": crypto.tag(), "suite": crypto.suite() })).collect()
}
