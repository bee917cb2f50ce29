//! What RFC 3261 §18 asks of the transport layer, as functions of messages and addresses.
//!
//! [`Endpoint`](crate::Endpoint) does all of this by itself. Stateless elements, and those that
//! look on, need it alone.

use std::net::{IpAddr, SocketAddr};

use sip_message::encode::{BuildError, ViaBuilder};
use sip_message::value::Via;
use sip_message::{Request, header};
use sip_uri::Host;

use crate::Transport;

/// How long a request over UDP may be where nothing is known of the path: 1,300 octets (RFC 3261
/// §18.1.1).
pub const DATAGRAM: usize = 1_300;

/// Whether a request of this length should rather go over a transport with congestion control
/// (RFC 3261 §18.1.1): it is longer than 1,300 octets, or within 200 of the MTU, if that is known.
///
/// ```
/// use sip_transaction::transport::wants_congestion_control;
/// assert!(!wants_congestion_control(1_300, None));
/// assert!(wants_congestion_control(1_301, None));
/// assert!(!wants_congestion_control(8_000, Some(9_000)));
/// ```
#[must_use]
pub fn wants_congestion_control(length: usize, mtu: Option<usize>) -> bool {
    length > mtu.map_or(DATAGRAM, |mtu| mtu.saturating_sub(200))
}

/// Writes into the top Via of a request where it came from: `received` (RFC 3261 §18.2.1) and the
/// value of `rport` (RFC 3581 §4). `None` when the request says so already.
///
/// `received` is written when the sent-by is another address or a name, when `rport` is there, and
/// when the request brought a `received` of its own, which cannot be true. A user agent behind a NAT
/// that does not ask for `rport` gets no port: its responses go to its sent-by port.
///
/// ```
/// use sip_message::{Message, header};
/// use sip_transaction::transport::stamp_source;
///
/// let message = Message::parse(&b"OPTIONS sip:b@example.com SIP/2.0\r\n\
///     Via: SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff\r\n\r\n"[..]).unwrap();
/// let stamped = stamp_source(message.as_request().unwrap(), "192.0.2.1:9988".parse().unwrap())?;
/// let stamped = stamped.unwrap();
/// let via = stamped.headers().require(header::Via).unwrap();
/// assert_eq!((via.received(), via.rport()), ("192.0.2.1".parse().ok(), Some(Some(9988))));
/// # Ok::<(), sip_message::encode::BuildError>(())
/// ```
///
/// # Errors
/// When the top Via cannot be read, or cannot be written.
pub fn stamp_source(request: &Request, source: SocketAddr) -> Result<Option<Request>, BuildError> {
    let mut edit = request.edit();
    match request.headers().require(header::Via) {
        Ok(via) => match stamped_via(via, source) {
            Some(stamped) => edit.replace_nth(header::Via, 0, stamped),
            None => return Ok(None),
        },
        // The edit knows why.
        Err(_) => edit.replace_nth(header::Via, 0, ""),
    };
    edit.finish().map(Some)
}

/// The Via with where it came from, if it does not say so.
pub(crate) fn stamped_via(via: Via<'_>, source: SocketAddr) -> Option<ViaBuilder<'_>> {
    // A socket for both families shows IPv4 addresses inside IPv6 ones.
    let address = source.ip().to_canonical();
    let wants_port = via.rport().is_some();
    let says = via.params().get("received").is_some();
    if !wants_port && !says && same_address(via.host(), address) {
        return None;
    }
    let stamped = ViaBuilder::from_view(via).received(address);
    Some(if wants_port { stamped.rport_is(source.port()) } else { stamped })
}

fn same_address(host: Host<'_>, address: IpAddr) -> bool {
    match (host, address) {
        (Host::V4(host), IpAddr::V4(address)) => host == address,
        (Host::V6(host), IpAddr::V6(address)) => host == address,
        _ => false,
    }
}

/// Where a response goes (RFC 3261 §18.2.2, RFC 3581 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTarget {
    /// The address. Over a transport with connections it is for when the connection on which the
    /// request came is closed.
    pub address: SocketAddr,
    /// The time-to-live, where the address is that of a multicast group.
    pub ttl: Option<u8>,
}

/// Where the response to a request goes whose top Via this is, as [`stamp_source`] has left it.
///
/// Over UDP, the first that is there of: `maddr`, if it is a multicast address and
/// `multicast` is set; the address of `received`, and the port of `rport`; the sent-by. The port is
/// that of the sent-by where there is no `rport`, and the default one where that has none. Over
/// other transports `maddr` and `rport` are not looked at. `None` when only a name is there.
///
/// ```
/// use sip_message::value::{HeaderValue, Via};
/// use sip_transaction::{Transport, transport::response_target};
///
/// let to = |via: &str, transport| {
///     let via = Via::decode(via.as_bytes()).unwrap();
///     response_target(&via, transport, true).map(|target| target.address.to_string())
/// };
/// let udp = Transport::Udp;
/// assert_eq!(to("SIP/2.0/UDP a.example:5070;received=192.0.2.1;rport=9988", udp).unwrap(), "192.0.2.1:9988");
/// assert_eq!(to("SIP/2.0/UDP a.example:5070;received=192.0.2.1", udp).unwrap(), "192.0.2.1:5070");
/// assert_eq!(to("SIP/2.0/UDP 192.0.2.9", udp).unwrap(), "192.0.2.9:5060");
/// assert_eq!(to("SIP/2.0/UDP 192.0.2.9;maddr=224.0.1.75;ttl=16", udp).unwrap(), "224.0.1.75:5060");
/// assert_eq!(to("SIP/2.0/TLS 192.0.2.9;received=192.0.2.1", Transport::Tls).unwrap(), "192.0.2.1:5061");
/// assert_eq!(to("SIP/2.0/UDP a.example", udp), None);
/// ```
#[must_use]
pub fn response_target(
    via: &Via<'_>,
    transport: Transport,
    multicast: bool,
) -> Option<ResponseTarget> {
    let port = via.port().unwrap_or_else(|| transport.default_port());
    if transport == Transport::Udp
        && multicast
        && let Some(group) = via.maddr().and_then(address).filter(IpAddr::is_multicast)
    {
        // RFC 3261 §18.1.1: a TTL that is not given is 1.
        let ttl = Some(via.ttl().unwrap_or(1));
        return Some(ResponseTarget { address: SocketAddr::new(group, port), ttl });
    }
    let ip = via.received().or_else(|| address(via.host_str()))?;
    let rport = via.rport().flatten().filter(|_| transport == Transport::Udp);
    let address = SocketAddr::new(ip, rport.unwrap_or(port));
    Some(ResponseTarget { address, ttl: None })
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a datagram is a keep-alive: nothing but line ends (RFC 5626 §3.5.1), or nothing but NULs
/// as some user agents send, or nothing at all.
#[must_use]
pub fn is_keep_alive(datagram: &[u8]) -> bool {
    datagram.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
        || datagram.iter().all(|byte| *byte == 0)
}

/// Whether a datagram is STUN: the first two bits are 0 and the magic cookie is there (RFC 5389 §6).
#[must_use]
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.len() >= 20 && datagram[0] < 4 && datagram[4..8] == [0x21, 0x12, 0xa4, 0x42]
}
