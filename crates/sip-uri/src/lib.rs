#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod class;
mod equivalence;
mod layout;
mod normal;
mod parse;
mod scan;

mod builder;
pub use builder::UriBuilder;

mod error;
pub use error::{Component, UriError, UriErrorKind};

pub mod escape;

mod headers;
pub use headers::{UriHeader, UriHeaders};

mod host;
pub use host::{Host, HostPort};

mod keys;
pub use keys::{AorKey, BindingKey};

mod known;
pub use known::MaybeValue;

pub use layout::MAX_LEN;

mod params;
pub use params::{Param, Params};

mod scheme;
pub use scheme::Scheme;

mod telephone;
pub use telephone::Telephone;

mod tolerance;
pub use tolerance::{Deviation, Rule, Severity, Tolerances};

mod uri;
pub use uri::Uri;

mod uri_ref;
pub use uri_ref::UriRef;
