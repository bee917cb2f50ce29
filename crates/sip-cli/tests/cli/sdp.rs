//! `sip sdp`, and descriptions in the bodies of messages.

use serde_json::{Value, json};

use crate::sip::{Run, file, run};

fn data(name: &str) -> String {
    format!("{}/../../testdata/sdp/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn lines(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// A request with a body of a type.
fn with_body(content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "INVITE sip:bob@biloxi.example SIP/2.0\r\n\
         Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:alice@atlanta.example>;tag=1\r\n\
         To: <sip:bob@biloxi.example>\r\n\
         Call-ID: a84b4c76e66710\r\n\
         CSeq: 1 INVITE\r\n\
         Contact: <sip:alice@pc33.atlanta.example>\r\n\
         Content-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

const AUDIO: &str = "\
session description of - at 203.0.113.40, id 3890211, version 3890211
├─ name        call
├─ connection  IN IP4 203.0.113.40
└─ audio 0     port 24510, RTP/AVP, sendrecv
               RTP to 203.0.113.40:24510, RTCP to 203.0.113.40:24511
               8 PCMA/8000
               0 PCMU/8000
               18 G729/8000  annexb=no
               101 telephone-event/8000  0-16
               ptime 20
               maxptime 40
";

#[test]
fn a_description_is_a_tree() {
    let run = run(&["sdp", &data("audio.sdp")], b"");
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, AUDIO, ""));
}

#[test]
fn what_a_browser_offers_is_shown() {
    let text = run(&["sdp", &data("webrtc.sdp")], b"").stdout;
    for shown in [
        "bundle              0 1, carried by 0\n",
        "port 50001, UDP/TLS/RTP/SAVPF, sendrecv, mid 0\n",
        "RTP and RTCP to 192.0.2.1:50001\n",
        "111 opus/48000/2  minptime=10;useinbandfec=1  (transport-cc)\n",
        "ICE ufrag Yf1b, 8 candidates (4 host, 4 srflx), options trickle\n",
        "DTLS actpass, sha-256 4A:AD:",
        "extmap 3 urn:ietf:params:rtp-hdrext:sdes:mid\n",
        "deviation           surrounding-space: ",
    ] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
}

#[test]
fn hold_refusal_keys_and_other_protocols_are_named() {
    let text = "v=0\no=- 1 1 IN IP6 2001:db8::1\ns=-\nc=IN IP6 2001:db8::1\nt=0 0\n\
        m=audio 5000 RTP/SAVP 0\nb=AS:64\na=sendonly\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\n\
        m=video 0 RTP/AVP 31\n\
        m=image 5004 udptl t38\na=T38FaxVersion:0\n";
    let text = run(&["sdp", "-"], &lines(text)).stdout;
    for shown in [
        "port 5000, RTP/SAVP, sendonly, on hold\n",
        "RTP to [2001:db8::1]:5000, RTCP to [2001:db8::1]:5001\n",
        "SDES 1 AES_CM_128_HMAC_SHA1_80\n",
        "bandwidth AS:64\n",
        "port 0, RTP/AVP, sendrecv, rejected\n",
        "to [2001:db8::1]:5004\n",
        "formats t38\n",
        "T38FaxVersion 0\n",
    ] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    assert!(!text.contains("PS1uQ"), "keys are not for the screen");
}

#[test]
fn json_has_the_same_facts() {
    let run = run(&["sdp", "--json", &data("webrtc.sdp")], b"");
    assert_eq!((run.code, &*run.stderr), (0, ""));
    let description = run.one();
    assert_eq!(description["kind"], "description");
    assert_eq!(description["origin"]["session_id"], "4611731400430051336");
    assert_eq!(description["bundles"], json!([{ "mids": ["0", "1"], "tagged": "0" }]));
    let audio = &description["media"][0];
    assert_eq!(
        audio["codecs"][0],
        json!({
            "payload_type": 111, "encoding": "opus", "clock_rate": 48000, "channels": 2,
            "fmtp": ["minptime=10;useinbandfec=1"], "feedback": ["transport-cc"],
        })
    );
    assert_eq!(audio["address"], json!({ "host": "192.0.2.1", "port": 50001 }));
    assert_eq!(audio["rtcp_address"], audio["address"]);
    assert_eq!(audio["ice"]["candidates"].as_array().map(Vec::len), Some(8));
    assert_eq!(audio["ice"]["options"], json!(["trickle"]));
    assert_eq!((&audio["dtls"]["setup"], &audio["sdes"]), (&json!("actpass"), &json!([])));
    assert_eq!(description["media"][1]["codecs"].as_array().map(Vec::len), Some(6));
    assert_eq!(description["deviations"][0]["rule"], "surrounding-space");
    assert_eq!(description["errors"], json!([]));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio x RTP/AVP 0\n";
    let text = lines(text);
    let run_text = run(&["sdp", "-"], &text);
    assert_eq!(run_text.code, 1);
    for shown in ["error[media-line]: expected a port", "<stdin>:5:9", "= byte 51, RFC 8866 §5.14"]
    {
        assert!(run_text.stdout.contains(shown), "{shown}\n{}", run_text.stdout);
    }
    let refused = run(&["sdp", "--json", "-"], &text).one();
    assert_eq!(
        refused,
        json!({ "error": {
            "kind": "media-line", "message": "expected a port", "offset": 51, "line": 5, "column": 9,
            "rfc": "RFC 8866 §5.14",
        }})
    );
    // A bad value is no reason to refuse the rest.
    let text = lines(
        "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n\
         m=audio 9 RTP/AVP 96\na=rtpmap:96 /8000\n",
    );
    let errors = run(&["sdp", "--json", "-"], &text).one()["errors"].clone();
    assert_eq!((&errors[0]["line"], &errors[0]["column"]), (&json!(7), &json!(13)));
    assert!(run(&["sdp", "-"], &text).stdout.contains("bad-value: a=rtpmap: expected "));
}

#[test]
fn every_description_of_the_test_data_is_shown() {
    let folder = data("rfc");
    let files: Vec<_> = std::fs::read_dir(folder)
        .expect("the test data is there")
        .map(|entry| entry.expect("an entry").path().to_string_lossy().into_owned())
        .collect();
    assert!(files.len() > 100);
    let args = |flags: &[&str]| -> Vec<String> {
        ["sdp"].iter().chain(flags).map(|s| (*s).to_owned()).chain(files.clone()).collect()
    };
    for flags in [&["--lenient", "--json"][..], &["--json"]] {
        let args = args(flags);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let run = run(&args, b"");
        assert_eq!(run.stderr, "");
        assert_eq!(run.json().len(), files.len());
    }
    let args = args(&["--lenient"]);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let run = run(&args, b"");
    assert_eq!((run.code, run.stdout.matches("── ").count()), (0, files.len()));
}

fn answer(capabilities: &str, offer: &str) -> Run {
    let capabilities = data(&format!("capabilities/{capabilities}.sdp"));
    run(&["sdp", "--answer", &capabilities, &data(offer)], b"")
}

#[test]
fn a_telephone_answers() {
    let run = answer("phone", "audio.sdp");
    let expected = "v=0\no=phone 20 1 IN IP4 192.0.2.20\ns=-\nc=IN IP4 192.0.2.20\nt=0 0\n\
        m=audio 4000 RTP/AVP 8 101\na=sendrecv\na=rtpmap:8 PCMA/8000\n\
        a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\n";
    assert_eq!((run.code, run.stdout.into_bytes(), &*run.stderr), (0, lines(expected), ""));
}

#[test]
fn a_browser_answers() {
    let capabilities = data("capabilities/browser.sdp");
    let run = run(&["sdp", "--json", "--answer", &capabilities, &data("webrtc.sdp")], b"");
    assert_eq!((run.code, &*run.stderr), (0, ""));
    let answer = run.one();
    assert_eq!(answer["bundles"], json!([{ "mids": ["0", "1"], "tagged": "0" }]));
    let facts: Vec<Value> = answer["media"]
        .as_array()
        .expect("sections")
        .iter()
        .map(|media| json!([media["direction"], media["formats"], media["dtls"]["setup"]]))
        .collect();
    let video = ["96", "97", "98", "99", "100", "101"];
    assert_eq!(
        facts,
        [json!(["sendrecv", ["111", "8"], "active"]), json!(["recvonly", video, null])]
    );
    assert_eq!(answer["media"][0]["ice"]["ufrag"], "ETEn");
}

#[test]
fn an_offer_of_which_nothing_is_taken_is_refused() {
    let run = answer("phone", "webrtc.sdp");
    assert_eq!(run.code, 1);
    assert_eq!(run.stdout.matches("m=").count(), 2);
    assert!(run.stdout.contains("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"));
    for shown in [
        "sip: section 0 (audio) is refused: no way to protect the media is in common\n",
        "sip: section 1 (video) is refused: no capability is left for the media type\n",
        "488 (RFC 3264 §6)\n",
    ] {
        assert!(run.stderr.contains(shown), "{shown}\n{}", run.stderr);
    }
}

#[test]
fn capabilities_that_cannot_be_used_are_named() {
    let bad = file("caps.sdp", b"v=0\r\nm=audio 9 RTP/AVP 96\r\na=rtpmap:96 /8000\r\n");
    let run_bad = run(&["sdp", "--answer", &bad, &data("audio.sdp")], b"");
    assert_eq!((run_bad.code, &*run_bad.stdout), (2, ""));
    assert!(run_bad.stderr.contains("a=rtpmap") && run_bad.stderr.contains("line 3 column 13"));
    let none = run(&["sdp", "--answer", "/nonexistent", &data("audio.sdp")], b"");
    assert_eq!(none.code, 2);
    let offer = run(&["sdp", "--answer", &data("capabilities/phone.sdp"), "-"], b"v=1\r\n");
    assert_eq!((offer.code, &*offer.stdout), (1, ""));
    assert!(offer.stderr.contains("error[version]"), "{}", offer.stderr);
}

const OFFER: &str = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n\
    m=audio 9 RTP/AVP 96\na=rtpmap:96 /8000\na=fmtp:97 x\n";

#[test]
fn findings_in_a_body_count_from_the_start_of_the_file() {
    let message = with_body("application/sdp", &lines(OFFER));
    let body = message.len() - lines(OFFER).len();
    let run = run(&["lint", "--json", "-"], &message);
    assert_eq!(run.code, 1);
    let found: Vec<_> = run
        .json()
        .iter()
        .map(|f| (f["rule"].clone(), f["offset"].clone(), f["line"].clone(), f["column"].clone()))
        .collect();
    let offset = |text: &str| {
        let at =
            message.windows(text.len()).position(|w| w == text.as_bytes()).expect("it is there");
        assert!(at > body);
        at
    };
    let at = |rule: &str, offset: usize, line: u32, column: u32| {
        (json!(rule), json!(offset), json!(line), json!(column))
    };
    let expected =
        [at("bad-value", offset("/8000"), 18, 13), at("unlisted-format", offset("fmtp:97"), 19, 3)];
    assert_eq!(found, expected);
}

#[test]
fn a_body_that_is_no_description_is_a_finding() {
    let message = with_body("application/sdp", b"v=0\r\nm=audio x RTP/AVP 0\r\n");
    let found = run(&["lint", "--json", "-"], &message).json();
    let last = found.last().expect("a finding");
    assert_eq!((&last["rule"], &last["line"]), (&json!("media-line"), &json!(13)));
    let parsed = run(&["parse", "--json", "-"], &message);
    assert_eq!(parsed.code, 0, "the message is fine");
    let body = &parsed.one()["body"];
    assert_eq!(body["descriptions"][0]["error"]["line"], 13);
    let text = run(&["parse", "-"], &message).stdout;
    assert!(text.contains("error: expected a port (line 13, column 9, byte "), "{text}");
}

#[test]
fn parts_of_a_multipart_are_shown() {
    let body = [
        b"--b\r\nContent-Type: application/sdp\r\n\r\n",
        &*lines(OFFER),
        b"\r\n--b\r\n\r\nx\r\n--b--",
    ];
    let message = with_body("multipart/mixed;boundary=b", &body.concat());
    let parsed = run(&["parse", "--json", "-"], &message).one();
    let descriptions = parsed["body"]["descriptions"].as_array().expect("descriptions");
    assert_eq!(descriptions.len(), 1);
    assert_eq!(descriptions[0]["media"][0]["line"], 20);
    let text = run(&["parse", "-"], &message).stdout;
    assert!(text.contains("session description of - at 192.0.2.1"), "{text}");
    let plain = with_body("text/plain", b"v=0\r\n");
    let parsed = run(&["parse", "--json", "-"], &plain).one();
    assert_eq!(parsed["body"], json!({ "length": 5, "content_type": "text/plain" }));
}

#[test]
fn a_description_alone_can_be_linted() {
    let run_text = run(&["lint", "-"], &lines(OFFER));
    assert_eq!(run_text.code, 1);
    let last = run_text.stdout.lines().last().expect("a summary");
    assert_eq!(last, "2 findings in 1 description: 1 error, 1 warning");
    let good = run(&["lint", "--strict", &data("capabilities/phone.sdp")], b"");
    assert_eq!((good.code, &*good.stdout), (0, "no findings in 1 description\n"));
}
