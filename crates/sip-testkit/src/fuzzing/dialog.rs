//! A user agent under any sequence of what its user and a hostile peer may do.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use sip_dialog::{
    AgentConfig, AgentCounts, AgentError, Call, Challenge, Event, Exchange, Extra, Incoming,
    InviteOptions, Notification, Publication, ReferOptions, Reliability, SessionTimerConfig,
    SubscribeOptions, Subscription, SubscriptionEnd, SubscriptionState, UserAgent,
};
use sip_message::{Message, StatusCode};
use sip_transaction::{ConnectionId, Flow, Transaction, Transport, TransportFailure};

use crate::simulation::Random;
use crate::telephony::Media;

mod peer;
use peer::{Adorned, Head};

/// What the user may do, to the call or whatever it is that a number picks.
#[derive(Arbitrary, Debug)]
enum Deed {
    Invite { negotiated: bool, described: bool, acknowledge: bool },
    Ring { status: u8, described: bool },
    Accept { described: bool },
    Reject { status: u16 },
    Redirect,
    Cancel,
    HangUp,
    HangUpEarly,
    Reinvite { described: bool },
    Update { described: bool },
    Hold { held: bool },
    AcceptOffer { described: bool },
    RejectOffer,
    Acknowledge { described: bool },
    Info,
    Refer { inside: bool, without: bool, replacing: bool },
    Subscribe { inside: bool, expires: u8 },
    Unsubscribe,
    AcceptSubscription,
    RejectSubscription,
    Notify { terminated: bool },
    NotifyRefer { status: u8 },
    FollowRefer,
    Publish,
    Republish,
    Unpublish,
    Message,
    Respond { status: u16 },
    Resend,
    Abandon,
    Follow,
    Negotiate,
    Move,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Do {
        deed: Deed,
        which: u8,
    },
    /// The peer answers something that was sent.
    Answer {
        which: u8,
        status: u16,
        tag: u8,
        adorned: Adorned,
    },
    /// The peer sends a request in a dialog.
    Inside {
        method: u8,
        dialog: u8,
        cseq: u8,
        branch: u8,
        adorned: Adorned,
    },
    /// The peer sends a request in none.
    Outside {
        method: u8,
        call: u8,
        tag: u8,
        cseq: u8,
        branch: u8,
        adorned: Adorned,
    },
    /// Something that was sent comes back.
    Echo {
        which: u8,
    },
    Datagram {
        bytes: Vec<u8>,
    },
    Fail {
        which: u8,
    },
    Wait {
        millis: u16,
    },
    WaitLong {
        seconds: u8,
    },
    WaitForTimer,
}

#[derive(Arbitrary, Debug)]
struct Case {
    few: bool,
    reliable: u8,
    session_timer: bool,
    redirects: u8,
    take_over: bool,
    stream: bool,
    operations: Vec<Operation>,
}

