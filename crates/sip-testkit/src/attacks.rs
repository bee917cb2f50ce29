//! Input that is made to cost more than its size: each attack in any size, and all that a program
//! would do with it.
//!
//! `examples/withstand.rs` runs one; `.ci/linear` counts the instructions of all, in three sizes.

use sdp::offer_answer::{BundlePolicy, MediaCapability, OfferAnswer, Session};
use sdp::{At, CodecSpec, SessionDescription, diff};
use sip_message::{Limits, Message, MultipartLimits, Parser, StreamDecoder, Tolerances, Validator};

/// What an attack is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A message in a datagram.
    Message,
    /// A stream that comes octet by octet.
    Stream,
    /// A session description.
    Description,
}

/// An attack.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Its name.
    pub name: &'static str,
    /// What it is aimed at.
    pub target: Target,
    make: fn(usize) -> String,
}

const START: &str = "INVITE sip:bob@biloxi.example SIP/2.0\r\n";
const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

/// A message with a header of `open`, `n` times `part`, and `close`.
fn header(open: &str, part: &str, close: &str, n: usize) -> String {
    format!("{START}{open}{}{close}\r\n\r\n", part.repeat(n))
}

/// `n` lines behind a start line.
fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    let lines: String = (0..n).map(|place| line(place) + "\r\n").collect();
    format!("{START}{lines}\r\n")
}

/// `n` lines behind the lines of a session.
fn description(n: usize, section: &str, line: impl Fn(usize) -> String) -> String {
    let lines: String = (0..n).map(|place| line(place) + "\r\n").collect();
    format!("{HEAD}{section}{lines}")
}

/// A message with a multipart body.
fn multipart(body: &str) -> String {
    format!("{START}Content-Type: multipart/mixed;boundary=b\r\n\r\n{body}")
}

const AUDIO: &str = "m=audio 9 RTP/AVP 0\r\n";

macro_rules! attacks {
    ($($target:ident $name:literal $make:expr;)+) => {
        /// All of them.
        pub const ATTACKS: &[Attack] = &[
            $(Attack { name: $name, target: Target::$target, make: $make }),+
        ];
    };
}

