//! Captures, read by a thread of their own: files, standard input, and files that grow.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use sip_capture::{CaptureError, Captured, Config, Dissector, Reader, Statistics, Timestamp};

/// How many messages are handed over at once.
const BATCH: usize = 256;
/// How many packets go by before what there is is handed over.
const PACKETS: u64 = 4_096;
/// How long to wait for a file to grow.
const PAUSE: Duration = Duration::from_millis(200);

/// What the reading thread has to say.
pub(crate) enum News {
    /// Messages, and the time of the last packet.
    Messages(Vec<Captured>, Timestamp),
    /// The capture has ended, or cannot be read on.
    End(Statistics, Option<CaptureError>),
}

/// A capture that is being read.
pub(crate) struct Source {
    pub(crate) news: Receiver<News>,
    /// How many bytes were read, of how many, if that is known.
    pub(crate) position: Arc<AtomicU64>,
    pub(crate) len: Option<u64>,
    stop: Arc<AtomicBool>,
}

impl Source {
    /// Starts to read.
    pub(crate) fn open(path: &Path, follow: bool, config: Config) -> io::Result<Self> {
        let is_stdin = path == Path::new("-");
        let (input, len): (Box<dyn Read + Send>, _) = if is_stdin {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            let len = metadata.is_file().then_some(metadata.len());
            (Box::new(file), len)
        };
        let (sender, news) = sync_channel(16);
        let position = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let reading = Reading {
            // What a pipe has ended with is its end; a file may grow.
            follow: follow && !is_stdin,
            // Somebody waits for what comes over a pipe.
            at_once: follow,
            config,
            sender,
            position: position.clone(),
            stop: stop.clone(),
        };
        thread::spawn(move || reading.run(input));
        Ok(Self { news, position, len, stop })
    }

    /// Makes a file that is followed end where it is.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "a file that grows says nothing when it does")]
fn pause() {
    thread::sleep(PAUSE);
}

struct Reading {
    follow: bool,
    at_once: bool,
    config: Config,
    sender: SyncSender<News>,
    position: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Reading {
    fn run(&self, input: impl Read) {
        let mut reader = Reader::new(input);
        let mut dissector = Dissector::new(self.config);
        let mut batch = Vec::with_capacity(BATCH);
        let mut now = Timestamp::default();
        let mut packets = 0_u64;
        let error = loop {
            match reader.next_packet() {
                Ok(Some(packet)) => {
                    now = now.max(packet.time);
                    dissector.push(&packet);
                    batch.extend(std::iter::from_fn(|| dissector.next_captured()));
                    packets += 1;
                    let due = packets.is_multiple_of(PACKETS) || self.at_once;
                    if (due || batch.len() >= BATCH) && !self.hand_over(&mut batch, now, &reader) {
                        return;
                    }
                }
                Ok(None) | Err(CaptureError::Cut { .. } | CaptureError::Empty)
                    if self.follow && !self.stop.load(Ordering::Relaxed) =>
                {
                    if !self.hand_over(&mut batch, now, &reader) {
                        return;
                    }
                    pause();
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        dissector.finish();
        batch.extend(std::iter::from_fn(|| dissector.next_captured()));
        if self.hand_over(&mut batch, now, &reader) {
            // If nobody listens any more, nobody wants to know.
            let _ = self.sender.send(News::End(dissector.statistics(), error));
        }
    }

    /// Whether somebody still listens.
    fn hand_over<R: Read>(
        &self,
        batch: &mut Vec<Captured>,
        now: Timestamp,
        reader: &Reader<R>,
    ) -> bool {
        self.position.store(reader.position(), Ordering::Relaxed);
        let messages = std::mem::replace(batch, Vec::with_capacity(BATCH));
        self.sender.send(News::Messages(messages, now)).is_ok()
    }
}
