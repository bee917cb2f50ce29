//! Whether two sides mean the same codec, and what the answer says of it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::CodecSpec;
use super::format::{
    Amr, Av1, FormatParameters, G723, G729, H264, H265, Ilbc, TelephoneEvent, Vp9,
};

/// Tells whether codecs match.
pub trait CodecPolicy {
    /// Whether a codec of ours can be used with one of the other side, and what our side says of
    /// it then; `None` when it cannot.
    fn agree(&self, ours: &CodecSpec, theirs: &CodecSpec) -> Option<Agreed>;
}

/// What two sides agree on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Agreed {
    /// The parameters that our answer has.
    pub fmtp: Option<String>,
}

/// Names in any case, the clock rate, the channels, and for each encoding the parameters that
/// both sides must have in common. What a side only tells of itself is not compared.
///
/// | encoding | must be the same | the answer has |
/// |---|---|---|
/// | AMR, AMR-WB | `octet-align`, `crc`, `robust-sorting`, `interleaving`, `mode-set` where both have one | ours, with the `mode-set` of the offer |
/// | AV1 | `profile` | ours |
/// | G.723.1, G.729 | | silence compression where neither side says no |
/// | H.264 | profile, `packetization-mode` | ours, at a level that both have unless both allow asymmetry |
/// | H.265 | `profile-space`, `profile-id`, `tier-flag`, `tx-mode` | ours |
/// | iLBC | | frames of 30 ms where one side wants them |
/// | red, rtx | | that of the offer |
/// | telephone-event | an event | the events of both |
/// | VP9 | `profile-id` | ours |
/// | others | | ours |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DefaultPolicy;

impl CodecPolicy for DefaultPolicy {
    fn agree(&self, ours: &CodecSpec, theirs: &CodecSpec) -> Option<Agreed> {
        if !ours.encoding.eq_ignore_ascii_case(&theirs.encoding)
            || ours.clock_rate != theirs.clock_rate
            || ours.channels.max(1) != theirs.channels.max(1)
        {
            return None;
        }
        let is = |encodings: &[&str]| {
            encodings.iter().any(|encoding| encoding.eq_ignore_ascii_case(&ours.encoding))
        };
        let fmtp = if is(H264::ENCODINGS) {
            h264(ours, theirs)?
        } else if is(TelephoneEvent::ENCODINGS) {
            telephone_event(ours, theirs)?
        } else if is(Amr::ENCODINGS) {
            amr(ours, theirs)?
        } else if is(Ilbc::ENCODINGS) {
            ilbc(ours, theirs)?
        } else if is(G729::ENCODINGS) {
            let (a, b): (G729, G729) = (ours.parameters().ok()?, theirs.parameters().ok()?);
            silence("annexb", a.annex_b && b.annex_b, ours, theirs)
        } else if is(G723::ENCODINGS) {
            let (a, b): (G723, G723) = (ours.parameters().ok()?, theirs.parameters().ok()?);
            silence("annexa", a.annex_a && b.annex_a, ours, theirs)
        } else if is(&["rtx", "red"]) {
            theirs.fmtp.clone()
        } else {
            same_configuration(&is, ours, theirs)?;
            ours.fmtp.clone()
        };
        Some(Agreed { fmtp })
    }
}

/// Encodings whose answer has our own parameters.
fn same_configuration(
    is: &impl Fn(&[&str]) -> bool,
    ours: &CodecSpec,
    theirs: &CodecSpec,
) -> Option<()> {
    let same = if is(Vp9::ENCODINGS) {
        let (a, b): (Vp9, Vp9) = (ours.parameters().ok()?, theirs.parameters().ok()?);
        a.profile_id == b.profile_id
    } else if is(Av1::ENCODINGS) {
        let (a, b): (Av1, Av1) = (ours.parameters().ok()?, theirs.parameters().ok()?);
        a.profile == b.profile
    } else if is(H265::ENCODINGS) {
        let (a, b): (H265<'_>, H265<'_>) = (ours.parameters().ok()?, theirs.parameters().ok()?);
        let mode = |mode: Option<&str>| mode.unwrap_or("SRST").to_ascii_uppercase();
        (a.profile_space, a.profile_id, a.tier_flag) == (b.profile_space, b.profile_id, b.tier_flag)
            && mode(a.tx_mode) == mode(b.tx_mode)
    } else {
        true
    };
    same.then_some(())
}