attacks! {
    Message "many-headers" |n| lines(n, |place| format!("X-{place}: v"));
    Message "many-accepts" |n| lines(n, |_| "Accept: application/sdp;q=0.5, text/plain".into());
    Message "many-vias" |n| lines(n, |place| format!("Via: SIP/2.0/UDP h{place};branch=z9hG4bK{place}"));
    Message "many-routes" |n| header("Route: ", "<sip:h;lr>, ", "<sip:h;lr>", n);
    Message "many-commas" |n| header("Allow: INVITE", ",", "", n);
    Message "many-parameters" |n| header("Contact: <sip:a@h>", ";a=b", "", n);
    Message "many-equal-tags" |n| header("From: <sip:a@h>", ";tag=x", "", n);
    Message "many-digest-parameters" |n| header("Authorization: Digest a=b", ", c=\"d\"", "", n);
    Message "many-folds" |n| header("Subject: a", "\r\n b", "", n);
    Message "many-empty-folds" |n| header("Contact: <sip:a@h>", "\r\n ", ";x", n);
    Message "quotes" |n| header("Contact: ", "\"", "", n);
    Message "escapes" |n| header("Contact: \"", "\\\"", "", n);
    Message "angles" |n| header("Contact: ", "<", "", n);
    Message "open-comments" |n| header("Retry-After: 1 ", "(", "", n);
    Message "nested-comments" |n| format!("{START}Retry-After: 1 {}{}\r\n\r\n", "(".repeat(n), ")".repeat(n));
    Message "long-method" |n| header("CSeq: 1 ", "A", "", n);
    Message "long-branch" |n| header("Via: SIP/2.0/UDP h;branch=", "b", "", n);
    Message "long-call-id" |n| header("Call-ID: ", "c", "", n);
    Message "long-name" |n| header("X", "-", ": v", n);
    Message "long-number" |n| header("CSeq: ", "0", "1 INVITE", n);
    Message "long-length" |n| header("Content-Length: ", "0", "", n);
    Message "spaces" |n| header("To:", " ", "<sip:a@h>", n);
    Message "long-uri" |n| format!("INVITE sip:{}@h SIP/2.0\r\n\r\n", "u".repeat(n));
    Message "uri-parameters" |n| format!("INVITE sip:h{} SIP/2.0\r\n\r\n", ";a=b".repeat(n));
    Message "uri-headers" |n| format!("INVITE sip:h?x=y{} SIP/2.0\r\n\r\n", "&a=b".repeat(n));
    Message "uri-escapes" |n| format!("INVITE sip:{}@h SIP/2.0\r\n\r\n", "%41".repeat(n));
    Message "no-line-end" |n| "A".repeat(n);
    Message "empty-lines" |n| "\r\n".repeat(n) + START + "\r\n";
    Message "many-parts" |n| multipart(&("--b\r\nContent-Type: a/b\r\n\r\nx\r\n".repeat(n) + "--b--"));
    Message "almost-boundaries" |n| multipart(&format!("--b\r\n\r\n{}--b--", "--bx\r\n--\r\n".repeat(n)));
    Message "never-closed" |n| multipart(&("--b\r\n\r\n".to_owned() + &"-".repeat(n)));
    Message "nested-multiparts" |n| {
        let open = |n| format!("--b{n}\r\nContent-Type: multipart/mixed;boundary=b{}\r\n\r\n", n + 1);
        let opened: String = (0..n).map(open).collect();
        format!("{START}Content-Type: multipart/mixed;boundary=b0\r\n\r\n{opened}")
    };
    Message "many-cryptos-in-a-body" |n| {
        let line = |n| format!("a=crypto:{n} AES_CM_128_HMAC_SHA1_80 inline:abcd");
        format!("{START}Content-Type: application/sdp\r\n\r\n{}", description(n, AUDIO, line))
    };

    Stream "a-head-octet-by-octet" |n| lines(n / 8, |_| "X: y".into());
    Stream "a-body-octet-by-octet" |n| format!("{START}Content-Length: {n}\r\n\r\n{}", "x".repeat(n));
    Stream "keep-alives" |n| "\r\n\r\n".repeat(n);
    Stream "small-messages" |n| format!("{START}Content-Length: 0\r\n\r\n").repeat(n / 8);
    Stream "no-end" |n| "A".repeat(n);

    Description "lines" |n| description(n, AUDIO, |place| format!("a=x{place}:y"));
    Description "empty-lines-inside" |n| description(n, AUDIO, |_| String::new());
    Description "times" |n| description(n, "", |_| "t=1 2".into());
    Description "repeats" |n| format!("{HEAD}r=7d 1h {}\r\n", "0 ".repeat(n));
    Description "zones" |n| format!("{HEAD}z={}\r\n", "1 -1h ".repeat(n));
    Description "unknown-lines" |n| description(n, "", |_| "y=1".into());
    Description "formats" |n| format!("{HEAD}m=audio 9 RTP/AVP{}\r\n", " 0".repeat(n));
    Description "different-formats" |n| {
        let formats: String = (0..n).map(|place| format!(" f{place}")).collect();
        format!("{HEAD}m=message 9 TCP/MSRP{formats}\r\n")
    };
    Description "rtpmaps" |n| description(n, AUDIO, |n| format!("a=rtpmap:{} x/8000", n % 128));
    Description "bad-values" |n| description(n, AUDIO, |_| "a=rtpmap:x".into());
    Description "bad-values-and-blank-lines" |n| description(n, AUDIO, |_| "\r\na=ptime:x".into());
    Description "fmtps" |n| description(n, AUDIO, |_| "a=fmtp:0 a=b;c=d".into());
    Description "feedback" |n| description(n, AUDIO, |_| "a=rtcp-fb:* nack".into());
    Description "fmtp-parameters" |n| format!("{HEAD}{AUDIO}a=fmtp:0 {}\r\n", "a=b;".repeat(n));
    Description "candidates" |n| {
        description(n, AUDIO, |n| format!("a=candidate:{n} 1 udp 1 192.0.2.1 9 typ host"))
    };
    Description "candidate-extensions" |n| {
        format!("{HEAD}{AUDIO}a=candidate:1 1 udp 1 h 9 typ host{}\r\n", " a b".repeat(n))
    };
    Description "sources" |n| description(n, AUDIO, |n| format!("a=ssrc:{n} cname:x"));
    Description "sections" |n| description(n, "", |_| "m=audio 9 RTP/AVP 0".into());
    Description "bundled-sections" |n| {
        let mids: String = (0..n).map(|place| format!(" {place}")).collect();
        let line = |n| format!("m=audio 9 RTP/AVP 0\r\na=mid:{n}\r\na=rtcp-mux");
        description(n, &format!("a=group:BUNDLE{mids}\r\n"), line)
    };
    Description "session-lines-and-sections" |n| {
        // As many as the limit lets through: the time is their product.
        let session: String = (0..1000).map(|place| format!("a=se{place}\r\n")).collect();
        description(n / 16, &session, |_| "m=audio 9 RTP/AVP 0".into())
    };
    Description "groups" |n| description(n, "", |n| format!("a=group:BUNDLE {n}"));
    Description "equal-mids" |n| description(n, "", |_| "m=audio 9 RTP/AVP 0\r\na=mid:x".into());
    Description "header-extensions" |n| description(n, AUDIO, |n| format!("a=extmap:{} urn:x{n}", n % 250 + 1));
    Description "simulcast" |n| format!("{HEAD}{AUDIO}a=simulcast:send a{}\r\n", ";b".repeat(n));
    Description "preconditions" |n| description(n, AUDIO, |_| "a=curr:qos e2e none".into());
}

