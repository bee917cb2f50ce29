//! `sip parse`: the JSON objects field by field, and the tree.

use serde_json::{Value, json};

use crate::sip::{Run, file, run};

const INVITE: &[u8] = b"INVITE sip:bob;day=tuesday@[2001:DB8::1]:5070;Transport=tcp;lr?Subject=a%20b&Priority= SIP/2.0\r\n\
    v: SIP/2.0/UDP [2001:db8::9:1]:5062;branch=z9hG4bK74bf9;RPORT, SIP / 2.0 / TCP h2.example\r\n\
    f: \"Alice \\\"A\\\" Adams\" <sips:alice@atlanta.example>;tag=9fxced76sl;tag=again;x=\"q;,\"\r\n\
    To: sip:bob@biloxi.example\r\n\
    Call-ID: 3848276298220188511@atlanta.example\r\n\
    CSeq: 4294967295 INVITE\r\n\
    Max-Forwards: 0070\r\n\
    Contact: <tel:+1-201-555-0123;ext=7>;q=0.5, <urn:service:sos>\r\n\
    Supported:\r\n\
    Allow: INVITE, ACK,\r\n BYE\r\n\
    c: Text/Plain;charset=\"utf-8\"\r\n\
    Subject: I know\r\n  you're there\r\n\
    X-Trunk-Group: a,  b\r\n\
    Content-Length: 4\r\n\r\nbodybeyond";

fn parse(message: &[u8]) -> Value {
    let run = run(&["parse", "--json", "-"], message);
    assert_eq!((run.code, &*run.stderr), (0, ""), "{}", run.stdout);
    run.one()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn header<'a>(message: &'a Value, name: &str) -> &'a Value {
    let headers = message["headers"].as_array().expect("an array");
    headers.iter().find(|header| header["name"] == name).expect("the header is there")
}

#[test]
fn a_request() {
    let message = parse(INVITE);
    let expected =
        ["kind", "method", "uri", "version", "status", "reason", "headers", "body", "deviations"];
    assert_eq!(keys(&message), expected);
    assert_eq!(message["kind"], "request");
    assert_eq!(message["method"], "INVITE");
    assert_eq!(message["version"], "SIP/2.0");
    assert_eq!((&message["status"], &message["reason"]), (&Value::Null, &Value::Null));
    let raw = "sip:bob;day=tuesday@[2001:DB8::1]:5070;Transport=tcp;lr?Subject=a%20b&Priority=";
    let uri = json!({
        "raw": raw,
        "scheme": "sip",
        "user": "bob;day=tuesday",
        "host": "[2001:DB8::1]",
        "port": 5070,
        "params": {"transport": "tcp", "lr": true},
        "headers": {"subject": "a%20b", "priority": ""},
    });
    assert_eq!(message["uri"], uri);
    assert_eq!(keys(&message["uri"]), keys(&uri));
    assert_eq!(message["body"], json!({"length": 4, "content_type": "Text/Plain"}));
}

