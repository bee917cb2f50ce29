//! What can be wrong with a capture file.

use std::{fmt, io};

/// Why a capture cannot be read on. What stood before it has been handed out.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureError {
    /// There is nothing in it.
    Empty,
    /// It starts like neither pcap nor pcapng.
    NotACapture,
    /// It ends in the middle of a packet or a block.
    Cut {
        /// Where that starts, in bytes from the start of the file.
        offset: u64,
    },
    /// It has something that cannot be.
    Corrupt {
        /// Where that is, in bytes from the start of the file.
        offset: u64,
        /// What it is.
        what: &'static str,
    },
    /// It could not be read.
    Io(io::Error),
}

impl CaptureError {
    /// Where it is wrong, in bytes from the start of the file; `None` when that is at no one place.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match *self {
            Self::Cut { offset } | Self::Corrupt { offset, .. } => Some(offset),
            Self::NotACapture => Some(0),
            Self::Empty | Self::Io(_) => None,
        }
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the capture is empty"),
            Self::NotACapture => f.write_str("this is neither pcap nor pcapng"),
            Self::Cut { offset } => {
                write!(f, "the capture is cut off in what starts at byte {offset}")
            }
            Self::Corrupt { offset, what } => {
                write!(f, "the capture is corrupt at byte {offset}: {what}")
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            _ => None,
        }
    }
}

impl From<io::Error> for CaptureError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
