//! What edits and answers ask of the allocator.

use std::alloc::System;

use mockalloc::Mockalloc;
use sip_message::encode::{NameAddrBuilder, ViaBuilder};
use sip_message::{Message, StatusCode, header};
use sip_testkit::corpus;

#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

/// How many times `work` asks for memory, reallocations counted.
fn count<T>(work: impl FnOnce() -> T) -> u64 {
    mockalloc::record_allocs(|| drop(work())).num_allocs()
}

#[test]
fn a_proxy_hop_allocates_three_times() {
    for file in ["messages/invite.sip", "messages/compact.sip", "torture/rfc4475/longreq.dat"] {
        let datagram = bytes::Bytes::from(corpus::read(file));
        // The first clone of a `Bytes` that owns a vector allocates; a socket's buffer is shared.
        let _receive_buffer = datagram.clone();
        let calls = count(|| {
            let message = Message::parse(datagram.clone()).expect("a message");
            let request = message.as_request().expect("a request");
            let hops = request.headers().require(header::MaxForwards).expect("hops").get();
            let via = ViaBuilder::new("UDP", "p1.example").expect("a host");
            let via = via.port(5060).branch("z9hG4bK-524287-1---a0b1c2").expect("a token").rport();
            request
                .edit()
                .set_uri("sip:bob@192.0.2.4:5060;transport=udp")
                .set(header::MaxForwards, hops - 1)
                .prepend(header::Via, via)
                .remove_first(header::Route)
                .prepend(
                    header::RecordRoute,
                    NameAddrBuilder::new("sip:p1.example;lr").expect("a URI"),
                )
                .finish()
                .expect("a request")
        });
        assert!(calls <= 3, "{file}: {calls}");
    }
}

#[test]
fn an_edit_into_the_callers_buffer_allocates_nothing() {
    let message = Message::parse(corpus::read("messages/invite.sip")).expect("a message");
    let request = message.as_request().expect("a request");
    let mut out = bytes::BytesMut::with_capacity(4096);
    let calls = count(|| {
        request
            .edit()
            .set(header::MaxForwards, 3)
            .prepend(header::Via, "SIP/2.0/UDP p1.example;branch=z9hG4bK1")
            .write_to(&mut out)
            .expect("room");
    });
    assert_eq!(calls, 0);
}

#[test]
fn an_answer_allocates_little() {
    let message = Message::parse(corpus::read("messages/invite.sip")).expect("a message");
    let request = message.as_request().expect("a request");
    let calls =
        count(|| request.respond(StatusCode::OK).to_tag("a6c85cf").build().expect("a response"));
    println!("200: {calls}");
    assert!(calls <= 5, "{calls}");
}
