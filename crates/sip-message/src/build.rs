//! Making messages (RFC 3261 §8.1.1, §8.2.6): what the RFC demands is filled in or refused.
//!
//! A builder is an edit of a message that has no lines yet: the same list of operations and the
//! same one pass at the end.

use core::marker::PhantomData;

use sip_uri::UriRef;
use smallvec::SmallVec;

use crate::edit::{Key, NewLine, Overlay, Src, digits};
use crate::encode::{BuildError, BuildErrorKind, Encode, EncodeError};
use crate::header::{self, Header, Known, ListKind};
use crate::value::CSeq;
use crate::{HeaderName, Message, Method, Parts, Request, Response, StatusCode, Version};

mod derive;
mod malformed;

pub use malformed::respond_to_malformed;

/// Builds a [`Request`] or a [`Response`], its headers in the order in which they are given.
///
/// ```
/// use sip_message::encode::{NameAddrBuilder, ViaBuilder};
/// use sip_message::{header, Method, Request};
///
/// let request = Request::builder(Method::INVITE, "sip:bob@biloxi.example")
///     .header(header::Via, ViaBuilder::new("UDP", "pc33.atlanta.example")?.branch("z9hG4bKnashds8")?)
///     .header(header::To, NameAddrBuilder::new("sip:bob@biloxi.example")?.display_name("Bob")?)
///     .header(header::From, "Alice <sip:alice@atlanta.example>;tag=1928301774")
///     .header(header::CallId, "a84b4c76e66710")
///     .cseq(314159)
///     .header(header::Contact, "<sip:alice@pc33.atlanta.example>")
///     .header(header::Supported, ["100rel", "timer"])
///     .header_raw("X-Trunk-Group", "tg-7")
///     .body("application/sdp", "v=0\r\n")
///     .build()?;
/// assert_eq!(request.as_bytes(), b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
///     To: Bob <sip:bob@biloxi.example>\r\n\
///     From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: 314159 INVITE\r\n\
///     Contact: <sip:alice@pc33.atlanta.example>\r\n\
///     Supported: 100rel, timer\r\n\
///     X-Trunk-Group: tg-7\r\n\
///     Content-Type: application/sdp\r\n\
///     Max-Forwards: 70\r\n\
///     Content-Length: 5\r\n\r\nv=0\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A header given as a type must be given a value of it; [`header_raw`](Self::header_raw) takes
/// any text. CR, LF and NUL are refused in every value. A value that is refused is left out, and
/// the first error is what [`error`](Self::error) tells and `build` returns.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until its message is built"]
pub struct Builder<'a, M> {
    overlay: Overlay<'a>,
    line: NewLine,
    error: Option<BuildError>,
    /// Whether Via is left to whoever sends the request.
    via_later: bool,
    /// Whether the headers of a response were copied from a request, which may lack some.
    copied: bool,
    message: PhantomData<fn() -> M>,
}

impl Request {
    /// Starts a request: the Request-URI is a `&Uri`, a `UriRef` or text. See [`Builder`].
    pub fn builder<'a, 'u>(
        method: Method<'_>,
        uri: impl TryInto<UriRef<'u>, Error: Into<EncodeError>>,
    ) -> Builder<'a, Self> {
        let mut overlay = Overlay::empty(&[]);
        let uri = overlay.request_uri(uri);
        Builder::request(overlay, method, uri)
    }
}

impl Response {
    /// Starts a response from nothing; [`Request::respond`] starts one from its request. See
    /// [`Builder`].
    pub fn builder<'a>(status: StatusCode) -> Builder<'a, Self> {
        Builder::response(Overlay::empty(&[]), status)
    }
}

impl<'a, M> Builder<'a, M> {
    fn new(overlay: Overlay<'a>, line: NewLine) -> Self {
        let message = PhantomData;
        Self { overlay, line, error: None, via_later: false, copied: false, message }
    }

