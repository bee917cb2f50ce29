//! REFER, out and in (RFC 3515, RFC 4488, RFC 3892).

use std::time::Instant;

use sip_message::{Method, Request, Sipfrag, StatusCode, header};
use sip_transaction::{Flow, ServerTransaction};
use sip_uri::UriRef;

use super::id::{Call, DialogKey, Notification, Subscription};
use super::notify::SubscriptionState;
use super::subscribe::bracketed;
use super::{AgentError, Extra, InviteOptions, SubscriptionEnd, UserAgent};
use crate::Body;

/// What a REFER of ours has of its own.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReferOptions {
    /// Headers, such as Target-Dialog or Refer-Events-At.
    pub extra: Extra,
    /// The call in whose dialog it is; outside otherwise.
    pub call: Option<Call>,
    /// Whether we do not want to be told what becomes of it (`Refer-Sub: false`, RFC 4488).
    pub without_subscription: bool,
    /// The call that the new one shall take the place of: an attended transfer.
    pub replacing: Option<Call>,
}

/// The status that a NOTIFY for a REFER tells: that of the sipfrag in its body.
#[must_use]
pub fn refer_status(notify: &Request) -> Option<StatusCode> {
    let media = notify.headers().find(header::ContentType).ok()??;
    if !media.is("message", "sipfrag") {
        return None;
    }
    Sipfrag::parse(notify.body_bytes()).ok()?.status()
}

impl UserAgent {
    /// Asks a peer to call somebody (RFC 3515). What becomes of it is told by
    /// [`Event::Notified`](crate::Event::Notified) with a [status](refer_status).
    ///
    /// # Errors
    /// When the target is no URI, the call has no dialog, there are as many subscriptions as there may
    /// be, or the request cannot be built or sent.
    pub fn refer(
        &mut self,
        now: Instant,
        flow: Flow,
        target: &str,
        refer_to: &str,
        options: ReferOptions,
    ) -> Result<Subscription, AgentError> {
        let ReferOptions { extra, call, without_subscription, replacing } = options;
        let refer_to = match replacing {
            Some(other) => {
                let value = self.replaces(other)?;
                let separator = if refer_to.contains('?') { '&' } else { '?' };
                format!("{refer_to}{separator}Replaces={}", escaped(&value))
            }
            None => refer_to.to_owned(),
        };
        let refer_to = bracketed(&refer_to)?;
        let (key, mut builder, flow) = self.usage_request(Method::REFER, flow, target, call)?;
        builder.header(header::ReferTo, refer_to.as_str());
        builder.header(header::ReferredBy, self.config.identity.as_str());
        if without_subscription {
            builder.header(header::ReferSub, "false");
        }
        let request = self.finish_request(&mut builder, &extra, extra.body.as_ref())?;
        let cseq = request.headers().find(header::CSeq).ok().flatten();
        let event = format!("refer;id={}", cseq.map_or(0, |cseq| cseq.number()));
        self.begin_subscription(now, flow, key, event, 0, Extra::new(), request)
    }

    /// A REFER has come.
    pub(super) fn refer_comes(
        &mut self,
        now: Instant,
        flow: Flow,
        transaction: ServerTransaction,
        request: Request,
        key: Option<DialogKey>,
    ) {
        // RFC 3515 §2.4.2: exactly one Refer-To.
        let count = request.headers().each(header::ReferTo).count();
        let refer_to = request.headers().find(header::ReferTo).ok().flatten();
        let uri = refer_to.and_then(|it| str::from_utf8(it.uri_bytes()).ok().map(Box::from));
        let Some(uri) = uri.filter(|_| count == 1) else {
            let bad = StatusCode::BAD_REQUEST;
            return self.refuse(now, transaction, &request, bad, &Extra::new());
        };
        let referred_by = request.headers().raw("Referred-By");
        let referred_by = referred_by.and_then(|it| str::from_utf8(it).ok()).map(Box::from);
        let cseq = request.headers().find(header::CSeq).ok().flatten();
        let event = format!("refer;id={}", cseq.map_or(0, |cseq| cseq.number()));
        let begun = self.begin_notifier(now, flow, transaction, &request, key, event, None);
        let Some((notification, call)) = begun else { return };
        if let Some(notifier) = self.notifiers.get_mut(notification) {
            notifier.refer_to = Some(uri);
            notifier.referred_by = referred_by;
        }
        let event = super::Event::ReferAsked { notification, call, flow, request };
        self.events.push_back(event);
    }

