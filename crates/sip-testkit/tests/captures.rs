//! The captures of `testdata/captures`, which are written here: `UPDATE=1 cargo test -p sip-testkit
//! --test captures` writes them anew, and without that they must be as they are.

use std::net::SocketAddr;
use std::path::Path;

use sip_testkit::pcap::{ACK, Capture, ETHERNET, Form, SYN, ethernet, frame, tcp, udp};

/// 2026-01-01 10:00:00.
const START: u64 = 1_767_261_600_000_000_000;
const MS: u64 = 1_000_000;

const ALICE: &str = "192.0.2.1:5060";
const ATLANTA: &str = "192.0.2.10:5060";
const BILOXI: &str = "198.51.100.10:5060";
const BOB: &str = "198.51.100.4:5060";

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A capture, and its clock.
struct Script {
    capture: Capture,
    now: u64,
}

impl Script {
    fn new(form: Form) -> Self {
        Self { capture: Capture::new(form, ETHERNET), now: START }
    }

    fn wait(&mut self, ms: u64) {
        self.now += ms * MS;
    }

    /// Three milliseconds later, a datagram.
    fn udp(&mut self, source: &str, destination: &str, text: &str) {
        self.packet(&udp(address(source), address(destination), text.as_bytes()));
    }

    fn packet(&mut self, ip: &[u8]) {
        self.now += 3 * MS;
        self.capture.packet(self.now, &ethernet(&[], ip));
    }

    /// Speech in both directions, as PCMU.
    fn rtp(&mut self, packets: u16) {
        let (alice, bob) = (address("192.0.2.1:49172"), address("198.51.100.4:3456"));
        for number in 0..packets {
            let mut rtp = vec![0x80, 0];
            rtp.extend(number.to_be_bytes());
            rtp.extend((u32::from(number) * 160).to_be_bytes());
            rtp.extend([0x12, 0x34, 0x56, 0x78]);
            rtp.extend([0xff; 160]);
            self.capture.packet(self.now, &ethernet(&[], &udp(alice, bob, &rtp)));
            self.capture.packet(self.now + MS, &ethernet(&[], &udp(bob, alice, &rtp)));
            self.now += 20 * MS;
        }
    }

    /// Compares the capture with the file, or writes it.
    fn finish(self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/captures");
        let bytes = self.capture.into_bytes();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(folder.join(name), &bytes).expect("the file can be written");
        }
        let there = std::fs::read(folder.join(name)).expect("the file is there");
        assert!(there == bytes, "{name}: run with UPDATE=1 to write it");
    }
}

