//! `sip lint`: each finding points at the right byte, for people and for programs.

use serde_json::{Value, json};

use crate::sip::{file, run};

/// A complete request with one line more.
fn request(line: &str) -> String {
    format!(
        "OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:alice@atlanta.example>;tag=1\r\n\
         To: <sip:bob@biloxi.example>\r\n\
         Call-ID: a84b4c76e66710\r\n\
         CSeq: 1 OPTIONS\r\n\
         {line}\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// A request in which one thing is another.
fn with(good: &str, bad: &str) -> Vec<u8> {
    let request = request("Organization: x");
    assert_eq!(request.matches(good).count(), 1, "{good}");
    request.replace(good, bad).into_bytes()
}

/// Takes the marks out that stand around what is wrong: `[[` and `]]`.
fn unmark(marked: &[u8]) -> (Vec<u8>, Vec<(usize, usize)>) {
    let (mut bytes, mut spans) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < marked.len() {
        if marked[at..].starts_with(b"[[") {
            spans.push((bytes.len(), 0));
            at += 2;
        } else if marked[at..].starts_with(b"]]") {
            let (start, len) = spans.last_mut().expect("a mark was opened");
            *len = bytes.len() - *start;
            at += 2;
        } else {
            bytes.push(marked[at]);
            at += 1;
        }
    }
    (bytes, spans)
}

/// Line and column, counted in the plainest way.
fn line_and_column(bytes: &[u8], offset: usize) -> (usize, usize) {
    let line = bytes[..offset].iter().filter(|b| **b == b'\n').count() + 1;
    let start = bytes[..offset].iter().rposition(|b| *b == b'\n').map_or(0, |lf| lf + 1);
    (line, String::from_utf8_lossy(&bytes[start..offset]).chars().count() + 1)
}

struct Case {
    marked: Vec<u8>,
    /// Severity, rule, section and header of each finding.
    findings: &'static [(&'static str, &'static str, &'static str, Option<&'static str>)],
    args: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let plain = |marked, findings| Case { marked, findings, args: &[] };
    vec![
        plain(
            with("Via: SIP/2.0/UDP pc33", "Via: SIP/2.0/UDP[[/]]pc33"),
            &[("error", "bad-value", "RFC 3261 §20.42", Some("Via"))],
        ),
        plain(
            with(">;tag=1", ">[[;]];tag=1;[[TAG]]=2"),
            &[
                ("warning", "empty-parameter", "RFC 3261 §25.1", Some("From")),
                ("warning", "duplicate-parameter", "RFC 3261 §7.3.1", Some("From")),
            ],
        ),
        plain(
            with("1 OPTIONS", "[[1 INVITE]]"),
            &[("error", "cseq-method", "RFC 3261 §8.1.1.5", Some("CSeq"))],
        ),
        plain(
            with("Max-Forwards: 70", "Max-Forwards: [[2]]56"),
            &[("error", "bad-value", "RFC 3261 §20.22", Some("Max-Forwards"))],
        ),
        plain(
            with("\r\n\r\n", "\r\n[[]]\r\n").replace(b"Call-ID: a84b4c76e66710\r\n", b""),
            &[("error", "missing-header", "RFC 3261 §8.1.1", Some("Call-ID"))],
        ),
        plain(
            with("Organization: x", "[[To]]: <sip:c@d.example>"),
            &[("error", "duplicate-header", "RFC 3261 §7.3.1", Some("To"))],
        ),
        plain(
            with("Organization: x", "Supported: 100rel, [[,]]timer"),
            &[("warning", "empty-list-element", "RFC 3261 §7.3.1", Some("Supported"))],
        ),
        plain(
            with("To: <sip:bob@", "To: <sip:b[[%]]zzob@"),
            &[("error", "bad-value", "RFC 3261 §20.39", Some("To"))],
        ),
        plain(
            with("sip:bob@biloxi.example SIP/2.0", "sip:bob@biloxi.example [[SIP/3.0]]"),
            &[("error", "version", "RFC 3261 §21.5.6", None)],
        ),
        plain(
            with("Organization: x\r\n", "Organization [[x]]\r\n"),
            &[("error", "missing-colon", "RFC 3261 §7.3.1", None)],
        ),
        plain(with("70\r\nFrom", "70[[\r]]From"), &[("error", "bare-cr", "RFC 3261 §7", None)]),
        plain(
            with("Length: 0", "Length: [[9]]9"),
            &[("error", "short-body", "RFC 3261 §18.3", None)],
        ),
        // Behind characters of two, three and four bytes, and in a folded value.
        plain(
            with(
                "To: <sip:bob@biloxi.example>",
                "To: \"é€😀\"\r\n\t<sip:bob@biloxi.example>[[;]];x",
            ),
            &[("warning", "empty-parameter", "RFC 3261 §25.1", Some("To"))],
        ),
        plain(
            with("Organization: x", "Organization: écaf[[?]]!").replace(b"?", b"\xe9"),
            &[("info", "non-utf8-text", "RFC 3261 §25.1", Some("Organization"))],
        ),
        Case {
            marked: with("Organization: x", "Organization: a[[\x07]]b"),
            findings: &[("error", "control-in-text", "RFC 3261 §25.1", Some("Organization"))],
            args: &["--lenient"],
        },
        Case {
            marked: with(" SIP/2.0\r\nVia", " [[ ]]SIP/2.0\r\nVia"),
            findings: &[("warning", "start-line-space", "RFC 3261 §7.1", None)],
            args: &["--lenient"],
        },
        Case {
            marked: with("z9hG4bK776asdhds", "z9hG4bK776asdhds[[;]]"),
            findings: &[("error", "bad-value", "RFC 3261 §20.42", Some("Via"))],
            args: &["--strict"],
        },
    ]
}

/// `[u8]::replace` does not exist.
trait Replace {
    fn replace(self, from: &[u8], to: &[u8]) -> Vec<u8>;
}

impl Replace for Vec<u8> {
    fn replace(self, from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = self.windows(from.len()).position(|window| window == from).expect("it is there");
        [&self[..at], to, &self[at + from.len()..]].concat()
    }
}

#[test]
fn every_finding_points_at_the_right_byte() {
    for Case { marked, findings, args } in cases() {
        let (bytes, spans) = unmark(&marked);
        let shown = String::from_utf8_lossy(&marked).into_owned();
        assert_eq!(spans.len(), findings.len());
        let run = run(&[&["lint", "--json", "-"], args].concat(), &bytes);
        let found = run.json();
        let is_error = findings.iter().any(|finding| finding.0 == "error");
        assert_eq!(run.code, i32::from(is_error), "{shown}");
        assert_eq!(found.len(), findings.len(), "{shown}\n{}", run.stdout);
        for ((finding, &(offset, length)), expected) in found.iter().zip(&spans).zip(findings) {
            let &(severity, rule, rfc, header) = expected;
            let (line, column) = line_and_column(&bytes, offset);
            let expected = json!({
                "file": "-", "rule": rule, "severity": severity, "message": finding["message"],
                "offset": offset, "length": length, "line": line, "column": column,
                "rfc": rfc, "header": header,
            });
            assert_eq!(finding, &expected, "{shown}");
            let keys =
                |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(finding), keys(&expected));
        }
    }
}

#[test]
fn every_finding_is_underlined() {
    for Case { marked, findings, args } in cases() {
        let (bytes, spans) = unmark(&marked);
        let text = run(&[&["lint", "-"], args].concat(), &bytes).stdout;
        let blocks: Vec<_> = text.split("\n\n").collect();
        assert_eq!(blocks.len(), findings.len() + 1, "{text}");
        for ((block, &(offset, length)), (severity, rule, rfc, _)) in
            blocks.iter().zip(&spans).zip(findings)
        {
            let (line, column) = line_and_column(&bytes, offset);
            let lines: Vec<_> = block.lines().collect();
            assert!(lines[0].starts_with(&format!("{severity}[{rule}]: ")), "{block}");
            assert_eq!(lines[1].trim_start(), format!("--> <stdin>:{line}:{column}"), "{block}");
            let source = lines[3].strip_prefix(&format!("{line} | ")).unwrap_or_default();
            let marks = lines[4].split_once("| ").unwrap().1;
            // As on a terminal: a tab is shown as four columns, wide characters as two.
            let before: usize = source.chars().take(column - 1).map(width).sum();
            assert_eq!(marks.find('^'), Some(before), "{block}");
            let line_rest = bytes[offset..].iter().take_while(|b| !b"\r\n".contains(b)).count();
            let marked = length.min(line_rest).max(1);
            assert_eq!(marks.matches('^').count(), marked, "{block}");
            assert!(lines[6].ends_with(&format!("= byte {offset}, {rfc}")), "{block}");
        }
    }
}

fn width(c: char) -> usize {
    if c == '😀' { 2 } else { 1 }
}

#[test]
fn the_summary_counts() {
    let bad = file("two.sip", &with(">;tag=1", ">;;tag=1;tag=2"));
    let worse = file("one.sip", &with("CSeq: 1", "CSeq: x"));
    let summary = |args: &[&str]| {
        let run = run(args, b"");
        run.stdout.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(summary(&["lint", &bad, &worse]), "3 findings in 2 messages: 1 error, 2 warnings");
    assert_eq!(summary(&["lint", &worse]), "1 finding in 1 message: 1 error");
    assert!(!summary(&["lint", "--json", &worse]).contains("finding in"));
}

#[test]
fn streams_count_from_the_start_of_the_file() {
    let (one, spans) = unmark(&with("CSeq: 1", "CSeq: [[x]]"));
    let stream = [b"\r\n\r\n", &*one, b"\r\n", &*one, b"\r\n\r\nnonsense\r\n"].concat();
    let run = run(&["lint", "--json", "--stream", "-"], &stream);
    assert_eq!(run.code, 1);
    let found = run.json();
    let offsets: Vec<_> = found.iter().map(|f| f["offset"].as_u64().unwrap()).collect();
    let at = spans[0].0;
    let last = 4 + one.len() + 2 + one.len() + 4;
    let expected = [4 + at, 4 + one.len() + 2 + at];
    assert_eq!(offsets[..2], expected.map(|n| n as u64), "{}", run.stdout);
    assert!(offsets[2] >= last as u64 && found[2]["line"] == 26, "{}", run.stdout);
    for (finding, &offset) in found.iter().zip(&offsets) {
        let (line, column) = line_and_column(&stream, usize::try_from(offset).unwrap());
        assert_eq!((&finding["line"], &finding["column"]), (&json!(line), &json!(column)));
    }
}

#[test]
fn a_very_long_line_is_cut_around_what_is_wrong() {
    let long = "y".repeat(8000);
    let (bytes, spans) =
        unmark(&with("Organization: x", &format!("Contact: <sip:{long}@h>[[;]];{long}")));
    let text = run(&["lint", "-"], &bytes).stdout;
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.iter().all(|line| line.chars().count() < 130), "{text}");
    let caret = lines[4].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[3].chars().nth(caret), Some(';'));
    assert_eq!(lines[1].trim(), format!("--> <stdin>:8:{}", line_and_column(&bytes, spans[0].0).1));
}
