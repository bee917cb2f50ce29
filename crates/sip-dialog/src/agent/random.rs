//! Tags, Call-IDs and what else must not be guessed.

use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

#[derive(Clone, Debug)]
pub(crate) struct Random(ChaCha12Rng);

impl Random {
    /// The generator of a seed, and a seed that can be known from nothing that it makes.
    pub(crate) fn split(seed: [u8; 32]) -> (Self, [u8; 32]) {
        let mut random = ChaCha12Rng::from_seed(seed);
        let mut other = [0; 32];
        random.fill_bytes(&mut other);
        (Self(random), other)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// 64 random bits, twice what RFC 3261 §19.3 demands.
    pub(crate) fn tag(&mut self) -> String {
        format!("{:016x}", self.number())
    }

    /// A Call-ID of 128 random bits.
    pub(crate) fn call_id(&mut self) -> String {
        format!("{:016x}{:016x}", self.number(), self.number())
    }

    /// The first CSeq of a Call-ID: less than 2^31, and with room above it (RFC 3261 §8.1.1.5).
    pub(crate) fn sequence(&mut self) -> u32 {
        1 + self.below(1 << 24)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.number() % u64::from(bound.max(1))).unwrap_or_default()
    }

    /// A time between two, in steps of ten milliseconds (RFC 3261 §14.1).
    pub(crate) fn between(&mut self, from: u32, to: u32) -> Duration {
        Duration::from_millis(u64::from(from + 10 * self.below((to - from) / 10 + 1)))
    }
}
