//! SIP messages (RFC 3261 §7, §20, §25): one buffer and an index over it.
//!
//! | to | look at |
//! |---|---|
//! | read a datagram | [`Message::parse`], or a [`Parser`] with limits and tolerances of your own |
//! | read a stream | [`StreamDecoder`] |
//! | get a header | [`Headers`] with the markers in [`header`] and the views in [`value`] |
//! | read one value alone | [`HeaderValue::decode`](value::HeaderValue::decode) |
//! | change a message | [`Request::edit`], [`Response::edit`] |
//! | make a message | [`Request::builder`], [`Request::respond`], [`Request::ack`], [`Request::cancel`] |
//! | write a value | [`encode`] |
//! | add a header | [`header::Header`] |
//! | read the parts of a body | [`Parts::multipart`], [`Multipart`] |
//! | know which header is for which message | [`presence`] |
//! | see what a message breaks | [`lint`] |
//! | know what to answer | [`Validator`] |
//!
//! Nothing is copied and nothing is decoded before it is asked for. What was not understood is
//! kept. Where the parser takes what the RFC does not allow, a named [`Rule`] says so, and a set
//! of rules, [`Tolerances`], turns it on and off.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod class;
mod index;
mod scan;
mod start_line;
mod text;
mod vector;
mod word;

mod error;
pub use error::{
    HeaderError, HeaderErrorKind, ParseError, ParseErrorKind, ValueError, ValueErrorKind,
};

mod limits;
pub use limits::{Limit, Limits};

mod tolerance;
pub use tolerance::{Deviation, Rule, Severity, Tolerances};

mod method;
pub use method::Method;

mod status;
pub use status::{StatusClass, StatusCode};

mod version;
pub use version::Version;

mod message;
pub use message::{Message, Parts, Request, Response};

mod parser;
pub use parser::Parser;

mod stream;
pub use stream::{Frame, StreamDecoder};

mod validate;
pub use validate::{Problem, ProblemKind, Role, Validator};

mod lint;
pub use lint::{Advice, Finding, FindingKind, lint};

mod presence;
pub use presence::{Placement, Presence, presence};

pub mod header;

mod headers;
pub use headers::{Each, HeaderLine, Headers, Values};

mod name;
pub use name::HeaderName;

pub mod value;

pub mod encode;

mod edit;
pub use edit::Edit;

mod build;
pub use build::{Builder, respond_to_malformed};

mod input;
pub use input::Input;

mod params;
pub use params::{Param, Params, ParamsIter};

mod body;
pub use body::{
    BodyError, Disposition, Handling, Multipart, MultipartBody, MultipartBuilder, MultipartError,
    MultipartErrorKind, MultipartLimits, MultipartRef, Part, PartBuilder, PartIter, Sipfrag,
    SipfragBuilder, TransferEncoding, TransferError, TransferErrorKind, Walk,
};
