//! IPv4 and IPv6 addresses, RFC 5954 §4.1 (the grammar of RFC 3986 §3.2.2).

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::tolerance::{Context, Rule};

/// Reads `bytes[from..to]` as `IPv4address`, four `dec-octet`s.
pub(crate) fn ipv4(
    bytes: &[u8],
    from: usize,
    to: usize,
    cx: &mut Context<'_>,
) -> Result<Ipv4Addr, UriError> {
    let bad = |at| UriError::new(UriErrorKind::InvalidIpv4, Component::Host, at);
    let mut octets = [0; 4];
    let mut pos = from;
    for (i, octet) in octets.iter_mut().enumerate() {
        if i > 0 {
            if pos >= to || bytes[pos] != b'.' {
                return Err(bad(pos));
            }
            pos += 1;
        }
        let start = pos;
        let mut value = 0u16;
        while pos < to && bytes[pos].is_ascii_digit() && pos - start < 3 {
            value = value * 10 + u16::from(bytes[pos] - b'0');
            pos += 1;
        }
        *octet = match u8::try_from(value) {
            Ok(value) if pos > start => value,
            _ => return Err(bad(start)),
        };
        if bytes[start] == b'0' && pos - start > 1 {
            cx.deviate(Rule::Ipv4LeadingZero, Component::Host, start, pos)?;
        }
    }
    if pos < to { Err(bad(pos)) } else { Ok(Ipv4Addr::from(octets)) }
}

/// Reads `bytes[from..to]`, the text between the brackets, as `IPv6address`.
pub(crate) fn ipv6(
    bytes: &[u8],
    from: usize,
    to: usize,
    cx: &mut Context<'_>,
) -> Result<Ipv6Addr, UriError> {
    let bad = |at| UriError::new(UriErrorKind::InvalidIpv6, Component::Host, at);
    let at = |pos: usize| if pos < to { bytes[pos] } else { 0 };
    let mut groups = [0u16; 8];
    let mut count = 0;
    // How many groups stand before the "::".
    let mut gap = None;
    let mut pos = from;
    if at(pos) == b':' {
        if at(pos + 1) != b':' {
            return Err(bad(pos));
        }
        gap = Some(0);
        pos = after_gap(bytes, pos + 2, to, cx)?;
    }
    while pos < to {
        let start = pos;
        let mut group = 0u16;
        while pos < to && pos - start < 4 && class::is(bytes[pos], class::HEX) {
            group = group << 4 | hex(bytes[pos]);
            pos += 1;
        }
        if at(pos) == b'.' {
            // ls32 = h16 ":" h16 / IPv4address: the dotted form is two groups and the last ones.
            if count > 6 {
                return Err(bad(start));
            }
            let [a, b, c, d] = ipv4(bytes, start, to, cx)?.octets();
            groups[count] = u16::from_be_bytes([a, b]);
            groups[count + 1] = u16::from_be_bytes([c, d]);
            count += 2;
            pos = to;
            break;
        }
        if pos == start || count == 8 {
            return Err(bad(start));
        }
        groups[count] = group;
        count += 1;
        if pos == to {
            break;
        }
        if at(pos) != b':' {
            return Err(bad(pos));
        }
        if at(pos + 1) != b':' {
            pos += 1;
            if pos == to {
                return Err(bad(pos));
            }
        } else if gap.is_none() {
            gap = Some(count);
            pos = after_gap(bytes, pos + 2, to, cx)?;
        } else {
            return Err(bad(pos + 1));
        }
    }
    // "::" stands for one group at least.
    match gap {
        None if count == 8 => {}
        Some(gap) if count < 8 => {
            groups.copy_within(gap..count, 8 - (count - gap));
            groups[gap..8 - (count - gap)].fill(0);
        }
        _ => return Err(bad(to)),
    }
    debug_assert_eq!(pos, to);
    Ok(Ipv6Addr::from(groups))
}

/// The position behind a "::" that ends at `pos`. RFC 3261's grammar put a third colon there when
/// an IPv4 address follows (RFC 5118 §4.10).
fn after_gap(bytes: &[u8], pos: usize, to: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    if pos < to && bytes[pos] == b':' && bytes[pos..to].contains(&b'.') {
        cx.deviate(Rule::ThreeColons, Component::Host, pos, pos + 1)?;
        return Ok(pos + 1);
    }
    Ok(pos)
}

fn hex(byte: u8) -> u16 {
    u16::from(match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    })
}
