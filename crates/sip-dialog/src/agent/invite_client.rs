//! Calls that we make (RFC 3261 §13.2).

use std::time::Instant;

use sip_message::encode::NameAddrBuilder;
use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{ClientTransaction, Flow};
use sip_uri::UriRef;

use super::alarm::Alarm;
use super::call::{Leg, Phase};
use super::client::{Outcome, Purpose};
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey, Notification};
use super::invite_server::NEGOTIATED;
use super::message::Abilities;
use super::{AgentError, Extra, Reliability, UserAgent};
use crate::reliable::{Arrival, ReliableClient, rseq_of};
use crate::{
    Body, Carrier, Dialog, DialogId, Meaning, Negotiator, OfferAnswerState, Sender, SessionTimer,
};

/// What an INVITE of ours has of its own.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct InviteOptions {
    /// Headers, and the offer. Without one, the callee makes it.
    pub extra: Extra,
    /// What makes the offers and answers of this call.
    pub negotiator: Option<Box<dyn Negotiator>>,
    /// The displayed name in To.
    pub display_name: Option<String>,
    /// Whether the program sends PRACK and ACK itself, by
    /// [`acknowledge`](UserAgent::acknowledge): a PRACK can then have an offer.
    pub acknowledge: bool,
    /// The REFER that this call comes of: its subscriber is told what becomes of the call.
    pub referral: Option<Notification>,
}

impl InviteOptions {
    /// With headers and an offer, and nothing else.
    #[must_use]
    pub fn new(extra: Extra) -> Self {
        Self { extra, ..Self::default() }
    }

    /// With a negotiator that makes the offer.
    #[must_use]
    pub fn negotiated(negotiator: impl Negotiator + 'static) -> Self {
        Self { negotiator: Some(Box::new(negotiator)), ..Self::default() }
    }
}

/// What is known of an INVITE of ours that makes a call.
#[derive(Debug)]
pub(crate) struct Setup {
    /// What is under way.
    pub(crate) transaction: Option<ClientTransaction>,
    pub(crate) request: Request,
    /// How far offer and answer are before any dialog.
    state: OfferAnswerState,
    negotiator: Option<Box<dyn Negotiator>>,
    acknowledge: bool,
    pub(crate) redirects: u8,
    pub(crate) retries: u8,
    /// The Session-Expires that we have asked for.
    pub(crate) interval: Option<u32>,
    /// The highest CSeq of dialogs that are over.
    pub(crate) sequence: u32,
}

impl UserAgent {
    /// Calls somebody. The flow says from where to where the INVITE goes, which the program has
    /// found out before (RFC 3263); the target is the Request-URI.
    ///
    /// # Errors
    /// When there are as many calls as there may be, the target is no URI, an offer cannot be made,
    /// or the request cannot be built or sent.
    pub fn invite(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        options: InviteOptions,
    ) -> Result<Call, AgentError> {
        if !self.has_room_for_call(flow.remote.ip()) {
            return Err(AgentError::Full);
        }
        let InviteOptions { extra, mut negotiator, display_name, acknowledge, referral } = options;
        let offer = match (&extra.body, &mut negotiator) {
            (Some(_), Some(_)) => return Err(NEGOTIATED),
            (Some(body), None) => Some(body.clone()),
            (None, Some(negotiator)) => Some(negotiator.offer()?),
            (None, None) => None,
        };
        let tag = self.random.tag();
        let call_id = self.random.call_id();
        let number = self.random.sequence();
        let sips = UriRef::parse(target).is_ok_and(|uri| uri.scheme().is_sips());
        let mut builder = Request::builder(Method::INVITE, target);
        let to = NameAddrBuilder::new(target);
        let to = match &display_name {
            Some(name) => to.and_then(|to| to.display_name(name)),
            None => to,
        };
        builder.header(header::To, to?);
        builder.header_raw("From", format!("{};tag={tag}", self.config.identity).as_str());
        builder.header(header::CallId, call_id.as_str());
        builder.cseq(number);
        let contact = self.contact_uri(flow, sips);
        self.introduce(&mut builder, &contact);
        if self.config.reliability == Reliability::Required {
            builder.header(header::Require, "100rel");
        }
        let interval = self.config.session_timer.map(|it| it.interval);
        self.ask_for_timer(&mut builder, None);
        let request = self.finish_request(&mut builder, &extra, offer.as_ref())?;
        let mut state = OfferAnswerState::default();
        state.take(Sender::Us, Carrier::Invite, offer.is_some())?;
        let call = self.insert_call(true, Phase::Calling, flow);
        let sent = self.send(now, flow, request.clone(), Purpose::Invite(call));
        let transaction = match sent {
            Ok(transaction) => transaction,
            Err(error) => {
                self.discard_call(call);
                return Err(error);
            }
        };
        let data = self.data_mut(call)?;
        data.referral = referral;
        data.setup = Some(Box::new(Setup {
            transaction: Some(transaction),
            request,
            state,
            negotiator,
            acknowledge,
            redirects: 0,
            retries: 0,
            interval,
            sequence: 0,
        }));
        self.start_ring_alarm(now, call);
        self.digest(now);
        Ok(call)
    }

