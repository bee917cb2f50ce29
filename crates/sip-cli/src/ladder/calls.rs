//! The table of calls: which message belongs to which, and when a call is done.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use sip_capture::{Captured, Content, Timestamp};
use sip_dialog::observe::Hop;
use sip_message::{Message, Method, Parts, header};
use sip_uri::Host;

use super::call::{Call, Leg};
use super::entry::{Depth, Entry};

/// How many Call-IDs are followed at once. When there are more, the call that was silent for longest
/// is done.
const LEGS: usize = 50_000;
/// How many messages are held of all calls, with those that are done and wait.
const MESSAGES: usize = 1_000_000;
/// How many calls that are done wait for one before them that is not.
const DONE: usize = 10_000;
/// How many keys of other legs a call may leave behind.
const KEYS: usize = 64;

/// Calls that are followed.
#[derive(Debug)]
pub(crate) struct Calls {
    depth: Depth,
    /// Whether legs that belong together are one call.
    related: bool,
    /// How long a call that is over waits for what comes late.
    linger: Duration,
    /// The number of the call of each Call-ID, and which leg of it that is.
    legs: HashMap<Vec<u8>, (u64, usize)>,
    /// What connects legs, and the call that has it.
    keys: HashMap<String, u64>,
    live: BTreeMap<u64, Call>,
    /// Calls that are done and wait for their turn.
    done: BTreeMap<u64, Call>,
    /// How many there were.
    count: u64,
    /// How many messages they hold.
    messages: usize,
    next_scan: Timestamp,
}

impl Calls {
    pub(crate) fn new(depth: Depth, related: bool, linger: Duration) -> Self {
        Self {
            depth,
            related,
            linger,
            legs: HashMap::new(),
            keys: HashMap::new(),
            live: BTreeMap::new(),
            done: BTreeMap::new(),
            count: 0,
            messages: 0,
            next_scan: Timestamp::default(),
        }
    }

    /// Takes a message. `select` says whether it selects its call.
    pub(crate) fn push(&mut self, captured: &Captured, select: impl FnOnce(&Message) -> bool) {
        let call_id = match &captured.content {
            Content::Message(message) => message.headers().raw("Call-ID").unwrap_or_default(),
            Content::Malformed { bytes, .. } => raw_call_id(bytes).unwrap_or_default(),
        };
        let (number, leg) = match self.legs.get(call_id) {
            Some(place) => *place,
            None => self.begin(call_id, captured.time),
        };
        let Some(call) = self.live.get_mut(&number) else { return };
        let mut entry = Entry::new(captured, self.depth);
        entry.leg = leg;
        if let Content::Message(message) = &captured.content {
            let hop = Hop { source: captured.source, destination: captured.destination };
            let observer = &mut call.legs[leg].observer;
            entry.number = observer.account().map_or(0, sip_dialog::observe::Account::messages);
            // Packets of several interfaces may be out of order.
            let at = captured.time.max(call.last).since_epoch();
            entry.retransmission = observer.handle_message(at, hop, message).retransmission;
            if entry.retransmission > 0 {
                // It was said of the first.
                entry.remarks.clear();
            }
            if self.depth.drawn
                && let Some(name) = own_name(message)
            {
                call.name(captured.source, name);
            }
            call.is_selected |= select(message);
        } else {
            entry.number = u64::MAX;
        }
        let before = call.entries.len();
        call.push(entry);
        self.messages += call.entries.len() - before;
        call.collect();
        if self.related
            && let Content::Message(message) = &captured.content
        {
            self.relate(number, message);
        }
    }

    fn begin(&mut self, call_id: &[u8], time: Timestamp) -> (u64, usize) {
        if self.legs.len() >= LEGS || self.messages >= MESSAGES {
            self.make_room(time);
        }
        self.count += 1;
        let leg = Leg::new(call_id.to_vec(), time);
        self.live.insert(self.count, Call::new(self.count, leg));
        self.legs.insert(call_id.to_vec(), (self.count, 0));
        (self.count, 0)
    }

    /// Ends the calls that were silent for longest: a quarter at once, so that this is seldom done.
    fn make_room(&mut self, now: Timestamp) {
        let mut silent: Vec<_> = self.live.values().map(|it| (it.last, it.number)).collect();
        silent.sort_unstable();
        silent.truncate(silent.len() / 4 + 1);
        for (_, number) in silent {
            self.end(number, now);
        }
    }

    /// Finds the calls that a message connects.
    fn relate(&mut self, mut number: u64, message: &Message) {
        for key in keys(message) {
            match self.keys.get(&key) {
                Some(other) if *other != number && self.live.contains_key(other) => {
                    number = self.merge(number, *other);
                }
                Some(other) if *other == number => {}
                _ => {
                    let call = self.live.get_mut(&number).filter(|it| it.keys.len() < KEYS);
                    if let Some(call) = call {
                        call.keys.push(key.clone());
                        self.keys.insert(key, number);
                    }
                }
            }
        }
    }

    /// Makes one of two calls: the number of the one that has begun first.
    fn merge(&mut self, one: u64, other: u64) -> u64 {
        let (first, second) = (one.min(other), one.max(other));
        let Some(later) = self.live.remove(&second) else { return first };
        let Some(call) = self.live.get_mut(&first) else {
            self.live.insert(second, later);
            return second;
        };
        let base = call.legs.len();
        for (index, leg) in later.legs.iter().enumerate() {
            self.legs.insert(leg.call_id.clone(), (first, base + index));
        }
        for key in &later.keys {
            self.keys.insert(key.clone(), first);
        }
        call.merge(later);
        first
    }