#[test]
fn headers_and_their_values_by_family() {
    let message = parse(INVITE);
    let values = |name: &str| header(&message, name)["values"].clone();
    let via = header(&message, "v");
    assert_eq!(keys(via), ["name", "canonical", "offset", "line", "raw", "values"]);
    assert_eq!((&via["canonical"], &via["line"]), (&json!("Via"), &json!(2)));
    assert_eq!(via["offset"], 96);
    assert_eq!(
        via["values"],
        json!([
            {"transport": "UDP", "host": "[2001:db8::9:1]", "port": 5062,
             "params": {"branch": "z9hG4bK74bf9", "rport": true}},
            {"transport": "TCP", "host": "h2.example", "port": null, "params": {}},
        ])
    );
    assert_eq!(
        values("f"),
        json!([{
            "display": "Alice \"A\" Adams",
            "uri": {"raw": "sips:alice@atlanta.example", "scheme": "sips", "user": "alice",
                    "host": "atlanta.example", "port": null, "params": {}, "headers": {}},
            "params": {"tag": "9fxced76sl", "x": "q;,"},
        }])
    );
    assert_eq!(values("To")[0]["display"], Value::Null);
    assert_eq!(values("Call-ID"), json!(["3848276298220188511@atlanta.example"]));
    assert_eq!(values("CSeq"), json!([{"number": 4_294_967_295_u32, "method": "INVITE"}]));
    assert_eq!(values("Max-Forwards"), json!([70]));
    let contact = values("Contact");
    assert_eq!(
        contact[0]["uri"],
        json!({"raw": "tel:+1-201-555-0123;ext=7", "scheme": "tel", "user": null, "host": null,
               "port": null, "params": {"ext": "7"}, "headers": {}})
    );
    assert_eq!(contact[0]["params"], json!({"q": "0.5"}));
    assert_eq!(contact[1]["uri"]["scheme"], "urn");
    assert_eq!(values("Supported"), json!([]));
    assert_eq!(values("Allow"), json!(["INVITE", "ACK", "BYE"]));
    assert_eq!(values("c"), json!([{"value": "Text/Plain", "params": {"charset": "utf-8"}}]));
    assert_eq!(values("Subject"), json!(["I know you're there"]));
    assert_eq!(header(&message, "Subject")["raw"], "I know\r\n  you're there");
    let unknown = header(&message, "X-Trunk-Group");
    assert_eq!(keys(unknown), ["name", "canonical", "offset", "line", "raw"]);
    assert_eq!((&unknown["canonical"], &unknown["raw"]), (&Value::Null, &json!("a,  b")));
    // Folded lines count as lines of the file.
    assert_eq!(unknown["line"], 15);
}

#[test]
fn deviations_point_into_the_file() {
    let message = parse(INVITE);
    let deviations = message["deviations"].as_array().unwrap();
    let again = INVITE.windows(9).position(|w| w == b"tag=again").unwrap();
    assert_eq!(
        deviations[0],
        json!({"rule": "duplicate-parameter", "offset": again, "length": 3,
               "rfc": "RFC 3261 §7.3.1", "severity": "warning"})
    );
}

#[test]
fn a_response() {
    let message = parse(b"SIP/2.0 404 Not here, ol\xe9\r\nContact: *\r\nServer: X/1 (y)\r\n\r\n");
    assert_eq!(message["kind"], "response");
    assert_eq!((&message["method"], &message["uri"]), (&Value::Null, &Value::Null));
    assert_eq!(message["status"], 404);
    assert_eq!(message["reason"], "Not here, ol\u{fffd}");
    assert_eq!(message["reason_hex"], "4e6f7420686572652c206f6ce9");
    assert_eq!(header(&message, "Contact")["values"], json!(["*"]));
    assert_eq!(header(&message, "Server")["values"], json!(["X/1 (y)"]));
    assert_eq!(message["body"], json!({"length": 0, "content_type": null}));
}

#[test]
fn what_is_not_utf8_is_there_in_hexadecimal_too() {
    let message =
        parse(b"SIP/2.0 200 OK\r\nX-A: caf\xe9\r\nSubject: \xff!\r\nX-B: caf\xc3\xa9\r\n\r\n");
    let raw = |name: &str| {
        let header = header(&message, name);
        (header["raw"].clone(), header.get("raw_hex").cloned())
    };
    assert_eq!(raw("X-A"), (json!("caf\u{fffd}"), Some(json!("636166e9"))));
    assert_eq!(raw("Subject"), (json!("\u{fffd}!"), Some(json!("ff21"))));
    assert_eq!(header(&message, "Subject")["values"], json!(["\u{fffd}!"]));
    assert_eq!(raw("X-B"), (json!("café"), None));
}

#[test]
fn a_header_that_cannot_be_read_has_an_error_in_place_of_values() {
    let message = parse(
        b"REGISTER sip:r.example SIP/2.0\r\nContact: <sip:a@b>, <sip:c@, <sip:d@e>\r\nCSeq: x A\r\n\r\n",
    );
    let contact = header(&message, "Contact");
    assert_eq!(keys(contact), ["name", "canonical", "offset", "line", "raw", "error"]);
    assert_eq!(
        header(&message, "CSeq")["error"],
        json!({"message": "expected a sequence number", "offset": 78, "line": 3, "column": 7,
               "rfc": "RFC 3261 §20.16"})
    );
}

