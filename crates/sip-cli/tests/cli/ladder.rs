//! `sip ladder`.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use crate::sip::{Run, command, file, run};

fn capture(name: &str) -> String {
    format!("{}/../../testdata/captures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(capture(name)).unwrap()
}

/// The ladder, or whatever it is, of a capture.
fn ladder(args: &[&str], name: &str) -> Run {
    let path = capture(name);
    let args: Vec<&str> = ["ladder"].iter().chain(args).copied().chain([path.as_str()]).collect();
    run(&args, b"")
}

/// The numbers of the calls that a filter lets through.
fn numbers(args: &[&str]) -> Vec<u64> {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let calls = ladder(&args, "problems.pcapng").json();
    calls.iter().map(|call| call["number"].as_u64().unwrap()).collect()
}

#[test]
fn the_trapezoid_is_drawn() {
    let run = ladder(&["--width", "120"], "trapezoid.pcap");
    assert_eq!((run.code, &*run.stderr), (0, ""));
    let expected = "\
1  INVITE sip:alice@atlanta.example → sip:bob@biloxi.example  2026-01-01T10:00:00.003000Z
   Call-ID a84b4c76e66710@pc33.atlanta.example
                          pc33.atlanta.example  bigbox3.site3.atlant…  server10.biloxi.exam…       198.51.100.4
                               192.0.2.1              192.0.2.10           198.51.100.10
10:00:00.003                       │─ INVITE  PCMU PCMA ─►│                      │                      │
10:00:00.006    +0.003             │                      │─ INVITE  PCMU PCMA ─►│                      │
10:00:00.009    +0.003             │◄──── 100 Trying ─────│                      │                      │
";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
    let expected = "\
10:00:02.516    +0.003             │─────────────────────────────── ACK ───────────────────────────────►│
10:00:03.519    +1.003             │◄────────────────────────────── BYE ────────────────────────────────│
10:00:03.522    +0.003             │─────────────────────────── 200 OK (BYE) ──────────────────────────►│
   ended by callee, post-dial delay 0.101 s, rang 2.409 s, talked 1.006 s

";
    assert!(run.stdout.ends_with(expected), "{}", run.stdout);
}

#[test]
fn text_that_does_not_fit_its_arrow_has_a_line_of_its_own() {
    let run = ladder(&["--width", "60"], "trapezoid.pcap");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[4].trim_start().starts_with("│ INVITE  PCMU PCMA"), "{}", run.stdout);
    assert!(lines[5].contains("│──────────►│"), "{}", run.stdout);
}

#[test]
fn what_went_wrong_is_said_below_the_message_that_shows_it() {
    let run = ladder(&["--width", "90"], "problems.pcapng");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stderr, "sip: 1 message that cannot be read\n");
    for (message, remark) in [
        (
            "INVITE  PCMU ",
            "✗ INVITE has no response in 47.5 s, sent again 6 times (RFC 3261 §17.1)",
        ),
        ("200 OK  PCMU", "✗ no ACK for 200 in 34.5 s, sent again 10 times"),
        ("200 OK  G729", "✗ m= line 0: no codec of the offer is in the answer (RFC 3264 §6.1)"),
        ("BYE ", "! BYE goes to sip:bob@biloxi.example, where Contact was sip:bob@198.51.100.4"),
        ("200 OK  PCMU", "i CANCEL and a 2xx have crossed"),
        ("200 OK  PCMU", "! sendonly was offered and sendrecv answered"),
        ("BYE ", "i ended on hold"),
    ] {
        let mut lines = run.stdout.lines().zip(run.stdout.lines().skip(1));
        let found =
            lines.any(|(line, next)| line.contains(message) && next.trim().starts_with(remark));
        assert!(found, "{message}: {remark}\n{}", run.stdout);
    }
}

#[test]
fn a_list_has_one_line_a_call() {
    let run = ladder(&["--list"], "problems.pcapng");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[0].trim_start().starts_with("#     start"));
    assert!(
        lines[4]
            .contains("2026-01-01 10:01:23.078 sip:alice@atlanta.examp… sip:bob@biloxi.example")
    );
    assert!(
        lines[4].contains("ended by caller  0.003    2.006    5.018        11        1"),
        "{}",
        lines[4]
    );
    assert!(lines[1].contains("no answer"));
}

