//! Contact (RFC 3261 §20.10).

use core::fmt;

use super::{HeaderValue, NameAddr};
use crate::input::skip_lws;
use crate::{Input, Param, ValueError};

/// `Contact = STAR / contact-param`: an address, or `*` for all bindings.
///
/// ```
/// use sip_message::value::{Contact, HeaderValue};
/// let contact = Contact::decode(b"<sip:bob@192.0.2.4>;expires=60;q=0.7").unwrap();
/// assert_eq!(contact.expires(), Some(Ok(60)));
/// assert_eq!(contact.q().unwrap().unwrap().thousandths(), 700);
/// assert!(Contact::decode(b"*").unwrap().is_star());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact<'a> {
    /// `*`, which a REGISTER removes all bindings with (RFC 3261 §10.2.2).
    Star,
    /// An address.
    Address(NameAddr<'a>),
}

impl<'a> Contact<'a> {
    /// The address; `None` for `*`.
    #[must_use]
    pub fn address(&self) -> Option<NameAddr<'a>> {
        match self {
            Self::Star => None,
            Self::Address(address) => Some(*address),
        }
    }

    /// Whether it is `*`.
    #[must_use]
    pub fn is_star(&self) -> bool {
        matches!(self, Self::Star)
    }

    /// The `expires` parameter in seconds; `None` when it is not there.
    #[must_use]
    pub fn expires(&self) -> Option<Result<u32, ValueError>> {
        Some(whole(self.param("expires")?, |input| input.number(u32::MAX, "a number of seconds")))
    }

    /// The `q` parameter; `None` when it is not there.
    #[must_use]
    pub fn q(&self) -> Option<Result<QValue, ValueError>> {
        Some(whole(self.param("q")?, QValue::parse))
    }

    /// Reads the parameters that have a type, as who looks for all that is wrong must.
    #[cold]
    fn check(&self, input: &Input<'a, '_>) -> Result<(), ValueError> {
        let found = [
            (self.param("expires"), self.expires().and_then(Result::err)),
            (self.param("q"), self.q().and_then(Result::err)),
        ];
        for (param, error) in found {
            let value = param.and_then(|param| param.raw_value()).unwrap_or_default();
            if let Some(error) = error {
                let at = value.as_ptr().addr().wrapping_sub(input.bytes.as_ptr().addr());
                let at = if value.is_empty() { input.at } else { at + error.offset() };
                return Err(ValueError::new(error.kind(), at, error.expected()));
            }
        }
        Ok(())
    }

    fn param(&self, name: &str) -> Option<Param<'a>> {
        self.address()?.params().get(name)
    }
}

/// Reads a parameter's value with `parse`, all of it.
fn whole<'a, T>(
    param: Param<'a>,
    parse: impl FnOnce(&mut Input<'a, '_>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let value = param.raw_value().unwrap_or_default();
    let mut input = Input::new(value, crate::Tolerances::default());
    let parsed = parse(&mut input)?;
    match input.peek() {
        None => Ok(parsed),
        Some(_) => Err(input.unexpected("the end of the parameter")),
    }
}

impl<'a> HeaderValue<'a> for Contact<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        if input.peek() == Some(b'*') {
            let next = skip_lws(input.bytes, input.at + 1);
            if matches!(input.bytes.get(next), None | Some(b',')) {
                input.at = next;
                return Ok(Self::Star);
            }
        }
        let contact = Self::Address(NameAddr::parse(input)?);
        if input.is_checking() {
            contact.check(input)?;
        }
        Ok(contact)
    }
}

/// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QValue(u16);

impl QValue {
    /// The value in thousandths, from 0 to 1000.
    #[must_use]
    pub fn thousandths(self) -> u16 {
        self.0
    }

    fn parse(input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        const EXPECTED: &str = "a value from 0 to 1 with up to three digits behind the point";
        let whole = match input.peek() {
            Some(b'0') => 0,
            Some(b'1') => 1000,
            _ => return Err(input.unexpected(EXPECTED)),
        };
        input.at += 1;
        let mut value = whole;
        if input.eat(b'.') {
            for unit in [100, 10, 1] {
                let Some(digit @ b'0'..=b'9') = input.peek() else { break };
                value += unit * u16::from(digit - b'0');
                if value > 1000 {
                    return Err(input.unexpected(EXPECTED));
                }
                input.at += 1;
            }
        }
        Ok(Self(value))
    }
}

impl fmt::Display for QValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}