    /// Adds a header line behind those that are there.
    pub fn header<H: Header>(&mut self, _: H, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<H>()?;
            overlay.check_single(&key)?;
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.push(&key, Src::Text(value));
            Ok(())
        })
    }

    /// Adds a line of any header with any text.
    pub fn header_raw(&mut self, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::named(name)?;
            overlay.check_single(&key)?;
            let value = overlay.raw(&key, &value)?;
            overlay.push(&key, Src::Text(value));
            Ok(())
        })
    }

    /// Sets the body and its Content-Type. Content-Length is always written, and always right: it
    /// comes last unless it was given a place with [`header`](Self::header).
    pub fn body(
        &mut self,
        content_type: impl Encode,
        body: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<header::ContentType>()?;
            let value = overlay.typed::<header::ContentType>(&key, &content_type)?;
            overlay.set(&key, value);
            overlay.take_body(body.as_ref());
            Ok(())
        })
    }

    /// Writes the names that have a compact form in it: `v` for Via (RFC 3261 §7.3.3).
    pub fn compact_forms(&mut self, compact: bool) -> &mut Self {
        self.overlay.compact = compact;
        self
    }

    /// The first value or name that was refused.
    #[must_use]
    pub fn error(&self) -> Option<BuildError> {
        self.error
    }

    fn message(&mut self) -> Result<Message, BuildError> {
        self.error.map_or(Ok(()), Err)?;
        if !self.overlay.has(Key::known(Known::ContentLength)) {
            self.overlay.write_length();
        }
        self.overlay.finish(&self.line)
    }

    fn attempt(
        &mut self,
        operation: impl FnOnce(&mut Overlay<'a>) -> Result<(), BuildError>,
    ) -> &mut Self {
        if let Err(error) = operation(&mut self.overlay) {
            self.error.get_or_insert(error);
        }
        self
    }
}

impl<'a> Builder<'a, Request> {
    fn request(mut overlay: Overlay<'a>, method: Method<'_>, uri: Result<Src, BuildError>) -> Self {
        let method = Src::Text(overlay.text.push(method.as_str().as_bytes()));
        let version = Src::Text(overlay.text.push(b"SIP/2.0"));
        let number = Version::SIP_2_0;
        let target = uri.unwrap_or(method);
        let line = NewLine::Request { method, uri: target, version, number };
        Self { error: uri.err(), ..Self::new(overlay, line) }
    }

    fn method(&self) -> Option<Method<'_>> {
        match &self.line {
            NewLine::Request { method, .. } => Some(Method::from_token(self.overlay.get(*method))),
            NewLine::Status { .. } => None,
        }
    }

    /// Adds a CSeq with this number and the method of the request.
    pub fn cseq(&mut self, number: u32) -> &mut Self {
        let NewLine::Request { method, .. } = self.line else { return self };
        self.attempt(|overlay| {
            let key = Key::known(Known::CSeq);
            overlay.check_single(&key)?;
            let method = SmallVec::<[u8; 16]>::from_slice(overlay.get(method));
            let cseq = CSeq::new(number, Method::from_token(&method));
            let value = overlay.raw(&key, &cseq)?;
            overlay.push(&key, Src::Text(value));
            Ok(())
        })
    }

    /// Leaves Via to whoever sends the request, who prepends it to what was built (RFC 3261
    /// §18.1.1): a transaction layer with branches of its own.
    pub fn without_via(&mut self) -> &mut Self {
        self.via_later = true;
        self
    }

    /// The request. A Max-Forwards that was not given is 70.
    ///
    /// # Errors
    /// The first value that was refused; a header that is missing of those that RFC 3261 §8.1.1
    /// demands (To, From with a tag, Call-ID, CSeq, Via; and Contact in an INVITE, SUBSCRIBE,
    /// NOTIFY, REFER and UPDATE); a CSeq with another method; a Content-Length that is wrong.
    pub fn build(&mut self) -> Result<Request, BuildError> {
        const WITH_CONTACT: [Method<'static>; 5] =
            [Method::INVITE, Method::SUBSCRIBE, Method::NOTIFY, Method::REFER, Method::UPDATE];
        let wants_contact = self.method().is_some_and(|method| WITH_CONTACT.contains(&method));
        if !self.overlay.has(Key::known(Known::MaxForwards)) {
            self.overlay.push_text(Known::MaxForwards, b"70");
        }
        let request = match self.message()? {
            Message::Request(request) => request,
            Message::Response(_) => unreachable!("a request line was written"),
        };
        if !self.via_later {
            require(&request, header::Via)?;
        }
        require(&request, header::To)?;
        if require(&request, header::From)?.tag().is_none() {
            return Err(BuildError::at(BuildErrorKind::NoTag, Some(HeaderName::FROM)));
        }
        require(&request, header::CallId)?;
        require(&request, header::MaxForwards)?;
        if require(&request, header::CSeq)?.method() != request.method() {
            return Err(BuildError::at(BuildErrorKind::CSeqMethod, Some(HeaderName::CSEQ)));
        }
        if wants_contact {
            require(&request, header::Contact)?;
        }
        Ok(request)
    }
}

