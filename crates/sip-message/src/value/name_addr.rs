//! Addresses: `( name-addr / addr-spec ) *( SEMI generic-param )` (RFC 3261 §25.1).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use sip_uri::{UriError, UriRef};

use super::HeaderValue;
use crate::class::{self, is, run};
use crate::input::{skip_lws, trim_end};
use crate::text::{one_space, token_str, unquote};
use crate::vector::find_byte;
use crate::{Input, Params, Rule, ValueError, ValueErrorKind};

/// A display name, a URI and the parameters of the header.
///
/// Without angle brackets all parameters belong to the header, not to the URI (RFC 3261 §20).
/// The URI itself is read when it is asked for: most readers of a From want its tag only, and a
/// bad URI must not hide that.
///
/// ```
/// use sip_message::value::{HeaderValue, NameAddr};
/// let from = NameAddr::decode(b"\"Bob\" <sip:bob@biloxi.example>;tag=a6c85cf").unwrap();
/// assert_eq!(from.display_name().unwrap().to_str_lossy(), "Bob");
/// assert_eq!(from.uri().unwrap().user(), Some("bob"));
/// assert_eq!(from.tag(), Some("a6c85cf"));
///
/// let bare = NameAddr::decode(b"sip:bob@biloxi.example;tag=7").unwrap();
/// assert_eq!(bare.uri_bytes(), b"sip:bob@biloxi.example");
/// assert_eq!(bare.tag(), Some("7"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    display: Option<DisplayName<'a>>,
    uri: &'a [u8],
    params: Params<'a>,
    tag: Option<&'a [u8]>,
    tolerances: sip_uri::Tolerances,
    brackets: bool,
}

impl<'a> NameAddr<'a> {
    /// The display name; `None` when there is none, and an empty one when it is `""`.
    #[must_use]
    pub fn display_name(&self) -> Option<DisplayName<'a>> {
        self.display
    }

    /// The URI.
    ///
    /// # Errors
    /// When it is none under the tolerances that the value was read with; the offset counts from
    /// the start of [`uri_bytes`](Self::uri_bytes).
    #[inline]
    pub fn uri(&self) -> Result<UriRef<'a>, UriError> {
        UriRef::parse_with(self.uri, self.tolerances, &mut |_| {})
    }

    /// The URI as it came, good or bad.
    #[must_use]
    pub fn uri_bytes(&self) -> &'a [u8] {
        self.uri
    }

    /// The parameters of the header.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }

    /// The `tag` parameter, which names a party of a dialog (RFC 3261 §19.3).
    #[must_use]
    pub fn tag(&self) -> Option<&'a str> {
        self.tag.map(token_str)
    }

    /// Whether the URI stands in angle brackets.
    #[must_use]
    pub fn has_brackets(&self) -> bool {
        self.brackets
    }

    /// A party of a dialog, From or To: `tag-param = "tag" EQUAL token`.
    #[inline]
    pub(crate) fn parse_party(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let address = Self::parse(input)?;
        if address.tag.is_none()
            && let Some(tag) = address.params.get("tag")
        {
            tag.require_value(input)?;
            if tag.raw_value().is_some() {
                input.at = tag.value_offset(input);
                return Err(input.unexpected("a token as the tag"));
            }
        }
        Ok(address)
    }

    /// `LAQUOT absoluteURI RAQUOT *( SEMI generic-param )`, as Call-Info has it: no display name.
    pub(crate) fn parse_link(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        if input.peek() != Some(b'<') {
            return Err(input.unexpected("`<`"));
        }
        Self::parse(input)
    }

    /// An address that must stand in angle brackets, as Route and Record-Route have it.
    #[inline]
    pub(crate) fn parse_bracketed(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.at;
        let address = Self::parse(input)?;
        if !address.brackets {
            let end = start + address.uri.len();
            input.deviate(Rule::MissingAngleBrackets, start, end, "`<`")?;
        }
        Ok(address)
    }
}

