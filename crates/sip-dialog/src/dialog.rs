//! Dialogs (RFC 3261 §12): who talks to whom, over which proxies, and in which order.

use std::fmt;

use sip_message::value::NameAddr;
use sip_message::{Builder, HeaderName, Method, Parts, Request, Response, header};
use sip_uri::UriRef;

/// What names a dialog (RFC 3261 §12): the Call-ID and a tag of each side. The same dialog has the
/// tags the other way round at the other side.
///
/// Call-ID and tags are compared byte for byte, as they are copied from message to message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId<'a> {
    /// Call-ID.
    pub call_id: &'a str,
    /// The tag that we have chosen.
    pub local_tag: &'a str,
    /// The tag of the other side. An RFC 2543 peer has none; then it is empty.
    pub remote_tag: &'a str,
}

impl<'a> DialogId<'a> {
    /// The dialog that a request that has come is for (RFC 3261 §12.2.2); `None` when its To has no
    /// tag, or a header cannot be read.
    #[must_use]
    pub fn of_request(request: &'a Request) -> Option<Self> {
        let headers = request.headers();
        let to = headers.find(header::To).ok()??;
        let from = headers.find(header::From).ok()??;
        Some(Self {
            call_id: headers.find(header::CallId).ok()??.to_str().ok()?,
            local_tag: to.tag()?,
            remote_tag: from.tag().unwrap_or_default(),
        })
    }

    /// The dialog that a response that has come is for; an RFC 2543 peer gives To no tag.
    #[must_use]
    pub fn of_response(response: &'a Response) -> Option<Self> {
        let headers = response.headers();
        let to = headers.find(header::To).ok()??;
        let from = headers.find(header::From).ok()??;
        Some(Self {
            call_id: headers.find(header::CallId).ok()??.to_str().ok()?,
            local_tag: from.tag()?,
            remote_tag: to.tag().unwrap_or_default(),
        })
    }
}

/// How far a dialog is (RFC 3261 §12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum State {
    /// A provisional response has made it.
    Early,
    /// A 2xx, or a NOTIFY, has.
    Confirmed,
    /// It is over.
    Terminated,
}

/// One side's record of a dialog (RFC 3261 §12): the identifiers, the route set, the targets and
/// the sequence numbers. It holds text of its own and no message.
///
/// ```
/// use sip_dialog::{Dialog, State};
/// use sip_message::{Message, Method};
///
/// let invite = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Via: SIP/2.0/UDP p2.example;branch=z9hG4bKnashds8\r\n\
///     Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\n\
///     To: <sip:bob@biloxi.example>\r\n\
///     From: Alice <sip:alice@atlanta.example>;tag=88sja8x\r\n\
///     Call-ID: 987asjd97y7atg\r\n\
///     CSeq: 986759 INVITE\r\n\
///     Contact: <sip:alice@pc33.atlanta.example>\r\n\r\n"[..])?;
/// let invite = invite.as_request().unwrap();
///
/// let mut dialog = Dialog::uas(invite, "314159", State::Confirmed, false)?;
/// let bye = dialog.request(Method::BYE).without_via().build()?;
/// assert!(bye.as_bytes().starts_with(b"BYE sip:alice@pc33.atlanta.example SIP/2.0\r\n\
///     Route: <sip:p2.example;lr>\r\n\
///     Route: <sip:p1.example;lr>\r\n\
///     From: <sip:bob@biloxi.example>;tag=314159\r\n\
///     To: Alice <sip:alice@atlanta.example>;tag=88sja8x\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dialog {
    call_id: Box<str>,
    /// From in what we send, without its tag.
    local: Box<str>,
    local_tag: Box<str>,
    /// To in what we send, without its tag.
    remote: Box<str>,
    remote_tag: Box<str>,
    /// The values of Route, the first to be visited first.
    route_set: Box<[Box<str>]>,
    remote_target: Box<str>,
    local_sequence: Option<u32>,
    remote_sequence: Option<u32>,
    secure: bool,
    state: State,
}

/// Why there is no dialog, or a request does not fit in one. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DialogError {
    /// A header that the dialog is made of is missing or cannot be read.
    Unreadable(HeaderName<'static>),
    /// A message of this kind makes no dialog: a 100, or a response that fails.
    NoDialog,
    /// The CSeq of a request is not above that of the last one: it is to be answered with 500.
    OutOfOrder {
        /// The last number.
        last: u32,
        /// The one that has come.
        came: u32,
    },
}

impl DialogError {
    /// The section that says so.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::NoDialog => "RFC 3261 §12.1",
            Self::OutOfOrder { .. } => "RFC 3261 §12.2.2",
        }
    }
}

