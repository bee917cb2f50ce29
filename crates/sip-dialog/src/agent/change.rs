//! Our re-INVITEs and UPDATEs (RFC 3261 §14.1, RFC 3311 §5.1).

use std::time::Instant;

use sip_message::{Message, Method, Response, StatusCode};
use sip_transaction::ClientTransaction;

use super::alarm::Alarm;
use super::call::{Change, Phase};
use super::client::{Outcome, Purpose};
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey};
use super::invite_client::Settled;
use super::message::description;
use super::{AgentError, Extra, UserAgent};
use crate::reliable::ReliableClient;
use crate::session_timer::SessionTimerHeaders;
use crate::{Body, Carrier, Meaning, Sender, SessionTimer};

/// So many times a change that meets another is tried again.
const ATTEMPTS: u8 = 5;

/// A change that is wanted.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// By UPDATE; by a re-INVITE otherwise.
    pub(super) update: bool,
    /// Only to refresh the session.
    pub(super) refresh: bool,
    /// With an offer of the negotiator, where an UPDATE needs none.
    pub(super) offers: bool,
    pub(super) hold: Option<bool>,
    pub(super) extra: Extra,
}

impl UserAgent {
    /// Changes the session by an INVITE within the call (RFC 3261 §14.1). The body is the offer; a
    /// negotiator makes it otherwise, and where there is neither, the peer makes it. Where the
    /// peer does the same at the same time, it is tried again later.
    ///
    /// # Errors
    /// When the call is not established, another change is under way, or the request cannot be built
    /// or sent.
    pub fn reinvite(&mut self, now: Instant, call: Call, extra: Extra) -> Result<(), AgentError> {
        self.change(now, call, Wanted { extra, ..Wanted::default() })?;
        self.digest(now);
        Ok(())
    }

    /// Changes the session, or refreshes the target, by an UPDATE (RFC 3311), in an early dialog
    /// too. The body is the offer, if there is to be one.
    ///
    /// # Errors
    /// When there is no dialog, another change is under way, or the request cannot be built or sent.
    pub fn update(&mut self, now: Instant, call: Call, extra: Extra) -> Result<(), AgentError> {
        self.change(now, call, Wanted { update: true, extra, ..Wanted::default() })?;
        self.digest(now);
        Ok(())
    }

    /// Makes a new offer, which the negotiator makes: by UPDATE where the peer allows it (RFC 3311
    /// §5.1), otherwise by an INVITE within the call.
    ///
    /// # Errors
    /// When there is no negotiator; otherwise as for [`reinvite`](Self::reinvite).
    pub fn renegotiate(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        let data = self.data(call)?;
        if data.leg().is_none_or(|leg| leg.negotiator.is_none()) {
            return Err(AgentError::State("there is no negotiator"));
        }
        let update = data.abilities.update;
        self.change(now, call, Wanted { update, offers: true, ..Wanted::default() })?;
        self.digest(now);
        Ok(())
    }

    /// Puts the peer on hold (RFC 3264 §8.4) by a re-INVITE with an offer that the negotiator makes.
    /// A program without one calls [`reinvite`](Self::reinvite) with an offer of its own.
    ///
    /// # Errors
    /// When there is no negotiator; otherwise as for [`reinvite`](Self::reinvite).
    pub fn hold(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        self.set_held(now, call, true)
    }

    /// Takes the peer from hold; see [`hold`](Self::hold).
    ///
    /// # Errors
    /// As for [`hold`](Self::hold).
    pub fn resume(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        self.set_held(now, call, false)
    }

