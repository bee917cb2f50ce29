//! Bytes from the network as text that can be shown.
//!
//! One character of the input is one character of the output, so that columns can be counted on
//! either side: a UTF-8 character is itself, and every control character and every byte that is
//! not UTF-8 is one symbol. Nothing that a terminal would act upon gets through.

/// How many bytes the first character of `bytes` has: 1 for a byte that is not UTF-8.
pub(crate) fn char_len(bytes: &[u8]) -> usize {
    first_char(bytes).map_or(1, char::len_utf8)
}

/// The first character of `bytes`; `None` when there is none or it is not UTF-8.
fn first_char(bytes: &[u8]) -> Option<char> {
    let len = match *bytes.first()? {
        byte @ ..0x80 => return Some(char::from(byte)),
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
        _ => return None,
    };
    std::str::from_utf8(bytes.get(..len)?).ok()?.chars().next()
}

/// Appends the first character of `bytes` as it is shown; the answer is its length in bytes.
pub(crate) fn push_char(out: &mut String, bytes: &[u8]) -> usize {
    let found = first_char(bytes);
    out.push(found.map_or(char::REPLACEMENT_CHARACTER, shown));
    found.map_or(1, char::len_utf8)
}

/// Text as it is shown.
pub(crate) fn show(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        at += push_char(&mut out, &bytes[at..]);
    }
    out
}

/// Text of a value that may be folded, on one line.
pub(crate) fn show_on_one_line(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], b'\r' | b'\n') {
            let fold = |b: &&u8| matches!(b, b'\r' | b'\n' | b' ' | b'\t');
            at += bytes[at..].iter().take_while(fold).count();
            out.truncate(out.trim_end_matches(' ').len());
            out.push(' ');
        } else {
            at += push_char(&mut out, &bytes[at..]);
        }
    }
    out
}

/// The symbol of a character that must not reach a terminal.
fn shown(c: char) -> char {
    match c {
        '\t' => ' ',
        // The pictures of the control characters stand in their order.
        '\0'..' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        // C1 controls, and what changes the direction of text or cannot be seen.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// Text for JSON, whose strings are Unicode: U+FFFD stands for what is not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|&b| [digit(b >> 4), digit(b)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_one_symbol() {
        assert_eq!(show("aé\t\u{1b}[1m\0\u{7f}\u{202e}".as_bytes()), "aé ␛[1m␀␡\u{fffd}");
        assert_eq!(show(b"caf\xe9!\xc3"), "caf\u{fffd}!\u{fffd}");
        assert_eq!(show(b"\xed\xa0\x80\xff"), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(char_len("é".as_bytes()), 2);
        assert_eq!(char_len(b"\xc3("), 1);
    }

    #[test]
    fn folds_are_one_space() {
        assert_eq!(show_on_one_line(b"a \r\n \t b\n c"), "a b c");
    }
}
