//! The scanner: finds where the lines of a head are. Datagrams and streams both go through it.
//!
//! ```text
//! message  = start-line *message-header CRLF [message-body]
//! line     = name *(SP / HTAB) ":" value CRLF *( (SP / HTAB) value CRLF )
//! ```
//!
//! It looks for two things only, sixteen bytes at a time: the first colon of a line, and bytes
//! below 0x10, the line ends among them. It can stop where the bytes end and go on from there
//! when more have come, so a head is scanned once however it is cut. The same grammar, written
//! plainly, is the oracle that the tests compare it with.

use alloc::vec::Vec;

use crate::class;
use crate::header::Known;
use crate::index::{Entry, narrow};
use crate::input::{skip_lws, trim_end};
use crate::name::classify;
use crate::start_line::StartLine;
use crate::vector;
use crate::{Deviation, Limit, Limits, ParseError, ParseErrorKind, Rule, Tolerances};

mod fragment;

/// What the scanner goes by and what it fills in.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) index: Vec<Entry>,
    pub(crate) deviations: Vec<Deviation>,
    pub(crate) start_line: Option<StartLine>,
    /// The value of Content-Length, and where it stands.
    pub(crate) content_length: Option<ContentLength>,
    /// Whether Content-Length means something: the head of a body part may have one that does not.
    reads_length: bool,
    state: State,
}

/// A Content-Length that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContentLength {
    pub(crate) value: u32,
    pub(crate) offset: u32,
}

/// Where the scanner stands between two calls.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Where the message starts, leading line ends left out.
    start: usize,
    /// Where the line in progress starts.
    line: usize,
    /// How far it was looked at.
    seen: usize,
    /// Its first colon; 0 for none yet, since no colon can be the first byte of a message.
    colon: usize,
    /// Whether it has a fold.
    folded: bool,
    /// Whether the lines end in LF alone; known from the start line on.
    bare_lf: bool,
}

/// Where the parts of a message are, once its head is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The first byte of the start line.
    pub(crate) start: usize,
    /// The empty line.
    pub(crate) empty_line: usize,
    /// The first byte of the body.
    pub(crate) end: usize,
}

/// What goes for one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) limits: Limits,
    pub(crate) tolerances: Tolerances,
}

/// A line end: where the line's text stops and where the next line starts.
#[derive(Clone, Copy)]
struct LineEnd {
    text: usize,
    next: usize,
}

impl Scan {
    /// A scanner for a new message that reuses `index`.
    pub(crate) fn new(mut index: Vec<Entry>) -> Self {
        index.clear();
        Self::adding_to(index)
    }

    fn adding_to(index: Vec<Entry>) -> Self {
        Self {
            index,
            deviations: Vec::new(),
            start_line: None,
            content_length: None,
            reads_length: true,
            state: State::default(),
        }
    }

    /// Whether the message is a request, as far as is known.
    pub(crate) fn is_request(&self) -> bool {
        matches!(self.start_line, Some(StartLine::Request(_)))
    }

    pub(crate) fn error(&self, kind: ParseErrorKind, offset: usize) -> ParseError {
        ParseError::new(kind, offset, self.is_request())
    }

    /// Scans on. `whole` says that no more bytes will come. `None` asks for more bytes.
    pub(crate) fn run(
        &mut self,
        buffer: &[u8],
        whole: bool,
        rules: &Rules,
    ) -> Result<Option<Head>, ParseError> {
        if self.start_line.is_none() && !self.start_line(buffer, whole, rules)? {
            return Ok(None);
        }
        self.header_lines(buffer, whole, rules)
    }