impl<'a> Builder<'a, Response> {
    fn response(mut overlay: Overlay<'a>, status: StatusCode) -> Self {
        let version = Src::Text(overlay.text.push(b"SIP/2.0"));
        let phrase = status.reason().unwrap_or_default();
        let reason = Src::Text(overlay.text.push(phrase.as_bytes()));
        let (number, digits) = (Version::SIP_2_0, digits(status));
        Self::new(overlay, NewLine::Status { version, number, status, digits, reason })
    }

    fn status(&self) -> Option<StatusCode> {
        match self.line {
            NewLine::Status { status, .. } => Some(status),
            NewLine::Request { .. } => None,
        }
    }

    /// Sets the reason phrase; it is the registered one otherwise.
    pub fn reason(&mut self, phrase: &str) -> &mut Self {
        match self.overlay.reason(phrase) {
            Ok(text) => {
                if let NewLine::Status { reason, .. } = &mut self.line {
                    *reason = text;
                }
            }
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
        self
    }

    /// Adds a tag to the To that is there, unless it has one (RFC 3261 §8.2.6.2). It must be the
    /// same in all responses to a request.
    pub fn to_tag(&mut self, tag: &str) -> &mut Self {
        self.attempt(|overlay| overlay.add_tag(tag))
    }

    /// The response.
    ///
    /// # Errors
    /// The first value that was refused; a response to an ACK; a Via that is missing, or another
    /// header that RFC 3261 §8.2.6.2 demands, unless the request has none either; a To without a
    /// tag in another response than 100; a Content-Length that is wrong.
    pub fn build(&mut self) -> Result<Response, BuildError> {
        let needs_tag = self.status().is_some_and(|status| status != StatusCode::TRYING);
        let response = match self.message()? {
            Message::Response(response) => response,
            Message::Request(_) => unreachable!("a status line was written"),
        };
        if self.copied {
            // What could not be read in the request is answered all the same.
            if response.headers().lines("Via").next().is_none() {
                return Err(BuildError::at(BuildErrorKind::Missing, Some(HeaderName::VIA)));
            }
        } else {
            require(&response, header::Via)?;
            require(&response, header::From)?;
            require(&response, header::To)?;
            require(&response, header::CallId)?;
            require(&response, header::CSeq)?;
        }
        let untagged =
            matches!(response.headers().find(header::To), Ok(Some(to)) if to.tag().is_none());
        if needs_tag && untagged {
            return Err(BuildError::at(BuildErrorKind::NoTag, Some(HeaderName::TO)));
        }
        Ok(response)
    }
}

/// Which headers that may be there once an answer has. Looking for them in what was copied would
/// cost a look at each line for each line.
#[derive(Debug, Default)]
struct Seen(SmallVec<[Known; 8]>);

impl Seen {
    /// Whether one more line of a header may be copied.
    fn may_come(&mut self, known: Known) -> bool {
        if known.row().is_none_or(|row| row.list != ListKind::Single) {
            return true;
        }
        let first = !self.0.contains(&known);
        if first {
            self.0.push(known);
        }
        first
    }
}

/// The first value of a header that must be there.
fn require<H: Header>(message: &Parts, header: H) -> Result<H::Value<'_>, BuildError> {
    let name = HeaderName::from_token(H::NAME);
    message.headers().require(header).map_err(|error| BuildError::of_header(name, error))
}
