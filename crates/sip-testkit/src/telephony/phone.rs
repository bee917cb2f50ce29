//! A user agent, and somebody who does with it whatever comes to mind.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sip_dialog::{
    AgentConfig, AgentError, Call, EndCause, Event, Exchange, Extra, InviteOptions, Notification,
    Phase, ReferOptions, SubscribeOptions, Subscription, SubscriptionState, UserAgent,
};
use sip_message::{Message, StatusCode, header};
use sip_transaction::{Flow, Transmit};

use super::media::{Media, body};
use crate::simulation::{Alarms, Element, Random, address, flow};

/// How somebody uses a telephone.
#[derive(Clone, Debug)]
pub struct Habits {
    /// The telephone's node.
    pub node: u8,
    /// Whom it calls: URIs, and the nodes that requests for them go to.
    pub calls: Vec<(String, u8)>,
    /// Other telephones, for transfers.
    pub others: Vec<u8>,
    /// How many things are done.
    pub actions: u64,
    /// Until when they are done, and until when calls are taken.
    pub active: Duration,
    /// When everything is ended.
    pub ends: Duration,
    /// Whether negotiators make offers and answers.
    pub negotiates: bool,
    /// How many things of a hundred are refused.
    pub refuses: u64,
    /// Whether it is UDP.
    pub datagrams: bool,
    /// What is decided by.
    pub random: Random,
}

/// A telephone and who uses it.
#[derive(Debug)]
pub struct Phone {
    /// The telephone.
    pub agent: UserAgent,
    habits: Habits,
    start: Option<Instant>,
    /// The calls that there are.
    pub calls: BTreeSet<Call>,
    subscriptions: BTreeSet<Subscription>,
    notifications: BTreeMap<Notification, bool>,
    exchanges: BTreeSet<Exchange>,
    /// What is to be done at an alarm.
    plans: BTreeMap<u64, Plan>,
    serial: u64,
    version: u32,
    over: bool,
    /// Why calls have ended.
    pub ends: Vec<EndCause>,
}

#[derive(Clone, Copy, Debug)]
enum Plan {
    Act,
    End,
    Ring(Call),
    Answer(Call),
    Acknowledge(Call),
    Offered(Call),
    Refer(Notification, u8),
}

impl Phone {
    /// A telephone.
    #[must_use]
    pub fn new(config: AgentConfig, seed: [u8; 32], habits: Habits) -> Self {
        Self {
            agent: UserAgent::new(config, seed),
            habits,
            start: None,
            calls: BTreeSet::new(),
            subscriptions: BTreeSet::new(),
            notifications: BTreeMap::new(),
            exchanges: BTreeSet::new(),
            plans: BTreeMap::new(),
            serial: 0,
            version: 0,
            over: false,
            ends: Vec::new(),
        }
    }

    fn plan(&mut self, alarms: &mut Alarms, after: Duration, plan: Plan) {
        self.serial += 1;
        self.plans.insert(self.serial, plan);
        alarms.after(after, self.serial);
    }

    fn soon(&mut self) -> Duration {
        let patience = self.habits.random.one_of(&[0, 0, 200, 2_000, 15_000, 45_000]);
        self.habits.random.time(Duration::from_millis(patience))
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.habits.random.percent(percent)
    }

    fn flow_to(&self, node: u8) -> Flow {
        flow(self.habits.datagrams, address(self.habits.node), address(node))
    }

    fn described(&mut self) -> Extra {
        self.version += 1;
        Extra::new().body(body(&format!("phone{}", self.habits.node), self.version))
    }

    fn media(&mut self) -> Media {
        let name = format!("media{}", self.habits.node);
        let random = Random::new(self.habits.random.number());
        Media::new(&name, self.habits.refuses, random)
    }

    fn some_call(&mut self) -> Option<Call> {
        let calls: Vec<Call> = self.calls.iter().copied().collect();
        (!calls.is_empty()).then(|| self.habits.random.one_of(&calls))
    }

