//! Keys and who opens the connection (RFC 4568, 4567, 8122, 4145).

use core::fmt;

use super::plain::keywords;
use super::{AttributeValue, Input, ValueError, Words, encode_by_display};
use crate::Rule;

/// `a=crypto` (RFC 4568 §9.1): keys of SDES.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Crypto, Input, Tolerances};
/// let text = b"1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32 KDR=4";
/// let crypto = Crypto::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((crypto.tag(), crypto.suite()), (1, "AES_CM_128_HMAC_SHA1_80"));
/// let key = crypto.keys().next().unwrap();
/// assert_eq!(key.key_salt(), "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj");
/// assert_eq!((key.lifetime(), key.mki()), (Some(1 << 20), Some((1, 32))));
/// assert_eq!(crypto.session_parameters().collect::<Vec<_>>(), ["KDR=4"]);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crypto<'a> {
    tag: u32,
    suite: &'a str,
    keys: &'a str,
    session_parameters: Words<'a>,
}

impl<'a> Crypto<'a> {
    /// What names the line in the answer.
    #[must_use]
    pub fn tag(&self) -> u32 {
        self.tag
    }

    /// How to encrypt and authenticate.
    #[must_use]
    pub fn suite(&self) -> &'a str {
        self.suite
    }

    /// The key parameters as they came: the keys, with semicolons between.
    #[must_use]
    pub fn key_parameters(&self) -> &'a str {
        self.keys
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = SdesKey<'a>> + Clone + use<'a> {
        self.keys.split(';').filter_map(|parameter| {
            let (method, info) = parameter.split_once(':')?;
            Some(SdesKey { method, info })
        })
    }

    /// The session parameters, as `KDR=4` or `UNENCRYPTED_SRTP`.
    pub fn session_parameters(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.session_parameters.iter()
    }
}

impl<'a> AttributeValue<'a> for Crypto<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let tag = input.number(999_999_999, "a tag")?;
        input.space()?;
        let suite = input.token("a crypto suite")?;
        input.space()?;
        let start = input.offset();
        let keys = input.word("key parameters")?;
        for key in keys.split(';') {
            if key.split_once(':').is_none_or(|(method, info)| method.is_empty() || info.is_empty())
            {
                return Err(input.unexpected_at(start, "a key method, a colon and a key"));
            }
        }
        let session_parameters = Words::parse_rest(input)?;
        let tag = u32::try_from(tag).unwrap_or(u32::MAX);
        Ok(Self { tag, suite, keys, session_parameters })
    }
}

impl fmt::Display for Crypto<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.tag, self.suite, self.keys)?;
        self.session_parameters.iter().try_for_each(|parameter| write!(f, " {parameter}"))
    }
}

/// A key of [`Crypto`] (RFC 4568 §9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdesKey<'a> {
    method: &'a str,
    info: &'a str,
}

impl<'a> SdesKey<'a> {
    /// How the key is given: `inline`.
    #[must_use]
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// Key and salt in base64. Some peers leave out the padding.
    #[must_use]
    pub fn key_salt(&self) -> &'a str {
        self.info.split('|').next().unwrap_or_default()
    }

    /// After how many packets a new key is needed; `None` when it is not said, or no number.
    #[must_use]
    pub fn lifetime(&self) -> Option<u64> {
        let text = self.info.split('|').skip(1).find(|part| !part.contains(':'))?;
        match text.strip_prefix("2^") {
            Some(power) => 1u64.checked_shl(power.parse().ok()?),
            None => text.parse().ok(),
        }
    }

    /// The number of the key and its length in octets, in each packet.
    #[must_use]
    pub fn mki(&self) -> Option<(u64, u8)> {
        let text = self.info.split('|').skip(1).find(|part| part.contains(':'))?;
        let (value, length) = text.split_once(':')?;
        Some((value.parse().ok()?, length.parse().ok()?))
    }
}

/// `a=key-mgmt` (RFC 4567 §3): a message of a key management protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyMgmt<'a> {
    protocol: &'a str,
    data: &'a str,
}

impl<'a> KeyMgmt<'a> {
    /// The protocol, as `mikey`.
    #[must_use]
    pub fn protocol(&self) -> &'a str {
        self.protocol
    }

    /// The message in base64.
    #[must_use]
    pub fn data(&self) -> &'a str {
        self.data
    }
}

impl<'a> AttributeValue<'a> for KeyMgmt<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let protocol = input.token("a key management protocol")?;
        input.space()?;
        Ok(Self { protocol, data: input.word("data in base64")? })
    }
}

impl fmt::Display for KeyMgmt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.protocol, self.data)
    }
}

/// `a=fingerprint` (RFC 8122 §5): the hash of a certificate.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Fingerprint, Input, Tolerances};
/// let fingerprint = Fingerprint::parse(&mut Input::new(b"sha-1 4A:AD:B9", Tolerances::strict()))?;
/// assert_eq!(fingerprint.hash_function(), "sha-1");
/// assert!(fingerprint.bytes().eq([0x4a, 0xad, 0xb9]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint<'a> {
    hash_function: &'a str,
    digest: &'a str,
}

impl<'a> Fingerprint<'a> {
    /// The hash function, as `sha-256`; it means the same in any case.
    #[must_use]
    pub fn hash_function(&self) -> &'a str {
        self.hash_function
    }

    /// The hash as it came: two hexadecimal digits an octet, with colons between.
    #[must_use]
    pub fn digest(&self) -> &'a str {
        self.digest
    }

    /// The octets of the hash.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.digest.split(':').filter_map(|octet| u8::from_str_radix(octet, 16).ok())
    }
}

impl<'a> AttributeValue<'a> for Fingerprint<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        const EXPECTED: &str = "two hexadecimal digits";
        let hash_function = input.token("a hash function")?;
        input.space()?;
        let start = input.offset();
        let digest = input.word(EXPECTED)?;
        let mut at = start;
        let mut lower = None;
        for octet in digest.split(':') {
            if octet.len() != 2 || !octet.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(input.unexpected_at(at, EXPECTED));
            }
            if octet.bytes().any(|digit| digit.is_ascii_lowercase()) {
                lower = lower.or(Some(at));
            }
            at += octet.len() + 1;
        }
        if let Some(lower) = lower {
            input.deviate(Rule::LooseValue, lower, input.offset(), "digits in upper case")?;
        }
        Ok(Self { hash_function, digest })
    }
}

impl fmt::Display for Fingerprint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.hash_function, self.digest)
    }
}

encode_by_display!(Crypto<'_>, KeyMgmt<'_>, Fingerprint<'_>);

keywords! {
    /// `a=setup` (RFC 4145 §4): who opens the connection, or the association.
    SetupRole, "active, passive, actpass or holdconn" {
        /// The sender opens it.
        Active = "active",
        /// The sender waits for it.
        Passive = "passive",
        /// The sender can do either.
        ActPass = "actpass",
        /// None shall be opened yet.
        HoldConn = "holdconn",
    }
}

keywords! {
    /// `a=connection` (RFC 4145 §5): whether a connection that is there can be used.
    ConnectionUse, "new or existing" {
        /// A new connection is needed.
        New = "new",
        /// The one that is there will do.
        Existing = "existing",
    }
}
