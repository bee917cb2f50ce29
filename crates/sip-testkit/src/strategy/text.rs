//! Words: RFC 3261 §25.1 `token`, `word`, `quoted-string`, `display-name`, `TEXT-UTF8-TRIM`.

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::value::{Display, Quoted};

use super::Sample;
use super::space::{fold, lws};

const TOKEN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~";
const WORD: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~()<>:\\\"/[]?{}";

/// Bytes of an alphabet. (Choosing each byte by a strategy of its own costs ten times as much.)
pub(super) fn text_of(alphabet: &'static [u8], size: Range<usize>) -> BoxedStrategy<Vec<u8>> {
    vec(0..alphabet.len(), size)
        .prop_map(|picks| picks.into_iter().map(|pick| alphabet[pick]).collect())
        .boxed()
}

/// `token`
pub fn token() -> BoxedStrategy<Vec<u8>> {
    text_of(TOKEN, 1..12)
}

/// `word`, the larger alphabet of Call-ID
pub fn word() -> BoxedStrategy<Vec<u8>> {
    text_of(WORD, 1..20)
}

/// `UTF8-NONASCII`: mostly real letters, now and then a sequence that only the RFC's (wider)
/// rule lets through, such as one of five bytes.
pub fn utf8_nonascii() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        4 => prop::sample::select(vec!["é", "ß", "д", "中", "🎵"]).prop_map(|c| c.as_bytes().to_vec()),
        1 => (0usize..5).prop_flat_map(|kind| {
            let leads = [0xC0..=0xDFu8, 0xE0..=0xEF, 0xF0..=0xF7, 0xF8..=0xFB, 0xFC..=0xFD];
            (leads[kind].clone(), vec(0x80..=0xBFu8, kind + 1))
                .prop_map(|(lead, tail)| [&[lead][..], &tail].concat())
        }),
    ]
    .boxed()
}

/// One element of a quoted string: its bytes, and the bytes that it stands for.
fn quoted_piece() -> BoxedStrategy<(Vec<u8>, Vec<u8>)> {
    let same = |bytes: Vec<u8>| (bytes.clone(), bytes);
    let qdtext = vec(
        (0x21..=0x7Eu8).prop_map(|byte| if matches!(byte, b'"' | b'\\') { b';' } else { byte }),
        1..6,
    );
    let octet = (0..0x80u8).prop_filter("no CR, no LF", |byte| !matches!(byte, b'\r' | b'\n'));
    // A fold stands between letters: blanks beside it could be read as part of it.
    prop_oneof![
        6 => qdtext.prop_map(same),
        1 => utf8_nonascii().prop_map(same),
        2 => octet.prop_map(|byte| (vec![b'\\', byte], vec![byte])),
        1 => prop::sample::select(vec![&b" x"[..], b"\tx", b"  x"]).prop_map(move |b| same(b.to_vec())),
        1 => fold().prop_map(|fold| ([b"x", &fold[..], b"y"].concat(), b"x y".to_vec())),
    ]
    .boxed()
}

/// `quoted-string`, with quotes.
pub fn quoted() -> BoxedStrategy<Sample<Quoted>> {
    vec(quoted_piece(), 0..5)
        .prop_map(|pieces| {
            let (raw, text): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
            let quoted = Quoted { raw: raw.concat(), text: text.concat() };
            Sample { text: [b"\"", &quoted.raw[..], b"\""].concat(), expect: quoted }
        })
        .boxed()
}

/// `display-name`: tokens with white space between, or a quoted string.
pub fn display() -> BoxedStrategy<Sample<Display>> {
    let tokens = vec((lws(), token()), 1..4).prop_map(|tokens| {
        let items = tokens
            .into_iter()
            .map(|(lws, token)| (lws, Sample { text: token.clone(), expect: token }));
        super::join(items.collect()).map(Display::Tokens)
    });
    prop_oneof![tokens, quoted().prop_map(|quoted| quoted.map(Display::Quoted))].boxed()
}

/// Free text for Subject and the like, `[TEXT-UTF8-TRIM]`: words with white space between.
pub fn text_line() -> BoxedStrategy<Vec<u8>> {
    let word = prop_oneof![
        4 => vec(0x21..=0x7Eu8, 1..10),
        1 => utf8_nonascii(),
    ];
    vec((lws(), word), 0..6)
        .prop_map(|words| {
            let mut text = Vec::new();
            for (at, (lws, word)) in words.iter().enumerate() {
                if at > 0 {
                    text.extend_from_slice(lws);
                }
                text.extend_from_slice(word);
            }
            text
        })
        .boxed()
}
