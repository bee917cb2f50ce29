//! What the example programs have in common: arguments, signals, a line of counts a second.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// `[LISTEN] [--stats]`.
pub(crate) struct Arguments {
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Whether counts are printed each second.
    pub(crate) stats: bool,
}

impl Arguments {
    /// Reads the arguments; says what is wrong with them and ends with 2.
    pub(crate) fn read(about: &str) -> Self {
        let mut arguments = Self { listen: ([127, 0, 0, 1], 5060).into(), stats: false };
        let mut listens = 0;
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                "--stats" => arguments.stats = true,
                "-h" | "--help" => {
                    println!("{about}\n\nusage: [LISTEN] [--stats]\n");
                    println!("  LISTEN   address and port, 127.0.0.1:5060 where left out");
                    println!("  --stats  print counts each second");
                    exit(0);
                }
                address => match address.parse() {
                    Ok(address) if listens == 0 => {
                        arguments.listen = address;
                        listens += 1;
                    }
                    Ok(_) => fail("there is one address to listen on"),
                    Err(_) => {
                        fail(&format!("{address} is no address and port, like 127.0.0.1:5060"))
                    }
                },
            }
        }
        arguments
    }
}

/// Says what is wrong, and ends with 2.
pub(crate) fn fail(what: &str) -> ! {
    eprintln!("{what}");
    exit(2)
}

/// A flag that SIGINT and SIGTERM set.
pub(crate) fn stop_flag() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Whether the flag is set.
pub(crate) fn is_set(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}

/// Tells once a second that it is time for a line of counts.
pub(crate) struct EachSecond(Instant);

impl EachSecond {
    /// From now on.
    pub(crate) fn from(now: Instant) -> Self {
        Self(now)
    }

    /// Whether a second has passed.
    pub(crate) fn has_passed(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.0) >= Duration::from_secs(1);
        if passed {
            self.0 = now;
        }
        passed
    }
}

/// Whether nothing has come. An ICMP answer to something that was sent before is no reason to stop.
pub(crate) fn is_nothing(kind: ErrorKind) -> bool {
    use ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, TimedOut, WouldBlock};
    matches!(kind, WouldBlock | TimedOut | Interrupted | ConnectionRefused | ConnectionReset)
}
