//! INVITEs of ours that are refused and sent once more: elsewhere (RFC 3261 §8.1.3.4), or with a
//! longer session interval (RFC 4028 §7.4).

use std::time::Instant;

use sip_message::encode::EncodeError;
use sip_message::value::QValue;
use sip_message::{Method, Request, Response, header};
use sip_transaction::Flow;
use sip_uri::{Uri, UriRef};

use super::call::Phase;
use super::client::{Outcome, Purpose};
use super::event::Event;
use super::id::Call;
use super::{AgentError, UserAgent};
use crate::session_timer::SessionTimerHeaders;

/// So many times an INVITE is sent again with a longer session interval.
const RETRIES: u8 = 3;

impl UserAgent {
    /// A final response that is no 2xx, or none at all.
    pub(super) fn invite_refused(&mut self, now: Instant, call: Call, outcome: Outcome) {
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
