//! See `sip_testkit::fuzzing::sdp_edit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::sdp_edit(data));
