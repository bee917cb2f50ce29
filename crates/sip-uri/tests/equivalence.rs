//! Properties of the comparison and of the keys.

#[path = "strategy/uri.rs"]
mod strategy;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sip_uri::{Tolerances, UriRef};

/// Two URIs that are often related: the same parts with a change or two.
fn related() -> impl Strategy<Value = (String, String)> {
    let edit = (strategy::sip_parts(), strategy::sip_parts(), 0u8..10);
    let sip = edit.prop_map(|(a, other, kind)| {
        let mut b = a.clone();
        match kind {
            0 => b.params.reverse(),
            1 => b.headers.reverse(),
            2 => b.host = b.host.to_uppercase(),
            3 => b.params = other.params,
            4 => b.user = other.user.or(b.user),
            5 => b.port = other.port,
            6 => b.headers = other.headers,
            7 => b.params.retain(|(name, _)| name.len() < 2),
            8 => b.user = b.user.map(|user| user.replace('a', "%61")),
            _ => return (a.text(), other.text()),
        }
        (a.text(), b.text())
    });
    prop_oneof![
        4 => sip,
        1 => (strategy::any_uri(), strategy::any_uri()),
        1 => strategy::tel_uri().prop_map(|a| (a.replace('-', ""), a)),
        1 => strategy::tel_uri().prop_map(|a| (a.to_uppercase(), a)),
        1 => strategy::other_uri().prop_map(|a| (a.replace('a', "%61"), a)),
    ]
}

/// Whatever the lenient parser takes, twice, or a change apart.
fn lenient_pair() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (strategy::nearly_a_uri(), strategy::mutation()).prop_map(|(a, mutation)| {
        let mut b = a.clone();
        mutation.apply(&mut b);
        (a, b)
    })
}

/// Only the parameters that §19.1.4 never passes over.
fn decisive_only(uri: &UriRef<'_>) -> bool {
    let decisive = ["transport", "user", "ttl", "method", "maddr"];
    uri.params().all(|param| decisive.iter().any(|name| param.is(name)))
}

fn check(a: UriRef<'_>, b: UriRef<'_>) -> Result<(), TestCaseError> {
    prop_assert!(a.equivalent(&a) && b.equivalent(&b), "reflexive");
    let equivalent = a.equivalent(&b);
    prop_assert_eq!(equivalent, b.equivalent(&a), "symmetric");
    let same_binding = a.binding_key() == b.binding_key();
    if equivalent {
        prop_assert!(same_binding, "equivalent URIs share a binding key: {} {}", a, b);
        prop_assert_eq!(a.aor_key(), b.aor_key());
    }
    if same_binding {
        prop_assert_eq!(a.aor_key(), b.aor_key(), "a binding is of one address-of-record");
        if decisive_only(&a) || decisive_only(&b) {
            prop_assert!(equivalent, "equal keys, so equivalent: {a} {b}");
        }
    }
    prop_assert!(a.binding_key().as_str().bytes().all(|b| b.is_ascii_graphic()));
    prop_assert!(a.aor_key().as_str().bytes().all(|b| b.is_ascii_graphic()));
    if a == b {
        prop_assert!(equivalent);
    }
    Ok(())
}

