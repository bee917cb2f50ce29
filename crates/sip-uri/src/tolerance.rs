//! Tolerance as data: every place where the parser takes what the RFCs do not allow is a rule.
//!
//! A rule that is on lets the construct through and records a [`Deviation`]; a rule that is off
//! makes it an error at the same offset. Nothing is ever mended in the bytes themselves. The table
//! of `rules!` is the only place that knows a rule's name, section, severity and default, and the
//! error that stands for it when it is off.

use core::fmt;

use crate::error::{Component, UriError, UriErrorKind};

/// How much a deviation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Harmless: every element in use reads it the same way.
    Info,
    /// Read as the sender meant it, but another element may not.
    Warning,
    /// What the sender meant is a guess.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl Rule {
    /// The name of the rule in kebab-case, such as `three-colons`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What a URI does that the rule is about, in a few words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        self.row().text
    }

    /// The section of the RFC that the rule bends.
    #[must_use]
    pub const fn rfc(self) -> &'static str {
        self.row().rfc
    }

    /// How much a deviation matters.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.row().severity
    }

    /// Whether [`Tolerances::default`](Tolerances::default) holds the rule.
    #[must_use]
    pub const fn is_default(self) -> bool {
        self.row().default
    }

    /// The error that the parser gives where the rule is off.
    #[must_use]
    pub const fn error_kind(self) -> UriErrorKind {
        self.row().error
    }

    /// The rule of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

struct Row {
    name: &'static str,
    text: &'static str,
    rfc: &'static str,
    severity: Severity,
    default: bool,
    error: UriErrorKind,
}

/// The first sentence of a doc comment, or what stands before its semicolon, without the full stop.
const fn first_sentence(text: &'static str) -> &'static str {
    let text = text.trim_ascii();
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let last = end + 1 == bytes.len() || bytes[end + 1] == b' ';
        if last && (bytes[end] == b'.' || bytes[end] == b';') {
            return text.split_at(end).0;
        }
        end += 1;
    }
    text
}

macro_rules! rules {
    ($( $(#[doc = $doc:literal])* $rule:ident: $name:literal, $rfc:literal, $severity:ident, $default:ident,
        $error:ident; )*) => {
        /// A way in which a URI may break the grammar and still be read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule { $( $(#[doc = $doc])* $rule, )* }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$rule, )* ];
        }

        const ROWS: &[Row] = &[ $( Row {
            name: $name,
            text: first_sentence(concat!($($doc),*)),
            rfc: $rfc,
            severity: Severity::$severity,
            default: $default,
            error: UriErrorKind::$error,
        }, )* ];

        const _: () = assert!(ROWS.len() <= 32, "Tolerances has 32 bits");
    };
}

const ON: bool = true;
const OFF: bool = false;

rules! {
    /// A `#` in the user or password that is not written `%23`.
    UserHash: "user-hash", "RFC 3261 §25.1", Warning, ON, InvalidCharacter;
    /// One of ``[]{}|\^` `` in the user or password, or one of `;?/:` in the password.
    UserCharacter: "user-character", "RFC 3261 §25.1", Warning, OFF, InvalidCharacter;
    /// An `@` with nothing before it; the user is then the empty string.
    EmptyUser: "empty-user", "RFC 3261 §19.1.1", Warning, OFF, EmptyUser;
    /// Characters beyond ASCII, as UTF-8, anywhere but in the scheme, host, port and number.
    NonAscii: "non-ascii", "RFC 3261 §19.1.2", Warning, ON, InvalidCharacter;
    /// A `%` that no two hexadecimal digits follow; it stands for itself.
    BadEscape: "bad-escape", "RFC 3261 §19.1.2", Error, OFF, InvalidEscape;
    /// White space around the URI or beside `;`, `=`, `?` and `&`.
    WhiteSpace: "white-space", "RFC 3261 §19.1.2", Error, OFF, WhiteSpace;
    /// An underscore in a host name.
    HostUnderscore: "host-underscore", "RFC 3261 §25.1", Info, ON, InvalidCharacter;
    /// A host name whose last label starts with a digit but is no number, as container names do.
    HostDigitLabel: "host-digit-label", "RFC 3261 §25.1", Info, ON, InvalidHostName;
    /// A label of a host name that starts or ends with a hyphen.
    HostHyphen: "host-hyphen", "RFC 3261 §25.1", Warning, OFF, InvalidHostName;
    /// An octet of an IPv4 address with leading zeros; it is read as decimal.
    Ipv4LeadingZero: "ipv4-leading-zero", "RFC 5954 §4.1", Warning, ON, InvalidIpv4;
    /// An IPv6 address without brackets. All of it is the address: no port can be told from it.
    BareIpv6: "bare-ipv6", "RFC 5954 §4.1", Error, OFF, BareIpv6;
    /// A zone after an IPv6 address (`[fe80::1%eth0]`), which only the sender can read.
    Ipv6Zone: "ipv6-zone", "RFC 5954 §4.1", Warning, OFF, InvalidIpv6;
    /// Three colons before the IPv4 part of an IPv6 address, as RFC 3261's grammar wrote them.
    ThreeColons: "three-colons", "RFC 5954 §4.1", Info, ON, InvalidIpv6;
    /// A colon after the host with no digits behind it: no port.
    EmptyPort: "empty-port", "RFC 3261 §25.1", Info, ON, EmptyPort;
    /// A `;` with no parameter behind it.
    EmptyParam: "empty-param", "RFC 3261 §25.1", Info, ON, EmptyParam;
    /// A parameter with `=` and no value.
    EmptyValue: "empty-value", "RFC 3261 §25.1", Info, ON, EmptyValue;
    /// A parameter name that appears again; the first one counts.
    DuplicateParam: "duplicate-param", "RFC 3261 §19.1.1", Warning, ON, DuplicateParam;
    /// A parameter value in double quotes.
    QuotedValue: "quoted-value", "RFC 3261 §25.1", Warning, ON, QuotedValue;
    /// One of ``@,#{}|\^` `` in a parameter, or `=` in its value; any of a SIP parameter's other
    /// characters or an escape in the name of a `tel` parameter.
    ParamCharacter: "param-character", "RFC 3261 §25.1", Warning, OFF, InvalidCharacter;
    /// A `?` or `&` with no header behind it.
    EmptyHeader: "empty-header", "RFC 3261 §25.1", Info, ON, EmptyHeader;
    /// A header without `=`.
    HeaderWithoutValue: "header-without-value", "RFC 3261 §25.1", Info, ON, MissingHeaderValue;
    /// One of ``@,;#{}|\^` `` in a header, or `=` in its value.
    HeaderCharacter: "header-character", "RFC 3261 §19.1.2", Warning, OFF, InvalidCharacter;
    /// One of ``#[]{}|\^` `` after the colon of a scheme other than `sip`, `sips` and `tel`.
    OpaqueCharacter: "opaque-character", "RFC 3261 §25.1", Info, ON, InvalidCharacter;
    /// An escape in the number of a `tel` URI.
    NumberEscape: "number-escape", "RFC 3966 §3", Info, ON, InvalidCharacter;
    /// A local number without `phone-context`.
    LocalWithoutContext: "local-without-context", "RFC 3966 §5.1.5", Warning, ON, MissingContext;
    /// A `phone-context` that is neither a domain name nor `+` and digits.
    ContextForm: "context-form", "RFC 3966 §3", Warning, OFF, InvalidContext;
    /// Telephone parameters out of order: `isub` or `ext`, `phone-context`, the rest by name.
    TelParamOrder: "tel-param-order", "RFC 3966 §3", Info, ON, ParamOrder;
    /// Both `isub` and `ext` in one telephone number.
    IsubWithExt: "isub-with-ext", "RFC 3966 §5.3", Warning, ON, IsubWithExtension;
}

