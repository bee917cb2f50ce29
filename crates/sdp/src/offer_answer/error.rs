//! Why an offer or an answer cannot be made or taken.

use core::fmt;

use crate::encode::EncodeError;
use crate::{LineError, ParseError};

/// Why an offer or an answer cannot be made or taken. Nothing has changed when it is returned.
/// `{:#}` prints it without the section of the RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiationError {
    /// An offer of ours is out: no other may be made, and one that comes is glare. SIP answers it
    /// with 491.
    OfferSent,
    /// An offer was received and not answered: no other may be made, and one that comes is an
    /// error of the peer's. SIP answers it with 500 and Retry-After.
    OfferReceived,
    /// There is no offer that an answer could be for.
    NoOffer,
    /// A description has fewer sections than the one before it.
    FewerSections,
    /// An answer has another number of sections than its offer.
    SectionCount,
    /// A section of an answer has another media type than the offer has.
    MediaType(usize),
    /// An answer puts a section into a bundle that was not offered with it.
    Bundle,
    /// The section that carries a bundle cannot be refused alone.
    TaggedSection(usize),
    /// There is no such section.
    NoSection(usize),
    /// A payload type stands for two codecs, or for another than it did before.
    PayloadType(usize, u8),
    /// There is no payload type left.
    NoPayloadType(usize),
    /// Two sections of an offer have the same address and port, and no transport in common yet.
    PortNotUnique(usize),
    /// A value cannot be written.
    Value(EncodeError),
    /// What was written would not be read again.
    Description(ParseError),
    /// What was written has a value that would not be read again.
    Line(LineError),
}

impl NegotiationError {
    /// The media section that the error is about, from 0.
    #[must_use]
    pub fn media_index(&self) -> Option<usize> {
        match *self {
            Self::MediaType(section)
            | Self::TaggedSection(section)
            | Self::NoSection(section)
            | Self::PayloadType(section, _)
            | Self::NoPayloadType(section)
            | Self::PortNotUnique(section) => Some(section),
            _ => None,
        }
    }

    /// The section of the RFC that asks for it.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self {
            Self::OfferSent | Self::OfferReceived => "RFC 3264 §4",
            Self::NoOffer => "RFC 3264 §4",
            Self::FewerSections => "RFC 3264 §8",
            Self::SectionCount | Self::MediaType(_) => "RFC 3264 §6",
            Self::Bundle => "RFC 9143 §7.4",
            Self::TaggedSection(_) => "RFC 9143 §7.3.3",
            Self::NoSection(_) => "RFC 3264 §8",
            Self::PayloadType(..) | Self::NoPayloadType(_) => "RFC 3264 §8.3.2",
            Self::PortNotUnique(_) => "RFC 9143 §7.2",
            Self::Value(_) => "RFC 8866 §9",
            Self::Description(error) => error.rfc(),
            Self::Line(error) => error.rfc(),
        }
    }
}

impl fmt::Display for NegotiationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfferSent => f.write_str("an offer of ours has no answer yet")?,
            Self::OfferReceived => f.write_str("an offer that was received has no answer yet")?,
            Self::NoOffer => f.write_str("there is no offer for an answer")?,
            Self::FewerSections => f.write_str("fewer media sections than before")?,
            Self::SectionCount => f.write_str("another number of media sections than the offer")?,
            Self::MediaType(section) => {
                write!(f, "section {section} has another media type than the offer")?;
            }
            Self::Bundle => f.write_str("a section in a bundle that was not offered")?,
            Self::TaggedSection(section) => {
                write!(f, "section {section} carries a bundle and cannot be refused alone")?;
            }
            Self::NoSection(section) => write!(f, "there is no section {section}")?,
            Self::PayloadType(section, payload_type) => {
                write!(
                    f,
                    "payload type {payload_type} of section {section} stands for two codecs"
                )?;
            }
            Self::NoPayloadType(section) => {
                write!(f, "no payload type is left for section {section}")?;
            }
            Self::PortNotUnique(section) => {
                write!(f, "section {section} has the address and port of another")?;
            }
            Self::Value(error) => write!(f, "{error:#}")?,
            Self::Description(error) => write!(f, "{error:#}")?,
            Self::Line(error) => write!(f, "{error:#}")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl core::error::Error for NegotiationError {}

impl From<EncodeError> for NegotiationError {
    fn from(error: EncodeError) -> Self {
        Self::Value(error)
    }
}