#[test]
fn filters_select_calls() {
    assert_eq!(numbers(&[]), [1, 2, 3, 4, 5]);
    assert_eq!(numbers(&["--call", "3@ATLANTA"]), [3]);
    assert_eq!(numbers(&["--method", "cancel"]), [4]);
    assert_eq!(numbers(&["--from", "alice"]), [1, 2, 3, 4]);
    assert_eq!(numbers(&["--to", "carol"]), [0; 0]);
    assert_eq!(numbers(&["--since", "10:01:20"]), [3, 4, 5]);
    assert_eq!(numbers(&["--since", "+83"]), [4, 5]);
    assert_eq!(numbers(&["--since", "2026-01-01T10:01:30Z"]), [5]);
    assert_eq!(numbers(&["--only-problems"]), [1, 2, 3, 4, 5]);
    let fine = ladder(&["--only-problems", "--list"], "trapezoid.pcap");
    assert_eq!(fine.stdout.lines().count(), 1);
    assert_eq!(fine.stderr, "sip: 1 call, and none as asked for\n");
}

#[test]
fn json_tells_the_story_of_a_call() {
    let call = ladder(&["--json"], "trapezoid.pcap").one();
    assert_eq!(call["call_ids"], serde_json::json!(["a84b4c76e66710@pc33.atlanta.example"]));
    assert_eq!(call["outcome"], "ended-by-callee");
    assert_eq!(call["caller_agent"], "Atlanta Softphone/2.1");
    assert_eq!(call["callee_agent"], "Biloxi Phone/7");
    let messages = call["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 14);
    assert_eq!(messages[0]["session"], "PCMU PCMA");
    assert_eq!(messages[11]["label"], "ACK");
    assert_eq!(messages[11]["packet"], 12);
}

#[test]
fn streams_and_websockets_are_read() {
    let calls = ladder(&["--json"], "streams.pcap").json();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0]["messages"][0]["transport"], "WS");
    assert_eq!(
        (calls[0]["method"].as_str(), calls[0]["status"].as_u64()),
        (Some("REGISTER"), Some(200))
    );
    assert_eq!(calls[1]["messages"][0]["transport"], "TCP");
    assert_eq!(calls[1]["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn a_page_and_a_picture_stand_alone() {
    for (option, name) in [("--html", "page.html"), ("--svg", "picture.svg")] {
        let path = file(name, b"");
        let run = ladder(&[option, &path], "problems.pcapng");
        assert_eq!((run.code, &*run.stdout), (1, ""), "{}", run.stderr);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("prefers-color-scheme:dark"));
        for foreign in ["<script", "src=", "href=", "url(", "@import"] {
            assert!(!text.contains(foreign), "{name}: {foreign}");
        }
        // Every element that opens closes.
        for element in ["svg", "g", "text", "title", "style", "section", "details", "pre"] {
            let opened = text.matches(&format!("<{element}>")).count()
                + text.matches(&format!("<{element} ")).count();
            assert_eq!(opened, text.matches(&format!("</{element}>")).count(), "{name}: {element}");
        }
        assert_eq!(text.matches("no ACK for 200 in 34.5 s").count(), 1);
    }
}

/// A capture of datagrams between two addresses: requests one way, responses the other.
fn datagrams(name: &str, texts: &[String]) -> String {
    // Ethernet, IPv4 and UDP, written plainly.
    let mut pcap =
        vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    for (at, text) in texts.iter().enumerate() {
        let len = u16::try_from(text.len()).unwrap();
        let mut frame = vec![0; 12];
        frame.extend([8, 0, 0x45, 0]);
        frame.extend((len + 28).to_be_bytes());
        let mut ends = [[192, 0, 2, 1], [192, 0, 2, 4]];
        if text.starts_with("SIP/2.0 ") {
            ends.reverse();
        }
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0]);
        frame.extend(ends.as_flattened());
        frame.extend([0x13, 0xc4, 0x13, 0xc4]);
        frame.extend((len + 8).to_be_bytes());
        frame.extend([0, 0]);
        frame.extend(text.as_bytes());
        for word in [1_767_261_600 + u32::try_from(at).unwrap(), 0] {
            pcap.extend(word.to_le_bytes());
        }
        for _ in 0..2 {
            pcap.extend(u32::try_from(frame.len()).unwrap().to_le_bytes());
        }
        pcap.extend(frame);
    }
    file(name, &pcap)
}

fn request(method: &str, uri: &str, call_id: &str, tag: &str, more: &str) -> String {
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP a.invalid;branch=z9hG4bK{call_id}{method}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:a@a.example>;tag={tag}\r\nTo: <{uri}>\r\nCall-ID: {call_id}\r\n\
         CSeq: 1 {method}\r\n{more}Content-Length: 0\r\n\r\n"
    )
}

