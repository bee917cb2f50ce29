//! Two sides that negotiate, and one that gets anything.

use std::collections::BTreeMap;

use sdp::offer_answer::{
    BundlePolicy, Dtls, Formats, HeaderExtension, Ice, MediaCapability, NegotiationError,
    OfferAnswer, Refusal, Rid, RtcpMux, SdesKey, Session, Setup, State, Stream, StreamState,
};
use sdp::{CodecSpec, Direction, Parser, SessionDescription, Tolerances};

/// The first byte says which of two games the rest is.
///
/// Even: what two sides can do, and what they do then, in random order. After each exchange:
/// - both are stable, with as many sections as before or more, and neither has made an error;
/// - a section is active on both sides or on neither; directions, payload types, keys, roles,
///   header extensions and simulcasts of one side are those of the other one mirrored;
/// - a payload type means what it meant before, as long as its section goes on;
/// - each description is one that strict rules take, with a version that goes up by one when
///   something has changed, and only then;
/// - an answer has the media types and protocols of its offer, in order.
///
/// Odd: what a side can do follows from the byte, and two descriptions with 0xff between come, the first one an offer and the second one
/// another offer or an answer. What is made of them holds to the rules above for answers.
pub fn offer_answer(data: &[u8]) {
    match data.split_first() {
        Some((game, rest)) if game % 2 == 0 => {
            let mut game = Game::new(Choices(rest));
            for _ in 0..64 {
                if game.choices.0.is_empty() {
                    break;
                }
                game.step();
            }
        }
        Some((&seed, rest)) => hostile(seed, rest),
        None => {}
    }
}

/// Bytes that decide something each.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    /// A number below `most`; 0 when nothing is left.
    fn below(&mut self, most: usize) -> usize {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(first) % most
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// What a number of `a=extmap`, or a payload type, stands for in one direction of a section.
type Meanings = BTreeMap<(usize, u8), String>;

struct Game<'a> {
    choices: Choices<'a>,
    sides: [OfferAnswer; 2],
    sent: [Option<SessionDescription>; 2],
    meanings: [Meanings; 2],
    /// How often new credentials and keys were made.
    fresh: usize,
    next_port: u16,
}

impl<'a> Game<'a> {
    fn new(mut choices: Choices<'a>) -> Self {
        let mut next_port = 20_000;
        let sides = [0, 1].map(|side| {
            let mut session = Session::new(7 + side, std::net::Ipv4Addr::new(192, 0, 2, 1));
            session.bundle = choices.pick(&[
                BundlePolicy::Disabled,
                BundlePolicy::Balanced,
                BundlePolicy::MaxCompat,
                BundlePolicy::MaxBundle,
            ]);
            session.any_profile = choices.flag();
            session.strict = choices.flag();
            let sections = choices.below(4);
            let capabilities: Vec<_> =
                (0..sections).map(|_| capability(&mut choices, side, &mut next_port)).collect();
            OfferAnswer::new(session, capabilities)
        });
        let meanings = [Meanings::new(), Meanings::new()];
        Self { choices, sides, sent: [None, None], meanings, fresh: 0, next_port }
    }

    fn step(&mut self) {
        let side = self.choices.below(2);
        let section = self.choices.below(5);
        match self.choices.below(12) {
            0..=3 => self.exchange(side),
            4 => self.refuse(side),
            5 => self.glare(side),
            // There may be no such section.
            6 => self.sides[side].hold(section).unwrap_or_default(),
            7 => self.sides[side].resume(section).unwrap_or_default(),
            8 => self.sides[side].remove_media(section).unwrap_or_default(),
            9 if self.sides[side].proposed().len() < 8 => {
                let new = capability(&mut self.choices, side as u64, &mut self.next_port);
                self.sides[side].add_media(new);
            }
            10 => self.change(side, section),
            _ => self.restart(side),
        }
    }

