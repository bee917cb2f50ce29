//! The header lines of a message, raw and typed.

use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;
use core::slice::Iter;

use crate::header::{Header, Known, ListKind, Row};
use crate::index::Entry;
use crate::text::token_str;
use crate::value::Value;
use crate::{
    Deviation, HeaderError, HeaderName, Input, Rule, Tolerances, ValueError, ValueErrorKind,
};

/// The header lines of a message, in order.
///
/// ```
/// use sip_message::{header, Message};
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Route: <sip:p1.example;lr>, <sip:p2.example;lr>\r\n\
///     route: <sip:p3.example;lr>\r\n\
///     X-Trunk-Group: tg-7\r\n\r\n"[..])?;
/// let headers = message.headers();
/// let hosts: Vec<_> = headers.each(header::Route)
///     .map(|route| route.unwrap().uri().unwrap().host_str().unwrap())
///     .collect();
/// assert_eq!(hosts, ["p1.example", "p2.example", "p3.example"]);
/// assert!(headers.find(header::Expires).unwrap().is_none());
/// assert_eq!(headers.raw("x-trunk-group"), Some(&b"tg-7"[..]));
/// let names: Vec<_> = headers.iter().map(|line| line.name_str()).collect();
/// assert_eq!(names, ["Route", "route", "X-Trunk-Group"]);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    buffer: &'a [u8],
    index: &'a [Entry],
    /// Where the last line ends.
    end: u32,
    tolerances: Tolerances,
}

impl<'a> Headers<'a> {
    pub(crate) fn new(
        buffer: &'a [u8],
        index: &'a [Entry],
        end: u32,
        tolerances: Tolerances,
    ) -> Self {
        Self { buffer, index, end, tolerances }
    }

    /// The first value of a header; `None` when the header is not there or its list is empty.
    ///
    /// # Errors
    /// When the value is bad: a header that cannot be read is not one that is absent.
    #[inline]
    pub fn find<H: Header>(&self, header: H) -> Result<Option<H::Value<'a>>, HeaderError<'a>> {
        let Some(entry) = self.next_line::<H>(&mut self.index.iter()) else { return Ok(None) };
        let mut input = Input::new(self.value(entry), self.tolerances);
        // The plain case: a value at the front of the line with nothing but the end or a comma
        // behind it. Everything else, all errors among it, is for the iterator.
        if let Ok(value) = H::parse(&mut input)
            && match input.peek() {
                None => true,
                Some(b',') => H::LIST.has_commas(),
                Some(_) => false,
            }
        {
            return Ok(Some(value));
        }
        self.each(header).next().transpose()
    }

    /// The first value of a header that must be there.
    ///
    /// # Errors
    /// When it is missing, or its value is bad.
    #[inline]
    pub fn require<H: Header>(&self, header: H) -> Result<H::Value<'a>, HeaderError<'a>> {
        match self.find(header)? {
            Some(value) => Ok(value),
            None => Err(missing::<H>()),
        }
    }

    /// Every value of a header, over all of its lines and lists. A bad value is an error in its
    /// place and hides none of those behind it.
    #[inline]
    pub fn each<H: Header>(&self, _: H) -> Each<'a, H> {
        Each { headers: *self, lines: self.index.iter(), current: None, header: PhantomData }
    }

    /// The first line with this name, in any case and in its full or compact form: its value as
    /// it came, without the white space around it.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.lines(name).next().map(|line| line.value())
    }

    /// The lines with this name, in any case and in its full or compact form.
    pub fn lines<'n>(&self, name: &'n str) -> impl Iterator<Item = HeaderLine<'a>> + use<'a, 'n> {
        let wanted = HeaderName::new(name);
        self.iter().filter(move |line| wanted.is_some_and(|wanted| line.name() == wanted))
    }

    /// All lines in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = HeaderLine<'a>> + use<'a> {
        let headers = *self;
        self.index.iter().enumerate().map(move |(place, entry)| headers.line(place, entry))
    }

    /// The line that the byte at `offset` belongs to.
    pub(crate) fn line_at(&self, offset: usize) -> Option<HeaderLine<'a>> {
        let behind = self.index.partition_point(|entry| entry.name as usize <= offset);
        let place = behind.checked_sub(1)?;
        let line = self.line(place, self.index.get(place)?);
        line.range().contains(&offset).then_some(line)
    }

    #[inline(always)]
    fn line(&self, place: usize, entry: &'a Entry) -> HeaderLine<'a> {
        let next = self.index.get(place + 1).map_or(self.end, |next| next.name);
        HeaderLine { headers: *self, entry, next }
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The next line of `H`.
    #[inline(always)]
    fn next_line<H: Header>(&self, lines: &mut Iter<'a, Entry>) -> Option<&'a Entry> {
        match H::ROW {
            Some(row) => lines.find(|entry| entry.id == row as u8),
            None => self.next_line_by_name(lines, H::NAME),
        }
    }

    fn next_line_by_name(&self, lines: &mut Iter<'a, Entry>, name: &str) -> Option<&'a Entry> {
        // A name that the table has meanwhile got is found by its row.
        let row = crate::name::classify(name.as_bytes(), 0, name.len());
        lines.find(|entry| {
            entry.id == row
                && (row != 0
                    || self.buffer[entry.name as usize..][..usize::from(entry.name_len)]
                        .eq_ignore_ascii_case(name.as_bytes()))
        })
    }

    fn name(&self, entry: &Entry) -> HeaderName<'a> {
        match crate::header::ALL[usize::from(entry.id)] {
            Known::None => HeaderName::from_token(self.name_str(entry)),
            known => HeaderName::of_row(known),
        }
    }

    fn name_str(&self, entry: &Entry) -> &'a str {
        let start = entry.name as usize;
        token_str(&self.buffer[start..start + usize::from(entry.name_len)])
    }

    #[inline(always)]
    fn value(&self, entry: &Entry) -> &'a [u8] {
        &self.buffer[entry.value as usize..entry.end as usize]
    }
}

