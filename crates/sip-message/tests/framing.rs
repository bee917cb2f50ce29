//! Where a message ends: datagrams (RFC 3261 §18.3), streams (§20.14), keep-alives (RFC 5626),
//! and the numbers that attack a length.

use sip_message::{
    Frame, Limit, Limits, Message, ParseErrorKind, Parser, Rule, StreamDecoder, Tolerances, header,
};

const HEAD: &str = "OPTIONS sip:a@b.example SIP/2.0\r\n";

fn datagram(rest: &str) -> Result<Message, sip_message::ParseError> {
    Message::parse(format!("{HEAD}{rest}").into_bytes())
}

/// All frames of a stream, and its end.
fn stream(bytes: &[u8]) -> (Vec<Frame>, Result<(), ParseErrorKind>) {
    let mut decoder = StreamDecoder::new();
    decoder.push(bytes);
    let mut frames = Vec::new();
    loop {
        match decoder.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return (frames, decoder.finish().map_err(|error| error.kind())),
            Err(error) => return (frames, Err(error.kind())),
        }
    }
}

#[test]
fn the_body_of_a_datagram_without_a_length_is_the_rest() {
    let message = datagram("\r\nabc\r\n").unwrap();
    assert_eq!(message.body(), b"abc\r\n");
    assert_eq!(message.discarded(), 0);
}

#[test]
fn what_is_behind_the_body_of_a_datagram_is_dropped() {
    let message = datagram("Content-Length: 2\r\n\r\nabcd").unwrap();
    assert_eq!(message.body(), b"ab");
    assert_eq!(message.discarded(), 2);
    assert!(message.as_bytes().ends_with(b"ab"));
}

#[test]
fn a_datagram_that_is_too_short_for_its_length_is_400() {
    let error = datagram("Content-Length: 9\r\n\r\nabc").unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::ShortBody);
    assert_eq!(error.offset(), HEAD.len() + 16);
    assert_eq!(error.status().unwrap().code(), 400);
}

#[test]
fn lengths_that_are_no_lengths_are_refused_where_they_stand() {
    for length in [
        "-1",
        "+5",
        "5 5",
        "0x10",
        "5x",
        "",
        "4294967296",
        "4294967301",
        "18446744073709551616",
        "99999999999999999999999999999999",
        "1,1",
        "\"5\"",
        "5;x",
    ] {
        let error = datagram(&format!("Content-Length: {length}\r\n\r\n12345")).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::ContentLength, "{length}");
        assert_eq!(error.offset(), HEAD.len() + 16, "{length}");
    }
    for length in ["0005", "5 ", "\t5"] {
        assert_eq!(
            datagram(&format!("Content-Length: {length}\r\n\r\n12345")).unwrap().body().len(),
            5
        );
    }
    // 2^31 and 2^32 - 1 are numbers, and longer than what is there.
    for length in ["2147483648", "4294967295"] {
        let error = datagram(&format!("Content-Length: {length}\r\n\r\n12345")).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::ShortBody, "{length}");
    }
}

#[test]
fn every_way_to_write_the_name_counts_as_the_length() {
    for line in ["Content-Length : 2", "l: 2", "L\t:2", "CONTENT-LENGTH:\r\n 2", "content-length:2"]
    {
        let message = datagram(&format!("{line}\r\n\r\nabcd")).unwrap();
        assert_eq!(message.body(), b"ab", "{line}");
        let (frames, _) = stream(format!("{HEAD}{line}\r\n\r\nabcd").as_bytes());
        let Frame::Message(streamed) = &frames[0] else { panic!("a message") };
        assert_eq!(streamed.body(), b"ab", "{line}");
        assert_eq!(message.headers().require(header::ContentLength).unwrap().get(), 2);
    }
}

