//! Candor's engine: bytes of an export → columns → scores → a report, each a plain value that could be printed. It names
//! no browser, clock, file or random source: bytes, times and seeds come in as arguments, so that the app and the command
//! line compute the same bits.
//!
//! ```
//! use candor_engine::{plan, reader::Reading, report};
//!
//! let file = b"agent,score\nA1,10\nA1,9\nA2,3\n";
//! let plan = plan::recognise(file, "scores.csv");
//! let mut reading = Reading::new(&plan)?;
//! reading.push(file);
//! let report = report::report(&reading.finish());
//! assert_eq!(report.responses.read, 3);
//! # Ok::<(), candor_engine::plan::PlanError>(())
//! ```

// In wasm, `#[test]` is wasm-bindgen's, so that the same tests run there: see www/xtask/wasm-test.
#[cfg(all(test, target_arch = "wasm32"))]
#[macro_use]
extern crate candor_wasm_test as wasm_bindgen_test;

pub mod archive;
pub mod bytes;
pub mod careless;
pub mod columns;
mod date;
mod encoding;
pub mod format;
mod lines;
pub mod own;
mod packed;
pub mod parts;
pub mod plan;
pub mod pressure;
pub mod protected;
pub mod reader;
#[cfg(test)]
mod reference;
pub mod report;
pub mod sample;
pub mod scores;
mod sort;
mod table;
pub mod value;
mod widened;
pub mod words;
pub mod world;
