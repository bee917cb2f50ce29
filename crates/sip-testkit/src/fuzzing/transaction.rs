//! The transaction layer under any sequence of what may happen to it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use sip_message::{Message, Method, Request, Response, StatusCode, header};
use sip_transaction::{
    ClientTransaction, Config, ConnectionId, Endpoint, Event, Flow, Role, SendError,
    ServerTransaction, Transaction, Transport, TransportFailure,
};

/// What may happen.
#[derive(Arbitrary, Debug)]
enum Operation {
    Send {
        method: u8,
        flow: u8,
    },
    Cancel {
        which: u8,
    },
    /// A response to something that was sent, in one of the ways in which it may be wrong.
    Answer {
        which: u8,
        status: u16,
        tag: u8,
        wrong: u8,
    },
    /// A request of few branches, Call-IDs and CSeq numbers, so that they meet.
    Request {
        method: u8,
        branch: u8,
        call: u8,
        cseq: u8,
        tags: u8,
        flow: u8,
    },
    Respond {
        which: u8,
        status: u16,
    },
    Fail {
        which: u8,
        flow: bool,
    },
    Wait {
        millis: u16,
    },
    WaitForTimer,
    Datagram {
        bytes: Vec<u8>,
        flow: u8,
    },
    /// Something that was sent comes back.
    Echo {
        which: u8,
        flow: u8,
    },
}

#[derive(Arbitrary, Debug)]
struct Case {
    proxy: bool,
    few: bool,
    operations: Vec<Operation>,
}

