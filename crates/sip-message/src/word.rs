//! Eight bytes at a time in safe code: the tests on a `u64` that the scanner is made of.
//!
//! Masks have the top bit of each byte that matched. The test for a small byte may also mark a
//! byte above a true match (a borrow runs upwards), so only the lowest mark counts: callers take
//! the first and look again.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// The eight bytes at `at`, the first one lowest.
#[inline(always)]
pub(crate) fn load(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*word))
}

/// Up to eight bytes, padded with zero.
#[inline(always)]
pub(crate) fn load_short(bytes: &[u8]) -> u64 {
    let mut word = 0;
    for (i, &b) in bytes.iter().take(8).enumerate() {
        word |= u64::from(b) << (8 * i);
    }
    word
}

/// Marks bytes below 0x10, which are the line ends and the controls that no line of text holds,
/// and HTAB.
#[inline(always)]
pub(crate) fn controls(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x10) & !word & TOPS
}

/// Marks bytes equal to `byte`.
#[inline(always)]
pub(crate) fn equal(word: u64, byte: u8) -> u64 {
    let x = word ^ (ONES * byte as u64);
    x.wrapping_sub(ONES) & !x & TOPS
}

/// The position, in bytes, of the lowest mark.
#[inline(always)]
pub(crate) fn first(mask: u64) -> usize {
    (mask.trailing_zeros() / 8) as usize
}

/// The first `byte` at or behind `from`; for short runs, which a library's search is too much for.
#[inline(always)]
pub(crate) fn find(bytes: &[u8], mut from: usize, byte: u8) -> Option<usize> {
    // Compilers turn this into vector instructions where there are some.
    while let Some(chunk) = bytes.get(from..).and_then(<[u8]>::first_chunk::<16>)
        && !chunk.iter().fold(false, |any, &b| any | (b == byte))
    {
        from += 16;
    }
    while let Some(word) = load(bytes, from) {
        let marks = equal(word, byte);
        if marks != 0 {
            return Some(from + first(marks));
        }
        from += 8;
    }
    while let Some(&b) = bytes.get(from) {
        if b == byte {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// Upper-case letters made lower-case; bytes that are neither letter nor `-` change too, so this
/// serves only to compare with a lower-case name of letters and hyphens.
#[inline(always)]
pub(crate) fn fold_case(word: u64) -> u64 {
    word | (ONES * 0x20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_mark_is_exact_for_every_byte_and_position() {
        for byte in 0..=255u8 {
            for at in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[at] = byte;
                let word = u64::from_le_bytes(bytes);
                let small = controls(word);
                assert_eq!(small != 0, byte < 0x10, "{byte:#x}");
                if small != 0 {
                    assert_eq!(first(small), at);
                }
                let colon = equal(word, b':');
                assert_eq!(colon != 0, byte == b':');
                if colon != 0 {
                    assert_eq!(first(colon), at);
                }
            }
        }
    }

    #[test]
    fn loads_agree() {
        assert_eq!(load(b"abcdefgh", 0), Some(load_short(b"abcdefgh")));
        assert_eq!(load(b"abcdefgh", 1), None);
        assert_eq!(load_short(b"ab"), 0x6261);
    }
}
