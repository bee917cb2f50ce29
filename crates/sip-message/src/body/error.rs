//! What is wrong with a multipart body, and where.

use core::fmt;

use crate::{ParseErrorKind, ValueErrorKind};

/// Why a multipart body was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MultipartErrorKind {
    /// The Content-Type cannot be read.
    ContentType(ValueErrorKind),
    /// The Content-Type is not `multipart/*`.
    NotMultipart,
    /// The body is encoded (Content-Encoding, or a Content-Transfer-Encoding that changes the
    /// octets): it must be decoded before it can be taken apart.
    Encoded,
    /// The Content-Type has no boundary.
    MissingBoundary,
    /// The Content-Type has two boundaries that differ.
    BoundaryConflict,
    /// The boundary is empty or has more than 70 characters.
    BoundaryLength,
    /// The boundary has a character that it must not have.
    BoundaryCharacter,
    /// There is no delimiter line: no part starts.
    NoDelimiter,
    /// The closing delimiter comes first: there is no part.
    NoParts,
    /// The body ends before the closing delimiter.
    Unclosed,
    /// The lines around the parts end in LF alone, where that is not tolerated.
    BareLf,
    /// A line of a part starts with the boundary and goes on, where that is not tolerated.
    BoundaryPrefix,
    /// A delimiter directly behind another, where that is not tolerated.
    AdjacentDelimiters,
    /// The head of a part cannot be read.
    PartHead(ParseErrorKind),
    /// There are more parts than [`MultipartLimits::parts`](crate::MultipartLimits::parts).
    TooManyParts,
    /// Multiparts are nested deeper than
    /// [`MultipartLimits::depth`](crate::MultipartLimits::depth).
    TooDeep,
    /// The body has 4 GiB or more.
    TooLong,
}

/// Why a multipart body was refused, and where. `{:#}` prints it without the place and the
/// section.
///
/// ```
/// use sip_message::{Message, MultipartErrorKind};
/// let message = Message::parse(&b"MESSAGE sip:bob@biloxi.example SIP/2.0\r\n\
///     Content-Type: multipart/mixed;boundary=b\r\n\r\n\
///     --b\r\n\r\nHello"[..])?;
/// let error = message.multipart().unwrap().unwrap_err();
/// assert_eq!(error.kind(), MultipartErrorKind::Unclosed);
/// assert_eq!(error.offset(), 96); // in the message
/// assert_eq!(error.body_offset(), Some(12)); // in the body
/// assert_eq!(
///     error.to_string(),
///     "expected the closing delimiter at byte 96 (RFC 2046 §5.1.1)",
/// );
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultipartError {
    kind: MultipartErrorKind,
    offset: u32,
    body: u32,
}

impl MultipartError {
    #[cold]
    pub(crate) fn new(kind: MultipartErrorKind, offset: usize, body: usize) -> Self {
        use crate::index::narrow;
        Self { kind, offset: narrow(offset), body: narrow(body) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> MultipartErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the first byte that was given to the parser: in
    /// the message for [`Parts::multipart`](crate::Parts::multipart), in the body for
    /// [`Multipart::parse`](crate::Multipart::parse).
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The byte where it is wrong, counted from the first byte of the outermost body; `None` when
    /// it is in the head of the message.
    #[must_use]
    pub fn body_offset(&self) -> Option<usize> {
        self.offset.checked_sub(self.body).map(|offset| offset as usize)
    }

    /// The section that the body breaks.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        use MultipartErrorKind as K;
        match self.kind {
            K::ContentType(_) => "RFC 3261 §20.15",
            K::NotMultipart => "RFC 2046 §5.1",
            K::Encoded => "RFC 2045 §6.4",
            K::MissingBoundary
            | K::BoundaryConflict
            | K::BoundaryLength
            | K::BoundaryCharacter
            | K::NoDelimiter
            | K::NoParts
            | K::Unclosed
            | K::BareLf
            | K::BoundaryPrefix
            | K::AdjacentDelimiters => "RFC 2046 §5.1.1",
            K::PartHead(_) => "RFC 2046 §5.1",
            K::TooManyParts | K::TooDeep | K::TooLong => "RFC 3261 §21.5.7",
        }
    }
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let MultipartErrorKind::PartHead(kind) = self.kind {
            write!(f, "in the head of a part: {}", kind.describe())?;
        } else {
            f.write_str(self.kind.describe())?;
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {} ({})", self.offset, self.rfc())
    }
}

impl core::error::Error for MultipartError {}

impl MultipartErrorKind {
    /// The error in words, without its place.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::ContentType(_) => "the Content-Type cannot be read",
            Self::NotMultipart => "the Content-Type is not multipart",
            Self::Encoded => "the multipart is encoded and must be decoded first",
            Self::MissingBoundary => "expected a boundary parameter",
            Self::BoundaryConflict => "the boundary is there twice and differs",
            Self::BoundaryLength => "expected a boundary of 1 to 70 characters",
            Self::BoundaryCharacter => "a character that no boundary may have",
            Self::NoDelimiter => "expected a delimiter line",
            Self::NoParts => "a multipart without parts",
            Self::Unclosed => "expected the closing delimiter",
            Self::BareLf => "a line feed without a carriage return",
            Self::BoundaryPrefix => "a line of a part that starts with the boundary",
            Self::AdjacentDelimiters => "expected a part between two delimiters",
            Self::PartHead(kind) => kind.describe(),
            Self::TooManyParts => "the body has more parts than the limit",
            Self::TooDeep => "multiparts are nested deeper than the limit",
            Self::TooLong => "the body is longer than can be addressed",
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ContentType(_) => "content-type",
            Self::NotMultipart => "not-multipart",
            Self::Encoded => "encoded",
            Self::MissingBoundary => "missing-boundary",
            Self::BoundaryConflict => "boundary-conflict",
            Self::BoundaryLength => "boundary-length",
            Self::BoundaryCharacter => "boundary-character",
            Self::NoDelimiter => "no-delimiter",
            Self::NoParts => "no-parts",
            Self::Unclosed => "unclosed",
            Self::BareLf => "bare-lf",
            Self::BoundaryPrefix => "boundary-prefix",
            Self::AdjacentDelimiters => "adjacent-delimiters",
            Self::PartHead(_) => "part-head",
            Self::TooManyParts => "too-many-parts",
            Self::TooDeep => "too-deep",
            Self::TooLong => "too-long",
        }
    }
}
