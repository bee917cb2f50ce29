//! What an observer says of calls between others.

#![allow(clippy::unwrap_used)]

mod dialogs;
mod flows;
mod media;
mod scene;
mod story;
mod transactions;
