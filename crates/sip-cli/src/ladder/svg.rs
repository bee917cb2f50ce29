//! Ladders as pictures, for a file or in a page.

use std::fmt::Write;

use sip_message::Severity;

use super::call::Call;
use super::draw::Participants;
use super::entry::{Entry, shortened};
use crate::text::show;

/// Where the first column stands, and how far apart columns are.
const LEFT: usize = 250;
const APART: usize = 210;
/// How high a message is, and a remark.
const MESSAGE: usize = 34;
const REMARK: usize = 20;
/// How much of a line of text a character takes, and how much room text has to the right.
const CHARACTER: usize = 7;
const RIGHT: usize = 120;

/// The colours, for light and dark surroundings. Pages and pictures have the same.
pub(crate) const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1a1a;--dim:#5f6670;--line:#b8bec7;--request:#0b5cad;\
--provisional:#6b4fb3;--success:#1a7f37;--failure:#c4231c;--malformed:#c4231c;--warning:#8a5a00}\
@media(prefers-color-scheme:dark){:root{--bg:#14171c;--fg:#e6e9ee;--dim:#9aa3af;--line:#4a515c;\
--request:#6cb2ff;--provisional:#b9a1ff;--success:#57c774;--failure:#ff7b72;--malformed:#ff7b72;\
--warning:#e3b341}}\
svg text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--fg)}\
svg .bg{fill:var(--bg)}svg .life{stroke:var(--line);stroke-dasharray:3 4}svg .dim{fill:var(--dim)}\
svg .strong{font-weight:600}svg .again{opacity:.6}\
svg .arrow{stroke-width:1.5;fill:none}svg text.halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px}";

/// The styles of one kind of message each.
fn kinds() -> String {
    let mut css = String::new();
    for kind in ["request", "provisional", "success", "failure", "malformed", "warning"] {
        let _ = write!(
            css,
            "svg .{kind}{{stroke:var(--{kind});fill:var(--{kind})}}svg text.t-{kind}{{fill:var(--{kind})}}"
        );
    }
    css
}

/// The style sheet of pictures.
pub(crate) fn style_sheet() -> String {
    format!("{STYLE}{}", kinds())
}

/// A picture that stands alone, of calls one below the other.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    body: String,
    width: usize,
    height: usize,
}

impl Picture {
    /// Adds a call below those that are there.
    pub(crate) fn add(&mut self, call: &Call) {
        let (drawing, width, height) = draw(call, true);
        let _ = writeln!(self.body, "<g transform=\"translate(0 {})\">{drawing}</g>", self.height);
        self.width = self.width.max(width);
        self.height += height + 30;
    }

    pub(crate) fn finish(&self) -> String {
        let (width, height) = (self.width.max(400), self.height.max(60));
        let body = if self.body.is_empty() {
            "<text x=\"20\" y=\"30\">no calls</text>\n"
        } else {
            &self.body
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\">\n<style>{}</style>\n\
             <rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n{body}</svg>\n",
            style_sheet()
        )
    }
}

/// A call as an element of a page.
pub(crate) fn inline(call: &Call) -> String {
    let (drawing, width, height) = draw(call, false);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">{drawing}</svg>"
    )
}

/// The elements of a call, and how much room they take.
fn draw(call: &Call, titled: bool) -> (String, usize, usize) {
    let participants = Participants::of(call);
    let place = |at: usize| LEFT + at * APART;
    let mut width = place(participants.iter().len().saturating_sub(1)) + RIGHT;
    let mut out = String::new();
    let mut y = 10;
    if titled {
        y += 20;
        let title = call.title();
        width = width.max(40 + title.chars().count() * CHARACTER * 6 / 5);
        text(&mut out, 20, y, "strong", "start", &title);
        y += 20;
        let ids: Vec<_> = call.legs.iter().map(|leg| show(&leg.call_id)).collect();
        text(&mut out, 20, y, "dim", "start", &format!("Call-ID {}", ids.join(", ")));
        y += 12;
    }
    y += 20;
    for (at, participant) in participants.iter().enumerate() {
        let most = APART / (CHARACTER + 1);
        let name = shortened(participant.title().to_owned(), most);
        text(&mut out, place(at), y, "strong", "middle", &name);
        if participant.name.is_some() {
            let address = shortened(participant.place.clone(), most);
            text(&mut out, place(at), y + 17, "dim", "middle", &address);
        }
    }
    y += 26;
    let top = y;
    let mut rows = String::new();
    let mut last = None;
    for entry in &call.entries {
        y += MESSAGE;
        let since = last.map(|last| entry.time.since(last).as_secs_f64());
        message(&mut rows, entry, &participants, y, since);
        last = Some(entry.time);
        for it in &entry.remarks {
            y += REMARK;
            width = width.max(remark(&mut rows, y, it.severity, &it.text, it.rfc));
        }
    }
    if call.left_out > 0 {
        y += REMARK;
        text(&mut rows, LEFT, y, "dim", "start", &format!("{} more messages", call.left_out));
    }
    let bottom = y + 14;
    for at in 0..participants.iter().len() {
        let x = place(at);
        let _ = write!(
            out,
            "<line class=\"life\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{bottom}\"/>"
        );
    }
    out.push_str(&rows);
    y = bottom;
    for it in &call.remarks {
        y += REMARK;
        width = width.max(remark(&mut out, y, it.severity, &it.text, it.rfc));
    }
    if titled {
        y += 22;
        text(&mut out, 20, y, "dim", "start", &call.summary());
    }
    (out, width, y + 10)
}

