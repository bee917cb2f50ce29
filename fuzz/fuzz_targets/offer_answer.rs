//! See `sip_testkit::fuzzing::offer_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::offer_answer(data));
