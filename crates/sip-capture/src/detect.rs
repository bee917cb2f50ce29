//! Whether bytes look like SIP: by their first line, whatever the port.

use sip_message::Method;

/// The longest first line that is looked at.
const LONGEST: usize = 8_192;
/// The longest name of a method.
const METHOD: usize = 64;

/// What the first bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// The first line is one of SIP (RFC 3261 §7).
    Sip,
    /// It may become one.
    Open,
    /// It is none.
    Other,
}

/// Looks at the first line: `METHOD SP … SP SIP/2.0`, or `SIP/2.0 SP …`. Line ends before it are
/// passed over (RFC 3261 §7.5).
pub(crate) fn look(bytes: &[u8]) -> Looks {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let Some(bytes) = start.map(|at| &bytes[at..]) else { return Looks::Open };
    if !bytes[0].is_ascii_alphanumeric() && !is_token(bytes[0]) {
        return Looks::Other;
    }
    const STATUS: &[u8] = b"SIP/2.0 ";
    let common = bytes.len().min(STATUS.len());
    if bytes[..common].eq_ignore_ascii_case(&STATUS[..common]) {
        return if common == STATUS.len() { Looks::Sip } else { Looks::Open };
    }
    let method = bytes.iter().take(METHOD + 1).position(|byte| !is_token(*byte));
    match method {
        Some(at) if at > 0 && matches!(bytes[at], b' ' | b'\t') => {}
        None if bytes.len() <= METHOD => return Looks::Open,
        _ => return Looks::Other,
    }
    let line = &bytes[..bytes.len().min(LONGEST)];
    match memchr::memchr(b'\n', line) {
        Some(end) => {
            let line = line[..end].trim_ascii_end();
            let version = line.len().checked_sub(STATUS.len() - 1).map(|at| &line[at..]);
            match version {
                Some(it) if it[..4].eq_ignore_ascii_case(b"SIP/") => Looks::Sip,
                _ => Looks::Other,
            }
        }
        None if line.len() == LONGEST => Looks::Other,
        None => Looks::Open,
    }
}

/// Where a SIP message seems to start, in bytes that may begin in the middle of another. The body of
/// that one may end without a line end: then the start line is what a name of a method begins that is
/// registered, or `SIP/2.0` and a status code.
pub(crate) fn find_start(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = &bytes[start..];
        // A line that does not end here is no start of one.
        let line = &rest[..memchr::memchr(b'\n', rest)?];
        if let Some(at) = start_in_line(line) {
            return Some(start + at);
        }
        start += line.len() + 1;
    }
}

fn start_in_line(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii_end();
    if let Some(at) = memchr::memmem::find(line, b"SIP/2.0 ") {
        let code = line[at..].get(8..11)?;
        return code.iter().all(u8::is_ascii_digit).then_some(at);
    }
    if !line.ends_with(b" SIP/2.0") {
        return None;
    }
    let name = memchr::memchr(b' ', line)?;
    let start = line[..name].iter().rposition(|byte| !is_token(*byte)).map_or(0, |at| at + 1);
    let is_method = |at: &usize| {
        let name = str::from_utf8(&line[*at..name]).ok().and_then(Method::new);
        name.is_some_and(Method::is_registered)
    };
    let whole = || (start == 0 && name > 0).then_some(0);
    (start..name).find(is_method).or_else(whole)
}

/// RFC 3261 §25.1, `token`.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_of_sip_are_known() {
        for line in [
            "INVITE sip:bob@biloxi.example SIP/2.0\r\n",
            "\r\n\r\nOPTIONS sip:bob@biloxi.example SIP/2.0\r\n",
            "SIP/2.0 200 OK\r\n",
            "sip/2.0 180 Ringing",
            "!interesting-Method0123456789_*+`.%indeed'~ sip:a SIP/2.0\n",
        ] {
            assert_eq!(look(line.as_bytes()), Looks::Sip, "{line}");
        }
    }

    #[test]
    fn what_may_become_one_is_open() {
        for line in
            ["", "\r\n", "I", "INVITE", "INVITE ", "INVITE sip:bob@biloxi.exa", "SIP/", "SIP/2.0"]
        {
            assert_eq!(look(line.as_bytes()), Looks::Open, "{line}");
        }
    }

    #[test]
    fn other_protocols_are_told_apart() {
        for line in [
            "GET / HTTP/1.1\r\n",
            "HTTP/1.1 200 OK\r\n",
            "OPTIONS rtsp://server/ RTSP/1.0\r\n",
            "\u{0}\u{1}\u{0}\u{0}",
            "220 mail.example ESMTP\r\n",
            " INVITE sip:bob SIP/2.0\r\n",
            "INVITE\r\n",
        ] {
            assert_eq!(look(line.as_bytes()), Looks::Other, "{line}");
        }
        assert_eq!(look(&[0x80, 0x00, 0x12, 0x34]), Looks::Other);
        assert_eq!(look(&[b'A'; 70]), Looks::Other);
        let long = [&b"INVITE "[..], &[b'x'; LONGEST]].concat();
        assert_eq!(look(&long), Looks::Other);
    }

    #[test]
    fn a_start_is_found_behind_the_rest_of_another_message() {
        let bytes = b"tag=1\r\nCSeq: 1 INVITE\r\n\r\nBYE sip:a SIP/2.0\r\nVia: x\r\n";
        assert_eq!(find_start(bytes), Some(25));
        assert_eq!(find_start(b"tag=1\r\nCSeq: 1 INVITE\r\n\r\nBYE sip:a SI"), None);
        assert_eq!(find_start(b"\r\n\r\nbodyBYE sip:a SIP/2.0\r\n"), Some(8));
        assert_eq!(find_start(b"body)x.REFER sip:a SIP/2.0\r\n"), Some(7));
        assert_eq!(find_start(b"bodySIP/2.0 200 OK\r\n"), Some(4));
        assert_eq!(find_start(b"Via: SIP/2.0/UDP a\r\nX: SIP/2.0 or so\r\n"), None);
        assert_eq!(find_start(b"JUMP sip:a SIP/2.0\r\n"), Some(0));
    }
}
