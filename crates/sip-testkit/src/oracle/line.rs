//! White space and line ends: RFC 3261 §25.1 `LWS`, `SWS`, `CRLF`, `HCOLON`, and the separators.
//!
//! LWS is written by hand. The rule `[*WSP CRLF] 1*WSP` read literally by a parser that does not
//! backtrack takes the blanks of `"a  "` for the start of a fold and then refuses them.

use std::ops::Range;

use nom::Parser as _;
use nom::bytes::complete::{tag, take_while};
use nom::combinator::{opt, recognize};
use nom::error::{Error, ErrorKind};

use super::Parsed;

/// `WSP = SP / HTAB` (RFC 5234).
pub(super) fn is_wsp(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `CRLF`.
pub(super) fn crlf(input: &[u8]) -> Parsed<'_, &[u8]> {
    tag(&b"\r\n"[..]).parse(input)
}

/// How many bytes of linear white space the input starts with: blanks, and line breaks that are
/// followed by a blank.
fn lws_len(input: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += input[at..].iter().take_while(|&&byte| is_wsp(byte)).count();
        match &input[at..] {
            [b'\r', b'\n', next, ..] if is_wsp(*next) => at += 3,
            _ => return at,
        }
    }
}

/// `LWS = [*WSP CRLF] 1*WSP`, once or more.
pub(super) fn lws(input: &[u8]) -> Parsed<'_, &[u8]> {
    match lws_len(input) {
        0 => Err(nom::Err::Error(Error::new(input, ErrorKind::Space))),
        len => Ok((&input[len..], &input[..len])),
    }
}

/// `SWS = [LWS]`.
pub(super) fn sws(input: &[u8]) -> Parsed<'_, &[u8]> {
    let len = lws_len(input);
    Ok((&input[len..], &input[..len]))
}

/// A separator with optional white space on both sides: `SLASH`, `EQUAL`, `COMMA`, `SEMI`,
/// `COLON`, `STAR`.
pub(super) fn separator<'a>(
    byte: &'static [u8],
) -> impl nom::Parser<&'a [u8], Output = &'a [u8], Error = Error<&'a [u8]>> {
    recognize((sws, tag(byte), sws))
}

/// `HCOLON = *( SP / HTAB ) ":" SWS`: no line break before the colon.
pub(super) fn hcolon(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((take_while(is_wsp), tag(&b":"[..]), opt(lws))).parse(input)
}

/// The part of a value between the white space, folds included, on both its sides.
///
/// A value of white space only gives an empty range at its end. Meant for values as the line
/// grammar lets them through, where CR and LF stand in folds only.
pub fn trim_lws(value: &[u8]) -> Range<usize> {
    let blank = |&byte: &u8| is_wsp(byte) || matches!(byte, b'\r' | b'\n');
    let start = value.iter().take_while(|byte| blank(byte)).count();
    let end = value.len() - value[start..].iter().rev().take_while(|byte| blank(byte)).count();
    start..end
}

/// How many bytes of CRLF stand before the start line: RFC 3261 §7.5 says to ignore them.
pub fn leading_crlf(stream: &[u8]) -> usize {
    stream.chunks_exact(2).take_while(|pair| pair == b"\r\n").count() * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lws_takes_folds_and_trailing_blanks() {
        for (input, len) in [
            (&b" "[..], 1),
            (b"\t x", 2),
            (b"\r\n x", 3),
            (b"  \r\n\t x", 6),
            (b"  ", 2),
            (b" \r\n", 1),
            (b" \r\nx", 1),
            (b" \r\n \r\n x", 7),
            (b" \n x", 1),
            (b" \r x", 1),
        ] {
            let (rest, taken) = lws(input).unwrap();
            assert_eq!(taken.len(), len, "{input:?}");
            assert_eq!(rest, &input[len..]);
        }
        for input in [&b""[..], b"x", b"\r\n", b"\r\nx", b"\n ", b"\r "] {
            assert!(lws(input).is_err(), "{input:?}");
            assert_eq!(sws(input).unwrap().1, b"");
        }
    }

    #[test]
    fn hcolon_has_no_line_break_before_the_colon() {
        assert_eq!(hcolon(b" \t: \r\n x").unwrap().0, b"x");
        assert_eq!(hcolon(b":\r\nx").unwrap().0, b"\r\nx");
        assert!(hcolon(b"\r\n : x").is_err());
    }

    #[test]
    fn trimming_leaves_inner_folds() {
        assert_eq!(trim_lws(b" \r\n a\r\n b \r\n "), 4..9);
        assert_eq!(trim_lws(b" \r\n "), 4..4);
        assert_eq!(trim_lws(b""), 0..0);
    }

    #[test]
    fn leading_line_ends_come_in_pairs() {
        assert_eq!(leading_crlf(b"\r\n\r\nINVITE"), 4);
        assert_eq!(leading_crlf(b"\r\r\n"), 0);
        assert_eq!(leading_crlf(b"\r\n\r"), 2);
    }
}
