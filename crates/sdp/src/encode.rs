//! Writing values (RFC 8866 §9): what a description is edited and built with.
//!
//! A value is written through a [`ValueWriter`], which takes no CR, LF or NUL whoever writes: a
//! value cannot end its line, and so nothing can be smuggled in by one.

use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::input::is_token;
use crate::{ValueError, ValueErrorKind};

/// Something that can be written as a value: of an attribute, or of a line.
///
/// Every view of [`value`](crate::value) is. So are numbers, and text: `&str`, `String`, `&[u8]`,
/// `format_args!`.
///
/// ```
/// use sdp::encode::{Encode, EncodeErrorKind};
/// assert_eq!("98 H264/90000".to_value().unwrap(), b"98 H264/90000");
/// let error = "x\r\na=sendonly".to_value().unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (EncodeErrorKind::LineEnd, 1));
/// ```
pub trait Encode {
    /// Writes the value.
    ///
    /// # Errors
    /// When it cannot stand in a line. What was written before the error is dropped.
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError>;

    /// The value alone.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    fn to_value(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        ValueWriter::new(&mut out).value(self)?;
        Ok(out)
    }
}

/// Takes the pieces of a value and refuses what would end its line.
#[derive(Debug)]
pub struct ValueWriter<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl<'o> ValueWriter<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start }
    }

    /// Writes a whole value, or nothing of it.
    pub(crate) fn value(&mut self, value: &(impl Encode + ?Sized)) -> Result<(), EncodeError> {
        let start = self.out.len();
        value.encode(self).inspect_err(|_| self.out.truncate(start))
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// When there is a CR, LF or NUL in it.
    pub fn text(&mut self, text: &[u8]) -> Result<(), EncodeError> {
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, text) {
            let kind = if text[at] == 0 { EncodeErrorKind::Nul } else { EncodeErrorKind::LineEnd };
            return Err(EncodeError::new(kind, self.len() + at));
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Writes a `token` (RFC 8866 §9).
    ///
    /// # Errors
    /// When it is none.
    pub fn token(&mut self, token: &str) -> Result<(), EncodeError> {
        let bad = match token.bytes().position(|byte| !is_token(byte)) {
            None if token.is_empty() => 0,
            None => {
                self.out.extend_from_slice(token.as_bytes());
                return Ok(());
            }
            Some(bad) => bad,
        };
        Err(EncodeError::new(EncodeErrorKind::Token, self.len() + bad))
    }

    /// Writes what formats itself.
    ///
    /// # Errors
    /// When there is a CR, LF or NUL in it, or it fails to format itself.
    pub fn display(&mut self, value: impl fmt::Display) -> Result<(), EncodeError> {
        let mut checked = Checked { writer: self, error: None };
        let written = write!(checked, "{value}");
        match (checked.error, written) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(()),
            (None, Err(fmt::Error)) => Err(EncodeError::new(EncodeErrorKind::Format, self.len())),
        }
    }

    fn len(&self) -> usize {
        self.out.len() - self.start
    }
}

struct Checked<'w, 'o> {
    writer: &'w mut ValueWriter<'o>,
    error: Option<EncodeError>,
}

impl Write for Checked<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.writer.text(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

impl<E: Encode + ?Sized> Encode for &E {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        (**self).encode(out)
    }
}

impl Encode for [u8] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

impl<const N: usize> Encode for [u8; N] {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self)
    }
}

/// Makes types that have a [`Display`](fmt::Display) write themselves by it.
macro_rules! encode_by_display {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::encode::Encode for $type {
            fn encode(
                &self,
                out: &mut $crate::encode::ValueWriter<'_>,
            ) -> Result<(), $crate::encode::EncodeError> {
                out.display(self)
            }
        })+
    };
}
pub(crate) use encode_by_display;

encode_by_display!(str, alloc::string::String, fmt::Arguments<'_>, u8, u16, u32, u64);

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
    /// The text is not a value of the attribute or line.
    Value(ValueErrorKind),
    /// It could not be formatted.
    Format,
}

/// Why a value cannot be written, and where it is wrong. `{:#}` prints it without the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    kind: EncodeErrorKind,
    offset: u32,
    /// What the grammar wants, when the text is no value.
    expected: Option<ValueError>,
}

impl EncodeError {
    #[cold]
    pub(crate) fn new(kind: EncodeErrorKind, offset: usize) -> Self {
        Self { kind, offset: crate::index::narrow(offset), expected: None }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> EncodeErrorKind {
        self.kind
    }

    /// The byte where it is wrong, counted from the start of the value.
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

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.expected) {
            (_, Some(error)) => write!(f, "expected {}", error.expected())?,
            (EncodeErrorKind::LineEnd, _) => f.write_str("a line end in a value")?,
            (EncodeErrorKind::Nul, _) => f.write_str("a NUL in a value")?,
            (EncodeErrorKind::Token, _) => f.write_str("expected a token")?,
            (EncodeErrorKind::Value(_), None) => f.write_str("expected a value of the line")?,
            (EncodeErrorKind::Format, _) => f.write_str("a value that formats itself failed")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for EncodeError {}
