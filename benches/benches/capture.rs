//! Criterion bench of captures: packets into messages, and messages into findings.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sip_capture::{Captured, Content, Dissector, Reader};
use sip_dialog::observe::{Hop, Observer};
use sip_testkit::pcap::{Capture, ETHERNET, Form, ethernet, udp};
use trapezoid_benches::captures::call;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .without_plots();
    targets = dissect, observe
}
criterion_main!(benches);

/// A hundred calls, and so many packets of speech behind each.
fn capture(speech: usize) -> Vec<u8> {
    let mut capture = Capture::new(Form::Micros, ETHERNET);
    let rtp = [&[0x80, 0][..], &[0x55; 170]].concat();
    for number in 0..100 {
        for (source, destination, text) in &call() {
            let text = text.replace("@@@@@@@@", &format!("{number:08}"));
            capture.packet(1, &ethernet(&[], &udp(*source, *destination, text.as_bytes())));
        }
        for _ in 0..speech {
            let (a, b) = (([192, 0, 2, 1], 49_172).into(), ([198, 51, 100, 4], 3_456).into());
            capture.packet(1, &ethernet(&[], &udp(a, b, &rtp)));
        }
    }
    capture.into_bytes()
}

fn messages(file: &[u8], mut take: impl FnMut(&mut Dissector, Captured)) {
    let mut reader = Reader::new(file);
    let mut dissector = Dissector::default();
    while let Some(packet) = reader.next_packet().expect("a capture") {
        dissector.push(&packet);
        while let Some(captured) = dissector.next_captured() {
            take(&mut dissector, captured);
        }
    }
}

fn dissect(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dissect");
    for (name, speech) in [("sip", 0), ("sip and rtp", 500)] {
        let file = capture(speech);
        group.throughput(Throughput::Bytes(file.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                messages(black_box(&file), |dissector, captured| {
                    if let Content::Message(message) = captured.content {
                        dissector.recycle(black_box(message));
                    }
                });
            });
        });
    }
}

/// A call over two proxies, each of its messages at each hop.
fn observe(criterion: &mut Criterion) {
    let mut seen = Vec::new();
    messages(&capture(0), |_, captured| {
        let hop = Hop { source: captured.source, destination: captured.destination };
        if let Content::Message(message) = captured.content {
            seen.push((captured.time.since_epoch(), hop, message));
        }
    });
    let call = &seen[..seen.len() / 100];
    let mut group = criterion.benchmark_group("observe");
    group.throughput(Throughput::Elements(call.len() as u64));
    group.bench_function("call", |bencher| {
        bencher.iter(|| {
            let mut observer = Observer::default();
            for (at, hop, message) in call {
                observer.handle_message(*at, *hop, black_box(message));
            }
            observer
        });
    });
}
