//! Preconditions (RFC 3312, 4032): the status tables of a stream, and how offers and answers keep
//! those of both sides the same.
//!
//! ```
//! use sdp::precondition::StatusTable;
//! use sdp::value::{StatusType, Strength};
//! use sdp::Direction;
//!
//! // RFC 3312 §13.1: the caller needs resources end to end, both ways.
//! let mut caller = StatusTable::end_to_end("qos");
//! caller.desire(StatusType::EndToEnd, Direction::SendRecv, Strength::Mandatory);
//! assert_eq!(caller.lines(), ["curr:qos e2e none", "des:qos mandatory e2e sendrecv"]);
//!
//! // The callee cannot reserve what it receives alone, and wants to be told of it.
//! let mut callee = StatusTable::end_to_end("qos");
//! callee.answer(&caller.reversed());
//! callee.ask(StatusType::EndToEnd, Direction::RecvOnly);
//! assert_eq!(callee.lines(), [
//!     "curr:qos e2e none", "des:qos mandatory e2e sendrecv", "conf:qos e2e recv",
//! ]);
//! caller.apply(&callee.reversed());
//!
//! // The caller has reserved what it sends: that is the time for another offer.
//! caller.set_current(StatusType::EndToEnd, Direction::SendOnly, true);
//! assert!(caller.must_tell());
//! callee.set_current(StatusType::EndToEnd, Direction::SendOnly, true);
//! callee.answer(&caller.reversed());
//! assert!(callee.is_met());
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::attribute;
use crate::value::{StatusType, Strength, direction_tag_text};
use crate::{Direction, Media};

/// One row of a [`StatusTable`]: a status type and a direction (RFC 3312 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose resources.
    pub status: StatusType,
    /// Whether they are those of what is sent; of what is received, if not.
    pub sends: bool,
    /// Whether they are there.
    pub current: bool,
    /// How much they are wanted.
    pub desired: Strength,
    /// Whether the other side wants to be told when they are there.
    pub asked: bool,
}

/// The status of a stream for one kind of precondition, seen from our side (RFC 3312 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusTable {
    kind: String,
    rows: Vec<Row>,
    /// What we ask the other side to tell.
    ask: Vec<(StatusType, Direction)>,
    /// Whether all rows that were asked for were there when we told last.
    told: bool,
}

impl StatusTable {
    fn new(kind: &str, types: &[StatusType]) -> Self {
        let row = |status: &StatusType, sends| Row {
            status: *status,
            sends,
            current: false,
            desired: Strength::None,
            asked: false,
        };
        let rows = types.iter().flat_map(|status| [row(status, true), row(status, false)]);
        Self { kind: kind.into(), rows: rows.collect(), ask: Vec::new(), told: false }
    }

    /// A table of the whole path (RFC 3312 §5.1, table 1) in which nothing is there or wanted.
    /// `kind` is `qos`, or another type of RFC 4032.
    #[must_use]
    pub fn end_to_end(kind: &str) -> Self {
        Self::new(kind, &[StatusType::EndToEnd])
    }

    /// A table of the two access networks (RFC 3312 §5.1, table 2) in which nothing is there or
    /// wanted.
    #[must_use]
    pub fn segmented(kind: &str) -> Self {
        Self::new(kind, &[StatusType::Local, StatusType::Remote])
    }

    /// The table that a section of the other side tells, as the other side sees it; `None` when it
    /// tells none of this kind. Lines that cannot be read are left out.
    #[must_use]
    pub fn of(media: &Media<'_>, kind: &str) -> Option<Self> {
        let attributes = media.attributes();
        let current = || {
            let lines = attributes.each(attribute::CurrentStatus).filter_map(Result::ok);
            lines.filter(|line| line.kind().eq_ignore_ascii_case(kind))
        };
        let desired = || {
            let lines = attributes.each(attribute::DesiredStatus).filter_map(Result::ok);
            lines.filter(|line| line.kind().eq_ignore_ascii_case(kind))
        };
        let types = current().map(|line| line.status()).chain(desired().map(|line| line.status()));
        let mut end_to_end = None;
        types.for_each(|status| {
            end_to_end.get_or_insert(status == StatusType::EndToEnd);
        });
        let mut table = match end_to_end? {
            true => Self::end_to_end(kind),
            false => Self::segmented(kind),
        };
        for line in desired() {
            table.desire(line.status(), line.direction(), line.strength());
        }
        for line in current() {
            table.set_current(line.status(), line.direction(), true);
        }
        let confirm = attributes.each(attribute::ConfirmStatus).filter_map(Result::ok);
        for line in confirm.filter(|line| line.kind().eq_ignore_ascii_case(kind)) {
            table.ask(line.status(), line.direction());
        }
        Some(table)
    }

