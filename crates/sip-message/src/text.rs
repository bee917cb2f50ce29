//! Text as it stands in a value, and what it means: escapes and folds resolved.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// A checked run of ASCII characters as `&str`.
#[inline(always)]
pub(crate) fn token_str(token: &[u8]) -> &str {
    match core::str::from_utf8(token) {
        Ok(text) => text,
        Err(_) => not_checked(),
    }
}

#[cold]
#[inline(never)]
fn not_checked() -> ! {
    unreachable!("tokens, hosts and numbers were checked to be ASCII when they were read")
}

/// What stands between the quotes of a quoted string, backslashes and folds resolved.
pub(crate) fn unquote(inner: &[u8]) -> Cow<'_, [u8]> {
    resolve(inner, true)
}

/// Text with every fold made a single space (RFC 3261 §7.3.1).
pub(crate) fn unfold(text: &[u8]) -> Cow<'_, [u8]> {
    resolve(text, false)
}

/// Words with one space between them, whatever white space there was.
pub(crate) fn one_space(words: &[u8]) -> Cow<'_, [u8]> {
    let white = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let plain = |pair: &[u8]| !white(&pair[0]) || (pair[0] == b' ' && !white(&pair[1]));
    if words.windows(2).all(plain) {
        return Cow::Borrowed(words);
    }
    let words: Vec<_> = words.split(white).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(&b' '))
}

fn resolve(text: &[u8], escapes: bool) -> Cow<'_, [u8]> {
    let special = |b: &u8| matches!(b, b'\r' | b'\n') || (escapes && *b == b'\\');
    if !text.iter().any(special) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if escapes && at + 1 < text.len() => {
                out.push(text[at + 1]);
                at += 2;
            }
            b'\r' | b'\n' => {
                // RFC 3261 §7.3.1: the line end and the blanks that start the next line.
                out.push(b' ');
                at += if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
                while matches!(text.get(at), Some(b' ' | b'\t')) {
                    at += 1;
                }
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}