    /// Changes what a side wants of a section.
    fn change(&mut self, side: usize, section: usize) {
        let Ok(capability) = self.sides[side].capability_mut(section) else { return };
        match self.choices.below(3) {
            0 => capability.direction = direction(&mut self.choices),
            1 => capability.port = self.next_port,
            _ => {
                let new = codecs(&mut self.choices, &capability.media_type);
                if let Formats::Rtp(codecs) = &mut capability.formats {
                    codecs.clear();
                }
                *capability = new
                    .into_iter()
                    .fold(capability.clone(), |capability, (pt, spec)| capability.codec(pt, spec));
            }
        }
        self.next_port += 2;
    }

    /// New credentials for the ICE of all sections.
    fn restart(&mut self, side: usize) {
        self.fresh += 1;
        let ufrag = format!("ufrag{}", self.fresh);
        for section in 0..self.sides[side].streams().len() {
            let capability = self.sides[side].capability_mut(section);
            if let Some(ice) = capability.ok().and_then(|capability| capability.ice.as_mut()) {
                ice.ufrag.clone_from(&ufrag);
            }
        }
    }

    /// An offer; `None` where the program has asked for what cannot be.
    fn offer(&mut self, side: usize) -> Option<SessionDescription> {
        let before = self.sides[side].streams().len();
        match self.sides[side].create_offer() {
            Ok(offer) => {
                self.check_sent(side, &offer);
                assert!(offer.media().len() >= before);
                assert_eq!(self.sides[side].state(), State::OfferSent);
                assert!(self.sides[side].create_offer().is_err());
                Some(offer)
            }
            // No numbers are left, or the sections of a bundle do not agree.
            Err(NegotiationError::NoPayloadType(_) | NegotiationError::PayloadType(..)) => {
                assert_eq!(self.sides[side].state(), State::Stable);
                None
            }
            Err(error) => panic!("no offer: {error}"),
        }
    }

    fn exchange(&mut self, side: usize) {
        let other = 1 - side;
        let Some(offer) = self.offer(side) else { return };
        self.sides[other].receive_offer(offer.clone()).expect("an offer with all sections");
        assert_eq!(self.sides[other].state(), State::OfferReceived);
        if self.choices.below(8) == 1 {
            let _ = self.sides[other].reject_media(self.choices.below(4));
        }
        let proposed = summary(self.sides[other].proposed());
        let answer = self.sides[other].create_answer().expect("an answer");
        assert_eq!(proposed.len(), self.sides[other].streams().len());
        self.check_sent(other, &answer);
        check_answer(&offer, &answer);
        self.sides[side].receive_answer(answer.clone()).expect("an answer to this offer");
        assert_eq!(self.sides[side].remote(), Some(&answer));
        assert_eq!(self.sides[other].remote(), Some(&offer));
        self.check_mirror(side);
        self.check_meanings();
    }

    /// An offer that is refused, on either side of the wire, leaves everything as it was.
    fn refuse(&mut self, side: usize) {
        let other = 1 - side;
        let before = [0, 1].map(|side| summary(self.sides[side].streams()));
        let Some(offer) = self.offer(side) else { return };
        self.sides[other].receive_offer(offer).expect("an offer with all sections");
        self.sides[other].reject_offer().expect("the offer is open");
        self.sides[side].offer_rejected().expect("the offer is open");
        let after = [0, 1].map(|side| summary(self.sides[side].streams()));
        assert_eq!(before, after);
        assert!(self.sides.iter().all(|side| side.state() == State::Stable));
    }

    /// Two offers cross, and both are taken back.
    fn glare(&mut self, side: usize) {
        let other = 1 - side;
        let (Some(one), two) = (self.offer(side), self.offer(other)) else {
            let _ = self.sides[other].roll_back();
            return;
        };
        if let Some(two) = two {
            assert_eq!(self.sides[side].receive_offer(two), Err(NegotiationError::OfferSent));
            assert_eq!(self.sides[other].receive_offer(one), Err(NegotiationError::OfferSent));
            self.sides[other].roll_back().expect("the offer is open");
        }
        self.sides[side].roll_back().expect("the offer is open");
        assert!(self.sides.iter().all(|side| side.state() == State::Stable));
    }

