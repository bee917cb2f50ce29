//! Requests that stand alone: OPTIONS, MESSAGE, INFO and others, outside dialogs and within calls.

use std::time::Instant;

use sip_message::encode::NameAddrBuilder;
use sip_message::{Builder, Method, Request, header};
use sip_transaction::Flow;

use super::call::Phase;
use super::client::{Outcome, Purpose};
use super::event::Event;
use super::id::{Call, DialogKey, Exchange};
use super::{AgentError, Extra, UserAgent};

impl UserAgent {
    /// Sends a request outside any dialog (RFC 3261 §8.1), such as REGISTER. Those that make
    /// dialogs have verbs of their own.
    ///
    /// # Errors
    /// When the method is one of those, the target is no URI, or the request cannot be built or sent.
    pub fn request(
        &mut self,
        now: Instant,
        flow: Flow,
        method: Method<'_>,
        target: &str,
        extra: Extra,
    ) -> Result<Exchange, AgentError> {
        const OTHERS: [Method<'static>; 9] = [
            Method::INVITE,
            Method::ACK,
            Method::CANCEL,
            Method::BYE,
            Method::PRACK,
            Method::UPDATE,
            Method::SUBSCRIBE,
            Method::NOTIFY,
            Method::REFER,
        ];
        if OTHERS.contains(&method) {
            return Err(AgentError::State("this method has a verb of its own"));
        }
        let mut builder = self.outside(method, target)?;
        if method == Method::OPTIONS {
            builder.header_raw("Accept", "application/sdp");
        }
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        self.begin_exchange(now, flow, request, None)
    }

    /// Asks what a peer can do, outside any dialog (RFC 3261 §11).
    ///
    /// # Errors
    /// As for [`request`](Self::request).
    pub fn options(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        extra: Extra,
    ) -> Result<Exchange, AgentError> {
        self.request(now, flow, Method::OPTIONS, target, extra)
    }

    /// Sends a page-mode message (RFC 3428).
    ///
    /// # Errors
    /// As for [`request`](Self::request).
    pub fn message(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        extra: Extra,
    ) -> Result<Exchange, AgentError> {
        self.request(now, flow, Method::MESSAGE, target, extra)
    }

    /// Sends INFO within a call (RFC 6086); the package is given as the header Info-Package.
    ///
    /// # Errors
    /// As for [`request_in_call`](Self::request_in_call).
    pub fn info(&mut self, now: Instant, call: Call, extra: Extra) -> Result<Exchange, AgentError> {
        self.request_in_call(now, call, Method::INFO, extra)
    }

    /// Sends a request within a call that changes nothing in it: INFO, MESSAGE, OPTIONS.
    ///
    /// # Errors
    /// When the method is another that has a verb of its own, the call has no dialog or is being
    /// ended, or the request cannot be built or sent.
    pub fn request_in_call(
        &mut self,
        now: Instant,
        call: Call,
        method: Method<'_>,
        extra: Extra,
    ) -> Result<Exchange, AgentError> {
        if ![Method::INFO, Method::MESSAGE, Method::OPTIONS].contains(&method)
            && method.is_registered()
        {
            return Err(AgentError::State("this method has a verb of its own"));
        }
        let data = self.data(call)?;
        if data.phase == Phase::Ending {
            return Err(AgentError::State("the call is being ended"));
        }
        let near = data.flow;
        let key = self.key_of(call)?;
        let flow = self.route(key, near);
        let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
        let mut builder = entry.dialog.request(method);
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        self.begin_exchange(now, flow, request, Some((call, key)))
    }

    /// The start of a request outside any dialog (RFC 3261 §8.1.1).
    pub(super) fn outside(
        &mut self,
        method: Method<'_>,
        target: &str,
    ) -> Result<Builder<'static, Request>, AgentError> {
        let (tag, call_id, number) =
            (self.random.tag(), self.random.call_id(), self.random.sequence());
        let mut builder = Request::builder(method, target);
        builder.header(header::To, NameAddrBuilder::new(target)?);
        builder.header_raw("From", format!("{};tag={tag}", self.config.identity).as_str());
        builder.header(header::CallId, call_id.as_str());
        builder.cseq(number);
        Ok(builder)
    }

    fn begin_exchange(
        &mut self,
        now: Instant,
        flow: Flow,
        request: Request,
        within: Option<(Call, DialogKey)>,
    ) -> Result<Exchange, AgentError> {
        let exchange = self.exchanges.insert(within);
        if let Err(error) = self.send(now, flow, request, Purpose::Exchange(exchange)) {
            self.exchanges.remove(exchange);
            return Err(error);
        }
        self.digest(now);
        Ok(exchange)
    }

    pub(super) fn exchange_outcome(&mut self, now: Instant, exchange: Exchange, outcome: Outcome) {
        let Some(within) = self.exchanges.get(exchange).copied() else { return };
        let status = outcome.status;
        if status.is_final() {
            self.exchanges.remove(exchange);
        }
        let failed = Outcome { status, response: outcome.response.clone() };
        match outcome.response {
            Some(response) => self.events.push_back(Event::Response { exchange, response }),
            None => self.events.push_back(Event::NoResponse { exchange, status }),
        }
        if status.code() >= 300
            && let Some((call, key)) = within
        {
            self.in_dialog_failed(now, key, &failed, false, Some(call));
        }
    }
}
