//! Attacks on the framing of a stream, which comes one byte at a time.

use super::{Attack, Channel, datagram, numbered};

const fn attack(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Stream, make }
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("stream-lines", |n| {
        datagram(
            format!("{}l: 0\r\n", numbered(n, |at| format!("X-{at:06}: v\r\n"))).as_bytes(),
            b"",
        )
    }),
    attack("stream-folds", |n| {
        datagram(format!("X: a{}\r\nl: 0\r\n", "\r\n b".repeat(n)).as_bytes(), b"")
    }),
    attack("stream-blank-folds", |n| {
        datagram(format!("X:{}\r\nl: 0\r\n", "\r\n ".repeat(n)).as_bytes(), b"")
    }),
    attack("stream-long-line", |n| {
        datagram(format!("X: {}\r\nl: 0\r\n", "x".repeat(n)).as_bytes(), b"")
    }),
    attack("stream-control-line", |n| {
        datagram(format!("X: {}\r\nl: 0\r\n", "\0\t".repeat(n)).as_bytes(), b"")
    }),
    attack("stream-name", |n| {
        datagram(format!("{}: v\r\nl: 0\r\n", "X".repeat(n)).as_bytes(), b"")
    }),
    attack("stream-lf-lines", |n| {
        format!("OPTIONS sip:b SIP/2.0\nVia: x\n{}l: 0\n\n", "X: y\n".repeat(n)).into()
    }),
    attack("stream-start-line", |n| format!("OPTIONS sip:{}", "x".repeat(n)).into()),
    attack("stream-body", |n| datagram(format!("l: {n}\r\n").as_bytes(), &vec![b'\n'; n])),
    attack("stream-pings", |n| b"\r\n\r\n".repeat(n)),
    attack("stream-line-ends", |n| [&b"\r\n".repeat(n)[..], b"\r"].concat()),
    attack("stream-messages", |n| b"OPTIONS sip:b SIP/2.0\r\nl: 1\r\n\r\nx".repeat(n)),
    attack("stream-huge-length", |n| datagram(b"l: 4294967295\r\n", &vec![b'x'; n])),
    attack("stream-never-ends", |n| {
        let text = datagram("X-Y: v\r\n".repeat(n).as_bytes(), b"");
        text[..text.len() - 2].to_vec()
    }),
];
