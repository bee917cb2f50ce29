//! Views of one level of a multipart body, and the ways through it.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{Inner, Level, Multipart};
use crate::Part;

/// One level of a [`Multipart`]: the body itself, or a part that is a multipart in turn.
#[derive(Clone, Copy)]
pub struct MultipartRef<'a> {
    body: &'a Multipart,
    level: &'a Level,
}

impl<'a> MultipartRef<'a> {
    pub(super) fn new(body: &'a Multipart, level: u32) -> Self {
        Self { body, level: &body.levels[level as usize] }
    }

    /// The subtype: `mixed` of `multipart/mixed`. An unknown one is to be treated as `mixed`
    /// (RFC 2046 §5.1.3).
    #[must_use]
    pub fn subtype(&self) -> &'a str {
        &self.level.subtype
    }

    /// The boundary as it stands in the delimiters, without their hyphens.
    #[must_use]
    pub fn boundary(&self) -> &'a [u8] {
        self.level.boundary.of(&self.body.buffer)
    }

    /// What stands before the first delimiter, without the line end that belongs to it; `None`
    /// when the body starts with the delimiter.
    #[must_use]
    pub fn preamble(&self) -> Option<&'a [u8]> {
        let end = self.level.preamble?;
        Some(&self.body.buffer[self.level.span.start as usize..end as usize])
    }

    /// What stands behind the closing delimiter's line; `None` when the body ends with the
    /// delimiter.
    #[must_use]
    pub fn epilogue(&self) -> Option<&'a [u8]> {
        let start = self.level.epilogue?;
        Some(&self.body.buffer[start as usize..self.level.span.end as usize])
    }

    /// The parts in order.
    #[must_use]
    pub fn parts(&self) -> PartIter<'a> {
        PartIter { body: self.body, places: self.level.parts.clone() }
    }

    /// How many parts there are: one or more.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.level.parts.len()
    }

    /// The part to be processed first: the one that `start` names in a `multipart/related`
    /// (RFC 2387 §3.2), and the first one otherwise.
    #[must_use]
    pub fn root(&self) -> Part<'a> {
        self.body.part_at(self.level.root)
    }

    /// How many multiparts this one is inside of, itself counted: 1 for the outermost.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.level.depth
    }

    /// Where it is in the buffer that was parsed.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.level.span.start as usize..self.level.span.end as usize
    }

    /// The whole of it, preamble and epilogue included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.level.span.of(&self.body.buffer)
    }
}

impl fmt::Debug for MultipartRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("subtype", &self.subtype())
            .field("boundary", &format_args!("{}", self.boundary().escape_ascii()))
            .field("parts", &self.parts().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The iterator of [`MultipartRef::parts`].
#[derive(Clone, Debug)]
pub struct PartIter<'a> {
    body: &'a Multipart,
    places: Range<u32>,
}

impl<'a> Iterator for PartIter<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.places.next().map(|place| self.body.part_at(place))
    }

    fn nth(&mut self, n: usize) -> Option<Part<'a>> {
        self.places.nth(n).map(|place| self.body.part_at(place))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for PartIter<'_> {}

/// The iterator of [`Multipart::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    body: &'a Multipart,
    /// What is left of each level that the walk is inside of.
    places: Vec<Range<u32>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(body: &'a Multipart) -> Self {
        Self { body, places: vec![body.levels[0].parts.clone()] }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        loop {
            let Some(place) = self.places.last_mut()?.next() else {
                self.places.pop();
                continue;
            };
            if let Inner::Level(level) = self.body.parts[place as usize].inner {
                self.places.push(self.body.levels[level as usize].parts.clone());
            }
            return Some(self.body.part_at(place));
        }
    }
}
