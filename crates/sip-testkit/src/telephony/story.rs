//! Whole runs made of a seed, and what must hold of each.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_dialog::{AgentConfig, AgentCounts, EndCause, Reliability, SessionTimerConfig};
use sip_message::Message;
use sip_transaction::{Config, Endpoint, Flow, Role, Transmit};

use super::media::Media;
use super::phone::{Habits, Phone};
use super::switch::Switch;
use crate::simulation::{Alarms, Element, Layered, Network, Random, Sent, World, start};

/// Who is there, what they do, and what the network is like.
#[derive(Clone, Debug)]
pub struct Story {
    /// Everything follows from it.
    pub seed: u64,
    /// How many telephones there are, without the proxy.
    pub phones: u8,
    /// Whether calls go through a proxy that forks, and whether it does so one after the other.
    pub switched: Option<bool>,
    /// Whether it is UDP.
    pub datagrams: bool,
    /// The weather.
    pub network: Network,
    /// Whether negotiators make offers and answers.
    pub negotiates: bool,
    /// Whether there are session timers.
    pub session_timers: bool,
    /// How provisional responses are sent.
    pub reliability: Reliability,
    /// How many things each does.
    pub actions: u64,
}

/// What has come of a story: why calls have ended, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// By cause.
    pub causes: BTreeMap<String, u64>,
    /// How many messages were sent.
    pub sent: u64,
    /// How many calls stood at both sides when they were compared.
    pub compared: u64,
}

/// Until when people do things.
const ACTIVE: Duration = Duration::from_secs(120);
/// From when on the weather is fine.
const CLEARS: Duration = Duration::from_secs(150);
/// When calls that stand are compared: what was under way in bad weather is over.
const COMPARED: Duration = Duration::from_secs(480);
/// When everything is ended.
const ENDS: Duration = Duration::from_secs(500);
/// When nothing may be left.
const LONGEST: Duration = Duration::from_secs(1_200);

/// What is at an address.
#[derive(Debug)]
enum Party {
    Phone(Box<Phone>),
    Switch(Box<Layered<Switch>>),
}

impl Party {
    fn element(&mut self) -> &mut dyn Element {
        match self {
            Self::Phone(phone) => &mut **phone,
            Self::Switch(switch) => &mut **switch,
        }
    }

    fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Phone(phone) => Some(phone),
            Self::Switch(_) => None,
        }
    }
}

impl Element for Party {
    fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::Phone(phone) => phone.poll_timeout(),
            Self::Switch(switch) => switch.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.element().handle_timeout(now);
    }

    fn handle_message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.element().handle_message(now, flow, message);
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.element().poll_transmit()
    }

    fn next_event(&mut self, now: Instant, alarms: &mut Alarms) -> bool {
        self.element().next_event(now, alarms)
    }

    fn alarm(&mut self, now: Instant, what: u64, alarms: &mut Alarms) {
        self.element().alarm(now, what, alarms);
    }
}

/// The node of the proxy.
const SWITCH: u8 = 5;

