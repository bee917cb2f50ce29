//! Content-Transfer-Encoding (RFC 2045 §6): what a body part went through on its way, undone.
//!
//! In SIP it should always be `binary` (RFC 5621 §3.2), and now and then is not: signatures come in
//! base64, and texts that were mail before in quoted-printable.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

/// How the octets of a body part are written (RFC 2045 §6.1).
///
/// ```
/// use sip_message::{TransferEncoding, TransferErrorKind};
/// let encoding = TransferEncoding::from_token(b"Quoted-Printable").unwrap();
/// assert_eq!(encoding.decode(b"caf=E9 =\r\nau lait")?, &b"caf\xe9 au lait"[..]);
///
/// assert_eq!(TransferEncoding::Base64.decode(b"SGVs\r\nbG8=")?, &b"Hello"[..]);
/// let error = TransferEncoding::Base64.decode(b"SGVs*G8=").unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (TransferErrorKind::Base64Character, 4));
/// # Ok::<(), sip_message::TransferError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferEncoding {
    /// `7bit`: as they are, lines of ASCII. The default.
    SevenBit,
    /// `8bit`: as they are, in lines.
    EightBit,
    /// `binary`: as they are.
    Binary,
    /// `quoted-printable` (RFC 2045 §6.7).
    QuotedPrintable,
    /// `base64` (RFC 2045 §6.8).
    Base64,
}

impl TransferEncoding {
    /// The encoding with this name, in any case; `None` for one that RFC 2045 does not have.
    #[must_use]
    pub fn from_token(token: &[u8]) -> Option<Self> {
        let all =
            [Self::SevenBit, Self::EightBit, Self::Binary, Self::QuotedPrintable, Self::Base64];
        all.into_iter().find(|known| token.eq_ignore_ascii_case(known.as_str().as_bytes()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    /// The octets that `text` stands for. What `7bit`, `8bit` and `binary` say of it is not looked
    /// into: a body is what it is.
    ///
    /// Line ends and blanks in base64 mean nothing, and no other character may be there; nor may
    /// anything but its padding end it. In quoted-printable, lower-case digits and lines that end
    /// in LF alone are taken, and lines of any length.
    ///
    /// # Errors
    /// When it is not so encoded; the offset counts from the first byte of `text`.
    pub fn decode(self, text: &[u8]) -> Result<Cow<'_, [u8]>, TransferError> {
        match self {
            Self::SevenBit | Self::EightBit | Self::Binary => Ok(Cow::Borrowed(text)),
            Self::QuotedPrintable => quoted_printable(text),
            Self::Base64 => base64(text).map(Cow::Owned),
        }
    }
}

/// What is wrong with an encoded body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransferErrorKind {
    /// The Content-Transfer-Encoding is none that RFC 2045 has.
    Unknown,
    /// There is a second Content-Transfer-Encoding, and it differs.
    Conflict,
    /// A character that base64 does not have.
    Base64Character,
    /// Padding that is missing, stands elsewhere than at the end, or is too much.
    Base64Padding,
    /// A last character with bits that belong to no octet.
    Base64Bits,
    /// An octet that quoted-printable has to write as `=` and two digits: a control character, or
    /// one beyond ASCII.
    QuotedCharacter,
    /// A `=` with neither two hexadecimal digits nor a line end behind it.
    QuotedEscape,
}

/// Why the body of a part could not be decoded, and where. `{:#}` prints it without the place and
/// the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferError {
    kind: TransferErrorKind,
    offset: u32,
}

impl TransferError {
    #[cold]
    pub(super) fn new(kind: TransferErrorKind, offset: usize) -> Self {
        Self { kind, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
    }

    /// The same, of a text that starts at `base`.
    pub(super) fn behind(self, base: u32) -> Self {
        Self { offset: self.offset.saturating_add(base), ..self }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> TransferErrorKind {
        self.kind
    }

    /// The byte where it is wrong: of the text for [`TransferEncoding::decode`], and counted from
    /// the first byte that was given to the parser for
    /// [`Part::decoded_body`](crate::Part::decoded_body).
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The section that it breaks.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        use TransferErrorKind as K;
        match self.kind {
            K::Unknown | K::Conflict => "RFC 2045 §6.1",
            K::Base64Character | K::Base64Padding | K::Base64Bits => "RFC 2045 §6.8",
            K::QuotedCharacter | K::QuotedEscape => "RFC 2045 §6.7",
        }
    }
}

impl TransferErrorKind {
    /// The error in words, without its place.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Unknown => "the Content-Transfer-Encoding is not known",
            Self::Conflict => "the Content-Transfer-Encoding is there twice and differs",
            Self::Base64Character => "a character that base64 does not have",
            Self::Base64Padding => "base64 that is not padded to groups of four",
            Self::Base64Bits => "base64 that ends inside an octet",
            Self::QuotedCharacter => "an octet that quoted-printable must escape",
            Self::QuotedEscape => "expected two hexadecimal digits or a line end behind `=`",
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Conflict => "conflict",
            Self::Base64Character => "base64-character",
            Self::Base64Padding => "base64-padding",
            Self::Base64Bits => "base64-bits",
            Self::QuotedCharacter => "quoted-character",
            Self::QuotedEscape => "quoted-escape",
        }
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.describe())?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {} ({})", self.offset, self.rfc())
    }
}

