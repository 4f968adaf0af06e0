//! The words both sides of Candor speak: survey definitions, questions and answers, responses, exposures, the signals of
//! how a survey was answered, and the evidence in them. It names no browser, clock, random source or file.
//!
//! The widget writes these types, the collector checks them, the analyzer reads them: one crate, so that the three agree.
//! `docs/FORMATS.md` has the JSON to the letter, `schema/` the schemas.
//!
//! Without the standard library, because a visitor would download its ways of stopping: 2 KB of brotli.
#![no_std]

extern crate alloc;

pub mod advice;
pub mod definition;
pub mod evidence;
pub mod exposure;
pub mod json;
pub mod leaf;
pub mod logic;
pub mod question;
pub mod record;
pub mod redact;
pub mod response;
#[cfg(feature = "revision")]
pub mod revision;
pub mod route;
pub mod words;

pub use definition::Definition;
pub use exposure::Exposure;
pub use json::Value;
pub use leaf::{Id, Map, Revision, Time, Uuid};
pub use question::{Answer, Kind, Question};
pub use record::{Json, Problem};
pub use response::Response;

/// What the standard library would have in scope.
mod prelude {
    pub(crate) use alloc::boxed::Box;
    pub(crate) use alloc::string::{String, ToString};
    pub(crate) use alloc::vec;
    pub(crate) use alloc::vec::Vec;
}
