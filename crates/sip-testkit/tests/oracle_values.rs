//! The oracle reads every generated value as the strategy means it.

use proptest::prelude::*;
use sip_testkit::value::{Contacts, Param};
use sip_testkit::{oracle, strategy};

proptest! {
    #[test]
    fn addresses(sample in strategy::address()) {
        prop_assert_eq!(oracle::from_spec(&sample.text), Some(sample.expect));
    }

    #[test]
    fn contacts(sample in strategy::contacts()) {
        prop_assert_eq!(oracle::contact(&sample.text), Some(sample.expect));
    }

    #[test]
    fn contact_lists(sample in strategy::address_list()) {
        prop_assert_eq!(oracle::contact(&sample.text), Some(Contacts::List(sample.expect)));
    }

    #[test]
    fn routes(sample in strategy::route_list()) {
        prop_assert_eq!(oracle::route(&sample.text), Some(sample.expect));
    }

    #[test]
    fn vias(sample in strategy::via_list()) {
        let vias = oracle::via(&sample.text);
        prop_assert_eq!(&vias, &Some(sample.expect));
        for via in vias.unwrap() {
            prop_assert!(oracle::known_via_params_hold(&via));
            prop_assert_eq!(oracle::duplicate_param(&via.params), None::<&Param>);
        }
    }

    #[test]
    fn cseqs(sample in strategy::cseq()) {
        prop_assert!(sample.expect.number.value().unwrap() < 1 << 31);
        prop_assert_eq!(oracle::cseq(&sample.text), Some(sample.expect));
    }

    #[test]
    fn call_ids(text in strategy::call_id()) {
        prop_assert_eq!(oracle::call_id(&text), Some(text));
    }

    #[test]
    fn token_lists(sample in strategy::token_list()) {
        prop_assert_eq!(oracle::token_list(&sample.text), Some(sample.expect));
    }

    #[test]
    fn media_types(sample in strategy::media_type()) {
        prop_assert_eq!(oracle::media_type(&sample.text), Some(sample.expect));
    }

    #[test]
    fn numbers(sample in strategy::number(u32::MAX)) {
        prop_assert_eq!(oracle::number(&sample.text), Some(sample.expect));
    }

    #[test]
    fn quoted_strings(sample in strategy::quoted()) {
        prop_assert_eq!(oracle::quoted_text(&sample.expect.raw), Some(sample.expect.text));
    }

    #[test]
    fn hosts(host in strategy::host()) {
        prop_assert!(oracle::is_host(&host));
    }

    /// No value grammar panics, whatever the bytes: a value of 0x80 and above at the end of input
    /// is what nom's character parsers fall over.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = oracle::from_spec(&bytes);
        let _ = oracle::contact(&bytes);
        let _ = oracle::route(&bytes);
        let _ = oracle::via(&bytes);
        let _ = oracle::cseq(&bytes);
        let _ = oracle::call_id(&bytes);
        let _ = oracle::token_list_or_empty(&bytes);
        let _ = oracle::media_type(&bytes);
        let _ = oracle::number(&bytes);
        let _ = oracle::quoted_text(&bytes);
        let _ = oracle::message_head(&bytes);
    }
}
