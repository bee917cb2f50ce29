//! URI headers: `headers = "?" header *( "&" header )`, RFC 3261 §19.1.1.

use alloc::borrow::Cow;

use crate::escape;

/// A header that a request formed from the URI should carry, raw: as it stands in the URI.
///
/// The name `body` stands for the body of that request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UriHeader<'a> {
    /// The name.
    pub name: &'a str,
    /// The value; empty where none was written.
    pub value: &'a str,
}

impl<'a> UriHeader<'a> {
    /// Whether the header has this name: escapes decoded, case ignored.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        escape::is_name(self.name.as_bytes(), name)
    }

    /// The name with its escapes decoded.
    #[must_use]
    pub fn name_decoded(&self) -> Cow<'a, [u8]> {
        escape::decode_lossless(self.name)
    }

    /// The value with its escapes decoded. It may hold CR and LF, which must not pass unseen into a
    /// message.
    #[must_use]
    pub fn value_decoded(&self) -> Cow<'a, [u8]> {
        escape::decode_lossless(self.value)
    }
}

/// The headers of a URI in their order.
#[derive(Debug, Clone)]
pub struct UriHeaders<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> UriHeaders<'a> {
    /// The headers of a text, without the `?` before the first.
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// The first of the remaining headers with this name: escapes decoded, case ignored.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<UriHeader<'a>> {
        self.clone().find(|header| header.is(name))
    }

    /// The text of all the headers, without the `?` before the first.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }
}

impl<'a> Iterator for UriHeaders<'a> {
    type Item = UriHeader<'a>;

    fn next(&mut self) -> Option<UriHeader<'a>> {
        while !self.rest.is_empty() {
            let (header, rest) = self.rest.split_once('&').unwrap_or((self.rest, ""));
            self.rest = rest;
            let (name, value) = header.split_once('=').unwrap_or((header, ""));
            let name = name.trim_matches([' ', '\t']);
            if !name.is_empty() {
                return Some(UriHeader { name, value: value.trim_matches([' ', '\t']) });
            }
        }
        None
    }
}

impl core::iter::FusedIterator for UriHeaders<'_> {}
