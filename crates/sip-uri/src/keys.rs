//! Canonical keys for tables: RFC 3261 §10.3 step 5, and §19.1.4 for bindings.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt::{self, Write};

use crate::class;
use crate::equivalence::{DECISIVE, first_of_each, sorted_headers};
use crate::escape::{self, escaped_byte, push_escape};
use crate::layout::SchemeKind;
use crate::normal::{self, Case};
use crate::params::{Param, Params};
use crate::telephone::{Telephone, is_separator};
use crate::uri_ref::UriRef;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The key as text. It is printable ASCII.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

key! {
    /// An address-of-record in its canonical form: the index of a registrar, see
    /// [`UriRef::aor_key`].
    AorKey
}

key! {
    /// What two contacts must share to be one binding, see [`UriRef::binding_key`].
    BindingKey
}

impl UriRef<'_> {
    /// The canonical form of an address-of-record, RFC 3261 §10.3 step 5.
    ///
    /// A SIP or SIPS URI loses its parameters and headers; the user and the password are unescaped
    /// and then only what cannot stand there is escaped, so that the key stays unambiguous; the host
    /// is in lower case or a canonical address. Scheme, password and port stay: the section removes
    /// none of them. A `tel` URI becomes its number without visual separators and its parameters in
    /// order, any other URI the form that [`UriRef::equivalent`] compares.
    ///
    /// Equivalent URIs have equal keys. URIs with equal keys differ at most in parameters, in
    /// headers, and in whether a reserved character of the userinfo is escaped.
    ///
    /// ```
    /// # use sip_uri::UriRef;
    /// let uri = UriRef::parse("sip:%61lice@Atlanta.Example;user=phone")?;
    /// assert_eq!(uri.aor_key().as_str(), "sip:alice@atlanta.example");
    /// # Ok::<(), sip_uri::UriError>(())
    /// ```
    #[must_use]
    pub fn aor_key(&self) -> AorKey {
        if !self.is_sip_or_sips() {
            return AorKey(exact(self).into());
        }
        let mut key = String::with_capacity(self.as_bytes().len());
        push_scheme(&mut key, self);
        if let Some(user) = self.user_decoded() {
            escape::encode_into(&mut key, &user, escape::USER);
            if let Some(password) = self.password_decoded() {
                key.push(':');
                escape::encode_into(&mut key, &password, escape::PASSWORD);
            }
            key.push('@');
        }
        push_host_port(&mut key, self);
        AorKey(key.into())
    }

    /// The key to look a contact up by in a table of bindings.
    ///
    /// [`UriRef::equivalent`] is not transitive, so no key can stand for it. This one holds what
    /// §19.1.4 never passes over: scheme, userinfo, host, port, the parameters `maddr`, `method`,
    /// `transport`, `ttl` and `user`, and the headers. Hence
    ///
    /// - equivalent URIs have equal keys: a look-up misses no binding;
    /// - URIs with equal keys are equivalent, unless both have some other parameter with different
    ///   values: where a registrar has contacts with such parameters, it compares what it found with
    ///   [`UriRef::equivalent`].
    ///
    /// For `tel` and other schemes equal keys and equivalence are the same.
    #[must_use]
    pub fn binding_key(&self) -> BindingKey {
        if !self.is_sip_or_sips() {
            return BindingKey(exact(self).into());
        }
        let mut key = String::with_capacity(self.as_bytes().len());
        push_scheme(&mut key, self);
        if let Some(user) = self.user() {
            normal::push(&mut key, user, Case::Sensitive, class::USER);
            if let Some(password) = self.password() {
                key.push(':');
                normal::push(&mut key, password, Case::Sensitive, class::PASSWORD);
            }
            key.push('@');
        }
        push_host_port(&mut key, self);
        for param in first_of_each(self.params()) {
            if DECISIVE.iter().any(|name| param.is(name)) {
                push_param(&mut key, &param, |key, value| {
                    normal::push(key, value, Case::Ignored, class::PARAM);
                });
            }
        }
        let mut delimiter = '?';
        for (name, value, case) in sorted_headers(self) {
            key.push(delimiter);
            normal::push(&mut key, name, Case::Ignored, class::HEADER);
            key.push('=');
            normal::push(&mut key, value, case, class::HEADER);
            delimiter = '&';
        }
        BindingKey(key.into())
    }

    /// The zone behind an IPv6 address, with its `%`.
    pub(crate) fn zone(&self) -> Option<&str> {
        let host = self.host_str()?.strip_prefix('[')?.strip_suffix(']')?;
        host.find('%').map(|percent| &host[percent..])
    }
}

