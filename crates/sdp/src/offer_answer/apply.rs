//! Receiving answers (RFC 3264 §7, RFC 9143 §7.4).

use alloc::vec::Vec;

use super::bundle::Groups;
use super::common::Peer;
use super::{
    Agreement, Formats, NegotiationError, OfferAnswer, Refusal, SdesKeys, Setup, Stream,
    StreamCodec, StreamState, answer, common, payload,
};
use crate::attribute;
use crate::codec::{CodecPolicy, CodecSpec};
use crate::value::SetupRole;
use crate::{Media, SessionDescription};

impl<P: CodecPolicy> OfferAnswer<P> {
    /// Reads the answer to our offer. With it the offer is agreed on.
    ///
    /// What peers get wrong is read for the best: a port where the offer has 0, a format that was
    /// not offered, a direction that the offer does not allow, and, unless the session is
    /// [`strict`](super::Session::strict), sections that are missing.
    ///
    /// # Errors
    /// When no offer of ours is open, or the answer is none to it. The offer is still open then.
    pub fn receive_answer(&mut self, answer: SessionDescription) -> Result<(), NegotiationError> {
        let mut agreement = match &self.open {
            Some(open) if open.sent => open.agreement.clone(),
            _ => return Err(NegotiationError::NoOffer),
        };
        self.check_answer(&agreement, &answer)?;
        let offers_bundle = !agreement.groups.0.is_empty();
        let answered = if offers_bundle { Groups::of(&answer) } else { Groups::default() };
        let mut peers = Peer::of(&answer, &answered).into_iter();
        for section in 0..agreement.streams.len() {
            let before = self.agreed.streams.get(section);
            let stream = &mut agreement.streams[section];
            match peers.next() {
                _ if !stream.is_open() => {}
                Some(peer) => self.apply(stream, &peer, before),
                None => stream.end(StreamState::Rejected(Refusal::Peer)),
            }
        }
        keep_answered_bundles(answered, &mut agreement);
        for (wish, stream) in self.wishes.iter_mut().zip(&agreement.streams) {
            wish.open &= stream.is_open();
            wish.fresh = false;
        }
        agreement.remote = Some(answer);
        self.agree(agreement);
        Ok(())
    }

    /// What an answer must have in common with its offer (RFC 3264 §6).
    fn check_answer(
        &self,
        offer: &Agreement,
        answer: &SessionDescription,
    ) -> Result<(), NegotiationError> {
        let (offered, answered) = (offer.streams.len(), answer.media().len());
        if answered > offered || (answered < offered && self.session.strict) {
            return Err(NegotiationError::SectionCount);
        }
        for (section, (stream, media)) in offer.streams.iter().zip(answer.media()).enumerate() {
            let same = stream.media_type().eq_ignore_ascii_case(media.media_type());
            if !same && stream.is_open() && media.port() != 0 {
                return Err(NegotiationError::MediaType(section));
            }
        }
        // Who has offered no bundle reads none.
        if !offer.groups.0.is_empty() && !Groups::of(answer).is_within(&offer.groups) {
            return Err(NegotiationError::Bundle);
        }
        Ok(())
    }

