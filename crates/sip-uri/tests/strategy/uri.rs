//! Strategies: the text of valid URIs together with the components that went into it.
#![allow(dead_code, unreachable_pub, reason = "each test file takes what it needs")]

use proptest::collection::vec;
use proptest::prelude::*;

/// More cases than by default, and as many as `PROPTEST_CASES` asks for.
pub fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(1024), ..config }
}

/// A valid SIP or SIPS URI and what its components are, raw.
#[derive(Debug, Clone)]
pub struct SipParts {
    pub scheme: String,
    pub user: Option<String>,
    pub password: Option<String>,
    pub host: String,
    pub port: Option<String>,
    pub params: Vec<(String, Option<String>)>,
    pub headers: Vec<(String, String)>,
}

impl SipParts {
    pub fn text(&self) -> String {
        let mut text = format!("{}:", self.scheme);
        if let Some(user) = &self.user {
            text += user;
            if let Some(password) = &self.password {
                text += &format!(":{password}");
            }
            text += "@";
        }
        text += &self.host;
        if let Some(port) = &self.port {
            text += &format!(":{port}");
        }
        for (name, value) in &self.params {
            text += &format!(";{name}");
            if let Some(value) = value {
                text += &format!("={value}");
            }
        }
        for (i, (name, value)) in self.headers.iter().enumerate() {
            text += &format!("{}{name}={value}", if i == 0 { '?' } else { '&' });
        }
        text
    }
}

/// Characters or escapes, `range` of them.
fn escaped_text(set: &'static str, range: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let character = prop::sample::select(set.chars().collect::<Vec<_>>()).prop_map(String::from);
    let escape = (any::<u8>(), any::<bool>())
        .prop_map(|(b, upper)| if upper { format!("%{b:02X}") } else { format!("%{b:02x}") });
    vec(prop_oneof![8 => character, 1 => escape], range).prop_map(|pieces| pieces.concat())
}

const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const USER: &str = "abcxyzABCXYZ0123456789-_.!~*'()&=+$,;?/";
const PASSWORD: &str = "abcxyzABCXYZ0123456789-_.!~*'()&=+$,";
const PARAM: &str = "abcxyzABCXYZ0123456789-_.!~*'()[]/:&+$";
const HEADER: &str = "abcxyzABCXYZ0123456789-_.!~*'()[]/?:+$";

pub fn host_name() -> impl Strategy<Value = String> {
    let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,6}[a-zA-Z0-9])?\\.";
    let top = "[a-zA-Z]([a-zA-Z0-9-]{0,6}[a-zA-Z0-9])?";
    (vec(label, 0..3), top, prop::sample::select(vec!["", "", "", "."]))
        .prop_map(|(labels, top, dot)| format!("{}{top}{dot}", labels.concat()))
}

pub fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => host_name(),
        1 => any::<std::net::Ipv4Addr>().prop_map(|a| a.to_string()),
        1 => any::<std::net::Ipv6Addr>().prop_map(|a| format!("[{a}]")),
        1 => (vec(0u16..3, 8), any::<bool>()).prop_map(|(groups, upper)| {
            let mut octets = [0; 8];
            octets.copy_from_slice(&groups);
            let text = std::net::Ipv6Addr::from(octets).to_string();
            format!("[{}]", if upper { text.to_uppercase() } else { text })
        }),
        1 => any::<std::net::Ipv4Addr>().prop_map(|a| format!("[::ffff:{a}]")),
        1 => any::<std::net::Ipv4Addr>().prop_map(|a| format!("[2001:DB8:0:0:0:01:{a}]")),
    ]
}

fn fold(name: &str) -> String {
    let mut out = Vec::new();
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let escape = (bytes[i] == b'%').then(|| name.get(i + 1..i + 3)).flatten();
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(b) if b";/?:@&=+$,".contains(&b) => {
                out.extend(format!("%{b:02X}").bytes());
                i += 3;
            }
            Some(b) => {
                out.push(b.to_ascii_lowercase());
                i += 3;
            }
            None => {
                out.push(bytes[i].to_ascii_lowercase());
                i += 1;
            }
        }
    }
    out.escape_ascii().to_string()
}

fn params() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
    let known = prop_oneof![
        Just(("transport".to_owned(), Some("tcp".to_owned()))),
        Just(("Transport".to_owned(), Some("UDP".to_owned()))),
        Just(("lr".to_owned(), None)),
        Just(("l%72".to_owned(), Some("on".to_owned()))),
        Just(("user".to_owned(), Some("phone".to_owned()))),
        Just(("maddr".to_owned(), Some("239.255.255.1".to_owned()))),
        Just(("ttl".to_owned(), Some("15".to_owned()))),
        Just(("method".to_owned(), Some("INVITE".to_owned()))),
        Just(("x".to_owned(), Some("1".to_owned()))),
        Just(("X".to_owned(), Some("2".to_owned()))),
        Just(("y".to_owned(), None)),
    ];
    let other = (escaped_text(PARAM, 1..6), prop::option::of(escaped_text(PARAM, 1..6)));
    vec(prop_oneof![2 => known, 1 => other], 0..5).prop_map(|mut params| {
        let mut seen = std::collections::HashSet::new();
        params.retain(|(name, _)| seen.insert(fold(name)));
        params
    })
}