    fn set_held(&mut self, now: Instant, call: Call, held: bool) -> Result<(), AgentError> {
        if self.data(call)?.leg().is_none_or(|leg| leg.negotiator.is_none()) {
            return Err(AgentError::State("there is no negotiator"));
        }
        self.change(now, call, Wanted { hold: Some(held), ..Wanted::default() })?;
        self.digest(now);
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        now: Instant,
        call: Call,
        wanted: Wanted,
    ) -> Result<(), AgentError> {
        let Wanted { update, refresh, offers, hold, extra } = wanted;
        self.check_described(call, &extra)?;
        let data = self.data(call)?;
        let established = data.phase == Phase::Established
            || (data.phase == Phase::Answered && data.setup.is_none());
        if data.change.is_some() {
            return Err(AgentError::State("another change is under way"));
        }
        if update {
            if data.phase == Phase::Ending || data.cause.is_some() {
                return Err(AgentError::State("the call is being ended"));
            }
        } else if !established || data.serving.is_some() || data.setup.is_some() {
            // RFC 3261 §14.1: not while an INVITE is under way in either direction.
            return Err(AgentError::State(
                "an INVITE is under way, or the call is not established",
            ));
        }
        let leg = data.leg().ok_or(AgentError::State("there is no dialog yet"))?;
        let describes = extra.body.is_some() || offers;
        let carrier = if update { Carrier::Update } else { Carrier::Invite };
        if (describes || !update) && !leg.state.may_offer(carrier) {
            return Err(AgentError::State("an offer waits for its answer"));
        }
        let key = leg.key;
        let (transaction, number) = (None, 0);
        let (cancelled, attempts) = (false, 0);
        let change = Change {
            key,
            update,
            refresh,
            offers,
            extra,
            hold,
            transaction,
            number,
            cancelled,
            attempts,
        };
        self.data_mut(call)?.change = Some(Box::new(change));
        let sent = self.send_change(now, call);
        if sent.is_err()
            && let Some(data) = self.calls.get_mut(call)
        {
            data.change = None;
        }
        sent
    }

    /// Sends the change that a call wants.
    fn send_change(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        let data = self.data_mut(call)?;
        let near = data.flow;
        let running = data.timer;
        let change = data.change.as_ref().ok_or(AgentError::Gone)?;
        let key = change.key;
        let (update, refresh, extra) = (change.update, change.refresh, change.extra.clone());
        let (hold, offers) = (change.hold, change.offers || !update);
        let leg = data.leg_of(key).ok_or(AgentError::Gone)?;
        let body: Option<Body> = match (&extra.body, &mut leg.negotiator) {
            (Some(body), _) => Some(body.clone()),
            (None, Some(negotiator)) if offers => {
                // An offer that was refused has taken the wish back with it.
                if let Some(held) = hold {
                    negotiator.hold(held);
                }
                Some(negotiator.offer()?)
            }
            _ => None,
        };
        let mut state = leg.state;
        let carrier = if update { Carrier::Update } else { Carrier::Invite };
        state.take(Sender::Us, carrier, body.is_some())?;
        let flow = self.route(key, near);
        let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
        let secure = entry.dialog.is_secure();
        let method = if update { Method::UPDATE } else { Method::INVITE };
        let mut builder = entry.dialog.request(method);
        let number = entry.dialog.local_sequence().unwrap_or_default();
        let contact = self.contact_uri(near, secure);
        self.introduce(&mut builder, &contact);
        if running.is_some() || !refresh {
            self.ask_for_timer(&mut builder, running);
        }
        let request = self.finish_request(&mut builder, &extra, body.as_ref())?;
        let transaction = self.send(now, flow, request, Purpose::Change(call))?;
        let data = self.data_mut(call)?;
        if let Some(leg) = data.leg_of(key) {
            leg.state = state;
            if !update {
                leg.reliable = ReliableClient::default();
            }
        }
        if let Some(change) = data.change.as_mut() {
            change.transaction = Some(transaction);
            change.number = number;
            change.attempts += 1;
        }
        Ok(())
    }

    /// Glare is over: the change is tried again.
    pub(super) fn retry_change(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get(call) else { return };
        let Some(change) = data.change.as_ref() else { return };
        let busy = data.serving.is_some()
            || data.legs.iter().any(|leg| leg.key == change.key && leg.state.is_open())
            || data.phase == Phase::Ending;
        if busy && change.attempts < ATTEMPTS {
            return self.retry_later(now, call);
        }
        if self.send_change(now, call).is_err() {
            let status = StatusCode::REQUEST_PENDING;
            self.change_failed(now, call, Outcome { status, response: None });
        }
    }

    /// RFC 3261 §14.1: whoever owns the Call-ID waits for 2.1 to 4 s, the other for up to 2 s.
    fn retry_later(&mut self, now: Instant, call: Call) {
        let Some(data) = self.calls.get_mut(call) else { return };
        if let Some(change) = data.change.as_mut() {
            change.transaction = None;
        }
        let after = match data.ours {
            true => self.random.between(2_100, 4_000),
            false => self.random.between(0, 2_000),
        };
        self.alarms.set(Alarm::Retry(call), now + after);
    }

