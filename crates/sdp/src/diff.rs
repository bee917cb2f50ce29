//! What a new description changes (RFC 3264 §8).

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::codec::CodecSpec;
use crate::{Direction, Media, SessionDescription};

/// One thing that differs between two descriptions of a session by the same side.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// It is a description of another session: user, id or address of `o=` are others.
    Session,
    /// The version went up by this much. 0 where it is the same though something has changed, and
    /// below where it went down: both are against RFC 3264 §8.
    Version(i128),
    /// A line of the session other than `o=` has changed: its type, or the name of its attribute.
    SessionLine(String),
    /// A section was added, or takes the place of one that had ended.
    Added(usize),
    /// A section has ended: its port is 0, or it is not there any more, which RFC 3264 §8 does not
    /// allow.
    Removed(usize),
    /// A section has got another media type or protocol, as from audio to fax.
    Medium(usize),
    /// The other side is on hold now.
    Held(usize),
    /// The other side is not on hold any more.
    Resumed(usize),
    /// The direction has changed in another way.
    Direction(usize, Direction, Direction),
    /// Address or port have changed.
    Address(usize),
    /// Codecs, or formats, are there that were not.
    FormatsAdded(usize, Vec<String>),
    /// Codecs, or formats, are not there any more.
    FormatsRemoved(usize, Vec<String>),
    /// The formats are the same in another order.
    FormatOrder(usize),
    /// A payload type stands for another codec than before, which RFC 3264 §8.3.2 does not allow.
    PayloadType(usize, u8),
    /// ICE starts again: both credentials are others (RFC 8839 §4.4.1.1.1).
    IceRestart(usize),
    /// There are other candidates.
    Candidates(usize),
    /// Keys, fingerprints, or the role in DTLS have changed.
    Security(usize),
    /// Another line has changed: its type, or the name of its attribute.
    Line(usize, String),
}

impl Change {
    /// The section that it is about, from 0.
    #[must_use]
    pub fn section(&self) -> Option<usize> {
        match self {
            Self::Session | Self::Version(_) | Self::SessionLine(_) => None,
            Self::Added(section)
            | Self::Removed(section)
            | Self::Medium(section)
            | Self::Held(section)
            | Self::Resumed(section)
            | Self::Direction(section, ..)
            | Self::Address(section)
            | Self::FormatsAdded(section, _)
            | Self::FormatsRemoved(section, _)
            | Self::FormatOrder(section)
            | Self::PayloadType(section, _)
            | Self::IceRestart(section)
            | Self::Candidates(section)
            | Self::Security(section)
            | Self::Line(section, _) => Some(*section),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("another session"),
            Self::Version(0) => f.write_str("the same version"),
            Self::Version(by) => write!(f, "version {by:+}"),
            Self::SessionLine(line) => write!(f, "session: {line}"),
            Self::Added(section) => write!(f, "section {section} added"),
            Self::Removed(section) => write!(f, "section {section} ended"),
            Self::Medium(section) => write!(f, "section {section}: another medium"),
            Self::Held(section) => write!(f, "section {section}: hold"),
            Self::Resumed(section) => write!(f, "section {section}: resumed"),
            Self::Direction(section, from, to) => write!(f, "section {section}: {from} to {to}"),
            Self::Address(section) => write!(f, "section {section}: address or port"),
            Self::FormatsAdded(section, formats) => {
                write!(f, "section {section}: with {}", formats.join(", "))
            }
            Self::FormatsRemoved(section, formats) => {
                write!(f, "section {section}: without {}", formats.join(", "))
            }
            Self::FormatOrder(section) => write!(f, "section {section}: order of formats"),
            Self::PayloadType(section, number) => {
                write!(f, "section {section}: payload type {number} stands for another codec")
            }
            Self::IceRestart(section) => write!(f, "section {section}: restart of ICE"),
            Self::Candidates(section) => write!(f, "section {section}: candidates"),
            Self::Security(section) => write!(f, "section {section}: keys or role"),
            Self::Line(section, line) => write!(f, "section {section}: {line}"),
        }
    }
}

