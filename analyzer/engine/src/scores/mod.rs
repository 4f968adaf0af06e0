//! Scores with their intervals, a file a statistic. Each is a state of whole numbers with `update`, `merge` and `finish`,
//! so that any split of the rows gives the same bits.

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
