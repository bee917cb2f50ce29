//! See `sip_testkit::fuzzing::scanner_vs_oracle`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_testkit::fuzzing::scanner_vs_oracle(data));
