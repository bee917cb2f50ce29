//! Call flows that RFCs print, played message by message: our agent is one of the parties, and the
//! others say what is printed.

#![allow(clippy::unwrap_used)]

mod races;
mod replay;
mod rfc3665;
mod rfc5359;
