//! Tolerance as data: every place where the parser takes what the RFC does not allow is a rule.
//!
//! A rule that is on lets the construct through and records a [`Deviation`]; a rule that is off
//! makes it an error at the same offset. Nothing is ever mended in the bytes themselves.

use core::fmt;

pub use sip_uri::Severity;

/// The first sentence of a doc comment, or what stands before its semicolon or colon, without the
/// full stop.
const fn first_sentence(text: &'static str) -> &'static str {
    let text = text.trim_ascii();
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let last = end + 1 == bytes.len() || bytes[end + 1] == b' ';
        if last && matches!(bytes[end], b'.' | b';' | b':') {
            return text.split_at(end).0;
        }
        end += 1;
    }
    text
}

/// Declares [`Rule`] and its table in one place: name, RFC section, severity, default.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident = $bit:literal, $name:literal, $rfc:literal,
        $severity:ident, $default:ident;)+) => {
        /// A named departure from the RFCs that the parser can be told to accept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant,)+
            /// A rule about URIs, from the crate `sip-uri`.
            Uri(sip_uri::Rule),
        }

        impl Rule {
            /// The rules of this crate; [`Rule::ALL`] adds those about URIs.
            const OWN: &'static [Self] = &[$(Self::$variant),+];

            const fn bit(self) -> u64 {
                match self {
                    $(Self::$variant => 1 << $bit,)+
                    Self::Uri(_) => 0,
                }
            }

            /// The rule's name, in lower case with hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Uri(rule) => rule.name(),
                }
            }

            /// What a message does that the rule is about, in a few words.
            #[must_use]
            pub const fn describe(self) -> &'static str {
                match self {
                    $(Self::$variant => rules!(@describe $($doc)+),)+
                    Self::Uri(rule) => rule.describe(),
                }
            }

            /// The section that the rule bends.
            #[must_use]
            pub const fn rfc(self) -> &'static str {
                match self {
                    $(Self::$variant => $rfc,)+
                    Self::Uri(rule) => rule.rfc(),
                }
            }

            /// How much a deviation of this kind matters.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)+
                    Self::Uri(rule) => rule.severity(),
                }
            }

            /// Whether [`Tolerances::default`] accepts it.
            #[must_use]
            pub const fn is_default(self) -> bool {
                match self {
                    $(Self::$variant => rules!(@default $default),)+
                    Self::Uri(rule) => rule.is_default(),
                }
            }
        }

        const DEFAULT: u64 = 0 $(| if rules!(@default $default) { 1 << $bit } else { 0 })+;
        const LENIENT: u64 = 0 $(| 1 << $bit)+;
    };
    (@describe $($doc:literal)+) => { first_sentence(concat!($($doc),+)) };
    (@default on) => { true };
    (@default off) => { false };
}

