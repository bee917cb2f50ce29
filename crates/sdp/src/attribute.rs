//! The attribute table: one row an attribute, and the trait that a row implements.
//!
//! Each row makes a marker type ([`Rtpmap`], [`Candidate`], …), an entry of the name look-up and
//! the decoder that tools use. An attribute of your own is the same trait implemented in your
//! crate:
//!
//! ```
//! use sdp::{SessionDescription, value::Number};
//! use sdp::attribute::{Attribute, Level, MuxCategory, Occurs};
//!
//! struct Trunk;
//! impl Attribute for Trunk {
//!     const NAME: &'static str = "X-trunk";
//!     const LEVEL: Level = Level::SESSION;
//!     const OCCURS: Occurs = Occurs::Once;
//!     const MUX: MuxCategory = MuxCategory::Normal;
//!     const RFC: &'static str = "our handbook §3";
//!     type Value<'a> = Number;
//! }
//!
//! let description = SessionDescription::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\
//!     t=0 0\r\na=X-trunk:7\r\n")?;
//! assert_eq!(description.attributes().require(Trunk).unwrap().get(), 7);
//! # Ok::<(), sdp::ParseError>(())
//! ```

use core::fmt;

use crate::attributes::read;
use crate::encode::Encode;
use crate::index::key;
use crate::value;
use crate::{Input, ValueError};

pub use crate::value::Value;

/// Where an attribute may stand: a set of levels (RFC 8866 §5.13).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level(u8);

impl Level {
    /// In front of the first `m=` line.
    pub const SESSION: Self = Self(1);
    /// Behind an `m=` line.
    pub const MEDIA: Self = Self(2);
    /// Behind the number of a source, in `a=ssrc` (RFC 5576 §4).
    pub const SOURCE: Self = Self(4);
    /// Behind the number of a data channel, in `a=dcsa` (RFC 8864 §6.5).
    pub const DCSA: Self = Self(8);
    /// In front of the first `m=` line and behind any.
    pub const BOTH: Self = Self(3);

    /// Both sets together.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all levels of `other` are in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::SESSION, "SESSION"),
            (Self::MEDIA, "MEDIA"),
            (Self::SOURCE, "SOURCE"),
            (Self::DCSA, "DCSA"),
        ];
        let mut first = true;
        for (_, name) in names.iter().filter(|(level, _)| self.contains(*level)) {
            f.write_str(if first { "" } else { " | " })?;
            f.write_str(name)?;
            first = false;
        }
        Ok(())
    }
}

/// How often an attribute may stand in one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Occurs {
    /// Once.
    Once,
    /// Any number of times.
    Many,
}

/// What becomes of an attribute when media sections share one transport (RFC 8859 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MuxCategory {
    /// NORMAL: each section keeps its own.
    Normal,
    /// CAUTION: sections with it had better not be bundled.
    Caution,
    /// IDENTICAL: all sections must say the same; said in the tagged one.
    Identical,
    /// SUM: the values of the sections are added.
    Sum,
    /// TRANSPORT: it belongs to the transport; said in the tagged section.
    Transport,
    /// INHERIT: as the attribute that it encloses.
    Inherit,
    /// IDENTICAL-PER-PT: a payload type must mean the same in all sections.
    IdenticalPerPt,
    /// SPECIAL: see the attribute's RFC.
    Special,
    /// TBD: not known.
    Tbd,
}

/// An attribute: its name and what its value decodes to.
///
/// The types in this module implement it; so may yours.
pub trait Attribute {
    /// The name as RFCs write it.
    const NAME: &'static str;
    /// Where it may stand.
    const LEVEL: Level;
    /// How often it may stand in a section.
    const OCCURS: Occurs;
    /// What becomes of it in a bundle.
    const MUX: MuxCategory;
    /// The section that defines it.
    const RFC: &'static str;
    /// What the value decodes to.
    type Value<'a>: AttributeValue<'a>;

    /// Reads the value.
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    #[inline]
    fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
        Self::Value::parse(input)
    }
}

