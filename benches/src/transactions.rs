//! Transaction layers with any number of live transactions, in memory: no socket, and a clock that
//! is moved by hand.
//!
//! All of them are in a steady state: where one transaction starts, the oldest ends.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::{Message, Method, Request, StatusCode, header};
use sip_transaction::{Config, Endpoint, Event, Flow, Timers};

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
    /// So many transactions of this method, answered with 200.
    #[must_use]
    pub fn new(method: &str, live: u32, sources: Sources) -> Self {
        Self::answered(method, StatusCode::OK, live, sources)
    }

    /// So many transactions of this method, answered with this status. Where it is provisional,
    /// they do not end.
    #[must_use]
    pub fn answered(method: &str, status: StatusCode, live: u32, sources: Sources) -> Self {
        let mut config = Config::default();
        config.limits.server_transactions = 4_000_000;
        config.limits.per_source = 4_000_000;
        let mut servers = Self {
            endpoint: Endpoint::new(config, [7; 32]),
            now: start(),
            tick: Timers::default().j / live,
            serial: 0,
            live: u64::from(live),
            sources,
            template: incoming(method),
        };
        for _ in 0..live {
            servers.one(status);
        }
        servers
    }

    /// A request comes and is answered; the oldest transaction ends.
    pub fn one(&mut self, status: StatusCode) {
        self.now += self.tick;
        self.endpoint.handle_timeout(self.now);
        self.serial += 1;
        let flow = self.sources.flow(self.serial);
        let datagram = self.template.with(self.serial);
        self.endpoint.handle_datagram(self.now, flow, datagram);
        while let Some(event) = self.endpoint.poll_event() {
            if let Event::Request { transaction, request, .. } = event {
                let response = request.respond(status).to_tag("a6c85cf").build();
                let response = response.expect("a response can be built");
                let sent = self.endpoint.send_response(self.now, transaction, &response);
                sent.expect("it is new");
            }
        }
        drain(&mut self.endpoint);
    }

    /// A request that was answered comes once more: one of all, in no order.
    pub fn retransmission(&mut self, random: u64) {
        let number = self.serial - random % self.live;
        let (flow, datagram) = (self.sources.flow(number), self.template.with(number));
        self.endpoint.handle_datagram(self.now, flow, datagram);
        assert_eq!(drain(&mut self.endpoint), 1, "the response is sent again");
    }
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
    branches: std::collections::VecDeque<(Flow, Vec<u8>)>,
}

impl Clients {
    /// So many requests that wait. Retransmissions do not disturb: Timer E is an hour.
    #[must_use]
    pub fn new(live: u32, sources: Sources) -> Self {
        let (t1, f) = (Duration::from_secs(3_600), Duration::from_secs(7_200));
        let timers = Timers { t1, f, ..Timers::default() };
        Self::with(Method::OPTIONS, live, sources, timers, Duration::ZERO)
    }

    /// The same of another method, with these timers, sent one after another at this pace.
    #[must_use]
    pub fn with(
        method: Method<'_>,
        live: u32,
        sources: Sources,
        timers: Timers,
        pace: Duration,
    ) -> Self {
        let mut config = Config::default();
        config.limits.client_transactions = 4_000_000;
        config.timers = timers;
        let request = Request::builder(method, "sip:bob@192.0.2.4")
            .header(header::Contact, "<sip:alice@192.0.2.1>")
            .header(header::To, "<sip:bob@192.0.2.4>")
            .header(header::From, "<sip:alice@atlanta.example>;tag=1928301774")
            .header(header::CallId, "a84b4c76e66710@pc33.atlanta.example")
            .cseq(1)
            .without_via()
            .build()
            .expect("a request can be built");
        let mut clients = Self {
            endpoint: Endpoint::new(config, [7; 32]),
            now: start(),
            // What has been answered waits for Timer K: few at a time.
            tick: Duration::from_millis(10),
            serial: 0,
            sources,
            request,
            branches: std::collections::VecDeque::new(),
        };
        for _ in 0..live {
            clients.now += pace;
            clients.endpoint.handle_timeout(clients.now);
            drain(&mut clients.endpoint);
            clients.send();
        }
        clients
    }

    fn send(&mut self) {
        self.serial += 1;
        let flow = self.sources.flow(self.serial);
        let sent = self.endpoint.send_request(self.now, flow, &self.request);
        sent.expect("there is room");
        let transmit = self.endpoint.poll_transmit().expect("it was sent");
        let at = memchr::memmem::find(&transmit.bytes, b"branch=").expect("a branch") + 7;
        self.branches.push_back((flow, transmit.bytes[at..at + 31].to_vec()));
    }