rules! {
    /// Every line of the head ends in LF alone.
    BareLf = 0, "bare-lf", "RFC 3261 §7", Warning, on;
    /// Some lines of the head end in CRLF and some in LF alone. Off by default: two parsers that
    /// take such a message differently can be played off against each other.
    MixedLineEnds = 1, "mixed-line-ends", "RFC 3261 §7", Error, off;
    /// A datagram that ends behind a header line, without the empty line.
    MissingEmptyLine = 2, "missing-empty-line", "RFC 3261 §7", Warning, on;
    /// More than one space between the parts of the start line, or spaces behind them.
    StartLineSpace = 3, "start-line-space", "RFC 3261 §7.1", Warning, on;
    /// White space inside the Request-URI.
    RequestUriSpace = 4, "request-uri-space", "RFC 3261 §7.1", Error, off;
    /// A status line that ends behind the status code, without the space.
    MissingReasonSpace = 5, "missing-reason-space", "RFC 3261 §7.2", Info, on;
    /// A parameter without the value that it must have.
    MissingParameterValue = 22, "missing-parameter-value", "RFC 3261 §25.1", Warning, on;
    /// A digest parameter in quotes that must have none, or without those that it must have.
    AuthQuoting = 23, "auth-quoting", "RFC 3261 §25.1", Warning, on;
    /// A date whose zone is not called GMT, though it is that zone.
    DateZone = 24, "date-zone", "RFC 3261 §20.17", Warning, on;
    /// A second Content-Length with the same number.
    DuplicateContentLength = 6, "duplicate-content-length", "RFC 3261 §20.14", Warning, on;
    /// A datagram whose body is shorter than its Content-Length says: what is there is the body.
    ShortBody = 7, "short-body", "RFC 3261 §18.3", Error, off;
    /// A comma without a value beside it.
    EmptyListElement = 8, "empty-list-element", "RFC 3261 §7.3.1", Warning, on;
    /// A semicolon without a parameter behind it.
    EmptyParameter = 9, "empty-parameter", "RFC 3261 §25.1", Warning, on;
    /// A parameter value with characters that only a quoted string may hold.
    UnquotedParameter = 10, "unquoted-parameter", "RFC 3261 §25.1", Warning, on;
    /// The same parameter twice in one value; the first one counts.
    DuplicateParameter = 11, "duplicate-parameter", "RFC 3261 §7.3.1", Warning, on;
    /// A display name without quotes whose characters need them.
    UnquotedDisplayName = 12, "unquoted-display-name", "RFC 3261 §25.1", Warning, on;
    /// A display name in doubled quotes, `""Bob""`.
    DoubledQuotes = 13, "doubled-quotes", "RFC 3261 §25.1", Warning, on;
    /// An address that must stand in `<` and `>`, without them.
    MissingAngleBrackets = 14, "missing-angle-brackets", "RFC 3261 §20.10", Warning, on;
    /// White space between `<` and the URI or between the URI and `>`.
    AngleBracketSpace = 15, "angle-bracket-space", "RFC 3261 §25.1", Warning, off;
    /// An IPv6 address in brackets where the grammar wants it bare: Via's `received`.
    BracketedReceived = 16, "bracketed-received", "RFC 5118 §4.5", Warning, on;
    /// A Call-ID with characters that its grammar does not have.
    LooseCallId = 17, "loose-call-id", "RFC 3261 §20.8", Warning, on;
    /// A User-Agent or Server that is no list of products and comments.
    LooseProduct = 18, "loose-product", "RFC 3261 §20.41", Info, on;
    /// Text that is not UTF-8.
    NonUtf8Text = 19, "non-utf8-text", "RFC 3261 §25.1", Info, on;
    /// A control character in text.
    ControlInText = 20, "control-in-text", "RFC 3261 §25.1", Error, off;
    /// A number beyond its range, read as the largest that the header has.
    NumberOutOfRange = 21, "number-out-of-range", "RFC 3261 §25.1", Error, off;
    /// The lines around the parts of a multipart body end in LF alone.
    MultipartBareLf = 48, "multipart-bare-lf", "RFC 2046 §5.1.1", Warning, on;
    /// A multipart body that ends without its closing delimiter: its last part may have been cut.
    UnclosedMultipart = 49, "unclosed-multipart", "RFC 2046 §5.1.1", Error, off;
    /// A multipart boundary with characters that its grammar does not have.
    LooseBoundary = 50, "loose-boundary", "RFC 2046 §5.1.1", Warning, on;
    /// A line of a part that starts with the boundary and goes on: text, no delimiter.
    BoundaryPrefix = 51, "boundary-prefix", "RFC 2046 §5.1.1", Warning, on;
    /// A multipart delimiter directly behind another: the part between them is not even an empty line.
    AdjacentDelimiters = 52, "adjacent-delimiters", "RFC 2046 §5.1.1", Error, off;
    /// The last line of a fragment of a message, or of the head of a part, without its line end.
    MissingLineEnd = 53, "missing-line-end", "RFC 3261 §7.3", Warning, on;
}

