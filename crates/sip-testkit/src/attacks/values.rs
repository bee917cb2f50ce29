//! Attacks on the values of one line.

use super::{Attack, Channel, datagram, line, numbered};

const fn attack(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Datagram, make }
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("commas", |n| line("Supported", &",".repeat(n))),
    attack("commas-with-blanks", |n| line("Contact", &", ".repeat(n))),
    attack("tokens", |n| line("Allow", &format!("{}INVITE", "INVITE,".repeat(n)))),
    // Every second value goes.
    attack("tokens-to-remove", |n| line("Supported", &format!("{}x", "timer,x,".repeat(n)))),
    attack("via-list", |n| line("Via", &vec!["SIP/2.0/UDP h;branch=z9hG4bK1"; n].join(", "))),
    attack("route-list", |n| line("Route", &vec!["<sip:p.example;lr>"; n].join(",\r\n "))),
    attack("contact-list", |n| line("Contact", &vec!["\"B\" <sip:b@h>;q=0.5"; n].join(","))),
    attack("bad-values", |n| line("Contact", &vec!["@"; n].join(","))),
    attack("bad-uris", |n| line("Contact", &vec!["<sip:%>"; n].join(","))),
    attack("bad-vias", |n| line("Via", &vec!["SIP/2.0/UDP h;ttl=x"; n].join(","))),
    attack("warnings", |n| line("Warning", &vec!["399 h \"a, b\""; n].join(","))),
    attack("semicolons", |n| line("Contact", &format!("<sip:a@b.example>{}", ";".repeat(n)))),
    attack("params", |n| {
        line("Contact", &format!("<sip:a@b.example>{}", numbered(n, |at| format!(";p{at:06}"))))
    }),
    attack("one-param-often", |n| {
        line("Via", &format!("SIP/2.0/UDP h;branch=z9hG4bK1{}", ";x=\"y\"".repeat(n)))
    }),
    attack("long-param-names", |n| {
        // Names that differ at their end only.
        let count = n.isqrt();
        let name = "p".repeat(count);
        line("Contact", &format!("<sip:a@b>{}", numbered(count, |at| format!(";{name}{at:06}"))))
    }),
    // CVE-2018-8828.
    attack("long-branch", |n| line("Via", &format!("SIP/2.0/UDP h;branch={}", "z".repeat(n)))),
    attack("uri-params", |n| {
        line("Contact", &format!("<sip:a@b.example{}>", numbered(n, |at| format!(";p{at:06}"))))
    }),
    attack("one-uri-param-often", |n| {
        line("Contact", &format!("<sip:a@b.example{}>", ";x=y".repeat(n)))
    }),
    attack("uri-headers", |n| {
        line("Contact", &format!("<sip:a@b.example?a=b{}>", "&a=b".repeat(n)))
    }),
    attack("uri-escapes", |n| line("Contact", &format!("<sip:{}@b.example>", "%41".repeat(n)))),
    attack("quoted-pairs", |n| {
        line("Contact", &format!("\"{}\" <sip:a@b.example>", "\\\"".repeat(n)))
    }),
    attack("open-quotes", |n| line("Contact", &"\"a, ".repeat(n))),
    attack("open-quote", |n| line("Contact", &format!("\"{}", "a, ".repeat(n)))),
    attack("doubled-quotes", |n| {
        line("Contact", &vec!["\"\"a\"\" <sip:a@b.example>"; n].join(","))
    }),
    attack("doubled-quotes-open", |n| line("Contact", &vec!["\"\"a"; n].join(","))),
    attack("open-angles", |n| line("Contact", &"<".repeat(n))),
    attack("open-angles-in-list", |n| line("Contact", &vec!["a<"; n].join(","))),
    attack("one-angle-closes-all", |n| line("Contact", &format!("{}>", vec!["a@<"; n].join(",")))),
    attack("reversed-angles", |n| line("Contact", &vec!["><"; n].join(","))),
    attack("words", |n| line("Contact", &format!("{}<sip:a@b.example>", "a ".repeat(n)))),
    attack("words-only", |n| line("Contact", &"a ".repeat(n))),
    attack("loose-words", |n| line("Contact", &vec!["a (b"; n].join(","))),
    attack("comments", |n| line("Server", &format!("x {}", "(a)".repeat(n)))),
    attack("nested-comments", |n| line("Server", &format!("x {}{}", "(".repeat(n), ")".repeat(n)))),
    attack("open-comments", |n| line("Retry-After", &format!("5 {}", "(".repeat(n)))),
    attack("products", |n| line("User-Agent", &"a/1 ".repeat(n))),
    attack("latin-1", |n| {
        datagram(&[&b"Subject: "[..], &b"\xe9 ".repeat(n), b"x\r\n"].concat(), b"")
    }),
    attack("control-characters", |n| {
        datagram(&[&b"Contact: \""[..], &b"\x07".repeat(n), b"\" <sip:a@b>\r\n"].concat(), b"")
    }),
    attack("auth-params", |n| {
        line("Authorization", &format!("Digest realm=\"a\"{}", ", x=\"y\"".repeat(n)))
    }),
    attack("auth-quoting", |n| {
        line("WWW-Authenticate", &format!("Digest realm=a{}", ", realm=a".repeat(n)))
    }),
    attack("token68", |n| line("Authorization", &format!("Bearer {} x", "a=".repeat(n)))),
    attack("numbers", |n| line("Expires", &"9".repeat(n))),
    attack("leading-zeros", |n| line("Expires", &format!("{}1", "0".repeat(n)))),
    attack("cseq-method", |n| line("CSeq", &format!("1 {}", "M".repeat(n)))),
    attack("call-id", |n| line("Call-ID", &"=<".repeat(n))),
    attack("history", |n| {
        line("History-Info", &vec!["<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1.1"; n].join(","))
    }),
];
