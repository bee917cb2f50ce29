//! Ladders for the terminal.

use std::fmt::Write;
use std::net::SocketAddr;

use anstyle::{AnsiColor, Style};
use sip_message::Severity;

use super::call::Call;
use super::entry::{Entry, Kind, shortened};
use crate::text::show;
use crate::tree::style::{self, paint};

/// What stands before the ladder: a time and the time since the message before.
const GUTTER: usize = 24;
/// The distance of two columns.
const CLOSEST: usize = 12;
const WIDEST: usize = 44;

/// Who takes part, from left to right.
#[derive(Debug)]
pub(crate) struct Participants {
    list: Vec<Participant>,
    /// Whether two of them share an address, and ports tell them apart.
    by_port: bool,
}

/// One of those who send and receive.
#[derive(Debug)]
pub(crate) struct Participant {
    address: SocketAddr,
    /// The name that it gives itself, if it does.
    pub(crate) name: Option<String>,
    /// Its address as it is shown.
    pub(crate) place: String,
}

impl Participants {
    /// In the order in which they are first heard of, so that a request that is forwarded goes from
    /// left to right.
    pub(crate) fn of(call: &Call) -> Self {
        let by_port = call.entries.iter().any(|it| it.source.ip() == it.destination.ip());
        let mut participants = Self { list: Vec::new(), by_port };
        for address in call.entries.iter().flat_map(|it| [it.source, it.destination]) {
            if participants.find(address).is_none() {
                let place = if by_port { address.to_string() } else { address.ip().to_string() };
                participants.list.push(Participant { address, name: None, place });
            }
        }
        for (address, name) in &call.names {
            if let Some(at) = participants.find(*address) {
                participants.list[at].name.get_or_insert_with(|| show(name.as_bytes()));
            }
        }
        participants
    }

    pub(crate) fn find(&self, address: SocketAddr) -> Option<usize> {
        self.list.iter().position(|it| match self.by_port {
            true => it.address == address,
            false => it.address.ip() == address.ip(),
        })
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Participant> {
        self.list.iter()
    }
}

impl Participant {
    /// What stands above its column.
    pub(crate) fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.place)
    }
}

/// A ladder that is as wide as this.
pub(crate) fn ladder(call: &Call, width: usize) -> String {
    let participants = Participants::of(call);
    let count = participants.list.len();
    let gaps = count.saturating_sub(1).max(1);
    let room = width.saturating_sub(GUTTER + 2) / (gaps + 1);
    let apart = room.clamp(CLOSEST, WIDEST);
    let columns =
        Columns { places: (0..count).map(|at| GUTTER + apart / 2 + at * apart).collect(), apart };
    let mut text = title(call);
    text.push_str(&columns.titles(&participants));
    let mut last = None;
    for entry in &call.entries {
        columns.entry(&mut text, entry, &participants, last);
        last = Some(entry.time);
    }
    if call.left_out > 0 {
        let _ = writeln!(text, "{:GUTTER$}{} more messages", "", call.left_out);
    }
    for remark in &call.remarks {
        columns.remark(&mut text, remark.severity, &remark.text, remark.rfc);
    }
    let _ = writeln!(text, "   {}\n", call.summary());
    text
}

/// Who calls whom, and when.
fn title(call: &Call) -> String {
    let mut text = format!("{}\n", paint(style::STRONG, &call.title()));
    for leg in &call.legs {
        let call_id = show(&leg.call_id);
        let _ = writeln!(text, "   {}", paint(style::DIM, &format!("Call-ID {call_id}")));
    }
    text
}

struct Columns {
    /// Where the lines of the participants stand.
    places: Vec<usize>,
    apart: usize,
}

impl Columns {
    fn titles(&self, participants: &Participants) -> String {
        let mut text = String::new();
        let names: Vec<_> = participants.iter().map(Participant::title).collect();
        let _ = writeln!(text, "{}", paint(style::STRONG, &self.centred(&names)));
        if participants.iter().any(|it| it.name.is_some()) {
            let places: Vec<_> = participants
                .iter()
                .map(|it| if it.name.is_some() { it.place.as_str() } else { "" })
                .collect();
            let _ = writeln!(text, "{}", paint(style::DIM, &self.centred(&places)));
        }
        text
    }

