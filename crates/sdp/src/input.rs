//! What a value is read from: bytes, a place in them, and the tolerances.

use alloc::vec::Vec;

use crate::index::narrow;
use crate::{Deviation, Rule, Tolerances, ValueError, ValueErrorKind};

mod class;
mod word;

use class::{TOKEN, class_len, visible_len};
pub(crate) use class::{is_blank, is_plain_pairs, is_token};
pub(crate) use word::{Spaced, Word};

/// The text of a value while it is read (RFC 8866 §9). The small rules of the grammar are its
/// methods; each takes what the error shall say was expected.
#[derive(Debug)]
pub struct Input<'a, 'd> {
    bytes: &'a [u8],
    at: usize,
    /// Whether there is a value at all: `a=name:` has an empty one, `a=name` has none.
    has_value: bool,
    tolerances: Tolerances,
    /// Where `bytes` start in the description.
    base: u32,
    deviations: Option<&'d mut Vec<Deviation>>,
}

impl<'a, 'd> Input<'a, 'd> {
    /// Reads from `bytes`; what is tolerated is not recorded.
    #[must_use]
    #[inline]
    pub fn new(bytes: &'a [u8], tolerances: Tolerances) -> Self {
        Self { bytes, at: 0, has_value: true, tolerances, base: 0, deviations: None }
    }

    /// Reads from what stands behind the colon of an attribute; `None` when there is no colon.
    #[must_use]
    #[inline]
    pub fn of_attribute(value: Option<&'a [u8]>, tolerances: Tolerances) -> Self {
        let has_value = value.is_some();
        Self { has_value, ..Self::new(value.unwrap_or_default(), tolerances) }
    }

    /// Records what is tolerated, with offsets that count from `base` bytes before the value.
    #[must_use]
    pub fn recording(self, base: usize, deviations: &'d mut Vec<Deviation>) -> Self {
        Self { base: narrow(base), deviations: Some(deviations), ..self }
    }

