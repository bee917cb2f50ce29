//! The attribute table: one row an attribute, and the trait that a row implements.
//!
//! Each row makes a marker type ([`Rtpmap`], [`Candidate`], …), an entry of the name look-up and
//! the decoder that tools use. An attribute of your own is the same trait implemented in your
//! crate:
//!
//! ```
//! use sdp::{SessionDescription, value::Number};
//! use sdp::attribute::{Attribute, Level, MuxCategory, Occurs};
//!
//! struct Trunk;
//! impl Attribute for Trunk {
//!     const NAME: &'static str = "X-trunk";
//!     const LEVEL: Level = Level::SESSION;
//!     const OCCURS: Occurs = Occurs::Once;
//!     const MUX: MuxCategory = MuxCategory::Normal;
//!     const RFC: &'static str = "our handbook §3";
//!     type Value<'a> = Number;
//! }
//!
//! let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
//!     t=0 0\r\na=X-trunk:7\r\n")?;
//! assert_eq!(description.attributes().require(Trunk).unwrap().get(), 7);
//! # Ok::<(), sdp::ParseError>(())
//! ```

use core::fmt;

use crate::attributes::read;
use crate::encode::Encode;
use crate::index::key;
use crate::value;
use crate::{Input, ValueError};

pub use crate::value::Value;

/// Where an attribute may stand: a set of levels (RFC 8866 §5.13).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level(u8);

impl Level {
    /// In front of the first `m=` line.
    pub const SESSION: Self = Self(1);
    /// Behind an `m=` line.
    pub const MEDIA: Self = Self(2);
    /// Behind the number of a source, in `a=ssrc` (RFC 5576 §4).
    pub const SOURCE: Self = Self(4);
    /// Behind the number of a data channel, in `a=dcsa` (RFC 8864 §6.5).
    pub const DCSA: Self = Self(8);
    /// In front of the first `m=` line and behind any.
    pub const BOTH: Self = Self(3);

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all levels of `other` are in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::SESSION, "SESSION"),
            (Self::MEDIA, "MEDIA"),
            (Self::SOURCE, "SOURCE"),
            (Self::DCSA, "DCSA"),
        ];
        let mut first = true;
        for (_, name) in names.iter().filter(|(level, _)| self.contains(*level)) {
            f.write_str(if first { "" } else { " | " })?;
            f.write_str(name)?;
            first = false;
        }
        Ok(())
    }
}

/// How often an attribute may stand in one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occurs {
    /// Once.
    Once,
    /// Any number of times.
    Many,
}

/// What becomes of an attribute when media sections share one transport (RFC 8859 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MuxCategory {
    /// NORMAL: each section keeps its own.
    Normal,
    /// CAUTION: sections with it had better not be bundled.
    Caution,
    /// IDENTICAL: all sections must say the same; said in the tagged one.
    Identical,
    /// SUM: the values of the sections are added.
    Sum,
    /// TRANSPORT: it belongs to the transport; said in the tagged section.
    Transport,
    /// INHERIT: as the attribute that it encloses.
    Inherit,
    /// IDENTICAL-PER-PT: a payload type must mean the same in all sections.
    IdenticalPerPt,
    /// SPECIAL: see the attribute's RFC.
    Special,
    /// TBD: not known.
    Tbd,
}

/// An attribute: its name and what its value decodes to.
///
/// The types in this module implement it; so may yours.
pub trait Attribute {
    /// The name as RFCs write it.
    const NAME: &'static str;
    /// Where it may stand.
    const LEVEL: Level;
    /// How often it may stand in a section.
    const OCCURS: Occurs;
    /// What becomes of it in a bundle.
    const MUX: MuxCategory;
    /// The section that defines it.
    const RFC: &'static str;
    /// What the value decodes to.
    type Value<'a>: AttributeValue<'a>;

    /// Reads the value.
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    #[inline]
    fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
        Self::Value::parse(input)
    }
}

/// A value that can be read from behind an attribute's colon, and written there.
pub trait AttributeValue<'a>: Encode + Sized {
    /// Whether white space around it is part of it.
    const VERBATIM: bool = false;

    /// Reads it. White space around it is read by the caller, who also sees to it that nothing is
    /// left, but for values that are [`VERBATIM`](Self::VERBATIM).
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError>;
}

/// What the table knows of an attribute, for code that treats all alike.
#[derive(Clone, Copy, Debug)]
pub struct AttributeRow {
    /// The name as RFCs write it.
    pub name: &'static str,
    /// Where it may stand.
    pub level: Level,
    /// How often it may stand in a section.
    pub occurs: Occurs,
    /// What becomes of it in a bundle.
    pub mux: MuxCategory,
    /// The section that defines it.
    pub rfc: &'static str,
    pub(crate) read: for<'a> fn(Input<'a, '_>) -> Result<Value<'a>, ValueError>,
}

/// The row with this name. Names in another case are found where `any_case` says so.
pub(crate) fn row_of(name: &[u8], any_case: bool) -> Option<&'static AttributeRow> {
    let wanted = key(name);
    ROWS.iter().zip(KEYS).find_map(|(row, &key)| {
        let same = key == wanted
            && (row.name.as_bytes() == name
                || (any_case && row.name.as_bytes().eq_ignore_ascii_case(name)));
        same.then_some(row)
    })
}

