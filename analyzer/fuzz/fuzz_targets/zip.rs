//! Any bytes as a zip archive: see `candor_fuzz::zip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::zip(bytes));
