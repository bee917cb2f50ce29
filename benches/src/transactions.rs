//! Transaction layers with any number of live transactions, in memory: no socket, and a clock that
//! is moved by hand.
//!
//! All of them are in a steady state: where one transaction starts, another ends. Which one that is
//! has nothing to do with where it is in memory. Where the first that came is the first that ends, as
//! in a bench that was started a moment ago, the processor fetches the next one before it is asked
//! for, and the cache misses do not show.

use std::collections::VecDeque;
use std::hint::black_box;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::{Message, Method, Request, Response, StatusCode, header};
use sip_transaction::{Config, Endpoint, Event, Flow, ServerTransaction, Timers};

use crate::random::Random;

/// From where requests come, or where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// One peer.
    One,
    /// So many addresses in turn.
    Many(u32),
}

impl Sources {
    fn flow(self, number: u64) -> Flow {
        let host = match self {
            Self::One => 1,
            Self::Many(count) => u32::try_from(number % u64::from(count)).unwrap_or_default(),
        };
        let remote = SocketAddr::from((Ipv4Addr::from(0x0a00_0000 + host), 5060));
        Flow::udp(SocketAddr::from(([192, 0, 2, 4], 5060)), remote)
    }
}

/// A moment to count from.
#[must_use]
pub fn start() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "there is no other way to make an Instant")]
    Instant::now()
}

/// A message in which a number of sixteen digits stands in several places.
#[derive(Clone, Debug)]
struct Template {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

const PLACE: &[u8] = b"################";

impl Template {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes().to_vec();
        let windows = bytes.windows(PLACE.len()).enumerate();
        let places = windows.filter(|(_, it)| *it == PLACE).map(|(at, _)| at).collect();
        Self { bytes, places }
    }

    fn with(&mut self, number: u64) -> Bytes {
        let mut digits = [0; PLACE.len()];
        for (place, digit) in digits.iter_mut().enumerate() {
            let nibble = (number >> (4 * (PLACE.len() - 1 - place))) & 15;
            *digit = b"0123456789abcdef"[usize::try_from(nibble).unwrap_or_default()];
        }
        for at in &self.places {
            self.bytes[*at..*at + digits.len()].copy_from_slice(&digits);
        }
        Bytes::copy_from_slice(&self.bytes)
    }
}

fn incoming(method: &str) -> Template {
    Template::new(&format!(
        "{method} sip:bob@192.0.2.4 SIP/2.0\r\n\
         Via: SIP/2.0/UDP pc33.atlanta.example:5060;branch=z9hG4bK################;rport\r\n\
         Max-Forwards: 70\r\n\
         To: <sip:bob@192.0.2.4>\r\n\
         From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
         Call-ID: ################@pc33.atlanta.example\r\n\
         CSeq: 1 {method}\r\n\
         Contact: <sip:alice@pc33.atlanta.example>\r\n\
         Content-Length: 0\r\n\r\n"
    ))
}

fn answer(request: &Request, status: StatusCode) -> Response {
    request.respond(status).to_tag(TO_TAG).build().expect("a response can be built")
}

const TO_TAG: &str = "a6c85cf";

fn drain(endpoint: &mut Endpoint) -> usize {
    let events = std::iter::from_fn(|| endpoint.poll_event()).count();
    events + std::iter::from_fn(|| endpoint.poll_transmit()).count()
}

/// A server with so many live transactions, all answered: each waits for Timer J.
#[derive(Debug)]
pub struct Servers {
    /// The layer.
    pub endpoint: Endpoint,
    now: Instant,
    tick: Duration,
    serial: u64,
    live: u64,
    sources: Sources,
    template: Template,
}

