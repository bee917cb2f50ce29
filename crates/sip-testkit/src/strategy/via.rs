//! Via: RFC 3261 §25.1 `via-parm`, with the parameters of RFC 3581.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::value::{Param, ParamValue, Via};

use super::Sample;
use super::host::{host, host_name, ipv4, ipv6};
use super::param::{cased, known, param, shuffled, token_value};
use super::space::{lws, separator};
use super::text::token;

/// One value: mostly with a branch that begins with the magic cookie.
pub fn via() -> BoxedStrategy<Sample<Via>> {
    let transports =
        prop::sample::select(vec!["UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "udp"]);
    let transport = prop_oneof![
        8 => transports.prop_map(|name| name.as_bytes().to_vec()),
        1 => token(),
    ];
    let port = option::weighted(0.4, (separator(b':'), any::<u16>()));
    let slashes = (separator(b'/'), separator(b'/'));
    (slashes, transport, lws(), host(), port, via_params())
        .prop_map(|((slash1, slash2), transport, lws, host, port, params)| {
            let mut text = [b"SIP", &slash1[..], b"2.0", &slash2, &transport, &lws, &host].concat();
            let port = port.map(|(colon, port)| {
                let port = port.to_string().into_bytes();
                text.extend_from_slice(&colon);
                text.extend_from_slice(&port);
                port
            });
            text.extend_from_slice(&params.text);
            let (protocol, version) = (b"SIP".to_vec(), b"2.0".to_vec());
            let params = params.expect;
            Sample { text, expect: Via { protocol, version, transport, host, port, params } }
        })
        .boxed()
}

/// A comma list.
pub fn via_list() -> BoxedStrategy<Sample<Vec<Via>>> {
    vec((separator(b','), via()), 1..3).prop_map(super::join).boxed()
}

fn via_params() -> BoxedStrategy<Sample<Vec<Param>>> {
    let branch = token().prop_map(|token| [b"z9hG4bK", &token[..]].concat()).boxed();
    let received = prop_oneof![
        ipv4().prop_map(token_value),
        ipv6().prop_map(|text| Sample { text: text.clone(), expect: ParamValue::Host(text) }),
    ];
    let rport =
        option::of(any::<u16>().prop_map(|port| token_value(port.to_string().into_bytes())));
    let ttl = any::<u8>().prop_map(|ttl| ttl.to_string().into_bytes()).boxed();
    let maddr = prop_oneof![ipv4(), host_name()].boxed();
    shuffled(vec![
        option::weighted(0.95, known("branch", branch)).boxed(),
        option::weighted(0.3, param(cased("received"), received.prop_map(Some).boxed())).boxed(),
        option::weighted(0.3, param(cased("rport"), rport.boxed())).boxed(),
        option::weighted(0.1, known("ttl", ttl)).boxed(),
        option::weighted(0.1, known("maddr", maddr)).boxed(),
    ])
}
