//! What one direction of a TCP connection carries: SIP, SIP in WebSocket, or something else.

use bytes::{Bytes, BytesMut};
use sip_message::{Frame, Parser, StreamDecoder, Tolerances};

use crate::detect::{Looks, find_start, look};
use crate::websocket::{self, Frames};
use crate::{Content, Transport};

/// How much is looked at before a direction is given up.
const PATIENCE: usize = 64 << 10;
/// How much of the end is kept while looking for the start of a message.
const TAIL: usize = 8 << 10;

/// One direction.
#[derive(Debug)]
pub(crate) enum Stream {
    /// Nobody knows yet. `begun`: these are the first bytes of the connection; `seen`: how many were
    /// looked at.
    Looking { buffer: BytesMut, begun: bool, seen: usize },
    /// SIP, one message behind the other.
    Sip(Box<StreamDecoder>),
    /// The head of a request or response of HTTP that makes a WebSocket connection.
    Upgrading(BytesMut),
    /// SIP in frames.
    WebSocket(Frames),
    /// Something else.
    Other,
}

/// What is needed to read messages.
pub(crate) struct Reading<'a> {
    pub(crate) tolerances: Tolerances,
    pub(crate) parser: &'a mut Parser,
}

impl Stream {
    pub(crate) fn new(begun: bool) -> Self {
        Self::Looking { buffer: BytesMut::new(), begun, seen: 0 }
    }

    pub(crate) fn is_other(&self) -> bool {
        matches!(self, Self::Other)
    }

    /// Bytes are missing here: what comes next may be the middle of a message.
    pub(crate) fn gap(&mut self) {
        if !self.is_other() {
            *self = Self::new(false);
        }
    }

    /// Takes the next bytes, and gives the messages that are whole now.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        reading: &mut Reading<'_>,
        mut out: impl FnMut(Transport, Content),
    ) {
        match self {
            Self::Other => {}
            Self::Looking { buffer, .. } => {
                buffer.extend_from_slice(bytes);
                self.decide(reading, &mut out);
            }
            Self::Upgrading(buffer) => {
                buffer.extend_from_slice(bytes);
                self.upgrade(reading, &mut out);
            }
            Self::Sip(decoder) => {
                decoder.push(bytes);
                self.messages(bytes, &mut out);
            }
            Self::WebSocket(frames) => {
                frames.push(bytes);
                self.frames(reading, &mut out);
            }
        }
    }

    fn decide(&mut self, reading: &mut Reading<'_>, out: &mut impl FnMut(Transport, Content)) {
        let Self::Looking { buffer, begun, seen } = self else { return };
        let start = match (look(buffer), *begun) {
            (Looks::Sip, _) => Some(0),
            (Looks::Open, true) => return,
            (_, begun) if is_http(buffer) || (begun && is_http_start(buffer)) => {
                let buffer = std::mem::take(buffer);
                *self = Self::Upgrading(buffer);
                return self.upgrade(reading, out);
            }
            _ if websocket::peek(buffer).is_some_and(|it| look(&it) == Looks::Sip) => {
                let mut frames = Frames::default();
                frames.push(buffer);
                *self = Self::WebSocket(frames);
                return self.frames(reading, out);
            }
            (Looks::Other, true) => {
                *self = Self::Other;
                return;
            }
            (_, false) => find_start(buffer),
        };
        if let Some(start) = start {
            let mut decoder = StreamDecoder::new().tolerances(reading.tolerances);
            let bytes = std::mem::take(buffer).split_off(start);
            decoder.push(&bytes);
            *self = Self::Sip(Box::new(decoder));
            return self.messages(&bytes, out);
        }
        *seen += buffer.len();
        if *seen > PATIENCE {
            *self = Self::Other;
            return;
        }
        // The start may be in what came last; all before its last line was looked at.
        let line = memchr::memrchr(b'\n', buffer).map_or(0, |at| at + 1);
        let keep = line.max(buffer.len().saturating_sub(TAIL));
        *buffer = buffer.split_off(keep);
    }

    /// The messages that a decoder has; `bytes` came last.
    fn messages(&mut self, bytes: &[u8], out: &mut impl FnMut(Transport, Content)) {
        let Self::Sip(decoder) = self else { return };
        loop {
            match decoder.next_frame() {
                Ok(Some(Frame::Message(message))) => out(Transport::Tcp, Content::Message(message)),
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(error) => {
                    let bytes = Bytes::copy_from_slice(bytes);
                    out(Transport::Tcp, Content::Malformed { bytes, error });
                    // Whoever has this connection closes it; if not, there may be more.
                    *self = Self::new(false);
                    return;
                }
            }
        }
    }

    fn upgrade(&mut self, reading: &mut Reading<'_>, out: &mut impl FnMut(Transport, Content)) {
        let Self::Upgrading(buffer) = self else { return };
        match upgraded(buffer) {
            Upgrade::Open if buffer.len() <= PATIENCE => {}
            Upgrade::Open | Upgrade::Other => *self = Self::Other,
            Upgrade::WebSocket(len) => {
                let mut frames = Frames::default();
                frames.push(&buffer[len..]);
                *self = Self::WebSocket(frames);
                self.frames(reading, out);
            }
        }
    }

    fn frames(&mut self, reading: &mut Reading<'_>, out: &mut impl FnMut(Transport, Content)) {
        let Self::WebSocket(frames) = self else { return };
        loop {
            match frames.next_message() {
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Some(bytes)) => {
                    let content = Content::read(bytes, reading.parser);
                    out(Transport::WebSocket, content);
                }
                Ok(None) => return,
                Err(websocket::Broken) => {
                    *self = Self::new(false);
                    return;
                }
            }
        }
    }

    /// Says whether what is held is a message that is not whole.
    pub(crate) fn is_incomplete(&self) -> bool {
        match self {
            Self::Sip(decoder) => decoder.pending() > 0,
            _ => false,
        }
    }
}

/// Whether this is the start of a WebSocket's handshake (RFC 6455 §4).
fn is_http(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GET ") || bytes.starts_with(b"HTTP/1.1 101")
}

/// Whether it may become one.
fn is_http_start(bytes: &[u8]) -> bool {
    b"GET ".starts_with(bytes) || b"HTTP/1.1 101".starts_with(bytes)
}

enum Upgrade {
    Open,
    Other,
    /// How long the head is.
    WebSocket(usize),
}

/// Whether a head of HTTP makes a WebSocket of the subprotocol `sip` (RFC 7118 §4).
fn upgraded(bytes: &[u8]) -> Upgrade {
    let mut headers = [httparse::EMPTY_HEADER; 96];
    let (parsed, headers) = if bytes.starts_with(b"G") {
        let mut request = httparse::Request::new(&mut headers);
        (request.parse(bytes), request.headers)
    } else {
        let mut response = httparse::Response::new(&mut headers);
        (response.parse(bytes), response.headers)
    };
    let len = match parsed {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) => return Upgrade::Open,
        Err(_) => return Upgrade::Other,
    };
    let has = |name: &str, value: &str| {
        let mut values = headers.iter().filter(|it| it.name.eq_ignore_ascii_case(name));
        values.any(|it| {
            let mut tokens = it.value.split(|byte| *byte == b',');
            tokens.any(|token| token.trim_ascii().eq_ignore_ascii_case(value.as_bytes()))
        })
    };
    match has("Upgrade", "websocket") && has("Sec-WebSocket-Protocol", "sip") {
        true => Upgrade::WebSocket(len),
        false => Upgrade::Other,
    }
}
