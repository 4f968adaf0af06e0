//! Words: what a comment says, as numbers that a person could check: its sentiment and its language.
//! It reads texts, and touches nothing else; no model is downloaded, ever.

pub mod language;
pub mod sentiment;
