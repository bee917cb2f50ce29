//! `hostport = host [ ":" port ]`, RFC 3261 §25.1 with the addresses of RFC 5954 §4.1.
//!
//! The grammar is that of URIs and of Via's `sent-by`, so other crates use it through [`HostPort`]
//! and [`Host`].

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Component, UriError, UriErrorKind};
use crate::parse::host::{HostKind, bare_ipv6, read_host, scan_host, scan_port};
use crate::scan::{misplaced, text};
use crate::tolerance::{Context, Deviation, Rule, Tolerances};

/// A host: a name or an address.
///
/// `Eq` is structural; [`Host::equivalent`] compares names without their case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host<'a> {
    /// A domain name as written, with its trailing dot if it had one.
    Name(&'a str),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, without brackets and zone.
    V6(Ipv6Addr),
}

impl<'a> Host<'a> {
    /// Reads a text that is one host and nothing else, such as the value of `maddr`.
    ///
    /// An IPv6 address stands in brackets, or without them under [`Rule::BareIpv6`].
    pub fn parse(
        bytes: &'a [u8],
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<Self, UriError> {
        let (host, end) = Self::parse_prefix(bytes, tolerances, deviations)?;
        if end < bytes.len() {
            return Err(misplaced(bytes, end, Component::Host));
        }
        Ok(host)
    }

    /// Reads the host that `bytes` starts with, and says where it ends.
    pub fn parse_prefix(
        bytes: &'a [u8],
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<(Self, usize), UriError> {
        let mut cx = Context { tolerances, deviations };
        let mut scanned = scan_host(bytes, 0, &mut cx)?;
        if bytes.get(scanned.host_end) == Some(&b':')
            && let Some(bare) = bare_ipv6(bytes, 0, &mut cx)?
        {
            scanned = bare;
        }
        Ok((scanned.host(bytes, 0), scanned.host_end))
    }

    /// Reads an address without a port: IPv4, or IPv6 with or without brackets, as Via's
    /// `received` has it (RFC 3261 §25.1 has no brackets there, RFC 5118 §4.5 asks to read both).
    ///
    /// ```
    /// # use sip_uri::Host;
    /// assert_eq!(Host::parse_address(b"[2001:db8::1]"), Host::parse_address(b"2001:db8::1"));
    /// assert!(Host::parse_address(b"example.com").is_err());
    /// ```
    pub fn parse_address(bytes: &[u8]) -> Result<IpAddr, UriError> {
        let tolerances = Tolerances::default().with(Rule::BareIpv6);
        match Host::parse(bytes, tolerances, &mut |_| {})? {
            Host::V4(address) => Ok(address.into()),
            Host::V6(address) => Ok(address.into()),
            Host::Name(_) => Err(UriError::new(UriErrorKind::InvalidIpv4, Component::Host, 0)),
        }
    }

    /// The address, if the host is one.
    #[must_use]
    pub const fn address(&self) -> Option<IpAddr> {
        match *self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(address)),
            Self::V6(address) => Some(IpAddr::V6(address)),
        }
    }

    /// The name, if the host is one.
    #[must_use]
    pub const fn name(&self) -> Option<&'a str> {
        match *self {
            Self::Name(name) => Some(name),
            Self::V4(_) | Self::V6(_) => None,
        }
    }

    /// Whether both are the same host by RFC 3261 §19.1.4 and RFC 5954 §4.2: names without their
    /// case, addresses as addresses. A name never matches an address.
    #[must_use]
    pub fn equivalent(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Self::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
            _ => self == other,
        }
    }
}

/// The host as it stands in a URI: an IPv6 address gets its brackets.
impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

impl From<Ipv4Addr> for Host<'_> {
    fn from(address: Ipv4Addr) -> Self {
        Self::V4(address)
    }
}

impl From<Ipv6Addr> for Host<'_> {
    fn from(address: Ipv6Addr) -> Self {
        Self::V6(address)
    }
}

impl From<IpAddr> for Host<'_> {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

/// A host and perhaps a port, as in a URI or in Via's `sent-by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HostPort<'a> {
    /// The host as written.
    host: &'a [u8],
    kind: HostKind,
    port: Option<u16>,
}

impl<'a> HostPort<'a> {
    /// Reads the `host [ ":" port ]` that `bytes` starts with, and says where it ends.
    ///
    /// What may follow is the caller's business. Via allows white space around the colon and a URI
    /// does not: a colon with white space or nothing behind it is left to the caller, who can add
    /// a port that comes so with [`HostPort::with_port`].
    ///
    /// # Errors
    ///
    /// What the first byte is that cannot be, see [`UriError`].
    ///
    /// ```
    /// # use sip_uri::{HostPort, Tolerances};
    /// let via = b"[2001:db8::9:1]:5070;branch=z9hG4bKas3";
    /// let (sent_by, end) = HostPort::parse_prefix(via, Tolerances::default(), &mut |_| {})?;
    /// assert_eq!(sent_by.host_str(), "[2001:db8::9:1]");
    /// assert_eq!(sent_by.port(), Some(5070));
    /// assert_eq!(via[end], b';');
    /// # Ok::<(), sip_uri::UriError>(())
    /// ```
    #[inline]
    pub fn parse_prefix(
        bytes: &'a [u8],
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<(Self, usize), UriError> {
        let mut cx = Context { tolerances, deviations };
        let mut scanned = scan_host(bytes, 0, &mut cx)?;
        if let [b':', behind, ..] = bytes[scanned.host_end..]
            && !matches!(behind, b' ' | b'\t' | b'\r' | b'\n')
        {
            scan_port(bytes, 0, &mut scanned, &mut cx)?;
        }
        let host = &bytes[..scanned.host_end];
        Ok((Self { host, kind: scanned.kind, port: scanned.port() }, scanned.end))
    }

    /// The same host with another port, or none.
    #[must_use]
    pub const fn with_port(self, port: Option<u16>) -> Self {
        Self { port, ..self }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> Host<'a> {
        read_host(self.kind, self.host)
    }

    /// The host as written, an IPv6 address with its brackets.
    #[must_use]
    pub fn host_str(&self) -> &'a str {
        text(self.host)
    }

    /// The port, if one was written.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}
