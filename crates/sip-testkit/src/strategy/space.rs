//! White space where the grammar allows it: RFC 3261 §25.1 `LWS`, `SWS` and the separators.
//!
//! Most separators come without any, as in real messages; one in a few has blanks, tabs or a fold.

use proptest::prelude::*;

/// A line break and the blanks that open the next line.
pub fn fold() -> BoxedStrategy<Vec<u8>> {
    prop::sample::select(vec![&b"\r\n "[..], b"\r\n\t", b"\r\n   ", b"\r\n \t "])
        .prop_map(<[u8]>::to_vec)
        .boxed()
}

/// `LWS`: at least one blank, perhaps a fold with or without blanks before it.
pub fn lws() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        6 => Just(b" ".to_vec()),
        1 => Just(b"\t".to_vec()),
        1 => Just(b"  \t ".to_vec()),
        1 => fold(),
        1 => (prop::sample::select(vec![&b" "[..], b"\t "]), fold())
            .prop_map(|(blanks, fold)| [blanks, &fold].concat()),
    ]
    .boxed()
}

/// `SWS`: mostly nothing.
pub fn sws() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![5 => Just(Vec::new()), 1 => lws()].boxed()
}

/// A separator with its optional white space on both sides: `SEMI`, `COMMA`, `EQUAL`, `SLASH`, ….
pub fn separator(byte: u8) -> BoxedStrategy<Vec<u8>> {
    (sws(), sws()).prop_map(move |(before, after)| [&before[..], &[byte], &after].concat()).boxed()
}
