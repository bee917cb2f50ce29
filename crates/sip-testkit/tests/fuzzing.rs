//! The bodies of the fuzz targets on generated input that reaches deep.

use proptest::prelude::*;
use sip_testkit::{fuzzing, strategy};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn uris(uri in strategy::uri()) {
        fuzzing::uri(&uri);
    }

    #[test]
    fn edited_uris(uri in strategy::uri(), edits in strategy::edits()) {
        fuzzing::uri(&sip_testkit::mutate::apply_all(&edits, &uri));
    }

    #[test]
    fn messages(message in strategy::message()) {
        fuzzing::message(&message.bytes);
        fuzzing::scanner_vs_oracle(&message.bytes);
    }

    #[test]
    fn edited_messages(bytes in strategy::mutated()) {
        fuzzing::message(&bytes);
        fuzzing::scanner_vs_oracle(&bytes);
        fuzzing::lint(&bytes);
    }

    #[test]
    fn streams(stream in strategy::stream(), sizes in proptest::collection::vec(any::<u8>(), 7)) {
        let mut data = vec![7];
        data.extend_from_slice(&sizes);
        data.extend_from_slice(&stream.bytes);
        fuzzing::stream(&data);
    }

    #[test]
    fn edits(
        message in strategy::request(),
        operations in proptest::collection::vec(any::<u8>(), 28),
        edits in strategy::edits(),
    ) {
        let head = [&[7][..], &operations].concat();
        fuzzing::edit(&[&head[..], &message.bytes].concat());
        let edited = sip_testkit::mutate::apply_all(&edits, &message.bytes);
        fuzzing::edit(&[&head[..], &edited].concat());
        fuzzing::builder(&edited);
    }

    #[test]
    fn transactions(operations in proptest::collection::vec(any::<u8>(), 0..1_500)) {
        fuzzing::transaction(&operations);
    }

    #[test]
    fn dialogs(operations in proptest::collection::vec(any::<u8>(), 0..1_500)) {
        fuzzing::dialog(&operations);
    }

    #[test]
    fn built_lines(fields in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..8), 0..6)) {
        fuzzing::builder(&fields.join(&0xff));
    }

    #[test]
    fn values_of_every_header(
        pick in any::<u8>(),
        address in strategy::address_list(),
        via in strategy::via_list(),
        media in strategy::media_type(),
        tokens in strategy::token_list(),
        edits in strategy::edits(),
    ) {
        for value in [address.text, via.text, media.text, tokens.text] {
            fuzzing::headers(&[&[pick][..], &value].concat());
            let edited = sip_testkit::mutate::apply_all(&edits, &value);
            fuzzing::headers(&[&[pick][..], &edited].concat());
        }
    }

    #[test]
    fn edited_descriptions(
        description in strategy::description(),
        edits in strategy::edits(),
        operations in proptest::collection::vec(any::<u8>(), 28),
        next in strategy::description(),
    ) {
        let edited = sip_testkit::mutate::apply_all(&edits, &description);
        fuzzing::sdp(&edited);
        let head = [&[7][..], &operations].concat();
        fuzzing::sdp_edit(&[&head[..], &description].concat());
        fuzzing::sdp_edit(&[&head[..], &edited].concat());
        fuzzing::offer_answer(&[&[1][..], &edited, &[0xff], &next].concat());
        fuzzing::offer_answer(&[&[1][..], &description, &[0xff], &edited].concat());
    }

    #[test]
    fn values_of_every_attribute(
        pick in any::<u8>(),
        description in strategy::description(),
        line in any::<proptest::sample::Index>(),
        edits in strategy::edits(),
    ) {
        let mut lines = description.split(|byte| *byte == b'\n');
        let line = line.index(lines.clone().count());
        let line = lines.nth(line).unwrap_or_default();
        let value = line.splitn(2, |byte| *byte == b':').last().unwrap_or_default();
        fuzzing::sdp_attributes(&[&[pick][..], value].concat());
        let edited = sip_testkit::mutate::apply_all(&edits, value);
        fuzzing::sdp_attributes(&[&[pick][..], &edited].concat());
    }

    #[test]
    fn negotiations(choices in proptest::collection::vec(any::<u8>(), 0..400)) {
        fuzzing::offer_answer(&[&[0][..], &choices].concat());
    }

    #[test]
    fn edited_streams(stream in strategy::stream(), edits in strategy::edits()) {
        let mut data = vec![3, 1, 17, 100];
        data.extend_from_slice(&sip_testkit::mutate::apply_all(&edits, &stream.bytes));
        fuzzing::stream(&data);
    }
}
