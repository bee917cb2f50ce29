//! One pass over the original and its changes into one new buffer.

use alloc::vec::Vec;

use bytes::{BufMut, Bytes};

use super::overlay::{Change, Name, Overlay, Src};
use crate::encode::{BuildError, BuildErrorKind};
use crate::header::{ALL, Known, Row};
use crate::index::{Entry, narrow};
use crate::scan::entry_of_line;
use crate::start_line::{RequestLine, Span, StartLine, StatusLine};
use crate::{HeaderName, Limits, Message, Parser, Request, Response, StatusCode, Version};

/// A start line to be written: its parts with one space between them, however it came (RFC 4475
/// §3.1.2.9: what forwards a request must not send the spaces that it tolerated).
#[derive(Clone, Copy, Debug)]
pub(crate) enum NewLine {
    Request { method: Src, uri: Src, version: Src, number: Version },
    Status { version: Src, number: Version, status: StatusCode, digits: [u8; 3], reason: Src },
}

impl NewLine {
    /// The line of a request as it came.
    pub(crate) fn of_request(request: &Request) -> Self {
        let line = request.line();
        Self::Request {
            method: Src::Original(line.method),
            uri: Src::Original(line.uri),
            version: Src::Original(version_span(request.source(), line.version_at)),
            number: line.version,
        }
    }

    /// The line of a response as it came.
    pub(crate) fn of_response(response: &Response) -> Self {
        let line = response.line();
        Self::Status {
            version: Src::Original(version_span(response.source(), line.version_at)),
            number: line.version,
            status: line.status,
            digits: digits(line.status),
            reason: Src::Original(line.reason),
        }
    }

    fn parts<'s>(&'s self, overlay: &'s Overlay<'_>) -> [&'s [u8]; 5] {
        match self {
            Self::Request { method, uri, version, .. } => {
                [overlay.get(*method), b" ", overlay.get(*uri), b" ", overlay.get(*version)]
            }
            Self::Status { version, digits, reason, .. } => {
                [overlay.get(*version), b" ", digits, b" ", overlay.get(*reason)]
            }
        }
    }

    /// The line as the parser would find it at the start of a message.
    fn built(&self, lens: [usize; 5]) -> StartLine {
        let [first, _, second, _, third] = lens;
        match *self {
            Self::Request { number, .. } => StartLine::Request(RequestLine {
                method: Span::new(0, first),
                uri: Span::new(first + 1, first + 1 + second),
                version: number,
                version_at: narrow(first + 1 + second + 1),
            }),
            Self::Status { number, status, .. } => {
                let reason = first + 1 + second + 1;
                StartLine::Status(StatusLine {
                    version: number,
                    version_at: 0,
                    status,
                    reason: Span::new(reason, reason + third),
                })
            }
        }
    }
}

/// The digits of a status code.
pub(crate) fn digits(status: StatusCode) -> [u8; 3] {
    let code = status.code();
    [code / 100, code / 10 % 10, code % 10].map(|digit| b'0' + u8::try_from(digit).unwrap_or(0))
}

fn version_span(buffer: &[u8], at: u32) -> Span {
    let end = |b: &u8| matches!(b, b' ' | b'\r' | b'\n');
    let len = buffer[at as usize..].iter().position(end).unwrap_or(0);
    Span { start: at, end: at + narrow(len) }
}