/// RFC 6184 §8.2.2: profile and packetization mode are used as offered or not at all; the level
/// is the lower of the two unless both sides allow them to differ.
fn h264(ours: &CodecSpec, theirs: &CodecSpec) -> Option<Option<String>> {
    let (a, b): (H264<'_>, H264<'_>) = (ours.parameters().ok()?, theirs.parameters().ok()?);
    let (ours_id, theirs_id) = (a.profile_level_id, b.profile_level_id);
    if !ours_id.same_profile(&theirs_id) || a.packetization_mode != b.packetization_mode {
        return None;
    }
    let level = match a.level_asymmetry_allowed && b.level_asymmetry_allowed {
        true => ours_id.level(),
        false => ours_id.level().min(theirs_id.level()),
    };
    if level == ours_id.level() {
        return Some(ours.fmtp.clone());
    }
    let id = ours_id.at_level(level).to_string();
    Some(Some(with_parameter(ours.fmtp.as_deref(), "profile-level-id", &id)))
}

/// RFC 4733 §2.4.1: the answer lists the events that both sides take.
fn telephone_event(ours: &CodecSpec, theirs: &CodecSpec) -> Option<Option<String>> {
    let (a, b): (TelephoneEvent, TelephoneEvent) =
        (ours.parameters().ok()?, theirs.parameters().ok()?);
    let both = a.events().and(&b.events());
    if both.is_empty() {
        return None;
    }
    let said = ours.fmtp.is_some() || theirs.fmtp.is_some();
    Some(said.then(|| both.to_string()))
}

/// RFC 4867 §8.3.1: the configuration must be the same; a mode set that is offered is used or the
/// payload type is refused.
fn amr(ours: &CodecSpec, theirs: &CodecSpec) -> Option<Option<String>> {
    let (a, b): (Amr<'_>, Amr<'_>) = (ours.parameters().ok()?, theirs.parameters().ok()?);
    let configuration =
        |amr: &Amr<'_>| (amr.octet_align, amr.crc, amr.robust_sorting, amr.interleaving);
    if configuration(&a) != configuration(&b) {
        return None;
    }
    match (modes(a.mode_set), modes(b.mode_set)) {
        (Some(ours), Some(theirs)) if ours != theirs => None,
        (None, Some(_)) => {
            let set = b.mode_set.unwrap_or_default();
            Some(Some(with_parameter(ours.fmtp.as_deref(), "mode-set", set)))
        }
        _ => Some(ours.fmtp.clone()),
    }
}

fn modes(set: Option<&str>) -> Option<Vec<&str>> {
    let mut modes: Vec<_> = set?.split(',').map(str::trim).collect();
    modes.sort_unstable();
    Some(modes)
}

/// RFC 3952 §4.2: frames of 20 ms need both sides.
fn ilbc(ours: &CodecSpec, theirs: &CodecSpec) -> Option<Option<String>> {
    let (a, b): (Ilbc, Ilbc) = (ours.parameters().ok()?, theirs.parameters().ok()?);
    let said = ours.fmtp.is_some() || theirs.fmtp.is_some();
    Some(said.then(|| format!("mode={}", a.mode.max(b.mode))))
}

/// Compression of silence, which needs both sides.
fn silence(name: &str, both: bool, ours: &CodecSpec, theirs: &CodecSpec) -> Option<String> {
    let said = ours.fmtp.is_some() || theirs.fmtp.is_some();
    said.then(|| format!("{name}={}", if both { "yes" } else { "no" }))
}

