//! Dialogs as they are seen from outside.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use sip_message::{Method, Request};
use sip_uri::UriRef;

use super::facts::{self, Facts};
use super::media::Described;
use super::transaction::Unacked;
use super::{FindingKind, Hop};
use crate::{Carrier, OfferAnswerState, Sender, State};

/// One of the two that talk: the one that has sent the request which made the dialog, or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The side that has called, or subscribed.
    Caller,
    /// The other side.
    Callee,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }

    /// As an offer and answer has it, from the caller's point of view.
    pub(super) fn sender(self) -> Sender {
        match self {
            Self::Caller => Sender::Us,
            Self::Callee => Sender::Peer,
        }
    }
}

/// What is remembered of one side's requests, and of the places where a Contact was seen.
const REMEMBERED: usize = 16;
/// An earlier target is no mistake for so long: the two may have crossed.
const CROSSING: Duration = Duration::from_secs(2);

/// A remote target, as it was told to one address.
#[derive(Clone, Debug)]
struct Target {
    told: IpAddr,
    uri: Box<str>,
    since: Duration,
    earlier: Option<Box<str>>,
}

/// A route set, as it was told to one address.
#[derive(Clone, Debug)]
struct RouteSet {
    told: IpAddr,
    routes: Vec<Box<str>>,
}

/// What is known of one side.
#[derive(Clone, Debug, Default)]
struct Party {
    tag: Box<str>,
    /// Where it can be reached, as others were told.
    targets: Vec<Target>,
    /// The proxies that its requests go by.
    route_set: Option<RouteSet>,
    /// CSeq and method of its last requests.
    requests: VecDeque<(u32, Box<str>)>,
    last: Option<u32>,
    held: bool,
}

/// A dialog, as far as both directions of it were seen.
#[derive(Clone, Debug)]
pub(super) struct Dialog {
    caller: Party,
    callee: Party,
    pub(super) state: State,
    /// Whether an INVITE has made it.
    pub(super) is_call: bool,
    /// Whether its beginning was seen.
    pub(super) is_whole: bool,
    /// How many hops away the response has come from that has told the callee's route set.
    vias: usize,
    /// The RSeq of the last reliable provisional response.
    rseq: Option<u32>,
    pub(super) media: OfferAnswerState,
    /// The offer that is open, or the one that was answered last.
    pub(super) offer: Option<Described>,
    /// The 2xx to INVITE that wait for an ACK, by the CSeq of the INVITE.
    pub(super) unacked: Vec<(u32, Unacked)>,
    /// INVITEs whose ACK was seen, and when.
    acked: VecDeque<(u32, Duration)>,
    /// The reliable provisional responses that wait for PRACK.
    pub(super) unpracked: Vec<(u32, Unacked)>,
    pub(super) session: Option<Session>,
}

/// A session timer that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    pub(super) interval: u32,
    pub(super) since: Duration,
    pub(super) message: u64,
}

impl Session {
    pub(super) fn expires(&self) -> Duration {
        self.since + Duration::from_secs(u64::from(self.interval))
    }
}

impl Dialog {
    pub(super) fn new(caller_tag: &str, callee_tag: &str, state: State, is_call: bool) -> Self {
        Self {
            caller: Party { tag: caller_tag.into(), ..Party::default() },
            callee: Party { tag: callee_tag.into(), ..Party::default() },
            state,
            is_call,
            is_whole: true,
            vias: 0,
            rseq: None,
            media: OfferAnswerState::default(),
            offer: None,
            unacked: Vec::new(),
            acked: VecDeque::new(),
            unpracked: Vec::new(),
            session: None,
        }
    }

    /// Which side sends what has these tags, if it is in this dialog.
    pub(super) fn side(&self, from_tag: &str, to_tag: &str) -> Option<Side> {
        let (caller, callee) = (&*self.caller.tag, &*self.callee.tag);
        match (from_tag, to_tag) {
            tags if tags == (caller, callee) => Some(Side::Caller),
            tags if tags == (callee, caller) => Some(Side::Callee),
            _ => None,
        }
    }

