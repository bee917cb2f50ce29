//! What RFC 3261 §8.2 and §16.3 ask of a message before it is acted upon.
//!
//! This is apart from parsing: a monitor must be able to read a request that a server has to
//! refuse.

use alloc::vec::Vec;
use core::fmt;

use sip_uri::UriError;

use crate::header::{self, Header, ListKind};
use crate::{HeaderError, HeaderName, Message, Method, Request, StatusCode, Version, value};

/// Who looks at the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// A user agent: server for requests (RFC 3261 §8.2), client for responses (§8.1.3).
    UserAgent,
    /// A proxy (RFC 3261 §16.3, §16.7).
    Proxy,
}

/// Checks messages for what their receiver has to refuse.
///
/// What the receiver can do is told to it; what is not told is not checked.
///
/// ```
/// use sip_message::{Message, Method, StatusCode, Validator};
/// let message = Message::parse(&b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
///     From: <sip:alice@atlanta.example>;tag=1\r\n\
///     To: <sip:bob@biloxi.example>\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: 1 INVITE\r\n\
///     Max-Forwards: 70\r\n\r\n"[..])?;
/// let problems = Validator::user_agent().methods(&[Method::INVITE, Method::OPTIONS]).check(&message);
/// assert_eq!(problems.len(), 1);
/// assert_eq!(problems[0].status(), Some(StatusCode::BAD_REQUEST));
/// assert_eq!(problems[0].to_string(), "CSeq has another method than the request (RFC 3261 §8.1.1.5)");
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Validator<'c> {
    role: Role,
    schemes: &'c [&'c str],
    methods: Option<&'c [Method<'c>]>,
    extensions: Option<&'c [&'c str]>,
    content_types: Option<&'c [(&'c str, &'c str)]>,
}

impl Validator<'static> {
    /// For a user agent.
    #[must_use]
    pub fn user_agent() -> Self {
        Self::new(Role::UserAgent)
    }

    /// For a proxy.
    #[must_use]
    pub fn proxy() -> Self {
        Self::new(Role::Proxy)
    }

    fn new(role: Role) -> Self {
        let schemes = &["sip", "sips", "tel"];
        Self { role, schemes, methods: None, extensions: None, content_types: None }
    }
}

