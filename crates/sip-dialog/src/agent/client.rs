//! Requests that were sent, what they were for, and what becomes of them.

use std::time::{Duration, Instant};

use sip_message::{Message, Request, Response, StatusCode};
use sip_transaction::{ClientTransaction, Flow};

use super::alarm::Alarm;
use super::event::Event;
use super::id::{Call, Challenge, DialogKey, Exchange, Notification, Publication, Subscription};
use super::{AgentError, Extra, UserAgent};

/// What a request was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The INVITE that makes a call.
    Invite(Call),
    /// A re-INVITE or an UPDATE.
    Change(Call),
    Prack(Call, DialogKey),
    Bye(DialogKey, Option<Call>),
    /// SUBSCRIBE or REFER.
    Subscribe(Subscription),
    Notify(Notification),
    Publish(Publication),
    Exchange(Exchange),
}

/// A request that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) purpose: Purpose,
    /// As it was given to the transaction layer: without Via.
    pub(crate) request: Request,
    pub(crate) flow: Flow,
    /// The ACKs for the 2xx of an INVITE, by the tag of To: each is sent again when its 2xx is
    /// (RFC 3261 §13.2.2.4).
    pub(crate) acks: Vec<Ack>,
}

/// An ACK for a 2xx.
#[derive(Debug)]
pub(crate) struct Ack {
    /// The tag of To.
    pub(crate) tag: Box<str>,
    pub(crate) flow: Flow,
    pub(crate) ack: Request,
}

/// A request that a server wants credentials for.
#[derive(Debug)]
pub(crate) struct Challenged {
    purpose: Purpose,
    request: Request,
    flow: Flow,
    /// The 401 or 407.
    response: Response,
}

/// What has come of a request.
pub(crate) struct Outcome {
    /// The status: that of the response, or what it counts as (RFC 3261 §8.1.3.1).
    pub(crate) status: StatusCode,
    pub(crate) response: Option<Response>,
}

impl Outcome {
    pub(crate) fn message(self) -> Option<Message> {
        self.response.map(Message::from)
    }
}

/// How long a request waits for credentials.
const PATIENCE: Duration = Duration::from_secs(32);

impl UserAgent {
    /// Sends a request by a transaction of its own.
    pub(super) fn send(
        &mut self,
        now: Instant,
        flow: Flow,
        request: Request,
        purpose: Purpose,
    ) -> Result<ClientTransaction, AgentError> {
        let transaction = self.endpoint.send_request(now, flow, &request)?;
        let sent = Sent { purpose, request, flow, acks: Vec::new() };
        self.clients.insert(transaction, Box::new(sent));
        Ok(transaction)
    }

    /// A response has come, or something that counts as one.
    pub(super) fn client_outcome(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        outcome: Outcome,
    ) {
        let Some(sent) = self.clients.get(&transaction) else { return };
        let purpose = sent.purpose;
        if self.challenge(now, transaction, &outcome) {
            return;
        }
        match purpose {
            Purpose::Invite(call) => self.invite_outcome(now, transaction, call, outcome),
            Purpose::Change(call) => self.change_outcome(now, transaction, call, outcome),
            Purpose::Prack(call, key) => self.prack_outcome(now, call, key, outcome),
            Purpose::Bye(key, call) => self.bye_outcome(now, key, call, outcome),
            Purpose::Subscribe(subscription) => {
                self.subscribe_outcome(now, transaction, subscription, outcome);
            }
            Purpose::Notify(notification) => self.notify_outcome(now, notification, outcome),
            Purpose::Publish(publication) => {
                self.publish_outcome(now, transaction, publication, outcome);
            }
            Purpose::Exchange(exchange) => self.exchange_outcome(now, exchange, outcome),
        }
    }

    /// Keeps a request that a server wants credentials for. Whether it was.
    fn challenge(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        outcome: &Outcome,
    ) -> bool {
        let status = outcome.status;
        let Some(response) = outcome.response.as_ref() else { return false };
        if status != StatusCode::UNAUTHORIZED && status != StatusCode::PROXY_AUTHENTICATION_REQUIRED
        {
            return false;
        }
        if self.challenges.len() >= self.config.limits.challenges {
            return false;
        }
        let Some(sent) = self.clients.get(&transaction) else { return false };
        if !self.may_be_resent(sent.purpose) {
            return false;
        }
        let Sent { purpose, flow, .. } = **sent;
        let (request, response) = (sent.request.clone(), response.clone());
        let kept =
            Challenged { purpose, request: request.clone(), flow, response: response.clone() };
        let challenge = self.challenges.insert(Box::new(kept));
        self.alarms.set(Alarm::Abandon(challenge), now + PATIENCE);
        self.events.push_back(Event::Challenged { challenge, request, response });
        if let Purpose::Invite(call) = purpose {
            // The early dialogs are over with their INVITE.
            self.drop_all_legs(call);
        }
        true
    }

