//! However a stream is cut, mixed up and repeated, its messages come out once and in order.

use proptest::prelude::*;
use sip_testkit::pcap::{ACK, SYN, fragments, tcp};

use crate::tools::{REQUEST, RESPONSE, alice, assert_all, bob, dissect_ip};

proptest! {
    #[test]
    fn segments_in_any_order_give_the_same_messages(
        first: u32,
        which in proptest::collection::vec(any::<bool>(), 1..6),
        sizes in proptest::collection::vec(1_usize..400, 1..8),
        seed in proptest::collection::vec(any::<(usize, usize)>(), 0..40),
        fragmented: bool,
    ) {
        let messages: Vec<&[u8]> = which.iter().map(|it| if *it { REQUEST } else { RESPONSE }).collect();
        let stream = messages.concat();
        let mut packets = Vec::new();
        let mut start = 0;
        for size in sizes.iter().cycle() {
            if start >= stream.len() {
                break;
            }
            // Some overlap with what came before.
            let from = start.saturating_sub(size % 3 * 5);
            let end = stream.len().min(start + size);
            let sequence = first.wrapping_add(u32::try_from(from).unwrap());
            packets.push(tcp(alice(), bob(), sequence, ACK, &stream[from..end]));
            start = end;
        }
        for (a, b) in seed {
            let (a, b) = (a % packets.len(), b % packets.len());
            if a % 5 == 0 {
                packets.push(packets[b].clone());
            }
            packets.swap(a, b);
        }
        if fragmented {
            packets = packets.iter().flat_map(|it| fragments(it, 128)).collect();
        }
        packets.insert(0, tcp(alice(), bob(), first.wrapping_sub(1), SYN, b""));
        // Fragments of one packet have one identification: here all packets have the same, and no
        // two are in flight at once.
        let (captured, _) = dissect_ip(packets);
        assert_all(&captured, &messages);
    }
}
