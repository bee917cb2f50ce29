//! A stateful proxy that stays in the path and forks.

use std::collections::BTreeMap;
use std::time::Instant;

use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{
    ClientTransaction, Endpoint, Event, Flow, ServerTransaction, Transaction, proxy,
};

use crate::simulation::{Alarms, User, address, flow};

/// A proxy: requests for `group` at its own address go to all its telephones, at once or one after
/// the other; others go where their Route and Request-URI say.
#[derive(Debug)]
pub struct Switch {
    node: u8,
    datagrams: bool,
    group: Vec<u8>,
    /// Whether the telephones ring one after the other.
    serial: bool,
    contexts: BTreeMap<ServerTransaction, Context>,
    branches: BTreeMap<ClientTransaction, ServerTransaction>,
}

/// A request that is forwarded (RFC 3261 §16.2).
#[derive(Debug)]
struct Context {
    request: Request,
    /// Where it has not been yet.
    waiting: Vec<u8>,
    /// The branches that have no final response.
    open: Vec<ClientTransaction>,
    best: Option<Response>,
    answered: bool,
    cancelled: bool,
}

impl Switch {
    /// A proxy at a node, with its telephones.
    #[must_use]
    pub fn new(node: u8, datagrams: bool, group: Vec<u8>, serial: bool) -> Self {
        let (contexts, branches) = Default::default();
        Self { node, datagrams, group, serial, contexts, branches }
    }

    fn uri(&self) -> String {
        format!("<sip:10.0.0.{};lr>", self.node)
    }

    fn flow_to(&self, node: u8) -> Flow {
        flow(self.datagrams, address(self.node), address(node))
    }

    /// Whom a request is for: the last number of the host of its Request-URI. `None` is the group.
    fn target(&self, request: &Request) -> Option<u8> {
        let uri = request.uri().ok()?;
        let node = uri.host_str()?.rsplit_once('.')?.1.parse().ok()?;
        (node != self.node).then_some(node)
    }

    /// The request without our Route, one hop on.
    fn passed(&self, request: &Request) -> Option<Request> {
        let hops = proxy::max_forwards(request).ok()?;
        let mut edit = request.edit();
        edit.set(header::MaxForwards, hops);
        let ours = request.headers().find(header::Route).ok().flatten().is_some_and(|route| {
            let host = format!("10.0.0.{}", self.node);
            route.uri().is_ok_and(|uri| uri.host_str() == Some(host.as_str()))
        });
        if ours {
            edit.remove_first(header::Route);
        }
        if request.method() != Method::ACK {
            edit.prepend(header::RecordRoute, self.uri().as_str());
        }
        edit.finish().ok()
    }

    fn request(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        server: ServerTransaction,
        request: Request,
    ) {
        let Some(passed) = self.passed(&request) else {
            let status = StatusCode::TOO_MANY_HOPS;
            let refused = request.respond(status).to_tag("switch").build().expect("a response");
            let _ = endpoint.send_response(now, server, &refused);
            return;
        };
        let to_group = self.target(&passed).is_none();
        let mut waiting = match self.target(&passed) {
            Some(node) => vec![node],
            None => self.group.clone(),
        };
        let at_once = if to_group && self.serial { 1 } else { waiting.len() };
        let later = waiting.split_off(at_once);
        self.contexts.insert(
            server,
            Context {
                request: passed,
                waiting: later,
                open: Vec::new(),
                best: None,
                answered: false,
                cancelled: false,
            },
        );
        for node in waiting {
            self.branch(now, endpoint, server, node);
        }
    }

    fn branch(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        server: ServerTransaction,
        node: u8,
    ) {
        let flow = self.flow_to(node);
        let Some(context) = self.contexts.get(&server) else { return };
        let request = match self.target(&context.request) {
            None => {
                let uri = format!("sip:phone@10.0.0.{node}");
                context.request.edit().set_uri(uri.as_str()).finish().expect("an edit")
            }
            Some(_) => context.request.clone(),
        };
        let branch = endpoint.send_request(now, flow, &request).expect("it can be sent");
        self.branches.insert(branch, server);
        if let Some(context) = self.contexts.get_mut(&server) {
            context.open.push(branch);
        }
    }

    fn cancel_all(&mut self, now: Instant, endpoint: &mut Endpoint, server: ServerTransaction) {
        let Some(context) = self.contexts.get_mut(&server) else { return };
        context.cancelled = true;
        context.waiting.clear();
        if context.request.method() == Method::INVITE {
            for branch in &context.open {
                let _ = endpoint.cancel(now, *branch, None);
            }
        }
    }

    /// A branch has its final response, or none (RFC 3261 §16.7).
    fn closed(
        &mut self,
        now: Instant,
        endpoint: &mut Endpoint,
        branch: ClientTransaction,
        response: Option<Response>,
    ) {
        let Some(server) = self.branches.get(&branch).copied() else { return };
        let Some(context) = self.contexts.get_mut(&server) else { return };
        let before = context.open.len();
        context.open.retain(|it| *it != branch);
        if context.open.len() == before {
            return;
        }
        let rank = |response: &Response| match response.status().code() {
            code @ 600..=699 => code - 600,
            code => code,
        };
        context.best = match (context.best.take(), response) {
            (Some(old), Some(new)) if rank(&new) < rank(&old) => Some(new),
            (old, new) => old.or(new),
        };
        let declined = context.best.as_ref().is_some_and(|it| it.status().code() >= 600);
        if declined {
            self.cancel_all(now, endpoint, server);
        }
        let Some(context) = self.contexts.get_mut(&server) else { return };
        if context.answered || !context.open.is_empty() {
            return;
        }
        if !context.waiting.is_empty() {
            let next = context.waiting.remove(0);
            return self.branch(now, endpoint, server, next);
        }
        context.answered = true;
        let response = context.best.take().or_else(|| {
            let status = StatusCode::REQUEST_TIMEOUT;
            context.request.respond(status).to_tag("switch").build().ok()
        });
        // RFC 4320: nothing at all is better than a 408 to a non-INVITE request.
        let _ = endpoint.send_response(now, server, &response.expect("a response"));
    }
}

impl User for Switch {
    fn event(&mut self, now: Instant, endpoint: &mut Endpoint, event: Event, _: &mut Alarms) {
        match event {
            Event::Request { transaction, request, .. } => {
                self.request(now, endpoint, transaction, request);
            }
            Event::Ack { request, .. } => {
                let Some(passed) = self.passed(&request) else { return };
                let Some(node) = self.target(&passed) else { return };
                let flow = self.flow_to(node);
                let ack = endpoint.with_via(flow, &passed).expect("an ACK can be forwarded");
                endpoint.send_stateless(flow, ack);
            }
            Event::Cancelled { transaction, .. } => self.cancel_all(now, endpoint, transaction),
            Event::Response { transaction, response, .. } => {
                let Some(server) = self.branches.get(&transaction).copied() else { return };
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
                    self.cancel_all(now, endpoint, server);
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
            Event::Timeout { .. }
            | Event::Stray { .. }
            | Event::UnmatchedCancel { .. }
            | Event::TooLarge { .. } => {}
            other => panic!("a proxy is not told {other:?}"),
        }
    }

    fn alarm(&mut self, _: Instant, _: &mut Endpoint, _: u64, _: &mut Alarms) {}
}
