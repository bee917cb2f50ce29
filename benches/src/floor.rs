//! The floor: one memchr for each line and a search for its colon. No parser can do less and know
//! where the headers are; it classifies nothing, checks nothing and keeps nothing.

use memchr::memchr;

use crate::{
    peers::{Outcome, Refused},
    sample::Sample,
};

/// Finds the end and the colon of every line of the head, up to the empty line.
pub fn l1(sample: &Sample) -> Outcome {
    let mut rest: &[u8] = &sample.bytes;
    let mut sum = 0;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        if line.len() <= 1 {
            return Ok(sum);
        }
        sum += memchr(b':', line).unwrap_or(end) as u64;
        rest = &rest[end + 1..];
    }
    Err(Refused)
}
