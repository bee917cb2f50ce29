//! Where the media of a section go: addresses, ICE, bundles, bandwidth.

use core::net::{IpAddr, SocketAddr};

use crate::attribute::{Attribute, Candidate, Group};
use crate::value;
use crate::{LineError, Media, SessionDescription};

/// An address that media are sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransportAddress<'a> {
    /// The host: an IP address or a name.
    pub host: &'a str,
    /// The port.
    pub port: u16,
}

impl TransportAddress<'_> {
    /// The address of a socket, when the host is an IP address.
    #[must_use]
    pub fn socket(&self) -> Option<SocketAddr> {
        let ip: IpAddr = self.host.parse().ok()?;
        Some(SocketAddr::new(ip, self.port))
    }
}

/// What ICE needs to know of a side (RFC 8839 §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IceCredentials<'a> {
    /// `a=ice-ufrag`: what identifies the side.
    pub ufrag: &'a str,
    /// `a=ice-pwd`: the password.
    pub pwd: &'a str,
}

impl<'a> Media<'a> {
    /// The value of the section's attribute, or else of the session's.
    ///
    /// # Errors
    /// When the value is bad.
    pub fn inherited<A: Attribute + Copy>(
        &self,
        attribute: A,
    ) -> Result<Option<A::Value<'a>>, LineError> {
        match self.attributes().find(attribute)? {
            Some(own) => Ok(Some(own)),
            None => self.description().attributes().find(attribute),
        }
    }

    /// Whether the section or the session has an attribute.
    #[must_use]
    pub fn has_inherited<A: Attribute + Copy>(&self, attribute: A) -> bool {
        self.attributes().has(attribute) || self.description().attributes().has(attribute)
    }

    /// Whether the stream is refused or removed: its port is 0, and it is not one that gets its
    /// port from a bundle (RFC 3264 §6, RFC 9143 §6).
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.port() == 0 && !self.is_bundle_only()
    }

    /// Whether the section has no address of its own and is there only as part of a bundle
    /// (RFC 9143 §6). `a=bundle-only` outside a group, or beside a port, means nothing.
    #[must_use]
    pub fn is_bundle_only(&self) -> bool {
        self.port() == 0
            && self.attributes().has(crate::attribute::BundleOnly)
            && self.bundle().is_some()
    }

    /// `a=mid`: the name of the section (RFC 5888 §4).
    #[must_use]
    pub fn mid(&self) -> Option<&'a str> {
        let mid = self.attributes().find(crate::attribute::Mid).ok().flatten()?;
        Some(mid.as_str())
    }

    /// The bundle that the section is part of (RFC 9143 §5).
    #[must_use]
    pub fn bundle(&self) -> Option<value::Group<'a>> {
        let mid = self.mid()?;
        self.description().bundles().find(|group| group.mids().any(|member| member == mid))
    }

    /// Where RTP goes, or whatever the section is about: the address in force and the port.
    ///
    /// # Errors
    /// When the `c=` line cannot be read.
    pub fn address(&self) -> Result<Option<TransportAddress<'a>>, LineError> {
        let connection = self.connection()?;
        Ok(connection.map(|c| TransportAddress { host: c.address(), port: self.port() }))
    }

    /// Where RTCP goes: to the address of RTP with `a=rtcp-mux` (RFC 5761 §5.1.1), or where
    /// `a=rtcp` says (RFC 3605), or to the port above that of RTP (RFC 3550 §11). `None` when the
    /// section has no RTP, or no address.
    ///
    /// # Errors
    /// When the `c=` or the `a=rtcp` line cannot be read.
    pub fn rtcp_address(&self) -> Result<Option<TransportAddress<'a>>, LineError> {
        if !self.is_rtp() {
            return Ok(None);
        }
        let Some(rtp) = self.address()? else { return Ok(None) };
        if self.attributes().has(crate::attribute::RtcpMux) {
            return Ok(Some(rtp));
        }
        Ok(match self.attributes().find(crate::attribute::Rtcp)? {
            Some(rtcp) => {
                let host = rtcp.address().unwrap_or(rtp.host);
                Some(TransportAddress { host, port: rtcp.port() })
            }
            None => rtp.port.checked_add(1).map(|port| TransportAddress { port, ..rtp }),
        })
    }

    /// Whether the protocol carries RTP, so that the formats are payload types.
    #[must_use]
    pub fn is_rtp(&self) -> bool {
        self.protocol().split('/').any(|part| part.eq_ignore_ascii_case("RTP"))
    }

    /// Whether ICE is used: there is an `a=ice-ufrag` for the section or the session.
    #[must_use]
    pub fn uses_ice(&self) -> bool {
        self.has_inherited(crate::attribute::IceUfrag)
    }

    /// `a=ice-ufrag` and `a=ice-pwd` of the section, or else of the session (RFC 8839 §5.4). A
    /// change of both asks for a restart of ICE.
    #[must_use]
    pub fn ice_credentials(&self) -> Option<IceCredentials<'a>> {
        let ufrag = self.inherited(crate::attribute::IceUfrag).ok().flatten()?.as_str();
        let pwd = self.inherited(crate::attribute::IcePwd).ok().flatten()?.as_str();
        Some(IceCredentials { ufrag, pwd })
    }

    /// The fingerprints in force: the section's own, or else those of the session (RFC 8122 §5).
    pub fn fingerprints(
        &self,
    ) -> impl Iterator<Item = Result<value::Fingerprint<'a>, LineError>> + Clone + use<'a> {
        let own = self.attributes();
        let level = match own.has(crate::attribute::Fingerprint) {
            true => own,
            false => self.description().attributes(),
        };
        level.each(crate::attribute::Fingerprint)
    }

    /// The candidate that the `m=` and `c=` lines repeat for those without ICE (RFC 8839 §4.2.1.2).
    #[must_use]
    pub fn default_candidate(&self) -> Option<value::Candidate<'a>> {
        let address = self.address().ok().flatten()?;
        self.attributes()
            .each(Candidate)
            .filter_map(Result::ok)
            .find(|c| c.component() == 1 && c.port() == address.port && c.address() == address.host)
    }

    /// The number of a `b=` line of the section, in the unit of its modifier (RFC 8866 §5.8).
    #[must_use]
    pub fn bandwidth(&self, modifier: &str) -> Option<u64> {
        self.bandwidths()
            .filter_map(Result::ok)
            .find(|bandwidth| bandwidth.modifier() == modifier)
            .map(|bandwidth| bandwidth.value())
    }
}

