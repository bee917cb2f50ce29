//! What is in every message of a user agent.

use bytes::Bytes;
use sip_message::encode::BuildError;
use sip_message::{Builder, Parts, Request, Response, header};
use sip_transaction::{Flow, Transport};
use sip_uri::UriRef;

use super::{AgentConfig, Reliability, UserAgent};
use crate::Body;

/// What the program adds to a message: headers, in order, and a body.
///
/// ```
/// use sip_dialog::{Body, Extra};
///
/// let extra = Extra::new().header("Subject", "Lunch").body(Body::sdp("v=0\r\n"));
/// assert_eq!(extra.headers().count(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    headers: Vec<(Box<str>, Box<str>)>,
    pub(crate) body: Option<Body>,
}

impl Extra {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more header line. It is checked when the message is built.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    /// The header lines: names and values.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    pub(crate) fn add<M>(&self, builder: &mut Builder<'_, M>) {
        for (name, value) in self.headers() {
            builder.header_raw(name, value);
        }
    }
}

/// What a user agent can do, as its messages say it.
#[derive(Clone, Debug)]
pub(crate) struct Capabilities {
    pub(crate) methods: Vec<String>,
    pub(crate) extensions: Vec<String>,
    pub(crate) allow: String,
    pub(crate) supported: String,
    pub(crate) accept: String,
    pub(crate) allow_events: String,
    pub(crate) recv_info: String,
}

impl Capabilities {
    pub(crate) fn of(config: &AgentConfig) -> Self {
        let reliable = config.reliability != Reliability::Never;
        let base =
            ["INVITE", "ACK", "CANCEL", "BYE"].into_iter().chain(reliable.then_some("PRACK"));
        let mut methods: Vec<String> = base.map(String::from).collect();
        methods.extend(config.methods.iter().cloned());
        let own = [
            reliable.then_some("100rel"),
            config.session_timer.map(|_| "timer"),
            Some("replaces"),
            Some("join"),
            Some("tdialog"),
            Some("norefersub"),
            Some("199"),
            Some("gruu"),
        ];
        let mut extensions: Vec<String> = own.into_iter().flatten().map(String::from).collect();
        extensions.extend(config.extensions.iter().cloned());
        let accept = config.content_types.iter().map(|(kind, sub)| format!("{kind}/{sub}"));
        let mut events = config.event_packages.clone();
        if methods.iter().any(|method| method == "REFER") {
            events.push("refer".into());
        }
        Self {
            allow: methods.join(", "),
            supported: extensions.join(", "),
            accept: accept.collect::<Vec<_>>().join(", "),
            allow_events: events.join(", "),
            recv_info: config.info_packages.join(", "),
            methods,
            extensions,
        }
    }
}

/// What a message says its sender can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Abilities {
    pub(crate) update: bool,
    pub(crate) reliable: bool,
    pub(crate) requires_reliable: bool,
}

impl Abilities {
    /// What is known after one more message: what it does not speak of stays as it was.
    pub(crate) fn after(self, message: &Parts) -> Self {
        let headers = message.headers();
        let new = Self::of(message);
        let allows = headers.raw("Allow").is_some();
        let supports = headers.raw("Supported").is_some() || new.requires_reliable;
        Self {
            update: if allows { new.update } else { self.update },
            reliable: if supports { new.reliable } else { self.reliable },
            requires_reliable: new.requires_reliable,
        }
    }

    pub(crate) fn of(message: &Parts) -> Self {
        let headers = message.headers();
        let requires = |tag: &str| {
            headers.each(header::Require).flatten().any(|it| it.eq_ignore_ascii_case(tag))
        };
        let supports = |tag: &str| {
            headers.each(header::Supported).flatten().any(|it| it.eq_ignore_ascii_case(tag))
        };
        Self {
            update: headers.each(header::Allow).flatten().any(|it| it == "UPDATE"),
            reliable: supports("100rel") || requires("100rel"),
            requires_reliable: requires("100rel"),
        }
    }
}

