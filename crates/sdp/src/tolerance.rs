//! Tolerance as data: every place where the parser takes what the RFCs do not allow is a rule.
//!
//! A rule that is on lets the construct through and records a [`Deviation`]; a rule that is off
//! makes it an error at the same offset. Nothing is ever mended in the bytes themselves.

use core::fmt;

/// How much a deviation matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $rfc:literal, $severity:ident,
        $default:ident;)+) => {
        /// A named departure from the RFCs that the parser can be told to accept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The rule's name, in lower case with hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What a description does that the rule is about, in a few words.
            #[must_use]
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$variant => first_sentence(concat!($($doc),+)),)+ }
            }

            /// The section that the rule bends.
            #[must_use]
            pub const fn rfc(self) -> &'static str {
                match self { $(Self::$variant => $rfc,)+ }
            }

            /// How much a deviation of this kind matters.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// Whether [`Tolerances::default`] accepts it.
            #[must_use]
            pub const fn is_default(self) -> bool {
                match self { $(Self::$variant => rules!(@default $default),)+ }
            }

            /// The rule of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.name() == name)
            }
        }
    };
    (@default on) => { true };
    (@default off) => { false };
}

rules! {
    /// A line that ends in LF alone.
    BareLf = "bare-lf", "RFC 8866 §5", Info, on;
    /// A line without anything in it, before, between or behind the others.
    BlankLine = "blank-line", "RFC 8866 §5", Warning, on;
    /// The last line without its line end.
    MissingLineEnd = "missing-line-end", "RFC 8866 §5", Warning, on;
    /// A line that does not start with a letter and `=`; it is kept as it came.
    NotALine = "not-a-line", "RFC 8866 §5", Error, off;
    /// A carriage return inside a line.
    BareCr = "bare-cr", "RFC 8866 §9", Error, off;
    /// A NUL inside a line.
    Nul = "nul", "RFC 8866 §9", Error, off;
    /// A line of a type that RFC 8866 does not have; it is kept as it came.
    UnknownLineType = "unknown-line-type", "RFC 8866 §5", Warning, on;
    /// A line that must stand before those in front of it.
    LineOrder = "line-order", "RFC 8866 §5", Warning, on;
    /// A line of the session behind an `m=` line; it is read as one of the session.
    MisplacedLine = "misplaced-line", "RFC 8866 §5", Warning, on;
    /// A second line of a type that may be there once; the first one counts.
    RepeatedLine = "repeated-line", "RFC 8866 §5", Error, on;
    /// A second `v=` line: another description starts, where there must be one alone.
    SecondDescription = "second-description", "RFC 3264 §5", Error, off;
    /// No `v=` line.
    MissingVersion = "missing-version", "RFC 8866 §5.1", Warning, on;
    /// No `o=` line.
    MissingOrigin = "missing-origin", "RFC 8866 §5.2", Warning, on;
    /// No `s=` line.
    MissingSessionName = "missing-session-name", "RFC 8866 §5.3", Warning, on;
    /// No `t=` line.
    MissingTiming = "missing-timing", "RFC 8866 §5.9", Warning, on;
    /// No `c=` line, neither for the session nor for a media section.
    MissingConnection = "missing-connection", "RFC 8866 §5.7", Warning, on;
    /// Text that is empty where there must be some, as in `s=`.
    EmptyText = "empty-text", "RFC 8866 §5.3", Warning, on;
    /// Text that is not UTF-8 where no `a=charset` says otherwise.
    NonUtf8Text = "non-utf8-text", "RFC 8866 §5", Info, on;
    /// White space before or behind a value.
    SurroundingSpace = "surrounding-space", "RFC 8866 §5", Warning, on;
    /// More than one space, or a tab, between the parts of a value.
    ExtraSpace = "extra-space", "RFC 8866 §9", Warning, on;
    /// An `o=` line with too few or too many fields, or with numbers that are none.
    LooseOrigin = "loose-origin", "RFC 8866 §5.2", Warning, on;
    /// A network or address type, or an address, in a form that the grammar does not have.
    LooseAddress = "loose-address", "RFC 8866 §5.7", Warning, on;
    /// A media type, protocol or format with characters that its grammar does not have.
    LooseMedia = "loose-media", "RFC 8866 §5.14", Warning, on;
    /// An `m=` line without a format.
    MissingFormat = "missing-format", "RFC 8866 §5.14", Warning, on;
    /// A format that is listed twice in its `m=` line.
    RepeatedFormat = "repeated-format", "RFC 8866 §5.14", Warning, on;
    /// A number beyond its range, read as the largest that there is.
    NumberOutOfRange = "number-out-of-range", "RFC 8866 §9", Error, off;
    /// An attribute without a name, `a=`.
    EmptyAttribute = "empty-attribute", "RFC 8866 §5.13", Warning, on;
    /// An attribute whose name has characters that a token does not have.
    LooseAttributeName = "loose-attribute-name", "RFC 8866 §5.13", Warning, on;
    /// The name of an attribute in another case.
    AttributeCase = "attribute-case", "RFC 8866 §5.13", Warning, on;
    /// A value behind an attribute that has none.
    FlagValue = "flag-value", "RFC 8866 §5.13", Warning, on;
    /// An `a=rtpmap` without its clock rate, or without anything behind its payload type.
    ShortRtpmap = "short-rtpmap", "RFC 8866 §6.6", Warning, on;
    /// An attribute value in a form that its grammar does not have, though it can be read.
    LooseValue = "loose-value", "RFC 8866 §6", Warning, on;
}

const fn set(of_default: bool) -> u64 {
    let mut set = 0;
    let mut i = 0;
    while i < Rule::ALL.len() {
        if !of_default || Rule::ALL[i].is_default() {
            set |= 1 << Rule::ALL[i] as u32;
        }
        i += 1;
    }
    set
}

const DEFAULT: u64 = set(true);
const LENIENT: u64 = set(false);

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
/// use sdp::{Rule, Tolerances};
/// let tolerances = Tolerances::default().without(Rule::BareLf);
/// assert!(!tolerances.allows(Rule::BareLf));
/// assert!(tolerances.allows(Rule::BlankLine));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerances(u64);

impl Tolerances {
    /// The RFCs to the letter: no rule.
    #[must_use]
    pub const fn strict() -> Self {
        Self(0)
    }

    /// What a robust softphone, gateway or border element accepts: each rule whose
    /// [`Rule::is_default`] is true.
    #[must_use]
    pub const fn default() -> Self {
        Self(DEFAULT)
    }

    /// Everything that has a rule: for monitors and for looking at broken captures.
    #[must_use]
    pub const fn lenient() -> Self {
        Self(LENIENT)
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

/// A place where a description departs from the RFCs and was accepted all the same.
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
        assert!(Rule::ALL.len() <= 64);
        for &a in Rule::ALL {
            assert!(!a.describe().is_empty());
            assert_eq!(Rule::from_name(a.name()), Some(a));
            for &b in Rule::ALL {
                assert!(a == b || a.name() != b.name());
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
