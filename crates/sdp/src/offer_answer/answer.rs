//! Receiving offers and making answers (RFC 3264 §6, RFC 9143 §7.3, RFC 8829 §5.3).

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bundle::Groups;
use super::common::{self, Peer, Security, Transport};
use super::payload;
use super::write::Lines;
use super::{
    Agreement, BundlePolicy, Formats, MediaCapability, NegotiationError, OfferAnswer, Open,
    Refusal, Rid, SdesKeys, Setup, Stream, StreamCodec, StreamState, Wish,
};
use crate::attribute;
use crate::codec::{CodecPolicy, CodecSpec};
use crate::value::{Connection, RidDirection, SetupRole, SimulcastWays};
use crate::{Media, SessionDescription};

impl<P: CodecPolicy> OfferAnswer<P> {
    /// Reads an offer. What we would answer is in [`proposed`](Self::proposed) and can still be
    /// changed; [`create_answer`](Self::create_answer) writes it.
    ///
    /// # Errors
    /// When an offer is open already, as in glare, or the offer has fewer sections than the session
    /// (RFC 3264 §8). Nothing has changed then.
    pub fn receive_offer(&mut self, offer: SessionDescription) -> Result<(), NegotiationError> {
        self.check_stable()?;
        if offer.media().len() < self.agreed.streams.len() {
            return Err(NegotiationError::FewerSections);
        }
        let groups = match self.session.bundle {
            BundlePolicy::Disabled => Groups::default(),
            _ => Groups::of(&offer),
        };
        let mut agreement = Agreement { groups, ..Agreement::default() };
        let mut used: Vec<usize> = Vec::new();
        let peers = Peer::of(&offer, &agreement.groups);
        for peer in &peers {
            let stream = self.answered(peer, &mut used);
            agreement.streams.push(stream);
        }
        drop(peers);
        agreement.remote = Some(offer);
        self.settle(&mut agreement);
        self.open = Some(Open { sent: false, agreement });
        Ok(())
    }

    /// Makes the answer to the offer that was received. With it the offer is agreed on.
    ///
    /// # Errors
    /// When no offer was received, or the capabilities are such that no description can be made of
    /// them; the offer is still open then.
    pub fn create_answer(&mut self) -> Result<SessionDescription, NegotiationError> {
        let mut agreement = match &self.open {
            Some(open) if !open.sent => open.agreement.clone(),
            _ => return Err(NegotiationError::NoOffer),
        };
        let Some(offer) = agreement.remote.clone() else { return Err(NegotiationError::NoOffer) };
        for (stream, media) in agreement.streams.iter_mut().zip(offer.media()) {
            if stream.is_open() {
                stream.direction = stream.left_by(media).and(stream.wanted());
                stream.state = StreamState::Active;
            }
        }
        let mut lines = Lines::default();
        let groups = other_groups(&offer, &agreement.streams);
        self.session.lines(&mut lines, &agreement, &self.time(Some(&offer)), &groups);
        for section in 0..agreement.streams.len() {
            self.answer_lines(&mut lines, &agreement, section);
        }
        let description = self.describe(lines.finish()?, Some(offer.tolerances()))?;
        agreement.local = Some(description.clone());
        self.wishes = agreement.streams.iter().map(|stream| self.wish_of(stream)).collect();
        self.agree(agreement);
        Ok(description)
    }

    /// What the program wants of a section from its answer on.
    fn wish_of(&self, stream: &Stream) -> Wish {
        Wish {
            capability: stream.capability.clone(),
            source: stream.source,
            open: stream.is_open(),
            held: stream.held,
            fresh: false,
        }
    }

