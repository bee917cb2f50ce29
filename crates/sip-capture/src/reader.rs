//! Capture files: packets, one after the other.

use std::io::{ErrorKind, Read};

use bytes::{Buf, Bytes, BytesMut};
use pcap_parser::nom::Err as NomError;
use pcap_parser::pcapng::{Block, parse_block_be, parse_block_le};
use pcap_parser::{PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use crate::{CaptureError, LinkType, Timestamp};

/// How much is read at once, where nobody says.
const CHUNK: usize = 1 << 20;
/// The longest packet or block that is believed.
const LONGEST: usize = 16 << 20;
/// The most interfaces of a section.
const INTERFACES: usize = 4_096;

/// One packet as the capture has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its number, from 1 on, as other programs count.
    pub number: u64,
    /// When it was seen.
    pub time: Timestamp,
    /// What it starts with.
    pub link: LinkType,
    /// What was kept of it. It shares the memory of what was read at once.
    pub data: Bytes,
    /// How long it was.
    pub original_len: u32,
}

/// Reads packets from a capture: pcap, with micro- or nanoseconds in either byte order, or pcapng.
///
/// The capture may be growing: after [`CaptureError::Cut`], and after `None`, what was read is kept,
/// and [`next_packet`](Self::next_packet) goes on when there is more. A packet or block of more than
/// 16 MiB is not believed, which bounds the memory.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// How much is read at once.
    chunk: usize,
    buffer: BytesMut,
    /// The offset of the buffer in the file.
    offset: u64,
    format: Format,
    packets: u64,
}

#[derive(Debug)]
enum Format {
    Unknown,
    Pcap(PcapHeader),
    PcapNg { big_endian: bool, interfaces: Vec<Interface> },
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: LinkType,
    /// Units in a second.
    resolution: u64,
    /// Seconds.
    offset: i64,
    snaplen: u32,
}

/// What was found at the front of the buffer.
enum Step {
    /// Something without a packet.
    Passed,
    Packet(Packet),
    /// More is needed.
    Wait,
}

/// The packet of a block, before its bytes are taken out of the buffer.
struct Found {
    time: Timestamp,
    link: LinkType,
    /// Where the data are in the block.
    start: usize,
    len: usize,
    original_len: u32,
}

impl<R: Read> Reader<R> {
    /// A reader of what `input` has. It reads a mebibyte at once, so `input` needs no buffer.
    pub fn new(input: R) -> Self {
        Self {
            input,
            chunk: CHUNK,
            buffer: BytesMut::new(),
            offset: 0,
            format: Format::Unknown,
            packets: 0,
        }
    }

    /// The same reader, which reads this many bytes at once.
    #[must_use]
    pub fn chunk(mut self, bytes: usize) -> Self {
        self.chunk = bytes.max(1);
        self
    }

    /// The next packet; `None` at the end of the capture.
    ///
    /// # Errors
    /// When there is no capture, or it is cut off or corrupt, or cannot be read.
    pub fn next_packet(&mut self) -> Result<Option<Packet>, CaptureError> {
        loop {
            match self.step()? {
                Step::Packet(packet) => return Ok(Some(packet)),
                Step::Passed => {}
                Step::Wait => {
                    if self.fill()? > 0 {
                        continue;
                    }
                    return match (&self.format, self.buffer.is_empty()) {
                        (Format::Unknown, true) => Err(CaptureError::Empty),
                        (Format::Unknown, false) if !could_be_capture(&self.buffer) => {
                            Err(CaptureError::NotACapture)
                        }
                        (_, true) => Ok(None),
                        (_, false) => Err(CaptureError::Cut { offset: self.offset }),
                    };
                }
            }
        }
    }

    /// How much of the capture has been used up, in bytes.
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// How many packets there were.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Where the bytes come from.
    pub fn get_ref(&self) -> &R {
        &self.input
    }

    fn fill(&mut self) -> Result<usize, CaptureError> {
        let len = self.buffer.len();
        self.buffer.resize(len + self.chunk, 0);
        loop {
            let read = self.input.read(&mut self.buffer[len..]);
            if let Err(error) = &read
                && error.kind() == ErrorKind::Interrupted
            {
                continue;
            }
            self.buffer.truncate(len + read.as_ref().copied().unwrap_or_default());
            return Ok(read?);
        }
    }

    fn step(&mut self) -> Result<Step, CaptureError> {
        match &mut self.format {
            Format::Unknown => self.start(),
            Format::Pcap(header) => {
                let frame = match header.is_bigendian() {
                    true => parse_pcap_frame_be(&self.buffer),
                    false => parse_pcap_frame(&self.buffer),
                };
                let link = LinkType::from_number(header.network.0.cast_unsigned());
                let nanos = header.is_nanosecond_precision();
                let claimed = claimed_length(&self.buffer, header.is_bigendian());
                if claimed.is_some_and(|len| len > LONGEST) {
                    return Err(self.corrupt("a packet of more than 16 MiB"));
                }
                let (rest, found) = match frame {
                    Ok((rest, frame)) => {
                        let fraction = u64::from(frame.ts_usec) * if nanos { 1 } else { 1_000 };
                        let time = u64::from(frame.ts_sec) * 1_000_000_000 + fraction;
                        let found = Found {
                            time: Timestamp::from_nanos(time),
                            link,
                            start: 16,
                            len: frame.data.len(),
                            original_len: frame.origlen,
                        };
                        (rest.len(), found)
                    }
                    Err(NomError::Incomplete(_)) => return Ok(Step::Wait),
                    Err(_) => return Err(self.corrupt("no packet header")),
                };
                Ok(Step::Packet(self.take(self.buffer.len() - rest, found)))
            }
            Format::PcapNg { .. } => self.block(),
        }
    }