impl<'c> Validator<'c> {
    /// The schemes that a Request-URI may have; `sip`, `sips` and `tel` unless said otherwise.
    /// Others are refused with 416 (RFC 3261 §8.2.2.1, §16.3).
    #[must_use]
    pub fn schemes(self, schemes: &'c [&'c str]) -> Self {
        Self { schemes, ..self }
    }

    /// The methods that a user agent allows; another is refused with 405, or with 501 if it is
    /// not a registered one (RFC 3261 §8.2.1, §21.5.2).
    #[must_use]
    pub fn methods(self, methods: &'c [Method<'c>]) -> Self {
        Self { methods: Some(methods), ..self }
    }

    /// The option tags that are supported: one more in Require (for a proxy: in Proxy-Require)
    /// is refused with 420 (RFC 3261 §8.2.2.3, §16.3).
    #[must_use]
    pub fn extensions(self, tags: &'c [&'c str]) -> Self {
        Self { extensions: Some(tags), ..self }
    }

    /// The media types that a user agent reads in a body; another is refused with 415 (RFC 3261
    /// §8.2.3).
    #[must_use]
    pub fn content_types(self, types: &'c [(&'c str, &'c str)]) -> Self {
        Self { content_types: Some(types), ..self }
    }

    /// What is wrong with a message. The first problem is the one to answer: they come in the
    /// order of RFC 3261 §8.2 and §16.3.
    #[must_use]
    pub fn check<'m>(&self, message: &'m Message) -> Vec<Problem<'m>> {
        let mut check = Check { message, problems: Vec::new(), status: None };
        match message {
            Message::Request(request) => {
                check.status = Some(StatusCode::BAD_REQUEST);
                self.request(&mut check, request);
            }
            Message::Response(response) => self.response(&mut check, response.version()),
        }
        check.problems
    }

    fn request<'m>(&self, check: &mut Check<'m>, request: &'m Request) {
        if request.version() != Version::SIP_2_0 {
            check.version(Some(StatusCode::VERSION_NOT_SUPPORTED));
        }
        self.method(check, request);
        self.request_uri(check, request);
        check.core_headers();
        check.values(header::MaxForwards);
        if let Ok(Some(cseq)) = request.headers().find(header::CSeq)
            && cseq.method() != request.method()
        {
            check.at_header(ProblemKind::CSeqMethod, HeaderName::CSEQ, check.status);
        }
        check.values(header::Contact);
        check.star(request);
        check.values(header::Route);
        check.values(header::RecordRoute);
        if self.role == Role::Proxy
            && let Ok(Some(hops)) = request.headers().find(header::MaxForwards)
            && hops.get() == 0
        {
            let status = Some(StatusCode::TOO_MANY_HOPS);
            check.at_header(ProblemKind::NoForwards, HeaderName::MAX_FORWARDS, status);
        }
        match self.role {
            Role::UserAgent => self.required_extensions(check, header::Require),
            Role::Proxy => self.required_extensions(check, header::ProxyRequire),
        }
        self.body(check, request);
    }

    fn response(&self, check: &mut Check<'_>, version: Version) {
        if version != Version::SIP_2_0 {
            check.version(None);
        }
        check.core_headers();
        check.values(header::Contact);
        check.values(header::RecordRoute);
        // RFC 3261 §8.1.3.3: whoever sent the request is the last on the path back.
        if self.role == Role::UserAgent
            && check.message.headers().each(header::Via).filter(Result::is_ok).count() > 1
        {
            check.at_header(ProblemKind::NotForUs, HeaderName::VIA, None);
        }
    }

    fn method(&self, check: &mut Check<'_>, request: &Request) {
        let Some(methods) = self.methods.filter(|_| self.role == Role::UserAgent) else { return };
        let method = request.method();
        if !methods.contains(&method) {
            let status = if method.is_registered() {
                StatusCode::METHOD_NOT_ALLOWED
            } else {
                StatusCode::NOT_IMPLEMENTED
            };
            let offset = request.uri_offset() - method.as_str().len() - 1;
            check.at(ProblemKind::MethodNotAllowed, None, Some(offset), Some(status));
        }
    }

    fn request_uri(&self, check: &mut Check<'_>, request: &Request) {
        let base = request.uri_offset();
        match request.uri() {
            Err(error) => {
                let at = base + error.offset();
                check.at(ProblemKind::RequestUri(error), None, Some(at), check.status);
            }
            Ok(uri)
                if !self.schemes.iter().any(|s| uri.scheme().as_str().eq_ignore_ascii_case(s)) =>
            {
                let status = Some(StatusCode::UNSUPPORTED_URI_SCHEME);
                check.at(ProblemKind::Scheme, None, Some(base), status);
            }
            Ok(uri) => {
                // RFC 3261 §19.1.1, table 1: no headers in a Request-URI.
                if uri.headers().next().is_some() {
                    let at = base + uri.as_str().find('?').unwrap_or(0);
                    check.at(ProblemKind::RequestUriHeaders, None, Some(at), check.status);
                }
            }
        }
    }

    fn required_extensions<'m, H>(&self, check: &mut Check<'m>, header: H)
    where
        H: Header<Value<'m> = value::Token<'m>>,
    {
        let Some(supported) = self.extensions else { return };
        let name = HeaderName::from_token(H::NAME);
        for tag in check.message.headers().each(header) {
            match tag {
                Ok(tag) if supported.iter().any(|known| tag.eq_ignore_ascii_case(known)) => {}
                Ok(_) => {
                    let status = Some(StatusCode::BAD_EXTENSION);
                    check.at_header(ProblemKind::Extension, name, status);
                }
                Err(error) => check.bad_value(error),
            }
        }
    }

    fn body<'m>(&self, check: &mut Check<'m>, request: &'m Request) {
        if request.body().is_empty() {
            return;
        }
        match request.headers().find(header::ContentType) {
            Err(error) => check.bad_value(error),
            // RFC 3261 §20.15: a body must have a Content-Type.
            Ok(None) => {
                check.at_header(ProblemKind::MissingHeader, HeaderName::CONTENT_TYPE, check.status);
            }
            Ok(Some(media)) => {
                let known = |types: &[(&str, &str)]| types.iter().any(|(a, b)| media.is(a, b));
                if self.role == Role::UserAgent && self.content_types.is_some_and(|t| !known(t)) {
                    let status = Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
                    check.at_header(ProblemKind::MediaType, HeaderName::CONTENT_TYPE, status);
                }
            }
        }
    }
}

