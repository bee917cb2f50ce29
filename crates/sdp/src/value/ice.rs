//! ICE (RFC 8839).

use core::fmt;
use core::net::IpAddr;

use super::{AttributeValue, Input, ValueError, Words, encode_by_display};
use crate::Rule;
use crate::input::{Spaced, Word, is_plain_pairs};

/// `a=candidate` (RFC 8839 §5.1): an address at which a component may be reached.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Candidate, Input, Tolerances};
/// let text = b"2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998";
/// let candidate = Candidate::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((candidate.component(), candidate.port()), (1, 45664));
/// assert_eq!((candidate.kind(), candidate.related_port()), ("srflx", Some(8998)));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Candidate<'a> {
    foundation: Word<'a>,
    component: u16,
    transport: Word<'a>,
    priority: u32,
    address: Word<'a>,
    port: u16,
    kind: Word<'a>,
    related_address: Option<Word<'a>>,
    related_port: Option<u16>,
    extensions: Spaced<'a>,
}

impl<'a> Candidate<'a> {
    /// What candidates of one kind, base and server have in common.
    #[must_use]
    pub fn foundation(&self) -> &'a str {
        self.foundation.as_str()
    }

    /// The component: 1 for RTP, 2 for RTCP.
    #[must_use]
    pub fn component(&self) -> u16 {
        self.component
    }

    /// The transport, as `UDP` or `TCP`; it means the same in any case.
    #[must_use]
    pub fn transport(&self) -> &'a str {
        self.transport.as_str()
    }

    /// The priority.
    #[must_use]
    pub fn priority(&self) -> u32 {
        self.priority
    }

    /// The address: an IP address or a name, as those that end in `.local`.
    #[must_use]
    pub fn address(&self) -> &'a str {
        self.address.as_str()
    }

    /// The address, if it is an IP address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.address().parse().ok()
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The type: `host`, `srflx`, `prflx`, `relay`, or another.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.kind.as_str()
    }

    /// The address that this one was derived from.
    #[must_use]
    pub fn related_address(&self) -> Option<&'a str> {
        self.related_address.map(Word::as_str)
    }

    /// The port that this one was derived from.
    #[must_use]
    pub fn related_port(&self) -> Option<u16> {
        self.related_port
    }

    /// `tcptype`: `active`, `passive` or `so` (RFC 6544 §4.5).
    #[must_use]
    pub fn tcp_type(&self) -> Option<&'a str> {
        self.extension("tcptype")
    }

    /// The value of an extension.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<&'a str> {
        self.extensions().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The extensions behind the type and the related address: names and values.
    #[must_use]
    pub fn extensions(&self) -> CandidateExtensions<'a> {
        CandidateExtensions { rest: self.extensions.0.as_str() }
    }
}

impl<'a> AttributeValue<'a> for Candidate<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let foundation = input.visible_word("a foundation")?;
        input.space()?;
        let component = input.u16("a component")?;
        input.space()?;
        let transport = input.token_word("a transport")?;
        input.space()?;
        let priority = input.u32("a priority")?;
        input.space()?;
        let address = input.visible_word("an address")?;
        input.space()?;
        let port = input.u16("a port")?;
        input.space()?;
        let start = input.offset();
        if input.visible_word("typ")?.0 != b"typ" {
            return Err(input.unexpected_at(start, "typ"));
        }
        input.space()?;
        let kind = input.token_word("a candidate type")?;
        let mut candidate = Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            related_address: None,
            related_port: None,
            extensions: Spaced(Word(b"")),
        };
        candidate.tail(input)?;
        Ok(candidate)
    }
}

impl<'a> Candidate<'a> {
    /// `[SP rel-addr] [SP rel-port] *(SP cand-extension)`.
    fn tail(&mut self, input: &mut Input<'a, '_>) -> Result<(), ValueError> {
        let mut first = None;
        let mut end = input.offset();
        loop {
            // What most have there: a few names with their values.
            let rest = input.rest();
            let is_related = rest.starts_with(b" raddr ") || rest.starts_with(b" rport ");
            if first.is_none() && !is_related && is_plain_pairs(rest) {
                self.extensions = Spaced(Word(rest.get(1..).unwrap_or_default()));
                input.take_rest();
                return Ok(());
            }
            if !input.more()? {
                break;
            }
            let start = input.offset();
            let name = input.visible_word("an extension")?;
            if !input.more()? {
                let at = input.offset();
                input.deviate(Rule::LooseValue, at, at, "a value of the extension")?;
                first.get_or_insert(start);
                end = at;
                break;
            }
            match name.0 {
                b"raddr" if first.is_none() => {
                    self.related_address = Some(input.visible_word("an address")?);
                }
                b"rport" if first.is_none() => self.related_port = Some(input.u16("a port")?),
                _ => {
                    // A value may be any text without spaces, even one that is not ASCII, but no
                    // one has been seen to send that.
                    input.visible_word("a value of the extension")?;
                    first.get_or_insert(start);
                    end = input.offset();
                }
            }
        }
        if let Some(first) = first {
            self.extensions = Spaced(Word(&input.since(first)[..end - first]));
        }
        Ok(())
    }
}

impl fmt::Display for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {} {} typ {}",
            self.foundation,
            self.component,
            self.transport,
            self.priority,
            self.address,
            self.port,
            self.kind.as_str()
        )?;
        if let Some(address) = self.related_address {
            write!(f, " raddr {address}")?;
        }
        if let Some(port) = self.related_port {
            write!(f, " rport {port}")?;
        }
        self.extensions.words().try_for_each(|word| write!(f, " {word}"))
    }
}

encode_by_display!(Candidate<'_>);

/// The extensions of a [`Candidate`]: names and values.
#[derive(Clone, Debug)]
pub struct CandidateExtensions<'a> {
    rest: &'a str,
}

impl<'a> Iterator for CandidateExtensions<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.word()?;
        let value = self.word().unwrap_or_default();
        Some((name, value))
    }
}

impl<'a> CandidateExtensions<'a> {
    fn word(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_ascii_start();
        let end = text.find([' ', '\t']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// `a=remote-candidates` (RFC 8839 §5.2): the candidates of the other side that were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteCandidates<'a> {
    words: Words<'a>,
}

/// One of [`RemoteCandidates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RemoteCandidate<'a> {
    /// The component: 1 for RTP, 2 for RTCP.
    pub component: u16,
    /// The address.
    pub address: &'a str,
    /// The port.
    pub port: u16,
}

impl<'a> RemoteCandidates<'a> {
    /// The candidates in order.
    pub fn iter(&self) -> impl Iterator<Item = RemoteCandidate<'a>> + Clone + use<'a> {
        let mut words = self.words.iter();
        core::iter::from_fn(move || {
            let component = words.next()?.parse().ok()?;
            let address = words.next()?;
            Some(RemoteCandidate { component, address, port: words.next()?.parse().ok()? })
        })
    }
}

impl<'a> AttributeValue<'a> for RemoteCandidates<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        loop {
            input.u16("a component")?;
            input.space()?;
            input.word("an address")?;
            input.space()?;
            input.u16("a port")?;
            let end = input.offset();
            if !input.more()? {
                return Ok(Self { words: Words::of(&input.since(start)[..end - start]) });
            }
        }
    }
}

impl fmt::Display for RemoteCandidates<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

encode_by_display!(RemoteCandidates<'_>);