    /// Forgets a call that has never begun.
    fn discard_call(&mut self, call: Call) {
        if let Some(data) = self.calls.remove(call) {
            self.count_source(data.source, |counts| counts.calls -= 1);
        }
    }

    pub(super) fn start_ring_alarm(&mut self, now: Instant, call: Call) {
        if let Some(ring) = self.config.ring {
            self.alarms.set(Alarm::Ring(call), now + ring);
        }
    }

    /// The INVITE has rung for too long.
    pub(super) fn rung_out(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get_mut(call) else { return };
        if data.serving.is_some() {
            return self.give_up_serving(now, call);
        }
        if matches!(data.phase, Phase::Calling | Phase::Redirected) && data.cause.is_none() {
            data.cause = Some(EndCause::Rejected(StatusCode::REQUEST_TIMEOUT));
            self.cancel_setup(now, call, None);
        }
    }

    /// What has come of an INVITE that makes a call.
    pub(super) fn invite_outcome(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        outcome: Outcome,
    ) {
        match (outcome.status.code(), &outcome.response) {
            (100, _) => {}
            (101..=199, Some(response)) => {
                let response = response.clone();
                self.invite_progress(now, transaction, call, response);
            }
            (200..=299, Some(response)) => {
                let response = response.clone();
                self.invite_success(now, transaction, call, response);
            }
            _ => {
                let current = self.calls.get(call).and_then(|data| data.setup.as_ref());
                if current.is_some_and(|setup| setup.transaction == Some(transaction)) {
                    self.invite_refused(now, call, outcome);
                }
            }
        }
    }

    /// A provisional response (RFC 3261 §13.2.2.1, RFC 3262 §4).
    fn invite_progress(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        response: Response,
    ) {
        let Some(data) = self.calls.get(call) else { return };
        let current =
            data.setup.as_ref().is_some_and(|setup| setup.transaction == Some(transaction));
        if !current {
            return;
        }
        let key = self.leg_for(call, &response);
        let rseq = rseq_of(&response);
        let Some(key) = key else {
            // An RFC 2543 peer makes no early dialog; a response in a dialog too many is dropped.
            if rseq.is_none()
                && DialogId::of_response(&response).is_none_or(|id| id.remote_tag.is_empty())
            {
                self.events.push_back(Event::Progress { call, response, acknowledge: false });
            }
            return;
        };
        let Ok(acknowledge) = self.take_provisional(now, call, key, transaction, &response) else {
            return;
        };
        if response.status() == StatusCode::EARLY_DIALOG_TERMINATED {
            let id = self.dialogs.get(key).map(|it| it.dialog.id().remote_tag.to_owned());
            self.drop_leg(call, key);
            let remote_tag = id.unwrap_or_default();
            self.events.push_back(Event::EarlyDialogEnded { call, remote_tag });
            return;
        }
        self.tell_referral(now, call, response.status(), response.reason());
        self.events.push_back(Event::Progress { call, response, acknowledge });
    }

    /// The early dialog of a response, which is made if there is none yet.
    fn leg_for(&mut self, call: Call, response: &Response) -> Option<DialogKey> {
        let id = DialogId::of_response(response)?;
        let data = self.calls.get(call)?;
        if let Some(key) = self.dialogs.find(id) {
            return data.legs.iter().any(|leg| leg.key == key).then_some(key);
        }
        let setup = data.setup.as_ref()?;
        if id.remote_tag.is_empty() || data.legs.len() >= self.config.limits.early_dialogs {
            return None;
        }
        let dialog = Dialog::uac(&setup.request, response, data.flow.transport.is_secure()).ok()?;
        Some(self.add_leg(call, dialog))
    }