    /// What we make of a section of an offer.
    fn answered(&self, peer: &Peer<'_>, used: &mut Vec<usize>) -> Stream {
        let media = peer.media;
        let section = media.index();
        let before = self.agreed.streams.get(section);
        let mut refusal = Refusal::NoCapability;
        if !peer.is_rejected {
            // A section goes on as what it was, unless its place has got another medium
            // (RFC 3264 §8.3).
            let wish = self.wishes.get(section).filter(|wish| {
                wish.open && wish.capability.media_type.eq_ignore_ascii_case(media.media_type())
            });
            let known = before.filter(|before| before.is_open());
            if let (Some(before), Some(wish)) = (known, wish) {
                match self.accept(&wish.capability, peer, Some(before)) {
                    Ok(stream) => {
                        used.extend(wish.source);
                        return Stream { source: wish.source, held: wish.held, ..stream };
                    }
                    Err(reason) => refusal = reason,
                }
            } else {
                for (source, capability) in self.capabilities.iter().enumerate() {
                    if used.contains(&source) || self.is_in_use(source, section) {
                        continue;
                    }
                    if !capability.media_type.eq_ignore_ascii_case(media.media_type()) {
                        continue;
                    }
                    match self.accept(capability, peer, None) {
                        Ok(stream) => {
                            used.push(source);
                            return Stream { source: Some(source), ..stream };
                        }
                        Err(reason) => refusal = reason,
                    }
                }
            }
        }
        let state = match (peer.is_rejected, before) {
            (false, _) => StreamState::Rejected(refusal),
            (true, Some(before)) if before.is_open() => StreamState::Removed,
            (true, Some(before)) => before.state,
            (true, None) => StreamState::Rejected(Refusal::Peer),
        };
        closed(media, state, before)
    }

    /// Whether a capability is used by another section than this one.
    fn is_in_use(&self, source: usize, section: usize) -> bool {
        self.wishes
            .iter()
            .enumerate()
            .any(|(place, wish)| place != section && wish.open && wish.source == Some(source))
    }

    /// Accepts a section with a capability, or says why it cannot be.
    fn accept(
        &self,
        capability: &MediaCapability,
        peer: &Peer<'_>,
        before: Option<&Stream>,
    ) -> Result<Stream, Refusal> {
        let peer = &if self.stays_out(capability, peer) {
            Peer::with_transport(peer.media, peer.media)
        } else {
            *peer
        };
        let media = peer.media;
        if !common::takes_protocol(&self.session, &capability.protocol, media.protocol()) {
            return Err(Refusal::Protocol);
        }
        let security = common::security(capability, peer).ok_or(Refusal::Security)?;
        let rtcp_mux = common::rtcp_mux(capability.rtcp_mux, peer).ok_or(Refusal::RtcpMux)?;
        let mut stream = Stream::new(capability.clone());
        stream.protocol = media.protocol().into();
        // It may be written in another case.
        stream.capability.media_type = media.media_type().into();
        stream.transport = peer.transport.index();
        stream.mid = media.mid().map(String::from);
        stream.payload_types = before.map(|b| b.payload_types.clone()).unwrap_or_default();
        match &capability.formats {
            Formats::Rtp(_) => {
                stream.codecs = self.common_codecs(capability, media);
                if !is_enough(&stream.codecs, media) {
                    return Err(Refusal::NoFormat);
                }
                for codec in &stream.codecs {
                    stream.payload_types.retain(|(number, _)| *number != codec.receive);
                    stream.payload_types.push((codec.receive, codec.ours.clone()));
                }
            }
            Formats::Other(formats) => {
                stream.formats = common_formats(formats, media);
                if stream.formats.is_empty() {
                    return Err(Refusal::NoFormat);
                }
            }
        }
        stream.rtcp_mux = rtcp_mux;
        stream.rtcp_rsize = common::rtcp_rsize(capability.rtcp_rsize, peer);
        stream.extensions = common::extensions(&capability.extensions, &media);
        match security {
            Security::None => {}
            Security::Dtls => {
                let kept = before.and_then(|before| before.setup);
                let answers = capability.dtls.as_ref().map(|dtls| dtls.answers);
                stream.setup = Some(setup(peer.transport, kept, answers.unwrap_or(Setup::Active)));
            }
            Security::Sdes(tag, ours, theirs) => stream.sdes = Some(SdesKeys { tag, ours, theirs }),
        }
        simulcast(&mut stream, media);
        stream.learn(peer, before);
        stream.multicast(media);
        stream.direction = stream.left_by(media).and(stream.wanted());
        Ok(stream)
    }

