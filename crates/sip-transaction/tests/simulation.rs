//! Callers, proxies and callees over networks of all weathers: what must hold of every run is
//! written at [`Scenario::run`].

use std::collections::BTreeMap;

use sip_testkit::simulation::Scenario;

#[test]
fn ten_thousand_seeds_end_well() {
    let count = 10_000;
    let halves = [0..count / 2, count / 2..count];
    let all = std::thread::scope(|scope| {
        let runs = halves.map(|seeds| {
            scope.spawn(move || {
                let mut endings = BTreeMap::<u16, u64>::new();
                for seed in seeds {
                    for (status, count) in Scenario::of(seed).run().endings {
                        *endings.entry(status).or_default() += count;
                    }
                }
                endings
            })
        });
        runs.map(|run| run.join().expect("no seed fails"))
    });
    let total =
        |status: u16| all.iter().map(|it| it.get(&status).copied().unwrap_or(0)).sum::<u64>();
    // All kinds of endings were reached, so the properties were about something.
    for status in [0, 200, 302, 408, 486, 487, 500] {
        assert!(total(status) > 20, "{status}: {}", total(status));
    }
}

#[test]
fn a_seed_is_one_run() {
    for seed in 0..50 {
        assert_eq!(Scenario::of(seed).run(), Scenario::of(seed).run());
    }
}
