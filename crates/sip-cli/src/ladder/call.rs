//! Calls: messages that belong together, and what became of them.

use std::time::Duration;

use sip_capture::Timestamp;
use sip_dialog::observe::{Account, Observer, Outcome, Side};
use sip_message::Severity;

use super::entry::{Entry, Remark};
use crate::text::show;

/// How many messages of a call are kept; of more there is only a count.
const ENTRIES: usize = 5_000;

/// One Call-ID.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) call_id: Vec<u8>,
    pub(crate) observer: Observer,
    last: Timestamp,
}

/// A call: one Call-ID, or several that belong together.
#[derive(Debug)]
pub(crate) struct Call {
    /// Counts the calls of a capture, from 1 on, in the order in which they begin.
    pub(crate) number: u64,
    pub(crate) legs: Vec<Leg>,
    pub(crate) entries: Vec<Entry>,
    /// How many messages are not among the entries.
    pub(crate) left_out: u64,
    /// What the observer says of messages that are not among the entries, or of none.
    pub(crate) remarks: Vec<Remark>,
    /// The names by which participants call themselves: the host in their Via.
    pub(crate) names: Vec<(std::net::SocketAddr, String)>,
    /// By what other legs find it.
    pub(crate) keys: Vec<String>,
    pub(crate) last: Timestamp,
    pub(crate) worst: Option<Severity>,
    pub(crate) problems: u32,
    pub(crate) is_selected: bool,
}

impl Leg {
    pub(crate) fn new(call_id: Vec<u8>, time: Timestamp) -> Self {
        Self { call_id, observer: Observer::default(), last: time }
    }
}

impl Call {
    pub(crate) fn new(number: u64, leg: Leg) -> Self {
        Self {
            number,
            last: leg.last,
            legs: vec![leg],
            entries: Vec::new(),
            left_out: 0,
            remarks: Vec::new(),
            names: Vec::new(),
            keys: Vec::new(),
            worst: None,
            problems: 0,
            is_selected: false,
        }
    }

    /// Takes an entry, which the observer of its leg has seen.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.last = entry.time;
        self.legs[entry.leg].last = entry.time;
        let errors = entry.remarks.iter().map(|it| it.severity);
        self.worst = errors.chain(self.worst).max();
        self.problems += u32::try_from(entry.remarks.len()).unwrap_or_default();
        if self.entries.len() < ENTRIES {
            self.entries.push(entry);
        } else {
            self.left_out += 1;
        }
    }

    /// Takes what the observers have found.
    pub(crate) fn collect(&mut self) {
        for (index, leg) in self.legs.iter_mut().enumerate() {
            while let Some(finding) = leg.observer.poll_finding() {
                let remark = Remark {
                    severity: finding.severity(),
                    name: finding.name(),
                    text: finding.kind().to_string(),
                    rfc: finding.rfc(),
                    of_call: true,
                };
                self.worst = self.worst.max(Some(remark.severity));
                self.problems += u32::from(remark.severity > Severity::Info);
                let number = finding.message();
                let entry =
                    self.entries.iter_mut().find(|it| it.leg == index && it.number == number);
                match entry {
                    Some(entry) => entry.remarks.insert(0, remark),
                    None => self.remarks.push(remark),
                }
            }
        }
    }

    /// Takes another call into this one.
    pub(crate) fn merge(&mut self, mut other: Self) {
        let base = self.legs.len();
        self.legs.append(&mut other.legs);
        for entry in &mut other.entries {
            entry.leg += base;
        }
        self.entries.append(&mut other.entries);
        self.entries.sort_by_key(|it| (it.time, it.packet));
        self.remarks.append(&mut other.remarks);
        for (address, name) in other.names {
            self.name(address, &name);
        }
        self.keys.append(&mut other.keys);
        self.left_out += other.left_out;
        self.last = self.last.max(other.last);
        self.worst = self.worst.max(other.worst);
        self.problems += other.problems;
        self.is_selected |= other.is_selected;
    }

    pub(crate) fn name(&mut self, address: std::net::SocketAddr, name: &str) {
        if self.names.len() < 64 && !self.names.iter().any(|it| it.0 == address) {
            self.names.push((address, name.to_owned()));
        }
    }

    /// Whether nothing more is to be expected: long enough after the last message.
    pub(crate) fn is_over(&self, now: Timestamp, linger: Duration) -> bool {
        // What never ends by the book: requests whose answers were not seen, and calls without BYE.
        const FORGOTTEN: Duration = Duration::from_secs(300);
        const LONGEST: Duration = Duration::from_secs(12 * 3_600);
        let silent = now.since(self.last);
        let talks = || {
            let mut accounts = self.legs.iter().filter_map(|it| it.observer.account());
            accounts.any(|it| it.outcome() == Outcome::Answered)
        };
        silent >= linger
            && (self.legs.iter().all(|it| it.observer.is_over())
                || silent >= if talks() { LONGEST } else { FORGOTTEN })
    }

    /// The story of the first leg; there is one as soon as there is a message.
    pub(crate) fn account(&self) -> Option<&Account> {
        self.legs.iter().find_map(|it| it.observer.account())
    }

    pub(crate) fn started(&self) -> Timestamp {
        let account = self.account().map(Account::started);
        account.map_or(self.last, |it| {
            Timestamp::from_nanos(u64::try_from(it.as_nanos()).unwrap_or(u64::MAX))
        })
    }

    /// Who calls whom, and when.
    pub(crate) fn title(&self) -> String {
        let number = self.number;
        let what = self.account().map_or_else(
            || "unreadable".to_owned(),
            |account| {
                let text = |it: &str| show(it.as_bytes());
                let (from, to) = (text(account.from()), text(account.to()));
                format!("{} {from} → {to}", text(account.method()))
            },
        );
        format!("{number}  {what}  {}", self.started())
    }

    /// How it went.
    pub(crate) fn summary(&self) -> String {
        let Some(account) = self.account() else { return String::new() };
        let mut parts = vec![outcome(account)];
        let times = [
            ("post-dial delay", account.post_dial_delay()),
            ("rang", account.ring_time()),
            ("talked", account.duration()),
        ];
        for (name, time) in times {
            parts.extend(time.map(|time| format!("{name} {:.3} s", time.as_secs_f64())));
        }
        parts.extend(account.reason_header().map(|it| show(it.as_bytes())));
        if account.retransmissions() > 0 {
            parts.push(format!("{} sent again", account.retransmissions()));
        }
        parts.join(", ")
    }

    /// Whether something is wrong with it: a finding that is a warning or an error.
    pub(crate) fn has_problems(&self) -> bool {
        self.worst > Some(Severity::Info)
    }
}

/// What became of a call, in words.
pub(crate) fn outcome(account: &Account) -> String {
    match account.outcome() {
        Outcome::Pending => "no answer".to_owned(),
        Outcome::Ringing => "ringing".to_owned(),
        Outcome::Answered => "answered".to_owned(),
        Outcome::Ended(Side::Caller) => "ended by caller".to_owned(),
        Outcome::Ended(Side::Callee) => "ended by callee".to_owned(),
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::Failed(status) => format!("failed {}", status.code()),
        Outcome::Done(status) => format!("{}", status.code()),
        _ => "beginning not seen".to_owned(),
    }
}
