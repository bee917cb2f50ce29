//! The documents say what the code does.

use sip_message::Rule;

fn document(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn quirks_lists_every_rule_as_it_is() {
    let quirks = document("QUIRKS.md");
    macro_rules! row {
        ($rule:expr) => {
            format!(
                "| `{}` | {} | {} | {} | {} |",
                $rule.name(),
                $rule.describe().replace('|', "\\|"),
                $rule.rfc(),
                $rule.severity(),
                if $rule.is_default() { "on" } else { "off" },
            )
        };
    }
    let of_messages = Rule::ALL.iter().map(|rule| row!(rule));
    let of_descriptions = sdp::Rule::ALL.iter().map(|rule| row!(rule));
    let wanted: Vec<_> = of_messages.chain(of_descriptions).collect();
    for row in &wanted {
        assert!(quirks.contains(row), "docs/QUIRKS.md lacks: {row}");
    }
    let rows = quirks.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, wanted.len(), "docs/QUIRKS.md has rules that are none");
}
