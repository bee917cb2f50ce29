//! What a description may cost: every bound is a named field with a default.

/// Bounds on what [`Parser`](crate::Parser) accepts.
///
/// A description beyond one of them is refused with
/// [`ParseErrorKind::LimitExceeded`](crate::ParseErrorKind::LimitExceeded), which says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of a whole description. Default 1 MiB; never above 4 GiB - 1.
    pub description: usize,
    /// Octets of one line without its line end. Default 16 KiB.
    pub line: usize,
    /// Lines of a description, blank ones included. Default 65,536.
    pub lines: usize,
    /// Lines in front of the first `m=` line. Default 1,024. Sections look for what they inherit
    /// there, so that this and the number of sections bound the time together.
    pub session_lines: usize,
    /// Media sections. Default 1,024.
    pub media: usize,
    /// Attributes of one media section. Default 16,384.
    pub attributes: usize,
    /// Formats of one `m=` line. Default 1,024.
    pub formats: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            description: 1 << 20,
            line: 16 << 10,
            lines: 1 << 16,
            session_lines: 1 << 10,
            media: 1 << 10,
            attributes: 1 << 14,
            formats: 1 << 10,
        }
    }
}

impl Limits {
    /// No bounds but those of the index: 4 GiB - 1 for a description, and for the count of its lines.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            description: usize::MAX,
            line: usize::MAX,
            lines: usize::MAX,
            session_lines: usize::MAX,
            media: usize::MAX,
            attributes: usize::MAX,
            formats: usize::MAX,
        }
    }
}

/// Which field of [`Limits`] a description went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::description`].
    Description,
    /// [`Limits::line`].
    Line,
    /// [`Limits::lines`].
    Lines,
    /// [`Limits::session_lines`].
    SessionLines,
    /// [`Limits::media`].
    Media,
    /// [`Limits::attributes`].
    Attributes,
    /// [`Limits::formats`].
    Formats,
}

impl Limit {
    /// The limit in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Description => "the description is longer than the limit",
            Self::Line => "the line is longer than the limit",
            Self::Lines => "the description has more lines than the limit",
            Self::SessionLines => "the session has more lines than the limit",
            Self::Media => "the description has more media sections than the limit",
            Self::Attributes => "the section has more attributes than the limit",
            Self::Formats => "the media line has more formats than the limit",
        }
    }
}
