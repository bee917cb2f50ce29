//! Responses that go out (RFC 3261 §17.2, §8.2.6, §18.2.2).

use std::hash::Hasher;
use std::time::Instant;

use sip_message::{Builder, Request, Response, StatusCode, header};
use siphasher::sip::SipHasher13;

use super::{Endpoint, surroundings};
use crate::machine::NonInviteServer;
use crate::table::{Kept, Live, Machine};
use crate::transport::{response_target, stamp_source};
use crate::{Flow, SendError, ServerTransaction};

impl Endpoint {
    /// Answers a request. A provisional response may come before others; a final one is sent again
    /// as the transaction needs it, but for a 2xx to INVITE, which the user sends again until the
    /// ACK comes (RFC 3261 §13.3.1.4).
    ///
    /// It must be a response to this transaction's request, as
    /// [`Request::respond`](sip_message::Request::respond) makes it.
    ///
    /// # Errors
    /// When the transaction is no more or has been answered; what RFC 4320 forbids. Nothing is sent
    /// then.
    pub fn send_response(
        &mut self,
        now: Instant,
        transaction: ServerTransaction,
        response: &Response,
    ) -> Result<(), SendError> {
        self.tell_time(now);
        self.respond(transaction, response)
    }

    pub(super) fn respond(
        &mut self,
        transaction: ServerTransaction,
        response: &Response,
    ) -> Result<(), SendError> {
        let slot = self.server_at(transaction).ok_or(SendError::NoTransaction)?;
        let Some(live) = self.table.at_mut(slot) else { return Err(SendError::NoTransaction) };
        let around = surroundings(&self.config, &live.side, live.flow);
        let status = response.status().code();
        let step = match &mut live.machine {
            Machine::InviteServer(machine) => machine.respond(status, around)?,
            Machine::NonInviteServer(machine) => machine.respond(status, around)?,
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => {
                return Err(SendError::NoTransaction);
            }
        };
        let is_invite = matches!(live.machine, Machine::InviteServer(_));
        let waits_for_j = live.machine == Machine::NonInviteServer(NonInviteServer::Completed)
            && !step.terminated;
        let block = waits_for_j.then(|| self.responses.keep(response.as_bytes())).flatten();
        if let Some(server) = live.server_mut() {
            server.kept = Kept::Response(block.unwrap_or_else(|| response.to_bytes()));
            if is_invite && server.to_tag.is_none() {
                let to = response.headers().find(header::To).ok().flatten();
                server.to_tag = to.and_then(|to| to.tag()).map(Into::into);
            }
        }
        self.carry_out(slot, step, None);
        self.let_response_go(slot);
        Ok(())
    }

    /// Drops the response that is never sent again.
    fn let_response_go(&mut self, slot: u32) {
        use crate::machine::InviteServer;
        let Some(live) = self.table.at_mut(slot) else { return };
        if matches!(live.machine, Machine::InviteServer(InviteServer::Accepted))
            && let Some(server) = Live::server_mut(live)
        {
            server.kept = Kept::Nothing;
        }
    }

    /// Answers a request without a transaction (RFC 3261 §8.2.7). Who sends the request again gets
    /// the same answer.
    pub(super) fn answer_stateless(
        &mut self,
        flow: Flow,
        request: &Request,
        status: StatusCode,
        more: impl FnOnce(&mut Builder<'_, Response>),
    ) {
        let stamped = stamp_source(request, flow.remote).ok().flatten();
        let request = stamped.as_ref().unwrap_or(request);
        let tag = format!("{:016x}", self.stateless_tag(request.as_bytes()));
        let mut builder = request.respond(status);
        more(builder.to_tag(&tag));
        let Ok(response) = builder.build() else { return };
        let via = request.headers().require(header::Via).ok();
        let target =
            via.and_then(|via| response_target(&via, flow.transport, self.config.multicast_maddr));
        self.transmit(flow, target, response.to_bytes(), None);
    }

    /// A tag that is the same whenever the same comes.
    pub(super) fn stateless_tag(&self, bytes: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.secret[0], self.secret[1]);
        hasher.write(bytes);
        hasher.finish()
    }
}
