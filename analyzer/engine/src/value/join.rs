//! The join: of each customer the latest answer, and what the CRM table knows. What it leaves out on either side is counted and
//! compared, because a score of those who were found says nothing of the others.

use super::crm::{Crm, Customer, NO_AMOUNT};
use super::plan::Part;
use super::scored::{NO_UNIT, Scored};
use crate::columns::keys::NO_KEY;
use crate::columns::selection::Selection;
use crate::columns::{Categories, Dataset, NO_RATING, NO_TIME};
use crate::plan::Scale;
use crate::report::{Statistic, two_samples};
use crate::scores::Estimate;
use serde::{Deserialize, Serialize};

/// Fewest customers on both sides for any conclusion.
pub const FEWEST: u64 = 30;
/// The least share of answers with a key that must find their customer.
pub const LEAST_FOUND: f64 = 0.5;

/// Who was found on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// Rated responses among those that are chosen.
    pub answers: u64,
    /// Of those, the ones without a key.
    pub keyless: u64,
    /// Those that an answer of the same customer replaces: the latest counts, and where there is no time the last in the file.
    pub repeated: u64,
    /// Different customers who answered.
    pub keys: u64,
    /// Those that the CRM table has.
    pub matched: u64,
    /// Those that it does not have.
    pub unmatched: u64,
    /// The score of the matched, with its interval; absent under 10.
    pub matched_score: Option<Estimate>,
    /// The score of all other answers: those without a key, and of customers whom the CRM table does not have.
    pub rest: u64,
    /// See `rest`.
    pub rest_score: Option<Estimate>,
    /// Matched less rest.
    pub difference: Option<Estimate>,
    /// Its p-value.
    pub p: Option<f64>,
    /// Rows of the CRM table, readable or not.
    pub crm_rows: u64,
    /// Those that could not be read; and cells that could not, which count as empty.
    pub crm_unreadable: u64,
    /// See `crm_unreadable`.
    pub crm_cells: u64,
    /// Those without a key.
    pub crm_keyless: u64,
    /// Keys that stand in several rows, all of which are refused.
    pub crm_repeated_keys: u64,
    /// These rows.
    pub crm_repeated_rows: u64,
    /// Customers of the CRM table.
    pub crm_customers: u64,
    /// Those of them who did not answer.
    pub crm_silent: u64,
    /// The mean money of customers who answered, and of those who did not; absent under 10.
    pub crm_matched_mean: Option<f64>,
    /// See `crm_matched_mean`.
    pub crm_silent_mean: Option<f64>,
    /// Whether enough were found for conclusions.
    pub conclusive: bool,
    /// Why not, or what must be known, a sentence each.
    pub notes: Vec<String>,
}

/// An answer whose customer is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub(super) row: usize,
    /// The unit's place in the order of names, or [`NO_UNIT`].
    pub(super) unit: u32,
    pub(super) rating: u8,
    pub(super) time: i64,
    pub(super) customer: Customer,
}

/// A group of ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The lowest and the highest rating.
    pub low: u8,
    /// See `low`.
    pub high: u8,
}

/// The groups of ratings that are compared: detractors, passives and promoters; each point of a scale of up to seven; thirds of a
/// longer one.
pub fn groups(scale: Scale) -> Vec<Group> {
    let Scale { low, high, nps } = scale;
    if nps {
        return [(0, 6), (7, 8), (9, 10)].map(|(low, high)| Group { low, high }).into();
    }
    let points = u32::from(high - low) + 1;
    if points <= 7 {
        return (low..=high).map(|point| Group { low: point, high: point }).collect();
    }
    let end = |third: u32| (u32::from(low) + points * third / 3) as u8;
    (0..3).map(|third| Group { low: end(third), high: end(third + 1).saturating_sub(1) }).collect()
}

/// What the join found.
#[derive(Clone, Debug, Default)]
pub struct Join {
    /// In the order of the survey's rows.
    pub(super) answers: Vec<Answer>,
    pub(super) counts: Counts,
    pub(super) matched: Scored,
    pub(super) rest: Scored,
    /// The customers who did not answer.
    silent: Vec<Customer>,
}

/// How many rated responses became what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    answers: u64,
    keyless: u64,
    repeated: u64,
    keys: u64,
}

/// A response that has a key.
type Keyed = (u64, i64, usize);