#[test]
fn two_lengths_that_differ_are_refused_always() {
    let text = "l: 2\r\nContent-Length: 3\r\n\r\nabcd";
    let lenient = Parser::new().tolerances(Tolerances::lenient()).parse(format!("{HEAD}{text}"));
    for error in [datagram(text).unwrap_err(), lenient.unwrap_err()] {
        assert_eq!(error.kind(), ParseErrorKind::ContentLengthConflict);
        assert_eq!(error.offset(), HEAD.len() + 22);
    }
}

#[test]
fn control_characters_and_line_ends_hide_no_header() {
    let at = |rest: &str| {
        let error = datagram(rest).unwrap_err();
        (error.kind(), error.offset() - HEAD.len())
    };
    assert_eq!(at("Via\u{1}: x\r\n\r\n"), (ParseErrorKind::HeaderName, 3));
    assert_eq!(at("X: a\rVia: b\r\n\r\n"), (ParseErrorKind::BareCr, 4));
    assert_eq!(at("X: a\nVia: b\r\n\r\n"), (ParseErrorKind::BareLf, 4));
    assert_eq!(at("X\r\nVia: b\r\n\r\n"), (ParseErrorKind::MissingColon, 1));
    assert_eq!(at("X \t\r\nVia: b\r\n\r\n"), (ParseErrorKind::MissingColon, 3));
    assert_eq!(at("X y: b\r\n\r\n"), (ParseErrorKind::MissingColon, 2));
    assert_eq!(at("X(: b\r\n\r\n"), (ParseErrorKind::HeaderName, 1));
    assert_eq!(at(": b\r\n\r\n"), (ParseErrorKind::HeaderName, 0));
    assert_eq!(at(" X: b\r\n\r\n"), (ParseErrorKind::LeadingSpace, 0));
    // White space before the colon is part of the grammar and hides nothing.
    let message = datagram("X-Bypass-Me : v\r\n\r\n").unwrap();
    assert_eq!(message.headers().raw("x-bypass-me"), Some(&b"v"[..]));
}

#[test]
fn line_ends_before_a_message_are_skipped() {
    let bytes = format!("\r\n\r\n{HEAD}\r\nbody");
    let message = Message::parse(bytes.clone().into_bytes()).unwrap();
    assert_eq!(message.as_bytes(), &bytes.as_bytes()[4..]);
    assert_eq!(message.as_request().unwrap().uri_offset(), 4 + 8);
    for empty in ["", "\r\n", "\r\n\r\n", "\n"] {
        let error = Message::parse(empty.as_bytes().to_vec()).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::Empty, "{empty:?}");
        assert_eq!(error.status(), None);
    }
}

#[test]
fn a_head_that_ends_early_says_so_at_its_end() {
    let whole = "INVITE sip:bob@biloxi.example SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n";
    for cut in 1..whole.len() - 2 {
        let error = match Message::parse(whole.as_bytes()[..cut].to_vec()) {
            Err(error) => error,
            // Behind a whole line it is only the empty line that is missing.
            Ok(message) => {
                assert_eq!(message.deviations()[0].rule, Rule::MissingEmptyLine);
                assert!(whole[..cut].ends_with("\r\n"));
                continue;
            }
        };
        assert!(error.offset() <= cut, "{cut}: {error}");
    }
}

#[test]
fn a_message_on_a_stream_needs_a_length() {
    let (frames, end) = stream(format!("{HEAD}\r\n").as_bytes());
    assert_eq!((frames.len(), end), (0, Err(ParseErrorKind::ContentLengthMissing)));
}

#[test]
fn messages_follow_each_other_on_a_stream() {
    let text = format!("{HEAD}l: 2\r\n\r\nab{HEAD}l: 0\r\n\r\n\r\n\r\n{HEAD}l: 1\r\n\r\nx");
    let (frames, end) = stream(text.as_bytes());
    let shape: Vec<_> = frames
        .iter()
        .map(|frame| match frame {
            Frame::Message(message) => message.body().len(),
            Frame::Ping => 100,
            Frame::Pong => 200,
        })
        .collect();
    assert_eq!(shape, [2, 0, 100, 1]);
    assert_eq!(end, Ok(()));
}

