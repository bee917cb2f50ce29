//! Views of values: what lines and attributes decode to.
//!
//! A view borrows from the description. Each can be written again ([`Encode`]), and what is
//! written reads as the same view.

use crate::attribute::AttributeValue;
use crate::encode::{Encode, EncodeError, ValueWriter, encode_by_display};
use crate::{Input, ValueError};

mod capability;
mod clock;
mod conference;
mod data;
mod extension;
mod grouping;
mod ice;
mod plain;
mod rtcp;
mod rtp;
mod security;
mod session;
mod telephony;

pub use capability::{Capability, Tags};
pub use clock::{MediaClock, ReferenceClock};
pub use conference::FloorId;
pub use data::{DcMap, Dcsa, SctpMap};
pub use extension::{Extmap, ImageAttr, Rid, RidDirection, Simulcast, SimulcastRid, SimulcastWays};
pub use grouping::{Group, Msid, Ssrc, SsrcGroup};
pub use ice::{Candidate, CandidateExtensions, RemoteCandidate, RemoteCandidates};
pub use plain::{Decimal, Flag, Number, Switch, Text, Token, Words};
pub use rtcp::{Rtcp, RtcpFb};
pub use rtp::{Fmtp, FmtpParameters, Rtpmap};
pub use security::{ConnectionUse, Crypto, Fingerprint, KeyMgmt, SdesKey, SetupRole};
pub use session::{
    Bandwidth, Connection, Key, Origin, Repeat, Time, Times, TypedTimes, ZoneAdjustment,
    ZoneAdjustments,
};
pub(crate) use session::{SessionField, check, field_rfc};
pub(crate) use telephony::direction_tag_text;
pub use telephony::{
    DesiredStatus, FilterMode, PreconditionStatus, SilenceSupp, SourceFilter, StatusType, Strength,
};

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
    /// Something that is there or not.
    Switch,
    /// A token.
    Token<'a>,
    /// Words with spaces between.
    Words<'a>,
    /// Tokens with commas between.
    Tags<'a>,
    /// Text.
    Text<'a>,
    /// `rtpmap`.
    Rtpmap<'a>,
    /// `fmtp`.
    Fmtp<'a>,
    /// `rtcp`.
    Rtcp<'a>,
    /// `rtcp-fb`.
    RtcpFb<'a>,
    /// `crypto`.
    Crypto<'a>,
    /// `key-mgmt`.
    KeyMgmt<'a>,
    /// `fingerprint`.
    Fingerprint<'a>,
    /// `setup`.
    SetupRole,
    /// `connection`.
    ConnectionUse,
    /// `candidate`.
    Candidate<'a>,
    /// `remote-candidates`.
    RemoteCandidates<'a>,
    /// `group`.
    Group<'a>,
    /// `ssrc`.
    Ssrc<'a>,
    /// `ssrc-group`.
    SsrcGroup<'a>,
    /// `msid`.
    Msid<'a>,
    /// `extmap`.
    Extmap<'a>,
    /// `rid`.
    Rid<'a>,
    /// `simulcast`.
    Simulcast<'a>,
    /// `imageattr`.
    ImageAttr<'a>,
    /// `sctpmap`.
    SctpMap<'a>,
    /// `dcmap`.
    DcMap<'a>,
    /// `dcsa`.
    Dcsa<'a>,
    /// `curr` and `conf`.
    PreconditionStatus<'a>,
    /// `des`.
    DesiredStatus<'a>,
    /// `silenceSupp`.
    SilenceSupp<'a>,
    /// `source-filter`.
    SourceFilter<'a>,
    /// `floorid`.
    FloorId<'a>,
    /// `ts-refclk`.
    ReferenceClock<'a>,
    /// `mediaclk`.
    MediaClock<'a>,
    /// `acap`, `pcfg` and their kin.
    Capability<'a>,
}
