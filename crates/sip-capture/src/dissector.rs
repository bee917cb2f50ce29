//! From packets to messages.

use std::collections::VecDeque;
use std::net::SocketAddr;

use ahash::RandomState;
use bytes::Bytes;
use etherparse::{Ipv6ExtensionSlice, LaxIpSlice, TcpSlice, ip_number};
use hashbrown::HashMap;
use sip_message::{Message, ParseError, Parser, Tolerances};

use crate::detect::{Looks, look};
use crate::fragments::{Fragment, FragmentKey, Fragments};
use crate::link::ip_packet;
use crate::segments::{Piece, Segments};
use crate::stream::{Reading, Stream};
use crate::{Packet, Timestamp};

/// What carries a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// A datagram (RFC 3261 §18).
    Udp,
    /// A stream.
    Tcp,
    /// A WebSocket (RFC 7118).
    WebSocket,
}

/// A SIP message of a capture.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The number of the packet that completes it.
    pub packet: u64,
    /// When that was seen.
    pub time: Timestamp,
    /// Who has sent it.
    pub source: SocketAddr,
    /// Who was to get it.
    pub destination: SocketAddr,
    /// Over what.
    pub transport: Transport,
    /// What it says.
    pub content: Content,
}

/// What was sent.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "messages are what captures are read for")]
pub enum Content {
    /// A message.
    Message(Message),
    /// What looks like one by its first line, and cannot be read.
    Malformed {
        /// The datagram, or what of the stream came last.
        bytes: Bytes,
        /// Why.
        error: ParseError,
    },
}

impl Content {
    pub(crate) fn read(bytes: Bytes, parser: &mut Parser) -> Self {
        match parser.parse(bytes.clone()) {
            Ok(message) => Self::Message(message),
            Err(error) => Self::Malformed { bytes, error },
        }
    }
}

/// How much a dissector may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// IP packets that wait for fragments, of up to 64 KiB each. 256.
    pub fragmented: usize,
    /// Directions of TCP connections; those that were silent for longest go first. A direction
    /// holds up to 256 KiB of segments that came too early, and a message that is not whole. 16,384.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fragmented: 256, streams: 16_384 }
    }
}

/// What a dissector is told when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// What messages may be like. Lenient: a monitor wants to see all of them.
    pub tolerances: Tolerances,
    /// How much is held.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self { tolerances: Tolerances::lenient(), limits: Limits::default() }
    }
}

/// What was in the capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Packets.
    pub packets: u64,
    /// Packets that the capture has cut off.
    pub cut: u64,
    /// Packets that have no IP in them, or whose link type is not known.
    pub not_ip: u64,
    /// Packets whose headers make no sense.
    pub malformed: u64,
    /// Fragments of IP packets.
    pub fragments: u64,
    /// IP packets of which fragments were missing.
    pub fragmented_lost: u64,
    /// Datagrams of UDP.
    pub datagrams: u64,
    /// Segments of TCP.
    pub segments: u64,
    /// Places in TCP streams where bytes were missing.
    pub gaps: u64,
    /// Messages of SIP.
    pub messages: u64,
    /// What looked like SIP and could not be read.
    pub unreadable: u64,
}

/// Finds the SIP messages in packets: on any port, by what their first line says.
///
/// IP fragments and TCP segments are put together, and SIP in WebSockets is taken out of its
/// frames. Checksums are not looked at: hardware fills them in behind the capture's back. What is
/// encrypted or compressed stays hidden.
#[derive(Debug)]
pub struct Dissector {
    config: Config,
    parser: Parser,
    fragments: Fragments,
    streams: HashMap<(SocketAddr, SocketAddr), Direction, RandomState>,
    ready: VecDeque<Captured>,
    statistics: Statistics,
    hasher: RandomState,
}

/// One direction of a TCP connection.
#[derive(Debug)]
struct Direction {
    segments: Segments,
    stream: Stream,
    /// The packet that came last.
    last: (u64, Timestamp),
}

impl Direction {
    fn new(first: Option<u32>, last: (u64, Timestamp)) -> Self {
        let segments = first.map_or_else(Segments::default, Segments::begun);
        Self { segments, stream: Stream::new(first.is_some()), last }
    }
}

