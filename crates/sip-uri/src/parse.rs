//! The parser: one function a rule of the grammar, RFC 3261 §25.1.

use crate::class;
use crate::error::{Component, UriError, UriErrorKind};
use crate::layout::{Layout, MAX_LEN, SchemeKind, offset};
use crate::params::ParamSpans;
use crate::scan::{Field, blanks, find, misplaced, run};
use crate::tolerance::{Context, Deviation, Rule};
use host::{plain_host, scan_host_port};

pub(crate) mod host;
mod ip;
mod opaque;
mod repeats;
pub(crate) mod tel;

const USER: Field = Field {
    component: Component::User,
    class: class::USER,
    stops: b":@",
    escapes: true,
    tolerated: &[(Rule::UserHash, b"#"), (Rule::UserCharacter, b"[]{}|\\^`")],
};

const PASSWORD: Field = Field {
    component: Component::Password,
    class: class::PASSWORD,
    stops: b"@",
    escapes: true,
    tolerated: &[(Rule::UserHash, b"#"), (Rule::UserCharacter, b"[]{}|\\^`;?/:")],
};

/// What ends the name of a parameter.
const PARAM_STOPS: &[u8] = b";=?";

const PNAME: Field = Field {
    component: Component::Param,
    class: class::PARAM,
    stops: PARAM_STOPS,
    escapes: true,
    tolerated: &[(Rule::ParamCharacter, b"@,#{}|\\^`")],
};

const PVALUE: Field = Field {
    component: Component::Param,
    class: class::PARAM,
    stops: b";?",
    escapes: true,
    tolerated: &[(Rule::ParamCharacter, b"@,#{}|\\^`=")],
};

const HNAME: Field = Field {
    component: Component::Header,
    class: class::HEADER,
    stops: b"=&",
    escapes: true,
    tolerated: &[(Rule::HeaderCharacter, b"@,;#{}|\\^`")],
};

const HVALUE: Field = Field {
    component: Component::Header,
    class: class::HEADER,
    stops: b"&",
    escapes: true,
    tolerated: &[(Rule::HeaderCharacter, b"@,;#{}|\\^`=")],
};

/// Reads a whole text as one URI. The text that the layout is of comes back too: it is shorter
/// where white space around the URI was let through.
#[inline]
pub(crate) fn parse<'a>(
    bytes: &'a [u8],
    cx: &mut Context<'_>,
) -> Result<(&'a [u8], Layout), UriError> {
    if bytes.len() > MAX_LEN {
        return Err(UriError::new(UriErrorKind::TooLong, Component::Uri, MAX_LEN));
    }
    if let Some(b' ' | b'\t') = bytes.last() {
        return padded(bytes, cx);
    }
    let (scheme, colon) = match scheme(bytes) {
        Ok(known) => known,
        Err(_) if matches!(bytes.first(), Some(b' ' | b'\t')) => return padded(bytes, cx),
        Err(error) => return Err(error),
    };
    let mut layout = Layout::new(scheme, offset(colon));
    match scheme {
        SchemeKind::Sip | SchemeKind::Sips => sip_uri(bytes, &mut layout, cx)?,
        SchemeKind::Tel => tel::telephone_uri(bytes, &mut layout, cx)?,
        SchemeKind::Other => opaque::absolute_uri(bytes, &mut layout, cx)?,
    }
    Ok((bytes, layout))
}

/// A URI with white space before or behind it.
#[cold]
fn padded<'a>(bytes: &'a [u8], cx: &mut Context<'_>) -> Result<(&'a [u8], Layout), UriError> {
    let start = blanks(bytes, 0, Component::Uri, cx)?;
    let len = bytes[start..].iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let end = bytes.len() - len;
    let report = &mut *cx.deviations;
    let mut shift = |deviation: Deviation| report(deviation.shifted(start));
    let mut inner = Context { tolerances: cx.tolerances, deviations: &mut shift };
    let parsed = parse(&bytes[start..end], &mut inner).map_err(|error| error.shifted(start))?;
    blanks(bytes, end, Component::Uri, cx)?;
    Ok(parsed)
}

/// `scheme ":"`: which scheme, and where its colon is.
#[inline(always)]
fn scheme(bytes: &[u8]) -> Result<(SchemeKind, usize), UriError> {
    match bytes {
        [b's' | b'S', b'i' | b'I', b'p' | b'P', b':', ..] => Ok((SchemeKind::Sip, 3)),
        [b's' | b'S', b'i' | b'I', b'p' | b'P', b's' | b'S', b':', ..] => Ok((SchemeKind::Sips, 4)),
        [b't' | b'T', b'e' | b'E', b'l' | b'L', b':', ..] => Ok((SchemeKind::Tel, 3)),
        _ => other_scheme(bytes),
    }
}

