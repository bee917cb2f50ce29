//! `docs/CONFORMANCE.md` is true: the tests that it names exist, once each, and every RFC that the
//! crates cite is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 6] =
    ["sip-uri", "sip-message", "sdp", "sip-transaction", "sip-dialog", "sip-capture"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/CONFORMANCE.md")).expect("the page is there")
}

/// The tests of a file: functions behind `#[test]`, and those in `proptest!`, which has the same
/// mark.
fn tests(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for part in text.split("#[test]").skip(1) {
        let name = part.split_once("fn ").map(|(_, rest)| rest.split(['(', '<']).next());
        names.extend(name.flatten());
    }
    names
}

/// The numbers behind `RFC `.
fn rfcs(text: &str) -> impl Iterator<Item = u32> {
    text.split("RFC ").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|it| it == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn every_test_that_is_named_exists_and_is_named_once() {
    let page = page();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, rule, test, _] = cells[..] else { continue };
        let mut parts = test.split('`').filter(|it| !it.trim().is_empty());
        let (Some(file), Some(name)) = (parts.next(), parts.next()) else { continue };
        assert!(rule.len() > 8, "{line}");
        assert!(named.insert((file, name)), "twice: {line}");
        let text = files.entry(file).or_insert_with(|| {
            let path = root().join("crates").join(file);
            fs::read_to_string(path).unwrap_or_else(|_| panic!("no such file: {line}"))
        });
        assert!(tests(text).contains(name), "no such test: {line}");
    }
    assert!(named.len() > 500, "{} rows", named.len());
}

#[test]
fn every_rfc_that_the_crates_cite_is_on_the_page() {
    let there: BTreeSet<u32> = rfcs(&page()).collect();
    for name in CRATES {
        let mut files = Vec::new();
        sources(&root().join("crates").join(name).join("src"), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).expect("a source");
            for rfc in rfcs(&text) {
                assert!(there.contains(&rfc), "RFC {rfc}, of {}", file.display());
            }
        }
    }
}
