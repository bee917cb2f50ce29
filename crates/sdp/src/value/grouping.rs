//! Groups of sections and sources (RFC 5888, 5576).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, Words, encode_by_display,
};
use crate::Rule;
use crate::attributes::name_of;
use crate::input::Word;

/// `a=group` (RFC 5888 §5): sections that belong together, by their [`Mid`](crate::attribute::Mid).
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Group, Input, Tolerances};
/// let group = Group::parse(&mut Input::new(b"BUNDLE audio video", Tolerances::strict()))?;
/// assert_eq!(group.semantics(), "BUNDLE");
/// assert_eq!(group.mids().collect::<Vec<_>>(), ["audio", "video"]);
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    semantics: &'a str,
    mids: Words<'a>,
}

impl<'a> Group<'a> {
    /// How they belong together, as `BUNDLE` or `LS`.
    #[must_use]
    pub fn semantics(&self) -> &'a str {
        self.semantics
    }

    /// The sections, in order; perhaps none.
    pub fn mids(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.mids.iter()
    }
}

impl<'a> AttributeValue<'a> for Group<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let semantics = input.token("the semantics of the group")?;
        Ok(Self { semantics, mids: Words::parse_rest(input)? })
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.semantics)?;
        if self.mids.is_empty() { Ok(()) } else { write!(f, " {}", self.mids) }
    }
}

encode_by_display!(Group<'_>);

/// `a=ssrc` (RFC 5576 §4.1): an attribute of one source.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Ssrc, Input, Tolerances};
/// let ssrc = Ssrc::parse(&mut Input::new(b"314159 cname:user@example.com", Tolerances::strict()))?;
/// assert_eq!(ssrc.id(), 314159);
/// assert_eq!((ssrc.name(), ssrc.value()), ("cname", Some(&b"user@example.com"[..])));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ssrc<'a> {
    id: u32,
    name: Word<'a>,
    value: Option<&'a [u8]>,
}

impl<'a> Ssrc<'a> {
    /// The synchronization source.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The name of the attribute.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name.as_str()
    }

    /// The value of the attribute; `None` when there is no colon.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        self.value
    }
}

impl<'a> AttributeValue<'a> for Ssrc<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let id = input.u32("the number of a source")?;
        input.space()?;
        let (_, value) = name_of(input.rest());
        let name = input.token_word("an attribute of the source")?;
        if value.is_some() {
            input.byte(b':', "a colon")?;
            input.take_rest();
        }
        Ok(Self { id, name, value })
    }
}

impl Encode for Ssrc<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.display(format_args!("{} {}", self.id, self.name))?;
        match self.value {
            None => Ok(()),
            Some(value) => {
                out.text(b":")?;
                out.text(value)
            }
        }
    }
}

/// `a=ssrc-group` (RFC 5576 §4.2): sources that belong together.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::SsrcGroup, Input, Tolerances};
/// let group = SsrcGroup::parse(&mut Input::new(b"FID 1001 1002", Tolerances::strict()))?;
/// assert_eq!((group.semantics(), group.ids().collect::<Vec<_>>()), ("FID", vec![1001, 1002]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SsrcGroup<'a> {
    semantics: &'a str,
    ids: Words<'a>,
}

impl<'a> SsrcGroup<'a> {
    /// How they belong together, as `FID`, `FEC-FR` or `SIM`.
    #[must_use]
    pub fn semantics(&self) -> &'a str {
        self.semantics
    }

    /// The sources in order.
    pub fn ids(&self) -> impl Iterator<Item = u32> + Clone + use<'a> {
        self.ids.iter().filter_map(|id| id.parse().ok())
    }
}

impl<'a> AttributeValue<'a> for SsrcGroup<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let semantics = input.token("the semantics of the group")?;
        let start = input.offset();
        let mut end = start;
        while input.more()? {
            input.u32("the number of a source")?;
            end = input.offset();
        }
        Ok(Self { semantics, ids: Words::of(&input.since(start)[..end - start]) })
    }
}

impl fmt::Display for SsrcGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.semantics)?;
        if self.ids.is_empty() { Ok(()) } else { write!(f, " {}", self.ids) }
    }
}

/// `a=msid` (RFC 8830 §2): the media stream that a track is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Msid<'a> {
    id: &'a str,
    app_data: Option<&'a str>,
}

impl<'a> Msid<'a> {
    /// The id of the media stream; `None` for `-`, which stands for none.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        Some(self.id).filter(|id| *id != "-")
    }

    /// What the application has added: for browsers of old, the id of the track.
    #[must_use]
    pub fn app_data(&self) -> Option<&'a str> {
        self.app_data
    }
}

impl<'a> AttributeValue<'a> for Msid<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let id = input.loose_token(Rule::LooseValue, "the id of a media stream")?;
        let app_data = match input.more()? {
            true => Some(input.loose_token(Rule::LooseValue, "data of the application")?),
            false => None,
        };
        Ok(Self { id, app_data })
    }
}

impl fmt::Display for Msid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)?;
        self.app_data.map_or(Ok(()), |data| write!(f, " {data}"))
    }
}

encode_by_display!(SsrcGroup<'_>, Msid<'_>);
