//! Calls that come to us (RFC 3261 §13.3), and INVITEs within calls (§14.2).

use std::time::Instant;

use sip_message::{Builder, Method, Request, Response, StatusCode, header};
use sip_transaction::{Flow, ServerTransaction};

use super::alarm::Alarm;
use super::call::{Leg, Phase, Serving};
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey};
use super::message::{Abilities, description};
use super::replaces::Replacement;
use super::{AgentError, Extra, UserAgent};
use crate::reliable::ReliableClient;
use crate::session_timer::SessionTimerHeaders;
use crate::{
    Body, Carrier, Dialog, Meaning, Negotiator, OfferAnswerError, OfferAnswerState, Sender,
    SessionTimer, State,
};

/// Why a description of the program's own is refused.
pub(super) const NEGOTIATED: AgentError =
    AgentError::State("the negotiator makes the descriptions of this call");

impl UserAgent {
    /// An INVITE outside any dialog.
    pub(super) fn invite_comes(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
    ) {
        if !self.has_room_for_call(flow.remote.ip()) {
            let busy = StatusCode::BUSY_HERE;
            return self.refuse(now, transaction, &request, busy, &Extra::new());
        }
        if self.refuse_short_session(now, transaction, &request) {
            return;
        }
        let Replacement { replaces, joins } = match self.replacement(&request) {
            Ok(replacement) => replacement,
            Err(status) => return self.refuse(now, transaction, &request, status, &Extra::new()),
        };
        let tag = self.random.tag();
        let over_tls = flow.transport.is_secure();
        let Ok(dialog) = Dialog::uas(&request, &tag, State::Early, over_tls) else {
            let bad = StatusCode::BAD_REQUEST;
            return self.refuse(now, transaction, &request, bad, &Extra::new());
        };
        let mut state = OfferAnswerState::default();
        let offered = description(&request).is_some();
        let taken = state.take(Sender::Peer, Carrier::Invite, offered);
        debug_assert!(taken.is_ok(), "nothing is open before the first INVITE");
        let number = dialog.remote_sequence().unwrap_or_default();
        let call = self.insert_call(false, Phase::Ringing, flow);
        let key = self.dialogs.insert(dialog, Some(call));
        let random = self.random.number();
        let abilities = Abilities::of(&request);
        let Some(data) = self.calls.get_mut(call) else { return };
        data.abilities = abilities;
        data.replaces = replaces;
        let reliable = ReliableClient::default();
        data.legs.push(Leg { key, state, reliable, owed: None, negotiator: None });
        data.serving = Some(Serving::new(transaction, request.clone(), number, random));
        self.serve(transaction, call);
        self.endpoint.set_to_tag(transaction, &tag);
        self.start_ring_alarm(now, call);
        self.events.push_back(Event::Incoming { call, flow, request, replaces, joins });
    }

    /// Gives a call something that makes its offers and answers from now on: one that has come,
    /// before it is accepted, or one that was [restored](Self::restore).
    ///
    /// # Errors
    /// When the call is over or has no dialog, or an offer of the program's own waits for its answer.
    pub fn set_negotiator(
        &mut self,
        call: Call,
        negotiator: impl Negotiator + 'static,
    ) -> Result<(), AgentError> {
        let leg = self.data_mut(call)?.leg_mut().ok_or(AgentError::Gone)?;
        if leg.state.offerer() == Some(Sender::Us) {
            return Err(AgentError::State("an offer waits for its answer"));
        }
        leg.negotiator = Some(Box::new(negotiator));
        Ok(())
    }

    /// A peer's INVITE has rung for too long.
    pub(super) fn give_up_serving(&mut self, now: Instant, call: Call) {
        let first = self.calls.get(call).is_some_and(|data| data.phase == Phase::Ringing);
        let status = match first {
            true => StatusCode::TEMPORARILY_UNAVAILABLE,
            false => StatusCode::SERVER_INTERNAL_ERROR,
        };
        let cause = EndCause::Declined(status);
        let _ = self.refuse_serving(now, call, status, &Extra::new(), cause);
    }

