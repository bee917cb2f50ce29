//! A telephone that calls: so many calls, at such a rate, with what shall happen in them.
//!
//! ```text
//! cargo run -p sip-dialog --features sdp --example call -- sip:answer@127.0.0.1:5060 --calls 10
//! ```
#![allow(clippy::disallowed_methods, reason = "an example owns its socket and its clock")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sip_dialog::{
    AgentError, Call, EndCause, Event, Extra, InviteOptions, ReferOptions, Reliability,
    SubscribeOptions, Subscription, SubscriptionEnd,
};
use sip_message::{Request, StatusCode};

#[path = "common/session.rs"]
mod session;
#[path = "common/telephone.rs"]
mod telephone;
#[path = "common/udp.rs"]
mod udp;

use telephone::Telephone;

const USAGE: &str = "\
Makes calls over UDP and ends them. It ends when all are over, and with the code 0 only if each went
as it should. SIGINT and SIGTERM end it before; the last line that it prints has the counts.

Usage: call [ADDRESS:PORT] TARGET-URI [OPTIONS]

  ADDRESS:PORT        where to listen, an address that peers can reach [default: 127.0.0.1:0]
  TARGET-URI          whom to call; its host must be an address
  --calls N           how many calls [default: 1]
  --rate PER-SECOND   how many calls begin in a second [default: 10]
  --hold MS           how long a call stands before it is ended [default: 0]
  --reliable          require reliable provisional responses
  --session-timer S   ask for this session interval [default: 1800]
  --hold-resume       put the peer on hold, and take it from hold
  --update            send UPDATE with an offer
  --info              send INFO
  --refer URI         ask the peer to call this URI, and wait for what becomes of it
  --subscribe PACKAGE subscribe within the call, wait for a NOTIFY, and unsubscribe
  --cancel-after MS   take the INVITE back after this time: the call is well if it was cancelled
  --peer-ends         do not hang up: the peer does
  --t1 MS             the round-trip time that all timers are made of [default: 500]
  --stats             print the counts every second
  -h, --help          print this

Redirections are followed. What shall happen in a call happens in the order of the options above.";

/// What shall happen in a call, one after the other.
#[derive(Clone, Debug)]
enum Step {
    Hold,
    Resume,
    Update,
    Info,
    Refer(String),
    Subscribe(String),
}

struct Options {
    listen: SocketAddr,
    target: String,
    calls: u64,
    rate: u64,
    hold: Duration,
    reliable: bool,
    interval: Option<u32>,
    steps: Vec<Step>,
    cancel_after: Option<Duration>,
    peer_ends: bool,
    t1: Option<u64>,
    stats: bool,
}

fn read(arguments: &[OsString]) -> Result<Option<Options>, String> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        target: String::new(),
        calls: 1,
        rate: 10,
        hold: Duration::ZERO,
        reliable: false,
        interval: None,
        steps: Vec::new(),
        cancel_after: None,
        peer_ends: false,
        t1: None,
        stats: false,
    };
    let mut arguments = arguments.iter().map(|it| it.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        let number = |text: String| {
            text.parse::<u64>()
                .map_err(|_| format!("`{text}` is no number, which {argument} wants"))
        };
        match argument.as_str() {
            "-h" | "--help" => return Ok(None),
            "--calls" => options.calls = number(value()?)?,
            "--rate" => options.rate = number(value()?)?.max(1),
            "--hold" => options.hold = Duration::from_millis(number(value()?)?),
            "--reliable" => options.reliable = true,
            "--session-timer" => {
                options.interval = Some(u32::try_from(number(value()?)?).unwrap_or(u32::MAX));
            }
            "--hold-resume" => options.steps.extend([Step::Hold, Step::Resume]),
            "--update" => options.steps.push(Step::Update),
            "--info" => options.steps.push(Step::Info),
            "--refer" => options.steps.push(Step::Refer(value()?)),
            "--subscribe" => options.steps.push(Step::Subscribe(value()?)),
            "--cancel-after" => {
                options.cancel_after = Some(Duration::from_millis(number(value()?)?));
            }
            "--peer-ends" => options.peer_ends = true,
            "--t1" => options.t1 = Some(number(value()?)?),
            "--stats" => options.stats = true,
            text if text.starts_with("sip:") => options.target = text.to_owned(),
            text if !text.starts_with('-') => {
                options.listen = text.parse().map_err(|_| {
                    format!("`{text}` is neither a SIP URI nor an address and port")
                })?;
            }
            _ => return Err(format!("unexpected argument `{argument}`")),
        }
    }
    match options.target.is_empty() {
        true => Err("there must be a TARGET-URI, such as sip:answer@127.0.0.1:5060".into()),
        false => Ok(Some(options)),
    }
}

fn main() -> ExitCode {
    session::main(USAGE, read, run)
}

