//! `telephone-uri = "tel:" telephone-subscriber`, RFC 3966 §3.
//!
//! The subscriber also stands, escaped where need be, in the user part of a SIP URI (RFC 3261
//! §19.1.6), so the functions here take both [`Form`]s.

use alloc::borrow::Cow;
use core::cmp::Ordering;
use core::ops::Range;

use super::host::{HostKind, scan_host};
use super::{PARAM_STOPS, uri_parameters};
use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::escape::{decode_lossless_bytes, escaped_byte, is_name};
use crate::layout::{Layout, offset};
use crate::normal::{Case, compare};
use crate::params::ParamSpans;
use crate::scan::{Field, misplaced};
use crate::telephone::is_separator;
use crate::tolerance::{Context, Rule};

/// Where a `telephone-subscriber` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In a `tel` URI: no escapes in the number and in parameter names.
    Tel,
    /// In the user part of a SIP URI: anything may be escaped.
    SipUser,
}

/// RFC 3966 `pname = 1*( alphanum / "-" )`.
const TEL_PNAME: Field = Field {
    component: Component::Param,
    class: class::LABEL,
    stops: PARAM_STOPS,
    escapes: false,
    tolerated: &[(Rule::ParamCharacter, b"@,#{}|\\^`_.!~*'()[]/:&+$")],
};

pub(super) fn telephone_uri(
    bytes: &[u8],
    layout: &mut Layout,
    cx: &mut Context<'_>,
) -> Result<(), UriError> {
    let start = usize::from(layout.scheme_end) + 1;
    let number_end = telephone_subscriber(bytes, start, Form::Tel, cx)?;
    layout.params_start = offset(number_end);
    layout.params_end = offset(bytes.len());
    Ok(())
}

/// `telephone-subscriber = global-number / local-number`, up to the end of `bytes`: where its
/// digits end.
pub(crate) fn telephone_subscriber(
    bytes: &[u8],
    start: usize,
    form: Form,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let (global, number_end) = number_digits(bytes, start, form, cx)?;
    let mut end = number_end;
    if bytes.get(end) == Some(&b';') {
        let pname = if form == Form::Tel { &TEL_PNAME } else { &super::PNAME };
        end = uri_parameters(bytes, end, pname, cx)?;
    }
    if end < bytes.len() {
        let component = if end == number_end { Component::Number } else { Component::Param };
        return Err(misplaced(bytes, end, component));
    }
    let context = parameters(bytes, ParamSpans::new(bytes, number_end, end), cx)?;
    if !global && !context {
        cx.deviate(Rule::LocalWithoutContext, Component::Number, start, number_end)?;
    }
    Ok(number_end)
}

/// `global-number-digits` or `local-number-digits`: which, and where they end.
fn number_digits(
    bytes: &[u8],
    start: usize,
    form: Form,
    cx: &mut Context<'_>,
) -> Result<(bool, usize), UriError> {
    let mut pos = start;
    let mut take_escape = |pos: usize| {
        if form == Form::Tel {
            cx.deviate(Rule::NumberEscape, Component::Number, pos, pos + 3)?;
        }
        Ok(pos + 3)
    };
    let mut global = bytes.get(start) == Some(&b'+');
    if global {
        pos += 1;
    } else if escaped_byte(bytes, start) == Some(b'+') {
        global = true;
        pos = take_escape(start)?;
    }
    let members = if global { class::PHONE } else { class::PHONE_HEX };
    let mut digits = false;
    loop {
        let end = class::skip(bytes, pos, members);
        digits |= bytes[pos..end].iter().any(|b| !is_separator(*b));
        pos = end;
        match escaped_byte(bytes, pos) {
            Some(byte) if class::is(byte, members) => {
                digits |= !is_separator(byte);
                pos = take_escape(pos)?;
            }
            _ => break,
        }
    }
    if digits {
        return Ok((global, pos));
    }
    match bytes.get(pos) {
        None | Some(b';') => Err(UriError::new(UriErrorKind::EmptyNumber, Component::Number, pos)),
        Some(_) => Err(misplaced(bytes, pos, Component::Number)),
    }
}