#[test]
fn a_bad_request_uri_is_an_error_in_its_place() {
    let message = parse(b"OPTIONS sip:bob@exa<mple SIP/2.0\r\n\r\n");
    assert_eq!(message["uri"]["raw"], "sip:bob@exa<mple");
    assert_eq!(keys(&message["uri"]), ["raw", "error"]);
    let error = &message["uri"]["error"];
    assert_eq!(keys(error), ["message", "offset", "line", "column", "rfc"]);
    assert_eq!((&error["line"], &error["column"]), (&json!(1), &json!(20)));
}

#[test]
fn a_refused_message() {
    let run =
        run(&["parse", "--json", "-"], b"OPTIONS sip:a@b SIP/2.0\r\nVia SIP/2.0/UDP h\r\n\r\n");
    assert_eq!(run.code, 1);
    assert_eq!(
        run.one(),
        json!({"error": {
            "kind": "missing-colon", "message": "expected a colon in the header line",
            "offset": 29, "line": 2, "column": 5, "rfc": "RFC 3261 §7.3.1", "status": 400,
        }})
    );
    let response = self::run(&["parse", "--json", "-"], b"SIP/2.0 200 OK\r\nVia\r\n\r\n").one();
    assert_eq!(response["error"]["status"], Value::Null);
    let empty = self::run(&["parse", "--json", "-"], b"");
    assert_eq!((empty.code, &empty.one()["error"]["kind"]), (1, &json!("empty")));
}

#[test]
fn a_stream_counts_from_the_start_of_the_file() {
    let one = "OPTIONS sip:a@b SIP/2.0\r\nCSeq: x A\r\nContent-Length: 3\r\n\r\na\r\n";
    let stream = format!("\r\n\r\n{one}\r\n{one}SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n\r\n");
    let run = run(&["parse", "--json", "--stream", "-"], stream.as_bytes());
    assert_eq!(run.code, 0);
    let frames = run.json();
    let kinds: Vec<_> = frames.iter().map(|frame| frame["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ping", "request", "pong", "request", "response", "pong"]);
    for (frame, start, line) in [(1, 4, 3), (3, 6 + one.len(), 9)] {
        let cseq = header(&frames[frame], "CSeq");
        assert_eq!((&cseq["offset"], &cseq["line"]), (&json!(start + 25), &json!(line + 1)));
        assert_eq!(cseq["error"]["offset"], start + 31);
        assert_eq!(frames[frame]["body"]["length"], 3);
    }
}

#[test]
fn a_broken_stream_ends_with_the_error() {
    let good = "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n";
    for (bad, kind, offset) in [
        ("OPTIONS sip:a@b SIP/2.0\r\nVia\r\n\r\n", "missing-colon", 28),
        ("OPTIONS sip:a@b SIP/2.0\r\nl: 9\r\n\r\nx", "short-body", 28),
        ("OPTIONS sip:a@b SIP/2.0\r\nv: x\r\n\r\n", "content-length-missing", 31),
    ] {
        let run = run(&["parse", "--json", "--stream", "-"], format!("{good}{bad}").as_bytes());
        assert_eq!(run.code, 1);
        let frames = run.json();
        assert_eq!(frames.len(), 2, "{bad}");
        assert_eq!(frames[1]["error"]["kind"], kind);
        assert_eq!(frames[1]["error"]["offset"], good.len() + offset, "{bad}");
    }
    let Run { code, stdout, .. } = run(&["parse", "--json", "--stream", "-"], b"");
    assert_eq!((code, &*stdout), (0, ""));
}

#[test]
fn a_stream_longer_than_a_piece_is_read_to_its_end() {
    let body = "x".repeat(5000);
    let one = format!("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 5000\r\n\r\n{body}");
    let run = run(&["parse", "--json", "--stream", "-"], one.repeat(50).as_bytes());
    let frames = run.json();
    assert_eq!((run.code, frames.len()), (0, 50));
    for (n, frame) in frames.iter().enumerate() {
        assert_eq!(frame["headers"][0]["offset"], n * one.len() + 25);
    }
}

