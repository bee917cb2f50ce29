//! What a description says, as far as an observer compares an answer with its offer.

use sdp::{Direction, SessionDescription};
use sip_message::{Parts, header};

use super::FindingKind;
use crate::agent::message::description;

/// A session in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    /// `None` where the description cannot be read.
    streams: Option<Vec<Stream>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stream {
    refused: bool,
    direction: Direction,
    hold: bool,
    /// Names of encodings in lower case, with their clock rate; `None` where it is no RTP.
    codecs: Option<Vec<(String, u32)>>,
}

/// Encodings that carry no speech or picture of their own.
const COMPANIONS: &[&str] = &["telephone-event", "cn", "red", "rtx", "ulpfec", "flexfec"];

impl Described {
    /// The session that a message describes.
    pub(super) fn of(message: &Parts) -> Option<Self> {
        let description = SessionDescription::parse(description(message)?.bytes).ok();
        let streams = |it: SessionDescription| it.media().map(|media| Stream::of(&media)).collect();
        Some(Self { streams: description.map(streams) })
    }

    /// Whether the side that says this takes no media.
    pub(super) fn is_hold(&self) -> bool {
        let mut taken = self.streams.iter().flatten().filter(|it| !it.refused).peekable();
        taken.peek().is_some() && taken.all(|it| it.hold)
    }

    /// What is wrong with it as an answer (RFC 3264 §6).
    pub(super) fn check_answer(&self, answer: &Self) -> Option<FindingKind> {
        let (offer, answer) = (self.streams.as_ref()?, answer.streams.as_ref()?);
        let (offered, answered) = (offer.len(), answer.len());
        if offered != answered {
            return Some(FindingKind::SectionsDiffer { offered, answered });
        }
        let pairs = || offer.iter().zip(answer).enumerate();
        let taken = |(offer, answer): (&Stream, &Stream)| !offer.refused && !answer.refused;
        if offer.iter().any(|it| !it.refused) && !pairs().any(|(_, pair)| taken(pair)) {
            return Some(FindingKind::NoCommonCodec { section: None });
        }
        let mut pairs = pairs().filter(|(_, pair)| taken(*pair));
        pairs.find_map(|(section, (offer, answer))| {
            if !offer.shares_codec(answer) {
                return Some(FindingKind::NoCommonCodec { section: Some(section) });
            }
            let (offered, answered) = (offer.direction, answer.direction);
            let fits = answered == answered.and(offered.reversed());
            (!fits).then_some(FindingKind::DirectionsDiffer { offered, answered })
        })
    }
}

impl Stream {
    fn of(media: &sdp::Media<'_>) -> Self {
        let codecs = media.is_rtp().then(|| {
            let codecs = media.codecs();
            let names = codecs.iter().filter_map(|codec| {
                Some((codec.encoding()?.to_ascii_lowercase(), codec.clock_rate()?))
            });
            names.filter(|(name, _)| !COMPANIONS.contains(&name.as_str())).collect()
        });
        Self {
            refused: media.is_rejected(),
            direction: media.direction(),
            hold: media.is_hold(),
            codecs,
        }
    }

    /// Whether the two have a codec in common; where there is nothing to compare, they have.
    fn shares_codec(&self, other: &Self) -> bool {
        match (&self.codecs, &other.codecs) {
            (Some(ours), Some(theirs)) if !ours.is_empty() && !theirs.is_empty() => {
                ours.iter().any(|codec| theirs.contains(codec))
            }
            _ => true,
        }
    }
}

/// The number in Session-Expires, in seconds.
pub(super) fn session_expires(message: &Parts) -> Option<u32> {
    message.headers().find(header::SessionExpires).ok().flatten()?.number()
}
