//! What is kept of a unit's responses for the channels: counts and sums by unit, and nothing of single responses but when they
//! came and what they scored, which only [`super::burst`] needs, and how often each pattern of answers came, which only
//! [`super::duplicates`] needs. It counts rows that are handed in, and touches nothing else.
//!
//! Memory is by unit, rating, input, period and speed; the two exceptions take 8 bytes a response and 16 a pattern.

use super::period_end::PeriodEnd;
use super::rows::{Asked, Moments, NONE, Rows, Terms, month};
use crate::columns::{NO_CODE, NO_RATING, NO_TIME};
use crate::scores::mean::Mean;
use crate::scores::state::{BadBytes, By, Bytes, State};
use crate::scores::top_box::TopBox;
use crate::sort;
use candor_survey::evidence::DEVICE_DAY;
use candor_survey::response::Input;
use candor_survey::words::{Cue, Cues};
use std::collections::BTreeMap;

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;

/// Kinds of input, one of them "not known".
pub const INPUTS: usize = 5;

/// How many times there are to a factor of two in the counts of answering times.
pub const TIMES_TO_DOUBLE: f64 = 16.0;

/// Scores and the sentiment of their words in one month: whole sums, of which a line through them follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Responses with both.
    pub n: u64,
    /// Σ sentiment, in thousandths.
    pub x: i128,
    /// Σ rating.
    pub y: i128,
    /// Σ sentiment².
    pub xx: i128,
    /// Σ sentiment · rating.
    pub xy: i128,
    /// Σ rating².
    pub yy: i128,
}

/// The state of one unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    /// Responses.
    pub responses: u64,
    /// Ratings by point of the scale, lowest first; shorter where none was as high.
    pub ratings: Vec<u64>,
    /// When each rating came and what it was, sorted: milliseconds · 256 + rating.
    pub instants: Vec<i64>,
    /// Ratings by weekday, before the last days of a bonus period and in them.
    pub end: PeriodEnd,
    /// Ratings by bonus period.
    pub periods: By<i64, Mean>,
    /// Responses of known devices that are no kiosk, and those of devices that had already answered again and again that day.
    pub devices: TopBox,
    /// Responses that are not from a kiosk, and those that came with a score filled in.
    pub preset: TopBox,
    /// Responses by input, and those that were scripted, raised or left.
    pub presence: [TopBox; INPUTS],
    /// How many scores without preset took how long, by input and time.
    pub speeds: BTreeMap<(u32, u32), u64>,
    /// Comments, and those with words of solicitation.
    pub comments: TopBox,
    /// Comments by cue.
    pub cues: [u64; Cue::ALL.len()],
    /// Scores and sentiment by calendar month.
    pub months: By<i64, Sums>,
    /// How often each pattern of answers came.
    pub patterns: BTreeMap<u64, u64>,
    /// Answers to the protected question, and those that were the same.
    pub protected: TopBox,
    /// Page views in which the survey was due, and those of them that were drawn into the sample.
    pub asked: [u64; 2],
    /// Answers to them that hold a score, as [`crate::report::Heard::answered`].
    pub answered: u64,
}

/// The code of a kind of input.
pub fn code(input: Option<Input>) -> usize {
    match input {
        None => 0,
        Some(Input::Mouse) => 1,
        Some(Input::Touch) => 2,
        Some(Input::Keyboard) => 3,
        Some(Input::Mixed) => 4,
    }
}

impl Gathered {
    /// How many ratings there are.
    pub fn n(&self) -> u64 {
        self.ratings.iter().sum()
    }

    /// Ratings at the top of the scale.
    pub fn tops(&self, terms: &Terms) -> TopBox {
        let span = usize::from(terms.scale.high.saturating_sub(terms.scale.low));
        TopBox { n: self.n(), top: self.ratings.get(span).copied().unwrap_or(0) }
    }