    pub(super) fn has_tag(&self, tag: &str) -> bool {
        !tag.is_empty() && (*self.caller.tag == *tag || *self.callee.tag == *tag)
    }

    /// The INVITE that makes it has brought this offer.
    pub(super) fn begin(&mut self, offer: Option<&Described>) {
        let taken = self.media.take(Sender::Us, Carrier::Invite, offer.is_some());
        debug_assert!(taken.is_ok(), "nothing is open in a dialog that begins");
        if let Some(offer) = offer {
            self.described(Side::Caller, offer);
        }
        self.offer = offer.cloned();
    }

    /// Whether a reliable provisional response is new, and not the same at another hop.
    pub(super) fn is_next_reliable(&mut self, rseq: u32) -> bool {
        let is_next = self.rseq.is_none_or(|last| rseq > last);
        if is_next {
            self.rseq = Some(rseq);
        }
        is_next
    }

    fn party(&self, side: Side) -> &Party {
        match side {
            Side::Caller => &self.caller,
            Side::Callee => &self.callee,
        }
    }

    fn party_mut(&mut self, side: Side) -> &mut Party {
        match side {
            Side::Caller => &mut self.caller,
            Side::Callee => &mut self.callee,
        }
    }

    /// Takes a request of one side. Whether it is new, and not the same at another hop.
    pub(super) fn request(&mut self, side: Side, facts: &Facts<'_>) -> Result<bool, FindingKind> {
        let party = self.party_mut(side);
        let (cseq, method) = (facts.cseq, facts.method.as_str());
        if party.requests.iter().any(|it| (it.0, &*it.1) == (cseq, method)) {
            return Ok(false);
        }
        if party.requests.len() == REMEMBERED {
            party.requests.pop_front();
        }
        party.requests.push_back((cseq, method.into()));
        if facts.method == Method::ACK || facts.method == Method::CANCEL {
            return Ok(true);
        }
        match party.last.replace(cseq.max(party.last.unwrap_or_default())) {
            Some(last) if cseq < last => Err(FindingKind::OutOfOrder { last, came: cseq }),
            _ => Ok(true),
        }
    }

    /// One side has told an address where it can be reached.
    pub(super) fn contact(&mut self, side: Side, told: IpAddr, uri: &str, at: Duration) {
        let targets = &mut self.party_mut(side).targets;
        let room = targets.len() < REMEMBERED;
        match targets.iter_mut().find(|it| it.told == told) {
            Some(target) if *target.uri == *uri => {}
            Some(target) => {
                target.earlier = Some(std::mem::replace(&mut target.uri, uri.into()));
                target.since = at;
            }
            None if room => {
                targets.push(Target { told, uri: uri.into(), since: at, earlier: None });
            }
            None => {}
        }
    }

    /// A response to the request that makes the dialog, with the proxies that have recorded
    /// themselves. Where it leaves the callee it has the callee's route set, and where it reaches
    /// the caller, that of the caller in reverse (RFC 3261 §12.1).
    pub(super) fn recorded(
        &mut self,
        facts: &Facts<'_>,
        hop: &Hop,
        routes: impl FnOnce() -> Vec<Box<str>>,
    ) {
        let nearest = facts.vias > self.vias;
        if !nearest && facts.vias > 1 {
            return;
        }
        let routes = routes();
        if facts.vias == 1 {
            let routes = routes.iter().rev().cloned().collect();
            self.caller.route_set = Some(RouteSet { told: hop.destination.ip(), routes });
        }
        if nearest {
            self.vias = facts.vias;
            self.callee.route_set = Some(RouteSet { told: hop.source.ip(), routes });
        }
    }

