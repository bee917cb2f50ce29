//! Payload types: which number stands for which codec, and for how long.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{LocalCodec, NegotiationError, StreamCodec};
use crate::codec::{CodecPolicy, CodecSpec};

/// Whether a codec only repairs or repeats others, so that it is worth nothing alone
/// (RFC 4588, 2198, 5109, 8627).
pub(super) fn is_repair(encoding: &str) -> bool {
    ["rtx", "red", "ulpfec", "flexfec", "flexfec-03", "parityfec"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(encoding))
}

/// Whether a codec carries something beside the speech (RFC 4733, RFC 3389).
pub(super) fn is_auxiliary(encoding: &str) -> bool {
    ["telephone-event", "tone", "CN"].iter().any(|name| name.eq_ignore_ascii_case(encoding))
}

/// Whether two codecs are the same as far as the name of a payload type goes: what it stands for
/// may not change (RFC 3264 §8.3.2).
pub(super) fn is_same(a: &CodecSpec, b: &CodecSpec) -> bool {
    a.encoding.eq_ignore_ascii_case(&b.encoding)
        && a.clock_rate == b.clock_rate
        && a.channels.max(1) == b.channels.max(1)
}

/// The same codec with other payload types in its parameters. Those without another stay.
pub(super) fn renumbered(spec: &CodecSpec, number: impl Fn(u8) -> Option<u8>) -> CodecSpec {
    let replaced = |text: &str| match text.trim().parse().ok().and_then(&number) {
        Some(number) => number.to_string(),
        None => text.to_string(),
    };
    let fmtp = spec.fmtp.as_deref().map(|fmtp| {
        if spec.encoding.eq_ignore_ascii_case("rtx") {
            let parameters: Vec<String> = fmtp
                .split(';')
                .map(|parameter| match parameter.split_once('=') {
                    Some((name, value)) if name.trim().eq_ignore_ascii_case("apt") => {
                        [name, "=", &replaced(value)].concat()
                    }
                    _ => parameter.to_string(),
                })
                .collect();
            parameters.join(";")
        } else if spec.encoding.eq_ignore_ascii_case("red") {
            fmtp.split('/').map(replaced).collect::<Vec<_>>().join("/")
        } else {
            fmtp.to_string()
        }
    });
    CodecSpec { fmtp, ..spec.clone() }
}

/// Gives numbers to the codecs of an offer.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// What the numbers stand for already: in this stream since the session began, and in the
    /// sections that it may share a transport with.
    pub(super) used: Vec<(u8, CodecSpec)>,
}

impl Numbers {
    /// Whether a number can stand for a codec.
    fn is_free(&self, number: u8, spec: &CodecSpec) -> bool {
        self.used.iter().all(|(used, known)| *used != number || is_same(known, spec))
    }

    /// The number for a codec: the one that is wished for, or a dynamic one (RFC 3551 §3, and
    /// below them 35 to 63, which RFC 5761 §4 leaves to RTP).
    /// `offered` are the codecs of the section so far: a number is listed once.
    pub(super) fn take(
        &mut self,
        wished: u8,
        spec: &CodecSpec,
        offered: &[(u8, CodecSpec)],
    ) -> Option<u8> {
        let number = core::iter::once(wished)
            .chain((96..=127).rev())
            .chain((35..=63).rev())
            .filter(|number| offered.iter().all(|(taken, _)| taken != number))
            .find(|number| self.is_free(*number, spec))?;
        self.used.push((number, spec.clone()));
        Some(number)
    }
}

/// The codecs of an offer with their numbers: those that were agreed on first, under the numbers
/// that we receive them with, and then what else we have (RFC 8829 §5.2.2).
pub(super) fn offered(
    capability: &[LocalCodec],
    agreed: &[StreamCodec],
    numbers: &mut Numbers,
    policy: &impl CodecPolicy,
    section: usize,
) -> Result<Vec<(u8, CodecSpec)>, NegotiationError> {
    let mut offered: Vec<(u8, CodecSpec)> = Vec::new();
    // The number of the capability, and the one that it has got.
    let mut given: Vec<(u8, u8)> = Vec::new();
    let mut left: Vec<&LocalCodec> = capability.iter().collect();
    for codec in agreed {
        // A codec that the program has taken out is not offered again. One that comes more than
        // once, as rtx does and H.264 with its profiles, is told apart by its parameters.
        let position = |is_it: &dyn Fn(&LocalCodec) -> bool| {
            left.iter().position(|local| is_same(&local.spec, &codec.ours) && is_it(local))
        };
        let number = |wished: u8| renumber(&given, wished);
        let at = position(&|local| renumbered(&local.spec, number).fmtp == codec.ours.fmtp)
            .or_else(|| position(&|local| policy.agree(&local.spec, &codec.theirs).is_some()))
            .or_else(|| position(&|_| true));
        let Some(at) = at else { continue };
        let local = left.remove(at);
        given.push((local.payload_type, codec.receive));
        numbers.used.push((codec.receive, codec.ours.clone()));
        offered.push((codec.receive, local.spec.clone()));
    }
    for local in left {
        let number = numbers
            .take(local.payload_type, &local.spec, &offered)
            .ok_or(NegotiationError::NoPayloadType(section))?;
        given.push((local.payload_type, number));
        offered.push((number, local.spec.clone()));
    }
    for (_, spec) in &mut offered {
        *spec = renumbered(spec, |wished| renumber(&given, wished));
    }
    Ok(offered)
}

/// The number that a codec has got in the place of `wished`.
fn renumber(given: &[(u8, u8)], wished: u8) -> Option<u8> {
    given.iter().find(|(from, _)| *from == wished).map(|(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::{Numbers, renumbered};
    use crate::codec::CodecSpec;

    fn spec(encoding: &str, fmtp: &str) -> CodecSpec {
        CodecSpec { fmtp: Some(fmtp.into()), ..CodecSpec::new(encoding, 90_000) }
    }

    #[test]
    fn numbers_in_parameters_follow_the_codecs_they_speak_of() {
        let number = |n: u8| (n == 96).then_some(100);
        for (encoding, before, after) in [
            ("rtx", "apt=96;rtx-time=200", "apt=100;rtx-time=200"),
            ("rtx", "rtx-time=200; apt=97", "rtx-time=200; apt=97"),
            ("red", "96/96/97", "100/100/97"),
            ("VP8", "apt=96", "apt=96"),
        ] {
            let fmtp = renumbered(&spec(encoding, before), number).fmtp.unwrap();
            assert_eq!(fmtp, after);
        }
    }

    #[test]
    fn a_number_that_stands_for_another_codec_is_not_taken_again() {
        let mut numbers = Numbers::default();
        let (vp8, vp9) = (CodecSpec::new("VP8", 90_000), CodecSpec::new("VP9", 90_000));
        assert_eq!(numbers.take(96, &vp8, &[]), Some(96));
        assert_eq!(numbers.take(96, &CodecSpec::new("vp8", 90_000), &[]), Some(96));
        assert_eq!(numbers.take(96, &vp9, &[]), Some(127));
        assert_eq!(numbers.take(96, &vp8, &[(96, vp8.clone())]), Some(126));
    }
}
