//! Messages as JSON objects; `docs/JSON.md` describes every field.

use serde_json::{Map, Value, json};
use sip_message::{
    Finding, FindingKind, HeaderError, HeaderLine, Message, ParseError, Request, lint,
};

use crate::diagnostics::Diagnosis;
use crate::position::Cursor;
use crate::sdp::bodies::bodies;
use crate::sdp::json::body_json;
use crate::value_json::{uri_json, value_json};
use crate::{text, wording};

/// A message that starts at `start` of the file.
pub(crate) fn message_json(
    message: &Message,
    start: usize,
    tolerances: sdp::Tolerances,
    cursor: &mut Cursor<'_>,
) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    match message {
        Message::Request(request) => {
            put("kind", "request".into());
            put("method", request.method().as_str().into());
            put("uri", request_uri(request, start, cursor));
            put("version", request.version().to_string().into());
            put("status", Value::Null);
            put("reason", Value::Null);
        }
        Message::Response(response) => {
            put("kind", "response".into());
            put("method", Value::Null);
            put("uri", Value::Null);
            put("version", response.version().to_string().into());
            put("status", response.status().code().into());
            put("reason", text::lossy(response.reason()).into());
            if let Some(hex) = hex_if_lossy(response.reason()) {
                put("reason_hex", hex);
            }
        }
    }
    let lines = message.headers().iter();
    put("headers", lines.map(|line| header(&line, start, cursor)).collect());
    put("body", body(message, start, tolerances, cursor));
    put("deviations", lint(message).iter().filter_map(|f| deviation(f, start)).collect());
    Value::Object(object)
}

/// A message that was refused.
pub(crate) fn refusal_json(error: &ParseError, start: usize, cursor: &mut Cursor<'_>) -> Value {
    let message = error.kind().describe();
    let mut object = Map::new();
    object.insert("kind".to_owned(), error.kind().name().into());
    object.append(&mut placed(message, start + error.offset(), error.rfc(), cursor));
    object.insert("status".to_owned(), error.status().map(sip_message::StatusCode::code).into());
    json!({ "error": object })
}

fn request_uri(request: &Request, start: usize, cursor: &mut Cursor<'_>) -> Value {
    match request.uri() {
        Ok(uri) => uri_json(uri),
        Err(error) => {
            let offset = start + request.uri_offset() + error.offset();
            let mut object = raw(request.uri_bytes());
            let error = placed(&format!("{error:#}"), offset, error.rfc(), cursor);
            object.insert("error".to_owned(), error.into());
            object.into()
        }
    }
}

fn header(line: &HeaderLine<'_>, start: usize, cursor: &mut Cursor<'_>) -> Value {
    let name = line.name();
    let offset = start + line.range().start;
    let mut object = Map::new();
    object.insert("name".to_owned(), line.name_str().into());
    object.insert("canonical".to_owned(), name.is_known().then(|| name.as_str()).into());
    object.insert("offset".to_owned(), offset.into());
    object.insert("line".to_owned(), cursor.place(offset).line.into());
    object.append(&mut raw(line.value()));
    // What is tolerated in the values is listed with everything else, see `deviation`.
    let mut deviations = Vec::new();
    let Some(values) = line.values_checked(&mut deviations) else { return object.into() };
    match values.map(|value| value.map(|value| value_json(&value))).collect() {
        Ok(values) => object.insert("values".to_owned(), Value::Array(values)),
        Err(error) => {
            object.insert("error".to_owned(), header_error(&error, offset, start, cursor))
        }
    };
    object.into()
}

fn header_error(
    error: &HeaderError<'_>,
    line: usize,
    start: usize,
    cursor: &mut Cursor<'_>,
) -> Value {
    let offset = error.offset().map_or(line, |offset| start + offset);
    placed(&wording::header_error(error), offset, error.rfc(), cursor).into()
}

fn body(
    message: &Message,
    start: usize,
    tolerances: sdp::Tolerances,
    cursor: &mut Cursor<'_>,
) -> Value {
    let media_type = message.headers().find(sip_message::header::ContentType).ok().flatten();
    let content_type = media_type.map(|media| format!("{}/{}", media.type_(), media.subtype()));
    let mut object = Map::new();
    object.insert("length".to_owned(), message.body().len().into());
    object.insert("content_type".to_owned(), content_type.into());
    let descriptions: Vec<_> =
        bodies(message, start, tolerances).iter().map(|body| body_json(body, cursor)).collect();
    if !descriptions.is_empty() {
        object.insert("descriptions".to_owned(), descriptions.into());
    }
    object.into()
}

fn deviation(finding: &Finding<'_>, start: usize) -> Option<Value> {
    let FindingKind::Deviation(_) = finding.kind() else { return None };
    Some(deviation_json(&Diagnosis::of_finding(finding, start)))
}

pub(crate) fn deviation_json(finding: &Diagnosis) -> Value {
    json!({
        "rule": finding.rule,
        "offset": finding.offset,
        "length": finding.length,
        "rfc": finding.rfc,
        "severity": finding.severity.to_string(),
    })
}

/// What is wrong, and where.
pub(crate) fn placed(
    message: &str,
    offset: usize,
    rfc: &str,
    cursor: &mut Cursor<'_>,
) -> Map<String, Value> {
    let place = cursor.place(offset);
    let mut object = Map::new();
    object.insert("message".to_owned(), message.into());
    object.insert("offset".to_owned(), offset.into());
    object.insert("line".to_owned(), place.line.into());
    object.insert("column".to_owned(), place.column.into());
    object.insert("rfc".to_owned(), rfc.into());
    object
}

/// Bytes as they came: text, and where text cannot hold them, hexadecimal digits as well.
pub(crate) fn raw(bytes: &[u8]) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("raw".to_owned(), text::lossy(bytes).into());
    if let Some(hex) = hex_if_lossy(bytes) {
        object.insert("raw_hex".to_owned(), hex);
    }
    object
}

fn hex_if_lossy(bytes: &[u8]) -> Option<Value> {
    std::str::from_utf8(bytes).is_err().then(|| text::hex(bytes).into())
}
