//! `c=` (RFC 8866 §5.7).

use core::fmt;
use core::net::IpAddr;

use super::origin::{is_address, is_other_case};
use crate::Rule;
use crate::input::is_token;
use crate::value::{Input, ValueError};

/// `c=<nettype> <addrtype> <connection-address>` (RFC 8866 §5.7).
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 233.252.0.1/127/3\r\nt=0 0\r\n")?;
/// let connection = description.connection().unwrap().unwrap();
/// assert_eq!(connection.address(), "233.252.0.1");
/// assert_eq!((connection.ttl(), connection.address_count()), (Some(127), Some(3)));
/// assert!(connection.is_multicast());
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Connection<'a> {
    network_type: &'a str,
    address_type: &'a str,
    address: &'a str,
    ttl: Option<u8>,
    count: Option<u32>,
}

impl<'a> Connection<'a> {
    /// The type of network, `IN`.
    #[must_use]
    pub fn network_type(&self) -> &'a str {
        self.network_type
    }

    /// The type of address, `IP4` or `IP6`.
    #[must_use]
    pub fn address_type(&self) -> &'a str {
        self.address_type
    }

    /// The address, without what follows it after a slash.
    #[must_use]
    pub fn address(&self) -> &'a str {
        self.address
    }

    /// The address, if it is an IP address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.address.parse().ok()
    }

    /// The time to live of multicast packets.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.ttl
    }

    /// How many multicast addresses in a row are meant.
    #[must_use]
    pub fn address_count(&self) -> Option<u32> {
        self.count
    }

    /// Whether it is a multicast address.
    #[must_use]
    pub fn is_multicast(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_multicast())
    }

    /// Whether it is `0.0.0.0` or `::`: the hold of RFC 2543 where the port is not 0, or an
    /// address that is not known yet.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_unspecified())
    }

    /// Reads the three parts, as they stand in `a=rtcp` too.
    pub(crate) fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        let network_type = input.loose_token(Rule::LooseAddress, "a network type")?;
        input.space()?;
        let mut address_type = input.word("an address type")?;
        input.space()?;
        let before = input.offset();
        let text = input.word("an address")?;
        let (mut address, numbers) =
            text.split_once('/').map_or((text, None), |(a, n)| (a, Some(n)));
        if address.is_empty() {
            return Err(input.unexpected_at(before, "an address"));
        }
        let mut loose = !network_type.bytes().all(is_token);
        // The two the wrong way around.
        if is_other_case(address) && address_type.parse::<IpAddr>().is_ok() {
            core::mem::swap(&mut address, &mut address_type);
            loose = true;
        }
        let (ttl, count) = match Self::numbers(address, numbers) {
            Some(read) => read,
            None => {
                loose = true;
                (None, None)
            }
        };
        if loose || !is_address(address_type, address) {
            input.deviate(Rule::LooseAddress, start, input.offset(), "an address of its type")?;
        }
        Ok(Self { network_type, address_type, address, ttl, count })
    }

    /// `"/" ttl [ "/" numaddr ]` of IPv4, `[ "/" numaddr ]` of IPv6.
    fn numbers(address: &str, text: Option<&str>) -> Option<(Option<u8>, Option<u32>)> {
        let integer = |text: &str| text.parse().ok().filter(|number| *number > 0);
        match (address.parse::<IpAddr>(), text) {
            (Ok(IpAddr::V4(ip)), None) => (!ip.is_multicast()).then_some((None, None)),
            (_, None) => Some((None, None)),
            (Ok(IpAddr::V6(ip)), Some(text)) if ip.is_multicast() => {
                Some((None, Some(integer(text)?)))
            }
            (Ok(IpAddr::V4(ip)), Some(text)) if ip.is_multicast() => {
                let (ttl, count) = text.split_once('/').map_or((text, None), |(t, c)| (t, Some(c)));
                let count = match count {
                    None => None,
                    Some(count) => Some(integer(count)?),
                };
                Some((Some(ttl.parse().ok()?), count))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Connection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.network_type, self.address_type, self.address)?;
        if let Some(ttl) = self.ttl {
            write!(f, "/{ttl}")?;
        }
        self.count.map_or(Ok(()), |count| write!(f, "/{count}"))
    }
}
