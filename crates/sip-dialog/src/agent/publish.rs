//! Publications (RFC 3903): the client's state.

use std::time::{Duration, Instant};

use sip_message::value::Number;
use sip_message::{Method, Request, StatusCode, header};
use sip_transaction::{ClientTransaction, Flow};

use super::alarm::Alarm;
use super::client::{Outcome, Purpose};
use super::event::Event;
use super::id::Publication;
use super::{AgentError, Extra, UserAgent};

/// A state that we have published.
#[derive(Debug)]
pub(crate) struct Publisher {
    flow: Flow,
    target: Box<str>,
    event: Box<str>,
    /// What names it at the server, once it is there.
    etag: Option<Box<str>>,
    /// How long it shall last, in seconds.
    expires: u32,
    /// What was published last.
    extra: Extra,
    pub(crate) request: Request,
    pub(crate) transaction: Option<ClientTransaction>,
    /// What is to be published when the one under way is answered.
    next: Option<Extra>,
    leaving: bool,
}

impl UserAgent {
    /// Publishes a state, such as presence: the body, of this event package, for so many seconds.
    /// It is refreshed in time until [`unpublish`](Self::unpublish).
    ///
    /// # Errors
    /// When there are as many as there may be, the target is no URI, or the request cannot be built
    /// or sent.
    pub fn publish(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        package: &str,
        expires: u32,
        extra: Extra,
    ) -> Result<Publication, AgentError> {
        self.check_subscriptions(flow)?;
        let mut builder = self.outside(Method::PUBLISH, target)?;
        builder.header(header::Event, package);
        builder.header(header::Expires, expires);
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        let publication = self.publishers.insert(Publisher {
            flow,
            target: target.into(),
            event: package.into(),
            etag: None,
            expires,
            extra,
            request: request.clone(),
            transaction: None,
            next: None,
            leaving: false,
        });
        match self.send(now, flow, request, Purpose::Publish(publication)) {
            Ok(transaction) => {
                if let Some(publisher) = self.publishers.get_mut(publication) {
                    publisher.transaction = Some(transaction);
                }
            }
            Err(error) => {
                self.publishers.remove(publication);
                return Err(error);
            }
        }
        self.digest(now);
        Ok(publication)
    }

    /// Publishes a new state in the place of the one that was.
    ///
    /// # Errors
    /// When the publication is over, or the request cannot be built or sent.
    pub fn republish(
        &mut self,
        now: Instant,
        publication: Publication,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let publisher = self.publishers.get_mut(publication).ok_or(AgentError::Gone)?;
        if publisher.leaving {
            return Err(AgentError::Gone);
        }
        publisher.next = Some(extra);
        self.publish_next(now, publication)?;
        self.digest(now);
        Ok(())
    }

    /// Takes a published state back. [`Event::PublicationEnded`] tells when it is gone.
    ///
    /// # Errors
    /// When the publication is over, or the request cannot be built or sent.
    pub fn unpublish(&mut self, now: Instant, publication: Publication) -> Result<(), AgentError> {
        let publisher = self.publishers.get_mut(publication).ok_or(AgentError::Gone)?;
        publisher.leaving = true;
        publisher.expires = 0;
        publisher.next = Some(Extra::new());
        self.alarms.clear(Alarm::Republish(publication));
        self.publish_next(now, publication)?;
        self.digest(now);
        Ok(())
    }

    pub(super) fn refresh_publication(&mut self, now: Instant, publication: Publication) {
        // A refresh has no body (RFC 3903 §4.3).
        let Some(publisher) = self.publishers.get_mut(publication) else { return };
        if publisher.next.is_none() && publisher.transaction.is_none() {
            let sent = self.publish_with(now, publication, &Extra::new());
            if sent.is_err() {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                self.publish_failed(publication, Outcome { status, response: None });
            }
        }
    }

    /// Publishes what waits, unless something is under way.
    fn publish_next(&mut self, now: Instant, publication: Publication) -> Result<(), AgentError> {
        let publisher = self.publishers.get_mut(publication).ok_or(AgentError::Gone)?;
        if publisher.transaction.is_some() {
            return Ok(());
        }
        let Some(extra) = publisher.next.take() else { return Ok(()) };
        if !publisher.leaving {
            publisher.extra = extra.clone();
        }
        self.publish_with(now, publication, &extra)
    }