/// A message of CRLF lines, with its length.
fn message(head: &str, body: &str) -> String {
    let head = head.replace('\n', "\r\n");
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!("{head}\r\n{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn sdp(user: &str, host: &str, port: u16, formats: &str, more: &str) -> String {
    format!(
        "v=0\r\no={user} 2890844526 2890844526 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {formats}\r\n{more}"
    )
}

const VIA_ALICE: &str = "Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds";
const VIA_ATLANTA: &str =
    "Via: SIP/2.0/UDP bigbox3.site3.atlanta.example;branch=z9hG4bK77ef4c2312983.1";
const VIA_BILOXI: &str = "Via: SIP/2.0/UDP server10.biloxi.example;branch=z9hG4bK4b43c2ff8.1";
const COMMON: &str = "From: Alice <sip:alice@atlanta.example>;tag=1928301774\n\
    Call-ID: a84b4c76e66710@pc33.atlanta.example\nCSeq: 314159 INVITE";

/// RFC 3261 §4, figure 1: Alice calls Bob over two proxies, which stay out of the way afterwards.
#[test]
fn trapezoid() {
    let mut script = Script::new(Form::Micros);
    let offer = sdp("alice", "192.0.2.1", 49_172, "0 8", "");
    let answer = sdp("bob", "198.51.100.4", 3_456, "0", "");
    let invite = |uri: &str, vias: &str, hops: u8| {
        let head = format!(
            "INVITE {uri} SIP/2.0\n{vias}\nMax-Forwards: {hops}\nTo: Bob <sip:bob@biloxi.example>\n{COMMON}\n\
             Contact: <sip:alice@192.0.2.1>\nUser-Agent: Atlanta Softphone/2.1"
        );
        message(&head, &offer)
    };
    let response = |line: &str, vias: &str, tag: &str, body: &str| {
        let (contact, server) = match tag {
            "" => ("", ""),
            _ => ("\nContact: <sip:bob@198.51.100.4>", "\nServer: Biloxi Phone/7"),
        };
        let head = format!(
            "SIP/2.0 {line}\n{vias}\nTo: Bob <sip:bob@biloxi.example>{tag}\n{COMMON}{contact}{server}"
        );
        message(&head, body)
    };
    let one = VIA_ALICE;
    let two = &format!("{VIA_ATLANTA}\n{VIA_ALICE};received=192.0.2.1");
    let three =
        &format!("{VIA_BILOXI}\n{VIA_ATLANTA};received=192.0.2.10\n{VIA_ALICE};received=192.0.2.1");
    let tag = ";tag=a6c85cf";
    script.udp(ALICE, ATLANTA, &invite("sip:bob@biloxi.example", one, 70));
    script.udp(ATLANTA, BILOXI, &invite("sip:bob@biloxi.example", two, 69));
    script.udp(ATLANTA, ALICE, &response("100 Trying", one, "", ""));
    script.udp(BILOXI, BOB, &invite("sip:bob@198.51.100.4", three, 68));
    script.udp(BILOXI, ATLANTA, &response("100 Trying", two, "", ""));
    script.wait(80);
    script.udp(BOB, BILOXI, &response("180 Ringing", three, tag, ""));
    script.udp(BILOXI, ATLANTA, &response("180 Ringing", two, tag, ""));
    script.udp(ATLANTA, ALICE, &response("180 Ringing", one, tag, ""));
    script.wait(2_400);
    script.udp(BOB, BILOXI, &response("200 OK", three, tag, &answer));
    script.udp(BILOXI, ATLANTA, &response("200 OK", two, tag, &answer));
    script.udp(ATLANTA, ALICE, &response("200 OK", one, tag, &answer));
    let within = |method: &str, cseq: u32, from: &str, to: &str, uri: &str, via: &str| {
        let head = format!(
            "{method} {uri} SIP/2.0\n{via}\nMax-Forwards: 70\nFrom: {from}\nTo: {to}\n\
             Call-ID: a84b4c76e66710@pc33.atlanta.example\nCSeq: {cseq} {method}"
        );
        message(&head, "")
    };
    let alice = "Alice <sip:alice@atlanta.example>;tag=1928301774";
    let bob = "Bob <sip:bob@biloxi.example>;tag=a6c85cf";
    let via = "Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds9";
    script.udp(ALICE, BOB, &within("ACK", 314_159, alice, bob, "sip:bob@198.51.100.4", via));
    script.rtp(50);
    let via = "Via: SIP/2.0/UDP 198.51.100.4;branch=z9hG4bKnashds10";
    script.udp(BOB, ALICE, &within("BYE", 231, bob, alice, "sip:alice@192.0.2.1", via));
    let ok = format!(
        "SIP/2.0 200 OK\n{via}\nFrom: {bob}\nTo: {alice}\n\
         Call-ID: a84b4c76e66710@pc33.atlanta.example\nCSeq: 231 BYE"
    );
    script.udp(ALICE, BOB, &message(&ok, ""));
    script.finish("trapezoid.pcap");
}

/// Messages between Alice and Bob without proxies, of a call with a number.
struct Pair(u32);

impl Pair {
    fn head(&self, start: &str, cseq: &str, branch: &str, tagged: bool, more: &str) -> String {
        let number = self.0;
        let tag = if tagged { ";tag=b" } else { "" };
        let hops = if start.starts_with("SIP") { "" } else { "\nMax-Forwards: 70" };
        format!(
            "{start}\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-{number}-{branch}{hops}\n\
             From: <sip:alice@atlanta.example>;tag=a{number}\nTo: <sip:bob@biloxi.example>{tag}\n\
             Call-ID: {number}@atlanta.example\nCSeq: {cseq}{more}"
        )
    }

    fn invite(&self, formats: &str, more: &str) -> String {
        let contact = "\nContact: <sip:alice@192.0.2.1>";
        let head =
            self.head("INVITE sip:bob@198.51.100.4 SIP/2.0", "1 INVITE", "1", false, contact);
        message(&head, &sdp("alice", "192.0.2.1", 49_172, formats, more))
    }

    fn answer(&self, status: &str, cseq: &str, branch: &str, body: &str) -> String {
        let has = cseq.ends_with("INVITE") && !status.starts_with('4');
        let contact = if has { "\nContact: <sip:bob@198.51.100.4>" } else { "" };
        message(&self.head(&format!("SIP/2.0 {status}"), cseq, branch, true, contact), body)
    }

    fn within(&self, method: &str, number: u32, uri: &str, body: &str) -> String {
        let start = format!("{method} {uri} SIP/2.0");
        let contact = if method == "INVITE" { "\nContact: <sip:alice@192.0.2.1>" } else { "" };
        let branch = format!("{method}{number}");
        message(&self.head(&start, &format!("{number} {method}"), &branch, true, contact), body)
    }
}

/// Calls that go wrong, each in its own way.
#[test]
fn problems() {
    const URI: &str = "sip:bob@198.51.100.4";
    let mut script = Script::new(Form::Ng);
    let pcmu = || sdp("bob", "198.51.100.4", 3_456, "0", "");
    // Nobody is there.
    let call = Pair(1);
    for pause in [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000] {
        script.wait(pause);
        script.udp(ALICE, BOB, &call.invite("0", ""));
    }
    script.wait(16_000);
    // The ACK gets lost on the way to the capture.
    let call = Pair(2);
    script.udp(ALICE, BOB, &call.invite("0", ""));
    script.udp(BOB, ALICE, &call.answer("180 Ringing", "1 INVITE", "1", ""));
    for pause in [1_000, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000] {
        script.wait(pause);
        script.udp(BOB, ALICE, &call.answer("200 OK", "1 INVITE", "1", &pcmu()));
    }
    // A codec that was not offered, and a BYE that goes elsewhere.
    let call = Pair(3);
    script.udp(ALICE, BOB, &call.invite("0 8", ""));
    let g729 = sdp("bob", "198.51.100.4", 3_456, "18", "");
    script.udp(BOB, ALICE, &call.answer("200 OK", "1 INVITE", "1", &g729));
    script.udp(ALICE, BOB, &call.within("ACK", 1, URI, ""));
    script.wait(3_000);
    let bye = call.within("BYE", 2, "sip:bob@biloxi.example", "");
    script.udp(ALICE, BOB, &bye);
    script.udp(
        BOB,
        ALICE,
        &call.answer("481 Call/Transaction Does Not Exist", "2 BYE", "BYE2", ""),
    );
    // Hold that only one side knows of, and CANCEL that comes too late.
    let call = Pair(4);
    script.udp(ALICE, BOB, &call.invite("0", ""));
    script.udp(BOB, ALICE, &call.answer("180 Ringing", "1 INVITE", "1", ""));
    script.wait(2_000);
    let cancel = call.head("CANCEL sip:bob@198.51.100.4 SIP/2.0", "1 CANCEL", "1", false, "");
    script.udp(ALICE, BOB, &message(&cancel, ""));
    script.udp(BOB, ALICE, &call.answer("200 OK", "1 INVITE", "1", &pcmu()));
    script.udp(BOB, ALICE, &call.answer("200 OK", "1 CANCEL", "1", ""));
    script.udp(ALICE, BOB, &call.within("ACK", 1, URI, ""));
    let hold = sdp("alice", "192.0.2.1", 49_172, "0", "a=sendonly\r\n");
    script.udp(ALICE, BOB, &call.within("INVITE", 2, URI, &hold));
    script.udp(BOB, ALICE, &call.answer("200 OK", "2 INVITE", "INVITE2", &pcmu()));
    script.udp(ALICE, BOB, &call.within("ACK", 2, URI, ""));
    script.wait(5_000);
    script.udp(ALICE, BOB, &call.within("BYE", 3, URI, ""));
    script.udp(BOB, ALICE, &call.answer("200 OK", "3 BYE", "BYE3", ""));
    // A message that cannot be read.
    script.udp(
        ALICE,
        BOB,
        "OPTIONS sip:bob@198.51.100.4 SIP/2.0\r\nCall-ID: 5@atlanta.example\r\n: x\r\n\r\n",
    );
    script.wait(60_000);
    script.udp(ALICE, BOB, "\r\n\r\n");
    script.finish("problems.pcapng");
}

/// A browser that registers over a WebSocket, and a trunk over TCP that asks whether it is alive.
#[test]
fn streams() {
    let mut script = Script::new(Form::Micros);
    let (browser, server) = (address("203.0.113.7:51000"), address("192.0.2.20:80"));
    let upgrade = "GET / HTTP/1.1\r\nHost: edge.atlanta.example\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
        Sec-WebSocket-Protocol: sip\r\n\r\n";
    let common = "Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bKasudf\n\
        From: <sip:alice@atlanta.example>;tag=65bnmj.34asd\nTo: <sip:alice@atlanta.example>";
    let tail = "Call-ID: aiuy7k9njasd\nCSeq: 1 REGISTER";
    let register = message(
        &format!(
            "REGISTER sip:atlanta.example SIP/2.0\n{common}\n{tail}\nMax-Forwards: 70\n\
             Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>;expires=600"
        ),
        "",
    );
    let ok = message(
        &format!(
            "SIP/2.0 200 OK\n{common};tag=12isjljn8\n{tail}\n\
             Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>;expires=600"
        ),
        "",
    );
    let mask = Some([0x37, 0xfa, 0x21, 0x3d]);
    let client = [upgrade.as_bytes(), &frame(true, 1, mask, register.as_bytes())].concat();
    let answer = [switching.as_bytes(), &frame(true, 1, None, ok.as_bytes())].concat();
    script.packet(&tcp(browser, server, 100, SYN, b""));
    script.packet(&tcp(server, browser, 900, SYN | ACK, b""));
    let mut sequence = 101;
    for part in client.chunks(300) {
        script.packet(&tcp(browser, server, sequence, ACK, part));
        sequence += u32::try_from(part.len()).expect("a short segment");
    }
    script.packet(&tcp(server, browser, 901, ACK, &answer));
    // The trunk's connection was there before the capture, and its segments come in the wrong order.
    let (a, b) = (address("192.0.2.10:40000"), address("198.51.100.10:5060"));
    let options = |kind: &str, tag: &str| {
        let hops = if tag.is_empty() { "\nMax-Forwards: 70" } else { "" };
        message(
            &format!(
                "{kind}\nVia: SIP/2.0/TCP bigbox3.site3.atlanta.example;branch=z9hG4bKoptions1\n\
                 From: <sip:atlanta.example>;tag=1\nTo: <sip:biloxi.example>{tag}\n\
                 Call-ID: trunk-1@atlanta.example\nCSeq: 7 OPTIONS{hops}"
            ),
            "",
        )
    };
    let request = options("OPTIONS sip:biloxi.example SIP/2.0", "");
    let (first, second) = request.as_bytes().split_at(100);
    script.packet(&tcp(a, b, 5_000, ACK, first));
    script.packet(&tcp(a, b, 5_200, ACK, &second[100..]));
    script.packet(&tcp(a, b, 5_100, ACK, &second[..100]));
    script.packet(&tcp(b, a, 7_000, ACK, options("SIP/2.0 200 OK", ";tag=2").as_bytes()));
    script.finish("streams.pcap");
}
