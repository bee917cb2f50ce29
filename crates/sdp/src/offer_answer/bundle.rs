//! Sections that share one transport (RFC 9143).

use alloc::string::String;
use alloc::vec::Vec;

use super::{Agreement, BundlePolicy, Stream};
use crate::SessionDescription;

/// The bundles of a description: the places of their sections, the one that carries the bundle
/// first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups(pub(super) Vec<Vec<usize>>);

impl Groups {
    /// The groups of a description, sections that it does not have left out. A section that two
    /// groups name is in the first alone (RFC 9143 §5).
    pub(super) fn of(description: &SessionDescription) -> Self {
        let mids: Vec<_> = description.media().map(|media| media.mid()).collect();
        let mut sorted: Vec<_> =
            mids.iter().enumerate().filter_map(|(place, mid)| Some(((*mid)?, place))).collect();
        sorted.sort_unstable();
        let mut taken = alloc::vec![false; mids.len()];
        let mut groups = Vec::new();
        for group in description.bundles() {
            let mut members = Vec::new();
            for mid in group.mids() {
                let at = sorted.partition_point(|(known, _)| *known < mid);
                if let Some(&(known, place)) = sorted.get(at)
                    && known == mid
                    && !core::mem::replace(&mut taken[place], true)
                {
                    members.push(place);
                }
            }
            groups.push(members);
        }
        Self(groups)
    }

    /// For each section, the one whose transport it uses as far as the description tells: the
    /// first of its group with a port, or itself.
    pub(super) fn carriers(&self, description: &SessionDescription) -> Vec<usize> {
        let ports: Vec<_> = description.media().map(|media| media.port()).collect();
        let mut carriers: Vec<_> = (0..ports.len()).collect();
        for group in &self.0 {
            if let Some(&first) = group.iter().find(|section| ports[**section] != 0) {
                group.iter().for_each(|section| carriers[*section] = first);
            }
        }
        carriers
    }

    /// The group that a section is in.
    pub(super) fn of_section(&self, section: usize) -> Option<&[usize]> {
        self.0.iter().map(Vec::as_slice).find(|group| group.contains(&section))
    }

    /// Whether a section carries a bundle.
    pub(super) fn is_tagged(&self, section: usize) -> bool {
        self.0.iter().any(|group| group.first() == Some(&section))
    }

    /// Leaves out sections for which `keep` does not hold, and groups without any section left.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        for group in &mut self.0 {
            group.retain(|section| keep(*section));
        }
        self.0.retain(|group| !group.is_empty());
    }

    /// The value of `a=group` for each.
    pub(super) fn values(&self, streams: &[Stream]) -> Vec<String> {
        let value = |group: &Vec<usize>| {
            let mut text = String::from("BUNDLE");
            for mid in group.iter().filter_map(|section| streams.get(*section)?.mid()) {
                text.push(' ');
                text.push_str(mid);
            }
            text
        };
        self.0.iter().map(value).collect()
    }
}

impl Agreement {
    /// Takes sections that are closed out of their groups, and tells the others what carries them.
    pub(super) fn regroup(&mut self) {
        let Self { streams, groups, .. } = self;
        groups.retain(|section| streams.get(section).is_some_and(Stream::is_open));
        streams.iter_mut().for_each(|stream| stream.bundle = None);
        for group in &groups.0 {
            for member in group {
                if let Some(stream) = streams.get_mut(*member) {
                    stream.bundle = group.first().copied();
                }
            }
        }
    }
}

impl Agreement {
    /// Whether a section that is none of RTP carries a bundle of which one section is as wanted:
    /// it says for those of RTP what is about RTCP.
    pub(super) fn carries(&self, section: usize, wanted: impl Fn(&Stream) -> bool) -> bool {
        let is_wanted = |member: &usize| wanted(&self.streams[*member]);
        let group = self.groups.of_section(section);
        !self.streams[section].is_rtp()
            && group.is_some_and(|group| group.first() == Some(&section))
            && group.is_some_and(|group| group.iter().any(is_wanted))
    }

    /// What belongs to the transport is that of the section that carries the bundle.
    pub(super) fn share_transports(&mut self) {
        for carrier in 0..self.streams.len() {
            let is_muxed = self.carries(carrier, |stream| stream.rtcp_mux);
            let is_reduced = self.carries(carrier, |stream| stream.rtcp_rsize);
            self.streams[carrier].rtcp_mux |= is_muxed;
            self.streams[carrier].rtcp_rsize |= is_reduced;
        }
        for section in 0..self.streams.len() {
            let Some(carrier) = self.streams[section].bundle.filter(|c| *c != section) else {
                continue;
            };
            let Some(carrier) = self.streams.get(carrier).cloned() else { continue };
            let stream = &mut self.streams[section];
            stream.setup = carrier.setup;
            stream.sdes = carrier.sdes;
            stream.rtcp_mux |= carrier.rtcp_mux && stream.is_rtp();
            stream.rtcp_rsize = carrier.rtcp_rsize && stream.is_rtp();
            stream.peer_ice = carrier.peer_ice;
            stream.ice_restarted = carrier.ice_restarted;
        }
    }
}

impl BundlePolicy {
    /// Whether a section of an offer that was not bundled before has a transport of its own
    /// (RFC 8829 §4.1.1). `first` tells whether it is the first of its media type, and `tagged`
    /// whether it is the first of all.
    pub(super) fn has_transport(self, first: bool, tagged: bool) -> bool {
        match self {
            Self::Disabled | Self::MaxCompat => true,
            Self::Balanced => first,
            Self::MaxBundle => tagged,
        }
    }
}
