//! The widget's judgement: which questions are on the way, what fills a text, what is counted while questions are answered,
//! what evidence of pressure that is, and what personal data is taken out. It is the code that the collector and the analyzer run too
//! (`candor-survey`), because all three must agree; what only the page needs, drawing and reading questions, storage and
//! network, is JavaScript (start.js says which file does what), in a third of the bytes (SIZE.md).
//!
//! One function, [`hear`], takes what happened as text and replies with text. The module imports nothing: no clock, no
//! network, no storage, no element of the page. Whoever doubts what this code can reach may ask the browser:
//! `WebAssembly.Module.imports(…)` is empty.
#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod door;
mod fields;
mod signals;
mod visit;

pub use visit::{Visit, hear};

/// What the standard library would have in scope.
mod prelude {
    pub(crate) use alloc::boxed::Box;
    pub(crate) use alloc::string::String;
    pub(crate) use alloc::vec::Vec;
}