impl Servers {
    /// So many transactions of this method, answered with 200 in an order that is not that in which
    /// they came: so they end in no order of memory, as in a layer that has run for long.
    #[must_use]
    pub fn new(method: &str, live: u32, sources: Sources) -> Self {
        let mut servers = Self::empty(method, live, sources);
        let mut transactions: Vec<_> = (0..live).map(|_| servers.come().0).collect();
        Random::new(2).shuffle(&mut transactions);
        let response = response(method, StatusCode::OK);
        for transaction in transactions {
            servers.now += servers.tick;
            let response = Message::parse(Bytes::copy_from_slice(&response)).expect("a message");
            let response = response.as_response().expect("a response");
            let sent = servers.endpoint.send_response(servers.now, transaction, response);
            sent.expect("it is open");
            drain(&mut servers.endpoint);
        }
        servers
    }

    /// So many transactions of this method, each answered with this status as it comes.
    #[must_use]
    pub fn answered(method: &str, status: StatusCode, live: u32, sources: Sources) -> Self {
        let mut servers = Self::empty(method, live, sources);
        (0..live).for_each(|_| servers.one(status));
        servers
    }

    fn empty(method: &str, live: u32, sources: Sources) -> Self {
        let mut config = Config::default();
        config.limits.server_transactions = 4_000_000;
        config.limits.per_source = 4_000_000;
        Self {
            endpoint: Endpoint::new(config, [7; 32]),
            now: start(),
            tick: Timers::default().j / live,
            serial: 0,
            live: u64::from(live),
            sources,
            template: incoming(method),
        }
    }

    /// A request comes.
    fn come(&mut self) -> (ServerTransaction, Request) {
        let (flow, datagram) = self.datagram();
        self.endpoint.handle_datagram(self.now, flow, datagram);
        let requests = std::iter::from_fn(|| self.endpoint.poll_event());
        let mut requests = requests.filter_map(|event| match event {
            Event::Request { transaction, request, .. } => Some((transaction, request)),
            _ => None,
        });
        requests.next().expect("a request is told")
    }

    /// A request comes and is answered; the oldest transaction ends.
    pub fn one(&mut self, status: StatusCode) {
        self.tick();
        let (transaction, request) = self.come();
        let response = answer(&request, status);
        let sent = self.endpoint.send_response(self.now, transaction, &response);
        sent.expect("it is new");
        drain(&mut self.endpoint);
    }

    /// The next requests and their answers, ready made.
    pub fn prepare(&mut self, count: u32, status: StatusCode) -> Vec<(Flow, Message, Response)> {
        let one = |_| {
            let (flow, datagram) = self.datagram();
            let message = Message::parse(datagram).expect("a message");
            let response = answer(message.as_request().expect("a request"), status);
            (flow, message, response)
        };
        (0..count).map(one).collect()
    }

    /// [`one`](Self::one) for each of what was prepared: what the layer alone does.
    pub fn layer(&mut self, prepared: Vec<(Flow, Message, Response)>) {
        for (flow, message, response) in prepared {
            self.tick();
            self.endpoint.handle_message(self.now, flow, message);
            while let Some(event) = self.endpoint.poll_event() {
                if let Event::Request { transaction, .. } = event {
                    let sent = self.endpoint.send_response(self.now, transaction, &response);
                    sent.expect("it is new");
                }
            }
            drain(&mut self.endpoint);
        }
    }

    /// The work of [`one`](Self::one) around the layer: to read the request and to write its answer.
    pub fn around(&mut self, status: StatusCode) {
        self.now += self.tick;
        let (_, datagram) = self.datagram();
        let message = Message::parse(datagram).expect("a message");
        black_box(answer(message.as_request().expect("a request"), status));
    }

    fn tick(&mut self) {
        self.now += self.tick;
        self.endpoint.handle_timeout(self.now);
    }

    fn datagram(&mut self) -> (Flow, Bytes) {
        self.serial += 1;
        (self.sources.flow(self.serial), self.template.with(self.serial))
    }

    /// A request that was answered comes once more: one of all, in no order. Before any
    /// [`one`](Self::one), which ends others.
    pub fn retransmission(&mut self, random: u64) {
        let (flow, datagram) = self.again(random);
        self.endpoint.handle_datagram(self.now, flow, datagram);
        assert_eq!(drain(&mut self.endpoint), 1, "the response is sent again");
    }

