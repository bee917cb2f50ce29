//! Profiles and levels of H.264 (RFC 6184 §8.1, table 5; ITU-T H.264 Annex A).

use core::fmt;

/// The first three octets of a sequence parameter set: profile, constraints, level.
///
/// ```
/// use sdp::codec::{H264Level, H264Profile, ProfileLevelId};
/// let id = ProfileLevelId::parse(b"42e01f").unwrap();
/// assert_eq!(id.profile(), Some(H264Profile::ConstrainedBaseline));
/// assert_eq!(id.level(), H264Level::of_tenths(31));
/// assert_eq!(id.to_string(), "42e01f");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileLevelId {
    /// `profile_idc`.
    pub profile_idc: u8,
    /// `profile_iop`: the constraint flags, the first one in the highest bit.
    pub constraints: u8,
    /// `level_idc`: ten times the level.
    pub level_idc: u8,
}

impl Default for ProfileLevelId {
    /// The baseline profile at level 1 (RFC 6184 §8.1).
    fn default() -> Self {
        Self { profile_idc: 0x42, constraints: 0, level_idc: 10 }
    }
}

/// A profile of H.264.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum H264Profile {
    /// Constrained baseline.
    ConstrainedBaseline,
    /// Baseline.
    Baseline,
    /// Main.
    Main,
    /// Extended.
    Extended,
    /// High.
    High,
    /// Constrained high.
    ConstrainedHigh,
    /// High 10.
    High10,
    /// High 4:2:2.
    High422,
    /// High 4:4:4 predictive.
    High444,
    /// High 10 intra.
    High10Intra,
    /// High 4:2:2 intra.
    High422Intra,
    /// High 4:4:4 intra.
    High444Intra,
    /// CAVLC 4:4:4 intra.
    Cavlc444Intra,
}

use H264Profile as P;

/// RFC 6184, table 5: the profile, its `profile_idc`, and the constraint flags that tell it: those
/// that matter, and their values. The first row that fits counts.
const PROFILES: &[(H264Profile, u8, u8, u8)] = &[
    (P::ConstrainedBaseline, 0x42, 0b0100_1111, 0b0100_0000),
    (P::ConstrainedBaseline, 0x4d, 0b1000_1111, 0b1000_0000),
    (P::ConstrainedBaseline, 0x58, 0b1100_1111, 0b1100_0000),
    (P::Baseline, 0x42, 0b0100_1111, 0b0000_0000),
    (P::Baseline, 0x58, 0b1100_1111, 0b1000_0000),
    (P::Main, 0x4d, 0b1010_1111, 0b0000_0000),
    (P::Extended, 0x58, 0b1100_1111, 0b0000_0000),
    (P::High, 0x64, 0b1111_1111, 0b0000_0000),
    (P::ConstrainedHigh, 0x64, 0b1111_1111, 0b0000_1100),
    (P::High10, 0x6e, 0b1111_1111, 0b0000_0000),
    (P::High422, 0x7a, 0b1111_1111, 0b0000_0000),
    (P::High444, 0xf4, 0b1111_1111, 0b0000_0000),
    (P::High10Intra, 0x6e, 0b1111_1111, 0b0001_0000),
    (P::High422Intra, 0x7a, 0b1111_1111, 0b0001_0000),
    (P::High444Intra, 0xf4, 0b1111_1111, 0b0001_0000),
    (P::Cavlc444Intra, 0x2c, 0b1111_1111, 0b0001_0000),
];

/// A level of H.264, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct H264Level {
    /// Ten times the level.
    tenths: u8,
    /// Twice the place among levels, so that 1b is between 1 and 1.1.
    order: u16,
}

impl H264Level {
    /// Level 1b.
    pub const ONE_B: Self = Self { tenths: 11, order: 21 };

    /// The level of which this is ten times.
    #[must_use]
    pub const fn of_tenths(tenths: u8) -> Self {
        Self { tenths, order: 2 * tenths as u16 }
    }
}

impl fmt::Display for H264Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self == Self::ONE_B, self.tenths % 10) {
            (true, _) => f.write_str("1b"),
            (_, 0) => write!(f, "{}", self.tenths / 10),
            (_, part) => write!(f, "{}.{part}", self.tenths / 10),
        }
    }
}

