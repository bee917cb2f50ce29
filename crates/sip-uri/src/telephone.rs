//! A telephone number: `telephone-subscriber`, RFC 3966 §3.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::class;
use crate::error::UriError;
use crate::escape;
use crate::keys;
use crate::params::Params;
use crate::parse::tel::{Form, telephone_subscriber};
use crate::scan::text;
use crate::tolerance::{Context, Deviation, Tolerances};
use crate::uri_ref::UriRef;

/// A telephone number and its parameters, from a `tel` URI or from the user part of a SIP URI.
///
/// ```
/// use sip_uri::UriRef;
///
/// let uri = UriRef::parse("sip:863-1234;phone-context=+1-914-555@gw.example;user=phone")?;
/// let number = uri.telephone()?.expect("user=phone");
/// assert!(!number.is_global());
/// assert_eq!(number.digits(), "8631234");
/// assert_eq!(number.phone_context().as_deref(), Some("+1-914-555"));
/// # Ok::<(), sip_uri::UriError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Telephone<'a> {
    number: &'a str,
    params: &'a str,
}

impl<'a> Telephone<'a> {
    /// Reads a whole text as a `telephone-subscriber`, such as `+1-201-555-0123;ext=17`, with the
    /// default tolerances.
    ///
    /// # Errors
    ///
    /// What the first byte is that cannot be, see [`UriError`].
    pub fn parse(text: &'a str) -> Result<Self, UriError> {
        Self::parse_with(text.as_bytes(), Tolerances::default(), &mut |_| {})
    }

    /// The same with other tolerances, see [`UriRef::parse_with`].
    ///
    /// # Errors
    ///
    /// What the first byte is that cannot be, see [`UriError`].
    pub fn parse_with(
        bytes: &'a [u8],
        tolerances: Tolerances,
        deviations: &mut dyn FnMut(Deviation),
    ) -> Result<Self, UriError> {
        Self::read(bytes, Form::Tel, &mut Context { tolerances, deviations })
    }

    fn read(bytes: &'a [u8], form: Form, cx: &mut Context<'_>) -> Result<Self, UriError> {
        let number_end = telephone_subscriber(bytes, 0, form, cx)?;
        let (number, params) = text(bytes).split_at(number_end);
        Ok(Self { number, params })
    }

    /// The number as written, with visual separators and escapes.
    #[must_use]
    pub const fn number(&self) -> &'a str {
        self.number
    }

    /// The number without visual separators and escapes: the `+` of a global one, and the digits.
    #[must_use]
    pub fn digits(&self) -> Cow<'a, str> {
        without_separators(self.number)
    }

    /// Whether the number is a global one, which starts with `+`.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
            || escape::escaped_byte(self.number.as_bytes(), 0) == Some(b'+')
    }

    /// `isub`, the ISDN subaddress, escapes decoded: RFC 3966 §5.2. It may hold any byte.
    #[must_use]
    pub fn isub(&self) -> Option<Cow<'a, [u8]>> {
        self.params().get("isub")?.value_decoded()
    }

    /// `ext`, the extension behind a private exchange, without visual separators: RFC 3966 §5.3.
    #[must_use]
    pub fn ext(&self) -> Option<Cow<'a, str>> {
        self.params().get("ext")?.value.map(without_separators)
    }

    /// `phone-context`, a domain name or the first digits of a global number: where a local number
    /// is valid, RFC 3966 §5.1.5.
    #[must_use]
    pub fn phone_context(&self) -> Option<Cow<'a, str>> {
        match self.params().get("phone-context")?.value_decoded()? {
            Cow::Borrowed(bytes) => Some(Cow::Borrowed(text(bytes))),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// All the parameters in their order.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        Params::new(self.params)
    }

    /// Whether both are the same number by RFC 3966 §4: both global or both local, the digits equal
    /// without visual separators, the same parameters with the same values in any order, all of it
    /// without case. Unlike the comparison of SIP URIs this one is transitive.
    #[must_use]
    pub fn equivalent(&self, other: &Telephone<'_>) -> bool {
        keys::telephone(self) == keys::telephone(other)
    }
}

impl<'a> UriRef<'a> {
    /// The telephone number of a `tel` URI, or of a SIP URI with `user=phone`; `Ok(None)` for any
    /// other URI.
    ///
    /// # Errors
    ///
    /// A user part that is no `telephone-subscriber`, although the URI has `user=phone`.
    pub fn telephone(&self) -> Result<Option<Telephone<'a>>, UriError> {
        if self.is_tel() {
            let layout = self.layout();
            let number = text(&self.as_bytes()[layout.after_scheme(layout.params_start)]);
            return Ok(Some(Telephone { number, params: self.params().as_str() }));
        }
        let Some(user) = self.user() else { return Ok(None) };
        if !self.user_param()?.is_some_and(|value| value.eq_ignore_ascii_case("phone")) {
            return Ok(None);
        }
        let mut cx = Context { tolerances: Tolerances::default(), deviations: &mut |_| {} };
        Telephone::read(user.as_bytes(), Form::SipUser, &mut cx)
            .map(Some)
            .map_err(|error| error.shifted(self.offset_of(user)))
    }
}

/// Decodes escapes and drops visual separators.
fn without_separators(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b != b'%' && !is_separator(b)) {
        return Cow::Borrowed(raw);
    }
    let decoded = escape::decode_lossless(raw);
    Cow::Owned(decoded.iter().filter(|b| !is_separator(**b)).map(|b| char::from(*b)).collect())
}

/// `visual-separator = "-" / "." / "(" / ")"`.
pub(crate) fn is_separator(byte: u8) -> bool {
    class::is(byte, class::PHONE) && !byte.is_ascii_digit()
}