#[test]
fn calls_that_belong_together_are_one_when_asked_for() {
    let bob = "sip:bob@b.example";
    let uuid = "ab30317f1a784dc48ff824d0d3715d86";
    let session = format!("Session-ID: {uuid};remote=00000000000000000000000000000000\r\n");
    let texts = [
        request("INVITE", bob, "one", "tag-alice", ""),
        // The transfer, by Replaces in the URI.
        request(
            "REFER",
            bob,
            "refer",
            "r",
            "Refer-To: <sip:carol@c.example?Replaces=one%3Bto-tag%3D1>\r\n",
        ),
        request("INVITE", "sip:carol@c.example", "two", "t", "Referred-By: <sip:a@a.example>\r\n"),
        request("INVITE", bob, "three", "u", "Replaces: two;to-tag=1;from-tag=2\r\n"),
        // A border that rewrites the Call-ID, and one that keeps the Session-ID.
        request("INVITE", bob, "four", "tag-alice", ""),
        request("INVITE", bob, "five", "v", &session),
        request("INVITE", bob, "six", "w", &session),
        request("OPTIONS", bob, "seven", "x", ""),
    ];
    let path = datagrams("related.pcap", &texts);
    let ids = |args: &[&str]| {
        let args: Vec<&str> =
            ["ladder", "--json"].iter().chain(args).copied().chain([path.as_str()]).collect();
        let calls = run(&args, b"").json();
        calls.iter().map(|it| it["call_ids"].as_array().unwrap().len()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), [1; 8]);
    assert_eq!(ids(&["--related"]), [5, 2, 1]);
}

#[test]
fn what_cannot_be_read_is_said_and_what_could_be_is_shown() {
    let run = ladder(&[], "no-such-file.pcap");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot read"), "{}", run.stderr);
    for (content, text) in [
        (&b""[..], "the capture is empty"),
        (b"INVITE sip:bob@biloxi.example SIP/2.0\r\n", "this is neither pcap nor pcapng"),
    ] {
        let run = crate::sip::run(&["ladder", "-"], content);
        assert_eq!((run.code, &*run.stdout), (2, ""));
        assert_eq!(run.stderr, format!("sip: standard input: {text}\n"));
    }
    let whole = bytes("trapezoid.pcap");
    let cut = crate::sip::run(&["ladder", "--json", "-"], &whole[..3_000]);
    assert_eq!(cut.code, 2);
    assert!(
        cut.stderr.contains("the capture is cut off in what starts at byte "),
        "{}",
        cut.stderr
    );
    assert_eq!(cut.one()["messages"].as_array().unwrap().len(), 5);
    let mut corrupt = whole;
    corrupt[24 + 8..24 + 12].fill(0xff);
    let corrupt = crate::sip::run(&["ladder", "-"], &corrupt);
    assert_eq!(
        corrupt.stderr,
        "sip: standard input: the capture is corrupt at byte 24: a packet of more than 16 MiB\n"
    );
}

/// Makes a program end that does not end by itself.
#[expect(clippy::disallowed_methods, reason = "what hangs says nothing to wait for")]
fn end_after_a_minute(child: &Child) {
    let id = child.id().to_string();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(60));
        Command::new("kill").args(["-KILL", &id]).status()
    });
}

