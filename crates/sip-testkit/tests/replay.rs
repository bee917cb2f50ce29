//! The corpora of the fuzz targets, and the test data, through the bodies of the targets.

use std::path::Path;

use sip_testkit::{corpus, fuzzing};

#[test]
fn every_target_replays_its_corpus() {
    for (target, body) in fuzzing::TARGETS {
        let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(Path::new(&folder)).expect("every target has a corpus");
        let mut count = 0;
        for file in files {
            body(&std::fs::read(file.expect("a readable folder").path()).expect("a readable file"));
            count += 1;
        }
        assert!(count >= 10, "the corpus of {target} has {count} files only");
    }
}

#[test]
fn every_target_takes_the_test_data() {
    let folders =
        ["torture/rfc4475", "torture/rfc5118", "torture/rfc5118-crlf", "messages", "peers"];
    for (name, bytes) in folders.into_iter().flat_map(corpus::files) {
        for (target, body) in fuzzing::TARGETS {
            println!("{target} {name}");
            body(&bytes);
        }
    }
}