    /// Skips leading line ends (RFC 3261 §7.5) and reads the start line.
    #[inline(never)]
    fn start_line(
        &mut self,
        buffer: &[u8],
        whole: bool,
        rules: &Rules,
    ) -> Result<bool, ParseError> {
        let state = &mut self.state;
        if state.seen == state.line {
            while matches!(buffer.get(state.line), Some(b'\r' | b'\n')) {
                if buffer[state.line..].starts_with(b"\r\n") {
                    state.line += 2;
                } else if buffer[state.line] == b'\n' && rules.tolerances.allows(Rule::BareLf) {
                    state.line += 1;
                } else if state.line + 1 == buffer.len() && buffer[state.line] == b'\r' && !whole {
                    break;
                } else {
                    let kind = bare_end(buffer[state.line]);
                    return Err(ParseError::new(kind, state.line, false));
                }
            }
            state.seen = state.line;
            state.start = state.line;
        }
        let (start, seen) = (state.start, state.seen);
        let end = self.line_end(buffer, seen)?;
        let length = end.map_or(buffer.len(), |end| end.text) - start;
        if length > rules.limits.start_line {
            let request = !buffer[start..].starts_with(b"SIP/");
            let at = start + rules.limits.start_line;
            let kind = ParseErrorKind::LimitExceeded(Limit::StartLine);
            return Err(ParseError::new(kind, at, request));
        }
        let Some(end) = end else {
            // A CR may be half of a line end: it is looked at again.
            self.state.seen = buffer.len() - usize::from(buffer[seen..].ends_with(b"\r"));
            return match whole {
                false => Ok(false),
                true if start == buffer.len() => Err(self.error(ParseErrorKind::Empty, 0)),
                true => Err(self.error(ParseErrorKind::UnexpectedEnd, buffer.len())),
            };
        };
        let bare_lf = buffer[end.text] == b'\n';
        if bare_lf {
            self.deviate(rules, Rule::BareLf, end.text, end.next, ParseErrorKind::BareLf)?;
        }
        let noted = &mut self.deviations;
        let line = StartLine::parse(buffer, start, end.text, rules.tolerances, noted)?;
        self.start_line = Some(line);
        self.state = State { start, line: end.next, seen: end.next, bare_lf, ..State::default() };
        Ok(true)
    }

    /// Reads header lines up to the empty line.
    #[inline(never)]
    fn header_lines(
        &mut self,
        buffer: &[u8],
        whole: bool,
        rules: &Rules,
    ) -> Result<Option<Head>, ParseError> {
        // A line that was cut is finished first; after that each line starts afresh.
        let State { mut line, mut seen, mut colon, .. } = self.state;
        let may_exceed = buffer.len() - self.state.start > rules.limits.whole_lines();
        loop {
            if colon == 0 {
                match colon_or_end(buffer, seen) {
                    Found::Colon(at) => {
                        colon = at;
                        seen = at + 1;
                    }
                    Found::End(at) => {
                        self.state = State { line, seen: at, colon, ..self.state };
                        if at > line {
                            return Err(bad_name(buffer, line, at, self.is_request()));
                        }
                        return match self.empty_line(buffer, at, rules)? {
                            Some(head) => Ok(Some(head)),
                            None => self.out_of_bytes(buffer, whole, rules),
                        };
                    }
                    Found::Nothing => {
                        self.state = State { line, seen: buffer.len(), colon, ..self.state };
                        return self.out_of_bytes(buffer, whole, rules);
                    }
                }
            }
            let text = next_control(buffer, seen);
            let end = match buffer.get(text..) {
                // CRLF, and what follows is seen not to continue the line.
                Some([b'\r', b'\n', next, ..])
                    if (*next > b' ' || *next == b'\r') && !self.state.bare_lf =>
                {
                    LineEnd { text, next: text + 2 }
                }
                _ => {
                    self.state = State { line, seen: text, colon, ..self.state };
                    match self.odd_line_end(buffer, whole, rules)? {
                        Some(end) => end,
                        None => return self.out_of_bytes(buffer, whole, rules),
                    }
                }
            };
            let folded = self.state.folded;
            let entry = entry(buffer, line, colon, end.text, folded, || self.is_request())?;
            if may_exceed && self.is_beyond(line, end, rules)
                || usize::from(entry.name_len) > rules.limits.header_name
                || self.index.len() >= rules.limits.headers
            {
                return Err(self.beyond(line, end, &entry, rules));
            }
            if entry.id == Known::ContentLength as u8 && self.reads_length {
                self.content_length(buffer, &entry, rules)?;
            }
            self.index.push(entry);
            line = end.next;
            seen = end.next;
            colon = 0;
            self.state.folded = false;
        }
    }

    /// The end of a line that is not plainly CRLF with the next line behind it: the line goes on
    /// after a fold, or ends in LF, or the bytes end; `None` asks for more of them.
    #[cold]
    fn odd_line_end(
        &mut self,
        buffer: &[u8],
        whole: bool,
        rules: &Rules,
    ) -> Result<Option<LineEnd>, ParseError> {
        let mut seen = self.state.seen;
        loop {
            let Some(end) = self.line_end(buffer, seen)? else {
                // A CR may be half of a line end: it is looked at again.
                self.state.seen = buffer.len() - usize::from(buffer[seen..].ends_with(b"\r"));
                return Ok(None);
            };
            match buffer.get(end.next) {
                Some(b' ' | b'\t') => {
                    self.note_line_end(buffer, end, rules)?;
                    self.state.folded = true;
                    seen = end.next;
                }
                None if !whole => {
                    self.state.seen = end.text;
                    return Ok(None);
                }
                _ => {
                    self.note_line_end(buffer, end, rules)?;
                    return Ok(Some(end));
                }
            }
        }
    }

