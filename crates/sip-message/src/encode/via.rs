//! Via values to be written (RFC 3261 §20.42, RFC 3581).

use alloc::boxed::Box;
use core::fmt::Write;
use core::net::{IpAddr, SocketAddr};

use sip_uri::Host;

use super::params::{NewParams, NewValue};
use super::{Encode, EncodeError, EncodeErrorKind, Sort, Text, ValueWriter, check_token};
use crate::start_line::Span;
use crate::value::Via;

/// Builds a Via value; it borrows its parts and allocates nothing for the usual ones.
///
/// Each part is checked when it is given. A parameter that is set again is replaced in its place.
///
/// ```
/// use sip_message::encode::{Encode, ViaBuilder};
/// let via = ViaBuilder::new("UDP", "pc33.atlanta.example")?
///     .port(5066)
///     .branch("z9hG4bK776asdhds")?
///     .rport();
/// assert_eq!(
///     via.to_value()?,
///     b"SIP/2.0/UDP pc33.atlanta.example:5066;branch=z9hG4bK776asdhds;rport",
/// );
/// assert!(ViaBuilder::new("UDP", "pc33\r\nEvil: yes").is_err());
/// # Ok::<(), sip_message::encode::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ViaBuilder<'a> {
    protocol: &'a str,
    version: &'a str,
    transport: &'a str,
    host: SentBy<'a>,
    port: Option<u16>,
    params: NewParams<'a>,
    /// Whether there is nothing in it but what has a method of its own.
    is_typed: bool,
}

#[derive(Clone, Copy, Debug)]
enum SentBy<'a> {
    Text(&'a str),
    Address(IpAddr),
}

impl<'a> ViaBuilder<'a> {
    /// A Via of this transport (`UDP`, `TCP`, `TLS`, `WSS`, …) and this sent-by: a host name, an
    /// IPv4 address or an IPv6 address in brackets.
    ///
    /// # Errors
    /// When the transport is no token or the host no host.
    pub fn new(transport: &'a str, host: &'a str) -> Result<Self, EncodeError> {
        Host::parse(host.as_bytes(), sip_uri::Tolerances::default(), &mut |_| {})?;
        super::check_uri(host.as_bytes())?;
        Self::with(transport, SentBy::Text(host), None)
    }

    /// A Via of this transport whose sent-by is an address and its port.
    ///
    /// # Errors
    /// When the transport is no token.
    pub fn at(transport: &'a str, address: SocketAddr) -> Result<Self, EncodeError> {
        Self::with(transport, SentBy::Address(address.ip()), Some(address.port()))
    }

    fn with(transport: &'a str, host: SentBy<'a>, port: Option<u16>) -> Result<Self, EncodeError> {
        check_token(transport)?;
        let params = NewParams::default();
        let (protocol, version) = ("SIP", "2.0");
        Ok(Self { protocol, version, transport, host, port, params, is_typed: true })
    }

    /// A copy of a Via that came, to which a server adds where it came from (RFC 3261 §18.2.1,
    /// RFC 3581 §4).
    ///
    /// ```
    /// use sip_message::encode::{Encode, ViaBuilder};
    /// use sip_message::value::{HeaderValue, Via};
    /// let via = Via::decode(b"SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff").unwrap();
    /// let seen = ViaBuilder::from_view(via).received("192.0.2.1".parse().unwrap()).rport_is(9988);
    /// assert_eq!(
    ///     seen.to_value().unwrap(),
    ///     b"SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1",
    /// );
    /// ```
    pub fn from_view(via: Via<'a>) -> Self {
        let mut params = NewParams::default();
        for param in via.params() {
            let value = param.raw_value().map_or(NewValue::Flag, NewValue::View);
            // The first of two with one name counts, and the names of a view are tokens.
            if via.params().get(param.name()) == Some(param) {
                let _ = params.set(param.name(), value);
            }
        }
        Self {
            protocol: via.protocol(),
            version: via.version(),
            transport: via.transport(),
            host: SentBy::Text(via.host_str()),
            port: via.port(),
            params,
            is_typed: false,
        }
    }

    /// The port of the sent-by.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The `branch` parameter (RFC 3261 §8.1.1.7).
    ///
    /// # Errors
    /// When it is no token.
    pub fn branch(mut self, branch: &'a str) -> Result<Self, EncodeError> {
        self.params.token("branch", branch)?;
        Ok(self)
    }

    /// `rport` without a value: asks the server for the port (RFC 3581 §3).
    pub fn rport(self) -> Self {
        self.known("rport", NewValue::Flag)
    }