/// The text that is the same for equivalent URIs of a scheme whose comparison is transitive: `tel`
/// and all those that are kept as they came.
pub(crate) fn exact(uri: &UriRef<'_>) -> String {
    let mut key = String::with_capacity(uri.as_bytes().len());
    push_scheme(&mut key, uri);
    if let Ok(Some(number)) = uri.telephone() {
        key.push_str(&telephone(&number));
    } else if let Some(opaque) = uri.opaque() {
        push_rfc3986(&mut key, opaque);
    }
    key
}

/// A `telephone-subscriber` in a form that is equal for equivalent ones, RFC 3966 §4.
pub(crate) fn telephone(number: &Telephone<'_>) -> String {
    let mut key = String::with_capacity(number.number().len() + number.params().as_str().len());
    push_lower(&mut key, &number.digits());
    for param in tel_order(number.params()) {
        let digits = param.is("ext") || is_global_context(&param);
        push_param(&mut key, &param, |key, value| {
            if digits {
                let value = escape::decode_lossless(value);
                let digits: Vec<u8> = value.iter().copied().filter(|b| !is_separator(*b)).collect();
                escape::encode_into(key, &digits, escape::PARAM);
            } else {
                normal::push(key, value, Case::Ignored, class::PARAM);
            }
        });
    }
    key
}

/// The parameters in the order that RFC 3966 §3 asks for.
pub(crate) fn tel_order(params: Params<'_>) -> Vec<Param<'_>> {
    let mut params = first_of_each(params);
    params.sort_by_key(|param| match param {
        _ if param.is("isub") || param.is("ext") => 0,
        _ if param.is("phone-context") => 1,
        _ => 2,
    });
    params
}

/// Whether a parameter is a `phone-context` of digits rather than a domain.
fn is_global_context(param: &Param<'_>) -> bool {
    param.is("phone-context") && param.value_decoded().is_some_and(|v| v.starts_with(b"+"))
}

fn push_scheme(key: &mut String, uri: &UriRef<'_>) {
    match uri.layout().scheme {
        SchemeKind::Sip => key.push_str("sip"),
        SchemeKind::Sips => key.push_str("sips"),
        SchemeKind::Tel => key.push_str("tel"),
        SchemeKind::Other => push_lower(key, uri.scheme().as_str()),
    }
    key.push(':');
}

fn push_host_port(key: &mut String, uri: &UriRef<'_>) {
    if let Some(host) = uri.host() {
        match (host.name(), uri.zone()) {
            (Some(name), _) => push_lower(key, name),
            // Writing to a `String` does not fail.
            (None, None) => {
                let _ = write!(key, "{host}");
            }
            (None, Some(zone)) => {
                let _ = write!(key, "{host}{zone}");
            }
        }
    }
    if let Some(port) = uri.port() {
        let _ = write!(key, ":{port}");
    }
}

fn push_param(key: &mut String, param: &Param<'_>, push_value: impl FnOnce(&mut String, &str)) {
    key.push(';');
    normal::push(key, param.name, Case::Ignored, class::PARAM);
    if let Some(value) = param.value {
        key.push('=');
        push_value(key, value);
    }
}

fn push_lower(key: &mut String, text: &str) {
    key.extend(text.bytes().map(|b| char::from(b.to_ascii_lowercase())));
}

/// RFC 3986 §6.2.2: escapes of unreserved characters are decoded, all others are in upper case.
fn push_rfc3986(key: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let mut pos = 0;
    while let Some(&byte) = bytes.get(pos) {
        match escaped_byte(bytes, pos) {
            Some(escaped) => {
                if class::is(escaped, class::UNRESERVED_3986) {
                    key.push(char::from(escaped));
                } else {
                    push_escape(key, escaped);
                }
                pos += 3;
            }
            None => {
                // A "%" that begins no escape must not be taken for one.
                if byte.is_ascii() && byte != b'%' {
                    key.push(char::from(byte));
                } else {
                    push_escape(key, byte);
                }
                pos += 1;
            }
        }
    }
}
