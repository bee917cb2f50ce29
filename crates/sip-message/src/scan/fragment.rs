//! Heads that are no message's: the head of a body part, and fragments of messages.
//!
//! ```text
//! sipfrag   = [ start-line ] *message-header [ CRLF [ message-body ] ]     (RFC 3420 §2)
//! body-part = MIME-part-headers [CRLF *OCTET]                              (RFC 2046 §5.1.1)
//! ```
//!
//! The lines are those of a message and go through the same scanner. What differs is where a head
//! may start and end: without a start line, without an empty line, and, where
//! [`Rule::MissingLineEnd`] is on, without the end of its last line.

use alloc::vec::Vec;

use super::{Head, LineEnd, Rules, Scan, State, entry};
use crate::header::Known;
use crate::index::Entry;
use crate::start_line::StartLine;
use crate::{Limit, ParseError, ParseErrorKind, Rule};

impl Scan {
    /// A scanner for the head of a body part that starts at `start`; it adds to `index`.
    pub(crate) fn of_part(index: Vec<Entry>, start: usize, bare_lf: bool) -> Self {
        Self { reads_length: false, ..Self::of_fragment(index, start, bare_lf) }
    }

    /// A scanner for a fragment that starts at `start`; it adds to `index`.
    pub(crate) fn of_fragment(index: Vec<Entry>, start: usize, bare_lf: bool) -> Self {
        let state = State { start, line: start, seen: start, bare_lf, ..State::default() };
        Self { state, ..Self::adding_to(index) }
    }

    /// Reads the start line of a fragment, which may be all that there is.
    pub(crate) fn fragment_start_line(
        &mut self,
        buffer: &[u8],
        rules: &Rules,
    ) -> Result<(), ParseError> {
        let (start, len) = (self.state.line, buffer.len());
        if self.line_end(buffer, start)?.is_some() {
            return self.start_line(buffer, true, rules).map(drop);
        }
        if len - start > rules.limits.start_line {
            let kind = ParseErrorKind::LimitExceeded(Limit::StartLine);
            return Err(self.error(kind, start + rules.limits.start_line));
        }
        if buffer.ends_with(b"\r") {
            return Err(self.error(ParseErrorKind::UnexpectedEnd, len));
        }
        let noted = &mut self.deviations;
        let line = StartLine::parse(buffer, start, len, rules.tolerances, noted)?;
        self.deviate(rules, Rule::MissingLineEnd, len, len, ParseErrorKind::UnexpectedEnd)?;
        self.start_line = Some(line);
        self.state = State { line: len, seen: len, ..self.state };
        Ok(())
    }

    /// Reads header lines up to the empty line or the end.
    pub(crate) fn fragment_lines(
        &mut self,
        buffer: &[u8],
        rules: &Rules,
    ) -> Result<Head, ParseError> {
        // What a message may not lack, a fragment may.
        let tolerances = rules.tolerances.with(Rule::MissingEmptyLine);
        let head = match self.header_lines(buffer, true, &Rules { tolerances, ..*rules }) {
            Ok(Some(head)) => Ok(head),
            Ok(None) => Err(self.error(ParseErrorKind::UnexpectedEnd, buffer.len())),
            Err(error) if self.ends_inside_value(buffer, error) => self.last_line(buffer, rules),
            Err(error) => Err(error),
        };
        self.deviations.retain(|deviation| deviation.rule != Rule::MissingEmptyLine);
        head
    }

    /// Whether the scan stopped since the bytes end behind the colon of a line.
    fn ends_inside_value(&self, buffer: &[u8], error: ParseError) -> bool {
        error.kind() == ParseErrorKind::UnexpectedEnd
            && self.state.colon != 0
            && !buffer.ends_with(b"\r")
    }

    /// Takes a last line that lacks its line end.
    #[cold]
    fn last_line(&mut self, buffer: &[u8], rules: &Rules) -> Result<Head, ParseError> {
        let State { start, line, colon, folded, .. } = self.state;
        let len = buffer.len();
        let end = LineEnd { text: len, next: len };
        let entry = entry(buffer, line, colon, len, folded, || self.is_request())?;
        if self.is_beyond(line, end, rules)
            || usize::from(entry.name_len) > rules.limits.header_name
            || self.index.len() >= rules.limits.headers
        {
            return Err(self.beyond(line, end, &entry, rules));
        }
        self.deviate(rules, Rule::MissingLineEnd, len, len, ParseErrorKind::UnexpectedEnd)?;
        if entry.id == Known::ContentLength as u8 && self.reads_length {
            self.content_length(buffer, &entry, rules)?;
        }
        self.index.push(entry);
        Ok(Head { start, empty_line: len, end: len })
    }
}
