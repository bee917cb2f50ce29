//! The crates speak alike: the section "One vocabulary" of docs/ARCHITECTURE.md, shown.

#![allow(clippy::unwrap_used, reason = "the helpers of a test")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Debug;
use std::hash::Hash;

use bytes::Bytes;

/// In lower case with hyphens.
fn is_name(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.split('-').all(word)
}

macro_rules! tolerance_speaks_alike {
    ($($test:ident: $crate_name:ident;)+) => {$(
        #[test]
        fn $test() {
            use $crate_name::{Rule, Severity, Tolerances};
            // All of it can be had in a constant.
            const FIRST: Rule = Rule::ALL[0];
            const CAREFUL: Tolerances = Tolerances::strict().with(FIRST).without(Rule::ALL[1]);
            const KNOWN: (bool, &str, &str, &str, Severity, bool) = (
                CAREFUL.allows(FIRST),
                FIRST.name(),
                FIRST.describe(),
                FIRST.rfc(),
                FIRST.severity(),
                FIRST.is_default(),
            );
            assert!(KNOWN.0);
            assert_eq!(Rule::from_name(KNOWN.1), Some(FIRST));
            assert_eq!(Rule::from_name("no-such-rule"), None);

            let names: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
            assert_eq!(names.len(), Rule::ALL.len());
            for &rule in Rule::ALL {
                assert!(is_name(rule.name()), "{rule}");
                assert!(rule.rfc().starts_with("RFC "), "{rule}");
                assert!(!rule.describe().ends_with('.'), "{rule}");
                assert_eq!(rule.to_string(), rule.name());
                assert_eq!(Tolerances::default().allows(rule), rule.is_default());
            }
            const { assert!(Tolerances::lenient().contains(Tolerances::default())) };
            const { assert!(Tolerances::default().contains(Tolerances::strict())) };
            assert_eq!(Tolerances::default(), <Tolerances as Default>::default());
            assert_eq!(format!("{CAREFUL:?}"), format!("{{{FIRST:?}}}"));
            assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
        }
    )+};
}

tolerance_speaks_alike! {
    tolerance_of_uris: sip_uri;
    tolerance_of_messages: sip_message;
    tolerance_of_descriptions: sdp;
}

/// With `{:#}` an error has neither place nor section, without it both, in this order.
fn prints(error: &impl Error, place: Option<String>, rfc: Option<&str>) {
    let (short, long) = (format!("{error:#}"), error.to_string());
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    let rfc = rfc.map(|rfc| {
        assert!(rfc.starts_with("RFC ") && rfc.contains('§'), "{rfc}");
        format!(" ({rfc})")
    });
    assert_eq!(long, format!("{short}{place}{}", rfc.unwrap_or_default()));
    assert!(error.source().is_none(), "what is inside is printed already: {long}");
    let first = short.chars().next().unwrap();
    assert!(!short.ends_with('.') && !first.is_whitespace(), "{short}");
}

fn kind(name: &str, text: &str) {
    assert!(is_name(name), "{name}");
    assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
}

#[test]
fn errors_of_what_is_read() {
    let error = sip_uri::UriRef::parse("sip:alice@").unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset())), Some(error.rfc()));
    kind(error.kind().name(), error.kind().describe());

    let error = sip_message::Message::parse(&b"OPTIONS sip:a@b SIP/2.0\r\nVia\r\n\r\n"[..]);
    let error = error.unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset())), Some(error.rfc()));
    kind(error.kind().name(), error.kind().describe());

    let message =
        b"SIP/2.0 200 OK\r\nCSeq: x INVITE\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n--b";
    let message = sip_message::Message::parse(&message[..]).unwrap();
    let error = message.headers().require(sip_message::header::CSeq).unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset().unwrap())), Some(error.rfc()));
    let value = error.value_error().unwrap();
    prints(&value, Some(format!("byte {}", value.offset())), None);
    let error = message.headers().require(sip_message::header::Via).unwrap_err();
    prints(&error, None, Some(error.rfc()));
    let error = message.multipart().unwrap().unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset())), Some(error.rfc()));
    kind(error.kind().name(), error.kind().describe());
    let error = sip_message::TransferEncoding::Base64.decode(b"a").unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset())), Some(error.rfc()));
    kind(error.kind().name(), error.kind().describe());

    let error = sdp::SessionDescription::parse("v=0\r\nm=audio x RTP/AVP 0\r\n").unwrap_err();
    let place = |line, column| Some(format!("line {line} column {column}"));
    prints(&error, place(error.line(), error.column()), Some(error.rfc()));
    kind(error.kind().name(), error.kind().describe());
    let description = sdp::SessionDescription::parse("v=0\r\nc=IN IP4\r\n").unwrap();
    let error = description.connection().unwrap_err();
    prints(&error, place(error.line(), error.column()), Some(error.rfc()));
    let value = error.value_error().unwrap();
    prints(&value, Some(format!("byte {}", value.offset())), None);
}