    fn check_sent(&mut self, side: usize, description: &SessionDescription) {
        check_strict(description);
        let version = |description: &SessionDescription| {
            let origin = description.origin().ok().flatten().expect("an origin");
            origin.session_version().expect("a number")
        };
        if let Some(before) = &self.sent[side] {
            match version(description) - version(before) {
                0 => assert_eq!(before, description),
                1 => {}
                more => panic!("the version goes up by {more}"),
            }
        }
        self.sent[side] = Some(description.clone());
    }

    /// What one side sends is what the other one receives.
    fn check_mirror(&self, offerer: usize) {
        let (a, b) = (self.sides[offerer].streams(), self.sides[1 - offerer].streams());
        assert_eq!(a.len(), b.len());
        // Who has made the offer may find that an answer lacks what it needs, and has to end the
        // stream with its next offer.
        let unusable = |stream: &Stream| {
            let missing = [Refusal::Security, Refusal::RtcpMux];
            missing.iter().any(|reason| stream.state() == StreamState::Rejected(*reason))
        };
        let all_usable = !a.iter().any(unusable);
        for (a, b) in a.iter().zip(b) {
            assert!(a.is_active() == b.is_active() || unusable(a), "{a:?}\n{b:?}");
            if !a.is_active() {
                continue;
            }
            assert_eq!(a.media_type(), b.media_type());
            assert_eq!(a.mid(), b.mid());
            assert_eq!(a.direction(), b.direction().reversed());
            if all_usable {
                assert_eq!(a.bundle(), b.bundle());
                assert_eq!(a.rtcp_mux(), b.rtcp_mux());
                assert_eq!(a.rtcp_rsize(), b.rtcp_rsize());
            }
            assert_eq!(a.setup(), b.setup().map(Setup::reversed));
            let numbers = |stream: &Stream, mirrored: bool| -> Vec<_> {
                let codecs = stream.codecs().iter();
                codecs
                    .map(|codec| match mirrored {
                        true => (codec.receive, codec.send, codec.theirs.encoding.clone()),
                        false => (codec.send, codec.receive, codec.ours.encoding.clone()),
                    })
                    .collect()
            };
            assert_eq!(numbers(a, false), numbers(b, true));
            assert!(!a.codecs().is_empty() || !a.formats().is_empty());
            let keys = |stream: &Stream| stream.sdes().map(|k| (k.ours.clone(), k.theirs.clone()));
            assert_eq!(keys(a), keys(b).map(|(ours, theirs)| (theirs, ours)));
            let extensions = |stream: &Stream, mirrored: bool| -> Vec<_> {
                let each = stream.extensions().iter().map(|(id, extension)| {
                    let direction = extension.direction;
                    let direction = if mirrored { direction.reversed() } else { direction };
                    (*id, extension.uri.clone(), direction)
                });
                each.collect()
            };
            assert_eq!(extensions(a, false), extensions(b, true));
            assert_eq!(a.simulcast_sent(), b.simulcast_received());
            assert_eq!(a.simulcast_received(), b.simulcast_sent());
        }
    }

    /// A payload type that was said to be a codec is not another one later (RFC 3264 §8.3.2).
    fn check_meanings(&mut self) {
        for (side, meanings) in self.sides.iter().zip(&mut self.meanings) {
            for (place, stream) in side.streams().iter().enumerate() {
                if !stream.is_active() {
                    // Its place may be used again.
                    meanings.retain(|(section, _), _| *section != place);
                    continue;
                }
                for codec in stream.codecs() {
                    let means = format!("{}/{}", codec.ours.encoding, codec.ours.clock_rate);
                    let before = meanings.insert((place, codec.receive), means.clone());
                    assert!(before.is_none_or(|before| before.eq_ignore_ascii_case(&means)));
                }
            }
        }
    }
}

