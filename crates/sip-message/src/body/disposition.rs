//! What is to be done with a body or a part of one (RFC 3261 §20.11, RFC 3204 §6, RFC 5621 §8).

use crate::value::MediaType;
use crate::{HeaderError, Headers, Params, header};

/// Whether a receiver that does not know what to do with a body may ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handling {
    /// It must refuse the request with 415. This is the default.
    Required,
    /// It ignores the body.
    Optional,
}

/// The disposition of a body or part: what its Content-Disposition says, or what goes without
/// one.
///
/// ```
/// use sip_message::{Handling, Message};
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Content-Type: application/ISUP;version=nxv3\r\n\
///     Content-Disposition: signal; handling=optional\r\n\r\n\x01"[..])?;
/// let disposition = message.disposition().unwrap();
/// assert!(disposition.is("signal"));
/// assert_eq!(disposition.handling(), Handling::Optional);
///
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Content-Type: application/sdp\r\n\r\nv=0\r\n"[..])?;
/// let disposition = message.disposition().unwrap();
/// assert_eq!(disposition.kind(), "session");
/// assert_eq!(disposition.handling(), Handling::Required);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Disposition<'a> {
    kind: &'a str,
    params: Params<'a>,
}

impl<'a> Disposition<'a> {
    /// The disposition that `headers` give a body of this type. An unreadable Content-Type is not
    /// `application/sdp`.
    pub(crate) fn of(
        headers: Headers<'a>,
        media: Option<MediaType<'a>>,
    ) -> Result<Self, HeaderError<'a>> {
        if let Some(found) = headers.find(header::ContentDisposition)? {
            return Ok(Self {
                kind: found.value_str().unwrap_or_default(),
                params: found.params(),
            });
        }
        let session = media.is_some_and(|media| media.is("application", "sdp"));
        let kind = if session { "session" } else { "render" };
        Ok(Self { kind, params: Params::empty() })
    }

    /// The disposition type: `session`, `render`, `icon`, `alert`, …
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// Whether it is of this type, in any case.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// Whether the body may be ignored. A value that is neither `optional` nor `required` counts
    /// as required (RFC 3261 §20.11 has that as the default).
    #[must_use]
    pub fn handling(&self) -> Handling {
        let param = self.params.get("handling").and_then(|param| param.value());
        match param {
            Some(value) if value.eq_ignore_ascii_case(b"optional") => Handling::Optional,
            _ => Handling::Required,
        }
    }

    /// The parameters, such as `handling` and `filename`.
    #[must_use]
    pub fn params(&self) -> Params<'a> {
        self.params
    }
}
