//! Whole scenarios made of a seed, and what must hold of each.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_message::Message;
use sip_transaction::{Config, Endpoint, Event, Role};

use super::agents::{Callee, Caller, Conduct, Proxy};
use super::network::{Network, Random};
use super::world::{Alarms, Layered, Node, User, World, start};

/// Who is there, and what the network is like.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Everything follows from it.
    pub seed: u64,
    /// How many requests are sent.
    pub requests: u64,
    /// Whether a stateful proxy is between the two sides.
    pub proxied: bool,
    /// How many callees there are; with more than one, the proxy forks.
    pub callees: u8,
    /// Whether it is UDP.
    pub datagrams: bool,
    /// The weather.
    pub network: Network,
    /// The longest that something may still happen, counted from the start.
    pub longest: Duration,
}

/// What has come of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many requests ended with which status; 0 stands for a timeout.
    pub endings: BTreeMap<u16, u64>,
    /// How many messages were sent.
    pub sent: u64,
    /// How much time has passed.
    pub elapsed: Duration,
}

/// The users of a world.
#[derive(Debug)]
enum Agent {
    Caller(Caller),
    Callee(Callee),
    Proxy(Proxy),
}

impl User for Agent {
    fn event(&mut self, now: Instant, endpoint: &mut Endpoint, event: Event, alarms: &mut Alarms) {
        match self {
            Self::Caller(user) => user.event(now, endpoint, event, alarms),
            Self::Callee(user) => user.event(now, endpoint, event, alarms),
            Self::Proxy(user) => user.event(now, endpoint, event, alarms),
        }
    }

    fn alarm(&mut self, now: Instant, endpoint: &mut Endpoint, what: u64, alarms: &mut Alarms) {
        match self {
            Self::Caller(user) => user.alarm(now, endpoint, what, alarms),
            Self::Callee(user) => user.alarm(now, endpoint, what, alarms),
            Self::Proxy(user) => user.alarm(now, endpoint, what, alarms),
        }
    }
}

