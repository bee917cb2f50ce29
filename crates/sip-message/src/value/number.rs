//! Numbers: Max-Forwards (RFC 3261 §20.22), Content-Length (§20.14), Expires (§20.19).

use core::fmt;

use super::HeaderValue;
use crate::{Input, ValueError};

/// `1*DIGIT`: a count, or a time in seconds (`delta-seconds`).
///
/// ```
/// use sip_message::value::{HeaderValue, Number};
/// assert_eq!(Number::decode(b"0070").unwrap().get(), 70);
/// assert!(Number::decode(b"-1").is_err());
/// assert!(Number::decode(b"4294967296").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(u32);

impl Number {
    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// A number of at most `max`.
    #[inline]
    pub(crate) fn parse_up_to(max: u32, input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        let expected = match max {
            255 => "a number from 0 to 255",
            _ => "a number from 0 to 4294967295",
        };
        input.number(max, expected).map(Self)
    }
}

impl<'a> HeaderValue<'a> for Number {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Self::parse_up_to(u32::MAX, input)
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
