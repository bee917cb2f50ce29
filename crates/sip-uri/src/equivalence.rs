//! Comparison: RFC 3261 §19.1.4 with RFC 5954 §4.2, and RFC 3966 §4.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::keys;
use crate::layout::SchemeKind;
use crate::normal::{Case, compare, compare_names, same};
use crate::params::{Param, Params};
use crate::uri_ref::UriRef;

/// The parameters that never match when only one URI has them. `transport` is among them by the
/// text on components with a default value and by the examples of §19.1.4.
pub(crate) const DECISIVE: [&str; 5] = ["maddr", "method", "transport", "ttl", "user"];

impl UriRef<'_> {
    /// Whether both URIs are equivalent by the rules of their scheme.
    ///
    /// SIP and SIPS URIs, by RFC 3261 §19.1.4 to the letter: the userinfo with its case, all the
    /// rest without; a character outside the reserved set equals its escape; hosts, ports and
    /// headers must match, and so must `maddr`, `method`, `transport`, `ttl` and `user`; any other
    /// parameter must match where both have it. Addresses are compared as addresses (RFC 5954
    /// §4.2). Header values are compared as text, since the rules of each header field are not
    /// known here: without case, but for `body`. Of a parameter that appears twice the first
    /// counts.
    ///
    /// `tel` URIs, by RFC 3966 §4: see [`Telephone::equivalent`](crate::Telephone::equivalent).
    ///
    /// Other schemes: the scheme without case and the rest byte for byte, once escapes that RFC 3986
    /// §6.2.2 calls needless are decoded and the rest are in upper case.
    ///
    /// It is reflexive and symmetric but not transitive, so it is not `Eq`:
    ///
    /// ```
    /// # use sip_uri::UriRef;
    /// let plain = UriRef::parse("sip:carol@chicago.com")?;
    /// let on = UriRef::parse("sip:carol@chicago.com;security=on")?;
    /// let off = UriRef::parse("sip:carol@chicago.com;security=off")?;
    /// assert!(on.equivalent(&plain) && plain.equivalent(&off));
    /// assert!(!on.equivalent(&off));
    /// # Ok::<(), sip_uri::UriError>(())
    /// ```
    #[must_use]
    pub fn equivalent(&self, other: &UriRef<'_>) -> bool {
        let kind = self.layout().scheme;
        if kind != other.layout().scheme {
            return false;
        }
        match kind {
            SchemeKind::Sip | SchemeKind::Sips => {
                same_userinfo(self, other)
                    && same_host(self, other)
                    && self.port() == other.port()
                    && same_params(self.params(), other.params())
                    && same_headers(self, other)
            }
            SchemeKind::Tel | SchemeKind::Other => {
                self == other || keys::exact(self) == keys::exact(other)
            }
        }
    }
}

fn same_userinfo(a: &UriRef<'_>, b: &UriRef<'_>) -> bool {
    same_option(a.user(), b.user(), Case::Sensitive)
        && same_option(a.password(), b.password(), Case::Sensitive)
}

fn same_option(a: Option<&str>, b: Option<&str>, case: Case) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b, case),
        _ => false,
    }
}

fn same_host(a: &UriRef<'_>, b: &UriRef<'_>) -> bool {
    match (a.host(), b.host()) {
        (Some(a_host), Some(b_host)) => a_host.equivalent(&b_host) && a.zone() == b.zone(),
        _ => false,
    }
}

/// Both lists are sorted by name and merged: `n log n`, however many there are.
fn same_params(a: Params<'_>, b: Params<'_>) -> bool {
    if a.as_str() == b.as_str() {
        return true;
    }
    let (a, b) = (first_of_each(a), first_of_each(b));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => return true,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => compare_names(a.name, b.name),
        };
        let matching = match order {
            Ordering::Less => a.next().is_none_or(is_optional),
            Ordering::Greater => b.next().is_none_or(is_optional),
            Ordering::Equal => match (a.next(), b.next()) {
                (Some(a), Some(b)) => same_option(a.value, b.value, Case::Ignored),
                _ => true,
            },
        };
        if !matching {
            return false;
        }
    }
}

fn is_optional(param: &Param<'_>) -> bool {
    !DECISIVE.iter().any(|name| param.is(name))
}

/// The parameters sorted by name, the first of each name only.
pub(crate) fn first_of_each(params: Params<'_>) -> Vec<Param<'_>> {
    let mut params: Vec<_> = params.collect();
    params.sort_by(|a, b| compare_names(a.name, b.name));
    params.dedup_by(|b, a| compare_names(a.name, b.name).is_eq());
    params
}

/// Every header must stand in both; their order does not matter.
fn same_headers(a: &UriRef<'_>, b: &UriRef<'_>) -> bool {
    if a.headers().as_str() == b.headers().as_str() {
        return true;
    }
    let (a, b) = (sorted_headers(a), sorted_headers(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| compare_headers(a, b).is_eq())
}

/// A header's name, its value, and how the value is compared.
pub(crate) type SortedHeader<'a> = (&'a str, &'a str, Case);

pub(crate) fn sorted_headers<'a>(uri: &UriRef<'a>) -> Vec<SortedHeader<'a>> {
    // A body is no header field: its bytes are what they are.
    let case = |body| if body { Case::Sensitive } else { Case::Ignored };
    let headers = uri.headers().map(|h| (h.name, h.value, case(h.is("body"))));
    let mut headers: Vec<_> = headers.collect();
    headers.sort_by(compare_headers);
    headers
}

fn compare_headers(a: &SortedHeader<'_>, b: &SortedHeader<'_>) -> Ordering {
    compare_names(a.0, b.0).then_with(|| compare(a.1.as_bytes(), b.1.as_bytes(), a.2))
}
