//! A stateless proxy (RFC 3261 §16.11) over UDP: it remembers nothing, so it needs no endpoint, only
//! the functions of [`proxy`] and [`transport`].
//!
//! ```text
//! cargo run -p sip-transaction --example stateless_proxy -- 127.0.0.1:5060 --stats
//! ```
//!
//! It forwards for everybody and to everywhere: not what to run on the open Internet.
#![allow(clippy::disallowed_methods, reason = "an example owns its socket and its clock")]

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::encode::{NameAddrBuilder, ViaBuilder};
use sip_message::value::Via;
use sip_message::{
    Message, Method, Parser, Request, Response, StatusCode, header, respond_to_malformed,
};
use sip_transaction::{Transport, proxy, transport};
use sip_uri::UriRef;

#[path = "common/cli.rs"]
mod cli;
#[path = "common/session.rs"]
mod session;
#[path = "common/udp.rs"]
mod udp;

const USAGE: &str = "\
Forwards SIP requests over UDP to the address in their Route or Request-URI, and responses back,
without state. SIGINT and SIGTERM end it; the last line that it prints has the counts.

Usage: stateless_proxy [ADDRESS:PORT] [--stats]

  ADDRESS:PORT  where to listen [default: 127.0.0.1:5060]; port 0: any that is free. It stands in
                the Via of what is forwarded, so it must be an address that others can reach
  --stats       print the counts every second
  -h, --help    print this";

fn main() -> ExitCode {
    session::main(USAGE, cli::Options::read, serve)
}

fn serve(options: &cli::Options) -> io::Result<()> {
    if options.listen.ip().is_unspecified() {
        let error = format!("{} cannot stand in a Via: name one address", options.listen.ip());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
    }
    let mut socket = udp::Socket::bind(options.listen)?;
    let local = socket.local_addr()?;
    let mut session = session::Session::start(options.stats, local)?;
    let mut key = [0; 16];
    getrandom::fill(&mut key)?;
    let mut proxy = Proxy { local, key, parser: Parser::new(), counts: Counts::default() };

    let mut outgoing = Vec::new();
    while session.goes_on() {
        // No timers: whoever lost a message sends it again.
        let datagrams = socket.receive(Duration::MAX)?;
        outgoing.extend(datagrams.filter_map(|(source, datagram)| proxy.take(source, datagram)));
        for (remote, bytes) in outgoing.drain(..) {
            // Neither does anybody wait for what cannot be sent.
            proxy.counts.unsent += u64::from(socket.send(&bytes, remote).is_err());
        }
        session.report(Instant::now(), &proxy.counts.list())?;
    }
    session.end(&proxy.counts.list())
}

struct Proxy {
    local: SocketAddr,
    /// Makes the branches: without it, nobody can tell which one a request will get.
    key: [u8; 16],
    parser: Parser,
    counts: Counts,
}

impl Proxy {
    /// Takes a datagram and says what is to be sent for it, and where to.
    fn take(&mut self, source: SocketAddr, datagram: Bytes) -> Option<udp::Datagram> {
        let (outgoing, count) = match self.parser.parse(datagram.clone()) {
            Ok(Message::Request(request)) => match self.forward(source, &request) {
                Ok(forwarded) => (Some(forwarded), &mut self.counts.requests),
                Err(status) => (self.answer(source, &request, status), &mut self.counts.answered),
            },
            Ok(Message::Response(response)) => {
                (self.pass_back(&response), &mut self.counts.responses)
            }
            // Keep-alives come here as well, and are no requests that could be answered.
            Err(error) => {
                let answer = respond_to_malformed(&datagram, &error)
                    .and_then(|mut answer| answer.to_tag("malformed").build().ok());
                (answer.map(|answer| (source, answer.to_bytes())), &mut self.counts.answered)
            }
        };
        match outgoing {
            Some(_) => *count += 1,
            None => self.counts.dropped += 1,
        }
        outgoing
    }

