//! What rsip reads.

use ::rsip::headers::untyped::ToTypedHeader;
use ::rsip::message::HasHeaders;
use ::rsip::prelude::UntypedHeader;
use ::rsip::{Header, SipMessage};
use bytes::Bytes;

use super::Facts;

/// `None` when it refuses the message, or a header that it has a type for.
pub(super) fn facts(bytes: &Bytes) -> Option<Facts> {
    let message = SipMessage::try_from(&bytes[..]).ok()?;
    let mut facts = Facts::default();
    if let SipMessage::Response(response) = &message {
        facts.status = Some(response.status_code().code());
    }
    let mut first_via = true;
    for header in message.headers().iter() {
        match header {
            Header::Via(value) if std::mem::replace(&mut first_via, false) => {
                let via = value.typed().ok()?;
                facts.branch = via.branch().map(|branch| branch.value().as_bytes().to_vec());
                facts.port = via.uri.host_with_port.port.map(|port| *port.value());
            }
            Header::From(value) => {
                let from = value.typed().ok()?;
                facts.from_tag = from.tag().map(|tag| tag.value().as_bytes().to_vec());
            }
            Header::To(value) => {
                facts.to_tag = value.typed().ok()?.tag().map(|tag| tag.value().as_bytes().to_vec());
            }
            Header::CallId(value) => facts.call_id = Some(value.value().as_bytes().to_vec()),
            Header::CSeq(value) => {
                let cseq = value.typed().ok()?;
                facts.cseq = Some(cseq.seq);
                facts.method = Some(cseq.method.to_string().into_bytes());
            }
            Header::MaxForwards(value) => facts.max_forwards = Some(value.num().ok()?),
            _ => {}
        }
    }
    Some(facts)
}
