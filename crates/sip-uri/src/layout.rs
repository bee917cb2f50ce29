//! Where the components of a URI stand in its text.

use core::ops::Range;

use crate::parse::host::HostKind;

/// The longest URI that is read, in bytes: offsets into a URI are 16 bits wide.
pub const MAX_LEN: usize = 65_535;

/// The schemes whose grammar is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemeKind {
    Sip,
    Sips,
    Tel,
    Other,
}

/// The offsets of the components.
///
/// ```text
/// sip:user:password@host:port;uri-parameters?headers
///    |    |         |    |   |              |
///    |    user_end  |    |   params_start   params_end
///    scheme_end     |    host_end
///                   host_start
/// ```
///
/// A `tel` URI has its number in `scheme_end + 1 .. params_start`, and no host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) scheme_end: u16,
    pub(crate) user_end: u16,
    pub(crate) host_start: u16,
    pub(crate) host_end: u16,
    pub(crate) params_start: u16,
    pub(crate) params_end: u16,
    pub(crate) port: u16,
    pub(crate) scheme: SchemeKind,
    pub(crate) host: HostKind,
    pub(crate) has_user: bool,
    pub(crate) has_password: bool,
    pub(crate) has_port: bool,
    pub(crate) has_headers: bool,
}

impl Layout {
    pub(crate) const fn new(scheme: SchemeKind, scheme_end: u16) -> Self {
        Self {
            scheme_end,
            user_end: 0,
            host_start: 0,
            host_end: 0,
            params_start: 0,
            params_end: 0,
            port: 0,
            scheme,
            host: HostKind::Name,
            has_user: false,
            has_password: false,
            has_port: false,
            has_headers: false,
        }
    }

    /// The text between the scheme's colon and the user's end, or the number of a `tel` URI.
    pub(crate) fn after_scheme(&self, end: u16) -> Range<usize> {
        usize::from(self.scheme_end) + 1..usize::from(end)
    }

    pub(crate) fn password(&self) -> Range<usize> {
        usize::from(self.user_end) + 1..usize::from(self.host_start) - 1
    }

    pub(crate) fn host(&self) -> Range<usize> {
        usize::from(self.host_start)..usize::from(self.host_end)
    }

    pub(crate) fn params(&self) -> Range<usize> {
        usize::from(self.params_start)..usize::from(self.params_end)
    }

    pub(crate) fn headers(&self, len: usize) -> Range<usize> {
        (usize::from(self.params_end) + 1).min(len)..len
    }
}

/// An offset in a URI whose length has been checked against [`MAX_LEN`].
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "no offset is above MAX_LEN, which is 16 bits")]
pub(crate) fn offset(pos: usize) -> u16 {
    debug_assert!(pos <= MAX_LEN);
    pos as u16
}
