//! Every row of the header table: values that it takes and values that it refuses, folded, empty,
//! repeated, and by every way to write its name.

#[path = "common/rows.rs"]
mod rows;

use sip_message::header::ListKind;
use sip_message::value::Value;
use sip_message::{HeaderName, Message, Parser, Tolerances};

use rows::ROWS;

fn message(lines: &str, tolerances: Tolerances) -> Message {
    let datagram = format!("SIP/2.0 200 OK\r\n{lines}\r\n");
    Parser::new()
        .tolerances(tolerances)
        .parse(datagram.clone())
        .unwrap_or_else(|error| panic!("{datagram}: {error}"))
}

/// What the lines of a message decode to, and what is wrong with them.
fn values(message: &Message) -> Vec<Result<Value<'_>, usize>> {
    let offset = |error: sip_message::HeaderError<'_>| error.offset().unwrap_or(0);
    let mut deviations = Vec::new();
    let mut values = Vec::new();
    for line in message.headers().iter() {
        let line = line.values_checked(&mut deviations).expect("a row of the table");
        values.extend(line.map(|value| value.map_err(offset)));
    }
    assert!(deviations.is_empty(), "{message:?}: {deviations:?}");
    values
}

#[test]
fn every_row_is_here() {
    for name in HeaderName::known_names() {
        assert!(ROWS.iter().any(|row| row.0 == name.as_str()), "{name}");
    }
    assert!(HeaderName::known_names().len() >= 120, "{}", HeaderName::known_names().len());
    assert_eq!(ROWS.len(), HeaderName::known_names().len());
}

#[test]
fn good_values_decode_under_strict_rules_by_every_name() {
    for (name, good, _) in ROWS {
        let known = HeaderName::new(name).expect("a token");
        let compact = known.compact().map(String::from);
        let names = [name.to_string(), name.to_uppercase(), name.to_lowercase()];
        for name in names.into_iter().chain(compact) {
            let message = message(&format!("{name}: {good}\r\n"), Tolerances::strict());
            let values = values(&message);
            assert!(!values.is_empty() && values.iter().all(Result::is_ok), "{name}: {values:?}");
            assert_eq!(message.headers().iter().next().unwrap().name(), known);
        }
    }
}

#[test]
fn bad_values_are_refused_at_their_byte() {
    let mut wrong = Vec::new();
    for (name, _, bad) in ROWS.iter().filter(|row| !row.2.is_empty()) {
        let at = bad.find('!').expect("a mark");
        let text = bad.replacen('!', "", 1);
        let message = message(&format!("{name}: {text}\r\n"), Tolerances::strict());
        let values = values(&message);
        let start = "SIP/2.0 200 OK\r\n".len() + name.len() + 1;
        // Nothing has no place: it is where the value would start, the space left out or not.
        let expected =
            if text.is_empty() { start..=start + 1 } else { start + 1 + at..=start + 1 + at };
        let found = values.iter().find_map(|value| value.err());
        if !found.is_some_and(|found| expected.contains(&found)) {
            wrong.push(format!("{name}: {text}: {found:?} for {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A fold at every place where white space or a separator stands means the same.
#[test]
fn folded_values_are_the_same_values() {
    for (name, good, _) in ROWS {
        // The date has single spaces, and text keeps what it has.
        if ["Date", "Subject", "Organization", "User-Agent", "Server", "Content-Description"]
            .contains(name)
        {
            continue;
        }
        let mut folded = String::from("\r\n ");
        let mut quoted = false;
        let mut angle = false;
        for c in good.chars() {
            quoted ^= c == '"';
            angle = (angle || c == '<') && c != '>';
            folded.push(c);
            if !quoted && !angle && (c == ' ' || c == ';' || c == ',') {
                folded.push_str("\r\n\t");
            }
        }
        let plain = message(&format!("{name}: {good}\r\n"), Tolerances::strict());
        let folded = message(&format!("{name}:{folded} \r\n\t\r\n"), Tolerances::strict());
        let count = |message: &Message| values(message).into_iter().filter(Result::is_ok).count();
        assert_eq!(count(&plain), count(&folded), "{name}");
        assert_eq!(values(&folded).len(), count(&folded), "{name}: {:?}", values(&folded));
    }
}

#[test]
fn empty_values_and_repeated_lines_follow_the_kind_of_the_list() {
    for (name, good, _) in ROWS {
        let empty = format!("{name}:\r\n");
        let twice =
            message(&format!("{name}: {good}\r\n{name}: {good}\r\n"), Tolerances::lenient());
        let line = twice.headers().iter().next().unwrap();
        let once = line.values().unwrap().count();
        assert_eq!(values(&twice).len(), 2 * once, "{name}");
        if *name == "Content-Length" {
            continue;
        }
        let message = message(&empty, Tolerances::strict());
        let values = values(&message);
        match line.list_kind().unwrap() {
            ListKind::ListOrEmpty => assert!(values.is_empty(), "{name}"),
            _ if ["Subject", "Organization", "Content-ID", "Content-Description"]
                .contains(name) =>
            {
                assert!(values.iter().all(Result::is_ok), "{name}");
            }
            _ => assert!(values.len() == 1 && values[0].is_err(), "{name}: {values:?}"),
        }
    }
}

/// Found in review: a backslash took the CR of a fold with it, and the comment had a bare CR.
#[test]
fn a_backslash_in_a_comment_does_not_hide_a_line_end() {
    let message =
        message("Retry-After: 5 (a\\\r\n b)\r\nServer: x (a\\\r\n b)\r\n", Tolerances::strict());
    assert_eq!(values(&message), [Err(34), Err(54)]);
}