impl ProfileLevelId {
    /// Reads six hexadecimal digits.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 6 {
            return None;
        }
        let octet = |at: usize| {
            let digits = core::str::from_utf8(text.get(at..at + 2)?).ok()?;
            u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
        };
        Some(Self { profile_idc: octet(0)?, constraints: octet(2)?, level_idc: octet(4)? })
    }

    /// The profile; `None` when it is none of those of RFC 6184.
    #[must_use]
    pub fn profile(&self) -> Option<H264Profile> {
        PROFILES
            .iter()
            .find(|(_, idc, mask, flags)| {
                *idc == self.profile_idc && self.constraints & mask == *flags
            })
            .map(|(profile, ..)| *profile)
    }

    /// The level. Level 1b is told by a constraint flag in the profiles of old.
    #[must_use]
    pub fn level(&self) -> H264Level {
        let of_old = matches!(self.profile_idc, 0x42 | 0x4d | 0x58);
        match self.level_idc {
            11 if of_old && self.constraints & 0b0001_0000 != 0 => H264Level::ONE_B,
            9 => H264Level::ONE_B,
            tenths => H264Level::of_tenths(tenths),
        }
    }

    /// The same profile at another level.
    #[must_use]
    pub fn at_level(self, level: H264Level) -> Self {
        let of_old = matches!(self.profile_idc, 0x42 | 0x4d | 0x58);
        let flag = 0b0001_0000;
        match (level == H264Level::ONE_B, of_old) {
            (true, true) => Self { constraints: self.constraints | flag, level_idc: 11, ..self },
            (true, false) => Self { level_idc: 9, ..self },
            (false, true) => {
                Self { constraints: self.constraints & !flag, level_idc: level.tenths, ..self }
            }
            (false, false) => Self { level_idc: level.tenths, ..self },
        }
    }

    /// Whether both have the same profile (RFC 6184 §8.2.2).
    #[must_use]
    pub fn same_profile(&self, other: &Self) -> bool {
        match (self.profile(), other.profile()) {
            (Some(a), Some(b)) => a == b,
            // Profiles that are not known are compared by their octets.
            (None, None) => {
                (self.profile_idc, self.constraints) == (other.profile_idc, other.constraints)
            }
            _ => false,
        }
    }
}

impl fmt::Display for ProfileLevelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.profile_idc, self.constraints, self.level_idc)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn id(text: &str) -> ProfileLevelId {
        ProfileLevelId::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn profiles_are_told_by_their_constraints() {
        for (text, profile) in [
            ("42e01f", P::ConstrainedBaseline),
            ("42c00a", P::ConstrainedBaseline),
            ("4d800a", P::ConstrainedBaseline),
            ("42001f", P::Baseline),
            ("42a01e", P::Baseline),
            ("58800b", P::Baseline),
            ("4d001f", P::Main),
            ("58000b", P::Extended),
            ("64001f", P::High),
            ("640c1f", P::ConstrainedHigh),
            ("6e1028", P::High10Intra),
        ] {
            assert_eq!(id(text).profile(), Some(profile), "{text}");
        }
        assert_eq!(id("000000").profile(), None);
        assert!(id("42e01f").same_profile(&id("4d801e")));
        assert!(!id("42e01f").same_profile(&id("42001f")));
    }

    #[test]
    fn level_1b_is_between_1_and_1_1() {
        let one_b = id("42f00b").level();
        assert_eq!((one_b, one_b.to_string().as_str()), (H264Level::ONE_B, "1b"));
        assert!(id("42e00a").level() < one_b && one_b < id("42e00b").level());
        assert_eq!(id("640009").level(), H264Level::ONE_B);
        for text in ["42e01f", "640028"] {
            assert_eq!(id(text).at_level(H264Level::ONE_B).level(), H264Level::ONE_B);
            assert_eq!(id(text).at_level(H264Level::ONE_B).at_level(id(text).level()), id(text));
        }
    }

    #[test]
    fn what_are_not_six_hexadecimal_digits_is_refused() {
        for text in ["", "42e01", "42e01f0", "42e01g", "+2e01f", "42 01f"] {
            assert_eq!(ProfileLevelId::parse(text.as_bytes()), None, "{text}");
        }
    }
}
