//! The line index: one pass over the bytes, one entry a line (RFC 8866 §5).

use alloc::vec::Vec;

use memchr::{memchr, memchr_iter};
use smallvec::SmallVec;
use wide::u8x16;

use crate::input::{Input, is_blank, is_token};
use crate::{
    Deviation, Limit, Limits, ParseError, ParseErrorKind, Rule, Tolerances, ValueError,
    ValueErrorKind,
};

/// Offsets fit 32 bits because [`Limits::description`] does.
pub(crate) fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A line that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where it starts.
    pub(crate) start: u32,
    /// Where its value ends, before the line end.
    pub(crate) end: u32,
    /// The key of the name of an attribute; 0 for other lines.
    pub(crate) key: u16,
    /// Its type; 0 for what does not start with a letter and `=`.
    pub(crate) letter: u8,
}

impl Entry {
    /// Where the value starts.
    #[inline]
    pub(crate) fn value(&self) -> usize {
        self.start as usize + if self.letter == 0 { 0 } else { 2 }
    }
}

/// The first two bytes of an attribute's name, in lower case: what the look-up compares first.
#[inline]
pub(crate) const fn key(name: &[u8]) -> u16 {
    match name {
        [] => 0,
        [one] => u16::from_le_bytes([*one | 0x20, 0]),
        [one, two, ..] => u16::from_le_bytes([*one | 0x20, *two | 0x20]),
    }
}

/// A media section: its lines, and its `m=` line taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The entry of the `m=` line.
    pub(crate) first: u32,
    /// The entry behind its last line.
    pub(crate) end: u32,
    pub(crate) media_end: u32,
    pub(crate) proto: u32,
    pub(crate) proto_end: u32,
    /// Where the formats start.
    pub(crate) formats: u32,
    pub(crate) port: u16,
    /// The number of ports; 0 when it is not said.
    pub(crate) ports: u16,
}

/// The index of a description.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub(crate) entries: Vec<Entry>,
    pub(crate) sections: SmallVec<[Section; 4]>,
    pub(crate) deviations: Vec<Deviation>,
    /// Where the blank lines are.
    blanks: Vec<u32>,
    /// Whether lines of the session stand behind an `m=` line.
    pub(crate) misplaced: bool,
}

impl Index {
    /// The number of a line, from 1.
    pub(crate) fn number(&self, place: usize) -> u32 {
        let start = self.entries.get(place).map_or(u32::MAX, |entry| entry.start);
        narrow(place + 1 + self.blanks.partition_point(|blank| *blank < start))
    }
}

/// The rank of a line type in its section, from 1, and [`ONCE`] when it may be there once; 0 when
/// it may not be there.
const fn ranks(order: &[u8], once: &[u8]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut rank = 1;
    let mut i = 0;
    while i < order.len() {
        // A space parts the ranks.
        if order[i] == b' ' {
            rank += 1;
        } else {
            table[order[i] as usize] = rank;
        }
        i += 1;
    }
    i = 0;
    while i < once.len() {
        table[once[i] as usize] |= ONCE;
        i += 1;
    }
    table
}

pub(crate) const ONCE: u8 = 0x80;
/// The order of `session-description` (RFC 8866 §9). `z=` stands behind the `r=` lines of a time.
pub(crate) static SESSION: [u8; 256] = ranks(b"v o s i u e p c b trz k a", b"vosiuck");
/// The order of `media-description` (RFC 8866 §9).
pub(crate) static MEDIA: [u8; 256] = ranks(b"m i c b k a", b"ik");

/// The bit of a lower-case letter.
const fn bit(letter: u8) -> u32 {
    1 << (letter & 0x1f)
}

impl Index {
    /// Indexes `bytes`, which fit the limit. The vector of `entries` is used again.
    pub(crate) fn of(
        bytes: &[u8],
        entries: Vec<Entry>,
        limits: &Limits,
        tolerances: Tolerances,
    ) -> Result<Self, ParseError> {
        let lines = memchr_iter(b'\n', bytes).count();
        if lines > limits.lines {
            return Err(too_many_lines(bytes, limits.lines));
        }
        let mut index = Self { entries, ..Self::default() };
        index.entries.clear();
        index.entries.reserve_exact(lines + 1);
        let scan = Scan {
            bytes,
            limits,
            tolerances,
            index,
            rank: 0,
            seen: 0,
            session_seen: 0,
            attributes: 0,
            connected: true,
        };
        scan.run()
    }
}

