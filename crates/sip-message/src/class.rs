//! Character classes of RFC 3261 §25.1, one bit each in a 256-byte table.

/// `token`: letters, digits and ``-.!%*_+`'~``.
pub(crate) const TOKEN: u8 = 1 << 0;
/// `word`, the characters of a Call-ID: `token` and `()<>:\"/[]?{}`.
pub(crate) const WORD: u8 = 1 << 1;
/// `DIGIT`.
pub(crate) const DIGIT: u8 = 1 << 2;
/// What `qdtext` and a quoted string's plain run may hold: no `"`, no `\`, no control but HTAB.
pub(crate) const QDTEXT: u8 = 1 << 3;
/// What a peer that does not quote puts into a parameter value: visible ASCII, but none of `",;<>` or `\`.
pub(crate) const LOOSE_VALUE: u8 = 1 << 4;
/// `ctext`, the plain characters of a comment: no parentheses, no backslash, no control but HTAB.
pub(crate) const CTEXT: u8 = 1 << 6;
/// Characters that TEXT-UTF8-TRIM lets through: everything but controls, HTAB allowed.
pub(crate) const TEXT: u8 = 1 << 7;

/// What ends a parameter that is not quoted, white space aside: `;` and `,`.
pub(crate) const VALUE_END: u8 = 1 << 5;

static CLASS: [u8; 256] = build();

const fn build() -> [u8; 256] {
    let mut table = [0; 256];
    let mut b = 0u8;
    loop {
        let mut class = 0;
        if b.is_ascii_alphanumeric() || contains(b"-.!%*_+`'~", b) {
            class |= TOKEN | WORD;
        }
        if contains(b"()<>:\\\"/[]?{}", b) {
            class |= WORD;
        }
        if b.is_ascii_digit() {
            class |= DIGIT;
        }
        let text = (b >= 0x20 || b == b'\t') && b != 0x7f;
        if text {
            class |= TEXT;
            if b != b'"' && b != b'\\' {
                class |= QDTEXT;
            }
            if b != b'(' && b != b')' && b != b'\\' {
                class |= CTEXT;
            }
            if b.is_ascii_graphic() && !contains(b"\",;<>\\", b) {
                class |= LOOSE_VALUE;
            }
        }
        if b == b';' || b == b',' {
            class |= VALUE_END;
        }
        table[b as usize] = class;
        if b == u8::MAX {
            return table;
        }
        b += 1;
    }
}

const fn contains(set: &[u8], b: u8) -> bool {
    let mut i = 0;
    while i < set.len() {
        if set[i] == b {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether `byte` is of `class`.
#[inline(always)]
pub(crate) fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// The end of the run of `class` bytes that starts at `from`.
#[inline(always)]
pub(crate) fn run(bytes: &[u8], from: usize, class: u8) -> usize {
    let mut at = from;
    // Four at a time, with one test of the length for all.
    while let Some(&[a, b, c, d]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        if !is(a, class) {
            return at;
        }
        if !is(b, class) {
            return at + 1;
        }
        if !is(c, class) {
            return at + 2;
        }
        if !is(d, class) {
            return at + 3;
        }
        at += 4;
    }
    while at < bytes.len() && is(bytes[at], class) {
        at += 1;
    }
    at
}

/// Whether every byte is of `class`, and there is at least one.
#[inline]
pub(crate) fn all(bytes: &[u8], class: u8) -> bool {
    !bytes.is_empty() && run(bytes, 0, class) == bytes.len()
}
