//! Bodies that have a structure SIP itself must know: multiparts (RFC 2046 §5.1, RFC 5621) and
//! fragments of messages (RFC 3420).
//!
//! Like a message, both are the bytes they came in and an index over them: nothing is copied, and
//! every offset counts from the first byte that was given to the parser of the message. Bodies of
//! other types, and what Content-Encoding or Content-Transfer-Encoding did to them, are kept as
//! they came; [`Part::decoded_body`] undoes the latter when it is asked to.

mod build;
mod disposition;
mod error;
mod limits;
mod multipart;
mod part;
mod sipfrag;
mod transfer;

pub use build::{BodyError, MultipartBody, MultipartBuilder, PartBuilder};
pub use disposition::{Disposition, Handling};
pub use error::{MultipartError, MultipartErrorKind};
pub use limits::MultipartLimits;
pub use multipart::{Multipart, MultipartRef, PartIter, Walk};
pub use part::Part;
pub use sipfrag::{Sipfrag, SipfragBuilder};
pub use transfer::{TransferEncoding, TransferError, TransferErrorKind};

use crate::message::Parts;
use crate::value::MediaType;
use crate::{HeaderError, HeaderErrorKind, Headers, ValueErrorKind, header};

impl Parts {
    /// The body as a multipart, if that is its type; default limits, the tolerances of the
    /// message.
    ///
    /// ```
    /// use sip_message::Message;
    /// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
    ///     Content-Type: multipart/mixed;boundary=\"boundary1\"\r\n\r\n\
    ///     --boundary1\r\n\
    ///     Content-Type: application/sdp\r\n\r\n\
    ///     v=0\r\n\r\n\
    ///     --boundary1\r\n\
    ///     Content-Type: application/resource-lists+xml\r\n\
    ///     Content-Disposition: recipient-list\r\n\r\n\
    ///     <resource-lists/>\r\n\
    ///     --boundary1--\r\n"[..])?;
    /// let multipart = message.multipart().expect("it is one")?;
    /// let sdp = multipart.parts().next().unwrap();
    /// assert!(sdp.content_type().unwrap().is("application", "sdp"));
    /// assert_eq!(sdp.body(), b"v=0\r\n");
    /// let list = multipart.parts().nth(1).unwrap();
    /// assert_eq!(list.disposition().unwrap().kind(), "recipient-list");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn multipart(&self) -> Option<Result<Multipart, MultipartError>> {
        self.multipart_with(MultipartLimits::default())
    }

    /// The body as a multipart, if that is its type, under limits of your own.
    #[must_use]
    pub fn multipart_with(
        &self,
        limits: MultipartLimits,
    ) -> Option<Result<Multipart, MultipartError>> {
        let body = self.body_range();
        let error = |kind, offset| MultipartError::new(kind, offset, body.start);
        Some(match multipart_type(self.headers())? {
            Ok(_) if is_encoded(self.headers()) => {
                Err(error(MultipartErrorKind::Encoded, body.start))
            }
            Ok(media) => {
                let source = self.source().clone();
                Multipart::index(source, body, media, limits, self.tolerances())
            }
            Err((kind, offset)) => Err(error(MultipartErrorKind::ContentType(kind), offset)),
        })
    }

    /// What is to be done with the body: its Content-Disposition, or what goes without one
    /// (RFC 3261 §20.11).
    ///
    /// # Errors
    /// When the Content-Disposition is bad.
    pub fn disposition(&self) -> Result<Disposition<'_>, HeaderError<'_>> {
        let media = self.headers().find(header::ContentType).ok().flatten();
        Disposition::of(self.headers(), media)
    }
}

/// The Content-Type of `headers` if it is multipart; what is wrong with it, and where, if it starts
/// like one.
fn multipart_type(headers: Headers<'_>) -> Option<Result<MediaType<'_>, (ValueErrorKind, usize)>> {
    match headers.find(header::ContentType) {
        Ok(media) => media.filter(|m| m.type_().eq_ignore_ascii_case("multipart")).map(Ok),
        Err(error) => {
            let value = headers.raw("Content-Type")?;
            let kind = value.split(|b| !b.is_ascii_alphanumeric()).next()?;
            if !kind.eq_ignore_ascii_case(b"multipart") {
                return None;
            }
            match error.kind() {
                HeaderErrorKind::Value(kind) => Some(Err((kind, error.offset()?))),
                HeaderErrorKind::Missing => None,
            }
        }
    }
}

/// Whether the octets of a body are an encoding of what its Content-Type says (RFC 3261 §20.12,
/// RFC 2045 §6).
fn is_encoded(headers: Headers<'_>) -> bool {
    let is_none_of = |name, plain: &[&str]| {
        let value = headers.raw(name).unwrap_or_default();
        !value.is_empty() && !plain.iter().any(|plain| value.eq_ignore_ascii_case(plain.as_bytes()))
    };
    is_none_of("Content-Encoding", &["identity"])
        || is_none_of("Content-Transfer-Encoding", &["7bit", "8bit", "binary"])
}
