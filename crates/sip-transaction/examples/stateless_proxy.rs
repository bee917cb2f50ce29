//! Forwards requests to the address in their Request-URI or first Route, and responses back, without
//! state (RFC 3261 §16.11).
//!
//! It needs no [`Endpoint`](sip_transaction::Endpoint): the functions of [`proxy`] and [`transport`]
//! are all there is to it.
//!
//! ```console
//! $ cargo run -p sip-transaction --example stateless_proxy -- 127.0.0.1:5070 --stats
//! ```
#![allow(clippy::disallowed_methods, reason = "a program owns its socket and its clock")]

use std::error::Error;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::encode::ViaBuilder;
use sip_message::{Message, Method, Parser, Request, Response, StatusCode, header};
use sip_transaction::{Transport, proxy, transport};
use sip_uri::{Host, UriRef};

#[path = "common/cli.rs"]
mod cli;

/// Where something goes, and its bytes.
type Forwarded = (SocketAddr, Bytes);

struct Proxy {
    local: SocketAddr,
    /// Branches follow from it and from what came, so that a retransmission gets the same.
    key: [u8; 16],
    requests: u64,
    responses: u64,
    refused: u64,
    dropped: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = cli::Arguments::read("Forwards SIP requests over UDP without state.");
    let stop = cli::stop_flag()?;
    let socket = UdpSocket::bind(arguments.listen).unwrap_or_else(|error| {
        cli::fail(&format!("cannot listen on {}: {error}", arguments.listen))
    });
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let local = socket.local_addr()?;
    println!("listening on {local}");
    let mut key = [0; 16];
    getrandom::fill(&mut key)?;
    let mut proxy = Proxy { local, key, requests: 0, responses: 0, refused: 0, dropped: 0 };

    let mut buffer = vec![0; 65_535];
    let mut each_second = cli::EachSecond::from(Instant::now());
    while !cli::is_set(&stop) {
        match socket.recv_from(&mut buffer) {
            Ok((length, source)) => {
                let datagram = Bytes::copy_from_slice(&buffer[..length]);
                match proxy.take(datagram, source) {
                    // What cannot be sent is lost, as any datagram may be.
                    Some((to, bytes)) => drop(socket.send_to(&bytes, to)),
                    None => proxy.dropped += 1,
                }
            }
            Err(error) if cli::is_nothing(error.kind()) => {}
            Err(error) => return Err(error.into()),
        }
        if arguments.stats && each_second.has_passed(Instant::now()) {
            proxy.print();
        }
    }
    proxy.print();
    Ok(())
}

impl Proxy {
    /// What is sent for what has come, if anything.
    fn take(&mut self, datagram: Bytes, source: SocketAddr) -> Option<Forwarded> {
        if transport::is_keep_alive(&datagram) || transport::is_stun(&datagram) {
            return None;
        }
        match Parser::new().parse(datagram).ok()? {
            Message::Request(request) => {
                let request = transport::stamp_source(&request, source).ok()?.unwrap_or(request);
                match self.forward(&request) {
                    Ok(forwarded) => {
                        self.requests += 1;
                        Some(forwarded)
                    }
                    Err(status) => {
                        self.refused += 1;
                        refuse(&request, status)
                    }
                }
            }
            Message::Response(response) => {
                let forwarded = self.back(&response);
                self.responses += u64::from(forwarded.is_some());
                forwarded
            }
        }
    }

    /// RFC 3261 §16.4 to §16.6: one less hop, without the Route that is ours, with a Via of ours.
    fn forward(&self, request: &Request) -> Result<Forwarded, StatusCode> {
        let hops = proxy::max_forwards(request)?;
        let branch = proxy::stateless_branch(self.key, request).ok_or(StatusCode::BAD_REQUEST)?;
        let mut edit = request.edit();
        edit.set(header::MaxForwards, hops);
        let mut routes = request.headers().each(header::Route).peekable();
        let is_ours = |uri: UriRef<'_>| address_of(&uri) == Some(self.local);
        let first = routes.peek().and_then(|it| it.as_ref().ok()).and_then(|it| it.uri().ok());
        if first.is_some_and(is_ours) {
            edit.remove_first(header::Route);
            routes.next();
        }
        let target = match routes.next() {
            Some(route) => {
                let route = route.map_err(|_| StatusCode::BAD_REQUEST)?;
                address_of(&route.uri().map_err(|_| StatusCode::BAD_REQUEST)?)
            }
            None => address_of(&request.uri().map_err(|_| StatusCode::BAD_REQUEST)?),
        };
        // Names are looked up by RFC 3263, which is beyond this program: for it they do not exist.
        let target = target.filter(|it| *it != self.local).ok_or(StatusCode::NOT_FOUND)?;
        let via = ViaBuilder::at("UDP", self.local)
            .and_then(|via| via.branch(&branch))
            .map_err(|_| StatusCode::SERVER_INTERNAL_ERROR)?;
        edit.prepend(header::Via, via);
        let forwarded = edit.finish().map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok((target, forwarded.to_bytes()))
    }

    /// RFC 3261 §16.11: a response whose top Via is ours goes to where the next says.
    fn back(&self, response: &Response) -> Option<Forwarded> {
        let via = response.headers().require(header::Via).ok()?;
        let ip = match via.host() {
            Host::V4(ip) => IpAddr::from(ip),
            Host::V6(ip) => IpAddr::from(ip),
            _ => return None,
        };
        if SocketAddr::new(ip, via.port()?) != self.local {
            return None;
        }
        let response = proxy::without_top_via(response).ok()?;
        let next = response.headers().require(header::Via).ok()?;
        let target = transport::response_target(&next, Transport::Udp, false)?;
        Some((target.address, response.to_bytes()))
    }

    fn print(&self) {
        println!(
            "requests {} responses {} refused {} dropped {}",
            self.requests, self.responses, self.refused, self.dropped
        );
    }
}

/// The answer to a request that is not forwarded; an ACK has none.
fn refuse(request: &Request, status: StatusCode) -> Option<Forwarded> {
    if request.method() == Method::ACK {
        return None;
    }
    let response = request.respond(status).to_tag("proxy").build().ok()?;
    let via = request.headers().require(header::Via).ok()?;
    let target = transport::response_target(&via, Transport::Udp, false)?;
    Some((target.address, response.to_bytes()))
}

/// The address in a SIP URI, if it is one and no name.
fn address_of(uri: &UriRef<'_>) -> Option<SocketAddr> {
    let ip = match uri.host()? {
        Host::V4(ip) => IpAddr::from(ip),
        Host::V6(ip) => IpAddr::from(ip),
        _ => return None,
    };
    Some(SocketAddr::new(ip, uri.port().unwrap_or(5060)))
}
