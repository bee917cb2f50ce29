//! The URIs of the URI bench: what stands in the corpus, and a few longer ones.

/// Name and text of each URI.
pub const URIS: [(&str, &str); 6] = [
    ("plain", "sip:bob@biloxi.example"),
    ("host-only", "sip:192.0.2.4:5060"),
    ("phone", "sip:+498912345678@sbc1.carrier.example:5060;user=phone;transport=udp"),
    ("ipv6", "sip:bob@[2001:db8::9:1]:5080"),
    ("route", "sip:203.0.113.7;lr;ftag=8f2e1d0c;did=2f1.9a11"),
    (
        "escaped",
        "sips:alice%40home:pa%3Ass@atlanta.example:5061;transport=tcp;lr?subject=a%20b&priority=urgent",
    ),
];