impl<'a> HeaderValue<'a> for NameAddr<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let (display, brackets) = display_name(input)?;
        let uri = if brackets { angle_uri(input)? } else { addr_spec(input)? };
        let mut tag = None;
        let params = Params::parse_each(input, |_, param| {
            if tag.is_none() && param.is_letters(b"tag") {
                tag = param.plain();
            }
            Ok(())
        })?;
        let tolerances = input.tolerances.uri();
        Ok(Self { display, uri, params, tag, tolerances, brackets })
    }
}

/// `[ display-name ] LAQUOT`, up to the `<`; `false` when an addr-spec stands here instead.
///
/// `display-name = token *(LWS token) / quoted-string` (RFC 3261 erratum 5598), and by RFC 4475
/// §3.1.1.6 no white space is needed before the `<`.
#[inline(always)]
fn display_name<'a>(
    input: &mut Input<'a, '_>,
) -> Result<(Option<DisplayName<'a>>, bool), ValueError> {
    let (bytes, start) = (input.bytes, input.at);
    match bytes.get(start) {
        Some(b'<') => return Ok((None, true)),
        Some(b'"') => {
            input.quoted_string()?;
            let end = input.at;
            input.skip_lws();
            if input.peek() != Some(b'<') {
                return behind_quotes(input, start, end);
            }
            return Ok((Some(DisplayName(&bytes[start..end])), true));
        }
        _ => {}
    }
    let mut at = run(bytes, start, class::TOKEN);
    if at > start && bytes.get(at) == Some(&b':') {
        return Ok((None, false));
    }
    loop {
        let next = skip_lws(bytes, at);
        match bytes.get(next) {
            Some(b'<') if next > start => {
                input.at = next;
                return Ok((Some(DisplayName(&bytes[start..trim_end(bytes, start, next)])), true));
            }
            Some(&b) if next > at && is(b, class::TOKEN) => at = run(bytes, next, class::TOKEN),
            _ => return loose_display_name(input, next),
        }
    }
}

/// What follows a quoted display name that is not `<`: the rest of `""Bob"" <`.
#[cold]
fn behind_quotes<'a>(
    input: &mut Input<'a, '_>,
    start: usize,
    end: usize,
) -> Result<(Option<DisplayName<'a>>, bool), ValueError> {
    let bytes = input.bytes;
    if bytes[start..end] == *b"\"\""
        // A searcher would cost more to build than it saves: the end is mostly near.
        && let Some(inner) = bytes[end..].windows(2).position(|pair| pair == b"\"\"")
        && !bytes[end..end + inner].iter().any(|b| matches!(b, b'<' | b'>' | b'\\'))
    {
        let close = end + inner + 2;
        let angle = skip_lws(bytes, close);
        if bytes.get(angle) == Some(&b'<') {
            input.deviate(Rule::DoubledQuotes, start, close, "a quoted string")?;
            input.at = angle;
            return Ok((Some(DisplayName(&bytes[start + 1..close - 1])), true));
        }
    }
    Err(input.unexpected("`<`"))
}

/// A display name without quotes whose characters need them. Commas, semicolons and quotes end
/// it: they would be read differently elsewhere.
#[cold]
fn loose_display_name<'a>(
    input: &mut Input<'a, '_>,
    bad: usize,
) -> Result<(Option<DisplayName<'a>>, bool), ValueError> {
    let (bytes, start) = (input.bytes, input.at);
    input.at = bad;
    let stop = |b: &u8| matches!(b, b'<' | b'>' | b',' | b';' | b'"');
    let end = bytes[bad..].iter().position(stop).map(|len| bad + len);
    match end {
        Some(end) if bytes[end] == b'<' && end > bad => {
            let name_end = trim_end(bytes, start, end);
            input.deviate(Rule::UnquotedDisplayName, bad, name_end, "`<`")?;
            input.at = end;
            Ok((Some(DisplayName(&bytes[start..name_end])), true))
        }
        _ => Err(input.unexpected("a URI or `<`")),
    }
}

