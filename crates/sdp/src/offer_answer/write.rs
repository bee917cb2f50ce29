//! Descriptions as text, line by line, in the order of RFC 8829 §5.2.1.

use alloc::string::String;
use core::fmt::{self, Write};

use super::NegotiationError;
use crate::encode::{EncodeError, EncodeErrorKind};
use crate::{Address, Line, Parser, SessionDescription, Tolerances};

/// Lines that are written one by one; a value that would end its line is an error of the whole.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    error: Option<EncodeError>,
}

impl Lines {
    /// Writes one line.
    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) {
        let start = self.text.len();
        // A `String` takes everything.
        let _ = self.text.write_fmt(line);
        let written = &self.text.as_bytes()[start..];
        if let Some(at) = memchr::memchr3(b'\r', b'\n', 0, written) {
            let kind =
                if written[at] == 0 { EncodeErrorKind::Nul } else { EncodeErrorKind::LineEnd };
            self.error.get_or_insert_with(|| EncodeError::new(kind, at.saturating_sub(2)));
        }
        self.text.push_str("\r\n");
    }

    /// Writes `a=<name>:<value>`, or `a=<name>` without a value.
    pub(super) fn attribute(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.line(format_args!("a={name}:{value}")),
            None => self.line(format_args!("a={name}")),
        }
    }

    pub(super) fn connection(&mut self, address: &Address) {
        self.line(format_args!("c=IN {} {}", address.address_type, address.host));
    }

    /// The text, if all of it can stand in a description.
    pub(super) fn finish(self) -> Result<String, NegotiationError> {
        match self.error {
            Some(error) => Err(error.into()),
            None => Ok(self.text),
        }
    }
}

/// Reads a description of our own, which must be one to the letter: but for the names that the
/// other side has chosen, and that were let through under `tolerances`.
pub(super) fn read(
    text: String,
    tolerances: Option<Tolerances>,
) -> Result<SessionDescription, NegotiationError> {
    let mut parser = Parser::new().tolerances(Tolerances::strict());
    let error = match parser.parse(text.clone()) {
        // What the program gives as text must be values.
        Ok(strict) => {
            let bad = strict.lines().find_map(|line| line.check().err());
            let Some(error) = bad else { return Ok(strict) };
            NegotiationError::Line(error)
        }
        Err(error) => NegotiationError::Description(error),
    };
    let Some(tolerances) = tolerances else { return Err(error) };
    let description = parser.tolerances(tolerances).parse(text).map_err(|_| error)?;
    for line in description.lines().filter(|line| !has_names_of_the_peer(line)) {
        line.check_strictly().map_err(NegotiationError::Line)?;
    }
    Ok(description)
}

/// Whether a line repeats names that the other side has chosen, or its time.
fn has_names_of_the_peer(line: &Line<'_>) -> bool {
    const NAMES: &[&str] = &["mid", "group", "rtpmap", "extmap", "rid", "simulcast", "crypto"];
    matches!(line.letter(), Some(b'm' | b't'))
        || line.attribute().is_some_and(|(name, _)| NAMES.iter().any(|n| n.as_bytes() == name))
}
