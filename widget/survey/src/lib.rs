//! The words both sides of Candor speak: survey definitions, questions and answers, responses, exposures, the signals of
//! how a survey was answered, and the evidence in them. It names no browser, clock, random source or file.
//!
//! The widget writes these types, the collector checks them, the analyzer reads them: one crate, so that the three agree.
//! `docs/FORMATS.md` has the JSON to the letter, `schema/` the schemas.

pub mod definition;
pub mod evidence;
pub mod exposure;
pub mod json;
pub mod leaf;
pub mod logic;
pub mod question;
pub mod record;
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
