//! Subscriptions of ours (RFC 6665 §4.1).

use std::time::{Duration, Instant};

use sip_message::encode::NameAddrBuilder;
use sip_message::value::Number;
use sip_message::{Builder, Message, Method, Request, StatusCode, header};
use sip_transaction::{ClientTransaction, Flow, ServerTransaction};

use super::alarm::Alarm;
use super::client::{Outcome, Purpose};
use super::event::{Event, SubscriptionEnd};
use super::id::{Call, DialogKey, Subscription};
use super::notify::REFER_LASTS;
use super::{AgentError, Extra, UserAgent};
use crate::Dialog;

/// What a SUBSCRIBE of ours has of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SubscribeOptions {
    /// How long it shall last, in seconds; it is refreshed before it ends. 3,600. With 0 the state
    /// is told once.
    pub expires: u32,
    /// The `id` of Event, where one dialog has more subscriptions of one package.
    pub id: Option<String>,
    /// Headers and a body.
    pub extra: Extra,
    /// The call in whose dialog it is; outside otherwise.
    pub call: Option<Call>,
}

impl Default for SubscribeOptions {
    fn default() -> Self {
        Self { expires: 3_600, id: None, extra: Extra::new(), call: None }
    }
}

/// A subscription of ours.
#[derive(Debug)]
pub(crate) struct Subscriber {
    /// The value of Event. For a REFER it is `refer`, with the CSeq as its id.
    pub(crate) event: Box<str>,
    pub(crate) key: Option<DialogKey>,
    pub(crate) flow: Flow,
    /// The last SUBSCRIBE or REFER.
    pub(crate) request: Request,
    /// What is under way.
    pub(crate) transaction: Option<ClientTransaction>,
    /// What the NOTIFY that makes the dialog is found by.
    forming: Option<(Box<str>, Box<str>)>,
    /// How long it shall last, in seconds.
    expires: u32,
    extra: Extra,
    /// Whether a NOTIFY has come since the last SUBSCRIBE.
    notified: bool,
    /// Whether one has ever come: only then there is something that can live on.
    active: bool,
    refer: bool,
    /// Whether the program has ended it.
    leaving: bool,
}

impl UserAgent {
    /// Subscribes to what a peer tells of an event package. The subscription is refreshed in time
    /// until [`unsubscribe`](Self::unsubscribe); a forked SUBSCRIBE makes more of them.
    ///
    /// # Errors
    /// When there are as many as there may be, the call has no dialog, or the request cannot be built
    /// or sent.
    pub fn subscribe(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        package: &str,
        options: SubscribeOptions,
    ) -> Result<Subscription, AgentError> {
        let SubscribeOptions { expires, id, extra, call } = options;
        let event = match id {
            Some(id) => format!("{package};id={id}"),
            None => package.to_owned(),
        };
        let (key, mut builder, flow) = self.usage_request(Method::SUBSCRIBE, flow, target, call)?;
        builder.header(header::Event, event.as_str());
        builder.header(header::Expires, expires);
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        self.begin_subscription(now, flow, key, event, expires, extra, request)
    }

    /// The start of a SUBSCRIBE or REFER, in the dialog of a call or outside.
    pub(super) fn usage_request(
        &mut self,
        method: Method<'_>,
        flow: Flow,
        target: &str,
        call: Option<Call>,
    ) -> Result<(Option<DialogKey>, Builder<'static, Request>, Flow), AgentError> {
        let (key, mut builder, flow, secure) = match call {
            Some(call) => {
                if self.data(call)?.phase == super::Phase::Ending {
                    return Err(AgentError::State("the call is being ended"));
                }
                let key = self.key_of(call)?;
                let flow = self.route(key, self.data(call)?.flow);
                let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
                let secure = entry.dialog.is_secure();
                (Some(key), entry.dialog.request(method), flow, secure)
            }
            None => {
                let secure = target.get(..5).is_some_and(|it| it.eq_ignore_ascii_case("sips:"));
                (None, self.outside(method, target)?, flow, secure)
            }
        };
        let contact = self.contact_uri(flow, secure);
        self.introduce(&mut builder, &contact);
        Ok((key, builder, flow))
    }

