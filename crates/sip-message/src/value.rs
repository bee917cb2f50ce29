//! Typed header values: a handful of families, each a `Copy` view that borrows from the message.
//!
//! | family | headers |
//! |---|---|
//! | [`NameAddr`] | From, To, Route, Record-Route, Refer-To, P-Asserted-Identity and all other addresses; Call-Info and its kin |
//! | [`Contact`] | Contact: an address, or `*` |
//! | [`Via`] | Via |
//! | [`CSeq`], [`RAck`] | CSeq, RAck |
//! | [`CallId`] | Call-ID, In-Reply-To |
//! | [`Token`], [`Method`] | lists of tokens and methods: Supported, Require, Allow, Resource-Priority |
//! | [`Parameterized`] | a value with parameters: Event, Reason, Replaces, Session-Expires and most extensions |
//! | [`ParamList`] | parameters alone: P-Charging-Vector |
//! | [`MediaType`] | Content-Type, Accept |
//! | [`Challenge`], [`Credentials`], [`AuthenticationInfo`] | authentication |
//! | [`Number`] | Max-Forwards, Content-Length, Expires, RSeq |
//! | [`Text`] | Subject, User-Agent, Server, Organization |
//! | [`Date`], [`Timestamp`], [`RetryAfter`], [`Warning`] | the four of RFC 3261 whose grammar no other header has |

mod auth;
mod call_id;
mod contact;
mod cseq;
mod date;
mod media_type;
mod name_addr;
mod number;
mod parameterized;
mod rack;
mod retry;
mod text;
mod token;
mod via;

pub use auth::{Algorithm, AuthParam, AuthParams, AuthenticationInfo, Challenge, Credentials};
pub use call_id::CallId;
pub use contact::{Contact, QValue};
pub use cseq::CSeq;
pub use date::{Date, Timestamp};
pub use media_type::MediaType;
pub use name_addr::{DisplayName, NameAddr};
pub use number::Number;
pub(crate) use parameterized::Head;
pub use parameterized::{ParamList, Parameterized};
pub use rack::RAck;
pub use retry::{RetryAfter, Warning};
pub use text::{Product, Products, Text};
pub use token::Token;
pub use via::Via;

use crate::{Input, Method, Tolerances, ValueError};

/// A typed header value: what a [`Header`](crate::header::Header) decodes to.
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
    /// A RAck.
    RAck(RAck<'a>),
    /// A Call-ID.
    CallId(CallId<'a>),
    /// A token of a list.
    Token(Token<'a>),
    /// A method of a list.
    Method(Method<'a>),
    /// A media type.
    MediaType(MediaType<'a>),
    /// A value with parameters.
    Parameterized(Parameterized<'a>),
    /// Parameters alone.
    ParamList(ParamList<'a>),
    /// A challenge.
    Challenge(Challenge<'a>),
    /// Credentials.
    Credentials(Credentials<'a>),
    /// What Authentication-Info says.
    AuthenticationInfo(AuthenticationInfo<'a>),
    /// A date.
    Date(Date),
    /// A timestamp.
    Timestamp(Timestamp<'a>),
    /// A Retry-After.
    RetryAfter(RetryAfter<'a>),
    /// A warning.
    Warning(Warning<'a>),
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
    RAck(RAck<'a>)
    CallId(CallId<'a>)
    Token(Token<'a>)
    Method(Method<'a>)
    MediaType(MediaType<'a>)
    Parameterized(Parameterized<'a>)
    ParamList(ParamList<'a>)
    Challenge(Challenge<'a>)
    Credentials(Credentials<'a>)
    AuthenticationInfo(AuthenticationInfo<'a>)
    Date(Date)
    Timestamp(Timestamp<'a>)
    RetryAfter(RetryAfter<'a>)
    Warning(Warning<'a>)
    Number(Number)
    Text(Text<'a>)
}
