//! The transaction layer of one element.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::branch::Random;
use crate::id::Id;
use crate::index::Index;
use crate::machine::Surroundings;
use crate::queue::{Time, Timeouts};
use crate::responses::Responses;
use crate::sources::Sources;
use crate::table::{Live, Machine, Side, Table};
use crate::{
    ClientTransaction, Config, Event, Flow, Metrics, ServerTransaction, Timer, Transaction,
    Transmit, TransportFailure,
};

mod carry_out;
mod overload;
mod receive;
mod respond;
mod send;

pub use send::RequestOptions;

/// The transaction layer of one element: it has no sockets, no clock and no threads.
///
/// The program tells it what comes and what time it is, and polls it for what has to be sent, what
/// has happened, and when it wants to be told the time again:
///
/// ```
/// use std::time::Instant;
/// use sip_message::{Message, StatusCode};
/// use sip_transaction::{Config, Endpoint, Event, Flow};
///
/// let mut endpoint = Endpoint::new(Config::default(), [7; 32]);
/// let flow = Flow::udp("192.0.2.4:5060".parse()?, "192.0.2.1:5060".parse()?);
/// let now = Instant::now();
/// endpoint.handle_datagram(now, flow, &b"OPTIONS sip:bob@192.0.2.4 SIP/2.0\r\n\
///     Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnashds8\r\n\
///     To: <sip:bob@192.0.2.4>\r\n\
///     From: <sip:alice@192.0.2.1>;tag=1928301774\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: 1 OPTIONS\r\n\r\n"[..]);
/// while let Some(event) = endpoint.poll_event() {
///     if let Event::Request { transaction, request, .. } = event {
///         let ok = request.respond(StatusCode::OK).to_tag("8321234356").build()?;
///         endpoint.send_response(now, transaction, &ok)?;
///     }
/// }
/// let transmit = endpoint.poll_transmit().unwrap();
/// assert_eq!(transmit.flow, flow);
/// assert!(transmit.bytes.starts_with(b"SIP/2.0 200 OK\r\n"));
/// // Timer J: retransmissions of the request are answered for 32 seconds.
/// assert_eq!(endpoint.poll_timeout(), Some(now + std::time::Duration::from_secs(32)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Endpoint {
    config: Config,
    random: Random,
    /// Makes the keys by which requests are matched, and the tags of what is answered without a
    /// transaction.
    secret: [u64; 2],
    /// What `Time` counts from.
    epoch: Option<Instant>,
    now: Time,
    table: Table,
    clients: usize,
    /// Server transactions by branch and sent-by.
    servers: Index,
    /// Server transactions of requests without a To tag, by Call-ID, CSeq and From tag.
    merged: Index,
    /// CANCEL's client transactions: they have the branch of their INVITE.
    cancels: HashMap<u64, u32, ahash::RandomState>,
    sources: Sources,
    responses: Responses,
    timeouts: Timeouts,
    /// What may be displaced, the oldest first.
    lingering: VecDeque<Id>,
    lingering_live: usize,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    metrics: Metrics,
}

/// What is known of a transaction without its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionInfo {
    /// Its handle.
    pub transaction: Transaction,
    /// Which machine.
    pub kind: Kind,
    /// The state, as the RFC names it.
    pub state: &'static str,
    /// Where its request came from or went.
    pub flow: Flow,
    /// How long it has lived, when the endpoint was last told the time.
    pub age: Duration,
}

/// The four kinds of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// [`InviteClient`](crate::machine::InviteClient).
    InviteClient,
    /// [`NonInviteClient`](crate::machine::NonInviteClient).
    NonInviteClient,
    /// [`InviteServer`](crate::machine::InviteServer).
    InviteServer,
    /// [`NonInviteServer`](crate::machine::NonInviteServer).
    NonInviteServer,
}

