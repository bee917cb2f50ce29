//! CSeq (RFC 3261 §20.16).

use super::HeaderValue;
use crate::{Input, Method, ValueError};

/// `CSeq = 1*DIGIT LWS Method`.
///
/// ```
/// use sip_message::{value::{CSeq, HeaderValue}, Method};
/// let cseq = CSeq::decode(b"4711 INVITE").unwrap();
/// assert_eq!((cseq.number(), cseq.method()), (4711, Method::INVITE));
/// assert!(CSeq::decode(b"4294967296 INVITE").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CSeq<'a> {
    number: u32,
    method: Method<'a>,
}

impl<'a> CSeq<'a> {
    /// A CSeq to be written.
    ///
    /// ```
    /// use sip_message::{encode::Encode, value::CSeq, Method};
    /// assert_eq!(CSeq::new(4711, Method::BYE).to_value().unwrap(), b"4711 BYE");
    /// ```
    #[must_use]
    pub const fn new(number: u32, method: Method<'a>) -> Self {
        Self { number, method }
    }

    /// The sequence number; RFC 3261 §8.1.1.5 wants it below 2^31 when a dialog starts.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> Method<'a> {
        self.method
    }
}

impl<'a> HeaderValue<'a> for CSeq<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let number = input.number(u32::MAX, "a sequence number")?;
        let gap = input.at;
        input.skip_lws();
        if input.at == gap {
            return Err(input.unexpected("white space behind the sequence number"));
        }
        let method = Method::from_token(input.token_bytes("a method")?);
        Ok(Self { number, method })
    }
}