    /// Whether a colon and a value follow the attribute's name.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.has_value
    }

    /// How many bytes have been read.
    #[must_use]
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// What has not been read.
    #[must_use]
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The bytes that were read from `start` on.
    #[must_use]
    #[inline]
    pub fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start.min(self.at)..self.at]
    }

    /// The next byte.
    #[must_use]
    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Whether everything has been read.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The tolerances in force.
    #[must_use]
    pub fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    /// An error at the place reached.
    #[must_use]
    #[cold]
    pub fn unexpected(&self, expected: &'static str) -> ValueError {
        self.unexpected_at(self.at, expected)
    }

    /// An error at `offset`.
    #[must_use]
    pub fn unexpected_at(&self, offset: usize, expected: &'static str) -> ValueError {
        let kind = if offset < self.bytes.len() {
            ValueErrorKind::UnexpectedByte
        } else {
            ValueErrorKind::UnexpectedEnd
        };
        ValueError::new(kind, offset, expected)
    }

    /// Lets what stands at `start..end` through under `rule`, or refuses it.
    ///
    /// # Errors
    /// When the rule is off.
    #[cold]
    #[inline(never)]
    pub fn deviate(
        &mut self,
        rule: Rule,
        start: usize,
        end: usize,
        expected: &'static str,
    ) -> Result<(), ValueError> {
        if !self.tolerances.allows(rule) {
            return Err(ValueError::new(ValueErrorKind::NotTolerated(rule), start, expected));
        }
        if let Some(deviations) = &mut self.deviations {
            let base = self.base as usize;
            deviations.push(Deviation::new(rule, base + start, base + end));
        }
        Ok(())
    }

    /// Reads `byte` if it is the next.
    #[inline]
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Reads `text` if it is next, in any case.
    #[inline]
    pub fn eat_str(&mut self, text: &str) -> bool {
        let found = self
            .rest()
            .get(..text.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(text.as_bytes()));
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Reads `byte`.
    ///
    /// # Errors
    /// When another one is next.
    #[inline]
    pub fn byte(&mut self, byte: u8, expected: &'static str) -> Result<(), ValueError> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Reads the bytes that `wanted` takes, perhaps none.
    #[inline]
    pub fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Reads ASCII bytes that `wanted` takes, at least one.
    ///
    /// # Errors
    /// When there is none.
    #[inline]
    pub fn ascii_while(
        &mut self,
        expected: &'static str,
        wanted: impl Fn(u8) -> bool,
    ) -> Result<&'a str, ValueError> {
        let start = self.at;
        if self.take_while(|byte| byte.is_ascii() && wanted(byte)).is_empty() {
            return Err(self.unexpected(expected));
        }
        Ok(Word(self.since(start)).as_str())
    }

    /// Visible ASCII of a class, at least one.
    #[inline(always)]
    fn class_while(&mut self, class: u8, expected: &'static str) -> Result<Word<'a>, ValueError> {
        let rest = &self.bytes[self.at..];
        let len = class_len(rest, class);
        if len == 0 {
            return Err(self.unexpected(expected));
        }
        self.at += len;
        Ok(Word(&rest[..len]))
    }

    /// [`token`](Self::token) for views that are read often and looked into seldom.
    #[inline(always)]
    pub(crate) fn token_word(&mut self, expected: &'static str) -> Result<Word<'a>, ValueError> {
        self.class_while(TOKEN, expected)
    }

    /// [`word`](Self::word) for views that are read often and looked into seldom.
    #[inline(always)]
    pub(crate) fn visible_word(&mut self, expected: &'static str) -> Result<Word<'a>, ValueError> {
        let rest = &self.bytes[self.at..];
        let len = visible_len(rest);
        if len == 0 {
            return Err(self.unexpected(expected));
        }
        self.at += len;
        Ok(Word(&rest[..len]))
    }

    /// `token` (RFC 8866 §9).
    ///
    /// # Errors
    /// When none is next.
    #[inline]
    pub fn token(&mut self, expected: &'static str) -> Result<&'a str, ValueError> {
        self.class_while(TOKEN, expected).map(Word::as_str)
    }

    /// `non-ws-string` of visible ASCII characters (RFC 8866 §9).
    ///
    /// # Errors
    /// When none is next.
    #[inline]
    pub fn word(&mut self, expected: &'static str) -> Result<&'a str, ValueError> {
        self.visible_word(expected).map(Word::as_str)
    }

    /// A token, or any word under `rule`.
    ///
    /// # Errors
    /// When no word is next, or one that is no token and is not tolerated.
    #[inline]
    pub fn loose_token(
        &mut self,
        rule: Rule,
        expected: &'static str,
    ) -> Result<&'a str, ValueError> {
        let start = self.at;
        let word = self.word(expected)?;
        if let Some(bad) = word.bytes().position(|byte| !is_token(byte)) {
            self.deviate(rule, start + bad, self.at, expected)?;
        }
        Ok(word)
    }

    /// One space; more of them, and tabs, are tolerated.
    ///
    /// # Errors
    /// When there is none.
    #[inline(always)]
    pub fn space(&mut self) -> Result<(), ValueError> {
        if self.plain_space_follows() {
            self.at += 1;
            return Ok(());
        }
        self.odd_space()
    }

    /// Whether one space is next, and something visible behind it.
    #[inline(always)]
    fn plain_space_follows(&self) -> bool {
        matches!(self.bytes[self.at..], [b' ', next, ..] if next > b' ')
    }

    #[cold]
    fn odd_space(&mut self) -> Result<(), ValueError> {
        let start = self.at;
        match self.take_while(is_blank) {
            b"" => Err(self.unexpected("a space")),
            b" " => Ok(()),
            _ => self.deviate(Rule::ExtraSpace, start, self.at, "one space"),
        }
    }

    /// Reads a space when something follows it; `false` at the end of the value.
    ///
    /// # Errors
    /// When something other than a space is next, or white space that is not tolerated.
    #[inline(always)]
    pub fn more(&mut self) -> Result<bool, ValueError> {
        if self.plain_space_follows() {
            self.at += 1;
            return Ok(true);
        }
        if self.is_blank_to_end() {
            return Ok(false);
        }
        self.odd_space().map(|()| true)
    }

    #[inline]
    fn is_blank_to_end(&self) -> bool {
        self.is_empty()
            || (is_blank(self.bytes[self.at]) && self.rest().iter().all(|&b| is_blank(b)))
    }

    /// The start of the value: white space before it is tolerated.
    ///
    /// # Errors
    /// When there is white space that is not tolerated.
    #[inline]
    pub fn start(&mut self) -> Result<(), ValueError> {
        if self.peek().is_some_and(is_blank) { self.surrounding() } else { Ok(()) }
    }

    /// The end of the value: white space behind it is tolerated.
    ///
    /// # Errors
    /// When something is left.
    #[inline]
    pub fn end(&mut self) -> Result<(), ValueError> {
        if self.is_empty() {
            return Ok(());
        }
        if self.is_blank_to_end() {
            self.surrounding()
        } else {
            Err(self.unexpected("the end of the value"))
        }
    }

    #[cold]
    fn surrounding(&mut self) -> Result<(), ValueError> {
        let start = self.at;
        self.take_while(is_blank);
        self.deviate(Rule::SurroundingSpace, start, self.at, "no white space here")
    }

    /// `1*DIGIT` up to `max`.
    ///
    /// # Errors
    /// When no digit is next, or the number is beyond `max` and that is not tolerated.
    #[inline]
    pub fn number(&mut self, max: u64, expected: &'static str) -> Result<u64, ValueError> {
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit) = self.peek().map(|byte| byte.wrapping_sub(b'0'))
            && digit <= 9
        {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.at += 1;
        }
        let digits = self.at - start;
        if digits == 0 {
            return Err(self.unexpected(expected));
        }
        // Nineteen digits always fit.
        if digits > 19 && !fits(self.since(start)) || number > max {
            return self.out_of_range(start, max, expected);
        }
        Ok(number)
    }

    #[cold]
    fn out_of_range(
        &mut self,
        start: usize,
        max: u64,
        expected: &'static str,
    ) -> Result<u64, ValueError> {
        self.deviate(Rule::NumberOutOfRange, start, self.at, expected)?;
        Ok(max)
    }

    /// A number that fits 8 bits.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    #[inline]
    pub fn u8(&mut self, expected: &'static str) -> Result<u8, ValueError> {
        self.number(u8::MAX.into(), expected).map(|number| u8::try_from(number).unwrap_or(u8::MAX))
    }

    /// A number that fits 16 bits.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    #[inline]
    pub fn u16(&mut self, expected: &'static str) -> Result<u16, ValueError> {
        self.number(u16::MAX.into(), expected)
            .map(|number| u16::try_from(number).unwrap_or(u16::MAX))
    }

    /// A number that fits 32 bits.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    #[inline]
    pub fn u32(&mut self, expected: &'static str) -> Result<u32, ValueError> {
        self.number(u32::MAX.into(), expected)
            .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// The next `len` bytes, or as many as there are.
    #[inline]
    pub fn take_bytes(&mut self, len: usize) -> &'a [u8] {
        let taken = &self.rest()[..len.min(self.bytes.len() - self.at)];
        self.at += taken.len();
        taken
    }

    /// One space and no more.
    pub(crate) fn plain_space(&mut self) -> Result<(), ValueError> {
        self.byte(b' ', "a space")
    }

    /// White space where there must be none is tolerated.
    ///
    /// # Errors
    /// When it is not.
    pub fn loose_blank(&mut self) -> Result<(), ValueError> {
        let start = self.at;
        if self.take_while(is_blank).is_empty() {
            return Ok(());
        }
        self.deviate(Rule::ExtraSpace, start, self.at, "no white space here")
    }

    /// Everything that is left.
    #[inline]
    pub fn take_rest(&mut self) -> &'a [u8] {
        let rest = self.rest();
        self.at = self.bytes.len();
        rest
    }

    /// Everything that is left, if it is ASCII, without the white space at its end.
    ///
    /// # Errors
    /// When nothing is left, or a byte of it is not ASCII.
    pub fn ascii_rest(&mut self, expected: &'static str) -> Result<&'a str, ValueError> {
        let text = self.ascii_while(expected, |_| true)?;
        if !self.is_empty() {
            return Err(self.unexpected(expected));
        }
        let trimmed = text.trim_end_matches([' ', '\t']);
        if trimmed.len() < text.len() {
            self.at -= text.len() - trimmed.len();
            if trimmed.is_empty() {
                return Err(self.unexpected(expected));
            }
            self.end()?;
        }
        Ok(trimmed)
    }
}

/// Whether digits are a number of 64 bits.
#[cold]
fn fits(digits: &[u8]) -> bool {
    let number = digits
        .iter()
        .try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    number.is_some()
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::is_plain_pairs;

    #[test]
    fn pairs_of_words_are_found_as_one_by_one() {
        let plain = |bytes: &[u8]| {
            let mut words = bytes.split(|byte| *byte == b' ');
            let first = words.next().unwrap();
            let rest: Vec<_> = words.collect();
            let good = |word: &&[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
            first.is_empty() && rest.iter().all(good) && rest.len() % 2 == 0
        };
        let mut found = 0;
        for seed in 0..200_000u32 {
            let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
            let mut text: Vec<u8> = (0..seed % 35)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    match state % 80 {
                        0 => 0x7f,
                        1 => 0x1f,
                        2 => 0x80,
                        3..=13 => b' ',
                        14 => b'!',
                        15 => b'~',
                        _ => b'a',
                    }
                })
                .collect();
            text.splice(..1.min(text.len()), *b" ");
            let wanted = plain(&text);
            found += u32::from(wanted);
            // Short ones may be left to the slow way.
            if text.len() >= 8 || is_plain_pairs(&text) {
                assert_eq!(is_plain_pairs(&text), wanted, "{}", text.escape_ascii());
            }
        }
        assert!(found > 10_000, "{found}");
    }
}
