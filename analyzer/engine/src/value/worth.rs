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

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(rows: &[(u32, f64, &[f64])]) -> Vec<Group> {
        let group = |&(segment, x, ys): &(u32, f64, &[f64])| {
            let n = ys.len() as f64;
            let mean = ys.iter().sum::<f64>() / n;
            Group { segment, x, n, mean, spread: ys.iter().map(|y| (y - mean) * (y - mean)).sum() }
        };
        rows.iter().map(group).collect()
    }

    #[test]
    fn a_slope_of_four_customers_is_that_of_a_pencil() {
        // x −1, −1, 1, 1 and y 0, 2, 3, 7: means 1 and 5, b = 2, residuals −1, 1, −2, 2. Leverage ¼ + ¼ = ½ each, so that HC3 is
        // Σx²e²/(1 − ½)²/(Σx²)² = 4 · 10/16 = 2.5. Two degrees of freedom: t.975 = 4.302653, and p of t is 1 − t/√(2 + t²).
        let found = slope(&groups(&[(0, -1.0, &[0.0, 2.0]), (0, 1.0, &[3.0, 7.0])])).unwrap();
        let error = 2.5f64.sqrt();
        assert!((found.slope.value - 2.0).abs() < 1e-12 && found.n == 4);
        assert!((found.slope.high - 2.0 - 4.302_652_729_911_275 * error).abs() < 1e-6, "{found:?}");
        assert!((2.0 - found.slope.low - 4.302_652_729_911_275 * error).abs() < 1e-6, "{found:?}");
        let t = 2.0 / error;
        assert!((found.p - (1.0 - t / (2.0 + t * t).sqrt())).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_segments_differ_by_and_a_customer_alone_in_his_play_no_part() {
        let rows: Vec<(u32, f64, Vec<f64>)> = vec![
            (0, 2.0, vec![1.0, 4.0, 3.0]),
            (0, 9.0, vec![6.0, 2.0]),
            (1, 4.0, vec![7.0, 8.0, 2.0]),
            (1, 5.0, vec![9.0]),
            (1, 10.0, vec![11.0, 3.0]),
        ];
        let of = |by: f64, and: &[(u32, f64, &[f64])]| {
            let moved: Vec<(u32, f64, Vec<f64>)> = rows
                .iter()
                .map(|(segment, x, ys)| {
                    (
                        *segment,
                        x + by * f64::from(*segment),
                        ys.iter().map(|y| y + 50.0 * by * f64::from(*segment)).collect(),
                    )
                })
                .collect();
            let mut all: Vec<(u32, f64, &[f64])> =
                moved.iter().map(|(s, x, ys)| (*s, *x, ys.as_slice())).collect();
            all.extend(and);
            slope(&groups(&all)).unwrap()
        };
        let (one, moved) = (of(0.0, &[]), of(1.0, &[]));
        assert!((one.slope.value - moved.slope.value).abs() < 1e-9 && (one.p - moved.p).abs() < 1e-9);
        assert!((one.slope.high - moved.slope.high).abs() < 1e-9, "{one:?} {moved:?}");
        // He adds a customer and a segment, so that the degrees of freedom stay.
        let alone = of(0.0, &[(2, 3.0, &[1000.0])]);
        assert_eq!((alone.slope, alone.n), (one.slope, one.n + 1));
        // Ten times the money is ten times the slope.
        let mut ten = groups(&[(0, 0.0, &[0.0, 10.0]), (0, 1.0, &[20.0, 50.0])]);
        let single = slope(&groups(&[(0, 0.0, &[0.0, 1.0]), (0, 1.0, &[2.0, 5.0])])).unwrap();
        let tenfold = slope(&ten).unwrap();
        assert!(
            (tenfold.slope.low - 10.0 * single.slope.low).abs() < 1e-9
                && (tenfold.p - single.p).abs() < 1e-12
        );
        // Twice the points are half the slope.
        ten.iter_mut().for_each(|group| group.x *= 2.0);
        let wide = slope(&ten).unwrap();
        assert!(
            (wide.slope.high - tenfold.slope.high / 2.0).abs() < 1e-9 && (wide.p - single.p).abs() < 1e-12
        );
    }

    #[test]
    fn without_differing_ratings_or_a_degree_of_freedom_there_is_no_slope() {
        assert_eq!(slope(&groups(&[(0, 3.0, &[1.0, 2.0, 5.0]), (1, 9.0, &[1.0, 2.0])])), None);
        // Two customers and a slope leave no degree of freedom, three leave one.
        assert_eq!(slope(&groups(&[(0, 0.0, &[1.0]), (0, 1.0, &[2.0])])), None);
        assert!(slope(&groups(&[(0, 0.0, &[1.0]), (0, 1.0, &[2.0]), (0, 2.0, &[5.0])])).is_some());
        assert_eq!(slope(&[]), None);
        // On a line there is no error, and no p-value.
        let line = slope(&groups(&[(0, 0.0, &[1.0, 1.0]), (0, 1.0, &[2.0, 2.0])])).unwrap();
        assert!((line.slope.low, line.slope.high) == (1.0, 1.0) && line.p.is_nan(), "{line:?}");
    }
}
