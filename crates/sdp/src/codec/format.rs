//! The parameters of `a=fmtp`, encoding by encoding.

use core::ops::RangeInclusive;

use super::ProfileLevelId;
use crate::index::payload_type;
use crate::value::{Fmtp, FmtpParameters};
use crate::{ValueError, ValueErrorKind};

/// Parameters of one encoding, or of a few that share them.
///
/// ```
/// use sdp::codec::{FormatParameters, Opus};
/// let opus = Opus::parse(b"minptime=10; useinbandfec=1")?;
/// assert!(opus.use_inband_fec && !opus.stereo);
/// assert_eq!(opus.max_playback_rate, 48_000);
/// # Ok::<(), sdp::ValueError>(())
/// ```
pub trait FormatParameters<'a>: Sized {
    /// The encodings that have these parameters.
    const ENCODINGS: &'static [&'static str];
    /// Where the parameters are defined.
    const RFC: &'static str;

    /// Reads what stands behind the format of an `a=fmtp` line. What is not said has its default;
    /// what is not known is stepped over.
    ///
    /// # Errors
    /// When a parameter has a value that it cannot have, or one that must be there is not.
    fn parse(text: &'a [u8]) -> Result<Self, ValueError>;
}

impl<'a> Fmtp<'a> {
    /// The parameters of an encoding.
    ///
    /// # Errors
    /// When a parameter is bad; the offset counts from the first parameter.
    pub fn typed<F: FormatParameters<'a>>(&self) -> Result<F, ValueError> {
        F::parse(self.as_bytes())
    }
}

/// The parameters of a text, for what is declared by `parameters!`.
struct Reader<'a> {
    text: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The value of a parameter, and where it starts. The first one counts.
    fn find(&self, name: &str) -> Option<(&'a [u8], usize)> {
        let (_, value) = FmtpParameters::of(self.text)
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))?;
        let value = value.unwrap_or_default();
        // A value of nothing stands nowhere that could be told.
        let at = if value.is_empty() { 0 } else { offset_of(self.text, value) };
        Some((value, at))
    }

    fn number(&self, name: &str, max: u64) -> Result<Option<u64>, ValueError> {
        let Some((value, at)) = self.find(name) else { return Ok(None) };
        let number = core::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        match number.filter(|number| *number <= max) {
            Some(number) => Ok(Some(number)),
            None => Err(bad(value, at, "a number in the range of the parameter")),
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.find(name).and_then(|(value, _)| core::str::from_utf8(value).ok())
    }

    /// `0` or `1`, `no` or `yes`.
    fn flag(&self, name: &str) -> Result<Option<bool>, ValueError> {
        let Some((value, at)) = self.find(name) else { return Ok(None) };
        match value {
            b"0" => Ok(Some(false)),
            b"1" => Ok(Some(true)),
            _ if value.eq_ignore_ascii_case(b"no") => Ok(Some(false)),
            _ if value.eq_ignore_ascii_case(b"yes") => Ok(Some(true)),
            _ => Err(bad(value, at, "0 or 1")),
        }
    }
}

#[cold]
fn bad(value: &[u8], at: usize, expected: &'static str) -> ValueError {
    let kind = match value {
        b"" => ValueErrorKind::UnexpectedEnd,
        _ => ValueErrorKind::UnexpectedByte,
    };
    ValueError::new(kind, at, expected)
}