/// What `new` changes, where both descriptions are of the same side and `old` came before.
///
/// Nothing is told when nothing but the version has changed, except for the version itself.
///
/// ```
/// use sdp::{diff, Change, SessionDescription};
/// let old = SessionDescription::parse("v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 8\r\n")?;
/// let new = SessionDescription::parse("v=0\r\no=- 7 2 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\na=sendonly\r\n")?;
/// assert_eq!(diff(&old, &new), [
///     Change::Version(1),
///     Change::Held(0),
///     Change::FormatsRemoved(0, vec!["PCMA/8000".into()]),
/// ]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
#[must_use]
pub fn diff(old: &SessionDescription, new: &SessionDescription) -> Vec<Change> {
    let mut changes = Vec::new();
    session(old, new, &mut changes);
    let before: Vec<_> = old.media().collect();
    for (section, media) in new.media().enumerate() {
        match before.get(section) {
            Some(before) => compare(*before, media, &mut changes),
            None if media.is_rejected() => {}
            None => changes.push(Change::Added(section)),
        }
    }
    let count = new.media().len();
    for gone in before.iter().skip(count).filter(|media| !media.is_rejected()) {
        changes.push(Change::Removed(gone.index()));
    }
    version(old, new, &mut changes);
    changes
}

/// The lines of the session other than `o=`, and who it is of.
fn session(old: &SessionDescription, new: &SessionDescription, changes: &mut Vec<Change>) {
    let origin = |description: &SessionDescription| {
        let origin = description.origin().ok().flatten()?;
        let (name, id) = (origin.username().to_vec(), origin.session_id_str().to_string());
        Some((name, id, origin.address().to_string()))
    };
    if origin(old) != origin(new) {
        changes.push(Change::Session);
    }
    // An address matters where a section has none of its own, and is told there.
    let skip: &[&str] = &["o=", "c=", "sendrecv", "sendonly", "recvonly", "inactive"];
    let before = named_lines(old.session_lines(), skip);
    for name in differing(&before, &named_lines(new.session_lines(), skip)) {
        changes.push(Change::SessionLine(name));
    }
}

/// By how much the version went up. It must when something has changed, and need not otherwise.
fn version(old: &SessionDescription, new: &SessionDescription, changes: &mut Vec<Change>) {
    let version = |description: &SessionDescription| {
        let origin = description.origin().ok().flatten()?;
        origin.session_version().map(i128::from)
    };
    let (Some(before), Some(after)) = (version(old), version(new)) else { return };
    if after != before || !changes.is_empty() {
        changes.insert(0, Change::Version(after - before));
    }
}

fn compare(old: Media<'_>, new: Media<'_>, changes: &mut Vec<Change>) {
    let section = new.index();
    match (old.is_rejected(), new.is_rejected()) {
        (true, true) => return,
        (true, false) => return changes.push(Change::Added(section)),
        (false, true) => return changes.push(Change::Removed(section)),
        (false, false) => {}
    }
    let medium = |media: Media<'_>| {
        (media.media_type().to_ascii_lowercase(), media.protocol().to_ascii_uppercase())
    };
    if medium(old) != medium(new) {
        changes.push(Change::Medium(section));
    }
    match (old.is_hold(), new.is_hold()) {
        (false, true) => changes.push(Change::Held(section)),
        (true, false) => changes.push(Change::Resumed(section)),
        _ if old.direction() != new.direction() => {
            changes.push(Change::Direction(section, old.direction(), new.direction()));
        }
        _ => {}
    }
    let address = |media: Media<'_>| {
        let connection = media.connection().ok().flatten().map(|connection| connection.to_string());
        (connection, media.port(), media.port_count())
    };
    // A hold by address is told as a hold.
    let held = old.is_hold() != new.is_hold();
    let unspecified = |media: Media<'_>| {
        media.connection().ok().flatten().is_some_and(|connection| connection.is_unspecified())
    };
    if address(old) != address(new) && !(held && (unspecified(old) || unspecified(new))) {
        changes.push(Change::Address(section));
    }
    formats(old, new, changes);
    let ice = |media: Media<'_>| {
        media.ice_credentials().map(|ice| (ice.ufrag.to_string(), ice.pwd.to_string()))
    };
    if let (Some(before), Some(after)) = (ice(old), ice(new))
        && before.0 != after.0
        && before.1 != after.1
    {
        changes.push(Change::IceRestart(section));
    }
    lines(old, new, changes);
}

