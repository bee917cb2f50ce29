//! The values of the lines other than `a=` and `m=` (RFC 8866 §5).

use core::fmt;
use core::net::IpAddr;

use smallvec::SmallVec;

use super::{
    AttributeValue, Encode, EncodeError, Input, Text, ValueError, ValueWriter, encode_by_display,
};
use crate::attributes::read;
use crate::input::{is_blank, is_token};
use crate::{Line, LineError, Rule, SessionDescription};

/// The value of a line of the session or of a section.
pub(crate) trait SessionField<'a>: Sized {
    /// Reads all of it.
    fn read(input: Input<'a, '_>) -> Result<Self, ValueError>;
}

/// Makes a field of a view that is read as the values of attributes are.
macro_rules! fields {
    ($($view:ident: $parse:expr),+ $(,)?) => {
        $(impl<'a> SessionField<'a> for $view<'a> {
            fn read(input: Input<'a, '_>) -> Result<Self, ValueError> {
                read(input, false, $parse)
            }
        })+
    };
}

fields! {
    Origin: Origin::parse,
    Connection: Connection::parse,
    Bandwidth: Bandwidth::parse,
    Time: Time::parse,
    Repeat: Repeat::parse,
    ZoneAdjustments: ZoneAdjustments::parse,
    Key: Key::parse,
}

impl<'a> SessionField<'a> for Text<'a> {
    fn read(input: Input<'a, '_>) -> Result<Self, ValueError> {
        read(input, true, Text::parse)
    }
}

/// Reads the value of a line for what is tolerated and what is wrong in it.
pub(crate) fn check(letter: u8, input: Input<'_, '_>) -> Result<(), ValueError> {
    match letter {
        b'o' => Origin::read(input).map(drop),
        b'c' => Connection::read(input).map(drop),
        b'b' => Bandwidth::read(input).map(drop),
        b't' => Time::read(input).map(drop),
        b'r' => Repeat::read(input).map(drop),
        b'z' => ZoneAdjustments::read(input).map(drop),
        b'k' => Key::read(input).map(drop),
        b's' | b'i' | b'u' | b'e' | b'p' => Text::read(input).map(drop),
        _ => Ok(()),
    }
}

