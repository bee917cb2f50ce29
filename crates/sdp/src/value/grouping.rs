//! Groups of sections and sources (RFC 5888, 5576).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, Words, encode_by_display,
};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        write!(f, "{}{}", self.semantics, self.mids)
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
