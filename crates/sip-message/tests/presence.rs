//! RFC 3261 §20, tables 2 and 3, and what later RFCs add: the table against theirs, and what
//! `lint` makes of it.

use std::collections::BTreeMap;

use sip_message::{
    FindingKind, HeaderName, Message, Method, Presence, Severity, StatusCode, lint, presence,
};
use sip_testkit::corpus;

/// Where ours is not what a table of an RFC has, and why: header, methods, where, reason.
const DIFFERENT: &[(&str, &str, &str, &str)] = &[
    ("Alert-Info", "INVITE", "101-199", "RFC 7462 §4.1: any provisional response but 100"),
    ("Allow-Events", "*", "Rr", "RFC 6665 §8.2.2: any request or response"),
    ("Geolocation", "INFO", "r", "RFC 6442 §4.3: in 424 as well"),
    ("Geolocation-Error", "INFO", "424", "RFC 6442 §4.3: must be there"),
    ("Info-Package", "INFO", "R", "a foot-note: not in an INFO of old"),
    ("Max-Breadth", "INFO", "R", "RFC 5393 §5.3.3: every proxy adds it"),
    ("P-Asserted-Identity", "INFO PRACK REGISTER UPDATE", "Rr", "RFC 5876 §3.2: any request"),
    ("P-Preferred-Identity", "INFO PRACK REGISTER UPDATE", "Rr", "RFC 5876 §3.2: any request"),
    ("Proxy-Authenticate", "NOTIFY SUBSCRIBE", "401", "RFC 3261 §16.7: challenges are merged"),
    ("Proxy-Require", "ACK", "R", "RFC 3261 §8.2.2.3: as in the INVITE"),
    ("Reason", "INFO", "r", "RFC 6432: any response"),
    ("Record-Route", "INVITE", "101-199", "RFC 3261 §12.1.1: all that make a dialog"),
    ("Recv-Info", "INVITE", "R", "a foot-note: not of those who know INFO of old only"),
    ("Require", "ACK", "Rr", "RFC 3261 §8.2.2.3: as in the INVITE"),
    ("SIP-ETag", "NOTIFY", "R", "RFC 5839 §6.2"),
    ("Supported", "*", "r", "RFC 7433 §4.3: any response"),
    ("WWW-Authenticate", "NOTIFY PRACK SUBSCRIBE", "407", "RFC 3261 §16.7: challenges are merged"),
];

/// Where a row is: requests, and ranges of statuses.
type Where = (bool, Vec<(u16, u16)>);

fn place(text: &str) -> Where {
    let mut place = (text.starts_with(['R', 'c']), Vec::new());
    for part in text.split(',') {
        match part {
            "R" => {}
            "Rr" | "r" | "c" => place.1.push((100, 699)),
            range => {
                let (from, to) = range.split_once('-').unwrap_or((range, range));
                let code = |text: &str, x| text.replace('x', x).parse().expect("a status");
                place.1.push((code(from, "0"), code(to, "9")));
            }
        }
    }
    place
}

/// How many statuses a row is for; `None` when not for this one.
fn width((requests, ranges): &Where, status: Option<StatusCode>) -> Option<u16> {
    match status {
        None => requests.then_some(u16::from(!ranges.is_empty())),
        Some(status) => {
            let within = ranges.iter().filter(|(a, b)| (*a..=*b).contains(&status.code()));
            within.map(|(a, b)| b - a).min()
        }
    }
}

fn cell(text: &str) -> Presence {
    match text {
        "m" => Presence::Mandatory,
        "m*" => Presence::Recommended,
        "t" => Presence::Stream,
        "c" => Presence::Conditional,
        "o" => Presence::Optional,
        "*" => Presence::WithBody,
        "-" => Presence::NotApplicable,
        _ => panic!("a cell: {text}"),
    }
}