    /// Finds out what it is.
    fn start(&mut self) -> Result<Step, CaptureError> {
        if self.buffer.len() < 4 {
            return Ok(Step::Wait);
        }
        if self.buffer.starts_with(&SECTION) {
            self.format = Format::PcapNg { big_endian: false, interfaces: Vec::new() };
            return Ok(Step::Passed);
        }
        match parse_pcap_header(&self.buffer) {
            Ok((_, header)) if header.is_modified_format() => Err(CaptureError::NotACapture),
            Ok((rest, header)) => {
                let used = self.buffer.len() - rest.len();
                self.advance(used);
                self.format = Format::Pcap(header);
                Ok(Step::Passed)
            }
            Err(NomError::Incomplete(_)) => Ok(Step::Wait),
            Err(_) => Err(CaptureError::NotACapture),
        }
    }

    fn block(&mut self) -> Result<Step, CaptureError> {
        let Format::PcapNg { big_endian, interfaces } = &mut self.format else {
            return Ok(Step::Wait);
        };
        // The length comes before anything that says what is in it, but for the byte order.
        let Some(head) = self.buffer.first_chunk::<12>() else { return Ok(Step::Wait) };
        if head.starts_with(&SECTION) {
            match head[8..] {
                [0x1a, 0x2b, 0x3c, 0x4d] => *big_endian = true,
                [0x4d, 0x3c, 0x2b, 0x1a] => *big_endian = false,
                _ => return Err(self.corrupt("a section without its byte order")),
            }
            interfaces.clear();
        }
        let len = [head[4], head[5], head[6], head[7]];
        let len = if *big_endian { u32::from_be_bytes(len) } else { u32::from_le_bytes(len) };
        let len = len as usize;
        if !(12..=LONGEST).contains(&len) || !len.is_multiple_of(4) {
            return Err(self.corrupt("the length of a block"));
        }
        let Some(bytes) = self.buffer.get(..len) else { return Ok(Step::Wait) };
        let block = match *big_endian {
            true => parse_block_be(bytes),
            false => parse_block_le(bytes),
        };
        let place = |data: &[u8], captured: u32| {
            let start = data.as_ptr() as usize - bytes.as_ptr() as usize;
            (start, data.len().min(captured as usize))
        };
        let found = match block {
            Ok((_, Block::InterfaceDescription(it))) => {
                if interfaces.len() == INTERFACES {
                    return Err(self.corrupt("more than 4,096 interfaces"));
                }
                let Some(resolution) = it.ts_resolution().filter(|it| *it > 0) else {
                    return Err(self.corrupt("the resolution of an interface's clock"));
                };
                interfaces.push(Interface {
                    link: LinkType::from_number(it.linktype.0.cast_unsigned()),
                    resolution,
                    offset: it.ts_offset(),
                    snaplen: it.snaplen,
                });
                None
            }
            Ok((_, Block::EnhancedPacket(it))) => {
                let Some(interface) = interfaces.get(it.if_id as usize) else {
                    return Err(self.corrupt("a packet of an interface that is not described"));
                };
                let (start, len) = place(it.data, it.caplen);
                let units = u64::from(it.ts_high) << 32 | u64::from(it.ts_low);
                let time = interface.time(units);
                Some(Found { time, link: interface.link, start, len, original_len: it.origlen })
            }
            Ok((_, Block::SimplePacket(it))) => {
                let Some(interface) = interfaces.first() else {
                    return Err(self.corrupt("a packet of an interface that is not described"));
                };
                let most = if interface.snaplen == 0 { u32::MAX } else { interface.snaplen };
                let (start, len) = place(it.data, it.origlen.min(most));
                let time = Timestamp::default();
                Some(Found { time, link: interface.link, start, len, original_len: it.origlen })
            }
            Ok(_) => None,
            Err(_) => return Err(self.corrupt("what is in a block")),
        };
        match found {
            Some(found) => Ok(Step::Packet(self.take(len, found))),
            None => {
                self.advance(len);
                Ok(Step::Passed)
            }
        }
    }

    /// Takes a packet out of the buffer, and what is around it.
    fn take(&mut self, len: usize, found: Found) -> Packet {
        let mut bytes = self.buffer.split_to(len).freeze();
        self.offset += len as u64;
        self.packets += 1;
        bytes.advance(found.start);
        bytes.truncate(found.len);
        Packet {
            number: self.packets,
            time: found.time,
            link: found.link,
            data: bytes,
            original_len: found.original_len,
        }
    }

    fn advance(&mut self, len: usize) {
        self.buffer.advance(len);
        self.offset += len as u64;
    }

    fn corrupt(&self, what: &'static str) -> CaptureError {
        CaptureError::Corrupt { offset: self.offset, what }
    }
}

impl Interface {
    fn time(&self, units: u64) -> Timestamp {
        let nanos = u128::from(units) * 1_000_000_000 / u128::from(self.resolution);
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX);
        let nanos = nanos.saturating_add(i128::from(self.offset) * 1_000_000_000);
        Timestamp::from_nanos(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
    }
}

/// What a section of pcapng starts with, in either byte order.
const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// How many bytes the packet at the front says that it has.
fn claimed_length(buffer: &[u8], big_endian: bool) -> Option<usize> {
    let len = *buffer.get(8..)?.first_chunk::<4>()?;
    Some(if big_endian { u32::from_be_bytes(len) } else { u32::from_le_bytes(len) } as usize)
}

/// Whether these few bytes are the start of a capture.
fn could_be_capture(start: &[u8]) -> bool {
    const MAGICS: [[u8; 4]; 5] = [
        SECTION,
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x4d, 0x3c, 0xb2, 0xa1],
    ];
    let len = start.len().min(4);
    MAGICS.iter().any(|magic| magic[..len] == start[..len])
}
