//! One part of a multipart body (RFC 2046 §5.1, RFC 2045 §3).

use alloc::borrow::Cow;
use core::fmt;
use core::ops::Range;

use bytes::Bytes;

use super::{
    Disposition, MultipartError, MultipartRef, TransferEncoding, TransferError, TransferErrorKind,
};
use crate::header::{self, Header};
use crate::index::Entry;
use crate::input::{skip_lws, trim_end};
use crate::value::{HeaderValue, MediaType};
use crate::{HeaderError, HeaderLine, Headers, Tolerances};

/// A part of a [`Multipart`](crate::Multipart): header lines and a body.
///
/// ```
/// use sip_message::{header, Multipart, value::{HeaderValue, MediaType}};
/// let media = MediaType::decode(b"multipart/mixed;boundary=b").unwrap();
/// let multipart = Multipart::parse(&b"--b\r\n\
///     Content-Type: message/external-body; access-type=\"URL\";\r\n \
///         URL=\"http://www.example.com/the-indirect-content\"\r\n\
///     Content-ID: <4242@atlanta.example>\r\n\r\n\
///     Content-Type: application/sdp\r\n\r\n\r\n\
///     --b--\r\n"[..], media)?;
/// let part = multipart.parts().next().unwrap();
/// let url = part.content_type().unwrap().params().get("url").unwrap();
/// assert_eq!(url.value().unwrap(), &b"http://www.example.com/the-indirect-content"[..]);
/// assert_eq!(part.content_id(), Some(&b"4242@atlanta.example"[..]));
/// assert!(part.header(header::ContentDisposition).unwrap().is_none());
/// assert_eq!(part.body(), b"Content-Type: application/sdp\r\n\r\n");
/// # Ok::<(), sip_message::MultipartError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Part<'a> {
    buffer: &'a Bytes,
    headers: Headers<'a>,
    start: u32,
    body: u32,
    end: u32,
    /// Whether it is a part of a `multipart/digest`.
    digest: bool,
    inner: Option<Result<MultipartRef<'a>, MultipartError>>,
}

impl<'a> Part<'a> {
    pub(super) fn new(
        buffer: &'a Bytes,
        lines: &'a [Entry],
        [start, empty_line, body, end]: [u32; 4],
        tolerances: Tolerances,
        digest: bool,
        inner: Option<Result<MultipartRef<'a>, MultipartError>>,
    ) -> Self {
        let headers = Headers::new(buffer, lines, empty_line, tolerances);
        Self { buffer, headers, start, body, end, digest, inner }
    }

