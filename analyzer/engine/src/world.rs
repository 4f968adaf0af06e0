//! A simulated world: a survey with honest and pressured units, for the demo, the tests and newcomers. Everything follows
//! from a seed and a start date that are handed in; floats go through `libm`, so that wasm and native give the same bytes.

use candor_survey::{Definition, Response, Revision, Time};

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// The seed; equal seeds give equal bytes.
    pub seed: u64,
    /// How many responses in all.
    pub responses: u32,
    /// How many units (agents) there are, spread over a third as many stores.
    pub units: u32,
    /// How many of them are pressured, at most all.
    pub pressured: u32,
    /// The first day (its midnight, UTC).
    pub start: Time,
}

/// A simulated export.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The survey that was asked.
    pub definition: Definition,
    /// Its revision.
    pub revision: Revision,
    /// The responses, by time received.
    pub responses: Vec<Response>,
    /// The units that were pressured, and how.
    pub pressured: Vec<(String, Pressure)>,
}

/// How a unit is pressured (SCIENCE.md, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// Customers are asked for a ten.
    Beg,
    /// Staff fill surveys in themselves.
    Fill,
    /// The unhappy are not invited.
    Gate,
    /// Links carry the score.
    Preset,
    /// Low scores are lifted at month end until the mean reaches the bonus target.
    Threshold,
    /// All of these.
    Mix,
}

impl World {
    /// What the app opens as its sample: 2,400 responses to 12 agents in 4 stores, 2 of them pressured.
    pub fn sample(start: Time) -> World {
        World { seed: 20_261_121, responses: 2400, units: 12, pressured: 2, start }
    }
}

impl World {
    /// Runs the world.
    pub fn simulate(&self) -> Simulation {
        loop {}
    }
}
impl Simulation {
    /// The export as NDJSON: the definition, then the responses.
    pub fn ndjson(&self) -> String {
        String::new()
    }
    /// The export's `responses.csv`.
    pub fn responses_csv(&self) -> String {
        String::new()
    }
    /// The export's `definitions.json`.
    pub fn definitions_json(&self) -> String {
        String::new()
    }
}
