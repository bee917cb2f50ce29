//! See `sip_testkit::fuzzing::capture`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::capture(data));
