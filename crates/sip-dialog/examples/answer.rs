//! A telephone that answers: it takes calls over UDP and goes along with whatever happens in them.
//!
//! ```text
//! cargo run -p sip-dialog --features sdp --example answer -- 127.0.0.1:5060 --stats
//! ```
#![allow(clippy::disallowed_methods, reason = "an example owns its socket and its clock")]

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sip_dialog::{
    AgentError, Body, Call, Event, Extra, InviteOptions, Notification, SubscriptionState,
};
use sip_message::{Request, StatusCode, header};

#[path = "common/session.rs"]
mod session;
#[path = "common/telephone.rs"]
mod telephone;
#[path = "common/udp.rs"]
mod udp;

use telephone::Telephone;

const USAGE: &str = "\
Takes calls over UDP: it rings, answers with a session description, and goes along with what happens
then: re-INVITE, UPDATE, PRACK, session timers, REFER, SUBSCRIBE, INFO, MESSAGE, OPTIONS. SIGINT and
SIGTERM end it; the last line that it prints has the counts.

Usage: answer [ADDRESS:PORT] [--stats] [--t1 MS]

  ADDRESS:PORT  where to listen, an address that peers can reach [default: 127.0.0.1:5060]
  --stats       print the counts every second
  --t1 MS       the round-trip time that all timers are made of [default: 500]
  -h, --help    print this

The user part of the Request-URI says how a call is taken:

  busy          it is refused with 486
  redirect      it is sent to `answer` at the same address, with 302
  reliable      it rings with 183 and a description, sent reliably
  ring          it rings, and is never answered
  anything else it rings, and is answered";

struct Options {
    listen: SocketAddr,
    stats: bool,
    t1: Option<u64>,
}

fn read(arguments: &[OsString]) -> Result<Option<Options>, String> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 5060));
    let mut options = Options { listen, stats: false, t1: None };
    let mut arguments = arguments.iter().map(|it| it.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match &*argument {
            "-h" | "--help" => return Ok(None),
            "--stats" => options.stats = true,
            "--t1" => {
                let number = arguments.next().and_then(|it| it.parse().ok());
                options.t1 = Some(number.ok_or("--t1 wants a number of milliseconds")?);
            }
            text if !text.starts_with('-') => {
                let address = text.parse();
                options.listen = address.map_err(|_| {
                    format!("`{text}` is no address and port, such as 127.0.0.1:5060")
                })?;
            }
            _ => return Err(format!("unexpected argument `{argument}`")),
        }
    }
    Ok(Some(options))
}

fn main() -> ExitCode {
    session::main(USAGE, read, serve)
}

/// How long calls that are still there may take to end.
const PATIENCE: Duration = Duration::from_secs(4);

fn serve(options: &Options) -> io::Result<()> {
    let mut phone = Telephone::new("answer", options.listen, options.t1, |_| {})?;
    let mut session = session::Session::start(options.stats, phone.local)?;
    let mut answered = 0;
    while session.goes_on() {
        let now = phone.receive(None)?;
        turn(&mut phone, now, &mut answered);
        session.report(now, &counts(&phone, answered))?;
    }
    // Those that are still there are ended; nobody waits long for the other side.
    let end = Instant::now() + PATIENCE;
    let calls: Vec<Call> = phone.agent.calls().map(|(call, _)| call).collect();
    for call in calls {
        // Those that are being ended already go on with it.
        let _ = phone.agent.hang_up(Instant::now(), call);
    }
    phone.send(Instant::now());
    while phone.agent.counts().calls > 0 && Instant::now() < end {
        let now = phone.receive(Some(end))?;
        turn(&mut phone, now, &mut answered);
    }
    session.end(&counts(&phone, answered))
}

/// Deals with what has happened, and sends what is to be sent.
fn turn(phone: &mut Telephone, now: Instant, answered: &mut u64) {
    while let Some(event) = phone.agent.poll_event() {
        if let Err(error) = happened(phone, now, event, answered) {
            // A peer may have been faster: what was to be answered is over.
            eprintln!("not done: {error}");
        }
    }
    phone.send(now);
}

fn happened(
    phone: &mut Telephone,
    now: Instant,
    event: Event,
    answered: &mut u64,
) -> Result<(), AgentError> {
    match event {
        Event::Incoming { call, request, .. } => {
            let media = phone.media();
            phone.agent.set_negotiator(call, media)?;
            take(phone, now, call, &request)
        }
        Event::Confirmed { .. } => {
            *answered += 1;
            Ok(())
        }
        Event::ReferAsked { notification, request, .. } => {
            refer(phone, now, notification, &request)
        }
        Event::SubscriptionAsked { notification, .. } => {
            phone.agent.accept_subscription(now, notification, Extra::new())?;
            tell(phone, now, notification)
        }
        Event::SubscriptionRefreshed { notification, .. } => tell(phone, now, notification),
        Event::Request { incoming, .. } => {
            phone.agent.respond(now, incoming, StatusCode::OK, Extra::new())
        }
        _ => Ok(()),
    }
}

/// Takes a call as its Request-URI says.
fn take(
    phone: &mut Telephone,
    now: Instant,
    call: Call,
    invite: &Request,
) -> Result<(), AgentError> {
    let agent = &mut phone.agent;
    let user = invite.uri().ok().and_then(|uri| uri.user().map(str::to_owned));
    match user.as_deref() {
        Some("busy") => agent.reject(now, call, StatusCode::BUSY_HERE, Extra::new()),
        Some("redirect") => {
            let target = format!("sip:answer@{}", phone.local);
            agent.redirect(now, call, &[&target])
        }
        Some("ring") => agent.ring(now, call, StatusCode::RINGING, Extra::new()),
        Some("reliable") => {
            agent.ring_with_media(now, call, StatusCode::SESSION_PROGRESS, Extra::new())?;
            // The 200 waits for the PRACK.
            agent.accept(now, call, Extra::new())
        }
        _ => {
            agent.ring(now, call, StatusCode::RINGING, Extra::new())?;
            agent.accept(now, call, Extra::new())
        }
    }
}

/// Calls whom a REFER names.
fn refer(
    phone: &mut Telephone,
    now: Instant,
    notification: Notification,
    request: &Request,
) -> Result<(), AgentError> {
    phone.agent.accept_subscription(now, notification, Extra::new())?;
    let refer_to = request.headers().find(header::ReferTo).ok().flatten();
    let uri = refer_to.and_then(|it| it.uri().ok());
    let Some(flow) = uri.and_then(|uri| phone.flow_to(uri.as_str())) else {
        return phone.agent.notify_refer(now, notification, StatusCode::NOT_FOUND);
    };
    let media = phone.media();
    let called =
        phone.agent.follow_refer(now, notification, flow, InviteOptions::negotiated(media));
    called.map(drop)
}

/// Tells a subscriber that there is somebody.
fn tell(phone: &mut Telephone, now: Instant, notification: Notification) -> Result<(), AgentError> {
    let text = "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
        entity=\"sip:answer@localhost\"><tuple id=\"a\"><status><basic>open</basic></status></tuple>\
        </presence>";
    let extra = Extra::new().body(Body::new("application/pidf+xml", text));
    phone.agent.notify(now, notification, SubscriptionState::Active, extra)
}

fn counts(phone: &Telephone, answered: u64) -> [(&'static str, u64); 5] {
    let [calls, dialogs, transactions] = phone.left();
    let metrics = phone.agent.endpoint().metrics();
    [("answered", answered), calls, dialogs, transactions, ("retransmitted", metrics.retransmitted)]
}
