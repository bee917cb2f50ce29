//! Criterion bench of what an element writes: a proxy's hop, a 200 and a new INVITE, from octets in to
//! octets out, beside the peers that write messages.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trapezoid_benches::{
    corpus,
    edits::{WRITERS, Writer, Written},
    sample::Sample,
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(300))
        .without_plots();
    targets = hop, respond, invite
}
criterion_main!(benches);

fn hop(criterion: &mut Criterion) {
    of_requests(criterion, "hop", |writer, sample| (writer.hop)(sample));
}

fn respond(criterion: &mut Criterion) {
    of_requests(criterion, "respond", |writer, sample| (writer.respond)(sample));
}

fn of_requests(criterion: &mut Criterion, name: &str, work: fn(&Writer, &Sample) -> Written) {
    let mut group = criterion.benchmark_group(name);
    for sample in &corpus::samples() {
        group.throughput(Throughput::Bytes(sample.bytes.len() as u64));
        for writer in &WRITERS {
            // A response is no work here, and a refusal ends early.
            if work(writer, sample).is_err() {
                continue;
            }
            group.bench_function(BenchmarkId::new(writer.name, sample.name), |bencher| {
                bencher.iter(|| black_box(work(writer, black_box(sample))));
            });
        }
    }
}

fn invite(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("invite");
    for writer in &WRITERS {
        group.bench_function(writer.name, |bencher| {
            bencher.iter(|| black_box((writer.invite)()));
        });
    }
}
