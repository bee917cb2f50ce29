//! Via (RFC 3261 §20.42), with `rport` (RFC 3581).

use core::net::IpAddr;

use sip_uri::{Host, HostPort};

use super::HeaderValue;
use crate::input::skip_lws;
use crate::text::token_str;
use crate::{Input, Param, Params, Rule, ValueError};

/// `via-parm = sent-protocol LWS sent-by *( SEMI via-params )`: one hop of a request's path.
///
/// ```
/// use sip_message::value::{HeaderValue, Via};
/// let via = Via::decode(
///     b"SIP/2.0/UDP [2001:db8::9:1]:5070;received=192.0.2.1;rport=9988;branch=z9hG4bKkjshdyff",
/// ).unwrap();
/// assert_eq!(via.transport(), "UDP");
/// assert_eq!(via.host_str(), "[2001:db8::9:1]");
/// assert_eq!(via.port(), Some(5070));
/// assert_eq!(via.branch(), Some("z9hG4bKkjshdyff"));
/// assert_eq!(via.received(), Some("192.0.2.1".parse().unwrap()));
/// assert_eq!(via.rport(), Some(Some(9988)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// `SIP/2.0` with the white space that may be around the slash.
    protocol: &'a [u8],
    transport: &'a [u8],
    sent_by: HostPort<'a>,
    params: Params<'a>,
    branch: Option<&'a [u8]>,
    received: Option<IpAddr>,
    rport: Option<Option<u16>>,
    ttl: Option<u8>,
}

impl<'a> Via<'a> {
    /// The name of the protocol, `SIP`.
    #[must_use]
    pub fn protocol(&self) -> &'a str {
        self.split_protocol().0
    }

    /// The version of the protocol, `2.0`.
    #[must_use]
    pub fn version(&self) -> &'a str {
        self.split_protocol().1
    }

    /// Name and version as they came, with the white space that may be around their slash.
    pub(crate) fn protocol_bytes(&self) -> &'a [u8] {
        self.protocol
    }

    fn split_protocol(&self) -> (&'a str, &'a str) {
        let protocol = token_str(self.protocol);
        let (name, version) = protocol.split_once('/').unwrap_or((protocol, ""));
        (name.trim_ascii_end(), version.trim_ascii_start())
    }

    /// The transport as it came, such as `UDP`; case does not matter.
    #[must_use]
    pub fn transport(&self) -> &'a str {
        token_str(self.transport)
    }

    /// The host of `sent-by` as it came, an IPv6 address in its brackets.
    #[must_use]
    pub fn host_str(&self) -> &'a str {
        self.sent_by.host_str()
    }

    /// The host of `sent-by`.
    #[must_use]
    pub fn host(&self) -> Host<'a> {
        self.sent_by.host()
    }

    /// The port of `sent-by`, if it is written there.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.sent_by.port()
    }

    /// The `branch` parameter, which names the transaction (RFC 3261 §8.1.1.7).
    #[must_use]
    pub fn branch(&self) -> Option<&'a str> {
        self.branch.map(token_str)
    }

    /// The `received` parameter: the address that the request came from (RFC 3261 §18.2.1).
    #[must_use]
    pub fn received(&self) -> Option<IpAddr> {
        self.received
    }

    /// The `rport` parameter (RFC 3581): `Some(None)` asks for the port, `Some(Some(_))` tells it.
    #[must_use]
    pub fn rport(&self) -> Option<Option<u16>> {
        self.rport
    }

    /// The `maddr` parameter: where to send the response instead (RFC 3261 §18.2.2).
    #[must_use]
    pub fn maddr(&self) -> Option<&'a str> {
        self.params.get("maddr")?.value_str()
    }

    /// The `ttl` parameter, for a response by multicast.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.ttl
    }

    /// All parameters.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }
}

impl<'a> HeaderValue<'a> for Via<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let (protocol, transport) = sent_protocol(input)?;
        let sent_by = sent_by(input)?;
        let (mut branch, mut received, mut rport, mut ttl) = (None, None, None, None);
        let params = Params::parse_each(input, |input, param| {
            if branch.is_none() && param.is_letters(b"branch") {
                param.require_value(input)?;
                branch = param.plain();
                if branch.is_none() && param.raw_value().is_some() {
                    input.at = param.value_offset(input);
                    return Err(input.unexpected("a token as the branch"));
                }
            } else if received.is_none() && param.is_letters(b"received") {
                received = Some(via_received(input, param)?);
            } else if rport.is_none() && param.is_letters(b"rport") {
                rport = Some(response_port(input, param)?);
            } else if ttl.is_none() && param.is_letters(b"ttl") {
                ttl = Some(via_ttl(input, param)?);
            } else if param.is_letters(b"maddr") {
                via_maddr(input, param)?;
            }
            Ok(())
        })?;
        Ok(Self { protocol, transport, sent_by, params, branch, received, rport, ttl })
    }
}

