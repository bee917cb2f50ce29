//! A borrowed URI.

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::error::UriError;
use crate::escape;
use crate::headers::UriHeaders;
use crate::host::Host;
use crate::layout::{Layout, SchemeKind};
use crate::params::{Param, Params};
use crate::parse::host::read_host;
use crate::parse::parse;
use crate::scan::text;
use crate::scheme::Scheme;
use crate::tolerance::{Context, Deviation, Tolerances};

/// A URI that borrows its text: the bytes as they came and where the components are.
///
/// Raw getters give the text as written; the ones named `…_decoded` decode escapes, once. `Eq` and
/// `Hash` are structural, byte for byte; [`UriRef::equivalent`] is the comparison of the RFCs.
///
/// ```
/// use sip_uri::{Host, UriRef};
///
/// let uri = UriRef::parse("sip:alice;day=tuesday@atlanta.example:5070;transport=tcp;lr")?;
/// assert_eq!(uri.user(), Some("alice;day=tuesday"));
/// assert_eq!(uri.host(), Some(Host::Name("atlanta.example")));
/// assert_eq!(uri.port(), Some(5070));
/// assert_eq!(uri.transport()?.as_deref(), Some("tcp"));
/// assert!(uri.lr());
/// # Ok::<(), sip_uri::UriError>(())
/// ```
#[derive(Clone, Copy)]
pub struct UriRef<'a> {
    raw: &'a [u8],
    layout: Layout,
}

impl<'a> UriRef<'a> {
    /// Reads a whole text as one URI, with the default tolerances.
    ///
    /// # Errors
    ///
    /// What the first byte is that cannot be, see [`UriError`].
    pub fn parse(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Result<Self, UriError> {
        Self::parse_with(text.as_ref(), Tolerances::default(), &mut |_| {})
    }

    /// Reads a whole text as one URI. What `tolerances` let through is told to `deviations`, in no
    /// promised order, also when the text is then refused.
    ///
    /// # Errors
    ///
    /// What the first byte is that cannot be, see [`UriError`].
    pub fn parse_with(
        bytes: &'a [u8],
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<Self, UriError> {
        let (raw, layout) = parse(bytes, &mut Context { tolerances, deviations })?;
        Ok(Self { raw, layout })
    }

    pub(crate) const fn from_parts(raw: &'a [u8], layout: Layout) -> Self {
        Self { raw, layout }
    }

    pub(crate) const fn layout(&self) -> Layout {
        self.layout
    }

    /// The text as bytes. White space that was let through around the URI is not part of it.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The text: a URI that was read is always UTF-8.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        text(self.raw)
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme<'a> {
        Scheme::new(text(&self.raw[..usize::from(self.layout.scheme_end)]))
    }

    /// Whether the scheme is `sip`.
    #[must_use]
    pub fn is_sip(&self) -> bool {
        self.layout.scheme == SchemeKind::Sip
    }

    /// Whether the scheme is `sips`.
    #[must_use]
    pub fn is_sips(&self) -> bool {
        self.layout.scheme == SchemeKind::Sips
    }

    /// Whether the scheme is `tel`.
    #[must_use]
    pub fn is_tel(&self) -> bool {
        self.layout.scheme == SchemeKind::Tel
    }

    /// The user of a SIP or SIPS URI, raw.
    #[must_use]
    pub fn user(&self) -> Option<&'a str> {
        let span = self.layout.after_scheme(self.layout.user_end);
        self.layout.has_user.then(|| text(&self.raw[span]))
    }

    /// The user of a SIP or SIPS URI, escapes decoded. It may hold any byte, NUL too.
    #[must_use]
    pub fn user_decoded(&self) -> Option<Cow<'a, [u8]>> {
        self.user().map(escape::decode_lossless)
    }

    /// The password of a SIP or SIPS URI, raw. It may be empty.
    #[must_use]
    pub fn password(&self) -> Option<&'a str> {
        self.layout.has_password.then(|| text(&self.raw[self.layout.password()]))
    }

    /// The password of a SIP or SIPS URI, escapes decoded.
    #[must_use]
    pub fn password_decoded(&self) -> Option<Cow<'a, [u8]>> {
        self.password().map(escape::decode_lossless)
    }

    /// The host of a SIP or SIPS URI, which always has one. Other schemes have none here.
    #[must_use]
    pub fn host(&self) -> Option<Host<'a>> {
        self.is_sip_or_sips().then(|| read_host(self.layout.host, &self.raw[self.layout.host()]))
    }

    /// The host of a SIP or SIPS URI as written, an IPv6 address with its brackets.
    #[must_use]
    pub fn host_str(&self) -> Option<&'a str> {
        self.is_sip_or_sips().then(|| text(&self.raw[self.layout.host()]))
    }

    /// The port, if one was written. No default is put in its place: RFC 3263 decides on it.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        if self.layout.has_port { Some(self.layout.port) } else { None }
    }

    /// The parameters of a SIP, SIPS or `tel` URI in their order.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        Params::new(text(&self.raw[self.layout.params()]))
    }

    /// The first parameter with this name: escapes decoded, case ignored.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Param<'a>> {
        self.params().get(name)
    }

    /// The headers of a SIP or SIPS URI in their order.
    #[must_use]
    pub fn headers(&self) -> UriHeaders<'a> {
        UriHeaders::new(match self.layout.has_headers {
            true => text(&self.raw[self.layout.headers(self.raw.len())]),
            false => "",
        })
    }

    /// What follows the colon of a scheme other than `sip`, `sips` and `tel`.
    #[must_use]
    pub fn opaque(&self) -> Option<&'a str> {
        let span = self.layout.after_scheme(self.layout.params_start);
        (self.layout.scheme == SchemeKind::Other).then(|| text(&self.raw[span]))
    }

    pub(crate) fn is_sip_or_sips(&self) -> bool {
        matches!(self.layout.scheme, SchemeKind::Sip | SchemeKind::Sips)
    }
}

impl PartialEq<UriRef<'_>> for UriRef<'_> {
    fn eq(&self, other: &UriRef<'_>) -> bool {
        self.raw == other.raw
    }
}

impl Eq for UriRef<'_> {}

impl Hash for UriRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl fmt::Debug for UriRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UriRef").field(&self.as_str()).finish()
    }
}

/// The text as it came, byte for byte.
impl fmt::Display for UriRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'a> TryFrom<&'a str> for UriRef<'a> {
    type Error = UriError;

    fn try_from(text: &'a str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

impl<'a> TryFrom<&'a [u8]> for UriRef<'a> {
    type Error = UriError;

    fn try_from(bytes: &'a [u8]) -> Result<Self, UriError> {
        Self::parse(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_small() {
        assert!(size_of::<UriRef<'_>>() <= 48, "{}", size_of::<UriRef<'_>>());
        assert!(size_of::<UriError>() <= 8);
    }
}
