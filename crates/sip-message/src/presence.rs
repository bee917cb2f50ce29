//! Which header may be in which message: RFC 3261 §20, tables 2 and 3, and what later RFCs add.
//!
//! The table itself is in `table.rs`. A later RFC replaces what an earlier one says of a cell only
//! where it says so itself; where the text of an RFC is wider than its table, the text holds.

use core::fmt;

use crate::header::Known;
use crate::{HeaderName, Method, StatusCode};

mod table;

/// Whether a header is in a message: a cell of the tables of RFC 3261 §20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Presence {
    /// `m`: it must be there.
    Mandatory,
    /// `m*`: it should be there, and others cannot rely on it.
    Recommended,
    /// `t`: it should be there, and over a stream it must.
    Stream,
    /// `c`: it depends on more than the method and the status.
    Conditional,
    /// `o`: it may be there.
    Optional,
    /// `*`: it must be there if there is a body.
    WithBody,
    /// `-`, or no row for the status: it must not be there.
    NotApplicable,
    /// No RFC says.
    Unknown,
}

/// Whether `header` is in a request of `method`, or in the response to one with `status`
/// (RFC 3261 §20, tables 2 and 3, and what later RFCs add).
///
/// ```
/// use sip_message::{HeaderName, Method, Presence, StatusCode, presence};
/// let contact = |method, status| presence(HeaderName::CONTACT, method, status);
/// assert_eq!(contact(Method::INVITE, None), Presence::Mandatory);
/// assert_eq!(contact(Method::INVITE, Some(StatusCode::RINGING)), Presence::Optional);
/// assert_eq!(contact(Method::INVITE, Some(StatusCode::BUSY_HERE)), Presence::NotApplicable);
/// assert_eq!(contact(Method::BYE, None), Presence::NotApplicable);
/// assert_eq!(contact(Method::new("PING").unwrap(), None), Presence::Unknown);
/// ```
#[must_use]
pub fn presence(
    header: HeaderName<'_>,
    method: Method<'_>,
    status: Option<StatusCode>,
) -> Presence {
    match (header.known(), Column::of(method)) {
        (Some(header), Some(column)) => column.cell(rows_of(header), status).0,
        _ => Presence::Unknown,
    }
}

/// A kind of message, and the RFC that says something of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement<'m> {
    pub(crate) method: Method<'m>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) rfc: &'static str,
}

impl<'m> Placement<'m> {
    /// The method of the request, or of the request that a response is for.
    #[must_use]
    pub fn method(&self) -> Method<'m> {
        self.method
    }

    /// The status of a response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The section of the RFC.
    #[must_use]
    pub fn rfc(&self) -> &'static str {
        self.rfc
    }
}

impl fmt::Display for Placement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            None => write!(f, "{} requests", self.method),
            Some(status) => write!(f, "{} responses to {}", status.code(), self.method),
        }
    }
}