    /// Calls whom a REFER names ([`Event::ReferAsked`](crate::Event::ReferAsked)), after it was
    /// accepted: an INVITE to Refer-To with the Replaces, Join and other headers that it has, and
    /// Referred-By. Who has sent the REFER is told what becomes of the call.
    ///
    /// # Errors
    /// When the REFER is over or was followed, it names no SIP URI or another method, or the INVITE
    /// cannot be built or sent.
    pub fn follow_refer(
        &mut self,
        now: Instant,
        notification: Notification,
        flow: Flow,
        options: InviteOptions,
    ) -> Result<Call, AgentError> {
        let notifier = self.notifiers.get(notification).ok_or(AgentError::Gone)?;
        let refer_to = notifier.refer_to.clone().ok_or(AgentError::State("it was followed"))?;
        let referred_by = notifier.referred_by.clone();
        let mut options = options;
        let (target, headers) = referred(&refer_to)?;
        for (name, value) in headers {
            options.extra = options.extra.header(&name, &value);
        }
        if let Some(referred_by) = referred_by {
            options.extra = options.extra.header("Referred-By", &referred_by);
        }
        options.referral = Some(notification);
        let call = self.invite(now, flow, &target, options)?;
        if let Some(notifier) = self.notifiers.get_mut(notification) {
            notifier.refer_to = None;
        }
        Ok(call)
    }

    /// Tells whoever has sent a REFER what has become of it: with a provisional status that it goes
    /// on, with a final one that it is over.
    ///
    /// # Errors
    /// As for [`notify`](Self::notify).
    pub fn notify_refer(
        &mut self,
        now: Instant,
        notification: Notification,
        status: StatusCode,
    ) -> Result<(), AgentError> {
        self.tell_refer(now, notification, status, status.reason().unwrap_or_default())
    }

    fn tell_refer(
        &mut self,
        now: Instant,
        notification: Notification,
        status: StatusCode,
        reason: &str,
    ) -> Result<(), AgentError> {
        let state = match status.is_final() {
            true => SubscriptionState::Terminated(SubscriptionEnd::NoResource),
            false => SubscriptionState::Active,
        };
        let fragment = format!("SIP/2.0 {status} {reason}\r\n");
        let body = Body::new(Sipfrag::CONTENT_TYPE, fragment.into_bytes());
        self.notify(now, notification, state, Extra::new().body(body))
    }

    /// What becomes of a call that comes of a REFER.
    pub(super) fn tell_referral(
        &mut self,
        now: Instant,
        call: Call,
        status: StatusCode,
        reason: &[u8],
    ) {
        let Some(data) = self.calls.get_mut(call) else { return };
        let Some(notification) = data.referral else { return };
        if status.is_final() {
            data.referral = None;
        }
        let reason = str::from_utf8(reason).unwrap_or_default().to_owned();
        // Whoever does not want to know any more has ended the subscription.
        let _ = self.tell_refer(now, notification, status, &reason);
    }
}

/// The Request-URI and the headers that a Refer-To makes (RFC 3261 §19.1.5). Those that would say
/// who calls, or by which way, are not taken.
fn referred(refer_to: &str) -> Result<(String, Vec<(String, String)>), AgentError> {
    let uri = UriRef::parse(refer_to).map_err(sip_message::encode::EncodeError::from)?;
    if !uri.scheme().is_sip() && !uri.scheme().is_sips() && !uri.scheme().is_tel() {
        return Err(AgentError::Unsupported("a Refer-To of this scheme"));
    }
    if uri.method().ok().flatten().is_some_and(|method| method != "INVITE") {
        return Err(AgentError::Unsupported("a Refer-To with this method"));
    }
    let target = crate::dialog::as_request_uri(refer_to);
    let mut headers = Vec::new();
    for header in uri.headers() {
        let name = String::from_utf8_lossy(&header.name_decoded()).into_owned();
        let taken = ["Replaces", "Join", "Require", "Subject", "Accept-Contact", "Reject-Contact"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name));
        if taken {
            headers.push((name, String::from_utf8_lossy(&header.value_decoded()).into_owned()));
        }
    }
    Ok((target, headers))
}

/// A header's value in a URI (RFC 3261 §25.1, `hvalue`).
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'!'
            | b'~'
            | b'*'
            | b'('
            | b')' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
