//! What is known of a call.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use sip_message::{Request, Response, StatusCode};
use sip_transaction::{ClientTransaction, Flow, ServerTransaction};
use smallvec::SmallVec;

use super::UserAgent;
use super::alarm::Alarm;
use super::client::Purpose;
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey, Notification};
use super::invite_client::Setup;
use super::message::{Abilities, Extra};
use crate::reliable::{ReliableClient, ReliableServer};
use crate::{AgentError, Negotiator, OfferAnswerState, SessionTimer};

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Our INVITE has no final response.
    Calling,
    /// Our INVITE was redirected, and the program has not said whether to follow.
    Redirected,
    /// The peer's INVITE has no final response.
    Ringing,
    /// The INVITE has a 2xx, and no ACK yet.
    Answered,
    /// Both sides have what they need.
    Established,
    /// The call is being ended.
    Ending,
}

/// A call.
#[derive(Debug)]
pub(crate) struct CallData {
    /// Whether we have called: then the Call-ID is ours.
    pub(crate) ours: bool,
    pub(crate) phase: Phase,
    pub(crate) flow: Flow,
    /// The source that it is counted for.
    pub(crate) source: IpAddr,
    /// Its dialogs: several while an INVITE of ours is forked. The first is the one of the call.
    pub(crate) legs: SmallVec<[Leg; 1]>,
    /// Our INVITE that makes the call.
    pub(crate) setup: Option<Box<Setup>>,
    /// The peer's INVITE that is not acknowledged.
    pub(crate) serving: Option<Box<Serving>>,
    /// Our re-INVITE or UPDATE.
    pub(crate) change: Option<Box<Change>>,
    /// The peer's UPDATE or PRACK whose offer waits for the program's answer.
    pub(crate) asked: Option<Box<Asked>>,
    pub(crate) timer: Option<SessionTimer>,
    pub(crate) abilities: Abilities,
    /// The REFER that this call comes of: its subscriber is told what becomes of the call.
    pub(crate) referral: Option<Notification>,
    /// The call that this one takes the place of when it is accepted.
    pub(crate) replaces: Option<Call>,
    /// Why it ends, while it does.
    pub(crate) cause: Option<EndCause>,
}

/// One dialog of a call.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) key: DialogKey,
    pub(crate) state: OfferAnswerState,
    pub(crate) reliable: ReliableClient,
    /// The response that the program is to acknowledge.
    pub(crate) owed: Option<Box<Response>>,
    pub(crate) negotiator: Option<Box<dyn Negotiator>>,
}

/// The peer's UPDATE or PRACK with an offer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) transaction: ServerTransaction,
    pub(crate) request: Request,
    /// The dialog that it is in.
    pub(crate) key: DialogKey,
}

/// The peer's INVITE.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) transaction: ServerTransaction,
    pub(crate) request: Request,
    pub(crate) number: u32,
    pub(crate) reliable: ReliableServer,
    /// A 2xx that waits until a provisional response is acknowledged.
    pub(crate) held: Option<Response>,
    /// The 2xx that was sent, and until it is sent again.
    pub(crate) accepted: Option<(Response, Duration)>,
    /// Whether BYE follows the ACK.
    pub(crate) leave: bool,
    /// The last provisional response of the program.
    pub(crate) rung: Option<StatusCode>,
}

impl Serving {
    pub(crate) fn new(
        transaction: ServerTransaction,
        request: Request,
        number: u32,
        random: u64,
    ) -> Box<Self> {
        let before_first = u32::try_from(random & 0x3fff_ffff).unwrap_or_default();
        Box::new(Self {
            transaction,
            request,
            number,
            reliable: ReliableServer::new(before_first),
            held: None,
            accepted: None,
            leave: false,
            rung: None,
        })
    }
}

/// Our re-INVITE or UPDATE.
#[derive(Debug)]
pub(crate) struct Change {
    /// The dialog that it is in: an early one may lose to another before it is answered.
    pub(crate) key: DialogKey,
    pub(crate) update: bool,
    /// Whether it only refreshes the session.
    pub(crate) refresh: bool,
    /// Whether the negotiator makes an offer.
    pub(crate) offers: bool,
    pub(crate) extra: Extra,
    /// Whether it puts the peer on hold, or takes it from hold.
    pub(crate) hold: Option<bool>,
    /// What is under way; `None` while it waits to be tried again.
    pub(crate) transaction: Option<ClientTransaction>,
    pub(crate) number: u32,
    /// Whether the program has taken it back.
    pub(crate) cancelled: bool,
    pub(crate) attempts: u8,
}

