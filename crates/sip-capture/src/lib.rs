//! SIP messages out of packet captures, as a monitor needs them.
//!
//! | to | look at |
//! |---|---|
//! | read packets from a pcap or pcapng file, or from one that grows | [`Reader`] |
//! | find the SIP messages in them | [`Dissector`] |
//! | know who has sent a message to whom, when, and over what | [`Captured`] |
//! | know what was not SIP, or was lost | [`Statistics`] |
//!
//! ```
//! use sip_capture::{Content, Dissector, Reader};
//!
//! # fn main() -> Result<(), sip_capture::CaptureError> {
//! let file: &[u8] = include_bytes!("../testdata/options.pcap");
//! let mut reader = Reader::new(file);
//! let mut dissector = Dissector::default();
//! let mut seen = Vec::new();
//! while let Some(packet) = reader.next_packet()? {
//!     dissector.push(&packet);
//!     while let Some(captured) = dissector.next_captured() {
//!         let Content::Message(message) = &captured.content else { continue };
//!         seen.push(format!(
//!             "{} {} -> {}: {}",
//!             captured.time,
//!             captured.source,
//!             captured.destination,
//!             String::from_utf8_lossy(message.start_line().trim_ascii_end()),
//!         ));
//!     }
//! }
//! assert_eq!(seen, [
//!     "2026-01-01T00:00:00.000000Z 192.0.2.1:5060 -> 192.0.2.4:5060: OPTIONS sip:bob@biloxi.example SIP/2.0",
//!     "2026-01-01T00:00:00.012000Z 192.0.2.4:5060 -> 192.0.2.1:5060: SIP/2.0 200 OK",
//! ]);
//! # Ok(())
//! # }
//! ```
//!
//! Everything is bounded, whatever the bytes: see [`Config`] and [`Reader`].
#![forbid(unsafe_code)]

mod detect;
mod fragments;
mod link;
mod segments;
mod stream;
mod websocket;

mod dissector;
pub use dissector::{Captured, Config, Content, Dissector, Limits, Statistics, Transport};

mod error;
pub use error::CaptureError;

mod link_type;
pub use link_type::LinkType;

mod reader;
pub use reader::{Packet, Reader};

mod time;
pub use time::Timestamp;
