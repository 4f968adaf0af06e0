//! What a score's statistic and its n are called wherever they stand.

use crate::numbers::{Statistic, count};
use crate::text::{TEXT, fill};

/// The statistic in words.
pub(crate) fn statistic_name(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Nps => TEXT.score_nps,
        Statistic::TopBox => TEXT.score_top_box,
        Statistic::Mean => TEXT.score_mean,
    }
}

/// n as it stands beside a number.
pub(crate) fn n_of(n: u64) -> String {
    fill(TEXT.units_n, &[("n", &count(n))])
}
