//! Work that is counted: `.ci/instructions` runs each a few times under callgrind and compares what
//! one time costs with `.ci/instructions.tsv`.
//!
//! ```text
//! cargo run --release -p sip-testkit --example instructions            # the names
//! cargo run --release -p sip-testkit --example instructions NAME TIMES
//! ```
#![allow(clippy::unwrap_used, reason = "what is read here is in the repository")]
#![allow(clippy::disallowed_methods, reason = "a clock is needed to begin with")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_capture::{Content, Dissector, Reader};
use sip_dialog::observe::{Hop, Observer};
use sip_message::encode::{NameAddrBuilder, Prepared, ViaBuilder};
use sip_message::{Message, Method, Parser, Request, StatusCode, header};
use sip_transaction::{Config, Endpoint, Event, Flow};

const INVITE: &[u8] = include_bytes!("../../../testdata/messages/invite.sip");
const OK: &[u8] = include_bytes!("../../../testdata/messages/ok.sip");
const WEBRTC: &[u8] = include_bytes!("../../../testdata/sdp/webrtc.sdp");
const TRAPEZOID: &[u8] = include_bytes!("../../../testdata/captures/trapezoid.pcap");

/// A work: what is done once.
type Work = Box<dyn FnMut()>;

fn works() -> Vec<(&'static str, Work)> {
    vec![
        ("scan", scan()),
        ("decode", Box::new(decode)),
        ("edit", edit()),
        ("respond", Box::new(respond)),
        ("build", Box::new(build)),
        ("describe", Box::new(describe)),
        ("transaction", transaction()),
        ("capture", Box::new(|| drop(black_box(captured())))),
        ("observe", observe()),
    ]
}

/// Two messages, with an index that is used again.
fn scan() -> Work {
    let mut parser = Parser::new();
    Box::new(move || {
        for bytes in [INVITE, OK] {
            let message = parser.parse(Bytes::from_static(bytes)).unwrap();
            parser.recycle(black_box(message));
        }
    })
}

/// Every value of every header.
fn decode() {
    for bytes in [INVITE, OK] {
        let message = Message::parse(bytes).unwrap();
        for line in message.headers().iter() {
            for value in line.values().into_iter().flatten() {
                let _ = black_box(value);
            }
        }
    }
}

/// A proxy's hop.
fn edit() -> Work {
    let via = ViaBuilder::new("UDP", "p1.example").unwrap().rport().prepare().unwrap();
    let route = NameAddrBuilder::new("sip:p1.example;lr").unwrap();
    let route = Prepared::new(header::RecordRoute, route).unwrap();
    Box::new(move || {
        let message = Message::parse(INVITE).unwrap();
        let request = message.as_request().unwrap();
        let mut edit = request.edit();
        edit.set_uri("sip:bob@192.0.2.4")
            .set(header::MaxForwards, 69)
            .prepend(header::Via, via.branch("z9hG4bK77ef4c").unwrap())
            .remove_first(header::Route)
            .prepend(header::RecordRoute, &route);
        black_box(edit.to_bytes().unwrap());
    })
}

fn respond() {
    let message = Message::parse(INVITE).unwrap();
    let request = message.as_request().unwrap();
    black_box(request.respond(StatusCode::OK).to_tag("a6c85cf").build().unwrap());
}

fn options() -> Request {
    Request::builder(Method::OPTIONS, "sip:bob@192.0.2.4")
        .header(header::To, "<sip:bob@192.0.2.4>")
        .header(header::From, "<sip:alice@192.0.2.1>;tag=1928301774")
        .header(header::CallId, "a84b4c76e66710")
        .cseq(1)
        .without_via()
        .build()
        .unwrap()
}

fn build() {
    black_box(options());
}

fn describe() {
    let description = sdp::SessionDescription::parse(WEBRTC).unwrap();
    for media in description.media() {
        black_box(media.direction());
        let codecs = media.codecs();
        black_box(codecs.iter().filter_map(|codec| codec.encoding()).count());
    }
}

/// OPTIONS and its 200, at both sides, to the end of the timers.
fn transaction() -> Work {
    let mut client = Endpoint::new(Config::default(), [7; 32]);
    let mut server = Endpoint::new(Config::default(), [8; 32]);
    let (a, b) = ("192.0.2.1:5060".parse().unwrap(), "192.0.2.4:5060".parse().unwrap());
    let request = options();
    let mut now = Instant::now();
    Box::new(move || {
        client.send_request(now, Flow::udp(a, b), &request).unwrap();
        let sent = client.poll_transmit().unwrap();
        server.handle_datagram(now, Flow::udp(b, a), sent.bytes);
        let event = server.poll_event();
        let Some(Event::Request { transaction, request, .. }) = event else { panic!("{event:?}") };
        let response = request.respond(StatusCode::OK).to_tag("1").build().unwrap();
        server.send_response(now, transaction, &response).unwrap();
        let sent = server.poll_transmit().unwrap();
        client.handle_datagram(now, Flow::udp(a, b), sent.bytes);
        black_box(client.poll_event().unwrap());
        now += Duration::from_secs(40);
        client.handle_timeout(now);
        server.handle_timeout(now);
        while client.poll_event().or_else(|| server.poll_event()).is_some() {}
        assert!(client.is_empty() && server.is_empty());
    })
}

/// The messages of a capture, which has speech as well.
fn captured() -> Vec<(Duration, Hop, Message)> {
    let mut reader = Reader::new(TRAPEZOID).chunk(TRAPEZOID.len());
    let mut dissector = Dissector::default();
    let mut messages = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        dissector.push(&packet);
        while let Some(captured) = dissector.next_captured() {
            let hop = Hop { source: captured.source, destination: captured.destination };
            let Content::Message(message) = captured.content else { panic!("a message") };
            messages.push((captured.time.since_epoch(), hop, message));
        }
    }
    messages
}

fn observe() -> Work {
    let messages = captured();
    Box::new(move || {
        let mut observer = Observer::default();
        for (at, hop, message) in &messages {
            observer.handle_message(*at, *hop, message);
        }
        assert!(observer.is_over() && observer.poll_finding().is_none());
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(name) = arguments.first() else {
        works().iter().for_each(|(name, _)| println!("{name}"));
        return;
    };
    let times: u32 = arguments.get(1).and_then(|it| it.parse().ok()).unwrap_or(1);
    let mut works = works();
    let work = works.iter_mut().find(|it| it.0 == name).expect("a name that there is");
    (0..times).for_each(|_| (work.1)());
}
