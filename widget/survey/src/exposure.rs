//! An exposure: that somebody could have been asked, was asked, or turned away. Without these nobody can say whom a score
//! does not hear.

use crate::json::Value;
use crate::leaf::{Id, Map, One, Revision, Time, Uuid};
use crate::prelude::*;
use crate::record::{Json, Problem, choice, record};

record! {
    /// One step of one page view (FORMATS.md, "Exposure").
    pub struct Exposure {
        /// Format version.
        v: One,
        /// The exposure's id, a UUID of version 7.
        id: Uuid,
        /// What happened.
        event: Event,
        /// The survey.
        survey: Id,
        /// The revision of its definition.
        revision: Revision,
        /// The page view; it joins the events of one visit to one page.
        view: Uuid,
        /// When, by the visitor's clock.
        at: Time,
        /// When the collector had it, by the collector's clock; what a page says here is replaced.
        received: Option<Time>,
        /// What the page said about the visit.
        attributes: Map<String>,
    }
}

choice! {
    /// How far it went.
    pub enum Event {
        /// The survey was due for this visitor.
        Eligible = "eligible",
        /// The visitor was drawn into the sample.
        Sampled = "sampled",
        /// The survey was on the screen.
        Shown = "shown",
        /// The first answer was given.
        Started = "started",
        /// The survey was closed without having been submitted.
        Dismissed = "dismissed",
    }
}

impl Exposure {
    /// Reads an exposure.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn from_value(value: &Value) -> Result<Exposure, Problem> {
        Exposure::read(value)
    }
}
