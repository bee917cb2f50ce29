//! The grammar of `hostport = host [ ":" port ]`, RFC 3261 §25.1 and RFC 5954 §4.1.

use super::ip::{ipv4, ipv6};
use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::host::Host;
use crate::scan::{misplaced, text};
use crate::tolerance::{Context, Rule, Tolerances};

/// How a host was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum HostKind {
    Name,
    V4,
    V6,
}

/// Where a scan of `hostport` came to.
#[derive(Clone, Copy)]
pub(crate) struct Scanned {
    pub(crate) host_end: usize,
    pub(crate) end: usize,
    pub(crate) kind: HostKind,
    pub(crate) has_port: bool,
    pub(crate) port: u16,
}

impl Scanned {
    const fn host_only(kind: HostKind, end: usize) -> Self {
        Self { host_end: end, end, kind, has_port: false, port: 0 }
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.has_port.then_some(self.port)
    }

    pub(crate) fn host<'a>(&self, bytes: &'a [u8], from: usize) -> Host<'a> {
        read_host(self.kind, &bytes[from..self.host_end])
    }
}

/// The host of a text that [`scan_host`] took.
pub(crate) fn read_host(kind: HostKind, bytes: &[u8]) -> Host<'_> {
    let mut cx = Context { tolerances: Tolerances::lenient(), deviations: &mut |_| {} };
    let address = match kind {
        HostKind::Name => None,
        HostKind::V4 => ipv4(bytes, 0, bytes.len(), &mut cx).ok().map(Host::V4),
        HostKind::V6 => {
            let from = usize::from(bytes.first() == Some(&b'['));
            let to = from + bytes[from..].iter().take_while(|b| is_ipv6_byte(**b)).count();
            ipv6(bytes, from, to, &mut cx).ok().map(Host::V6)
        }
    };
    // The scan has read the same bytes by the same two functions, so an address is one again.
    address.unwrap_or_else(|| Host::Name(text(bytes)))
}

/// `hostport = host [ ":" port ]`, where `plain` is what [`plain_host`] has found at `pos`.
#[inline(always)]
pub(crate) fn scan_host_port(
    bytes: &[u8],
    pos: usize,
    plain: Option<Scanned>,
    cx: &mut Context<'_>,
) -> Result<Scanned, UriError> {
    let mut scanned = match plain {
        Some(scanned) => scanned,
        None => any_host(bytes, pos, cx)?,
    };
    if bytes.get(scanned.host_end) == Some(&b':') {
        scan_port(bytes, pos, &mut scanned, cx)?;
    }
    Ok(scanned)
}

/// `":" port`, where `port = 1*DIGIT` and at most 65,535.
#[inline(always)]
pub(crate) fn scan_port(
    bytes: &[u8],
    host_start: usize,
    scanned: &mut Scanned,
    cx: &mut Context<'_>,
) -> Result<(), UriError> {
    let start = scanned.host_end + 1;
    let mut pos = start;
    let mut value = 0u32;
    while let Some(digit @ b'0'..=b'9') = bytes.get(pos) {
        // Saturates above the limit: the number of digits has no bound.
        value = (value * 10 + u32::from(digit - b'0')).min(0x1_0000);
        pos += 1;
    }
    if let Some(&next) = bytes.get(pos)
        && (next == b':' || class::is(next, class::HEX))
        && let Some(bare) = bare_ipv6(bytes, host_start, cx)?
    {
        *scanned = bare;
        return Ok(());
    }
    scanned.end = pos;
    if pos == start {
        return cx.deviate(Rule::EmptyPort, Component::Port, start - 1, start);
    }
    let Ok(port) = u16::try_from(value) else {
        return Err(UriError::new(UriErrorKind::PortOutOfRange, Component::Port, start));
    };
    scanned.has_port = true;
    scanned.port = port;
    Ok(())
}

/// `host = hostname / IPv4address / IPv6reference`.
#[inline(always)]
pub(crate) fn scan_host(
    bytes: &[u8],
    pos: usize,
    cx: &mut Context<'_>,
) -> Result<Scanned, UriError> {
    match plain_host(bytes, pos) {
        Some(scanned) => Ok(scanned),
        None => any_host(bytes, pos, cx),
    }
}