/// Where `part`, a slice of `text`, starts.
fn offset_of(text: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Declares parameters: the field, its kind, the name, and the default. Kinds are `number` with a
/// default, `option` for a number without one, `flag`, and `text`.
macro_rules! parameters {
    ($($(#[doc = $doc:literal])+ $name:ident $(<$a:lifetime>)? [$($encoding:literal),+], $rfc:literal {
        $($(#[doc = $field_doc:literal])+ $field:ident: $kind:ident $parameter:literal $(= $default:expr)?,)+
    })+) => {
        $($(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!($rfc, ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name $(<$a>)? {
            $($(#[doc = $field_doc])+ pub $field: parameters!(@type $kind),)+
        }

        impl<'a> FormatParameters<'a> for parameters!(@self $name $($a)?) {
            const ENCODINGS: &'static [&'static str] = &[$($encoding),+];
            const RFC: &'static str = $rfc;

            fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
                let reader = Reader { text };
                Ok(Self { $($field: parameters!(@read $kind reader $parameter $(= $default)?),)+ })
            }
        })+
    };
    (@self $name:ident) => { $name };
    (@self $name:ident $a:lifetime) => { $name<'a> };
    (@type number) => { u32 };
    (@type option) => { Option<u32> };
    (@type flag) => { bool };
    (@type text) => { Option<&'a str> };
    (@read number $reader:ident $name:literal = $default:expr) => {
        narrow($reader.number($name, u32::MAX.into())?.unwrap_or($default))
    };
    (@read option $reader:ident $name:literal) => {
        $reader.number($name, u32::MAX.into())?.map(narrow)
    };
    (@read flag $reader:ident $name:literal = $default:expr) => {
        $reader.flag($name)?.unwrap_or($default)
    };
    (@read text $reader:ident $name:literal) => { $reader.text($name) };
}

/// A number that was read to fit.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

parameters! {
    /// Opus. All parameters but the `sprop` ones are about what the sender of the description
    /// wants to receive.
    Opus ["opus"], "RFC 7587 §6.1" {
        /// The highest rate that is worth sending, in hertz.
        max_playback_rate: number "maxplaybackrate" = 48_000,
        /// The highest rate that is likely to be sent, in hertz.
        sprop_max_capture_rate: number "sprop-maxcapturerate" = 48_000,
        /// The highest average bit rate, in bits a second.
        max_average_bitrate: option "maxaveragebitrate",
        /// Whether stereo is preferred.
        stereo: flag "stereo" = false,
        /// Whether stereo is likely to be sent.
        sprop_stereo: flag "sprop-stereo" = false,
        /// Whether a constant bit rate is preferred.
        cbr: flag "cbr" = false,
        /// Whether the decoder can make use of the codec's own forward error correction.
        use_inband_fec: flag "useinbandfec" = false,
        /// Whether the sender may stop while there is silence.
        use_dtx: flag "usedtx" = false,
        /// The fewest milliseconds of a packet, which browsers ask for.
        min_ptime: option "minptime",
    }

    /// AMR and AMR-WB. The first four are the configuration: both sides must have the same.
    Amr<'a> ["AMR", "AMR-WB", "AMR-WB+"], "RFC 4867 §8.1" {
        /// Whether the fields of the payload start at octets.
        octet_align: flag "octet-align" = false,
        /// Whether frames have a CRC.
        crc: flag "crc" = false,
        /// Whether the payload is sorted by how sensitive its bits are.
        robust_sorting: flag "robust-sorting" = false,
        /// How many blocks of frames are interleaved at most.
        interleaving: option "interleaving",
        /// The modes that may be used, with commas between; all when it is not there.
        mode_set: text "mode-set",
        /// After how many frames the mode may change.
        mode_change_period: number "mode-change-period" = 1,
        /// Whether the sender can keep to a period of 2.
        mode_change_capability: number "mode-change-capability" = 1,
        /// Whether a mode may change to its neighbour only.
        mode_change_neighbor: flag "mode-change-neighbor" = false,
        /// The milliseconds that redundancy may take.
        max_red: option "max-red",
    }

    /// EVS.
    Evs<'a> ["EVS"], "3GPP TS 26.445 §A.3" {
        /// Whether the AMR-WB mode is used at first.
        evs_mode_switch: flag "evs-mode-switch" = false,
        /// Whether all packets have a header of their own.
        hf_only: flag "hf-only" = false,
        /// Whether the sender may stop while there is silence.
        dtx: flag "dtx" = true,
        /// Whether the receiver wants that.
        dtx_recv: flag "dtx-recv" = true,
        /// The milliseconds that redundancy may take.
        max_red: option "max-red",
        /// The bit rates of both directions in kbit/s, one or a range.
        br: text "br",
        /// The bit rates that are sent.
        br_send: text "br-send",
        /// The bit rates that are received.
        br_recv: text "br-recv",
        /// The bandwidths of both directions, as `nb-swb`.
        bw: text "bw",
        /// The bandwidths that are sent.
        bw_send: text "bw-send",
        /// The bandwidths that are received.
        bw_recv: text "bw-recv",
        /// How many channels are sent.
        ch_send: number "ch-send" = 1,
        /// How many channels are received.
        ch_recv: number "ch-recv" = 1,
        /// The mode of partial redundancy that is wanted: -1, 0, 2, 3, 5 or 7.
        ch_aw_recv: text "ch-aw-recv",
        /// Whether the other side is asked for modes: -1, 0 or 1.
        cmr: text "cmr",
        /// The modes of AMR-WB that may be used.
        mode_set: text "mode-set",
    }

    /// G.729.
    G729 ["G729"], "RFC 4856 §2.1.9" {
        /// Whether silence is compressed by Annex B.
        annex_b: flag "annexb" = true,
    }

    /// G.723.1.
    G723 ["G723"], "RFC 4856 §2.1.4" {
        /// Whether silence is compressed by Annex A.
        annex_a: flag "annexa" = true,
    }

    /// G.722.1.
    G7221 ["G7221"], "RFC 5577 §6.1" {
        /// Bits a second.
        bitrate: option "bitrate",
    }

    /// iLBC.
    Ilbc ["iLBC"], "RFC 3952 §4.1" {
        /// The milliseconds of a frame, 20 or 30.
        mode: number "mode" = 30,
    }

    /// H.265.
    H265<'a> ["H265"], "RFC 7798 §7.1" {
        /// The context of the profile.
        profile_space: number "profile-space" = 0,
        /// The profile.
        profile_id: number "profile-id" = 1,
        /// Whether it is the high tier.
        tier_flag: flag "tier-flag" = false,
        /// Thirty times the level.
        level_id: number "level-id" = 93,
        /// Constraints of the profile, in hexadecimal.
        interop_constraints: text "interop-constraints",
        /// Whether one transport or several are used: `SRST`, `MRST` or `MRMT`.
        tx_mode: text "tx-mode",
        /// The highest difference of decoding order numbers.
        sprop_max_don_diff: number "sprop-max-don-diff" = 0,
        /// The video parameter sets, in base64.
        sprop_vps: text "sprop-vps",
        /// The sequence parameter sets, in base64.
        sprop_sps: text "sprop-sps",
        /// The picture parameter sets, in base64.
        sprop_pps: text "sprop-pps",
    }

    /// VP8.
    Vp8 ["VP8"], "RFC 7741 §6.1" {
        /// The most frames a second that can be decoded.
        max_fr: option "max-fr",
        /// The most macroblocks of a frame that can be decoded.
        max_fs: option "max-fs",
    }

    /// VP9.
    Vp9 ["VP9"], "RFC 9628 §6" {
        /// The profile.
        profile_id: number "profile-id" = 0,
        /// The most frames a second that can be decoded.
        max_fr: option "max-fr",
        /// The most macroblocks of a frame that can be decoded.
        max_fs: option "max-fs",
    }

    /// AV1.
    Av1 ["AV1"], "AOM AV1 RTP §7.2" {
        /// The profile.
        profile: number "profile" = 0,
        /// The index of the highest level that can be decoded.
        level_idx: number "level-idx" = 5,
        /// The tier.
        tier: number "tier" = 0,
    }

    /// Text that is typed.
    T140 ["t140"], "RFC 4103 §10.1" {
        /// How many characters a second can be taken.
        cps: number "cps" = 30,
    }
}

/// Retransmissions (RFC 4588 §8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rtx {
    /// The payload type of what is sent again.
    pub apt: u8,
    /// For how many milliseconds it is kept.
    pub rtx_time: Option<u32>,
}

impl<'a> FormatParameters<'a> for Rtx {
    const ENCODINGS: &'static [&'static str] = &["rtx"];
    const RFC: &'static str = "RFC 4588 §8.1";

    fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
        let reader = Reader { text };
        let apt = reader.number("apt", 127)?.and_then(|number| u8::try_from(number).ok());
        let apt = apt.ok_or_else(|| bad(b"", text.len(), "apt= and a payload type"))?;
        Ok(Self { apt, rtx_time: reader.number("rtx-time", u32::MAX.into())?.map(narrow) })
    }
}

/// Forward error correction in a stream of its own (RFC 8627 §5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlexFec {
    /// For how many microseconds packets must be kept.
    pub repair_window: u64,
}