    /// The header lines, raw and typed, as those of a message. Compact forms are names here as
    /// well.
    #[must_use]
    pub fn headers(&self) -> Headers<'a> {
        self.headers
    }

    /// The first value of a header; `None` when the part does not have it.
    ///
    /// # Errors
    /// When the value is bad.
    pub fn header<H: Header>(&self, header: H) -> Result<Option<H::Value<'a>>, HeaderError<'a>> {
        self.headers.find(header)
    }

    /// The value of the first line with this name, in any case, as it came.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.raw(name)
    }

    /// The type: what Content-Type says, and `text/plain` without one (`message/rfc822` in a
    /// `multipart/digest`, RFC 2046 §5.1.5).
    ///
    /// # Errors
    /// When the Content-Type is bad.
    pub fn content_type(&self) -> Result<MediaType<'a>, HeaderError<'a>> {
        if let Some(media) = self.headers.find(header::ContentType)? {
            return Ok(media);
        }
        let default: &[u8] = if self.digest { b"message/rfc822" } else { b"text/plain" };
        Ok(MediaType::decode(default).expect("both defaults are media types"))
    }

    /// What is to be done with the part: its Content-Disposition, or what goes without one
    /// (RFC 3261 §20.11).
    ///
    /// # Errors
    /// When the Content-Disposition is bad.
    pub fn disposition(&self) -> Result<Disposition<'a>, HeaderError<'a>> {
        Disposition::of(self.headers, self.content_type().ok())
    }

    /// The Content-ID without its angle brackets (RFC 2045 §7).
    #[must_use]
    pub fn content_id(&self) -> Option<&'a [u8]> {
        content_id(self.headers)
    }

    /// The Content-Transfer-Encoding, in the letters that it came in; `7bit` without one
    /// (RFC 2045 §6.1). In SIP it should always be `binary` (RFC 5621 §3.2).
    #[must_use]
    pub fn transfer_encoding(&self) -> &'a [u8] {
        self.raw("Content-Transfer-Encoding").unwrap_or(b"7bit")
    }

    /// Whether the octets of the body are an encoding of what the type says: there is a
    /// Content-Encoding, or a Content-Transfer-Encoding other than `7bit`, `8bit` and `binary`.
    /// Bodies are kept as they came: [`decoded_body`](Self::decoded_body) undoes the transfer
    /// encoding; a Content-Encoding is up to you.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        super::is_encoded(self.headers)
    }

    /// The body, which may be empty and may hold any octet.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        &self.buffer[self.body_range()]
    }

    /// The body without its Content-Transfer-Encoding: decoded if that is `base64` or
    /// `quoted-printable`, and as it came otherwise. A Content-Encoding is not undone.
    ///
    /// ```
    /// use sip_message::{Multipart, value::{HeaderValue, MediaType}};
    /// let media = MediaType::decode(b"multipart/mixed;boundary=b").unwrap();
    /// let multipart = Multipart::parse(&b"--b\r\n\
    ///     Content-Transfer-Encoding: base64\r\n\r\n\
    ///     SGVsbG8s\r\nIHdvcmxk\r\n\
    ///     --b\r\n\
    ///     Content-Transfer-Encoding: quoted-printable\r\n\r\n\
    ///     caf=E9\r\n\
    ///     --b\r\n\r\n\
    ///     as it is\r\n\
    ///     --b--"[..], media)?;
    /// let bodies: Result<Vec<_>, _> = multipart.parts().map(|part| part.decoded_body()).collect();
    /// assert_eq!(bodies?, [&b"Hello, world"[..], b"caf\xe9", b"as it is"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the encoding is none of RFC 2045, or there are two that differ, or the body is not so
    /// encoded. The offset counts from the first byte given to the parser.
    pub fn decoded_body(&self) -> Result<Cow<'a, [u8]>, TransferError> {
        use TransferErrorKind as K;
        let mut lines = self.headers.lines("Content-Transfer-Encoding");
        let mut encoding = TransferEncoding::SevenBit;
        if let Some(line) = lines.next().filter(|line| !line.value().is_empty()) {
            let error =
                |kind, line: HeaderLine<'_>| TransferError::new(kind, line.value_range().start);
            encoding = TransferEncoding::from_token(line.value())
                .ok_or_else(|| error(K::Unknown, line))?;
            let differs = |other: &HeaderLine<'_>| {
                TransferEncoding::from_token(other.value()) != Some(encoding)
            };
            if let Some(other) = lines.find(differs) {
                return Err(error(K::Conflict, other));
            }
        }
        encoding.decode(self.body()).map_err(|error| error.behind(self.body))
    }

    /// The body as a slice of the buffer it came in. It keeps that whole buffer alive.
    ///
    /// A part of type `message/sipfrag` is read by
    /// [`Sipfrag::parse`](crate::Sipfrag::parse)`(part.body_bytes())`, one of type `message/sip`
    /// by [`Message::parse`](crate::Message::parse).
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        self.buffer.slice(self.body_range())
    }

    /// Where the body is, counted from the first byte given to the parser.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.body as usize..self.end as usize
    }

    /// The whole part: header lines, empty line, body.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        &self.buffer[self.range()]
    }

    /// Where the whole part is, counted from the first byte given to the parser.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The parts of this part if it is a multipart, or why they cannot be had.
    #[must_use]
    pub fn multipart(&self) -> Option<Result<MultipartRef<'a>, MultipartError>> {
        self.inner
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("head", &format_args!("{}", self.head().escape_ascii()))
            .field("body", &self.body().len())
            .field("multipart", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<'a> Part<'a> {
    /// The header lines and the empty line.
    fn head(&self) -> &'a [u8] {
        &self.buffer[self.start as usize..self.body as usize]
    }
}

/// The Content-ID of a part: `"<" addr-spec ">"`, of which the brackets are no part of the name.
pub(super) fn content_id(headers: Headers<'_>) -> Option<&[u8]> {
    headers.raw("Content-ID").map(without_brackets)
}

/// What stands between angle brackets, if it does.
pub(super) fn without_brackets(id: &[u8]) -> &[u8] {
    let start = skip_lws(id, 0);
    let id = &id[start..trim_end(id, start, id.len())];
    match id {
        [b'<', inner @ .., b'>'] => inner,
        bare => bare,
    }
}
