//! What was agreed for one section.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Formats, HeaderExtension, MediaCapability, Rid, SdesKey, Setup};
use crate::codec::CodecSpec;
use crate::{Direction, Media};

/// A codec that both sides have, and the payload type of each direction.
///
/// The two differ when the answer gives a codec another payload type than the offer
/// (RFC 3264 §6.1, RFC 4317 §2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamCodec {
    /// The codec, with the parameters that we have said.
    pub ours: CodecSpec,
    /// The codec, with the parameters that the other side has said.
    pub theirs: CodecSpec,
    /// The payload type of packets that we receive.
    pub receive: u8,
    /// The payload type of packets that we send.
    pub send: u8,
}

/// The keys that SDES has agreed on (RFC 4568 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdesKeys {
    /// The tag of both lines.
    pub tag: String,
    /// What we encrypt with.
    pub ours: SdesKey,
    /// What the other side encrypts with.
    pub theirs: SdesKey,
}

/// One section of a session: what was agreed on for it, or why it carries nothing.
#[derive(Clone, Debug)]
pub struct Stream {
    pub(super) capability: MediaCapability,
    /// The place of the capability among those of the session.
    pub(super) source: Option<usize>,
    pub(super) state: StreamState,
    pub(super) protocol: String,
    pub(super) mid: Option<String>,
    pub(super) codecs: Vec<StreamCodec>,
    /// The formats of the `m=` line where they are no codecs, or where the section is rejected.
    pub(super) formats: Vec<String>,
    pub(super) direction: Direction,
    /// Whether we hold the other side.
    pub(super) held: bool,
    /// Whether the other side holds us.
    pub(super) held_by_peer: bool,
    /// The section that carries the bundle that this one is part of.
    pub(super) bundle: Option<usize>,
    /// The section of the other side whose transport it was read with.
    pub(super) transport: usize,
    pub(super) rtcp_mux: bool,
    pub(super) rtcp_rsize: bool,
    pub(super) setup: Option<Setup>,
    pub(super) sdes: Option<SdesKeys>,
    pub(super) extensions: Vec<(u16, HeaderExtension)>,
    pub(super) simulcast_sent: Vec<Rid>,
    pub(super) simulcast_received: Vec<Rid>,
    /// `a=ice-ufrag` and `a=ice-pwd` of the other side.
    pub(super) peer_ice: Option<(String, String)>,
    pub(super) ice_restarted: bool,
    /// The `c=` line of a multicast stream.
    pub(super) multicast: Option<(String, u16)>,
    /// What each payload type has stood for since the session began.
    pub(super) payload_types: Vec<(u8, CodecSpec)>,
}

/// Whether a section carries media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamState {
    /// It is to be offered, or was, and has no answer yet.
    New,
    /// Both sides have taken it.
    Active,
    /// Its port is 0: one side has refused it.
    Rejected(Refusal),
    /// Its port is 0: one side has ended it.
    Removed,
}

/// Why a section was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no capability of the media type that is not used yet.
    NoCapability,
    /// The protocol is another.
    Protocol,
    /// No format is in common.
    NoFormat,
    /// No way to protect the media is in common, or one side asks for one.
    Security,
    /// We need RTP and RTCP on one port, and the offer has them on two.
    RtcpMux,
    /// We need, or the section needs, a bundle that is not there.
    Bundle,
    /// The program has refused it.
    Program,
    /// The other side has.
    Peer,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NoCapability => "no capability is left for the media type",
            Self::Protocol => "the protocol is another",
            Self::NoFormat => "no format is in common",
            Self::Security => "no way to protect the media is in common",
            Self::RtcpMux => "RTP and RTCP would need two ports",
            Self::Bundle => "the bundle that it needs is not there",
            Self::Program => "the program does not want it",
            Self::Peer => "the other side does not want it",
        })
    }
}

impl Stream {
    /// A stream that is to be offered.
    pub(super) fn new(capability: MediaCapability) -> Self {
        Self {
            state: StreamState::New,
            protocol: capability.protocol.clone(),
            mid: capability.mid.clone(),
            codecs: Vec::new(),
            formats: Vec::new(),
            direction: capability.direction,
            held: false,
            held_by_peer: false,
            bundle: None,
            transport: 0,
            rtcp_mux: false,
            rtcp_rsize: false,
            setup: None,
            sdes: None,
            extensions: Vec::new(),
            simulcast_sent: Vec::new(),
            simulcast_received: Vec::new(),
            peer_ice: None,
            ice_restarted: false,
            multicast: None,
            payload_types: Vec::new(),
            source: None,
            capability,
        }
    }

