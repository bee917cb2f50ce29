//! Captures: messages are found in them once, however they were sent.

use std::net::SocketAddr;

use arbitrary::{Arbitrary, Unstructured};
use sip_capture::{Config, Content, Dissector, Reader};

use crate::pcap::{
    ACK, Capture, ETHERNET, Form, SYN, ethernet, fragments, frame, linux_sll, linux_sll2, loopback,
    tcp, udp,
};

/// What a file is made of.
#[derive(Debug, Arbitrary)]
struct Case {
    form: u8,
    link: u8,
    is_v6: bool,
    first_sequence: u32,
    carrier: Carrier,
    messages: Vec<u8>,
    /// The sizes of segments and frames.
    sizes: Vec<u8>,
    /// Packets that change places.
    swaps: Vec<(u8, u8)>,
    /// Packets that come once more.
    again: Vec<u8>,
    /// The size of fragments, in units of eight bytes; none where it is 0.
    fragment: u8,
    /// Bytes of the file that are changed, and where it is cut.
    broken: Vec<(u16, u8)>,
    cut: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Arbitrary)]
enum Carrier {
    Udp,
    Tcp,
    Client,
    Server,
}

/// - No bytes make the reader or the dissector fail, or hold more than the limits allow.
/// - Messages that were sent in datagrams, segments, frames or fragments, in whatever order and
///   however often, come out once, byte by byte the same, and in order where their carrier keeps it.
pub fn capture(data: &[u8]) {
    read(data);
    let Ok(case) = Case::arbitrary(&mut Unstructured::new(data)) else { return };
    let messages: Vec<Vec<u8>> = case.messages.iter().take(12).map(|it| message(*it)).collect();
    let mut packets = case.packets(&messages);
    // A SYN that comes late begins another connection.
    let keep = usize::from(case.carrier != Carrier::Udp);
    let count = packets.len() - keep;
    if count > 0 {
        for at in case.again.iter().take(20) {
            packets.push(packets[keep + usize::from(*at) % count].clone());
        }
        let count = packets.len() - keep;
        for (a, b) in case.swaps.iter().take(40) {
            packets.swap(keep + usize::from(*a) % count, keep + usize::from(*b) % count);
        }
    }
    let file = case.file(&packets);
    let mut found = read(&file);
    let mut expected = messages;
    if case.carrier == Carrier::Udp {
        // Each datagram is a message, also when it comes twice.
        found.sort();
        found.dedup();
        expected.sort();
        expected.dedup();
    }
    assert_eq!(found, expected);
    let mut broken = file;
    for (at, byte) in &case.broken {
        let at = usize::from(*at) % broken.len();
        broken[at] ^= byte;
    }
    broken.truncate(case.cut.map_or(usize::MAX, usize::from));
    read(&broken);
}

impl Case {
    fn packets(&self, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let address = |v4: &str, v6: &str| -> SocketAddr {
            (if self.is_v6 { v6 } else { v4 }).parse().expect("an address")
        };
        let source = address("192.0.2.1:5060", "[2001:db8::1]:5060");
        let destination = address("192.0.2.4:5060", "[2001:db8::4]:5060");
        if self.carrier == Carrier::Udp {
            return messages.iter().map(|it| udp(source, destination, it)).collect();
        }
        let stream = self.stream(messages);
        let mut packets = vec![tcp(source, destination, self.first_sequence, SYN, b"")];
        let mut sequence = self.first_sequence.wrapping_add(1);
        for part in self.cut(&stream) {
            packets.push(tcp(source, destination, sequence, ACK, part));
            sequence = sequence.wrapping_add(u32::try_from(part.len()).expect("a short segment"));
        }
        packets.push(tcp(source, destination, sequence, ACK, b""));
        packets
    }

