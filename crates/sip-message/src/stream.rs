//! Streams: one message behind the other, by Content-Length (RFC 3261 §18.3, §20.14), and the
//! keep-alives between them (RFC 5626 §3.5.1).

use alloc::vec::Vec;

use bytes::{Buf, BufMut, BytesMut};

use crate::index::Entry;
use crate::parser::finish;
use crate::scan::{Head, Rules, Scan};
use crate::{Limit, Limits, Message, ParseError, ParseErrorKind, Tolerances};

/// Takes a byte stream (TCP, TLS, SCTP) apart into messages and keep-alives.
///
/// Bytes may come in any pieces; what comes out does not depend on how they were cut. A message
/// shares the memory of the bytes that were pushed and pins it for as long as it lives.
///
/// **Errors are final.** Where one message of a stream ends is known only from its head; once a
/// head is broken, nothing behind it can be trusted, and what looks like the next start line may
/// be part of a body that someone else wrote. So after an error the decoder gives the same error
/// again, and the connection is to be closed (RFC 3261 §18.3, RFC 4475 §3.1.2.3).
///
/// ```
/// use sip_message::{Frame, StreamDecoder};
/// let mut decoder = StreamDecoder::new();
/// decoder.push(b"\r\n\r\nOPTIONS sip:a@b.example SIP/2.0\r\nContent-Le");
/// assert!(matches!(decoder.next_frame()?, Some(Frame::Ping)));
/// assert!(decoder.next_frame()?.is_none());
/// decoder.push(b"ngth: 2\r\n\r\nhi");
/// let Some(Frame::Message(message)) = decoder.next_frame()? else { panic!("a message") };
/// assert_eq!(message.body(), b"hi");
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Debug)]
pub struct StreamDecoder {
    rules: Rules,
    pongs_at_once: bool,
    buffer: BytesMut,
    scan: Scan,
    /// The head and the end of the message whose body is being waited for.
    message: Option<(Head, usize)>,
    /// Whether what was pushed since the last look can change the answer: see [`Self::push`].
    ready: bool,
    /// With how many bytes the answer can change, whatever they are.
    wanted: usize,
    error: Option<ParseError>,
}

/// What a stream is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "messages are what streams are for")]
pub enum Frame {
    /// A message.
    Message(Message),
    /// A double CRLF: the peer asks whether the flow is alive, and a [`Pong`](Self::Pong), a
    /// single CRLF, is the answer (RFC 5626 §4.4.1).
    Ping,
    /// A single CRLF: the answer to a ping.
    Pong,
}

impl Default for StreamDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl StreamDecoder {
    /// A decoder with default limits and tolerances.
    #[must_use]
    pub fn new() -> Self {
        let rules =
            Rules { limits: Limits::default().clamped(), tolerances: Tolerances::default() };
        Self {
            rules,
            pongs_at_once: false,
            buffer: BytesMut::new(),
            scan: Scan::new(Vec::new()),
            message: None,
            ready: false,
            wanted: 0,
            error: None,
        }
    }

