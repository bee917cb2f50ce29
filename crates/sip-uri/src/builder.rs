//! Building a URI from its components.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{Display, Write};

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::escape::{self, encode_into, push_escape};
use crate::host::Host;
use crate::keys::tel_order;
use crate::normal::compare_names;
use crate::telephone::Telephone;
use crate::tolerance::{Rule, Tolerances};
use crate::uri::Uri;

/// What a built URI may hold beyond the grammar: host names as networks have them.
const TOLERANCES: Tolerances =
    Tolerances::strict().with(Rule::HostUnderscore).with(Rule::HostDigitLabel);

/// Builds a URI from plain values: what must be escaped in a component is, and nothing else.
///
/// Each value is checked when it is given; the first error is kept, and [`build`](Self::build) gives
/// it. CR, LF and NUL are refused everywhere, escaped or not. [`UriRef::parse`](crate::UriRef::parse)
/// of the result gives the same components.
///
/// ```
/// use sip_uri::UriBuilder;
///
/// let uri = UriBuilder::sip("atlanta.example")
///     .user("j@s0n")
///     .port(5070)
///     .param("transport", "tcp")
///     .flag("lr")
///     .header("Subject", "project x")
///     .build()?;
/// assert_eq!(
///     uri.as_str(),
///     "sip:j%40s0n@atlanta.example:5070;transport=tcp;lr?Subject=project%20x"
/// );
/// # Ok::<(), sip_uri::UriError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct UriBuilder {
    target: Target,
    params: Vec<(String, Option<String>)>,
    error: Option<UriError>,
}

#[derive(Debug, Clone)]
enum Target {
    Sip {
        scheme: &'static str,
        user: Option<String>,
        password: Option<String>,
        host: String,
        port: Option<u16>,
        headers: String,
    },
    Tel(String),
    /// The whole text.
    Other(String),
}

impl UriBuilder {
    /// A SIP URI of that host: a name, or an address with or without brackets.
    pub fn sip(host: impl Display) -> Self {
        Self::of(sip_target("sip", &host))
    }

    /// A SIPS URI of that host: a name, or an address with or without brackets.
    pub fn sips(host: impl Display) -> Self {
        Self::of(sip_target("sips", &host))
    }

    /// A `tel` URI of that number, global (`+` and digits) or local; visual separators are kept. A
    /// local number needs the parameter `phone-context`.
    pub fn tel(number: &str) -> Self {
        Self::of(tel_target(number))
    }

    /// A URI of another scheme than `sip`, `sips` and `tel`; what follows the colon, a `hier-part`
    /// or an `opaque-part` (RFC 3261 §25.1), is given as it shall stand, with its escapes. Offsets of
    /// errors count from the start of the URI.
    pub fn other(scheme: &str, opaque: &str) -> Self {
        Self::of(other_target(scheme, opaque))
    }

    fn of(target: Result<Target, UriError>) -> Self {
        let (target, error) = match target {
            Ok(target) => (target, None),
            Err(error) => (Target::Other(String::new()), Some(error)),
        };
        Self { target, params: Vec::new(), error }
    }

    /// The user, not escaped. Not empty; for SIP and SIPS URIs.
    pub fn user(self, plain: impl AsRef<[u8]>) -> Self {
        let plain = plain.as_ref();
        self.set(|builder| {
            if plain.is_empty() {
                return Err(UriError::new(UriErrorKind::EmptyUser, Component::User, 0));
            }
            *builder.user_slot()? = Some(escaped(plain, escape::USER, Component::User)?);
            Ok(())
        })
    }

    /// The user as it shall stand, with its escapes: to take one over from another URI, since a
    /// reserved character and its escape are not the same (RFC 3261 §19.1.4). For SIP and SIPS URIs.
    pub fn user_escaped(self, user: &str) -> Self {
        self.set(|builder| {
            let plain = escape::decode(user)?;
            if plain.is_empty() {
                return Err(UriError::new(UriErrorKind::EmptyUser, Component::User, 0));
            }
            check_plain(&plain, Component::User)?;
            let bad = user.bytes().position(|b| !class::is(b, class::USER) && b != b'%');
            if let Some(bad) = bad {
                return Err(UriError::new(UriErrorKind::InvalidCharacter, Component::User, bad));
            }
            *builder.user_slot()? = Some(user.to_string());
            Ok(())
        })
    }

