//! Everything that can be said against a message: deviations, bad values, problems.

use alloc::vec::Vec;
use core::fmt;

use sip_uri::UriRef;

use crate::body::Part;
use crate::presence::Column;
use crate::validate::{Problem, ProblemKind};
use crate::{
    Deviation, HeaderError, HeaderLine, HeaderName, Message, Method, MultipartError,
    MultipartErrorKind, Placement, Presence, Rule, Severity, StatusCode, Validator, header,
};

/// One thing that [`lint`] has to say. `{:#}` prints it without its place and section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'m> {
    kind: FindingKind<'m>,
    header: Option<HeaderName<'m>>,
    offset: u32,
    len: u32,
}

/// What a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind<'m> {
    /// Something that was tolerated.
    Deviation(Deviation),
    /// A header value that cannot be read.
    Value(HeaderError<'m>),
    /// Something that a receiver refuses.
    Problem(Problem<'m>),
    /// Something that RFC 3261 asks of a sender and no receiver refuses.
    Advice(Advice),
    /// A header that is not for such a message (RFC 3261 §20, tables 2 and 3).
    NotApplicable(Placement<'m>),
    /// A header that such a message must have, and that no [`Problem`] or [`Advice`] is about.
    Missing(Placement<'m>),
    /// A multipart body, or a multipart inside of one, that cannot be taken apart.
    Body(MultipartError),
    /// Octets behind the body that were left out.
    Discarded,
}

/// What RFC 3261 asks of a sender and no receiver refuses, most of it since RFC 2543 did not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// A request without Max-Forwards.
    MaxForwards,
    /// An INVITE without Contact.
    Contact,
    /// From without a tag.
    FromTag,
    /// A Via whose branch is missing or does not start with the magic cookie `z9hG4bK`.
    BranchCookie,
    /// A Via whose protocol is not `SIP/2.0`.
    ViaProtocol,
}

impl Advice {
    fn describe(self) -> &'static str {
        match self {
            Self::MaxForwards => "Max-Forwards is missing",
            Self::Contact => "an INVITE must have a Contact",
            Self::FromTag => "From has no tag",
            Self::BranchCookie => "the branch of the top Via does not start with z9hG4bK",
            Self::ViaProtocol => "the protocol of the top Via is not SIP/2.0",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::MaxForwards => "missing-max-forwards",
            Self::Contact => "missing-contact",
            Self::FromTag => "missing-from-tag",
            Self::BranchCookie => "missing-branch-cookie",
            Self::ViaProtocol => "via-protocol",
        }
    }

    fn rfc(self) -> &'static str {
        match self {
            Self::MaxForwards => "RFC 3261 §8.1.1.6",
            Self::Contact => "RFC 3261 §8.1.1.8",
            Self::FromTag => "RFC 3261 §8.1.1.3",
            Self::BranchCookie | Self::ViaProtocol => "RFC 3261 §8.1.1.7",
        }
    }
}

/// Decodes everything in a message, under the tolerances it was read with, and says all that is
/// to be said against it, in the order of the bytes.
///
/// ```
/// use sip_message::{lint, Message};
/// let message = Message::parse(&b"SIP/2.0 200 OK\r\n\
///     Via: SIP/2.0/UDP pc33.atlanta.example;;branch=z9hG4bK776asdhds\r\n\
///     From: <sip:alice@atlanta.example>;tag=1\r\n\
///     To: <sip:bob@biloxi.example>;tag=2\r\n\
///     Call-ID: a84b4c76e66710\r\n\
///     CSeq: x INVITE\r\n\r\n"[..])?;
/// let findings = lint(&message);
/// let names: Vec<_> = findings.iter().map(|finding| finding.name()).collect();
/// assert_eq!(names, ["empty-parameter", "bad-value"]);
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[must_use]
pub fn lint(message: &Message) -> Vec<Finding<'_>> {
    let mut findings: Vec<_> =
        message.deviations().iter().map(|&deviation| Finding::deviation(None, deviation)).collect();
    request_uri(message, &mut findings);
    let mut deviations = Vec::new();
    for line in message.headers().iter() {
        let Some(values) = line.values_checked(&mut deviations) else { continue };
        let errors: Vec<_> = values.filter_map(Result::err).collect();
        findings.extend(errors.into_iter().map(|error| Finding::value(message, error)));
        let noted = deviations.drain(..);
        findings.extend(noted.map(|deviation| Finding::deviation(Some(line.name()), deviation)));
    }
    for problem in Validator::user_agent().check(message) {
        findings.extend(Finding::problem(message, problem));
    }
    advice(message, &mut findings);
    presence(message, &mut findings);
    multipart(message, &mut findings);
    if message.discarded() > 0 {
        let offset = crate::index::narrow(message.body_range().end);
        let len = crate::index::narrow(message.discarded());
        findings.push(Finding { kind: FindingKind::Discarded, header: None, offset, len });
    }
    findings.sort_by_key(|finding| finding.offset);
    // A URI that is read twice, or refused in the end, may say a thing twice.
    findings.dedup();
    findings
}

