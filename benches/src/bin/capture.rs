//! Writes a capture of any size: calls over two proxies, a hundred in a second, each with its speech.
//!
//! `cargo run --release -p trapezoid-benches --bin capture -- FILE MEGABYTES [RTP-PACKETS-PER-CALL]`
#![allow(clippy::unwrap_used, reason = "whoever starts it sees what is wrong")]

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;

use sip_testkit::pcap::{Capture, ETHERNET, Form, ethernet, udp};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, megabytes, rest @ ..] = &arguments[..] else {
        panic!("capture FILE MEGABYTES [RTP-PACKETS-PER-CALL]")
    };
    let size = megabytes.parse::<u64>().unwrap() << 20;
    let speech: u64 = rest.first().map_or(0, |it| it.parse().unwrap());
    let mut file = File::create(path).unwrap();
    let mut capture = Capture::new(Form::Micros, ETHERNET);
    let template = trapezoid_benches::captures::call();
    let (mut written, mut calls, mut messages) = (0, 0_u64, 0_u64);
    // Calls overlap: each of the hundred of a second is one message further than the next.
    const AT_ONCE: u64 = 100;
    let mut time = 1_767_261_600_000_000_000;
    while written < size {
        for (source, destination, text) in &template {
            for call in calls..calls + AT_ONCE {
                let text = text.replace("@@@@@@@@", &format!("{call:08}"));
                time += 100_000;
                capture.packet(time, &ethernet(&[], &udp(*source, *destination, text.as_bytes())));
                messages += 1;
            }
        }
        let alice: SocketAddr = "192.0.2.1:49172".parse().unwrap();
        let bob: SocketAddr = "198.51.100.4:3456".parse().unwrap();
        let rtp = [&[0x80, 0][..], &[0x55; 170]].concat();
        for _ in 0..speech * AT_ONCE {
            time += 1_000;
            capture.packet(time, &ethernet(&[], &udp(alice, bob, &rtp)));
        }
        calls += AT_ONCE;
        let bytes = capture.take();
        written += bytes.len() as u64;
        file.write_all(&bytes).unwrap();
    }
    println!("{written} bytes, {calls} calls, {messages} messages of SIP");
}