    /// Time has passed: calls may be done.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        if now < self.next_scan {
            return;
        }
        self.next_scan = Timestamp::from_nanos(now.as_nanos() + 1_000_000_000);
        let mut over = Vec::new();
        for call in self.live.values_mut() {
            for leg in &mut call.legs {
                leg.observer.handle_timeout(now.since_epoch());
            }
            call.collect();
            if call.is_over(now, self.linger) {
                over.push(call.number);
            }
        }
        for number in over {
            self.end(number, now);
        }
    }

    /// A call is done.
    fn end(&mut self, number: u64, now: Timestamp) {
        let Some(mut call) = self.live.remove(&number) else { return };
        for leg in &mut call.legs {
            self.legs.remove(&leg.call_id);
            leg.observer.finish(now.since_epoch());
        }
        call.collect();
        for key in &call.keys {
            self.keys.remove(key);
        }
        self.done.insert(number, call);
    }

    /// The next call that is done, in the order in which they begin as far as that can be waited
    /// for; `hurry` does not wait.
    pub(crate) fn poll(&mut self, hurry: bool) -> Option<Call> {
        let first = *self.done.keys().next()?;
        let waits = self.live.keys().next().is_some_and(|live| *live < first);
        let room = self.done.len() < DONE && self.messages < MESSAGES;
        if waits && !hurry && room {
            return None;
        }
        let call = self.done.remove(&first)?;
        self.messages -= call.entries.len();
        Some(call)
    }

    /// Nothing more will come.
    pub(crate) fn finish(&mut self, now: Timestamp) {
        let all: Vec<u64> = self.live.keys().copied().collect();
        for number in all {
            self.end(number, now);
        }
    }

    /// How many calls there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// What connects a message with another Call-ID.
fn keys(message: &Message) -> Vec<String> {
    let headers = message.headers();
    let mut keys = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let Some(call_id) = headers.raw("Call-ID") {
        keys.push(format!("call {}", text(call_id)));
    }
    for name in ["Replaces", "Join", "Target-Dialog"] {
        if let Some(value) = headers.raw(name) {
            let call_id = value.split(|byte| *byte == b';').next().unwrap_or_default();
            keys.push(format!("call {}", text(call_id.trim_ascii())));
        }
    }
    // Whoever follows a REFER goes to its URI, and says who has referred.
    if let Some(request) = message.as_request() {
        if request.method() == Method::REFER
            && let Ok(Some(target)) = headers.find(header::ReferTo)
        {
            let uri = text(target.uri_bytes());
            let (uri, parameters) = uri.split_once('?').unwrap_or((&uri, ""));
            if let Some(call_id) = replaced(parameters) {
                keys.push(format!("call {call_id}"));
            }
            keys.push(format!("refer {uri}"));
        }
        if request.method() == Method::INVITE && headers.raw("Referred-By").is_some() {
            keys.push(format!("refer {}", text(request.uri_bytes())));
        }
    }
    // Each side has its own half of the identifier (RFC 7989 §5); zeros say that there is none.
    if let Some(value) = headers.raw("Session-ID") {
        let value = text(value).to_ascii_lowercase();
        let mut halves = value.split(';');
        let local = halves.next().unwrap_or_default().trim();
        let remote = halves.find_map(|it| it.trim().strip_prefix("remote="));
        for half in [Some(local), remote].into_iter().flatten() {
            if half.len() == 32 && half.bytes().any(|byte| byte != b'0') {
                keys.push(format!("session {half}"));
            }
        }
    }
    // Some rewrite the Call-ID and keep the tags, which are random enough not to be met by chance.
    keys.extend(from_tag(message).filter(|tag| tag.len() >= 6).map(|tag| format!("tag {tag}")));
    keys
}

/// The Call-ID in the Replaces header of a URI.
fn replaced(headers: &str) -> Option<String> {
    let is_replaces = |name: &str| name.eq_ignore_ascii_case("Replaces");
    let mut fields = headers.split('&').filter_map(|it| it.split_once('='));
    let (_, value) = fields.find(|(name, _)| is_replaces(name))?;
    let value = sip_uri_decoded(value);
    Some(value.split(';').next().unwrap_or_default().to_owned())
}

/// Text without its escapes (RFC 3261 §25.1, `escaped`).
fn sip_uri_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high << 4 | low).unwrap_or_default());
                rest = &behind[2..];
            }
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn from_tag(message: &Parts) -> Option<&str> {
    message.headers().find(header::From).ok().flatten()?.tag()
}

/// The name that whoever has sent a request gives itself: the host of its Via, if it is a name.
fn own_name(message: &Message) -> Option<&str> {
    let request = message.as_request()?;
    let via = request.headers().find(header::Via).ok().flatten()?;
    matches!(via.host(), Host::Name(_)).then(|| via.host_str())
}

/// The Call-ID of a message that cannot be read.
fn raw_call_id(bytes: &[u8]) -> Option<&[u8]> {
    bytes.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        let is_call_id = name.eq_ignore_ascii_case(b"Call-ID") || name.eq_ignore_ascii_case(b"i");
        is_call_id.then_some(value)
    })
}
