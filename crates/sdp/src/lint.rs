//! Everything that is odd or wrong in a description, with its place.

use alloc::vec::Vec;

use crate::attribute::{Level, Occurs};
use crate::index::{key, narrow};
use crate::input::is_token;
use crate::{
    Attributes, Deviation, Input, Line, LineError, Rule, SessionDescription, Severity, ValueError,
    ValueErrorKind,
};

/// One thing that [`lint`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    kind: FindingKind,
    offset: u32,
    len: u32,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// A departure from the RFCs that was tolerated.
    Deviation(Rule),
    /// A value that cannot be read.
    Value(LineError),
    /// Something that can be read, and that the RFCs advise against or do not allow.
    Advice(Advice),
}

/// What the RFCs advise against, or do not allow, in a description that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// An attribute at a level that it is not defined for.
    WrongLevel,
    /// An attribute that may be there once, a second time.
    RepeatedAttribute,
    /// More than one direction.
    SeveralDirections,
    /// A dynamic payload type without an `a=rtpmap`, in a section whose port is not 0.
    NoRtpmap,
    /// An `a=rtpmap` or `a=fmtp` for a format that the `m=` line does not list.
    UnlistedFormat,
    /// Two sections with the same `a=mid`.
    RepeatedMid,
    /// A group that names a section that is not there.
    UnknownMid,
    /// A `k=` line.
    KeyInClear,
}

/// The table of [`Advice`]: name, words, section, severity.
const fn about(advice: Advice) -> (&'static str, &'static str, &'static str, Severity) {
    match advice {
        Advice::WrongLevel => (
            "wrong-level",
            "An attribute at a level that it is not defined for",
            "RFC 8866 §5.13",
            Severity::Warning,
        ),
        Advice::RepeatedAttribute => (
            "repeated-attribute",
            "An attribute that may be there once, a second time",
            "RFC 8866 §5.13",
            Severity::Warning,
        ),
        Advice::SeveralDirections => {
            ("several-directions", "More than one direction", "RFC 8866 §6.7", Severity::Error)
        }
        Advice::NoRtpmap => (
            "no-rtpmap",
            "A dynamic payload type without an a=rtpmap",
            "RFC 8866 §6.6",
            Severity::Error,
        ),
        Advice::UnlistedFormat => (
            "unlisted-format",
            "A format that the m= line does not list",
            "RFC 8866 §6.6",
            Severity::Warning,
        ),
        Advice::RepeatedMid => {
            ("repeated-mid", "A second section with the same a=mid", "RFC 5888 §4", Severity::Error)
        }
        Advice::UnknownMid => (
            "unknown-mid",
            "A group names a section that is not there",
            "RFC 5888 §9.1",
            Severity::Error,
        ),
        Advice::KeyInClear => (
            "key-in-clear",
            "A key in plain text must not be sent",
            "RFC 8866 §5.12",
            Severity::Warning,
        ),
    }
}

impl Finding {
    /// What was found.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// Where, counted from the first byte of the description.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// How many bytes it is about; 0 when something is missing there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether it is about something that is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self.kind {
            FindingKind::Deviation(rule) => rule.severity(),
            FindingKind::Value(_) => Severity::Error,
            FindingKind::Advice(advice) => about(advice).3,
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(rule) => rule.name(),
            FindingKind::Value(_) => "bad-value",
            FindingKind::Advice(advice) => about(advice).0,
        }
    }

    /// The section that it is about.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        match self.kind {
            FindingKind::Deviation(rule) => rule.rfc(),
            FindingKind::Value(error) => error.rfc(),
            FindingKind::Advice(advice) => about(advice).2,
        }
    }

    fn deviation(deviation: Deviation) -> Self {
        let Deviation { rule, offset, len } = deviation;
        Self { kind: FindingKind::Deviation(rule), offset, len }
    }

    fn value(error: LineError, line: &Line<'_>) -> Self {
        let range = line.value_range();
        let offset = error.offset().unwrap_or(range.start);
        let len = range.end.saturating_sub(offset);
        Self { kind: FindingKind::Value(error), offset: narrow(offset), len: narrow(len) }
    }

    fn advice(advice: Advice, line: &Line<'_>) -> Self {
        let range = line.value_range();
        let kind = FindingKind::Advice(advice);
        Self { kind, offset: narrow(range.start), len: narrow(range.len()) }
    }
}

impl core::fmt::Display for Finding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.kind {
            FindingKind::Deviation(rule) => f.write_str(rule.describe()),
            FindingKind::Value(error) => write!(f, "{error:#}"),
            FindingKind::Advice(advice) => f.write_str(about(advice).1),
        }
    }
}

/// Looks for everything that departs from the RFCs: what was tolerated, every value that cannot
/// be read, and what can be read and ought not to be there. In order of place.
///
/// ```
/// use sdp::{lint, SessionDescription};
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns= \r\n\
///     c=IN IP4 192.0.2.300\r\nt=0 0\nm=audio 49170 RTP/AVP 96\r\na=rtpmap:x PCMU/8000\r\n")?;
/// let names: Vec<_> = lint(&description).iter().map(|finding| finding.name()).collect();
/// assert_eq!(names, ["loose-address", "bare-lf", "no-rtpmap", "bad-value"]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[must_use]
pub fn lint(description: &SessionDescription) -> Vec<Finding> {
    let mut findings: Vec<_> =
        description.deviations().iter().copied().map(Finding::deviation).collect();
    let mut deviations = Vec::new();
    for line in description.lines() {
        if let Err(error) = check(&line, &mut deviations) {
            findings.push(Finding::value(error, &line));
        }
        findings.extend(deviations.drain(..).map(Finding::deviation));
        if line.letter() == Some(b'k') {
            findings.push(Finding::advice(Advice::KeyInClear, &line));
        }
    }
    section(description.attributes(), Level::SESSION, &mut findings);
    for media in description.media() {
        section(media.attributes(), Level::MEDIA, &mut findings);
        formats(&media, &mut findings);
    }
    mids(description, &mut findings);
    findings.sort_by_key(|finding| finding.offset);
    findings
}