    /// Texts above their columns.
    fn centred(&self, texts: &[&str]) -> String {
        let mut line = Row::new();
        for (place, text) in self.places.iter().zip(texts) {
            let text = shortened((*text).to_owned(), self.apart - 2);
            let len = text.chars().count();
            line.put((place + 1).saturating_sub(len.div_ceil(2)), &text);
        }
        line.text()
    }

    /// The lines of those who do nothing.
    fn idle(&self) -> Row {
        let mut row = Row::new();
        for place in &self.places {
            row.put(*place, "│");
        }
        row
    }

    fn entry(
        &self,
        text: &mut String,
        entry: &Entry,
        participants: &Participants,
        last: Option<sip_capture::Timestamp>,
    ) {
        let ends = (participants.find(entry.source), participants.find(entry.destination));
        let (Some(from), Some(to)) = ends else { return };
        let (from, to) = (self.places[from], self.places[to]);
        let (left, right) = (from.min(to), from.max(to));
        let mut label = entry.label.clone();
        if entry.retransmission > 0 {
            let _ = write!(label, " (again, {})", entry.retransmission);
        }
        if let Some(session) = &entry.session {
            let _ = write!(label, "  {session}");
        }
        let painted = colour(entry);
        let room = (right - left).saturating_sub(5);
        let mut row = self.idle();
        let fits = label.chars().count() <= room;
        if !fits {
            // The text has a line of its own, and may go on over the lines of others.
            let mut above = self.idle();
            above.put(left + 2, &label);
            let _ = writeln!(text, "{}", above.coloured(left + 2, label.chars().count(), painted));
        }
        if from == to {
            row.put(from + 1, "◄┘");
        } else {
            row.put(left + 1, &"─".repeat(right - left - 1));
            if from < to {
                row.put(right - 1, "►");
            } else {
                row.put(left + 1, "◄");
            }
            if fits {
                let start = left + 1 + (right - left - 1 - label.chars().count()) / 2;
                row.put(start - 1, &format!(" {label} "));
            }
        }
        let clock = entry.time.to_string();
        // The date is in the title.
        let clock = clock.get(11..23).unwrap_or_default();
        let delta = last.map(|last| format!("+{:.3}", entry.time.since(last).as_secs_f64()));
        row.put(0, &format!("{clock} {:>9}", delta.unwrap_or_default()));
        let arrow = if from == to { 2 } else { right - left - 1 };
        let _ = writeln!(text, "{}", row.coloured(left + 1, arrow, painted));
        for remark in &entry.remarks {
            self.remark(text, remark.severity, &remark.text, remark.rfc);
        }
    }

    fn remark(&self, text: &mut String, severity: Severity, words: &str, rfc: &str) {
        let (sign, style) = match severity {
            Severity::Error => ("✗", style::ERROR),
            Severity::Warning => ("!", style::WARNING),
            _ => ("i", style::DIM),
        };
        let line = format!("{sign} {} ({rfc})", show(words.as_bytes()));
        let _ = writeln!(text, "{:GUTTER$}{}", "", paint(style, &line));
    }
}

fn colour(entry: &Entry) -> Style {
    let style = match entry.kind {
        Kind::Request => AnsiColor::Cyan.on_default(),
        Kind::Provisional => AnsiColor::Blue.on_default(),
        Kind::Success => AnsiColor::Green.on_default(),
        Kind::Failure | Kind::Malformed => AnsiColor::Red.on_default(),
    };
    if entry.retransmission > 0 { style.dimmed() } else { style }
}

/// One line, character by character.
struct Row(Vec<char>);

impl Row {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn put(&mut self, at: usize, text: &str) {
        for (place, c) in (at..).zip(text.chars()) {
            if self.0.len() <= place {
                self.0.resize(place + 1, ' ');
            }
            self.0[place] = c;
        }
    }

    fn text(&self) -> String {
        self.0.iter().collect::<String>().trim_end().to_owned()
    }

    /// The line with a part of it in a style.
    fn coloured(&self, start: usize, len: usize, style: Style) -> String {
        let start = start.min(self.0.len());
        let end = (start + len).min(self.0.len());
        let part = |range: &[char]| range.iter().collect::<String>();
        let rest = part(&self.0[end..]);
        format!(
            "{}{}{}",
            part(&self.0[..start]),
            paint(style, &part(&self.0[start..end])),
            rest.trim_end()
        )
    }
}
