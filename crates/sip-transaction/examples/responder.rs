//! Answers OPTIONS and MESSAGE with 200, and what it does not know with 501 and Allow.
//!
//! It is the tutorial of [`Endpoint`]: a transaction layer needs a socket, a clock and this loop.
//!
//! ```console
//! $ cargo run -p sip-transaction --example responder -- 127.0.0.1:5060 --stats
//! ```
#![allow(clippy::disallowed_methods, reason = "a program owns its socket and its clock")]

use std::error::Error;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::{Method, Request, Response, StatusCode, header};
use sip_transaction::{Config, Endpoint, Event, Flow, Metrics, Transmit, TransportFailure};

#[path = "common/cli.rs"]
mod cli;

/// The longest that a signal waits for its answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// So many datagrams are taken before the other work is done.
const BATCH: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = cli::Arguments::read("Answers OPTIONS and MESSAGE over UDP.");
    let stop = cli::stop_flag()?;
    let socket = UdpSocket::bind(arguments.listen).unwrap_or_else(|error| {
        cli::fail(&format!("cannot listen on {}: {error}", arguments.listen))
    });
    let local = socket.local_addr()?;
    println!("listening on {local}");

    // Branches and tags must not be guessed, so the seed comes from the system.
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let mut endpoint = Endpoint::new(Config::default(), seed);

    let mut buffer = vec![0; 65_535];
    let mut each_second = cli::EachSecond::from(Instant::now());
    while !cli::is_set(&stop) {
        // 1. Wait for a datagram, but not longer than for the next timer.
        let now = Instant::now();
        let timer =
            endpoint.poll_timeout().map_or(PATIENCE, |at| at.saturating_duration_since(now));
        // A read timeout of nothing would be none at all.
        let wait = timer.clamp(Duration::from_millis(1), PATIENCE);
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(wait))?;
        for _ in 0..BATCH {
            match socket.recv_from(&mut buffer) {
                Ok((length, remote)) => {
                    let datagram = Bytes::copy_from_slice(&buffer[..length]);
                    endpoint.handle_datagram(Instant::now(), Flow::udp(local, remote), datagram);
                    // What else is there is taken without waiting.
                    socket.set_nonblocking(true)?;
                }
                Err(error) if cli::is_nothing(error.kind()) => break,
                Err(error) => return Err(error.into()),
            }
        }

        // 2. Tell what time it is.
        let now = Instant::now();
        endpoint.handle_timeout(now);

        // 3. See what has happened, and answer.
        while let Some(event) = endpoint.poll_event() {
            if let Event::Request { transaction, request, .. } = event {
                let response = answer(&request)?;
                endpoint.send_response(now, transaction, &response)?;
            }
        }

        // 4. Send what is to be sent.
        while let Some(Transmit { flow, bytes, transaction, .. }) = endpoint.poll_transmit() {
            let sent = socket.send_to(&bytes, flow.remote);
            if let (Err(_), Some(transaction)) = (sent, transaction) {
                let failure = TransportFailure::Transaction(transaction);
                endpoint.handle_transport_error(now, failure);
            }
        }

        if arguments.stats && each_second.has_passed(now) {
            print(&endpoint.metrics());
        }
    }
    print(&endpoint.metrics());
    Ok(())
}

/// The tag of To is the same for all: who answers at once has no dialogs to tell apart.
fn answer(request: &Request) -> Result<Response, Box<dyn Error>> {
    let known = [Method::OPTIONS, Method::MESSAGE];
    let status = match known.contains(&request.method()) {
        true => StatusCode::OK,
        false => StatusCode::NOT_IMPLEMENTED,
    };
    let mut response = request.respond(status);
    response.to_tag("responder");
    if request.method() != Method::MESSAGE {
        response.header(header::Allow, known.map(Method::as_str));
    }
    Ok(response.build()?)
}

fn print(metrics: &Metrics) {
    println!(
        "received {} started {} absorbed {} sent {} malformed {} strays {} live {}",
        metrics.received,
        metrics.server_started,
        metrics.absorbed,
        metrics.sent,
        metrics.malformed,
        metrics.strays,
        metrics.server_transactions,
    );
}