/// A set of [`Rule`]s: what a parser lets through.
///
/// `strict()` ⊆ `default()` ⊆ `lenient()`.
///
/// ```
/// use sip_uri::{Rule, Tolerances};
///
/// let careful = Tolerances::strict().with(Rule::EmptyParam);
/// assert!(careful.allows(Rule::EmptyParam));
/// assert!(!careful.allows(Rule::UserHash));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerances(u32);

impl Tolerances {
    /// The RFCs to the letter: no rule.
    #[must_use]
    pub const fn strict() -> Self {
        Self(0)
    }

    /// What a robust proxy accepts: each rule whose [`Rule::is_default`] is true.
    #[must_use]
    pub const fn default() -> Self {
        let mut set = Self::strict();
        let mut i = 0;
        while i < Rule::ALL.len() {
            if Rule::ALL[i].is_default() {
                set = set.with(Rule::ALL[i]);
            }
            i += 1;
        }
        set
    }

    /// Everything that has a rule: for monitors and for looking at broken captures.
    #[must_use]
    pub const fn lenient() -> Self {
        let mut set = Self::strict();
        let mut i = 0;
        while i < Rule::ALL.len() {
            set = set.with(Rule::ALL[i]);
            i += 1;
        }
        set
    }

    /// This set and `rule`.
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        Self(self.0 | 1 << rule as u32)
    }

    /// This set but for `rule`.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u32))
    }

    /// Whether `rule` is in the set.
    #[must_use]
    pub const fn allows(self, rule: Rule) -> bool {
        self.0 & 1 << rule as u32 != 0
    }

    /// Whether every rule of `other` is in this set too.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for Tolerances {
    fn default() -> Self {
        Self::default()
    }
}

impl fmt::Debug for Tolerances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Rule::ALL.iter().filter(|rule| self.allows(**rule))).finish()
    }
}

/// A place where a URI departs from the RFCs and was accepted all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Deviation {
    /// Byte offset in what was parsed.
    pub offset: u32,
    /// How many bytes it spans; 0 when something is missing at `offset`.
    pub len: u32,
    /// The rule that let it through.
    pub rule: Rule,
}

impl Deviation {
    /// A deviation from `rule` at `offset`, `len` bytes long.
    #[must_use]
    pub const fn new(rule: Rule, offset: u32, len: u32) -> Self {
        Self { rule, offset, len }
    }

    /// The same deviation for a text that starts `by` bytes further on.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        Self { offset: self.offset.saturating_add(by), ..self }
    }
}

/// What a parse carries: the rules that it may bend, and who hears of it.
pub(crate) struct Context<'d> {
    pub(crate) tolerances: Tolerances,
    pub(crate) deviations: &'d mut dyn FnMut(Deviation),
}

impl Context<'_> {
    /// Records a deviation over `from..to`, or refuses it where the rule is off.
    #[cold]
    #[inline(never)]
    pub(crate) fn deviate(
        &mut self,
        rule: Rule,
        component: Component,
        from: usize,
        to: usize,
    ) -> Result<(), UriError> {
        if !self.tolerances.allows(rule) {
            return Err(UriError::new(rule.error_kind(), component, from));
        }
        let offset = u32::try_from(from).unwrap_or(u32::MAX);
        let len = u32::try_from(to.saturating_sub(from)).unwrap_or(u32::MAX);
        (self.deviations)(Deviation { rule, offset, len });
        Ok(())
    }
}
