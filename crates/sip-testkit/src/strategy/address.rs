//! Addresses: RFC 3261 §25.1 `name-addr`, `addr-spec` and the lists of them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::value::{Address, Contacts, Param};

use super::Sample;
use super::param::{known, shuffled, tag};
use super::space::{separator, sws};
use super::text::display;
use super::uri::{bare_uri, uri};

/// An address of From or To, half of them with a tag, and with other parameters.
pub fn address() -> BoxedStrategy<Sample<Address>> {
    spec(shuffled(vec![option::of(tag()).boxed()]))
}

/// An address that has a tag, as every From does.
pub fn tagged_address() -> BoxedStrategy<Sample<Address>> {
    spec(shuffled(vec![tag().prop_map(Some).boxed()]))
}

/// A comma list of Contact addresses.
pub fn address_list() -> BoxedStrategy<Sample<Vec<Address>>> {
    let qvalue = prop::sample::select(vec!["0", "1", "0.5", "0.33", "0.999", "1.000", "0."]);
    let qvalue = qvalue.prop_map(|q| q.as_bytes().to_vec()).boxed();
    let seconds = any::<u32>().prop_map(|seconds| seconds.to_string().into_bytes()).boxed();
    let contact = spec(shuffled(vec![
        option::weighted(0.3, known("q", qvalue)).boxed(),
        option::weighted(0.3, known("expires", seconds)).boxed(),
    ]));
    vec((separator(b','), contact), 1..4).prop_map(super::join).boxed()
}

/// The value of a Contact line: a list, or a star.
pub fn contacts() -> BoxedStrategy<Sample<Contacts>> {
    prop_oneof![
        9 => address_list().prop_map(|list| list.map(Contacts::List)),
        1 => Just(Sample { text: b"*".to_vec(), expect: Contacts::Star }),
    ]
    .boxed()
}

/// A comma list of Route addresses: always in angle brackets.
pub fn route_list() -> BoxedStrategy<Sample<Vec<Address>>> {
    let route = with_params(name_addr(), shuffled(Vec::new()));
    vec((separator(b','), route), 1..4).prop_map(super::join).boxed()
}

fn spec(params: BoxedStrategy<Sample<Vec<Param>>>) -> BoxedStrategy<Sample<Address>> {
    with_params(prop_oneof![4 => name_addr(), 1 => addr_spec()].boxed(), params)
}

fn with_params(
    address: BoxedStrategy<Sample<Address>>,
    params: BoxedStrategy<Sample<Vec<Param>>>,
) -> BoxedStrategy<Sample<Address>> {
    (address, params)
        .prop_map(|(address, params)| Sample {
            text: [address.text, params.text].concat(),
            expect: Address { params: params.expect, ..address.expect },
        })
        .boxed()
}

fn name_addr() -> BoxedStrategy<Sample<Address>> {
    (option::of((display(), sws())), uri())
        .prop_map(|(display, uri)| {
            let mut text = Vec::new();
            let mut name = None;
            if let Some((display, sws)) = display {
                text.extend_from_slice(&display.text);
                text.extend_from_slice(&sws);
                name = Some(display.expect);
            }
            text.push(b'<');
            text.extend_from_slice(&uri);
            text.push(b'>');
            let expect = Address { display: name, uri, bracketed: true, params: Vec::new() };
            Sample { text, expect }
        })
        .boxed()
}

/// A bare URI: none that holds a comma, question mark or semicolon (§20.10).
fn addr_spec() -> BoxedStrategy<Sample<Address>> {
    bare_uri()
        .prop_map(|uri| {
            let expect =
                Address { display: None, uri: uri.clone(), bracketed: false, params: Vec::new() };
            Sample { text: uri, expect }
        })
        .boxed()
}