/// A value that can be read from behind an attribute's colon, and written there.
pub trait AttributeValue<'a>: Encode + Sized {
    /// Whether white space around it is part of it.
    const VERBATIM: bool = false;

    /// Reads it. White space around it is read by the caller, who also sees to it that nothing is
    /// left, but for values that are [`VERBATIM`](Self::VERBATIM).
    ///
    /// # Errors
    /// When the input does not follow the grammar and no tolerance covers that.
    fn parse(input: &mut Input<'a, '_>) -> Result<Self, ValueError>;
}

/// What the table knows of an attribute, for code that treats all alike.
#[derive(Clone, Copy, Debug)]
pub struct AttributeRow {
    /// The name as RFCs write it.
    pub name: &'static str,
    /// Where it may stand.
    pub level: Level,
    /// How often it may stand in a section.
    pub occurs: Occurs,
    /// What becomes of it in a bundle.
    pub mux: MuxCategory,
    /// The section that defines it.
    pub rfc: &'static str,
    pub(crate) read: for<'a> fn(Input<'a, '_>) -> Result<Value<'a>, ValueError>,
}

/// The row with this name. Names in another case are found where `any_case` says so.
pub(crate) fn row_of(name: &[u8], any_case: bool) -> Option<&'static AttributeRow> {
    let wanted = key(name);
    ROWS.iter().zip(KEYS).find_map(|(row, &key)| {
        let same = key == wanted
            && (row.name.as_bytes() == name
                || (any_case && row.name.as_bytes().eq_ignore_ascii_case(name)));
        same.then_some(row)
    })
}

/// The row of the table with this name, in any case.
///
/// ```
/// use sdp::attribute::{find, MuxCategory};
/// assert_eq!(find("candidate").unwrap().mux, MuxCategory::Transport);
/// assert!(find("x-mine").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static AttributeRow> {
    row_of(name.as_bytes(), true)
}

/// The rows of the table in order.
#[must_use]
pub fn all() -> &'static [AttributeRow] {
    ROWS
}

/// Declares the rows: marker type, name, value family, level, how often, mux category, RFC
/// section.
macro_rules! table {
    ($($(#[doc = $doc:literal])+
       $marker:ident $name:literal, $family:ident $(($($arg:expr)+))?,
       $($level:ident)|+, $occurs:ident, $mux:ident, $rfc:literal;)+) => {
        $($(#[doc = $doc])+
        #[doc = ""]
        #[doc = concat!("`a=", $name, "`, ", $rfc, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl Attribute for $marker {
            const NAME: &'static str = $name;
            const LEVEL: Level = Level(0)$(.or(Level::$level))+;
            const OCCURS: Occurs = Occurs::$occurs;
            const MUX: MuxCategory = MuxCategory::$mux;
            const RFC: &'static str = $rfc;
            type Value<'a> = table!(@type $family 'a);

            #[inline]
            fn parse<'a>(input: &mut Input<'a, '_>) -> Result<Self::Value<'a>, ValueError> {
                table!(@parse $family $(($($arg)+))? input)
            }
        })+

        static ROWS: &[AttributeRow] = &[$(AttributeRow {
            name: <$marker as Attribute>::NAME,
            level: <$marker as Attribute>::LEVEL,
            occurs: <$marker as Attribute>::OCCURS,
            mux: <$marker as Attribute>::MUX,
            rfc: <$marker as Attribute>::RFC,
            read: |input| {
                let verbatim = <<$marker as Attribute>::Value<'_> as AttributeValue<'_>>::VERBATIM;
                read(input, verbatim, <$marker as Attribute>::parse).map(Value::from)
            },
        }),+];

        static KEYS: &[u16] = &[$(key(<$marker as Attribute>::NAME.as_bytes())),+];
    };

    (@type Flag $a:lifetime) => { value::Flag };
    (@type Number $a:lifetime) => { value::Number };
    (@type IceChars $a:lifetime) => { value::Token<$a> };
    (@type Switch $a:lifetime) => { value::Switch };
    (@type SetupRole $a:lifetime) => { value::SetupRole };
    (@type ConnectionUse $a:lifetime) => { value::ConnectionUse };
    (@type $family:ident $a:lifetime) => { value::$family<$a> };

    (@parse IceChars($min:expr) $input:ident) => { value::Token::parse_ice($min, $input) };
    (@parse Number($max:expr) $input:ident) => { value::Number::parse_up_to($max, $input) };
    (@parse $family:ident $input:ident) => { AttributeValue::parse($input) };
}

