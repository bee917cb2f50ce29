//! What stands before IP.

use crate::LinkType;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
/// Tags of VLANs, the second being that of the provider (IEEE 802.1Q, 802.1ad), and an older one.
const VLANS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
/// How many tags are looked behind.
const TAGS: usize = 4;

/// The IP packet in a frame; `None` when there is none, or the link type is not known.
pub(crate) fn ip_packet(link: LinkType, frame: &[u8]) -> Option<&[u8]> {
    match link {
        LinkType::Ethernet => typed(word(frame, 12)?, frame.get(14..)?),
        LinkType::LinuxSll => typed(word(frame, 14)?, frame.get(16..)?),
        LinkType::LinuxSll2 => typed(word(frame, 0)?, frame.get(20..)?),
        // The address family says no more than the version of IP.
        LinkType::Null | LinkType::Loop => frame.get(4..),
        LinkType::RawIp => Some(frame),
        LinkType::Other(_) => None,
    }
}

/// What comes behind an EtherType and the tags of VLANs.
fn typed(mut ether_type: u16, mut rest: &[u8]) -> Option<&[u8]> {
    for _ in 0..TAGS {
        if !VLANS.contains(&ether_type) {
            break;
        }
        ether_type = word(rest, 2)?;
        rest = rest.get(4..)?;
    }
    (ether_type == IPV4 || ether_type == IPV6).then_some(rest)
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|it| u16::from_be_bytes(*it))
}
