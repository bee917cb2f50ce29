//! Building fragments of messages.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use bytes::Bytes;
use sip_uri::UriRef;

use crate::body::build::put_line;
use crate::class;
use crate::text::unfold;
use crate::value::{HeaderValue, MediaType};
use crate::{BodyError, HeaderLine, HeaderName, Message, Method, StatusCode, Tolerances};

/// Builds a fragment of a message, from nothing or from what a message has. The first error of a
/// step is kept, and [`build`](Self::build) gives it.
///
/// ```
/// use sip_message::{Sipfrag, StatusCode};
/// let outcome = Sipfrag::builder().status(StatusCode::OK).build()?;
/// assert_eq!(&outcome[..], b"SIP/2.0 200 OK\r\n");
/// # Ok::<(), sip_message::BodyError>(())
/// ```
///
/// What a message says that another one brought, and no more of it than is meant for others:
///
/// ```
/// use sip_message::{Message, Sipfrag};
/// let response = Message::parse(&b"SIP/2.0 400 Bad Request\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
///     Warning: 399 atlanta.example\r\n  \"Your Event header field was malformed\"\r\n\r\n"[..])?;
/// let mut fragment = Sipfrag::builder().start_line_of(&response);
/// for line in response.headers().lines("Warning") {
///     fragment = fragment.line(&line);
/// }
/// assert_eq!(&fragment.build()?[..], b"SIP/2.0 400 Bad Request\r\n\
///     Warning: 399 atlanta.example \"Your Event header field was malformed\"\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SipfragBuilder {
    start_line: Vec<u8>,
    lines: Vec<u8>,
    /// The lines that say what a body is and how long: the caller's, or those of `body`.
    description: Vec<u8>,
    body: Option<Bytes>,
    error: Option<BodyError>,
}

impl SipfragBuilder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Starts with a status line that has the registered reason phrase.
    pub fn status(mut self, status: StatusCode) -> Self {
        let reason = status.reason().unwrap_or_default();
        self.start_line = format!("SIP/2.0 {status} {reason}\r\n").into_bytes();
        self
    }

    /// Starts with a status line that has a reason phrase of its own.
    pub fn status_with_reason(self, status: StatusCode, reason: &str) -> Self {
        self.set(|builder| {
            if reason.bytes().any(|b| !class::is(b, class::TEXT)) {
                return Err(BodyError::Control);
            }
            builder.start_line = format!("SIP/2.0 {status} {reason}\r\n").into_bytes();
            Ok(())
        })
    }

    /// Starts with a request line. A URI that was read under tolerances may have white space in it,
    /// or a control character: that is an error.
    pub fn request(self, method: Method<'_>, uri: &UriRef<'_>) -> Self {
        self.set(|builder| {
            if uri.as_bytes().iter().any(|b| *b <= b' ' || *b == 0x7f) {
                return Err(BodyError::RequestUri);
            }
            let method = method.as_str().as_bytes();
            builder.start_line = [method, b" ", uri.as_bytes(), b" SIP/2.0\r\n"].concat();
            Ok(())
        })
    }

    /// Starts with the start line of a message.
    pub fn start_line_of(mut self, message: &Message) -> Self {
        let line = message.start_line();
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        self.start_line = [text, b"\r\n"].concat();
        self
    }

    /// Adds a header line. White space around the value is left out.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.set(|builder| match builder.lines_of(HeaderName::new(name)) {
            Some(lines) => put_line(lines, name, value.as_ref()),
            None => Ok(()),
        })
    }

    /// Adds a header line of a message, folds taken out of it.
    pub fn line(mut self, line: &HeaderLine<'_>) -> Self {
        if let Some(lines) = self.lines_of(Some(line.name())) {
            for text in [line.name_str().as_bytes(), b": ", &unfold(line.value()), b"\r\n"] {
                lines.extend_from_slice(text);
            }
        }
        self
    }

    /// Adds a body, with the Content-Type and the Content-Length that it needs (RFC 3420 §2).
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.set(|builder| {
            MediaType::decode_with(content_type.as_bytes(), Tolerances::strict())
                .map_err(|_| BodyError::ContentType)?;
            let lines = &mut builder.description;
            lines.clear();
            put_line(lines, "Content-Type", content_type.as_bytes())?;
            put_line(lines, "Content-Length", body.len().to_string().as_bytes())?;
            builder.body = Some(body);
            Ok(())
        })
    }

    /// The first error so far, which [`build`](Self::build) would give.
    #[must_use]
    pub fn error(&self) -> Option<BodyError> {
        self.error
    }

    /// A step: it changes nothing once there is an error.
    fn set(mut self, step: impl FnOnce(&mut Self) -> Result<(), BodyError>) -> Self {
        if self.error.is_none() {
            self.error = step(&mut self).err();
        }
        self
    }

    /// Writes the fragment. Content-Type and Content-Length come last; with a body, they are those
    /// of the body and no others.
    ///
    /// # Errors
    /// The first that a step has made.
    pub fn build(self) -> Result<Bytes, BodyError> {
        self.error.map_or(Ok(()), Err)?;
        let mut bytes = self.start_line;
        bytes.extend_from_slice(&self.lines);
        bytes.extend_from_slice(&self.description);
        if let Some(body) = self.body {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(&body);
        }
        Ok(bytes.into())
    }

    /// Where a line of this name goes; `None` when the body has its own.
    fn lines_of(&mut self, name: Option<HeaderName<'_>>) -> Option<&mut Vec<u8>> {
        let describes =
            name.is_some_and(|n| n == HeaderName::CONTENT_TYPE || n == HeaderName::CONTENT_LENGTH);
        match (describes, &self.body) {
            (false, _) => Some(&mut self.lines),
            (true, None) => Some(&mut self.description),
            (true, Some(_)) => None,
        }
    }
}
