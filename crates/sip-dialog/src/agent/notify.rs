//! Subscriptions of peers (RFC 6665 §4.2).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sip_message::value::Number;
use sip_message::{Method, Request, StatusCode, header};
use sip_transaction::{Flow, ServerTransaction};

use super::alarm::Alarm;
use super::client::{Outcome, Purpose};
use super::event::{Event, SubscriptionEnd};
use super::id::{Call, DialogKey, Notification};
use super::{AgentError, Extra, UserAgent};
use crate::{Dialog, State};

/// The state of a subscription, as a NOTIFY says it (RFC 6665 §4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionState {
    /// `active`.
    Active,
    /// `pending`: it waits for authorization.
    Pending,
    /// `terminated`, with the reason.
    Terminated(SubscriptionEnd),
}

/// A subscription of a peer.
#[derive(Debug)]
pub(crate) struct Notifier {
    pub(crate) key: DialogKey,
    /// The value of Event in what we send.
    event: Box<str>,
    pub(crate) flow: Flow,
    /// The SUBSCRIBE or REFER that waits for the program's answer.
    asked: Option<(ServerTransaction, Request)>,
    refer: bool,
    /// When it ends.
    expires: Option<Instant>,
    /// Whether a NOTIFY has no answer yet.
    under_way: bool,
    /// What is to be told then.
    queue: VecDeque<(SubscriptionState, Extra)>,
    /// With what the next NOTIFY ends it, whatever the program says: it has run out.
    over: Option<SubscriptionEnd>,
    /// The last NOTIFY was sent, or waits to be.
    closed: Option<SubscriptionEnd>,
    accepted: bool,
    /// Where the peer is referred to, until it was followed.
    pub(crate) refer_to: Option<Box<str>>,
    pub(crate) referred_by: Option<Box<str>>,
}

/// So many states may wait to be told.
const QUEUE: usize = 16;
/// How long a REFER's subscription lasts, in seconds: longer than anything rings.
pub(super) const REFER_LASTS: u32 = 300;

impl UserAgent {
    /// A SUBSCRIBE has come.
    pub(super) fn subscribe_comes(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
        key: Option<DialogKey>,
    ) {
        let event = request.headers().find(header::Event).ok().flatten();
        let known = event.is_some_and(|event| {
            self.config.event_packages.iter().any(|package| event.is(package))
                || (event.is("refer") && key.is_some())
        });
        let Some(event) = event.filter(|_| known) else {
            let packages = self.capabilities.allow_events.clone();
            let extra = match packages.is_empty() {
                true => Extra::new(),
                false => Extra::new().header("Allow-Events", &packages),
            };
            return self.refuse(now, transaction, &request, StatusCode::BAD_EVENT, &extra);
        };
        let id = event.params().get("id").and_then(|id| id.value_str());
        let package = event.value_str().unwrap_or_default();
        let event = match id {
            Some(id) => format!("{package};id={id}"),
            None => package.to_owned(),
        };
        let refer = package.eq_ignore_ascii_case("refer");
        let asked = request.headers().find(header::Expires).ok().flatten().map(Number::get);
        let least = self.config.shortest_subscription;
        if asked.is_some_and(|asked| asked != 0 && asked < least && asked < 3_600) {
            let extra = Extra::new().header("Min-Expires", &least.to_string());
            return self.refuse(now, transaction, &request, StatusCode::INTERVAL_TOO_BRIEF, &extra);
        }
        let lasts = asked.unwrap_or(3_600).min(self.config.longest_subscription);
        if let Some(key) = key
            && let Some(notification) = self.notifier_of(key, &event)
        {
            return self.refresh_notification(now, notification, transaction, request, lasts);
        }
        if refer {
            // There is no other way to subscribe to a REFER than to send it.
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        }
        let expires = now + Duration::from_secs(u64::from(lasts));
        let begun =
            self.begin_notifier(now, flow, transaction, &request, key, event, Some(expires));
        let Some((notification, call)) = begun else { return };
        self.events.push_back(Event::SubscriptionAsked { notification, call, flow, request });
    }

