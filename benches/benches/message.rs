//! Criterion bench of messages, for people: each level for each message and over VARY, and the clone
//! of a parsed message. The gate is `src/bin/compare.rs`.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trapezoid_benches::{
    corpus,
    peers::{self, Level},
    sample::{Sample, head_bytes},
    vary,
};

criterion_group! {
    name = benches;
    // Short on purpose: a hundred and fifty benches, and people wait.
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .without_plots();
    targets = levels, clone
}
criterion_main!(benches);

fn levels(criterion: &mut Criterion) {
    let fixed = corpus::samples();
    let varied = vary::variants(vary::SEED);
    for level in Level::ALL {
        let mut group = criterion.benchmark_group(level.to_string());
        let mut run = |name: &str, samples: &[Sample]| {
            group.throughput(Throughput::Bytes(head_bytes(samples) as u64));
            for mut peer in peers::all() {
                // A refusal ends early; its time would be no one's.
                if samples.iter().any(|sample| peer.run(level, sample).is_err()) {
                    continue;
                }
                group.bench_function(BenchmarkId::new(peer.name, name), |bencher| {
                    bencher.iter(|| {
                        for sample in samples {
                            let _ = black_box(peer.run(level, black_box(sample)));
                        }
                    });
                });
            }
        };
        for sample in &fixed {
            run(sample.name, std::slice::from_ref(sample));
        }
        run("VARY", &varied);
    }
}

fn clone(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("clone");
    for sample in &corpus::samples() {
        group.throughput(Throughput::Bytes(sample.bytes.len() as u64));
        let mut run = |peer: &str, clone: &mut dyn FnMut()| {
            group.bench_function(BenchmarkId::new(peer, sample.name), |bencher| {
                bencher.iter(&mut *clone);
            });
        };
        if let Ok(message) = peers::ours::parse(sample) {
            run("ours", &mut || drop(black_box(message.clone())));
        }
        if let Ok(message) = peers::rsipstack::parse(sample) {
            run("rsipstack", &mut || drop(black_box(message.clone())));
        }
        if let Ok(message) = peers::ezk::parse(sample) {
            run("ezk", &mut || drop(black_box(message.clone())));
        }
        if let Ok(message) = peers::rsip::parse(sample) {
            run("rsip", &mut || drop(black_box(message.clone())));
        }
    }
}
