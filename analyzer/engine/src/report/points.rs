//! Which number stands for a question's ratings, how it is computed and how it is said. It reads a [`Distribution`], and
//! touches nothing else.

use super::{counted, hundred};
use crate::columns::Rated;
use crate::plan::Scale;
use crate::scores::Estimate;
use crate::scores::against::{Part, against};
use crate::scores::change::Difference;
use crate::scores::cluster::widened;
use crate::scores::distribution::Distribution;
use crate::scores::mean::Mean;
use crate::scores::nps::Nps;
use crate::scores::top_box::{TopBox, lowest_top};
use crate::scores::weights::Domain;
use candor_survey::question::Kind;

/// Which number stands for a question's ratings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Statistic {
    Nps,
    TopBox(Scale),
    BottomBox(Scale),
    Mean(Scale),
}

impl Statistic {
    pub(crate) fn of(score: &Rated) -> Statistic {
        Statistic::usual(score.kind, score.scale)
    }

    /// The number by which a kind of question is usually read.
    pub(crate) fn usual(kind: Option<Kind>, scale: Scale) -> Statistic {
        match kind {
            _ if scale.nps => Statistic::Nps,
            Some(Kind::Csat) => Statistic::TopBox(scale),
            _ => Statistic::Mean(scale),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Statistic::Nps => "nps",
            Statistic::TopBox(_) => "top_box",
            Statistic::BottomBox(_) => "bottom_box",
            Statistic::Mean(_) => "mean",
        }
    }

    /// The ratings as points whose mean is the statistic, but for where the scale begins ([`Statistic::level`]).
    pub(crate) fn points(self, ratings: &Distribution) -> Mean {
        match self {
            Statistic::Nps => Mean::from(&nps(ratings)),
            Statistic::TopBox(scale) => Mean::from(&top_box(ratings, scale)),
            Statistic::BottomBox(scale) => Mean::from(&bottom_box(ratings, scale)),
            Statistic::Mean(scale) => {
                let mut mean = Mean::default();
                mean.update(ratings, scale);
                mean
            }
        }
    }

    /// The points of one rating.
    pub(crate) fn point(self, rating: u8) -> u64 {
        match self {
            Statistic::Nps => {
                u64::from(rating > crate::scores::nps::DETRACTOR)
                    + u64::from(rating >= crate::scores::nps::PROMOTER)
            }
            Statistic::TopBox(scale) => u64::from(rating >= lowest_top(scale)),
            Statistic::BottomBox(scale) => u64::from(rating <= highest_bottom(scale)),
            Statistic::Mean(scale) => u64::from(rating.saturating_sub(scale.low)),
        }
    }

    /// The statistic at a mean of points.
    pub(crate) fn level(self, points: f64) -> f64 {
        match self {
            Statistic::Nps => points - 1.0,
            Statistic::TopBox(_) | Statistic::BottomBox(_) => points,
            Statistic::Mean(scale) => points + f64::from(scale.low),
        }
    }

    /// The least and the greatest value.
    pub(crate) fn range(self) -> (f64, f64) {
        match self {
            Statistic::Nps => (-1.0, 1.0),
            Statistic::TopBox(_) | Statistic::BottomBox(_) => (0.0, 1.0),
            Statistic::Mean(scale) => (f64::from(scale.low), f64::from(scale.high)),
        }
    }

    /// A range of points as one of the statistic, cut to what it can be.
    pub(crate) fn estimate_of(self, points: Estimate) -> Estimate {
        let (least, greatest) = self.range();
        let level = |points: f64| self.level(points).clamp(least, greatest);
        Estimate { value: level(points.value), low: level(points.low), high: level(points.high) }
    }

    pub(crate) fn estimate(self, ratings: &Distribution) -> Option<Estimate> {
        match self {
            Statistic::Nps => nps(ratings).finish(),
            Statistic::TopBox(scale) => top_box(ratings, scale).finish(),
            Statistic::BottomBox(scale) => bottom_box(ratings, scale).finish(),
            Statistic::Mean(scale) => self.points(ratings).finish(scale),
        }
    }

    /// Whether the statistic is a share, and how long its scale is.
    fn form(self) -> (f64, bool) {
        let (least, greatest) = self.range();
        (greatest - least, matches!(self, Statistic::TopBox(_) | Statistic::BottomBox(_)))
    }

    /// The estimate of weighted points.
    pub(crate) fn weighted(self, points: &Domain) -> Estimate {
        let (range, share) = self.form();
        self.estimate_of(points.estimate(range, share))
    }