impl Scenario {
    /// The scenario of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let proxied = random.percent(50);
        Self {
            seed,
            requests: 1 + random.below(3),
            proxied,
            callees: if proxied { 1 + u8::from(random.percent(30)) } else { 1 },
            datagrams: random.percent(80),
            network: Network::of(&mut random),
            // Three requests, Timer C, CANCEL's 64*T1, and what lingers after that.
            longest: Duration::from_secs(600),
        }
    }

    /// Runs it to the end of the last timer.
    ///
    /// - Every request ends in exactly one final response or one timeout, and its transaction ends
    ///   once.
    /// - A final response that the caller has seen is one that a callee or the proxy has given.
    /// - Nothing remains: no transaction, no timer, nothing on the way.
    /// - No message is sent more often than the RFC's timers allow.
    ///
    /// # Panics
    /// When one of these does not hold; the seed is in the message.
    #[must_use]
    pub fn run(&self) -> Outcome {
        let mut world = self.world();
        while world.step() {
            assert!(world.elapsed() < self.longest, "{self:?}: it does not end");
        }
        let mut outcome = Outcome { elapsed: world.elapsed(), ..Outcome::default() };
        let mut given: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        for node in world.nodes.values() {
            if let Agent::Callee(callee) = &node.element.user {
                assert_eq!(callee.live, 0, "{self:?}: the callee waits for a transaction's end");
                for (call, finals) in &callee.finals {
                    given.entry(call.clone()).or_default().extend(finals);
                }
            }
        }
        for (address, node) in &world.nodes {
            let endpoint = &node.element.endpoint;
            assert!(endpoint.is_empty(), "{self:?}: {address} keeps {:?}", endpoint.states());
            let metrics = endpoint.metrics();
            assert_eq!((metrics.timers, metrics.sources, metrics.lingering), (0, 0, 0), "{self:?}");
            outcome.sent += metrics.sent;
            self.check_counts(*address, node);
            if let Agent::Caller(caller) = &node.element.user {
                self.check_endings(caller, &given, &mut outcome);
            }
        }
        outcome
    }

    fn world(&self) -> World<Layered<Agent>> {
        let mut random = Random::new(self.seed ^ 0x5bd1_e995);
        let mut conduct = |node: u8, next: &[u8]| Conduct {
            node,
            next: next.to_vec(),
            datagrams: self.datagrams,
            random: Random::new(random.number()),
        };
        let callees: Vec<u8> = (9..9 + self.callees).collect();
        let caller =
            Caller::new(conduct(1, if self.proxied { &[5] } else { &callees }), self.requests);
        let proxy = self.proxied.then(|| Proxy::new(conduct(5, &callees)));
        let users: Vec<_> =
            callees.iter().map(|node| (*node, Callee::new(conduct(*node, &[])))).collect();
        // A moment is as good as any other: all that counts is what passes from there.
        let start = start();
        let network = self.network.clone();
        let mut world = World::new(start, network, Random::new(self.seed), self.datagrams);
        world.add(1, Config::default(), Agent::Caller(caller));
        if let Some(proxy) = proxy {
            let mut config = Config::default();
            config.role = Role::Proxy;
            world.add(5, config, Agent::Proxy(proxy));
        }
        for (node, callee) in users {
            world.add(node, Config::default(), Agent::Callee(callee));
        }
        world
    }

    fn check_endings(
        &self,
        caller: &Caller,
        given: &BTreeMap<String, Vec<u16>>,
        outcome: &mut Outcome,
    ) {
        let count = u64::try_from(caller.endings.len()).unwrap_or(u64::MAX);
        assert_eq!(count, self.requests, "{self:?}");
        for (number, endings) in &caller.endings {
            let finals = &endings.finals;
            assert_eq!(
                finals.len() + endings.timeouts.len(),
                1,
                "{self:?}: request {number} has ended so: {endings:?}"
            );
            assert_eq!(endings.terminated, 1, "{self:?}: request {number}: {endings:?}");
            let status = finals.first().copied().unwrap_or_default();
            let own = self.proxied && status == 408;
            let known = given.get(&format!("call-{number}")).is_some_and(|it| it.contains(&status));
            // 487 comes of a proxy's branch that was cancelled as well.
            assert!(own || known || status == 0, "{self:?}: nobody has given {status} to {number}");
            *outcome.endings.entry(status).or_default() += 1;
        }
    }

    /// How often each message was sent, beside what the RFC's timers allow.
    fn check_counts(&self, address: SocketAddr, node: &Node<Layered<Agent>>) {
        for ((to, bytes), sent) in &node.sent {
            let message = Message::parse(bytes.clone()).expect("elements send messages");
            let start = String::from_utf8_lossy(message.start_line()).into_owned();
            let came = |wanted: &dyn Fn(&Message) -> bool| -> u32 {
                let received = node.received.iter().filter(|((from, _), _)| from == to);
                received
                    .filter(|((_, bytes), _)| {
                        wanted(&Message::parse(bytes.clone()).expect("elements send messages"))
                    })
                    .map(|(_, count)| *count)
                    .sum()
            };
            let limit = match &message {
                Message::Request(request) => match request.method().as_str() {
                    // Timer A: 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s.
                    "INVITE" => 7,
                    // One for each final response.
                    "ACK" => came(&|it| it.as_response().is_some_and(|it| it.status().is_final())),
                    // Timer E: 0, 0.5, 1.5, 3.5, and every 4 s until 32 s.
                    _ => 11,
                },
                // Timer G, or the user's 2xx, goes like E; and each request that comes again gets
                // one.
                Message::Response(_) => 11 + came(&|it| it.as_request().is_some()),
            };
            let limit =
                if self.datagrams || start.starts_with("ACK") || start.starts_with("SIP/2.0 2") {
                    limit
                } else {
                    1
                };
            assert!(*sent <= limit, "{self:?}: {address} has sent {start} {sent} times of {limit}");
        }
    }
}
