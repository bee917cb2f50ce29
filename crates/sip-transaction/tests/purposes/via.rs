//! RFC 3261 §18, RFC 3581, RFC 5626 §3.5.1.

use sip_message::encode::ViaBuilder;
use sip_message::{Message, Method, StatusCode, header};
use sip_transaction::{
    Config, ConnectionId, Event, Flow, NotAMessage, SentBy, StrayReason, Transport,
    TransportFailure,
};

use super::support::{LOCAL, PEER, Rig, incoming, request, response, start_line, tcp, udp};

fn with_via(via: &str) -> String {
    incoming("OPTIONS", "z9hG4bKa").replace("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa", via)
}

/// Where the response to a request with this top Via goes, and what its Via says.
fn answered(flow: Flow, via: &str) -> (sip_transaction::Transmit, String) {
    let mut rig = Rig::new(flow);
    rig.receive_bytes(&with_via(via));
    let (transaction, request) = rig.request();
    rig.respond(transaction, &request, 200);
    let sent = rig.sent().remove(0);
    let message = Message::parse(sent.bytes.clone()).unwrap();
    let via = message.headers().raw("Via").unwrap().to_vec();
    (sent, String::from_utf8(via).unwrap())
}

fn from(remote: &str) -> Flow {
    Flow::udp(LOCAL.parse().unwrap(), remote.parse().unwrap())
}

