//! Directions of media (RFC 8866 §6.7, RFC 3264 §6.1).

use core::fmt;

use crate::index::key;
use crate::{Attributes, Media, SessionDescription};

/// Which way media flow, seen from the one that says so.
///
/// ```
/// use sdp::Direction;
/// assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
/// // An answer to an offer that only sends, by someone who would do both (RFC 3264 §6.1).
/// let answer = Direction::SendOnly.reversed().and(Direction::SendRecv);
/// assert_eq!(answer, Direction::RecvOnly);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Media are sent and received: what holds where nothing is said.
    #[default]
    SendRecv,
    /// Media are sent only.
    SendOnly,
    /// Media are received only.
    RecvOnly,
    /// Media are neither sent nor received.
    Inactive,
}

impl Direction {
    /// All directions.
    pub const ALL: [Self; 4] = [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive];

    /// The direction in which media go when these are sent and received.
    #[must_use]
    pub const fn new(send: bool, receive: bool) -> Self {
        match (send, receive) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether media are sent.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether media are received.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same direction seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::new(self.sends() && other.sends(), self.receives() && other.receives())
    }

    /// The direction that puts the other side on hold (RFC 3264 §8.4).
    #[must_use]
    pub const fn held(self) -> Self {
        Self::new(self.sends(), false)
    }

    /// The name of the attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The direction that an attribute of this name says; names mean the same in any case.
    #[must_use]
    pub fn of_name(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|direction| name.eq_ignore_ascii_case(direction.name().as_bytes()))
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Attributes<'_> {
    /// The direction that the first of these attributes says.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        const KEYS: [u16; 3] = [key(b"sendrecv"), key(b"recvonly"), key(b"inactive")];
        let mut lines = self.iter().filter(|line| KEYS.contains(&line.entry().key));
        lines.find_map(|line| {
            // All four have eight letters: what does not start with one need not be taken apart.
            Direction::of_name(line.value().get(..8)?)?;
            Direction::of_name(line.attribute()?.0)
        })
    }
}

impl SessionDescription {
    /// The direction of sections that say none of their own (RFC 8866 §6.7).
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.attributes().direction().unwrap_or_default()
    }
}

impl Media<'_> {
    /// The direction in force: the section's own, or else the session's, or else
    /// [`SendRecv`](Direction::SendRecv) (RFC 8866 §6.7).
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.attributes().direction().unwrap_or_else(|| self.description().direction())
    }

    /// Whether the sender of this description has put the stream on hold: it takes no media, said
    /// by the direction (RFC 3264 §8.4) or by the address `0.0.0.0` or `::` (RFC 2543 §B.5). With
    /// ICE such an address only says that there is none yet (RFC 8839 §4.3.2).
    #[must_use]
    pub fn is_hold(&self) -> bool {
        let unspecified = || {
            let connection = self.connection().ok().flatten();
            !self.uses_ice() && connection.is_some_and(|connection| connection.is_unspecified())
        };
        self.port() != 0 && (!self.direction().receives() || unspecified())
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{self, Inactive, RecvOnly, SendOnly, SendRecv};

    #[test]
    fn an_answer_goes_no_other_way_than_rfc_3264_section_6_1_allows() {
        for (offered, allowed) in [
            (SendRecv, &Direction::ALL[..]),
            (SendOnly, &[RecvOnly, Inactive]),
            (RecvOnly, &[SendOnly, Inactive]),
            (Inactive, &[Inactive]),
        ] {
            for ours in Direction::ALL {
                assert!(allowed.contains(&offered.reversed().and(ours)), "{offered} {ours}");
            }
            assert_eq!(offered.reversed().and(SendRecv), offered.reversed());
        }
    }

    #[test]
    fn hold_stops_what_is_received() {
        for (before, after) in
            [(SendRecv, SendOnly), (RecvOnly, Inactive), (SendOnly, SendOnly), (Inactive, Inactive)]
        {
            assert_eq!(before.held(), after);
        }
    }
}
