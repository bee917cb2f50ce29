//! ezk-sip-types 0.6.
//!
//! The crate has the parts of a parser; how a datagram is put together from them is private to
//! ezk-sip-core. [`parse`] is that loop, cheaper in two points: the receive buffer is shared
//! instead of copied, and nothing is looked up in a STUN table first.

use std::str::from_utf8;

use bytes::Bytes;
use ezk_sip_types::{
    Headers, Name,
    header::{
        HeaderError,
        typed::{
            Accept, Allow, AuthResponse, CSeq, CallID, Contact, ContentLength, ContentType,
            Expires, FromTo, MaxForwards, MinSe, RSeq, Require, Routing, SessionExpires, Supported,
            Via,
        },
    },
    msg::{Line, MessageLine, PullParser},
    parse::Parse,
};

use super::{Outcome, Refused};
use crate::{sample::Sample, tally::Tally};

/// A parsed message, as ezk-sip-core holds it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The start line, its URI parsed.
    pub line: MessageLine,
    /// The headers, grouped by name.
    pub headers: Headers,
    /// What follows the head.
    pub body: Bytes,
}

/// The ordinary parse of a datagram.
pub fn parse(sample: &Sample) -> Result<Message, Refused> {
    let buffer = sample.bytes.clone();
    let mut parser = PullParser::new(&buffer, 0);
    let first = parser.next().and_then(Result::ok).ok_or(Refused)?;
    let (_, line) = MessageLine::parse(&buffer)(from_utf8(first)?)?;
    let mut headers = Headers::new();
    for line in &mut parser {
        let line = from_utf8(line.map_err(|_| Refused)?)?;
        let (_, line) = Line::parse(&buffer, line)?;
        headers.insert(line.name, line.value);
    }
    let start = parser.head_end();
    let end = match headers.get_named::<ContentLength>() {
        Ok(length) => start + length.0,
        Err(_) => buffer.len(),
    };
    if end > buffer.len() {
        return Err(Refused);
    }
    Ok(Message { line, headers, body: buffer.slice(start..end) })
}

/// The ordinary parse. It parses the Request-URI and copies every value.
pub fn l1(sample: &Sample) -> Outcome {
    let mut tally = Tally::default();
    tally.one(&parse(sample)?);
    Ok(tally.total())
}

/// The values that L2 names.
pub fn l2(sample: &Sample) -> Outcome {
    let Message { line, headers, .. } = parse(sample)?;
    let mut tally = Tally::default();
    start_line(&line, &mut tally);
    let via: Via = headers.get_named()?;
    tally.number(via.sent_by.port.unwrap_or(0));
    tally.text(via.params.get_val("branch").map_or("", |branch| branch.as_str()));
    tally.made(&via);
    for name in [Name::FROM, Name::TO] {
        let address: FromTo = headers.get(name)?;
        tally.text(address.tag.as_ref().map_or("", |tag| tag.as_str()));
        tally.made(&address);
    }
    tally.text(headers.get_named::<CallID>()?.0.as_str());
    let cseq: CSeq = headers.get_named()?;
    tally.made(&cseq.method);
    tally.number(cseq.cseq);
    if let Some(contact) = headers.try_get_named::<Contact>().transpose()? {
        tally.one(&contact.uri);
    }
    if let Some(hops) = headers.try_get_named::<MaxForwards>().transpose()? {
        tally.number(hops.0);
    }
    for name in [Name::RECORD_ROUTE, Name::ROUTE] {
        // An entry that is wrong ends the list in silence: refusals here cannot be seen.
        if let Some(routes) = headers.try_get::<Vec<Routing>>(name).transpose()? {
            routes.iter().for_each(|route| tally.one(route));
        }
    }
    Ok(tally.total())
}

/// Every header that ezk can type, as far as the corpus has it: each look-up walks the whole list
/// of names, so asking for what no message holds would only add to the cost.
pub fn l3(sample: &Sample) -> Outcome {
    let Message { line, headers, .. } = parse(sample)?;
    let mut tally = Tally::default();
    start_line(&line, &mut tally);
    tally.one(&headers.get_named::<Vec<Via>>()?);
    tally.one(&headers.get::<FromTo>(Name::FROM)?);
    tally.one(&headers.get::<FromTo>(Name::TO)?);
    tally.one(&headers.get_named::<CallID>()?);
    tally.one(&headers.get_named::<CSeq>()?);
    optional(headers.try_get_named::<Vec<Contact>>(), &mut tally)?;
    optional(headers.try_get::<Vec<Routing>>(Name::RECORD_ROUTE), &mut tally)?;
    optional(headers.try_get::<Vec<Routing>>(Name::ROUTE), &mut tally)?;
    optional(headers.try_get_named::<MaxForwards>(), &mut tally)?;
    optional(headers.try_get_named::<ContentLength>(), &mut tally)?;
    optional(headers.try_get_named::<ContentType>(), &mut tally)?;
    optional(headers.try_get_named::<Vec<Accept>>(), &mut tally)?;
    optional(headers.try_get_named::<Vec<Allow>>(), &mut tally)?;
    optional(headers.try_get_named::<Vec<Supported>>(), &mut tally)?;
    optional(headers.try_get_named::<Vec<Require>>(), &mut tally)?;
    optional(headers.try_get_named::<Expires>(), &mut tally)?;
    optional(headers.try_get_named::<SessionExpires>(), &mut tally)?;
    optional(headers.try_get_named::<MinSe>(), &mut tally)?;
    optional(headers.try_get_named::<RSeq>(), &mut tally)?;
    optional(headers.try_get::<AuthResponse>(Name::AUTHORIZATION), &mut tally)?;
    Ok(tally.total())
}

fn optional<T>(header: Option<Result<T, HeaderError>>, tally: &mut Tally) -> Result<(), Refused> {
    if let Some(value) = header.transpose()? {
        tally.one(&value);
    }
    Ok(())
}

fn start_line(line: &MessageLine, tally: &mut Tally) {
    match line {
        MessageLine::Request(request) => tally.made(&request.uri),
        MessageLine::Response(status) => tally.number(status.code.into_u16()),
    }
}