/// The section that defines a type of line.
pub(crate) fn field_rfc(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'v' => "RFC 8866 §5.1",
        b'o' => "RFC 8866 §5.2",
        b's' => "RFC 8866 §5.3",
        b'i' => "RFC 8866 §5.4",
        b'u' => "RFC 8866 §5.5",
        b'e' | b'p' => "RFC 8866 §5.6",
        b'c' => "RFC 8866 §5.7",
        b'b' => "RFC 8866 §5.8",
        b't' => "RFC 8866 §5.9",
        b'r' => "RFC 8866 §5.10",
        b'z' => "RFC 8866 §5.11",
        b'k' => "RFC 8866 §5.12",
        b'a' => "RFC 8866 §5.13",
        b'm' => "RFC 8866 §5.14",
        _ => return None,
    })
}

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

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
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
        input.bend(Rule::LooseOrigin, start, start + len, expected)?;
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
            return Err(input.error("a username"));
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
            return Err(input.error_at(start, "an address of its type"));
        }
        if !input.is_empty() {
            return Err(input.error("the end of the value"));
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
fn is_address(address_type: &str, address: &str) -> bool {
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
fn is_other_case(address_type: &str) -> bool {
    ["IP4", "IP6", "IPV4", "IPV6"].iter().any(|known| known.eq_ignore_ascii_case(address_type))
}

/// `FQDN` (RFC 8866 §9); shorter ones than its four characters are names as well.
fn is_name(address: &str) -> bool {
    !address.is_empty()
        && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && !address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `c=<nettype> <addrtype> <connection-address>` (RFC 8866 §5.7).
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 233.252.0.1/127/3\r\nt=0 0\r\n")?;
/// let connection = description.connection().unwrap().unwrap();
/// assert_eq!(connection.address(), "233.252.0.1");
/// assert_eq!((connection.ttl(), connection.address_count()), (Some(127), Some(3)));
/// assert!(connection.is_multicast());
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Connection<'a> {
    network_type: &'a str,
    address_type: &'a str,
    address: &'a str,
    ttl: Option<u8>,
    count: Option<u32>,
}

impl<'a> Connection<'a> {
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

    /// The address, without what follows it after a slash.
    #[must_use]
    pub fn address(&self) -> &'a str {
        self.address
    }

    /// The address, if it is an IP address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.parse().ok()
    }

    /// The time to live of multicast packets.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.ttl
    }

    /// How many multicast addresses in a row are meant.
    #[must_use]
    pub fn address_count(&self) -> Option<u32> {
        self.count
    }

    /// Whether it is a multicast address.
    #[must_use]
    pub fn is_multicast(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_multicast())
    }

    /// Whether it is `0.0.0.0` or `::`: the hold of RFC 2543 where the port is not 0, or an
    /// address that is not known yet.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_unspecified())
    }

    /// Reads the three parts, as they stand in `a=rtcp` too.
    pub(crate) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let network_type = input.loose_token(Rule::LooseAddress, "a network type")?;
        input.space()?;
        let mut address_type = input.word("an address type")?;
        input.space()?;
        let before = input.offset();
        let text = input.word("an address")?;
        let (mut address, numbers) =
            text.split_once('/').map_or((text, None), |(a, n)| (a, Some(n)));
        if address.is_empty() {
            return Err(input.error_at(before, "an address"));
        }
        let mut loose = !network_type.bytes().all(is_token);
        // The two the wrong way around.
        if is_other_case(address) && address_type.parse::<IpAddr>().is_ok() {
            core::mem::swap(&mut address, &mut address_type);
            loose = true;
        }
        let (ttl, count) = match Self::numbers(address, numbers) {
            Some(read) => read,
            None => {
                loose = true;
                (None, None)
            }
        };
        if loose || !is_address(address_type, address) {
            input.bend(Rule::LooseAddress, start, input.offset(), "an address of its type")?;
        }
        Ok(Self { network_type, address_type, address, ttl, count })
    }

    /// `"/" ttl [ "/" numaddr ]` of IPv4, `[ "/" numaddr ]` of IPv6.
    fn numbers(address: &str, text: Option<&str>) -> Option<(Option<u8>, Option<u32>)> {
        let integer = |text: &str| text.parse().ok().filter(|number| *number > 0);
        match (address.parse::<IpAddr>(), text) {
            (Ok(IpAddr::V4(ip)), None) => (!ip.is_multicast()).then_some((None, None)),
            (_, None) => Some((None, None)),
            (Ok(IpAddr::V6(ip)), Some(text)) if ip.is_multicast() => {
                Some((None, Some(integer(text)?)))
            }
            (Ok(IpAddr::V4(ip)), Some(text)) if ip.is_multicast() => {
                let (ttl, count) = text.split_once('/').map_or((text, None), |(t, c)| (t, Some(c)));
                let count = match count {
                    None => None,
                    Some(count) => Some(integer(count)?),
                };
                Some((Some(ttl.parse().ok()?), count))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Connection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.network_type, self.address_type, self.address)?;
        if let Some(ttl) = self.ttl {
            write!(f, "/{ttl}")?;
        }
        self.count.map_or(Ok(()), |count| write!(f, "/{count}"))
    }
}

/// `b=<bwtype>:<bandwidth>` (RFC 8866 §5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bandwidth<'a> {
    modifier: &'a str,
    value: u64,
}

impl<'a> Bandwidth<'a> {
    /// What the number means: `AS` and `CT` in kilobits a second (RFC 8866 §5.8), `TIAS` in bits
    /// a second (RFC 3890 §6.2), `RS` and `RR` in bits a second (RFC 3556 §2), or another.
    #[must_use]
    pub fn modifier(&self) -> &'a str {
        self.modifier
    }

    /// The number, in the unit of the modifier.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.value
    }

    /// The number in bits a second; `None` for modifiers that are not known.
    #[must_use]
    pub fn bits_per_second(&self) -> Option<u64> {
        match self.modifier {
            "AS" | "CT" => Some(self.value.saturating_mul(1000)),
            "TIAS" | "RS" | "RR" => Some(self.value),
            _ => None,
        }
    }

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let modifier = input.token("a bandwidth modifier")?;
        input.byte(b':', "a colon")?;
        input.loose_blank()?;
        Ok(Self { modifier, value: input.number(u64::MAX, "a bandwidth")? })
    }
}

impl fmt::Display for Bandwidth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.modifier, self.value)
    }
}

