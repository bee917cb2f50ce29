//! A caller, a callee and a stateful proxy, as plain as they can be.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{
    ClientTransaction, ConnectionId, Endpoint, Event, Flow, ServerTransaction, Timer, Transaction,
    Transport, proxy,
};

use super::network::Random;
use super::world::{Alarms, User, address};

/// The flow between two elements: over UDP, or over the one connection that they have.
pub(crate) fn flow(datagrams: bool, local: SocketAddr, remote: SocketAddr) -> Flow {
    match datagrams {
        true => Flow::udp(local, remote),
        false => Flow::connection(Transport::Tcp, local, remote, ConnectionId(1)),
    }
}

/// Who an element is, and how it behaves.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// Its node.
    pub node: u8,
    /// Where it sends its requests.
    pub next: Vec<u8>,
    /// Whether it sends them over UDP.
    pub datagrams: bool,
    /// What it decides by.
    pub random: Random,
}

impl Conduct {
    fn flow_to(&self, node: u8) -> Flow {
        flow(self.datagrams, address(self.node), address(node))
    }
}

/// How requests end at one who has sent them.
#[derive(Debug, Default)]
pub struct Endings {
    /// Final responses.
    pub finals: Vec<u16>,
    /// Timeouts.
    pub timeouts: Vec<Timer>,
    /// Whether the transaction has said that it is over.
    pub terminated: u32,
}

/// Sends some requests, cancels some, acknowledges 2xx.
#[derive(Debug)]
pub struct Caller {
    conduct: Conduct,
    requests: u64,
    live: BTreeMap<ClientTransaction, (u64, Request)>,
    /// The ACK of each 2xx, by its To tag.
    acks: BTreeMap<(u64, String), Request>,
    /// How each request has ended, by number.
    pub endings: BTreeMap<u64, Endings>,
}

impl Caller {
    /// A caller that sends so many requests.
    #[must_use]
    pub fn new(conduct: Conduct, requests: u64) -> Self {
        let (live, acks, endings) = Default::default();
        Self { conduct, requests, live, acks, endings }
    }

    fn start(&mut self, now: Instant, endpoint: &mut Endpoint, number: u64, alarms: &mut Alarms) {
        let method = match self.conduct.random.percent(60) {
            true => Method::INVITE,
            false => Method::OPTIONS,
        };
        let request = request(method, number);
        let next = self.conduct.next[0];
        let transaction = endpoint
            .send_request(now, self.conduct.flow_to(next), &request)
            .expect("a request that was built can be sent");
        self.live.insert(transaction, (number, request));
        self.endings.insert(number, Endings::default());
        if method == Method::INVITE && self.conduct.random.percent(30) {
            alarms.after(self.conduct.random.time(Duration::from_secs(8)), CANCEL + number);
        }
    }

    fn answered(&mut self, endpoint: &mut Endpoint, number: u64, flow: Flow, response: &Response) {
        if !response.status().is_success() {
            return;
        }
        let to = response.headers().require(header::To).expect("a To");
        let tag = to.tag().unwrap_or_default().to_owned();
        let flow = Flow { local: address(self.conduct.node), ..flow };
        let ack = self.acks.entry((number, tag)).or_insert_with(|| {
            let ack = ack(number, response);
            endpoint.with_via(flow, &ack).expect("an ACK can be sent")
        });
        endpoint.send_stateless(flow, ack.clone());
    }
}

/// Alarms of a caller: start the request of this number, or cancel it.
const CANCEL: u64 = 1 << 32;

impl User for Caller {
    fn event(&mut self, _: Instant, endpoint: &mut Endpoint, event: Event, _: &mut Alarms) {
        match event {
            Event::Response { transaction, flow, response } => {
                let Some((number, request)) = self.live.get(&transaction) else {
                    panic!("a response to {transaction:?}, which is over")
                };
                let (number, is_invite) = (*number, request.method() == Method::INVITE);
                let status = response.status();
                let endings = self.endings.get_mut(&number).expect("an ending of each request");
                if status.is_final() {
                    // A 2xx comes again and again; any other is told once.
                    let again = status.is_success() && endings.finals.contains(&status.code());
                    if !(is_invite && again) {
                        endings.finals.push(status.code());
                    }
                }
                if is_invite {
                    self.answered(endpoint, number, flow, &response);
                }
            }
            Event::Timeout { transaction: Transaction::Client(transaction), timer } => {
                let (number, _) = self.live[&transaction];
                self.endings.get_mut(&number).expect("an ending").timeouts.push(timer);
            }
            Event::Terminated { transaction: Transaction::Client(transaction), .. } => {
                let (number, _) = self.live.remove(&transaction).expect("it ends once");
                self.endings.get_mut(&number).expect("an ending").terminated += 1;
            }
            Event::Stray { .. } => {}
            other => panic!("a caller is not told {other:?}"),
        }
    }

