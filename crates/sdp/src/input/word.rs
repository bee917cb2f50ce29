//! Text that is looked at late: words, and words with spaces between.

use core::fmt;

/// A run of visible ASCII characters, made a `&str` when it is looked at: to check it before is a
/// good part of the cost of reading a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Word<'a>(pub(crate) &'a [u8]);

impl<'a> Word<'a> {
    #[inline]
    pub(crate) fn as_str(self) -> &'a str {
        // It was read as ASCII.
        core::str::from_utf8(self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// [`Word`]s with spaces between, of which it does not matter how many there are.
#[derive(Clone, Copy)]
pub(crate) struct Spaced<'a>(pub(crate) Word<'a>);

impl<'a> Spaced<'a> {
    pub(crate) fn words(self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.0.as_str().split_ascii_whitespace()
    }
}

impl PartialEq for Spaced<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.words().eq(other.words())
    }
}

impl Eq for Spaced<'_> {}

impl core::hash::Hash for Spaced<'_> {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.words().for_each(|word| word.hash(state));
    }
}

impl fmt::Debug for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().enumerate().try_for_each(|(place, word)| {
            f.write_str(if place == 0 { "" } else { " " })?;
            f.write_str(word)
        })
    }
}
