//! A value with parameters: most of the extensions' headers.

use alloc::borrow::Cow;

use super::HeaderValue;
use crate::class::{self, is, run};
use crate::input::is_lws;
use crate::text::unquote;
use crate::{Input, Params, ValueError};

/// `value *( SEMI generic-param )`, where the header says what the value is: a token, a number, a
/// Call-ID, a quoted string, `*`.
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Session-Expires: 1800;refresher=uac\r\n\
///     Replaces: 98asjd8@pc33.example;to-tag=7;from-tag=9;early-only\r\n\
///     Reason: SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=16\r\n\r\n"[..])?;
/// let headers = message.headers();
/// let interval = headers.require(header::SessionExpires).unwrap();
/// assert_eq!(interval.number(), Some(1800));
/// assert_eq!(interval.params().get("refresher").unwrap().value_str(), Some("uac"));
/// let replaces = headers.require(header::Replaces).unwrap();
/// assert_eq!(replaces.as_bytes(), b"98asjd8@pc33.example");
/// assert!(replaces.params().get("early-only").is_some());
/// assert!(headers.each(header::Reason).any(|reason| reason.unwrap().is("q.850")));
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameterized<'a> {
    value: &'a [u8],
    params: Params<'a>,
}

/// What stands before the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// `token`.
    Token,
    /// `token / quoted-string`.
    TokenOrQuoted,
    /// `delta-seconds`, or another `1*DIGIT`.
    Number,
    /// `callid`.
    CallId,
    /// `"*"`.
    Star,
    /// `1*(base64-char / ".")`, or the quoted string that RFC 4474 had.
    Base64,
}

impl<'a> Parameterized<'a> {
    /// The value as it came, quotes included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.value
    }

    /// The value, quotes and backslashes resolved if it is quoted.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        match self.value {
            [b'"', inner @ .., b'"'] => unquote(inner),
            plain => Cow::Borrowed(plain),
        }
    }

    /// The value as it came, if it is UTF-8, which all but quoted strings are.
    #[must_use]
    pub fn value_str(&self) -> Option<&'a str> {
        core::str::from_utf8(self.value).ok()
    }

    /// The value as a number; `None` when it is none, which does not happen where the header wants
    /// one.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        if self.value.iter().all(u8::is_ascii_digit) {
            self.value_str()?.parse().ok()
        } else {
            None
        }
    }

    /// Whether the value is `text`, in any case.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.value.eq_ignore_ascii_case(text.as_bytes())
    }

    /// The parameters.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }

    pub(crate) fn parse_headed(head: Head, input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.at;
        head.read(input)?;
        let value = &input.bytes[start..input.at];
        let params = Params::parse_each(input, |_, _| Ok(()))?;
        Ok(Self { value, params })
    }
}

impl Head {
    fn read(self, input: &mut Input<'_, '_>) -> Result<(), ValueError> {
        match self {
            Self::Token => input.token_bytes("a token").map(drop),
            Self::TokenOrQuoted if input.peek() == Some(b'"') => input.quoted_string().map(drop),
            Self::TokenOrQuoted => input.token_bytes("a token or a quoted string").map(drop),
            Self::Number => input.number(u32::MAX, "a number from 0 to 4294967295").map(drop),
            Self::CallId => call_id(input),
            Self::Star if input.eat(b'*') => Ok(()),
            Self::Star => Err(input.unexpected("`*`")),
            Self::Base64 if input.peek() == Some(b'"') => input.quoted_string().map(drop),
            Self::Base64 => base64(input),
        }
    }
}

/// `callid = word [ "@" word ]`, before parameters: a semicolon is no part of a word.
fn call_id(input: &mut Input<'_, '_>) -> Result<(), ValueError> {
    let (bytes, start) = (input.bytes, input.at);
    let mut end = run(bytes, start, class::WORD);
    if end > start && bytes.get(end) == Some(&b'@') {
        end = run(bytes, end + 1, class::WORD);
    }
    input.at = end;
    let behind = bytes.get(end).is_none_or(|&b| is(b, class::VALUE_END) || is_lws(b));
    if end == start || !behind || bytes[end - 1] == b'@' {
        return Err(input.unexpected("a Call-ID"));
    }
    Ok(())
}

fn base64(input: &mut Input<'_, '_>) -> Result<(), ValueError> {
    // The URL form of base64, which PASSporTs are in (RFC 8225 §3), has a hyphen and an underscore.
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b"+/.-_=".contains(b);
    let len = input.rest().iter().take_while(part).count();
    if len == 0 {
        return Err(input.unexpected("base64"));
    }
    input.at += len;
    Ok(())
}

impl<'a> HeaderValue<'a> for Parameterized<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Self::parse_headed(Head::TokenOrQuoted, input)
    }
}

/// Parameters alone, the first without a semicolon: P-Charging-Vector and its kin (RFC 7315 §5.6).
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     P-Charging-Vector: icid-value=1234bc9876e;orig-ioi=home1.example\r\n\r\n"[..])?;
/// let vector = message.headers().require(header::PChargingVector).unwrap();
/// assert_eq!(vector.params().get("icid-value").unwrap().value_str(), Some("1234bc9876e"));
/// assert_eq!(vector.params().count(), 2);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParamList<'a>(Params<'a>);

impl<'a> ParamList<'a> {
    /// The parameters.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.0
    }
}

impl<'a> HeaderValue<'a> for ParamList<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Params::parse_leading(input).map(Self)
    }
}
