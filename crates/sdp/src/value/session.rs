//! The values of the lines other than `a=` and `m=` (RFC 8866 §5).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, Text, ValueError, ValueWriter, encode_by_display,
};
use crate::attributes::read;
use crate::input::is_blank;

mod connection;
mod origin;
mod time;

pub use connection::Connection;
pub use origin::Origin;
pub use time::{Repeat, Time, Times, TypedTimes, ZoneAdjustment, ZoneAdjustments};

/// The value of a line of the session or of a section.
pub(crate) trait SessionField<'a>: Sized {
    /// Reads all of it.
    fn read(input: Input<'a, '_>) -> Result<Self, ValueError>;
}

/// Makes a field of a view that is read as the values of attributes are.
macro_rules! fields {
    ($($view:ident: $parse:expr),+ $(,)?) => {
        $(impl<'a> SessionField<'a> for $view<'a> {
            fn read(input: Input<'a, '_>) -> Result<Self, ValueError> {
                read(input, false, $parse)
            }
        })+
    };
}

fields! {
    Origin: Origin::parse,
    Connection: Connection::parse,
    Bandwidth: Bandwidth::parse,
    Time: Time::parse,
    Repeat: Repeat::parse,
    ZoneAdjustments: ZoneAdjustments::parse,
    Key: Key::parse,
}

impl<'a> SessionField<'a> for Text<'a> {
    fn read(input: Input<'a, '_>) -> Result<Self, ValueError> {
        read(input, true, Text::parse)
    }
}

/// Reads the value of a line for what is tolerated and what is wrong in it.
pub(crate) fn check(letter: u8, input: Input<'_, '_>) -> Result<(), ValueError> {
    match letter {
        b'o' => Origin::read(input).map(drop),
        b'c' => Connection::read(input).map(drop),
        b'b' => Bandwidth::read(input).map(drop),
        b't' => Time::read(input).map(drop),
        b'r' => Repeat::read(input).map(drop),
        b'z' => ZoneAdjustments::read(input).map(drop),
        b'k' => Key::read(input).map(drop),
        b's' | b'i' | b'u' | b'e' | b'p' => Text::read(input).map(drop),
        _ => Ok(()),
    }
}

/// The section that defines a type of line.
pub(crate) fn field_rfc(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'v' => "RFC 8866 §5.1",
        b'o' => "RFC 8866 §5.2",
        b's' => "RFC 8866 §5.3",
        b'i' => "RFC 8866 §5.4",
        b'u' => "RFC 8866 §5.5",
        b'e' | b'p' => "RFC 8866 §5.6",
        b'c' => "RFC 8866 §5.7",
        b'b' => "RFC 8866 §5.8",
        b't' => "RFC 8866 §5.9",
        b'r' => "RFC 8866 §5.10",
        b'z' => "RFC 8866 §5.11",
        b'k' => "RFC 8866 §5.12",
        b'a' => "RFC 8866 §5.13",
        b'm' => "RFC 8866 §5.14",
        _ => return None,
    })
}

/// `b=<bwtype>:<bandwidth>` (RFC 8866 §5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bandwidth<'a> {
    modifier: &'a str,
    value: u64,
}

impl<'a> Bandwidth<'a> {
    /// What the number means: `AS` and `CT` in kilobits a second (RFC 8866 §5.8), `TIAS` in bits
    /// a second (RFC 3890 §6.2), `RS` and `RR` in bits a second (RFC 3556 §2), or another.
    #[must_use]
    pub fn modifier(&self) -> &'a str {
        self.modifier
    }

    /// The number, in the unit of the modifier.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.value
    }

    /// The number in bits a second; `None` for modifiers that are not known.
    #[must_use]
    pub fn bits_per_second(&self) -> Option<u64> {
        match self.modifier {
            "AS" | "CT" => Some(self.value.saturating_mul(1000)),
            "TIAS" | "RS" | "RR" => Some(self.value),
            _ => None,
        }
    }

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let modifier = input.token("a bandwidth modifier")?;
        input.byte(b':', "a colon")?;
        input.loose_blank()?;
        Ok(Self { modifier, value: input.number(u64::MAX, "a bandwidth")? })
    }
}

impl fmt::Display for Bandwidth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.modifier, self.value)
    }
}

/// `k=` (RFC 8866 §5.12): a key in plain text. It must not be used, and can be read to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key<'a> {
    /// `prompt`: ask the user.
    Prompt,
    /// `clear:` and the key itself.
    Clear(&'a [u8]),
    /// `base64:` and the key, encoded.
    Base64(&'a [u8]),
    /// `uri:` and where the key can be had.
    Uri(&'a [u8]),
}

impl<'a> Key<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let text = input.take_rest();
        let end = text.iter().rposition(|&byte| !is_blank(byte)).map_or(0, |last| last + 1);
        let (text, _) = text.split_at(end);
        match crate::attributes::name_of(text) {
            (b"prompt", None) => Ok(Self::Prompt),
            (b"clear", Some(key)) => Ok(Self::Clear(key)),
            (b"base64", Some(key)) => Ok(Self::Base64(key)),
            (b"uri", Some(uri)) => Ok(Self::Uri(uri)),
            _ => Err(input.unexpected_at(start, "prompt, clear:, base64: or uri:")),
        }
    }
}

impl Encode for Key<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        let (method, text) = match self {
            Self::Prompt => return out.text(b"prompt"),
            Self::Clear(text) => ("clear:", text),
            Self::Base64(text) => ("base64:", text),
            Self::Uri(text) => ("uri:", text),
        };
        out.text(method.as_bytes())?;
        out.text(text)
    }
}

encode_by_display!(Connection<'_>, Bandwidth<'_>, Time<'_>, Repeat<'_>, ZoneAdjustments<'_>);
