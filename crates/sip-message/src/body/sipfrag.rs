//! `message/sipfrag` (RFC 3420): what is left of a message when its start line, some of its
//! headers or its body are taken away. NOTIFY carries the outcome of a REFER in it (RFC 3515
//! §2.4.5).

mod build;

pub use build::SipfragBuilder;

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use bytes::Bytes;
use sip_uri::{UriError, UriRef};

use crate::class::{self, run};
use crate::index::{Entry, narrow};
use crate::scan::{Head, Rules, Scan};
use crate::start_line::StartLine;
use crate::{
    Deviation, Headers, Limit, Limits, Method, ParseError, ParseErrorKind, Rule, StatusCode,
    Tolerances, Version,
};

/// A fragment of a message: `[ start-line ] *message-header [ CRLF [ message-body ] ]`.
///
/// ```
/// use sip_message::{header, Sipfrag, StatusCode};
/// let fragment = Sipfrag::parse(&b"SIP/2.0 400 Bad Request\r\n\
///     Warning: 399 atlanta.example Your Event header field was malformed\r\n"[..])?;
/// assert_eq!(fragment.status(), Some(StatusCode::BAD_REQUEST));
/// assert!(fragment.headers().raw("Warning").is_some());
///
/// let fragment = Sipfrag::parse(&b"From: Alice <sip:alice@atlanta.example>\r\n"[..])?;
/// assert_eq!(fragment.status(), None);
/// let from = fragment.headers().require(header::From).unwrap();
/// assert_eq!(from.uri().unwrap().user(), Some("alice"));
/// # Ok::<(), sip_message::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Sipfrag {
    buffer: Bytes,
    index: Vec<Entry>,
    deviations: Vec<Deviation>,
    tolerances: Tolerances,
    line: Option<StartLine>,
    /// Where the start line ends.
    lines: u32,
    empty_line: u32,
    body: u32,
    end: u32,
}

impl Sipfrag {
    /// The Content-Type of a fragment.
    pub const CONTENT_TYPE: &'static str = "message/sipfrag;version=2.0";

    /// A builder with nothing in it.
    pub fn builder() -> SipfragBuilder {
        SipfragBuilder::new()
    }

    /// Reads a fragment with default limits and tolerances.
    ///
    /// Many senders leave out the line end of the only line, which [`Rule::MissingLineEnd`]
    /// tolerates. A Content-Length without a body is no fault: the body is what was taken away.
    ///
    /// # Errors
    /// When the bytes are no fragment of a message. Header values are decoded when they are asked
    /// for.
    pub fn parse(fragment: impl Into<Bytes>) -> Result<Self, ParseError> {
        Self::parse_with(fragment, Limits::default(), Tolerances::default())
    }

