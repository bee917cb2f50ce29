//! The handles of what a user agent does. A handle of what is over fits nothing else.

use sip_transaction::ServerTransaction;

slotmap::new_key_type! {
    /// A call: an INVITE session from its first INVITE on (RFC 3261 §13).
    pub struct Call;
    /// A subscription of ours to what a notifier tells (RFC 6665 §4.1).
    pub struct Subscription;
    /// A subscription of a peer, to what we tell (RFC 6665 §4.2).
    pub struct Notification;
    /// A state that we have published (RFC 3903).
    pub struct Publication;
    /// A request of ours that a server wants credentials for.
    pub struct Challenge;
    /// A request of ours that belongs to nothing but itself.
    pub struct Exchange;
    pub(crate) struct DialogKey;
}

/// A request that has come and waits for the program's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Incoming(pub(crate) ServerTransaction);