    pub(super) fn answer_invite(
        &mut self,
        now: Instant,
        call: Call,
        response: &Response,
    ) -> Result<(), AgentError> {
        let serving = self.data(call)?.serving.as_ref().ok_or(AgentError::Gone)?;
        self.endpoint.send_response(now, serving.transaction, response)?;
        Ok(())
    }

    /// The dialog of the INVITE that is served, our tag in it, and our Contact.
    pub(super) fn serving_names(
        &self,
        call: Call,
    ) -> Result<(DialogKey, String, String), AgentError> {
        let key = self.key_of(call)?;
        let data = self.data(call)?;
        let entry = self.dialogs.get(key).ok_or(AgentError::Gone)?;
        let tag = entry.dialog.id().local_tag.to_owned();
        let sips = data
            .serving
            .as_ref()
            .is_some_and(|it| it.request.uri().is_ok_and(|uri| uri.scheme().is_sips()));
        Ok((key, tag, self.contact_uri(data.flow, sips)))
    }

    /// Where a negotiator makes the descriptions of a call, the program makes none: the one would
    /// know nothing of what the other has said.
    pub(super) fn check_described(&self, call: Call, extra: &Extra) -> Result<(), AgentError> {
        let negotiated = self.data(call)?.leg().is_some_and(|leg| leg.negotiator.is_some());
        match negotiated && extra.body.is_some() {
            true => Err(NEGOTIATED),
            false => Ok(()),
        }
    }

    /// What a response to the INVITE that is served, or an UPDATE or PRACK, has as its description:
    /// what the program gives, or what the negotiator makes.
    pub(super) fn describe(
        &mut self,
        call: Call,
        given: Option<Body>,
    ) -> Result<Option<Body>, AgentError> {
        if given.is_some() {
            return Ok(given);
        }
        let data = self.data_mut(call)?;
        let offer = data.serving.as_ref().and_then(|serving| description(&serving.request));
        let Some(leg) = data.leg_mut() else { return Ok(None) };
        let (owes_answer, owes_offer) =
            (leg.state.owes_answer(Carrier::Invite), leg.state.owes_offer());
        match (&mut leg.negotiator, offer) {
            (Some(negotiator), Some(offer)) if owes_answer => Ok(Some(negotiator.answer(&offer)?)),
            (Some(negotiator), _) if owes_offer => Ok(Some(negotiator.offer()?)),
            _ => Ok(None),
        }
    }

    /// Takes a call, or an INVITE within it: 200. The body is the answer to its offer or, where it
    /// had none, an offer; a negotiator makes it otherwise. While a provisional response with a
    /// description waits for its PRACK, the 200 waits too (RFC 3262 §3).
    ///
    /// # Errors
    /// When no INVITE waits for an answer, a description is missing or out of place, or the response
    /// cannot be built.
    pub fn accept(&mut self, now: Instant, call: Call, extra: Extra) -> Result<(), AgentError> {
        self.check_described(call, &extra)?;
        let data = self.data(call)?;
        let serving = data.serving.as_ref().filter(|it| it.accepted.is_none() && it.held.is_none());
        let serving = serving.ok_or(AgentError::State("no INVITE waits for an answer"))?;
        let request = serving.request.clone();
        let (running, replaces) = (data.timer, data.replaces);
        let body = self.describe(call, extra.body.clone())?;
        let (key, tag, contact) = self.serving_names(call)?;
        let mut builder = request.respond(StatusCode::OK);
        builder.to_tag(&tag);
        self.introduce(&mut builder, &contact);
        let timer = self.write_timer(&mut builder, &request, running);
        let response = self.finish_response(&mut builder, &extra, body.as_ref())?;
        let data = self.data_mut(call)?;
        let leg = data.leg_of(key).ok_or(AgentError::Gone)?;
        let mut state = leg.state;
        if state.carrier() != Some(Carrier::Reliable) {
            state.take(Sender::Us, Carrier::Success, body.is_some())?;
            leg.state = state;
        }
        data.timer = timer;
        let Some(serving) = data.serving.as_mut() else { return Err(AgentError::Gone) };
        if serving.reliable.holds_success() {
            serving.held = Some(response);
        } else {
            self.send_success(now, call, response)?;
        }
        if let Some(replaced) = replaces {
            self.replace(now, replaced);
        }
        self.digest(now);
        Ok(())
    }

