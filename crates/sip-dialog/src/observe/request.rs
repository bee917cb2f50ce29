//! A request is seen: its transaction, its dialog, and whether it goes where it should.

use sip_message::{Method, Request, StatusCode, header};

use super::dialog::Side;
use super::facts::{self, Facts};
use super::media::Described;
use super::transaction::Transaction;
use super::{FindingKind, Observer, Seen, carrier_of_request, refreshes_target};
use crate::{Carrier, State};

impl Observer {
    pub(super) fn request(&mut self, seen: &Seen<'_>, request: &Request) -> u32 {
        let Seen { facts, hop, at, .. } = *seen;
        let method = facts.method;
        let mut same = self.transactions.iter_mut().rev().filter(|it| it.has_branch(&facts, &hop));
        let mut reused = false;
        for earlier in &mut same {
            if earlier.is_again(&facts, seen.digest) {
                earlier.retransmissions += 1;
                return earlier.retransmissions;
            }
            // Without the cookie a branch says nothing (RFC 3261 §8.1.1.7).
            reused = facts.branch.starts_with("z9hG4bK");
        }
        if reused {
            self.say(FindingKind::BranchReused, seen);
        }
        let mut transaction = Transaction::new(&facts, hop, seen.number, at, seen.digest);
        if refreshes_target(method) {
            transaction.contact = facts::contact(request);
        }
        transaction.offer = carrier_of_request(method).and_then(|_| Described::of(request));
        if facts.to_tag.is_empty()
            && let Some(account) = &mut self.account
        {
            account.request(&facts, request, hop, at);
        }
        match method {
            Method::ACK => self.ack(seen, request, transaction.offer.as_ref()),
            Method::CANCEL => self.cancel(seen, request),
            _ if !facts.to_tag.is_empty() => self.within(seen, request, &transaction),
            _ => {}
        }
        self.remember(transaction);
        0
    }

    fn cancel(&mut self, seen: &Seen<'_>, request: &Request) {
        if let Some(account) = &mut self.account {
            account.reason(request);
        }
        let Facts { branch, cseq, .. } = seen.facts;
        let mut raced = false;
        for invite in &mut self.transactions {
            if invite.is(Method::INVITE)
                && invite.hop == seen.hop
                && invite.cseq == cseq
                && *invite.branch == *branch
            {
                invite.cancelled = true;
                raced = invite.final_status.is_some_and(StatusCode::is_success);
            }
        }
        if raced {
            self.say(FindingKind::CancelRaced, seen);
        }
    }

    fn ack(&mut self, seen: &Seen<'_>, request: &Request, described: Option<&Described>) {
        let facts = seen.facts;
        // For a non-2xx, the ACK is of the same transaction (RFC 3261 §17.1.1.3).
        let failed = self.transactions.iter_mut().rev().find(|it| {
            it.is(Method::INVITE)
                && it.hop == seen.hop
                && *it.branch == *facts.branch
                && it.cseq == facts.cseq
                && it.final_status.is_some_and(|status| !status.is_success())
        });
        if let Some(invite) = failed {
            invite.unacked = None;
            return;
        }
        let Some((index, side)) = self.find_dialog(&facts) else { return };
        let dialog = &mut self.dialogs[index];
        let first = dialog.request(side, &facts) == Ok(true);
        let expected = dialog.acknowledge(facts.cseq, seen.at);
        if !expected && dialog.is_whole {
            return self.say(FindingKind::StrayAck { cseq: facts.cseq }, seen);
        }
        if first {
            self.media(seen, index, side, Carrier::Ack, described, None);
        }
        self.check_path(seen, index, side, request);
    }

    /// A request within a dialog.
    fn within(&mut self, seen: &Seen<'_>, request: &Request, transaction: &Transaction) {
        let Seen { facts, hop, at, .. } = *seen;
        let Some((index, side)) = self.dialog_of(seen) else { return };
        let method = facts.method;
        let crossing = self.transactions.iter().any(|other| {
            let changes =
                other.is(Method::INVITE) || (other.is(Method::UPDATE) && other.offer.is_some());
            changes
                && !other.is_over()
                && other.final_status.is_none()
                && (&*other.from_tag, &*other.to_tag) == (facts.to_tag, facts.from_tag)
        });
        let changes =
            method == Method::INVITE || (method == Method::UPDATE && transaction.offer.is_some());
        if crossing && changes {
            self.say(FindingKind::Glare, seen);
        }
        let dialog = &mut self.dialogs[index];
        let first = dialog.request(side, &facts);
        if let Some(uri) = &transaction.contact {
            dialog.contact(side, hop.destination.ip(), uri, at);
        }
        if first == Ok(false) {
            return self.check_path(seen, index, side, request);
        }
        match method {
            Method::BYE => {
                let on_hold = dialog.state != State::Terminated && dialog.is_held();
                dialog.state = State::Terminated;
                dialog.session = None;
                if dialog.is_call
                    && let Some(account) = &mut self.account
                {
                    account.bye(side, request, at);
                }
                if on_hold {
                    self.say(FindingKind::EndedOnHold, seen);
                }
            }
            Method::NOTIFY if !dialog.is_call => {
                let state = request.headers().find(header::SubscriptionState).ok().flatten();
                if state.is_some_and(|it| it.is("terminated")) {
                    dialog.state = State::Terminated;
                }
            }
            Method::PRACK => {
                if let Ok(Some(rack)) = request.headers().find(header::RAck) {
                    dialog.unpracked.retain(|(rseq, _)| *rseq != rack.rseq());
                }
            }
            _ => {}
        }
        if let Err(out_of_order) = first {
            self.say(out_of_order, seen);
        }
        if let Some(carrier) = carrier_of_request(method) {
            self.media(seen, index, side, carrier, transaction.offer.as_ref(), None);
        }
        self.check_path(seen, index, side, request);
    }

    fn check_path(&mut self, seen: &Seen<'_>, index: usize, side: Side, request: &Request) {
        // Behind a proxy, others have had their hands on it.
        if seen.facts.vias > 1 {
            return;
        }
        let strays = self.dialogs[index].check_path(side, request, &seen.hop, seen.at);
        if let Some(kind) = strays {
            self.say(kind, seen);
        }
    }
}