impl Default for Dissector {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl Dissector {
    /// A dissector that has seen nothing.
    #[must_use]
    pub fn new(config: Config) -> Self {
        // Who sends packets chooses addresses: the tables are hashed with keys that differ from run
        // to run.
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
        let hasher = RandomState::with_seeds(seed, seed.rotate_left(17), 0x7118, 0x3261);
        Self {
            config,
            parser: Parser::new().tolerances(config.tolerances),
            fragments: Fragments::new(config.limits.fragmented, hasher.clone()),
            streams: HashMap::with_hasher(hasher.clone()),
            ready: VecDeque::new(),
            statistics: Statistics::default(),
            hasher,
        }
    }

    /// Takes a packet. What it completes comes out of [`next_captured`](Self::next_captured).
    pub fn push(&mut self, packet: &Packet) {
        self.statistics.packets += 1;
        if packet.data.len() < packet.original_len as usize {
            self.statistics.cut += 1;
        }
        let Some(ip) = ip_packet(packet.link, &packet.data) else {
            self.statistics.not_ip += 1;
            return;
        };
        let Ok((ip, _)) = LaxIpSlice::from_slice(ip) else {
            self.statistics.malformed += 1;
            return;
        };
        let payload = ip.payload();
        let addresses = (ip.source_addr(), ip.destination_addr());
        if payload.fragmented {
            self.statistics.fragments += 1;
            let fragment = fragment(&ip);
            let lost = &mut self.statistics.fragmented_lost;
            match fragment.filter(|_| !payload.incomplete) {
                None => *lost += 1,
                Some(fragment) => {
                    let whole = self.fragments.push(packet.time, fragment, lost);
                    if let Some(whole) = whole {
                        let protocol = fragment.key.protocol;
                        let whole = Bytes::from(whole);
                        let payload = whole.clone();
                        self.transport(packet, addresses, protocol, &payload, &whole);
                    }
                }
            }
            return;
        }
        let (protocol, data) = (payload.ip_number.0, payload.payload);
        self.transport(packet, addresses, protocol, data, &packet.data);
    }

    /// The next message.
    pub fn next_captured(&mut self) -> Option<Captured> {
        self.ready.pop_front()
    }

    /// Says that no packet follows: what was held back for those that are missing comes out.
    pub fn finish(&mut self) {
        let mut streams =
            std::mem::replace(&mut self.streams, HashMap::with_hasher(self.hasher.clone()));
        let mut ends: Vec<_> = streams.drain().collect();
        ends.sort_by_key(|(_, direction)| direction.last);
        for (flow, mut direction) in ends {
            self.end(flow, &mut direction);
        }
    }

    /// What there was so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Gives a message back, so that the memory of its index can be used again.
    pub fn recycle(&mut self, message: Message) {
        self.parser.recycle(message);
    }

    /// What is behind the IP header. It is a part of `memory`.
    fn transport(
        &mut self,
        packet: &Packet,
        (source, destination): (std::net::IpAddr, std::net::IpAddr),
        protocol: u8,
        payload: &[u8],
        memory: &Bytes,
    ) {
        let (Some(ports), 6 | 17) = (payload.first_chunk::<4>(), protocol) else {
            if protocol == 6 || protocol == 17 {
                self.statistics.malformed += 1;
            }
            return;
        };
        let port = |at: usize| u16::from_be_bytes([ports[at], ports[at + 1]]);
        let flow = (SocketAddr::new(source, port(0)), SocketAddr::new(destination, port(2)));
        if protocol == ip_number::TCP.0 {
            self.tcp(packet, flow, payload, memory);
        } else {
            self.udp(packet, flow, payload, memory);
        }
    }

    fn udp(
        &mut self,
        packet: &Packet,
        flow: (SocketAddr, SocketAddr),
        datagram: &[u8],
        memory: &Bytes,
    ) {
        self.statistics.datagrams += 1;
        let (Some(data), Some(len)) = (datagram.get(8..), datagram.get(4..6)) else {
            self.statistics.malformed += 1;
            return;
        };
        // The length is left out where the hardware cuts the datagrams.
        let len = usize::from(u16::from_be_bytes([len[0], len[1]])).checked_sub(8);
        let data = &data[..data.len().min(len.unwrap_or(usize::MAX))];
        if look(data) != Looks::Sip {
            return;
        }
        let content = Content::read(memory.slice_ref(data), &mut self.parser);
        emit(
            &mut self.ready,
            &mut self.statistics,
            (packet.number, packet.time),
            flow,
            Transport::Udp,
            content,
        );
    }