impl Story {
    /// The story of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x0d1a_1095);
        let switched = random.percent(50);
        let serial = random.percent(40);
        Self {
            seed,
            phones: if switched { 2 + u8::from(random.percent(60)) } else { 2 },
            switched: switched.then_some(serial),
            datagrams: random.percent(80),
            network: Network::of(&mut random),
            negotiates: random.percent(50),
            session_timers: random.percent(40),
            reliability: random.one_of(&[
                Reliability::Supported,
                Reliability::Supported,
                Reliability::Required,
                Reliability::Never,
            ]),
            actions: 2 + random.below(6),
        }
    }

    /// Runs it to the end of the last timer.
    ///
    /// - Every call, subscription and exchange ends exactly once, and nothing is told of it then.
    /// - When the weather is fine again, a call that stands at both sides stands the same: dialog
    ///   ids and route sets mirrored, each side's Contact the target of the other, no sequence
    ///   number ahead of its sender, one session interval and one refresher, and the same last
    ///   offer and answer.
    /// - In a network that loses nothing, a call that stands at one side stands at the other.
    /// - When all have ended what they had, nothing is left at anybody.
    /// - Nobody sends more than a bounded number of messages.
    ///
    /// # Panics
    /// When one of these does not hold; the seed is in the message.
    #[must_use]
    pub fn run(&self) -> Ends {
        let mut world = self.world();
        let mut ends = Ends::default();
        let mut compared = false;
        while world.step() {
            if !compared && world.elapsed() >= COMPARED {
                compared = true;
                ends.compared = self.compare(&world);
            }
            assert!(world.elapsed() < LONGEST, "{self:?}: it does not end: {}", what_lives(&world));
        }
        for (address, node) in &world.nodes {
            let sent: u64 = node.sent.values().map(|count| u64::from(*count)).sum();
            ends.sent += sent;
            let endpoint = match &node.element {
                Party::Phone(phone) => {
                    let counts = phone.agent.counts();
                    assert_eq!(counts, AgentCounts::default(), "{self:?}: {address}");
                    assert!(phone.calls.is_empty(), "{self:?}: {address}: {:?}", phone.calls);
                    for cause in &phone.ends {
                        let cause = match cause {
                            EndCause::Rejected(_) => "Rejected".to_owned(),
                            EndCause::Declined(_) => "Declined".to_owned(),
                            EndCause::Failed(_) => "Failed".to_owned(),
                            other => format!("{other:?}"),
                        };
                        *ends.causes.entry(cause).or_default() += 1;
                    }
                    phone.agent.endpoint()
                }
                Party::Switch(switch) => &switch.endpoint,
            };
            assert!(endpoint.is_empty(), "{self:?}: {address} keeps {:?}", endpoint.states());
            assert_eq!(endpoint.metrics().timers, 0, "{self:?}: {address}");
            // 4 phones with some 8 actions, and each message eleven times at most.
            assert!(sent < 8_000, "{self:?}: {address} has sent {sent} messages");
        }
        ends
    }

    /// All messages that are sent in it, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<Sent> {
        let mut world = self.world();
        world.watch();
        while world.step() {}
        world.watched()
    }

    fn world(&self) -> World<Party> {
        let mut random = Random::new(self.seed);
        let mut world =
            World::new(start(), self.network.clone(), Random::new(self.seed), self.datagrams)
                .clearing(CLEARS);
        let nodes: Vec<u8> = (1..=self.phones).collect();
        for node in &nodes {
            let others: Vec<u8> = nodes.iter().copied().filter(|it| it != node).collect();
            let calls = match self.switched {
                Some(_) => vec![(format!("sip:group@10.0.0.{SWITCH}"), SWITCH)],
                None => others.iter().map(|it| (format!("sip:phone@10.0.0.{it}"), *it)).collect(),
            };
            // The first calls; the others do when nothing forks.
            let calls = if *node == 1 || self.switched.is_none() { calls } else { Vec::new() };
            let habits = Habits {
                node: *node,
                calls,
                others,
                actions: self.actions,
                active: ACTIVE,
                ends: ENDS,
                negotiates: self.negotiates,
                refuses: random.one_of(&[0, 10, 30]),
                datagrams: self.datagrams,
                random: Random::new(random.number()),
            };
            let phone = Phone::new(self.config(*node), world.seed(), habits);
            world.add_element(*node, Party::Phone(Box::new(phone)));
        }
        if let Some(serial) = self.switched {
            let mut config = Config::default();
            config.role = Role::Proxy;
            let endpoint = Endpoint::new(config, world.seed());
            let group = nodes.iter().copied().filter(|it| *it != 1).collect();
            let user = Switch::new(SWITCH, self.datagrams, group, serial);
            world.add_element(SWITCH, Party::Switch(Box::new(Layered { endpoint, user })));
        }
        world
    }

    fn config(&self, node: u8) -> AgentConfig {
        let mut config = AgentConfig::new(&format!("<sip:phone@10.0.0.{node}>"));
        config.event_packages = vec!["presence".into()];
        config.reliability = self.reliability;
        config.ring = Some(Duration::from_secs(100));
        if self.session_timers {
            let mut timer = SessionTimerConfig::default();
            timer.interval = 90;
            config.session_timer = Some(timer);
        }
        config
    }

    /// Compares the calls that stand. How many stand at both sides.
    fn compare(&self, world: &World<Party>) -> u64 {
        let phones =
            || world.nodes.iter().filter_map(|(at, node)| Some((*at, node.element.phone()?)));
        let mut count = 0;
        for (at, phone) in phones() {
            for (call, info) in phone.standing() {
                let dialog = info.dialog.expect("a call that stands has a dialog");
                let id = dialog.id();
                let mirror = phones().find_map(|(other_at, other)| {
                    let it = other.agent.calls().find(|(_, info)| {
                        info.dialog.is_some_and(|dialog| {
                            let other = dialog.id();
                            other.call_id == id.call_id
                                && other.local_tag == id.remote_tag
                                && other.remote_tag == id.local_tag
                        })
                    });
                    it.map(|(call, info)| (other_at, other, call, info))
                });
                let Some((other_at, other, other_call, other_info)) = mirror else {
                    let lossless = self.network.loss == 0 && self.network.partition.is_none();
                    assert!(
                        !lossless && !self.session_timers,
                        "{self:?}: {at} believes in a call that nobody else does: {info:?}"
                    );
                    continue;
                };
                if !other.standing().any(|(call, _)| call == other_call) {
                    continue;
                }
                count += 1;
                let other_dialog = other_info.dialog.expect("it was compared");
                let routes: Vec<&str> = dialog.route_set().collect();
                let mut others: Vec<&str> = other_dialog.route_set().collect();
                others.reverse();
                assert_eq!(routes, others, "{self:?}: {id:?}: route sets");
                self.check_target(dialog.remote_target(), other_at);
                let sent = dialog.local_sequence();
                let came = other_dialog.remote_sequence();
                assert!(came <= sent, "{self:?}: {id:?}: {came:?} of {sent:?} has come");
                let timers = (info.session_timer, other_info.session_timer);
                if let (Some(ours), Some(theirs)) = timers {
                    assert_eq!(ours.interval, theirs.interval, "{self:?}: {id:?}");
                    assert_ne!(ours.refresher, theirs.refresher, "{self:?}: {id:?}");
                } else {
                    assert_eq!(timers.0.is_some(), timers.1.is_some(), "{self:?}: {id:?}");
                }
                let media = phone.agent.negotiator::<Media>(call);
                let other_media = other.agent.negotiator::<Media>(other_call);
                if let (Some(ours), Some(theirs)) = (media, other_media) {
                    let mirrored = theirs.agreed.clone().map(|(ours, theirs)| (theirs, ours));
                    assert_eq!(ours.agreed, mirrored, "{self:?}: {id:?}: the session");
                }
            }
        }
        count
    }

    fn check_target(&self, target: &str, at: SocketAddr) {
        assert!(target.contains(&at.to_string()), "{self:?}: {target} is not {at}");
    }
}

fn what_lives(world: &World<Party>) -> String {
    let living = world.nodes.iter().map(|(at, node)| match &node.element {
        Party::Phone(phone) => format!("{at}: {:?}", phone.agent.counts()),
        Party::Switch(switch) => format!("{at}: {:?}", switch.endpoint.states()),
    });
    living.collect::<Vec<_>>().join("; ")
}
