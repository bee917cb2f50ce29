//! The documents say what the code does.

use sip_message::Rule;

fn document(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn quirks_lists_every_rule_as_it_is() {
    let quirks = document("QUIRKS.md");
    for rule in Rule::all() {
        let row = format!(
            "| `{}` | {} | {} | {} | {} |",
            rule.name(),
            rule.describe().replace('|', "\\|"),
            rule.rfc(),
            rule.severity(),
            if rule.is_default() { "on" } else { "off" },
        );
        assert!(quirks.contains(&row), "docs/QUIRKS.md lacks: {row}");
    }
    let rows = quirks.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, Rule::all().count(), "docs/QUIRKS.md has rules that are none");
}
