#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod attribute;
mod attributes;
mod build;
pub mod codec;
mod description;
mod diff;
mod direction;
mod edit;
pub mod encode;
mod error;
mod index;
mod input;
mod limits;
mod lint;
mod media;
pub mod offer_answer;
mod parser;
pub mod precondition;
mod tolerance;
mod transport;
pub mod value;

pub use attributes::{Attributes, Each};
pub use build::{Address, BuildError, BuildErrorKind, DescriptionBuilder, MediaBuilder};
pub use codec::CodecSpec;
pub use description::{Line, SessionDescription};
pub use diff::{Change, diff};
pub use direction::Direction;
pub use edit::{At, Edit};
pub use error::{LineError, LineName, ParseError, ParseErrorKind, ValueError, ValueErrorKind};
pub use input::Input;
pub use limits::{Limit, Limits};
pub use lint::{Advice, Finding, FindingKind, lint};
pub use media::Media;
pub use parser::Parser;
pub use tolerance::{Deviation, Rule, Severity, Tolerances};
pub use transport::{IceCredentials, TransportAddress};