#[test]
fn standard_input_is_followed_as_packets_come() {
    let mut child = command()
        .args(["ladder", "--json", "--follow", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    end_after_a_minute(&child);
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    input.write_all(&bytes("trapezoid.pcap")).unwrap();
    input.flush().unwrap();
    // The call comes out while the pipe is open, when it has been over for a while.
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.contains("ended-by-callee"), "{line}");
    drop(input);
    output.read_to_string(&mut line).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
#[cfg(unix)]
fn a_file_that_grows_is_followed_until_interrupted() {
    let whole = bytes("trapezoid.pcap");
    let path = file("growing.pcap", &whole[..2_000]);
    let mut child = command()
        .args(["ladder", "--json", "--follow", &path])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    end_after_a_minute(&child);
    let mut growing = OpenOptions::new().append(true).open(&path).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    growing.write_all(&whole[2_000..]).unwrap();
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.contains("ended-by-callee"), "{line}");
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_has_seen_enough_ends_it() {
    let path = capture("problems.pcapng");
    let mut child = command().args(["ladder", &path]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    // Also when nothing was read: no panic, and no complaint about the pipe.
    assert!(child.wait().unwrap().code().is_some());
}

#[test]
fn forms_exclude_each_other() {
    let run = ladder(&["--list", "--json"], "trapezoid.pcap");
    assert_eq!(run.code, 2);
    let run = ladder(&["--since", "noon"], "trapezoid.pcap");
    assert!(run.stderr.contains("expected +SECONDS"), "{}", run.stderr);
}

/// A response to what [`request`] makes.
fn response(status: &str, method: &str, call_id: &str, tag: &str) -> String {
    format!(
        "SIP/2.0 {status}\r\nVia: SIP/2.0/UDP a.invalid;branch=z9hG4bK{call_id}{method}\r\n\
         From: <sip:a@a.example>;tag={tag}\r\nTo: <sip:bob@b.example>;tag=b\r\nCall-ID: {call_id}\r\n\
         CSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
    )
}

/// What those who call write into their messages is text in a page, and in a terminal.
#[test]
fn hostile_text_is_text() {
    let evil = "\"&amp;<script>alert(1)</script>'\u{1b}[2J\u{7}\u{202e}";
    let more = format!("Subject: {evil}\r\nUser-Agent: {evil}\r\nContact: <sip:a@a.example>\r\n");
    let id = "\"<b>&id";
    let texts = [
        request("INVITE", "sip:bob@b.example", id, "<i>", &more),
        "\
        INVITE sip:<script>@b.example SIP/2.0\r\nCall-ID: bad\r\n\r\n"
            .to_owned(),
    ];
    let path = datagrams("hostile.pcap", &texts);
    for option in ["--html", "--svg"] {
        let out = file(&format!("hostile{option}"), b"");
        run(&["ladder", option, &out, &path], b"");
        let text = fs::read_to_string(&out).unwrap();
        for markup in ["<script", "<b>", "<i>", "\u{1b}", "\u{7}"] {
            assert!(!text.contains(markup), "{option}: {markup:?}");
        }
        // An ampersand is the start of an entity that XML has, or is written as one.
        for (at, _) in text.match_indices('&') {
            let entity = ["&amp;", "&lt;", "&gt;", "&quot;"];
            assert!(entity.iter().any(|it| text[at..].starts_with(it)), "{option} {at}");
        }
    }
    for form in [&["ladder"][..], &["ladder", "--list"], &["ladder", "--json"]] {
        let args: Vec<&str> = form.iter().copied().chain([path.as_str()]).collect();
        let shown = run(&args, b"").stdout;
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{form:?}: {shown:?}");
    }
}

#[test]
fn every_outcome_has_its_name() {
    let bob = "sip:bob@b.example";
    let invite = |id: &str| request("INVITE", bob, id, "a", "Contact: <sip:a@a.example>\r\n");
    let answer = |status: &str, id: &str| response(status, "INVITE", id, "a");
    let texts = [
        invite("pending"),
        invite("ringing"),
        answer("180 Ringing", "ringing"),
        invite("answered"),
        answer("200 OK", "answered"),
        request("ACK", bob, "answered", "a", "").replace("z9hG4bKansweredACK", "z9hG4bKack"),
        invite("failed"),
        answer("486 Busy Here", "failed"),
        request("ACK", bob, "failed", "a", "").replace("failedACK", "failedINVITE"),
        invite("cancelled"),
        request("CANCEL", bob, "cancelled", "a", "").replace("cancelledCANCEL", "cancelledINVITE"),
        response("200 OK", "CANCEL", "cancelled", "a")
            .replace("cancelledCANCEL", "cancelledINVITE"),
        answer("487 Request Terminated", "cancelled"),
        request("ACK", bob, "cancelled", "a", "").replace("cancelledACK", "cancelledINVITE"),
        request("OPTIONS", bob, "done", "a", ""),
        response("200 OK", "OPTIONS", "done", "a"),
        response("200 OK", "BYE", "unknown", "a"),
    ];
    let path = datagrams("outcomes.pcap", &texts);
    let calls = run(&["ladder", "--json", &path], b"").json();
    let mut found = std::collections::BTreeMap::new();
    for call in &calls {
        let outcome = call["outcome"].as_str().unwrap().to_owned();
        let id = call["call_ids"][0].as_str().unwrap().to_owned();
        assert_eq!(id, outcome, "{call}");
        found.insert(outcome, call["status"].clone());
    }
    assert_eq!(found.len(), 7);
    assert_eq!((found["failed"].as_u64(), found["done"].as_u64()), (Some(486), Some(200)));
    let list = run(&["ladder", "--list", &path], b"").stdout;
    for words in ["no answer", "ringing", "answered", "failed 486", "cancelled", "OPTIONS 200"] {
        assert!(list.contains(words), "{words}: {list}");
    }
}

/// A call is shown up to a number of messages; what is left out is said.
#[test]
fn a_call_that_never_ends_is_shown_in_part() {
    let texts: Vec<_> = (0..5_010)
        .map(|at| {
            request("OPTIONS", "sip:bob@b.example", "long", "a", "")
                .replace("z9hG4bK", &format!("z9hG4bK{at}"))
        })
        .collect();
    let path = datagrams("long.pcap", &texts);
    let shown = run(&["ladder", &path], b"").stdout;
    assert!(shown.contains("10 more messages"), "{}", &shown[shown.len() - 400..]);
    let out = file("long.svg", b"");
    run(&["ladder", "--svg", &out, &path], b"");
    assert!(fs::read_to_string(&out).unwrap().contains("10 more messages"));
}
