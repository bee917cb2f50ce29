//! What a request is matched by at a server (RFC 3261 §17.2.3, §8.2.2.2, §9.2).
//!
//! RFC 3261 matches by branch, sent-by and method. Here Call-ID, CSeq number and From tag must be
//! the same as well: they are in every retransmission, ACK and CANCEL, and a peer that uses one
//! branch for two requests is understood all the same.
//!
//! A peer of RFC 2543 sends no branch, or one without the cookie. Its requests are matched by
//! Request-URI, To tag and the whole top Via in place of the branch.
//!
//! What is kept of all that is a digest of 128 bits under a key that nobody knows (SipHash), so
//! that a transaction is small and one look finds it. Two requests with one digest do not happen:
//! that a request meets one of a million by chance has odds of one in 10^32.

use std::hash::Hasher;

use sip_message::value::Via;
use sip_message::{HeaderName, Method, Request, header};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::branch::COOKIE;

/// What a request is matched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Key {
    /// The identity, and what tells the request from another of the same.
    pub(crate) stem: [u64; 2],
    pub(crate) method: MethodKey,
    /// Call-ID, CSeq number and From tag: what is the same in a request that comes by two ways.
    pub(crate) identity: u64,
}

/// A digest of a method. ACK has that of INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MethodKey(u64);

impl MethodKey {
    pub(crate) const INVITE: Self = Self(0);
    pub(crate) const CANCEL: Self = Self(1);

    /// The digest of a method, under the endpoint's secret.
    pub(crate) fn of(secret: [u64; 2], method: Method<'_>) -> Self {
        match method {
            Method::INVITE | Method::ACK => Self::INVITE,
            Method::CANCEL => Self::CANCEL,
            other => {
                let mut digest = Digest(SipHasher13::new_with_keys(secret[1], secret[0]));
                digest.part(other.as_str().as_bytes());
                let [method, _] = digest.finish();
                Self(method)
            }
        }
    }
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

/// The key of a request, under the endpoint's secret.
///
/// # Errors
/// The header that is missing or cannot be read.
pub(crate) fn key_of(
    secret: [u64; 2],
    request: &Request,
    to_tag: ToTag,
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
    let mut digest = Digest(SipHasher13::new_with_keys(secret[0], secret[1]));
    digest.part(call_id.as_bytes());
    digest.part(&cseq.number().to_be_bytes());
    digest.part(from.tag().unwrap_or_default().as_bytes());
    let [identity, _] = digest.finish();
    if is_rfc2543(&via) {
        digest.part(b"RFC 2543");
        digest.part(request.uri_bytes());
        let to_tag = to.tag().filter(|_| to_tag == ToTag::Kept);
        digest.part(to_tag.unwrap_or_default().as_bytes());
        digest.part(via.transport().as_bytes());
        for param in via.params() {
            digest.part(param.name().as_bytes());
            digest.part(param.raw_value().unwrap_or_default());
        }
    } else {
        digest.part(via.branch().unwrap_or_default().as_bytes());
    }
    digest.name(via.host_str());
    digest.part(&via.port().unwrap_or_default().to_be_bytes());
    let stem = digest.finish();
    Ok(Key { identity, stem, method: MethodKey::of(secret, request.method()) })
}

struct Digest(SipHasher13);

impl Digest {
    /// A part, and where it ends.
    fn part(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        self.0.write_usize(bytes.len());
    }

    /// A name, which is compared without case.
    fn name(&mut self, name: &str) {
        let mut chunk = [0; 64];
        for bytes in name.as_bytes().chunks(chunk.len()) {
            let chunk = &mut chunk[..bytes.len()];
            chunk.copy_from_slice(bytes);
            chunk.make_ascii_lowercase();
            self.0.write(chunk);
        }
        self.0.write_usize(name.len());
    }

    fn finish(&self) -> [u64; 2] {
        let digest = self.0.finish128();
        [digest.h1, digest.h2]
    }
}
