//! What proxies and transports ask of single messages (RFC 3261 §16, §18; RFC 5393), and why a
//! command is refused.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]
#![expect(clippy::disallowed_methods, reason = "a clock is needed to begin with")]

use std::time::Instant;

use sip_message::{HeaderName, Message, Method, Request, StatusCode};
use sip_transaction::transport::wants_congestion_control;
use sip_transaction::{
    Config, ConnectionId, Endpoint, Event, Flow, RequestOptions, SendError, Transport, proxy,
};

fn request(text: &str) -> Request {
    let text = format!("{text}\n\n").replace('\n', "\r\n");
    Message::parse(text).unwrap().as_request().unwrap().clone()
}

/// RFC 3261 §16.3 step 3, §16.6 step 3.
#[test]
fn max_forwards_goes_down_to_nothing() {
    let hops = |line: &str| proxy::max_forwards(&request(&format!("OPTIONS sip:b SIP/2.0{line}")));
    assert_eq!(hops("\nMax-Forwards: 70"), Ok(69));
    assert_eq!(hops("\nMax-Forwards: 1"), Ok(0));
    assert_eq!(hops("\nMax-Forwards: 0"), Err(StatusCode::TOO_MANY_HOPS));
    assert_eq!(hops(""), Ok(70));
    assert_eq!(hops("\nMax-Forwards: x"), Err(StatusCode::BAD_REQUEST));
}

/// RFC 5393 §5.3.3: the branches together have what the request has.
#[test]
fn max_breadth_is_shared_among_the_branches() {
    let shares = |line: &str, branches| {
        proxy::max_breadth(&request(&format!("INVITE sip:b SIP/2.0{line}")), branches)
    };
    assert_eq!(shares("", 7).unwrap(), [9, 9, 9, 9, 8, 8, 8], "60 where nothing is said");
    for breadth in 1..40 {
        for branches in 1..45 {
            match shares(&format!("\nMax-Breadth: {breadth}"), branches) {
                Ok(parts) => {
                    assert_eq!((parts.len(), parts.iter().sum::<u32>()), (branches, breadth));
                    assert!(parts.iter().all(|part| *part > 0));
                    assert!(parts[0] - parts[branches - 1] <= 1);
                }
                Err(status) => {
                    assert_eq!(status, StatusCode::MAX_BREADTH_EXCEEDED);
                    assert!(branches > breadth as usize);
                }
            }
        }
    }
    assert_eq!(shares("\nMax-Breadth: x", 1), Err(StatusCode::BAD_REQUEST));
    assert_eq!(shares("\nMax-Breadth: 0", 0), Ok(vec![]));
}

/// RFC 3261 §16.11: all that belongs to one transaction takes one way, whatever else does not.
#[test]
fn a_stateless_branch_is_one_for_each_transaction() {
    let branch = |method: &str, changes: &[(&str, &str)]| {
        let text = "METHOD sip:b@example.com SIP/2.0\nVia: SIP/2.0/UDP A.example:5060;branch=BRANCH\n\
            From: <sip:a@a.example>;tag=1\nTo: <sip:b@b.example>\nCall-ID: x\nCSeq: 7 METHOD";
        let text = changes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        proxy::stateless_branch([1; 16], &request(&text.replace("METHOD", method))).unwrap()
    };
    for id in ["z9hG4bK77", "77"] {
        let of = |method: &str, changes: &[(&str, &str)]| {
            let changes: Vec<_> =
                [("BRANCH", id)].into_iter().chain(changes.iter().copied()).collect();
            branch(method, &changes)
        };
        let invite = of("INVITE", &[]);
        assert!(invite.starts_with("z9hG4bK"));
        for same in [
            of("INVITE", &[]),
            of("CANCEL", &[]),
            of("ACK", &[("b.example>", "b.example>;tag=2")]),
            of("INVITE", &[("A.example", "a.EXAMPLE")]),
        ] {
            assert_eq!(same, invite, "{id}");
        }
        assert_ne!(of("INVITE", &[("A.example", "c.example")]), invite);
        assert_ne!(of("INVITE", &[(":5060", ":5070")]), invite);
        // Without the cookie the branch alone says nothing.
        for change in [
            ("tag=1", "tag=9"),
            ("CSeq: 7", "CSeq: 8"),
            ("Call-ID: x", "Call-ID: y"),
            ("sip:b@example.com", "sip:c@example.com"),
            (";branch=77", ";branch=77;x=y"),
        ] {
            assert_eq!(of("INVITE", &[change]) == invite, id != "77", "{id} {change:?}");
        }
    }
    assert_ne!(
        branch("INVITE", &[("BRANCH", "z9hG4bK1")]),
        branch("INVITE", &[("BRANCH", "z9hG4bK2")])
    );
    let no_via = request("INVITE sip:b SIP/2.0\nCSeq: 1 INVITE");
    assert_eq!(proxy::stateless_branch([1; 16], &no_via), None);
}

/// RFC 5393 §4.2: a loop comes back as it went, a spiral with another target.
#[test]
fn a_loop_is_no_spiral() {
    let went = |uri: &str, vias: &str| {
        request(&format!(
            "INVITE {uri} SIP/2.0\n{vias}Route: <sip:p.example;lr>\nCall-ID: x\nCSeq: 7 INVITE"
        ))
    };
    let value = |request: &Request| proxy::loop_value([1; 16], request, &[b"media"]);
    let first = went("sip:b@example.com", "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1\n");
    let ours = format!("Via: SIP/2.0/UDP proxy.example;branch=z9hG4bK9.{}\n", value(&first));
    let is_ours = |via: &sip_message::value::Via<'_>| via.host_str() == "proxy.example";
    let back = went("sip:b@example.com", &ours);
    assert!(proxy::is_loop(&back, &value(&back), is_ours));
    let spiral = went("sip:c@example.com", &ours);
    assert!(!proxy::is_loop(&spiral, &value(&spiral), is_ours));
    assert!(!proxy::is_loop(&back, &value(&back), |_| false));
    assert_ne!(proxy::loop_value([1; 16], &first, &[b"other"]), value(&first));
    assert_ne!(proxy::loop_value([2; 16], &first, &[b"media"]), value(&first));
}

