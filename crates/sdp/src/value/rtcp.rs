//! RTCP (RFC 3605, 4585, 5104).

use core::fmt;

use super::{AttributeValue, Connection, Encode, EncodeError, Input, ValueError, ValueWriter};
use crate::encode::encode_by_display;

/// `a=rtcp` (RFC 3605 §2.1): where RTCP goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rtcp<'a> {
    port: u16,
    connection: Option<Connection<'a>>,
}

impl<'a> Rtcp<'a> {
    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address, where it is not that of the `c=` line.
    #[must_use]
    pub fn address(&self) -> Option<&'a str> {
        self.connection.map(|connection| connection.address())
    }

    /// Network type, address type and address, where they are not those of the `c=` line.
    #[must_use]
    pub fn connection(&self) -> Option<Connection<'a>> {
        self.connection
    }
}

impl<'a> AttributeValue<'a> for Rtcp<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let port = input.u16("a port")?;
        let connection = match input.more()? {
            true => Some(Connection::parse(input)?),
            false => None,
        };
        Ok(Self { port, connection })
    }
}

impl fmt::Display for Rtcp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.port)?;
        self.connection.map_or(Ok(()), |connection| write!(f, " {connection}"))
    }
}

encode_by_display!(Rtcp<'_>);

/// `a=rtcp-fb` (RFC 4585 §4.2): RTCP feedback for a payload type.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::RtcpFb, Input, Tolerances};
/// let feedback = RtcpFb::parse(&mut Input::new(b"* nack pli", Tolerances::strict()))?;
/// assert_eq!((feedback.payload_type(), feedback.kind()), (None, "nack"));
/// assert_eq!((feedback.parameter(), feedback.feedback()), (Some("pli"), &b"nack pli"[..]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RtcpFb<'a> {
    payload_type: Option<u8>,
    feedback: &'a [u8],
}

impl<'a> RtcpFb<'a> {
    /// The payload type that it is for; `None` for all (`*`).
    #[must_use]
    pub fn payload_type(&self) -> Option<u8> {
        self.payload_type
    }

    /// The kind of feedback: `ack`, `nack`, `ccm`, `trr-int`, or another.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.word(0).unwrap_or_default()
    }

    /// What it is in detail: `pli`, `fir`, the interval of `trr-int`.
    #[must_use]
    pub fn parameter(&self) -> Option<&'a str> {
        self.word(1)
    }

    /// Kind, parameter and what follows them, as they came.
    #[must_use]
    pub fn feedback(&self) -> &'a [u8] {
        self.feedback
    }

    fn word(&self, place: usize) -> Option<&'a str> {
        let mut words =
            self.feedback.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.nth(place).and_then(|word| core::str::from_utf8(word).ok())
    }
}

impl<'a> AttributeValue<'a> for RtcpFb<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let payload_type = match input.eat(b'*') {
            true => None,
            false => Some(input.u8("a payload type, or *")?),
        };
        input.space()?;
        let start = input.offset();
        input.token("a kind of feedback")?;
        if input.more()? {
            input.token("a parameter of the feedback")?;
            // What follows is bytes of any kind.
            let rest = input.rest().trim_ascii_end().len();
            input.take_bytes(rest);
        }
        Ok(Self { payload_type, feedback: input.since(start).trim_ascii_end() })
    }
}

impl Encode for RtcpFb<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        match self.payload_type {
            Some(number) => out.display(number)?,
            None => out.text(b"*")?,
        }
        out.text(b" ")?;
        out.text(self.feedback)
    }
}
