//! Call-ID (RFC 3261 §20.8).

use core::fmt;

use super::HeaderValue;
use crate::class::{self, run};
use crate::input::is_lws;
use crate::{Input, Rule, ValueError};

/// `callid = word [ "@" word ]`; compared byte by byte.
///
/// ```
/// use sip_message::value::{CallId, HeaderValue};
/// let id = CallId::decode(b"a84b4c76e66710@pc33.atlanta.example").unwrap();
/// assert_eq!(id.as_bytes(), b"a84b4c76e66710@pc33.atlanta.example");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId<'a>(&'a [u8]);

impl<'a> CallId<'a> {
    /// The identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The identifier as text.
    ///
    /// # Errors
    /// When it is not UTF-8, which only [`Rule::LooseCallId`] lets through.
    pub fn to_str(&self) -> Result<&'a str, core::str::Utf8Error> {
        core::str::from_utf8(self.0)
    }
}

impl<'a> HeaderValue<'a> for CallId<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Self::parse_until(input, |_| false)
    }
}

impl<'a> CallId<'a> {
    /// An identifier of a list, which a comma ends: In-Reply-To.
    pub(crate) fn parse_listed(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        Self::parse_until(input, |b| b == b',')
    }

    #[inline(always)]
    fn parse_until(
        input: &mut Input<'a, '_>,
        ends: impl Fn(u8) -> bool,
    ) -> Result<Self, ValueError> {
        let (bytes, start) = (input.bytes, input.at);
        let mut end = run(bytes, start, class::WORD);
        if end > start && bytes.get(end) == Some(&b'@') {
            let host = run(bytes, end + 1, class::WORD);
            if host > end + 1 {
                end = host;
            }
        }
        if end == start || !bytes.get(end).is_none_or(|&b| is_lws(b) || ends(b)) {
            end = loose(input, end, ends)?;
        }
        input.at = end;
        Ok(Self(&bytes[start..end]))
    }
}

/// The end of an identifier with characters that no word has.
#[cold]
fn loose(
    input: &mut Input<'_, '_>,
    bad: usize,
    ends: impl Fn(u8) -> bool,
) -> Result<usize, ValueError> {
    let visible = |b: &u8| *b > b' ' && *b != 0x7f && !ends(*b);
    let end = bad + input.bytes[bad..].iter().take_while(|b| visible(b)).count();
    input.at = bad;
    if end == bad {
        return Err(input.unexpected("a Call-ID"));
    }
    input.deviate(Rule::LooseCallId, bad, end, "a Call-ID")?;
    Ok(end)
}

impl fmt::Debug for CallId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallId({})", self.0.escape_ascii())
    }
}
