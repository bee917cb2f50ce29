//! Attacks on the lines of a head.

use super::{Attack, Channel, datagram, numbered, request};

const fn attack(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Datagram, make }
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("header-lines", |n| request(&numbered(n, |at| format!("X-{at:06}: v\r\n")))),
    // CVE-2018-7284.
    attack("accept-lines", |n| request(&"Accept: application/sdp\r\n".repeat(n))),
    attack("header-once-often", |n| request(&"From: <sip:a@b.example>;tag=1\r\n".repeat(n))),
    attack("bad-header-lines", |n| request(&"CSeq: x\r\n".repeat(n))),
    attack("via-lines", |n| {
        request(&numbered(n, |at| format!("Via: SIP/2.0/UDP h;branch=z9hG4bK{at:06}\r\n")))
    }),
    attack("route-lines", |n| {
        request(&"Route: <sip:p.example;lr>\r\nRecord-Route: <sip:p.example;lr>\r\n".repeat(n))
    }),
    // Lines that go or change lie between each other.
    attack("interleaved-lines", |n| request(&"X-Gone: a\r\nSubject: b\r\nX-Kept: c\r\n".repeat(n))),
    attack("service-route-lines", |n| request(&"Service-Route: <sip:p.example;lr>\r\n".repeat(n))),
    attack("content-length-lines", |n| request(&"Content-Length: 0\r\n".repeat(n))),
    attack("content-length-digits", |n| request(&format!("l: {}5\r\n", "0".repeat(n)))),
    attack("content-length-huge", |n| datagram(b"l: 4294967295\r\n", &vec![b'x'; n])),
    attack("behind-the-body", |n| datagram(b"l: 0\r\n", &b"INVITE ".repeat(n))),
    attack("folds", |n| request(&format!("Subject: a{}\r\n", "\r\n b".repeat(n)))),
    attack("folds-only", |n| request(&format!("Subject:{}\r\n", "\r\n ".repeat(n)))),
    attack("blanks-before-colon", |n| request(&format!("X{}: v\r\n", " ".repeat(n)))),
    attack("blanks-behind-value", |n| request(&format!("X: v{}\r\n", " ".repeat(n)))),
    attack("blank-lines", |n| request(&"X-Y: \t \r\n".repeat(n))),
    attack("long-name", |n| request(&format!("{}: v\r\n", "X".repeat(n)))),
    attack("no-colon", |n| request(&format!("{}\r\n", "X".repeat(n)))),
    attack("mixed-line-ends", |n| request(&"X-Y: a\r\nX-Z: b\n".repeat(n))),
    attack("bare-lf", |n| {
        let text = request(&"X-Y: a\r\nSubject: b\r\n c\r\n".repeat(n));
        text.into_iter().filter(|byte| *byte != b'\r').collect()
    }),
    attack("line-ends-before", |n| [&b"\r\n".repeat(n)[..], &request("")].concat()),
    attack("line-ends-only", |n| b"\r\n".repeat(n)),
    attack("blanks-only", |n| b" ".repeat(n)),
    attack("nul-only", |n| vec![0; n]),
    attack("nul-line", |n| datagram(&[&b"Subject: a"[..], &vec![0; n], b"b\r\n"].concat(), b"")),
    attack("long-uri", |n| format!("OPTIONS sip:{} SIP/2.0\r\n\r\n", "x".repeat(n)).into()),
    attack("uri-with-blanks", |n| {
        format!("OPTIONS sip:a{} SIP/2.0\r\n\r\n", " b".repeat(n)).into()
    }),
    attack("start-line-blanks", |n| {
        let blanks = " ".repeat(n);
        format!("OPTIONS{blanks}sip:b@b.example{blanks}SIP/2.0{blanks}\r\n\r\n").into()
    }),
    attack("long-reason", |n| format!("SIP/2.0 200 {}\r\n\r\n", "\t\u{e9}".repeat(n)).into()),
    attack("start-line-without-end", |n| format!("OPTIONS sip:{}", "x".repeat(n)).into()),
    attack("no-end", |n| {
        let mut text = request(&"X-Y: v\r\n".repeat(n));
        text.truncate(text.len() - 4);
        text
    }),
    // What is answered is made out line by line.
    attack("answered-core-lines", |n| core_lines(n, "")),
    attack("malformed-core-lines", |n| core_lines(n, "bad\r\n")),
];

/// A header that may be there once, often, and behind many lines of one that may be there often.
/// (Answers look at the first 64 KiB only, so the lines are short.)
fn core_lines(n: usize, last: &str) -> Vec<u8> {
    let lines = ["v: x\r\n".repeat(n), "t: x\r\n".repeat(n)].concat();
    format!("INVITE sip:b SIP/2.0\r\n{lines}f: x\r\ni: x\r\n{last}\r\n").into()
}
