//! The oracle and the table of the torture messages say the same.

use sip_testkit::corpus::{self, Outcome, Torture};
use sip_testkit::facts::{fact, lines_of};
use sip_testkit::oracle;

#[test]
fn every_message_has_a_row_and_every_row_a_message() {
    let table = corpus::torture();
    let rows: Vec<&str> = table.iter().map(|row| &row.file[..]).collect();
    for directory in ["rfc4475", "rfc5118-crlf"] {
        for (name, _) in corpus::files(&format!("torture/{directory}")) {
            let file = format!("{directory}/{name}");
            assert_eq!(rows.iter().filter(|row| **row == file).count(), 1, "{file}");
        }
    }
    assert_eq!(rows.len(), 49 + 12);
    assert_eq!(corpus::files("torture/rfc5118").len(), 12);
}

#[test]
fn the_line_grammar_agrees() {
    for row in corpus::torture() {
        assert_eq!(oracle::message_head(&row.bytes).is_some(), row.head_ok, "{}", row.file);
    }
}

#[test]
fn faults_are_where_the_table_says() {
    for row in corpus::torture() {
        for fault in &row.faults {
            let context = format!("{} {fault:?}", row.file);
            assert_eq!(row.bytes.get(fault.at).copied(), fault.byte, "{context}");
            assert!((fault.element.start..=fault.element.end).contains(&fault.at), "{context}");
            assert!(fault.element.end <= row.bytes.len(), "{context}");
        }
        let accepted = row.default == Outcome::Accept && row.validate == "ok";
        let lazy = row.faults.iter().all(|fault| fault.place == "Date");
        assert!(!accepted || row.faults.is_empty() || lazy, "{}", row.file);
        assert!(row.head_ok || !row.faults.is_empty(), "{}", row.file);
    }
}

#[test]
fn the_oracle_answers_every_fact() {
    let mut answered = 0;
    for row in corpus::torture() {
        for (path, expected) in &row.facts {
            let answer = fact(&row.bytes, path);
            assert_eq!(
                answer.as_deref().map(<[u8]>::escape_ascii).map(|text| text.to_string()),
                Some(expected.escape_ascii().to_string()),
                "{} {path}",
                row.file
            );
            answered += 1;
        }
    }
    assert!(answered > 400, "{answered} facts");
}

/// The names of the value grammars that refuse a line of the message.
fn refused(row: &Torture) -> Vec<&'static str> {
    let Some(head) = oracle::message_head(&row.bytes) else { return Vec::new() };
    let mut refused = Vec::new();
    let mut check = |name: &'static str, rule: &dyn Fn(&[u8]) -> bool| {
        if !lines_of(&row.bytes, &head, name).into_iter().all(rule) {
            refused.push(name);
        }
    };
    check("Via", &|value| oracle::via(value).is_some());
    check("From", &|value| oracle::from_spec(value).is_some());
    check("To", &|value| oracle::from_spec(value).is_some());
    check("Contact", &|value| oracle::contact(value).is_some());
    check("Route", &|value| oracle::route(value).is_some());
    check("Record-Route", &|value| oracle::route(value).is_some());
    check("CSeq", &|value| oracle::cseq(value).is_some());
    check("Call-ID", &|value| oracle::call_id(value).is_some());
    check("Max-Forwards", &|value| oracle::number(value).is_some());
    check("Expires", &|value| oracle::number(value).is_some());
    check("Content-Length", &|value| oracle::number(value).is_some());
    check("Content-Type", &|value| oracle::media_type(value).is_some());
    check("Require", &|value| oracle::token_list(value).is_some());
    check("Proxy-Require", &|value| oracle::token_list(value).is_some());
    refused
}

#[test]
fn the_value_grammars_refuse_the_faulty_values_and_no_others() {
    // Faults that the grammar can't see: ranges, repetitions, contradictions between lines, and
    // the Via parameter that the literal grammar takes for an extension.
    let beyond_grammar = |what: &str| {
        ["larger", "second line", "method of", "differs", "2.0 expected", "brackets expected"]
            .iter()
            .any(|word| what.contains(word))
            || what == "one colon too many"
    };
    for row in corpus::torture().iter().filter(|row| row.head_ok) {
        let mut expected: Vec<&str> = row
            .faults
            .iter()
            .filter(|fault| !beyond_grammar(&fault.what))
            .map(|fault| &fault.place[..])
            .filter(|place| !["Request-URI", "start-line", "Warning", "Date"].contains(place))
            .collect();
        expected.dedup();
        assert_eq!(refused(row), expected, "{}", row.file);
    }
}

#[test]
fn brackets_in_received_break_the_rule_of_received() {
    for (file, holds) in
        [("via-received-param-with-delim", false), ("via-received-param-no-delim", true)]
    {
        let bytes = corpus::read(&format!("torture/rfc5118-crlf/{file}"));
        let head = oracle::message_head(&bytes).unwrap();
        let vias = oracle::via(lines_of(&bytes, &head, "via")[0]).unwrap();
        assert_eq!(oracle::known_via_params_hold(&vias[0]), holds, "{file}");
    }
}

#[test]
fn the_crlf_forms_are_the_archived_messages() {
    for (name, archived) in corpus::files("torture/rfc5118") {
        assert!(!archived.contains(&b'\r'), "{name}");
        assert!(oracle::message_head(&archived).is_none(), "{name}");
        let crlf = corpus::read(&format!("torture/rfc5118-crlf/{name}"));
        // Without CR, and with its Content-Length line out, each line is that of the archive.
        let text = String::from_utf8(crlf).unwrap().replace('\r', "");
        let archived = String::from_utf8(archived).unwrap();
        let lines = |text: &str| -> Vec<String> {
            let lines = text.trim_end().lines().filter(|line| !line.starts_with("Content-Length"));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(lines(&text), lines(&archived), "{name}");
    }
}
