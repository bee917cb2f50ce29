//! The line grammar of a message: RFC 3261 §7 and §25.1 `Request-Line`, `Status-Line`,
//! `message-header` and the empty line.
//!
//! Every byte of a head belongs to exactly one of: start line, header line, empty line. A value
//! is any run of octets without CR and LF outside folds; what it means is for the value grammars.

use std::ops::Range;

use nom::bytes::complete::{is_not, tag, tag_no_case, take_while_m_n, take_while1};
use nom::combinator::{consumed, opt, peek, recognize};
use nom::multi::many0;
use nom::sequence::terminated;
use nom::{Offset as _, Parser as _};

use super::Parsed;
use super::basic::{digits, token};
use super::line::{crlf, hcolon, is_wsp, trim_lws};

/// The head of a message as ranges of the bytes that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The parts of the start line.
    pub start: StartLine,
    /// The header lines in order.
    pub headers: Vec<HeaderLine>,
    /// The length of the head with its empty line: the body starts here.
    pub head_len: usize,
}

/// The parts of a start line as ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartLine {
    /// `Request-Line`
    Request {
        /// `Method`
        method: Range<usize>,
        /// `Request-URI`, here any bytes but SP, CR and LF
        uri: Range<usize>,
        /// `SIP-Version`
        version: Range<usize>,
    },
    /// `Status-Line`
    Status {
        /// `SIP-Version`
        version: Range<usize>,
        /// `Status-Code`
        code: Range<usize>,
        /// `Reason-Phrase`, possibly empty
        reason: Range<usize>,
    },
}

/// One header line (with its continuation lines) as ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLine {
    /// The name, without the blanks before the colon.
    pub name: Range<usize>,
    /// The value, without the white space and folds on either side. An empty value is an empty
    /// range just before the line's last CRLF.
    pub value: Range<usize>,
    /// The whole line with its CRLF.
    pub line: Range<usize>,
}

/// `start-line *message-header CRLF` at the start of the bytes; what follows is body.
///
/// CRLFs before the start line are not part of a message: skip them first
/// ([`leading_crlf`](super::leading_crlf)).
pub fn message_head(message: &[u8]) -> Option<Head> {
    let (rest, (start, lines, _)) =
        (start_line, many0(message_header), crlf).parse(message).ok()?;
    let range = |part: &[u8]| {
        let start = message.offset(part);
        start..start + part.len()
    };
    let start = match start {
        Start::Request(method, uri, version) => {
            StartLine::Request { method: range(method), uri: range(uri), version: range(version) }
        }
        Start::Status(version, code, reason) => {
            StartLine::Status { version: range(version), code: range(code), reason: range(reason) }
        }
    };
    let headers = lines.into_iter().map(|[name, value, line]| {
        let (value_start, trimmed) = (range(value).start, trim_lws(value));
        HeaderLine {
            name: range(name),
            value: value_start + trimmed.start..value_start + trimmed.end,
            line: range(line),
        }
    });
    Some(Head { start, headers: headers.collect(), head_len: message.len() - rest.len() })
}

enum Start<'a> {
    Request(&'a [u8], &'a [u8], &'a [u8]),
    Status(&'a [u8], &'a [u8], &'a [u8]),
}

/// `start-line = Request-Line / Status-Line`; no method holds a slash, so they can't be confused.
fn start_line(input: &[u8]) -> Parsed<'_, Start<'_>> {
    nom::branch::alt((request_line, status_line)).parse(input)
}

/// `Request-Line = Method SP Request-URI SP SIP-Version CRLF`
fn request_line(input: &[u8]) -> Parsed<'_, Start<'_>> {
    let parts = (terminated(token, sp), terminated(request_uri, sp), terminated(sip_version, crlf));
    parts.map(|(method, uri, version)| Start::Request(method, uri, version)).parse(input)
}

/// `Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF`
fn status_line(input: &[u8]) -> Parsed<'_, Start<'_>> {
    let parts =
        (terminated(sip_version, sp), terminated(status_code, sp), terminated(reason_phrase, crlf));
    parts.map(|(version, code, reason)| Start::Status(version, code, reason)).parse(input)
}

fn sp(input: &[u8]) -> Parsed<'_, &[u8]> {
    tag(&b" "[..]).parse(input)
}

/// `Request-URI`, delimited only.
fn request_uri(input: &[u8]) -> Parsed<'_, &[u8]> {
    is_not(&b" \r\n"[..]).parse(input)
}

