//! A user agent: calls and subscriptions on top of a transaction layer.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use ahash::RandomState;
use bytes::Bytes;
use sip_message::{Message, Request};
use sip_transaction::{
    ClientTransaction, Endpoint, Flow, ServerTransaction, Transmit, TransportFailure,
};
use sip_uri::UriRef;
use slotmap::SlotMap;

mod ack;
mod alarm;
mod call;
mod change;
mod client;
mod config;
mod dialogs;
mod ending;
mod error;
mod event;
mod exchange;
mod id;
mod info;
mod invite_client;
mod invite_server;
mod media;
pub(crate) mod message;
mod notify;
mod prack;
mod publish;
mod random;
mod receive;
mod refer;
mod replaces;
mod retry;
mod ringing;
mod session;
mod snapshot;
mod subscribe;

pub use call::Phase;
pub use config::{AgentConfig, AgentLimits, Numeric, Reliability, Resolver};
pub use error::AgentError;
pub use event::{EndCause, Event, SubscriptionEnd};
pub use id::{Call, Challenge, Exchange, Incoming, Notification, Publication, Subscription};
pub use info::{AgentCounts, CallInfo, SubscriptionInfo};
pub use invite_client::InviteOptions;
pub use message::Extra;
pub use notify::SubscriptionState;
pub use refer::{ReferOptions, refer_status};
pub use replaces::replaces_value;
pub use snapshot::CallSnapshot;
pub use subscribe::SubscribeOptions;

use alarm::{Alarm, Alarms};
use call::CallData;
use client::{Challenged, Sent};
use dialogs::Dialogs;
use id::DialogKey;
use message::Capabilities;
use notify::Notifier;
use publish::Publisher;
use random::Random;
use receive::Waiting;
use subscribe::Subscriber;

/// A user agent (RFC 3261 §8): it has no sockets, no clock and no threads.
///
/// Like an [`Endpoint`] it is told what comes and what time it is, and polled for what has to be
/// sent, what has happened, and when it wants to be told the time again. Two of them, with nothing
/// between them but two loops:
///
/// ```
/// use std::time::Instant;
/// use sip_dialog::{AgentConfig, Body, EndCause, Event, Extra, InviteOptions, UserAgent};
/// use sip_message::StatusCode;
/// use sip_transaction::Flow;
///
/// let (a, b) = ("192.0.2.1:5060".parse()?, "192.0.2.2:5060".parse()?);
/// let mut alice = UserAgent::new(AgentConfig::new("<sip:alice@192.0.2.1>"), [1; 32]);
/// let mut bob = UserAgent::new(AgentConfig::new("<sip:bob@192.0.2.2>"), [2; 32]);
/// let now = Instant::now();
///
/// let offer = Extra::new().body(Body::sdp("v=0\r\n"));
/// let call = alice.invite(now, Flow::udp(a, b), "sip:bob@192.0.2.2", InviteOptions::new(offer))?;
/// let (mut confirmed, mut ended) = (false, false);
/// while !ended {
///     while let Some(transmit) = alice.poll_transmit() {
///         bob.handle_datagram(now, Flow::udp(b, a), transmit.bytes);
///     }
///     while let Some(event) = bob.poll_event() {
///         match event {
///             Event::Incoming { call, .. } => {
///                 bob.ring(now, call, StatusCode::RINGING, Extra::new())?;
///                 bob.accept(now, call, Extra::new().body(Body::sdp("v=0\r\n")))?;
///             }
///             Event::Confirmed { .. } => confirmed = true,
///             _ => {}
///         }
///     }
///     while let Some(transmit) = bob.poll_transmit() {
///         alice.handle_datagram(now, Flow::udp(a, b), transmit.bytes);
///     }
///     while let Some(event) = alice.poll_event() {
///         match event {
///             Event::Answered { call, .. } => alice.hang_up(now, call)?,
///             Event::Ended { cause, .. } => ended = cause == EndCause::HungUp,
///             _ => {}
///         }
///     }
/// }
/// assert!(confirmed);
/// # let _ = call;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct UserAgent {
    config: AgentConfig,
    capabilities: Capabilities,
    endpoint: Endpoint,
    random: Random,
    resolver: Box<dyn Resolver>,
    calls: SlotMap<Call, CallData>,
    /// How many calls a source address has.
    sources: HashMap<IpAddr, Counts, RandomState>,
    dialogs: Dialogs,
    subscribers: SlotMap<Subscription, Subscriber>,
    notifiers: SlotMap<Notification, Notifier>,
    publishers: SlotMap<Publication, Publisher>,
    /// The subscriptions that NOTIFY may make a dialog for, by Call-ID and local tag.
    forming: HashMap<(Box<str>, Box<str>), Subscription, RandomState>,
    exchanges: SlotMap<Exchange, Option<(Call, DialogKey)>>,
    /// Requests that were sent.
    clients: HashMap<ClientTransaction, Box<Sent>, RandomState>,
    challenges: SlotMap<Challenge, Box<Challenged>>,
    /// Requests that have come and are not answered.
    servers: HashMap<ServerTransaction, Waiting, RandomState>,
    alarms: Alarms,
    events: VecDeque<Event>,
}

