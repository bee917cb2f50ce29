//! The examples of `docs/JSON.md`: each input that it shows gives the JSON that it shows.

use serde_json::{Deserializer, Value};

use crate::sip::run;

#[test]
fn the_examples_are_what_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/JSON.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut examples = 0;
    let mut rest = &*text;
    while let Some((_, input)) = rest.split_once("```text ") {
        let (input, behind) = input.split_once("```\n").unwrap();
        let (args, input) = input.split_once('\n').unwrap();
        let (expected, behind) = behind.trim_start().split_once("\n```").unwrap();
        let expected = expected.strip_prefix("```json\n").unwrap();
        rest = behind;
        let args: Vec<_> = args.split(' ').chain(["--json", "-"]).collect();
        let expected: Result<Vec<Value>, _> =
            Deserializer::from_str(expected).into_iter().collect();
        assert_eq!(run(&args, &bytes(input)).json(), expected.unwrap(), "{args:?}\n{input}");
        examples += 1;
    }
    assert!(examples >= 5, "{examples}");
}

/// Lines that end in CRLF, and `\xe9` as that byte.
fn bytes(text: &str) -> Vec<u8> {
    let parts: Vec<_> = text.split(r"\xe9").collect();
    parts
        .join("\u{1}")
        .replace('\n', "\r\n")
        .bytes()
        .map(|b| if b == 1 { 0xe9 } else { b })
        .collect()
}
