//! Reading descriptions.

use std::ops::Range;

use sdp::precondition::StatusTable;
use sdp::{Media, Parser, SessionDescription, Tolerances, diff, lint};

use super::TOLERANCES;

/// Parses bytes as a description under every set of tolerances and reads all there is.
///
/// - What stricter rules accept, looser ones accept with the same lines.
/// - Every byte belongs to exactly one line, and what is no line is line ends.
/// - Errors, deviations and findings lie inside the description; findings are in order.
/// - What was accepted is accepted again, also with a used index.
/// - A description does not differ from itself.
pub fn sdp(data: &[u8]) {
    let mut stricter = None;
    for tolerances in TOLERANCES() {
        let mut parser = Parser::new().tolerances(tolerances);
        match parser.parse(data.to_vec()) {
            Err(error) => {
                assert!(stricter.is_none(), "refused under looser rules: {error}");
                assert!(error.offset() <= data.len(), "{error}");
                assert!(error.line() > 0 && error.column() > 0 && !error.rfc().is_empty());
            }
            Ok(description) => {
                assert!(tolerances != Tolerances::strict() || description.deviations().is_empty());
                read(data, &description);
                let places = places(&description);
                assert!(stricter.as_ref().is_none_or(|stricter| *stricter == places));
                parser.recycle(description.clone());
                let again = parser.parse(description.to_bytes()).expect("it was accepted before");
                assert_eq!(again, description);
                assert_eq!(self::places(&again), places);
                stricter = Some(places);
            }
        }
    }
}

type Places = (Vec<(Range<usize>, Range<usize>)>, Vec<usize>);

/// Where the lines are, and how many each section has.
fn places(description: &SessionDescription) -> Places {
    let lines = description.lines().map(|line| (line.range(), line.value_range()));
    (lines.collect(), description.media().map(|media| media.lines().len()).collect())
}

fn read(data: &[u8], description: &SessionDescription) {
    let blank =
        |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t'));
    let mut next = description.lines().next().map_or(data.len(), |line| line.range().start);
    assert!(blank(&data[..next]), "{:?}", &data[..next]);
    for line in description.lines() {
        let (range, value) = (line.range(), line.value_range());
        assert_eq!(range.start, next);
        assert!(value.end <= range.end && blank(&data[value.end..range.end]), "{line:?}");
        next = range.end;
        let mut deviations = Vec::new();
        if let Some(Err(error)) = line.attribute_value_checked(&mut deviations) {
            assert!(
                error.offset().is_some_and(|at| range.start <= at && at <= value.end),
                "{error}"
            );
        }
        for deviation in deviations {
            let (start, len) = (deviation.offset as usize, deviation.len as usize);
            assert!(range.start <= start && start + len <= range.end, "{deviation:?} in {line:?}");
        }
    }
    assert_eq!(next, data.len());

    let whole = description.deviations().iter();
    for (offset, len) in whole.map(|deviation| (deviation.offset, deviation.len)) {
        assert!(offset as usize + len as usize <= data.len());
    }
    let mut before = 0;
    for finding in lint(description) {
        assert!(finding.offset() + finding.len() <= data.len(), "{finding}");
        assert!(finding.offset() >= before, "{finding} is out of order");
        assert!(!finding.rfc().is_empty() && !finding.name().is_empty());
        before = finding.offset();
    }
    session(data, description);
    let sections: usize = description.media().map(|media| media.lines().len()).sum();
    assert!(description.session_lines().len() + sections <= description.lines().len());
    for media in description.media() {
        section(description, &media);
    }
    assert_eq!(diff(description, description), []);
}

/// Reads all that concerns the session; errors lie inside the description.
fn session(data: &[u8], description: &SessionDescription) {
    let inside = |error: sdp::LineError| {
        assert!(error.offset().is_none_or(|at| at <= data.len()), "{error}");
        assert!(!error.rfc().is_empty() && error.line() > 0 && error.column() > 0);
    };
    let _ = description.origin().map_err(inside);
    let _ = description.session_name().map_err(inside);
    let _ = description.information().map_err(inside);
    let _ = description.uri().map_err(inside);
    let _ = description.connection().map_err(inside);
    let _ = description.zone_adjustments().map_err(inside);
    let _ = description.key().map_err(inside);
    description.emails().chain(description.phones()).filter_map(Result::err).for_each(inside);
    description.bandwidths().filter_map(Result::err).for_each(inside);
    for time in description.times() {
        let _ = time.map_err(inside).map(|time| time.repeats().filter_map(Result::err).count());
    }
    for bundle in description.bundles() {
        let tagged = description.tagged(bundle);
        assert!(tagged.is_none_or(|media| media.mid().is_some()));
    }
    let _ = (description.direction(), description.bandwidth("AS"));
}

/// Asks a section all that there is to ask.
fn section(description: &SessionDescription, media: &Media<'_>) {
    let index = media.index();
    assert_eq!(description.media_at(index).map(|media| media.line().range()), {
        Some(media.line().range())
    });
    let codecs = media.codecs();
    for codec in codecs.iter() {
        assert!(media.payload_types().any(|number| number == codec.payload_type()));
        let spec = codec.to_spec();
        assert_eq!(spec.is_some(), codec.encoding().is_some() && codec.clock_rate().is_some());
        assert!(codec.fmtps().all(|fmtp| fmtp.payload_type() == Some(codec.payload_type())));
        let _ = (codec.channels(), codec.feedback().count(), spec.map(|spec| spec.references()));
        typed(&codec);
    }
    if let Ok(Some(address)) = media.address() {
        assert_eq!(address.port, media.port());
    }
    let _ = (media.rtcp_address(), media.connection(), media.information(), media.key());
    let _ = (media.direction(), media.is_hold(), media.is_rejected(), media.is_bundle_only());
    let _ = (media.ice_credentials(), media.default_candidate(), media.bandwidth("TIAS"));
    if let Some(bundle) = media.bundle() {
        assert!(media.mid().is_some_and(|mid| bundle.mids().any(|other| other == mid)));
    }
    if let Some(table) = StatusTable::of(media, "qos") {
        let mut answer = table.reversed();
        answer.answer(&table);
        let _ = (answer.is_met(), answer.must_tell());
        assert!(answer.lines().iter().all(|line| !line.contains(['\r', '\n'])));
    }
}

/// Reads the parameters of a codec as each of the types that there are.
fn typed(codec: &sdp::codec::Codec<'_, '_>) {
    use sdp::codec::{
        Amr, Av1, Evs, FlexFec, G729, H264, Ilbc, Opus, Red, Rtx, TelephoneEvent, Vp8, Vp9,
    };
    macro_rules! read {
        ($($format:ty,)+) => { $(let _ = codec.parameters::<$format>().map(|format| {
            assert!(!format!("{format:?}").is_empty());
        });)+ };
    }
    read!(
        Amr<'_>,
        Av1,
        Evs<'_>,
        FlexFec,
        G729,
        H264<'_>,
        Ilbc,
        Opus,
        Red<'_>,
        Rtx,
        TelephoneEvent,
        Vp8,
        Vp9,
    );
}
