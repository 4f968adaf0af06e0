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

use js_sys::{Function, Reflect, global};
use wasm_bindgen::JsValue;

/// An environment variable of the process that runs the tests; none when it is not set.
pub fn variable(name: &str) -> Option<String> {
    asked("candorVariable", name)
}

/// A text file, by its path; none when it cannot be read.
pub fn read(path: &str) -> Option<String> {
    asked("candorRead", path)
}

/// What run.cjs, which hands these functions in, answers.
fn asked(function: &str, argument: &str) -> Option<String> {
    let function: Function = Reflect::get(&global(), &function.into()).ok()?.into();
    function.call1(&JsValue::UNDEFINED, &argument.into()).ok()?.as_string()
}