impl<'a> FormatParameters<'a> for FlexFec {
    const ENCODINGS: &'static [&'static str] = &["flexfec", "flexfec-03"];
    const RFC: &'static str = "RFC 8627 §5.1.1";

    fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
        let window = Reader { text }.number("repair-window", u64::MAX)?;
        let window = window.ok_or_else(|| bad(b"", text.len(), "repair-window="))?;
        Ok(Self { repair_window: window })
    }
}

/// Redundancy: the payload types of the generations, the newest first (RFC 2198 §5).
///
/// ```
/// use sdp::codec::{FormatParameters, Red};
/// assert!(Red::parse(b"111/111")?.payload_types().eq([111, 111]));
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Red<'a> {
    text: &'a [u8],
}

impl<'a> Red<'a> {
    /// The payload types in order; none when nothing is said, as for video.
    pub fn payload_types(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.text.split(|byte| *byte == b'/').filter_map(payload_type)
    }
}

impl<'a> FormatParameters<'a> for Red<'a> {
    const ENCODINGS: &'static [&'static str] = &["red"];
    const RFC: &'static str = "RFC 2198 §5";

    fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
        for part in text.split(|byte| *byte == b'/').filter(|_| !text.is_empty()) {
            if payload_type(part).is_none() {
                return Err(bad(part, offset_of(text, part), "a payload type"));
            }
        }
        Ok(Self { text })
    }
}

/// Events of telephony, as the digits of DTMF (RFC 4733 §2.4.1).
///
/// ```
/// use sdp::codec::{FormatParameters, TelephoneEvent};
/// let events = TelephoneEvent::parse(b"0-11,66,70")?.events();
/// assert!(events.contains(11) && events.contains(66) && !events.contains(12));
/// assert_eq!(events.to_string(), "0-11,66,70");
/// # Ok::<(), sdp::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    events: Events,
}