impl fmt::Display for DialogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(name) => write!(f, "{} is missing or bad", name.as_str())?,
            Self::NoDialog => f.write_str("this message makes no dialog")?,
            Self::OutOfOrder { last, came } => write!(f, "CSeq {came} comes after {last}")?,
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}

impl std::error::Error for DialogError {}

impl Dialog {
    /// The dialog that a request makes at its server, with the tag that the responses have in To
    /// (RFC 3261 §12.1.1). `over_tls` says whether the request came over TLS: with a SIPS
    /// Request-URI the dialog is secure then.
    ///
    /// # Errors
    /// When Call-ID, From, To, CSeq or Contact is missing or cannot be read.
    pub fn uas(
        request: &Request,
        local_tag: &str,
        state: State,
        over_tls: bool,
    ) -> Result<Self, DialogError> {
        let headers = request.headers();
        let cseq = headers.require(header::CSeq).map_err(|_| unreadable(HeaderName::CSEQ))?;
        let (remote, remote_tag) = from_of(request)?;
        let (local, _) = to_of(request)?;
        let sips = request.uri().is_ok_and(|uri| uri.scheme().is_sips());
        Ok(Self {
            call_id: call_id_of(request)?,
            local,
            local_tag: local_tag.into(),
            remote,
            remote_tag,
            route_set: record_route(request, false)?,
            remote_target: contact_of(request)?.ok_or_else(|| unreadable(HeaderName::CONTACT))?,
            local_sequence: None,
            remote_sequence: Some(cseq.number()),
            secure: over_tls && sips,
            state,
        })
    }

    /// The dialog that a response from 101 to 299 makes at the client that has sent the request
    /// (RFC 3261 §12.1.2). It is early after a provisional response and confirmed after a 2xx. A
    /// peer that gives no Contact, or none that can be read, is reached where the request has gone.
    ///
    /// # Errors
    /// When the response makes no dialog, or Call-ID, From, To or CSeq is missing or cannot be
    /// read.
    pub fn uac(
        request: &Request,
        response: &Response,
        over_tls: bool,
    ) -> Result<Self, DialogError> {
        let state = match response.status().code() {
            101..=199 => State::Early,
            200..=299 => State::Confirmed,
            _ => return Err(DialogError::NoDialog),
        };
        let cseq = request.headers().require(header::CSeq);
        let (local, local_tag) = from_of(request)?;
        let (remote, remote_tag) = to_of(response)?;
        Ok(Self {
            call_id: call_id_of(request)?,
            local,
            local_tag,
            remote,
            remote_tag,
            route_set: record_route(response, true)?,
            remote_target: match contact_of(response) {
                Ok(Some(contact)) => contact,
                Ok(None) | Err(_) => {
                    text(request.uri_bytes()).ok_or_else(|| unreadable(HeaderName::CONTACT))?
                }
            },
            local_sequence: Some(cseq.map_err(|_| unreadable(HeaderName::CSEQ))?.number()),
            remote_sequence: None,
            secure: over_tls && request.uri().is_ok_and(|uri| uri.scheme().is_sips()),
            state,
        })
    }

    /// The dialog that a NOTIFY makes at the subscriber that has sent the request, with or without
    /// a 2xx before it (RFC 6665 §4.4.1).
    ///
    /// # Errors
    /// As for [`uas`](Self::uas).
    pub fn subscriber(
        subscribe: &Request,
        notify: &Request,
        over_tls: bool,
    ) -> Result<Self, DialogError> {
        let (local, local_tag) = from_of(subscribe)?;
        let cseq = subscribe.headers().require(header::CSeq);
        let number = cseq.map_err(|_| unreadable(HeaderName::CSEQ))?.number();
        let dialog = Self::uas(notify, &local_tag, State::Confirmed, over_tls)?;
        let secure = over_tls && subscribe.uri().is_ok_and(|uri| uri.scheme().is_sips());
        Ok(Self { local, local_sequence: Some(number), secure, ..dialog })
    }

    /// What names it.
    #[must_use]
    pub fn id(&self) -> DialogId<'_> {
        DialogId {
            call_id: &self.call_id,
            local_tag: &self.local_tag,
            remote_tag: &self.remote_tag,
        }
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// From in what we send, without its tag: the local URI, with the name that is displayed.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// To in what we send, without its tag: the remote URI.
    #[must_use]
    pub fn remote(&self) -> &str {
        &self.remote
    }

    /// The values of Route in what we send, as far as the next proxy is a loose router.
    pub fn route_set(&self) -> impl ExactSizeIterator<Item = &str> {
        self.route_set.iter().map(|route| &**route)
    }

    /// Where the peer wants to be reached: its Contact.
    #[must_use]
    pub fn remote_target(&self) -> &str {
        &self.remote_target
    }

    /// The CSeq of our last request; `None` before the first.
    #[must_use]
    pub fn local_sequence(&self) -> Option<u32> {
        self.local_sequence
    }

