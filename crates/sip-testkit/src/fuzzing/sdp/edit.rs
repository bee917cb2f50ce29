//! Edits of descriptions.

use std::net::Ipv4Addr;

use sdp::{Address, At, Direction, Edit, Line, Parser, SessionDescription, Tolerances, attribute};

/// The first byte says how many operations of four bytes follow; the rest is a description.
///
/// - A value that is refused changes nothing.
/// - What comes out can be read again, and `write_to` writes the same bytes.
/// - Every line that no operation named is byte for byte the same, and in order.
pub fn sdp_edit(data: &[u8]) {
    let Some((&count, data)) = data.split_first() else { return };
    let (operations, body) = data.split_at(data.len().min(4 * usize::from(count % 8)));
    let mut parser = Parser::new().tolerances(Tolerances::lenient());
    let Ok(description) = parser.parse(body.to_vec()) else { return };
    let mut edit = description.edit();
    let mut named: Vec<&str> = Vec::new();
    for operation in operations.chunks_exact(4) {
        let before = (edit.error(), written(&edit));
        named.extend(operate(&mut edit, operation));
        if before.0.is_none() && edit.error().is_some() {
            continue;
        }
        assert_eq!(before.0.is_some(), edit.error().is_some());
    }
    assert_eq!(description.as_bytes(), body);
    let Ok(sent) = edit.finish() else { return };
    assert_eq!(written(&edit).as_deref(), Some(sent.as_bytes()));
    assert_eq!(edit.encoded_len(), sent.as_bytes().len());
    let again = parser.parse(sent.to_bytes()).expect("an edited description can be read again");
    assert_eq!(again, sent);
    assert_eq!(others(&sent, &named), others(&description, &named));
}

fn written(edit: &Edit<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    edit.write_to(&mut out).ok().map(|()| out)
}

/// The lines that are not named, without the last line end, which an edit may have put there.
fn others<'d>(description: &'d SessionDescription, named: &[&str]) -> Vec<&'d [u8]> {
    let is_named = |line: &Line<'_>| match (line.attribute(), line.letter()) {
        (Some((name, _)), _) => {
            named.iter().any(|named| named.len() > 1 && name.eq_ignore_ascii_case(named.as_bytes()))
        }
        (None, Some(letter)) => named.iter().any(|named| named.as_bytes() == [letter]),
        (None, None) => false,
    };
    let lines = description.lines().filter(|line| !is_named(line));
    lines.map(|line| &description.as_bytes()[line.range().start..line.value_range().end]).collect()
}

const DIRECTIONS: &[&str] = &["sendrecv", "sendonly", "recvonly", "inactive"];
const OF_FORMATS: &[&str] = &["m", "rtpmap", "fmtp", "rtcp-fb", "imageattr"];
const ICE: &[&str] = &[
    "candidate",
    "remote-candidates",
    "ice-lite",
    "ice-mismatch",
    "ice-ufrag",
    "ice-pwd",
    "ice-pacing",
    "ice-options",
    "end-of-candidates",
];

/// Carries out an operation of four bytes; names the line types and attributes that it is about.
fn operate(edit: &mut Edit<'_>, operation: &[u8]) -> Vec<&'static str> {
    let [what, which, a, b] = *operation else { return Vec::new() };
    let section = usize::from(which % 4);
    let at = if which < 128 { At::Media(section) } else { At::Session };
    let address = Address::from(Ipv4Addr::new(192, 0, a, b));
    let port = u16::from_be_bytes([a, b]);
    let named: &[&str] = match what % 22 {
        0 => (edit.bump_version(), &["o"][..]).1,
        1 => (edit.set_origin_address(&address), &["o"][..]).1,
        2 => (edit.set_connection(at, &address), &["c"][..]).1,
        3 => (edit.set_bandwidth(at, "AS", u64::from(port)), &["b"][..]).1,
        4 => (edit.set_port(section, port), &["m"][..]).1,
        5 => {
            let (a, b) = (a.to_string(), b.to_string());
            (edit.reorder_formats(section, &[&a, &b]), &["m"][..]).1
        }
        6 => {
            let keep = |format: &[u8]| format.len() % 2 == usize::from(a % 2);
            (edit.retain_formats(section, keep), OF_FORMATS).1
        }
        7 => (edit.retain_formats(section, |format| format != [a, b]), OF_FORMATS).1,
        8 => (edit.hold(section), DIRECTIONS).1,
        9 => (edit.resume(section), DIRECTIONS).1,
        10 => (edit.reject(section), &["m", "bundle-only", "group"][..]).1,
        11 => (edit.set(at, attribute::Ptime, a.to_string()), &["ptime"][..]).1,
        12 => {
            let candidate = format!("{a} 1 udp {b} 192.0.2.1 {port} typ host");
            (edit.append(at, attribute::Candidate, candidate), &["candidate"][..]).1
        }
        13 => (edit.remove_all(at, attribute::Rtpmap), &["rtpmap"][..]).1,
        14 => (edit.remove_first(at, attribute::Fmtp), &["fmtp"][..]).1,
        15 => (edit.set_media_address(section, &address, port), &["m", "c", "rtcp"][..]).1,
        16 => (edit.remove_ice(at), ICE).1,
        17 => (edit.set_protocol(section, "UDP/TLS/RTP/SAVPF"), &["m"][..]).1,
        // What is no text is refused.
        18 => (edit.set_session_name([a, b].as_slice()), &["s"][..]).1,
        19 => {
            let value = String::from_utf8_lossy(&operation[2..]).into_owned();
            (edit.set_raw(at, "x-raw", Some(&value)), &["x-raw"][..]).1
        }
        20 => {
            let wanted = |name: &[u8], _: Option<&[u8]>| name.eq_ignore_ascii_case(b"ssrc");
            (edit.remove_where(at, wanted), &["ssrc"][..]).1
        }
        _ => {
            let direction = Direction::new(a & 1 == 0, b & 1 == 0);
            (edit.set_direction(at, direction), DIRECTIONS).1
        }
    };
    named.to_vec()
}