/// What is known of a call.
#[derive(Debug, Default)]
struct Known {
    /// What has not happened yet.
    steps: Vec<Step>,
    subscription: Option<Subscription>,
    /// Whether all went well so far.
    failed: bool,
    established: bool,
}

struct Caller<'o> {
    options: &'o Options,
    phone: Telephone,
    calls: BTreeMap<Call, Known>,
    /// What is to be done, and when.
    agenda: BTreeSet<(Instant, Call, bool)>,
    begun: u64,
    completed: u64,
    failed: u64,
}

/// How long the rest may take after a signal.
const PATIENCE: Duration = Duration::from_secs(4);

fn run(options: &Options) -> io::Result<()> {
    let phone = Telephone::new("call", options.listen, options.t1, |config| {
        config.follow_redirects = 3;
        if options.reliable {
            config.reliability = Reliability::Required;
        }
        if let (Some(interval), Some(timer)) = (options.interval, &mut config.session_timer) {
            timer.interval = interval;
        }
    })?;
    let mut session = session::Session::start(options.stats, phone.local)?;
    let mut caller = Caller {
        options,
        phone,
        calls: BTreeMap::new(),
        agenda: BTreeSet::new(),
        begun: 0,
        completed: 0,
        failed: 0,
    };
    let start = Instant::now();
    let mut stop_at = None;
    loop {
        let over = caller.begun == options.calls && caller.calls.is_empty();
        // What lingers in the transaction layer is waited for, so that nothing is left.
        if over && caller.phone.agent.endpoint().is_empty() {
            break;
        }
        if !session.goes_on() {
            let end = *stop_at.get_or_insert_with(|| {
                caller.hang_up_all();
                Instant::now() + PATIENCE
            });
            if caller.calls.is_empty() || Instant::now() >= end {
                break;
            }
        }
        let next_call = (stop_at.is_none() && caller.begun < options.calls)
            .then(|| start + Duration::from_nanos(1_000_000_000 / options.rate * caller.begun));
        let next = caller.agenda.first().map(|it| it.0);
        let now = caller.phone.receive([next_call, next].into_iter().flatten().min())?;
        if next_call.is_some_and(|at| at <= now) {
            caller.begin(now);
        }
        caller.turn(now);
        session.report(now, &caller.counts())?;
    }
    let all_well = caller.completed == options.calls;
    let counts = caller.counts();
    session.end(&counts)?;
    match all_well {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "{} of {} calls have completed",
            caller.completed, options.calls
        ))),
    }
}

