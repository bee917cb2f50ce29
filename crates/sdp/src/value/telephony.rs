//! Preconditions, silence, languages, sources of multicast (RFC 3312, 3108, 8373, 4570).

use core::fmt;

use super::plain::keywords;
use super::{AttributeValue, Input, ValueError, Words, encode_by_display};
use crate::Direction;

keywords! {
    /// Whose resources a precondition is about (RFC 3312 §4).
    StatusType, "e2e, local or remote" {
        /// Those of the whole path.
        EndToEnd = "e2e",
        /// Those at the side of the sender of the description.
        Local = "local",
        /// Those at the other side.
        Remote = "remote",
    }
}

keywords! {
    /// How much a precondition is wanted (RFC 3312 §4).
    Strength, "mandatory, optional, none, failure or unknown" {
        /// The session may not start before.
        Mandatory = "mandatory",
        /// It shall be tried.
        Optional = "optional",
        /// It is not needed.
        None = "none",
        /// It could not be had (RFC 3312 §8).
        Failure = "failure",
        /// It is not known (RFC 3312 §8).
        Unknown = "unknown",
    }
}

/// `direction-tag` of a precondition: `none`, `send`, `recv` or `sendrecv`.
fn direction_tag(input: &mut Input<'_, '_>) -> Result<Direction, ValueError> {
    let start = input.offset();
    match input.token("none, send, recv or sendrecv")? {
        "none" => Ok(Direction::Inactive),
        "send" => Ok(Direction::SendOnly),
        "recv" => Ok(Direction::RecvOnly),
        "sendrecv" => Ok(Direction::SendRecv),
        _ => Err(input.unexpected_at(start, "none, send, recv or sendrecv")),
    }
}

/// The `direction-tag` of a direction.
pub(crate) const fn direction_tag_text(direction: Direction) -> &'static str {
    match direction {
        Direction::Inactive => "none",
        Direction::SendOnly => "send",
        Direction::RecvOnly => "recv",
        Direction::SendRecv => "sendrecv",
    }
}

/// `a=curr` and `a=conf` (RFC 3312 §4): which resources there are, or of which the other side
/// shall tell when they are there.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::{PreconditionStatus, StatusType}, Direction};
/// use sdp::{Input, Tolerances};
/// let text = b"qos local sendrecv";
/// let current = PreconditionStatus::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((current.kind(), current.status()), ("qos", StatusType::Local));
/// assert_eq!(current.direction(), Direction::SendRecv);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PreconditionStatus<'a> {
    kind: &'a str,
    status: StatusType,
    direction: Direction,
}

impl<'a> PreconditionStatus<'a> {
    /// The kind of precondition: `qos`, `sec`, or another.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// Whose resources.
    #[must_use]
    pub fn status(&self) -> StatusType {
        self.status
    }

    /// For which directions; [`Inactive`](Direction::Inactive) stands for `none`.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }
}

impl<'a> AttributeValue<'a> for PreconditionStatus<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let kind = input.token("a kind of precondition")?;
        input.space()?;
        let status = StatusType::read(input)?;
        input.space()?;
        Ok(Self { kind, status, direction: direction_tag(input)? })
    }
}

impl fmt::Display for PreconditionStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.status, direction_tag_text(self.direction))
    }
}

/// `a=des` (RFC 3312 §4): which resources there shall be, and how much that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DesiredStatus<'a> {
    kind: &'a str,
    strength: Strength,
    status: StatusType,
    direction: Direction,
}

impl<'a> DesiredStatus<'a> {
    /// The kind of precondition: `qos`, `sec`, or another.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// How much it is wanted.
    #[must_use]
    pub fn strength(&self) -> Strength {
        self.strength
    }

    /// Whose resources.
    #[must_use]
    pub fn status(&self) -> StatusType {
        self.status
    }

    /// For which directions; [`Inactive`](Direction::Inactive) stands for `none`.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }
}

impl<'a> AttributeValue<'a> for DesiredStatus<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let kind = input.token("a kind of precondition")?;
        input.space()?;
        let strength = Strength::read(input)?;
        input.space()?;
        let status = StatusType::read(input)?;
        input.space()?;
        Ok(Self { kind, strength, status, direction: direction_tag(input)? })
    }
}

