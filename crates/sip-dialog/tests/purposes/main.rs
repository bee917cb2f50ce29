//! What dialogs and their usages must do, one named test or more for each row DLG of the list of
//! purposes, and what a user agent does beyond. The number is that of the row.

#![allow(clippy::unwrap_used)]

mod beyond;
mod change;
mod credentials;
mod dialog;
mod invite;
mod subscription;
mod support;
