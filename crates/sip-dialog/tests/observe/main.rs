//! What an observer says of calls between others.

#![allow(clippy::unwrap_used)]

mod dialogs;
mod flows;
mod media;
mod scene;
mod simulation;
mod story;
mod transactions;