    #[expect(clippy::too_many_arguments, reason = "all that a subscription begins with")]
    pub(super) fn begin_subscription(
        &mut self,
        now: Instant,
        flow: Flow,
        key: Option<DialogKey>,
        event: String,
        expires: u32,
        extra: Extra,
        request: Request,
    ) -> Result<Subscription, AgentError> {
        self.check_subscriptions(flow)?;
        let refer = request.method() == Method::REFER;
        let forming = key.is_none().then(|| forming_key(&request)).flatten();
        let subscription = self.subscribers.insert(Subscriber {
            event: event.into(),
            key,
            flow,
            request: request.clone(),
            transaction: None,
            forming: forming.clone(),
            expires,
            extra,
            notified: false,
            active: false,
            refer,
            leaving: expires == 0 && !refer,
        });
        match self.send(now, flow, request, Purpose::Subscribe(subscription)) {
            Ok(transaction) => {
                if let Some(it) = self.subscribers.get_mut(subscription) {
                    it.transaction = Some(transaction);
                }
            }
            Err(error) => {
                self.subscribers.remove(subscription);
                return Err(error);
            }
        }
        self.count_source(flow.remote.ip(), |counts| counts.subscriptions += 1);
        if let Some(forming) = forming {
            self.forming.insert(forming, subscription);
        }
        if let Some(entry) = key.and_then(|key| self.dialogs.get_mut(key)) {
            entry.subscriptions.push(subscription);
        }
        self.digest(now);
        Ok(subscription)
    }

    pub(super) fn check_subscriptions(&self, flow: Flow) -> Result<(), AgentError> {
        let limits = &self.config.limits;
        let all = self.subscribers.len() + self.notifiers.len() + self.publishers.len();
        let of_source =
            self.sources.get(&flow.remote.ip()).map_or(0, |counts| counts.subscriptions);
        match all < limits.subscriptions && of_source < limits.subscriptions_per_source {
            true => Ok(()),
            false => Err(AgentError::Full),
        }
    }

    /// Ends a subscription of ours: a SUBSCRIBE with `Expires: 0` is sent, and the last state comes
    /// with a NOTIFY. [`Event::Unsubscribed`] tells when it is over.
    ///
    /// # Errors
    /// When it is over, or the request cannot be built or sent.
    pub fn unsubscribe(
        &mut self,
        now: Instant,
        subscription: Subscription,
    ) -> Result<(), AgentError> {
        let subscriber = self.subscribers.get_mut(subscription).ok_or(AgentError::Gone)?;
        subscriber.leaving = true;
        subscriber.expires = 0;
        self.alarms.clear(Alarm::Resubscribe(subscription));
        if subscriber.key.is_none() {
            // Nothing has come yet: what comes will be ended then.
            return Ok(());
        }
        self.resubscribe(now, subscription)?;
        self.digest(now);
        Ok(())
    }

    fn resubscribe(&mut self, now: Instant, subscription: Subscription) -> Result<(), AgentError> {
        let subscriber = self.subscribers.get(subscription).ok_or(AgentError::Gone)?;
        let key = subscriber.key.ok_or(AgentError::State("there is no dialog yet"))?;
        let (near, expires) = (subscriber.flow, subscriber.expires);
        let (event, extra) = (subscriber.event.clone(), subscriber.extra.clone());
        let flow = self.route(key, near);
        let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
        let secure = entry.dialog.is_secure();
        let mut builder = entry.dialog.request(Method::SUBSCRIBE);
        let contact = self.contact_uri(near, secure);
        self.introduce(&mut builder, &contact);
        builder.header(header::Event, &*event);
        builder.header(header::Expires, expires);
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        let sent = self.send(now, flow, request.clone(), Purpose::Subscribe(subscription))?;
        if let Some(subscriber) = self.subscribers.get_mut(subscription) {
            subscriber.transaction = Some(sent);
            subscriber.request = request;
            subscriber.notified = false;
        }
        Ok(())
    }

    /// It is time to refresh.
    pub(super) fn refresh_subscription(&mut self, now: Instant, subscription: Subscription) {
        // Where it cannot be sent, the subscription ends with its time.
        let _ = self.resubscribe(now, subscription);
    }

    /// Timer N: no NOTIFY has come (RFC 6665 §4.1.2.4).
    pub(super) fn notify_missing(&mut self, subscription: Subscription) {
        let notified = self.subscribers.get(subscription).is_none_or(|it| it.notified);
        if !notified {
            self.end_subscription(subscription, SubscriptionEnd::NoNotify, None, None);
        }
    }

