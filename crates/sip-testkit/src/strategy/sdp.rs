//! Session descriptions.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::corpus;

static DESCRIPTIONS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = ["sdp", "sdp/rfc"].into_iter().flat_map(corpus::files);
    files.map(|(_, bytes)| bytes).collect()
});

/// A description of the test data.
pub fn description() -> BoxedStrategy<Vec<u8>> {
    proptest::sample::select(DESCRIPTIONS.as_slice()).boxed()
}
