//! Proptest strategies for things that are valid: each gives the text and what it must be read as.
//!
//! The texts use what the grammar allows and people forget: white space and folds around every
//! separator, odd case, compact names, lists joined by commas or spread over lines, quoted pairs,
//! UTF-8. All of it is valid under RFC 3261 to the letter, so a parser must accept it without a
//! single tolerance. [`mutated`] then breaks it.
//!
//! ```
//! use proptest::strategy::{Strategy as _, ValueTree as _};
//! use proptest::test_runner::TestRunner;
//!
//! let mut runner = TestRunner::deterministic();
//! let message = sip_testkit::strategy::message().new_tree(&mut runner).unwrap().current();
//! let head = sip_testkit::oracle::message_head(&message.bytes).unwrap();
//! assert_eq!(&message.bytes[head.head_len..], message.body);
//! ```

mod address;
mod host;
mod message;
mod mutated;
mod param;
mod row;
mod sdp;
mod simple;
mod space;
mod stream;
mod text;
mod uri;
mod via;

use std::fmt;

pub use address::{address, address_list, contacts, route_list, tagged_address};
pub use host::{host, host_name, ipv4, ipv6};
pub use message::{Expected, GeneratedMessage, GeneratedStart, message, request, response};
pub use mutated::{edit, edits, mutated};
pub use param::{params, tag};
pub use row::{header_name, unknown_header};
pub use sdp::description;
pub use simple::{call_id, cseq, media_type, method, number, token_list};
pub use space::{fold, lws, separator, sws};
pub use stream::{GeneratedStream, stream};
pub use text::{display, quoted, text_line, token, utf8_nonascii, word};
pub use uri::{absolute_uri, sip_uri, uri};
pub use via::{via, via_list};

/// A text and what it must be read as. `Debug` shows the text, escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Sample<T> {
    /// The bytes.
    pub text: Vec<u8>,
    /// Their meaning.
    pub expect: T,
}

impl<T> fmt::Debug for Sample<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample(\"{}\")", self.text.escape_ascii())
    }
}

impl<T> Sample<T> {
    /// The same text with its meaning mapped.
    pub fn map<U>(self, meaning: impl FnOnce(T) -> U) -> Sample<U> {
        Sample { text: self.text, expect: meaning(self.expect) }
    }
}

/// Joins samples with the separators given; the first separator is not used.
fn join<T>(items: Vec<(Vec<u8>, Sample<T>)>) -> Sample<Vec<T>> {
    let mut text = Vec::new();
    let mut expect = Vec::new();
    for (at, (separator, item)) in items.into_iter().enumerate() {
        if at > 0 {
            text.extend_from_slice(&separator);
        }
        text.extend_from_slice(&item.text);
        expect.push(item.expect);
    }
    Sample { text, expect }
}
