//! What a multipart body may cost.

use crate::Limits;

/// Bounds on what [`Multipart`](crate::Multipart) accepts.
///
/// ```
/// use sip_message::{Message, MultipartErrorKind, MultipartLimits};
/// let message = Message::parse(&b"MESSAGE sip:bob@biloxi.example SIP/2.0\r\n\
///     Content-Type: multipart/mixed;boundary=b\r\n\r\n\
///     --b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n"[..])?;
/// let mut limits = MultipartLimits::default();
/// limits.parts = 1;
/// let error = message.multipart_with(limits).unwrap().unwrap_err();
/// assert_eq!(error.kind(), MultipartErrorKind::TooManyParts);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MultipartLimits {
    /// How deep multiparts may be nested, the outermost counted. Default 8; never above 255.
    ///
    /// The bytes of a body are looked at once a level, so this bounds the time as well.
    pub depth: usize,
    /// Parts of a body, those of nested multiparts counted. Default 256.
    pub parts: usize,
    /// Octets of the head of one part. Default 16 KiB.
    pub head: usize,
    /// Header lines of one part. Default 64.
    pub headers: usize,
    /// Octets of a header name. Default 256; never above 65,535.
    pub header_name: usize,
}

impl Default for MultipartLimits {
    fn default() -> Self {
        Self { depth: 8, parts: 256, head: 16 << 10, headers: 64, header_name: 256 }
    }
}

impl MultipartLimits {
    /// The limits of a part's head for the scanner, whose index has `lines` lines already.
    pub(crate) fn of_head(&self, lines: usize) -> Limits {
        Limits {
            head: self.head,
            header_line: self.head,
            headers: self.headers.saturating_add(lines),
            header_name: self.header_name,
            ..Limits::default()
        }
        .clamped()
    }
}