    /// Does one thing. What cannot be done now is not done.
    fn act(&mut self, now: Instant) {
        let roll = self.habits.random.below(100);
        let Some(call) = self.some_call().filter(|_| roll >= 25) else {
            match roll {
                0..=2 => self.subscribe(now),
                3..=5 => self.message(now),
                _ => self.invite(now),
            }
            return;
        };
        let extra = if self.habits.negotiates { Extra::new() } else { self.described() };
        let refused = match roll {
            25..=34 => self.agent.hang_up(now, call),
            35..=39 => self.agent.cancel(now, call, None),
            40..=52 => self.agent.reinvite(now, call, extra),
            53..=56 => self.agent.reinvite(now, call, Extra::new()),
            57..=62 => self.agent.hold(now, call),
            63..=72 if self.habits.negotiates => self.agent.renegotiate(now, call),
            63..=72 => self.agent.update(now, call, extra),
            73..=76 => self.agent.update(now, call, Extra::new()),
            77..=82 => self.agent.info(now, call, Extra::new()).map(|exchange| {
                self.exchanges.insert(exchange);
            }),
            83..=88 => self.refer(now, call),
            89..=92 => self.subscribe_in(now, call),
            93..=95 => {
                let tag =
                    self.agent.early_dialogs(call).ok().and_then(|mut it| {
                        it.next().map(|dialog| dialog.id().remote_tag.to_owned())
                    });
                tag.map_or(Ok(()), |tag| self.agent.hang_up_early(now, call, &tag))
            }
            _ => match self.subscriptions.first().copied() {
                Some(subscription) => self.agent.unsubscribe(now, subscription),
                None => Ok(()),
            },
        };
        self.expect_reason(refused);
    }

    /// What is refused is refused for a reason that there can be.
    fn expect_reason(&self, refused: Result<(), AgentError>) {
        match refused {
            Ok(())
            | Err(
                AgentError::State(_)
                | AgentError::Gone
                | AgentError::OfferAnswer(_)
                | AgentError::Unacceptable(_)
                | AgentError::Full
                | AgentError::Unsupported(_),
            ) => {}
            Err(other) => panic!("{other}"),
        }
    }

    fn invite(&mut self, now: Instant) {
        if self.calls.len() >= 4 {
            return;
        }
        let calls = self.habits.calls.clone();
        if calls.is_empty() {
            return;
        }
        let place = usize::try_from(self.habits.random.below(calls.len() as u64)).unwrap_or(0);
        let (target, node) = &calls[place];
        let options = self.options();
        let call = self.agent.invite(now, self.flow_to(*node), target, options);
        self.calls.insert(call.expect("there is room"));
    }

    fn options(&mut self) -> InviteOptions {
        let offers = self.percent(75);
        let mut options = match (self.habits.negotiates, offers) {
            (true, _) => InviteOptions::negotiated(self.media()),
            (false, true) => InviteOptions::new(self.described()),
            (false, false) => InviteOptions::default(),
        };
        options.acknowledge = self.percent(15);
        options
    }

    fn message(&mut self, now: Instant) {
        let Some((target, node)) = self.habits.calls.first().cloned() else { return };
        let flow = self.flow_to(node);
        let sent = self.agent.message(now, flow, &target, Extra::new());
        self.exchanges.insert(sent.expect("a message can be sent"));
    }

    fn subscribe(&mut self, now: Instant) {
        let Some((target, node)) = self.habits.calls.first().cloned() else { return };
        let flow = self.flow_to(node);
        let mut options = SubscribeOptions::default();
        options.expires = self.habits.random.one_of(&[0, 90, 3_600]);
        let sent = self.agent.subscribe(now, flow, &target, "presence", options);
        self.subscriptions.insert(sent.expect("it can be sent"));
    }

    fn subscribe_in(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        let mut options = SubscribeOptions::default();
        options.call = Some(call);
        options.expires = 100;
        let flow = self.flow_to(1);
        let sent = self.agent.subscribe(now, flow, "", "presence", options)?;
        self.subscriptions.insert(sent);
        Ok(())
    }

