//! What comes in: matching (RFC 3261 §17.1.3, §17.2.3), CANCEL (§9.2), merged requests (§8.2.2.2).

use std::time::Instant;

use bytes::Bytes;
use sip_message::{
    HeaderName, Message, Method, ParseError, Parser, Request, Response, StatusCode, header,
    respond_to_malformed,
};

use super::{Endpoint, surroundings};
use crate::branch::Branch;
use crate::id::NONE;
use crate::key::{Key, MethodKey, ToTag, is_rfc2543, key_of};
use crate::log::{debug, trace};
use crate::machine::{InviteServer, NonInviteServer, Step};
use crate::table::{Kept, Live, Machine, Server, Side};
use crate::transport::{self, ResponseTarget, is_keep_alive, is_stun, stamp_source};
use crate::{Event, Flow, NotAMessage, Role, ServerTransaction, StrayReason, Transaction};

impl Endpoint {
    /// Takes a datagram: reads it with default limits and tolerances, and passes it on to
    /// [`handle_message`](Self::handle_message). What is no message becomes an
    /// [`Event::NotAMessage`]; if it is a request that can be answered at all, it is, with 400 or
    /// 505.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        let kind = if is_keep_alive(&bytes) {
            NotAMessage::KeepAlive
        } else if is_stun(&bytes) {
            NotAMessage::Stun
        } else {
            match Parser::new().parse(bytes.clone()) {
                Ok(message) => return self.handle_message(now, flow, message),
                Err(error) => NotAMessage::Malformed(error),
            }
        };
        self.tell_time(now);
        if self.is_behind() {
            return;
        }
        if let NotAMessage::Malformed(error) = &kind {
            debug!(%flow, %error, "no message");
            self.metrics.malformed += 1;
            self.answer_malformed(flow, &bytes, error);
        }
        self.events.push_back(Event::NotAMessage { flow, bytes, kind });
    }

    /// Answers what is a request, but for an error that has a status.
    fn answer_malformed(&mut self, flow: Flow, bytes: &[u8], error: &ParseError) {
        let tag = format!("{:016x}", self.stateless_tag(bytes));
        let answer = respond_to_malformed(bytes, error);
        let Some(Ok(answer)) = answer.map(|mut answer| answer.to_tag(&tag).build()) else { return };
        let stamped = answer.headers().require(header::Via).ok().and_then(|via| {
            let stamped = transport::stamped_via(via, flow.remote)?;
            answer.edit().replace_nth(header::Via, 0, stamped).finish().ok()
        });
        let answer = stamped.unwrap_or(answer);
        // A Via that cannot be read does not say where to.
        let target = answer.headers().require(header::Via).ok().and_then(|via| {
            transport::response_target(&via, flow.transport, self.config.multicast_maddr)
        });
        self.transmit(flow, target, answer.to_bytes(), None);
    }

    /// Takes a message that has come on a flow.
    pub fn handle_message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.tell_time(now);
        self.metrics.received += 1;
        trace!(%flow, length = message.as_bytes().len(), "received");
        match message {
            Message::Response(response) => self.take_response(flow, response),
            Message::Request(_) if self.is_behind() => {}
            Message::Request(request) => self.take_request(flow, request),
        }
    }

    /// Whether nobody polls; then what may be lost is lost.
    fn is_behind(&mut self) -> bool {
        let behind = self.events.len().max(self.transmits.len()) >= self.config.limits.backlog;
        if behind {
            debug!("dropped: nobody polls");
            self.metrics.dropped += 1;
        }
        behind
    }

    /// RFC 3261 §17.1.3.
    fn take_response(&mut self, flow: Flow, response: Response) {
        let slot = match self.match_response(&response) {
            Ok(slot) => slot,
            Err(reason) => return self.stray(flow, response.into(), reason),
        };
        let status = response.status().code();
        let Some(live) = self.table.at_mut(slot) else { return };
        let around = surroundings(&self.config, &live.side, live.flow);
        let step = match &mut live.machine {
            Machine::InviteClient(machine) => machine.response(status, around),
            Machine::NonInviteClient(machine) => machine.response(status, around),
            _ => return,
        };
        self.metrics.absorbed += u64::from(step.tell.is_none());
        self.carry_out(slot, step, Some((flow, response.into())));
        self.cancel_if_wanted(slot);
    }

    /// The slot of the transaction that sent what this answers.
    fn match_response(&self, response: &Response) -> Result<u32, StrayReason> {
        let headers = response.headers();
        let via = headers.require(header::Via);
        let via = via.map_err(|_| StrayReason::Unreadable(HeaderName::VIA))?;
        let cseq = headers.require(header::CSeq);
        let cseq = cseq.map_err(|_| StrayReason::Unreadable(HeaderName::CSEQ))?;
        let branch = via.branch().and_then(Branch::parse).ok_or(StrayReason::NoTransaction)?;
        let slot = match cseq.method() {
            // Nothing answers an ACK, whose digest is that of its INVITE.
            Method::ACK => NONE,
            // CANCEL has the branch of what it cancels.
            Method::CANCEL => self.cancels.get(&branch.nonce).copied().unwrap_or(NONE),
            _ => branch.slot,
        };
        let live = self.table.at(slot).ok_or(StrayReason::NoTransaction)?;
        let client = live.client().ok_or(StrayReason::NoTransaction)?;
        let method = MethodKey::of(self.secret, cseq.method());
        if client.nonce != branch.nonce || client.method != method {
            return Err(StrayReason::NoTransaction);
        }
        if !self.is_sent_by(live.flow, &via) {
            return Err(StrayReason::SentBy);
        }
        if self.config.role == Role::UserAgent && headers.each(header::Via).nth(1).is_some() {
            return Err(StrayReason::ManyVias);
        }
        Ok(slot)
    }

    fn stray(&mut self, flow: Flow, message: Message, reason: StrayReason) {
        debug!(%flow, ?reason, "stray");
        self.metrics.strays += 1;
        if self.events.len() < self.config.limits.backlog {
            self.events.push_back(Event::Stray { flow, message, reason });
        }
    }

    /// RFC 3261 §17.2.3.
    fn take_request(&mut self, flow: Flow, request: Request) {
        let key = match key_of(self.secret, &request, ToTag::Kept) {
            Ok(key) => key,
            Err(name) => return self.take_unreadable(flow, request, name),
        };
        match request.method() {
            Method::ACK => self.take_ack(flow, request, key),
            Method::CANCEL => self.take_cancel(flow, request, key),
            _ => self.take_other(flow, request, key),
        }
    }

    /// The server transaction with this key whose method is the right one.
    fn find(&self, key: Key, method: impl Fn(MethodKey) -> bool) -> Option<u32> {
        self.servers.find(key.stem[0], |slot| {
            let server = self.table.at(slot).and_then(Live::server);
            server.is_some_and(|server| server.key.stem == key.stem && method(server.key.method))
        })
    }

    /// An ACK. That for a final response other than 2xx matches its INVITE.
    fn take_ack(&mut self, flow: Flow, request: Request, key: Key) {
        let invite = |method| method == MethodKey::INVITE;
        let found = self.find(key, invite).or_else(|| self.find_rfc2543(&request));
        let Some(slot) = found else {
            let request = stamped(request, flow);
            return self.events.push_back(Event::Ack { transaction: None, flow, request });
        };
        let Some(live) = self.table.at_mut(slot) else { return };
        let around = surroundings(&self.config, &live.side, live.flow);
        let Machine::InviteServer(machine) = &mut live.machine else { return };
        let step = machine.ack(around);
        self.metrics.absorbed += u64::from(step.tell.is_none());
        let request = if step.tell.is_some() { stamped(request, flow) } else { request };
        self.carry_out(slot, step, Some((flow, request.into())));
    }

    /// The INVITE of a peer of RFC 2543 whose response had the To tag that this ACK has (RFC 3261
    /// §17.2.3).
    fn find_rfc2543(&self, ack: &Request) -> Option<u32> {
        let headers = ack.headers();
        let via = headers.require(header::Via).ok()?;
        let to_tag = headers.require(header::To).ok()?.tag()?;
        if !is_rfc2543(&via) {
            return None;
        }
        let key = key_of(self.secret, ack, ToTag::LeftOut).ok()?;
        let slot = self.find(key, |method| method == MethodKey::INVITE)?;
        let server = self.table.at(slot)?.server()?;
        (server.to_tag.as_deref() == Some(to_tag)).then_some(slot)
    }

    /// RFC 3261 §9.2.
    fn take_cancel(&mut self, flow: Flow, request: Request, key: Key) {
        if let Some(slot) = self.find(key, |method| method == MethodKey::CANCEL) {
            return self.take_again(slot);
        }
        if !self.make_room(flow) {
            return self.refuse(flow, &request);
        }
        // The To tags of all responses are the same (§9.2).
        let target = self.find(key, |method| method != MethodKey::CANCEL);
        let Some(target) = target else {
            self.metrics.unmatched_cancels += 1;
            let request = stamped(request, flow);
            match self.config.role {
                Role::UserAgent => {
                    let tag = self.random.tag();
                    let status = StatusCode::CALL_DOES_NOT_EXIST;
                    self.answer_at_once(flow, &request, key, status, &tag);
                }
                Role::Proxy => self.events.push_back(Event::UnmatchedCancel { flow, request }),
            }
            return;
        };
        self.metrics.cancels += 1;
        let to_tag = self.tag_of(target);
        let request = stamped(request, flow);
        self.answer_at_once(flow, &request, key, StatusCode::OK, &to_tag);
        let live = self.table.at(target);
        let machine = live.filter(|live| !live.silent).map(|live| live.machine);
        if let Some(Machine::InviteServer(InviteServer::Proceeding { .. })) = machine
            && let Transaction::Server(transaction) = self.table.handle(target)
        {
            self.events.push_back(Event::Cancelled { transaction, to_tag, cancel: request });
        }
    }

    /// The To tag of a transaction's responses; one is made where it has none yet.
    fn tag_of(&mut self, slot: u32) -> String {
        let fresh = self.random.tag();
        let Some(server) = self.table.at_mut(slot).and_then(Live::server_mut) else {
            return fresh;
        };
        server.to_tag.get_or_insert_with(|| fresh.into()).to_string()
    }

    fn take_other(&mut self, flow: Flow, request: Request, key: Key) {
        if let Some(slot) = self.find(key, |method| method == key.method) {
            return self.take_again(slot);
        }
        if !self.make_room(flow) {
            return self.refuse(flow, &request);
        }
        let request = stamped(request, flow);
        let is_new =
            matches!(request.headers().find(header::To), Ok(Some(to)) if to.tag().is_none());
        let may_merge = is_new && self.config.role == Role::UserAgent;
        if may_merge && self.find_merged(key) {
            debug!(%flow, "merged request");
            self.metrics.merged += 1;
            let tag = self.random.tag();
            return self.answer_at_once(flow, &request, key, StatusCode::LOOP_DETECTED, &tag);
        }
        let (slot, step) = self.create(flow, &request, key, false);
        if may_merge {
            self.note_for_merging(slot, key);
        }
        self.carry_out(slot, step, Some((flow, request.into())));
    }

    /// Whether a request has come by another way before (RFC 3261 §8.2.2.2).
    fn find_merged(&self, key: Key) -> bool {
        let same = |slot| {
            let server = self.table.at(slot).and_then(Live::server);
            server.is_some_and(|server| {
                server.key.identity == key.identity && server.key.method == key.method
            })
        };
        self.merged.find(key.identity, same).is_some()
    }

    fn note_for_merging(&mut self, slot: u32, key: Key) {
        let Some(live) = self.table.at_mut(slot) else { return };
        live.merged = true;
        self.merged.insert(key.identity, slot);
    }

    /// A request that is known has come once more.
    fn take_again(&mut self, slot: u32) {
        self.metrics.absorbed += 1;
        let Some(live) = self.table.at_mut(slot) else { return };
        let step = match &mut live.machine {
            Machine::InviteServer(machine) => machine.request(),
            Machine::NonInviteServer(machine) => machine.request(),
            _ => return,
        };
        self.carry_out(slot, step, None);
    }

    /// Makes a server transaction.
    fn create(&mut self, flow: Flow, request: &Request, key: Key, silent: bool) -> (u32, Step) {
        let target = request.headers().require(header::Via).ok().and_then(|via| {
            transport::response_target(&via, flow.transport, self.config.multicast_maddr)
        });
        let side = Side::Server(Server {
            key,
            kept: match silent {
                true => Kept::Nothing,
                false => Kept::Request(request.to_bytes(), request.tolerances()),
            },
            to_tag: None,
            elsewhere: target.filter(|it| is_elsewhere(it, flow)).map(Box::new),
        });
        let around = surroundings(&self.config, &side, flow);
        let (machine, step) = if request.method() == Method::INVITE {
            let (machine, step) = InviteServer::start(around);
            (Machine::InviteServer(machine), step)
        } else {
            let (machine, step) = NonInviteServer::start(around);
            (Machine::NonInviteServer(machine), step)
        };
        let slot = self.insert(Live { silent, ..Live::new(machine, side, flow, self.now) });
        self.servers.insert(key.stem[0], slot);
        (slot, step)
    }

    /// Answers a request by a transaction that nobody is told of.
    fn answer_at_once(
        &mut self,
        flow: Flow,
        request: &Request,
        key: Key,
        status: StatusCode,
        to_tag: &str,
    ) {
        let Ok(response) = request.respond(status).to_tag(to_tag).build() else { return };
        let (slot, step) = self.create(flow, request, key, true);
        self.carry_out(slot, step, None);
        if let Transaction::Server(transaction) = self.table.handle(slot) {
            // A machine that has just started takes any final response.
            let _ = self.respond(transaction, &response);
        }
    }

    /// A request without what matching needs.
    fn take_unreadable(&mut self, flow: Flow, request: Request, name: HeaderName<'static>) {
        self.metrics.malformed += 1;
        if request.method() != Method::ACK {
            let phrase = format!("Bad Request: {} is missing or bad", name.as_str());
            self.answer_stateless(flow, &request, StatusCode::BAD_REQUEST, |response| {
                response.reason(&phrase);
            });
        }
        self.stray(flow, request.into(), StrayReason::Unreadable(name));
    }
}

/// Whether a response target says more than the flow does. Over a connection it says where to go
/// when that is closed.
fn is_elsewhere(target: &ResponseTarget, flow: Flow) -> bool {
    flow.transport.is_reliable() || target.address != flow.remote || target.ttl.is_some()
}

/// The request with its source in its top Via.
fn stamped(request: Request, flow: Flow) -> Request {
    match stamp_source(&request, flow.remote) {
        Ok(Some(stamped)) => stamped,
        // It says so already; a Via that was read can be written.
        Ok(None) | Err(_) => request,
    }
}

impl Endpoint {
    /// The handle of a server transaction in this slot.
    pub(super) fn server_at(&self, transaction: ServerTransaction) -> Option<u32> {
        self.table.get(transaction.0).and_then(Live::server).map(|_| transaction.0.slot)
    }
}
