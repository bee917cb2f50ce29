//! The header table: one row a header, and the trait that a row implements.
//!
//! Each row makes a marker type ([`Via`], [`From`], …), a constant of [`HeaderName`](crate::HeaderName), an entry of
//! the name look-up and the decoder that tools use. A header of your own is the same trait
//! implemented in your crate:
//!
//! ```
//! use sip_message::{header::{Header, ListKind}, value::NameAddr, Message};
//!
//! struct PCalledPartyId;
//! impl Header for PCalledPartyId {
//!     const NAME: &'static str = "P-Called-Party-ID";
//!     const LIST: ListKind = ListKind::Single;
//!     const RFC: &'static str = "RFC 7315 §4.2";
//!     type Value<'a> = NameAddr<'a>;
//! }
//!
//! let message = Message::parse(&b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n\
//!     p-called-party-id: <sip:bob@biloxi.example>\r\n\r\n"[..])?;
//! let called = message.headers().require(PCalledPartyId).unwrap();
//! assert_eq!(called.uri().unwrap().user(), Some("bob"));
//! # Ok::<(), sip_message::ParseError>(())
//! ```

use crate::value::{self, HeaderValue, Value};
use crate::{Input, ValueError};

/// How often a header's value may stand in a message (RFC 3261 §7.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// One value.
    Single,
    /// One or more values, on lines of their own or with commas between.
    List,
    /// A list that may be empty.
    ListOrEmpty,
}

/// A header: its name and what its value decodes to.
///
/// The types in this module implement it; so may yours.
pub trait Header {
    /// The name as RFCs write it.
    const NAME: &'static str;
    /// The compact form of the name, if it has one (RFC 3261 §7.3.3).
    const COMPACT: Option<u8> = None;
    /// How often it may be there.
    const LIST: ListKind;
    /// The section that defines it.
    const RFC: &'static str;
    /// The row of the table; `None` for a header of another crate.
    #[doc(hidden)]
    const ROW: Option<Known> = None;
    /// What one value decodes to.
    type Value<'a>: HeaderValue<'a>;

    /// Reads one value.
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    #[inline(always)]
    fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
        Self::Value::parse(input)
    }
}

/// What the table knows of a header, for code that treats all alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) compact: Option<u8>,
    pub(crate) list: ListKind,
    pub(crate) rfc: &'static str,
    pub(crate) parse: for<'a> fn(&mut Input<'a, '_>) -> Result<Value<'a>, ValueError>,
}