    fn rate(&mut self, rating: u8, time: Option<i64>, terms: &Terms) {
        let scale = terms.scale;
        if rating == NO_RATING || !(scale.low..=scale.high).contains(&rating) {
            return;
        }
        let point = rating - scale.low;
        if self.ratings.len() <= usize::from(point) {
            self.ratings.resize(usize::from(point) + 1, 0);
        }
        self.ratings[usize::from(point)] += 1;
        let Some(time) = time else { return };
        self.instants.push(time.saturating_mul(256).saturating_add(i64::from(rating)));
        let Some(bonus) = terms.bonus else { return };
        let day = (time + i64::from(bonus.offset_min) * 60_000).div_euclid(DAY);
        let (period, last) = bonus.period.of(day);
        self.end.update(day.rem_euclid(7) as u8, last, rating == scale.high);
        let x = bonus.points(rating, scale);
        self.periods.entry(&period).merge(&Mean { n: 1, sum: x, squares: x * x });
    }

    fn moment(&mut self, moments: &Moments<'_>, row: usize) {
        let (preset, kiosk, input) = (moments.preset[row], moments.kiosk[row], moments.input[row]);
        if !kiosk {
            self.preset.n += 1;
            self.preset.top += u64::from(preset);
            if moments.device_day[row] != NONE {
                self.devices.n += 1;
                self.devices.top += u64::from(moments.device_day[row] >= DEVICE_DAY);
            }
        }
        // Arrow keys walk up a scale step by step, and a slow walk is not a second thought.
        let raised = match input {
            Some(Input::Keyboard) => false,
            Some(Input::Mixed) => moments.raised[row] > 1,
            _ => moments.raised[row] > 0,
        };
        let present = &mut self.presence[code(input)];
        present.n += 1;
        present.top += u64::from(moments.untrusted[row] > 0 || raised || moments.hidden[row] > 1);
        let ms = moments.ms_score[row];
        if ms != NONE && !preset {
            let time = (libm::log2(f64::from(ms.max(1))) * TIMES_TO_DOUBLE) as u32;
            *self.speeds.entry((code(input) as u32, time)).or_default() += 1;
        }
    }

    fn word(&mut self, cues: Cues) {
        self.comments.n += 1;
        self.comments.top += u64::from(!cues.is_empty());
        cues.iter().for_each(|cue| self.cues[cue as usize] += 1);
    }
}

/// The state of all units, by name, so that parts read by different workers can be merged.
pub type Units = By<String, Gathered>;

/// Counts `rows` into `units`.
pub fn update(units: &mut Units, rows: &Rows<'_>, terms: &Terms) {
    let mut found: Vec<Gathered> = vec![Gathered::default(); rows.names.len()];
    let mut patterns: Vec<Vec<u64>> = vec![Vec::new(); if rows.answers.is_some() { found.len() } else { 0 }];
    for (row, &unit) in rows.units.iter().enumerate() {
        if unit == NO_CODE {
            continue;
        }
        let place = unit as usize;
        let Some(unit) = found.get_mut(place) else { continue };
        unit.responses += 1;
        let rating = rows.ratings[row];
        let asked = rows.triggered.is_none_or(|triggered| triggered[row]);
        unit.answered += u64::from(asked && rating != NO_RATING);
        let time = rows.times.map(|times| times[row]).filter(|&time| time != NO_TIME);
        unit.rate(rating, time, terms);
        if let Some(moments) = &rows.moments {
            unit.moment(moments, row);
        }
        if let Some(cues) = rows.cues.and_then(|cues| cues[row]) {
            unit.word(cues);
        }
        let sentiment = rows.sentiment.and_then(|sentiment| sentiment[row]);
        if let (Some(x), Some(time), true) = (sentiment, time, rating != NO_RATING) {
            let (x, y) = (i128::from(x), i128::from(rating));
            let sums = Sums { n: 1, x, y, xx: x * x, xy: x * y, yy: y * y };
            unit.months.entry(&month(time.div_euclid(DAY))).merge(&sums);
        }
        if let Some(pattern) = rows.answers.and_then(|answers| answers[row]) {
            patterns[place].push(pattern);
        }
        if let Some(same) = rows.same.and_then(|same| same[row]) {
            unit.protected.n += 1;
            unit.protected.top += u64::from(same);
        }
    }
    // Sorted first, patterns are counted in a tenth of the time.
    for (unit, mut given) in found.iter_mut().zip(patterns) {
        given.sort_unstable();
        let counts = given.chunk_by(|a, b| a == b);
        unit.patterns = sort::map(counts.filter_map(|same| Some((*same.first()?, same.len() as u64))));
    }
    for (name, mut unit) in rows.names.iter().zip(found) {
        if unit.responses > 0 {
            unit.instants.sort_unstable();
            units.update(name, &unit);
        }
    }
}