const METHODS: [Method<'static>; 5] =
    [Method::INVITE, Method::OPTIONS, Method::ACK, Method::CANCEL, Method::MESSAGE];

/// What is known of the endpoint from outside.
struct Model {
    endpoint: Endpoint,
    now: Instant,
    clients: BTreeMap<ClientTransaction, Ending>,
    servers: BTreeMap<ServerTransaction, Request>,
    over: BTreeSet<Transaction>,
    /// The requests that were sent, and how often.
    sent: Vec<(Flow, Bytes)>,
    counts: BTreeMap<Bytes, u32>,
}

#[derive(Debug, Default)]
struct Ending {
    success: bool,
    other: bool,
}

/// Drives an endpoint by any operations, and then to the end of its last timer.
///
/// - A transaction ends once, and nothing is told of it after that. A client transaction is told one
///   final response other than 2xx, or any number of 2xx, or one timeout or failure.
/// - After timers have been handled none is due.
/// - No request is sent more often than its timers allow.
/// - Counts agree with what lives. When all requests have been answered, nothing remains.
///
/// # Panics
/// When one of these does not hold.
pub fn transaction(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let mut config = Config::default();
    if case.proxy {
        config.role = Role::Proxy;
    }
    if case.few {
        config.limits.server_transactions = 3;
        config.limits.client_transactions = 3;
        config.limits.per_source = 2;
    }
    let mut model = Model {
        endpoint: Endpoint::new(config, [1; 32]),
        now: crate::simulation::start(),
        clients: BTreeMap::new(),
        servers: BTreeMap::new(),
        over: BTreeSet::new(),
        sent: Vec::new(),
        counts: BTreeMap::new(),
    };
    for operation in case.operations.into_iter().take(400) {
        model.perform(operation);
        model.settle();
    }
    model.finish();
}

/// Three peers, one of them on two connections.
fn flow(number: u8) -> Flow {
    let local = SocketAddr::from(([10, 0, 0, 1], 5060));
    let remote = |host: u8| SocketAddr::from(([10, 0, 0, host], 5060));
    match number % 4 {
        0 => Flow::udp(local, remote(2)),
        1 => Flow::udp(local, remote(3)),
        host => Flow::connection(Transport::Tcp, local, remote(4), ConnectionId(u64::from(host))),
    }
}

impl Model {
    fn perform(&mut self, operation: Operation) {
        let now = self.now;
        match operation {
            Operation::Send { method, flow: to } => {
                let method = METHODS[usize::from(method) % METHODS.len()];
                match self.endpoint.send_request(now, flow(to), &request(method)) {
                    Ok(transaction) => {
                        assert!(self.clients.insert(transaction, Ending::default()).is_none());
                    }
                    Err(SendError::Ack | SendError::Cancel | SendError::Full) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            Operation::Cancel { which } => {
                if let Some(transaction) = pick(self.clients.keys(), which) {
                    // It may be none of an INVITE, or answered.
                    let _ = self.endpoint.cancel(now, transaction, None);
                }
            }
            Operation::Answer { which, status, tag, wrong } => {
                if let Some((from, bytes)) = pick(self.sent.iter(), which) {
                    self.answer(from, bytes, status, tag, wrong);
                }
            }
            Operation::Request { method, branch, call, cseq, tags, flow: from } => {
                let text = incoming(method, branch, call, cseq, tags);
                let message = Message::parse(text.into_bytes()).expect("a message was written");
                self.endpoint.handle_message(now, flow(from), message);
            }
            Operation::Respond { which, status } => {
                let Some(transaction) = pick(self.servers.keys(), which) else { return };
                let status = StatusCode::new(100 + status % 600).expect("in range");
                let Some(response) = response(&self.servers[&transaction], status, "us") else {
                    return;
                };
                let sent = self.endpoint.send_response(now, transaction, &response);
                assert_ne!(sent, Err(SendError::NoTransaction), "it has not ended");
            }
            Operation::Fail { which, flow: false } => {
                let clients = self.clients.keys().copied().map(Transaction::Client);
                let servers = self.servers.keys().copied().map(Transaction::Server);
                let all: Vec<_> = clients.chain(servers).collect();
                if let Some(transaction) = pick(all.iter(), which) {
                    let failure = TransportFailure::Transaction(transaction);
                    self.endpoint.handle_transport_error(now, failure);
                }
            }
            Operation::Fail { which, flow: true } => {
                self.endpoint.handle_transport_error(now, TransportFailure::Flow(flow(which)));
            }
            Operation::Wait { millis } => {
                self.now += Duration::from_millis(u64::from(millis));
                self.tick();
            }
            Operation::WaitForTimer => {
                if let Some(next) = self.endpoint.poll_timeout() {
                    self.now = self.now.max(next);
                    self.tick();
                }
            }
            Operation::Datagram { bytes, flow: from } => {
                self.endpoint.handle_datagram(now, flow(from), bytes);
            }
            Operation::Echo { which, flow: from } => {
                if let Some((_, bytes)) = pick(self.sent.iter(), which) {
                    self.endpoint.handle_datagram(now, flow(from), bytes);
                }
            }
        }
    }

    fn tick(&mut self) {
        self.endpoint.handle_timeout(self.now);
        let next = self.endpoint.poll_timeout();
        assert!(next.is_none_or(|next| next > self.now), "a timer was left that is due");
    }

    fn answer(&mut self, from: Flow, bytes: Bytes, status: u16, tag: u8, wrong: u8) {
        let Ok(Message::Request(request)) = Message::parse(bytes) else { return };
        let status = StatusCode::new(100 + status % 600).expect("in range");
        let tag = format!("them{}", tag % 3);
        let Some(response) = response(&request, status, &tag) else { return };
        let text = String::from_utf8_lossy(response.as_bytes()).into_owned();
        let text = match wrong % 8 {
            0 => text.replace("branch=z9hG4bK", "branch=z9hG4bKx"),
            1 => text.replace("10.0.0.1:5060", "10.0.0.9:5060"),
            2 => text.replace("CSeq: 1 ", "CSeq: 1 X"),
            3 => text.replace("To:", "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\nTo:"),
            _ => text,
        };
        if let Ok(message) = Message::parse(text.into_bytes()) {
            self.endpoint.handle_message(self.now, from, message);
        }
    }

    /// Takes everything that has happened, and holds it against what may.
    fn settle(&mut self) {
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                Event::Request { transaction, request, .. } => {
                    assert!(self.servers.insert(transaction, request).is_none(), "told twice");
                }
                Event::Response { transaction, response, .. } => {
                    let ending = self.clients.get_mut(&transaction).expect("it has not ended");
                    assert!(!ending.other, "told after its end");
                    if response.status().is_success() {
                        ending.success = true;
                    } else {
                        assert!(!ending.success, "another response after a 2xx");
                        ending.other = response.status().is_final();
                    }
                }
                Event::Timeout { transaction, .. } | Event::TransportFailed { transaction } => {
                    assert!(!self.over.contains(&transaction), "told after its end");
                    if let Transaction::Client(transaction) = transaction {
                        let ending = self.clients.get_mut(&transaction).expect("it has not ended");
                        assert!(!ending.success, "it had ended well");
                        ending.other = true;
                    }
                }
                Event::Terminated { transaction, .. } => {
                    assert!(self.over.insert(transaction), "it ends once");
                    assert_eq!(self.endpoint.state(transaction), None);
                    match transaction {
                        Transaction::Client(it) => assert!(self.clients.remove(&it).is_some()),
                        Transaction::Server(it) => assert!(self.servers.remove(&it).is_some()),
                    }
                }
                Event::Cancelled { transaction, .. } => {
                    assert!(self.servers.contains_key(&transaction));
                }
                Event::Ack { transaction, .. } => {
                    assert!(transaction.is_none_or(|it| self.servers.contains_key(&it)));
                }
                Event::TooLarge { .. }
                | Event::Stray { .. }
                | Event::UnmatchedCancel { .. }
                | Event::NotAMessage { .. } => {}
            }
        }
        while let Some(transmit) = self.endpoint.poll_transmit() {
            let message =
                Message::parse(transmit.bytes.clone()).expect("what is sent is a message");
            if let Message::Request(request) = &message {
                if request.method() != Method::ACK {
                    let limit = if request.method() == Method::INVITE { 7 } else { 11 };
                    let count = self.counts.entry(transmit.bytes.clone()).or_default();
                    *count += 1;
                    assert!(*count <= limit, "sent {count} times: {request:?}");
                }
                if self.sent.len() < 64 {
                    self.sent.push((transmit.flow, transmit.bytes));
                }
            }
        }
        let endpoint = &self.endpoint;
        assert_eq!(endpoint.transactions().count(), endpoint.len());
        let known = self.clients.len() + self.servers.len();
        assert!(known <= endpoint.len(), "something has ended and nobody was told");
    }

    /// Answers what is open, and waits until nothing happens any more.
    fn finish(&mut self) {
        for _ in 0..10_000 {
            for (transaction, request) in self.servers.clone() {
                if let Some(response) = response(&request, StatusCode::NOT_FOUND, "us") {
                    // It may have been answered.
                    let _ = self.endpoint.send_response(self.now, transaction, &response);
                }
            }
            self.settle();
            let Some(next) = self.endpoint.poll_timeout() else { break };
            self.now = self.now.max(next);
            self.tick();
            self.settle();
        }
        assert!(self.endpoint.is_empty(), "left: {:?}", self.endpoint.states());
        let metrics = self.endpoint.metrics();
        assert_eq!((metrics.timers, metrics.sources, metrics.lingering), (0, 0, 0));
        assert!(self.clients.is_empty() && self.servers.is_empty());
    }
}

/// One of a list, whatever the number.
fn pick<'a, T: Clone + 'a>(mut list: impl ExactSizeIterator<Item = &'a T>, which: u8) -> Option<T> {
    let place = usize::from(which) % list.len().max(1);
    list.nth(place).cloned()
}

fn request(method: Method<'_>) -> Request {
    Request::builder(method, "sip:b@10.0.0.2")
        .header(header::To, "<sip:b@10.0.0.2>")
        .header(header::From, "<sip:a@10.0.0.1>;tag=us")
        .header(header::CallId, "ours")
        .header(header::Contact, "<sip:a@10.0.0.1>")
        .cseq(1)
        .without_via()
        .build()
        .expect("a request can be built")
}

fn response(request: &Request, status: StatusCode, tag: &str) -> Option<Response> {
    // Requests that came as a datagram may be odd.
    request.respond(status).to_tag(tag).build().ok()
}

fn incoming(method: u8, branch: u8, call: u8, cseq: u8, tags: u8) -> String {
    let method = METHODS[usize::from(method) % METHODS.len()].as_str();
    // Three branches of RFC 3261 and two that are none.
    let branch = ["z9hG4bKa", "z9hG4bKb", "z9hG4bKc", "z9hG4bK", "1"][usize::from(branch) % 5];
    let (call, cseq) = (call % 3, cseq % 3);
    let to_tag = ["", ";tag=us", ";tag=x"][usize::from(tags) % 3];
    let sent_by = ["10.0.0.2", "10.0.0.2;rport", "b.example"][usize::from(tags / 3) % 3];
    format!(
        "{method} sip:a@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {sent_by};branch={branch}\r\n\
         To: <sip:a@10.0.0.1>{to_tag}\r\nFrom: <sip:b@10.0.0.2>;tag=them\r\n\
         Call-ID: {call}\r\nCSeq: {cseq} {method}\r\n\r\n"
    )
}
