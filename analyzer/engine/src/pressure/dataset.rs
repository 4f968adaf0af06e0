//! The columns of a [`Dataset`] as [`Rows`]: the one place where the channels and the readers meet.

use super::RESPONSES_NEEDED;
use super::gathered::{Units, update, update_asked};
use super::rows::{Asked, Bonus, Moments, Rows, Terms};
use crate::columns::beside::{Beside, Item, Protected};
use crate::columns::{Categories, Dataset, NO_CODE, NO_RATING, Signals};
use crate::sample::mix;
use candor_survey::words::Cues;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What was found in comments beyond what a reading hears; empty where nothing was.
#[derive(Clone, Debug, Default)]
pub struct Listened {
    /// Cues in languages other than English, one a row.
    pub cues: Vec<Cues>,
    /// The sentiment in thousandths, from −1000 to 1000, by row; the others' is not known.
    pub sentiment: BTreeMap<usize, i16>,
}

/// As many rows are gathered at a time, so that what is made of each for the channels never takes more than some megabytes.
pub(crate) const AT_ONCE: usize = 1 << 20;

/// More units than this are not kept when they have too few ratings to be tested: a million units of one response would take a
/// gigabyte, and nothing is said of any of them.
const MANY: usize = 50_000;

/// The names of units that are kept, and by code the place of each unit in them, where not all are.
type Kept<'a> = (Cow<'a, [String]>, Option<Vec<u32>>);

fn kept<'a>(units: &'a Categories, ratings: &[u8]) -> Kept<'a> {
    if units.labels.len() <= MANY {
        return (Cow::Borrowed(&units.labels), None);
    }
    let mut counts = vec![0u64; units.labels.len()];
    for (code, _) in
        units.codes().zip(ratings).filter(|(code, rating)| *code != NO_CODE && **rating != NO_RATING)
    {
        counts[code as usize] += 1;
    }
    let mut names = Vec::new();
    let places: Vec<u32> = counts
        .iter()
        .zip(&units.labels)
        .map(|(&n, name)| {
            if n < RESPONSES_NEEDED {
                return NO_CODE;
            }
            names.push(name.clone());
            names.len() as u32 - 1
        })
        .collect();
    (Cow::Owned(names), Some(places))
}

/// Counts the responses of `dataset` by unit; nothing when no column is the unit. Of more than 50,000 units only those are kept that
/// have the ratings for a test.
pub fn gather(dataset: &Dataset, listened: &Listened) -> Option<(Units, Terms)> {
    gather_by(dataset, listened, AT_ONCE)
}

fn gather_by(dataset: &Dataset, listened: &Listened, at_once: usize) -> Option<(Units, Terms)> {
    let units = dataset.units.as_ref()?;
    let (p, turned) = designs(&dataset.beside);
    let (names, places) = kept(units, &dataset.ratings);
    let bonus = dataset.beside.bonus.as_ref().map(|bonus| Bonus {
        paid: bonus.statistic,
        target: bonus.target,
        period: bonus.period,
        offset_min: bonus.tz,
    });
    let terms = Terms { scale: dataset.score.scale, bonus, protected: p };
    let items = often_answered(dataset);
    let mut gathered = Units::default();
    for from in (0..dataset.ratings.len()).step_by(at_once) {
        let at = from..dataset.ratings.len().min(from + at_once);
        let mut codes = units.codes_in(at.clone());
        if let Some(places) = &places {
            codes.iter_mut().for_each(|code| *code = places.get(*code as usize).copied().unwrap_or(NO_CODE));
        }
        let times = dataset.times.as_ref().map(|times| times.in_rows(at.clone()));
        let cues = cues(dataset, listened, &at);
        let sentiment = sentiment(listened, &at);
        let answers = answers(&items, &at);
        let same = turned.as_ref().map(|turned| same(&dataset.beside, turned, &at));
        let rows = Rows {
            names: &names,
            units: &codes,
            ratings: &dataset.ratings[at.clone()],
            times: times.as_deref(),
            moments: dataset.own.as_ref().map(|own| moments(&own.signals, &at)),
            cues: cues.as_deref(),
            sentiment: sentiment.as_deref(),
            answers: answers.as_deref(),
            same: same.as_deref(),
            triggered: dataset.beside.triggered.get(at.clone()),
        };
        update(&mut gathered, &rows, &terms);
    }
    let beside = &dataset.beside;
    for (unit, &eligible) in &beside.eligible {
        // A unit that nobody answered for has nothing to be tested by.
        if gathered.get(unit.as_str()).is_none() {
            continue;
        }
        let sampled = beside.sampled.get(unit).copied().unwrap_or(0);
        update_asked(&mut gathered, unit, Asked { eligible, sampled });
    }
    Some((gathered, terms))
}

