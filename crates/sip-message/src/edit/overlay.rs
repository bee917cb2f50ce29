//! Changes laid over the header lines of a message: what is taken out of the original and what
//! stands in its place.
//!
//! Every change is a [`Patch`] at a line of the original; the patches are in the order in which
//! their text goes out. Operations see the lines as the ones before have left them. Nothing is
//! written to the list before a value was checked, so an operation that is refused changes nothing.

use super::patches::Patches;
use crate::encode::{BuildError, BuildErrorKind, Encode, EncodeError, Sort, Text};
use crate::header::{ALL, Header, Known, ListKind};
use crate::headers::Split;
use crate::index::{Entry, narrow};
use crate::name::classify;
use crate::start_line::Span;
use crate::{HeaderName, Input, Parts, Tolerances, class};

/// The lines of an original, which may have none, and the changes to them.
#[derive(Clone, Debug)]
pub(crate) struct Overlay<'a> {
    pub(super) buffer: &'a [u8],
    pub(super) index: &'a [Entry],
    /// Where the lines of the original end.
    pub(super) end: u32,
    /// How a line ends that is written.
    pub(super) line_end: &'static [u8],
    pub(super) empty_line: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) tolerances: Tolerances,
    /// Whether the original has deviations that the result may have as well.
    pub(super) deviates: bool,
    /// Whether known names are written in their compact form.
    pub(crate) compact: bool,
    /// Whether a Content-Length was set or taken out by hand.
    pub(super) length_changed: bool,
    pub(super) patches: Patches,
    pub(crate) text: Text,
}

/// One change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    /// The line of the original that it changes or stands before; one past the last for the end.
    pub(super) line: u32,
    pub(super) change: Change,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// A new line before the line.
    New { name: Name, value: Src },
    /// The line goes.
    Drop,
    /// This part of the line gives way to that text.
    Splice { out: Span, text: Span },
}

/// The name of a new line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    Known(u8),
    /// A name that the table does not have.
    Text(Span),
}

/// Where a text is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Src {
    /// In the buffer of the original.
    Original(Span),
    /// In the text of the overlay.
    Text(Span),
}

impl Src {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Original(span) | Self::Text(span) => span.len(),
        }
    }
}

/// The header that an operation is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'n> {
    id: u8,
    name: &'n str,
    list: Option<ListKind>,
    /// The name for errors.
    fixed: Option<HeaderName<'static>>,
}

/// A place between two lines: where a patch would be, and the line of the original behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) patch: usize,
    pub(super) line: usize,
}

impl Place {
    pub(super) const START: Self = Self { patch: 0, line: 0 };
}

/// A line as it is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current {
    /// The place of its patch, or where that would be.
    pub(super) patch: usize,
    pub(super) line: usize,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Original,
    Spliced,
    New,
}

impl Current {
    /// Where a line stands that is put before this one.
    pub(super) fn before(self) -> Place {
        Place { patch: self.patch, line: self.line }
    }

    /// Where a line stands that is put behind this one.
    pub(super) fn behind(self) -> Place {
        let patch = self.patch + usize::from(self.state != State::Original);
        let line = self.line + usize::from(self.state != State::New);
        Place { patch, line }
    }
}

impl<'n> Key<'n> {
    pub(crate) fn of<H: Header>() -> Result<Key<'static>, BuildError> {
        let named = match H::ROW {
            Some(row) => Key { id: row as u8, name: H::NAME, list: None, fixed: None },
            None => Key::named(H::NAME)?,
        };
        Ok(Key { list: Some(H::LIST), fixed: Some(HeaderName::from_token(H::NAME)), ..named })
    }

    pub(crate) fn named(name: &'n str) -> Result<Self, BuildError> {
        if !class::all(name.as_bytes(), class::TOKEN) || u16::try_from(name.len()).is_err() {
            return Err(BuildError::new(BuildErrorKind::HeaderName));
        }
        let id = classify(name.as_bytes(), 0, name.len());
        let known = ALL[usize::from(id)];
        let list = known.row().map(|row| row.list);
        let fixed = list.map(|_| HeaderName::of_row(known));
        Ok(Self { id, name, list, fixed })
    }

    pub(crate) fn known(known: Known) -> Key<'static> {
        let row = known.row();
        Key {
            id: known as u8,
            name: row.map_or("", |row| row.name),
            list: row.map(|row| row.list),
            fixed: Some(HeaderName::of_row(known)),
        }
    }

    pub(crate) fn refused(&self, error: EncodeError) -> BuildError {
        BuildError::at(BuildErrorKind::Value(error), self.fixed)
    }

    pub(crate) fn error(&self, kind: BuildErrorKind) -> BuildError {
        BuildError::at(kind, self.fixed)
    }
}

