//! Criterion bench of header values, for people: one of each family, beside the peers that have a
//! type for it.

use std::{hint::black_box, time::Duration};

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ezk_sip_types::header::typed;
use ezk_sip_types::{Headers, Name};
use rsip::headers::{UntypedHeader, untyped::ToTypedHeader};
use sip_message::value::{
    AuthenticationInfo, CSeq, CallId, Challenge, Contact, Credentials, Date, HeaderValue,
    MediaType, NameAddr, ParamList, Parameterized, RAck, RetryAfter, Text, Timestamp, Token, Via,
    Warning,
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .without_plots();
    targets = decode
}
criterion_main!(benches);

/// Family, value, and whether ours reads it.
type Value = (&'static str, &'static str, fn(&[u8]) -> bool);

macro_rules! values {
    ($($family:ident $(<$life:lifetime>)? $text:literal;)+) => {
        &[$((
            stringify!($family),
            $text,
            |value| black_box(<$family $(<$life>)? as HeaderValue<'_>>::decode(value)).is_ok(),
        )),+]
    };
}

const VALUES: &[Value] = values! {
    Via<'_> "SIP/2.0/UDP pc33.atlanta.example:5060;branch=z9hG4bK776asdhds;rport;received=192.0.2.1";
    NameAddr<'_> "\"Alice Adams\" <sip:alice@atlanta.example;transport=tcp>;tag=1928301774";
    Contact<'_> "\"Alice\" <sip:alice@192.0.2.1:5060;ob>;q=0.7;expires=3600";
    CSeq<'_> "314159 INVITE";
    RAck<'_> "776656 1 INVITE";
    CallId<'_> "a84b4c76e66710@pc33.atlanta.example";
    Token<'_> "100rel";
    MediaType<'_> "application/sdp;charset=\"utf-8\"";
    Parameterized<'_> "dialog;id=7;call-id=\"a@b\"";
    ParamList<'_> "icid-value=AyretyU0dm+6O2IrT5tAFrbHLso=;icid-generated-at=192.0.2.6";
    Challenge<'_> "Digest realm=\"atlanta.example\", qop=\"auth\", nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", algorithm=MD5";
    Credentials<'_> "Digest username=\"bob\", realm=\"biloxi.example\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"sip:bob@biloxi.example\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"";
    AuthenticationInfo<'_> "nextnonce=\"47364c23432d2e131a5fb210812c\", qop=auth";
    Date "Sat, 13 Nov 2010 23:29:00 GMT";
    Timestamp<'_> "54.21 0.5";
    RetryAfter<'_> "18000 (in a meeting);duration=3600";
    Warning<'_> "370 devnull \"Choose a bigger pipe\"";
    Text<'_> "ExamplePhone/4.2 (build 1187)";
};

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("value");
    for (family, text, ours) in VALUES {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut run = |peer: &str, decode: &mut dyn FnMut(&str) -> bool| {
            // A refusal ends early; its time would be no one's.
            if decode(text) {
                group.bench_function(BenchmarkId::new(peer, family), |bencher| {
                    bencher.iter(|| decode(black_box(text)));
                });
            }
        };
        run("ours", &mut |text| ours(text.as_bytes()));
        run("ezk", &mut |text| ezk(family, text));
        run("rsip", &mut |text| rsip(family, text));
    }
}

/// ezk reads values out of its table of headers.
fn ezk(family: &str, text: &str) -> bool {
    let buffer = Bytes::copy_from_slice(text.as_bytes());
    let Ok(value) = bytesstr::BytesStr::from_utf8_bytes(buffer) else { return false };
    let mut headers = Headers::new();
    let mut read = |name: Name, get: &dyn Fn(&Headers) -> bool| {
        headers.insert(name, value.clone());
        get(&headers)
    };
    match family {
        "Via" => read(Name::VIA, &|h| black_box(h.get_named::<typed::Via>()).is_ok()),
        "NameAddr" => read(Name::FROM, &|h| black_box(h.get::<typed::FromTo>(Name::FROM)).is_ok()),
        "Contact" => read(Name::CONTACT, &|h| black_box(h.get_named::<typed::Contact>()).is_ok()),
        "CSeq" => read(Name::CSEQ, &|h| black_box(h.get_named::<typed::CSeq>()).is_ok()),
        "CallId" => read(Name::CALL_ID, &|h| black_box(h.get_named::<typed::CallID>()).is_ok()),
        _ => false,
    }
}

fn rsip(family: &str, text: &str) -> bool {
    match family {
        "Via" => black_box(rsip::headers::Via::new(text).typed()).is_ok(),
        "NameAddr" => black_box(rsip::headers::From::new(text).typed()).is_ok(),
        "Contact" => black_box(rsip::headers::Contact::new(text).typed()).is_ok(),
        "CSeq" => black_box(rsip::headers::CSeq::new(text).typed()).is_ok(),
        "MediaType" => black_box(rsip::headers::ContentType::new(text).typed()).is_ok(),
        "Credentials" => black_box(rsip::headers::Authorization::new(text).typed()).is_ok(),
        "Challenge" => black_box(rsip::headers::WwwAuthenticate::new(text).typed()).is_ok(),
        _ => false,
    }
}
