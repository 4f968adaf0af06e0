//! Any bytes as a part's columns as bytes: see `candor_fuzz::part`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::part(bytes));
