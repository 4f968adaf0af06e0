//! Any bytes as a Parquet file: see `candor_fuzz::parquet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::parquet(bytes));