table! {
    // Session descriptions themselves.

    /// What a payload type means: encoding, clock rate, channels.
    Rtpmap "rtpmap", Rtpmap, MEDIA, Many, IdenticalPerPt, "RFC 8866 §6.6";
    /// Parameters of a format.
    Fmtp "fmtp", Fmtp, MEDIA, Many, IdenticalPerPt, "RFC 8866 §6.15";
    /// How many milliseconds of media a packet holds.
    Ptime "ptime", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.4";
    /// How many milliseconds of media a packet may hold at most.
    MaxPtime "maxptime", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.5";
    /// Media are sent and received.
    SendRecv "sendrecv", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.2";
    /// Media are sent only.
    SendOnly "sendonly", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.3";
    /// Media are received only.
    RecvOnly "recvonly", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.1";
    /// Media are neither sent nor received.
    Inactive "inactive", Flag, SESSION | MEDIA, Once, Normal, "RFC 8866 §6.7.4";
    /// The most frames a second of a video stream.
    Framerate "framerate", Decimal, MEDIA, Once, IdenticalPerPt, "RFC 8866 §6.13";
    /// How good the pictures shall be, from 0 to 10.
    Quality "quality", Number(10), MEDIA, Once, Normal, "RFC 8866 §6.14";
    /// Which way a whiteboard is up.
    Orient "orient", Token, MEDIA, Once, Normal, "RFC 8866 §6.8";
    /// The kind of conference.
    Type "type", Token, SESSION, Once, Normal, "RFC 8866 §6.9";
    /// The character set of the texts.
    Charset "charset", Token, SESSION, Once, Normal, "RFC 8866 §6.10";
    /// The language of the description.
    SdpLang "sdplang", Token, SESSION | MEDIA, Many, Normal, "RFC 8866 §6.11";
    /// The language of the session or stream.
    Lang "lang", Token, SESSION | MEDIA, Many, Normal, "RFC 8866 §6.12";
    /// The program that made the description.
    Tool "tool", Text, SESSION, Once, Normal, "RFC 8866 §6.3";
    /// The category of the session.
    Cat "cat", Text, SESSION, Once, Normal, "RFC 8866 §6.1";
    /// Key words of the session.
    Keywds "keywds", Text, SESSION, Once, Normal, "RFC 8866 §6.2";

    // RTCP.

    /// Where RTCP goes.
    Rtcp "rtcp", Rtcp, MEDIA, Once, Transport, "RFC 3605 §2.1";
    /// RTP and RTCP share a port, if both sides want it.
    RtcpMux "rtcp-mux", Flag, MEDIA, Once, Identical, "RFC 5761 §5.1.1";
    /// RTP and RTCP share a port, or there is no stream.
    RtcpMuxOnly "rtcp-mux-only", Flag, MEDIA, Once, Identical, "RFC 8858 §3";
    /// RTCP packets of reduced size are taken.
    RtcpRsize "rtcp-rsize", Flag, MEDIA, Once, Identical, "RFC 5506 §5";
    /// Feedback that is given for a payload type.
    RtcpFb "rtcp-fb", RtcpFb, MEDIA, Many, IdenticalPerPt, "RFC 4585 §4.2";
    /// Extended reports that are given.
    RtcpXr "rtcp-xr", Text, SESSION | MEDIA, Once, Normal, "RFC 3611 §5.1";
    /// RTCP of a multicast session comes by unicast.
    RtcpUnicast "rtcp-unicast", Token, MEDIA, Once, Identical, "RFC 5760";
    /// The most packets a second.
    Maxprate "maxprate", Decimal, SESSION | MEDIA, Once, IdenticalPerPt, "RFC 3890 §6.3";

    // Keys and connections.

    /// Keys of SDES.
    Crypto "crypto", Crypto, MEDIA, Many, Transport, "RFC 4568 §9.1";
    /// A message of a key management protocol.
    KeyMgmt "key-mgmt", KeyMgmt, SESSION | MEDIA, Many, Identical, "RFC 4567 §3";
    /// The hash of a certificate.
    Fingerprint "fingerprint", Fingerprint, SESSION | MEDIA, Many, Transport, "RFC 8122 §5";
    /// Who opens the connection.
    Setup "setup", SetupRole, SESSION | MEDIA, Once, Transport, "RFC 4145 §4";
    /// Whether a connection that is there can be used.
    Connection "connection", ConnectionUse, SESSION | MEDIA, Once, Transport, "RFC 4145 §5";
    /// Names a DTLS association.
    TlsId "tls-id", Token, MEDIA, Once, Transport, "RFC 8842 §4";
    /// Who vouches for the fingerprints.
    Identity "identity", Text, SESSION, Once, Normal, "RFC 8827";
    /// The hash of a message of ZRTP.
    ZrtpHash "zrtp-hash", Words, MEDIA, Many, Transport, "RFC 6189";
    /// All of RTP's header is encrypted as well.
    Cryptex "cryptex", Flag, SESSION | MEDIA, Once, Identical, "RFC 9335";

    // ICE.

    /// An address that a stream may be sent to.
    Candidate "candidate", Candidate, MEDIA, Many, Transport, "RFC 8839 §5.1";
    /// The candidates of the other side that were chosen.
    RemoteCandidates "remote-candidates", RemoteCandidates, MEDIA, Once, Transport, "RFC 8839 §5.2";
    /// The sender is no full ICE agent.
    IceLite "ice-lite", Flag, SESSION, Once, Normal, "RFC 8839 §5.3";
    /// The default address was no candidate.
    IceMismatch "ice-mismatch", Flag, MEDIA, Once, Normal, "RFC 8839 §5.3";
    /// What identifies a side.
    IceUfrag "ice-ufrag", IceChars(4), SESSION | MEDIA, Once, Transport, "RFC 8839 §5.4";
    /// The password of a side.
    IcePwd "ice-pwd", IceChars(22), SESSION | MEDIA, Once, Transport, "RFC 8839 §5.4";
    /// The milliseconds between two checks.
    IcePacing "ice-pacing", Number(9_999_999_999), SESSION, Once, Normal, "RFC 8839 §5.5";
    /// Extensions of ICE.
    IceOptions "ice-options", Words, SESSION | MEDIA, Once, Normal, "RFC 8839 §5.6";
    /// No more candidates will come.
    EndOfCandidates "end-of-candidates", Flag, SESSION | MEDIA, Once, Identical, "RFC 8840 §8";
    /// Addresses to choose from.
    Altc "altc", Words, MEDIA, Many, Transport, "RFC 6947";

    // Grouping and sources.

    /// Sections that belong together.
    Group "group", Group, SESSION, Many, Normal, "RFC 5888 §5";
    /// The name of a section.
    Mid "mid", Token, MEDIA, Once, Normal, "RFC 5888 §4";
    /// The section is there as part of a bundle only.
    BundleOnly "bundle-only", Flag, MEDIA, Once, Normal, "RFC 9143 §6";
    /// The media stream that a track is part of.
    Msid "msid", Msid, MEDIA | SOURCE, Many, Normal, "RFC 8830 §2";
    /// What the ids of media streams mean.
    MsidSemantic "msid-semantic", Words, SESSION, Many, Normal, "draft-ietf-mmusic-msid-02 §3";
    /// An attribute of one source.
    Ssrc "ssrc", Ssrc, MEDIA, Many, Normal, "RFC 5576 §4.1";
    /// Sources that belong together.
    SsrcGroup "ssrc-group", SsrcGroup, MEDIA, Many, Normal, "RFC 5576 §4.2";
    /// What identifies a source to the other members.
    Cname "cname", Text, SOURCE, Once, Normal, "RFC 5576 §6.1";
    /// The numbers that a source had before.
    PreviousSsrc "previous-ssrc", Words, SOURCE, Many, Normal, "RFC 5576 §6.2";
    /// The microseconds between a stream and its duplicate.
    DuplicationDelay "duplication-delay", Number(u64::MAX), SESSION | MEDIA, Once, Normal, "RFC 7197";

    // Header extensions, simulcast, pictures.

    /// The number of a header extension of RTP.
    Extmap "extmap", Extmap, SESSION | MEDIA, Many, Special, "RFC 8285";
    /// Header extensions of one byte and of two may be mixed.
    ExtmapAllowMixed "extmap-allow-mixed", Flag, SESSION | MEDIA, Once, Identical, "RFC 8285";
    /// A stream and what restricts it.
    Rid "rid", Rid, MEDIA, Many, Special, "RFC 8851 §10";
    /// Streams that carry one source several times.
    Simulcast "simulcast", Simulcast, MEDIA, Once, Normal, "RFC 8853 §5.1";
    /// The sizes of pictures that are sent and received.
    ImageAttr "imageattr", ImageAttr, MEDIA, Many, IdenticalPerPt, "RFC 6236 §3.1";

    // Data channels.

    /// The port of SCTP.
    SctpPort "sctp-port", Number(65_535), MEDIA, Once, Caution, "RFC 8841 §5.1";
    /// The longest message that is taken, in octets.
    MaxMessageSize "max-message-size", Number(u64::MAX), MEDIA, Once, Caution, "RFC 8841 §6.1";
    /// The application of an SCTP port.
    SctpMap "sctpmap", SctpMap, MEDIA, Many, Caution, "draft-ietf-mmusic-sctp-sdp-05 §5";
    /// The first chunk of SCTP, in base64.
    SctpInit "sctp-init", Text, MEDIA, Once, Caution, "draft-hancke-tsvwg-snap §3";
    /// A data channel.
    DcMap "dcmap", DcMap, MEDIA, Many, Special, "RFC 8864 §5.1.1";
    /// An attribute of one data channel.
    Dcsa "dcsa", Dcsa, MEDIA, Many, Special, "RFC 8864 §5.2.1";

    // Telephony.

    /// The name of a stream for others to refer to.
    Label "label", Token, MEDIA | DCSA, Once, Normal, "RFC 4574 §4";
    /// What a stream shows.
    Content "content", Tags, MEDIA, Once, Normal, "RFC 4796 §5";
    /// The resources that are there.
    CurrentStatus "curr", PreconditionStatus, MEDIA, Many, Caution, "RFC 3312 §4";
    /// The resources that shall be there.
    DesiredStatus "des", DesiredStatus, MEDIA, Many, Caution, "RFC 3312 §4";
    /// The resources to tell of when they are there.
    ConfirmStatus "conf", PreconditionStatus, MEDIA, Many, Caution, "RFC 3312 §4";
    /// Whether silence is sent.
    SilenceSupp "silenceSupp", SilenceSupp, SESSION | MEDIA, Once, Caution, "RFC 3108 §5.6.3.2";
    /// The canceller of echoes.
    Ecan "ecan", Words, SESSION | MEDIA, Once, Caution, "RFC 3108 §5.6.3.3";
    /// The gain.
    GainControl "gc", Words, SESSION | MEDIA, Once, Caution, "RFC 3108 §5.6.3.4";
    /// The languages that the sender would speak or sign.
    HlangSend "hlang-send", Words, MEDIA, Once, Normal, "RFC 8373";
    /// The languages that the sender would listen to or watch.
    HlangRecv "hlang-recv", Words, MEDIA, Once, Normal, "RFC 8373";
    /// Who may send to a multicast address.
    SourceFilter "source-filter", SourceFilter, SESSION | MEDIA, Many, Identical, "RFC 4570 §3";
    /// The port of RTCP of a multicast session.
    MulticastRtcp "multicast-rtcp", Number(65_535), SESSION | MEDIA, Once, Identical, "RFC 6128";

    // Fax.

    /// The version of T.38.
    T38FaxVersion "T38FaxVersion", Number(255), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// The highest rate, in bits a second.
    T38MaxBitRate "T38MaxBitRate", Number(u64::MAX), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// Fill bits are taken out.
    T38FaxFillBitRemoval "T38FaxFillBitRemoval", Switch, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// MMR is transcoded.
    T38FaxTranscodingMmr "T38FaxTranscodingMMR", Switch, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// JBIG is transcoded.
    T38FaxTranscodingJbig "T38FaxTranscodingJBIG", Switch, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// Who trains the modems: `localTCF` or `transferredTCF`.
    T38FaxRateManagement "T38FaxRateManagement", Token, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// The octets that can be kept.
    T38FaxMaxBuffer "T38FaxMaxBuffer", Number(u64::MAX), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// The octets of the largest datagram.
    T38FaxMaxDatagram "T38FaxMaxDatagram", Number(u64::MAX), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// The octets of the largest packet of T.38.
    T38FaxMaxIfp "T38FaxMaxIFP", Number(u64::MAX), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// How errors are mended: `t38UDPRedundancy` or `t38UDPFEC`.
    T38FaxUdpEc "T38FaxUdpEC", Token, MEDIA, Many, Tbd, "ITU-T T.38 §D.2.3";
    /// How many packets errors are mended over.
    T38FaxUdpEcDepth "T38FaxUdpECDepth", Words, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// How many packets a repair covers.
    T38FaxUdpFecMaxSpan "T38FaxUdpFECMaxSpan", Number(u64::MAX), MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// The modems that can be had.
    T38ModemType "T38ModemType", Token, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";
    /// Who made the device.
    T38VendorInfo "T38VendorInfo", Text, MEDIA, Once, Tbd, "ITU-T T.38 §D.2.3";

    // Messages, files, conferences.

    /// The URIs of MSRP, the last one that of the sender.
    Path "path", Words, MEDIA | DCSA, Once, Tbd, "RFC 4975";
    /// The media types that are taken.
    AcceptTypes "accept-types", Words, MEDIA | DCSA, Once, Tbd, "RFC 4975";
    /// The media types that are taken inside of others.
    AcceptWrappedTypes "accept-wrapped-types", Words, MEDIA | DCSA, Once, Tbd, "RFC 4975";
    /// The octets of the largest message.
    MaxSize "max-size", Number(u64::MAX), MEDIA | DCSA, Once, Tbd, "RFC 4975";
    /// MSRP goes without its path.
    MsrpCema "msrp-cema", Flag, MEDIA, Once, Tbd, "RFC 6714";
    /// The files that are meant.
    FileSelector "file-selector", Text, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// Names a transfer.
    FileTransferId "file-transfer-id", Token, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// What to do with a file.
    FileDisposition "file-disposition", Token, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// When a file was made, changed and read.
    FileDate "file-date", Text, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// A picture of a file.
    FileIcon "file-icon", Text, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// Which octets of a file.
    FileRange "file-range", Text, MEDIA | DCSA, Once, Tbd, "RFC 5547 §6";
    /// Who can control the floors.
    FloorCtrl "floorctrl", Words, MEDIA, Once, Tbd, "RFC 8856 §5.1";
    /// The number of the conference.
    ConfId "confid", Number(u64::MAX), MEDIA, Once, Tbd, "RFC 8856 §5.2";
    /// The number of the user.
    UserId "userid", Number(u64::MAX), MEDIA, Once, Tbd, "RFC 8856 §5.3";
    /// A floor, and the media that it is for.
    FloorId "floorid", FloorId, MEDIA, Many, Tbd, "RFC 8856 §5.4";
    /// The versions of BFCP.
    BfcpVer "bfcpver", Words, MEDIA, Once, Tbd, "RFC 8856 §5.5";

    // Clocks.

    /// What the timestamps of RTP are read from.
    TsRefClk "ts-refclk", ReferenceClock, SESSION | MEDIA | SOURCE, Many, Normal, "RFC 7273";
    /// What the media are sampled by.
    MediaClk "mediaclk", MediaClock, SESSION | MEDIA | SOURCE, Many, Normal, "RFC 7273";

    // Capability negotiation.

    /// The extensions that are supported.
    Csup "csup", Tags, SESSION | MEDIA, Once, Normal, "RFC 5939 §3.3.1";
    /// The extensions that are required.
    Creq "creq", Tags, SESSION | MEDIA, Once, Normal, "RFC 5939 §3.3.2";
    /// An attribute that could be used.
    Acap "acap", Capability, SESSION | MEDIA, Many, Inherit, "RFC 5939 §3.4.1";
    /// Protocols that could be used.
    Tcap "tcap", Capability, SESSION | MEDIA, Many, Inherit, "RFC 5939 §3.4.2";
    /// A configuration that is possible.
    Pcfg "pcfg", Capability, MEDIA, Many, Special, "RFC 5939 §3.5.1";
    /// The configuration that is chosen.
    Acfg "acfg", Capability, MEDIA, Once, Special, "RFC 5939 §3.5.2";
    /// A format of RTP that could be used.
    Rmcap "rmcap", Capability, SESSION | MEDIA, Many, IdenticalPerPt, "RFC 6871 §3.3.1";
    /// Another format that could be used.
    Omcap "omcap", Capability, SESSION | MEDIA, Many, Normal, "RFC 6871 §3.3.1";
    /// Parameters that could be used.
    Mfcap "mfcap", Capability, SESSION | MEDIA, Many, IdenticalPerPt, "RFC 6871 §3.3.2";
    /// Attributes that could be used with a format.
    Mscap "mscap", Capability, SESSION | MEDIA, Many, Inherit, "RFC 6871 §3.3.3";
    /// A configuration that is known, and not offered now.
    Lcfg "lcfg", Capability, MEDIA, Many, Special, "RFC 6871 §3.3.5";
    /// Configurations of sections that go together.
    Sescap "sescap", Capability, SESSION, Many, Caution, "RFC 6871 §3.3.8";
    /// A bandwidth that could be used.
    Bcap "bcap", Capability, SESSION | MEDIA, Many, Inherit, "RFC 7006 §3.1.1";
    /// An address that could be used.
    Ccap "ccap", Capability, SESSION | MEDIA, Many, Identical, "RFC 7006 §3.1.2";
    /// A title that could be used.
    Icap "icap", Capability, SESSION | MEDIA, Many, Normal, "RFC 7006 §3.1.3";

    // RTSP and what browsers add.

    /// Where to control the stream.
    Control "control", Text, SESSION | MEDIA, Once, Caution, "RFC 7826";
    /// The part of the media that there is.
    Range "range", Text, SESSION | MEDIA, Once, Caution, "RFC 7826";
    /// What tells one version of the media from another.
    Mtag "mtag", Text, SESSION | MEDIA, Once, Caution, "RFC 7826";
    /// The pixels of a picture.
    FrameSize "framesize", Words, MEDIA, Many, Caution, "RFC 6064";
    /// Something that browsers want of a section, as `conference`.
    XGoogleFlag "x-google-flag", Token, MEDIA, Many, Normal, "libwebrtc";
    /// How RTP packets are made of a payload type.
    Packetization "packetization", Words, MEDIA, Many, IdenticalPerPt, "libwebrtc";
    /// The receiver estimates the bandwidth.
    RemoteNetEstimate "remote-net-estimate", Flag, SESSION | MEDIA, Once, Normal, "libwebrtc";
}
