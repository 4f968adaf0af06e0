//! Any bytes as a gzip file: see `candor_fuzz::gzip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::gzip(bytes));
