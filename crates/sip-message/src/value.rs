//! Typed header values: a handful of families, each a `Copy` view that borrows from the message.
//!
//! | family | headers |
//! |---|---|
//! | [`NameAddr`] | From, To, Route, Record-Route |
//! | [`Contact`] | Contact: an address, or `*` |
//! | [`Via`] | Via |
//! | [`CSeq`] | CSeq |
//! | [`CallId`] | Call-ID |
//! | [`Token`] | option tags: Supported, Require, Proxy-Require, Unsupported |
//! | [`Method`] | Allow |
//! | [`MediaType`] | Content-Type |
//! | [`Number`] | Max-Forwards, Content-Length, Expires |
//! | [`Text`] | Subject, User-Agent, Server |

mod call_id;
mod contact;
mod cseq;
mod media_type;
mod name_addr;
mod number;
mod text;
mod token;
mod via;

pub use call_id::CallId;
pub use contact::{Contact, QValue};
pub use cseq::CSeq;
pub use media_type::MediaType;
pub use name_addr::{DisplayName, NameAddr};
pub use number::Number;
pub use text::{Product, Products, Text};
pub use token::Token;
pub use via::Via;

use crate::{Input, Method, Tolerances, ValueError};

/// A typed header value: what a [`Header`](crate::Header) decodes to.
pub trait HeaderValue<'a>: Sized {
    /// Reads one value from the front of `input`. What ends a value (the end of the line, or a
    /// comma in a list) is left to the caller.
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError>;

    /// Decodes one value alone, under the default tolerances.
    ///
    /// # Errors
    /// When the value is bad, or something follows it.
    fn decode(value: &'a [u8]) -> Result<Self, ValueError> {
        Self::decode_with(value, Tolerances::default())
    }

    /// Decodes one value alone.
    ///
    /// # Errors
    /// When the value is bad, or something follows it.
    fn decode_with(value: &'a [u8], tolerances: Tolerances) -> Result<Self, ValueError> {
        let mut input = Input::checked(value, tolerances)?;
        input.skip_lws();
        let value = Self::parse(&mut input)?;
        input.skip_lws();
        match input.peek() {
            None => Ok(value),
            Some(_) => Err(input.unexpected("the end of the value")),
        }
    }
}

/// A value of any family, for tools that show every header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// An address with parameters.
    NameAddr(NameAddr<'a>),
    /// A Contact.
    Contact(Contact<'a>),
    /// A Via hop.
    Via(Via<'a>),
    /// A CSeq.
    CSeq(CSeq<'a>),
    /// A Call-ID.
    CallId(CallId<'a>),
    /// A token of a list.
    Token(Token<'a>),
    /// A method of a list.
    Method(Method<'a>),
    /// A media type.
    MediaType(MediaType<'a>),
    /// A number.
    Number(Number),
    /// Text.
    Text(Text<'a>),
}

macro_rules! into_value {
    ($($variant:ident($family:ty))+) => {
        $(impl<'a> From<$family> for Value<'a> {
            fn from(value: $family) -> Self {
                Self::$variant(value)
            }
        })+
    };
}

into_value! {
    NameAddr(NameAddr<'a>)
    Contact(Contact<'a>)
    Via(Via<'a>)
    CSeq(CSeq<'a>)
    CallId(CallId<'a>)
    Token(Token<'a>)
    Method(Method<'a>)
    MediaType(MediaType<'a>)
    Number(Number)
    Text(Text<'a>)
}