    /// What has come of a SUBSCRIBE or a REFER.
    pub(super) fn subscribe_outcome(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        subscription: Subscription,
        outcome: Outcome,
    ) {
        let Some(subscriber) = self.subscribers.get_mut(subscription) else { return };
        if subscriber.transaction != Some(transaction) || outcome.status.is_provisional() {
            return;
        }
        subscriber.transaction = None;
        let Some(response) = outcome.response.clone().filter(|it| it.status().is_success()) else {
            if outcome.status.code() == 423
                && let Some(response) = &outcome.response
                && let Some(least) = response.headers().find(header::MinExpires).ok().flatten()
                && self.subscribe_longer(now, subscription, least.get()).is_ok()
            {
                return;
            }
            return self.subscribe_failed(subscription, outcome);
        };
        let unwanted = response
            .headers()
            .find(header::ReferSub)
            .ok()
            .flatten()
            .is_some_and(|it| it.is("false"));
        let refer = subscriber.refer;
        if !refer && subscriber.key.is_none() {
            let over_tls = subscriber.flow.transport.is_secure();
            if let Ok(dialog) = Dialog::uac(&subscriber.request, &response, over_tls) {
                self.form(subscription, dialog);
            }
        }
        let Some(subscriber) = self.subscribers.get_mut(subscription) else { return };
        if let Some(key) = subscriber.key
            && let Some(entry) = self.dialogs.get_mut(key)
        {
            entry.dialog.refresh_target(&response);
        }
        let Some(subscriber) = self.subscribers.get(subscription) else { return };
        let (leaving, ours) = (subscriber.leaving, subscriber.expires);
        let told = response.headers().find(header::Expires).ok().flatten();
        let lasts = told.map_or(ours, Number::get);
        let long = self.long();
        if !subscriber.notified {
            self.alarms.set(Alarm::NoNotify(subscription), now + long);
        }
        self.events.push_back(Event::Subscribed { subscription, response });
        if refer && unwanted {
            self.end_subscription(subscription, SubscriptionEnd::NoSubscription, None, None);
        } else if !refer {
            self.lasts(now, subscription, lasts);
            let unsent = leaving && ours == 0 && lasts > 0;
            if unsent {
                // It was ended before it was there.
                let _ = self.resubscribe(now, subscription);
            }
        }
    }

    /// Sends the SUBSCRIBE again for as long as the notifier takes (RFC 6665 §4.1.2.1).
    fn subscribe_longer(
        &mut self,
        now: Instant,
        subscription: Subscription,
        least: u32,
    ) -> Result<(), AgentError> {
        let subscriber = self.subscribers.get_mut(subscription).ok_or(AgentError::Gone)?;
        if subscriber.expires == 0 || subscriber.expires >= least {
            return Err(AgentError::State("it is long enough"));
        }
        subscriber.expires = least;
        let purpose = Purpose::Subscribe(subscription);
        let (former, flow) = (subscriber.request.clone(), subscriber.flow);
        let number = self.next_number(purpose, &former)?;
        let mut edit = former.edit();
        edit.set(header::CSeq, sip_message::value::CSeq::new(number, former.method()));
        edit.set(header::Expires, least);
        let request = edit.finish()?;
        let sent = self.send(now, flow, request.clone(), purpose)?;
        if let Some(subscriber) = self.subscribers.get_mut(subscription) {
            subscriber.transaction = Some(sent);
            subscriber.request = request;
        }
        Ok(())
    }

    /// A SUBSCRIBE or REFER has failed. A refresh that fails for a reason of its own leaves the
    /// subscription as it is (RFC 6665 §4.1.2.2, RFC 5057).
    pub(super) fn subscribe_failed(&mut self, subscription: Subscription, outcome: Outcome) {
        let Some(subscriber) = self.subscribers.get(subscription) else { return };
        let effect = crate::failure_effect(outcome.status, true);
        let lives = subscriber.active && !subscriber.refer;
        if lives && effect == crate::Effect::Transaction && !subscriber.leaving {
            return;
        }
        let status = outcome.status;
        let retry_after = outcome
            .response
            .as_ref()
            .and_then(|it| it.headers().find(header::RetryAfter).ok().flatten())
            .map(|it| it.seconds());
        let cause = SubscriptionEnd::Failed(status);
        self.end_subscription(subscription, cause, retry_after, outcome.message());
    }

