//! Requests that go out (RFC 3261 §17.1, §18.1.1, §9.1).

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use sip_message::encode::ViaBuilder;
use sip_message::value::Via;
use sip_message::{Edit, HeaderName, Message, Method, Request, header};
use sip_uri::Host;

use super::{Endpoint, surroundings};
use crate::branch::Branch;
use crate::id::NONE;
use crate::key::MethodKey;
use crate::machine::{InviteClient, NonInviteClient};
use crate::table::{Client, Invite, Live, Machine, Side};
use crate::{ClientTransaction, Event, Flow, SendError, Timers, Transport};

/// What a client transaction may have of its own.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RequestOptions<'a> {
    /// Timers of its own.
    pub timers: Option<Timers>,
    /// A token that is put behind the branch, for a proxy that looks for loops: see
    /// [`loop_value`](crate::proxy::loop_value).
    pub branch_suffix: Option<&'a str>,
}

impl Endpoint {
    /// Sends a request, by a transaction of its own. A Via with a new branch is put on top of those
    /// that the request has: a user agent builds it
    /// [without one](sip_message::Builder::without_via), a proxy keeps those that came.
    ///
    /// The flow says from where to where it goes: which address that is, is found out before
    /// (RFC 3263), and where it fails, the next address is tried with a new transaction.
    ///
    /// # Errors
    /// When the method is ACK or CANCEL, when there are as many transactions as there may be, when
    /// CSeq cannot be read or has another method.
    pub fn send_request(
        &mut self,
        now: Instant,
        flow: Flow,
        request: &Request,
    ) -> Result<ClientTransaction, SendError> {
        self.send_request_with(now, flow, request, RequestOptions::default())
    }

    /// [`send_request`](Self::send_request) with options.
    ///
    /// # Errors
    /// The same, and when what is put behind the branch is no token.
    pub fn send_request_with(
        &mut self,
        now: Instant,
        flow: Flow,
        request: &Request,
        options: RequestOptions<'_>,
    ) -> Result<ClientTransaction, SendError> {
        self.tell_time(now);
        let method = request.method();
        match method {
            Method::ACK => return Err(SendError::Ack),
            Method::CANCEL => return Err(SendError::Cancel),
            _ => {}
        }
        let cseq = request.headers().require(header::CSeq);
        if !cseq.is_ok_and(|cseq| cseq.method() == method) {
            return Err(SendError::Unreadable(HeaderName::CSEQ));
        }
        if self.clients >= self.config.limits.client_transactions {
            return Err(SendError::Full);
        }
        let branch = Branch { slot: self.table.next().slot, nonce: self.random.number() };
        let suffix = options.branch_suffix.unwrap_or_default();
        let mut edit = request.edit();
        self.prepend_via(&mut edit, flow, branch, suffix)?;
        let (bytes, invite) = if method == Method::INVITE {
            let request = edit.finish()?;
            (request.to_bytes(), Some(Box::new(Invite { request, cancel: None })))
        } else {
            let mut bytes = BytesMut::with_capacity(edit.encoded_len());
            edit.write_to(&mut bytes)?;
            (bytes.freeze(), None)
        };
        let timers = options.timers.map(Box::new);
        let length = bytes.len();
        let names = (branch.nonce, MethodKey::of(self.secret, method));
        let transaction = self.start_client(flow, names, bytes, invite, timers, false);
        let limit = self.config.datagram;
        if flow.transport == Transport::Udp && length > limit {
            self.events.push_back(Event::TooLarge { transaction, length, limit });
        }
        Ok(transaction)
    }

    fn start_client(
        &mut self,
        flow: Flow,
        (nonce, method): (u64, MethodKey),
        request: Bytes,
        invite: Option<Box<Invite>>,
        timers: Option<Box<Timers>>,
        silent: bool,
    ) -> ClientTransaction {
        let is_invite = invite.is_some();
        let side = Side::Client(Client { nonce, method, request, timers, invite });
        let around = surroundings(&self.config, &side, flow);
        let (machine, step) = if is_invite {
            let (machine, step) = InviteClient::start(around);
            (Machine::InviteClient(machine), step)
        } else {
            let (machine, step) = NonInviteClient::start(around);
            (Machine::NonInviteClient(machine), step)
        };
        let slot = self.insert(Live { silent, ..Live::new(machine, side, flow, self.now) });
        let transaction = self.table.handle(slot);
        self.carry_out(slot, step, None);
        ClientTransaction(transaction.id())
    }

