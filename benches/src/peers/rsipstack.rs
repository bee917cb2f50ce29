//! rsipstack 0.7: its `sip` module, without TLS, websockets and resolver.
//!
//! Typed values are made with `typed::X::parse(value)`, which spares the clone of the header's text
//! that `ToTypedHeader::typed` makes first.

use ::rsipstack::sip::{
    Error, Header, HeadersExt, SipMessage,
    headers::Headers,
    message::HasHeaders,
    typed::{
        Allow, Authorization, CSeq, Contact, From, ProxyAuthenticate, ProxyAuthorization,
        RecordRoute, Route, To, Via, WwwAuthenticate,
    },
};

use super::Outcome;
use crate::{sample::Sample, tally::Tally};

/// The ordinary parse, from a borrowed slice.
pub fn parse(sample: &Sample) -> Result<SipMessage, Error> {
    SipMessage::try_from(&sample.bytes[..])
}

/// The ordinary parse. It parses the Request-URI and copies every name, value and the body.
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

    // One Via header may hold several values, and only `first_value` splits them.
    let via = Via::parse(message.top_via_header()?.value())?;
    tally.number(via.sent_by().port.as_ref().map_or(0, |port| port.0));
    tally.text(via.branch().map_or("", |branch| branch.value()));
    tally.made(&via);

    let mut contact = None;
    for header in headers(&message).iter() {
        match header {
            Header::From(value) => {
                tally.text(From::parse(value.value())?.tag().map_or("", |tag| tag.value()));
            }
            Header::To(value) => {
                tally.text(To::parse(value.value())?.tag().map_or("", |tag| tag.value()));
            }
            Header::CallId(value) => tally.text(value.value()),
            Header::CSeq(value) => {
                let cseq = CSeq::parse(value.value())?;
                tally.made(&cseq.method);
                tally.number(cseq.seq);
            }
            Header::Contact(value) if contact.is_none() => {
                contact = Some(Contact::parse(value.value())?);
            }
            Header::MaxForwards(value) => tally.number(value.value().parse::<u32>()?),
            Header::RecordRoute(value) => {
                RecordRoute::parse_header_list(value.value())?.iter().for_each(|r| tally.one(r));
            }
            Header::Route(value) => {
                Route::parse_header_list(value.value())?.iter().for_each(|r| tally.one(r));
            }
            _ => {}
        }
    }
    if let Some(contact) = contact {
        tally.one(&contact.uri);
    }
    Ok(tally.total())
}

/// Every header that rsipstack can type. Content-Type, Supported, Session-Expires and others it
/// holds as text only; of those a number is parsed where the header is one.
pub fn l3(sample: &Sample) -> Outcome {
    let message = parse(sample)?;
    let mut tally = Tally::default();
    start_line(&message, &mut tally);
    for header in headers(&message).iter() {
        match header {
            // It has no way to the second value of a list in one Via header.
            Header::Via(value) => tally.one(&Via::parse(value.first_value()?.value())?),
            Header::From(value) => tally.one(&From::parse(value.value())?),
            Header::To(value) => tally.one(&To::parse(value.value())?),
            Header::CallId(value) => tally.text(value.value()),
            Header::CSeq(value) => tally.one(&CSeq::parse(value.value())?),
            Header::Contact(value) => {
                Contact::parse_header_list(value.value())?.iter().for_each(|c| tally.one(c));
            }
            Header::RecordRoute(value) => {
                RecordRoute::parse_header_list(value.value())?.iter().for_each(|r| tally.one(r));
            }
            Header::Route(value) => {
                Route::parse_header_list(value.value())?.iter().for_each(|r| tally.one(r));
            }
            Header::Allow(value) => tally.one(&Allow::parse(value.value())?),
            Header::Authorization(value) => tally.one(&Authorization::parse(value.value())?),
            Header::ProxyAuthorization(value) => {
                tally.one(&ProxyAuthorization::parse(value.value())?);
            }
            Header::WwwAuthenticate(value) => tally.one(&WwwAuthenticate::parse(value.value())?),
            Header::ProxyAuthenticate(value) => {
                tally.one(&ProxyAuthenticate::parse(value.value())?);
            }
            Header::MaxForwards(value) => tally.number(value.value().parse::<u32>()?),
            Header::Expires(value) => tally.number(value.value().parse::<u32>()?),
            Header::ContentLength(value) => tally.number(value.value().parse::<u32>()?),
            Header::MinSE(value) => tally.number(value.value().parse::<u32>()?),
            Header::RSeq(value) => tally.number(value.value().parse::<u32>()?),
            _ => {}
        }
    }
    Ok(tally.total())
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
