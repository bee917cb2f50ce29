//! SIP transactions (RFC 3261 §17, RFC 6026, RFC 4320) without sockets, clocks or threads.
//!
//! | to | look at |
//! |---|---|
//! | run the transaction layer of an element | [`Endpoint`] |
//! | know what has happened, and what to send | [`Event`], [`Transmit`] |
//! | set timers, limits, a sent-by | [`Config`], [`Timers`], [`Limits`] |
//! | name where messages come from and go | [`Flow`], [`Transport`] |
//! | forward requests | [`proxy`] |
//! | do what the transport layer has to do | [`transport`] |
//! | read or drive the state machines alone | [`machine`] |
//! | watch it | [`Endpoint::metrics`], [`Endpoint::transactions`] |
#![forbid(unsafe_code)]

mod branch;
mod index;
mod key;
mod log;
mod queue;
mod responses;
mod sources;
mod table;

mod config;
pub use config::{Config, Limits, Role, SentBy};

mod endpoint;
pub use endpoint::{Endpoint, Kind, RequestOptions, TransactionInfo};

mod error;
pub use error::SendError;

mod event;
pub use event::{Cause, Event, NotAMessage, StrayReason, Transmit, TransportFailure};

mod flow;
pub use flow::{ConnectionId, Flow, Transport};

mod id;
pub use id::{ClientTransaction, ServerTransaction, Transaction};

pub mod machine;

mod metrics;
pub use metrics::Metrics;

pub mod proxy;

mod timer;
pub use timer::{Timer, Timers};

pub mod transport;