    fn publish_with(
        &mut self,
        now: Instant,
        publication: Publication,
        extra: &Extra,
    ) -> Result<(), AgentError> {
        let publisher = self.publishers.get(publication).ok_or(AgentError::Gone)?;
        let (flow, expires) = (publisher.flow, publisher.expires);
        let purpose = Purpose::Publish(publication);
        let (target, event) = (publisher.target.clone(), publisher.event.clone());
        let (etag, former) = (publisher.etag.clone(), publisher.request.clone());
        let number = self.next_number(purpose, &former)?;
        let mut builder = Request::builder(Method::PUBLISH, &*target);
        for name in ["To", "From", "Call-ID"] {
            if let Some(value) = former.headers().raw(name) {
                builder.header_raw(name, value);
            }
        }
        builder.cseq(number);
        builder.header(header::Event, &*event);
        builder.header(header::Expires, expires);
        if let Some(etag) = &etag {
            builder.header(header::SipIfMatch, &**etag);
        }
        let request = self.finish_request(&mut builder, extra, extra.body.as_ref())?;
        let transaction = self.send(now, flow, request.clone(), purpose)?;
        if let Some(publisher) = self.publishers.get_mut(publication) {
            publisher.request = request;
            publisher.transaction = Some(transaction);
        }
        Ok(())
    }

    /// What has come of a PUBLISH (RFC 3903 §4).
    pub(super) fn publish_outcome(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        publication: Publication,
        outcome: Outcome,
    ) {
        let Some(publisher) = self.publishers.get_mut(publication) else { return };
        if publisher.transaction != Some(transaction) || outcome.status.is_provisional() {
            return;
        }
        publisher.transaction = None;
        let again = match (outcome.status.code(), &outcome.response) {
            // The server does not know it any more: it is published anew.
            (412, _) if publisher.etag.is_some() => {
                publisher.etag = None;
                !publisher.leaving
            }
            (423, Some(response)) if publisher.expires > 0 => {
                let least = response.headers().find(header::MinExpires).ok().flatten();
                let least = least.map_or(0, Number::get);
                let longer = least > publisher.expires;
                publisher.expires = publisher.expires.max(least);
                longer
            }
            _ => false,
        };
        if again {
            let extra = publisher.extra.clone();
            if self.publish_with(now, publication, &extra).is_ok() {
                return;
            }
        }
        let Some(publisher) = self.publishers.get_mut(publication) else { return };
        match outcome.response.clone().filter(|it| it.status().is_success()) {
            None => self.publish_failed(publication, outcome),
            Some(_) if publisher.leaving && publisher.next.is_none() => {
                self.publishers.remove(publication);
                let response = outcome.response;
                let status = None;
                self.events.push_back(Event::PublicationEnded { publication, status, response });
            }
            Some(response) => {
                let etag = response.headers().find(header::SipETag).ok().flatten();
                if let Some(etag) = etag {
                    publisher.etag = Some(etag.as_str().into());
                }
                let told = response.headers().find(header::Expires).ok().flatten();
                let lasts =
                    Duration::from_secs(u64::from(told.map_or(publisher.expires, Number::get)));
                let before = (lasts / 2).min(self.long() + self.t1());
                self.alarms.set(Alarm::Republish(publication), now + lasts.saturating_sub(before));
                self.events.push_back(Event::Published { publication, response });
                if self.publish_next(now, publication).is_err() {
                    let status = StatusCode::SERVICE_UNAVAILABLE;
                    self.publish_failed(publication, Outcome { status, response: None });
                }
            }
        }
    }

    pub(super) fn publish_failed(&mut self, publication: Publication, outcome: Outcome) {
        if self.publishers.remove(publication).is_none() {
            return;
        }
        self.alarms.clear(Alarm::Republish(publication));
        let (status, response) = (Some(outcome.status), outcome.response);
        self.events.push_back(Event::PublicationEnded { publication, status, response });
    }
}
