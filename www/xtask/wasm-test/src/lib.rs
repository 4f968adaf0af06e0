//! Lets a crate's plain `#[test]` functions run inside wasm32, where the standard harness has no output and stops at
//! the first failure. It may touch nothing: it only gives wasm-bindgen's test attribute the standard one's name.
//!
//! Tests that shall also run in wasm begin, at the root of their crate (a file of `tests/`, or a library's `lib.rs` with
//! `all(test, …)`), with
//! ```ignore
//! #[cfg(target_arch = "wasm32")]
//! #[macro_use]
//! extern crate candor_wasm_test as wasm_bindgen_test;
//! ```
//! The name is wasm-bindgen's because its attribute expands to paths that start with `::wasm_bindgen_test`. A test that
//! needs a file says, above its `#[test]`, `#[cfg_attr(target_arch = "wasm32", ignore = "reads files")]`.
#![cfg(target_arch = "wasm32")]

pub use wasm_bindgen_test::wasm_bindgen_test as test;
pub use wasm_bindgen_test::*;
