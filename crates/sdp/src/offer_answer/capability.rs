//! What a program can do: what offers are made of, and what offers are answered with.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::CodecSpec;
use crate::{Address, Direction};

/// What is the same for all descriptions of one session.
///
/// ```
/// use sdp::offer_answer::{BundlePolicy, Session};
/// let mut session = Session::new(2890844526, "192.0.2.1".parse::<std::net::IpAddr>().unwrap());
/// session.username = "alice".into();
/// session.bundle = BundlePolicy::Disabled;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Session {
    /// The user's name of `o=`. Default `-`.
    pub username: String,
    /// The id of the session: for a random one see RFC 8829 §5.2.1. At most 2^63 - 1.
    pub id: u64,
    /// The version of the first description; at most 2^62 - 2 (RFC 3264 §5). Default: the id, as
    /// far as it is in range.
    pub version: u64,
    /// The address of `o=`.
    pub origin: Address,
    /// The `c=` line of the session; `None` where each section shall have one of its own.
    pub connection: Option<Address>,
    /// `s=`. Default `-`.
    pub name: String,
    /// Which sections of an offer shall share a transport. Default: none, and no bundle that is
    /// offered is taken.
    pub bundle: BundlePolicy,
    /// Whether `RTP/AVP` and `RTP/SAVPF` with their kin may answer each other where keys and
    /// feedback allow it. Default: on, because peers mix them up.
    pub any_profile: bool,
    /// Whether an answer with too few sections is refused (RFC 3264 §6) or read as one that
    /// rejects those that are missing. Default: read.
    pub strict: bool,
    /// Further attributes of the session: a name, and a value where there is one.
    pub attributes: Vec<(String, Option<String>)>,
}

impl Session {
    /// A session with its id, and the address of the machine for `o=` and `c=`.
    #[must_use]
    pub fn new(id: u64, address: impl Into<Address>) -> Self {
        let origin = address.into();
        Self {
            username: "-".into(),
            id: id.min(i64::MAX.unsigned_abs()),
            version: id.min(Self::LAST_FIRST_VERSION),
            connection: Some(origin.clone()),
            origin,
            name: "-".into(),
            bundle: BundlePolicy::Disabled,
            any_profile: true,
            strict: false,
            attributes: Vec::new(),
        }
    }

    /// The session of a browser (RFC 8829 §5.2.1): the address of `o=` tells nothing, each section
    /// has a `c=` line of its own, and what can be bundled is.
    #[must_use]
    pub fn webrtc(id: u64) -> Self {
        let any = Address { address_type: "IP4".into(), host: "0.0.0.0".into() };
        Self { version: 1, connection: None, bundle: BundlePolicy::Balanced, ..Self::new(id, any) }
    }

    /// The largest version that a first description may have (RFC 3264 §5).
    pub const LAST_FIRST_VERSION: u64 = (1 << 62) - 2;
}

/// Which sections of an offer have a transport of their own (RFC 8829 §4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BundlePolicy {
    /// No bundle is offered, and none is taken.
    #[default]
    Disabled,
    /// The first section of each media type; the others are there as part of the bundle only.
    Balanced,
    /// All sections.
    MaxCompat,
    /// The first section alone.
    MaxBundle,
}

/// Whether RTP and RTCP share a port (RFC 5761).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RtcpMux {
    /// Never.
    #[default]
    Never,
    /// When both sides can.
    Negotiate,
    /// Always: an offer without it is refused.
    Require,
}

/// A codec and the payload type that it gets in offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCodec {
    /// The payload type that we want to receive it with.
    pub payload_type: u8,
    /// What it is.
    pub spec: CodecSpec,
}

/// The formats of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Formats {
    /// Those of RTP, in order of preference.
    Rtp(Vec<LocalCodec>),
    /// Those of other protocols, as `t38`, `webrtc-datachannel` or `*`.
    Other(Vec<String>),
}

/// The keys of DTLS (RFC 8842, 8122).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dtls {
    /// The values of `a=fingerprint`: hash function and digest.
    pub fingerprints: Vec<String>,
    /// `a=tls-id`.
    pub tls_id: Option<String>,
    /// The role to take where the offer leaves it open.
    pub answers: Setup,
}

