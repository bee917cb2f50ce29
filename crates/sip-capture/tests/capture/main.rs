//! Captures of every kind, read and taken apart.

#![allow(clippy::unwrap_used)]

mod files;
mod order;
mod packets;
mod streams;
mod tools;
mod websockets;