impl Join {
    pub(super) fn new(dataset: &Dataset, keys: &[u64], crm: &Crm, among: &Selection) -> Join {
        let chosen = dataset.chosen(among);
        let mut join = Join::default();
        let order = dataset.units.as_ref().map(Categories::order).unwrap_or_default();
        let mut ranks = vec![NO_UNIT; order.len()];
        for (rank, code) in (0..).zip(order) {
            ranks[code as usize] = rank;
        }
        let unit = |row: usize| {
            let code = dataset.units.as_ref().map(|units| units.code_of(row) as usize);
            code.and_then(|code| ranks.get(code).copied()).unwrap_or(NO_UNIT)
        };
        let mut keyed: Vec<Keyed> = Vec::new();
        let rated = dataset.ratings.iter().enumerate();
        for (row, &rating) in rated.filter(|(row, rating)| **rating != NO_RATING && chosen[*row]) {
            join.counts.answers += 1;
            match keys.get(row).copied().unwrap_or(NO_KEY) {
                NO_KEY => {
                    join.counts.keyless += 1;
                    join.rest.add(unit(row), rating);
                }
                key => {
                    let time = dataset.times.as_ref().map_or(NO_TIME, |times| times.get(row));
                    keyed.push((key, time, row));
                }
            }
        }
        // The last of those with one key is the latest, and where there is no time the last in the file.
        keyed.sort_unstable();
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(key, time, row)) = same.last() else { continue };
            join.counts.keys += 1;
            join.counts.repeated += same.len() as u64 - 1;
            let rating = dataset.ratings[row];
            match crm.of(key) {
                Some(&customer) => {
                    join.matched.add(unit(row), rating);
                    join.answers.push(Answer { row, unit: unit(row), rating, time, customer });
                }
                None => join.rest.add(unit(row), rating),
            }
        }
        let answered =
            |customer: &&Customer| keyed.binary_search_by_key(&customer.key, |keyed| keyed.0).is_ok();
        join.silent = crm.customers.iter().filter(|customer| !answered(customer)).copied().collect();
        join.answers.sort_unstable_by_key(|answer| answer.row);
        join
    }

    /// The answers whose customer has an amount, with it.
    pub(super) fn amounts(&self, part: Part) -> Vec<(&Answer, i64)> {
        let of = |answer: &Answer| amount(&answer.customer, part);
        self.answers
            .iter()
            .map(|answer| (answer, of(answer)))
            .filter(|(_, amount)| *amount != NO_AMOUNT)
            .collect()
    }
}

fn amount(customer: &Customer, part: Part) -> i64 {
    match part {
        Part::LifetimeValue => customer.lifetime,
        _ => customer.revenue,
    }
}

