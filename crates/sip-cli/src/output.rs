//! Standard output: for people with colour where that is wanted, for programs as it is.

use std::fs::File;
use std::io::{self, StdoutLock, Write};

use anstream::AutoStream;
use serde_json::Value;

/// How much is gathered before it is written.
const FULL: usize = 64 << 10;

pub(crate) struct Output {
    sink: Sink,
    text: String,
}

enum Sink {
    /// Takes styles out unless this is a terminal that shows them.
    People(AutoStream<StdoutLock<'static>>),
    Programs(StdoutLock<'static>),
    File(File),
}

impl Output {
    /// For programs, or for people.
    pub(crate) fn new(for_programs: bool) -> Self {
        let stdout = io::stdout().lock();
        let sink = if for_programs {
            Sink::Programs(stdout)
        } else {
            Sink::People(AutoStream::auto(stdout))
        };
        Self { sink, text: String::new() }
    }

    /// Into a file.
    pub(crate) fn to_file(file: File) -> Self {
        Self { sink: Sink::File(file), text: String::new() }
    }

    /// Prints text for people, which may have ANSI styles in it.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.text.push_str(text);
        if self.text.len() > FULL { self.flush() } else { Ok(()) }
    }

    /// Prints one line of JSON.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        self.text.push_str(&escape_controls(value.to_string()));
        self.text.push('\n');
        if self.text.len() > FULL { self.flush() } else { Ok(()) }
    }

    /// Prints bytes; to programs they go as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        match &mut self.sink {
            Sink::People(stream) => stream.write_all(bytes),
            Sink::Programs(stream) => stream.write_all(bytes),
            Sink::File(file) => file.write_all(bytes),
        }
    }

    /// Hands over what was gathered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let sink: &mut dyn Write = match &mut self.sink {
            Sink::People(stream) => stream,
            Sink::Programs(stream) => stream,
            Sink::File(file) => file,
        };
        sink.write_all(self.text.as_bytes())?;
        self.text.clear();
        sink.flush()
    }
}

/// JSON may have DEL and the C1 control characters as they are, which a terminal may act upon.
fn escape_controls(json: String) -> String {
    let control = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !json.contains(control) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if control(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escaped_controls_are_the_same_json() {
        let value = serde_json::json!({"a": "\u{9b}31m\u{7f}é"});
        let text = super::escape_controls(value.to_string());
        assert_eq!(text, "{\"a\":\"\\u009b31m\\u007fé\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