#[test]
fn a_stream_may_be_cut_anywhere_between_pieces() {
    // The program hands the stream on in pieces, whose borders fall into every part of a head.
    let one = "OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n y\r\nContent-Length: 1\r\n\r\nb\r\n";
    for shift in 0..one.len() {
        let long = "MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 65400\r\n\r\n";
        let stream = format!("{long}{}{}", "x".repeat(65400), one.repeat(4));
        let start = "\r\n".repeat(shift);
        let run = run(&["parse", "--json", "--stream", "-"], (start + &stream).as_bytes());
        let kinds = run.json();
        let requests = kinds.iter().filter(|frame| frame["kind"] == "request").count();
        assert_eq!((run.code, requests), (0, 5), "{shift}: {}", run.stderr);
    }
}

#[test]
fn strict_and_lenient() {
    let bare = b"OPTIONS sip:a@b SIP/2.0\nCSeq: 1 OPTIONS\n\n";
    assert_eq!(run(&["parse", "--json", "--strict", "-"], bare).code, 1);
    assert_eq!(run(&["parse", "--json", "-"], bare).code, 0);
    let mixed = b"OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\n\r\n";
    assert_eq!(run(&["parse", "--json", "-"], mixed).code, 1);
    assert_eq!(run(&["parse", "--json", "--lenient", "-"], mixed).code, 0);
}

#[test]
fn the_tree() {
    let run = run(&["parse", "-"], INVITE);
    assert_eq!((run.code, &*run.stderr), (0, ""));
    let expected = "\
INVITE sip:bob;day=tuesday@[2001:DB8::1]:5070;Transport=tcp;lr?Subject=a%20b&Priority= SIP/2.0
├─ Request-URI       scheme sip  user bob;day=tuesday  host [2001:DB8::1]  port 5070
│                    Transport=tcp  lr
│                    ?Subject=a%20b  ?Priority=
├─ Via (v)           UDP  [2001:db8::9:1]:5062
│                      branch=z9hG4bK74bf9  RPORT
│                    TCP  h2.example
├─ From (f)          \"Alice \\\"A\\\" Adams\"  sips:alice@atlanta.example
│                      tag=9fxced76sl  tag=again  x=\"q;,\"
├─ To                sip:bob@biloxi.example
├─ Call-ID           3848276298220188511@atlanta.example
├─ CSeq              4294967295  INVITE
├─ Max-Forwards      70
├─ Contact           tel:+1-201-555-0123;ext=7
│                      q=0.5
│                    urn:service:sos
├─ Supported
├─ Allow             INVITE, ACK, BYE
├─ Content-Type (c)  Text/Plain
│                      charset=\"utf-8\"
├─ Subject           I know you're there
├─ X-Trunk-Group     a,  b
├─ Content-Length    4
├─ body              4 octets, Text/Plain; 6 octets behind it left out
└─ deviation         duplicate-parameter: From: the same parameter twice in one value (line 3, column 68, byte 254; RFC 3261 §7.3.1)
";
    assert_eq!(run.stdout, expected);
}

#[test]
fn the_tree_says_what_cannot_be_read() {
    let bad = b"SIP/2.0 200 OK\r\nCSeq: x A\r\n\r\n";
    let tree = run(&["parse", "-"], bad).stdout;
    let expected = "\
├─ CSeq  x A
│        error: expected a sequence number (line 2, column 7, byte 22; RFC 3261 §20.16)
";
    assert!(tree.contains(expected), "{tree}");
    let refused = run(&["parse", "-"], b"SIP/2.0 200 OK\r\nVia\r\n\r\n");
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.starts_with("error[missing-colon]: "), "{}", refused.stdout);
}

#[test]
fn several_files_are_told_apart() {
    let path = file("apart.sip", INVITE);
    let run = run(&["parse", &path, "-"], b"\r\n");
    assert!(run.stdout.starts_with(&format!("── {path}\nINVITE ")), "{}", run.stdout);
    assert!(run.stdout.contains("\n\n── <stdin>\nerror[empty]: "), "{}", run.stdout);
}

#[test]
fn keep_alives_are_shown() {
    let stream = b"\r\n\r\nOPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n\r\n";
    let run = run(&["parse", "--stream", "-"], stream);
    assert!(
        run.stdout.contains("── <stdin>, line 1, byte 0  ping (two CRLFs)\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("── <stdin>, line 6, byte 50  pong (one CRLF)\n"),
        "{}",
        run.stdout
    );
}
