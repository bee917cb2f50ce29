//! `*( SEMI generic-param )` (RFC 3261 §25.1): checked once, kept raw, read by iteration.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::class::{self, is, run};
use crate::input::{is_lws, skip_lws};
use crate::text::{token_str, unquote};
use crate::vector::find_byte;
use crate::{Input, Rule, Tolerances, ValueError, ValueErrorKind};

/// The parameters of a value: `;name=value;flag`, in order, as they came.
///
/// ```
/// use sip_message::value::{HeaderValue, NameAddr};
/// let to = NameAddr::decode(b"<sip:bob@biloxi.example>;tag=a6c85cf;note=\"hi \\\"Bob\\\"\"").unwrap();
/// assert_eq!(to.params().get("TAG").and_then(|p| p.value_str()), Some("a6c85cf"));
/// assert_eq!(to.params().get("note").unwrap().value().unwrap(), &b"hi \"Bob\""[..]);
/// assert_eq!(to.params().count(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Params<'a> {
    /// From the first semicolon to the end of the last parameter.
    raw: &'a [u8],
}

/// One parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Param<'a> {
    name: &'a [u8],
    value: Option<&'a [u8]>,
}

impl<'a> Params<'a> {
    /// Reads parameters up to something that is none, and shows each to `see` as it passes. An
    /// error that `see` returns ends the reading.
    #[inline(always)]
    pub(crate) fn parse_each<'s>(
        input: &mut Input<'a, 's>,
        mut see: impl FnMut(&mut Input<'a, 's>, Param<'a>) -> Result<(), ValueError>,
    ) -> Result<Self, ValueError> {
        let bytes = input.bytes;
        let start = skip_lws(bytes, input.at);
        if bytes.get(start) != Some(&b';') {
            return Ok(Self { raw: &[] });
        }
        input.at = start;
        let mut end = start;
        loop {
            let semicolon = input.at;
            if let Some((param, behind)) = plain_param(bytes, semicolon + 1) {
                input.at = behind;
                end = behind;
                see(input, param)?;
                match bytes.get(behind) {
                    Some(b';') => continue,
                    Some(b',') | None => break,
                    Some(_) => {}
                }
            } else {
                input.at = skip_lws(bytes, semicolon + 1);
                match param(input)? {
                    Some(param) => {
                        end = input.at;
                        see(input, param)?;
                    }
                    None => {
                        let rule = Rule::EmptyParameter;
                        input.deviate(rule, semicolon, semicolon + 1, "a parameter")?;
                        end = end.max(semicolon + 1);
                    }
                }
            }
            let next = skip_lws(bytes, input.at);
            if bytes.get(next) != Some(&b';') {
                break;
            }
            input.at = next;
        }
        input.at = end.max(input.at);
        let params = Self { raw: &bytes[start..end] };
        if input.looks_for(Rule::DuplicateParameter) {
            params.check_duplicates(input, start)?;
        }
        Ok(params)
    }

    /// Reads parameters of which the first has no semicolon before it.
    pub(crate) fn parse_leading(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.at;
        if param(input)?.is_none() {
            return Err(input.unexpected("a parameter"));
        }
        let first = input.at;
        let more = Self::parse_each(input, |_, _| Ok(()))?;
        let end = if more.is_empty() { first } else { input.at };
        let params = Self { raw: &input.bytes[start..end] };
        if input.looks_for(Rule::DuplicateParameter) {
            params.check_duplicates(input, start)?;
        }
        Ok(params)
    }

    /// No name may be there twice (RFC 3261 §7.3.1). Only asked for where the answer matters:
    /// under strict rules, and when deviations are written down.
    #[cold]
    fn check_duplicates(self, input: &mut Input<'a, '_>, start: usize) -> Result<(), ValueError> {
        let mut names: Vec<_> = self.iter().map(|param| param.name).collect();
        let place = |name: &[u8]| start + (name.as_ptr().addr() - self.raw.as_ptr().addr());
        let folded = |name: &'a [u8]| name.iter().map(u8::to_ascii_lowercase);
        names.sort_by(|a, b| folded(a).cmp(folded(b)));
        for pair in names.windows(2) {
            let (first, again) = (pair[0], pair[1]);
            if first.eq_ignore_ascii_case(again) {
                let at = place(again);
                let expected = "each parameter once";
                input.deviate(Rule::DuplicateParameter, at, at + again.len(), expected)?;
            }
        }
        Ok(())
    }

