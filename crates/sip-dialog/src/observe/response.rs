//! A response is seen: what it does to its transaction, its dialog and the session.

use sip_message::value::Number;
use sip_message::{HeaderName, Method, Response, header};

use super::dialog::{Session, Side};
use super::media::{self, Described};
use super::transaction::Unacked;
use super::{FindingKind, Observer, Seen, carrier_of_request, facts, refreshes_target};
use crate::{Carrier, State};

impl Observer {
    pub(super) fn response(&mut self, seen: &Seen<'_>, response: &Response) -> u32 {
        let Seen { facts, hop, at, number, .. } = *seen;
        let status = response.status();
        let way = hop.reversed();
        let mut answered = self.transactions.iter().enumerate().rev();
        let here = answered.clone().find(|(_, it)| it.hop == way && it.is_answered_by(&facts));
        let Some((place, _)) = here.or_else(|| answered.find(|(_, it)| it.is_answered_by(&facts)))
        else {
            return 0;
        };
        let transaction = &mut self.transactions[place];
        let again = transaction.respond(status, seen.digest);
        let is_invite = transaction.is(Method::INVITE);
        if again > 0 {
            if let Some(unacked) = &mut transaction.unacked {
                unacked.retransmissions = again;
            } else if is_invite && status.is_success() {
                self.success_again(seen, again);
            }
            return again;
        }
        let initial = transaction.to_tag.is_empty();
        let changed = if *transaction.from_tag != *facts.from_tag {
            Some(HeaderName::FROM)
        } else if !initial && status.code() > 100 && *transaction.to_tag != *facts.to_tag {
            Some(HeaderName::TO)
        } else {
            None
        };
        if is_invite && status.code() >= 300 {
            let unacked =
                Unacked { message: number, since: at, status: status.code(), retransmissions: 0 };
            transaction.unacked = Some(unacked);
        }
        let raced = is_invite && transaction.cancelled && status.is_success();
        // What the rest needs of it; the offer goes back afterwards.
        let offer = transaction.offer.take();
        let contact = transaction.contact.clone();
        let request_to = transaction.hop.destination.ip();
        if let Some(name) = changed {
            self.say(FindingKind::TagChanged(name), seen);
        }
        if raced {
            self.say(FindingKind::CancelRaced, seen);
        }
        if initial && let Some(account) = &mut self.account {
            account.response(&facts, response, status, &hop, at);
        }
        self.failure(seen, status.code());
        let makes = matches!(facts.method, Method::INVITE | Method::SUBSCRIBE | Method::REFER);
        let in_dialog = (101..300).contains(&status.code()) && (makes || !initial);
        if in_dialog
            && let Some((index, side)) = self.dialog_of_response(seen, initial, offer.as_ref())
        {
            if let Some(uri) = contact.filter(|_| initial) {
                self.dialogs[index].contact(side.other(), request_to, &uri, at);
            }
            self.dialog_response(seen, response, index, side, initial, offer.as_ref());
        }
        if status.code() >= 300
            && let Some((index, _)) = self.find_dialog(&facts)
        {
            // What it has offered is as if it had not been.
            let media = &mut self.dialogs[index].media;
            match facts.method {
                Method::INVITE => media.fail_invite(),
                Method::UPDATE => media.fail(Carrier::Update),
                Method::PRACK => media.fail(Carrier::Prack),
                _ => false,
            };
        }
        self.transactions[place].offer = offer;
        self.wait();
        0
    }

    /// What a response of this status code says by itself.
    fn failure(&mut self, seen: &Seen<'_>, code: u16) {
        let method = seen.facts.method;
        let kind = match code {
            481 => FindingKind::Unknown { method: method.as_str().into() },
            482 | 483 => FindingKind::Loop { status: code },
            491 => FindingKind::Glare,
            415 | 488 | 606 if carrier_of_request(method).is_some() => {
                FindingKind::MediaRefused { status: code }
            }
            _ => return,
        };
        self.say(kind, seen);
    }

    /// A 2xx to INVITE that was seen before at this hop.
    fn success_again(&mut self, seen: &Seen<'_>, again: u32) {
        let cseq = seen.facts.cseq;
        let Some((index, _)) = self.find_dialog(&seen.facts) else { return };
        let dialog = &mut self.dialogs[index];
        if let Some((_, unacked)) = dialog.unacked.iter_mut().find(|it| it.0 == cseq) {
            unacked.retransmissions = again;
        } else if dialog.acked_at(cseq).is_some_and(|acked| seen.at > acked + self.config.t1) {
            self.say(FindingKind::AckNotHeard, seen);
        }
    }

    /// A response from 101 to 299 that is of a dialog; `side` has sent it.
    fn dialog_response(
        &mut self,
        seen: &Seen<'_>,
        response: &Response,
        index: usize,
        side: Side,
        initial: bool,
        offer: Option<&Described>,
    ) {
        let Seen { facts, hop, at, number, .. } = *seen;
        let status = response.status();
        let dialog = &mut self.dialogs[index];
        if refreshes_target(facts.method)
            && let Some(uri) = facts::contact(response)
        {
            dialog.contact(side, hop.destination.ip(), &uri, at);
        }
        if initial {
            dialog.recorded(&facts, &hop, || facts::record_route(response));
        }
        let rseq = response.headers().find(header::RSeq).ok().flatten().map(Number::get);
        let success = status.is_success();
        let waits =
            Unacked { message: number, since: at, status: status.code(), retransmissions: 0 };
        if success && facts.method == Method::INVITE && dialog.state == State::Early {
            dialog.state = State::Confirmed;
        }
        let carrier = match (facts.method, success) {
            (Method::INVITE, true) => {
                let cseq = facts.cseq;
                let known = dialog.unacked.iter().any(|it| it.0 == cseq);
                if !known && dialog.acked_at(cseq).is_none() {
                    dialog.unacked.push((cseq, waits));
                }
                Some(Carrier::Success)
            }
            (Method::INVITE, false) => {
                if let Some(rseq) = rseq
                    && dialog.is_next_reliable(rseq)
                {
                    dialog.unpracked.push((rseq, waits));
                }
                rseq.map(|_| Carrier::Reliable)
            }
            (Method::UPDATE, true) => Some(Carrier::UpdateResponse),
            (Method::PRACK, true) => Some(Carrier::PrackResponse),
            _ => None,
        };
        if success && matches!(facts.method, Method::INVITE | Method::UPDATE) {
            // Without a Session-Expires the session does not expire (RFC 4028 §7.2).
            dialog.session = media::session_expires(response)
                .filter(|_| dialog.state == State::Confirmed)
                .map(|interval| Session { interval, since: at, message: number });
        }
        let Some(carrier) = carrier else { return };
        let described = Described::of(response);
        self.media(seen, index, side, carrier, described.as_ref(), offer);
    }
}
