//! Parameters of values that are built: each name once (RFC 3261 §7.3.1).

use core::net::IpAddr;

use smallvec::SmallVec;

use super::{EncodeError, EncodeErrorKind, ValueWriter, check_token};
use crate::class;
use crate::params::is_ipv6_reference;

/// The parameters in the order in which they were set first.
#[derive(Clone, Debug, Default)]
pub(super) struct NewParams<'a>(SmallVec<[(&'a str, NewValue<'a>); 4]>);

/// What stands behind the name; everything is checked before it gets here.
#[derive(Clone, Copy, Debug)]
pub(super) enum NewValue<'a> {
    Flag,
    /// A token or a host.
    Plain(&'a str),
    /// What a quoted string means.
    Quoted(&'a str),
    /// A value as it came in a message.
    View(&'a [u8]),
    Number(u32),
    Address(IpAddr),
}

impl<'a> NewParams<'a> {
    /// Sets a parameter whose value is written as a token or a host if it is one, and else as a
    /// quoted string.
    pub(super) fn text(&mut self, name: &'a str, value: &'a str) -> Result<(), EncodeError> {
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, value.as_bytes()) {
            let kind = EncodeErrorKind::of_byte(value.as_bytes()[at]);
            return Err(EncodeError::new(kind, at));
        }
        let bytes = value.as_bytes();
        let plain = class::all(bytes, class::TOKEN) || is_ipv6_reference(bytes);
        self.set(name, if plain { NewValue::Plain(value) } else { NewValue::Quoted(value) })
    }

    /// Sets a parameter whose value must be a token.
    pub(super) fn token(&mut self, name: &'a str, value: &'a str) -> Result<(), EncodeError> {
        check_token(value)?;
        self.set(name, NewValue::Plain(value))
    }

    pub(super) fn set(&mut self, name: &'a str, value: NewValue<'a>) -> Result<(), EncodeError> {
        check_token(name)?;
        match self.0.iter_mut().find(|(there, _)| there.eq_ignore_ascii_case(name)) {
            Some(param) => param.1 = value,
            None => self.0.push((name, value)),
        }
        Ok(())
    }

    /// Those before and behind the parameter of this name; all are before one that is not there.
    pub(super) fn around(&self, name: &str) -> (Self, Self) {
        let mut parts = self.0.split(|(there, _)| there.eq_ignore_ascii_case(name));
        let mut part = || Self(parts.next().unwrap_or_default().iter().copied().collect());
        (part(), part())
    }

    pub(super) fn write(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        use core::fmt::Write;
        for (name, value) in &self.0 {
            out.plain(b";");
            out.plain(name.as_bytes());
            if matches!(value, NewValue::Flag) {
                continue;
            }
            out.plain(b"=");
            match value {
                NewValue::Flag => {}
                NewValue::Plain(text) => out.plain(text.as_bytes()),
                NewValue::Quoted(text) => out.quoted(text)?,
                NewValue::View(text) => out.view(text)?,
                NewValue::Number(number) => out.number(*number),
                NewValue::Address(address) => write!(out, "{address}")
                    .map_err(|_| EncodeError::new(EncodeErrorKind::Format, 0))?,
            }
        }
        Ok(())
    }
}
