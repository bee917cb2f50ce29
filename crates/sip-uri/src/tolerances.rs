//! Tolerance as data: which rules may be bent, and the record of each one that was.

use core::fmt;

use crate::error::{Component, UriError};
use crate::rule::Rule;

/// The set of rules that a parse may bend.
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
    /// No rule: the grammar to the letter.
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

    /// Every rule.
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

    /// The same set and `rule`.
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        Self(self.0 | 1 << rule as u32)
    }

    /// The same set but for `rule`.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u32))
    }

    /// Whether `rule` may be bent.
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

/// One place where a rule was bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Deviation {
    /// The rule.
    pub rule: Rule,
    /// Where it begins, in bytes from the start of the text that was parsed.
    pub offset: u32,
    /// How many bytes it covers; 0 where something is missing.
    pub len: u32,
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
    pub(crate) fn bend(
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
