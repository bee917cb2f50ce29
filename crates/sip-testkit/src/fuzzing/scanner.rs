//! The scanner beside the plain grammar.

use sip_message::{Limits, Message, ParseErrorKind, Parser, Rule, Tolerances};

use crate::oracle::{self, Head, StartLine};

/// The scanner under strict rules takes the heads that the grammar takes, and finds the same
/// lines; what it refuses beyond the grammar of lines, it refuses for a reason that has a name.
pub fn scanner_vs_oracle(data: &[u8]) {
    let skipped = oracle::leading_crlf(data);
    let head = oracle::message_head(&data[skipped..]);
    let tolerances = Tolerances::strict().with(Rule::ShortBody).with(Rule::DuplicateContentLength);
    let parsed = Parser::new().tolerances(tolerances).limits(Limits::none()).parse(data.to_vec());
    match (head, parsed) {
        (Some(head), Ok(message)) => compare(&data[skipped..], skipped, &head, &message),
        (None, Err(_)) => {}
        (None, Ok(message)) => panic!("accepted against the grammar: {message:?}"),
        (Some(head), Err(error)) => match (error.kind(), &head.start) {
            // Beyond lines: Content-Length must make sense, and a length is no name of 64 kB.
            (ParseErrorKind::ContentLength | ParseErrorKind::ContentLengthConflict, _) => {}
            (ParseErrorKind::LimitExceeded(_), _) => {}
            (ParseErrorKind::StatusCode, StartLine::Status { code, .. }) => {
                let class = data[skipped..][code.clone()][0];
                assert!(!(b'1'..=b'6').contains(&class), "{error}");
            }
            _ => panic!("refused against the grammar: {error}"),
        },
    }
}

fn compare(data: &[u8], skipped: usize, head: &Head, message: &Message) {
    assert_eq!(message.head(), &data[..head.head_len]);
    match (message, &head.start) {
        (Message::Request(request), StartLine::Request { method, uri, .. }) => {
            assert_eq!(request.method().as_str().as_bytes(), &data[method.clone()]);
            assert_eq!(request.uri_offset(), skipped + uri.start);
            assert_eq!(request.uri_bytes(), &data[uri.clone()]);
        }
        (Message::Response(response), StartLine::Status { code, reason, .. }) => {
            assert_eq!(response.status().to_string().as_bytes(), &data[code.clone()]);
            assert_eq!(response.reason(), &data[reason.clone()]);
        }
        _ => panic!("the kind of message differs"),
    }
    assert_eq!(message.headers().len(), head.headers.len());
    for (line, expected) in message.headers().iter().zip(&head.headers) {
        let at = |range: &std::ops::Range<usize>| range.start + skipped..range.end + skipped;
        assert_eq!(line.name_str().as_bytes(), &data[expected.name.clone()]);
        assert_eq!(line.range(), at(&expected.line));
        // Where an empty value stands is nobody's business.
        if !expected.value.is_empty() || !line.value().is_empty() {
            assert_eq!(line.value_range(), at(&expected.value));
        }
    }
}
