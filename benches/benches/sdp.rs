//! Criterion bench of session descriptions, for people: ours beside the peers, work by work.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trapezoid_benches::descriptions::{DESCRIBERS, Work, bodies};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(300))
        .without_plots();
    targets = descriptions
}
criterion_main!(benches);

fn descriptions(criterion: &mut Criterion) {
    for work in Work::ALL {
        let mut group = criterion.benchmark_group(work.to_string());
        for (name, body) in bodies() {
            group.throughput(Throughput::Bytes(body.len() as u64));
            for describer in &DESCRIBERS {
                let Some(mut run) = describer.run(work, &body) else { continue };
                group.bench_function(BenchmarkId::new(describer.name, name), |bencher| {
                    bencher.iter(&mut run);
                });
            }
        }
    }
}
