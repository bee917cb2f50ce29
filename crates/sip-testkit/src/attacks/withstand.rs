//! What an element does with a message, all of it.

use bytes::Bytes;
use sip_message::encode::BuildError;
use sip_message::value::Value;
use sip_message::{
    Edit, Finding, Frame, Limits, Message, Multipart, MultipartBuilder, MultipartLimits, Parser,
    PartBuilder, Parts, Request, Sipfrag, StatusCode, StreamDecoder, Tolerances, Validator, header,
    lint, respond_to_malformed,
};

use super::{Attack, Channel, descriptions};

/// No limits: what is linear must be so without them.
const LIMITS: Limits = Limits::none();

/// The depth is what bounds the looks at each byte, so it stays.
fn body_limits() -> MultipartLimits {
    let mut limits = MultipartLimits::default();
    limits.parts = usize::MAX;
    limits.head = usize::MAX;
    limits.headers = usize::MAX;
    limits
}

/// Reads hostile input without limits under default and lenient tolerances; of every message in
/// it, decodes all headers, takes the body apart, lints, answers and edits. Says how many things
/// were found, so that nothing of it is left out.
pub fn withstand(attack: Attack, bytes: &Bytes) -> usize {
    if attack.channel == Channel::Description {
        return descriptions::withstand(bytes);
    }
    [Tolerances::default(), Tolerances::lenient()]
        .into_iter()
        .map(|tolerances| match attack.channel {
            Channel::Datagram | Channel::Description => datagram(bytes, tolerances),
            Channel::Stream => stream(bytes, tolerances),
            Channel::Fragment => fragment(bytes, tolerances),
        })
        .sum()
}

fn datagram(bytes: &Bytes, tolerances: Tolerances) -> usize {
    match Parser::new().limits(LIMITS).tolerances(tolerances).parse(bytes.clone()) {
        Ok(message) => whole(&message),
        Err(error) => {
            let answer = respond_to_malformed(bytes, &error);
            answer.and_then(|mut answer| answer.to_tag("1").build().ok()).map_or(1, |_| 2)
        }
    }
}

fn stream(bytes: &[u8], tolerances: Tolerances) -> usize {
    let mut decoder = StreamDecoder::new().limits(LIMITS).tolerances(tolerances);
    let mut found = 0;
    for byte in bytes {
        decoder.push(&[*byte]);
        match decoder.next_frame() {
            Ok(Some(Frame::Message(message))) => found += message.headers().len(),
            Ok(Some(_)) => found += 1,
            Ok(None) => {}
            Err(_) => return found,
        }
    }
    found + usize::from(decoder.finish().is_ok())
}

fn fragment(bytes: &Bytes, tolerances: Tolerances) -> usize {
    match Sipfrag::parse_with(bytes.clone(), LIMITS, tolerances) {
        Ok(fragment) => fragment.headers().iter().map(|line| line.value().len()).sum(),
        Err(_) => 1,
    }
}

fn whole(message: &Message) -> usize {
    let mut found = decode(message);
    if let Some(Ok(multipart)) = message.multipart_with(body_limits()) {
        found += parts(&multipart);
    }
    found += lint(message).iter().map(Finding::len).sum::<usize>();
    found += Validator::proxy().check(message).len();
    found += Validator::user_agent().check(message).len();
    found += carry(message);
    found + change(message).unwrap_or(0)
}

fn decode(message: &Parts) -> usize {
    let mut found = 0;
    let mut deviations = Vec::new();
    for line in message.headers().iter() {
        let values = line.values().into_iter().flatten();
        found += values.map(|value| value.map_or(1, |value| size(&value))).sum::<usize>();
        found += line.values_checked(&mut deviations).into_iter().flatten().count();
    }
    let headers = message.headers();
    found += headers.each(header::Contact).count() + headers.each(header::Via).count();
    found + deviations.len() + usize::from(headers.raw("X-None").is_some())
}