    /// The subscription lasts so long from now on: it is refreshed before, or ends then.
    fn lasts(&mut self, now: Instant, subscription: Subscription, seconds: u32) {
        let Some(subscriber) = self.subscribers.get(subscription) else { return };
        let time = Duration::from_secs(u64::from(seconds));
        let long = self.long();
        if subscriber.leaving || seconds == 0 {
            self.alarms.clear(Alarm::Resubscribe(subscription));
            // The last NOTIFY may still come.
            return self.alarms.set(Alarm::Unsubscribe(subscription), now + time.max(long));
        }
        // So early that a lost request can be sent again, but not before half the time.
        let before = (time / 2).min(long + self.t1());
        self.alarms.set(Alarm::Resubscribe(subscription), now + time.saturating_sub(before));
        self.alarms.set(Alarm::Unsubscribe(subscription), now + time);
    }

    /// Gives a subscription its dialog.
    fn form(&mut self, subscription: Subscription, dialog: Dialog) {
        let key = match self.dialogs.find(dialog.id()) {
            Some(key) => key,
            None => self.dialogs.insert(dialog, None),
        };
        if let Some(subscriber) = self.subscribers.get_mut(subscription) {
            subscriber.key = Some(key);
        }
        if let Some(entry) = self.dialogs.get_mut(key)
            && !entry.subscriptions.contains(&subscription)
        {
            entry.subscriptions.push(subscription);
        }
    }

    /// A NOTIFY for no dialog that there is: it may make one (RFC 6665 §4.4.1).
    pub(super) fn notify_forms(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let found = crate::DialogId::of_request(&request)
            .and_then(|id| self.forming.get(&(id.call_id.into(), id.local_tag.into())).copied());
        let gone = StatusCode::CALL_DOES_NOT_EXIST;
        let Some(first) = found.filter(|it| self.matches_event(*it, &request)) else {
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        };
        let Some(subscriber) = self.subscribers.get(first) else { return };
        let over_tls = flow.transport.is_secure();
        let Ok(dialog) = Dialog::subscriber(&subscriber.request, &request, over_tls) else {
            let bad = StatusCode::BAD_REQUEST;
            return self.refuse(now, transaction, &request, bad, &Extra::new());
        };
        let subscription = if subscriber.key.is_none() {
            first
        } else {
            // One more branch of a fork has accepted it.
            if self.check_subscriptions(subscriber.flow).is_err() {
                return self.refuse(now, transaction, &request, gone, &Extra::new());
            }
            let Some(subscriber) = self.subscribers.get(first) else { return };
            let fork = Subscriber {
                event: subscriber.event.clone(),
                key: None,
                flow: subscriber.flow,
                request: subscriber.request.clone(),
                transaction: None,
                forming: None,
                expires: subscriber.expires,
                extra: subscriber.extra.clone(),
                notified: false,
                active: false,
                refer: subscriber.refer,
                leaving: subscriber.leaving,
            };
            let source = subscriber.flow.remote.ip();
            let subscription = self.subscribers.insert(fork);
            self.count_source(source, |counts| counts.subscriptions += 1);
            self.events.push_back(Event::SubscriptionForked { subscription, of: first });
            subscription
        };
        self.form(subscription, dialog);
        let left = self.subscribers.get(subscription).is_some_and(|it| it.leaving && !it.refer);
        self.take_notify(now, subscription, transaction, request);
        if left && self.subscribers.contains_key(subscription) {
            let _ = self.resubscribe(now, subscription);
        }
    }

    fn matches_event(&self, subscription: Subscription, notify: &Request) -> bool {
        let Some(subscriber) = self.subscribers.get(subscription) else { return false };
        let Some(event) = notify.headers().find(header::Event).ok().flatten() else { return false };
        let id = event.params().get("id").and_then(|id| id.value_str());
        let mut parts = subscriber.event.splitn(2, ";id=");
        let package = parts.next().unwrap_or_default();
        let wanted = parts.next();
        event.is(package)
            && match (subscriber.refer, wanted, id) {
                // RFC 3515 §2.4.6: the first REFER of a dialog may be told of without an id.
                (true, Some(wanted), Some(id)) => wanted == id,
                (true, _, None) => true,
                (_, wanted, id) => wanted == id,
            }
    }

