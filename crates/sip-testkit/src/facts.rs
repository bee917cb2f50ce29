//! Facts of a message, as paths: `via[0].branch`, `to.tag`, `header[Subject]`. The table of the
//! torture messages states them; here the oracle answers them, and a test of a parser answers
//! the same paths with its own getters and compares.
//!
//! | path | answer |
//! |---|---|
//! | `method` `uri` `version` `status` `reason` | the part of the start line |
//! | `lines`, `count[Name]` | how many header lines there are, in all or of that name (either form) |
//! | `head_len`, `body_len` | length of the head; of the body as a datagram: what Content-Length says, cut off at the end, or the rest |
//! | `header[Name]`, `header[Name][1]` | the trimmed raw value of the first (second) line of that name |
//! | `call-id` `max-forwards` `expires` `content-length` | the value, decimal without leading zeros |
//! | `cseq.number` `cseq.method` | the parts |
//! | `from` `to` `contact[i]` `route[i]` `record-route[i]` with `.display` `.uri` `.tag` `.param.x` | the part, decoded; over all lines |
//! | `via[i]` with `.version` `.transport` `.host` `.port` `.branch` `.received` `.param.x` | the same |
//! | `content-type`, `content-type.param.x` | `type/subtype`; the parameter's text |
//! | `supported` `require` `proxy-require` `allow` | the tokens, joined by commas |
//! | `via.count` `contact.count` `route.count` `record-route.count` | values over all lines |
//!
//! A parameter without a value answers with no bytes. What is absent, or is refused by the
//! grammar, answers `None`.

use crate::oracle::{self, Head, StartLine};
use crate::value::{Address, Contacts, Display, Param, ParamValue, Via, param};

/// The compact forms of RFC 3261 §7.3.3, by lower-case long name.
pub const COMPACT: [(&str, &str); 10] = [
    ("call-id", "i"),
    ("contact", "m"),
    ("content-encoding", "e"),
    ("content-length", "l"),
    ("content-type", "c"),
    ("from", "f"),
    ("subject", "s"),
    ("supported", "k"),
    ("to", "t"),
    ("via", "v"),
];

/// Name and trimmed value of each header line, in order.
pub fn lines<'a>(message: &'a [u8], head: &Head) -> Vec<(&'a [u8], &'a [u8])> {
    let pair =
        |line: &oracle::HeaderLine| (&message[line.name.clone()], &message[line.value.clone()]);
    head.headers.iter().map(pair).collect()
}

/// The trimmed values of the lines of a header, by its long name in any case.
pub fn lines_of<'a>(message: &'a [u8], head: &Head, long: &str) -> Vec<&'a [u8]> {
    let compact = COMPACT.iter().find(|(name, _)| name.eq_ignore_ascii_case(long));
    let is_it = |name: &[u8]| {
        name.eq_ignore_ascii_case(long.as_bytes())
            || compact.is_some_and(|(_, compact)| name.eq_ignore_ascii_case(compact.as_bytes()))
    };
    let found = lines(message, head).into_iter().filter(|(name, _)| is_it(name));
    found.map(|(_, value)| value).collect()
}

/// The answer to a path, or `None` where the message has none.
pub fn fact(message: &[u8], path: &str) -> Option<Vec<u8>> {
    let head = oracle::message_head(message)?;
    let of = |name: &str| lines_of(message, &head, name);
    let first = |name: &str| of(name).first().copied();
    let count = |count: usize| Some(count.to_string().into_bytes());
    let number = |name: &str| decimal(first(name).and_then(oracle::number)?.digits);

    let (base, index, rest) = split(path);
    match (base, rest) {
        ("lines", "") => count(head.headers.len()),
        ("count", "") => count(of(index).len()),
        ("header", "") => first(index).map(<[u8]>::to_vec),
        ("header", second) => of(index)
            .get(second.trim_matches(['[', ']']).parse::<usize>().ok()?)
            .map(|v| v.to_vec()),
        ("head_len", "") => count(head.head_len),
        ("body_len", "") => count(body_len(message, &head)?),
        ("method" | "uri" | "version" | "status" | "reason", "") => start(message, &head, base),
        ("call-id", "") => oracle::call_id(first("call-id")?),
        ("max-forwards" | "expires" | "content-length", "") => number(base),
        ("cseq", "number") => decimal(oracle::cseq(first("cseq")?)?.number.digits),
        ("cseq", "method") => Some(oracle::cseq(first("cseq")?)?.method),
        ("from" | "to", part) => address(&oracle::from_spec(first(base)?)?, part),
        ("contact" | "route" | "record-route", part) => {
            let list = addresses(&of(base), base == "contact")?;
            pick(&list, index, part, address)
        }
        ("via", part) => {
            let list = of("via").into_iter().map(oracle::via).collect::<Option<Vec<_>>>()?.concat();
            pick(&list, index, part, via)
        }
        ("content-type", part) => {
            let found = oracle::media_type(first("content-type")?)?;
            match part.strip_prefix("param.") {
                Some(name) => param_text(&found.params, name),
                None => Some([&found.kind[..], b"/", &found.subtype].concat()),
            }
        }
        ("supported" | "require" | "proxy-require" | "allow", "") => {
            let lists = of(base).into_iter().map(oracle::token_list_or_empty);
            let tokens = lists.collect::<Option<Vec<_>>>()?.concat();
            (!of(base).is_empty()).then(|| tokens.join(&b','))
        }
        _ => None,
    }
}

