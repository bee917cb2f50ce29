//! Header names, and the look-up that classifies one.
//!
//! The look-up hashes the length and the first and last eight letters, finds one candidate and
//! compares the whole name with it: the hash only ever decides where to look (RFC 3261 §7.3.1:
//! names are case-insensitive).

use core::fmt;
use core::hash::{Hash, Hasher};

use crate::class;
use crate::header::{ALL, Known, NAMES};
use crate::word::{fold_case, load, load_short};

/// The name of a header: one of the table, or any other token. Case does not matter.
///
/// ```
/// use sip_message::HeaderName;
/// assert_eq!(HeaderName::new("v"), Some(HeaderName::VIA));
/// assert_eq!(HeaderName::new("call-id").unwrap().as_str(), "Call-ID");
/// assert_eq!(HeaderName::new("X-Trunk-Group"), HeaderName::new("x-trunk-group"));
/// assert_eq!(HeaderName::new("not a token"), None);
/// ```
#[derive(Clone, Copy)]
pub struct HeaderName<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    Known(Known),
    Other(&'a str),
}

impl<'a> HeaderName<'a> {
    pub(crate) const fn of_row(known: Known) -> Self {
        Self(Repr::Known(known))
    }

    /// A name, compact forms included; `None` when it is no token.
    #[must_use]
    pub fn new(name: &'a str) -> Option<Self> {
        class::all(name.as_bytes(), class::TOKEN).then(|| Self::from_token(name))
    }

    /// Every name of the table, in its order.
    ///
    /// ```
    /// use sip_message::HeaderName;
    /// assert!(HeaderName::known_names().len() >= 120);
    /// ```
    pub fn known_names() -> impl ExactSizeIterator<Item = HeaderName<'static>> {
        ALL[1..].iter().map(|known| HeaderName(Repr::Known(*known)))
    }

    /// A name that was checked to be a token.
    pub(crate) fn from_token(name: &'a str) -> Self {
        match classify(name.as_bytes(), 0, name.len()) {
            0 => Self(Repr::Other(name)),
            id => Self(Repr::Known(ALL[usize::from(id)])),
        }
    }

    /// The name as RFCs write it, or as it came when the table does not have it.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        match self.0 {
            Repr::Known(known) => known.row().map_or("", |row| row.name),
            Repr::Other(name) => name,
        }
    }

    /// The compact form, in lower case (RFC 3261 §7.3.3).
    #[must_use]
    pub fn compact(self) -> Option<char> {
        self.known()?.row()?.compact.map(char::from)
    }

    /// Whether the table has it.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.known().is_some()
    }

    pub(crate) fn known(self) -> Option<Known> {
        match self.0 {
            Repr::Known(known) => Some(known),
            Repr::Other(_) => None,
        }
    }

    /// The same name, which borrows nothing if the table has it.
    pub(crate) fn of_table(self) -> Option<HeaderName<'static>> {
        self.known().map(|known| HeaderName(Repr::Known(known)))
    }
}

impl PartialEq for HeaderName<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Repr::Known(a), Repr::Known(b)) => a == b,
            (Repr::Other(a), Repr::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
    }
}

impl Eq for HeaderName<'_> {}

impl Hash for HeaderName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Repr::Known(known) => known.hash(state),
            Repr::Other(name) => {
                for byte in name.bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
            }
        }
    }
}

impl fmt::Display for HeaderName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for HeaderName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderName({})", self.as_str())
    }
}

/// A name as the look-up holds it.
#[derive(Clone, Copy)]
struct Key {
    /// The first eight letters in lower case, zero behind a shorter name.
    head: u64,
    /// The last eight letters of a name longer than eight, else zero.
    tail: u64,
    len: u8,
    /// The number of the row.
    id: u8,
}

const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 9;
const KEYS: usize = 2 * NAMES.len();

/// Names and compact forms: the key of row `n` is at `2 * n`, that of its compact form behind it.
static KEY: [Key; KEYS] = keys();

/// Where to look: the place of a key, plus one, at its hash or in the slots behind.
static SLOT: [u8; SLOTS] = slots();

const _: () = assert!(KEYS < u8::MAX as usize && KEYS < SLOTS / 2, "the look-up is too full");

#[expect(clippy::cast_possible_truncation, reason = "KEYS is below 255")]
const fn keys() -> [Key; KEYS] {
    let mut keys = [Key { head: 0, tail: 0, len: 0, id: 0 }; KEYS];
    let mut row = 0;
    while row < NAMES.len() {
        let (name, compact) = NAMES[row];
        keys[2 * row] = key(name.as_bytes(), row as u8 + 1);
        if let Some(letter) = compact {
            keys[2 * row + 1] = key(&[letter], row as u8 + 1);
        }
        row += 1;
    }
    keys
}

