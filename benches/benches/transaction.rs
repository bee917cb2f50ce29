//! Criterion bench of the transaction layer, for people.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sip_message::{Method, StatusCode};
use trapezoid_benches::transactions::{Calls, Clients, Servers, Sources};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    targets = whole, live
}
criterion_main!(benches);

/// Whole transactions on both sides, until both have forgotten them.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transaction/both sides");
    group.throughput(Throughput::Elements(1));
    let cases: [(&str, Method<'_>, &[StatusCode]); 3] = [
        ("INVITE 180 200", Method::INVITE, &[StatusCode::RINGING, StatusCode::OK]),
        ("INVITE 180 486 ACK", Method::INVITE, &[StatusCode::RINGING, StatusCode::BUSY_HERE]),
        ("OPTIONS 200", Method::OPTIONS, &[StatusCode::OK]),
    ];
    for (name, method, statuses) in cases {
        let mut calls = Calls::default();
        group.bench_function(name, |bench| bench.iter(|| calls.one(method, statuses)));
    }
    group.finish();
}

/// One transaction, or one retransmission, with so many others live.
fn live(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transaction/live");
    group.throughput(Throughput::Elements(1));
    for live in [1, 1_000, 100_000, 1_000_000] {
        let sources = Sources::Many(50_000);
        let mut servers = Servers::new("OPTIONS", live, sources);
        group.bench_function(BenchmarkId::new("server", live), |bench| {
            bench.iter(|| servers.one(black_box(StatusCode::OK)));
        });
        let mut random = 1u64;
        group.bench_function(BenchmarkId::new("retransmission comes", live), |bench| {
            bench.iter(|| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                servers.retransmission(random >> 33);
            });
        });
        drop(servers);
        let mut clients = Clients::new(live, sources);
        group.bench_function(BenchmarkId::new("client", live), |bench| {
            bench.iter(|| clients.one());
        });
    }
    group.finish();
}
