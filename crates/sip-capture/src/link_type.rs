//! What a packet starts with.

/// The header that stands before IP, by the number that captures have for it (LINKTYPE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkType {
    /// Ethernet, with or without VLAN tags.
    Ethernet,
    /// The loopback of BSD and macOS: the address family, in the byte order of the host.
    Null,
    /// The loopback of OpenBSD: the address family, in network byte order.
    Loop,
    /// IP without anything before it.
    RawIp,
    /// Linux cooked capture, version 1: from `-i any`.
    LinuxSll,
    /// Linux cooked capture, version 2.
    LinuxSll2,
    /// Another one, with its number.
    Other(u32),
}

impl LinkType {
    /// The type of this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Null,
            1 => Self::Ethernet,
            108 => Self::Loop,
            // 101 is the registered one; 12 and 14 were written by some systems, and 228 and 229
            // are IPv4 and IPv6 alone.
            12 | 14 | 101 | 228 | 229 => Self::RawIp,
            113 => Self::LinuxSll,
            276 => Self::LinuxSll2,
            other => Self::Other(other),
        }
    }
}