/// A check under way.
struct Check<'m> {
    message: &'m Message,
    problems: Vec<Problem<'m>>,
    /// The answer to bad syntax.
    status: Option<StatusCode>,
}

impl<'m> Check<'m> {
    /// The headers that every message has (RFC 3261 §8.1.1, §8.2.6.2), and headers that may be
    /// there once being there twice (§7.3.1).
    fn core_headers(&mut self) {
        self.required(header::Via);
        self.required(header::From);
        self.required(header::To);
        self.required(header::CallId);
        self.required(header::CSeq);
        self.duplicates();
    }

    /// A header that must be there and be readable.
    fn required<H: Header>(&mut self, header: H) {
        let name = HeaderName::from_token(H::NAME);
        if self.message.headers().iter().all(|line| line.name() != name) {
            self.at(ProblemKind::MissingHeader, Some(name), None, self.status);
        }
        self.values(header);
    }

    /// A header whose values must be readable if they are there, the URIs in them as well.
    fn values<H: Header>(&mut self, _: H) {
        let name = HeaderName::from_token(H::NAME);
        let mut deviations = Vec::new();
        for line in self.message.headers().iter().filter(|line| line.name() == name) {
            let values = line.values_checked(&mut deviations).into_iter().flatten();
            for error in values.filter_map(Result::err) {
                self.bad_value(error);
            }
        }
    }

    /// RFC 3261 §10.3 step 6: `Contact: *` stands alone, in a REGISTER with Expires 0.
    fn star(&mut self, request: &'m Request) {
        let headers = request.headers();
        let contacts = || headers.each(header::Contact).filter_map(Result::ok);
        if !contacts().any(|contact| contact.is_star()) {
            return;
        }
        let expires = headers.find(header::Expires).ok().flatten().map(value::Number::get);
        if request.method() != Method::REGISTER || contacts().count() > 1 || expires != Some(0) {
            self.at_header(ProblemKind::Star, HeaderName::CONTACT, self.status);
        }
    }

    fn duplicates(&mut self) {
        let mut seen = [false; header::ALL.len()];
        for line in self.message.headers().iter() {
            let (name, single) = (line.name(), line.list_kind() == Some(ListKind::Single));
            if let Some(known) = name.known().filter(|_| single) {
                let seen = &mut seen[known as usize];
                // The parser has its own rule for Content-Length.
                if *seen && name != HeaderName::CONTENT_LENGTH {
                    let at = line.range().start;
                    self.at(ProblemKind::DuplicateHeader, Some(name), Some(at), self.status);
                }
                *seen = true;
            }
        }
    }

    fn version(&mut self, status: Option<StatusCode>) {
        let at = self.message.version_offset();
        self.at(ProblemKind::Version, None, Some(at), status);
    }

    fn bad_value(&mut self, error: HeaderError<'m>) {
        self.at(ProblemKind::Value(error), Some(error.name()), error.offset(), self.status);
    }

    /// A problem with the value of the first line of a header.
    fn at_header(
        &mut self,
        kind: ProblemKind<'m>,
        name: HeaderName<'m>,
        status: Option<StatusCode>,
    ) {
        let line = self.message.headers().iter().find(|line| line.name() == name);
        self.at(kind, Some(name), line.map(|line| line.value_range().start), status);
    }

    fn at(
        &mut self,
        kind: ProblemKind<'m>,
        header: Option<HeaderName<'m>>,
        offset: Option<usize>,
        status: Option<StatusCode>,
    ) {
        self.problems.push(Problem { kind, header, offset, status });
    }
}

/// Something that the receiver of a message must not let pass. `{:#}` prints it without the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem<'m> {
    kind: ProblemKind<'m>,
    header: Option<HeaderName<'m>>,
    offset: Option<usize>,
    status: Option<StatusCode>,
}