/// The methods in the order of the cells of a row, and the RFC that has the column.
const COLUMNS: [(Method<'static>, &str); 14] = [
    (Method::ACK, "RFC 3261 §20"),
    (Method::BYE, "RFC 3261 §20"),
    (Method::CANCEL, "RFC 3261 §20"),
    (Method::INVITE, "RFC 3261 §20"),
    (Method::OPTIONS, "RFC 3261 §20"),
    (Method::REGISTER, "RFC 3261 §20"),
    (Method::PRACK, "RFC 3262 §4"),
    (Method::UPDATE, "RFC 3311 §7"),
    (Method::REFER, "RFC 3515 §2.2"),
    // RFC 6665, which obsoletes it, leaves its column out.
    (Method::SUBSCRIBE, "RFC 3265 §7.1"),
    (Method::NOTIFY, "RFC 3265 §7.1"),
    (Method::MESSAGE, "RFC 3428 §9"),
    (Method::INFO, "RFC 6086 §6.1"),
    (Method::PUBLISH, "RFC 3903 §11.1.1"),
];

/// The column of a method.
#[derive(Clone, Copy)]
pub(crate) struct Column(usize);

impl Column {
    /// `None` for a method that no table has.
    pub(crate) fn of(method: Method<'_>) -> Option<Self> {
        COLUMNS.iter().position(|(column, _)| *column == method).map(Self)
    }

    /// What is said of a header, and where that is said.
    pub(crate) fn look_up(
        self,
        header: Known,
        status: Option<StatusCode>,
    ) -> (Presence, &'static str) {
        self.cell(rows_of(header), status)
    }

    /// The headers that must be there, and where that is said.
    pub(crate) fn mandatory(
        self,
        status: Option<StatusCode>,
    ) -> impl Iterator<Item = (Known, &'static str)> {
        table::TABLE.chunk_by(|a, b| a.header == b.header).filter_map(move |groups| {
            let (presence, rfc) = self.cell(groups, status);
            (presence == Presence::Mandatory).then_some((groups[0].header, rfc))
        })
    }

    /// The cell of the narrowest row that has one. A header that has cells for the method, but
    /// none for the status, is not for the message: "where" lists all that it can be in.
    fn cell(self, groups: &[Group], status: Option<StatusCode>) -> (Presence, &'static str) {
        let mut found = (Presence::Unknown, "");
        let mut narrowest = u16::MAX;
        for group in groups {
            for row in group.rows {
                let cell = row.cells[self.0];
                if cell == Presence::Unknown {
                    continue;
                }
                let rfc = if group.rfc.is_empty() { COLUMNS[self.0].1 } else { group.rfc };
                match row.width(status) {
                    Some(width) if width < narrowest => {
                        found = (cell, rfc);
                        narrowest = width;
                    }
                    None if found.0 == Presence::Unknown => {
                        found = (Presence::NotApplicable, rfc);
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

/// The rows of a header from one RFC.
struct Group {
    header: Known,
    /// Empty where the RFC is that of the column.
    rfc: &'static str,
    rows: &'static [Row],
}

/// A row: where, and a cell for each method.
struct Row {
    requests: bool,
    /// The statuses, as ranges from and to.
    statuses: [(u16, u16); 4],
    cells: [Presence; COLUMNS.len()],
}

fn rows_of(header: Known) -> &'static [Group] {
    let from = table::TABLE.iter().position(|group| group.header == header);
    let groups = &table::TABLE[from.unwrap_or(table::TABLE.len())..];
    let len = groups.iter().take_while(|group| group.header == header).count();
    &groups[..len]
}

impl Row {
    /// A row as it stands in the table: `2xx,18x - o o o o - …`.
    const fn read(text: &str) -> Self {
        let text = text.as_bytes();
        let mut row = Self {
            requests: false,
            statuses: [(0, 0); 4],
            cells: [Presence::Unknown; COLUMNS.len()],
        };
        let (mut at, mut ranges) = (0, 0);
        while text[at] != b' ' {
            match text[at] {
                b',' => {}
                // `c` is copied from the request into its responses.
                b'c' => {
                    row.requests = true;
                    row.statuses[ranges] = (100, 699);
                    ranges += 1;
                }
                b'R' => row.requests = true,
                b'r' => {
                    row.statuses[ranges] = (100, 699);
                    ranges += 1;
                }
                _ => {
                    let mut range = (code(text, at, b'0'), code(text, at, b'9'));
                    at += 2;
                    if text[at + 1] == b'-' {
                        range.1 = code(text, at + 2, b'9');
                        at += 4;
                    }
                    row.statuses[ranges] = range;
                    ranges += 1;
                }
            }
            at += 1;
        }
        let mut cell = 0;
        while at < text.len() {
            if text[at] != b' ' {
                let star = at + 1 < text.len() && text[at + 1] == b'*';
                row.cells[cell] = match text[at] {
                    b'm' if star => Presence::Recommended,
                    b'm' => Presence::Mandatory,
                    b't' => Presence::Stream,
                    b'c' => Presence::Conditional,
                    b'o' => Presence::Optional,
                    b'*' => Presence::WithBody,
                    b'-' => Presence::NotApplicable,
                    b'.' => Presence::Unknown,
                    _ => panic!("a cell that no table has"),
                };
                cell += 1;
                at += star as usize;
            }
            at += 1;
        }
        assert!(cell == COLUMNS.len(), "a cell for each method");
        row
    }

    /// How many statuses the part of "where" has that the message is of; `None` when it is of
    /// none.
    fn width(&self, status: Option<StatusCode>) -> Option<u16> {
        let Some(status) = status.map(StatusCode::code) else {
            return self.requests.then(|| if self.statuses[0].0 == 0 { 0 } else { 1 });
        };
        let within = self.statuses.iter().filter(|(from, to)| (*from..=*to).contains(&status));
        within.map(|(from, to)| to - from).min()
    }
}

/// Three digits as a number, an `x` as `x`.
const fn code(text: &[u8], at: usize, x: u8) -> u16 {
    let (mut number, mut place) = (0, 0);
    while place < 3 {
        let byte = text[at + place];
        let digit = if byte == b'x' { x } else { byte };
        assert!(digit.is_ascii_digit(), "a status");
        number = number * 10 + (digit - b'0') as u16;
        place += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_header_stand_together() {
        let chunks = table::TABLE.chunk_by(|a, b| a.header == b.header);
        let mut headers: alloc::vec::Vec<_> = chunks.map(|groups| groups[0].header).collect();
        let count = headers.len();
        headers.sort_unstable();
        headers.dedup();
        assert_eq!(headers.len(), count);
    }

    #[test]
    fn a_row_reads_as_in_the_rfc() {
        let row = Row::read("2xx,18x,300-699,404 m m* t c o * - . m m* t c o *");
        assert!(!row.requests);
        assert_eq!(row.statuses, [(200, 299), (180, 189), (300, 699), (404, 404)]);
        assert_eq!(
            row.cells[..4],
            [Presence::Mandatory, Presence::Recommended, Presence::Stream, Presence::Conditional,]
        );
        assert_eq!(
            row.cells[4..8],
            [Presence::Optional, Presence::WithBody, Presence::NotApplicable, Presence::Unknown,]
        );
        let width = |code| row.width(StatusCode::new(code));
        assert_eq!(
            [width(404), width(405), width(181), width(100)],
            [Some(0), Some(399), Some(9), None]
        );
        assert_eq!(row.width(None), None);
    }

    #[test]
    fn what_is_narrower_comes_first() {
        let of = |header, method, code| presence(header, method, StatusCode::new(code));
        assert_eq!(of(HeaderName::EXPIRES, Method::SUBSCRIBE, 0), Presence::Optional);
        assert_eq!(of(HeaderName::EXPIRES, Method::SUBSCRIBE, 200), Presence::Mandatory);
        assert_eq!(of(HeaderName::EXPIRES, Method::SUBSCRIBE, 404), Presence::Optional);
        assert_eq!(of(HeaderName::EXPIRES, Method::REFER, 0), Presence::Optional);
        assert_eq!(of(HeaderName::EXPIRES, Method::REFER, 200), Presence::NotApplicable);
        assert_eq!(of(HeaderName::RECV_INFO, Method::INFO, 469), Presence::Mandatory);
        assert_eq!(of(HeaderName::RECV_INFO, Method::INFO, 200), Presence::NotApplicable);
        assert_eq!(of(HeaderName::ALERT_INFO, Method::INVITE, 183), Presence::Optional);
        assert_eq!(of(HeaderName::ALERT_INFO, Method::INVITE, 100), Presence::NotApplicable);
    }
}
