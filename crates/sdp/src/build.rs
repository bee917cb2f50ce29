//! Building descriptions, line by line.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};
use core::net::IpAddr;

use crate::attribute::{Attribute, AttributeValue};
use crate::encode::{Encode, EncodeError, ValueWriter};
use crate::index::{MEDIA, ONCE, SESSION};
use crate::{CodecSpec, Direction, Input, LineName, ParseError, SessionDescription, Tolerances};

/// An address as `o=` and `c=` lines have them (RFC 8866 §5.7).
///
/// ```
/// use sdp::Address;
/// let address = Address::from("2001:db8::1".parse::<std::net::IpAddr>().unwrap());
/// assert_eq!((address.address_type.as_str(), address.host.as_str()), ("IP6", "2001:db8::1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// `IP4` or `IP6`.
    pub address_type: String,
    /// An IP address or a name; a multicast address with what follows it (`/127`).
    pub host: String,
}

impl Address {
    /// A name that stands for an IPv4 address.
    #[must_use]
    pub fn name(host: impl Into<String>) -> Self {
        Self { address_type: "IP4".into(), host: host.into() }
    }

    /// The value of a `c=` line.
    pub(crate) fn connection(&self) -> ConnectionText<'_> {
        ConnectionText(self)
    }
}

impl<A: Into<IpAddr>> From<A> for Address {
    fn from(ip: A) -> Self {
        let ip = ip.into();
        let address_type = if ip.is_ipv4() { "IP4" } else { "IP6" };
        Self { address_type: address_type.into(), host: ip.to_string() }
    }
}

/// `IN`, the type and the address.
pub(crate) struct ConnectionText<'a>(&'a Address);

impl Display for ConnectionText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IN {} {}", self.0.address_type, self.0.host)
    }
}

crate::encode::encode_by_display!(ConnectionText<'_>);

/// Why a description cannot be edited or built so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// A value cannot be written.
    Value(EncodeError),
    /// There is no such section.
    NoSection,
    /// A section would be left without a format.
    NoFormat,
    /// A dynamic payload type has no codec.
    NoCodec(u8),
    /// A line that is needed is not there.
    Missing,
    /// The caller's buffer has less room than the description needs.
    NoRoom,
    /// The description would be longer than 4 GiB.
    TooLong,
    /// The description would not be read again as it is.
    Description(ParseError),
}

/// Why a description cannot be edited or built so, and which line or section is to blame. `{:#}`
/// prints it without the section of the RFC.
///
/// ```
/// use sdp::{attribute, At, SessionDescription};
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n").unwrap();
/// let error = description.edit().set(At::Session, attribute::Setup, "both").finish().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "a=setup: expected active, passive, actpass or holdconn (RFC 8866 §9)"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildError {
    kind: BuildErrorKind,
    line: Option<LineName>,
    section: Option<usize>,
}

impl BuildError {
    #[cold]
    pub(crate) fn new(kind: BuildErrorKind) -> Self {
        Self { kind, line: None, section: None }
    }

    #[cold]
    pub(crate) fn section(kind: BuildErrorKind, section: usize) -> Self {
        Self { kind, line: None, section: Some(section) }
    }

    #[cold]
    pub(crate) fn of_line(kind: BuildErrorKind, letter: u8) -> Self {
        Self { kind, line: Some(LineName::Type(letter)), section: None }
    }

    #[cold]
    pub(crate) fn line(letter: u8, error: EncodeError) -> Self {
        Self::of_line(BuildErrorKind::Value(error), letter)
    }

    #[cold]
    pub(crate) fn attribute(name: &'static str, error: EncodeError) -> Self {
        let line = Some(LineName::Attribute(name));
        Self { kind: BuildErrorKind::Value(error), line, section: None }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }

    /// The line that it is about.
    #[must_use]
    pub fn line_name(&self) -> Option<LineName> {
        self.line
    }

    /// The media section that it is about, from 0.
    #[must_use]
    pub fn media_index(&self) -> Option<usize> {
        self.section
    }

    /// The section that asks for it.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        use BuildErrorKind as K;
        match self.kind {
            K::Value(_) => "RFC 8866 §9",
            K::NoSection | K::NoFormat => "RFC 8866 §5.14",
            K::NoCodec(_) => "RFC 8866 §6.6",
            K::Missing | K::NoRoom | K::TooLong => "RFC 8866 §5",
            K::Description(error) => error.rfc(),
        }
    }
}

