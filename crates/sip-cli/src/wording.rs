//! Counts in words. What is wrong is worded by the libraries; `{:#}` is their text without its
//! place, since they count from the start of a message and the program from the start of a file.

use sip_message::HeaderError;

/// What is wrong with a header, without its name.
pub(crate) fn header_error(error: &HeaderError<'_>) -> String {
    error.value_error().map_or_else(|| "is missing".to_owned(), |error| format!("{error:#}"))
}

pub(crate) fn octets(n: usize) -> String {
    counted(n, "octet", "octets")
}

/// `1 octet`, `2 octets`.
pub(crate) fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
