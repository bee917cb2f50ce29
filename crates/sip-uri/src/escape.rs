//! Percent escapes, `escaped = "%" HEXDIG HEXDIG`, RFC 3261 §19.1.2.
//!
//! Each component has its own set of characters that stand for themselves; everything else is
//! escaped. Decoding is done once and never again: `%2541` is `%41`, not `A`.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};

/// The characters of a component that stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set(u16);

/// The user of a SIP or SIPS URI: `unreserved / user-unreserved`.
pub const USER: Set = Set(class::USER);
/// The password of a SIP or SIPS URI: `unreserved` and `&=+$,`.
pub const PASSWORD: Set = Set(class::PASSWORD);
/// A parameter's name or value, in SIP and `tel` URIs: `param-unreserved / unreserved`.
pub const PARAM: Set = Set(class::PARAM);
/// A header's name or value: `hnv-unreserved / unreserved`.
pub const HEADER: Set = Set(class::HEADER);
/// What follows the colon of another scheme: `reserved / unreserved`.
pub const URIC: Set = Set(class::URIC);
/// Letters, digits and marks only: `unreserved`, which no component needs to escape.
pub const UNRESERVED: Set = Set(class::UNRESERVED);

/// Escapes every byte that is not in `set`. A `%` becomes `%25`: give it text that is not escaped.
///
/// ```
/// use sip_uri::escape;
///
/// assert_eq!(escape::encode(b"j@s0n", escape::USER), "j%40s0n");
/// assert_eq!(escape::encode(b"a;b?c", escape::USER), "a;b?c");
/// ```
#[must_use]
pub fn encode(bytes: &[u8], set: Set) -> Cow<'_, str> {
    let plain = class::skip(bytes, 0, set.0);
    if plain == bytes.len()
        && let Ok(text) = core::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    encode_into(&mut out, bytes, set);
    Cow::Owned(out)
}

/// Appends `bytes` to `out` as [`encode`] writes them.
pub fn encode_into(out: &mut String, bytes: &[u8], set: Set) {
    for &byte in bytes {
        if class::is(byte, set.0) {
            out.push(char::from(byte));
        } else {
            push_escape(out, byte);
        }
    }
}

/// Decodes every escape, once.
///
/// # Errors
///
/// A `%` without two hexadecimal digits behind it, with its offset.
///
/// ```
/// use sip_uri::escape;
///
/// assert_eq!(*escape::decode("name%2541")?, *b"name%41");
/// assert_eq!(escape::decode("100%").unwrap_err().offset(), 3);
/// # Ok::<(), sip_uri::UriError>(())
/// ```
pub fn decode(text: &str) -> Result<Cow<'_, [u8]>, UriError> {
    let bytes = text.as_bytes();
    let mut pos = 0;
    while let Some(percent) = bytes[pos..].iter().position(|byte| *byte == b'%') {
        pos += percent;
        if escaped_byte(bytes, pos).is_none() {
            return Err(UriError::new(UriErrorKind::InvalidEscape, Component::Uri, pos));
        }
        pos += 3;
    }
    Ok(decode_lossless(text))
}

/// Decodes every escape; a `%` that begins none stands for itself, as
/// [`Rule::BadEscape`](crate::Rule::BadEscape) has it.
pub(crate) fn decode_lossless(text: &str) -> Cow<'_, [u8]> {
    decode_lossless_bytes(text.as_bytes())
}

pub(crate) fn decode_lossless_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'%') {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(Decoded { bytes, pos: 0 }.collect())
}

/// The text of a quoted string without the backslashes of its quoted pairs.
pub(crate) fn unquote(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'\\') {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        out.push(if byte == b'\\' { rest.next().copied().unwrap_or(byte) } else { byte });
    }
    Cow::Owned(out)
}

/// The byte that the escape at `pos` stands for.
#[inline]
pub(crate) fn escaped_byte(bytes: &[u8], pos: usize) -> Option<u8> {
    let &[b'%', high, low] = bytes.get(pos..pos + 3)? else { return None };
    Some(hex(high)? << 4 | hex(low)?)
}

/// Whether a raw name is `name`: escapes decoded, case ignored.
#[inline]
pub(crate) fn is_name(raw: &[u8], name: &str) -> bool {
    match raw.len().cmp(&name.len()) {
        Ordering::Less => false,
        Ordering::Equal => raw.eq_ignore_ascii_case(name.as_bytes()),
        Ordering::Greater => {
            let decoded = Decoded { bytes: raw, pos: 0 }.map(|b| b.to_ascii_lowercase());
            raw.contains(&b'%') && decoded.eq(name.bytes().map(|b| b.to_ascii_lowercase()))
        }
    }
}

/// Appends `%XX` in upper case.
pub(crate) fn push_escape(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The bytes of a text with its escapes decoded.
struct Decoded<'a> {
    bytes: &'a [u8],
    pos: usize,
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let &byte = self.bytes.get(self.pos)?;
        if byte == b'%'
            && let Some(escaped) = escaped_byte(self.bytes, self.pos)
        {
            self.pos += 3;
            return Some(escaped);
        }
        self.pos += 1;
        Some(byte)
    }
}