impl Caller<'_> {
    fn begin(&mut self, now: Instant) {
        self.begun += 1;
        let Some(flow) = self.phone.flow_to(&self.options.target) else {
            eprintln!("{} has no address", self.options.target);
            self.failed += 1;
            return;
        };
        let media = self.phone.media();
        let options = InviteOptions::negotiated(media);
        match self.phone.agent.invite(now, flow, &self.options.target, options) {
            Ok(call) => {
                let steps = self.options.steps.iter().rev().cloned().collect();
                self.calls.insert(call, Known { steps, ..Known::default() });
                if let Some(after) = self.options.cancel_after {
                    self.agenda.insert((now + after, call, true));
                }
            }
            Err(error) => {
                eprintln!("no call: {error}");
                self.failed += 1;
            }
        }
    }

    /// Deals with what has happened and what is to be done, and sends what is to be sent.
    fn turn(&mut self, now: Instant) {
        while let Some(first) = self.agenda.first().copied().filter(|it| it.0 <= now) {
            self.agenda.remove(&first);
            let (_, call, cancel) = first;
            let done = match cancel {
                true => self.phone.agent.cancel(now, call, None),
                false => self.step(now, call),
            };
            self.check(call, done);
        }
        while let Some(event) = self.phone.agent.poll_event() {
            self.happened(now, event);
        }
        self.phone.send(now);
    }

    fn check(&mut self, call: Call, done: Result<(), AgentError>) {
        if let Err(error) = done
            && let Some(known) = self.calls.get_mut(&call)
        {
            eprintln!("not done: {error}");
            known.failed = true;
        }
    }

    /// Does the next thing that shall happen in a call; after the last, the end.
    fn step(&mut self, now: Instant, call: Call) -> Result<(), AgentError> {
        let Some(known) = self.calls.get_mut(&call) else { return Ok(()) };
        let agent = &mut self.phone.agent;
        match known.steps.pop() {
            None if self.options.peer_ends => Ok(()),
            None => agent.hang_up(now, call),
            Some(Step::Hold) => agent.hold(now, call),
            Some(Step::Resume) => agent.resume(now, call),
            Some(Step::Update) => agent.renegotiate(now, call),
            Some(Step::Info) => agent.info(now, call, Extra::new()).map(drop),
            Some(Step::Refer(target)) => {
                let mut options = ReferOptions::default();
                options.call = Some(call);
                let flow = agent.call(call).ok_or(AgentError::Gone)?.flow;
                known.subscription = Some(agent.refer(now, flow, "", &target, options)?);
                Ok(())
            }
            Some(Step::Subscribe(package)) => {
                let mut options = SubscribeOptions::default();
                options.call = Some(call);
                let flow = agent.call(call).ok_or(AgentError::Gone)?.flow;
                known.subscription = Some(agent.subscribe(now, flow, "", &package, options)?);
                Ok(())
            }
        }
    }

    /// Goes on with a call: at once while things shall happen in it, and with its end when it has
    /// stood for long enough.
    fn go_on(&mut self, now: Instant, call: Call) {
        let Some(known) = self.calls.get(&call) else { return };
        let after = if known.steps.is_empty() { self.options.hold } else { Duration::ZERO };
        self.agenda.insert((now + after, call, false));
    }

    fn happened(&mut self, now: Instant, event: Event) {
        match event {
            Event::Answered { call, .. } => {
                if let Some(known) = self.calls.get_mut(&call) {
                    known.established = true;
                }
                self.go_on(now, call);
            }
            // Only what we have asked for brings a response.
            Event::Changed { call, message } if message.as_response().is_some() => {
                self.go_on(now, call);
            }
            Event::ChangeFailed { call, status, retried: false, .. } => {
                eprintln!("not changed: {status}");
                if let Some(known) = self.calls.get_mut(&call) {
                    known.failed = true;
                }
                self.go_on(now, call);
            }
            Event::Response { response, .. } if response.status().is_final() => {
                let calls: Vec<Call> = self.calls.keys().copied().collect();
                let named = |call: &Call| {
                    let dialog = self.phone.agent.dialog(*call).ok();
                    let call_id = response.headers().raw("Call-ID");
                    dialog.is_some_and(|it| Some(it.id().call_id.as_bytes()) == call_id)
                };
                if let Some(call) = calls.into_iter().find(named) {
                    self.go_on(now, call);
                }
            }
            Event::Notified { subscription, request } => self.notified(now, subscription, &request),
            Event::Unsubscribed { subscription, cause, .. } => {
                let ended = [SubscriptionEnd::Unsubscribed, SubscriptionEnd::NoResource];
                if let Some(call) = self.call_of(subscription) {
                    if !ended.contains(&cause) {
                        eprintln!("subscription: {cause:?}");
                    }
                    if let Some(known) = self.calls.get_mut(&call) {
                        known.failed |= !ended.contains(&cause);
                        known.subscription = None;
                    }
                    self.go_on(now, call);
                }
            }
            Event::Ended { call, cause, .. } => self.ended(call, cause),
            Event::Request { incoming, .. } => {
                let answered =
                    self.phone.agent.respond(now, incoming, StatusCode::OK, Extra::new());
                if let Err(error) = answered {
                    eprintln!("not answered: {error}");
                }
            }
            _ => {}
        }
    }

    fn call_of(&self, subscription: Subscription) -> Option<Call> {
        let mut calls = self.calls.iter();
        calls.find(|(_, known)| known.subscription == Some(subscription)).map(|(call, _)| *call)
    }

    /// A subscription of ours that is told something is ended; what a REFER tells ends by itself.
    fn notified(&mut self, now: Instant, subscription: Subscription, notify: &Request) {
        let terminated = notify
            .headers()
            .raw("Subscription-State")
            .is_some_and(|state| state.starts_with(b"terminated"));
        if sip_dialog::refer_status(notify).is_none() && !terminated {
            // To unsubscribe twice does no harm.
            let _ = self.phone.agent.unsubscribe(now, subscription);
        }
    }

    fn ended(&mut self, call: Call, cause: EndCause) {
        let Some(known) = self.calls.remove(&call) else { return };
        let well = match cause {
            EndCause::HungUp => {
                known.established && known.steps.is_empty() && !self.options.peer_ends
            }
            EndCause::PeerHungUp => known.established && self.options.peer_ends,
            EndCause::Cancelled => self.options.cancel_after.is_some(),
            _ => false,
        };
        if well && !known.failed {
            self.completed += 1;
        } else {
            eprintln!("a call has ended: {cause:?}");
            self.failed += 1;
        }
    }

    fn hang_up_all(&mut self) {
        let now = Instant::now();
        let calls: Vec<Call> = self.calls.keys().copied().collect();
        for call in calls {
            // Those that are being ended already go on with it.
            let _ = self.phone.agent.hang_up(now, call);
        }
        self.phone.send(now);
    }

    fn counts(&self) -> [(&'static str, u64); 6] {
        let [calls, dialogs, transactions] = self.phone.left();
        [
            ("completed", self.completed),
            ("failed", self.failed),
            calls,
            dialogs,
            transactions,
            ("retransmitted", self.phone.agent.endpoint().metrics().retransmitted),
        ]
    }
}
