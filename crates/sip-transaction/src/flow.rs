//! Where a message came from and where it goes.

use std::fmt;
use std::net::SocketAddr;

/// A transport protocol (RFC 3261 §18, RFC 4168, RFC 7118).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// UDP, the only one on which messages are lost.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// SCTP (RFC 4168).
    Sctp,
    /// TLS over SCTP (RFC 4168).
    TlsSctp,
    /// WebSocket (RFC 7118).
    Ws,
    /// WebSocket over TLS (RFC 7118).
    Wss,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Udp, Self::Tcp, Self::Tls, Self::Sctp, Self::TlsSctp, Self::Ws, Self::Wss];

    /// The name in a Via.
    ///
    /// ```
    /// # use sip_transaction::Transport;
    /// assert_eq!(Transport::TlsSctp.via_name(), "TLS-SCTP");
    /// assert_eq!(Transport::from_via_name("wss"), Some(Transport::Wss));
    /// ```
    #[must_use]
    pub const fn via_name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Sctp => "SCTP",
            Self::TlsSctp => "TLS-SCTP",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// The transport of this name, in any case.
    #[must_use]
    pub fn from_via_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.via_name().eq_ignore_ascii_case(name))
    }

    /// Whether the transport delivers what it takes: then nothing is sent twice, and no state is
    /// kept for stray messages.
    #[must_use]
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Self::Udp)
    }

    /// Whether it is encrypted: what a SIPS URI asks for (RFC 3261 §26.2.2).
    #[must_use]
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::TlsSctp | Self::Wss)
    }

    /// The port where none is given (RFC 3261 §18.2.2, RFC 4168 §5, RFC 7118 §5.3).
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp | Self::Sctp => 5060,
            Self::Tls | Self::TlsSctp => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.via_name())
    }
}

/// A connection, by the number that the program has given it.
///
/// A number must not be used again while messages of the connection that had it may be waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// Where a message came from or goes: transport, both addresses and, where the transport has
/// connections, which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The protocol.
    pub transport: Transport,
    /// Our address: the one that the socket is bound to.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
    /// The connection; `None` over UDP, and where the program is to open one.
    pub connection: Option<ConnectionId>,
}

impl Flow {
    /// A flow over UDP.
    #[must_use]
    pub const fn udp(local: SocketAddr, remote: SocketAddr) -> Self {
        Self { transport: Transport::Udp, local, remote, connection: None }
    }

    /// A flow over a connection.
    #[must_use]
    pub const fn connection(
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
        connection: ConnectionId,
    ) -> Self {
        Self { transport, local, remote, connection: Some(connection) }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} - {}", self.transport, self.local, self.remote)
    }
}
