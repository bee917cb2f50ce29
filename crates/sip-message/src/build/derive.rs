//! Messages that follow from others: responses (RFC 3261 §8.2.6, §12.1.1), the ACK for a final
//! response other than 2xx (§17.1.1.3), CANCEL (§9.1).

use super::{Builder, Seen};
use crate::edit::{Key, Overlay, Src, first_value};
use crate::encode::{BuildError, BuildErrorKind, check_token};
use crate::header::{self, Known, ListKind};
use crate::start_line::Span;
use crate::value::{HeaderValue, NameAddr};
use crate::{HeaderLine, Method, Parts, Request, Response, StatusCode};

impl Request {
    /// Starts the response to a request: Via, From, To, Call-ID and CSeq are copied, byte for byte
    /// but for folds (RFC 3261 §8.2.6.2). So is Record-Route where the response may start a dialog
    /// (a status from 101 to 299 to INVITE, SUBSCRIBE, NOTIFY or REFER: §12.1.1, RFC 6665 §4), and
    /// Timestamp in a 100 (§8.2.6.1).
    ///
    /// ```
    /// # use sip_message::{header, Message, StatusCode};
    /// # let message = Message::parse(&b"INVITE sip:bob@biloxi.example SIP/2.0\r\n\
    /// #   Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
    /// #   Max-Forwards: 70\r\n\
    /// #   To: Bob <sip:bob@biloxi.example>\r\n\
    /// #   From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
    /// #   Call-ID: a84b4c76e66710\r\n\
    /// #   CSeq: 314159 INVITE\r\n\r\n"[..]).unwrap();
    /// # let invite = message.as_request().unwrap();
    /// let ringing = invite.respond(StatusCode::RINGING)
    ///     .to_tag("a6c85cf")
    ///     .header(header::Contact, "<sip:bob@192.0.2.4>")
    ///     .build()?;
    /// assert_eq!(ringing.as_bytes(), b"SIP/2.0 180 Ringing\r\n\
    ///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
    ///     To: Bob <sip:bob@biloxi.example>;tag=a6c85cf\r\n\
    ///     From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
    ///     Call-ID: a84b4c76e66710\r\n\
    ///     CSeq: 314159 INVITE\r\n\
    ///     Contact: <sip:bob@192.0.2.4>\r\n\
    ///     Content-Length: 0\r\n\r\n");
    /// # Ok::<(), sip_message::encode::BuildError>(())
    /// ```
    ///
    /// A request that lacks one of these headers, or has one that cannot be read, can be answered
    /// all the same as long as it has a Via: the answer is then most often a 400.
    pub fn respond(&self, status: StatusCode) -> Builder<'_, Response> {
        let mut overlay = Overlay::empty(self.source());
        overlay.read_under(self.tolerances());
        let dialog = starts_dialog(self.method(), status);
        let mut seen = Seen::default();
        for line in self.headers().iter() {
            let known = match line.name().known() {
                Some(
                    known @ (Known::Via | Known::From | Known::To | Known::CallId | Known::CSeq),
                ) => known,
                Some(known @ Known::RecordRoute) if dialog => known,
                Some(known @ Known::Timestamp) if status == StatusCode::TRYING => known,
                _ => continue,
            };
            if seen.may_come(known) {
                overlay.copy_value(&Key::known(known), line.value());
            }
        }
        let mut response = Builder::response(overlay, status);
        response.copied = true;
        if self.method() == Method::ACK {
            response.error = Some(BuildError::new(BuildErrorKind::AckIsNotAnswered));
        }
        response
    }

    /// Starts the ACK that the client transaction of this INVITE sends for a final response other
    /// than 2xx (RFC 3261 §17.1.1.3): the Request-URI, the top Via, Route, From and Call-ID of the
    /// INVITE, its CSeq number, the To of the response, and a Max-Forwards of 70.
    ///
    /// Building it fails when the request is no INVITE or the response is not such a one. The ACK
    /// for a 2xx belongs to the dialog (§13.2.2.4).
    pub fn ack(&self, response: &Response) -> Builder<'_, Self> {
        let mut ack = self.hop_by_hop(Method::ACK, Some(response));
        let status = response.status();
        if !status.is_final() || status.is_success() {
            let error = ack.error.take();
            ack.error = error.or_else(|| Some(BuildError::new(BuildErrorKind::NotRefused)));
        }
        ack
    }

    /// Starts the CANCEL of this INVITE (RFC 3261 §9.1): its Request-URI, top Via, Route, From, To
    /// and Call-ID, its CSeq number, and a Max-Forwards of 70. It must not be sent before a
    /// provisional response has come.
    ///
    /// Building it fails when the request is no INVITE.
    pub fn cancel(&self) -> Builder<'_, Self> {
        self.hop_by_hop(Method::CANCEL, None)
    }

    /// A request that goes where this one went, and is matched with it by its top Via.
    fn hop_by_hop(&self, method: Method<'_>, answer: Option<&Response>) -> Builder<'_, Self> {
        let mut overlay = Overlay::empty(self.source());
        overlay.read_under(self.tolerances());
        let lines = |name| self.headers().lines(name);
        let top = lines("Via")
            .find_map(|line| first_value::<header::Via>(line.value(), self.tolerances()));
        if let Some(via) = top {
            overlay.copy_value(&Key::known(Known::Via), via);
        }
        lines("Route").for_each(|line| overlay.copy_line(&line));
        match answer {
            Some(answer) => overlay.copy_foreign(Known::To, answer),
            None => overlay.copy_first(Known::To, self),
        }
        overlay.copy_first(Known::From, self);
        overlay.push_text(Known::MaxForwards, b"70");
        overlay.copy_first(Known::CallId, self);
        let uri = Ok(Src::Original(self.line().uri));
        let mut request = Builder::request(overlay, method, uri);
        match super::require(self, header::CSeq) {
            Ok(cseq) => {
                request.cseq(cseq.number());
            }
            Err(error) => request.error = Some(error),
        }
        if self.method() != Method::INVITE {
            request.error = Some(BuildError::new(BuildErrorKind::NotInvite));
        }
        request
    }
}

