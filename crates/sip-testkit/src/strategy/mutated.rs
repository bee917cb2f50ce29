//! Nearly valid messages: generated ones with a few byte edits.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::mutate::{Edit, SPLICES, apply_all};

use super::message::message;

/// One edit at any position.
pub fn edit() -> BoxedStrategy<Edit> {
    let at = any::<usize>;
    let splice = prop::sample::select(SPLICES).prop_map(<[u8]>::to_vec);
    prop_oneof![
        1 => (at(), 0..8u8).prop_map(|(at, bit)| Edit::Flip { at, bit }),
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set { at, byte }),
        4 => (at(), splice).prop_map(|(at, bytes)| Edit::Insert { at, bytes }),
        2 => (at(), 1..4usize).prop_map(|(at, len)| Edit::Delete { at, len }),
        1 => at().prop_map(|at| Edit::DuplicateLine { at }),
        1 => at().prop_map(|at| Edit::DeleteLine { at }),
        1 => (at(), 1..40usize, at()).prop_map(|(from, len, to)| Edit::Copy { from, len, to }),
        1 => at().prop_map(|at| Edit::Truncate { at }),
    ]
    .boxed()
}

/// A few edits.
pub fn edits() -> BoxedStrategy<Vec<Edit>> {
    vec(edit(), 1..5).boxed()
}

/// A generated message after a few edits: valid now and then, mostly not.
pub fn mutated() -> BoxedStrategy<Vec<u8>> {
    (message(), edits()).prop_map(|(message, edits)| apply_all(&edits, &message.bytes)).boxed()
}
