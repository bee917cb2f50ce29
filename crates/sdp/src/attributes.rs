//! The attributes of the session or of a media section, raw and typed.

use core::iter::Enumerate;
use core::marker::PhantomData;
use core::ops::Range;
use core::slice::Iter;

use memchr::memchr;

use crate::attribute::{Attribute, AttributeRow, AttributeValue, Value, row_of};
use crate::index::{Entry, key};
use crate::input::is_blank;
use crate::{Input, Line, LineError, LineName, Rule, SessionDescription, Tolerances, ValueError};

/// The `a=` lines of the session or of a media section, in order (RFC 8866 §5.13).
///
/// ```
/// use sdp::{attribute, SessionDescription};
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n\
///     a=ptime:20\r\na=X-trunk:7\r\na=sendonly\r\n")?;
/// let attributes = description.media().next().unwrap().attributes();
/// assert_eq!(attributes.find(attribute::Ptime).unwrap().unwrap().to_f64(), 20.0);
/// assert!(attributes.has(attribute::SendOnly));
/// assert!(attributes.find(attribute::MaxPtime).unwrap().is_none());
/// assert_eq!(attributes.raw("x-trunk"), Some(&b"7"[..]));
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    description: &'a SessionDescription,
    first: usize,
    end: usize,
}

impl<'a> Attributes<'a> {
    pub(crate) fn new(description: &'a SessionDescription, range: Range<usize>) -> Self {
        Self { description, first: range.start, end: range.end }
    }

    /// The value of the first line of an attribute; `None` when there is none.
    ///
    /// # Errors
    /// When the value is bad: an attribute that cannot be read is not one that is absent.
    #[inline]
    pub fn find<A: Attribute>(&self, attribute: A) -> Result<Option<A::Value<'a>>, LineError> {
        self.each(attribute).next().transpose()
    }

    /// The value of an attribute that must be there.
    ///
    /// # Errors
    /// When it is missing, or its value is bad.
    #[inline]
    pub fn require<A: Attribute>(&self, attribute: A) -> Result<A::Value<'a>, LineError> {
        match self.find(attribute)? {
            Some(value) => Ok(value),
            None => Err(LineError::missing(LineName::Attribute(A::NAME), A::RFC)),
        }
    }

    /// The values of all lines of an attribute. A bad value is an error in its place and hides
    /// none of those behind it.
    #[inline]
    pub fn each<A: Attribute>(&self, _: A) -> Each<'a, A> {
        let entries = self.description.index.entries[self.first..self.end].iter().enumerate();
        Each { attributes: *self, entries, attribute: PhantomData }
    }

    /// Whether there is a line of an attribute, whatever its value.
    #[must_use]
    #[inline]
    pub fn has<A: Attribute>(&self, _: A) -> bool {
        let wanted = const { key(A::NAME.as_bytes()) };
        let tolerances = self.description.tolerances();
        self.iter().any(|line| {
            line.entry().key == wanted && value_of(line.value(), A::NAME, tolerances).is_some()
        })
    }

    /// The value of the first line with this name, in any case, as it came; empty when there is no
    /// colon.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        let (_, value) = self.lines(name).next()?.attribute()?;
        Some(value.unwrap_or_default())
    }

    /// The lines with this name, in any case.
    pub fn lines<'n>(&self, name: &'n str) -> impl Iterator<Item = Line<'a>> + Clone + use<'a, 'n> {
        let wanted = key(name.as_bytes());
        self.iter().filter(move |line| {
            line.entry().key == wanted
                && name_of(line.value()).0.eq_ignore_ascii_case(name.as_bytes())
        })
    }

    /// All `a=` lines in order.
    pub fn iter(&self) -> impl Iterator<Item = Line<'a>> + Clone + use<'a> {
        self.description.lines_of(self.first..self.end).filter(|line| line.entry().letter == b'a')
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// Name and value of an attribute, which the first colon parts. White space behind a name without
/// value is no part of it.
pub(crate) fn name_of(attribute: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr(b':', attribute) {
        Some(colon) => (&attribute[..colon], Some(&attribute[colon + 1..])),
        None => (trim_end(attribute), None),
    }
}

fn trim_end(text: &[u8]) -> &[u8] {
    let len = text.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    &text[..len]
}

/// What stands behind the colon, when `attribute` has this name. A name in another case is that
/// of another attribute where [`Rule::AttributeCase`] is off, and so is one with white space behind
/// it where [`Rule::SurroundingSpace`] is.
#[inline]
fn value_of<'a>(
    attribute: &'a [u8],
    name: &str,
    tolerances: Tolerances,
) -> Option<Option<&'a [u8]>> {
    let found = attribute.get(..name.len())?;
    if found != name.as_bytes()
        && !(found.eq_ignore_ascii_case(name.as_bytes()) && tolerances.allows(Rule::AttributeCase))
    {
        return None;
    }
    match attribute.get(name.len()) {
        None => Some(None),
        Some(b':') => Some(Some(&attribute[name.len() + 1..])),
        Some(_) => (trim_end(attribute).len() == name.len()
            && tolerances.allows(Rule::SurroundingSpace))
        .then_some(None),
    }
}

