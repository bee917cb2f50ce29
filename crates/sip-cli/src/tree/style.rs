//! The colours of the tree, and lines that know how wide they are in spite of them.

use anstyle::{AnsiColor, Style};

pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const UNKNOWN_NAME: Style = AnsiColor::Cyan.on_default();
pub(crate) const DISPLAY: Style = AnsiColor::Green.on_default();
pub(crate) const PARAM: Style = AnsiColor::Blue.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Text in a style, with ANSI codes; whoever prints it takes them out where they are not wanted.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Styled text.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// In characters, without the styles.
    pub(crate) width: usize,
}

impl Line {
    pub(crate) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), width: text.chars().count() }
    }

    pub(crate) fn styled(style: Style, text: &str) -> Self {
        let mut line = Self::default();
        line.paint(style, text);
        line
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.width += text.chars().count();
    }

    pub(crate) fn paint(&mut self, style: Style, text: &str) {
        self.text.push_str(&paint(style, text));
        self.width += text.chars().count();
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.text.push_str(&other.text);
        self.width += other.width;
    }
}
