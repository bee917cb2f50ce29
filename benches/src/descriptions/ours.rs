//! Ours.

use std::hint::black_box;

use bytes::Bytes;
use sdp::offer_answer::{
    BundlePolicy, Dtls, Ice, MediaCapability, OfferAnswer, RtcpMux, Session, Setup,
};
use sdp::{Address, CodecSpec, Parser, SessionDescription, attribute};

use super::{ADDRESS, PORT, Run, Work, ports};

/// Everything new for each description.
pub(super) fn run(work: Work, body: &Bytes) -> Option<Run> {
    let body = body.clone();
    let parse = |body: &Bytes| SessionDescription::parse(body.clone()).ok();
    let parsed = parse(&body)?;
    Some(match work {
        Work::Parse => {
            Box::new(move || parse(&body).map_or(0, |description| description.media().len() as u64))
        }
        Work::Read => Box::new(move || parse(&body).map_or(0, |description| read(&description))),
        Work::Write => Box::new(move || {
            let mut out = Vec::with_capacity(parsed.as_bytes().len());
            out.extend_from_slice(black_box(&parsed).as_bytes());
            black_box(out).len() as u64
        }),
        Work::Edit => Box::new(move || parse(&body).map_or(0, |description| edit(&description))),
        Work::Answer => {
            let side = side(&parsed);
            Box::new(move || parse(&body).map_or(0, |offer| answer(side.clone(), offer)))
        }
    })
}

/// With a parser that gets its descriptions back.
pub(super) fn run_reused(work: Work, body: &Bytes) -> Option<Run> {
    let (body, mut parser) = (body.clone(), Parser::new());
    let reads = match work {
        Work::Parse => false,
        Work::Read => true,
        _ => return run(work, &body),
    };
    Some(Box::new(move || {
        let Ok(description) = parser.parse(body.clone()) else { return 0 };
        let sum = if reads { read(&description) } else { description.media().len() as u64 };
        parser.recycle(description);
        sum
    }))
}

fn read(description: &SessionDescription) -> u64 {
    let mut sum = 0;
    for media in description.media() {
        let attributes = media.attributes();
        for rtpmap in attributes.each(attribute::Rtpmap).flatten() {
            sum += u64::from(rtpmap.payload_type()) + u64::from(rtpmap.clock_rate().unwrap_or(0));
        }
        for candidate in attributes.each(attribute::Candidate).flatten() {
            sum += u64::from(candidate.priority()) + u64::from(candidate.port());
        }
        for ssrc in attributes.each(attribute::Ssrc).flatten() {
            sum += u64::from(ssrc.id());
        }
    }
    sum
}

fn edit(description: &SessionDescription) -> u64 {
    let address = Address::from(ADDRESS);
    let mut edit = description.edit();
    if description.connection().is_ok_and(|connection| connection.is_some()) {
        edit.set_connection(sdp::At::Session, &address);
    }
    for (media, port) in description.media().zip(ports()) {
        let section = media.index();
        if media.connections().next().is_some() {
            edit.set_connection(sdp::At::Media(section), &address);
        }
        edit.set_port(section, port);
    }
    let mut out = Vec::with_capacity(edit.encoded_len());
    edit.write_to(&mut out).map_or(0, |()| out.len() as u64)
}

/// A side that takes the offer: a browser where there is ICE, or else a telephone.
fn side(offer: &SessionDescription) -> OfferAnswer {
    let mut audio = MediaCapability::audio(PORT)
        .codec(111, CodecSpec::new("opus", 48_000).with_channels(2).with_fmtp("useinbandfec=1"))
        .codec(8, CodecSpec::new("PCMA", 8000))
        .codec(0, CodecSpec::new("PCMU", 8000))
        .codec(101, CodecSpec::new("telephone-event", 8000).with_fmtp("0-15"));
    if !offer.media().any(|media| media.uses_ice()) {
        audio.rtcp_mux = RtcpMux::Negotiate;
        return OfferAnswer::new(Session::new(7, ADDRESS), [audio]);
    }
    let ice = Ice {
        ufrag: "9uB6".into(),
        pwd: "YH75Fviy6338Vbrhrlp8Yh9u".into(),
        options: vec!["trickle".into()],
        ..Ice::default()
    };
    let fingerprint = format!("sha-256 {}", vec!["AB"; 32].join(":"));
    let dtls = Dtls { fingerprints: vec![fingerprint], tls_id: None, answers: Setup::Active };
    let video = MediaCapability::video(9)
        .codec(96, CodecSpec::new("VP8", 90_000).with_feedback("nack").with_feedback("nack pli"))
        .codec(97, CodecSpec::new("rtx", 90_000).with_fmtp("apt=96"));
    let sections = [audio, video, MediaCapability::data_channel(9)];
    let mut session = Session::webrtc(7);
    session.bundle = BundlePolicy::Balanced;
    OfferAnswer::new(session, sections.map(|section| section.webrtc(ice.clone(), dtls.clone())))
}

fn answer(mut side: OfferAnswer, offer: SessionDescription) -> u64 {
    let answer = side.receive_offer(offer).and_then(|()| side.create_answer());
    answer.map_or(0, |answer| answer.as_bytes().len() as u64)
}
