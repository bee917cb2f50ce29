//! Criterion bench of the transaction layer, for people. The tables are by `src/bin/transactions.rs`.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sip_message::StatusCode;
use trapezoid_benches::random::Random;
use trapezoid_benches::transactions::{Calls, Clients, Retransmissions, Servers, Sources, Story};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .without_plots();
    targets = whole, live
}
criterion_main!(benches);

/// Whole transactions, until they are forgotten.
fn whole(criterion: &mut Criterion) {
    type Run = fn(&mut Calls, Story);
    let sides =
        [("client", Calls::client as Run), ("server", Calls::server), ("both sides", Calls::both)];
    for (side, run) in sides {
        let mut group = criterion.benchmark_group(format!("transaction/{side}"));
        group.throughput(Throughput::Elements(1));
        for (name, story) in Story::ALL {
            let mut calls = Calls::default();
            group.bench_function(name, |bencher| bencher.iter(|| run(&mut calls, story)));
        }
    }
}

/// One transaction, or one retransmission, with so many others live.
fn live(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transaction/live");
    group.throughput(Throughput::Elements(1));
    for live in [1, 1_000, 100_000, 1_000_000] {
        let sources = Sources::Many(50_000);
        let mut servers = Servers::new("OPTIONS", live, sources);
        let mut random = Random::new(1);
        group.bench_function(BenchmarkId::new("request again", live), |bencher| {
            bencher.iter(|| servers.retransmission(random.next_u64()));
        });
        group.bench_function(BenchmarkId::new("server", live), |bencher| {
            bencher.iter(|| servers.one(black_box(StatusCode::OK)));
        });
        drop(servers);
        let mut clients = Clients::new(live, sources);
        group.bench_function(BenchmarkId::new("client", live), |bencher| {
            bencher.iter(|| clients.one());
        });
        drop(clients);
        let mut again = Retransmissions::new(live);
        group.bench_function(BenchmarkId::new("timer E", live), |bencher| {
            bencher.iter(|| again.one());
        });
    }
}
