//! Sixteen bytes at a time, in safe code: the searches that the scanner is made of.

use wide::u8x16;

/// Marks bytes below 0x10: the line ends, the controls that no line of text holds, and HTAB.
#[inline(always)]
pub(crate) fn controls(bytes: u8x16) -> u8x16 {
    bytes.min(u8x16::splat(0x0f)).simd_eq(bytes)
}

/// Marks bytes of at most `byte`.
#[inline(always)]
pub(crate) fn up_to(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.min(u8x16::splat(byte)).simd_eq(bytes)
}

/// Marks bytes equal to `byte`.
#[inline(always)]
pub(crate) fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// The first byte at or behind `from` that `marks` marks, or the end. Where fewer than sixteen
/// bytes are left, `is` says the same of one byte.
#[inline(always)]
pub(crate) fn find(
    bytes: &[u8],
    mut from: usize,
    marks: impl Fn(u8x16) -> u8x16,
    is: impl Fn(u8) -> bool,
) -> usize {
    while let Some(chunk) = bytes.get(from..).and_then(<[u8]>::first_chunk) {
        let found = marks(u8x16::new(*chunk)).to_bitmask();
        if found != 0 {
            return from + found.trailing_zeros() as usize;
        }
        from += 16;
    }
    while bytes.get(from).is_some_and(|&b| !is(b)) {
        from += 1;
    }
    from
}

/// The first `byte` at or behind `from`; for short runs, which a library's search is too much for.
#[inline(always)]
pub(crate) fn find_byte(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let at = find(bytes, from, |bytes| equal(bytes, byte), |b| b == byte);
    (at < bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mark_is_found_for_every_byte_length_and_place() {
        for len in 0..40 {
            for at in 0..len {
                for byte in 0..=255u8 {
                    let mut bytes = [b'x'; 40];
                    bytes[at] = byte;
                    let bytes = &bytes[..len];
                    let small = find(bytes, 0, controls, |b| b < 0x10);
                    assert_eq!(small, if byte < 0x10 { at } else { len });
                    let colon = (byte == b':').then_some(at);
                    assert_eq!(find_byte(bytes, 0, b':'), colon);
                    assert_eq!(
                        find_byte(bytes, at + 1, byte),
                        (byte == b'x' && at + 1 < len).then_some(at + 1)
                    );
                }
            }
        }
    }
}
