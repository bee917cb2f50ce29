//! Properties, some against a plain reading of the grammar, line by line.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A plain reading of the grammar: lines that end in CRLF, one after the other.
fn plain(body: &[u8], boundary: &str) -> Option<Vec<Vec<u8>>> {
    let dash = format!("--{boundary}");
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut current: Option<Vec<Vec<u8>>> = None;
    let text = std::str::from_utf8(body).expect("ASCII");
    for line in text.split("\r\n") {
        let end = line.strip_prefix(&dash[..]);
        match (end.map(|end| end.trim_end_matches([' ', '\t'])), &mut current) {
            (Some(""), _) => {
                parts.extend(current.replace(Vec::new()).map(|lines| lines.join(&b"\r\n"[..])));
            }
            (Some("--"), None) => return None,
            (Some("--"), Some(lines)) => {
                parts.push(lines.join(&b"\r\n"[..]));
                return Some(parts);
            }
            // The letter of the RFC has no such line in a part.
            (Some(_), Some(_)) => return None,
            (_, None) => {}
            (None, Some(lines)) => lines.push(line.as_bytes().to_vec()),
        }
    }
    None
}

/// Bytes of which many look like boundaries and line ends.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"--b".to_vec()),
        Just(b"--b--".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n--b\r\n\r\n".to_vec()),
        Just(b"\r\n--b--".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"--trapezoid-0000000000000000".to_vec()),
        Just(b"--trapezoid-0000000000000001".to_vec()),
        vec(prop_oneof![Just(b'-'), Just(b'b'), Just(b' '), Just(b'\r'), Just(b':')], 0..4),
        vec(any::<u8>(), 0..6),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

type Lines = Vec<(String, String)>;

fn part() -> impl Strategy<Value = (Lines, Vec<u8>)> {
    let line = ("X-[a-z]{0,8}", "([!-~]([ -~]{0,20}[!-~])?)?");
    (vec(line, 0..4), text())
}

fn lines(part: &Part<'_>) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    part.headers().iter().map(|l| (l.name_str().to_owned(), text(l.value()))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_built_is_read_as_it_was_meant(parts in vec(part(), 1..6), seed in 0..3u64) {
        let mut builder = MultipartBuilder::mixed().seed(seed);
        for (lines, body) in &parts {
            let mut part = PartBuilder::untyped(body.clone());
            for (name, value) in lines {
                part = part.header(name, value);
            }
            builder = builder.part(part);
        }
        let built = builder.clone().build().unwrap();
        prop_assert_eq!(&built, &builder.build().unwrap());
        let media = MediaType::decode(built.content_type().as_bytes()).unwrap();
        let limits = MultipartLimits::default();
        let read =
            Multipart::parse_with(built.bytes().clone(), media, limits, Tolerances::strict()).unwrap();
        let found: Vec<_> = read.parts().map(|part| (lines(&part), part.body().to_vec())).collect();
        prop_assert_eq!(found, parts);
        prop_assert_eq!(read.deviations(), []);
    }

    #[test]
    fn a_strict_reader_agrees_with_a_plain_one(mut body in text(), more in text()) {
        body.extend_from_slice(b"\r\n--b\r\n\r\n");
        body.extend_from_slice(&more);
        body.extend_from_slice(b"\r\n--b--");
        // The plain reader counts in characters.
        body.retain(u8::is_ascii);
        let expected = plain(&body, "b");
        let read = read_with(&body, Tolerances::strict());
        match (read, expected) {
            (Ok(read), Some(parts)) => {
                let found: Vec<_> = read.parts().map(|part| part.as_bytes().to_vec()).collect();
                prop_assert_eq!(found, parts);
            }
            (Err(error), Some(parts)) => {
                // Beyond the delimiters: the heads of the parts must be heads.
                let head = matches!(error.kind(), K::PartHead(_));
                prop_assert!(head || error.kind() == K::AdjacentDelimiters, "{error} {parts:?}");
            }
            (Err(_), None) => {}
            (Ok(read), None) => prop_assert!(false, "{read:?}"),
        }
    }

    #[test]
    fn looser_rules_read_the_same_parts(body in vec(text(), 1..4)) {
        sip_testkit::fuzzing::multipart(&[b"multipart/mixed;boundary=b\n", &body.concat()[..]].concat());
    }
}
