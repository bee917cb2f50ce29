//! A passive observer: what went wrong in a call that others make, told from the messages that
//! passed by.
//!
//! [`Observer`] is given every message of one Call-ID, with its addresses and the time, in the
//! order in which they were seen, as a monitor or a reader of captures sees them. It follows the
//! transactions of each hop (RFC 3261 §17), the dialogs of both sides (§12), offers and answers
//! (RFC 3264), reliable provisional responses (RFC 3262) and session timers (RFC 4028), and says
//! what does not fit as [`Finding`]s. The [`Account`] is the short story for a list of calls.
//!
//! Nothing is certain of what passed where nobody looked. A finding is made of what was seen: a
//! message that the capture has lost is one that was not sent.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use ahash::RandomState;
use sip_message::{HeaderName, Message, Method};

use crate::{Carrier, Meaning, OfferAnswerError, State};

mod account;
pub use account::{Account, Outcome};

mod dialog;
use dialog::Dialog;
pub use dialog::Side;

mod facts;
use facts::Facts;

mod finding;
pub use finding::{Finding, FindingKind};

mod media;
use media::Described;

mod request;
mod response;

mod transaction;
use transaction::Transaction;

/// From where to where a message goes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// Who sends it.
    pub source: SocketAddr,
    /// Who gets it.
    pub destination: SocketAddr,
}

impl Hop {
    /// The way back.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { source: self.destination, destination: self.source }
    }
}

/// How much an observer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ObserverLimits {
    /// Transactions of one call; the oldest go first. 256.
    pub transactions: usize,
    /// Dialogs of one call; more are not followed. 64.
    pub dialogs: usize,
    /// Findings about one call. 256.
    pub findings: usize,
}

impl Default for ObserverLimits {
    fn default() -> Self {
        Self { transactions: 256, dialogs: 64, findings: 256 }
    }
}

/// What an observer is told when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObserverConfig {
    /// T1 of those who are observed (RFC 3261 §17.1.1.1). Without a response or an ACK for 64 of
    /// them, there is none. 500 ms.
    pub t1: Duration,
    /// How much is held.
    pub limits: ObserverLimits,
}

impl Default for ObserverConfig {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), limits: ObserverLimits::default() }
    }
}

/// How a message fits with those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sighting {
    /// How often this very message was seen before at the same hop: 0 for a new one.
    pub retransmission: u32,
}

/// One message, and where and when it was seen.
#[derive(Clone, Copy)]
struct Seen<'a> {
    at: Duration,
    number: u64,
    hop: Hop,
    digest: u64,
    facts: Facts<'a>,
}