/// RFC 3261 §18.1.1, §20.42, RFC 7118 §5.2.
#[test]
fn transports() {
    assert!(!wants_congestion_control(1_300, None) && wants_congestion_control(1_301, None));
    assert!(!wants_congestion_control(1_300, Some(1_500)));
    assert!(wants_congestion_control(1_301, Some(1_500)));
    assert!(wants_congestion_control(1, Some(100)));
    for transport in Transport::ALL {
        assert_eq!(Transport::from_via_name(transport.via_name()), Some(transport));
        assert_eq!(transport.to_string(), transport.via_name());
        assert_eq!(transport.is_reliable(), transport != Transport::Udp);
    }
    assert_eq!(Transport::from_via_name("tls-sctp"), Some(Transport::TlsSctp));
    assert_eq!(Transport::from_via_name("SCCP"), None);
    let secure = Transport::ALL.into_iter().filter(|it| it.is_secure());
    assert_eq!(secure.map(Transport::default_port).collect::<Vec<_>>(), [5061, 5061, 443]);
    let plain = Transport::ALL.into_iter().filter(|it| !it.is_secure());
    assert_eq!(plain.map(Transport::default_port).collect::<Vec<_>>(), [5060, 5060, 5060, 80]);
    let (local, remote) = ("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap());
    let flow = Flow::connection(Transport::Tcp, local, remote, ConnectionId(3));
    assert_eq!(flow.to_string(), "TCP 192.0.2.1:1 - 192.0.2.2:2");
}

/// Nothing has changed when a command is refused, and the section says why.
#[test]
fn refused_commands_change_nothing() {
    let now = Instant::now();
    let flow = Flow::udp("192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap());
    let mut config = Config::default();
    config.limits.client_transactions = 2;
    let mut endpoint = Endpoint::new(config, [1; 32]);
    assert_eq!(endpoint.config().limits.client_transactions, 2);
    let make = |method: &str, cseq: &str| {
        request(&format!(
            "{method} sip:b@192.0.2.2 SIP/2.0\nFrom: <sip:a@a.example>;tag=1\nTo: <sip:b@b.example>\n\
             Call-ID: x\nCSeq: 1 {cseq}\nMax-Forwards: 70"
        ))
    };
    let mut refused = |request: &Request| {
        let error = endpoint.send_request(now, flow, request).unwrap_err();
        assert_eq!((endpoint.len(), endpoint.poll_transmit()), (0, None));
        error
    };
    assert_eq!(refused(&make("ACK", "ACK")), SendError::Ack);
    assert_eq!(refused(&make("CANCEL", "CANCEL")), SendError::Cancel);
    assert_eq!(refused(&make("OPTIONS", "INVITE")), SendError::Unreadable(HeaderName::CSEQ));
    let mut options = RequestOptions::default();
    options.branch_suffix = Some("a b");
    let bad = endpoint.send_request_with(now, flow, &make("OPTIONS", "OPTIONS"), options);
    assert_eq!(bad, Err(SendError::BranchSuffix));

    let plain = endpoint.send_request(now, flow, &make("OPTIONS", "OPTIONS")).unwrap();
    assert_eq!(endpoint.cancel(now, plain, None), Err(SendError::NotInvite));
    let invite = endpoint.send_request(now, flow, &make("INVITE", "INVITE")).unwrap();
    assert_eq!(endpoint.send_request(now, flow, &make("INVITE", "INVITE")), Err(SendError::Full));
    let sent = std::iter::from_fn(|| endpoint.poll_transmit()).last().unwrap();
    let sent = Message::parse(sent.bytes).unwrap();
    let busy =
        sent.as_request().unwrap().respond(StatusCode::BUSY_HERE).to_tag("2").build().unwrap();
    endpoint.handle_message(now, flow, busy.into());
    let state = SendError::State("Completed");
    assert_eq!(endpoint.cancel(now, invite, None), Err(state));
    assert_eq!(state.to_string(), "not in the state Completed (RFC 3261 §17)");

    let incoming = make("OPTIONS", "OPTIONS")
        .edit()
        .prepend(sip_message::header::Via, "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1")
        .finish()
        .unwrap();
    endpoint.handle_message(now, flow, incoming.into());
    let server = std::iter::from_fn(|| endpoint.poll_event()).find_map(|event| match event {
        Event::Request { transaction, request, .. } if request.method() == Method::OPTIONS => {
            Some((transaction, request))
        }
        _ => None,
    });
    let (server, request) = server.unwrap();
    let mut respond = |status: u16| {
        let response =
            request.respond(StatusCode::new(status).unwrap()).to_tag("3").build().unwrap();
        endpoint.send_response(now, server, &response)
    };
    assert_eq!(respond(180), Err(SendError::Provisional));
    assert_eq!(respond(100), Err(SendError::TooEarly));
    assert_eq!(respond(408), Err(SendError::RequestTimeout));
    assert_eq!(respond(200), Ok(()));
    assert_eq!(respond(200), Err(SendError::State("Completed")));
}