    /// The end of the line that goes on at `from`; `None` when it is not there yet.
    fn line_end(&self, buffer: &[u8], mut from: usize) -> Result<Option<LineEnd>, ParseError> {
        loop {
            let at = next_control(buffer, from);
            match buffer.get(at) {
                Some(b'\r') => match buffer.get(at + 1) {
                    Some(b'\n') => return Ok(Some(LineEnd { text: at, next: at + 2 })),
                    Some(_) => return Err(self.error(ParseErrorKind::BareCr, at)),
                    None => return Ok(None),
                },
                Some(b'\n') => return Ok(Some(LineEnd { text: at, next: at + 1 })),
                Some(_) => from = at + 1,
                None => return Ok(None),
            }
        }
    }

    /// The empty line at `at`; `None` when only half of it is there.
    fn empty_line(
        &mut self,
        buffer: &[u8],
        at: usize,
        rules: &Rules,
    ) -> Result<Option<Head>, ParseError> {
        let Some(end) = self.line_end(buffer, at)? else { return Ok(None) };
        self.note_line_end(buffer, end, rules)?;
        Ok(Some(Head { start: self.state.start, empty_line: at, end: end.next }))
    }

    /// The bytes are all used up: asks for more, or decides what a datagram without an empty line
    /// is.
    #[cold]
    fn out_of_bytes(
        &mut self,
        buffer: &[u8],
        whole: bool,
        rules: &Rules,
    ) -> Result<Option<Head>, ParseError> {
        let State { start, line, .. } = self.state;
        let end = buffer.len();
        if end - start > rules.limits.head {
            let kind = ParseErrorKind::LimitExceeded(Limit::Head);
            return Err(self.error(kind, start + rules.limits.head));
        }
        if end - line > rules.limits.header_line {
            let kind = ParseErrorKind::LimitExceeded(Limit::HeaderLine);
            return Err(self.error(kind, line + rules.limits.header_line));
        }
        if !whole {
            return Ok(None);
        }
        if line < end {
            return Err(self.error(ParseErrorKind::UnexpectedEnd, end));
        }
        self.deviate(rules, Rule::MissingEmptyLine, end, end, ParseErrorKind::UnexpectedEnd)?;
        Ok(Some(Head { start, empty_line: end, end }))
    }

    /// Says what a line that does not end in CRLF, or does where others do not, is.
    fn note_line_end(
        &mut self,
        buffer: &[u8],
        end: LineEnd,
        rules: &Rules,
    ) -> Result<(), ParseError> {
        let bare = buffer[end.text] == b'\n';
        if bare == self.state.bare_lf {
            return Ok(());
        }
        self.deviate(rules, Rule::MixedLineEnds, end.text, end.next, ParseErrorKind::BareLf)
    }

    fn deviate(
        &mut self,
        rules: &Rules,
        rule: Rule,
        start: usize,
        end: usize,
        kind: ParseErrorKind,
    ) -> Result<(), ParseError> {
        if !rules.tolerances.allows(rule) {
            return Err(self.error(kind, start));
        }
        // A message whose every other line deviates is noted once, not thousands of times.
        if self.deviations.last().is_none_or(|last| last.rule != rule) {
            self.deviations.push(Deviation::new(rule, start, end));
        }
        Ok(())
    }

    /// Whether a line, or the head with it, is too long.
    fn is_beyond(&self, line: usize, end: LineEnd, rules: &Rules) -> bool {
        end.next - line > rules.limits.header_line
            || end.next - self.state.start > rules.limits.head
    }

    /// Which limit a line goes beyond.
    #[cold]
    fn beyond(&self, line: usize, end: LineEnd, entry: &Entry, rules: &Rules) -> ParseError {
        let limits = &rules.limits;
        let (limit, at) = if usize::from(entry.name_len) > limits.header_name {
            (Limit::HeaderName, line + limits.header_name)
        } else if end.next - line > limits.header_line {
            (Limit::HeaderLine, line + limits.header_line)
        } else if self.index.len() >= limits.headers {
            (Limit::Headers, line)
        } else {
            (Limit::Head, self.state.start + limits.head)
        };
        self.error(ParseErrorKind::LimitExceeded(limit), at)
    }

