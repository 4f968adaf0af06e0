//! What a point is worth: by how much the money of customers differs who differ by one point, within their segment. It reads
//! groups of customers who gave one rating in one segment, and touches nothing else.
//!
//! Least squares of money on the rating with a mean of its own for each segment. Frisch, Waugh and Lovell: with x̃ the rating less
//! its segment's mean, b = Σx̃y/Σx̃². The interval is HC3 (MacKinnon and White 1985, "Some heteroskedasticity-consistent covariance
//! matrix estimators with improved finite sample properties", J. Econometrics 29:305–325): Σx̃²e²/(1−h)² / (Σx̃²)² with leverage h =
//! 1/n_g + x̃²/Σx̃², and Student's t with n − segments − 1 degrees of freedom: the spread of money grows with money, and plain
//! intervals would be too short. Because customers of one group share x̃ and h, Σe² of the group is its spread and n(ȳ − fit)².
//!
//! Heavy tails: one customer can carry a slope. The same slope of the logarithm of money says what holds for the many, and the
//! report concludes only where both agree. Tested against statsmodels 0.15.0 (`OLS.fit(cov_type="HC3", use_t=True)`).

use crate::scores::{Estimate, beta};

/// Customers of one segment who gave one rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// The segment.
    pub segment: u32,
    /// The rating.
    pub x: f64,
    /// Customers.
    pub n: f64,
    /// The mean of what is explained.
    pub mean: f64,
    /// Σ(y − mean)².
    pub spread: f64,
}

/// A slope with its interval and test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// What is explained, by point.
    pub slope: Estimate,
    /// The p-value of no slope.
    pub p: f64,
    /// Customers.
    pub n: u64,
}

/// The slope within segments; groups are in the order of segment and rating, each once. Nothing when ratings do not differ within
/// any segment, or there are too few customers.
pub fn slope(groups: &[Group]) -> Option<Slope> {
    let (mut n, mut segments, mut across, mut product) = (0.0, 0.0, 0.0, 0.0);
    let means = |part: &[Group]| {
        let size: f64 = part.iter().map(|group| group.n).sum();
        let of = |value: &dyn Fn(&Group) -> f64| part.iter().map(|g| g.n * value(g)).sum::<f64>() / size;
        (size, of(&|group| group.x), of(&|group| group.mean))
    };
    let parts = || groups.chunk_by(|a, b| a.segment == b.segment);
    for part in parts() {
        let (size, x, y) = means(part);
        n += size;
        segments += 1.0;
        for group in part {
            across += group.n * (group.x - x) * (group.x - x);
            product += group.n * (group.x - x) * (group.mean - y);
        }
    }
    let df = n - segments - 1.0;
    if across <= 1e-12 || df < 1.0 {
        return None;
    }
    let b = product / across;
    let mut meat = 0.0;
    for part in parts() {
        let (size, x, y) = means(part);
        for group in part {
            let away = group.x - x;
            let leverage = 1.0 / size + away * away / across;
            let miss = group.mean - y - b * away;
            let squares = group.spread + group.n * miss * miss;
            // A customer alone in a segment fits himself, and tells nothing.
            if away * away > 1e-12 {
                let free = (1.0 - leverage).max(1e-9);
                meat += away * away * squares / (free * free);
            }
        }
    }
    let error = libm::sqrt(meat) / across;
    let half = beta::t_quantile(0.05, df) * error;
    let p = if error > 0.0 { beta::t_tails(b / error, df) } else { f64::NAN };
    Some(Slope { slope: Estimate { value: b, low: b - half, high: b + half }, p, n: n as u64 })
}
