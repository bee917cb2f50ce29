//! What a proxy needs beyond transactions (RFC 3261 §16, RFC 5393). The response context is its
//! own.
//!
//! A stateful proxy sends each branch with
//! [`send_request_with`](crate::Endpoint::send_request_with), passes responses up without their top
//! Via ([`without_top_via`]) by [`send_response`](crate::Endpoint::send_response), and forwards a
//! CANCEL with [`cancel`](crate::Endpoint::cancel). A stateless one uses [`stateless_branch`] and
//! [`send_stateless`](crate::Endpoint::send_stateless).

use std::hash::Hasher;

use sip_message::encode::BuildError;
use sip_message::value::Via;
use sip_message::{Request, Response, StatusCode, header};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::branch::COOKIE;
use crate::key::is_rfc2543;

/// The Max-Forwards of the request as it is forwarded (RFC 3261 §16.3 step 3, §16.6 step 3): one
/// less, and 70 where there was none.
///
/// ```
/// use sip_message::{Message, StatusCode};
/// use sip_transaction::proxy::max_forwards;
///
/// let hops = |line: &str| {
///     let text = format!("OPTIONS sip:b@example.com SIP/2.0\r\n{line}\r\n\r\n");
///     max_forwards(Message::parse(text.into_bytes()).unwrap().as_request().unwrap())
/// };
/// assert_eq!(hops("Max-Forwards: 10"), Ok(9));
/// assert_eq!(hops("Subject: none"), Ok(70));
/// assert_eq!(hops("Max-Forwards: 0"), Err(StatusCode::TOO_MANY_HOPS));
/// assert_eq!(hops("Max-Forwards: many"), Err(StatusCode::BAD_REQUEST));
/// ```
///
/// # Errors
/// What to answer: 483 when it is 0, 400 when it cannot be read. OPTIONS may be answered as if the
/// proxy were its target (§16.3).
pub fn max_forwards(request: &Request) -> Result<u32, StatusCode> {
    match request.headers().find(header::MaxForwards) {
        Ok(None) => Ok(70),
        Ok(Some(hops)) => hops.get().checked_sub(1).ok_or(StatusCode::TOO_MANY_HOPS),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// The Max-Breadth of each of the branches that run at once (RFC 5393 §5.3.3): together they have
/// what the request has, or 60.
///
/// ```
/// # use sip_message::{Message, StatusCode};
/// # use sip_transaction::proxy::max_breadth;
/// let message = Message::parse(&b"INVITE sip:b@example.com SIP/2.0\r\nMax-Breadth: 5\r\n\r\n"[..]).unwrap();
/// let request = message.as_request().unwrap();
/// assert_eq!(max_breadth(request, 2), Ok(vec![3, 2]));
/// assert_eq!(max_breadth(request, 6), Err(StatusCode::MAX_BREADTH_EXCEEDED));
/// ```
///
/// # Errors
/// What to answer: 440 when there is less than one for each, 400 when it cannot be read.
pub fn max_breadth(request: &Request, branches: usize) -> Result<Vec<u32>, StatusCode> {
    let breadth = match request.headers().find(header::MaxBreadth) {
        Ok(None) => 60,
        Ok(Some(breadth)) => breadth.get(),
        Err(_) => return Err(StatusCode::BAD_REQUEST),
    };
    let count = u32::try_from(branches).ok().filter(|count| *count <= breadth);
    let count = count.ok_or(StatusCode::MAX_BREADTH_EXCEEDED)?;
    // Who is first gets one more of what is left over.
    Ok((0..count).map(|place| breadth / count + u32::from(place < breadth % count)).collect())
}

/// What tells a loop from a spiral (RFC 5393 §4.2.1): a value that depends on all by which the
/// request is routed. It is put behind the branch, by
/// [`RequestOptions::branch_suffix`](crate::RequestOptions::branch_suffix).
///
/// Request-URI, Route, Call-ID and CSeq number are in it, and what else `routed_by` names. It does
/// not depend on the method.
#[must_use]
pub fn loop_value(key: [u8; 16], request: &Request, routed_by: &[&[u8]]) -> String {
    let mut hash = Digest::new(key);
    hash.part(request.uri_bytes());
    for line in request.headers().lines("Route") {
        hash.part(line.value());
    }
    hash.identity(request);
    for part in routed_by {
        hash.part(part);
    }
    hash.finish()
}

/// Whether a request has been here before and nothing has changed since (RFC 5393 §4.2.2): one of
/// the Via values that are ours has this [`loop_value`] behind its branch. The answer is then 482.
///
/// A Via that cannot be read is none of ours.
pub fn is_loop(request: &Request, value: &str, is_ours: impl Fn(&Via<'_>) -> bool) -> bool {
    request.headers().each(header::Via).flatten().any(|via| {
        let behind = via.branch().and_then(|branch| branch.rsplit_once('.'));
        behind.is_some_and(|(_, behind)| behind == value) && is_ours(&via)
    })
}

/// The branch of a request that is forwarded without state (RFC 3261 §16.11): the same for every
/// retransmission, and for the ACK and the CANCEL that belong to it.
///
/// It depends on the branch of the top Via. Where that has none with the cookie, it depends on the
/// whole Via, From tag, Call-ID, CSeq number and Request-URI; not on the To tag, which an ACK has and
/// its INVITE has not. `None` when the top Via cannot be read.
///
/// ```
/// use sip_message::Message;
/// use sip_transaction::proxy::stateless_branch;
///
/// let branch = |method: &str, branch: &str| {
///     let text = format!("{method} sip:b@example.com SIP/2.0\r\n\
///         Via: SIP/2.0/UDP a.example;branch={branch}\r\nCSeq: 1 {method}\r\n\r\n");
///     stateless_branch([7; 16], Message::parse(text.into_bytes()).unwrap().as_request().unwrap())
/// };
/// assert_eq!(branch("INVITE", "z9hG4bK1"), branch("ACK", "z9hG4bK1"));
/// assert_ne!(branch("INVITE", "z9hG4bK1"), branch("INVITE", "z9hG4bK2"));
/// assert_eq!(branch("INVITE", "1"), branch("CANCEL", "1"));
/// ```
#[must_use]
pub fn stateless_branch(key: [u8; 16], request: &Request) -> Option<String> {
    let via = request.headers().require(header::Via).ok()?;
    let mut hash = Digest::new(key);
    hash.part(via.host_str().to_ascii_lowercase().as_bytes());
    hash.part(&via.port().unwrap_or_default().to_be_bytes());
    if is_rfc2543(&via) {
        let from = request.headers().require(header::From).ok();
        hash.part(from.and_then(|it| it.tag()).unwrap_or_default().as_bytes());
        hash.part(request.uri_bytes());
        hash.identity(request);
        for param in via.params() {
            hash.part(param.name().as_bytes());
            hash.part(param.raw_value().unwrap_or_default());
        }
    } else {
        hash.part(via.branch().unwrap_or_default().as_bytes());
    }
    Some(format!("{COOKIE}{}", hash.finish()))
}

/// The response without its top Via, which was ours (RFC 3261 §16.7 step 3). Where it goes then is
/// what [`response_target`](crate::transport::response_target) says of the next.
///
/// # Errors
/// When the Via line cannot be read.
pub fn without_top_via(response: &Response) -> Result<Response, BuildError> {
    response.edit().remove_first(header::Via).finish()
}

struct Digest(SipHasher13);

impl Digest {
    fn new(key: [u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(&key))
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.write_usize(bytes.len());
        self.0.write(bytes);
    }

    fn identity(&mut self, request: &Request) {
        let headers = request.headers();
        if let Ok(call_id) = headers.require(header::CallId) {
            self.part(call_id.as_bytes());
        }
        if let Ok(cseq) = headers.require(header::CSeq) {
            self.part(&cseq.number().to_be_bytes());
        }
    }

    fn finish(self) -> String {
        let hash = self.0.finish128();
        format!("{:016x}", hash.h1 ^ hash.h2)
    }
}
