//! Names of headers as words of eight letters.

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

/// Upper-case letters made lower-case; bytes that are neither letter nor `-` change too, so this
/// serves only to compare with a lower-case name of letters and hyphens.
#[inline(always)]
pub(crate) fn fold_case(word: u64) -> u64 {
    word | 0x2020_2020_2020_2020
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_agree() {
        assert_eq!(load(b"abcdefgh", 0), Some(load_short(b"abcdefgh")));
        assert_eq!(load(b"abcdefgh", 1), None);
        assert_eq!(load_short(b"ab"), 0x6261);
    }
}