/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`.
fn other_scheme(bytes: &[u8]) -> Result<(SchemeKind, usize), UriError> {
    let end = class::skip(bytes, 0, class::SCHEME);
    match bytes {
        [] => Err(UriError::new(UriErrorKind::Empty, Component::Uri, 0)),
        [first, ..] if !class::is(*first, class::ALPHA) => {
            Err(UriError::new(UriErrorKind::InvalidScheme, Component::Scheme, 0))
        }
        _ if bytes.get(end) == Some(&b':') => Ok((SchemeKind::Other, end)),
        _ => Err(UriError::new(UriErrorKind::InvalidScheme, Component::Scheme, end)),
    }
}

/// `SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ]`, and the same for SIPS.
#[inline(always)]
fn sip_uri(bytes: &[u8], layout: &mut Layout, cx: &mut Context<'_>) -> Result<(), UriError> {
    let start = usize::from(layout.scheme_end) + 1;
    // Most users are spelt like a host; which of the two it was, the next byte tells.
    let mut host = start;
    let mut plain = plain_host(bytes, start);
    let rest = plain.map_or(start, |scanned| scanned.host_end);
    if rest < bytes.len() {
        if bytes[rest] == b'@' && plain.is_some() {
            layout.has_user = true;
            layout.user_end = offset(rest);
            host = rest + 1;
        } else if let Some(at) = find(bytes, rest, b'@') {
            host = userinfo(bytes, start, at, layout, cx)?;
        }
        if host > start {
            plain = plain_host(bytes, host);
        }
    }
    let scanned = scan_host_port(bytes, host, plain, cx)?;
    layout.host_start = offset(host);
    layout.host_end = offset(scanned.host_end);
    layout.host = scanned.kind;
    layout.has_port = scanned.has_port;
    layout.port = scanned.port;

    let mut pos = scanned.end;
    if !matches!(bytes.get(pos), None | Some(b';' | b'?')) {
        pos = blanks(bytes, pos, Component::Host, cx)?;
    }
    layout.params_start = offset(pos);
    if bytes.get(pos) == Some(&b';') {
        pos = uri_parameters(bytes, pos, &PNAME, cx)?;
    }
    layout.params_end = offset(pos);
    match bytes.get(pos) {
        None => Ok(()),
        Some(b'?') => {
            layout.has_headers = true;
            headers(bytes, pos, cx)
        }
        Some(_) => {
            let component = match pos {
                _ if pos == scanned.host_end => Component::Host,
                _ if pos == scanned.end => Component::Port,
                _ => Component::Param,
            };
            Err(misplaced(bytes, pos, component))
        }
    }
}

/// `userinfo = ( user / telephone-subscriber ) [ ":" password ] "@"`: where the host begins.
///
/// A user may hold `;`, `?`, `/` and more, so only the `@` tells where it ends. No `@` stands
/// unescaped in any other component, so the first one, at `at`, does.
fn userinfo(
    bytes: &[u8],
    start: usize,
    at: usize,
    layout: &mut Layout,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let mut pos = run(bytes, start, &USER, cx)?;
    layout.user_end = offset(pos);
    if bytes[pos] == b':' {
        layout.has_password = true;
        pos = run(bytes, pos + 1, &PASSWORD, cx)?;
    }
    if pos < at {
        if bytes[pos] == b'"' && bytes[pos - 1] == b'=' {
            // A quoted parameter value holds the "@": there is no user.
            layout.has_password = false;
            return Ok(start);
        }
        let component = if layout.has_password { Component::Password } else { Component::User };
        return Err(misplaced(bytes, pos, component));
    }
    if usize::from(layout.user_end) == start {
        cx.deviate(Rule::EmptyUser, Component::User, start, start)?;
    }
    layout.has_user = true;
    Ok(at + 1)
}

/// `uri-parameters = *( ";" uri-parameter )` from the first `;` on: where they end.
///
/// Every `uri-parameter` is an `other-param = pname [ "=" pvalue ]` too, so that is what is read.
#[inline(always)]
fn uri_parameters(
    bytes: &[u8],
    start: usize,
    pname: &'static Field,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let mut pos = start;
    let mut names = repeats::Filter::default();
    while bytes.get(pos) == Some(&b';') {
        let name = pos + 1;
        let mut end = class::skip(bytes, name, pname.class);
        if end > name && matches!(bytes.get(end), None | Some(b';' | b'=' | b'?')) {
            names.add(&bytes[name..end]);
        } else {
            end = irregular_name(bytes, name, pname, cx)?;
            names.add_escaped();
        }
        if bytes.get(end) != Some(&b'=') {
            pos = end;
            continue;
        }
        let value = end + 1;
        end = class::skip(bytes, value, PVALUE.class);
        if end == value || !matches!(bytes.get(end), None | Some(b';' | b'?')) {
            end = irregular_value(bytes, value, cx)?;
        }
        pos = end;
    }
    if names.may_repeat() {
        repeats::report(bytes, ParamSpans::new(bytes, start, pos), cx)?;
    }
    Ok(pos)
}

/// What stands after `;` is no plain name: it has escapes, is missing, or is beside white space.
/// Where it ends, white space and all.
#[inline(never)]
fn irregular_name(
    bytes: &[u8],
    start: usize,
    pname: &'static Field,
    cx: &mut Context<'_>,
) -> Result<usize, UriError> {
    let name = blanks(bytes, start, Component::Param, cx)?;
    let end = run(bytes, name, pname, cx)?;
    if end > name {
        return blanks(bytes, end, Component::Param, cx);
    }
    match bytes.get(end) {
        None | Some(b';' | b'?') => {
            cx.deviate(Rule::EmptyParam, Component::Param, start - 1, start)?;
            Ok(end)
        }
        Some(b'=') => Err(UriError::new(UriErrorKind::EmptyParam, Component::Param, end)),
        Some(_) => Err(misplaced(bytes, end, Component::Param)),
    }
}

/// What stands after `=` is no plain value: it has escapes, is missing, is quoted, or is beside
/// white space. Where it ends, white space and all.
#[inline(never)]
fn irregular_value(bytes: &[u8], start: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    let value = blanks(bytes, start, Component::Param, cx)?;
    let end = match bytes.get(value) {
        Some(b'"') => quoted(bytes, value, cx)?,
        _ => run(bytes, value, &PVALUE, cx)?,
    };
    if end == value {
        if !matches!(bytes.get(end), None | Some(b';' | b'?')) {
            return Err(misplaced(bytes, end, Component::Param));
        }
        cx.deviate(Rule::EmptyValue, Component::Param, start - 1, start)?;
    }
    blanks(bytes, end, Component::Param, cx)
}

/// The end of the quoted string that opens at `start`.
fn quoted(bytes: &[u8], start: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    let end = closing_quote(bytes, start);
    let text = &bytes[start..end.unwrap_or(bytes.len())];
    if let Some(bad) = text.iter().position(|b| b.is_ascii_control() && *b != b'\t') {
        let kind = UriErrorKind::ControlCharacter;
        return Err(UriError::new(kind, Component::Param, start + bad));
    }
    if let Err(error) = core::str::from_utf8(text) {
        let bad = start + error.valid_up_to();
        return Err(UriError::new(UriErrorKind::InvalidUtf8, Component::Param, bad));
    }
    let Some(end) = end else {
        return Err(UriError::new(UriErrorKind::UnclosedQuote, Component::Param, bytes.len()));
    };
    cx.deviate(Rule::QuotedValue, Component::Param, start, end)?;
    Ok(end)
}

/// The position behind the quote that closes the one at `start`; a backslash hides the byte after.
pub(crate) fn closing_quote(bytes: &[u8], start: usize) -> Option<usize> {
    let mut pos = start + 1;
    while let Some(byte) = bytes.get(pos) {
        match byte {
            b'"' => return Some(pos + 1),
            b'\\' => pos += 2,
            _ => pos += 1,
        }
    }
    None
}

/// `headers = "?" header *( "&" header )`, up to the end of the URI.
fn headers(bytes: &[u8], question: usize, cx: &mut Context<'_>) -> Result<(), UriError> {
    let mut delimiter = question;
    loop {
        let end = header(bytes, delimiter, cx)?;
        match bytes.get(end) {
            None => return Ok(()),
            Some(b'&') => delimiter = end,
            Some(_) => return Err(misplaced(bytes, end, Component::Header)),
        }
    }
}

/// `header = hname "=" hvalue` behind the delimiter: where it ends.
fn header(bytes: &[u8], delimiter: usize, cx: &mut Context<'_>) -> Result<usize, UriError> {
    let mut pos = delimiter + 1;
    if let Some(b' ' | b'\t') = bytes.get(pos) {
        pos = blanks(bytes, pos, Component::Header, cx)?;
    }
    let name = pos;
    pos = run(bytes, name, &HNAME, cx)?;
    let empty = pos == name;
    if let Some(b' ' | b'\t') = bytes.get(pos) {
        pos = blanks(bytes, pos, Component::Header, cx)?;
    }
    match bytes.get(pos) {
        Some(b'=') if empty => {
            return Err(UriError::new(UriErrorKind::EmptyHeader, Component::Header, pos));
        }
        Some(b'=') => pos += 1,
        None | Some(b'&') if empty => {
            cx.deviate(Rule::EmptyHeader, Component::Header, delimiter, delimiter + 1)?;
            return Ok(pos);
        }
        None | Some(b'&') => {
            cx.deviate(Rule::HeaderWithoutValue, Component::Header, name, pos)?;
            return Ok(pos);
        }
        Some(_) => return Ok(pos),
    }
    if let Some(b' ' | b'\t') = bytes.get(pos) {
        pos = blanks(bytes, pos, Component::Header, cx)?;
    }
    pos = run(bytes, pos, &HVALUE, cx)?;
    if let Some(b' ' | b'\t') = bytes.get(pos) {
        pos = blanks(bytes, pos, Component::Header, cx)?;
    }
    Ok(pos)
}
