//! Calls that we make (RFC 3261 §13.2).

use std::time::Instant;

use sip_message::encode::{EncodeError, NameAddrBuilder};
use sip_message::value::QValue;
use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{ClientTransaction, Flow};
use sip_uri::{Uri, UriRef};

use super::alarm::Alarm;
use super::call::{Leg, Phase};
use super::client::{Ack, Outcome, Purpose};
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey, Notification};
use super::message::Abilities;
use super::{AgentError, Extra, Reliability, UserAgent};
use crate::reliable::{Arrival, ReliableClient, rseq_of};
use crate::session_timer::SessionTimerHeaders;
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
    redirects: u8,
    retries: u8,
    /// The Session-Expires that we have asked for.
    interval: Option<u32>,
    /// The highest CSeq of dialogs that are over.
    pub(crate) sequence: u32,
}

/// So many times an INVITE is sent again with a longer session interval.
const RETRIES: u8 = 3;

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
            (Some(body), _) => Some(body.clone()),
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
        let cause = self.calls.get(call).and_then(|data| data.cause);
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
        self.tell_referral(now, call, response.status(), response.reason());
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
    }

    /// The program has to acknowledge a 2xx, for which it has as long as the peer waits.
    pub(super) fn owe_ack(&mut self, now: Instant, call: Call, key: DialogKey, response: Response) {
        let at = now + self.long();
        if let Some(leg) = self.calls.get_mut(call).and_then(|data| data.leg_of(key)) {
            leg.owed = Some(Box::new(response));
            self.alarms.set(Alarm::NoAck(call), at);
        }
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

    /// The ACK for a 2xx with our answer, or without.
    fn acknowledge_success(
        &mut self,
        transaction: ClientTransaction,
        call: Call,
        key: DialogKey,
        answer: Option<Body>,
    ) {
        let Some(near) = self.calls.get(call).map(|data| data.flow) else { return };
        if let Some(leg) = self.calls.get_mut(call).and_then(|data| data.leg_of(key)) {
            // An answer that is owed and not there is as good as refused: the peer will hang up.
            let taken = leg.state.take(Sender::Us, Carrier::Ack, answer.is_some());
            if taken.is_err() {
                leg.state.fail(Carrier::Success);
            }
        }
        self.send_ack(transaction, key, near, answer.as_ref());
    }

    /// Sends an ACK for a 2xx and keeps it for when the 2xx comes again.
    pub(super) fn send_ack(
        &mut self,
        transaction: ClientTransaction,
        key: DialogKey,
        near: Flow,
        answer: Option<&Body>,
    ) {
        let flow = self.route(key, near);
        let Some(sent) = self.clients.get(&transaction) else { return };
        let Some(entry) = self.dialogs.get(key) else { return };
        let cseq = sent.request.headers().find(header::CSeq).ok().flatten();
        let mut builder = entry.dialog.ack(cseq.map_or(0, |cseq| cseq.number()));
        // RFC 3261 §22.1: the ACK has the credentials of its INVITE.
        for name in ["Authorization", "Proxy-Authorization"] {
            for line in sent.request.headers().lines(name) {
                builder.header_raw(name, line.value());
            }
        }
        let tag: Box<str> = entry.dialog.id().remote_tag.into();
        let ack = self.finish_request(&mut builder, &Extra::new(), answer);
        let Ok(ack) =
            ack.map_err(AgentError::from).and_then(|ack| Ok(self.endpoint.with_via(flow, &ack)?))
        else {
            return;
        };
        self.endpoint.send_stateless(flow, ack.clone());
        if let Some(sent) = self.clients.get_mut(&transaction) {
            sent.acks.push(Ack { tag, flow, ack });
        }
    }

    /// Sends the ACK again for a 2xx that has come before. Whether it had.
    pub(super) fn repeat_ack(
        &mut self,
        transaction: ClientTransaction,
        response: &Response,
    ) -> bool {
        let Some(id) = DialogId::of_response(response) else { return false };
        let Some(sent) = self.clients.get(&transaction) else { return false };
        let Some(kept) = sent.acks.iter().find(|it| *it.tag == *id.remote_tag) else {
            // The program has not given the answer yet: the 2xx will come again.
            let owed = |call: Call| {
                self.calls.get(call)?.legs.iter().find(|leg| {
                    self.dialogs.get(leg.key).is_some_and(|it| it.dialog.id() == id)
                        && leg.owed.as_ref().is_some_and(|it| it.status().is_success())
                })
            };
            return Self::purpose_call(sent.purpose).and_then(owed).is_some();
        };
        let (flow, ack) = (kept.flow, kept.ack.clone());
        self.endpoint.send_stateless(flow, ack);
        true
    }

    /// Sends what the program was to send: the PRACK for a reliable provisional response
    /// ([`Event::Progress`]), or the ACK for a 2xx ([`Event::Answered`]). The body is the answer to
    /// the offer that came with it; in a PRACK it may be an offer too, where none is open.
    ///
    /// # Errors
    /// When nothing is to be acknowledged, an answer is missing, or the message cannot be built.
    pub fn acknowledge(
        &mut self,
        now: Instant,
        call: Call,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let data = self.data(call)?;
        let leg = data.legs.iter().find(|leg| leg.owed.is_some());
        let leg = leg.ok_or(AgentError::State("nothing is to be acknowledged"))?;
        let (key, response) = (leg.key, leg.owed.as_deref().cloned());
        let Some(response) = response else { return Err(AgentError::Gone) };
        let transaction = match (&data.setup, &data.change) {
            (Some(setup), _) => setup.transaction,
            (None, Some(change)) => change.transaction,
            (None, None) => None,
        };
        let transaction = transaction.ok_or(AgentError::Gone)?;
        let success = response.status().is_success();
        let state = leg.state;
        let owes = state.owes_answer(if success { Carrier::Success } else { Carrier::Reliable });
        if owes && extra.body.is_none() {
            let carrier = if success { Carrier::Ack } else { Carrier::Prack };
            return Err(crate::OfferAnswerError::Missing(carrier).into());
        }
        if success {
            self.alarms.clear(Alarm::NoAck(call));
            self.acknowledge_success(transaction, call, key, extra.body);
            if let Some(leg) = self.data_mut(call)?.leg_of(key) {
                leg.owed = None;
            }
            let first = self.data(call)?.phase == Phase::Answered;
            if first {
                self.establish(now, call);
            } else {
                self.change_done(call, response.into());
            }
        } else {
            self.send_prack(now, call, key, transaction, &response, extra.body)?;
            if let Some(leg) = self.data_mut(call)?.leg_of(key) {
                leg.owed = None;
            }
        }
        self.digest(now);
        Ok(())
    }

    /// A final response that is no 2xx, or none at all.
    fn invite_refused(&mut self, now: Instant, call: Call, outcome: Outcome) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let cause = data.cause;
        let Some(setup) = data.setup.as_mut() else { return };
        let (retries, redirects) = (setup.retries, setup.redirects);
        self.drop_all_legs(call);
        if cause.is_some() {
            self.invite_failed(now, call, outcome);
            return;
        }
        match (outcome.status.code(), &outcome.response) {
            (422, Some(response)) if retries < RETRIES => {
                let least = SessionTimerHeaders::of(response).min_se;
                let again = least.is_some_and(|least| self.ask_longer(now, call, least).is_ok());
                if !again {
                    self.invite_failed(now, call, outcome);
                }
            }
            (300..=399, Some(response)) if redirects < self.config.follow_redirects => {
                let target = redirect_target(response);
                let followed =
                    target.is_some_and(|target| self.redirect_to(now, call, None, &target).is_ok());
                if !followed {
                    self.invite_failed(now, call, outcome);
                }
            }
            (300..=399, Some(response)) if redirects == 0 && self.config.follow_redirects == 0 => {
                let response = response.clone();
                if let Some(data) = self.calls.get_mut(call) {
                    data.phase = Phase::Redirected;
                }
                // The program has as long to decide as the INVITE may ring.
                self.start_ring_alarm(now, call);
                self.events.push_back(Event::Redirected { call, response });
            }
            _ => self.invite_failed(now, call, outcome),
        }
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

    /// Sends the INVITE again and asks for a session interval that the server takes (RFC 4028
    /// §7.4).
    fn ask_longer(&mut self, now: Instant, call: Call, least: u32) -> Result<(), AgentError> {
        let setup = self.data_mut(call)?.setup.as_mut().ok_or(AgentError::Gone)?;
        setup.retries += 1;
        let asked = setup.interval.ok_or(AgentError::Unsupported("session timers"))?.max(least);
        setup.interval = Some(asked);
        self.send_again(now, call, None, |edit| {
            edit.set(header::SessionExpires, format_args!("{asked}"));
            edit.set(header::MinSE, format_args!("{least}"));
        })
    }

    /// Sends the INVITE again: a new transaction with the same Call-ID, From and To, and the next
    /// CSeq (RFC 3261 §8.1.3.5).
    fn send_again(
        &mut self,
        now: Instant,
        call: Call,
        flow: Option<Flow>,
        change: impl FnOnce(&mut sip_message::Edit<'_, Request>),
    ) -> Result<(), AgentError> {
        let data = self.data(call)?;
        let flow = flow.unwrap_or(data.flow);
        let former = data.setup.as_ref().ok_or(AgentError::Gone)?.request.clone();
        let number = self.next_number(Purpose::Invite(call), &former)?;
        let mut edit = former.edit();
        edit.set(header::CSeq, sip_message::value::CSeq::new(number, Method::INVITE));
        change(&mut edit);
        let request = edit.finish()?;
        let transaction = self.send(now, flow, request.clone(), Purpose::Invite(call))?;
        let data = self.data_mut(call)?;
        data.flow = flow;
        data.phase = Phase::Calling;
        if let Some(setup) = data.setup.as_mut() {
            setup.transaction = Some(transaction);
            setup.request = request;
        }
        self.start_ring_alarm(now, call);
        Ok(())
    }

    /// Tries a call elsewhere that was redirected ([`Event::Redirected`]): at one of the targets
    /// of Contact, over a flow that the program has found (RFC 3261 §8.1.3.4).
    ///
    /// # Errors
    /// When the call was not redirected, or the request cannot be built or sent.
    pub fn follow(
        &mut self,
        now: Instant,
        call: Call,
        flow: Flow,
        target: &str,
    ) -> Result<(), AgentError> {
        if self.data(call)?.phase != Phase::Redirected {
            return Err(AgentError::State("the call was not redirected"));
        }
        self.redirect_to(now, call, Some(flow), target)?;
        self.digest(now);
        Ok(())
    }

    fn redirect_to(
        &mut self,
        now: Instant,
        call: Call,
        flow: Option<Flow>,
        target: &str,
    ) -> Result<(), AgentError> {
        let near = self.data(call)?.flow;
        let uri: Uri = target.parse().map_err(EncodeError::from)?;
        let flow = flow.or_else(|| self.resolver.resolve(UriRef::from(&uri), near));
        if let Some(setup) = self.data_mut(call)?.setup.as_mut() {
            setup.redirects += 1;
        }
        self.send_again(now, call, flow, |edit| {
            edit.set_uri(target);
        })
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

/// The first target of a redirection that is a SIP URI.
fn redirect_target(response: &Response) -> Option<String> {
    let mut targets: Vec<(u16, String)> = Vec::new();
    for contact in response.headers().each(header::Contact).flatten() {
        let q = contact.q().and_then(Result::ok).map_or(1_000, QValue::thousandths);
        let uri = contact.address().and_then(|address| address.uri().ok());
        if let Some(uri) = uri.filter(|uri| uri.scheme().is_sip() || uri.scheme().is_sips()) {
            targets.push((q, uri.as_str().to_owned()));
        }
    }
    // The highest q first; of equals, the first.
    targets.sort_by_key(|(q, _)| std::cmp::Reverse(*q));
    targets.into_iter().next().map(|(_, target)| target)
}