    /// Whether a request that its user agent has sent itself goes where it has to go
    /// (RFC 3261 §12.2.1.1). What the user agent was told was not seen, if it was not told there
    /// where the request comes from.
    pub(super) fn check_path(
        &self,
        side: Side,
        request: &Request,
        hop: &Hop,
        at: Duration,
    ) -> Option<FindingKind> {
        let sender = hop.source.ip();
        let uri = str::from_utf8(request.uri_bytes()).ok()?;
        let target = self.party(side.other()).targets.iter().find(|it| it.told == sender);
        let mut to_target = uri;
        let routes = facts::route(request);
        let set = self.party(side).route_set.as_ref().filter(|it| it.told == sender);
        if let Some(RouteSet { routes: set, .. }) = set {
            let strict = set.first().filter(|first| !is_loose(first));
            let expected: Vec<&str> = match strict {
                // The strict router is the Request-URI, and the target the last of Route.
                Some(_) => {
                    to_target = routes.last()?;
                    set[1..].iter().map(|it| &**it).chain([to_target]).collect()
                }
                None => set.iter().map(|it| &**it).collect(),
            };
            let follows = strict.is_none_or(|first| is_same(first, uri))
                && routes.len() == expected.len()
                && routes.iter().zip(expected).all(|(route, set)| is_same(route, set));
            if !follows {
                return Some(FindingKind::RouteSetNotFollowed {
                    method: request.method().as_str().into(),
                    routes: routes.len(),
                    recorded: set.len(),
                });
            }
        }
        let target = target?;
        let crossed = || {
            let earlier = target.earlier.as_ref().is_some_and(|it| is_same_place(it, to_target));
            earlier && at < target.since + CROSSING
        };
        let wrong = !is_same_place(&target.uri, to_target) && !crossed();
        wrong.then(|| FindingKind::WrongTarget {
            method: request.method().as_str().into(),
            uri: to_target.into(),
            target: target.uri.clone(),
        })
    }

    /// One side has described its session.
    pub(super) fn described(&mut self, side: Side, described: &Described) {
        self.party_mut(side).held = described.is_hold();
    }

    /// Whether one side has put the other on hold.
    pub(super) fn is_held(&self) -> bool {
        self.caller.held || self.callee.held
    }

    /// Takes the ACK for a 2xx. Whether there is an INVITE with its CSeq.
    pub(super) fn acknowledge(&mut self, cseq: u32, at: Duration) -> bool {
        let waiting = self.unacked.len();
        self.unacked.retain(|(invite, _)| *invite != cseq);
        if waiting != self.unacked.len() {
            if self.acked.len() == REMEMBERED {
                self.acked.pop_front();
            }
            self.acked.push_back((cseq, at));
        }
        self.acked_at(cseq).is_some()
    }

    /// When the ACK for the 2xx to an INVITE was seen.
    pub(super) fn acked_at(&self, cseq: u32) -> Option<Duration> {
        self.acked.iter().find(|it| it.0 == cseq).map(|it| it.1)
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == State::Terminated && self.unacked.is_empty() && self.unpracked.is_empty()
    }
}

fn is_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (UriRef::parse(one), UriRef::parse(other)) {
        (Ok(one), Ok(other)) => one.equivalent(&other),
        _ => false,
    }
}

/// Whether two URIs name the same user at the same place, whatever else they say: many leave out
/// parameters of the Contact that they were given.
fn is_same_place(one: &str, other: &str) -> bool {
    if is_same(one, other) {
        return true;
    }
    let (Ok(one), Ok(other)) = (UriRef::parse(one), UriRef::parse(other)) else { return false };
    let place = |uri: &UriRef<'_>| (uri.user().map(str::to_owned), uri.port());
    place(&one) == place(&other)
        && one
            .host_str()
            .unwrap_or_default()
            .eq_ignore_ascii_case(other.host_str().unwrap_or_default())
}

fn is_loose(uri: &str) -> bool {
    UriRef::parse(uri).is_ok_and(|uri| uri.lr())
}