/// Counts and comparisons of both sides.
pub(super) fn joined(join: &Join, crm: &Crm, statistic: Statistic, part: Option<Part>) -> Joined {
    let Counts { answers, keyless, repeated, keys } = join.counts;
    let matched = join.answers.len() as u64;
    let shown = |part: &Scored| (part.n() >= super::MINIMUM).then(|| part.score(statistic)).flatten();
    let (matched_score, rest_score) = (shown(&join.matched), shown(&join.rest));
    let tested = (matched_score.is_some() && rest_score.is_some())
        .then(|| two_samples(statistic, &join.rest.ratings, &join.matched.ratings, [1.0; 2]))
        .flatten();
    let mean = |amounts: &mut dyn Iterator<Item = i64>| {
        let mut cell = super::cell::Cell::default();
        amounts.filter(|amount| *amount != NO_AMOUNT).for_each(|amount| cell.update(amount));
        (cell.n >= super::MINIMUM).then(|| cell.mean() / 100.0)
    };
    let of = |customer: &Customer| part.map_or(NO_AMOUNT, |part| amount(customer, part));
    let found = if keys == 0 { 0.0 } else { matched as f64 / keys as f64 };
    let mut notes = Vec::new();
    if keys == 0 {
        notes.push("No rated response has a key.".into());
    } else if matched == 0 {
        notes.push("No key of the survey stands in the CRM file. Compare the masked examples of both columns: is one a number and the other an address?".into());
    } else if matched < FEWEST {
        notes.push(format!("Only {matched} customers who answered are in the CRM file; {FEWEST} are needed for any conclusion."));
    } else if found < LEAST_FOUND {
        notes.push(format!("Of the customers who answered, {:.0}% are in the CRM file; under {:.0}% nothing can be concluded about all of them.", found * 100.0, LEAST_FOUND * 100.0));
    }
    let conclusive = notes.is_empty();
    if crm.repeated_keys > 0 {
        let many = crm.repeated_rows > crm.rows / 2;
        notes.push(format!(
            "{} stand in several rows of the CRM file ({} rows in all) and are left out, because nobody can say which row is meant.{}",
            crate::report::counted(crm.repeated_keys, "key"),
            crate::report::grouped(crm.repeated_rows),
            if many { " This looks like a list of orders: add it up by customer first." } else { "" }
        ));
    }
    if crm.currencies.len() > 1 {
        notes.push(format!(
            "Amounts carry several currencies ({}) and are added up as they stand.",
            crm.currencies.join(", ")
        ));
    }
    if crm.cells > 0 {
        notes.push(format!(
            "{} of the CRM file could not be read and count as empty.",
            crate::report::counted(crm.cells, "cell")
        ));
    }
    Joined {
        answers,
        keyless,
        repeated,
        keys,
        matched,
        unmatched: keys - matched,
        matched_score,
        rest: join.rest.n(),
        rest_score,
        difference: tested.map(|d| Estimate { value: d.value, low: d.low, high: d.high }),
        p: tested.map(|d| d.p).filter(|p| p.is_finite()),
        crm_rows: crm.rows,
        crm_unreadable: crm.unreadable,
        crm_cells: crm.cells,
        crm_keyless: crm.keyless,
        crm_repeated_keys: crm.repeated_keys,
        crm_repeated_rows: crm.repeated_rows,
        crm_customers: crm.customers.len() as u64,
        crm_silent: join.silent.len() as u64,
        crm_matched_mean: mean(&mut join.answers.iter().map(|answer| of(&answer.customer))),
        crm_silent_mean: mean(&mut join.silent.iter().map(of)),
        conclusive,
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{crm, joined as value_of, plan, survey};
    use super::super::plan::Form;
    use super::*;
    use crate::columns::keys::key;

    fn parts(low: u8, high: u8, nps: bool) -> Vec<(u8, u8)> {
        groups(Scale { low, high, nps }).iter().map(|group| (group.low, group.high)).collect()
    }

    #[test]
    fn groups_are_the_nps_ones_single_points_or_thirds() {
        assert_eq!(parts(0, 10, true), [(0, 6), (7, 8), (9, 10)]);
        assert_eq!(parts(1, 5, false), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
        assert_eq!(parts(1, 7, false).len(), 7);
        assert_eq!(parts(1, 9, false), [(1, 3), (4, 6), (7, 9)]);
        assert_eq!(parts(0, 7, false), [(0, 1), (2, 4), (5, 7)]);
        assert_eq!(parts(0, 100, false), [(0, 32), (33, 66), (67, 100)]);
        // Each point of any scale is in one group, and thirds differ by one point at most.
        for (low, high) in [(1, 8), (0, 10), (1, 10), (0, 20), (5, 254)] {
            let found = parts(low, high, false);
            assert!(found[0].0 == low && found[2].1 == high, "{found:?}");
            assert!(found.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{found:?}");
            let sizes: Vec<u8> = found.iter().map(|(low, high)| high - low + 1).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{found:?}");
        }
    }

    /// A survey of customers 0 to `n`, all nines, and a table of `first` to `last` who bring 1 each.
    fn of(n: usize, first: usize, last: usize, more: &str) -> super::super::Value {
        let mut answers = String::from("customer,nps\n");
        (0..n).for_each(|at| answers.push_str(&format!("K{at},{}\n", at % 11)));
        let mut table = String::from("id,revenue\n");
        (first..last).for_each(|at| table.push_str(&format!("k{at},1\n")));
        table.push_str(more);
        let plan = plan(&[("id", Part::Key, Form::Words), ("revenue", Part::Revenue, Form::Point)]);
        value_of(&survey(&answers), &table, &plan)
    }

    #[test]
    fn thirty_customers_and_half_of_the_keys_are_needed_for_a_conclusion() {
        let join = of(60, 0, 30, "").join;
        assert_eq!((join.matched, join.unmatched, join.conclusive, join.notes.len()), (30, 30, true, 0));
        let join = of(61, 0, 30, "").join;
        assert!(
            !join.conclusive && join.notes[0].starts_with("Of the customers who answered, 49% "),
            "{join:?}"
        );
        assert!(join.notes[0].contains("under 50%"), "{join:?}");
        let join = of(30, 0, 29, "").join;
        assert!(!join.conclusive && join.notes[0].starts_with("Only 29 customers"), "{join:?}");
        let join = of(60, 100, 150, "").join;
        assert!(!join.conclusive && join.notes[0].starts_with("No key of the survey"), "{join:?}");
        assert_eq!((join.crm_customers, join.crm_silent), (50, 50));
    }

    #[test]
    fn what_is_odd_about_the_table_is_noted_and_what_is_not_is_not() {
        // A key twice, among 42 rows: no list of orders. With 80 of 160 rows it is none either, with 82 of 162 it is one.
        let join = of(40, 0, 40, "x,1\nx,1\n").join;
        assert_eq!(
            (join.crm_repeated_keys, join.crm_repeated_rows, join.crm_rows, join.conclusive),
            (1, 2, 42, true)
        );
        assert!(
            join.notes[0].starts_with("1 key stand") && join.notes[0].contains("(2 rows in all)"),
            "{join:?}"
        );
        let twice = |n: usize| (0..n).map(|at| format!("x{at},1\nx{at},1\n")).collect::<String>();
        assert!(!of(80, 0, 80, &twice(40)).join.notes[0].contains("list of orders"));
        assert!(of(80, 0, 80, &twice(41)).join.notes[0].contains("list of orders"));
        let join = of(40, 0, 40, "a,$1\nb,$2\nc,$3\n").join;
        assert_eq!(join.notes, Vec::<String>::new());
        let join = of(40, 0, 40, "a,$1\nb,€2\nc,many\n").join;
        assert_eq!(join.notes[0], "Amounts carry several currencies ($, €) and are added up as they stand.");
        assert_eq!(join.notes[1], "1 cell of the CRM file could not be read and count as empty.");
        assert_eq!((join.crm_cells, join.crm_unreadable), (1, 0));
    }

    #[test]
    fn both_sides_are_compared_from_ten_customers_on() {
        // Ten of the CRM file did not answer, and ten answers stand nowhere in it.
        let join = of(50, 10, 60, "").join;
        assert_eq!((join.crm_silent, join.rest, join.matched), (10, 10, 40));
        assert_eq!((join.crm_matched_mean, join.crm_silent_mean), (Some(1.0), Some(1.0)));
        assert!(join.rest_score.is_some() && join.matched_score.is_some());
        let (difference, p) = (join.difference.unwrap(), join.p.unwrap());
        // Of the ten others one is a promoter and seven are detractors.
        let promoters = (10..50).filter(|at| at % 11 >= 9).count() as f64;
        let detractors = (10..50).filter(|at| at % 11 <= 6).count() as f64;
        assert!((difference.value - ((promoters - detractors) / 40.0 + 0.6)).abs() < 1e-12, "{difference:?}");
        assert!(p > 0.05 && p <= 1.0);
        let join = of(50, 9, 59, "").join;
        assert_eq!((join.crm_silent, join.rest, join.crm_silent_mean, join.rest_score), (9, 9, None, None));
        assert_eq!((join.difference, join.p), (None, None));
    }

    #[test]
    fn answers_without_a_key_are_the_rest_and_of_one_customer_the_latest_counts() {
        let answers = "customer,nps,submitted\nA,3,2026-03-02\nA,9,2026-03-03\nA,5,2026-03-01\n,8,2026-03-01\nB,7,\nB,10,\nC,,2026-03-01\n";
        let dataset = survey(answers);
        let plan = plan(&[("id", Part::Key, Form::Words), ("revenue", Part::Revenue, Form::Point)]);
        let customers = crm("id,revenue\na,5\nb,6\nd,7\n", &plan).finish();
        let keys: Vec<u64> = ["A", "A", "A", "", "B", "B", "C"].map(key).into();
        let join = Join::new(&dataset, &keys, &customers, &Selection::default());
        let found: Vec<_> = join.answers.iter().map(|answer| (answer.row, answer.rating)).collect();
        assert_eq!(found, [(1, 9), (5, 10)]);
        let Counts { answers, keyless, repeated, keys } = join.counts;
        assert_eq!((answers, keyless, repeated, keys), (6, 1, 3, 2));
        assert_eq!(
            (join.matched.n(), join.rest.n(), join.rest.ratings.at(8), join.silent.len()),
            (2, 1, 1, 1)
        );
        assert_eq!(
            join.amounts(Part::Revenue).iter().map(|(_, amount)| *amount).collect::<Vec<_>>(),
            [500, 600]
        );
        assert!(join.amounts(Part::LifetimeValue).is_empty());
    }

    #[test]
    fn lifetime_value_is_read_from_its_own_column() {
        let mut answers = String::from("customer,nps\n");
        let mut table = String::from("id,ltv\n");
        for at in 0..40 {
            answers.push_str(&format!("K{at},{}\n", at % 11));
            table.push_str(&format!("k{at},{}\n", at + 1));
        }
        let plan = plan(&[("id", Part::Key, Form::Words), ("ltv", Part::LifetimeValue, Form::Point)]);
        let found = value_of(&survey(&answers), &table, &plan);
        assert_eq!((found.measure.as_deref(), found.join.crm_matched_mean), (Some("ltv"), Some(20.5)));
        assert_eq!((found.money.len(), found.money[0].part), (1, Part::LifetimeValue));
        // The largest of 1 to 40 brings 40 of 820.
        assert!((found.weighted.unwrap().largest - 40.0 / 820.0).abs() < 1e-12);
    }
}
