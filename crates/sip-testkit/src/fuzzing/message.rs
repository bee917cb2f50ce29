//! Messages as datagrams.

use sip_message::{Message, Parser, Tolerances, Validator, header, lint};

/// Parses bytes as a datagram under every set of tolerances and reads all there is.
///
/// - What stricter rules accept, looser ones accept with the same lines.
/// - Every byte of a head belongs to exactly one of start line, header line and empty line.
/// - Errors and findings lie inside the datagram.
/// - What comes out parses again to the same message.
/// - Typed and dynamic reading of a header give the same values.
pub fn message(data: &[u8]) {
    let mut lines = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        let mut parser = Parser::new().tolerances(tolerances);
        match parser.parse(data.to_vec()) {
            Err(error) => {
                assert!(lines.is_none(), "refused under looser rules: {error}");
                assert!(error.offset() <= data.len(), "{error}");
                assert!(!error.rfc().is_empty());
            }
            Ok(message) => {
                if tolerances == Tolerances::strict() {
                    assert!(message.deviations().is_empty());
                }
                read(data, &message);
                again(&mut parser, &message);
                let found: Vec<_> = message.headers().iter().map(|line| line.range()).collect();
                let found = (found, message.body_range());
                assert!(lines.as_ref().is_none_or(|lines| *lines == found));
                lines = Some(found);
            }
        }
    }
}

fn read(data: &[u8], message: &Message) {
    assert_eq!(&message.source()[..], data);
    let mut next = data.len() - message.discarded() - message.as_bytes().len();
    assert!(data[..next].iter().all(|b| matches!(b, b'\r' | b'\n')));
    next += message.start_line().len();
    for line in message.headers().iter() {
        assert_eq!(line.range().start, next);
        assert!(line.as_bytes().starts_with(line.name_str().as_bytes()));
        assert!(line.value_range().end <= line.range().end);
        assert!(message.headers().raw(line.name_str()).is_some());
        next = line.range().end;
    }
    assert_eq!(next, message.empty_line_offset());
    assert!(matches!(&data[next..message.body_range().start], b"\r\n" | b"\n" | b""));

    for finding in lint(message) {
        assert!(finding.offset() + finding.len() <= data.len(), "{finding}");
        assert!(!finding.rfc().is_empty() && !finding.name().is_empty());
    }
    for validator in [Validator::user_agent(), Validator::proxy()] {
        for problem in validator.check(message) {
            assert!(problem.offset().is_none_or(|at| at <= data.len()), "{problem}");
            assert_eq!(message.as_response().is_some(), problem.status().is_none());
        }
    }
    typed(message);
}

/// Typed and dynamic values of the headers that carry most.
fn typed(message: &Message) {
    macro_rules! compare {
        ($($header:ident)+) => {
            $({
                let typed: Vec<_> = message.headers().each(header::$header).map(|value| {
                    value.map(sip_message::value::Value::from)
                }).collect();
                let name = <header::$header as header::Header>::NAME;
                let dynamic: Vec<_> = message
                    .headers()
                    .lines(name)
                    .flat_map(|line| line.values().expect("a row of the table"))
                    .collect();
                assert_eq!(typed, dynamic);
            })+
        };
    }
    compare!(Via From To CallId CSeq Contact Route RecordRoute MaxForwards ContentType Allow Supported);
    for address in message.headers().each(header::Contact).flatten() {
        let _ = (address.expires(), address.q());
        let Some(address) = address.address() else { continue };
        let _ = address.uri().map(|uri| assert_eq!(uri.as_bytes().len(), uri.as_str().len()));
        let _ = address.display_name().map(|name| name.to_str_lossy().len());
        for param in address.params() {
            let _ = (param.value(), param.value_str());
        }
    }
    for via in message.headers().each(header::Via).flatten() {
        let _ = (via.host(), via.maddr(), via.version());
    }
}

/// The bytes of a message are the same message again, and an index that was used before does not
/// show.
fn again(parser: &mut Parser, message: &Message) {
    parser.recycle(message.clone());
    let again = parser.parse(message.to_bytes()).expect("what was accepted is accepted again");
    assert_eq!(again.as_bytes(), message.as_bytes());
    assert_eq!(again.headers().len(), message.headers().len());
    assert_eq!(again.body(), message.body());
}
