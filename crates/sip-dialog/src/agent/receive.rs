//! What the transaction layer tells (RFC 3261 §8.2, §12.2.2).

use std::time::Instant;

use sip_message::{Message, Method, Request, StatusCode, Validator, header};
use sip_transaction::{Flow, ServerTransaction, Timer, Transaction};

use super::client::Outcome;
use super::event::{Event, SubscriptionEnd};
use super::id::{Call, Incoming, Notification};
use super::media::carrier_of;
use super::{AgentError, Extra, UserAgent};
use crate::{DialogError, DialogId};

/// What a request that has come waits for.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    /// An INVITE, which a call has.
    Invite(Call),
    /// An UPDATE or PRACK with an offer, which a call has.
    Offer(Call),
    /// Any other: the program answers it.
    Program(Request),
    /// A SUBSCRIBE or REFER, which a subscription has.
    Subscription(Notification),
}

impl UserAgent {
    /// Deals with all that the transaction layer tells.
    pub(super) fn digest(&mut self, now: Instant) {
        use sip_transaction::Event as E;
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                E::Request { transaction, flow, request } => {
                    self.request_comes(now, flow, transaction, request);
                }
                E::Ack { request, .. } => self.ack_comes(now, request),
                E::Cancelled { transaction, cancel, .. } => {
                    self.invite_cancelled(now, transaction, cancel);
                }
                E::UnmatchedCancel { flow, request } => {
                    self.events.push_back(Event::Stray { flow, message: request.into() });
                }
                E::Response { transaction, response, .. } => {
                    let status = response.status();
                    let outcome = Outcome { status, response: Some(response) };
                    self.client_outcome(now, transaction, outcome);
                }
                E::Timeout { transaction: Transaction::Client(transaction), .. } => {
                    let status = StatusCode::REQUEST_TIMEOUT;
                    self.client_outcome(now, transaction, Outcome { status, response: None });
                }
                E::Timeout { transaction: Transaction::Server(transaction), timer } => {
                    if timer == Timer::Unanswered {
                        self.server_gone(now, transaction);
                    }
                }
                E::TransportFailed { transaction: Transaction::Client(transaction) } => {
                    let status = StatusCode::SERVICE_UNAVAILABLE;
                    self.client_outcome(now, transaction, Outcome { status, response: None });
                }
                E::TransportFailed { transaction: Transaction::Server(_) } => {}
                E::Terminated { transaction: Transaction::Client(transaction), .. } => {
                    self.clients.remove(&transaction);
                }
                E::Terminated { transaction: Transaction::Server(transaction), .. } => {
                    self.server_gone(now, transaction);
                }
                E::TooLarge { length, limit, .. } => {
                    self.events.push_back(Event::TooLarge { length, limit });
                }
                E::Stray { flow, message, .. } => {
                    self.events.push_back(Event::Stray { flow, message });
                }
                E::NotAMessage { flow, bytes, kind } => {
                    self.events.push_back(Event::NotAMessage { flow, bytes, kind });
                }
            }
        }
    }

    /// A request that the program has not answered needs no answer any more.
    fn server_gone(&mut self, now: Instant, transaction: ServerTransaction) {
        match self.servers.remove(&transaction) {
            Some(Waiting::Program(_)) => {
                let incoming = Incoming(transaction);
                self.events.push_back(Event::RequestGone { incoming });
            }
            Some(Waiting::Invite(call)) => self.serving_gone(now, call, transaction),
            Some(Waiting::Offer(call)) => {
                if let Some(data) = self.calls.get_mut(call)
                    && let Some(asked) = data.asked.take()
                    && let Some(leg) = data.leg_of(asked.key)
                {
                    leg.state.fail(carrier_of(&asked.request));
                }
            }
            Some(Waiting::Subscription(notification)) => {
                let cause = SubscriptionEnd::Failed(StatusCode::REQUEST_TIMEOUT);
                self.end_notification(notification, cause);
            }
            None => {}
        }
    }

    /// The transaction of an INVITE is over, and nobody has answered it.
    fn serving_gone(&mut self, now: Instant, call: Call, transaction: ServerTransaction) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(serving) = data.serving.take_if(|it| it.transaction == transaction) else {
            return;
        };
        if serving.accepted.is_some() {
            data.serving = Some(serving);
            return;
        }
        if data.phase == super::Phase::Ringing {
            let cause = super::EndCause::Failed(StatusCode::REQUEST_TIMEOUT);
            self.remove_call(now, call, cause, None);
        }
    }

    /// An INVITE waits for the program.
    pub(super) fn serve(&mut self, transaction: ServerTransaction, call: Call) {
        self.servers.insert(transaction, Waiting::Invite(call));
    }

    /// An UPDATE or PRACK waits for the program.
    pub(super) fn serve_request(&mut self, transaction: ServerTransaction, call: Call) {
        self.servers.insert(transaction, Waiting::Offer(call));
    }

    /// A subscription waits for the program.
    pub(super) fn serve_subscription(
        &mut self,
        transaction: ServerTransaction,
        notification: Notification,
    ) {
        self.servers.insert(transaction, Waiting::Subscription(notification));
    }

    pub(super) fn served(&mut self, transaction: ServerTransaction) {
        self.servers.remove(&transaction);
    }

    fn request_comes(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
    ) {
        if self.events.len() >= self.config.limits.backlog {
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            return self.refuse(now, transaction, &request, busy, &Extra::new());
        }
        if let Some(request) = self.unacceptable(now, transaction, request) {
            match DialogId::of_request(&request) {
                Some(_) => self.request_in_dialog(now, flow, transaction, request),
                None => self.request_outside(now, flow, transaction, request),
            }
        }
    }

    /// Answers a request that RFC 3261 §8.2 does not let pass; what passes is returned.
    fn unacceptable(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: Request,
    ) -> Option<Request> {
        let capabilities = &self.capabilities;
        let methods: Vec<Method<'_>> =
            capabilities.methods.iter().filter_map(|method| Method::new(method)).collect();
        let tags: Vec<&str> = capabilities.extensions.iter().map(String::as_str).collect();
        let types: Vec<(&str, &str)> = self
            .config
            .content_types
            .iter()
            .map(|(kind, sub)| (kind.as_str(), sub.as_str()))
            .collect();
        let mut validator = Validator::user_agent();
        if !self.config.take_over {
            validator = validator.methods(&methods).extensions(&tags);
            if !types.is_empty() {
                validator = validator.content_types(&types);
            }
        }
        let message = Message::Request(request);
        let problem = validator.check(&message).into_iter().find_map(|it| it.status());
        let Message::Request(request) = message else { return None };
        let Some(status) = problem else { return Some(request) };
        let allow = self.capabilities.allow.clone();
        let extra = match status.code() {
            405 | 501 => Extra::new().header("Allow", &allow),
            415 => Extra::new()
                .header("Accept", &self.capabilities.accept.clone())
                .header("Accept-Encoding", "identity"),
            420 => {
                let missing = request.headers().each(header::Require).flatten();
                let missing = missing.filter(|tag| {
                    !self.capabilities.extensions.iter().any(|it| it.eq_ignore_ascii_case(tag))
                });
                let missing: Vec<String> = missing.map(|tag| tag.to_string()).collect();
                Extra::new().header("Unsupported", &missing.join(", "))
            }
            _ => Extra::new(),
        };
        self.refuse(now, transaction, &request, status, &extra);
        None
    }

    fn request_outside(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
    ) {
        match request.method().as_str() {
            "INVITE" => self.invite_comes(now, flow, transaction, request),
            "SUBSCRIBE" => self.subscribe_comes(now, flow, transaction, request, None),
            "REFER" => self.refer_comes(now, flow, transaction, request, None),
            "OPTIONS" if !self.config.take_over => self.options_comes(now, transaction, &request),
            // They are for a dialog, and there is none.
            "BYE" | "PRACK" | "UPDATE" | "NOTIFY" => {
                let gone = StatusCode::CALL_DOES_NOT_EXIST;
                self.refuse(now, transaction, &request, gone, &Extra::new());
            }
            _ => self.request_for_program(flow, transaction, None, request),
        }
    }

    fn request_in_dialog(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let gone = StatusCode::CALL_DOES_NOT_EXIST;
        let Some(key) = self.dialog_of(&request) else {
            if request.method() == Method::NOTIFY {
                return self.notify_forms(now, flow, transaction, request);
            }
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        };
        let Some(entry) = self.dialogs.get_mut(key) else { return };
        match entry.dialog.receive(&request) {
            Ok(()) => {}
            Err(DialogError::OutOfOrder { .. }) => {
                // RFC 3261 §12.2.2.
                let error = StatusCode::SERVER_INTERNAL_ERROR;
                return self.refuse(now, transaction, &request, error, &Extra::new());
            }
            Err(_) => {
                let bad = StatusCode::BAD_REQUEST;
                return self.refuse(now, transaction, &request, bad, &Extra::new());
            }
        }
        let call = entry.call;
        let leaving = entry.leaving || call.is_some_and(|call| self.is_ending(call));
        let method = request.method();
        // RFC 5407 §3.2: once BYE was sent the call takes nothing but BYE.
        let for_call = call.filter(|_| !leaving);
        match (method.as_str(), for_call) {
            ("BYE", _) => self.bye_comes(now, key, transaction, request),
            ("INVITE", Some(call)) => self.reinvite_comes(now, call, key, transaction, request),
            ("PRACK", Some(call)) => self.prack_comes(now, call, transaction, request),
            ("UPDATE", Some(call)) => self.update_comes(now, call, key, transaction, request),
            ("NOTIFY", _) => self.notify_comes(now, key, transaction, request),
            ("SUBSCRIBE", _) => self.subscribe_comes(now, flow, transaction, request, Some(key)),
            ("REFER", Some(_)) => self.refer_comes(now, flow, transaction, request, Some(key)),
            ("OPTIONS", _) if !self.config.take_over => {
                self.options_comes(now, transaction, &request);
            }
            ("INFO", Some(call)) => self.info_comes(now, flow, transaction, call, request),
            ("INVITE" | "PRACK" | "UPDATE" | "REFER" | "INFO", None) => {
                self.refuse(now, transaction, &request, gone, &Extra::new());
            }
            _ if leaving => self.refuse(now, transaction, &request, gone, &Extra::new()),
            _ => self.request_for_program(flow, transaction, call, request),
        }
    }

    fn is_ending(&self, call: Call) -> bool {
        self.calls.get(call).is_none_or(|data| data.phase == super::Phase::Ending)
    }

    pub(super) fn request_for_program(
        &mut self,
        flow: Flow,
        transaction: ServerTransaction,
        call: Option<Call>,
        request: Request,
    ) {
        self.servers.insert(transaction, Waiting::Program(request.clone()));
        let incoming = Incoming(transaction);
        self.events.push_back(Event::Request { incoming, call, flow, request });
    }

    /// INFO (RFC 6086): of a package that is taken, or of the kind that has none.
    fn info_comes(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        call: Call,
        request: Request,
    ) {
        let package = request.headers().find(header::InfoPackage).ok().flatten();
        let known = package
            .is_none_or(|package| self.config.info_packages.iter().any(|known| package.is(known)));
        if known {
            return self.request_for_program(flow, transaction, Some(call), request);
        }
        let packages = self.capabilities.recv_info.clone();
        let extra = Extra::new().header("Recv-Info", &packages);
        self.refuse(now, transaction, &request, StatusCode::BAD_INFO_PACKAGE, &extra);
    }

    /// OPTIONS (RFC 3261 §11.2): what we can do.
    fn options_comes(&mut self, now: Instant, transaction: ServerTransaction, request: &Request) {
        let capabilities = &self.capabilities;
        let mut extra = Extra::new()
            .header("Allow", &capabilities.allow)
            .header("Supported", &capabilities.supported)
            .header(
                "Accept",
                if capabilities.accept.is_empty() { "*/*" } else { &capabilities.accept },
            )
            .header("Accept-Encoding", "identity")
            .header("Accept-Language", "*");
        if !capabilities.allow_events.is_empty() {
            extra = extra.header("Allow-Events", &capabilities.allow_events);
        }
        if !capabilities.recv_info.is_empty() {
            extra = extra.header("Recv-Info", &capabilities.recv_info);
        }
        self.accept_plain(now, transaction, request, &extra);
    }

    /// Answers with 200.
    pub(super) fn accept_plain(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
        extra: &Extra,
    ) {
        self.refuse(now, transaction, request, StatusCode::OK, extra);
    }

    /// Answers with 500 and a Retry-After of up to ten seconds (RFC 3261 §14.2, RFC 3311 §5.2).
    pub(super) fn refuse_for_now(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
    ) {
        let after = self.random.below(11).to_string();
        let extra = Extra::new().header("Retry-After", &after);
        self.refuse(now, transaction, request, StatusCode::SERVER_INTERNAL_ERROR, &extra);
    }

    /// A request that waits is answered because what it was for is over.
    pub(super) fn answer_gone(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
    ) {
        self.servers.remove(&transaction);
        let gone = StatusCode::CALL_DOES_NOT_EXIST;
        self.refuse(now, transaction, request, gone, &Extra::new());
    }

    /// Answers a request that the user agent deals with itself. Where it cannot be answered, there
    /// is nobody to be told.
    pub(super) fn refuse(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
        status: StatusCode,
        extra: &Extra,
    ) {
        let _ = self.reply(now, transaction, request, status, extra);
    }

    pub(super) fn reply(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        request: &Request,
        status: StatusCode,
        extra: &Extra,
    ) -> Result<(), AgentError> {
        let tag = match self.endpoint.to_tag(transaction) {
            Some(tag) => tag.to_owned(),
            None => self.random.tag(),
        };
        let mut builder = request.respond(status);
        builder.to_tag(&tag);
        let response = self.finish_response(&mut builder, extra, extra.body.as_ref())?;
        self.endpoint.send_response(now, transaction, &response)?;
        Ok(())
    }

    /// Answers a request ([`Event::Request`]).
    ///
    /// # Errors
    /// When it was answered or is over, or the response cannot be built or sent.
    pub fn respond(
        &mut self,
        now: Instant,
        incoming: Incoming,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let request = match self.servers.get(&incoming.0) {
            Some(Waiting::Program(request)) => request.clone(),
            _ => return Err(AgentError::Gone),
        };
        self.reply(now, incoming.0, &request, status, &extra)?;
        if status.is_final() {
            self.servers.remove(&incoming.0);
        }
        self.digest(now);
        Ok(())
    }
}