/// `par = parameter / extension / isdn-subaddress`, and `context`: whether there is a context.
fn parameters(
    bytes: &[u8],
    params: ParamSpans<'_>,
    cx: &mut Context<'_>,
) -> Result<bool, UriError> {
    let mut previous: Option<(Rank, Range<usize>)> = None;
    let mut context = false;
    let mut station = None;
    for param in params {
        let rank = Rank::of(&bytes[param.name.clone()]);
        match rank {
            Rank::Extension => extension(bytes, param.value, param.name.end)?,
            Rank::Subaddress => {
                needs_value(param.value, param.name.end)?;
            }
            Rank::Context => {
                let value = needs_value(param.value, param.name.end)?;
                descriptor(bytes, value, cx)?;
                context = true;
            }
            Rank::Other => {}
        }
        if rank <= Rank::Extension {
            if station.is_some_and(|station| station != rank) {
                let Range { start, end } = param.name;
                cx.deviate(Rule::IsubWithExt, Component::Param, start, end)?;
            }
            station = Some(rank);
        }
        if let Some((previous_rank, name)) = &previous {
            let order = match previous_rank.order().cmp(&rank.order()) {
                Ordering::Equal if rank == Rank::Other => {
                    compare(&bytes[name.clone()], &bytes[param.name.clone()], Case::Ignored)
                }
                order => order,
            };
            if order == Ordering::Greater {
                let Range { start, end } = param.name;
                cx.deviate(Rule::TelParamOrder, Component::Param, start, end)?;
            }
        }
        previous = Some((rank, param.name));
    }
    Ok(context)
}

/// The parameters that RFC 3966 defines, in the order that it asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Subaddress,
    Extension,
    Context,
    Other,
}

impl Rank {
    fn of(name: &[u8]) -> Self {
        if is_name(name, "isub") {
            Self::Subaddress
        } else if is_name(name, "ext") {
            Self::Extension
        } else if is_name(name, "phone-context") {
            Self::Context
        } else {
            Self::Other
        }
    }

    /// `isub` and `ext` share the first place.
    const fn order(self) -> u8 {
        match self {
            Self::Subaddress | Self::Extension => 0,
            Self::Context => 1,
            Self::Other => 2,
        }
    }
}

fn needs_value(value: Option<Range<usize>>, at: usize) -> Result<Range<usize>, UriError> {
    match value {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(UriError::new(UriErrorKind::MissingValue, Component::Param, at)),
    }
}

/// `extension = ";ext=" 1*phonedigit`.
fn extension(bytes: &[u8], value: Option<Range<usize>>, at: usize) -> Result<(), UriError> {
    let value = needs_value(value, at)?;
    let digits = decode_lossless_bytes(&bytes[value.clone()]);
    match digits.iter().position(|b| !class::is(*b, class::PHONE)) {
        None => Ok(()),
        Some(bad) => {
            let bad = if let Cow::Borrowed(_) = digits { bad } else { 0 };
            Err(UriError::new(UriErrorKind::InvalidValue, Component::Param, value.start + bad))
        }
    }
}

/// `descriptor = domainname / global-number-digits`.
fn descriptor(bytes: &[u8], value: Range<usize>, cx: &mut Context<'_>) -> Result<(), UriError> {
    let text = decode_lossless_bytes(&bytes[value.clone()]);
    if core::str::from_utf8(&text).is_err() {
        return Err(UriError::new(UriErrorKind::InvalidValue, Component::Param, value.start));
    }
    let mut silent = Context { tolerances: cx.tolerances, deviations: &mut |_| {} };
    if text.starts_with(b"+") {
        let digits = number_digits(&text, 0, Form::SipUser, &mut silent);
        if digits.is_ok_and(|(_, end)| end == text.len()) {
            return Ok(());
        }
    } else if is_domain_name(&text, 0, text.len(), &mut silent) {
        if let Cow::Borrowed(_) = text {
            // Again, for the record of what was let through.
            is_domain_name(bytes, value.start, value.end, cx);
        }
        return Ok(());
    }
    cx.deviate(Rule::ContextForm, Component::Param, value.start, value.end)
}

/// `domainname = *( domainlabel "." ) toplabel [ "." ]`, the `hostname` of RFC 3261.
fn is_domain_name(bytes: &[u8], start: usize, end: usize, cx: &mut Context<'_>) -> bool {
    scan_host(&bytes[..end], start, cx)
        .is_ok_and(|host| host.kind == HostKind::Name && host.end == end)
}
