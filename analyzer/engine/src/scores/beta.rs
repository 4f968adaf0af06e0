//! The incomplete beta function and what is read from it: tails of Student's t and of F, and beta quantiles. Arithmetic on
//! numbers handed in; floats go through `libm`, so that wasm and native give the same bits.
//!
//! Iₓ(a, b) by its continued fraction (Abramowitz and Stegun 1964, 26.5.8), evaluated by Lentz's method (Lentz 1976; Press
//! et al. 2007, §6.4). It needs about √max(a, b) terms, and takes as many as it needs: statrs 0.19 stops at 140, which is
//! too few for a million responses. Tested against closed forms, and through
//! Clopper and Pearson's intervals and the F test of [`super::cluster`] against R.

/// Terms allowed; a thousand million responses need some 30,000.
const TERMS: u32 = 200_000;

/// The regularized incomplete beta function Iₓ(a, b), in [0, 1], with its complement. Both are given because one of them
/// may be too close to 1 to be subtracted from it. `a`, `b` > 0 and `x` in [0, 1], or both are NaN.
pub fn regularized(x: f64, a: f64, b: f64) -> (f64, f64) {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&x) && a.is_finite() && b.is_finite()) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x == 1.0 {
        return (1.0, 0.0);
    }
    let front = front(x, a, b);
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = (front * fraction(x, a, b) / a).min(1.0);
        (below, 1.0 - below)
    } else {
        let above = (front * fraction(1.0 - x, b, a) / b).min(1.0);
        (1.0 - above, above)
    }
}

/// xᵃ(1−x)ᵇ/B(a, b) by its saddle point (Loader 2000, "Fast and accurate computation of binomial probabilities"): the
/// logarithms of three gamma functions of a thousand million would cancel to six digits.
fn front(x: f64, a: f64, b: f64) -> f64 {
    let (sum, y) = (a + b, 1.0 - x);
    let deviance = deviance(a, sum * x) + deviance(b, sum * y);
    let stirling = stirling_error(sum) - stirling_error(a) - stirling_error(b);
    libm::sqrt(a / sum * b / std::f64::consts::TAU) * libm::exp(stirling - deviance)
}

/// k·ln(k/expected), the part that is linear in their difference kept accurate near 0.
fn deviance(k: f64, expected: f64) -> f64 {
    let away = (k - expected) / expected;
    if away.abs() < 0.5 { k * libm::log1p(away) } else { k * (libm::log(k) - libm::log(expected)) }
}

/// ln Γ(n) − (n − ½) ln n + n − ½ ln 2π (Abramowitz and Stegun 1964, 6.1.40).
fn stirling_error(n: f64) -> f64 {
    if n < 12.0 {
        return libm::lgamma(n) - (n - 0.5) * libm::log(n) + n - 0.5 * libm::log(std::f64::consts::TAU);
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square)
            / square)
        / n
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let away =
        |value: f64| if value.abs() < f64::MIN_POSITIVE * 1e16 { f64::MIN_POSITIVE * 1e16 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..TERMS {
        let m = f64::from(m);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            value *= c * d;
        }
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// The x at which Iₓ(a, b) is `p`, in [0, 1], by bisection: slow beside Newton, and it cannot go astray. `a`, `b` > 0 and `p` in
/// [0, 1], or NaN.
pub fn quantile(p: f64, a: f64, b: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&p) && a.is_finite() && b.is_finite()) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // 1,100 halvings separate the smallest floats; an ordinary quantile takes some 55.
    for _ in 0..1100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if regularized(middle, a, b).0 < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// P(F ≥ f) for a ratio of sums of squares: `between` with `df1` degrees of freedom, `within` with `df2`. Sums, not means: f =
/// (between/df1)/(within/df2). Both are finite, not negative and not both 0, or the result is NaN.
pub fn f_tail(between: f64, df1: f64, within: f64, df2: f64) -> f64 {
    regularized(within / (within + between), df2 / 2.0, df1 / 2.0).0
}

/// P(|T| ≥ |t|) for Student's t with `df` degrees of freedom.
pub fn t_tails(t: f64, df: f64) -> f64 {
    regularized(df / (df + t * t), df / 2.0, 0.5).0
}

/// The t that Student's t with `df` degrees of freedom exceeds in absolute value with probability `tails` in (0, 1).
pub fn t_quantile(tails: f64, df: f64) -> f64 {
    // The complement is solved for: t²/(df + t²) keeps its digits where df is large.
    let x = quantile(1.0 - tails, 0.5, df / 2.0);
    libm::sqrt(df * x / (1.0 - x))
}

/// P(|Z| ≥ |z|) for the normal distribution.
pub fn normal_tails(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn closed_forms_hold() {
        near(regularized(0.3, 1.0, 1.0).0, 0.3);
        near(regularized(0.3, 3.0, 1.0).0, 0.027);
        near(regularized(0.3, 1.0, 4.0).0, 1.0 - 0.7_f64.powi(4));
        near(regularized(0.5, 7.5, 7.5).0, 0.5);
        // The binomial tail: P(X ≥ 3) of 5 at 0.4.
        near(regularized(0.4, 3.0, 3.0).0, 0.317_44);
        near(quantile(0.027, 3.0, 1.0), 0.3);
        near(quantile(1e-200, 2.0, 1.0), 1e-100);
    }

    #[test]
    fn half_of_a_symmetric_beta_of_a_million_lies_below_one_half() {
        for size in [1e3, 1e6, 1e9] {
            let (below, above) = regularized(0.5, size, size);
            assert!((below - 0.5).abs() < 1e-10 && (above - 0.5).abs() < 1e-10, "{size}: {below} {above}");
        }
    }

    #[test]
    fn t_and_the_normal_distribution_agree_with_their_closed_forms() {
        // One degree of freedom: the tangent of .475π. Ten: sin θ (1 + ½c² + ⅜c⁴ + 5⁄16 c⁶ + 35⁄128 c⁸), c = cos θ, tan θ = t/√10.
        near(t_quantile(0.05, 1.0), (0.475 * std::f64::consts::PI).tan());
        let t = t_quantile(0.05, 10.0);
        let (c2, sine) = (10.0 / (10.0 + t * t), t / (10.0 + t * t).sqrt());
        near(
            sine * (1.0 + c2 / 2.0 + 0.375 * c2.powi(2) + 0.3125 * c2.powi(3) + 35.0 / 128.0 * c2.powi(4)),
            0.95,
        );
        assert!((t_quantile(0.05, 1e6) - 1.959_966).abs() < 1e-6);
        near(t_tails(t_quantile(0.05, 7.0), 7.0), 0.05);
        near(t_tails(1.0, 1.0), 0.5);
        near(normal_tails(1.959_963_984_540_054), 0.05);
    }

    #[test]
    fn numbers_outside_the_range_are_not_answered() {
        assert!(regularized(0.5, 0.0, 1.0).0.is_nan() && regularized(1.5, 1.0, 1.0).0.is_nan());
        assert!(quantile(f64::NAN, 1.0, 1.0).is_nan());
        assert_eq!((f_tail(0.0, 2.0, 5.0, 9.0), f_tail(5.0, 2.0, 0.0, 9.0)), (1.0, 0.0));
    }
}
