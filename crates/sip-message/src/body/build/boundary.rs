//! The choice of a boundary that does not occur in the parts.
//!
//! Candidates are a prefix and a number in sixteen hexadecimal digits. One search for the prefix
//! finds all numbers that are taken, so the parts are looked at once, whatever they hold.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

use memchr::memmem::Finder;

use super::BodyError;
use crate::body::multipart::is_bchar;
use crate::class;

/// The longest boundary (RFC 2046 §5.1.1).
const LONGEST: usize = 70;

/// The digits behind the prefix.
const DIGITS: usize = 16;

/// How the boundary is found.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The whole boundary, or what stands before the digits.
    text: String,
    is_fixed: bool,
    pub(super) seed: u64,
}

impl Default for Choice {
    fn default() -> Self {
        Self { text: "trapezoid-".to_owned(), is_fixed: false, seed: 0 }
    }
}

impl Choice {
    /// A boundary that starts with `prefix`.
    pub(super) fn search(prefix: &str, seed: u64) -> Result<Self, BodyError> {
        let plain = |b: u8| is_bchar(b) && class::is(b, class::TOKEN);
        if prefix.len() > LONGEST - DIGITS || !prefix.bytes().all(plain) {
            return Err(BodyError::Boundary);
        }
        Ok(Self { text: prefix.to_owned(), is_fixed: false, seed })
    }

    /// This boundary and no other.
    pub(super) fn fixed(boundary: &str) -> Result<Self, BodyError> {
        let good = (1..=LONGEST).contains(&boundary.len())
            && boundary.bytes().all(is_bchar)
            && !boundary.ends_with(' ');
        if !good {
            return Err(BodyError::Boundary);
        }
        Ok(Self { text: boundary.to_owned(), is_fixed: true, seed: 0 })
    }

    /// A boundary that is nowhere in `texts`.
    pub(super) fn boundary<'t>(
        &self,
        texts: impl Iterator<Item = &'t [u8]>,
    ) -> Result<String, BodyError> {
        let needle = format!("--{}", self.text);
        let finder = Finder::new(&needle);
        let mut taken = BTreeSet::new();
        for text in texts {
            let mut from = 0;
            while let Some(hit) = finder.find(&text[from..]) {
                if self.is_fixed {
                    return Err(BodyError::BoundaryOccurs);
                }
                let digits = from + hit + needle.len();
                taken.extend(text[digits..].first_chunk().and_then(number));
                // Hyphens may overlap.
                from += hit + 1;
            }
        }
        if self.is_fixed {
            return Ok(self.text.clone());
        }
        let mut number = self.seed;
        while taken.contains(&number) {
            number = number.wrapping_add(1);
        }
        Ok(format!("{}{number:016x}", self.text))
    }
}

/// The number of a candidate.
fn number(digits: &[u8; DIGITS]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(choice: &Choice, text: &[u8]) -> String {
        choice.boundary([text].into_iter()).unwrap()
    }

    #[test]
    fn what_is_taken_is_stepped_over() {
        let choice = Choice::search("x", u64::MAX).unwrap();
        assert_eq!(choose(&choice, b""), "xffffffffffffffff");
        assert_eq!(choose(&choice, b"--xffffffffffffffff"), "x0000000000000000");
        let both = b"--xffffffffffffffff --x0000000000000000 --x000000000000000";
        assert_eq!(choose(&choice, both), "x0000000000000001");
        // Other letters are another boundary.
        assert_eq!(choose(&choice, b"--xFFFFFFFFFFFFFFFF"), "xffffffffffffffff");
    }

    #[test]
    fn overlapping_hyphens_are_seen() {
        let choice = Choice::search("-", 0).unwrap();
        assert_eq!(choose(&choice, b"----0000000000000000"), "-0000000000000001");
        let choice = Choice::search("", 0).unwrap();
        assert_eq!(choose(&choice, b"-----0000000000000000"), "0000000000000001");
    }
}