    /// The same decoder with these limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.rules.limits = limits.clamped();
        self
    }

    /// The same decoder with these tolerances. Two rules do not apply to streams:
    /// [`MissingEmptyLine`](crate::Rule::MissingEmptyLine) and
    /// [`ShortBody`](crate::Rule::ShortBody), since a stream that has not come yet is no error.
    #[must_use]
    pub fn tolerances(mut self, tolerances: Tolerances) -> Self {
        self.rules.tolerances = tolerances;
        self
    }

    /// For the side that opened the flow: it sends the pings, so every CRLF between messages is a
    /// [`Frame::Pong`] as soon as it comes.
    ///
    /// Without this, a CRLF with nothing behind it may be the first half of a ping, and is
    /// told from a pong by the byte that follows.
    #[must_use]
    pub fn pongs_at_once(mut self) -> Self {
        self.pongs_at_once = true;
        self
    }

    /// Adds bytes that the stream brought.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        if self.error.is_some() {
            return;
        }
        // A byte alone is worth its own path: two calls cost more than all the rest.
        let line_end = match bytes {
            [byte] => {
                self.buffer.put_u8(*byte);
                *byte == b'\n'
            }
            _ => {
                self.buffer.extend_from_slice(bytes);
                self.message.is_none() && memchr::memchr(b'\n', bytes).is_some()
            }
        };
        // A head goes on at a line end, a body when all of it is there.
        self.ready |= self.buffer.len() >= self.wanted || line_end && self.message.is_none();
    }

    /// The next message or keep-alive; `None` asks for more bytes.
    ///
    /// # Errors
    /// When the stream is broken, from then on always.
    #[inline]
    pub fn next_frame(&mut self) -> Result<Option<Frame>, ParseError> {
        if self.ready { self.advance() } else { self.error.map_or(Ok(None), Err) }
    }

    /// Gives an old message's index back for the next one to use.
    pub fn recycle(&mut self, message: Message) {
        let index: Vec<Entry> = message.into_index();
        if self.scan.start_line.is_none() && self.scan.index.capacity() < index.capacity() {
            self.scan = Scan::new(index);
        }
    }

    /// How many bytes wait for the rest of their message.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// Says that the stream has ended, after [`next_frame`](Self::next_frame) asked for more.
    ///
    /// # Errors
    /// When it ended in the middle of a message, or was broken before.
    pub fn finish(mut self) -> Result<(), ParseError> {
        // What waited for a line end may be wrong before it.
        if self.error.is_none() && self.message.is_none() {
            self.advance()?;
        }
        if self.message.is_some() {
            let at = self.scan.content_length.map_or(0, |length| length.offset as usize);
            return Err(self.scan.error(ParseErrorKind::ShortBody, at));
        }
        match self.error {
            Some(error) => Err(error),
            None if self.buffer.iter().all(|b| matches!(b, b'\r' | b'\n')) => Ok(()),
            None => Err(self.scan.error(ParseErrorKind::UnexpectedEnd, self.buffer.len())),
        }
    }

    #[inline(never)]
    fn advance(&mut self) -> Result<Option<Frame>, ParseError> {
        let frame = self.step();
        match &frame {
            Ok(Some(_)) => self.ready = !self.buffer.is_empty(),
            Ok(None) => {
                self.ready = false;
                self.wanted = match (self.message, self.buffer.last()) {
                    (Some((_, end)), _) => end,
                    // What follows a line end, or half of one, tells what it was.
                    (None, None | Some(b'\r' | b'\n')) => self.buffer.len() + 1,
                    (None, Some(_)) => self.rules.limits.head.saturating_add(1),
                };
            }
            Err(error) => {
                self.error = Some(*error);
                self.ready = false;
                self.buffer = BytesMut::new();
            }
        }
        frame
    }

    fn step(&mut self) -> Result<Option<Frame>, ParseError> {
        if self.scan.start_line.is_none() {
            match self.keep_alive() {
                KeepAlive::Frame(frame) => return Ok(Some(frame)),
                KeepAlive::Wait => return Ok(None),
                KeepAlive::No => {}
            }
        }
        let (head, end) = match self.message {
            Some(message) => message,
            None => {
                let Some(head) = self.scan.run(&self.buffer, false, &self.rules)? else {
                    return Ok(None);
                };
                let end = self.body_end(&head)?;
                self.message = Some((head, end));
                (head, end)
            }
        };
        if self.buffer.len() < end {
            return Ok(None);
        }
        self.message = None;
        let bytes = self.buffer.split_to(end).freeze();
        let scan = core::mem::replace(&mut self.scan, Scan::new(Vec::new()));
        Ok(Some(Frame::Message(finish(bytes, scan, head, end, &self.rules))))
    }

    /// A keep-alive at the front of the buffer, where a message could start.
    fn keep_alive(&mut self) -> KeepAlive {
        let (len, frame) = match &self.buffer[..] {
            [b'\r', b'\n', ..] if self.pongs_at_once => (2, Frame::Pong),
            [b'\r', b'\n', b'\r', b'\n', ..] => (4, Frame::Ping),
            [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return KeepAlive::Wait,
            [b'\r', b'\n', ..] => (2, Frame::Pong),
            _ => return KeepAlive::No,
        };
        self.buffer.advance(len);
        KeepAlive::Frame(frame)
    }

    fn body_end(&self, head: &Head) -> Result<usize, ParseError> {
        let Some(length) = self.scan.content_length else {
            return Err(self.scan.error(ParseErrorKind::ContentLengthMissing, head.empty_line));
        };
        let end = head.end.saturating_add(length.value as usize);
        if end > self.rules.limits.message {
            let kind = ParseErrorKind::LimitExceeded(Limit::Message);
            return Err(self.scan.error(kind, length.offset as usize));
        }
        Ok(end)
    }
}

enum KeepAlive {
    Frame(Frame),
    /// Too little is there to tell.
    Wait,
    No,
}