    /// The CSeq of the peer's last request; `None` before the first.
    #[must_use]
    pub fn remote_sequence(&self) -> Option<u32> {
        self.remote_sequence
    }

    /// Whether it was made by a request to a SIPS URI over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The URI that the next request goes to: the first of the route set, or the remote target
    /// (RFC 3261 §8.1.2).
    #[must_use]
    pub fn next_hop(&self) -> &str {
        self.route_set.first().map_or(&self.remote_target, |route| uri_of(route))
    }

    /// Starts the next request (RFC 3261 §12.2.1.1). Its CSeq is one above that of the last. It
    /// goes by the route set to the remote target; a strict router that comes first becomes the
    /// Request-URI, and the remote target the last of Route.
    ///
    /// Where the target is to be refreshed the caller adds a Contact.
    pub fn request(&mut self, method: Method<'_>) -> Builder<'static, Request> {
        let number = self.next_sequence();
        self.numbered(method, number)
    }

    /// Takes the next local sequence number, for a request that is not built anew: one that is
    /// sent again with credentials (RFC 3261 §22.2).
    pub fn next_sequence(&mut self) -> u32 {
        // RFC 3261 §12.2.1.1: where there is none yet, any number below 2^31 will do.
        let next = self.local_sequence.map_or(1, |last| last.wrapping_add(1) & 0x7fff_ffff);
        self.local_sequence = Some(next);
        next
    }

    /// Makes the next request come behind this number: a dialog that is made anew goes on where the
    /// one before it, with the same tags, has ended.
    pub(crate) fn raise_sequence(&mut self, least: u32) {
        self.local_sequence = self.local_sequence.max(Some(least));
    }

    /// Starts the ACK for a 2xx: with the CSeq number of its INVITE (RFC 3261 §13.2.2.4).
    pub fn ack(&self, invite: u32) -> Builder<'static, Request> {
        self.numbered(Method::ACK, invite)
    }

