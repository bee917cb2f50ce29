//! Clocks (RFC 7273).

use core::fmt;

use super::{AttributeValue, Input, ValueError, encode_by_display};
use crate::input::is_token;

/// `a=ts-refclk` (RFC 7273): what the timestamps of RTP are read from.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::ReferenceClock, Input, Tolerances};
/// let text = b"ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:37";
/// let clock = ReferenceClock::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!(clock.source(), "ptp");
/// assert_eq!(clock.parameter(), Some("IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:37"));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceClock<'a> {
    source: &'a str,
    parameter: Option<&'a str>,
}

impl<'a> ReferenceClock<'a> {
    /// The kind of clock: `ntp`, `ptp`, `gps`, `gal`, `glonass`, `local`, `private`, `localmac`,
    /// or another.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// Which one: what stands behind `=`, or behind the colon of `private:traceable`.
    #[must_use]
    pub fn parameter(&self) -> Option<&'a str> {
        self.parameter
    }
}

impl<'a> AttributeValue<'a> for ReferenceClock<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let source = input.token("a clock source")?;
        let parameter = match input.peek() {
            Some(b'=') => {
                input.byte(b'=', "an equals sign")?;
                Some(input.word("a clock")?)
            }
            Some(b':') if source == "private" => {
                input.byte(b':', "a colon")?;
                let start = input.offset();
                let word = input.token("traceable")?;
                if word != "traceable" {
                    return Err(input.unexpected_at(start, "traceable"));
                }
                Some(word)
            }
            _ => None,
        };
        Ok(Self { source, parameter })
    }
}

impl fmt::Display for ReferenceClock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.source == "private" { ':' } else { '=' };
        f.write_str(self.source)?;
        self.parameter.map_or(Ok(()), |parameter| write!(f, "{between}{parameter}"))
    }
}

/// `a=mediaclk` (RFC 7273): what the media are sampled by.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::MediaClock, Input, Tolerances};
/// let text = b"direct=963214424 rate=1000/1001";
/// let clock = MediaClock::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((clock.source(), clock.parameter()), ("direct", Some("963214424")));
/// assert_eq!(clock.rate(), Some((1000, 1001)));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaClock<'a> {
    id: Option<&'a str>,
    source: &'a str,
    parameter: Option<&'a str>,
    rate: Option<(u64, u64)>,
}

impl<'a> MediaClock<'a> {
    /// What names the clock among several: the text behind `id=`.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The kind of clock: `sender`, `direct`, `IEEE1722`, or another.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// What stands behind `=`: the offset of `direct`, the stream of `IEEE1722`.
    #[must_use]
    pub fn parameter(&self) -> Option<&'a str> {
        self.parameter
    }

    /// The rate, as numerator and denominator.
    #[must_use]
    pub fn rate(&self) -> Option<(u64, u64)> {
        self.rate
    }
}

impl<'a> AttributeValue<'a> for MediaClock<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let mut id = None;
        if input.eat_str("id=") {
            id = Some(input.word("a tag")?);
            input.space()?;
        }
        let source = input.ascii_while("a media clock", is_token)?;
        let parameter = match input.eat(b'=') {
            true => Some(input.word("a clock")?),
            false => None,
        };
        let mut rate = None;
        if input.more()? {
            if !input.eat_str("rate=") {
                return Err(input.unexpected("rate="));
            }
            let numerator = input.number(u64::MAX, "a rate")?;
            input.byte(b'/', "a slash")?;
            rate = Some((numerator, input.number(u64::MAX, "a rate")?));
        }
        Ok(Self { id, source, parameter, rate })
    }
}

impl fmt::Display for MediaClock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.id {
            write!(f, "id={id} ")?;
        }
        f.write_str(self.source)?;
        if let Some(parameter) = self.parameter {
            write!(f, "={parameter}")?;
        }
        self.rate.map_or(Ok(()), |(a, b)| write!(f, " rate={a}/{b}"))
    }
}

encode_by_display!(ReferenceClock<'_>, MediaClock<'_>);
