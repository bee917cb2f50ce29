//! One line a call.

use std::time::Duration;

use sip_dialog::observe::Side;
use sip_message::Severity;

use super::call::{Call, outcome};
use super::entry::shortened;
use crate::text::show;
use crate::tree::style::{self, paint};

/// The columns: their titles, and how wide they are.
const COLUMNS: [(&str, usize); 9] = [
    ("#", 5),
    ("start", 23),
    ("from", 24),
    ("to", 24),
    ("outcome", 16),
    ("delay", 8),
    ("ring", 8),
    ("duration", 9),
    ("msgs", 5),
];

pub(crate) fn heading() -> String {
    let titles = COLUMNS.iter().map(|(title, width)| format!("{title:width$}"));
    let line = titles.collect::<Vec<_>>().join(" ") + " problems  cause, user agents";
    paint(style::STRONG, &line) + "\n"
}

pub(crate) fn line(call: &Call) -> String {
    let Some(account) = call.account() else {
        return format!("{:5} {} unreadable\n", call.number, date(call));
    };
    let cut = |text: &str, width: usize| {
        let text = shortened(show(text.as_bytes()), width);
        format!("{text:width$}")
    };
    let time = |time: Option<Duration>| {
        time.map_or_else(|| "-".to_owned(), |it| format!("{:.3}", it.as_secs_f64()))
    };
    let what = match account.method() {
        "INVITE" => outcome(account),
        method => format!("{method} {}", outcome(account)),
    };
    let messages: u64 = call
        .legs
        .iter()
        .filter_map(|it| it.observer.account())
        .map(sip_dialog::observe::Account::messages)
        .sum();
    let problems = match call.worst {
        Some(Severity::Error) => paint(style::ERROR, &format!("{:8}", call.problems)),
        Some(Severity::Warning) => paint(style::WARNING, &format!("{:8}", call.problems)),
        _ => format!("{:8}", call.problems),
    };
    let agents = [Side::Caller, Side::Callee]
        .map(|side| account.agent(side).map_or_else(|| "-".to_owned(), |it| show(it.as_bytes())));
    let cause = account.reason_header().map(|it| show(it.as_bytes()));
    format!(
        "{:5} {} {} {} {} {:8} {:8} {:9} {messages:5} {problems}  {}, {} / {}\n",
        call.number,
        date(call),
        cut(account.from(), 24),
        cut(account.to(), 24),
        cut(&what, 16),
        time(account.post_dial_delay()),
        time(account.ring_time()),
        time(account.duration()),
        cause.unwrap_or_else(|| "-".to_owned()),
        agents[0],
        agents[1],
    )
}

/// When it began, to the millisecond.
fn date(call: &Call) -> String {
    let text = call.started().to_string();
    format!("{:23}", text.get(..23).unwrap_or(&text).replace('T', " "))
}
