//! rsip 0.4, the oldest of the Rust peers. Its only public way to a typed value is `typed()`,
//! which clones the header's text first.
//!
//! It knows no compact names. A message in which it cannot find From, To, Call-ID, `CSeq` and Via
//! counts as refused, as its own `from_header()` and the like would say.

use ::rsip::{
    Header, Headers, SipMessage, headers::untyped::ToTypedHeader, message::HasHeaders,
    prelude::UntypedHeader,
};

use super::{Outcome, Refused};
use crate::{sample::Sample, tally::Tally};

/// From, To, Call-ID and `CSeq`.
const MANDATORY: usize = 4;

/// The ordinary parse, from a borrowed slice.
pub fn parse(sample: &Sample) -> Result<SipMessage, ::rsip::Error> {
    SipMessage::try_from(&sample.bytes[..])
}

/// The ordinary parse. It parses the Request-URI and copies every value and the body.
pub fn l1(sample: &Sample) -> Outcome {
    let mut tally = Tally::default();
    tally.one(&parse(sample)?);
    Ok(tally.total())
}

/// The values that L2 names.
pub fn l2(sample: &Sample) -> Outcome {
    let message = parse(sample)?;
    let mut tally = Tally::default();
    start_line(&message, &mut tally);
    let (mut via, mut contact, mut found) = (None, None, 0);
    for header in headers(&message).iter() {
        match header {
            Header::Via(value) if via.is_none() => via = Some(value.typed()?),
            Header::From(value) => {
                found += 1;
                tally.text(value.typed()?.tag().map_or("", |tag| tag.value()));
            }
            Header::To(value) => {
                found += 1;
                tally.text(value.typed()?.tag().map_or("", |tag| tag.value()));
            }
            Header::CallId(value) => {
                found += 1;
                tally.text(value.value());
            }
            Header::CSeq(value) => {
                found += 1;
                let cseq = value.typed()?;
                tally.made(&cseq.method);
                tally.number(cseq.seq);
            }
            Header::Contact(value) if contact.is_none() => contact = Some(value.typed()?),
            Header::MaxForwards(value) => tally.number(value.num()?),
            Header::RecordRoute(value) => {
                value.typed()?.uris().iter().for_each(|uri| tally.one(uri));
            }
            Header::Route(value) => value.typed()?.uris().iter().for_each(|uri| tally.one(uri)),
            _ => {}
        }
    }
    let via = via.ok_or(Refused)?;
    tally.number(via.uri.host_with_port.port.map_or(0, |port| *port.value()));
    tally.text(via.branch().map_or("", |branch| branch.value()));
    tally.made(&via);
    if let Some(contact) = contact {
        tally.one(&contact.uri);
    }
    if found == MANDATORY { Ok(tally.total()) } else { Err(Refused) }
}

/// Every header that rsip can type, and the numbers.
pub fn l3(sample: &Sample) -> Outcome {
    let message = parse(sample)?;
    let mut tally = Tally::default();
    start_line(&message, &mut tally);
    let mut found = 0;
    for header in headers(&message).iter() {
        found += usize::from(matches!(
            header,
            Header::From(_) | Header::To(_) | Header::CallId(_) | Header::CSeq(_)
        ));
        match header {
            Header::Via(value) => tally.one(&value.typed()?),
            Header::From(value) => tally.one(&value.typed()?),
            Header::To(value) => tally.one(&value.typed()?),
            Header::CallId(value) => tally.text(value.value()),
            Header::CSeq(value) => tally.one(&value.typed()?),
            Header::Contact(value) => tally.one(&value.typed()?),
            Header::RecordRoute(value) => tally.one(&value.typed()?),
            Header::Route(value) => tally.one(&value.typed()?),
            Header::Accept(value) => tally.one(&value.typed()?),
            Header::Allow(value) => tally.one(&value.typed()?),
            Header::Authorization(value) => tally.one(&value.typed()?),
            Header::ContentDisposition(value) => tally.one(&value.typed()?),
            Header::ContentType(value) => tally.one(&value.typed()?),
            Header::MaxForwards(value) => tally.number(value.num()?),
            Header::Expires(value) => tally.number(value.seconds()?),
            Header::ContentLength(value) => tally.number(value.value().parse::<u32>()?),
            _ => {}
        }
    }
    if found == MANDATORY { Ok(tally.total()) } else { Err(Refused) }
}

fn start_line(message: &SipMessage, tally: &mut Tally) {
    match message {
        SipMessage::Request(request) => tally.made(request.uri()),
        SipMessage::Response(response) => tally.number(response.status_code().code()),
    }
}

fn headers(message: &SipMessage) -> &Headers {
    message.headers()
}