/// `sent-protocol = protocol-name SLASH protocol-version SLASH transport`, and the LWS behind it.
#[inline(always)]
fn sent_protocol<'a>(input: &mut Input<'a, '_>) -> Result<(&'a [u8], &'a [u8]), ValueError> {
    let (bytes, start) = (input.bytes, input.at);
    let protocol = if bytes[start..].starts_with(b"SIP/2.0/") {
        input.at = start + 8;
        input.skip_lws();
        &bytes[start..start + 7]
    } else {
        input.token_bytes("a protocol, such as `SIP/2.0/UDP`")?;
        slash(input)?;
        input.token_bytes("a protocol version")?;
        let end = input.at;
        slash(input)?;
        &bytes[start..end]
    };
    let transport = input.token_bytes("a transport")?;
    let gap = input.at;
    input.skip_lws();
    if input.at == gap {
        return Err(input.unexpected("white space behind the transport"));
    }
    Ok((protocol, transport))
}

/// `SLASH = SWS "/" SWS`.
fn slash(input: &mut Input<'_, '_>) -> Result<(), ValueError> {
    input.skip_lws();
    if !input.eat(b'/') {
        return Err(input.unexpected("`/`"));
    }
    input.skip_lws();
    Ok(())
}

/// `sent-by = host [ COLON port ]`, where `COLON = SWS ":" SWS`.
#[inline(always)]
fn sent_by<'a>(input: &mut Input<'a, '_>) -> Result<HostPort<'a>, ValueError> {
    let start = input.at;
    let text = input.rest();
    let tolerances = input.tolerances.uri();
    let mut record = |deviation| input.record_uri_deviation(start, deviation);
    let (sent_by, len) = match HostPort::parse_prefix(text, tolerances, &mut record) {
        Ok(read) => read,
        Err(error) => return Err(crate::input::uri_error(error, start)),
    };
    input.at = start + len;
    match input.peek() {
        None | Some(b';' | b',') => Ok(sent_by),
        Some(b':' | b' ' | b'\t' | b'\r' | b'\n') => spaced_port(input, sent_by),
        Some(_) => Err(input.unexpected("a host")),
    }
}

/// A port with white space around its colon, if there is one.
#[cold]
fn spaced_port<'a>(
    input: &mut Input<'a, '_>,
    sent_by: HostPort<'a>,
) -> Result<HostPort<'a>, ValueError> {
    let colon = skip_lws(input.bytes, input.at);
    if input.bytes.get(colon) != Some(&b':') || sent_by.port().is_some() {
        return Ok(sent_by);
    }
    input.at = skip_lws(input.bytes, colon + 1);
    let port = input.number(u32::from(u16::MAX), "a port from 0 to 65535")?;
    Ok(sent_by.with_port(u16::try_from(port).ok()))
}

/// `via-received = "received" EQUAL (IPv4address / IPv6address)`; RFC 5118 §4.5 asks to take the
/// address in brackets, too.
fn via_received(input: &mut Input<'_, '_>, param: Param<'_>) -> Result<IpAddr, ValueError> {
    let start = param.value_offset(input);
    let value = param.raw_value().unwrap_or_default();
    let (address, bracketed) = match value {
        [b'[', address @ .., b']'] => (address, true),
        plain => (plain, false),
    };
    let parsed = core::str::from_utf8(address).ok().and_then(|text| text.parse::<IpAddr>().ok());
    match parsed {
        Some(address @ IpAddr::V6(_)) if bracketed => {
            input.deviate(
                Rule::BracketedReceived,
                start,
                input.at,
                "an address without brackets",
            )?;
            Ok(address)
        }
        Some(address) if !bracketed => Ok(address),
        _ => {
            let kind = crate::ValueErrorKind::UnexpectedByte;
            Err(ValueError::new(kind, start, "an IP address"))
        }
    }
}

/// `via-maddr = "maddr" EQUAL host`.
fn via_maddr(input: &mut Input<'_, '_>, param: Param<'_>) -> Result<(), ValueError> {
    let start = param.value_offset(input);
    let host = param.raw_value().unwrap_or_default();
    let tolerances = input.tolerances.uri();
    let mut record = |deviation| input.record_uri_deviation(start, deviation);
    match Host::parse(host, tolerances, &mut record) {
        Ok(_) => Ok(()),
        Err(error) => Err(crate::input::uri_error(error, start)),
    }
}

/// `response-port = "rport" [EQUAL 1*DIGIT]` (RFC 3581 §10).
fn response_port(input: &mut Input<'_, '_>, param: Param<'_>) -> Result<Option<u16>, ValueError> {
    if param.raw_value().is_none() {
        return Ok(None);
    }
    let port = bounded(input, param, u32::from(u16::MAX), "a port from 0 to 65535")?;
    Ok(u16::try_from(port).ok())
}

/// `via-ttl = "ttl" EQUAL ttl`, `ttl = 1*3DIGIT ; 0 to 255`.
fn via_ttl(input: &mut Input<'_, '_>, param: Param<'_>) -> Result<u8, ValueError> {
    let ttl = bounded(input, param, u32::from(u8::MAX), "a ttl from 0 to 255")?;
    Ok(u8::try_from(ttl).unwrap_or(u8::MAX))
}

/// The value of a parameter that was just read, as a number; the position does not change.
fn bounded(
    input: &mut Input<'_, '_>,
    param: Param<'_>,
    max: u32,
    expected: &'static str,
) -> Result<u32, ValueError> {
    let end = input.at;
    input.at = param.value_offset(input);
    let number = input.number(max, expected)?;
    if input.at < end {
        return Err(input.unexpected(expected));
    }
    input.at = end;
    Ok(number)
}
