//! The parameters in use, typed.
//!
//! Each getter gives the first parameter of its name, `Ok(None)` where there is none, and an error
//! where the value is not what the definition allows.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::host::Host;
use crate::params::Param;
use crate::tolerance::Tolerances;
use crate::uri_ref::UriRef;

/// What a parameter that may stand without a value holds. There is no third case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MaybeValue<'a> {
    /// The name alone, without `=`.
    NoValue,
    /// The value, escapes decoded.
    Value(Cow<'a, str>),
}

type Text<'a> = Result<Option<Cow<'a, str>>, UriError>;

impl<'a> UriRef<'a> {
    /// `transport`, a token such as `udp`, `tcp`, `tls`, `ws`: RFC 3261 §19.1.1. Compare it without
    /// case.
    ///
    /// # Errors
    ///
    /// No value, or one that is no token.
    pub fn transport(&self) -> Text<'a> {
        self.token("transport")
    }

    /// `user`, a token such as `phone`, `ip`, `dialstring`: RFC 3261 §19.1.1.
    ///
    /// # Errors
    ///
    /// No value, or one that is no token.
    pub fn user_param(&self) -> Text<'a> {
        self.token("user")
    }

    /// `method`, the method of the request that is formed from the URI: RFC 3261 §19.1.1.
    ///
    /// # Errors
    ///
    /// No value, or one that is no token.
    pub fn method(&self) -> Text<'a> {
        self.token("method")
    }

    /// `comp`, the compression, such as `sigcomp`: RFC 3486 §8.
    ///
    /// # Errors
    ///
    /// No value, or one that is no token.
    pub fn comp(&self) -> Text<'a> {
        self.token("comp")
    }

    /// `sigcomp-id`, the compartment, a URN: RFC 5049.
    ///
    /// # Errors
    ///
    /// No value, or one that is no text.
    pub fn sigcomp_id(&self) -> Text<'a> {
        self.value("sigcomp-id")
    }

    /// `ttl`, the time to live of multicast packets: RFC 3261 §19.1.1.
    ///
    /// # Errors
    ///
    /// No value, or one that is no number of 0 to 255 with at most three digits.
    pub fn ttl(&self) -> Result<Option<u8>, UriError> {
        self.number("ttl", 1..=3, |n| u8::try_from(n).ok())
    }

    /// `cause`, why the call was retargeted: a status code, RFC 4458 §5.
    ///
    /// # Errors
    ///
    /// No value, or one that is no number of three digits.
    pub fn cause(&self) -> Result<Option<u16>, UriError> {
        self.number("cause", 3..=3, |n| u16::try_from(n).ok())
    }

    /// `target`, the original target, itself a URI: RFC 4458 §5.
    ///
    /// # Errors
    ///
    /// No value, or one that is no text.
    pub fn target(&self) -> Text<'a> {
        self.value("target")
    }

    /// `maddr`, the host to send to instead: RFC 3261 §19.1.1.
    ///
    /// # Errors
    ///
    /// No value, or one that is no host.
    pub fn maddr(&self) -> Result<Option<Host<'a>>, UriError> {
        let Some(param) = self.param("maddr") else { return Ok(None) };
        let value = param.value.filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| self.invalid(param, UriErrorKind::MissingValue))?;
        // A host has no escapes (RFC 3261 §19.1.2), so the raw value is the host.
        Host::parse(value.as_bytes(), Tolerances::default(), &mut |_| {})
            .map(Some)
            .map_err(|error| error.shifted(self.offset_of(value)))
    }

    /// Whether `lr` is there, in whatever form: `;lr`, `;lr=on`, `;lr=true`. RFC 3261 §19.1.1.
    #[must_use]
    pub fn lr(&self) -> bool {
        self.param("lr").is_some()
    }

    /// Whether `ob` is there: in a contact, a wish that the dialog's requests take the same flow; in
    /// a Path, the mark of a flow token. RFC 5626 §2.1.
    #[must_use]
    pub fn ob(&self) -> bool {
        self.param("ob").is_some()
    }

    /// `gr`, which makes the URI a GRUU: with a value a public one, without one a temporary one,
    /// RFC 5627 §7.
    ///
    /// # Errors
    ///
    /// A value that is no text.
    pub fn gr(&self) -> Result<Option<MaybeValue<'a>>, UriError> {
        self.maybe_value("gr")
    }

    /// `pn-provider`, the push notification service: RFC 8599 §8.7.
    ///
    /// # Errors
    ///
    /// A value that is no text.
    pub fn pn_provider(&self) -> Result<Option<MaybeValue<'a>>, UriError> {
        self.maybe_value("pn-provider")
    }

    /// `pn-prid`, the identifier of the device at the push notification service: RFC 8599 §8.7.
    ///
    /// # Errors
    ///
    /// No value, or one that is no text.
    pub fn pn_prid(&self) -> Text<'a> {
        self.value("pn-prid")
    }

    /// `pn-param`, what else the push notification service needs: RFC 8599 §8.7.
    ///
    /// # Errors
    ///
    /// No value, or one that is no text.
    pub fn pn_param(&self) -> Text<'a> {
        self.value("pn-param")
    }

    /// `pn-purr`, the reference to a registration that wakes its device: RFC 8599 §8.7.
    ///
    /// # Errors
    ///
    /// No value, or one that is no text.
    pub fn pn_purr(&self) -> Text<'a> {
        self.value("pn-purr")
    }

    /// A value that must be there.
    fn value(&self, name: &str) -> Text<'a> {
        match self.maybe_value(name)? {
            None => Ok(None),
            Some(MaybeValue::Value(value)) if !value.is_empty() => Ok(Some(value)),
            Some(_) => match self.param(name) {
                Some(param) => Err(self.invalid(param, UriErrorKind::MissingValue)),
                None => Ok(None),
            },
        }
    }

    fn maybe_value(&self, name: &str) -> Result<Option<MaybeValue<'a>>, UriError> {
        let Some(param) = self.param(name) else { return Ok(None) };
        let value = match param.value_decoded() {
            None => return Ok(Some(MaybeValue::NoValue)),
            Some(Cow::Borrowed(bytes)) => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Some(Cow::Owned(bytes)) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        let value = value.ok_or_else(|| self.invalid(param, UriErrorKind::InvalidValue))?;
        Ok(Some(MaybeValue::Value(value)))
    }

    fn token(&self, name: &str) -> Text<'a> {
        let value = self.value(name)?;
        match &value {
            Some(token) if !token.bytes().all(|b| class::is(b, class::TOKEN)) => {
                match self.param(name) {
                    Some(param) => Err(self.invalid(param, UriErrorKind::InvalidValue)),
                    None => Ok(None),
                }
            }
            _ => Ok(value),
        }
    }

    fn number<N>(
        &self,
        name: &str,
        digits: core::ops::RangeInclusive<usize>,
        narrow: impl Fn(u32) -> Option<N>,
    ) -> Result<Option<N>, UriError> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        let plain = digits.contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
        let number = value.parse().ok().filter(|_| plain).and_then(narrow);
        match (number, self.param(name)) {
            (None, Some(param)) => Err(self.invalid(param, UriErrorKind::InvalidValue)),
            (number, _) => Ok(number),
        }
    }

    /// The error at the value of `param`, or behind its name where it has none.
    #[cold]
    fn invalid(&self, param: Param<'a>, kind: UriErrorKind) -> UriError {
        let offset = match param.value {
            Some(value) => self.offset_of(value),
            None => self.offset_of(param.name) + param.name.len(),
        };
        UriError::new(kind, Component::Param, offset)
    }

    /// Where a piece of this URI's text begins.
    pub(crate) fn offset_of(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.as_bytes().as_ptr() as usize)
    }
}
