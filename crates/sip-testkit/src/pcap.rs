//! Captures as files have them, for tests: packets of every kind that `sip-capture` reads.

use std::net::{IpAddr, SocketAddr};

/// The number of Ethernet as a link type.
pub const ETHERNET: u32 = 1;

/// How a capture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// pcap with microseconds, in little-endian order.
    Micros,
    /// pcap with nanoseconds, in little-endian order.
    Nanos,
    /// pcap with microseconds, in big-endian order.
    BigEndian,
    /// pcapng, in little-endian order, with microseconds.
    Ng,
    /// pcapng, in big-endian order, with nanoseconds.
    NgBigEndian,
}

/// A capture that is being written.
#[derive(Clone, Debug)]
pub struct Capture {
    form: Form,
    bytes: Vec<u8>,
}

impl Capture {
    /// An empty capture of packets with this link type.
    #[must_use]
    pub fn new(form: Form, link: u32) -> Self {
        let mut capture = Self { form, bytes: Vec::new() };
        match form {
            Form::Micros | Form::Nanos | Form::BigEndian => {
                capture.word(if form == Form::Nanos { 0xa1b2_3c4d } else { 0xa1b2_c3d4 });
                capture.half(2);
                capture.half(4);
                for word in [0, 0, 262_144, link] {
                    capture.word(word);
                }
            }
            Form::Ng | Form::NgBigEndian => capture.section(link),
        }
        capture
    }

    /// A section of pcapng, with one interface.
    pub fn section(&mut self, link: u32) {
        self.word(0x0a0d_0d0a);
        self.word(28);
        self.word(0x1a2b_3c4d);
        self.half(1);
        self.half(0);
        self.word(u32::MAX);
        self.word(u32::MAX);
        self.word(28);
        // The resolution is an option of the interface: ten to the minus nine.
        let nanos = self.form == Form::NgBigEndian;
        let len = if nanos { 32 } else { 20 };
        self.word(1);
        self.word(len);
        self.half(u16::try_from(link).unwrap_or_default());
        self.half(0);
        self.word(262_144);
        if nanos {
            self.half(9);
            self.half(1);
            self.bytes.extend([9, 0, 0, 0]);
            self.word(0);
        }
        self.word(len);
    }

    /// A block of pcapng that nobody knows.
    pub fn unknown_block(&mut self, body: [u8; 8]) {
        self.word(0x0000_0bad);
        self.word(20);
        self.bytes.extend(body);
        self.word(20);
    }

    /// A packet, seen at this many nanoseconds since the Unix epoch.
    pub fn packet(&mut self, nanos: u64, data: &[u8]) {
        self.cut_packet(nanos, data, data.len());
    }

    /// A packet of which the capture has less than there was.
    pub fn cut_packet(&mut self, nanos: u64, data: &[u8], original: usize) {
        let low = |number: u64| u32::try_from(number & 0xffff_ffff).unwrap_or_default();
        let (len, original) = (low(data.len() as u64), low(original as u64));
        match self.form {
            Form::Micros | Form::Nanos | Form::BigEndian => {
                let unit = if self.form == Form::Nanos { 1 } else { 1_000 };
                self.word(low(nanos / 1_000_000_000));
                self.word(low(nanos % 1_000_000_000 / unit));
                self.word(len);
                self.word(original);
                self.bytes.extend(data);
            }
            Form::Ng | Form::NgBigEndian => {
                let units = if self.form == Form::Ng { nanos / 1_000 } else { nanos };
                let padding = data.len().next_multiple_of(4) - data.len();
                let block = 32 + len + low(padding as u64);
                self.word(6);
                self.word(block);
                self.word(0);
                self.word(low(units >> 32));
                self.word(low(units));
                self.word(len);
                self.word(original);
                self.bytes.extend(data);
                self.bytes.extend(vec![0; padding]);
                self.word(block);
            }
        }
    }

    /// What there is of the file so far; what comes next goes behind it.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The file.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn word(&mut self, word: u32) {
        match self.form {
            Form::BigEndian | Form::NgBigEndian => self.bytes.extend(word.to_be_bytes()),
            _ => self.bytes.extend(word.to_le_bytes()),
        }
    }

    fn half(&mut self, half: u16) {
        match self.form {
            Form::BigEndian | Form::NgBigEndian => self.bytes.extend(half.to_be_bytes()),
            _ => self.bytes.extend(half.to_le_bytes()),
        }
    }
}

/// An Ethernet frame, with these tags of VLANs.
#[must_use]
pub fn ethernet(tags: &[(u16, u16)], ip: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    for (kind, tag) in tags {
        frame.extend(kind.to_be_bytes());
        frame.extend(tag.to_be_bytes());
    }
    frame.extend(ether_type(ip));
    frame.extend(ip);
    frame
}

/// A frame of Linux cooked capture, version 1.
#[must_use]
pub fn linux_sll(ip: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    frame.extend(ether_type(ip));
    frame.extend(ip);
    frame
}

