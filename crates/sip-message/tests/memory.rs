//! What hostile input takes of memory: twice the attack takes at most twice the bytes and twice
//! the allocations, and an octet of it takes a bounded number of bytes. `.ci/linear` shows the
//! same of time.

use std::alloc::System;

use bytes::Bytes;
use mockalloc::Mockalloc;
use sip_testkit::attacks::{self, Attack, Channel};

#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

/// The most bytes held at once, and how often memory was asked for.
fn cost(attack: Attack, bytes: &Bytes) -> (u64, u64) {
    let info = mockalloc::record_allocs(|| {
        std::hint::black_box(attacks::withstand(attack, bytes));
    });
    (info.peak_mem(), info.num_allocs())
}

/// What the parts that do not grow may make of a difference: vectors double.
const BYTES: u64 = 4096;
const CALLS: u64 = 32;

/// How many bytes an octet of input may take, over all that is done with a message at once. Lint
/// takes the most: a finding for every comma of a list of empty elements.
const BYTES_PER_OCTET: u64 = 320;

#[test]
fn twice_the_attack_takes_at_most_twice_the_memory() {
    let mut worst = (0, "");
    // Descriptions are the business of another crate.
    for attack in attacks::all().filter(|attack| attack.channel != Channel::Description) {
        let input = |n| {
            let bytes = Bytes::from((attack.make)(n));
            // The first clone of a `Bytes` that owns a vector allocates.
            drop(bytes.clone());
            bytes
        };
        let (small, large) = (input(512), input(1024));
        let (bytes, calls) = cost(attack, &small);
        let (more_bytes, more_calls) = cost(attack, &large);
        let name = attack.name;
        assert!(more_bytes <= 2 * bytes + BYTES, "{name}: {bytes} bytes and then {more_bytes}");
        assert!(more_calls <= 2 * calls + CALLS, "{name}: {calls} calls and then {more_calls}");
        let octets = large.len() as u64;
        assert!(more_bytes <= BYTES_PER_OCTET * octets + BYTES, "{name}: {more_bytes} of {octets}");
        worst = worst.max((more_bytes / octets, name));
    }
    println!("the most bytes for an octet: {} in {}", worst.0, worst.1);
}