#[test]
fn errors_of_what_is_written() {
    use sip_message::header;

    let error = sip_uri::UriBuilder::sip("example.com").user("").build().unwrap_err();
    prints(&error, Some(format!("byte {}", error.offset())), Some(error.rfc()));

    let message = sip_message::Message::parse(&b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"[..]).unwrap();
    let request = message.as_request().unwrap();
    let mut edit = request.edit();
    let error = edit.set(header::MaxForwards, 256).finish().unwrap_err();
    prints(&error, None, Some(error.rfc()));
    assert_eq!(edit.error(), Some(error));
    let sip_message::encode::BuildErrorKind::Value(value) = error.kind() else { panic!("{error}") };
    prints(&value, Some(format!("byte {}", value.offset())), None);
    let error = sip_message::MultipartBuilder::mixed().build().unwrap_err();
    prints(&error, None, Some(error.rfc()));

    let description = sdp::SessionDescription::parse("v=0\r\n").unwrap();
    let mut edit = description.edit();
    let error = edit.set(sdp::At::Session, sdp::attribute::Setup, "both").finish().unwrap_err();
    prints(&error, None, Some(error.rfc()));
    assert_eq!(edit.error(), Some(error));
    let sdp::BuildErrorKind::Value(value) = error.kind() else { panic!("{error}") };
    prints(&value, Some(format!("byte {}", value.offset())), None);
}

#[test]
fn errors_of_what_is_done() {
    use sdp::offer_answer::NegotiationError;
    use sip_dialog::{AgentError, DialogError, OfferAnswerError, TooManyWait};
    use sip_message::HeaderName;
    use sip_transaction::SendError;

    for error in [
        SendError::NoTransaction,
        SendError::Full,
        SendError::State("Proceeding"),
        SendError::TooEarly,
        SendError::Unreadable(HeaderName::VIA),
    ] {
        prints(&error, None, error.rfc());
        let outer = AgentError::from(error);
        assert_eq!(outer.to_string(), error.to_string());
        prints(&outer, None, outer.rfc());
    }
    for error in [AgentError::Gone, AgentError::OfferAnswer(OfferAnswerError::OfferSent)] {
        prints(&error, None, error.rfc());
    }
    for error in [DialogError::NoDialog, DialogError::OutOfOrder { last: 2, came: 1 }] {
        prints(&error, None, Some(error.rfc()));
    }
    prints(&OfferAnswerError::OfferReceived, None, Some(OfferAnswerError::OfferReceived.rfc()));
    prints(&TooManyWait, None, Some(TooManyWait.rfc()));
    for error in [NegotiationError::OfferSent, NegotiationError::NoSection(3)] {
        prints(&error, None, Some(error.rfc()));
    }
}

/// What a linter says has a name, a section and a weight, and its place.
#[test]
fn findings() {
    let message =
        sip_message::Message::parse(&b"OPTIONS sip:a@b SIP/2.0\nCSeq: x\n\n"[..]).unwrap();
    let findings = sip_message::lint(&message);
    assert!(!findings.is_empty());
    for finding in findings {
        kind(finding.name(), &finding.to_string());
        assert!(finding.rfc().starts_with("RFC ") && finding.offset() <= 33);
        assert!(finding.severity() <= sip_message::Severity::Error);
    }
    let description = sdp::SessionDescription::parse("v=0\nc=IN IP4\n").unwrap();
    let findings = sdp::lint(&description);
    assert!(!findings.is_empty());
    for finding in findings {
        kind(finding.name(), &finding.to_string());
        assert!(finding.rfc().starts_with("RFC ") && finding.offset() <= 13);
        assert!(finding.severity() <= sdp::Severity::Error);
    }
}

#[test]
fn limits_have_defaults_and_are_values() {
    fn is_value<T: Default + Copy + Debug + Eq + Hash>() {
        assert_eq!(T::default(), T::default());
    }
    is_value::<sip_message::Limits>();
    is_value::<sip_message::MultipartLimits>();
    is_value::<sdp::Limits>();
    is_value::<sip_transaction::Limits>();
    is_value::<sip_dialog::AgentLimits>();
    is_value::<sip_dialog::observe::ObserverLimits>();
    is_value::<sip_capture::Limits>();
}

/// An element may be spread over threads.
#[test]
fn everything_can_be_sent_to_another_thread() {
    fn is_send<T: Send + Debug + 'static>() {}
    fn is_shared<T: Send + Sync + Clone + Debug + 'static>() {}
    is_shared::<sip_uri::Uri>();
    is_shared::<sip_message::Message>();
    is_shared::<sip_message::Multipart>();
    is_shared::<sdp::SessionDescription>();
    is_shared::<sip_dialog::Dialog>();
    is_send::<sip_message::Parser>();
    is_send::<sip_message::StreamDecoder>();
    is_send::<sdp::Parser>();
    is_send::<sdp::offer_answer::OfferAnswer>();
    is_send::<sip_transaction::Endpoint>();
    is_send::<sip_dialog::UserAgent>();
    is_send::<sip_dialog::observe::Observer>();
    is_send::<sip_capture::Dissector>();
    is_send::<sip_capture::Reader<std::fs::File>>();
}

/// The result of an edit is the same whichever way it goes out.
#[test]
fn edits_go_out_by_the_same_verbs() {
    let message = sip_message::Message::parse(&b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"[..]).unwrap();
    let mut edit = message.as_request().unwrap().edit();
    edit.append(sip_message::header::Subject, "x");
    let mut written = Vec::new();
    edit.write_to(&mut written).unwrap();
    let bytes: Bytes = edit.to_bytes().unwrap();
    assert_eq!((written.len(), &written), (edit.encoded_len(), &bytes.to_vec()));
    assert_eq!(edit.finish().unwrap().to_bytes(), bytes);

    let description = sdp::SessionDescription::parse("v=0\r\ns=-\r\n").unwrap();
    let mut edit = description.edit();
    edit.append(sdp::At::Session, sdp::attribute::Tool, "x");
    let mut written = Vec::new();
    edit.write_to(&mut written).unwrap();
    let bytes: Bytes = edit.to_bytes().unwrap();
    assert_eq!((written.len(), &written), (edit.encoded_len(), &bytes.to_vec()));
    assert_eq!(edit.finish().unwrap().to_bytes(), bytes);
}