#[test]
fn a_ping_is_a_ping_when_it_comes_in_halves() {
    let mut decoder = StreamDecoder::new();
    for byte in b"\r\n\r" {
        decoder.push(&[*byte]);
        assert_eq!(decoder.next_frame(), Ok(None));
    }
    decoder.push(b"\n");
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::Ping)));
    decoder.push(b"\r\n");
    assert_eq!(decoder.next_frame(), Ok(None), "half a ping, or a pong");
    decoder.push(b"O");
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::Pong)));
    assert_eq!(decoder.pending(), 1);
}

#[test]
fn the_side_that_pings_gets_its_pongs_at_once() {
    let mut decoder = StreamDecoder::new().pongs_at_once();
    decoder.push(b"\r\n");
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::Pong)));
    decoder.push(b"\r");
    assert_eq!(decoder.next_frame(), Ok(None));
    decoder.push(b"\n\r\n");
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::Pong)));
    assert_eq!(decoder.next_frame(), Ok(Some(Frame::Pong)));
    assert_eq!(decoder.next_frame(), Ok(None));
}

#[test]
fn an_error_on_a_stream_is_final() {
    let mut decoder = StreamDecoder::new();
    decoder.push(b"garbage\r\n");
    let error = decoder.next_frame().unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::StartLine);
    decoder.push(format!("{HEAD}l: 0\r\n\r\n").as_bytes());
    assert_eq!(decoder.next_frame(), Err(error));
    assert_eq!(decoder.pending(), 0, "nothing is kept behind an error");
    assert_eq!(decoder.finish(), Err(error));
}

#[test]
fn a_stream_that_ends_in_a_message_says_where() {
    let in_head = stream(b"OPTIONS sip:a@b.example SIP/2.0\r\nVia: x").1;
    assert_eq!(in_head, Err(ParseErrorKind::UnexpectedEnd));
    let in_body = stream(format!("{HEAD}l: 9\r\n\r\nabc").as_bytes()).1;
    assert_eq!(in_body, Err(ParseErrorKind::ShortBody));
}

#[test]
fn every_limit_is_reached_and_said() {
    let mut small = Limits::default();
    small.message = 200;
    small.head = 120;
    small.start_line = 40;
    small.header_line = 50;
    small.header_name = 10;
    small.headers = 3;
    let parse = |text: String| {
        let error = Parser::new().limits(small).parse(text.clone()).err();
        let mut decoder = StreamDecoder::new().limits(small);
        decoder.push(text.as_bytes());
        (error, decoder.next_frame().err())
    };
    let start = "OPTIONS sip:a SIP/2.0\r\n";
    let pad = |count: usize| "x".repeat(count);
    for (limit, at, fits, beyond) in [
        (
            Limit::StartLine,
            40,
            format!("OPTIONS sip:{} SIP/2.0\r\nl: 0\r\n\r\n", pad(20)),
            format!("OPTIONS sip:{} SIP/2.0\r\nl: 0\r\n\r\n", pad(21)),
        ),
        (
            Limit::HeaderLine,
            23 + 50,
            format!("{start}A: {}\r\nl: 0\r\n\r\n", pad(45)),
            format!("{start}A: {}\r\nl: 0\r\n\r\n", pad(46)),
        ),
        (
            Limit::HeaderName,
            23 + 10,
            format!("{start}{}: 1\r\nl: 0\r\n\r\n", pad(10)),
            format!("{start}{}: 1\r\nl: 0\r\n\r\n", pad(11)),
        ),
        (
            Limit::Headers,
            23 + 18,
            format!("{start}A: 1\r\nl: 0\r\nB: 1\r\n\r\n"),
            format!("{start}A: 1\r\nl: 0\r\nB: 1\r\nC: 1\r\n\r\n"),
        ),
        (
            Limit::Head,
            120,
            format!("{start}A: {}\r\nB: {}\r\nl: 0\r\n\r\n", pad(40), pad(38)),
            format!("{start}A: {}\r\nB: {}\r\nl: 0\r\n\r\n", pad(43), pad(43)),
        ),
    ] {
        assert_eq!(parse(fits.clone()), (None, None), "{fits}");
        let (datagram, stream) = parse(beyond.clone());
        let error = datagram.expect(&beyond);
        assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(limit), "{beyond}");
        assert_eq!(error.offset(), at, "{beyond}");
        let status = if limit == Limit::StartLine { 414 } else { 513 };
        assert_eq!(error.status().unwrap().code(), status);
        assert_eq!(stream, Some(error), "{beyond}");
    }
    let long = format!("{start}l: {}\r\n\r\n{}", 300, pad(300));
    let (datagram, stream) = parse(long);
    let kind = ParseErrorKind::LimitExceeded(Limit::Message);
    assert_eq!(datagram.unwrap().kind(), kind);
    assert_eq!(stream.unwrap().kind(), kind);
}

