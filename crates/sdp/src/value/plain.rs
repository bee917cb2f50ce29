//! The plain families: nothing, numbers, tokens, text.

use core::fmt;

use alloc::borrow::Cow;
use alloc::string::String;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, encode_by_display,
};
use crate::Rule;

/// No value: `property-attribute` of old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Flag;

impl AttributeValue<'_> for Flag {
    fn parse(input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        if input.has_value() {
            let end = input.take_rest().len();
            input.bend(Rule::FlagValue, 0, end, "no value")?;
        }
        Ok(Self)
    }
}

impl Encode for Flag {
    fn encode(&self, _: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

/// A number without sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(u64);

impl Number {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn parse_up_to(max: u64, input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        let expected = match max {
            10 => "a number from 0 to 10",
            255 => "a number from 0 to 255",
            65_535 => "a number from 0 to 65535",
            _ => "a number",
        };
        input.number(max, expected).map(Self)
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl AttributeValue<'_> for Number {
    #[inline]
    fn parse(input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        Self::parse_up_to(u64::MAX, input)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `non-zero-int-or-real` (RFC 8866 §9): digits, perhaps with a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal<'a>(&'a str);

impl<'a> Decimal<'a> {
    /// The number as it came.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// The number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Digits and a full stop are a number of this type.
        self.0.parse().unwrap_or(0.0)
    }
}

impl<'a> AttributeValue<'a> for Decimal<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        const EXPECTED: &str = "a number above 0";
        let start = input.offset();
        let text = input.ascii_while(EXPECTED, |byte| byte.is_ascii_digit() || byte == b'.')?;
        let digits = || text.bytes().filter(|byte| *byte != b'.');
        if text.bytes().filter(|byte| *byte == b'.').count() > 1 || digits().next().is_none() {
            return Err(input.error_at(start, EXPECTED));
        }
        // No zero, no leading zeros, no fraction that is none, something in front of the stop.
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "1"));
        let strict = digits().any(|digit| digit != b'0')
            && !whole.is_empty()
            && (whole == "0" || !whole.starts_with('0'))
            && !fraction.is_empty()
            && !fraction.ends_with('0');
        if !strict {
            input.bend(Rule::LooseValue, start, input.offset(), EXPECTED)?;
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A token, or what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token<'a>(&'a str);

impl<'a> Token<'a> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether it is `other`, in any case.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl<'a> AttributeValue<'a> for Token<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        input.loose_token(Rule::LooseValue, "a token").map(Self)
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// `byte-string` (RFC 8866 §9): text, UTF-8 where no `a=charset` says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// The bytes as they came.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The text, if it is UTF-8.
    #[must_use]
    pub fn to_str(&self) -> Option<&'a str> {
        core::str::from_utf8(self.0).ok()
    }

    /// The text, U+FFFD in the place of what is not UTF-8.
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl<'a> AttributeValue<'a> for Text<'a> {
    const VERBATIM: bool = true;

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let text = input.take_rest();
        if text.is_empty() {
            input.bend(Rule::EmptyText, start, start, "text")?;
        }
        if let Err(error) = core::str::from_utf8(text) {
            let bad = start + error.valid_up_to();
            input.bend(Rule::NonUtf8Text, bad, start + text.len(), "UTF-8 text")?;
        }
        Ok(Self(text))
    }
}

impl Encode for Text<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.0)
    }
}

/// Words with spaces between: the rest of a value that is read word by word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// The words, which may be none. Nothing else may follow them in the value.
    pub(crate) fn parse_rest(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let mut first = None;
        let mut end = input.offset();
        while input.more()? {
            let start = input.offset();
            first.get_or_insert(start);
            input.word("a word")?;
            end = input.offset();
        }
        let text = first.map_or(&[][..], |first| &input.since(first)[..end - first]);
        Ok(Self(core::str::from_utf8(text).unwrap_or_default()))
    }

    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.0.split_ascii_whitespace()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words as they came.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Display for Words<'_> {
    /// Writes the words, a space in front of each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|word| write!(f, " {word}"))
    }
}

encode_by_display!(Number, Decimal<'_>, Token<'_>);
