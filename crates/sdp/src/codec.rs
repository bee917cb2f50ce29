//! Codecs: what the payload types of a section mean, and whether two sides mean the same.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::attribute;
use crate::value::{Fmtp, RtcpFb, Rtpmap};
use crate::{Media, ValueError};

mod format;
mod h264;
mod policy;
mod static_types;

pub use format::{
    Amr, Av1, Events, Evs, FlexFec, FormatParameters, G723, G729, G7221, H264, H265, Ilbc, Opus,
    Red, Rtx, T140, TelephoneEvent, Vp8, Vp9,
};
pub use h264::{H264Level, H264Profile, ProfileLevelId};
pub use policy::{Agreed, CodecPolicy, DefaultPolicy};
pub use static_types::{StaticPayloadType, static_payload_type};

/// A codec without payload type: encoding, clock rate, channels, parameters, feedback.
///
/// ```
/// use sdp::codec::CodecSpec;
/// let opus = CodecSpec::new("opus", 48_000).with_channels(2).with_fmtp("useinbandfec=1");
/// let vp8 = CodecSpec::new("VP8", 90_000).with_feedback("nack").with_feedback("nack pli");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecSpec {
    /// The name of the encoding; it means the same in any case.
    pub encoding: String,
    /// Ticks of the RTP timestamp a second.
    pub clock_rate: u32,
    /// The number of channels of an audio encoding; 1 where it is not said.
    pub channels: u32,
    /// The value of `a=fmtp` behind the format.
    pub fmtp: Option<String>,
    /// The values of `a=rtcp-fb` behind the payload type.
    pub feedback: Vec<String>,
}

impl CodecSpec {
    /// A codec of one channel, without parameters.
    #[must_use]
    pub fn new(encoding: impl Into<String>, clock_rate: u32) -> Self {
        let encoding = encoding.into();
        Self { encoding, clock_rate, channels: 1, fmtp: None, feedback: Vec::new() }
    }

    /// The same codec with this number of channels.
    #[must_use]
    pub fn with_channels(self, channels: u32) -> Self {
        Self { channels, ..self }
    }

    /// The same codec with these parameters.
    #[must_use]
    pub fn with_fmtp(self, fmtp: impl Into<String>) -> Self {
        Self { fmtp: Some(fmtp.into()), ..self }
    }

    /// The same codec with one more kind of feedback, as `nack pli`.
    #[must_use]
    pub fn with_feedback(mut self, feedback: impl Into<String>) -> Self {
        self.feedback.push(feedback.into());
        self
    }

    /// The payload types that the parameters speak of: `apt` of rtx (RFC 4588 §8.1), the list of
    /// red (RFC 2198 §5).
    #[must_use]
    pub fn references(&self) -> Vec<u8> {
        let is =
            |encodings: &[&str]| encodings.iter().any(|e| e.eq_ignore_ascii_case(&self.encoding));
        if is(Rtx::ENCODINGS) {
            self.parameters().map(|rtx: Rtx| rtx.apt).into_iter().collect()
        } else if is(Red::ENCODINGS) {
            self.parameters().map(|red: Red<'_>| red.payload_types().collect()).unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    /// The parameters of the codec, defaults in the place of what is not said.
    ///
    /// # Errors
    /// When a parameter is bad.
    pub fn parameters<'a, F: FormatParameters<'a>>(&'a self) -> Result<F, ValueError> {
        F::parse(self.fmtp.as_deref().unwrap_or_default().as_bytes())
    }
}

/// The codecs of a section, by payload type: what its `m=` line lists, joined with what its
/// `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` lines and the table of RFC 3551 say of it.
///
/// ```
/// use sdp::SessionDescription;
/// let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
///     c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 111 8\r\n\
///     a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtcp-fb:* nack\r\n")?;
/// let codecs = description.media().next().unwrap().codecs();
/// let opus = codecs.get(111).unwrap();
/// assert_eq!((opus.encoding(), opus.clock_rate(), opus.channels()), (Some("opus"), Some(48000), 2));
/// assert_eq!(opus.feedback().count(), 1);
/// assert_eq!(codecs.iter().map(|codec| codec.encoding()).collect::<Vec<_>>(), [Some("opus"), Some("PCMA")]);
/// # Ok::<(), sdp::ParseError>(())
/// ```
///
/// Values that cannot be read are left out; [`lint`](crate::lint()) tells of them.
#[derive(Clone, Debug)]
pub struct Codecs<'a> {
    media: Media<'a>,
    /// By payload type, and in order for each.
    rtpmaps: Vec<Rtpmap<'a>>,
    fmtps: Vec<(u8, Fmtp<'a>)>,
    feedback: Vec<RtcpFb<'a>>,
}

impl<'a> Codecs<'a> {
    fn new(media: Media<'a>) -> Self {
        let attributes = media.attributes();
        let mut rtpmaps: Vec<_> =
            attributes.each(attribute::Rtpmap).filter_map(Result::ok).collect();
        rtpmaps.sort_by_key(Rtpmap::payload_type);
        let mut fmtps: Vec<_> = attributes
            .each(attribute::Fmtp)
            .filter_map(|fmtp| fmtp.ok().and_then(|fmtp| Some((fmtp.payload_type()?, fmtp))))
            .collect();
        fmtps.sort_by_key(|(number, _)| *number);
        let mut feedback: Vec<_> =
            attributes.each(attribute::RtcpFb).filter_map(Result::ok).collect();
        feedback.sort_by_key(RtcpFb::payload_type);
        Self { media, rtpmaps, fmtps, feedback }
    }

    /// The codecs in order of preference.
    pub fn iter(&self) -> impl Iterator<Item = Codec<'a, '_>> + Clone {
        self.media.payload_types().map(|payload_type| self.codec(payload_type))
    }

    /// The codec of a payload type that the `m=` line lists.
    #[must_use]
    pub fn get(&self, payload_type: u8) -> Option<Codec<'a, '_>> {
        let listed = self.media.payload_types().any(|listed| listed == payload_type);
        listed.then(|| self.codec(payload_type))
    }

    fn codec(&self, payload_type: u8) -> Codec<'a, '_> {
        let at = self.rtpmaps.partition_point(|rtpmap| rtpmap.payload_type() < payload_type);
        let rtpmap = self.rtpmaps.get(at).filter(|rtpmap| rtpmap.payload_type() == payload_type);
        Codec { codecs: self, payload_type, rtpmap: rtpmap.copied() }
    }
}

/// One of [`Codecs`].
#[derive(Clone, Copy, Debug)]
pub struct Codec<'a, 'c> {
    codecs: &'c Codecs<'a>,
    payload_type: u8,
    rtpmap: Option<Rtpmap<'a>>,
}

impl<'a, 'c> Codec<'a, 'c> {
    /// The payload type.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        self.payload_type
    }

    /// The first `a=rtpmap` line of the payload type.
    #[must_use]
    pub fn rtpmap(&self) -> Option<Rtpmap<'a>> {
        self.rtpmap
    }

    /// What RFC 3551 says of the payload type, where no `a=rtpmap` line says otherwise.
    #[must_use]
    pub fn static_type(&self) -> Option<StaticPayloadType> {
        match self.rtpmap {
            Some(rtpmap) if !rtpmap.encoding().is_empty() => None,
            _ => static_payload_type(self.payload_type),
        }
    }

    /// The name of the encoding; `None` for a dynamic payload type that nothing is said of.
    #[must_use]
    pub fn encoding(&self) -> Option<&'a str> {
        match self.static_type() {
            Some(known) => Some(known.encoding),
            None => self.rtpmap.map(|rtpmap| rtpmap.encoding()).filter(|name| !name.is_empty()),
        }
    }