/// Looks at what is inside a value.
fn size(value: &Value<'_>) -> usize {
    match value {
        Value::NameAddr(address) => {
            let name = address.display_name().map_or(0, |name| name.unquoted().len());
            name + address.params().count() + usize::from(address.uri().is_ok())
        }
        Value::Contact(contact) => {
            usize::from(contact.q().is_some()) + usize::from(contact.expires().is_some())
        }
        Value::Via(via) => via.params().count(),
        Value::Credentials(credentials) => credentials.params().iter().count(),
        Value::Challenge(challenge) => usize::from(challenge.params().offers_qop("auth")),
        Value::RetryAfter(retry) => retry.comment().map_or(0, |comment| comment.len()),
        Value::Warning(warning) => warning.text().len(),
        Value::Text(text) => text.unfolded().len() + text.products().count(),
        _ => 1,
    }
}

fn parts(multipart: &Multipart) -> usize {
    let found = multipart.walk().map(|part| {
        let type_ = part.content_type().map_or(0, |media| media.subtype().len());
        let decoded = part.decoded_body().map_or(0, |body| body.len());
        type_ + usize::from(part.disposition().is_ok()) + part.body().len() + decoded
    });
    found.sum::<usize>()
        + multipart.root().body().len()
        + multipart.deviations().len()
        + usize::from(multipart.by_content_id(b"none").is_some())
}

/// Puts the message into others: its head into a fragment, its body into a multipart.
fn carry(message: &Message) -> usize {
    let mut fragment = Sipfrag::builder().start_line_of(message);
    for line in message.headers().iter() {
        fragment = fragment.line(&line);
    }
    let multipart = MultipartBuilder::mixed().part(PartBuilder::untyped(message.body_bytes()));
    fragment.build().map_or(0, |bytes| bytes.len())
        + multipart.build().map_or(0, |body| body.bytes().len())
}

/// The hop of a proxy, the answer of a user agent, and edits that touch every line.
fn change(message: &Message) -> Result<usize, BuildError> {
    match message {
        Message::Request(request) => {
            let mut hop = request.edit();
            hop.set_uri("sip:bob@192.0.2.4").set(header::MaxForwards, 69);
            edit(&mut hop);
            let mut found = hop.encoded_len() + hop.finish().map_or(0, |sent| sent.headers().len());
            let ok = request.respond(StatusCode::OK).to_tag("1").build();
            let ringing = request.respond(StatusCode::RINGING).to_tag("1").build();
            found += ok.map_or(0, |answer| answer.as_bytes().len());
            found += pop_routes(request);
            found += ringing.map_or(0, |answer| answer.as_bytes().len());
            Ok(found + request.cancel().build()?.as_bytes().len())
        }
        Message::Response(response) => {
            let mut edited = response.edit();
            edit(&mut edited);
            let mut out = Vec::new();
            edited.write_to(&mut out)?;
            Ok(out.len())
        }
    }
}

/// Takes all values but the last out of the first line of Route, one by one, as whoever takes its
/// own addresses off does.
fn pop_routes(request: &Request) -> usize {
    let first = request.headers().lines("Route").next();
    let values = first.and_then(|line| line.values()).into_iter().flatten().count();
    let mut edit = request.edit();
    for _ in 1..values {
        edit.remove_first(header::Route);
    }
    edit.encoded_len()
}

fn edit<M>(edit: &mut Edit<'_, M>) {
    edit.remove_all_raw("X-Gone")
        .set(header::Subject, "one for all")
        .remove_all_raw("X-Kept")
        .remove_first(header::Via)
        .remove_where(header::Via, |via| via.ttl().is_some())
        .prepend(header::Via, "SIP/2.0/UDP p.example;branch=z9hG4bK1")
        .remove_first(header::Route)
        .replace_nth(header::Contact, 0, "<sip:p.example>")
        .remove_where(header::Supported, |tag| tag.as_str() == "timer")
        .remove_where(header::Contact, |contact| contact.address().is_none())
        .append(header::RecordRoute, "<sip:p.example;lr>")
        .insert_before_raw("Call-ID", "X-New", "y")
        .set_raw("Accept", "a/b")
        .set_body("text/plain", "x");
}
