//! Telephones over networks of all weathers: what must hold of every run is written at
//! [`Story::run`]. `SEEDS=FROM..TO` runs others than the ten thousand.

use std::env;

use sip_testkit::telephony::{Ends, Story};

fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = env::var("SEEDS") else { return 0..10_000 };
    let (from, to) = text.split_once("..").expect("SEEDS=FROM..TO");
    from.parse().expect("a number")..to.parse().expect("a number")
}

#[test]
fn ten_thousand_seeds_end_well() {
    let seeds = seeds();
    let middle = u64::midpoint(seeds.start, seeds.end);
    let halves = [seeds.start..middle, middle..seeds.end];
    let all = std::thread::scope(|scope| {
        let runs = halves.map(|seeds| {
            scope.spawn(move || {
                let mut all = Ends::default();
                for seed in seeds {
                    let run = std::panic::catch_unwind(|| Story::of(seed).run());
                    let Ok(ends) = run else { panic!("seed {seed}: {:?}", Story::of(seed)) };
                    all.sent += ends.sent;
                    all.compared += ends.compared;
                    for (cause, count) in ends.causes {
                        *all.causes.entry(cause).or_default() += count;
                    }
                }
                all
            })
        });
        runs.map(|run| run.join().expect("no seed fails"))
    });
    println!("{all:#?}");
    if env::var("SEEDS").is_ok() {
        return;
    }
    // All kinds of endings were reached, so the properties were about something.
    let total = |cause: &str| all.iter().map(|it| it.causes.get(cause).unwrap_or(&0)).sum::<u64>();
    for cause in [
        "HungUp",
        "PeerHungUp",
        "Cancelled",
        "PeerCancelled",
        "Rejected",
        "Declined",
        "NoAck",
        "NoPrack",
        "NoDescription",
        "Expired",
        "Failed",
        "Replaced",
    ] {
        assert!(total(cause) > 10, "{cause}: {}", total(cause));
    }
    assert!(all.iter().map(|it| it.compared).sum::<u64>() > 1_000);
}

#[test]
fn a_seed_is_one_run() {
    for seed in 0..20 {
        assert_eq!(Story::of(seed).run(), Story::of(seed).run());
    }
}
