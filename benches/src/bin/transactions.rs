//! What live transactions cost: time of a transaction beside so many others, and bytes.
//!
//! ```text
//! cargo run --profile bench -p trapezoid-benches --bin transactions            # both
//! cargo run --profile bench -p trapezoid-benches --bin transactions -- time
//! cargo run --profile bench -p trapezoid-benches --bin transactions -- bytes
//! cargo run --profile bench -p trapezoid-benches --bin transactions -- memory
//! ```
//!
//! With `work NAME LIVE COUNT` it does one of the works so many times, for callgrind.

use std::env;
use std::time::Duration;

use bytes::Bytes;
use sip_message::{Method, StatusCode};
use sip_transaction::{Endpoint, Timers};
use trapezoid_benches::alloc::{COUNTING, Counting, held};
use trapezoid_benches::memory::read;
use trapezoid_benches::random::Random;
use trapezoid_benches::transactions::{
    Clients, Retransmissions, Ringing, Servers, Sources, response, start,
};

#[global_allocator]
static ALLOCATOR: Counting = COUNTING;

const LIVE: [u32; 4] = [1, 1_000, 100_000, 1_000_000];
const ROUNDS: u32 = 9;
/// Operations of a round.
const EACH: u32 = 20_000;
/// What is prepared at once where the layer alone is measured.
const BATCH: u32 = 500;
const MANY: Sources = Sources::Many(50_000);

/// Nanoseconds of an operation: the least of the rounds.
fn least(mut round: impl FnMut() -> (Duration, u32)) -> u128 {
    let rounds = (0..ROUNDS).map(|_| round());
    rounds.map(|(time, count)| time.as_nanos() / u128::from(count.max(1))).min().unwrap_or(0)
}

fn whole(mut operation: impl FnMut()) -> u128 {
    least(|| {
        let before = start();
        (0..EACH).for_each(|_| operation());
        (before.elapsed(), EACH)
    })
}

/// Batches, each of which tells the time of what counts, and how many operations it was.
fn part(mut batch: impl FnMut() -> (Duration, u32)) -> u128 {
    least(|| {
        let (mut time, mut count) = (Duration::ZERO, 0);
        while count < EACH {
            let (more, operations) = batch();
            time += more;
            count += operations;
        }
        (time, count)
    })
}

fn timed(work: impl FnOnce()) -> Duration {
    let before = start();
    work();
    before.elapsed()
}

fn times() {
    println!("nanoseconds of an operation, the least of {ROUNDS} rounds\n");
    println!(
        "| live | server | one source | layer alone | request again | layer alone | client | one source | layer alone | Timer E |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for live in LIVE {
        let mut servers = Servers::new("OPTIONS", live, MANY);
        let mut random = Random::new(1);
        let again = whole(|| servers.retransmission(random.next_u64()));
        let again_layer = part(|| {
            let prepared = servers.prepare_again(BATCH, &mut random);
            (timed(|| servers.layer_again(prepared)), BATCH)
        });
        let server = whole(|| servers.one(StatusCode::OK));
        let server_layer = part(|| {
            let prepared = servers.prepare(BATCH, StatusCode::OK);
            (timed(|| servers.layer(prepared)), BATCH)
        });
        drop(servers);
        let mut servers = Servers::new("OPTIONS", live, Sources::One);
        let server_one = whole(|| servers.one(StatusCode::OK));
        drop(servers);
        let mut clients = Clients::new(live, MANY);
        let client = whole(|| clients.one());
        let mut sent = Vec::new();
        let client_layer = part(|| {
            let prepared = clients.prepare(BATCH);
            let count = u32::try_from(prepared.len()).unwrap_or(u32::MAX);
            let time = timed(|| clients.layer(prepared, &mut sent));
            clients.sent(&mut sent);
            (time, count)
        });
        drop(clients);
        let mut clients = Clients::new(live, Sources::One);
        let client_one = whole(|| clients.one());
        drop(clients);
        let mut timers = Retransmissions::new(live);
        let timer = whole(|| timers.one());
        println!(
            "| {live} | {server} | {server_one} | {server_layer} | {again} | {again_layer} | {client} | {client_one} | {client_layer} | {timer} |"
        );
    }
    let mut servers = Servers::new("OPTIONS", 1, MANY);
    let around = whole(|| servers.around(StatusCode::OK));
    println!("\nto read the request and to write its answer, in `server`: {around}");
    println!("\na timer is stopped and started: 183, which starts Timer C anew, beside 100\n");
    println!("| live | 100 comes | 183 comes |");
    println!("|--:|--:|--:|");
    for live in LIVE {
        let mut ringing = Ringing::new(live);
        let [without, with] = [false, true].map(|anew| whole(|| ringing.one(anew)));
        println!("| {live} | {without} | {with} |");
    }
}

