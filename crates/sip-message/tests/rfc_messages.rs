//! The messages that the RFCs give as examples, those that state a right Content-Length: every
//! header is decoded, and what cannot be is explained here.

use sip_message::{Message, Severity, lint};
use sip_testkit::corpus;

/// Messages that the RFC itself prints wrong, and what is wrong with them.
const EXPLAINED: &[(&str, &str)] = &[
    ("rfc3515/001-REFER.sip", "Refer-To: (whatever URI), in words"),
    ("rfc3515/003-NOTIFY.sip", "expires=(depends on Refer-To URI), in words"),
    ("rfc3515/007-REFER.sip", "Refer-To: (some different URI), in words"),
    ("rfc3515/009-NOTIFY.sip", "expires=(depends on Refer-To URI), in words"),
    ("rfc3665/003-REGISTER.sip", "no comma before nonce"),
    ("rfc3842/001-SUBSCRIBE.sip", "no Via"),
    ("rfc3842/002-200-OK.sip", "no Via"),
    ("rfc3842/004-200-OK.sip", "prose of the RFC, indented, continues Content-Length"),
    ("rfc3842/005-NOTIFY.sip", "no Via"),
    ("rfc3842/006-200-OK.sip", "no Via"),
    ("rfc3842/007-SUBSCRIBE.sip", "no Via"),
    ("rfc3842/008-200-OK.sip", "no Via"),
    ("rfc3842/011-SUBSCRIBE.sip", "no Via"),
    ("rfc3842/012-200-OK.sip", "no Via"),
    ("rfc3842/014-200-OK.sip", "no Via"),
    ("rfc4244/023-INVITE.sip", "a semicolon in the header of a URI that is not escaped"),
    ("rfc4244/024-INVITE.sip", "a semicolon in the header of a URI that is not escaped"),
    ("rfc5359/089-REFER.sip", "Referred-By: a URI without its scheme"),
    ("rfc5359/205-180-Ringing.sip", "received=192.0.2.1.120."),
    ("rfc5626/002-NOTIFY.sip", "To: a URI without its scheme"),
];

/// Name and bytes of each message.
fn messages() -> Vec<(String, Vec<u8>)> {
    let folders = std::fs::read_dir(corpus::testdata().join("rfc-messages")).expect("the folder");
    let mut all = Vec::new();
    for folder in folders {
        let name = folder.expect("a folder").file_name().into_string().expect("an ASCII name");
        let files = corpus::files(&format!("rfc-messages/{name}"));
        all.extend(files.into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
    }
    all.sort();
    all
}

/// What is wrong with a message, if anything is.
fn errors(bytes: &[u8]) -> Vec<String> {
    match Message::parse(bytes.to_vec()) {
        Err(error) => vec![error.to_string()],
        Ok(message) => lint(&message)
            .iter()
            .filter(|finding| finding.severity() == Severity::Error)
            .map(ToString::to_string)
            .collect(),
    }
}

#[test]
fn every_header_of_every_example_decodes_or_is_explained() {
    let messages = messages();
    assert_eq!(messages.len(), 446);
    for (name, bytes) in &messages {
        let errors = errors(bytes);
        let explained = EXPLAINED.iter().any(|(file, _)| file == name);
        assert_eq!(!errors.is_empty(), explained, "{name}: {errors:#?}");
    }
    for (name, _) in EXPLAINED {
        assert!(messages.iter().any(|(file, _)| file == name), "{name} is no example");
    }
}

#[test]
fn every_example_comes_out_as_it_went_in() {
    for (name, bytes) in messages() {
        let Ok(message) = Message::parse(bytes.clone()) else { continue };
        assert_eq!(message.as_bytes(), bytes, "{name}");
        let lines: Vec<u8> =
            message.headers().iter().flat_map(|line| line.as_bytes().to_vec()).collect();
        let parts = [message.start_line(), &lines, b"\r\n", message.body()].concat();
        assert_eq!(parts, bytes, "{name}");
    }
}
