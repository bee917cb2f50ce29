//! Building multipart bodies (RFC 2046 §5.1.1, RFC 5621 §4.3).

mod boundary;
mod error;
mod part;

pub use error::BodyError;
pub use part::PartBuilder;

pub(super) use part::{put_line, put_param};

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;

use self::boundary::Choice;
use crate::class;

/// Builds a multipart body out of parts, with a boundary that none of them has in it.
///
/// ```
/// use sip_message::{Handling, MultipartBuilder, PartBuilder};
/// let sdp = PartBuilder::new("application/sdp", &b"v=0\r\n"[..]);
/// let isup = PartBuilder::new("application/ISUP;version=nxv3;base=etsi121", &[1, 0, 0x49][..])
///     .disposition("signal", Handling::Optional);
/// let body = MultipartBuilder::mixed().part(sdp).part(isup).build()?;
/// assert_eq!(body.content_type(), "multipart/mixed;boundary=trapezoid-0000000000000000");
/// assert_eq!(&body.bytes()[..], b"--trapezoid-0000000000000000\r\n\
///     Content-Type: application/sdp\r\n\r\n\
///     v=0\r\n\r\n\
///     --trapezoid-0000000000000000\r\n\
///     Content-Type: application/ISUP;version=nxv3;base=etsi121\r\n\
///     Content-Disposition: signal;handling=optional\r\n\r\n\
///     \x01\x00\x49\r\n\
///     --trapezoid-0000000000000000--\r\n");
/// # Ok::<(), sip_message::BodyError>(())
/// ```
///
/// The choice depends on the parts and on what [`seed`](Self::seed) and
/// [`boundary_prefix`](Self::boundary_prefix) say, and on nothing else: the same input gives the
/// same bytes. Neither preamble nor padding is written. The first error of a step is kept, and
/// [`build`](Self::build) gives it.
#[derive(Clone, Debug)]
#[must_use]
pub struct MultipartBuilder {
    subtype: String,
    params: Vec<u8>,
    choice: Choice,
    parts: Vec<PartBuilder>,
    error: Option<BodyError>,
}

impl MultipartBuilder {
    /// A `multipart/mixed`: parts that stand for themselves.
    pub fn mixed() -> Self {
        Self::of_token("mixed")
    }

    /// A `multipart/alternative`: the same thing in several forms, the richest last
    /// (RFC 5621 §6.1).
    pub fn alternative() -> Self {
        Self::of_token("alternative")
    }

    /// A `multipart/related`: parts that make one object (RFC 2387). The type of the root part is
    /// the parameter `type`, which the RFC demands.
    pub fn related(root_type: &str) -> Self {
        Self::of_token("related").param("type", root_type)
    }

    /// A multipart of another subtype, which is a token.
    pub fn new(subtype: &str) -> Self {
        let is_token = class::all(subtype.as_bytes(), class::TOKEN);
        let error = Some(BodyError::ContentType).filter(|_| !is_token);
        Self { error, ..Self::of_token(subtype) }
    }

    fn of_token(subtype: &str) -> Self {
        Self {
            subtype: subtype.into(),
            params: Vec::new(),
            choice: Choice::default(),
            parts: Vec::new(),
            error: None,
        }
    }

    /// Adds a parameter to the Content-Type, such as `start` or `protocol`; the value is quoted
    /// where it must be. The name is a token other than `boundary`, which the builder sets itself.
    pub fn param(self, name: &str, value: &str) -> Self {
        self.set(|builder| {
            if name.eq_ignore_ascii_case("boundary") {
                return Err(BodyError::DuplicateHeader);
            }
            put_param(&mut builder.params, name, value)
        })
    }

    /// Starts the search for a boundary elsewhere. Which boundary is found need not be a secret,
    /// since the parts are looked at; a seed makes the boundaries of several bodies differ.
    pub fn seed(mut self, seed: u64) -> Self {
        self.choice.seed = seed;
        self
    }

    /// Makes boundaries start with these characters instead of `trapezoid-`: at most 54, none of
    /// which needs quotes.
    pub fn boundary_prefix(self, prefix: &str) -> Self {
        self.set(|builder| {
            builder.choice = Choice::search(prefix, builder.choice.seed)?;
            Ok(())
        })
    }

    /// Sets the boundary (RFC 2046 §5.1.1). [`build`](Self::build) refuses it if it is in one of the
    /// parts.
    pub fn boundary(self, boundary: &str) -> Self {
        self.set(|builder| {
            builder.choice = Choice::fixed(boundary)?;
            Ok(())
        })
    }

    /// Adds a part.
    pub fn part(self, part: PartBuilder) -> Self {
        self.set(|builder| {
            part.error().map_or(Ok(()), Err)?;
            builder.parts.push(part);
            Ok(())
        })
    }

    /// The first error so far, which [`build`](Self::build) would give.
    #[must_use]
    pub fn error(&self) -> Option<BodyError> {
        self.error
    }

    /// A step: it changes nothing once there is an error.
    fn set(mut self, step: impl FnOnce(&mut Self) -> Result<(), BodyError>) -> Self {
        if self.error.is_none() {
            self.error = step(&mut self).err();
        }
        self
    }

    /// Writes the body.
    ///
    /// # Errors
    /// The first that a step has made; when there is no part, or one of them has the boundary in it
    /// that was set.
    pub fn build(self) -> Result<MultipartBody, BodyError> {
        self.error.map_or(Ok(()), Err)?;
        if self.parts.is_empty() {
            return Err(BodyError::NoParts);
        }
        let texts = self.parts.iter().flat_map(|part| [part.head(), part.body()]);
        let boundary = self.choice.boundary(texts)?;
        let delimiter = 6 + boundary.len();
        let size = |part: &PartBuilder| delimiter + part.head().len() + 2 + part.body().len();
        let size = self.parts.iter().map(size).sum::<usize>() + delimiter + 2;
        let mut bytes = Vec::with_capacity(size);
        for (place, part) in self.parts.iter().enumerate() {
            // The line end before a delimiter belongs to it; the first one needs none.
            let line_end: &[u8] = if place == 0 { b"" } else { b"\r\n" };
            for text in [line_end, b"--", boundary.as_bytes(), b"\r\n"] {
                bytes.extend_from_slice(text);
            }
            for text in [part.head(), b"\r\n", part.body()] {
                bytes.extend_from_slice(text);
            }
        }
        for text in [b"\r\n--", boundary.as_bytes(), b"--\r\n"] {
            bytes.extend_from_slice(text);
        }
        let mut content_type = [b"multipart/", self.subtype.as_bytes(), &self.params].concat();
        put_param(&mut content_type, "boundary", &boundary)?;
        let content_type = String::from_utf8(content_type).map_err(|_| BodyError::ContentType)?;
        Ok(MultipartBody { content_type, bytes: bytes.into() })
    }
}

/// A multipart body that was built, and its Content-Type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartBody {
    content_type: String,
    bytes: Bytes,
}

impl MultipartBody {
    /// The value of the Content-Type header that it needs.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The Content-Type and the body.
    #[must_use]
    pub fn into_parts(self) -> (String, Bytes) {
        (self.content_type, self.bytes)
    }
}
