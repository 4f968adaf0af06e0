//! Any bytes as a reading plan: see `candor_fuzz::plan`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::plan(bytes));