    /// Takes an INVITE back (RFC 3261 §9.1). CANCEL is sent when a provisional response has come,
    /// and not at all when a final one comes first. The INVITE then ends with its final response,
    /// most often a 487, or with a timeout 64\*T1 after the CANCEL. The responses to the CANCEL
    /// itself are not passed up.
    ///
    /// `reason` is the value of the CANCEL's Reason (RFC 3326), such as
    /// `SIP;cause=200;text="Call completed elsewhere"`. To cancel twice is to cancel once.
    ///
    /// # Errors
    /// When the transaction is no more, is none of an INVITE, or has its final response.
    pub fn cancel(
        &mut self,
        now: Instant,
        transaction: ClientTransaction,
        reason: Option<&str>,
    ) -> Result<(), SendError> {
        self.tell_time(now);
        let live = self.table.get(transaction.0).ok_or(SendError::NoTransaction)?;
        match live.machine {
            Machine::InviteClient(
                InviteClient::Calling { .. } | InviteClient::Proceeding { .. },
            ) => {}
            Machine::InviteClient(machine) => return Err(SendError::State(machine.name())),
            _ => return Err(SendError::NotInvite),
        }
        let slot = transaction.0.slot;
        let client = self.table.at_mut(slot).and_then(Live::client_mut);
        let Some(invite) = client.and_then(|client| client.invite.as_mut()) else {
            return Err(SendError::NotInvite);
        };
        if invite.cancel.is_none() {
            let mut cancel = invite.request.cancel();
            if let Some(reason) = reason {
                cancel.header(header::Reason, reason);
            }
            let cancel = cancel.build()?;
            invite.cancel = Some(cancel);
        }
        self.cancel_if_wanted(slot);
        Ok(())
    }

    /// Sends a CANCEL that has waited for a provisional response, if one has come.
    pub(super) fn cancel_if_wanted(&mut self, slot: u32) {
        let Some(live) = self.table.at_mut(slot) else { return };
        let wanted = live.client().and_then(|client| client.invite.as_ref());
        if wanted.is_none_or(|invite| invite.cancel.is_none()) {
            return;
        }
        let around = surroundings(&self.config, &live.side, live.flow);
        if let Machine::InviteClient(machine) = &mut live.machine {
            let step = machine.cancel(around);
            self.carry_out(slot, step, None);
        }
    }

    /// Sends the CANCEL of an INVITE, by a transaction of its own with the same branch.
    pub(super) fn send_cancel(&mut self, slot: u32) {
        let Some(live) = self.table.at_mut(slot) else { return };
        let flow = live.flow;
        let Some(client) = live.client_mut() else { return };
        let (nonce, timers) = (client.nonce, client.timers.clone());
        let Some(invite) = client.invite.as_mut() else { return };
        if invite.cancel.is_none() {
            invite.cancel = invite.request.cancel().build().ok();
        }
        let Some(bytes) = invite.cancel.as_ref().map(|cancel| cancel.to_bytes()) else { return };
        let names = (nonce, MethodKey::CANCEL);
        let cancel = self.start_client(flow, names, bytes, None, timers, true);
        self.cancels.insert(nonce, cancel.0.slot);
    }

    /// Sends a message without a transaction: the ACK for a 2xx, a request or response that is
    /// forwarded statelessly, a 2xx that is sent again after its transaction is over.
    pub fn send_stateless(&mut self, flow: Flow, message: impl Into<Message>) {
        let bytes = message.into().to_bytes();
        self.transmit(flow, None, bytes, None);
    }

    /// The request with a Via of ours on top: for the ACK for a 2xx, whose branch is a new one
    /// (RFC 3261 §17.1.1.3), and for [`send_stateless`](Self::send_stateless).
    ///
    /// # Errors
    /// When the message cannot be written.
    pub fn with_via(&mut self, flow: Flow, request: &Request) -> Result<Request, SendError> {
        let branch = Branch { slot: NONE, nonce: self.random.number() };
        let mut edit = request.edit();
        self.prepend_via(&mut edit, flow, branch, "")?;
        Ok(edit.finish()?)
    }

    /// RFC 3261 §8.1.1.7, §18.1.1, RFC 3581 §3.
    fn prepend_via(
        &self,
        edit: &mut Edit<'_, Request>,
        flow: Flow,
        branch: Branch,
        suffix: &str,
    ) -> Result<(), SendError> {
        let text = branch.text();
        let joined;
        let branch = match suffix {
            "" => text.as_str(),
            suffix => {
                joined = format!("{}.{suffix}", text.as_str());
                &joined
            }
        };
        let transport = flow.transport.via_name();
        let via = match &self.config.sent_by {
            None => ViaBuilder::at(transport, flow.local),
            Some(sent_by) => {
                ViaBuilder::new(transport, &sent_by.host).map(|via| match sent_by.port {
                    Some(port) => via.port(port),
                    None => via,
                })
            }
        };
        let refused = |_| SendError::Unreadable(HeaderName::VIA);
        let via = via.map_err(refused)?.branch(branch).map_err(|_| SendError::BranchSuffix)?;
        let asks = self.config.rport && flow.transport == Transport::Udp;
        edit.prepend(header::Via, if asks { via.rport() } else { via });
        Ok(())
    }

    /// Whether the top Via of a response is the one that we have written (RFC 3261 §18.1.2).
    pub(super) fn is_sent_by(&self, flow: Flow, via: &Via<'_>) -> bool {
        match &self.config.sent_by {
            None => {
                let host = match via.host() {
                    Host::V4(host) => flow.local.ip() == host,
                    Host::V6(host) => flow.local.ip() == host,
                    _ => false,
                };
                host && via.port() == Some(flow.local.port())
            }
            Some(sent_by) => {
                via.host_str().eq_ignore_ascii_case(&sent_by.host) && via.port() == sent_by.port
            }
        }
    }
}
