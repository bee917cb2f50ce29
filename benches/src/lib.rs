//! The bench of Trapezoid: eight fixed SIP messages, a generator of variants of them, and the same
//! work done by Trapezoid and by its peers, level by level.
//!
//! - L1 is a parser's ordinary parse of a datagram.
//! - L2 is L1 and then, parsed: Request-URI or status, top Via (host, port, branch), From and To
//!   tags, Call-ID, `CSeq`, Contact URI, Max-Forwards, all Record-Route and Route URIs.
//! - L3 is L1 and then every header that the parser can type. Each types another set (rsip has no
//!   Supported), so that an L3 ratio is a hint and no measure.
//!
//! `src/bin/compare.rs` is the gate, `src/bin/instructions.rs` counts under callgrind,
//! `src/bin/transactions.rs` is about [live transactions](transactions), `src/bin/calls.rs` about
//! [standing calls](calls), and
//! `benches/` are Criterion benches for people.

pub mod alloc;
pub mod calls;
pub mod captures;
pub mod corpus;
pub mod descriptions;
pub mod edits;
pub mod floor;
pub mod http;
pub mod memory;
pub mod peers;
pub mod race;
pub mod random;
pub mod sample;
pub mod tally;
pub mod transactions;
pub mod uris;
pub mod vary;
