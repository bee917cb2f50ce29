//! Criterion bench of SIP URIs, for people: ours beside those of the peers.

use std::{hint::black_box, time::Duration};

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ezk_sip_types::{parse::Parse, uri::SipUri};
use sip_uri::UriRef;
use trapezoid_benches::uris::URIS;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .without_plots();
    targets = parse
}
criterion_main!(benches);

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("uri");
    for (name, text) in URIS {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut run = |peer: &str, parse: &mut dyn FnMut(&str) -> bool| {
            // A refusal ends early; its time would be no one's.
            if parse(text) {
                group.bench_function(BenchmarkId::new(peer, name), |bencher| {
                    bencher.iter(|| parse(black_box(text)));
                });
            }
        };
        run("ours", &mut |text| black_box(UriRef::parse(text)).is_ok());
        run("rsipstack", &mut |text| black_box(rsipstack::sip::parse_uri(text)).is_ok());
        // ezk refers to the buffer that holds the text; there is one for each message.
        let buffer = Bytes::copy_from_slice(text.as_bytes());
        let shared = std::str::from_utf8(&buffer).unwrap_or_default();
        run("ezk", &mut |_| black_box(SipUri::parse(&buffer)(black_box(shared))).is_ok());
        run("rsip", &mut |text| black_box(rsip::Uri::try_from(text)).is_ok());
    }
}