/// The handles of one kind that there are, and whether any may end without the user.
#[derive(Debug)]
struct Handles<H>(BTreeMap<H, ()>, &'static str);

impl<H: Ord + Copy + Debug> Handles<H> {
    fn new(kind: &'static str) -> Self {
        Self(BTreeMap::new(), kind)
    }

    fn begin(&mut self, handle: H) {
        assert!(self.0.insert(handle, ()).is_none(), "{} {handle:?} begins twice", self.1);
    }

    fn lives(&self, handle: H) {
        assert!(self.0.contains_key(&handle), "{} {handle:?} is over", self.1);
    }

    fn end(&mut self, handle: H) {
        assert!(self.0.remove(&handle).is_some(), "{} {handle:?} ends twice", self.1);
    }

    fn pick(&self, which: u8) -> Option<H> {
        let count = self.0.len().max(1);
        self.0.keys().nth(usize::from(which) % count).copied()
    }

    fn all(&self) -> Vec<H> {
        self.0.keys().copied().collect()
    }
}

struct Model {
    agent: UserAgent,
    now: Instant,
    flow: Flow,
    calls: Handles<Call>,
    subscriptions: Handles<Subscription>,
    notifications: Handles<Notification>,
    publications: Handles<Publication>,
    exchanges: Handles<Exchange>,
    incoming: Vec<Incoming>,
    challenges: Vec<Challenge>,
    sent: Vec<Message>,
    transactions: Vec<Transaction>,
    serial: u32,
}

/// Drives a user agent by any operations of its user and its peer, and then lets the user end
/// everything while the peer says nothing more.
///
/// - A call, subscription, publication or exchange ends once, and nothing is told of it after that.
/// - After timers have been handled none is due.
/// - No more is held than the limits allow.
/// - What is refused is refused for a reason, and never because a message of ours cannot be built.
/// - At the end nothing is left: no call, dialog, subscription, transaction or timer.
///
/// # Panics
/// When one of these does not hold.
pub fn dialog(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let mut config = AgentConfig::new("Bob <sip:bob@biloxi.example>");
    config.event_packages = vec!["presence".into()];
    config.info_packages = vec!["dtmf".into()];
    config.follow_redirects = case.redirects % 3;
    config.take_over = case.take_over;
    config.reliability = match case.reliable % 3 {
        0 => Reliability::Never,
        1 => Reliability::Supported,
        _ => Reliability::Required,
    };
    config.session_timer = case.session_timer.then(SessionTimerConfig::default);
    if case.few {
        config.limits.calls = 2;
        config.limits.early_dialogs = 2;
        config.limits.subscriptions = 2;
        config.limits.challenges = 1;
    }
    let limits = config.limits;
    let (local, remote) = (address(4), address(1));
    let flow = match case.stream {
        false => Flow::udp(local, remote),
        true => Flow::connection(Transport::Tcp, local, remote, ConnectionId(1)),
    };
    let mut model = Model {
        agent: UserAgent::new(config, [1; 32]),
        now: crate::simulation::start(),
        flow,
        calls: Handles::new("call"),
        subscriptions: Handles::new("subscription"),
        notifications: Handles::new("notification"),
        publications: Handles::new("publication"),
        exchanges: Handles::new("exchange"),
        incoming: Vec::new(),
        challenges: Vec::new(),
        sent: Vec::new(),
        transactions: Vec::new(),
        serial: 0,
    };
    for operation in case.operations.into_iter().take(200) {
        model.perform(operation);
        model.settle();
        let counts = model.agent.counts();
        assert!(counts.calls <= limits.calls && counts.challenges <= limits.challenges);
        let all = counts.subscriptions + counts.notifications + counts.publications;
        assert!(all <= limits.subscriptions, "{counts:?}");
    }
    model.finish();
}

fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, host], 5060))
}

const INSIDE: [&str; 11] = [
    "INVITE",
    "ACK",
    "BYE",
    "PRACK",
    "UPDATE",
    "INFO",
    "NOTIFY",
    "SUBSCRIBE",
    "REFER",
    "MESSAGE",
    "CANCEL",
];

const OUTSIDE: [&str; 10] = [
    "INVITE",
    "SUBSCRIBE",
    "REFER",
    "MESSAGE",
    "OPTIONS",
    "CANCEL",
    "ACK",
    "NOTIFY",
    "BYE",
    "PUBLISH",
];

