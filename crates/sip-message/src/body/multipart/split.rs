//! Finds the delimiter lines of one multipart.
//!
//! The RFC's line ends come first: only where a body cannot be read with them, LF alone is tried
//! as well, so that what a strict reader accepts is never read differently by a tolerant one.

use alloc::vec::Vec;

use memchr::memmem::Finder;

use crate::{Deviation, MultipartErrorKind, Rule, Tolerances};

/// What is wrong, and where.
type Refused = (MultipartErrorKind, usize);

/// A multipart body that is to be taken apart.
#[derive(Debug)]
pub(super) struct Splitter<'b> {
    /// Everything up to the end of the body.
    pub(super) bytes: &'b [u8],
    /// Where the body starts.
    pub(super) start: usize,
    pub(super) boundary: &'b [u8],
    pub(super) tolerances: Tolerances,
    /// How many parts it may have.
    pub(super) parts: usize,
    /// How many octets the searches have passed, which is what this costs.
    pub(super) looked_at: usize,
}

/// A body that was taken apart.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// Where the preamble ends.
    pub(super) preamble: Option<usize>,
    /// The first delimiter.
    pub(super) delimiter: usize,
    pub(super) parts: Vec<Section>,
    /// Where the epilogue starts.
    pub(super) epilogue: Option<usize>,
    pub(super) deviations: Vec<Deviation>,
    closed: bool,
    /// The first LF of a delimiter that has no CR before it.
    bare_lf: Option<usize>,
}

/// What stands between two delimiters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the line of the delimiter before it ends in LF alone.
    pub(super) bare_lf: bool,
}

/// A line that starts with the boundary.
enum Line {
    /// A delimiter, and where the next line starts.
    Delimiter { next: usize, bare_lf: bool },
    /// The closing delimiter, and where the next line starts if it has a line end.
    Closing { next: Option<usize>, bare_lf: bool },
    /// Text.
    Other,
}

