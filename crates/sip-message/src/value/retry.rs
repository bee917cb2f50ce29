//! Retry-After (RFC 3261 §20.33) and Warning (§20.43).

use alloc::borrow::Cow;

use super::HeaderValue;
use crate::class::{self, run};
use crate::text::{token_str, unquote};
use crate::{Input, Params, ValueError};

/// `Retry-After = delta-seconds [ comment ] *( SEMI retry-param )`.
///
/// ```
/// use sip_message::value::{HeaderValue, RetryAfter};
/// let retry = RetryAfter::decode(b"18000 (in a meeting);duration=3600").unwrap();
/// assert_eq!(retry.seconds(), 18000);
/// assert_eq!(retry.comment().unwrap(), &b"in a meeting"[..]);
/// assert_eq!(retry.params().get("duration").unwrap().value_str(), Some("3600"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetryAfter<'a> {
    seconds: u32,
    comment: Option<&'a [u8]>,
    params: Params<'a>,
}

impl<'a> RetryAfter<'a> {
    /// After how many seconds to try again.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.seconds
    }

    /// The comment, without its parentheses, backslashes resolved.
    #[must_use]
    pub fn comment(&self) -> Option<Cow<'a, [u8]>> {
        self.comment.map(unquote)
    }

    /// The comment as it came, without its parentheses.
    pub(crate) fn comment_bytes(&self) -> Option<&'a [u8]> {
        self.comment
    }

    /// The parameters, such as `duration`.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }
}

impl<'a> HeaderValue<'a> for RetryAfter<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let seconds = input.number(u32::MAX, "a number of seconds")?;
        let behind = input.at;
        input.skip_lws();
        let comment = match input.peek() {
            Some(b'(') => Some(input.comment()?),
            _ => {
                input.at = behind;
                None
            }
        };
        let params = Params::parse_each(input, |_, _| Ok(()))?;
        Ok(Self { seconds, comment, params })
    }
}

/// `warning-value = warn-code SP warn-agent SP warn-text`.
///
/// ```
/// use sip_message::value::{HeaderValue, Warning};
/// let warning = Warning::decode(b"307 isi.edu \"Session parameter 'foo' not understood\"").unwrap();
/// assert_eq!((warning.code(), warning.agent()), (307, "isi.edu"));
/// assert_eq!(warning.text(), &b"Session parameter 'foo' not understood"[..]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Warning<'a> {
    code: u16,
    agent: &'a [u8],
    text: &'a [u8],
}

impl<'a> Warning<'a> {
    /// The code, three digits.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Who warns: a host with a port perhaps, or a pseudonym.
    #[must_use]
    pub fn agent(&self) -> &'a str {
        token_str(self.agent)
    }

    /// The text as it came, without its quotes.
    pub(crate) fn text_bytes(&self) -> &'a [u8] {
        self.text
    }

    /// The text, quotes and backslashes resolved.
    #[must_use]
    pub fn text(&self) -> Cow<'a, [u8]> {
        unquote(self.text)
    }
}

impl<'a> HeaderValue<'a> for Warning<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let code = match input.rest() {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
                let digit = |d: &u8| u16::from(d - b'0');
                digit(a) * 100 + digit(b) * 10 + digit(c)
            }
            _ => return Err(input.unexpected("a warning code of three digits")),
        };
        input.at += 3;
        space(input)?;
        // warn-agent = hostport / pseudonym, pseudonym = token
        let start = input.at;
        let mut end = run(input.bytes, start, class::TOKEN);
        let is_host = |b: &u8| b.is_ascii_alphanumeric() || b".-:[]".contains(b);
        while input.bytes.get(end).is_some_and(is_host) {
            end += 1;
        }
        if end == start {
            return Err(input.unexpected("a host or a token"));
        }
        let agent = &input.bytes[start..end];
        input.at = end;
        space(input)?;
        Ok(Self { code, agent, text: input.quoted_string()? })
    }
}

/// `SP`, or what folding makes of one.
fn space(input: &mut Input<'_, '_>) -> Result<(), ValueError> {
    let start = input.at;
    input.skip_lws();
    if input.at == start { Err(input.unexpected("a space")) } else { Ok(()) }
}