    fn tcp(
        &mut self,
        packet: &Packet,
        flow: (SocketAddr, SocketAddr),
        segment: &[u8],
        memory: &Bytes,
    ) {
        self.statistics.segments += 1;
        let Ok(segment) = TcpSlice::from_slice(segment) else {
            self.statistics.malformed += 1;
            return;
        };
        let now = (packet.number, packet.time);
        let sequence = segment.sequence_number();
        if segment.syn() {
            let first = sequence.wrapping_add(1);
            self.make_room();
            let old = self.streams.insert(flow, Direction::new(Some(first), now));
            if let Some(mut old) = old {
                self.end(flow, &mut old);
            }
        }
        let payload = segment.payload();
        if payload.is_empty() && !segment.fin() && !segment.rst() {
            return;
        }
        if !self.streams.contains_key(&flow) {
            if payload.is_empty() {
                return;
            }
            self.make_room();
        }
        let begun = || Direction::new(None, now);
        let direction = self.streams.entry(flow).or_insert_with(begun);
        direction.last = now;
        if !direction.stream.is_other() {
            let (segments, stream) = (&mut direction.segments, &mut direction.stream);
            let reading =
                &mut Reading { tolerances: self.config.tolerances, parser: &mut self.parser };
            let (ready, statistics) = (&mut self.ready, &mut self.statistics);
            let sequence = sequence.wrapping_add(u32::from(segment.syn()));
            segments.push(sequence, memory.slice_ref(payload), |piece| match piece {
                Piece::Gap => {
                    statistics.gaps += 1;
                    stream.gap();
                }
                Piece::Data(data) => stream.push(&data, reading, |transport, content| {
                    emit(ready, statistics, now, flow, transport, content);
                }),
            });
        }
        let ends = segment.rst() || (segment.fin() && direction.segments.is_in_order());
        if ends && let Some(mut direction) = self.streams.remove(&flow) {
            self.end(flow, &mut direction);
        }
    }

    /// Nothing more comes in this direction.
    fn end(&mut self, flow: (SocketAddr, SocketAddr), direction: &mut Direction) {
        let Direction { segments, stream, last } = direction;
        let reading = &mut Reading { tolerances: self.config.tolerances, parser: &mut self.parser };
        let (ready, statistics) = (&mut self.ready, &mut self.statistics);
        segments.drain(|piece| match piece {
            Piece::Gap => {
                statistics.gaps += 1;
                stream.gap();
            }
            Piece::Data(data) => stream.push(&data, reading, |transport, content| {
                emit(ready, statistics, *last, flow, transport, content);
            }),
        });
        if stream.is_incomplete() {
            statistics.unreadable += 1;
        }
    }

    fn make_room(&mut self) {
        if self.streams.len() < self.config.limits.streams.max(1) {
            return;
        }
        // A quarter goes at once, so that this is seldom done.
        let mut times: Vec<_> = self.streams.values().map(|it| it.last).collect();
        times.sort_unstable();
        let until = times[times.len() / 4];
        let mut old: Vec<_> = self.streams.extract_if(|_, it| it.last <= until).collect();
        old.sort_by_key(|(_, direction)| direction.last);
        for (flow, mut direction) in old {
            self.end(flow, &mut direction);
        }
    }
}

fn emit(
    ready: &mut VecDeque<Captured>,
    statistics: &mut Statistics,
    (packet, time): (u64, Timestamp),
    (source, destination): (SocketAddr, SocketAddr),
    transport: Transport,
    content: Content,
) {
    match content {
        Content::Message(_) => statistics.messages += 1,
        Content::Malformed { .. } => statistics.unreadable += 1,
    }
    ready.push_back(Captured { packet, time, source, destination, transport, content });
}

/// What of a packet is a fragment.
fn fragment<'a>(ip: &LaxIpSlice<'a>) -> Option<Fragment<'a>> {
    let (identification, offset, more) = match ip {
        LaxIpSlice::Ipv4(ip) => {
            let header = ip.header();
            (u32::from(header.identification()), header.fragments_offset(), header.more_fragments())
        }
        LaxIpSlice::Ipv6(ip) => {
            let mut extensions = ip.extensions().clone().into_iter();
            let header = extensions.find_map(|it| match it {
                Ipv6ExtensionSlice::Fragment(fragment) => Some(fragment.to_header()),
                _ => None,
            })?;
            (header.identification, header.fragment_offset, header.more_fragments)
        }
    };
    let payload = ip.payload();
    let key = FragmentKey {
        source: ip.source_addr(),
        destination: ip.destination_addr(),
        protocol: payload.ip_number.0,
        identification,
    };
    Some(Fragment { key, offset, more, payload: payload.payload })
}
