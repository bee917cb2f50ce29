//! The small values: methods, numbers, CSeq, Call-ID, token lists, media types.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::value::{CSeq, MediaType, Number, ParamValue};

use super::Sample;
use super::param::{param, token_value};
use super::space::{lws, separator};
use super::text::{quoted, token, word};

const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "OPTIONS",
    "BYE",
    "CANCEL",
    "REGISTER",
    "PRACK",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "INFO",
    "REFER",
    "MESSAGE",
    "UPDATE",
];

/// `Method`: a known one, or any token (methods are case-sensitive, so `invite` is another).
pub fn method() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        8 => prop::sample::select(&METHODS[..]).prop_map(|name| name.as_bytes().to_vec()),
        1 => token(),
        1 => Just(b"invite".to_vec()),
    ]
    .boxed()
}

/// A number up to the maximum, now and then with leading zeros.
pub fn number(max: u32) -> BoxedStrategy<Sample<Number>> {
    let value = prop_oneof![6 => 0..=max, 1 => Just(max), 1 => Just(0)];
    (value, prop_oneof![6 => Just(0usize), 1 => 1..4usize])
        .prop_map(|(value, zeros)| {
            let digits = format!("{}{value}", "0".repeat(zeros)).into_bytes();
            Sample { text: digits.clone(), expect: Number { digits } }
        })
        .boxed()
}

/// The value of a CSeq; numbers stay below 2**31 (§8.1.1.5).
pub fn cseq() -> BoxedStrategy<Sample<CSeq>> {
    (number(u32::MAX >> 1), lws(), method())
        .prop_map(|(number, lws, method)| Sample {
            text: [&number.text[..], &lws, &method].concat(),
            expect: CSeq { number: number.expect, method },
        })
        .boxed()
}

/// `callid`
pub fn call_id() -> BoxedStrategy<Vec<u8>> {
    (word(), option::of(word()))
        .prop_map(|(left, right)| match right {
            Some(right) => [&left[..], b"@", &right].concat(),
            None => left,
        })
        .boxed()
}

/// `token *(COMMA token)`
pub fn token_list() -> BoxedStrategy<Sample<Vec<Vec<u8>>>> {
    let item = token().prop_map(|token| Sample { text: token.clone(), expect: token });
    vec((separator(b','), item), 1..5).prop_map(super::join).boxed()
}

/// `media-type`
pub fn media_type() -> BoxedStrategy<Sample<MediaType>> {
    let value = prop_oneof![
        token().prop_map(token_value),
        quoted().prop_map(|quoted| quoted.map(ParamValue::Quoted)),
    ];
    let parameter = param(token(), value.prop_map(Some).boxed());
    (token(), separator(b'/'), token(), vec((separator(b';'), parameter), 0..3))
        .prop_map(|(kind, slash, subtype, parameters)| {
            let mut text = [&kind[..], &slash, &subtype].concat();
            let mut params = Vec::new();
            for (semi, parameter) in parameters {
                if crate::value::param(&params, &parameter.expect.name).is_none() {
                    text.extend_from_slice(&semi);
                    text.extend_from_slice(&parameter.text);
                    params.push(parameter.expect);
                }
            }
            Sample { text, expect: MediaType { kind, subtype, params } }
        })
        .boxed()
}