/// The formats of a section, by codec where they have one: what it is called, and its number.
fn formats(old: Media<'_>, new: Media<'_>, changes: &mut Vec<Change>) {
    let section = new.index();
    let list = |media: Media<'_>| -> Vec<(Option<u8>, String)> {
        if !media.is_rtp() {
            let text = |format: &[u8]| (None, String::from_utf8_lossy(format).into_owned());
            return media.formats().map(text).collect();
        }
        let name = |spec: Option<CodecSpec>, number: u8| match spec {
            None => number.to_string(),
            Some(spec) if spec.channels > 1 => {
                alloc::format!("{}/{}/{}", spec.encoding, spec.clock_rate, spec.channels)
            }
            Some(spec) => alloc::format!("{}/{}", spec.encoding, spec.clock_rate),
        };
        let codecs = media.codecs();
        codecs
            .iter()
            .map(|c| (Some(c.payload_type()), name(c.to_spec(), c.payload_type())))
            .collect()
    };
    let (before, after) = (list(old), list(new));
    let names = |list: &[(Option<u8>, String)]| -> BTreeSet<String> {
        list.iter().map(|(_, name)| name.to_ascii_lowercase()).collect()
    };
    let (had, has) = (names(&before), names(&after));
    let missing = |list: &[(Option<u8>, String)], of: &BTreeSet<String>| -> Vec<String> {
        let mut told = BTreeSet::new();
        let new = list.iter().map(|(_, name)| name);
        new.filter(|name| !of.contains(&name.to_ascii_lowercase()) && told.insert(*name))
            .cloned()
            .collect()
    };
    let (added, removed) = (missing(&after, &had), missing(&before, &has));
    let unchanged = added.is_empty() && removed.is_empty();
    if !added.is_empty() {
        changes.push(Change::FormatsAdded(section, added));
    }
    if !removed.is_empty() {
        changes.push(Change::FormatsRemoved(section, removed));
    }
    let mut meanings: Vec<_> = before
        .iter()
        .filter_map(|(number, name)| Some(((*number)?, name.to_ascii_lowercase())))
        .collect();
    meanings.sort();
    let mut same_numbers = true;
    for (number, name) in &after {
        let Some(number) = number else { continue };
        let at = meanings.partition_point(|(known, _)| known < number);
        if let Some((known, meant)) = meanings.get(at)
            && known == number
            && *meant != name.to_ascii_lowercase()
        {
            same_numbers = false;
            changes.push(Change::PayloadType(section, *number));
        }
    }
    if unchanged && same_numbers && before != after {
        changes.push(Change::FormatOrder(section));
    }
}

/// The other lines of a section.
fn lines(old: Media<'_>, new: Media<'_>, changes: &mut Vec<Change>) {
    let section = new.index();
    // What is told already, or belongs to formats.
    let skip: &[&str] = &[
        "m=",
        "c=",
        "sendrecv",
        "sendonly",
        "recvonly",
        "inactive",
        "rtpmap",
        "ice-ufrag",
        "ice-pwd",
    ];
    let before = named_lines(old.lines(), skip);
    let mut told = BTreeSet::new();
    for name in differing(&before, &named_lines(new.lines(), skip)) {
        let change = match name.as_str() {
            "candidate" | "end-of-candidates" | "remote-candidates" => Change::Candidates(section),
            "crypto" | "fingerprint" | "setup" | "tls-id" | "key-mgmt" => Change::Security(section),
            _ => Change::Line(section, name),
        };
        if told.insert(change.to_string()) {
            changes.push(change);
        }
    }
}

/// Lines by their type (`b=`) or the name of their attribute, in lower case, but for those of
/// `skip`.
fn named_lines<'a>(
    lines: impl Iterator<Item = crate::Line<'a>>,
    skip: &[&str],
) -> Vec<(String, &'a [u8])> {
    lines
        .map(|line| {
            let name = match (line.attribute(), line.letter()) {
                (Some((name, _)), _) => String::from_utf8_lossy(name).to_ascii_lowercase(),
                (None, Some(letter)) => alloc::format!("{}=", letter.escape_ascii()),
                (None, None) => String::new(),
            };
            (name, line.value())
        })
        .filter(|(name, _)| !skip.contains(&name.as_str()))
        .collect()
}

/// The names whose values differ, in the order of the new lines and then of the old ones. The
/// order of the values of one name counts.
fn differing(old: &[(String, &[u8])], new: &[(String, &[u8])]) -> Vec<String> {
    let by_name = |lines: &[(String, &[u8])]| {
        let mut sorted: Vec<(String, Vec<u8>)> =
            lines.iter().map(|(name, value)| (name.clone(), value.to_vec())).collect();
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        sorted
    };
    let (before, after) = (by_name(old), by_name(new));
    let of = |sorted: &[(String, Vec<u8>)], name: &str| -> Vec<Vec<u8>> {
        let at = sorted.partition_point(|(known, _)| known.as_str() < name);
        sorted[at..].iter().take_while(|(known, _)| known == name).map(|(_, v)| v.clone()).collect()
    };
    let mut seen = BTreeSet::new();
    new.iter()
        .chain(old)
        .map(|(name, _)| name)
        .filter(|name| seen.insert(*name))
        .filter(|name| of(&before, name) != of(&after, name))
        .cloned()
        .collect()
}
