//! Attacks on bodies.

use super::{Attack, Channel, datagram, numbered};

const fn attack(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Datagram, make }
}

const fn fragment(name: &'static str, make: fn(usize) -> Vec<u8>) -> Attack {
    Attack { name, channel: Channel::Fragment, make }
}

pub(super) const ATTACKS: &[Attack] = &[
    attack("parts", |n| mixed(&format!("{}--b--", "--b\r\n\r\nx\r\n".repeat(n)))),
    attack("parts-with-heads", |n| {
        let part = "--b\r\nContent-Type: text/plain\r\nContent-ID: <a@b>\r\nX: y\r\n\r\nx\r\n";
        mixed(&format!("{}--b--", part.repeat(n)))
    }),
    attack("bad-parts", |n| {
        // Each is a multipart that cannot be taken apart.
        let part = "--b\r\nContent-Type: multipart/mixed;boundary=i\r\n\r\n--i\r\n\r\n\r\n";
        mixed(&format!("{}--b--", part.repeat(n)))
    }),
    attack("part-lines", |n| {
        let lines = numbered(n, |at| format!("X-{at:06}: v\r\n"));
        mixed(&format!("--b\r\n{lines}\r\nx\r\n--b--"))
    }),
    attack("empty-parts", |n| mixed(&format!("{}--b--", "--b\r\n".repeat(n)))),
    attack("parts-bare-lf", |n| mixed(&format!("{}--b--", "--b\n\nx\n".repeat(n)))),
    attack("boundary-lines", |n| mixed(&format!("--b\r\n\r\n{}--b--", "--bb\r\n".repeat(n)))),
    attack("boundary-lines-lf", |n| mixed(&format!("--b\r\n\r\n{}\r\n--b--", "\n--b".repeat(n)))),
    attack("boundary-padding", |n| mixed(&format!("--b\r\n\r\n\r\n--b{}x", " ".repeat(n)))),
    attack("boundary-padding-lines", |n| {
        mixed(&format!("--b\r\n\r\n{}--b--", "\r\n--b \t x".repeat(n)))
    }),
    attack("hyphens", |n| mixed(&format!("--b\r\n\r\n{}\r\n--b--", "-".repeat(n)))),
    attack("preamble-lines", |n| mixed(&format!("{}--b\r\n\r\n\r\n--b--", "--\r\n".repeat(n)))),
    attack("never-closed", |n| mixed(&"--b\r\n\r\nx\r\n".repeat(n))),
    attack("no-delimiter", |n| mixed(&"x\r\n".repeat(n))),
    attack("nested-wide", |n| {
        let parts = "--i\r\n\r\nx\r\n".repeat(n);
        let part = format!("Content-Type: multipart/mixed;boundary=i\r\n\r\n{parts}--i--\r\n");
        mixed(&format!("--b\r\n{part}--b\r\n{part}--b--"))
    }),
    attack("nested-deep", |n| {
        // No boundary starts with another, and what is too deep is refused.
        let open = numbered(n, |at| {
            let inner = format!("n{:06}", at + 1);
            format!("--n{at:06}\r\nc: multipart/mixed;boundary={inner}\r\n\r\n")
        });
        let close = numbered(n, |at| format!("\r\n--n{:06}--", n - 1 - at));
        typed("multipart/mixed;boundary=n000000", &format!("{open}{close}"))
    }),
    attack("root-search", |n| {
        let kind = "multipart/related;boundary=b;start=\"<none@b>\"";
        typed(kind, &format!("{}--b--", "--b\r\nContent-ID: <a@b>\r\n\r\nx\r\n".repeat(n)))
    }),
    // What a builder of bodies would choose as the boundary, and what it would choose then.
    attack("boundary-guesses", |n| {
        datagram(
            b"c: text/plain\r\n",
            numbered(n, |at| format!("--trapezoid-{at:016x}")).as_bytes(),
        )
    }),
    attack("base64-blanks", |n| encoded("base64", &"Zm9v \r\n".repeat(n))),
    attack("base64-open", |n| encoded("base64", &format!("{}Z", "Zm9v".repeat(n)))),
    attack("quoted-octets", |n| encoded("quoted-printable", &"=3d".repeat(n))),
    attack("quoted-blanks", |n| encoded("quoted-printable", &format!("a{}x", " ".repeat(n)))),
    attack("quoted-blank-lines", |n| encoded("quoted-printable", &"= \r\n \t\r\n".repeat(n))),
    attack("quoted-open", |n| encoded("quoted-printable", &format!("={}", " ".repeat(n)))),
    fragment("fragment-lines", |n| {
        format!("SIP/2.0 200 OK\r\n{}", "Warning: 399 a \"b\"\r\n".repeat(n)).into()
    }),
    fragment("fragment-folds", |n| format!("Subject: a{}", "\r\n b".repeat(n)).into()),
    fragment("fragment-lf", |n| "X: y\n".repeat(n).into()),
    fragment("fragment-blanks", |n| format!("X{}", " ".repeat(n)).into()),
];

fn encoded(how: &str, text: &str) -> Vec<u8> {
    mixed(&format!("--b\r\nContent-Transfer-Encoding: {how}\r\n\r\n{text}\r\n--b--"))
}

fn mixed(body: &str) -> Vec<u8> {
    typed("multipart/mixed;boundary=b", body)
}

fn typed(content_type: &str, body: &str) -> Vec<u8> {
    datagram(format!("Content-Type: {content_type}\r\n").as_bytes(), body.as_bytes())
}
