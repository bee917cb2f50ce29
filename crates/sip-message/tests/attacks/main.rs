//! The attacks that other SIP implementations fell to, as far as they concern messages: each ends
//! in a clear error at its byte, or in a bounded result that is right.
//!
//! | attack | tests |
//! |---|---|
//! | **Length arithmetic**: Content-Length 2^31, 2^32 and more, signs, hexadecimal, two numbers | `framing.rs`: `lengths_that_are_no_lengths_are_refused_where_they_stand`; `length::a_length_beyond_all_limits_reserves_nothing` |
//! | a body across many reads | `length::a_body_across_many_reads` |
//! | numbers in CSeq, ttl, port, expires past their range | `length::numbers_past_their_range` |
//! | **Framing differentials**: bare LF or CR, `Content-Length :`, `l:`, folds | `framing.rs`: `every_way_to_write_the_name_counts_as_the_length`, `control_characters_and_line_ends_hide_no_header`; `framing::a_datagram_and_a_stream_are_read_the_same_way` |
//! | duplicates of Content-Length, equal and different | `framing.rs`: `two_lengths_that_differ_are_refused_always`; `tolerances.rs`: `duplicate-content-length` |
//! | `X-Bypass-me : v` evades removal | `framing::no_way_to_write_a_name_evades_removal` |
//! | control characters before the colon | `framing::no_control_character_stands_before_the_colon` |
//! | floods of NUL, CRLF, LF and blanks | `framing::floods_of_nothing` |
//! | **Sizes**: a method of 10 kB in CSeq | `sizes::a_method_of_ten_thousand_letters` |
//! | 50 and 50,000 Accept headers | `sizes::fifty_and_fifty_thousand_accept_headers` |
//! | a long URI, branch, tag, Call-ID | `sizes::a_long_request_uri`, `sizes::long_words_are_whole_or_refused` |
//! | many Service-Route | `sizes::many_service_routes` |
//! | quadratic time and memory | `sizes::lines_by_the_ten_thousand`, `values_taken_off_a_list_one_by_one`, `a_malformed_flood_is_answered_once`, `memory.rs`, `.ci/linear` |
//! | **Early end**: unterminated quote, `<`, comment, escape, percent escape | `early_end::quotes`, `angle_brackets`, `comments`, `escapes`, `percent_escapes` |
//! | end of input in a Via, a parameter name, a URI; anywhere | `early_end::the_end_in_a_via`, `parameter_names`, `messages_cut_at_every_byte`, `values_cut_at_every_byte` |
//! | a message of white space only | `early_end::white_space_only`; `framing.rs`: `line_ends_before_a_message_are_skipped` |
//! | reversed `>` … `<` | `early_end::reversed_angle_brackets` |
//! | a lone quote as a multipart boundary | `multipart/attacks.rs`: `boundaries_that_are_none` |
//! | **Multipart**: zero-length part, no parts, no body, never closed, inside a header, nesting | `multipart/attacks.rs`: `a_part_of_no_length`, `no_parts`, `headers_without_a_body`, `a_boundary_that_is_never_closed`, `a_boundary_inside_a_header`, `nesting_without_end` |
//! | **Missing mandatory** headers of requests and responses; ACK for nothing | `missing::of_a_request`, `missing::of_a_response`, `missing::an_ack_is_never_answered` |
//! | **Injection when building** | `build.rs`: `no_entry_point_lets_a_line_end_or_nul_through`; `multipart/building.rs`: `injection_is_refused`; `sipfrag.rs`: `building`; `missing::what_came_with_a_fold_or_a_control_is_answered_without` |
//!
//! SDP, State and Prediction are for other crates: this one has no sessions, no state, and makes
//! up no branches, tags or Call-IDs.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod early_end;
mod framing;
mod length;
mod missing;
mod sizes;

use sip_message::{
    Finding, FindingKind, Frame, HeaderErrorKind, Limit, Limits, Message, ParseError,
    ParseErrorKind, Parser, StreamDecoder, Tolerances, ValueErrorKind, header, lint,
};
use sip_testkit::attacks::request;

use ParseErrorKind as K;

const SETS: [fn() -> Tolerances; 3] =
    [Tolerances::strict, Tolerances::default, Tolerances::lenient];

fn parse(bytes: &[u8]) -> Result<Message, ParseError> {
    Message::parse(bytes.to_vec())
}

/// A message with this line, read under these tolerances.
fn with_line(name: &str, value: &[u8], tolerances: Tolerances) -> Message {
    let bytes = [b"SIP/2.0 200 OK\r\n", name.as_bytes(), b": ", value, b"\r\n\r\n"].concat();
    Parser::new().tolerances(tolerances).parse(bytes).unwrap()
}

/// The first thing that is wrong with a value, and where in the value.
fn refused(name: &str, value: &str, tolerances: Tolerances) -> Option<(ValueErrorKind, usize)> {
    let message = with_line(name, value.as_bytes(), tolerances);
    let line = message.headers().iter().next().unwrap();
    let mut deviations = Vec::new();
    let error = line.values_checked(&mut deviations).unwrap().find_map(Result::err)?;
    assert!(error.rfc().starts_with("RFC ") || error.rfc().starts_with("draft-"), "{error}");
    let HeaderErrorKind::Value(kind) = error.kind() else { panic!("{error}") };
    Some((kind, error.offset().unwrap() - line.value_range().start))
}

/// Each value is refused like this, at the byte behind `!`, under all tolerances.
fn all_refuse(kind: ValueErrorKind, values: &[(&str, &str)]) {
    for (name, marked) in values {
        let at = marked.find('!').unwrap();
        let value = marked.replacen('!', "", 1);
        for set in SETS {
            assert_eq!(refused(name, &value, set()), Some((kind, at)), "{name}: {value}");
        }
    }
}

/// Nothing that is said lies outside of what came, and saying it is possible.
fn sound(message: &Message) {
    for finding in lint(message) {
        assert!(finding.offset() + finding.len() <= message.source().len(), "{finding}");
        assert!(!finding.to_string().is_empty());
    }
}