/// What a message is put together from.
enum Piece<'p> {
    /// Lines of the original, from and up to.
    Kept(usize, usize),
    /// A line that is new: the number of its row, name and value.
    New(u8, &'p [u8], &'p [u8]),
    /// A line that is changed: what stands before the change, the change, what stands behind.
    Changed([&'p [u8]; 3]),
}

impl Overlay<'_> {
    #[inline]
    fn pieces<'p>(&'p self, mut give: impl FnMut(Piece<'p>)) {
        let mut line = 0;
        let mut place = 0;
        while let Some(patch) = self.patches.get(place) {
            place += 1;
            let at = patch.line as usize;
            if at > line {
                give(Piece::Kept(line, at));
                line = at;
            }
            match patch.change {
                Change::New { name, value } => {
                    let (id, name) = self.new_name(name);
                    give(Piece::New(id, name, self.get(value)));
                }
                Change::Drop => line = at + 1,
                Change::Splice { out, text } => {
                    let start = &self.buffer[self.line_start(at)..out.start as usize];
                    let end = &self.buffer[out.end as usize..self.line_start(at + 1)];
                    give(Piece::Changed([start, self.text.get(text), end]));
                    line = at + 1;
                }
            }
        }
        if line < self.index.len() {
            give(Piece::Kept(line, self.index.len()));
        }
    }

    fn kept(&self, from: usize, to: usize) -> &[u8] {
        &self.buffer[self.line_start(from)..self.line_start(to)]
    }

    fn new_name(&self, name: Name) -> (u8, &[u8]) {
        match name {
            Name::Known(id) => (id, written_name(ALL[usize::from(id)].row(), self.compact)),
            Name::Text(span) => (0, self.text.get(span)),
        }
    }

    /// How long the message will be.
    pub(crate) fn len(&self, line: &NewLine) -> usize {
        let start: usize = line.parts(self).iter().map(|part| part.len()).sum();
        let kept = self.end as usize - self.line_start(0);
        let mut len = start + self.line_end.len() + kept + self.empty_line.len() + self.body.len();
        let mut place = 0;
        while let Some(patch) = self.patches.get(place) {
            place += 1;
            match patch.change {
                Change::New { name, value } => {
                    let (_, name) = self.new_name(name);
                    len += name.len() + COLON.len() + value.len() + self.line_end.len();
                }
                Change::Drop => {
                    let at = patch.line as usize;
                    len -= self.line_start(at + 1) - self.line_start(at);
                }
                // What goes was counted.
                Change::Splice { out, text } => len = len - out.len() + text.len(),
            }
        }
        len
    }

    /// Copies the message into the caller's buffer.
    pub(crate) fn write_to(&self, line: &NewLine, out: &mut impl BufMut) -> Result<(), BuildError> {
        self.check_length()?;
        if out.remaining_mut() < self.len(line) {
            return Err(BuildError::new(BuildErrorKind::NoRoom));
        }
        self.put(line, out);
        Ok(())
    }

    /// The message in a buffer of its own.
    pub(crate) fn to_bytes(&self, line: &NewLine) -> Result<Bytes, BuildError> {
        self.check_length()?;
        let mut out = Vec::with_capacity(self.len(line));
        self.put(line, &mut out);
        Ok(out.into())
    }

    #[inline]
    fn put(&self, line: &NewLine, out: &mut impl BufMut) {
        line.parts(self).iter().for_each(|part| out.put_slice(part));
        out.put_slice(self.line_end);
        self.pieces(|piece| match piece {
            Piece::Kept(from, to) => out.put_slice(self.kept(from, to)),
            Piece::New(_, name, value) => {
                [name, COLON, value, self.line_end].iter().for_each(|part| out.put_slice(part));
            }
            Piece::Changed(parts) => parts.iter().for_each(|part| out.put_slice(part)),
        });
        out.put_slice(self.empty_line);
        out.put_slice(self.body);
    }

    /// The message, in a buffer of its own and with its index.
    pub(crate) fn finish(&self, line: &NewLine) -> Result<Message, BuildError> {
        self.check_length()?;
        let len = self.len(line);
        if u32::try_from(len).is_err() {
            return Err(BuildError::new(BuildErrorKind::TooLong));
        }
        let mut out = Vec::with_capacity(len);
        let mut index = Vec::with_capacity(self.index.len() + self.patches.len());
        let parts = line.parts(self);
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out.extend_from_slice(self.line_end);
        let mut bad = None;
        self.pieces(|piece| match piece {
            Piece::Kept(from, to) => {
                let lines = &self.index[from..to];
                let shift = narrow(out.len()).wrapping_sub(narrow(self.line_start(from)));
                index.extend(lines.iter().map(|entry| shifted(entry, shift)));
                out.extend_from_slice(self.kept(from, to));
            }
            Piece::New(id, name, value) => {
                let start = out.len();
                out.extend_from_slice(name);
                out.extend_from_slice(COLON);
                let at = out.len();
                out.extend_from_slice(value);
                index.push(Entry {
                    name: narrow(start),
                    value: narrow(at),
                    end: narrow(out.len()),
                    // Names that are longer were refused.
                    name_len: u16::try_from(name.len()).unwrap_or(u16::MAX),
                    id,
                    folded: false,
                });
                out.extend_from_slice(self.line_end);
            }
            Piece::Changed(parts) => {
                let start = out.len();
                parts.iter().for_each(|part| out.extend_from_slice(part));
                let end = out.strip_suffix(b"\r\n").or_else(|| out.strip_suffix(b"\n"));
                let end = end.unwrap_or(&out).len();
                match entry_of_line(&out, start, end) {
                    Ok(entry) => index.push(entry),
                    Err(error) => bad = Some(error),
                }
            }
        });
        if let Some(error) = bad {
            return Err(BuildError::new(BuildErrorKind::Message(error)));
        }
        let empty_line = out.len();
        out.extend_from_slice(self.empty_line);
        let places = (empty_line, out.len());
        out.extend_from_slice(self.body);
        let buffer = Bytes::from(out);
        if self.deviates {
            return self.read_again(buffer);
        }
        let line = line.built(parts.map(<[u8]>::len));
        Ok(Message::built(buffer, index, line, places, self.tolerances))
    }

    /// A message that deviates is read again, for its deviations to be written down.
    #[cold]
    fn read_again(&self, buffer: Bytes) -> Result<Message, BuildError> {
        Parser::new()
            .limits(Limits::none())
            .tolerances(self.tolerances)
            .parse(buffer)
            .map_err(|error| BuildError::new(BuildErrorKind::Message(error)))
    }

    /// A Content-Length that was set by hand must be right: another would let the next one read
    /// other messages than this one wrote.
    fn check_length(&self) -> Result<(), BuildError> {
        if !self.length_changed {
            return Ok(());
        }
        let key = super::overlay::Key::known(Known::ContentLength);
        let mut lines = self.lines_of(key);
        let right = lines.next().is_none_or(|line| {
            let digits = self.length_digits(line);
            digits.iter().all(u8::is_ascii_digit)
                && core::str::from_utf8(digits).is_ok_and(|n| n.parse() == Ok(self.body.len()))
        });
        if right && lines.next().is_none() {
            return Ok(());
        }
        let header = Some(HeaderName::CONTENT_LENGTH);
        Err(BuildError::at(BuildErrorKind::ContentLength, header))
    }
}

/// What stands between a name and its value.
const COLON: &[u8] = b": ";

/// A name as it is written.
fn written_name(row: Option<&'static Row>, compact: bool) -> &'static [u8] {
    let Some(row) = row else { return b"" };
    match &row.compact {
        Some(letter) if compact => core::slice::from_ref(letter),
        _ => row.name.as_bytes(),
    }
}

fn shifted(entry: &Entry, shift: u32) -> Entry {
    Entry {
        name: entry.name.wrapping_add(shift),
        value: entry.value.wrapping_add(shift),
        end: entry.end.wrapping_add(shift),
        ..*entry
    }
}
