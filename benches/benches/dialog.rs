//! Criterion bench of the user agent, for people. The tables are by `src/bin/calls.rs`.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trapezoid_benches::calls::Calls;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .without_plots();
    targets = calls
}
criterion_main!(benches);

/// A whole call at both sides, and a request within one, with so many others standing.
fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dialog");
    group.throughput(Throughput::Elements(1));
    for standing in [1, 1_000, 10_000, 100_000] {
        let mut calls = Calls::new(standing);
        group.bench_function(BenchmarkId::new("call", standing), |bencher| {
            bencher.iter(|| calls.one());
        });
        group.bench_function(BenchmarkId::new("request", standing), |bencher| {
            bencher.iter(|| calls.request());
        });
    }
}