    /// A telephone number as the user, and `user=phone`: RFC 3261 §19.1.6. Letters are put in lower
    /// case and the parameters in order, so that equivalent numbers make equivalent SIP URIs, save
    /// for visual separators. For SIP and SIPS URIs, before any other parameter `user`.
    pub fn telephone(self, number: &Telephone<'_>) -> Self {
        let mut user = String::new();
        push_subscriber(&mut user, number.number());
        for param in tel_order(number.params()) {
            user.push(';');
            push_subscriber(&mut user, param.name);
            if let Some(value) = param.value {
                user.push('=');
                push_subscriber(&mut user, value);
            }
        }
        self.set(|builder| {
            check_plain(&escape::decode_lossless(&user), Component::User)?;
            *builder.user_slot()? = Some(user);
            Ok(())
        })
        .param("user", "phone")
    }

    /// The password, not escaped. It is only written with a user. RFC 3261 §19.1.1 advises against
    /// it: it goes in clear text. For SIP and SIPS URIs.
    pub fn password(self, plain: impl AsRef<[u8]>) -> Self {
        self.set(|builder| {
            let text = escaped(plain.as_ref(), escape::PASSWORD, Component::Password)?;
            match &mut builder.target {
                Target::Sip { password, .. } => *password = Some(text),
                _ => return Err(wrong_scheme(Component::Password)),
            }
            Ok(())
        })
    }

    /// The port, of SIP and SIPS URIs.
    pub fn port(self, number: u16) -> Self {
        self.set(|builder| {
            match &mut builder.target {
                Target::Sip { port, .. } => *port = Some(number),
                _ => return Err(wrong_scheme(Component::Port)),
            }
            Ok(())
        })
    }

    /// A parameter with a value, neither escaped nor empty. For SIP, SIPS and `tel` URIs; a name can
    /// be given once.
    pub fn param(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.set(|builder| {
            if value.is_empty() {
                return Err(UriError::new(UriErrorKind::EmptyValue, Component::Param, 0));
            }
            let value = escaped(value, escape::PARAM, Component::Param)?;
            builder.push_param(name, Some(value))
        })
    }

    /// A parameter without a value, such as `lr`. As [`UriBuilder::param`].
    pub fn flag(self, name: &str) -> Self {
        self.set(|builder| builder.push_param(name, None))
    }

    /// A header of the request to be formed from the URI, neither name nor value escaped; the name
    /// is not empty. For SIP and SIPS URIs.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.set(|builder| {
            if name.is_empty() {
                return Err(UriError::new(UriErrorKind::EmptyHeader, Component::Header, 0));
            }
            let name = escaped(name.as_bytes(), escape::HEADER, Component::Header)?;
            let value = escaped(value.as_ref(), escape::HEADER, Component::Header)?;
            let Target::Sip { headers, .. } = &mut builder.target else {
                return Err(wrong_scheme(Component::Header));
            };
            headers.push(if headers.is_empty() { '?' } else { '&' });
            headers.push_str(&name);
            headers.push('=');
            headers.push_str(&value);
            Ok(())
        })
    }

    /// The first error so far, which [`build`](Self::build) would give.
    #[must_use]
    pub fn error(&self) -> Option<UriError> {
        self.error
    }

    /// The URI.
    ///
    /// # Errors
    ///
    /// The first that a step has made; more than [`MAX_LEN`](crate::MAX_LEN) bytes; or, in a `tel`
    /// URI, a local number without `phone-context`, or a value of `ext` or `phone-context` that is
    /// none.
    pub fn build(mut self) -> Result<Uri, UriError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut text = String::new();
        match self.target {
            Target::Sip { scheme, user, password, host, port, headers } => {
                text.push_str(scheme);
                text.push(':');
                if let Some(user) = user {
                    text.push_str(&user);
                    if let Some(password) = password {
                        text.push(':');
                        text.push_str(&password);
                    }
                    text.push('@');
                }
                text.push_str(&host);
                if let Some(port) = port {
                    // Writing to a `String` does not fail.
                    let _ = write!(text, ":{port}");
                }
                push_params(&mut text, &self.params);
                text.push_str(&headers);
            }
            Target::Tel(number) => {
                text.push_str("tel:");
                text.push_str(&number);
                self.params.sort_by_cached_key(|(name, _)| {
                    let name = name.to_ascii_lowercase();
                    let place = match name.as_str() {
                        "isub" | "ext" => 0,
                        "phone-context" => 1,
                        _ => 2,
                    };
                    (place, name)
                });
                push_params(&mut text, &self.params);
            }
            Target::Other(uri) => text = uri,
        }
        Uri::parse_with(text, TOLERANCES, &mut |_| {})
    }

    /// A step: it changes nothing once there is an error.
    fn set(mut self, step: impl FnOnce(&mut Self) -> Result<(), UriError>) -> Self {
        if self.error.is_none() {
            self.error = step(&mut self).err();
        }
        self
    }

    fn push_param(&mut self, name: &str, value: Option<String>) -> Result<(), UriError> {
        if name.is_empty() {
            return Err(UriError::new(UriErrorKind::EmptyParam, Component::Param, 0));
        }
        match self.target {
            Target::Sip { .. } => {}
            Target::Tel(_) => {
                // RFC 3966 has no escapes in a name.
                if let Some(bad) = name.bytes().position(|b| !class::is(b, class::LABEL)) {
                    let kind = UriErrorKind::InvalidCharacter;
                    return Err(UriError::new(kind, Component::Param, bad));
                }
            }
            Target::Other(_) => return Err(wrong_scheme(Component::Param)),
        }
        let name = escaped(name.as_bytes(), escape::PARAM, Component::Param)?;
        if self.params.iter().any(|(before, _)| compare_names(before, &name).is_eq()) {
            return Err(UriError::new(UriErrorKind::DuplicateParam, Component::Param, 0));
        }
        self.params.push((name, value));
        Ok(())
    }

    fn user_slot(&mut self) -> Result<&mut Option<String>, UriError> {
        match &mut self.target {
            Target::Sip { user, .. } => Ok(user),
            _ => Err(wrong_scheme(Component::User)),
        }
    }
}