    /// The difference of two scores of weighted points.
    pub(crate) fn weighted_difference(self, before: &Domain, after: &Domain) -> Difference {
        let (range, share) = self.form();
        after.less(before, range, share)
    }

    /// The difference of a group of the responses less all others, which cluster in units ([`against()`]).
    pub(crate) fn against(self, units: &[[Part; 2]]) -> Option<Difference> {
        let (range, share) = self.form();
        against(units, range, share).ok()
    }

    /// The estimate with its interval made longer by √deff.
    pub(crate) fn clustered(self, ratings: &Distribution, deff: f64) -> Option<Estimate> {
        let (least, greatest) = self.range();
        widened(self.estimate(ratings)?, deff, least, greatest).ok()
    }

    /// A value as people say it: "41", "63%", "4.20".
    pub(crate) fn number(self, value: f64) -> String {
        match self {
            Statistic::Nps => hundred(value),
            Statistic::TopBox(_) | Statistic::BottomBox(_) => format!("{}%", hundred(value)),
            Statistic::Mean(_) => signed(value, 2),
        }
    }

    /// A difference as people say it: "−7 points", "3 percentage points", "0.20 points".
    pub(crate) fn difference(self, value: f64) -> String {
        match self {
            Statistic::Nps => format!("{} points", hundred(value)),
            Statistic::TopBox(_) | Statistic::BottomBox(_) => format!("{} percentage points", hundred(value)),
            Statistic::Mean(_) => format!("{} points", signed(value, 2)),
        }
    }

    /// "(35 to 47)".
    pub(crate) fn interval(self, low: f64, high: f64) -> String {
        format!("({} to {})", self.number(low), self.number(high))
    }

    /// What the statistic is, within a sentence.
    pub(crate) fn subject(self) -> String {
        match self {
            Statistic::Nps => "NPS".into(),
            Statistic::TopBox(scale) => {
                format!("the share that gave {}", ends(lowest_top(scale), scale.high))
            }
            Statistic::BottomBox(scale) => {
                format!("the share that gave {}", ends(scale.low, highest_bottom(scale)))
            }
            Statistic::Mean(_) => "the mean".into(),
        }
    }

    /// The estimate as people say it: "NPS 41 (35 to 47)".
    pub(crate) fn say(self, e: &Estimate) -> String {
        let interval = self.interval(e.low, e.high);
        match self {
            Statistic::Nps => format!("NPS {} {interval}", self.number(e.value)),
            Statistic::TopBox(scale) => {
                format!("{} gave {} {interval}", self.number(e.value), ends(lowest_top(scale), scale.high))
            }
            Statistic::BottomBox(scale) => {
                format!("{} gave {} {interval}", self.number(e.value), ends(scale.low, highest_bottom(scale)))
            }
            Statistic::Mean(_) => format!("mean {} {interval}", self.number(e.value)),
        }
    }

    /// "NPS 41 (35 to 47) from 2,400 ratings".
    pub(crate) fn say_from(self, e: &Estimate, n: u64) -> String {
        format!("{} from {}", self.say(e), counted(n, "rating"))
    }
}

/// "4 or 5", "10".
fn ends(low: u8, high: u8) -> String {
    if low == high { high.to_string() } else { format!("{low} or {high}") }
}

/// With so many decimals, and a true minus sign; never "−0.00".
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value < 0.0 && !zero { format!("\u{2212}{text}") } else { text }
}

/// The highest point of the bottom box, as many points as the top box has.
fn highest_bottom(scale: Scale) -> u8 {
    scale.low + (scale.high - lowest_top(scale))
}

pub(crate) fn nps(ratings: &Distribution) -> Nps {
    let mut nps = Nps::default();
    nps.update(ratings);
    nps
}

pub(crate) fn top_box(ratings: &Distribution, scale: Scale) -> TopBox {
    let mut top = TopBox::default();
    top.update(ratings, scale);
    top
}

impl Statistic {
    /// The share that this is, for those that are one.
    pub(super) fn share(self, ratings: &Distribution) -> Option<TopBox> {
        match self {
            Statistic::TopBox(scale) => Some(top_box(ratings, scale)),
            Statistic::BottomBox(scale) => Some(bottom_box(ratings, scale)),
            Statistic::Nps | Statistic::Mean(_) => None,
        }
    }
}

fn bottom_box(ratings: &Distribution, scale: Scale) -> TopBox {
    TopBox {
        n: ratings.between(scale.low, scale.high),
        top: ratings.between(scale.low, highest_bottom(scale)),
    }
}
