//! Every row of the attribute table: good values, bad values, and what they have in common.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sdp::attribute::{self, AttributeRow, Level, Value};
use sdp::encode::Encode;
use sdp::{Parser, SessionDescription, Tolerances};

/// A row: its name, values that are good to the letter, and values that are bad, with the byte
/// where they are.
type Examples = (&'static str, &'static [&'static str], &'static [(&'static str, usize)]);

/// No colon and no value.
const NONE: &str = "<none>";

const EXAMPLES: &[Examples] = &[
    (
        "rtpmap",
        &["0 PCMU/8000", "97 L16/44100/2", "98 H264-SVC/90000"],
        &[
            ("x PCMU/8000", 0),
            ("300 PCMU/8000", 0),
            ("97 /8000", 3),
            ("97 L16/x", 7),
            ("97 L16/8000/", 12),
        ],
    ),
    (
        "fmtp",
        &["111 minptime=10; useinbandfec=1", "97 0-15,66", "63 111/111", "t38 x"],
        &[("", 0), (" =", 1), ("9:7 x", 1)],
    ),
    ("ptime", &["20", "0.125"], &[("", 0), ("x", 0), ("1.2.3", 0), (".", 0)]),
    ("maxptime", &["120"], &[("-1", 0)]),
    ("sendrecv", &[NONE], &[]),
    ("sendonly", &[NONE], &[]),
    ("recvonly", &[NONE], &[]),
    ("inactive", &[NONE], &[]),
    ("framerate", &["25", "29.97"], &[("fast", 0)]),
    ("quality", &["0", "10"], &[("", 0), ("high", 0)]),
    ("orient", &["portrait", "landscape", "seascape"], &[("", 0)]),
    ("type", &["broadcast", "H332"], &[("", 0), ("a b", 1)]),
    ("charset", &["ISO-8859-1"], &[("", 0)]),
    ("sdplang", &["fr"], &[("", 0), ("fr de", 2)]),
    ("lang", &["de-CH-1996"], &[("", 0)]),
    ("tool", &["foobar V3.2"], &[]),
    ("cat", &["foo.bar"], &[]),
    ("keywds", &["coffee tea"], &[]),
    (
        "rtcp",
        &["53020", "53020 IN IP4 126.16.64.4", "53020 IN IP6 2001:db8::1"],
        &[("", 0), ("x", 0), ("1 IN", 4), ("1 IN IP4", 8), ("1 IN IP4 /127", 9)],
    ),
    ("rtcp-mux", &[NONE], &[]),
    ("rtcp-mux-only", &[NONE], &[]),
    ("rtcp-rsize", &[NONE], &[]),
    (
        "rtcp-fb",
        &[
            "* nack",
            "98 nack pli",
            "96 ccm fir",
            "96 ccm tmmbr smaxpr=120",
            "97 trr-int 100",
            "100 goog-remb",
            "* ccm pause nowait",
        ],
        &[("", 0), ("x nack", 0), ("98", 2), ("98 ", 3)],
    ),
    ("rtcp-xr", &["rcvr-rtt=all:10000 stat-summary=loss,dup voip-metrics"], &[]),
    ("rtcp-unicast", &["reflection", "rsi"], &[("", 0)]),
    ("maxprate", &["28.0001", "50"], &[("x", 0)]),
    (
        "crypto",
        &[
            "1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4",
            "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31 FEC_ORDER=FEC_SRTP",
            "2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|2:4 UNENCRYPTED_SRTCP",
        ],
        &[
            ("x A inline:b", 0),
            ("1", 1),
            ("1 A", 3),
            ("1 A inline", 4),
            ("1 A :b", 4),
            ("1 A inline:", 4),
            ("1 A inline:a;", 4),
        ],
    ),
    ("key-mgmt", &["mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO"], &[("", 0), ("mikey", 5)]),
    (
        "fingerprint",
        &["sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB"],
        &[("", 0), ("sha-1", 5), ("sha-1 4A:A", 9), ("sha-1 4A:AG", 9), ("sha-1 4AB", 6)],
    ),
    (
        "setup",
        &["active", "passive", "actpass", "holdconn"],
        &[("", 0), ("both", 0), ("active x", 6)],
    ),
    ("connection", &["new", "existing"], &[("old", 0)]),
    ("tls-id", &["abc3de65cddef001be82"], &[("", 0)]),
    ("identity", &["eyJpZHAiOnsiZG9tYWluIjoiZXhhbXBsZS5vcmciLCJwcm90b2NvbCI6ImJvZ3VzIn19"], &[]),
    (
        "zrtp-hash",
        &["1.10 fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df"],
        &[("", 0)],
    ),
    ("cryptex", &[NONE], &[]),
    (
        "candidate",
        &[
            "1 1 UDP 2130706431 203.0.113.141 8998 typ host",
            "2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998",
            "1 1 TCP 2128609279 10.0.1.1 9 typ host tcptype active",
            "842163049 1 udp 1677729535 0a1b.local 46154 typ host generation 0 ufrag EEtu network-id 3 network-cost 10",
        ],
        &[
            ("", 0),
            ("1", 1),
            ("1 x", 2),
            ("1 1 UDP x", 8),
            ("1 1 UDP 1 h x", 12),
            ("1 1 UDP 1 h 1 tip host", 14),
            ("1 1 UDP 1 h 1 typ", 17),
            ("1 1 UDP 1 h 1 typ host rport x", 29),
        ],
    ),
    (
        "remote-candidates",
        &["1 192.0.2.3 45664", "1 192.0.2.3 45664 2 192.0.2.3 45665"],
        &[("", 0), ("1", 1), ("1 h x", 4), ("1 h 1 2", 7)],
    ),
    ("ice-lite", &[NONE], &[]),
    ("ice-mismatch", &[NONE], &[]),
    ("ice-ufrag", &["8hhY", "4b/+"], &[("", 0)]),
    ("ice-pwd", &["asd88fgpdd777uzjYhagZg"], &[("", 0)]),
    ("ice-pacing", &["50"], &[("x", 0)]),
    ("ice-options", &["trickle", "rtp+ecn ice2"], &[("", 0)]),
    ("end-of-candidates", &[NONE], &[]),
    ("altc", &["1 IP6 2001:db8::1 45678"], &[("", 0)]),
    ("group", &["BUNDLE", "LS 1 2", "FID 1 2 3"], &[("", 0), ("(", 0)]),
    ("mid", &["1", "audio"], &[("", 0), ("a b", 1)]),
    ("bundle-only", &[NONE], &[]),
    ("msid", &["examplefoo examplebar", "-", "examplefoo"], &[("", 0), ("a b c", 3)]),
    ("msid-semantic", &["WMS *", "WMS stream-a stream-b"], &[("", 0)]),
    (
        "ssrc",
        &[
            "11111 cname:user@example.com",
            "1 msid:a b",
            "2 fmtp:96 x=1",
            "3 previous-ssrc:1 2",
            "4 flag",
        ],
        &[("", 0), ("x cname:a", 0), ("1", 1), ("1 :x", 2), ("5000000000 cname:x", 0)],
    ),
    ("ssrc-group", &["FID 1 2", "FEC-FR 2231 2232", "SIM"], &[("", 0), ("FID x", 4)]),
    ("cname", &["user@example.com"], &[]),
    ("previous-ssrc", &["1 2 3"], &[("", 0)]),
    ("duplication-delay", &["50", "0"], &[("", 0)]),
    (
        "extmap",
        &[
            "1 URI-toffset",
            "2/sendrecv http://example.com/082005/ext.htm#xmeta short",
            "4096/recvonly urn:x a b",
        ],
        &[("", 0), ("x", 0), ("1/up u", 2), ("1", 1)],
    ),
    ("extmap-allow-mixed", &[NONE], &[]),
    (
        "rid",
        &["1 send pt=97;max-width=1280;max-height=720", "2 recv", "foo send max-br=64000"],
        &[("", 0), ("1", 1), ("1 both", 2), ("~ send", 0)],
    ),
    (
        "simulcast",
        &["send 1;2,3 recv 4", "recv ~1;2", "send 1"],
        &[
            ("", 0),
            ("up 1", 0),
            ("send", 4),
            ("send 1;", 7),
            ("send 1 send 2", 7),
            ("send 1 recv", 11),
        ],
    ),
    (
        "imageattr",
        &[
            "97 send [x=800,y=640,sar=1.1,q=0.6] [x=480,y=320] recv [x=330,y=250]",
            "* recv *",
            "97 recv [x=[320:16:640],y=[240:16:480],par=[1.2-1.3]]",
        ],
        &[
            ("", 0),
            ("97", 2),
            ("97 up *", 3),
            ("97 send x", 8),
            ("97 send [x", 10),
            ("97 send * send *", 10),
        ],
    ),
    ("sctp-port", &["5000", "0"], &[("", 0), ("x", 0)]),
    ("max-message-size", &["100000", "0"], &[("many", 0)]),
    (
        "sctpmap",
        &["5000 webrtc-datachannel 1024", "5000 webrtc-datachannel"],
        &[("", 0), ("5000", 4), ("5000 x y", 7)],
    ),
    ("sctp-init", &["AAAAAAAA"], &[]),
    (
        "dcmap",
        &[
            "0",
            "1 subprotocol=\"bfcp\";max-time=60000;priority=512",
            "4 label=\"a;b%09c\";ordered=true",
        ],
        &[("", 0), ("x", 0), ("1 label", 2), ("1 label=\"a", 2), ("1 a=b;", 6)],
    ),
    (
        "dcsa",
        &["2 accept-types:message/cpim text/plain", "0 x"],
        &[("", 0), ("0", 1), ("x y", 0), ("0 :", 2)],
    ),
    ("label", &["10"], &[("", 0)]),
    ("content", &["slides", "slides,main"], &[("", 0), ("slides,", 7)]),
    (
        "curr",
        &["qos e2e none", "qos local sendrecv"],
        &[("", 0), ("qos", 3), ("qos both none", 4), ("qos e2e up", 8)],
    ),
    (
        "des",
        &["qos mandatory e2e sendrecv", "sec optional local none"],
        &[("", 0), ("qos very e2e send", 4), ("qos none e2e", 12)],
    ),
    ("conf", &["qos remote recv"], &[("qos", 3)]),
    (
        "silenceSupp",
        &["off - - - -", "on 200 standard - -"],
        &[("", 0), ("maybe - - - -", 0), ("off -", 5)],
    ),
    ("ecan", &["fb on g168"], &[("", 0)]),
    ("gc", &["f on automatic"], &[("", 0)]),
    ("hlang-send", &["es eu en *", "ase"], &[("", 0)]),
    ("hlang-recv", &["en"], &[("", 0)]),
    (
        "source-filter",
        &["incl IN IP4 232.3.4.5 192.0.2.10", "excl IN * * 192.0.2.10 192.0.2.11"],
        &[("", 0), ("only IN IP4 a b", 0), ("incl IN IP4 a", 13)],
    ),
    ("multicast-rtcp", &["42000"], &[("", 0)]),
    ("T38FaxVersion", &["0", "3"], &[("", 0)]),
    ("T38MaxBitRate", &["14400"], &[("fast", 0)]),
    ("T38FaxFillBitRemoval", &[NONE, "0", "1"], &[("", 0), ("yes", 0)]),
    ("T38FaxTranscodingMMR", &["0"], &[("x", 0)]),
    ("T38FaxTranscodingJBIG", &["0"], &[("x", 0)]),
    ("T38FaxRateManagement", &["transferredTCF", "localTCF"], &[("", 0)]),
    ("T38FaxMaxBuffer", &["262"], &[("x", 0)]),
    ("T38FaxMaxDatagram", &["90"], &[("x", 0)]),
    ("T38FaxMaxIFP", &["40"], &[("x", 0)]),
    ("T38FaxUdpEC", &["t38UDPRedundancy", "t38UDPFEC"], &[("", 0)]),
    ("T38FaxUdpECDepth", &["1 3"], &[("", 0)]),
    ("T38FaxUdpFECMaxSpan", &["5"], &[("x", 0)]),
    ("T38ModemType", &["t38G3FaxOnly"], &[("", 0)]),
    ("T38VendorInfo", &["0 0 37"], &[]),
    ("path", &["msrp://atlanta.example.com:7654/jshA7weztas;tcp"], &[("", 0)]),
    ("accept-types", &["message/cpim text/plain text/html", "*"], &[("", 0)]),
    ("accept-wrapped-types", &["*"], &[("", 0)]),
    ("max-size", &["4096"], &[("x", 0)]),
    ("msrp-cema", &[NONE], &[]),
    ("file-selector", &["name:\"My cool picture.jpg\" type:image/jpeg size:4092"], &[]),
    ("file-transfer-id", &["vBnG916bdberum2fFEABR1FR3ExZMUrd"], &[("", 0)]),
    ("file-disposition", &["attachment"], &[("", 0)]),
    ("file-date", &["creation:\"Mon, 15 May 2006 15:01:31 +0300\""], &[]),
    ("file-icon", &["cid:id2@alicepc.example.com"], &[]),
    ("file-range", &["1-4092"], &[]),
    ("floorctrl", &["c-only", "c-s s-only"], &[("", 0)]),
    ("confid", &["4321"], &[("x", 0)]),
    ("userid", &["1234"], &[("", 0)]),
    (
        "floorid",
        &["1 mstrm:10", "2 mstrm:10 11"],
        &[("", 0), ("x", 0), ("1 10", 2), ("1 mstrm:", 8)],
    ),
    ("bfcpver", &["1 2"], &[("", 0)]),
    (
        "ts-refclk",
        &[
            "ntp=203.0.113.10",
            "ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0",
            "gps",
            "private",
            "private:traceable",
            "localmac=7C-E9-D3-1B-9A-AF",
        ],
        &[("", 0), ("ntp=", 4), ("private:x", 8), ("gps x", 3)],
    ),
    (
        "mediaclk",
        &[
            "sender",
            "direct=963214424",
            "direct=963214424 rate=1000/1001",
            "id=MDA6NjA6MmI6MjA6MTI6MWY= sender",
            "IEEE1722=38-D6-6D-8E-D2-78-13-2F",
        ],
        &[("", 0), ("direct=", 7), ("direct rate", 7), ("direct rate=1", 13)],
    ),
    ("csup", &["cap-v0", "foo,bar"], &[("", 0), ("a,", 2)]),
    ("creq", &["cap-v0"], &[("", 0)]),
    ("acap", &["1 key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO"], &[("", 0), ("x", 0)]),
    ("tcap", &["1 RTP/SAVPF RTP/SAVP RTP/AVPF"], &[("", 0)]),
    ("pcfg", &["1 t=4|3 a=1,3", "8", "2 t=2 a=[2]"], &[("", 0)]),
    ("acfg", &["1 t=1 a=1"], &[("", 0)]),
    ("rmcap", &["1,3 L16/8000/1", "1-3 G729/8000"], &[("", 0), ("1,", 2), ("1- x", 2)]),
    ("omcap", &["1 t38"], &[("", 0)]),
    ("mfcap", &["1 max-mbps=108000"], &[("", 0)]),
    ("mscap", &["1 rtcp-fb nack"], &[("", 0)]),
    ("lcfg", &["1 mt=video t=1 m=2"], &[("", 0)]),
    ("sescap", &["1 1,2,3"], &[("", 0)]),
    ("bcap", &["1 CT:200"], &[("", 0)]),
    ("ccap", &["1 IN IP4 192.0.2.1 49170"], &[("", 0)]),
    ("icap", &["1 Video conference"], &[("", 0)]),
    ("control", &["rtsp://www.example.com/fizzle/foo/audio", "*"], &[]),
    ("range", &["npt=0-34.4368"], &[]),
    ("mtag", &["\"158bb3e7c7fd62ce67f12b533f06b83a\""], &[]),
    ("framesize", &["96 640-480"], &[("", 0)]),
    ("x-google-flag", &["conference"], &[("", 0)]),
    ("packetization", &["98 raw"], &[("", 0)]),
    ("remote-net-estimate", &[NONE], &[]),
];

/// A description with one attribute, at the level where it belongs.
fn description(row: &AttributeRow, value: &[u8], tolerances: Tolerances) -> SessionDescription {
    let head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
    let media = if row.level.contains(Level::SESSION) { "" } else { "m=audio 9 RTP/AVP 0\r\n" };
    let mut text = format!("{head}{media}a={}", row.name).into_bytes();
    if value != NONE.as_bytes() {
        text.push(b':');
        text.extend_from_slice(value);
    }
    text.extend_from_slice(b"\r\n");
    Parser::new().tolerances(tolerances).parse(text).unwrap()
}

/// Decodes the one attribute of a description, encodes it, and hands the value to `check`.
fn decode<T>(
    row: &AttributeRow,
    value: &[u8],
    tolerances: Tolerances,
    check: impl FnOnce(Result<(Value<'_>, Vec<u8>), sdp::LineError>) -> T,
) -> T {
    let description = description(row, value, tolerances);
    let line = description.lines().last().unwrap();
    let read = line.attribute_value().unwrap();
    check(read.map(|value| (value, value.to_value().unwrap())))
}

fn examples(row: &AttributeRow) -> &'static Examples {
    EXAMPLES.iter().find(|(name, ..)| *name == row.name).unwrap()
}

#[test]
fn every_row_has_good_examples_and_a_bad_one() {
    for row in attribute::all() {
        let examples = EXAMPLES.iter().filter(|(name, ..)| *name == row.name).count();
        assert_eq!(examples, 1, "{}", row.name);
        let (_, good, bad) = self::examples(row);
        assert!(!good.is_empty(), "{}", row.name);
        let takes_all = decode(row, good[0].as_bytes(), Tolerances::default(), |value| {
            matches!(value.unwrap().0, Value::Flag(_) | Value::Text(_))
        });
        assert_eq!(bad.is_empty(), takes_all, "{}", row.name);
    }
    assert_eq!(EXAMPLES.len(), attribute::all().len());
    assert!(attribute::all().len() >= 120, "{}", attribute::all().len());
}

#[test]
fn good_values_are_read_to_the_letter_and_written_as_they_came() {
    for row in attribute::all() {
        for good in examples(row).1 {
            decode(row, good.as_bytes(), Tolerances::strict(), |value| {
                let (value, written) = value.unwrap_or_else(|e| panic!("{}:{good}: {e}", row.name));
                let plain = if *good == NONE { "" } else { good };
                if matches!(value, Value::Switch(_)) && plain.is_empty() {
                    assert_eq!(written, b"1");
                } else {
                    assert_eq!(String::from_utf8_lossy(&written), plain, "{}", row.name);
                }
            });
        }
    }
}

#[test]
fn bad_values_are_refused_where_they_go_wrong() {
    for row in attribute::all() {
        for (bad, offset) in examples(row).2 {
            decode(row, bad.as_bytes(), Tolerances::default(), |value| {
                let error = value.map(|(value, _)| value).expect_err(bad);
                let found = error.value_error().unwrap().offset();
                assert_eq!(found, *offset, "{}:{bad}: {error}", row.name);
                assert_eq!(error.column(), row.name.len() + 4 + offset, "{}:{bad}", row.name);
                assert_eq!(error.rfc(), row.rfc);
            });
        }
    }
}

#[test]
fn names_are_found_in_any_case_unless_that_is_not_tolerated() {
    for row in attribute::all() {
        let text = format!("v=0\r\na={}:1\r\n", row.name.to_uppercase());
        let read = |tolerances| {
            let description = Parser::new().tolerances(tolerances).parse(text.clone()).unwrap();
            description.lines().last().unwrap().attribute_row().map(|row| row.name)
        };
        assert_eq!(read(Tolerances::default()), Some(row.name));
        let strict = Tolerances::default().without(sdp::Rule::AttributeCase);
        let same = row.name.to_uppercase() == row.name;
        assert_eq!(read(strict).is_some(), same, "{}", row.name);
    }
}

/// A value near a good one: some of its bytes replaced, taken out or doubled.
fn near_values() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<u8>()), 0..4);
    (0..EXAMPLES.len(), any::<prop::sample::Index>(), edits).prop_map(|(place, example, edits)| {
        let (_, good, bad) = EXAMPLES[place];
        let all: Vec<&str> = good.iter().copied().chain(bad.iter().map(|(bad, _)| *bad)).collect();
        let mut value = example.get(&all).as_bytes().to_vec();
        for (at, edit, byte) in edits {
            // Bytes that matter to the grammars come often.
            const MARKS: &[u8] = b" ;:,=/|~*-[]\"0129aZ\t\xff";
            let byte = MARKS[usize::from(byte) % MARKS.len()];
            let at = at.index(value.len() + 1);
            match edit {
                0 => value.insert(at, byte),
                1 if at < value.len() => value[at] = byte,
                2 if at < value.len() => drop(value.remove(at)),
                _ => {}
            }
        }
        (place, value)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_is_read_is_written_so_that_it_reads_the_same((place, value) in near_values()) {
        let row = attribute::find(EXAMPLES[place].0).unwrap();
        decode(row, &value, Tolerances::lenient(), |read| {
            let Ok((read, written)) = read else { return };
            // A value of nothing is that of a name without a colon.
            if written.is_empty() {
                return;
            }
            decode(row, &written, Tolerances::lenient(), |again| {
                let (again, twice) = again.unwrap_or_else(|error| panic!("{}: {error}", written.escape_ascii()));
                assert_eq!(again, read);
                assert_eq!(twice, written);
            });
        });
    }

    #[test]
    fn what_is_strict_is_tolerated_by_default_and_by_all((place, value) in near_values()) {
        let row = attribute::find(EXAMPLES[place].0).unwrap();
        let takes = |tolerances| decode(row, &value, tolerances, |read| read.is_ok());
        let (strict, default, lenient) =
            (takes(Tolerances::strict()), takes(Tolerances::default()), takes(Tolerances::lenient()));
        prop_assert!(strict <= default && default <= lenient);
    }

    #[test]
    fn a_strict_value_has_no_deviation((place, value) in near_values()) {
        let row = attribute::find(EXAMPLES[place].0).unwrap();
        if decode(row, &value, Tolerances::strict(), |read| read.is_ok()) {
            let description = description(row, &value, Tolerances::lenient());
            let mut deviations = Vec::new();
            description.lines().last().unwrap().attribute_value_checked(&mut deviations).unwrap().unwrap();
            prop_assert_eq!(deviations, []);
        }
    }
}