/// How the responses in these rows were given.
fn moments<'d>(signals: &'d Signals, at: &Range<usize>) -> Moments<'d> {
    Moments {
        preset: &signals.preset[at.clone()],
        kiosk: &signals.kiosk[at.clone()],
        input: &signals.input[at.clone()],
        untrusted: &signals.untrusted[at.clone()],
        raised: &signals.raised[at.clone()],
        hidden: &signals.hidden[at.clone()],
        ms_score: &signals.ms_score[at.clone()],
        device_day: &signals.device_day[at.clone()],
    }
}

/// What the comments of these rows say was done to their writers; nothing for a row without one, or a file without texts.
fn cues(dataset: &Dataset, listened: &Listened, at: &Range<usize>) -> Option<Vec<Option<Cues>>> {
    let texts = dataset.texts.as_ref()?;
    let of = |row: usize| {
        let more = listened.cues.get(row).copied().unwrap_or_default();
        texts.has(row).then(|| dataset.evidence.cues[row].union(more))
    };
    Some(at.clone().map(of).collect())
}

/// The sentiment of the comments of these rows; nothing where none is known in the whole file.
fn sentiment(listened: &Listened, at: &Range<usize>) -> Option<Vec<Option<i16>>> {
    if listened.sentiment.is_empty() {
        return None;
    }
    let mut rows = vec![None; at.len()];
    for (row, &thousandths) in listened.sentiment.range(at.clone()) {
        rows[row - at.start] = Some(thousandths);
    }
    Some(rows)
}

/// The other closed questions that were answered by at least half of those who gave a rating: one that few are asked says nothing
/// of who answers alike.
fn often_answered(dataset: &Dataset) -> Vec<&Item> {
    let rated = dataset.ratings.iter().filter(|&&rating| rating != NO_RATING).count();
    let answered = |item: &&Item| {
        let both = item.ratings.iter().zip(&dataset.ratings);
        2 * both.filter(|(item, score)| **item != NO_RATING && **score != NO_RATING).count() >= rated.max(1)
    };
    dataset.beside.items.iter().filter(answered).collect()
}

/// A hash of the answers of these rows to these questions; nothing for a row that left one out, or where there are none.
fn answers(items: &[&Item], at: &Range<usize>) -> Option<Vec<Option<u64>>> {
    if items.is_empty() {
        return None;
    }
    let of = |row: usize| {
        items.iter().try_fold(0u64, |hash, item| {
            let rating = item.ratings.get(row).copied().filter(|&rating| rating != NO_RATING)?;
            Some(mix(hash ^ (u64::from(rating) + 1)))
        })
    };
    Some(at.clone().map(of).collect())
}

/// The share of people for whom the unrelated statement is true; and for each design, whether its answers are turned round: of two
/// groups with shares p and 1 − p, "same" in the second is what "different" is in the first. Designs of other shares are not put
/// together.
fn designs(beside: &Beside) -> (Option<f64>, Option<Vec<bool>>) {
    let Some(p) = beside.designs.first().map(|design| design.p) else { return (None, None) };
    let turned: Option<Vec<bool>> = beside
        .designs
        .iter()
        .map(|design| match design.p {
            other if (other - p).abs() < 1e-9 => Some(false),
            other if (other + p - 1.0).abs() < 1e-9 => Some(true),
            _ => None,
        })
        .collect();
    match turned {
        Some(turned) => (Some(p), Some(turned)),
        None => (None, None),
    }
}

