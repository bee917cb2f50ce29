//! `sip lint`: what is wrong with messages and descriptions, and where.

use std::io;

use serde_json::{Value, json};
use sip_message::Severity;

use crate::args::Options;
use crate::diagnostics::Diagnosis;
use crate::input::{Item, Source};
use crate::output::Output;
use crate::position::Cursor;
use crate::run::{Outcome, Task};
use crate::sdp::bodies::bodies;
use crate::wording::counted;

pub(crate) struct Lint<'a> {
    options: &'a Options,
    messages: usize,
    /// Files that are nothing but a session description.
    descriptions: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

impl<'a> Lint<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, messages: 0, descriptions: 0, errors: 0, warnings: 0, infos: 0 }
    }

    fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            _ => self.infos += 1,
        }
    }

    fn report(
        &mut self,
        findings: Vec<Diagnosis>,
        source: &Source,
        cursor: &mut Cursor<'_>,
        output: &mut Output,
    ) -> io::Result<Outcome> {
        let mut outcome = Outcome::Fine;
        for finding in findings {
            self.count(finding.severity);
            if finding.severity == Severity::Error {
                outcome = Outcome::Bad;
            }
            if self.options.reading.json {
                output.json(&json(&finding, &source.name, cursor))?;
            } else {
                output.text(&finding.render(source.shown_name(), cursor))?;
            }
        }
        Ok(outcome)
    }

    /// `3 findings in 2 messages: 1 error, 2 warnings`.
    fn summary(&self) -> String {
        let messages = match (self.messages, self.descriptions) {
            (messages, 0) => counted(messages, "message", "messages"),
            (0, descriptions) => counted(descriptions, "description", "descriptions"),
            (messages, descriptions) => format!(
                "{} and {}",
                counted(messages, "message", "messages"),
                counted(descriptions, "description", "descriptions")
            ),
        };
        let kinds = [
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (self.infos, "info", "infos"),
        ];
        let found: Vec<_> = kinds.into_iter().filter(|(n, ..)| *n > 0).collect();
        if found.is_empty() {
            return format!("no findings in {messages}\n");
        }
        let findings = counted(found.iter().map(|(n, ..)| n).sum(), "finding", "findings");
        let parts: Vec<_> = found.iter().map(|&(n, one, more)| counted(n, one, more)).collect();
        format!("{findings} in {messages}: {}\n", parts.join(", "))
    }
}

impl Task for Lint<'_> {
    fn source(&mut self, source: &Source, output: &mut Output) -> io::Result<Outcome> {
        let mut cursor = Cursor::new(&source.bytes);
        let tolerances = self.options.reading.tolerances();
        if source.is_description() && !self.options.stream {
            let findings = match source.description(tolerances.sdp) {
                Ok(description) => Diagnosis::of_description(&description, 0),
                Err(error) => vec![Diagnosis::of_refused_sdp(&error, 0, &source.bytes)],
            };
            self.descriptions += 1;
            return self.report(findings, source, &mut cursor, output);
        }
        let mut outcome = Outcome::Fine;
        for frame in source.frames(self.options.stream, tolerances) {
            let findings = match &frame.item {
                Item::Message(message) => {
                    let mut findings = Diagnosis::of_message(message, frame.start);
                    for body in bodies(message, frame.start, tolerances.sdp) {
                        findings.append(&mut body.findings(&source.bytes));
                    }
                    findings.sort_by_key(|finding| finding.offset);
                    findings
                }
                Item::Refused(error) => {
                    vec![Diagnosis::of_refusal(error, frame.start, &source.bytes)]
                }
                Item::Ping | Item::Pong => continue,
            };
            self.messages += 1;
            outcome = outcome.max(self.report(findings, source, &mut cursor, output)?);
        }
        Ok(outcome)
    }

    fn end(&mut self, output: &mut Output) -> io::Result<()> {
        if self.options.reading.json { Ok(()) } else { output.text(&self.summary()) }
    }
}

fn json(finding: &Diagnosis, file: &str, cursor: &mut Cursor<'_>) -> Value {
    let place = cursor.place(finding.offset);
    json!({
        "file": file,
        "rule": finding.rule,
        "severity": finding.severity.to_string(),
        "message": finding.message,
        "offset": finding.offset,
        "length": finding.length,
        "line": place.line,
        "column": place.column,
        "rfc": finding.rfc,
        "header": finding.header,
    })
}
