//! PRACK, both ways (RFC 3262).

use std::time::Instant;

use sip_message::value::{CSeq, RAck};
use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{ClientTransaction, ServerTransaction};

use super::call::Asked;
use super::client::{Outcome, Purpose};
use super::event::{EndCause, Event};
use super::id::{Call, DialogKey};
use super::message::description;
use super::{AgentError, Extra, UserAgent};
use crate::reliable::rseq_of;
use crate::{Body, Carrier, Meaning, OfferAnswerError, Sender};

impl UserAgent {
    /// Acknowledges a reliable provisional response, with an answer, an offer or neither.
    pub(super) fn send_prack(
        &mut self,
        now: Instant,
        call: Call,
        key: DialogKey,
        transaction: ClientTransaction,
        response: &Response,
        body: Option<Body>,
    ) -> Result<(), AgentError> {
        let near = self.data(call)?.flow;
        let flow = self.route(key, near);
        let sent = self.clients.get(&transaction).ok_or(AgentError::Gone)?;
        let cseq = sent.request.headers().find(header::CSeq).ok().flatten();
        let number = cseq.map_or(0, |cseq| cseq.number());
        let rseq = rseq_of(response).ok_or(AgentError::State("the response is not reliable"))?;
        let leg = self.data_mut(call)?.leg_of(key).ok_or(AgentError::Gone)?;
        let mut state = leg.state;
        state.take(Sender::Us, Carrier::Prack, body.is_some())?;
        let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
        let mut builder = entry.dialog.request(Method::PRACK);
        builder.header(header::RAck, RAck::new(rseq, CSeq::new(number, Method::INVITE)));
        let request = self.finish_request(&mut builder, &Extra::new(), body.as_ref())?;
        self.send(now, flow, request, Purpose::Prack(call, key))?;
        if let Some(leg) = self.data_mut(call)?.leg_of(key) {
            leg.state = state;
        }
        Ok(())
    }

    /// What has come of a PRACK of ours.
    pub(super) fn prack_outcome(
        &mut self,
        now: Instant,
        call: Call,
        key: DialogKey,
        outcome: Outcome,
    ) {
        let Some(leg) = self.calls.get_mut(call).and_then(|data| data.leg_of(key)) else { return };
        match (outcome.status.code(), &outcome.response) {
            (100..=199, _) => {}
            (200..=299, Some(response)) => {
                let body = description(response);
                let meaning = leg.state.take(Sender::Peer, Carrier::PrackResponse, body.is_some());
                match (meaning, body, &mut leg.negotiator) {
                    (Ok(Meaning::Answer), Some(body), negotiator) => {
                        if let Some(negotiator) = negotiator {
                            let _ = negotiator.take_answer(&body);
                        }
                        let message = response.clone().into();
                        self.events.push_back(Event::Changed { call, message });
                    }
                    (Err(_), ..) => {
                        // The offer has no answer: it is as if it had not been made.
                        leg.state.fail(Carrier::Prack);
                        if let Some(negotiator) = leg.negotiator.as_mut() {
                            negotiator.cancel_offer();
                        }
                    }
                    _ => {}
                }
            }
            _ => {
                if leg.state.fail(Carrier::Prack) {
                    if let Some(negotiator) = leg.negotiator.as_mut() {
                        negotiator.cancel_offer();
                    }
                    let (status, response) = (outcome.status, outcome.response);
                    let (retried, executed) = (false, false);
                    self.events.push_back(Event::ChangeFailed {
                        call,
                        status,
                        response,
                        retried,
                        executed,
                    });
                } else {
                    self.in_dialog_failed(now, key, &outcome, true, Some(call));
                }
            }
        }
    }

    /// A PRACK has come.
    pub(super) fn prack_comes(
        &mut self,
        now: Instant,
        call: Call,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let matches =
            data.serving.as_ref().is_some_and(|it| it.reliable.matches(&request, it.number));
        if !matches {
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        }
        let Some(leg) = data.leg_mut() else { return };
        let key = leg.key;
        let body = description(&request);
        let meaning = leg.state.take(Sender::Peer, Carrier::Prack, body.is_some());
        match (meaning, body) {
            (Ok(Meaning::Offer), Some(offer)) => {
                self.go_on_after_prack(now, call);
                self.events.push_back(Event::Acknowledged { call, prack: request.clone() });
                self.take_offer(now, call, Asked { transaction, request, key }, &offer);
            }
            (Ok(meaning), body) => {
                let mut fits = true;
                if let (Meaning::Answer, Some(body), Some(negotiator)) =
                    (meaning, &body, leg.negotiator.as_mut())
                {
                    fits = negotiator.take_answer(body).is_ok();
                }
                if !fits {
                    leg.state.fail(Carrier::Reliable);
                }
                self.accept_plain(now, transaction, &request, &Extra::new());
                if fits {
                    self.go_on_after_prack(now, call);
                    self.events.push_back(Event::Acknowledged { call, prack: request });
                } else {
                    self.unusable(now, call);
                }
            }
            (Err(OfferAnswerError::Missing(_)), _) => {
                // The offer in the response is not answered: there will be no session.
                self.accept_plain(now, transaction, &request, &Extra::new());
                self.unusable(now, call);
            }
            (Err(OfferAnswerError::OfferReceived), _) => {
                self.refuse_for_now(now, transaction, &request);
                self.go_on_after_prack(now, call);
            }
            (Err(_), _) => {
                let pending = StatusCode::REQUEST_PENDING;
                self.refuse(now, transaction, &request, pending, &Extra::new());
                self.go_on_after_prack(now, call);
            }
        }
    }

    fn unusable(&mut self, now: Instant, call: Call) {
        let status = StatusCode::NOT_ACCEPTABLE_HERE;
        let cause = EndCause::NoDescription;
        let _ = self.refuse_serving(now, call, status, &Extra::new(), cause);
    }
}