/// What a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind<'m> {
    /// The version is not 2.0.
    Version,
    /// The method is not one that the receiver allows.
    MethodNotAllowed,
    /// The Request-URI cannot be read.
    RequestUri(UriError),
    /// The scheme of the Request-URI is not one that the receiver knows.
    Scheme,
    /// The Request-URI has headers.
    RequestUriHeaders,
    /// A header that must be there is not.
    MissingHeader,
    /// A header that may be there once is there again.
    DuplicateHeader,
    /// A header cannot be read.
    Value(HeaderError<'m>),
    /// CSeq has another method than the request.
    CSeqMethod,
    /// Max-Forwards is used up.
    NoForwards,
    /// An extension is required that the receiver does not have.
    Extension,
    /// The body is of a type that the receiver does not read.
    MediaType,
    /// `Contact: *` beside other contacts, without Expires 0, or in another request than REGISTER.
    Star,
    /// A response with more than one Via is for a proxy, not for its user agent.
    NotForUs,
}

impl<'m> Problem<'m> {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ProblemKind<'m> {
        self.kind
    }

    /// The header that it is about; `None` when it is about the start line.
    #[must_use]
    pub fn header(&self) -> Option<HeaderName<'m>> {
        self.header
    }

    /// The byte where it is, counted from the first byte given to the parser; `None` when
    /// something is missing.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// What to answer to a request; `None` for a response, which is dropped.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The section that asks for the check.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self.kind {
            ProblemKind::Version => "RFC 3261 §21.5.6",
            ProblemKind::MethodNotAllowed => "RFC 3261 §8.2.1",
            ProblemKind::RequestUri(error) => error.rfc(),
            ProblemKind::Scheme => "RFC 3261 §8.2.2.1",
            ProblemKind::RequestUriHeaders => "RFC 3261 §19.1.1",
            ProblemKind::MissingHeader if self.header == Some(HeaderName::CONTENT_TYPE) => {
                "RFC 3261 §20.15"
            }
            ProblemKind::MissingHeader => "RFC 3261 §8.1.1",
            ProblemKind::DuplicateHeader => "RFC 3261 §7.3.1",
            ProblemKind::Value(error) => error.rfc(),
            ProblemKind::CSeqMethod => "RFC 3261 §8.1.1.5",
            ProblemKind::NoForwards => "RFC 3261 §16.3",
            ProblemKind::Extension => "RFC 3261 §8.2.2.3",
            ProblemKind::MediaType => "RFC 3261 §8.2.3",
            ProblemKind::Star => "RFC 3261 §10.3",
            ProblemKind::NotForUs => "RFC 3261 §8.1.3.3",
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            ProblemKind::Version => "version",
            ProblemKind::MethodNotAllowed => "method-not-allowed",
            ProblemKind::RequestUri(_) => "request-uri",
            ProblemKind::Scheme => "scheme",
            ProblemKind::RequestUriHeaders => "request-uri-headers",
            ProblemKind::MissingHeader => "missing-header",
            ProblemKind::DuplicateHeader => "duplicate-header",
            ProblemKind::Value(_) => "value",
            ProblemKind::CSeqMethod => "cseq-method",
            ProblemKind::NoForwards => "no-forwards",
            ProblemKind::Extension => "extension",
            ProblemKind::MediaType => "media-type",
            ProblemKind::Star => "star-contact",
            ProblemKind::NotForUs => "not-for-us",
        }
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ProblemKind::RequestUri(error) if f.alternate() => {
                return write!(f, "Request-URI: {error:#}");
            }
            ProblemKind::RequestUri(error) => return write!(f, "Request-URI: {error}"),
            ProblemKind::Value(error) => return error.fmt(f),
            ProblemKind::Version => "the version is not SIP/2.0",
            ProblemKind::MethodNotAllowed => "the method is not allowed",
            ProblemKind::Scheme => "the scheme of the Request-URI is not supported",
            ProblemKind::RequestUriHeaders => "the Request-URI has headers",
            ProblemKind::MissingHeader => "is missing",
            ProblemKind::DuplicateHeader => "is there more than once",
            ProblemKind::CSeqMethod => "has another method than the request",
            ProblemKind::NoForwards => "is used up",
            ProblemKind::Extension => "asks for an extension that is not supported",
            ProblemKind::MediaType => "is not supported",
            ProblemKind::Star => "is `*` where it may not be",
            ProblemKind::NotForUs => "has more than one value in a response",
        };
        if let Some(name) = self.header {
            write!(f, "{name} ")?;
        }
        f.write_str(what)?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}