    /// Reads a fragment under limits and tolerances of your own.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(
        fragment: impl Into<Bytes>,
        limits: Limits,
        tolerances: Tolerances,
    ) -> Result<Self, ParseError> {
        let buffer: Bytes = fragment.into();
        let limits = limits.clamped();
        if buffer.len() > limits.message {
            let kind = ParseErrorKind::LimitExceeded(Limit::Message);
            return Err(ParseError::new(kind, limits.message, false));
        }
        let rules = Rules { limits, tolerances };
        let has_start_line = has_start_line(&buffer);
        let bare_lf = match memchr::memchr(b'\n', &buffer) {
            // The start line settles how lines end; without one, the first header does.
            Some(lf) if !has_start_line => (lf == 0 || buffer[lf - 1] != b'\r').then_some(lf),
            _ => None,
        };
        let mut scan = Scan::of_fragment(Vec::new(), 0, bare_lf.is_some());
        if let Some(lf) = bare_lf {
            if !tolerances.allows(Rule::BareLf) {
                return Err(ParseError::new(ParseErrorKind::BareLf, lf, false));
            }
            scan.deviations.push(Deviation::new(Rule::BareLf, lf, lf + 1));
        }
        if has_start_line {
            scan.fragment_start_line(&buffer, &rules)?;
        }
        let head = scan.fragment_lines(&buffer, &rules)?;
        if let Some(line) = &scan.start_line {
            check_version(line)?;
        }
        let end = body_end(&mut scan, &head, buffer.len(), tolerances)?;
        let lines = scan.index.first().map_or_else(|| narrow(head.empty_line), |entry| entry.name);
        Ok(Self {
            index: scan.index,
            deviations: scan.deviations,
            tolerances,
            line: scan.start_line,
            lines,
            empty_line: narrow(head.empty_line),
            body: narrow(head.end),
            end: narrow(end),
            buffer,
        })
    }

    /// The start line, its line end included; `None` when the fragment has none.
    #[must_use]
    pub fn start_line(&self) -> Option<&[u8]> {
        self.line.map(|_| &self.buffer[..self.lines as usize])
    }

    /// The method, if the fragment starts with a request line.
    #[must_use]
    pub fn method(&self) -> Option<Method<'_>> {
        match &self.line {
            Some(StartLine::Request(line)) => {
                Some(Method::from_token(line.method.of(&self.buffer)))
            }
            _ => None,
        }
    }

    /// The Request-URI, if the fragment starts with a request line.
    ///
    /// # Errors
    /// When it is no URI.
    pub fn uri(&self) -> Result<Option<UriRef<'_>>, UriError> {
        let Some(StartLine::Request(line)) = &self.line else { return Ok(None) };
        let uri = line.uri.of(&self.buffer);
        UriRef::parse_with(uri, self.tolerances.uri(), &mut |_| {}).map(Some)
    }

    /// The status code, if the fragment starts with a status line.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &self.line {
            Some(StartLine::Status(line)) => Some(line.status),
            _ => None,
        }
    }

    /// The reason phrase as it came, if the fragment starts with a status line.
    #[must_use]
    pub fn reason(&self) -> Option<&[u8]> {
        match &self.line {
            Some(StartLine::Status(line)) => Some(line.reason.of(&self.buffer)),
            _ => None,
        }
    }

    /// The header lines.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::new(&self.buffer, &self.index, self.empty_line, self.tolerances)
    }

    /// The body; empty when there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.buffer[self.body_range()]
    }

    /// The body as a slice of the buffer it came in.
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        self.buffer.slice(self.body_range())
    }

    /// Where the body is, counted from the first byte given to the parser.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.body as usize..self.end as usize
    }

    /// The whole fragment.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[..self.end as usize]
    }

    /// What was tolerated in finding the lines and the body.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

/// Whether the first line is no header line: behind its first token stands no colon.
fn has_start_line(bytes: &[u8]) -> bool {
    if bytes.first_chunk().is_some_and(|name: &[u8; 4]| name.eq_ignore_ascii_case(b"SIP/")) {
        return true;
    }
    let name = run(bytes, 0, class::TOKEN);
    let blanks = bytes[name..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    name > 0 && bytes.get(name + blanks) != Some(&b':')
}

/// A start line must be one of a valid message (RFC 3420 §3.2); there is no other version.
fn check_version(line: &StartLine) -> Result<(), ParseError> {
    let (version, at) = match line {
        StartLine::Request(line) => (line.version, line.version_at),
        StartLine::Status(line) => (line.version, line.version_at),
    };
    if version == Version::SIP_2_0 {
        return Ok(());
    }
    Err(ParseError::new(ParseErrorKind::Version, at as usize, false))
}

/// Where the body ends: where Content-Length says, or at the end without one or without a body.
fn body_end(
    scan: &mut Scan,
    head: &Head,
    octets: usize,
    tolerances: Tolerances,
) -> Result<usize, ParseError> {
    let Some(length) = scan.content_length else { return Ok(octets) };
    let there = octets - head.end;
    let wanted = length.value as usize;
    if wanted <= there {
        return Ok(head.end + wanted);
    }
    if there > 0 {
        let at = length.offset as usize;
        if !tolerances.allows(Rule::ShortBody) {
            return Err(ParseError::new(ParseErrorKind::ShortBody, at, false));
        }
        scan.deviations.push(Deviation::new(Rule::ShortBody, at, at));
    }
    Ok(octets)
}

/// Two fragments are equal when their bytes are.
impl PartialEq for Sipfrag {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Sipfrag {}

impl fmt::Debug for Sipfrag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = &self.buffer[..self.body as usize];
        f.debug_struct("Sipfrag")
            .field("head", &format_args!("{}", head.escape_ascii()))
            .field("body", &self.body().len())
            .finish_non_exhaustive()
    }
}
