//! What is wrong with a message or a value, and where.

use core::fmt;

use sip_uri::UriError;

use crate::{HeaderName, Limit, StatusCode};

/// Why a message was refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// There is no message: nothing, or line ends only.
    Empty,
    /// The bytes end inside the head.
    UnexpectedEnd,
    /// A carriage return that no line feed follows.
    BareCr,
    /// A line feed without its carriage return, where that is not tolerated.
    BareLf,
    /// The start line is neither a Request-Line nor a Status-Line.
    StartLine,
    /// The method is no token.
    Method,
    /// The Request-URI is missing or has white space in it.
    RequestUri,
    /// There is no SIP-Version where one must be.
    Version,
    /// The status code is not three digits from 100 to 699.
    StatusCode,
    /// Spaces in the start line that do not belong there.
    StartLineSpace,
    /// A line that starts with white space but continues no header.
    LeadingSpace,
    /// A header line without a colon.
    MissingColon,
    /// A header name that is no token.
    HeaderName,
    /// Content-Length is no number, or one that no message can have.
    ContentLength,
    /// Content-Length stands there twice with different values, or twice at all when that is not
    /// tolerated.
    ContentLengthConflict,
    /// A message on a stream has no Content-Length.
    ContentLengthMissing,
    /// The datagram ends before the body does.
    ShortBody,
    /// The message goes beyond one of the [`Limits`](crate::Limits).
    LimitExceeded(Limit),
}

/// Why a message was refused, where, and what may be answered. `{:#}` prints it without the place
/// and the section.
///
/// ```
/// use sip_message::{Message, ParseErrorKind};
/// let error = Message::parse(&b"OPTIONS sip:a@b SIP/2.0\r\nVia SIP/2.0/UDP h\r\n\r\n"[..]).unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::MissingColon);
/// assert_eq!(error.offset(), 29); // the `S`, where the colon should be
/// assert_eq!(error.status().map(|s| s.code()), Some(400));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    kind: ParseErrorKind,
    offset: u32,
    request: bool,
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, offset: usize, request: bool) -> Self {
        Self { kind, offset: crate::index::narrow(offset), request }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the first byte that was given to the parser (in a
    /// stream: from the first byte of this message).
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The status that a server answers with, when the start line says that this is a request;
    /// `None` means that there is nothing to answer: drop it.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        if !self.request {
            return None;
        }
        Some(match self.kind {
            ParseErrorKind::LimitExceeded(Limit::StartLine) => StatusCode::URI_TOO_LONG,
            ParseErrorKind::LimitExceeded(_) => StatusCode::MESSAGE_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        })
    }

    /// The section that the message breaks.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        use ParseErrorKind as K;
        match self.kind {
            K::Empty | K::UnexpectedEnd | K::BareCr | K::BareLf => "RFC 3261 §7",
            K::StartLine | K::Method | K::RequestUri | K::StartLineSpace => "RFC 3261 §7.1",
            K::Version => "RFC 3261 §7.1",
            K::StatusCode => "RFC 3261 §7.2",
            K::LeadingSpace | K::MissingColon | K::HeaderName => "RFC 3261 §7.3.1",
            K::ContentLength | K::ContentLengthConflict => "RFC 3261 §20.14",
            K::ContentLengthMissing | K::ShortBody => "RFC 3261 §18.3",
            K::LimitExceeded(_) => "RFC 3261 §21.5.7",
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.describe())?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {} ({})", self.offset, self.rfc())
    }
}

impl core::error::Error for ParseError {}

impl ParseErrorKind {
    /// The error in words, without its place.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Empty => "there is no message",
            Self::UnexpectedEnd => "the message ends inside its head",
            Self::BareCr => "a carriage return without a line feed",
            Self::BareLf => "a line feed without a carriage return",
            Self::StartLine => "expected a request line or a status line",
            Self::Method => "expected a method",
            Self::RequestUri => "expected a Request-URI without white space",
            Self::Version => "expected a SIP version",
            Self::StatusCode => "expected a status code from 100 to 699",
            Self::StartLineSpace => "expected a single space between the parts of the start line",
            Self::LeadingSpace => "white space before the first header",
            Self::MissingColon => "expected a colon in the header line",
            Self::HeaderName => "expected a header name",
            Self::ContentLength => "expected Content-Length to be a number that a message can have",
            Self::ContentLengthConflict => "Content-Length is there twice",
            Self::ContentLengthMissing => "a message on a stream needs a Content-Length",
            Self::ShortBody => "the body is shorter than Content-Length says",
            Self::LimitExceeded(limit) => limit.describe(),
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnexpectedEnd => "unexpected-end",
            Self::BareCr => "bare-cr",
            Self::BareLf => "bare-lf",
            Self::StartLine => "start-line",
            Self::Method => "method",
            Self::RequestUri => "request-uri",
            Self::Version => "version",
            Self::StatusCode => "status-code",
            Self::StartLineSpace => "start-line-space",
            Self::LeadingSpace => "leading-space",
            Self::MissingColon => "missing-colon",
            Self::HeaderName => "header-name",
            Self::ContentLength => "content-length",
            Self::ContentLengthConflict => "content-length-conflict",
            Self::ContentLengthMissing => "content-length-missing",
            Self::ShortBody => "short-body",
            Self::LimitExceeded(_) => "limit-exceeded",
        }
    }
}