impl Line<'_> {
    /// Reads the value for what is wrong in it.
    pub(crate) fn check(&self) -> Result<(), LineError> {
        check(self, &mut Vec::new())
    }

    /// The same, and nothing of it may be tolerated.
    pub(crate) fn check_strictly(&self) -> Result<(), LineError> {
        let mut deviations = Vec::new();
        check(self, &mut deviations)?;
        let Some(Deviation { rule, offset, .. }) = deviations.first() else { return Ok(()) };
        let start = self.value_range().start;
        let at = (*offset as usize).saturating_sub(start);
        let kind = ValueErrorKind::NotTolerated(*rule);
        Err(self.error(start, ValueError::new(kind, at, "what the RFC allows")))
    }
}

/// Reads the value of a line for what is tolerated and what is wrong in it.
fn check(line: &Line<'_>, deviations: &mut Vec<Deviation>) -> Result<(), LineError> {
    let Some(letter) = line.letter() else { return Ok(()) };
    let tolerances = line.description().tolerances();
    let start = line.value_range().start;
    if letter != b'a' {
        let input = Input::new(line.value(), tolerances).recording(start, deviations);
        return crate::value::check(letter, input).map_err(|error| line.error(start, error));
    }
    let Some((name, value)) = line.attribute() else { return Ok(()) };
    let mut input = Input::new(line.value(), tolerances).recording(start, deviations);
    let named = if name.is_empty() {
        input.deviate(Rule::EmptyAttribute, 0, 0, "the name of an attribute")
    } else if let Some(bad) = name.iter().position(|&byte| !is_token(byte)) {
        input.deviate(Rule::LooseAttributeName, bad, name.len(), "the name of an attribute")
    } else if crate::attribute::row_of(name, true).is_some_and(|row| row.name.as_bytes() != name) {
        input.deviate(Rule::AttributeCase, 0, name.len(), "the name as RFCs write it")
    } else if value.is_none() && name.len() < line.value().len() {
        let behind = line.value().len() - name.len();
        input.deviate(Rule::SurroundingSpace, name.len(), behind, "the end of the name")
    } else {
        Ok(())
    };
    named.map_err(|error| line.error(start, error))?;
    match line.attribute_value_checked(deviations) {
        Some(Err(error)) => Err(error),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// What the table says about where and how often attributes may stand.
fn section(attributes: Attributes<'_>, level: Level, findings: &mut Vec<Finding>) {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut directed = false;
    for line in attributes.iter() {
        let Some(row) = line.attribute_row() else { continue };
        if !row.level.contains(level) {
            findings.push(Finding::advice(Advice::WrongLevel, &line));
        }
        if matches!(row.name, "sendrecv" | "sendonly" | "recvonly" | "inactive") {
            if directed {
                findings.push(Finding::advice(Advice::SeveralDirections, &line));
            }
            directed = true;
        } else if row.occurs == Occurs::Once {
            if seen.contains(&row.name) {
                findings.push(Finding::advice(Advice::RepeatedAttribute, &line));
            } else {
                seen.push(row.name);
            }
        }
    }
}

/// Whether the protocol carries RTP, so that formats are payload types.
pub(crate) fn is_rtp(protocol: &str) -> bool {
    protocol.split('/').any(|part| part.eq_ignore_ascii_case("RTP"))
}

/// What the formats of a section lack, and what is said of formats that it does not have.
fn formats(media: &crate::Media<'_>, findings: &mut Vec<Finding>) {
    if !is_rtp(media.protocol()) {
        return;
    }
    let mut listed = [false; 256];
    media.payload_types().for_each(|number| listed[usize::from(number)] = true);
    let mut mapped = [false; 256];
    for line in media.attributes().lines("rtpmap").chain(media.attributes().lines("fmtp")) {
        let Some((name, Some(value))) = line.attribute() else { continue };
        let word = value.trim_ascii().split(u8::is_ascii_whitespace).next();
        let Some(number) = word.and_then(crate::index::payload_type) else { continue };
        mapped[usize::from(number)] |= key(name) == const { key(b"rtpmap") };
        if !listed[usize::from(number)] {
            findings.push(Finding::advice(Advice::UnlistedFormat, &line));
        }
    }
    if media.port() == 0 {
        return;
    }
    for format in media.payload_types() {
        if (96..=127).contains(&format) && !mapped[usize::from(format)] {
            findings.push(Finding::advice(Advice::NoRtpmap, &media.line()));
        }
    }
}

/// Names of sections, and groups of them.
fn mids(description: &SessionDescription, findings: &mut Vec<Finding>) {
    let mut mids: Vec<_> = description
        .media()
        .filter_map(|media| media.attributes().lines("mid").next())
        .filter_map(|line| Some((line.attribute()?.1?.trim_ascii(), line)))
        .collect();
    mids.sort_by_key(|(mid, line)| (*mid, line.place()));
    for pair in mids.windows(2) {
        if pair[0].0 == pair[1].0 {
            findings.push(Finding::advice(Advice::RepeatedMid, &pair[1].1));
        }
    }
    for line in description.attributes().lines("group") {
        let Some((_, Some(value))) = line.attribute() else { continue };
        let named = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let unknown = |mid: &[u8]| mids.binary_search_by_key(&mid, |(mid, _)| mid).is_err();
        if named.skip(1).any(unknown) {
            findings.push(Finding::advice(Advice::UnknownMid, &line));
        }
    }
}