/// Whether a response with this status may start a dialog at whoever gets it. A request inside a
/// dialog is not told apart: there Record-Route changes nothing (§12.2.1.2).
fn starts_dialog(method: Method<'_>, status: StatusCode) -> bool {
    const METHODS: [Method<'static>; 4] =
        [Method::INVITE, Method::SUBSCRIBE, Method::NOTIFY, Method::REFER];
    (101..300).contains(&status.code()) && METHODS.contains(&method)
}

impl Overlay<'_> {
    /// Copies a line of the message whose buffer this is; the first one only of a header that may
    /// be there once.
    fn copy_line(&mut self, line: &HeaderLine<'_>) {
        let Some(known) = line.name().known() else { return };
        let single = line.list_kind() == Some(ListKind::Single);
        let key = Key::known(known);
        if !(single && self.has(key)) {
            self.copy_value(&key, line.value());
        }
    }

    /// Copies a part of the buffer as a value, its folds made spaces.
    fn copy_value(&mut self, key: &Key<'_>, value: &[u8]) {
        let value = match memchr::memchr2(b'\r', b'\n', value) {
            None => self.locate(value),
            Some(_) => Src::Text(self.text.push(&crate::text::unfold(value))),
        };
        self.push(key, value);
    }

    /// Copies the first line of a header.
    fn copy_first(&mut self, known: Known, parts: &Parts) {
        let mut lines = parts.headers().iter();
        if let Some(line) = lines.find(|line| line.name().known() == Some(known)) {
            self.copy_line(&line);
        }
    }

    pub(super) fn push_text(&mut self, known: Known, value: &[u8]) {
        let value = Src::Text(self.text.push(value));
        self.push(&Key::known(known), value);
    }

    /// Copies the first line of a header of another message.
    fn copy_foreign(&mut self, known: Known, parts: &Parts) {
        let mut lines = parts.headers().iter();
        if let Some(line) = lines.find(|line| line.name().known() == Some(known)) {
            let text = self.text.push(&crate::text::unfold(line.value()));
            self.push(&Key::known(known), Src::Text(text));
        }
    }

    /// Adds a tag to To, if it can be read and has none with a value.
    pub(super) fn add_tag(&mut self, tag: &str) -> Result<(), BuildError> {
        let key = Key::known(Known::To);
        check_token(tag).map_err(|error| key.refused(error))?;
        let Some(value) = self.first_of(&key) else { return Ok(()) };
        let Ok(to) = NameAddr::decode_with(value, self.tolerances()) else { return Ok(()) };
        if to.tag().is_some() {
            return Ok(());
        }
        // A `;tag` that has no value gets one: a second `tag` would be read by some and not by others.
        let (at, joint) = match to.params().get("tag") {
            None => (value.len(), &b";tag="[..]),
            Some(flag) if flag.raw_value().is_none() => {
                let name = flag.name().as_bytes();
                let start = name.as_ptr().addr() - value.as_ptr().addr();
                (start + name.len(), &b"="[..])
            }
            Some(_) => return Ok(()),
        };
        let value = value.to_vec();
        let (before, behind) = value.split_at(at);
        let tagged = self.text.join(&[before, joint, tag.as_bytes(), behind]);
        self.set(&key, tagged);
        Ok(())
    }

    /// Where a slice of the buffer is in it; a copy of one that is not.
    fn locate(&mut self, value: &[u8]) -> Src {
        let buffer = self.buffer();
        let start = value.as_ptr().addr().wrapping_sub(buffer.as_ptr().addr());
        match buffer.get(start..start.wrapping_add(value.len())) {
            Some(there) if there.as_ptr() == value.as_ptr() => {
                Src::Original(Span::new(start, start + value.len()))
            }
            _ => Src::Text(self.text.push(value)),
        }
    }
}