proptest! {
    #![proptest_config(strategy::config())]

    #[test]
    fn of_valid_uris((a, b) in related()) {
        let strict = |text| UriRef::parse_with(text, Tolerances::strict(), &mut |_| {});
        let (Ok(a), Ok(b)) = (strict(a.as_bytes()), strict(b.as_bytes())) else {
            return Ok(());
        };
        check(a, b)?;
    }

    #[test]
    fn of_whatever_is_let_through((a, b) in lenient_pair()) {
        let lenient = |text| UriRef::parse_with(text, Tolerances::lenient(), &mut |_| {});
        let (Ok(a), Ok(b)) = (lenient(&a), lenient(&b)) else { return Ok(()) };
        check(a, b)?;
    }

    /// The canonical form of an address-of-record is one itself, and stays what it is.
    #[test]
    fn aor_key_is_a_fixed_point(parts in strategy::sip_parts()) {
        let text = parts.text();
        let key = UriRef::parse(&text).unwrap().aor_key();
        let uri = UriRef::parse(key.as_str()).unwrap();
        prop_assert_eq!(uri.aor_key(), key.clone());
        prop_assert_eq!(uri.params().count() + uri.headers().count(), 0);
    }

    /// What the looser set accepts is what the stricter one does, and more.
    #[test]
    fn tolerances_are_ordered(bytes in strategy::nearly_a_uri()) {
        let parse = |tolerances| {
            let mut deviations = Vec::new();
            let uri = UriRef::parse_with(&bytes, tolerances, &mut |d| deviations.push(d));
            (uri.ok().map(|uri| (uri.user(), uri.host_str(), uri.port())), deviations)
        };
        let (strict, none) = parse(Tolerances::strict());
        let (default, some) = parse(Tolerances::default());
        let (lenient, _) = parse(Tolerances::lenient());
        prop_assert!(none.is_empty());
        if strict.is_some() {
            prop_assert!(some.is_empty(), "{some:?}");
            prop_assert_eq!(strict, default);
        }
        if default.is_some() {
            prop_assert_eq!(default, lenient);
        }
        for deviation in some {
            prop_assert!((deviation.offset + deviation.len) as usize <= bytes.len());
        }
    }

    /// Nothing that can be read panics, whatever is asked of it.
    #[test]
    fn every_getter_answers(bytes in strategy::nearly_a_uri()) {
        for tolerances in [Tolerances::default(), Tolerances::lenient()] {
            let Ok(uri) = UriRef::parse_with(&bytes, tolerances, &mut |_| {}) else { continue };
            let len = uri.as_bytes().len();
            let _ = (uri.transport(), uri.user_param(), uri.method(), uri.ttl(), uri.maddr());
            let _ = (uri.gr(), uri.comp(), uri.sigcomp_id(), uri.cause(), uri.target(), uri.ob());
            let _ = (uri.pn_provider(), uri.pn_prid(), uri.pn_param(), uri.pn_purr(), uri.lr());
            let _ = (uri.user_decoded(), uri.password_decoded(), uri.host(), uri.opaque());
            for param in uri.params() {
                let _ = (param.name_decoded(), param.value_decoded());
                prop_assert!(uri.param(param.name).is_some() || param.name.contains('%'));
            }
            for header in uri.headers() {
                let _ = (header.name_decoded(), header.value_decoded());
            }
            match uri.telephone() {
                Ok(Some(number)) => {
                    let _ = (number.digits(), number.isub(), number.ext());
                    let context = number.params().get("phone-context").is_some();
                    prop_assert_eq!(number.phone_context().is_some(), context);
                    prop_assert!(number.equivalent(&number));
                }
                Ok(None) => {}
                Err(error) => prop_assert!(error.offset() <= len),
            }
            prop_assert_eq!(uri.to_string().len(), len);
        }
    }

    /// An error is at a byte of the text or one past its end, and prints none of it.
    #[test]
    fn errors_point_into_the_text(bytes in strategy::nearly_a_uri()) {
        if let Err(error) = UriRef::parse(&bytes) {
            prop_assert!(error.offset() <= bytes.len());
            prop_assert!(error.to_string().contains("RFC "));
        }
    }
}

/// 10,000 parameters on both sides, named so that neither order nor a prefix helps.
#[test]
fn many_parameters_take_no_quadratic_time() {
    let names: Vec<_> = (0..10_000).map(|i| format!(";{:x}", i * 7_919 % 10_007)).collect();
    let forwards = format!("sip:a@b{}", names.concat());
    let backwards =
        format!("sip:a@b{}", names.iter().rev().map(String::as_str).collect::<String>());
    assert!(forwards.len() > 45_000);
    #[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
    let start = Instant::now();
    let (a, b) = (UriRef::parse(&forwards).unwrap(), UriRef::parse(&backwards).unwrap());
    assert!(a.equivalent(&b));
    assert_eq!(a.binding_key(), b.binding_key());
    // Quadratic time would be some 50 million comparisons of names.
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn many_repeated_parameters_take_no_quadratic_time() {
    let text = format!("sip:a@b{}", ";a".repeat(30_000));
    let mut deviations = 0;
    let uri = UriRef::parse_with(text.as_bytes(), Tolerances::default(), &mut |_| deviations += 1);
    assert_eq!(deviations, 29_999);
    assert!(uri.unwrap().equivalent(&UriRef::parse("sip:a@b").unwrap()));
}
