//! Byte edits: a valid message with a few of them reaches code that random bytes never do.
//!
//! Positions are taken modulo the length, so an edit fits any text, and a test that shrinks the
//! text need not touch the edits.

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Inverts one bit.
    Flip {
        /// The position.
        at: usize,
        /// The bit, modulo 8.
        bit: u8,
    },
    /// Writes one byte over another.
    Set {
        /// The position.
        at: usize,
        /// The new byte.
        byte: u8,
    },
    /// Puts bytes in, such as one of [`SPLICES`].
    Insert {
        /// The position; the end of the text counts.
        at: usize,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Takes bytes out.
    Delete {
        /// The position.
        at: usize,
        /// How many, as far as there are some.
        len: usize,
    },
    /// Writes the line at the position twice.
    DuplicateLine {
        /// A position in the line.
        at: usize,
    },
    /// Takes the line at the position out.
    DeleteLine {
        /// A position in the line.
        at: usize,
    },
    /// Copies a piece of the text to another place.
    Copy {
        /// Where the piece starts.
        from: usize,
        /// How long it is, as far as there is text.
        len: usize,
        /// Where the copy goes.
        to: usize,
    },
    /// Cuts the text off.
    Truncate {
        /// The new length.
        at: usize,
    },
}

/// Bytes that mean something to a SIP parser, or break something.
pub const SPLICES: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r\n ",
    b"\n ",
    b"\r\r\n",
    b"\0",
    b"\"",
    b"\"\"",
    b"\\",
    b"<",
    b">",
    b";",
    b",",
    b":",
    b"=",
    b"@",
    b"?",
    b"%",
    b"%0",
    b"%00",
    b"[",
    b"]",
    b"(",
    b")",
    b"*",
    b" ",
    b"\t",
    b"\x7F",
    b"\x80",
    b"\xC3",
    b"\xFF",
    b"-1",
    b"+5",
    b"4294967296",
    b"18446744073709551616",
    b"Content-Length: 0\r\n",
    b"l : 5\r\n",
    b"Via",
    b"sip:",
    b"SIP/2.0",
];

impl Edit {
    /// Does the edit; an edit that needs a byte does nothing to an empty text.
    pub fn apply(&self, text: &mut Vec<u8>) {
        let len = text.len();
        if len == 0 && !matches!(self, Self::Insert { .. }) {
            return;
        }
        match self {
            Self::Flip { at, bit } => text[at % len] ^= 1 << (bit % 8),
            Self::Set { at, byte } => text[at % len] = *byte,
            Self::Insert { at, bytes } => {
                let at = at % (len + 1);
                text.splice(at..at, bytes.iter().copied());
            }
            Self::Delete { at, len: count } => {
                let at = at % len;
                text.drain(at..at.saturating_add(*count).min(len));
            }
            Self::DuplicateLine { at } => {
                let (start, end) = line_at(text, at % len);
                let line = text[start..end].to_vec();
                text.splice(start..start, line);
            }
            Self::DeleteLine { at } => {
                let (start, end) = line_at(text, at % len);
                text.drain(start..end);
            }
            Self::Copy { from, len: count, to } => {
                let from = from % len;
                let piece = text[from..from.saturating_add(*count).min(len)].to_vec();
                let to = to % (len + 1);
                text.splice(to..to, piece);
            }
            Self::Truncate { at } => text.truncate(at % len),
        }
    }
}

/// Does all edits one after the other.
pub fn apply_all(edits: &[Edit], text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    edits.iter().for_each(|edit| edit.apply(&mut text));
    text
}

/// Start and end of the line at a position, with its line feed.
fn line_at(text: &[u8], at: usize) -> (usize, usize) {
    let start = text[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |lf| lf + 1);
    let end =
        text[at..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |lf| at + lf + 1);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(edit: Edit) -> Vec<u8> {
        apply_all(&[edit], b"ab\r\ncd\r\n")
    }

    #[test]
    fn edits_do_what_they_say() {
        assert_eq!(edited(Edit::Flip { at: 8, bit: 5 }), b"Ab\r\ncd\r\n");
        assert_eq!(edited(Edit::Set { at: 1, byte: 0 }), b"a\0\r\ncd\r\n");
        assert_eq!(edited(Edit::Insert { at: 8, bytes: b"x".to_vec() }), b"ab\r\ncd\r\nx");
        assert_eq!(edited(Edit::Delete { at: 6, len: usize::MAX }), b"ab\r\ncd");
        assert_eq!(edited(Edit::DuplicateLine { at: 3 }), b"ab\r\nab\r\ncd\r\n");
        assert_eq!(edited(Edit::DeleteLine { at: 4 }), b"ab\r\n");
        assert_eq!(edited(Edit::Copy { from: 0, len: 2, to: 8 }), b"ab\r\ncd\r\nab");
        assert_eq!(edited(Edit::Truncate { at: 3 }), b"ab\r");
    }

    #[test]
    fn an_empty_text_is_no_trouble() {
        let edits = [
            Edit::Truncate { at: 0 },
            Edit::Flip { at: 3, bit: 9 },
            Edit::Set { at: 3, byte: 0 },
            Edit::Delete { at: 1, len: 1 },
            Edit::DuplicateLine { at: 7 },
            Edit::DeleteLine { at: 7 },
            Edit::Copy { from: 1, len: 2, to: 3 },
            Edit::Insert { at: 5, bytes: b"x".to_vec() },
        ];
        assert_eq!(apply_all(&edits, b""), b"x");
    }
}
