//! One message of a bench, in the shapes the parsers take it: SIP bytes and the same bytes as HTTP.

use bytes::Bytes;

use crate::http;

/// One message, ready to be parsed by any peer.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of the corpus message that this is, or is a variant of.
    pub name: &'static str,
    /// The whole datagram. Parsers that share a buffer clone the handle, as after a receive.
    pub bytes: Bytes,
    /// The head as HTTP, for httparse.
    pub http: Bytes,
    /// The length of the head with its empty line: what a parser of heads has to read.
    pub head_len: usize,
}

impl Sample {
    /// A sample of a datagram; the HTTP shape is made here, outside any measurement.
    pub fn new(name: &'static str, datagram: Vec<u8>) -> Self {
        let head_len = head_len(&datagram);
        let http = Bytes::from(http::shape(&datagram[..head_len]));
        Self { name, bytes: Bytes::from(datagram), http, head_len }
    }

    /// The head: start line, headers and the empty line.
    pub fn head(&self) -> &[u8] {
        &self.bytes[..self.head_len]
    }

    /// What follows the head.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head_len..]
    }
}

/// The sum of the head lengths, the unit of every throughput.
pub fn head_bytes(samples: &[Sample]) -> usize {
    samples.iter().map(|sample| sample.head_len).sum()
}

fn head_len(datagram: &[u8]) -> usize {
    memchr::memmem::find(datagram, b"\r\n\r\n").map_or(datagram.len(), |at| at + 4)
}
