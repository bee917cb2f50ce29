//! Files and standard input, and the frames in them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use sdp::SessionDescription;
use sip_message::{Frame, Message, ParseError, Parser, StreamDecoder};

use crate::args::Tolerances;

/// How much of a file is read: the whole of it is held in memory.
const MAX_BYTES: u64 = 64 << 20;

/// How much a stream decoder is given at once. A message pins what it came in, so less is better.
const PIECE: usize = 64 << 10;

/// A file that was read.
pub(crate) struct Source {
    /// As it was named on the command line.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Source {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let bytes = if path.as_os_str() == "-" {
            read_bounded(io::stdin().lock())?
        } else {
            read_bounded(File::open(path)?)?
        };
        Ok(Self { name: path.to_string_lossy().into_owned(), bytes: bytes.into() })
    }

    /// The name for people.
    pub(crate) fn shown_name(&self) -> &str {
        if self.name == "-" { "<stdin>" } else { &self.name }
    }

    /// What is in it: one message, or with `stream` any number of messages and keep-alives.
    pub(crate) fn frames(&self, stream: bool, tolerances: Tolerances) -> Frames<'_> {
        let bytes = &self.bytes;
        if stream {
            let decoder = StreamDecoder::new().tolerances(tolerances.sip);
            return Frames::Stream(Stream { bytes, decoder: Some(decoder), pushed: 0, start: 0 });
        }
        let item = match Parser::new().tolerances(tolerances.sip).parse(bytes.clone()) {
            Ok(message) => Item::Message(message),
            Err(error) => Item::Refused(error),
        };
        Frames::Datagram(VecDeque::from([Placed { start: 0, item }]))
    }
}

impl Source {
    /// The session description that the file is.
    pub(crate) fn description(
        &self,
        tolerances: sdp::Tolerances,
    ) -> Result<SessionDescription, sdp::ParseError> {
        sdp::Parser::new().tolerances(tolerances).parse(self.bytes.clone())
    }

    /// Whether it looks like a session description: it starts with `v=`, as no message does.
    pub(crate) fn is_description(&self) -> bool {
        self.bytes.starts_with(b"v=")
    }
}

fn read_bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let text = format!("it has more than {} MiB", MAX_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

/// A frame and where it starts in the file; what the libraries say counts from there.
pub(crate) struct Placed {
    pub(crate) start: usize,
    pub(crate) item: Item,
}

#[allow(clippy::large_enum_variant, reason = "nearly every frame is a message")]
pub(crate) enum Item {
    Message(Message),
    Refused(ParseError),
    Ping,
    Pong,
}

/// The frames of a file, in order.
#[allow(clippy::large_enum_variant, reason = "there is one of it at a time")]
pub(crate) enum Frames<'a> {
    Datagram(VecDeque<Placed>),
    Stream(Stream<'a>),
}

impl Iterator for Frames<'_> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        match self {
            Self::Datagram(frame) => frame.pop_front(),
            Self::Stream(stream) => stream.next(),
        }
    }
}

pub(crate) struct Stream<'a> {
    bytes: &'a [u8],
    /// `None` when the stream is at its end, or broken.
    decoder: Option<StreamDecoder>,
    /// How much of the bytes the decoder has got.
    pushed: usize,
    /// Where the next frame starts.
    start: usize,
}

impl Stream<'_> {
    fn next(&mut self) -> Option<Placed> {
        loop {
            let decoder = self.decoder.as_mut()?;
            let (item, len) = match decoder.next_frame() {
                Ok(Some(Frame::Message(message))) => {
                    let len = message.source().len();
                    (Item::Message(message), len)
                }
                Ok(Some(Frame::Ping)) => (Item::Ping, 4),
                Ok(Some(Frame::Pong)) => (Item::Pong, 2),
                Ok(None) if self.pushed < self.bytes.len() => {
                    let end = self.bytes.len().min(self.pushed + PIECE);
                    decoder.push(&self.bytes[self.pushed..end]);
                    self.pushed = end;
                    continue;
                }
                Ok(None) => return self.last(),
                Err(error) => {
                    self.decoder = None;
                    (Item::Refused(error), 0)
                }
            };
            let start = self.start;
            self.start += len;
            return Some(Placed { start, item });
        }
    }

    /// What is left when the file ends: half a message, a keep-alive that the decoder was not
    /// sure of, or nothing.
    fn last(&mut self) -> Option<Placed> {
        let start = self.start;
        match self.decoder.take()?.finish() {
            Err(error) => Some(Placed { start, item: Item::Refused(error) }),
            Ok(()) if self.bytes[start..].starts_with(b"\r\n") => {
                Some(Placed { start, item: Item::Pong })
            }
            Ok(()) => None,
        }
    }
}