/// What is wrong with a header value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueErrorKind {
    /// The value, or a part of it, is not there.
    UnexpectedEnd,
    /// A byte that the grammar does not have there.
    UnexpectedByte,
    /// A quoted string without its closing quote.
    UnterminatedQuote,
    /// A `<` without its `>`.
    UnterminatedAngle,
    /// A comment without its closing parenthesis.
    UnterminatedComment,
    /// A number beyond its range.
    NumberOutOfRange,
    /// A line end that continues no value.
    LineEnd,
    /// Something that only a tolerance which is off would let through.
    NotTolerated(crate::Rule),
    /// The URI in it is wrong.
    Uri(UriError),
}

/// Why a header value could not be read: what was expected, and where. `{:#}` prints it without the
/// place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueError {
    kind: ValueErrorKind,
    offset: u32,
    expected: &'static str,
}

impl ValueError {
    #[cold]
    pub(crate) fn new(kind: ValueErrorKind, offset: usize, expected: &'static str) -> Self {
        Self { kind, offset: crate::index::narrow(offset), expected }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ValueErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the start of the value that was given.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// What the grammar wants at that place.
    #[must_use]
    pub fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ValueErrorKind::Uri(error) => write!(f, "bad URI: {error:#}")?,
            ValueErrorKind::UnterminatedQuote => f.write_str("quoted string without its end")?,
            ValueErrorKind::UnterminatedAngle => f.write_str("`<` without its `>`")?,
            ValueErrorKind::UnterminatedComment => f.write_str("comment without its end")?,
            ValueErrorKind::LineEnd => f.write_str("a line end inside a value")?,
            ValueErrorKind::NumberOutOfRange => write!(f, "expected {}", self.expected)?,
            ValueErrorKind::NotTolerated(rule) => {
                write!(f, "expected {} ({rule} is not tolerated)", self.expected)?;
            }
            ValueErrorKind::UnexpectedEnd | ValueErrorKind::UnexpectedByte => {
                write!(f, "expected {}", self.expected)?;
            }
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for ValueError {}

/// What is wrong with a header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderErrorKind {
    /// The message does not have the header.
    Missing,
    /// Its value cannot be read.
    Value(ValueErrorKind),
}

/// Why a header of a message could not be had. `{:#}` prints it without the place and the section.
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"SIP/2.0 200 OK\r\nCSeq: x INVITE\r\n\r\n"[..]).unwrap();
/// let error = message.headers().require(header::CSeq).unwrap_err();
/// assert_eq!(error.offset(), Some(22)); // the `x`
/// assert_eq!(error.to_string(), "CSeq: expected a sequence number at byte 22 (RFC 3261 §20.16)");
/// let error = message.headers().require(header::Via).unwrap_err();
/// assert_eq!(error.to_string(), "Via is missing (RFC 3261 §20.42)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderError<'a> {
    name: HeaderName<'a>,
    rfc: &'static str,
    error: Option<ValueError>,
}

impl<'a> HeaderError<'a> {
    /// The same error, which borrows nothing if the table has the header.
    pub(crate) fn of_table(self) -> Option<HeaderError<'static>> {
        Some(HeaderError { name: self.name.of_table()?, rfc: self.rfc, error: self.error })
    }

    pub(crate) fn missing(name: HeaderName<'a>, rfc: &'static str) -> Self {
        Self { name, rfc, error: None }
    }

    /// `error` counts from the start of the value, which is at `base` of the message.
    pub(crate) fn value(
        name: HeaderName<'a>,
        rfc: &'static str,
        base: u32,
        error: ValueError,
    ) -> Self {
        let error = ValueError { offset: error.offset.saturating_add(base), ..error };
        Self { name, rfc, error: Some(error) }
    }

    /// The header.
    #[must_use]
    pub fn name(&self) -> HeaderName<'a> {
        self.name
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> HeaderErrorKind {
        self.error.map_or(HeaderErrorKind::Missing, |error| HeaderErrorKind::Value(error.kind))
    }

    /// The byte where it is wrong, counted from the first byte that was given to the parser;
    /// `None` when the header is missing.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.error.map(|error| error.offset())
    }

    /// The section that defines the header.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        self.rfc
    }

    /// The error in words, without the header's name and section.
    #[must_use]
    pub fn value_error(&self) -> Option<ValueError> {
        self.error
    }
}

impl fmt::Display for HeaderError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            None => write!(f, "{} is missing", self.name)?,
            Some(error) if f.alternate() => write!(f, "{}: {error:#}", self.name)?,
            Some(error) => write!(f, "{}: {error}", self.name)?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc)
    }
}

impl core::error::Error for HeaderError<'_> {}