impl Endpoint {
    /// An endpoint without transactions. Branches and tags are made of the seed, which nobody may
    /// know: it comes from the system's generator of random numbers.
    #[must_use]
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let hash = random.hash_state();
        let secret = [random.number(), random.number()];
        Self {
            config,
            random,
            cancels: HashMap::with_hasher(hash.clone()),
            sources: Sources::new(hash),
            secret,
            epoch: None,
            now: Time::default(),
            table: Table::default(),
            clients: 0,
            servers: Index::default(),
            merged: Index::default(),
            responses: Responses::default(),
            timeouts: Timeouts::default(),
            lingering: VecDeque::new(),
            lingering_live: 0,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            metrics: Metrics::default(),
        }
    }

    /// What it was told when it was made.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes the time. A clock that goes back stands still.
    fn tell_time(&mut self, now: Instant) {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch);
        self.now = self.now.max(Time::default().after(since));
    }

    /// Fires the timers that are due. To be called when the time of
    /// [`poll_timeout`](Self::poll_timeout) has come; earlier or later does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.tell_time(now);
        while let Some(entry) = self.timeouts.due(self.now) {
            match self.table.runs(&entry) {
                Some(timer) => self.fire(entry.slot, timer),
                // What does not run is not at the front of its queue.
                None => debug_assert!(false, "a timer fired that does not run"),
            }
        }
    }

    /// Takes what the transport could not send (RFC 3261 §8.1.3.1, §17.1.4, §17.2.4, RFC 6026 §7.1).
    ///
    /// A flow that fails fails for all its transactions. It may be told of a closed connection
    /// before something is to be sent on it: then nothing has failed yet for server transactions,
    /// whose responses can go over another (RFC 3261 §18.2.2), and they stay as they are.
    pub fn handle_transport_error(&mut self, now: Instant, failure: TransportFailure) {
        self.tell_time(now);
        match failure {
            TransportFailure::Transaction(transaction) => {
                if self.table.get(transaction.id()).is_some() {
                    self.fail(transaction.id().slot);
                }
            }
            TransportFailure::Flow(flow) => {
                let fails = |slot: &u32| {
                    self.table.at(*slot).is_some_and(|live| {
                        let server = live.server().is_some();
                        live.sends_on() == flow && !(server && flow.transport.is_reliable())
                    })
                };
                let slots = self.sources.slots_of(flow.remote.ip());
                let failed: Vec<_> = slots.filter(fails).collect();
                failed.into_iter().for_each(|slot| self.fail(slot));
            }
        }
    }

    /// The next message that is to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What has happened next.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` while no timer runs.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let next = self.timeouts.next()?;
        self.epoch?.checked_add(Duration::from_nanos(next.0))
    }

    /// How many transactions live.
    #[must_use]
    pub fn len(&self) -> usize {
        self.clients + self.servers.len()
    }

    /// Whether no transaction lives.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The state of a transaction, as the RFC names it; `None` when it is no more.
    #[must_use]
    pub fn state(&self, transaction: impl Into<Transaction>) -> Option<&'static str> {
        self.table.get(transaction.into().id()).map(|live| live.machine.state())
    }

    /// The tag of To in the responses of a server transaction, once there is one.
    #[must_use]
    pub fn to_tag(&self, transaction: ServerTransaction) -> Option<&str> {
        self.table.get(transaction.0)?.server()?.to_tag.as_deref()
    }

    /// Says which tag the To of the responses will have, for the answer to a CANCEL that comes before
    /// any of them (RFC 3261 §9.2). Once a response has had a tag, that one counts.
    pub fn set_to_tag(&mut self, transaction: ServerTransaction, tag: &str) {
        let Some(slot) = self.server_at(transaction) else { return };
        if let Some(server) = self.table.at_mut(slot).and_then(Live::server_mut) {
            server.to_tag.get_or_insert_with(|| tag.into());
        }
    }

    /// Whether a CANCEL was sent for this INVITE, or waits for a provisional response.
    #[must_use]
    pub fn is_cancelled(&self, transaction: ClientTransaction) -> bool {
        let client = self.table.get(transaction.0).and_then(Live::client);
        client.and_then(|client| client.invite.as_ref()).is_some_and(|it| it.cancel.is_some())
    }

    /// All transactions, for debugging: it looks at each.
    pub fn transactions(&self) -> impl Iterator<Item = TransactionInfo> {
        self.table.iter().map(|(slot, live)| TransactionInfo {
            transaction: self.table.handle(slot),
            kind: live.machine.kind(),
            state: live.machine.state(),
            flow: live.flow,
            age: Duration::from_nanos(self.now.0 - live.started.0),
        })
    }

    /// How many transactions are in each state: it looks at each.
    #[must_use]
    pub fn states(&self) -> BTreeMap<(Kind, &'static str), usize> {
        let mut states = BTreeMap::new();
        for (_, live) in self.table.iter() {
            *states.entry((live.machine.kind(), live.machine.state())).or_default() += 1;
        }
        states
    }

    /// What was counted.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Metrics {
            client_transactions: wide(self.clients),
            server_transactions: wide(self.servers.len()),
            timers: wide(self.timeouts.live()),
            lingering: wide(self.lingering_live),
            sources: wide(self.sources.len()),
            ..self.metrics
        }
    }

    fn fire(&mut self, slot: u32, timer: Timer) {
        let Some(live) = self.table.at_mut(slot) else { return };
        // It runs no longer, whatever the machine says.
        let armed = [&mut live.repeat, &mut live.end]
            .into_iter()
            .find_map(|armed| armed.take_if(|it| it.timer == timer));
        if let Some(armed) = armed {
            self.forget(armed);
        }
        let Some(live) = self.table.at_mut(slot) else { return };
        let around = surroundings(&self.config, &live.side, live.flow);
        let step = match &mut live.machine {
            Machine::InviteClient(machine) => machine.timer(timer, around),
            Machine::NonInviteClient(machine) => machine.timer(timer, around),
            Machine::InviteServer(machine) => machine.timer(timer, around),
            Machine::NonInviteServer(machine) => machine.timer(timer, around),
        };
        if matches!(timer, Timer::A | Timer::E | Timer::G) {
            self.metrics.retransmitted += 1;
        }
        self.carry_out(slot, step, None);
    }

    fn fail(&mut self, slot: u32) {
        let Some(live) = self.table.at_mut(slot) else { return };
        let step = match &mut live.machine {
            Machine::InviteClient(machine) => machine.transport_error(),
            Machine::NonInviteClient(machine) => machine.transport_error(),
            Machine::InviteServer(machine) => machine.transport_error(),
            Machine::NonInviteServer(machine) => machine.transport_error(),
        };
        self.carry_out(slot, step, None);
    }
}

