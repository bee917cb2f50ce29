//! What is wrong, in words and without its place: the libraries count bytes from the start of a
//! message, and what is printed here counts from the start of the file.

use sip_message::{
    Finding, FindingKind, HeaderError, Problem, ProblemKind, Rule, ValueError, ValueErrorKind,
};
use sip_uri::UriError;

/// What is wrong with a header, without its name.
pub(crate) fn header_error(error: &HeaderError<'_>) -> String {
    error.value_error().map_or_else(|| "is missing".to_owned(), |error| value_error(&error))
}

fn value_error(error: &ValueError) -> String {
    match error.kind() {
        ValueErrorKind::Uri(error) => format!("bad URI: {}", uri_error(&error)),
        ValueErrorKind::UnterminatedQuote => "a quoted string without its end".to_owned(),
        ValueErrorKind::UnterminatedAngle => "`<` without its `>`".to_owned(),
        ValueErrorKind::UnterminatedComment => "a comment without its end".to_owned(),
        ValueErrorKind::LineEnd => "a line end inside a value".to_owned(),
        ValueErrorKind::NotTolerated(rule) => {
            format!("expected {} ({rule} is not tolerated)", error.expected())
        }
        _ => format!("expected {}", error.expected()),
    }
}

pub(crate) fn uri_error(error: &UriError) -> String {
    format!("{}: {}", error.component(), error.kind())
}

/// What a rule is about.
pub(crate) fn rule(rule: Rule) -> String {
    let text = match rule {
        // The rules about URIs have no description; the error that each one forgives has.
        Rule::Uri(rule) => return rule.error_kind().to_string(),
        own => own.describe(),
    };
    // The first sentence; what follows explains the rule, not the message.
    let sentence = text.split_once(". ").map_or(text, |(first, _)| first);
    let sentence = sentence.trim_end_matches('.');
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

/// A finding in words, the header's name in front where it is about one.
pub(crate) fn finding(finding: &Finding<'_>) -> String {
    let text = match finding.kind() {
        FindingKind::Deviation(deviation) => rule(deviation.rule),
        FindingKind::Value(error) => header_error(&error),
        FindingKind::Problem(found) => return problem(&found),
        FindingKind::Discarded => {
            return format!("{} behind the body left out", octets(finding.len()));
        }
        _ => return without_section(finding.to_string(), finding.rfc()),
    };
    match finding.header() {
        Some(name) => format!("{name}: {text}"),
        None => text,
    }
}

fn problem(problem: &Problem<'_>) -> String {
    match problem.kind() {
        ProblemKind::RequestUri(error) => format!("Request-URI: {}", uri_error(&error)),
        _ => without_section(problem.to_string(), problem.rfc()),
    }
}

/// `text` without the section that the libraries put behind it.
fn without_section(text: String, rfc: &str) -> String {
    match text.strip_suffix(&format!(" ({rfc})")) {
        Some(text) => text.to_owned(),
        None => text,
    }
}

pub(crate) fn octets(n: usize) -> String {
    counted(n, "octet", "octets")
}

/// `1 octet`, `2 octets`.
pub(crate) fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
