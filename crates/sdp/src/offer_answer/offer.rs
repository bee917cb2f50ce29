//! Making offers (RFC 3264 §5, §8; RFC 9143 §7.2, §7.5; RFC 8829 §5.2).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bundle::Groups;
use super::common::Transport;
use super::payload::{self, Numbers};
use super::write::Lines;
use super::{
    Agreement, BundlePolicy, HeaderExtension, NegotiationError, OfferAnswer, Open, RtcpMux, Stream,
    StreamState,
};
use crate::SessionDescription;
use crate::codec::{CodecPolicy, CodecSpec};

impl<P: CodecPolicy> OfferAnswer<P> {
    /// Makes an offer of what the program wants now: the first one, or one that changes the
    /// session. It is open until [`receive_answer`](Self::receive_answer),
    /// [`offer_rejected`](Self::offer_rejected) or [`roll_back`](Self::roll_back).
    ///
    /// An offer that changes nothing is the last description again, its version included
    /// (RFC 3264 §8).
    ///
    /// # Errors
    /// When an offer is open already, or the capabilities are such that no description can be made
    /// of them.
    pub fn create_offer(&mut self) -> Result<SessionDescription, NegotiationError> {
        self.check_stable()?;
        self.offer_all();
        let mut agreement = self.wanted();
        self.name_sections(&mut agreement.streams);
        self.group(&mut agreement);
        self.check_ports(&agreement)?;
        number_extensions(&mut agreement.streams);
        number_codecs(&mut agreement, &self.policy)?;

        let time = self.time(self.agreed.remote.as_ref());
        let mut lines = Lines::default();
        self.session.lines(&mut lines, &agreement, &time, &[]);
        for section in 0..agreement.streams.len() {
            self.offered_lines(&mut lines, &agreement, section);
        }
        let tolerances = self.agreed.remote.as_ref().map(SessionDescription::tolerances);
        let description = self.describe(lines.finish()?, tolerances)?;
        agreement.local = Some(description.clone());
        self.open = Some(Open { sent: true, agreement });
        Ok(description)
    }

    /// Says what we can do without making an offer of it, as in a response to OPTIONS: every port
    /// is 0 (RFC 3264 §9).
    ///
    /// # Errors
    /// When the capabilities are such that no description can be made of them.
    pub fn capabilities(&self) -> Result<SessionDescription, NegotiationError> {
        let mut lines = Lines::default();
        self.session.lines(&mut lines, &Agreement::default(), "0 0", &[]);
        for (section, capability) in self.capabilities.iter().enumerate() {
            let mut stream = Stream::new(capability.clone());
            set_formats(&mut stream);
            let mut numbers = Numbers::default();
            let codecs =
                payload::offered(capability.codecs(), &[], &mut numbers, &self.policy, section)?;
            let transport = Transport {
                port: 0,
                own: false,
                bundle_only: false,
                setup: "",
                crypto: Vec::new(),
                rtcp_mux: false,
                rtcp_mux_only: false,
                rtcp_rsize: false,
                rtcp: None,
            };
            let codecs = numbered(&codecs);
            self.session.open_lines(&mut lines, &stream, &codecs, stream.direction, &transport);
        }
        self.session.describe(self.session.version, &lines.finish()?, None)
    }

    /// The sections as the program wants them.
    fn wanted(&self) -> Agreement {
        let mut agreement =
            Agreement { groups: self.agreed.groups.clone(), ..Agreement::default() };
        for (section, wish) in self.wishes.iter().enumerate() {
            let agreed = self.agreed.streams.get(section);
            let mut stream = match agreed {
                Some(agreed) if !wish.fresh => agreed.clone(),
                other => Stream {
                    // What the numbers of the place stand for holds for all that follow.
                    payload_types: other.map(|old| old.payload_types.clone()).unwrap_or_default(),
                    ..Stream::new(wish.capability.clone())
                },
            };
            if wish.fresh || stream.is_open() {
                stream.capability = wish.capability.clone();
                stream.held = wish.held;
                stream.direction = stream.wanted();
                if !wish.open {
                    stream.end(StreamState::Removed);
                }
            }
            // Another medium, or another protocol, in the same place (RFC 3264 §8.3).
            let (was, is) = (agreed.map(|agreed| &agreed.capability), &wish.capability);
            if was.is_none_or(|was| {
                (&was.media_type, &was.protocol) != (&is.media_type, &is.protocol)
            }) {
                stream.protocol.clone_from(&is.protocol);
            }
            if was.is_some_and(|was| was.media_type != is.media_type) {
                stream.codecs.clear();
            }
            if stream.is_open() {
                set_formats(&mut stream);
            }
            agreement.streams.push(stream);
        }
        agreement
            .groups
            .retain(|section| agreement.streams.get(section).is_some_and(Stream::is_active));
        agreement
    }