    /// No parameters.
    #[must_use]
    pub fn empty() -> Self {
        Self { raw: &[] }
    }

    /// The text of all parameters, from the first semicolon on.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// The first parameter with this name; case does not matter (RFC 3261 §7.3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Param<'a>> {
        self.iter().find(|param| param.is(name))
    }

    /// The parameters in order.
    #[must_use]
    pub fn iter(&self) -> ParamsIter<'a> {
        ParamsIter { input: Input::new(self.raw, Tolerances::lenient()) }
    }
}

impl<'a> IntoIterator for Params<'a> {
    type Item = Param<'a>;
    type IntoIter = ParamsIter<'a>;

    fn into_iter(self) -> ParamsIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Params<'a> {
    type Item = Param<'a>;
    type IntoIter = ParamsIter<'a>;

    fn into_iter(self) -> ParamsIter<'a> {
        self.iter()
    }
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// The iterator of [`Params`].
#[derive(Debug)]
pub struct ParamsIter<'a> {
    input: Input<'a, 'static>,
}

impl<'a> Iterator for ParamsIter<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        let input = &mut self.input;
        // Where the text starts with a name, that is the first parameter: see `parse_leading`.
        let leading = input.at == 0 && input.peek().is_some_and(|b| b != b';');
        if leading && let Ok(Some(param)) = param(input) {
            return Some(param);
        }
        loop {
            input.skip_lws();
            if !input.eat(b';') {
                return None;
            }
            input.skip_lws();
            // The text was checked by `parse_each`; only empty parameters are stepped over.
            if let Ok(Some(param)) = param(input) {
                return Some(param);
            }
        }
    }
}

/// A parameter as nearly all are: `name` or `name=token` without white space, and where it ends.
/// What it does not take is for [`param`].
#[inline(always)]
fn plain_param(bytes: &[u8], start: usize) -> Option<(Param<'_>, usize)> {
    let name_end = run(bytes, start, class::TOKEN);
    let name = bytes.get(start..name_end).filter(|name| !name.is_empty())?;
    if bytes.get(name_end) != Some(&b'=') {
        let plain = bytes.get(name_end).is_none_or(|&b| is(b, class::VALUE_END));
        return plain.then_some((Param { name, value: None }, name_end));
    }
    let end = run(bytes, name_end + 1, class::TOKEN);
    let value = bytes.get(name_end + 1..end).filter(|value| !value.is_empty())?;
    let plain = bytes.get(end).is_none_or(|&b| is(b, class::VALUE_END));
    plain.then_some((Param { name, value: Some(value) }, end))
}

/// `generic-param = token [ EQUAL gen-value ]`; `None` where a semicolon, a comma or the end
/// stands instead.
#[inline(always)]
fn param<'a>(input: &mut Input<'a, '_>) -> Result<Option<Param<'a>>, ValueError> {
    let bytes = input.bytes;
    let start = input.at;
    let name_end = run(bytes, start, class::TOKEN);
    if name_end == start {
        return match bytes.get(start) {
            None | Some(b';' | b',') => Ok(None),
            Some(_) => Err(input.unexpected("a parameter name")),
        };
    }
    let name = &bytes[start..name_end];
    input.at = name_end;
    // EQUAL = SWS "=" SWS
    let equal = skip_lws(bytes, name_end);
    if bytes.get(equal) != Some(&b'=') {
        return Ok(Some(Param { name, value: None }));
    }
    input.at = skip_lws(bytes, equal + 1);
    let value = gen_value(input, name)?;
    Ok(Some(Param { name, value: Some(value) }))
}

/// `gen-value = token / host / quoted-string`.
#[inline(always)]
fn gen_value<'a>(input: &mut Input<'a, '_>, name: &[u8]) -> Result<&'a [u8], ValueError> {
    let bytes = input.bytes;
    let start = input.at;
    let end = run(bytes, start, class::TOKEN);
    if end > start && bytes.get(end).is_none_or(|&b| is(b, class::VALUE_END) || is_lws(b)) {
        input.at = end;
        return Ok(&bytes[start..end]);
    }
    if bytes.get(start) == Some(&b'"') {
        input.quoted_string()?;
        return Ok(&bytes[start..input.at]);
    }
    other_value(input, name, end)
}

