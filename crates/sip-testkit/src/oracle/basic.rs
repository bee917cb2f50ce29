//! Characters, words and quoted strings: RFC 3261 §25.1 `token`, `word`, `quoted-string`.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::combinator::{consumed, map, recognize};
use nom::multi::many0;
use nom::sequence::{delimited, preceded};

use crate::value::Quoted;

use super::Parsed;
use super::line::{crlf, is_wsp, sws};

/// A character of `token`.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// A character of `word`.
fn is_word(byte: u8) -> bool {
    is_token(byte) || b"()<>:\\\"/[]?{}".contains(&byte)
}

/// `token`.
pub(super) fn token(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(is_token).parse(input)
}

/// `word`.
pub(super) fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(is_word).parse(input)
}

/// `1*DIGIT`.
pub(super) fn digits(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(|byte: u8| byte.is_ascii_digit()).parse(input)
}

/// `UTF8-NONASCII`: a leading byte and as many `UTF8-CONT` as it announces.
pub(super) fn utf8_nonascii(input: &[u8]) -> Parsed<'_, &[u8]> {
    alt((
        sequence(0xC0, 0xDF, 1),
        sequence(0xE0, 0xEF, 2),
        sequence(0xF0, 0xF7, 3),
        sequence(0xF8, 0xFB, 4),
        sequence(0xFC, 0xFD, 5),
    ))
    .parse(input)
}

fn sequence<'a>(
    first: u8,
    last: u8,
    tail: usize,
) -> impl nom::Parser<&'a [u8], Output = &'a [u8], Error = nom::error::Error<&'a [u8]>> {
    recognize((
        take_while_m_n(1, 1, move |byte: u8| (first..=last).contains(&byte)),
        take_while_m_n(tail, tail, |byte: u8| (0x80..=0xBF).contains(&byte)),
    ))
}

/// One element of a quoted string and what it stands for.
enum Piece<'a> {
    Text(&'a [u8]),
    Space,
}

/// `qdtext` without its LWS: `%x21 / %x23-5B / %x5D-7E / UTF8-NONASCII`.
fn qdtext(input: &[u8]) -> Parsed<'_, &[u8]> {
    alt((take_while1(|byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)), utf8_nonascii))
        .parse(input)
}

/// `quoted-pair`, and the byte that it stands for.
fn quoted_pair(input: &[u8]) -> Parsed<'_, &[u8]> {
    let octet = take_while_m_n(1, 1, |byte: u8| byte < 0x80 && byte != b'\r' && byte != b'\n');
    preceded(tag(&b"\\"[..]), octet).parse(input)
}

/// The fold of an LWS inside a quoted string: the break and the blanks after it are one space.
fn fold(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((crlf, take_while1(is_wsp))).parse(input)
}

/// What stands between the quotes.
fn quoted_pieces(input: &[u8]) -> Parsed<'_, Vec<u8>> {
    let piece = alt((
        map(alt((qdtext, quoted_pair, take_while1(is_wsp))), Piece::Text),
        map(fold, |_| Piece::Space),
    ));
    let (rest, pieces) = many0(piece).parse(input)?;
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(bytes) => text.extend_from_slice(bytes),
            Piece::Space => text.push(b' '),
        }
    }
    Ok((rest, text))
}

/// `quoted-string = SWS DQUOTE *(qdtext / quoted-pair ) DQUOTE`.
pub(super) fn quoted_string(input: &[u8]) -> Parsed<'_, Quoted> {
    let inner = map(consumed(quoted_pieces), |(raw, text)| Quoted { raw: raw.to_vec(), text });
    delimited((sws, tag(&b"\""[..])), inner, tag(&b"\""[..])).parse(input)
}

/// What the inside of a quoted string stands for, or nothing if it can't stand between quotes.
pub fn quoted_text(raw: &[u8]) -> Option<Vec<u8>> {
    super::whole(quoted_pieces, raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabets_are_those_of_the_rfc() {
        let token_marks = (0..=255).filter(|&b: &u8| is_token(b) && !b.is_ascii_alphanumeric());
        assert_eq!(token_marks.collect::<Vec<_>>(), b"!%'*+-._`~");
        let word_marks = (0..=255).filter(|&b: &u8| is_word(b) && !is_token(b));
        assert_eq!(word_marks.collect::<Vec<_>>(), br#""()/:<>?[\]{}"#);
    }

    #[test]
    fn quoted_strings_are_decoded() {
        let (rest, quoted) = quoted_string(b" \"J Rosenberg \\\\\\\"\" <").unwrap();
        assert_eq!(rest, b" <");
        assert_eq!(quoted.text, b"J Rosenberg \\\"");
        assert_eq!(quoted_text(b"a\r\n\t b\\\0").unwrap(), b"a b\0");
        assert_eq!(quoted_text(b"").unwrap(), b"");
    }

    #[test]
    fn quoted_strings_refuse_controls_and_broken_utf8() {
        for bad in [&b"\0"[..], b"\x7f", b"a\r\n", b"\\\r", b"\\\x80", b"\x80", b"\xC3", b"\xC3a"] {
            assert_eq!(quoted_text(bad), None, "{bad:?}");
        }
        assert!(quoted_string(b"\"no end").is_err());
        assert!(quoted_string(b"\"no end\\\"").is_err());
    }

    #[test]
    fn a_last_byte_above_ascii_is_no_panic() {
        for byte in 0x80..=0xFF {
            assert!(token(&[byte]).is_err());
            assert!(quoted_string(&[b'"', byte]).is_err());
            assert!(utf8_nonascii(&[byte]).is_err());
        }
    }
}