    /// Ends the stream: nothing of it stays but its place.
    pub(super) fn end(&mut self, state: StreamState) {
        self.state = state;
        self.bundle = None;
        self.codecs.clear();
        self.direction = Direction::Inactive;
    }

    /// Whether it carries media, or is to be offered.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, StreamState::New | StreamState::Active)
    }

    /// Whether it is one of RTP.
    pub(super) fn is_rtp(&self) -> bool {
        matches!(self.capability.formats, Formats::Rtp(_))
    }

    /// The direction that we want. SCTP has none (RFC 8841 §9.2).
    pub(super) fn wanted(&self) -> Direction {
        match (&self.capability.sctp, self.held) {
            (Some(_), _) => Direction::SendRecv,
            (None, true) => self.capability.direction.held(),
            (None, false) => self.capability.direction,
        }
    }

    /// The direction that the other side leaves us.
    pub(super) fn left_by(&self, peer: Media<'_>) -> Direction {
        match self.capability.sctp {
            Some(_) => Direction::SendRecv,
            None => peer.direction().reversed(),
        }
    }

    /// What the program can do for it.
    #[must_use]
    pub fn capability(&self) -> &MediaCapability {
        &self.capability
    }

    /// Whether it carries media.
    #[must_use]
    pub fn state(&self) -> StreamState {
        self.state
    }

    /// Whether both sides have taken it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == StreamState::Active
    }

    /// The media type.
    #[must_use]
    pub fn media_type(&self) -> &str {
        &self.capability.media_type
    }

    /// The protocol, as the offer has it.
    #[must_use]
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The name of the section.
    #[must_use]
    pub fn mid(&self) -> Option<&str> {
        self.mid.as_deref()
    }

    /// The codecs that both sides have, the most preferred first.
    #[must_use]
    pub fn codecs(&self) -> &[StreamCodec] {
        &self.codecs
    }

    /// The formats of a section without RTP.
    #[must_use]
    pub fn formats(&self) -> &[String] {
        &self.formats
    }

    /// Which way media flow, seen from us.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether we may send: the direction allows it and the other side has an address.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.is_active() && self.direction.sends() && !self.held_by_peer
    }

    /// Whether we hold the other side.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Whether the other side holds us, by direction or by the address `0.0.0.0`.
    #[must_use]
    pub fn is_held_by_peer(&self) -> bool {
        self.held_by_peer
    }

    /// The section whose transport it uses, from 0: its own place when it carries a bundle; `None`
    /// when it is in none.
    #[must_use]
    pub fn bundle(&self) -> Option<usize> {
        self.bundle
    }

    /// Whether RTP and RTCP share a port.
    #[must_use]
    pub fn rtcp_mux(&self) -> bool {
        self.rtcp_mux
    }

    /// Whether both sides take RTCP packets of reduced size.
    #[must_use]
    pub fn rtcp_rsize(&self) -> bool {
        self.rtcp_rsize
    }

    /// Our role in DTLS, once it is known.
    #[must_use]
    pub fn setup(&self) -> Option<Setup> {
        self.setup
    }

    /// The keys of SDES.
    #[must_use]
    pub fn sdes(&self) -> Option<&SdesKeys> {
        self.sdes.as_ref()
    }

    /// The header extensions that both sides have, by their number.
    #[must_use]
    pub fn extensions(&self) -> &[(u16, HeaderExtension)] {
        &self.extensions
    }

    /// The streams of the simulcast that we send.
    #[must_use]
    pub fn simulcast_sent(&self) -> &[Rid] {
        &self.simulcast_sent
    }

    /// The streams of the simulcast that we receive.
    #[must_use]
    pub fn simulcast_received(&self) -> &[Rid] {
        &self.simulcast_received
    }

    /// Whether the last description of the other side asks for a restart of ICE: both
    /// `a=ice-ufrag` and `a=ice-pwd` are others than before (RFC 8839 §4.4.1.1.1).
    #[must_use]
    pub fn is_ice_restarted(&self) -> bool {
        self.ice_restarted
    }
}