/// `SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT`; the string is case-insensitive (§7.1).
fn sip_version(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize((tag_no_case(&b"SIP/"[..]), digits, tag(&b"."[..]), digits)).parse(input)
}

/// `Status-Code`, three digits.
fn status_code(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while_m_n(3, 3, |byte: u8| byte.is_ascii_digit()).parse(input)
}

/// `Reason-Phrase`, any octets of the line.
fn reason_phrase(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize(opt(is_not(&b"\r\n"[..]))).parse(input)
}

/// `message-header`: the name, the untrimmed value, and the whole line.
fn message_header(input: &[u8]) -> Parsed<'_, [&[u8]; 3]> {
    let header = (token, hcolon, header_value, crlf);
    let (rest, (line, (name, _, value, _))) = consumed(header).parse(input)?;
    Ok((rest, [name, value, line]))
}

/// `header-value`: octets without CR and LF, and line breaks that are followed by a blank.
fn header_value(input: &[u8]) -> Parsed<'_, &[u8]> {
    let fold = recognize((crlf, peek(take_while1(is_wsp))));
    recognize(many0(nom::branch::alt((is_not(&b"\r\n"[..]), fold)))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(message: &[u8]) -> Vec<(String, String)> {
        let head = message_head(message).expect("a head");
        let text =
            |range: &Range<usize>| String::from_utf8_lossy(&message[range.clone()]).into_owned();
        head.headers.iter().map(|line| (text(&line.name), text(&line.value))).collect()
    }

    #[test]
    fn lines_are_split_and_trimmed() {
        let message = b"BYE sip:a@b SIP/2.0\r\nA: 1\r\nB \t:\r\n 2\r\n\t3 \r\n \r\nC:\r\n\r\nbody";
        let pairs = heads(message);
        assert_eq!(pairs[0], ("A".into(), "1".into()));
        assert_eq!(pairs[1], ("B".into(), "2\r\n\t3".into()));
        assert_eq!(pairs[2], ("C".into(), String::new()));
        let head = message_head(message).unwrap();
        assert_eq!(&message[head.head_len..], b"body");
        // Every byte of the head belongs to one line.
        assert_eq!(head.headers[0].line.start, 21);
        assert!(head.headers.windows(2).all(|two| two[0].line.end == two[1].line.start));
        assert_eq!(head.headers[2].line.end + 2, head.head_len);
    }

    #[test]
    fn start_lines() {
        for good in [
            &b"SIP/2.0 200 OK\r\n\r\n"[..],
            b"SIP/2.0 100 \r\n\r\n",
            b"sip/10.20 999 \xFF\x00\t \r\n\r\n",
            b"%x urn:service:sos Sip/2.0\r\n\r\n",
        ] {
            assert!(message_head(good).is_some(), "{good:?}");
        }
        for bad in [
            &b"SIP/2.0 100\r\n\r\n"[..],
            b"SIP/2.0 1000 OK\r\n\r\n",
            b"SIP/2.0  200 OK\r\n\r\n",
            b"SIP/2 200 OK\r\n\r\n",
            b"BYE  sip:a@b SIP/2.0\r\n\r\n",
            b"BYE sip:a@b SIP/2.0 \r\n\r\n",
            b"BYE sip:a@b\r\n\r\n",
            b"B/E sip:a@b SIP/2.0\r\n\r\n",
            b"BYE sip:a@b HTTP/1.1\r\n\r\n",
            b"BYE sip:a@b SIP/2.0\n\n",
            b"\r\nBYE sip:a@b SIP/2.0\r\n\r\n",
            b"",
        ] {
            assert!(message_head(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn lines_that_are_refused() {
        for bad in [
            &b"A: 1\n\r\n"[..],
            b"A: 1\r\r\n\r\n",
            b"A: \r1\r\n\r\n",
            b"A: 1\r\n",
            b"A: 1\r\n\n",
            b"no colon\r\n\r\n",
            b": no name\r\n\r\n",
            b" A: 1\r\n\r\n",
            b"A B: 1\r\n\r\n",
            b"A\r\n : 1\r\n\r\n",
            b"A(: 1\r\n\r\n",
            b"\x01A: 1\r\n\r\n",
            b"A\x01: 1\r\n\r\n",
            b"\xC3\xA9: 1\r\n\r\n",
        ] {
            let message = [b"BYE sip:a@b SIP/2.0\r\n", bad].concat();
            assert!(message_head(&message).is_none(), "{bad:?}");
        }
        assert!(message_head(b"BYE sip:a@b SIP/2.0\r\nA: \0\x7f\xff\r\n\r\n").is_some());
    }
}
