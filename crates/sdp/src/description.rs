//! A session description: its lines, and the fields of the session.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use bytes::Bytes;

use crate::attributes::{Attributes, name_of};
use crate::index::{Entry, Index};
use crate::value::{
    Bandwidth, Connection, Key, Origin, SessionField, Text, Times, ZoneAdjustments,
};
use crate::{Deviation, Input, LineError, LineName, Media, ParseError, Parser, Tolerances};

/// A session description (RFC 8866): the bytes as they came and an index of their lines.
///
/// Nothing is copied and nothing is mended: what no accessor knows is there as a [`Line`], and
/// [`as_bytes`](Self::as_bytes) are the bytes that were given. A value is read when it is asked
/// for; a value that cannot be read is an error of its own, which hides nothing else.
///
/// ```
/// use sdp::{attribute, SessionDescription};
/// let description = SessionDescription::parse("v=0\r\n\
///     o=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com\r\n\
///     s=\r\n\
///     c=IN IP4 host.atlanta.example.com\r\n\
///     t=0 0\r\n\
///     m=audio 49170 RTP/AVP 0 8 97\r\n\
///     a=rtpmap:0 PCMU/8000\r\n\
///     a=rtpmap:97 iLBC/8000\r\n")?;
/// assert_eq!(description.origin().unwrap().unwrap().username(), b"alice");
/// let audio = description.media().next().unwrap();
/// assert_eq!((audio.media_type(), audio.port(), audio.protocol()), ("audio", 49170, "RTP/AVP"));
/// assert_eq!(audio.payload_types().collect::<Vec<_>>(), [0, 8, 97]);
/// let encodings: Vec<_> = audio.attributes().each(attribute::Rtpmap)
///     .map(|rtpmap| rtpmap.unwrap().encoding())
///     .collect();
/// assert_eq!(encodings, ["PCMU", "iLBC"]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone)]
pub struct SessionDescription {
    buffer: Bytes,
    pub(crate) index: Index,
    tolerances: Tolerances,
}

impl SessionDescription {
    /// Reads a description with default limits and tolerances; see [`Parser`] for others.
    ///
    /// # Errors
    /// When the bytes are no description; the error says where.
    pub fn parse(body: impl Into<Bytes>) -> Result<Self, ParseError> {
        Parser::new().parse(body)
    }

    pub(crate) fn new(buffer: Bytes, index: Index, tolerances: Tolerances) -> Self {
        Self { buffer, index, tolerances }
    }

    pub(crate) fn into_entries(self) -> Vec<Entry> {
        self.index.entries
    }

    /// The description as it came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// The description as it came, sharing its memory.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.buffer.clone()
    }

    /// What was tolerated when the lines were told apart, in order. [`lint`](crate::lint()) looks
    /// into the values as well.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.index.deviations
    }

    /// The tolerances that it was read with, and that its values are read with.
    #[must_use]
    pub fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    /// All lines in order, blank ones left out.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Line<'_>> + Clone {
        (0..self.index.entries.len()).map(|place| Line { description: self, place })
    }

    /// The lines in front of the first `m=` line.
    pub fn session_lines(&self) -> impl ExactSizeIterator<Item = Line<'_>> + Clone {
        self.lines_of(0..self.session_end())
    }

    /// The media sections in order.
    pub fn media(&self) -> impl ExactSizeIterator<Item = Media<'_>> + DoubleEndedIterator + Clone {
        (0..self.index.sections.len()).map(|place| Media::new(self, place))
    }

    /// The media section at a place, from 0: the m-line index.
    #[must_use]
    pub fn media_at(&self, index: usize) -> Option<Media<'_>> {
        (index < self.index.sections.len()).then(|| Media::new(self, index))
    }

    /// The attributes of the session.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes::new(self, 0..self.session_end())
    }

    /// `o=`: who made the description, and which version of it this is (RFC 8866 §5.2).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn origin(&self) -> Result<Option<Origin<'_>>, LineError> {
        self.field(b'o')
    }

    /// `s=`: the name of the session (RFC 8866 §5.3).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn session_name(&self) -> Result<Option<Text<'_>>, LineError> {
        self.field(b's')
    }

    /// `i=`: what the session is about (RFC 8866 §5.4).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn information(&self) -> Result<Option<Text<'_>>, LineError> {
        self.field(b'i')
    }

    /// `u=`: where to read more about the session (RFC 8866 §5.5).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn uri(&self) -> Result<Option<Text<'_>>, LineError> {
        self.field(b'u')
    }

    /// `e=`: the addresses of the people responsible (RFC 8866 §5.6).
    pub fn emails(&self) -> impl Iterator<Item = Result<Text<'_>, LineError>> + Clone {
        self.fields(b'e')
    }

    /// `p=`: the phone numbers of the people responsible (RFC 8866 §5.6).
    pub fn phones(&self) -> impl Iterator<Item = Result<Text<'_>, LineError>> + Clone {
        self.fields(b'p')
    }

    /// `c=`: the address for sections without one of their own (RFC 8866 §5.7).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn connection(&self) -> Result<Option<Connection<'_>>, LineError> {
        self.field(b'c')
    }

    /// `b=`: the bandwidth of the session by modifier (RFC 8866 §5.8).
    pub fn bandwidths(&self) -> impl Iterator<Item = Result<Bandwidth<'_>, LineError>> + Clone {
        self.fields(b'b')
    }

    /// `t=` and the `r=` lines of each: when the session takes place (RFC 8866 §5.9, §5.10).
    #[must_use]
    pub fn times(&self) -> Times<'_> {
        Times::new(self)
    }

    /// `z=`: the shifts between standard and daylight saving time (RFC 8866 §5.11).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn zone_adjustments(&self) -> Result<Option<ZoneAdjustments<'_>>, LineError> {
        self.field(b'z')
    }

    /// `k=`: a key, which must not be used any more (RFC 8866 §5.12).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn key(&self) -> Result<Option<Key<'_>>, LineError> {
        self.field(b'k')
    }

    /// The number of lines in front of the first `m=` line.
    pub(crate) fn session_end(&self) -> usize {
        self.index
            .sections
            .first()
            .map_or(self.index.entries.len(), |section| section.first as usize)
    }

    pub(crate) fn lines_of(
        &self,
        range: Range<usize>,
    ) -> impl ExactSizeIterator<Item = Line<'_>> + Clone {
        range.map(|place| Line { description: self, place })
    }

    /// The lines of the session of this type: those in front of the first `m=` line, and behind it
    /// those that no section can have.
    pub(crate) fn session_lines_of(&self, letter: u8) -> impl Iterator<Item = Line<'_>> + Clone {
        let stray = self.index.misplaced && b"vosueptrz".contains(&letter);
        let end = if stray { self.index.entries.len() } else { self.session_end() };
        self.lines_of(0..end).filter(move |line| line.entry().letter == letter)
    }

    /// The `t=` and `r=` lines from a place on.
    pub(crate) fn time_lines(&self, from: usize) -> impl Iterator<Item = Line<'_>> + Clone {
        let misplaced = self.index.misplaced;
        let end = if misplaced { self.index.entries.len() } else { self.session_end() };
        self.lines_of(from.min(end)..end).filter(|line| matches!(line.entry().letter, b't' | b'r'))
    }

    fn field<'a, F: SessionField<'a>>(&'a self, letter: u8) -> Result<Option<F>, LineError> {
        self.fields(letter).next().transpose()
    }

    fn fields<'a, F: SessionField<'a>>(
        &'a self,
        letter: u8,
    ) -> impl Iterator<Item = Result<F, LineError>> + Clone {
        self.session_lines_of(letter).map(|line| line.field())
    }

    pub(crate) fn entry(&self, place: usize) -> &Entry {
        &self.index.entries[place]
    }

    pub(crate) fn text(&self, start: u32, end: u32) -> &str {
        core::str::from_utf8(&self.buffer[start as usize..end as usize]).unwrap_or_default()
    }
}

