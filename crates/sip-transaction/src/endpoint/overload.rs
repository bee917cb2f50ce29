//! What happens when there is too much.
//!
//! The rule: a new request is refused with 503 and Retry-After when its source has as many server
//! transactions as one may have. When all sources together have as many as there may be, the new
//! request takes the place of the oldest transaction that has been answered and only waits for
//! retransmissions or an ACK. Where there is none, it is refused as well.

use sip_message::{Request, StatusCode, header};

use super::Endpoint;
use crate::log::debug;
use crate::{Cause, Flow, Transaction};

impl Endpoint {
    /// Notes that a transaction has been answered.
    pub(super) fn linger(&mut self, transaction: Transaction) {
        let id = transaction.id();
        // It may be told of again and again; the oldest note is the one that counts.
        let Some(live) = self.table.at_mut(id.slot) else { return };
        if std::mem::replace(&mut live.noted, true) {
            return;
        }
        if self.lingering.len() >= 2 * self.lingering_live + 64 {
            let table = &self.table;
            self.lingering.retain(|id| table.get(*id).is_some());
        }
        self.lingering.push_back(id);
        self.lingering_live += 1;
    }

    /// Makes room for a transaction of this source, if the rule allows it.
    pub(super) fn make_room(&mut self, flow: Flow) -> bool {
        let limits = self.config.limits;
        let of_source = self.sources.servers_of(flow.remote.ip());
        if of_source >= limits.per_source {
            return false;
        }
        while self.servers.len() >= limits.server_transactions {
            let Some(oldest) = self.lingering.pop_front() else { return false };
            if self.table.get(oldest).is_some() {
                debug!(slot = oldest.slot, "displaced");
                self.metrics.displaced += 1;
                self.remove(oldest.slot, Cause::Displaced);
            }
        }
        true
    }

    /// Answers a request with 503, without a transaction.
    pub(super) fn refuse(&mut self, flow: Flow, request: &Request) {
        debug!(%flow, "refused with 503");
        self.metrics.overloads += 1;
        let seconds = u32::try_from(self.config.retry_after.as_secs()).unwrap_or(u32::MAX);
        self.answer_stateless(flow, request, StatusCode::SERVICE_UNAVAILABLE, |response| {
            response.header(header::RetryAfter, seconds);
        });
    }
}