/// A head without an end does not grow without an end.
#[test]
fn a_stream_holds_no_more_than_a_head() {
    let mut decoder = StreamDecoder::new();
    for _ in 0..70_000 {
        decoder.push(b"x");
        if let Err(error) = decoder.next_frame() {
            assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::StartLine));
            return;
        }
    }
    panic!("a start line of 70,000 octets was waited for");
}

/// Line ends before a message are no part of it (RFC 3261 §7.5), where they are line ends.
#[test]
fn what_stands_before_the_start_line() {
    let read = |before: &str, tolerances| {
        let text = format!("{before}{HEAD}l: 0\r\n\r\n");
        let message = Parser::new().tolerances(tolerances).parse(text);
        message.map(|it| it.start_line().len()).map_err(|it| (it.kind(), it.offset()))
    };
    use ParseErrorKind::{BareCr, BareLf};
    let (strict, default) = (Tolerances::strict(), Tolerances::default());
    for before in ["", "\r\n", "\r\n\r\n\r\n"] {
        assert_eq!(read(before, strict), Ok(HEAD.len()), "{before:?}");
    }
    for before in ["\n", "\n\n\r\n\n"] {
        assert_eq!(read(before, default), Ok(HEAD.len()), "{before:?}");
    }
    for (before, kind, at) in
        [("\n", BareLf, 0), ("\r\n\n", BareLf, 2), ("\r", BareCr, 0), ("\r\n\r", BareCr, 2)]
    {
        assert_eq!(read(before, strict), Err((kind, at)), "{before:?}");
    }
    assert_eq!(read("\n\r", default), Err((BareCr, 1)));
}

#[test]
fn nothing_is_no_message_and_half_a_start_line_is_half_a_message() {
    let read = |text: &'static str| {
        let error = Message::parse(text.as_bytes()).unwrap_err();
        (error.kind(), error.offset())
    };
    assert_eq!(read(""), (ParseErrorKind::Empty, 0));
    assert_eq!(read("\r\n\r\n"), (ParseErrorKind::Empty, 0));
    assert_eq!(read("\r\n\r"), (ParseErrorKind::BareCr, 2));
    assert_eq!(read("OPTIONS sip:a@b SIP/2.0"), (ParseErrorKind::UnexpectedEnd, 23));
    assert_eq!(read("\r\nOPTIONS sip:a@b SIP/2.0\r"), (ParseErrorKind::UnexpectedEnd, 26));
}

