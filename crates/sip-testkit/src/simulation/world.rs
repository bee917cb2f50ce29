//! Elements, what is under way between them, and what time it is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::Message;
use sip_transaction::{Config, Endpoint, Event, Flow, Transmit};

use super::network::{Network, Random};

/// What sits on top of a transaction layer.
pub trait User {
    /// Something has happened.
    fn event(&mut self, now: Instant, endpoint: &mut Endpoint, event: Event, alarms: &mut Alarms);

    /// A time that the user has asked for has come.
    fn alarm(&mut self, now: Instant, endpoint: &mut Endpoint, what: u64, alarms: &mut Alarms);
}

/// Times at which a user wants to be called, and for what.
#[derive(Debug, Default)]
pub struct Alarms(Vec<(Duration, u64)>);

impl Alarms {
    /// Calls the user after a time.
    pub fn after(&mut self, time: Duration, what: u64) {
        self.0.push((time, what));
    }
}

/// The address of a node.
#[must_use]
pub fn address(node: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, node], 5060))
}

/// Some moment: all that counts is what passes from there.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "there is no other way to make an Instant")]
pub fn start() -> Instant {
    Instant::now()
}

/// What can be at an address: something that is told what comes and what time it is.
pub trait Element {
    /// When it wants to be told the time.
    fn poll_timeout(&self) -> Option<Instant>;

    /// The time that it has asked for has come.
    fn handle_timeout(&mut self, now: Instant);

    /// A message has come.
    fn handle_message(&mut self, now: Instant, flow: Flow, message: Message);

    /// The next message that it sends.
    fn poll_transmit(&mut self) -> Option<Transmit>;

    /// Deals with the next thing that has happened. Whether there was one.
    fn next_event(&mut self, now: Instant, alarms: &mut Alarms) -> bool;

    /// A time that it has asked for by [`Alarms`] has come.
    fn alarm(&mut self, now: Instant, what: u64, alarms: &mut Alarms);
}

/// A transaction layer and its user.
#[derive(Debug)]
pub struct Layered<U> {
    /// The transaction layer.
    pub endpoint: Endpoint,
    /// What is on top.
    pub user: U,
}

impl<U: User> Element for Layered<U> {
    fn poll_timeout(&self) -> Option<Instant> {
        self.endpoint.poll_timeout()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
    }

    fn handle_message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.endpoint.handle_message(now, flow, message);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    fn next_event(&mut self, now: Instant, alarms: &mut Alarms) -> bool {
        let event = self.endpoint.poll_event();
        event.map(|event| self.user.event(now, &mut self.endpoint, event, alarms)).is_some()
    }

    fn alarm(&mut self, now: Instant, what: u64, alarms: &mut Alarms) {
        self.user.alarm(now, &mut self.endpoint, what, alarms);
    }
}

/// One element.
#[derive(Debug)]
pub struct Node<E> {
    /// What it is.
    pub element: E,
    /// What it has sent: each text, and how often. A text is in it once for every place to which
    /// it went.
    pub sent: BTreeMap<(SocketAddr, Bytes), u32>,
    /// What has come to it, likewise.
    pub received: BTreeMap<(SocketAddr, Bytes), u32>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Arrival { from: SocketAddr, to: SocketAddr, bytes: Bytes },
    Alarm { node: SocketAddr, what: u64 },
}

/// Elements, what is under way between them, and what time it is.
#[derive(Debug)]
pub struct World<E> {
    /// What time it is.
    pub now: Instant,
    start: Instant,
    /// The elements by address.
    pub nodes: BTreeMap<SocketAddr, Node<E>>,
    network: Network,
    /// From when on nothing is lost any more, counted from the start.
    clears: Option<Duration>,
    random: Random,
    /// Whether elements talk over UDP; over connections otherwise.
    datagrams: bool,
    agenda: BinaryHeap<Reverse<(Instant, u64, Happening)>>,
    serial: u64,
    /// All that was sent, where somebody watches.
    watched: Option<Vec<Sent>>,
}

/// A message that was sent, as a monitor at the sender sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When, from the start on.
    pub at: Duration,
    /// By whom.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// The message.
    pub bytes: Bytes,
}

impl<U: User> World<Layered<U>> {
    /// Adds a transaction layer and its user, who is called at once for alarm 0.
    pub fn add(&mut self, node: u8, config: Config, user: U) {
        let endpoint = Endpoint::new(config, self.seed());
        self.add_element(node, Layered { endpoint, user });
    }
}