    /// Requests that were answered, read.
    pub fn prepare_again(&mut self, count: u32, random: &mut Random) -> Vec<(Flow, Message)> {
        let one = |_| {
            let (flow, datagram) = self.again(random.next_u64());
            (flow, Message::parse(datagram).expect("a message"))
        };
        (0..count).map(one).collect()
    }

    /// [`retransmission`](Self::retransmission) for each of what was prepared: what the layer alone
    /// does.
    pub fn layer_again(&mut self, prepared: Vec<(Flow, Message)>) {
        for (flow, message) in prepared {
            self.endpoint.handle_message(self.now, flow, message);
            assert_eq!(drain(&mut self.endpoint), 1, "the response is sent again");
        }
    }

    fn again(&mut self, random: u64) -> (Flow, Bytes) {
        let number = self.serial - random % self.live;
        (self.sources.flow(number), self.template.with(number))
    }
}

/// The branch that an endpoint has put into a request.
///
/// It is kept as it is, not in a buffer of its own: that would have left the caches until the answer
/// is written, which for a layer comes straight from the socket.
fn branch(bytes: &[u8]) -> [u8; BRANCH] {
    let at = memchr::memmem::find(bytes, b"branch=").expect("a branch") + "branch=".len();
    bytes[at..at + BRANCH].try_into().expect("a branch of ours")
}

const BRANCH: usize = "z9hG4bK".len() + 24;

/// What a peer answers to a request with this branch.
fn answer_with(branch: &[u8], status: &str, method: &str) -> Bytes {
    let parts: [&[u8]; 7] = [
        b"SIP/2.0 ",
        status.as_bytes(),
        b"\r\nVia: SIP/2.0/UDP 192.0.2.4:5060;branch=",
        branch,
        b";rport=5060\r\nTo: <sip:bob@192.0.2.4>;tag=a6c85cf\r\n\
          From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
          Call-ID: a84b4c76e66710@pc33.atlanta.example\r\nCSeq: 1 ",
        method.as_bytes(),
        b"\r\nContact: <sip:bob@192.0.2.4>\r\nContent-Length: 0\r\n\r\n",
    ];
    parts.concat().into()
}

/// A request as its user builds it.
fn outgoing(method: Method<'_>) -> Request {
    Request::builder(method, "sip:bob@192.0.2.4")
        .header(header::Contact, "<sip:alice@192.0.2.1>")
        .header(header::To, "<sip:bob@192.0.2.4>")
        .header(header::From, "<sip:alice@atlanta.example>;tag=1928301774")
        .header(header::CallId, "a84b4c76e66710@pc33.atlanta.example")
        .cseq(1)
        .without_via()
        .build()
        .expect("a request can be built")
}

/// A client with so many requests that wait for an answer.
#[derive(Debug)]
pub struct Clients {
    /// The layer.
    pub endpoint: Endpoint,
    now: Instant,
    tick: Duration,
    serial: u64,
    sources: Sources,
    request: Request,
    /// The branches of what was sent, the oldest first.
    branches: VecDeque<(Flow, [u8; BRANCH])>,
}

impl Clients {
    /// So many requests that wait, to be answered in no order. Retransmissions do not disturb: Timer
    /// E is an hour.
    #[must_use]
    pub fn new(live: u32, sources: Sources) -> Self {
        let (t1, f) = (Duration::from_secs(3_600), Duration::from_secs(7_200));
        let timers = Timers { t1, f, ..Timers::default() };
        // What has been answered waits for Timer K: few at a time.
        let mut clients = Self::silent(Method::OPTIONS, sources, timers, timers.k / 500);
        (0..live).for_each(|_| clients.send());
        Random::new(2).shuffle(clients.branches.make_contiguous());
        clients
    }