/// The first line feed at or behind `from`, sixteen bytes at a time: lines are too short for a
/// library's search.
#[inline(always)]
fn line_feed(bytes: &[u8], mut from: usize) -> Option<usize> {
    while let Some(chunk) = bytes[from..].first_chunk() {
        let found = u8x16::new(*chunk).simd_eq(u8x16::splat(b'\n')).to_bitmask();
        if found != 0 {
            return Some(from + found.trailing_zeros() as usize);
        }
        from += 16;
    }
    bytes[from..].iter().position(|byte| *byte == b'\n').map(|len| from + len)
}

struct Scan<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
    tolerances: Tolerances,
    index: Index,
    /// The rank of the last line in its section.
    rank: u8,
    /// The types seen in this section.
    seen: u32,
    /// The types seen in the session part.
    session_seen: u32,
    attributes: usize,
    /// Whether every section so far has an address, or needs none.
    connected: bool,
}

impl Scan<'_> {
    fn run(mut self) -> Result<Index, ParseError> {
        let bytes = self.bytes;
        let mut with_cr = 0;
        let mut at = 0;
        while at < bytes.len() {
            let (mut end, next) = match line_feed(bytes, at) {
                Some(end) => (end, end + 1),
                None => {
                    self.deviate(Rule::MissingLineEnd, bytes.len(), bytes.len())?;
                    (bytes.len(), bytes.len())
                }
            };
            if end > at && next > end && bytes[end - 1] == b'\r' {
                end -= 1;
                with_cr += 1;
            } else if next > end {
                self.deviate(Rule::BareLf, end, next)?;
            }
            if end == at {
                self.deviate(Rule::BlankLine, at, next)?;
                self.index.blanks.push(narrow(at));
            } else {
                if end - at > self.limits.line {
                    return Err(self.limit(Limit::Line, at + self.limits.line));
                }
                self.line(at, end)?;
            }
            at = next;
        }
        if with_cr != memchr_iter(b'\r', bytes).count() {
            self.bare(b'\r', Rule::BareCr)?;
        }
        if memchr(0, bytes).is_some() {
            self.bare(0, Rule::Nul)?;
        }
        self.finish()
    }

    #[inline]
    fn line(&mut self, start: usize, end: usize) -> Result<(), ParseError> {
        let bytes = self.bytes;
        let letter = if end >= start + 2 && bytes[start + 1] == b'=' { bytes[start] } else { 0 };
        let mut entry = Entry { start: narrow(start), end: narrow(end), letter, key: 0 };
        if letter == b'a' {
            self.attributes += 1;
            if self.attributes > self.limits.attributes {
                return Err(self.limit(Limit::Attributes, start));
            }
            entry.key = key(&bytes[start + 2..end]);
            self.rank = ATTRIBUTE_RANK;
            self.index.entries.push(entry);
            return Ok(());
        }
        self.other_line(&mut entry)?;
        self.index.entries.push(entry);
        Ok(())
    }

    fn other_line(&mut self, entry: &mut Entry) -> Result<(), ParseError> {
        let (start, end, letter) = (entry.start as usize, entry.end as usize, entry.letter);
        if letter == b'm' {
            return self.media_line(start, end);
        }
        let in_session = self.index.sections.is_empty();
        let rule =
            if in_session { SESSION[usize::from(letter)] } else { MEDIA[usize::from(letter)] };
        if rule == 0 {
            if !letter.is_ascii_graphic() {
                entry.letter = 0;
                return self.deviate(Rule::NotALine, start, end);
            }
            if SESSION[usize::from(letter)] == 0 {
                return self.deviate(Rule::UnknownLineType, start, end);
            }
            if letter == b'v' {
                self.version(start, end)?;
            }
            let again =
                SESSION[usize::from(letter)] & ONCE != 0 && self.session_seen & bit(letter) != 0;
            self.session_seen |= bit(letter);
            self.index.misplaced = true;
            return match (letter, again) {
                (b'v', true) => self.deviate(Rule::SecondDescription, start, end),
                (_, true) => self.deviate(Rule::RepeatedLine, start, end),
                (_, false) => self.deviate(Rule::MisplacedLine, start, end),
            };
        }
        if letter == b'v' {
            self.version(start, end)?;
        }
        if rule & ONCE != 0 && self.seen & bit(letter) != 0 {
            let rule = if letter == b'v' { Rule::SecondDescription } else { Rule::RepeatedLine };
            self.deviate(rule, start, end)?;
        } else if (rule & !ONCE) < self.rank || !self.follows(letter) {
            self.deviate(Rule::LineOrder, start, end)?;
        }
        self.rank = self.rank.max(rule & !ONCE);
        self.seen |= bit(letter);
        if in_session {
            self.session_seen |= bit(letter);
        }
        Ok(())
    }

    /// Whether an `r=` has a `t=`, and a `z=` an `r=`, before it.
    fn follows(&self, letter: u8) -> bool {
        match letter {
            b'r' => self.seen & bit(b't') != 0,
            b'z' => self.seen & bit(b'r') != 0,
            _ => true,
        }
    }

    /// `version-field` (RFC 8866 §5.1).
    fn version(&mut self, start: usize, end: usize) -> Result<(), ParseError> {
        let value = &self.bytes[start + 2..end];
        if value == b"0" {
            return Ok(());
        }
        let mut input =
            Input::new(value, self.tolerances).recording(start + 2, &mut self.index.deviations);
        let read = input.start().and_then(|()| {
            let version = input.number(u64::MAX, "the version 0")?;
            input.end()?;
            Ok(version)
        });
        match read {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.error(ParseErrorKind::Version, start + 2)),
            Err(error) => Err(match error.kind() {
                ValueErrorKind::NotTolerated(_) => self.value_error(error, start + 2),
                _ => self.error(ParseErrorKind::Version, start + 2 + error.offset()),
            }),
        }
    }

    /// `media-field` (RFC 8866 §5.14).
    fn media_line(&mut self, start: usize, end: usize) -> Result<(), ParseError> {
        if self.index.sections.len() >= self.limits.media {
            return Err(self.limit(Limit::Media, start));
        }
        self.check_session()?;
        self.end_section();
        self.seen = 0;
        self.attributes = 0;
        self.rank = 1;
        let base = start + 2;
        let mut input = Input::new(&self.bytes[base..end], self.tolerances)
            .recording(base, &mut self.index.deviations);
        let section = match media_field(&mut input, base) {
            Ok(section) => section,
            Err(error) => {
                let mut refused = self.value_error(error, base);
                refused.expected = error.expected();
                return Err(refused);
            }
        };
        let formats = formats(&self.bytes[..end], section.formats).count();
        if formats > self.limits.formats {
            let beyond = format_offset(&self.bytes[..end], section.formats, self.limits.formats);
            return Err(self.limit(Limit::Formats, beyond));
        }
        let first = narrow(self.index.entries.len());
        self.index.sections.push(Section { first, end: first, ..section });
        Ok(())
    }

    /// The end of the session part or of a media section.
    fn end_section(&mut self) {
        let end = narrow(self.index.entries.len());
        if let Some(section) = self.index.sections.last_mut() {
            section.end = end;
            let silent = section.port == 0;
            self.connected &= silent || self.seen & bit(b'c') != 0;
        }
    }

    /// The lines so far, while there is no section.
    fn check_session(&self) -> Result<(), ParseError> {
        match self.index.entries.get(self.limits.session_lines) {
            Some(line) if self.index.sections.is_empty() => {
                Err(self.limit(Limit::SessionLines, line.start as usize))
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Index, ParseError> {
        self.check_session()?;
        self.end_section();
        if self.index.entries.is_empty() {
            return Err(self.error(ParseErrorKind::Empty, 0));
        }
        let first = self.index.sections.first().map_or(self.bytes.len(), |section| {
            self.index.entries[section.first as usize].start as usize
        });
        for (letter, rule, at) in [
            (b'v', Rule::MissingVersion, 0),
            (b'o', Rule::MissingOrigin, first),
            (b's', Rule::MissingSessionName, first),
            (b't', Rule::MissingTiming, first),
        ] {
            if self.session_seen & bit(letter) == 0 {
                self.deviate(rule, at, at)?;
            }
        }
        if self.session_seen & bit(b'c') == 0 && !self.connected {
            self.deviate(Rule::MissingConnection, first, first)?;
        }
        self.index.deviations.sort_unstable();
        Ok(self.index)
    }

    /// Looks for each `byte` that does not end a line.
    #[cold]
    fn bare(&mut self, byte: u8, rule: Rule) -> Result<(), ParseError> {
        for at in memchr_iter(byte, self.bytes) {
            if byte != b'\r' || self.bytes.get(at + 1) != Some(&b'\n') {
                self.deviate(rule, at, at + 1)?;
            }
        }
        Ok(())
    }

    /// Lets what stands at `start..end` through under `rule`, or refuses it.
    #[cold]
    fn deviate(&mut self, rule: Rule, start: usize, end: usize) -> Result<(), ParseError> {
        if !self.tolerances.allows(rule) {
            return Err(self.error(ParseErrorKind::NotTolerated(rule), start));
        }
        self.index.deviations.push(Deviation::new(rule, start, end));
        Ok(())
    }

    #[cold]
    fn limit(&self, limit: Limit, at: usize) -> ParseError {
        self.error(ParseErrorKind::LimitExceeded(limit), at)
    }

    /// The error of a value that starts at `start`.
    #[cold]
    fn value_error(&self, error: ValueError, start: usize) -> ParseError {
        let kind = match error.kind() {
            ValueErrorKind::NotTolerated(rule) => ParseErrorKind::NotTolerated(rule),
            kind => ParseErrorKind::MediaLine(kind),
        };
        self.error(kind, start + error.offset())
    }

    #[cold]
    fn error(&self, kind: ParseErrorKind, at: usize) -> ParseError {
        ParseError::new(kind, self.bytes, at)
    }
}

/// The rank of `a=`, the last one in the session as in a section.
const ATTRIBUTE_RANK: u8 = 12;

/// `m=<media> <port>[/<number of ports>] <proto> <fmt> …`, offsets counted from `base` bytes before.
pub(crate) fn media_field(input: &mut Input<'_, '_>, base: usize) -> Result<Section, ValueError> {
    input.start()?;
    let at = |offset: usize| narrow(base + offset);
    input.loose_token(Rule::LooseMedia, "a media type")?;
    let media_end = at(input.offset());
    input.space()?;
    let port = input.u16("a port")?;
    let mut ports = 0;
    if input.eat(b'/') {
        let start = input.offset();
        ports = input.u16("a number of ports")?;
        if ports == 0 {
            input.deviate(Rule::LooseMedia, start, input.offset(), "a number of ports from 1")?;
        }
    }
    input.space()?;
    let proto = input.offset();
    let word = input.word("a protocol")?;
    if word.split('/').any(|part| part.is_empty() || !part.bytes().all(is_token)) {
        input.deviate(Rule::LooseMedia, proto, input.offset(), "a protocol")?;
    }
    let proto_end = input.offset();
    let formats = media_formats(input)?;
    Ok(Section {
        first: 0,
        end: 0,
        media_end,
        proto: at(proto),
        proto_end: at(proto_end),
        formats: at(formats),
        port,
        ports,
    })
}

/// `1*(SP fmt)`; where they start.
fn media_formats(input: &mut Input<'_, '_>) -> Result<usize, ValueError> {
    let mut first = None;
    let mut payload_types = [0u64; 4];
    while input.more()? {
        let start = input.offset();
        first.get_or_insert(start);
        let format = input.take_while(|byte| !is_blank(byte));
        if let Some(bad) = format.iter().position(|&byte| !is_token(byte)) {
            input.deviate(Rule::LooseMedia, start + bad, input.offset(), "a format")?;
        }
        if let Some(number) = payload_type(format) {
            let (word, bit) = (usize::from(number / 64), 1 << (number % 64));
            if payload_types[word] & bit != 0 {
                input.deviate(Rule::RepeatedFormat, start, input.offset(), "another format")?;
            }
            payload_types[word] |= bit;
        }
    }
    if first.is_none() {
        let end = input.offset();
        input.deviate(Rule::MissingFormat, end, end, "a format")?;
    }
    let end = input.offset();
    input.end()?;
    Ok(first.unwrap_or(end))
}

/// A format as the number of a payload type: one to three digits up to 255.
pub(crate) fn payload_type(format: &[u8]) -> Option<u8> {
    if format.is_empty() || format.len() > 3 {
        return None;
    }
    format.iter().try_fold(0u8, |sum, digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(digit) }
    })
}

