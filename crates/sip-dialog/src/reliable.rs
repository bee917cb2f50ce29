//! Reliable provisional responses (RFC 3262).

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use sip_message::{Method, Request, Response, header};

/// The RSeq of a response that is sent reliably: one with `100rel` in Require.
#[must_use]
pub fn rseq_of(response: &Response) -> Option<u32> {
    let headers = response.headers();
    if !(101..200).contains(&response.status().code()) {
        return None;
    }
    let reliable =
        headers.each(header::Require).flatten().any(|tag| tag.eq_ignore_ascii_case("100rel"));
    let rseq = headers.find(header::RSeq).ok().flatten().filter(|_| reliable)?;
    Some(rseq.get())
}

/// What a client does with a reliable provisional response (RFC 3262 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// It is the next: it is acknowledged with PRACK.
    Next,
    /// It has come before: nothing is done.
    Again,
    /// One before it is missing: it is dropped, and will come again.
    Early,
}

/// The client's side, for one early dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReliableClient {
    last: Option<u32>,
}

impl ReliableClient {
    /// Takes the RSeq of a response. The first one starts the count.
    pub fn take(&mut self, rseq: u32) -> Arrival {
        match self.last {
            Some(last) if rseq <= last => Arrival::Again,
            Some(last) if rseq != last.wrapping_add(1) => Arrival::Early,
            _ => {
                self.last = Some(rseq);
                Arrival::Next
            }
        }
    }
}

/// The server's side, for one INVITE: one response at a time waits for its PRACK.
#[derive(Clone, Debug, Default)]
pub struct ReliableServer {
    /// The RSeq of the last response that was sent.
    rseq: u32,
    waiting: Option<Waiting>,
    queue: VecDeque<Response>,
}

#[derive(Clone, Debug)]
struct Waiting {
    response: Response,
    /// Until it is sent again.
    interval: Duration,
    described: bool,
}

/// So many responses may wait for the PRACK of one before them.
const QUEUE: usize = 8;

/// Too many responses wait for the PRACK of one before them. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyWait;

impl fmt::Display for TooManyWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many provisional responses wait for PRACK")?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl TooManyWait {
    /// The section that says so.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        "RFC 3262 §3"
    }
}

impl std::error::Error for TooManyWait {}

impl ReliableServer {
    /// The number before the first, which is from 1 to 2^31-1 (RFC 3262 §3).
    #[must_use]
    pub fn new(before_first: u32) -> Self {
        Self { rseq: before_first & 0x3fff_ffff, ..Self::default() }
    }

    /// The RSeq that the next response will have.
    fn next(&self) -> u32 {
        self.rseq + 1
    }

    /// Takes a response that has no RSeq yet. What is returned is to be sent now; `None` while
    /// another waits for its PRACK.
    ///
    /// # Errors
    /// When too many wait.
    pub fn send(
        &mut self,
        response: Response,
        t1: Duration,
    ) -> Result<Option<Response>, TooManyWait> {
        if self.queue.len() >= QUEUE {
            return Err(TooManyWait);
        }
        self.queue.push_back(response);
        Ok(self.start(t1))
    }

    fn start(&mut self, t1: Duration) -> Option<Response> {
        if self.waiting.is_some() {
            return None;
        }
        let response = self.queue.pop_front()?;
        let rseq = self.next();
        let response = response.edit().set(header::RSeq, rseq).finish().ok()?;
        self.rseq = rseq;
        let described = !response.body().is_empty();
        self.waiting = Some(Waiting { response: response.clone(), interval: t1, described });
        Some(response)
    }

    /// Whether a response waits for its PRACK.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether a 2xx must wait: a response with a description has not been acknowledged (RFC 3262
    /// §3).
    #[must_use]
    pub fn holds_success(&self) -> bool {
        self.waiting.as_ref().is_some_and(|it| it.described)
            || self.queue.iter().any(|it| !it.body().is_empty())
    }

    /// Until the response is sent again.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        self.waiting.as_ref().map(|it| it.interval)
    }

    /// The response, to be sent again now; the next time comes after twice as long.
    pub fn repeat(&mut self) -> Option<Response> {
        let waiting = self.waiting.as_mut()?;
        waiting.interval = waiting.interval.saturating_mul(2);
        Some(waiting.response.clone())
    }

    /// Whether the RAck of a PRACK names the response that waits (RFC 3262 §3): its RSeq, and the
    /// CSeq number and method of the INVITE. Otherwise the PRACK is answered with 481.
    #[must_use]
    pub fn matches(&self, prack: &Request, invite: u32) -> bool {
        let Some(_) = self.waiting.as_ref() else { return false };
        prack.headers().find(header::RAck).ok().flatten().is_some_and(|rack| {
            rack.rseq() == self.rseq && rack.cseq() == invite && rack.method() == Method::INVITE
        })
    }

    /// The response that waits is acknowledged. The one that is to be sent next.
    pub fn acknowledge(&mut self, t1: Duration) -> Option<Response> {
        self.waiting = None;
        self.start(t1)
    }

    /// A final response is sent: nothing is sent again, and nothing more is.
    pub fn stop(&mut self) {
        self.waiting = None;
        self.queue.clear();
    }
}
