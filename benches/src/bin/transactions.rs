//! What live transactions cost: time of a transaction beside so many others, in one run, and bytes.

use std::time::Duration;

use sip_message::{Method, StatusCode};
use sip_transaction::Timers;
use trapezoid_benches::alloc;
use trapezoid_benches::transactions::{
    Clients, Retransmissions, Ringing, Servers, Sources, lengths, start,
};

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::COUNTING;

/// The least time of an operation in several rounds.
fn least(rounds: u32, count: u32, mut operation: impl FnMut()) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..rounds {
        let before = start();
        (0..count).for_each(|_| operation());
        least = least.min(before.elapsed() / count);
    }
    least
}

fn main() {
    let counts = [1, 1_000, 100_000, 1_000_000];
    println!(
        "time of an operation in ns, the least of 9 rounds; sources: 50,000 addresses, or one"
    );
    println!(
        "| live | server | one source | request again | client | one source | timer sends again |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    for live in counts {
        let mut row = Vec::new();
        for sources in [Sources::Many(50_000), Sources::One] {
            let mut servers = Servers::new("OPTIONS", live, sources);
            row.push(least(9, 20_000, || servers.one(StatusCode::OK)));
            if sources != Sources::One {
                let mut random = 1u64;
                row.push(least(9, 20_000, || {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    servers.retransmission(random >> 33);
                }));
            }
        }
        row.swap(1, 2);
        for sources in [Sources::Many(50_000), Sources::One] {
            let mut clients = Clients::new(live, sources);
            row.push(least(9, 20_000, || clients.one()));
        }
        let mut again = Retransmissions::new(live);
        row.push(least(9, 20_000, || again.one()));
        let cells: Vec<String> = row.iter().map(|time| time.as_nanos().to_string()).collect();
        println!("| {live} | {} |", cells.join(" | "));
    }

    println!("\na timer is stopped and started: 183, which starts Timer C anew, beside 100, in ns");
    println!("| live | 100 comes | 183 comes |");
    println!("|--:|--:|--:|");
    for live in counts {
        let mut ringing = Ringing::new(live);
        let [without, with] =
            [false, true].map(|anew| least(9, 20_000, || ringing.one(anew)).as_nanos());
        println!("| {live} | {without} | {with} |");
    }

    println!("\nbytes of a live transaction, and of the message that it keeps");
    println!(
        "| live | non-INVITE server, Completed | without | INVITE server, Proceeding | without | non-INVITE client | INVITE client |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    for live in [1_000, 100_000, 1_000_000] {
        let each = |bytes: u64| bytes / u64::from(live);
        let mut cells = vec![u64::from(live)];
        for (method, status) in [("OPTIONS", StatusCode::OK), ("INVITE", StatusCode::RINGING)] {
            let sources = Sources::Many(50_000);
            let bytes = each(alloc::held(|| Servers::answered(method, status, live, sources)));
            // The response is kept; the request was let go when it was given.
            let (_, kept) = lengths(method, status);
            cells.extend([bytes, bytes - u64::try_from(kept).unwrap_or_default()]);
        }
        for method in [Method::OPTIONS, Method::INVITE] {
            let (sources, timers) = (Sources::Many(50_000), Timers::default());
            // What the bench itself holds of them is little beside it.
            let bytes = alloc::held(|| {
                Clients::with(method, live, sources, timers, Duration::ZERO).endpoint
            });
            cells.push(each(bytes));
        }
        let cells: Vec<String> = cells.iter().map(u64::to_string).collect();
        println!("| {} |", cells.join(" | "));
    }
}