/// Counts the page views of a unit.
pub fn update_asked(units: &mut Units, unit: &str, asked: Asked) {
    let Gathered { asked: kept, .. } = units.entry(unit);
    kept[0] += asked.eligible;
    kept[1] += asked.sampled;
}

impl State for Sums {
    const TAG: [u8; 4] = *b"dsum";
    fn merge(&mut self, other: &Sums) {
        self.n += other.n;
        for (kept, more) in [&mut self.x, &mut self.y, &mut self.xx, &mut self.xy, &mut self.yy]
            .into_iter()
            .zip([other.x, other.y, other.xx, other.xy, other.yy])
        {
            *kept += more;
        }
    }
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.n.to_le_bytes());
        [self.x, self.y, self.xx, self.xy, self.yy].iter().for_each(|sum| to.extend(sum.to_le_bytes()));
    }
    fn read(from: &mut Bytes<'_>) -> Result<Sums, BadBytes> {
        let n = from.count()?;
        let [x, y, xx, xy, yy] = [from.i128()?, from.i128()?, from.i128()?, from.i128()?, from.i128()?];
        // Sums of numbers no larger than 1,000 and 255.
        let most = i128::from(n) * 1_000_000;
        let small = [x, y, xx, xy, yy].iter().all(|sum| (-most..=most).contains(sum));
        if small && xx >= 0 && yy >= 0 {
            Ok(Sums { n, x, y, xx, xy, yy })
        } else {
            Err(BadBytes::Contradiction)
        }
    }
}

/// Both sorted lists as one.
fn merged(a: &[i64], b: &[i64]) -> Vec<i64> {
    let (mut a, mut b, mut all) =
        (a.iter().peekable(), b.iter().peekable(), Vec::with_capacity(a.len() + b.len()));
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x <= y => a.next(),
            (_, Some(_)) => b.next(),
            _ => a.next(),
        };
        match next {
            Some(&x) => all.push(x),
            None => return all,
        }
    }
}

impl State for Gathered {
    const TAG: [u8; 4] = *b"gath";

    fn merge(&mut self, other: &Gathered) {
        self.responses += other.responses;
        if self.ratings.len() < other.ratings.len() {
            self.ratings.resize(other.ratings.len(), 0);
        }
        self.ratings.iter_mut().zip(&other.ratings).for_each(|(kept, more)| *kept += more);
        self.instants = if self.instants.is_empty() {
            other.instants.clone()
        } else if other.instants.is_empty() {
            std::mem::take(&mut self.instants)
        } else {
            merged(&self.instants, &other.instants)
        };
        self.end.merge(&other.end);
        self.periods.merge(&other.periods);
        self.devices.merge(&other.devices);
        self.preset.merge(&other.preset);
        self.presence.iter_mut().zip(&other.presence).for_each(|(kept, more)| kept.merge(more));
        other.speeds.iter().for_each(|(&key, more)| *self.speeds.entry(key).or_default() += more);
        self.comments.merge(&other.comments);
        self.cues.iter_mut().zip(&other.cues).for_each(|(kept, more)| *kept += more);
        self.months.merge(&other.months);
        other.patterns.iter().for_each(|(&key, more)| *self.patterns.entry(key).or_default() += more);
        self.protected.merge(&other.protected);
        self.asked.iter_mut().zip(&other.asked).for_each(|(kept, more)| *kept += more);
        self.answered += other.answered;
    }

