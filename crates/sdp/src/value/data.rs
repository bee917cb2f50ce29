//! Data channels (RFC 8841, 8864).

use core::fmt;

use super::{
    AttributeValue, Encode, EncodeError, Input, ValueError, ValueWriter, encode_by_display,
};
use crate::attributes::name_of;

/// `a=sctpmap` of old (draft-ietf-mmusic-sctp-sdp-05): the application of an SCTP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SctpMap<'a> {
    port: u16,
    application: &'a str,
    streams: Option<u32>,
}

impl<'a> SctpMap<'a> {
    /// The port of SCTP.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The application, as `webrtc-datachannel`.
    #[must_use]
    pub fn application(&self) -> &'a str {
        self.application
    }

    /// How many streams there may be.
    #[must_use]
    pub fn streams(&self) -> Option<u32> {
        self.streams
    }
}

impl<'a> AttributeValue<'a> for SctpMap<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let port = input.u16("a port")?;
        input.space()?;
        let application = input.token("an application")?;
        let streams = match input.more()? {
            true => Some(input.u32("a number of streams")?),
            false => None,
        };
        Ok(Self { port, application, streams })
    }
}

impl fmt::Display for SctpMap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.port, self.application)?;
        self.streams.map_or(Ok(()), |streams| write!(f, " {streams}"))
    }
}

/// `a=dcmap` (RFC 8864 §5.1.1): a data channel that is agreed on with the session.
///
/// ```
/// use sdp::{attribute::AttributeValue, value::DcMap, Input, Tolerances};
/// let text = br#"3 label="Label 1";ordered=false;max-retr=5;priority=128"#;
/// let channel = DcMap::parse(&mut Input::new(text, Tolerances::strict()))?;
/// assert_eq!((channel.stream_id(), channel.option("label")), (3, Some("Label 1")));
/// assert_eq!(channel.option("max-retr"), Some("5"));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DcMap<'a> {
    stream_id: u16,
    options: &'a str,
}

impl<'a> DcMap<'a> {
    /// The number of the SCTP stream.
    #[must_use]
    pub fn stream_id(&self) -> u16 {
        self.stream_id
    }

    /// The value of an option without its quotes; escapes (`%09`) are as they came.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&'a str> {
        self.options().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The options: names, and values without their quotes.
    pub fn options(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a> {
        let mut rest = self.options;
        core::iter::from_fn(move || {
            let end = option_end(rest);
            let (option, behind) = rest.split_at(end);
            rest = behind.strip_prefix(';').unwrap_or(behind);
            let (name, value) = option.split_once('=')?;
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            Some((name, quoted.unwrap_or(value)))
        })
    }
}

/// Where the first option ends: at a semicolon outside of quotes.
fn option_end(options: &str) -> usize {
    let mut quoted = false;
    options
        .bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b';' && !quoted
        })
        .unwrap_or(options.len())
}

impl<'a> AttributeValue<'a> for DcMap<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let stream_id = input.u16("the number of a stream")?;
        if !input.more()? {
            return Ok(Self { stream_id, options: "" });
        }
        let start = input.offset();
        let options = input.ascii_rest("options")?;
        let mut rest = options;
        loop {
            let at = start + (options.len() - rest.len());
            let end = option_end(rest);
            let Some((name, value)) = rest[..end].split_once('=') else {
                return Err(input.unexpected_at(at, "an option with a value"));
            };
            if name.is_empty()
                || (value.starts_with('"') && (value.len() < 2 || !value.ends_with('"')))
            {
                return Err(input.unexpected_at(at, "an option with a value"));
            }
            match rest[end..].strip_prefix(';') {
                Some(behind) => rest = behind,
                None => return Ok(Self { stream_id, options }),
            }
        }
    }
}

impl fmt::Display for DcMap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stream_id)?;
        if self.options.is_empty() { Ok(()) } else { write!(f, " {}", self.options) }
    }
}

encode_by_display!(SctpMap<'_>, DcMap<'_>);

/// `a=dcsa` (RFC 8864 §5.2.1): an attribute of one data channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dcsa<'a> {
    stream_id: u16,
    name: &'a str,
    value: Option<&'a [u8]>,
}

impl<'a> Dcsa<'a> {
    /// The number of the SCTP stream.
    #[must_use]
    pub fn stream_id(&self) -> u16 {
        self.stream_id
    }

    /// The name of the attribute.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value of the attribute; `None` when there is no colon.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        self.value
    }
}

impl<'a> AttributeValue<'a> for Dcsa<'a> {
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError> {
        let stream_id = input.u16("the number of a stream")?;
        input.space()?;
        let (_, value) = name_of(input.rest());
        let name = input.token("an attribute of the data channel")?;
        if value.is_some() {
            input.byte(b':', "a colon")?;
            input.take_rest();
        }
        Ok(Self { stream_id, name, value })
    }
}

impl Encode for Dcsa<'_> {
    fn encode(&self, out: &mut ValueWriter<'_>) -> Result<(), EncodeError> {
        out.display(format_args!("{} {}", self.stream_id, self.name))?;
        match self.value {
            None => Ok(()),
            Some(value) => {
                out.text(b":")?;
                out.text(value)
            }
        }
    }
}