/// Declares the rows: name constant, marker type, name, compact form, list kind, value family,
/// RFC section.
macro_rules! table {
    ($($(#[doc = $doc:literal])+
       $konst:ident $marker:ident $name:literal $($compact:literal)?,
       $list:ident, $family:ident $(($($arg:expr)+))?, $rfc:literal;)+) => {
        /// The headers of the table. The number of a row is its place in it, from 1.
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Known {
            #[doc(hidden)]
            None,
            $(#[doc = $name] $marker,)+
        }

        $($(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!("`", $name, "`", $(" (compact form `", stringify!($compact), "`)",)? ", ", $rfc, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl Header for $marker {
            const NAME: &'static str = $name;
            $(const COMPACT: Option<u8> = Some($compact);)?
            const LIST: ListKind = ListKind::$list;
            const RFC: &'static str = $rfc;
            const ROW: Option<Known> = Some(Known::$marker);
            type Value<'a> = table!(@type $family 'a);

            #[inline(always)]
            fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
                table!(@parse $family $(($($arg)+))? input)
            }
        })+

        /// The numbers of the rows, [`Known::None`] first.
        pub(crate) const ALL: [Known; NAMES.len() + 1] = [Known::None, $(Known::$marker),+];

        /// The rows in order.
        pub(crate) static ROWS: &[Row] = &[$(Row {
            name: <$marker as Header>::NAME,
            compact: <$marker as Header>::COMPACT,
            list: <$marker as Header>::LIST,
            rfc: <$marker as Header>::RFC,
            parse: |input| <$marker as Header>::parse(input).map(Value::from),
        }),+];

        /// The names and compact forms of the rows, for the look-up to be built from.
        pub(crate) const NAMES: &[(&str, Option<u8>)] =
            &[$((<$marker as Header>::NAME, <$marker as Header>::COMPACT)),+];

        impl crate::HeaderName<'static> {
            $(#[doc = concat!("`", $name, "`, see [`header::", stringify!($marker), "`](crate::header::", stringify!($marker), ").")]
            pub const $konst: Self = Self::of_row(Known::$marker);)+
        }
    };

    (@type NameAddr $a:lifetime) => { value::NameAddr<$a> };
    (@type Party $a:lifetime) => { value::NameAddr<$a> };
    (@type Route $a:lifetime) => { value::NameAddr<$a> };
    (@type Contact $a:lifetime) => { value::Contact<$a> };
    (@type Via $a:lifetime) => { value::Via<$a> };
    (@type CSeq $a:lifetime) => { value::CSeq<$a> };
    (@type CallId $a:lifetime) => { value::CallId<$a> };
    (@type Token $a:lifetime) => { value::Token<$a> };
    (@type Method $a:lifetime) => { crate::Method<$a> };
    (@type MediaType $a:lifetime) => { value::MediaType<$a> };
    (@type Number $a:lifetime) => { value::Number };
    (@type Text $a:lifetime) => { value::Text<$a> };
    (@type Product $a:lifetime) => { value::Text<$a> };

    (@parse Party $input:ident) => { value::NameAddr::parse_party($input) };
    (@parse Route $input:ident) => { value::NameAddr::parse_bracketed($input) };
    (@parse Number($max:expr) $input:ident) => { value::Number::parse_up_to($max, $input) };
    (@parse Product $input:ident) => { value::Text::parse_products($input) };
    (@parse $family:ident $input:ident) => { HeaderValue::parse($input) };
}

table! {
    /// The path that a request has taken, and that its responses take back.
    VIA Via "Via" b'v', List, Via, "RFC 3261 §20.42";
    /// Who sends a request.
    FROM From "From" b'f', Single, Party, "RFC 3261 §20.20";
    /// Whom a request is for.
    TO To "To" b't', Single, Party, "RFC 3261 §20.39";
    /// Names a call, or the registrations of a client.
    CALL_ID CallId "Call-ID" b'i', Single, CallId, "RFC 3261 §20.8";
    /// Orders the requests of a call and tells which one a response is for.
    CSEQ CSeq "CSeq", Single, CSeq, "RFC 3261 §20.16";
    /// Where to send further requests, or what to bind, or where else to try.
    CONTACT Contact "Contact" b'm', List, Contact, "RFC 3261 §20.10";
    /// The proxies that a request must still pass.
    ROUTE Route "Route", List, Route, "RFC 3261 §20.34";
    /// The proxies that stay on the path of a dialog.
    RECORD_ROUTE RecordRoute "Record-Route", List, Route, "RFC 3261 §20.30";
    /// How many more proxies a request may pass.
    MAX_FORWARDS MaxForwards "Max-Forwards", Single, Number(255), "RFC 3261 §20.22";
    /// What the body is.
    CONTENT_TYPE ContentType "Content-Type" b'c', Single, MediaType, "RFC 3261 §20.15";
    /// How many octets the body has.
    CONTENT_LENGTH ContentLength "Content-Length" b'l', Single, Number(u32::MAX), "RFC 3261 §20.14";
    /// For how many seconds the message, or what it asks for, is good.
    EXPIRES Expires "Expires", Single, Number(u32::MAX), "RFC 3261 §20.19";
    /// The methods that the sender takes.
    ALLOW Allow "Allow", ListOrEmpty, Method, "RFC 3261 §20.5";
    /// The extensions that the sender supports.
    SUPPORTED Supported "Supported" b'k', ListOrEmpty, Token, "RFC 3261 §20.37";
    /// The extensions that the server must support.
    REQUIRE Require "Require", List, Token, "RFC 3261 §20.32";
    /// The extensions that proxies must support.
    PROXY_REQUIRE ProxyRequire "Proxy-Require", List, Token, "RFC 3261 §20.29";
    /// The required extensions that the server does not have.
    UNSUPPORTED Unsupported "Unsupported", List, Token, "RFC 3261 §20.40";
    /// The software of a client.
    USER_AGENT UserAgent "User-Agent", Single, Product, "RFC 3261 §20.41";
    /// The software of a server.
    SERVER Server "Server", Single, Product, "RFC 3261 §20.35";
    /// What a call is about.
    SUBJECT Subject "Subject" b's', Single, Text, "RFC 3261 §20.36";
}

impl Known {
    /// The row; `None` for [`Known::None`].
    pub(crate) fn row(self) -> Option<&'static Row> {
        ROWS.get((self as usize).wrapping_sub(1))
    }
}
