//! What the examples have in common that is no SIP: arguments, signals, counts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What the arguments say.
pub(crate) struct Options {
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Whether the counts are printed every second.
    stats: bool,
}

/// Reads the arguments and runs the program. Arguments that are wrong end it with the code 2, an
/// error while it runs with 1.
pub(crate) fn main(usage: &str, run: fn(&Options) -> io::Result<()>) -> ExitCode {
    let options = match Options::read(std::env::args_os().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{usage}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("error: {message}\n\n{usage}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Options {
    /// `None` where help is asked for.
    fn read(arguments: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let (mut listen, mut stats) = (None, false);
        for argument in arguments {
            match argument.to_str() {
                Some("-h" | "--help") => return Ok(None),
                Some("--stats") => stats = true,
                Some(text) if !text.starts_with('-') && listen.is_none() => {
                    let address = text.parse::<SocketAddr>().map_err(|_| {
                        format!("`{text}` is no address and port, such as 127.0.0.1:5060")
                    })?;
                    listen = Some(address);
                }
                _ => return Err(format!("unexpected argument `{}`", argument.to_string_lossy())),
            }
        }
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 5060)));
        Ok(Some(Self { listen, stats }))
    }
}

/// From the start of the program to the signal that ends it.
pub(crate) struct Session {
    stop: Arc<AtomicBool>,
    /// When the next line of counts is due, if there are to be any before the last.
    due: Option<Instant>,
}

impl Session {
    /// Says where the program listens, and waits for SIGINT and SIGTERM from now on.
    pub(crate) fn start(options: &Options, listens: SocketAddr) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        writeln!(io::stdout(), "listening on {listens}")?;
        Ok(Self { stop, due: options.stats.then(Instant::now) })
    }

    /// Whether no signal has come.
    pub(crate) fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Prints the counts, if a second has gone by and they are asked for.
    pub(crate) fn report(&mut self, now: Instant, counts: &[(&str, u64)]) -> io::Result<()> {
        if self.due.is_some_and(|due| due <= now) {
            self.due = Some(now + Duration::from_secs(1));
            print(counts)?;
        }
        Ok(())
    }

    /// Prints the counts for the last time.
    pub(crate) fn end(self, counts: &[(&str, u64)]) -> io::Result<()> {
        print(counts)
    }
}

fn print(counts: &[(&str, u64)]) -> io::Result<()> {
    let words: Vec<_> = counts.iter().map(|(name, count)| format!("{name}={count}")).collect();
    writeln!(io::stdout(), "{}", words.join(" "))
}