/// What is tolerated in the Request-URI; what is not is a problem.
fn request_uri(message: &Message, findings: &mut Vec<Finding<'_>>) {
    let Message::Request(request) = message else { return };
    let base = request.uri_offset();
    let mut record = |deviation: sip_uri::Deviation| {
        let start = base + deviation.offset as usize;
        let end = start + deviation.len as usize;
        let deviation = Deviation::new(Rule::Uri(deviation.rule), start, end);
        findings.push(Finding::deviation(None, deviation));
    };
    // An error comes again as a problem.
    let _ = UriRef::parse_with(request.uri_bytes(), message.tolerances().uri(), &mut record);
}

/// What is tolerated in a multipart body, and what is wrong with it.
fn multipart(message: &Message, findings: &mut Vec<Finding<'_>>) {
    match message.multipart() {
        None => {}
        Some(Ok(multipart)) => {
            let noted = multipart.deviations().iter();
            findings.extend(noted.map(|&deviation| Finding::deviation(None, deviation)));
            for part in multipart.walk() {
                part_head(part, findings);
                match part.multipart() {
                    // The header of the part was found to be bad.
                    Some(Err(error))
                        if !matches!(error.kind(), MultipartErrorKind::ContentType(_)) =>
                    {
                        findings.push(Finding::body(message, error));
                    }
                    _ => {}
                }
            }
        }
        // The header was found to be bad already.
        Some(Err(error)) if matches!(error.kind(), MultipartErrorKind::ContentType(_)) => {}
        Some(Err(error)) => findings.push(Finding::body(message, error)),
    }
}

/// What is tolerated in the headers of a part, and what is wrong with them.
fn part_head(part: Part<'_>, findings: &mut Vec<Finding<'_>>) {
    let mut deviations = Vec::new();
    for line in part.headers().iter() {
        let Some(values) = line.values_checked(&mut deviations) else { continue };
        let errors: Vec<_> = values.filter_map(|value| value.err()?.of_table()).collect();
        let range = line.range();
        findings.extend(errors.into_iter().map(|error| {
            let offset = error.offset().unwrap_or(range.start);
            Finding {
                kind: FindingKind::Value(error),
                header: Some(error.name()),
                offset: crate::index::narrow(offset),
                len: u32::from(offset < line.value_range().end),
            }
        }));
        let noted = deviations.drain(..);
        let name = line.name().of_table();
        findings.extend(noted.map(|deviation| Finding::deviation(name, deviation)));
    }
}

/// Looks for everything in [`Advice`].
fn advice<'m>(message: &'m Message, findings: &mut Vec<Finding<'m>>) {
    let Message::Request(request) = message else { return };
    let headers = message.headers();
    let mut found = |kind: Advice, header: HeaderName<'m>| {
        let line = headers.iter().find(|line| line.name() == header);
        let end = message.empty_line_offset();
        let range = line.map_or_else(|| end..end, |line| line.value_range());
        findings.push(Finding {
            kind: FindingKind::Advice(kind),
            header: Some(header),
            offset: crate::index::narrow(range.start),
            len: crate::index::narrow(range.len()),
        });
    };
    if headers.raw("Max-Forwards").is_none() {
        found(Advice::MaxForwards, HeaderName::MAX_FORWARDS);
    }
    if request.method() == Method::INVITE && headers.raw("Contact").is_none() {
        found(Advice::Contact, HeaderName::CONTACT);
    }
    if headers.find(header::From).is_ok_and(|from| from.is_some_and(|from| from.tag().is_none())) {
        found(Advice::FromTag, HeaderName::FROM);
    }
    if let Ok(Some(via)) = headers.find(header::Via) {
        if !via.branch().is_some_and(|branch| branch.starts_with("z9hG4bK")) {
            found(Advice::BranchCookie, HeaderName::VIA);
        }
        if !via.protocol().eq_ignore_ascii_case("SIP") || via.version() != "2.0" {
            found(Advice::ViaProtocol, HeaderName::VIA);
        }
    }
}