pub fn sip_parts() -> impl Strategy<Value = SipParts> {
    let scheme = prop::sample::select(vec!["sip", "sips", "SIP", "Sips"]);
    let user = prop_oneof![
        2 => Just(None),
        3 => prop::sample::select(vec!["alice", "Alice", "al%69ce", "+13035551111"])
            .prop_map(|user| Some(user.to_owned())),
        3 => escaped_text(USER, 1..9).prop_map(Some),
    ];
    let password = prop::option::weighted(0.2, escaped_text(PASSWORD, 0..6));
    let host = prop_oneof![
        1 => prop::sample::select(vec!["atlanta.example", "Atlanta.Example"]).prop_map(String::from),
        1 => host(),
    ];
    let port = prop::option::of(prop_oneof![
        Just("5060".to_owned()),
        any::<u16>().prop_map(|p| p.to_string()),
        any::<u16>().prop_map(|p| format!("00{p}")),
    ]);
    let header = (escaped_text(HEADER, 1..5), escaped_text(HEADER, 0..6));
    let headers = prop_oneof![3 => Just(Vec::new()), 1 => vec(header, 1..4)];
    (scheme, user, password, host, port, params(), headers).prop_map(
        |(scheme, user, password, host, port, params, headers)| SipParts {
            scheme: scheme.to_owned(),
            password: password.filter(|_| user.is_some()),
            user,
            host,
            port,
            params,
            headers,
        },
    )
}

/// A valid `tel` URI.
pub fn tel_uri() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        2 => "\\+[-.()]{0,1}[0-9]{1,3}[-.()0-9]{0,8}".prop_map(|n| (n, String::new())),
        1 => ("[-.()0-9A-Fa-f*#]{0,6}[0-9A-F*#][-.()0-9A-Fa-f*#]{0,6}", prop_oneof![
            host_name(),
            "\\+[0-9]{1,3}[-.()]{0,1}[0-9]{0,3}",
        ]).prop_map(|(n, context)| (n, format!(";phone-context={context}"))),
    ];
    let station = prop_oneof![
        2 => Just(String::new()),
        1 => "[0-9][-.()0-9]{0,4}".prop_map(|e| format!(";ext={e}")),
        1 => escaped_text(PARAM, 1..5).prop_map(|i| format!(";isub={i}")),
    ];
    let other = prop::collection::btree_map(
        "[g-m][a-z0-9-]{0,2}",
        prop::option::of(escaped_text(PARAM, 1..4)),
        0..3,
    );
    (prop::sample::select(vec!["tel", "TEL"]), number, station, other).prop_map(
        |(scheme, (number, context), station, other)| {
            let mut text = format!("{scheme}:{number}{station}{context}");
            for (name, value) in other {
                text += &format!(";{name}");
                if let Some(value) = value {
                    text += &format!("={value}");
                }
            }
            text
        },
    )
}

/// A valid URI of another scheme.
pub fn other_uri() -> impl Strategy<Value = String> {
    let opaque = escaped_text("abcXYZ019-_.!~*'();/?:@&=+$,", 1..12);
    (prop::sample::select(vec!["http", "urn", "soap.beep", "X-y+z.1"]), opaque)
        .prop_map(|(scheme, opaque)| format!("{scheme}:{opaque}"))
}

/// The text of any valid URI.
pub fn any_uri() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => sip_parts().prop_map(|parts| parts.text()),
        2 => tel_uri(),
        1 => other_uri(),
    ]
}

/// A small change: a byte replaced, put in, taken out, or a piece doubled or cut off.
#[derive(Debug, Clone)]
pub struct Mutation {
    kind: u8,
    at: prop::sample::Index,
    byte: u8,
}

pub fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![
        6 => prop::sample::select(b"@:;?&=%[].-+#\"/\\ \t,a1<>_\0\r\n\x7f".to_vec()),
        1 => any::<u8>(),
    ];
    (0u8..5, any::<prop::sample::Index>(), byte).prop_map(|(kind, at, byte)| Mutation {
        kind,
        at,
        byte,
    })
}

impl Mutation {
    pub fn apply(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let at = self.at.index(text.len());
        match self.kind {
            0 => text[at] = self.byte,
            1 => text.insert(at, self.byte),
            2 => drop(text.remove(at)),
            3 => {
                let tail = text[at..].to_vec();
                text.extend(tail);
            }
            _ => text.truncate(at),
        }
    }
}

/// A valid URI with a few changes: bytes that may or may not be a URI.
pub fn nearly_a_uri() -> impl Strategy<Value = Vec<u8>> {
    (any_uri(), vec(mutation(), 0..4)).prop_map(|(text, mutations)| {
        let mut bytes = text.into_bytes();
        for mutation in mutations {
            mutation.apply(&mut bytes);
        }
        bytes
    })
}

/// Plain text for the builder: any bytes but CR, LF and NUL.
pub fn plain(range: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(ALNUM.as_bytes().to_vec()),
        1 => any::<u8>().prop_filter("CR, LF, NUL", |b| !matches!(b, b'\r' | b'\n' | 0)),
    ];
    vec(byte, range)
}
