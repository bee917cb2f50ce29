//! Where values are kept until their message is written.

use alloc::vec::Vec;

use super::{Encode, EncodeError, ValueWriter};
use crate::start_line::Span;

/// Values that were written, one behind the other. Those of a usual edit need no allocation.
///
/// A `SmallVec<[u8; N]>` does the same with twice the instructions a piece.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    inline: [u8; INLINE],
    len: usize,
    /// Everything, once it is too much for `inline`.
    spilled: Vec<u8>,
}

const INLINE: usize = 448;

impl Text {
    pub(crate) fn new() -> Self {
        Self { inline: [0; INLINE], len: 0, spilled: Vec::new() }
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        if self.len > INLINE { &self.spilled } else { &self.inline[..self.len] }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn extend(&mut self, piece: &[u8]) {
        let len = self.len + piece.len();
        match self.inline.get_mut(self.len..len) {
            Some(room) => room.copy_from_slice(piece),
            None => self.spill(piece),
        }
        self.len = len;
    }

    #[cold]
    fn spill(&mut self, piece: &[u8]) {
        if self.len <= INLINE {
            self.spilled.clear();
            self.spilled.extend_from_slice(&self.inline[..self.len]);
        }
        self.spilled.extend_from_slice(piece);
    }

    fn truncate(&mut self, len: usize) {
        if len <= INLINE && self.len > INLINE {
            self.inline[..len].copy_from_slice(&self.spilled[..len]);
        }
        self.spilled.truncate(len);
        self.len = len;
    }

    #[inline]
    pub(crate) fn get(&self, span: Span) -> &[u8] {
        span.of(self.bytes())
    }

    /// Adds what was checked elsewhere.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Span {
        let start = self.len;
        self.extend(bytes);
        Span::new(start, self.len)
    }

    pub(crate) fn number(&mut self, number: u32) -> Span {
        let start = self.len;
        ValueWriter { text: self, start }.number(number);
        Span::new(start, self.len)
    }

    /// Adds several pieces as one.
    pub(crate) fn join(&mut self, pieces: &[&[u8]]) -> Span {
        let start = self.len;
        for piece in pieces {
            self.extend(piece);
        }
        Span::new(start, self.len)
    }

    /// Adds a value; the span leaves out the white space around it.
    pub(crate) fn value(&mut self, value: &(impl Encode + ?Sized)) -> Result<Span, EncodeError> {
        let start = self.len;
        let mut writer = ValueWriter { text: self, start };
        match value.encode(&mut writer) {
            Ok(()) => {
                let bytes = self.bytes();
                let end = crate::input::trim_end(bytes, start, bytes.len());
                Ok(Span::new(crate::input::skip_lws(&bytes[..end], start), end))
            }
            Err(error) => {
                self.truncate(start);
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_spills_and_comes_back() {
        for first in [0, 1, INLINE - 1, INLINE, INLINE + 1] {
            for second in [0, 1, 2, INLINE] {
                let mut text = Text::new();
                let a = text.push(&[1; INLINE + 1][..first]);
                let b = text.push(&[2; INLINE][..second]);
                assert!(text.get(a).iter().all(|b| *b == 1) && text.get(a).len() == first);
                assert!(text.get(b).iter().all(|b| *b == 2) && text.get(b).len() == second);
                text.truncate(first);
                let c = text.push(b"c");
                assert_eq!(
                    (text.get(c), text.get(a).len(), text.len()),
                    (&b"c"[..], first, first + 1)
                );
                assert!(text.get(a).iter().all(|b| *b == 1));
            }
        }
    }
}