impl Attack {
    /// The one with this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        ATTACKS.iter().find(|attack| attack.name == name)
    }

    /// The attack, of a size of `n`.
    pub fn bytes(&self, n: usize) -> Vec<u8> {
        (self.make)(n).into_bytes()
    }

    /// Does with it all that a program would, as far as it is let through; the sum is of no
    /// meaning. With `limits` those that are set without asking hold, and else none.
    pub fn run(&self, bytes: &[u8], limits: bool) -> usize {
        match self.target {
            Target::Message => {
                let all = [Tolerances::default(), Tolerances::lenient()];
                all.into_iter().map(|tolerances| message(bytes, tolerances, limits)).sum()
            }
            Target::Stream => stream(bytes, limits),
            Target::Description => {
                let all = [sdp::Tolerances::default(), sdp::Tolerances::lenient()];
                all.into_iter().map(|tolerances| describe(bytes, tolerances, limits)).sum()
            }
        }
    }
}

/// No limits but those of the index.
fn unlimited() -> Limits {
    let most = u32::MAX as usize - 1;
    Limits {
        message: most,
        head: most,
        start_line: most,
        header_line: most,
        header_name: most,
        headers: most,
    }
}

fn message(bytes: &[u8], tolerances: Tolerances, limits: bool) -> usize {
    let limits = if limits { Limits::default() } else { unlimited() };
    let parsed = Parser::new().limits(limits).tolerances(tolerances).parse(bytes.to_vec());
    let Ok(message) = parsed else { return 0 };
    let mut sum = 0;
    for line in message.headers().iter() {
        sum += line.values().map_or(0, Iterator::count);
    }
    sum += sip_message::lint(&message).len();
    sum += Validator::user_agent().check(&message).len();
    if let Some(Ok(multipart)) = message.multipart_with(MultipartLimits::default()) {
        sum += multipart.walk().map(|part| part.body().len()).sum::<usize>();
    }
    if let Message::Request(request) = &message {
        let mut edit = request.edit();
        edit.set_uri("sip:next.example")
            .prepend(sip_message::header::Via, "SIP/2.0/UDP p.example;branch=z9hG4bK1")
            .remove_first(sip_message::header::Route)
            .remove_where(sip_message::header::Via, |via| via.host_str().len() == 3)
            .set(sip_message::header::MaxForwards, 7);
        sum += edit.finish().map_or(0, |edited| edited.as_bytes().len());
        let answer = request.respond(sip_message::StatusCode::OK).to_tag("t").build();
        sum += answer.map_or(0, |answer| answer.as_bytes().len());
    }
    sum
}

fn stream(bytes: &[u8], limits: bool) -> usize {
    let limits = if limits { Limits::default() } else { unlimited() };
    let mut decoder = StreamDecoder::new().limits(limits);
    let mut frames = 0;
    for byte in bytes {
        decoder.push(&[*byte]);
        loop {
            match decoder.next_frame() {
                Ok(Some(_)) => frames += 1,
                Ok(None) => break,
                Err(_) => return frames,
            }
        }
    }
    frames
}

fn describe(bytes: &[u8], tolerances: sdp::Tolerances, limits: bool) -> usize {
    let most = u32::MAX as usize - 1;
    let unlimited = sdp::Limits {
        description: most,
        line: most,
        lines: most,
        session_lines: most,
        media: most,
        attributes: most,
        formats: most,
    };
    let limits = if limits { sdp::Limits::default() } else { unlimited };
    let parsed = sdp::Parser::new().limits(limits).tolerances(tolerances).parse(bytes.to_vec());
    let Ok(description) = parsed else { return 0 };
    let mut sum = sdp::lint(&description).len() + description.times().count();
    sum += description.bundles().filter_map(|bundle| description.tagged(bundle)).count();
    for media in description.media() {
        sum += media.codecs().iter().filter_map(|codec| codec.to_spec()).count();
        sum += usize::from(media.is_hold()) + usize::from(media.default_candidate().is_some());
        sum += sdp::precondition::StatusTable::of(&media, "qos").map_or(0, |t| t.rows().len());
    }
    sum += diff(&description, &description).len();
    let mut edit = description.edit();
    edit.bump_version()
        .set_connection(At::Session, &std::net::Ipv4Addr::LOCALHOST.into())
        .retain_formats(0, |format| format != b"8")
        .remove_ice(At::Media(0))
        .hold(0);
    sum += edit.finish().map_or(0, |edited| edited.as_bytes().len());
    sum + answer(description)
}

fn answer(offer: SessionDescription) -> usize {
    let mut session = Session::new(1, std::net::Ipv4Addr::LOCALHOST);
    session.bundle = BundlePolicy::Balanced;
    let mut audio = MediaCapability::audio(9).codec(0, CodecSpec::new("PCMU", 8000));
    audio.rtcp_mux = sdp::offer_answer::RtcpMux::Negotiate;
    let mut side = OfferAnswer::new(session, [audio]);
    let answered = side.receive_offer(offer).and_then(|()| side.create_answer());
    answered.map_or(0, |answer| answer.as_bytes().len())
}

#[cfg(test)]
mod tests {
    use super::ATTACKS;

    #[test]
    fn every_attack_is_withstood_under_limits_and_without() {
        for attack in ATTACKS {
            for n in [0, 1, 3, 1000] {
                let bytes = attack.bytes(n);
                attack.run(&bytes, true);
                attack.run(&bytes, false);
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = ATTACKS.iter().map(|attack| attack.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ATTACKS.len());
    }
}