    /// Ticks of the RTP timestamp a second. Where a peer has left it out, that of the encoding in
    /// RFC 3551, or 90,000 for video and 8,000 for all else.
    #[must_use]
    pub fn clock_rate(&self) -> Option<u32> {
        let encoding = self.encoding()?;
        if let Some(known) = self.static_type() {
            return Some(known.clock_rate);
        }
        self.rtpmap.and_then(|rtpmap| rtpmap.clock_rate()).or_else(|| {
            let known = static_types::of_encoding(encoding).map(|known| known.clock_rate);
            let video = self.codecs.media.media_type().eq_ignore_ascii_case("video");
            known.or(Some(if video { 90_000 } else { 8_000 }))
        })
    }

    /// The number of channels: 1 where it is not said.
    #[must_use]
    pub fn channels(&self) -> u32 {
        match self.static_type() {
            Some(known) => known.channels.into(),
            None => self.rtpmap.map_or(1, |rtpmap| rtpmap.channels().max(1)),
        }
    }

    /// The `a=fmtp` lines of the payload type: one, for most.
    pub fn fmtps(&self) -> impl Iterator<Item = Fmtp<'a>> + Clone + use<'a, 'c> {
        let number = self.payload_type;
        let fmtps = &self.codecs.fmtps;
        let at = fmtps.partition_point(|(known, _)| *known < number);
        fmtps[at..].iter().take_while(move |(known, _)| *known == number).map(|(_, fmtp)| *fmtp)
    }

    /// The parameters of the codec, defaults in the place of what is not said.
    ///
    /// # Errors
    /// When a parameter is bad.
    pub fn parameters<F: FormatParameters<'a>>(&self) -> Result<F, ValueError> {
        F::parse(self.fmtps().next().map_or(&[][..], |fmtp| fmtp.as_bytes()))
    }

    /// The `a=rtcp-fb` lines for all payload types and for this one.
    pub fn feedback(&self) -> impl Iterator<Item = RtcpFb<'a>> + Clone + use<'a, 'c> {
        let number = Some(self.payload_type);
        let feedback = &self.codecs.feedback;
        let all = feedback.iter().take_while(|line| line.payload_type().is_none());
        let at = feedback.partition_point(|line| line.payload_type() < number);
        let own = feedback[at..].iter().take_while(move |line| line.payload_type() == number);
        all.chain(own).copied()
    }

    /// The codec without its payload type; `None` when the encoding is not known. Several
    /// `a=fmtp` lines become one.
    #[must_use]
    pub fn to_spec(&self) -> Option<CodecSpec> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let fmtps: Vec<_> = self.fmtps().map(|fmtp| text(fmtp.as_bytes())).collect();
        let mut feedback: Vec<_> =
            self.feedback().map(|feedback| text(feedback.feedback())).collect();
        // What is said for all and for the payload type is one thing.
        feedback.dedup();
        Some(CodecSpec {
            encoding: self.encoding()?.to_string(),
            clock_rate: self.clock_rate()?,
            channels: self.channels(),
            fmtp: (!fmtps.is_empty()).then(|| fmtps.join(";")),
            feedback,
        })
    }
}

impl<'a> Media<'a> {
    /// The codecs of the section. Sections without RTP have none.
    #[must_use]
    pub fn codecs(&self) -> Codecs<'a> {
        Codecs::new(*self)
    }
}
