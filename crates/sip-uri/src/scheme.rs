//! The scheme of a URI.

use core::fmt;
use core::hash::{Hash, Hasher};

/// A scheme: `sip`, `sips`, `tel` or any other.
///
/// Schemes are compared without case (RFC 3261 §19.1.4, RFC 3986 §3.1), so `Eq` and `Hash` ignore
/// it; [`Scheme::as_str`] keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Scheme<'a>(&'a str);

impl<'a> Scheme<'a> {
    /// `sip`, RFC 3261 §19.1.
    pub const SIP: Scheme<'static> = Scheme("sip");
    /// `sips`, RFC 3261 §19.1.
    pub const SIPS: Scheme<'static> = Scheme("sips");
    /// `tel`, RFC 3966.
    pub const TEL: Scheme<'static> = Scheme("tel");

    pub(crate) const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The scheme as written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether it is `sip`.
    #[must_use]
    pub fn is_sip(&self) -> bool {
        *self == Self::SIP
    }

    /// Whether it is `sips`.
    #[must_use]
    pub fn is_sips(&self) -> bool {
        *self == Self::SIPS
    }

    /// Whether it is `tel`.
    #[must_use]
    pub fn is_tel(&self) -> bool {
        *self == Self::TEL
    }
}

impl PartialEq<Scheme<'_>> for Scheme<'_> {
    fn eq(&self, other: &Scheme<'_>) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Scheme<'_> {}

impl PartialEq<str> for Scheme<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for Scheme<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl Hash for Scheme<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl fmt::Display for Scheme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