#[cold]
fn missing<'a, H: Header>() -> HeaderError<'a> {
    HeaderError::missing(HeaderName::from_token(H::NAME), H::RFC)
}

/// One header line.
///
/// Its values can be read without knowing the header at compile time, as tools do:
///
/// ```
/// use sip_message::{value::Value, Message};
/// let message = Message::parse(&b"SIP/2.0 200 OK\r\nAllow: INVITE, BYE\r\n\r\n"[..])?;
/// let allow = message.headers().iter().next().unwrap();
/// assert_eq!(allow.values().unwrap().filter(|v| matches!(v, Ok(Value::Method(_)))).count(), 2);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeaderLine<'a> {
    headers: Headers<'a>,
    entry: &'a Entry,
    /// Where the next line starts.
    next: u32,
}

impl<'a> HeaderLine<'a> {
    /// The name; a compact form is the same name as the full one.
    #[must_use]
    pub fn name(&self) -> HeaderName<'a> {
        self.headers.name(self.entry)
    }

    /// The name as it came.
    #[must_use]
    pub fn name_str(&self) -> &'a str {
        self.headers.name_str(self.entry)
    }

    /// The value as it came, without the white space around it. Folds inside it are kept.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.headers.value(self.entry)
    }

    /// Where the value is, counted from the first byte given to the parser.
    #[must_use]
    pub fn value_range(&self) -> Range<usize> {
        self.entry.value as usize..self.entry.end as usize
    }

    /// Whether the value is spread over several lines.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.entry.folded
    }

    /// The whole line with its line ends.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        &self.headers.buffer[self.range()]
    }

    /// Where the line is, counted from the first byte given to the parser.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.entry.name as usize..self.next as usize
    }

    /// The section that defines the header, if the table has it.
    #[must_use]
    pub fn rfc(&self) -> Option<&'static str> {
        self.row().map(|row| row.rfc)
    }

    /// How often the header may be in a message, if the table has it.
    #[must_use]
    pub fn list_kind(&self) -> Option<ListKind> {
        self.row().map(|row| row.list)
    }

    /// The values of the line; `None` when the table does not have the header. An address whose
    /// URI is bad is a value all the same: see [`NameAddr::uri`](crate::value::NameAddr::uri).
    #[must_use]
    pub fn values(&self) -> Option<Values<'a, 'static>> {
        let row = self.row()?;
        let input = Input::new(self.value(), self.headers.tolerances);
        Some(Values { row, line: *self, split: Split::new(input, row.list) })
    }

    /// The values of the line, the URIs in them read as well; what is tolerated is written to
    /// `deviations`.
    pub fn values_checked<'s>(&self, deviations: &'s mut Vec<Deviation>) -> Option<Values<'a, 's>> {
        let row = self.row()?;
        let base = self.entry.value;
        let input = Input::recording(self.value(), self.headers.tolerances, base, deviations);
        Some(Values { row, line: *self, split: Split::new(input, row.list) })
    }

    fn row(&self) -> Option<&'static Row> {
        crate::header::ALL[usize::from(self.entry.id)].row()
    }
}

/// The values of a line whose header is known at run time only.
#[derive(Debug)]
pub struct Values<'a, 's> {
    row: &'static Row,
    line: HeaderLine<'a>,
    split: Split<'a, 's>,
}

impl<'a> Iterator for Values<'a, '_> {
    type Item = Result<Value<'a>, HeaderError<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (row, line) = (self.row, self.line);
        let value = self.split.next(|input| (row.parse)(input))?;
        Some(
            value
                .map_err(|error| HeaderError::value(line.name(), row.rfc, line.entry.value, error)),
        )
    }
}

