//! The normal form of escaped text, for comparison.
//!
//! RFC 3261 §19.1.4: characters outside the `reserved` set of RFC 2396 are equal to their escapes;
//! a reserved character is not. Normalised text is a sequence of symbols: a byte, or a reserved
//! byte that was escaped. It is compared as it is read, without a copy.

use alloc::string::String;
use core::cmp::Ordering;

use crate::class;
use crate::escape::{escaped_byte, push_escape};

/// How a component is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Byte for byte: userinfo.
    Sensitive,
    /// Without ASCII case: everything else.
    Ignored,
}

/// The order of two texts in their normal form.
pub(crate) fn compare(a: &[u8], b: &[u8], case: Case) -> Ordering {
    symbols(a, case).cmp(symbols(b, case))
}

/// The order of two names of parameters or headers.
pub(crate) fn compare_names(a: &str, b: &str) -> Ordering {
    compare(a.as_bytes(), b.as_bytes(), Case::Ignored)
}

/// Whether two texts have the same normal form.
pub(crate) fn same(a: &str, b: &str, case: Case) -> bool {
    a == b || symbols(a.as_bytes(), case).eq(symbols(b.as_bytes(), case))
}

/// Appends the normal form as text, a different one for each sequence of symbols: bytes of the
/// class `plain` stand for themselves, other reserved bytes, which only a tolerance let in, come
/// after a backslash, and everything else is escaped.
pub(crate) fn push(out: &mut String, text: &str, case: Case, plain: u16) {
    for (byte, escaped) in symbols(text.as_bytes(), case) {
        if !escaped && class::is(byte, plain) {
            out.push(char::from(byte));
        } else if !escaped && class::is(byte, class::RESERVED) {
            out.push('\\');
            out.push(char::from(byte));
        } else {
            push_escape(out, byte);
        }
    }
}

/// A byte, and whether it is a reserved one that was escaped.
type Symbol = (u8, bool);

fn symbols(bytes: &[u8], case: Case) -> Symbols<'_> {
    Symbols { bytes, pos: 0, case }
}

struct Symbols<'a> {
    bytes: &'a [u8],
    pos: usize,
    case: Case,
}

impl Iterator for Symbols<'_> {
    type Item = Symbol;

    #[inline]
    fn next(&mut self) -> Option<Symbol> {
        let &raw = self.bytes.get(self.pos)?;
        let escaped = if raw == b'%' { escaped_byte(self.bytes, self.pos) } else { None };
        self.pos += if escaped.is_some() { 3 } else { 1 };
        let byte = escaped.unwrap_or(raw);
        let reserved = escaped.is_some() && class::is(byte, class::RESERVED);
        match self.case {
            Case::Sensitive => Some((byte, reserved)),
            Case::Ignored => Some((byte.to_ascii_lowercase(), reserved)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        let mut out = String::new();
        push(&mut out, text, Case::Ignored, class::PARAM);
        out
    }

    #[test]
    fn an_escape_equals_its_character_unless_reserved() {
        assert!(same("%61b", "ab", Case::Sensitive));
        assert!(same("%23", "#", Case::Sensitive));
        assert!(same("%5b", "[", Case::Sensitive));
        assert!(!same("%3B", ";", Case::Sensitive));
        assert!(same("%3b", "%3B", Case::Sensitive));
        assert!(!same("%41", "a", Case::Sensitive));
        assert!(same("%41", "a", Case::Ignored));
    }

    #[test]
    fn escapes_are_decoded_once() {
        assert!(!same("%2541", "%41", Case::Sensitive));
        assert!(!same("%2541", "A", Case::Sensitive));
    }

    #[test]
    fn texts_differ_where_symbols_do() {
        assert_eq!(key("a%2Fb/C"), "a%2Fb/c");
        assert_eq!(key("%25zz"), "%25zz");
        assert_eq!(key("%zz"), "%25zz");
        assert_eq!(key("a@b"), "a\\@b");
        assert_eq!(key("a%40b"), "a%40b");
    }
}