/// The parameters with one of them set.
fn with_parameter(fmtp: Option<&str>, name: &str, value: &str) -> String {
    let others = fmtp.unwrap_or_default().split(';').map(str::trim).filter(|part| {
        !part.is_empty()
            && !part.split('=').next().unwrap_or_default().trim().eq_ignore_ascii_case(name)
    });
    let mut parts: Vec<String> = others.map(ToString::to_string).collect();
    parts.push(format!("{name}={value}"));
    parts.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `ours` answers to `theirs`: `None` when they do not match, an empty text for no fmtp.
    fn agree(encoding: &str, ours: &str, theirs: &str) -> Option<String> {
        let spec = |fmtp: &str| CodecSpec {
            fmtp: (!fmtp.is_empty()).then(|| fmtp.into()),
            ..CodecSpec::new(encoding, 90_000)
        };
        let agreed = DefaultPolicy.agree(&spec(ours), &spec(theirs))?;
        Some(agreed.fmtp.unwrap_or_default())
    }

    #[test]
    fn names_match_in_any_case_and_clock_rates_and_channels_must_be_the_same() {
        let pcma = CodecSpec::new("PCMA", 8000);
        let policy = DefaultPolicy;
        assert!(policy.agree(&pcma, &CodecSpec::new("pcma", 8000)).is_some());
        assert!(policy.agree(&pcma, &CodecSpec::new("PCMA", 8000).with_channels(0)).is_some());
        assert!(policy.agree(&pcma, &CodecSpec::new("PCMA", 16000)).is_none());
        assert!(policy.agree(&pcma, &CodecSpec::new("PCMA", 8000).with_channels(2)).is_none());
        assert!(policy.agree(&pcma, &CodecSpec::new("PCMU", 8000)).is_none());
    }

    #[test]
    fn h264_needs_profile_and_packetization_mode_and_takes_the_lower_level() {
        let ours = "profile-level-id=42e01f;packetization-mode=1";
        let answer = |theirs: &str| agree("H264", ours, theirs);
        assert_eq!(answer("packetization-mode=1; profile-level-id=42E028").unwrap(), ours);
        assert_eq!(
            answer("packetization-mode=1;profile-level-id=42c014").unwrap(),
            "packetization-mode=1;profile-level-id=42e014"
        );
        assert_eq!(answer("profile-level-id=42e01f"), None, "mode 0");
        assert_eq!(answer("profile-level-id=640028;packetization-mode=1"), None, "high");
        assert_eq!(answer("profile-level-id=42e01;packetization-mode=1"), None, "not readable");
        let ours = "profile-level-id=42e01f;level-asymmetry-allowed=1";
        let theirs = "profile-level-id=42e00b;level-asymmetry-allowed=1";
        assert_eq!(agree("H264", ours, theirs).unwrap(), ours);
    }

    #[test]
    fn amr_needs_its_configuration_and_takes_the_offered_mode_set() {
        assert_eq!(agree("AMR", "octet-align=1", "octet-align=1").unwrap(), "octet-align=1");
        assert_eq!(agree("AMR", "octet-align=1", ""), None);
        assert_eq!(agree("AMR", "", "crc=1"), None);
        assert_eq!(agree("AMR", "", "mode-set=0,2,5,7").unwrap(), "mode-set=0,2,5,7");
        assert_eq!(
            agree("AMR", "mode-set=7,0,2,5", "mode-set=0,2,5,7").unwrap(),
            "mode-set=7,0,2,5"
        );
        assert_eq!(agree("AMR", "mode-set=7", "mode-set=0,2,5,7"), None);
        assert_eq!(agree("AMR-WB", "mode-set=2", "").unwrap(), "mode-set=2");
    }

    #[test]
    fn what_needs_both_sides_is_off_when_one_says_so() {
        assert_eq!(agree("G729", "", "annexb=no").unwrap(), "annexb=no");
        assert_eq!(agree("G729", "annexb=no", "annexb=yes").unwrap(), "annexb=no");
        assert_eq!(agree("G729", "", "").unwrap(), "");
        assert_eq!(agree("G723", "annexa=yes", "").unwrap(), "annexa=yes");
        assert_eq!(agree("iLBC", "mode=20", "mode=20").unwrap(), "mode=20");
        assert_eq!(agree("iLBC", "mode=20", "").unwrap(), "mode=30");
    }

    #[test]
    fn events_are_those_of_both() {
        assert_eq!(agree("telephone-event", "0-16", "0-11,16,66").unwrap(), "0-11,16");
        assert_eq!(agree("telephone-event", "", "").unwrap(), "");
        assert_eq!(agree("telephone-event", "0-15", "").unwrap(), "0-15");
        assert_eq!(agree("telephone-event", "0-9", "32-40"), None);
        assert_eq!(agree("telephone-event", "0-9", "x"), None);
    }

    #[test]
    fn profiles_of_newer_codecs_must_be_the_same() {
        assert_eq!(agree("VP9", "profile-id=0", "").unwrap(), "profile-id=0");
        assert_eq!(agree("VP9", "profile-id=0", "profile-id=2"), None);
        assert_eq!(agree("AV1", "", "profile=1"), None);
        assert_eq!(agree("AV1", "level-idx=8", "level-idx=5").unwrap(), "level-idx=8");
        assert_eq!(agree("H265", "profile-id=1", "tx-mode=MRST"), None);
    }

    #[test]
    fn parameters_that_are_declared_are_not_compared() {
        assert_eq!(
            agree("opus", "useinbandfec=1", "stereo=1;maxplaybackrate=16000").unwrap(),
            "useinbandfec=1"
        );
        assert_eq!(agree("rtx", "apt=96", "apt=100").unwrap(), "apt=100");
    }
}
