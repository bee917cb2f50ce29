//! One part to be built.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{BodyError, MultipartBody};
use crate::class;
use crate::value::{HeaderValue, MediaType};
use crate::{Handling, HeaderName, Tolerances};

/// A part of a multipart that is to be built: its header lines and its body. The first error of a
/// step is kept, and [`MultipartBuilder::build`](super::MultipartBuilder::build) gives it.
///
/// ```
/// use sip_message::{BodyError, PartBuilder};
/// let part = PartBuilder::new("text/plain", &b"Hello"[..])
///     .content_id("4242@atlanta.example")
///     .header("Content-Language", "en");
/// assert_eq!(part.error(), None);
/// let part = part.header("X-Note", "a\r\nX-Injected: b");
/// assert_eq!(part.error(), Some(BodyError::Control));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PartBuilder {
    head: Vec<u8>,
    has_type: bool,
    body: Bytes,
    error: Option<BodyError>,
}

impl PartBuilder {
    /// A part with a Content-Type.
    pub fn new(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::untyped(body).header("Content-Type", content_type)
    }

    /// A part without header lines: `text/plain`.
    pub fn untyped(body: impl Into<Bytes>) -> Self {
        Self { head: Vec::new(), has_type: false, body: body.into(), error: None }
    }

    /// A part that is a multipart itself.
    pub fn multipart(body: MultipartBody) -> Self {
        let (content_type, body) = body.into_parts();
        let mut part = Self { has_type: true, ..Self::untyped(body) };
        // What a builder wrote has been checked.
        put(&mut part.head, &[b"Content-Type: ", content_type.as_bytes(), b"\r\n"]);
        part
    }

    /// Adds a header line. White space around the value is left out. A Content-Type is a media type
    /// and can be there once.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.set(|part| {
            if HeaderName::new(name) == Some(HeaderName::CONTENT_TYPE) {
                if part.has_type {
                    return Err(BodyError::DuplicateHeader);
                }
                MediaType::decode_with(value, Tolerances::strict())
                    .map_err(|_| BodyError::ContentType)?;
                part.has_type = true;
            }
            put_line(&mut part.head, name, value)
        })
    }

    /// Adds a Content-ID, given without angle brackets.
    pub fn content_id(self, id: &str) -> Self {
        let bare = !id.contains(['<', '>']);
        self.set(|_| if bare { Ok(()) } else { Err(BodyError::Control) })
            .header("Content-ID", [b"<", id.as_bytes(), b">"].concat())
    }

    /// Adds a Content-Disposition that says whether the part may be ignored (RFC 5621 §8.2).
    pub fn disposition(self, kind: &str, handling: Handling) -> Self {
        let is_token = class::all(kind.as_bytes(), class::TOKEN);
        let handling: &[u8] = match handling {
            Handling::Required => b";handling=required",
            Handling::Optional => b";handling=optional",
        };
        self.set(|_| if is_token { Ok(()) } else { Err(BodyError::Disposition) })
            .header("Content-Disposition", [kind.as_bytes(), handling].concat())
    }

    /// The first error so far.
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

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Writes a header line, if its name is a token and its value has no control character but HTAB.
pub(in crate::body) fn put_line(
    out: &mut Vec<u8>,
    name: &str,
    value: &[u8],
) -> Result<(), BodyError> {
    if !class::all(name.as_bytes(), class::TOKEN) {
        return Err(BodyError::Name);
    }
    if value.iter().any(|b| !class::is(*b, class::TEXT)) {
        return Err(BodyError::Control);
    }
    put(out, &[name.as_bytes(), b": ", value.trim_ascii(), b"\r\n"]);
    Ok(())
}

/// Writes `;name=value`, the value in quotes where it is no token.
pub(in crate::body) fn put_param(
    out: &mut Vec<u8>,
    name: &str,
    value: &str,
) -> Result<(), BodyError> {
    if !class::all(name.as_bytes(), class::TOKEN) {
        return Err(BodyError::Name);
    }
    put(out, &[b";", name.as_bytes(), b"="]);
    if class::all(value.as_bytes(), class::TOKEN) {
        put(out, &[value.as_bytes()]);
        return Ok(());
    }
    out.push(b'"');
    for byte in value.bytes() {
        if !class::is(byte, class::TEXT) {
            return Err(BodyError::Control);
        }
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
    Ok(())
}

fn put(out: &mut Vec<u8>, texts: &[&[u8]]) {
    for text in texts {
        out.extend_from_slice(text);
    }
}
