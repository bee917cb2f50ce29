//! Changing a description: a list of operations over the original, one copy at the end.
//!
//! What no operation names leaves as it came, byte for byte and in order, line ends included.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::{BufMut, Bytes};

use crate::attribute::{Attribute, AttributeValue};
use crate::attributes::name_of;
use crate::build::{Address, BuildError, BuildErrorKind};
use crate::encode::{Encode, EncodeError, ValueWriter};
use crate::index::{Index, MEDIA, ONCE, SESSION, payload_type};
use crate::input::is_blank;
use crate::value::Origin;
use crate::{Direction, Input, Limits, SessionDescription, Tolerances};

mod media;

/// Where an operation works: on the session, or on a media section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// The lines in front of the first `m=` line.
    Session,
    /// The section with this place, from 0.
    Media(usize),
}

/// An edit of a [`SessionDescription`]: operations over the original, which is not touched and may
/// be edited any number of times.
///
/// Each operation sees the description as the ones before have left it. New lines stand where
/// RFC 8866 §9 wants their type, and end as the first line of the description does.
///
/// ```
/// use sdp::{attribute, Address, At, SessionDescription};
/// let description = SessionDescription::parse("v=0\r\no=- 7 1 IN IP4 10.0.0.7\r\ns=-\r\n\
///     c=IN IP4 10.0.0.7\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 97 101\r\na=rtpmap:97 iLBC/8000\r\n\
///     a=rtpmap:101 telephone-event/8000\r\na=X-odd  as it came\r\n")?;
/// // What a border element does: another address and port, and a codec less.
/// let edited = description.edit()
///     .bump_version()
///     .set_connection(At::Session, &Address::from(std::net::Ipv4Addr::new(192, 0, 2, 1)))
///     .set_port(0, 30000)
///     .retain_formats(0, |format| format != b"97")
///     .set(At::Media(0), attribute::Ptime, "20")
///     .finish()?;
/// assert_eq!(edited.as_bytes(), b"v=0\r\no=- 7 2 IN IP4 10.0.0.7\r\ns=-\r\n\
///     c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0 101\r\n\
///     a=rtpmap:101 telephone-event/8000\r\na=X-odd  as it came\r\na=ptime:20\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A value that is refused changes nothing. The edit stays usable and remembers the first error:
/// [`error`](Self::error) tells it, [`finish`](Self::finish) and [`write_to`](Self::write_to)
/// return it. Values of typed operations must be those of the attribute; the operations that end
/// in `_raw` take any text without CR, LF and NUL.
#[derive(Clone, Debug)]
#[must_use = "an edit does nothing until it is finished"]
pub struct Edit<'a> {
    original: &'a SessionDescription,
    pieces: Vec<Piece>,
    /// The text of new lines, without line ends.
    text: Vec<u8>,
    error: Option<BuildError>,
}

/// A line of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    letter: u8,
    /// The line of the original that it is, or whose line end it takes over.
    place: Option<usize>,
    /// Where the new text is.
    new: Option<(usize, usize)>,
}

impl SessionDescription {
    /// An edit of this description.
    pub fn edit(&self) -> Edit<'_> {
        let piece = |(place, entry): (usize, &crate::index::Entry)| Piece {
            letter: entry.letter,
            place: Some(place),
            new: None,
        };
        let pieces = self.index.entries.iter().enumerate().map(piece).collect();
        Edit { original: self, pieces, text: Vec::new(), error: None }
    }
}

