//! Builds the index of a multipart body, level by level.

use core::ops::Range;

use bytes::Bytes;

use super::plan::Plan;
use super::split::{Section, Split, Splitter};
use super::{Inner, Level, Multipart, Piece};
use crate::body::{is_encoded, multipart_type};
use crate::index::narrow;
use crate::scan::{Rules, Scan};
use crate::start_line::Span;
use crate::value::MediaType;
use crate::{Headers, MultipartError, MultipartErrorKind, MultipartLimits, Tolerances};

/// What is wrong, and where.
type Refused = (MultipartErrorKind, usize);

impl Multipart {
    /// Takes the body at `body` of `buffer` apart.
    pub(in crate::body) fn index(
        buffer: Bytes,
        body: Range<usize>,
        media: MediaType<'_>,
        limits: MultipartLimits,
        tolerances: Tolerances,
    ) -> Result<Self, MultipartError> {
        Growth::new(buffer, body, media, limits, tolerances).map(|growth| growth.tree)
    }
}

/// An index being built.
struct Growth {
    tree: Multipart,
    limits: MultipartLimits,
    /// How many octets were looked at, which is what the index has cost.
    looked_at: usize,
}

impl Growth {
    fn new(
        buffer: Bytes,
        body: Range<usize>,
        media: MediaType<'_>,
        limits: MultipartLimits,
        tolerances: Tolerances,
    ) -> Result<Self, MultipartError> {
        let start = body.start;
        let refused = |(kind, offset)| MultipartError::new(kind, offset, start);
        let plan = Plan::of(media, &buffer, start, tolerances).map_err(refused)?;
        let tree = Multipart {
            buffer,
            tolerances,
            body: narrow(start),
            levels: Default::default(),
            parts: Default::default(),
            lines: Default::default(),
            deviations: Default::default(),
        };
        let mut growth = Self { tree, limits, looked_at: 0 };
        growth.add_level(plan, body, 1).map_err(refused)?;
        // Each level's parts are put behind those that are there: the loop comes to them in turn.
        let mut place = 0;
        while place < growth.tree.parts.len() {
            growth.tree.parts[place].inner = growth.inner(place);
            place += 1;
        }
        Ok(growth)
    }

    /// What is inside the part at `place`.
    fn inner(&mut self, place: usize) -> Inner {
        let part = self.tree.parts[place];
        let body = part.body as usize..part.end as usize;
        let depth = self.tree.levels[part.level as usize].depth + 1;
        let added = match self.plan(&part, body.start) {
            None => return Inner::No,
            Some(Ok(_)) if depth > self.limits.depth => {
                Err((MultipartErrorKind::TooDeep, part.start as usize))
            }
            Some(plan) => plan.and_then(|plan| self.add_level(plan, body, depth)),
        };
        match added {
            Ok(level) => Inner::Level(level),
            Err((kind, offset)) => {
                Inner::Bad(MultipartError::new(kind, offset, self.tree.body as usize))
            }
        }
    }

    /// How a part is to be taken apart; `None` when it is no multipart.
    fn plan(&self, part: &Piece, body: usize) -> Option<Result<Plan, Refused>> {
        let tree = &self.tree;
        let lines = &tree.lines[part.first_line as usize..part.end_line as usize];
        let headers = Headers::new(&tree.buffer, lines, part.empty_line, tree.tolerances);
        Some(match multipart_type(headers)? {
            Ok(_) if is_encoded(headers) => Err((MultipartErrorKind::Encoded, body)),
            Ok(media) => Plan::of(media, &tree.buffer, body, tree.tolerances),
            Err((kind, offset)) => Err((MultipartErrorKind::ContentType(kind), offset)),
        })
    }

    /// Adds a multipart and its parts; nothing of it stays when it is refused.
    fn add_level(&mut self, plan: Plan, body: Range<usize>, depth: usize) -> Result<u32, Refused> {
        let tree = &self.tree;
        let (parts, lines) = (tree.parts.len(), tree.lines.len());
        let deviations = tree.deviations.len();
        let buffer = tree.buffer.clone();
        let mut splitter = Splitter {
            bytes: &buffer[..body.end],
            start: body.start,
            boundary: &plan.boundary,
            tolerances: tree.tolerances,
            parts: self.limits.parts.saturating_sub(parts),
            looked_at: 0,
        };
        let split = splitter.split();
        self.looked_at += splitter.looked_at;
        let split = split?;
        self.tree.deviations.extend(plan.deviation(split.delimiter + 2));
        self.tree.deviations.extend_from_slice(&split.deviations);
        let level = self.tree.levels.len();
        for section in &split.parts {
            if let Err(refused) = self.add_part(&buffer, section, level) {
                self.tree.parts.truncate(parts);
                self.tree.lines.truncate(lines);
                self.tree.deviations.truncate(deviations);
                return Err(refused);
            }
        }
        let level = self.level(plan, &split, body, parts, depth);
        self.tree.levels.push(level);
        Ok(narrow(self.tree.levels.len() - 1))
    }

    fn level(
        &self,
        plan: Plan,
        split: &Split,
        body: Range<usize>,
        first: usize,
        depth: usize,
    ) -> Level {
        let boundary = split.delimiter + 2;
        let parts = narrow(first)..narrow(self.tree.parts.len());
        Level {
            subtype: plan.subtype,
            span: Span::new(body.start, body.end),
            boundary: Span::new(boundary, boundary + plan.boundary.len()),
            preamble: split.preamble.map(narrow),
            epilogue: split.epilogue.map(narrow),
            root: self.root(plan.start.as_deref(), parts.clone()),
            parts,
            depth,
        }
    }