/// The row of the table with this name, in any case.
///
/// ```
/// use sdp::attribute::{find, MuxCategory};
/// assert_eq!(find("candidate").unwrap().mux, MuxCategory::Transport);
/// assert!(find("x-mine").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static AttributeRow> {
    row_of(name.as_bytes(), true)
}

/// The rows of the table in order.
#[must_use]
pub fn all() -> &'static [AttributeRow] {
    ROWS
}

/// Declares the rows: marker type, name, value family, level, how often, mux category, RFC
/// section.
macro_rules! table {
    ($($(#[doc = $doc:literal])+
       $marker:ident $name:literal, $family:ident $(($($arg:expr)+))?,
       $($level:ident)|+, $occurs:ident, $mux:ident, $rfc:literal;)+) => {
        $($(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!("`a=", $name, "`, ", $rfc, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl Attribute for $marker {
            const NAME: &'static str = $name;
            const LEVEL: Level = Level(0)$(.or(Level::$level))+;
            const OCCURS: Occurs = Occurs::$occurs;
            const MUX: MuxCategory = MuxCategory::$mux;
            const RFC: &'static str = $rfc;
            type Value<'a> = table!(@type $family 'a);

            #[inline]
            fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
                table!(@parse $family $(($($arg)+))? input)
            }
        })+

        static ROWS: &[AttributeRow] = &[$(AttributeRow {
            name: <$marker as Attribute>::NAME,
            level: <$marker as Attribute>::LEVEL,
            occurs: <$marker as Attribute>::OCCURS,
            mux: <$marker as Attribute>::MUX,
            rfc: <$marker as Attribute>::RFC,
            read: |input| {
                let verbatim = <<$marker as Attribute>::Value<'_> as AttributeValue<'_>>::VERBATIM;
                read(input, verbatim, <$marker as Attribute>::parse).map(Value::from)
            },
        }),+];

        static KEYS: &[u16] = &[$(key(<$marker as Attribute>::NAME.as_bytes())),+];
    };

    (@type Flag $a:lifetime) => { value::Flag };
    (@type Number $a:lifetime) => { value::Number };
    (@type $family:ident $a:lifetime) => { value::$family<$a> };

    (@parse Number($max:expr) $input:ident) => { value::Number::parse_up_to($max, $input) };
    (@parse $family:ident $input:ident) => { AttributeValue::parse($input) };
}

table! {
    // Session descriptions themselves.

    /// What a payload type means: encoding, clock rate, channels.
    Rtpmap "rtpmap", Rtpmap, MEDIA, Many, IdenticalPerPt, "RFC 8866 §6.6";
    /// Parameters of a format.
    Fmtp "fmtp", Fmtp, MEDIA, Many, IdenticalPerPt, "RFC 8866 §6.15";
    /// How many milliseconds of media a packet holds.
    Ptime "ptime", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.4";
    /// How many milliseconds of media a packet may hold at most.
    MaxPtime "maxptime", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.5";
    /// Media are sent and received.
    SendRecv "sendrecv", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.1";
    /// Media are sent only.
    SendOnly "sendonly", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.2";
    /// Media are received only.
    RecvOnly "recvonly", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.3";
    /// Media are neither sent nor received.
    Inactive "inactive", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.4";
    /// The most frames a second of a video stream.
    Framerate "framerate", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.12";
    /// How good the pictures shall be, from 0 to 10.
    Quality "quality", Number(10), MEDIA, Once, Normal, "RFC 8866 §6.14";
    /// Which way a whiteboard is up.
    Orient "orient", Token, MEDIA, Once, Normal, "RFC 8866 §6.8";
    /// The kind of conference.
    Type "type", Token, SESSION, Once, Normal, "RFC 8866 §6.9";
    /// The character set of the texts.
    Charset "charset", Token, SESSION, Once, Normal, "RFC 8866 §6.10";
    /// The language of the description.
    SdpLang "sdplang", Token, SESSION | MEDIA, Many, Normal, "RFC 8866 §6.11";
    /// The language of the session or stream.
    Lang "lang", Token, SESSION | MEDIA, Many, Normal, "RFC 8866 §6.13";
    /// The program that made the description.
    Tool "tool", Text, SESSION, Once, Normal, "RFC 8866 §6.3";
    /// The category of the session.
    Cat "cat", Text, SESSION, Once, Normal, "RFC 8866 §6.1";
    /// Key words of the session.
    Keywds "keywds", Text, SESSION, Once, Normal, "RFC 8866 §6.2";

    // ICE.

    /// An address that a stream may be sent to.
    Candidate "candidate", Candidate, MEDIA, Many, Transport, "RFC 8839 §5.1";

    // Grouping and sources.

    /// Sections that belong together.
    Group "group", Group, SESSION, Many, Normal, "RFC 5888 §5";
    /// The name of a section.
    Mid "mid", Token, MEDIA, Once, Normal, "RFC 5888 §4";
    /// An attribute of one source.
    Ssrc "ssrc", Ssrc, MEDIA, Many, Normal, "RFC 5576 §4.1";
}
