//! Writing header values (RFC 3261 §7.3.1, §25.1): what a message is edited and built with.
//!
//! A value is written through a [`ValueWriter`], which takes no CR, LF or NUL whoever writes: a
//! value can end neither its line nor the head, and so nothing can be smuggled in by one.

use alloc::vec::Vec;
use core::fmt;

use crate::{class, vector};

mod error;
mod name_addr;
mod params;
mod plain;
mod prepared;
mod text;
mod via;
mod views;

pub use error::{BuildError, BuildErrorKind, EncodeError, EncodeErrorKind};
pub use name_addr::NameAddrBuilder;
pub use prepared::Prepared;
pub(crate) use text::Text;
pub use via::{BranchedVia, PreparedVia, ViaBuilder};

/// Something that can be written as the value of a header line.
///
/// Every view of [`value`](crate::value) is, and is written as it came but for its folds, each of
/// which is made a single space: folding is never produced. So are numbers, [`Method`]s, URIs, the
/// builders of this module, and text: `&str`, `String`, `&[u8]`, `Bytes`, `format_args!`. A slice,
/// array or `Vec` of values is a list with commas.
///
/// ```
/// use sip_message::encode::{Encode, EncodeErrorKind};
/// assert_eq!(["100rel", "timer"].to_value().unwrap(), b"100rel, timer");
/// let error = "hello\r\nEvil: yes".to_value().unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (EncodeErrorKind::LineEnd, 5));
/// ```
///
/// A type of your own writes itself piece by piece:
///
/// ```
/// use sip_message::encode::{Encode, EncodeError, ValueWriter};
///
/// struct Trunk<'a> { group: &'a str, load: u32 }
/// impl Encode for Trunk<'_> {
///     fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
///         out.token(self.group)?;
///         out.text(b";load=")?;
///         out.number(self.load);
///         Ok(())
///     }
/// }
/// assert_eq!(Trunk { group: "tg-7", load: 12 }.to_value().unwrap(), b"tg-7;load=12");
/// assert!(Trunk { group: "tg 7", load: 12 }.to_value().is_err());
/// ```
///
/// [`Method`]: crate::Method
pub trait Encode {
    /// Writes the value.
    ///
    /// # Errors
    /// When it cannot stand in a header line. What was written before the error is dropped.
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError>;

    /// What the value is known to be, so that it need not be read to be sure.
    #[doc(hidden)]
    fn sort(&self) -> Sort {
        Sort::Any
    }

    /// The value alone, without white space around it.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    fn to_value(&self) -> Result<Vec<u8>, EncodeError> {
        let mut text = Text::new();
        let value = text.value(self)?;
        Ok(text.get(value).to_vec())
    }
}

/// What a value that was built is known to be.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Anything, text for one: it has to be read.
    Any,
    /// A [`ViaBuilder`]'s.
    Via,
    /// A [`NameAddrBuilder`]'s: an address in `<` and `>`.
    Address,
    /// A [`Prepared`] value of the header with this row.
    Row(u8),
}

/// Takes the pieces of a header value and refuses what would end its line.
#[derive(Debug)]
pub struct ValueWriter<'o> {
    text: &'o mut Text,
    /// Where the value starts in `text`.
    start: usize,
}