    /// Reads the head of a part.
    fn add_part(&mut self, buffer: &[u8], section: &Section, level: usize) -> Result<(), Refused> {
        let &Section { start, end, bare_lf } = section;
        let lines = core::mem::take(&mut self.tree.lines);
        let first = lines.len();
        let limits = self.limits.of_head(first);
        let rules = Rules { limits, tolerances: self.tree.tolerances };
        let mut scan = Scan::of_part(lines, start, bare_lf);
        let head = scan.fragment_lines(&buffer[..end], &rules);
        self.tree.lines = scan.index;
        let head =
            head.map_err(|error| (MultipartErrorKind::PartHead(error.kind()), error.offset()))?;
        self.looked_at += head.end - start;
        self.tree.deviations.extend(scan.deviations);
        self.tree.parts.push(Piece {
            start: narrow(start),
            empty_line: narrow(head.empty_line),
            body: narrow(head.end),
            end: narrow(end),
            first_line: narrow(first),
            end_line: narrow(self.tree.lines.len()),
            level: narrow(level),
            inner: Inner::No,
        });
        Ok(())
    }

    /// The part that `start` names, or the first one.
    fn root(&self, start: Option<&[u8]>, mut parts: Range<u32>) -> u32 {
        let first = parts.start;
        let Some(start) = start else { return first };
        let start = crate::body::part::without_brackets(start);
        let tree = &self.tree;
        let is_start = |place: &u32| {
            let part = &tree.parts[*place as usize];
            let lines = &tree.lines[part.first_line as usize..part.end_line as usize];
            let headers = Headers::new(&tree.buffer, lines, part.empty_line, tree.tolerances);
            crate::body::part::content_id(headers) == Some(start)
        };
        parts.find(is_start).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;
    use crate::value::HeaderValue;

    /// How many octets are looked at to index this body of boundary `b`.
    fn cost(body: &[u8], parts: usize) -> usize {
        let media = MediaType::decode(b"multipart/mixed;boundary=b").unwrap();
        let limits = MultipartLimits { parts, headers: usize::MAX, ..MultipartLimits::default() };
        let limits = MultipartLimits { head: usize::MAX, ..limits };
        let whole = 0..body.len();
        let body = Bytes::copy_from_slice(body);
        match Growth::new(body, whole, media, limits, Tolerances::lenient()) {
            Ok(growth) => growth.looked_at,
            Err(error) => panic!("{error}"),
        }
    }

    /// What is looked at grows with the body and no faster, up to `times` the body.
    fn is_linear(body: impl Fn(usize) -> Vec<u8>, times: usize) {
        for n in [100, 1_000, 10_000] {
            let (small, large) = (body(n), body(2 * n));
            let (small_cost, large_cost) = (cost(&small, usize::MAX), cost(&large, usize::MAX));
            assert!(large_cost <= times * large.len(), "{large_cost} for {}", large.len());
            assert!(large_cost <= 2 * small_cost + 100, "{small_cost} and then {large_cost}");
        }
    }

    #[test]
    fn each_octet_is_looked_at_a_constant_number_of_times() {
        let parts = |n: usize, part: &str| format!("{}--b--", part.repeat(n)).into_bytes();
        // The search and the heads.
        is_linear(|n| parts(n, "--b\r\n\r\nx\r\n"), 2);
        is_linear(|n| parts(n, "--b\r\nX: y\r\n\r\n\r\n"), 2);
        is_linear(|n| parts(n, "--b\r\n"), 2);
        // Two searches: the first finds nothing.
        is_linear(|n| parts(n, "--b\n\nx\n"), 3);
        // Lines that nearly are delimiters, and padding that never ends.
        is_linear(|n| format!("--b\r\n\r\n{}--b--", "--bb\r\n".repeat(n)).into_bytes(), 3);
        is_linear(|n| format!("--b\r\n\r\n{}\r\n--b--", "\n--b".repeat(n)).into_bytes(), 3);
        is_linear(|n| format!("--b\r\n\r\n\r\n--b{}", " ".repeat(n)).into_bytes(), 4);
        // A boundary that is never closed.
        is_linear(|n| parts(n, "--b\r\n\r\nx\r\n")[..n].to_vec(), 4);
    }

    #[test]
    fn nesting_costs_one_look_a_level_up_to_the_limit() {
        let nested = |levels: usize| {
            let mut body = String::from("deep");
            for level in (0..levels).rev() {
                // The innermost is the longest: no boundary is the start of another.
                let (own, inner) = ("b".repeat(1 + level % 60), "b".repeat(1 + (level + 1) % 60));
                body = format!(
                    "--{own}\r\nContent-Type: multipart/mixed;boundary={inner}\r\n\r\n\
                     {body}\r\n--{own}--"
                );
            }
            body.into_bytes()
        };
        let depth = MultipartLimits::default().depth;
        for levels in [depth, 2 * depth, 40] {
            let body = nested(levels);
            let cost = cost(&body, usize::MAX);
            assert!(cost <= 3 * depth * body.len(), "{cost} for {}", body.len());
        }
    }
}