    /// The codecs of the offer that we have too, in its order and under its numbers
    /// (RFC 3264 §6.1).
    fn common_codecs(&self, capability: &MediaCapability, media: Media<'_>) -> Vec<StreamCodec> {
        let mut codecs: Vec<StreamCodec> = Vec::new();
        for (number, theirs) in specs(media) {
            let agreed = capability.codecs().iter().find_map(|local| {
                let agreed = self.policy.agree(&local.spec, &theirs)?;
                let feedback = common_feedback(&local.spec.feedback, &theirs.feedback);
                Some(CodecSpec { fmtp: agreed.fmtp, feedback, ..theirs.clone() })
            });
            if let Some(ours) = agreed {
                codecs.push(StreamCodec { ours, theirs, receive: number, send: number });
            }
        }
        // What repairs a codec that is not there is not there either.
        loop {
            let numbers: Vec<_> = codecs.iter().map(|codec| codec.send).collect();
            let before = codecs.len();
            codecs.retain(|codec| {
                codec.theirs.references().iter().all(|number| numbers.contains(number))
            });
            if codecs.len() == before {
                return codecs;
            }
        }
    }

    /// Whether a section is kept out of the bundle that it is offered in: one that has a port, and
    /// was in no bundle before, can be (RFC 9143 §7.3.2). In a bundle, RTP and RTCP share a port.
    fn stays_out(&self, capability: &MediaCapability, peer: &Peer<'_>) -> bool {
        let section = peer.media.index();
        let may_be_in = capability.may_be_bundled()
            && (matches!(capability.formats, Formats::Other(_)) || peer.has(attribute::RtcpMux));
        !may_be_in && peer.media.port() != 0 && self.agreed.groups.of_section(section).is_none()
    }

    /// Takes the bundles of the offer as far as their sections are accepted (RFC 9143 §7.3), and
    /// reads those again that have got the transport of another section by that.
    pub(super) fn settle(&self, agreement: &mut Agreement) {
        let Some(offer) = agreement.remote.clone() else { return };
        let media: Vec<_> = offer.media().collect();
        loop {
            self.keep_bundles(&media, agreement);
            let mut is_settled = true;
            for (section, stream) in agreement.streams.iter_mut().enumerate() {
                let transport = stream.bundle.unwrap_or(section);
                if !stream.is_open() || stream.transport == transport {
                    continue;
                }
                is_settled = false;
                let before = self.agreed.streams.get(section).filter(|before| before.is_open());
                let peer = Peer::with_transport(media[section], media[transport]);
                match self.accept(&stream.capability, &peer, before) {
                    Ok(read) => {
                        *stream = Stream { source: stream.source, held: stream.held, ..read };
                    }
                    Err(reason) => stream.end(StreamState::Rejected(reason)),
                }
            }
            if is_settled {
                break;
            }
        }
        agreement.share_transports();
    }

