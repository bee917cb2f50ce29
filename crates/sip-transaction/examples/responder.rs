//! A user agent that answers OPTIONS and MESSAGE, over UDP: all that a program does around an
//! [`Endpoint`].
//!
//! ```text
//! cargo run -p sip-transaction --example responder -- 127.0.0.1:5060 --stats
//! ```
#![allow(clippy::disallowed_methods, reason = "an example owns its socket and its clock")]

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{Config, Endpoint, Event, Flow, SendError, TransportFailure};

#[path = "common/cli.rs"]
mod cli;
#[path = "common/session.rs"]
mod session;
#[path = "common/udp.rs"]
mod udp;

const USAGE: &str = "\
Answers OPTIONS and MESSAGE with 200 over UDP, and other requests with 501. SIGINT and SIGTERM end
it; the last line that it prints has the counts.

Usage: responder [ADDRESS:PORT] [--stats]

  ADDRESS:PORT  where to listen [default: 127.0.0.1:5060]; port 0: any that is free. A wildcard
                such as 0.0.0.0:5060 will do: only a program that sends requests must name an
                address of its own in its Via
  --stats       print the counts every second
  -h, --help    print this";

const ALLOW: [Method<'static>; 2] = [Method::OPTIONS, Method::MESSAGE];

fn main() -> ExitCode {
    session::main(USAGE, cli::Options::read, serve)
}

fn serve(options: &cli::Options) -> io::Result<()> {
    let mut socket = udp::Socket::bind(options.listen)?;
    let local = socket.local_addr()?;
    let mut session = session::Session::start(options.stats, local)?;

    // Branches are made of the seed: nobody may be able to guess it.
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let mut config = Config::default();
    // This program sends to nobody but to who has asked.
    config.multicast_maddr = false;
    let mut endpoint = Endpoint::new(config, seed);

    while session.goes_on() {
        // 1. When does the next timer fire? Until then there is time to wait for messages.
        let wait = endpoint
            .poll_timeout()
            .map_or(Duration::MAX, |time| time.saturating_duration_since(Instant::now()));
        let datagrams = socket.receive(wait)?;

        // One look at the clock is enough for all that follows.
        let now = Instant::now();

        // 2. What has come goes in. The endpoint recognises what it has answered before and
        //    answers it again; it answers what cannot be read with 400.
        for (remote, datagram) in datagrams {
            endpoint.handle_datagram(now, Flow::udp(local, remote), datagram);
        }

        // 3. So does the time. Without messages it is the only thing that happens.
        endpoint.handle_timeout(now);

        // 4. What has happened? This program cares about new requests only.
        while let Some(event) = endpoint.poll_event() {
            if let Event::Request { transaction, request, .. } = event {
                // What cannot be answered is left alone: the endpoint forgets it in time.
                let answered = answer(&request)
                    .and_then(|response| endpoint.send_response(now, transaction, &response));
                if let Err(error) = answered {
                    eprintln!("not answered: {error}");
                }
            }
        }

        // 5. What is to be sent? If it cannot be, the endpoint wants to know.
        while let Some(transmit) = endpoint.poll_transmit() {
            let sent = socket.send(&transmit.bytes, transmit.flow.remote);
            if sent.is_err()
                && let Some(transaction) = transmit.transaction
            {
                let failure = TransportFailure::Transaction(transaction);
                endpoint.handle_transport_error(now, failure);
            }
        }

        session.report(now, &counts(&endpoint))?;
    }
    session.end(&counts(&endpoint))
}

/// What a user agent server does with a request (RFC 3261 §8.2).
fn answer(request: &Request) -> Result<Response, SendError> {
    // §8.2.2.3: extensions without which the request must not be understood. There are none here.
    let required: Vec<_> = request.headers().each(header::Require).flatten().collect();
    let status = match request.method() {
        method if !ALLOW.contains(&method) => StatusCode::NOT_IMPLEMENTED,
        _ if !required.is_empty() => StatusCode::BAD_EXTENSION,
        _ => StatusCode::OK,
    };
    let mut response = request.respond(status);
    // §19.3: a tag is random. The endpoint sends this same response for each retransmission.
    response.to_tag(&tag());
    match (status, request.method()) {
        (StatusCode::NOT_IMPLEMENTED, _) => {
            response.header(header::Allow, ALLOW);
        }
        (StatusCode::BAD_EXTENSION, _) => {
            response.header(header::Unsupported, required);
        }
        // §11.2: what this user agent can do. It takes any MESSAGE, for it reads none.
        (_, Method::OPTIONS) => {
            response.header(header::Allow, ALLOW).header(header::Accept, "*/*");
        }
        // RFC 3428 §7: no Contact and no body.
        _ => {}
    }
    Ok(response.build()?)
}

fn tag() -> String {
    format!("{:016x}", getrandom::u64().expect("the system has random numbers"))
}

fn counts(endpoint: &Endpoint) -> [(&'static str, u64); 8] {
    let metrics = endpoint.metrics();
    [
        ("requests", metrics.server_started),
        ("received", metrics.received),
        ("sent", metrics.sent),
        ("absorbed", metrics.absorbed),
        ("retransmitted", metrics.retransmitted),
        ("malformed", metrics.malformed),
        ("refused", metrics.overloads),
        ("live", metrics.server_transactions),
    ]
}