/// What a source has.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: usize,
    subscriptions: usize,
}

impl UserAgent {
    /// A user agent without calls. Tags, Call-IDs and branches are made of the seed, which nobody
    /// may know: it comes from the system's generator of random numbers.
    #[must_use]
    pub fn new(config: AgentConfig, seed: [u8; 32]) -> Self {
        let (mut random, other) = Random::split(seed);
        let numbers = [(); 4].map(|()| random.number());
        let hash = RandomState::with_seeds(numbers[0], numbers[1], numbers[2], numbers[3]);
        Self {
            capabilities: Capabilities::of(&config),
            endpoint: Endpoint::new(config.endpoint.clone(), other),
            random,
            resolver: Box::new(Numeric),
            calls: SlotMap::with_key(),
            sources: HashMap::with_hasher(hash.clone()),
            dialogs: Dialogs::new(hash.clone()),
            subscribers: SlotMap::with_key(),
            notifiers: SlotMap::with_key(),
            publishers: SlotMap::with_key(),
            forming: HashMap::with_hasher(hash.clone()),
            exchanges: SlotMap::with_key(),
            clients: HashMap::with_hasher(hash.clone()),
            challenges: SlotMap::with_key(),
            servers: HashMap::with_hasher(hash.clone()),
            alarms: Alarms::new(hash),
            events: VecDeque::new(),
            config,
        }
    }

    /// What it was told when it was made.
    #[must_use]
    pub fn config(&self) -> &AgentConfig {
        &self.config
    }

    /// Its transaction layer, to look at.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sets what finds where the requests within dialogs go. It is [`Numeric`] otherwise.
    pub fn set_resolver(&mut self, resolver: impl Resolver + 'static) {
        self.resolver = Box::new(resolver);
    }

    /// Takes a datagram that has come over a flow.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, datagram: impl Into<Bytes>) {
        self.endpoint.handle_datagram(now, flow, datagram);
        self.digest(now);
    }

    /// Takes a message that has come over a flow.
    pub fn handle_message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.endpoint.handle_message(now, flow, message);
        self.digest(now);
    }

    /// Takes what the transport could not send.
    pub fn handle_transport_error(&mut self, now: Instant, failure: TransportFailure) {
        self.endpoint.handle_transport_error(now, failure);
        self.digest(now);
    }

    /// Does what is due. To be called when the time of [`poll_timeout`](Self::poll_timeout) has
    /// come; earlier or later does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.digest(now);
        while let Some(alarm) = self.alarms.take_due(now) {
            self.ring_alarm(now, alarm);
            self.digest(now);
        }
    }

    /// The next message that is to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    /// What has happened next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` while nothing is to be
    /// done.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.endpoint.poll_timeout(), self.alarms.next()].into_iter().flatten().min()
    }

    fn ring_alarm(&mut self, now: Instant, alarm: Alarm) {
        match alarm {
            Alarm::Success(call) => self.repeat_success(now, call),
            Alarm::NoAck(call) => self.give_up_ack(now, call),
            Alarm::Provisional(call) => self.repeat_provisional(now, call),
            Alarm::NoPrack(call) => self.give_up_prack(now, call),
            Alarm::Ring(call) => self.rung_out(now, call),
            Alarm::RingAgain(call) => self.ring_again(now, call),
            Alarm::OtherDialogs(call) => self.drop_other_dialogs(call),
            Alarm::Refresh(call) => self.refresh_session(now, call),
            Alarm::Expire(call) => self.end_with_bye(now, call, EndCause::Expired),
            Alarm::Retry(call) => self.retry_change(now, call),
            Alarm::Abandon(challenge) => self.give_up_challenge(now, challenge),
            Alarm::NoNotify(subscription) => self.notify_missing(subscription),
            Alarm::Resubscribe(subscription) => self.refresh_subscription(now, subscription),
            Alarm::Unsubscribe(subscription) => {
                self.end_subscription(subscription, SubscriptionEnd::Timeout, None, None);
            }
            Alarm::NotificationExpires(notification) => {
                self.expire_notification(now, notification);
            }
            Alarm::Republish(publication) => self.refresh_publication(now, publication),
        }
    }

    /// T1 of the transaction layer, and 64 times that.
    fn t1(&self) -> Duration {
        self.config.endpoint.timers.t1
    }

    fn long(&self) -> Duration {
        self.t1().saturating_mul(64)
    }

    /// Where a request in a dialog goes.
    fn route(&mut self, key: DialogKey, near: Flow) -> Flow {
        let Some(entry) = self.dialogs.get(key) else { return near };
        let Ok(uri) = UriRef::parse(entry.dialog.next_hop()) else { return near };
        self.resolver.resolve(uri, near).unwrap_or(near)
    }

    fn count_source(&mut self, source: IpAddr, count: impl FnOnce(&mut Counts)) {
        let counts = self.sources.entry(source).or_default();
        count(counts);
        if counts.calls == 0 && counts.subscriptions == 0 {
            self.sources.remove(&source);
        }
    }

    /// The dialog of a request that has come.
    fn dialog_of(&self, request: &Request) -> Option<DialogKey> {
        self.dialogs.find(crate::DialogId::of_request(request)?)
    }
}