/// Limits count from where the message starts, and what is as long as they say is not too long.
#[test]
fn limits_are_exact_and_name_what_is_beyond_them() {
    let mut limits = Limits::default();
    limits.start_line = HEAD.len() - 2;
    limits.header_name = 3;
    limits.header_line = 10;
    limits.headers = 3;
    limits.head = HEAD.len() + 24;
    let read = |rest: &str| {
        for before in ["", "\r\n\r\n"] {
            let text = format!("{before}{HEAD}{rest}");
            let error = Parser::new().limits(limits).parse(text).err()?;
            if before.is_empty() {
                continue;
            }
            return Some((error.kind(), error.offset() - before.len() - HEAD.len()));
        }
        None
    };
    let beyond = |limit, at| Some((ParseErrorKind::LimitExceeded(limit), at));
    assert_eq!(read("Abc: 678\r\nl: 0\r\n\r\n"), None, "each as long as it may be");
    assert_eq!(read("Abc: 6789\r\nl: 0\r\n\r\n"), beyond(Limit::HeaderLine, 10));
    assert_eq!(read("Abc: 678901\r\n\r\n"), beyond(Limit::HeaderLine, 10));
    assert_eq!(read("Abcd: 7\r\n\r\n"), beyond(Limit::HeaderName, 3));
    assert_eq!(read("Abcd: 78901\r\n\r\n"), beyond(Limit::HeaderName, 3));
    assert_eq!(read("A:1\r\nB:2\r\nC:3\r\n\r\n"), None);
    assert_eq!(read("A:1\r\nB:2\r\nC:3\r\nD: 45678\r\n\r\n"), beyond(Limit::Headers, 15));
    assert_eq!(read("A: 45678\r\nB: 45678\r\nl:0\r\n\r\n"), beyond(Limit::Head, 24));
    // A head that ends too early: it may be too long before that is seen.
    let unexpected = |at| Some((ParseErrorKind::UnexpectedEnd, at));
    assert_eq!(read("A: 45678\r\nB: 45678\r\nC: 4"), unexpected(24));
    assert_eq!(read("A: 45678\r\nB: 45678\r\nC: 45"), beyond(Limit::Head, 24));
    assert_eq!(read("A: 4567890"), unexpected(10));
    assert_eq!(read("A: 45678901"), beyond(Limit::HeaderLine, 10));
    limits.start_line -= 1;
    let error = Parser::new().limits(limits).parse(format!("\r\n{HEAD}\r\n")).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::LimitExceeded(Limit::StartLine));
    assert_eq!(error.offset(), 2 + HEAD.len() - 3);
}

/// Which line ends a message has is what its start line has; another is another rule, said once.
#[test]
fn line_ends_that_differ_are_said_once() {
    let read = |head: &str| {
        let lenient = Parser::new().tolerances(Tolerances::lenient()).parse(head.to_owned());
        let found = lenient.unwrap();
        let found: Vec<_> = found.deviations().iter().map(|it| (it.rule, it.offset)).collect();
        let error = Message::parse(head.as_bytes().to_vec()).err();
        (found, error.map(|error| (error.kind(), error.offset())))
    };
    let mixed = |at| Some((ParseErrorKind::BareLf, at));
    assert_eq!(
        read("OPTIONS sip:a@b SIP/2.0\nA: 1\r\nB: 2\nC: 3\r\nl: 0\nl: 0\n\n"),
        (
            vec![(Rule::BareLf, 23), (Rule::MixedLineEnds, 28), (Rule::DuplicateContentLength, 49)],
            mixed(28)
        )
    );
    assert_eq!(
        read("OPTIONS sip:a@b SIP/2.0\r\nA: 1\nB: 2\nl: 0\r\n\r\n"),
        (vec![(Rule::MixedLineEnds, 29)], mixed(29))
    );
}

/// Whatever a stream gives, in words: its frames line by line, then the error or how it ended.
fn account(decoder: impl Fn() -> StreamDecoder, pieces: &[&[u8]]) -> Vec<String> {
    let mut decoder = decoder();
    let mut account = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(Frame::Message(message))) => {
                    for line in message.headers().iter() {
                        let (name, value) = (line.name_str(), line.value_range());
                        account.push(format!("{name} {value:?} {:?}", line.is_folded()));
                    }
                    let (body, deviations) = (message.body(), message.deviations());
                    let start = message.start_line();
                    account.push(format!("{start:?} {body:?} {deviations:?}"));
                }
                Ok(Some(frame)) => account.push(format!("{frame:?}")),
                Ok(None) => break,
                Err(error) => {
                    account.push(format!("{error:?}"));
                    return account;
                }
            }
        }
    }
    account.push(format!("{:?}", decoder.finish()));
    account
}