    /// A client of requests of this method, none of which is sent yet, with these timers.
    #[must_use]
    pub fn silent(method: Method<'_>, sources: Sources, timers: Timers, tick: Duration) -> Self {
        let mut config = Config::default();
        config.limits.client_transactions = 4_000_000;
        config.timers = timers;
        Self {
            endpoint: Endpoint::new(config, [7; 32]),
            now: start(),
            tick,
            serial: 0,
            sources,
            request: outgoing(method),
            branches: VecDeque::new(),
        }
    }

    /// Sends a request.
    pub fn send(&mut self) {
        let (flow, bytes) = self.send_only();
        self.branches.push_back((flow, branch(&bytes)));
    }

    /// Sends a request whose branch is of no use.
    pub fn send_only(&mut self) -> (Flow, Bytes) {
        self.serial += 1;
        let flow = self.sources.flow(self.serial);
        let sent = self.endpoint.send_request(self.now, flow, &self.request);
        sent.expect("there is room");
        (flow, self.endpoint.poll_transmit().expect("it was sent").bytes)
    }

    /// A request is sent, one that waits is answered, and one that was answered ends.
    pub fn one(&mut self) {
        self.tick();
        self.send();
        self.answer();
    }

    fn answer(&mut self) {
        let (flow, branch) = self.branches.pop_front().expect("one waits");
        let response = answer_with(&branch, "200 OK", "OPTIONS");
        self.endpoint.handle_datagram(self.now, flow, response);
        assert!(drain(&mut self.endpoint) > 0);
    }

    /// The answers to the oldest that wait, read.
    pub fn prepare(&mut self, count: u32) -> Vec<(Flow, Message)> {
        let count = usize::try_from(count).unwrap_or_default().min(self.branches.len());
        let oldest = self.branches.drain(..count);
        let read = oldest.map(|(flow, branch)| {
            let response = answer_with(&branch, "200 OK", "OPTIONS");
            (flow, Message::parse(response).expect("a message"))
        });
        read.collect()
    }

    /// [`one`](Self::one) for each of what was prepared: what the layer alone does. What was sent
    /// comes out, to be given to [`sent`](Self::sent).
    pub fn layer(&mut self, prepared: Vec<(Flow, Message)>, sent: &mut Vec<(Flow, Bytes)>) {
        for (flow, message) in prepared {
            self.tick();
            sent.push(self.send_only());
            self.endpoint.handle_message(self.now, flow, message);
            assert!(drain(&mut self.endpoint) > 0);
        }
    }

    /// Notes what was sent.
    pub fn sent(&mut self, sent: &mut Vec<(Flow, Bytes)>) {
        let noted = sent.drain(..).map(|(flow, bytes)| (flow, branch(&bytes)));
        self.branches.extend(noted);
    }

    fn tick(&mut self) {
        self.now += self.tick;
        self.endpoint.handle_timeout(self.now);
    }

    /// A request as it is sent.
    #[must_use]
    pub fn sent_request(method: Method<'_>) -> Bytes {
        let timers = Timers::default();
        Self::silent(method, Sources::One, timers, Duration::ZERO).send_only().1
    }
}

/// A client whose requests are never answered: every timer sends one again.
#[derive(Debug)]
pub struct Retransmissions {
    clients: Clients,
}

impl Retransmissions {
    /// So many requests, spread over T2, with a Timer F that never fires. Timer E of all of them has
    /// reached T2.
    #[must_use]
    pub fn new(live: u32) -> Self {
        let timers = Timers { f: Duration::from_secs(100_000_000), ..Timers::default() };
        let tick = timers.t2 / live;
        let clients = Clients::silent(Method::OPTIONS, Sources::Many(50_000), timers, tick);
        let mut all = Self { clients };
        // The places of transactions that have ended in no order are used again.
        (0..live).for_each(|_| all.clients.send());
        Random::new(2).shuffle(all.clients.branches.make_contiguous());
        (0..live).for_each(|_| all.clients.answer());
        all.clients.now += timers.k;
        all.clients.endpoint.handle_timeout(all.clients.now);
        assert!(all.clients.endpoint.is_empty());
        drain(&mut all.clients.endpoint);
        let start = all.clients.now;
        for number in 0..live {
            all.run_until(start + tick * number);
            all.clients.now = start + tick * number;
            all.clients.send_only();
        }
        all.run_until(start + timers.t2 + timers.until_t2());
        all
    }

