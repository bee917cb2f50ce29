//! From the command line to the exit code.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::args::{Cli, Command, Reading, SdpOptions};
use crate::input::Source;
use crate::ladder;
use crate::lint::Lint;
use crate::output::Output;
use crate::parse::Parse;
use crate::sdp::answer::Answer;
use crate::sdp::show::Show;

/// How it went. The worst of several wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Fine,
    /// A message was refused, or has an error.
    Bad,
    /// A file could not be read, or the output not be written.
    Failed,
}

/// What a subcommand does with each file that could be read.
pub(crate) trait Task {
    fn source(&mut self, source: &Source, output: &mut Output) -> io::Result<Outcome>;

    /// Behind the last file.
    fn end(&mut self, output: &mut Output) -> io::Result<()>;
}

pub(crate) fn run(cli: &Cli) -> ExitCode {
    let mut worst = Outcome::Fine;
    let done = match &cli.command {
        Command::Parse(options) => {
            each_file(&options.reading, &mut Parse::new(options), false, &mut worst)
        }
        Command::Lint(options) => {
            each_file(&options.reading, &mut Lint::new(options), false, &mut worst)
        }
        Command::Sdp(options) => describe(options, &mut worst),
        Command::Ladder(options) => ladder::run(options, &mut worst),
    };
    match done {
        Ok(()) => {}
        // Who reads has seen enough: `sip parse FILE | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            complain(&format!("cannot write the output: {error}"));
            worst = Outcome::Failed;
        }
    }
    ExitCode::from(worst as u8)
}

/// Shows descriptions, or answers them.
fn describe(options: &SdpOptions, worst: &mut Outcome) -> io::Result<()> {
    let Some(capabilities) = &options.answer else {
        return each_file(&options.reading, &mut Show::new(&options.reading), false, worst);
    };
    match Answer::new(&options.reading, capabilities) {
        Ok(mut answer) => each_file(&options.reading, &mut answer, true, worst),
        Err(text) => {
            complain(&text);
            *worst = Outcome::Failed;
            Ok(())
        }
    }
}

/// `octets`: what comes out is no text for people.
fn each_file(
    options: &Reading,
    task: &mut impl Task,
    octets: bool,
    worst: &mut Outcome,
) -> io::Result<()> {
    let mut output = Output::new(octets || options.json);
    let mut stdin_read = false;
    for path in &options.files {
        let again = path == Path::new("-") && std::mem::replace(&mut stdin_read, true);
        let source = match again {
            true => Err(io::Error::other("it can be read only once")),
            false => Source::read(path),
        };
        let outcome = match source {
            Ok(source) => task.source(&source, &mut output)?,
            Err(error) => {
                // In the order of the files, whichever of the two streams it goes to.
                output.flush()?;
                complain(&format!("cannot read {}: {error}", name(path)));
                Outcome::Failed
            }
        };
        *worst = (*worst).max(outcome);
    }
    task.end(&mut output)?;
    output.flush()
}

pub(crate) fn name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    }
}

/// Says what went wrong. If even that cannot be written, the exit code is left to tell it.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "sip: {text}");
}