impl CallData {
    pub(crate) fn leg(&self) -> Option<&Leg> {
        self.legs.first()
    }

    pub(crate) fn leg_mut(&mut self) -> Option<&mut Leg> {
        self.legs.first_mut()
    }

    pub(crate) fn leg_of(&mut self, key: DialogKey) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.key == key)
    }

    /// Whether an INVITE of ours within the call is under way.
    pub(crate) fn is_inviting(&self) -> bool {
        self.change.as_ref().is_some_and(|it| !it.update && it.transaction.is_some())
    }
}

impl UserAgent {
    pub(super) fn data(&self, call: Call) -> Result<&CallData, AgentError> {
        self.calls.get(call).ok_or(AgentError::Gone)
    }

    pub(super) fn data_mut(&mut self, call: Call) -> Result<&mut CallData, AgentError> {
        self.calls.get_mut(call).ok_or(AgentError::Gone)
    }

    /// The dialog of a call that there is at most one of.
    pub(super) fn key_of(&self, call: Call) -> Result<DialogKey, AgentError> {
        let leg = self.data(call)?.leg();
        leg.map(|leg| leg.key).ok_or(AgentError::State("there is no dialog yet"))
    }

    pub(super) fn has_room_for_call(&self, source: IpAddr) -> bool {
        let limits = &self.config.limits;
        let of_source = self.sources.get(&source).map_or(0, |counts| counts.calls);
        self.calls.len() < limits.calls && of_source < limits.calls_per_source
    }

    pub(super) fn insert_call(&mut self, ours: bool, phase: Phase, flow: Flow) -> Call {
        let source = flow.remote.ip();
        self.count_source(source, |counts| counts.calls += 1);
        self.calls.insert(CallData {
            ours,
            phase,
            flow,
            source,
            legs: SmallVec::new(),
            setup: None,
            serving: None,
            change: None,
            asked: None,
            timer: None,
            abilities: Abilities::default(),
            referral: None,
            replaces: None,
            cause: None,
        })
    }

    /// Takes a dialog from a call.
    pub(super) fn drop_leg(&mut self, call: Call, key: DialogKey) {
        let used = self.dialogs.get(key).and_then(|entry| entry.dialog.local_sequence());
        if let Some(data) = self.calls.get_mut(call) {
            data.legs.retain(|leg| leg.key != key);
            if let Some(setup) = data.setup.as_mut() {
                // The peer may make the same dialog again, by a 2xx.
                setup.sequence = setup.sequence.max(used.unwrap_or_default());
            }
        }
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.call = None;
        }
        self.dialogs.let_go(key);
    }

    /// Forgets a call and tells that it is over.
    pub(super) fn remove_call(
        &mut self,
        now: Instant,
        call: Call,
        cause: EndCause,
        message: Option<sip_message::Message>,
    ) {
        let Some(mut data) = self.calls.remove(call) else { return };
        for alarm in Alarm::of_call(call) {
            self.alarms.clear(alarm);
        }
        self.count_source(data.source, |counts| counts.calls -= 1);
        if let Some(asked) = data.asked.take() {
            self.answer_gone(now, asked.transaction, &asked.request);
        }
        for leg in &data.legs {
            if let Some(entry) = self.dialogs.get_mut(leg.key) {
                entry.call = None;
            }
            self.dialogs.let_go(leg.key);
        }
        // What is still under way is looked after by its transaction; nobody waits for it.
        self.events.push_back(Event::Ended { call, cause, message });
    }

    /// Whether a request of ours is for this call.
    pub(super) fn purpose_call(purpose: Purpose) -> Option<Call> {
        match purpose {
            Purpose::Invite(call) | Purpose::Change(call) | Purpose::Prack(call, _) => Some(call),
            _ => None,
        }
    }
}
