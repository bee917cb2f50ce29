//! WebSocket frames (RFC 6455 §5), each message of which is one of SIP (RFC 7118 §5).

use bytes::{Buf, Bytes, BytesMut};

/// The longest message, and the longest frame.
const LONGEST: usize = 256 << 10;

/// What is no WebSocket, or none that can be read: compressed, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// One direction of a WebSocket connection.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: BytesMut,
    /// The fragments of the message that is coming.
    message: Option<BytesMut>,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug)]
struct Header {
    last: bool,
    opcode: u8,
    mask: [u8; 4],
    /// How long it is, and how long what follows.
    len: usize,
    payload: usize,
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;

impl Frames {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// When there are no frames here.
    pub(crate) fn next_message(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            let Some(header) = header(&self.buffer)? else { return Ok(None) };
            if self.buffer.len() < header.len + header.payload {
                return Ok(None);
            }
            self.buffer.advance(header.len);
            let mut payload = self.buffer.split_to(header.payload);
            for (byte, mask) in payload.iter_mut().zip(header.mask.iter().cycle()) {
                *byte ^= mask;
            }
            let message = match (header.opcode, self.message.take()) {
                (TEXT | BINARY, None) => payload,
                (CONTINUATION, Some(mut message)) => {
                    message.extend_from_slice(&payload);
                    message
                }
                // Close, ping and pong may come between fragments (§5.5).
                (8..=10, message) => {
                    self.message = message;
                    continue;
                }
                _ => return Err(Broken),
            };
            if message.len() > LONGEST {
                return Err(Broken);
            }
            if header.last {
                return Ok(Some(message.freeze()));
            }
            self.message = Some(message);
        }
    }
}

/// Whether this may be a frame that starts a message, and the first bytes of that message.
pub(crate) fn peek(bytes: &[u8]) -> Option<Vec<u8>> {
    let header = header(bytes).ok()??;
    if !matches!(header.opcode, TEXT | BINARY) {
        return None;
    }
    let payload = bytes.get(header.len..)?;
    let payload = &payload[..payload.len().min(header.payload)];
    Some(payload.iter().zip(header.mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect())
}

fn header(bytes: &[u8]) -> Result<Option<Header>, Broken> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    // A reserved bit is an extension, such as compression.
    if first & 0x70 != 0 {
        return Err(Broken);
    }
    let (opcode, masked, short) = (first & 0x0f, second & 0x80 != 0, second & 0x7f);
    if !matches!(opcode, 0..=2 | 8..=10) {
        return Err(Broken);
    }
    let (len, payload) = match short {
        126 => {
            let Some(len) = rest.first_chunk::<2>() else { return Ok(None) };
            (4, usize::from(u16::from_be_bytes(*len)))
        }
        127 => {
            let Some(len) = rest.first_chunk::<8>() else { return Ok(None) };
            (10, usize::try_from(u64::from_be_bytes(*len)).unwrap_or(usize::MAX))
        }
        short => (2, usize::from(short)),
    };
    if payload > LONGEST {
        return Err(Broken);
    }
    let last = first & 0x80 != 0;
    if !masked {
        return Ok(Some(Header { last, opcode, mask: [0; 4], len, payload }));
    }
    let Some(mask) = bytes.get(len..).and_then(<[u8]>::first_chunk) else { return Ok(None) };
    Ok(Some(Header { last, opcode, mask: *mask, len: len + 4, payload }))
}
