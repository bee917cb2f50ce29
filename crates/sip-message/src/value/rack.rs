//! RAck (RFC 3262 §7.2).

use super::HeaderValue;
use crate::{Input, Method, ValueError};

/// `RAck = response-num LWS CSeq-num LWS Method`: which provisional response a PRACK confirms.
///
/// ```
/// use sip_message::{value::{HeaderValue, RAck}, Method};
/// let rack = RAck::decode(b"776656 1 INVITE").unwrap();
/// assert_eq!((rack.rseq(), rack.cseq(), rack.method()), (776656, 1, Method::INVITE));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RAck<'a> {
    rseq: u32,
    cseq: super::CSeq<'a>,
}

impl<'a> RAck<'a> {
    /// A RAck to be written: the RSeq and the CSeq of the response.
    ///
    /// ```
    /// use sip_message::{encode::Encode, value::{CSeq, RAck}, Method};
    /// let rack = RAck::new(776656, CSeq::new(1, Method::INVITE));
    /// assert_eq!(rack.to_value().unwrap(), b"776656 1 INVITE");
    /// ```
    #[must_use]
    pub const fn new(rseq: u32, cseq: super::CSeq<'a>) -> Self {
        Self { rseq, cseq }
    }

    /// The RSeq of the response.
    #[must_use]
    pub fn rseq(&self) -> u32 {
        self.rseq
    }

    /// The CSeq number of the response.
    #[must_use]
    pub fn cseq(&self) -> u32 {
        self.cseq.number()
    }

    /// The CSeq method of the response.
    #[must_use]
    pub fn method(&self) -> Method<'a> {
        self.cseq.method()
    }
}

impl<'a> HeaderValue<'a> for RAck<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let rseq = input.number(u32::MAX, "a response number")?;
        let gap = input.at;
        input.skip_lws();
        if input.at == gap {
            return Err(input.unexpected("white space behind the response number"));
        }
        Ok(Self { rseq, cseq: super::CSeq::parse(input)? })
    }
}