/// A host as nearly all are: a name, or an IPv4 address. `None` leaves the decision to
/// [`any_host`].
#[inline(always)]
pub(crate) fn plain_host(bytes: &[u8], pos: usize) -> Option<Scanned> {
    if let Some(b'0'..=b'9') = bytes.get(pos)
        && let Some(end) = plain_ipv4(bytes, pos)
    {
        return Some(Scanned::host_only(HostKind::V4, end));
    }
    plain_name(bytes, pos).map(|end| Scanned::host_only(HostKind::Name, end))
}

/// Four octets without leading zeros that no more of a name follows: where they end.
#[inline(always)]
fn plain_ipv4(bytes: &[u8], pos: usize) -> Option<usize> {
    let mut end = pos;
    for octet in 0..4 {
        if octet > 0 {
            if bytes.get(end) != Some(&b'.') {
                return None;
            }
            end += 1;
        }
        let start = end;
        let mut value = 0u32;
        while let Some(digit @ b'0'..=b'9') = bytes.get(end)
            && end - start < 3
        {
            value = value * 10 + u32::from(digit - b'0');
            end += 1;
        }
        if end == start || value > 255 || (bytes[start] == b'0' && end - start > 1) {
            return None;
        }
    }
    let more = |b: &u8| class::is(*b, class::LABEL) || matches!(*b, b'.' | b'_');
    if bytes.get(end).is_some_and(more) { None } else { Some(end) }
}

/// `hostname` without a dot at its end: where it ends. `None` leaves the decision to [`any_host`].
#[inline(always)]
fn plain_name(bytes: &[u8], pos: usize) -> Option<usize> {
    let mut label = pos;
    let mut end = pos;
    loop {
        end = class::skip(bytes, end, class::ALPHA | class::DIGIT);
        // A label neither is empty nor begins with a hyphen.
        if end == label {
            return None;
        }
        match bytes.get(end) {
            Some(b'-') => {}
            Some(b'.') if bytes[end - 1] != b'-' => label = end + 1,
            Some(b'.' | b'_') => return None,
            _ if bytes[end - 1] == b'-' || !class::is(bytes[label], class::ALPHA) => return None,
            _ => return Some(end),
        }
        end += 1;
    }
}

/// Every kind of host.
#[inline(never)]
fn any_host(bytes: &[u8], pos: usize, cx: &mut Context<'_>) -> Result<Scanned, UriError> {
    match bytes.get(pos) {
        Some(b'[') => return ipv6_reference(bytes, pos, cx),
        Some(b'0'..=b'9') => {
            let dotted = |b: &&u8| b.is_ascii_digit() || **b == b'.';
            let end = pos + bytes[pos..].iter().take_while(dotted).count();
            let more = bytes.get(end).is_some_and(|b| class::is(*b, class::LABEL) || *b == b'_');
            if !more && ipv4(bytes, pos, end, cx).is_ok() {
                return Ok(Scanned::host_only(HostKind::V4, end));
            }
        }
        _ => {}
    }
    let mut end = pos;
    let mut top_label;
    // hostname = *( domainlabel "." ) toplabel [ "." ]
    loop {
        top_label = end;
        end = domain_label(bytes, end, cx)?;
        if end == top_label {
            return no_label(bytes, pos, cx);
        }
        if bytes.get(end) != Some(&b'.') {
            break;
        }
        end += 1;
        if !bytes.get(end).is_some_and(|byte| class::is(*byte, class::LABEL) || *byte == b'_') {
            break;
        }
    }
    if class::is(bytes[top_label], class::ALPHA) {
        return Ok(Scanned::host_only(HostKind::Name, end));
    }
    digit_label(bytes, pos, top_label, end, cx)
}

/// The end of a label: `alphanum / alphanum *( alphanum / "-" ) alphanum`.
fn domain_label(bytes: &[u8], start: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    let mut end = class::skip(bytes, start, class::LABEL);
    while bytes.get(end) == Some(&b'_') {
        cx.deviate(Rule::HostUnderscore, Component::Host, end, end + 1)?;
        end = class::skip(bytes, end + 1, class::LABEL);
    }
    if end > start && (bytes[start] == b'-' || bytes[end - 1] == b'-') {
        cx.deviate(Rule::HostHyphen, Component::Host, start, end)?;
    }
    Ok(end)
}