    /// What an answer makes of an open section of our offer.
    fn apply(&self, stream: &mut Stream, peer: &Peer<'_>, before: Option<&Stream>) {
        let media = peer.media;
        // RFC 8843 had port 0 and `a=bundle-only` in answers, too.
        if peer.is_rejected {
            let active = before.is_some_and(Stream::is_active);
            return stream.end(match active {
                true => StreamState::Removed,
                false => StreamState::Rejected(Refusal::Peer),
            });
        }
        match &stream.capability.formats {
            Formats::Rtp(_) => {
                stream.codecs = self.answered_codecs(&stream.codecs, media);
                if stream.codecs.is_empty() {
                    return stream.end(StreamState::Rejected(Refusal::NoFormat));
                }
            }
            Formats::Other(formats) => {
                stream.formats = answer::common_formats(formats, media);
                if stream.formats.is_empty() {
                    return stream.end(StreamState::Rejected(Refusal::NoFormat));
                }
            }
        }
        let Some(security) = common::security(&stream.capability, peer) else {
            return stream.end(StreamState::Rejected(Refusal::Security));
        };
        let Some(rtcp_mux) = common::rtcp_mux(stream.capability.rtcp_mux, peer) else {
            return stream.end(StreamState::Rejected(Refusal::RtcpMux));
        };
        stream.rtcp_mux = rtcp_mux;
        stream.rtcp_rsize = common::rtcp_rsize(stream.capability.rtcp_rsize, peer);
        let numbers = stream.extensions.clone();
        stream.extensions = common::extensions(&stream.capability.extensions, &media);
        // An answer cannot give an extension a number of its own.
        stream.extensions.retain(|(id, answered)| {
            numbers.iter().any(|(offered, known)| offered == id && known.uri == answered.uri)
        });
        stream.sdes = None;
        stream.setup = None;
        match security {
            common::Security::None => {}
            common::Security::Dtls => stream.setup = Some(setup(peer.transport)),
            common::Security::Sdes(tag, _, theirs) => {
                // The tag is that of our line.
                let place = tag.parse::<usize>().ok().and_then(|tag| tag.checked_sub(1));
                let ours = place.and_then(|place| stream.capability.sdes.get(place)).cloned();
                stream.sdes = ours.map(|ours| SdesKeys { tag, ours, theirs });
            }
        }
        answer::answered_simulcast(stream, media);
        stream.learn(peer, before);
        stream.multicast(media);
        // An answer that would go another way than the offer allows is held to it.
        stream.direction = stream.direction.and(stream.left_by(media));
        stream.state = StreamState::Active;
    }

    /// The codecs of the answer among those of the offer, in the order of the answer. It may give
    /// them other numbers, which are those that we send with (RFC 3264 §6.1).
    fn answered_codecs(&self, offered: &[StreamCodec], media: Media<'_>) -> Vec<StreamCodec> {
        let mut codecs: Vec<StreamCodec> = Vec::new();
        for (number, theirs) in answer::specs(media) {
            let agrees = |offered: &&StreamCodec| {
                !codecs.iter().any(|known| known.receive == offered.receive)
                    && self.policy.agree(&offered.ours, &theirs).is_some()
            };
            // Codecs that come under several numbers are told apart by them.
            let same = offered.iter().filter(|codec| codec.receive == number).find(agrees);
            let Some(offered) = same.or_else(|| offered.iter().find(agrees)) else { continue };
            let feedback = answer::common_feedback(&offered.ours.feedback, &theirs.feedback);
            let theirs = CodecSpec { feedback, ..theirs };
            codecs.push(StreamCodec { theirs, send: number, ..offered.clone() });
        }
        let repairs = |codec: &StreamCodec| payload::is_repair(&codec.ours.encoding);
        match codecs.iter().all(repairs) {
            true => Vec::new(),
            false => codecs,
        }
    }
}

/// Takes the bundles of the answer. Sections that need one that is not there carry nothing.
fn keep_answered_bundles(answered: Groups, agreement: &mut Agreement) {
    agreement.groups = answered;
    agreement.regroup();
    let offer = agreement.local.as_ref();
    let ports: Vec<_> = offer.map(|o| o.media().map(|m| m.port()).collect()).unwrap_or_default();
    for (stream, port) in agreement.streams.iter_mut().zip(ports) {
        if stream.is_open() && stream.bundle.is_none() && port == 0 {
            stream.end(StreamState::Rejected(Refusal::Bundle));
        }
    }
    agreement.share_transports();
}

/// Our role in DTLS after an answer (RFC 8842 §5.4).
fn setup(answer: Media<'_>) -> Setup {
    match answer.inherited(attribute::Setup).ok().flatten() {
        Some(SetupRole::Passive) => Setup::Active,
        _ => Setup::Passive,
    }
}