    /// Gives a call one more dialog.
    fn add_leg(&mut self, call: Call, mut dialog: Dialog) -> DialogKey {
        if let Some(setup) = self.calls.get(call).and_then(|data| data.setup.as_ref()) {
            dialog.raise_sequence(setup.sequence);
        }
        let key = self.dialogs.insert(dialog, Some(call));
        if let Some(data) = self.calls.get_mut(call) {
            let setup = data.setup.as_ref();
            let state = setup.map(|setup| setup.state).unwrap_or_default();
            let negotiator = setup.and_then(|setup| setup.negotiator.as_ref()).map(|it| it.fork());
            let reliable = ReliableClient::default();
            data.legs.push(Leg { key, state, reliable, owed: None, negotiator });
        }
        key
    }

    /// Takes a provisional response in an early dialog: a reliable one is acknowledged. Whether
    /// the program has to do that; an error when the response is to be dropped.
    pub(super) fn take_provisional(
        &mut self,
        now: Instant,
        call: Call,
        key: DialogKey,
        transaction: ClientTransaction,
        response: &Response,
    ) -> Result<bool, ()> {
        let Some(rseq) = rseq_of(response) else { return Ok(false) };
        let data = self.calls.get_mut(call).ok_or(())?;
        let by_program = data.setup.as_ref().is_some_and(|setup| setup.acknowledge);
        let leg = data.leg_of(key).ok_or(())?;
        if leg.reliable.take(rseq) != Arrival::Next {
            return Err(());
        }
        // RFC 6141 §4.7: a reliable response refreshes the target.
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.refresh_target(response);
        }
        let description = super::message::description(response);
        let meaning = leg.state.take(Sender::Peer, Carrier::Reliable, description.is_some());
        let mut answer = None;
        let mut owes = by_program;
        match (meaning, &description, &mut leg.negotiator) {
            (Ok(Meaning::Answer), Some(body), Some(negotiator)) => {
                // An answer that makes no sense shows when the call is answered.
                let _ = negotiator.take_answer(body);
            }
            (Ok(Meaning::Offer), Some(body), Some(negotiator)) => match negotiator.answer(body) {
                Ok(body) => answer = Some(body),
                Err(_) => owes = true,
            },
            (Ok(Meaning::Offer), _, None) => owes = true,
            _ => {}
        }
        if owes {
            leg.owed = Some(Box::new(response.clone()));
            return Ok(true);
        }
        let _ = self.send_prack(now, call, key, transaction, response, answer);
        Ok(false)
    }

    /// A 2xx (RFC 3261 §13.2.2.4).
    fn invite_success(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        response: Response,
    ) {
        if self.repeat_ack(transaction, &response) {
            return;
        }
        // So many branches of a fork, and no more, can answer.
        let answered = self.clients.get(&transaction).map_or(0, |sent| sent.acks.len());
        if answered >= self.config.limits.early_dialogs {
            return;
        }
        let wanted = self.calls.get(call).is_some_and(|data| {
            data.phase == Phase::Calling
                && data.setup.as_ref().is_some_and(|setup| setup.transaction == Some(transaction))
        });
        let left = DialogId::of_response(&response)
            .and_then(|id| self.dialogs.get(self.dialogs.find(id)?))
            .is_some_and(|entry| entry.leaving);
        let cause = self.calls.get(call).and_then(|data| data.cause);
        // The early dialog that BYE was said in has answered all the same (RFC 5407 §3.1.3).
        let cause = cause.or_else(|| left.then_some(EndCause::HungUp));
        if !wanted || cause.is_some() {
            self.turn_down(now, transaction, call, &response, wanted.then_some(cause).flatten());
            return;
        }
        let Some(key) = self.winner(call, &response) else {
            // No dialog can be made of it: the call cannot be.
            self.remove_call(now, call, EndCause::NoDescription, Some(response.into()));
            return;
        };
        self.alarms.clear(Alarm::Ring(call));
        let Some(data) = self.calls.get_mut(call) else { return };
        let place = data.legs.iter().position(|leg| leg.key == key).unwrap_or_default();
        data.legs.swap(0, place);
        data.abilities = Abilities::of(&response);
        let interval = data.setup.as_ref().and_then(|setup| setup.interval);
        let by_program = data.setup.as_ref().is_some_and(|setup| setup.acknowledge);
        data.timer = match interval {
            Some(interval) => SessionTimer::learn(&response, Some(interval)),
            None => None,
        };
        data.phase = Phase::Answered;
        if data.legs.len() > 1 {
            let at = now + self.long();
            self.alarms.set(Alarm::OtherDialogs(call), at);
        }
        let (status, reason) = (response.status(), response.reason().to_vec());
        match self.take_success(call, key, &response) {
            Ok(Settled::Acknowledge(answer)) if !by_program => {
                self.acknowledge_success(transaction, call, key, answer);
                self.establish(now, call);
                self.events.push_back(Event::Answered { call, response, acknowledge: false });
            }
            Ok(Settled::Acknowledge(_) | Settled::Owed) => {
                self.owe_ack(now, call, key, response.clone());
                self.events.push_back(Event::Answered { call, response, acknowledge: true });
            }
            Err(()) => {
                self.acknowledge_success(transaction, call, key, None);
                self.end_with_bye(now, call, EndCause::NoDescription);
            }
        }
        self.tell_referral(now, call, status, &reason);
    }

    /// The dialog of the first 2xx: an early one that is confirmed, or a new one.
    fn winner(&mut self, call: Call, response: &Response) -> Option<DialogKey> {
        let id = DialogId::of_response(response)?;
        let data = self.calls.get(call)?;
        let known = self.dialogs.find(id).filter(|key| data.legs.iter().any(|leg| leg.key == *key));
        if let Some(key) = known {
            self.dialogs.get_mut(key)?.dialog.confirm(response).ok()?;
            return Some(key);
        }
        let setup = data.setup.as_ref()?;
        let dialog = Dialog::uac(&setup.request, response, data.flow.transport.is_secure()).ok()?;
        Some(self.add_leg(call, dialog))
    }

    /// Takes the description of a 2xx to an INVITE of ours, the first or a later one.
    pub(super) fn take_success(
        &mut self,
        call: Call,
        key: DialogKey,
        response: &Response,
    ) -> Result<Settled, ()> {
        let leg = self.calls.get_mut(call).and_then(|data| data.leg_of(key)).ok_or(())?;
        let description = super::message::description(response);
        let meaning = leg.state.take(Sender::Peer, Carrier::Success, description.is_some());
        match (meaning.map_err(drop)?, &description, &mut leg.negotiator) {
            (Meaning::Answer, Some(body), Some(negotiator)) => {
                negotiator.take_answer(body).map_err(drop)?;
                Ok(Settled::Acknowledge(None))
            }
            (Meaning::Offer, Some(body), Some(negotiator)) => {
                let answer = negotiator.answer(body).map_err(drop)?;
                Ok(Settled::Acknowledge(Some(answer)))
            }
            (Meaning::Offer, ..) => Ok(Settled::Owed),
            _ => Ok(Settled::Acknowledge(None)),
        }
    }

    /// A 2xx that is not wanted: of one more branch of a fork, or of a call that was taken back. It
    /// is acknowledged, and the dialog ended (RFC 3261 §13.2.2.4).
    fn turn_down(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        response: &Response,
        cause: Option<EndCause>,
    ) {
        let Some(key) = self.unwanted_dialog(transaction, call, response) else {
            // There is nothing that BYE could be sent in.
            if let Some(cause) = cause {
                self.remove_call(now, call, cause, Some(response.clone().into()));
            }
            return;
        };
        let Some(near) = self.clients.get(&transaction).map(|sent| sent.flow) else { return };
        self.send_ack(transaction, key, near, None);
        let leaving = self.dialogs.get(key).is_some_and(|entry| entry.leaving);
        let only = cause.is_some();
        if !leaving {
            let owner = only.then_some(call);
            self.send_bye(now, key, near, owner, &Extra::new());
        }
        match only {
            // BYE is under way already, and belongs to its dialog alone.
            true if leaving => {
                let cause = cause.unwrap_or(EndCause::HungUp);
                self.remove_call(now, call, cause, Some(response.clone().into()));
            }
            true => {
                if let Some(data) = self.calls.get_mut(call) {
                    data.phase = Phase::Ending;
                    data.setup = None;
                }
                self.alarms.clear(Alarm::Ring(call));
            }
            false => {
                if self.calls.get(call).is_some_and(|data| data.legs.iter().any(|it| it.key == key))
                {
                    self.drop_leg(call, key);
                }
            }
        }
    }

    /// The dialog of a 2xx that is not wanted.
    fn unwanted_dialog(
        &mut self,
        transaction: ClientTransaction,
        call: Call,
        response: &Response,
    ) -> Option<DialogKey> {
        let id = DialogId::of_response(response)?;
        if let Some(key) = self.dialogs.find(id) {
            self.dialogs.get_mut(key)?.dialog.confirm(response).ok()?;
            return Some(key);
        }
        let sent = self.clients.get(&transaction)?;
        let over_tls = sent.flow.transport.is_secure();
        let mut dialog = Dialog::uac(&sent.request, response, over_tls).ok()?;
        if let Some(setup) = self.calls.get(call).and_then(|data| data.setup.as_ref()) {
            dialog.raise_sequence(setup.sequence);
        }
        Some(self.dialogs.insert(dialog, None))
    }

    /// The call will not be.
    pub(super) fn invite_failed(&mut self, now: Instant, call: Call, outcome: Outcome) {
        let Some(data) = self.calls.get(call) else { return };
        let cause = data.cause.unwrap_or(EndCause::Rejected(outcome.status));
        let reason = outcome.response.as_ref().map(|it| it.reason().to_vec()).unwrap_or_default();
        self.tell_referral(now, call, outcome.status, &reason);
        self.remove_call(now, call, cause, outcome.message());
    }

    pub(super) fn drop_all_legs(&mut self, call: Call) {
        let keys: Vec<DialogKey> = self
            .calls
            .get(call)
            .map(|it| it.legs.iter().map(|leg| leg.key).collect())
            .unwrap_or_default();
        for key in keys {
            self.drop_leg(call, key);
        }
    }

    /// The early dialogs that the 2xx did not come from are over (RFC 3261 §13.2.2.4).
    pub(super) fn drop_other_dialogs(&mut self, call: Call) {
        let Some(data) = self.calls.get(call) else { return };
        let others: Vec<DialogKey> = data.legs.iter().skip(1).map(|leg| leg.key).collect();
        for key in others {
            let tag = self.dialogs.get(key).map(|it| it.dialog.id().remote_tag.to_owned());
            self.drop_leg(call, key);
            let remote_tag = tag.unwrap_or_default();
            self.events.push_back(Event::EarlyDialogEnded { call, remote_tag });
        }
        if let Some(data) = self.calls.get_mut(call) {
            data.legs.shrink_to_fit();
        }
    }

    /// Both sides have what they need: what made the call is forgotten.
    pub(super) fn establish(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get_mut(call) else { return };
        data.phase = Phase::Established;
        if let Some(mut setup) = data.setup.take()
            && let Some(leg) = data.leg_mut()
            && leg.negotiator.is_none()
        {
            leg.negotiator = setup.negotiator.take();
        }
        self.start_session_timer(now, call);
    }

    /// Takes our INVITE back (RFC 3261 §9.1): the one that makes the call, or a re-INVITE. CANCEL
    /// is sent as soon as a provisional response has come. If a 2xx comes all the same, the call
    /// is ended by BYE. `reason` is the value of Reason (RFC 3326).
    ///
    /// # Errors
    /// When no INVITE of ours is under way.
    pub fn cancel(
        &mut self,
        now: Instant,
        call: Call,
        reason: Option<&str>,
    ) -> Result<(), AgentError> {
        let data = self.data_mut(call)?;
        match data.phase {
            Phase::Calling | Phase::Redirected => {
                data.cause.get_or_insert(EndCause::Cancelled);
                self.cancel_setup(now, call, reason);
            }
            _ if data.is_inviting() => {
                let under_way = data.change.as_ref().and_then(|change| change.transaction);
                let transaction = under_way.ok_or(AgentError::Gone)?;
                let cancelled = self.endpoint.cancel(now, transaction, reason);
                cancelled.map_err(|_| AgentError::State("the INVITE has its final response"))?;
                if let Some(change) = self.data_mut(call)?.change.as_mut() {
                    change.cancelled = true;
                }
            }
            _ => return Err(AgentError::State("no INVITE of ours is under way")),
        }
        self.digest(now);
        Ok(())
    }

    /// CANCEL for the INVITE that makes a call; where it has its final response already, as one
    /// that waits for credentials has, the call is over.
    pub(super) fn cancel_setup(&mut self, now: Instant, call: Call, reason: Option<&str>) {
        self.alarms.clear(Alarm::Ring(call));
        let setup = self.calls.get(call).and_then(|data| data.setup.as_ref());
        let transaction = setup.and_then(|setup| setup.transaction);
        let live = transaction.is_some_and(|it| self.endpoint.cancel(now, it, reason).is_ok());
        if !live {
            let cause = self.calls.get(call).and_then(|data| data.cause);
            self.remove_call(now, call, cause.unwrap_or(EndCause::Cancelled), None);
        }
    }
}

/// What is to be done about a 2xx.
pub(super) enum Settled {
    /// It is acknowledged, with the answer if it had an offer.
    Acknowledge(Option<Body>),
    /// The program has to make the answer.
    Owed,
}
