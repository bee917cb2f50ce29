//! `start-line = Request-Line / Status-Line` (RFC 3261 §7.1, §7.2).

use alloc::vec::Vec;

use crate::class::{self, run};
use crate::index::narrow;
use crate::vector::find_byte;
use crate::{Deviation, ParseError, ParseErrorKind, Rule, StatusCode, Tolerances, Version};

/// A start line: the kind of message and where its parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartLine {
    Request(RequestLine),
    Status(StatusLine),
}

/// `Request-Line = Method SP Request-URI SP SIP-Version CRLF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestLine {
    pub(crate) method: Span,
    pub(crate) uri: Span,
    pub(crate) version: Version,
    pub(crate) version_at: u32,
}

/// `Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusLine {
    pub(crate) version: Version,
    pub(crate) version_at: u32,
    pub(crate) status: StatusCode,
    pub(crate) reason: Span,
}

/// A range of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: narrow(start), end: narrow(end) }
    }

    pub(crate) fn of(self, buffer: &[u8]) -> &[u8] {
        &buffer[self.start as usize..self.end as usize]
    }
}

impl StartLine {
    /// Reads the line `start..end` of `buffer`.
    pub(crate) fn parse(
        buffer: &[u8],
        start: usize,
        end: usize,
        tolerances: Tolerances,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, ParseError> {
        let line = Line { buffer, end, tolerances, deviations };
        // A method is a token and so has no slash: only a status line can start like this.
        match buffer[start..end].first_chunk::<4>() {
            Some(name) if name.eq_ignore_ascii_case(b"SIP/") => line.status_line(start),
            _ => line.request_line(start),
        }
    }
}

struct Line<'b, 'd> {
    buffer: &'b [u8],
    end: usize,
    tolerances: Tolerances,
    deviations: &'d mut Vec<Deviation>,
}

impl Line<'_, '_> {
    fn request_line(mut self, start: usize) -> Result<StartLine, ParseError> {
        use ParseErrorKind as K;
        let method_end = run(&self.buffer[..self.end], start, class::TOKEN);
        let is_request = method_end > start;
        let error = |kind, at| Err(ParseError::new(kind, at, is_request));
        if self.buffer[..self.end].get(method_end) != Some(&b' ') {
            let kind = if is_request && method_end < self.end { K::Method } else { K::StartLine };
            return Err(ParseError::new(kind, method_end, false));
        }
        if !is_request {
            return error(K::Method, start);
        }
        // Nearly every request line ends like this and has no further space.
        if let Some(before) = self.buffer[..self.end].strip_suffix(b" SIP/2.0")
            && find_byte(&self.buffer[..self.end], method_end + 1, b' ') == Some(before.len())
            && before.len() > method_end + 1
        {
            return Ok(StartLine::Request(RequestLine {
                method: Span::new(start, method_end),
                uri: Span::new(method_end + 1, before.len()),
                version: Version::SIP_2_0,
                version_at: narrow(before.len() + 1),
            }));
        }
        let uri_start = self.spaces(method_end + 1, is_request)?;
        let line_end = self.trailing_spaces(uri_start, is_request)?;
        let uri_and_version = &self.buffer[uri_start..line_end];
        let Some(space) = memchr::memrchr(b' ', uri_and_version) else {
            let kind = if uri_and_version.is_empty() { K::RequestUri } else { K::Version };
            return error(kind, line_end);
        };
        let version_at = uri_start + space + 1;
        let mut uri_end = uri_start + space;
        let Some(version) = Version::parse(&self.buffer[version_at..line_end]) else {
            return error(K::Version, version_at);
        };
        while uri_end > uri_start && self.buffer[uri_end - 1] == b' ' {
            uri_end -= 1;
        }
        if uri_end < uri_start + space {
            self.deviate(Rule::StartLineSpace, uri_end + 1, version_at, is_request)?;
        }
        let uri = &self.buffer[uri_start..uri_end];
        if uri.is_empty() {
            return error(K::RequestUri, uri_start);
        }
        if let Some(at) = uri.iter().position(|b| *b == b' ') {
            self.deviate(Rule::RequestUriSpace, uri_start + at, uri_start + at + 1, is_request)?;
        }
        Ok(StartLine::Request(RequestLine {
            method: Span::new(start, method_end),
            uri: Span::new(uri_start, uri_end),
            version,
            version_at: narrow(version_at),
        }))
    }

    fn status_line(mut self, start: usize) -> Result<StartLine, ParseError> {
        use ParseErrorKind as K;
        let line = &self.buffer[..self.end];
        let version_end = start + line[start..].iter().take_while(|b| **b != b' ').count();
        let Some(version) = Version::parse(&line[start..version_end]) else {
            return Err(ParseError::new(K::Version, start, false));
        };
        if version_end == self.end {
            return Err(ParseError::new(K::StatusCode, self.end, false));
        }
        let code_at = self.spaces(version_end + 1, false)?;
        let digits = &self.buffer[code_at..self.end];
        let code = match digits {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..]
                if rest.first().is_none_or(|b| !b.is_ascii_digit()) =>
            {
                let digit = |d: u8| u16::from(d - b'0');
                StatusCode::new(digit(*a) * 100 + digit(*b) * 10 + digit(*c))
            }
            _ => None,
        };
        let Some(status) = code else {
            return Err(ParseError::new(K::StatusCode, code_at, false));
        };
        let mut reason = code_at + 3;
        match self.buffer[..self.end].get(reason) {
            Some(b' ') => reason += 1,
            Some(_) => return Err(ParseError::new(K::StatusCode, reason, false)),
            None => self.deviate(Rule::MissingReasonSpace, reason, reason, false)?,
        }
        Ok(StartLine::Status(StatusLine {
            version,
            version_at: narrow(start),
            status,
            reason: Span::new(reason, self.end),
        }))
    }

    /// Where the next part starts; more than the one space before `at` must be tolerated.
    fn spaces(&mut self, at: usize, request: bool) -> Result<usize, ParseError> {
        let mut next = at;
        while next < self.end && self.buffer[next] == b' ' {
            next += 1;
        }
        if next > at {
            self.deviate(Rule::StartLineSpace, at, next, request)?;
        }
        Ok(next)
    }

    /// Where the line ends without the spaces behind it, which must be tolerated.
    fn trailing_spaces(&mut self, start: usize, request: bool) -> Result<usize, ParseError> {
        let mut end = self.end;
        while end > start && self.buffer[end - 1] == b' ' {
            end -= 1;
        }
        // `OPTIONS sip:a ` has no version rather than a space too much.
        if end < self.end && self.buffer[start..end].contains(&b' ') {
            self.deviate(Rule::StartLineSpace, end, self.end, request)?;
        }
        Ok(end)
    }

    fn deviate(
        &mut self,
        rule: Rule,
        start: usize,
        end: usize,
        request: bool,
    ) -> Result<(), ParseError> {
        if !self.tolerances.allows(rule) {
            let kind = match rule {
                Rule::RequestUriSpace => ParseErrorKind::RequestUri,
                Rule::MissingReasonSpace => ParseErrorKind::StatusCode,
                _ => ParseErrorKind::StartLineSpace,
            };
            return Err(ParseError::new(kind, start, request));
        }
        self.deviations.push(Deviation::new(rule, start, end));
        Ok(())
    }
}