impl fmt::Display for DesiredStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.kind,
            self.strength,
            self.status,
            direction_tag_text(self.direction)
        )
    }
}

/// `a=silenceSupp` (RFC 3108 §5.6.3.2): whether silence is sent. `-` stands for what is not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilenceSupp<'a> {
    words: Words<'a>,
}

impl<'a> SilenceSupp<'a> {
    /// Whether silence is suppressed; `None` when it is not said.
    #[must_use]
    pub fn enabled(&self) -> Option<bool> {
        match self.field(0)? {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        }
    }

    /// After how many milliseconds of silence.
    #[must_use]
    pub fn timer(&self) -> Option<&'a str> {
        self.field(1)
    }

    /// The method that is preferred: `standard` or `custom`.
    #[must_use]
    pub fn preference(&self) -> Option<&'a str> {
        self.field(2)
    }

    /// Whether silence is described, and how.
    #[must_use]
    pub fn sid_use(&self) -> Option<&'a str> {
        self.field(3)
    }

    /// The level of a fixed noise.
    #[must_use]
    pub fn noise_level(&self) -> Option<u8> {
        self.field(4)?.parse().ok()
    }

    fn field(&self, place: usize) -> Option<&'a str> {
        self.words.iter().nth(place).filter(|word| *word != "-")
    }
}

impl<'a> AttributeValue<'a> for SilenceSupp<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let enabled = input.word("on, off or -")?;
        if !["on", "off", "-"].contains(&enabled) {
            return Err(input.unexpected_at(start, "on, off or -"));
        }
        for expected in ["a timer, or -", "standard, custom or -", "the use of SID, or -"] {
            input.space()?;
            input.word(expected)?;
        }
        input.space()?;
        input.word("a noise level, or -")?;
        Ok(Self { words: Words::of(input.since(start)) })
    }
}

impl fmt::Display for SilenceSupp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

keywords! {
    /// Whether [`SourceFilter`] names those that may send, or those that may not.
    FilterMode, "incl or excl" {
        /// Only those that are named.
        Include = "incl",
        /// All but those that are named.
        Exclude = "excl",
    }
}

/// `a=source-filter` (RFC 4570 §3): who may send to a multicast address.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::{FilterMode, SourceFilter}, Input, Tolerances};
/// let text = b"incl IN IP4 232.3.4.5 192.0.2.10 192.0.2.11";
/// let filter = SourceFilter::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((filter.mode(), filter.destination()), (FilterMode::Include, "232.3.4.5"));
/// assert_eq!(filter.sources().collect::<Vec<_>>(), ["192.0.2.10", "192.0.2.11"]);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFilter<'a> {
    mode: FilterMode,
    network_type: &'a str,
    address_type: &'a str,
    destination: &'a str,
    sources: Words<'a>,
}

impl<'a> SourceFilter<'a> {
    /// Whether the sources are those that may send.
    #[must_use]
    pub fn mode(&self) -> FilterMode {
        self.mode
    }

    /// The type of network, `IN`.
    #[must_use]
    pub fn network_type(&self) -> &'a str {
        self.network_type
    }

    /// The type of the addresses; `*` for any.
    #[must_use]
    pub fn address_type(&self) -> &'a str {
        self.address_type
    }

    /// The address that is sent to; `*` for all.
    #[must_use]
    pub fn destination(&self) -> &'a str {
        self.destination
    }

    /// The addresses that send.
    pub fn sources(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.sources.iter()
    }
}

impl<'a> AttributeValue<'a> for SourceFilter<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        // The grammar has a space behind the colon (RFC 4570 §8), which is read by the caller.
        let mode = FilterMode::read(input)?;
        input.space()?;
        let network_type = input.token("a network type")?;
        input.space()?;
        let address_type = input.token("an address type, or *")?;
        input.space()?;
        let destination = input.word("an address, or *")?;
        input.space()?;
        Ok(Self { mode, network_type, address_type, destination, sources: Words::parse(input)? })
    }
}

impl fmt::Display for SourceFilter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mode, network_type, address_type, destination, sources } = self;
        write!(f, "{mode} {network_type} {address_type} {destination} {sources}")
    }
}

encode_by_display!(PreconditionStatus<'_>, DesiredStatus<'_>, SilenceSupp<'_>, SourceFilter<'_>);
