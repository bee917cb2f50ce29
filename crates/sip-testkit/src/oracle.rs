//! The grammar of RFC 3261, written plainly: the oracle that fast parsers are compared with.
//!
//! One small parser per rule of §25.1, named after the rule, on complete `&[u8]`. It is strict:
//! it accepts what the RFC's grammar generates and nothing else, with these corrections that the
//! RFC series made itself:
//!
//! - erratum 5598 and RFC 4475 §3.1.1.6: no white space is needed between a display name of
//!   tokens and the `<`;
//! - RFC 5954: IPv4 and IPv6 addresses follow RFC 3986, so `[2001:db8:::192.0.2.1]` is refused;
//! - white space may be folded more than once: §25.1 lets a recipient replace *any* LWS by a
//!   space before it interprets a value, and two spaces are one LWS.
//!
//! A URI inside a value is delimited and not parsed: it is a scheme, a colon and bytes of the
//! URI alphabet. [`message_head`] knows lines only; the other functions take one whole value,
//! trimmed, as a [`HeaderLine`] delimits it.
//!
//! Traps of nom 8 that this code keeps clear of: `satisfy`, `one_of` and `none_of` treat bytes as
//! characters (they take two bytes for one of 0x80 and above, and panic at the end of input), and
//! `opt` does not backtrack, so that LWS transcribed literally refuses trailing blanks.

use nom::Parser as _;

mod address;
mod basic;
mod head;
mod host;
mod line;
mod param;
mod simple;
mod via;

pub use address::{contact, from_spec, route};
pub use basic::quoted_text;
pub use head::{Head, HeaderLine, StartLine, message_head};
pub use host::{is_host, is_ipv6};
pub use line::{leading_crlf, trim_lws};
pub use param::{duplicate_param, tag};
pub use simple::{call_id, cseq, media_type, number, token_list, token_list_or_empty};
pub use via::{known_via_params_hold, via};

/// What a rule returns: the rest of the input and its value.
type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// Runs a rule over a whole value: trailing bytes are a refusal.
fn whole<'a, T>(
    rule: impl nom::Parser<&'a [u8], Output = T, Error = nom::error::Error<&'a [u8]>>,
    value: &'a [u8],
) -> Option<T> {
    let (rest, parsed) = nom::combinator::all_consuming(rule).parse(value).ok()?;
    debug_assert!(rest.is_empty());
    Some(parsed)
}