impl ValueWriter<'_> {
    /// Writes text as it is.
    ///
    /// # Errors
    /// When there is a CR, LF or NUL in it.
    pub fn text(&mut self, text: &[u8]) -> Result<(), EncodeError> {
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, text) {
            return Err(self.refuse(EncodeErrorKind::of_byte(text[at]), at));
        }
        self.text.extend(text);
        Ok(())
    }

    /// Writes a `token` (RFC 3261 §25.1).
    ///
    /// # Errors
    /// When it is none.
    pub fn token(&mut self, token: &str) -> Result<(), EncodeError> {
        check_token(token).map_err(|error| self.refuse(error.kind(), error.offset()))?;
        self.text.extend(token.as_bytes());
        Ok(())
    }

    /// Writes a `quoted-string` (RFC 3261 §25.1) that means `text`: quotes, backslashes and
    /// controls get a backslash.
    ///
    /// # Errors
    /// When there is a CR, LF or NUL in it.
    pub fn quoted(&mut self, text: &str) -> Result<(), EncodeError> {
        let text = text.as_bytes();
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, text) {
            return Err(self.refuse(EncodeErrorKind::of_byte(text[at]), at));
        }
        self.text.extend(b"\"");
        for &byte in text {
            if !class::is(byte, class::QDTEXT) {
                self.text.extend(b"\\");
            }
            self.text.extend(&[byte]);
        }
        self.text.extend(b"\"");
        Ok(())
    }

    /// Writes a number.
    pub fn number(&mut self, number: u32) {
        let mut digits = [0; 10];
        let mut at = digits.len();
        let mut left = number;
        loop {
            at -= 1;
            // A remainder of ten is a digit.
            digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
            left /= 10;
            if left == 0 {
                break;
            }
        }
        self.text.extend(&digits[at..]);
    }

    /// Writes a value that a writer has let through before.
    pub(crate) fn checked(&mut self, value: &[u8]) {
        debug_assert!(memchr::memchr2(b'\r', b'\n', value).is_none());
        self.text.extend(value);
    }

    /// Writes what was checked to be free of CR, LF and NUL.
    pub(crate) fn plain(&mut self, text: &[u8]) {
        debug_assert!(memchr::memchr3(b'\r', b'\n', 0, text).is_none());
        self.text.extend(text);
    }

    /// Writes a part of a message as it came, each fold made a single space. A NUL may be there
    /// behind the backslash of a quoted pair (RFC 4475 §3.1.1.2) and nowhere else.
    pub(crate) fn view(&mut self, text: &[u8]) -> Result<(), EncodeError> {
        if memchr::memchr3(b'\r', b'\n', 0, text).is_none() {
            self.text.extend(text);
            return Ok(());
        }
        self.odd_view(text)
    }

    #[cold]
    fn odd_view(&mut self, text: &[u8]) -> Result<(), EncodeError> {
        let text = crate::text::unfold(text);
        let mut escaped = false;
        for (at, &byte) in text.iter().enumerate() {
            if byte == 0 && !escaped {
                return Err(self.refuse(EncodeErrorKind::Nul, at));
            }
            escaped = byte == b'\\' && !escaped;
        }
        self.text.extend(&text);
        Ok(())
    }

    /// The error of a piece that would be written here, at its byte `at`.
    #[cold]
    fn refuse(&self, kind: EncodeErrorKind, at: usize) -> EncodeError {
        EncodeError::new(kind, self.text.len() - self.start + at)
    }
}

/// `format_args!` and `write!` go through the same check.
impl fmt::Write for ValueWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Whether `token` is one.
pub(crate) fn check_token(token: &str) -> Result<(), EncodeError> {
    let end = class::run(token.as_bytes(), 0, class::TOKEN);
    match token.as_bytes().get(end) {
        None if end > 0 => Ok(()),
        None => Err(EncodeError::new(EncodeErrorKind::Token, 0)),
        Some(byte) => Err(EncodeError::new(EncodeErrorKind::of_byte(*byte), end)),
    }
}

/// Whether `uri` can stand in a start line and in angle brackets.
pub(crate) fn check_uri(uri: &[u8]) -> Result<(), EncodeError> {
    let bad = |b: u8| b <= b' ' || matches!(b, b'<' | b'>' | b'"' | 0x7f);
    let at = vector::find(
        uri,
        0,
        |bytes| {
            let blank = vector::up_to(bytes, b' ') | vector::equal(bytes, 0x7f);
            let angle = vector::equal(bytes, b'<') | vector::equal(bytes, b'>');
            blank | angle | vector::equal(bytes, b'"')
        },
        bad,
    );
    match Some(at).filter(|at| *at < uri.len()) {
        None if !uri.is_empty() => Ok(()),
        None => Err(EncodeError::new(EncodeErrorKind::UriText, 0)),
        Some(at) => match EncodeErrorKind::of_byte(uri[at]) {
            EncodeErrorKind::Token => Err(EncodeError::new(EncodeErrorKind::UriText, at)),
            kind => Err(EncodeError::new(kind, at)),
        },
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// Sixteen bytes at a time or one by one, the first byte that ends a URI is found.
    #[test]
    fn what_would_end_a_uri_is_found_wherever_it_is() {
        for len in 1..40 {
            for at in 0..len {
                for byte in 0..=255_u8 {
                    let mut uri = vec![b'x'; len];
                    uri[at] = byte;
                    let kind = match byte {
                        b'\r' | b'\n' => Some(EncodeErrorKind::LineEnd),
                        0 => Some(EncodeErrorKind::Nul),
                        0..=b' ' | b'<' | b'>' | b'"' | 0x7f => Some(EncodeErrorKind::UriText),
                        _ => None,
                    };
                    let found = check_uri(&uri).err().map(|error| (error.kind(), error.offset()));
                    assert_eq!(found, kind.map(|kind| (kind, at)), "{byte} at {at} of {len}");
                }
            }
        }
        assert_eq!(check_uri(b"").unwrap_err().kind(), EncodeErrorKind::UriText);
    }
}
