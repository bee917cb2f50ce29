//! Offers and answers (RFC 3264): a state machine without clock, sockets or randomness.
//!
//! A program says what it can do ([`Session`], [`MediaCapability`]); [`OfferAnswer`] makes its
//! offers and answers of that, reads those of the other side, and tells what was agreed on for
//! each section ([`Stream`]).
//!
//! The state is that of RFC 3264 §4: there is at most one offer at a time.
//!
//! ```text
//!                  create_offer                receive_offer
//!      OfferSent <-------------- Stable ---------------------> OfferReceived
//!          |   receive_answer      ^  ^        create_answer        |
//!          +-----------------------+  +-----------------------------+
//!              offer_rejected                  reject_offer
//!              roll_back                       roll_back
//! ```
//!
//! ```
//! use sdp::offer_answer::{MediaCapability, OfferAnswer, Session, State};
//! use sdp::{CodecSpec, SessionDescription};
//!
//! let bob = "192.0.2.2".parse::<std::net::IpAddr>().unwrap();
//! let audio = MediaCapability::audio(49172)
//!     .codec(97, CodecSpec::new("iLBC", 8000))
//!     .codec(0, CodecSpec::new("PCMU", 8000));
//! let mut session = OfferAnswer::new(Session::new(2808844564, bob), [audio]);
//!
//! let offer = SessionDescription::parse("v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.1\r\n\
//!     s=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 8\r\nm=video 51372 RTP/AVP 31\r\n")?;
//! session.receive_offer(offer)?;
//! let answer = session.create_answer()?;
//! assert_eq!(answer.as_bytes(), b"v=0\r\no=- 2808844564 2808844564 IN IP4 192.0.2.2\r\n\
//!     s=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
//!     m=audio 49172 RTP/AVP 0\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\n\
//!     m=video 0 RTP/AVP 31\r\n");
//! assert_eq!(session.state(), State::Stable);
//! assert!(session.streams()[0].may_send());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::{CodecPolicy, DefaultPolicy};
use crate::{Address, Media, SessionDescription, Tolerances};

mod answer;
mod apply;
mod bundle;
mod capability;
mod common;
mod described;
mod error;
mod offer;
mod payload;
mod stream;
mod write;

pub use capability::{
    BundlePolicy, Dtls, Formats, HeaderExtension, Ice, LocalCodec, MediaCapability, Rid, RtcpMux,
    Sctp, SdesKey, Session, Setup,
};
pub use error::NegotiationError;
pub use stream::{Refusal, SdesKeys, Stream, StreamCodec, StreamState};

use bundle::Groups;

/// Whose turn it is (RFC 3264 §4, RFC 6337 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// No offer is open: either side may make one.
    Stable,
    /// We have made an offer and wait for its answer.
    OfferSent,
    /// We have an offer and owe its answer.
    OfferReceived,
}

/// One side of a session: its offers, its answers, and what was agreed on.
///
/// See the [module](self) for an example.
#[derive(Clone, Debug)]
pub struct OfferAnswer<P = DefaultPolicy> {
    session: Session,
    policy: P,
    capabilities: Vec<MediaCapability>,
    /// What the program wants of each section, from the next offer or answer on.
    wishes: Vec<Wish>,
    /// What was agreed on last.
    agreed: Agreement,
    /// What the open offer would make of it.
    open: Option<Open>,
    /// The last description that we sent, without its `o=` line, and its version.
    sent: Option<(String, u64)>,
    /// Whether the next description needs a new version even if it is as the last one.
    bump: bool,
    /// The number that the next `a=mid` is made of.
    next_mid: u32,
}

/// The sections of both sides, and the descriptions that they come from.
#[derive(Clone, Debug, Default)]
struct Agreement {
    streams: Vec<Stream>,
    groups: Groups,
    /// What the program wanted then: what an offer that fails goes back to.
    wishes: Vec<Wish>,
    local: Option<SessionDescription>,
    remote: Option<SessionDescription>,
}

/// What the program wants of a section.
#[derive(Clone, Debug)]
struct Wish {
    capability: MediaCapability,
    /// The place of the capability among those of the session.
    source: Option<usize>,
    /// Whether the section shall carry media.
    open: bool,
    /// Whether the other side shall be on hold.
    held: bool,
    /// Whether a stream that ended leaves its place to this one.
    fresh: bool,
}

/// An offer without an answer.
#[derive(Clone, Debug)]
struct Open {
    sent: bool,
    agreement: Agreement,
}

impl OfferAnswer {
    /// One side of a session that has not begun, with what it can do: a section of the first offer
    /// for each capability, in this order.
    #[must_use]
    pub fn new(session: Session, capabilities: impl IntoIterator<Item = MediaCapability>) -> Self {
        Self::with_policy(session, capabilities, DefaultPolicy)
    }
}