    fn keep_bundles(&self, offer: &[Media<'_>], agreement: &mut Agreement) {
        // Sections without a port are there with a bundle alone, and can carry none.
        let has_port = |section: usize| offer[section].port() != 0;
        let Agreement { streams, groups, .. } = &mut *agreement;
        groups.retain(|section| {
            let stream = &streams[section];
            let peer = Peer::with_transport(offer[section], offer[stream.transport]);
            stream.is_open() && !self.stays_out(&stream.capability, &peer)
        });
        for group in &mut groups.0 {
            // The first that has a port carries the bundle (RFC 9143 §7.3.1).
            match group.iter().position(|section| has_port(*section)) {
                Some(place) => group[..=place].rotate_right(1),
                None => group.clear(),
            }
        }
        for (section, stream) in streams.iter_mut().enumerate() {
            if stream.is_open() && !has_port(section) && groups.of_section(section).is_none() {
                stream.end(StreamState::Rejected(Refusal::Bundle));
            }
        }
        agreement.regroup();
    }

    fn answer_lines(&self, lines: &mut Lines, agreement: &Agreement, section: usize) {
        let stream = &agreement.streams[section];
        if !stream.is_open() {
            self.session.closed_lines(lines, stream);
            return;
        }
        let tagged = stream.bundle.unwrap_or(section);
        let crypto = stream
            .sdes
            .as_ref()
            .map(|keys| format!("{} {} {}", keys.tag, keys.ours.suite, keys.ours.parameters));
        let transport = Transport {
            port: agreement.streams.get(tagged).map_or(0, |tagged| tagged.capability.port),
            own: tagged == section,
            bundle_only: false,
            setup: stream.setup.map_or("active", Setup::name),
            crypto: crypto.into_iter().collect(),
            rtcp_mux: stream.rtcp_mux,
            // RFC 8858 §4.3: only offers may have it.
            rtcp_mux_only: false,
            rtcp_rsize: stream.rtcp_rsize,
            // Nor is RTCP's port told where it is that of RTP.
            rtcp: stream.capability.rtcp.as_deref().filter(|_| !stream.rtcp_mux),
        };
        let codecs: Vec<_> =
            stream.codecs.iter().map(|codec| (codec.receive, &codec.ours)).collect();
        self.session.open_lines(lines, stream, &codecs, stream.direction, &transport);
    }
}

impl Stream {
    /// Takes in what an offer or answer tells of the other side.
    pub(super) fn learn(&mut self, peer: &Peer<'_>, before: Option<&Self>) {
        let ice = peer
            .transport
            .ice_credentials()
            .map(|ice| (ice.ufrag.to_string(), ice.pwd.to_string()));
        let known = before.and_then(|before| before.peer_ice.as_ref());
        self.ice_restarted = match (known, &ice) {
            (Some(before), Some(now)) => before.0 != now.0 && before.1 != now.1,
            _ => false,
        };
        self.peer_ice = ice;
        self.held_by_peer = self.capability.sctp.is_none() && peer.media.is_hold();
    }

