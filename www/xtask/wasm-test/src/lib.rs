//! Lets a crate's plain `#[test]` functions run inside wasm32, where the standard harness has no output and stops at
//! the first failure. It may touch nothing: it only gives wasm-bindgen's test attribute the standard one's name.
//!
//! A crate whose tests shall also run in wasm writes, at its root:
//! ```ignore
//! #[cfg(all(test, target_arch = "wasm32"))]
//! #[macro_use]
//! extern crate candor_wasm_test as wasm_bindgen_test;
//! ```
//! The name is wasm-bindgen's because its attribute expands to paths that start with `::wasm_bindgen_test`.
#![cfg(target_arch = "wasm32")]

pub use wasm_bindgen_test::wasm_bindgen_test as test;
pub use wasm_bindgen_test::*;
