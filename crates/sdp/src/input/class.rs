//! Classes of characters (RFC 8866 §9), and runs of them, eight bytes at a time where it pays.

/// How many bytes at the start are of the class.
#[inline(always)]
pub(super) fn class_len(bytes: &[u8], class: u8) -> usize {
    bytes.iter().position(|&byte| CLASS[usize::from(byte)] & class == 0).unwrap_or(bytes.len())
}

/// A one in each byte.
const ONES: u64 = u64::MAX / 255;
/// The high bit of each byte.
const HIGH: u64 = ONES * 0x80;

/// How many bytes at the start are `VCHAR`, eight at a time.
#[inline(always)]
pub(super) fn visible_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<8>() {
        let chunk = u64::from_le_bytes(*chunk);
        let deleted = chunk ^ (ONES * 0x7f);
        // The high bit of a byte: it is below `!`, or DEL, or not ASCII. A borrow may set bits
        // above the first of them, which are not looked at.
        let below = chunk.wrapping_sub(ONES * 0x21) & !chunk;
        let found = (below | deleted.wrapping_sub(ONES) & !deleted | chunk) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + class_len(&bytes[at..], VISIBLE)
}

/// Whether it is `*(SP 1*VCHAR SP 1*VCHAR)`, eight bytes at a time; `false` for much that is less
/// than eight bytes.
#[inline]
pub(crate) fn is_plain_pairs(bytes: &[u8]) -> bool {
    let ([b' ', ..], Some(last)) = (bytes, bytes.last_chunk::<8>()) else {
        return bytes.is_empty();
    };
    let (mut odd, mut spaces_before, mut parity) = (0, 0, 0);
    let mut look = |chunk: u64| {
        let (deleted, space) = (chunk ^ (ONES * 0x7f), chunk ^ (ONES * 0x20));
        // As in `visible_len`, but that a space is no end.
        odd |= chunk.wrapping_sub(ONES * 0x20) & !chunk
            | deleted.wrapping_sub(ONES) & !deleted
            | chunk;
        // Exact for each byte, as long as none has its high bit.
        let spaces = !((space & !HIGH).wrapping_add(!HIGH) | space) & HIGH;
        odd |= spaces & (spaces << 8 | spaces_before);
        spaces_before = spaces >> 56;
        parity ^= spaces;
    };
    let (chunks, rest) = bytes.as_chunks::<8>();
    chunks.iter().for_each(|bytes| look(u64::from_le_bytes(*bytes)));
    if !rest.is_empty() {
        // The bytes that were looked at already make room for visible ones.
        let seen = 8 * (8 - rest.len());
        look(u64::from_le_bytes(*last) >> seen | (ONES * 0x78) << (64 - seen));
    }
    last[7] != b' ' && odd & HIGH == 0 && parity.count_ones() % 2 == 0
}

pub(super) const TOKEN: u8 = 1;
pub(super) const VISIBLE: u8 = 2;
pub(super) const BLANK: u8 = 4;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    loop {
        let mut class = 0;
        if matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'^'..=b'~')
        {
            class |= TOKEN;
        }
        if byte.is_ascii_graphic() {
            class |= VISIBLE;
        }
        if matches!(byte, b' ' | b'\t') {
            class |= BLANK;
        }
        table[byte as usize] = class;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// `token-char` (RFC 8866 §9).
#[inline]
pub(crate) fn is_token(byte: u8) -> bool {
    CLASS[usize::from(byte)] & TOKEN != 0
}

#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    CLASS[usize::from(byte)] & BLANK != 0
}
