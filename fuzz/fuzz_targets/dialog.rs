//! See `sip_testkit::fuzzing::dialog`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::dialog(data));