    fn run_until(&mut self, end: Instant) {
        while self.clients.endpoint.poll_timeout().is_some_and(|next| next <= end) {
            self.one();
        }
    }

    /// The next timer fires, and a request is sent again.
    pub fn one(&mut self) {
        let next = self.clients.endpoint.poll_timeout().expect("a timer runs");
        self.clients.now = self.clients.now.max(next);
        self.clients.endpoint.handle_timeout(self.clients.now);
        assert!(drain(&mut self.clients.endpoint) > 0);
    }
}

/// An INVITE that rings, beside so many others: 183 stops Timer C and starts it anew, 100 does not.
#[derive(Debug)]
pub struct Ringing {
    endpoint: Endpoint,
    now: Instant,
    responses: [Bytes; 2],
}

impl Ringing {
    /// So many INVITEs that ring.
    #[must_use]
    pub fn new(live: u32) -> Self {
        let (timers, sources) = (Timers::default(), Sources::One);
        let mut clients = Clients::silent(Method::INVITE, sources, timers, Duration::ZERO);
        (0..live).for_each(|_| clients.send());
        let Clients { mut endpoint, now, branches, .. } = clients;
        let mut responses = [Bytes::new(), Bytes::new()];
        for (flow, branch) in branches {
            responses = [("100 Trying", ""), ("183 Session Progress", ";tag=a6c85cf")].map(
                |(status, tag)| {
                    let branch = String::from_utf8_lossy(&branch);
                    Bytes::from(format!(
                        "SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 192.0.2.4:5060;branch={branch};rport\r\n\
                         To: <sip:bob@192.0.2.4>{tag}\r\nFrom: <sip:alice@atlanta.example>;tag=1\r\n\
                         Call-ID: a84b4c76e66710\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
                    ))
                },
            );
            endpoint.handle_datagram(now, flow, responses[1].clone());
            drain(&mut endpoint);
        }
        Self { endpoint, now, responses }
    }

    /// A response comes that starts Timer C anew, or does not.
    pub fn one(&mut self, anew: bool) {
        self.now += Duration::from_nanos(1);
        let response = self.responses[usize::from(anew)].clone();
        self.endpoint.handle_datagram(self.now, Sources::One.flow(0), response);
        assert_eq!(drain(&mut self.endpoint), 1, "the response is told");
    }
}

/// Whole transactions, from the request until the layer has forgotten them: on one side, whose peer
/// only has its lines, or on both.
#[derive(Debug)]
pub struct Calls {
    client: Endpoint,
    server: Endpoint,
    now: Instant,
    serial: u64,
    requests: [Request; 2],
    incoming: [Template; 3],
}

impl Default for Calls {
    fn default() -> Self {
        let mut config = Config::default();
        // Each call of both sides has the same Call-ID.
        config.role = sip_transaction::Role::Proxy;
        Self {
            client: Endpoint::new(config.clone(), [7; 32]),
            server: Endpoint::new(config, [8; 32]),
            now: start(),
            serial: 0,
            requests: [outgoing(Method::INVITE), outgoing(Method::OPTIONS)],
            incoming: [incoming("INVITE"), incoming("OPTIONS"), incoming("ACK")],
        }
    }
}

/// What kind of transaction, and how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// INVITE, 180, 200.
    Accepted,
    /// INVITE, 180, 486, ACK.
    Busy,
    /// OPTIONS, 200.
    Options,
}

