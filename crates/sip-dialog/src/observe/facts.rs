//! What is read of a message.

use sip_message::value::Via;
use sip_message::{HeaderName, Message, Method, Parts, header};

/// The headers by which a message belongs to a transaction and a dialog.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(super) cseq: u32,
    /// Of a response, the method of its request.
    pub(super) method: Method<'a>,
    pub(super) from_tag: &'a str,
    pub(super) to_tag: &'a str,
    pub(super) branch: &'a str,
    /// How many elements the message has passed, with its sender.
    pub(super) vias: usize,
}

impl<'a> Facts<'a> {
    /// # Errors
    /// The header that is missing or cannot be read.
    pub(super) fn of(message: &'a Message) -> Result<Self, HeaderName<'static>> {
        let headers = message.headers();
        let cseq = headers.require(header::CSeq).map_err(|_| HeaderName::CSEQ)?;
        let from = headers.require(header::From).map_err(|_| HeaderName::FROM)?;
        let to = headers.require(header::To).map_err(|_| HeaderName::TO)?;
        let mut vias = headers.each(header::Via);
        let top: Via<'a> = vias.next().and_then(Result::ok).ok_or(HeaderName::VIA)?;
        Ok(Self {
            cseq: cseq.number(),
            method: cseq.method(),
            from_tag: from.tag().unwrap_or_default(),
            to_tag: to.tag().unwrap_or_default(),
            branch: top.branch().unwrap_or_default(),
            vias: 1 + vias.count(),
        })
    }
}

/// The URI of the first Contact.
pub(super) fn contact(message: &Parts) -> Option<Box<str>> {
    let contact = message.headers().find(header::Contact).ok()??;
    str::from_utf8(contact.address()?.uri_bytes()).ok().map(Into::into)
}

/// The URIs of Record-Route, from the top.
pub(super) fn record_route(message: &Parts) -> Vec<Box<str>> {
    let routes = message.headers().each(header::RecordRoute).flatten();
    routes.filter_map(|it| str::from_utf8(it.uri_bytes()).ok().map(Into::into)).collect()
}

/// The URIs of Route, from the top.
pub(super) fn route(message: &Parts) -> Vec<&str> {
    let routes = message.headers().each(header::Route).flatten();
    routes.filter_map(|it| str::from_utf8(it.uri_bytes()).ok()).collect()
}

/// The URI of an address, without its parameters.
pub(super) fn uri_of(address: Option<sip_message::value::NameAddr<'_>>) -> Box<str> {
    address.map(|it| String::from_utf8_lossy(it.uri_bytes()).into()).unwrap_or_default()
}
