//! A SIP head shaped as HTTP, so that httparse can be timed on the same header bytes.
//!
//! Only the version changes, `SIP/2.0` to `HTTP/1.1`: the start line grows by one byte. Methods,
//! URIs, names and values pass as they are, because they are legal in HTTP too. The body stays out.

/// The HTTP shape of a SIP head (start line to empty line).
pub fn shape(head: &[u8]) -> Vec<u8> {
    let line_end = memchr::memmem::find(head, b"\r\n").unwrap_or(head.len());
    let (start_line, headers) = head.split_at(line_end);
    let mut out = Vec::with_capacity(head.len() + 1);
    if let Some(rest) = start_line.strip_prefix(b"SIP/2.0") {
        out.extend_from_slice(b"HTTP/1.1");
        out.extend_from_slice(rest);
    } else if let Some(rest) = start_line.strip_suffix(b"SIP/2.0") {
        out.extend_from_slice(rest);
        out.extend_from_slice(b"HTTP/1.1");
    } else {
        out.extend_from_slice(start_line);
    }
    out.extend_from_slice(headers);
    out
}

#[cfg(test)]
mod tests {
    use crate::{corpus, peers, vary};

    #[test]
    fn httparse_reads_every_header_of_every_message() {
        for sample in corpus::samples().iter().chain(&vary::variants(1)) {
            let lines = sample.head().iter().filter(|&&byte| byte == b'\n').count();
            let headers = peers::httparse::headers(sample).expect("a complete HTTP head");
            assert_eq!(headers, lines - 2, "{}", sample.name);
        }
    }
}