    /// What has come of a re-INVITE or an UPDATE of ours.
    pub(super) fn change_outcome(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        outcome: Outcome,
    ) {
        if let Some(response) = &outcome.response
            && response.status().is_success()
            && self.repeat_ack(transaction, response)
        {
            return;
        }
        let current = self.calls.get(call).and_then(|data| data.change.as_ref());
        let Some(change) = current.filter(|change| change.transaction == Some(transaction)) else {
            // The call is over, and yet what the peer has accepted is acknowledged (RFC 5407
            // §3.2.3).
            if let Some(response) = &outcome.response {
                self.acknowledge_late(transaction, response);
            }
            return;
        };
        let (update, key) = (change.update, change.key);
        if self.calls.get_mut(call).is_some_and(|data| data.leg_of(key).is_none()) {
            // Its dialog has lost to another.
            if let Some(data) = self.calls.get_mut(call) {
                data.change = None;
            }
            return;
        }
        match (outcome.status.code(), outcome.response.clone()) {
            (100, _) => {}
            (101..=199, Some(response)) => {
                if update {
                    return;
                }
                let taken = self.take_provisional(now, call, key, transaction, &response);
                if let Ok(acknowledge) = taken {
                    self.events.push_back(Event::Progress { call, response, acknowledge });
                }
            }
            (200..=299, Some(response)) => {
                if let Some(entry) = self.dialogs.get_mut(key) {
                    entry.dialog.refresh_target(&response);
                }
                match update {
                    true => self.update_success(now, call, key, response),
                    false => self.reinvite_success(now, transaction, call, response),
                }
            }
            _ => self.change_refused(now, call, outcome),
        }
    }

    fn reinvite_success(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        call: Call,
        response: Response,
    ) {
        let Ok(key) = self.key_of(call) else { return };
        let Some(data) = self.calls.get_mut(call) else { return };
        let near = data.flow;
        let ending = data.phase == Phase::Ending;
        self.learn_timer(now, call, &response);
        match self.take_success(call, key, &response) {
            Ok(Settled::Acknowledge(answer)) => {
                if let Some(leg) = self.calls.get_mut(call).and_then(|it| it.leg_of(key)) {
                    let _ = leg.state.take(Sender::Us, Carrier::Ack, answer.is_some());
                }
                self.send_ack(transaction, key, near, answer.as_ref());
                self.change_done(call, response.into());
            }
            Ok(Settled::Owed) if !ending => {
                self.owe_ack(now, call, key, response.clone());
                let acknowledge = true;
                self.events.push_back(Event::Answered { call, response, acknowledge });
            }
            Ok(Settled::Owed) => self.send_ack(transaction, key, near, None),
            Err(()) => {
                self.send_ack(transaction, key, near, None);
                if !ending {
                    let cause = EndCause::NoDescription;
                    self.end_with_bye(now, call, cause);
                }
            }
        }
    }

    fn update_success(&mut self, now: Instant, call: Call, key: DialogKey, response: Response) {
        // In an early dialog that has lost to another nothing counts for the call.
        if self.key_of(call) == Ok(key) {
            self.learn_timer(now, call, &response);
        }
        let Some(leg) = self.calls.get_mut(call).and_then(|it| it.leg_of(key)) else { return };
        let body = description(&response);
        let meaning = leg.state.take(Sender::Peer, Carrier::UpdateResponse, body.is_some());
        let fits = match (meaning, &body, &mut leg.negotiator) {
            (Ok(Meaning::Answer), Some(body), Some(negotiator)) => {
                negotiator.take_answer(body).is_ok()
            }
            (Ok(_), ..) => true,
            (Err(_), ..) => false,
        };
        if !fits {
            // The offer has no answer that can be used: it is as if it had not been made.
            leg.state.fail(Carrier::Update);
            if let Some(negotiator) = leg.negotiator.as_mut() {
                negotiator.cancel_offer();
            }
            let status = StatusCode::NOT_ACCEPTABLE_HERE;
            self.change_failed(now, call, Outcome { status, response: Some(response) });
            return;
        }
        self.change_done(call, response.into());
    }

    /// A change has been made.
    pub(super) fn change_done(&mut self, call: Call, message: Message) {
        let Some(data) = self.calls.get_mut(call) else { return };
        data.abilities = data.abilities.after(match &message {
            Message::Request(request) => request,
            Message::Response(response) => response,
        });
        data.change = None;
        self.events.push_back(Event::Changed { call, message });
    }

