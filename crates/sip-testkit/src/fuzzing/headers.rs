//! Every row of the header table on arbitrary values.

use sip_message::{HeaderError, HeaderName, Message, Parser, Tolerances, value::Value};

/// The first byte picks a header, the rest is its value.
///
/// - What stricter rules decode, looser ones decode to the same values.
/// - An error lies inside the line.
/// - A value that is decoded once more, alone and unfolded, is the same; a list goes on behind a
///   bad value and ends.
pub fn headers(data: &[u8]) {
    let Some((&pick, value)) = data.split_first() else { return };
    let mut names = HeaderName::known_names();
    let name = names.nth(usize::from(pick) % HeaderName::known_names().len()).expect("a row");
    let datagram =
        [b"SIP/2.0 200 OK\r\n", name.as_str().as_bytes(), b":", value, b"\r\n\r\n"].concat();
    let mut stricter: Option<(Tolerances, usize)> = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        let Ok(message) = Parser::new().tolerances(tolerances).parse(datagram.clone()) else {
            continue;
        };
        let Some(values) = decode(&message) else { continue };
        let good = values.iter().filter(|value| value.is_ok()).count();
        if values.len() == good {
            if let Some((_, before)) = stricter {
                // A looser rule may let an empty element be no value, but none is lost.
                assert!(good == before, "{name}: {good} values, {before} under stricter rules");
            }
            stricter = Some((tolerances, good));
        } else {
            assert!(stricter.is_none(), "{name}: refused under looser rules");
        }
    }
}

/// The values of the first line; `None` when it is not the only one.
fn decode(message: &Message) -> Option<Vec<Result<Value<'_>, HeaderError<'_>>>> {
    let mut lines = message.headers().iter();
    let line = lines.next()?;
    if lines.next().is_some() {
        return None;
    }
    let mut deviations = Vec::new();
    let checked: Vec<_> = line.values_checked(&mut deviations)?.collect();
    let range = line.range();
    for deviation in &deviations {
        let (start, end) = (deviation.offset as usize, (deviation.offset + deviation.len) as usize);
        assert!(range.start <= start && end <= range.end, "{deviation:?} in {range:?}");
        assert!(message.tolerances().allows(deviation.rule));
    }
    for error in checked.iter().filter_map(|value| value.as_ref().err()) {
        assert!(error.offset().is_some_and(|at| range.contains(&at)), "{error}");
    }
    // What can be read whole does not become other values by being checked.
    let read: Vec<_> = line.values()?.collect();
    if read.iter().all(Result::is_ok) {
        assert_eq!(checked.len(), read.len());
    }
    for value in checked.iter().flatten() {
        look_into(value);
    }
    Some(checked)
}

/// Calls what computes something.
fn look_into(value: &Value<'_>) {
    match value {
        Value::NameAddr(address) => {
            let _ = (address.uri(), address.display_name().map(|name| name.unquoted().len()));
            let _ = address
                .params()
                .iter()
                .map(|param| param.value().map_or(0, |v| v.len()))
                .sum::<usize>();
        }
        Value::Contact(contact) => {
            let _ = (contact.expires(), contact.q());
        }
        Value::Via(via) => {
            let _ = (via.host(), via.maddr(), via.protocol(), via.version());
        }
        Value::Parameterized(value) => {
            let _ = (value.value(), value.number(), value.params().count());
        }
        Value::ParamList(list) => assert!(list.params().iter().next().is_some()),
        Value::Challenge(challenge) => {
            let _ = (challenge.params().algorithm(), challenge.params().offers_qop("auth"));
        }
        Value::Credentials(credentials) => {
            let _ = (credentials.params().nc(), credentials.params().username());
        }
        Value::Date(date) => {
            let again = date.to_string();
            let again = sip_message::value::HeaderValue::decode(again.as_bytes());
            assert_eq!(again, Ok(*date));
        }
        Value::RetryAfter(retry) => {
            let _ = (retry.comment(), retry.params().count());
        }
        Value::Warning(warning) => {
            let _ = (warning.text(), warning.agent());
        }
        Value::Text(text) => {
            let _ = (text.unfolded(), text.to_str_lossy(), text.products().count());
        }
        _ => {}
    }
}
