//! The paths of `sip_testkit::facts`, answered by the getters of this crate.

use sip_message::header::{self, Header};
use sip_message::value::{Contact, NameAddr, Via};
use sip_message::{Message, Param, Params, Parts};
use sip_uri::UriRef;

/// What a message answers to a path; `None` where it has nothing.
pub(crate) fn fact(message: &Message, path: &str) -> Option<Vec<u8>> {
    let headers = message.headers();
    let (base, index, part) = split(path);
    let at = || index.parse::<usize>().ok();
    match (base, part) {
        ("lines", _) => number(headers.len()),
        ("count", _) => number(headers.lines(index).count()),
        ("header", "") => headers.raw(index).map(<[u8]>::to_vec),
        ("header", place) => {
            let place: usize = place.trim_matches(['[', ']']).parse().ok()?;
            headers.lines(index).nth(place).map(|line| line.value().to_vec())
        }
        ("head_len", _) => number(message.head().len()),
        ("body_len", _) => number(message.body().len()),
        ("method", _) => Some(message.as_request()?.method().as_str().into()),
        ("uri", _) => Some(message.as_request()?.uri_bytes().to_vec()),
        ("version", _) => text(message.version()),
        ("status", _) => text(message.as_response()?.status()),
        ("reason", _) => Some(message.as_response()?.reason().to_vec()),
        ("call-id", _) => Some(headers.find(header::CallId).ok()??.as_bytes().to_vec()),
        ("max-forwards", _) => text(headers.find(header::MaxForwards).ok()??),
        ("expires", _) => text(headers.find(header::Expires).ok()??),
        ("content-length", _) => text(headers.find(header::ContentLength).ok()??),
        ("cseq", "number") => text(headers.find(header::CSeq).ok()??.number()),
        ("cseq", _) => text(headers.find(header::CSeq).ok()??.method()),
        ("from", part) => address(&headers.find(header::From).ok()??, part),
        ("to", part) => address(&headers.find(header::To).ok()??, part),
        ("content-type", "") => {
            let media = headers.find(header::ContentType).ok()??;
            text(format_args!("{}/{}", media.type_(), media.subtype()))
        }
        ("content-type", part) => param(headers.find(header::ContentType).ok()??.params(), part),
        ("contact", "count") => {
            number(all(message, header::Contact)?.iter().filter_map(Contact::address).count())
        }
        ("contact", part) => match all(message, header::Contact)?.get(at()?)? {
            Contact::Star => None,
            Contact::Address(found) => address(found, part),
        },
        ("route", "count") => number(all(message, header::Route)?.len()),
        ("route", part) => address(all(message, header::Route)?.get(at()?)?, part),
        ("record-route", "count") => number(all(message, header::RecordRoute)?.len()),
        ("record-route", part) => address(all(message, header::RecordRoute)?.get(at()?)?, part),
        ("via", "count") => number(all(message, header::Via)?.len()),
        ("via", part) => via(all(message, header::Via)?.get(at()?)?, part),
        ("supported", _) => joined(all(message, header::Supported)?, |tag| tag.as_str()),
        ("require", _) => joined(all(message, header::Require)?, |tag| tag.as_str()),
        ("proxy-require", _) => joined(all(message, header::ProxyRequire)?, |tag| tag.as_str()),
        ("allow", _) => joined(all(message, header::Allow)?, |method| method.as_str()),
        _ => panic!("no such fact: {path}"),
    }
}

/// What a message answers to a path of a part of a URI, such as `contact[0].uri.param.lr`.
pub(crate) fn uri_fact(message: &Message, path: &str) -> Option<Vec<u8>> {
    let (base, index, part) = split(path);
    let part = part.strip_prefix("uri.").unwrap_or(part);
    let of = |list: Vec<NameAddr<'_>>| {
        uri_part(list.get(index.parse::<usize>().ok()?)?.uri().ok()?, part)
    };
    let headers = message.headers();
    match base {
        "uri" => uri_part(message.as_request()?.uri().ok()?, part),
        "from" => uri_part(headers.find(header::From).ok()??.uri().ok()?, part),
        "to" => uri_part(headers.find(header::To).ok()??.uri().ok()?, part),
        "contact" => {
            of(all(message, header::Contact)?.iter().filter_map(Contact::address).collect())
        }
        "route" => of(all(message, header::Route)?),
        "record-route" => of(all(message, header::RecordRoute)?),
        _ => panic!("no such URI: {path}"),
    }
}

fn uri_part(uri: UriRef<'_>, part: &str) -> Option<Vec<u8>> {
    match part {
        "scheme" => Some(uri.scheme().as_str().into()),
        "user" => uri.user().map(Into::into),
        "user.decoded" => uri.user_decoded().map(std::borrow::Cow::into_owned),
        "password" => uri.password().map(Into::into),
        "host" => uri.host_str().map(Into::into),
        "port" => text(uri.port()?),
        "params" => number(uri.params().count()),
        "headers" => number(uri.headers().count()),
        _ => {
            if let Some(name) = part.strip_prefix("param.") {
                let found = uri
                    .params()
                    .find(|param| param.name_decoded().eq_ignore_ascii_case(name.as_bytes()))?;
                Some(found.value_decoded().map_or(Vec::new(), std::borrow::Cow::into_owned))
            } else {
                let name = part.strip_prefix("header.").expect("a part of a URI");
                uri.headers().find(|header| header.name == name).map(|h| h.value.into())
            }
        }
    }
}

fn address(found: &NameAddr<'_>, part: &str) -> Option<Vec<u8>> {
    match part {
        "display" => Some(found.display_name()?.unquoted().into_owned()),
        "uri" => Some(found.uri_bytes().to_vec()),
        "tag" => found.tag().map(Into::into),
        part => param(found.params(), part),
    }
}

fn via(found: &Via<'_>, part: &str) -> Option<Vec<u8>> {
    match part {
        "version" => text(format_args!("{}/{}", found.protocol(), found.version())),
        "transport" => Some(found.transport().into()),
        "host" => Some(found.host_str().into()),
        "port" => text(found.port()?),
        "branch" => found.branch().map(Into::into),
        "received" => param(found.params(), "param.received"),
        part => param(found.params(), part),
    }
}

fn param(params: Params<'_>, part: &str) -> Option<Vec<u8>> {
    let found: Param<'_> = params.get(part.strip_prefix("param.")?)?;
    Some(found.value().map_or(Vec::new(), std::borrow::Cow::into_owned))
}

/// All values of a header, or `None` when one is bad.
fn all<'m, H: Header>(message: &'m Parts, header: H) -> Option<Vec<H::Value<'m>>> {
    message.headers().each(header).collect::<Result<_, _>>().ok()
}

fn joined<T>(list: Vec<T>, text: impl Fn(&T) -> &str) -> Option<Vec<u8>> {
    Some(list.iter().map(text).collect::<Vec<_>>().join(",").into_bytes())
}

fn text(value: impl ToString) -> Option<Vec<u8>> {
    Some(value.to_string().into_bytes())
}

fn number(count: usize) -> Option<Vec<u8>> {
    text(count)
}

/// `base[index].part`, where the index and the part may be missing.
fn split(path: &str) -> (&str, &str, &str) {
    let (base, rest) = path.split_at(path.find(['[', '.']).unwrap_or(path.len()));
    match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, part)) => (base, index, part.trim_start_matches('.')),
        None => (base, "", rest.trim_start_matches('.')),
    }
}
