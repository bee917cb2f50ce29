//! The oracle reads every generated message as the strategy means it, and stands any bytes.

use proptest::prelude::*;
use sip_testkit::facts::{lines, lines_of};
use sip_testkit::oracle::{self, Head, StartLine};
use sip_testkit::strategy::{self, GeneratedMessage, GeneratedStart};
use sip_testkit::value::{Contacts, Number};

/// Checks one message against what the strategy promises of it.
fn check(message: &GeneratedMessage) -> Result<(), TestCaseError> {
    let bytes = &message.bytes;
    let Some(head) = oracle::message_head(bytes) else {
        return Err(TestCaseError::fail("the line grammar refuses the message"));
    };
    prop_assert_eq!(head.head_len, message.head_len);
    prop_assert_eq!(&bytes[head.head_len..], &message.body[..]);
    prop_assert_eq!(
        lines(bytes, &head),
        message.headers.iter().map(|(n, v)| (&n[..], &v[..])).collect::<Vec<_>>()
    );
    check_every_byte_has_one_owner(&head)?;

    match (&head.start, &message.start) {
        (
            StartLine::Request { method, uri, version },
            GeneratedStart::Request { method: m, uri: u, .. },
        ) => {
            prop_assert_eq!((&bytes[method.clone()], &bytes[uri.clone()]), (&m[..], &u[..]));
            prop_assert_eq!(&bytes[version.clone()], b"SIP/2.0");
        }
        (
            StartLine::Status { code, reason, .. },
            GeneratedStart::Response { code: c, reason: r },
        ) => {
            prop_assert_eq!(bytes[code.clone()].to_vec(), c.to_string().into_bytes());
            prop_assert_eq!(&bytes[reason.clone()], &r[..]);
        }
        _ => prop_assert!(false, "a request is no response"),
    }

    let expect = &message.expect;
    let one = |name| lines_of(bytes, &head, name)[0];
    let maybe = |name| lines_of(bytes, &head, name).first().copied();
    let list = |name| lines_of(bytes, &head, name);
    prop_assert_eq!(oracle::from_spec(one("from")), Some(expect.from.clone()));
    prop_assert_eq!(oracle::from_spec(one("to")), Some(expect.to.clone()));
    prop_assert!(matches!(oracle::tag(&expect.from.params), Some(Some(_))));
    prop_assert_eq!(oracle::call_id(one("call-id")), Some(expect.call_id.clone()));
    prop_assert_eq!(oracle::cseq(one("cseq")), Some(expect.cseq.clone()));
    prop_assert_eq!(maybe("max-forwards").and_then(oracle::number), expect.max_forwards.clone());
    prop_assert_eq!(maybe("expires").and_then(oracle::number), expect.expires.clone());
    prop_assert_eq!(
        maybe("content-type").and_then(oracle::media_type),
        expect.content_type.clone()
    );
    let length = oracle::number(one("content-length"));
    prop_assert_eq!(length.as_ref().and_then(Number::value), Some(message.body.len() as u64));
    prop_assert_eq!(length.as_ref(), Some(&expect.content_length));

    let flat = |name, rule: fn(&[u8]) -> Option<Vec<_>>| {
        list(name).into_iter().flat_map(|value| rule(value).expect(name)).collect::<Vec<_>>()
    };
    prop_assert_eq!(&flat("route", oracle::route), &expect.route);
    prop_assert_eq!(&flat("record-route", oracle::route), &expect.record_route);
    let tokens = |name| {
        list(name)
            .into_iter()
            .flat_map(|v| oracle::token_list_or_empty(v).expect(name))
            .collect::<Vec<_>>()
    };
    prop_assert_eq!(&tokens("supported"), &expect.supported);
    prop_assert_eq!(&tokens("require"), &expect.require);
    let vias: Vec<_> = list("via").into_iter().flat_map(|v| oracle::via(v).expect("via")).collect();
    prop_assert_eq!(&vias, &expect.via);
    let contacts: Vec<_> =
        list("contact").into_iter().map(|v| oracle::contact(v).expect("contact")).collect();
    prop_assert_eq!(&contacts, &expect.contacts);
    prop_assert!(contacts.len() < 2 || !contacts.contains(&Contacts::Star));
    Ok(())
}

fn check_every_byte_has_one_owner(head: &Head) -> Result<(), TestCaseError> {
    let ends = head.headers.iter().map(|line| line.line.end);
    let starts = head.headers.iter().skip(1).map(|line| line.line.start);
    prop_assert_eq!(
        ends.collect::<Vec<_>>(),
        starts.chain([head.head_len - 2]).collect::<Vec<_>>()
    );
    for line in &head.headers {
        prop_assert!(line.line.start == line.name.start && line.name.end < line.value.start);
        prop_assert!(line.value.start <= line.value.end && line.value.end + 2 <= line.line.end);
    }
    Ok(())
}

proptest! {
    #[test]
    fn generated_messages_are_read_as_meant(message in strategy::message()) {
        check(&message)?;
    }

    #[test]
    fn streams_are_messages_with_line_ends_between(stream in strategy::stream()) {
        prop_assert_eq!(stream.reads().collect::<Vec<_>>().concat(), stream.bytes.clone());
        prop_assert_eq!(stream.messages.len(), stream.spans.len());
        let mut at = 0;
        for (message, span) in stream.messages.iter().zip(&stream.spans) {
            at += oracle::leading_crlf(&stream.bytes[at..]);
            prop_assert_eq!(at, span.start);
            prop_assert_eq!(&stream.bytes[span.clone()], &message.bytes[..]);
            let head = oracle::message_head(&stream.bytes[at..]).expect("a generated head");
            at += head.head_len + message.body.len();
            prop_assert_eq!(at, span.end);
        }
        at += oracle::leading_crlf(&stream.bytes[at..]);
        prop_assert_eq!(at, stream.bytes.len());
    }

    /// What the oracle accepts after an edit still obeys the line grammar's invariants.
    #[test]
    fn mutated_messages(bytes in strategy::mutated()) {
        if let Some(head) = oracle::message_head(&bytes) {
            if !head.headers.is_empty() {
                check_every_byte_has_one_owner(&head)?;
            }
            for (_, value) in lines(&bytes, &head) {
                // CR and LF stand in folds only.
                let folds = value.windows(3).filter(|w| w[0] == b'\r' && w[1] == b'\n' && matches!(w[2], b' ' | b'\t'));
                let (cr, lf) = (b'\r', b'\n');
                let count = |wanted| value.iter().filter(|&&byte| byte == wanted).count();
                let folds = folds.count();
                prop_assert_eq!((count(cr), count(lf)), (folds, folds));
            }
        }
    }
}
