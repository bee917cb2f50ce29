//! What a Content-Type says about how a multipart body is to be taken apart.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::value::MediaType;
use crate::{Deviation, MultipartErrorKind, Rule, Tolerances};

/// The longest boundary (RFC 2046 §5.1.1).
const LONGEST: usize = 70;

/// A boundary that was checked, and what else is needed.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) subtype: String,
    pub(super) boundary: Vec<u8>,
    /// The root of a `multipart/related`.
    pub(super) start: Option<Vec<u8>>,
    /// The first character that is only tolerated: its place in the boundary, and in the buffer if
    /// the type stands there.
    odd: Option<(usize, Option<usize>)>,
}

impl Plan {
    /// Reads the parameters of a multipart type. What is wrong stands in `buffer` if the type
    /// does, and at `elsewhere` if it does not.
    pub(super) fn of(
        media: MediaType<'_>,
        buffer: &[u8],
        elsewhere: usize,
        tolerances: Tolerances,
    ) -> Result<Self, (MultipartErrorKind, usize)> {
        use MultipartErrorKind as K;
        let at = |text: &[u8]| place(buffer, text).unwrap_or(elsewhere);
        if !media.type_().eq_ignore_ascii_case("multipart") {
            return Err((K::NotMultipart, at(media.type_().as_bytes())));
        }
        let mut boundaries = media
            .params()
            .iter()
            .filter(|param| param.is("boundary"))
            .filter_map(|param| Some((param.raw_value()?, param.value()?)));
        let Some((raw, boundary)) = boundaries.next() else {
            return Err((K::MissingBoundary, at(media.subtype().as_bytes())));
        };
        // Whoever takes the first and whoever takes the last would see different parts.
        if let Some((again, _)) = boundaries.find(|(_, other)| *other != boundary) {
            return Err((K::BoundaryConflict, at(again)));
        }
        if !(1..=LONGEST).contains(&boundary.len()) {
            return Err((K::BoundaryLength, at(raw)));
        }
        let start = media.params().get("start").and_then(|param| param.value());
        let place_of = |n| Some(place(buffer, raw)? + offset_in(raw, &boundary, n));
        let odd = characters(&boundary, tolerances)
            .map_err(|bad| (K::BoundaryCharacter, place_of(bad).unwrap_or(elsewhere)))?;
        Ok(Self {
            subtype: media.subtype().to_owned(),
            odd: odd.map(|n| (n, place_of(n))),
            boundary: boundary.into_owned(),
            start: start
                .filter(|_| media.subtype().eq_ignore_ascii_case("related"))
                .map(Cow::into_owned),
        })
    }

    /// What is tolerated in the boundary, which also stands at `delimiter`.
    pub(super) fn deviation(&self, delimiter: usize) -> Option<Deviation> {
        let (n, place) = self.odd?;
        let start = place.unwrap_or(delimiter + n);
        Some(Deviation::new(Rule::LooseBoundary, start, start + 1))
    }
}

/// `boundary := 0*69<bchars> bcharsnospace`: the place of the first character that is not in it if
/// that is tolerated, and as the error if it is not.
fn characters(boundary: &[u8], tolerances: Tolerances) -> Result<Option<usize>, usize> {
    // Padding may follow a delimiter, so where such a boundary ended could not be told.
    if boundary.last().is_some_and(|b| matches!(b, b' ' | b'\t')) {
        return Err(boundary.len() - 1);
    }
    if let Some(at) = boundary.iter().position(|b| b.is_ascii_control() && *b != b'\t') {
        return Err(at);
    }
    match boundary.iter().position(|b| !is_bchar(*b)) {
        Some(at) if !tolerances.allows(Rule::LooseBoundary) => Err(at),
        odd => Ok(odd),
    }
}

/// `bchars`.
pub(in crate::body) fn is_bchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte)
}

/// Where in the text of a parameter the character `n` of its value stands: exactly so without
/// backslashes, and at its start with them.
fn offset_in(raw: &[u8], value: &[u8], n: usize) -> usize {
    match raw.len() - value.len() {
        0 => n,
        2 => n + 1,
        _ => 0,
    }
}

/// Where `text` is in `buffer`, if it is a slice of it.
fn place(buffer: &[u8], text: &[u8]) -> Option<usize> {
    let at = text.as_ptr().addr().checked_sub(buffer.as_ptr().addr())?;
    (at + text.len() <= buffer.len()).then_some(at)
}