impl<E: Element> World<E> {
    /// A world without elements.
    #[must_use]
    pub fn new(start: Instant, network: Network, random: Random, datagrams: bool) -> Self {
        Self {
            now: start,
            start,
            nodes: BTreeMap::new(),
            network,
            clears: None,
            random,
            datagrams,
            agenda: BinaryHeap::new(),
            serial: 0,
            watched: None,
        }
    }

    /// How much time has passed.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// From this time on, counted from the start, nothing is lost or late any more.
    #[must_use]
    pub fn clearing(mut self, after: Duration) -> Self {
        self.clears = Some(after);
        self
    }

    /// From now on, all that is sent is written down.
    pub fn watch(&mut self) {
        self.watched = Some(Vec::new());
    }

    /// What was sent since somebody watches.
    #[must_use]
    pub fn watched(self) -> Vec<Sent> {
        self.watched.unwrap_or_default()
    }

    /// A seed for an element.
    pub fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.random.number().to_be_bytes());
        seed
    }

    /// Adds an element, which is called at once for alarm 0.
    pub fn add_element(&mut self, node: u8, element: E) {
        let node = address(node);
        let (sent, received) = Default::default();
        self.nodes.insert(node, Node { element, sent, received });
        self.enter(Duration::ZERO, Happening::Alarm { node, what: 0 });
    }

    fn enter(&mut self, after: Duration, what: Happening) {
        self.serial += 1;
        self.agenda.push(Reverse((self.now + after, self.serial, what)));
    }

    /// Lets the next thing happen. `false` when nothing is under way and no timer runs.
    ///
    /// # Panics
    /// When an element sends what is no message.
    pub fn step(&mut self) -> bool {
        let timers = self.nodes.values().filter_map(|node| node.element.poll_timeout()).min();
        let agenda = self.agenda.peek().map(|Reverse((at, ..))| *at);
        let Some(next) = timers.into_iter().chain(agenda).min() else { return false };
        self.now = self.now.max(next);
        let due: Vec<SocketAddr> = self.nodes.keys().copied().collect();
        for address in due {
            let node = self.nodes.get_mut(&address).expect("a key of the map");
            if node.element.poll_timeout().is_some_and(|at| at <= self.now) {
                node.element.handle_timeout(self.now);
                self.settle(address);
            }
        }
        while self.agenda.peek().is_some_and(|Reverse((at, ..))| *at <= self.now) {
            let Some(Reverse((_, _, what))) = self.agenda.pop() else { break };
            self.happen(what);
        }
        true
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Arrival { from, to, bytes } => {
                let flow = self.flow(to, from);
                let Some(node) = self.nodes.get_mut(&to) else { return };
                *node.received.entry((from, bytes.clone())).or_default() += 1;
                let message = Message::parse(bytes).expect("elements send messages");
                node.element.handle_message(self.now, flow, message);
                self.settle(to);
            }
            Happening::Alarm { node: address, what } => {
                let Some(node) = self.nodes.get_mut(&address) else { return };
                let mut alarms = Alarms::default();
                node.element.alarm(self.now, what, &mut alarms);
                self.ask(address, alarms);
                self.settle(address);
            }
        }
    }

    fn ask(&mut self, node: SocketAddr, alarms: Alarms) {
        for (after, what) in alarms.0 {
            self.enter(after, Happening::Alarm { node, what });
        }
    }

    /// Gives a node its events, and the network what it sends, until there is nothing left.
    fn settle(&mut self, address: SocketAddr) {
        loop {
            let node = self.nodes.get_mut(&address).expect("a node that is settled exists");
            let mut alarms = Alarms::default();
            if node.element.next_event(self.now, &mut alarms) {
                self.ask(address, alarms);
            } else if let Some(transmit) = node.element.poll_transmit() {
                self.carry(address, transmit);
            } else {
                return;
            }
        }
    }

    fn carry(&mut self, from: SocketAddr, transmit: Transmit) {
        let to = transmit.flow.remote;
        let node = self.nodes.get_mut(&from).expect("a node that sends exists");
        *node.sent.entry((to, transmit.bytes.clone())).or_default() += 1;
        let elapsed = self.now - self.start;
        if let Some(watched) = &mut self.watched {
            watched.push(Sent { at: elapsed, from, to, bytes: transmit.bytes.clone() });
        }
        let clear = self.clears.is_some_and(|after| elapsed >= after);
        let arrivals = match self.datagrams && !clear {
            true => self.network.deliveries(elapsed, &mut self.random),
            false => vec![self.network.latency],
        };
        for after in arrivals {
            let bytes = transmit.bytes.clone();
            self.enter(after, Happening::Arrival { from, to, bytes });
        }
    }

    fn flow(&self, local: SocketAddr, remote: SocketAddr) -> Flow {
        super::agents::flow(self.datagrams, local, remote)
    }
}
