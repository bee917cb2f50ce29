//! Multipart bodies and fragments of messages.

use bytes::Bytes;
use sip_message::value::{HeaderValue, MediaType};
use sip_message::{
    Limits, Multipart, MultipartBuilder, MultipartLimits, MultipartRef, PartBuilder, Sipfrag,
    Tolerances,
};

/// Takes bytes apart whose first line is a Content-Type and whose rest is the body; the rest is
/// also read as a `message/sipfrag`.
///
/// - What stricter rules accept, looser ones accept with the same parts.
/// - Preamble, parts and epilogue lie in the body, in order; between them is nothing but
///   delimiters.
/// - Errors and deviations lie inside the body.
/// - A multipart that is built of the parts that were found has the same parts.
pub fn multipart(data: &[u8]) {
    let mut lines = data.splitn(2, |b| *b == b'\n');
    let media = lines.next().unwrap_or_default();
    let body = Bytes::copy_from_slice(lines.next().unwrap_or_default());
    sipfrag(&body);
    let Ok(media) = MediaType::decode_with(media, Tolerances::lenient()) else { return };
    let mut limits = MultipartLimits::default();
    limits.parts = 40;
    limits.depth = 4;
    let mut accepted: Option<Multipart> = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        match Multipart::parse_with(body.clone(), media, limits, tolerances) {
            Err(error) => {
                assert!(accepted.is_none(), "refused under looser rules: {error}");
                assert!(error.offset() <= body.len(), "{error}");
                assert!(!error.rfc().is_empty() && !error.kind().name().is_empty());
            }
            Ok(found) => {
                for deviation in found.deviations() {
                    assert!(tolerances.allows(deviation.rule));
                    assert!((deviation.offset + deviation.len) as usize <= body.len());
                }
                if tolerances == Tolerances::strict() {
                    assert_eq!(found.deviations(), []);
                }
                level(&body, found.top());
                if let Some(stricter) = &accepted {
                    same(stricter.top(), found.top());
                }
                rebuild(&found);
                accepted = Some(found);
            }
        }
    }
}

/// Every octet of a multipart is in the preamble, in a part, in the epilogue or in a delimiter.
fn level(buffer: &[u8], multipart: MultipartRef<'_>) {
    let whole = multipart.range();
    let dash = [b"--", multipart.boundary()].concat();
    let mut next = whole.start + multipart.preamble().map_or(0, <[u8]>::len);
    let delimiter = |between: &[u8]| {
        let text = between.trim_ascii();
        let line = text.strip_prefix(&dash[..]).expect("a delimiter");
        assert!(matches!(line, b"" | b"--"), "{}", between.escape_ascii());
    };
    for part in multipart.parts() {
        assert!(next <= part.range().start && part.range().end <= whole.end);
        delimiter(&buffer[next..part.range().start]);
        assert_eq!(&buffer[part.body_range()], part.body());
        assert_eq!(part.range().end, part.body_range().end);
        let mut line_start = part.range().start;
        for line in part.headers().iter() {
            assert_eq!(line.range().start, line_start);
            line_start = line.range().end;
        }
        assert!(matches!(&buffer[line_start..part.body_range().start], b"" | b"\n" | b"\r\n"));
        let _ = (part.content_type().is_ok(), part.disposition().is_ok(), part.content_id());
        match part.multipart() {
            Some(Ok(inner)) => {
                assert_eq!(inner.range(), part.body_range());
                level(buffer, inner);
            }
            Some(Err(error)) => assert!(error.offset() <= buffer.len()),
            None => {}
        }
        next = part.range().end;
    }
    let epilogue = whole.end - multipart.epilogue().map_or(0, <[u8]>::len);
    if next < epilogue {
        delimiter(&buffer[next..epilogue]);
    }
    assert!(multipart.parts().any(|part| part.range() == multipart.root().range()));
}

/// What stricter rules found, looser ones find as well; where a strict reader gave up inside, a
/// looser one may have gone on.
fn same(stricter: MultipartRef<'_>, looser: MultipartRef<'_>) {
    assert_eq!(stricter.boundary(), looser.boundary());
    assert_eq!(stricter.preamble(), looser.preamble());
    assert_eq!(stricter.epilogue(), looser.epilogue());
    assert_eq!(stricter.len(), looser.len());
    for (a, b) in stricter.parts().zip(looser.parts()) {
        assert_eq!((a.range(), a.body_range()), (b.range(), b.body_range()));
        assert_eq!(a.headers().len(), b.headers().len());
        if let (Some(Ok(a)), Some(Ok(b))) = (a.multipart(), b.multipart()) {
            same(a, b);
        }
    }
}

/// Builds a multipart of the same parts, but for headers that a builder refuses, and reads it.
fn rebuild(multipart: &Multipart) {
    let mut builder = MultipartBuilder::mixed();
    for part in multipart.parts() {
        let mut built = PartBuilder::untyped(part.body_bytes());
        for line in part.headers().iter() {
            let next = built.clone().header(line.name_str(), line.value());
            if next.error().is_none() {
                built = next;
            }
        }
        builder = builder.part(built);
    }
    let built = builder.build().expect("there are parts");
    let media = MediaType::decode_with(built.content_type().as_bytes(), Tolerances::strict())
        .expect("a builder's own type");
    // A head may grow: the builder writes blanks that the original need not have.
    let mut limits = MultipartLimits::default();
    limits.head = usize::MAX;
    let again = Multipart::parse_with(built.bytes().clone(), media, limits, Tolerances::strict())
        .expect("what was built follows the RFC");
    assert!(
        again.parts().map(|part| part.body()).eq(multipart.parts().map(|part| part.body())),
        "the parts differ"
    );
}

/// Reads a fragment: what stricter rules accept, looser ones accept, and every byte is in its
/// place.
fn sipfrag(data: &Bytes) {
    let mut accepted: Option<Sipfrag> = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        match Sipfrag::parse_with(data.clone(), Limits::default(), tolerances) {
            Err(error) => {
                assert!(accepted.is_none(), "refused under looser rules: {error}");
                assert!(error.offset() <= data.len(), "{error}");
            }
            Ok(fragment) => {
                let mut next = fragment.start_line().map_or(0, <[u8]>::len);
                for line in fragment.headers().iter() {
                    assert_eq!(line.range().start, next);
                    next = line.range().end;
                }
                let empty_line = &data[next..fragment.body_range().start];
                assert!(matches!(empty_line, b"" | b"\n" | b"\r\n"));
                let starts = [fragment.status().is_some(), fragment.method().is_some()];
                let starts = starts.iter().filter(|found| **found).count();
                assert_eq!(starts, usize::from(fragment.start_line().is_some()));
                let _ = fragment.uri();
                if let Some(stricter) = &accepted {
                    assert_eq!(stricter.body_range(), fragment.body_range());
                    assert_eq!(stricter.headers().len(), fragment.headers().len());
                    assert_eq!(stricter.start_line(), fragment.start_line());
                }
                accepted = Some(fragment);
            }
        }
    }
}