    fn refer(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        let others = self.habits.others.clone();
        if others.is_empty() {
            return Ok(());
        }
        let other = self.habits.random.one_of(&others);
        let mut options = ReferOptions::default();
        options.call = Some(call);
        options.without_subscription = self.percent(20);
        let replacing = self.calls.iter().copied().find(|it| *it != call);
        options.replacing = replacing.filter(|it| self.agent.replaces(*it).is_ok());
        // An attended transfer goes to the other side of the call that is replaced.
        let target = options.replacing.and_then(|it| self.agent.dialog(it).ok());
        let target = match target {
            Some(dialog) => dialog.remote_target().to_owned(),
            None => format!("sip:phone@10.0.0.{other}"),
        };
        let flow = self.flow_to(other);
        let sent = self.agent.refer(now, flow, "", &target, options)?;
        self.subscriptions.insert(sent);
        Ok(())
    }

    /// Ends everything.
    fn end_all(&mut self, now: Instant) {
        self.over = true;
        for call in self.calls.clone() {
            let ended = self.agent.hang_up(now, call);
            self.expect_reason(ended);
        }
        for subscription in self.subscriptions.clone() {
            let ended = self.agent.unsubscribe(now, subscription);
            self.expect_reason(ended);
        }
        for (notification, accepted) in self.notifications.clone() {
            let terminated = SubscriptionState::Terminated(sip_dialog::SubscriptionEnd::GiveUp);
            let ended = match accepted {
                true => self.agent.notify(now, notification, terminated, Extra::new()),
                false => self.agent.reject_subscription(
                    now,
                    notification,
                    StatusCode::TEMPORARILY_UNAVAILABLE,
                    Extra::new(),
                ),
            };
            self.expect_reason(ended);
        }
    }

    fn carry_out(&mut self, now: Instant, plan: Plan) {
        match plan {
            Plan::Act => self.act(now),
            Plan::End => self.end_all(now),
            Plan::Ring(call) => {
                let status =
                    self.habits.random.one_of(&[StatusCode::RINGING, StatusCode::SESSION_PROGRESS]);
                let extra = self.described();
                let rung = match (self.percent(40), self.habits.negotiates) {
                    (false, _) => self.agent.ring(now, call, status, Extra::new()),
                    (true, false) => self.agent.ring(now, call, status, extra),
                    (true, true) => self.agent.ring_with_media(now, call, status, Extra::new()),
                };
                self.expect_reason(rung);
            }
            Plan::Answer(call) => self.answer(now, call),
            Plan::Acknowledge(call) => {
                let extra = match self.habits.negotiates {
                    true => Extra::new(),
                    false => self.described(),
                };
                let acknowledged = self.agent.acknowledge(now, call, extra);
                self.expect_reason(acknowledged);
            }
            Plan::Offered(call) => {
                let answered = match self.percent(self.habits.refuses) {
                    true => self.agent.reject_offer(
                        now,
                        call,
                        StatusCode::NOT_ACCEPTABLE_HERE,
                        Extra::new(),
                    ),
                    false => {
                        let extra = self.described();
                        self.agent.accept_offer(now, call, extra)
                    }
                };
                self.expect_reason(answered);
            }
            Plan::Refer(notification, node) => self.follow(now, notification, node),
        }
    }

    fn answer(&mut self, now: Instant, call: Call) {
        let decision = self.habits.random.below(100);
        let answered = if decision < self.habits.refuses {
            let status = self.habits.random.one_of(&[
                StatusCode::BUSY_HERE,
                StatusCode::DECLINE,
                StatusCode::NOT_ACCEPTABLE_HERE,
            ]);
            self.agent.reject(now, call, status, Extra::new())
        } else if decision > 97 {
            self.agent.redirect(now, call, &["sip:phone@10.0.0.77"])
        } else {
            let extra = match self.habits.negotiates {
                true => Extra::new(),
                false => self.described(),
            };
            let accepted = self.agent.accept(now, call, extra);
            if let Err(AgentError::OfferAnswer(_)) = &accepted {
                // A description too many, or none: the other way then.
                let accepted = self.agent.accept(now, call, Extra::new());
                self.expect_reason(accepted);
            }
            accepted
        };
        self.expect_reason(answered);
    }