impl<'a> Overlay<'a> {
    /// Nothing changed yet.
    pub(crate) fn over(parts: &'a Parts) -> Self {
        let buffer: &[u8] = parts.source();
        let bare = parts.start_line().ends_with(b"\n") && !parts.start_line().ends_with(b"\r\n");
        let line_end: &[u8] = if bare { b"\n" } else { b"\r\n" };
        let end = parts.empty_line_offset();
        let body = parts.body_range();
        // A datagram may end without its empty line; what is sent may not.
        let there = &buffer[end..body.start];
        Self {
            buffer,
            index: parts.index(),
            end: narrow(end),
            line_end,
            empty_line: if there.is_empty() { line_end } else { there },
            body: parts.body(),
            tolerances: parts.tolerances(),
            deviates: !parts.deviations().is_empty(),
            compact: false,
            length_changed: false,
            patches: Patches::new(),
            text: Text::new(),
        }
    }

    /// No lines at all; values may be taken from `buffer`.
    pub(crate) fn empty(buffer: &'a [u8]) -> Self {
        Self {
            buffer,
            index: &[],
            end: 0,
            line_end: b"\r\n",
            empty_line: b"\r\n",
            body: &[],
            tolerances: Tolerances::default(),
            deviates: false,
            compact: false,
            length_changed: false,
            patches: Patches::new(),
            text: Text::new(),
        }
    }

    /// Values are checked under these.
    pub(crate) fn read_under(&mut self, tolerances: Tolerances) {
        self.tolerances = tolerances;
    }

