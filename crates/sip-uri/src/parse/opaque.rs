//! Every other scheme: `absoluteURI = scheme ":" ( hier-part / opaque-part )`, RFC 3261 §25.1.
//!
//! Spelt out, the two alternatives take any text of `uric`, at least one character long, and
//! brackets around an IPv6 address in the authority. Nothing but that is checked: what the text
//! means is the business of its scheme.

use super::host::scan_host_port;
use crate::class;
use crate::error::{Component, UriError};
use crate::layout::{Layout, offset};
use crate::scan::{Field, misplaced, run};
use crate::tolerance::{Context, Rule};

const URIC: Field = Field {
    component: Component::Opaque,
    class: class::URIC,
    stops: b"",
    escapes: true,
    tolerated: &[(Rule::OpaqueCharacter, b"#[]{}|\\^`")],
};

/// What may stand between `//` and a bracketed host: `userinfo`, whose slashes would make a path.
const AUTHORITY_USER: u16 = class::PASSWORD;

/// Takes the text behind the colon.
pub(crate) fn absolute_uri(
    bytes: &[u8],
    layout: &mut Layout,
    cx: &mut Context<'_>,
) -> Result<(), UriError> {
    let start = usize::from(layout.scheme_end) + 1;
    let mut pos = ipv6_authority(bytes, start, cx)?;
    pos = run(bytes, pos, &URIC, cx)?;
    if pos == start || pos < bytes.len() {
        return Err(misplaced(bytes, pos, Component::Opaque));
    }
    layout.params_start = offset(pos);
    layout.params_end = offset(pos);
    Ok(())
}

/// `"//" [ userinfo ] IPv6reference [ ":" port ]`: where it ends, or `start` if it is not there.
fn ipv6_authority(bytes: &[u8], start: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    if !bytes[start..].starts_with(b"//") {
        return Ok(start);
    }
    let mut host = start + 2;
    if let Some(bracket) = bytes[host..].iter().position(|b| *b == b'[')
        && bracket > 0
        && is_userinfo(&bytes[host..host + bracket])
    {
        host += bracket;
    }
    if bytes.get(host) != Some(&b'[') {
        return Ok(start);
    }
    Ok(scan_host_port(bytes, host, None, cx)?.end)
}

fn is_userinfo(bytes: &[u8]) -> bool {
    bytes.strip_suffix(b"@").is_some_and(|user| {
        user.iter().all(|b| class::is(*b, AUTHORITY_USER) || matches!(b, b':' | b';' | b'%'))
    })
}