    /// A request on its way to the next hop, or the status to answer it with (RFC 3261 §16.3 to
    /// §16.6). ACK and CANCEL are forwarded like all others (§16.11).
    fn forward(&self, source: SocketAddr, received: &Request) -> Result<udp::Datagram, StatusCode> {
        // §18.2.1: the response must find its way back from here.
        let bad = StatusCode::BAD_REQUEST;
        let stamped = transport::stamp_source(received, source).map_err(|_| bad)?;
        let request = stamped.as_ref().unwrap_or(received);
        let headers = request.headers();

        // §16.3: may it be forwarded?
        let target = request.uri().map_err(|_| bad)?;
        if !target.is_sip() {
            return Err(StatusCode::UNSUPPORTED_URI_SCHEME);
        }
        let max_forwards = proxy::max_forwards(request)?;
        if headers.each(header::ProxyRequire).next().is_some() {
            return Err(StatusCode::BAD_EXTENSION);
        }

        // §16.4: a Route that names this proxy has done its work.
        let mut edit = request.edit();
        let mut routes = headers.each(header::Route).map(|route| route.ok()?.uri().ok());
        let mut route = routes.next();
        if route.flatten().and_then(address) == Some(self.local) {
            edit.remove_first(header::Route);
            route = routes.next();
        }

        // §16.5, §16.6 step 7: the next hop. A name would have to be looked up (RFC 3263), and this
        // proxy looks up nothing; nor does it know anybody that could be reached at its own
        // address. Without a target the answer is 480.
        let route = route.map(|uri| uri.ok_or(bad)).transpose()?;
        let next_hop = address(route.unwrap_or(target)).filter(|next| *next != self.local);
        let next_hop = next_hop.ok_or(StatusCode::TEMPORARILY_UNAVAILABLE)?;

        // §16.6 step 6: a strict router wants itself in the Request-URI, and the target last.
        if let Some(route) = route.filter(|route| !route.lr()) {
            let last = NameAddrBuilder::new(target).map_err(|_| bad)?;
            edit.append(header::Route, last).remove_first(header::Route).set_uri(route);
        }

        // §16.6 steps 3 and 8. §16.11: a retransmission gets the same branch.
        let branch = proxy::stateless_branch(self.key, received).ok_or(bad)?;
        let via = ViaBuilder::at(Transport::Udp.via_name(), self.local)
            .and_then(|via| via.branch(&branch))
            .map_err(|_| bad)?;
        edit.set(header::MaxForwards, max_forwards).prepend(header::Via, via);
        Ok((next_hop, edit.finish().map_err(|_| bad)?.to_bytes()))
    }

    /// A response of this proxy's own, without a transaction (RFC 3261 §8.2.7). `None` for an ACK,
    /// and for a request whose Via cannot be read.
    fn answer(
        &self,
        source: SocketAddr,
        request: &Request,
        status: StatusCode,
    ) -> Option<udp::Datagram> {
        if request.method() == Method::ACK {
            return None;
        }
        // The tag is the same for each retransmission, as the branch would be.
        let tag = proxy::stateless_branch(self.key, request)?;
        let stamped = transport::stamp_source(request, source).ok()?;
        let request = stamped.as_ref().unwrap_or(request);
        let mut response = request.respond(status);
        response.to_tag(&tag);
        if status == StatusCode::BAD_EXTENSION {
            let required: Vec<_> = request.headers().each(header::ProxyRequire).flatten().collect();
            response.header(header::Unsupported, required);
        }
        let response = response.build().ok()?;
        Some((response_target(&response)?, response.to_bytes()))
    }

    /// A response on its way back (RFC 3261 §16.11). One whose top Via is not of this proxy is
    /// discarded.
    fn pass_back(&self, response: &Response) -> Option<udp::Datagram> {
        let top = response.headers().require(header::Via).ok()?;
        if !self.is_ours(&top) {
            return None;
        }
        let response = proxy::without_top_via(response).ok()?;
        Some((response_target(&response)?, response.to_bytes()))
    }

    fn is_ours(&self, via: &Via<'_>) -> bool {
        via.host().address() == Some(self.local.ip()) && via.port() == Some(self.local.port())
    }
}

/// Where the top Via of a response says that it goes.
fn response_target(response: &Response) -> Option<SocketAddr> {
    let via = response.headers().require(header::Via).ok()?;
    Some(transport::response_target(&via, Transport::Udp, false)?.address)
}

/// The address that a URI names, if it can be reached over UDP without looking it up (RFC 3263 §4).
fn address(uri: UriRef<'_>) -> Option<SocketAddr> {
    let transport = uri.transport().ok()?;
    if !uri.is_sip()
        || transport.is_some_and(|it| Transport::from_via_name(&it) != Some(Transport::Udp))
    {
        return None;
    }
    let host = uri.maddr().ok()?.or_else(|| uri.host())?;
    let port = uri.port().unwrap_or(Transport::Udp.default_port());
    Some(SocketAddr::new(host.address()?, port))
}

#[derive(Default)]
struct Counts {
    requests: u64,
    responses: u64,
    answered: u64,
    dropped: u64,
    unsent: u64,
}

impl Counts {
    fn list(&self) -> [(&'static str, u64); 5] {
        [
            ("requests", self.requests),
            ("responses", self.responses),
            ("answered", self.answered),
            ("dropped", self.dropped),
            ("unsent", self.unsent),
        ]
    }
}
