//! Changing a message (RFC 3261 §16.6): a list of operations over the original, one copy at the
//! end.
//!
//! What no operation names leaves as it came, byte for byte and in order. Only the start line is
//! always written anew, with single spaces (RFC 4475 §3.1.2.9), and a missing empty line is added.

use core::marker::PhantomData;

use bytes::{BufMut, Bytes};

use crate::encode::{BuildError, Encode};
use crate::header::{self, Header};
use crate::{HeaderName, Message};

mod finish;
mod line;
mod list;
mod operations;
mod overlay;
mod patches;
mod start_line;

pub(crate) use finish::{NewLine, digits};
pub(crate) use list::first_value;
pub(crate) use overlay::{Key, Overlay, Src};

/// An edit of a [`Request`](crate::Request) or a [`Response`](crate::Response): operations over the original, which is not touched
/// and may be edited any number of times.
///
/// Each operation sees the message as the ones before have left it. Lines that are set keep the
/// name that they came with, short or long; new lines get the name as RFCs write it, and no fold
/// is ever produced.
///
/// ```
/// use sip_message::encode::{NameAddrBuilder, ViaBuilder};
/// use sip_message::{header, Message};
///
/// let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
///     v: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
///     Max-Forwards:70\r\n\
///     Route: <sip:bigbox3.atlanta.example;lr>,\r\n <sip:server10.biloxi.example;lr>\r\n\
///     X-Odd  :  as it came\r\n\r\n"[..])?;
/// let request = message.as_request().unwrap();
/// let forwarded = request.edit()
///     .set_uri("sip:bob@192.0.2.4")
///     .set(header::MaxForwards, 69)
///     .prepend(header::Via, ViaBuilder::new("UDP", "bigbox3.atlanta.example")?.branch("z9hG4bK77ef4c")?)
///     .remove_first(header::Route)
///     .insert_before(header::Route, header::RecordRoute, NameAddrBuilder::new("sip:bigbox3.atlanta.example;lr")?)
///     .finish()?;
/// assert_eq!(forwarded.as_bytes(), b"INVITE sip:bob@192.0.2.4 SIP/2.0\r\n\
///     Via: SIP/2.0/UDP bigbox3.atlanta.example;branch=z9hG4bK77ef4c\r\n\
///     v: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
///     Max-Forwards:69\r\n\
///     Record-Route: <sip:bigbox3.atlanta.example;lr>\r\n\
///     Route: <sip:server10.biloxi.example;lr>\r\n\
///     X-Odd  :  as it came\r\n\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A value that is refused changes nothing. The edit stays usable and remembers the first error:
/// [`error`](Self::error) tells it, `finish` and `write_to` return it. A value given to a typed
/// operation must be one of the header; the operations that end in `_raw` take any text without
/// CR, LF and NUL.
#[derive(Clone, Debug)]
#[must_use = "an edit does nothing until it is finished"]
pub struct Edit<'a, M> {
    overlay: Overlay<'a>,
    line: NewLine,
    error: Option<BuildError>,
    message: PhantomData<fn() -> M>,
}

impl<'a, M> Edit<'a, M> {
    fn new(overlay: Overlay<'a>, line: NewLine) -> Self {
        Self { overlay, line, error: None, message: PhantomData }
    }

