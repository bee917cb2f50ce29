//! Numbers for operators.

/// Declares counters, so that no list of them can be forgotten.
macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        /// What an endpoint has counted since it was made, and what it holds.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Metrics {
            $($(#[doc = $doc])+ pub $name: u64,)+
        }

        impl Metrics {
            /// Names and values, for whatever collects them.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name)),+].into_iter()
            }
        }
    };
}

counters! {
    /// Client transactions that live.
    client_transactions;
    /// Server transactions that live.
    server_transactions;
    /// Timers that run.
    timers;
    /// Server transactions that have been answered and may be displaced.
    lingering;
    /// Sources that have transactions.
    sources;
    /// Client transactions that were started, those of CANCEL among them.
    client_started;
    /// Server transactions that were started.
    server_started;
    /// Messages that were received.
    received;
    /// Messages that were sent, again or for the first time.
    sent;
    /// Requests and responses that timers sent once more.
    retransmitted;
    /// Retransmitted requests, responses and ACKs that were absorbed or answered from memory.
    absorbed;
    /// Transactions that a timer has ended before their time.
    timeouts;
    /// Transactions that were told that the transport cannot send.
    transport_failures;
    /// Requests that were refused with 503.
    overloads;
    /// Transactions that were displaced by others.
    displaced;
    /// Requests that were dropped because nobody polls.
    dropped;
    /// Messages that nothing was waiting for.
    strays;
    /// Requests that were answered with 400 because a header of matching could not be read, and
    /// datagrams that were no message.
    malformed;
    /// Merged requests that were answered with 482.
    merged;
    /// CANCELs that matched a transaction.
    cancels;
    /// CANCELs that matched none.
    unmatched_cancels;
}