/// A host whose last label does not start with a letter: an IPv4 address, or a tolerated name.
///
/// A last label of digits alone is never let through as a name: resolvers read such texts as
/// addresses, each in its own way.
fn digit_label(
    bytes: &[u8],
    pos: usize,
    top_label: usize,
    end: usize,
    cx: &mut Context<'_>,
) -> Result<Scanned, UriError> {
    let label = &bytes[top_label..end];
    let label = label.strip_suffix(b".").unwrap_or(label);
    if label.iter().all(u8::is_ascii_digit) {
        if let Some(bare) = bare_ipv6(bytes, pos, cx)? {
            return Ok(bare);
        }
        if bytes[pos..end].iter().all(|b| b.is_ascii_digit() || *b == b'.') {
            ipv4(bytes, pos, end, cx)?;
        }
        return Err(UriError::new(UriErrorKind::InvalidHostName, Component::Host, top_label));
    }
    if label[0].is_ascii_digit() {
        if let Some(bare) = bare_ipv6(bytes, pos, cx)? {
            return Ok(bare);
        }
        cx.deviate(Rule::HostDigitLabel, Component::Host, top_label, top_label + label.len())?;
    }
    Ok(Scanned::host_only(HostKind::Name, end))
}

/// What stands where a host should begin is no label.
#[cold]
fn no_label(bytes: &[u8], pos: usize, cx: &mut Context<'_>) -> Result<Scanned, UriError> {
    if let Some(bare) = bare_ipv6(bytes, pos, cx)? {
        return Ok(bare);
    }
    match bytes.get(pos) {
        None | Some(b':' | b';' | b'?' | b'@') => {
            Err(UriError::new(UriErrorKind::EmptyHost, Component::Host, pos))
        }
        Some(b'.') => Err(UriError::new(UriErrorKind::InvalidHostName, Component::Host, pos)),
        Some(_) => Err(misplaced(bytes, pos, Component::Host)),
    }
}

/// `IPv6reference = "[" IPv6address "]"`.
fn ipv6_reference(bytes: &[u8], pos: usize, cx: &mut Context<'_>) -> Result<Scanned, UriError> {
    let from = pos + 1;
    let to = from + bytes[from..].iter().take_while(|b| is_ipv6_byte(**b)).count();
    let mut close = to;
    if bytes.get(to) == Some(&b'%') {
        let zone = |b: &&u8| class::is(**b, class::UNRESERVED) || **b == b'%';
        close = to + bytes[to..].iter().take_while(zone).count();
        cx.deviate(Rule::Ipv6Zone, Component::Host, to, close)?;
    }
    match bytes.get(close) {
        Some(b']') => {}
        None | Some(b';' | b'?') => {
            return Err(UriError::new(UriErrorKind::UnclosedBracket, Component::Host, close));
        }
        Some(0..=0x20 | 0x7f..) => return Err(misplaced(bytes, close, Component::Host)),
        Some(_) => return Err(UriError::new(UriErrorKind::InvalidIpv6, Component::Host, close)),
    }
    ipv6(bytes, from, to, cx)?;
    Ok(Scanned::host_only(HostKind::V6, close + 1))
}

/// An IPv6 address without brackets at `pos`, if one stands there.
///
/// The whole run of hexadecimal digits, colons and dots is the address. A port behind it cannot be
/// told from a last group (RFC 5118 §4.3), so none is looked for.
#[cold]
pub(crate) fn bare_ipv6(
    bytes: &[u8],
    pos: usize,
    cx: &mut Context<'_>,
) -> Result<Option<Scanned>, UriError> {
    let end = pos + bytes[pos..].iter().take_while(|b| is_ipv6_byte(**b)).count();
    let colons = bytes[pos..end].iter().filter(|b| **b == b':').count();
    let mut silent = Context { tolerances: cx.tolerances, deviations: &mut |_| {} };
    if colons < 2 || ipv6(bytes, pos, end, &mut silent).is_err() {
        return Ok(None);
    }
    cx.deviate(Rule::BareIpv6, Component::Host, pos, end)?;
    ipv6(bytes, pos, end, cx)?;
    Ok(Some(Scanned::host_only(HostKind::V6, end)))
}

fn is_ipv6_byte(byte: u8) -> bool {
    class::is(byte, class::HEX) || byte == b':' || byte == b'.'
}