/// The formats that start at `from` and end with the bytes.
pub(crate) fn formats(bytes: &[u8], from: u32) -> impl Iterator<Item = &[u8]> + Clone {
    bytes
        .get(from as usize..)
        .unwrap_or_default()
        .split(|&byte| is_blank(byte))
        .filter(|format| !format.is_empty())
}

/// Where format `n` starts.
#[cold]
fn format_offset(bytes: &[u8], from: u32, n: usize) -> usize {
    let mut at = from as usize;
    let mut left = n;
    loop {
        at += bytes[at..].iter().take_while(|byte| is_blank(**byte)).count();
        if left == 0 || at >= bytes.len() {
            return at;
        }
        at += bytes[at..].iter().take_while(|byte| !is_blank(**byte)).count();
        left -= 1;
    }
}

#[cold]
fn too_many_lines(bytes: &[u8], limit: usize) -> ParseError {
    let at = match limit.checked_sub(1) {
        Some(last) => memchr_iter(b'\n', bytes).nth(last).map_or(0, |at| at + 1),
        None => 0,
    };
    ParseError::new(ParseErrorKind::LimitExceeded(Limit::Lines), bytes, at)
}

/// The line and the column of a byte, both from 1.
#[cold]
pub(crate) fn place(bytes: &[u8], offset: usize) -> (u32, u32) {
    let before = &bytes[..offset.min(bytes.len())];
    let line = memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    (narrow(line), narrow(before.len() - start + 1))
}
