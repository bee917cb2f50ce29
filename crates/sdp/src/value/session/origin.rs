//! `o=` (RFC 8866 §5.2), and what an address of `o=` and `c=` may be.

use core::net::IpAddr;

use smallvec::SmallVec;

use crate::Rule;
use crate::input::{is_blank, is_token};
use crate::value::{Encode, EncodeError, Input, ValueError, ValueWriter};

/// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>`
/// (RFC 8866 §5.2).
///
/// Peers get this line wrong in many ways. Under [`Rule::LooseOrigin`] what cannot be told apart
/// is empty, and a number that is none is there as text alone:
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- -1 1.5 IN IP4\r\ns=-\r\nt=0 0\r\n")?;
/// let origin = description.origin().unwrap().unwrap();
/// assert_eq!((origin.session_id_str(), origin.session_id()), ("-1", None));
/// assert_eq!((origin.address_type(), origin.address()), ("IP4", ""));
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    username: &'a [u8],
    session_id: &'a str,
    session_version: &'a str,
    network_type: &'a str,
    address_type: &'a str,
    address: &'a str,
}

impl<'a> Origin<'a> {
    /// The user's name on the host, `-` where there is none.
    #[must_use]
    pub fn username(&self) -> &'a [u8] {
        self.username
    }

    /// What makes the session one of its own, together with user and address.
    #[must_use]
    pub fn session_id(&self) -> Option<u64> {
        self.session_id.parse().ok()
    }

    /// The session id as it came.
    #[must_use]
    pub fn session_id_str(&self) -> &'a str {
        self.session_id
    }

    /// The version of the description, which goes up with each change.
    #[must_use]
    pub fn session_version(&self) -> Option<u64> {
        self.session_version.parse().ok()
    }

    /// The version as it came.
    #[must_use]
    pub fn session_version_str(&self) -> &'a str {
        self.session_version
    }

    /// The type of network, `IN`.
    #[must_use]
    pub fn network_type(&self) -> &'a str {
        self.network_type
    }

    /// The type of address, `IP4` or `IP6`.
    #[must_use]
    pub fn address_type(&self) -> &'a str {
        self.address_type
    }

    /// The address of the machine that made the session.
    #[must_use]
    pub fn address(&self) -> &'a str {
        self.address
    }

    pub(super) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let mut strict = Input::new(input.rest(), input.tolerances());
        if let Ok(origin) = Self::parse_strict(&mut strict) {
            let read = strict.offset();
            input.take_bytes(read);
            return Ok(origin);
        }
        // The error of the grammar is the one to report where the rule is off.
        let error = Self::parse_strict(&mut Input::new(input.rest(), input.tolerances()));
        let expected = error.err().map_or("six fields", |error| error.expected());
        let text = input.take_rest();
        let len = text.iter().rposition(|&byte| !is_blank(byte)).map_or(0, |last| last + 1);
        input.deviate(Rule::LooseOrigin, start, start + len, expected)?;
        Ok(Self::parse_loose(&text[..len]))
    }

    /// Whatever can be made out of a value.
    pub(crate) fn read_loosely(text: &'a [u8]) -> Self {
        Self::parse_strict(&mut Input::new(text, crate::Tolerances::strict()))
            .unwrap_or_else(|_| Self::parse_loose(text.trim_ascii()))
    }

    /// The grammar, with numbers of any length.
    fn parse_strict(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let username = input.take_while(|byte| byte > b' ' && byte != 0x7f);
        if username.is_empty() {
            return Err(input.unexpected("a username"));
        }
        input.plain_space()?;
        let session_id = input.ascii_while("a session id", |byte| byte.is_ascii_digit())?;
        input.plain_space()?;
        let session_version =
            input.ascii_while("a session version", |byte| byte.is_ascii_digit())?;
        input.plain_space()?;
        let start = input.offset();
        let network_type = input.token("a network type")?;
        input.plain_space()?;
        let address_type = input.token("an address type")?;
        input.plain_space()?;
        let address = input.word("an address")?;
        if !is_address(address_type, address) {
            return Err(input.unexpected_at(start, "an address of its type"));
        }
        if !input.is_empty() {
            return Err(input.unexpected("the end of the value"));
        }
        Ok(Self { username, session_id, session_version, network_type, address_type, address })
    }

    /// Six fields out of whatever there is: the network type tells what stands where.
    fn parse_loose(text: &'a [u8]) -> Self {
        let fields: SmallVec<[&[u8]; 8]> =
            text.split(|&byte| is_blank(byte)).filter(|field| !field.is_empty()).collect();
        let string = |field: Option<&&'a [u8]>| {
            field.and_then(|field| core::str::from_utf8(field).ok()).unwrap_or_default()
        };
        let network = fields.iter().rposition(|field| field.eq_ignore_ascii_case(b"IN"));
        // Without a network type: in the order of the grammar.
        let network = network.unwrap_or_else(|| fields.len().min(3));
        let (before, behind) = fields.split_at(network);
        let (name, numbers) = match before {
            [] => (0, before),
            // A user's name with spaces in it.
            [names @ .., _, _] if !names.is_empty() => (names.len(), &before[names.len()..]),
            [_, numbers @ ..] => (1, numbers),
        };
        // From the start to the end of its last word, spaces and all.
        let behind_name = before.get(name).or_else(|| behind.first());
        let end = behind_name.map_or(text.len(), |next| offset_of(text, next));
        let username = if name == 0 { &[][..] } else { text[..end].trim_ascii() };
        Self {
            username,
            session_id: string(numbers.first()),
            session_version: string(numbers.get(1)),
            network_type: string(behind.first()),
            address_type: string(behind.get(1)),
            address: string(behind.get(2)),
        }
    }
}

/// Where `part`, a slice of `text`, starts.
fn offset_of(text: &[u8], part: &[u8]) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

impl Encode for Origin<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.text(self.username)?;
        out.display(format_args!(
            " {} {} {} {} {}",
            self.session_id,
            self.session_version,
            self.network_type,
            self.address_type,
            self.address
        ))
    }
}

/// Whether `address` is one of the type: an IP address of its version, a name, or anything for
/// types other than `IP4` and `IP6`.
pub(super) fn is_address(address_type: &str, address: &str) -> bool {
    let version = match address_type {
        "IP4" => 4,
        "IP6" => 6,
        _ => return address_type.bytes().all(is_token) && !is_other_case(address_type),
    };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => version == 4,
        Ok(IpAddr::V6(_)) => version == 6,
        Err(_) => is_name(address),
    }
}

/// Types that are meant to be `IP4` or `IP6` and are not.
pub(super) fn is_other_case(address_type: &str) -> bool {
    ["IP4", "IP6", "IPV4", "IPV6"].iter().any(|known| known.eq_ignore_ascii_case(address_type))
}

/// `FQDN` (RFC 8866 §9); shorter ones than its four characters are names as well.
fn is_name(address: &str) -> bool {
    !address.is_empty()
        && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && !address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