    /// Whether what a request is for still goes on.
    fn may_be_resent(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Invite(call) | Purpose::Change(call) => {
                self.calls.get(call).is_some_and(|data| data.cause.is_none())
            }
            Purpose::Prack(call, _) => self.calls.contains_key(call),
            Purpose::Bye(key, _) => self.dialogs.get(key).is_some(),
            Purpose::Subscribe(it) => self.subscribers.contains_key(it),
            Purpose::Notify(it) => self.notifiers.contains_key(it),
            Purpose::Publish(it) => self.publishers.contains_key(it),
            Purpose::Exchange(it) => self.exchanges.contains_key(it),
        }
    }

    /// Sends a request again that a server wants credentials for: with these headers, of which
    /// `Authorization` and `Proxy-Authorization` take the place of those that were there, and with
    /// the next CSeq (RFC 3261 §22.2).
    ///
    /// # Errors
    /// When the handle is of nothing, the request cannot be built, or cannot be sent.
    pub fn resend(
        &mut self,
        now: Instant,
        challenge: Challenge,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let kept = self.challenges.get(challenge).ok_or(AgentError::Gone)?;
        let (purpose, flow, former) = (kept.purpose, kept.flow, kept.request.clone());
        if !self.may_be_resent(purpose) {
            self.forget_challenge(challenge);
            return Err(AgentError::Gone);
        }
        let number = self.next_number(purpose, &former)?;
        let mut edit = former.edit();
        edit.set(sip_message::header::CSeq, sip_message::value::CSeq::new(number, former.method()));
        for (name, value) in extra.headers() {
            edit.set_raw(name, value);
        }
        let request = edit.finish()?;
        let transaction = self.send(now, flow, request.clone(), purpose)?;
        self.forget_challenge(challenge);
        self.resent(transaction, purpose, request, number);
        self.digest(now);
        Ok(())
    }

    /// The CSeq of a request that is sent once more.
    pub(super) fn next_number(
        &mut self,
        purpose: Purpose,
        former: &Request,
    ) -> Result<u32, AgentError> {
        let key = match purpose {
            Purpose::Invite(_) | Purpose::Publish(_) | Purpose::Exchange(_) => None,
            Purpose::Change(call) => self.data(call)?.change.as_ref().map(|change| change.key),
            Purpose::Prack(_, key) | Purpose::Bye(key, _) => Some(key),
            Purpose::Subscribe(it) => self.subscribers.get(it).and_then(|it| it.key),
            Purpose::Notify(it) => self.notifiers.get(it).map(|it| it.key),
        };
        let key = key.or_else(|| {
            let headers = former.headers();
            let from = headers.find(sip_message::header::From).ok()??;
            let to = headers.find(sip_message::header::To).ok()??;
            let call_id = headers.find(sip_message::header::CallId).ok()??.to_str().ok()?;
            let (local_tag, remote_tag) = (from.tag()?, to.tag()?);
            self.dialogs.find(crate::DialogId { call_id, local_tag, remote_tag })
        });
        match key.and_then(|key| self.dialogs.get_mut(key)) {
            Some(entry) => Ok(entry.dialog.next_sequence()),
            None => {
                let cseq = former.headers().find(sip_message::header::CSeq).ok().flatten();
                Ok(cseq.map_or(0, |it| it.number()).wrapping_add(1) & 0x7fff_ffff)
            }
        }
    }

    /// A request goes on as another transaction.
    fn resent(
        &mut self,
        transaction: ClientTransaction,
        purpose: Purpose,
        request: Request,
        number: u32,
    ) {
        match purpose {
            Purpose::Invite(call) => {
                if let Some(setup) = self.calls.get_mut(call).and_then(|it| it.setup.as_mut()) {
                    setup.transaction = Some(transaction);
                    setup.request = request;
                }
            }
            Purpose::Change(call) => {
                if let Some(change) = self.calls.get_mut(call).and_then(|it| it.change.as_mut()) {
                    change.transaction = Some(transaction);
                    change.number = number;
                }
            }
            Purpose::Subscribe(it) => {
                if let Some(subscriber) = self.subscribers.get_mut(it) {
                    subscriber.transaction = Some(transaction);
                    subscriber.request = request;
                }
            }
            Purpose::Publish(it) => {
                if let Some(publisher) = self.publishers.get_mut(it) {
                    publisher.request = request;
                    publisher.transaction = Some(transaction);
                }
            }
            Purpose::Prack(..) | Purpose::Bye(..) | Purpose::Notify(_) | Purpose::Exchange(_) => {}
        }
    }

    fn forget_challenge(&mut self, challenge: Challenge) {
        self.challenges.remove(challenge);
        self.alarms.clear(Alarm::Abandon(challenge));
    }

    /// Lets a request fail that a server wants credentials for: as if the 401 or 407 were a
    /// refusal like any other.
    ///
    /// # Errors
    /// When the handle is of nothing.
    pub fn abandon(&mut self, now: Instant, challenge: Challenge) -> Result<(), AgentError> {
        if !self.challenges.contains_key(challenge) {
            return Err(AgentError::Gone);
        }
        self.give_up_challenge(now, challenge);
        self.digest(now);
        Ok(())
    }

    pub(super) fn give_up_challenge(&mut self, now: Instant, challenge: Challenge) {
        self.alarms.clear(Alarm::Abandon(challenge));
        let Some(kept) = self.challenges.remove(challenge) else { return };
        let Challenged { purpose, response, .. } = *kept;
        let outcome = Outcome { status: response.status(), response: Some(response) };
        match purpose {
            Purpose::Invite(call) => self.invite_failed(now, call, outcome),
            Purpose::Change(call) => self.change_refused(now, call, outcome),
            Purpose::Prack(call, key) => self.prack_outcome(now, call, key, outcome),
            Purpose::Bye(key, call) => self.bye_outcome(now, key, call, outcome),
            Purpose::Subscribe(it) => self.subscribe_failed(it, outcome),
            Purpose::Notify(it) => self.notify_outcome(now, it, outcome),
            Purpose::Publish(it) => self.publish_failed(it, outcome),
            Purpose::Exchange(it) => self.exchange_outcome(now, it, outcome),
        }
    }
}
