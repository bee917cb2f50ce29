//! Multipart bodies (RFC 2046 §5.1): the bytes of the body and an index of its parts.
//!
//! ```text
//! multipart-body := [preamble CRLF] dash-boundary transport-padding CRLF
//!                   body-part *encapsulation
//!                   close-delimiter transport-padding [CRLF epilogue]
//! encapsulation  := delimiter transport-padding CRLF body-part
//! delimiter      := CRLF "--" boundary
//! body-part      := MIME-part-headers [CRLF *OCTET]
//! ```
//!
//! A body is taken apart from the outside in, level by level: an outer delimiter ends an inner
//! multipart wherever it stands (RFC 2046 §5.1.2), and each level looks at each byte once.

mod index;
mod plan;
mod split;
mod view;

pub use view::{MultipartRef, PartIter, Walk};

pub(super) use plan::is_bchar;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use bytes::Bytes;

use super::{MultipartError, MultipartErrorKind, MultipartLimits, Part};
use crate::index::Entry;
use crate::start_line::Span;
use crate::value::MediaType;
use crate::{Deviation, Tolerances};

/// A multipart body and the multiparts inside it.
///
/// It shares the buffer that it was parsed from. [`MultipartRef`] is one level of it, [`Part`] one
/// part; what can be asked of a level can be asked of the `Multipart` and means the outermost one.
///
/// ```
/// use sip_message::{Multipart, value::{HeaderValue, MediaType}};
/// let media = MediaType::decode(b"multipart/mixed; boundary=\"simple boundary\"").unwrap();
/// let multipart = Multipart::parse(&b"This is the preamble.\r\n\
///     --simple boundary\r\n\r\n\
///     implicitly typed\r\n\
///     --simple boundary\r\n\
///     Content-type: text/plain; charset=us-ascii\r\n\r\n\
///     explicitly typed, with a line end\r\n\r\n\
///     --simple boundary--\r\n\
///     This is the epilogue."[..], media)?;
/// assert_eq!(multipart.preamble(), Some(&b"This is the preamble."[..]));
/// let bodies: Vec<_> = multipart.parts().map(|part| part.body()).collect();
/// assert_eq!(bodies, [&b"implicitly typed"[..], b"explicitly typed, with a line end\r\n"]);
/// assert_eq!(multipart.epilogue(), Some(&b"This is the epilogue."[..]));
/// # Ok::<(), sip_message::MultipartError>(())
/// ```
#[derive(Clone)]
pub struct Multipart {
    buffer: Bytes,
    tolerances: Tolerances,
    /// Where the outermost body starts.
    body: u32,
    /// The outermost level first.
    levels: Vec<Level>,
    /// The parts of each level side by side.
    parts: Vec<Piece>,
    /// The header lines of all parts.
    lines: Vec<Entry>,
    deviations: Vec<Deviation>,
}

/// One multipart.
#[derive(Clone, Debug)]
struct Level {
    subtype: String,
    /// Where the whole of it is.
    span: Span,
    /// Where the boundary stands in the first delimiter.
    boundary: Span,
    /// Where the preamble ends.
    preamble: Option<u32>,
    /// Where the epilogue starts.
    epilogue: Option<u32>,
    /// Its parts.
    parts: Range<u32>,
    /// The part to be looked at first.
    root: u32,
    /// 1 for the outermost.
    depth: usize,
}

/// Where one part is.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u32,
    /// The empty line behind the header lines.
    empty_line: u32,
    body: u32,
    end: u32,
    /// Its first header line, and the one behind its last.
    first_line: u32,
    end_line: u32,
    /// The level that it belongs to.
    level: u32,
    inner: Inner,
}

/// Whether a part is a multipart itself.
#[derive(Clone, Copy, Debug)]
enum Inner {
    No,
    /// The level of its parts.
    Level(u32),
    Bad(MultipartError),
}

impl Multipart {
    /// Takes a body apart whose Content-Type is `content_type`, under default limits and
    /// tolerances. For the body of a message there is
    /// [`Parts::multipart`](crate::Parts::multipart).
    ///
    /// # Errors
    /// When the type is not multipart, or the body does not follow the grammar and no tolerance
    /// covers that. What is wrong inside a nested multipart is the error of
    /// [`Part::multipart`] and leaves the others alone.
    pub fn parse(
        body: impl Into<Bytes>,
        content_type: MediaType<'_>,
    ) -> Result<Self, MultipartError> {
        Self::parse_with(body, content_type, MultipartLimits::default(), Tolerances::default())
    }

