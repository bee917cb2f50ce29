//! What is wrong with a URI, and where.

use core::fmt;

/// Why a URI, or a part of one, was refused.
///
/// Small and `Copy`. It names what was expected, in which component, at which byte, and the section
/// of the RFC that says so. It never holds or prints bytes of the input. `{:#}` prints it without the
/// place and the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UriError {
    kind: UriErrorKind,
    component: Component,
    offset: u32,
}

impl UriError {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: UriErrorKind, component: Component, offset: usize) -> Self {
        Self { kind, component, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> UriErrorKind {
        self.kind
    }

    /// The component that it is wrong in.
    #[must_use]
    pub const fn component(&self) -> Component {
        self.component
    }

    /// The byte offset in the text that was given to the parser.
    ///
    /// It points at the first byte that cannot be, or one past the end where more was expected.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The section of the RFC that was broken, such as `RFC 3261 §19.1.1`.
    #[must_use]
    pub const fn rfc(&self) -> &'static str {
        use UriErrorKind as K;
        match (self.kind, self.component) {
            (K::InvalidIpv4 | K::InvalidIpv6 | K::BareIpv6 | K::UnclosedBracket, _) => {
                "RFC 5954 §4.1"
            }
            (K::MissingContext, _) => "RFC 3966 §5.1.5",
            (K::IsubWithExtension, _) => "RFC 3966 §5.3",
            (K::ParamOrder, _) | (_, Component::Number) => "RFC 3966 §3",
            (K::InvalidEscape, _) => "RFC 3261 §19.1.2",
            (K::DuplicateParam | K::EmptyUser, _) => "RFC 3261 §19.1.1",
            _ => "RFC 3261 §25.1",
        }
    }

    /// The same error for a text that starts `by` bytes further on: a parser that found the URI
    /// inside a larger text shifts the offset into that text.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        Self { offset: self.offset.saturating_add(by), ..self }
    }
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.component, self.kind)?;
        if f.alternate() {
            return Ok(());
        }
        write!(f, " at byte {} ({})", self.offset, self.rfc())
    }
}

impl core::error::Error for UriError {}

/// What is wrong with a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriErrorKind {
    /// The text is longer than [`MAX_LEN`](crate::MAX_LEN) bytes.
    TooLong,
    /// A byte sequence that is not UTF-8.
    InvalidUtf8,
    /// No scheme, or no colon after it.
    InvalidScheme,
    /// A control character: CR, LF, NUL and their kind are refused under every tolerance.
    ControlCharacter,
    /// A character that must be escaped in this component.
    InvalidCharacter,
    /// A `%` without two hexadecimal digits behind it.
    InvalidEscape,
    /// A space or a tab inside the URI.
    WhiteSpace,
    /// An `@` with no user before it.
    EmptyUser,
    /// No host where there must be one.
    EmptyHost,
    /// A host that is neither a name nor an address.
    InvalidHostName,
    /// Digits and dots that are no IPv4 address.
    InvalidIpv4,
    /// A bracketed host that is no IPv6 address.
    InvalidIpv6,
    /// An IPv6 address without its brackets.
    BareIpv6,
    /// A `[` without its `]`.
    UnclosedBracket,
    /// A colon after the host with no port behind it.
    EmptyPort,
    /// A port above 65,535.
    PortOutOfRange,
    /// A `;` with no parameter name behind it.
    EmptyParam,
    /// An `=` with no value behind it.
    EmptyValue,
    /// A parameter name that was there before.
    DuplicateParam,
    /// A quoted value; the grammar of a URI has no quotes.
    QuotedValue,
    /// A quoted value that does not end.
    UnclosedQuote,
    /// A `?` or `&` with no header name behind it.
    EmptyHeader,
    /// A header name without `=`.
    MissingHeaderValue,
    /// No digit in a telephone number.
    EmptyNumber,
    /// A local telephone number without `phone-context`.
    MissingContext,
    /// A `phone-context` that is neither a domain name nor a global number prefix.
    InvalidContext,
    /// `isub` and `ext` in one telephone number.
    IsubWithExtension,
    /// The parameters of a telephone number stand in the wrong order.
    ParamOrder,
    /// A parameter that must have a value has none.
    MissingValue,
    /// The value of a parameter is not what its definition allows.
    InvalidValue,
    /// The component does not exist for this scheme.
    WrongScheme,
    /// Nothing there where the whole component was expected.
    Empty,
}