    /// A re-INVITE or an UPDATE was refused, or has no answer.
    pub(super) fn change_refused(&mut self, now: Instant, call: Call, outcome: Outcome) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(change) = data.change.as_ref() else { return };
        let (update, attempts, cancelled) = (change.update, change.attempts, change.cancelled);
        let key = change.key;
        let ending = data.phase == Phase::Ending;
        let Some(leg) = data.leg_of(key) else {
            data.change = None;
            return;
        };
        let executed = !update && leg.state.is_done();
        let failed = match update {
            true => leg.state.fail(Carrier::Update),
            false => leg.state.fail_invite(),
        };
        if failed && let Some(negotiator) = leg.negotiator.as_mut() {
            negotiator.cancel_offer();
        }
        leg.owed = None;
        let pending = outcome.status == StatusCode::REQUEST_PENDING;
        let overlap = update && outcome.status == StatusCode::SERVER_INTERNAL_ERROR;
        if (pending || overlap) && attempts < ATTEMPTS && !cancelled && !ending {
            if let Some(response) = outcome.response {
                let (status, retried) = (outcome.status, true);
                let response = Some(response);
                self.events.push_back(Event::ChangeFailed {
                    call,
                    status,
                    response,
                    retried,
                    executed,
                });
            }
            return self.retry_later(now, call);
        }
        if executed {
            self.change_failed_after(now, call, outcome);
            return;
        }
        if attempts < ATTEMPTS && !ending && self.take_longer(call, &outcome) {
            if self.send_change(now, call).is_err() {
                self.change_failed(now, call, outcome);
            }
            return;
        }
        self.change_failed(now, call, outcome);
    }

    /// Takes the interval that a 422 asks for (RFC 4028 §7.4). Whether there is one.
    fn take_longer(&mut self, call: Call, outcome: &Outcome) -> bool {
        let Some(response) = &outcome.response else { return false };
        let least = SessionTimerHeaders::of(response).min_se;
        let timer = self.calls.get_mut(call).and_then(|data| data.timer.as_mut());
        match (outcome.status.code(), least, timer) {
            (422, Some(least), Some(timer)) if least > timer.interval => {
                timer.interval = least;
                true
            }
            _ => false,
        }
    }

    /// A change has failed for good.
    pub(super) fn change_failed(&mut self, now: Instant, call: Call, outcome: Outcome) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(change) = data.change.take() else { return };
        let (refresh, key) = (change.refresh, change.key);
        self.alarms.clear(Alarm::Retry(call));
        let status = outcome.status;
        let response = outcome.response.clone();
        let ending = self.calls.get(call).is_none_or(|data| data.phase == Phase::Ending);
        if ending || self.in_dialog_failed(now, key, &outcome, true, Some(call)) {
            return;
        }
        let (retried, executed) = (false, false);
        self.events.push_back(Event::ChangeFailed { call, status, response, retried, executed });
        if refresh {
            self.try_refresh_again(now, call);
        }
    }

    /// A re-INVITE has failed within which offers were answered: both sides may have different
    /// views of the session, which a new offer brings together (RFC 6141 §3.4).
    fn change_failed_after(&mut self, now: Instant, call: Call, outcome: Outcome) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(change) = data.change.take() else { return };
        let key = change.key;
        let (status, response) = (outcome.status, outcome.response.clone());
        if self.in_dialog_failed(now, key, &outcome, true, Some(call)) {
            return;
        }
        let (retried, executed) = (false, true);
        self.events.push_back(Event::ChangeFailed { call, status, response, retried, executed });
        let negotiated =
            self.calls.get(call).and_then(|it| it.leg()).is_some_and(|it| it.negotiator.is_some());
        if negotiated {
            let _ = self.change(now, call, Wanted::default());
        }
    }

    /// Takes Session-Expires from the 2xx to a re-INVITE or UPDATE of ours.
    fn learn_timer(&mut self, now: Instant, call: Call, response: &Response) {
        let configured = self.config.session_timer.is_some();
        let Some(data) = self.calls.get_mut(call) else { return };
        if !configured || data.phase == Phase::Ending {
            return;
        }
        let running = data.timer.map(|timer| timer.interval);
        data.timer = SessionTimer::learn(response, running);
        if data.phase == Phase::Established {
            self.start_session_timer(now, call);
        }
    }
}