    /// Replaces the value of the first line of a header and drops its further lines; where there
    /// is none, a line is added behind all others.
    pub fn set<H: Header>(&mut self, _: H, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<H>()?;
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.set(&key, value);
            Ok(())
        })
    }

    /// [`set`](Self::set) for any header and any text.
    pub fn set_raw(&mut self, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::named(name)?;
            let value = overlay.raw(&key, &value)?;
            overlay.set(&key, value);
            Ok(())
        })
    }

    /// Puts a new line before the first line of its header, or before all lines where there is
    /// none.
    pub fn prepend<H: Header>(&mut self, _: H, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<H>()?;
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.prepend(&key, Src::Text(value))
        })
    }

    /// [`prepend`](Self::prepend) for any header and any text.
    pub fn prepend_raw(&mut self, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::named(name)?;
            let value = overlay.raw(&key, &value)?;
            overlay.prepend(&key, Src::Text(value))
        })
    }

    /// Puts a new line behind the last line of its header, or behind all lines where there is none.
    pub fn append<H: Header>(&mut self, _: H, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<H>()?;
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.append(&key, &key, Src::Text(value))
        })
    }

    /// [`append`](Self::append) for any header and any text.
    pub fn append_raw(&mut self, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::named(name)?;
            let value = overlay.raw(&key, &value)?;
            overlay.append(&key, &key, Src::Text(value))
        })
    }

    /// Puts a new line before the first line of another header, or behind all lines where there is
    /// none.
    pub fn insert_before<A: Header, H: Header>(
        &mut self,
        _: A,
        _: H,
        value: impl Encode,
    ) -> &mut Self {
        self.attempt(|overlay| {
            let (anchor, key) = (Key::of::<A>()?, Key::of::<H>()?);
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.insert_before(&anchor, &key, Src::Text(value))
        })
    }

    /// [`insert_before`](Self::insert_before) for any headers and any text.
    pub fn insert_before_raw(&mut self, anchor: &str, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let (anchor, key) = (Key::named(anchor)?, Key::named(name)?);
            let value = overlay.raw(&key, &value)?;
            overlay.insert_before(&anchor, &key, Src::Text(value))
        })
    }

    /// Puts a new line behind the last line of another header, or behind all lines where there is
    /// none.
    pub fn insert_after<A: Header, H: Header>(
        &mut self,
        _: A,
        _: H,
        value: impl Encode,
    ) -> &mut Self {
        self.attempt(|overlay| {
            let (anchor, key) = (Key::of::<A>()?, Key::of::<H>()?);
            let value = overlay.typed::<H>(&key, &value)?;
            overlay.append(&anchor, &key, Src::Text(value))
        })
    }

    /// [`insert_after`](Self::insert_after) for any headers and any text.
    pub fn insert_after_raw(&mut self, anchor: &str, name: &str, value: impl Encode) -> &mut Self {
        self.attempt(|overlay| {
            let (anchor, key) = (Key::named(anchor)?, Key::named(name)?);
            let value = overlay.raw(&key, &value)?;
            overlay.append(&anchor, &key, Src::Text(value))
        })
    }

    /// Takes the first value of a header out: of a list, that value and its comma, while the rest
    /// of the line stays as it came; the line, if there is no other value in it. A value that
    /// cannot be read counts.
    pub fn remove_first<H: Header>(&mut self, _: H) -> &mut Self {
        self.attempt(|overlay| {
            overlay.remove_first::<H>(&Key::of::<H>()?);
            Ok(())
        })
    }

    /// [`remove_first`](Self::remove_first) for any header: a value of one that the table knows as
    /// a list, a line of any other.
    pub fn remove_first_raw(&mut self, name: &str) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::named(name)?;
            overlay.remove_first_named(&key, HeaderName::from_token(name));
            Ok(())
        })
    }

    /// Takes all lines of a header out.
    pub fn remove_all<H: Header>(&mut self, _: H) -> &mut Self {
        self.attempt(|overlay| {
            overlay.remove_all(&Key::of::<H>()?);
            Ok(())
        })
    }

    /// [`remove_all`](Self::remove_all) for any header.
    pub fn remove_all_raw(&mut self, name: &str) -> &mut Self {
        self.attempt(|overlay| {
            overlay.remove_all(&Key::named(name)?);
            Ok(())
        })
    }

    /// Takes every value out that `pick` says yes to. Values that cannot be read stay.
    ///
    /// ```
    /// # use sip_message::{header, Message};
    /// # let message = Message::parse(&b"SIP/2.0 200 OK\r\nSupported: 100rel, timer , path\r\n\r\n"[..]).unwrap();
    /// # let response = message.as_response().unwrap();
    /// let edited = response.edit().remove_where(header::Supported, |tag| tag.as_str() == "timer").finish()?;
    /// assert_eq!(edited.headers().raw("Supported"), Some(&b"100rel, path"[..]));
    /// # Ok::<(), sip_message::encode::BuildError>(())
    /// ```
    pub fn remove_where<H: Header>(
        &mut self,
        _: H,
        pick: impl FnMut(&H::Value<'_>) -> bool,
    ) -> &mut Self {
        self.attempt(|overlay| {
            overlay.remove_where::<H>(&Key::of::<H>()?, pick);
            Ok(())
        })
    }

    /// Replaces the first value that `pick` says yes to; the rest of its line stays as it came.
    /// Where it says no to all, nothing changes.
    pub fn replace_where<H: Header>(
        &mut self,
        _: H,
        mut pick: impl FnMut(&H::Value<'_>) -> bool,
        value: impl Encode,
    ) -> &mut Self {
        self.replace_picked::<H>(&value, |_, there| pick(there))
    }

    /// Replaces one value of a header, counted from 0 over all of its lines; the rest of its line
    /// stays as it came. Where it has fewer, nothing changes.
    ///
    /// ```
    /// # use sip_message::encode::ViaBuilder;
    /// # use sip_message::{header, Message};
    /// # let message = Message::parse(&b"OPTIONS sip:b SIP/2.0\r\n\
    /// #   Via: SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2\r\n\r\n"[..]).unwrap();
    /// # let request = message.as_request().unwrap();
    /// // RFC 3581 §4: the server says where the request came from.
    /// let top = request.headers().require(header::Via).unwrap();
    /// let seen = ViaBuilder::from_view(top).received("192.0.2.1".parse().unwrap()).rport_is(9988);
    /// let edited = request.edit().replace_nth(header::Via, 0, seen).finish()?;
    /// assert_eq!(
    ///     edited.headers().raw("Via").unwrap(),
    ///     b"SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bK1;received=192.0.2.1, SIP/2.0/UDP b;branch=z9hG4bK2",
    /// );
    /// # Ok::<(), sip_message::encode::BuildError>(())
    /// ```
    pub fn replace_nth<H: Header>(&mut self, _: H, n: usize, value: impl Encode) -> &mut Self {
        self.replace_picked::<H>(&value, |at, _| at == n)
    }

    fn replace_picked<H: Header>(
        &mut self,
        value: &impl Encode,
        pick: impl FnMut(usize, &H::Value<'_>) -> bool,
    ) -> &mut Self {
        self.attempt(|overlay| {
            let key = Key::of::<H>()?;
            let value = overlay.raw(&key, value)?;
            list::check_one::<H>(overlay, &key, value)?;
            overlay.replace_first::<H>(&key, value, pick);
            Ok(())
        })
    }

    /// Sets the body and its Content-Type, and Content-Length where it stands. Content-Encoding,
    /// which would tell how the old body is read, goes.
    pub fn set_body(
        &mut self,
        content_type: impl Encode,
        body: &'a (impl AsRef<[u8]> + ?Sized),
    ) -> &mut Self {
        self.attempt(|overlay| overlay.set_body(&content_type, body.as_ref()))
    }

    /// Takes the body out with its Content-Type and Content-Encoding; Content-Length says 0.
    pub fn remove_body(&mut self) -> &mut Self {
        self.attempt(|overlay| {
            overlay.remove_all(&Key::of::<header::ContentType>()?);
            overlay.replace_body(b"");
            Ok(())
        })
    }

    /// The first value or name that was refused.
    #[must_use]
    pub fn error(&self) -> Option<BuildError> {
        self.error
    }

    /// How long the message will be: for the choice of a transport (RFC 3261 §18.1.1).
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.overlay.len(&self.line)
    }

    /// Writes the message to the caller's buffer, without a copy of its own.
    ///
    /// # Errors
    /// The first value that was refused; a Content-Length set by hand that is wrong; too little
    /// room, in which case nothing was written.
    pub fn write_to(&self, out: &mut impl BufMut) -> Result<(), BuildError> {
        self.error.map_or(Ok(()), Err)?;
        self.overlay.write_to(&self.line, out)
    }

    /// The octets of the message, for those who send it and do not look into it again: less than
    /// what `finish` does.
    ///
    /// # Errors
    /// The first value that was refused; a Content-Length set by hand that is wrong.
    pub fn to_bytes(&self) -> Result<Bytes, BuildError> {
        self.error.map_or(Ok(()), Err)?;
        self.overlay.to_bytes(&self.line)
    }

    fn message(&self) -> Result<Message, BuildError> {
        self.error.map_or(Ok(()), Err)?;
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