impl UriErrorKind {
    /// The error in words, without its place.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::TooLong => "expected at most 65,535 bytes",
            Self::InvalidUtf8 => "expected UTF-8",
            Self::InvalidScheme => "expected a scheme and a colon",
            Self::ControlCharacter => "a control character can never stand here",
            Self::InvalidCharacter => "a character that cannot stand here as it is",
            Self::InvalidEscape => "expected two hexadecimal digits after the percent sign",
            Self::WhiteSpace => "white space cannot stand here",
            Self::EmptyUser => "expected a user before the at sign",
            Self::EmptyHost => "expected a host",
            Self::InvalidHostName => "expected a host name or an address",
            Self::InvalidIpv4 => "expected four numbers of 0 to 255 with dots between",
            Self::InvalidIpv6 => "expected an IPv6 address",
            Self::BareIpv6 => "expected brackets around the IPv6 address",
            Self::UnclosedBracket => "expected a closing bracket",
            Self::EmptyPort => "expected a port after the colon",
            Self::PortOutOfRange => "expected a port of at most 65,535",
            Self::EmptyParam => "expected a parameter name",
            Self::EmptyValue => "expected a value after the equals sign",
            Self::DuplicateParam => "a parameter may appear only once",
            Self::QuotedValue => "a value cannot be quoted here",
            Self::UnclosedQuote => "expected a closing quote",
            Self::EmptyHeader => "expected a header name",
            Self::MissingHeaderValue => "expected an equals sign after the header name",
            Self::EmptyNumber => "expected a digit",
            Self::MissingContext => "a local number needs a phone-context",
            Self::InvalidContext => "expected a domain name or a plus sign and digits",
            Self::IsubWithExtension => "isub and ext exclude each other",
            Self::ParamOrder => "expected isub or ext, then phone-context, then the rest in order",
            Self::MissingValue => "this parameter needs a value",
            Self::InvalidValue => "not a value of this parameter",
            Self::WrongScheme => "this scheme has no such component",
            Self::Empty => "expected something here",
        }
    }

    /// A name for programs, in lower case with hyphens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::InvalidScheme => "invalid-scheme",
            Self::ControlCharacter => "control-character",
            Self::InvalidCharacter => "invalid-character",
            Self::InvalidEscape => "invalid-escape",
            Self::WhiteSpace => "white-space",
            Self::EmptyUser => "empty-user",
            Self::EmptyHost => "empty-host",
            Self::InvalidHostName => "invalid-host-name",
            Self::InvalidIpv4 => "invalid-ipv4",
            Self::InvalidIpv6 => "invalid-ipv6",
            Self::BareIpv6 => "bare-ipv6",
            Self::UnclosedBracket => "unclosed-bracket",
            Self::EmptyPort => "empty-port",
            Self::PortOutOfRange => "port-out-of-range",
            Self::EmptyParam => "empty-param",
            Self::EmptyValue => "empty-value",
            Self::DuplicateParam => "duplicate-param",
            Self::QuotedValue => "quoted-value",
            Self::UnclosedQuote => "unclosed-quote",
            Self::EmptyHeader => "empty-header",
            Self::MissingHeaderValue => "missing-header-value",
            Self::EmptyNumber => "empty-number",
            Self::MissingContext => "missing-context",
            Self::InvalidContext => "invalid-context",
            Self::IsubWithExtension => "isub-with-extension",
            Self::ParamOrder => "param-order",
            Self::MissingValue => "missing-value",
            Self::InvalidValue => "invalid-value",
            Self::WrongScheme => "wrong-scheme",
            Self::Empty => "empty",
        }
    }
}

impl fmt::Display for UriErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}

/// The component of a URI that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Component {
    /// The text as a whole.
    Uri,
    /// The scheme.
    Scheme,
    /// The user.
    User,
    /// The password.
    Password,
    /// The host.
    Host,
    /// The port.
    Port,
    /// A URI parameter.
    Param,
    /// A URI header.
    Header,
    /// A telephone number, RFC 3966.
    Number,
    /// What follows the colon of a scheme other than `sip`, `sips` and `tel`.
    Opaque,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uri => "URI",
            Self::Scheme => "scheme",
            Self::User => "user",
            Self::Password => "password",
            Self::Host => "host",
            Self::Port => "port",
            Self::Param => "parameter",
            Self::Header => "header",
            Self::Number => "number",
            Self::Opaque => "scheme-specific part",
        })
    }
}