    fn numbered(&self, method: Method<'_>, number: u32) -> Builder<'static, Request> {
        let strict = self.route_set.split_first().filter(|(first, _)| !is_loose(first));
        let (target, routes) = match strict {
            Some((first, rest)) => (as_request_uri(uri_of(first)), rest),
            None => (as_request_uri(&self.remote_target), &*self.route_set),
        };
        let mut builder = Request::builder(method, target.as_str());
        for route in routes {
            builder.header(header::Route, &**route);
        }
        if strict.is_some() {
            builder.header(header::Route, format_args!("<{}>", self.remote_target));
        }
        builder.header(header::From, tagged(&self.local, &self.local_tag).as_str());
        builder.header(header::To, tagged(&self.remote, &self.remote_tag).as_str());
        builder.header(header::CallId, &*self.call_id);
        builder.cseq(number);
        builder
    }

    /// Takes a request that has come in this dialog (RFC 3261 §12.2.2): its CSeq must be above that
    /// of the last one. Gaps are no fault. Neither ACK nor CANCEL is to be given to it.
    ///
    /// # Errors
    /// When it is out of order, or its CSeq cannot be read.
    pub fn receive(&mut self, request: &Request) -> Result<(), DialogError> {
        let cseq = request.headers().require(header::CSeq);
        let came = cseq.map_err(|_| unreadable(HeaderName::CSEQ))?.number();
        if let Some(last) = self.remote_sequence.filter(|last| came <= *last) {
            return Err(DialogError::OutOfOrder { last, came });
        }
        self.remote_sequence = Some(came);
        Ok(())
    }

    /// Takes the Contact of a target refresh: of a re-INVITE, an UPDATE or another such request,
    /// of its 2xx, or of a reliable provisional response to it (RFC 3261 §12.2, RFC 6141 §4).
    /// Whether there was one.
    pub fn refresh_target(&mut self, message: &Parts) -> bool {
        match contact_of(message) {
            Ok(Some(contact)) => {
                if contact != self.remote_target {
                    self.remote_target = contact;
                }
                true
            }
            Ok(None) | Err(_) => false,
        }
    }

    /// Confirms an early dialog at the client: the 2xx has the route set that counts, whatever
    /// those before it had (RFC 3261 §13.2.2.4).
    ///
    /// # Errors
    /// When its Record-Route cannot be read.
    pub fn confirm(&mut self, response: &Response) -> Result<(), DialogError> {
        self.route_set = record_route(response, true)?;
        self.refresh_target(response);
        self.state = State::Confirmed;
        Ok(())
    }

    /// Confirms an early dialog at the server, which has sent a 2xx.
    pub fn confirm_at_server(&mut self) {
        self.state = State::Confirmed;
    }

    /// Ends it.
    pub fn terminate(&mut self) {
        self.state = State::Terminated;
    }
}

const fn unreadable(name: HeaderName<'static>) -> DialogError {
    DialogError::Unreadable(name)
}

fn text(bytes: &[u8]) -> Option<Box<str>> {
    str::from_utf8(bytes).ok().map(Into::into)
}

fn call_id_of(message: &Parts) -> Result<Box<str>, DialogError> {
    let bad = unreadable(HeaderName::CALL_ID);
    let call_id = message.headers().require(header::CallId).map_err(|_| bad)?;
    call_id.to_str().map(Into::into).map_err(|_| bad)
}

/// From without its tag, and its tag.
fn from_of(message: &Parts) -> Result<(Box<str>, Box<str>), DialogError> {
    let name = HeaderName::FROM;
    let from = message.headers().require(header::From).map_err(|_| unreadable(name))?;
    party(&from).ok_or_else(|| unreadable(name))
}

/// To without its tag, and its tag.
fn to_of(message: &Parts) -> Result<(Box<str>, Box<str>), DialogError> {
    let name = HeaderName::TO;
    let to = message.headers().require(header::To).map_err(|_| unreadable(name))?;
    party(&to).ok_or_else(|| unreadable(name))
}

fn party(address: &NameAddr<'_>) -> Option<(Box<str>, Box<str>)> {
    let tag = address.tag().unwrap_or_default().into();
    Some((address_text(address, Some("tag"))?, tag))
}

/// An address as text, with its URI in brackets. A displayed name that is no UTF-8 is left out.
fn address_text(address: &NameAddr<'_>, without: Option<&str>) -> Option<Box<str>> {
    let uri = address.uri().ok()?;
    let mut text = String::new();
    if let Some(name) = address.display_name().and_then(|it| str::from_utf8(it.as_bytes()).ok())
        && !name.is_empty()
        && !name.contains(['\r', '\n'])
    {
        text.push_str(name);
        text.push(' ');
    }
    text.push('<');
    text.push_str(uri.as_str());
    text.push('>');
    for param in address.params().iter() {
        if without.is_some_and(|name| param.is(name)) {
            continue;
        }
        let value = param.raw_value().map(str::from_utf8);
        let Ok(value) = value.transpose() else { continue };
        text.push(';');
        text.push_str(param.name());
        if let Some(value) = value.filter(|value| !value.contains(['\r', '\n'])) {
            text.push('=');
            text.push_str(value);
        }
    }
    Some(text.into())
}

/// The URI of Contact, if there is one.
fn contact_of(message: &Parts) -> Result<Option<Box<str>>, DialogError> {
    let bad = unreadable(HeaderName::CONTACT);
    let Some(contact) = message.headers().find(header::Contact).map_err(|_| bad)? else {
        return Ok(None);
    };
    let address = contact.address().ok_or(bad)?;
    let uri = address.uri().map_err(|_| bad)?;
    Ok(Some(uri.as_str().into()))
}

/// The route set that Record-Route makes: in order at the server, reversed at the client.
fn record_route(message: &Parts, reversed: bool) -> Result<Box<[Box<str>]>, DialogError> {
    let bad = unreadable(HeaderName::RECORD_ROUTE);
    let route =
        |route: Result<NameAddr<'_>, _>| address_text(&route.map_err(|_| bad)?, None).ok_or(bad);
    let mut set =
        message.headers().each(header::RecordRoute).map(route).collect::<Result<Vec<_>, _>>()?;
    if reversed {
        set.reverse();
    }
    Ok(set.into())
}

/// The URI between the brackets of a route. The name before it may be quoted and have brackets too.
fn uri_of(route: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    let start = route.find(|c| {
        let opens = c == '<' && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        opens
    });
    let uri = &route[start.map_or(0, |at| at + 1)..];
    uri.find('>').map_or(uri, |end| &uri[..end])
}

fn is_loose(route: &str) -> bool {
    UriRef::parse(uri_of(route)).is_ok_and(|uri| uri.lr())
}

/// A URI without what a Request-URI may not have (RFC 3261 §19.1.1, table 1): headers, and the
/// parameter `method`.
pub(crate) fn as_request_uri(uri: &str) -> String {
    let plain = uri.split('?').next().unwrap_or_default();
    let is_plain =
        |uri: &str| UriRef::parse(uri).is_ok_and(|uri| uri.method().is_ok_and(|it| it.is_none()));
    if is_plain(plain) || !plain.starts_with("sip") {
        return plain.to_owned();
    }
    let mut parts = plain.split(';');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split('=').next().unwrap_or_default();
        if !name.eq_ignore_ascii_case("method") {
            text.push(';');
            text.push_str(part);
        }
    }
    text
}

fn tagged(address: &str, tag: &str) -> String {
    match tag {
        "" => address.to_owned(),
        tag => format!("{address};tag={tag}"),
    }
}
