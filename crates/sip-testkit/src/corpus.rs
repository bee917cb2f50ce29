//! The files of `testdata/`: messages, and the table of what each torture message must do.
//!
//! Everything is read at run time from the repository, by the path that this crate was built
//! at. A missing or garbled file is a fault of the repository, so these functions panic and
//! name it.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

/// The directory `testdata` of the repository.
pub fn testdata() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata"))
}

/// The bytes of a file of `testdata`.
///
/// # Panics
///
/// If it can't be read.
pub fn read(path: &str) -> Vec<u8> {
    fs::read(testdata().join(path)).unwrap_or_else(|error| panic!("testdata/{path}: {error}"))
}

/// Name and bytes of each file of a directory of `testdata`, in order of the names.
///
/// Files that describe others (`README…` and `.tsv`) are left out.
///
/// # Panics
///
/// If the directory or a file of it can't be read.
pub fn files(directory: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(testdata().join(directory))
        .unwrap_or_else(|error| panic!("testdata/{directory}: {error}"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a directory that opens can be listed"))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name())
        .map(|name| name.into_string().expect("the names in testdata are UTF-8"))
        .filter(|name| !name.starts_with("README") && !name.ends_with(".tsv"))
        .collect();
    names.sort_unstable();
    let load = |name: String| {
        let bytes = read(&format!("{directory}/{name}"));
        (name, bytes)
    };
    names.into_iter().map(load).collect()
}

/// What parsing a torture message with default tolerances must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted.
    Accept,
    /// Accepted, and the deviation reported.
    AcceptWithDeviation,
    /// Refused.
    Refuse,
    /// The RFC leaves the choice; if it is accepted, it gives a deviation or fails in `validate`.
    Either,
}

/// A fault of a torture message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `start-line`, `Request-URI`, a header name, or `end`.
    pub place: String,
    /// The offset of the first byte that the grammar can't take, or of a value out of range.
    pub at: usize,
    /// That byte; none at the end of the message.
    pub byte: Option<u8>,
    /// The element that is wrong.
    pub element: Range<usize>,
    /// What is wrong, in words.
    pub what: String,
}

/// One row of `torture/expected.tsv`; the file itself describes the columns.
#[derive(Debug, Clone)]
pub struct Torture {
    /// The file, below `testdata/torture`.
    pub file: String,
    /// RFC and section.
    pub section: String,
    /// Whether it is a request; else a response.
    pub is_request: bool,
    /// Whether the strict line grammar takes the head.
    pub head_ok: bool,
    /// What the default tolerances make of it.
    pub default: Outcome,
    /// All faults.
    pub faults: Vec<Fault>,
    /// What `validate` says, as written: `ok`, or a status and headers.
    pub validate: String,
    /// Paths of [`facts`](crate::facts) and their answers.
    pub facts: Vec<(String, Vec<u8>)>,
    /// Paths of parts of URIs and their answers.
    pub uris: Vec<(String, Vec<u8>)>,
    /// Words.
    pub notes: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// A message of `testdata/peers`, which other parsers get wrong, and what it means.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The file, below `testdata/peers`.
    pub file: String,
    /// Paths of [`facts`](crate::facts) and their answers.
    pub facts: Vec<(String, Vec<u8>)>,
    /// Paths of parts of URIs and their answers.
    pub uris: Vec<(String, Vec<u8>)>,
    /// The message.
    pub bytes: Vec<u8>,
}

/// The messages that other parsers get wrong; `testdata/peers/README.md` says who and how.
///
/// # Panics
///
/// If the table or a message can't be read.
pub fn peers() -> Vec<Peer> {
    rows("peers/expected.tsv", |row| {
        let [file, facts, uris] = row.split('\t').collect::<Vec<_>>()[..] else { return None };
        Some(Peer {
            file: file.to_owned(),
            facts: items(facts).map(assignment).collect::<Option<_>>()?,
            uris: items(uris).map(assignment).collect::<Option<_>>()?,
            bytes: read(&format!("peers/{file}")),
        })
    })
}

