//! What ezk reads; how a datagram is put together is private to its core, so that loop is here.

use bytes::Bytes;
use ezk_sip_types::header::typed::{CSeq, CallID, FromTo, MaxForwards, Via};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::parse::Parse;
use ezk_sip_types::{Headers, Name};

use super::Facts;

/// `None` when it refuses the message, or one of these headers.
pub(super) fn facts(bytes: &Bytes) -> Option<Facts> {
    let mut parser = PullParser::new(bytes, 0);
    let first = parser.next()?.ok()?;
    let (_, line) = MessageLine::parse(bytes)(std::str::from_utf8(first).ok()?).ok()?;
    let mut headers = Headers::new();
    for line in &mut parser {
        let line = std::str::from_utf8(line.ok()?).ok()?;
        let (_, line) = Line::parse(bytes, line).ok()?;
        headers.insert(line.name, line.value);
    }
    let mut facts = Facts::default();
    if let MessageLine::Response(status) = &line {
        facts.status = Some(status.code.into_u16());
    }
    let via: Via = headers.get_named().ok()?;
    facts.branch = via.params.get_val("branch").map(|branch| branch.as_bytes().to_vec());
    facts.port = via.sent_by.port;
    let tag = |name| -> Option<Option<Vec<u8>>> {
        let address: FromTo = headers.get(name).ok()?;
        Some(address.tag.map(|tag| tag.as_bytes().to_vec()))
    };
    facts.from_tag = tag(Name::FROM)?;
    facts.to_tag = tag(Name::TO)?;
    facts.call_id = Some(headers.get_named::<CallID>().ok()?.0.as_bytes().to_vec());
    let cseq: CSeq = headers.get_named().ok()?;
    facts.cseq = Some(cseq.cseq);
    facts.method = Some(cseq.method.to_string().into_bytes());
    let hops = headers.try_get_named::<MaxForwards>().transpose().ok()?;
    facts.max_forwards = hops.map(|hops| hops.0.into());
    Some(facts)
}