/// A transaction of which many live.
struct Kept {
    name: &'static str,
    endpoint: fn(u32) -> Endpoint,
    /// The message that it keeps.
    message: fn() -> Bytes,
}

const KEPT: [Kept; 4] = [
    Kept {
        name: "non-INVITE server, Completed",
        endpoint: |live| Servers::answered("OPTIONS", StatusCode::OK, live, MANY).endpoint,
        message: || response("OPTIONS", StatusCode::OK),
    },
    Kept {
        name: "INVITE server, Proceeding",
        endpoint: |live| Servers::answered("INVITE", StatusCode::RINGING, live, MANY).endpoint,
        message: || response("INVITE", StatusCode::RINGING),
    },
    Kept {
        name: "non-INVITE client, Trying",
        endpoint: |live| waiting(Method::OPTIONS, live),
        message: || Clients::sent_request(Method::OPTIONS),
    },
    Kept {
        name: "INVITE client, Calling",
        endpoint: |live| waiting(Method::INVITE, live),
        message: || Clients::sent_request(Method::INVITE),
    },
];

fn waiting(method: Method<'_>, live: u32) -> Endpoint {
    let mut clients = Clients::silent(method, MANY, Timers::default(), Duration::ZERO);
    (0..live).for_each(|_| drop(clients.send_only()));
    clients.endpoint
}

fn bytes() {
    println!("bytes of a live transaction, as asked of the allocator\n");
    println!(
        "| transaction | live | all | message | buffer | all but the message | all but the buffer |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for kept in &KEPT {
        let message = u64::try_from((kept.message)().len()).unwrap_or(u64::MAX);
        let buffer = held(kept.message);
        for live in [1_000, 100_000, 1_000_000] {
            let all = held(|| (kept.endpoint)(live)) / u64::from(live);
            let name = kept.name;
            let (without, bare) = (all - message, all - buffer);
            println!("| {name} | {live} | {all} | {message} | {buffer} | {without} | {bare} |");
        }
    }
}

fn memory() {
    println!("nanoseconds to read a cache line in no order\n");
    println!("| MiB | one after the other | any |");
    println!("|--:|--:|--:|");
    for mebibytes in [1, 16, 64, 256, 700] {
        let (dependent, independent) = read(mebibytes);
        println!("| {mebibytes} | {dependent:.0} | {independent:.0} |");
    }
}

fn work(name: &str, live: u32, count: u32) {
    match name {
        "server" => {
            let mut servers = Servers::new("OPTIONS", live, MANY);
            let prepared = servers.prepare(count, StatusCode::OK);
            servers.layer(prepared);
        }
        "again" => {
            let mut servers = Servers::new("OPTIONS", live, MANY);
            let prepared = servers.prepare_again(count, &mut Random::new(1));
            servers.layer_again(prepared);
        }
        "client" => {
            let mut clients = Clients::new(live, MANY);
            let prepared = clients.prepare(count);
            clients.layer(prepared, &mut Vec::new());
        }
        "timer" => {
            let mut timers = Retransmissions::new(live);
            (0..count).for_each(|_| timers.one());
        }
        _ => panic!("server, again, client or timer"),
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            times();
            println!();
            bytes();
        }
        ["time"] => times(),
        ["bytes"] => bytes(),
        ["memory"] => memory(),
        ["work", name, live, count] => {
            let number = |text: &str| text.parse().expect("a number");
            work(name, number(live), number(count));
        }
        _ => panic!("nothing, time, bytes, memory, or work NAME LIVE COUNT"),
    }
}
