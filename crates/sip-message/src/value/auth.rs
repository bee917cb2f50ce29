//! Challenges and credentials (RFC 3261 §20.7, §20.27, §20.28, §20.44; RFC 7616, RFC 8760).

use alloc::borrow::Cow;
use core::fmt;

use super::HeaderValue;
use crate::class::{self, run};
use crate::input::skip_lws;
use crate::text::{token_str, unquote};
use crate::{Input, Rule, Tolerances, ValueError};

/// `challenge`: what a server asks for. WWW-Authenticate and Proxy-Authenticate have one a line.
///
/// ```
/// use sip_message::value::{Algorithm, Challenge, HeaderValue};
/// let challenge = Challenge::decode(
///     b"Digest realm=\"atlanta.example\", qop=\"auth,auth-int\", nonce=\"f84f1c\", algorithm=SHA-256",
/// ).unwrap();
/// assert!(challenge.is_digest());
/// let params = challenge.params();
/// assert_eq!(params.realm().unwrap(), &b"atlanta.example"[..]);
/// assert_eq!(params.algorithm(), Algorithm::Sha256);
/// assert!(params.offers_qop("auth-int"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Challenge<'a>(Scheme<'a>);

/// `credentials`: what a client answers with, in Authorization and Proxy-Authorization.
///
/// ```
/// use sip_message::value::{Credentials, HeaderValue};
/// let credentials = Credentials::decode(
///     b"Digest username=\"bob\", realm=\"biloxi.example\", nonce=\"dcd98b\", \
///       uri=\"sip:bob@biloxi.example\", response=\"6629fa\", qop=auth, nc=00000001, cnonce=\"0a4f\"",
/// ).unwrap();
/// assert_eq!(credentials.params().username().unwrap(), &b"bob"[..]);
/// assert_eq!(credentials.params().nc(), Some(1));
/// assert!(Credentials::decode(b"Bearer abc.def==").unwrap().token68().is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credentials<'a>(Scheme<'a>);

/// `ainfo *( COMMA ainfo )`: Authentication-Info (RFC 3261 §20.6) and Proxy-Authentication-Info.
///
/// ```
/// use sip_message::value::{AuthenticationInfo, HeaderValue};
/// let info = AuthenticationInfo::decode(b"nextnonce=\"47364c\", qop=auth, nc=00000001").unwrap();
/// assert_eq!(info.params().text("nextnonce").unwrap(), &b"47364c"[..]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthenticationInfo<'a>(AuthParams<'a>);

/// A scheme and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Scheme<'a> {
    name: &'a [u8],
    params: AuthParams<'a>,
    token68: Option<&'a [u8]>,
}

macro_rules! scheme_getters {
    ($($view:ident)+) => {
        $(impl<'a> $view<'a> {
            /// The scheme as it came, such as `Digest`; case does not matter.
            #[must_use]
            pub fn scheme(&self) -> &'a str {
                token_str(self.0.name)
            }

            /// Whether the scheme is Digest.
            #[must_use]
            pub fn is_digest(&self) -> bool {
                self.0.name.eq_ignore_ascii_case(b"Digest")
            }

            /// The parameters.
            #[must_use]
            pub fn params(&self) -> AuthParams<'a> {
                self.0.params
            }

            /// What another scheme than Digest has instead of parameters: the `token68` of RFC 7235
            /// §2.1, as Bearer does (RFC 8898).
            #[must_use]
            pub fn token68(&self) -> Option<&'a str> {
                self.0.token68.map(token_str)
            }
        }

        impl<'a> HeaderValue<'a> for $view<'a> {
            fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
                Scheme::parse(input, stringify!($view) == "Credentials").map(Self)
            }
        })+
    };
}

scheme_getters!(Challenge Credentials);

impl<'a> AuthenticationInfo<'a> {
    /// The parameters.
    #[must_use]
    pub fn params(&self) -> AuthParams<'a> {
        self.0
    }
}

impl<'a> HeaderValue<'a> for AuthenticationInfo<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        AuthParams::parse(input, &[]).map(Self)
    }
}

impl<'a> Scheme<'a> {
    fn parse(input: &mut Input<'a, '_>, credentials: bool) -> Result<Self, ValueError> {
        let name = input.token_bytes("an authentication scheme")?;
        let gap = input.at;
        input.skip_lws();
        if input.at == gap && input.peek().is_some() {
            return Err(input.unexpected("white space behind the scheme"));
        }
        let digest = name.eq_ignore_ascii_case(b"Digest");
        if !digest && let Some(token68) = token68(input) {
            return Ok(Self { name, params: AuthParams { raw: &[] }, token68: Some(token68) });
        }
        let quoting = match (digest, credentials) {
            (false, _) => &[][..],
            (true, false) => CHALLENGE_QUOTING,
            (true, true) => CREDENTIALS_QUOTING,
        };
        let params = AuthParams::parse(input, quoting)?;
        Ok(Self { name, params, token68: None })
    }
}

