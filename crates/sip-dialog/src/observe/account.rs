//! The short story of a call: who, when, and how it ended.

use std::time::Duration;

use sip_message::{Message, Method, Parts, Request, StatusCode, header};

use super::facts::{Facts, uri_of};
use super::{Hop, Side};

/// What became of a call, or of a request that makes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// There is no final response yet.
    Pending,
    /// The other side rings.
    Ringing,
    /// It was answered, and goes on.
    Answered,
    /// It was answered, and one side has hung up.
    Ended(Side),
    /// The caller has given up before there was an answer.
    Cancelled,
    /// It was refused, with this status code.
    Failed(StatusCode),
    /// A request that makes no call was answered, with this status code.
    Done(StatusCode),
    /// Its beginning was not seen.
    Unknown,
}

/// The short story of a call, from the first messages that were seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub(super) method: Box<str>,
    pub(super) from: Box<str>,
    pub(super) to: Box<str>,
    pub(super) started: Duration,
    pub(super) last: Duration,
    pub(super) invited: Option<Duration>,
    pub(super) heard: Option<Duration>,
    pub(super) ringing: Option<Duration>,
    pub(super) answered: Option<Duration>,
    pub(super) ended: Option<Duration>,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<Box<str>>,
    pub(super) caller_agent: Option<Box<str>>,
    pub(super) callee_agent: Option<Box<str>>,
    pub(super) messages: u64,
    pub(super) retransmissions: u64,
    leading: Option<Leading>,
}

/// The request whose responses tell the story: the last that began it anew.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leading {
    hop: Hop,
    cseq: u32,
    from_tag: Box<str>,
}

impl Account {
    pub(super) fn new(message: &Message, at: Duration) -> Self {
        let headers = message.headers();
        let cseq = headers.find(header::CSeq).ok().flatten();
        Self {
            method: cseq.map(|it| it.method().as_str().into()).unwrap_or_default(),
            from: uri_of(headers.find(header::From).ok().flatten()),
            to: uri_of(headers.find(header::To).ok().flatten()),
            started: at,
            last: at,
            invited: None,
            heard: None,
            ringing: None,
            answered: None,
            ended: None,
            outcome: Outcome::Unknown,
            reason: None,
            caller_agent: None,
            callee_agent: None,
            messages: 0,
            retransmissions: 0,
            leading: None,
        }
    }

    /// A request without a To tag.
    pub(super) fn request(&mut self, facts: &Facts<'_>, request: &Request, hop: Hop, at: Duration) {
        let method = request.method();
        if method == Method::CANCEL || method == Method::ACK || *self.method != *method.as_str() {
            return;
        }
        if let Some(leading) = &self.leading
            && (leading.hop.source != hop.source || leading.cseq >= facts.cseq)
        {
            return;
        }
        if self.invited.is_none() {
            self.invited = (method == Method::INVITE).then_some(at);
            self.caller_agent = product(request, "User-Agent");
        }
        self.outcome = Outcome::Pending;
        let from_tag = facts.from_tag.into();
        self.leading = Some(Leading { hop, cseq: facts.cseq, from_tag });
    }

    /// A response to a request that has no To tag.
    pub(super) fn response(
        &mut self,
        facts: &Facts<'_>,
        message: &Parts,
        status: StatusCode,
        hop: &Hop,
        at: Duration,
    ) {
        let leads = self.leading.as_ref().is_some_and(|leading| {
            leading.cseq == facts.cseq
                && *leading.from_tag == *facts.from_tag
                && leading.hop.source == hop.destination
        });
        if !leads || facts.method.as_str() != &*self.method || self.answered.is_some() {
            return;
        }
        let is_call = facts.method == Method::INVITE;
        if status.code() > 100 && is_call {
            self.heard.get_or_insert(at);
            if let Some(agent) =
                product(message, "Server").or_else(|| product(message, "User-Agent"))
            {
                self.callee_agent = Some(agent);
            }
        }
        self.outcome = match status.code() {
            100 => return,
            180..=189 if is_call => {
                self.ringing.get_or_insert(at);
                Outcome::Ringing
            }
            101..=199 => return,
            200..=299 if is_call => {
                self.answered = Some(at);
                Outcome::Answered
            }
            200..=299 => Outcome::Done(status),
            487 if is_call => Outcome::Cancelled,
            _ if is_call => Outcome::Failed(status),
            _ => Outcome::Done(status),
        };
        if status.code() >= 200 {
            self.reason(message);
            if self.answered.is_none() {
                self.ended = Some(at);
            }
        }
    }

    /// A BYE of one side.
    pub(super) fn bye(&mut self, side: Side, message: &Parts, at: Duration) {
        if self.ended.is_none() || self.answered.is_none() {
            self.ended = Some(at);
            self.outcome = Outcome::Ended(side);
            self.reason(message);
        }
    }

    /// A Reason header says why (RFC 3326).
    pub(super) fn reason(&mut self, message: &Parts) {
        if let Some(reason) = message.headers().raw("Reason") {
            self.reason = Some(String::from_utf8_lossy(reason).into());
        }
    }

    /// The method of the first request.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URI in From, of whoever has begun.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The URI in To.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// When the first message was seen.
    #[must_use]
    pub fn started(&self) -> Duration {
        self.started
    }

    /// When the last message was seen.
    #[must_use]
    pub fn last(&self) -> Duration {
        self.last
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// From the first INVITE to the first sign of the callee, a provisional response other than
    /// 100 or a final one: the post-dial delay.
    #[must_use]
    pub fn post_dial_delay(&self) -> Option<Duration> {
        Some(self.heard?.saturating_sub(self.invited?))
    }

    /// How long it rang, until it was answered or ended.
    #[must_use]
    pub fn ring_time(&self) -> Option<Duration> {
        let until = self.answered.or(self.ended).unwrap_or(self.last);
        Some(until.saturating_sub(self.ringing?))
    }

    /// From the answer to the BYE, or to the last message where there is none.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let until = self.ended.unwrap_or(self.last);
        Some(until.saturating_sub(self.answered?))
    }

    /// The last Reason header of what has ended it.
    #[must_use]
    pub fn reason_header(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// User-Agent of a side; of the callee, Server where it has one.
    #[must_use]
    pub fn agent(&self, side: Side) -> Option<&str> {
        match side {
            Side::Caller => self.caller_agent.as_deref(),
            Side::Callee => self.callee_agent.as_deref(),
        }
    }

    /// How many messages were seen.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many of them had been seen before at the same hop.
    #[must_use]
    pub fn retransmissions(&self) -> u64 {
        self.retransmissions
    }
}

fn product(message: &Parts, name: &str) -> Option<Box<str>> {
    message.headers().raw(name).map(|it| String::from_utf8_lossy(it).into())
}
