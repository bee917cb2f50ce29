//! Streams: what comes out does not depend on how the bytes were cut.

use sip_message::{Frame, Message, ParseError, Parser, StreamDecoder, Tolerances};

/// The first bytes of `data` say how the rest is cut into reads.
///
/// - Cut at those places, byte by byte, or whole, a stream gives the same frames and the same
///   error.
/// - A message of a stream is the same as a datagram of the same bytes.
pub fn stream(data: &[u8]) {
    let Some((&cuts, data)) = data.split_first() else { return };
    let (sizes, data) = data.split_at(data.len().min(usize::from(cuts % 8)));
    for tolerances in [Tolerances::default(), Tolerances::lenient()] {
        let whole = decode(tolerances, [data]);
        let bytes = decode(tolerances, data.chunks(1));
        assert_same(&whole, &bytes);
        let mut rest = data;
        let mut reads = Vec::new();
        for &size in sizes.iter().cycle().take(if sizes.is_empty() { 0 } else { 4096 }) {
            let (read, behind) = rest.split_at(rest.len().min(usize::from(size)));
            reads.push(read);
            rest = behind;
        }
        reads.push(rest);
        assert_same(&whole, &decode(tolerances, reads));
        for frame in &whole.0 {
            if let Frame::Message(message) = frame {
                as_datagram(message, tolerances);
            }
        }
    }
}

type Decoded = (Vec<Frame>, Option<ParseError>);

fn decode<'a>(tolerances: Tolerances, reads: impl IntoIterator<Item = &'a [u8]>) -> Decoded {
    let mut decoder = StreamDecoder::new().tolerances(tolerances);
    let mut frames = Vec::new();
    for read in reads {
        decoder.push(read);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next_frame(), Err(error), "an error is final");
                    return (frames, Some(error));
                }
            }
        }
    }
    let error = decoder.finish().err();
    (frames, error)
}

fn assert_same(whole: &Decoded, cut: &Decoded) {
    assert_eq!(whole.0.len(), cut.0.len());
    for (a, b) in whole.0.iter().zip(&cut.0) {
        assert_eq!(a, b);
        if let (Frame::Message(a), Frame::Message(b)) = (a, b) {
            assert_eq!(a.deviations(), b.deviations());
            assert_eq!(a.body(), b.body());
        }
    }
    assert_eq!(whole.1, cut.1);
}

fn as_datagram(message: &Message, tolerances: Tolerances) {
    let datagram = Parser::new().tolerances(tolerances).parse(message.source().clone());
    let datagram = datagram.expect("what a stream brought is a datagram, too");
    assert_eq!(datagram.body(), message.body());
    assert_eq!(datagram.headers().len(), message.headers().len());
    assert_eq!(datagram.deviations(), message.deviations());
}
