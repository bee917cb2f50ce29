//! Parameters that appear twice, RFC 3261 §19.1.1, found in `n log n` at worst.

use alloc::vec::Vec;
use core::ops::Range;

use crate::error::{Component, UriError};
use crate::normal::{Case, compare};
use crate::params::ParamSpans;
use crate::tolerance::{Context, Rule};

/// A set of names that may say "perhaps" where the answer is no, never "no" where it is yes.
#[derive(Default)]
pub(crate) struct Filter {
    seen: u64,
    may_repeat: bool,
}

impl Filter {
    /// Adds a name without escapes.
    #[inline(always)]
    pub(crate) fn add(&mut self, name: &[u8]) {
        let (Some(first), Some(last)) = (name.first(), name.last()) else { return };
        let key = usize::from(first | 0x20) | usize::from(last | 0x20) << 8 | name.len() << 16;
        // Multiplying by an odd constant spreads the few bits that names differ in.
        let bit = 1u64 << (key.wrapping_mul(0x9E37_79B1) >> 20 & 63);
        self.may_repeat |= self.seen & bit != 0;
        self.seen |= bit;
    }

    /// Adds a name that may be any other one: it has escapes.
    pub(crate) fn add_escaped(&mut self) {
        self.may_repeat = true;
    }

    pub(crate) const fn may_repeat(&self) -> bool {
        self.may_repeat
    }
}

/// Reports each parameter whose name was there before.
#[cold]
pub(crate) fn report(
    bytes: &[u8],
    params: ParamSpans<'_>,
    cx: &mut Context<'_>,
) -> Result<(), UriError> {
    let order = |a: &Range<usize>, b: &Range<usize>| {
        compare(&bytes[a.clone()], &bytes[b.clone()], Case::Ignored)
    };
    let mut names: Vec<_> = params.map(|param| param.name).collect();
    // Stable: the first of each name stays the first.
    names.sort_by(order);
    let repeated = |pair: &&[Range<usize>]| order(&pair[0], &pair[1]).is_eq();
    let mut repeats: Vec<_> =
        names.windows(2).filter(repeated).map(|pair| pair[1].clone()).collect();
    repeats.sort_by_key(|name| name.start);
    for name in repeats {
        cx.deviate(Rule::DuplicateParam, Component::Param, name.start, name.end)?;
    }
    Ok(())
}