impl<P: CodecPolicy> OfferAnswer<P> {
    /// [`new`](OfferAnswer::new) with another way to tell whether codecs match.
    #[must_use]
    pub fn with_policy(
        session: Session,
        capabilities: impl IntoIterator<Item = MediaCapability>,
        policy: P,
    ) -> Self {
        Self {
            session,
            policy,
            capabilities: capabilities.into_iter().collect(),
            wishes: Vec::new(),
            agreed: Agreement::default(),
            open: None,
            sent: None,
            bump: false,
            next_mid: 0,
        }
    }

    /// Whose turn it is.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.open {
            None => State::Stable,
            Some(open) if open.sent => State::OfferSent,
            Some(_) => State::OfferReceived,
        }
    }

    /// What is the same for all descriptions. What is changed shows in the next one.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The sections as they were agreed on last, in order.
    #[must_use]
    pub fn streams(&self) -> &[Stream] {
        &self.agreed.streams
    }

    /// The sections as they will be once the open offer is answered; without one, as they are.
    ///
    /// After [`receive_offer`](Self::receive_offer) these are what
    /// [`create_answer`](Self::create_answer) will write.
    #[must_use]
    pub fn proposed(&self) -> &[Stream] {
        &self.open.as_ref().map_or(&self.agreed, |open| &open.agreement).streams
    }

    /// Our last description that took part in an agreement.
    #[must_use]
    pub fn local(&self) -> Option<&SessionDescription> {
        self.agreed.local.as_ref()
    }

    /// The other side's last description that took part in an agreement.
    #[must_use]
    pub fn remote(&self) -> Option<&SessionDescription> {
        self.agreed.remote.as_ref()
    }

    /// The section of the other side that a stream sends to: that of the bundle, if it is in one.
    #[must_use]
    pub fn remote_transport(&self, section: usize) -> Option<Media<'_>> {
        let stream = self.agreed.streams.get(section).filter(|stream| stream.is_active())?;
        self.agreed.remote.as_ref()?.media().nth(stream.bundle.unwrap_or(section))
    }

    /// Whether the open offer that was received would leave no section at all, so that it is
    /// better refused as a whole: SIP answers it with 488 (RFC 3264 §6).
    #[must_use]
    pub fn is_unacceptable(&self) -> bool {
        self.state() == State::OfferReceived
            && !self.proposed().is_empty()
            && !self.proposed().iter().any(Stream::is_open)
    }

    /// Adds a section to the next offer: in a place that is free since both sides have given it
    /// up, or else behind all others (RFC 3264 §8.1). Its place is returned.
    pub fn add_media(&mut self, capability: MediaCapability) -> usize {
        self.offer_all();
        let agreed = &self.agreed.streams;
        let is_free = |(place, wish): (usize, &Wish)| {
            !wish.open && agreed.get(place).is_some_and(|stream| !stream.is_open())
        };
        match self.wishes.iter().enumerate().position(is_free) {
            Some(place) => {
                self.wishes[place] = self.wish(capability);
                place
            }
            None => self.append_media(capability),
        }
    }

    /// Adds a section to the next offer, behind all others even where a place is free. Its place
    /// is returned.
    pub fn append_media(&mut self, capability: MediaCapability) -> usize {
        self.offer_all();
        let wish = self.wish(capability);
        self.wishes.push(wish);
        self.wishes.len() - 1
    }

    /// Adds a section that offers of the other side can be answered with, and that ours do not
    /// have.
    pub fn add_capability(&mut self, capability: MediaCapability) {
        self.capabilities.push(capability);
    }

    fn wish(&mut self, capability: MediaCapability) -> Wish {
        let source = Some(self.capabilities.len());
        self.capabilities.push(capability.clone());
        Wish { capability, source, open: true, held: false, fresh: true }
    }

    /// Before anything is agreed on, every capability is to be offered.
    fn offer_all(&mut self) {
        if self.agreed.local.is_some() || !self.wishes.is_empty() {
            return;
        }
        let wish = |(place, capability): (usize, &MediaCapability)| Wish {
            capability: capability.clone(),
            source: Some(place),
            open: true,
            held: false,
            fresh: true,
        };
        self.wishes = self.capabilities.iter().enumerate().map(wish).collect();
    }

    /// Ends a stream with the next offer: its port will be 0 (RFC 3264 §8.2).
    ///
    /// # Errors
    /// When there is no such section.
    pub fn remove_media(&mut self, section: usize) -> Result<(), NegotiationError> {
        self.wish_mut(section)?.open = false;
        Ok(())
    }

    /// What we can do for a section, to be changed for the next offer or answer: addresses, ports,
    /// codecs, keys, direction. While an answer is owed it is that of the answer.
    ///
    /// # Errors
    /// When there is no such section.
    pub fn capability_mut(
        &mut self,
        section: usize,
    ) -> Result<&mut MediaCapability, NegotiationError> {
        if self.state() != State::OfferReceived {
            return Ok(&mut self.wish_mut(section)?.capability);
        }
        let streams = self.open.as_mut().map(|open| &mut open.agreement.streams);
        let stream = streams.and_then(|streams| streams.get_mut(section));
        Ok(&mut stream.ok_or(NegotiationError::NoSection(section))?.capability)
    }

    /// Puts the other side on hold with the next offer or answer (RFC 3264 §8.4): we send, if
    /// anything, and take nothing.
    ///
    /// # Errors
    /// When there is no such section.
    pub fn hold(&mut self, section: usize) -> Result<(), NegotiationError> {
        self.set_held(section, true)
    }

    /// Takes the other side from hold with the next offer or answer.
    ///
    /// # Errors
    /// When there is no such section.
    pub fn resume(&mut self, section: usize) -> Result<(), NegotiationError> {
        self.set_held(section, false)
    }

    fn set_held(&mut self, section: usize, held: bool) -> Result<(), NegotiationError> {
        match &mut self.open {
            Some(open) if !open.sent => {
                let stream = open.agreement.streams.get_mut(section);
                stream.ok_or(NegotiationError::NoSection(section))?.held = held;
            }
            _ => self.wish_mut(section)?.held = held,
        }
        Ok(())
    }

    fn wish_mut(&mut self, section: usize) -> Result<&mut Wish, NegotiationError> {
        self.offer_all();
        self.wishes.get_mut(section).ok_or(NegotiationError::NoSection(section))
    }

    /// Refuses a section of the offer that was received.
    ///
    /// # Errors
    /// When no offer was received, there is no such section, or it carries a bundle that was
    /// agreed on before (RFC 9143 §7.3.3).
    pub fn reject_media(&mut self, section: usize) -> Result<(), NegotiationError> {
        let open = match &mut self.open {
            Some(open) if !open.sent => open,
            _ => return Err(NegotiationError::NoOffer),
        };
        let stream = open.agreement.streams.get_mut(section);
        let stream = stream.ok_or(NegotiationError::NoSection(section))?;
        if self.agreed.groups.is_tagged(section) && open.agreement.groups.is_tagged(section) {
            return Err(NegotiationError::TaggedSection(section));
        }
        stream.end(StreamState::Rejected(Refusal::Program));
        let mut agreement = open.agreement.clone();
        self.settle(&mut agreement);
        self.open = Some(Open { sent: false, agreement });
        Ok(())
    }

    /// Refuses the offer that was received: everything stays as it was before (RFC 3264 §8).
    ///
    /// # Errors
    /// When no offer was received.
    pub fn reject_offer(&mut self) -> Result<(), NegotiationError> {
        self.fail(State::OfferReceived)
    }

    /// The other side has refused our offer: everything is as it was before it, what the program
    /// wanted to change included. The next description of ours has a higher version even if it is
    /// the same (RFC 3264 §8).
    ///
    /// # Errors
    /// When no offer of ours is open.
    pub fn offer_rejected(&mut self) -> Result<(), NegotiationError> {
        self.fail(State::OfferSent)
    }

    /// Takes back the open offer, whoever made it, as after glare (RFC 8829 §4.1.10.2).
    ///
    /// # Errors
    /// When no offer is open.
    pub fn roll_back(&mut self) -> Result<(), NegotiationError> {
        self.fail(self.state())
    }

    fn fail(&mut self, state: State) -> Result<(), NegotiationError> {
        if self.state() != state || state == State::Stable {
            return Err(NegotiationError::NoOffer);
        }
        self.open = None;
        if state == State::OfferSent {
            self.wishes.clone_from(&self.agreed.wishes);
            self.bump = true;
        }
        Ok(())
    }

    /// What was agreed on becomes what is in force.
    fn agree(&mut self, agreement: Agreement) {
        self.agreed = Agreement { wishes: self.wishes.clone(), ..agreement };
        self.open = None;
    }

    /// No offer may be open where one is made or received.
    fn check_stable(&self) -> Result<(), NegotiationError> {
        match self.state() {
            State::Stable => Ok(()),
            State::OfferSent => Err(NegotiationError::OfferSent),
            State::OfferReceived => Err(NegotiationError::OfferReceived),
        }
    }

    /// The description that the lines behind `o=` make, with the version that it needs: the one
    /// before when nothing has changed, or else one more (RFC 3264 §8). Names of the other side
    /// need no more than its `tolerances`.
    fn describe(
        &mut self,
        lines: String,
        tolerances: Option<Tolerances>,
    ) -> Result<SessionDescription, NegotiationError> {
        let version = match &self.sent {
            None => self.session.version,
            Some((sent, version)) if !self.bump && *sent == lines => *version,
            Some((_, version)) => version + 1,
        };
        let description = self.session.describe(version, &lines, tolerances)?;
        self.sent = Some((lines, version));
        self.bump = false;
        Ok(description)
    }
}

impl Session {
    /// The description that the lines behind `o=` make.
    fn describe(
        &self,
        version: u64,
        lines: &str,
        tolerances: Option<Tolerances>,
    ) -> Result<SessionDescription, NegotiationError> {
        let Self { username, id, origin: Address { address_type, host }, .. } = self;
        let mut head = write::Lines::default();
        head.line(format_args!("v=0"));
        head.line(format_args!("o={username} {id} {version} IN {address_type} {host}"));
        let mut text = head.finish()?;
        text.push_str(lines);
        write::read(text, tolerances)
    }
}
