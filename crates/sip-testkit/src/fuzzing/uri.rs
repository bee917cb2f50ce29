//! URIs.

use bytes::Bytes;
use sip_uri::{Deviation, Tolerances, Uri, UriBuilder, UriRef};

/// Parses bytes as a URI under every set of tolerances.
///
/// - What stricter rules accept, looser ones accept with the same components.
/// - An error and a deviation lie inside the text.
/// - The text comes out as it went in; the owned and the borrowed form agree.
/// - Equivalence is reflexive, and equal keys follow from equal text.
/// - A builder that is given the components makes a URI with the same ones.
pub fn uri(data: &[u8]) {
    let mut accepted: Option<UriRef<'_>> = None;
    for tolerances in [Tolerances::strict(), Tolerances::default(), Tolerances::lenient()] {
        let mut deviations: Vec<Deviation> = Vec::new();
        match UriRef::parse_with(data, tolerances, &mut |deviation| deviations.push(deviation)) {
            Err(error) => {
                assert!(accepted.is_none(), "refused under looser rules: {error}");
                assert!(error.offset() <= data.len(), "{error}");
                assert!(!error.to_string().is_empty());
            }
            Ok(uri) => {
                for deviation in &deviations {
                    assert!(tolerances.allows(deviation.rule));
                    assert!((deviation.offset + deviation.len) as usize <= data.len());
                }
                if tolerances == Tolerances::strict() {
                    assert!(deviations.is_empty(), "{deviations:?}");
                }
                if let Some(stricter) = accepted {
                    assert_eq!(parts(&stricter), parts(&uri));
                }
                accepted = Some(uri);
                read(data, &uri, tolerances);
            }
        }
    }
}

fn read(data: &[u8], uri: &UriRef<'_>, tolerances: Tolerances) {
    // White space around a URI is no part of it, where it is let through at all.
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let start = data.iter().take_while(|b| blank(b)).count();
    let end = data.len() - data.iter().rev().take_while(|b| blank(b)).count();
    assert_eq!(uri.as_bytes(), &data[start..end]);
    assert!(uri.equivalent(uri));
    let owned = Uri::parse_with(Bytes::copy_from_slice(data), tolerances, &mut |_| {})
        .expect("the borrowed form was accepted");
    assert_eq!(owned.as_uri_ref(), *uri);
    assert_eq!(owned.to_string().as_bytes(), uri.as_bytes());
    let copy = uri.to_uri();
    assert!(uri.equivalent(&copy.as_uri_ref()));
    assert_eq!(copy.as_uri_ref().aor_key(), uri.aor_key());
    assert_eq!(copy.as_uri_ref().binding_key(), uri.binding_key());
    let _ = (uri.transport(), uri.user_param(), uri.method(), uri.ttl(), uri.maddr(), uri.lr());
    if let Ok(Some(telephone)) = uri.telephone() {
        let _ = (telephone.digits(), telephone.ext(), telephone.isub(), telephone.phone_context());
        assert!(telephone.equivalent(&telephone));
    }
    rebuild(uri);
}

/// Decodes the components of a SIP URI, builds a URI of them and compares.
fn rebuild(uri: &UriRef<'_>) {
    let Some(host) = uri.host() else { return };
    let mut builder = if uri.is_sip() { UriBuilder::sip(host) } else { UriBuilder::sips(host) };
    if let Some(user) = uri.user_decoded() {
        builder = builder.user(&user);
    }
    if let Some(password) = uri.password_decoded() {
        builder = builder.password(&password);
    }
    let Ok(built) = builder.build() else { return };
    let built = built.as_uri_ref();
    assert_eq!(built.user_decoded(), uri.user_decoded());
    assert_eq!(built.password_decoded(), uri.password_decoded());
    assert!(built.host().is_some_and(|built| built.equivalent(&host)));
}

type Parts<'a> = (String, Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<u16>, &'a str);

fn parts<'a>(uri: &UriRef<'a>) -> Parts<'a> {
    let scheme = uri.scheme().as_str().to_owned();
    (scheme, uri.user(), uri.password(), uri.host_str(), uri.port(), uri.params().as_str())
}
