//! How a line of a corpus message becomes a line of a variant: a table of markers, each with the
//! generator of what follows it, and a few headers that are made as a whole.
//!
//! The rules know the corpus, not SIP: they rely on its spelling, and on no marker standing inside
//! a quoted string where it would mean something else.

use crate::random::Random;

const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const LABEL: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";

/// After `marker`, the text up to one of `stop` (or the end) is what `make` makes of it.
struct Rule {
    marker: &'static str,
    stop: &'static str,
    make: fn(&mut Random, &str) -> String,
}

const RULES: [Rule; 17] = [
    Rule { marker: "SIP/2.0/", stop: ";,", make: transport_and_sent_by },
    Rule { marker: "sip:", stop: ";>?\", ", make: authority },
    Rule { marker: "sips:", stop: ";>?\", ", make: authority },
    Rule { marker: "branch=z9hG4bK", stop: ";, ", make: token },
    Rule { marker: "tag=", stop: ";,> ", make: token },
    Rule { marker: "received=", stop: ";, ", make: host },
    Rule { marker: "rport=", stop: ";, ", make: port },
    Rule { marker: "did=", stop: ";>", make: token },
    Rule { marker: "expires=", stop: ";, ", make: seconds },
    Rule { marker: "urn:uuid:", stop: ">", make: uuid },
    Rule { marker: "username=\"", stop: "\"", make: user },
    Rule { marker: "nonce=\"", stop: "\"", make: hex },
    Rule { marker: "response=\"", stop: "\"", make: same_length_of_hex },
    Rule { marker: "opaque=\"", stop: "\"", make: hex },
    Rule { marker: "icid-value=", stop: ";", make: hex },
    Rule { marker: "orig-ioi=", stop: ";", make: host },
    Rule { marker: "text=\"", stop: "\"", make: words },
];

/// The start line with another Request-URI; a status line stays.
pub(super) fn start_line(line: &str, random: &mut Random) -> String {
    // The version at the end of a request line has no transport, so that no rule touches it.
    apply_rules(line, random)
}

/// A header line with another value.
pub(super) fn header(line: &str, random: &mut Random) -> String {
    let (name, value) = line.split_once(": ").unwrap_or((line, ""));
    let value = match name {
        "From" | "f" | "To" | "t" | "Contact" | "m" | "P-Asserted-Identity" => {
            let (display, address) = value.split_at(value.find('<').unwrap_or(0));
            display_name(random, display) + &apply_rules(address, random)
        }
        "Call-ID" | "i" => call_id(random, value),
        "CSeq" => {
            let method = value.split(' ').nth(1).unwrap_or_default();
            format!("{} {method}", random.between(1, 0x7fff_ffff))
        }
        "RSeq" => random.between(1, 0x7fff_ffff).to_string(),
        "Max-Forwards" => random.between(1, 70).to_string(),
        "Expires" => seconds(random, value),
        "User-Agent" => product(random),
        "X-Trunk-Group" => token(random, value),
        _ => apply_rules(value, random),
    };
    format!("{name}: {value}")
}

