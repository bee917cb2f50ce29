//! The program as its users see it: bytes in, text and exit code out.
#![forbid(unsafe_code)]

mod corpus;
mod docs;
mod ladder;
mod lint;
mod parse;
mod sdp;
mod sip;
mod usage;
