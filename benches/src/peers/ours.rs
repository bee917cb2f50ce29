//! Trapezoid's own parser, once with a fresh parser for each message and once with one that is
//! kept, so that the index of the last message is used again.

use sip_message::{Frame, Message, ParseError, Parser, StreamDecoder, header};

use super::{Level, Outcome, Peer, Refused};
use crate::{sample::Sample, tally::Tally};

/// Ours, as tables show it.
pub fn peers() -> Vec<Peer> {
    vec![
        Peer::new("ours").at(Level::L1, l1).at(Level::L2, l2).at(Level::L3, l3),
        Peer::new("ours-reused")
            .at(Level::L1, reused(read_l1))
            .at(Level::L2, reused(read_l2))
            .at(Level::L3, reused(read_l3)),
    ]
}

/// The ordinary parse. Like ezk it shares the receive buffer.
pub fn parse(sample: &Sample) -> Result<Message, ParseError> {
    Message::parse(sample.bytes.clone())
}

/// The ordinary parse: framing and the index of the header lines.
pub fn l1(sample: &Sample) -> Outcome {
    read_l1(&parse(sample)?)
}

/// The values that L2 names.
pub fn l2(sample: &Sample) -> Outcome {
    read_l2(&parse(sample)?)
}

/// Every header that the table knows.
pub fn l3(sample: &Sample) -> Outcome {
    read_l3(&parse(sample)?)
}

/// The same with a parser that is kept.
fn reused(read: fn(&Message) -> Outcome) -> impl FnMut(&Sample) -> Outcome {
    let mut parser = Parser::new();
    move |sample| {
        let message = parser.parse(sample.bytes.clone())?;
        let outcome = read(&message);
        parser.recycle(message);
        outcome
    }
}

/// A stream that brings each message in pieces of `octets` bytes and is asked after each piece.
pub fn stream(octets: usize) -> impl FnMut(&Sample) -> Outcome {
    let mut decoder = StreamDecoder::new();
    move |sample| {
        for piece in sample.bytes.chunks(octets) {
            decoder.push(piece);
            if let Some(Frame::Message(message)) = decoder.next_frame()? {
                let outcome = read_l1(&message);
                decoder.recycle(message);
                return outcome;
            }
        }
        Err(Refused)
    }
}

fn read_l1(message: &Message) -> Outcome {
    let mut tally = Tally::default();
    tally.one(message);
    Ok(tally.total())
}

fn read_l2(message: &Message) -> Outcome {
    let mut tally = Tally::default();
    start_line(message, &mut tally)?;
    let headers = message.headers();
    let via = headers.require(header::Via)?;
    tally.number(via.port().unwrap_or(0));
    tally.text(via.branch().unwrap_or_default());
    tally.made(&via.host());
    let (from, to) = (headers.require(header::From)?, headers.require(header::To)?);
    tally.text(from.tag().unwrap_or_default());
    tally.text(to.tag().unwrap_or_default());
    tally.text(headers.require(header::CallId)?.as_bytes());
    let cseq = headers.require(header::CSeq)?;
    tally.made(&cseq.method());
    tally.number(cseq.number());
    if let Some(address) = headers.find(header::Contact)?.and_then(|contact| contact.address()) {
        tally.one(&address.uri()?);
    }
    if let Some(hops) = headers.find(header::MaxForwards)? {
        tally.number(hops.get());
    }
    for route in headers.each(header::RecordRoute) {
        tally.one(&route?.uri()?);
    }
    for route in headers.each(header::Route) {
        tally.one(&route?.uri()?);
    }
    Ok(tally.total())
}

fn read_l3(message: &Message) -> Outcome {
    let mut tally = Tally::default();
    start_line(message, &mut tally)?;
    for line in message.headers().iter() {
        for value in line.values().into_iter().flatten() {
            tally.one(&value?);
        }
    }
    Ok(tally.total())
}

fn start_line(message: &Message, tally: &mut Tally) -> Result<(), Refused> {
    match message {
        Message::Request(request) => tally.made(&request.uri()?),
        Message::Response(response) => tally.number(response.status().code()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::stream;
    use crate::{corpus, vary};

    #[test]
    fn a_stream_brings_every_message_however_it_is_cut() {
        for octets in [1, 7, 1460, usize::MAX] {
            let mut stream = stream(octets);
            for sample in corpus::samples().iter().chain(&vary::variants(2)) {
                assert!(stream(sample).is_ok(), "{} in pieces of {octets}", sample.name);
            }
        }
    }
}
