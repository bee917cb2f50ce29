//! Answers to what could not be read (RFC 3261 §8.2, §16.3, §21.4.1).

use alloc::vec::Vec;

use super::{Builder, Seen};
use crate::edit::{Key, Overlay, Src};
use crate::header::Known;
use crate::{HeaderName, Limits, Method, ParseError, Response, StatusCode};

/// Starts the response to a request that the parser refused: the status that the error asks for
/// (400 most often, 413 or 414 for what is too long), and of the lines Via, From, To, Call-ID and
/// CSeq those that can be made out.
///
/// `bytes` is what was given to the parser, or the message so far on a stream. `None` means that
/// there is nothing to answer: it is no request, or an ACK, or it has no Via to send an answer
/// along.
///
/// ```
/// use sip_message::{respond_to_malformed, Message};
/// let bytes = b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
///     Subject no colon\r\n\
///     From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
///     To: <sip:bob@biloxi.example>\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: 63104 OPTIONS\r\n\r\n";
/// let error = Message::parse(&bytes[..]).unwrap_err();
/// let response = respond_to_malformed(bytes, &error).unwrap().to_tag("314").build()?;
/// assert_eq!(response.as_bytes(), b"SIP/2.0 400 Bad Request: expected a colon in the header line\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
///     From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
///     To: <sip:bob@biloxi.example>;tag=314\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: 63104 OPTIONS\r\n\
///     Content-Length: 0\r\n\r\n");
/// # Ok::<(), sip_message::encode::BuildError>(())
/// ```
///
/// The lines are copied without folds and with a space in place of every control character, so
/// that the answer is well-formed whatever came. A line that does not end, and what is behind the
/// first 64 KiB, is not looked at.
#[must_use]
pub fn respond_to_malformed(
    bytes: &[u8],
    error: &ParseError,
) -> Option<Builder<'static, Response>> {
    let status = error.status()?;
    let bytes = &bytes[..bytes.len().min(Limits::default().head)];
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
    let mut lines = Lines { bytes: &bytes[start..] };
    let start_line = lines.next_physical()?;
    if start_line.split(|b| *b == b' ').next() == Some(Method::ACK.as_str().as_bytes()) {
        return None;
    }
    let mut overlay = Overlay::empty(&[]);
    let mut seen = Seen::default();
    while let Some(line) = lines.next_logical() {
        let Some((name, value)) = split(&line) else { continue };
        let Some(known @ (Known::Via | Known::From | Known::To | Known::CallId | Known::CSeq)) =
            name.known()
        else {
            continue;
        };
        let key = Key::known(known);
        if !value.is_empty() && seen.may_come(known) {
            let value = Src::Text(overlay.text.push(value));
            overlay.push(&key, value);
        }
    }
    if !overlay.has(Key::known(Known::Via)) {
        return None;
    }
    let mut response = Builder::response(overlay, status);
    response.copied = true;
    if status == StatusCode::BAD_REQUEST {
        // RFC 3261 §21.4.1: the phrase should tell the problem.
        response.reason(&alloc::format!("Bad Request: {}", error.kind().describe()));
    }
    Some(response)
}

/// The name and the value of a line that is free of controls.
fn split(line: &[u8]) -> Option<(HeaderName<'_>, &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let name = core::str::from_utf8(&line[..colon]).ok()?;
    Some((HeaderName::new(name.trim_end())?, line[colon + 1..].trim_ascii()))
}

/// What is left of a head, line by line; every CR LF and every lone LF ends one.
struct Lines<'b> {
    bytes: &'b [u8],
}

impl<'b> Lines<'b> {
    /// The next line with what continues it, made one line without controls; `None` at the empty
    /// line and where no line end is left.
    fn next_logical(&mut self) -> Option<Vec<u8>> {
        let first = self.next_physical().filter(|line| !line.is_empty())?;
        let mut line = first.to_vec();
        while matches!(self.bytes.first(), Some(b' ' | b'\t')) {
            let more = self.next_physical()?;
            line.push(b' ');
            line.extend_from_slice(more.trim_ascii_start());
        }
        for byte in &mut line {
            if byte.is_ascii_control() {
                *byte = b' ';
            }
        }
        Some(line)
    }

    fn next_physical(&mut self) -> Option<&'b [u8]> {
        let end = memchr::memchr(b'\n', self.bytes)?;
        let (line, rest) = self.bytes.split_at(end);
        self.bytes = &rest[1..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}
