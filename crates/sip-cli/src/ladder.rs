//! `sip ladder`: the call flows of a capture.

mod call;
mod calls;
mod draw;
mod entry;
mod filter;
mod html;
mod json;
mod list;
mod source;
mod svg;

pub(crate) use filter::{Filter, Since};

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sip_capture::{Captured, Config, Content, Statistics, Timestamp};

use crate::args::LadderOptions;
use crate::output::Output;
use crate::run::{Outcome, complain, name};
use crate::wording::counted;
use call::Call;
use calls::Calls;
use entry::Depth;
use source::{News, Source};

/// How long a call that is over waits for retransmissions: 64 times T1.
const LINGER: Duration = Duration::from_secs(32);
/// The same while somebody waits to see it.
const SHORT: Duration = Duration::from_secs(5);
/// Files from this size on have a progress bar.
const LARGE: u64 = 32 << 20;
/// How wide a ladder is that goes to no terminal.
const WIDTH: usize = 120;
/// How many calls a picture has at most: it is made in memory.
const PICTURE: u64 = 1_000;
/// How often somebody who follows is served when nothing comes.
const BEAT: Duration = Duration::from_millis(250);

/// What becomes of calls that are done.
enum Form {
    Draw {
        width: usize,
    },
    List,
    Json,
    Svg(svg::Picture, File),
    /// The page is written as it goes.
    Html,
}

/// One run of the subcommand.
struct Run<'a> {
    options: &'a LadderOptions,
    filter: Filter,
    form: Form,
    output: Output,
    calls: Calls,
    first: Option<Timestamp>,
    shown: u64,
    outcome: Outcome,
}

pub(crate) fn run(options: &LadderOptions, worst: &mut Outcome) -> io::Result<()> {
    let tolerances = options.tolerances();
    let mut config = Config::default();
    config.tolerances = tolerances.sip;
    let source = match Source::open(&options.capture, options.follow, config) {
        Ok(source) => source,
        Err(error) => {
            return fail(worst, &format!("cannot read {}: {error}", name(&options.capture)));
        }
    };
    let (form, output) = match form(options) {
        Ok(form) => form,
        Err(text) => return fail(worst, &text),
    };
    let depth = Depth {
        drawn: !matches!(form, Form::List),
        raw: matches!(form, Form::Html),
        sdp: tolerances.sdp,
    };
    let linger = if options.follow { SHORT } else { LINGER };
    let mut run = Run {
        options,
        filter: options.filter(),
        form,
        output,
        calls: Calls::new(depth, options.related, linger),
        first: None,
        shown: 0,
        outcome: Outcome::Fine,
    };
    run.start()?;
    let end = run.read(&source)?;
    run.end(end)?;
    *worst = (*worst).max(run.outcome);
    Ok(())
}

fn fail(worst: &mut Outcome, text: &str) -> io::Result<()> {
    complain(text);
    *worst = Outcome::Failed;
    Ok(())
}

/// How calls are shown, and where that goes.
fn form(options: &LadderOptions) -> Result<(Form, Output), String> {
    let create = |path: &Path| {
        File::create(path).map_err(|error| format!("cannot write {}: {error}", name(path)))
    };
    if let Some(path) = &options.svg {
        return Ok((Form::Svg(svg::Picture::default(), create(path)?), Output::new(false)));
    }
    if let Some(path) = &options.html {
        return Ok((Form::Html, Output::to_file(create(path)?)));
    }
    let form = if options.list {
        Form::List
    } else if options.json {
        Form::Json
    } else {
        let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = options.width.map(usize::from).or(terminal).unwrap_or(WIDTH);
        Form::Draw { width }
    };
    Ok((form, Output::new(options.json)))
}

