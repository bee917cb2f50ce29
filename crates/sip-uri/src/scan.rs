//! Scanning one component: its class, its escapes, and what a tolerance lets through.

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::tolerance::{Context, Rule};

/// What may stand in a component, and what ends it.
pub(crate) struct Field {
    pub(crate) component: Component,
    /// The class of the bytes that may stand there unescaped.
    pub(crate) class: u16,
    /// The delimiters that end it. None of them is in `class` or in `tolerated`.
    pub(crate) stops: &'static [u8],
    /// Whether `escaped` may stand there; where it may not, [`Rule::ParamCharacter`] lets it through.
    pub(crate) escapes: bool,
    /// What else is let through, each under its rule.
    pub(crate) tolerated: &'static [(Rule, &'static [u8])],
}

/// The end of the run of bytes and escapes that belong to `field`: the position of a stop, of a
/// blank, of a quote, of the end, or of another byte that cannot be.
#[inline(always)]
pub(crate) fn run(
    bytes: &[u8],
    mut pos: usize,
    field: &'static Field,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    loop {
        pos = class::skip(bytes, pos, field.class);
        let Some(&byte) = bytes.get(pos) else { return Ok(pos) };
        if field.stops.contains(&byte) {
            return Ok(pos);
        }
        let next = irregular(bytes, pos, field, cx)?;
        if next == pos {
            return Ok(pos);
        }
        pos = next;
    }
}

/// The first `byte` at or behind `pos`.
#[inline(always)]
pub(crate) fn find(bytes: &[u8], mut pos: usize, byte: u8) -> Option<usize> {
    // Compilers turn this into vector instructions where there are some; one at a time costs four
    // instructions a byte, and a library's search more than that on texts as short as these.
    while let Some(chunk) = bytes.get(pos..).and_then(<[u8]>::first_chunk::<16>)
        && !chunk.iter().fold(false, |any, &b| any | (b == byte))
    {
        pos += 16;
    }
    let rest = bytes.get(pos..)?;
    rest.iter().position(|&b| b == byte).map(|len| pos + len)
}

/// The position behind an escape or a tolerated byte at `pos`, or `pos` for neither.
#[inline(never)]
fn irregular(
    bytes: &[u8],
    pos: usize,
    field: &Field,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    match bytes.get(pos).copied() {
        Some(b'%') if is_escape(bytes, pos) => {
            if !field.escapes {
                cx.deviate(Rule::ParamCharacter, field.component, pos, pos + 3)?;
            }
            Ok(pos + 3)
        }
        Some(b'%') => {
            cx.deviate(Rule::BadEscape, field.component, pos, pos + 1)?;
            Ok(pos + 1)
        }
        Some(0x80..) => non_ascii(bytes, pos, field.component, cx),
        Some(byte) => {
            for (rule, set) in field.tolerated {
                if set.contains(&byte) {
                    cx.deviate(*rule, field.component, pos, pos + 1)?;
                    return Ok(pos + 1);
                }
            }
            Ok(pos)
        }
        None => Ok(pos),
    }
}

/// Whether `"%" HEXDIG HEXDIG` stands at `pos`.
#[inline]
pub(crate) fn is_escape(bytes: &[u8], pos: usize) -> bool {
    matches!(bytes.get(pos..pos + 3), Some(&[b'%', high, low])
        if class::is(high, class::HEX) && class::is(low, class::HEX))
}

/// The end of the run of bytes beyond ASCII at `pos`.
///
/// Each such run lies between ASCII bytes, so the text is UTF-8 if and only if all its runs are.
#[cold]
pub(crate) fn non_ascii(
    bytes: &[u8],
    pos: usize,
    component: Component,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let len = bytes[pos..].iter().take_while(|byte| !byte.is_ascii()).count();
    if let Err(error) = core::str::from_utf8(&bytes[pos..pos + len]) {
        let bad = pos + error.valid_up_to();
        return Err(UriError::new(UriErrorKind::InvalidUtf8, component, bad));
    }
    cx.deviate(Rule::NonAscii, component, pos, pos + len)?;
    Ok(pos + len)
}

/// The end of the white space at `pos`, which is `pos` where there is none.
#[cold]
pub(crate) fn blanks(
    bytes: &[u8],
    pos: usize,
    component: Component,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let len = bytes[pos..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if len > 0 {
        cx.deviate(Rule::WhiteSpace, component, pos, pos + len)?;
    }
    Ok(pos + len)
}

/// The error for the byte at `pos`, which cannot stand in `component`.
#[cold]
#[inline(never)]
pub(crate) fn misplaced(bytes: &[u8], pos: usize, component: Component) -> UriError {
    let kind = match bytes.get(pos) {
        None => UriErrorKind::Empty,
        Some(b' ' | b'\t') => UriErrorKind::WhiteSpace,
        Some(0..0x20 | 0x7f) => UriErrorKind::ControlCharacter,
        Some(_) => UriErrorKind::InvalidCharacter,
    };
    UriError::new(kind, component, pos)
}

/// The text of a span that the scanner took.
pub(crate) fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).expect("the scanner takes UTF-8 only and cuts beside ASCII")
}