    fn alarm(&mut self, now: Instant, endpoint: &mut Endpoint, what: u64, alarms: &mut Alarms) {
        if what >= CANCEL {
            let number = what - CANCEL;
            let found = self.live.iter().find(|(_, (live, _))| *live == number);
            if let Some((transaction, _)) = found {
                // It may have its answer already.
                let _ = endpoint.cancel(now, *transaction, None);
            }
            return;
        }
        self.start(now, endpoint, what, alarms);
        if what + 1 < self.requests {
            alarms.after(self.conduct.random.time(Duration::from_secs(2)), what + 1);
        }
    }
}

/// Answers requests after a while, and sends a 2xx to INVITE again until its ACK comes.
#[derive(Debug)]
pub struct Callee {
    conduct: Conduct,
    pending: BTreeMap<u64, (ServerTransaction, Request)>,
    /// 2xx that wait for their ACK: response, interval, when it is given up.
    unacknowledged: BTreeMap<u64, (ServerTransaction, Response, Duration, Instant)>,
    /// The final status that was given to each request, by Call-ID.
    pub finals: BTreeMap<String, Vec<u16>>,
    serial: u64,
    /// Transactions that were told of and have not ended.
    pub live: i64,
}

/// Alarms of a callee: ring, answer, or send the 2xx again.
const ANSWER: u64 = 1 << 32;
const AGAIN: u64 = 2 << 32;

impl Callee {
    /// A callee that has not been called.
    #[must_use]
    pub fn new(conduct: Conduct) -> Self {
        let (pending, unacknowledged, finals) = Default::default();
        Self { conduct, pending, unacknowledged, finals, serial: 0, live: 0 }
    }

    fn tag(&self, key: u64) -> String {
        format!("{}-{key}", self.conduct.node)
    }

    fn answer(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        key: u64,
        status: StatusCode,
        alarms: &mut Alarms,
    ) {
        let Some((transaction, request)) = self.pending.remove(&key) else { return };
        let tag = endpoint.to_tag(transaction).map_or_else(|| self.tag(key), str::to_owned);
        let mut response = request.respond(status);
        response.to_tag(&tag);
        if status.is_success() && request.method() == Method::INVITE {
            let contact = format!("<sip:callee@10.0.0.{}>", self.conduct.node);
            response.header(header::Contact, contact.as_str());
        }
        let response = response.build().expect("a response can be built");
        if endpoint.send_response(now, transaction, &response).is_err() {
            return;
        }
        self.finals.entry(call_id(&request)).or_default().push(status.code());
        if status.is_success() && request.method() == Method::INVITE {
            let (interval, end) = (Duration::from_millis(500), now + Duration::from_secs(32));
            self.unacknowledged.insert(key, (transaction, response, interval, end));
            alarms.after(interval, AGAIN + key);
        }
    }
}

