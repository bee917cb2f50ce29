//! See `sip_testkit::fuzzing::sdp_attributes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::sdp_attributes(data));
