//! Header parameters: RFC 3261 §25.1 `generic-param`, each name once (§7.3.1).

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::value::{Param, ParamValue};

use super::Sample;
use super::host::ipv6;
use super::space::separator;
use super::text::{quoted, token};

/// A parameter with its value, if there is one: `name EQUAL value`.
pub(super) fn param(
    name: BoxedStrategy<Vec<u8>>,
    value: BoxedStrategy<Option<Sample<ParamValue>>>,
) -> BoxedStrategy<Sample<Param>> {
    (name, separator(b'='), value)
        .prop_map(|(name, equal, value)| {
            let text = match &value {
                Some(value) => [&name[..], &equal, &value.text].concat(),
                None => name.clone(),
            };
            Sample { text, expect: Param { name, value: value.map(|value| value.expect) } }
        })
        .boxed()
}

/// A parameter of a known name, in any case, with a token as its value.
pub(super) fn known(
    name: &'static str,
    value: BoxedStrategy<Vec<u8>>,
) -> BoxedStrategy<Sample<Param>> {
    param(cased(name), value.prop_map(|token| Some(token_value(token))).boxed())
}

/// A name as it is, in capitals, or with a capital in front.
pub(super) fn cased(name: &'static str) -> BoxedStrategy<Vec<u8>> {
    let mut title = name.as_bytes().to_vec();
    title[..1].make_ascii_uppercase();
    prop_oneof![
        8 => Just(name.as_bytes().to_vec()),
        1 => Just(name.to_ascii_uppercase().into_bytes()),
        1 => Just(title),
    ]
    .boxed()
}

/// A token as the value of a parameter.
pub(super) fn token_value(token: Vec<u8>) -> Sample<ParamValue> {
    Sample { text: token.clone(), expect: ParamValue::Token(token) }
}

/// `tag-param`
pub fn tag() -> BoxedStrategy<Sample<Param>> {
    known("tag", token())
}

/// A parameter of any name and any kind of value. The name ends in `-x`, so it is none that has a
/// rule of its own.
pub(super) fn other() -> BoxedStrategy<Sample<Param>> {
    let name = token().prop_map(|name| [&name[..], b"-x"].concat()).boxed();
    let bracketed = ipv6().prop_map(|address| {
        let host = [b"[", &address[..], b"]"].concat();
        Sample { text: host.clone(), expect: ParamValue::Host(host) }
    });
    let value = prop_oneof![
        4 => token().prop_map(token_value),
        1 => bracketed,
        3 => quoted().prop_map(|quoted| quoted.map(ParamValue::Quoted)),
    ];
    param(name, option::weighted(0.7, value).boxed())
}

/// Puts some parameters in any order, each with its semicolon, and drops repeated names.
pub(super) fn shuffled(
    known: Vec<BoxedStrategy<Option<Sample<Param>>>>,
) -> BoxedStrategy<Sample<Vec<Param>>> {
    let semis = vec(separator(b';'), known.len() + 2);
    let params = (known, vec(other(), 0..3))
        .prop_map(|(known, others)| known.into_iter().flatten().chain(others).collect::<Vec<_>>())
        .prop_shuffle();
    (semis, params)
        .prop_map(|(semis, params)| {
            let mut text = Vec::new();
            let mut expect: Vec<Param> = Vec::new();
            for (semi, param) in semis.into_iter().zip(params) {
                if crate::value::param(&expect, &param.expect.name).is_none() {
                    text.extend_from_slice(&semi);
                    text.extend_from_slice(&param.text);
                    expect.push(param.expect);
                }
            }
            Sample { text, expect }
        })
        .boxed()
}

/// `*( SEMI generic-param )`
pub fn params() -> BoxedStrategy<Sample<Vec<Param>>> {
    shuffled(Vec::new())
}
