//! What making offers and making answers have in common: lines, and the rules of protocols, keys
//! and extensions.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bundle::Groups;
use super::write::Lines;
use super::{Agreement, HeaderExtension, MediaCapability, RtcpMux, SdesKey, Session, Stream};
use crate::attribute::{self, Attribute, MuxCategory};
use crate::codec::CodecSpec;
use crate::{Direction, Media, SessionDescription};

/// The transport of a section as it is written.
pub(super) struct Transport<'a> {
    pub(super) port: u16,
    /// Whether the attributes of the transport are written here.
    pub(super) own: bool,
    pub(super) bundle_only: bool,
    /// The value of `a=setup`.
    pub(super) setup: &'a str,
    /// The values of `a=crypto`.
    pub(super) crypto: Vec<String>,
    pub(super) rtcp_mux: bool,
    /// Whether RTP and RTCP must share a port (RFC 8858 §4.2), which only offers say.
    pub(super) rtcp_mux_only: bool,
    pub(super) rtcp_rsize: bool,
    /// The value of `a=rtcp`.
    pub(super) rtcp: Option<&'a str>,
}

impl Session {
    /// The lines of the session behind `o=`.
    pub(super) fn lines(
        &self,
        lines: &mut Lines,
        agreement: &Agreement,
        time: &str,
        groups: &[String],
    ) {
        let Self { name, connection, attributes, .. } = self;
        lines.line(format_args!("s={name}"));
        if let Some(connection) = connection {
            lines.connection(connection);
        }
        lines.line(format_args!("t={time}"));
        // The options are those of the session where it is a browser's (RFC 8829 §5.2.1).
        let open = agreement.streams.iter().filter(|stream| stream.is_open());
        if let Some(ice) = open.filter_map(|stream| stream.capability.ice.as_ref()).next()
            && !ice.options.is_empty()
        {
            lines.attribute("ice-options", Some(&ice.options.join(" ")));
        }
        for group in agreement.groups.values(&agreement.streams).iter().chain(groups) {
            lines.attribute("group", Some(group));
        }
        for (name, value) in attributes {
            lines.attribute(name, value.as_deref());
        }
    }

    /// A section whose port is 0.
    pub(super) fn closed_lines(&self, lines: &mut Lines, stream: &Stream) {
        let formats = match stream.formats.is_empty() {
            true => first_format(&stream.capability),
            false => stream.formats.join(" "),
        };
        lines.line(format_args!("m={} 0 {} {formats}", stream.media_type(), stream.protocol));
        if let Some(mid) = stream.mid() {
            lines.attribute("mid", Some(mid));
        }
    }

    /// A section that carries media, in the order of RFC 8829 §5.2.1.
    pub(super) fn open_lines(
        &self,
        lines: &mut Lines,
        stream: &Stream,
        codecs: &[(u8, &CodecSpec)],
        direction: Direction,
        transport: &Transport<'_>,
    ) {
        let capability = &stream.capability;
        let formats = match codecs {
            [] => stream.formats.join(" "),
            codecs => {
                let numbers: Vec<_> = codecs.iter().map(|(number, _)| number.to_string()).collect();
                numbers.join(" ")
            }
        };
        let (port, address) = match &stream.multicast {
            Some((address, port)) => (*port, Some(address)),
            None => (transport.port, None),
        };
        lines.line(format_args!("m={} {port} {} {formats}", stream.media_type(), stream.protocol));
        match (address, &capability.connection, &self.connection) {
            (Some(address), _, _) => lines.line(format_args!("c={address}")),
            (None, Some(own), session) if session.as_ref() != Some(own) => lines.connection(own),
            (None, None, None) => lines.connection(&self.origin),
            _ => {}
        }
        for (modifier, value) in &capability.bandwidths {
            lines.line(format_args!("b={modifier}:{value}"));
        }
        if let Some(mid) = stream.mid() {
            lines.attribute("mid", Some(mid));
        }
        if transport.bundle_only {
            lines.attribute("bundle-only", None);
        }
        if capability.sctp.is_none() {
            lines.attribute(direction.name(), None);
        }
        codec_lines(lines, codecs);
        if let Some(ptime) = capability.ptime {
            lines.line(format_args!("a=ptime:{ptime}"));
        }
        if let Some(maxptime) = capability.maxptime {
            lines.line(format_args!("a=maxptime:{maxptime}"));
        }
        for (id, HeaderExtension { uri, direction }) in &stream.extensions {
            match direction {
                Direction::SendRecv => lines.line(format_args!("a=extmap:{id} {uri}")),
                direction => lines.line(format_args!("a=extmap:{id}/{direction} {uri}")),
            }
        }
        for msid in &capability.msids {
            lines.attribute("msid", Some(msid));
        }
        simulcast_lines(lines, stream);
        if let Some(sctp) = capability.sctp {
            lines.line(format_args!("a=sctp-port:{}", sctp.port));
            if let Some(size) = sctp.max_message_size {
                lines.line(format_args!("a=max-message-size:{size}"));
            }
        }
        if transport.own {
            transport_lines(lines, capability, transport);
        }
        for (name, value) in &capability.attributes {
            // What belongs to the transport is said in one section of a bundle alone
            // (RFC 9143 §7.1.3).
            let shared = matches!(
                attribute::find(name).map(|row| row.mux),
                Some(MuxCategory::Transport | MuxCategory::Identical)
            );
            if transport.own || !shared {
                lines.attribute(name, value.as_deref());
            }
        }
    }
}

