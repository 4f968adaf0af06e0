//! Scores with their intervals, a file a statistic. Each is a state of whole numbers with `update`, `merge` and `finish`,
//! so that any split of the rows gives the same bits; floats appear in `finish` alone.

pub mod against;
pub mod beta;
pub mod binomial;
pub mod change;
pub mod changepoint;
pub mod cluster;
mod curve;
pub mod density;
pub mod distribution;
pub mod drivers;
pub mod false_discovery;
pub mod heard;
pub mod matrix;
pub mod mean;
pub mod nps;
pub mod reliability;
pub mod resample;
pub mod state;
pub mod top_box;
pub mod trend;
pub mod unavailable;
pub mod weights;

use serde::{Deserialize, Serialize};

/// A value with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The value in the sample.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The 97.5% point of the normal distribution, for intervals of 95%.
pub const Z: f64 = 1.959_963_984_540_054;
