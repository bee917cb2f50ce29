//! Typed header values for people: a line with the main parts, and the parameters below it.

use sip_message::Params;
use sip_message::value::{AuthParams, Contact, NameAddr, Value};
use sip_uri::UriRef;

use crate::text;
use crate::tree::style::{self, Line};

/// How wide the parameters of a value may get before they are put on the next line.
const WIDTH: usize = 76;

/// The lines that show one value.
pub(crate) fn value_lines(value: &Value<'_>) -> Vec<Line> {
    match value {
        Value::NameAddr(address) | Value::Contact(Contact::Address(address)) => name_addr(address),
        Value::Contact(Contact::Star) => vec![Line::plain("* (all bindings)")],
        Value::Via(via) => {
            let port = via.port().map(|port| format!(":{port}")).unwrap_or_default();
            let mut first = Line::styled(style::STRONG, via.transport());
            first.push("  ");
            first.push(via.host_str());
            first.push(&port);
            with_params(first, via.params())
        }
        Value::CSeq(cseq) => {
            let mut line = Line::plain(&cseq.number().to_string());
            line.push("  ");
            line.paint(style::STRONG, cseq.method().as_str());
            vec![line]
        }
        Value::CallId(id) => vec![Line::plain(&text::show(id.as_bytes()))],
        Value::Token(token) => vec![Line::plain(token.as_str())],
        Value::Method(method) => vec![Line::plain(method.as_str())],
        Value::MediaType(media) => {
            let first = Line::plain(&format!("{}/{}", media.type_(), media.subtype()));
            with_params(first, media.params())
        }
        Value::RAck(rack) => {
            let mut line = Line::plain(&format!("{}  {}  ", rack.rseq(), rack.cseq()));
            line.paint(style::STRONG, rack.method().as_str());
            vec![line]
        }
        Value::Parameterized(value) => {
            with_params(Line::plain(&text::show_on_one_line(value.as_bytes())), value.params())
        }
        Value::ParamList(list) => {
            let shown = list.params().iter().map(|param| {
                param_text(param.name(), param.raw_value().map(text::show_on_one_line).as_deref())
            });
            wrapped(shown)
        }
        Value::Challenge(challenge) => {
            auth(challenge.scheme(), challenge.token68(), challenge.params())
        }
        Value::Credentials(credentials) => {
            auth(credentials.scheme(), credentials.token68(), credentials.params())
        }
        Value::AuthenticationInfo(info) => wrapped(auth_params(info.params())),
        Value::Date(date) => vec![Line::plain(&date.to_string())],
        Value::Timestamp(timestamp) => {
            let mut line = Line::plain(timestamp.time());
            if let Some(delay) = timestamp.delay() {
                line.push("  delay ");
                line.push(delay);
            }
            vec![line]
        }
        Value::RetryAfter(retry) => {
            let mut line = Line::plain(&format!("{} s", retry.seconds()));
            if let Some(comment) = retry.comment() {
                line.push(&format!("  ({})", text::show_on_one_line(&comment)));
            }
            with_params(line, retry.params())
        }
        Value::Warning(warning) => {
            let mut line = Line::plain(&format!("{}  {}  ", warning.code(), warning.agent()));
            line.push(&text::show_on_one_line(&warning.text()));
            vec![line]
        }
        Value::Number(number) => vec![Line::plain(&number.to_string())],
        Value::Text(value) => text_lines(value.as_bytes()),
        _ => Vec::new(),
    }
}

/// Whether values of this family are short and stand on one line with commas between.
pub(crate) fn is_word(value: &Value<'_>) -> bool {
    matches!(value, Value::Token(_) | Value::Method(_))
}

fn name_addr(address: &NameAddr<'_>) -> Vec<Line> {
    let mut first = Line::default();
    if let Some(name) = address.display_name() {
        first.paint(style::DISPLAY, &text::show_on_one_line(name.as_bytes()));
        first.push("  ");
    }
    first.push(&text::show(address.uri_bytes()));
    with_params(first, address.params())
}

fn with_params(first: Line, params: Params<'_>) -> Vec<Line> {
    let mut lines = vec![first];
    let shown = params.iter().map(|param| {
        param_text(param.name(), param.raw_value().map(text::show_on_one_line).as_deref())
    });
    lines.extend(wrapped(shown).into_iter().map(|params| {
        let mut line = Line::plain("  ");
        line.append(params);
        line
    }));
    lines
}

/// Text without structure, broken at spaces where it is long.
pub(crate) fn text_lines(value: &[u8]) -> Vec<Line> {
    let text = text::show_on_one_line(value);
    let mut lines: Vec<Line> = Vec::new();
    for word in text.split_inclusive(' ') {
        match lines.last_mut() {
            Some(line) if line.width + word.trim_end().chars().count() <= WIDTH => line.push(word),
            _ => lines.push(Line::plain(word)),
        }
    }
    lines
}

fn auth(scheme: &str, token68: Option<&str>, params: AuthParams<'_>) -> Vec<Line> {
    let mut first = Line::styled(style::STRONG, scheme);
    if let Some(token68) = token68 {
        first.push("  ");
        first.push(token68);
    }
    let mut lines = vec![first];
    lines.extend(wrapped(auth_params(params)).into_iter().map(|params| {
        let mut line = Line::plain("  ");
        line.append(params);
        line
    }));
    lines
}

fn auth_params(params: AuthParams<'_>) -> impl Iterator<Item = Line> {
    params
        .iter()
        .map(|param| param_text(param.name(), Some(&text::show_on_one_line(param.raw_value()))))
}

fn param_text(name: &str, value: Option<&str>) -> Line {
    let mut line = Line::styled(style::PARAM, name);
    if let Some(value) = value {
        line.paint(style::PARAM, "=");
        line.push(value);
    }
    line
}

/// Puts parts side by side as far as there is room.
fn wrapped(parts: impl IntoIterator<Item = Line>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.width + 2 + part.width <= WIDTH => {
                line.push("  ");
                line.append(part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

/// The parts of a Request-URI.
pub(crate) fn uri_lines(uri: UriRef<'_>) -> Vec<Line> {
    let mut parts = Vec::new();
    let mut part = |name: &str, value: &str| {
        let mut line = Line::styled(style::PARAM, name);
        line.push(" ");
        line.push(&text::show(value.as_bytes()));
        parts.push(line);
    };
    part("scheme", uri.scheme().as_str());
    if let Some(user) = uri.user() {
        part("user", user);
    }
    if let Some(host) = uri.host_str() {
        part("host", host);
    }
    if let Some(port) = uri.port() {
        part("port", &port.to_string());
    }
    if uri.is_tel()
        && let Ok(Some(number)) = uri.telephone()
    {
        part("number", number.number());
    }
    let mut lines = wrapped(parts);
    let params = uri.params().map(|param| {
        param_text(
            &text::show(param.name.as_bytes()),
            param.value.map(|value| text::show(value.as_bytes())).as_deref(),
        )
    });
    lines.append(&mut wrapped(params));
    let headers = uri.headers().map(|header| {
        let name = format!("?{}", text::show(header.name.as_bytes()));
        param_text(&name, Some(&text::show(header.value.as_bytes())))
    });
    lines.append(&mut wrapped(headers));
    lines
}

/// An error in place of a value.
pub(crate) fn error_line(message: &str, place: &str) -> Line {
    let mut line = Line::styled(style::ERROR, "error");
    line.push(": ");
    line.push(message);
    line.push(" ");
    line.paint(style::DIM, place);
    line
}
