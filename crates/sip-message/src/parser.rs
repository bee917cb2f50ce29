//! Datagrams: one message each (RFC 3261 §18.3).

use alloc::vec::Vec;

use bytes::Bytes;

use crate::index::Entry;
use crate::scan::{Head, Rules, Scan};
use crate::{Deviation, Limit, Limits, Message, ParseError, ParseErrorKind, Rule, Tolerances};

/// Reads messages from datagrams (and from WebSocket frames, which hold one message each as
/// well, RFC 7118 §5).
///
/// A parser that is kept can use the index of an old message for the next one, so that nothing
/// is allocated:
///
/// ```
/// use sip_message::Parser;
/// let mut parser = Parser::new();
/// for datagram in [&b"SIP/2.0 100 Trying\r\nCall-ID: a\r\n\r\n"[..], b"SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n"] {
///     let message = parser.parse(datagram)?;
///     // … use it …
///     parser.recycle(message);
/// }
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    rules: Rules,
    spare: Vec<Entry>,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser with default limits and tolerances.
    #[must_use]
    pub fn new() -> Self {
        let rules =
            Rules { limits: Limits::default().clamped(), tolerances: Tolerances::default() };
        Self { rules, spare: Vec::new() }
    }

    /// The same parser with these limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.rules.limits = limits.clamped();
        self
    }

    /// The same parser with these tolerances.
    #[must_use]
    pub fn tolerances(mut self, tolerances: Tolerances) -> Self {
        self.rules.tolerances = tolerances;
        self
    }

    /// Reads a datagram that holds one message; see [`Message::parse`].
    ///
    /// # Errors
    /// When the bytes are no message; the error says where and what to answer.
    pub fn parse(&mut self, datagram: impl Into<Bytes>) -> Result<Message, ParseError> {
        self.parse_bytes(datagram.into())
    }

    /// Gives an old message's index back for the next one to use.
    pub fn recycle(&mut self, message: Message) {
        let index = message.into_index();
        if index.capacity() > self.spare.capacity() {
            self.spare = index;
        }
    }

    fn parse_bytes(&mut self, datagram: Bytes) -> Result<Message, ParseError> {
        let limit = self.rules.limits.message;
        if datagram.len() > limit {
            let request = !datagram.starts_with(b"SIP/");
            let kind = ParseErrorKind::LimitExceeded(Limit::Message);
            return Err(ParseError::new(kind, limit, request));
        }
        let mut index = core::mem::take(&mut self.spare);
        if index.capacity() == 0 {
            index.reserve_exact(expected_lines(datagram.len()));
        }
        let mut scan = Scan::new(index);
        match scan.run(&datagram, true, &self.rules).and_then(|head| {
            let head =
                head.ok_or_else(|| scan.error(ParseErrorKind::UnexpectedEnd, datagram.len()))?;
            let end = body_end(&mut scan, &head, datagram.len(), &self.rules)?;
            Ok((head, end))
        }) {
            Ok((head, end)) => Ok(finish(datagram, scan, head, end, &self.rules)),
            Err(error) => {
                self.spare = scan.index;
                Err(error)
            }
        }
    }
}

/// The message of a scan that is complete.
pub(crate) fn finish(buffer: Bytes, scan: Scan, head: Head, end: usize, rules: &Rules) -> Message {
    let line = scan.start_line.expect("a complete head has a start line");
    Message::assemble(buffer, scan, line, head, end, rules.tolerances)
}

/// How many lines to make room for: lines are seldom shorter than 24 octets, and an index that
/// is too small is moved when it grows.
fn expected_lines(octets: usize) -> usize {
    (octets / 24 + 4).min(64)
}

/// Where the body of a datagram ends: where Content-Length says, or at the end without one.
fn body_end(
    scan: &mut Scan,
    head: &Head,
    octets: usize,
    rules: &Rules,
) -> Result<usize, ParseError> {
    let Some(length) = scan.content_length else { return Ok(octets) };
    let there = octets - head.end;
    let wanted = length.value as usize;
    if wanted <= there {
        return Ok(head.end + wanted);
    }
    let at = length.offset as usize;
    if !rules.tolerances.allows(Rule::ShortBody) {
        return Err(scan.error(ParseErrorKind::ShortBody, at));
    }
    scan.deviations.push(Deviation::new(Rule::ShortBody, at, at));
    Ok(octets)
}