impl Model {
    fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Do { deed, which } => {
                if let Err(
                    error @ (AgentError::Build(_) | AgentError::Value(_) | AgentError::Dialog(_)),
                ) = self.act(deed, which)
                {
                    panic!("a message of ours cannot be built: {error}");
                }
            }
            Operation::Answer { which, status, tag, adorned } => {
                self.answer(which, status, tag, &adorned);
            }
            Operation::Inside { method, dialog, cseq, branch, adorned } => {
                let method = INSIDE[usize::from(method) % INSIDE.len()];
                let Some(text) = self.inside(method, dialog, cseq, branch, &adorned) else {
                    return;
                };
                self.agent.handle_datagram(self.now, self.flow, text);
            }
            Operation::Outside { method, call, tag, cseq, branch, adorned } => {
                let method = OUTSIDE[usize::from(method) % OUTSIDE.len()];
                let from = format!("<sip:alice@atlanta.example>;tag=a{}", tag % 4);
                let head = Head {
                    uri: "sip:bob@192.0.2.4:5060".to_owned(),
                    branch: u32::from(branch % 8),
                    from,
                    to: "<sip:bob@biloxi.example>".to_owned(),
                    call_id: format!("call{}", call % 4),
                    cseq: u32::from(cseq % 8),
                };
                let text = self.request(method, &head, &adorned);
                self.agent.handle_datagram(self.now, self.flow, text);
            }
            Operation::Echo { which } => {
                if let Some(message) = pick(&self.sent, which).cloned() {
                    self.agent.handle_message(self.now, self.flow, message);
                }
            }
            Operation::Datagram { bytes } => {
                self.agent.handle_datagram(self.now, self.flow, bytes);
            }
            Operation::Fail { which } => {
                if let Some(transaction) = pick(&self.transactions, which).copied() {
                    let failure = TransportFailure::Transaction(transaction);
                    self.agent.handle_transport_error(self.now, failure);
                }
            }
            Operation::Wait { millis } => self.pass(Duration::from_millis(u64::from(millis))),
            Operation::WaitLong { seconds } => {
                self.pass(Duration::from_secs(16 * u64::from(seconds)));
            }
            Operation::WaitForTimer => {
                if let Some(next) = self.agent.poll_timeout() {
                    self.pass(next.saturating_duration_since(self.now));
                }
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.agent.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.agent.handle_timeout(self.now);
            assert!(self.agent.poll_timeout().is_none_or(|next| next > self.now), "one is due");
            self.settle();
        }
        self.now = end;
    }

    fn described(&mut self, described: bool) -> Extra {
        self.serial += 1;
        match described {
            true => {
                let text =
                    format!("v=0\r\no=b 1 {} IN IP4 192.0.2.4\r\ns=-\r\nt=0 0\r\n", self.serial);
                Extra::new().body(sip_dialog::Body::sdp(text))
            }
            false => Extra::new(),
        }
    }

    fn media(&mut self) -> Media {
        self.serial += 1;
        Media::new("m", 20, Random::new(u64::from(self.serial)))
    }

    fn act(&mut self, deed: Deed, which: u8) -> Result<(), AgentError> {
        let now = self.now;
        let call = self.calls.pick(which);
        let gone = AgentError::Gone;
        match deed {
            Deed::Invite { negotiated, described, acknowledge } => {
                let extra = self.described(described);
                let mut options = InviteOptions::new(extra);
                if negotiated {
                    options = InviteOptions::negotiated(self.media());
                }
                options.acknowledge = acknowledge;
                let call = self.agent.invite(now, self.flow, "sip:alice@192.0.2.1", options)?;
                self.calls.begin(call);
            }
            Deed::Ring { status, described } => {
                let extra = self.described(described);
                let status = StatusCode::new(101 + u16::from(status) % 99).expect("a status");
                self.agent.ring(now, call.ok_or(gone)?, status, extra)?;
            }
            Deed::Accept { described } => {
                let extra = self.described(described);
                self.agent.accept(now, call.ok_or(gone)?, extra)?;
            }
            Deed::Reject { status } => {
                let status = StatusCode::new(300 + status % 400).expect("a status");
                self.agent.reject(now, call.ok_or(gone)?, status, Extra::new())?;
            }
            Deed::Redirect => {
                self.agent.redirect(now, call.ok_or(gone)?, &["sip:carol@192.0.2.9"])?;
            }
            Deed::Cancel => self.agent.cancel(now, call.ok_or(gone)?, None)?,
            Deed::HangUp => self.agent.hang_up(now, call.ok_or(gone)?)?,
            Deed::HangUpEarly => {
                let call = call.ok_or(gone)?;
                let tag =
                    self.agent.early_dialogs(call)?.next().map(|it| it.id().remote_tag.to_owned());
                self.agent.hang_up_early(now, call, &tag.unwrap_or_default())?;
            }
            Deed::Reinvite { described } => {
                let extra = self.described(described);
                self.agent.reinvite(now, call.ok_or(gone)?, extra)?;
            }
            Deed::Update { described } => {
                let extra = self.described(described);
                self.agent.update(now, call.ok_or(gone)?, extra)?;
            }
            Deed::Hold { held: true } => self.agent.hold(now, call.ok_or(gone)?)?,
            Deed::Hold { held: false } => self.agent.resume(now, call.ok_or(gone)?)?,
            Deed::AcceptOffer { described } => {
                let extra = self.described(described);
                self.agent.accept_offer(now, call.ok_or(gone)?, extra)?;
            }
            Deed::RejectOffer => {
                let status = StatusCode::NOT_ACCEPTABLE_HERE;
                self.agent.reject_offer(now, call.ok_or(gone)?, status, Extra::new())?;
            }
            Deed::Acknowledge { described } => {
                let extra = self.described(described);
                self.agent.acknowledge(now, call.ok_or(gone)?, extra)?;
            }
            Deed::Info => {
                let exchange = self.agent.info(now, call.ok_or(gone)?, Extra::new())?;
                self.exchanges.begin(exchange);
            }
            Deed::Refer { inside, without, replacing } => {
                let mut options = ReferOptions::default();
                options.call = call.filter(|_| inside);
                options.without_subscription = without;
                options.replacing = call.filter(|_| replacing);
                let target = "sip:alice@192.0.2.1";
                let refer_to = "sip:carol@192.0.2.9";
                let it = self.agent.refer(now, self.flow, target, refer_to, options)?;
                self.subscriptions.begin(it);
            }
            Deed::Subscribe { inside, expires } => {
                let mut options = SubscribeOptions::default();
                options.call = call.filter(|_| inside);
                options.expires = u32::from(expires) * 10;
                let target = "sip:alice@192.0.2.1";
                let it = self.agent.subscribe(now, self.flow, target, "presence", options)?;
                self.subscriptions.begin(it);
            }
            Deed::Unsubscribe => {
                self.agent.unsubscribe(now, self.subscriptions.pick(which).ok_or(gone)?)?;
            }
            Deed::AcceptSubscription => {
                let it = self.notifications.pick(which).ok_or(gone)?;
                self.agent.accept_subscription(now, it, Extra::new())?;
            }
            Deed::RejectSubscription => {
                let it = self.notifications.pick(which).ok_or(gone)?;
                self.agent.reject_subscription(now, it, StatusCode::DECLINE, Extra::new())?;
            }
            Deed::Notify { terminated } => {
                let it = self.notifications.pick(which).ok_or(gone)?;
                let state = match terminated {
                    true => SubscriptionState::Terminated(SubscriptionEnd::GiveUp),
                    false => SubscriptionState::Active,
                };
                self.agent.notify(now, it, state, Extra::new())?;
            }
            Deed::NotifyRefer { status } => {
                let it = self.notifications.pick(which).ok_or(gone)?;
                let status = StatusCode::new(100 + u16::from(status) % 200).expect("a status");
                self.agent.notify_refer(now, it, status)?;
            }
            Deed::FollowRefer => {
                let it = self.notifications.pick(which).ok_or(gone)?;
                let options = InviteOptions::negotiated(self.media());
                match self.agent.follow_refer(now, it, self.flow, options) {
                    Ok(call) => self.calls.begin(call),
                    // A Refer-To that the peer has chosen may have what no INVITE can.
                    Err(AgentError::Build(_) | AgentError::Value(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Deed::Publish => {
                let extra = self.described(true);
                let target = "sip:bob@192.0.2.1";
                let it = self.agent.publish(now, self.flow, target, "presence", 3_600, extra)?;
                self.publications.begin(it);
            }
            Deed::Republish => {
                let extra = self.described(true);
                self.agent.republish(now, self.publications.pick(which).ok_or(gone)?, extra)?;
            }
            Deed::Unpublish => {
                self.agent.unpublish(now, self.publications.pick(which).ok_or(gone)?)?;
            }
            Deed::Message => {
                let target = "sip:alice@192.0.2.1";
                let it = self.agent.message(now, self.flow, target, Extra::new())?;
                self.exchanges.begin(it);
            }
            Deed::Respond { status } => {
                let Some(incoming) = pick(&self.incoming, which).copied() else { return Ok(()) };
                let status = StatusCode::new(100 + status % 600).expect("a status");
                // The peer's request may lack what an answer has to have.
                let _ = self.agent.respond(now, incoming, status, Extra::new());
            }
            Deed::Resend => {
                let Some(challenge) = pick(&self.challenges, which).copied() else { return Ok(()) };
                let extra = Extra::new().header("Authorization", "Digest username=\"bob\"");
                self.agent.resend(now, challenge, extra)?;
            }
            Deed::Abandon => {
                let Some(challenge) = pick(&self.challenges, which).copied() else { return Ok(()) };
                self.agent.abandon(now, challenge)?;
            }
            Deed::Follow => {
                self.agent.follow(now, call.ok_or(gone)?, self.flow, "sip:carol@192.0.2.1")?;
            }
            Deed::Negotiate => {
                let media = self.media();
                self.agent.set_negotiator(call.ok_or(gone)?, media)?;
            }
            Deed::Move => {
                let snapshot = self.agent.snapshot(call.ok_or(gone)?)?;
                // The dialog is there already.
                assert!(self.agent.restore(now, self.flow, snapshot).is_err());
            }
        }
        Ok(())
    }

    /// Takes what the agent has sent and told.
    fn settle(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(transmit) = self.agent.poll_transmit() {
                quiet = false;
                let message = Message::parse(transmit.bytes).expect("the agent sends messages");
                if self.sent.len() < 400 {
                    self.sent.push(message);
                    self.transactions.extend(transmit.transaction);
                }
            }
            while let Some(event) = self.agent.poll_event() {
                quiet = false;
                self.take(event);
            }
            if quiet {
                return;
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Incoming { call, .. } => self.calls.begin(call),
            Event::Progress { call, .. }
            | Event::Answered { call, .. }
            | Event::Confirmed { call, .. }
            | Event::Acknowledged { call, .. }
            | Event::Reinvited { call, .. }
            | Event::Offered { call, .. }
            | Event::Changed { call, .. }
            | Event::ChangeFailed { call, .. }
            | Event::RefreshDue { call }
            | Event::EarlyDialogEnded { call, .. }
            | Event::Redirected { call, .. } => self.calls.lives(call),
            Event::Ended { call, .. } => self.calls.end(call),
            Event::Request { incoming, .. } => self.incoming.push(incoming),
            Event::Response { exchange, response } => {
                self.exchanges.lives(exchange);
                if response.status().is_final() {
                    self.exchanges.end(exchange);
                }
            }
            Event::NoResponse { exchange, .. } => self.exchanges.end(exchange),
            Event::Challenged { challenge, .. } => self.challenges.push(challenge),
            Event::Subscribed { subscription, .. } | Event::Notified { subscription, .. } => {
                self.subscriptions.lives(subscription);
            }
            Event::SubscriptionForked { subscription, of } => {
                self.subscriptions.lives(of);
                self.subscriptions.begin(subscription);
            }
            Event::Unsubscribed { subscription, .. } => self.subscriptions.end(subscription),
            Event::SubscriptionAsked { notification, .. }
            | Event::ReferAsked { notification, .. } => self.notifications.begin(notification),
            Event::SubscriptionRefreshed { notification, .. } => {
                self.notifications.lives(notification);
            }
            Event::NotificationEnded { notification, .. } => self.notifications.end(notification),
            Event::Published { publication, .. } => self.publications.lives(publication),
            Event::PublicationEnded { publication, .. } => self.publications.end(publication),
            _ => {}
        }
    }

    /// The user ends everything, and the peer says nothing more.
    fn finish(&mut self) {
        for incoming in std::mem::take(&mut self.incoming) {
            let _ = self.agent.respond(self.now, incoming, StatusCode::DECLINE, Extra::new());
        }
        self.settle();
        for call in self.calls.all() {
            // Those that are being ended go on with it.
            let _ = self.agent.hang_up(self.now, call);
            self.settle();
        }
        for subscription in self.subscriptions.all() {
            let _ = self.agent.unsubscribe(self.now, subscription);
            self.settle();
        }
        for notification in self.notifications.all() {
            let status = StatusCode::DECLINE;
            let refused =
                self.agent.reject_subscription(self.now, notification, status, Extra::new());
            if refused.is_err() {
                let state = SubscriptionState::Terminated(SubscriptionEnd::GiveUp);
                let _ = self.agent.notify(self.now, notification, state, Extra::new());
            }
            self.settle();
        }
        for publication in self.publications.all() {
            let _ = self.agent.unpublish(self.now, publication);
            self.settle();
        }
        // The longest that anything may last is a subscription.
        let end = self.now + Duration::from_secs(100_000);
        while let Some(next) = self.agent.poll_timeout() {
            assert!(next <= end, "it does not end: {:?}", self.agent.counts());
            self.pass(next.saturating_duration_since(self.now));
        }
        assert_eq!(self.agent.counts(), AgentCounts::default());
        assert_eq!(self.agent.endpoint().metrics().timers, 0);
        let left = (self.calls.0.len(), self.subscriptions.0.len(), self.notifications.0.len());
        assert_eq!(left, (0, 0, 0));
        assert!(self.publications.0.is_empty() && self.exchanges.0.is_empty());
    }
}

fn pick<T>(list: &[T], which: u8) -> Option<&T> {
    list.get(usize::from(which) % list.len().max(1))
}