impl TelephoneEvent {
    /// The events that are taken: 0 to 15 when nothing is said.
    #[must_use]
    pub fn events(&self) -> Events {
        self.events
    }
}

impl<'a> FormatParameters<'a> for TelephoneEvent {
    const ENCODINGS: &'static [&'static str] = &["telephone-event"];
    const RFC: &'static str = "RFC 4733 §2.4.1";

    fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
        // RFC 4733 §2.4.1 has the list alone; as `events=` it is a parameter of the media type.
        let text = Reader { text }.find("events").map_or(text, |(list, _)| list);
        let mut events = Events::default();
        if text.trim_ascii().is_empty() {
            events.insert(0..=15);
            return Ok(Self { events });
        }
        for part in text.split(|byte| *byte == b',') {
            let at = offset_of(text, part);
            let range = part.trim_ascii();
            let mut ends = range.splitn(2, |byte| *byte == b'-').map(payload_type);
            match (ends.next().flatten(), ends.next()) {
                (Some(one), None) => events.insert(one..=one),
                (Some(first), Some(Some(last))) if first <= last => events.insert(first..=last),
                _ => return Err(bad(range, at, "an event from 0 to 255, or a range of them")),
            }
        }
        Ok(Self { events })
    }
}

/// A set of events of telephony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Events([u64; 4]);

impl Events {
    /// Whether an event is in the set.
    #[must_use]
    pub fn contains(&self, event: u8) -> bool {
        self.0[usize::from(event / 64)] & (1 << (event % 64)) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The events in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = *self;
        both.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        both
    }

    fn insert(&mut self, events: RangeInclusive<u8>) {
        for event in events {
            self.0[usize::from(event / 64)] |= 1 << (event % 64);
        }
    }
}

impl core::fmt::Display for Events {
    /// Writes the list as `a=fmtp` has it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut first = true;
        let mut event = 0u16;
        let has = |event: u16| u8::try_from(event).is_ok_and(|event| self.contains(event));
        while event < 256 {
            if has(event) {
                let start = event;
                while has(event + 1) {
                    event += 1;
                }
                f.write_str(if first { "" } else { "," })?;
                first = false;
                match event - start {
                    0 => write!(f, "{start}")?,
                    _ => write!(f, "{start}-{event}")?,
                }
            }
            event += 1;
        }
        Ok(())
    }
}

/// H.264 (RFC 6184 §8.1). The packetization mode and the profile are the configuration: both
/// sides must have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct H264<'a> {
    /// Profile, constraints and level: those of the baseline profile at level 1 when nothing is
    /// said.
    pub profile_level_id: ProfileLevelId,
    /// How pictures are put into packets: 0, 1 or 2.
    pub packetization_mode: u32,
    /// Whether the levels of the two directions may differ.
    pub level_asymmetry_allowed: bool,
    /// The most macroblocks a second, where it is more than that of the level.
    pub max_mbps: Option<u32>,
    /// The most macroblocks of a frame, where it is more than that of the level.
    pub max_fs: Option<u32>,
    /// The size of the coded picture buffer, where it is more than that of the level.
    pub max_cpb: Option<u32>,
    /// The size of the decoded picture buffer, where it is more than that of the level.
    pub max_dpb: Option<u32>,
    /// The bit rate, where it is more than that of the level.
    pub max_br: Option<u32>,
    /// The parameter sets in base64, with commas between.
    pub sprop_parameter_sets: Option<&'a str>,
}

impl<'a> FormatParameters<'a> for H264<'a> {
    const ENCODINGS: &'static [&'static str] = &["H264"];
    const RFC: &'static str = "RFC 6184 §8.1";

    fn parse(text: &'a [u8]) -> Result<Self, ValueError> {
        let reader = Reader { text };
        let profile_level_id = match reader.find("profile-level-id") {
            None => ProfileLevelId::default(),
            Some((value, at)) => ProfileLevelId::parse(value)
                .ok_or_else(|| bad(value, at, "six hexadecimal digits of profile and level"))?,
        };
        let number = |name| reader.number(name, u32::MAX.into()).map(|number| number.map(narrow));
        Ok(Self {
            profile_level_id,
            packetization_mode: reader.number("packetization-mode", 2)?.map_or(0, narrow),
            level_asymmetry_allowed: reader.flag("level-asymmetry-allowed")?.unwrap_or(false),
            max_mbps: number("max-mbps")?,
            max_fs: number("max-fs")?,
            max_cpb: number("max-cpb")?,
            max_dpb: number("max-dpb")?,
            max_br: number("max-br")?,
            sprop_parameter_sets: reader.text("sprop-parameter-sets"),
        })
    }
}
