//! Text as it stands in a value, and what it means: escapes and folds resolved.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::input::{skip_lws, trim_end};

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
                out.truncate(trim_end(&out, 0, out.len()));
                out.push(b' ');
                at = skip_lws(text, at);
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}
