//! Multipart bodies: the examples of the RFCs, the attacks of the quirk list, and properties
//! against a plain reading of RFC 2046 §5.1.1, line by line.

mod attacks;
mod building;
mod delimiters;
mod examples;
mod properties;
mod transfer;

use bytes::Bytes;
use sip_message::value::{HeaderValue, MediaType};
use sip_message::{
    BodyError, Handling, HeaderName, Message, Multipart, MultipartBuilder, MultipartError,
    MultipartErrorKind, MultipartLimits, ParseErrorKind, Part, PartBuilder, Rule, Tolerances,
    ValueErrorKind, header, lint,
};
use sip_testkit::corpus;

use MultipartErrorKind as K;

/// Parts of a body whose boundary is `b`.
fn read(body: &str) -> Result<Multipart, MultipartError> {
    read_with(body.as_bytes(), Tolerances::default())
}

fn read_with(body: &[u8], tolerances: Tolerances) -> Result<Multipart, MultipartError> {
    let media = MediaType::decode(b"multipart/mixed;boundary=b").expect("a media type");
    let body = Bytes::copy_from_slice(body);
    Multipart::parse_with(body, media, MultipartLimits::default(), tolerances)
}

/// What is wrong with a body, and where.
fn refused(body: &str) -> (MultipartErrorKind, usize) {
    let error = read(body).expect_err(body);
    assert_eq!(error.body_offset(), Some(error.offset()));
    assert!(error.rfc().starts_with("RFC ") && !error.to_string().is_empty());
    (error.kind(), error.offset())
}

fn bodies(multipart: &Multipart) -> Vec<&[u8]> {
    multipart.parts().map(|part| part.body()).collect()
}

fn message(content_type: &str, body: &str) -> Message {
    let text = format!("INVITE sip:b@b.example SIP/2.0\r\nContent-Type: {content_type}\r\n\r\n");
    Message::parse([text.as_bytes(), body.as_bytes()].concat()).expect("a message")
}

/// The error of a message with this Content-Type, and what stands at its place.
fn refused_type(content_type: &str) -> (MultipartErrorKind, String) {
    let message = message(content_type, "--b\r\n\r\nx\r\n--b--");
    let error = message.multipart().expect("multipart").expect_err(content_type);
    let rest = &message.as_bytes()[error.offset()..];
    assert_eq!(error.body_offset(), error.offset().checked_sub(message.body_range().start));
    let line = rest.split(|b| *b == b'\r').next().expect("a first line");
    (error.kind(), String::from_utf8_lossy(line).into_owned())
}

#[test]
fn typed_headers_of_parts_have_places_in_the_message() {
    let message = message(
        "multipart/mixed;boundary=b",
        "--b\r\nContent-Type: a/b;;x=1\r\nContent-Disposition: \"x\"\r\n\r\n\r\n--b--",
    );
    let multipart = message.multipart().unwrap().unwrap();
    let part = multipart.root();
    assert!(part.header(header::ContentType).unwrap().unwrap().is("a", "b"));
    assert!(part.header(header::Subject).unwrap().is_none());
    let error = part.disposition().unwrap_err();
    assert_eq!(message.source()[error.offset().unwrap()], b'"');
    assert_eq!(error.name().as_str(), "Content-Disposition");
}
