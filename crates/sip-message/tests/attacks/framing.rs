//! Framing differentials: nothing is read one way here and another way there.

use super::*;

/// What a datagram is: its lines and its body, or what is wrong.
type Seen = Result<(Vec<(String, Vec<u8>)>, Vec<u8>), (ParseErrorKind, usize)>;

fn see(message: &Message) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
    let lines = message.headers();
    let lines = lines.iter().map(|line| (line.name_str().to_owned(), line.value().to_vec()));
    (lines.collect(), message.body().to_vec())
}

fn datagram(bytes: &[u8], tolerances: Tolerances) -> Seen {
    let message = Parser::new().tolerances(tolerances).parse(bytes.to_vec());
    message.map(|message| see(&message)).map_err(|error| (error.kind(), error.offset()))
}

/// The first message of a stream that comes in pieces of this size.
fn stream(bytes: &[u8], size: usize, tolerances: Tolerances) -> Seen {
    let mut decoder = StreamDecoder::new().tolerances(tolerances);
    for piece in bytes.chunks(size) {
        decoder.push(piece);
        match decoder.next_frame() {
            Ok(Some(Frame::Message(message))) => return Ok(see(&message)),
            Ok(_) => {}
            Err(error) => return Err((error.kind(), error.offset())),
        }
    }
    let error = decoder.finish().expect_err("no message");
    Err((error.kind(), error.offset()))
}

#[test]
fn a_datagram_and_a_stream_are_read_the_same_way() {
    for lines in [
        "l: 2\r\n",
        "Content-Length : 2\r\n",
        "Content-Length\t: 2\r\n",
        "Content-Length:\r\n 2\r\n",
        "Content-Length:\r\n\t\r\n 2\r\n",
        "Content-Length: 2 \r\n \r\n",
        "Content-Length: 1\r\n 1\r\n",
        "l: 2\r\nContent-Length: 2\r\n",
        "l: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nL: 2\r\n",
        "l: 2\nX: y\r\n",
        "X: y\rl: 2\r\n",
        "X: y\r\r\nl: 2\r\n",
        "X: y\n\nl: 2\r\n",
        "X: y\r\n\nl: 2\r\n",
        "X: y\0l: 3\r\nl: 2\r\n",
        "X: l: 3\r\n l: 4\r\nl: 2\r\n",
        "Content-Length\0: 3\r\nl: 2\r\n",
        "Content-Length\u{a0}: 3\r\nl: 2\r\n",
        "Content-Length;x: 3\r\nl: 2\r\n",
        "XContent-Length: 3\r\nl: 2\r\n",
        "l:2,2\r\n",
        "l: 2;x\r\n",
        "l: +2\r\n",
        ": 3\r\nl: 2\r\n",
        "\r\nl: 2\r\n",
        " l: 3\r\nl: 2\r\n",
    ] {
        for set in SETS {
            let head = "OPTIONS sip:b@b.example SIP/2.0\r\n";
            let bytes = format!("{head}{lines}\r\nabcdefgh").into_bytes();
            let expected = datagram(&bytes, set());
            for size in [1, 2, 3, bytes.len()] {
                let found = stream(&bytes, size, set());
                // Without a length the body of a datagram is the rest; a stream has no rest.
                let unframed = matches!(found, Err((K::ContentLengthMissing, _)))
                    && expected.as_ref().is_ok_and(|(_, body)| body.ends_with(b"abcdefgh"));
                assert!(found == expected || unframed, "{lines:?} {size}: {found:?}, {expected:?}");
            }
        }
    }
}

