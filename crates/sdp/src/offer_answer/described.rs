//! Capabilities read from a description: what another program, or a file, says that it can do.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{
    BundlePolicy, Dtls, Formats, HeaderExtension, Ice, LocalCodec, MediaCapability, Rid, RtcpMux,
    Sctp, SdesKey, Session, Setup,
};
use crate::attribute::{self, Attribute};
use crate::value::{Connection, RidDirection, SetupRole};
use crate::{Address, Attributes, Direction, LineError, Media, SessionDescription};

impl From<Connection<'_>> for Address {
    fn from(connection: Connection<'_>) -> Self {
        Self { address_type: connection.address_type().into(), host: connection.address().into() }
    }
}

impl Session {
    /// The session of a description, as if it were ours: names, numbers, addresses, further
    /// attributes of the session, and bundles as in browsers where it has any.
    ///
    /// # Errors
    /// When a line cannot be read; it is [`LineError`] that says which. Without an `o=` line the
    /// session is that of [`Session::webrtc`].
    pub fn described(description: &SessionDescription) -> Result<Self, LineError> {
        let mut session = match description.origin()? {
            Some(origin) => Self {
                username: String::from_utf8_lossy(origin.username()).into_owned(),
                version: origin.session_version().unwrap_or_default().min(Self::LAST_FIRST_VERSION),
                ..Self::new(
                    origin.session_id().unwrap_or_default(),
                    Address {
                        address_type: origin.address_type().into(),
                        host: origin.address().into(),
                    },
                )
            },
            None => Self::webrtc(1),
        };
        session.connection = description.connection()?.map(Address::from);
        if let Some(name) = description.session_name()? {
            session.name = name.to_str_lossy().into_owned();
        }
        if session.name.is_empty() {
            session.name = "-".into();
        }
        if description.bundles().next().is_some() {
            session.bundle = BundlePolicy::Balanced;
        }
        // What sections inherit is said in each of them.
        session.attributes = others(description.attributes(), |name| {
            is_any(name, &[attribute::Group::NAME]) || is_of_sections(name)
        });
        Ok(session)
    }
}

impl MediaCapability {
    /// What a section of a description says that its side can do, as a capability of ours:
    /// formats, direction, keys, credentials, and as further attributes all else. A port of 0, as
    /// in descriptions of capabilities (RFC 3264 §9), becomes 9, which stands for none yet.
    ///
    /// ```
    /// use sdp::offer_answer::{MediaCapability, OfferAnswer, Session};
    /// use sdp::SessionDescription;
    /// let ours = SessionDescription::parse("v=0\r\no=- 7 7 IN IP4 192.0.2.7\r\ns=-\r\n\
    ///     c=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 0\r\na=ptime:20\r\n")?;
    /// let capabilities = ours.media().map(|media| MediaCapability::described(&media));
    /// let capabilities: Vec<_> = capabilities.collect::<Result<_, _>>()?;
    /// let mut side = OfferAnswer::new(Session::described(&ours)?, capabilities);
    /// let offer = side.create_offer()?;
    /// assert_eq!(offer.as_bytes(), b"v=0\r\no=- 7 7 IN IP4 192.0.2.7\r\ns=-\r\n\
    ///     c=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 0\r\na=sendrecv\r\n\
    ///     a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn described(media: &Media<'_>) -> Result<Self, LineError> {
        let attributes = media.attributes();
        let formats = match media.is_rtp() {
            true => Formats::Rtp(codecs(media)?),
            false => {
                let text = |format: &[u8]| String::from_utf8_lossy(format).into_owned();
                Formats::Other(media.formats().map(text).collect())
            }
        };
        let port = if media.port() == 0 { 9 } else { media.port() };
        let mut section = Self::new(media.media_type(), port, media.protocol(), formats);
        section.connection = media.connections().next().transpose()?.map(Address::from);
        section.direction = media.direction();
        for bandwidth in media.bandwidths() {
            let bandwidth = bandwidth?;
            section.bandwidths.push((bandwidth.modifier().into(), bandwidth.value()));
        }
        section.ptime = milliseconds(attributes.find(attribute::Ptime)?);
        section.maxptime = milliseconds(attributes.find(attribute::MaxPtime)?);
        section.mid = attributes.find(attribute::Mid)?.map(|mid| mid.as_str().into());
        section.bundled =
            media.bundle().is_some() || media.description().bundles().next().is_none();
        section.rtcp = attributes.find(attribute::Rtcp)?.map(|rtcp| rtcp.to_string());
        section.rtcp_mux = match attributes.has(attribute::RtcpMuxOnly) {
            true => RtcpMux::Require,
            false if attributes.has(attribute::RtcpMux) => RtcpMux::Negotiate,
            false => RtcpMux::Never,
        };
        section.rtcp_rsize = attributes.has(attribute::RtcpRsize);
        section.ice = ice(media)?;
        section.dtls = dtls(media)?;
        for crypto in attributes.each(attribute::Crypto) {
            let text = crypto?.to_string();
            let mut words = text.splitn(3, ' ').skip(1).map(String::from);
            let (suite, parameters) = (words.next(), words.next());
            section.sdes.push(SdesKey {
                suite: suite.unwrap_or_default(),
                parameters: parameters.unwrap_or_default(),
            });
        }
        for extension in attributes.each(attribute::Extmap) {
            let extension = extension?;
            let direction = extension.direction().unwrap_or_default();
            section.extensions.push(HeaderExtension { uri: extension.uri().into(), direction });
        }
        for msid in attributes.each(attribute::Msid) {
            section.msids.push(msid?.to_string());
        }
        if let Some(simulcast) = attributes.find(attribute::Simulcast)? {
            section.simulcast_received = simulcast.streams(RidDirection::Recv).count();
            let rids = attributes.each(attribute::Rid).collect::<Result<Vec<_>, _>>()?;
            for first in simulcast.streams(RidDirection::Send).filter_map(|mut ways| ways.next()) {
                let known = rids.iter().find(|rid| rid.id() == first.id);
                let restrictions = known.map(|rid| rid.restrictions_str().into());
                let restrictions = restrictions.unwrap_or_default();
                section.simulcast.push(Rid { id: first.id.into(), restrictions });
            }
        }
        if let Some(port) = attributes.find(attribute::SctpPort)? {
            let size = attributes.find(attribute::MaxMessageSize)?;
            section.sctp = Some(Sctp {
                port: u16::try_from(port.get()).unwrap_or(u16::MAX),
                max_message_size: size.map(crate::value::Number::get),
            });
        }
        section.attributes = others(attributes, is_of_sections);
        Ok(section)
    }
}

