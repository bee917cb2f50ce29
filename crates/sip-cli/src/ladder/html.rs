//! Calls as a page that stands alone: no scripts, and nothing is fetched.

use std::fmt::Write;
use std::io;

use super::call::Call;
use super::svg::{escape, inline, style_sheet};
use crate::output::Output;
use crate::text::show;

const STYLE: &str = "\
body{margin:0 auto;max-width:1600px;padding:1.5rem;background:var(--bg);color:var(--fg);\
font:15px/1.5 system-ui,'Segoe UI',Roboto,sans-serif}h1{font-size:1.4rem}\
h2{font-size:1.05rem;margin:2.2rem 0 .2rem;border-top:1px solid var(--line);padding-top:1.2rem;overflow-wrap:anywhere}\
.dim{color:var(--dim)}.call{overflow-x:auto}\
details{margin:.2rem 0}summary{cursor:pointer}summary code{white-space:pre-wrap}\
pre{background:color-mix(in srgb,var(--fg) 6%,transparent);padding:.8rem;overflow-x:auto;margin:.3rem 0 .8rem}\
pre,code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}";

/// What stands before the calls.
pub(crate) fn start(output: &mut Output, name: &str) -> io::Result<()> {
    let name = escape(&show(name.as_bytes()));
    output.text(&format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Calls in {name}</title>\n<style>{}{STYLE}</style>\n</head>\n<body>\n\
         <h1>Calls in {name}</h1>\n",
        style_sheet()
    ))
}

/// One call: its ladder, and behind it the messages.
pub(crate) fn call(output: &mut Output, call: &Call) -> io::Result<()> {
    let mut page = String::new();
    let ids: Vec<_> = call.legs.iter().map(|leg| escape(&show(&leg.call_id))).collect();
    let _ = writeln!(
        page,
        "<section>\n<h2>{}</h2>\n<p class=\"dim\">Call-ID {}<br>{}</p>\n<div class=\"call\">{}</div>",
        escape(&call.title()),
        ids.join(", "),
        escape(&call.summary()),
        inline(call)
    );
    let _ = writeln!(page, "<details><summary>{} messages</summary>", call.entries.len());
    for entry in &call.entries {
        let Some(raw) = &entry.raw else { continue };
        let text = raw
            .split(|byte| *byte == b'\n')
            .map(|line| show(line.strip_suffix(b"\r").unwrap_or(line)));
        let text = text.collect::<Vec<_>>().join("\n");
        let _ = writeln!(
            page,
            "<details><summary><code>{} {}  {} → {}</code></summary><pre>{}</pre></details>",
            entry.time,
            escape(&entry.label),
            entry.source,
            entry.destination,
            escape(&text)
        );
    }
    page.push_str("</details>\n</section>\n");
    output.text(&page)
}

/// What stands behind them.
pub(crate) fn end(output: &mut Output, shown: u64) -> io::Result<()> {
    let count = match shown {
        0 => "No calls.".to_owned(),
        1 => "1 call.".to_owned(),
        count => format!("{count} calls."),
    };
    output.text(&format!("<p class=\"dim\">{count}</p>\n</body>\n</html>\n"))
}
