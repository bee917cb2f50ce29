//! What payload types mean (RFC 8866 §6.6, §6.15).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, encode_by_display,
};
use crate::Rule;
use crate::input::{Word, is_blank, is_token};

/// `a=rtpmap:<payload type> <encoding name>/<clock rate>[/<encoding parameters>]` (RFC 8866 §6.6).
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Rtpmap, Input, Tolerances};
/// let rtpmap = Rtpmap::parse(&mut Input::new(b"97 L16/44100/2", Tolerances::strict()))?;
/// assert_eq!((rtpmap.payload_type(), rtpmap.encoding()), (97, "L16"));
/// assert_eq!((rtpmap.clock_rate(), rtpmap.channels()), (Some(44100), 2));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rtpmap<'a> {
    payload_type: u8,
    encoding: Word<'a>,
    clock_rate: Option<u32>,
    parameters: Option<Word<'a>>,
}

impl<'a> Rtpmap<'a> {
    /// The payload type.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        self.payload_type
    }

    /// The name of the encoding; it means the same in any case (RFC 4855 §3). Empty where nothing
    /// follows the payload type.
    #[must_use]
    pub fn encoding(&self) -> &'a str {
        self.encoding.as_str()
    }

    /// Ticks of the RTP timestamp a second; `None` where a peer left it out.
    #[must_use]
    pub fn clock_rate(&self) -> Option<u32> {
        self.clock_rate
    }

    /// What stands behind the clock rate: for audio, the number of channels.
    #[must_use]
    pub fn parameters(&self) -> Option<&'a str> {
        self.parameters.map(Word::as_str)
    }

    /// The number of channels of an audio encoding: 1 where it is not said.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.parameters().and_then(|text| text.parse().ok()).unwrap_or(1)
    }
}

impl<'a> AttributeValue<'a> for Rtpmap<'a> {
    #[inline]
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let payload_type = input.u8("a payload type")?;
        let mut rtpmap =
            Self { payload_type, encoding: Word(b""), clock_rate: None, parameters: None };
        if !input.more()? {
            let end = input.offset();
            input.deviate(Rule::ShortRtpmap, end, end, "an encoding name")?;
            return Ok(rtpmap);
        }
        rtpmap.encoding = input.token_word("an encoding name")?;
        if !input.eat(b'/') {
            let end = input.offset();
            input.deviate(Rule::ShortRtpmap, end, end, "a slash and the clock rate")?;
            return Ok(rtpmap);
        }
        rtpmap.clock_rate = Some(input.u32("a clock rate")?);
        if input.eat(b'/') {
            rtpmap.parameters = Some(input.token_word("encoding parameters")?);
        }
        Ok(rtpmap)
    }
}

impl fmt::Display for Rtpmap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.payload_type)?;
        if !self.encoding().is_empty() {
            write!(f, " {}", self.encoding)?;
        }
        if let Some(clock_rate) = self.clock_rate {
            write!(f, "/{clock_rate}")?;
        }
        self.parameters.map_or(Ok(()), |parameters| write!(f, "/{parameters}"))
    }
}

encode_by_display!(Rtpmap<'_>);

/// `a=fmtp:<format> <format specific parameters>` (RFC 8866 §6.15).
///
/// What the parameters look like is for each encoding to say. Most write `name=value` with
/// semicolons between; [`parameters`](Self::parameters) reads those.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::Fmtp, Input, Tolerances};
/// let fmtp = Fmtp::parse(&mut Input::new(b"111 minptime=10; useinbandfec=1", Tolerances::strict()))?;
/// assert_eq!(fmtp.payload_type(), Some(111));
/// assert_eq!(fmtp.parameter("useinbandfec"), Some(&b"1"[..]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fmtp<'a> {
    format: &'a str,
    text: &'a [u8],
}

impl<'a> Fmtp<'a> {
    /// The format as it came.
    #[must_use]
    pub fn format(&self) -> &'a str {
        self.format
    }

    /// The format as a payload type, if it is one.
    #[must_use]
    pub fn payload_type(&self) -> Option<u8> {
        crate::index::payload_type(self.format.as_bytes())
    }

    /// The parameters as they came, without the white space around them.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.text
    }

    /// The parameters that semicolons part.
    #[must_use]
    pub fn parameters(&self) -> FmtpParameters<'a> {
        FmtpParameters { rest: self.text }
    }

    /// The value of the first parameter with this name, in any case; empty when there is no `=`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'a [u8]> {
        self.parameters()
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.unwrap_or_default())
    }

    /// [`parameter`](Self::parameter) as a number; `None` also when it is none.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        core::str::from_utf8(self.parameter(name)?).ok()?.parse().ok()
    }
}

impl<'a> AttributeValue<'a> for Fmtp<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let format = input.ascii_while("a format", is_token)?;
        if !input.more()? {
            let end = input.offset();
            input.deviate(Rule::LooseValue, end, end, "parameters of the format")?;
            return Ok(Self { format, text: b"" });
        }
        let text = input.rest().trim_ascii_end();
        input.take_bytes(text.len());
        Ok(Self { format, text })
    }
}

impl Encode for Fmtp<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.token(self.format)?;
        if self.text.is_empty() {
            return Ok(());
        }
        out.text(b" ")?;
        out.text(self.text)
    }
}

/// The parameters of an [`Fmtp`]: name, and value where there is a `=`.
#[derive(Clone, Debug)]
pub struct FmtpParameters<'a> {
    rest: &'a [u8],
}

impl<'a> FmtpParameters<'a> {
    /// The parameters of a text.
    pub(crate) fn of(text: &'a [u8]) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for FmtpParameters<'a> {
    type Item = (&'a [u8], Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b';', self.rest).unwrap_or(self.rest.len());
            let (parameter, rest) = self.rest.split_at(end);
            self.rest = rest.get(1..).unwrap_or_default();
            let parameter = trim(parameter);
            if parameter.is_empty() {
                continue;
            }
            return Some(match memchr::memchr(b'=', parameter) {
                Some(equals) => (trim(&parameter[..equals]), Some(trim(&parameter[equals + 1..]))),
                None => (parameter, None),
            });
        }
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&byte| !is_blank(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|&byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}