/// A value that is neither token nor quoted string: an IPv6 host, or what peers leave unquoted.
#[cold]
fn other_value<'a>(
    input: &mut Input<'a, '_>,
    name: &[u8],
    token_end: usize,
) -> Result<&'a [u8], ValueError> {
    let bytes = input.bytes;
    let start = input.at;
    // ident-info = "info" EQUAL LAQUOT absoluteURI RAQUOT (RFC 8224 §4)
    if name.eq_ignore_ascii_case(b"info") && bytes.get(start) == Some(&b'<') {
        return match find_byte(bytes, start, b'>') {
            Some(end) => {
                input.at = end + 1;
                Ok(&bytes[start..=end])
            }
            None => Err(ValueError::new(ValueErrorKind::UnterminatedAngle, start, "`>`")),
        };
    }
    let end = run(bytes, start, class::LOOSE_VALUE);
    let host = &bytes[start..end];
    if is_ipv6_reference(host) {
        input.at = end;
        return Ok(host);
    }
    if end == start || end == token_end {
        input.at = end;
        return Err(input.unexpected("a parameter value"));
    }
    input.at = token_end;
    // via-received = "received" EQUAL (IPv4address / IPv6address): no brackets, no quotes.
    if !(name.eq_ignore_ascii_case(b"received") && is_ipv6(host)) {
        input.deviate(Rule::UnquotedParameter, token_end, end, "a token or a quoted string")?;
    }
    input.at = end;
    Ok(&bytes[start..end])
}

/// `IPv6reference = "[" IPv6address "]"`.
pub(crate) fn is_ipv6_reference(text: &[u8]) -> bool {
    matches!(text, [b'[', address @ .., b']'] if is_ipv6(address))
}

fn is_ipv6(text: &[u8]) -> bool {
    core::str::from_utf8(text).is_ok_and(|text| text.parse::<core::net::Ipv6Addr>().is_ok())
}

impl<'a> Param<'a> {
    /// The name as it came.
    #[must_use]
    pub fn name(&self) -> &'a str {
        token_str(self.name)
    }

    /// Where the value starts in the input that the parameter is of; behind the name if it has none.
    #[inline]
    pub(crate) fn value_offset(&self, input: &Input<'_, '_>) -> usize {
        let value = self.value.unwrap_or_else(|| &self.name[self.name.len()..]);
        value.as_ptr().addr() - input.bytes.as_ptr().addr()
    }

    /// Sees to it that a parameter of the input has a value.
    #[inline(always)]
    pub(crate) fn require_value(&self, input: &mut Input<'_, '_>) -> Result<(), ValueError> {
        match self.value {
            Some(_) => Ok(()),
            None => {
                let at = self.value_offset(input);
                input.deviate(Rule::MissingParameterValue, at, at, "`=` and a value")
            }
        }
    }

    /// Whether the name is the letters `lower`, in any case.
    #[inline(always)]
    pub(crate) fn is_letters<const N: usize>(&self, lower: &[u8; N]) -> bool {
        // In a token, only a letter becomes a lower-case letter when this bit is set.
        let same = |name: &[u8; N]| name.iter().zip(lower).all(|(a, b)| a | 0x20 == *b);
        <&[u8; N]>::try_from(self.name).is_ok_and(same)
    }

    /// Whether the name is `name`, in any case.
    #[inline]
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value as it came, quotes included; `None` for a flag.
    #[must_use]
    pub fn raw_value(&self) -> Option<&'a [u8]> {
        self.value
    }

    /// The value, without quotes and backslashes if it was quoted; `None` for a flag.
    #[must_use]
    pub fn value(&self) -> Option<Cow<'a, [u8]>> {
        Some(match self.value? {
            [b'"', inner @ .., b'"'] => unquote(inner),
            plain => Cow::Borrowed(plain),
        })
    }

    /// The value if there is one that is not quoted.
    #[inline(always)]
    pub(crate) fn plain(&self) -> Option<&'a [u8]> {
        self.value.filter(|value| value.first() != Some(&b'"'))
    }

    /// The value if there is one and it is no quoted string: a token or a host, which are ASCII.
    #[must_use]
    pub fn value_str(&self) -> Option<&'a str> {
        self.plain().map(token_str)
    }
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self.value {
            Some(value) => write!(f, "={}", value.escape_ascii()),
            None => Ok(()),
        }
    }
}
