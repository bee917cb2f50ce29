//! What a transaction layer must do, one named test for each row of the list of purposes: ICT and
//! NICT for the client transactions, IST and NIST for the server transactions, VIA for what the
//! transport layer does. The number is that of the row.

#![allow(clippy::unwrap_used)]

mod invite_client;
mod invite_server;
mod limits;
mod non_invite_client;
mod non_invite_server;
mod support;
mod via;
