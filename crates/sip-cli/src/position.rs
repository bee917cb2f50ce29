//! Lines and columns from byte offsets.
//!
//! Both count from 1. A line ends behind its LF; a CR alone ends none. A column is one character
//! as the module `text` counts them: a UTF-8 character, or a byte that is not UTF-8.

use crate::text;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) offset: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// The offset of the first byte of the line.
    pub(crate) line_start: usize,
}

/// Turns offsets into places. It goes on from the last place, so that many offsets in order cost
/// one pass over the file.
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    column: usize,
    line_start: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1, column: 1, line_start: 0 }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The place of a byte; one inside a character is at that character's column.
    pub(crate) fn place(&mut self, offset: usize) -> Place {
        let offset = offset.min(self.bytes.len());
        if offset < self.at {
            self.rewind(offset);
        }
        while self.at < offset {
            let len = text::char_len(&self.bytes[self.at..]);
            if self.at + len > offset {
                break;
            }
            let byte = self.bytes[self.at];
            self.at += len;
            self.column += 1;
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
                self.line_start = self.at;
            }
        }
        let Self { line, column, line_start, .. } = *self;
        Place { offset, line, column, line_start }
    }

    /// Goes back to the start of the line that `offset` is in.
    fn rewind(&mut self, offset: usize) {
        if offset < self.line_start {
            let behind = &self.bytes[offset..self.line_start];
            self.line -= behind.iter().filter(|b| **b == b'\n').count();
            let before = self.bytes[..offset].iter().rposition(|b| *b == b'\n');
            self.line_start = before.map_or(0, |lf| lf + 1);
        }
        self.at = self.line_start;
        self.column = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_and_backward_agree_with_counting_from_the_start() {
        let bytes = "a\r\né\u{20ac}x\n\n\rq\r\n".as_bytes();
        let bytes = [bytes, b"\xe9\xe9\n\xf0\x9f", b"z"].concat();
        let plain = |offset: usize| Cursor::new(&bytes).place(offset);
        let mut cursor = Cursor::new(&bytes);
        for a in 0..=bytes.len() + 1 {
            for b in 0..=bytes.len() + 1 {
                assert_eq!(cursor.place(a), plain(a), "{a}");
                assert_eq!(cursor.place(b), plain(b), "{a} then {b}");
            }
        }
    }

    #[test]
    fn columns_are_characters() {
        let bytes = "ab\r\né\u{20ac}x\r\n".as_bytes();
        let at = |offset: usize| {
            let place = Cursor::new(bytes).place(offset);
            (place.line, place.column, place.line_start)
        };
        assert_eq!(at(0), (1, 1, 0));
        assert_eq!(at(3), (1, 4, 0)); // the LF
        assert_eq!(at(4), (2, 1, 4));
        assert_eq!(at(5), (2, 1, 4)); // inside the é
        assert_eq!(at(6), (2, 2, 4));
        assert_eq!(at(9), (2, 3, 4)); // the x
        assert_eq!(at(99), (3, 1, 12));
    }
}
