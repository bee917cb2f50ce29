//! What an element makes of messages: a proxy's hop, a 200 and a new INVITE, by Trapezoid and by the
//! peers that write messages. Each work starts at a datagram or at texts and ends at octets to send.
//!
//! A peer has no edits: its headers are a vector that is altered and printed whole, which is what its
//! users do. rsip and rsipstack share the shape (one began as a copy of the other), hence the macro.

use std::sync::OnceLock;

use bytes::Bytes;
use sip_message::encode::{Prepared, PreparedVia, ViaBuilder};
use sip_message::{Message, Method, Request, StatusCode, header};
use sip_uri::Uri;

use crate::{peers::Refused, sample::Sample};

/// The Request-URI after the hop.
const TARGET: &str = "sip:bob@192.0.2.4:5060";
/// The Via that the hop adds.
const VIA: &str = "SIP/2.0/UDP p1.example:5060;rport;branch=z9hG4bK-524287-1---a0b1c2";
/// The Record-Route that the hop adds.
const RECORD_ROUTE: &str = "<sip:p1.example;lr>";
/// The tag of the one who answers.
const TO_TAG: &str = "a6c85cf";
/// The body of the new INVITE.
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
                     m=audio 49170 RTP/AVP 0\r\n";

/// The octets to send, or a refusal.
pub type Written = Result<Bytes, Refused>;

/// One writer of messages.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// The name in a table.
    pub name: &'static str,
    /// Parses a request; new Request-URI, Max-Forwards less one, Via and Record-Route on top, top
    /// Route removed (RFC 3261 §16.6).
    pub hop: fn(&Sample) -> Written,
    /// Parses a request and answers 200 (RFC 3261 §8.2.6).
    pub respond: fn(&Sample) -> Written,
    /// Builds an INVITE with an offer.
    pub invite: fn() -> Written,
}

/// Ours and the peers'.
pub const WRITERS: [Writer; 3] = [
    Writer { name: "ours", hop, respond, invite },
    Writer {
        name: "rsipstack",
        hop: rsipstack::hop,
        respond: rsipstack::respond,
        invite: rsipstack::invite,
    },
    Writer { name: "rsip", hop: rsip::hop, respond: rsip::respond, invite: rsip::invite },
];

/// What a proxy knows before the first request comes.
struct Proxy {
    /// All of its Via but the branch.
    via: PreparedVia,
    record_route: Prepared<header::RecordRoute>,
    /// Where its location service says that Bob is.
    target: Uri,
}

impl Proxy {
    fn new() -> Result<Self, Refused> {
        Ok(Self {
            via: ViaBuilder::new("UDP", "p1.example")?.port(5060).rport().prepare()?,
            record_route: Prepared::new(header::RecordRoute, RECORD_ROUTE)?,
            target: Uri::try_from(TARGET)?,
        })
    }
}

fn hop(sample: &Sample) -> Written {
    static PROXY: OnceLock<Option<Proxy>> = OnceLock::new();
    let proxy = PROXY.get_or_init(|| Proxy::new().ok()).as_ref().ok_or(Refused)?;
    let message = Message::parse(sample.bytes.clone())?;
    let request = message.as_request().ok_or(Refused)?;
    let hops = request.headers().require(header::MaxForwards)?.get();
    let mut edit = request.edit();
    edit.set_uri(&proxy.target)
        .set(header::MaxForwards, hops.saturating_sub(1))
        .prepend(header::Via, proxy.via.branch("z9hG4bK-524287-1---a0b1c2")?)
        .remove_first(header::Route)
        .prepend(header::RecordRoute, &proxy.record_route);
    // What is sent on need not be looked into again.
    Ok(edit.to_bytes()?)
}

fn respond(sample: &Sample) -> Written {
    let message = Message::parse(sample.bytes.clone())?;
    let request = message.as_request().ok_or(Refused)?;
    let response = request.respond(StatusCode::OK).to_tag(TO_TAG).build()?;
    Ok(response.to_bytes())
}

fn invite() -> Written {
    let request = Request::builder(Method::INVITE, TARGET)
        .header(header::Via, VIA)
        .header(header::MaxForwards, 70)
        .header(header::To, "Bob <sip:bob@biloxi.example>")
        .header(header::From, "Alice <sip:alice@atlanta.example>;tag=1928301774")
        .header(header::CallId, "a84b4c76e66710")
        .cseq(314_159)
        .header(header::Contact, "<sip:alice@192.0.2.1>")
        .body("application/sdp", OFFER)
        .build()?;
    Ok(request.to_bytes())
}