    pub(crate) fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    pub(crate) fn buffer(&self) -> &'a [u8] {
        self.buffer
    }

    /// The value of the first line of a header.
    pub(crate) fn first_of(&self, key: &Key<'_>) -> Option<&[u8]> {
        self.first_of_key(key).map(|line| self.value(line))
    }

    pub(crate) fn get(&self, src: Src) -> &[u8] {
        match src {
            Src::Original(span) => span.of(self.buffer),
            Src::Text(span) => self.text.get(span),
        }
    }

    /// Writes a value and sees that it is one of the header.
    pub(crate) fn typed<H: Header>(
        &mut self,
        key: &Key<'_>,
        value: &(impl Encode + ?Sized),
    ) -> Result<Span, BuildError> {
        let span = self.text.value(value).map_err(|error| key.refused(error))?;
        let sort = value.sort();
        if sort != Sort::Any && (sort == H::SORT || sort == Sort::Row(key.id)) {
            return Ok(span);
        }
        let mut split = Split::new(Input::new(self.text.get(span), self.tolerances), H::LIST);
        while let Some(item) = split.next(H::parse) {
            item.map_err(|error| key.refused(error.into()))?;
        }
        Ok(span)
    }

    /// Writes a value of whatever kind.
    pub(crate) fn raw(
        &mut self,
        key: &Key<'_>,
        value: &(impl Encode + ?Sized),
    ) -> Result<Span, BuildError> {
        self.text.value(value).map_err(|error| key.refused(error))
    }

    /// The first line as it is now.
    pub(super) fn first_line(&self) -> Option<Current> {
        self.find(|_| true, |_| true, Place::START)
    }

    /// The lines of a header as they are now.
    pub(super) fn lines_of<'s>(&'s self, key: Key<'s>) -> impl Iterator<Item = Current> + 's {
        let mut from = Place::START;
        core::iter::from_fn(move || {
            let current = self.next_of(&key, from)?;
            from = current.behind();
            Some(current)
        })
    }

    /// The first line of a header that is not before `from`.
    pub(super) fn next_of(&self, key: &Key<'_>, from: Place) -> Option<Current> {
        let id = key.id;
        if id != 0 {
            let new = |name| matches!(name, Name::Known(known) if known == id);
            return self.find(|entry| entry.id == id, new, from);
        }
        let named = |name: &[u8]| name.eq_ignore_ascii_case(key.name.as_bytes());
        let new = |name| matches!(name, Name::Text(name) if named(self.text.get(name)));
        self.find(|entry| entry.id == 0 && named(self.name(entry)), new, from)
    }

    /// The first line at or behind a patch and a line of the original.
    #[inline(always)]
    fn find(
        &self,
        old: impl Fn(&Entry) -> bool,
        new: impl Fn(Name) -> bool,
        from: Place,
    ) -> Option<Current> {
        let next = |line: usize| {
            let found = self.index[line..].iter().position(&old);
            found.map_or(self.index.len(), |at| line + at)
        };
        let mut line = next(from.line);
        let mut place = from.patch;
        while let Some(patch) = self.patches.get(place) {
            let at = patch.line as usize;
            if line < at {
                return Some(Current { patch: place, line, state: State::Original });
            }
            match patch.change {
                Change::New { name, .. } if new(name) => {
                    return Some(Current { patch: place, line: at, state: State::New });
                }
                Change::Splice { .. } if line == at => {
                    return Some(Current { patch: place, line, state: State::Spliced });
                }
                Change::Drop if line == at => line = next(line + 1),
                _ => {}
            }
            place += 1;
        }
        let there = line < self.index.len();
        there.then_some(Current { patch: self.patches.len(), line, state: State::Original })
    }

    /// The first line of a header as it is now.
    pub(super) fn first_of_key(&self, key: &Key<'_>) -> Option<Current> {
        self.next_of(key, Place::START)
    }

    /// Notes that a header is changed.
    pub(super) fn touch(&mut self, key: &Key<'_>) {
        self.length_changed |= key.id == Known::ContentLength as u8;
    }

    pub(crate) fn has(&self, key: Key<'_>) -> bool {
        self.first_of_key(&key).is_some()
    }

    /// Puts a new line before `at`, or behind all lines.
    pub(super) fn insert(&mut self, at: Option<Place>, key: &Key<'_>, value: Src) {
        self.touch(key);
        let name = match key.id {
            0 => Name::Text(self.text.push(key.name.as_bytes())),
            id => Name::Known(id),
        };
        let end = Place { patch: self.patches.len(), line: self.index.len() };
        let Place { patch, line } = at.unwrap_or(end);
        let change = Change::New { name, value };
        self.patches.insert(patch, Patch { line: narrow(line), change });
    }

    /// Puts a new line behind all lines.
    pub(crate) fn push(&mut self, key: &Key<'_>, value: Src) {
        self.insert(None, key, value);
    }

    /// A header that may be there once must not be there again.
    pub(crate) fn check_single(&self, key: &Key<'_>) -> Result<(), BuildError> {
        match key.list == Some(ListKind::Single) && self.has(*key) {
            true => Err(key.error(BuildErrorKind::Duplicate)),
            false => Ok(()),
        }
    }

    /// Replaces the first line's value and drops the others; adds the line if there is none.
    pub(crate) fn set(&mut self, key: &Key<'_>, value: Span) {
        let Some(first) = self.first_of_key(key) else { return self.push(key, Src::Text(value)) };
        self.touch(key);
        let mut from = self.replace(first, value);
        while let Some(further) = self.next_of(key, from) {
            from = self.remove(further);
        }
    }

    pub(super) fn name(&self, entry: &Entry) -> &'a [u8] {
        &self.buffer[entry.name as usize..][..usize::from(entry.name_len)]
    }

    /// The value of a Content-Length line.
    pub(super) fn length_digits(&self, current: Current) -> &[u8] {
        match self.patches.get(current.patch).map(|patch| patch.change) {
            Some(Change::Splice { text, .. }) if current.state == State::Spliced => {
                let text = self.text.get(text);
                text.strip_prefix(b": ").unwrap_or(text)
            }
            _ => self.value(current),
        }
    }

    /// Where a line of the original starts; the end of the lines for the line past the last.
    pub(super) fn line_start(&self, line: usize) -> usize {
        self.index.get(line).map_or(self.end, |entry| entry.name) as usize
    }

    /// Where the text of a line of the original ends: before its line end.
    pub(super) fn text_end(&self, line: usize) -> usize {
        let next = self.line_start(line + 1);
        let line = &self.buffer[..next];
        line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line).len()
    }
}