    /// Reads a Content-Length. Two that differ are an error always: whoever takes the first and
    /// whoever takes the last would read different messages.
    fn content_length(
        &mut self,
        buffer: &[u8],
        entry: &Entry,
        rules: &Rules,
    ) -> Result<(), ParseError> {
        let digits = &buffer[entry.value as usize..entry.end as usize];
        let value = digits.iter().try_fold(0u32, |n, &b| {
            let digit = b.is_ascii_digit().then(|| u32::from(b - b'0'))?;
            n.checked_mul(10)?.checked_add(digit)
        });
        let at = entry.value as usize;
        let Some(value) = value.filter(|_| !digits.is_empty()) else {
            return Err(self.error(ParseErrorKind::ContentLength, at));
        };
        match self.content_length {
            None => self.content_length = Some(ContentLength { value, offset: entry.value }),
            Some(first) if first.value == value => {
                let rule = Rule::DuplicateContentLength;
                let kind = ParseErrorKind::ContentLengthConflict;
                self.deviate(rules, rule, at, entry.end as usize, kind)?;
            }
            Some(_) => return Err(self.error(ParseErrorKind::ContentLengthConflict, at)),
        }
        Ok(())
    }
}

/// The index entry of the line `start..end` of `buffer`, its line end left out: what the scanner
/// would make of it.
pub(crate) fn entry_of_line(buffer: &[u8], start: usize, end: usize) -> Result<Entry, ParseError> {
    let Found::Colon(colon) = colon_or_end(&buffer[..end], start) else {
        return Err(bad_name(buffer, start, end, false));
    };
    let folded = memchr::memchr2(b'\r', b'\n', &buffer[colon..end]).is_some();
    entry(buffer, start, colon, end, folded, || false)
}

/// The index entry of a line: its name classified, the white space around its value left out.
#[inline(always)]
fn entry(
    buffer: &[u8],
    line: usize,
    colon: usize,
    end: usize,
    folded: bool,
    request: impl Fn() -> bool,
) -> Result<Entry, ParseError> {
    let mut name_len = colon - line;
    let mut id = classify(buffer, line, name_len);
    if id == 0 {
        // HCOLON = *( SP / HTAB ) ":" SWS
        let name = trim_end(buffer, line, colon);
        if name - line < name_len {
            name_len = name - line;
            id = classify(buffer, line, name_len);
        }
        if id == 0 && (name == line || class::run(&buffer[..name], line, class::TOKEN) < name) {
            return Err(bad_name(buffer, line, colon, request()));
        }
    }
    // Nearly always one space stands before a value and none behind it. No fold is both.
    let value = colon + 1;
    let (value, value_end) = match &buffer[value..end] {
        [b' ', first, .., last] if *first > b' ' && *last > b' ' => (value + 1, end),
        _ => {
            let value = skip_lws(&buffer[..end], value);
            (value, trim_end(buffer, value, end))
        }
    };
    Ok(Entry {
        name: narrow(line),
        value: narrow(value),
        end: narrow(value_end),
        // A longer name is beyond every limit, which the caller checks next.
        name_len: u16::try_from(name_len).unwrap_or(u16::MAX),
        id,
        folded,
    })
}

/// What is wrong with a line whose text up to `end`, its colon or line end, is no header name.
#[cold]
fn bad_name(buffer: &[u8], line: usize, end: usize, request: bool) -> ParseError {
    let name = class::run(&buffer[..end], line, class::TOKEN);
    let blanks = buffer[name..end].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let (kind, at) = if name == line && blanks > 0 {
        (ParseErrorKind::LeadingSpace, line)
    } else if name == line {
        (ParseErrorKind::HeaderName, line)
    } else if blanks > 0 || name == end {
        (ParseErrorKind::MissingColon, name + blanks)
    } else {
        (ParseErrorKind::HeaderName, name)
    };
    ParseError::new(kind, at, request)
}

fn bare_end(byte: u8) -> ParseErrorKind {
    if byte == b'\r' { ParseErrorKind::BareCr } else { ParseErrorKind::BareLf }
}

enum Found {
    Colon(usize),
    /// A CR or LF.
    End(usize),
    Nothing,
}

/// The first colon at or behind `from`, unless the line ends before it.
#[inline(always)]
fn colon_or_end(buffer: &[u8], mut from: usize) -> Found {
    loop {
        let at = vector::find(
            buffer,
            from,
            |bytes| vector::controls(bytes) | vector::equal(bytes, b':'),
            |b| b < 0x10 || b == b':',
        );
        match buffer.get(at) {
            Some(b':') => return Found::Colon(at),
            Some(b'\r' | b'\n') => return Found::End(at),
            Some(_) => from = at + 1,
            None => return Found::Nothing,
        }
    }
}

/// The first byte below 0x10 at or behind `from`, or the end.
#[inline(always)]
fn next_control(buffer: &[u8], from: usize) -> usize {
    vector::find(buffer, from, vector::controls, |b| b < 0x10)
}
