//! Reading descriptions.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::index::{Entry, Index};
use crate::{Limit, Limits, ParseError, ParseErrorKind, SessionDescription, Tolerances};

/// Reads descriptions under limits and tolerances of its own.
///
/// A parser that is kept can use the index of an old description for the next one, so that
/// nothing is allocated:
///
/// ```
/// use sdp::{Limits, Parser, Tolerances};
/// let mut limits = Limits::default();
/// limits.media = 8;
/// let mut parser = Parser::new()
///     .limits(limits)
///     .tolerances(Tolerances::lenient());
/// for body in ["v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", "m=audio 9 RTP/AVP 0\n"] {
///     let description = parser.parse(body)?;
///     // … use it …
///     parser.recycle(description);
/// }
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Debug, Default)]
pub struct Parser {
    limits: Limits,
    tolerances: Tolerances,
    spare: Vec<Entry>,
}

impl Parser {
    /// A parser with default limits and tolerances.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same parser with these limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same parser with these tolerances.
    #[must_use]
    pub fn tolerances(self, tolerances: Tolerances) -> Self {
        Self { tolerances, ..self }
    }

    /// Reads a description.
    ///
    /// # Errors
    /// When the bytes are no description; the error says where.
    pub fn parse(&mut self, body: impl Into<Bytes>) -> Result<SessionDescription, ParseError> {
        self.parse_bytes(body.into())
    }

    /// Gives an old description's index back for the next one to use.
    pub fn recycle(&mut self, description: SessionDescription) {
        let entries = description.into_entries();
        if entries.capacity() > self.spare.capacity() {
            self.spare = entries;
        }
    }

    fn parse_bytes(&mut self, body: Bytes) -> Result<SessionDescription, ParseError> {
        // Offsets have 32 bits.
        let most = self.limits.description.min(u32::MAX as usize - 1);
        if body.len() > most {
            let kind = ParseErrorKind::LimitExceeded(Limit::Description);
            return Err(ParseError::new(kind, &body, most));
        }
        let entries = core::mem::take(&mut self.spare);
        let index = Index::of(&body, entries, &self.limits, self.tolerances)?;
        Ok(SessionDescription::new(body, index, self.tolerances))
    }
}