impl Machine {
    fn kind(self) -> Kind {
        match self {
            Self::InviteClient(_) => Kind::InviteClient,
            Self::NonInviteClient(_) => Kind::NonInviteClient,
            Self::InviteServer(_) => Kind::InviteServer,
            Self::NonInviteServer(_) => Kind::NonInviteServer,
        }
    }
}

/// What the machine of a transaction has to know.
fn surroundings<'a>(config: &'a Config, side: &'a Side, flow: Flow) -> Surroundings<'a> {
    Surroundings {
        timers: side.timers().unwrap_or(&config.timers),
        reliable: flow.transport.is_reliable(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a clock is needed to begin with")]

    use std::time::Duration;

    use sip_message::{Message, Method, Request, StatusCode};

    use super::*;
    use crate::Flow;

    fn flow() -> Flow {
        Flow::udp("192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap())
    }

    fn request(method: Method<'_>, call: usize) -> Request {
        let text = format!(
            "{method} sip:b@192.0.2.2 SIP/2.0\r\nFrom: <sip:a@a.example>;tag=1\r\n\
             To: <sip:b@b.example>\r\nCall-ID: {call}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\n\r\n"
        );
        Message::parse(text).unwrap().as_request().unwrap().clone()
    }

    /// A 183 starts Timer C anew, and what it was is kept until it comes to the front; behind a call
    /// that rings for long, that would be for ever.
    #[test]
    fn timers_that_were_stopped_do_not_pile_up() {
        let mut now = Instant::now();
        let mut endpoint = Endpoint::new(Config::default(), [1; 32]);
        let mut progress = Vec::new();
        for call in 0..2 {
            endpoint.send_request(now, flow(), &request(Method::INVITE, call)).unwrap();
            let sent = Message::parse(endpoint.poll_transmit().unwrap().bytes).unwrap();
            let mut response = sent.as_request().unwrap().respond(StatusCode::SESSION_PROGRESS);
            progress.push(Message::from(response.to_tag("2").build().unwrap()));
        }
        endpoint.handle_message(now, flow(), progress[0].clone());
        for _ in 0..5_000 {
            now += Duration::from_millis(10);
            endpoint.handle_message(now, flow(), progress[1].clone());
            while endpoint.poll_event().is_some() {}
            let (kept, live) = (endpoint.timeouts.kept(), endpoint.timeouts.live());
            assert!(kept <= 2 * live + 4 * 64, "{kept} for {live}");
        }
    }

    /// Timers of one time fire in the order in which they were started.
    #[test]
    fn what_was_sent_first_is_sent_again_first() {
        let now = Instant::now();
        let mut endpoint = Endpoint::new(Config::default(), [1; 32]);
        for call in 0..5 {
            endpoint.send_request(now, flow(), &request(Method::OPTIONS, call)).unwrap();
        }
        let sent: Vec<_> = std::iter::from_fn(|| endpoint.poll_transmit()).collect();
        endpoint.handle_timeout(now + Duration::from_millis(500));
        let again: Vec<_> = std::iter::from_fn(|| endpoint.poll_transmit()).collect();
        assert_eq!((sent.len(), &again), (5, &sent));
        // Timer E of T1 and of twice that, and Timer F.
        assert_eq!(endpoint.timeouts.queues(), 3);
        assert_eq!(Timer::E.to_string(), "E");
    }
}