    /// Gives sections that need one an `a=mid` that no other has had.
    fn name_sections(&mut self, streams: &mut [Stream]) {
        if self.session.bundle == BundlePolicy::Disabled {
            return;
        }
        for section in 0..streams.len() {
            if !streams[section].is_open() || streams[section].mid.is_some() {
                continue;
            }
            let mid = loop {
                let mid = self.next_mid.to_string();
                self.next_mid += 1;
                let agreed = self.agreed.streams.iter();
                if !agreed.chain(streams.iter()).any(|stream| stream.mid() == Some(&mid)) {
                    break mid;
                }
            };
            streams[section].mid = Some(mid);
        }
    }

    /// Puts the open sections into bundles: those that were agreed on, and new sections into the
    /// first of them, or into a new one.
    fn group(&self, agreement: &mut Agreement) {
        if self.session.bundle != BundlePolicy::Disabled {
            // A section that was kept out of a bundle before stays out.
            let bundled_before = !self.agreed.groups.0.is_empty();
            // One that is to leave its bundle is offered without (RFC 9143 §7.5.2).
            let Agreement { streams, groups, .. } = &mut *agreement;
            groups.retain(|section| {
                streams.get(section).is_some_and(|s| s.capability.may_be_bundled())
            });
            let is_free = |section: &usize| {
                let stream = &agreement.streams[*section];
                let kept_out = bundled_before && stream.is_active();
                stream.is_open()
                    && stream.capability.may_be_bundled()
                    && !kept_out
                    && agreement.groups.of_section(*section).is_none()
            };
            let new: Vec<_> = (0..agreement.streams.len()).filter(is_free).collect();
            match agreement.groups.0.first_mut() {
                Some(group) => group.extend(new),
                None => agreement.groups.0.push(new),
            }
        }
        agreement.regroup();
    }

    /// Two sections of a bundle that was not agreed on yet, or of none, need two transports
    /// (RFC 9143 §7.2). Port 9 is that of a transport that ICE will find.
    fn check_ports(&self, agreement: &Agreement) -> Result<(), NegotiationError> {
        let mut seen: Vec<(u16, Option<&crate::Address>, usize)> = Vec::new();
        for section in 0..agreement.streams.len() {
            let stream = &agreement.streams[section];
            if !stream.is_open() || !self.offers_transport(agreement, section) {
                continue;
            }
            let port = stream.capability.port;
            if port != 9 && port != 0 {
                seen.push((port, stream.capability.connection.as_ref(), section));
            }
        }
        seen.sort_unstable_by_key(|(port, ..)| *port);
        for pair in seen.windows(2) {
            if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
                return Err(NegotiationError::PortNotUnique(pair[1].2));
            }
        }
        Ok(())
    }

    /// Whether a section of the offer has a transport of its own.
    fn offers_transport(&self, agreement: &Agreement, section: usize) -> bool {
        let Some(tagged) = agreement.streams[section].bundle else { return true };
        if self.is_negotiated(tagged) {
            return tagged == section;
        }
        let media_type = agreement.streams[section].media_type();
        let first = agreement.groups.of_section(section).is_some_and(|group| {
            group.iter().find(|member| agreement.streams[**member].media_type() == media_type)
                == Some(&section)
        });
        self.session.bundle.has_transport(first, tagged == section)
    }

    /// Whether the bundle that a section carries was agreed on before.
    fn is_negotiated(&self, tagged: usize) -> bool {
        self.agreed.groups.of_section(tagged).is_some()
    }

    /// `t=`: that of the other side, once it has said one, or else a permanent session
    /// (RFC 3264 §5, §6).
    pub(super) fn time(&self, remote: Option<&SessionDescription>) -> String {
        let time = remote.and_then(|remote| remote.times().next()?.ok());
        time.map_or_else(|| "0 0".into(), |time| time.to_string())
    }

    fn offered_lines(&self, lines: &mut Lines, agreement: &Agreement, section: usize) {
        let stream = &agreement.streams[section];
        if !stream.is_open() {
            self.session.closed_lines(lines, stream);
            return;
        }
        let own = self.offers_transport(agreement, section);
        let negotiated = stream.bundle.is_some_and(|tagged| self.is_negotiated(tagged));
        let bundle_only = !own && !negotiated;
        // Sections of a bundle that was agreed on all have its address (RFC 9143 §7.5).
        let port = match stream.bundle {
            Some(tagged) if negotiated => agreement.streams[tagged].capability.port,
            _ if bundle_only => 0,
            _ => stream.capability.port,
        };
        let keys = stream.capability.sdes.iter().enumerate();
        let transport = Transport {
            port,
            own,
            bundle_only,
            // Whoever answers chooses (RFC 8842 §5.2), but for an association that is there.
            setup: "actpass",
            crypto: keys
                .map(|(place, key)| format!("{} {} {}", place + 1, key.suite, key.parameters))
                .collect(),
            rtcp_mux: stream.capability.rtcp_mux != RtcpMux::Never
                || agreement.carries(section, Stream::is_rtp),
            rtcp_rsize: stream.capability.rtcp_rsize
                || agreement.carries(section, |stream| stream.capability.rtcp_rsize),
            rtcp_mux_only: stream.capability.rtcp_mux == RtcpMux::Require,
            rtcp: stream.capability.rtcp.as_deref(),
        };
        let codecs: Vec<_> =
            stream.codecs.iter().map(|codec| (codec.receive, &codec.ours)).collect();
        self.session.open_lines(lines, stream, &codecs, stream.direction, &transport);
    }
}

