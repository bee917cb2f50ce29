//! `sip sdp`: what is in descriptions, as a tree or as JSON.

use std::io;

use super::json::{description_json, refusal_json};
use super::tree::description_lines;
use crate::args::Reading;
use crate::diagnostics::Diagnosis;
use crate::input::Source;
use crate::output::Output;
use crate::position::Cursor;
use crate::run::{Outcome, Task};
use crate::tree::{heading, row};

pub(crate) struct Show<'a> {
    options: &'a Reading,
    /// Whether something was printed that the next thing needs a gap from.
    printed: bool,
}

impl<'a> Show<'a> {
    pub(crate) fn new(options: &'a Reading) -> Self {
        Self { options, printed: false }
    }
}

impl Task for Show<'_> {
    fn source(&mut self, source: &Source, output: &mut Output) -> io::Result<Outcome> {
        let mut cursor = Cursor::new(&source.bytes);
        let parsed = source.description(self.options.tolerances().sdp);
        let outcome = if parsed.is_ok() { Outcome::Fine } else { Outcome::Bad };
        if self.options.json {
            output.json(&match &parsed {
                Ok(description) => description_json(description, 0, &mut cursor),
                Err(error) => refusal_json(error, 0, &mut cursor),
            })?;
            return Ok(outcome);
        }
        let name = source.shown_name();
        if std::mem::replace(&mut self.printed, true) {
            output.text("\n")?;
        }
        if self.options.files.len() > 1 {
            output.text(&heading(name, false, cursor.place(0)))?;
        }
        match &parsed {
            Ok(description) => {
                output.text(&row::text(&description_lines(description, 0, &mut cursor)))?;
            }
            Err(error) => {
                let refusal = Diagnosis::of_refused_sdp(error, 0, &source.bytes);
                let text = refusal.render(name, &mut cursor);
                output.text(text.trim_end())?;
                output.text("\n")?;
            }
        }
        Ok(outcome)
    }

    fn end(&mut self, _: &mut Output) -> io::Result<()> {
        Ok(())
    }
}