    /// Takes a body apart under limits and tolerances of your own.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(
        body: impl Into<Bytes>,
        content_type: MediaType<'_>,
        limits: MultipartLimits,
        tolerances: Tolerances,
    ) -> Result<Self, MultipartError> {
        let body = body.into();
        if u32::try_from(body.len()).is_err() {
            return Err(MultipartError::new(MultipartErrorKind::TooLong, 0, 0));
        }
        let whole = 0..body.len();
        Self::index(body, whole, content_type, limits, tolerances)
    }

    /// The outermost level.
    #[must_use]
    pub fn top(&self) -> MultipartRef<'_> {
        MultipartRef::new(self, 0)
    }

    /// The subtype: `mixed` of `multipart/mixed`.
    #[must_use]
    pub fn subtype(&self) -> &str {
        self.top().subtype()
    }

    /// The boundary as it stands in the delimiters, without their hyphens.
    #[must_use]
    pub fn boundary(&self) -> &[u8] {
        self.top().boundary()
    }

    /// What stands before the first delimiter, without the line end that belongs to it; `None`
    /// when the body starts with the delimiter.
    #[must_use]
    pub fn preamble(&self) -> Option<&[u8]> {
        self.top().preamble()
    }

    /// What stands behind the closing delimiter's line; `None` when the body ends with the
    /// delimiter.
    #[must_use]
    pub fn epilogue(&self) -> Option<&[u8]> {
        self.top().epilogue()
    }

    /// The parts of the outermost level in order.
    #[must_use]
    pub fn parts(&self) -> PartIter<'_> {
        self.top().parts()
    }

    /// The part to be processed first: the one that `start` names in a `multipart/related`
    /// (RFC 2387 §3.2), and the first one otherwise.
    #[must_use]
    pub fn root(&self) -> Part<'_> {
        self.top().root()
    }

    /// All parts of all levels in the order of the bytes, each multipart before its parts.
    ///
    /// ```
    /// # use sip_message::{Multipart, value::{HeaderValue, MediaType}};
    /// let media = MediaType::decode(b"multipart/mixed;boundary=a").unwrap();
    /// let multipart = Multipart::parse(&b"--a\r\n\
    ///     Content-Type: multipart/alternative;boundary=b\r\n\r\n\
    ///     --b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n\
    ///     --a\r\n\r\nthree\r\n--a--"[..], media)?;
    /// let leaves = multipart.walk().filter(|part| part.multipart().is_none());
    /// let bodies: Vec<_> = leaves.map(|part| part.body()).collect();
    /// assert_eq!(bodies, [b"one".as_slice(), b"two", b"three"]);
    /// # Ok::<(), sip_message::MultipartError>(())
    /// ```
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    /// The part with this Content-ID, which is given without the angle brackets; the part that a
    /// `cid:` URL means (RFC 2392, RFC 5621 §9.1).
    #[must_use]
    pub fn by_content_id(&self, id: &[u8]) -> Option<Part<'_>> {
        self.walk().find(|part| part.content_id() == Some(id))
    }

    /// What was tolerated, in the order in which it was found.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// The tolerances that the body was read under, and its headers are.
    #[must_use]
    pub fn tolerances(&self) -> Tolerances {
        self.tolerances
    }

    /// Where the body is in the buffer that was parsed.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.top().range()
    }

    /// The whole body.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.top().as_bytes()
    }

    fn part_at(&self, place: u32) -> Part<'_> {
        let piece = &self.parts[place as usize];
        let lines = &self.lines[piece.first_line as usize..piece.end_line as usize];
        let digest = self.levels[piece.level as usize].subtype.eq_ignore_ascii_case("digest");
        let inner = match piece.inner {
            Inner::No => None,
            Inner::Level(level) => Some(Ok(MultipartRef::new(self, level))),
            Inner::Bad(error) => Some(Err(error)),
        };
        let spans = [piece.start, piece.empty_line, piece.body, piece.end];
        Part::new(&self.buffer, lines, spans, self.tolerances, digest, inner)
    }
}

/// Two multiparts are equal when their bytes and their boundaries are.
impl PartialEq for Multipart {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes() && self.boundary() == other.boundary()
    }
}

impl Eq for Multipart {}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.top().fmt(f)
    }
}
