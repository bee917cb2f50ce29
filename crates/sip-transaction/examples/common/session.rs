//! What the examples have in common that is no SIP: how they begin, signals, counts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Reads the arguments and runs the program. Arguments that are wrong end it with the code 2, an
/// error while it runs with 1.
pub(crate) fn main<O>(
    usage: &str,
    read: fn(&[OsString]) -> Result<Option<O>, String>,
    run: fn(&O) -> io::Result<()>,
) -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let options = match read(&arguments) {
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

/// From the start of the program to the signal that ends it.
pub(crate) struct Session {
    stop: Arc<AtomicBool>,
    /// When the next line of counts is due, if there are to be any before the last.
    due: Option<Instant>,
}

impl Session {
    /// Says where the program listens, and waits for SIGINT and SIGTERM from now on.
    pub(crate) fn start(stats: bool, listens: SocketAddr) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        writeln!(io::stdout(), "listening on {listens}")?;
        Ok(Self { stop, due: stats.then(Instant::now) })
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
