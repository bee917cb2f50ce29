//! What a message may cost: every bound is a named field with a default.

/// Bounds on what [`Parser`](crate::Parser) and [`StreamDecoder`](crate::StreamDecoder) accept.
///
/// A message beyond one of them is refused with
/// [`ParseErrorKind::LimitExceeded`](crate::ParseErrorKind::LimitExceeded), which says which.
///
/// ```
/// use sip_message::{Limits, Parser};
/// let mut limits = Limits::default();
/// limits.headers = 64;
/// let mut parser = Parser::new().limits(limits);
/// # let _ = &mut parser;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of a whole message, head and body. Default 1 MiB; never above 4 GiB - 1.
    pub message: usize,
    /// Octets of the head: start line, header lines and the empty line. Default 64 KiB.
    pub head: usize,
    /// Octets of the start line. Default 8 KiB.
    pub start_line: usize,
    /// Octets of one header line with its continuation lines. Default 16 KiB.
    pub header_line: usize,
    /// Octets of a header name. Default 256; never above 65,535.
    pub header_name: usize,
    /// Header lines of a message. Default 512.
    pub headers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 1 << 20,
            head: 64 << 10,
            start_line: 8 << 10,
            header_line: 16 << 10,
            header_name: 256,
            headers: 512,
        }
    }
}

impl Limits {
    /// No bounds but those of the index: 4 GiB - 1 for a message, 65,535 for a header name.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            message: usize::MAX,
            head: usize::MAX,
            start_line: usize::MAX,
            header_line: usize::MAX,
            header_name: usize::MAX,
            headers: usize::MAX,
        }
    }

    /// A head of up to this many octets is beyond no limit on lines or heads.
    pub(crate) fn whole_lines(&self) -> usize {
        self.head.min(self.header_line)
    }

    /// The same limits, held to what the index can address.
    pub(crate) fn clamped(self) -> Self {
        let message = self.message.min(u32::MAX as usize);
        Self {
            message,
            head: self.head.min(message),
            header_name: self.header_name.min(u16::MAX as usize),
            ..self
        }
    }
}

/// Which field of [`Limits`] a message went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::message`].
    Message,
    /// [`Limits::head`].
    Head,
    /// [`Limits::start_line`].
    StartLine,
    /// [`Limits::header_line`].
    HeaderLine,
    /// [`Limits::header_name`].
    HeaderName,
    /// [`Limits::headers`].
    Headers,
}

impl Limit {
    /// The limit in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Message => "the message is longer than the limit",
            Self::Head => "the head of the message is longer than the limit",
            Self::StartLine => "the start line is longer than the limit",
            Self::HeaderLine => "the header line is longer than the limit",
            Self::HeaderName => "the header name is longer than the limit",
            Self::Headers => "the message has more header lines than the limit",
        }
    }
}
