//! See `sip_testkit::fuzzing::builder`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::builder(data));