fn message(
    out: &mut String,
    entry: &Entry,
    participants: &Participants,
    y: usize,
    since: Option<f64>,
) {
    let ends = (participants.find(entry.source), participants.find(entry.destination));
    let (Some(from), Some(to)) = ends else { return };
    let (from, to) = (LEFT + from * APART, LEFT + to * APART);
    let (left, right) = (from.min(to), from.max(to));
    let clock = entry.time.to_string();
    let clock = clock.get(11..23).unwrap_or_default();
    text(out, 20, y, "dim", "start", clock);
    if let Some(since) = since {
        text(out, 200, y, "dim", "end", &format!("+{since:.3}"));
    }
    let kind = entry.kind.name();
    let mut label = entry.label.clone();
    if entry.retransmission > 0 {
        let _ = write!(label, " (again, {})", entry.retransmission);
    }
    if let Some(session) = &entry.session {
        let _ = write!(label, "  {session}");
    }
    let again = if entry.retransmission > 0 { " again" } else { "" };
    let _ = write!(out, "<g class=\"m{again}\"><title>{}</title>", escape(&tooltip(entry)));
    if from == to {
        let end = from + 30;
        let _ = write!(
            out,
            "<path class=\"arrow {kind}\" style=\"fill:none\" d=\"M{from} {} h30 v10 h-24\"/>",
            y - 10
        );
        text(out, end + 8, y, &format!("halo t-{kind}"), "start", &label);
    } else {
        let forward = from < to;
        let (tip, back) = if forward { (to, to - 9) } else { (to, to + 9) };
        let _ = write!(
            out,
            "<line class=\"arrow {kind}\" x1=\"{from}\" y1=\"{y}\" x2=\"{back}\" y2=\"{y}\"/>\
             <path class=\"{kind}\" d=\"M{tip} {y} L{back} {} L{back} {} Z\"/>",
            y - 4,
            y + 4
        );
        // Text that is wider than its arrow starts at its left end and goes on over other lines.
        let fits = label.chars().count() * (CHARACTER + 1) < right - left;
        let (x, anchor) = if fits { ((left + right) / 2, "middle") } else { (left + 10, "start") };
        text(out, x, y - 6, &format!("halo t-{kind}"), anchor, &label);
    }
    out.push_str("</g>");
}

fn tooltip(entry: &Entry) -> String {
    format!(
        "{} {} from {} to {}, packet {}",
        entry.label,
        super::json::transport(entry.transport),
        entry.source,
        entry.destination,
        entry.packet
    )
}

/// How far to the right it goes.
fn remark(out: &mut String, y: usize, severity: Severity, words: &str, rfc: &str) -> usize {
    let (class, sign) = match severity {
        Severity::Error => ("t-failure", "✗"),
        Severity::Warning => ("t-warning", "!"),
        _ => ("dim", "i"),
    };
    let line = format!("{sign} {} ({rfc})", show(words.as_bytes()));
    text(out, LEFT + 10, y, &format!("halo {class}"), "start", &line);
    LEFT + 20 + line.chars().count() * (CHARACTER + 1)
}

fn text(out: &mut String, x: usize, y: usize, class: &str, anchor: &str, words: &str) {
    let words = escape(words);
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\" class=\"{class}\" text-anchor=\"{anchor}\" xml:space=\"preserve\">{words}</text>"
    );
}

/// Text in XML and HTML, where nothing of it is taken for markup.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no other control characters.
            '\0'..=' ' if !matches!(c, '\t' | '\n' | '\r' | ' ') => out.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
