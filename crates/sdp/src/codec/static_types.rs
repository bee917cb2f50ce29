//! The payload types that need no `a=rtpmap` (RFC 3551 §6).

/// A payload type with a fixed meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticPayloadType {
    /// The number.
    pub payload_type: u8,
    /// The name of the encoding.
    pub encoding: &'static str,
    /// `audio`, `video`, or `audio/video` for what can be either.
    pub media_type: &'static str,
    /// Ticks of the RTP timestamp a second.
    pub clock_rate: u32,
    /// The number of channels.
    pub channels: u8,
}

macro_rules! static_types {
    ($($number:literal $encoding:literal $media:literal $clock:literal $channels:literal)+) => {
        /// RFC 3551, tables 4 and 5.
        const TABLE: &[StaticPayloadType] = &[$(StaticPayloadType {
            payload_type: $number,
            encoding: $encoding,
            media_type: $media,
            clock_rate: $clock,
            channels: $channels,
        }),+];
    };
}

static_types! {
    0 "PCMU" "audio" 8_000 1
    3 "GSM" "audio" 8_000 1
    4 "G723" "audio" 8_000 1
    5 "DVI4" "audio" 8_000 1
    6 "DVI4" "audio" 16_000 1
    7 "LPC" "audio" 8_000 1
    8 "PCMA" "audio" 8_000 1
    9 "G722" "audio" 8_000 1
    10 "L16" "audio" 44_100 2
    11 "L16" "audio" 44_100 1
    12 "QCELP" "audio" 8_000 1
    13 "CN" "audio" 8_000 1
    14 "MPA" "audio" 90_000 1
    15 "G728" "audio" 8_000 1
    16 "DVI4" "audio" 11_025 1
    17 "DVI4" "audio" 22_050 1
    18 "G729" "audio" 8_000 1
    25 "CelB" "video" 90_000 1
    26 "JPEG" "video" 90_000 1
    28 "nv" "video" 90_000 1
    31 "H261" "video" 90_000 1
    32 "MPV" "video" 90_000 1
    33 "MP2T" "audio/video" 90_000 1
    34 "H263" "video" 90_000 1
}

/// What a payload type means without an `a=rtpmap` line; `None` for those that are reserved, not
/// assigned, or dynamic.
///
/// ```
/// use sdp::codec::static_payload_type;
/// assert_eq!(static_payload_type(8).unwrap().encoding, "PCMA");
/// assert!(static_payload_type(96).is_none());
/// ```
#[must_use]
pub fn static_payload_type(payload_type: u8) -> Option<StaticPayloadType> {
    TABLE.iter().find(|known| known.payload_type == payload_type).copied()
}

/// The first payload type with this encoding, in any case.
pub(super) fn of_encoding(encoding: &str) -> Option<StaticPayloadType> {
    TABLE.iter().find(|known| known.encoding.eq_ignore_ascii_case(encoding)).copied()
}