fn summary(streams: &[Stream]) -> Vec<String> {
    streams
        .iter()
        .map(|stream| {
            let (codecs, state) = (stream.codecs(), stream.state());
            format!("{:?} {state:?} {:?} {codecs:?}", stream.mid(), stream.direction())
        })
        .collect()
}

fn direction(choices: &mut Choices<'_>) -> Direction {
    let directions =
        [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
    choices.pick(&directions)
}

/// A few codecs in any order, with numbers of which both sides may think differently.
fn codecs(choices: &mut Choices<'_>, media_type: &str) -> Vec<(u8, CodecSpec)> {
    let spec = CodecSpec::new;
    let known = match media_type {
        "audio" => vec![
            (0, spec("PCMU", 8000)),
            (8, spec("PCMA", 8000)),
            (111, spec("opus", 48_000).with_channels(2).with_fmtp("useinbandfec=1")),
            (97, spec("iLBC", 8000).with_fmtp("mode=20")),
            (101, spec("telephone-event", 8000).with_fmtp("0-15")),
            (110, spec("telephone-event", 48_000).with_fmtp("0-15")),
            (63, spec("red", 48_000).with_channels(2).with_fmtp("111/111")),
        ],
        _ => vec![
            (96, spec("VP8", 90_000).with_feedback("nack").with_feedback("nack pli")),
            (97, spec("rtx", 90_000).with_fmtp("apt=96")),
            (98, spec("VP9", 90_000).with_fmtp("profile-id=0").with_feedback("ccm fir")),
            (99, spec("rtx", 90_000).with_fmtp("apt=98")),
            (102, spec("H264", 90_000).with_fmtp("profile-level-id=42e01f;packetization-mode=1")),
            (103, spec("H264", 90_000).with_fmtp("profile-level-id=640c1f;packetization-mode=1")),
            (31, spec("H261", 90_000)),
            (34, spec("H263", 90_000)),
        ],
    };
    let (start, wanted) = (choices.below(known.len()), choices.below(255) | 1);
    let turned = known.iter().cycle().skip(start).take(known.len()).enumerate();
    // What repairs needs what it repairs, so it comes with it.
    turned
        .filter(|(place, _)| wanted >> (place / 2 * 2) & 1 == 1)
        .map(|(_, codec)| codec.clone())
        .collect()
}

fn capability(choices: &mut Choices<'_>, side: u64, next_port: &mut u16) -> MediaCapability {
    let port = *next_port;
    *next_port += 2;
    let mut section = match choices.below(8) {
        0..=2 => MediaCapability::audio(port),
        3..=5 => MediaCapability::video(port),
        6 => MediaCapability::fax(port),
        _ => MediaCapability::data_channel(port),
    };
    if let Formats::Rtp(_) = section.formats {
        for (payload_type, spec) in codecs(choices, &section.media_type) {
            section = section.codec(payload_type, spec);
        }
    }
    section.direction = direction(choices);
    if section.sctp.is_some() || (section.media_type != "image" && choices.below(3) == 1) {
        let ice = Ice {
            ufrag: format!("side{side}"),
            pwd: "0123456789abcdef012345".into(),
            options: vec!["trickle".into()],
            candidates: vec![format!("1 1 udp 1 192.0.2.1 {port} typ host")],
            complete: choices.flag(),
        };
        let dtls = Dtls {
            fingerprints: vec![
                "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB".into(),
            ],
            tls_id: None,
            answers: choices.pick(&[Setup::Active, Setup::Passive]),
        };
        section = section.webrtc(ice, dtls);
    }
    if let Formats::Rtp(_) = section.formats {
        section.rtcp_mux =
            choices.pick(&[RtcpMux::Negotiate, RtcpMux::Require, RtcpMux::Never, section.rtcp_mux]);
        section.rtcp_rsize = choices.flag();
        if section.dtls.is_none() && choices.below(4) == 1 {
            section.protocol = "RTP/SAVP".into();
            for suite in ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"] {
                let parameters =
                    format!("inline:{side}S1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB{side}");
                section.sdes.push(SdesKey { suite: suite.into(), parameters });
            }
        }
        let uris = ["urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:toffset"];
        for uri in uris.into_iter().take(choices.below(3)) {
            let direction = direction(choices);
            section.extensions.push(HeaderExtension { uri: uri.into(), direction });
        }
        for id in ["hi", "lo"].into_iter().take(choices.below(3)) {
            section.simulcast.push(Rid { id: id.into(), restrictions: String::new() });
        }
        section.simulcast_received = choices.below(3);
    }
    section.bundled = choices.below(4) != 1;
    section
}

