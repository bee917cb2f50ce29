//! Session descriptions: `sip sdp`, and those in the bodies of messages.

pub(crate) mod answer;
pub(crate) mod bodies;
pub(crate) mod json;
pub(crate) mod show;
pub(crate) mod tree;