impl Story {
    /// All of them, with names.
    pub const ALL: [(&'static str, Self); 3] = [
        ("INVITE 180 200", Self::Accepted),
        ("INVITE 180 486 ACK", Self::Busy),
        ("OPTIONS 200", Self::Options),
    ];

    fn place(self) -> usize {
        usize::from(self == Self::Options)
    }

    fn statuses(self) -> &'static [(StatusCode, &'static str)] {
        const RINGING: (StatusCode, &str) = (StatusCode::RINGING, "180 Ringing");
        const OK: (StatusCode, &str) = (StatusCode::OK, "200 OK");
        const BUSY: (StatusCode, &str) = (StatusCode::BUSY_HERE, "486 Busy Here");
        match self {
            Self::Accepted => &[RINGING, OK],
            Self::Busy => &[RINGING, BUSY],
            Self::Options => &[OK],
        }
    }
}

impl Calls {
    fn flow() -> Flow {
        Sources::One.flow(0)
    }

    /// The client's side.
    pub fn client(&mut self, story: Story) {
        let flow = Self::flow();
        let request = &self.requests[story.place()];
        self.client.send_request(self.now, flow, request).expect("it can be sent");
        let sent = self.client.poll_transmit().expect("it is sent");
        let branch = branch(&sent.bytes);
        let method = request.method();
        for (_, status) in story.statuses() {
            let response = answer_with(&branch, status, method.as_str());
            self.client.handle_datagram(self.now, flow, response);
        }
        // An answer each, and an ACK.
        let expected = story.statuses().len() + usize::from(story == Story::Busy);
        assert_eq!(drain(&mut self.client), expected);
        self.end();
    }

    /// The server's side.
    pub fn server(&mut self, story: Story) {
        let flow = Self::flow();
        self.serial += 1;
        let datagram = self.incoming[story.place()].with(self.serial);
        self.server.handle_datagram(self.now, flow, datagram);
        self.respond(story);
        assert_eq!(drain(&mut self.server), story.statuses().len());
        if story == Story::Busy {
            let ack = self.incoming[2].with(self.serial);
            self.server.handle_datagram(self.now, flow, ack);
            assert_eq!(drain(&mut self.server), 0, "the ACK is absorbed");
        }
        self.end();
    }

    /// Both sides, each of which reads what the other has written.
    pub fn both(&mut self, story: Story) {
        let flow = Self::flow();
        let back = Flow::udp(flow.remote, flow.local);
        let request = &self.requests[story.place()];
        self.client.send_request(self.now, flow, request).expect("it can be sent");
        let sent = self.client.poll_transmit().expect("it is sent");
        self.server.handle_datagram(self.now, back, sent.bytes);
        self.respond(story);
        while let Some(sent) = self.server.poll_transmit() {
            self.client.handle_datagram(self.now, flow, sent.bytes);
        }
        // The ACK, if there is one.
        while let Some(sent) = self.client.poll_transmit() {
            self.server.handle_datagram(self.now, back, sent.bytes);
        }
        self.end();
    }

    fn respond(&mut self, story: Story) {
        let Some(Event::Request { transaction, request, .. }) = self.server.poll_event() else {
            panic!("a request is told")
        };
        for (status, _) in story.statuses() {
            let mut response = request.respond(*status);
            response.to_tag(TO_TAG).header(header::Contact, "<sip:bob@192.0.2.4>");
            let response = response.build().expect("a response can be built");
            self.server.send_response(self.now, transaction, &response).expect("it is open");
        }
    }

    /// All timers fire.
    fn end(&mut self) {
        self.now += Duration::from_secs(33);
        for endpoint in [&mut self.client, &mut self.server] {
            endpoint.handle_timeout(self.now);
            assert!(endpoint.is_empty());
            drain(endpoint);
        }
    }
}

/// The answer to a request, as a server keeps it.
#[must_use]
pub fn response(method: &str, status: StatusCode) -> Bytes {
    let message = Message::parse(incoming(method).with(1)).expect("a message");
    answer(message.as_request().expect("a request"), status).to_bytes()
}