/// The side that opens the DTLS association or connection (RFC 4145 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setup {
    /// We open it.
    Active,
    /// We wait for it.
    Passive,
}

impl Setup {
    /// The role of the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Active => Self::Passive,
            Self::Passive => Self::Active,
        }
    }

    /// The value of `a=setup`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }
}

/// Our side of ICE (RFC 8839).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ice {
    /// `a=ice-ufrag`.
    pub ufrag: String,
    /// `a=ice-pwd`.
    pub pwd: String,
    /// `a=ice-options`, as `trickle` and `ice2`.
    pub options: Vec<String>,
    /// The values of `a=candidate`, as far as they are known.
    pub candidates: Vec<String>,
    /// `a=end-of-candidates`: no more will come (RFC 8840 §8).
    pub complete: bool,
}

/// A key of SDES (RFC 4568): the suite and the key parameters behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdesKey {
    /// The crypto suite, as `AES_CM_128_HMAC_SHA1_80`.
    pub suite: String,
    /// The key parameters, as `inline:…`, and the session parameters if there are any.
    pub parameters: String,
}

/// A header extension of RTP (RFC 8285).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderExtension {
    /// What names it.
    pub uri: String,
    /// Whether we send it, receive it, or both.
    pub direction: Direction,
}

/// A stream of a simulcast that we send (RFC 8851).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rid {
    /// Its name.
    pub id: String,
    /// What restricts it, as `max-width=320`; empty for nothing.
    pub restrictions: String,
}

/// SCTP over DTLS: the data channels (RFC 8841).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sctp {
    /// `a=sctp-port`.
    pub port: u16,
    /// `a=max-message-size` in octets; `None` for its default of 65,536, 0 for no limit.
    pub max_message_size: Option<u64>,
}

/// One section that a program can offer, or answer an offer with.
///
/// ```
/// use sdp::offer_answer::{MediaCapability, RtcpMux};
/// use sdp::{CodecSpec, Direction};
/// let mut audio = MediaCapability::audio(49170)
///     .codec(0, CodecSpec::new("PCMU", 8000))
///     .codec(97, CodecSpec::new("iLBC", 8000));
/// audio.direction = Direction::SendOnly;
/// audio.rtcp_mux = RtcpMux::Negotiate;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MediaCapability {
    /// The media type: `audio`, `video`, `image`, `application`, `message`, …
    pub media_type: String,
    /// The protocol of offers; answers take over that of the offer.
    pub protocol: String,
    /// The port. 9 where ICE will find one (RFC 8839 §4.1.1.5).
    pub port: u16,
    /// The `c=` line of the section, where it is not that of the session.
    pub connection: Option<Address>,
    /// What can be sent and received.
    pub formats: Formats,
    /// Whether we want to send, to receive, or both.
    pub direction: Direction,
    /// `b=` lines: modifiers and their numbers.
    pub bandwidths: Vec<(String, u64)>,
    /// `a=ptime`: how many milliseconds of media we want in a packet.
    pub ptime: Option<u32>,
    /// `a=maxptime`: how many milliseconds of media we take in a packet.
    pub maxptime: Option<u32>,
    /// `a=mid`. Sections of a bundle get one where it is not set.
    pub mid: Option<String>,
    /// Whether the section may be part of a bundle. Default: yes. A section of RTP is in none
    /// unless RTP and RTCP can share a port.
    pub bundled: bool,
    /// The value of `a=rtcp`, where RTCP goes to another port than the one above that of RTP. Not written once
    /// RTP and RTCP share a port.
    pub rtcp: Option<String>,
    /// Whether RTP and RTCP share a port.
    pub rtcp_mux: RtcpMux,
    /// Whether RTCP packets of reduced size are taken (RFC 5506).
    pub rtcp_rsize: bool,
    /// ICE, where it is used.
    pub ice: Option<Ice>,
    /// DTLS, where it is used.
    pub dtls: Option<Dtls>,
    /// Keys of SDES, in order of preference.
    pub sdes: Vec<SdesKey>,
    /// Header extensions of RTP.
    pub extensions: Vec<HeaderExtension>,
    /// The values of `a=msid`: the media streams that the section is part of (RFC 8830).
    pub msids: Vec<String>,
    /// The streams of a simulcast to send, in order of preference (RFC 8853).
    pub simulcast: Vec<Rid>,
    /// How many streams of a simulcast we take.
    pub simulcast_received: usize,
    /// SCTP, where it is used.
    pub sctp: Option<Sctp>,
    /// Further attributes: a name, and a value where there is one.
    pub attributes: Vec<(String, Option<String>)>,
}

