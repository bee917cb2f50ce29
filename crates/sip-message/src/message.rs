//! Messages: one buffer and its index.

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, Range};

use bytes::Bytes;
use sip_uri::{UriError, UriRef};

use crate::index::Entry;
use crate::scan::{Head, Scan};
use crate::start_line::{RequestLine, StartLine, StatusLine};
use crate::{Deviation, Headers, Method, ParseError, Parser, StatusCode, Tolerances, Version};

/// A SIP message (RFC 3261 §7).
///
/// ```
/// use sip_message::{header, Message, Method};
///
/// let message = Message::parse(&b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
///     CSeq: 1 OPTIONS\r\n\
///     Content-Length: 0\r\n\r\n"[..])?;
/// let Message::Request(request) = &message else { panic!("a request") };
/// assert_eq!(request.method(), Method::OPTIONS);
/// assert_eq!(request.uri().unwrap().host_str(), Some("biloxi.example"));
/// let via = request.headers().require(header::Via).unwrap();
/// assert_eq!(via.branch(), Some("z9hG4bK776asdhds"));
/// # Ok::<(), sip_message::ParseError>(())
/// ```
///
/// What requests and responses have in common is in [`Parts`], to which all three deref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A request (RFC 3261 §7.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    parts: Parts,
    line: RequestLine,
}

/// A response (RFC 3261 §7.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    parts: Parts,
    line: StatusLine,
}

/// What every message has: bytes, headers, a body.
#[derive(Clone)]
pub struct Parts {
    /// What was given to the parser.
    buffer: Bytes,
    index: Vec<Entry>,
    deviations: Vec<Deviation>,
    tolerances: Tolerances,
    start: u32,
    empty_line: u32,
    body: u32,
    end: u32,
}

impl Message {
    /// Reads a datagram that holds one message, with default limits and tolerances.
    ///
    /// The buffer is kept, not copied. Without Content-Length the body is all that follows the
    /// head; with it, what follows the body is left out (RFC 3261 §18.3).
    ///
    /// # Errors
    /// When the bytes are no message; the error says where and what to answer.
    pub fn parse(datagram: impl Into<Bytes>) -> Result<Self, ParseError> {
        Parser::new().parse(datagram)
    }

    /// The request, if it is one.
    #[must_use]
    pub fn as_request(&self) -> Option<&Request> {
        match self {
            Self::Request(request) => Some(request),
            Self::Response(_) => None,
        }
    }

    /// The response, if it is one.
    #[must_use]
    pub fn as_response(&self) -> Option<&Response> {
        match self {
            Self::Response(response) => Some(response),
            Self::Request(_) => None,
        }
    }

    /// The SIP version of the start line.
    #[must_use]
    pub fn version(&self) -> Version {
        match self {
            Self::Request(request) => request.version(),
            Self::Response(response) => response.version(),
        }
    }

    /// Where the SIP version stands, counted from the first byte given to the parser.
    #[must_use]
    pub fn version_offset(&self) -> usize {
        match self {
            Self::Request(request) => request.line.version_at as usize,
            Self::Response(response) => response.line.version_at as usize,
        }
    }

    pub(crate) fn assemble(
        buffer: Bytes,
        scan: Scan,
        line: StartLine,
        head: Head,
        end: usize,
        tolerances: Tolerances,
    ) -> Self {
        use crate::index::narrow;
        let parts = Parts {
            buffer,
            index: scan.index,
            deviations: scan.deviations,
            tolerances,
            start: narrow(head.start),
            empty_line: narrow(head.empty_line),
            body: narrow(head.end),
            end: narrow(end),
        };
        match line {
            StartLine::Request(line) => Self::Request(Request { parts, line }),
            StartLine::Status(line) => Self::Response(Response { parts, line }),
        }
    }

    /// A message that was put together: its index is right and nothing in it deviates.
    pub(crate) fn built(
        buffer: Bytes,
        index: Vec<Entry>,
        line: StartLine,
        (empty_line, body): (usize, usize),
        tolerances: Tolerances,
    ) -> Self {
        use crate::index::narrow;
        let parts = Parts {
            index,
            deviations: Vec::new(),
            tolerances,
            start: 0,
            empty_line: narrow(empty_line),
            body: narrow(body),
            end: narrow(buffer.len()),
            buffer,
        };
        match line {
            StartLine::Request(line) => Self::Request(Request { parts, line }),
            StartLine::Status(line) => Self::Response(Response { parts, line }),
        }
    }