    fn write(&self, to: &mut Vec<u8>) {
        let number = |x: u64, to: &mut Vec<u8>| to.extend(x.to_le_bytes());
        number(self.responses, to);
        number(self.ratings.len() as u64, to);
        self.ratings.iter().for_each(|&count| number(count, to));
        number(self.instants.len() as u64, to);
        self.instants.iter().for_each(|instant| to.extend(instant.to_le_bytes()));
        State::write(&self.end, to);
        State::write(&self.periods, to);
        let pairs = [&self.devices, &self.preset, &self.comments, &self.protected];
        pairs.into_iter().chain(&self.presence).for_each(|pair| State::write(pair, to));
        number(self.speeds.len() as u64, to);
        for (&(input, time), &count) in &self.speeds {
            to.extend(input.to_le_bytes());
            to.extend(time.to_le_bytes());
            number(count, to);
        }
        self.cues.iter().for_each(|&count| number(count, to));
        State::write(&self.months, to);
        number(self.patterns.len() as u64, to);
        for (&pattern, &count) in &self.patterns {
            to.extend(pattern.to_le_bytes());
            number(count, to);
        }
        self.asked.iter().for_each(|&count| number(count, to));
        number(self.answered, to);
    }

    fn read(from: &mut Bytes<'_>) -> Result<Gathered, BadBytes> {
        let responses = from.count()?;
        let ratings: Vec<u64> = (0..from.count()?).map(|_| from.count()).collect::<Result<_, _>>()?;
        let instants: Vec<i64> = (0..from.count()?).map(|_| from.i64()).collect::<Result<_, _>>()?;
        if !instants.is_sorted() {
            return Err(BadBytes::Order);
        }
        if ratings.len() > 256 || ratings.last() == Some(&0) || ratings.iter().sum::<u64>() > responses {
            return Err(BadBytes::Contradiction);
        }
        let end = State::read(from)?;
        let periods = State::read(from)?;
        let [devices, preset, comments, protected] =
            [State::read(from)?, State::read(from)?, State::read(from)?, State::read(from)?];
        let mut presence = [TopBox::default(); INPUTS];
        for kept in &mut presence {
            *kept = State::read(from)?;
        }
        let mut speeds = BTreeMap::new();
        for _ in 0..from.count()? {
            let key = (from.u32()?, from.u32()?);
            if speeds.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadBytes::Order);
            }
            if key.0 as usize >= INPUTS {
                return Err(BadBytes::Contradiction);
            }
            speeds.insert(key, from.count()?);
        }
        let mut cues = [0; Cue::ALL.len()];
        for kept in &mut cues {
            *kept = from.count()?;
        }
        let months = State::read(from)?;
        let mut patterns = BTreeMap::new();
        for _ in 0..from.count()? {
            let key = from.i64()? as u64;
            if patterns.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadBytes::Order);
            }
            patterns.insert(key, from.count()?);
        }
        let asked = [from.count()?, from.count()?];
        let answered = from.count()?;
        if answered > responses {
            return Err(BadBytes::Contradiction);
        }
        Ok(Gathered {
            responses,
            ratings,
            instants,
            end,
            periods,
            devices,
            preset,
            presence,
            speeds,
            comments,
            cues,
            months,
            patterns,
            protected,
            asked,
            answered,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Scale;
    use crate::pressure::rows::{Bonus, Paid, Period};
    use crate::scores::state::proof;
    use proptest::prelude::*;

    /// One row in numbers: unit, rating, time, signals, words, answers.
    type Row = (u8, u8, i64, (u8, u32, u32), (u8, i16), u8);

    fn count(units: &mut Units, &(unit, rating, time, (bits, ms, device), (words, sentiment), other): &Row) {
        let terms = Terms {
            scale: Scale { low: 0, high: 10, nps: true },
            bonus: Some(Bonus { paid: Paid::Mean, target: Some(9.0), period: Period::Month, offset_min: 60 }),
            protected: Some(0.2),
        };
        let names: Vec<String> = (0..4).map(|unit| format!("unit {unit}")).collect();
        let flag = |bit: u8| bits & (1 << bit) != 0;
        let inputs =
            [None, Some(Input::Mouse), Some(Input::Touch), Some(Input::Keyboard), Some(Input::Mixed)];
        let rows = Rows {
            names: &names,
            units: &[if unit < 4 { u32::from(unit) } else { NO_CODE }],
            ratings: &[if rating <= 11 { rating } else { NO_RATING }],
            times: Some(&[if flag(5) { NO_TIME } else { time }]),
            moments: Some(Moments {
                preset: &[flag(0)],
                kiosk: &[flag(1)],
                input: &[inputs[usize::from(bits) % 5]],
                untrusted: &[u32::from(flag(2))],
                raised: &[u32::from(flag(3))],
                hidden: &[u32::from(bits) % 3],
                ms_score: &[if flag(4) { NONE } else { ms }],
                device_day: &[if flag(6) { NONE } else { device }],
            }),
            cues: Some(&[(words > 20).then_some(Cues(words & 0x7f))]),
            sentiment: Some(&[(words > 30).then_some(sentiment)]),
            answers: Some(&[(other > 0).then_some(u64::from(other % 5))]),
            same: Some(&[(other > 9).then_some(other % 2 == 0)]),
            triggered: Some(&[other % 3 > 0]),
        };
        update(units, &rows, &terms);
        if other > 200 {
            update_asked(units, "unit 2", Asked { eligible: u64::from(other), sampled: u64::from(unit) });
        }
    }

    proptest! {
        #[test]
        fn any_split_of_the_responses_gives_the_same_bytes(
            rows in proptest::collection::vec((
                0u8..6, 0u8..16, 1_700_000_000_000i64..1_730_000_000_000,
                (any::<u8>(), 0u32..90_000, 0u32..6), (0u8..128, -1000i16..=1000), any::<u8>(),
            ), 0..80),
            deal in proptest::collection::vec(any::<u8>(), 0..80),
            order: u64,
        ) {
            proof::any_split_equals_one_pass::<_, Units>(&rows, &deal, order, count)?;
        }

        #[test]
        fn other_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let tagged = [Gathered::TAG.as_slice(), &bytes].concat();
            if let Ok(state) = Gathered::from_bytes(&tagged) {
                prop_assert_eq!(state.to_bytes(), tagged);
            }
        }
    }

    #[test]
    fn two_sorted_lists_are_one() {
        for (a, b, all) in [
            (&[1, 3, 3][..], &[2, 3, 9][..], &[1, 2, 3, 3, 3, 9][..]),
            (&[], &[4, 5], &[4, 5]),
            (&[4, 5], &[], &[4, 5]),
            (&[7, 8], &[1, 2], &[1, 2, 7, 8]),
        ] {
            assert_eq!(merged(a, b), all);
        }
    }

    /// A moment: preset, kiosk, input, untrusted, raised, hidden, milliseconds, device.
    type Moment = (bool, bool, Option<Input>, u32, u32, u32, u32, u32);

    fn moments(of: &[Moment]) -> Gathered {
        let names = ["u".to_owned()];
        let column = |at: &dyn Fn(&Moment) -> u32| of.iter().map(at).collect::<Vec<u32>>();
        let (preset, kiosk): (Vec<bool>, Vec<bool>) = of.iter().map(|one| (one.0, one.1)).unzip();
        let input: Vec<Option<Input>> = of.iter().map(|one| one.2).collect();
        let (untrusted, raised, hidden) = (column(&|one| one.3), column(&|one| one.4), column(&|one| one.5));
        let (ms_score, device_day) = (column(&|one| one.6), column(&|one| one.7));
        let moments = Moments {
            preset: &preset,
            kiosk: &kiosk,
            input: &input,
            untrusted: &untrusted,
            raised: &raised,
            hidden: &hidden,
            ms_score: &ms_score,
            device_day: &device_day,
        };
        let rows = Rows {
            names: &names,
            units: &vec![0; of.len()],
            ratings: &vec![9; of.len()],
            moments: Some(moments),
            ..Rows::default()
        };
        let terms =
            Terms { scale: crate::plan::Scale { low: 0, high: 10, nps: true }, bonus: None, protected: None };
        let mut units = Units::default();
        update(&mut units, &rows, &terms);
        units.states().next().cloned().unwrap_or_default()
    }

    #[test]
    fn a_moment_is_counted_by_what_it_shows() {
        let touch = (false, false, Some(Input::Touch), 0, 0, 0, 4096, NONE);
        let share = |of: &[Moment]| moments(of).presence.map(|kept| (kept.n, kept.top));
        let of_touch = |one: Moment| share(&[one])[2];
        // A script, a score that was raised, a page that was left twice; once is nothing.
        assert_eq!(of_touch(touch), (1, 0));
        assert_eq!(
            [
                of_touch((touch.0, touch.1, touch.2, 1, 0, 0, NONE, NONE)),
                of_touch((false, false, touch.2, 0, 1, 0, NONE, NONE))
            ],
            [(1, 1); 2]
        );
        assert_eq!(
            [1, 2].map(|hidden| of_touch((false, false, touch.2, 0, 0, hidden, NONE, NONE))),
            [(1, 0), (1, 1)]
        );
        // Arrow keys walk; with several inputs one step up is a walk, and two are not.
        let raised = |input, raised| (false, false, Some(input), 0, raised, 0, NONE, NONE);
        assert_eq!(share(&[raised(Input::Keyboard, 5)])[3], (1, 0));
        assert_eq!([0, 1, 2].map(|up| share(&[raised(Input::Mixed, up)])[4]), [(1, 0), (1, 0), (1, 1)]);
        assert_eq!([0, 1].map(|up| share(&[raised(Input::Mouse, up)])[1]), [(1, 0), (1, 1)]);
        assert_eq!(share(&[(false, false, None, 0, 0, 0, NONE, NONE)])[0], (1, 0));
        // Of a kiosk neither presets nor devices are counted, and devices only where they are known.
        let device = |kiosk, preset, day| {
            let found = moments(&[(preset, kiosk, Some(Input::Touch), 0, 0, 0, NONE, day)]);
            [(found.preset.n, found.preset.top), (found.devices.n, found.devices.top)]
        };
        assert_eq!(device(true, true, 9), [(0, 0), (0, 0)]);
        assert_eq!(device(false, true, NONE), [(1, 1), (0, 0)]);
        assert_eq!(device(false, false, DEVICE_DAY), [(1, 0), (1, 1)]);
        assert_eq!(device(false, false, DEVICE_DAY - 1), [(1, 0), (1, 0)]);
        // 4,096 ms are twelve doublings, 192 steps; a score that was filled in beforehand has no time.
        let speeds = |ms, preset| moments(&[(preset, false, Some(Input::Touch), 0, 0, 0, ms, NONE)]).speeds;
        assert_eq!(speeds(4096, false), [((2, 192), 1)].into());
        assert_eq!((speeds(0, false), speeds(1, false)), ([((2, 0), 1)].into(), [((2, 0), 1)].into()));
        assert!(speeds(4096, true).is_empty() && speeds(NONE, false).is_empty());
        assert_eq!(
            moments(&[touch, touch, (false, false, None, 0, 0, 0, 4096, NONE)]).speeds,
            [((0, 192), 1), ((2, 192), 2)].into()
        );
        assert_eq!(
            [None, Some(Input::Mouse), Some(Input::Touch), Some(Input::Keyboard), Some(Input::Mixed)]
                .map(code),
            [0, 1, 2, 3, 4]
        );
    }
}