impl MediaCapability {
    /// A section without anything but its media type, port and protocol.
    #[must_use]
    pub fn new(media_type: &str, port: u16, protocol: &str, formats: Formats) -> Self {
        Self {
            media_type: media_type.into(),
            protocol: protocol.into(),
            port,
            connection: None,
            formats,
            direction: Direction::SendRecv,
            bandwidths: Vec::new(),
            ptime: None,
            maxptime: None,
            mid: None,
            bundled: true,
            rtcp: None,
            rtcp_mux: RtcpMux::Never,
            rtcp_rsize: false,
            ice: None,
            dtls: None,
            sdes: Vec::new(),
            extensions: Vec::new(),
            msids: Vec::new(),
            simulcast: Vec::new(),
            simulcast_received: 0,
            sctp: None,
            attributes: Vec::new(),
        }
    }

    /// Audio over `RTP/AVP`.
    #[must_use]
    pub fn audio(port: u16) -> Self {
        Self::new("audio", port, "RTP/AVP", Formats::Rtp(Vec::new()))
    }

    /// Video over `RTP/AVP`.
    #[must_use]
    pub fn video(port: u16) -> Self {
        Self::new("video", port, "RTP/AVP", Formats::Rtp(Vec::new()))
    }

    /// Fax over UDPTL (T.38). Its parameters are attributes, as `T38FaxVersion`.
    #[must_use]
    pub fn fax(port: u16) -> Self {
        Self::new("image", port, "udptl", Formats::Other(["t38".into()].into()))
    }

    /// Data channels of WebRTC (RFC 8841).
    #[must_use]
    pub fn data_channel(port: u16) -> Self {
        let formats = Formats::Other(["webrtc-datachannel".into()].into());
        let sctp = Some(Sctp { port: 5000, max_message_size: None });
        Self { sctp, ..Self::new("application", port, "UDP/DTLS/SCTP", formats) }
    }

    /// The same section over DTLS and ICE, as browsers have it (RFC 8829 §5.2.1): RTP and RTCP on
    /// one port, RTCP of reduced size, and the profile `UDP/TLS/RTP/SAVPF`.
    #[must_use]
    pub fn webrtc(mut self, ice: Ice, dtls: Dtls) -> Self {
        if let Formats::Rtp(_) = self.formats {
            self.protocol = "UDP/TLS/RTP/SAVPF".into();
            self.rtcp_mux = RtcpMux::Negotiate;
            self.rtcp_rsize = true;
        }
        Self { ice: Some(ice), dtls: Some(dtls), ..self }
    }

    /// The same section with one more codec, less preferred than those it has. Sections without
    /// RTP have none.
    #[must_use]
    pub fn codec(mut self, payload_type: u8, spec: CodecSpec) -> Self {
        if let Formats::Rtp(codecs) = &mut self.formats {
            codecs.push(LocalCodec { payload_type, spec });
        }
        self
    }

    /// The same section with one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: Option<&str>) -> Self {
        self.attributes.push((name.into(), value.map(Into::into)));
        self
    }

    /// Whether it may share a transport: RTP needs RTCP on the same port for that (RFC 9143 §9.3.1).
    pub(super) fn may_be_bundled(&self) -> bool {
        let can_mux = self.rtcp_mux != RtcpMux::Never || matches!(self.formats, Formats::Other(_));
        self.bundled && can_mux
    }

    /// The codecs; none for sections without RTP.
    #[must_use]
    pub fn codecs(&self) -> &[LocalCodec] {
        match &self.formats {
            Formats::Rtp(codecs) => codecs,
            Formats::Other(_) => &[],
        }
    }
}