/// The rules of this crate, then those about URIs.
const ALL: [Rule; Rule::OWN.len() + sip_uri::Rule::ALL.len()] = {
    let mut all = [Rule::BareLf; Rule::OWN.len() + sip_uri::Rule::ALL.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = match i.checked_sub(Rule::OWN.len()) {
            None => Rule::OWN[i],
            Some(i) => Rule::Uri(sip_uri::Rule::ALL[i]),
        };
        i += 1;
    }
    all
};

impl Rule {
    /// Every rule, those about URIs last.
    ///
    /// ```
    /// use sip_message::Rule;
    /// assert!(Rule::ALL.iter().any(|rule| rule.name() == "bare-lf"));
    /// ```
    pub const ALL: &'static [Self] = &ALL;

    /// The rule of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of [`Rule`]s: what a parser lets through.
///
/// `strict()` ⊆ `default()` ⊆ `lenient()`.
///
/// ```
/// use sip_message::{Rule, Tolerances};
/// let tolerances = Tolerances::default().without(Rule::BareLf);
/// assert!(!tolerances.allows(Rule::BareLf));
/// assert!(tolerances.allows(Rule::EmptyListElement));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerances {
    own: u64,
    uri: sip_uri::Tolerances,
}

impl Tolerances {
    /// The RFCs to the letter: no rule.
    #[must_use]
    pub const fn strict() -> Self {
        Self { own: 0, uri: sip_uri::Tolerances::strict() }
    }

    /// What a robust proxy accepts: each rule whose [`Rule::is_default`] is true.
    #[must_use]
    pub const fn default() -> Self {
        Self { own: DEFAULT, uri: sip_uri::Tolerances::default() }
    }

    /// Everything that has a rule: for monitors and for looking at broken captures.
    #[must_use]
    pub const fn lenient() -> Self {
        Self { own: LENIENT, uri: sip_uri::Tolerances::lenient() }
    }

    /// This set and `rule`.
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        match rule {
            Rule::Uri(rule) => Self { uri: self.uri.with(rule), ..self },
            _ => Self { own: self.own | rule.bit(), ..self },
        }
    }

    /// This set but for `rule`.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        match rule {
            Rule::Uri(rule) => Self { uri: self.uri.without(rule), ..self },
            _ => Self { own: self.own & !rule.bit(), ..self },
        }
    }

    /// Whether `rule` is in the set.
    #[must_use]
    pub const fn allows(self, rule: Rule) -> bool {
        match rule {
            Rule::Uri(rule) => self.uri.allows(rule),
            _ => self.own & rule.bit() != 0,
        }
    }

    /// Whether every rule of `other` is in this set too.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.own & other.own == other.own && self.uri.contains(other.uri)
    }

    /// The part of the set that is about URIs.
    #[must_use]
    pub const fn uri(self) -> sip_uri::Tolerances {
        self.uri
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

/// A place where a message departs from the RFCs and was accepted all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    pub(crate) fn new(rule: Rule, start: usize, end: usize) -> Self {
        let offset = crate::index::narrow(start);
        Self { offset, len: crate::index::narrow(end.saturating_sub(start)), rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_bit_and_a_name_of_its_own() {
        for &a in Rule::ALL {
            assert_eq!(Rule::from_name(a.name()), Some(a));
            for &b in Rule::ALL {
                if a != b {
                    assert_ne!(a.name(), b.name());
                }
            }
            let only = Tolerances::strict().with(a);
            assert_eq!(Rule::ALL.iter().filter(|&&r| only.allows(r)).count(), 1, "{a}");
        }
    }

    #[test]
    fn strict_default_lenient_are_nested() {
        for &rule in Rule::ALL {
            assert!(!Tolerances::strict().allows(rule));
            assert_eq!(Tolerances::default().allows(rule), rule.is_default(), "{rule}");
            assert!(Tolerances::lenient().allows(rule));
        }
        assert!(Tolerances::default().contains(Tolerances::strict()));
        assert!(Tolerances::lenient().contains(Tolerances::default()));
        assert!(!Tolerances::strict().contains(Tolerances::default()));
    }
}