macro_rules! writer {
    ($name:ident, $($sip:tt)+) => {
        mod $name {
            #[allow(unused_imports, reason = "rsipstack has inherent methods for the trait's")]
            use $($sip)+::prelude::UntypedHeader;
            use $($sip)+::{
                Header, Headers, Method, Request, Response, SipMessage, StatusCode, Uri, Version,
                headers as name,
            };

            use super::{OFFER, RECORD_ROUTE, TARGET, TO_TAG, VIA, Written};
            use crate::{
                peers::{Refused, $name::parse},
                sample::Sample,
            };

            fn request(sample: &Sample) -> Result<Request, Refused> {
                match parse(sample)? {
                    SipMessage::Request(request) => Ok(request),
                    SipMessage::Response(_) => Err(Refused),
                }
            }

            pub(super) fn hop(sample: &Sample) -> Written {
                let mut request = request(sample)?;
                request.uri = Uri::try_from(TARGET)?;
                let mut lines: Vec<Header> = request.headers.into_iter().collect();
                for line in &mut lines {
                    if let Header::MaxForwards(hops) = line {
                        *hops = name::MaxForwards::from(hops.value().parse::<u32>()?.saturating_sub(1));
                    }
                }
                if let Some(route) = lines.iter().position(|line| matches!(line, Header::Route(_))) {
                    lines.remove(route);
                }
                let above = |wanted: fn(&Header) -> bool, lines: &[Header]| {
                    lines.iter().position(wanted).unwrap_or(lines.len())
                };
                let at = above(|line| matches!(line, Header::Via(_)), &lines);
                lines.insert(at, Header::Via(name::Via::new(VIA)));
                let at = above(|line| matches!(line, Header::RecordRoute(_)), &lines);
                lines.insert(at, Header::RecordRoute(name::RecordRoute::new(RECORD_ROUTE)));
                request.headers = Headers::from(lines);
                Ok(Vec::from(request).into())
            }

            pub(super) fn respond(sample: &Sample) -> Written {
                let mut lines = Vec::new();
                let request = request(sample)?;
                // RFC 3261 §12.1.1: Record-Route goes back when a dialog begins.
                let begins = request.method == Method::Invite;
                for line in request.headers {
                    match line {
                        Header::Via(_)
                        | Header::From(_)
                        | Header::CallId(_)
                        | Header::CSeq(_) => lines.push(line),
                        Header::RecordRoute(_) if begins => lines.push(line),
                        Header::To(to) if to.value().contains(";tag=") => lines.push(Header::To(to)),
                        Header::To(to) => {
                            let to = format!("{};tag={TO_TAG}", to.value());
                            lines.push(Header::To(name::To::new(to)));
                        }
                        _ => {}
                    }
                }
                lines.push(Header::ContentLength(name::ContentLength::new("0")));
                let response = Response {
                    status_code: StatusCode::OK,
                    headers: Headers::from(lines),
                    ..Response::default()
                };
                Ok(Vec::from(response).into())
            }

            pub(super) fn invite() -> Written {
                let lines = vec![
                    Header::Via(name::Via::new(VIA)),
                    Header::MaxForwards(name::MaxForwards::from(70)),
                    Header::To(name::To::new("Bob <sip:bob@biloxi.example>")),
                    Header::From(name::From::new("Alice <sip:alice@atlanta.example>;tag=1928301774")),
                    Header::CallId(name::CallId::new("a84b4c76e66710")),
                    Header::CSeq(name::CSeq::new("314159 INVITE")),
                    Header::Contact(name::Contact::new("<sip:alice@192.0.2.1>")),
                    Header::ContentType(name::ContentType::new("application/sdp")),
                    Header::ContentLength(name::ContentLength::new(OFFER.len().to_string())),
                ];
                let request = Request {
                    method: Method::Invite,
                    uri: Uri::try_from(TARGET)?,
                    version: Version::V2,
                    headers: Headers::from(lines),
                    body: OFFER.into(),
                };
                Ok(Vec::from(request).into())
            }
        }
    };
}

writer!(rsip, ::rsip);
writer!(rsipstack, ::rsipstack::sip);

#[cfg(test)]
mod tests {
    use sip_message::{Message, header};

    use super::WRITERS;
    use crate::{corpus, sample::Sample};

    fn requests() -> impl Iterator<Item = Sample> {
        corpus::samples().into_iter().filter(|sample| !sample.bytes.starts_with(b"SIP/2.0"))
    }

    /// What must be equal whoever wrote the message: start line, body, and the values of some headers.
    fn essence(octets: &[u8]) -> String {
        let message = Message::parse(octets.to_vec()).expect("what was written is a message");
        let vias = message.headers().each(header::Via).count();
        let record_routes = message.headers().each(header::RecordRoute).count();
        let routes = message.headers().each(header::Route).count();
        let hops = message
            .headers()
            .find(header::MaxForwards)
            .expect("a number")
            .map(sip_message::value::Number::get);
        let head = String::from_utf8_lossy(octets);
        let line = head.lines().next().unwrap_or_default().to_owned();
        format!("{line} {vias} {record_routes} {routes} {hops:?} {}", message.body().len())
    }

    #[test]
    fn all_writers_make_the_same_of_a_request() {
        let mut compared = 0;
        for sample in requests() {
            for work in [
                |w: &super::Writer, s: &Sample| (w.hop)(s),
                |w: &super::Writer, s: &Sample| (w.respond)(s),
            ] {
                let ours = essence(&work(&WRITERS[0], &sample).expect("ours writes"));
                for peer in &WRITERS[1..] {
                    let Ok(theirs) = work(peer, &sample) else { continue };
                    assert_eq!(essence(&theirs), ours, "{} of {}", peer.name, sample.name);
                    compared += 1;
                }
            }
        }
        assert!(compared >= 16, "{compared}");
    }

    #[test]
    fn all_writers_build_the_same_invite() {
        let ours = essence(&(WRITERS[0].invite)().expect("an INVITE"));
        for peer in &WRITERS[1..] {
            assert_eq!(essence(&(peer.invite)().expect("an INVITE")), ours, "{}", peer.name);
        }
    }
}
