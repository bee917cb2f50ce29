//! Transactions as they are seen at one hop.

use std::time::Duration;

use sip_message::{Method, StatusCode};

use super::facts::Facts;
use super::media::Described;
use super::{FindingKind, Hop};

/// What is remembered of the responses of one transaction.
const RESPONSES: usize = 16;

/// A request and its responses, between two addresses.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) hop: Hop,
    pub(super) branch: Box<str>,
    pub(super) method: Box<str>,
    pub(super) cseq: u32,
    pub(super) from_tag: Box<str>,
    pub(super) to_tag: Box<str>,
    /// The first of its messages, and when it was seen.
    pub(super) message: u64,
    pub(super) at: Duration,
    /// A digest of the request, by which it is known again.
    digest: u64,
    pub(super) retransmissions: u32,
    /// The status code, the digest and the number of each response.
    responses: Vec<(u16, u64, u32)>,
    pub(super) final_status: Option<StatusCode>,
    pub(super) cancelled: bool,
    /// The final response that waits for an ACK: of an INVITE that has failed.
    pub(super) unacked: Option<Unacked>,
    /// Whether nobody waits for its response any more.
    pub(super) given_up: bool,
    pub(super) offer: Option<Described>,
    /// Its Contact, which becomes the remote target of the other side.
    pub(super) contact: Option<Box<str>>,
}

/// A final response to INVITE without an ACK.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unacked {
    pub(super) message: u64,
    pub(super) since: Duration,
    pub(super) status: u16,
    pub(super) retransmissions: u32,
}

impl Unacked {
    /// What is to be said when no ACK has come for so long.
    pub(super) fn no_ack(&self, now: Duration, patience: Duration) -> Option<FindingKind> {
        let waited = now.saturating_sub(self.since);
        let Self { status, retransmissions, .. } = *self;
        (waited >= patience).then_some(FindingKind::NoAck { status, retransmissions, waited })
    }
}

impl Transaction {
    pub(super) fn new(
        facts: &Facts<'_>,
        hop: Hop,
        message: u64,
        at: Duration,
        digest: u64,
    ) -> Self {
        Self {
            hop,
            branch: facts.branch.into(),
            method: facts.method.as_str().into(),
            cseq: facts.cseq,
            from_tag: facts.from_tag.into(),
            to_tag: facts.to_tag.into(),
            message,
            at,
            digest,
            retransmissions: 0,
            responses: Vec::new(),
            final_status: None,
            cancelled: false,
            unacked: None,
            given_up: facts.method == Method::ACK,
            offer: None,
            contact: None,
        }
    }

    pub(super) fn is(&self, method: Method<'_>) -> bool {
        *self.method == *method.as_str()
    }

    /// Whether a request is this one or another with its branch (RFC 3261 §17.2.3).
    pub(super) fn has_branch(&self, facts: &Facts<'_>, hop: &Hop) -> bool {
        self.hop == *hop && self.is(facts.method) && *self.branch == *facts.branch
    }

    /// Whether a request is this one, sent again.
    pub(super) fn is_again(&self, facts: &Facts<'_>, digest: u64) -> bool {
        self.digest == digest || (self.cseq == facts.cseq && *self.from_tag == *facts.from_tag)
    }

    /// Whether a response is one to this request (RFC 3261 §17.1.3).
    pub(super) fn is_answered_by(&self, facts: &Facts<'_>) -> bool {
        self.cseq == facts.cseq && self.is(facts.method) && *self.branch == *facts.branch
    }

    /// Whether a response has come: also when it is not among those that are remembered.
    pub(super) fn is_answered(&self) -> bool {
        self.final_status.is_some() || !self.responses.is_empty()
    }

    /// Counts a response. How often it was seen before.
    pub(super) fn respond(&mut self, status: StatusCode, digest: u64) -> u32 {
        if !status.is_provisional() {
            self.final_status.get_or_insert(status);
        }
        let code = status.code();
        let known = self.responses.iter_mut().find(|it| (it.0, it.1) == (code, digest));
        if let Some((_, _, count)) = known {
            *count += 1;
            return *count;
        }
        if self.responses.len() < RESPONSES {
            self.responses.push((code, digest, 0));
        }
        0
    }

    /// Whether nothing more is to come.
    pub(super) fn is_over(&self) -> bool {
        self.given_up || (self.final_status.is_some() && self.unacked.is_none())
    }
}