impl core::error::Error for TransferError {}

/// RFC 2045 §6.8. Groups of four characters are three octets; the last group may have one or two
/// `=` in place of characters.
fn base64(text: &[u8]) -> Result<Vec<u8>, TransferError> {
    use TransferErrorKind as K;
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    // The characters of the group in progress, six bits each, and how many there are.
    let (mut bits, mut held) = (0u32, 0u32);
    let mut padding = 0;
    let mut last = 0;
    for (at, &byte) in text.iter().enumerate() {
        let sextet = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if held >= 2 && held + padding < 4 => {
                padding += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' => return Err(TransferError::new(K::Base64Padding, at)),
            _ => return Err(TransferError::new(K::Base64Character, at)),
        };
        if padding > 0 {
            return Err(TransferError::new(K::Base64Padding, at));
        }
        bits = bits << 6 | u32::from(sextet);
        held += 1;
        last = at;
        if held == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, held) = (0, 0);
        }
    }
    if held == 0 {
        return Ok(out);
    }
    if held + padding != 4 {
        return Err(TransferError::new(K::Base64Padding, text.len()));
    }
    let group = (bits << (6 * padding)).to_be_bytes();
    // Two characters are one octet and four bits, three are two octets and two bits.
    let (octets, rest) = group[1..].split_at(held as usize - 1);
    if rest.iter().any(|left| *left != 0) {
        return Err(TransferError::new(K::Base64Bits, last));
    }
    out.extend_from_slice(octets);
    Ok(out)
}

/// RFC 2045 §6.7. The text is copied only where something in it stands for something else.
fn quoted_printable(text: &[u8]) -> Result<Cow<'_, [u8]>, TransferError> {
    let mut out = Vec::new();
    // Up to where the text was copied or left out; 0 as long as all of it means itself.
    let mut done = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'=' => {
                out.extend_from_slice(&text[done..at]);
                let (octet, next) = escape(text, at)?;
                out.extend(octet);
                (done, at) = (next, next);
            }
            b' ' | b'\t' => {
                let end = blanks_end(text, at);
                // Rule 3: at the end of a line they were added on the way.
                if end == text.len() || line_end(text, end).is_some() {
                    out.extend_from_slice(&text[done..at]);
                    done = end;
                }
                at = end;
            }
            b'!'..=b'~' => at += 1,
            _ => match line_end(text, at) {
                Some(next) => at = next,
                None => return Err(TransferError::new(TransferErrorKind::QuotedCharacter, at)),
            },
        }
    }
    if done == 0 {
        return Ok(Cow::Borrowed(text));
    }
    out.extend_from_slice(&text[done..]);
    Ok(Cow::Owned(out))
}

/// What the `=` at `at` stands for, and what follows it: an octet (rule 1), or nothing where the
/// line goes on (rule 5).
fn escape(text: &[u8], at: usize) -> Result<(Option<u8>, usize), TransferError> {
    if let [high, low, ..] = text[at + 1..]
        && let (Some(high), Some(low)) = (hexadecimal(high), hexadecimal(low))
    {
        return Ok((Some(high << 4 | low), at + 3));
    }
    match line_end(text, blanks_end(text, at + 1)) {
        Some(next) => Ok((None, next)),
        None => Err(TransferError::new(TransferErrorKind::QuotedEscape, at)),
    }
}

fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn blanks_end(text: &[u8], from: usize) -> usize {
    let blanks = text[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    from + blanks.count()
}

/// Where the next line starts, if this one ends at `at`.
fn line_end(text: &[u8], at: usize) -> Option<usize> {
    match text[at..] {
        [b'\r', b'\n', ..] => Some(at + 2),
        [b'\n', ..] => Some(at + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TransferEncoding::{Base64, QuotedPrintable};
    use TransferErrorKind as K;

    fn decode(encoding: TransferEncoding, text: &str) -> Vec<u8> {
        encoding.decode(text.as_bytes()).unwrap().into_owned()
    }

    fn refused(encoding: TransferEncoding, text: &str) -> (K, usize) {
        let error = encoding.decode(text.as_bytes()).unwrap_err();
        (error.kind(), error.offset())
    }

    #[test]
    fn base64_of_rfc_4648_section_10() {
        for (text, octets) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("\r\n Z\tm8\r\n=\r\n", "fo"),
            ("Zg=\r\n=", "f"),
        ] {
            assert_eq!(decode(Base64, text), octets.as_bytes(), "{text}");
        }
        assert_eq!(decode(Base64, "+/+/AAD/"), [0xfb, 0xff, 0xbf, 0, 0, 0xff]);
    }

    #[test]
    fn base64_that_is_none() {
        for (text, kind, at) in [
            ("Zg", K::Base64Padding, 2),
            ("Zg=", K::Base64Padding, 3),
            ("Zm9", K::Base64Padding, 3),
            ("Z", K::Base64Padding, 1),
            ("Z===", K::Base64Padding, 1),
            ("=", K::Base64Padding, 0),
            ("====", K::Base64Padding, 0),
            ("Zg===", K::Base64Padding, 4),
            ("Zm8==", K::Base64Padding, 4),
            ("Zm9v=", K::Base64Padding, 4),
            ("Zg==Zg==", K::Base64Padding, 4),
            ("Zg=v", K::Base64Padding, 3),
            ("Zm_v", K::Base64Character, 2),
            ("Zm9v\0", K::Base64Character, 4),
            ("Zm9v\u{e9}", K::Base64Character, 4),
            ("Zh==", K::Base64Bits, 1),
            ("Zm9=", K::Base64Bits, 2),
        ] {
            assert_eq!(refused(Base64, text), (kind, at), "{text}");
        }
    }

    #[test]
    fn quoted_printable_of_rfc_2045_section_6_7() {
        let text = "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.";
        let one = "Now's the time for all folk to come to the aid of their country.";
        assert_eq!(decode(QuotedPrintable, text), one.as_bytes());
        // Rule 1: a form feed and an equals sign. Lower case is for robust readers.
        assert_eq!(decode(QuotedPrintable, "=0C=3D=3d=ff"), b"\x0c==\xff");
        // Rule 3: blanks at the end of a line go, others stay.
        assert_eq!(decode(QuotedPrintable, " a \t\r\n\tb =20 \r\n \t"), b" a\r\n\tb  \r\n");
        // Rule 5: and so do those behind the `=`.
        assert_eq!(decode(QuotedPrintable, "a= \t\r\nb=\nc"), b"abc");
        assert_eq!(decode(QuotedPrintable, "a\nb\r\n"), b"a\nb\r\n");
    }

    #[test]
    fn quoted_printable_is_borrowed_where_it_means_itself() {
        let text = b"v=3D0";
        assert!(matches!(QuotedPrintable.decode(text), Ok(Cow::Owned(_))));
        for plain in [&b""[..], b"plain text\r\nof two lines\r\n"] {
            assert!(
                matches!(QuotedPrintable.decode(plain), Ok(Cow::Borrowed(same)) if same == plain)
            );
        }
        let binary = b"\0\xff\r=";
        for plain in
            [TransferEncoding::SevenBit, TransferEncoding::EightBit, TransferEncoding::Binary]
        {
            assert!(matches!(plain.decode(binary), Ok(Cow::Borrowed(same)) if same == binary));
        }
    }

    #[test]
    fn quoted_printable_that_is_none() {
        for (text, kind, at) in [
            ("a=", K::QuotedEscape, 1),
            ("a=4", K::QuotedEscape, 1),
            ("=4G", K::QuotedEscape, 0),
            ("= 41", K::QuotedEscape, 0),
            ("a= ", K::QuotedEscape, 1),
            ("a=\r", K::QuotedEscape, 1),
            ("==", K::QuotedEscape, 0),
            ("a\rb", K::QuotedCharacter, 1),
            ("a\0", K::QuotedCharacter, 1),
            ("caf\u{e9}", K::QuotedCharacter, 3),
            ("a\x7f", K::QuotedCharacter, 1),
        ] {
            assert_eq!(refused(QuotedPrintable, text), (kind, at), "{text:?}");
        }
    }
}
