//! A finding, and how it is shown: the source line with what is wrong underlined.

use annotate_snippets::renderer::{DEFAULT_LINE_NUM_STYLE, DecorStyle};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use sdp::SessionDescription;
use sip_message::{Finding, Message, ParseError, Severity, lint};

use crate::position::{Cursor, Place};
use crate::text;
use crate::tree::style::paint;

/// How many characters of a line are shown at most.
const WINDOW: usize = 110;

/// How much of a longer line is shown before what is wrong.
const BEFORE: usize = 40;

/// Something that is wrong in a file.
pub(crate) struct Diagnosis {
    pub(crate) severity: Severity,
    pub(crate) rule: &'static str,
    pub(crate) message: String,
    pub(crate) rfc: &'static str,
    pub(crate) header: Option<String>,
    /// From the start of the file.
    pub(crate) offset: usize,
    /// 0 where something is missing.
    pub(crate) length: usize,
}

impl Diagnosis {
    /// All that can be said against a message that starts at `start` of the file.
    pub(crate) fn of_message(message: &Message, start: usize) -> Vec<Self> {
        lint(message).iter().map(|finding| Self::of_finding(finding, start)).collect()
    }

    pub(crate) fn of_finding(finding: &Finding<'_>, start: usize) -> Self {
        Self {
            severity: finding.severity(),
            rule: finding.name(),
            message: format!("{finding:#}"),
            rfc: finding.rfc(),
            header: finding.header().map(|name| name.as_str().to_owned()),
            offset: start + finding.offset(),
            length: finding.len(),
        }
    }

    /// Why a message that starts at `start` of `file` was refused.
    pub(crate) fn of_refusal(error: &ParseError, start: usize, file: &[u8]) -> Self {
        let offset = start + error.offset();
        Self {
            severity: Severity::Error,
            rule: error.kind().name(),
            message: error.kind().describe().to_owned(),
            rfc: error.rfc(),
            header: None,
            offset,
            length: usize::from(offset < file.len()),
        }
    }

    /// All that can be said against a description that starts at `start` of the file.
    pub(crate) fn of_description(description: &SessionDescription, start: usize) -> Vec<Self> {
        sdp::lint(description).iter().map(|finding| Self::of_sdp(finding, start)).collect()
    }

    pub(crate) fn of_sdp(finding: &sdp::Finding, start: usize) -> Self {
        Self {
            severity: severity(finding.severity()),
            rule: finding.name(),
            message: format!("{finding:#}"),
            rfc: finding.rfc(),
            header: None,
            offset: start + finding.offset(),
            length: finding.len(),
        }
    }

    /// Why a description that starts at `start` of `file` was refused.
    pub(crate) fn of_refused_sdp(error: &sdp::ParseError, start: usize, file: &[u8]) -> Self {
        let offset = start + error.offset();
        Self {
            severity: Severity::Error,
            rule: error.kind().name(),
            message: format!("{error:#}"),
            rfc: error.rfc(),
            header: None,
            offset,
            length: usize::from(offset < file.len()),
        }
    }

    /// The finding with its source line, styled with ANSI codes.
    pub(crate) fn render(&self, file_name: &str, cursor: &mut Cursor<'_>) -> String {
        let place = cursor.place(self.offset);
        let window = Window::new(cursor.bytes(), place, self.length);
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            _ => Level::INFO,
        };
        let underlined = AnnotationKind::Primary.span(window.from..window.to);
        let snippet = Snippet::source(window.text).line_start(place.line).annotation(underlined);
        let note = Level::NOTE.no_name().message(format!("byte {}, {}", place.offset, self.rfc));
        let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(WINDOW * 3);
        let title = level.clone().primary_title(&self.message).id(self.rule);
        let title = renderer.render(&[Group::with_title(title)]);
        let source = renderer.render(&[Group::with_level(level).element(snippet).element(note)]);
        // The renderer would count the column in the window, so this line is put in here.
        let arrow = paint(DEFAULT_LINE_NUM_STYLE, "-->");
        let indent = " ".repeat(place.line.to_string().len());
        let file = text::show(file_name.as_bytes());
        let Place { line, column, .. } = place;
        format!("{title}\n{indent}{arrow} {file}:{line}:{column}\n{source}\n\n")
    }
}

