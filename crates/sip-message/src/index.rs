//! The index: one entry a header line, 16 bytes each.
//!
//! Offsets are into the buffer that was parsed. The line of an entry reaches to the name of the
//! next one, so that every byte of the head belongs to exactly one line.

/// Where one header line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where the line, and with it the name, starts.
    pub(crate) name: u32,
    /// Where the value starts, blanks and folds before it skipped.
    pub(crate) value: u32,
    /// Where the value ends, blanks and folds behind it left out.
    pub(crate) end: u32,
    /// How long the name is.
    pub(crate) name_len: u16,
    /// Which header of the table it is; 0 for one that is not in it.
    pub(crate) id: u8,
    /// Whether the value has a fold in it.
    pub(crate) folded: bool,
}

/// An offset of the index from one of a slice.
///
/// [`Limits::message`](crate::Limits::message) keeps every buffer below 4 GiB.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the limits keep buffers below 4 GiB")]
pub(crate) fn narrow(offset: usize) -> u32 {
    debug_assert!(u32::try_from(offset).is_ok());
    offset as u32
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<super::Entry>(), 16);
    }
}