#[expect(clippy::cast_possible_truncation, reason = "no name is longer than 32")]
const fn key(name: &[u8], id: u8) -> Key {
    let (mut head, mut tail) = (0, 0);
    let mut i = 0;
    while i < name.len() {
        let letter = name[i].to_ascii_lowercase() as u64;
        if i < 8 {
            head |= letter << (8 * i);
        }
        if name.len() > 8 && i + 8 >= name.len() {
            tail |= letter << (8 * (i + 8 - name.len()));
        }
        i += 1;
    }
    Key { head, tail, len: name.len() as u8, id }
}

#[expect(clippy::cast_possible_truncation, reason = "KEYS is below 255")]
const fn slots() -> [u8; SLOTS] {
    let keys = keys();
    let mut slots = [0; SLOTS];
    let mut i = 0;
    while i < KEYS {
        if keys[i].len > 0 {
            let mut at = hash(keys[i].head, keys[i].tail);
            while slots[at] != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = i as u8 + 1;
        }
        i += 1;
    }
    slots
}

const fn hash(head: u64, tail: u64) -> usize {
    ((head ^ tail.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOT_BITS)) as usize
}

/// The row of the name at `start..start + len` of `buffer`, 0 for none.
///
/// The name must be free of CR, LF and the other bytes below 0x10, which the scanner sees to:
/// folding the case of a word by one OR would take a CR for a hyphen.
#[inline(always)]
pub(crate) fn classify(buffer: &[u8], start: usize, len: usize) -> u8 {
    if len.wrapping_sub(1) >= 32 {
        return 0;
    }
    let (head, tail) = if len <= 8 {
        let mask = u64::MAX >> (64 - 8 * len);
        let word = match load(buffer, start) {
            Some(word) => word,
            None => load_short(&buffer[start..start + len]),
        };
        (fold_case(word) & mask, 0)
    } else {
        let (Some(head), Some(tail)) = (load(buffer, start), load(buffer, start + len - 8)) else {
            return 0;
        };
        (fold_case(head), fold_case(tail))
    };
    let mut at = hash(head, tail);
    loop {
        let Some(key) = usize::from(SLOT[at]).checked_sub(1).map(|i| &KEY[i]) else { return 0 };
        if key.head == head && key.tail == tail && usize::from(key.len) == len {
            return if len <= 16 || same_middle(buffer, start, len, key.id) { key.id } else { 0 };
        }
        at = (at + 1) % SLOTS;
    }
}

/// Compares what lies between the first and the last eight letters.
fn same_middle(buffer: &[u8], start: usize, len: usize, id: u8) -> bool {
    let name = NAMES[usize::from(id) - 1].0.as_bytes();
    buffer[start + 8..start + len - 8].eq_ignore_ascii_case(&name[8..len - 8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn row(name: &[u8]) -> u8 {
        let exact = classify(name, 0, name.len());
        // The answer must not depend on what stands behind the name in the buffer.
        let mut longer = name.to_vec();
        longer.extend_from_slice(b": 0123456789abcdef");
        assert_eq!(classify(&longer, 0, name.len()), exact);
        exact
    }

    #[test]
    fn every_name_and_compact_form_is_found_in_any_case() {
        for (i, &(name, compact)) in NAMES.iter().enumerate() {
            let id = u8::try_from(i + 1).unwrap();
            assert_eq!(row(name.as_bytes()), id, "{name}");
            assert_eq!(row(name.to_uppercase().as_bytes()), id, "{name}");
            assert_eq!(row(name.to_lowercase().as_bytes()), id, "{name}");
            if let Some(letter) = compact {
                assert_eq!(row(&[letter]), id);
                assert_eq!(row(&[letter.to_ascii_uppercase()]), id);
            }
        }
    }

    #[test]
    fn a_name_with_one_letter_changed_added_or_lost_is_not_found() {
        let known: Vec<_> = NAMES.iter().map(|(name, _)| name.to_lowercase()).collect();
        for (name, _) in NAMES {
            let original = name.as_bytes();
            for at in 0..original.len() {
                for byte in 0x10..=255u8 {
                    let mut name = original.to_vec();
                    name[at] = byte;
                    let same = name.eq_ignore_ascii_case(original);
                    let other = known
                        .contains(&alloc::string::String::from_utf8_lossy(&name).to_lowercase());
                    assert_eq!(row(&name) != 0, same || other, "{}", name.escape_ascii());
                }
            }
            let longer = name.to_string() + "x";
            assert_eq!(row(longer.as_bytes()), 0);
            if original.len() > 2 {
                assert_eq!(row(&original[..original.len() - 1]), 0);
            }
        }
        assert_eq!(row(b""), 0);
        assert_eq!(row(&[b'a'; 300]), 0);
    }
}