    /// A request is sent, the oldest that waits is answered, and one that was answered ends.
    pub fn one(&mut self) {
        self.now += self.tick;
        self.endpoint.handle_timeout(self.now);
        self.send();
        let (flow, branch) = self.branches.pop_front().expect("one waits");
        let response = [
            b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.4:5060;branch=",
            branch.as_slice(),
            b";rport=5060\r\nTo: <sip:bob@192.0.2.4>;tag=a6c85cf\r\n\
              From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
              Call-ID: a84b4c76e66710@pc33.atlanta.example\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        ];
        self.endpoint.handle_datagram(self.now, flow, response.concat());
        let answered = std::iter::from_fn(|| self.endpoint.poll_event())
            .any(|event| matches!(event, Event::Response { .. }));
        assert!(answered);
    }
}

/// Whole calls: an INVITE, ringing, an answer, and what follows, on both sides.
#[derive(Debug)]
pub struct Calls {
    client: Endpoint,
    server: Endpoint,
    now: Instant,
    invite: Request,
    options: Request,
}

impl Default for Calls {
    fn default() -> Self {
        let request = |method| {
            Request::builder(method, "sip:bob@192.0.2.4")
                .header(header::To, "<sip:bob@192.0.2.4>")
                .header(header::From, "<sip:alice@atlanta.example>;tag=1928301774")
                .header(header::CallId, "a84b4c76e66710@pc33.atlanta.example")
                .header(header::Contact, "<sip:alice@192.0.2.1>")
                .cseq(1)
                .without_via()
                .build()
                .expect("a request can be built")
        };
        let mut config = Config::default();
        // Each call has the same Call-ID.
        config.role = sip_transaction::Role::Proxy;
        Self {
            client: Endpoint::new(config.clone(), [7; 32]),
            server: Endpoint::new(config, [8; 32]),
            now: start(),
            invite: request(Method::INVITE),
            options: request(Method::OPTIONS),
        }
    }
}

impl Calls {
    fn flow() -> Flow {
        Sources::One.flow(0)
    }

    /// A request and its answers, and the time until both sides have forgotten it.
    pub fn one(&mut self, method: Method<'_>, statuses: &[StatusCode]) {
        let flow = Self::flow();
        let back = Flow::udp(flow.remote, flow.local);
        let request = if method == Method::INVITE { &self.invite } else { &self.options };
        self.client.send_request(self.now, flow, request).expect("it can be sent");
        let sent = self.client.poll_transmit().expect("it is sent");
        self.server.handle_datagram(self.now, back, sent.bytes);
        let Some(Event::Request { transaction, request, .. }) = self.server.poll_event() else {
            panic!("a request is told")
        };
        for status in statuses {
            let mut response = request.respond(*status);
            response.to_tag("a6c85cf").header(header::Contact, "<sip:bob@192.0.2.4>");
            let response = response.build().expect("a response can be built");
            self.server.send_response(self.now, transaction, &response).expect("it is open");
        }
        while let Some(sent) = self.server.poll_transmit() {
            self.client.handle_datagram(self.now, flow, sent.bytes);
        }
        // The ACK, if there is one.
        while let Some(sent) = self.client.poll_transmit() {
            self.server.handle_datagram(self.now, back, sent.bytes);
        }
        self.now += Duration::from_secs(33);
        self.client.handle_timeout(self.now);
        self.server.handle_timeout(self.now);
        assert!(self.client.is_empty() && self.server.is_empty());
        drain(&mut self.client);
        drain(&mut self.server);
    }
}

/// A client whose requests are never answered: every timer sends one again.
#[derive(Debug)]
pub struct Retransmissions {
    endpoint: Endpoint,
    now: Instant,
}

impl Retransmissions {
    /// So many requests, with a Timer F that never fires.
    #[must_use]
    pub fn new(live: u32) -> Self {
        let timers = Timers { f: Duration::from_secs(100_000_000), ..Timers::default() };
        // One after another within T2, so that no two are due at once.
        let pace = timers.t2 / live;
        let clients = Clients::with(Method::OPTIONS, live, Sources::One, timers, pace);
        let Clients { endpoint, now, .. } = clients;
        Self { endpoint, now }
    }

    /// The next timer fires, and a request is sent again.
    pub fn one(&mut self) {
        let next = self.endpoint.poll_timeout().expect("a timer runs");
        self.now = self.now.max(next);
        self.endpoint.handle_timeout(self.now);
        assert!(drain(&mut self.endpoint) > 0);
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
        let clients =
            Clients::with(Method::INVITE, live, Sources::One, Timers::default(), Duration::ZERO);
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

/// The length of a request as it comes, and about that of its answer.
#[must_use]
pub fn lengths(method: &str, status: StatusCode) -> (usize, usize) {
    let message = Message::parse(incoming(method).with(1)).expect("a message");
    let request = message.as_request().expect("a request");
    let response = request.respond(status).to_tag("a6c85cf").build();
    (message.as_bytes().len(), response.expect("a response").as_bytes().len())
}