/// Headers whose absence is a [`Problem`] or an [`Advice`].
const LOOKED_FOR: [HeaderName<'static>; 6] = [
    HeaderName::VIA,
    HeaderName::FROM,
    HeaderName::TO,
    HeaderName::CALL_ID,
    HeaderName::CSEQ,
    HeaderName::MAX_FORWARDS,
];

/// Looks for headers that are not for the message, and for those that it must have.
fn presence<'m>(message: &'m Message, findings: &mut Vec<Finding<'m>>) {
    let headers = message.headers();
    let (method, status) = match message {
        Message::Request(request) => (request.method(), None),
        Message::Response(response) => match headers.find(header::CSeq) {
            Ok(Some(cseq)) => (cseq.method(), Some(response.status())),
            // Without its method, nothing can be said of a response.
            _ => return,
        },
    };
    let Some(column) = Column::of(method) else { return };
    let mut seen = [false; header::ALL.len()];
    for line in headers.iter() {
        let Some(known) = line.name().known() else { continue };
        if !core::mem::replace(&mut seen[known as usize], true)
            && let (Presence::NotApplicable, rfc) = column.look_up(known, status)
        {
            findings.push(Finding::not_applicable(&line, Placement { method, status, rfc }));
        }
    }
    let mut missing = |header: HeaderName<'m>, rfc| {
        if header.known().is_some_and(|known| !seen[known as usize]) {
            let place = Placement { method, status, rfc };
            findings.push(Finding::missing(message, header, place));
        }
    };
    for (known, rfc) in column.mandatory(status) {
        let header = HeaderName::of_row(known);
        // So is that of Contact in INVITE.
        let invite = header == HeaderName::CONTACT && method == Method::INVITE && status.is_none();
        if !LOOKED_FOR.contains(&header) && !invite {
            missing(header, rfc);
        }
    }
    // A request's is a problem.
    if status.is_some()
        && !message.body().is_empty()
        && column.look_up(header::Known::ContentType, status).0 == Presence::WithBody
    {
        missing(HeaderName::CONTENT_TYPE, "RFC 3261 §20.15");
    }
    if reliable(message, method, status) {
        missing(HeaderName::RSEQ, "RFC 3262 §3");
    }
    // An INFO of old has no package (RFC 6086 §4.2.1).
    let disposition = headers.find(header::ContentDisposition).ok().flatten();
    if status.is_none()
        && method == Method::INFO
        && disposition.is_some_and(|disposition| disposition.is("info-package"))
    {
        missing(HeaderName::INFO_PACKAGE, "RFC 6086 §4.2.1");
    }
}

/// Whether a response is provisional and to be confirmed (RFC 3262 §3).
fn reliable(message: &Message, method: Method<'_>, status: Option<StatusCode>) -> bool {
    method == Method::INVITE
        && status.is_some_and(|status| (101..=199).contains(&status.code()))
        && message
            .headers()
            .each(header::Require)
            .any(|tag| tag.is_ok_and(|tag| tag.eq_ignore_ascii_case("100rel")))
}

impl<'m> Finding<'m> {
    fn not_applicable(line: &HeaderLine<'m>, place: Placement<'m>) -> Self {
        Self {
            kind: FindingKind::NotApplicable(place),
            header: Some(line.name()),
            offset: crate::index::narrow(line.range().start),
            len: crate::index::narrow(line.name_str().len()),
        }
    }

    fn missing(message: &Message, header: HeaderName<'m>, place: Placement<'m>) -> Self {
        Self {
            kind: FindingKind::Missing(place),
            header: Some(header),
            offset: crate::index::narrow(message.empty_line_offset()),
            len: 0,
        }
    }

    fn deviation(header: Option<HeaderName<'m>>, deviation: Deviation) -> Self {
        let Deviation { offset, len, .. } = deviation;
        Self { kind: FindingKind::Deviation(deviation), header, offset, len }
    }

    fn value(message: &Message, error: HeaderError<'m>) -> Self {
        let offset = error.offset().unwrap_or_else(|| message.body_range().start);
        let line = message.headers().line_at(offset);
        let inside = line.is_some_and(|line| offset < line.value_range().end);
        Self {
            kind: FindingKind::Value(error),
            header: Some(error.name()),
            offset: crate::index::narrow(offset),
            len: u32::from(inside),
        }
    }

    fn body(message: &Message, error: MultipartError) -> Self {
        let inside = error.offset() < message.body_range().end;
        let offset = crate::index::narrow(error.offset());
        Self { kind: FindingKind::Body(error), header: None, offset, len: u32::from(inside) }
    }