/// `t=<start-time> <stop-time>` and the `r=` lines behind it (RFC 8866 §5.9).
///
/// Times are seconds since 1900 (NTP); 0 stands for no bound.
#[derive(Clone, Copy, Debug)]
pub struct Time<'a> {
    start: u64,
    stop: u64,
    /// The line, for the `r=` lines behind it.
    line: Option<Line<'a>>,
}

impl<'a> Time<'a> {
    /// When the session starts, in seconds since 1900; 0 when it is permanent.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// When the session stops, in seconds since 1900; 0 when it is not bounded.
    #[must_use]
    pub fn stop(&self) -> u64 {
        self.stop
    }

    /// The start in seconds since 1970; `None` when there is none or it is before 1970.
    #[must_use]
    pub fn start_unix(&self) -> Option<u64> {
        self.start.checked_sub(Self::UNIX_EPOCH)
    }

    /// The stop in seconds since 1970; `None` when there is none or it is before 1970.
    #[must_use]
    pub fn stop_unix(&self) -> Option<u64> {
        self.stop.checked_sub(Self::UNIX_EPOCH)
    }

    /// The start of 1970 in seconds since 1900 (RFC 8866 §5.9).
    pub const UNIX_EPOCH: u64 = 2_208_988_800;

    /// `r=`: the times that the session is repeated (RFC 8866 §5.10).
    pub fn repeats(&self) -> impl Iterator<Item = Result<Repeat<'a>, LineError>> + use<'a> {
        let behind = self.line.map(|time| time.description().time_lines(time.place() + 1));
        behind
            .into_iter()
            .flatten()
            .take_while(|line| line.letter() == Some(b'r'))
            .map(|line| line.field())
    }

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = Self::time(input, "a start time")?;
        input.space()?;
        let stop = Self::time(input, "a stop time")?;
        Ok(Self { start, stop, line: None })
    }

    /// `time / "0"`: at least ten digits, the first of them not 0.
    fn time(input: &mut Input<'a, '_>, expected: &'static str) -> Result<u64, ValueError> {
        let start = input.offset();
        let time = input.number(u64::MAX, expected)?;
        let digits = input.since(start);
        if digits != b"0" && (digits.len() < 10 || digits.starts_with(b"0")) {
            input.bend(Rule::LooseValue, start, input.offset(), expected)?;
        }
        Ok(time)
    }
}

impl PartialEq for Time<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.stop) == (other.start, other.stop)
    }
}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.start, self.stop)
    }
}

/// The iterator of [`SessionDescription::times`].
#[derive(Clone, Debug)]
pub struct Times<'a> {
    description: &'a SessionDescription,
    next: usize,
}

impl<'a> Times<'a> {
    pub(crate) fn new(description: &'a SessionDescription) -> Self {
        Self { description, next: 0 }
    }
}

impl<'a> Iterator for Times<'a> {
    type Item = Result<Time<'a>, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut lines = self.description.time_lines(self.next);
        let line = lines.find(|line| line.letter() == Some(b't'))?;
        self.next = line.place() + 1;
        Some(line.field().map(|time: Time<'a>| Time { line: Some(line), ..time }))
    }
}

/// `r=<repeat interval> <active duration> <offsets from start-time>` (RFC 8866 §5.10), in seconds.
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     t=3724394400 3724398000\r\nr=7d 1h 0 25h\r\n")?;
/// let time = description.times().next().unwrap().unwrap();
/// let repeat = time.repeats().next().unwrap().unwrap();
/// assert_eq!((repeat.interval(), repeat.duration()), (604800, 3600));
/// assert_eq!(repeat.offsets().collect::<Vec<_>>(), [0, 90000]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat<'a> {
    interval: u64,
    duration: u64,
    offsets: &'a [u8],
}

impl<'a> Repeat<'a> {
    /// After how many seconds the session takes place again.
    #[must_use]
    pub fn interval(&self) -> u64 {
        self.interval
    }

    /// How many seconds it lasts.
    #[must_use]
    pub fn duration(&self) -> u64 {
        self.duration
    }

    /// How many seconds after the start time it takes place.
    #[must_use]
    pub fn offsets(&self) -> TypedTimes<'a> {
        TypedTimes { rest: self.offsets }
    }

    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let interval = typed_time(input, "a repeat interval")?;
        input.space()?;
        let duration = typed_time(input, "an active duration")?;
        input.space()?;
        let start = input.offset();
        typed_time(input, "an offset")?;
        let mut end = input.offset();
        while input.more()? {
            typed_time(input, "an offset")?;
            end = input.offset();
        }
        Ok(Self { interval, duration, offsets: &input.since(start)[..end - start] })
    }
}

