//! The end of calls (RFC 3261 §15, RFC 5057).

use std::time::Instant;

use sip_message::{Method, Request, StatusCode};
use sip_transaction::{Flow, ServerTransaction};

use super::alarm::Alarm;
use super::call::Phase;
use super::client::{Outcome, Purpose};
use super::event::{EndCause, Event, SubscriptionEnd};
use super::id::{Call, DialogKey};
use super::{AgentError, Extra, UserAgent};
use crate::{Effect, State, failure_effect};

impl UserAgent {
    /// Ends a call, however far it is: an INVITE of ours is cancelled, one of the peer's refused
    /// with 603, an established call ended by BYE. A 2xx that is not acknowledged must be first
    /// (RFC 3261 §15). [`Event::Ended`] tells when it is over.
    ///
    /// # Errors
    /// When the call is over, or is being ended.
    pub fn hang_up(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        self.hang_up_with(now, call, Extra::new())
    }

    /// [`hang_up`](Self::hang_up) with headers for the BYE, such as Reason (RFC 3326).
    ///
    /// # Errors
    /// As for [`hang_up`](Self::hang_up).
    pub fn hang_up_with(
        &mut self,
        now: Instant,
        call: Call,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let data = self.data_mut(call)?;
        if data.cause.is_some() {
            return Err(AgentError::State("the call is being ended"));
        }
        match data.phase {
            Phase::Calling | Phase::Redirected => return self.cancel(now, call, None),
            Phase::Ringing => {
                let decline = StatusCode::DECLINE;
                let cause = EndCause::Declined(decline);
                self.refuse_serving(now, call, decline, &Extra::new(), cause)?;
            }
            Phase::Answered if data.serving.is_some() => {
                data.cause = Some(EndCause::HungUp);
                if let Some(serving) = data.serving.as_mut() {
                    serving.leave = true;
                }
            }
            Phase::Answered | Phase::Established => {
                self.acknowledge_what_is_owed(call);
                self.leave(now, call, EndCause::HungUp, &extra);
            }
            Phase::Ending => return Err(AgentError::State("the call is being ended")),
        }
        self.digest(now);
        Ok(())
    }

    /// Ends one of the early dialogs of a call of ours by BYE, and lets the others ring (RFC 3261
    /// §15). The whole call is ended by [`hang_up`](Self::hang_up).
    ///
    /// # Errors
    /// When there is no such dialog.
    pub fn hang_up_early(
        &mut self,
        now: Instant,
        call: Call,
        remote_tag: &str,
    ) -> Result<(), AgentError> {
        let data = self.data(call)?;
        let near = data.flow;
        let is_it = |key: DialogKey| {
            self.dialogs.get(key).is_some_and(|entry| {
                entry.dialog.state() == State::Early && entry.dialog.id().remote_tag == remote_tag
            })
        };
        let leg = data.legs.iter().find(|leg| is_it(leg.key)).filter(|_| data.ours);
        let key = leg.ok_or(AgentError::State("there is no such early dialog"))?.key;
        self.send_bye(now, key, near, None, &Extra::new());
        self.drop_leg(call, key);
        let remote_tag = remote_tag.to_owned();
        self.events.push_back(Event::EarlyDialogEnded { call, remote_tag });
        self.digest(now);
        Ok(())
    }

    /// Ends a call by BYE for a reason that is not the program's.
    pub(super) fn end_with_bye(&mut self, now: Instant, call: Call, cause: EndCause) {
        let Some(data) = self.calls.get_mut(call) else { return };
        if data.phase == Phase::Ending {
            return;
        }
        // Somebody has wanted the end before.
        let cause = data.cause.unwrap_or(cause);
        self.acknowledge_what_is_owed(call);
        self.leave(now, call, cause, &Extra::new());
    }

    fn leave(&mut self, now: Instant, call: Call, cause: EndCause, extra: &Extra) {
        let Some(data) = self.calls.get_mut(call) else { return };
        data.phase = Phase::Ending;
        data.cause = Some(cause);
        data.setup = None;
        let near = data.flow;
        let asked = data.asked.take();
        let serving = data.serving.take();
        if let Some(asked) = asked {
            self.answer_gone(now, asked.transaction, &asked.request);
        }
        if let Some(serving) = serving.filter(|serving| serving.accepted.is_none()) {
            self.servers.remove(&serving.transaction);
            let gone = StatusCode::REQUEST_TERMINATED;
            self.refuse(now, serving.transaction, &serving.request, gone, &Extra::new());
        }
        for alarm in Alarm::of_call(call) {
            self.alarms.clear(alarm);
        }
        self.drop_other_dialogs(call);
        match self.key_of(call) {
            Ok(key) => self.send_bye(now, key, near, Some(call), extra),
            Err(_) => self.remove_call(now, call, cause, None),
        }
    }

