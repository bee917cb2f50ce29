//! Lists of tokens: option tags (RFC 3261 §20.37, §20.32, §20.29, §20.40) and methods (§20.5).

use core::fmt;
use core::ops::Deref;

use super::HeaderValue;
use crate::text::token_str;
use crate::{Input, Method, ValueError};

/// A `token`, such as an option tag.
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"SIP/2.0 200 OK\r\nSupported: 100rel, timer\r\n\r\n"[..]).unwrap();
/// let mut tags = message.headers().each(header::Supported).map(|tag| tag.unwrap());
/// assert_eq!(tags.next().as_deref(), Some("100rel"));
/// assert_eq!(tags.next().as_deref(), Some("timer"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token<'a>(&'a [u8]);

impl<'a> Token<'a> {
    /// The token as it came.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        token_str(self.0)
    }
}

impl Deref for Token<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

impl<'a> HeaderValue<'a> for Token<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        input.token_bytes("a token").map(Self)
    }
}

impl<'a> HeaderValue<'a> for Method<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Ok(Method::from_token(input.token_bytes("a method")?))
    }
}
