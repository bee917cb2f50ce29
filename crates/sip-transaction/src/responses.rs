//! The final responses that answer retransmissions until Timer J fires (RFC 3261 §17.2.2).
//!
//! Each is kept for the same time, so what was put in first is let go first. So they are copied into
//! blocks, one behind the other, and a block is freed as a whole. Who shares a buffer is counted in
//! a place of its own; that of a block stays in the processor's cache, where a million, one for each
//! response, do not. Of anything that lives longer or shorter than its neighbours, a block would
//! keep what nobody needs.

use bytes::{Bytes, BytesMut};

/// Where final responses of non-INVITE server transactions are kept.
#[derive(Debug, Default)]
pub(crate) struct Responses {
    /// What is left of the block that is being filled.
    block: BytesMut,
}

/// How long a block is: a few hundred responses.
const BLOCK: usize = 64 * 1024;

/// What is longer stays in its own buffer, so that little of a block is left empty.
const LONG: usize = BLOCK / 16;

impl Responses {
    /// The response in a block, unless it is a long one.
    pub(crate) fn keep(&mut self, response: &[u8]) -> Option<Bytes> {
        if response.len() > LONG {
            return None;
        }
        if response.len() > self.block.capacity() {
            self.block = BytesMut::with_capacity(BLOCK);
        }
        self.block.extend_from_slice(response);
        Some(self.block.split().freeze())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn responses_of_any_length_are_kept_as_they_are() {
        let mut responses = Responses::default();
        let given: Vec<_> = (0..=LONG).step_by(61).map(|length| vec![b'x'; length]).collect();
        let kept = given.iter().map(|response| responses.keep(response)).collect::<Vec<_>>();
        assert!(kept.iter().zip(&given).all(|(kept, given)| kept.as_deref() == Some(given)));
        let blocks = kept.iter().flatten().map(|kept| kept.as_ptr().addr() / BLOCK);
        assert!(blocks.collect::<BTreeSet<_>>().len() > 1, "more than one block was filled");
    }

    #[test]
    fn a_block_has_several_responses_and_a_long_one_has_its_own_buffer() {
        let mut responses = Responses::default();
        let [one, other] = [1, 2].map(|octet| responses.keep(&[octet; 300]).expect("short"));
        assert_eq!(one.as_ptr().wrapping_add(300), other.as_ptr());
        assert_eq!(responses.keep(&[3; LONG + 1]), None);
    }
}