/// A description of ours is one that anybody takes.
fn check_strict(description: &SessionDescription) {
    let parser = Parser::new().tolerances(Tolerances::strict()).parse(description.to_bytes());
    let strict = parser.unwrap_or_else(|error| panic!("{error}:\n{description:?}"));
    assert!(strict.deviations().is_empty());
    for line in strict.lines() {
        assert!(line.attribute_value().is_none_or(|value| value.is_ok()), "{line:?}");
    }
}

/// What an answer has in common with its offer (RFC 3264 §6).
fn check_answer(offer: &SessionDescription, answer: &SessionDescription) {
    assert_eq!(offer.media().len(), answer.media().len());
    for (offered, answered) in offer.media().zip(answer.media()) {
        assert_eq!(offered.media_type(), answered.media_type());
        assert_eq!(offered.protocol(), answered.protocol());
        if offered.is_rejected() {
            assert_eq!(answered.port(), 0);
        }
        if answered.port() != 0 {
            let wanted = offered.direction().reversed();
            assert_eq!(answered.direction().and(wanted), answered.direction());
        }
    }
}

/// One side against whatever comes.
fn hostile(seed: u8, data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0xff);
    let mut parser = Parser::new().tolerances(Tolerances::lenient());
    let mut description = || parser.parse(parts.next()?.to_vec()).ok();
    let Some(first) = description() else { return };
    let second = description();
    // Two sides that have something, whatever it is.
    let choices: Vec<u8> = (0..64u8).map(|n| n.wrapping_mul(7).wrapping_add(seed)).collect();
    let mut game = Game::new(Choices(&choices));
    for side in &mut game.sides {
        side.receive_offer(first.clone()).expect("any offer is a first one");
        let _ = side.is_unacceptable();
        answer_hostile(side, &first);
        let Some(second) = second.clone() else { continue };
        if side.clone().receive_offer(second.clone()).is_ok() {
            let mut other = side.clone();
            other.receive_offer(second.clone()).expect("as before");
            answer_hostile(&mut other, &second);
        }
        if side.create_offer().is_ok() {
            let _ = side.receive_answer(second);
            let streams = side.streams().len();
            assert!(streams >= side.remote().map_or(0, |remote| remote.media().len()));
        }
    }
}

fn answer_hostile(side: &mut OfferAnswer, offer: &SessionDescription) {
    match side.create_answer() {
        Ok(answer) => {
            assert_eq!(offer.media().len(), answer.media().len());
            assert_eq!(side.state(), State::Stable);
            for (offered, answered) in offer.media().zip(answer.media()) {
                assert_eq!(offered.media_type(), answered.media_type());
                assert_eq!(offered.protocol(), answered.protocol());
                let numbers: Vec<_> = answered.payload_types().collect();
                assert!(numbers.iter().all(|n| numbers.iter().filter(|m| *m == n).count() == 1));
            }
        }
        Err(error) => {
            // A name of the offer that no line can hold, which only lenient rules let through.
            assert!(matches!(error, NegotiationError::Value(_)), "{error}");
            assert!(!error.rfc().is_empty());
            assert_eq!(side.state(), State::OfferReceived);
            side.reject_offer().expect("the offer is open");
        }
    }
}
