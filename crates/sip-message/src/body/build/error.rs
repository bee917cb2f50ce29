//! Why a body could not be built.

use core::fmt;

/// Why a builder of a body refused what it was given. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// The name of a header or parameter is no token.
    Name,
    /// A value has a control character, CR and LF among them.
    Control,
    /// A Content-Type is no media type.
    ContentType,
    /// A header or parameter would be there twice that can be there once.
    DuplicateHeader,
    /// A disposition type is no token.
    Disposition,
    /// A boundary has a character that it must not have, or too many.
    Boundary,
    /// The boundary that was set is in one of the parts.
    BoundaryOccurs,
    /// A multipart without parts.
    NoParts,
    /// A Request-URI with white space or a control character.
    RequestUri,
}

impl BodyError {
    /// The section that what was asked for would break.
    #[must_use]
    pub fn rfc(self) -> &'static str {
        match self {
            Self::Name | Self::Control | Self::DuplicateHeader => "RFC 3261 §7.3.1",
            Self::ContentType => "RFC 3261 §20.15",
            Self::Disposition => "RFC 3261 §20.11",
            Self::Boundary | Self::BoundaryOccurs | Self::NoParts => "RFC 2046 §5.1.1",
            Self::RequestUri => "RFC 3261 §7.1",
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "expected the name to be a token",
            Self::Control => "a control character in a value",
            Self::ContentType => "expected a media type",
            Self::DuplicateHeader => "the header or parameter is there already",
            Self::Disposition => "expected the disposition type to be a token",
            Self::Boundary => "expected a boundary of up to 70 of the characters that it may have",
            Self::BoundaryOccurs => "the boundary is in one of the parts",
            Self::NoParts => "a multipart needs a part",
            Self::RequestUri => "white space or a control character in the Request-URI",
        })?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl core::error::Error for BodyError {}
