//! See `sip_testkit::fuzzing::uri`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::uri(data));