/// A frame of Linux cooked capture, version 2.
#[must_use]
pub fn linux_sll2(ip: &[u8]) -> Vec<u8> {
    let mut frame = ether_type(ip).to_vec();
    frame.extend([0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]);
    frame.extend(ip);
    frame
}

/// A frame of the BSD loopback, in the byte order of little-endian hosts.
#[must_use]
pub fn loopback(ip: &[u8]) -> Vec<u8> {
    let mut frame = vec![if ip[0] >> 4 == 6 { 30 } else { 2 }, 0, 0, 0];
    frame.extend(ip);
    frame
}

fn ether_type(ip: &[u8]) -> [u8; 2] {
    if ip[0] >> 4 == 6 { [0x86, 0xdd] } else { [0x08, 0x00] }
}

/// An IP packet. Both addresses must be of the same family.
#[must_use]
pub fn ip(source: IpAddr, destination: IpAddr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let len = |extra: usize| u16::try_from(payload.len() + extra).unwrap_or_default().to_be_bytes();
    let mut packet = Vec::new();
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            packet.extend([0x45, 0]);
            packet.extend(len(20));
            packet.extend([0x12, 0x34, 0, 0, 64, protocol, 0, 0]);
            packet.extend(source.octets());
            packet.extend(destination.octets());
            let sum = checksum(&packet);
            packet[10..12].copy_from_slice(&sum);
        }
        (source, destination) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(len(0));
            packet.extend([protocol, 64]);
            for address in [source, destination] {
                let IpAddr::V6(address) = address else { panic!("addresses of one family") };
                packet.extend(address.octets());
            }
        }
    }
    packet.extend(payload);
    packet
}

/// The checksum of an IPv4 header.
fn checksum(header: &[u8]) -> [u8; 2] {
    let words = header.chunks(2).map(|it| u32::from(u16::from_be_bytes([it[0], it[1]])));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(!sum & 0xffff).unwrap_or_default().to_be_bytes()
}

/// A datagram of UDP, in IP. Its checksum is left out.
#[must_use]
pub fn udp(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::new();
    datagram.extend(source.port().to_be_bytes());
    datagram.extend(destination.port().to_be_bytes());
    datagram.extend(u16::try_from(payload.len() + 8).unwrap_or_default().to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    ip(source.ip(), destination.ip(), 17, &datagram)
}

/// The flag FIN.
pub const FIN: u8 = 1;
/// The flag SYN.
pub const SYN: u8 = 2;
/// The flag RST.
pub const RST: u8 = 4;
/// The flag ACK.
pub const ACK: u8 = 16;

/// A segment of TCP, in IP. Its checksum is left out.
#[must_use]
pub fn tcp(
    source: SocketAddr,
    destination: SocketAddr,
    sequence: u32,
    flags: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut segment = Vec::new();
    segment.extend(source.port().to_be_bytes());
    segment.extend(destination.port().to_be_bytes());
    segment.extend(sequence.to_be_bytes());
    segment.extend([0, 0, 0, 0, 5 << 4, flags, 0xff, 0xff, 0, 0, 0, 0]);
    segment.extend(payload);
    ip(source.ip(), destination.ip(), 6, &segment)
}

/// The fragments of an IP packet, each with this many bytes of its payload, a multiple of eight.
#[must_use]
pub fn fragments(packet: &[u8], size: usize) -> Vec<Vec<u8>> {
    let is_v6 = packet[0] >> 4 == 6;
    let (header, payload) = packet.split_at(if is_v6 { 40 } else { 20 });
    let count = payload.chunks(size).len();
    let parts = payload.chunks(size).enumerate();
    let fragment = |(at, part): (usize, &[u8])| {
        let more = at + 1 < count;
        let offset = u16::try_from(at * size / 8).unwrap_or_default();
        let mut fragment = header.to_vec();
        let len =
            |extra: usize| u16::try_from(part.len() + extra).unwrap_or_default().to_be_bytes();
        if is_v6 {
            let protocol = fragment[6];
            fragment[4..6].copy_from_slice(&len(8));
            fragment[6] = 44;
            fragment.extend([protocol, 0]);
            fragment.extend((offset << 3 | u16::from(more)).to_be_bytes());
            fragment.extend([0, 0, 0x12, 0x34]);
        } else {
            fragment[2..4].copy_from_slice(&len(20));
            let word = offset | if more { 0x2000 } else { 0 };
            fragment[6..8].copy_from_slice(&word.to_be_bytes());
            fragment[10..12].copy_from_slice(&[0, 0]);
            let sum = checksum(&fragment);
            fragment[10..12].copy_from_slice(&sum);
        }
        fragment.extend(part);
        fragment
    };
    parts.map(fragment).collect()
}

/// A WebSocket frame (RFC 6455 §5.2). Clients mask theirs.
#[must_use]
pub fn frame(last: bool, opcode: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![if last { 0x80 | opcode } else { opcode }];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(len @ ..126), _) => frame.push(masked | len),
        (_, Ok(len)) => {
            frame.push(masked | 126);
            frame.extend(len.to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    match mask {
        None => frame.extend(payload),
        Some(mask) => {
            frame.extend(mask);
            frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        }
    }
    frame
}
