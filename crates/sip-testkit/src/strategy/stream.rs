//! Byte streams: several messages with keep-alives between them, and how the bytes arrive.

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::message::{GeneratedMessage, message};

/// A valid stream. What is not message is line ends: two are a keep-alive of RFC 5626 §4.4.1, one
/// is its answer.
#[derive(Debug, Clone)]
pub struct GeneratedStream {
    /// All its bytes.
    pub bytes: Vec<u8>,
    /// The messages in order.
    pub messages: Vec<GeneratedMessage>,
    /// Where each message stands.
    pub spans: Vec<Range<usize>>,
    /// Where the reads end, in order; the last one ends at the end.
    pub splits: Vec<usize>,
}

impl GeneratedStream {
    /// The bytes as they arrive; a read may be empty.
    pub fn reads(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.splits.iter().copied());
        starts.zip(&self.splits).map(|(start, &end)| &self.bytes[start..end])
    }
}

/// Up to three messages, with line ends before, between and after them. One stream in twenty
/// arrives byte by byte.
pub fn stream() -> BoxedStrategy<GeneratedStream> {
    let line_ends = || prop_oneof![2 => Just(0usize), 1 => Just(1), 2 => Just(2), 1 => 3..6usize];
    let messages = vec((message(), line_ends()), 0..4);
    (line_ends(), messages, vec(any::<Index>(), 0..8), 0..20u8)
        .prop_map(|(first, messages, cuts, every_byte)| {
            let mut bytes = b"\r\n".repeat(first);
            let mut spans = Vec::new();
            for (message, line_ends) in &messages {
                let start = bytes.len();
                bytes.extend_from_slice(&message.bytes);
                spans.push(start..bytes.len());
                bytes.extend(b"\r\n".repeat(*line_ends));
            }
            let mut splits: Vec<usize> = if every_byte == 0 {
                (1..bytes.len()).collect()
            } else {
                cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect()
            };
            splits.sort_unstable();
            splits.push(bytes.len());
            let messages = messages.into_iter().map(|(message, _)| message).collect();
            GeneratedStream { bytes, messages, spans, splits }
        })
        .boxed()
}