/// Which crosswise answers of these rows say "same"; nothing for other answers.
fn same(beside: &Beside, turned: &[bool], at: &Range<usize>) -> Vec<Option<bool>> {
    let of = |row: usize| match *beside.protected.get(row)? {
        Protected::Crosswise { design, same } => Some(same != turned.get(usize::from(design)).copied()?),
        _ => None,
    };
    at.clone().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::beside::Design;
    use crate::plan::{Role, recognise};
    use crate::reader::Reading;

    fn dataset(text: &str) -> Dataset {
        let mut plan = recognise(text.as_bytes(), "x.csv");
        // Which columns are ratings is chosen here, as a user would.
        for column in plan.columns.iter_mut().filter(|c| c.role == Role::Ignore && c.scale.is_some()) {
            column.role = Role::Item;
        }
        let Ok(mut reading) = Reading::new(&plan) else { panic!("{plan:?}") };
        reading.push(text.as_bytes());
        reading.finish()
    }

    #[test]
    fn equal_answers_to_the_other_questions_are_one_pattern_whatever_the_score() {
        let read = dataset("agent,nps,speed,price\nA,9,5,1\nA,3,5,1\nA,10,1,5\nB,0,5,\nB,10,1,5\n");
        let found = answers(&often_answered(&read), &(0..read.ratings.len())).unwrap();
        assert_eq!(read.beside.items.len(), 2, "{:?}", read.beside.items);
        assert!(found[0] == found[1] && found[2] == found[4] && found[0] != found[2], "{found:?}");
        assert_eq!(found[3], None);
        let (units, _) = gather(&read, &Listened::default()).unwrap();
        assert_eq!(units.get("A").unwrap().patterns.values().copied().max(), Some(2));
        assert_eq!(answers(&often_answered(&read), &(1..3)).unwrap(), found[1..3]);
        assert_eq!(answers(&often_answered(&dataset("agent,nps\nA,9\nB,0\n")), &(0..2)), None);
    }

    #[test]
    fn two_groups_of_the_protected_question_are_turned_to_one_and_other_shares_are_not_put_together() {
        let design = |p: f64, group: &str| Design { p, group: group.into() };
        let answer = |design: u8, same: bool| Protected::Crosswise { design, same };
        let mut beside = Beside {
            designs: vec![design(0.2, "A"), design(0.8, "B")],
            protected: vec![
                answer(0, true),
                answer(1, true),
                answer(1, false),
                Protected::Unanswered,
                Protected::Yes,
            ],
            ..Beside::default()
        };
        let expected = vec![Some(true), Some(false), Some(true), None, None];
        let (p, turned) = designs(&beside);
        assert_eq!((p, same(&beside, &turned.unwrap(), &(0..5))), (Some(0.2), expected));
        beside.designs[1].p = 0.3;
        assert_eq!(designs(&beside), (None, None));
        assert_eq!(designs(&Beside::default()), (None, None));
    }

    #[test]
    fn rows_are_gathered_a_few_at_a_time_to_the_same_states() {
        let read = dataset(
            "agent,nps,speed,price,comment\nA,9,5,1,good\nB,3,5,1,\nA,10,5,1,he begged\n,0,5,\nB,10,1,5,bad\n",
        );
        let listened =
            Listened { cues: Vec::new(), sentiment: BTreeMap::from([(0, 440), (2, -10), (4, -542)]) };
        let whole = gather_by(&read, &listened, 100).unwrap();
        for at_once in [1, 2, 3, 4, 5] {
            assert_eq!(gather_by(&read, &listened, at_once).unwrap(), whole, "{at_once}");
        }
    }

    #[test]
    fn of_very_many_units_only_those_are_kept_that_can_be_tested() {
        let mut units = Categories::new("agent");
        let mut ratings = Vec::new();
        for unit in 0..=MANY {
            units.push(&format!("u{unit}"));
            ratings.push(9);
        }
        for rated in 0..20 {
            units.push("u7");
            units.push("u8");
            ratings.extend([10, if rated < 5 { NO_RATING } else { 1 }]);
        }
        let (names, places) = kept(&units, &ratings);
        let places = places.unwrap();
        assert_eq!(*names, ["u7"]);
        assert_eq!((places[7], places[8], places.len()), (0, NO_CODE, MANY + 1));
        let few = Categories::default();
        assert!(kept(&few, &[]).0.is_empty());
    }
}