fn sip_target(scheme: &'static str, host: &impl Display) -> Result<Target, UriError> {
    let host = host.to_string();
    let tolerances = TOLERANCES.with(Rule::BareIpv6);
    let host = match Host::parse(host.as_bytes(), tolerances, &mut |_| {})? {
        Host::Name(_) => host,
        address => address.to_string(),
    };
    Ok(Target::Sip { scheme, user: None, password: None, host, port: None, headers: String::new() })
}

fn tel_target(number: &str) -> Result<Target, UriError> {
    let tolerances = Tolerances::strict().with(Rule::LocalWithoutContext);
    let parsed = Telephone::parse_with(number.as_bytes(), tolerances, &mut |_| {})?;
    let len = parsed.number().len();
    if len < number.len() {
        return Err(UriError::new(UriErrorKind::InvalidCharacter, Component::Number, len));
    }
    Ok(Target::Tel(number.to_string()))
}

fn other_target(scheme: &str, opaque: &str) -> Result<Target, UriError> {
    let mut text = String::with_capacity(scheme.len() + 1 + opaque.len());
    text.push_str(scheme);
    text.push(':');
    text.push_str(opaque);
    let uri = Uri::parse_with(text.clone(), Tolerances::strict(), &mut |_| {})?;
    if uri.opaque() != Some(opaque) {
        return Err(UriError::new(UriErrorKind::WrongScheme, Component::Scheme, 0));
    }
    Ok(Target::Other(text))
}

fn push_params(text: &mut String, params: &[(String, Option<String>)]) {
    for (name, value) in params {
        text.push(';');
        text.push_str(name);
        if let Some(value) = value {
            text.push('=');
            text.push_str(value);
        }
    }
}

/// Appends a piece of a `telephone-subscriber` in lower case, with escaped what a user part cannot
/// hold. Escapes stay.
fn push_subscriber(out: &mut String, raw: &str) {
    for byte in raw.bytes() {
        if class::is(byte, class::USER) || byte == b'%' {
            out.push(char::from(byte.to_ascii_lowercase()));
        } else {
            push_escape(out, byte);
        }
    }
}

fn escaped(plain: &[u8], set: escape::Set, component: Component) -> Result<String, UriError> {
    check_plain(plain, component)?;
    let mut out = String::with_capacity(plain.len());
    encode_into(&mut out, plain, set);
    Ok(out)
}

/// CR, LF and NUL never go into a URI that is built, not even escaped: the element that decodes
/// them may not look.
fn check_plain(plain: &[u8], component: Component) -> Result<(), UriError> {
    match plain.iter().position(|b| matches!(b, b'\r' | b'\n' | 0)) {
        None => Ok(()),
        Some(at) => Err(UriError::new(UriErrorKind::ControlCharacter, component, at)),
    }
}

#[cold]
fn wrong_scheme(component: Component) -> UriError {
    UriError::new(UriErrorKind::WrongScheme, component, 0)
}
