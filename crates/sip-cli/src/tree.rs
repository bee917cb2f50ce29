//! A message as a tree for people.

pub(crate) mod row;
pub(crate) mod style;

use sip_message::{
    FindingKind, HeaderLine, Message, Request, Response, Severity, StatusClass, lint,
};

use self::row::{Row, connected};
use self::style::{Line, paint};
use crate::diagnostics::Diagnosis;
use crate::position::{Cursor, Place};
use crate::sdp::bodies::bodies;
use crate::sdp::tree::body_lines;
use crate::value_tree::{error_line, is_word, text_lines, uri_lines, value_lines};
use crate::{text, wording};

/// What stands above a message when there may be more than one.
pub(crate) fn heading(file: &str, stream: bool, place: Place) -> String {
    let place = if stream { format!(", {}", at(place)) } else { String::new() };
    paint(style::DIM, &format!("── {}{place}", text::show(file.as_bytes()))) + "\n"
}

/// A keep-alive of a stream: one line, since there may be thousands.
pub(crate) fn keep_alive(file: &str, place: Place, what: &str) -> String {
    let heading = heading(file, true, place);
    format!("{}  {what}\n", heading.trim_end())
}

/// A message that starts at `start` of the file.
pub(crate) fn message_tree(
    message: &Message,
    start: usize,
    tolerances: sdp::Tolerances,
    cursor: &mut Cursor<'_>,
) -> String {
    let mut rows = Vec::new();
    let first = match message {
        Message::Request(request) => {
            rows.push(request_uri(request, start, cursor));
            request_line(request)
        }
        Message::Response(response) => status_line(response),
    };
    rows.extend(message.headers().iter().map(|line| header(&line, start, cursor)));
    let mut body = body(message);
    for description in bodies(message, start, tolerances) {
        body.lines.append(&mut body_lines(&description, cursor));
    }
    rows.push(body);
    rows.extend(deviations(message, start, cursor));
    first + "\n" + &row::text(&connected(rows))
}

fn request_line(request: &Request) -> String {
    format!(
        "{} {} {}",
        paint(style::STRONG, request.method().as_str()),
        text::show(request.uri_bytes()),
        request.version(),
    )
}

fn status_line(response: &Response) -> String {
    let style = match response.status().class() {
        StatusClass::Provisional | StatusClass::Success => style::GOOD,
        StatusClass::Redirection => style::WARNING,
        _ => style::ERROR,
    };
    let status = format!("{} {}", response.status(), text::show(response.reason()));
    format!("{} {}", response.version(), paint(style, status.trim_end()))
}

fn request_uri(request: &Request, start: usize, cursor: &mut Cursor<'_>) -> Row {
    let lines = match request.uri() {
        Ok(uri) => uri_lines(uri),
        Err(error) => {
            let place = cursor.place(start + request.uri_offset() + error.offset());
            vec![error_line(&format!("{error:#}"), &detail(place, error.rfc()))]
        }
    };
    Row { name: Line::styled(style::NAME, "Request-URI"), lines }
}

fn header(line: &HeaderLine<'_>, start: usize, cursor: &mut Cursor<'_>) -> Row {
    let (known, sent) = (line.name(), line.name_str());
    // What is tolerated in the values has rows of its own, see `deviations`.
    let mut noted = Vec::new();
    let Some(values) = line.values_checked(&mut noted) else {
        let name = Line::styled(style::UNKNOWN_NAME, sent);
        return Row { name, lines: text_lines(line.value()) };
    };
    let mut name = Line::styled(style::NAME, known.as_str());
    if !sent.eq_ignore_ascii_case(known.as_str()) {
        name.paint(style::DIM, &format!(" ({sent})"));
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut words = false;
    for value in values {
        match value {
            Ok(value) if is_word(&value) => {
                for word in value_lines(&value) {
                    match lines.last_mut().filter(|_| words) {
                        Some(line) => {
                            line.push(", ");
                            line.append(word);
                        }
                        None => lines.push(word),
                    }
                }
                words = true;
            }
            Ok(value) => lines.append(&mut value_lines(&value)),
            Err(error) => {
                if lines.is_empty() {
                    lines.append(&mut text_lines(line.value()));
                }
                let offset = error.offset().unwrap_or_else(|| line.range().start);
                let place = detail(cursor.place(start + offset), error.rfc());
                lines.push(error_line(&wording::header_error(&error), &place));
                words = false;
            }
        }
    }
    Row { name, lines }
}

fn body(message: &Message) -> Row {
    let mut text = match message.body().len() {
        0 => "none".to_owned(),
        len => wording::octets(len),
    };
    let media_type = message.headers().find(sip_message::header::ContentType).ok().flatten();
    if let Some(media) = media_type {
        text.push_str(&format!(", {}/{}", media.type_(), media.subtype()));
    }
    if message.discarded() > 0 {
        let more = wording::octets(message.discarded());
        text.push_str(&format!("; {more} behind it left out"));
    }
    Row { name: Line::styled(style::STRONG, "body"), lines: vec![Line::plain(&text)] }
}

/// What was tolerated. A row for each, so that they are as easy to see as headers.
fn deviations(message: &Message, start: usize, cursor: &mut Cursor<'_>) -> Vec<Row> {
    let noted = lint(message).into_iter().filter(|finding| {
        let FindingKind::Deviation(_) = finding.kind() else { return false };
        true
    });
    noted
        .map(|finding| finding_row("deviation", &Diagnosis::of_finding(&finding, start), cursor))
        .collect()
}

/// One finding of a message or a description as a row of its own.
pub(crate) fn finding_row(name: &str, finding: &Diagnosis, cursor: &mut Cursor<'_>) -> Row {
    let style = match finding.severity {
        Severity::Error => style::ERROR,
        Severity::Warning => style::WARNING,
        _ => style::STRONG,
    };
    let place = cursor.place(finding.offset);
    let mut line = Line::styled(style, finding.rule);
    line.push(": ");
    line.push(&finding.message);
    line.push(" ");
    line.paint(style::DIM, &detail(place, finding.rfc));
    Row::new(Line::styled(style::STRONG, name), vec![line])
}

fn at(place: Place) -> String {
    format!("line {}, byte {}", place.line, place.offset)
}

pub(crate) fn detail(place: Place, rfc: &str) -> String {
    format!("(line {}, column {}, byte {}; {rfc})", place.line, place.column, place.offset)
}
