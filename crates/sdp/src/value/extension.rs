//! Header extensions, restrictions and simulcast (RFC 8285, 8851, 8853, 6236).

use core::fmt;

use super::plain::keywords;
use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, encode_by_display,
};
use crate::input::{Spaced, Word};
use crate::{Direction, Rule};

/// `a=extmap` (RFC 8285 §5): the number of a header extension of RTP.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Extmap, Direction, Input, Tolerances};
/// let text = b"2/sendrecv http://example.com/082005/ext.htm#xmeta short";
/// let extmap = Extmap::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((extmap.id(), extmap.direction()), (2, Some(Direction::SendRecv)));
/// assert_eq!(extmap.uri(), "http://example.com/082005/ext.htm#xmeta");
/// assert_eq!(extmap.attributes(), b"short");
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extmap<'a> {
    id: u16,
    direction: Option<Direction>,
    uri: &'a str,
    attributes: &'a [u8],
}

impl<'a> Extmap<'a> {
    /// The number: 1 to 14 fit the short form of the header, 1 to 255 the long one, and 4096 and
    /// above stand for one that is still to be given (RFC 8285 §7).
    #[must_use]
    pub fn id(&self) -> u16 {
        self.id
    }

    /// Who sends it; `None` when that of the section holds.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        self.direction
    }

    /// What names the extension.
    #[must_use]
    pub fn uri(&self) -> &'a str {
        self.uri
    }

    /// What the extension has added.
    #[must_use]
    pub fn attributes(&self) -> &'a [u8] {
        self.attributes
    }
}

impl<'a> AttributeValue<'a> for Extmap<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let id = input.u16("the number of an extension")?;
        if id == 0 || (256..4096).contains(&id) {
            input.deviate(Rule::LooseValue, start, input.offset(), "a number from 1 to 255")?;
        }
        let direction = match input.eat(b'/') {
            true => {
                let start = input.offset();
                let word = input.token("a direction")?;
                let direction = Direction::of_name(word.as_bytes());
                Some(direction.ok_or_else(|| input.unexpected_at(start, "a direction"))?)
            }
            false => None,
        };
        input.space()?;
        let uri = input.word("a URI")?;
        let attributes = match input.more()? {
            true => {
                let text = input.rest().trim_ascii_end();
                input.take_bytes(text.len())
            }
            false => b"",
        };
        Ok(Self { id, direction, uri, attributes })
    }
}

impl Encode for Extmap<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.display(self.id)?;
        if let Some(direction) = self.direction {
            out.display(format_args!("/{direction}"))?;
        }
        out.display(format_args!(" {}", self.uri))?;
        if self.attributes.is_empty() {
            return Ok(());
        }
        out.text(b" ")?;
        out.text(self.attributes)
    }
}

keywords! {
    /// Which way a stream with a [`Rid`] goes, seen from the sender of the description.
    RidDirection, "send or recv" {
        /// It is sent.
        Send = "send",
        /// It is received.
        Recv = "recv",
    }
}

/// `a=rid` (RFC 8851 §10): a stream and what restricts it.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::{Rid, RidDirection}, Input, Tolerances};
/// let text = b"5 send pt=99,102;max-br=64000;max-width=1280";
/// let rid = Rid::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((rid.id(), rid.direction()), ("5", RidDirection::Send));
/// assert_eq!(rid.formats().collect::<Vec<_>>(), ["99", "102"]);
/// assert_eq!(rid.restriction("max-width"), Some("1280"));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rid<'a> {
    id: &'a str,
    direction: RidDirection,
    restrictions: &'a str,
}

impl<'a> Rid<'a> {
    /// The name of the stream.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Which way it goes.
    #[must_use]
    pub fn direction(&self) -> RidDirection {
        self.direction
    }

    /// The formats that it may have; none when it may have all.
    pub fn formats(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.restriction("pt").unwrap_or_default().split(',').filter(|format| !format.is_empty())
    }

    /// The value of a restriction; empty when it has none.
    #[must_use]
    pub fn restriction(&self, name: &str) -> Option<&'a str> {
        self.restrictions().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The restrictions: names and values.
    pub fn restrictions(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a> {
        self.restrictions
            .split(';')
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .filter(|(name, _)| !name.is_empty())
    }

    /// The restrictions as they came.
    #[must_use]
    pub fn restrictions_str(&self) -> &'a str {
        self.restrictions
    }
}

impl<'a> AttributeValue<'a> for Rid<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let id = rid_id(input)?;
        input.space()?;
        let direction = RidDirection::read(input)?;
        let restrictions = match input.more()? {
            true => input.word("restrictions")?,
            false => "",
        };
        Ok(Self { id, direction, restrictions })
    }
}

/// `rid-id` (RFC 8851 §10).
fn rid_id<'a>(input: &mut Input<'a, '_>) -> Result<&'a str, ValueError> {
    input.ascii_while("the name of a stream", |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    })
}

impl fmt::Display for Rid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.direction)?;
        if self.restrictions.is_empty() { Ok(()) } else { write!(f, " {}", self.restrictions) }
    }
}

/// `a=simulcast` (RFC 8853 §5.1): streams that carry one source several times.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::{RidDirection, Simulcast}, Input, Tolerances};
/// let simulcast = Simulcast::parse(&mut Input::new(b"send 1,2;~3 recv 4", Tolerances::strict()))?;
/// let streams: Vec<_> = simulcast.streams(RidDirection::Send)
///     .map(|stream| stream.map(|rid| (rid.id, rid.paused)).collect::<Vec<_>>())
///     .collect();
/// assert_eq!(streams, [vec![("1", false), ("2", false)], vec![("3", true)]]);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Simulcast<'a> {
    /// The direction that comes first, and its streams.
    first: (RidDirection, &'a str),
    second: &'a str,
}