impl Run<'_> {
    fn start(&mut self) -> io::Result<()> {
        match self.form {
            Form::List => self.output.text(&list::heading()),
            Form::Html => html::start(&mut self.output, &name(&self.options.capture)),
            _ => Ok(()),
        }
    }

    /// Takes what the capture has, to its end. What was in it, and why it could not be read on.
    fn read(
        &mut self,
        source: &Source,
    ) -> io::Result<(Statistics, Option<sip_capture::CaptureError>)> {
        let bar = progress(source);
        let stop = Arc::new(AtomicBool::new(false));
        if self.options.follow {
            for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
                signal_hook::flag::register(signal, stop.clone())?;
            }
        }
        let mut now = Timestamp::default();
        let mut since = clock();
        loop {
            match source.news.recv_timeout(BEAT) {
                Ok(News::Messages(messages, time)) => {
                    if time > now {
                        (now, since) = (time, clock());
                    }
                    for captured in &messages {
                        self.message(captured);
                    }
                    self.calls.advance(now);
                    if let Some(bar) = &bar {
                        bar.set_position(source.position.load(Ordering::Relaxed));
                    }
                }
                Ok(News::End(statistics, error)) => {
                    if let Some(bar) = bar {
                        bar.finish_and_clear();
                    }
                    self.calls.finish(now);
                    return Ok((statistics, error));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("the capture was not read to its end"));
                }
            }
            if self.options.follow {
                // Where nothing comes, time goes by all the same.
                let passed = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
                self.calls.advance(Timestamp::from_nanos(now.as_nanos().saturating_add(passed)));
            }
            self.show_done(self.options.follow)?;
            if stop.swap(false, Ordering::Relaxed) {
                source.stop();
                // Standard input may never say anything again.
                if self.options.capture == Path::new("-") {
                    self.calls.finish(now);
                    return Ok((Statistics::default(), None));
                }
            }
        }
    }

    fn message(&mut self, captured: &Captured) {
        self.first.get_or_insert(captured.time);
        self.calls.advance(captured.time);
        if let Content::Malformed { .. } = captured.content {
            self.outcome = self.outcome.max(Outcome::Bad);
        }
        let filter = &self.filter;
        self.calls.push(captured, |message| filter.selects(message));
    }

    fn show_done(&mut self, hurry: bool) -> io::Result<()> {
        let mut any = false;
        while let Some(call) = self.calls.poll(hurry) {
            if self.filter.shows(&call, self.first.unwrap_or_default()) {
                self.show(&call)?;
                any = true;
            }
        }
        if any && self.options.follow { self.output.flush() } else { Ok(()) }
    }

    fn show(&mut self, call: &Call) -> io::Result<()> {
        self.shown += 1;
        match &mut self.form {
            Form::Draw { width } => self.output.text(&draw::ladder(call, *width)),
            Form::List => self.output.text(&list::line(call)),
            Form::Json => self.output.json(&json::call_json(call)),
            Form::Svg(picture, _) => {
                if self.shown <= PICTURE {
                    picture.add(call);
                }
                Ok(())
            }
            Form::Html => html::call(&mut self.output, call),
        }
    }

    fn end(
        &mut self,
        (statistics, error): (Statistics, Option<sip_capture::CaptureError>),
    ) -> io::Result<()> {
        self.show_done(true)?;
        match &mut self.form {
            Form::Svg(picture, file) => {
                file.write_all(picture.finish().as_bytes())?;
                if self.shown > PICTURE {
                    complain(&format!(
                        "the picture has the first {PICTURE} of {} calls",
                        self.shown
                    ));
                }
            }
            Form::Html => html::end(&mut self.output, self.shown)?,
            Form::Draw { .. } | Form::List | Form::Json => {}
        }
        self.output.flush()?;
        if let Some(error) = error {
            complain(&format!("{}: {error}", name(&self.options.capture)));
            self.outcome = Outcome::Failed;
        }
        for line in remarks(&statistics, self.calls.count(), self.shown) {
            complain(&line);
        }
        Ok(())
    }
}

/// What is worth knowing of a capture beyond its calls.
fn remarks(statistics: &Statistics, calls: u64, shown: u64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |count: u64, one: &str, more: &str, behind: &str| {
        if count > 0 {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            lines.push(counted(count, one, more) + behind);
        }
    };
    let advice = " cut off: capture with a larger snapshot length (tcpdump -s 0)";
    say(statistics.cut, "packet is", "packets are", advice);
    say(statistics.fragmented_lost, "IP packet lacks", "IP packets lack", " a fragment");
    let missing = " where bytes are missing";
    say(statistics.gaps, "place in a TCP stream", "places in TCP streams", missing);
    say(statistics.unreadable, "message", "messages", " that cannot be read");
    match (calls, shown) {
        (0, _) => say(statistics.packets, "packet", "packets", ", and no SIP in any"),
        (_, 0) => say(calls, "call", "calls", ", and none as asked for"),
        _ => {}
    }
    lines
}

#[expect(clippy::disallowed_methods, reason = "who follows a capture waits by a clock")]
fn clock() -> Instant {
    Instant::now()
}

/// A bar for files that take a while, if somebody looks.
fn progress(source: &Source) -> Option<ProgressBar> {
    let len = source.len.filter(|len| *len >= LARGE)?;
    let looks = io::stdout().is_terminal() && io::stderr().is_terminal();
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}").ok()?;
    looks.then(|| ProgressBar::new(len).with_style(style))
}
