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
use crate::rule::Rule;
use crate::telephone::Telephone;
use crate::tolerances::Tolerances;
use crate::uri::Uri;

/// What a built URI may hold beyond the grammar: host names as networks have them.
const TOLERANCES: Tolerances =
    Tolerances::strict().with(Rule::HostUnderscore).with(Rule::HostDigitLabel);

/// Builds a URI from plain values: what must be escaped in a component is, and nothing else.
///
/// Each value is checked when it is given. CR, LF and NUL are refused everywhere, escaped or not.
/// [`UriRef::parse`](crate::UriRef::parse) of the result gives the same components.
///
/// ```
/// use sip_uri::UriBuilder;
///
/// let uri = UriBuilder::sip("atlanta.example")?
///     .user("j@s0n")?
///     .port(5070)?
///     .param("transport", "tcp")?
///     .flag("lr")?
///     .header("Subject", "project x")?
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
    ///
    /// # Errors
    ///
    /// No host.
    pub fn sip(host: impl Display) -> Result<Self, UriError> {
        Self::with_host("sip", host)
    }

    /// A SIPS URI of that host: a name, or an address with or without brackets.
    ///
    /// # Errors
    ///
    /// No host.
    pub fn sips(host: impl Display) -> Result<Self, UriError> {
        Self::with_host("sips", host)
    }

    /// A `tel` URI of that number, global (`+` and digits) or local; visual separators are kept. A
    /// local number needs the parameter `phone-context`.
    ///
    /// # Errors
    ///
    /// No number.
    pub fn tel(number: &str) -> Result<Self, UriError> {
        let tolerances = Tolerances::strict().with(Rule::LocalWithoutContext);
        let parsed = Telephone::parse_with(number.as_bytes(), tolerances, &mut |_| {})?;
        let len = parsed.number().len();
        if len < number.len() {
            return Err(UriError::new(UriErrorKind::InvalidCharacter, Component::Number, len));
        }
        Ok(Self { target: Target::Tel(number.to_string()), params: Vec::new() })
    }

    /// A URI of another scheme; what follows the colon is given as it shall stand, with its escapes.
    ///
    /// # Errors
    ///
    /// No scheme, or one of `sip`, `sips` and `tel`; a text that is no `hier-part` and no
    /// `opaque-part` (RFC 3261 §25.1). Offsets count from the start of the URI.
    pub fn other(scheme: &str, opaque: &str) -> Result<Self, UriError> {
        let mut text = String::with_capacity(scheme.len() + 1 + opaque.len());
        text.push_str(scheme);
        text.push(':');
        text.push_str(opaque);
        let uri = Uri::parse_with(text.clone(), Tolerances::strict(), &mut |_| {})?;
        if uri.opaque() != Some(opaque) {
            return Err(UriError::new(UriErrorKind::WrongScheme, Component::Scheme, 0));
        }
        Ok(Self { target: Target::Other(text), params: Vec::new() })
    }

    fn with_host(scheme: &'static str, host: impl Display) -> Result<Self, UriError> {
        let host = host.to_string();
        let tolerances = TOLERANCES.with(Rule::BareIpv6);
        let host = match Host::parse(host.as_bytes(), tolerances, &mut |_| {})? {
            Host::Name(_) => host,
            address => address.to_string(),
        };
        let target = Target::Sip {
            scheme,
            user: None,
            password: None,
            host,
            port: None,
            headers: String::new(),
        };
        Ok(Self { target, params: Vec::new() })
    }

    /// The user, not escaped.
    ///
    /// # Errors
    ///
    /// No user, one with CR, LF or NUL, or not a SIP or SIPS URI.
    pub fn user(mut self, plain: impl AsRef<[u8]>) -> Result<Self, UriError> {
        let plain = plain.as_ref();
        if plain.is_empty() {
            return Err(UriError::new(UriErrorKind::EmptyUser, Component::User, 0));
        }
        *self.user_slot()? = Some(escaped(plain, escape::USER, Component::User)?);
        Ok(self)
    }

    /// The user as it shall stand, with its escapes: to take one over from another URI, since a
    /// reserved character and its escape are not the same (RFC 3261 §19.1.4).
    ///
    /// # Errors
    ///
    /// No `user` (RFC 3261 §25.1), one with the escape of CR, LF or NUL, or not a SIP or SIPS URI.
    pub fn user_escaped(mut self, user: &str) -> Result<Self, UriError> {
        let plain = escape::decode(user)?;
        if plain.is_empty() {
            return Err(UriError::new(UriErrorKind::EmptyUser, Component::User, 0));
        }
        check_plain(&plain, Component::User)?;
        let bad = user.bytes().position(|b| !class::is(b, class::USER) && b != b'%');
        if let Some(bad) = bad {
            return Err(UriError::new(UriErrorKind::InvalidCharacter, Component::User, bad));
        }
        *self.user_slot()? = Some(user.to_string());
        Ok(self)
    }

    /// A telephone number as the user, and `user=phone`: RFC 3261 §19.1.6. Letters are put in lower
    /// case and the parameters in order, so that equivalent numbers make equivalent SIP URIs, save
    /// for visual separators.
    ///
    /// # Errors
    ///
    /// `user` was set before, or not a SIP or SIPS URI.
    pub fn telephone(mut self, number: &Telephone<'_>) -> Result<Self, UriError> {
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
        check_plain(&escape::decode_lossless(&user), Component::User)?;
        *self.user_slot()? = Some(user);
        self.param("user", "phone")
    }

    /// The password, not escaped. It is only written with a user. RFC 3261 §19.1.1 advises against
    /// it: it goes in clear text.
    ///
    /// # Errors
    ///
    /// One with CR, LF or NUL, or not a SIP or SIPS URI.
    pub fn password(mut self, plain: impl AsRef<[u8]>) -> Result<Self, UriError> {
        let text = escaped(plain.as_ref(), escape::PASSWORD, Component::Password)?;
        match &mut self.target {
            Target::Sip { password, .. } => *password = Some(text),
            _ => return Err(wrong_scheme(Component::Password)),
        }
        Ok(self)
    }

    /// The port.
    ///
    /// # Errors
    ///
    /// Not a SIP or SIPS URI.
    pub fn port(mut self, number: u16) -> Result<Self, UriError> {
        match &mut self.target {
            Target::Sip { port, .. } => *port = Some(number),
            _ => return Err(wrong_scheme(Component::Port)),
        }
        Ok(self)
    }

    /// A parameter with a value, neither escaped.
    ///
    /// # Errors
    ///
    /// An empty name or value, CR, LF or NUL, a name that was given before, or not a SIP, SIPS or
    /// `tel` URI.
    pub fn param(self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, UriError> {
        let value = value.as_ref();
        if value.is_empty() {
            return Err(UriError::new(UriErrorKind::EmptyValue, Component::Param, 0));
        }
        let value = escaped(value, escape::PARAM, Component::Param)?;
        self.push_param(name, Some(value))
    }

    /// A parameter without a value, such as `lr`.
    ///
    /// # Errors
    ///
    /// As [`UriBuilder::param`].
    pub fn flag(self, name: &str) -> Result<Self, UriError> {
        self.push_param(name, None)
    }

    fn push_param(mut self, name: &str, value: Option<String>) -> Result<Self, UriError> {
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
        Ok(self)
    }

    /// A header of the request to be formed from the URI, neither name nor value escaped.
    ///
    /// # Errors
    ///
    /// An empty name, CR, LF or NUL, or not a SIP or SIPS URI.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, UriError> {
        if name.is_empty() {
            return Err(UriError::new(UriErrorKind::EmptyHeader, Component::Header, 0));
        }
        let name = escaped(name.as_bytes(), escape::HEADER, Component::Header)?;
        let value = escaped(value.as_ref(), escape::HEADER, Component::Header)?;
        let Target::Sip { headers, .. } = &mut self.target else {
            return Err(wrong_scheme(Component::Header));
        };
        headers.push(if headers.is_empty() { '?' } else { '&' });
        headers.push_str(&name);
        headers.push('=');
        headers.push_str(&value);
        Ok(self)
    }

    /// The URI.
    ///
    /// # Errors
    ///
    /// More than [`MAX_LEN`](crate::MAX_LEN) bytes; or, in a `tel` URI, a local number without
    /// `phone-context`, or a value of `ext` or `phone-context` that is none.
    pub fn build(mut self) -> Result<Uri, UriError> {
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

    fn user_slot(&mut self) -> Result<&mut Option<String>, UriError> {
        match &mut self.target {
            Target::Sip { user, .. } => Ok(user),
            _ => Err(wrong_scheme(Component::User)),
        }
    }
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