/// Which parameters are quoted strings, and which are not (RFC 3261 §25.1).
const CHALLENGE_QUOTING: &[(&str, bool)] = &[
    ("realm", true),
    ("domain", true),
    ("nonce", true),
    ("opaque", true),
    ("stale", false),
    ("algorithm", false),
    ("qop", true),
];
const CREDENTIALS_QUOTING: &[(&str, bool)] = &[
    ("username", true),
    ("realm", true),
    ("nonce", true),
    ("uri", true),
    ("response", true),
    ("algorithm", false),
    ("cnonce", true),
    ("opaque", true),
    ("qop", false),
    ("nc", false),
];

/// `token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`, up to the end.
fn token68<'a>(input: &mut Input<'a, '_>) -> Option<&'a [u8]> {
    let rest = input.rest();
    let len =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(b)).count();
    let pad = rest[len..].iter().take_while(|b| **b == b'=').count();
    let behind = rest[len + pad..].iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    if len == 0 || !behind {
        return None;
    }
    input.at += len + pad;
    Some(&rest[..len + pad])
}

/// Parameters with commas between, `name=token` or `name="text"`, in order, as they came.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthParams<'a> {
    raw: &'a [u8],
}

/// One parameter of a challenge or of credentials.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthParam<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl<'a> AuthParams<'a> {
    fn parse(input: &mut Input<'a, '_>, quoting: &[(&str, bool)]) -> Result<Self, ValueError> {
        let start = input.at;
        loop {
            let at = input.at;
            let param = auth_param(input)?;
            let quoted = param.value.first() == Some(&b'"');
            let wanted = quoting.iter().find(|(name, _)| param.is(name)).map(|(_, quoted)| *quoted);
            if wanted.is_some_and(|wanted| wanted != quoted) {
                let expected = if quoted { "a value without quotes" } else { "a quoted string" };
                let value = input.at - param.value.len();
                input.deviate(Rule::AuthQuoting, value.max(at), input.at, expected)?;
            }
            let end = input.at;
            input.skip_lws();
            if !input.eat(b',') {
                input.at = end;
                return Ok(Self { raw: &input.bytes[start..end] });
            }
            input.skip_lws();
        }
    }

    /// The text of all parameters.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = AuthParam<'a>> + use<'a> {
        let mut input = Input::new(self.raw, Tolerances::lenient());
        core::iter::from_fn(move || {
            // The text was checked when it was read.
            let param = auth_param(&mut input).ok()?;
            input.skip_lws();
            input.eat(b',');
            input.skip_lws();
            Some(param)
        })
    }

    /// The first parameter with this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<AuthParam<'a>> {
        self.iter().find(|param| param.is(name))
    }

    /// The value of a parameter, quotes and backslashes resolved.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.get(name).map(|param| param.value())
    }

    /// `realm`: whom the password is known to.
    #[must_use]
    pub fn realm(&self) -> Option<Cow<'a, [u8]>> {
        self.text("realm")
    }

    /// `nonce`.
    #[must_use]
    pub fn nonce(&self) -> Option<Cow<'a, [u8]>> {
        self.text("nonce")
    }

    /// `opaque`, which comes back as it was sent.
    #[must_use]
    pub fn opaque(&self) -> Option<Cow<'a, [u8]>> {
        self.text("opaque")
    }

    /// `username`.
    #[must_use]
    pub fn username(&self) -> Option<Cow<'a, [u8]>> {
        self.text("username")
    }

    /// `uri`: the text that the digest was made with, which need not be the Request-URI.
    #[must_use]
    pub fn uri(&self) -> Option<Cow<'a, [u8]>> {
        self.text("uri")
    }

    /// `response`: the digest, hexadecimal.
    #[must_use]
    pub fn response(&self) -> Option<Cow<'a, [u8]>> {
        self.text("response")
    }

    /// `cnonce`: the client's nonce.
    #[must_use]
    pub fn cnonce(&self) -> Option<Cow<'a, [u8]>> {
        self.text("cnonce")
    }

    /// `nc`: how often the nonce was used, from eight hexadecimal digits; `None` when it is missing
    /// or no such number.
    #[must_use]
    pub fn nc(&self) -> Option<u32> {
        let digits = self.text("nc").filter(|digits| digits.len() == 8)?;
        u32::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()
    }

    /// `qop` as it came: one value in credentials, a list in a challenge.
    #[must_use]
    pub fn qop(&self) -> Option<Cow<'a, [u8]>> {
        self.text("qop")
    }

    /// Whether `qop` has this value, `auth` or `auth-int`.
    #[must_use]
    pub fn offers_qop(&self, value: &str) -> bool {
        let is_it = |item: &[u8]| item.trim_ascii().eq_ignore_ascii_case(value.as_bytes());
        self.qop().is_some_and(|list| list.split(|b| *b == b',').any(is_it))
    }

    /// `stale`: whether only the nonce was too old.
    #[must_use]
    pub fn stale(&self) -> bool {
        self.text("stale").is_some_and(|value| value.eq_ignore_ascii_case(b"true"))
    }

    /// `userhash`: whether the user name is a hash (RFC 7616 §3.4.4).
    #[must_use]
    pub fn userhash(&self) -> bool {
        self.text("userhash").is_some_and(|value| value.eq_ignore_ascii_case(b"true"))
    }

    /// `auts`: the synchronisation token of AKA (RFC 3310 §3.4).
    #[must_use]
    pub fn auts(&self) -> Option<Cow<'a, [u8]>> {
        self.text("auts")
    }

    /// `algorithm`; MD5 when it is missing.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.text("algorithm").map_or(Algorithm::Md5, |name| Algorithm::from_name(&name))
    }
}