    /// A multicast stream has one address for all (RFC 3264 §6.2).
    pub(super) fn multicast(&mut self, media: Media<'_>) {
        let connection = media.connection().ok().flatten();
        let multicast = connection.filter(Connection::is_multicast);
        self.multicast = multicast.map(|connection| (connection.to_string(), media.port()));
    }
}

/// The groups of the offer other than bundles, with the sections that are taken (RFC 5888 §9.2).
fn other_groups(offer: &SessionDescription, streams: &[Stream]) -> Vec<String> {
    let open: BTreeSet<&str> =
        streams.iter().filter(|stream| stream.is_open()).filter_map(Stream::mid).collect();
    let groups = offer.attributes().each(attribute::Group).filter_map(Result::ok);
    groups
        .filter(|group| group.semantics() != "BUNDLE")
        .filter_map(|group| {
            let mids: Vec<_> = group.mids().filter(|mid| open.contains(mid)).collect();
            (!mids.is_empty()).then(|| format!("{} {}", group.semantics(), mids.join(" ")))
        })
        .collect()
}

/// The codecs of a section with their payload types. One that is listed twice is one.
pub(super) fn specs(media: Media<'_>) -> Vec<(u8, CodecSpec)> {
    let mut seen = [false; 256];
    media
        .codecs()
        .iter()
        .filter(|codec| !core::mem::replace(&mut seen[usize::from(codec.payload_type())], true))
        .filter_map(|codec| Some((codec.payload_type(), codec.to_spec()?)))
        .collect()
}

/// A section that stays without media.
fn closed(media: Media<'_>, state: StreamState, before: Option<&Stream>) -> Stream {
    let formats = Formats::Other(Vec::new());
    let capability = MediaCapability::new(media.media_type(), 0, media.protocol(), formats);
    let mut stream = Stream::new(capability);
    stream.mid = media.mid().map(String::from);
    stream.payload_types = before.map(|before| before.payload_types.clone()).unwrap_or_default();
    // One format stays, so that the line is one (RFC 3264 §6).
    let format = media.formats().next().and_then(|format| core::str::from_utf8(format).ok());
    stream.formats = format.map(String::from).into_iter().collect();
    stream.end(state);
    stream
}

/// Whether codecs are worth a stream: one of them carries media of its own, or, where the offer
/// has nothing else, the events or the noise beside it.
pub(super) fn is_enough(codecs: &[StreamCodec], offer: Media<'_>) -> bool {
    let main = |encoding: &str| !payload::is_repair(encoding) && !payload::is_auxiliary(encoding);
    let offered = offer.codecs();
    let mut offered = offered.iter().filter_map(|codec| codec.encoding());
    codecs.iter().any(|codec| main(&codec.theirs.encoding))
        || (codecs.iter().any(|codec| payload::is_auxiliary(&codec.theirs.encoding))
            && !offered.any(main))
}

/// The formats that both sides have; `*` stands for all.
pub(super) fn common_formats(ours: &[String], theirs: Media<'_>) -> Vec<String> {
    theirs
        .formats()
        .filter_map(|format| core::str::from_utf8(format).ok())
        .filter(|format| {
            *format == "*" || ours.iter().any(|own| own == "*" || own.eq_ignore_ascii_case(format))
        })
        .map(String::from)
        .collect()
}

/// The feedback that both sides have (RFC 4585 §4.2).
pub(super) fn common_feedback(ours: &[String], theirs: &[String]) -> Vec<String> {
    let has = |text: &&String| ours.iter().any(|own| own.eq_ignore_ascii_case(text));
    theirs.iter().filter(has).cloned().collect()
}

/// Our role in DTLS (RFC 8842 §5.3, RFC 4145 §4.1).
fn setup(offer: Media<'_>, kept: Option<Setup>, answers: Setup) -> Setup {
    match offer.inherited(attribute::Setup).ok().flatten() {
        // An association that is there keeps its roles (RFC 8842 §5.3).
        Some(SetupRole::ActPass) => kept.unwrap_or(answers),
        Some(SetupRole::Passive) => Setup::Active,
        // Who says nothing opens the association.
        _ => Setup::Passive,
    }
}

/// The streams of a simulcast that the offer sends and we take, and those that it takes and we
/// send (RFC 8853 §5.3.2).
fn simulcast(stream: &mut Stream, offer: Media<'_>) {
    stream.simulcast_sent.clear();
    let Ok(Some(simulcast)) = offer.attributes().find(attribute::Simulcast) else { return };
    let rids: Vec<_> = offer.attributes().each(attribute::Rid).filter_map(Result::ok).collect();
    let rid = |mut ways: SimulcastWays<'_>| {
        let id = ways.next()?.id;
        let known = rids.iter().find(|rid| rid.id() == id)?;
        Some(Rid { id: id.into(), restrictions: known.restrictions_str().into() })
    };
    stream.simulcast_received = simulcast
        .streams(RidDirection::Send)
        .filter_map(rid)
        .take(stream.capability.simulcast_received)
        .collect();
    stream.simulcast_sent = simulcast
        .streams(RidDirection::Recv)
        .filter_map(rid)
        .take(stream.capability.simulcast.len())
        .collect();
}

/// The streams of our simulcast that the answer takes, and those that it sends (RFC 8853 §5.3.3).
pub(super) fn answered_simulcast(stream: &mut Stream, answer: Media<'_>) {
    let simulcast = answer.attributes().find(attribute::Simulcast).ok().flatten();
    let answered = |direction: RidDirection| -> BTreeSet<&str> {
        let ways = simulcast.into_iter().flat_map(|simulcast| simulcast.streams(direction));
        ways.flatten().map(|rid| rid.id).collect()
    };
    let (taken, sent) = (answered(RidDirection::Recv), answered(RidDirection::Send));
    stream.simulcast_sent.retain(|rid| taken.contains(rid.id.as_str()));
    stream.simulcast_received.retain(|rid| sent.contains(rid.id.as_str()));
}