    fn notifier_of(&self, key: DialogKey, event: &str) -> Option<Notification> {
        let entry = self.dialogs.get(key)?;
        let same = |it: &&Notification| {
            self.notifiers.get(**it).is_some_and(|it| it.event.eq_ignore_ascii_case(event))
        };
        entry.notifications.iter().find(same).copied()
    }

    /// Makes a subscription of a peer, in a dialog that there is or one of its own.
    #[expect(clippy::too_many_arguments, reason = "all that a subscription begins with")]
    pub(super) fn begin_notifier(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: &Request,
        key: Option<DialogKey>,
        event: String,
        expires: Option<Instant>,
    ) -> Option<(Notification, Option<Call>)> {
        if self.check_subscriptions(flow).is_err() {
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            self.refuse(now, transaction, request, busy, &Extra::new());
            return None;
        }
        let call = match key {
            Some(key) => self.dialogs.get(key).and_then(|entry| entry.call),
            None => self.target_call(request),
        };
        let key = match key {
            Some(key) => {
                if let Some(entry) = self.dialogs.get_mut(key) {
                    entry.dialog.refresh_target(request);
                }
                key
            }
            None => {
                let tag = self.random.tag();
                let over_tls = flow.transport.is_secure();
                let Ok(dialog) = Dialog::uas(request, &tag, State::Confirmed, over_tls) else {
                    let bad = StatusCode::BAD_REQUEST;
                    self.refuse(now, transaction, request, bad, &Extra::new());
                    return None;
                };
                self.dialogs.insert(dialog, None)
            }
        };
        let refer = request.method() == Method::REFER;
        let notification = self.notifiers.insert(Notifier {
            key,
            event: event.into(),
            flow,
            asked: Some((transaction, request.clone())),
            refer,
            expires,
            under_way: false,
            queue: VecDeque::new(),
            over: None,
            closed: None,
            accepted: false,
            refer_to: None,
            referred_by: None,
        });
        self.count_source(flow.remote.ip(), |counts| counts.subscriptions += 1);
        self.serve_subscription(transaction, notification);
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.notifications.push(notification);
        }
        Some((notification, call))
    }

    /// Accepts a SUBSCRIBE or a REFER: with 200 or, for a REFER and where it is only known later
    /// whether it may be, with 202. The state is to be told at once with
    /// [`notify`](Self::notify) (RFC 6665 §4.2.1.2); for a REFER, NOTIFY with `100 Trying` is sent.
    ///
    /// # Errors
    /// When it was answered or is over, or the response cannot be built or sent.
    pub fn accept_subscription(
        &mut self,
        now: Instant,
        notification: Notification,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let notifier = self.notifiers.get(notification).ok_or(AgentError::Gone)?;
        let (transaction, request) =
            notifier.asked.clone().ok_or(AgentError::State("it was answered"))?;
        let (key, flow, refer, expires) =
            (notifier.key, notifier.flow, notifier.refer, notifier.expires);
        let unwanted = refer
            && request
                .headers()
                .find(header::ReferSub)
                .ok()
                .flatten()
                .is_some_and(|it| it.is("false"));
        let entry = self.dialogs.get(key).ok_or(AgentError::Gone)?;
        let tag = entry.dialog.id().local_tag.to_owned();
        let secure = entry.dialog.is_secure();
        let status = if refer { StatusCode::ACCEPTED } else { StatusCode::OK };
        let mut builder = request.respond(status);
        builder.to_tag(&tag);
        self.introduce(&mut builder, &self.contact_uri(flow, secure));
        let left = expires.map(|at| seconds_until(now, at));
        if let Some(left) = left.filter(|_| !refer) {
            builder.header(header::Expires, left);
        }
        if unwanted {
            builder.header(header::ReferSub, "false");
        }
        let response = self.finish_response(&mut builder, &extra, extra.body.as_ref())?;
        self.endpoint.send_response(now, transaction, &response)?;
        self.served(transaction);
        if let Some(notifier) = self.notifiers.get_mut(notification) {
            notifier.asked = None;
            notifier.accepted = true;
        }
        if unwanted {
            self.end_notification(notification, SubscriptionEnd::NoSubscription);
        } else {
            let lasts = Duration::from_secs(u64::from(REFER_LASTS));
            let at = expires.unwrap_or(now + lasts);
            if let Some(notifier) = self.notifiers.get_mut(notification) {
                notifier.expires = Some(at);
            }
            self.alarms.set(Alarm::NotificationExpires(notification), at);
            if refer {
                self.notify_refer(now, notification, StatusCode::TRYING)?;
            } else if left == Some(0) {
                self.close_with_next(now, notification);
            }
        }
        self.digest(now);
        Ok(())
    }

    /// Refuses a SUBSCRIBE or a REFER with a status from 300 to 699.
    ///
    /// # Errors
    /// When it was answered or is over, the status is another, or the response cannot be built or sent.
    pub fn reject_subscription(
        &mut self,
        now: Instant,
        notification: Notification,
        status: StatusCode,
        extra: Extra,
    ) -> Result<(), AgentError> {
        if status.code() < 300 {
            return Err(AgentError::State("a refusal is a status from 300 to 699"));
        }
        let notifier = self.notifiers.get(notification).ok_or(AgentError::Gone)?;
        let (transaction, request) =
            notifier.asked.clone().ok_or(AgentError::State("it was answered"))?;
        self.reply(now, transaction, &request, status, &extra)?;
        self.served(transaction);
        self.end_notification(notification, SubscriptionEnd::Failed(status));
        self.digest(now);
        Ok(())
    }

    fn refresh_notification(
        &mut self,
        now: Instant,
        notification: Notification,
        transaction: ServerTransaction,
        request: Request,
        lasts: u32,
    ) {
        let Some(notifier) = self.notifiers.get_mut(notification) else { return };
        if notifier.asked.is_some() || notifier.closed.is_some() {
            let gone = StatusCode::CALL_DOES_NOT_EXIST;
            return self.refuse(now, transaction, &request, gone, &Extra::new());
        }
        let at = now + Duration::from_secs(u64::from(lasts));
        notifier.expires = Some(at);
        notifier.over = None;
        let (key, flow) = (notifier.key, notifier.flow);
        let secure = self.dialogs.get(key).is_some_and(|entry| entry.dialog.is_secure());
        if let Some(entry) = self.dialogs.get_mut(key) {
            entry.dialog.refresh_target(&request);
        }
        let mut builder = request.respond(StatusCode::OK);
        self.introduce(&mut builder, &self.contact_uri(flow, secure));
        builder.header(header::Expires, lasts);
        let response = self.finish_response(&mut builder, &Extra::new(), None);
        if let Ok(response) = response {
            // Whoever asks again gets the same.
            let _ = self.endpoint.send_response(now, transaction, &response);
        }
        if lasts == 0 {
            self.close_with_next(now, notification);
        } else {
            self.alarms.set(Alarm::NotificationExpires(notification), at);
        }
        self.events.push_back(Event::SubscriptionRefreshed { notification, request });
    }

    /// The subscriber wants the state once more and no longer: the next NOTIFY is the last. It is
    /// sent without a state where the program has none in time.
    fn close_with_next(&mut self, now: Instant, notification: Notification) {
        let at = now + self.long();
        if let Some(notifier) = self.notifiers.get_mut(notification) {
            notifier.over = Some(SubscriptionEnd::Unsubscribed);
            self.alarms.set(Alarm::NotificationExpires(notification), at);
        }
    }

    /// The peer has not refreshed: it is told that it is over.
    pub(super) fn expire_notification(&mut self, now: Instant, notification: Notification) {
        let state = SubscriptionState::Terminated(SubscriptionEnd::Timeout);
        if self.notify(now, notification, state, Extra::new()).is_err() {
            self.end_notification(notification, SubscriptionEnd::Timeout);
        }
    }

    /// Tells a subscriber a state; the body is the package's. One NOTIFY follows the other when
    /// that was answered. After [`SubscriptionState::Terminated`] the subscription is over.
    ///
    /// # Errors
    /// When it is not accepted yet or is over, too many states wait, or the request cannot be built or
    /// sent.
    pub fn notify(
        &mut self,
        now: Instant,
        notification: Notification,
        state: SubscriptionState,
        extra: Extra,
    ) -> Result<(), AgentError> {
        let notifier = self.notifiers.get_mut(notification).ok_or(AgentError::Gone)?;
        if !notifier.accepted {
            return Err(AgentError::State("it was not accepted yet"));
        }
        if notifier.closed.is_some() {
            return Err(AgentError::Gone);
        }
        if notifier.queue.len() >= QUEUE {
            return Err(AgentError::Full);
        }
        let state = match notifier.over {
            Some(cause) => SubscriptionState::Terminated(cause),
            None => state,
        };
        if let SubscriptionState::Terminated(cause) = state {
            notifier.closed = Some(cause);
        }
        notifier.queue.push_back((state, extra));
        let sent = self.notify_next(now, notification);
        if sent.is_err() {
            self.end_notification(notification, SubscriptionEnd::DialogEnded);
        }
        self.digest(now);
        sent
    }

    fn notify_next(&mut self, now: Instant, notification: Notification) -> Result<(), AgentError> {
        let notifier = self.notifiers.get_mut(notification).ok_or(AgentError::Gone)?;
        if notifier.under_way {
            return Ok(());
        }
        let Some((state, extra)) = notifier.queue.pop_front() else { return Ok(()) };
        let (key, near) = (notifier.key, notifier.flow);
        let left = notifier.expires.map_or(0, |at| seconds_until(now, at));
        let text = match state {
            SubscriptionState::Active => format!("active;expires={left}"),
            SubscriptionState::Pending => format!("pending;expires={left}"),
            SubscriptionState::Terminated(SubscriptionEnd::Unsubscribed) => {
                "terminated;reason=timeout".to_owned()
            }
            SubscriptionState::Terminated(cause) => match cause.reason() {
                Some(reason) => format!("terminated;reason={reason}"),
                None => "terminated".to_owned(),
            },
        };
        let event = notifier.event.clone();
        let flow = self.route(key, near);
        let entry = self.dialogs.get_mut(key).ok_or(AgentError::Gone)?;
        let secure = entry.dialog.is_secure();
        let mut builder = entry.dialog.request(Method::NOTIFY);
        builder.header(header::Event, &*event);
        builder.header(header::SubscriptionState, text.as_str());
        let contact = self.contact_uri(near, secure);
        self.introduce(&mut builder, &contact);
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        self.send(now, flow, request, Purpose::Notify(notification))?;
        if let Some(notifier) = self.notifiers.get_mut(notification) {
            notifier.under_way = true;
        }
        Ok(())
    }

    /// What has come of a NOTIFY (RFC 6665 §4.2.2).
    pub(super) fn notify_outcome(
        &mut self,
        now: Instant,
        notification: Notification,
        outcome: Outcome,
    ) {
        if outcome.status.is_provisional() {
            return;
        }
        let Some(notifier) = self.notifiers.get_mut(notification) else { return };
        notifier.under_way = false;
        let key = notifier.key;
        let done = notifier.queue.is_empty();
        let over = notifier.closed.filter(|_| done);
        let failed = outcome.status.code() >= 300
            && crate::failure_effect(outcome.status, true) != crate::Effect::Transaction;
        if failed {
            if crate::failure_effect(outcome.status, true) == crate::Effect::Dialog {
                self.in_dialog_failed(now, key, &outcome, true, None);
            }
            return self.end_notification(notification, SubscriptionEnd::Failed(outcome.status));
        }
        if let Some(cause) = over {
            return self.end_notification(notification, cause);
        }
        if self.notify_next(now, notification).is_err() {
            self.end_notification(notification, SubscriptionEnd::DialogEnded);
        }
    }

    /// Forgets a subscription of a peer and tells that it is over.
    pub(super) fn end_notification(&mut self, notification: Notification, cause: SubscriptionEnd) {
        let Some(notifier) = self.notifiers.remove(notification) else { return };
        self.alarms.clear(Alarm::NotificationExpires(notification));
        self.count_source(notifier.flow.remote.ip(), |counts| counts.subscriptions -= 1);
        if let Some(entry) = self.dialogs.get_mut(notifier.key) {
            entry.notifications.retain(|it| *it != notification);
        }
        self.dialogs.let_go(notifier.key);
        self.events.push_back(Event::NotificationEnded { notification, cause });
    }
}

fn seconds_until(now: Instant, at: Instant) -> u32 {
    u32::try_from(at.saturating_duration_since(now).as_secs()).unwrap_or(u32::MAX)
}