/// The iterator of [`Headers::each`].
#[derive(Debug)]
pub struct Each<'a, H> {
    headers: Headers<'a>,
    /// The lines that were not looked at yet.
    lines: Iter<'a, Entry>,
    /// The line being read.
    current: Option<(&'a Entry, Split<'a, 'static>)>,
    header: PhantomData<H>,
}

impl<'a, H: Header> Iterator for Each<'a, H> {
    type Item = Result<H::Value<'a>, HeaderError<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((entry, split)) = &mut self.current {
                match split.next(H::parse) {
                    Some(Ok(value)) => return Some(Ok(value)),
                    Some(Err(error)) => {
                        let name = self.headers.name(entry);
                        return Some(Err(HeaderError::value(name, H::RFC, entry.value, error)));
                    }
                    None => self.current = None,
                }
            }
            let entry = self.headers.next_line::<H>(&mut self.lines)?;
            let input = Input::new(self.headers.value(entry), self.headers.tolerances);
            self.current = Some((entry, Split::new(input, H::LIST)));
        }
    }
}

/// Takes the values of one line apart.
#[derive(Debug)]
pub(crate) struct Split<'a, 's> {
    input: Input<'a, 's>,
    list: ListKind,
    state: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first value.
    First,
    /// Behind a comma.
    Comma,
    /// Behind the last value.
    End,
}

impl<'a, 's> Split<'a, 's> {
    #[inline(always)]
    pub(crate) fn new(input: Input<'a, 's>, list: ListKind) -> Self {
        Self { input, list, state: Place::First }
    }

    /// The next value, which `parse` reads.
    #[inline(always)]
    pub(crate) fn next<T>(
        &mut self,
        parse: impl FnOnce(&mut Input<'a, 's>) -> Result<T, ValueError>,
    ) -> Option<Result<T, ValueError>> {
        if self.state == Place::End {
            return None;
        }
        self.input.skip_lws();
        if self.list.has_commas() && matches!(self.input.peek(), None | Some(b',')) {
            match self.empty_elements() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let start = self.input.at;
        let value = match parse(&mut self.input) {
            Ok(value) => value,
            Err(error) => return Some(Err(self.skip_bad(start, error))),
        };
        self.input.skip_lws();
        match self.input.peek() {
            None => self.state = Place::End,
            Some(b',') if self.list.has_commas() => {
                self.input.at += 1;
                self.state = Place::Comma;
            }
            Some(_) => {
                let expected = match self.list.has_commas() {
                    false => "the end of the value",
                    true => "a comma or the end of the line",
                };
                let error = self.input.unexpected(expected);
                return Some(Err(self.skip_bad(start, error)));
            }
        }
        Some(Ok(value))
    }

    /// Steps over list elements with nothing in them; `false` when the list ends there.
    #[cold]
    fn empty_elements(&mut self) -> Result<bool, ValueError> {
        let input = &mut self.input;
        loop {
            let at = input.at;
            match input.peek() {
                Some(b',') => {
                    input.at += 1;
                    let noted = input.deviate(Rule::EmptyListElement, at, at + 1, "a value");
                    self.state = Place::Comma;
                    noted?;
                    input.skip_lws();
                }
                Some(_) => return Ok(true),
                None => {
                    let first = self.state == Place::First;
                    self.state = Place::End;
                    if first && self.list == ListKind::ListOrEmpty {
                        return Ok(false);
                    }
                    if first {
                        let kind = ValueErrorKind::UnexpectedEnd;
                        return Err(ValueError::new(kind, at, "a value"));
                    }
                    input.deviate(Rule::EmptyListElement, at, at, "a value")?;
                    return Ok(false);
                }
            }
        }
    }

    /// Goes on behind the comma that ends a bad value. A bad URI has an end that is known, so that
    /// the values behind it are those that they would be behind a good one.
    #[cold]
    fn skip_bad(&mut self, start: usize, error: ValueError) -> ValueError {
        self.state = Place::End;
        let from =
            if matches!(error.kind(), ValueErrorKind::Uri(_)) { self.input.at } else { start };
        if self.list.has_commas()
            && let Some(comma) = comma_behind(self.input.bytes, from)
        {
            self.input.at = comma + 1;
            self.state = Place::Comma;
        }
        error
    }
}

/// The first comma at or behind `from` that is neither in quotes nor in angle brackets. Behind a
/// quote or bracket that is never closed nothing can be told apart.
pub(crate) fn comma_behind(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match bytes.get(at)? {
            b',' => return Some(at),
            b'"' => at = closing_quote(bytes, at)?,
            b'<' => at += memchr::memchr(b'>', &bytes[at..])?,
            _ => {}
        }
        at += 1;
    }
}

fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
