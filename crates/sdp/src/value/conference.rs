//! Floors of a conference (RFC 8856).

use core::fmt;

use super::{AttributeValue, Input, ValueError, Words, encode_by_display};
use crate::Rule;

/// `a=floorid` (RFC 8856 §5.4): a floor, and the media that it is for.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::FloorId, Input, Tolerances};
/// let floor = FloorId::parse(&mut Input::new(b"1 mstrm:10 11", Tolerances::strict()))?;
/// assert_eq!((floor.id(), floor.labels().collect::<Vec<_>>()), (1, vec!["10", "11"]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorId<'a> {
    id: u64,
    labels: Option<Words<'a>>,
}

impl<'a> FloorId<'a> {
    /// The number of the floor.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The streams, by their [`Label`](crate::attribute::Label).
    pub fn labels(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.labels.into_iter().flat_map(|labels| labels.iter())
    }
}

impl<'a> AttributeValue<'a> for FloorId<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let id = input.number(u64::MAX, "the number of a floor")?;
        if !input.more()? {
            let end = input.offset();
            input.deviate(Rule::LooseValue, end, end, "mstrm: and labels")?;
            return Ok(Self { id, labels: None });
        }
        let start = input.offset();
        if input.eat_str("m-stream:") {
            // What RFC 4583 had in its examples (RFC 8856 §5.4).
            input.deviate(Rule::LooseValue, start, input.offset(), "mstrm:")?;
        } else if !input.eat_str("mstrm:") {
            return Err(input.unexpected("mstrm:"));
        }
        Ok(Self { id, labels: Some(Words::parse(input)?) })
    }
}

impl fmt::Display for FloorId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        self.labels.map_or(Ok(()), |labels| write!(f, " mstrm:{labels}"))
    }
}

encode_by_display!(FloorId<'_>);
