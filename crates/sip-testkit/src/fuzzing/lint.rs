//! What lint says.

use sip_message::{Finding, HeaderLine, Parser, Severity, Tolerances, lint as findings};

/// Lints bytes as a datagram under every set of tolerances.
///
/// - Findings are in the order of the bytes, inside the message's source, and never there twice.
/// - What is said is not empty, and `{:#}` is the start of what `{}` says.
/// - Where the parser tolerates more, no more lines of the head have bad values than before. More
///   may be read, and found, of the list in a line and of the body.
pub fn lint(data: &[u8]) {
    let mut before = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        let Ok(message) = Parser::new().tolerances(tolerances).parse(data.to_vec()) else {
            continue;
        };
        let found = findings(&message);
        assert!(found.is_sorted_by_key(Finding::offset));
        for (place, finding) in found.iter().enumerate() {
            assert!(finding.offset() + finding.len() <= data.len(), "{finding}");
            assert!(!found[..place].contains(finding), "twice: {finding}");
            let (long, short) = (finding.to_string(), format!("{finding:#}"));
            assert!(!short.is_empty() && long.len() > short.len(), "{long}");
            assert!(finding.rfc().starts_with("RFC ") || finding.rfc().starts_with("draft-"));
        }
        let bad = message.headers().iter().filter(|line| has_bad_value(line, &found)).count();
        let severe = found.iter().any(|finding| finding.severity() == Severity::Error);
        assert!(severe || bad == 0);
        assert!(before.is_none_or(|before| bad <= before), "more bad lines under looser rules");
        before = Some(bad);
    }
}

fn has_bad_value(line: &HeaderLine<'_>, findings: &[Finding<'_>]) -> bool {
    let range = line.range();
    findings.iter().any(|it| it.name() == "bad-value" && range.contains(&it.offset()))
}