/// A valid request with that many unknown headers of different names, `X-0: 0` and so on: what
/// costs a parser quadratic time that compares each name with all before it.
pub fn unknown_headers(count: usize) -> Vec<u8> {
    let mut message = b"OPTIONS sip:bob@biloxi.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.101;branch=z9hG4bKmany\r\n\
        Max-Forwards: 70\r\n\
        From: <sip:alice@atlanta.example>;tag=1\r\n\
        To: <sip:bob@biloxi.example>\r\n\
        Call-ID: many@192.0.2.101\r\n\
        CSeq: 1 OPTIONS\r\n"
        .to_vec();
    for number in 0..count {
        message.extend_from_slice(format!("X-{number}: {number}\r\n").as_bytes());
    }
    message.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    message
}

/// The table of the torture messages with their bytes.
///
/// # Panics
///
/// If the table or a message can't be read.
pub fn torture() -> Vec<Torture> {
    rows("torture/expected.tsv", torture_row)
}

/// The rows of a table after the line that names its columns; lines with `#` are comments.
fn rows<T>(path: &str, parse: fn(&str) -> Option<T>) -> Vec<T> {
    let table = String::from_utf8(read(path)).expect("the tables are UTF-8");
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| parse(row).unwrap_or_else(|| panic!("{path}: {row}"))).collect()
}

fn torture_row(row: &str) -> Option<Torture> {
    let columns: Vec<&str> = row.split('\t').collect();
    let [file, section, kind, head, default, errors, validate, facts, uris, notes] = columns[..]
    else {
        return None;
    };
    let default = match default {
        "accept" => Outcome::Accept,
        "accept with deviation" => Outcome::AcceptWithDeviation,
        "refuse" => Outcome::Refuse,
        "accept or refuse" => Outcome::Either,
        _ => return None,
    };
    Some(Torture {
        file: file.to_owned(),
        section: section.to_owned(),
        is_request: kind == "request",
        head_ok: head == "ok",
        default,
        faults: items(errors).map(fault).collect::<Option<_>>()?,
        validate: validate.to_owned(),
        facts: items(facts).map(assignment).collect::<Option<_>>()?,
        uris: items(uris).map(assignment).collect::<Option<_>>()?,
        notes: notes.to_owned(),
        bytes: read(&format!("torture/{file}")),
    })
}

/// The items of a column; a hyphen is none.
fn items(column: &str) -> impl Iterator<Item = &str> {
    column.split(" | ").filter(|item| *item != "-")
}

fn fault(item: &str) -> Option<Fault> {
    let mut words = item.splitn(5, ' ');
    let (place, at, byte) = (words.next()?, words.next()?, words.next()?);
    let (start, end) = words.next()?.split_once("..")?;
    let byte = match byte {
        "SP" => Some(b' '),
        "EOF" => None,
        escaped => Some(*unescape(escaped)?.first()?),
    };
    Some(Fault {
        place: place.to_owned(),
        at: at.parse().ok()?,
        byte,
        element: start.parse().ok()?..end.parse().ok()?,
        what: words.next()?.to_owned(),
    })
}

/// `path=value`; an equals sign in a pair of brackets belongs to the path.
fn assignment(item: &str) -> Option<(String, Vec<u8>)> {
    let brackets = if item.starts_with("header[") { item.find(']')? } else { 0 };
    let equal = brackets + item[brackets..].find('=')?;
    Some((item[..equal].to_owned(), unescape(&item[equal + 1..])?))
}

/// Undoes the escapes of the table: `\\`, `\r`, `\n`, `\t`, `\xHH`.
pub fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (&kind, tail) = rest.split_first()?;
        rest = tail;
        bytes.push(match kind {
            b'\\' => b'\\',
            b'r' => b'\r',
            b'n' => b'\n',
            b't' => b'\t',
            b'x' => {
                let (hex, tail) = rest.split_at_checked(2)?;
                rest = tail;
                u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?
            }
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(r"a\\\x00\xfe\r\n\t").unwrap(), b"a\\\0\xfe\r\n\t");
        for bad in [r"\", r"\q", r"\x", r"\x0", r"\xzz"] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }

    #[test]
    fn items_are_read() {
        let read = fault(r"Via 78 \r 41..78 closing quote expected").unwrap();
        assert_eq!((read.at, read.byte, read.element), (78, Some(b'\r'), 41..78));
        assert_eq!(fault("end 3 EOF 3..3 the end").unwrap().byte, None);
        let (path, value) = assignment("header[A=b][1]=c=d").unwrap();
        assert_eq!((&path[..], &value[..]), ("header[A=b][1]", &b"c=d"[..]));
    }
}
