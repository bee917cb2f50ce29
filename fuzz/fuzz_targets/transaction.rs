//! See `sip_testkit::fuzzing::transaction`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::transaction(data));
