//! Words: what a comment says, as numbers that a person could check: its sentiment, its language, its key phrases, and
//! what it says of solicitation.
//! It reads texts, and touches nothing else; no model is downloaded, ever.

pub mod language;
pub(crate) mod personal;
pub mod phrases;
pub mod sentiment;
pub mod solicitation;
