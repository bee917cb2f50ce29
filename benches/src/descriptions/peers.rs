//! The peers: each by the cheapest parse from octets that it offers.

use std::io::Cursor;
use std::net::IpAddr;

use bytes::Bytes;

use super::{ADDRESS, Run, Work, ports};

pub(super) fn sdp_types(work: Work, body: &Bytes) -> Option<Run> {
    use sdp_types::{Candidate, Connection, RtpMap, Session, Ssrc};
    let body = body.clone();
    let write = |session: &Session| {
        let mut out = Vec::new();
        session.write(&mut out).map_or(0, |()| out.len() as u64)
    };
    let parsed = Session::parse(&body).ok()?;
    Some(match work {
        Work::Parse => {
            Box::new(move || Session::parse(&body).map_or(0, |session| session.medias.len() as u64))
        }
        Work::Read => Box::new(move || {
            let mut sum = 0;
            let Ok(session) = Session::parse(&body) else { return sum };
            for media in &session.medias {
                for rtpmap in media.attributes_typed::<RtpMap>().flatten() {
                    sum += u64::from(rtpmap.payload_type) + u64::from(rtpmap.clock_rate);
                }
                for candidate in media.attributes_typed::<Candidate>().flatten() {
                    sum += candidate.priority + u64::from(candidate.port);
                }
                for ssrc in media.attributes_typed::<Ssrc>().flatten() {
                    sum += u64::from(ssrc.ssrc_id);
                }
            }
            sum
        }),
        Work::Write => Box::new(move || write(&parsed)),
        Work::Edit => Box::new(move || {
            let Ok(mut session) = Session::parse(&body) else { return 0 };
            let set = |connection: &mut Connection| connection.set_connection_ip_address(ADDRESS);
            session.connection.iter_mut().for_each(set);
            for (media, port) in session.medias.iter_mut().zip(ports()) {
                media.connections.iter_mut().for_each(set);
                media.port = port;
            }
            write(&session)
        }),
        Work::Answer => return None,
    })
}

pub(super) fn webrtc_sdp(work: Work, body: &Bytes) -> Option<Run> {
    use webrtc_sdp::address::ExplicitlyTypedAddress;
    use webrtc_sdp::attribute_type::SdpAttribute;
    use webrtc_sdp::media_type::SdpMedia;
    use webrtc_sdp::{SdpSession, parse_sdp};
    let text = String::from_utf8(body.to_vec()).ok()?;
    let parse = |text: &str| parse_sdp(text, false).ok();
    let write = |session: &SdpSession| session.to_string().len() as u64;
    let parsed = parse(&text)?;
    Some(match work {
        Work::Parse => {
            Box::new(move || parse(&text).map_or(0, |session| session.media.len() as u64))
        }
        Work::Read => Box::new(move || {
            let mut sum = 0;
            let Some(session) = parse(&text) else { return sum };
            for attribute in session.media.iter().flat_map(SdpMedia::get_attributes) {
                sum += match attribute {
                    SdpAttribute::Rtpmap(map) => {
                        u64::from(map.payload_type) + u64::from(map.frequency)
                    }
                    SdpAttribute::Candidate(c) => c.priority + u64::from(c.port),
                    SdpAttribute::Ssrc(ssrc) => u64::from(ssrc.id),
                    _ => 0,
                };
            }
            sum
        }),
        Work::Write => Box::new(move || write(&parsed)),
        Work::Edit => Box::new(move || {
            let Some(mut session) = parse(&text) else { return 0 };
            let address = || ExplicitlyTypedAddress::Ip(IpAddr::V4(ADDRESS));
            if let Some(connection) = &mut session.connection {
                connection.address = address();
            }
            for (media, port) in session.media.iter_mut().zip(ports()) {
                if let Some(mut connection) = media.get_connection().clone() {
                    connection.address = address();
                    media.set_connection(connection);
                }
                media.set_port(u32::from(port));
            }
            write(&session)
        }),
        Work::Answer => return None,
    })
}

pub(super) fn ezk(work: Work, body: &Bytes) -> Option<Run> {
    use bytesstr::BytesStr;
    use ezk_sdp_types::{SessionDescription, TaggedAddress};
    let text = BytesStr::from_utf8_bytes(body.clone()).ok()?;
    let write = |description: &SessionDescription| description.to_string().len() as u64;
    let parsed = SessionDescription::parse(&text).ok()?;
    Some(match work {
        Work::Parse => Box::new(move || {
            SessionDescription::parse(&text).map_or(0, |d| d.media_descriptions.len() as u64)
        }),
        Work::Read => Box::new(move || {
            let mut sum = 0;
            let Ok(description) = SessionDescription::parse(&text) else { return sum };
            for media in &description.media_descriptions {
                let maps = media.rtpmap.iter();
                sum += maps.map(|m| u64::from(m.payload) + u64::from(m.clock_rate)).sum::<u64>();
                let candidates = media.ice_candidates.iter();
                sum += candidates.map(|c| c.priority + u64::from(c.port)).sum::<u64>();
                sum += media.ssrc.iter().map(|ssrc| u64::from(ssrc.ssrc)).sum::<u64>();
            }
            sum
        }),
        Work::Write => Box::new(move || write(&parsed)),
        Work::Edit => Box::new(move || {
            let Ok(mut description) = SessionDescription::parse(&text) else { return 0 };
            if let Some(connection) = &mut description.connection {
                connection.address = TaggedAddress::IP4(ADDRESS);
            }
            for (media, port) in description.media_descriptions.iter_mut().zip(ports()) {
                if let Some(connection) = &mut media.connection {
                    connection.address = TaggedAddress::IP4(ADDRESS);
                }
                media.media.port = port;
            }
            write(&description)
        }),
        Work::Answer => return None,
    })
}

/// It keeps attributes as text, and has no types to read them with.
pub(super) fn webrtc_rs(work: Work, body: &Bytes) -> Option<Run> {
    use webrtc_rs_sdp::description::common::ConnectionInformation;
    use webrtc_rs_sdp::description::session::SessionDescription;
    let body = body.clone();
    let parse = |body: &Bytes| SessionDescription::unmarshal(&mut Cursor::new(body)).ok();
    let parsed = parse(&body)?;
    Some(match work {
        Work::Parse => {
            Box::new(move || parse(&body).map_or(0, |d| d.media_descriptions.len() as u64))
        }
        Work::Write => Box::new(move || parsed.marshal().len() as u64),
        Work::Edit => Box::new(move || {
            let Some(mut description) = parse(&body) else { return 0 };
            let set = |connection: &mut ConnectionInformation| {
                if let Some(address) = &mut connection.address {
                    address.address = ADDRESS.to_string();
                }
            };
            description.connection_information.iter_mut().for_each(set);
            for (media, port) in description.media_descriptions.iter_mut().zip(ports()) {
                media.connection_information.iter_mut().for_each(set);
                media.media_name.port.value = isize::try_from(port).unwrap_or_default();
            }
            description.marshal().len() as u64
        }),
        Work::Read | Work::Answer => return None,
    })
}
