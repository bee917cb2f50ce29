//! Provisional responses of ours (RFC 3261 §13.3.1.1, RFC 3262 §3).

use std::time::{Duration, Instant};

use sip_message::{Response, StatusCode, header};

use super::alarm::Alarm;
use super::event::EndCause;
use super::id::Call;
use super::{AgentError, Extra, Reliability, UserAgent};
use crate::{Carrier, Sender};

/// How often it is said that it rings (RFC 3261 §13.3.1.1).
const EVERY_MINUTE: Duration = Duration::from_secs(60);
/// How often that is said reliably (RFC 3262 §3).
const RELIABLY: Duration = Duration::from_secs(150);

impl UserAgent {
    /// Answers a call with a provisional response: 180 to say that it rings, 183 with a description
    /// for early media. It is sent reliably (RFC 3262) where the peer or the configuration wants
    /// that of each, and where it has a description and the peer knows how.
    ///
    /// # Errors
    /// When the call does not ring, the status is none from 101 to 199, too many responses wait for
    /// their PRACK, or the response cannot be built.
    pub fn ring(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        self.check_described(call, &extra)?;
        self.ring_described(now, call, status, extra)
    }

    fn ring_described(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        if !(101..200).contains(&status.code()) {
            return Err(AgentError::State("ringing is a status from 101 to 199"));
        }
        let data = self.data(call)?;
        let abilities = data.abilities;
        let serving = data.serving.as_ref().filter(|it| it.accepted.is_none() && it.held.is_none());
        let serving = serving.ok_or(AgentError::State("no INVITE waits for an answer"))?;
        let request = serving.request.clone();
        let reliable = match self.config.reliability {
            Reliability::Never => false,
            Reliability::Required => abilities.reliable,
            Reliability::Supported => {
                abilities.requires_reliable || (extra.body.is_some() && abilities.reliable)
            }
        };
        if !reliable && extra.body.is_some() && data.leg().is_some_and(|it| it.state.owes_offer()) {
            // RFC 3261 §13.2.1: an offer can only be in a reliable response.
            return Err(AgentError::Unsupported("100rel"));
        }
        let (key, tag, contact) = self.serving_names(call)?;
        let mut builder = request.respond(status);
        builder.to_tag(&tag);
        self.introduce(&mut builder, &contact);
        if reliable {
            builder.header(header::Require, "100rel");
        }
        let response = self.finish_response(&mut builder, &extra, extra.body.as_ref())?;
        if !reliable {
            self.answer_invite(now, call, &response)?;
            self.go_on_ringing(now, call, status, EVERY_MINUTE);
            return Ok(());
        }
        if let Some(leg) = self.data_mut(call)?.leg_of(key) {
            let mut state = leg.state;
            state.take(Sender::Us, Carrier::Reliable, extra.body.is_some())?;
            leg.state = state;
        }
        let t1 = self.t1();
        let Some(serving) = self.data_mut(call)?.serving.as_mut() else {
            return Err(AgentError::Gone);
        };
        let sent = serving.reliable.send(response, t1);
        let sent = sent.map_err(|_| AgentError::State("too many responses wait for PRACK"))?;
        if let Some(response) = sent {
            self.send_reliable(now, call, &response)?;
        }
        self.go_on_ringing(now, call, status, RELIABLY);
        Ok(())
    }

    /// A provisional response that makes the answer of the call's negotiator, for early media: 183
    /// with its description.
    ///
    /// # Errors
    /// As for [`ring`](Self::ring), and when there is no negotiator or it refuses the offer.
    pub fn ring_with_media(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let body = self.describe(call, None)?;
        let body = body.ok_or(AgentError::State("there is no negotiator"))?;
        self.ring_described(now, call, status, extra.body(body))
    }

    fn go_on_ringing(&mut self, now: Instant, call: Call, status: StatusCode, after: Duration) {
        if let Some(serving) = self.calls.get_mut(call).and_then(|it| it.serving.as_mut()) {
            serving.rung = Some(status);
            self.alarms.set(Alarm::RingAgain(call), now + after);
        }
    }

    /// Says once more that it rings, so that no proxy gives the INVITE up (RFC 3261 §13.3.1.1).
    pub(super) fn ring_again(&mut self, now: Instant, call: Call) {
        let serving = self.calls.get(call).and_then(|data| data.serving.as_ref());
        if let Some(status) = serving.and_then(|serving| serving.rung) {
            // Where it cannot be said, the INVITE has its answer.
            let _ = self.ring(now, call, status, Extra::new());
        }
    }

    /// An INVITE has its final response.
    pub(super) fn stop_ringing(&mut self, call: Call) {
        for alarm in [
            Alarm::Provisional(call),
            Alarm::NoPrack(call),
            Alarm::Ring(call),
            Alarm::RingAgain(call),
        ] {
            self.alarms.clear(alarm);
        }
    }

    fn send_reliable(
        &mut self,
        now: Instant,
        call: Call,
        response: &Response,
    ) -> Result<(), AgentError> {
        self.answer_invite(now, call, response)?;
        let (t1, long) = (self.t1(), self.long());
        self.alarms.set(Alarm::Provisional(call), now + t1);
        self.alarms.set(Alarm::NoPrack(call), now + long);
        Ok(())
    }

    pub(super) fn repeat_provisional(&mut self, now: Instant, call: Call) {
        let Some(serving) = self.calls.get_mut(call).and_then(|it| it.serving.as_mut()) else {
            return;
        };
        let transaction = serving.transaction;
        let Some(response) = serving.reliable.repeat() else { return };
        let next = now + serving.reliable.interval().unwrap_or(Duration::ZERO);
        let _ = self.endpoint.send_response(now, transaction, &response);
        self.alarms.set(Alarm::Provisional(call), next);
    }

    /// No PRACK has come: the INVITE is refused (RFC 3262 §3).
    pub(super) fn give_up_prack(&mut self, now: Instant, call: Call) {
        let status = StatusCode::SERVER_TIMEOUT;
        let _ = self.refuse_serving(now, call, status, &Extra::new(), EndCause::NoPrack);
    }

    /// A PRACK has acknowledged a provisional response: what has waited for it is sent.
    pub(super) fn go_on_after_prack(&mut self, now: Instant, call: Call) {
        for alarm in [Alarm::Provisional(call), Alarm::NoPrack(call)] {
            self.alarms.clear(alarm);
        }
        let t1 = self.t1();
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(serving) = data.serving.as_mut() else { return };
        if let Some(response) = serving.reliable.acknowledge(t1) {
            let _ = self.send_reliable(now, call, &response);
            return;
        }
        let blocked = serving.reliable.holds_success();
        if let Some(response) = serving.held.take_if(|_| !blocked) {
            if let Some(leg) = data.leg_mut() {
                // What was offered in the provisional response is answered now.
                let described = !response.body().is_empty();
                let _ = leg.state.take(Sender::Us, Carrier::Success, described);
            }
            let _ = self.send_success(now, call, response);
        }
    }
}