    fn follow(&mut self, now: Instant, notification: Notification, node: u8) {
        if !self.notifications.contains_key(&notification) {
            return;
        }
        if self.over || self.percent(self.habits.refuses) {
            let status = StatusCode::DECLINE;
            let refused = self.agent.reject_subscription(now, notification, status, Extra::new());
            return self.expect_reason(refused);
        }
        let accepted = self.agent.accept_subscription(now, notification, Extra::new());
        let went_on = accepted.is_ok();
        self.expect_reason(accepted);
        if !went_on {
            return;
        }
        if let Some(it) = self.notifications.get_mut(&notification) {
            *it = true;
        }
        if self.percent(70) {
            let flow = self.flow_to(node);
            let options = self.options();
            if let Ok(call) = self.agent.follow_refer(now, notification, flow, options) {
                self.calls.insert(call);
            }
        } else {
            let told = self.agent.notify_refer(now, notification, StatusCode::NOT_FOUND);
            self.expect_reason(told);
        }
    }

    /// The call of an event is one that there is.
    fn known(&self, call: Call, event: &Event) {
        assert!(self.calls.contains(&call), "{:?} is over: {event:?}", call);
    }

    fn take(&mut self, now: Instant, event: Event, alarms: &mut Alarms) {
        match &event {
            Event::Incoming { call, .. } => {
                assert!(self.calls.insert(*call), "a new call has a new handle");
                if self.habits.negotiates {
                    let media = self.media();
                    self.agent.set_negotiator(*call, media).expect("it is new");
                }
                if self.over {
                    let refused = self.agent.reject(now, *call, StatusCode::DECLINE, Extra::new());
                    return self.expect_reason(refused);
                }
                if self.percent(70) {
                    let after = self.soon();
                    self.plan(alarms, after, Plan::Ring(*call));
                }
                if self.percent(90) {
                    let after = self.soon();
                    self.plan(alarms, after, Plan::Answer(*call));
                }
            }
            Event::Progress { call, acknowledge, .. }
            | Event::Answered { call, acknowledge, .. } => {
                self.known(*call, &event);
                if *acknowledge && self.percent(90) {
                    let after = self.soon();
                    self.plan(alarms, after, Plan::Acknowledge(*call));
                }
            }
            Event::Reinvited { call, .. } => {
                self.known(*call, &event);
                if self.percent(20) {
                    self.plan(alarms, Duration::ZERO, Plan::Ring(*call));
                }
                let after = self.soon();
                self.plan(alarms, after, Plan::Answer(*call));
            }
            Event::Offered { call, .. } => {
                self.known(*call, &event);
                let after = self.soon() / 4;
                self.plan(alarms, after, Plan::Offered(*call));
            }
            Event::RefreshDue { call } => {
                self.known(*call, &event);
                let extra = self.described();
                let refreshed = self.agent.reinvite(now, *call, extra);
                self.expect_reason(refreshed);
            }
            Event::Confirmed { call, .. }
            | Event::Acknowledged { call, .. }
            | Event::Changed { call, .. }
            | Event::ChangeFailed { call, .. }
            | Event::EarlyDialogEnded { call, .. } => self.known(*call, &event),
            Event::Redirected { call, .. } => {
                self.known(*call, &event);
                let somebody = self.habits.calls.first().cloned();
                let next = match somebody.filter(|_| self.percent(50)) {
                    Some((target, node)) => {
                        let flow = self.flow_to(node);
                        self.agent.follow(now, *call, flow, &target)
                    }
                    None => self.agent.hang_up(now, *call),
                };
                self.expect_reason(next);
            }
            Event::Ended { call, cause, .. } => {
                assert!(self.calls.remove(call), "{call:?} ends twice: {event:?}");
                self.ends.push(*cause);
            }
            Event::Request { incoming, .. } => {
                let status = self.habits.random.one_of(&[
                    StatusCode::OK,
                    StatusCode::OK,
                    StatusCode::NOT_ACCEPTABLE_HERE,
                ]);
                let answered = self.agent.respond(now, *incoming, status, Extra::new());
                answered.expect("it waits");
            }
            Event::Response { exchange, response } => {
                let final_one = response.status().is_final();
                assert!(self.exchanges.contains(exchange), "{event:?}");
                if final_one {
                    self.exchanges.remove(exchange);
                }
            }
            Event::NoResponse { exchange, .. } => {
                assert!(self.exchanges.remove(exchange), "{event:?}");
            }
            Event::Subscribed { subscription, .. } | Event::Notified { subscription, .. } => {
                assert!(self.subscriptions.contains(subscription), "{event:?}");
            }
            Event::SubscriptionForked { subscription, of } => {
                assert!(self.subscriptions.contains(of), "{event:?}");
                assert!(self.subscriptions.insert(*subscription), "{event:?}");
                if self.over {
                    let ended = self.agent.unsubscribe(now, *subscription);
                    self.expect_reason(ended);
                }
            }
            Event::Unsubscribed { subscription, .. } => {
                assert!(self.subscriptions.remove(subscription), "{event:?}");
            }
            Event::SubscriptionAsked { notification, .. } => {
                assert!(self.notifications.insert(*notification, false).is_none(), "{event:?}");
                if self.over || self.percent(self.habits.refuses) {
                    let status = StatusCode::DECLINE;
                    let refused =
                        self.agent.reject_subscription(now, *notification, status, Extra::new());
                    return self.expect_reason(refused);
                }
                let accepted = self.agent.accept_subscription(now, *notification, Extra::new());
                accepted.expect("it waits");
                self.notifications.insert(*notification, true);
                self.tell(now, *notification);
            }
            Event::SubscriptionRefreshed { notification, .. } => {
                assert!(self.notifications.contains_key(notification), "{event:?}");
                self.tell(now, *notification);
            }
            Event::ReferAsked { notification, request, .. } => {
                let refer_to = request.headers().require(header::ReferTo).expect("a Refer-To");
                let uri = refer_to.uri().expect("a URI");
                let node = uri.host_str().and_then(|it| it.rsplit_once('.')?.1.parse().ok());
                let node = node.expect("the node of a telephone");
                assert!(self.notifications.insert(*notification, false).is_none(), "{event:?}");
                let after = self.soon() / 4;
                self.plan(alarms, after, Plan::Refer(*notification, node));
            }
            Event::NotificationEnded { notification, .. } => {
                assert!(self.notifications.remove(notification).is_some(), "{event:?}");
            }
            Event::RequestGone { .. } | Event::TooLarge { .. } | Event::Stray { .. } => {}
            other => panic!("nobody expects {other:?}"),
        }
    }

