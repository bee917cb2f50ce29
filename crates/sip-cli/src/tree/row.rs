//! Branches of a tree and how they hang together.

use super::style::{self, Line};

/// The widest column of names; a longer name moves its own value only.
const NAME_WIDTH: usize = 20;

/// A branch of the tree: a name, and lines beside and below it.
pub(crate) struct Row {
    pub(crate) name: Line,
    pub(crate) lines: Vec<Line>,
}

impl Row {
    pub(crate) fn new(name: Line, lines: Vec<Line>) -> Self {
        Self { name, lines }
    }
}

/// The rows with the lines that join them.
pub(crate) fn connected(rows: Vec<Row>) -> Vec<Line> {
    let fits = |row: &&Row| row.name.width <= NAME_WIDTH;
    let width = rows.iter().filter(fits).map(|row| row.name.width).max().unwrap_or(0);
    let last = rows.len().saturating_sub(1);
    let mut out = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let (branch, trunk) = if place < last { ("├─ ", "│  ") } else { ("└─ ", "   ") };
        let mut line = Line::styled(style::DIM, branch);
        let mut gap = width.saturating_sub(row.name.width) + 2;
        line.append(row.name);
        for below in row.lines {
            if line.width == 0 {
                line.paint(style::DIM, trunk);
                gap = width + 2;
            }
            line.push(&" ".repeat(gap));
            line.append(below);
            out.push(std::mem::take(&mut line));
        }
        if line.width > 0 {
            out.push(line);
        }
    }
    out
}

/// The lines as text.
pub(crate) fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| format!("{}\n", line.text.trim_end())).collect()
}