/// A format for the `m=` line of a section that is closed: it must have one (RFC 3264 §6).
fn first_format(capability: &MediaCapability) -> String {
    match &capability.formats {
        super::Formats::Rtp(codecs) => {
            codecs.first().map_or_else(|| "0".into(), |codec| codec.payload_type.to_string())
        }
        super::Formats::Other(formats) => formats.first().map_or_else(|| "0".into(), String::clone),
    }
}

/// `a=rtpmap` and `a=fmtp` of each codec, and its `a=rtcp-fb`.
fn codec_lines(lines: &mut Lines, codecs: &[(u8, &CodecSpec)]) {
    for (number, spec) in codecs {
        let CodecSpec { encoding, clock_rate, channels, .. } = spec;
        match channels {
            0 | 1 => lines.line(format_args!("a=rtpmap:{number} {encoding}/{clock_rate}")),
            _ => lines.line(format_args!("a=rtpmap:{number} {encoding}/{clock_rate}/{channels}")),
        }
        if let Some(fmtp) = &spec.fmtp {
            lines.line(format_args!("a=fmtp:{number} {fmtp}"));
        }
        for feedback in &spec.feedback {
            lines.line(format_args!("a=rtcp-fb:{number} {feedback}"));
        }
    }
}

/// `a=rid` and `a=simulcast` (RFC 8851, 8853).
fn simulcast_lines(lines: &mut Lines, stream: &Stream) {
    let mut value = String::new();
    for (rids, direction) in
        [(&stream.simulcast_sent, "send"), (&stream.simulcast_received, "recv")]
    {
        for rid in rids {
            match rid.restrictions.as_str() {
                "" => lines.line(format_args!("a=rid:{} {direction}", rid.id)),
                restrictions => {
                    lines.line(format_args!("a=rid:{} {direction} {restrictions}", rid.id));
                }
            }
        }
        if !rids.is_empty() {
            let ids: Vec<_> = rids.iter().map(|rid| rid.id.as_str()).collect();
            value.push_str(if value.is_empty() { "" } else { " " });
            value.push_str(&format!("{direction} {}", ids.join(";")));
        }
    }
    if !value.is_empty() {
        lines.attribute("simulcast", Some(&value));
    }
}

