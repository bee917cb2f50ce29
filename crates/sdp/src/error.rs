//! What is wrong with a description or a value, and where.

use core::fmt;

use crate::index::{narrow, place};
use crate::{Limit, Line, Rule};

/// Why a description was refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// There is no line at all.
    Empty,
    /// The version is not 0.
    Version,
    /// An `m=` line that cannot be read.
    MediaLine(ValueErrorKind),
    /// Something that only a tolerance which is off would let through.
    NotTolerated(Rule),
    /// The description goes beyond one of the [`Limits`](crate::Limits).
    LimitExceeded(Limit),
}

/// Why a description was refused, and where. `{:#}` prints it without the place and the section.
///
/// ```
/// use sdp::{ParseErrorKind, SessionDescription};
/// let error = SessionDescription::parse(&b"v=0\r\ns=-\r\nt=0 0\r\nm=audio x RTP/AVP 0\r\n"[..]).unwrap_err();
/// assert!(matches!(error.kind(), ParseErrorKind::MediaLine(_)));
/// assert_eq!((error.offset(), error.line(), error.column()), (25, 4, 9));
/// assert_eq!(error.to_string(), "expected a port at line 4 column 9 (RFC 8866 §5.14)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub(crate) kind: ParseErrorKind,
    pub(crate) expected: &'static str,
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(kind: ParseErrorKind, bytes: &[u8], offset: usize) -> Self {
        let (line, column) = place(bytes, offset);
        Self { kind, expected: "", offset: narrow(offset), line, column }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the first byte that was given to the parser.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The line where it is wrong, from 1; blank lines count.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line as usize
    }

    /// The byte of that line where it is wrong, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column as usize
    }

    /// The section that the description breaks.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self.kind {
            ParseErrorKind::Empty | ParseErrorKind::LimitExceeded(_) => "RFC 8866 §5",
            ParseErrorKind::Version => "RFC 8866 §5.1",
            ParseErrorKind::MediaLine(_) => "RFC 8866 §5.14",
            ParseErrorKind::NotTolerated(rule) => rule.rfc(),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ParseErrorKind::MediaLine(_) => write!(f, "expected {}", self.expected)?,
            kind => f.write_str(kind.describe())?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at line {} column {} ({})", self.line, self.column, self.rfc())
    }
}

impl core::error::Error for ParseError {}

impl ParseErrorKind {
    /// The error in words, without its place.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Empty => "there is no description",
            Self::Version => "expected the version 0",
            Self::MediaLine(_) => "the media line cannot be read",
            Self::NotTolerated(rule) => rule.describe(),
            Self::LimitExceeded(limit) => limit.describe(),
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Version => "version",
            Self::MediaLine(_) => "media-line",
            Self::NotTolerated(rule) => rule.name(),
            Self::LimitExceeded(_) => "limit-exceeded",
        }
    }
}

/// What is wrong with the value of a line or an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueErrorKind {
    /// The value, or a part of it, is not there.
    UnexpectedEnd,
    /// A byte that the grammar does not have there.
    UnexpectedByte,
    /// Something that only a tolerance which is off would let through.
    NotTolerated(Rule),
}

/// Why a value could not be read: what was expected, and where. `{:#}` prints it without the
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
        Self { kind, offset: narrow(offset), expected }
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
            ValueErrorKind::NotTolerated(rule) => {
                write!(f, "expected {} ({rule} is not tolerated)", self.expected)?;
            }
            _ => write!(f, "expected {}", self.expected)?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for ValueError {}

/// Why the value of a line of a description could not be had. `{:#}` prints it without the place
/// and the section.
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse(&b"v=0\r\no=- 1 1 IN IP4 host\r\ns=-\r\nc=IN IP4\r\nt=0 0\r\n"[..])?;
/// let error = description.connection().unwrap_err();
/// assert_eq!(error.to_string(), "c=: expected a space at line 4 column 9 (RFC 8866 §5.7)");
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineError {
    pub(crate) name: LineName,
    pub(crate) rfc: &'static str,
    pub(crate) error: Option<ValueError>,
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What a line is called: its letter, or the name of its attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineName {
    /// A line type.
    Type(u8),
    /// An `a=` line with this name.
    Attribute(&'static str),
}

impl fmt::Display for LineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(letter) => write!(f, "{}=", letter.escape_ascii()),
            Self::Attribute(name) => write!(f, "a={name}"),
        }
    }
}

impl LineError {
    /// A line whose value, which starts at `start`, is bad.
    #[cold]
    pub(crate) fn value(
        name: LineName,
        rfc: &'static str,
        line: &Line<'_>,
        start: usize,
        error: ValueError,
    ) -> Self {
        let offset = start + error.offset();
        let column = narrow(offset - line.range().start + 1);
        let line = line.number();
        Self { name, rfc, error: Some(error), offset: narrow(offset), line, column }
    }

    /// A line that must be there and is not.
    pub(crate) fn missing(name: LineName, rfc: &'static str) -> Self {
        Self { name, rfc, error: None, offset: 0, line: 0, column: 0 }
    }

    /// The line.
    #[must_use]
    pub fn name(&self) -> LineName {
        self.name
    }

    /// What is wrong with the value; `None` when the line is missing.
    #[must_use]
    pub fn value_error(&self) -> Option<ValueError> {
        self.error
    }

    /// The byte where it is wrong, counted from the first byte of the description; `None` when the
    /// line is missing.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.error.map(|_| self.offset as usize)
    }

    /// The line where it is wrong, from 1; 0 when it is missing.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line as usize
    }

    /// The byte of that line where it is wrong, from 1; 0 when the line is missing.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column as usize
    }

    /// The section that defines the line.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        self.rfc
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            None => write!(f, "{} is missing", self.name)?,
            Some(error) => write!(f, "{}: {error:#}", self.name)?,
        }
        if f.alternate() {
            return Ok(());
        }
        if self.error.is_some() {
            write!(f, " at line {} column {}", self.line, self.column)?;
        }
        write!(f, " ({})", self.rfc)
    }
}

impl core::error::Error for LineError {}
