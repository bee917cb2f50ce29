//! `SIP-Version` (RFC 3261 §7.1).

use core::fmt;

/// The version of a message. Only 2.0 exists; anything else is kept so that a 505 can be sent.
///
/// ```
/// use sip_message::Version;
/// assert_eq!(Version::SIP_2_0.to_string(), "SIP/2.0");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    major: u16,
    minor: u16,
}

impl Version {
    /// `SIP/2.0`.
    pub const SIP_2_0: Self = Self { major: 2, minor: 0 };

    /// The number before the dot; 65,535 stands for anything larger.
    #[must_use]
    pub fn major(self) -> u16 {
        self.major
    }

    /// The number behind the dot; 65,535 stands for anything larger.
    #[must_use]
    pub fn minor(self) -> u16 {
        self.minor
    }

    /// `SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT`, letters in either case.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes == b"SIP/2.0" {
            return Some(Self::SIP_2_0);
        }
        let (name, numbers) = bytes.split_at_checked(4)?;
        if !name.eq_ignore_ascii_case(b"SIP/") {
            return None;
        }
        let dot = numbers.iter().position(|&b| b == b'.')?;
        Some(Self { major: number(&numbers[..dot])?, minor: number(&numbers[dot + 1..])? })
    }
}

/// `1*DIGIT`, held at 65,535.
fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u16, |n, &b| {
        b.is_ascii_digit().then(|| n.saturating_mul(10).saturating_add(u16::from(b - b'0')))
    })
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let version = |major, minor| Some(Version { major, minor });
        assert_eq!(Version::parse(b"SIP/2.0"), version(2, 0));
        assert_eq!(Version::parse(b"sip/2.0"), version(2, 0));
        assert_eq!(Version::parse(b"SIP/7.12"), version(7, 12));
        assert_eq!(Version::parse(b"SIP/02.00"), version(2, 0));
        assert_eq!(Version::parse(b"SIP/99999999999999999999.1"), version(u16::MAX, 1));
        for bad in
            ["", "SIP", "SIP/", "SIP/2", "SIP/2.", "SIP/.0", "HTTP/1.1", "SIP/2.0x", "SIP/-2.0"]
        {
            assert_eq!(Version::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