    /// Sends a 2xx, and again until its ACK comes, over any transport (RFC 3261 §13.3.1.4).
    pub(super) fn send_success(
        &mut self,
        now: Instant,
        call: Call,
        response: Response,
    ) -> Result<(), AgentError> {
        self.answer_invite(now, call, &response)?;
        let (t1, long) = (self.t1(), self.long());
        let key = self.key_of(call)?;
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.confirm_at_server();
        }
        let data = self.data_mut(call)?;
        let first = data.phase == Phase::Ringing;
        if first {
            data.phase = Phase::Answered;
        }
        if let Some(serving) = data.serving.as_mut() {
            serving.reliable.stop();
            serving.accepted = Some((response, t1));
            let transaction = serving.transaction;
            self.served(transaction);
        }
        self.stop_ringing(call);
        self.alarms.set(Alarm::Success(call), now + t1);
        self.alarms.set(Alarm::NoAck(call), now + long);
        self.start_session_timer(now, call);
        Ok(())
    }

    pub(super) fn repeat_success(&mut self, now: Instant, call: Call) {
        let t2 = self.config.endpoint.timers.t2;
        let Some(serving) = self.calls.get_mut(call).and_then(|it| it.serving.as_mut()) else {
            return;
        };
        let transaction = serving.transaction;
        let Some((response, interval)) = serving.accepted.as_mut() else { return };
        *interval = interval.saturating_mul(2).min(t2);
        let next = now + *interval;
        // The transaction's Timer L has the length of our patience, and may be over before it.
        let _ = self.endpoint.send_response(now, transaction, response);
        self.alarms.set(Alarm::Success(call), next);
    }

    /// No ACK has come for our 2xx or, where we have the peer's, none from the program.
    pub(super) fn give_up_ack(&mut self, now: Instant, call: Call) {
        let ours = self.calls.get(call).is_some_and(|data| data.serving.is_some());
        let cause = if ours { EndCause::NoAck } else { EndCause::NoDescription };
        self.end_with_bye(now, call, cause);
    }

    /// Refuses a call, or an INVITE within it, with a status from 300 to 699. After such a refusal
    /// the call goes on as before.
    ///
    /// # Errors
    /// When no INVITE waits for an answer, the status is another, or the response cannot be built.
    pub fn reject(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        if status.code() < 300 {
            return Err(AgentError::State("a refusal is a status from 300 to 699"));
        }
        self.refuse_serving(now, call, status, &extra, EndCause::Declined(status))?;
        self.digest(now);
        Ok(())
    }

    /// Sends a call elsewhere: 302 with these URIs in Contact, the best first.
    ///
    /// # Errors
    /// As for [`reject`](Self::reject).
    pub fn redirect(
        &mut self,
        now: Instant,
        call: Call,
        targets: &[&str],
    ) -> Result<(), AgentError> {
        let extra = targets
            .iter()
            .fold(Extra::new(), |extra, target| extra.header("Contact", &format!("<{target}>")));
        self.reject(now, call, StatusCode::MOVED_TEMPORARILY, extra)
    }

    pub(super) fn refuse_serving(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: &Extra,
        cause: EndCause,
    ) -> Result<(), AgentError> {
        let data = self.data(call)?;
        let serving = data.serving.as_ref().filter(|it| it.accepted.is_none());
        let serving = serving.ok_or(AgentError::State("no INVITE waits for an answer"))?;
        let (transaction, request) = (serving.transaction, serving.request.clone());
        let first = data.phase == Phase::Ringing;
        let (_, tag, _) = self.serving_names(call)?;
        let mut builder = request.respond(status);
        builder.to_tag(&tag);
        let response = self.finish_response(&mut builder, extra, extra.body.as_ref())?;
        self.endpoint.send_response(now, transaction, &response)?;
        self.served(transaction);
        self.stop_ringing(call);
        if first {
            self.remove_call(now, call, cause, None);
        } else if let Some(data) = self.calls.get_mut(call) {
            data.serving = None;
            if let Some(leg) = data.leg_mut() {
                leg.state.fail_invite();
                if let Some(negotiator) = leg.negotiator.as_mut() {
                    negotiator.cancel_offer();
                }
            }
        }
        Ok(())
    }

    /// The peer has taken its INVITE back (RFC 3261 §9.2).
    pub(super) fn invite_cancelled(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        cancel: Request,
    ) {
        let Some(super::receive::Waiting::Invite(call)) = self.servers.get(&transaction) else {
            return;
        };
        let call = *call;
        let first = self.calls.get(call).is_some_and(|data| data.phase == Phase::Ringing);
        let status = StatusCode::REQUEST_TERMINATED;
        let cause = EndCause::PeerCancelled;
        if !first {
            // RFC 6141 §3.8: where changes have taken effect the answer is 2xx, and the program's.
            let done = self
                .calls
                .get(call)
                .and_then(|data| data.leg())
                .is_some_and(|it| it.state.is_done());
            if done {
                return;
            }
        }
        let message = first.then(|| cancel.into());
        if first {
            self.refuse_with_message(now, call, status, cause, message);
        } else {
            let _ = self.refuse_serving(now, call, status, &Extra::new(), cause);
        }
    }

    fn refuse_with_message(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        cause: EndCause,
        message: Option<sip_message::Message>,
    ) {
        let before = self.events.len();
        let refused = self.refuse_serving(now, call, status, &Extra::new(), cause);
        if refused.is_err() {
            return;
        }
        if let Some(Event::Ended { message: place, .. }) = self.events.range_mut(before..).last() {
            *place = message;
        }
    }

    /// An INVITE within a call (RFC 3261 §14.2).
    pub(super) fn reinvite_comes(
        &mut self,
        now: Instant,
        call: Call,
        key: DialogKey,
        transaction: ServerTransaction,
        request: Request,
    ) {
        if let Some(cause) = self.calls.get(call).and_then(|data| data.cause) {
            // The ACK that the BYE waits for was sent before this, and is lost or late.
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            self.refuse(now, transaction, &request, gone, &Extra::new());
            return self.end_with_bye(now, call, cause);
        }
        let described = description(&request).is_some();
        match self.invite_conflict(call) {
            None => {}
            Some(OfferAnswerError::OfferReceived) => {
                return self.refuse_for_now(now, transaction, &request);
            }
            Some(_) => {
                let pending = StatusCode::REQUEST_PENDING;
                return self.refuse(now, transaction, &request, pending, &Extra::new());
            }
        }
        if self.refuse_short_session(now, transaction, &request) {
            return;
        }
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(leg) = data.leg_mut() else { return };
        match leg.state.take(Sender::Peer, Carrier::Invite, described) {
            Ok(_) => {}
            Err(OfferAnswerError::OfferReceived) => {
                return self.refuse_for_now(now, transaction, &request);
            }
            Err(_) => {
                let pending = StatusCode::REQUEST_PENDING;
                return self.refuse(now, transaction, &request, pending, &Extra::new());
            }
        }
        let negotiated = leg.negotiator.is_some();
        data.abilities = data.abilities.after(&request);
        let mut number = 0;
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.refresh_target(&request);
            number = entry.dialog.remote_sequence().unwrap_or_default();
        }
        let random = self.random.number();
        for alarm in [Alarm::Success(call), Alarm::NoAck(call)] {
            // What was not acknowledged before is acknowledged by this (RFC 5407 §3.1.4).
            self.alarms.clear(alarm);
        }
        let Some(data) = self.calls.get_mut(call) else { return };
        let first = data.phase == Phase::Answered;
        if first {
            data.phase = Phase::Established;
        }
        data.serving = Some(Serving::new(transaction, request.clone(), number, random));
        self.serve(transaction, call);
        self.start_ring_alarm(now, call);
        if !negotiated {
            self.events.push_back(Event::Reinvited { call, request });
            return;
        }
        match self.accept(now, call, Extra::new()) {
            Ok(()) => {
                self.events.push_back(Event::Changed { call, message: request.into() });
            }
            Err(error) => {
                let extra = warning(&error.to_string());
                let status = StatusCode::NOT_ACCEPTABLE_HERE;
                let cause = EndCause::Declined(status);
                let _ = self.refuse_serving(now, call, status, &extra, cause);
            }
        }
    }

    /// Why an INVITE within a call cannot be taken now: one of ours is under way (glare), or one of
    /// the peer's has no final response (RFC 3261 §14.2).
    fn invite_conflict(&self, call: Call) -> Option<OfferAnswerError> {
        let data = self.calls.get(call)?;
        if data.is_inviting() || data.setup.is_some() {
            return Some(OfferAnswerError::OfferSent);
        }
        let unanswered = data.serving.as_ref().is_some_and(|it| it.accepted.is_none());
        unanswered.then_some(OfferAnswerError::OfferReceived)
    }

    /// An ACK for a 2xx (RFC 3261 §13.3.1.4).
    pub(super) fn ack_comes(&mut self, now: Instant, ack: Request) {
        let Some(key) = self.dialog_of(&ack) else { return };
        let Some(call) = self.dialogs.get(key).and_then(|entry| entry.call) else { return };
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(serving) = data.serving.as_ref() else { return };
        let number = ack.headers().find(header::CSeq).ok().flatten().map(|cseq| cseq.number());
        if serving.accepted.is_none() || number != Some(serving.number) {
            return;
        }
        let leave = serving.leave;
        data.serving = None;
        for alarm in [Alarm::Success(call), Alarm::NoAck(call)] {
            self.alarms.clear(alarm);
        }
        if data.phase == Phase::Answered {
            data.phase = Phase::Established;
        }
        let body = description(&ack);
        let Some(leg) = data.leg_mut() else { return };
        let meaning = leg.state.take(Sender::Peer, Carrier::Ack, body.is_some());
        let fits = match (meaning, &body, &mut leg.negotiator) {
            (Ok(Meaning::Answer), Some(body), Some(negotiator)) => {
                negotiator.take_answer(body).is_ok()
            }
            (Ok(_), ..) => true,
            (Err(_), ..) => false,
        };
        if !fits {
            self.end_with_bye(now, call, EndCause::NoDescription);
            return;
        }
        self.events.push_back(Event::Confirmed { call, ack });
        if leave {
            self.end_with_bye(now, call, EndCause::HungUp);
        }
    }

    /// Writes Session-Expires into a 2xx, and says what timer runs then.
    pub(super) fn write_timer(
        &self,
        builder: &mut Builder<'_, Response>,
        request: &Request,
        running: Option<SessionTimer>,
    ) -> Option<SessionTimer> {
        let config = self.config.session_timer.as_ref()?;
        let asked = SessionTimerHeaders::of(request);
        if asked.interval.is_none() && request.method() != Method::INVITE && running.is_none() {
            return None;
        }
        let (timer, answer) = SessionTimer::answer(config, asked, running);
        builder.header(header::SessionExpires, answer.session_expires().as_str());
        if answer.requires() {
            builder.header(header::Require, "timer");
        }
        Some(timer)
    }
}

/// A Warning with what a negotiator says of an offer (RFC 3261 §20.43).
pub(super) fn warning(text: &str) -> Extra {
    let plain: String = text
        .chars()
        .filter(|c| c.is_ascii() && !c.is_ascii_control() && *c != '"' && *c != '\\')
        .take(200)
        .collect();
    Extra::new().header("Warning", &format!("399 useragent \"{plain}\""))
}