/// One way that a stream of a [`Simulcast`] can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SimulcastRid<'a> {
    /// The name, which an `a=rid` line has.
    pub id: &'a str,
    /// Whether the stream is not sent at first.
    pub paused: bool,
}

impl<'a> Simulcast<'a> {
    /// The streams of one direction; for each, the ways that it can be sent, the most preferred
    /// first.
    pub fn streams(
        &self,
        direction: RidDirection,
    ) -> impl Iterator<Item = SimulcastWays<'a>> + Clone + use<'a> {
        let list = if self.first.0 == direction { self.first.1 } else { self.second };
        list.split(';').filter(|stream| !stream.is_empty()).map(|rest| SimulcastWays { rest })
    }

    /// `sc-str-list`.
    fn list(input: &mut Input<'a, '_>) -> Result<&'a str, ValueError> {
        let start = input.offset();
        loop {
            input.eat(b'~');
            rid_id(input)?;
            if !input.eat(b',') && !input.eat(b';') {
                return Ok(core::str::from_utf8(input.since(start)).unwrap_or_default());
            }
        }
    }
}

impl<'a> AttributeValue<'a> for Simulcast<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let direction = RidDirection::read(input)?;
        input.space()?;
        let first = (direction, Self::list(input)?);
        let mut second = "";
        if input.more()? {
            let start = input.offset();
            if RidDirection::read(input)? == direction {
                return Err(input.unexpected_at(start, "the other direction"));
            }
            input.space()?;
            second = Self::list(input)?;
        }
        Ok(Self { first, second })
    }
}

impl fmt::Display for Simulcast<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.first.0, self.first.1)?;
        match (self.second, self.first.0) {
            ("", _) => Ok(()),
            (list, RidDirection::Send) => write!(f, " recv {list}"),
            (list, RidDirection::Recv) => write!(f, " send {list}"),
        }
    }
}

/// The ways that a stream of a [`Simulcast`] can be sent, the most preferred first.
#[derive(Clone, Debug)]
pub struct SimulcastWays<'a> {
    rest: &'a str,
}

impl<'a> Iterator for SimulcastWays<'a> {
    type Item = SimulcastRid<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (way, rest) = self.rest.split_once(',').unwrap_or((self.rest, ""));
        self.rest = rest;
        let (id, paused) = way.strip_prefix('~').map_or((way, false), |id| (id, true));
        (!id.is_empty()).then_some(SimulcastRid { id, paused })
    }
}

/// `a=imageattr` (RFC 6236 §3.1): the sizes of pictures that are sent and received.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::{ImageAttr, RidDirection}, Input, Tolerances};
/// let text = b"97 send [x=800,y=640,sar=1.1,q=0.6] [x=480,y=320] recv [x=330,y=250]";
/// let sizes = ImageAttr::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!(sizes.payload_type(), Some(97));
/// assert_eq!(sizes.sets(RidDirection::Recv).collect::<Vec<_>>(), ["x=330,y=250"]);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ImageAttr<'a> {
    payload_type: Option<u8>,
    first: (RidDirection, Spaced<'a>),
    second: Option<Spaced<'a>>,
}

impl<'a> ImageAttr<'a> {
    /// The payload type; `None` for all (`*`).
    #[must_use]
    pub fn payload_type(&self) -> Option<u8> {
        self.payload_type
    }

    /// The sets of one direction, without their brackets; `*` for all.
    pub fn sets(&self, direction: RidDirection) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let list = if self.first.0 == direction { Some(self.first.1) } else { self.second };
        // A set may have brackets in it: sets are parted by what is between two of them.
        list.into_iter()
            .flat_map(Spaced::words)
            .map(|set| set.strip_prefix('[').and_then(|set| set.strip_suffix(']')).unwrap_or(set))
    }

    /// `attr-list`.
    fn list(input: &mut Input<'a, '_>) -> Result<Spaced<'a>, ValueError> {
        let start = input.offset();
        let mut end;
        loop {
            if !input.eat(b'*') {
                input.byte(b'[', "a set in brackets, or *")?;
                input.ascii_while("a set", |byte| byte.is_ascii_graphic())?;
                if !input.since(start).ends_with(b"]") {
                    return Err(input.unexpected("a closing bracket"));
                }
            }
            end = input.offset();
            let rest = input.rest().trim_ascii_start();
            if !rest.starts_with(b"[") && !rest.starts_with(b"*") {
                break;
            }
            input.space()?;
        }
        Ok(Spaced(Word(&input.since(start)[..end - start])))
    }
}

impl<'a> AttributeValue<'a> for ImageAttr<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let payload_type = match input.eat(b'*') {
            true => None,
            false => Some(input.u8("a payload type, or *")?),
        };
        input.space()?;
        let direction = RidDirection::read(input)?;
        input.space()?;
        let first = (direction, Self::list(input)?);
        let mut second = None;
        if input.more()? {
            let start = input.offset();
            if RidDirection::read(input)? == direction {
                return Err(input.unexpected_at(start, "the other direction"));
            }
            input.space()?;
            second = Some(Self::list(input)?);
        }
        Ok(Self { payload_type, first, second })
    }
}

impl fmt::Display for ImageAttr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.payload_type {
            Some(number) => write!(f, "{number}")?,
            None => f.write_str("*")?,
        }
        write!(f, " {} {}", self.first.0, self.first.1)?;
        match (self.second, self.first.0) {
            (None, _) => Ok(()),
            (Some(list), RidDirection::Send) => write!(f, " recv {list}"),
            (Some(list), RidDirection::Recv) => write!(f, " send {list}"),
        }
    }
}

encode_by_display!(Rid<'_>, Simulcast<'_>, ImageAttr<'_>);
