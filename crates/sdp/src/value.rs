//! Views of values: what lines and attributes decode to.
//!
//! A view borrows from the description. Each can be written again ([`Encode`]), and what is
//! written reads as the same view.

use crate::attribute::AttributeValue;
use crate::encode::{Encode, EncodeError, ValueWriter, encode_by_display};
use crate::{Input, ValueError};

mod grouping;
mod ice;
mod plain;
mod rtp;
mod session;

pub use grouping::{Group, Ssrc};
pub use ice::{Candidate, CandidateExtensions};
pub use plain::{Decimal, Flag, Number, Text, Token, Words};
pub use rtp::{Fmtp, FmtpParameters, Rtpmap};
pub use session::{
    Bandwidth, Connection, Key, Origin, Repeat, Time, Times, TypedTimes, ZoneAdjustment,
    ZoneAdjustments,
};
pub(crate) use session::{SessionField, check, field_rfc};

/// Declares [`Value`]: any of the views, for code that learns the attribute at run time.
macro_rules! views {
    ($($(#[doc = $doc:literal])+ $view:ident $(<$a:lifetime>)?,)+) => {
        /// The value of an attribute that is known at run time only, as tools need it.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Value<'a> {
            $($(#[doc = $doc])+ $view($view $(<$a>)?),)+
        }

        $(impl<'a> From<$view $(<$a>)?> for Value<'a> {
            fn from(value: $view $(<$a>)?) -> Self {
                Self::$view(value)
            }
        })+

        impl Encode for Value<'_> {
            fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
                match self { $(Self::$view(value) => value.encode(out),)+ }
            }
        }
    };
}

views! {
    /// Nothing: the name says it all.
    Flag,
    /// A number.
    Number,
    /// A number that may have a fraction.
    Decimal<'a>,
    /// A token.
    Token<'a>,
    /// Text.
    Text<'a>,
    /// `rtpmap`.
    Rtpmap<'a>,
    /// `fmtp`.
    Fmtp<'a>,
    /// `candidate`.
    Candidate<'a>,
    /// `group`.
    Group<'a>,
    /// `ssrc`.
    Ssrc<'a>,
}
