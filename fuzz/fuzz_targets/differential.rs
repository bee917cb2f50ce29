//! See `trapezoid_fuzz::differential`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| trapezoid_fuzz::differential(data));