/// The description of a session that a message has: its body, or a part of it, that is for the
/// session (RFC 3261 §13.2.1, RFC 5621 §8). It is copied out of the message.
pub(crate) fn description(message: &Parts) -> Option<Body> {
    if message.body().is_empty() {
        return None;
    }
    let copy = |content_type: &str, bytes: &[u8]| {
        Some(Body::new(content_type, Bytes::copy_from_slice(bytes)))
    };
    if let Some(multipart) = message.multipart() {
        let multipart = multipart.ok()?;
        let part = multipart.walk().find(|part| {
            part.content_type().is_ok_and(|it| it.is("application", "sdp"))
                && part.disposition().map_or(true, |it| it.is("session"))
        })?;
        return copy("application/sdp", &part.decoded_body().ok()?);
    }
    let media = message.headers().find(header::ContentType).ok()??;
    let disposition = message.headers().find(header::ContentDisposition).ok().flatten();
    let for_session = match disposition {
        Some(disposition) => disposition.is("session"),
        None => media.is("application", "sdp"),
    };
    let content_type = message.headers().raw("Content-Type").and_then(|it| str::from_utf8(it).ok());
    for_session.then(|| copy(content_type?, message.body())).flatten()
}

impl UserAgent {
    /// The URI of our Contact on a flow.
    pub(super) fn contact_uri(&self, flow: Flow, sips: bool) -> String {
        if let Some(contact) = &self.config.contact {
            return contact.clone();
        }
        let identity = self.config.identity.as_str();
        let uri = identity.split_once('<').map_or(identity, |(_, uri)| uri);
        let uri = uri.split(['>', ';']).next().unwrap_or_default();
        let user = UriRef::parse(uri).ok().and_then(|uri| Some(uri.user()?.to_owned()));
        let at = user.map(|user| format!("{user}@")).unwrap_or_default();
        let scheme = if sips { "sips" } else { "sip" };
        let transport = match flow.transport {
            Transport::Udp => String::new(),
            Transport::Tls | Transport::TlsSctp if sips => String::new(),
            transport => format!(";transport={}", transport.via_name().to_ascii_lowercase()),
        };
        format!("{scheme}:{at}{}{transport}", flow.local)
    }

    /// Contact and what we can do, for requests and responses that make a dialog or refresh its
    /// target.
    pub(super) fn introduce<M>(&self, builder: &mut Builder<'_, M>, contact: &str) {
        builder.header(header::Contact, format_args!("<{contact}>"));
        builder.header_raw("Allow", self.capabilities.allow.as_str());
        builder.header_raw("Supported", self.capabilities.supported.as_str());
        if !self.capabilities.allow_events.is_empty() {
            builder.header_raw("Allow-Events", self.capabilities.allow_events.as_str());
        }
        if !self.config.info_packages.is_empty() {
            builder.header_raw("Recv-Info", self.capabilities.recv_info.as_str());
        }
    }

    /// The request: with what the program adds, who we are, and a body.
    pub(super) fn finish_request<'b>(
        &self,
        builder: &mut Builder<'b, Request>,
        extra: &Extra,
        body: Option<&'b Body>,
    ) -> Result<Request, BuildError> {
        if let Some(name) = &self.config.user_agent {
            builder.header(header::UserAgent, name);
        }
        extra.add(builder);
        builder.without_via();
        if let Some(body) = body {
            builder.body(&*body.content_type, &body.bytes);
        }
        builder.build()
    }

    /// The response: with what the program adds, who we are, and a body.
    pub(super) fn finish_response<'b>(
        &self,
        builder: &mut Builder<'b, Response>,
        extra: &Extra,
        body: Option<&'b Body>,
    ) -> Result<Response, BuildError> {
        if let Some(name) = &self.config.user_agent {
            builder.header(header::Server, name);
        }
        extra.add(builder);
        if let Some(body) = body {
            builder.body(&*body.content_type, &body.bytes);
        }
        builder.build()
    }
}