    /// The kind of precondition.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn rows_of(
        &mut self,
        status: StatusType,
        direction: Direction,
    ) -> impl Iterator<Item = &mut Row> {
        self.rows.iter_mut().filter(move |row| {
            row.status == status && if row.sends { direction.sends() } else { direction.receives() }
        })
    }

    /// Says how much resources are wanted. What is wanted can be raised and not lowered
    /// (RFC 3312 §5.2).
    pub fn desire(&mut self, status: StatusType, direction: Direction, strength: Strength) {
        for row in self.rows_of(status, direction) {
            if rank(strength) > rank(row.desired) {
                row.desired = strength;
            }
        }
    }

    /// Says that resources are there now, or are not any more. Whether that is to be told is for
    /// [`must_tell`](Self::must_tell) to say.
    pub fn set_current(&mut self, status: StatusType, direction: Direction, current: bool) {
        self.rows_of(status, direction).for_each(|row| row.current = current);
    }

    /// Asks the other side to tell when resources are there (RFC 3312 §7): those that we cannot
    /// see ourselves.
    pub fn ask(&mut self, status: StatusType, direction: Direction) {
        self.ask.push((status, direction));
    }

    /// The same table seen from the other side (RFC 3312 §5.2, table 4): what is sent is received,
    /// what is local is remote.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let other = |status| match status {
            StatusType::Local => StatusType::Remote,
            StatusType::Remote => StatusType::Local,
            StatusType::EndToEnd => StatusType::EndToEnd,
        };
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| Row { status: other(row.status), sends: !row.sends, ..*row })
            .collect();
        rows.sort_by_key(|row| (row.status != StatusType::Local, !row.sends));
        let ask = self.ask.iter().map(|(status, way)| (other(*status), way.reversed()));
        Self { kind: self.kind.clone(), rows, ask: ask.collect(), told: self.told }
    }

    /// Takes in an offer, seen from our side, before it is answered (RFC 3312 §5.2, table 3): what
    /// it says to be there is there, what it wants is wanted, and what it asks to be told is noted.
    /// What we know to be there, and it does not, stays; a table that came from another one is
    /// what the answer says.
    pub fn answer(&mut self, offer: &Self) {
        self.take(offer, |ours, theirs| ours || theirs);
    }

    /// Takes in the answer to our offer, seen from our side: afterwards both sides have the same
    /// table (RFC 3312 §5).
    pub fn apply(&mut self, answer: &Self) {
        self.take(answer, |_, theirs| theirs);
    }

    fn take(&mut self, other: &Self, current: impl Fn(bool, bool) -> bool) {
        // The first description decides whether the path has segments.
        let same =
            |row: &Row, theirs: &Row| row.status == theirs.status && row.sends == theirs.sends;
        for theirs in &other.rows {
            match self.rows.iter_mut().find(|row| same(row, theirs)) {
                Some(row) => {
                    row.current = current(row.current, theirs.current);
                    if rank(theirs.desired) > rank(row.desired) {
                        row.desired = theirs.desired;
                    }
                }
                None => self.rows.push(*theirs),
            }
        }
        self.rows.retain(|row| other.rows.iter().any(|theirs| same(row, theirs)));
        // Confirmation is not negotiated: what the last description asks for holds (§7).
        self.rows.iter_mut().for_each(|row| row.asked = false);
        for (status, direction) in &other.ask {
            self.rows_of(*status, *direction).for_each(|row| row.asked = true);
        }
        self.told = self.is_confirmed();
    }

    /// Whether everything that must be there is (RFC 3312 §6): the user may be alerted.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.rows.iter().all(|row| row.current || row.desired != Strength::Mandatory)
    }

    /// Whether all that the other side has asked for is there; `false` when it has asked for
    /// nothing.
    fn is_confirmed(&self) -> bool {
        let mut asked = self.rows.iter().filter(|row| row.asked).peekable();
        asked.peek().is_some() && asked.all(|row| row.current)
    }

    /// Whether an offer is due that tells the status: all that was asked for is there now, or is
    /// not any more, and was not told yet (RFC 3312 §7). [`lines`](Self::lines) in an offer tell
    /// it; [`told`](Self::told) notes that.
    #[must_use]
    pub fn must_tell(&self) -> bool {
        self.rows.iter().any(|row| row.asked) && self.is_confirmed() != self.told
    }

    /// Notes that an offer with the present status was sent.
    pub fn told(&mut self) {
        self.told = self.is_confirmed();
    }

    /// The attributes that tell the table (RFC 3312 §5.1.1), without `a=`: the status of each
    /// type, what is wanted in as few lines as can be, and what we ask to be told.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let kind = &self.kind;
        let mut lines = Vec::new();
        let pairs = || self.rows.chunk_by(|a, b| a.status == b.status);
        let direction = |rows: &[Row], holds: &dyn Fn(&Row) -> bool| {
            let any = |sends| rows.iter().any(|row| row.sends == sends && holds(row));
            Direction::new(any(true), any(false))
        };
        for rows in pairs() {
            let status = rows[0].status;
            let current = direction_tag_text(direction(rows, &|row| row.current));
            lines.push(alloc::format!("curr:{kind} {status} {current}"));
        }
        for rows in pairs() {
            let status = rows[0].status;
            let mut told: Vec<Strength> = Vec::new();
            for strength in rows.iter().map(|row| row.desired) {
                if !told.contains(&strength) {
                    told.push(strength);
                    let way = direction_tag_text(direction(rows, &|row| row.desired == strength));
                    lines.push(alloc::format!("des:{kind} {strength} {status} {way}"));
                }
            }
        }
        for (status, way) in &self.ask {
            lines.push(alloc::format!("conf:{kind} {status} {}", direction_tag_text(*way)));
        }
        lines
    }
}

