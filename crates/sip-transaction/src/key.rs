//! What a request is matched by at a server (RFC 3261 §17.2.3, §8.2.2.2, §9.2).
//!
//! RFC 3261 matches by branch, sent-by and method. Here Call-ID, CSeq number and From tag must be
//! the same as well: they are in every retransmission, ACK and CANCEL, and a peer that uses one
//! branch for two requests is understood all the same.
//!
//! A peer of RFC 2543 sends no branch, or one without the cookie. Its requests are matched by
//! Request-URI, To tag and the whole top Via in place of the branch.

use sip_message::value::Via;
use sip_message::{HeaderName, Request, header};

use crate::branch::COOKIE;

/// Where the parts of a key end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Call-ID, CSeq number and From tag: what is the same in a request that comes by two ways.
    pub(crate) identity: u32,
    /// That, and what tells it from another of the same identity. Behind it is the method.
    pub(crate) stem: u32,
}

/// Which To tag the key of a peer of RFC 2543 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToTag {
    /// That of the request.
    Kept,
    /// None, as if the request had none: an ACK has the tag of the response, its INVITE did not.
    LeftOut,
}

/// Whether a Via is one of a peer that knows no more than RFC 2543.
pub(crate) fn is_rfc2543(via: &Via<'_>) -> bool {
    let branch = via.branch().unwrap_or_default();
    let cookie = branch.get(..COOKIE.len());
    branch.len() == COOKIE.len() || !cookie.is_some_and(|it| it.eq_ignore_ascii_case(COOKIE))
}

/// Writes the key of a request in place of what is in `out`.
///
/// # Errors
/// The header that is missing or cannot be read.
pub(crate) fn write_key(
    request: &Request,
    to_tag: ToTag,
    out: &mut Vec<u8>,
) -> Result<Key, HeaderName<'static>> {
    let headers = request.headers();
    let via = headers.require(header::Via).map_err(|_| HeaderName::VIA)?;
    let call_id = headers.require(header::CallId).map_err(|_| HeaderName::CALL_ID)?;
    let cseq = headers.require(header::CSeq).map_err(|_| HeaderName::CSEQ)?;
    let from = headers.require(header::From).map_err(|_| HeaderName::FROM)?;
    let to = headers.require(header::To).map_err(|_| HeaderName::TO)?;
    if cseq.method() != request.method() {
        return Err(HeaderName::CSEQ);
    }
    out.clear();
    part(out, call_id.as_bytes());
    out.extend_from_slice(&cseq.number().to_be_bytes());
    part(out, from.tag().unwrap_or_default().as_bytes());
    let identity = length(out);
    if is_rfc2543(&via) {
        // No branch starts with a line end.
        out.push(b'\n');
        part(out, request.uri_bytes());
        let to_tag = to.tag().filter(|_| to_tag == ToTag::Kept);
        part(out, to_tag.unwrap_or_default().as_bytes());
        part(out, via.transport().as_bytes());
        for param in via.params() {
            part(out, param.name().as_bytes());
            part(out, param.raw_value().unwrap_or_default());
        }
    } else {
        part(out, via.branch().unwrap_or_default().as_bytes());
    }
    let host = out.len();
    part(out, via.host_str().as_bytes());
    out[host..].make_ascii_lowercase();
    out.extend_from_slice(&via.port().unwrap_or_default().to_be_bytes());
    let stem = length(out);
    out.extend_from_slice(request.method().as_str().as_bytes());
    Ok(Key { identity, stem })
}

/// A part, and an octet that is in none.
fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.push(b'\r');
}

fn length(out: &[u8]) -> u32 {
    u32::try_from(out.len()).unwrap_or(u32::MAX)
}