#[test]
fn no_way_to_write_a_name_evades_removal() {
    for line in [
        "X-Bypass-Me: v\r\n",
        "X-Bypass-me : v\r\n",
        "x-bypass-me\t \t: v\r\n",
        "X-BYPASS-ME:\r\n v\r\n",
        "X-Bypass-Me:v\r\n\t,w\r\n",
        "X-Bypass-Me:\r\n",
    ] {
        let bytes = request(&format!("A: 1\r\n{line}B: 2\r\n{line}"));
        let message = parse(&bytes).unwrap();
        let edited = message.as_request().unwrap().edit().remove_all_raw("X-Bypass-Me").finish();
        assert_eq!(edited.unwrap().as_bytes(), request("A: 1\r\nB: 2\r\n"), "{line:?}");
    }
    // Names of the table in every form.
    for line in ["Subject : v\r\n", "s: v\r\n", "S\t:\r\n v\r\n", "sUBJECT:v\r\n"] {
        let message = parse(&request(&format!("A: 1\r\n{line}"))).unwrap();
        let edited = message.as_request().unwrap().edit().remove_all(header::Subject).finish();
        assert_eq!(edited.unwrap().as_bytes(), request("A: 1\r\n"), "{line:?}");
    }
}

#[test]
fn no_control_character_stands_before_the_colon() {
    let start = request("").len() - 2;
    let name = b"Authorization";
    // The places inside of the name, before it and behind it.
    for byte in (0..0x20).chain(0x7f..=0xff).filter(|byte| *byte != b'\t') {
        for at in 0..=name.len() {
            let line = [&name[..at], &[byte], &name[at..], b": Digest x=y\r\n\r\n"].concat();
            let bytes = [&request("")[..start], &line].concat();
            for set in SETS {
                let read = Parser::new().tolerances(set()).parse(bytes.clone());
                // An empty line that ends in LF alone hides nothing: the head is over.
                if let (b'\n', 0, Ok(message)) = (byte, at, &read) {
                    assert_eq!(message.body(), &line[1..]);
                    continue;
                }
                let error = read.expect_err("a control character");
                let place = start + at..=start + name.len() + 1;
                assert!(place.contains(&error.offset()), "{byte:#x} at {at}: {error}");
                assert_eq!(error.status().unwrap().code(), 400);
            }
        }
    }
}

#[test]
fn floods_of_nothing() {
    let error = |bytes: &[u8]| {
        let error = parse(bytes).unwrap_err();
        assert!(error.rfc().starts_with("RFC 3261"));
        (error.kind(), error.offset())
    };
    const MANY: usize = 60_000;
    assert_eq!(error(&b"\r\n".repeat(MANY)), (K::Empty, 0));
    assert_eq!(error(&b"\r".repeat(MANY)), (K::BareCr, 0));
    assert_eq!(error(&b"\n".repeat(MANY)), (K::Empty, 0));
    assert_eq!(error(&vec![0; MANY]), (K::LimitExceeded(Limit::StartLine), 8192));
    assert_eq!(error(&b" ".repeat(MANY)), (K::LimitExceeded(Limit::StartLine), 8192));
    assert_eq!(error(&[0; 100]), (K::UnexpectedEnd, 100));
    // On a stream, line ends are keep-alives and nothing of them is kept.
    let mut decoder = StreamDecoder::new();
    let mut pings = 0;
    for _ in 0..MANY {
        decoder.push(b"\r\n\r\n");
        pings += usize::from(decoder.next_frame() == Ok(Some(Frame::Ping)));
        assert_eq!(decoder.pending(), 0);
    }
    assert_eq!(pings, MANY);
    // NULs in a value are text that is not tolerated, at the first of them.
    let value = format!("a{}", "\0".repeat(1000));
    let rule = sip_message::Rule::ControlInText;
    for tolerances in [Tolerances::strict(), Tolerances::default()] {
        let expected = Some((ValueErrorKind::NotTolerated(rule), 1));
        assert_eq!(refused("Subject", &value, tolerances), expected);
    }
    let message = with_line("Subject", value.as_bytes(), Tolerances::lenient());
    assert_eq!(message.headers().require(header::Subject).unwrap().as_bytes(), value.as_bytes());
}
