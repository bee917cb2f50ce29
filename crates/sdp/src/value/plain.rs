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
            input.deviate(Rule::FlagValue, 0, end, "no value")?;
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
            return Err(input.unexpected_at(start, EXPECTED));
        }
        // No zero, no leading zeros, no fraction that is none, something in front of the stop.
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "1"));
        let strict = digits().any(|digit| digit != b'0')
            && !whole.is_empty()
            && (whole == "0" || !whole.starts_with('0'))
            && !fraction.is_empty()
            && !fraction.ends_with('0');
        if !strict {
            input.deviate(Rule::LooseValue, start, input.offset(), EXPECTED)?;
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

impl<'a> Token<'a> {
    /// `min*256ice-char` (RFC 8839 §5.4).
    pub(crate) fn parse_ice(min: usize, input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        const EXPECTED: &str = "letters, digits, plus signs and slashes";
        let start = input.offset();
        let text = input.word(EXPECTED)?;
        let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if !text.bytes().all(is_ice) || !(min..=256).contains(&text.len()) {
            input.deviate(Rule::LooseValue, start, input.offset(), EXPECTED)?;
        }
        Ok(Self(text))
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
            input.deviate(Rule::EmptyText, start, start, "text")?;
        }
        if let Err(error) = core::str::from_utf8(text) {
            let bad = start + error.valid_up_to();
            input.deviate(Rule::NonUtf8Text, bad, start + text.len(), "UTF-8 text")?;
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
#[derive(Clone, Copy, Debug)]
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// Words that were read.
    pub(crate) fn of(text: &'a [u8]) -> Self {
        Self(core::str::from_utf8(text).unwrap_or_default())
    }

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
        Ok(Self::of(first.map_or(&[][..], |first| &input.since(first)[..end - first])))
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

impl<'a> AttributeValue<'a> for Words<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        input.word("a word")?;
        let mut end = input.offset();
        while input.more()? {
            input.word("a word")?;
            end = input.offset();
        }
        Ok(Self::of(&input.since(start)[..end - start]))
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(place, word)| {
            f.write_str(if place == 0 { "" } else { " " })?;
            f.write_str(word)
        })
    }
}

impl PartialEq for Words<'_> {
    /// Whether the words are the same, whatever white space is between them.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Words<'_> {}

/// A property that is there, or that is said to be there or not: `a=name`, `a=name:0`, `a=name:1`,
/// as T.38 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switch(bool);

impl Switch {
    /// Whether it is on.
    #[must_use]
    pub const fn is_on(self) -> bool {
        self.0
    }
}

impl AttributeValue<'_> for Switch {
    fn parse(input: &mut Input<'_, '_>) -> Result<Self, ValueError> {
        if !input.has_value() {
            return Ok(Self(true));
        }
        input.number(1, "0 or 1").map(|number| Self(number == 1))
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u8::from(self.0).fmt(f)
    }
}

/// Declares a value that is one of a few words. They are read in any case, which is noted.
macro_rules! keywords {
    ($(#[doc = $doc:literal])+ $name:ident, $expected:literal {
        $($(#[doc = $variant_doc:literal])+ $variant:ident = $text:literal,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $variant_doc])+ $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            pub(crate) fn read(input: &mut $crate::Input<'_, '_>) -> Result<Self, $crate::ValueError> {
                let start = input.offset();
                let word = input.token($expected)?;
                let known = Self::ALL.iter().find(|known| known.name().eq_ignore_ascii_case(word));
                let Some(&known) = known else { return Err(input.unexpected_at(start, $expected)) };
                if known.name() != word {
                    input.deviate($crate::Rule::LooseValue, start, input.offset(), $expected)?;
                }
                Ok(known)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl<'a> $crate::attribute::AttributeValue<'a> for $name {
            fn parse(input: &mut $crate::Input<'a, '_>) -> Result<Self, $crate::ValueError> {
                Self::read(input)
            }
        }

        $crate::encode::encode_by_display!($name);
    };
}
pub(crate) use keywords;

encode_by_display!(Number, Decimal<'_>, Token<'_>, Words<'_>, Switch);