#[test]
fn via_001_received_is_added_where_the_source_is_not_the_sent_by() {
    let (_, via) = answered(udp(), "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa");
    assert_eq!(via, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa");
    for sent_by in ["10.1.1.1:5060", "client.example", "[2001:db8::1]"] {
        let (_, via) = answered(udp(), &format!("SIP/2.0/UDP {sent_by};branch=z9hG4bKa"));
        assert!(via.ends_with(";received=192.0.2.1"), "{via}");
    }
    // One that came with the request cannot be true.
    let (sent, via) = answered(udp(), "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;received=203.0.113.9");
    assert!(via.contains("received=192.0.2.1"), "{via}");
    assert_eq!(sent.flow.remote, "192.0.2.1:5060".parse().unwrap());
}

#[test]
fn via_002_rport_gets_the_source_port_and_responses_go_there() {
    let flow = from("192.0.2.1:9988");
    let (sent, via) = answered(flow, "SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKa");
    assert_eq!(via, "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKa;received=192.0.2.1");
    assert_eq!(sent.flow, flow);
    // RFC 3581 §4: received is there even where it says nothing new.
    let (_, via) = answered(flow, "SIP/2.0/UDP 192.0.2.1:9988;rport;branch=z9hG4bKa");
    assert!(via.contains("received=192.0.2.1"), "{via}");
    // A port that the request brought cannot be true.
    let (sent, _) = answered(flow, "SIP/2.0/UDP 10.1.1.1;rport=1;branch=z9hG4bKa");
    assert_eq!(sent.flow, flow);
}

#[test]
fn via_003_responses_go_where_18_2_2_says() {
    let flow = from("192.0.2.1:9988");
    let to = |via: &str| {
        let (sent, _) = answered(flow, via);
        (sent.flow.remote.to_string(), sent.ttl)
    };
    assert_eq!(to("SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKa"), ("192.0.2.1:4540".into(), None));
    assert_eq!(to("SIP/2.0/UDP client.example;branch=z9hG4bKa"), ("192.0.2.1:5060".into(), None));
    let multicast = "SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKa;maddr=224.0.1.75";
    assert_eq!(to(multicast), ("224.0.1.75:4540".into(), Some(1)));
    assert_eq!(to(&format!("{multicast};ttl=16")), ("224.0.1.75:4540".into(), Some(16)));
    // Whoever sends a request does not choose who else gets responses.
    for maddr in ["203.0.113.7", "victim.example", "[2001:db8::7]"] {
        let via = format!("SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKa;maddr={maddr}");
        assert_eq!(to(&via), ("192.0.2.1:4540".into(), None));
    }
}

#[test]
fn via_003_over_a_connection_responses_go_back_on_it_or_to_the_sent_by() {
    let remote = "192.0.2.1:40000".parse().unwrap();
    let flow = Flow::connection(Transport::Tls, LOCAL.parse().unwrap(), remote, ConnectionId(3));
    let (sent, _) = answered(flow, "SIP/2.0/TLS 10.1.1.1:5071;branch=z9hG4bKa;maddr=224.0.1.75");
    assert_eq!((sent.flow, sent.fallback), (flow, Some("192.0.2.1:5071".parse().unwrap())));
    let (sent, _) = answered(flow, "SIP/2.0/TLS client.example;branch=z9hG4bKa");
    assert_eq!(sent.fallback, Some("192.0.2.1:5061".parse().unwrap()));
}

#[test]
fn via_004_a_response_whose_sent_by_is_not_ours_is_dropped() {
    let mut rig = Rig::new(udp());
    let transaction = rig.send(Method::OPTIONS);
    let sent = rig.sent_one();
    let text = response(sent.as_request().unwrap(), 200, "b");
    let text = String::from_utf8(text.as_bytes().to_vec()).unwrap();
    for other in ["192.0.2.5:5060", "192.0.2.4:5062", "192.0.2.4", "other.example:5060"] {
        rig.receive_bytes(&text.replace("UDP 192.0.2.4:5060", &format!("UDP {other}")));
        assert!(matches!(rig.events()[..], [Event::Stray { reason: StrayReason::SentBy, .. }]));
    }
    assert_eq!(rig.state(transaction), "Trying");
    rig.receive_bytes(&text);
    assert_eq!(rig.statuses(), [200]);
}

#[test]
fn via_004_a_response_with_two_vias_is_dropped_by_a_user_agent() {
    let mut rig = Rig::new(udp());
    rig.send(Method::OPTIONS);
    let sent = rig.sent_one();
    let text = response(sent.as_request().unwrap(), 200, "b");
    let text = String::from_utf8(text.as_bytes().to_vec()).unwrap();
    rig.receive_bytes(&text.replace("To:", "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nTo:"));
    assert!(matches!(rig.events()[..], [Event::Stray { reason: StrayReason::ManyVias, .. }]));
}

#[test]
fn via_005_a_datagram_is_as_long_as_content_length_says() {
    let text = incoming("OPTIONS", "z9hG4bKa");
    let with = |length: &str| {
        text.replace("\r\n\r\n", &format!("\r\nContent-Length: {length}\r\n\r\nbody"))
    };
    // Longer than the body: 400; shorter: the rest is left out; none: the body is all.
    let mut rig = Rig::new(udp());
    rig.endpoint.handle_datagram(rig.now, rig.flow, with("5").into_bytes());
    assert!(rig.sent_lines()[0].starts_with("SIP/2.0 400 "));
    assert!(matches!(
        rig.events()[..],
        [Event::NotAMessage { kind: NotAMessage::Malformed(_), .. }]
    ));
    rig.endpoint.handle_datagram(rig.now, rig.flow, with("3").into_bytes());
    assert_eq!(rig.request().1.body(), b"bod");
    let none = text
        .replace("\r\n\r\n", "\r\n\r\nbody")
        .replace("z9hG4bKa", "z9hG4bKb")
        .replace("CSeq: 1", "CSeq: 2");
    rig.endpoint.handle_datagram(rig.now, rig.flow, none.into_bytes());
    assert_eq!(rig.request().1.body(), b"body");
    // A response that is too short is dropped.
    let ok = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bKa\r\nContent-Length: 9\r\n\r\n";
    rig.endpoint.handle_datagram(rig.now, rig.flow, ok.as_bytes());
    assert!(rig.sent().is_empty());
}

#[test]
fn via_006_on_a_stream_a_bad_content_length_ends_the_framing() {
    for line in ["", "Content-Length: x\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n"] {
        let text = incoming("OPTIONS", "z9hG4bKa").replace("\r\n\r\n", &format!("\r\n{line}\r\n"));
        let mut decoder = sip_message::StreamDecoder::new();
        decoder.push(text.as_bytes());
        assert!(decoder.next_frame().is_err(), "{line:?}");
        assert!(decoder.next_frame().is_err(), "for good");
    }
    // The program closes the connection, and says so: what it had sent on it is lost.
    let mut rig = Rig::new(tcp());
    let transaction = rig.send(Method::OPTIONS);
    rig.endpoint.handle_transport_error(rig.now, TransportFailure::Flow(rig.flow));
    let events = rig.events();
    assert_eq!(events[0], Event::TransportFailed { transaction: transaction.into() });
    assert!(rig.endpoint.is_empty());
}

#[test]
fn via_007_keep_alives_are_no_messages() {
    let mut rig = Rig::new(udp());
    for datagram in [&b"\r\n\r\n"[..], b"\r\n", b"", b"\0\0\0\0"] {
        rig.endpoint.handle_datagram(rig.now, rig.flow, datagram);
        assert!(matches!(
            rig.events()[..],
            [Event::NotAMessage { kind: NotAMessage::KeepAlive, .. }]
        ));
    }
    let stun = b"\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl";
    rig.endpoint.handle_datagram(rig.now, rig.flow, &stun[..]);
    assert!(matches!(rig.events()[..], [Event::NotAMessage { kind: NotAMessage::Stun, .. }]));
    assert!(rig.sent().is_empty());
    // On a stream the decoder tells them; before a message they are skipped.
    let mut decoder = sip_message::StreamDecoder::new();
    decoder.push(b"\r\n\r\n");
    decoder.push(
        incoming("OPTIONS", "z9hG4bKa")
            .replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n")
            .as_bytes(),
    );
    assert!(matches!(decoder.next_frame(), Ok(Some(sip_message::Frame::Ping))));
    assert!(matches!(decoder.next_frame(), Ok(Some(sip_message::Frame::Message(_)))));
}

#[test]
fn via_008_a_request_too_long_for_udp_is_told() {
    let long = "x".repeat(1_300);
    let mut rig = Rig::new(udp());
    let message =
        request(Method::OPTIONS).edit().append_raw("Subject", long.as_str()).finish().unwrap();
    let transaction = rig.endpoint.send_request(rig.now, rig.flow, &message).unwrap();
    let length = rig.sent()[0].bytes.len();
    assert_eq!(rig.events(), [Event::TooLarge { transaction, length, limit: 1_300 }]);
    // Over TCP nothing is too long.
    rig.endpoint.send_request(rig.now, tcp(), &message).unwrap();
    assert!(rig.events().is_empty());
    rig.send(Method::OPTIONS);
    assert!(rig.events().is_empty());
}

#[test]
fn a_request_gets_a_via_that_names_us() {
    let mut rig = Rig::new(udp());
    rig.send(Method::OPTIONS);
    let sent = rig.sent_one();
    let via = sent.headers().require(header::Via).unwrap();
    assert_eq!((via.transport(), via.host_str(), via.port()), ("UDP", "192.0.2.4", Some(5060)));
    assert_eq!(via.rport(), Some(None));
    assert!(via.branch().unwrap().starts_with("z9hG4bK"));

    let mut config = Config::default();
    config.sent_by = Some(SentBy { host: "pbx.example".to_owned(), port: None });
    config.rport = false;
    let mut rig = Rig::with(tcp(), config);
    rig.send(Method::OPTIONS);
    let sent = rig.sent_one();
    let via = sent.headers().require(header::Via).unwrap();
    assert_eq!((via.transport(), via.host_str(), via.port()), ("TCP", "pbx.example", None));
    assert_eq!(via.rport(), None);
    rig.receive(response(sent.as_request().unwrap(), 200, "b"));
    assert!(matches!(rig.events()[0], Event::Response { .. }));
}

#[test]
fn branches_do_not_repeat_and_follow_from_the_seed() {
    let branches = |rig: &mut Rig| -> Vec<String> {
        let mut branches = Vec::new();
        for _ in 0..100 {
            rig.send(Method::OPTIONS);
            let sent = rig.sent_one();
            branches
                .push(sent.headers().require(header::Via).unwrap().branch().unwrap().to_owned());
        }
        branches
    };
    let one = branches(&mut Rig::new(udp()));
    assert_eq!(one, branches(&mut Rig::new(udp())));
    let distinct: std::collections::BTreeSet<_> = one.iter().collect();
    assert_eq!(distinct.len(), 100);
}

#[test]
fn a_request_that_cannot_be_matched_is_answered_with_400() {
    for (name, line) in [
        ("Call-ID", "Call-ID: a84b4c76e66710\r\n"),
        ("CSeq", "CSeq: 1 OPTIONS\r\n"),
        ("From", "From: <sip:alice@192.0.2.1>;tag=1928301774\r\n"),
    ] {
        let text = incoming("OPTIONS", "z9hG4bKa").replace(line, "");
        let mut rig = Rig::new(udp());
        rig.receive_bytes(&text);
        let sent = rig.sent();
        assert_eq!(
            start_line(&sent[0]),
            format!("SIP/2.0 400 Bad Request: {name} is missing or bad")
        );
        assert!(
            matches!(&rig.events()[..], [Event::Stray { reason: StrayReason::Unreadable(it), .. }] if it.as_str() == name)
        );
        // Who sends it again gets the same answer, tag and all.
        rig.receive_bytes(&text);
        assert_eq!(rig.sent()[0].bytes, sent[0].bytes);
    }
    // Without a Via nobody can be answered, and an ACK is not.
    let mut rig = Rig::new(udp());
    let text = incoming("OPTIONS", "z9hG4bKa");
    rig.receive_bytes(&text.replace("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa\r\n", ""));
    rig.receive_bytes(&incoming("ACK", "z9hG4bKa").replace("CSeq: 1 ACK", "CSeq: 1 INVITE"));
    assert!(rig.sent().is_empty());
}

#[test]
fn an_ack_for_a_2xx_gets_a_branch_of_its_own() {
    let mut rig = Rig::new(udp());
    let ack = rig.endpoint.with_via(rig.flow, &request(Method::ACK)).unwrap();
    rig.endpoint.send_stateless(rig.flow, ack.clone());
    let sent = rig.sent();
    assert_eq!((sent[0].transaction, sent[0].flow.remote), (None, PEER.parse().unwrap()));
    let other = rig.endpoint.with_via(rig.flow, &request(Method::ACK)).unwrap();
    assert_ne!(ack.as_bytes(), other.as_bytes());
}

#[test]
fn a_closed_connection_ends_what_was_sent_on_it_and_spares_what_can_be_answered_elsewhere() {
    let mut rig = Rig::new(tcp());
    rig.receive_bytes(&incoming("OPTIONS", "z9hG4bKa"));
    let (server, incoming) = rig.request();
    let client = rig.send(Method::OPTIONS);
    let elsewhere = Flow::connection(
        Transport::Tcp,
        LOCAL.parse().unwrap(),
        PEER.parse().unwrap(),
        ConnectionId(8),
    );
    let other = rig.endpoint.send_request(rig.now, elsewhere, &request(Method::OPTIONS)).unwrap();
    rig.sent();
    rig.endpoint.handle_transport_error(rig.now, TransportFailure::Flow(rig.flow));
    let failed = rig.events();
    assert_eq!(failed[0], Event::TransportFailed { transaction: client.into() });
    assert_eq!(failed.len(), 2);
    assert_eq!((rig.state(server), rig.state(other)), ("Trying", "Trying"));
    rig.respond(server, &incoming, 200);
    assert_eq!(rig.sent()[0].fallback, Some("192.0.2.1:5060".parse().unwrap()));
}

#[test]
fn a_flow_fails_for_responses_that_go_elsewhere_than_their_request_came_from() {
    let mut rig = Rig::new(from("192.0.2.1:40000"));
    rig.receive_bytes(&with_via("SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKa"));
    let (transaction, request) = rig.request();
    rig.respond(transaction, &request, 200);
    let flow = rig.sent().remove(0).flow;
    assert_eq!(flow.remote, "192.0.2.1:5070".parse().unwrap());
    rig.endpoint.handle_transport_error(rig.now, TransportFailure::Flow(flow));
    assert_eq!(rig.events()[0], Event::TransportFailed { transaction: transaction.into() });
}

#[test]
fn a_request_that_is_no_message_is_answered_by_its_via_as_well() {
    let mut rig = Rig::new(from("192.0.2.1:40000"));
    let bad = |via: &str| with_via(via).replace("\r\n\r\n", "\r\nContent-Length: 99\r\n\r\n");
    let text = bad("SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKa");
    rig.endpoint.handle_datagram(rig.now, rig.flow, text.into_bytes());
    let sent = rig.sent().remove(0);
    assert_eq!(sent.flow.remote, "192.0.2.1:4540".parse().unwrap());
    assert!(
        String::from_utf8_lossy(&sent.bytes).contains("branch=z9hG4bKa;received=192.0.2.1\r\n")
    );
    let text = bad("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKa");
    rig.endpoint.handle_datagram(rig.now, rig.flow, text.into_bytes());
    assert_eq!(rig.sent()[0].flow, rig.flow);
}

#[test]
fn an_address_inside_an_ipv6_address_is_written_as_what_it_is() {
    let flow = Flow::udp("[::]:5060".parse().unwrap(), "[::ffff:192.0.2.1]:5060".parse().unwrap());
    let (_, via) = answered(flow, "SIP/2.0/UDP client.example;branch=z9hG4bKa;rport");
    assert!(via.ends_with(";received=192.0.2.1"), "{via}");
    let (_, via) = answered(flow, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa");
    assert!(!via.contains("received"), "{via}");
}

#[test]
fn a_proxy_passes_responses_up_untouched_but_for_its_via() {
    let mut rig = Rig::new(udp());
    rig.receive_bytes(&incoming("MESSAGE", "z9hG4bKa"));
    let (_, received) = rig.request();
    rig.endpoint.send_request(rig.now, rig.flow, &received).unwrap();
    let forwarded = rig.sent_one();
    let forwarded = forwarded.as_request().unwrap();
    let vias = forwarded.headers().each(header::Via).count();
    assert_eq!(vias, 2);
    let answer = response(forwarded, 200, "b");
    let passed = sip_transaction::proxy::without_top_via(&answer).unwrap();
    let direct = response(&received, 200, "b");
    assert_eq!(passed.as_bytes(), direct.as_bytes());
    assert_eq!(passed.status(), StatusCode::OK);
}

#[test]
fn a_proxy_finds_its_loops() {
    use sip_transaction::RequestOptions;
    use sip_transaction::proxy::{is_loop, loop_value};
    let mut rig = Rig::new(udp());
    let key = [3; 16];
    rig.receive_bytes(&incoming("MESSAGE", "z9hG4bKa"));
    let (_, received) = rig.request();
    let value = loop_value(key, &received, &[]);
    let mut options = RequestOptions::default();
    options.branch_suffix = Some(&value);
    rig.endpoint.send_request_with(rig.now, rig.flow, &received, options).unwrap();
    let back = rig.sent_one();
    let back = back.as_request().unwrap();
    assert!(is_loop(back, &loop_value(key, back, &[]), |via| via.host_str() == "192.0.2.4"));
    assert!(!is_loop(back, &value, |via| via.host_str() == "192.0.2.9"));
    // Routed by something else, it is a spiral.
    assert!(!is_loop(back, &loop_value(key, back, &[b"night"]), |_| true));
    let elsewhere = back.edit().set_uri("sip:carol@192.0.2.4").finish().unwrap();
    assert!(!is_loop(&elsewhere, &loop_value(key, &elsewhere, &[]), |_| true));
    assert!(!is_loop(&received, &value, |_| true));
    // A Via of anybody does no harm.
    let odd = received
        .edit()
        .prepend(header::Via, ViaBuilder::new("UDP", "odd.example").unwrap())
        .finish()
        .unwrap();
    assert!(!is_loop(&odd, &value, |_| true));
}
