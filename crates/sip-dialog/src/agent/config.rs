//! What a user agent is told when it is made.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sip_transaction::{Flow, Transport};
use sip_uri::{Host, UriRef};

use crate::SessionTimerConfig;

/// How much a user agent may hold. What comes beyond is refused with 486 or 503, and what the
/// program starts beyond with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AgentLimits {
    /// Calls. 1,000,000.
    pub calls: usize,
    /// Calls of one source address. 1,000,000: there are peers that are whole networks.
    pub calls_per_source: usize,
    /// Early dialogs of one call: as many branches of a fork may ring. 32.
    pub early_dialogs: usize,
    /// Subscriptions in both directions, and publications. 1,000,000.
    pub subscriptions: usize,
    /// Subscriptions of one source address. 1,000,000.
    pub subscriptions_per_source: usize,
    /// Requests that wait for credentials. 100,000.
    pub challenges: usize,
    /// Events that have not been polled. Requests that come while there are more are dropped.
    /// 100,000.
    pub backlog: usize,
}

impl Default for AgentLimits {
    fn default() -> Self {
        Self {
            calls: 1_000_000,
            calls_per_source: 1_000_000,
            early_dialogs: 32,
            subscriptions: 1_000_000,
            subscriptions_per_source: 1_000_000,
            challenges: 100_000,
            backlog: 100_000,
        }
    }
}

/// Whether provisional responses are sent reliably (RFC 3262).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reliability {
    /// `100rel` is not supported, and a request that requires it is refused.
    Never,
    /// As the peer wants it.
    #[default]
    Supported,
    /// Our INVITEs require it, and to those that support it we send nothing else.
    Required,
}

/// What a user agent is told when it is made.
///
/// ```
/// use sip_dialog::{AgentConfig, SessionTimerConfig, UserAgent};
///
/// let mut config = AgentConfig::new("Alice <sip:alice@atlanta.example>");
/// config.user_agent = Some("softphone/1.0".into());
/// config.session_timer = Some(SessionTimerConfig::default());
/// // The seed comes from the system's generator of random numbers.
/// let agent = UserAgent::new(config, [7; 32]);
/// # let _ = agent;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgentConfig {
    /// What its transaction layer is told.
    pub endpoint: sip_transaction::Config,
    /// From in requests outside dialogs: an address without a tag.
    pub identity: String,
    /// The URI in Contact. Where it is `None`, it is made of the local address of the flow.
    pub contact: Option<String>,
    /// User-Agent in requests and Server in responses.
    pub user_agent: Option<String>,
    /// The methods that are allowed beside those that the user agent cannot do without. REFER,
    /// SUBSCRIBE and NOTIFY, MESSAGE, INFO, OPTIONS, UPDATE and PRACK.
    pub methods: Vec<String>,
    /// The option tags that the program adds to those of the user agent, which are `100rel`,
    /// `timer`, `replaces`, `join`, `tdialog`, `norefersub`, `199` and `gruu`.
    pub extensions: Vec<String>,
    /// The media types that are taken in bodies: type and subtype. `application/sdp`,
    /// `message/sipfrag`, `text/plain`, `multipart/mixed` and `multipart/alternative`; where it is
    /// empty, all.
    pub content_types: Vec<(String, String)>,
    /// The event packages that may be subscribed to; others are refused with 489 (RFC 6665
    /// §4.2.1.1). None; `refer` belongs to REFER.
    pub event_packages: Vec<String>,
    /// The info packages that are taken; others are refused with 469 (RFC 6086 §4.2.2). None.
    pub info_packages: Vec<String>,
    /// Session timers (RFC 4028); with `None` they are not supported.
    pub session_timer: Option<SessionTimerConfig>,
    /// Reliable provisional responses (RFC 3262).
    pub reliability: Reliability,
    /// How many redirections of an INVITE are followed by the user agent itself (RFC 3261
    /// §8.1.3.4). 0: each is told to the program.
    pub follow_redirects: u8,
    /// Whether requests outside dialogs are passed up whatever §8.2 of RFC 3261 says of them:
    /// wrong methods, schemes, extensions and media types. False: they are answered.
    pub take_over: bool,
    /// How long an INVITE may ring: one of ours is cancelled then, and one of a peer's refused with
    /// 480, or with 500 where it is within a call. 180 s; with `None` the transaction's Timer C
    /// alone ends one of ours, and nothing one of a peer's.
    pub ring: Option<Duration>,
    /// How long a subscription that we are asked for lasts at most, in seconds. 3,600.
    pub longest_subscription: u32,
    /// How short a subscription may be asked for, in seconds; less is refused with 423, unless it
    /// ends the subscription. 60.
    pub shortest_subscription: u32,
    /// How much may be held.
    pub limits: AgentLimits,
}

impl AgentConfig {
    /// For a user agent with this address.
    #[must_use]
    pub fn new(identity: &str) -> Self {
        let types = [
            ("application", "sdp"),
            ("message", "sipfrag"),
            ("text", "plain"),
            ("multipart", "mixed"),
            ("multipart", "alternative"),
        ];
        Self {
            endpoint: sip_transaction::Config::default(),
            identity: identity.into(),
            contact: None,
            user_agent: None,
            methods: ["REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "INFO", "OPTIONS", "UPDATE"]
                .map(String::from)
                .into(),
            extensions: Vec::new(),
            content_types: types.map(|(kind, sub)| (kind.into(), sub.into())).into(),
            event_packages: Vec::new(),
            info_packages: Vec::new(),
            session_timer: None,
            reliability: Reliability::default(),
            follow_redirects: 0,
            take_over: false,
            ring: Some(Duration::from_secs(180)),
            longest_subscription: 3_600,
            shortest_subscription: 60,
            limits: AgentLimits::default(),
        }
    }
}

/// Finds where a request within a dialog goes (RFC 3263). The program that knows DNS brings its own.
pub trait Resolver: std::fmt::Debug + Send {
    /// The flow to the host of a URI; `near` is the one that the dialog has used so far. With
    /// `None` the request goes over that.
    fn resolve(&mut self, uri: UriRef<'_>, near: Flow) -> Option<Flow>;
}

/// Finds hosts that are addresses, and leaves names to the flow that the dialog has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numeric;

impl Resolver for Numeric {
    fn resolve(&mut self, uri: UriRef<'_>, near: Flow) -> Option<Flow> {
        let host = uri.maddr().ok().flatten().or_else(|| uri.host())?;
        let address: IpAddr = match host {
            Host::V4(address) => address.into(),
            Host::V6(address) => address.into(),
            _ => return None,
        };
        let named = uri.transport().ok().flatten();
        let transport = match named.as_deref().and_then(Transport::from_via_name) {
            Some(Transport::Tcp) if uri.scheme().is_sips() => Transport::Tls,
            Some(Transport::Ws) if uri.scheme().is_sips() => Transport::Wss,
            Some(transport) => transport,
            None if uri.scheme().is_sips() && !near.transport.is_secure() => Transport::Tls,
            None => near.transport,
        };
        let remote =
            SocketAddr::new(address, uri.port().unwrap_or_else(|| transport.default_port()));
        if transport == near.transport && remote == near.remote {
            return Some(near);
        }
        Some(Flow { transport, local: near.local, remote, connection: None })
    }
}
