//! Any bytes as Candor's NDJSON: see `candor_fuzz::ndjson`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::ndjson(bytes));
