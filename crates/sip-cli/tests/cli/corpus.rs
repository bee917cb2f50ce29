//! Every message of the project's test data, and broken copies of them: whatever the bytes, the
//! program says something and ends with 0 or 1.

use std::path::{Path, PathBuf};

use crate::sip::{command, file, finish};

const MODES: [&[&str]; 3] = [&[], &["--strict"], &["--lenient"]];
const FORMS: [&[&str]; 4] = [&[], &["--stream"], &["--json"], &["--json", "--stream"]];

/// Bytes that mean something in a message, or should not be in one.
const ODD: &[u8] = b"\r\n\t \0<>\",;:@[]()\\%*=?\x7f\x80\xc3\xff0";

fn test_data() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let (mut files, mut folders) = (Vec::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the test data is there") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Runs every subcommand in every mode over all files at once.
fn run_over(files: &[PathBuf]) {
    for subcommand in ["parse", "lint", "sdp"] {
        for mode in MODES {
            for form in FORMS.iter().filter(|form| {
                // Descriptions are no stream.
                subcommand != "sdp" || !form.contains(&"--stream")
            }) {
                let mut command = command();
                command.arg(subcommand).args(mode).args(*form).args(files);
                let run = finish(command.output().expect("the program starts"));
                assert_eq!(run.stderr, "", "{subcommand} {mode:?} {form:?}");
                assert!(run.code <= 1, "{subcommand} {mode:?} {form:?}: {}", run.code);
                if form.contains(&"--json") {
                    let objects = run.json();
                    let one_each = subcommand != "lint" && form.len() == 1;
                    assert!(!one_each || objects.len() == files.len());
                }
            }
        }
    }
}

#[test]
fn the_test_data() {
    let files = test_data();
    assert!(files.len() > 60, "{}", files.len());
    run_over(&files);
}

#[test]
fn broken_copies_of_the_test_data() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |n: usize| {
        // xorshift64, Marsaglia 2003.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % n.max(1) as u64).expect("below n")
    };
    let mut files = Vec::new();
    for path in test_data() {
        let original = std::fs::read(&path).expect("the file can be read");
        for copy in 0..3 {
            let mut bytes = original.clone();
            for _ in 0..=below(6) {
                let at = below(bytes.len());
                let odd = ODD[below(ODD.len())];
                match below(5) {
                    0 => bytes.truncate(at),
                    1 if at < bytes.len() => bytes[at] = odd,
                    2 if at < bytes.len() => drop(bytes.remove(at)),
                    3 => {
                        let piece = bytes[at..bytes.len().min(at + below(80))].to_vec();
                        let to = below(bytes.len());
                        bytes.splice(to..to, piece);
                    }
                    _ => bytes.insert(at.min(bytes.len()), odd),
                }
            }
            files.push(file(&format!("broken-{}-{copy}", files.len()), &bytes).into());
        }
    }
    run_over(&files);
}