/// The two libraries speak of the same three.
fn severity(severity: sdp::Severity) -> Severity {
    match severity {
        sdp::Severity::Error => Severity::Error,
        sdp::Severity::Warning => Severity::Warning,
        _ => Severity::Info,
    }
}

/// The part of a line that is shown, and where in it something is wrong.
struct Window {
    text: String,
    from: usize,
    to: usize,
}

impl Window {
    fn new(bytes: &[u8], place: Place, length: usize) -> Self {
        let offset = place.offset;
        // Characters have up to 4 bytes; nothing beyond that can be in the window.
        let ahead = &bytes[offset..bytes.len().min(offset + 4 * WINDOW)];
        let line_end = ahead.iter().position(|b| *b == b'\n').unwrap_or(ahead.len());
        let ends = line_end < ahead.len() || offset + ahead.len() == bytes.len();
        let mut end = offset + line_end;
        if bytes[place.line_start..end].last() == Some(&b'\r') && (line_end < ahead.len()) {
            end -= 1;
        }
        let mut start = place.line_start;
        if end.saturating_sub(start) > WINDOW {
            let shown_behind = end.saturating_sub(offset).min(WINDOW - BEFORE);
            start = start.max(offset.saturating_sub(WINDOW - shown_behind));
            while start > place.line_start && start < offset && is_continuation(bytes[start]) {
                start += 1;
            }
        }
        let mut window = Self { text: String::new(), from: 0, to: 0 };
        if start > place.line_start {
            window.text.push('…');
        }
        window.fill(bytes, start, end.max(start), offset, length);
        if !ends && window.text.chars().count() <= WINDOW {
            window.text.push('…');
        }
        window
    }

    fn fill(&mut self, bytes: &[u8], start: usize, end: usize, offset: usize, length: usize) {
        let (mut at, mut shown) = (start, 0);
        self.from = self.text.len();
        self.to = self.from;
        while at < end && shown < WINDOW {
            let before = self.text.len();
            let len = text::push_char(&mut self.text, &bytes[at..end]);
            if at + len <= offset {
                self.from = self.text.len();
                self.to = self.from;
            } else if at < offset + length {
                self.from = self.from.min(before);
                self.to = self.text.len();
            }
            at += len;
            shown += 1;
        }
        if at < end {
            self.text.push('…');
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    (0x80..0xc0).contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(bytes: &[u8], offset: usize, length: usize) -> (String, String) {
        let place = Cursor::new(bytes).place(offset);
        let window = Window::new(bytes, place, length);
        let underlined = window.text[window.from..window.to].to_owned();
        (window.text, underlined)
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        let bytes = b"first\r\nTo: caf\xe9 \x07b\r\nlast";
        assert_eq!(window(bytes, 14, 1), ("To: caf\u{fffd} ␇b".into(), "\u{fffd}".into()));
        assert_eq!(window(bytes, 16, 1), ("To: caf\u{fffd} ␇b".into(), "␇".into()));
        assert_eq!(window(bytes, 7, 3), ("To: caf\u{fffd} ␇b".into(), "To:".into()));
        // A span that goes on behind the line ends with it, and one on the line end is empty.
        assert_eq!(window(bytes, 17, 99).1, "b");
        assert_eq!(window(bytes, 18, 2), ("To: caf\u{fffd} ␇b".into(), String::new()));
        assert_eq!(window(bytes, 19, 1), ("To: caf\u{fffd} ␇b".into(), String::new()));
        assert_eq!(window(bytes, 24, 0), ("last".into(), String::new()));
    }

    #[test]
    fn long_lines_are_cut_around_it() {
        let mut line = "ä".repeat(500).into_bytes();
        line[600..602].copy_from_slice(b"xy");
        for (offset, length) in [(600, 2), (600, 900), (0, 1), (998, 2), (1000, 0), (100, 0)] {
            let (text, underlined) = window(&line, offset, length);
            assert!(text.chars().count() <= WINDOW + 2, "{}", text.chars().count());
            assert_eq!(underlined.is_empty(), length == 0, "{offset} {length}");
            assert!(text.contains('…') && !text.contains('\u{fffd}'), "{text}");
        }
        assert_eq!(window(&line, 600, 2).1, "xy");
    }
}