impl User for Callee {
    fn event(&mut self, now: Instant, endpoint: &mut Endpoint, event: Event, alarms: &mut Alarms) {
        match event {
            Event::Request { transaction, request, .. } => {
                self.live += 1;
                self.serial += 1;
                let key = self.serial;
                if request.method() == Method::INVITE && self.conduct.random.percent(70) {
                    alarms.after(self.conduct.random.time(Duration::from_secs(1)), key);
                }
                self.pending.insert(key, (transaction, request));
                let patience = self.conduct.random.one_of(&[0, 100, 1_000, 5_000, 20_000, 40_000]);
                alarms
                    .after(self.conduct.random.time(Duration::from_millis(patience)), ANSWER + key);
            }
            Event::Ack { request, .. } => {
                let to = request.headers().require(header::To).expect("a To");
                let tag = to.tag().unwrap_or_default();
                self.unacknowledged.retain(|key, (transaction, ..)| {
                    let own = format!("{}-{key}", self.conduct.node);
                    tag != own && endpoint.to_tag(*transaction) != Some(tag)
                });
            }
            Event::Cancelled { transaction, .. } => {
                let found = self.pending.iter().find(|(_, (it, _))| *it == transaction);
                if let Some((key, _)) = found {
                    let key = *key;
                    self.answer(now, endpoint, key, StatusCode::REQUEST_TERMINATED, alarms);
                }
            }
            Event::Terminated { transaction, .. } => {
                self.live -= 1;
                self.pending.retain(|_, (it, _)| Transaction::Server(*it) != transaction);
            }
            Event::Timeout { .. } | Event::Stray { .. } => {}
            other => panic!("a callee is not told {other:?}"),
        }
    }

    fn alarm(&mut self, now: Instant, endpoint: &mut Endpoint, what: u64, alarms: &mut Alarms) {
        let key = what & (ANSWER - 1);
        match what & !(ANSWER - 1) {
            0 => {
                let Some((transaction, request)) = self.pending.get(&key) else { return };
                let tag =
                    endpoint.to_tag(*transaction).map_or_else(|| self.tag(key), str::to_owned);
                let ringing = request.respond(StatusCode::RINGING).to_tag(&tag).build();
                let ringing = ringing.expect("a response can be built");
                endpoint.send_response(now, *transaction, &ringing).expect("it is pending");
            }
            ANSWER => {
                let status = self.conduct.random.one_of(&[
                    StatusCode::OK,
                    StatusCode::OK,
                    StatusCode::BUSY_HERE,
                    StatusCode::MOVED_TEMPORARILY,
                    StatusCode::SERVER_INTERNAL_ERROR,
                ]);
                self.answer(now, endpoint, key, status, alarms);
            }
            _ => {
                let Some((transaction, response, interval, end)) =
                    self.unacknowledged.get_mut(&key)
                else {
                    return;
                };
                if now >= *end {
                    self.unacknowledged.remove(&key);
                    return;
                }
                // The transaction ends when the ACK is given up.
                let _ = endpoint.send_response(now, *transaction, response);
                *interval = (*interval * 2).min(Duration::from_secs(4));
                alarms.after(*interval, AGAIN + key);
            }
        }
    }
}

/// Forwards each request to all its next hops at once, and passes up all 2xx and the first other
/// final response when all have one.
#[derive(Debug)]
pub struct Proxy {
    conduct: Conduct,
    contexts: BTreeMap<ServerTransaction, Context>,
    /// What each branch is for, and whether it waits for its final response.
    branches: BTreeMap<ClientTransaction, (ServerTransaction, bool)>,
}

#[derive(Debug)]
struct Context {
    request: Request,
    open: usize,
    best: Option<Response>,
    answered: bool,
}

impl Proxy {
    /// A proxy that has forwarded nothing.
    #[must_use]
    pub fn new(conduct: Conduct) -> Self {
        let (contexts, branches) = Default::default();
        Self { conduct, contexts, branches }
    }

    fn forward(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        server: ServerTransaction,
        request: Request,
    ) {
        let hops = proxy::max_forwards(&request).expect("hops are left");
        let forwarded = request.edit().set(header::MaxForwards, hops).finish().expect("an edit");
        let mut context = Context { request, open: 0, best: None, answered: false };
        for next in self.conduct.next.clone() {
            let flow = self.conduct.flow_to(next);
            let branch = endpoint.send_request(now, flow, &forwarded).expect("it can be sent");
            self.branches.insert(branch, (server, true));
            context.open += 1;
        }
        self.contexts.insert(server, context);
    }

    /// A branch has its final response, or has timed out.
    fn closed(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        branch: ClientTransaction,
        response: Option<Response>,
    ) {
        let Some((server, open)) = self.branches.get_mut(&branch) else { return };
        let Some(context) = self.contexts.get_mut(server) else { return };
        // A fork further on may bring a second 2xx, and the first comes again.
        if !std::mem::take(open) {
            return;
        }
        let server = *server;
        context.open -= 1;
        let best = context.best.take().or(response);
        context.best = best;
        if context.open == 0 && !context.answered {
            context.answered = true;
            // A branch that has timed out counts as 408.
            let response = context.best.take().or_else(|| {
                let status = StatusCode::REQUEST_TIMEOUT;
                context.request.respond(status).to_tag("proxy").build().ok()
            });
            // RFC 4320: nothing at all is better than a 408 to a non-INVITE request.
            let _ = endpoint.send_response(now, server, &response.expect("a response"));
        }
    }
}