/// Follows the messages of one Call-ID. See the [module](self).
///
/// ```
/// use std::time::Duration;
/// use sip_dialog::observe::{Hop, Observer};
/// use sip_message::Message;
///
/// let options = Message::parse(&b"OPTIONS sip:bob@192.0.2.4 SIP/2.0\r\n\
///     Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
///     From: <sip:alice@192.0.2.1>;tag=a\r\nTo: <sip:bob@192.0.2.4>\r\n\
///     Call-ID: 1@192.0.2.1\r\nCSeq: 1 OPTIONS\r\n\r\n"[..])?;
/// let hop = Hop {
///     source: "192.0.2.1:5060".parse().unwrap(),
///     destination: "192.0.2.4:5060".parse().unwrap(),
/// };
/// let mut observer = Observer::default();
/// assert_eq!(observer.handle_message(Duration::ZERO, hop, &options).retransmission, 0);
/// let again = Duration::from_millis(500);
/// assert_eq!(observer.handle_message(again, hop, &options).retransmission, 1);
///
/// // 64 times T1 after the request came first, there is no response.
/// assert_eq!(observer.poll_timeout(), Some(Duration::from_secs(32)));
/// observer.handle_timeout(Duration::from_secs(33));
/// let finding = observer.poll_finding().unwrap();
/// assert_eq!((finding.name(), finding.message()), ("unanswered", 0));
/// assert_eq!(finding.kind().to_string(), "OPTIONS has no response in 33.0 s, sent again once");
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Observer {
    config: ObserverConfig,
    hasher: RandomState,
    account: Option<Account>,
    transactions: VecDeque<Transaction>,
    dialogs: Vec<Dialog>,
    findings: VecDeque<Finding>,
    /// What was said, of which request: at another hop it is the same mistake.
    said: BTreeSet<(&'static str, u32, Box<str>)>,
    messages: u64,
    /// When waiting for something ends, the soonest.
    deadline: Option<Duration>,
}

impl Default for Observer {
    fn default() -> Self {
        Self::new(ObserverConfig::default())
    }
}

impl Observer {
    /// An observer that has seen nothing.
    #[must_use]
    pub fn new(config: ObserverConfig) -> Self {
        Self {
            config,
            // A message that is taken for another by its digest is marked as sent again, and that
            // is all that can happen.
            hasher: RandomState::with_seeds(3261, 3262, 3264, 6665),
            account: None,
            transactions: VecDeque::new(),
            dialogs: Vec::new(),
            findings: VecDeque::new(),
            said: BTreeSet::new(),
            messages: 0,
            deadline: None,
        }
    }

    /// Takes the next message. `at` counts from any moment that is the same for all messages, and
    /// does not go back.
    pub fn handle_message(&mut self, at: Duration, hop: Hop, message: &Message) -> Sighting {
        self.handle_timeout(at);
        let number = self.messages;
        self.messages += 1;
        let account = self.account.get_or_insert_with(|| Account::new(message, at));
        account.last = at;
        account.messages += 1;
        let digest = self.hasher.hash_one(message.as_bytes());
        let seen = match Facts::of(message) {
            Ok(facts) => Seen { at, number, hop, digest, facts },
            Err(name) => {
                self.push(FindingKind::Unreadable(name), at, number);
                return Sighting::default();
            }
        };
        let retransmission = match message {
            Message::Request(request) => self.request(&seen, request),
            Message::Response(response) => self.response(&seen, response),
        };
        if retransmission > 0
            && let Some(account) = &mut self.account
        {
            account.retransmissions += 1;
        }
        Sighting { retransmission }
    }

    /// Time has passed. What was waited for until now has not come.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.expire(now, self.config.t1.saturating_mul(64));
        }
    }

    /// Nothing more will be seen. What has been waited for in vain for a while, eight times T1, is
    /// said to have not come.
    pub fn finish(&mut self, now: Duration) {
        self.handle_timeout(now);
        self.expire(now, self.config.t1.saturating_mul(8));
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to say if nothing comes before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.deadline
    }

    /// The next of what there is to say.
    pub fn poll_finding(&mut self) -> Option<Finding> {
        self.findings.pop_front()
    }

    /// The short story, as far as it is known; `None` before the first message.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Whether every request has its answer and every dialog has ended. Only retransmissions are
    /// to be expected then, or something new.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let invited = || self.transactions.iter().any(|it| it.is(Method::INVITE) && !it.is_over());
        self.transactions.iter().all(Transaction::is_over)
            && self
                .dialogs
                .iter()
                .all(|it| it.is_over() || (it.state == State::Early && !invited()))
    }

    // Sessions.

    /// A message of a dialog that can carry an offer or an answer. `offer` is what its request has
    /// offered at the same hop.
    fn media(
        &mut self,
        seen: &Seen<'_>,
        index: usize,
        side: Side,
        carrier: Carrier,
        described: Option<&Described>,
        offer: Option<&Described>,
    ) {
        let dialog = &mut self.dialogs[index];
        let is_described = described.is_some();
        let meaning = match dialog.media.take(side.sender(), carrier, is_described) {
            Err(OfferAnswerError::OfferSent | OfferAnswerError::OfferReceived) => {
                // The answer was not seen, or the two have crossed: the new offer counts.
                dialog.media = crate::OfferAnswerState::default();
                dialog.media.take(side.sender(), carrier, is_described)
            }
            taken => taken,
        };
        let wrong = match (meaning, described) {
            (Ok(Meaning::Offer), Some(described)) => {
                dialog.described(side, described);
                dialog.offer = Some(described.clone());
                None
            }
            (Ok(Meaning::Answer), Some(described)) => {
                dialog.described(side, described);
                offer.or(dialog.offer.as_ref()).and_then(|offer| offer.check_answer(described))
            }
            (Err(OfferAnswerError::Missing(carrier)), _) if dialog.is_whole => {
                // It will not come any more.
                dialog.media = crate::OfferAnswerState::default();
                Some(FindingKind::OfferWithoutAnswer(carrier))
            }
            _ => None,
        };
        if let Some(kind) = wrong {
            self.say(kind, seen);
        }
    }

    // Dialogs.

    /// The dialog that a message is in, and who has sent the request.
    fn find_dialog(&self, facts: &Facts<'_>) -> Option<(usize, Side)> {
        self.dialogs
            .iter()
            .enumerate()
            .find_map(|(index, dialog)| Some((index, dialog.side(facts.from_tag, facts.to_tag)?)))
    }

    fn add_dialog(&mut self, dialog: Dialog) -> Option<usize> {
        if self.dialogs.len() >= self.config.limits.dialogs {
            self.dialogs.retain(|it| !it.is_over());
        }
        if self.dialogs.len() >= self.config.limits.dialogs {
            return None;
        }
        self.dialogs.push(dialog);
        Some(self.dialogs.len() - 1)
    }

    /// The dialog of a request that has a To tag: one that is known, or one whose beginning was not
    /// seen.
    fn dialog_of(&mut self, seen: &Seen<'_>) -> Option<(usize, Side)> {
        let facts = seen.facts;
        if let Some(found) = self.find_dialog(&facts) {
            return Some(found);
        }
        // The callee's first request may overtake its response.
        let asked = self.transactions.iter().find(|it| {
            it.to_tag.is_empty() && *it.from_tag == *facts.to_tag && !it.from_tag.is_empty()
        });
        if let Some(asked) = asked {
            let is_call = asked.is(Method::INVITE);
            let state = if is_call { State::Early } else { State::Confirmed };
            let mut dialog = Dialog::new(facts.to_tag, facts.from_tag, state, is_call);
            if is_call {
                dialog.begin(asked.offer.as_ref());
            }
            let contact = asked.contact.clone().map(|uri| (asked.hop.destination.ip(), uri));
            if let Some((told, uri)) = contact {
                dialog.contact(Side::Caller, told, &uri, seen.at);
            }
            return Some((self.add_dialog(dialog)?, Side::Callee));
        }
        let known = |tag| self.dialogs.iter().any(|it| it.has_tag(tag));
        let changed = match (known(facts.from_tag), known(facts.to_tag)) {
            (true, false) => Some(HeaderName::TO),
            (false, true) => Some(HeaderName::FROM),
            _ => None,
        };
        if let Some(name) = changed {
            self.say(FindingKind::TagChanged(name), seen);
        }
        let is_call = !matches!(facts.method, Method::SUBSCRIBE | Method::NOTIFY);
        let mut dialog = Dialog::new(facts.from_tag, facts.to_tag, State::Confirmed, is_call);
        dialog.is_whole = false;
        Some((self.add_dialog(dialog)?, Side::Caller))
    }

    /// The dialog of a response from 101 to 299, and who has sent it.
    fn dialog_of_response(
        &mut self,
        seen: &Seen<'_>,
        initial: bool,
        offer: Option<&Described>,
    ) -> Option<(usize, Side)> {
        let facts = seen.facts;
        if let Some((index, side)) = self.find_dialog(&facts) {
            return Some((index, side.other()));
        }
        if !initial || facts.to_tag.is_empty() {
            return None;
        }
        let is_call = facts.method == Method::INVITE;
        let state = if is_call { State::Early } else { State::Confirmed };
        let mut dialog = Dialog::new(facts.from_tag, facts.to_tag, state, is_call);
        if is_call {
            dialog.begin(offer);
        }
        Some((self.add_dialog(dialog)?, Side::Callee))
    }

    // What is waited for.

    fn remember(&mut self, transaction: Transaction) {
        if self.transactions.len() >= self.config.limits.transactions.max(1) {
            let done = self.transactions.iter().position(Transaction::is_over).unwrap_or_default();
            self.transactions.remove(done);
        }
        self.transactions.push_back(transaction);
        self.wait();
    }

    /// Finds the end of the next wait.
    fn wait(&mut self) {
        let patience = self.config.t1.saturating_mul(64);
        let requests = self.transactions.iter().filter_map(|it| match &it.unacked {
            Some(unacked) => Some(unacked.since + patience),
            None => (!it.is_over() && !it.is_answered()).then(|| it.at + patience),
        });
        let responses = self.dialogs.iter().flat_map(|dialog| {
            let waiting = dialog.unacked.iter().chain(&dialog.unpracked);
            waiting.map(|(_, it)| it.since + patience)
        });
        let sessions = self.dialogs.iter().filter_map(|it| Some(it.session?.expires()));
        self.deadline = requests.chain(responses).chain(sessions).min();
    }

    /// What was waited for as long as this will not come.
    fn expire(&mut self, now: Duration, patience: Duration) {
        let mut said = Vec::new();
        for it in &mut self.transactions {
            let waited = now.saturating_sub(it.at);
            if !it.is_answered() && !it.given_up && waited >= patience {
                it.given_up = true;
                let (method, retransmissions) = (it.method.clone(), it.retransmissions);
                let kind = FindingKind::Unanswered { method, retransmissions, waited };
                said.push((kind, it.message, it.cseq, it.method.clone()));
            }
            if let Some(kind) = it.unacked.as_ref().and_then(|it| it.no_ack(now, patience)) {
                let message = it.unacked.take().map_or(it.message, |it| it.message);
                said.push((kind, message, it.cseq, it.method.clone()));
            }
        }
        for dialog in &mut self.dialogs {
            dialog.unacked.retain(|(cseq, it)| {
                let kind = it.no_ack(now, patience);
                let keep = kind.is_none();
                said.extend(kind.map(|kind| (kind, it.message, *cseq, "INVITE".into())));
                keep
            });
            dialog.unpracked.retain(|(rseq, it)| {
                let keep = now.saturating_sub(it.since) < patience;
                if !keep {
                    let kind = FindingKind::NoPrack { rseq: *rseq };
                    said.push((kind, it.message, *rseq, "PRACK".into()));
                }
                keep
            });
            if let Some(session) = dialog.session.filter(|it| it.expires() <= now) {
                dialog.session = None;
                let kind = FindingKind::SessionExpired { interval: session.interval };
                let cseq = u32::try_from(session.message).unwrap_or_default();
                said.push((kind, session.message, cseq, "".into()));
            }
        }
        for (kind, message, cseq, method) in said {
            self.say_once(kind, now, message, cseq, &method);
        }
        self.wait();
    }

    // What there is to say.

    fn say(&mut self, kind: FindingKind, seen: &Seen<'_>) {
        let method = seen.facts.method.as_str();
        self.say_once(kind, seen.at, seen.number, seen.facts.cseq, method);
    }

    /// Says it, unless the same was said of this request at another hop.
    fn say_once(&mut self, kind: FindingKind, at: Duration, message: u64, cseq: u32, method: &str) {
        let finding = Finding { kind, at, message };
        if self.said.len() < self.config.limits.findings
            && self.said.insert((finding.name(), cseq, method.into()))
        {
            self.findings.push_back(finding);
        }
    }

    fn push(&mut self, kind: FindingKind, at: Duration, message: u64) {
        let number = u32::try_from(message).unwrap_or(u32::MAX);
        self.say_once(kind, at, message, number, "");
    }
}

/// The methods whose Contact is the remote target of the other side (RFC 3261 §12.2, RFC 6665).
fn refreshes_target(method: Method<'_>) -> bool {
    matches!(
        method,
        Method::INVITE | Method::UPDATE | Method::SUBSCRIBE | Method::NOTIFY | Method::REFER
    )
}

/// The requests that can carry an offer or an answer.
fn carrier_of_request(method: Method<'_>) -> Option<Carrier> {
    match method {
        Method::INVITE => Some(Carrier::Invite),
        Method::ACK => Some(Carrier::Ack),
        Method::PRACK => Some(Carrier::Prack),
        Method::UPDATE => Some(Carrier::Update),
        _ => None,
    }
}