/// The order of strengths (RFC 3312 §5.2). What could not be had, or is not known, is said and
/// not wanted.
const fn rank(strength: Strength) -> u8 {
    match strength {
        Strength::Mandatory => 2,
        Strength::Optional => 1,
        Strength::None | Strength::Failure | Strength::Unknown => 0,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::SessionDescription;

    /// The table that lines tell.
    fn table(lines: &[&str]) -> StatusTable {
        let mut text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n\
            m=audio 20000 RTP/AVP 0\r\n"
            .to_string();
        lines.iter().for_each(|line| text.push_str(&alloc::format!("a={line}\r\n")));
        let description = SessionDescription::parse(text).unwrap();
        StatusTable::of(&description.media_at(0).unwrap(), "qos").unwrap()
    }

    #[test]
    fn the_example_of_section_5_1_1_is_read_and_written() {
        for lines in [
            &["curr:qos e2e none", "des:qos mandatory e2e sendrecv"][..],
            &[
                "curr:qos local none",
                "curr:qos remote none",
                "des:qos none local sendrecv",
                "des:qos optional remote send",
                "des:qos none remote recv",
            ],
            &["curr:qos e2e send", "des:qos optional e2e send", "des:qos mandatory e2e recv"],
        ] {
            assert_eq!(table(lines).lines(), lines);
        }
    }

    #[test]
    fn table_4_turns_send_to_receive_and_local_to_remote() {
        let ours = table(&[
            "curr:qos local send",
            "curr:qos remote none",
            "des:qos mandatory local send",
            "des:qos none local recv",
            "des:qos optional remote sendrecv",
            "conf:qos remote sendrecv",
        ]);
        let lines = ours.reversed().lines();
        assert_eq!(
            lines,
            [
                "curr:qos local none",
                "curr:qos remote recv",
                "des:qos optional local sendrecv",
                "des:qos none remote send",
                "des:qos mandatory remote recv",
                "conf:qos local sendrecv",
            ]
        );
        assert_eq!(ours.reversed().reversed(), ours);
    }

    #[test]
    fn what_is_wanted_is_raised_and_never_lowered() {
        let mut ours = StatusTable::end_to_end("qos");
        for (desired, strength) in [
            (Strength::Optional, Strength::Optional),
            (Strength::None, Strength::Optional),
            (Strength::Mandatory, Strength::Mandatory),
            (Strength::Optional, Strength::Mandatory),
        ] {
            ours.desire(StatusType::EndToEnd, Direction::SendOnly, desired);
            assert_eq!(ours.rows()[0].desired, strength);
        }
        assert_eq!(ours.rows()[1].desired, Strength::None, "the other direction");
    }

    #[test]
    fn table_3_tells_what_becomes_of_the_current_status() {
        for (offered, known, answered) in
            [(false, false, false), (true, true, true), (true, false, true), (false, true, true)]
        {
            let mut offer = StatusTable::end_to_end("qos");
            let mut ours = offer.clone();
            offer.set_current(StatusType::EndToEnd, Direction::SendOnly, offered);
            ours.set_current(StatusType::EndToEnd, Direction::SendOnly, known);
            ours.answer(&offer);
            assert_eq!(ours.rows()[0].current, answered);
            // The offerer takes what the answer says.
            offer.apply(&ours);
            assert_eq!(offer.rows()[0].current, answered);
        }
    }

    #[test]
    fn section_7_an_offer_is_due_when_what_was_asked_for_comes_and_when_it_goes() {
        let mut ours = StatusTable::segmented("qos");
        ours.answer(
            &table(&[
                "curr:qos local none",
                "curr:qos remote none",
                "des:qos mandatory local sendrecv",
                "des:qos mandatory remote sendrecv",
                "conf:qos remote sendrecv",
            ])
            .reversed(),
        );
        assert!(!ours.must_tell() && !ours.is_met());
        ours.set_current(StatusType::Local, Direction::SendOnly, true);
        assert!(!ours.must_tell(), "one direction is not both");
        ours.set_current(StatusType::Local, Direction::RecvOnly, true);
        assert!(ours.must_tell());
        ours.told();
        assert!(!ours.must_tell());
        ours.set_current(StatusType::Local, Direction::RecvOnly, false);
        assert!(ours.must_tell(), "it went");
        ours.set_current(StatusType::Local, Direction::RecvOnly, true);
        ours.set_current(StatusType::Remote, Direction::SendRecv, true);
        assert!(ours.is_met());
    }

    #[test]
    fn a_section_without_preconditions_has_no_table() {
        let text = "v=0\r\nm=audio 9 RTP/AVP 0\r\na=curr:sec e2e none\r\n";
        let description = SessionDescription::parse(text).unwrap();
        let media = description.media_at(0).unwrap();
        assert_eq!(StatusTable::of(&media, "qos"), None);
        assert!(StatusTable::of(&media, "sec").is_some());
    }
}
