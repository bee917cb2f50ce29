//! The bodies of the fuzz targets: properties that must hold for any bytes.
//!
//! `fuzz/fuzz_targets/*` only call these, so that the stable toolchain compiles them and
//! `cargo test` replays the corpora (`tests/replay.rs`). A body panics when its property fails.

mod capture;
mod dialog;
mod edit;
mod headers;
mod lint;
mod message;
mod multipart;
mod scanner;
mod sdp;
mod stream;
mod transaction;
mod uri;

pub use capture::capture;
pub use dialog::dialog;
pub use edit::{builder, edit};
pub use headers::headers;
pub use lint::lint;
pub use message::message;
pub use multipart::multipart;
pub use scanner::scanner_vs_oracle;
pub use sdp::{offer_answer, sdp, sdp_attributes, sdp_edit};
pub use stream::stream;
pub use transaction::transaction;
pub use uri::uri;

/// A body by the name of its target.
pub type Body = fn(&[u8]);

/// Every target.
pub const TARGETS: &[(&str, Body)] = &[
    ("uri", uri),
    ("message", message),
    ("stream", stream),
    ("multipart", multipart),
    ("scanner_vs_oracle", scanner_vs_oracle),
    ("headers", headers),
    ("edit", edit),
    ("builder", builder),
    ("lint", lint),
    ("sdp", sdp),
    ("sdp_attributes", sdp_attributes),
    ("sdp_edit", sdp_edit),
    ("offer_answer", offer_answer),
    ("transaction", transaction),
    ("dialog", dialog),
    ("capture", capture),
];
