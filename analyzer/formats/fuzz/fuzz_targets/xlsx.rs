#![no_main]

use candor_formats_fuzz::drain;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|file: &[u8]| {
    if let Ok(reader) = candor_xlsx::open(Cursor::new(file), None) {
        drain(reader);
    }
});
