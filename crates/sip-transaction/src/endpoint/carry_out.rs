//! Doing what a machine asks for.

use bytes::Bytes;
use sip_message::{Message, Request, Response};

use super::Endpoint;
use crate::id::Id;
use crate::log::{debug, trace};
use crate::machine::{Change, Send, Step, Tell};
use crate::queue::Armed;
use crate::table::{Kept, Live, Server, Side};
use crate::transport::ResponseTarget;
use crate::{Cause, Event, Flow, Transaction, Transmit};

impl Endpoint {
    /// Does what a step says. `message` is what has come, with the flow on which it came.
    pub(super) fn carry_out(&mut self, slot: u32, step: Step, message: Option<(Flow, Message)>) {
        let transaction = self.table.handle(slot);
        if let Some(what) = step.send {
            let response = message.as_ref().and_then(|(_, message)| message.as_response());
            self.send(slot, transaction, what, response);
        }
        let cause = match step.tell {
            Some(Tell::Timeout(_)) => Cause::Timeout,
            Some(Tell::TransportError) => Cause::TransportFailed,
            Some(Tell::Message) | None => Cause::Finished,
        };
        if let Some(tell) = step.tell {
            self.tell(slot, transaction, tell, message);
        }
        self.change(slot, step.repeat, |live| &mut live.repeat);
        self.change(slot, step.end, |live| &mut live.end);
        if step.terminated {
            self.remove(slot, cause);
        } else if self.table.at(slot).is_some_and(Live::lingers) {
            self.linger(transaction);
        }
    }

    fn send(&mut self, slot: u32, transaction: Transaction, what: Send, answer: Option<&Response>) {
        let Some(live) = self.table.at_mut(slot) else { return };
        let flow = live.flow;
        let bytes = match (&mut live.side, what) {
            (Side::Client(client), Send::Request) => client.request.clone(),
            (Side::Client(client), Send::Ack) => {
                let Some((invite, answer)) = client.invite.as_ref().zip(answer) else { return };
                match invite.request.ack(answer).build() {
                    Ok(ack) => ack.to_bytes(),
                    // A response without a To that can be read cannot be acknowledged.
                    Err(_error) => {
                        debug!(%flow, error = %_error, "no ACK");
                        return;
                    }
                }
            }
            (Side::Client(_), Send::Cancel) => return self.send_cancel(slot),
            (Side::Server(server), Send::Response | Send::LastResponse) => match &server.kept {
                Kept::Response(response) => response.clone(),
                Kept::Request(..) | Kept::Nothing => return,
            },
            (Side::Server(server), Send::Trying) => {
                let Some(trying) = trying(&server.kept) else { return };
                server.kept = Kept::Response(trying.to_bytes());
                trying.to_bytes()
            }
            _ => return,
        };
        let elsewhere = live.server().and_then(|server| server.elsewhere.as_deref().copied());
        self.transmit(flow, elsewhere, bytes, Some(transaction));
    }

    /// Queues bytes for the transport.
    pub(super) fn transmit(
        &mut self,
        mut flow: Flow,
        elsewhere: Option<ResponseTarget>,
        bytes: Bytes,
        transaction: Option<Transaction>,
    ) {
        let (mut fallback, mut ttl) = (None, None);
        match elsewhere {
            Some(target) if flow.transport.is_reliable() => fallback = Some(target.address),
            Some(target) => {
                flow.remote = target.address;
                ttl = target.ttl;
            }
            None => {}
        }
        trace!(%flow, length = bytes.len(), "send");
        self.metrics.sent += 1;
        self.transmits.push_back(Transmit { flow, bytes, transaction, fallback, ttl });
    }

    fn tell(
        &mut self,
        slot: u32,
        transaction: Transaction,
        tell: Tell,
        message: Option<(Flow, Message)>,
    ) {
        let silent = self.table.at(slot).is_some_and(|live| live.silent);
        let event = match (tell, transaction, message) {
            (
                Tell::Message,
                Transaction::Client(transaction),
                Some((flow, Message::Response(response))),
            ) => Event::Response { transaction, flow, response },
            (
                Tell::Message,
                Transaction::Server(transaction),
                Some((flow, Message::Request(request))),
            ) => {
                if request.method() == sip_message::Method::ACK {
                    Event::Ack { transaction: Some(transaction), flow, request }
                } else {
                    Event::Request { transaction, flow, request }
                }
            }
            (Tell::Message, ..) => return,
            (Tell::Timeout(timer), ..) => {
                self.metrics.timeouts += 1;
                Event::Timeout { transaction, timer }
            }
            (Tell::TransportError, ..) => {
                self.metrics.transport_failures += 1;
                Event::TransportFailed { transaction }
            }
        };
        if !silent {
            self.events.push_back(event);
        }
    }

    fn change(
        &mut self,
        slot: u32,
        change: Change,
        which: impl Fn(&mut Live) -> &mut Option<Armed>,
    ) {
        if change == Change::Keep {
            return;
        }
        let Some(live) = self.table.at_mut(slot) else { return };
        if let Some(armed) = which(live).take() {
            self.forget(armed);
        }
        if let Change::Start(timer, after) = change {
            let armed = self.timeouts.start(self.now, timer, after, slot, &self.table);
            if let Some(live) = self.table.at_mut(slot) {
                *which(live) = Some(armed);
            }
        }
    }

    /// Lets go of a timer that its transaction has forgotten.
    pub(super) fn forget(&mut self, armed: Armed) {
        self.timeouts.stop(armed, &self.table);
    }

    /// Puts a transaction into the table, and among those of its source.
    pub(super) fn insert(&mut self, live: Live) -> u32 {
        let Id { slot, .. } = self.table.next();
        let server = live.server().is_some();
        self.sources.add(live.source(), slot, server);
        self.table.insert(live);
        if server {
            self.metrics.server_started += 1;
        } else {
            self.metrics.client_started += 1;
            self.clients += 1;
        }
        slot
    }

    /// Takes a transaction out of everything.
    pub(super) fn remove(&mut self, slot: u32, cause: Cause) {
        let transaction = self.table.handle(slot);
        let Some(live) = self.table.remove(slot) else { return };
        for armed in [live.repeat, live.end].into_iter().flatten() {
            self.forget(armed);
        }
        self.sources.remove(live.source(), slot, live.server().is_some());
        match &live.side {
            Side::Server(server) => self.remove_server(slot, server, live.merged),
            Side::Client(client) => {
                self.clients -= 1;
                if self.cancels.get(&client.nonce) == Some(&slot) {
                    self.cancels.remove(&client.nonce);
                }
            }
        }
        if live.noted {
            self.lingering_live -= 1;
        }
        if !live.silent {
            self.events.push_back(Event::Terminated { transaction, cause });
        }
    }

    fn remove_server(&mut self, slot: u32, server: &Server, merged: bool) {
        self.servers.remove(server.key.stem[0], slot);
        if merged {
            self.merged.remove(server.key.identity, slot);
        }
    }
}

/// The 100 to a request that nobody has answered (RFC 3261 §8.2.6.1): without a To tag of ours.
fn trying(kept: &Kept) -> Option<Response> {
    let Kept::Request(request, tolerances) = kept else { return None };
    let mut parser = sip_message::Parser::new().tolerances(*tolerances);
    let message = parser.parse(request.clone()).ok()?;
    let request: &Request = message.as_request()?;
    request.respond(sip_message::StatusCode::TRYING).build().ok()
}