impl SessionDescription {
    /// The number of a `b=` line of the session, in the unit of its modifier (RFC 8866 §5.8).
    #[must_use]
    pub fn bandwidth(&self, modifier: &str) -> Option<u64> {
        self.bandwidths()
            .filter_map(Result::ok)
            .find(|bandwidth| bandwidth.modifier() == modifier)
            .map(|bandwidth| bandwidth.value())
    }

    /// The groups of sections that share one transport (RFC 9143 §5).
    pub fn bundles(&self) -> impl Iterator<Item = value::Group<'_>> + Clone {
        self.attributes()
            .each(Group)
            .filter_map(Result::ok)
            .filter(|group| group.semantics() == "BUNDLE")
    }

    /// The section with this `a=mid` (RFC 5888 §4).
    #[must_use]
    pub fn media_of_mid(&self, mid: &str) -> Option<Media<'_>> {
        self.media().find(|media| media.mid() == Some(mid))
    }

    /// The section whose transport a bundle uses: the first of its list that is there and has a
    /// port (RFC 9143 §7.2.1, §7.3.1).
    #[must_use]
    pub fn tagged(&self, bundle: value::Group<'_>) -> Option<Media<'_>> {
        bundle.mids().filter_map(|mid| self.media_of_mid(mid)).find(|media| media.port() != 0)
    }
}