    /// What a connection carries.
    fn stream(&self, messages: &[Vec<u8>]) -> Vec<u8> {
        let mask = Some([0x37, 0xfa, 0x21, 0x3d]);
        let (head, mask): (&[u8], _) = match self.carrier {
            Carrier::Udp | Carrier::Tcp => return messages.concat(),
            Carrier::Client => (
                b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
                mask,
            ),
            Carrier::Server => (
                b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
                None,
            ),
        };
        let mut stream = head.to_vec();
        for message in messages {
            let parts: Vec<&[u8]> = self.cut(message).collect();
            for (at, part) in parts.iter().enumerate() {
                let opcode = if at == 0 { 1 } else { 0 };
                stream.extend(frame(at + 1 == parts.len(), opcode, mask, part));
                stream.extend(frame(true, 9, mask, b"ping"));
            }
        }
        stream
    }

    /// The bytes in pieces of the sizes that there are.
    fn cut<'a>(&'a self, mut rest: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        // Segments are few enough that they can all wait for the first.
        let least = rest.len() / 100 + 1;
        let mut sizes = self.sizes.iter().cycle();
        std::iter::from_fn(move || {
            let size = sizes.next().map_or(usize::MAX, |it| usize::from(*it)).max(least);
            let (part, behind) = rest.split_at(rest.len().min(size));
            rest = behind;
            (!part.is_empty()).then_some(part)
        })
    }

    fn file(&self, packets: &[Vec<u8>]) -> Vec<u8> {
        let forms = [Form::Micros, Form::Nanos, Form::BigEndian, Form::Ng, Form::NgBigEndian];
        let form = forms[usize::from(self.form) % forms.len()];
        let links = [ETHERNET, 113, 276, 0, 101];
        let link = links[usize::from(self.link) % links.len()];
        let framed = |ip: &[u8]| match link {
            113 => linux_sll(ip),
            276 => linux_sll2(ip),
            0 => loopback(ip),
            101 => ip.to_vec(),
            _ => ethernet(&[(0x8100, 7)], ip),
        };
        let mut capture = Capture::new(form, link);
        let mut time = 1_700_000_000_000_000_000;
        for packet in packets {
            let size = usize::from(self.fragment) * 8;
            let parts = if size == 0 { vec![packet.clone()] } else { fragments(packet, size) };
            for part in parts {
                time += 1_000_000;
                capture.packet(time, &framed(&part));
            }
        }
        capture.into_bytes()
    }
}

/// A message, one of 256.
fn message(kind: u8) -> Vec<u8> {
    let body = "x\r\n".repeat(usize::from(kind % 16) * 20);
    let start = match kind % 3 {
        0 => "SIP/2.0 200 OK",
        1 => "INVITE sip:bob@biloxi.example SIP/2.0",
        _ => "BYE sip:a SIP/2.0",
    };
    format!("{start}\r\nCall-ID: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

/// All messages of a file.
fn read(file: &[u8]) -> Vec<Vec<u8>> {
    let mut config = Config::default();
    config.limits.streams = 8;
    config.limits.fragmented = 8;
    let mut dissector = Dissector::new(config);
    let mut reader = Reader::new(file).chunk(4_096);
    let mut found = Vec::new();
    let mut take = |dissector: &mut Dissector| {
        while let Some(captured) = dissector.next_captured() {
            if let Content::Message(message) = captured.content {
                found.push(message.as_bytes().to_vec());
            }
        }
    };
    while let Ok(Some(packet)) = reader.next_packet() {
        dissector.push(&packet);
        take(&mut dissector);
    }
    dissector.finish();
    take(&mut dissector);
    assert!(reader.position() <= file.len() as u64);
    let statistics = dissector.statistics();
    assert_eq!(statistics.packets, reader.packets());
    assert_eq!(statistics.messages, found.len() as u64);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_carrier_is_reached() {
        for carrier in [Carrier::Udp, Carrier::Tcp, Carrier::Client, Carrier::Server] {
            for (form, fragment) in [(0, 0), (3, 8), (4, 3)] {
                let case = Case {
                    form,
                    link: form,
                    is_v6: form == 3,
                    first_sequence: u32::MAX - 10,
                    carrier,
                    messages: vec![],
                    sizes: vec![10, 200],
                    swaps: vec![],
                    again: vec![],
                    fragment,
                    broken: vec![],
                    cut: None,
                };
                let messages = vec![message(0), message(7), message(255)];
                let file = case.file(&case.packets(&messages));
                assert_eq!(read(&file), messages, "{carrier:?}");
            }
        }
    }
}