fn apply_rules(text: &str, random: &mut Random) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(rule) = RULES.iter().find(|rule| rest.starts_with(rule.marker)) {
            let (marker, after) = rest.split_at(rule.marker.len());
            let end = after.find(|c| rule.stop.contains(c)).unwrap_or(after.len());
            out.push_str(marker);
            out.push_str(&(rule.make)(random, &after[..end]));
            rest = &after[end..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

fn transport_and_sent_by(random: &mut Random, old: &str) -> String {
    let (transport, sent_by) = old.split_once(' ').unwrap_or((old, ""));
    // One message of the corpus has a blank before the first `;`, and its variants keep it.
    let blank = if sent_by.ends_with(' ') { " " } else { "" };
    format!("{transport} {}{blank}", host_port(random, sent_by.trim_end()))
}

fn authority(random: &mut Random, old: &str) -> String {
    match old.split_once('@') {
        Some((old_user, old_host)) => {
            format!("{}@{}", user(random, old_user), host_port(random, old_host))
        }
        None => host_port(random, old),
    }
}

fn user(random: &mut Random, old: &str) -> String {
    if old.starts_with('+') {
        return format!("+{}", random.string(DIGITS, 7, 14));
    }
    let mut user = random.string(LOWER, 1, 12);
    if random.once_in(3) {
        user = user + "." + &random.string(ALNUM, 1, 12);
    }
    if random.once_in(16) {
        user += "%23";
    }
    user
}

fn host_port(random: &mut Random, old: &str) -> String {
    match old.rsplit_once(':') {
        Some((old_host, old_port)) if !old_port.ends_with(']') => {
            format!("{}:{}", host(random, old_host), port(random, old_port))
        }
        _ => host(random, old),
    }
}

/// A host of the same kind: IPv6 reference, IPv4 address or name.
fn host(random: &mut Random, old: &str) -> String {
    if old.starts_with('[') {
        let mut address = String::from("[2001:db8");
        for _ in 0..random.between(1, 4) {
            address = address + ":" + &format!("{:x}", random.between(1, 0xffff));
        }
        return address + "::" + &format!("{:x}", random.between(1, 0xffff)) + "]";
    }
    if old.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let octets: Vec<_> = (0..4).map(|_| random.between(1, 254).to_string()).collect();
        return octets.join(".");
    }
    let mut name = String::new();
    for _ in 0..random.between(1, 3) {
        name = name + &random.string(LOWER, 1, 1) + &random.string(LABEL, 1, 12) + ".";
    }
    name + &random.string(LOWER, 2, 7)
}

fn port(random: &mut Random, _old: &str) -> String {
    random.between(1024, 65535).to_string()
}

fn token(random: &mut Random, _old: &str) -> String {
    let mut token = random.string(ALNUM, 3, 24);
    if random.once_in(3) {
        let joint = random.string("-._", 1, 1);
        token = token + &joint + &random.string(ALNUM, 1, 16);
    }
    token
}

fn call_id(random: &mut Random, old: &str) -> String {
    match old.split_once('@') {
        Some((_, old_host)) => format!("{}@{}", token(random, old), host(random, old_host)),
        None => token(random, old),
    }
}

/// A display name of the same kind: quoted, bare tokens or none, with the blank that ends it.
fn display_name(random: &mut Random, old: &str) -> String {
    if old.starts_with('"') {
        format!("\"{}\" ", words(random, old))
    } else if old.is_empty() {
        String::new()
    } else {
        random.string(ALNUM, 1, 12) + " "
    }
}

/// What may stand in a quoted string without an escape, now and then with a letter beyond ASCII.
fn words(random: &mut Random, _old: &str) -> String {
    let mut words = random.string(LOWER, 1, 10);
    for _ in 0..random.between(0, 3) {
        let between = if random.once_in(4) { ", " } else { " " };
        words = words + between + &random.string(ALNUM, 1, 10);
        if random.once_in(8) {
            words.push('ü');
        }
    }
    words
}

fn product(random: &mut Random) -> String {
    let mut product = random.string(ALNUM, 2, 14);
    if random.once_in(2) {
        product = product + "/" + &random.between(0, 99).to_string();
        product = product + "." + &random.between(0, 99).to_string();
    }
    if random.once_in(3) {
        product = product + " (build " + &random.string(ALNUM, 1, 16) + ")";
    }
    product
}

fn seconds(random: &mut Random, _old: &str) -> String {
    random.between(60, 86400).to_string()
}

fn hex(random: &mut Random, _old: &str) -> String {
    random.string(HEX, 8, 40)
}

fn same_length_of_hex(random: &mut Random, old: &str) -> String {
    let length = old.len() as u64;
    random.string(HEX, length, length)
}

fn uuid(random: &mut Random, _old: &str) -> String {
    let group = |random: &mut Random, length| random.string(HEX, length, length);
    let groups: Vec<_> = [8, 4, 4, 4, 12].map(|length| group(random, length)).into();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::{header, start_line};
    use crate::random::Random;

    #[test]
    fn the_shape_of_a_line_stays() {
        let mut random = Random::new(3);
        let via = header("Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKa", &mut random);
        assert!(via.starts_with("Via: SIP/2.0/UDP ") && via.contains(";rport;branch=z9hG4bK"));
        assert!(!via.contains("192.0.2.1:5060"));
        let to = header("To: \"A\" <sip:b@[2001:db8::1]:5080>;tag=x", &mut random);
        assert!(to.starts_with("To: \"") && to.contains("@[2001:db8:") && to.contains(">;tag="));
        assert_eq!(header("Min-SE: 90", &mut random), "Min-SE: 90");
        assert_eq!(start_line("SIP/2.0 200 OK", &mut random), "SIP/2.0 200 OK");
        assert!(start_line("BYE sip:b@h SIP/2.0", &mut random).ends_with(" SIP/2.0"));
    }
}
