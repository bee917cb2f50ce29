//! URI parameters: `uri-parameters = *( ";" uri-parameter )`, RFC 3261 §19.1.1.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::escape;
use crate::parse::closing_quote;

/// A parameter, raw: as it stands in the URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Param<'a> {
    /// The name. Names are compared without case and with escapes decoded: see [`Param::is`].
    pub name: &'a str,
    /// The value behind `=`, with its quotes where it was quoted; `None` without `=`.
    pub value: Option<&'a str>,
}

impl<'a> Param<'a> {
    /// Whether the parameter has this name: escapes decoded, case ignored.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        escape::is_name(self.name.as_bytes(), name)
    }

    /// The name with its escapes decoded.
    #[must_use]
    pub fn name_decoded(&self) -> Cow<'a, [u8]> {
        escape::decode_lossless(self.name)
    }

    /// The value with its escapes decoded; a quoted value without its quotes and backslashes.
    #[must_use]
    pub fn value_decoded(&self) -> Option<Cow<'a, [u8]>> {
        let value = self.value?;
        Some(match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => escape::unquote(quoted),
            None => escape::decode_lossless(value),
        })
    }
}

/// The parameters of a URI in their order.
#[derive(Debug, Clone)]
pub struct Params<'a> {
    text: &'a str,
    spans: ParamSpans<'a>,
}

impl<'a> Params<'a> {
    /// The parameters of a text that begins with `;`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, spans: ParamSpans::new(text.as_bytes(), 0, text.len()) }
    }

    /// The first of the remaining parameters with this name: escapes decoded, case ignored.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Param<'a>> {
        self.clone().find(|param| param.is(name))
    }

    /// The text of all the parameters, with the `;` before the first.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        let span = self.spans.next()?;
        Some(Param { name: &self.text[span.name], value: span.value.map(|v| &self.text[v]) })
    }
}

impl core::iter::FusedIterator for Params<'_> {}

/// Where a parameter stands.
#[derive(Debug, Clone)]
pub(crate) struct ParamSpan {
    pub(crate) name: Range<usize>,
    pub(crate) value: Option<Range<usize>>,
}

/// The spans of the parameters in a text that the parser took. Empty ones are passed over, white
/// space around names and values is left out.
#[derive(Debug, Clone)]
pub(crate) struct ParamSpans<'a> {
    bytes: &'a [u8],
    pos: usize,
}

impl<'a> ParamSpans<'a> {
    /// The parameters in `bytes[start..end]`, which begins with `;` or is empty.
    pub(crate) fn new(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self { bytes: &bytes[..end], pos: start }
    }

    fn end_of_name(&self, start: usize) -> usize {
        start + self.bytes[start..].iter().take_while(|b| !matches!(b, b';' | b'=')).count()
    }

    fn end_of_value(&self, start: usize) -> usize {
        let start = match self.trim(start..self.bytes.len()) {
            value if self.bytes.get(value.start) == Some(&b'"') => {
                closing_quote(self.bytes, value.start).unwrap_or(value.end)
            }
            value => value.start.max(start).min(self.bytes.len()),
        };
        start + self.bytes[start..].iter().take_while(|b| **b != b';').count()
    }

    fn trim(&self, span: Range<usize>) -> Range<usize> {
        let blank = |b: &&u8| matches!(b, b' ' | b'\t');
        let text = &self.bytes[span.clone()];
        let before = text.iter().take_while(blank).count();
        let after = text[before..].iter().rev().take_while(blank).count();
        span.start + before..span.end - after
    }
}

impl Iterator for ParamSpans<'_> {
    type Item = ParamSpan;

    fn next(&mut self) -> Option<ParamSpan> {
        while self.pos < self.bytes.len() {
            let start = self.pos + 1;
            if start > self.bytes.len() {
                break;
            }
            let end = self.end_of_name(start);
            let name = self.trim(start..end);
            self.pos = end;
            let mut value = None;
            if self.bytes.get(end) == Some(&b'=') {
                let end_of_value = self.end_of_value(end + 1);
                value = Some(self.trim(end + 1..end_of_value));
                self.pos = end_of_value;
            }
            if !name.is_empty() {
                return Some(ParamSpan { name, value });
            }
        }
        None
    }
}
