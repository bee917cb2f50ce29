//! Typed header values and URIs as JSON, one form for each family.

use serde_json::{Map, Value as Json, json};
use sip_message::Params;
use sip_message::value::{AuthParams, Contact, NameAddr, Value};
use sip_uri::UriRef;

use crate::text;

pub(crate) fn value_json(value: &Value<'_>) -> Json {
    match value {
        Value::NameAddr(address) => name_addr(address),
        Value::Contact(Contact::Star) => "*".into(),
        Value::Contact(Contact::Address(address)) => name_addr(address),
        Value::Via(via) => json!({
            "transport": via.transport(),
            "host": via.host_str(),
            "port": via.port(),
            "params": params(via.params()),
        }),
        Value::CSeq(cseq) => {
            json!({ "number": cseq.number(), "method": cseq.method().as_str() })
        }
        Value::CallId(id) => text::lossy(id.as_bytes()).into(),
        Value::Token(token) => token.as_str().into(),
        Value::Method(method) => method.as_str().into(),
        Value::MediaType(media) => json!({
            "value": format!("{}/{}", media.type_(), media.subtype()),
            "params": params(media.params()),
        }),
        Value::RAck(rack) => json!({
            "rseq": rack.rseq(),
            "number": rack.cseq(),
            "method": rack.method().as_str(),
        }),
        Value::Parameterized(value) => json!({
            "value": text::lossy(&value.value()),
            "params": params(value.params()),
        }),
        Value::ParamList(list) => params(list.params()),
        Value::Challenge(challenge) => {
            auth(challenge.scheme(), challenge.token68(), challenge.params())
        }
        Value::Credentials(credentials) => {
            auth(credentials.scheme(), credentials.token68(), credentials.params())
        }
        Value::AuthenticationInfo(info) => auth_params(info.params()),
        Value::Date(date) => json!({ "text": date.to_string(), "unix": date.unix_seconds() }),
        Value::Timestamp(timestamp) => {
            json!({ "time": timestamp.time(), "delay": timestamp.delay() })
        }
        Value::RetryAfter(retry) => json!({
            "seconds": retry.seconds(),
            "comment": retry.comment().map(|comment| text::lossy(&comment)),
            "params": params(retry.params()),
        }),
        Value::Warning(warning) => json!({
            "code": warning.code(),
            "agent": warning.agent(),
            "text": text::lossy(&warning.text()),
        }),
        Value::Number(number) => number.get().into(),
        Value::Text(value) => text::lossy(&value.unfolded()).into(),
        // A family that the library has got since: better nothing than something made up.
        _ => Json::Null,
    }
}

fn name_addr(address: &NameAddr<'_>) -> Json {
    json!({
        "display": address.display_name().map(|name| name.to_str_lossy().into_owned()),
        // Values are checked before they are shown, their URIs too; this holds without that.
        "uri": address
            .uri()
            .map_or_else(|_| json!({ "raw": text::lossy(address.uri_bytes()) }), uri_json),
        "params": params(address.params()),
    })
}

pub(crate) fn uri_json(uri: UriRef<'_>) -> Json {
    let mut parameters = Map::new();
    for param in uri.params() {
        put_first(&mut parameters, param.name, param.value.map(unquoted));
    }
    let mut headers = Map::new();
    for header in uri.headers() {
        put_first(&mut headers, header.name, Some(header.value.to_owned()));
    }
    json!({
        "raw": uri.as_str(),
        "scheme": uri.scheme().as_str().to_ascii_lowercase(),
        "user": uri.user(),
        "host": uri.host_str(),
        "port": uri.port(),
        "params": parameters,
        "headers": headers,
    })
}

fn params(params: Params<'_>) -> Json {
    let mut object = Map::new();
    for param in params {
        put_first(&mut object, param.name(), param.value().map(|value| text::lossy(&value)));
    }
    object.into()
}

fn auth(scheme: &str, token68: Option<&str>, params: AuthParams<'_>) -> Json {
    json!({ "scheme": scheme, "token68": token68, "params": auth_params(params) })
}

fn auth_params(params: AuthParams<'_>) -> Json {
    let mut object = Map::new();
    for param in params.iter() {
        put_first(&mut object, param.name(), Some(text::lossy(&param.value())));
    }
    object.into()
}

/// Adds a member, `true` for a flag. Of two with the same name in any case the first counts, as
/// it does in the library.
fn put_first(object: &mut Map<String, Json>, name: &str, value: Option<String>) {
    let value = value.map_or(Json::Bool(true), Json::String);
    object.entry(name.to_ascii_lowercase()).or_insert(value);
}

/// The text of a URI parameter without the quotes that a tolerance may have let through. Escapes
/// are left as they are, as everywhere in a URI.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}