/// The attributes of the transport: ICE, DTLS, SDES, RTCP.
fn transport_lines(lines: &mut Lines, capability: &MediaCapability, transport: &Transport<'_>) {
    if let Some(ice) = &capability.ice {
        lines.attribute("ice-ufrag", Some(&ice.ufrag));
        lines.attribute("ice-pwd", Some(&ice.pwd));
    }
    if let Some(dtls) = &capability.dtls {
        for fingerprint in &dtls.fingerprints {
            lines.attribute("fingerprint", Some(fingerprint));
        }
        lines.attribute("setup", Some(transport.setup));
        if let Some(id) = &dtls.tls_id {
            lines.attribute("tls-id", Some(id));
        }
    }
    for crypto in &transport.crypto {
        lines.attribute("crypto", Some(crypto));
    }
    if let Some(rtcp) = transport.rtcp {
        lines.attribute("rtcp", Some(rtcp));
    }
    if transport.rtcp_mux {
        lines.attribute("rtcp-mux", None);
    }
    if transport.rtcp_mux_only {
        lines.attribute("rtcp-mux-only", None);
    }
    if transport.rtcp_rsize {
        lines.attribute("rtcp-rsize", None);
    }
    if let Some(ice) = &capability.ice {
        for candidate in &ice.candidates {
            lines.attribute("candidate", Some(candidate));
        }
        if ice.complete {
            lines.attribute("end-of-candidates", None);
        }
    }
}

/// The parts of the name of a protocol that matter when two are compared.
#[derive(Debug, PartialEq, Eq)]
enum Kind<'a> {
    /// RTP over UDP or over something else, under any profile.
    Rtp {
        over: &'a str,
    },
    /// SCTP over DTLS.
    DataChannel {
        over: &'a str,
    },
    Other,
}

fn kind(protocol: &str) -> Kind<'_> {
    let (over, rest) = protocol.split_once('/').unwrap_or(("", protocol));
    let over = if over.eq_ignore_ascii_case("RTP") || over.eq_ignore_ascii_case("DTLS") {
        "UDP"
    } else {
        over
    };
    let has = |name: &str| protocol.split('/').any(|part| part.eq_ignore_ascii_case(name));
    if has("RTP") {
        Kind::Rtp { over }
    } else if has("DTLS") && rest.to_ascii_uppercase().ends_with("SCTP") {
        Kind::DataChannel { over }
    } else {
        Kind::Other
    }
}

/// Whether we can take up a protocol that was offered: it is ours, or another profile of it.
pub(super) fn takes_protocol(session: &Session, ours: &str, offered: &str) -> bool {
    ours.eq_ignore_ascii_case(offered)
        || (session.any_profile && kind(ours) != Kind::Other && {
            match (kind(ours), kind(offered)) {
                (Kind::Rtp { over: a }, Kind::Rtp { over: b })
                | (Kind::DataChannel { over: a }, Kind::DataChannel { over: b }) => {
                    a.eq_ignore_ascii_case(b)
                }
                _ => false,
            }
        })
}

/// A section of the other side.
#[derive(Clone, Copy)]
pub(super) struct Peer<'a> {
    pub(super) media: Media<'a>,
    /// The section whose transport it uses: itself, or the one that carries its bundle.
    pub(super) transport: Media<'a>,
    /// Whether it carries nothing.
    pub(super) is_rejected: bool,
}

impl<'a> Peer<'a> {
    /// An open section with the transport of another one.
    pub(super) fn with_transport(media: Media<'a>, transport: Media<'a>) -> Self {
        Self { media, transport, is_rejected: false }
    }

    /// The sections of a description, bundled as `groups` says.
    pub(super) fn of(description: &'a SessionDescription, groups: &Groups) -> Vec<Self> {
        let media: Vec<_> = description.media().collect();
        let carriers = groups.carriers(description);
        let bundled = |section| groups.of_section(section).is_some();
        media
            .iter()
            .zip(carriers)
            .map(|(media, carrier)| Peer {
                media: *media,
                transport: media.description().media_at(carrier).unwrap_or(*media),
                // RFC 9143 §6: `a=bundle-only` outside of a group means nothing.
                is_rejected: media.port() == 0
                    && !(media.attributes().has(attribute::BundleOnly) && bundled(media.index())),
            })
            .collect()
    }
}

impl Peer<'_> {
    /// Whether there is an attribute of the transport. The section that carries a bundle need not
    /// be one of RTP, and then the others may say for themselves what is about RTCP.
    pub(super) fn has<A: Attribute + Copy>(&self, attribute: A) -> bool {
        [self.transport, self.media].iter().any(|media| media.attributes().has(attribute))
    }
}

