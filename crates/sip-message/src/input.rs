//! The cursor that value grammars read from.

use alloc::vec::Vec;

use crate::class::{self, run};
use crate::{Deviation, Rule, Tolerances, ValueError, ValueErrorKind};

/// A header value being read: its bytes, a position, and what is tolerated.
///
/// Line ends inside the bytes are folds: whoever makes an `Input` has seen to that.
#[derive(Debug)]
pub struct Input<'a, 's> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
    pub(crate) tolerances: Tolerances,
    /// Where `bytes` starts in what deviations count from.
    base: u32,
    deviations: Option<&'s mut Vec<Deviation>>,
}

impl<'a, 's> Input<'a, 's> {
    pub(crate) fn new(bytes: &'a [u8], tolerances: Tolerances) -> Self {
        Self { bytes, at: 0, tolerances, base: 0, deviations: None }
    }

    /// An input whose deviations are written down, counted from `base` before its first byte.
    pub(crate) fn recording(
        bytes: &'a [u8],
        tolerances: Tolerances,
        base: u32,
        deviations: &'s mut Vec<Deviation>,
    ) -> Self {
        Self { bytes, at: 0, tolerances, base, deviations: Some(deviations) }
    }

    /// An input over a value that did not come out of a scanned message: its line ends must be
    /// folds.
    pub(crate) fn checked(bytes: &'a [u8], tolerances: Tolerances) -> Result<Self, ValueError> {
        let mut from = 0;
        while let Some(hit) = memchr::memchr2(b'\r', b'\n', &bytes[from..]) {
            let at = from + hit;
            let next = if bytes[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
            let bare_lf = bytes[at] == b'\n' && tolerances.allows(Rule::BareLf);
            let blank = bytes.get(next).is_some_and(|&b| b == b' ' || b == b'\t');
            if !blank || (next == at + 1 && !bare_lf) {
                return Err(ValueError::new(ValueErrorKind::LineEnd, at, "no line end"));
            }
            from = next;
        }
        Ok(Self::new(bytes, tolerances))
    }

    /// What is left to read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// How many bytes have been read.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// What the reader tolerates.
    #[must_use]
    pub fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    /// The next byte.
    #[inline(always)]
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Reads the next byte if it is `byte`.
    #[inline(always)]
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// `SWS`: optional white space, folds included.
    #[inline(always)]
    pub fn skip_lws(&mut self) {
        self.at = skip_lws(self.bytes, self.at);
    }

    /// `token`.
    ///
    /// # Errors
    /// When the next byte is none of a token's; `expected` says what the caller wants.
    #[inline(always)]
    pub fn token(&mut self, expected: &'static str) -> Result<&'a str, ValueError> {
        self.token_bytes(expected).map(crate::text::token_str)
    }

    #[inline(always)]
    pub(crate) fn token_bytes(&mut self, expected: &'static str) -> Result<&'a [u8], ValueError> {
        let start = self.at;
        let end = run(self.bytes, start, class::TOKEN);
        if end == start {
            return Err(self.unexpected(expected));
        }
        self.at = end;
        Ok(&self.bytes[start..end])
    }

    /// `1*DIGIT` up to `max`.
    ///
    /// # Errors
    /// When there is no digit, or the number is larger and [`Rule::NumberOutOfRange`] is off.
    #[inline(always)]
    pub fn number(&mut self, max: u32, expected: &'static str) -> Result<u32, ValueError> {
        let (bytes, start) = (self.bytes, self.at);
        let mut at = start;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            at += 1;
        }
        self.at = at;
        match u32::try_from(value) {
            // Ten digits and fewer cannot have wrapped.
            Ok(value) if value <= max && (1..=10).contains(&(at - start)) => Ok(value),
            _ if at == start => Err(self.unexpected(expected)),
            _ => self.long_number(start, max, expected),
        }
    }

    /// A number that is beyond its range, or has many leading zeros.
    #[cold]
    fn long_number(
        &mut self,
        start: usize,
        max: u32,
        expected: &'static str,
    ) -> Result<u32, ValueError> {
        let value = self.bytes[start..self.at].iter().try_fold(0u32, |value, digit| {
            value.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
        });
        match value.filter(|value| *value <= max) {
            Some(value) => Ok(value),
            None => self.out_of_range(start, max, expected),
        }
    }

    #[cold]
    fn out_of_range(
        &mut self,
        start: usize,
        max: u32,
        expected: &'static str,
    ) -> Result<u32, ValueError> {
        if self.tolerances.allows(Rule::NumberOutOfRange) {
            self.deviate(Rule::NumberOutOfRange, start, self.at, expected)?;
            return Ok(max);
        }
        Err(ValueError::new(ValueErrorKind::NumberOutOfRange, start, expected))
    }

    /// `quoted-string` at its opening quote; the answer is what stands between the quotes.
    ///
    /// # Errors
    /// When there is no quote, or no closing one, or a control character without a backslash.
    pub fn quoted_string(&mut self) -> Result<&'a [u8], ValueError> {
        let open = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a quoted string"));
        }
        let mut at = open + 1;
        loop {
            at = run(self.bytes, at, class::QDTEXT);
            match self.bytes.get(at) {
                Some(b'"') => break,
                // quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F)
                Some(b'\\') => match self.bytes.get(at + 1) {
                    Some(&b) if b != b'\r' && b != b'\n' && b < 0x80 => at += 2,
                    None => at += 1,
                    Some(_) => {
                        self.at = at + 1;
                        return Err(self.unexpected("an ASCII character behind the backslash"));
                    }
                },
                Some(b'\r' | b'\n') => at += 1,
                None => {
                    let kind = ValueErrorKind::UnterminatedQuote;
                    return Err(ValueError::new(kind, open, "`\"`"));
                }
                Some(_) => {
                    self.deviate(Rule::ControlInText, at, at + 1, "no control character")?;
                    at += 1;
                }
            }
        }
        if self.looks_for(Rule::NonUtf8Text) {
            self.check_utf8(open + 1, at)?;
        }
        self.at = at + 1;
        Ok(&self.bytes[open + 1..at])
    }

