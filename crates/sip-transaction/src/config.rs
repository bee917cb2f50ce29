//! What an endpoint is told when it is made.

use std::time::Duration;

use crate::Timers;

/// What an element does with requests for which RFC 3261 has one rule for user agents and another
/// for proxies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// A user agent, registrar or redirect server: a CANCEL that matches nothing is answered with
    /// 481 (§9.2), a merged request with 482 (§8.2.2.2).
    #[default]
    UserAgent,
    /// A proxy: a CANCEL that matches nothing is passed up, to be forwarded statelessly (§16.10),
    /// and a request that comes by two ways is two requests (§16.3).
    Proxy,
}

/// How much an endpoint may hold. What is beyond is refused with 503 and Retry-After.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// Server transactions. 1,000,000.
    pub server_transactions: usize,
    /// Client transactions. 1,000,000.
    pub client_transactions: usize,
    /// Server transactions of one source address. 1,000,000: there are peers that are whole
    /// networks, so it is for the program to set.
    pub per_source: usize,
    /// Events and messages to be sent that have not been polled. Requests that come while there are
    /// more are dropped, as if the network had lost them. 100,000.
    pub backlog: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            server_transactions: 1_000_000,
            client_transactions: 1_000_000,
            per_source: 1_000_000,
            backlog: 100_000,
        }
    }
}

/// What an endpoint is told when it is made.
///
/// ```
/// use sip_transaction::{Config, Endpoint, Role};
///
/// let mut config = Config::default();
/// config.role = Role::Proxy;
/// config.limits.per_source = 1_000;
/// // The seed comes from the system's generator of random numbers.
/// let endpoint = Endpoint::new(config, [7; 32]);
/// # let _ = endpoint;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// What the element is.
    pub role: Role,
    /// How long the timers are, unless a transaction has its own.
    pub timers: Timers,
    /// How much is held.
    pub limits: Limits,
    /// The host and the port of the Via values that we write. Without it they are the local
    /// address of the flow.
    pub sent_by: Option<SentBy>,
    /// Whether `rport` is asked for in requests over UDP (RFC 3581 §3). True.
    pub rport: bool,
    /// How long a request over UDP may be before an event says that it is too long (RFC 3261
    /// §18.1.1). 1,300 octets; where the MTU of the path is known, 200 less than that.
    pub datagram: usize,
    /// What Retry-After says in a 503 of our own. 5 s.
    pub retry_after: Duration,
    /// Whether a response goes to a multicast address that `maddr` names (RFC 3261 §18.2.2). True.
    /// Other addresses and names in `maddr` are never followed: whoever sends a request could
    /// choose who gets its responses.
    pub multicast_maddr: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            role: Role::default(),
            timers: Timers::default(),
            limits: Limits::default(),
            sent_by: None,
            rport: true,
            datagram: 1_300,
            retry_after: Duration::from_secs(5),
            multicast_maddr: true,
        }
    }
}

/// The `sent-by` of a Via (RFC 3261 §20.42): where responses are to come to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SentBy {
    /// A host name, an IPv4 address, or an IPv6 address in brackets.
    pub host: String,
    /// The port, where it is not the transport's own.
    pub port: Option<u16>,
}
