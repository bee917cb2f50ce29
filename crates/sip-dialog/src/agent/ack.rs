//! ACK for 2xx responses (RFC 3261 §13.2.2.4): it belongs to the dialog, and is sent again whenever
//! the 2xx is.

use std::time::Instant;

use sip_message::{Method, Response, header};
use sip_transaction::{ClientTransaction, Flow};

use super::alarm::Alarm;
use super::call::Phase;
use super::client::Ack;
use super::id::{Call, DialogKey};
use super::{AgentError, Extra, UserAgent};
use crate::{Body, Carrier, Dialog, DialogId, Sender};

impl UserAgent {
    /// The program has to acknowledge a 2xx, for which it has as long as the peer waits.
    pub(super) fn owe_ack(&mut self, now: Instant, call: Call, key: DialogKey, response: Response) {
        let at = now + self.long();
        if let Some(leg) = self.calls.get_mut(call).and_then(|data| data.leg_of(key)) {
            leg.owed = Some(Box::new(response));
            self.alarms.set(Alarm::NoAck(call), at);
        }
    }

    /// The ACK for a 2xx with our answer, or without.
    pub(super) fn acknowledge_success(
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
    /// ([`Event::Progress`](crate::Event::Progress)), or the ACK for a 2xx
    /// ([`Event::Answered`](crate::Event::Answered)). The body is the answer to
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
        if !owes {
            // Only an answer that the negotiator has refused to make is the program's.
            self.check_described(call, &extra)?;
        }
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

    /// The ACK for a 2xx to a re-INVITE of a call that is over.
    pub(super) fn acknowledge_late(&mut self, transaction: ClientTransaction, response: &Response) {
        let Some(sent) = self.clients.get(&transaction) else { return };
        if !response.status().is_success() || sent.request.method() != Method::INVITE {
            return;
        }
        let near = sent.flow;
        let Some(id) = DialogId::of_response(response) else { return };
        if let Some(key) = self.dialogs.find(id) {
            return self.send_ack(transaction, key, near, None);
        }
        let request = sent.request.clone();
        let Ok(dialog) = Dialog::uac(&request, response, near.transport.is_secure()) else {
            return;
        };
        let key = self.dialogs.insert(dialog, None);
        self.send_ack(transaction, key, near, None);
        self.dialogs.let_go(key);
    }

    /// An ACK must come before the BYE, even when the program has not given the answer.
    pub(super) fn acknowledge_what_is_owed(&mut self, call: Call) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let near = data.flow;
        let transaction = match (&data.setup, &data.change) {
            (Some(setup), _) => setup.transaction,
            (None, Some(change)) => change.transaction,
            (None, None) => None,
        };
        let owed = data
            .legs
            .iter_mut()
            .find_map(|leg| leg.owed.take_if(|it| it.status().is_success()).map(|_| leg.key));
        if let (Some(key), Some(transaction)) = (owed, transaction) {
            self.send_ack(transaction, key, near, None);
        }
    }
}