    /// `comment` at its opening parenthesis, nested ones included.
    ///
    /// # Errors
    /// When there is no parenthesis, or no closing one.
    pub fn comment(&mut self) -> Result<&'a [u8], ValueError> {
        let open = self.at;
        if self.peek() != Some(b'(') {
            return Err(self.unexpected("a comment"));
        }
        let mut at = open + 1;
        let mut depth = 1u32;
        while depth > 0 {
            at = run(self.bytes, at, class::CTEXT);
            match self.bytes.get(at) {
                Some(b'(') => depth += 1,
                Some(b')') => depth -= 1,
                // quoted-pair = "\\" (%x00-09 / %x0B-0C / %x0E-7F)
                Some(b'\\') => match self.bytes.get(at + 1) {
                    Some(&b) if b != b'\r' && b != b'\n' && b < 0x80 => at += 1,
                    _ => {
                        self.at = at + 1;
                        return Err(self.unexpected("an ASCII character behind the backslash"));
                    }
                },
                Some(b'\r' | b'\n') => {}
                Some(_) => {
                    self.deviate(Rule::ControlInText, at, at + 1, "no control character")?;
                }
                None => {
                    let kind = ValueErrorKind::UnterminatedComment;
                    return Err(ValueError::new(kind, open, "`)`"));
                }
            }
            at += 1;
        }
        if self.looks_for(Rule::NonUtf8Text) {
            self.check_utf8(open + 1, at - 1)?;
        }
        self.at = at;
        Ok(&self.bytes[open + 1..at - 1])
    }

    /// Writes a deviation down if `rule` is tolerated.
    ///
    /// # Errors
    /// When it is not: at `start`, where `expected` is what the grammar wants.
    #[cold]
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
        let base = self.base as usize;
        if let Some(deviations) = self.deviations.as_deref_mut() {
            deviations.push(Deviation::new(rule, base + start, base + end));
        }
        Ok(())
    }

    /// The error of a grammar that wants `expected` here.
    #[cold]
    #[must_use]
    pub fn unexpected(&self, expected: &'static str) -> ValueError {
        let kind = if self.at < self.bytes.len() {
            ValueErrorKind::UnexpectedByte
        } else {
            ValueErrorKind::UnexpectedEnd
        };
        ValueError::new(kind, self.at, expected)
    }

    /// The URI that stands at `start..end` of the input. It is read only where it must be: to
    /// tell what is wrong with a value, or what was tolerated in it.
    #[inline(always)]
    pub(crate) fn uri(&mut self, start: usize, end: usize) -> Result<&'a [u8], ValueError> {
        let text = &self.bytes[start..end];
        if self.deviations.is_some() {
            self.check_uri(start, text)?;
        }
        Ok(text)
    }

    #[cold]
    fn check_uri(&mut self, start: usize, text: &[u8]) -> Result<(), ValueError> {
        let tolerances = self.tolerances.uri();
        let mut record = |deviation| self.record_uri_deviation(start, deviation);
        match sip_uri::UriRef::parse_with(text, tolerances, &mut record) {
            Ok(_) => Ok(()),
            Err(error) => Err(uri_error(error, start)),
        }
    }

    /// Whether all that is wrong is to be found, also what is read later as a rule.
    #[inline(always)]
    pub(crate) fn is_checking(&self) -> bool {
        self.deviations.is_some()
    }

    /// Whether what `rule` is about must be looked for: where it is on and nothing is written down,
    /// the answer would change nothing.
    #[inline(always)]
    pub(crate) fn looks_for(&self, rule: Rule) -> bool {
        self.deviations.is_some() || !self.tolerances.allows(rule)
    }

    /// Text that is not UTF-8 is a deviation.
    pub(crate) fn check_utf8(&mut self, start: usize, end: usize) -> Result<(), ValueError> {
        match core::str::from_utf8(&self.bytes[start..end]) {
            Ok(_) => Ok(()),
            Err(error) => {
                let bad = start + error.valid_up_to();
                let len = error.error_len().unwrap_or(end - bad);
                self.deviate(Rule::NonUtf8Text, bad, bad + len, "UTF-8 text")
            }
        }
    }

    /// Writes down what `sip-uri` tolerated in a part that starts at `start`.
    pub(crate) fn record_uri_deviation(&mut self, start: usize, deviation: sip_uri::Deviation) {
        let from = self.base as usize + start + deviation.offset as usize;
        if let Some(deviations) = self.deviations.as_deref_mut() {
            let to = from + deviation.len as usize;
            deviations.push(Deviation::new(Rule::Uri(deviation.rule), from, to));
        }
    }
}

/// The error of a URI that starts at `start`.
#[cold]
pub(crate) fn uri_error(error: sip_uri::UriError, start: usize) -> ValueError {
    ValueError::new(ValueErrorKind::Uri(error), start + error.offset(), "a URI")
}

/// The first byte behind `at` that is no white space; folds are white space.
#[inline(always)]
pub(crate) fn skip_lws(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at)
        && byte <= b' '
        && is_lws(byte)
    {
        at += 1;
    }
    at
}

#[inline(always)]
pub(crate) fn is_lws(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Where a value or part ends when white space and folds behind it are left out.
#[inline(always)]
pub(crate) fn trim_end(bytes: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && is_lws(bytes[end - 1]) {
        end -= 1;
    }
    end
}
