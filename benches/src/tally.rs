//! The checksum of a parse: what was read is summed, so that no peer's work is optimised away, and
//! so that the L2 sums of two peers can be compared.

use std::hint::black_box;

/// A running sum.
#[derive(Debug, Default)]
pub struct Tally(u64);

impl Tally {
    /// Adds a number that was parsed.
    pub fn number(&mut self, number: impl Into<u64>) {
        self.0 = self.0.wrapping_add(number.into());
    }

    /// Adds the length of a text that was parsed.
    pub fn text(&mut self, text: impl AsRef<[u8]>) {
        self.0 = self.0.wrapping_add(black_box(text.as_ref()).len() as u64);
    }

    /// Takes note of a value whose content the sum does not look at: it was made, that is enough.
    pub fn made<T>(&mut self, value: &T) {
        black_box(value);
    }

    /// Counts one value of a list and takes note of it.
    pub fn one<T>(&mut self, value: &T) {
        black_box(value);
        self.0 = self.0.wrapping_add(1);
    }

    /// The sum.
    pub fn total(self) -> u64 {
        self.0
    }
}
