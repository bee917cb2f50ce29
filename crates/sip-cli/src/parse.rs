//! `sip parse`: what is in messages, as a tree or as JSON.

use std::io;

use serde_json::json;

use crate::args::Options;
use crate::diagnostics::Diagnosis;
use crate::input::{Item, Placed, Source};
use crate::json::{message_json, refusal_json};
use crate::output::Output;
use crate::position::Cursor;
use crate::run::{Outcome, Task};
use crate::tree::{self, message_tree};

pub(crate) struct Parse<'a> {
    options: &'a Options,
    /// Whether something was printed that the next thing needs a gap from.
    printed: bool,
}

impl<'a> Parse<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, printed: false }
    }

    fn print_json(
        &self,
        frame: &Placed,
        cursor: &mut Cursor<'_>,
        output: &mut Output,
    ) -> io::Result<()> {
        output.json(&match &frame.item {
            Item::Message(message) => {
                message_json(message, frame.start, self.options.reading.tolerances().sdp, cursor)
            }
            Item::Refused(error) => refusal_json(error, frame.start, cursor),
            Item::Ping => json!({ "kind": "ping" }),
            Item::Pong => json!({ "kind": "pong" }),
        })
    }

    fn print_text(
        &mut self,
        frame: &Placed,
        source: &Source,
        cursor: &mut Cursor<'_>,
        output: &mut Output,
    ) -> io::Result<()> {
        let name = source.shown_name();
        if let Some(what) = keep_alive(&frame.item) {
            return output.text(&tree::keep_alive(name, cursor.place(frame.start), what));
        }
        if std::mem::replace(&mut self.printed, true) {
            output.text("\n")?;
        }
        if self.options.stream || self.options.reading.files.len() > 1 {
            let place = cursor.place(frame.start);
            output.text(&tree::heading(name, self.options.stream, place))?;
        }
        match &frame.item {
            Item::Message(message) => {
                let tolerances = self.options.reading.tolerances().sdp;
                output.text(&message_tree(message, frame.start, tolerances, cursor))
            }
            Item::Refused(error) => {
                let refusal = Diagnosis::of_refusal(error, frame.start, &source.bytes);
                let text = refusal.render(name, cursor);
                output.text(text.trim_end())?;
                output.text("\n")
            }
            Item::Ping | Item::Pong => Ok(()),
        }
    }
}

impl Task for Parse<'_> {
    fn source(&mut self, source: &Source, output: &mut Output) -> io::Result<Outcome> {
        let mut cursor = Cursor::new(&source.bytes);
        let mut outcome = Outcome::Fine;
        for frame in source.frames(self.options.stream, self.options.reading.tolerances()) {
            if matches!(frame.item, Item::Refused(_)) {
                outcome = Outcome::Bad;
            }
            if self.options.reading.json {
                self.print_json(&frame, &mut cursor, output)?;
            } else {
                self.print_text(&frame, source, &mut cursor, output)?;
            }
        }
        Ok(outcome)
    }

    fn end(&mut self, _: &mut Output) -> io::Result<()> {
        Ok(())
    }
}

fn keep_alive(item: &Item) -> Option<&'static str> {
    match item {
        Item::Ping => Some("ping (two CRLFs)"),
        Item::Pong => Some("pong (one CRLF)"),
        Item::Message(_) | Item::Refused(_) => None,
    }
}