impl fmt::Display for Repeat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.interval, self.duration)?;
        self.offsets().try_for_each(|offset| write!(f, " {offset}"))
    }
}

/// The offsets of a [`Repeat`], in seconds.
#[derive(Clone, Debug)]
pub struct TypedTimes<'a> {
    rest: &'a [u8],
}

impl Iterator for TypedTimes<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut input = Input::new(self.rest, crate::Tolerances::lenient());
        input.take_while(is_blank);
        let time = typed_time(&mut input, "a time").ok()?;
        self.rest = input.rest();
        Some(time)
    }
}

/// `typed-time` (RFC 8866 §9) in seconds.
fn typed_time(input: &mut Input<'_, '_>, expected: &'static str) -> Result<u64, ValueError> {
    let number = input.number(u64::MAX, expected)?;
    let unit = match input.peek() {
        Some(b'd') => 86_400,
        Some(b'h') => 3600,
        Some(b'm') => 60,
        Some(b's') => 1,
        _ => return Ok(number),
    };
    input.take_bytes(1);
    Ok(number.saturating_mul(unit))
}

/// `z=<adjustment time> <offset> …` (RFC 8866 §5.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneAdjustments<'a> {
    text: &'a [u8],
}

/// One shift of a [`ZoneAdjustments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneAdjustment {
    /// When the base time shifts, in seconds since 1900.
    pub time: u64,
    /// By how many seconds, counted from the start time of the session.
    pub offset: i64,
}

impl ZoneAdjustments<'_> {
    /// The shifts in order.
    pub fn iter(&self) -> impl Iterator<Item = ZoneAdjustment> + Clone {
        let mut rest = self.text;
        core::iter::from_fn(move || {
            let mut input = Input::new(rest, crate::Tolerances::lenient());
            input.take_while(is_blank);
            let adjustment = Self::adjustment(&mut input).ok()?;
            rest = input.rest();
            Some(adjustment)
        })
    }

    fn adjustment(input: &mut Input<'_, '_>) -> Result<ZoneAdjustment, ValueError> {
        let time = input.number(u64::MAX, "an adjustment time")?;
        input.space()?;
        let negative = input.eat(b'-');
        let seconds = i64::try_from(typed_time(input, "an offset")?).unwrap_or(i64::MAX);
        Ok(ZoneAdjustment { time, offset: if negative { -seconds } else { seconds } })
    }
}

impl<'a> ZoneAdjustments<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        Self::adjustment(input)?;
        let mut end = input.offset();
        while input.more()? {
            Self::adjustment(input)?;
            end = input.offset();
        }
        Ok(Self { text: &input.since(start)[..end - start] })
    }
}

impl fmt::Display for ZoneAdjustments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, ZoneAdjustment { time, offset }) in self.iter().enumerate() {
            write!(f, "{}{time} {offset}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// `k=` (RFC 8866 §5.12): a key in plain text. It must not be used, and can be read to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key<'a> {
    /// `prompt`: ask the user.
    Prompt,
    /// `clear:` and the key itself.
    Clear(&'a [u8]),
    /// `base64:` and the key, encoded.
    Base64(&'a [u8]),
    /// `uri:` and where the key can be had.
    Uri(&'a [u8]),
}

impl<'a> Key<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let text = input.take_rest();
        let end = text.iter().rposition(|&byte| !is_blank(byte)).map_or(0, |last| last + 1);
        let (text, _) = text.split_at(end);
        match crate::attributes::name_of(text) {
            (b"prompt", None) => Ok(Self::Prompt),
            (b"clear", Some(key)) => Ok(Self::Clear(key)),
            (b"base64", Some(key)) => Ok(Self::Base64(key)),
            (b"uri", Some(uri)) => Ok(Self::Uri(uri)),
            _ => Err(input.error_at(start, "prompt, clear:, base64: or uri:")),
        }
    }
}

impl Encode for Key<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        let (method, text) = match self {
            Self::Prompt => return out.text(b"prompt"),
            Self::Clear(text) => ("clear:", text),
            Self::Base64(text) => ("base64:", text),
            Self::Uri(text) => ("uri:", text),
        };
        out.text(method.as_bytes())?;
        out.text(text)
    }
}

encode_by_display!(Connection<'_>, Bandwidth<'_>, Time<'_>, Repeat<'_>, ZoneAdjustments<'_>);