/// A message that is cut anywhere is the same message, and an error is the same error.
#[test]
fn a_stream_may_be_cut_anywhere() {
    let mut narrow = Limits::default();
    narrow.start_line = 40;
    narrow.header_line = 24;
    narrow.header_name = 10;
    narrow.headers = 4;
    narrow.head = 100;
    narrow.message = 110;
    let decoders: [&dyn Fn() -> StreamDecoder; 5] = [
        &StreamDecoder::new,
        &|| StreamDecoder::new().pongs_at_once(),
        &|| StreamDecoder::new().tolerances(Tolerances::strict()),
        &|| StreamDecoder::new().tolerances(Tolerances::lenient()),
        &|| StreamDecoder::new().tolerances(Tolerances::lenient()).limits(narrow),
    ];
    // `|` is a line end that is CRLF, LF or CR in turn.
    let start = "OPTIONS sip:a@b SIP/2.0|";
    let rests = [
        "Via: a|l: 3||abcSIP/2.0 200 OK|l:0||",
        "Subject:|  x|\ty |Via: a|l: 0||",
        "Subject: a|Via|l: 0||",
        "Subject: a| |Via : b|\t|l: 1||xy",
        "Su bject: a|l: 0||",
        ": a|l: 0||",
        " a: b|l: 0||",
        "Via\u{1}: a|l: 0||",
        "l: 1|l: 1||x",
        "l: 1|Content-Length: 2||xy",
        "l: 1x||",
        "Via: a||",
        "A: 1|B: 2|C: 3|D: 4|l: 0||",
        "Subject: a value that is too long|l: 0||",
        "A-long-name: 1|l: 0||",
        "A: 12345678901234567890|B: 12345678901234567890|C: 12345678901234567890|l: 0||",
        "A: 1|l: 99||",
        "Via: a|l: 0|",
        "Via: a",
    ];
    let mut texts: Vec<String> = rests.iter().map(|rest| format!("{start}{rest}")).collect();
    for before in ["|", "||", "|||", "\n|", "|\n", "\r|", "\n\r|", "\r"] {
        texts.push(format!("{before}{start}l: 0||"));
    }
    texts.push("OPTIONS sip:a@a-host.whose.name.is.too.long SIP/2.0|l: 0||".into());
    texts.push("SIP/2.0 200 a reason phrase that is too long|l: 0||".into());
    texts.push("SIP/2.0 200 OK".into());
    for text in &texts {
        for ends in [["\r\n"; 3], ["\n"; 3], ["\r\n", "\n", "\r\n"], ["\r\n", "\r\n", "\r"]] {
            let mut ends = ends.into_iter().cycle();
            let text = text.split_inclusive('|').fold(String::new(), |text, part| {
                match part.strip_suffix('|') {
                    Some(part) => text + part + ends.next().unwrap_or_default(),
                    None => text + part,
                }
            });
            let bytes = text.as_bytes();
            for decoder in decoders {
                let whole = account(decoder, &[bytes]);
                let single: Vec<_> = bytes.chunks(1).collect();
                assert_eq!(account(decoder, &single), whole, "{text:?}");
                for cut in 0..bytes.len() {
                    let (left, right) = bytes.split_at(cut);
                    assert_eq!(account(decoder, &[left, right]), whole, "{text:?} {cut}");
                    let (middle, right) = right.split_at(1);
                    let pieces = [left, middle, right];
                    assert_eq!(account(decoder, &pieces), whole, "{text:?} {cut}, 1");
                }
            }
        }
    }
}
