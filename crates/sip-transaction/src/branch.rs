//! Branches of our own (RFC 3261 §8.1.1.7), tags, and what they are made of.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What every branch of RFC 3261 starts with.
pub(crate) const COOKIE: &str = "z9hG4bK";

const DIGITS: usize = 24;

/// What a branch of ours says: the slot of its transaction, and a number that nobody can guess.
///
/// A response finds its transaction by the slot, without a look-up in a table. The number decides
/// whether it is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    pub(crate) slot: u32,
    pub(crate) nonce: u64,
}

/// A branch as text.
pub(crate) struct BranchText([u8; COOKIE.len() + DIGITS]);

impl BranchText {
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Branch {
    pub(crate) fn text(self) -> BranchText {
        let mut text = [0; COOKIE.len() + DIGITS];
        text[..COOKIE.len()].copy_from_slice(COOKIE.as_bytes());
        let number = (u128::from(self.slot) << 64) | u128::from(self.nonce);
        for (place, digit) in text[COOKIE.len()..].iter_mut().enumerate() {
            let nibble = (number >> (4 * (DIGITS - 1 - place))) & 15;
            *digit = b"0123456789abcdef"[nibble as usize];
        }
        BranchText(text)
    }

    /// The branch that a text starts with. Behind it a proxy may have put what it detects loops
    /// by.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.get(COOKIE.len()..COOKIE.len() + DIGITS)?;
        if !text[..COOKIE.len()].eq_ignore_ascii_case(COOKIE) || digits.starts_with('+') {
            return None;
        }
        let number = u128::from_str_radix(digits, 16).ok()?;
        let slot = u32::try_from(number >> 64).ok()?;
        let nonce = u64::try_from(number & u128::from(u64::MAX)).ok()?;
        Some(Self { slot, nonce })
    }
}

/// The endpoint's source of what must not be guessed: ChaCha with 12 rounds.
#[derive(Clone, Debug)]
pub(crate) struct Random(ChaCha12Rng);

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(seed))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A tag of 64 bits (RFC 3261 §19.3 asks for 32).
    pub(crate) fn tag(&mut self) -> String {
        format!("{:016x}", self.number())
    }

    /// The state of the hash of tables whose keys the network chooses.
    pub(crate) fn hash_state(&mut self) -> ahash::RandomState {
        ahash::RandomState::with_seeds(self.number(), self.number(), self.number(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_read_back_with_and_without_what_is_behind() {
        let branch = Branch { slot: 0xfedc_ba98, nonce: 0x0123_4567_89ab_cdef };
        let text = branch.text();
        assert_eq!(text.as_str(), "z9hG4bKfedcba980123456789abcdef");
        assert_eq!(Branch::parse(text.as_str()), Some(branch));
        assert_eq!(Branch::parse(&format!("{}.77", text.as_str())), Some(branch));
        assert_eq!(Branch::parse(&text.as_str().to_uppercase()), Some(branch));
    }

    #[test]
    fn tags_are_random() {
        let mut random = Random::new([3; 32]);
        let (one, other) = (random.tag(), random.tag());
        assert_ne!(one, other);
        assert_ne!(one, Random::new([4; 32]).tag());
        assert_eq!(one, Random::new([3; 32]).tag(), "by the seed alone");
        assert!(one.len() == 16 && one.bytes().all(|digit| digit.is_ascii_hexdigit()), "{one}");
    }

    #[test]
    fn what_is_no_branch_of_ours_is_not_read() {
        for text in [
            "",
            "z9hG4bK",
            "z9hG4bKfedcba980123456789abcde",
            "z9hG4bK+edcba980123456789abcdef",
            "z9hG4bKgedcba980123456789abcdef",
            "z9hG4bLfedcba980123456789abcdef",
            "z9hG4b\u{e9}fedcba980123456789abcdef",
        ] {
            assert_eq!(Branch::parse(text), None, "{text}");
        }
    }
}
