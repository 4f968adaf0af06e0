//! Any bytes as a delimited text: see `candor_fuzz::table`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::table(bytes));