impl Splitter<'_> {
    pub(super) fn split(&mut self) -> Result<Split, Refused> {
        use MultipartErrorKind as K;
        let crlf = match self.attempt(false) {
            Ok(split) if split.closed => return Ok(split),
            Err(refused) if !matches!(refused.0, K::NoDelimiter | K::NoParts) => {
                return Err(refused);
            }
            other => other,
        };
        let bare = self.attempt(true);
        let bare_allowed = self.tolerances.allows(Rule::MultipartBareLf);
        let open_allowed = self.tolerances.allows(Rule::UnclosedMultipart);
        match (crlf, bare) {
            (_, Ok(split)) if split.closed && bare_allowed => Ok(self.note(split)),
            (Ok(_), Ok(Split { closed: true, bare_lf: Some(at), .. })) => Err((K::BareLf, at)),
            (Ok(split), _) if open_allowed => Ok(self.note(split)),
            (Ok(_), _) => Err((K::Unclosed, self.bytes.len())),
            (Err(_), Ok(split)) if bare_allowed && open_allowed => Ok(self.note(split)),
            (Err(_), Ok(Split { bare_lf: Some(at), .. })) if !bare_allowed => Err((K::BareLf, at)),
            (Err(_), Ok(_)) => Err((K::Unclosed, self.bytes.len())),
            (Err(_), Err(refused)) if bare_allowed => Err(refused),
            (Err(refused), Err(_)) => Err(refused),
        }
    }

    /// Writes down how a split departs from the RFC.
    #[cold]
    fn note(&self, mut split: Split) -> Split {
        if let Some(at) = split.bare_lf {
            split.deviations.push(Deviation::new(Rule::MultipartBareLf, at, at + 1));
        }
        if !split.closed {
            let end = self.bytes.len();
            split.deviations.push(Deviation::new(Rule::UnclosedMultipart, end, end));
        }
        split
    }

    /// Takes the body apart at the delimiters behind CRLF, or behind LF as well.
    fn attempt(&mut self, lf: bool) -> Result<Split, Refused> {
        use MultipartErrorKind as K;
        let needle = [b"\n--", self.boundary].concat();
        let finder = Finder::new(&needle);
        let mut split = Split::default();
        // Where the part in progress starts.
        let mut part: Option<Section> = None;
        let mut next = self.first(&finder, lf);
        while let Some(hit) = next {
            let mut from = hit;
            let line = self.line(hit, lf);
            match line {
                Line::Other => {
                    // A preamble may hold anything.
                    if part.is_some() {
                        self.deviate(&mut split, Rule::BoundaryPrefix, K::BoundaryPrefix, hit)?;
                    }
                }
                Line::Delimiter { bare_lf, .. } | Line::Closing { bare_lf, .. } => {
                    let floor = part.map_or(self.start, |part| part.start);
                    let end = self.text_end(hit, floor);
                    let bare = lf && hit > floor && end + 1 == hit;
                    let bare =
                        bare.then(|| hit - 1).or_else(|| bare_lf.then(|| self.lf_behind(hit)));
                    split.bare_lf = split.bare_lf.or(bare);
                    match part {
                        None => {
                            split.preamble = (hit > self.start).then_some(end);
                            split.delimiter = hit;
                        }
                        Some(part) => {
                            if hit == part.start {
                                let kind = K::AdjacentDelimiters;
                                self.deviate(&mut split, Rule::AdjacentDelimiters, kind, hit)?;
                            }
                            self.push(&mut split, Section { end, ..part })?;
                        }
                    }
                    match line {
                        Line::Closing { .. } if part.is_none() => return Err((K::NoParts, hit)),
                        Line::Closing { next, .. } => {
                            split.epilogue = next;
                            split.closed = true;
                            return Ok(split);
                        }
                        Line::Delimiter { next, bare_lf } => {
                            part = Some(Section { start: next, end: next, bare_lf });
                            // The next delimiter may share this line end.
                            from = next - 1;
                        }
                        Line::Other => {}
                    }
                }
            }
            next = self.find(&finder, from, lf);
        }
        let Some(part) = part else { return Err((K::NoDelimiter, self.start)) };
        self.push(&mut split, Section { end: self.bytes.len(), ..part })?;
        Ok(split)
    }

    fn push(&self, split: &mut Split, part: Section) -> Result<(), Refused> {
        if split.parts.len() >= self.parts {
            return Err((MultipartErrorKind::TooManyParts, part.start));
        }
        split.parts.push(part);
        Ok(())
    }

    /// The first line that starts with the boundary.
    fn first(&mut self, finder: &Finder<'_>, lf: bool) -> Option<usize> {
        if self.bytes[self.start..].starts_with(&finder.needle()[1..]) {
            return Some(self.start);
        }
        self.find(finder, self.start, lf)
    }

    /// The first line behind a line end at or behind `from` that starts with the boundary.
    fn find(&mut self, finder: &Finder<'_>, mut from: usize, lf: bool) -> Option<usize> {
        loop {
            let Some(hit) = finder.find(&self.bytes[from..]) else {
                self.looked_at += self.bytes.len() - from;
                return None;
            };
            self.looked_at += hit;
            let at = from + hit;
            if lf || (at > self.start && self.bytes[at - 1] == b'\r') {
                return Some(at + 1);
            }
            from = at + 1;
        }
    }

    /// What the line is that starts with the boundary at `hit`.
    fn line(&mut self, hit: usize, lf: bool) -> Line {
        let behind = hit + 2 + self.boundary.len();
        if self.bytes[behind..].starts_with(b"--") {
            match self.line_end(behind + 2, lf) {
                Some((next, bare_lf)) => return Line::Closing { next: Some(next), bare_lf },
                None if self.blanks_end(behind + 2) == self.bytes.len() => {
                    return Line::Closing { next: None, bare_lf: false };
                }
                None => {}
            }
        }
        match self.line_end(behind, lf) {
            Some((next, bare_lf)) => Line::Delimiter { next, bare_lf },
            None => Line::Other,
        }
    }

    /// `transport-padding CRLF`: where the next line starts, and whether there is no CR.
    fn line_end(&mut self, from: usize, lf: bool) -> Option<(usize, bool)> {
        let at = self.blanks_end(from);
        self.looked_at += at - from;
        match self.bytes[at..] {
            [b'\r', b'\n', ..] => Some((at + 2, false)),
            [b'\n', ..] if lf => Some((at + 1, true)),
            _ => None,
        }
    }

    fn blanks_end(&self, from: usize) -> usize {
        from + self.bytes[from..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    /// The LF that ends the line of the delimiter at `hit`.
    fn lf_behind(&self, hit: usize) -> usize {
        hit + memchr::memchr(b'\n', &self.bytes[hit..]).unwrap_or_default()
    }

    /// Where what stands before the delimiter at `hit` ends: the line end belongs to the
    /// delimiter.
    fn text_end(&self, hit: usize, floor: usize) -> usize {
        if hit <= floor {
            return floor;
        }
        let lf = hit - 1;
        if lf > floor && self.bytes[lf - 1] == b'\r' { lf - 1 } else { lf }
    }

    fn deviate(
        &self,
        split: &mut Split,
        rule: Rule,
        kind: MultipartErrorKind,
        hit: usize,
    ) -> Result<(), Refused> {
        if !self.tolerances.allows(rule) {
            return Err((kind, hit));
        }
        // Noted once, not thousands of times.
        if split.deviations.iter().all(|noted| noted.rule != rule) {
            let end = hit + 2 + self.boundary.len();
            split.deviations.push(Deviation::new(rule, hit, end));
        }
        Ok(())
    }
}