/// How the media of a section are protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Security {
    None,
    Dtls,
    /// The tag, our key, and the key of the other side.
    Sdes(String, SdesKey, SdesKey),
}

/// The way to protect media that both sides have; `None` when there is none.
pub(super) fn security(ours: &MediaCapability, theirs: &Peer<'_>) -> Option<Security> {
    let protocol = theirs.media.protocol();
    let has_fingerprint = theirs.transport.has_inherited(attribute::Fingerprint);
    if ours.dtls.is_some() && has_fingerprint {
        return Some(Security::Dtls);
    }
    if let Some((tag, mine, other)) = sdes(ours, &theirs.transport) {
        return Some(Security::Sdes(tag, mine, other));
    }
    let asked = ours.dtls.is_some()
        || !ours.sdes.is_empty()
        || ["SAVP", "SAVPF", "TLS", "DTLS"]
            .iter()
            .any(|name| protocol.split('/').any(|part| part.eq_ignore_ascii_case(name)));
    // A TLS that is run outside of what this module knows, as with BFCP or MSRP, is its
    // attributes' matter.
    let other = kind(protocol) == Kind::Other;
    (!asked || (other && ours.dtls.is_none())).then_some(Security::None)
}

/// The first `a=crypto` whose suite we have (RFC 4568 §5.1.2).
fn sdes(ours: &MediaCapability, theirs: &Media<'_>) -> Option<(String, SdesKey, SdesKey)> {
    theirs.attributes().each(attribute::Crypto).filter_map(Result::ok).find_map(|crypto| {
        let mine = ours.sdes.iter().find(|key| key.suite.eq_ignore_ascii_case(crypto.suite()))?;
        let text = crypto.to_string();
        let mut words = text.splitn(3, ' ');
        let (tag, suite) = (words.next()?, words.next()?);
        let parameters = words.next()?.to_string();
        let other = SdesKey { suite: suite.into(), parameters };
        Some((tag.into(), mine.clone(), other))
    })
}

/// Whether both sides take RTCP packets of reduced size.
pub(super) fn rtcp_rsize(ours: bool, theirs: &Peer<'_>) -> bool {
    match theirs.media.is_rtp() {
        true => ours && theirs.has(attribute::RtcpRsize),
        // It says so for the sections of RTP whose bundle it carries.
        false => theirs.media.attributes().has(attribute::RtcpRsize),
    }
}

/// Whether RTP and RTCP share a port: `None` when one side needs it and the other has not got it.
pub(super) fn rtcp_mux(ours: RtcpMux, theirs: &Peer<'_>) -> Option<bool> {
    if !theirs.media.is_rtp() {
        // It says so for the sections of RTP whose bundle it carries.
        return Some(theirs.media.attributes().has(attribute::RtcpMux));
    }
    let offered = theirs.has(attribute::RtcpMux);
    let needed = theirs.transport.attributes().has(attribute::RtcpMuxOnly);
    match ours {
        RtcpMux::Never => (!needed).then_some(false),
        RtcpMux::Negotiate => Some(offered || needed),
        RtcpMux::Require => (offered || needed).then_some(true),
    }
}

/// The extensions of the other side that we have too, under its numbers, each in the direction
/// that both allow (RFC 8285 §6).
pub(super) fn extensions(
    ours: &[HeaderExtension],
    theirs: &Media<'_>,
) -> Vec<(u16, HeaderExtension)> {
    let mut taken: Vec<(u16, HeaderExtension)> = Vec::new();
    for offered in theirs.attributes().each(attribute::Extmap).filter_map(Result::ok) {
        let Some(mine) = ours.iter().find(|mine| mine.uri == offered.uri()) else { continue };
        let direction = offered.direction().unwrap_or_default().reversed().and(mine.direction);
        let known = taken.iter().any(|(id, known)| *id == offered.id() || known.uri == mine.uri);
        if direction != Direction::Inactive && !known {
            taken.push((offered.id(), HeaderExtension { uri: mine.uri.clone(), direction }));
        }
    }
    taken
}
