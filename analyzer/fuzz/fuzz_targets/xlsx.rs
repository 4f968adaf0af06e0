//! Any bytes as an XLSX workbook: see `candor_fuzz::xlsx`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| candor_fuzz::xlsx(bytes));
