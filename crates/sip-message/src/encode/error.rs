//! Why a value cannot be written, or a message not be made.

use core::fmt;

use sip_uri::UriError;

use crate::{HeaderError, HeaderErrorKind, HeaderName, ParseError, ValueError, ValueErrorKind};

/// Why a value cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// There is a CR or LF in it.
    LineEnd,
    /// There is a NUL in it.
    Nul,
    /// A part that must be a token is none.
    Token,
    /// A URI is empty, or has white space, quotes or angle brackets in it.
    UriText,
    /// A URI or host cannot be read.
    Uri(UriError),
    /// The text is not a value of the header.
    Value(ValueErrorKind),
    /// It could not be formatted.
    Format,
}

impl EncodeErrorKind {
    /// What is wrong with a byte where a token is wanted.
    pub(super) fn of_byte(byte: u8) -> Self {
        match byte {
            b'\r' | b'\n' => Self::LineEnd,
            0 => Self::Nul,
            _ => Self::Token,
        }
    }
}

/// Why a value cannot be written, and where it is wrong. `{:#}` prints it without the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    kind: EncodeErrorKind,
    offset: u32,
    /// What the grammar wants, when the text is no value of the header.
    expected: Option<ValueError>,
}

impl EncodeError {
    #[cold]
    pub(crate) fn new(kind: EncodeErrorKind, offset: usize) -> Self {
        Self { kind, offset: u32::try_from(offset).unwrap_or(u32::MAX), expected: None }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> EncodeErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the start of the value, or of the part of it that
    /// a builder was given.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }
}

impl From<ValueError> for EncodeError {
    fn from(error: ValueError) -> Self {
        let expected = Some(error);
        Self { expected, ..Self::new(EncodeErrorKind::Value(error.kind()), error.offset()) }
    }
}

impl From<UriError> for EncodeError {
    fn from(error: UriError) -> Self {
        Self::new(EncodeErrorKind::Uri(error), error.offset())
    }
}

impl From<core::convert::Infallible> for EncodeError {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.expected) {
            (_, Some(error)) => write!(f, "{error:#}")?,
            (EncodeErrorKind::Uri(error), _) => write!(f, "bad URI: {error:#}")?,
            (EncodeErrorKind::LineEnd, _) => f.write_str("a line end in a value")?,
            (EncodeErrorKind::Nul, _) => f.write_str("a NUL in a value")?,
            (EncodeErrorKind::Token, _) => f.write_str("expected a token")?,
            (EncodeErrorKind::UriText, _) => {
                f.write_str("expected a URI without white space, quotes and angle brackets")?;
            }
            (EncodeErrorKind::Value(_), None) => f.write_str("expected a value of the header")?,
            (EncodeErrorKind::Format, _) => f.write_str("a value that formats itself failed")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for EncodeError {}

/// Why a message cannot be edited or built so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// A value cannot be written.
    Value(EncodeError),
    /// The Request-URI cannot be written.
    RequestUri(EncodeError),
    /// The reason phrase cannot be written.
    Reason(EncodeError),
    /// A header name is no token, or is too long.
    HeaderName,
    /// A header that may be there once is there already.
    Duplicate,
    /// A header that must be there is not.
    Missing,
    /// From, or To in a response, has no tag.
    NoTag,
    /// CSeq has another method than the request.
    CSeqMethod,
    /// Content-Length is not the length of the body.
    ContentLength,
    /// Nothing answers an ACK.
    AckIsNotAnswered,
    /// An ACK of this kind, and a CANCEL, are for an INVITE.
    NotInvite,
    /// An ACK of this kind is for a final response other than 2xx.
    NotRefused,
    /// The caller's buffer has less room than the message needs.
    NoRoom,
    /// The message would be longer than 4 GiB.
    TooLong,
    /// The message would not be read again as it is.
    Message(ParseError),
}

/// Why a message cannot be edited or built so, and which header is to blame. `{:#}` prints it
/// without the section.
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\r\n"[..]).unwrap();
/// let request = message.as_request().unwrap();
/// let error = request.edit().set(header::MaxForwards, 256).finish().unwrap_err();
/// assert_eq!(error.to_string(), "Max-Forwards: expected a number from 0 to 255 (RFC 3261 §7.3.1)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildError {
    kind: BuildErrorKind,
    header: Option<HeaderName<'static>>,
}

impl BuildError {
    #[cold]
    pub(crate) fn new(kind: BuildErrorKind) -> Self {
        Self { kind, header: None }
    }

    #[cold]
    pub(crate) fn at(kind: BuildErrorKind, header: Option<HeaderName<'static>>) -> Self {
        Self { kind, header }
    }

    /// `error` is about a header with this name.
    #[cold]
    pub(crate) fn of_header(name: HeaderName<'static>, error: HeaderError<'_>) -> Self {
        let kind = match (error.kind(), error.value_error()) {
            (HeaderErrorKind::Value(_), Some(error)) => BuildErrorKind::Value(error.into()),
            _ => BuildErrorKind::Missing,
        };
        Self { kind, header: Some(name) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }

    /// The header that it is about; `None` when it is about none, or about one that the table does
    /// not have.
    #[must_use]
    pub fn header(&self) -> Option<HeaderName<'static>> {
        self.header
    }

    /// The section that asks for it.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        use BuildErrorKind as K;
        match self.kind {
            K::Value(_) | K::HeaderName | K::Duplicate => "RFC 3261 §7.3.1",
            K::RequestUri(_) => "RFC 3261 §7.1",
            K::Reason(_) => "RFC 3261 §7.2",
            K::Missing => "RFC 3261 §8.1.1",
            K::NoTag if self.header == Some(HeaderName::TO) => "RFC 3261 §8.2.6.2",
            K::NoTag => "RFC 3261 §8.1.1.3",
            K::CSeqMethod => "RFC 3261 §8.1.1.5",
            K::ContentLength => "RFC 3261 §20.14",
            K::AckIsNotAnswered => "RFC 3261 §17",
            K::NotInvite => "RFC 3261 §9.1, §17.1.1.3",
            K::NotRefused => "RFC 3261 §17.1.1.3",
            K::NoRoom | K::TooLong => "RFC 3261 §18.1.1",
            K::Message(error) => error.rfc(),
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use BuildErrorKind as K;
        if let Some(name) = self.header {
            write!(f, "{name}: ")?;
        }
        match self.kind {
            K::Value(error) => write!(f, "{error:#}")?,
            K::RequestUri(error) => write!(f, "Request-URI: {error:#}")?,
            K::Reason(error) => write!(f, "reason phrase: {error:#}")?,
            K::Message(error) => write!(f, "{error:#}")?,
            K::HeaderName => f.write_str("expected a header name")?,
            K::Duplicate => f.write_str("is there already")?,
            K::Missing => f.write_str("is missing")?,
            K::NoTag => f.write_str("has no tag")?,
            K::CSeqMethod => f.write_str("has another method than the request")?,
            K::ContentLength => f.write_str("is not the length of the body")?,
            K::AckIsNotAnswered => f.write_str("an ACK is not answered")?,
            K::NotInvite => f.write_str("the request is no INVITE")?,
            K::NotRefused => f.write_str("the response is not final, or is 2xx")?,
            K::NoRoom => f.write_str("the buffer is too small for the message")?,
            K::TooLong => f.write_str("the message is too long")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl core::error::Error for BuildError {}
