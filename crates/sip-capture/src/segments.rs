//! One direction of a TCP connection, put in order (RFC 9293 §3.4).

use std::collections::BTreeMap;

use bytes::{Buf, Bytes};

/// How many bytes may wait for those before them, before these are given up.
const WAITING: usize = 256 << 10;
/// How many segments may.
const SEGMENTS: usize = 512;
/// What is further away than this belongs to another connection.
const FAR: u64 = 64 << 20;

/// What a direction brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The next bytes.
    Data(Bytes),
    /// Bytes are missing here.
    Gap,
}

/// Puts segments in order. Sequence numbers become offsets that do not wrap.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    /// The offset of the next byte, once one is known.
    next: Option<u64>,
    waiting: BTreeMap<u64, Bytes>,
    /// The sum of what waits.
    bytes: usize,
}

impl Segments {
    /// A direction whose first byte has the sequence number behind that of its SYN.
    pub(crate) fn begun(first: u32) -> Self {
        Self { next: Some(origin(first)), ..Self::default() }
    }

    /// Takes a segment, and gives the bytes that are in order now.
    pub(crate) fn push(&mut self, sequence: u32, data: Bytes, mut out: impl FnMut(Piece)) {
        if data.is_empty() {
            return;
        }
        let next = *self.next.get_or_insert_with(|| origin(sequence));
        #[expect(clippy::cast_possible_truncation, reason = "the sequence number is the low half")]
        let ahead = sequence.wrapping_sub(next as u32).cast_signed();
        let Some(start) = next.checked_add_signed(i64::from(ahead)) else { return };
        if start.abs_diff(next) > FAR {
            // Another connection with the same ports.
            self.drain(&mut out);
            out(Piece::Gap);
            self.next = Some(start + data.len() as u64);
            return out(Piece::Data(data));
        }
        if start > next {
            self.wait(start, data);
            if self.bytes > WAITING || self.waiting.len() > SEGMENTS {
                self.skip(&mut out);
            }
            return;
        }
        self.deliver(start, data, &mut out);
        self.in_order(&mut out);
    }

    /// Whether nothing waits.
    pub(crate) fn is_in_order(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Gives what waits, with the gaps before it: there will be no more.
    pub(crate) fn drain(&mut self, mut out: impl FnMut(Piece)) {
        while !self.waiting.is_empty() {
            self.skip(&mut out);
        }
    }

    fn wait(&mut self, start: u64, data: Bytes) {
        let known = self.waiting.get(&start).map_or(0, Bytes::len);
        if data.len() > known {
            self.bytes = self.bytes + data.len() - known;
            self.waiting.insert(start, data);
        }
    }

    /// Gives up what is missing.
    fn skip(&mut self, out: &mut impl FnMut(Piece)) {
        if let Some((start, data)) = self.waiting.pop_first() {
            self.bytes -= data.len();
            out(Piece::Gap);
            self.next = Some(start);
            self.deliver(start, data, out);
            self.in_order(out);
        }
    }

    /// Gives what has waited for these bytes.
    fn in_order(&mut self, out: &mut impl FnMut(Piece)) {
        while let Some(first) = self.waiting.first_entry()
            && self.next.is_some_and(|next| *first.key() <= next)
        {
            let (start, data) = first.remove_entry();
            self.bytes -= data.len();
            self.deliver(start, data, out);
        }
    }

    /// Gives the part of a segment that is new.
    fn deliver(&mut self, start: u64, mut data: Bytes, out: &mut impl FnMut(Piece)) {
        let next = self.next.unwrap_or(start);
        let old = usize::try_from(next - start).unwrap_or(usize::MAX);
        if old >= data.len() {
            return;
        }
        data.advance(old);
        self.next = Some(next + data.len() as u64);
        out(Piece::Data(data));
    }
}

/// The offset of the first byte: high enough that what comes before it has one too.
fn origin(sequence: u32) -> u64 {
    (1 << 32) | u64::from(sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(segments: &[(u32, &str)]) -> String {
        let mut direction = Segments::default();
        let mut text = String::new();
        let mut out = |piece: Piece| match piece {
            Piece::Data(data) => text.push_str(str::from_utf8(&data).unwrap_or("?")),
            Piece::Gap => text.push('|'),
        };
        for (sequence, data) in segments {
            direction.push(*sequence, Bytes::copy_from_slice(data.as_bytes()), &mut out);
        }
        direction.drain(&mut out);
        text
    }

    #[test]
    fn segments_come_out_in_order_and_once() {
        assert_eq!(run(&[(1, "ab"), (3, "cd"), (5, "ef")]), "abcdef");
        assert_eq!(run(&[(1, "ab"), (5, "ef"), (3, "cd"), (3, "cd"), (1, "ab")]), "abcdef");
    }

    #[test]
    fn overlaps_are_taken_from_what_came_first() {
        assert_eq!(run(&[(1, "abc"), (2, "XXd"), (3, "YYe")]), "abcde");
        assert_eq!(run(&[(1, "a"), (3, "cd"), (4, "Xe"), (2, "b")]), "abcde");
        assert_eq!(run(&[(1, "a"), (3, "c"), (3, "cde"), (2, "b")]), "abcde");
    }

    #[test]
    fn sequence_numbers_wrap() {
        assert_eq!(run(&[(u32::MAX - 1, "ab"), (1, "de"), (0, "c")]), "abcde");
    }

    #[test]
    fn what_stays_missing_is_a_gap() {
        assert_eq!(run(&[(1, "ab"), (5, "ef"), (9, "ij")]), "ab|ef|ij");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut direction = Segments::default();
        let (mut gaps, mut bytes) = (0, 0);
        direction.push(0, Bytes::from_static(b"x"), |_| {});
        for at in 0..2_000_u32 {
            direction.push(10 + at * 2_000, Bytes::from(vec![0; 1_000]), |piece| match piece {
                Piece::Gap => gaps += 1,
                Piece::Data(data) => bytes += data.len(),
            });
            assert!(direction.bytes <= WAITING + 1_000 && direction.waiting.len() <= SEGMENTS);
        }
        assert!(gaps > 1_700 && bytes == gaps * 1_000);
    }

    #[test]
    fn another_connection_with_the_same_ports_goes_on_elsewhere() {
        assert_eq!(run(&[(1, "ab"), (1_000_000_000, "cd"), (1_000_000_002, "ef")]), "ab|cdef");
    }
}