impl Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use BuildErrorKind as K;
        if let Some(section) = self.section {
            write!(f, "section {section}: ")?;
        }
        if let Some(line) = self.line {
            write!(f, "{line}: ")?;
        }
        match self.kind {
            K::Value(error) => write!(f, "{error:#}")?,
            K::NoSection => f.write_str("is not there")?,
            K::NoFormat => f.write_str("one format must stay")?,
            K::NoCodec(number) => write!(f, "payload type {number} needs a codec")?,
            K::Missing => f.write_str("is missing")?,
            K::NoRoom => f.write_str("the buffer is too small for the description")?,
            K::TooLong => f.write_str("the description is too long")?,
            K::Description(error) => write!(f, "{error:#}")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl core::error::Error for BuildError {}

/// Lines of a level, which are written in the order that RFC 8866 §9 has for their types.
#[derive(Clone, Debug)]
struct Lines {
    ranks: &'static [u8; 256],
    lines: Vec<(u8, Vec<u8>)>,
    error: Option<BuildError>,
}

impl Lines {
    fn new(ranks: &'static [u8; 256]) -> Self {
        Self { ranks, lines: Vec::new(), error: None }
    }

    fn push(&mut self, letter: u8, value: &impl Encode) {
        let mut line = Vec::from([letter, b'=']);
        match ValueWriter::new(&mut line).value(value) {
            Ok(()) => self.lines.push((self.ranks[usize::from(letter)] & !ONCE, line)),
            Err(error) => self.refuse(BuildError::line(letter, error)),
        }
    }

    fn refuse(&mut self, error: BuildError) {
        self.error.get_or_insert(error);
    }

    /// A line of an attribute whose value must be one of it.
    fn attribute<A: Attribute>(&mut self, value: &impl Encode) {
        let read = value.to_value().and_then(|written| {
            let value = (!written.is_empty()).then_some(written.as_slice());
            let input = Input::of_attribute(value, Tolerances::strict());
            crate::attributes::read(input, A::Value::VERBATIM, A::parse)?;
            Ok(written)
        });
        match read {
            Ok(written) if written.is_empty() => self.push(b'a', &A::NAME),
            Ok(written) => {
                self.push(b'a', &[A::NAME.as_bytes(), b":", &written].concat().as_slice());
            }
            Err(error) => self.refuse(BuildError::attribute(A::NAME, error)),
        }
    }

    fn attribute_raw(&mut self, name: &str, value: Option<&str>) {
        if let Err(error) = ValueWriter::new(&mut Vec::new()).token(name) {
            return self.refuse(BuildError::line(b'a', error));
        }
        match value {
            Some(value) => self.push(b'a', &format_args!("{name}:{value}")),
            None => self.push(b'a', &name),
        }
    }

    fn has(&self, letter: u8) -> bool {
        self.lines.iter().any(|(_, line)| line.first() == Some(&letter))
    }

    /// Writes the lines in their order.
    fn write(mut self, out: &mut Vec<u8>) -> Result<(), BuildError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.lines.sort_by_key(|(rank, _)| *rank);
        for (_, line) in self.lines {
            out.extend_from_slice(&line);
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }
}

/// Builds a description (RFC 8866 §5). Lines get the order of the grammar, whatever the order of
/// the calls; `s=-` and `t=0 0` are there where nothing else is said.
///
/// ```
/// use sdp::{attribute, Address, CodecSpec, DescriptionBuilder, Direction, MediaBuilder};
/// let host = Address::name("host.atlanta.example.com");
/// let description = DescriptionBuilder::new("alice", 2890844526, 2890844526, &host)
///     .connection(&host)
///     .media(MediaBuilder::audio(49170)
///         .codec(0, &CodecSpec::new("PCMU", 8000))
///         .codec(97, &CodecSpec::new("iLBC", 8000).with_fmtp("mode=20"))
///         .attribute(attribute::Ptime, "20")
///         .direction(Direction::SendOnly))
///     .build()?;
/// assert_eq!(description.as_bytes(), b"v=0\r\n\
///     o=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com\r\ns=-\r\n\
///     c=IN IP4 host.atlanta.example.com\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 97\r\n\
///     a=rtpmap:0 PCMU/8000\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=20\r\na=ptime:20\r\n\
///     a=sendonly\r\n");
/// # Ok::<(), sdp::BuildError>(())
/// ```
///
/// CR, LF and NUL are refused everywhere, and so is what would not be read again to the letter.
/// The first error is what [`build`](Self::build) returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is built until `build` is called"]
pub struct DescriptionBuilder {
    lines: Lines,
    media: Vec<MediaBuilder>,
}

impl DescriptionBuilder {
    /// A description with its `o=` line: the user's name (`-` for none), what makes the session
    /// one of its own, the version, and the address of the machine.
    pub fn new(username: &str, session_id: u64, version: u64, address: &Address) -> Self {
        let mut lines = Lines::new(&SESSION);
        lines.push(b'v', &"0");
        let address = address.connection();
        lines.push(b'o', &format_args!("{username} {session_id} {version} {address}"));
        Self { lines, media: Vec::new() }
    }

    fn with(mut self, letter: u8, value: &impl Encode) -> Self {
        self.lines.push(letter, value);
        self
    }

    /// `s=`: the name of the session.
    pub fn session_name(self, name: &str) -> Self {
        self.with(b's', &name)
    }

    /// `i=`: what the session is about.
    pub fn information(self, text: &str) -> Self {
        self.with(b'i', &text)
    }

    /// `u=`: where to read more about the session.
    pub fn uri(self, uri: &str) -> Self {
        self.with(b'u', &uri)
    }

    /// `e=`: an address of a person responsible.
    pub fn email(self, address: &str) -> Self {
        self.with(b'e', &address)
    }

    /// `p=`: a phone number of a person responsible.
    pub fn phone(self, number: &str) -> Self {
        self.with(b'p', &number)
    }

    /// `c=`: the address for sections without one of their own.
    pub fn connection(self, address: &Address) -> Self {
        self.with(b'c', &address.connection())
    }

    /// `b=`: a bandwidth, in the unit of its modifier.
    pub fn bandwidth(self, modifier: &str, value: u64) -> Self {
        self.with(b'b', &format_args!("{modifier}:{value}"))
    }

    /// `t=`: when the session starts and stops, in seconds since 1900; 0 for no bound.
    pub fn time(self, start: u64, stop: u64) -> Self {
        self.with(b't', &format_args!("{start} {stop}"))
    }

    /// `r=`: how the time before it is repeated, as `7d 1h 0 25h`.
    pub fn repeat(self, repeat: &str) -> Self {
        self.with(b'r', &repeat)
    }

    /// `z=`: shifts of the time zone, as `3730928400 -1h 3749680800 0`.
    pub fn zone_adjustments(self, adjustments: &str) -> Self {
        self.with(b'z', &adjustments)
    }

    /// An attribute of the session. The value must be one of the attribute; `""` for none.
    pub fn attribute<A: Attribute>(mut self, _: A, value: impl Encode) -> Self {
        self.lines.attribute::<A>(&value);
        self
    }

    /// An attribute of the session by name. `None` for an attribute without value.
    pub fn attribute_raw(mut self, name: &str, value: Option<&str>) -> Self {
        self.lines.attribute_raw(name, value);
        self
    }

    /// A media section, behind those that are there.
    pub fn media(mut self, media: MediaBuilder) -> Self {
        self.media.push(media);
        self
    }

    /// The description, which is read with strict tolerances.
    ///
    /// # Errors
    /// When a value was refused, a section has no format, a dynamic payload type has no codec, or
    /// the description is not one to the letter.
    pub fn build(self) -> Result<SessionDescription, BuildError> {
        let Self { mut lines, media } = self;
        if !lines.has(b's') {
            lines.push(b's', &"-");
        }
        if !lines.has(b't') {
            lines.push(b't', &"0 0");
        }
        let mut out = Vec::new();
        lines.write(&mut out)?;
        for (section, media) in media.into_iter().enumerate() {
            let in_section = |error| BuildError { section: Some(section), ..error };
            media.write(&mut out).map_err(in_section)?;
        }
        let description = crate::edit::read(out.into(), Tolerances::strict())?;
        check_values(&description)?;
        Ok(description)
    }
}

/// Reads the values of all lines but attributes, which were read one by one.
fn check_values(description: &SessionDescription) -> Result<(), BuildError> {
    for line in description.lines() {
        let Some(letter) = line.letter().filter(|letter| *letter != b'a') else { continue };
        crate::value::check(letter, Input::new(line.value(), Tolerances::strict()))
            .map_err(|error| BuildError::line(letter, error.into()))?;
    }
    Ok(())
}

/// Builds a media section; see [`DescriptionBuilder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is built until it is part of a description"]
pub struct MediaBuilder {
    media_type: String,
    port: u16,
    ports: Option<u16>,
    protocol: String,
    formats: Vec<String>,
    /// The payload types that have a codec.
    codecs: Vec<u8>,
    lines: Lines,
}

impl MediaBuilder {
    /// A section without formats.
    pub fn new(media_type: &str, port: u16, protocol: &str) -> Self {
        Self {
            media_type: media_type.into(),
            port,
            ports: None,
            protocol: protocol.into(),
            formats: Vec::new(),
            codecs: Vec::new(),
            lines: Lines::new(&MEDIA),
        }
    }

    /// Audio over `RTP/AVP`.
    pub fn audio(port: u16) -> Self {
        Self::new("audio", port, "RTP/AVP")
    }

    /// Video over `RTP/AVP`.
    pub fn video(port: u16) -> Self {
        Self::new("video", port, "RTP/AVP")
    }

    /// Fax over UDPTL (ITU-T T.38, annex D).
    pub fn fax(port: u16) -> Self {
        Self::new("image", port, "udptl").format("t38")
    }

    /// Messages over MSRP (RFC 4975), with the URI of our side and the media types that we take.
    pub fn message(port: u16, path: &str, accept_types: &str) -> Self {
        Self::new("message", port, "TCP/MSRP")
            .format("*")
            .attribute(crate::attribute::AcceptTypes, accept_types)
            .attribute(crate::attribute::Path, path)
    }

    /// Data channels of WebRTC (RFC 8841), with the port of SCTP.
    pub fn data_channel(port: u16, sctp_port: u16) -> Self {
        Self::new("application", port, "UDP/DTLS/SCTP")
            .format("webrtc-datachannel")
            .attribute(crate::attribute::SctpPort, sctp_port)
    }

    /// Floor control over BFCP (RFC 8856), with the roles that we can take, as `c-only` or
    /// `s-only`.
    pub fn floor_control(port: u16, protocol: &str, floorctrl: &str) -> Self {
        Self::new("application", port, protocol)
            .format("*")
            .attribute(crate::attribute::FloorCtrl, floorctrl)
    }

    /// The number of ports, for streams in layers.
    pub fn ports(self, ports: u16) -> Self {
        Self { ports: Some(ports), ..self }
    }

    /// Another protocol, as `UDP/TLS/RTP/SAVPF`.
    pub fn protocol(self, protocol: &str) -> Self {
        Self { protocol: protocol.into(), ..self }
    }

    /// One more format, less preferred than those that are there.
    pub fn format(mut self, format: &str) -> Self {
        self.formats.push(format.into());
        self
    }

    /// One more payload type with its codec: `a=rtpmap`, `a=fmtp` and `a=rtcp-fb`.
    pub fn codec(mut self, payload_type: u8, codec: &CodecSpec) -> Self {
        self = self.format(&payload_type.to_string());
        self.codecs.push(payload_type);
        let CodecSpec { encoding, clock_rate, channels, fmtp, feedback } = codec;
        let lines = &mut self.lines;
        let rtpmap = format_args!("{payload_type} {encoding}/{clock_rate}");
        match channels {
            0 | 1 => lines.attribute::<crate::attribute::Rtpmap>(&rtpmap),
            _ => lines.attribute::<crate::attribute::Rtpmap>(&format_args!("{rtpmap}/{channels}")),
        }
        if let Some(fmtp) = fmtp {
            lines.attribute::<crate::attribute::Fmtp>(&format_args!("{payload_type} {fmtp}"));
        }
        for feedback in feedback {
            let value = format_args!("{payload_type} {feedback}");
            lines.attribute::<crate::attribute::RtcpFb>(&value);
        }
        self
    }

    fn with(mut self, letter: u8, value: &impl Encode) -> Self {
        self.lines.push(letter, value);
        self
    }

    /// `i=`: what the stream is about.
    pub fn information(self, text: &str) -> Self {
        self.with(b'i', &text)
    }

    /// `c=`: the address of the section's own.
    pub fn connection(self, address: &Address) -> Self {
        self.with(b'c', &address.connection())
    }

    /// `b=`: a bandwidth, in the unit of its modifier.
    pub fn bandwidth(self, modifier: &str, value: u64) -> Self {
        self.with(b'b', &format_args!("{modifier}:{value}"))
    }

    /// Which way media flow.
    pub fn direction(self, direction: Direction) -> Self {
        self.with(b'a', &direction.name())
    }

    /// An attribute. The value must be one of the attribute; `""` for none.
    pub fn attribute<A: Attribute>(mut self, _: A, value: impl Encode) -> Self {
        self.lines.attribute::<A>(&value);
        self
    }

    /// An attribute by name. `None` for an attribute without value.
    pub fn attribute_raw(mut self, name: &str, value: Option<&str>) -> Self {
        self.lines.attribute_raw(name, value);
        self
    }

    fn write(self, out: &mut Vec<u8>) -> Result<(), BuildError> {
        let Self { media_type, port, ports, protocol, formats, codecs, lines } = self;
        if formats.is_empty() {
            return Err(BuildError::new(BuildErrorKind::NoFormat));
        }
        if crate::lint::is_rtp(&protocol) && port != 0 {
            let numbers = formats.iter().filter_map(|format| format.parse::<u8>().ok());
            // RFC 3551 §3: what is not static needs its `a=rtpmap`.
            let unknown = |number: &u8| {
                !codecs.contains(number) && crate::codec::static_payload_type(*number).is_none()
            };
            if let Some(number) = { numbers }.find(unknown) {
                return Err(BuildError::new(BuildErrorKind::NoCodec(number)));
            }
        }
        let mut media = Lines::new(&MEDIA);
        let ports = ports.map(|ports| alloc::format!("/{ports}")).unwrap_or_default();
        let formats = formats.join(" ");
        media.push(b'm', &format_args!("{media_type} {port}{ports} {protocol} {formats}"));
        media.write(out)?;
        lines.write(out)
    }
}
