//! The descriptions in the body of a message.

use sdp::{ParseError, Parser, SessionDescription, Tolerances};
use sip_message::{Message, header};

use crate::diagnostics::Diagnosis;

/// A body, or a part of one, of the type `application/sdp`.
pub(crate) struct Body {
    /// Where it is in the file.
    pub(crate) start: usize,
    pub(crate) description: Result<SessionDescription, ParseError>,
}

impl Body {
    /// All that can be said against it.
    pub(crate) fn findings(&self, file: &[u8]) -> Vec<Diagnosis> {
        match &self.description {
            Ok(description) => Diagnosis::of_description(description, self.start),
            Err(error) => vec![Diagnosis::of_refused_sdp(error, self.start, file)],
        }
    }
}

/// The descriptions in a message that starts at `start` of the file, in order. An encoded one
/// cannot be read, and an empty one is none.
pub(crate) fn bodies(message: &Message, start: usize, tolerances: Tolerances) -> Vec<Body> {
    let mut parser = Parser::new().tolerances(tolerances);
    let mut body = |range: std::ops::Range<usize>, bytes| Body {
        start: start + range.start,
        description: parser.parse(bytes),
    };
    if let Some(Ok(multipart)) = message.multipart() {
        return multipart
            .walk()
            .filter(|part| {
                let media = part.content_type();
                media.is_ok_and(|media| media.is("application", "sdp")) && !part.is_encoded()
            })
            .filter(|part| !part.body().is_empty())
            .map(|part| body(part.body_range(), part.body_bytes()))
            .collect();
    }
    let media = message.headers().find(header::ContentType).ok().flatten();
    let is_sdp = media.is_some_and(|media| media.is("application", "sdp"));
    let is_encoded = message.headers().raw("Content-Encoding").is_some_and(|c| c != b"identity");
    if !is_sdp || is_encoded || message.body().is_empty() {
        return Vec::new();
    }
    vec![body(message.body_range(), message.source().slice(message.body_range()))]
}