    /// A NOTIFY within a dialog.
    pub(super) fn notify_comes(
        &mut self,
        now: Instant,
        key: DialogKey,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let Some(entry) = self.dialogs.get_mut(key) else { return };
        let candidates = entry.subscriptions.clone();
        let exact = |it: &&Subscription| self.matches_event(**it, &request);
        let Some(subscription) = candidates.iter().find(exact).copied() else {
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        };
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.refresh_target(&request);
        }
        self.take_notify(now, subscription, transaction, request);
    }

    fn take_notify(
        &mut self,
        now: Instant,
        subscription: Subscription,
        transaction: ServerTransaction,
        request: Request,
    ) {
        let state = request.headers().find(header::SubscriptionState).ok().flatten();
        let Some(state) = state else {
            let bad = StatusCode::BAD_REQUEST;
            return self.refuse(now, transaction, &request, bad, &Extra::new());
        };
        let number = |name| {
            state
                .params()
                .get(name)
                .and_then(|it| it.value_str())
                .and_then(|it| it.parse::<u32>().ok())
        };
        let (expires, retry_after) = (number("expires"), number("retry-after"));
        let reason = state.params().get("reason").and_then(|it| it.value_str()).map(str::to_owned);
        let terminated = state.is("terminated");
        self.accept_plain(now, transaction, &request, &Extra::new());
        self.alarms.clear(Alarm::NoNotify(subscription));
        let Some(subscriber) = self.subscribers.get_mut(subscription) else { return };
        subscriber.notified = true;
        subscriber.active = true;
        let (leaving, refer) = (subscriber.leaving, subscriber.refer);
        self.events.push_back(Event::Notified { subscription, request: request.clone() });
        if terminated {
            let told = reason.as_deref().map(SubscriptionEnd::from_reason);
            let cause = match told {
                Some(SubscriptionEnd::Timeout) | None if leaving => SubscriptionEnd::Unsubscribed,
                told => told.unwrap_or(SubscriptionEnd::Unknown),
            };
            let retry = cause.retry_after(retry_after);
            self.end_subscription(subscription, cause, retry, Some(request.into()));
        } else if refer {
            // It is not refreshed: whoever follows a REFER says when it is over, or is gone.
            let time = Duration::from_secs(u64::from(expires.unwrap_or(REFER_LASTS)));
            let at = now + time + self.long();
            self.alarms.set(Alarm::Unsubscribe(subscription), at);
        } else if let Some(expires) = expires {
            self.lasts(now, subscription, expires);
        }
    }

    /// Forgets a subscription of ours and tells that it is over.
    pub(super) fn end_subscription(
        &mut self,
        subscription: Subscription,
        cause: SubscriptionEnd,
        retry_after: Option<u32>,
        message: Option<Message>,
    ) {
        let Some(subscriber) = self.subscribers.remove(subscription) else { return };
        for alarm in [
            Alarm::NoNotify(subscription),
            Alarm::Resubscribe(subscription),
            Alarm::Unsubscribe(subscription),
        ] {
            self.alarms.clear(alarm);
        }
        if let Some(forming) = &subscriber.forming {
            self.forming.remove(forming);
        }
        self.count_source(subscriber.flow.remote.ip(), |counts| counts.subscriptions -= 1);
        if let Some(key) = subscriber.key {
            if let Some(entry) = self.dialogs.get_mut(key) {
                entry.subscriptions.retain(|it| *it != subscription);
            }
            self.dialogs.let_go(key);
        }
        self.events.push_back(Event::Unsubscribed { subscription, cause, retry_after, message });
    }
}

/// Call-ID and our tag.
fn forming_key(request: &Request) -> Option<(Box<str>, Box<str>)> {
    let headers = request.headers();
    let call_id = headers.find(header::CallId).ok()??.to_str().ok()?;
    let from = headers.find(header::From).ok()??;
    Some((call_id.into(), from.tag()?.into()))
}

/// An address in brackets, checked.
pub(super) fn bracketed(uri: &str) -> Result<String, AgentError> {
    let _checked = NameAddrBuilder::new(uri)?;
    Ok(format!("<{uri}>"))
}
