//! Capability negotiation (RFC 5939, 6871, 7006).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, encode_by_display,
};

/// A capability with a number: `acap`, `tcap`, `bcap`, `ccap`, `icap`, `rmcap`, `omcap`, `mfcap`,
/// `mscap`, or a configuration: `pcfg`, `acfg`, `lcfg`, `sescap`.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Capability, Input, Tolerances};
/// let pcfg = Capability::parse(&mut Input::new(b"1 t=4|3 a=1,3", Tolerances::strict()))?;
/// assert_eq!((pcfg.number(), pcfg.text()), (1, &b"t=4|3 a=1,3"[..]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Capability<'a> {
    numbers: &'a str,
    text: &'a [u8],
}

impl<'a> Capability<'a> {
    /// The number; the first one of a list.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.numbers().next().unwrap_or_default()
    }

    /// The numbers, of which `rmcap`, `omcap`, `mfcap` and `mscap` may have several, or a range of
    /// them (RFC 6871 §3.3.1).
    pub fn numbers(&self) -> impl Iterator<Item = u32> + Clone + use<'a> {
        self.numbers.split(',').flat_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.parse::<u32>(), last.parse::<u32>()) {
                // A range without bound is not worth its cost.
                (Ok(first), Ok(last)) => first..=last.min(first.saturating_add(1 << 16)),
                #[expect(clippy::reversed_empty_ranges, reason = "no number at all")]
                _ => 1..=0,
            }
        })
    }

    /// What it is: an attribute, protocols, a format, a configuration.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }
}

impl<'a> AttributeValue<'a> for Capability<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        const EXPECTED: &str = "the number of a capability";
        let start = input.offset();
        loop {
            input.u32(EXPECTED)?;
            if input.eat(b'-') {
                input.u32(EXPECTED)?;
            }
            if !input.eat(b',') {
                break;
            }
        }
        let numbers = core::str::from_utf8(input.since(start)).unwrap_or_default();
        let text = match input.more()? {
            true => {
                let text = input.rest().trim_ascii_end();
                input.take_bytes(text.len())
            }
            false => b"",
        };
        Ok(Self { numbers, text })
    }
}

impl Encode for Capability<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.display(self.numbers)?;
        if self.text.is_empty() {
            return Ok(());
        }
        out.text(b" ")?;
        out.text(self.text)
    }
}

/// `a=csup` and `a=creq` (RFC 5939 §3.3): the extensions of capability negotiation, with commas
/// between; also `a=content` (RFC 4796 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tags<'a> {
    text: &'a str,
}

impl<'a> Tags<'a> {
    /// The tags in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.text.split(',')
    }
}

impl<'a> AttributeValue<'a> for Tags<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let start = input.offset();
        loop {
            input.token("a tag")?;
            if !input.eat(b',') {
                let text = core::str::from_utf8(input.since(start)).unwrap_or_default();
                return Ok(Self { text });
            }
        }
    }
}

impl fmt::Display for Tags<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

encode_by_display!(Tags<'_>);
