//! Everything that can be said against a message: deviations, bad values, problems.

use alloc::vec::Vec;
use core::fmt;

use sip_uri::UriRef;

use crate::validate::{Problem, ProblemKind};
use crate::{
    Deviation, HeaderError, HeaderName, Message, Method, Rule, Severity, Validator, header,
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

impl<'m> Finding<'m> {
    fn deviation(header: Option<HeaderName<'m>>, deviation: Deviation) -> Self {
        let Deviation { offset, len, .. } = deviation;
        Self { kind: FindingKind::Deviation(deviation), header, offset, len }
    }

    fn value(message: &Message, error: HeaderError<'m>) -> Self {
        let offset = error.offset().unwrap_or_else(|| message.body_range().start);
        let line = message.headers().iter().find(|line| line.range().contains(&offset));
        let inside = line.is_some_and(|line| offset < line.value_range().end);
        Self {
            kind: FindingKind::Value(error),
            header: Some(error.name()),
            offset: crate::index::narrow(offset),
            len: u32::from(inside),
        }
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
            FindingKind::Value(_) => Severity::Error,
            FindingKind::Problem(problem) => match problem.kind() {
                // An absolute URI of another scheme is good SIP; not every server takes it.
                ProblemKind::Scheme => Severity::Info,
                _ => Severity::Error,
            },
            FindingKind::Advice(_) => Severity::Warning,
            FindingKind::Discarded => Severity::Info,
        }
    }

    /// The name of the rule or of the problem, in lower case with hyphens.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(deviation) => deviation.rule.name(),
            FindingKind::Value(_) => "bad-value",
            FindingKind::Problem(problem) => problem.name(),
            FindingKind::Advice(advice) => advice.name(),
            FindingKind::Discarded => "discarded-octets",
        }
    }

    /// The section of the RFC.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(deviation) => deviation.rule.rfc(),
            FindingKind::Value(error) => error.rfc(),
            FindingKind::Problem(problem) => problem.rfc(),
            FindingKind::Advice(advice) => advice.rfc(),
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
            let line = message.headers().iter().find(|line| line.range().contains(&offset));
            line.map_or(0, |line| line.value_range().end - offset)
        }
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FindingKind::Value(error) => return error.fmt(f),
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