/// What `open_lines` wants of codecs and their numbers.
fn numbered(codecs: &[(u8, CodecSpec)]) -> Vec<(u8, &CodecSpec)> {
    codecs.iter().map(|(number, spec)| (*number, spec)).collect()
}

/// The formats of a section without RTP, and the streams of its simulcast.
fn set_formats(stream: &mut Stream) {
    if let super::Formats::Other(formats) = &stream.capability.formats {
        stream.formats.clone_from(formats);
    }
    stream.simulcast_sent.clone_from(&stream.capability.simulcast);
}

/// Gives every header extension a number that it has in all sections (RFC 8285 §5, RFC 9143 §15).
fn number_extensions(streams: &mut [Stream]) {
    let mut known: Vec<(u16, String)> = Vec::new();
    for stream in streams.iter().filter(|stream| stream.is_open()) {
        for (id, extension) in &stream.extensions {
            if !known.iter().any(|(_, uri)| *uri == extension.uri) {
                known.push((*id, extension.uri.clone()));
            }
        }
    }
    for stream in streams.iter_mut().filter(|stream| stream.is_open()) {
        let mut extensions = Vec::new();
        for HeaderExtension { uri, direction } in &stream.capability.extensions {
            let id = match known.iter().find(|(_, known)| known == uri) {
                Some((id, _)) => *id,
                None => {
                    // 15 is reserved, and the one-byte header has none beyond it.
                    let free = |id: &u16| *id != 15 && !known.iter().any(|(used, _)| used == id);
                    let Some(id) = (1..=255).find(free) else { continue };
                    known.push((id, uri.clone()));
                    id
                }
            };
            extensions.push((id, HeaderExtension { uri: uri.clone(), direction: *direction }));
        }
        extensions.sort_unstable_by_key(|(id, _)| *id);
        stream.extensions = extensions;
    }
}

/// Gives the codecs of each section their numbers. A number stands for one codec in all sections
/// of a bundle (RFC 9143 §9.1).
fn number_codecs(
    agreement: &mut Agreement,
    policy: &impl CodecPolicy,
) -> Result<(), NegotiationError> {
    let mut bundled: Vec<(usize, (u8, CodecSpec))> = Vec::new();
    for section in 0..agreement.streams.len() {
        let stream = &mut agreement.streams[section];
        if !stream.is_open() {
            continue;
        }
        let mut numbers = Numbers { used: stream.payload_types.clone() };
        if let Some(tagged) = stream.bundle {
            let others = bundled.iter().filter(|(bundle, _)| *bundle == tagged);
            numbers.used.extend(others.map(|(_, used)| used.clone()));
        }
        let offered = payload::offered(
            stream.capability.codecs(),
            &stream.codecs,
            &mut numbers,
            policy,
            section,
        )?;
        stream.codecs = offered
            .iter()
            .map(|(number, spec)| super::StreamCodec {
                ours: spec.clone(),
                theirs: spec.clone(),
                receive: *number,
                send: *number,
            })
            .collect();
        for (number, spec) in offered {
            if !stream.payload_types.iter().any(|(known, _)| *known == number) {
                stream.payload_types.push((number, spec.clone()));
            }
            if let Some(tagged) = stream.bundle {
                bundled.push((tagged, (number, spec)));
            }
        }
    }
    Ok(())
}

impl Groups {
    /// The groups of an answer that an offer had: a section of another group is an error.
    pub(super) fn is_within(&self, offered: &Self) -> bool {
        self.0.iter().all(|group| {
            group.is_empty() || offered.0.iter().any(|o| group.iter().all(|m| o.contains(m)))
        })
    }
}