    /// `rport` with the port that a request came from (RFC 3581 §4).
    pub fn rport_is(self, port: u16) -> Self {
        self.known("rport", NewValue::Number(port.into()))
    }

    /// `received`: the address that a request came from (RFC 3261 §18.2.1).
    pub fn received(self, address: IpAddr) -> Self {
        self.known("received", NewValue::Address(address))
    }

    fn known(mut self, name: &'static str, value: NewValue<'a>) -> Self {
        // These names are tokens.
        let _ = self.params.set(name, value);
        self
    }

    /// Another parameter. What is neither a token nor a host is quoted.
    ///
    /// # Errors
    /// When the name is no token, or there is a CR, LF or NUL in the value.
    pub fn param(mut self, name: &'a str, value: &'a str) -> Result<Self, EncodeError> {
        self.params.text(name, value)?;
        self.is_typed = false;
        Ok(self)
    }

    /// A parameter without a value, such as `alias` or `keep`.
    ///
    /// # Errors
    /// When the name is no token.
    pub fn flag(mut self, name: &'a str) -> Result<Self, EncodeError> {
        self.params.set(name, NewValue::Flag)?;
        self.is_typed = false;
        Ok(self)
    }

    /// Writes all of it but the branch, for the requests that it goes into: each has a branch of its
    /// own. A branch that was set is left out.
    ///
    /// # Errors
    /// When a part cannot stand in a header line.
    pub fn prepare(&self) -> Result<PreparedVia, EncodeError> {
        let (before, behind) = self.params.around("branch");
        let mut text = Text::new();
        let mut out = ValueWriter { text: &mut text, start: 0 };
        self.write_sent_by(&mut out)?;
        before.write(&mut out)?;
        out.plain(b";branch=");
        let branch = out.text.len();
        behind.write(&mut out)?;
        let value = text.get(Span::new(0, text.len())).into();
        Ok(PreparedVia { value, branch, is_typed: self.is_typed })
    }

    fn write_sent_by(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.plain(self.protocol.as_bytes());
        out.plain(b"/");
        out.plain(self.version.as_bytes());
        out.plain(b"/");
        out.plain(self.transport.as_bytes());
        out.plain(b" ");
        let format = |_| EncodeError::new(EncodeErrorKind::Format, 0);
        match self.host {
            SentBy::Text(host) => out.plain(host.as_bytes()),
            SentBy::Address(IpAddr::V4(address)) => write!(out, "{address}").map_err(format)?,
            SentBy::Address(IpAddr::V6(address)) => write!(out, "[{address}]").map_err(format)?,
        }
        if let Some(port) = self.port {
            out.plain(b":");
            out.number(port.into());
        }
        Ok(())
    }
}

impl Encode for ViaBuilder<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        self.write_sent_by(out)?;
        self.params.write(out)
    }

    fn sort(&self) -> Sort {
        if self.is_typed { Sort::Via } else { Sort::Any }
    }
}

/// A Via of which everything is written but the branch; see [`ViaBuilder::prepare`].
///
/// ```
/// use sip_message::encode::{Encode, ViaBuilder};
/// let ours = ViaBuilder::new("UDP", "p1.example")?.port(5060).rport().prepare()?;
/// assert_eq!(
///     ours.branch("z9hG4bK77ef4c")?.to_value()?,
///     b"SIP/2.0/UDP p1.example:5060;rport;branch=z9hG4bK77ef4c",
/// );
/// assert!(ours.branch("z9hG4bK\r\nEvil: yes").is_err());
/// # Ok::<(), sip_message::encode::EncodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PreparedVia {
    value: Box<[u8]>,
    /// Where the branch goes.
    branch: usize,
    is_typed: bool,
}

impl PreparedVia {
    /// The Via with this branch (RFC 3261 §8.1.1.7).
    ///
    /// # Errors
    /// When it is no token.
    pub fn branch<'v>(&'v self, branch: &'v str) -> Result<BranchedVia<'v>, EncodeError> {
        check_token(branch)?;
        Ok(BranchedVia { via: self, branch })
    }
}

/// A [`PreparedVia`] with its branch.
#[derive(Clone, Copy, Debug)]
pub struct BranchedVia<'v> {
    via: &'v PreparedVia,
    branch: &'v str,
}

impl Encode for BranchedVia<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        let (before, behind) = self.via.value.split_at(self.via.branch);
        out.checked(before);
        out.plain(self.branch.as_bytes());
        out.checked(behind);
        Ok(())
    }

    fn sort(&self) -> Sort {
        if self.via.is_typed { Sort::Via } else { Sort::Any }
    }
}