    /// `None` for a bad value, which is found as such; what depends on who looks is not linted.
    fn problem(message: &'m Message, problem: Problem<'m>) -> Option<Self> {
        if matches!(problem.kind(), ProblemKind::Value(_) | ProblemKind::NotForUs) {
            return None;
        }
        // What is missing is missing at the end of the head.
        let (offset, len) = match problem.offset() {
            None => (message.empty_line_offset(), 0),
            Some(offset) => (offset, problem_len(message, &problem, offset)),
        };
        Some(Self {
            kind: FindingKind::Problem(problem),
            header: problem.header(),
            offset: crate::index::narrow(offset),
            len: crate::index::narrow(len),
        })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> FindingKind<'m> {
        self.kind
    }

    /// The header that it is about, if it is about one.
    #[must_use]
    pub fn header(&self) -> Option<HeaderName<'m>> {
        self.header
    }

    /// The byte where it is, counted from the first byte given to the parser.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// How many bytes it spans; 0 when something is missing.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether it spans no bytes, since something is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self.kind {
            FindingKind::Deviation(deviation) => deviation.rule.severity(),
            FindingKind::Value(_) | FindingKind::Body(_) => Severity::Error,
            FindingKind::Problem(problem) => match problem.kind() {
                // An absolute URI of another scheme is good SIP; not every server takes it.
                ProblemKind::Scheme => Severity::Info,
                _ => Severity::Error,
            },
            FindingKind::Advice(_) | FindingKind::NotApplicable(_) | FindingKind::Missing(_) => {
                Severity::Warning
            }
            FindingKind::Discarded => Severity::Info,
        }
    }

    /// The name of the rule or of the problem, in lower case with hyphens.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(deviation) => deviation.rule.name(),
            FindingKind::Value(_) => "bad-value",
            FindingKind::Body(_) => "bad-body",
            FindingKind::Problem(problem) => problem.name(),
            FindingKind::Advice(advice) => advice.name(),
            FindingKind::NotApplicable(_) => "header-not-applicable",
            FindingKind::Missing(_) => "header-missing",
            FindingKind::Discarded => "discarded-octets",
        }
    }

    /// The section of the RFC.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(deviation) => deviation.rule.rfc(),
            FindingKind::Value(error) => error.rfc(),
            FindingKind::Body(error) => error.rfc(),
            FindingKind::Problem(problem) => problem.rfc(),
            FindingKind::Advice(advice) => advice.rfc(),
            FindingKind::NotApplicable(place) | FindingKind::Missing(place) => place.rfc(),
            FindingKind::Discarded => "RFC 3261 §18.3",
        }
    }
}

/// How far the thing at `offset` reaches.
fn problem_len(message: &Message, problem: &Problem<'_>, offset: usize) -> usize {
    let rest = &message.source()[offset..];
    match problem.kind() {
        ProblemKind::Version | ProblemKind::MethodNotAllowed => {
            rest.iter().take_while(|b| !b.is_ascii_whitespace()).count()
        }
        ProblemKind::Scheme => rest.iter().take_while(|b| **b != b':').count(),
        ProblemKind::RequestUri(_) => usize::from(rest.first().is_some_and(|b| *b > b' ')),
        ProblemKind::RequestUriHeaders => {
            rest.iter().take_while(|b| !b.is_ascii_whitespace()).count()
        }
        ProblemKind::DuplicateHeader => rest.iter().take_while(|b| !b" \t:".contains(b)).count(),
        _ => {
            let line = message.headers().line_at(offset);
            line.map_or(0, |line| line.value_range().end - offset)
        }
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FindingKind::Value(error) => return error.fmt(f),
            FindingKind::Body(error) => return error.fmt(f),
            FindingKind::Problem(problem) => return problem.fmt(f),
            FindingKind::Deviation(deviation) => {
                if let Some(name) = self.header {
                    write!(f, "{name}: ")?;
                }
                // The description is a sentence, and this is its middle.
                let mut text = deviation.rule.describe().chars();
                if let Some(first) = text.next() {
                    write!(f, "{}{}", first.to_ascii_lowercase(), text.as_str())?;
                }
            }
            FindingKind::Advice(advice) => f.write_str(advice.describe())?,
            FindingKind::NotApplicable(place) => {
                if let Some(name) = self.header {
                    write!(f, "{name} is not for {place}")?;
                }
            }
            FindingKind::Missing(place) => {
                if let Some(name) = self.header {
                    write!(f, "{name} is missing: {place} must have it")?;
                }
            }
            FindingKind::Discarded => {
                write!(f, "octets behind the body are left out: {}", self.len)?;
            }
        }
        if f.alternate() {
            return Ok(());
        }
        write!(f, " ({})", self.rfc())
    }
}
