//! What standing calls cost: time of a call and of a request within one beside so many others, and
//! bytes.
//!
//! ```text
//! cargo run --profile bench -p trapezoid-benches --bin calls            # both
//! cargo run --profile bench -p trapezoid-benches --bin calls -- time
//! cargo run --profile bench -p trapezoid-benches --bin calls -- bytes
//! ```
//!
//! With `work STANDING COUNT` it makes so many calls, for callgrind.

use std::env;

use trapezoid_benches::alloc::{COUNTING, Counting, held};
use trapezoid_benches::calls::Calls;
use trapezoid_benches::transactions::start;

#[global_allocator]
static ALLOCATOR: Counting = COUNTING;

const STANDING: [u32; 4] = [1, 1_000, 10_000, 100_000];
const ROUNDS: u32 = 9;
/// Operations of a round.
const EACH: u32 = 10_000;

/// Nanoseconds of an operation: the least of the rounds.
fn least(mut operation: impl FnMut()) -> u128 {
    let round = |_| {
        let before = start();
        (0..EACH).for_each(|_| operation());
        before.elapsed().as_nanos() / u128::from(EACH)
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn times() {
    println!("nanoseconds of an operation at both sides, the least of {ROUNDS} rounds\n");
    println!("| calls that stand | a call | calls a second | a request within a call |");
    println!("|--:|--:|--:|--:|");
    for standing in STANDING {
        let mut calls = Calls::new(standing);
        let call = least(|| calls.one());
        let request = least(|| calls.request());
        let rate = 1_000_000_000 / call.max(1);
        println!("| {standing} | {call} | {rate} | {request} |");
    }
}

fn bytes() {
    println!("bytes of a standing call, as asked of the allocator\n");
    println!("| calls | caller | callee |");
    println!("|--:|--:|--:|");
    for standing in [1_000, 10_000, 100_000] {
        let caller = held(|| Calls::new(standing).caller) / u64::from(standing);
        let callee = held(|| Calls::new(standing).callee) / u64::from(standing);
        println!("| {standing} | {caller} | {callee} |");
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
        ["work", standing, count] => {
            let number = |text: &str| text.parse().expect("a number");
            let mut calls = Calls::new(number(standing));
            (0..number(count)).for_each(|_| calls.one());
        }
        _ => panic!("nothing, time, bytes, or work STANDING COUNT"),
    }
}
