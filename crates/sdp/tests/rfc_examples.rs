//! The descriptions that the RFCs print, whole ones all of them: read, and written as they came.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sdp::{FindingKind, Parser, Rule, SessionDescription, Tolerances, lint};

/// RFC 6871 prints a port of 66544, which is one too many for the rules of every day.
fn read(name: &str, bytes: &[u8]) -> SessionDescription {
    let tolerances = match name {
        "6871-003.sdp" => Tolerances::default().with(Rule::NumberOutOfRange),
        _ => Tolerances::default(),
    };
    let description = Parser::new().tolerances(tolerances).parse(bytes.to_vec());
    description.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Values that RFCs print and that their grammars do not have: RFC 5939 folds the lines of its
/// fingerprints with a backslash.
const NOT_GRAMMAR: &[(&str, &str)] = &[
    (
        "5939-020.sdp",
        "a=fingerprint: expected two hexadecimal digits at line 5 column 22 (RFC 8122 §5)",
    ),
    (
        "5939-021.sdp",
        "a=fingerprint: expected two hexadecimal digits at line 7 column 22 (RFC 8122 §5)",
    ),
    (
        "5939-022.sdp",
        "a=fingerprint: expected two hexadecimal digits at line 5 column 22 (RFC 8122 §5)",
    ),
];

fn descriptions() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/sdp/rfc");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().into(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn each_is_read_and_written_byte_for_byte() {
    let all = descriptions();
    assert!(all.len() > 130, "{}", all.len());
    for (name, bytes) in all {
        let description = read(&name, &bytes);
        assert_eq!(description.as_bytes(), bytes, "{name}");
        let lines: Vec<u8> =
            description.lines().flat_map(|line| line.as_bytes()).copied().collect();
        assert_eq!(lines, bytes, "{name}");
    }
}

#[test]
fn every_value_can_be_read_or_is_known_not_to_follow_its_grammar() {
    let mut unread = Vec::new();
    let mut typed = 0;
    for (name, bytes) in descriptions() {
        let description = read(&name, &bytes);
        typed += description.lines().filter(|line| line.attribute_value().is_some()).count();
        for finding in lint(&description) {
            if let FindingKind::Value(error) = finding.kind() {
                unread.push((name.clone(), error.to_string()));
            }
        }
    }
    let unread: Vec<_> =
        unread.iter().map(|(name, error)| (name.as_str(), error.as_str())).collect();
    assert_eq!(unread, NOT_GRAMMAR);
    assert!(typed > 1000, "{typed}");
}