    /// Takes the index out, for the next message.
    pub(crate) fn into_index(self) -> Vec<Entry> {
        match self {
            Self::Request(request) => request.parts.index,
            Self::Response(response) => response.parts.index,
        }
    }
}

impl Deref for Message {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        match self {
            Self::Request(request) => &request.parts,
            Self::Response(response) => &response.parts,
        }
    }
}

impl Deref for Request {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Deref for Response {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

impl Request {
    /// The method.
    #[must_use]
    pub fn method(&self) -> Method<'_> {
        Method::from_token(self.line.method.of(&self.parts.buffer))
    }

    pub(crate) fn line(&self) -> &RequestLine {
        &self.line
    }

    /// The Request-URI.
    ///
    /// # Errors
    /// When it is no URI under the tolerances of the message; the error's offset counts from
    /// [`uri_offset`](Self::uri_offset).
    pub fn uri(&self) -> Result<UriRef<'_>, UriError> {
        UriRef::parse_with(self.uri_bytes(), self.parts.tolerances.uri(), &mut |_| {})
    }

    /// The Request-URI as it came, good or bad.
    #[must_use]
    pub fn uri_bytes(&self) -> &[u8] {
        self.line.uri.of(&self.parts.buffer)
    }

    /// Where the Request-URI starts, counted from the first byte given to the parser.
    #[must_use]
    pub fn uri_offset(&self) -> usize {
        self.line.uri.start as usize
    }

    /// The SIP version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.line.version
    }
}

impl Response {
    pub(crate) fn line(&self) -> &StatusLine {
        &self.line
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.line.status
    }

    /// The reason phrase as it came, which may be empty and need not be UTF-8.
    #[must_use]
    pub fn reason(&self) -> &[u8] {
        self.line.reason.of(&self.parts.buffer)
    }

    /// The SIP version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.line.version
    }
}

impl Parts {
    /// The whole message, from the start line to the end of the body.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[self.start as usize..self.end as usize]
    }

    /// The whole message as a slice of the buffer it came in.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.buffer.slice(self.start as usize..self.end as usize)
    }

    /// Everything up to the body: start line, header lines, empty line.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.buffer[self.start as usize..self.body as usize]
    }

    /// The start line, its line end included.
    #[must_use]
    pub fn start_line(&self) -> &[u8] {
        let end = self.index.first().map_or(self.empty_line, |entry| entry.name);
        &self.buffer[self.start as usize..end as usize]
    }

    /// The body; empty when there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.buffer[self.body_range()]
    }

    /// The body as a slice of the buffer it came in.
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        self.buffer.slice(self.body_range())
    }

    /// Where the body is, counted from the first byte given to the parser.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.body as usize..self.end as usize
    }

    /// The index of the header lines, whose offsets are into [`source`](Self::source).
    pub(crate) fn index(&self) -> &[Entry] {
        &self.index
    }

    /// The header lines.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::new(&self.buffer, &self.index, self.empty_line, self.tolerances)
    }

    /// Where the head's empty line is, counted from the first byte given to the parser.
    #[must_use]
    pub fn empty_line_offset(&self) -> usize {
        self.empty_line as usize
    }

    /// What was tolerated in finding the lines and the body. Typed values are read later and
    /// have deviations of their own, which [`lint`](crate::lint) collects.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// The tolerances that the message was read under, and its values are.
    #[must_use]
    pub fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    /// Everything that was given to the parser, with line ends before the message and octets
    /// behind it.
    #[must_use]
    pub fn source(&self) -> &Bytes {
        &self.buffer
    }

    /// How many octets behind the body were left out (RFC 3261 §18.3).
    #[must_use]
    pub fn discarded(&self) -> usize {
        self.buffer.len() - self.end as usize
    }
}

/// Two messages are equal when their bytes are.
impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Parts {}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("head", &format_args!("{}", self.head().escape_ascii()))
            .field("body", &self.body().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {:?})", self.method(), self.parts)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {:?})", self.status(), self.parts)
    }
}