/// Reads a whole value.
#[inline]
pub(crate) fn read<'a, V>(
    mut input: Input<'a, '_>,
    verbatim: bool,
    parse: impl FnOnce(&mut Input<'a, '_>) -> Result<V, ValueError>,
) -> Result<V, ValueError> {
    if !verbatim {
        input.start()?;
    }
    let value = parse(&mut input)?;
    if !verbatim {
        input.end()?;
    }
    Ok(value)
}

/// The iterator of [`Attributes::each`].
#[derive(Debug)]
pub struct Each<'a, A> {
    attributes: Attributes<'a>,
    entries: Enumerate<Iter<'a, Entry>>,
    attribute: PhantomData<A>,
}

impl<A> Clone for Each<'_, A> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), ..*self }
    }
}

impl<'a, A: Attribute> Iterator for Each<'a, A> {
    type Item = Result<A::Value<'a>, LineError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let description = self.attributes.description;
        let tolerances = description.tolerances();
        let wanted = const { key(A::NAME.as_bytes()) };
        for (place, entry) in self.entries.by_ref() {
            if entry.key != wanted || entry.letter != b'a' {
                continue;
            }
            let attribute = &description.as_bytes()[entry.value()..entry.end as usize];
            let Some(value) = value_of(attribute, A::NAME, tolerances) else { continue };
            let input = Input::of_attribute(value, tolerances);
            return Some(read(input, A::Value::VERBATIM, A::parse).map_err(|error| {
                let line = Line::new(description, self.attributes.first + place);
                bad_value::<A>(line, error)
            }));
        }
        None
    }
}

#[cold]
fn bad_value<'a, A: Attribute>(line: Line<'a>, error: ValueError) -> LineError {
    let start = value_start(&line);
    LineError::value(LineName::Attribute(A::NAME), A::RFC, &line, start, error)
}

/// Where the value of an attribute starts, behind its colon.
fn value_start(line: &Line<'_>) -> usize {
    let value = line.value_range();
    memchr(b':', line.value()).map_or(value.end, |colon| value.start + colon + 1)
}

impl<'a> Line<'a> {
    /// What the table knows of an attribute; `None` for other lines.
    #[must_use]
    pub fn attribute_row(&self) -> Option<&'static AttributeRow> {
        let any_case = self.description().tolerances().allows(Rule::AttributeCase);
        self.attribute().and_then(|(name, _)| row_of(name, any_case))
    }

    /// The value of an attribute of the table whose name is known at run time only, as tools need
    /// it; `None` for other lines.
    ///
    /// # Errors
    /// When the value is bad.
    pub fn attribute_value(&self) -> Option<Result<Value<'a>, LineError>> {
        let row = self.attribute_row()?;
        let (_, value) = self.attribute()?;
        let input = Input::of_attribute(value, self.description().tolerances());
        Some(self.read_attribute(row, input))
    }

    pub(crate) fn read_attribute(
        &self,
        row: &'static AttributeRow,
        input: Input<'a, '_>,
    ) -> Result<Value<'a>, LineError> {
        (row.read)(input).map_err(|error| self.error(value_start(self), error))
    }

    /// As [`attribute_value`](Self::attribute_value); what is tolerated is written to
    /// `deviations`.
    pub fn attribute_value_checked(
        &self,
        deviations: &mut alloc::vec::Vec<crate::Deviation>,
    ) -> Option<Result<Value<'a>, LineError>> {
        let row = self.attribute_row()?;
        let (_, value) = self.attribute()?;
        let input = Input::of_attribute(value, self.description().tolerances())
            .recording(value_start(self), deviations);
        Some(self.read_attribute(row, input))
    }
}