/// `base[index].rest`, where the index and the rest may be missing.
fn split(path: &str) -> (&str, &str, &str) {
    let base_len = path.find(['[', '.']).unwrap_or(path.len());
    let (base, rest) = path.split_at(base_len);
    match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, rest)) => (base, index, rest.trim_start_matches('.')),
        None => (base, "", rest.trim_start_matches('.')),
    }
}

fn pick<T>(
    list: &[T],
    index: &str,
    part: &str,
    of: impl Fn(&T, &str) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    if part == "count" {
        return Some(list.len().to_string().into_bytes());
    }
    of(list.get(index.parse::<usize>().ok()?)?, part)
}

fn start(message: &[u8], head: &Head, part: &str) -> Option<Vec<u8>> {
    let range = match (&head.start, part) {
        (StartLine::Request { method, .. }, "method") => method,
        (StartLine::Request { uri, .. }, "uri") => uri,
        (StartLine::Request { version, .. } | StartLine::Status { version, .. }, "version") => {
            version
        }
        (StartLine::Status { code, .. }, "status") => code,
        (StartLine::Status { reason, .. }, "reason") => reason,
        _ => return None,
    };
    Some(message[range.clone()].to_vec())
}

/// The body of a datagram: RFC 3261 §18.3.
fn body_len(message: &[u8], head: &Head) -> Option<usize> {
    let rest = message.len() - head.head_len;
    let lengths = lines_of(message, head, "content-length");
    let Some(first) = lengths.first() else { return Some(rest) };
    let length = oracle::number(first)?.value()?;
    Some(usize::try_from(length).map_or(rest, |length| length.min(rest)))
}

fn decimal(digits: Vec<u8>) -> Option<Vec<u8>> {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    Some(digits[zeros.min(digits.len() - 1)..].to_vec())
}

fn addresses(values: &[&[u8]], may_be_star: bool) -> Option<Vec<Address>> {
    let mut all = Vec::new();
    for value in values {
        if !may_be_star {
            all.extend(oracle::route(value)?);
        } else if let Contacts::List(list) = oracle::contact(value)? {
            all.extend(list);
        }
    }
    Some(all)
}

fn param_text(params: &[Param], name: &str) -> Option<Vec<u8>> {
    let found = param(params, name.as_bytes())?;
    Some(found.value.as_ref().map_or(Vec::new(), |value: &ParamValue| value.text().to_vec()))
}

fn address(address: &Address, part: &str) -> Option<Vec<u8>> {
    match part {
        "display" => address.display.as_ref().map(Display::text),
        "uri" => Some(address.uri.clone()),
        "tag" => param_text(&address.params, "tag"),
        _ => param_text(&address.params, part.strip_prefix("param.")?),
    }
}

fn via(via: &Via, part: &str) -> Option<Vec<u8>> {
    match part {
        "version" => Some([&via.protocol[..], b"/", &via.version].concat()),
        "transport" => Some(via.transport.clone()),
        "host" => Some(via.host.clone()),
        "port" => via.port.clone(),
        "branch" | "received" => param_text(&via.params, part),
        _ => param_text(&via.params, part.strip_prefix("param.")?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"BYE sip:a@b SIP/2.0\r\n\
        v: SIP/2.0/UDP h1:5060;branch=z9hG4bK1, SIP/2.0/TCP [::1];rport\r\n\
        f: \"A \\\"B\\\"\" <sip:a@b>;tag=1\r\n\
        CSeq: 007 BYE\r\nm: *\r\nX-A: 1\r\nx-a: 2\r\nl: 3\r\n\r\nabcdef";

    fn answer(path: &str) -> Option<String> {
        fact(MESSAGE, path).map(|answer| String::from_utf8(answer).unwrap())
    }

    #[test]
    fn paths_are_answered() {
        for (path, expected) in [
            ("method", Some("BYE")),
            ("status", None),
            ("lines", Some("7")),
            ("count[Via]", Some("1")),
            ("via.count", Some("2")),
            ("via[0].port", Some("5060")),
            ("via[1].host", Some("[::1]")),
            ("via[1].param.rport", Some("")),
            ("via[1].branch", None),
            ("via[2].host", None),
            ("from.display", Some("A \"B\"")),
            ("from.tag", Some("1")),
            ("to.uri", None),
            ("cseq.number", Some("7")),
            ("contact.count", Some("0")),
            ("header[X-A]", Some("1")),
            ("header[X-A][1]", Some("2")),
            ("body_len", Some("3")),
            ("nonsense", None),
        ] {
            assert_eq!(answer(path).as_deref(), expected, "{path}");
        }
    }
}