    fn tell(&mut self, now: Instant, notification: Notification) {
        let told = self.agent.notify(now, notification, SubscriptionState::Active, Extra::new());
        self.expect_reason(told);
    }

    /// The calls that are established and in which nothing is under way.
    pub fn standing(&self) -> impl Iterator<Item = (Call, sip_dialog::CallInfo<'_>)> {
        self.agent.calls().filter(|(_, info)| {
            info.phase == Phase::Established
                && !info.changing
                && info.offer_answer.is_some_and(|state| !state.is_open())
        })
    }
}

impl Element for Phone {
    fn poll_timeout(&self) -> Option<Instant> {
        self.agent.poll_timeout()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.agent.handle_timeout(now);
    }

    fn handle_message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.agent.handle_message(now, flow, message);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.agent.poll_transmit()
    }

    fn next_event(&mut self, now: Instant, alarms: &mut Alarms) -> bool {
        let event = self.agent.poll_event();
        event.map(|event| self.take(now, event, alarms)).is_some()
    }

    fn alarm(&mut self, now: Instant, what: u64, alarms: &mut Alarms) {
        if what == 0 {
            self.start = Some(now);
            for _ in 0..self.habits.actions {
                let active = self.habits.active;
                let after = self.habits.random.time(active);
                self.plan(alarms, after, Plan::Act);
            }
            let ends = self.habits.ends;
            return self.plan(alarms, ends, Plan::End);
        }
        if let Some(plan) = self.plans.remove(&what)
            && (!self.over || matches!(plan, Plan::Refer(..)))
        {
            self.carry_out(now, plan);
        }
    }
}
