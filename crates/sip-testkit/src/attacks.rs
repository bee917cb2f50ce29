//! Hostile input of any size: what `docs/QUIRKS.md` and the advisories of other SIP
//! implementations know to have cost somebody too much.
//!
//! Each [`Attack`] makes bytes that grow with `n`, and [`withstand`](withstand()) does with them
//! all that an element does with a message. What that costs must grow no faster than `n`:
//! `.ci/linear` counts instructions, `tests/memory.rs` counts bytes and allocations.

mod bodies;
mod descriptions;
mod heads;
mod streams;
mod values;
mod withstand;

pub use withstand::withstand;

/// Hostile input that can be made of any size.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// The name, in lower case with hyphens.
    pub name: &'static str,
    /// How it comes.
    pub channel: Channel,
    /// Makes it: `n` says how much there is of what attacks.
    pub make: fn(usize) -> Vec<u8>,
}

/// How hostile bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// As a datagram.
    Datagram,
    /// As a stream, one byte at a time.
    Stream,
    /// As the body of a NOTIFY, a `message/sipfrag`.
    Fragment,
    /// As a session description.
    Description,
}

/// Every attack.
pub fn all() -> impl Iterator<Item = Attack> {
    let lists =
        [heads::ATTACKS, values::ATTACKS, bodies::ATTACKS, streams::ATTACKS, descriptions::ATTACKS];
    lists.into_iter().flatten().copied()
}

/// The attack with this name.
pub fn find(name: &str) -> Option<Attack> {
    all().find(|attack| attack.name == name)
}

/// A request with these lines besides those that every request has.
pub fn request(lines: &str) -> Vec<u8> {
    datagram(lines.as_bytes(), b"")
}

/// A request with one more line.
fn line(name: &str, value: &str) -> Vec<u8> {
    request(&format!("{name}: {value}\r\n"))
}

fn datagram(lines: &[u8], body: &[u8]) -> Vec<u8> {
    let head = "INVITE sip:bob@biloxi.example SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bKnashds8\r\n\
        Max-Forwards: 70\r\n\
        To: <sip:bob@biloxi.example>\r\n\
        From: <sip:alice@atlanta.example>;tag=1928301774\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Contact: <sip:alice@pc33.atlanta.example>\r\n";
    [head.as_bytes(), lines, b"\r\n", body].concat()
}

/// `n` texts, one behind the other.
fn numbered(n: usize, text: impl Fn(usize) -> String) -> String {
    (0..n).map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once() {
        let mut names: Vec<_> = all().map(|attack| attack.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(find("header-lines").is_some() && find("no such").is_none());
    }

    /// An attack that does not grow shows nothing.
    #[test]
    fn each_grows_with_its_size() {
        for attack in all() {
            let len = |n| (attack.make)(n).len();
            let (once, twice) = (len(200) - len(100), len(400) - len(200));
            assert!(once >= 80 && twice >= 2 * once - once / 4, "{}", attack.name);
        }
    }
}