impl Edit<'_> {
    /// The first error of an operation.
    #[must_use]
    pub fn error(&self) -> Option<BuildError> {
        self.error
    }

    /// How many octets the result has.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let mut len = 0;
        self.each_slice(|slice| len += slice.len());
        len
    }

    /// Writes the result.
    ///
    /// # Errors
    /// When an operation was refused, or there is no room for the result; nothing is written then.
    pub fn write_to(&self, out: &mut impl BufMut) -> Result<(), BuildError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if out.remaining_mut() < self.encoded_len() {
            return Err(BuildError::new(BuildErrorKind::NoRoom));
        }
        self.each_slice(|slice| out.put_slice(slice));
        Ok(())
    }

    /// The octets of the result, for those who send it and do not look into it again.
    ///
    /// # Errors
    /// When an operation was refused.
    pub fn to_bytes(&self) -> Result<Bytes, BuildError> {
        let mut out = Vec::with_capacity(self.encoded_len());
        self.write_to(&mut out)?;
        Ok(out.into())
    }

    /// The result, read with the tolerances of the original.
    ///
    /// # Errors
    /// When an operation was refused, or the result would not be read again.
    pub fn finish(&self) -> Result<SessionDescription, BuildError> {
        read(self.to_bytes()?, self.original.tolerances())
    }

    /// Every part of the result in order.
    fn each_slice<'s>(&'s self, mut write: impl FnMut(&'s [u8])) {
        let bytes = self.original.as_bytes();
        let entries = &self.original.index.entries;
        let end =
            |place: usize| entries.get(place + 1).map_or(bytes.len(), |next| next.start as usize);
        // Blank lines in front of all others.
        write(&bytes[..entries.first().map_or(0, |first| first.start as usize)]);
        for (at, piece) in self.pieces.iter().enumerate() {
            let tail = piece.place.map(|place| &bytes[entries[place].end as usize..end(place)]);
            match (piece.new, piece.place) {
                (Some((start, end)), _) => write(&self.text[start..end]),
                (None, Some(place)) => {
                    write(&bytes[entries[place].start as usize..entries[place].end as usize]);
                }
                (None, None) => {}
            }
            match tail {
                Some(tail) if !tail.is_empty() => write(tail),
                // The last line of the original may lack its line end, and be the last no more.
                Some(_) if at + 1 == self.pieces.len() => {}
                // A carriage return at its end is no part of the line end.
                Some(_) if self.line(*piece).ends_with(b"\r") => write(b"\r\n"),
                _ => write(self.line_end()),
            }
        }
    }

    /// The line end of new lines: that of the first line.
    fn line_end(&self) -> &'static [u8] {
        let bytes = self.original.as_bytes();
        let end = self.original.index.entries.first().map_or(0, |first| first.end as usize);
        if bytes.get(end) == Some(&b'\n') { b"\n" } else { b"\r\n" }
    }

    /// Does what may be refused, and remembers the first error.
    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<(), BuildError>) -> &mut Self {
        let (len, pieces) = (self.text.len(), self.pieces.len());
        if let Err(error) = work(self) {
            // Operations check before they change lines.
            debug_assert_eq!(pieces, self.pieces.len());
            self.text.truncate(len);
            self.error.get_or_insert(error);
        }
        self
    }

    /// The pieces of the session, or of a section with its `m=` line.
    fn range(&self, at: At) -> Result<core::ops::Range<usize>, BuildError> {
        let mut media = self.pieces.iter().enumerate().filter(|(_, piece)| piece.letter == b'm');
        let len = self.pieces.len();
        match at {
            At::Session => Ok(0..media.next().map_or(len, |(place, _)| place)),
            At::Media(section) => {
                let missing = BuildError::section(BuildErrorKind::NoSection, section);
                let (first, _) = media.nth(section).ok_or(missing)?;
                Ok(first..media.next().map_or(len, |(place, _)| place))
            }
        }
    }

    /// The line of a piece without its line end.
    fn line(&self, piece: Piece) -> &[u8] {
        match (piece.new, piece.place) {
            (Some((start, end)), _) => &self.text[start..end],
            (None, Some(place)) => {
                let entry = self.original.entry(place);
                &self.original.as_bytes()[entry.start as usize..entry.end as usize]
            }
            (None, None) => b"",
        }
    }

    /// What stands behind the `=` of a piece.
    fn value(&self, piece: Piece) -> &[u8] {
        self.line(piece).get(2..).unwrap_or_default()
    }

    /// The first piece of a type at a level.
    fn find(&self, at: At, letter: u8) -> Result<Option<usize>, BuildError> {
        let range = self.range(at)?;
        let start = range.start;
        Ok(self.pieces[range].iter().position(|piece| piece.letter == letter).map(|i| start + i))
    }

    /// Writes a new line `<letter>=<value>`.
    fn write(&mut self, letter: u8, value: &impl Encode) -> Result<(usize, usize), EncodeError> {
        let start = self.text.len();
        self.text.extend_from_slice(&[letter, b'=']);
        match ValueWriter::new(&mut self.text).value(value) {
            Ok(()) => Ok((start, self.text.len())),
            Err(error) => {
                self.text.truncate(start);
                Err(error)
            }
        }
    }

    /// Replaces the first line of a type, or adds one where its type belongs.
    fn set_line(&mut self, at: At, letter: u8, value: &impl Encode) -> Result<(), BuildError> {
        let found = self.find(at, letter)?;
        let new = self.write(letter, value).map_err(|error| BuildError::line(letter, error))?;
        match found {
            Some(piece) => self.pieces[piece].new = Some(new),
            None => self.insert(at, letter, new)?,
        }
        Ok(())
    }

    /// Adds a line behind those that must stand in front of it.
    fn insert(&mut self, at: At, letter: u8, new: (usize, usize)) -> Result<(), BuildError> {
        let range = self.range(at)?;
        let ranks = if at == At::Session { &SESSION } else { &MEDIA };
        let rank = |letter: u8| ranks[usize::from(letter)] & !ONCE;
        let behind = self.pieces[range.clone()]
            .iter()
            .rposition(|piece| (1..=rank(letter)).contains(&rank(piece.letter)));
        let place = behind.map_or(range.start, |behind| range.start + behind + 1);
        self.pieces.insert(place, Piece { letter, place: None, new: Some(new) });
        Ok(())
    }

    /// Raises the version of `o=` by one (RFC 3264 §8). A version that is no number, or the
    /// largest there is, becomes 1.
    pub fn bump_version(&mut self) -> &mut Self {
        self.attempt(|edit| {
            edit.edit_origin(|origin, out| {
                let version = origin.session_version().and_then(|version| version.checked_add(1));
                origin.write_with(version.unwrap_or(1), None, out)
            })
        })
    }

    /// Sets the address of `o=`.
    pub fn set_origin_address(&mut self, address: &Address) -> &mut Self {
        self.attempt(|edit| {
            edit.edit_origin(|origin, out| {
                origin.write_with(origin.session_version_str(), Some(address), out)
            })
        })
    }

    fn edit_origin(
        &mut self,
        write: impl FnOnce(&Origin<'_>, &mut ValueWriter<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), BuildError> {
        let missing = BuildError::of_line(BuildErrorKind::Missing, b'o');
        let piece = self.find(At::Session, b'o')?.ok_or(missing)?;
        let mut out = Vec::new();
        let value = self.value(self.pieces[piece]);
        let origin = Origin::read_loosely(value);
        write(&origin, &mut ValueWriter::new(&mut out))
            .map_err(|error| BuildError::line(b'o', error))?;
        self.set_line(At::Session, b'o', &out.as_slice())
    }

    /// Sets `s=`.
    pub fn set_session_name(&mut self, name: impl Encode) -> &mut Self {
        self.attempt(|edit| edit.set_line(At::Session, b's', &name))
    }

    /// Sets `c=` of the session or of a section; there, further `c=` lines are taken out.
    pub fn set_connection(&mut self, at: At, address: &Address) -> &mut Self {
        self.attempt(|edit| {
            edit.set_line(at, b'c', &address.connection())?;
            edit.keep_first(at, b'c')
        })
    }

    /// Takes all lines of a type but the first out.
    fn keep_first(&mut self, at: At, letter: u8) -> Result<(), BuildError> {
        let mut seen = false;
        self.retain(at, |_, piece| piece.letter != letter || !core::mem::replace(&mut seen, true))
    }

    /// Keeps the lines of a level for which `keep` holds.
    fn retain(
        &mut self,
        at: At,
        mut keep: impl FnMut(&Self, Piece) -> bool,
    ) -> Result<(), BuildError> {
        let range = self.range(at)?;
        let kept: Vec<bool> =
            self.pieces[range.clone()].iter().map(|piece| keep(self, *piece)).collect();
        let mut place = 0usize;
        self.pieces.retain(|_| {
            let own = place.checked_sub(range.start).and_then(|i| kept.get(i)).copied();
            place += 1;
            own.unwrap_or(true)
        });
        Ok(())
    }

    /// Sets `b=` for a modifier, as `AS`.
    pub fn set_bandwidth(&mut self, at: At, modifier: &str, value: u64) -> &mut Self {
        self.attempt(|edit| {
            let range = edit.range(at)?;
            let new = edit
                .write(b'b', &format_args!("{modifier}:{value}"))
                .map_err(|error| BuildError::line(b'b', error))?;
            let start = range.start;
            let found = edit.pieces[range].iter().position(|piece| {
                piece.letter == b'b' && name_of(edit.value(*piece)).0 == modifier.as_bytes()
            });
            match found {
                Some(found) => edit.pieces[start + found].new = Some(new),
                None => edit.insert(at, b'b', new)?,
            }
            Ok(())
        })
    }

    /// Replaces the first line of an attribute and takes its further lines out; where there is
    /// none, one is added behind all others.
    pub fn set<A: Attribute>(&mut self, at: At, _: A, value: impl Encode) -> &mut Self {
        self.attempt(|edit| {
            let new = edit.typed::<A>(&value)?;
            edit.set_attribute(at, A::NAME, new)
        })
    }

    /// [`set`](Self::set) by name. `None` for an attribute without value.
    pub fn set_raw(&mut self, at: At, name: &str, value: Option<&str>) -> &mut Self {
        self.attempt(|edit| {
            let new = edit.raw(name, value)?;
            edit.set_attribute(at, name, new)
        })
    }

    /// Appends a line of an attribute, behind all others.
    pub fn append<A: Attribute>(&mut self, at: At, _: A, value: impl Encode) -> &mut Self {
        self.attempt(|edit| {
            let new = edit.typed::<A>(&value)?;
            edit.insert(at, b'a', new)
        })
    }

    /// [`append`](Self::append) by name. `None` for an attribute without value.
    pub fn append_raw(&mut self, at: At, name: &str, value: Option<&str>) -> &mut Self {
        self.attempt(|edit| {
            let new = edit.raw(name, value)?;
            edit.insert(at, b'a', new)
        })
    }

    /// Takes the first line of an attribute out.
    pub fn remove_first<A: Attribute>(&mut self, at: At, _: A) -> &mut Self {
        let mut seen = false;
        self.remove_where(at, |name, _| {
            name.eq_ignore_ascii_case(A::NAME.as_bytes()) && !core::mem::replace(&mut seen, true)
        })
    }

    /// Takes all lines of an attribute out.
    pub fn remove_all<A: Attribute>(&mut self, at: At, _: A) -> &mut Self {
        self.remove_all_raw(at, A::NAME)
    }

    /// [`remove_all`](Self::remove_all) by name, in any case.
    pub fn remove_all_raw(&mut self, at: At, name: &str) -> &mut Self {
        self.remove_where(at, |found, _| found.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Takes those attributes out for whose name and value `remove` holds.
    pub fn remove_where(
        &mut self,
        at: At,
        mut remove: impl FnMut(&[u8], Option<&[u8]>) -> bool,
    ) -> &mut Self {
        self.attempt(|edit| {
            edit.retain(at, |edit, piece| {
                let (name, value) = name_of(edit.value(piece));
                piece.letter != b'a' || !remove(name, value)
            })
        })
    }

    /// Sets the direction, whichever of the four attributes said it before.
    pub fn set_direction(&mut self, at: At, direction: Direction) -> &mut Self {
        self.attempt(|edit| {
            let range = edit.range(at)?;
            let new = edit.raw(direction.name(), None)?;
            let start = range.start;
            let is_direction = |edit: &Self, piece: Piece| {
                piece.letter == b'a' && Direction::of_name(name_of(edit.value(piece)).0).is_some()
            };
            let found = edit.pieces[range].iter().position(|piece| is_direction(edit, *piece));
            match found {
                Some(found) => edit.pieces[start + found].new = Some(new),
                None => return edit.insert(at, b'a', new),
            }
            let mut seen = false;
            edit.retain(at, |edit, piece| {
                !is_direction(edit, piece) || !core::mem::replace(&mut seen, true)
            })
        })
    }

    fn set_attribute(&mut self, at: At, name: &str, new: (usize, usize)) -> Result<(), BuildError> {
        let range = self.range(at)?;
        let has_name = |edit: &Self, piece: Piece| {
            piece.letter == b'a'
                && name_of(edit.value(piece)).0.eq_ignore_ascii_case(name.as_bytes())
        };
        let start = range.start;
        let found = self.pieces[range].iter().position(|piece| has_name(self, *piece));
        let Some(found) = found else { return self.insert(at, b'a', new) };
        self.pieces[start + found].new = Some(new);
        let mut seen = false;
        self.retain(at, |edit, piece| {
            !has_name(edit, piece) || !core::mem::replace(&mut seen, true)
        })
    }

    /// A line of an attribute whose value must be one of it.
    fn typed<A: Attribute>(&mut self, value: &impl Encode) -> Result<(usize, usize), BuildError> {
        let refused = |error| BuildError::attribute(A::NAME, error);
        let written = value.to_value().map_err(refused)?;
        let has_value = !written.is_empty();
        let behind = has_value.then_some(written.as_slice());
        let input = Input::of_attribute(behind, Tolerances::default());
        crate::attributes::read(input, A::Value::VERBATIM, A::parse)
            .map_err(|error| refused(error.into()))?;
        self.attribute_line(A::NAME, behind)
    }

    fn raw(&mut self, name: &str, value: Option<&str>) -> Result<(usize, usize), BuildError> {
        let mut checked = Vec::new();
        ValueWriter::new(&mut checked)
            .token(name)
            .map_err(|error| BuildError::of_line(BuildErrorKind::Value(error), b'a'))?;
        self.attribute_line(name, value.map(str::as_bytes))
    }

    fn attribute_line(
        &mut self,
        name: &str,
        value: Option<&[u8]>,
    ) -> Result<(usize, usize), BuildError> {
        let mut line = Vec::with_capacity(name.len() + value.map_or(0, |value| value.len() + 1));
        line.extend_from_slice(name.as_bytes());
        if let Some(value) = value {
            line.push(b':');
            line.extend_from_slice(value);
        }
        self.write(b'a', &line.as_slice()).map_err(|error| BuildError::line(b'a', error))
    }
}

/// Reads a description of our own making.
pub(crate) fn read(bytes: Bytes, tolerances: Tolerances) -> Result<SessionDescription, BuildError> {
    let refused = |error| BuildError::new(BuildErrorKind::Description(error));
    // Offsets have 32 bits.
    if u32::try_from(bytes.len()).is_err() {
        return Err(BuildError::new(BuildErrorKind::TooLong));
    }
    let index = Index::of(&bytes, Vec::new(), &Limits::none(), tolerances).map_err(refused)?;
    Ok(SessionDescription::new(bytes, index, tolerances))
}

impl Origin<'_> {
    /// The value with another version and, perhaps, another address.
    fn write_with(
        &self,
        version: impl core::fmt::Display,
        address: Option<&Address>,
        out: &mut ValueWriter<'_>,
    ) -> Result<(), EncodeError> {
        out.text(self.username())?;
        out.display(format_args!(" {} {version} ", self.session_id_str()))?;
        match address {
            Some(address) => out.display(address.connection()),
            None => out.display(format_args!(
                "{} {} {}",
                self.network_type(),
                self.address_type(),
                self.address()
            )),
        }
    }
}
