//! Offers that come in UPDATE and PRACK (RFC 3311 §5.2, RFC 3262 §5).

use std::time::Instant;

use sip_message::{Method, Request, StatusCode};
use sip_transaction::ServerTransaction;

use super::call::{Asked, Phase};
use super::event::Event;
use super::id::{Call, DialogKey};
use super::invite_server::warning;
use super::message::{Abilities, description};
use super::{AgentError, Extra, UserAgent};
use crate::{Body, Carrier, OfferAnswerError, Sender};

impl UserAgent {
    /// An UPDATE has come.
    pub(super) fn update_comes(
        &mut self,
        now: Instant,
        call: Call,
        key: DialogKey,
        transaction: ServerTransaction,
        request: Request,
    ) {
        if self.refuse_short_session(now, transaction, &request) {
            return;
        }
        let Some(data) = self.calls.get_mut(call) else { return };
        if data.asked.is_some() {
            // RFC 3311 §5.2: one UPDATE at a time.
            return self.refuse_for_now(now, transaction, &request);
        }
        let offer = description(&request);
        let Some(leg) = data.leg_of(key) else { return };
        match leg.state.take(Sender::Peer, Carrier::Update, offer.is_some()) {
            Ok(_) => {}
            Err(OfferAnswerError::OfferReceived | OfferAnswerError::NoOffer(_)) => {
                return self.refuse_for_now(now, transaction, &request);
            }
            Err(_) => {
                let pending = StatusCode::REQUEST_PENDING;
                return self.refuse(now, transaction, &request, pending, &Extra::new());
            }
        }
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.refresh_target(&request);
        }
        if let Some(data) = self.calls.get_mut(call) {
            // Who sends UPDATE knows it.
            data.abilities = Abilities { update: true, ..data.abilities.after(&request) };
        }
        match offer {
            Some(offer) => {
                let asked = Asked { transaction, request, key };
                self.take_offer(now, call, asked, &offer);
            }
            None => {
                let asked = Asked { transaction, request: request.clone(), key };
                if self.answer_change(now, call, &asked, Extra::new()).is_ok() {
                    self.events.push_back(Event::Changed { call, message: request.into() });
                }
            }
        }
    }

    /// An offer in an UPDATE or a PRACK: the negotiator answers it, or the program has to.
    pub(super) fn take_offer(&mut self, now: Instant, call: Call, asked: Asked, offer: &Body) {
        let (transaction, request) = (asked.transaction, asked.request.clone());
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(leg) = data.leg_of(asked.key) else { return };
        let Some(negotiator) = leg.negotiator.as_mut() else {
            data.asked = Some(Box::new(asked));
            self.serve_request(transaction, call);
            self.events.push_back(Event::Offered { call, request });
            return;
        };
        match negotiator.answer(offer) {
            Ok(answer) => {
                let extra = Extra::new().body(answer);
                if self.answer_change(now, call, &asked, extra).is_ok() {
                    self.events.push_back(Event::Changed { call, message: request.into() });
                }
            }
            Err(error) => {
                leg.state.fail(carrier_of(&request));
                let extra = warning(&error.to_string());
                let status = StatusCode::NOT_ACCEPTABLE_HERE;
                self.refuse(now, transaction, &request, status, &extra);
            }
        }
    }

    /// Takes the offer of an UPDATE or a PRACK ([`Event::Offered`]): the body is its answer.
    ///
    /// # Errors
    /// When no offer waits, the answer is missing, or the response cannot be built.
    pub fn accept_offer(
        &mut self,
        now: Instant,
        call: Call,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let asked = self.data(call)?.asked.as_deref().cloned();
        let asked = asked.ok_or(AgentError::State("no offer waits"))?;
        self.answer_change(now, call, &asked, extra)?;
        self.data_mut(call)?.asked = None;
        self.served(asked.transaction);
        self.digest(now);
        Ok(())
    }

    /// Refuses the offer of an UPDATE or a PRACK: with 488 it is as if it had not been made.
    ///
    /// # Errors
    /// When no offer waits, the status is none from 300 to 699, or the response cannot be built.
    pub fn reject_offer(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        if status.code() < 300 {
            return Err(AgentError::State("a refusal is a status from 300 to 699"));
        }
        let data = self.data_mut(call)?;
        let asked = data.asked.take().ok_or(AgentError::State("no offer waits"))?;
        let Asked { transaction, request, key } = *asked;
        if let Some(leg) = data.leg_of(key) {
            leg.state.fail(carrier_of(&request));
        }
        self.served(transaction);
        self.refuse(now, transaction, &request, status, &extra);
        self.digest(now);
        Ok(())
    }

    /// The 200 to an UPDATE or a PRACK, with the answer to its offer.
    fn answer_change(
        &mut self,
        now: Instant,
        call: Call,
        asked: &Asked,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let Asked { transaction, request, key } = asked;
        let carrier = carrier_of(request);
        let data = self.data_mut(call)?;
        let (near, running) = (data.flow, data.timer);
        let leg = data.leg_of(*key).ok_or(AgentError::Gone)?;
        let mut state = leg.state;
        if state.owes_answer(carrier) {
            let response = match carrier {
                Carrier::Prack => Carrier::PrackResponse,
                _ => Carrier::UpdateResponse,
            };
            state.take(Sender::Us, response, extra.body.is_some())?;
        }
        let secure = self.dialogs.get(*key).is_some_and(|entry| entry.dialog.is_secure());
        let mut builder = request.respond(StatusCode::OK);
        let mut timer = running;
        if carrier == Carrier::Update {
            self.introduce(&mut builder, &self.contact_uri(near, secure));
            timer = self.write_timer(&mut builder, request, running);
        }
        let response = self.finish_response(&mut builder, &extra, extra.body.as_ref())?;
        self.endpoint.send_response(now, *transaction, &response)?;
        let data = self.data_mut(call)?;
        if let Some(leg) = data.leg_of(*key) {
            leg.state = state;
        }
        if carrier == Carrier::Update {
            data.timer = timer;
            if data.phase >= Phase::Answered {
                self.start_session_timer(now, call);
            }
        }
        Ok(())
    }
}

pub(super) fn carrier_of(request: &Request) -> Carrier {
    match request.method() == Method::PRACK {
        true => Carrier::Prack,
        false => Carrier::Update,
    }
}