impl PartialEq for SessionDescription {
    /// Whether both were read from the same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.buffer == other.buffer
    }
}

impl Eq for SessionDescription {}

impl fmt::Debug for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines()).finish()
    }
}

/// A line that is not blank.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    description: &'a SessionDescription,
    place: usize,
}

impl<'a> Line<'a> {
    pub(crate) fn new(description: &'a SessionDescription, place: usize) -> Self {
        Self { description, place }
    }

    pub(crate) fn description(&self) -> &'a SessionDescription {
        self.description
    }

    pub(crate) fn entry(&self) -> &'a Entry {
        self.description.entry(self.place)
    }

    /// Its place among all lines.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// Its number among the lines of the description, blank ones included, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.description.index.number(self.place)
    }

    /// Its type, the letter in front of `=`; `None` for what was let through as no line at all.
    #[must_use]
    pub fn letter(&self) -> Option<u8> {
        match self.entry().letter {
            0 => None,
            letter => Some(letter),
        }
    }

    /// What stands behind `=`, or the whole line where it is none.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        &self.description.as_bytes()[self.value_range()]
    }

    /// Where the value is, counted from the first byte of the description.
    #[must_use]
    pub fn value_range(&self) -> Range<usize> {
        self.entry().value()..self.entry().end as usize
    }

    /// The line with its line end, and the blank lines behind it.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        &self.description.as_bytes()[self.range()]
    }

    /// Where the line is, its line end and the blank lines behind it included.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        let next = self.description.index.entries.get(self.place + 1);
        let end = next.map_or(self.description.as_bytes().len(), |next| next.start as usize);
        self.entry().start as usize..end
    }

    /// Name and value of an attribute; the value is `None` when there is no colon. `None` for
    /// other lines.
    #[must_use]
    pub fn attribute(&self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        (self.entry().letter == b'a').then(|| name_of(self.value()))
    }

    /// The section that defines the line, as far as it is known.
    #[must_use]
    pub fn rfc(&self) -> Option<&'static str> {
        match self.letter()? {
            b'a' => self.attribute_row().map(|row| row.rfc),
            letter => crate::value::field_rfc(letter),
        }
    }

    pub(crate) fn field<F: SessionField<'a>>(&self) -> Result<F, LineError> {
        let value = self.value();
        let input = Input::new(value, self.description.tolerances);
        F::read(input).map_err(|error| self.error(self.entry().value(), error))
    }

    /// `error` is about the part of the line that starts at `start`.
    #[cold]
    pub(crate) fn error(&self, start: usize, error: crate::ValueError) -> LineError {
        let name = match (self.entry().letter, self.attribute_row()) {
            (b'a', Some(row)) => LineName::Attribute(row.name),
            (letter, _) => LineName::Type(letter),
        };
        let rfc = self.rfc().unwrap_or("RFC 8866 §5");
        LineError::value(name, rfc, self, start, error)
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.letter() {
            Some(letter) => {
                write!(f, "{}={}", letter.escape_ascii(), self.value().escape_ascii())
            }
            None => write!(f, "{}", self.value().escape_ascii()),
        }
    }
}