impl User for Proxy {
    fn event(&mut self, now: Instant, endpoint: &mut Endpoint, event: Event, _: &mut Alarms) {
        match event {
            Event::Request { transaction, request, .. } => {
                self.forward(now, endpoint, transaction, request);
            }
            Event::Ack { request, .. } => {
                // The Request-URI says to whom.
                let uri = request.uri().expect("a URI");
                let node = uri.host_str().and_then(|host| host.rsplit_once('.')?.1.parse().ok());
                let flow = self.conduct.flow_to(node.unwrap_or(self.conduct.next[0]));
                let ack = endpoint.with_via(flow, &request).expect("an ACK can be forwarded");
                endpoint.send_stateless(flow, ack);
            }
            Event::Cancelled { transaction, .. } => {
                for (branch, _) in
                    self.branches.iter().filter(|(_, (server, _))| *server == transaction)
                {
                    // It may have its answer.
                    let _ = endpoint.cancel(now, *branch, None);
                }
            }
            Event::Response { transaction, response, .. } => {
                let Some((server, _)) = self.branches.get(&transaction).copied() else { return };
                let status = response.status();
                let passed = proxy::without_top_via(&response).expect("a Via can be removed");
                if status == StatusCode::TRYING {
                } else if status.is_provisional() {
                    let _ = endpoint.send_response(now, server, &passed);
                } else if status.is_success() {
                    if let Some(context) = self.contexts.get_mut(&server) {
                        context.answered = true;
                    }
                    // When the server transaction is over, a 2xx is dropped (RFC 6026 §8.3).
                    let _ = endpoint.send_response(now, server, &passed);
                    self.closed(now, endpoint, transaction, None);
                } else {
                    self.closed(now, endpoint, transaction, Some(passed));
                }
            }
            Event::Timeout { transaction: Transaction::Client(branch), .. } => {
                self.closed(now, endpoint, branch, None);
            }
            Event::Terminated { transaction: Transaction::Server(server), .. } => {
                self.contexts.remove(&server);
            }
            Event::Terminated { transaction: Transaction::Client(branch), .. } => {
                self.branches.remove(&branch);
            }
            Event::Timeout { .. } | Event::Stray { .. } => {}
            Event::UnmatchedCancel { .. } => {}
            other => panic!("a proxy is not told {other:?}"),
        }
    }

    fn alarm(&mut self, _: Instant, _: &mut Endpoint, _: u64, _: &mut Alarms) {}
}

fn call_id(request: &Request) -> String {
    let call_id = request.headers().require(header::CallId).expect("a Call-ID");
    String::from_utf8_lossy(call_id.as_bytes()).into_owned()
}

fn request(method: Method<'_>, number: u64) -> Request {
    Request::builder(method, "sip:callee@10.0.0.9")
        .header(header::To, "<sip:callee@10.0.0.9>")
        .header(header::From, "<sip:caller@10.0.0.1>;tag=caller")
        .header(header::CallId, format!("call-{number}").as_str())
        .header(header::Contact, "<sip:caller@10.0.0.1>")
        .cseq(1)
        .without_via()
        .build()
        .expect("a request can be built")
}

fn ack(number: u64, response: &Response) -> Request {
    let to = response.headers().lines("To").next().expect("a To");
    let to = String::from_utf8_lossy(to.value()).into_owned();
    let contact = response.headers().require(header::Contact).expect("a 2xx has a Contact");
    let contact = contact.address().expect("an address");
    let uri = String::from_utf8_lossy(contact.uri_bytes()).into_owned();
    Request::builder(Method::ACK, uri.as_str())
        .header(header::To, to.as_str())
        .header(header::From, "<sip:caller@10.0.0.1>;tag=caller")
        .header(header::CallId, format!("call-{number}").as_str())
        .cseq(1)
        .without_via()
        .build()
        .expect("an ACK can be built")
}