/// The codecs of a section. Those that it names without saying what they are, are left out.
fn codecs(media: &Media<'_>) -> Result<Vec<LocalCodec>, LineError> {
    let attributes = media.attributes();
    // Bad lines are left out of the view of codecs.
    attributes.each(attribute::Rtpmap).try_for_each(|line| line.map(drop))?;
    attributes.each(attribute::Fmtp).try_for_each(|line| line.map(drop))?;
    attributes.each(attribute::RtcpFb).try_for_each(|line| line.map(drop))?;
    let codecs = super::answer::specs(*media).into_iter();
    Ok(codecs.map(|(payload_type, spec)| LocalCodec { payload_type, spec }).collect())
}

fn ice(media: &Media<'_>) -> Result<Option<Ice>, LineError> {
    let Some(credentials) = media.ice_credentials() else { return Ok(None) };
    let options = media.inherited(attribute::IceOptions)?;
    let candidates = media.attributes().each(attribute::Candidate);
    Ok(Some(Ice {
        ufrag: credentials.ufrag.into(),
        pwd: credentials.pwd.into(),
        options: options.into_iter().flat_map(|words| words.iter().map(String::from)).collect(),
        candidates: candidates.map(|c| Ok(c?.to_string())).collect::<Result<_, _>>()?,
        complete: media.has_inherited(attribute::EndOfCandidates),
    }))
}

fn dtls(media: &Media<'_>) -> Result<Option<Dtls>, LineError> {
    let fingerprints: Vec<_> =
        media.fingerprints().map(|line| Ok(line?.to_string())).collect::<Result<_, LineError>>()?;
    if fingerprints.is_empty() {
        return Ok(None);
    }
    let answers = match media.inherited(attribute::Setup)? {
        Some(SetupRole::Passive) => Setup::Passive,
        _ => Setup::Active,
    };
    let tls_id = media.attributes().find(attribute::TlsId)?.map(|id| id.as_str().into());
    Ok(Some(Dtls { fingerprints, tls_id, answers }))
}

/// A whole number of milliseconds.
fn milliseconds(time: Option<crate::value::Decimal<'_>>) -> Option<u32> {
    time?.as_str().split('.').next()?.parse().ok()
}

/// The attributes that are not `known` otherwise.
fn others(
    attributes: Attributes<'_>,
    known: impl Fn(&str) -> bool,
) -> Vec<(String, Option<String>)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    attributes
        .iter()
        .filter_map(|line| line.attribute())
        .map(|(name, value)| (text(name), value.map(text)))
        .filter(|(name, _)| !known(name))
        .collect()
}

fn is_any(name: &str, of: &[&str]) -> bool {
    of.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a capability has something of its own for an attribute.
fn is_of_sections(name: &str) -> bool {
    Direction::of_name(name.to_ascii_lowercase().as_bytes()).is_some()
        || is_any(
            name,
            &[
                attribute::Rtpmap::NAME,
                attribute::Fmtp::NAME,
                attribute::RtcpFb::NAME,
                attribute::Ptime::NAME,
                attribute::MaxPtime::NAME,
                attribute::Mid::NAME,
                attribute::BundleOnly::NAME,
                attribute::Rtcp::NAME,
                attribute::RtcpMux::NAME,
                attribute::RtcpMuxOnly::NAME,
                attribute::RtcpRsize::NAME,
                attribute::IceUfrag::NAME,
                attribute::IcePwd::NAME,
                attribute::IceOptions::NAME,
                attribute::Candidate::NAME,
                attribute::EndOfCandidates::NAME,
                attribute::Fingerprint::NAME,
                attribute::Setup::NAME,
                attribute::TlsId::NAME,
                attribute::Crypto::NAME,
                attribute::Extmap::NAME,
                attribute::Msid::NAME,
                attribute::Rid::NAME,
                attribute::Simulcast::NAME,
                attribute::SctpPort::NAME,
                attribute::MaxMessageSize::NAME,
            ],
        )
}