    /// Sends BYE in a dialog, which is kept until it is answered.
    pub(super) fn send_bye(
        &mut self,
        now: Instant,
        key: DialogKey,
        near: Flow,
        call: Option<Call>,
        extra: &Extra,
    ) {
        let flow = self.route(key, near);
        let Some(entry) = self.dialogs.get_mut(key) else { return };
        entry.leaving = true;
        let mut builder = entry.dialog.request(Method::BYE);
        let request = self.finish_request(&mut builder, extra, extra.body.as_ref());
        let sent = request
            .map_err(AgentError::from)
            .and_then(|request| self.send(now, flow, request, Purpose::Bye(key, call)));
        if sent.is_err() {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            self.bye_outcome(now, key, call, Outcome { status, response: None });
        }
    }

    /// What has come of a BYE of ours: whatever it is, the call is over (RFC 3261 §15.1.1).
    pub(super) fn bye_outcome(
        &mut self,
        now: Instant,
        key: DialogKey,
        call: Option<Call>,
        outcome: Outcome,
    ) {
        if outcome.status.is_provisional() {
            return;
        }
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.leaving = false;
        }
        self.dialogs.let_go(key);
        let Some(call) = call else { return };
        let cause = self.calls.get(call).and_then(|data| data.cause);
        self.remove_call(now, call, cause.unwrap_or(EndCause::HungUp), outcome.message());
    }

    /// A BYE has come (RFC 3261 §15.1.2): it ends the call, and leaves the subscriptions of the
    /// dialog as they are (RFC 5057 §4.2).
    pub(super) fn bye_comes(
        &mut self,
        now: Instant,
        key: DialogKey,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let Some(entry) = self.dialogs.get(key) else { return };
        let (call, leaving) = (entry.call, entry.leaving);
        if call.is_none() && !leaving {
            // The dialog has no call any more.
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        }
        self.accept_plain(now, transaction, &request, &Extra::new());
        let Some(call) = call else { return };
        let Some(data) = self.calls.get_mut(call) else { return };
        if data.phase == Phase::Ending {
            // Both hang up at once (RFC 5407 §3.2.1): ours will be answered.
            return;
        }
        if data.ours && data.phase == Phase::Calling {
            // A callee may not, in an early dialog; where one does, its branch is over.
            let tag = self.dialogs.get(key).map(|it| it.dialog.id().remote_tag.to_owned());
            self.drop_leg(call, key);
            let remote_tag = tag.unwrap_or_default();
            self.events.push_back(Event::EarlyDialogEnded { call, remote_tag });
            return;
        }
        let cause = data.cause.take().unwrap_or(EndCause::PeerHungUp);
        let serving = data.serving.take();
        let change = data.change.take();
        if let Some(serving) = serving.filter(|serving| serving.accepted.is_none()) {
            self.servers.remove(&serving.transaction);
            let gone = StatusCode::REQUEST_TERMINATED;
            self.refuse(now, serving.transaction, &serving.request, gone, &Extra::new());
        }
        if let Some(transaction) = change.and_then(|change| change.transaction) {
            let _ = self.endpoint.cancel(now, transaction, None);
        }
        self.remove_call(now, call, cause, Some(request.into()));
    }

    /// What the failure of a request within a dialog ends (RFC 5057 §5). Whether that is the call.
    /// `integral` says whether the usage cannot do without such a request.
    pub(super) fn in_dialog_failed(
        &mut self,
        now: Instant,
        key: DialogKey,
        outcome: &Outcome,
        integral: bool,
        usage: Option<Call>,
    ) -> bool {
        let effect = failure_effect(outcome.status, integral);
        if effect == Effect::Transaction {
            return false;
        }
        let Some(entry) = self.dialogs.get_mut(key) else { return false };
        let owner = entry.call;
        if effect == Effect::Dialog {
            entry.dialog.terminate();
            let (subscriptions, notifications) =
                (entry.subscriptions.clone(), entry.notifications.clone());
            for it in subscriptions {
                self.end_subscription(it, SubscriptionEnd::DialogEnded, None, None);
            }
            for it in notifications {
                self.end_notification(it, SubscriptionEnd::DialogEnded);
            }
        }
        let call = if effect == Effect::Dialog { owner } else { usage };
        let Some(call) = call.filter(|call| self.calls.contains_key(*call)) else { return false };
        let of_call = self.key_of(call) == Ok(key);
        if !of_call || self.calls.get(call).is_some_and(|data| data.phase == Phase::Calling) {
            // An early dialog is over, and the call is not.
            let tag = self.dialogs.get(key).map(|it| it.dialog.id().remote_tag.to_owned());
            self.drop_leg(call, key);
            let remote_tag = tag.unwrap_or_default();
            self.events.push_back(Event::EarlyDialogEnded { call, remote_tag });
            return true;
        }
        self.end_with_bye(now, call, EndCause::Failed(outcome.status));
        true
    }
}
