//! Scales: where on a picture a value stands. Pure arithmetic over the values handed in.

/// A straight scale from values to a share of the picture's width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Linear {
    low: f64,
    high: f64,
    /// Percent of the width that stays free at each end, so that a mark on the scale's end is not cut.
    margin: f64,
}

impl Linear {
    /// From `low` to `high`; a scale without length is given one.
    pub(crate) fn new(low: f64, high: f64) -> Linear {
        let high = if high > low { high } else { low + 1.0 };
        Linear { low, high, margin: 0.0 }
    }

    /// The same with `margin` percent of the width free at each end.
    pub(crate) fn with_margin(self, margin: f64) -> Linear {
        Linear { margin, ..self }
    }

    /// The values at both ends.
    pub(crate) fn ends(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// Where `value` stands, in percent of the width; outside values stand at the nearest end.
    pub(crate) fn percent(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.margin + share * (100.0 - 2.0 * self.margin)
    }

    /// Where `value` stands between two places, in their unit: heights are in pixels, the higher value above.
    pub(crate) fn between(&self, value: f64, at_low: f64, at_high: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        ((at_low + share * (at_high - at_low)) * 100.0).round() / 100.0
    }

    /// The same as an SVG attribute: `41.25%`.
    pub(crate) fn at(&self, value: f64) -> String {
        percent(self.percent(value))
    }

    /// How wide the stretch from `low` to `high` is, as an SVG attribute.
    pub(crate) fn across(&self, low: f64, high: f64) -> String {
        percent((self.percent(high) - self.percent(low)).abs())
    }

    /// From the lowest to the highest of these values and of `ends`, widened to round values.
    pub(crate) fn around(values: impl Iterator<Item = f64>, ends: (f64, f64)) -> Linear {
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            return Linear::new(ends.0, ends.1);
        }
        // At least a tenth of the scale, so that a small move does not look like a cliff.
        let least = (ends.1 - ends.0) / 10.0;
        let spare = ((least - (high - low)) / 2.0).max(0.0);
        let (low, high) = (low - spare, high + spare);
        let step = step((high - low) / 4.0);
        let low = ((low / step).floor() * step).max(ends.0);
        let high = ((high / step).ceil() * step).min(ends.1);
        Linear::new(low, high)
    }

    /// Round values from end to end, about `wanted` of them.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let step = step(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|k| k as f64 * step).collect()
    }
}

/// The round step next to `rough` from above: 1, 2, 2.5 or 5 times a power of ten.
fn step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * power);
    steps.into_iter().find(|&s| s >= rough * 0.999).unwrap_or(rough)
}

/// `count` equal places side by side, each with a bar of `share` of its width in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bands {
    count: usize,
    share: f64,
}

impl Bands {
    /// Of `count` bands; `share` is the bar's part of a band, from 0 to 1.
    pub(crate) fn new(count: usize, share: f64) -> Bands {
        Bands { count: count.max(1), share }
    }

    fn band(&self) -> f64 {
        100.0 / self.count as f64
    }

    /// The left edge of the `i`th band.
    pub(crate) fn left(&self, i: usize) -> String {
        percent(self.band() * i as f64)
    }

    /// The left edge of the `i`th bar.
    pub(crate) fn bar(&self, i: usize) -> String {
        percent(self.band() * (i as f64 + (1.0 - self.share) / 2.0))
    }

    /// The middle of the `i`th bar.
    pub(crate) fn middle(&self, i: usize) -> String {
        percent(self.band() * (i as f64 + 0.5))
    }

    /// The middle of the bars from `first` to `last`.
    pub(crate) fn middle_of(&self, first: usize, last: usize) -> String {
        percent(self.band() * ((first + last) as f64 / 2.0 + 0.5))
    }

    /// The right edge of the `i`th bar.
    pub(crate) fn bar_end(&self, i: usize) -> String {
        percent(self.band() * (i as f64 + (1.0 + self.share) / 2.0))
    }

    /// The width of a bar.
    pub(crate) fn bar_width(&self) -> String {
        percent(self.band() * self.share)
    }

    /// The width of a band.
    pub(crate) fn width(&self) -> String {
        percent(self.band())
    }
}

/// A share of the width as an SVG attribute, to a hundredth of a percent.
pub(crate) fn percent(value: f64) -> String {
    let hundredths = (value * 100.0).round() / 100.0;
    format!("{hundredths}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_where_its_share_of_the_scale_is() {
        let nps = Linear::new(-100.0, 100.0);
        assert_eq!(nps.at(-100.0), "0%");
        assert_eq!(nps.at(0.0), "50%");
        assert_eq!(nps.at(41.0), "70.5%");
    }

    #[test]
    fn values_outside_stand_at_the_nearest_end() {
        let scale = Linear::new(0.0, 10.0);
        assert_eq!(scale.at(12.0), "100%");
        assert_eq!(scale.at(-3.0), "0%");
    }

    #[test]
    fn a_margin_keeps_marks_at_the_ends_inside() {
        let scale = Linear::new(0.0, 10.0).with_margin(4.0);
        assert_eq!((scale.at(0.0), scale.at(5.0), scale.at(10.0)), ("4%".into(), "50%".into(), "96%".into()));
    }

    #[test]
    fn a_scale_without_length_still_has_places() {
        assert_eq!(Linear::new(5.0, 5.0).at(5.0), "0%");
    }

    #[test]
    fn ticks_are_round_and_reach_both_ends() {
        assert_eq!(Linear::new(-100.0, 100.0).ticks(4), [-100.0, -50.0, 0.0, 50.0, 100.0]);
        assert_eq!(Linear::new(0.0, 100.0).ticks(4), [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(Linear::new(1.0, 5.0).ticks(4), [1.0, 2.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn heights_are_between_the_two_places_that_are_given() {
        let nps = Linear::new(-1.0, 1.0);
        assert_eq!(
            [-1.0, 0.0, 1.0, 3.0].map(|value| nps.between(value, 200.0, 20.0)),
            [200.0, 110.0, 20.0, 20.0]
        );
        assert_eq!(nps.across(-0.5, 0.5), "50%");
    }

    #[test]
    fn an_axis_around_values_is_round_and_never_past_the_scale_nor_a_cliff() {
        for (values, ends, (low, high)) in [
            (&[0.31, 0.47][..], (-1.0, 1.0), (0.25, 0.5)),
            (&[0.98, 1.0], (-1.0, 1.0), (0.85, 1.0)),
            (&[], (1.0, 5.0), (1.0, 5.0)),
        ] {
            let scale = Linear::around(values.iter().copied(), ends);
            let [from, to] = scale.ends();
            assert!((from - low).abs() < 1e-9 && (to - high).abs() < 1e-9, "{scale:?}");
        }
    }

    #[test]
    fn bands_share_the_width_and_bars_stand_in_their_middle() {
        let bands = Bands::new(10, 0.8);
        assert_eq!((bands.left(0), bands.bar(0), bands.bar_width()), ("0%".into(), "1%".into(), "8%".into()));
        assert_eq!((bands.middle(9), bands.bar_end(9)), ("95%".into(), "99%".into()));
        assert_eq!(bands.middle_of(0, 9), "50%");
    }
}
