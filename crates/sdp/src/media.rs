//! A media section.

use core::fmt;

use crate::attributes::Attributes;
use crate::index::{Section, formats, payload_type};
use crate::value::{Bandwidth, Connection, Key, SessionField, Text};
use crate::{Line, LineError, SessionDescription};

/// A media section: an `m=` line and the lines behind it (RFC 8866 §5.14).
#[derive(Clone, Copy)]
pub struct Media<'a> {
    description: &'a SessionDescription,
    place: usize,
}

impl<'a> Media<'a> {
    pub(crate) fn new(description: &'a SessionDescription, place: usize) -> Self {
        Self { description, place }
    }

    fn section(&self) -> &'a Section {
        &self.description.index.sections[self.place]
    }

    /// Its place among the sections, from 0: the m-line index.
    #[must_use]
    pub fn index(&self) -> usize {
        self.place
    }

    /// The description that it is part of.
    #[must_use]
    pub fn description(&self) -> &'a SessionDescription {
        self.description
    }

    /// The media type: `audio`, `video`, `text`, `application`, `message`, `image`, or another.
    #[must_use]
    pub fn media_type(&self) -> &'a str {
        let start = self.description.entry(self.section().first as usize).value();
        let text = self.description.text(crate::index::narrow(start), self.section().media_end);
        text.trim_start_matches([' ', '\t'])
    }

    /// The port to send to; 0 when the stream is refused or removed, or comes with a bundle.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.section().port
    }

    /// The number of ports, for streams in layers; `None` when it is not said.
    #[must_use]
    pub fn port_count(&self) -> Option<u16> {
        Some(self.section().ports).filter(|ports| *ports != 0)
    }

    /// The transport protocol, as `RTP/AVP` or `UDP/TLS/RTP/SAVPF`.
    #[must_use]
    pub fn protocol(&self) -> &'a str {
        self.description.text(self.section().proto, self.section().proto_end)
    }

    /// The formats in order of preference, as they came. For RTP they are payload types.
    pub fn formats(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        let end = self.description.entry(self.section().first as usize).end as usize;
        formats(&self.description.as_bytes()[..end], self.section().formats)
    }

    /// The formats that are numbers of payload types, in order of preference.
    pub fn payload_types(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.formats().filter_map(payload_type)
    }

    /// The `m=` line.
    #[must_use]
    pub fn line(&self) -> Line<'a> {
        Line::new(self.description, self.section().first as usize)
    }

    /// All lines of the section, its `m=` line first.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Line<'a>> + Clone + use<'a> {
        let section = self.section();
        self.description.lines_of(section.first as usize..section.end as usize)
    }

    /// `i=`: what the stream is about (RFC 8866 §5.4).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn information(&self) -> Result<Option<Text<'a>>, LineError> {
        self.fields(b'i').next().transpose()
    }

    /// `c=`: the addresses of the section's own (RFC 8866 §5.7). See
    /// [`connection`](Self::connection) for the one that is in force.
    pub fn connections(
        &self,
    ) -> impl Iterator<Item = Result<Connection<'a>, LineError>> + Clone + use<'a> {
        self.fields(b'c')
    }

    /// The address in force: the section's own, or else the session's (RFC 8866 §5.7).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn connection(&self) -> Result<Option<Connection<'a>>, LineError> {
        match self.connections().next() {
            Some(own) => own.map(Some),
            None => self.description.connection(),
        }
    }

    /// `b=`: the bandwidth of the stream by modifier (RFC 8866 §5.8).
    pub fn bandwidths(
        &self,
    ) -> impl Iterator<Item = Result<Bandwidth<'a>, LineError>> + Clone + use<'a> {
        self.fields(b'b')
    }

    /// `k=`: a key, which must not be used any more (RFC 8866 §5.12).
    ///
    /// # Errors
    /// When the line cannot be read.
    pub fn key(&self) -> Result<Option<Key<'a>>, LineError> {
        self.fields(b'k').next().transpose()
    }

    /// The attributes of the section.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        let section = self.section();
        Attributes::new(self.description, section.first as usize..section.end as usize)
    }

    fn fields<F: SessionField<'a>>(
        &self,
        letter: u8,
    ) -> impl Iterator<Item = Result<F, LineError>> + Clone + use<'a, F> {
        self.lines().filter(move |line| line.entry().letter == letter).map(|line| line.field())
    }
}

impl fmt::Debug for Media<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines()).finish()
    }
}