impl fmt::Debug for AuthParams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Credentials do not belong into logs.
        f.debug_list().entries(self.iter().map(|param| token_str(param.name))).finish()
    }
}

impl fmt::Debug for AuthParam<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=…", token_str(self.name))
    }
}

impl<'a> AuthParam<'a> {
    /// The name as it came.
    #[must_use]
    pub fn name(&self) -> &'a str {
        token_str(self.name)
    }

    /// Whether the name is `name`, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value as it came, quotes included.
    #[must_use]
    pub fn raw_value(&self) -> &'a [u8] {
        self.value
    }

    /// The value, quotes and backslashes resolved if it is quoted.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        match self.value {
            [b'"', inner @ .., b'"'] => unquote(inner),
            plain => Cow::Borrowed(plain),
        }
    }
}

/// `auth-param = auth-param-name EQUAL ( token / quoted-string )`.
fn auth_param<'a>(input: &mut Input<'a, '_>) -> Result<AuthParam<'a>, ValueError> {
    let name = input.token_bytes("a parameter name")?;
    input.skip_lws();
    if !input.eat(b'=') {
        return Err(input.unexpected("`=`"));
    }
    input.skip_lws();
    let (bytes, start) = (input.bytes, input.at);
    if input.peek() == Some(b'"') {
        input.quoted_string()?;
    } else {
        let token = run(bytes, start, class::TOKEN);
        input.at = token;
        let end = run(bytes, start, class::LOOSE_VALUE);
        if end == start {
            return Err(input.unexpected("a token or a quoted string"));
        }
        if end > token {
            input.deviate(Rule::UnquotedParameter, token, end, "a token or a quoted string")?;
        }
        input.at = end;
    }
    let behind = skip_lws(bytes, input.at);
    if !matches!(bytes.get(behind), None | Some(b',')) {
        input.at = behind;
        return Err(input.unexpected("a comma or the end of the line"));
    }
    Ok(AuthParam { name, value: &bytes[start..input.at] })
}

/// A digest algorithm (RFC 7616 §3.3, RFC 8760 §2.1, RFC 3310).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// `MD5`, and what a missing parameter means.
    Md5,
    /// `MD5-sess`.
    Md5Sess,
    /// `SHA-256`.
    Sha256,
    /// `SHA-256-sess`.
    Sha256Sess,
    /// `SHA-512-256`.
    Sha512_256,
    /// `SHA-512-256-sess`.
    Sha512_256Sess,
    /// `AKAv1-MD5`.
    AkaV1Md5,
    /// One that this crate does not know: a challenge with it is to be passed over.
    Unknown,
}

impl Algorithm {
    fn from_name(name: &[u8]) -> Self {
        let known = [
            ("MD5", Self::Md5),
            ("MD5-sess", Self::Md5Sess),
            ("SHA-256", Self::Sha256),
            ("SHA-256-sess", Self::Sha256Sess),
            ("SHA-512-256", Self::Sha512_256),
            ("SHA-512-256-sess", Self::Sha512_256Sess),
            ("AKAv1-MD5", Self::AkaV1Md5),
        ];
        let is_it = |(known, _): &&(&str, Self)| name.eq_ignore_ascii_case(known.as_bytes());
        known.iter().find(is_it).map_or(Self::Unknown, |(_, algorithm)| *algorithm)
    }
}
