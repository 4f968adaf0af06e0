//! Any bytes as an SPSS file: see `candor_fuzz::sav`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::sav(bytes));
