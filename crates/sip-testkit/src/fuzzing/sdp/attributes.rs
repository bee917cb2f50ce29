//! Every row of the attribute table on arbitrary values.

use sdp::encode::Encode;
use sdp::{Line, Parser, SessionDescription, Tolerances, attribute};

use super::TOLERANCES;

/// The first byte picks an attribute, the rest is its value.
///
/// - What stricter rules decode, looser ones decode to the same value.
/// - Errors and deviations lie inside the line, and strict rules tolerate nothing.
/// - A value that can be written is the same value when it is read again.
pub fn sdp_attributes(data: &[u8]) {
    let Some((&pick, value)) = data.split_first() else { return };
    let rows = attribute::all();
    let row = &rows[usize::from(pick) % rows.len()];
    let text = describe(row.name, value);
    let mut stricter: Option<SessionDescription> = None;
    for tolerances in TOLERANCES() {
        let mut parser = Parser::new().tolerances(tolerances);
        let Ok(description) = parser.parse(text.clone()) else { continue };
        let line = line(&description);
        let mut deviations = Vec::new();
        let range = line.range();
        let value = line.attribute_value_checked(&mut deviations).expect("a row of the table");
        assert_eq!(line.attribute_value().expect("a row of the table").is_ok(), value.is_ok());
        for deviation in &deviations {
            let (start, len) = (deviation.offset as usize, deviation.len as usize);
            assert!(range.start <= start && start + len <= range.end, "{deviation:?}");
            assert!(tolerances.allows(deviation.rule));
        }
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                assert!(stricter.is_none(), "refused under looser rules: {error}");
                assert!(error.offset().is_some_and(|at| range.contains(&at)), "{error}");
                continue;
            }
        };
        assert!(tolerances != Tolerances::strict() || deviations.is_empty());
        if let Some(stricter) = &stricter {
            let before = self::line(stricter).attribute_value();
            assert_eq!(before.and_then(Result::ok), Some(value));
        }
        if let Ok(written) = value.to_value() {
            let again = parser.parse(describe(row.name, &written)).expect("one line more");
            let again = self::line(&again).attribute_value().expect("the same row");
            assert_eq!(again.expect("what was written can be read"), value, "{written:?}");
        }
        stricter = Some(description);
    }
}

/// A description with one attribute, which is that of its only section.
fn describe(name: &str, value: &[u8]) -> Vec<u8> {
    let head = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 9 RTP/AVP 0\r\na=";
    // No value is no colon.
    let colon: &[u8] = if value.is_empty() { b"" } else { b":" };
    [&head[..], name.as_bytes(), colon, value, b"\r\n"].concat()
}

/// The line of the attribute: a value with a line end in it makes others behind it.
fn line(description: &SessionDescription) -> Line<'_> {
    let media = description.media_at(0).expect("the section");
    media.attributes().iter().next().expect("the attribute")
}
