//! Content-Transfer-Encoding.

use sip_message::{TransferEncoding, TransferErrorKind};

use super::*;

fn part(encoding: &str, body: &str) -> Multipart {
    read(&format!("--b\r\n{encoding}\r\n\r\n{body}\r\n--b--")).expect("a multipart")
}

#[test]
fn the_signature_of_rfc_3261_section_23_3_is_decoded() {
    // As printed it lacks its padding and more: 57 characters are no groups of four.
    let printed = "ghyHhHUujhJhjH77n8HHGTrfvbnj756tbB9HG4VQpfyF467GhIGfHfYT6";
    let signature = |text: &str| {
        let head = "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\
            Content-Transfer-Encoding: base64\r\n\
            Content-Disposition: attachment; filename=smime.p7s;\r\n   handling=required";
        part(head, text)
    };
    let multipart = signature(printed);
    let error = multipart.root().decoded_body().unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Base64Padding);
    assert_eq!(error.offset(), multipart.root().body_range().end);
    assert_eq!(error.rfc(), "RFC 2045 §6.8");
    let multipart = signature(&printed[..56]);
    let part = multipart.root();
    assert!(part.is_encoded());
    assert_eq!(part.decoded_body().unwrap().len(), 42);
    assert_eq!(part.decoded_body().unwrap()[..3], [0x82, 0x1c, 0x87]);
    assert_eq!(part.body(), &printed.as_bytes()[..56], "what came is kept");
}

#[test]
fn offsets_count_from_the_first_byte_of_the_message() {
    let body = "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nok =zz\r\n\
        --b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b--";
    let message = message("multipart/mixed;boundary=b", body);
    let multipart = message.multipart().unwrap().unwrap();
    let places: Vec<_> = multipart
        .parts()
        .map(|part| {
            let error = part.decoded_body().unwrap_err();
            assert!(error.to_string().contains(&format!("at byte {} (RFC 2045", error.offset())));
            (error.kind(), &message.source()[error.offset()..][..3])
        })
        .collect();
    assert_eq!(
        places,
        [(TransferErrorKind::QuotedEscape, &b"=zz"[..]), (TransferErrorKind::Unknown, b"x-u")]
    );
}

#[test]
fn what_is_not_encoded_is_borrowed() {
    use std::borrow::Cow;
    for line in [
        "X: y",
        "Content-Transfer-Encoding: 7bit",
        "Content-Transfer-Encoding: 8BIT",
        "content-transfer-encoding:\r\n Binary",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Transfer-Encoding:",
    ] {
        let multipart = part(line, "plain");
        let body = multipart.root().decoded_body().unwrap();
        assert!(matches!(body, Cow::Borrowed(b"plain")), "{line}");
    }
    for odd in ["base64 base64", "base64;x", "\"base64\"", "base-64"] {
        let multipart = part(&format!("Content-Transfer-Encoding: {odd}"), "plain");
        let error = multipart.root().decoded_body().unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Unknown, "{odd}");
    }
}

/// Two readers could be played off against each other.
#[test]
fn two_encodings_that_differ_are_refused() {
    let lines = |first: &str, second: &str| {
        let name = "Content-Transfer-Encoding";
        part(&format!("{name}: {first}\r\n{name}: {second}"), "SGVsbG8=")
    };
    let multipart = lines("base64", "BASE64");
    assert_eq!(multipart.root().decoded_body().unwrap(), &b"Hello"[..]);
    for (first, second) in [("base64", "7bit"), ("binary", "base64"), ("7bit", "x")] {
        let multipart = lines(first, second);
        let error = multipart.root().decoded_body().unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Conflict, "{first} {second}");
        let at = multipart.as_bytes()[error.offset()..].starts_with(second.as_bytes());
        assert!(at, "{first} {second}");
    }
}

/// Base64 and quoted-printable, written plainly.
fn encode_base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, octet| bits << 8 | u32::from(*octet));
        let bits = bits << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place) & 63) as usize;
            text.push(if place > group.len() { '=' } else { char::from(ALPHABET[sextet]) });
        }
        if text.len() % 78 == 76 {
            text.push_str("\r\n");
        }
    }
    text
}

fn encode_quoted(octets: &[u8]) -> String {
    let mut text = String::new();
    let mut column = 0;
    for octet in octets {
        let piece = match octet {
            b'!'..=b'<' | b'>'..=b'~' => char::from(*octet).to_string(),
            _ => format!("={octet:02X}"),
        };
        if column + piece.len() > 75 {
            text.push_str("=\r\n");
            column = 0;
        }
        column += piece.len();
        text.push_str(&piece);
    }
    text
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None, ..Default::default()
    })]

    #[test]
    fn what_was_encoded_is_decoded(octets in proptest::collection::vec(0..=255u8, 0..300)) {
        let text = encode_base64(&octets);
        let found = TransferEncoding::Base64.decode(text.as_bytes());
        proptest::prop_assert_eq!(found.as_deref(), Ok(&octets[..]));
        let text = encode_quoted(&octets);
        let found = TransferEncoding::QuotedPrintable.decode(text.as_bytes());
        proptest::prop_assert_eq!(found.as_deref(), Ok(&octets[..]));
    }

    #[test]
    fn what_is_not_encoded_so_is_wrong_inside(text in "[A-Za-z0-9+/= \t\r\n\u{e9}]{0,40}") {
        for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
            match encoding.decode(text.as_bytes()) {
                Ok(octets) => proptest::prop_assert!(octets.len() <= text.len()),
                Err(error) => proptest::prop_assert!(error.offset() <= text.len()),
            }
        }
    }
}