#[test]
fn every_cell_is_as_the_rfcs_have_it_or_explained() {
    let mut rows: BTreeMap<(String, String), Vec<(Where, Presence)>> = BTreeMap::new();
    let mut count = 0;
    for file in ["rfc3261-table2.txt", "rfc3261-table2-extensions.txt"] {
        let text = String::from_utf8(corpus::read(file)).expect("ASCII but for the section signs");
        let mut methods = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(columns) = line.strip_prefix("@ ") {
                methods = columns.split(' ').collect();
                continue;
            }
            let mut words = line.split_whitespace();
            let (header, at) = (words.next().expect("a header"), words.next().expect("a place"));
            let cells: Vec<_> = words.map(cell).collect();
            assert_eq!(cells.len(), methods.len(), "{line}");
            for (&method, cell) in methods.iter().zip(cells) {
                let key = (header.to_owned(), method.to_owned());
                rows.entry(key).or_default().push((place(at), cell));
                count += 1;
            }
        }
    }
    assert_eq!(count, 1572);
    let mut used = vec![false; DIFFERENT.len()];
    let mut wrong = Vec::new();
    for ((header, method), rows) in &rows {
        let name = HeaderName::new(header).expect("a token");
        assert!(name.is_known(), "{header}");
        let statuses = StatusCode::REGISTERED.iter().map(|status| Some(*status));
        for status in statuses.chain([None]) {
            let narrowest = rows
                .iter()
                .filter_map(|(place, cell)| Some((width(place, status)?, *cell)))
                .min_by_key(|(width, _)| *width);
            let expected = narrowest.map_or(Presence::NotApplicable, |(_, cell)| cell);
            let ours = presence(name, Method::new(method).expect("a token"), status);
            if ours == expected {
                continue;
            }
            let different = DIFFERENT.iter().position(|(of, methods, at, _)| {
                of == header
                    && (*methods == "*" || methods.split(' ').any(|one| one == method))
                    && width(&place(at), status).is_some()
            });
            match different {
                Some(index) => used[index] = true,
                None => wrong.push(format!("{header} {method} {status:?}: {ours:?}, {expected:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (entry, used) in DIFFERENT.iter().zip(used) {
        assert!(used, "{entry:?} is as the RFC has it");
    }
}

/// What is found in the examples of the RFCs: message, header, and what of it.
const FOUND: &[(&str, &str, &str)] = &[
    // No table has Max-Forwards in a response.
    ("rfc3665/124-200-OK.sip", "Max-Forwards", "header-not-applicable"),
    ("rfc3665/127-200-OK.sip", "Max-Forwards", "header-not-applicable"),
    // RFC 3842 leaves out Via here as well.
    ("rfc3842/002-200-OK.sip", "Contact", "header-missing"),
    ("rfc3842/014-200-OK.sip", "Event", "header-not-applicable"),
    // No table has Contact in a 417.
    ("rfc4412/005-417-Unknown-Resource-P.sip", "Contact", "header-not-applicable"),
    // RFC 3428 has no Contact in a 2xx to MESSAGE.
    ("rfc5359/133-200-OK.sip", "Contact", "header-not-applicable"),
    // RFC 6665 §3.1.1 wants Expires in what accepts a SUBSCRIBE, RFC 3261 §12.1.1 Contact.
    ("rfc5359/273-200-OK.sip", "Expires", "header-missing"),
    ("rfc5359/284-200-OK.sip", "Max-Forwards", "header-not-applicable"),
    ("rfc5359/284-200-OK.sip", "Contact", "header-missing"),
    ("rfc5359/284-200-OK.sip", "Expires", "header-missing"),
    // RFC 3265 §7.1 has Contact in every NOTIFY.
    ("rfc5626/002-NOTIFY.sip", "Contact", "header-missing"),
];

/// Header and name of what `lint` finds by the table.
fn found(message: &Message) -> Vec<(String, &'static str)> {
    let ours = |kind| matches!(kind, FindingKind::NotApplicable(_) | FindingKind::Missing(_));
    let findings = lint(message).into_iter().filter(|finding| ours(finding.kind()));
    findings.map(|f| (f.header().expect("a header").to_string(), f.name())).collect()
}

#[test]
fn what_is_found_in_the_examples_of_the_rfcs_is_explained() {
    let folders = std::fs::read_dir(corpus::testdata().join("rfc-messages")).expect("the folder");
    let mut all = Vec::new();
    let mut acks = 0;
    for folder in folders {
        let folder = folder.expect("a folder").file_name().into_string().expect("an ASCII name");
        for (file, bytes) in corpus::files(&format!("rfc-messages/{folder}")) {
            let Ok(message) = Message::parse(bytes) else { continue };
            let found = found(&message);
            // RFC 5359 puts Allow and Supported into ACKs, for which table 2 and 3 have `-`.
            let both = [("Allow", "header-not-applicable"), ("Supported", "header-not-applicable")];
            let ack = message.as_request().is_some_and(|request| request.method() == Method::ACK);
            if folder == "rfc5359"
                && ack
                && found.iter().map(|(header, name)| (header.as_str(), *name)).eq(both)
            {
                acks += 1;
                continue;
            }
            let place = format!("{folder}/{file}");
            all.extend(found.into_iter().map(|(header, name)| (place.clone(), header, name)));
        }
    }
    all.sort();
    let mut expected = FOUND.to_vec();
    expected.sort_unstable();
    let all: Vec<_> = all.iter().map(|(file, header, name)| (&**file, &**header, *name)).collect();
    assert_eq!(all, expected);
    assert_eq!(acks, 22);
}

#[test]
fn nothing_is_found_in_the_messages_of_the_benches() {
    for (name, bytes) in corpus::files("../benches/corpus") {
        let message = Message::parse(bytes).expect(&name);
        assert_eq!(found(&message), [], "{name}");
    }
}

/// A message that has what all have, and these lines.
fn message(start: &str, method: &str, lines: &str) -> Message {
    let hops = if start.starts_with("SIP/") { "" } else { "Max-Forwards: 70\r\n" };
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\nFrom: <sip:a@a.example>;tag=1\r\n\
         To: <sip:b@b.example>;tag=2\r\nCall-ID: x\r\nCSeq: 1 {method}\r\n{hops}{lines}\r\n"
    );
    Message::parse(text.into_bytes()).expect("a readable message")
}

/// What is found, without its section: in a request, or in the response with that status.
fn said(status: u16, method: &str, lines: &str) -> Vec<String> {
    let start = match status {
        0 => format!("{method} sip:b@b.example SIP/2.0"),
        status => format!("SIP/2.0 {status} Whatever"),
    };
    let message = message(&start, method, lines);
    lint(&message).iter().map(|finding| format!("{finding:#}")).collect()
}

#[test]
fn what_is_missing_is_said_once() {
    const CONTACT: &str = "Contact: <sip:a@a.example>\r\n";
    for (status, method, lines, missing) in [
        (0, "SUBSCRIBE", "", "Contact, Event"),
        (0, "NOTIFY", "", "Contact, Event, Subscription-State"),
        (0, "REFER", "", "Contact, Refer-To"),
        (0, "REFER", "m: <sip:a@a.example>\r\nr: <sip:c@c.example>\r\n", ""),
        (0, "UPDATE", "", "Contact"),
        (0, "PUBLISH", "", "Event"),
        (0, "PRACK", "", "RAck"),
        (0, "INFO", "", ""),
        (0, "INFO", "Content-Disposition: Info-Package\r\n", "Info-Package"),
        (0, "BYE", "", ""),
        (100, "INVITE", "Require: 100rel\r\n", ""),
        (180, "INVITE", "", ""),
        (183, "INVITE", "Require: 100rel\r\n", "RSeq"),
        (183, "INVITE", "Require: precondition, 100REL\r\nRSeq: 1\r\n", ""),
        (200, "INVITE", "", "Contact"),
        (200, "INVITE", CONTACT, ""),
        (200, "SUBSCRIBE", CONTACT, "Expires"),
        (200, "PUBLISH", "", "Expires, SIP-ETag"),
        (200, "BYE", "", ""),
        (401, "REGISTER", "", "WWW-Authenticate"),
        (405, "BYE", "", "Allow"),
        (407, "MESSAGE", "", "Proxy-Authenticate"),
        (420, "OPTIONS", "", "Unsupported"),
        (422, "INVITE", "", "Min-SE"),
        (423, "REGISTER", "", "Min-Expires"),
        (424, "INVITE", "", "Geolocation-Error"),
        (469, "INFO", "", "Recv-Info"),
        (489, "SUBSCRIBE", "", "Allow-Events"),
    ] {
        let place = match status {
            0 => format!("{method} requests"),
            status => format!("{status} responses to {method}"),
        };
        let missing = missing.split(", ").filter(|header| !header.is_empty());
        let expected: Vec<_> =
            missing.map(|header| format!("{header} is missing: {place} must have it")).collect();
        let mut said = said(status, method, lines);
        said.sort();
        assert_eq!(said, expected, "{place} {lines}");
    }
    // These are said otherwise.
    assert_eq!(said(0, "INVITE", ""), ["an INVITE must have a Contact"]);
    let bare = Message::parse(&b"INVITE sip:b@b.example SIP/2.0\r\n\r\n"[..]).expect("a head");
    assert_eq!(found(&bare), []);
    // A body needs its type, in a response as in a request.
    let length = "Content-Length: 2\r\n\r\n";
    assert_eq!(said(0, "OPTIONS", length), ["Content-Type is missing"]);
    let missing = "Content-Type is missing: 200 responses to OPTIONS must have it";
    assert_eq!(said(200, "OPTIONS", length), [missing]);
}

#[test]
fn what_is_not_for_the_message_is_said_once() {
    for (status, method, lines, header) in [
        (0, "BYE", "m: <sip:a@a.example>\r\n", "Contact"),
        (0, "BYE", "Contact: <sip:a@a.example>\r\nContact: <sip:b@a.example>\r\n", "Contact"),
        (0, "CANCEL", "Require: 100rel\r\n", "Require"),
        (0, "ACK", "Require: 100rel\r\n", ""),
        (0, "ACK", "Supported: 100rel\r\n", "Supported"),
        (0, "REGISTER", "Record-Route: <sip:p.example;lr>\r\n", "Record-Route"),
        (0, "BYE", "Record-Route: <sip:p.example;lr>\r\n", ""),
        (0, "OPTIONS", "Server: x\r\n", "Server"),
        (0, "BYE", "Refer-To: <sip:c@c.example>\r\n", "Refer-To"),
        (0, "BYE", "Geolocation-Error: 100\r\n", "Geolocation-Error"),
        (0, "BYE", "X-Trunk: 1\r\n", ""),
        (0, "PING", "Subscription-State: active\r\n", ""),
        (180, "INVITE", "Supported: 100rel\r\n", ""),
        (200, "BYE", "Supported: 100rel\r\n", ""),
        (200, "BYE", "Authorization: Digest username=\"a\"\r\n", "Authorization"),
        (404, "INVITE", "Contact: <sip:a@a.example>\r\n", "Contact"),
        (302, "INVITE", "Contact: <sip:a@a.example>\r\n", ""),
        (200, "NOTIFY", "Event: presence\r\n", "Event"),
        (200, "PING", "Event: presence\r\n", ""),
    ] {
        let place = match status {
            0 => format!("{method} requests"),
            status => format!("{status} responses to {method}"),
        };
        let expected: Vec<_> = (!header.is_empty())
            .then(|| format!("{header} is not for {place}"))
            .into_iter()
            .collect();
        assert_eq!(said(status, method, lines), expected, "{place} {lines}");
    }
}

#[test]
fn a_finding_has_a_place_a_section_and_a_severity() {
    let message = message("BYE sip:b@b.example SIP/2.0", "BYE", "m : <sip:a@a.example>\r\n");
    let finding = lint(&message).pop().expect("a finding");
    assert_eq!(finding.to_string(), "Contact is not for BYE requests (RFC 3261 §20)");
    let end = finding.offset() + finding.len();
    assert_eq!(&message.as_bytes()[finding.offset()..end], b"m");
    assert_eq!(finding.severity(), Severity::Warning);
    let FindingKind::NotApplicable(place) = finding.kind() else { panic!("{finding:?}") };
    assert_eq!((place.method(), place.status(), place.rfc()), (Method::BYE, None, "RFC 3261 §20"));

    let message = self::message("SIP/2.0 200 OK", "SUBSCRIBE", "Contact: <sip:a@a.example>\r\n");
    let finding = lint(&message).pop().expect("a finding");
    assert_eq!(
        finding.to_string(),
        "Expires is missing: 200 responses to SUBSCRIBE must have it (RFC 6665 §3.1.1)"
    );
    assert_eq!((finding.offset(), finding.len()), (message.empty_line_offset(), 0));
    assert_eq!(finding.severity(), Severity::Warning);
    let FindingKind::Missing(place) = finding.kind() else { panic!("{finding:?}") };
    assert_eq!(place.status(), Some(StatusCode::OK));
}