/// `LAQUOT addr-spec RAQUOT` at its `<`.
#[inline(always)]
fn angle_uri<'a>(input: &mut Input<'a, '_>) -> Result<&'a [u8], ValueError> {
    let bytes = input.bytes;
    let start = input.at + 1;
    let Some(end) = find_byte(bytes, start, b'>') else {
        let kind = ValueErrorKind::UnterminatedAngle;
        return Err(ValueError::new(kind, input.at, "`>`"));
    };
    // First, so that a list goes on behind a bad URI.
    input.at = end + 1;
    // The byte before the end is there: it is the bracket when nothing stands between the two.
    match (bytes[start], bytes[end - 1]) {
        (b' ' | b'\t' | b'\r' | b'\n', _) | (_, b' ' | b'\t' | b'\r' | b'\n') => {
            padded_uri(input, start, end)
        }
        _ => input.uri(start, end),
    }
}

/// A URI with white space between it and its brackets.
#[cold]
fn padded_uri<'a>(
    input: &mut Input<'a, '_>,
    start: usize,
    end: usize,
) -> Result<&'a [u8], ValueError> {
    let bytes = input.bytes;
    let first = skip_lws(&bytes[..end], start);
    let last = trim_end(bytes, first, end);
    let (from, to) = if first > start { (start, first) } else { (last, end) };
    input.deviate(Rule::AngleBracketSpace, from, to, "no white space in the angle brackets")?;
    input.uri(first, last)
}

/// `addr-spec` without brackets: it ends at the first `;`, `,` or white space, and a `?` should
/// not be in it (RFC 3261 §20: such a URI must be in brackets).
#[inline(always)]
fn addr_spec<'a>(input: &mut Input<'a, '_>) -> Result<&'a [u8], ValueError> {
    let (bytes, start) = (input.bytes, input.at);
    let stop = |b: &u8| matches!(b, b';' | b',' | b' ' | b'\t' | b'\r' | b'\n');
    let len = bytes[start..].iter().position(stop).unwrap_or(bytes.len() - start);
    let end = start + len;
    if let Some(at) = bytes[start..end].iter().position(|&b| b == b'?') {
        let at = start + at;
        input.deviate(Rule::MissingAngleBrackets, at, at + 1, "`<` before a URI with headers")?;
    }
    // First, so that a list goes on behind a bad URI.
    input.at = end;
    input.uri(start, end)
}

/// A display name as it came: a quoted string with its quotes, or plain words.
///
/// It may hold any octet that its grammar lets through, NUL and Latin-1 among them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DisplayName<'a>(&'a [u8]);

impl<'a> DisplayName<'a> {
    /// The name as it came, quotes included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The name itself: quotes and backslashes resolved, each fold a single space, and so is all
    /// white space between words that are not quoted.
    #[must_use]
    pub fn unquoted(&self) -> Cow<'a, [u8]> {
        match self.0 {
            [b'"', inner @ .., b'"'] => unquote(inner),
            words => one_space(words),
        }
    }

    /// The name itself as text.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn to_str(&self) -> Result<Cow<'a, str>, core::str::Utf8Error> {
        match self.unquoted() {
            Cow::Borrowed(name) => core::str::from_utf8(name).map(Cow::Borrowed),
            Cow::Owned(name) => String::from_utf8(name).map(Cow::Owned).map_err(|e| e.utf8_error()),
        }
    }

    /// The name itself as text, U+FFFD standing for what is not UTF-8.
    #[must_use]
    pub fn to_str_lossy(&self) -> Cow<'a, str> {
        match self.unquoted() {
            Cow::Borrowed(name) => String::from_utf8_lossy(name),
            Cow::Owned(name) => Cow::Owned(String::from_utf8_lossy(&name).into_owned()),
        }
    }
}

impl fmt::Debug for DisplayName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}
